/* `saccade study` with tiny networks: all of it, killed at random and gone on with, told to do otherwise. */
#include "train-fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli-fixture.h"
#include "eval/sac-arm-bootstrap.h"
#include "run/sac-study.h"

static const char recipe[] =
  "[recipe]\ntitle=Tiny\n[network]\nmodel=i3d-r18\nwidth=4\nblocks=1;1;1;1\n"
  "[data]\nframes=4\nresize=40\ncrop=32\nflip_vertical=false\nvalidation=0.25\n"
  "[training]\naccumulate=2\nsteps=8\nrate=0.001\ndrops=\nvalidate_every=4\ncheckpoint_every=2\nlog_every=1\n"
  "[study]\nseeds=1;2\n[arm flat]\nmodel=r18-2d\nbatch=4\n[arm clips]\nbatch_norm=batch\n[arm verb]\nweights=source:verbs\n"
  "[source verbs]\nproject=clips.saccade\nsteps=6\n";

static char *
put_recipe (const char *name, const char *text)
{
  g_autofree char *file = g_strconcat (name, ".ini", NULL);
  char *path = g_build_filename (work, file, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

#define STUDY(expected, ...) \
  saccade_and (expected, (const char *const[]) { "study", __VA_ARGS__, "--project", project_path, NULL }, work, NULL)

static SacStudyQueue *
load (const char *name)
{
  g_autofree char *data = g_build_filename (work, "clips.data", "studies", name, NULL);
  g_autoptr (GError) error = NULL;
  SacStudyQueue *queue = sac_study_queue_load (data, &error);

  g_assert_no_error (error);
  return queue;
}

static void
assert_file_equal (const char *a, const char *b, const char *inside)
{
  g_autofree char *x = g_build_filename (a, inside, NULL), *y = g_build_filename (b, inside, NULL);
  g_autofree char *left = NULL, *right = NULL;
  gsize n, m;

  g_assert_true (g_file_get_contents (x, &left, &n, NULL));
  g_assert_true (g_file_get_contents (y, &right, &m, NULL));
  g_assert_cmpmem (left, n, right, m);
}

static void
test_whole (void)
{
  g_autofree char *path = put_recipe ("calm", recipe), *out = STUDY (0, path), *list = STUDY (0, "calm", "--list", "--json");
  g_autofree char *again = STUDY (1, path), *resumed = STUDY (0, path, "--resume");
  g_autoptr (SacStudyQueue) queue = load ("calm");
  g_autoptr (SacRunInfo) info = NULL;
  const SacStudyJob *verb = sac_study_queue_find (queue, "verb", 2, FALSE);
  const SacStudyJob *source = queue->jobs->pdata[0];

  g_assert_cmpuint (queue->jobs->len, ==, 7);
  g_assert_cmpuint (sac_study_queue_count (queue, SAC_JOB_DONE), ==, 7);
  g_assert_true (source->source);
  g_assert_nonnull (strstr (list, "\"macro_auc\":"));
  g_assert_false (sac_run_is_live (queue->folder));
  info = sac_run_info_read (verb->run, NULL);
  g_assert_nonnull (info);
  g_assert_cmpuint (info->seed, ==, 2);
  g_assert_true (g_str_has_prefix (info->weights_file, source->run));
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];
      g_autofree char *status = dup_status (job->run);

      g_assert_cmpstr (status, ==, "done");
      g_assert_cmpuint (job->step, ==, job->steps);
    }
}

/* The report of that study: a page without anything from outside, pages of vectors, tables. */
static void
test_report (void)
{
  g_autofree char *out = saccade_and (0, (const char *const[]) { "report", "calm", "--project", project_path, NULL }, work, NULL);
  g_autofree char *folder = g_build_filename (work, "clips.data", "studies", "calm", "report", NULL);
  g_autofree char *page = g_build_filename (folder, "report.html", NULL), *pdf = g_build_filename (folder, "report.pdf", NULL);
  g_autofree char *arms = g_build_filename (folder, "arms.csv", NULL), *pairs = g_build_filename (folder, "differences.csv", NULL);
  g_autofree char *html = NULL, *bytes = NULL, *table = NULL, *differences = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (page, &html, NULL, NULL));
  g_assert_true (g_file_get_contents (pdf, &bytes, NULL, NULL));
  g_assert_true (g_file_get_contents (arms, &table, NULL, NULL));
  g_assert_true (g_file_get_contents (pairs, &differences, NULL, NULL));
  g_assert_true (g_str_has_prefix (bytes, "%PDF-"));
  g_assert_nonnull (strstr (html, "<svg"));
  g_assert_null (strstr (html, "<img"));
  g_assert_nonnull (strstr (html, "batch norm: frozen"));
  g_assert_nonnull (strstr (html, "batch norm: batch"));
  lines = g_strsplit (table, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 3 + 1);      /* heads, arms, the last line's end */
  g_strfreev (lines);
  lines = g_strsplit (differences, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 3 + 1);
}

/* Two arms alike do not differ, a perfect one is above one of chance, and a missing run is no harm. */
static void
test_bootstrap (void)
{
  enum { CLIPS = 40 };
  float good[CLIPS], bad[CLIPS];
  gint8 truth[CLIPS];
  const float *const scores[] = { good, good, good, NULL, bad, bad };
  g_autoptr (SacArmBootstrap) b = NULL;
  SacBootstrap same, above;

  for (int i = 0; i < CLIPS; i++)
    {
      truth[i] = i % 2;
      good[i] = (float) truth[i] + 0.001f * (float) i;
      bad[i] = (float) (i * 17 % 23);
    }
  b = sac_arm_bootstrap_new (scores, truth, CLIPS, 1, 3, 2, 300, 1);
  g_assert_cmpfloat (b->mean[0], ==, 1);
  g_assert_cmpfloat (b->mean[1], ==, 1);
  g_assert_cmpfloat (b->low[2], <, 0.5);
  same = sac_arm_bootstrap_compare (b, 0, 1);
  above = sac_arm_bootstrap_compare (b, 0, 2);
  g_assert_cmpfloat (same.difference, ==, 0);
  g_assert_true (same.low == 0 && same.high == 0);
  g_assert_cmpfloat (above.low, >, 0.1);
  g_assert_cmpfloat (above.p_above, ==, 1);
}

/* ---- killed at random. */
static GPid
spawn_study (const char *path)
{
  const char *const argv[] = { g_getenv ("SACCADE_PROGRAM"), "study", path, "--resume", "--project", project_path, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (work, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                 NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* The trainer that is at work for this test. */
static GPid
find_trainer (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL), *text = NULL;
      gsize n;

      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &text, &n, NULL))
        continue;
      for (gsize i = 0; i + 1 < n; i++)
        if (!text[i])
          text[i] = ' ';
      if (strstr (text, " train ") && strstr (text, work))
        return atoi (name);
    }
  return 0;
}

static void
test_killed (void)
{
  g_autofree char *path = put_recipe ("storm", recipe);
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autoptr (SacStudyQueue) calm = load ("calm"), storm = NULL;
  g_autofree char *first = NULL;
  guint kills[2] = { 0, 0 }, resumed = 0;

  /* Begun and ended at once, so that there is something to resume. */
  {
    const char *const argv[] = { g_getenv ("SACCADE_PROGRAM"), "study", path, "--project", project_path, NULL };
    g_autofree char *queue = g_build_filename (work, "clips.data", "studies", "storm", "queue.json", NULL);
    GPid pid;

    g_assert_true (g_spawn_async (work, (char **) argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid,
                                  NULL));
    for (int i = 0; i < 600 && !g_file_test (queue, G_FILE_TEST_EXISTS); i++)
      g_usleep (20000);
    kill (pid, SIGKILL);
    waitpid (pid, NULL, 0);
  }
  for (int turn = 0; turn < 8; turn++)
    {
      GPid study = spawn_study (path), trainer;
      gboolean both = g_rand_boolean (random);

      g_usleep ((gulong) g_rand_int_range (random, 100000, 900000));
      trainer = find_trainer ();
      if (trainer && (both || g_rand_boolean (random)))
        kills[0] += kill (trainer, SIGKILL) == 0;
      if (both || !trainer || g_rand_boolean (random))
        kills[1] += kill (study, SIGKILL) == 0;
      else
        kill (study, SIGTERM);
      waitpid (study, NULL, 0);
    }
  g_test_message ("killed %u trainers and %u studies", kills[0], kills[1]);
  for (int i = 0; i < 3; i++)   /* a run that was killed too often counts as failed, and is tried again */
    {
      GPid study = spawn_study (path);

      waitpid (study, NULL, 0);
    }
  storm = load ("storm");
  g_assert_cmpuint (sac_study_queue_count (storm, SAC_JOB_DONE), ==, 7);
  for (guint i = 0; i < storm->jobs->len; i++)
    {
      g_autofree char *events = g_build_filename (((SacStudyJob *) storm->jobs->pdata[i])->run, "events", NULL);
      g_autoptr (GDir) dir = g_dir_open (events, 0, NULL);
      guint files = 0;

      while (g_dir_read_name (dir))
        files++;
      resumed += files > 1;     /* one a start; a run that begins anew leaves the others out */
    }
  g_assert_cmpuint (resumed, >, 0);
  for (guint i = 0; i < calm->jobs->len; i++)
    {
      const SacStudyJob *a = calm->jobs->pdata[i], *b = sac_study_queue_find (storm, a->arm, a->seed, a->source);
      g_autofree char *x = sac_run_find_checkpoint (a->run, FALSE), *y = sac_run_find_checkpoint (b->run, FALSE);
      g_autofree char *best_x = sac_run_find_checkpoint (a->run, TRUE), *best_y = sac_run_find_checkpoint (b->run, TRUE);

      compare_checkpoints (x, y, TRUE, NULL);
      compare_checkpoints (best_x, best_y, TRUE, NULL);
      assert_file_equal (a->run, b->run, "recipe.ini");
      assert_file_equal (a->run, b->run, "scores/test.json");
      assert_file_equal (a->run, b->run, "scores/validation.json");
    }
}

/* ---- told to do otherwise. */
static void
test_told (void)
{
  g_autofree char *text = g_strconcat (recipe, "[arm greedy]\nmemory=1M\n", NULL), *path = put_recipe ("told", text);
  g_autofree char *out[16] = { NULL };
  g_autoptr (SacStudyQueue) queue = NULL;
  const char *const argv[] = { g_getenv ("SACCADE_PROGRAM"), "study", path, "--project", project_path, "--arms", "clips,greedy", NULL };
  g_autofree char *file = g_build_filename (work, "clips.data", "studies", "told", "queue.json", NULL);
  GPid pid;
  guint n = 0;

  g_assert_true (g_spawn_async (work, (char **) argv, NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid,
                                NULL));
  for (int i = 0; i < 600 && !g_file_test (file, G_FILE_TEST_EXISTS); i++)
    g_usleep (20000);
  /* While it goes: all pauses, one is put to the front, one is left out. */
  out[n++] = STUDY (0, "told", "--pause");
  out[n++] = STUDY (0, "told", "--move", "1", "--run", "clips:2");
  out[n++] = STUDY (0, "told", "--skip", "--run", "greedy:2");
  out[n++] = STUDY (1, "told", "--skip", "--run", "nobody");
  for (int i = 0; i < 600; i++)
    {
      g_clear_pointer (&queue, sac_study_queue_free);
      queue = load ("told");
      if (queue->paused && sac_study_queue_count (queue, SAC_JOB_SKIPPED) == 1 && !sac_study_queue_count (queue, SAC_JOB_RUNNING))
        break;
      g_usleep (50000);
    }
  g_assert_true (queue->paused);
  g_assert_cmpint (waitpid (pid, NULL, WNOHANG), ==, 0);        /* it waits to be told */
  g_assert_cmpstr (((SacStudyJob *) queue->jobs->pdata[0])->arm, ==, "clips");
  g_assert_cmpuint (((SacStudyJob *) queue->jobs->pdata[0])->seed, ==, 2);
  g_assert_cmpint (sac_study_queue_find (queue, "greedy", 2, FALSE)->state, ==, SAC_JOB_SKIPPED);
  /* One is put off; the rest goes on without it, and what fails says why. */
  out[n++] = STUDY (0, "told", "--pause", "--run", "clips:1");
  out[n++] = STUDY (0, "told", "--resume");
  waitpid (pid, NULL, 0);
  g_clear_pointer (&queue, sac_study_queue_free);
  queue = load ("told");
  g_assert_cmpint (sac_study_queue_find (queue, "clips", 1, FALSE)->state, ==, SAC_JOB_PAUSED);
  g_assert_cmpint (sac_study_queue_find (queue, "clips", 2, FALSE)->state, ==, SAC_JOB_DONE);
  g_assert_cmpint (sac_study_queue_find (queue, "greedy", 1, FALSE)->state, ==, SAC_JOB_FAILED);
  g_assert_nonnull (strstr (sac_study_queue_find (queue, "greedy", 1, FALSE)->why, "1"));
  /* And when nobody runs it. */
  out[n++] = STUDY (0, "told", "--resume", "--run", "clips:1");
  out[n++] = STUDY (0, "told", "--skip", "--run", "greedy");
  out[n++] = STUDY (0, "told", "--resume");
  g_clear_pointer (&queue, sac_study_queue_free);
  queue = load ("told");
  g_assert_cmpuint (sac_study_queue_count (queue, SAC_JOB_DONE), ==, 2);
  g_assert_cmpuint (sac_study_queue_count (queue, SAC_JOB_SKIPPED), ==, 2);
  g_assert_cmpuint (n, <=, G_N_ELEMENTS (out));
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&out[i], g_free);
}

/* Weights and projects that are not there are told before anything is made. */
static void
test_refused (void)
{
  g_autofree char *path = put_recipe ("wrong", recipe), *said[5] = { NULL };
  g_autofree char *folder = g_build_filename (work, "clips.data", "studies", "wrong", NULL);
  const struct { const char *args[8]; const char *says; } cases[] = {
    { { "study", path, "--weights", "clips=/nowhere.pth", "--project", project_path, NULL }, "arm “clips”" },
    { { "study", path, "--weights", "legs=none", "--project", project_path, NULL }, "“legs”" },
    { { "study", path, "--source", "verbs=/nowhere.saccade", "--project", project_path, NULL }, "--source verbs=PROJECT" },
    { { "study", path, "--arms", "legs", "--project", project_path, NULL }, "“legs”" },
    { { "study", path, "--seeds", "1,x", "--project", project_path, NULL }, "“x”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *out = saccade_and (1, cases[i].args, work, &said[i]);

      g_test_message ("%s", said[i]);
      g_assert_nonnull (strstr (said[i], cases[i].says));
      g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
      g_clear_pointer (&said[i], g_free);
    }
  {
    g_autofree char *train = NULL;
    const char *const args[] = { "train", path, "--project", project_path, NULL };
    g_autofree char *out = saccade_and (1, args, work, &train);

    g_assert_nonnull (strstr (train, "saccade study"));
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_setenv ("SACCADE_THREADS", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study-runs/whole", test_whole);
  g_test_add_func ("/study-runs/report", test_report);
  g_test_add_func ("/study-runs/bootstrap", test_bootstrap);
  g_test_add_func ("/study-runs/killed", test_killed);
  g_test_add_func ("/study-runs/told", test_told);
  g_test_add_func ("/study-runs/refused", test_refused);
  return train_tests_run ();
}
