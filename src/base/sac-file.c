#include "sac-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "sac-debug.h"

static gboolean
fail (GError **error, int number, const char *what, const char *path)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s %s: %s", what, path, g_strerror (number));
  return FALSE;
}

gboolean
sac_file_replace (const char *path, gconstpointer data, gsize n_bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *other = g_strdup_printf ("%s.%d.new", path, (int) getpid ());
  const char *at = data;
  gsize left = n_bytes;
  int fd, dir;

  fd = g_open (other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return fail (error, errno, _("Cannot write"), path);
  while (left > 0)
    {
      gssize n = write (fd, at, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int number = errno;

          close (fd);
          g_unlink (other);
          return fail (error, number, _("Cannot write"), path);
        }
      at += n;
      left -= (gsize) n;
    }
  if (fsync (fd) != 0 || close (fd) != 0 || g_rename (other, path) != 0)
    {
      int number = errno;

      g_unlink (other);
      return fail (error, number, _("Cannot write"), path);
    }
  dir = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (dir >= 0)
    {
      fsync (dir);
      close (dir);
    }
  return TRUE;
}

GBytes *
sac_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autofree char *contents = NULL;
  gsize n_bytes;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      fail (error, errno, _("Cannot read"), path);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || (guint64) info.st_size > max_bytes)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("%s is too large for what it should be (%.0f bytes)"), path, (double) info.st_size);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &n_bytes, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&contents), n_bytes);
}

char *
sac_file_find_data (const char *relative)
{
  const char *const roots[] = { sac_env_data_dir (), SAC_PKGDATADIR };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    if (roots[i])
      {
        g_autofree char *path = g_build_filename (roots[i], relative, NULL);

        if (g_file_test (path, G_FILE_TEST_EXISTS))
          return g_steal_pointer (&path);
      }
  return NULL;
}

char *
sac_dup_duration (double seconds)
{
  guint64 whole;

  if (!(seconds >= 0) || seconds > 1e9)
    return g_strdup ("–");
  whole = (guint64) (seconds + 0.5);
  if (whole >= 3600)
    return g_strdup_printf (_("%u h %02u min"), (guint) (whole / 3600), (guint) (whole / 60 % 60));
  if (whole >= 60)
    return g_strdup_printf (_("%u min %02u s"), (guint) (whole / 60), (guint) (whole % 60));
  return g_strdup_printf (_("%u s"), (guint) whole);
}

/* ---- trees.  By descriptors, so that what is swapped for a link meanwhile is not followed. */
static gboolean
walk_tree (int parent, const char *name, gboolean remove, guint depth, guint64 *bytes)
{
  struct stat about;
  gboolean good = TRUE;
  struct dirent *entry;
  DIR *dir;
  int fd;

  if (depth > 64 || fstatat (parent, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  *bytes += (guint64) about.st_blocks * 512;
  if (!S_ISDIR (about.st_mode))
    return !remove || unlinkat (parent, name, 0) == 0;
  fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (!dir)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  while ((entry = readdir (dir)))
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      good &= walk_tree (fd, entry->d_name, remove, depth + 1, bytes);
  closedir (dir);
  return good && (!remove || unlinkat (parent, name, AT_REMOVEDIR) == 0);
}

gboolean
sac_file_remove_tree (const char *path)
{
  guint64 bytes = 0;

  return walk_tree (AT_FDCWD, path, TRUE, 0, &bytes);
}

guint64
sac_file_tree_bytes (const char *path)
{
  guint64 bytes = 0;

  walk_tree (AT_FDCWD, path, FALSE, 0, &bytes);
  return bytes;
}
