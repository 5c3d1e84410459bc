/* Axis i of the result is axis order[i] of the source (0…4 = N,C,T,H,W). */
#include "axis-private.h"
#include "shape-private.h"

typedef struct {
  gint32 order[5];
} Permute;

static const gint32 in_memory[5] = { SAC_AXIS_N, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_W, SAC_AXIS_C };

static gboolean
permute_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const Permute *permute = params;
  guint seen = 0;

  for (gint32 i = 0; i < 5; i++)
    {
      if (permute->order[i] < 0 || permute->order[i] > 4)
        return FALSE;
      seen |= 1u << permute->order[i];
      *_sac_axis (out, i) = _sac_axis_size (src[0], permute->order[i]);
    }
  return seen == 31;
}

static void
permute_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const Permute *permute = node->params;
  SacAxis back[5];

  for (gint32 i = 0; i < 5; i++)
    back[permute->order[i]] = (SacAxis) i;
  gx[0] = sac_permute (g, gy, back);
}

/* How far apart in the source neighbours along axis @axis of the result are. */
static gsize
source_stride (const SacKernelArgs *args, gint32 axis)
{
  return _sac_axis_stride (args->src[0].shape, ((const Permute *) args->params)->order[axis]);
}

static void
permute_reference (const SacKernelArgs *args)
{
  gsize sn = source_stride (args, 0), sc = source_stride (args, 1), st = source_stride (args, 2), sh = source_stride (args, 3);
  gsize sw = source_stride (args, 4);
  float *y = args->dst.data;

  SAC_EACH_ROW (args->dst.shape, n, t, h, w)
    for (gint32 c = 0; c < args->dst.shape.c; c++)
      *y++ = args->src[0].data[n * sn + t * st + h * sh + w * sw + c * sc];
}

/* Tiles over the axis that is neighbouring in the source and the one that is in the result, so that both sides are read and
 * written by cache lines; the three other axes are the tasks. */
#define TILE 16

typedef struct {
  const SacKernelArgs *args;
  gsize n, step;                        /* places along the others: all, a task */
  gsize size[5], to[5], from[5];        /* by axes in the order: three others, source's neighbours, result's neighbours */
} Tiles;

static void
permute_one (const Tiles *tiles, gsize task)
{
  gsize i = task / tiles->size[2] / tiles->size[1], k = task / tiles->size[2] % tiles->size[1], l = task % tiles->size[2];
  const float *x = tiles->args->src[0].data + i * tiles->from[0] + k * tiles->from[1] + l * tiles->from[2];
  float *y = tiles->args->dst.data + i * tiles->to[0] + k * tiles->to[1] + l * tiles->to[2];
  gsize rows = tiles->size[3], columns = tiles->size[4];

  for (gsize r0 = 0; r0 < rows; r0 += TILE)
    for (gsize c0 = 0; c0 < columns; c0 += TILE)
      for (gsize r = r0; r < MIN (r0 + TILE, rows); r++)
        for (gsize c = c0; c < MIN (c0 + TILE, columns); c++)
          y[r * tiles->to[3] + c * tiles->to[4]] = x[r * tiles->from[3] + c * tiles->from[4]];
}

static void
permute_task (guint task, guint thread, gpointer data)
{
  const Tiles *tiles = data;

  for (gsize i = task * tiles->step; i < MIN ((task + 1) * tiles->step, tiles->n); i++)
    permute_one (tiles, i);
}

static void
permute_tiles (const SacKernelArgs *args)
{
  const Permute *permute = args->params;
  Tiles tiles = { .args = args };
  gint32 neighbours = 1, at = 0;

  for (gint32 i = 0; i < 5; i++)
    if (permute->order[i] == SAC_AXIS_C)
      neighbours = i;
  if (neighbours == 1)          /* channels stay: the largest other axis goes with them */
    for (gint32 i = 0; i < 5; i++)
      if (i != 1 && (neighbours == 1 || _sac_axis_size (args->dst.shape, i) > _sac_axis_size (args->dst.shape, neighbours)))
        neighbours = i;
  for (gint32 m = 0; m < 5; m++)
    {
      gint32 axis = in_memory[m], slot = axis == 1 ? 4 : axis == neighbours ? 3 : at++;

      tiles.size[slot] = (gsize) _sac_axis_size (args->dst.shape, axis);
      tiles.to[slot] = _sac_axis_stride (args->dst.shape, axis);
      tiles.from[slot] = source_stride (args, axis);
    }
  tiles.n = tiles.size[0] * tiles.size[1] * tiles.size[2];
  tiles.step = MAX (SAC_PIECE / (tiles.size[3] * tiles.size[4]), 1);
  sac_pool_run (args->pool, (guint) ((tiles.n + tiles.step - 1) / tiles.step), permute_task, &tiles);
}

static const SacCpuVariant permute_cpu[] = { { "tiles", SAC_CPU_PLAIN, NULL, NULL, permute_tiles }, { NULL } };

const SacOp sac_op_permute = {
  .name = "permute", .n_src = 1, .params_size = sizeof (Permute), .infer = permute_infer, .vjp = permute_vjp,
  .reference = permute_reference, .cpu = permute_cpu, .inplace = -1,
};

/* Whether axes longer than 1 keep their order in memory. */
static gboolean
memory_stays (SacShape s, const SacAxis order[5])
{
  gint32 before = -1;

  for (gint32 m = 0; m < 5; m++)
    for (gint32 k = 0; k < 5; k++)
      if ((gint32) order[in_memory[m]] == in_memory[k] && _sac_axis_size (s, in_memory[k]) > 1)
        {
          if (k < before)
            return FALSE;
          before = k;
        }
  return TRUE;
}

SacVar
sac_permute (SacGraph *g, SacVar x, const SacAxis order[5])
{
  Permute permute;
  SacShape s = sac_graph_get_shape (g, x), out;

  for (guint i = 0; i < 5; i++)
    permute.order[i] = (gint32) order[i];
  if (x > 0 && permute_infer (&s, 1, &permute, &out, NULL) && memory_stays (s, order))
    return _sac_view (g, x, out);
  return sac_graph_append (g, &sac_op_permute, &x, 1, &permute);
}

/* Through the order N,C,T,H,W in memory; steps that move nothing are views. */
SacVar
sac_reshape (SacGraph *g, SacVar x, SacShape shape)
{
  static const SacAxis logical[5] = { SAC_AXIS_N, SAC_AXIS_W, SAC_AXIS_C, SAC_AXIS_T, SAC_AXIS_H };
  static const SacAxis back[5] = { SAC_AXIS_N, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_W, SAC_AXIS_C };

  if (x > 0 && sac_shape_equal (sac_graph_get_shape (g, x), shape))
    return x;
  /* as (N, c = W, t = C, h = T, w = H) memory holds N,C,T,H,W */
  x = _sac_view (g, sac_permute (g, x, logical), SAC_SHAPE (shape.n, shape.w, shape.c, shape.t, shape.h));
  return sac_permute (g, x, back);
}

/* In memory each place is a matrix of groups and their channels, and it is transposed. */
SacVar
sac_channel_shuffle (SacGraph *g, SacVar x, gint32 groups)
{
  static const SacAxis transposed[5] = { SAC_AXIS_N, SAC_AXIS_W, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_C };
  SacShape s = sac_graph_get_shape (g, x), matrices;

  if (x <= 0)
    return 0;
  if (groups < 1 || s.c % groups != 0)
    {
      sac_graph_poison (g, "channel shuffle: %d channels are no %d groups", s.c, groups);
      return 0;
    }
  matrices = SAC_SHAPE (s.n * s.t * s.h * s.w, s.c / groups, 1, 1, groups);
  return _sac_view (g, sac_permute (g, _sac_view (g, x, matrices), transposed), s);
}
