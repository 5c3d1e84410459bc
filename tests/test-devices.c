/* The same training on the CPU and on a Vulkan device: losses, weights, scores, and a run that goes over from one to the other. */
#include <math.h>

#include "train-fixture.h"

static gboolean
has_vulkan (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacBackend) backend = sac_backend_vulkan_new (-1, &error);

  if (!backend)
    g_test_skip (error->message);
  return backend != NULL;
}

static void
stop_halfway (double fraction, const char *what, gpointer data)
{
  if (fraction >= 0.5)
    g_cancellable_cancel (data);
}

static void
stop_later (double fraction, const char *what, gpointer data)
{
  if (fraction >= 0.75)
    g_cancellable_cancel (data);
}

static const char *losing;      /* the switch that does it; what is told along goes to the trainer, too */

static void
lose_halfway (double fraction, const char *what, gpointer data)
{
  if (fraction >= 0.5)
    g_setenv (losing, "1", TRUE);
}

static gboolean
try_train (const char *device, const char *name, const char *changes, SacTrainSpec how, char **folder, GError **error)
{
  g_autoptr (SacRecipe) recipe = make_recipe (changes);
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, NULL);

  g_free (*folder);
  *folder = g_build_filename (work, "runs", name, NULL);
  how.recipe = recipe;
  how.project = project;
  how.n_threads = 2;
  how.device = device;
  how.run_folder = *folder;
  return sac_train (&how, how.progress_data, error);
}

static void
train_on (const char *device, const char *name, const char *changes, SacTrainSpec how, char **folder)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (try_train (device, name, changes, how, folder, &error));
  g_assert_no_error (error);
}

static void
compare_losses (const char *a, const char *b, double tolerance)
{
  double x = first_value (a, "loss/train"), y = first_value (b, "loss/train");

  g_test_message ("first loss: %.7f and %.7f", x, y);
  g_assert_cmpfloat (fabs (x / y - 1), <=, tolerance);
}

/* One step, then the weights: as large a difference as PyTorch and the CPU have. */
static void
test_step (gconstpointer data)
{
  const char *bn = data;
  g_autofree char *changes = g_strdup_printf ("[training]\nsteps=1\nbatch_norm=%s\n", bn);
  g_autofree char *a_name = g_strdup_printf ("cpu-%s", bn), *b_name = g_strdup_printf ("vulkan-%s", bn);
  g_autofree char *a = NULL, *b = NULL, *x = NULL, *y = NULL;
  double relative;

  if (!has_vulkan ())
    return;
  train_on ("cpu", a_name, changes, (SacTrainSpec) { NULL }, &a);
  train_on ("vulkan", b_name, changes, (SacTrainSpec) { NULL }, &b);
  compare_losses (a, b, g_str_equal (bn, "frozen") ? 1e-5 : 1e-4);
  x = sac_run_find_checkpoint (a, FALSE);
  y = sac_run_find_checkpoint (b, FALSE);
  compare_checkpoints (x, y, FALSE, &relative);
  g_test_message ("weights differ by %.3g", relative);
  g_assert_cmpfloat (relative, <=, 1e-4);
}

static SacScores *
score_on (const char *device, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNet) net = sac_net_open_run_on (device, folder, NULL, 2, &error);
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, &error);
  SacScores *scores;

  g_assert_no_error (error);
  scores = sac_score_run (net, folder, project, SAC_SPLIT_TEST, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return scores;
}

/* A run that began on the device, went on with the CPU and then with the device again; its checkpoint is worth the same on both. */
static void
test_takes_over (void)
{
  g_autofree char *folder = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new (), again = g_cancellable_new ();
  g_autoptr (SacScores) cpu = NULL, vulkan = NULL;

  if (!has_vulkan ())
    return;
  train_on ("vulkan", "over", "[training]\nsteps=8\n", (SacTrainSpec) { .progress = stop_halfway, .progress_data = cancellable }, &folder);
  train_on ("cpu", "over", "", (SacTrainSpec) { .resume = TRUE, .progress = stop_later, .progress_data = again }, &folder);
  g_assert_true (g_cancellable_is_cancelled (again));
  train_on ("vulkan", "over", "", (SacTrainSpec) { .resume = TRUE }, &folder);
  cpu = score_on ("cpu", folder);
  vulkan = score_on ("vulkan", folder);
  g_assert_cmpuint (cpu->n_clips, ==, vulkan->n_clips);
  for (guint i = 0; i < cpu->n_clips * cpu->n_labels; i++)
    g_assert_cmpfloat (fabsf (cpu->scores[i] - vulkan->scores[i]), <=, 1e-4f);
  for (guint label = 0; label < cpu->n_labels; label++)
    g_assert_cmpfloat (fabs (sac_auc (cpu->scores + label, cpu->truth + label, cpu->n_clips, cpu->n_labels)
                             - sac_auc (vulkan->scores + label, vulkan->truth + label, vulkan->n_clips, vulkan->n_labels)), <=, 1e-3);
}

/* Squares of what differs by squares of what is there; 0 where nothing is on either. */
static double
compare_maps (const float *a, const float *b, gsize n)
{
  double difference = 0, power = 0;

  for (gsize i = 0; i < n; i++)
    {
      difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      power += (double) b[i] * b[i];
    }
  return power > 0 ? difference / power : difference;
}

/* Where a network looks is the same on both: its own attention, Grad-CAM, the gradient of the pixels. */
static void
test_maps (void)
{
  enum { FRAMES = 4, SIDE = 32, N = FRAMES * SIDE * SIDE };
  static const char *const devices[] = { "vulkan", "cpu" };
  g_autofree float *clip = g_new (float, 3 * N);
  float weights[FRAMES], *spatial[2] = { NULL }, *maps[2][2] = { { NULL } };
  g_autofree char *folder = NULL;
  gsize n_places = 0;

  if (!has_vulkan ())
    return;
  train_on ("cpu", "looks", "[network]\nmodel=stabn-r18\n[training]\nsteps=1\n", (SacTrainSpec) { NULL }, &folder);
  for (gsize i = 0; i < 3 * N; i++)
    clip[i] = sac_random_unit ((SacRandomKey) { 5, 3 }, i);
  for (guint d = 0; d < 2; d++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacNet) net = sac_net_open_run_on (devices[d], folder, NULL, 2, &error);
      g_autoptr (SacAttention) attention = NULL;

      g_assert_no_error (error);
      attention = sac_net_attend (net, clip, NULL, &error);
      g_assert_no_error (error);
      n_places = (gsize) (attention->t * attention->h * attention->w);
      spatial[d] = g_memdup2 (attention->spatial, n_places * sizeof (float));
      for (guint m = 0; m < 2; m++)
        {
          maps[d][m] = g_new0 (float, N);
          g_assert_true (m == 0 ? sac_net_gradcam (net, clip, 0, maps[d][m], weights, NULL, &error)
                                : sac_net_input_gradient (net, clip, 0, maps[d][m], weights, NULL, &error));
        }
    }
  g_test_message ("attention %.3g, Grad-CAM %.3g, gradient %.3g", compare_maps (spatial[0], spatial[1], n_places),
                  compare_maps (maps[0][0], maps[1][0], N), compare_maps (maps[0][1], maps[1][1], N));
  g_assert_cmpfloat (compare_maps (spatial[0], spatial[1], n_places), <=, 1e-6);
  for (guint m = 0; m < 2; m++)
    g_assert_cmpfloat (compare_maps (maps[0][m], maps[1][m], N), <=, 1e-5);
  for (guint d = 0; d < 2; d++)
    {
      g_free (spatial[d]);
      for (guint m = 0; m < 2; m++)
        g_free (maps[d][m]);
    }
}

/* A device that is lost in the middle, or never answers again: the error says how it goes on, and the CPU goes on from the checkpoint
 * before. */
static void
test_lost (gconstpointer data)
{
  const char *changes = "[training]\nsteps=8\ncheckpoint_every=2\n", *how = data;
  g_autofree char *name = g_ascii_strdown (how, -1), *folder = NULL, *checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  if (!has_vulkan ())
    return;
  losing = how;
  g_assert_false (try_train ("vulkan", name, changes, (SacTrainSpec) { .progress = lose_halfway }, &folder, &error));
  g_unsetenv (how);
  g_assert_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "--resume --device cpu"));
  g_assert_true (!strstr (how, "HANG") == !strstr (error->message, "did not answer"));
  checkpoint = sac_run_find_checkpoint (folder, FALSE);
  g_assert_nonnull (checkpoint);
  g_assert_null (strstr (checkpoint, "step-000008"));
  train_on ("cpu", name, "", (SacTrainSpec) { .resume = TRUE }, &folder);
}

static void
take_memory_away (double fraction, const char *what, gpointer data)
{
  if (fraction > 0)
    g_setenv ("SACCADE_VULKAN_MEMORY", "100", TRUE);
}

/* Memory runs out at the first validation: the steps until then are kept, and the run goes on from there, on either device. */
static void
test_out_of_memory (gconstpointer data)
{
  const char *goes_on = data, *changes = "[training]\nsteps=4\nvalidate_every=2\ncheckpoint_every=4\n";
  g_autofree char *name = g_strdup_printf ("full-%s", goes_on), *folder = NULL, *checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  if (!has_vulkan ())
    return;
  g_assert_false (try_train ("vulkan", name, changes, (SacTrainSpec) { .progress = take_memory_away }, &folder, &error));
  g_unsetenv ("SACCADE_VULKAN_MEMORY");
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
  g_test_message ("%s", error ? error->message : "");
  g_assert_true (error && strstr (error->message, "--resume") && strstr (error->message, "--device cpu"));
  checkpoint = sac_run_find_checkpoint (folder, FALSE);
  g_assert_true (checkpoint && strstr (checkpoint, "step-000002"));
  train_on (goes_on, name, "", (SacTrainSpec) { .resume = TRUE }, &folder);
}

/* From the start there is too little: the error says what helps, and nothing else was begun. */
static void
test_too_little_memory (void)
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  if (!has_vulkan ())
    return;
  g_setenv ("SACCADE_VULKAN_MEMORY", "300", TRUE);
  g_assert_false (try_train ("vulkan", "little", "[training]\nsteps=1\n", (SacTrainSpec) { NULL }, &folder, &error));
  g_unsetenv ("SACCADE_VULKAN_MEMORY");
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
  g_assert_true (error && strstr (error->message, "--device cpu"));
}

static void
test_scale (void)
{
  SacLossScale scale = { 64, 998, 3 };

  _sac_loss_scale_learn (&scale, TRUE);
  g_assert_true (scale.value == 64 && scale.good == 999);
  _sac_loss_scale_learn (&scale, TRUE);
  g_assert_true (scale.value == 128 && scale.good == 0 && scale.skipped == 3);
  _sac_loss_scale_learn (&scale, TRUE);
  _sac_loss_scale_learn (&scale, FALSE);
  g_assert_true (scale.value == 64 && scale.good == 0 && scale.skipped == 4);
}

/* Activations stored as f16: the first loss is that of f32 but for rounding.  A device that cannot do it trains with f32, and says so;
 * the CPU refuses. */
static void
test_half (void)
{
  const char *changes = "[training]\nsteps=1\nprecision=f16\n";
  g_autofree char *half = NULL, *full = NULL, *poor = NULL, *refused = NULL;
  g_autoptr (GError) error = NULL;

  if (!has_vulkan ())
    return;
  g_assert_false (try_train ("cpu", "half-cpu", changes, (SacTrainSpec) { NULL }, &refused, &error));
  g_assert_true (error && strstr (error->message, "f16"));
  train_on ("vulkan", "half", changes, (SacTrainSpec) { NULL }, &half);
  train_on ("vulkan", "whole", "[training]\nsteps=1\n", (SacTrainSpec) { NULL }, &full);
  compare_losses (half, full, 2e-3);
  g_assert_true (first_value (half, "loss/train") != first_value (full, "loss/train"));
  g_assert_true (last_value (half, "skipped_steps") == 0 && last_value (half, "loss_scale") == 65536);
  g_setenv ("SACCADE_VULKAN_NO_HALF", "1", TRUE);
  train_on ("vulkan", "poor", changes, (SacTrainSpec) { NULL }, &poor);
  g_unsetenv ("SACCADE_VULKAN_NO_HALF");
  compare_losses (poor, full, 0);
}

/* Steps whose gradients overflow move nothing and are counted; a run that is interrupted among them goes on with the same bits. */
static void
test_half_resumes (void)
{
  const char *changes = "[training]\nsteps=8\nprecision=f16\n";
  g_autofree char *straight = NULL, *halves = NULL, *x = NULL, *y = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  double relative;

  if (!has_vulkan ())
    return;
  g_setenv ("SACCADE_LOSS_SCALE", "100000000", TRUE);
  train_on ("vulkan", "half-straight", changes, (SacTrainSpec) { NULL }, &straight);
  train_on ("vulkan", "half-halves", changes, (SacTrainSpec) { .progress = stop_halfway, .progress_data = cancellable }, &halves);
  g_unsetenv ("SACCADE_LOSS_SCALE");
  train_on ("vulkan", "half-halves", "", (SacTrainSpec) { .resume = TRUE }, &halves);
  x = sac_run_find_checkpoint (straight, FALSE);
  y = sac_run_find_checkpoint (halves, FALSE);
  compare_checkpoints (x, y, TRUE, &relative);
  g_test_message ("%g steps skipped, scale %g", last_value (straight, "skipped_steps"), last_value (straight, "loss_scale"));
  g_assert_cmpfloat (last_value (straight, "skipped_steps"), >=, 1);
  g_assert_cmpfloat (last_value (straight, "skipped_steps"), <, 8);
  g_assert_true (last_value (straight, "skipped_steps") == last_value (halves, "skipped_steps"));
  g_assert_true (last_value (straight, "loss_scale") == last_value (halves, "loss_scale"));
}

/* A device that is lost while a checkpoint is read from it: the checkpoint before stays as it was. */
static void
test_lost_while_saving (gconstpointer data)
{
  gboolean staged = GPOINTER_TO_INT (data);
  g_autofree char *path = g_strdup_printf ("%s/saved-%d.safetensors", work, staged), *before = NULL, *after = NULL;
  g_autoptr (SacBackend) vulkan = NULL;
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  gsize n_before = 0, n_after = 0;
  float number = 0;

  if (!has_vulkan ())
    return;
  if (staged)
    g_setenv ("SACCADE_VULKAN_STAGING", "1", TRUE);
  vulkan = sac_backend_vulkan_new (-1, &error);
  g_unsetenv ("SACCADE_VULKAN_STAGING");
  g_assert_no_error (error);
  sac_weights_param (weights, graph, "w", SAC_SHAPE (1, 15, 1, 1, 1), SAC_INIT_ONES);
  g_assert_true (sac_weights_allocate (weights, vulkan, &error));
  sac_weights_initialise (weights, 1);
  g_assert_true (sac_weights_save (weights, NULL, NULL, 0, NULL, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  g_setenv ("SACCADE_LOSE_DEVICE", "1", TRUE);
  if (!staged)          /* nothing is submitted to read it: the device is lost before */
    {
      SacVar y = sac_relu (graph, sac_graph_constant (graph, SAC_SHAPE_SCALAR, 1));
      g_autoptr (SacProgram) program = sac_program_compile (graph, &y, 1, vulkan, NULL);

      g_assert_false (sac_program_run (program, NULL, NULL));
      g_assert_false (sac_program_get_output (program, y, &number, &error));
      g_assert_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE);
      g_clear_error (&error);
    }
  g_assert_false (sac_weights_save (weights, NULL, NULL, 0, NULL, path, &error));
  g_unsetenv ("SACCADE_LOSE_DEVICE");
  g_assert_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE);
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_data_func ("/devices/step-frozen", "frozen", test_step);
  g_test_add_data_func ("/devices/step-batch", "batch", test_step);
  g_test_add_func ("/devices/takes-over", test_takes_over);
  g_test_add_func ("/devices/maps", test_maps);
  g_test_add_data_func ("/devices/lost", "SACCADE_LOSE_DEVICE", test_lost);
#ifndef __SANITIZE_ADDRESS__    /* what a device that hangs may still use is left to it */
  g_test_add_data_func ("/devices/hangs", "SACCADE_HANG_DEVICE", test_lost);
#endif
  g_test_add_data_func ("/devices/lost-while-saving", GINT_TO_POINTER (FALSE), test_lost_while_saving);
  g_test_add_data_func ("/devices/lost-while-saving/staging", GINT_TO_POINTER (TRUE), test_lost_while_saving);
  g_test_add_data_func ("/devices/out-of-memory/vulkan", "vulkan", test_out_of_memory);
  g_test_add_data_func ("/devices/out-of-memory/cpu", "cpu", test_out_of_memory);
  g_test_add_func ("/devices/too-little-memory", test_too_little_memory);
  g_test_add_func ("/devices/loss-scale", test_scale);
  g_test_add_func ("/devices/half", test_half);
  g_test_add_func ("/devices/half-resumes", test_half_resumes);
  return train_tests_run ();
}
