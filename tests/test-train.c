/* Training, scoring and explaining on clips that are made here: red squares that go right, blue ones that go down. */
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "train/sac-train-private.h"

static char *work;              /* folder of this program's run */
static char *project_path;

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      remove_tree (inside);
    }
  g_remove (path);
}

/* 64×64, 16 frames; @kind 0 red to the right, 1 blue downwards, each clip with its own place and background. */
static void
make_clip (const char *path, guint kind, guint number)
{
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, 64, 64, 10, 1, &error);
  SacRandomKey key = { 21, number };
  guint8 frame[64 * 64 * 3];
  int start = (int) sac_random_below (key, 0, 20), line = (int) sac_random_below (key, 1, 40);

  g_assert_no_error (error);
  for (int t = 0; t < 16; t++)
    {
      int x = kind == 0 ? start + 2 * t : line, y = kind == 0 ? line : start + 2 * t;

      for (int i = 0; i < 64 * 64; i++)
        {
          gboolean inside = i % 64 >= x && i % 64 < x + 16 && i / 64 >= y && i / 64 < y + 16;
          guint8 grey = (guint8) (90 + sac_random_below (key, 100 + (guint64) (i / 256), 60));

          frame[3 * i] = inside ? (kind == 0 ? 230 : 30) : grey;
          frame[3 * i + 1] = inside ? 30 : grey;
          frame[3 * i + 2] = inside ? (kind == 1 ? 230 : 30) : grey;
        }
      g_assert_true (sac_encoder_push (encoder, frame, 64 * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
}

/* @n clips of each kind in DIR/red and DIR/blue, imported with labels from folders; every third is for the test. */
static char *
make_project (const char *folder, guint n)
{
  static const char *const kinds[] = { "red", "blue" };
  char *path = g_build_filename (folder, "clips.saccade", NULL);
  g_autofree char *videos = g_build_filename (folder, "videos", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) items = NULL;
  SacImportSpec spec = { .labels_from_folders = TRUE };
  SacImportResult *result;

  for (guint kind = 0; kind < 2; kind++)
    {
      g_autofree char *inside = g_build_filename (videos, kinds[kind], NULL);

      g_mkdir_with_parents (inside, 0755);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *clip = g_strdup_printf ("%s/%s%02u.%s", inside, kinds[kind], i, sac_encoder_get_suffix ());

          make_clip (clip, kind, 2 * i + kind);
        }
    }
  project = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  g_assert_no_error (error);
  result = sac_project_import (project, videos, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 2 * n);
  sac_import_result_free (result);
  items = sac_project_list_items (project, &error);
  for (guint i = 0; i < items->len; i++)
    {
      SacItem *item = items->pdata[i];

      g_assert_true (sac_project_set_split (project, &item->id, 1, i % 3 == 2 ? SAC_SPLIT_TEST : SAC_SPLIT_TRAIN, &error));
    }
  return path;
}

static SacRecipe *
make_recipe (const char *changes)
{
  g_autofree char *text = g_strconcat (
      "[recipe]\ntitle=tiny\n[network]\nmodel=i3d-r18\nwidth=4\nblocks=1;1;1;1\n"
      "[data]\nframes=4\nresize=40\ncrop=32\nflip_vertical=false\nvalidation=0.25\n"
      "[training]\naccumulate=2\nsteps=12\nrate=0.001\ndecay=0.0001\ndrops=\nvalidate_every=4\ncheckpoint_every=4\nlog_every=1\n",
      NULL);
  g_autoptr (GKeyFile) file = g_key_file_new (), other = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  g_autofree char *merged = NULL;
  g_autoptr (GError) error = NULL;
  SacRecipe *recipe;

  g_assert_true (g_key_file_load_from_data (file, text, (gsize) -1, 0, NULL));
  g_assert_true (g_key_file_load_from_data (other, changes, (gsize) -1, 0, NULL));
  groups = g_key_file_get_groups (other, NULL);
  for (guint i = 0; groups[i]; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (other, groups[i], NULL, NULL);

      for (guint j = 0; keys[j]; j++)
        {
          g_autofree char *value = g_key_file_get_value (other, groups[i], keys[j], NULL);

          g_key_file_set_value (file, groups[i], keys[j], value);
        }
    }
  merged = g_key_file_to_data (file, NULL, NULL);
  recipe = sac_recipe_parse (merged, &error);
  g_assert_no_error (error);
  return recipe;
}

/* In this process. */
static gboolean
train_here (const char *project_file, const char *name, const char *changes, guint threads, char **folder, GError **error)
{
  g_autoptr (SacRecipe) recipe = make_recipe (changes);
  g_autoptr (SacProject) project = sac_project_open (project_file, SAC_PROJECT_READ_ONLY, error);
  SacTrainSpec spec = { .recipe = recipe, .project = project, .n_threads = threads, .device = "cpu" };

  *folder = g_build_filename (work, "runs", name, NULL);
  spec.run_folder = *folder;
  return project && sac_train (&spec, NULL, error);
}

static double
value_of (const char *folder, const char *tag, gboolean last)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  const SacPoint *points;
  guint n;

  sac_event_reader_poll (reader);
  points = sac_event_reader_get (reader, tag, &n);
  return n ? points[last ? n - 1 : 0].value : NAN;
}

static double
last_value (const char *folder, const char *tag)
{
  return value_of (folder, tag, TRUE);
}

static double
first_value (const char *folder, const char *tag)
{
  return value_of (folder, tag, FALSE);
}

static char *
dup_status (const char *folder)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);

  sac_event_reader_poll (reader);
  return g_strdup (sac_event_reader_get_text (reader, "status"));
}

/* ---- order of examples. */
static void
test_sampler (void)
{
  SacSampler *clips = _sac_sampler_new (7, 0, 5), *frames = _sac_sampler_new (5, 4, 5), *again = _sac_sampler_new (5, 4, 5);
  guint seen[7] = { 0 }, pairs[20] = { 0 }, ahead[10], changes = 0;

  for (guint64 p = 0; p < 21; p++)
    {
      SacExample example = _sac_sampler_at (clips, p);

      g_assert_cmpuint (example.epoch, ==, p / 7);
      seen[example.item]++;
    }
  for (guint i = 0; i < 7; i++)
    g_assert_cmpuint (seen[i], ==, 3);
  for (guint64 p = 0; p < 20; p++)
    {
      SacExample example = _sac_sampler_at (frames, p);

      pairs[example.item * 4 + example.frame]++;
      changes += p > 0 && example.item != _sac_sampler_at (frames, p - 1).item;
    }
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (pairs[i], ==, 1);
  g_assert_cmpuint (changes, >, 8);     /* frames of one clip do not stand together */
  for (guint64 p = 60; p-- > 0;)
    g_assert_cmpuint (_sac_sampler_at (frames, p).frame, ==, _sac_sampler_at (again, p).frame);
  g_assert_cmpuint (_sac_sampler_ahead (clips, 5, ahead, 10), ==, 2);   /* to the end of the epoch */
  g_assert_cmpuint (ahead[1], ==, _sac_sampler_at (clips, 6).item);
  _sac_sampler_free (clips);
  _sac_sampler_free (frames);
  _sac_sampler_free (again);
}

static void
test_hold_out (void)
{
  gint8 states[100 * 3];
  SacDataset dataset = { .items = g_ptr_array_new (), .labels = g_ptr_array_new (), .states = states };
  g_autofree gboolean *held = NULL;
  g_autofree gboolean *same = NULL;
  g_autofree gboolean *other = NULL;
  guint count[3] = { 0 }, differ = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_ptr_array_add (dataset.items, NULL);
      for (guint j = 0; j < 3; j++)
        states[3 * i + j] = j == (i < 60 ? 0 : i < 90 ? 1 : 2);
    }
  g_ptr_array_set_size (dataset.labels, 3);
  held = _sac_hold_out (&dataset, 0.1, 4);
  same = _sac_hold_out (&dataset, 0.1, 4);
  other = _sac_hold_out (&dataset, 0.1, 5);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (held[i] == same[i]);
      differ += held[i] != other[i];
      if (held[i])
        count[i < 60 ? 0 : i < 90 ? 1 : 2]++;
    }
  g_assert_cmpuint (count[0], ==, 6);
  g_assert_cmpuint (count[1], ==, 3);
  g_assert_cmpuint (count[2], ==, 1);
  g_assert_cmpuint (differ, >, 5);
  g_ptr_array_unref (dataset.items);
  g_ptr_array_unref (dataset.labels);
}

/* ---- a whole run: it learns, tells everything, and its scores and maps are there. */
static void
test_learns (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *status = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacScores) scores = NULL;
  g_autoptr (SacScores) held = NULL;
  g_autoptr (SacRunInfo) info = NULL;
  g_autoptr (SacAucTable) table = NULL;
  g_auto (GStrv) checkpoints = NULL;
  g_autofree char *best = NULL;
  static const char *const tags[] = { "loss/train", "loss/validation", "loss/train_evaluated", "rate",
                                      "gradient_norm", "clips_per_second",
                                      "share/decode", "share/compute", "seconds_left", "progress", "quarantined", "auc/red", "auc_macro" };

  g_assert_true (train_here (project_path, "learns",
                             "[training]\nsteps=120\nrate=0.01\nbatch=8\naccumulate=1\nbatch_norm=batch\nvalidate_every=0\n"
                             "checkpoint_every=20\n", 2, &folder, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      if (!isfinite (last_value (folder, tags[i])))
        g_test_message ("no number for %s", tags[i]);
      g_assert_true (isfinite (last_value (folder, tags[i])));
    }
  g_assert_cmpfloat (last_value (folder, "loss/train_evaluated"), <, 0.1);
  g_assert_cmpfloat (last_value (folder, "progress"), ==, 1);
  g_assert_cmpfloat_with_epsilon (last_value (folder, "rate"), 0.01, 1e-6);
  status = dup_status (folder);
  g_assert_cmpstr (status, ==, "done");
  info = sac_run_info_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (info->labels), ==, 2);
  g_assert_cmpuint (strlen (info->snapshot), ==, 64);
  scores = sac_scores_read (folder, "test", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scores->n_clips, ==, 16);
  table = sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels);
  g_assert_cmpfloat (table->macro, >=, 0.95);
  g_assert_nonnull (scores->control);
  held = sac_scores_read (folder, "validation", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (held->n_clips, ==, 8);
  checkpoints = sac_run_list_checkpoints (folder);
  g_assert_cmpuint (g_strv_length (checkpoints), ==, 2);
  best = sac_run_find_checkpoint (folder, TRUE);
  g_assert_true (g_str_has_suffix (best, "best.safetensors"));
}

/* The table of inversions and controls over the test split: its first row is what the run's scores say, and each call says the same. */
static void
check_study (SacNet *net, const SacScores *scores, gboolean flat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, NULL);
  g_autofree SacAttentionStudy *study = sac_attention_study_run (net, project, SAC_SPLIT_TEST, 100, 1, NULL, NULL, NULL, &error);
  g_autofree SacAttentionStudy *again = sac_attention_study_run (net, project, SAC_SPLIT_TEST, 100, 1, NULL, NULL, NULL, NULL);
  double top1 = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (study->n_clips, ==, 16);
  for (guint i = 0; i < 16; i++)
    for (guint j = 0; j < 2; j++)
      if (scores->truth[2 * i + j] > 0)
        top1 += sac_is_in_top (scores->scores + (gsize) 2 * i, 2, j, 1);
  g_assert_cmpfloat_with_epsilon (study->rows[SAC_ROW_NONE].top1.mean, top1 / 16, 1e-9);
  g_assert_cmpfloat (study->rows[SAC_ROW_NONE].drop.mean, ==, 0);
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      gboolean of_time = r == SAC_ROW_TEMPORAL || r == SAC_ROW_BOTH || r == SAC_ROW_SHUFFLED;

      g_assert_cmpuint (study->rows[r].top1.n, ==, flat && of_time ? 0 : r == SAC_ROW_OTHER ? 15 : 16);
      g_assert_cmpfloat (study->rows[r].top5.n ? study->rows[r].top5.mean : 1, ==, 1);
    }
  g_assert_cmpuint (study->places[SAC_MAP_OWN].pointing.n, ==, 0);      /* nothing was boxed */
  g_assert_cmpuint (study->motion.n, ==, flat ? 0 : 16);
  g_assert_cmpmem (&study->rows[SAC_ROW_SPATIAL].top1, sizeof (SacMeanInterval), &again->rows[SAC_ROW_SPATIAL].top1,
                   sizeof (SacMeanInterval));
}

/* Networks with an attention branch, one label of all: both branches learn, what is told and scored is the perception branch's. */
static void
test_attention (void)
{
  static const char *const models[] = { "slow-r18", "stabn-r18", "abn-r18" };

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *changes = g_strdup_printf ("[network]\nmodel=%s\n[training]\nsteps=100\nrate=0.02\nbatch=8\naccumulate=1\n"
                                                  "nesterov=true\nclip_norm=20\nbatch_norm=batch\nloss=softmax\nvalidate_every=50\n"
                                                  "checkpoint_every=100\nlog_every=1\n", models[i]);
      g_autofree char *folder = NULL;
      g_autofree float *clip = g_new0 (float, 4 * 32 * 32 * 3);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacScores) scores = NULL;
      g_autoptr (SacAucTable) table = NULL;
      g_autoptr (SacNet) net = NULL;
      float probabilities[2];

      g_assert_true (train_here (project_path, models[i], changes, 2, &folder, &error));
      g_assert_no_error (error);
      /* At the beginning ln 2 from each branch, and a little by the drawn head. */
      g_assert_cmpfloat_with_epsilon (first_value (folder, "loss/train"), (i ? 2 : 1) * log (2), 0.25);
      g_assert_cmpfloat (last_value (folder, "loss/train_evaluated"), <, 0.3);
      g_assert_cmpfloat (last_value (folder, "top1"), >=, 0.8);
      g_assert_cmpfloat (last_value (folder, "top5"), ==, 1);
      scores = sac_scores_read (folder, "test", &error);
      g_assert_no_error (error);
      table = sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels);
      g_assert_cmpfloat (table->macro, >=, 0.9);
      net = sac_net_open_run (folder, NULL, 1, &error);
      g_assert_no_error (error);
      g_assert_true (sac_net_score (net, clip, probabilities, NULL, &error));
      g_assert_cmpfloat_with_epsilon (probabilities[0] + probabilities[1], 1, 1e-6);
      if (sac_net_has_attention (net))
        check_study (net, scores, i == 2);
      else
        {
          g_assert_null (sac_net_attend (net, clip, NULL, &error));
          g_assert_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK);
        }
    }
}

static void
check_explanation (const SacExplanation *e, guint frames, int size)
{
  float most_map = 0, most_weight = 0;

  g_assert_cmpint (e->t, ==, (int) frames);
  g_assert_cmpint (e->h, ==, size);
  g_assert_cmpuint (e->n_frames, ==, frames);
  g_assert_cmpuint (e->n_top, ==, 2);
  g_assert_cmpfloat (e->top_scores[0], >=, e->top_scores[1]);
  for (guint i = 0; i < frames; i++)
    {
      g_assert_cmpuint (e->frames[i], ==, (guint) ((i + 0.5) * 16 / frames));
      most_weight = MAX (most_weight, e->weights[i]);
    }
  for (int i = 0; i < e->t * e->h * e->w; i++)
    {
      g_assert_true (e->map[i] >= 0 && e->map[i] <= 1);
      most_map = MAX (most_map, e->map[i]);
    }
  g_assert_cmpfloat (most_map, ==, 1);
  g_assert_cmpfloat (most_weight, ==, 1);
  /* 32 of 40 of a picture of 64: 6.4 … 57.6 */
  g_assert_cmpfloat_with_epsilon (e->crop[0], 6.4, 1e-3);
  g_assert_cmpfloat_with_epsilon (e->crop[2], 51.2, 1e-3);
}

static void
on_explained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(SacExplanation **) data = sac_worker_explain_finish (SAC_WORKER (source), result, &error);
  g_assert_no_error (error);
  if (error)
    *(SacExplanation **) data = g_new0 (SacExplanation, 1);
}

/* What the explainer says in this process is what the worker says through its socket. */
static void
test_explains (void)
{
  g_autofree char *folder = g_build_filename (work, "runs", "learns", NULL);
  g_autoptr (SacExplainer) explainer = sac_explainer_new (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacExplanation) here = sac_explainer_run (explainer, &(SacQuestion) { folder, project_path, "red00", "red" }, NULL, &error);
  g_autoptr (SacExplanation) top = NULL;
  SacExplanation *there = NULL, *none;
  g_autoptr (SacWorker) worker = sac_worker_new (g_getenv ("SACCADE_PROGRAM"));

  g_assert_no_error (error);
  check_explanation (here, 4, 32);
  g_assert_cmpfloat (here->score, >, 0.5);
  top = sac_explainer_run (explainer, &(SacQuestion) { folder, project_path, "blue01", "" }, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (top->label, ==, "blue");
  none = sac_explainer_run (explainer, &(SacQuestion) { folder, project_path, "blue01", "green" }, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_LABEL);
  g_clear_error (&error);
  none = sac_explainer_run (explainer, &(SacQuestion) { folder, project_path, "no such clip", "" }, NULL, &error);
  g_assert_null (none);
  g_assert_nonnull (error);
  g_clear_error (&error);
  sac_worker_explain_async (worker, &(SacQuestion) { folder, project_path, "red00", "red" }, NULL, on_explained, &there);
  while (!there)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpmem (there->map, there->map ? sizeof (float) * 4 * 32 * 32 : 0, here->map, sizeof (float) * 4 * 32 * 32);
  g_assert_cmpuint (there->n_frames, ==, here->n_frames);
  sac_explanation_free (there);
}

/* ---- numbers of two checkpoints. */
static void
compare_checkpoints (const char *a, const char *b, gboolean exact, double *relative)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) x = sac_tensor_file_open (a, &error);
  g_autoptr (SacTensorFile) y = sac_tensor_file_open (b, &error);
  double difference = 0, size = 0;

  g_assert_no_error (error);
  if (!x || !y)
    return;
  g_assert_cmpuint (sac_tensor_file_get_n (x), ==, sac_tensor_file_get_n (y));
  for (guint i = 0; i < sac_tensor_file_get_n (x); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (x, i);
      gint other = sac_tensor_file_find (y, info->name);
      gsize n = 1;
      g_autofree float *p = NULL;
      g_autofree float *q = NULL;

      g_assert_cmpint (other, >=, 0);
      for (guint d = 0; d < info->rank; d++)
        n *= (gsize) info->dims[d];
      p = g_new (float, n);
      q = g_new (float, n);
      g_assert_true (sac_tensor_file_read_f32 (x, i, p, &error));
      g_assert_true (sac_tensor_file_read_f32 (y, (guint) other, q, &error));
      if (exact && memcmp (p, q, n * sizeof (float)) != 0)
        {
          g_test_message ("%s differs", info->name);
          g_test_fail ();
        }
      if (g_str_has_prefix (info->name, "moment."))
        continue;
      for (gsize k = 0; k < n; k++)
        {
          difference += ((double) p[k] - q[k]) * ((double) p[k] - q[k]);
          size += (double) p[k] * p[k];
        }
    }
  if (relative)
    *relative = sqrt (difference / size);
}

/* methods/01: four batches of one with frozen batch norm are one batch of four. */
static void
test_accumulation (void)
{
  g_autofree char *four = NULL;
  g_autofree char *one = NULL;
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autoptr (GError) error = NULL;
  double relative = 1;

  g_assert_true (train_here (project_path, "four", "[training]\nbatch=1\naccumulate=4\nsteps=3\n", 1, &four, &error));
  g_assert_true (train_here (project_path, "one", "[training]\nbatch=4\naccumulate=1\nsteps=3\n", 1, &one, &error));
  g_assert_no_error (error);
  a = sac_run_find_checkpoint (four, FALSE);
  b = sac_run_find_checkpoint (one, FALSE);
  compare_checkpoints (a, b, FALSE, &relative);
  g_test_message ("relative difference %g", relative);
  g_assert_cmpfloat (relative, <=, 1e-6);
}

/* A norm that is never reached changes no more than rounding, one that is reached makes short steps; Nesterov steps elsewhere. */
static void
test_clip (void)
{
  static const char *const changes[] = { "", "clip_norm=1000000\n", "clip_norm=0.001\n", "nesterov=true\n" };
  g_autofree char *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *text = g_strconcat ("[training]\nbatch=2\naccumulate=1\nsteps=3\n", changes[i], NULL);
      g_autofree char *name = g_strdup_printf ("clip%u", i), *folder = NULL, *checkpoint = NULL;
      g_autoptr (GError) error = NULL;
      double relative = 0;

      g_assert_true (train_here (project_path, name, text, 1, &folder, &error));
      g_assert_no_error (error);
      checkpoint = sac_run_find_checkpoint (folder, FALSE);
      if (i == 0)
        first = g_steal_pointer (&checkpoint);
      else
        compare_checkpoints (first, checkpoint, FALSE, &relative);
      g_assert_true (i < 2 ? relative < 1e-6 : relative > 1e-6);
    }
}

/* ---- runs in a process of their own. */
static GPid
start_train (const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_ptr_array_add (argv, (char *) g_getenv ("SACCADE_PROGRAM"));
  g_ptr_array_add (argv, (char *) "train");
  for (guint i = 0; arguments[i]; i++)
    g_ptr_array_add (argv, (char *) arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_spawn_async (NULL, (char **) argv->pdata, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static int
end_of (GPid pid)
{
  int status = 0;

  while (waitpid (pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;                /* gone already: wait_for_step() saw its end */
  return status;
}

static char *
write_recipe (const char *name, const char *changes)
{
  g_autoptr (SacRecipe) recipe = make_recipe (changes);
  g_autofree char *text = sac_recipe_dup_text (recipe);
  g_autofree char *file = g_strconcat (name, ".ini", NULL);
  char *path = g_build_filename (work, file, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* Until @tag has a point of step @step or later, or the process is gone; FALSE then. */
static gboolean
wait_for_step (const char *folder, GPid pid, guint64 step)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  int status;

  for (int i = 0; i < 20000; i++)
    {
      const SacPoint *points;
      guint n;

      sac_event_reader_poll (reader);
      points = sac_event_reader_get (reader, "progress", &n);
      if (n && points[n - 1].step >= step)
        return TRUE;
      if (waitpid (pid, &status, WNOHANG) == pid)
        {
          g_test_message ("the trainer ended at its own will: status %x", status);
          return FALSE;
        }
      g_usleep (2000);
    }
  return FALSE;
}

static gboolean
wait_for_text (const char *folder, const char *tag, const char *text)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);

  for (int i = 0; i < 6000; i++)
    {
      sac_event_reader_poll (reader);
      if (g_strcmp0 (sac_event_reader_get_text (reader, tag), text) == 0)
        return TRUE;
      g_usleep (5000);
    }
  return FALSE;
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
  for (guint i = 0; i < 3; i++)
    {
      GPid pid = start_train (i ? again : second);

      if (!wait_for_step (torn, pid, 7 + 9 * i))
        continue;
      kill (pid, SIGKILL);
      status = end_of (pid);
      kills += WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
    }
  g_assert_cmpuint (kills, >=, 2);
  g_assert_cmpint (end_of (start_train (again)), ==, 0);
  a = sac_run_find_checkpoint (whole, FALSE);
  b = sac_run_find_checkpoint (torn, FALSE);
  g_assert_true (g_str_has_suffix (a, "step-000040.safetensors"));
  g_assert_true (g_str_has_suffix (b, "step-000040.safetensors"));
  compare_checkpoints (a, b, TRUE, NULL);
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

/* ---- what goes wrong. */
static void
test_quarantine (void)
{
  g_autofree char *own = g_build_filename (work, "broken", NULL);
  g_autofree char *path = make_project (own, 3);
  g_autofree char *folder = NULL;
  g_autofree char *folder2 = NULL;
  g_autofree char *status = NULL;
  g_autofree char *bad = g_strdup_printf ("%s/videos/red/red00.%s", own, sac_encoder_get_suffix ());
  g_autofree char *all = g_build_filename (own, "videos", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (bad, "this was a video", -1, NULL));
  g_assert_true (train_here (path, "quarantine", "[data]\nvalidation=0\n[training]\nsteps=6\n", 1, &folder, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (last_value (folder, "quarantined"), ==, 1);
  remove_tree (all);
  g_assert_false (train_here (path, "nothing", "[training]\nsteps=6\n", 1, &folder2, &error));
  g_assert_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DATA);
  status = dup_status (folder2);
  g_assert_true (status && g_str_has_prefix (status, "failed: "));
}

static void
test_diverges (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *status = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (train_here (project_path, "diverges", "[training]\nrate=1000\nsteps=200\nvalidate_every=0\n", 1,
                              &folder, &error));
  g_assert_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_DIVERGED);
  status = dup_status (folder);
  g_assert_true (status && g_str_has_prefix (status, "failed: "));
}

static void
test_refusals (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *taken = g_build_filename (work, "runs", "blocked", NULL);
  g_autofree char *in_the_way = g_build_filename (taken, "checkpoints", NULL);
  g_autofree char *status = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, NULL);
  g_autoptr (SacRecipe) recipe = make_recipe ("");
  SacTrainSpec spec = { .recipe = recipe, .project = project, .run_folder = "/proc/saccade-run", .n_threads = 1 };

  /* A run that is there already is not touched. */
  g_assert_false (train_here (project_path, "learns", "", 1, &folder, &error));
  g_assert_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN);
  status = dup_status (folder);
  g_assert_cmpstr (status, ==, "done");
  g_clear_error (&error);
  g_assert_false (sac_train (&spec, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  /* A checkpoint that cannot be written ends the run with words. */
  g_mkdir_with_parents (taken, 0755);
  g_assert_true (g_file_set_contents (in_the_way, "", 0, NULL));
  spec.run_folder = taken;
  g_assert_false (sac_train (&spec, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (strstr (error->message, "checkpoints") != NULL);
  g_clear_error (&error);
  /* Weights that are no weights. */
  spec.run_folder = folder = (g_free (folder), g_build_filename (work, "runs", "weightless", NULL));
  spec.weights_file = project_path;
  g_assert_false (sac_train (&spec, NULL, &error));
  g_assert_nonnull (error);
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

/* ---- what a run takes, told beforehand. */

static void
test_plan (void)
{
  static const char text[] = "[network]\nmodel=r18-2d\nwidth=8\n[data]\nresize=96\ncrop=96\nframes=4\n[training]\nbatch=8\n"
                             "accumulate=1\nbatch_norm=batch\n";
  g_autoptr (SacRecipe) recipe = sac_recipe_parse (text, NULL);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacOptimizer) optimizer = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacTrainPlan plan, tight;
  SacProgramCost cost;
  SacTrainStep step;
  SacModel net;

  g_assert_true (sac_train_plan (recipe, 5, 0, 0, &plan, &error));
  g_assert_true (sac_recipe_get_model (recipe, 5, &net, NULL) && sac_model_declare (weights, &net, recipe->frames, NULL)
                 && sac_weights_allocate (weights, backend, NULL));
  optimizer = sac_optimizer_new_sgd (weights, backend, NULL);
  g_assert_true (_sac_train_build (recipe, &net, 5, weights, optimizer, graph, &step, NULL));
  program = sac_program_compile (graph, &step.loss, 1, backend, NULL);
  cost = sac_program_get_cost (program);
  g_assert_cmpfloat_with_epsilon ((double) (plan.weights + plan.gradients + plan.moments + plan.activations)
                                  / (double) (cost.arena_bytes + cost.block_bytes), 1, 0.05);
  g_assert_cmpfloat (plan.flops, ==, cost.flops);

  /* A little less does with more work; next to nothing does not, and the error says what would. */
  g_assert_true (sac_train_plan (recipe, 5, 0, plan.total - plan.activations / 4, &tight, &error));
  g_assert_cmpuint (tight.total, <=, plan.total - plan.activations / 4);
  g_assert_cmpfloat (tight.again_flops, >, plan.again_flops);
  g_assert_false (sac_train_fits (recipe, 5, 0, plan.total - plan.activations * 9 / 10, &tight, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
  g_assert_nonnull (strstr (error->message, "accumulate="));
  g_clear_error (&error);
  g_assert_false (sac_train_fits (recipe, 5, 0, 1 << 20, &tight, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  work = g_dir_make_tmp ("saccade-train-XXXXXX", NULL);
  project_path = make_project (work, 24);    /* with 9 the outcome on clips not seen hung on rounding */
  g_test_add_func ("/train/plan", test_plan);
  g_test_add_func ("/train/sampler", test_sampler);
  g_test_add_func ("/train/hold-out", test_hold_out);
  g_test_add_func ("/train/learns", test_learns);
  g_test_add_func ("/train/attention", test_attention);
  g_test_add_func ("/infer/explains", test_explains);
  g_test_add_func ("/train/accumulation", test_accumulation);
  g_test_add_func ("/train/clip", test_clip);
  g_test_add_func ("/train/resume/clips", test_resume_clips);
  g_test_add_func ("/train/resume/frames", test_resume_frames);
  g_test_add_func ("/train/resume/bf16", test_resume_bf16);
  g_test_add_func ("/train/control", test_control);
  g_test_add_func ("/train/quarantine", test_quarantine);
  g_test_add_func ("/train/diverges", test_diverges);
  g_test_add_func ("/train/refusals", test_refusals);
  g_test_add_func ("/train/disk-full", test_disk_full);
  g_test_add_func ("/train/shell", test_shell);
  result = g_test_run ();
  remove_tree (work);
  g_free (work);
  g_free (project_path);
  return result;
}
