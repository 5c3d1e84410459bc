/* What threads work out for the Compare page: the view of a label, decisions at thresholds, paired differences; and what is said of it. */
#include <glib/gi18n.h>
#include <math.h>

#include "sac-compare-private.h"

#define MAX_PAIRS 3             /* that are told of */

/* ---- the view: runs that are like the first, all where it is asked for anyway. */

typedef struct {
  char *label;
  GPtrArray *runs;              /* SacCompareRun */
  gboolean anyway;
  SacCompareView *view;
  GString *obstacles;
} ViewJob;

static void
view_job_free (gpointer data)
{
  ViewJob *job = data;

  g_free (job->label);
  g_ptr_array_unref (job->runs);
  g_clear_pointer (&job->view, sac_compare_view_unref);
  g_string_free (job->obstacles, TRUE);
  g_free (job);
}

static void
make_view (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ViewJob *job = data;
  g_autoptr (GPtrArray) like = g_ptr_array_new ();
  g_autofree guint *colours = g_new (guint, job->runs->len + 1);

  for (guint r = 0; r < job->runs->len; r++)
    {
      SacCompareRun *first = job->runs->pdata[0], *run = job->runs->pdata[r];
      g_autoptr (SacScoresPair) pair = r ? sac_scores_pair_new (first->scores, run->scores) : NULL;
      g_autofree char *words = pair ? sac_scores_pair_dup_obstacle (pair, first->name, run->name) : NULL;

      if (words)
        g_string_append_printf (job->obstacles, "%s%s", job->obstacles->len ? "\n" : "", words);
      if (words && !job->anyway)
        continue;
      colours[like->len] = like->len;
      g_ptr_array_add (like, run);
    }
  job->view = sac_compare_view_new (job->label, like, colours);
  g_task_return_boolean (task, TRUE);
}

static void compare_pairs (SacComparePage *self);

static void
on_view (GObject *source, GAsyncResult *result, gpointer data)
{
  SacComparePage *self = SAC_COMPARE_PAGE (source);
  ViewJob *job = g_task_get_task_data (G_TASK (result));

  self->viewing = FALSE;
  if (!self->entries)
    return;
  if (self->view_again)
    {
      _sac_compare_page_renew (self);
      return;
    }
  g_clear_pointer (&self->view, sac_compare_view_unref);
  self->view = sac_compare_view_ref (job->view);
  gtk_label_set_text (self->obstacle_words, job->obstacles->str);
  gtk_revealer_set_reveal_child (self->obstacle, job->obstacles->len > 0);
  self->mark.kind = SAC_BEHIND_NONE;
  _sac_compare_page_fill_thresholds (self);
  if (self->awaited.kind != SAC_BEHIND_NONE && self->awaited.run < self->view->n_runs)
    {
      SacComparePlots plots = _sac_compare_page_plots (self);
      g_autofree char *words = sac_behind_dup_words (&self->awaited, &plots);

      sac_compare_table_show_mark (self->clips, &self->awaited, words);
    }
  self->awaited.kind = SAC_BEHIND_NONE;
  _sac_compare_page_decide (self);
  compare_pairs (self);
  _sac_compare_page_show (self);
}

/* The labels of the first run; the chosen one stays by name. */
static void
fill_labels (SacComparePage *self, const SacCompareRun *first)
{
  g_autofree char *kept = g_strdup (_sac_compare_page_label (self));
  g_autoptr (GtkStringList) names = NULL;
  gboolean same = first->scores->n_labels == self->labels->len;

  for (guint i = 0; same && i < self->labels->len; i++)
    same = g_strcmp0 (self->labels->pdata[i], first->scores->labels[i]) == 0;
  if (same)
    return;
  names = gtk_string_list_new ((const char *const *) first->scores->labels);
  g_ptr_array_set_size (self->labels, 0);
  self->label = 0;
  for (guint i = 0; i < first->scores->n_labels; i++)
    {
      g_ptr_array_add (self->labels, g_strdup (first->scores->labels[i]));
      if (g_strcmp0 (kept, first->scores->labels[i]) == 0)
        self->label = i;
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->label_drop, G_LIST_MODEL (names));
  if (self->labels->len)
    gtk_drop_down_set_selected (self->label_drop, self->label);
  self->filling = FALSE;
}

void
_sac_compare_page_renew (SacComparePage *self)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_compare_run_unref);
  g_autoptr (GTask) task = NULL;
  ViewJob *job;

  self->view_again = self->viewing;
  if (self->viewing)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      SacCompareEntry *entry = self->entries->pdata[i];

      if (entry->ticked && entry->run && entry->run->scores)
        g_ptr_array_add (runs, sac_compare_run_ref (entry->run));
    }
  if (runs->len == 0)
    {
      g_clear_pointer (&self->view, sac_compare_view_unref);
      g_clear_pointer (&self->decided, sac_decided_free);
      sac_compare_table_set_view (self->clips, NULL, NULL, NULL);
      _sac_compare_page_show (self);
      return;
    }
  fill_labels (self, runs->pdata[0]);
  job = g_new0 (ViewJob, 1);
  job->label = g_strdup (_sac_compare_page_label (self));
  job->anyway = gtk_toggle_button_get_active (self->anyway);
  job->runs = g_steal_pointer (&runs);
  job->obstacles = g_string_new (NULL);
  self->viewing = TRUE;
  task = g_task_new (self, NULL, on_view, NULL);
  g_task_set_task_data (task, job, view_job_free);
  g_task_run_in_thread (task, make_view);
}

/* ---- decisions of the run in question, at its thresholds for all labels. */

typedef struct {
  SacCompareRun *run;
  double *thresholds;
} DecideJob;

static void
decide_job_free (gpointer data)
{
  DecideJob *job = data;

  sac_compare_run_unref (job->run);
  g_free (job->thresholds);
  g_free (job);
}

static void
decide (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  DecideJob *job = data;

  g_task_return_pointer (task, sac_decided_new (job->run, job->thresholds), (GDestroyNotify) sac_decided_free);
}

static void
on_decided (GObject *source, GAsyncResult *result, gpointer data)
{
  SacComparePage *self = SAC_COMPARE_PAGE (source);
  SacDecided *decided = g_task_propagate_pointer (G_TASK (result), NULL);

  self->deciding = FALSE;
  if (!self->entries || !self->view || self->decide_again)
    sac_decided_free (decided);
  else
    {
      g_clear_pointer (&self->decided, sac_decided_free);
      self->decided = decided;
      _sac_compare_page_show (self);
    }
  if (self->entries && self->decide_again)
    _sac_compare_page_decide (self);
}

void
_sac_compare_page_decide (SacComparePage *self)
{
  guint r = gtk_drop_down_get_selected (self->run_drop);
  g_autoptr (GTask) task = NULL;
  SacCompareEntry *entry;
  DecideJob *job;

  self->decide_again = self->deciding;
  if (self->deciding || !self->view || r >= self->view->n_runs)
    return;
  entry = _sac_compare_page_find (self, self->view->runs[r]->folder);
  if (!entry)
    return;
  job = g_new (DecideJob, 1);
  *job = (DecideJob) { sac_compare_run_ref (self->view->runs[r]),
                       sac_thresholds_dup (entry->thresholds, (const char *const *) self->view->runs[r]->scores->labels) };
  self->deciding = TRUE;
  task = g_task_new (self, NULL, on_decided, NULL);
  g_task_set_task_data (task, job, decide_job_free);
  g_task_run_in_thread (task, decide);
}

/* ---- paired differences: the runs with each other, seconds for large data, so given up when others are ticked. */

static void
difference_free (gpointer data)
{
  SacCompareDifference *d = data;

  g_free (d->a);
  g_free (d->b);
  g_free (d->labels);
  g_strfreev (d->label_names);
  g_free (d);
}

typedef struct {
  SacCompareView *view;
  gint *stop;
} PairJob;

static void
pair_job_free (gpointer data)
{
  PairJob *job = data;

  sac_compare_view_unref (job->view);
  g_atomic_rc_box_release (job->stop);
  g_free (job);
}

static void
make_pairs (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PairJob *job = data;
  GPtrArray *differences = g_ptr_array_new_with_free_func (difference_free);

  for (guint a = 0; a < job->view->n_runs; a++)
    for (guint b = a + 1; b < job->view->n_runs && differences->len < MAX_PAIRS; b++)
      {
        g_autoptr (SacScoresPair) pair = sac_scores_pair_new (job->view->runs[a]->scores, job->view->runs[b]->scores);
        SacCompareDifference *d = g_new0 (SacCompareDifference, 1);

        d->a = g_strdup (job->view->runs[a]->name);
        d->b = g_strdup (job->view->runs[b]->name);
        d->n_labels = pair->n_labels;
        d->labels = g_new0 (SacBootstrap, pair->n_labels + 1);
        d->label_names = g_strdupv (pair->labels);
        d->macro = sac_bootstrap_auc (pair->a, pair->b, pair->truth, pair->n_clips, pair->n_labels,
                                      sac_bootstrap_affordable (pair->n_clips, pair->n_labels), 1, d->labels, job->stop);
        g_ptr_array_add (differences, d);
      }
  g_task_return_pointer (task, differences, (GDestroyNotify) g_ptr_array_unref);
}

static void
on_pairs (GObject *source, GAsyncResult *result, gpointer data)
{
  SacComparePage *self = SAC_COMPARE_PAGE (source);
  PairJob *job = g_task_get_task_data (G_TASK (result));
  GPtrArray *differences = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!self->entries || g_atomic_int_get (job->stop))
    {
      g_clear_pointer (&differences, g_ptr_array_unref);
      return;
    }
  g_clear_pointer (&self->differences, g_ptr_array_unref);
  self->differences = differences;
  _sac_compare_page_show (self);
}

void
_sac_compare_page_stop (SacComparePage *self)
{
  if (!self->stop)
    return;
  g_atomic_int_set (self->stop, 1);
  g_atomic_rc_box_release (g_steal_pointer (&self->stop));
}

static void
compare_pairs (SacComparePage *self)
{
  g_autoptr (GString) runs = g_string_new (NULL);
  g_autoptr (GTask) task = NULL;
  PairJob *job;

  for (guint r = 0; r < self->view->n_runs; r++)
    {
      const SacCompareEntry *entry = _sac_compare_page_find (self, self->view->runs[r]->folder);

      g_string_append_printf (runs, "%s %" G_GINT64_FORMAT "\n", self->view->runs[r]->folder, entry ? entry->scored_us : 0);
    }
  g_string_append_printf (runs, "%u", self->split);
  if (g_strcmp0 (runs->str, self->compared) == 0)
    return;
  g_free (self->compared);
  self->compared = g_strdup (runs->str);
  g_clear_pointer (&self->differences, g_ptr_array_unref);
  _sac_compare_page_stop (self);
  if (self->view->n_runs < 2)
    return;
  self->stop = g_atomic_rc_box_new0 (gint);
  job = g_new (PairJob, 1);
  *job = (PairJob) { sac_compare_view_ref (self->view), g_atomic_rc_box_acquire (self->stop) };
  task = g_task_new (self, NULL, on_pairs, NULL);
  g_task_set_task_data (task, job, pair_job_free);
  g_task_run_in_thread (task, make_pairs);
}

/* ---- in words. */

static void
say_difference (GString *text, const SacCompareDifference *d, const char *label)
{
  g_autofree char *macro = sac_difference_dup_words (&d->macro, d->a, d->b, _("macro AUC"));

  g_string_append_printf (text, "%s%s", text->len ? "\n" : "", macro);
  for (guint l = 0; l < d->n_labels; l++)
    if (g_strcmp0 (d->label_names[l], label) == 0 && sac_bootstrap_verdict (&d->labels[l]) != SAC_VERDICT_UNDEFINED)
      {
        const SacBootstrap *b = &d->labels[l];
        gboolean turned = sac_bootstrap_verdict (&d->macro) == SAC_VERDICT_SECOND;      /* the sentence begins with the better one */

        g_string_append_printf (text, _("; “%s”: %+.3f (%+.3f to %+.3f)"), label, turned ? -b->difference : b->difference,
                                turned ? -b->high : b->low, turned ? -b->low : b->high);
      }
}

static void
say_headline (SacComparePage *self)
{
  g_autoptr (GString) text = g_string_new (NULL), all = g_string_new (NULL);

  for (guint r = 0; self->view && r < self->view->n_runs; r++)
    {
      const SacCompareRun *run = self->view->runs[r];

      g_string_append_printf (all, "%s%s: ", r ? "\n" : "", run->name);
      g_string_append_printf (all, _("macro AUC %.3f over %u of %u labels"), run->table->macro, run->table->n_defined,
                              run->table->n_labels);
    }
  for (guint i = 0; self->differences && i < self->differences->len; i++)
    say_difference (text, self->differences->pdata[i], _sac_compare_page_label (self));
  if (text->len == 0)
    g_string_append (text, all->str);
  gtk_label_set_text (self->headline, text->str);
  g_string_append_printf (all, "\n%s", text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->headline), all->str);
  sac_plot_describe (self->bars_plot, all->str);
}

/* What the curves of the label say, for those who do not see them. */
static void
describe (SacComparePage *self)
{
  g_autoptr (GString) roc = g_string_new (NULL), calibration = g_string_new (NULL);

  for (guint r = 0; self->view && r < self->view->n_runs; r++)
    if (self->view->rocs[r])
      {
        const SacRoc *curve = self->view->rocs[r];
        g_autofree char *words = sac_calibration_dup_words (self->view->calibrations[r]);
        g_autofree char *auc = isnan (curve->auc) ? g_strdup (_("undefined")) : g_strdup_printf ("AUC %.3f", curve->auc);

        g_string_append_printf (roc, "%s%s: %s", r ? "\n" : "", self->view->runs[r]->name, auc);
        g_string_append_printf (calibration, "%s%s: %s", r ? "\n" : "", self->view->runs[r]->name, words);
      }
  sac_plot_describe (self->plot[SAC_PLOT_ROC], roc->str);
  sac_plot_describe (self->plot[SAC_PLOT_CALIBRATION], calibration->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->plot[SAC_PLOT_CALIBRATION]), calibration->str);
}

static void
say_decided (SacComparePage *self)
{
  guint r = gtk_drop_down_get_selected (self->run_drop);
  g_autofree char *text = NULL;
  SacCounts c;

  if (!self->view || r >= self->view->n_runs || !self->view->rocs[r])
    {
      gtk_label_set_text (self->decided_words, "");
      return;
    }
  c = sac_counts_of_roc (self->view->rocs[r], self->thresholds[r]);
  if (isnan (self->view->rocs[r]->auc))
    text = g_strdup (_("No clip of one of the two kinds: nothing to decide by"));
  else
    text = g_strdup_printf (_("%u hits, %u missed, %u wrongly yes, %u rightly no; precision %.3f, recall %.3f, F1 %.3f"), c.hit, c.missed,
                            c.wrong, c.rejected, sac_counts_precision (&c), sac_counts_recall (&c), sac_counts_f1 (&c));
  if (self->decided && self->decided->matrix)
    {
      g_autofree char *first = g_steal_pointer (&text);

      text = g_strdup_printf (_("%s. One label a clip: %u of %u right"), first, self->decided->matrix->n_right,
                              self->decided->matrix->n_clips);
    }
  gtk_label_set_text (self->decided_words, text);
  sac_plot_describe (self->plot[SAC_PLOT_CONFUSION], text);
}

static void
fill_measures (SacComparePage *self)
{
  sac_measure_table_clear (self->measures);
  for (guint r = 0; self->view && r < self->view->n_runs; r++)
    {
      const SacCompareRun *run = self->view->runs[r];

      sac_measure_table_add (self->measures, run->name, run->measures, (const char *const *) run->scores->labels, run->table->auc,
                             run->table->n_labels, run->table->macro);
    }
}

void
_sac_compare_page_show (SacComparePage *self)
{
  gtk_stack_set_visible_child_name (self->stack, self->view && self->view->n_runs > 0 ? "plots" : "empty");
  say_headline (self);
  say_decided (self);
  if (self->described != self->view)
    {
      self->described = self->view;
      describe (self);
      fill_measures (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self->bars_plot));
  for (guint i = 0; i < SAC_N_PLOTS; i++)
    gtk_widget_queue_draw (GTK_WIDGET (self->plot[i]));
}
