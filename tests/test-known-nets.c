/* Networks of the field that need what is beyond plain convolutions, from their published weights: groups, depthwise convolutions and
 * channel shuffle (ShuffleNet-3D), windows rounded up (SqueezeNet), response norm (GoogLeNet).  Their answers to one input are known
 * from PyTorch.  Skipped where the weights are not at hand. */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"

typedef struct {
  SacGraph *graph;
  SacTensorFile *file;
} Net;

/* A tensor of the file as a constant; a vector is one of channels. */
static SacVar
tensor (Net *net, const char *layer, const char *what)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", layer, what);
  gint at = sac_tensor_file_find (net->file, name);
  g_autofree float *logical = NULL, *memory = NULL;
  g_autoptr (GError) error = NULL;
  const SacTensorInfo *info;
  SacShape s = SAC_SHAPE_SCALAR;
  gsize n;

  if (at < 0)
    g_error ("no %s", name);
  info = sac_tensor_file_get_info (net->file, (guint) at);
  if (info->rank == 1)
    s.c = (gint32) info->dims[0];
  else
    {
      s.n = (gint32) info->dims[0];
      s.c = (gint32) info->dims[1];
      s.t = info->rank == 5 ? (gint32) info->dims[2] : 1;
      s.h = info->rank > 2 ? (gint32) info->dims[info->rank - 2] : 1;
      s.w = info->rank > 2 ? (gint32) info->dims[info->rank - 1] : 1;
    }
  n = sac_shape_count (s);
  logical = g_new (float, n);
  memory = g_new (float, n);
  g_assert_true (sac_tensor_file_read_f32 (net->file, (guint) at, logical, &error));
  sac_shape_to_memory_order (s, logical, memory);
  return sac_graph_constant_data (net->graph, s, memory);
}

static SacVar
conv (Net *net, SacVar x, const char *layer, gint32 stride, gint32 pad)
{
  const SacConv3d shape = { { 1, stride, stride }, { 0, pad, pad } };

  return sac_add (net->graph, sac_conv3d (net->graph, x, tensor (net, layer, "weight"), &shape), tensor (net, layer, "bias"));
}

static SacVar
conv_relu (Net *net, SacVar x, const char *layer, gint32 stride, gint32 pad)
{
  return sac_relu (net->graph, conv (net, x, layer, stride, pad));
}

static SacVar
pool (Net *net, SacVar x)
{
  return sac_max_pool3d (net->graph, x, &(SacPool3d) { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 0, 0 }, TRUE });
}

static SacVar
linear (Net *net, SacVar x, const char *layer)
{
  return conv (net, sac_global_average (net->graph, x), layer, 1, 0);
}

/* ---- SqueezeNet 1.0.  Paper: Iandola 2016. */
static SacVar
fire (Net *net, SacVar x, gint32 number)
{
  g_autofree char *squeeze = g_strdup_printf ("features.%d.squeeze", number), *one = g_strdup_printf ("features.%d.expand1x1", number);
  g_autofree char *three = g_strdup_printf ("features.%d.expand3x3", number);

  x = conv_relu (net, x, squeeze, 1, 0);
  return sac_concat (net->graph, (SacVar[]) { conv_relu (net, x, one, 1, 0), conv_relu (net, x, three, 1, 1) }, 2, SAC_AXIS_C);
}

static SacVar
squeezenet (Net *net, SacVar x)
{
  x = pool (net, conv_relu (net, x, "features.0", 2, 0));
  x = pool (net, fire (net, fire (net, fire (net, x, 3), 4), 5));
  x = pool (net, fire (net, fire (net, fire (net, fire (net, x, 7), 8), 9), 10));
  return sac_global_average (net->graph, conv_relu (net, fire (net, x, 12), "classifier.1", 1, 0));
}

/* ---- GoogLeNet.  Paper: Szegedy 2014. */
static SacVar
inception (Net *net, SacVar x, const char *name)
{
  static const char *const parts[] = { "1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj" };
  char layer[6][40];
  SacVar y[4];

  for (guint i = 0; i < 6; i++)
    g_snprintf (layer[i], sizeof layer[i], "inception_%s/%s", name, parts[i]);
  y[0] = conv_relu (net, x, layer[0], 1, 0);
  y[1] = conv_relu (net, conv_relu (net, x, layer[1], 1, 0), layer[2], 1, 1);
  y[2] = conv_relu (net, conv_relu (net, x, layer[3], 1, 0), layer[4], 1, 2);
  y[3] = sac_max_pool3d (net->graph, x, &(SacPool3d) { { 1, 3, 3 }, { 1, 1, 1 }, { 0, 1, 1 } });
  y[3] = conv_relu (net, y[3], layer[5], 1, 0);
  return sac_concat (net->graph, y, 4, SAC_AXIS_C);
}

static SacVar
googlenet (Net *net, SacVar x)
{
  static const char *const names[] = { "3a", "3b", "", "4a", "4b", "4c", "4d", "4e", "", "5a", "5b" };

  x = pool (net, conv_relu (net, sac_affine (net->graph, x, 127, 0), "conv1/7x7_s2", 2, 3));
  x = sac_local_response_norm (net->graph, x, 5, 1e-4f, 0.75f, 1);
  x = conv_relu (net, conv_relu (net, x, "conv2/3x3_reduce", 1, 0), "conv2/3x3", 1, 1);
  x = pool (net, sac_local_response_norm (net->graph, x, 5, 1e-4f, 0.75f, 1));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    x = *names[i] ? inception (net, x, names[i]) : pool (net, x);
  return sac_softmax (net->graph, linear (net, x, "loss3/classifier"));
}

/* ---- ShuffleNet in time.  Paper: Zhang 2018; Köpüklü 2019. */
static SacVar
conv_bn (Net *net, SacVar x, const char *block, const char *conv_name, const char *bn_name, const SacConv3d *shape, gboolean relu)
{
  g_autofree char *c = g_strdup_printf ("%s%s", block, conv_name), *b = g_strdup_printf ("%s%s", block, bn_name);
  SacGraph *g = net->graph;
  SacVar stats = sac_bn_running (g, tensor (net, b, "running_mean"), tensor (net, b, "running_var"));

  return sac_bn_apply (g, sac_conv3d (g, x, tensor (net, c, "weight"), shape), stats, tensor (net, b, "weight"), tensor (net, b, "bias"), 0,
                       &(SacBnApply) { 1e-5f, relu });
}

static SacVar
shuffle_block (Net *net, SacVar x, const char *block, gint32 stride)
{
  const SacConv3d dense = { { 1, 1, 1 }, { 0, 0, 0 }, .groups = 3 };
  SacConv3d deep = { { stride, stride, stride }, { 1, 1, 1 } };
  SacGraph *g = net->graph;
  SacVar y = sac_channel_shuffle (g, conv_bn (net, x, block, "conv1", "bn1", &dense, TRUE), 3);

  deep.groups = sac_graph_get_shape (g, y).c;
  y = conv_bn (net, conv_bn (net, y, block, "conv2", "bn2", &deep, FALSE), block, "conv3", "bn3", &dense, FALSE);
  if (stride == 1)
    return sac_relu (g, sac_add (g, y, x));
  x = sac_avg_pool3d (g, x, &(SacPool3d) { { 2, 3, 3 }, { 2, 2, 2 }, { 0, 1, 1 } }, TRUE);
  return sac_relu (g, sac_concat (g, (SacVar[]) { y, x }, 2, SAC_AXIS_C));
}

static SacVar
shufflenet (Net *net, SacVar x)
{
  static const gint32 depth[3] = { 4, 8, 4 };

  x = conv_bn (net, x, "conv1", ".0", ".1", &(SacConv3d) { { 1, 2, 2 }, { 1, 1, 1 } }, TRUE);
  x = sac_max_pool3d (net->graph, x, &(SacPool3d) { { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 } });
  for (gint32 stage = 0; stage < 3; stage++)
    for (gint32 i = 0; i < depth[stage]; i++)
      {
        g_autofree char *block = g_strdup_printf ("layer%d.%d.", stage + 1, i);

        x = shuffle_block (net, x, block, i == 0 ? 2 : 1);
      }
  return linear (net, x, "classifier.1");
}

/* ---- what they answer. */
typedef struct {
  const char *file;
  SacVar (*build) (Net *net, SacVar x);
  SacShape in;
  gint32 n_out, top[5];
  float first[8];
} Known;

static const Known known[] = {
  { "squeezenet1_0-imagenet-deepcompression.fp16", squeezenet, { 1, 3, 1, 227, 227 }, 1000, { 904, 556, 632, 811, 619 },
    { 0.00258f, 0.18966f, 0.00412f, 0.02874f, 0.0258f, 0.00257f, 0.00758f, 0.0f } },
  { "googlenet-bvlc-imagenet.fp16", googlenet, { 1, 3, 1, 224, 224 }, 1000, { 858, 904, 753, 539, 905 },
    { 6.77672e-07f, 9.14578e-06f, 2.30811e-06f, 9.8861e-07f, 3.90426e-06f, 2.16761e-06f, 1.07071e-06f, 8.42563e-07f } },
  { "shufflenet3d_0.5x_g3-jester.fp32", shufflenet, { 1, 3, 16, 112, 112 }, 27, { 2, 0, 4, 20, 6 },
    { 2.07638f, 0.0621f, 2.2549f, 0.06871f, 0.68037f, -0.63512f, 0.51227f, -0.47572f } },
};

static void
test_net (gconstpointer data)
{
  const Known *k = data;
  const char *folder = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *path = g_strdup_printf ("%s/weights/%s.safetensors", folder ? folder : "", k->file);
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  gsize n = sac_shape_count (k->in);
  g_autofree float *logical = g_new (float, n), *memory = g_new (float, n), *out = g_new (float, k->n_out);
  Net net = { graph, NULL };
  SacVar y;

  if (!folder || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("these weights are not at hand");
      return;
    }
  net.file = sac_tensor_file_open (path, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    logical[i] = (float) ((double) (i * 7 % 256) / 127.5 - 1);
  sac_shape_to_memory_order (k->in, logical, memory);
  y = k->build (&net, sac_graph_constant_data (graph, k->in, memory));
  sac_tensor_file_free (net.file);
  if (sac_graph_check (graph, &error))
    program = sac_program_compile (graph, &y, 1, backend, &error);
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, y, out, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (k->first) && k->first[i] != 0; i++)
    if (!(fabsf (out[i] - k->first[i]) <= 2e-3f * fabsf (k->first[i]) + (k->first[0] < 1e-3f ? 0 : 2e-5f)))
      {
        g_test_message ("output %u is %g, not %g", i, out[i], k->first[i]);
        g_test_fail ();
      }
  for (guint place = 0; place < G_N_ELEMENTS (k->top); place++)
    {
      gint32 best = 0;

      for (gint32 i = 1; i < k->n_out; i++)
        best = out[i] > out[best] ? i : best;
      g_assert_cmpint (best, ==, k->top[place]);
      out[best] = -INFINITY;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autofree char *path = g_strdup_printf ("/known-nets/%s", known[i].file);

      g_test_add_data_func (path, &known[i], test_net);
    }
  return g_test_run ();
}
