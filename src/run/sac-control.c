#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sac-run.h"

static const struct {
  SacControl what;
  const char *word;
} words[] = {
  { SAC_CONTROL_PAUSE, "pause" },
  { SAC_CONTROL_RESUME, "resume" },
  { SAC_CONTROL_STOP, "stop" },
  { SAC_CONTROL_CHECKPOINT, "checkpoint" },
};

gboolean
sac_control_send (const char *run_folder, SacControl what, GError **error)
{
  g_autofree char *folder = g_build_filename (run_folder, "control", NULL);

  if (!g_file_test (run_folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("%s is not a run folder"), run_folder);
      return FALSE;
    }
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), folder,
                   g_strerror (number));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (what & words[i].what)
      {
        g_autofree char *path = g_build_filename (folder, words[i].word, NULL);

        /* The opposite that nobody has read yet is overruled. */
        if (words[i].what & (SAC_CONTROL_PAUSE | SAC_CONTROL_RESUME))
          {
            g_autofree char *other = g_build_filename (folder, words[i].what == SAC_CONTROL_PAUSE ? "resume" : "pause", NULL);

            g_unlink (other);
          }
        if (!sac_file_replace (path, "\n", 1, error))
          return FALSE;
      }
  return TRUE;
}

SacControl
sac_control_take (const char *run_folder)
{
  SacControl taken = SAC_CONTROL_NONE;
  struct timespec when[G_N_ELEMENTS (words)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *path = g_build_filename (run_folder, "control", words[i].word, NULL);
      GStatBuf info;

      if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode) || g_unlink (path) != 0)
        continue;
      taken |= words[i].what;
      when[i] = info.st_mtim;
    }
  if ((taken & SAC_CONTROL_PAUSE) && (taken & SAC_CONTROL_RESUME))
    {
      gboolean pause_later = when[0].tv_sec > when[1].tv_sec
                             || (when[0].tv_sec == when[1].tv_sec && when[0].tv_nsec > when[1].tv_nsec);

      taken &= ~(pause_later ? SAC_CONTROL_RESUME : SAC_CONTROL_PAUSE);
    }
  return taken;
}

/* Locks of the open file description: they can be asked about without being taken, and die with their holder. */
int
sac_run_lock (const char *run_folder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "lock", NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int number, fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

  if (fd >= 0 && fcntl (fd, F_OFD_SETLK, &lock) == 0)
    return fd;
  number = errno;
  if (fd >= 0)
    close (fd);
  if (fd >= 0 && (number == EAGAIN || number == EACCES))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY, _("%s is being trained by another process"), run_folder);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot lock %s: %s"), path, g_strerror (number));
  return -1;
}

gboolean
sac_run_is_live (const char *run_folder)
{
  g_autofree char *path = g_build_filename (run_folder, "lock", NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  gboolean live;

  if (fd < 0)
    fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  live = fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close (fd);
  return live;
}
