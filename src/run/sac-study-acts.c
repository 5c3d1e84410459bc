/* What a person wants of a study: files in its control/, taken by the one who holds the lock. */
#include "sac-study.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WISHES 1000
#define MAX_WISH_BYTES 512

static const char *const words[] = { "pause", "resume", "skip", "move", "stop" };

static gboolean
refuse (GError **error, const char *text, const char *arm, guint64 seed)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, text, arm, number);
  return FALSE;
}

gboolean
sac_study_queue_apply (SacStudyQueue *queue, const SacStudyAct *act, GError **error)
{
  SacStudyJob *job = act->arm ? sac_study_queue_find (queue, act->arm, act->seed, act->source) : NULL;
  guint at;

  if (act->arm && !job)
    return refuse (error, _("There is no run “%s” with seed %s in this study"), act->arm, act->seed);
  if (!job)
    {
      if (act->what == SAC_STUDY_PAUSE || act->what == SAC_STUDY_RESUME)
        queue->paused = act->what == SAC_STUDY_PAUSE;
      return TRUE;
    }
  switch (act->what)
    {
    case SAC_STUDY_PAUSE:
    case SAC_STUDY_SKIP:
      if (job->state == SAC_JOB_DONE)
        return refuse (error, _("“%s” with seed %s is done"), act->arm, act->seed);
      job->state = act->what == SAC_STUDY_PAUSE ? SAC_JOB_PAUSED : SAC_JOB_SKIPPED;
      return TRUE;
    case SAC_STUDY_RESUME:
      if (job->state == SAC_JOB_DONE)
        return refuse (error, _("“%s” with seed %s is done"), act->arm, act->seed);
      if (job->state != SAC_JOB_RUNNING)
        job->state = SAC_JOB_WAITING;
      g_free (job->why);
      job->why = g_strdup ("");
      return TRUE;
    case SAC_STUDY_MOVE:
      if (!g_ptr_array_find (queue->jobs, job, &at))
        return FALSE;
      g_ptr_array_steal_index (queue->jobs, at);
      g_ptr_array_insert (queue->jobs, (int) MIN (act->place, queue->jobs->len), job);
      return TRUE;
    case SAC_STUDY_STOP:
    default:
      return TRUE;
    }
}

/* "pause", "skip arm i3d 3", "move source verbs 1 0". */
static char *
dup_line (const SacStudyAct *act)
{
  if (!act->arm)
    return g_strdup_printf ("%s\n", words[act->what]);
  return g_strdup_printf ("%s %s %s %" G_GUINT64_FORMAT " %u\n", words[act->what], act->source ? "source" : "arm", act->arm, act->seed,
                          act->place);
}

static gboolean
read_line (const char *text, SacStudyAct *act, char **arm)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", 6);
  guint n = g_strv_length (parts);
  guint64 place = 0;
  gboolean known = FALSE;

  if (n != 1 && n != 5)
    return FALSE;
  g_strstrip (parts[n - 1]);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (parts[0], words[i]) == 0)
      {
        act->what = (SacStudyWish) i;
        known = TRUE;
      }
  if (n == 1)
    return known && act->what != SAC_STUDY_SKIP && act->what != SAC_STUDY_MOVE;
  if (!known || !sac_study_check_name (parts[2], NULL) || !g_ascii_string_to_unsigned (parts[3], 10, 0, G_MAXUINT64, &act->seed, NULL)
      || !g_ascii_string_to_unsigned (parts[4], 10, 0, G_MAXUINT, &place, NULL))
    return FALSE;
  act->source = strcmp (parts[1], "source") == 0;
  act->place = (guint) place;
  *arm = act->arm = g_strdup (parts[2]);
  return TRUE;
}

static gboolean
leave (const char *folder, const SacStudyAct *act, GError **error)
{
  static int count;
  g_autofree char *control = g_build_filename (folder, "control", NULL), *line = dup_line (act);
  /* By time, so that they are taken in order; the rest keeps two writers apart. */
  g_autofree char *name = g_strdup_printf ("%020" G_GINT64_FORMAT "-%06d-%d", g_get_real_time (), g_atomic_int_add (&count, 1) % 1000000,
                                           (int) getpid ());
  g_autofree char *path = g_build_filename (control, name, NULL);

  if (g_mkdir_with_parents (control, 0755) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), control, g_strerror (number));
      return FALSE;
    }
  return sac_file_replace (path, line, strlen (line), error);
}

gboolean
sac_study_tell (const char *folder, const SacStudyAct *act, GError **error)
{
  g_autoptr (SacStudyQueue) queue = sac_study_queue_load (folder, error);
  int lock;
  gboolean fine;

  /* Tried first, so that whoever asks learns that it cannot be. */
  if (!queue || !sac_study_queue_apply (queue, act, error))
    return FALSE;
  lock = sac_run_lock (folder, NULL);
  if (lock < 0)
    return leave (folder, act, error);
  sac_study_queue_free (queue);
  queue = sac_study_queue_load (folder, error);
  fine = queue != NULL;
  if (fine)
    {
      sac_study_take (queue, NULL);
      fine = sac_study_queue_apply (queue, act, error) && sac_study_queue_save (queue, error);
    }
  close (lock);
  return fine;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

gboolean
sac_study_take (SacStudyQueue *queue, gboolean *stop)
{
  g_autofree char *control = g_build_filename (queue->folder, "control", NULL);
  g_autoptr (GDir) dir = g_dir_open (control, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && names->len < MAX_WISHES)
    if (g_ascii_isdigit (*name) && !g_str_has_suffix (name, ".new"))     /* sac_file_replace() under way */
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (control, names->pdata[i], NULL);
      g_autoptr (GBytes) bytes = sac_file_read (path, MAX_WISH_BYTES, NULL);
      g_autofree char *text = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
      g_autofree char *arm = NULL;
      SacStudyAct act = { 0 };

      if (text && read_line (text, &act, &arm))
        {
          sac_study_queue_apply (queue, &act, NULL);
          if (act.what == SAC_STUDY_STOP && stop)
            *stop = TRUE;
        }
    }
  /* A wish goes when its effect is on the disk; who dies in between meets it again, which does no harm. */
  for (guint i = 0; i < names->len && (i > 0 || sac_study_queue_save (queue, NULL)); i++)
    {
      g_autofree char *path = g_build_filename (control, names->pdata[i], NULL);

      g_unlink (path);
    }
  return names->len > 0;
}
