/* saccade labels top K: the most frequent labels, as a training with top_k takes them.  methods/01 §1.2 */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "labels-top.h"

/* One row a clip: its name, then 0 or 1 for each label. */
static gboolean
write_matrix (SacProject *project, const SacTopLabels *top, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new ("clip");

  for (guint l = 0; l < top->labels->len; l++)
    {
      g_autoptr (GString) name = g_string_new (((SacLabel *) top->labels->pdata[l])->name);

      g_string_replace (name, "\"", "\"\"", 0);
      g_string_append_printf (out, ",\"%s\"", name->str);
    }
  for (guint i = 0; i < top->clips->len; i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (project, g_array_index (top->clips, SacId, i), error);
      g_autoptr (GString) name = NULL;

      if (!item)
        return FALSE;
      name = g_string_new (item->name);
      g_string_replace (name, "\"", "\"\"", 0);
      g_string_append_printf (out, "\n\"%s\"", name->str);
      for (guint l = 0; l < top->labels->len; l++)
        g_string_append_printf (out, ",%u", top->matrix[i * top->labels->len + l]);
    }
  g_string_append_c (out, '\n');
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static void
tell (const SacTopLabels *top, gboolean as_json)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint l = 0; l < top->labels->len; l++)
    {
      const SacLabel *label = top->labels->pdata[l];

      if (!as_json)
        g_print ("%6u  %s\n", label->n_yes, label->name);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, label->name);
      json_builder_set_member_name (builder, "clips");
      json_builder_add_int_value (builder, label->n_yes);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "occurring");
  json_builder_add_int_value (builder, top->n_occurring);
  json_builder_set_member_name (builder, "labelled");
  json_builder_add_int_value (builder, top->n_labelled);
  json_builder_set_member_name (builder, "kept");
  json_builder_add_int_value (builder, top->clips->len);
  json_builder_set_member_name (builder, "mean");
  json_builder_add_double_value (builder, top->mean);
  json_builder_set_member_name (builder, "mean_kept");
  json_builder_add_double_value (builder, top->mean_kept);
  json_builder_end_object (builder);
  if (as_json)
    sac_cli_print_json (builder);
  else
    {
      g_print (_("%u labels occur, %.2f a clip; %u of %u labelled clips carry one of these, %.2f each\n"), top->n_occurring, top->mean,
               top->clips->len, top->n_labelled, top->mean_kept);
      g_object_unref (builder);
    }
}

int
sac_cli_labels_top (int argc, char **argv)
{
  g_autofree char *path = NULL, *matrix = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "matrix", 0, 0, G_OPTION_ARG_FILENAME, &matrix, N_("Also write clips × labels as 0 and 1"), "FILE.csv" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacTopLabels) top = NULL;
  guint64 k = 0;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("K"),
                              _("The K labels that most clips say yes to, and the clips that a training with top_k=K keeps."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || !g_ascii_string_to_unsigned (argv[1], 10, 1, 100000, &k, NULL))
    {
      g_printerr ("%s\n", _("saccade: labels top wants a number from 1 on"));
      return 2;
    }
  project = sac_cli_open_project (path, SAC_PROJECT_READ_ONLY, &error);
  top = project ? sac_project_top_labels (project, (guint) k, &error) : NULL;
  if (!top || (matrix && !write_matrix (project, top, matrix, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  tell (top, as_json);
  return 0;
}
