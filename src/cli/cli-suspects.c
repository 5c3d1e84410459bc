/* saccade suspects [RUN…]: labels that are likely wrong, as the runs see it; the most suspicious first. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "infer/sac-suspicion.h"
#include "sac-cli.h"

/* "8%", "0.08" and "40": how many of @n. */
static gboolean
parse_top (const char *text, guint n, guint *top)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || !(value >= 0) || (*end && strcmp (end, "%") != 0))
    return FALSE;
  if (*end == '%')
    value *= n / 100.0;
  else if (value < 1)
    value *= n;
  *top = (guint) (MIN (value, n) + 0.5);
  return TRUE;
}

/* All runs of the project's folder that have come to an end or to a checkpoint. */
static char **
find_runs (SacProject *project, int argc, char **argv, const char *path, GError **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = g_build_filename (sac_project_get_folder (project), "runs", NULL);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  for (int i = 1; i < argc; i++)
    {
      char *folder = sac_cli_find_run (argv[i], path, error);

      if (!folder)
        return NULL;
      g_ptr_array_add (folders, folder);
    }
  dir = argc > 1 ? NULL : g_dir_open (all, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      char *folder = g_build_filename (all, name, NULL);
      g_autofree char *info = g_build_filename (folder, "run.json", NULL);

      if (g_file_test (info, G_FILE_TEST_EXISTS))
        g_ptr_array_add (folders, folder);
      else
        g_free (folder);
    }
  if (folders->len == 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("the project has no runs yet: train a network first"));
      return NULL;
    }
  g_ptr_array_sort (folders, (GCompareFunc) (void *) g_strcmp0);
  g_ptr_array_add (folders, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&folders), FALSE);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
print_json (const SacSuspicion *suspicion, char **runs, guint top)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "pairs");
  json_builder_add_int_value (builder, suspicion->suspects->len);
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; runs[i]; i++)
    json_builder_add_string_value (builder, runs[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "suspects");
  json_builder_begin_array (builder);
  for (guint i = 0; i < top; i++)
    {
      const SacSuspect *s = &g_array_index (suspicion->suspects, SacSuspect, i);
      g_autofree char *why = sac_suspicion_dup_why (suspicion, i);

      json_builder_begin_object (builder);
      add_text (builder, "clip", ((SacItem *) suspicion->dataset->items->pdata[s->clip])->name);
      add_text (builder, "label", suspicion->dataset->labels->pdata[s->label]);
      add_text (builder, "given", s->given ? "yes" : "no");
      add_number (builder, "score", s->score);
      add_number (builder, "trajectory", s->trajectory);
      add_number (builder, "outside", s->outside);
      add_number (builder, "margin", s->margin);
      add_number (builder, "off_box", s->off_box);
      add_number (builder, "believed_while", s->believed_while);
      add_number (builder, "believed_outside", s->believed_outside);
      add_number (builder, "against", s->n_against);
      add_number (builder, "runs", s->n_runs);
      add_text (builder, "why", why);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

static void
print_words (const SacSuspicion *suspicion, guint top)
{
  for (guint i = 0; i < top; i++)
    {
      const SacSuspect *s = &g_array_index (suspicion->suspects, SacSuspect, i);
      g_autofree char *why = sac_suspicion_dup_why (suspicion, i);

      g_print ("%4u  %.3f  %s  %s=%s\n      %s\n", i + 1, s->score, ((SacItem *) suspicion->dataset->items->pdata[s->clip])->name,
               (char *) suspicion->dataset->labels->pdata[s->label], s->given ? _("yes") : _("no"), why);
    }
  g_print (ngettext ("%u of %u labels, by what %u run thinks of them\n", "%u of %u labels, by what %u runs think of them\n",
                     suspicion->n_runs), top, suspicion->suspects->len, suspicion->n_runs);
}

int
sac_cli_suspects (int argc, char **argv)
{
  g_autofree char *path = NULL, *text = NULL;
  gboolean json = FALSE, progress = FALSE;
  int threads = 0, looked = 0, parsed;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacSuspicion) suspicion = NULL;
  g_auto (GStrv) runs = NULL;
  guint top = 0;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), N_("FILE.saccade") },
    { "top", 0, 0, G_OPTION_ARG_STRING, &text, N_("How many: 40, or a share such as 8% (the default)"), N_("SHARE") },
    { "attention", 0, 0, G_OPTION_ARG_INT, &looked,
      N_("Look at so many of the first that have a box: does the attention lie on it?"), "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { "progress", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &progress, NULL, NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("[RUN…]"),
                          _("Lists the labels that are likely wrong: what these runs (default: all of the project) do not believe."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (threads < 0 || looked < 0 || (text && !parse_top (text, 1000, &top)))
    {
      g_printerr ("saccade: %s\n", _("--top wants a number or a share such as 8%"));
      return 2;
    }
  project = sac_cli_open_project (path, SAC_PROJECT_READ_ONLY, &error);
  if (!project)
    return sac_cli_fail (g_steal_pointer (&error));
  runs = find_runs (project, argc, argv, path, &error);
  if (!runs)
    return sac_cli_fail (g_steal_pointer (&error));
  if (looked > 0)
    sac_media_init ();
  suspicion = sac_suspicion_new (project, (const char *const *) runs, (guint) looked, (guint) threads,
                                 progress ? sac_cli_progress_lines : sac_cli_progress, NULL, NULL, &error);
  if (!suspicion)
    return sac_cli_fail (g_steal_pointer (&error));
  parse_top (text ? text : "8%", suspicion->suspects->len, &top);
  if (json)
    print_json (suspicion, runs, top);
  else
    print_words (suspicion, top);
  return 0;
}
