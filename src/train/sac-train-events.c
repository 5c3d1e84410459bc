/* What the run tells while it goes. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-train-private.h"

gboolean
_sac_trainer_status (SacTrainer *trainer, const char *status, GError **error)
{
  return sac_event_writer_text (trainer->events, (guint64) trainer->step, "status", status, error)
         && sac_event_writer_flush (trainer->events, error);
}

gboolean
_sac_trainer_note (SacTrainer *trainer, const char *tag, GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  sac_debug (TRAIN, "%s: %s\n", tag, text);
  return sac_event_writer_text (trainer->events, (guint64) trainer->step, tag, text, error);
}

gint64
_sac_trainer_spent (SacTrainer *trainer, SacTime part, gint64 since_us)
{
  gint64 now = g_get_monotonic_time ();

  trainer->seconds[part] += (double) (now - since_us) * 1e-6;
  return now;
}

gboolean
_sac_step_norms_before (SacStepNorms *norms, SacOptimizer *optimizer, double scale, GError **error)
{
  guint n;

  norms->layers = sac_optimizer_get_layers (optimizer, &n);
  norms->gradients = g_new0 (double, n + 1);
  norms->ratios = g_new0 (double, n + 1);
  norms->slices = g_new0 (double, (gsize) n * SAC_MOST_SLICES + 1);
  norms->taps = g_new0 (guint, n + 1);
  if (!sac_optimizer_gradient_norm (optimizer, &norms->whole, error)
      || !sac_optimizer_gradient_norms (optimizer, norms->gradients, error))
    return FALSE;
  norms->whole *= scale;
  for (guint i = 0; i < n; i++)
    {
      double *slices = norms->slices + (gsize) i * SAC_MOST_SLICES;

      norms->gradients[i] *= scale;
      if (!sac_optimizer_gradient_slices (optimizer, i, &norms->taps[i], slices, error))
        return FALSE;
      for (guint t = 0; t < norms->taps[i]; t++)
        slices[t] *= scale;
    }
  return TRUE;
}

gboolean
_sac_step_norms_after (SacStepNorms *norms, SacOptimizer *optimizer, double rate, GError **error)
{
  return sac_optimizer_update_ratios (optimizer, rate, norms->ratios, error);
}

void
_sac_step_norms_clear (SacStepNorms *norms)
{
  g_clear_pointer (&norms->gradients, g_free);
  g_clear_pointer (&norms->ratios, g_free);
  g_clear_pointer (&norms->slices, g_free);
  g_clear_pointer (&norms->taps, g_free);
}

static gboolean
log_layers (SacTrainer *trainer, const SacStepNorms *norms, GError **error)
{
  guint64 step = (guint64) trainer->step;

  for (guint i = 0; norms->layers && norms->layers[i]; i++)
    {
      g_autofree char *gradient = g_strconcat ("gradient/", norms->layers[i], NULL);
      g_autofree char *ratio = g_strconcat ("update_ratio/", norms->layers[i], NULL);

      if (!sac_event_writer_scalar (trainer->events, step, gradient, norms->gradients[i], error)
          || !sac_event_writer_scalar (trainer->events, step, ratio, norms->ratios[i], error))
        return FALSE;
      for (guint t = 0; t < norms->taps[i]; t++)
        {
          g_autofree char *slice = g_strdup_printf ("gradient_slice/%s/%u", norms->layers[i], t);

          if (!sac_event_writer_scalar (trainer->events, step, slice, norms->slices[(gsize) i * SAC_MOST_SLICES + t], error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
log_times (SacTrainer *trainer, GError **error)
{
  for (guint part = 0; part < SAC_N_TIMES; part++)
    if (!sac_event_writer_scalar (trainer->events, (guint64) trainer->step, sac_time_get_tag ((SacTime) part),
                                  MAX (trainer->seconds[part], 0), error))
      return FALSE;
  return TRUE;
}

/* Of the process where it computes itself, else what its program takes of the device. */
static double
memory_held (const SacTrainer *trainer)
{
  const char *device = trainer->spec->device;
  SacProgramCost cost;

  if (!device || strcmp (device, "cpu") == 0)
    return (double) sac_memory_resident ();
  cost = sac_program_get_cost (trainer->program);
  return (double) (cost.arena_bytes + cost.block_bytes + cost.input_bytes);
}

gboolean
_sac_trainer_log (SacTrainer *trainer, gboolean full, double rate, const SacStepNorms *norms, GError **error)
{
  SacEventWriter *events = trainer->events;
  guint64 step = (guint64) trainer->step;
  gint64 now = g_get_monotonic_time ();
  int total = trainer->recipe->steps, done = trainer->step - trainer->first_step;
  double each = done > 0 ? (double) (now - trainer->began_us - trainer->paused_us) * 1e-6 / done : NAN;
  double left = each * (total - trainer->step), fraction = (double) trainer->step / total;

  if (!sac_event_writer_scalar (events, step, "progress", fraction, error)
      || !sac_event_writer_scalar (events, step, "seconds_left", left, error))
    return FALSE;
  if (full)
    {
      double seconds = MAX ((double) (now - trainer->logged_us) * 1e-6, 1e-6);
      const struct { const char *tag; double value; } rows[] = {
        { "loss/train", trainer->loss_n ? trainer->loss_sum / trainer->loss_n : NAN },
        { "rate", rate },
        { "gradient_norm", norms->layers ? norms->whole : NAN },
        { "clips_per_second", (double) trainer->clips_since_log / seconds },
        { "share/decode", CLAMP ((trainer->seconds[SAC_TIME_READ] + trainer->seconds[SAC_TIME_DECODE]) / seconds, 0, 1) },
        { "share/compute", CLAMP (trainer->compute_seconds / seconds, 0, 1) },
        { "memory", memory_held (trainer) },
        { "quarantined", trainer->reported_quarantined },
      };

      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        if (!sac_event_writer_scalar (events, step, rows[i].tag, rows[i].value, error))
          return FALSE;
      if (trainer->in.scale
          && (!sac_event_writer_scalar (events, step, "loss_scale", trainer->scale.value, error)
              || !sac_event_writer_scalar (events, step, "skipped_steps", (double) trainer->scale.skipped, error)))
        return FALSE;
      if (!log_times (trainer, error) || !log_layers (trainer, norms, error))
        return FALSE;
      if (trainer->spec->progress)
        {
          g_autofree char *remaining = sac_dup_duration (left);
          g_autofree char *text = g_strdup_printf (_("step %d of %d, loss %.4f, %s left"), trainer->step, total,
                                                   rows[0].value, remaining);

          trainer->spec->progress (fraction, text, trainer->spec->progress_data);
        }
      trainer->loss_sum = trainer->compute_seconds = 0;
      memset (trainer->seconds, 0, sizeof trainer->seconds);
      trainer->loss_n = 0;
      trainer->clips_since_log = 0;
      trainer->logged_us = now;
    }
  return sac_event_writer_flush (events, error);
}
