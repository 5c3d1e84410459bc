/* Weight analysis: the facts of methods/01 §5 and §2.5, and two files compared from end to end. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "infer/sac-motion-probe.h"
#include "infer/sac-weight-analysis.h"

static void
fill (float *out, gsize n, guint stream)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (float) sac_random_normal ((SacRandomKey) { 7, stream }, i);
}

static void
near (double a, double b, double most)
{
  if (!(fabs (a - b) <= most))
    g_error ("%.12g is not %.12g", a, b);
}

/* ---- one kernel. */

static void
test_start (void)
{
  enum { OUTER = 12, AREA = 9 };
  float flat[OUTER * AREA], kernel[OUTER * AREA * 7];

  fill (flat, G_N_ELEMENTS (flat), 1);
  for (guint n = 3; n <= 7; n += 2)
    {
      double energy[7];
      SacKernelChange change;

      sac_inflate_kernel (flat, OUTER, AREA, n, SAC_INFLATE_AVERAGE, kernel);
      sac_kernel_change (kernel, kernel, flat, OUTER, n, AREA, &change, energy, NULL, NULL);
      near (change.anisotropy0, 0, 1e-12);
      near (change.zeros0, 0, 0);
      near (change.static_drift, 0, 1e-6);
      near (change.cosine, 1, 1e-12);
      near (energy[0], 1.0 / n, 1e-9);
      sac_inflate_kernel (flat, OUTER, AREA, n, SAC_INFLATE_CENTRE, kernel);
      sac_kernel_change (kernel, kernel, NULL, OUTER, n, AREA, &change, energy, NULL, NULL);
      near (change.anisotropy0, 1 - 1.0 / n, 1e-12);
      near (change.zeros0, (n - 1.0) / n, 1e-12);
      near (change.static_drift, 0, 1e-12);
      near (energy[n / 2], 1, 1e-12);
    }
}

static void
test_modes_compared (void)
{
  enum { OUTER = 5, AREA = 4, N = 3 };
  float flat[OUTER * AREA], a0[OUTER * AREA * N], c0[OUTER * AREA * N], a1[OUTER * AREA * N], c1[OUTER * AREA * N], noise[OUTER * AREA * N];
  SacKernelChange a, c;

  fill (flat, G_N_ELEMENTS (flat), 2);
  fill (noise, G_N_ELEMENTS (noise), 3);
  sac_inflate_kernel (flat, OUTER, AREA, N, SAC_INFLATE_AVERAGE, a0);
  sac_inflate_kernel (flat, OUTER, AREA, N, SAC_INFLATE_CENTRE, c0);
  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    {
      a1[i] = a0[i] + 0.125f * noise[i];
      c1[i] = c0[i] + 0.125f * noise[i];
    }
  sac_kernel_change (a0, a1, NULL, OUTER, N, AREA, &a, NULL, NULL, NULL);
  sac_kernel_change (c0, c1, NULL, OUTER, N, AREA, &c, NULL, NULL, NULL);
  near (c.norm0 / a.norm0, sqrt (N), 1e-6);    /* ‖W0‖ = ‖W_2D‖/√N for averaging */
  near (a.relative / c.relative, sqrt (N), 1e-5);
  near (a.relative2, c.relative2, 1e-6);       /* the same step is the same ρ₂ */
  near (c.relative2, c.relative, 1e-12);
}

static void
test_one_kernel (void)
{
  /* One pair of channels, two taps, one place. */
  const float before[2] = { 3, 1 }, after[2] = { 3, -1 }, flat[1] = { 2 };
  double energy0[2], energy1[2], slice[2];
  SacKernelChange change;

  sac_kernel_change (before, after, flat, 1, 2, 1, &change, energy0, energy1, slice);
  near (change.relative, 2 / sqrt (10), 1e-12);
  near (change.relative2, 1, 1e-12);
  near (change.cosine, 0.8, 1e-12);
  near (change.flips, 0.5, 0);
  near (change.anisotropy0, 0.2, 1e-12);       /* S = 4, R = ±1: 2/10 */
  near (change.anisotropy1, 0.8, 1e-12);       /* S = 2, R = ±2: 8/10 */
  near (change.static_norm1, 2, 1e-12);
  near (change.motion_norm1, sqrt (8), 1e-12);
  near (change.static_drift, 0, 1e-12);
  near (change.motion_change, sqrt (0.5), 1e-12);
  near (energy0[0], 0.9, 1e-12);
  near (energy1[1], 0.1, 1e-12);
  near (slice[0], 0, 0);
  near (slice[1], 2, 1e-12);
  {
    const float zeros[2] = { 0, 0 };

    sac_kernel_change (zeros, after, NULL, 1, 2, 1, &change, energy0, energy1, slice);
    g_assert_true (isnan (change.relative) && isnan (change.cosine) && isnan (change.anisotropy0) && isnan (energy0[0]));
    near (change.zeros0, 1, 0);
  }
}

static void
test_norm (void)
{
  const float g0[2] = { 1, 1 }, b0[2] = { 0, 0 }, m0[2] = { 1, 2 }, v0[2] = { 4, 1 };
  const float g1[2] = { 1.5f, 0.5f }, b1[2] = { 0.25f, 0 }, m1[2] = { 2, 2 }, v1[2] = { 4, 1 / (float) G_E };
  const float broken[2] = { -1, 1 };
  const float *const before[4] = { g0, b0, m0, v0 }, *const after[4] = { g1, b1, m1, v1 }, *const bad[4] = { g0, b0, m0, broken };
  SacNormChange change;

  sac_norm_change (before, after, 2, &change);
  near (change.gamma, 0.5, 1e-9);
  near (change.beta, 0.125, 1e-9);
  near (change.mean, 0.25, 1e-9);      /* 1/2 and 0 */
  near (change.variance, 0.5, 1e-6);   /* 0 and 1 */
  sac_norm_change (bad, after, 2, &change);
  near (change.mean, 0, 1e-9);
}

/* ---- outputs. */

static void
test_cka (void)
{
  enum { N = 24, D = 6, WIDE = 600 };
  g_autofree float *x = g_new (float, N * D), *y = g_new (float, N * D), *far = g_new (float, N * WIDE), *other = g_new (float, N * WIDE);
  double a[N * N], b[N * N];
  float q[D][D];

  fill (x, N * D, 4);
  fill (&q[0][0], D * D, 5);
  for (guint i = 0; i < D; i++)        /* Gram and Schmidt: a rotation */
    {
      double norm = 0;

      for (guint j = 0; j < i; j++)
        {
          double dot = 0;

          for (guint k = 0; k < D; k++)
            dot += (double) q[i][k] * (double) q[j][k];
          for (guint k = 0; k < D; k++)
            q[i][k] -= (float) dot * q[j][k];
        }
      for (guint k = 0; k < D; k++)
        norm += (double) q[i][k] * (double) q[i][k];
      for (guint k = 0; k < D; k++)
        q[i][k] /= (float) sqrt (norm);
    }
  for (guint n = 0; n < N; n++)
    for (guint i = 0; i < D; i++)
      {
        y[n * D + i] = 100;     /* a shift does not matter either */
        for (guint k = 0; k < D; k++)
          y[n * D + i] += 3 * x[n * D + k] * q[i][k];
      }
  sac_centred_gram (x, N, D, a);
  sac_centred_gram (y, N, D, b);
  near (sac_linear_cka (a, b, N), 1, 1e-5);
  near (sac_linear_cka_unbiased (a, b, N), 1, 1e-5);
  fill (far, N * WIDE, 6);
  fill (other, N * WIDE, 8);
  sac_centred_gram (far, N, WIDE, a);
  sac_centred_gram (other, N, WIDE, b);
  g_assert_cmpfloat (sac_linear_cka (a, b, N), >, 0.9);        /* few examples, many columns: nothing to do with each other */
  g_assert_cmpfloat (fabs (sac_linear_cka_unbiased (a, b, N)), <, 0.2);
  g_assert_true (isnan (sac_linear_cka_unbiased (a, b, 3)));
}

static void
test_rank (void)
{
  enum { N = 20, M = 300 };
  const double even[4] = { 2, 2, 2, 2 }, one[3] = { 0, 5, 0 }, none[2] = { 0, 0 };
  g_autofree float *wide = g_new0 (float, N * M), *tall = g_new0 (float, N * M);

  near (sac_effective_rank (even, 4), 4, 1e-12);
  near (sac_effective_rank (one, 3), 1, 1e-12);
  g_assert_true (isnan (sac_effective_rank (none, 2)));
  for (guint i = 0; i < N; i++) /* rows at right angles, of one length */
    wide[i * M + 3 * i] = 2;
  near (sac_matrix_effective_rank (wide, N, M), N, 1e-6);
  fill (wide, N * M, 9);
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < M; j++)
      tall[j * N + i] = wide[i * M + j];
  near (sac_matrix_effective_rank (wide, N, M), sac_matrix_effective_rank (tall, M, N), 1e-6);
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < M; j++)
      wide[i * M + j] = (float) (i + 1) * (float) (j + 1);
  near (sac_matrix_effective_rank (wide, N, M), 1, 1e-3);
}

static void
test_sign (void)
{
  const double a[10] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2 }, b[10] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  const double c[10] = { 2, 2, 2, 2, 2, 2, 2, 2, 0.5, NAN };
  SacSignTest test;

  sac_sign_test (a, b, 10, &test);
  near (test.p, 2.0 / 1024, 1e-12);
  near (test.median, 2, 0);
  sac_sign_test (c, b, 10, &test);
  g_assert_cmpuint (test.n_above, ==, 8);
  g_assert_cmpuint (test.n_below, ==, 1);
  near (test.p, 2.0 * 10 / 512, 1e-12);
  near (test.low, 2, 0);        /* of nine the second and the eighth: 96 % */
  sac_sign_test (b, b, 5, &test);
  near (test.p, 1, 0);
  g_assert_true (isnan (test.low));
}

/* ---- which frames count. */

typedef struct {
  char *folder;
  SacModel model;
  SacBackend *backend;
  SacWeights *weights;
} Net;

static void
net_init (Net *net, SacInflation how, guint64 seed)
{
  const gint32 blocks[4] = { 1, 1, 1, 1 };
  SacBlock *params;
  g_autoptr (GError) error = NULL;

  net->folder = g_dir_make_tmp ("saccade-XXXXXX", NULL);
  net->backend = sac_backend_new_for_name ("cpu", 1, &error);
  net->weights = sac_weights_new ();
  g_assert_true (sac_model_parse ("i3d-r18", &net->model));
  sac_model_set_size (&net->model, 3, 4, blocks, SAC_PAD_REPLICATE);
  g_assert_true (sac_model_declare (net->weights, &net->model, 32, &error) && sac_weights_allocate (net->weights, net->backend, &error));
  g_assert_no_error (error);
  sac_weights_initialise (net->weights, seed);
  params = sac_weights_get_params (net->weights);
  for (guint i = 0; i < sac_block_get_n_entries (params); i++)
    {
      const SacBlockEntry *e = sac_block_get_entry (params, i);
      gsize n = sac_shape_count (e->shape), area = (gsize) (e->shape.h * e->shape.w), outer;
      g_autofree float *drawn = g_new (float, n), *out = g_new (float, n);

      if (e->shape.t != 3)
        continue;
      outer = n / area / 3;
      g_assert_true (sac_weights_read (net->weights, e->name, drawn));
      sac_inflate_kernel (drawn, outer, area, 3, how, out);     /* the first third stands for the 2-D kernel */
      g_assert_true (sac_weights_write (net->weights, e->name, out));
    }
}

static char *
net_save (Net *net, const char *name)
{
  char *path = g_build_filename (net->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  sac_weights_save (net->weights, NULL, NULL, 0, NULL, path, &error);
  g_assert_no_error (error);
  return path;
}

static void
net_clear (Net *net)
{
  sac_weights_free (net->weights);
  sac_backend_free (net->backend);
  g_rmdir (net->folder);
  g_free (net->folder);
}

/* Frames whose pixels have a gradient that is not 0. */
static void
frames_by_gradient (Net *net, guint n, gboolean *seen)
{
  enum { SIZE = 32 };
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar clip = sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, (gint32) n, SIZE, SIZE)), slope, logits;
  gsize frame = 3 * SIZE * SIZE;
  g_autofree float *numbers = g_new (float, n * frame);
  SacProgram *program;

  logits = sac_model (graph, net->weights, &net->model, clip, SAC_BN_FROZEN, FALSE).logits;
  sac_graph_gradients (graph, logits, &clip, 1, &slope);
  program = sac_program_compile (graph, &slope, 1, net->backend, &error);
  g_assert_no_error (error);
  for (guint t = 0; t < n; t++)
    seen[t] = FALSE;
  for (guint trial = 0; trial < 3; trial++)    /* a ReLU may hide a frame in one clip */
    {
      fill (numbers, n * frame, 20 + trial);
      sac_program_set_input (program, clip, numbers);
      g_assert_true (sac_program_run (program, NULL, &error));
      g_assert_true (sac_program_get_output (program, slope, numbers, &error));
      for (guint t = 0; t < n; t++)
        for (gsize i = 0; i < frame && !seen[t]; i++)
          seen[t] = numbers[t * frame + i] != 0;
    }
  sac_program_free (program);
}

static void
test_receptive (void)
{
  static const guint centred[] = { 0, 1, 15, 16, 17 };

  for (guint how = SAC_INFLATE_AVERAGE; how <= SAC_INFLATE_CENTRE; how++)
    {
      Net net;
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SacTensorFile) file = NULL;
      g_autoptr (GArray) frames = NULL, all = NULL, more = NULL;
      gboolean seen[40];
      g_autofree char *guessed_name = NULL;
      SacModel guessed;

      net_init (&net, (SacInflation) how, 3);
      path = net_save (&net, "w.safetensors");
      file = sac_tensor_file_open (path, &error);
      g_assert_no_error (error);
      frames = sac_temporal_receptive_frames (&net.model, file, 32, &error);
      g_assert_no_error (error);
      if (how == SAC_INFLATE_CENTRE)
        g_assert_cmpmem (frames->data, frames->len * sizeof (guint), centred, sizeof centred);
      else
        g_assert_cmpuint (frames->len, ==, 32);
      all = sac_temporal_receptive_frames (&net.model, NULL, 32, &error);
      g_assert_cmpuint (all->len, ==, 32);      /* by the shapes alone */
      for (guint n = 16; n <= 40; n += 8)
        {
          g_autoptr (GArray) told = sac_temporal_receptive_frames (&net.model, file, n, &error);
          guint k = 0;

          frames_by_gradient (&net, n, seen);
          for (guint t = 0; t < n; t++)
            {
              gboolean is_told = k < told->len && g_array_index (told, guint, k) == t;

              g_assert_cmpint (is_told, ==, seen[t]);
              k += (guint) is_told;
            }
        }
      g_assert_null (sac_temporal_receptive_frames (&net.model, file, 0, &error));
      g_assert_nonnull (error);
      guessed_name = sac_weights_recognise (file, &guessed);
      g_assert_cmpstr (guessed_name, ==, "i3d-r18");
      g_assert_cmpint (guessed.resnet.width, ==, 4);
      g_assert_cmpint (guessed.resnet.depth, ==, 18);
      g_assert_cmpint (guessed.resnet.n_classes, ==, 3);
      g_unlink (path);
      net_clear (&net);
    }
}

/* ---- files, from end to end. */

/* Every weight a step of its own kind: @amount times noise on all of a kernel. */
static void
move (Net *net, float amount)
{
  SacBlock *params = sac_weights_get_params (net->weights);

  for (guint i = 0; i < sac_block_get_n_entries (params); i++)
    {
      const SacBlockEntry *e = sac_block_get_entry (params, i);
      gsize n = sac_shape_count (e->shape);
      g_autofree float *w = g_new (float, n), *noise = g_new (float, n);

      sac_weights_read (net->weights, e->name, w);
      fill (noise, n, 100 + i);
      for (gsize k = 0; k < n; k++)
        w[k] += amount * noise[k];
      sac_weights_write (net->weights, e->name, w);
    }
}

static void
test_files (void)
{
  Net net;
  g_autoptr (SacWeightStudy) study = sac_weight_study_new (), again = NULL, one = sac_weight_study_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL, *second = NULL, *csv = NULL, *csv2 = NULL, *answer = NULL;
  g_auto (GStrv) depths = NULL;
  SacInflationAnswer told;
  const SacWeightLayer *layer;

  for (guint how = SAC_INFLATE_AVERAGE; how <= SAC_INFLATE_CENTRE; how++)
    {
      g_autofree char *from = NULL, *to = NULL;

      net_init (&net, (SacInflation) how, 3);
      from = net_save (&net, "a.safetensors");
      move (&net, how == SAC_INFLATE_AVERAGE ? 0.02f : 0.01f);
      to = net_save (&net, "b.safetensors");
      g_assert_nonnull (sac_weight_analysis_add (study, &(SacWeightPair) { how == SAC_INFLATE_AVERAGE ? "a" : "c", from, to, NULL, NULL },
                                                 how + 1, NULL, NULL, NULL, &error));
      if (how == SAC_INFLATE_AVERAGE)
        sac_weight_analysis_add (one, &(SacWeightPair) { "a", from, to, NULL, &net.model }, 1, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_unlink (from);
      g_unlink (to);
      net_clear (&net);
    }
  g_assert_cmpstr (((SacWeightSeries *) study->series->pdata[0])->start, ==, "average");
  g_assert_cmpstr (((SacWeightSeries *) study->series->pdata[1])->start, ==, "centre");
  layer = sac_weight_series_find (study->series->pdata[1], "layer2.0.conv1", SAC_LAYER_KERNEL);
  g_assert_nonnull (layer);
  near (layer->values[SAC_WEIGHT_ZEROS0], 2.0 / 3, 1e-9);
  near (layer->values[SAC_WEIGHT_ZEROS1], 0, 1e-3);
  near (layer->values[SAC_WEIGHT_ANISOTROPY0], 2.0 / 3, 1e-9);
  g_assert_nonnull (sac_weight_series_find (study->series->pdata[0], "layer2.0.bn1", SAC_LAYER_NORM));
  g_assert_null (sac_weight_series_find (study->series->pdata[0], "layer2.0.bn1", SAC_LAYER_KERNEL));
  g_assert_cmpuint (((SacWeightSeries *) study->series->pdata[1])->seen0->len, ==, 5);
  g_assert_cmpuint (((SacWeightSeries *) study->series->pdata[1])->seen1->len, ==, 32);
  depths = sac_weight_study_dup_depths (study, SAC_WEIGHT_RELATIVE2);
  g_assert_cmpstr (depths[0], ==, "conv1");
  g_assert_cmpstr (depths[g_strv_length (depths) - 1], ==, "fc");

  g_assert_true (sac_weight_study_answer (study, &told));
  g_assert_cmpuint (told.in_time.n_below, ==, 0);
  near (told.in_time.median, 2, 1e-3);
  g_assert_cmpfloat (told.all.p, <, 0.01);
  g_assert_false (sac_weight_study_answer (one, &told));       /* one mode: nothing to say */
  answer = sac_weight_study_dup_answer (study);
  g_assert_nonnull (strstr (answer, "averaging moves its weights more"));

  g_assert_true (sac_weight_values_want_log ((const double[]) { 0.01, NAN, 3 }, 3));
  g_assert_false (sac_weight_values_want_log ((const double[]) { 0, 3 }, 2));
  g_assert_false (sac_weight_values_want_log ((const double[]) { 1, 3 }, 2));

  json = sac_weight_study_dup_json (study);
  again = sac_weight_study_parse (json, -1, &error);
  g_assert_no_error (error);
  second = sac_weight_study_dup_json (again);
  g_assert_cmpstr (json, ==, second);
  csv = sac_weight_study_dup_csv (study);
  csv2 = sac_weight_study_dup_csv (again);
  g_assert_cmpstr (csv, ==, csv2);
  g_assert_true (g_str_has_prefix (csv, "series,start,layer,kind,shape,taps,relative,relative2,"));
  g_assert_nonnull (strstr (csv, "c,centre,layer2.0.conv1,kernel,8x4x3x3x3,3,"));
  {
    g_autofree char *alone = sac_weight_study_dup_csv (one);    /* another number of threads: the same bits */

    g_assert_true (g_str_has_prefix (csv, alone));
  }
}

static void
test_refused (void)
{
  static const char *const texts[] = { "", "{}", "[]", "{\"version\":1,\"series\":3}", "{\"version\":9,\"series\":[]}" };
  g_autoptr (SacWeightStudy) study = sac_weight_study_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacWeightStudy) odd = NULL;
  Net net;
  g_autofree char *path = NULL, *other = NULL;
  const float number = 1;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_null (sac_weight_study_parse (texts[i], -1, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  odd = sac_weight_study_parse ("{\"version\":1,\"frames\":1e300,\"series\":[1,{\"layers\":[2,{\"taps\":-5,\"energy0\":[1,2],"
                                "\"shape\":[\"x\"],\"values\":{\"relative\":\"much\"}}]}]}", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (odd->series->len, ==, 1);
  g_assert_null (sac_weight_analysis_add (study, &(SacWeightPair) { "x", "/nowhere/a", "/nowhere/b" }, 1, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  net_init (&net, SAC_INFLATE_AVERAGE, 1);
  path = net_save (&net, "a.safetensors");
  other = g_build_filename (net.folder, "b.safetensors", NULL);
  g_assert_true (sac_safetensors_write (other, &(SacTensorOut) { "thing.weight", 1, { 1 }, &number }, 1, NULL, &error));
  g_assert_null (sac_weight_analysis_add (study, &(SacWeightPair) { "x", path, other }, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, SAC_WEIGHTS_ERROR, SAC_WEIGHTS_ERROR_MISMATCH);
  g_assert_cmpuint (study->series->len, ==, 0);
  {
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();

    g_clear_error (&error);
    g_cancellable_cancel (cancelled);
    g_assert_null (sac_weight_analysis_add (study, &(SacWeightPair) { "x", path, path }, 2, NULL, NULL, cancelled, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
  g_unlink (path);
  g_unlink (other);
  net_clear (&net);
}

/* Ways to take the time from a clip. */
static void
test_motion (void)
{
  enum { N = 9, FRAME = 2 };
  float clip[N * FRAME], out[N * FRAME], again[N * FRAME];
  guint moved = 0, sum = 0;

  for (guint i = 0; i < N * FRAME; i++)
    clip[i] = (float) i;
  sac_motion_arrange (clip, N, FRAME, SAC_MOTION_REAL, 1, out);
  g_assert_cmpmem (clip, sizeof clip, out, sizeof out);
  sac_motion_arrange (clip, N, FRAME, SAC_MOTION_REVERSED, 1, out);
  g_assert_cmpfloat (out[0], ==, 16);
  g_assert_cmpfloat (out[1], ==, 17);
  g_assert_cmpfloat (out[17], ==, 1);
  sac_motion_arrange (clip, N, FRAME, SAC_MOTION_FROZEN, 1, out);
  for (guint t = 0; t < N; t++)
    g_assert_cmpfloat (out[FRAME * t], ==, 8);
  sac_motion_arrange (clip, N, FRAME, SAC_MOTION_SHUFFLED, 1, out);
  sac_motion_arrange (clip, N, FRAME, SAC_MOTION_SHUFFLED, 1, again);
  g_assert_cmpmem (again, sizeof again, out, sizeof out);
  for (guint t = 0; t < N; t++)
    {
      moved += out[FRAME * t] != clip[FRAME * t];
      sum += (guint) out[FRAME * t];
      g_assert_cmpfloat (out[FRAME * t + 1], ==, out[FRAME * t] + 1);
    }
  g_assert_cmpuint (moved, >, 0);
  g_assert_cmpuint (sum, ==, 72);       /* each once */
}

/* What is said of it hangs on the interval, not on the difference alone. */
static void
test_motion_answer (void)
{
  SacMotionProbe probe = { .n_clips = 20, .n_labels = 1 };
  g_autofree char *matters = NULL, *does_not = NULL, *nothing = NULL;

  probe.rows[SAC_MOTION_SHUFFLED].loss = (SacBootstrap) { 0.1, 0.02, 0.2, 0.99, 100 };
  probe.rows[SAC_MOTION_FROZEN].loss = (SacBootstrap) { 0.1, -0.02, 0.2, 0.9, 100 };
  matters = sac_motion_probe_dup_answer (&probe);
  g_assert_true (g_str_has_prefix (matters, "The order of frames matters to it: shuffled, macro AUC falls by 0.100"));
  g_assert_nonnull (strstr (matters, "would do as well"));
  probe.rows[SAC_MOTION_SHUFFLED].loss.low = -0.01;
  does_not = sac_motion_probe_dup_answer (&probe);
  g_assert_nonnull (strstr (does_not, "does not show"));
  probe.rows[SAC_MOTION_SHUFFLED].loss.difference = NAN;
  nothing = sac_motion_probe_dup_answer (&probe);
  g_assert_nonnull (strstr (nothing, "undefined"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weights/change/start", test_start);
  g_test_add_func ("/weights/change/modes", test_modes_compared);
  g_test_add_func ("/weights/change/kernel", test_one_kernel);
  g_test_add_func ("/weights/change/norm", test_norm);
  g_test_add_func ("/weights/change/cka", test_cka);
  g_test_add_func ("/weights/change/rank", test_rank);
  g_test_add_func ("/weights/change/sign-test", test_sign);
  g_test_add_func ("/weights/change/receptive", test_receptive);
  g_test_add_func ("/weights/change/files", test_files);
  g_test_add_func ("/weights/motion/arrange", test_motion);
  g_test_add_func ("/weights/motion/answer", test_motion_answer);
  g_test_add_func ("/weights/change/refused", test_refused);
  return g_test_run ();
}
