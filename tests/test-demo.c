/* The demo clips twice: the same truth, the same pixels; another seed gives others. */
#include <glib/gstdio.h>
#include <string.h>

#include "media/sac-media.h"

static char *
run_demo (const char *folder, const char *name, const char *seed)
{
  char *out = g_build_filename (folder, name, NULL);
  const char *program = g_getenv ("SACCADE_PROGRAM");
  const char *args[] = { program, "demo", out, "--clips", "5", "--seed", seed, "--json", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status = 1;

  g_assert_true (g_spawn_sync (NULL, (char **) args, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (said, "\"clips\":5"));
  return out;
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at; at = strstr (at + 1, what))
    n++;
  return n;
}

static void
compare_clips (const char *one, const char *other)
{
  g_autofree char *folder = g_build_filename (one, "clips", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *first = g_build_filename (one, "clips", name, NULL);
      g_autofree char *second = g_build_filename (other, "clips", name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMedia) a = sac_media_open (first, NULL, &error);
      g_autoptr (SacMedia) b = sac_media_open (second, NULL, &error);
      g_autofree guint8 *x = g_malloc (256 * 256 * 3);
      g_autofree guint8 *y = g_malloc (256 * 256 * 3);

      g_assert_no_error (error);
      g_assert_cmpuint (sac_media_get_n_frames (a), ==, 90);
      g_assert_cmpint (sac_media_get_duration_ns (a) / 1000000, ==, 3000);
      for (guint f = 0; f < 90; f += 30)
        {
          g_autoptr (SacFrame) p = sac_media_get_frame (a, f, NULL, &error);
          g_autoptr (SacFrame) q = sac_media_get_frame (b, f, NULL, &error);

          g_assert_true (sac_frame_convert (p, SAC_PIXELS_RGB, x, 256 * 3, &error));
          g_assert_true (sac_frame_convert (q, SAC_PIXELS_RGB, y, 256 * 3, &error));
          g_assert_cmpmem (x, 256 * 256 * 3, y, 256 * 256 * 3);
        }
      n++;
    }
  g_assert_cmpuint (n, ==, 5);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
test_twice (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-demo-XXXXXX", NULL);
  g_autofree char *one = run_demo (folder, "one", "4");
  g_autofree char *other = run_demo (folder, "other", "4");
  g_autofree char *third = run_demo (folder, "third", "5");
  g_autofree char *truth[3] = { NULL };
  const char *const folders[] = { one, other, third };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], "truth.json", NULL);

      g_assert_true (g_file_get_contents (path, &truth[i], NULL, NULL));
    }
  g_assert_cmpstr (truth[0], ==, truth[1]);
  g_assert_cmpstr (truth[0], !=, truth[2]);
  g_assert_true (g_str_has_prefix (truth[0], "{\"version\":1,\"synthetic\":true,\"labels\":[\"bullseye\""));
  g_assert_cmpuint (count (truth[0], "\"file\":"), ==, 5);
  g_assert_cmpuint (count (truth[0], "[89,"), ==, count (truth[0], "\"boxes\":"));
  g_assert_cmpuint (count (truth[0], "\"split\":\"test\""), >=, 1);
  compare_clips (one, other);
  remove_tree (folder);
  g_free (truth[1]);
  g_free (truth[2]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  g_test_add_func ("/demo/twice", test_twice);
  return g_test_run ();
}
