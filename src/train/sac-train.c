/* The state machine of a run: prepare → (step | pause | validate | checkpoint)* → score → done. */
#include "sac-train.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "data/sac-clip-store.h"
#include "sac-train-private.h"

#define AHEAD 64                /* examples told to the loader beforehand */

GQuark
sac_train_error_quark (void)
{
  return g_quark_from_static_string ("sac-train-error");
}

void
_sac_trainer_init (SacTrainer *t, const SacTrainSpec *spec, GCancellable *cancellable)
{
  *t = (SacTrainer) { .spec = spec, .cancellable = cancellable, .lock_fd = -1, .best_value = NAN, .stop_best = NAN,
                      .best_loss = INFINITY, .checkpoint_step = -1, .validated_step = -1 };
}

void
_sac_trainer_clear (SacTrainer *t)
{
  g_clear_pointer (&t->events, sac_event_writer_free);
  _sac_trainer_drop_network (t);
  g_clear_pointer (&t->train_loader, sac_loader_free);
  g_clear_pointer (&t->validation_loader, sac_loader_free);
  g_clear_pointer (&t->test_loader, sac_loader_free);
  g_clear_pointer (&t->train, sac_dataset_free);
  g_clear_pointer (&t->validation, sac_dataset_free);
  g_clear_pointer (&t->test, sac_dataset_free);
  g_clear_pointer (&t->store, sac_clip_store_free);
  g_clear_pointer (&t->worry, g_free);
  g_clear_pointer (&t->sampler, _sac_sampler_free);
  g_clear_pointer (&t->rates, g_array_unref);
  g_clear_pointer (&t->pins, _sac_train_pins_free);
  _sac_trainer_close_maps (t);
  _sac_trainer_close_drawn (t);
  g_clear_pointer (&t->recipe, sac_recipe_free);
  if (t->lock_fd >= 0)
    close (t->lock_fd);
  t->lock_fd = -1;
}

/* ---- one step: `accumulate` batches, one update.  methods/01 §3 */

/* Skips what cannot be read; the position moves on either way, so that a resumed run meets the same clips. */
static gboolean
next_example (SacTrainer *t, float *out, SacExample *example, GError **error)
{
  g_autoptr (GError) why = NULL;

  for (guint failed = 0; failed < 2 * t->train->items->len
       && sac_loader_get_n_quarantined (t->train_loader) < t->train->items->len;)
    {
      gboolean good, drawn;

      *example = _sac_sampler_at (t->sampler, t->position++);
      if (sac_loader_is_quarantined (t->train_loader, example->item))
        continue;
      g_clear_error (&why);
      drawn = !_sac_trainer_is_edited (t, example->item);       /* an edited map fits the clip as it is */
      if (sac_model_is_flat (&t->model))
        good = sac_loader_get_frame (t->train_loader, example->item, example->frame, example->epoch, drawn, out, NULL, &why);
      else
        good = sac_loader_get (t->train_loader, example->item, example->epoch, drawn, out, NULL, &why);
      if (good)
        return TRUE;
      failed++;
      if (!_sac_trainer_note (t, "note", error, _("Left out: %s"), why ? why->message : ""))
        return FALSE;
    }
  g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA, _("None of the training clips can be read%s%s"), why ? ": " : "",
               why ? why->message : "");
  return FALSE;
}

/* What is known of clip @item, as row @row of the batch; with softmax the labels that are yes share 1. */
static void
take_truth (SacTrainer *t, guint item, guint row)
{
  const gint8 *states = t->train->states + (gsize) item * t->n_labels;
  float *targets = t->targets + (gsize) row * t->n_labels, *mask = t->mask + (gsize) row * t->n_labels;
  guint n_yes = 0;

  for (guint j = 0; j < t->n_labels; j++)
    n_yes += states[j] > 0;
  for (guint j = 0; j < t->n_labels; j++)
    {
      targets[j] = states[j] <= 0 ? 0 : sac_recipe_is_softmax (t->recipe) ? 1.0f / (float) n_yes : 1;
      mask[j] = states[j] >= 0;
    }
}

/* A batch of clips with what is known of them.  What the loader waited for is told apart from what was done to the clips. */
static gboolean
take_batch (SacTrainer *t, GError **error)
{
  gsize frame = (gsize) t->recipe->crop * (gsize) t->recipe->crop * 3;
  gsize size = sac_model_is_flat (&t->model) ? frame : frame * (gsize) t->recipe->frames;
  gint64 since = g_get_monotonic_time ();
  SacLoaderTimes before, after;
  guint ahead[AHEAD];

  sac_loader_get_times (t->train_loader, &before);
  for (int i = 0; i < t->recipe->batch; i++)
    {
      guint n = _sac_sampler_ahead (t->sampler, t->position, ahead, AHEAD);
      SacExample example;

      sac_loader_hint (t->train_loader, ahead, n);
      if (!next_example (t, t->clips + (gsize) i * size, &example, error))
        return FALSE;
      take_truth (t, example.item, (guint) i);
      if (t->batch_items)
        t->batch_items[i] = example.item;
      _sac_trainer_take_map (t, &example, (guint) i);
      t->clips_since_log++;
    }
  sac_loader_get_times (t->train_loader, &after);
  t->seconds[SAC_TIME_READ] += after.read - before.read;
  t->seconds[SAC_TIME_DECODE] += after.decode - before.decode;
  _sac_trainer_spent (t, SAC_TIME_AUGMENT, since);
  t->seconds[SAC_TIME_AUGMENT] -= after.read - before.read + after.decode - before.decode;
  return TRUE;
}

/* Forward, gradients and, where nothing is accumulated, the update are one program. */
static gboolean
run_program (SacTrainer *t, gint64 since, float *loss, GError **error)
{
  double seconds, share[SAC_N_PARTS];

  if (!sac_program_run (t->program, NULL, error) || !sac_program_get_output (t->program, t->in.loss, loss, error))
    return FALSE;
  seconds = (double) (g_get_monotonic_time () - since) * 1e-6;
  sac_program_get_parts (t->program, share);
  t->seconds[SAC_TIME_FORWARD] += share[SAC_PART_FORWARD] * seconds;
  t->seconds[SAC_TIME_BACKWARD] += share[SAC_PART_BACKWARD] * seconds;
  t->seconds[SAC_TIME_UPDATE] += share[SAC_PART_UPDATE] * seconds;
  return TRUE;
}

static gboolean
run_batch (SacTrainer *t, int number, GError **error)
{
  gint64 before;
  float loss;

  if (!take_batch (t, error))
    return FALSE;
  before = g_get_monotonic_time ();
  sac_program_set_input (t->program, t->in.clip, t->clips);
  sac_program_set_input (t->program, t->in.target, t->targets);
  if (!sac_recipe_is_softmax (t->recipe))
    sac_program_set_input (t->program, t->in.mask, t->mask);
  if (t->in.dropout)
    {
      float key[SAC_DROPOUT_KEY];

      sac_dropout_key (t->recipe->seed, (guint64) t->step, (guint64) number * (guint64) t->recipe->batch, key);
      sac_program_set_input (t->program, t->in.dropout, key);
    }
  _sac_trainer_set_maps (t);
  if (t->in.scale)
    sac_program_set_input (t->program, t->in.scale, &(float) { (float) t->scale.value });
  if (!run_program (t, _sac_trainer_spent (t, SAC_TIME_UPLOAD, before), &loss, error))
    return FALSE;
  t->compute_seconds += (double) (g_get_monotonic_time () - before) * 1e-6;
  if (!isfinite (loss))
    {
      g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DIVERGED,
                   _("The loss is no longer a number at step %d: the training diverged; a smaller rate may help"), t->step + 1);
      return FALSE;
    }
  _sac_trainer_note_drawn (t);
  t->loss_sum += (double) loss;
  t->loss_n++;
  return TRUE;
}

gboolean
_sac_trainer_make_step (SacTrainer *t, double rate, SacStepNorms *norms, GError **error)
{
  double scale = 1.0 / t->recipe->accumulate;
  gint64 before;
  gboolean fine, finite;

  if (t->in.hyper)
    sac_optimizer_set_sgd (t->optimizer, t->program, t->in.hyper, rate, t->recipe->momentum, t->recipe->decay, 1);
  for (int a = 0; a < t->recipe->accumulate; a++)
    if (!run_batch (t, a, error))
      return FALSE;
  before = g_get_monotonic_time ();
  if (t->in.scale)
    scale /= t->scale.value;
  fine = _sac_trainer_check_scale (t, &finite, error);
  if (fine && finite)
    fine = (!norms || _sac_step_norms_before (norms, t->optimizer, scale, error))
           && (t->in.hyper || sac_optimizer_step (t->optimizer, rate, t->recipe->momentum, t->recipe->decay, scale, error))
           && (!norms || _sac_step_norms_after (norms, t->optimizer, rate, error));
  t->compute_seconds += (double) (_sac_trainer_spent (t, SAC_TIME_UPDATE, before) - before) * 1e-6;
  t->step += fine;
  return fine;
}

static gboolean
run_step (SacTrainer *t, GError **error)
{
  double rate = sac_rates_at (t->recipe, t->rates, t->step + 1);
  int next = t->step + 1;
  gboolean full = next == 1 || next % t->recipe->log_every == 0 || next == t->recipe->steps, fine;
  SacStepNorms norms = { 0 };
  guint quarantined;

  fine = _sac_trainer_make_step (t, rate, full ? &norms : NULL, error);
  if (fine)
    {
      quarantined = sac_loader_get_n_quarantined (t->train_loader)
                    + (t->validation_loader ? sac_loader_get_n_quarantined (t->validation_loader) : 0);
      full = full || quarantined != t->reported_quarantined;
      t->reported_quarantined = quarantined;
      fine = _sac_trainer_log (t, full, rate, &norms, error);
    }
  _sac_step_norms_clear (&norms);
  return fine;
}

/* Memory ran out between two steps, as where a validation needs some of its own: what was learned is kept, and @error says so. */
static gboolean
keep_what_was_learned (SacTrainer *t, GError **error)
{
  g_autoptr (GError) inner = NULL;

  if (!g_error_matches (*error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY)
      || (t->checkpoint_step != t->step && !_sac_trainer_save (t, NULL)))
    return FALSE;
  inner = g_steal_pointer (error);
  g_set_error (error, inner->domain, inner->code, _("%s. What was learned until step %d is kept: the run goes on with --resume"),
               inner->message, t->step);
  return FALSE;
}

/* ---- the whole. */
static gboolean
is_validation_due (const SacTrainer *t)
{
  int every = t->recipe->validate_every;

  return t->validated_step != t->step && ((every > 0 && t->step > 0 && t->step % every == 0) || t->step == t->recipe->steps);
}

/* What comes between steps: after the last one in any case. */
static gboolean
after_step (SacTrainer *t, GError **error)
{
  const SacRecipe *recipe = t->recipe;
  gboolean last = t->step == recipe->steps, fine;
  gint64 since = g_get_monotonic_time ();

  if (is_validation_due (t) && !g_cancellable_is_cancelled (t->cancellable))
    {
      fine = _sac_trainer_validate (t, error);
      since = _sac_trainer_spent (t, SAC_TIME_VALIDATE, since);
      if (!fine && !g_cancellable_is_cancelled (t->cancellable))
        return keep_what_was_learned (t, error);
      if (!fine)
        g_clear_error (error);  /* interrupted: what was measured half is not told */
    }
  /* Without room the run rests before the next step, sac-train-care.c. */
  if ((recipe->checkpoint_every > 0 && t->step % recipe->checkpoint_every == 0 && _sac_trainer_has_room (t)) || last)
    {
      fine = _sac_trainer_save (t, error);
      _sac_trainer_spent (t, SAC_TIME_CHECKPOINT, since);
      return fine;
    }
  return TRUE;
}

static gboolean
run_steps (SacTrainer *t, SacTurn *turn, GError **error)
{
  t->began_us = t->logged_us = g_get_monotonic_time ();
  t->first_step = t->step;
  /* A life that was asked to end in the middle of a validation left it to this one. */
  if (is_validation_due (t) && !after_step (t, error))
    return FALSE;
  while (t->step < t->recipe->steps && !_sac_trainer_is_stopped_early (t))
    {
      if (!_sac_trainer_obey (t, turn, error))
        return FALSE;
      if (*turn != SAC_TURN_GOES_ON)
        break;
      if (!run_step (t, error))
        return FALSE;
      if (t->spec->profile && t->step == t->first_step + 1)     /* the first meets memory for the first time */
        {
          sac_program_time_steps (t->program);
          if (sac_optimizer_get_program (t->optimizer))
            sac_program_time_steps (sac_optimizer_get_program (t->optimizer));
        }
      if (!after_step (t, error))
        return FALSE;
    }
  if (*turn == SAC_TURN_INTERRUPTED
      && !_sac_trainer_note (t, "note", error, _("Told to end after step %d: a checkpoint is written, and --resume goes on"), t->step))
    return FALSE;
  if (*turn != SAC_TURN_GOES_ON && !_sac_trainer_status (t, "stopping", error))
    return FALSE;
  return t->checkpoint_step == t->step || _sac_trainer_save (t, error);
}

/* Of the batches' program, and of the update's, which was made at the first step. */
static gboolean
write_profile (SacTrainer *t, GError **error)
{
  g_autoptr (SacProfile) profile = t->program ? sac_program_dup_profile (t->program) : NULL;    /* none: its memory was given back */
  SacProgram *update = t->optimizer ? sac_optimizer_get_program (t->optimizer) : NULL;
  g_autoptr (SacProfile) updates = update ? sac_program_dup_profile (update) : NULL;

  if (profile && updates)
    sac_profile_append (profile, updates);
  return !profile || sac_profile_write (t->spec->run_folder, profile, error);
}

static void
pass_progress (double fraction, const char *what, gpointer data)
{
  SacTrainer *t = data;

  if (t->spec->progress)
    t->spec->progress (fraction, what, t->spec->progress_data);
}

/* The mean colours of the training clips, while they are decoded. */
static SacColourControl *
fit_control (SacTrainer *t)
{
  guint n = t->train->items->len, kept = 0;
  g_autofree float *colours = g_new (float, 3 * (gsize) n + 1);
  g_autofree gint8 *states = g_new (gint8, (gsize) n * t->n_labels + 1);

  for (guint i = 0; i < n && !g_cancellable_is_cancelled (t->cancellable); i++)
    if (sac_loader_get (t->train_loader, i, 0, FALSE, t->scratch, NULL, NULL))
      {
        sac_clip_mean_colour (t->scratch, &t->clip_spec, colours + 3 * (gsize) kept);
        memcpy (states + (gsize) kept++ * t->n_labels, t->train->states + (gsize) i * t->n_labels, t->n_labels);
      }
  return sac_colour_control_fit (colours, kept, states, t->n_labels);
}

/* With the best checkpoint, chosen on validation alone.  A split without clips has no scores. */
static gboolean
score (SacTrainer *t, GError **error)
{
  g_autoptr (SacNet) net = NULL;
  g_autoptr (SacColourControl) control = NULL;
  g_autoptr (SacDataset) test = NULL;
  g_autoptr (GError) none = NULL;

  if (!_sac_trainer_status (t, "scoring", error))
    return FALSE;
  control = fit_control (t);
  net = sac_net_open_run (t->spec->run_folder, NULL, t->spec->n_threads, error);
  if (!net || !sac_colour_control_write (t->spec->run_folder, control, error))
    return FALSE;
  test = sac_dataset_new (t->spec->project, SAC_SPLIT_TEST, (const char *const *) sac_net_get_info (net)->labels, &none);
  if (!test && !g_error_matches (none, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY))
    {
      g_propagate_error (error, g_steal_pointer (&none));
      return FALSE;
    }
  if (test && t->recipe->top_k > 0)
    sac_dataset_drop_empty (test);
  for (int i = 0; i < 2; i++)
    {
      SacDataset *set = i == 0 ? t->validation : test;
      g_autoptr (GError) inner = NULL;
      g_autoptr (SacScores) scores = NULL;

      if (!set || set->items->len == 0 || g_cancellable_is_cancelled (t->cancellable))
        continue;
      scores = sac_score_set (net, t->spec->run_folder, set, i == 0 ? "validation" : "test", control, pass_progress, t,
                              t->cancellable, &inner);
      /* Clips that can no longer be read leave the run without scores, not without success. */
      if (!scores && !g_error_matches (inner, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY)
          && !g_cancellable_is_cancelled (t->cancellable))
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return FALSE;
        }
    }
  return TRUE;
}

/* The window learns the reason from the events; where the folder is not ours to write (it holds another run, or somebody trains it
 * now), the caller alone is told. */
static void
tell_failure (SacTrainer *t, const GError *error)
{
  g_autofree char *status = g_strdup_printf ("failed: %s", error->message);

  /* A start beyond all steps drops nothing of what was written before. */
  if (!t->events && t->recipe)
    t->events = sac_event_writer_new (t->spec->run_folder, G_MAXINT64, NULL);
  if (t->events)
    _sac_trainer_status (t, status, NULL);
}

gboolean
sac_train (const SacTrainSpec *spec, GCancellable *cancellable, GError **error)
{
  SacTrainer t;
  g_autoptr (GError) inner = NULL;
  SacTurn turn = SAC_TURN_GOES_ON;
  gboolean fine;

  _sac_trainer_init (&t, spec, cancellable);
  fine = _sac_trainer_prepare (&t, &inner) && run_steps (&t, &turn, &inner);
  if (fine && spec->profile)
    fine = write_profile (&t, &inner);
  if (fine && turn != SAC_TURN_INTERRUPTED)
    fine = score (&t, &inner);
  if (t.lock_fd >= 0)           /* else it is another one's */
    _sac_trainer_drop_snapshot (&t);
  if (fine)                     /* ended while it was scored: not done yet */
    fine = _sac_trainer_status (&t, turn == SAC_TURN_GOES_ON && !g_cancellable_is_cancelled (cancellable) ? "done" : "stopped", &inner);
  if (!fine)
    tell_failure (&t, inner);
  _sac_trainer_clear (&t);
  if (!fine)
    g_propagate_error (error, g_steal_pointer (&inner));
  return fine;
}
