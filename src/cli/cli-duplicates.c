/* saccade duplicates: clips that show the same. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "media/sac-fingerprint.h"
#include "sac-cli.h"

static gboolean
tell (SacProject *project, const SacDuplicates *found, gboolean as_json, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < found->pairs->len; i++)
    {
      const SacDuplicate *pair = &g_array_index (found->pairs, SacDuplicate, i);
      g_autoptr (SacItem) a = sac_project_get_item (project, pair->a, error);
      g_autoptr (SacItem) b = a ? sac_project_get_item (project, pair->b, error) : NULL;

      if (!b)
        return FALSE;
      if (!as_json)
        g_print ("%2u  %s  %s\n", pair->bits, a->name, b->name);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "a");
      json_builder_add_string_value (builder, a->name);
      json_builder_set_member_name (builder, "b");
      json_builder_add_string_value (builder, b->name);
      json_builder_set_member_name (builder, "bits");
      json_builder_add_int_value (builder, pair->bits);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (as_json)
    sac_cli_print_json (g_steal_pointer (&builder));
  return TRUE;
}

int
sac_cli_duplicates (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean cached = FALSE, as_json = FALSE;
  int bits = SAC_FINGERPRINT_NEAR;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "bits", 0, 0, G_OPTION_ARG_INT, &bits, N_("Near-duplicates differ in at most so many of 64 bits (8)"), "N" },
    { "cached", 0, 0, G_OPTION_ARG_NONE, &cached, N_("Only clips whose fingerprints are there already; decode nothing"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacDuplicates) found = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("[FILE.saccade]"),
                              _("Lists pairs of clips that show the same, nearest first: the bits that differ, then both names."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (bits < 0 || bits > 32 || argc > 2)
    {
      g_printerr ("%s\n", _("saccade: duplicates wants --bits from 0 to 32"));
      return 2;
    }
  project = sac_cli_open_project (argc > 1 ? argv[1] : path, SAC_PROJECT_READ_ONLY, &error);
  found = project ? sac_project_find_duplicates (project, (guint) bits, !cached, sac_cli_progress, NULL, NULL, &error) : NULL;
  if (!found || !tell (project, found, as_json, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  if (found->n_unknown)
    g_printerr (ngettext ("%u clip has no fingerprint and was not compared\n", "%u clips have no fingerprints and were not compared\n",
                          found->n_unknown), found->n_unknown);
  if (!found->complete)
    g_printerr ("%s\n", _("So many clips look alike that not all pairs are listed"));
  return 0;
}
