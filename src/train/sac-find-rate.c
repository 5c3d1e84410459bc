#include "sac-find-rate.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-train-private.h"

#define RAN_AWAY 4              /* times the lowest loss */
#define LEAST 10                /* steps that say something */

/* FALSE where the loss is no longer a number, or something failed. */
static gboolean
step_at (SacTrainer *t, double rate, double *loss, GError **error)
{
  t->loss_sum = 0;
  t->loss_n = 0;
  if (!_sac_trainer_make_step (t, rate, NULL, error))
    return FALSE;
  *loss = t->loss_sum / MAX (t->loss_n, 1);
  return TRUE;
}

static guint
sweep (SacTrainer *t, double from, double to, guint n, double *rates, double *losses, GError **error)
{
  double mean = 0, weight = 0, lowest = INFINITY;
  guint i;

  for (i = 0; i < n; i++)
    {
      rates[i] = from * pow (to / from, n > 1 ? (double) i / (n - 1) : 0);
      if (g_cancellable_set_error_if_cancelled (t->cancellable, error) || !step_at (t, rates[i], &losses[i], error))
        return i;
      mean = 0.9 * mean + 0.1 * losses[i];
      weight = 0.9 * weight + 0.1;
      lowest = fmin (lowest, mean / weight);
      if (t->spec->progress)
        {
          g_autofree char *text = g_strdup_printf (_("rate %.2g, loss %.4f"), rates[i], losses[i]);

          t->spec->progress ((double) (i + 1) / n, text, t->spec->progress_data);
        }
      if (i >= LEAST && mean / weight > RAN_AWAY * lowest)
        return i + 1;
    }
  return i;
}

SacRateFinder *
sac_find_rate (const SacTrainSpec *spec, double from, double to, guint n, GCancellable *cancellable, GError **error)
{
  g_autofree double *rates = g_new0 (double, n + 1), *losses = g_new0 (double, n + 1);
  SacRateFinder *found = NULL;
  g_autoptr (GError) inner = NULL;
  SacTrial trial;
  guint done = 0;

  g_return_val_if_fail (from > 0 && to > from && n > LEAST, NULL);
  if (_sac_trial_open (&trial, spec, cancellable, &inner))
    done = sweep (&trial.trainer, from, to, n, rates, losses, &inner);
  _sac_trial_close (&trial);
  if (inner && g_error_matches (inner, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DIVERGED) && done >= LEAST)
    g_clear_error (&inner);
  if (inner)
    g_propagate_error (error, g_steal_pointer (&inner));
  else
    found = sac_rate_finder_new (rates, losses, done);
  return found;
}
