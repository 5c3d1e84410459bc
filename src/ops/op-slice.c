/* @length neighbours of one axis, from @start on.  The adjoint places them among zeros (place_slice). */
#include "axis-private.h"

static gboolean
slice_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacSlice *slice = params;

  if (!_sac_slice_fits (src[0], slice, error))
    return FALSE;
  *out = src[0];
  *_sac_axis (out, slice->axis) = slice->length;
  return TRUE;
}

static void
slice_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = _sac_place_slice (g, gy, node->params, sac_graph_get_shape (g, node->src[0]));
}

static void
slice_reference (const SacKernelArgs *args)
{
  const SacSlice *slice = args->params;
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  gsize skip = (gsize) slice->start * _sac_axis_stride (xs, slice->axis);
  float *y = args->dst.data;

  SAC_EACH_ROW (ys, n, t, h, w)
    for (gint32 c = 0; c < ys.c; c++)
      *y++ = args->src[0].data[skip + ((((gsize) n * xs.t + t) * xs.h + h) * xs.w + w) * xs.c + c];
}

static void
slice_runs (const SacKernelArgs *args)
{
  const SacSlice *slice = args->params;
  gsize stride = _sac_axis_stride (args->src[0].shape, slice->axis), length = stride * slice->length;
  SacRuns runs = { args->src[0].data + slice->start * stride, args->dst.data, sac_shape_count (args->dst.shape) / length, length,
                   stride * _sac_axis_size (args->src[0].shape, slice->axis), length };

  _sac_copy_runs (args->pool, &runs);
}

static const SacCpuVariant slice_cpu[] = { { "runs", SAC_CPU_PLAIN, NULL, NULL, slice_runs }, { NULL } };

const SacOp sac_op_slice = {
  .name = "slice", .n_src = 1, .params_size = sizeof (SacSlice), .infer = slice_infer, .vjp = slice_vjp,
  .reference = slice_reference, .cpu = slice_cpu, .inplace = -1,
};

SacVar
sac_slice (SacGraph *g, SacVar x, SacAxis axis, gint32 start, gint32 length)
{
  if (x > 0 && start == 0 && _sac_axis_size (sac_graph_get_shape (g, x), axis) == length)
    return x;
  return sac_graph_append (g, &sac_op_slice, &x, 1, &(SacSlice) { (gint32) axis, start, length });
}
