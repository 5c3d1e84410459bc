/* Goes through the queue of a study: each run is a `saccade train` of its own, so that its death is its own.  What a person wants
 * otherwise is taken from the study's control folder at every turn; the queue on the disk is always what is true. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sac-cli.h"
#include "study-private.h"

#define TURN_US 100000
#define SAVE_US (2 * G_USEC_PER_SEC)
#define MAX_DEATHS 2            /* by a signal, before a run counts as failed */

/* ---- one run. */
static void
slot_clear (SacStudySlot *slot)
{
  g_clear_pointer (&slot->events, sac_event_reader_free);
  g_clear_pointer (&slot->log, g_free);
  memset (slot, 0, sizeof *slot);
}

static void
take_slot (SacStudySlot *slot, SacStudyJob *job, GPid pid)
{
  slot->job = job;
  slot->pid = pid;
  slot->adopted = pid == 0;
  slot->events = sac_event_reader_new (job->run);
  slot->began_us = g_get_monotonic_time ();
  slot->seconds = job->seconds;
  job->state = SAC_JOB_RUNNING;
}

static gboolean
has_scores (const char *run)
{
  static const char *const splits[] = { "test", "validation", "train" };

  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.json", splits[i]), *path = g_build_filename (run, "scores", name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }
  return FALSE;
}

/* All its steps, or as many as a person wanted: who is stopped by a signal goes on some time. */
static gboolean
is_done (const char *run)
{
  g_autoptr (SacEventReader) events = sac_event_reader_new (run);
  const char *status, *control;

  sac_event_reader_poll (events);
  status = sac_event_reader_get_text (events, "status");
  control = sac_event_reader_get_text (events, "control");
  return g_strcmp0 (status, "done") == 0
         || (g_strcmp0 (status, "stopped") == 0 && g_strcmp0 (control, "stop") == 0 && has_scores (run));
}

/* The last line that the trainer said of itself. */
static char *
dup_reason (const char *log)
{
  g_autoptr (GBytes) bytes = sac_file_read (log, (gsize) 16 << 20, NULL);
  g_autofree char *text = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = g_strv_length (lines); i-- > 0;)
    if (g_str_has_prefix (lines[i], "saccade: ") && g_utf8_validate (lines[i], -1, NULL))
      return g_strdup (lines[i] + strlen ("saccade: "));
  return g_strdup (_("it ended without saying why"));
}

static void
fail_job (SacStudyJob *job, char *why)
{
  job->state = SAC_JOB_FAILED;
  g_free (job->why);
  job->why = why;
}

static void
say (const SacStudyJob *job, const char *what)
{
  g_autofree char *name = sac_cli_dup_job_name (job);

  g_printerr ("%s%s: %s\n", isatty (2) ? "\r\033[K" : "", name, what);
}

/* @status: as of waitpid(), or −1 where nobody knows. */
static void
finish (SacStudyRunner *r, SacStudySlot *slot, int status)
{
  SacStudyJob *job = slot->job;
  gboolean done = is_done (job->run), killed = status != -1 && WIFSIGNALED (status);

  sac_cli_study_look (job, slot->events);
  job->seconds = slot->seconds + (double) (g_get_monotonic_time () - slot->began_us) * 1e-6;
  job->left = -1;
  if (done)
    {
      job->state = SAC_JOB_DONE;
      job->left = 0;
    }
  else if (slot->ended)         /* as it was asked to: what was asked for says what it is now */
    {
      if (job->state == SAC_JOB_RUNNING)
        job->state = SAC_JOB_WAITING;
    }
  else if (job->state == SAC_JOB_RUNNING && (killed || status == -1))
    {
      guint deaths = 1 + GPOINTER_TO_UINT (g_hash_table_lookup (r->deaths, job));

      g_hash_table_insert (r->deaths, job, GUINT_TO_POINTER (deaths));
      if (deaths <= MAX_DEATHS)
        job->state = SAC_JOB_WAITING;
      else
        fail_job (job, killed ? g_strdup_printf (_("the trainer was ended by signal %d"), WTERMSIG (status))
                              : g_strdup (_("the trainer died more than once")));
    }
  else if (job->state == SAC_JOB_RUNNING && status == 0)        /* somebody else sent it a signal */
    job->state = SAC_JOB_PAUSED;
  else if (job->state == SAC_JOB_RUNNING)
    fail_job (job, dup_reason (slot->log));
  say (job, job->state == SAC_JOB_FAILED ? job->why : sac_job_state_get_words (job->state));
  slot_clear (slot);
  r->changed = TRUE;
}

/* Starts afresh where nothing can be gone on from. */
static gboolean
is_resumable (const char *run)
{
  g_autofree char *info = g_build_filename (run, "run.json", NULL), *initial = g_build_filename (run, "checkpoints",
                                                                                             "initial.safetensors", NULL);
  g_autofree char *step = sac_run_find_checkpoint (run, FALSE);

  return g_file_test (info, G_FILE_TEST_EXISTS) && (step || g_file_test (initial, G_FILE_TEST_EXISTS));
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      remove_all (inside);
    }
  g_remove (path);
}

/* The arguments of a run that starts, or goes on. */
static GPtrArray *
dup_arguments (SacStudyRunner *r, SacStudyJob *job, GError **error)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new_with_free_func (g_free);
  const SacStudyArm *arm = sac_study_plan_find (r->plan, job->arm, job->source);
  g_autoptr (SacRecipe) recipe = sac_study_plan_dup_recipe (r->plan, job->arm, job->source, job->seed, error);

  if (!recipe)
    return NULL;
  g_ptr_array_add (args, g_file_read_link ("/proc/self/exe", NULL));
  g_ptr_array_add (args, g_strdup ("train"));
  if (is_resumable (job->run))
    g_ptr_array_add (args, g_strdup ("--resume"));
  else
    {
      g_autofree char *weights = NULL;
      g_autofree char *text = sac_recipe_dup_text (recipe), *base = g_path_get_basename (job->run);
      g_autofree char *file = g_strconcat (base, ".ini", NULL), *folder = g_build_filename (r->queue->folder, "recipes", NULL);
      char *path = g_build_filename (folder, file, NULL);

      remove_all (job->run);    /* a start that came to nothing */
      if (!sac_cli_study_weights (r, arm, &weights, error) || g_mkdir_with_parents (folder, 0755) != 0
          || !sac_file_replace (path, text, strlen (text), error))
        {
          g_free (path);
          if (error && !*error)
            g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Cannot make the folder %s: %s"), folder, g_strerror (errno));
          return NULL;
        }
      g_ptr_array_add (args, path);
      g_ptr_array_add (args, g_strdup ("--weights"));
      g_ptr_array_add (args, weights ? g_steal_pointer (&weights) : g_strdup ("none"));
      g_ptr_array_add (args, g_strdup ("--name"));
      g_ptr_array_add (args, g_steal_pointer (&base));
      g_ptr_array_add (args, g_strdup ("--study"));
      g_ptr_array_add (args, g_strdup (r->queue->name));
      g_ptr_array_add (args, g_strdup ("--arm"));
      g_ptr_array_add (args, g_strdup (job->arm));
    }
  g_ptr_array_add (args, g_strdup ("--run"));
  g_ptr_array_add (args, g_strdup (job->run));
  g_ptr_array_add (args, g_strdup ("--project"));
  g_ptr_array_add (args, g_strdup (job->source ? arm->project : r->queue->project));
  if (r->options->n_threads > 0)
    {
      g_ptr_array_add (args, g_strdup ("--threads"));
      g_ptr_array_add (args, g_strdup_printf ("%d", r->options->n_threads));
    }
  if (*job->device)
    {
      g_ptr_array_add (args, g_strdup ("--device"));
      g_ptr_array_add (args, g_strdup (job->device));
    }
  if (r->options->full_speed)
    g_ptr_array_add (args, g_strdup ("--full-speed"));
  g_ptr_array_add (args, NULL);
  return g_steal_pointer (&args);
}

static gboolean
start (SacStudyRunner *r, SacStudySlot *slot, SacStudyJob *job, GError **error)
{
  g_autofree char *base = g_path_get_basename (job->run), *file = g_strconcat (base, ".log", NULL);
  g_autofree char *folder = g_build_filename (r->queue->folder, "logs", NULL), *log = g_build_filename (folder, file, NULL);
  guint index = (guint) (slot - r->slots), n_devices = g_strv_length ((char **) r->options->devices);
  g_autoptr (GPtrArray) args = NULL;
  GPid pid;
  int out;
  gboolean fine;

  g_free (job->device);
  job->device = g_strdup (n_devices ? r->options->devices[index % n_devices] : "");
  args = dup_arguments (r, job, error);
  if (!args)
    return FALSE;
  g_mkdir_with_parents (folder, 0755);
  out = g_open (log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (out < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot write %s: %s"), log, g_strerror (errno));
      return FALSE;
    }
  fine = g_spawn_async_with_fds (NULL, (char **) args->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, -1, out, out, error);
  close (out);
  if (!fine)
    return FALSE;
  take_slot (slot, job, pid);
  slot->log = g_steal_pointer (&log);
  return TRUE;
}

/* A trainer outlives the study that started it. */
static gboolean
adopt (SacStudyRunner *r, SacStudyJob *job)
{
  for (guint i = 0; i < r->n_slots; i++)
    if (!r->slots[i].job)
      {
        take_slot (&r->slots[i], job, 0);
        say (job, _("still in training: taken over"));
        return TRUE;
      }
  return FALSE;
}

static void
end_run (SacStudySlot *slot)
{
  slot->ended = TRUE;
  if (!slot->adopted)
    kill (slot->pid, SIGTERM);
  else if (!sac_cli_end_trainer (slot->job->run))
    sac_control_send (slot->job->run, SAC_CONTROL_STOP, NULL);
}

/* ---- the queue. */
/* What was running when the last study died. */
static void
settle_jobs (SacStudyRunner *r)
{
  for (guint i = 0; i < r->queue->jobs->len; i++)
    {
      SacStudyJob *job = r->queue->jobs->pdata[i];
      g_autoptr (SacEventReader) events = NULL;

      if (job->state != SAC_JOB_RUNNING)
        continue;
      events = sac_event_reader_new (job->run);
      sac_cli_study_look (job, events);
      if (sac_run_is_live (job->run) && adopt (r, job))
        continue;
      job->state = is_done (job->run) ? SAC_JOB_DONE : SAC_JOB_WAITING;
    }
  r->changed = TRUE;
}

/* The next that can start: a run whose source is not there yet lets others by, one whose source failed fails, too. */
static SacStudyJob *
next_job (SacStudyRunner *r)
{
  for (guint i = 0; i < r->queue->jobs->len; i++)
    {
      SacStudyJob *job = r->queue->jobs->pdata[i];
      const SacStudyArm *arm = sac_study_plan_find (r->plan, job->arm, job->source);
      const SacStudyJob *source;

      if (job->state != SAC_JOB_WAITING || sac_run_is_live (job->run))
        continue;
      source = arm ? sac_cli_study_source (r, arm) : NULL;
      if (!source || source->state == SAC_JOB_DONE)
        return job;
      if (source->state == SAC_JOB_FAILED || source->state == SAC_JOB_SKIPPED)
        {
          fail_job (job, g_strdup_printf (_("its source “%s” was not trained"), source->arm));
          r->changed = TRUE;
        }
    }
  return NULL;
}

static void
look_after (SacStudyRunner *r, SacStudySlot *slot)
{
  int status = -1;
  gboolean gone;

  if (!slot->job)
    return;
  gone = slot->adopted ? !sac_run_is_live (slot->job->run) : waitpid (slot->pid, &status, WNOHANG) == slot->pid;
  if (gone)
    {
      finish (r, slot, status);
      return;
    }
  if (!slot->ended && (r->stop || r->queue->paused || slot->job->state != SAC_JOB_RUNNING))
    end_run (slot);
}

static void
start_waiting (SacStudyRunner *r)
{
  for (guint i = 0; i < r->n_slots && !r->stop && !r->queue->paused; i++)
    {
      g_autoptr (GError) error = NULL;
      SacStudyJob *job = r->slots[i].job ? NULL : next_job (r);

      if (!job)
        continue;
      if (!start (r, &r->slots[i], job, &error))
        fail_job (job, g_strdup (error->message));
      say (job, job->state == SAC_JOB_FAILED ? job->why : sac_job_state_get_words (job->state));
      r->changed = TRUE;
    }
}

/* What waits for a source that a person put off does not keep the study. */
static gboolean
is_over (SacStudyRunner *r)
{
  for (guint i = 0; i < r->n_slots; i++)
    if (r->slots[i].job)
      return FALSE;
  return r->stop || sac_study_queue_count (r->queue, SAC_JOB_WAITING) == 0 || (!r->queue->paused && !next_job (r));
}

gboolean
sac_cli_run_study (const char *folder, const SacStudyOptionsOfRun *options, gboolean *all_done, GError **error)
{
  guint n_devices = g_strv_length ((char **) options->devices);
  SacStudyRunner r = { .options = options };
  gint64 saved = 0;
  int lock = sac_run_lock (folder, NULL);
  gboolean fine = FALSE;

  *all_done = FALSE;
  if (lock < 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("%s is under way already"), folder);
      return FALSE;
    }
  r.queue = sac_study_queue_load (folder, error);
  r.plan = r.queue ? sac_study_load_plan (folder, error) : NULL;
  if (r.plan)
    {
      r.n_slots = CLAMP (options->n_jobs ? options->n_jobs : MAX (n_devices, 1), 1, 64);
      r.slots = g_new0 (SacStudySlot, r.n_slots);
      r.deaths = g_hash_table_new (NULL, NULL);
      sac_cli_count_signals ();
      settle_jobs (&r);
      fine = TRUE;
    }
  while (fine)
    {
      gint64 now;

      r.stop = r.stop || sac_cli_is_signalled ();
      r.changed = sac_study_take (r.queue, &r.stop) || r.changed;
      for (guint i = 0; i < r.n_slots; i++)
        look_after (&r, &r.slots[i]);
      start_waiting (&r);
      now = g_get_monotonic_time ();
      if (r.changed || now - saved >= SAVE_US)
        {
          sac_cli_study_progress (&r);
          fine = sac_study_queue_save (r.queue, error);
          r.changed = FALSE;
          saved = now;
        }
      if (is_over (&r))
        break;
      g_usleep (TURN_US);
    }
  if (fine)
    *all_done = sac_study_queue_count (r.queue, SAC_JOB_DONE) + sac_study_queue_count (r.queue, SAC_JOB_SKIPPED) == r.queue->jobs->len;
  for (guint i = 0; i < r.n_slots; i++)
    slot_clear (&r.slots[i]);
  g_free (r.slots);
  g_clear_pointer (&r.deaths, g_hash_table_unref);
  g_clear_pointer (&r.plan, sac_study_plan_free);
  g_clear_pointer (&r.queue, sac_study_queue_free);
  close (lock);
  return fine;
}
