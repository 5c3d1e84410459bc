/* What a person does to a run on its way: memory given back, rates changed, snapshots; the numbers are those of a run left alone. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "train-fixture.h"

#define FEW "[network]\nmodel=r18-2d\n[training]\nsteps=24\nbatch=2\nvalidate_every=8\n"

static char *
run_folder (const char *name)
{
  return g_build_filename (work, "runs", name, NULL);
}

static GPid
start_run (const char *recipe, const char *folder)
{
  const char *const arguments[] = { recipe, "--project", project_path, "--run", folder, "--threads", "1", NULL };

  return start_train (arguments);
}

static GPid
resume_run (const char *folder)
{
  const char *const arguments[] = { "--resume", "--project", project_path, "--run", folder, "--threads", "1", NULL };

  return start_train (arguments);
}

static void
compare_runs (const char *a, const char *b)
{
  g_autofree char *x = sac_run_find_checkpoint (a, FALSE), *y = sac_run_find_checkpoint (b, FALSE);

  g_assert_true (x && y && g_str_has_suffix (x, strrchr (y, '/')));
  compare_checkpoints (x, y, TRUE, NULL);
}

static double
resident (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", (int) pid), *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_ascii_strtod (strchr (text, ' '), NULL);
}

/* The arena is a good part of what the process holds; what lies behind its pause must not be. */
static void
test_release (void)
{
  g_autofree char *recipe = write_recipe ("release", FEW "checkpoint_every=0\n[network]\nwidth=32\n[data]\nframes=4\n");
  g_autofree char *whole = run_folder ("release-whole"), *folder = run_folder ("release");
  g_autoptr (GError) error = NULL;
  double at_work, at_rest;
  GPid pid = start_run (recipe, folder);
  g_autofree char *status = NULL;

  g_assert_true (wait_for_step (folder, pid, 5));
  at_work = resident (pid);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RELEASE, &error));
  g_assert_no_error (error);
  g_assert_true (wait_for_text (folder, "status", "paused"));
  at_rest = resident (pid);
  g_test_message ("%.0f pages at work, %.0f at rest", at_work, at_rest);
#ifndef __SANITIZE_ADDRESS__    /* which keeps what was freed */
  g_assert_cmpfloat (at_rest, <, 0.8 * at_work);
#endif
  g_assert_true (sac_control_send (folder, SAC_CONTROL_CHECKPOINT, &error));
  g_assert_true (wait_for_text (folder, "control", "checkpoint"));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, &error));
  g_assert_cmpint (end_of (pid), ==, 0);
  status = dup_status (folder);
  g_assert_cmpstr (status, ==, "done");
  g_assert_cmpint (end_of (start_run (recipe, whole)), ==, 0);
  compare_runs (whole, folder);
}

/* A rate changed after step s, a kill, and a resume from before s: the same as never killed. */
static void
test_rate (void)
{
  g_autofree char *recipe = write_recipe ("rate", FEW "checkpoint_every=8\ndrops=18\n");
  g_autofree char *whole = run_folder ("rate-whole"), *folder = run_folder ("rate"), *plain = run_folder ("rate-plain");
  g_autofree char *changes = g_build_filename (folder, "rates.txt", NULL), *copy = g_build_filename (whole, "rates.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GArray) rates = NULL;
  g_autoptr (GError) error = NULL;
  guint64 after;
  int status;
  GPid pid = start_run (recipe, folder);
  double difference = 0;

  g_assert_true (wait_for_step (folder, pid, 9));
  g_assert_true (sac_control_send_value (folder, "rate", "0.004", &error));
  g_assert_no_error (error);
  g_assert_true (wait_for_text (folder, "control", "rate 0.004"));
  kill (pid, SIGKILL);
  status = end_of (pid);
  g_assert_true (WIFSIGNALED (status));
  rates = sac_rates_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rates->len, ==, 1);
  after = g_array_index (rates, SacRateChange, 0).after;
  g_assert_cmpuint (after, >=, 9);
  g_assert_cmpint (end_of (resume_run (folder)), ==, 0);
  g_assert_cmpfloat_with_epsilon (last_value (folder, "rate"), after < 18 ? 0.0004 : 0.004, 1e-9);
  /* The same change from the start on, and none. */
  g_assert_cmpint (g_mkdir_with_parents (whole, 0755), ==, 0);
  g_assert_true (g_file_get_contents (changes, &text, NULL, NULL) && g_file_set_contents (copy, text, -1, NULL));
  g_assert_cmpint (end_of (start_run (recipe, whole)), ==, 0);
  compare_runs (whole, folder);
  g_assert_cmpint (end_of (start_run (recipe, plain)), ==, 0);
  {
    g_autofree char *x = sac_run_find_checkpoint (plain, FALSE), *y = sac_run_find_checkpoint (folder, FALSE);

    compare_checkpoints (x, y, FALSE, &difference);
    g_assert_cmpfloat (difference, >, 1e-6);
  }
}

/* Scores of each validation, the test split beside it, numbers by layer and by part of the time, and a snapshot for who asks. */
static void
test_told (void)
{
  g_autofree char *recipe = write_recipe ("told", FEW "checkpoint_every=8\nwatch_test=true\nlog_every=2\n");
  g_autofree char *folder = run_folder ("told"), *snapshot = g_build_filename (folder, "checkpoints", "snapshot.safetensors", NULL);
  g_autofree guint64 *steps = NULL, *test_steps = NULL;
  g_autoptr (SacEventReader) reader = NULL;
  g_autoptr (SacScores) scores = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  SacWaterfall waterfall;
  guint n;
  GPid pid = start_run (recipe, folder);

  g_assert_true (wait_for_step (folder, pid, 2));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_SNAPSHOT, &error));
  g_assert_true (wait_for_text (folder, "control", "snapshot"));
  g_assert_cmpint (end_of (pid), ==, 0);
  g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));  /* of use while it runs only */
  steps = sac_scores_list_steps (folder, "validation", &n);
  g_assert_cmpuint (n, ==, 3);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (steps[i], ==, 8 * (i + 1));
  test_steps = sac_scores_list_steps (folder, "test", &n);
  g_assert_cmpuint (n, ==, 3);
  scores = sac_scores_read_at (folder, "test", 16, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scores->n_clips, ==, 16);
  g_assert_cmpuint (scores->step, ==, 16);
  for (guint i = 0; i < 32; i++)
    g_assert_true (scores->scores[i] > 0 && scores->scores[i] < 1);
  g_assert_true (isfinite (last_value (folder, "loss/test")) && isfinite (last_value (folder, "auc_test_macro")));
  g_assert_cmpfloat (last_value (folder, "memory"), >, 1e7);
  g_assert_cmpfloat (last_value (folder, "gradient/fc"), >, 0);
  g_assert_cmpfloat (last_value (folder, "gradient/fc"), <=, last_value (folder, "gradient_norm"));
  g_assert_cmpfloat (last_value (folder, "update_ratio/layer1.0.conv1"), >, 0);
  g_assert_cmpfloat (last_value (folder, "update_ratio/layer1.0.conv1"), <, 1);
  g_assert_true (isnan (last_value (folder, "update_ratio/layer1.0.bn1")));
  reader = sac_event_reader_new (folder);
  sac_event_reader_poll (reader);
  sac_waterfall_read (reader, 0, &waterfall);
  g_assert_cmpuint (waterfall.last, ==, 24);
  g_assert_cmpfloat (waterfall.seconds[SAC_TIME_BACKWARD], >, 0);
  g_assert_cmpfloat (waterfall.seconds[SAC_TIME_FORWARD], >, 0);
  g_assert_cmpfloat (waterfall.seconds[SAC_TIME_DECODE], >, 0);
  g_assert_cmpfloat (waterfall.seconds[SAC_TIME_VALIDATE], >, 0);
  words = sac_waterfall_dup_words (&waterfall);
  g_test_message ("%s", words);
  g_assert_nonnull (strchr (words, '%'));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/train/release", test_release);
  g_test_add_func ("/train/rate", test_rate);
  g_test_add_func ("/train/told", test_told);
  return train_tests_run ();
}
