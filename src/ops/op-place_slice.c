/* Zeros of a given shape with the source at its place on one axis: the adjoint of slice, and slice is its. */
#include <string.h>

#include "axis-private.h"

static gboolean
place_slice_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacPlaceSlice *place = params;
  SacShape part = place->like;

  *out = place->like;
  if (!_sac_slice_fits (place->like, &place->slice, error))
    return FALSE;
  *_sac_axis (&part, place->slice.axis) = place->slice.length;
  return sac_shape_equal (part, src[0]);
}

static void
place_slice_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const SacPlaceSlice *place = node->params;

  gx[0] = sac_slice (g, gy, (SacAxis) place->slice.axis, place->slice.start, place->slice.length);
}

static void
place_slice_reference (const SacKernelArgs *args)
{
  const SacPlaceSlice *place = args->params;
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  gsize skip = (gsize) place->slice.start * _sac_axis_stride (ys, place->slice.axis);
  const float *x = args->src[0].data;

  memset (args->dst.data, 0, sizeof (float) * sac_shape_count (ys));
  SAC_EACH_ROW (xs, n, t, h, w)
    for (gint32 c = 0; c < xs.c; c++)
      args->dst.data[skip + ((((gsize) n * ys.t + t) * ys.h + h) * ys.w + w) * ys.c + c] = *x++;
}

static void
zero_piece (const SacKernelArgs *args, gsize from, gsize to)
{
  memset (args->dst.data + from, 0, (to - from) * sizeof (float));
}

static void
place_slice_runs (const SacKernelArgs *args)
{
  const SacSlice *slice = &((const SacPlaceSlice *) args->params)->slice;
  gsize stride = _sac_axis_stride (args->dst.shape, slice->axis), length = stride * slice->length;
  SacRuns runs = { args->src[0].data, args->dst.data + slice->start * stride, sac_shape_count (args->src[0].shape) / length, length,
                   length, stride * _sac_axis_size (args->dst.shape, slice->axis) };

  _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, zero_piece);
  _sac_copy_runs (args->pool, &runs);
}

static const SacCpuVariant place_slice_cpu[] = { { "runs", SAC_CPU_PLAIN, NULL, NULL, place_slice_runs }, { NULL } };

const SacOp sac_op_place_slice = {
  .name = "place_slice", .n_src = 1, .params_size = sizeof (SacPlaceSlice), .infer = place_slice_infer, .vjp = place_slice_vjp,
  .reference = place_slice_reference, .cpu = place_slice_cpu, .inplace = -1,
};

SacVar
_sac_place_slice (SacGraph *g, SacVar gy, const SacSlice *slice, SacShape like)
{
  return sac_graph_append (g, &sac_op_place_slice, &gy, 1, &(SacPlaceSlice) { *slice, like });
}
