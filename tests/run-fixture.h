/* Folders that a test makes and leaves nothing of. */
#pragma once
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "run/sac-run.h"

static inline char *
new_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("saccade-run-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      remove_tree (inside);
    }
  g_remove (path);
}

/* In place, so that a reader's file stays the same file. */
static inline void
put_file (const char *path, const char *bytes, gsize n)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, bytes, n), ==, (gssize) n);
  close (fd);
}

static inline char *
only_file (const char *folder, const char *inside)
{
  g_autofree char *path = g_build_filename (folder, inside, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = dir ? g_dir_read_name (dir) : NULL;

  return name ? g_build_filename (path, name, NULL) : NULL;
}
