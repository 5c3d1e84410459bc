/* Golden trajectories: ten steps of narrow networks beside PyTorch's, fused and unfused, from the files of tests/data/golden
 * (pack.py there says how they are made).  NMSE = Σ(a−b)² / Σb² over all tensors taken together as one vector. */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

typedef struct {
  const char *network, *file, *name;
  gboolean frozen;
  SacPadMode pad;
  double rate;                  /* 0: .01 */
} Case;

static const Case cases[] = {
  { "r18-2d", "r18-2d", "frozen", TRUE, SAC_PAD_ZEROS }, { "r18-2d", "r18-2d", "train", FALSE, SAC_PAD_ZEROS },
  { "r50-2d", "r50-2d", "frozen", TRUE, SAC_PAD_ZEROS }, { "r50-2d", "r50-2d", "train", FALSE, SAC_PAD_ZEROS },
  { "i3d-r18", "i3d-r18-s", "frozen-zeros", TRUE, SAC_PAD_ZEROS }, { "i3d-r18", "i3d-r18-s", "frozen-replicate", TRUE, SAC_PAD_REPLICATE },
  { "i3d-r18", "i3d-r18-s", "train-zeros", FALSE, SAC_PAD_ZEROS }, { "i3d-r18", "i3d-r18-s", "train-replicate", FALSE, SAC_PAD_REPLICATE },
  { "i3d-r50", "i3d-r50-s", "frozen-zeros", TRUE, SAC_PAD_ZEROS }, { "i3d-r50", "i3d-r50-s", "frozen-replicate", TRUE, SAC_PAD_REPLICATE },
  { "i3d-r50", "i3d-r50-s", "train-zeros", FALSE, SAC_PAD_ZEROS }, { "i3d-r50", "i3d-r50-s", "train-replicate", FALSE, SAC_PAD_REPLICATE },
  { "stabn-r50", "stabn-r50-s", "frozen", TRUE, SAC_PAD_ZEROS, 3e-3 }, { "stabn-r50", "stabn-r50-s", "train", FALSE, SAC_PAD_ZEROS },
  { "san1d", "san1d", "frozen", TRUE, SAC_PAD_ZEROS }, { "san1d", "san1d", "train", FALSE, SAC_PAD_ZEROS },
};

/* The numbers of "CASE/KIND", or those all cases share; NULL when neither is there.  In the file's order. */
static float *
load (SacTensorFile *file, const char *name, const char *kind, SacTensorInfo *info)
{
  g_autofree char *own = g_strdup_printf ("%s/%s", name, kind);
  gint at = sac_tensor_file_find (file, own);
  g_autoptr (GError) error = NULL;
  gsize n = 1;
  float *out;

  if (at < 0)
    at = sac_tensor_file_find (file, kind);
  if (at < 0)
    return NULL;
  *info = *sac_tensor_file_get_info (file, (guint) at);
  for (guint i = 0; i < info->rank; i++)
    n *= (gsize) info->dims[i];
  out = g_new (float, n);
  g_assert_true (sac_tensor_file_read_f32 (file, (guint) at, out, &error));
  g_assert_no_error (error);
  return out;
}

static float *
load_entry (SacTensorFile *file, const char *name, const char *kind, const SacBlockEntry *entry)
{
  g_autofree char *full = g_strdup_printf ("%s.%s", kind, entry->name);
  SacTensorInfo info;
  float *out = load (file, name, full, &info);
  gsize n = 1;

  if (!out)
    g_test_message ("the golden file has no %s", full);
  g_assert_nonnull (out);
  for (guint i = 0; i < info.rank; i++)
    n *= (gsize) info.dims[i];
  g_assert_cmpuint (n, ==, sac_shape_count (entry->shape));
  return out;
}

typedef struct { double difference, size; } Nmse;

static void
add (Nmse *nmse, const float *ours, const float *theirs, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      nmse->difference += ((double) ours[i] - theirs[i]) * ((double) ours[i] - theirs[i]);
      nmse->size += (double) theirs[i] * theirs[i];
    }
}

static void
fill (SacTensorFile *file, const char *name, SacWeights *weights)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };

  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const SacBlockEntry *e = sac_block_get_entry (blocks[b], i);
        g_autofree float *numbers = load_entry (file, name, "weights", e);

        sac_weights_write (weights, e->name, numbers);
      }
}

static double
compare_gradients (SacTensorFile *file, const char *name, SacOptimizer *optimizer)
{
  SacBlock *block = sac_optimizer_get_gradients (optimizer);
  Nmse nmse = { 0 };

  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    {
      const SacBlockEntry *e = sac_block_get_entry (block, i);
      gsize n = sac_shape_count (e->shape);
      g_autofree float *theirs = load_entry (file, name, "grad", e), *memory = g_new (float, n), *ours = g_new (float, n);

      sac_block_read (block, i, memory, NULL);
      sac_shape_from_memory_order (e->shape, memory, ours);
      add (&nmse, ours, theirs, n);
    }
  return nmse.difference / nmse.size;
}

static double
compare_change (SacTensorFile *file, const char *name, SacWeights *weights)
{
  SacBlock *block = sac_weights_get_params (weights);
  Nmse nmse = { 0 };

  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    {
      const SacBlockEntry *e = sac_block_get_entry (block, i);
      gsize n = sac_shape_count (e->shape);
      g_autofree float *before = load_entry (file, name, "weights", e), *theirs = load_entry (file, name, "change", e);
      g_autofree float *ours = g_new (float, n);

      g_assert_true (sac_weights_read (weights, e->name, ours));
      for (gsize k = 0; k < n; k++)
        ours[k] -= before[k];
      add (&nmse, ours, theirs, n);
    }
  return nmse.difference / nmse.size;
}

/* The network of @c and its loss; entries are declared in @weights. */
static SacVar
build (const Case *c, SacGraph *graph, SacWeights *weights, gint32 n_classes, SacVar clip, SacVar wanted)
{
  SacBnMode bn = c->frozen ? SAC_BN_FROZEN : SAC_BN_BATCH;
  SacResnet net;

  if (g_str_equal (c->network, "san1d"))
    {
      SacSan san = { .n_classes = n_classes, .width = 4 };

      return sac_cross_entropy (graph, sac_san_logits (graph, weights, &san, clip, bn, TRUE), wanted, 0);
    }
  if (g_str_equal (c->network, "stabn-r50"))
    {
      SacStabn stabn = { .n_classes = n_classes, .width = 4, .pad_time = c->pad };
      SacStabnOut out = sac_stabn (graph, weights, &stabn, clip, bn, TRUE);

      return sac_stabn_loss (graph, &out, wanted);
    }
  g_assert_true (sac_resnet_parse (c->network, &net));
  net.width = 4;
  net.n_classes = n_classes;
  net.pad_time = c->pad;
  return sac_bce_logits (graph, sac_resnet_logits (graph, weights, &net, clip, bn, TRUE, NULL), wanted, 0);
}

/* Axes that the field leaves out are 1: pictures have no time, signals only time. */
static SacShape
clip_shape (const SacTensorInfo *in)
{
  const gint64 *d = in->dims;

  if (in->rank == 3)
    return SAC_SHAPE ((gint32) d[0], (gint32) d[1], (gint32) d[2], 1, 1);
  if (in->rank == 4)
    return SAC_SHAPE ((gint32) d[0], (gint32) d[1], 1, (gint32) d[2], (gint32) d[3]);
  return SAC_SHAPE ((gint32) d[0], (gint32) d[1], (gint32) d[2], (gint32) d[3], (gint32) d[4]);
}

static void
append_block (GArray *out, SacBlock *block)
{
  for (guint page = 0; page < sac_block_get_n_pages (block); page++)
    {
      gsize n = sac_block_get_page_floats (block, page);
      guint at = out->len;

      g_array_set_size (out, at + (guint) n);
      sac_block_read_page (block, page, &g_array_index (out, float, at), NULL);
    }
}

/* Runs the steps and compares them.  Returns all bits that came out: losses, first gradients, weights at the end. */
static GArray *
run_trajectory (const Case *c, SacTensorFile *file, SacBackend *backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacOptimizer) optimizer = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autofree float *input = NULL, *target = NULL, *losses = NULL, *classes = NULL, *memory = NULL;
  SacTensorInfo in = { 0 }, out = { 0 }, steps = { 0 }, bias = { 0 };
  GArray *bits = g_array_new (FALSE, FALSE, sizeof (float));
  SacShape shape;
  SacVar clip, wanted, loss;
  double nmse;

  input = load (file, c->name, "input", &in);
  target = load (file, c->name, "target", &out);
  losses = load (file, c->name, "loss", &steps);
  classes = load (file, c->name, "weights.fc.bias", &bias);
  g_assert_true (input && target && losses && classes);
  shape = clip_shape (&in);
  clip = sac_graph_input (graph, "clip", shape);
  wanted = sac_graph_input (graph, "target", SAC_SHAPE (shape.n, out.rank > 1 ? (gint32) out.dims[1] : 1, 1, 1, 1));
  loss = build (c, graph, weights, (gint32) bias.dims[0], clip, wanted);
  g_assert_true (sac_graph_check (graph, &error));
  g_assert_no_error (error);
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  fill (file, c->name, weights);
  optimizer = sac_optimizer_new_sgd (weights, backend, &error);
  sac_optimizer_accumulate (optimizer, graph, loss);
  program = sac_program_compile (graph, &loss, 1, backend, &error);
  g_assert_no_error (error);
  memory = g_new (float, sac_shape_count (shape));
  sac_shape_to_memory_order (shape, input, memory);
  sac_program_set_input (program, clip, memory);
  sac_program_set_input (program, wanted, target);
  for (gint64 step = 0; step < (c->frozen ? steps.dims[0] : 1); step++)
    {
      float ours;

      g_assert_true (sac_program_run (program, NULL, &error));
      g_assert_no_error (error);
      sac_program_get_output (program, loss, &ours, NULL);
      g_array_append_val (bits, ours);
      g_test_message ("step %d: loss %.6f, PyTorch %.6f", (int) step + 1, (double) ours, (double) losses[step]);
      g_assert_cmpfloat (fabs ((double) ours / losses[step] - 1), <=, c->frozen ? 3e-4 : 1e-4);
      if (step == 0)
        {
          nmse = compare_gradients (file, c->name, optimizer);
          append_block (bits, sac_optimizer_get_gradients (optimizer));
          g_test_message ("first gradients: NMSE %.2g", nmse);
          g_assert_cmpfloat (nmse, <=, c->frozen ? 1e-4 : 3e-3);
        }
      g_assert_true (sac_optimizer_step (optimizer, c->rate > 0 ? c->rate : 0.01, 0.9, 1e-4, 1, &error));
    }
  append_block (bits, sac_weights_get_params (weights));
  if (c->frozen)
    {
      nmse = compare_change (file, c->name, weights);
      g_test_message ("change of the weights: NMSE %.2g", nmse);
      g_assert_cmpfloat (nmse, <=, 1e-3);
    }
  return bits;
}

/* Fused, with one thread and with two: the same bits.  And without fusion. */
static void
test_golden (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *base = g_strdup_printf ("%s.safetensors", c->file);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "golden", base, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
  g_autoptr (SacBackend) single = sac_backend_cpu_new (1), pair = sac_backend_cpu_new (2);
  g_autoptr (GArray) one = NULL, two = NULL, unfused = NULL;

  g_assert_no_error (error);
  one = run_trajectory (c, file, single);
  two = run_trajectory (c, file, pair);
  g_assert_cmpmem (one->data, one->len * sizeof (float), two->data, two->len * sizeof (float));
  g_setenv ("SACCADE_NO_FUSE", "1", TRUE);
  unfused = run_trajectory (c, file, pair);
  g_unsetenv ("SACCADE_NO_FUSE");
}

/* The same on a Vulkan device. */
static void
test_vulkan (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *base = g_strdup_printf ("%s.safetensors", c->file);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "golden", base, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
  g_autoptr (SacBackend) vulkan = NULL;
  g_autoptr (GArray) bits = NULL;

  g_assert_no_error (error);
  vulkan = sac_backend_vulkan_new (-1, &error);
  if (!vulkan)
    {
      g_test_skip (error->message);
      return;
    }
  bits = run_trajectory (c, file, vulkan);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/nn/golden/%s/%s", cases[i].file, cases[i].name);

      g_autofree char *on_vulkan = g_strdup_printf ("/vulkan/golden/%s/%s", cases[i].file, cases[i].name);

      g_test_add_data_func (path, &cases[i], test_golden);
      if (!SANITIZED || !cases[i].frozen)       /* ten steps there take too long */
        g_test_add_data_func (on_vulkan, &cases[i], test_vulkan);
    }
  return g_test_run ();
}
