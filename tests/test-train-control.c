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
start_run_on (const char *device, const char *recipe, const char *folder)
{
  const char *const arguments[] = { recipe, "--project", project_path, "--run", folder, "--threads", "1", "--device", device, NULL };

  return start_train (arguments);
}

static GPid
start_run (const char *recipe, const char *folder)
{
  return start_run_on ("cpu", recipe, folder);
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

#ifndef __SANITIZE_ADDRESS__
/* A device in software has its memory in the process: it goes back with the device, the driver's own stays.  The numbers are those of a
 * run that never rested. */
static void
test_release_on_device (void)
{
  g_autofree char *recipe = write_recipe ("give", FEW "steps=4\ncheckpoint_every=0\n[network]\nwidth=16\nblocks=1;1;1;1\n");
  g_autofree char *whole = run_folder ("give-whole"), *folder = run_folder ("give"), *status = NULL;
  g_autoptr (GPtrArray) devices = sac_vulkan_probe ();
  g_autoptr (GError) error = NULL;
  double at_work, at_rest;
  GPid pid;

  if (devices->len == 0)
    {
      g_test_skip ("no Vulkan device here");
      return;
    }
  pid = start_run_on ("vulkan", recipe, folder);
  g_assert_true (wait_for_step (folder, pid, 2));
  at_work = resident (pid);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RELEASE, &error));
  g_assert_no_error (error);
  g_assert_true (wait_for_text (folder, "status", "paused"));
  at_rest = resident (pid);
  g_test_message ("%.0f pages at work, %.0f at rest", at_work, at_rest);
  if (((SacVulkanDevice *) devices->pdata[0])->software)
    g_assert_cmpfloat (at_rest, <, 0.8 * at_work);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, &error));
  g_assert_cmpint (end_of (pid), ==, 0);
  status = dup_status (folder);
  g_assert_cmpstr (status, ==, "done");
  g_assert_cmpint (end_of (start_run_on ("vulkan", recipe, whole)), ==, 0);
  compare_runs (whole, folder);
}
#endif

/* The arena is a good part of what the process holds; what lies behind its pause must not be. */
#ifdef __SANITIZE_ADDRESS__
#define WIDE "8"
#else
#define WIDE "64"
#endif

static void
test_release (void)
{
  g_autofree char *recipe = write_recipe ("release", FEW "steps=12\ncheckpoint_every=0\n[network]\nwidth=" WIDE "\n");
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
  g_assert_cmpfloat (at_rest, <, 0.7 * at_work);
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
  g_assert_cmpfloat (waterfall.seconds[SAC_TIME_DECODE] + waterfall.seconds[SAC_TIME_READ], >=, 0);     /* 0: at hand already */
  g_assert_cmpfloat (waterfall.seconds[SAC_TIME_VALIDATE], >, 0);
  words = sac_waterfall_dup_words (&waterfall);
  g_test_message ("%s", words);
  g_assert_nonnull (strchr (words, '%'));
}

/* No validation is better than the first by so much as is asked for. */
static void
test_early_stop (void)
{
  static const char changes[] = FEW "steps=400\nrate=0.0003\nvalidate_every=2\ncheckpoint_every=2\nstop_patience=3\n"
                                "stop_metric=loss/validation\nstop_min_change=0.5\nbest_metric=loss/validation\n";
  g_autofree char *recipe = write_recipe ("early", changes), *whole = run_folder ("early-whole"), *folder = run_folder ("early");
  g_autoptr (SacEventReader) reader = NULL;
  g_autofree char *status = NULL, *best = NULL;
  const SacPoint *loss;
  guint n, lowest = 0;
  GPid pid;

  g_assert_cmpint (end_of (start_run (recipe, whole)), ==, 0);
  status = dup_status (whole);
  g_assert_cmpstr (status, ==, "done");
  reader = sac_event_reader_new (whole);
  sac_event_reader_poll (reader);
  g_assert_true (g_str_has_prefix (sac_event_reader_get_text (reader, "note"), "Stopped early: loss/validation"));
  loss = sac_event_reader_get (reader, "loss/validation", &n);
  g_assert_cmpuint (n, ==, 4);
  for (guint i = 1; i < n; i++)
    if (loss[i].value < loss[lowest].value)
      lowest = i;
  {
    g_autoptr (SacTensorFile) file = NULL;
    g_autofree char *step = g_strdup_printf ("%u", 2 * (lowest + 1));

    best = sac_run_find_checkpoint (whole, TRUE);
    file = sac_tensor_file_open (best, NULL);
    g_assert_cmpstr (sac_tensor_file_get_metadata (file, "saccade.step"), ==, step);
  }
  /* The validations waited for are counted over a death. */
  pid = start_run (recipe, folder);
  if (wait_for_step (folder, pid, 5))
    kill (pid, SIGKILL);
  end_of (pid);
  g_assert_cmpint (end_of (resume_run (folder)), ==, 0);
  compare_runs (whole, folder);
  g_assert_cmpint (end_of (resume_run (folder)), ==, 0);        /* it stays stopped */
  compare_runs (whole, folder);
}

/* Up to layer2 nothing changes, statistics neither, and the rest learns. */
static void
test_freeze (void)
{
  static const char *const models[] = { "r18-2d", "i3d-r18", "stabn-r18", "abn-r18" };

  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    {
      g_autofree char *changes = g_strdup_printf ("[network]\nmodel=%s\n[training]\nsteps=2\nbatch=2\nbatch_norm=batch\nfreeze=layer2\n"
                                                  "validate_every=0\ncheckpoint_every=0\n[data]\nframes=%d\n", models[m], m == 2 ? 8 : 4);
      g_autofree char *folder = NULL, *first = NULL, *last = NULL;
      g_autoptr (SacTensorFile) a = NULL, b = NULL;
      g_autoptr (GError) error = NULL;
      guint kept = 0, changed = 0;

      g_assert_true (train_here (project_path, models[m], changes, 1, &folder, &error));
      g_assert_no_error (error);
      first = g_build_filename (folder, "checkpoints", "initial.safetensors", NULL);
      last = sac_run_find_checkpoint (folder, FALSE);
      a = sac_tensor_file_open (first, &error);
      b = sac_tensor_file_open (last, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < sac_tensor_file_get_n (a); i++)
        {
          const SacTensorInfo *info = sac_tensor_file_get_info (a, i);
          gboolean frozen = g_str_has_prefix (info->name, "conv1.") || g_str_has_prefix (info->name, "bn1.")
                            || g_str_has_prefix (info->name, "layer1.") || g_str_has_prefix (info->name, "layer2.");
          g_autofree float *x = NULL, *y = NULL;
          gsize n = 1;

          for (guint d = 0; d < info->rank; d++)
            n *= (gsize) info->dims[d];
          x = g_new (float, n);
          y = g_new (float, n);
          g_assert_true (sac_tensor_file_read_f32 (a, i, x, &error));
          g_assert_true (sac_tensor_file_read_f32 (b, (guint) sac_tensor_file_find (b, info->name), y, &error));
          if (frozen != (memcmp (x, y, n * sizeof *x) == 0) && (frozen || g_str_has_suffix (info->name, "running_mean")))
            {
              g_test_message ("%s: %s", models[m], info->name);
              g_test_fail ();
            }
          kept += frozen;
          changed += memcmp (x, y, n * sizeof *x) != 0;
        }
      g_assert_cmpuint (kept, >, 15);
      g_assert_cmpuint (changed, >, 15);
    }
}

/* So many clips a step, in batches that fit. */
static void
test_effective_batch (void)
{
  g_autoptr (SacRecipe) recipe = make_recipe ("[training]\neffective_batch=24\n");
  g_autofree char *folder = NULL, *path = NULL;
  g_autoptr (SacRecipe) kept = NULL;
  g_autoptr (GError) error = NULL;
  SacTrainPlan plan;

  g_assert_true (sac_train_choose_batch (recipe, (guint64) 4 << 30, &error));
  g_assert_no_error (error);
  g_assert_cmpint (recipe->batch, ==, 24);
  g_assert_cmpint (recipe->accumulate, ==, 1);
  recipe->batch = 4;
  recipe->accumulate = 6;
  g_assert_true (sac_train_plan (recipe, 64, 0, 0, &plan, &error));
  g_assert_true (sac_train_choose_batch (recipe, plan.total, &error));
  g_test_message ("%d × %d in %.1f MiB", recipe->batch, recipe->accumulate, (double) plan.total / 1048576);
  g_assert_cmpint (recipe->batch * recipe->accumulate, ==, 24);
  g_assert_cmpint (recipe->batch, >=, 4);
  g_assert_cmpint (recipe->batch, <, 24);
  g_assert_false (sac_train_choose_batch (recipe, 100000, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
  g_clear_error (&error);
  g_assert_true (train_here (project_path, "effective", "[training]\nsteps=1\neffective_batch=6\n", 1, &folder, &error));
  path = g_build_filename (folder, "recipe.ini", NULL);
  kept = sac_recipe_load (path, &error);
  g_assert_cmpint (kept->batch, ==, 6);
  g_assert_cmpint (kept->accumulate, ==, 1);
}

static void
test_metrics (void)
{
  static const struct { const char *text, *told; } bad[] = {
    { "best_metric=loss/test\n", "loss/test" }, { "stop_metric=auc_test_macro\n", "auc_test_macro" }, { "best_metric=\n", "best_metric" },
    { "stop_metric=rate\n", "rate" }, { "best_metric=top1\n", "softmax" }, { "stop_patience=2\nvalidate_every=0\n", "validate_every" },
    { "best_metric=auc/\n", "auc/" },
  };
  g_autofree char *folder = NULL;
  g_autoptr (GError) unknown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strconcat ("[training]\n", bad[i].text, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (sac_recipe_parse (text, &error));
      g_assert_true (error && strstr (error->message, bad[i].told));
    }
  g_assert_cmpint (sac_metric_get_sense ("auc/red"), ==, 1);
  g_assert_cmpint (sac_metric_get_sense ("loss/validation"), ==, -1);
  g_assert_false (train_here (project_path, "metrics", "[training]\nbest_metric=auc/green\n", 1, &folder, &unknown));
  g_assert_true (unknown && strstr (unknown->message, "auc/green"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/train/release", test_release);
#ifndef __SANITIZE_ADDRESS__    /* which keeps what was freed */
  g_test_add_func ("/train/release-device", test_release_on_device);
#endif
  g_test_add_func ("/train/rate", test_rate);
  g_test_add_func ("/train/told", test_told);
  g_test_add_func ("/train/early-stop", test_early_stop);
  g_test_add_func ("/train/freeze", test_freeze);
  g_test_add_func ("/train/effective-batch", test_effective_batch);
  g_test_add_func ("/train/metrics", test_metrics);
  return train_tests_run ();
}
