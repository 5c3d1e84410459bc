/* What a person wants of a run while it goes, between two steps. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "sac-train-private.h"

#define PER_SNAPSHOT 50         /* a snapshot may cost a fiftieth of the time */

typedef struct {
  gboolean paused, released, worried;
} Rest;

static gboolean
change_rate (SacTrainer *t, double rate, GError **error)
{
  SacRateChange change = { (guint64) t->step, rate };
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  /* Those of a life that went further and was lost are overruled, too. */
  while (t->rates->len && g_array_index (t->rates, SacRateChange, t->rates->len - 1).after >= change.after)
    g_array_set_size (t->rates, t->rates->len - 1);
  g_array_append_val (t->rates, change);
  g_ascii_formatd (number, sizeof number, "%.6g", rate);
  return sac_rates_write (t->spec->run_folder, t->rates, error) && _sac_trainer_note (t, "control", error, "rate %s", number)
         && sac_event_writer_flush (t->events, error);
}

/* Looked at by the window while the training goes on; how often it asks is its own affair. */
static gboolean
take_snapshot (SacTrainer *t, GError **error)
{
  gint64 before = g_get_monotonic_time (), after;

  if (!t->snapshot_wanted || before < t->snapshot_from_us || !t->weights)
    return TRUE;
  t->snapshot_wanted = FALSE;
  if (!_sac_trainer_save_snapshot (t, error))
    return FALSE;
  after = _sac_trainer_spent (t, SAC_TIME_CHECKPOINT, before);
  t->snapshot_from_us = after + PER_SNAPSHOT * (after - before);
  return _sac_trainer_note (t, "control", error, "snapshot") && sac_event_writer_flush (t->events, error);
}

static gboolean
rest (SacTrainer *t, gboolean release, Rest *r, GError **error)
{
  gboolean was_paused = r->paused;

  r->paused = TRUE;
  r->worried = FALSE;           /* a person's pause lasts, whatever becomes of the cause */
  if (release && !r->released)
    {
      if (t->checkpoint_step != t->step && !_sac_trainer_save (t, error))
        return FALSE;
      _sac_trainer_drop_network (t);
      r->released = TRUE;
    }
  return was_paused || _sac_trainer_status (t, "paused", error);
}

static gboolean
go_on (SacTrainer *t, Rest *r, GError **error)
{
  gboolean was_paused = r->paused;

  if (r->released && !_sac_trainer_take_network (t, error))
    return FALSE;
  *r = (Rest) { 0 };
  return !was_paused || _sac_trainer_status (t, "running", error);
}

/* The run rests by itself, with all it learned on the disk, until the cause is gone or a person says to go on. */
static gboolean
take_care (SacTrainer *t, Rest *r, GError **error)
{
  g_autofree char *worry = _sac_trainer_dup_worry (t), *status = NULL;

  if (!worry)
    {
      t->careless = FALSE;
      return !r->worried || go_on (t, r, error);
    }
  if (r->paused || t->careless)
    return TRUE;
  if (t->checkpoint_step != t->step)
    {
      g_autoptr (GError) full = NULL;

      if (!_sac_trainer_save (t, &full) && !_sac_trainer_note (t, "note", error, _("No checkpoint could be written: %s"), full->message))
        return FALSE;
    }
  r->paused = r->worried = TRUE;
  status = g_strdup_printf ("paused: %s", worry);
  return _sac_trainer_note (t, "note", error, _("The run rests, and goes on by itself: %s"), worry)
         && _sac_trainer_status (t, status, error);
}

static gboolean
obey_one (SacTrainer *t, SacControl what, double rate, SacTurn *turn, Rest *r, GError **error)
{
  if (what == SAC_CONTROL_RATE)
    return change_rate (t, rate, error);
  if (what == SAC_CONTROL_SNAPSHOT)
    {
      t->snapshot_wanted = TRUE;
      return TRUE;
    }
  if (!_sac_trainer_note (t, "control", error, "%s", sac_control_get_word (what)))
    return FALSE;
  switch ((guint) what)
    {
    case SAC_CONTROL_STOP:
      *turn = SAC_TURN_STOPPED;
      return TRUE;
    case SAC_CONTROL_CHECKPOINT:
      return (r->released || _sac_trainer_save (t, error)) && sac_event_writer_flush (t->events, error);
    case SAC_CONTROL_PAUSE:
    case SAC_CONTROL_RELEASE:
      return rest (t, what == SAC_CONTROL_RELEASE, r, error);
    case SAC_CONTROL_RESUME:
      t->careless = r->worried;
      return go_on (t, r, error);
    default:
      return TRUE;
    }
}

gboolean
_sac_trainer_obey (SacTrainer *t, SacTurn *turn, GError **error)
{
  static const SacControl order[] = { SAC_CONTROL_RATE, SAC_CONTROL_CHECKPOINT, SAC_CONTROL_SNAPSHOT, SAC_CONTROL_STOP,
                                      SAC_CONTROL_PAUSE, SAC_CONTROL_RELEASE, SAC_CONTROL_RESUME };
  gint64 since = g_get_monotonic_time ();
  Rest r = { 0 };

  *turn = SAC_TURN_GOES_ON;
  do
    {
      double rate = 0;
      SacControl taken = sac_control_take_values (t->spec->run_folder, &rate);

      for (guint i = 0; i < G_N_ELEMENTS (order); i++)
        if ((taken & order[i]) && !obey_one (t, order[i], rate, turn, &r, error))
          return FALSE;
      if (!take_care (t, &r, error) || !take_snapshot (t, error))
        return FALSE;
      if (g_cancellable_is_cancelled (t->cancellable))
        *turn = SAC_TURN_INTERRUPTED;
      if (r.paused && *turn == SAC_TURN_GOES_ON)
        {
          gint64 now = g_get_monotonic_time ();

          g_usleep (100000);
          t->paused_us += g_get_monotonic_time () - now;
        }
    }
  while (r.paused && *turn == SAC_TURN_GOES_ON);
  if (g_get_monotonic_time () - since > G_USEC_PER_SEC)
    t->logged_us = g_get_monotonic_time ();
  return TRUE;
}
