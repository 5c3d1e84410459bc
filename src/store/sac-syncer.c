/* Acts are safe from the death of this program when they return, and from a power cut a moment later: a thread has the disk
 * take the WAL file.  Nobody waits for the disk at a key press, and a burst of acts costs one flush. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sac-store-private.h"

#define GATHER_US (50 * 1000)                   /* acts of this long share a flush */

struct _SacSyncer {
  GThread *thread;
  GMutex lock;
  GCond wake, flushed;
  char *wal, *dir;
  guint64 n_asked, n_done;
  gint64 due_us;
  gboolean stop, dir_done, told;
};

/* The WAL file carries no locks of SQLite (the -shm file does), so a descriptor of our own may come and go. */
static gboolean
flush_file (const char *path, int flags)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | flags), code;

  if (fd < 0)
    return errno == ENOENT;     /* checkpointed and removed: what it held lies in the project file */
  do
    code = fdatasync (fd);
  while (code != 0 && errno == EINTR);
  close (fd);
  return code == 0;
}

static gpointer
flush_for_ever (gpointer data)
{
  SacSyncer *self = data;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      guint64 n;
      gboolean good;

      while (self->n_asked == self->n_done && !self->stop)
        g_cond_wait (&self->wake, &self->lock);
      if (self->n_asked == self->n_done)
        break;
      while (!self->stop && g_get_monotonic_time () < self->due_us)
        if (!g_cond_wait_until (&self->wake, &self->lock, self->due_us))
          break;
      n = self->n_asked;
      g_mutex_unlock (&self->lock);
      good = flush_file (self->wal, 0) && (self->dir_done || flush_file (self->dir, O_DIRECTORY));
      g_mutex_lock (&self->lock);
      self->dir_done = TRUE;
      self->n_done = n;
      self->due_us = g_get_monotonic_time () + GATHER_US;
      g_cond_broadcast (&self->flushed);
      if (!good && !self->told)
        g_warning ("%s: the disk does not confirm what is written", self->wal);
      self->told |= !good;
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

SacSyncer *
_sac_syncer_new (const char *path, const char *dir)
{
  SacSyncer *self = g_new0 (SacSyncer, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_cond_init (&self->flushed);
  self->wal = g_strconcat (path, "-wal", NULL);
  self->dir = g_strdup (dir);
  return self;
}

void
_sac_syncer_ask (SacSyncer *self)
{
  g_mutex_lock (&self->lock);
  if (self->n_asked++ == self->n_done)
    self->due_us = g_get_monotonic_time () + GATHER_US;
  if (!self->thread)            /* readers of status and the like never write */
    self->thread = g_thread_new ("saccade-sync", flush_for_ever, self);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void
_sac_syncer_wait (SacSyncer *self)
{
  g_mutex_lock (&self->lock);
  self->due_us = 0;
  g_cond_signal (&self->wake);
  for (guint64 n = self->n_asked; self->n_done < n;)
    g_cond_wait (&self->flushed, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
_sac_syncer_free (SacSyncer *self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  if (self->thread)
    g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_cond_clear (&self->flushed);
  g_free (self->wal);
  g_free (self->dir);
  g_free (self);
}
