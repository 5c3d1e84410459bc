/* Works on the trials of a search: each is a `saccade train` of its own, so that its death is its own, and is then scored.  Many of these
 * may work on one search; what is true is in its file. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/sac-run.h"
#include "sac-cli.h"
#include "search.h"

#define TURN_US 50000
#define BEAT_US (15 * G_USEC_PER_SEC)
#define LOOK_US (2 * G_USEC_PER_SEC)    /* for trials that others gave back or came to the end with */
#define MAX_DEATHS 2            /* by a signal, before a trial counts as failed */

typedef enum { FREE, HELD, TRAINING, SCORING } Phase;   /* held: a trainer of an earlier life still writes its checkpoint */

typedef struct {
  Phase phase;
  SacTrial *trial;
  guint until, deaths;
  GPid pid;
  char *run, *log, *scores;     /* scores: what a scoring program prints into */
  gint64 began_us;
} Slot;

typedef struct {
  SacGanSearch *search;
  const SacSearchSpec *spec;
  const SacSearchRun *options;
  SacSearchScorer *scorer;
  Slot *slots;
  char *recipe;                 /* file */
  gboolean stop, over;
  gint64 beat_us, looked_us, told_us;
  GError *error;                /* nobody can go on */
} Runner;

static void
clear_slot (Slot *slot)
{
  sac_trial_free (slot->trial);
  g_free (slot->run);
  g_free (slot->log);
  g_free (slot->scores);
  memset (slot, 0, sizeof *slot);
}

static double
seconds_of (const Slot *slot)
{
  return (double) (g_get_monotonic_time () - slot->began_us) * 1e-6;
}

static void
say (const Slot *slot, const char *what)
{
  g_printerr (_("%strial %u, %s: %s\n"), isatty (2) ? "\r\033[K" : "", slot->trial->number, slot->trial->text, what);
}

/* ---- the end of a claim.  Who lost it to another lets go; anything else that fails is the file's fault, and ends the work. */
static void
settle (Runner *r, Slot *slot, gboolean fine, GError *error)
{
  if (!fine && error->domain == SAC_RUN_ERROR && error->code == SAC_RUN_ERROR_BUSY)
    say (slot, error->message);
  else if (!fine && !r->error)
    r->error = g_error_copy (error);
  clear_slot (slot);
}

static void
release (Runner *r, Slot *slot)
{
  g_autoptr (GError) error = NULL;
  gboolean fine = sac_gan_search_release (r->search, slot->trial->number, seconds_of (slot), &error);

  settle (r, slot, fine, error);
}

static void
fail (Runner *r, Slot *slot, const char *why)
{
  g_autoptr (GError) error = NULL;
  gboolean fine = sac_gan_search_fail (r->search, slot->trial->number, why, seconds_of (slot), &error);

  say (slot, why);
  settle (r, slot, fine, error);
}

/* Only who is not the best of all that are done by now goes, so the best can never be lost, whoever else is at it. */
static void
slim (Runner *r)
{
  g_autoptr (GPtrArray) trials = r->options->slim ? sac_gan_search_list (r->search, NULL) : NULL;
  const SacTrial *best = trials ? sac_gan_search_best (trials) : NULL;

  for (guint i = 0; trials && i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];
      g_autofree char *run = sac_gan_search_dup_run (r->search, trial->number), *folder = g_build_filename (run, "checkpoints", NULL);

      if ((trial->state == SAC_TRIAL_DONE && trial != best) || trial->state == SAC_TRIAL_PRUNED)
        sac_file_remove_tree (folder);
    }
}

static void
record (Runner *r, Slot *slot, const SacTrialPoint *point, const char *features, gboolean own, const char *hash)
{
  g_autoptr (GError) error = NULL;
  gboolean fine = sac_gan_search_note_features (r->search, features, own, hash, &error)
                  && sac_gan_search_record (r->search, slot->trial->number, point, seconds_of (slot), &error);
  g_autofree char *words = g_strdup_printf (_("%.4f after %u epochs"), point->objective, point->epochs);

  if (fine)
    say (slot, words);
  settle (r, slot, fine, error);
  if (fine)
    slim (r);
}

/* ---- programs. */

/* Where this process dies, they are asked to end: trainers write a checkpoint then. */
static void
set_up_child (gpointer parent)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != GPOINTER_TO_INT (parent))
    _exit (1);
}

/* @out: a file for its standard output, the log where NULL. */
static gboolean
spawn (Slot *slot, GPtrArray *args, const char *out, GError **error)
{
  int log = g_open (slot->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  int to = out ? g_open (out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : log;
  gboolean fine = FALSE;

  g_ptr_array_add (args, NULL);
  if (log < 0 || to < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot write %s: %s"), slot->log, g_strerror (errno));
  else
    fine = g_spawn_async_with_fds (NULL, (char **) args->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
                                   GINT_TO_POINTER (getpid ()), &slot->pid, -1, to, log, error);
  if (to >= 0 && to != log)
    close (to);
  if (log >= 0)
    close (log);
  return fine;
}

G_GNUC_NULL_TERMINATED static void
add (GPtrArray *args, const char *arg, ...)
{
  va_list more;

  va_start (more, arg);
  for (; arg; arg = va_arg (more, const char *))
    g_ptr_array_add (args, g_strdup (arg));
  va_end (more);
}

G_GNUC_PRINTF (2, 3) static void
add_printf (GPtrArray *args, const char *format, ...)
{
  va_list more;

  va_start (more, format);
  g_ptr_array_add (args, g_strdup_vprintf (format, more));
  va_end (more);
}

static void
train (Runner *r, Slot *slot)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *step = sac_run_find_checkpoint (slot->run, FALSE), *info = g_build_filename (slot->run, "run.json", NULL);
  g_autofree char *search = g_path_get_basename (sac_gan_search_get_folder (r->search));
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (args, g_file_read_link ("/proc/self/exe", NULL));
  add (args, "train", "--run", slot->run, "--data", r->spec->data, NULL);
  if (step && g_file_test (info, G_FILE_TEST_EXISTS))
    add (args, "--resume", NULL);
  else
    {
      sac_file_remove_tree (slot->run);         /* a start that came to nothing */
      add (args, r->recipe, "--graph", slot->trial->text, "--name", NULL);
      add_printf (args, "%s-%04u", search, slot->trial->number);
      add_printf (args, "--epochs=%u", r->spec->epochs);
      add_printf (args, "--seed=%" G_GUINT64_FORMAT, slot->trial->seed);
    }
  add_printf (args, "--until-epoch=%u", slot->until);
  add_printf (args, "--threads=%d", r->options->n_threads);
  if (r->spec->limit)
    add_printf (args, "--limit=%u", r->spec->limit);
  slot->phase = TRAINING;
  if (!spawn (slot, args, NULL, &error))
    fail (r, slot, error->message);
}

static void
score (Runner *r, Slot *slot)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  slot->phase = SCORING;
  slot->pid = 0;
  if (!r->options->scorer)
    {
      sac_search_scorer_ask (r->scorer, slot->trial->number, slot->until);
      return;
    }
  slot->scores = g_strconcat (slot->log, ".scores", NULL);
  add (args, r->options->scorer, slot->run, r->spec->data, NULL);
  add_printf (args, "%u", r->spec->samples);
  add_printf (args, "%" G_GUINT64_FORMAT, r->spec->seed);
  if (!spawn (slot, args, slot->scores, &error))
    fail (r, slot, error->message);
}

/* The last line that a program said of itself. */
static char *
dup_reason (const char *log)
{
  g_autoptr (GBytes) bytes = sac_file_read (log, (gsize) 16 << 20, NULL);
  g_autofree char *text = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = g_strv_length (lines); i-- > 0;)
    if (g_str_has_prefix (lines[i], "saccade: ") && g_utf8_validate (lines[i], -1, NULL))
      return g_strndup (lines[i] + strlen ("saccade: "), 1000);
  return g_strdup (_("it ended without saying why"));
}

/* Killed by others than us: once more, from its checkpoint, but not for ever. */
static void
try_again (Runner *r, Slot *slot, const char *why)
{
  if (++slot->deaths > MAX_DEATHS)
    fail (r, slot, why);
  else
    slot->phase = HELD;
}

/* A trainer that somebody told to stop ends as well as one that is done. */
static gboolean
is_trained (const Runner *r, const Slot *slot)
{
  g_autoptr (SacEventReader) events = sac_event_reader_new (slot->run);
  const SacPoint *points;
  guint n;

  sac_event_reader_poll (events);
  points = sac_event_reader_get (events, "progress", &n);
  return n > 0 && points[n - 1].value > (double) slot->until / r->spec->epochs - 1e-6;
}

static void
end_training (Runner *r, Slot *slot, int status)
{
  g_autofree char *why = NULL;

  if (r->stop)
    release (r, slot);
  else if (WIFEXITED (status) && WEXITSTATUS (status) == 0 && is_trained (r, slot))
    score (r, slot);
  else if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    try_again (r, slot, _("the training ended before its time"));
  else
    {
      why = WIFSIGNALED (status) ? g_strdup_printf (_("the trainer was ended by signal %d"), WTERMSIG (status)) : dup_reason (slot->log);
      if (WIFSIGNALED (status))
        try_again (r, slot, why);
      else
        fail (r, slot, why);
    }
}

static void
end_scoring (Runner *r, Slot *slot, int status)
{
  g_autofree char *text = NULL, *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sac_file_read (slot->scores, 1 << 16, &error);
  SacTrialPoint point = { .epochs = slot->until };

  for (guint g = 0; g < SAC_GAN_MOST; g++)
    point.is[g] = point.fid[g] = NAN;
  g_unlink (slot->scores);
  if (r->stop)
    {
      release (r, slot);
      return;
    }
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    {
      why = dup_reason (slot->log);
      fail (r, slot, why);
      return;
    }
  text = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
  if (sac_search_parse_scores (text, r->spec, &point, error ? NULL : &error))
    {
      g_autofree char *program = g_path_get_basename (r->options->scorer), *words = g_strdup_printf (_("the program %s"), program);

      record (r, slot, &point, words, FALSE, program);
    }
  else
    fail (r, slot, error->message);
}

/* ---- a turn. */
static void
take_scores (Runner *r)
{
  SacScoreAnswer *taken;

  while ((taken = sac_search_scorer_take (r->scorer)))
    {
      g_autoptr (SacScoreAnswer) answer = taken;
      Slot *slot = NULL;

      for (guint i = 0; i < r->options->n_jobs; i++)
        if (r->slots[i].phase == SCORING && r->slots[i].trial->number == answer->number)
          slot = &r->slots[i];
      if (!slot)
        continue;
      if (r->stop && answer->outcome != SAC_SCORED)
        release (r, slot);
      else if (answer->outcome == SAC_SCORED)
        record (r, slot, &answer->point, answer->features, answer->own, answer->hash);
      else if (answer->outcome == SAC_SCORE_UNTRAINED)
        try_again (r, slot, answer->why);
      else if (answer->outcome == SAC_SCORE_FAILED)
        fail (r, slot, answer->why);
      else
        {
          if (!r->error)
            g_set_error_literal (&r->error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER, answer->why);
          release (r, slot);
        }
    }
}

static void
look_after (Runner *r, Slot *slot)
{
  int status = 0;

  if (slot->pid && waitpid (slot->pid, &status, WNOHANG) == slot->pid)
    {
      slot->pid = 0;
      if (slot->phase == TRAINING)
        end_training (r, slot, status);
      else
        end_scoring (r, slot, status);
    }
  else if (slot->pid && r->stop && slot->phase != FREE)
    kill (slot->pid, SIGTERM);
  else if (slot->phase == HELD && r->stop)
    release (r, slot);
  else if (slot->phase == HELD && !sac_run_is_live (slot->run))
    train (r, slot);
}

static void
claim (Runner *r, Slot *slot)
{
  g_autofree char *logs = g_build_filename (sac_gan_search_get_folder (r->search), "logs", NULL), *log = NULL;
  SacTrial *trial;
  guint until;
  int claimed = sac_gan_search_claim (r->search, &trial, &until, r->error ? NULL : &r->error);

  r->over = claimed == 2;
  if (claimed != 1)
    return;
  g_mkdir_with_parents (logs, 0755);
  slot->phase = HELD;
  slot->trial = trial;
  slot->until = until;
  slot->run = sac_gan_search_dup_run (r->search, trial->number);
  log = g_strdup_printf ("%04u.log", trial->number);
  slot->log = g_build_filename (logs, log, NULL);
  slot->began_us = g_get_monotonic_time ();
}

/* Epochs of all trials in all: with halving of those that will be left. */
static double
count_epochs (const SacSearchSpec *spec)
{
  double sum = 0;
  guint alive = spec->n_trials, before = 0;

  for (guint rung = sac_gan_search_next_rung (spec, 0); rung; rung = sac_gan_search_next_rung (spec, rung))
    {
      sum += (double) alive * (rung - before);
      before = rung;
      alive = (alive + 1) / 2;
    }
  return sum;
}

static void
tell (Runner *r)
{
  g_autoptr (GPtrArray) trials = NULL;
  guint counts[SAC_N_TRIAL_STATES] = { 0 };
  double epochs = 0, seconds = 0, missed = 0;
  g_autoptr (GString) line = g_string_new (NULL);
  gint64 now = g_get_monotonic_time ();

  if (now - r->told_us < (isatty (2) ? 2 : 60) * G_USEC_PER_SEC || !(trials = sac_gan_search_list (r->search, NULL)))
    return;
  r->told_us = now;
  for (guint i = 0; i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];

      counts[trial->state]++;
      epochs += trial->epochs;
      seconds += trial->epochs ? trial->seconds : 0;
      missed += trial->state == SAC_TRIAL_FAILED ? r->spec->epochs - trial->epochs : 0;
    }
  g_string_append_printf (line, _("%u of %u trials done"), counts[SAC_TRIAL_DONE] + counts[SAC_TRIAL_PRUNED], trials->len);
  g_string_append_printf (line, _(", %u running"), counts[SAC_TRIAL_RUNNING]);
  if (counts[SAC_TRIAL_FAILED])
    g_string_append_printf (line, _(", %u failed"), counts[SAC_TRIAL_FAILED]);
  if (epochs > 0)
    {
      double left = MAX (count_epochs (r->spec) - epochs - (r->spec->halving ? 0 : missed), 0) * seconds / epochs;
      g_autofree char *words = sac_dup_duration (left / MAX (counts[SAC_TRIAL_RUNNING], 1));

      g_string_append (line, " · ");
      g_string_append_printf (line, _("%s left"), words);
    }
  g_printerr ("%s%s%s", isatty (2) ? "\r\033[K" : "", line->str, isatty (2) ? "" : "\n");
}

static gboolean
is_idle (const Runner *r)
{
  for (guint i = 0; i < r->options->n_jobs; i++)
    if (r->slots[i].phase != FREE)
      return FALSE;
  return TRUE;
}

static void
turn (Runner *r)
{
  gint64 now = g_get_monotonic_time ();
  gboolean look = now - r->looked_us >= LOOK_US;

  if (!r->stop && (sac_cli_is_signalled () || r->error || sac_gan_search_is_stop_wished (sac_gan_search_get_folder (r->search))))
    {
      r->stop = TRUE;
      if (sac_cli_is_signalled ())
        g_printerr ("%s%s\n", isatty (2) ? "\r\033[K" : "", _("Stopping; --resume goes on"));
      for (guint i = 0; i < r->options->n_jobs; i++)
        if (r->slots[i].phase == SCORING && !r->slots[i].pid)
          release (r, &r->slots[i]);
    }
  take_scores (r);
  for (guint i = 0; i < r->options->n_jobs; i++)
    {
      gboolean busy = r->slots[i].phase != FREE;

      look_after (r, &r->slots[i]);
      look = look || (busy && r->slots[i].phase == FREE);
    }
  if (look && !r->stop)
    {
      r->looked_us = now;
      for (guint i = 0; i < r->options->n_jobs && !r->error; i++)
        if (r->slots[i].phase == FREE)
          claim (r, &r->slots[i]);
    }
  if (now - r->beat_us >= BEAT_US)
    {
      sac_gan_search_beat (r->search, NULL);            /* a busy file: next time */
      r->beat_us = now;
    }
  tell (r);
}

int
sac_cli_run_search (SacGanSearch *search, const SacSearchRun *options, GError **error)
{
  const SacSearchSpec *spec = sac_gan_search_get_spec (search);
  Runner r = { .search = search, .spec = spec, .options = options };

  r.recipe = g_build_filename (sac_gan_search_get_folder (search), "recipe.ini", NULL);
  if (!sac_file_replace (r.recipe, spec->recipe, strlen (spec->recipe), &r.error))
    {
      g_propagate_error (error, r.error);
      g_free (r.recipe);
      return -1;
    }
  r.scorer = sac_search_scorer_new (search, (guint) options->n_threads);
  r.slots = g_new0 (Slot, options->n_jobs);
  sac_cli_count_signals ();
  sac_gan_search_wish_stop (sac_gan_search_get_folder (search), FALSE, NULL);
  slim (&r);
  do
    {
      turn (&r);
      if (!is_idle (&r) || (!r.stop && !r.over))
        g_usleep (TURN_US);
    }
  while (!is_idle (&r) || (!r.stop && !r.over));
  if (isatty (2))
    g_printerr ("\r\033[K");
  sac_search_scorer_free (r.scorer);
  g_free (r.slots);
  g_free (r.recipe);
  if (r.error)
    {
      g_propagate_error (error, r.error);
      return -1;
    }
  return r.over ? 0 : 1;
}
