#include "base/sac-base.h"

static void
test_philox_known_answer (void)
{
  guint32 out[4];

  /* Known answer of the Random123 distribution: counter 0, key 0. */
  sac_random_block ((SacRandomKey) { 0, 0 }, 0, out);
  g_assert_cmphex (out[0], ==, 0x6627e8d5);
  g_assert_cmphex (out[1], ==, 0xe169c58d);
  g_assert_cmphex (out[2], ==, 0xbc57ac4c);
  g_assert_cmphex (out[3], ==, 0x9b00dbd8);
}

static void
test_moments (void)
{
  double sum = 0, squares = 0, unit = 0;
  const int n = 100000;

  for (int i = 0; i < n; i++)
    {
      double z = sac_random_normal ((SacRandomKey) { 7, 1 }, i);

      sum += z;
      squares += z * z;
      unit += sac_random_unit ((SacRandomKey) { 7, 2 }, i);
    }
  g_assert_cmpfloat_with_epsilon (sum / n, 0, 0.02);
  g_assert_cmpfloat_with_epsilon (squares / n, 1, 0.02);
  g_assert_cmpfloat_with_epsilon (unit / n, 0.5, 0.01);
}

static void
test_shuffle_is_permutation (void)
{
  guint32 index[1000];
  gboolean seen[1000] = { FALSE };

  sac_random_shuffle ((SacRandomKey) { 3, 9 }, index, 1000);
  for (int i = 0; i < 1000; i++)
    {
      g_assert_false (seen[index[i]]);
      seen[index[i]] = TRUE;
    }
}

static void
count_task (guint task, guint thread, gpointer data)
{
  g_atomic_int_inc (&((gint *) data)[task]);
}

static void
test_pool_each_task_once (void)
{
  g_autoptr (SacPool) pool = sac_pool_new (3);
  gint counts[257] = { 0 };

  for (int round = 0; round < 200; round++)
    sac_pool_run (pool, 257, count_task, counts);
  for (int i = 0; i < 257; i++)
    g_assert_cmpint (counts[i], ==, 200);
}

typedef struct {
  const gint *from;
  gint *to;
} Step;

static void
copy_task (guint task, guint thread, gpointer data)
{
  const Step *step = data;

  step->to[task] = step->from[256 - task] + 1;
}

/* Plain writes of one job are seen by all threads of the next, and by the caller. */
static void
test_pool_jobs_follow (void)
{
  g_autoptr (SacPool) pool = sac_pool_new (3);
  gint rows[2][257] = { { 0 } };

  for (int round = 0; round < 300; round++)
    {
      Step step = { rows[round % 2], rows[1 - round % 2] };

      sac_pool_run (pool, 257, copy_task, &step);
      if (round % 50 == 0)
        g_usleep (300);         /* long enough for the helpers to fall asleep */
    }
  for (int i = 0; i < 257; i++)
    g_assert_cmpint (rows[0][i], ==, 300);
}

static void
test_file_replace (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "x", NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_file_replace (path, "abc", 3, &error));
  bytes = sac_file_read (path, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 3, "abc", 3);
  g_assert_null (sac_file_read (path, 2, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/base/random/philox-known-answer", test_philox_known_answer);
  g_test_add_func ("/base/random/moments", test_moments);
  g_test_add_func ("/base/random/shuffle", test_shuffle_is_permutation);
  g_test_add_func ("/base/pool/each-task-once", test_pool_each_task_once);
  g_test_add_func ("/base/pool/jobs-follow", test_pool_jobs_follow);
  g_test_add_func ("/base/file/replace", test_file_replace);
  return g_test_run ();
}
