/* Validation: loss, AUC and scores on clips held out, in evaluation mode. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-train-private.h"

typedef struct {
  double loss;                  /* NaN: no clip could be read */
  SacAucTable *table;           /* NULL when not asked for, as are the scores */
  SacScores *scores;
  guint n_told, top1, top5;     /* with softmax: labels that are yes, and how many of them were among the first */
} Outcome;

static void
outcome_clear (Outcome *out)
{
  g_clear_pointer (&out->table, sac_auc_table_free);
  g_clear_pointer (&out->scores, sac_scores_free);
}

static SacScores *
scores_new (SacTrainer *trainer, const SacDataset *dataset, const char *split)
{
  gsize cells = (gsize) dataset->items->len * trainer->n_labels + 1;
  SacScores *scores = g_new0 (SacScores, 1);

  scores->split = g_strdup (split);
  scores->step = (guint64) trainer->step;
  scores->n_labels = trainer->n_labels;
  scores->labels = g_new0 (char *, trainer->n_labels + 1);
  for (guint j = 0; j < trainer->n_labels; j++)
    scores->labels[j] = g_strdup (dataset->labels->pdata[j]);
  scores->clips = g_new0 (char *, dataset->items->len + 1);
  scores->scores = g_new0 (float, cells);
  scores->truth = g_new0 (gint8, cells);
  return scores;
}

/* Every @stride-th clip of @dataset; AUC and scores where @split, the name of them, is not NULL. */
static gboolean
evaluate (SacTrainer *trainer, SacDataset *dataset, SacLoader *loader, guint stride, const char *split, Outcome *out, GError **error)
{
  guint n = dataset->items->len, n_labels = trainer->n_labels, rows = sac_net_get_n_rows (trainer->net), kept = 0, losses = 0;
  g_autofree float *logits = g_new (float, (gsize) rows * n_labels);
  g_autofree float *ranks = g_new0 (float, (gsize) n * n_labels + 1);
  g_autofree guint *order = g_new (guint, n + 1);
  gboolean softmax = sac_recipe_is_softmax (trainer->recipe);
  double sum = 0;

  *out = (Outcome) { .loss = NAN };
  out->scores = scores_new (trainer, dataset, split ? split : "");
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = 0; i < n; i += stride)
    {
      const gint8 *states = dataset->states + (gsize) i * n_labels;
      float *probabilities = out->scores->scores + (gsize) kept * n_labels;
      gint64 before;
      double loss;

      if (g_cancellable_set_error_if_cancelled (trainer->cancellable, error))
        return FALSE;
      if (stride == 1)
        sac_loader_hint (loader, order + i, MIN (n - i, 8));
      if (!sac_loader_get (loader, i, 0, FALSE, trainer->scratch, NULL, NULL))
        continue;               /* quarantined by the loader, and counted */
      before = g_get_monotonic_time ();
      if (!sac_net_logits (trainer->net, trainer->scratch, logits, NULL, error))
        return FALSE;
      trainer->compute_seconds += (double) (g_get_monotonic_time () - before) * 1e-6;
      loss = sac_clip_loss (logits, rows, n_labels, states, softmax);
      if (loss >= 0)
        {
          sum += loss;
          losses++;
        }
      sac_net_probabilities (trainer->net, logits, probabilities);
      /* Logits are in the same order, and nothing is lost to rounding near 0 and 1. */
      memcpy (ranks + (gsize) kept * n_labels, rows == 1 && !softmax ? logits : probabilities, n_labels * sizeof *ranks);
      for (guint j = 0; j < n_labels && softmax; j++)
        if (states[j] > 0)
          {
            out->n_told++;
            out->top1 += sac_is_in_top (probabilities, n_labels, j, 1);
            out->top5 += sac_is_in_top (probabilities, n_labels, j, 5);
          }
      memcpy (out->scores->truth + (gsize) kept * n_labels, states, n_labels);
      out->scores->clips[kept++] = g_strdup (((SacItem *) dataset->items->pdata[i])->name);
    }
  out->scores->n_clips = kept;
  if (losses > 0)
    out->loss = sum / losses;
  if (split)
    out->table = sac_auc_table_new (ranks, out->scores->truth, kept, n_labels);
  return TRUE;
}

/* The value of a metric's tag; NaN where it has none. */
static double
value_of (const SacTrainer *trainer, const char *tag, const Outcome *outcome, double train_evaluated)
{
  if (strcmp (tag, "loss/validation") == 0)
    return outcome->loss;
  if (strcmp (tag, "loss/train_evaluated") == 0)
    return train_evaluated;
  if (strcmp (tag, "auc_macro") == 0)
    return outcome->table->macro;
  if (g_str_has_prefix (tag, "top"))
    return outcome->n_told ? (double) (tag[3] == '1' ? outcome->top1 : outcome->top5) / outcome->n_told : NAN;
  for (guint j = 0; j < trainer->n_labels; j++)
    if (strcmp (tag + strlen ("auc/"), trainer->validation->labels->pdata[j]) == 0)
      return outcome->table->auc[j];
  return NAN;
}

/* Whether @value is better than @best by more than @change; anything is better than none. */
static gboolean
is_better (const char *tag, double value, double best, double change)
{
  return isfinite (value) && (!isfinite (best) || sac_metric_get_sense (tag) * (value - best) > change);
}

/* By the recipe's metric; where it is equal, or undefined as ever, by lower loss. */
static gboolean
is_best (const SacTrainer *trainer, double value, double loss)
{
  if (is_better (trainer->recipe->best_metric, value, trainer->best_value, 0))
    return TRUE;
  if (isfinite (value) != isfinite (trainer->best_value) || (isfinite (value) && value != trainer->best_value))
    return FALSE;
  return isfinite (loss) && loss < trainer->best_loss;
}

gboolean
_sac_trainer_is_stopped_early (const SacTrainer *trainer)
{
  return trainer->recipe->stop_patience > 0 && trainer->stop_waited >= trainer->recipe->stop_patience;
}

static gboolean
judge (SacTrainer *trainer, const Outcome *outcome, double train_evaluated, GError **error)
{
  const SacRecipe *recipe = trainer->recipe;
  const char *stop = *recipe->stop_metric ? recipe->stop_metric : recipe->best_metric;
  double value = value_of (trainer, recipe->best_metric, outcome, train_evaluated);
  double watched = value_of (trainer, stop, outcome, train_evaluated);

  if (is_best (trainer, value, outcome->loss))
    {
      trainer->best_value = value;
      trainer->best_loss = outcome->loss;
      if (!_sac_trainer_save_best (trainer, error))
        return FALSE;
    }
  if (recipe->stop_patience == 0)
    return TRUE;
  trainer->stop_waited++;
  if (is_better (stop, watched, trainer->stop_best, recipe->stop_min_change))
    {
      trainer->stop_best = watched;
      trainer->stop_waited = 0;
    }
  return !_sac_trainer_is_stopped_early (trainer)
         || _sac_trainer_note (trainer, "note", error, _("Stopped early: %s has been no better than %.4g for %d validations"), stop,
                               trainer->stop_best, trainer->stop_waited);
}

gboolean
_sac_trainer_check_metrics (SacTrainer *trainer, GError **error)
{
  const char *const tags[] = { trainer->recipe->best_metric, trainer->recipe->stop_metric };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    if (g_str_has_prefix (tags[i], "auc/")
        && !g_ptr_array_find_with_equal_func (trainer->train->labels, tags[i] + strlen ("auc/"), g_str_equal, NULL))
      {
        g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA, _("The run is to be judged by “%s”, but learns no such label"), tags[i]);
        return FALSE;
      }
  if (!trainer->validation && trainer->recipe->stop_patience > 0)
    return _sac_trainer_note (trainer, "note", error, _("Without a validation split nothing tells when to stop: all steps are made"));
  return TRUE;
}

static gboolean
tell (SacTrainer *trainer, const Outcome *outcome, GError **error)
{
  guint64 step = (guint64) trainer->step;

  if (!sac_event_writer_scalar (trainer->events, step, "loss/validation", outcome->loss, error)
      || !sac_event_writer_scalar (trainer->events, step, "auc_macro", outcome->table->macro, error))
    return FALSE;
  if (outcome->n_told
      && (!sac_event_writer_scalar (trainer->events, step, "top1", (double) outcome->top1 / outcome->n_told, error)
          || !sac_event_writer_scalar (trainer->events, step, "top5", (double) outcome->top5 / outcome->n_told, error)))
    return FALSE;
  for (guint j = 0; j < trainer->n_labels; j++)
    {
      g_autofree char *tag = g_strconcat ("auc/", (char *) trainer->validation->labels->pdata[j], NULL);

      if (!sac_event_writer_scalar (trainer->events, step, tag, outcome->table->auc[j], error))
        return FALSE;
    }
  return TRUE;
}

/* Batch statistics make train-mode loss another quantity: the same clips in evaluation mode are told beside it. */
static gboolean
tell_training_clips (SacTrainer *trainer, double *loss, GError **error)
{
  guint n = trainer->train->items->len, want = CLAMP (trainer->validation->items->len, 1, 32);
  Outcome outcome;
  gboolean fine = evaluate (trainer, trainer->train, trainer->train_loader, MAX (n / want, 1), NULL, &outcome, error)
                  && sac_event_writer_scalar (trainer->events, (guint64) trainer->step, "loss/train_evaluated", outcome.loss, error);

  *loss = outcome.loss;
  outcome_clear (&outcome);
  return fine;
}

static gboolean
validate (SacTrainer *trainer, GError **error)
{
  double train_evaluated = NAN;
  Outcome outcome;
  gboolean fine = evaluate (trainer, trainer->validation, trainer->validation_loader, 1, "validation", &outcome, error)
                  && tell (trainer, &outcome, error) && sac_scores_write_at (trainer->spec->run_folder, outcome.scores, error)
                  && tell_training_clips (trainer, &train_evaluated, error) && judge (trainer, &outcome, train_evaluated, error);

  outcome_clear (&outcome);
  return fine;
}

/* For the curve alone: nothing that is chosen looks at it. */
static gboolean
watch_test (SacTrainer *trainer, GError **error)
{
  guint64 step = (guint64) trainer->step;
  Outcome outcome;
  gboolean fine = evaluate (trainer, trainer->test, trainer->test_loader, 1, "test", &outcome, error)
                  && sac_event_writer_scalar (trainer->events, step, "loss/test", outcome.loss, error)
                  && sac_event_writer_scalar (trainer->events, step, "auc_test_macro", outcome.table->macro, error)
                  && sac_scores_write_at (trainer->spec->run_folder, outcome.scores, error);

  outcome_clear (&outcome);
  return fine;
}

gboolean
_sac_trainer_validate (SacTrainer *trainer, GError **error)
{
  if ((trainer->test && !watch_test (trainer, error)) || (trainer->validation && !validate (trainer, error)))
    return FALSE;
  trainer->validated_step = trainer->step;
  return _sac_trainer_look_at_pins (trainer, error) && sac_event_writer_flush (trainer->events, error);
}

#define TIMED_CLIPS 6

gboolean
_sac_trainer_time_validation (SacTrainer *trainer, double *first, double *again, GError **error)
{
  double *const seconds[] = { first, again };

  *first = *again = 0;
  for (guint i = 0; i < 2 && trainer->validation; i++)
    {
      guint n = trainer->validation->items->len, stride = MAX (n / TIMED_CLIPS, 1);
      gint64 before = g_get_monotonic_time ();
      Outcome outcome;
      gboolean fine = evaluate (trainer, trainer->validation, trainer->validation_loader, stride, NULL, &outcome, error);

      *seconds[i] = (double) (g_get_monotonic_time () - before) * 1e-6 / ((n + stride - 1) / stride);
      outcome_clear (&outcome);
      if (!fine)
        return FALSE;
    }
  return TRUE;
}
