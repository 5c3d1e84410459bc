/* Looks at a run before it is made: how long it will take, and at which rate; both leave nothing behind. */
#include <math.h>

#include "train-fixture.h"
#include "train/sac-find-rate.h"
#include "train/sac-probe.h"

static guint
count_trials (void)
{
  g_autoptr (GDir) dir = g_dir_open (sac_env_cache_dir (), 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    n += g_str_has_prefix (name, "trial-");
  return n;
}

static void
test_probe (void)
{
  g_autoptr (SacRecipe) recipe = make_recipe ("[training]\nsteps=50\nvalidate_every=20\ncheckpoint_every=25\nbatch=2\naccumulate=2\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, &error);
  SacTrainSpec spec = { .recipe = recipe, .project = project, .run_folder = "/nowhere/probe", .n_threads = 1, .device = "cpu" };
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  guint before = count_trials ();
  SacProbe p;

  g_assert_true (sac_probe (&spec, 5, &p, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (p.n_validations, ==, 3);
  g_assert_cmpint (p.n_checkpoints, ==, 2);
  g_assert_cmpfloat_with_epsilon (p.steps_per_epoch, 24.0 / 4, 1e-9);   /* 32 clips, a quarter held out */
  g_assert_true (p.step > 0 && p.wait >= 0 && p.validation > 0 && p.checkpoint > 0 && p.score > 0 && p.start > 0);
  g_assert_cmpfloat (p.total, >=, 50 * p.step + 3 * p.validation + 2 * p.checkpoint + p.score);
  g_assert_cmpfloat (p.epoch, >=, 6 * p.step);
  g_assert_cmpfloat (p.epoch, <, p.total);
  g_assert_false (g_file_test ("/nowhere", G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_trials (), ==, before);
  g_cancellable_cancel (cancelled);
  g_assert_false (sac_probe (&spec, 5, &p, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_trials (), ==, before);
}

/* At 10 this network's loss is no number soon: the sweep ends there, and what it suggests is far below. */
static void
test_find_rate (void)
{
  g_autoptr (SacRecipe) recipe = make_recipe ("[training]\nbatch=4\naccumulate=1\nbatch_norm=batch\n[network]\nmodel=r18-2d\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, &error);
  SacTrainSpec spec = { .recipe = recipe, .project = project, .run_folder = "/nowhere/rate", .n_threads = 1, .device = "cpu" };
  guint before = count_trials ();
  g_autoptr (SacRateFinder) found = sac_find_rate (&spec, 1e-6, 1e4, 80, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->n, >=, 10);
  g_assert_cmpuint (found->n, <, 80);
  g_assert_cmpfloat (found->rates[0], ==, 1e-6);
  g_assert_cmpfloat_with_epsilon (found->rates[1] / found->rates[0], found->rates[2] / found->rates[1], 1e-9);
  g_test_message ("%u steps, suggested %g", found->n, found->suggested);
  g_assert_true (isfinite (found->suggested));
  g_assert_cmpfloat (found->suggested, <, found->rates[found->n - 1]);
  g_assert_cmpuint (count_trials (), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/train/probe", test_probe);
  g_test_add_func ("/train/find-rate", test_find_rate);
  return train_tests_run ();
}
