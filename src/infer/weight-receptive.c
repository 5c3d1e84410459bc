/* Which frames can change the answer, exactly: sets of frame numbers go through the graph from the clip on. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "eval/sac-weight-change.h"
#include "sac-weight-analysis.h"

#define MOST_FRAMES 4096

typedef struct {
  SacGraph *graph;
  SacTensorFile *weights;       /* nullable */
  gsize words;                  /* of a set */
  guint64 **sets;               /* by value: T sets, or NULL where no frame comes in */
} Walk;

static void
unite (guint64 *to, const guint64 *from, gsize words)
{
  for (gsize i = 0; i < words; i++)
    to[i] |= from[i];
}

/* Taps of the kernel @w that are not all zero; FALSE: not known, so all count. */
static gboolean
live_taps (const Walk *walk, SacVar w, guint taps, gboolean *live)
{
  const char *name = sac_graph_get_name (walk->graph, w);
  gint at = walk->weights && name ? sac_tensor_file_find (walk->weights, name) : -1;
  const SacTensorInfo *info = at < 0 ? NULL : sac_tensor_file_get_info (walk->weights, (guint) at);
  g_autofree float *numbers = NULL;
  gsize outer, area;

  for (guint t = 0; t < taps; t++)
    live[t] = TRUE;
  if (!info || info->rank != 5 || info->dims[2] != taps)
    return FALSE;
  outer = (gsize) (info->dims[0] * info->dims[1]);
  area = (gsize) (info->dims[3] * info->dims[4]);
  numbers = g_try_new (float, outer * taps * area);
  if (!numbers || !sac_tensor_file_read_f32 (walk->weights, (guint) at, numbers, NULL))
    return FALSE;
  for (guint t = 0; t < taps; t++)
    {
      live[t] = FALSE;
      for (gsize k = 0; k < outer && !live[t]; k++)
        for (gsize i = 0; i < area && !live[t]; i++)
          live[t] = numbers[(k * taps + t) * area + i] != 0;
    }
  return TRUE;
}

/* Output t sees inputs t·stride − pad + tap·dilation. */
static void
pass_window (const Walk *walk, SacVar x, const SacNode *node, guint taps, const gboolean *live, gint32 stride, gint32 pad,
             gint32 dilation, gboolean replicate, guint64 *out)
{
  gint32 length = sac_graph_get_shape (walk->graph, x).t;

  for (gint32 t = 0; t < node->shape.t; t++)
    for (guint tap = 0; tap < taps; tap++)
      {
        gint64 at = (gint64) t * stride - pad + (gint64) tap * dilation;

        if (!live[tap])
          continue;
        if (replicate)
          at = CLAMP (at, 0, length - 1);
        if (at >= 0 && at < length)
          unite (out + (gsize) t * walk->words, walk->sets[x] + (gsize) at * walk->words, walk->words);
      }
}

static gboolean
is_pointwise (const char *op)
{
  static const char *const names[] = { "add", "sub", "mul", "div", "affine", "relu", "unary", "bn_apply", "dropout", "detach", "maximum",
                                       "minimum", "power" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], op) == 0)
      return TRUE;
  return FALSE;
}

/* Ops that are not known here mix all times: the set is never too small. */
static void
pass (const Walk *walk, SacVar v)
{
  SacNode node = sac_graph_get_node (walk->graph, v);
  guint64 *out;
  gboolean any = FALSE, even = node.op && is_pointwise (node.op->name);

  if (!node.op)
    return;
  for (guint i = 0; i < node.n_src; i++)
    any |= node.src[i] > 0 && walk->sets[node.src[i]];
  if (!any)
    return;
  out = walk->sets[v] = g_new0 (guint64, (gsize) node.shape.t * walk->words);
  if (strcmp (node.op->name, "conv3d") == 0 && walk->sets[node.src[0]])
    {
      const SacConv3d *conv = node.params;
      guint taps = (guint) sac_graph_get_shape (walk->graph, node.src[1]).t;
      g_autofree gboolean *live = g_new (gboolean, taps);

      if (taps > 1)
        live_taps (walk, node.src[1], taps, live);
      else
        live[0] = TRUE;
      pass_window (walk, node.src[0], &node, taps, live, conv->stride[0], conv->pad[0], MAX (conv->dilation[0], 1),
                   conv->pad_time == SAC_PAD_REPLICATE, out);
      return;
    }
  if (strcmp (node.op->name, "max_pool3d") == 0)
    {
      const SacPool3d *pool = node.params;
      g_autofree gboolean *live = g_new (gboolean, (gsize) pool->kernel[0]);

      for (gint32 i = 0; i < pool->kernel[0]; i++)
        live[i] = TRUE;
      pass_window (walk, node.src[0], &node, (guint) pool->kernel[0], live, pool->stride[0], pool->pad[0], 1, FALSE, out);
      return;
    }
  for (guint i = 0; i < node.n_src; i++)
    {
      SacVar x = node.src[i];
      gint32 length = x > 0 ? sac_graph_get_shape (walk->graph, x).t : 0;

      if (x <= 0 || !walk->sets[x])
        continue;
      for (gint32 t = 0; t < node.shape.t; t++)
        for (gint32 at = 0; at < length; at++)
          if (!even || at == t || length == 1)
            unite (out + (gsize) t * walk->words, walk->sets[x] + (gsize) at * walk->words, walk->words);
    }
}

GArray *
sac_temporal_receptive_frames (const SacModel *model, SacTensorFile *weights, guint n_frames, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacWeights) names = sac_weights_new ();
  gint32 length = (gint32) n_frames, size = 64;
  gboolean flat = sac_model_is_flat (model);
  GArray *seen;
  SacVar clip, logits;
  Walk walk = { graph, weights };

  if (n_frames < 1 || n_frames > MOST_FRAMES)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("a clip has 1 to %d frames"), MOST_FRAMES);
      return NULL;
    }
  seen = g_array_new (FALSE, FALSE, sizeof (guint));
  if (flat)                     /* each frame by itself, and the mean of all */
    {
      for (guint t = 0; t < n_frames; t++)
        g_array_append_val (seen, t);
      return seen;
    }
  clip = sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, length, size, size));
  logits = sac_model (graph, names, model, clip, SAC_BN_FROZEN, FALSE).logits;
  if (!sac_graph_check (graph, error))
    {
      g_array_unref (seen);
      return NULL;
    }
  walk.words = (n_frames + 63) / 64;
  walk.sets = g_new0 (guint64 *, sac_graph_get_n_nodes (graph) + 1);
  walk.sets[clip] = g_new0 (guint64, n_frames * walk.words);
  for (guint t = 0; t < n_frames; t++)
    walk.sets[clip][t * walk.words + t / 64] |= (guint64) 1 << t % 64;
  for (SacVar v = clip + 1; v <= logits; v++)
    pass (&walk, v);
  for (guint t = 0; t < n_frames && walk.sets[logits]; t++)
    for (gint32 row = 0; row < sac_graph_get_shape (graph, logits).t; row++)
      if (walk.sets[logits][(gsize) row * walk.words + t / 64] >> t % 64 & 1)
        {
          g_array_append_val (seen, t);
          break;
        }
  for (SacVar v = 0; v <= logits; v++)
    g_free (walk.sets[v]);
  g_free (walk.sets);
  return seen;
}
