/* What the run tells while it goes. */
#include <glib/gi18n.h>
#include <math.h>

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

/* Every step: how far; at log steps (@full) all numbers. */
gboolean
_sac_trainer_log (SacTrainer *trainer, gboolean full, double rate, double gradient_norm, GError **error)
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
      double wait = sac_loader_get_wait_seconds (trainer->train_loader);
      const struct { const char *tag; double value; } rows[] = {
        { "loss/train", trainer->loss_n ? trainer->loss_sum / trainer->loss_n : NAN },
        { "rate", rate },
        { "gradient_norm", gradient_norm },
        { "clips_per_second", (double) trainer->clips_since_log / seconds },
        { "share/decode", CLAMP ((wait - trainer->wait_seconds) / seconds, 0, 1) },
        { "share/compute", CLAMP (trainer->compute_seconds / seconds, 0, 1) },
        { "quarantined", trainer->reported_quarantined },
      };

      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        if (!sac_event_writer_scalar (events, step, rows[i].tag, rows[i].value, error))
          return FALSE;
      if (trainer->spec->progress)
        {
          g_autofree char *remaining = sac_dup_duration (left);
          g_autofree char *text = g_strdup_printf (_("step %d of %d, loss %.4f, %s left"), trainer->step, total,
                                                   rows[0].value, remaining);

          trainer->spec->progress (fraction, text, trainer->spec->progress_data);
        }
      trainer->loss_sum = trainer->compute_seconds = 0;
      trainer->loss_n = 0;
      trainer->clips_since_log = 0;
      trainer->wait_seconds = wait;
      trainer->logged_us = now;
    }
  return sac_event_writer_flush (events, error);
}
