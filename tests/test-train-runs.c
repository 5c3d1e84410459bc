/* The trainer as a program: killed and resumed, controlled, without room on the disk, given wrong words. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "train-fixture.h"

#ifdef __SANITIZE_ADDRESS__     /* slower lives, fewer of them */
#define KILLS 2
#else
#define KILLS 3
#endif

/* What was thought of each example is there once, whatever happened between. */
static void
check_drawn (const char *whole, const char *torn)
{
  g_autofree char *first = g_build_filename (whole, "drawn.bin", NULL), *second = g_build_filename (torn, "drawn.bin", NULL);
  g_autofree char *a = NULL, *b = NULL;
  gsize n, m;

  g_assert_true (g_file_get_contents (first, &a, &n, NULL) && g_file_get_contents (second, &b, &m, NULL));
  g_assert_cmpmem (a, n, b, m);
}

/* 2N steps = N + kill −9 + resume + …, bit for bit, whatever the number of threads. */
static void
resume_case (const char *name, const char *changes)
{
  g_autofree char *recipe = write_recipe (name, changes);
  g_autofree char *whole = g_strdup_printf ("%s/runs/%s-whole", work, name);
  g_autofree char *torn = g_strdup_printf ("%s/runs/%s-torn", work, name);
  const char *const first[] = { recipe, "--project", project_path, "--run", whole, "--threads", "1", NULL };
  const char *const second[] = { recipe, "--project", project_path, "--run", torn, "--threads", "2", NULL };
  const char *const again[] = { "--resume", "--project", project_path, "--run", torn, "--threads", "1", NULL };
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autoptr (SacEventReader) reader = NULL;
  const SacPoint *points;
  guint n, kills = 0;
  int status;

  g_assert_cmpint (end_of (start_train (first)), ==, 0);
  for (guint i = 0; i < KILLS; i++)
    {
      GPid pid = start_train (i ? again : second);

      if (!wait_for_step (torn, pid, 7 + 9 * i))
        continue;
      kill (pid, SIGKILL);
      status = end_of (pid);
      kills += WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
    }
  g_assert_cmpuint (kills, >=, KILLS - 1);
  g_assert_cmpint (end_of (start_train (again)), ==, 0);
  a = sac_run_find_checkpoint (whole, FALSE);
  b = sac_run_find_checkpoint (torn, FALSE);
  g_assert_true (g_str_has_suffix (a, "step-000040.safetensors"));
  g_assert_true (g_str_has_suffix (b, "step-000040.safetensors"));
  compare_checkpoints (a, b, TRUE, NULL);
  check_drawn (whole, torn);
  /* The curve has each step once. */
  reader = sac_event_reader_new (torn);
  sac_event_reader_poll (reader);
  points = sac_event_reader_get (reader, "loss/train", &n);
  g_assert_cmpuint (n, ==, 40);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (points[i].step, ==, i + 1);
}

static void
test_resume_clips (void)
{
  resume_case ("clips", "[training]\nsteps=40\n");
}

static void
test_resume_frames (void)
{
  resume_case ("frames", "[network]\nmodel=r18-2d\n[training]\nsteps=40\nbatch=4\nbatch_norm=batch\n");
}

/* Checkpoints hold f32 weights, so a torn run goes on with the same bits. */
static void
test_resume_bf16 (void)
{
  resume_case ("bf16", "[training]\nsteps=40\nprecision=bf16\n");
}

/* A recipe for one 3-D geometry takes published weights of another and trains that. */
static void
test_geometry (void)
{
  static const char *const names[] = { "hara-r18", "slow-r18" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *recipe = write_recipe ("geometry", "[training]\nsteps=1\nvalidate_every=0\n");
      g_autofree char *file = g_strdup_printf ("%s/%s.safetensors", work, names[i]),
           *folder = g_strdup_printf ("%s/runs/%s", work, names[i]);
      g_autofree char *kept = g_build_filename (folder, "recipe.ini", NULL);
      const char *const arguments[] = { recipe, "--project", project_path, "--run", folder, "--threads", "1", "--weights", file, NULL };
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
      g_autoptr (SacRecipe) before = sac_recipe_load (recipe, NULL), after = NULL;
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (GError) error = NULL;
      SacModel model;

      g_assert_cmpstr (before->model, ==, "i3d-r18");
      g_assert_cmpstr (before->pad_time, ==, "replicate");
      g_assert_true (sac_model_parse (names[i], &model));
      sac_model_set_size (&model, 7, before->width, before->blocks, SAC_PAD_ZEROS);
      g_assert_true (sac_model_declare (weights, &model, before->frames, &error));
      g_assert_true (sac_weights_allocate (weights, backend, &error));
      sac_weights_initialise (weights, 1);
      g_assert_true (sac_weights_save (weights, NULL, NULL, 0, NULL, file, &error));
      g_assert_no_error (error);
      g_assert_cmpint (end_of (start_train (arguments)), ==, 0);
      after = sac_recipe_load (kept, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (after->model, ==, names[i]);
      g_assert_cmpstr (after->pad_time, ==, "zeros");
      g_clear_pointer (&weights, sac_weights_free);     /* before its backend */
    }
}

static void
test_control (void)
{
  g_autofree char *recipe = write_recipe ("control", "[training]\nsteps=100000\nvalidate_every=0\ncheckpoint_every=0\n");
  g_autofree char *folder = g_build_filename (work, "runs", "control", NULL);
  const char *const arguments[] = { recipe, "--project", project_path, "--run", folder, "--threads", "1", NULL };
  const char *const again[] = { "--resume", "--run", folder, "--threads", "1", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *checkpoint = NULL;
  g_autofree char *status = NULL;
  GPid pid = start_train (arguments);
  double before;

  g_assert_true (wait_for_step (folder, pid, 2));
  g_assert_true (sac_run_is_live (folder));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_CHECKPOINT, &error));
  g_assert_true (wait_for_text (folder, "control", "checkpoint"));
  checkpoint = sac_run_find_checkpoint (folder, FALSE);
  g_assert_nonnull (checkpoint);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_PAUSE, &error));
  g_assert_true (wait_for_text (folder, "status", "paused"));
  before = last_value (folder, "progress");
  g_usleep (300000);
  g_assert_cmpfloat (last_value (folder, "progress"), ==, before);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, &error));
  g_assert_true (wait_for_text (folder, "status", "running"));
  g_assert_true (wait_for_step (folder, pid, (guint64) lrint (before * 100000) + 3));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_STOP, &error));
  g_assert_cmpint (end_of (pid), ==, 0);
  status = dup_status (folder);
  g_assert_cmpstr (status, ==, "stopped");
  g_assert_false (sac_run_is_live (folder));
  {
    g_autoptr (SacScores) scores = sac_scores_read (folder, "test", &error);

    g_assert_no_error (error);
  }
  /* A second life, ended by the system's polite signal: the step under way is kept. */
  before = last_value (folder, "progress");
  pid = start_train (again);
  g_assert_true (wait_for_step (folder, pid, (guint64) lrint (before * 100000) + 2));
  kill (pid, SIGTERM);
  g_assert_cmpint (end_of (pid), ==, 0);
  g_clear_pointer (&status, g_free);
  status = dup_status (folder);
  g_assert_cmpstr (status, ==, "stopped");
  g_clear_pointer (&checkpoint, g_free);
  checkpoint = sac_run_find_checkpoint (folder, FALSE);
  {
    g_autofree char *expected = g_strdup_printf ("step-%06d.safetensors", (int) lrint (last_value (folder,
                                                                                                   "progress") * 100000));

    g_assert_true (g_str_has_suffix (checkpoint, expected));
  }
}

/* What a person gets wrong in the shell is told in words, and leaves no run behind. */
static void
test_shell (void)
{
  static const struct { const char *recipe, *told; } wrong[] = {
    { "small-i3d-average", "resnet18-imagenet.safetensors" }, { "nosuch", "video-i3d-centre" }, { "./nosuch.ini", "nosuch.ini" },
  };
  g_autofree char *runs = g_build_filename (work, "clips.data", "runs", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      char *argv[] = { (char *) g_getenv ("SACCADE_PROGRAM"), (char *) "train", (char *) wrong[i].recipe, (char *) "-p", project_path,
                       NULL };
      g_autofree char *errors = NULL;
      g_autoptr (GError) error = NULL;
      int end = 0;

      g_assert_true (g_spawn_sync (work, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors, &end, &error));
      g_assert_true (WIFEXITED (end) && WEXITSTATUS (end) == 1);
      g_test_message ("%s", errors);
      g_assert_true (strstr (errors, wrong[i].told) != NULL);
      g_assert_true (strstr (errors, "CRITICAL") == NULL);
      g_assert_false (g_file_test (runs, G_FILE_TEST_EXISTS));
    }
}

/* No room for a file: an error in words and in the events, not a dead process. */
static void
test_disk_full (void)
{
  g_autofree char *recipe = write_recipe ("full", "");
  g_autofree char *folder = g_build_filename (work, "runs", "full", NULL);
  g_autofree char *command = g_strdup_printf ("ulimit -f 160; exec '%s' train '%s' --project '%s' --run '%s' --threads 1",
                                              g_getenv ("SACCADE_PROGRAM"), recipe, project_path, folder);
  char *argv[] = { (char *) "sh", (char *) "-c", command, NULL };
  g_autofree char *errors = NULL;
  g_autofree char *status = NULL;
  g_autoptr (GError) error = NULL;
  int end = 0;

  g_assert_true (g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors,
                               &end, &error));
  g_assert_true (WIFEXITED (end) && WEXITSTATUS (end) == 1);
  g_test_message ("%s", errors);
  g_assert_true (strstr (errors, "safetensors") != NULL);
  status = dup_status (folder);
  g_assert_true (status && g_str_has_prefix (status, "failed: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/train/resume/clips", test_resume_clips);
  g_test_add_func ("/train/resume/frames", test_resume_frames);
  g_test_add_func ("/train/resume/bf16", test_resume_bf16);
  g_test_add_func ("/train/geometry", test_geometry);
  g_test_add_func ("/train/control", test_control);
  g_test_add_func ("/train/disk-full", test_disk_full);
  g_test_add_func ("/train/shell", test_shell);
  return train_tests_run ();
}
