/* The same numbers in memory under another shape.  Takes its source's memory over where nobody else reads it. */
#include <string.h>

#include "axis-private.h"
#include "shape-private.h"

static gboolean
view_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = *(const SacShape *) params;
  return out->n > 0 && out->c > 0 && out->t > 0 && out->h > 0 && out->w > 0 && sac_shape_count (*out) == sac_shape_count (src[0]);
}

static void
view_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = _sac_view (g, gy, sac_graph_get_shape (g, node->src[0]));
}

static void
view_reference (const SacKernelArgs *args)
{
  memmove (args->dst.data, args->src[0].data, sizeof (float) * sac_shape_count (args->dst.shape));
}

static void
view_copy (const SacKernelArgs *args)
{
  gsize n = sac_shape_count (args->dst.shape);

  if (args->dst.data != args->src[0].data)
    _sac_copy_runs (args->pool, &(SacRuns) { args->src[0].data, args->dst.data, 1, n, n, n });
}

static const SacCpuVariant view_cpu[] = { { "copy", SAC_CPU_PLAIN, NULL, NULL, view_copy }, { NULL } };

const SacOp sac_op_view = {
  .name = "view", .n_src = 1, .params_size = sizeof (SacShape), .infer = view_infer, .vjp = view_vjp,
  .reference = view_reference, .cpu = view_cpu, .inplace = 0,
};

/* A view of a view is one of its source. */
SacVar
_sac_view (SacGraph *g, SacVar x, SacShape shape)
{
  if (x > 0 && sac_graph_get_node (g, x).op == &sac_op_view)
    x = sac_graph_get_node (g, x).src[0];
  if (x > 0 && sac_shape_equal (sac_graph_get_shape (g, x), shape))
    return x;
  return sac_graph_append (g, &sac_op_view, &x, 1, &shape);
}

SacVar
sac_as_rows (SacGraph *g, SacVar x)
{
  SacShape s = sac_graph_get_shape (g, x);

  return x > 0 ? _sac_view (g, x, SAC_SHAPE (s.n * s.t * s.h * s.w, s.c, 1, 1, 1)) : 0;
}

SacVar
sac_from_rows (SacGraph *g, SacVar rows, SacShape like)
{
  like.c = sac_graph_get_shape (g, rows).c;
  return rows > 0 ? _sac_view (g, rows, like) : 0;
}
