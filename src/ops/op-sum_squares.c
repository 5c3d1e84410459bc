/* Sums of squares over the axes that are 1 in the result. */
#include "reduce-private.h"
#include "vulkan-grids.h"

static void
sum_squares_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_mul (g, node->src[0], sac_affine (g, gy, 2, 0));
}

static void
sum_squares_reference (const SacKernelArgs *args)
{
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  const float *x = args->src[0].data;
  gsize n_y = sac_shape_count (ys);
  g_autofree double *sums = g_new0 (double, n_y);

  SAC_EACH_ROW (xs, n, t, h, w)
    for (gint32 c = 0; c < xs.c; c++, x++)
      sums[_sac_broadcast_index (ys, n, t, h, w, c)] += (double) *x * (double) *x;
  for (gsize i = 0; i < n_y; i++)
    args->dst.data[i] = (float) sums[i];
}

SAC_BODY void
sum_squares_body (guint task, guint thread, gpointer data)
{
  sac_reduce_task (SAC_REDUCE_SQUARES, data, task);
}

static void
sum_squares_run (const SacKernelArgs *args, SacPoolFunc task)
{
  _sac_reduction_run (args, task, SAC_REDUCE_SQUARES);
}

SAC_KERNELS (sum_squares, _sac_reduction_fits, _sac_reduction_workspace)

static double
sum_squares_flops (const SacKernelArgs *shapes)
{
  return 2.0 * (double) sac_shape_count (shapes->src[0].shape);
}

SAC_VULKAN_REDUCE (sum_squares, sac_shape_count (shapes->dst.shape), _sac_reduction_count (shapes), _sac_reduction_inner (shapes))

const SacOp sac_op_sum_squares = {
  .vulkan = sum_squares_vulkan,
  .name = "sum_squares", .n_src = 1, .params_size = sizeof (SacShape), .infer = _sac_reduction_infer, .vjp = sum_squares_vjp,
  .reference = sum_squares_reference, .cpu = sum_squares_cpu, .flops = sum_squares_flops, .inplace = -1,
};

/* The last reduced axes first, the others by sum_to. */
SacVar
sac_sum_squares_to (SacGraph *g, SacVar x, SacShape shape)
{
  SacShape s = sac_graph_get_shape (g, x), step = _sac_reduction_step (s, shape);

  if (x > 0 && !sac_shape_equal (step, s) && !sac_shape_equal (step, shape))
    return sac_sum_to (g, sac_graph_append (g, &sac_op_sum_squares, &x, 1, &step), shape);
  return sac_graph_append (g, &sac_op_sum_squares, &x, 1, &shape);
}
