/* Teaching a network where to look: the loss on maps, what is painted over, and a run that goes on learning from edited maps with its
 * extractor frozen.  methods/08 §10 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "eval/sac-map-brush.h"
#include "infer/sac-map-study.h"
#include "nn/sac-nn.h"
#include "remove-tree.h"
#include "store/sac-maps.h"
#include "train/sac-train-private.h"
#include "train/sac-tune.h"
#include "weights/sac-weight-files.h"

/* ---- L_map. */

/* The loss of two maps of 196 places, and its gradient by the maps. */
static float
map_loss (const float *maps, const float *wanted, const float *weights, float *gradient)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacShape shape = SAC_SHAPE (2, 1, 4, 7, 7);
  SacVar m = sac_graph_input (graph, "map", shape), w = sac_graph_input (graph, "wanted", shape);
  SacVar by = sac_graph_input (graph, "weight", SAC_SHAPE (2, 1, 1, 1, 1)), loss = sac_map_loss (graph, m, w, by), gm;
  float value;

  sac_graph_gradients (graph, loss, &m, 1, &gm);
  g_assert_true (sac_graph_check (graph, &error));
  program = sac_program_compile (graph, (SacVar[]) { loss, gm }, 2, backend, &error);
  g_assert_no_error (error);
  sac_program_set_input (program, m, maps);
  sac_program_set_input (program, w, wanted);
  sac_program_set_input (program, by, weights);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, loss, &value, NULL);
  sac_program_get_output (program, gm, gradient, NULL);
  return value;
}

static void
test_map_loss (void)
{
  float maps[2 * 196], wanted[2 * 196], gradient[2 * 196];
  const float gamma[2] = { 0.75f, 0 };  /* nobody drew on the second */
  double norm = 0;

  for (guint i = 0; i < 2 * 196; i++)
    maps[i] = wanted[i] = (float) i / 400;
  g_assert_cmpfloat (map_loss (maps, wanted, gamma, gradient), <, 1e-11);
  for (guint i = 0; i < 2 * 196; i++)
    g_assert_true (gradient[i] == 0);
  wanted[57] += 0.5f;
  wanted[300] += 0.5f;
  g_assert_cmpfloat_with_epsilon (map_loss (maps, wanted, gamma, gradient), 0.75 * 0.5, 1e-6);
  for (guint i = 0; i < 2 * 196; i++)
    g_assert_cmpfloat_with_epsilon (gradient[i], i == 57 ? -0.75 : 0, 1e-6);
  for (guint i = 0; i < 196; i++)
    {
      wanted[i] = 1 - maps[i];
      norm += pow (wanted[i] - maps[i], 2);
    }
  norm = sqrt (norm);
  g_assert_cmpfloat_with_epsilon (map_loss (maps, wanted, gamma, gradient), 0.75 * norm, 1e-4);
  for (guint i = 0; i < 196; i++)
    g_assert_cmpfloat_with_epsilon (gradient[i], 0.75 * (maps[i] - wanted[i]) / norm, 1e-5);
}

/* ---- painting over. */

#define SIDE 16

static float *
grey_clip (int t)
{
  float *clip = g_new (float, t * SIDE * SIDE * 3);

  for (int i = 0; i < t * SIDE * SIDE * 3; i++)
    clip[i] = (float) (i % 3) + (float) (i / (SIDE * SIDE * 3));
  return clip;
}

static void
test_paint_over (void)
{
  float map[3 * 16], times[3] = { 0.5f, 0, 0.9f };
  g_autofree float *clip = grey_clip (3), *before = grey_clip (3);
  gsize frame = SIDE * SIDE * 3;

  for (int i = 0; i < 48; i++)
    map[i] = 0.3f;
  _sac_train_paint_over (clip, 3, SIDE, SIDE, map, 4, 4, NULL, 0.001);
  g_assert_cmpmem (clip, 3 * frame * sizeof *clip, before, 3 * frame * sizeof *clip);
  /* A mark in the upper right cell of the first frame goes, the rest of the frame and the other frames stay. */
  for (int y = 0; y < 4; y++)
    for (int x = 12; x < 16; x++)
      clip[(y * SIDE + x) * 3] = 50;
  map[3] = 0;
  _sac_train_paint_over (clip, 3, SIDE, SIDE, map, 4, 4, NULL, 0.001);
  for (gsize i = 0; i < 3 * frame; i++)
    g_assert_cmpfloat_with_epsilon (clip[i], before[i], 1e-4);
  /* A frame erased in time shows the earlier of its neighbours; one erased everywhere in space stays. */
  memset (map, 0, 16 * sizeof *map);
  _sac_train_paint_over (clip, 3, SIDE, SIDE, map, 4, 4, times, 0.001);
  for (gsize i = 0; i < 3 * frame; i++)
    g_assert_cmpfloat_with_epsilon (clip[i], before[i / frame == 1 ? i - frame : i], 1e-4);
  times[0] = times[2] = 0;
  memcpy (clip, before, 3 * frame * sizeof *clip);
  _sac_train_paint_over (clip, 3, SIDE, SIDE, map, 4, 4, times, 0.001);
  g_assert_cmpmem (clip, 3 * frame * sizeof *clip, before, 3 * frame * sizeof *clip);
}

/* ---- a run that is taught. */

typedef struct {
  char *dir, *path;
} Work;

/* 12 clips of 8 frames: a bright square on the left or on the right; every fourth is for the test. */
static void
setup (Work *f, gconstpointer data)
{
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  SacImportSpec spec = { .labels_from_folders = TRUE };
  SacImportResult *result;

  f->dir = g_dir_make_tmp ("saccade-edits-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "p.saccade", NULL);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *folder = g_build_filename (f->dir, i % 2 ? "right" : "left", NULL);
      g_autofree char *file = g_strdup_printf ("%s/%02u.%s", folder, i, sac_encoder_get_suffix ());
      guint8 frame[48 * 48 * 3];
      SacEncoder *encoder;

      g_mkdir_with_parents (folder, 0755);
      encoder = sac_encoder_new (file, 48, 48, 10, 1, &error);
      g_assert_no_error (error);
      for (int t = 0; t < 8; t++)
        {
          for (int p = 0; p < 48 * 48; p++)
            memset (frame + 3 * p, p % 48 / 24 == (int) (i % 2) && p / 48 / 16 == 1 ? 230 : 60 + 5 * (int) i, 3);
          g_assert_true (sac_encoder_push (encoder, frame, 48 * 3, &error));
        }
      g_assert_true (sac_encoder_finish (encoder, &error));
    }
  project = sac_project_open (f->path, SAC_PROJECT_CREATE, &error);
  g_assert_no_error (error);
  result = sac_project_import (project, f->dir, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 12);
  sac_import_result_free (result);
  items = sac_project_list_items (project, &error);
  for (guint i = 0; i < items->len; i++)
    g_assert_true (sac_project_set_split (project, &((SacItem *) items->pdata[i])->id, 1, i % 4 == 3 ? SAC_SPLIT_TEST : SAC_SPLIT_TRAIN,
                                          &error));
}

static void
teardown (Work *f, gconstpointer data)
{
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->path);
}

static char *
train (Work *f, SacRecipe *recipe, const char *name, const char *weights)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (f->path, SAC_PROJECT_READ_ONLY, &error);
  char *folder = g_build_filename (f->dir, name, NULL);
  SacTrainSpec spec = { .recipe = recipe, .project = project, .n_threads = 1, .device = "cpu", .weights_file = weights };

  g_assert_no_error (error);
  spec.run_folder = folder;
  sac_train (&spec, NULL, &error);
  g_assert_no_error (error);
  return folder;
}

/* Says of two training clips that the network should look at the left column alone, and at the first frame. */
static void
draw (Work *f, const char *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (f->path, SAC_PROJECT_READ_WRITE, &error);
  g_autoptr (SacNet) net = sac_net_open_run (run, NULL, 1, &error);
  g_autoptr (GPtrArray) items = sac_project_list_items (project, &error);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SacMap) map = sac_map_of_net (net, items->pdata[i], NULL, NULL, NULL, &error);
      const SacMap *said = map;

      g_assert_no_error (error);
      for (guint p = 0; p < map->t * map->h * map->w; p++)
        map->spatial[p] = p % map->w == 0 ? 0xffff : 0;
      for (guint t = 0; map->temporal && t < map->t; t++)
        map->temporal[t] = t == 0 ? 0xffff : 0;
      g_assert_true (sac_project_set_maps (project, &said, 1, &error));
    }
}

static SacMapStudy
study (Work *f, const char *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (f->path, SAC_PROJECT_READ_ONLY, &error);
  g_autoptr (SacNet) net = sac_net_open_run (run, NULL, 1, &error);
  SacMapStudy result;

  g_assert_true (sac_map_study_run (net, project, &result, NULL, NULL, NULL, &error));
  return result;
}

static gsize
count (const SacTensorInfo *info)
{
  gsize n = 1;

  for (guint d = 0; d < info->rank; d++)
    n *= (gsize) info->dims[d];
  return n;
}

/* Weights and statistics below the attention are the same bits, those of both branches are others. */
static void
assert_frozen (const char *before, const char *after, const SacModel *model)
{
  const char *const *below = sac_model_get_extractor (model);
  g_autoptr (GError) error = NULL;
  SacTensorFile *old = sac_tensor_file_open (before, &error), *new = sac_tensor_file_open (after, &error);
  guint n_same = 0, n_other = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < sac_tensor_file_get_n (old); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (old, i);
      gint at = sac_tensor_file_find (new, info->name);
      gsize n = count (info);
      g_autofree float *a = g_new (float, n), *b = g_new (float, n);
      gboolean frozen = FALSE, same;

      g_assert_cmpint (at, >=, 0);
      g_assert_true (sac_tensor_file_read_f32 (old, i, a, &error) && sac_tensor_file_read_f32 (new, (guint) at, b, &error));
      same = memcmp (a, b, n * sizeof *a) == 0;
      for (guint p = 0; below[p]; p++)
        frozen |= g_str_has_prefix (info->name, below[p]);
      g_assert_true (!frozen || same);
      n_same += frozen;
      n_other += !frozen && !same;
    }
  g_assert_cmpuint (n_same, >, 20);
  g_assert_cmpuint (n_other, >, 20);
  sac_tensor_file_free (old);
  sac_tensor_file_free (new);
}

static void
test_taught (Work *f, gconstpointer model_name)
{
  g_autofree char *text = g_strdup_printf (
      "[recipe]\ntitle=t\n[network]\nmodel=%s\nwidth=4\nblocks=1;1;1;1\n[data]\nframes=4\nresize=32\ncrop=32\n"
      "flip_vertical=false\nvalidation=0\n[training]\nbatch=3\naccumulate=1\nsteps=6\nrate=0.02\nbatch_norm=batch\nloss=softmax\n"
      "drops=\nvalidate_every=6\ncheckpoint_every=6\nlog_every=1\n", (const char *) model_name);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = sac_recipe_parse (text, &error), taught = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autofree char *base = NULL, *after = NULL, *painted = NULL, *weights = NULL, *file = NULL;
  SacMapStudy was, is;
  SacTune tune;
  SacModel model;

  g_assert_no_error (error);
  base = train (f, recipe, "base", NULL);
  project = sac_project_open (f->path, SAC_PROJECT_READ_ONLY, &error);
  sac_tune_init (&tune);
  tune.gamma = tune.gamma_t = 5;
  tune.slow = 1;
  tune.epochs = 6;
  taught = sac_tune_recipe (base, project, &tune, &weights, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (taught->rate, ==, 0.02);
  g_assert_cmpstr (taught->freeze, ==, "extractor");
  {
    SacTrainSpec spec = { .recipe = taught, .project = project, .n_threads = 1, .device = "cpu", .weights_file = weights };

    spec.run_folder = after = g_build_filename (f->dir, "none", NULL);
    g_assert_false (sac_train (&spec, NULL, &error));           /* nobody drew anything yet */
    g_assert_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA);
    g_clear_error (&error);
    g_clear_pointer (&after, g_free);
  }
  draw (f, base);
  was = study (f, base);
  g_assert_cmpuint (was.n, ==, 2);
  g_assert_cmpuint (was.n_deleted, >, 0);
  g_assert_true (was.deletion > 0 && was.deletion < 1 && was.insertion > 0 && was.insertion < 1);
  after = train (f, taught, "taught", weights);
  is = study (f, after);
  g_assert_cmpfloat (is.spatial, <, 0.97 * was.spatial);
  if (sac_model_parse (model_name, &model) && !sac_model_is_flat (&model))
    g_assert_cmpfloat (is.temporal, <, 0.99 * was.temporal);
  file = sac_run_find_checkpoint (after, TRUE);
  assert_frozen (weights, file, &model);
  /* Painted over, on the edited clips alone. */
  sac_recipe_free (g_steal_pointer (&taught));
  g_clear_pointer (&weights, g_free);
  tune.only = TRUE;
  tune.hide = 0.001;
  taught = sac_tune_recipe (base, project, &tune, &weights, &error);
  g_assert_no_error (error);
  painted = train (f, taught, "painted", weights);
  is = study (f, painted);
  g_assert_cmpfloat (is.spatial, <, was.spatial);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  g_test_add_func ("/edits/map-loss", test_map_loss);
  g_test_add_func ("/edits/paint-over", test_paint_over);
  g_test_add ("/edits/taught/stabn", Work, "stabn-r18", setup, test_taught, teardown);
  g_test_add ("/edits/taught/abn", Work, "abn-r18", setup, test_taught, teardown);
  result = g_test_run ();
  return result;
}
