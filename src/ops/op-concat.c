/* Sources one behind the other along one axis.  The adjoint cuts them out again (slice). */
#include "axis-private.h"

static gboolean
concat_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  gint32 axis = *(const gint32 *) params;
  gint64 size = 0;

  if (axis < SAC_AXIS_N || axis > SAC_AXIS_W)
    return FALSE;
  *out = src[0];
  for (guint i = 0; i < n_src; i++)
    {
      SacShape other = src[i];

      size += _sac_axis_size (other, axis);
      *_sac_axis (&other, axis) = _sac_axis_size (src[0], axis);
      if (sac_shape_equal (other, src[0]) && size <= G_MAXINT32)
        continue;
      g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "the shapes differ in another axis");
      return FALSE;
    }
  *_sac_axis (out, axis) = (gint32) size;
  return TRUE;
}

static void
concat_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gint32 axis = *(const gint32 *) node->params, start = 0;

  for (guint i = 0; i < node->n_src; i++)
    {
      gint32 length = _sac_axis_size (sac_graph_get_shape (g, node->src[i]), axis);

      if (sac_graph_needs_gradient (g, node->src[i]))
        gx[i] = sac_slice (g, gy, (SacAxis) axis, start, length);
      start += length;
    }
}

static void
concat_reference (const SacKernelArgs *args)
{
  gint32 axis = *(const gint32 *) args->params;
  gsize stride = _sac_axis_stride (args->dst.shape, axis), skip = 0;
  SacShape ys = args->dst.shape;

  for (guint i = 0; i < args->n_src; i++)
    {
      SacShape xs = args->src[i].shape;
      const float *x = args->src[i].data;

      SAC_EACH_ROW (xs, n, t, h, w)
        for (gint32 c = 0; c < xs.c; c++)
          args->dst.data[skip + ((((gsize) n * ys.t + t) * ys.h + h) * ys.w + w) * ys.c + c] = *x++;
      skip += (gsize) _sac_axis_size (xs, axis) * stride;
    }
}

static void
concat_runs (const SacKernelArgs *args)
{
  gint32 axis = *(const gint32 *) args->params;
  gsize stride = _sac_axis_stride (args->dst.shape, axis), all = stride * _sac_axis_size (args->dst.shape, axis), skip = 0;

  for (guint i = 0; i < args->n_src; i++)
    {
      gsize length = stride * _sac_axis_size (args->src[i].shape, axis);
      SacRuns runs = { args->src[i].data, args->dst.data + skip, sac_shape_count (args->dst.shape) / all, length, length, all };

      _sac_copy_runs (args->pool, &runs);
      skip += length;
    }
}

static const SacCpuVariant concat_cpu[] = { { "runs", SAC_CPU_PLAIN, NULL, NULL, concat_runs }, { NULL } };

const SacOp sac_op_concat = {
  .name = "concat", .n_src = SAC_MAX_SRC, .params_size = sizeof (gint32), .infer = concat_infer, .vjp = concat_vjp,
  .reference = concat_reference, .cpu = concat_cpu, .inplace = -1, .optional = 0xfe,
};

/* More sources than an op holds are joined by groups. */
SacVar
sac_concat (SacGraph *g, const SacVar *x, guint n, SacAxis axis)
{
  SacVar group[SAC_MAX_SRC];
  guint n_groups = 0;

  g_return_val_if_fail (n > 0, 0);
  if (n == 1)
    return x[0];
  if (n <= SAC_MAX_SRC)
    return sac_graph_append (g, &sac_op_concat, x, n, &(gint32) { (gint32) axis });
  for (guint size = (n + SAC_MAX_SRC - 1) / SAC_MAX_SRC, at = 0; at < n; at += size)
    group[n_groups++] = sac_concat (g, x + at, MIN (size, n - at), axis);
  return sac_concat (g, group, n_groups, axis);
}
