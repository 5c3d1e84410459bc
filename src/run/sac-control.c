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
  { SAC_CONTROL_RELEASE, "release" },
  { SAC_CONTROL_RATE, "rate" },
  { SAC_CONTROL_SNAPSHOT, "snapshot" },
};

#define OF_PAUSING (SAC_CONTROL_PAUSE | SAC_CONTROL_RESUME | SAC_CONTROL_RELEASE)
#define LONGEST_VALUE 64

const char *
sac_control_get_word (SacControl what)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].what == what)
      return words[i].word;
  return "";
}

static gboolean
read_rate (const char *text, double *rate)
{
  char *end = NULL;
  double number = text ? g_ascii_strtod (text, &end) : 0;

  if (!text || end == text || *g_strchug (end) || !(number > 0) || number > 1000)
    return FALSE;
  *rate = number;
  return TRUE;
}

static gboolean
send (const char *run_folder, SacControl what, const char *value, GError **error)
{
  g_autofree char *folder = g_build_filename (run_folder, "control", NULL);
  g_autofree char *path = g_build_filename (folder, sac_control_get_word (what), NULL);
  g_autofree char *text = g_strconcat (value ? value : "", "\n", NULL);

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
  /* The opposite that nobody has read yet is overruled. */
  for (guint i = 0; i < G_N_ELEMENTS (words) && (what & OF_PAUSING); i++)
    if ((words[i].what & OF_PAUSING) && words[i].what != what)
      {
        g_autofree char *other = g_build_filename (folder, words[i].word, NULL);

        g_unlink (other);
      }
  return sac_file_replace (path, text, strlen (text), error);
}

gboolean
sac_control_send (const char *run_folder, SacControl what, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((what & words[i].what) && !sac_control_send_value (run_folder, words[i].word, NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
sac_control_send_value (const char *run_folder, const char *word, const char *value, GError **error)
{
  SacControl what = SAC_CONTROL_NONE;
  g_autofree char *copy = g_strdup (value);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (word, words[i].word) == 0)
      what = words[i].what;
  if (what == SAC_CONTROL_NONE || (value && what != SAC_CONTROL_RATE))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is no command to a training"), word);
  else if (what == SAC_CONTROL_RATE && !read_rate (copy, &(double) { 0 }))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("“%s” is not a rate: a number above 0, up to 1000"), value ? value : "");
  else
    return send (run_folder, what, value, error);
  return FALSE;
}

/* Whether the file at @path was there, which it then no longer is. */
static gboolean
take_one (const char *path, struct timespec *when, char value[LONGEST_VALUE])
{
  GStatBuf info;

  value[0] = '\0';
  if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return FALSE;
  if (info.st_size > 1 && info.st_size < LONGEST_VALUE)
    {
      g_autoptr (GBytes) bytes = sac_file_read (path, LONGEST_VALUE - 1, NULL);
      gsize n = bytes ? g_bytes_get_size (bytes) : 0;

      if (n > 0)
        memcpy (value, g_bytes_get_data (bytes, NULL), n);
      value[n] = '\0';
    }
  *when = info.st_mtim;
  return g_unlink (path) == 0;
}

SacControl
sac_control_take_values (const char *run_folder, double *rate)
{
  SacControl taken = SAC_CONTROL_NONE, last = SAC_CONTROL_NONE;
  struct timespec latest = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *path = g_build_filename (run_folder, "control", words[i].word, NULL);
      char value[LONGEST_VALUE];
      struct timespec when;
      double number = 0;

      if (!take_one (path, &when, value) || (words[i].what == SAC_CONTROL_RATE && !read_rate (value, &number)))
        continue;
      if (words[i].what == SAC_CONTROL_RATE && rate)
        *rate = number;
      if (!(words[i].what & OF_PAUSING))
        taken |= words[i].what;
      else if (!last || when.tv_sec > latest.tv_sec || (when.tv_sec == latest.tv_sec && when.tv_nsec >= latest.tv_nsec))
        {
          last = words[i].what;
          latest = when;
        }
    }
  return taken | last;
}

SacControl
sac_control_take (const char *run_folder)
{
  return sac_control_take_values (run_folder, NULL);
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
