/* saccade report RUN: gathers what a run left behind and writes it as one self-contained page. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "report.h"
#include "study-report.h"
#include "sac-cli.h"

static void
report_clear (SacReport *r)
{
  for (guint i = 0; r->rocs && r->scores && i < r->scores->n_labels; i++)
    sac_roc_free (r->rocs[i]);
  g_free (r->rocs);
  g_free (r->null_low);
  g_free (r->null_high);
  g_clear_pointer (&r->table, sac_auc_table_free);
  g_clear_pointer (&r->control, sac_auc_table_free);
  g_clear_pointer (&r->scores, sac_scores_free);
  g_clear_pointer (&r->info, sac_run_info_free);
  g_clear_pointer (&r->recipe, sac_recipe_free);
  g_clear_pointer (&r->profile, sac_profile_free);
  g_clear_pointer (&r->attention, sac_measures_free);
  g_clear_pointer (&r->events, sac_event_reader_free);
  g_clear_pointer (&r->strips, g_ptr_array_unref);
  g_free (r->recipe_text);
  g_free (r->no_strips);
  g_free (r->no_profile);
}

static void
evaluate (SacReport *r)
{
  const SacScores *s = r->scores;

  r->table = sac_auc_table_new (s->scores, s->truth, s->n_clips, s->n_labels);
  r->rocs = g_new0 (SacRoc *, s->n_labels + 1);
  r->null_low = g_new (double, s->n_labels + 1);
  r->null_high = g_new (double, s->n_labels + 1);
  for (guint i = 0; i < s->n_labels; i++)
    {
      r->rocs[i] = sac_roc_new (s->scores + i, s->truth + i, s->n_clips, s->n_labels);
      r->null_low[i] = r->rocs[i]->null_low;
      r->null_high[i] = r->rocs[i]->null_high;
    }
  if (s->control)
    {
      r->control = sac_auc_table_new (s->control, s->truth, s->n_clips, s->n_labels);
      r->above_control = sac_bootstrap_macro_auc (s->scores, s->control, s->truth, s->n_clips, s->n_labels, 1000, r->info->seed);
    }
}

/* There is one only if it was asked for. */
static void
gather_profile (SacReport *r)
{
  g_autoptr (GError) error = NULL;

  r->profile = sac_profile_read (r->folder, &error);
  if (!r->profile && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    r->no_profile = g_strdup (error->message);
}

static gboolean
gather (SacReport *r, const char *folder, const char *split, GError **error)
{
  static const char *const wanted[] = { "test", "validation", "train" };
  g_autofree char *recipe = g_build_filename (folder, "recipe.ini", NULL);
  g_autoptr (GBytes) text = NULL;

  r->folder = folder;
  r->info = sac_run_info_read (folder, error);
  if (!r->info)
    return FALSE;
  r->events = sac_event_reader_new (folder);
  sac_event_reader_poll (r->events);
  r->recipe = sac_recipe_load (recipe, NULL);
  text = sac_file_read (recipe, 1 << 20, NULL);
  if (text)
    r->recipe_text = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  r->strips = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_report_strip_free);
  gather_profile (r);
  if (split)
    {
      r->scores = sac_scores_read (folder, split, error);
      if (!r->scores)
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (wanted) && !r->scores; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.json", wanted[i]), *path = g_build_filename (folder, "scores", name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      r->scores = sac_scores_read (folder, wanted[i], error);
      if (!r->scores)           /* there but not readable: say so rather than show another split */
        return FALSE;
    }
  if (r->scores)
    {
      r->attention = sac_measures_read (folder, r->scores->split, NULL);
      evaluate (r);
    }
  return TRUE;
}

static void
tell (const SacReport *r, const char *output, gboolean json)
{
  char number[3][G_ASCII_DTOSTR_BUF_SIZE];
  double value[3] = { r->table ? r->table->macro : NAN, r->control ? r->control->macro : NAN, r->table ? r->table->map : NAN };

  for (int i = 0; i < 3; i++)
    if (isnan (value[i]))
      g_strlcpy (number[i], json ? "null" : _("undefined"), sizeof number[i]);
    else
      g_ascii_formatd (number[i], sizeof number[i], json ? "%.6f" : "%.2f", value[i]);
  if (json)
    {
      g_autofree char *path = sac_cli_json (output), *split = sac_cli_json (r->scores ? r->scores->split : "");

      g_print ("{\"report\": %s, \"split\": %s, \"macro_auc\": %s, \"control_auc\": %s, \"map\": %s, \"labels\": %u, \"defined\": %u, "
               "\"clips\": %u, \"strips\": %u}\n",
               path, split, number[0], number[1], number[2], r->table ? r->table->n_labels : 0, r->table ? r->table->n_defined : 0,
               r->scores ? r->scores->n_clips : 0, r->strips->len);
      return;
    }
  if (r->table)
    {
      g_print ("macro AUC %s\n", number[0]);
      if (r->control)
        g_print ("control AUC %s\n", number[1]);
    }
  else
    g_print ("%s\n", _("This run has not been evaluated yet: the report holds its curves only."));
  if (r->no_strips)
    g_print ("%s\n", r->no_strips);
  g_print ("%s\n", output);
}

int
sac_cli_report (int argc, char **argv)
{
  g_autofree char *output = NULL, *project = NULL, *pictures = NULL, *split = NULL, *page = NULL, *in_run = NULL, *study = NULL;
  int strips = 6, threads = 0, parsed, code = 0;
  gboolean json = FALSE;
  GError *error = NULL;
  SacReport report = { 0 };
  GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("Where the page goes (RUN/report/report.html)"), N_("FILE.html") },
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project that holds the clips, for the strips"), N_("PROJECT") },
    { "strips", 0, 0, G_OPTION_ARG_INT, &strips, N_("How many clips to look into, 0 to 40 (6)"), "N" },
    { "split", 0, 0, G_OPTION_ARG_STRING, &split, N_("Scores to show: test, validation or train"), N_("SPLIT") },
    { "png", 0, 0, G_OPTION_ARG_FILENAME, &pictures, N_("Also write each plot as PNG and SVG into this folder"), N_("DIR") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_("Threads for the strips (all cores)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Answer for programs"), NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN or STUDY"),
                          _("Writes a report of a run as one HTML file, of a study as HTML, PDF and tables."));
  if (parsed)
    return parsed == 1 ? 0 : 2;
  if (argc != 2 || strips < 0 || strips > 40 || threads < 0)
    {
      g_printerr ("saccade: %s\n", argc != 2 ? _("report needs one run folder; saccade report --help tells more")
                                              : _("--strips is 0 to 40, --threads 0 or more"));
      return 2;
    }
  study = sac_cli_find_study (argv[1], project);
  if (study)
    return sac_cli_report_study (study, output, json, &error) ? 0 : sac_cli_fail (error);
  if (!output)
    {
      in_run = g_build_filename (argv[1], "report", NULL);
      output = g_build_filename (in_run, "report.html", NULL);
    }
  if (!gather (&report, argv[1], split, &error))
    {
      report_clear (&report);
      return sac_cli_fail (error);
    }
  if ((in_run && g_mkdir_with_parents (in_run, 0777) != 0) || (pictures && g_mkdir_with_parents (pictures, 0777) != 0))
    {
      g_printerr (_("saccade: the folder %s cannot be made\n"), in_run ? in_run : pictures);
      report_clear (&report);
      return 1;
    }
  sac_report_add_strips (&report, project ? project : report.info->project, strips, threads);
  page = sac_report_dup_page (&report, pictures, &error);
  if (page && sac_file_replace (output, page, strlen (page), &error))
    tell (&report, output, json);
  else
    code = sac_cli_fail (error);
  report_clear (&report);
  return code;
}
