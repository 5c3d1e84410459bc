/* saccade health: what is wrong or odd with the files of a project. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-cli.h"
#include "store/sac-health.h"

static void
print_text (GPtrArray *complaints)
{
  for (guint i = 0; i < complaints->len; i++)
    {
      const SacComplaint *c = complaints->pdata[i];

      if (i == 0 || ((SacComplaint *) complaints->pdata[i - 1])->kind != c->kind)
        g_print ("%s%s. %s\n", i ? "\n" : "", sac_health_title (c->kind), sac_health_hint (c->kind));
      g_print ("  %s%s%s\n", c->name, c->text ? ": " : "", c->text ? c->text : "");
    }
  if (complaints->len == 0)
    g_print ("%s\n", _("All files are there and as they should be"));
}

static void
print_json (GPtrArray *complaints)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < complaints->len; i++)
    {
      const SacComplaint *c = complaints->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "kind");
      json_builder_add_string_value (builder, sac_health_name (c->kind));
      json_builder_set_member_name (builder, "serious");
      json_builder_add_boolean_value (builder, sac_health_is_serious (c->kind));
      json_builder_set_member_name (builder, "clip");
      json_builder_add_string_value (builder, c->name);
      json_builder_set_member_name (builder, "text");
      if (c->text)
        json_builder_add_string_value (builder, c->text);
      else
        json_builder_add_null_value (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sac_cli_print_json (g_steal_pointer (&builder));
}

static gboolean
exclude (SacProject *project, GPtrArray *complaints, gboolean as_json, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  for (guint i = 0; i < complaints->len; i++)
    {
      const SacComplaint *c = complaints->pdata[i];

      if (c->kind == SAC_HEALTH_MISSING || c->kind == SAC_HEALTH_UNREADABLE || c->kind == SAC_HEALTH_REPLACED)
        g_array_append_val (ids, c->item);
    }
  if (ids->len && !sac_project_set_excluded (project, (const SacId *) (void *) ids->data, ids->len, TRUE, error))
    return FALSE;
  if (!as_json)
    g_print (ngettext ("%u clip excluded\n", "%u clips excluded\n", ids->len), ids->len);
  return TRUE;
}

int
sac_cli_health (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean as_json = FALSE, deep = FALSE, do_exclude = FALSE, serious = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "deep", 0, 0, G_OPTION_ARG_NONE, &deep, N_("Open each file and compare its content, too"), NULL },
    { "exclude", 0, 0, G_OPTION_ARG_NONE, &do_exclude, N_("Exclude what cannot be read from training"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) complaints = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("[FILE.saccade]"),
                              _("Lists files that are missing, damaged or odd. Ends with 1 where training may stumble."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  project = sac_cli_open_project (argc > 1 ? argv[1] : path, do_exclude ? SAC_PROJECT_READ_WRITE : SAC_PROJECT_READ_ONLY, &error);
  complaints = project ? sac_project_check_health (project, deep, as_json ? NULL : sac_cli_progress, NULL, NULL, &error) : NULL;
  if (!complaints)
    return sac_cli_fail (g_steal_pointer (&error));
  if (as_json)
    print_json (complaints);
  else
    print_text (complaints);
  if (do_exclude && !exclude (project, complaints, as_json, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  for (guint i = 0; i < complaints->len; i++)
    serious = serious || sac_health_is_serious (((SacComplaint *) complaints->pdata[i])->kind);
  return serious;
}
