/* Training, scoring and explaining, in this process; test-train-runs.c has the trainer as a program of its own. */
#include <math.h>
#include <string.h>

#include "train-fixture.h"

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
/* 120 steps of 8 clips: what the run thought of each, which in the end is what their names say. */
static void
check_drawn (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacDrawn) drawn = sac_drawn_read (folder, &error);
  guint right = 0, late = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (drawn->n, ==, 960);
  g_assert_cmpstr (drawn->labels[0], ==, "blue");
  for (guint i = 0; i < drawn->n; i++)
    if (drawn->steps[i] > 100)
      {
        gboolean blue = drawn->probabilities[2 * (gsize) i] > 32768;

        right += blue == g_str_has_prefix (drawn->clips[drawn->items[i]], "blue");
        late++;
      }
  g_assert_cmpuint (late, ==, 160);
  g_assert_cmpfloat ((double) right / late, >, 0.9);
}

static void
test_learns (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *status = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacScores) scores = NULL;
  g_autoptr (SacScores) held = NULL;
  g_autoptr (SacRunInfo) info = NULL;
  g_autoptr (SacRunData) data = NULL;
  guint n_of_split[4] = { 0 }, n_held = 0;
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
  g_assert_cmpstr (info->study, ==, "");
  g_assert_cmpuint (strlen (info->machine), >, 0);
  g_assert_cmpint (info->journal, >, 0);
  data = sac_run_data_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (data->snapshot, ==, info->snapshot);
  for (guint c = 0; c < data->clips->len; c++)
    {
      const SacRunClip *clip = &g_array_index (data->clips, SacRunClip, c);

      n_of_split[clip->split]++;
      n_held += clip->held;
      g_assert_cmpint (sac_run_data_get_state (data, c, 0), >=, 0);
    }
  g_assert_cmpuint (n_of_split[SAC_SPLIT_TEST], ==, 16);
  g_assert_cmpuint (n_of_split[SAC_SPLIT_VALIDATION] + n_held, ==, 8);
  check_drawn (folder);
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

static const SacMeasureRow *
measure (const SacMeasures *figures, const char *name)
{
  const SacMeasureRow *row = sac_measures_find (figures, name);

  if (!row)
    g_error ("no figure “%s”", name);
  return row;
}

/* Deletion and insertion begin and end at the same two clips, whatever goes first; maps cannot depend on what is made behind them. */
static void
check_measures (const SacMeasures *figures, gboolean flat)
{
  static const char *const maps[] = { "own", "gradcam", "centre", "random" };

  for (guint i = 0; i < G_N_ELEMENTS (maps); i++)
    {
      g_autofree char *deletion = g_strconcat ("deletion.", maps[i], NULL), *insertion = g_strconcat ("insertion.", maps[i], NULL);
      double ends[2][2];

      g_assert_cmpuint (measure (figures, deletion)->all.n, ==, 4);
      g_assert_cmpfloat (measure (figures, insertion)->all.mean, >, 0);
      g_assert_cmpfloat (measure (figures, insertion)->all.mean, <, 1);
      for (guint k = 0; k < figures->curves->len; k++)
        {
          const SacMeasureCurve *curve = figures->curves->pdata[k];

          if (strcmp (curve->name, deletion) == 0 || strcmp (curve->name, insertion) == 0)
            {
              gboolean inserted = curve->name[0] == 'i';

              g_assert_cmpuint (curve->n, ==, 5);
              ends[inserted][0] = curve->values[inserted ? 4 : 0];
              ends[inserted][1] = curve->values[inserted ? 0 : 4];
            }
        }
      g_assert_cmpfloat_with_epsilon (ends[0][0], ends[1][0], 1e-9);
      g_assert_cmpfloat_with_epsilon (ends[0][1], ends[1][1], 1e-9);
    }
  g_assert_cmpuint (measure (figures, "deletion.own")->labels[0].n + measure (figures, "deletion.own")->labels[1].n, ==, 4);
  g_assert_cmpuint (measure (figures, "sanity-places.fc")->all.n, ==, 2);
  g_assert_cmpfloat_with_epsilon (measure (figures, "sanity-places.fc")->all.mean, 1, 1e-12);
  g_assert_cmpfloat (measure (figures, "sanity-places.conv1")->all.mean, <, 0.9);
  g_assert_cmpint (sac_measures_find (figures, "sanity-time.fc") != NULL, ==, !flat);
  if (!flat)
    g_assert_cmpfloat_with_epsilon (measure (figures, "more.spatial")->all.mean,
                                    measure (figures, "drop.both")->all.mean - measure (figures, "drop.spatial")->all.mean, 1e-9);
  g_assert_cmpint (sac_measures_find (figures, "time-deletion.own") != NULL, ==, !flat);
  g_assert_cmpfloat_with_epsilon (measure (figures, "auc.none")->all.mean, measure (figures, "auc.none")->labels[0].mean, 1);
}

/* The table of inversions and controls over the test split: its first row is what the run's scores say, and each call says the same. */
static void
check_study (SacNet *net, const SacScores *scores, gboolean flat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, NULL);
  SacStudyOptions options = { 100, 1, 4, 4, 2 };
  g_autoptr (SacAttentionStudy) study = sac_attention_study_run (net, project, SAC_SPLIT_TEST, &options, NULL, NULL, NULL, &error);
  g_autoptr (SacAttentionStudy) again = sac_attention_study_run (net, project, SAC_SPLIT_TEST, &options, NULL, NULL, NULL, NULL);
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
  check_measures (study->figures, flat);
  /* The second came after the weights had been others for a while. */
  for (guint i = 0; i < study->figures->rows->len; i++)
    {
      const SacMeasureRow *row = study->figures->rows->pdata[i], *other = measure (again->figures, row->name);

      g_assert_cmpmem (&row->all.mean, sizeof row->all.mean, &other->all.mean, sizeof row->all.mean);
      g_assert_cmpmem (&row->all.low, sizeof row->all.low, &other->all.low, sizeof row->all.low);
    }
}

static void
check_grid (SacNet *net, const char *layer, int size)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autofree float *clip = g_new0 (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3);
  g_autofree float *map = g_new (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop);
  g_autofree float *weights = g_new (float, spec->n_frames);
  g_autoptr (GError) error = NULL;
  int grid[3];

  g_assert_true (sac_net_gradcam_at (net, clip, 0, layer, map, weights, NULL, &error));
  g_assert_no_error (error);
  sac_net_get_gradcam_grid (net, grid);
  g_assert_cmpint (grid[0], ==, (int) spec->n_frames);
  g_assert_cmpint (grid[1], ==, size);
  g_assert_cmpint (grid[2], ==, size);
}

/* Grad-CAM of any layer: each on its own grid, and a clear word about one that is not there. */
static void
check_layers (SacNet *net)
{
  static const char *const wanted[]
    = { "stem", "layer1.0", "layer1", "layer2.0", "layer2", "layer3.0", "layer3", "layer4.0", "layer4", NULL };
  const char *const *layers = sac_net_get_layers (net);
  g_autoptr (GError) error = NULL;
  float map[4 * 32 * 32], weights[4], *clip = g_new0 (float, 4 * 32 * 32 * 3);

  for (const char *const *name = wanted; *name; name++)
    g_assert_true (g_strv_contains (layers, *name));
  for (guint i = 0; layers[i]; i++)     /* and nothing else but the branch's own */
    g_assert_true (g_strv_contains (wanted, layers[i]) || g_str_has_prefix (layers[i], "att_layer4"));
  g_assert_cmpuint (g_strv_length ((char **) layers), ==, sac_net_has_attention (net) ? 11 : 9);
  check_grid (net, "stem", 8);
  check_grid (net, "layer1.0", 8);
  check_grid (net, "layer2.0", 4);
  check_grid (net, "layer3", 2);
  check_grid (net, "3", 2);
  check_grid (net, "1.0", 8);
  check_grid (net, NULL, 1);
  check_grid (net, "layer1", 8);
  check_grid (net, "0", 1);
  for (guint i = 0; layers[i]; i++)
    {
      g_assert_true (sac_net_gradcam_at (net, clip, 1, layers[i], map, weights, NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_false (sac_net_gradcam_at (net, clip, 0, "layer3.7", map, weights, NULL, &error));
  g_assert_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "layer3.7"));
  g_assert_nonnull (strstr (error->message, "stem, layer1.0, layer1, layer2.0, "));
  g_free (clip);
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
      check_layers (net);
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
  none = sac_explainer_run (explainer, &(SacQuestion) { folder, project_path, "red00", "", SAC_ASK_GRADCAM, "no layer" }, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK);
  g_clear_error (&error);
  sac_worker_explain_async (worker, &(SacQuestion) { folder, project_path, "red00", "red" }, NULL, on_explained, &there);
  while (!there)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpmem (there->map, there->map ? sizeof (float) * 4 * 32 * 32 : 0, here->map, sizeof (float) * 4 * 32 * 32);
  g_assert_cmpuint (there->n_frames, ==, here->n_frames);
  sac_explanation_free (there);
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
  {
    double whole = last_value (four, "gradient/layer1.0.conv1"), sum = 0;

    for (guint t = 0; t < 3; t++)       /* the slices in time make up the kernel */
      {
        g_autofree char *tag = g_strdup_printf ("gradient_slice/layer1.0.conv1/%u", t);

        g_assert_cmpfloat (last_value (four, tag), >, 0);
        sum += last_value (four, tag) * last_value (four, tag);
      }
    g_assert_cmpfloat_with_epsilon (sqrt (sum) / whole, 1, 1e-3);
    g_assert_true (isnan (last_value (four, "gradient_slice/fc/0")));
  }
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

/* ---- what a run takes, told beforehand. */

/* What is told is what is then allocated, of every network there is. */
static SacRecipe *
check_plan (const char *model, const char *loss, int batch, SacTrainPlan *plan)
{
  g_autofree char *text = g_strdup_printf ("[network]\nmodel=%s\nwidth=8\n[data]\nresize=96\ncrop=96\nframes=4\n[training]\n"
                                           "batch=%d\naccumulate=1\nbatch_norm=batch\nloss=%s\n", model, batch, loss);
  g_autoptr (SacRecipe) recipe = sac_recipe_parse (text, NULL);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacOptimizer) optimizer = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacProgramCost cost;
  SacTrainStep step;
  SacModel net;
  double told;

  g_assert_true (sac_train_plan (recipe, 5, 0, 0, plan, &error));
  g_assert_no_error (error);
  g_assert_true (sac_recipe_get_model (recipe, 5, &net, NULL) && sac_model_declare (weights, &net, recipe->frames, NULL)
                 && sac_weights_allocate (weights, backend, NULL));
  optimizer = sac_optimizer_new_sgd (weights, backend, NULL);
  g_assert_true (_sac_train_build (recipe, &net, 5, weights, optimizer, graph, &step, NULL));
  program = sac_program_compile (graph, &step.loss, 1, backend, NULL);
  cost = sac_program_get_cost (program);
  told = (double) (plan->weights + plan->gradients + plan->moments + plan->activations);
  g_test_message ("%s: told %.0f kB, %.2f of what is allocated", model, told / 1024, told / (double) (cost.arena_bytes + cost.block_bytes));
  g_assert_cmpfloat_with_epsilon (told / (double) (cost.arena_bytes + cost.block_bytes), 1, 0.05);
  g_assert_cmpfloat (plan->flops, ==, cost.flops);
  return g_steal_pointer (&recipe);
}

static void
test_plan (void)
{
  static const char *const others[] = { "r50-2d", "i3d-r18", "i3d-r50", "slow-r18", "slow-r50" };
  static const char *const attending[] = { "stabn-r18", "stabn-r50", "abn-r18" };
  g_autoptr (SacRecipe) recipe = NULL;
  g_autoptr (GError) error = NULL;
  SacTrainPlan plan, tight;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    sac_recipe_free (check_plan (others[i], "sigmoid", 2, &plan));
  for (guint i = 0; i < G_N_ELEMENTS (attending); i++)
    sac_recipe_free (check_plan (attending[i], "softmax", 2, &plan));
  recipe = check_plan ("r18-2d", "sigmoid", 8, &plan);

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

/* ---- acceptance facts of methods/01: the loss by hand, and sizes of networks whose weights others publish. */
static void
test_loss (void)
{
  static const float logits[] = { 2, -1, 0 }, zeros[] = { 0, 0, 0 };
  static const gint8 states[] = { 1, 0, 1 }, unknown[] = { 1, 0, -1 }, none[] = { -1, -1, -1 };
  static const double parts[] = { 0.126928, 0.313262, 0.693147 };
  static const gint8 of_one[][3] = { { 1, -1, -1 }, { -1, 0, -1 }, { -1, -1, 1 } };

  g_assert_cmpfloat_with_epsilon (sac_clip_loss (logits, 1, 3, states, FALSE), 0.377779, 1e-6);
  for (guint j = 0; j < 3; j++)
    g_assert_cmpfloat_with_epsilon (sac_clip_loss (logits, 1, 3, of_one[j], FALSE), parts[j], 1e-6);
  g_assert_cmpfloat_with_epsilon (sac_clip_loss (zeros, 1, 3, states, FALSE), log (2), 1e-7);
  g_assert_cmpfloat_with_epsilon (sac_clip_loss (logits, 1, 3, unknown, FALSE), (parts[0] + parts[1]) / 2, 1e-6);
  g_assert_cmpfloat (sac_clip_loss (logits, 1, 3, none, FALSE), <, 0);
}

/* The same from the step's own op. */
static void
test_loss_op (void)
{
  static const float logits[] = { 2, -1, 0 }, targets[] = { 1, 0, 1 }, mask[] = { 1, 1, 1 };
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacShape shape = SAC_SHAPE (1, 3, 1, 1, 1);
  SacVar in[3] = { sac_graph_input (graph, "z", shape), sac_graph_input (graph, "y", shape), sac_graph_input (graph, "m", shape) };
  SacVar loss = sac_bce_logits (graph, in[0], in[1], in[2]);
  float value;

  program = sac_program_compile (graph, &loss, 1, backend, &error);
  g_assert_no_error (error);
  sac_program_set_input (program, in[0], logits);
  sac_program_set_input (program, in[1], targets);
  sac_program_set_input (program, in[2], mask);
  g_assert_true (sac_program_run (program, NULL, &error) && sac_program_get_output (program, loss, &value, &error));
  g_assert_cmpfloat_with_epsilon ((double) value, 0.377779, 1e-6);
}

static void
test_sizes (void)
{
  static const struct { const char *name; gint32 classes; guint64 n; } facts[] = {
    { "r50-2d", 1000, 25557032 }, { "i3d-r50", 1000, 48210344 }, { "i3d-r18", 6, 33169350 }, { "i3d-r18", 20, 33176532 },
    { "i3d-r18", 400, 33371472 }, { "slow-r50", 400, 32454096 }, { "slow-r50", 174, 31991022 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (GError) error = NULL;
      SacModel model;

      g_assert_true (sac_model_parse (facts[i].name, &model));
      sac_model_set_size (&model, facts[i].classes, 64, (gint32[4]) { 0 }, SAC_PAD_REPLICATE);
      g_assert_true (sac_model_declare (weights, &model, 32, &error));
      g_assert_cmpuint (sac_weights_count_params (weights), ==, facts[i].n);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/train/plan", test_plan);
  g_test_add_func ("/train/sampler", test_sampler);
  g_test_add_func ("/train/hold-out", test_hold_out);
  g_test_add_func ("/train/learns", test_learns);
  g_test_add_func ("/train/attention", test_attention);
  g_test_add_func ("/infer/explains", test_explains);
  g_test_add_func ("/train/facts/loss", test_loss);
  g_test_add_func ("/train/facts/loss-op", test_loss_op);
  g_test_add_func ("/train/facts/sizes", test_sizes);
  g_test_add_func ("/train/accumulation", test_accumulation);
  g_test_add_func ("/train/clip", test_clip);
  g_test_add_func ("/train/quarantine", test_quarantine);
  g_test_add_func ("/train/diverges", test_diverges);
  g_test_add_func ("/train/refusals", test_refusals);
  return train_tests_run ();
}
