/* Files to open and pictures to compare, in a cache of their own, for the tests of media/. */
#pragma once
#include <glib/gstdio.h>
#include <string.h>

#include "media/sac-media-private.h"
#include "remove-tree.h"

static char *cache_dir;

G_GNUC_UNUSED static char *
data_path (const char *relative)
{
  const char *root = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *path = root && *root ? g_build_filename (root, "data", relative, NULL) : NULL;

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("SACCADE_TEST_DATA is not set or lacks the file");
      return NULL;
    }
  return g_steal_pointer (&path);
}

G_GNUC_UNUSED static guint
picture_hash (const guint8 *pixels, gsize stride, int width, int height)
{
  guint hash = 5381;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width * 4; x++)
      if (x % 4 != 3)
        hash = hash * 33 + pixels[(gsize) y * stride + (gsize) x];
  return hash;
}

G_GNUC_UNUSED static guint
frame_hash (SacMedia *media, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, NULL, &error);
  int width = sac_media_get_width (media), height = sac_media_get_height (media);
  g_autofree guint8 *pixels = g_malloc ((gsize) width * (gsize) height * 4);

  g_assert_no_error (error);
  if (!frame)
    return 0;
  g_assert_cmpuint (sac_frame_get_number (frame), ==, number);
  g_assert_true (sac_frame_convert (frame, SAC_PIXELS_BGRA, pixels, (gsize) width * 4, &error));
  g_assert_no_error (error);
  return picture_hash (pixels, (gsize) width * 4, width, height);
}

G_GNUC_UNUSED static char *
make_clip (const char *name, int width, int height, int n)
{
  g_autofree char *file = g_strconcat (name, ".", sac_encoder_get_suffix (), NULL);
  char *path = g_build_filename (cache_dir, file, NULL);
  g_autofree guint8 *rgb = g_malloc ((gsize) width * (gsize) height * 3);
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, width, height, 30, 1, &error);

  g_assert_no_error (error);
  for (int f = 0; f < n; f++)
    {
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          {
            guint8 *p = rgb + ((gsize) y * (gsize) width + (gsize) x) * 3;

            p[0] = (guint8) (x * 200 / width + 20);
            p[1] = (guint8) ((x + 4 * f) % 64 < 32 ? 200 : 60);
            p[2] = (guint8) (y * 200 / height);
          }
      g_assert_true (sac_encoder_push (encoder, rgb, (gsize) width * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  g_assert_no_error (error);
  return path;
}

static void
media_test_init (int *argc, char ***argv)
{
  cache_dir = g_dir_make_tmp ("saccade-media-XXXXXX", NULL);
  g_setenv ("SACCADE_CACHE", cache_dir, TRUE);
  g_test_init (argc, argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
}

static int
media_test_run (void)
{
  int result = g_test_run ();

  remove_tree (cache_dir);
  g_free (cache_dir);
  return result;
}
