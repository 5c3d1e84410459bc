/* saccade report STUDY: what the arms of a study came to, in numbers, pictures and sentences that say how sure they are. */
#include "study-report.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "config.h"
#include "sac-cli.h"

#define N_RESAMPLES 1000
#define MAX_ROC 24              /* labels with a picture of their own */

/* ---- gathering. */
static void
arm_free (gpointer data)
{
  SacReportArm *arm = data;

  for (guint k = 0; arm->runs && arm->events && k < 100; k++)
    {
      g_clear_pointer (&arm->scores[k], sac_scores_free);
      g_clear_pointer (&arm->events[k], sac_event_reader_free);
      g_clear_pointer (&arm->runs[k], g_free);
    }
  g_clear_pointer (&arm->recipe, sac_recipe_free);
  g_free (arm->name);
  g_free (arm->scores);
  g_free (arm->events);
  g_free (arm->runs);
  g_free (arm);
}

static gboolean
same_things (const SacScores *a, const SacScores *b)
{
  if (a->n_clips != b->n_clips || a->n_labels != b->n_labels
      || !g_strv_equal ((const char *const *) a->labels, (const char *const *) b->labels)
      || !g_strv_equal ((const char *const *) a->clips, (const char *const *) b->clips))
    return FALSE;
  return memcmp (a->truth, b->truth, (gsize) a->n_clips * a->n_labels) == 0;
}

static SacReportArm *
gather_arm (SacStudyReport *r, const SacStudyArm *arm, GChecksum *sum)
{
  SacReportArm *out = g_new0 (SacReportArm, 1);

  out->arm = arm;
  out->recipe = sac_recipe_parse (arm->text, NULL);
  out->name = g_strdup_printf (out->recipe && strcmp (out->recipe->batch_norm, "batch") == 0 ? _("%s · batch norm: batch")
                                                                                               : _("%s · batch norm: frozen"), arm->title);
  out->scores = g_new0 (SacScores *, 100);
  out->events = g_new0 (SacEventReader *, 100);
  out->runs = g_new0 (char *, 100);
  g_checksum_update (sum, (const guchar *) arm->text, -1);
  for (guint k = 0; k < r->n_seeds; k++)
    {
      const SacStudyJob *job = sac_study_queue_find (r->queue, arm->name, r->plan->seeds[k], FALSE);
      g_autoptr (SacRunInfo) info = job ? sac_run_info_read (job->run, NULL) : NULL;
      SacScores *scores;

      if (!info)
        continue;
      out->runs[k] = g_strdup (job->run);
      out->events[k] = sac_event_reader_new (job->run);
      sac_event_reader_poll (out->events[k]);
      g_checksum_update (sum, (const guchar *) (info->snapshot ? info->snapshot : ""), -1);
      g_checksum_update (sum, (const guchar *) (info->weights_hash ? info->weights_hash : ""), -1);
      scores = job->state == SAC_JOB_DONE ? sac_scores_read (job->run, "test", NULL) : NULL;
      if (!scores && job->state == SAC_JOB_DONE)
        scores = sac_scores_read (job->run, "validation", NULL);
      if (!scores)
        continue;
      if (r->first && (strcmp (r->first->split, scores->split) != 0 || !same_things (r->first, scores)))
        {
          g_ptr_array_add (r->left_out, g_strdup_printf (_("%s: a run was scored on other clips or labels, so it is left out."),
                                                         arm->title));
          sac_scores_free (scores);
          continue;
        }
      out->scores[k] = scores;
      out->n_done++;
      g_checksum_update (sum, (const guchar *) scores->scores, (gssize) sizeof (float) * scores->n_clips * scores->n_labels);
      if (!r->first)
        r->first = scores;
    }
  return out;
}

static gboolean
gather (SacStudyReport *r, const char *folder, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) tables = g_ptr_array_new ();

  r->queue = sac_study_queue_load (folder, error);
  r->plan = r->queue ? sac_study_load_plan (folder, error) : NULL;
  if (!r->plan)
    return FALSE;
  r->n_seeds = r->plan->n_seeds;
  r->arms = g_ptr_array_new_with_free_func (arm_free);
  r->left_out = g_ptr_array_new_with_free_func (g_free);
  for (guint a = 0; a < r->plan->arms->len; a++)
    g_ptr_array_add (r->arms, gather_arm (r, r->plan->arms->pdata[a], sum));
  if (!r->first)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("No run of this study has been scored yet"));
      return FALSE;
    }
  for (guint a = 0; a < r->arms->len; a++)
    for (guint k = 0; k < r->n_seeds; k++)
      {
        SacScores *s = ((SacReportArm *) r->arms->pdata[a])->scores[k];

        g_ptr_array_add (tables, s ? s->scores : NULL);
      }
  r->bootstrap = sac_arm_bootstrap_new ((const float *const *) tables->pdata, r->first->truth, r->first->n_clips, r->first->n_labels,
                                        r->arms->len, r->n_seeds, N_RESAMPLES, 1);
  r->provenance = g_strndup (g_checksum_get_string (sum), 8);
  return TRUE;
}

static void
report_clear (SacStudyReport *r)
{
  g_clear_pointer (&r->arms, g_ptr_array_unref);
  g_clear_pointer (&r->left_out, g_ptr_array_unref);
  g_clear_pointer (&r->bootstrap, sac_arm_bootstrap_free);
  g_clear_pointer (&r->plan, sac_study_plan_free);
  g_clear_pointer (&r->queue, sac_study_queue_free);
  g_free (r->provenance);
}

/* ---- words.  Numbers with a true minus, "–" where there is none. */
static char *
number (double value, guint digits, gboolean sign)
{
  char format[8], text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return g_strdup ("–");
  g_snprintf (format, sizeof format, "%%.%uf", digits);
  g_ascii_formatd (text, sizeof text, format, fabs (value));
  return g_strconcat (value < 0 && g_ascii_strtod (text, NULL) != 0 ? "−" : sign ? "+" : "", text, NULL);
}

/* The mean over the seeds of a curve's last value. */
static double
last_of (const SacStudyReport *r, const SacReportArm *arm, const char *tag)
{
  g_autofree double *x = NULL, *y = NULL;
  guint n = sac_study_mean_curve (arm, r->n_seeds, tag, &x, &y), k = MIN (n, strcmp (tag, "loss/train") == 0 ? 10 : 1);
  double sum = 0;

  for (guint i = n - k; i < n; i++)
    sum += y[i];
  return k ? sum / k : NAN;
}

static char *
dup_difference (const SacStudyReport *r, guint a, guint b)
{
  SacBootstrap d = sac_arm_bootstrap_compare (r->bootstrap, a, b);
  const SacReportArm *x = r->arms->pdata[a], *y = r->arms->pdata[b];
  g_autofree char *size = number (fabs (d.difference), 3, FALSE), *low = number (d.low, 3, TRUE), *high = number (d.high, 3, TRUE);

  if (!d.n_resamples)
    return NULL;
  if (d.low <= 0 && d.high >= 0)
    return g_strdup_printf (_("“%s” and “%s” differ by %s (95 %% from %s to %s): this difference is noise."), x->arm->title,
                            y->arm->title, size, low, high);
  return g_strdup_printf (d.difference > 0 ? _("“%s” is above “%s” by %s (95 %% from %s to %s).")
                                           : _("“%s” is below “%s” by %s (95 %% from %s to %s)."),
                          x->arm->title, y->arm->title, size, low, high);
}

/* Whether two arms are one recipe but for this key. */
static gboolean
differ_only_by (const SacReportArm *a, const SacReportArm *b, const char *section, const char *key)
{
  g_autoptr (GKeyFile) x = g_key_file_new (), y = g_key_file_new ();
  g_autofree char *text_a = a->recipe ? sac_recipe_dup_text (a->recipe) : NULL;
  g_autofree char *text_b = b->recipe ? sac_recipe_dup_text (b->recipe) : NULL;
  g_autofree char *left = NULL, *right = NULL, *value_a = NULL, *value_b = NULL;

  if (!text_a || !text_b || !g_key_file_load_from_data (x, text_a, (gsize) -1, 0, NULL)
      || !g_key_file_load_from_data (y, text_b, (gsize) -1, 0, NULL))
    return FALSE;
  value_a = g_key_file_get_value (x, section, key, NULL);
  value_b = g_key_file_get_value (y, section, key, NULL);
  g_key_file_remove_key (x, section, key, NULL);
  g_key_file_remove_key (y, section, key, NULL);
  g_key_file_remove_group (x, "recipe", NULL);
  g_key_file_remove_group (y, "recipe", NULL);
  left = g_key_file_to_data (x, NULL, NULL);
  right = g_key_file_to_data (y, NULL, NULL);
  return g_strcmp0 (value_a, value_b) != 0 && strcmp (left, right) == 0;
}

static void
say_pairs (SacDocument *document, const SacStudyReport *r, const char *section, const char *key, const char *intro)
{
  gboolean any = FALSE;

  for (guint a = 0; a < r->arms->len; a++)
    for (guint b = a + 1; b < r->arms->len; b++)
      {
        gboolean pair = differ_only_by (r->arms->pdata[a], r->arms->pdata[b], section, key);
        g_autofree char *words = pair ? dup_difference (r, a, b) : NULL;

        if (!words)
          continue;
        if (!any)
          sac_document_add_text (document, intro);
        any = TRUE;
        sac_document_add_finding (document, words);
      }
}

static void
say_conclusions (SacDocument *document, const SacStudyReport *r)
{
  sac_document_add_heading (document, _("What came out"));
  for (guint a = 0; a < r->arms->len; a++)
    {
      const SacReportArm *arm = r->arms->pdata[a];
      g_autofree char *mean = number (r->bootstrap->mean[a], 3, FALSE), *low = number (r->bootstrap->low[a], 3, FALSE);
      g_autofree char *high = number (r->bootstrap->high[a], 3, FALSE), *words = NULL;

      if (!arm->n_done)
        words = g_strdup_printf (_("%s: no run has been scored."), arm->name);
      else
        words = g_strdup_printf (r->bootstrap->low[a] > 0.5   ? _("%s: macro AUC %s (95 %% from %s to %s, %u of %u seeds), above chance.")
                                 : r->bootstrap->high[a] < 0.5 ? _("%s: macro AUC %s (95 %% from %s to %s, %u of %u seeds), below chance.")
                                                               : _("%s: macro AUC %s (95 %% from %s to %s, %u of %u seeds), not to be told "
                                                                   "from chance."),
                                 arm->name, mean, low, high, arm->n_done, r->n_seeds);
      sac_document_add_finding (document, words);
    }
  say_pairs (document, r, "network", "inflation", _("Averaging against centring, all else being equal:"));
  say_pairs (document, r, "training", "batch_norm", _("Batch statistics against frozen ones, all else being equal:"));
  say_pairs (document, r, "network", "weights", _("Other weights to begin with, all else being equal:"));
  for (guint i = 0; i < r->left_out->len; i++)
    sac_document_add_text (document, r->left_out->pdata[i]);
  if (r->n_seeds < 5)
    sac_document_add_text (document,
                           _("So few seeds say little of how much chance there is in a training; the intervals are rather too narrow than "
                             "too wide."));
}

/* ---- tables, each as CSV too. */
typedef struct {
  GPtrArray *cells;
  guint n_columns;
} Table;

static Table
table_new (const char *const *heads)
{
  Table table = { g_ptr_array_new_with_free_func (g_free), 0 };

  for (; heads[table.n_columns]; table.n_columns++)
    g_ptr_array_add (table.cells, g_strdup (heads[table.n_columns]));
  return table;
}

static gboolean
table_save (const Table *table, const char *folder, const char *name, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  for (guint i = 0; i < table->cells->len; i++)
    {
      g_auto (GStrv) minus = g_strsplit (table->cells->pdata[i], "−", -1);
      g_autofree char *text = g_strjoinv ("-", minus);
      gboolean quote = strpbrk (text, ",\"\n\r") != NULL;

      if (quote)
        g_string_append_c (out, '"');
      for (const char *p = text; *p; p++)
        g_string_append_printf (out, *p == '"' ? "\"\"" : "%c", *p);
      g_string_append (out, quote ? "\"" : "");
      g_string_append_c (out, (i + 1) % table->n_columns ? ',' : '\n');
    }
  return sac_file_replace (path, out->str, out->len, error);
}

static gboolean
put_table (SacDocument *document, Table *table, const char *folder, const char *name, GError **error)
{
  gboolean fine = table_save (table, folder, name, error);

  if (document)
    sac_document_add_table (document, table->n_columns, table->cells);
  g_ptr_array_unref (table->cells);
  return fine;
}

static gboolean
put_arms (SacDocument *document, const SacStudyReport *r, const char *folder, GError **error)
{
  Table t = table_new ((const char *[]) { _("Arm"), _("Batch norm"), _("Macro AUC"), _("Low"), _("High"), _("Seeds"), _("Loss, training"),
                                          _("training, evaluated"), _("validation"), _("test"), _("Gap"), NULL });

  for (guint a = 0; a < r->arms->len; a++)
    {
      const SacReportArm *arm = r->arms->pdata[a];
      const double losses[4] = { last_of (r, arm, "loss/train"), last_of (r, arm, "loss/train_evaluated"),
                                 last_of (r, arm, "loss/validation"), last_of (r, arm, "loss/test") };

      g_ptr_array_add (t.cells, g_strdup (arm->arm->title));
      g_ptr_array_add (t.cells, g_strdup (arm->recipe ? arm->recipe->batch_norm : ""));
      g_ptr_array_add (t.cells, number (r->bootstrap->mean[a], 3, FALSE));
      g_ptr_array_add (t.cells, number (r->bootstrap->low[a], 3, FALSE));
      g_ptr_array_add (t.cells, number (r->bootstrap->high[a], 3, FALSE));
      g_ptr_array_add (t.cells, g_strdup_printf ("%u", arm->n_done));
      for (guint i = 0; i < 4; i++)
        g_ptr_array_add (t.cells, number (losses[i], 3, FALSE));
      g_ptr_array_add (t.cells, number ((isnan (losses[3]) ? losses[2] : losses[3]) - losses[1], 3, TRUE));
    }
  return put_table (document, &t, folder, "arms.csv", error);
}

static gboolean
put_differences (SacDocument *document, const SacStudyReport *r, const char *folder, GError **error)
{
  Table t = table_new ((const char *[]) { _("Arm"), _("Against"), _("Difference"), _("Low"), _("High"), _("Verdict"), NULL });

  for (guint a = 0; a < r->arms->len; a++)
    for (guint b = a + 1; b < r->arms->len; b++)
      {
        SacBootstrap d = sac_arm_bootstrap_compare (r->bootstrap, a, b);

        if (!d.n_resamples)
          continue;
        g_ptr_array_add (t.cells, g_strdup (((SacReportArm *) r->arms->pdata[a])->arm->name));
        g_ptr_array_add (t.cells, g_strdup (((SacReportArm *) r->arms->pdata[b])->arm->name));
        g_ptr_array_add (t.cells, number (d.difference, 3, TRUE));
        g_ptr_array_add (t.cells, number (d.low, 3, TRUE));
        g_ptr_array_add (t.cells, number (d.high, 3, TRUE));
        g_ptr_array_add (t.cells, g_strdup (d.low <= 0 && d.high >= 0 ? _("noise")
                                            : d.difference > 0          ? _("the first is above")
                                                                        : _("the second is above")));
      }
  return put_table (document, &t, folder, "differences.csv", error);
}

static gboolean
put_numbers (const SacStudyReport *r, const char *folder, GError **error)
{
  Table t = table_new ((const char *[]) { "arm", "seed", "label", "auc", "positives", "negatives", NULL });

  for (guint a = 0; a < r->arms->len; a++)
    for (guint k = 0; k < r->n_seeds; k++)
      {
        const SacReportArm *arm = r->arms->pdata[a];
        const SacScores *s = arm->scores[k];

        for (guint l = 0; s && l < s->n_labels; l++)
          {
            g_autoptr (SacRoc) roc = sac_roc_new (s->scores + l, s->truth + l, s->n_clips, s->n_labels);

            g_ptr_array_add (t.cells, g_strdup (arm->arm->name));
            g_ptr_array_add (t.cells, g_strdup_printf ("%" G_GUINT64_FORMAT, r->plan->seeds[k]));
            g_ptr_array_add (t.cells, g_strdup (s->labels[l]));
            g_ptr_array_add (t.cells, isnan (roc->auc) ? g_strdup ("") : number (roc->auc, 6, FALSE));
            g_ptr_array_add (t.cells, g_strdup_printf ("%u", roc->n_positive));
            g_ptr_array_add (t.cells, g_strdup_printf ("%u", roc->n_negative));
          }
      }
  return put_table (NULL, &t, folder, "auc.csv", error);
}

static gboolean
put_provenance (SacDocument *document, const SacStudyReport *r, const char *folder, GError **error)
{
  Table t = table_new ((const char *[]) { _("Run"), _("Id"), _("Seed"), _("Network"), _("Data"), _("Weights"), _("Program"), _("Device"),
                                          NULL });

  for (guint a = 0; a < r->arms->len; a++)
    for (guint k = 0; k < r->n_seeds; k++)
      {
        const SacReportArm *arm = r->arms->pdata[a];
        g_autoptr (SacRunInfo) info = arm->runs[k] ? sac_run_info_read (arm->runs[k], NULL) : NULL;
        g_autofree char *recipe = arm->runs[k] ? g_build_filename (arm->runs[k], "recipe.ini", NULL) : NULL;
        g_autofree char *text = NULL, *id = NULL, *all = NULL;

        if (!info)
          continue;
        g_file_get_contents (recipe, &text, NULL, NULL);
        all = g_strconcat (text ? text : "", info->snapshot ? info->snapshot : "", info->weights_hash ? info->weights_hash : "", NULL);
        id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
        g_ptr_array_add (t.cells, g_path_get_basename (arm->runs[k]));
        g_ptr_array_add (t.cells, g_strndup (id, 8));
        g_ptr_array_add (t.cells, g_strdup_printf ("%" G_GUINT64_FORMAT, info->seed));
        g_ptr_array_add (t.cells, g_strdup (info->model));
        g_ptr_array_add (t.cells, g_strndup (info->snapshot ? info->snapshot : "", 8));
        g_ptr_array_add (t.cells, g_strndup (info->weights_hash ? info->weights_hash : "", 8));
        g_ptr_array_add (t.cells, g_strdup (info->version));
        g_ptr_array_add (t.cells, g_strdup (info->device && *info->device ? info->device : "cpu"));
      }
  return put_table (document, &t, folder, "runs.csv", error);
}

/* ---- the document. */
static void
put_figure (SacDocument *document, const SacStudyReport *r, guint index, double width, double height, SacFigureFunc draw,
            const char *caption)
{
  SacStudyPlot *plot = g_new (SacStudyPlot, 1);

  *plot = (SacStudyPlot) { r, index };
  sac_document_add_figure (document, caption, caption, r->provenance, width, height, draw, plot, g_free);
}

static gboolean
fill (SacDocument *document, const SacStudyReport *r, const char *folder, GError **error)
{
  gboolean test = strcmp (r->first->split, "test") == 0;
  g_autofree char *where = g_strdup_printf (test ? _("Scored on %u test clips that no run learned from, %u labels.")
                                                 : _("Scored on %u validation clips, %u labels."), r->first->n_clips, r->first->n_labels);

  sac_document_add_text (document, where);
  if (*r->plan->description)
    sac_document_add_text (document, r->plan->description);
  say_conclusions (document, r);
  sac_document_add_heading (document, _("Macro AUC"));
  put_figure (document, r, 0, 1000, 40 + 34 * r->arms->len, sac_study_draw_arms,
              /* xgettext:no-c-format */
              _("Macro AUC of each arm, mean over the seeds, with the interval that holds 95 % of resampled clips and seeds. "
                "Strong line: chance."));
  if (!put_arms (document, r, folder, error))
    return FALSE;
  sac_document_add_text (document,
                         _("Gap: loss on test clips (else validation) minus the loss on training clips in evaluation. Where the loss in "
                           "training and the same clips’ loss in evaluation are far apart, the batch statistics are what differs."));
  sac_document_add_heading (document, _("Differences"));
  if (!put_differences (document, r, folder, error))
    return FALSE;
  sac_document_add_heading (document, _("AUC per label"));
  put_figure (document, r, 0, 1000, 440, sac_study_draw_bars,
              /* xgettext:no-c-format */
              _("Means over the seeds. Grey: where 95 % of random rankings would lie. Hatched: undefined, no positive or no "
                "negative clip."));
  sac_document_add_heading (document, _("Learning"));
  for (guint a = 0; a < r->arms->len; a++)
    if (((SacReportArm *) r->arms->pdata[a])->runs[0])
      put_figure (document, r, a, 1000, 300, sac_study_draw_losses,
                  _("Losses over the steps, means over the seeds. Training: of the batches, in training mode, smoothed."));
  put_figure (document, r, 0, 1000, 360, sac_study_draw_gaps,
              _("Over-fitting: validation loss above the loss on training clips, both in evaluation."));
  put_figure (document, r, 0, 1000, 360, sac_study_draw_auc, _("Macro AUC on the test clips while they learned. It chose nothing."));
  sac_document_add_heading (document, _("ROC"));
  for (guint l = 0; l < MIN (r->first->n_labels, MAX_ROC); l++)
    put_figure (document, r, l, 520, 420, sac_study_draw_roc, _("ROC of each arm’s first seed, with the chance diagonal."));
  sac_document_add_heading (document, _("Where it comes from"));
  sac_document_add_text (document,
                         _("The id of a run is a hash of its recipe, of the labels it learned from and of the weights it began with; that "
                           "in the corner of the figures is one of all runs, recipes and scores together."));
  return put_provenance (document, r, folder, error) && put_numbers (r, folder, error);
}

static gboolean
save_all (const SacDocument *document, const char *folder, GError **error)
{
  g_autofree char *html = sac_document_dup_html (document), *page = g_build_filename (folder, "report.html", NULL);
  g_autofree char *pdf_path = g_build_filename (folder, "report.pdf", NULL);
  g_autoptr (GBytes) pdf = sac_document_pdf (document, error);

  return pdf && sac_file_replace (page, html, strlen (html), error)
         && sac_file_replace (pdf_path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}

gboolean
sac_cli_report_study (const char *folder, const char *output, gboolean json, GError **error)
{
  g_autofree char *own = g_build_filename (folder, "report", NULL), *subtitle = NULL;
  const char *into = output ? output : own;
  SacStudyReport r = { 0 };
  SacDocument *document = NULL;
  gboolean fine = gather (&r, folder, error);

  if (fine && g_mkdir_with_parents (into, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot make the folder %s: %s"), into, g_strerror (errno));
      fine = FALSE;
    }
  if (fine)
    {
      subtitle = g_strdup_printf (_("Study “%s”, %u arms × %u seeds, id %s, Saccade %s"), r.queue->name, r.arms->len, r.n_seeds,
                                  r.provenance, SAC_VERSION);
      document = sac_document_new (*r.plan->title ? r.plan->title : r.queue->name, subtitle);
      fine = fill (document, &r, into, error) && save_all (document, into, error);
    }
  if (fine && json)
    {
      g_autofree char *path = sac_cli_json (into);

      g_print ("{\"report\":%s,\"id\":\"%s\",\"arms\":%u,\"seeds\":%u}\n", path, r.provenance, r.arms->len, r.n_seeds);
    }
  else if (fine)
    {
      for (guint a = 0; a < r.arms->len; a++)
        {
          g_autofree char *mean = number (r.bootstrap->mean[a], 3, FALSE), *low = number (r.bootstrap->low[a], 3, FALSE);
          g_autofree char *high = number (r.bootstrap->high[a], 3, FALSE);

          g_print ("%-24s %s (%s … %s)\n", ((SacReportArm *) r.arms->pdata[a])->arm->name, mean, low, high);
        }
      g_print ("%s/report.html\n%s/report.pdf\n", into, into);
    }
  g_clear_pointer (&document, sac_document_free);
  report_clear (&r);
  return fine;
}

char *
sac_cli_find_study (const char *name, const char *project)
{
  g_autofree char *queue = g_build_filename (name, "queue.json", NULL), *base = g_path_get_basename (name), *inside = NULL;
  g_autoptr (SacProject) opened = NULL;

  if (g_file_test (queue, G_FILE_TEST_EXISTS))
    return g_canonicalize_filename (name, NULL);
  if (!project)
    return NULL;
  opened = sac_project_open (project, SAC_PROJECT_READ_ONLY, NULL);
  if (g_str_has_suffix (base, ".ini"))
    base[strlen (base) - strlen (".ini")] = '\0';
  inside = opened ? g_build_filename (sac_project_get_folder (opened), "studies", base, "queue.json", NULL) : NULL;
  return inside && g_file_test (inside, G_FILE_TEST_EXISTS) ? g_path_get_dirname (inside) : NULL;
}
