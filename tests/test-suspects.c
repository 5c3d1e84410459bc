/* What a run remembers of its training examples, and the search for wrong labels over it. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "run/sac-run.h"

static const char *const labels[] = { "cat", "dog", NULL }, *const clips[] = { "a", "b", "ü", NULL };

static void
add (SacDrawnWriter *writer, guint64 step, guint clip, float p, float q)
{
  const float row[2] = { p, q };

  sac_drawn_writer_add (writer, step, clip, row);
}

static SacDrawn *
read_back (const char *folder)
{
  g_autoptr (GError) error = NULL;
  SacDrawn *drawn = sac_drawn_read (folder, &error);

  g_assert_no_error (error);
  g_assert_nonnull (drawn);
  return drawn;
}

static void
test_drawn (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (folder, "drawn.bin", NULL);
  g_autoptr (GError) error = NULL;
  SacDrawnWriter *writer;
  SacDrawn *drawn;

  g_assert_null (sac_drawn_read (folder, &error));
  g_assert_no_error (error);
  writer = sac_drawn_writer_new (folder, labels, clips, 0, 100, &error);
  g_assert_no_error (error);
  for (guint step = 1; step <= 6; step++)
    add (writer, step, step % 3, (float) step / 8, 1);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 6);
  g_assert_cmpstr (drawn->clips[2], ==, "ü");
  g_assert_cmpuint (drawn->items[4], ==, 2);
  g_assert_cmpfloat_with_epsilon (drawn->probabilities[2 * 3] / 65535.0, 0.5, 1e-4);
  g_assert_cmpuint (drawn->probabilities[1], ==, 65535);
  sac_drawn_free (drawn);

  /* Torn by a death, taken up at step 4. */
  g_assert_cmpint (truncate (path, 77), ==, 0);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, <, 6);
  sac_drawn_free (drawn);
  writer = sac_drawn_writer_new (folder, labels, clips, 1, 100, &error);
  add (writer, 2, 1, 0.25f, 0);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 2);
  g_assert_cmpuint (drawn->steps[1], ==, 2);
  sac_drawn_free (drawn);

  /* Other clips: nothing of before stays. */
  writer = sac_drawn_writer_new (folder, labels, labels, 1, 100, &error);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 0);
  sac_drawn_free (drawn);

  /* A run of many records keeps every n-th step. */
  writer = sac_drawn_writer_new (folder, labels, clips, 0, (guint64) 12 << 20, &error);
  for (guint step = 1; step <= 10; step++)
    add (writer, step, 0, 1, 0);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 3);
  sac_drawn_free (drawn);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_drawn_hostile (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (folder, "drawn.bin", NULL), *good = NULL;
  g_autoptr (GError) error = NULL;
  SacDrawnWriter *writer = sac_drawn_writer_new (folder, labels, clips, 0, 100, &error);
  gsize size;

  for (guint step = 1; step <= 4; step++)
    add (writer, step, 1, 0.5f, 0.5f);
  sac_drawn_writer_free (writer);
  g_assert_true (g_file_get_contents (path, &good, &size, NULL));
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *bad = g_memdup2 (good, size);
      gsize length = size;
      SacDrawn *drawn;

      for (guint k = 0; k < 1 + i % 3; k++)
        bad[sac_random_below ((SacRandomKey) { i, 1 }, k, (guint32) size)] = (char) sac_random_below ((SacRandomKey) { i, 2 }, k, 256);
      if (i % 5 == 0)
        length = sac_random_below ((SacRandomKey) { i, 3 }, 0, (guint32) size);
      g_assert_true (g_file_set_contents (path, bad, (gssize) length, NULL));
      drawn = sac_drawn_read (folder, &error);
      g_assert_true ((drawn != NULL) != (error != NULL));
      for (guint k = 0; drawn && k < drawn->n; k++)
        g_assert_cmpuint (drawn->items[k], <, drawn->n_clips);
      g_clear_pointer (&drawn, sac_drawn_free);
      g_clear_error (&error);
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/drawn/round", test_drawn);
  g_test_add_func ("/run/drawn/hostile", test_drawn_hostile);
  return g_test_run ();
}
