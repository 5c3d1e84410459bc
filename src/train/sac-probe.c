#include "sac-probe.h"

#include <glib/gi18n.h>
#include <time.h>

#include "sac-train-private.h"

#define WARM_UP 3               /* steps that meet memory for the first time */
#define LIKELY_BEST 0.5         /* share of validations that are the best so far */

static double
seconds_since (gint64 since)
{
  return (double) (g_get_monotonic_time () - since) * 1e-6;
}

/* @seconds: of all of them. */
static gboolean
make_steps (SacTrainer *t, int n, int done, int all, double *seconds, GError **error)
{
  gint64 since = g_get_monotonic_time ();

  for (int i = 0; i < n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (t->cancellable, error)
          || !_sac_trainer_make_step (t, sac_recipe_rate (t->recipe, t->step + 1), NULL, error))
        return FALSE;
      if (t->spec->progress)
        t->spec->progress ((double) (done + i + 1) / all, _("Timing the first steps"), t->spec->progress_data);
    }
  *seconds = seconds_since (since);
  return TRUE;
}

/* Until what decodes and packs clips beside the steps has nothing left to do, ten seconds at most. */
static void
settle (SacTrainer *t)
{
  for (int i = 0; i < 100 && !g_cancellable_is_cancelled (t->cancellable); i++)
    {
      clock_t before = clock ();        /* of all threads */

      g_usleep (100000);
      if (clock () - before < CLOCKS_PER_SEC / 100)
        return;
    }
}

/* The same steps twice: with clips that are met for the first time, decoded beside the computing, and with those clips at hand.  Their
 * mean is a step; what the first took more is the price of first uses. */
static gboolean
time_steps (SacTrainer *t, int n, SacProbe *probe, GError **error)
{
  int all = WARM_UP + 2 * n;
  double first, again;
  guint64 decoded, place;

  if (!make_steps (t, WARM_UP, 0, all, &first, error))
    return FALSE;
  decoded = sac_loader_get_n_decoded (t->train_loader);
  place = t->position;
  if (!make_steps (t, n, WARM_UP, all, &first, error))
    return FALSE;
  decoded = sac_loader_get_n_decoded (t->train_loader) - decoded;
  t->position = place;
  settle (t);
  if (!make_steps (t, n, WARM_UP + n, all, &again, error))
    return FALSE;
  probe->step = again / n;
  probe->wait = decoded ? MAX (first - again, 0) / (double) decoded : 0;
  probe->steps = n;
  probe->warm_up = WARM_UP;
  settle (t);
  return TRUE;
}

static guint
count (const SacDataset *dataset)
{
  return dataset ? dataset->items->len : 0;
}

/* Clips of the test split, for the scores at the end. */
static guint
count_test (SacTrainer *t)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (SacDataset) test = NULL;

  for (guint j = 0; j < t->n_labels; j++)
    g_ptr_array_add (names, t->train->labels->pdata[j]);
  g_ptr_array_add (names, NULL);
  test = sac_dataset_new (t->spec->project, SAC_SPLIT_TEST, (const char *const *) names->pdata, NULL);
  return count (test);
}

static int
count_times (int steps, int every)
{
  return (every > 0 ? steps / every : 0) + (every <= 0 || steps % every > 0);
}

static void
predict (SacTrainer *t, double first, double again, double best, SacProbe *p)
{
  const SacRecipe *r = t->recipe;
  guint n_train = count (t->train), n_held = count (t->validation);
  guint judged = n_held ? n_held + CLAMP (n_held, 1, 32) + count (t->test) : count (t->test);
  double per_step = (double) r->batch * r->accumulate, decoding = MAX (first - again, 0), saves;
  double units = (double) n_train * (sac_model_is_flat (&t->model) ? r->frames : 1);

  p->steps_per_epoch = units / per_step;
  p->n_validations = count_times (r->steps, r->validate_every);
  p->n_checkpoints = count_times (r->steps, r->checkpoint_every);
  p->validation = judged * again;
  p->score = (n_held + count_test (t)) * first;
  saves = p->n_checkpoints * p->checkpoint + LIKELY_BEST * p->n_validations * best;
  p->total = p->start + r->steps * p->step + MIN (n_train, r->steps * per_step) * p->wait + p->n_validations * p->validation
             + (n_held + count (t->test)) * decoding + saves + p->score;
  p->epoch = p->steps_per_epoch * (p->step + (p->n_validations * p->validation + saves) / r->steps);
}

gboolean
sac_probe (const SacTrainSpec *spec, int n_steps, SacProbe *probe, GCancellable *cancellable, GError **error)
{
  gint64 since = g_get_monotonic_time ();
  double first, again, best = 0;
  SacTrial trial;
  gboolean fine;

  *probe = (SacProbe) { 0 };
  fine = _sac_trial_open (&trial, spec, cancellable, error);
  probe->start = seconds_since (since);
  fine = fine && time_steps (&trial.trainer, n_steps, probe, error) && _sac_trainer_time_validation (&trial.trainer, &first, &again, error);
  if (fine)
    {
      since = g_get_monotonic_time ();
      fine = _sac_trainer_save (&trial.trainer, error);
      probe->checkpoint = seconds_since (since);
    }
  if (fine)
    {
      since = g_get_monotonic_time ();
      fine = _sac_trainer_save_best (&trial.trainer, error);
      best = seconds_since (since);
    }
  if (fine)
    {
      predict (&trial.trainer, first, again, best, probe);
      probe->end_us = g_get_real_time () + (gint64) (probe->total * G_USEC_PER_SEC);
    }
  _sac_trial_close (&trial);
  return fine;
}
