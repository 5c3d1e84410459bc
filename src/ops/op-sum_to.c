/* Sums over the axes that are 1 in the result.  The adjoint stretches again (broadcast_to). */
#include "reduce-private.h"
#include "vulkan-grids.h"

static void
sum_to_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_broadcast_to (g, gy, sac_graph_get_shape (g, node->src[0]));
}

static void
sum_to_reference (const SacKernelArgs *args)
{
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  const float *x = args->src[0].data;
  gsize n_y = sac_shape_count (ys);
  g_autofree double *sums = g_new0 (double, n_y);

  SAC_EACH_ROW (xs, n, t, h, w)
    for (gint32 c = 0; c < xs.c; c++)
      sums[_sac_broadcast_index (ys, n, t, h, w, c)] += (double) *x++;
  for (gsize i = 0; i < n_y; i++)
    args->dst.data[i] = (float) sums[i];
}

SAC_BODY void
sum_to_body (guint task, guint thread, gpointer data)
{
  sac_reduce_task (SAC_REDUCE_SUM, data, task);
}

static void
sum_to_run (const SacKernelArgs *args, SacPoolFunc task)
{
  _sac_reduction_run (args, task, SAC_REDUCE_SUM);
}

SAC_KERNELS (sum_to, _sac_reduction_fits, _sac_reduction_workspace)

static double
sum_to_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[0].shape);
}

SAC_VULKAN_REDUCE (sum_to, sac_shape_count (shapes->dst.shape), _sac_reduction_count (shapes), _sac_reduction_inner (shapes))

const SacOp sac_op_sum_to = {
  .vulkan = sum_to_vulkan,
  .name = "sum_to", .n_src = 1, .params_size = sizeof (SacShape), .infer = _sac_reduction_infer, .vjp = sum_to_vjp,
  .reference = sum_to_reference, .cpu = sum_to_cpu, .flops = sum_to_flops, .inplace = -1, .bf16 = SAC_SRC (0),
};

/* Reduced axes that lie apart in memory go one after the other, the fastest first. */
SacVar
sac_sum_to (SacGraph *g, SacVar x, SacShape shape)
{
  while (x > 0 && !sac_shape_equal (sac_graph_get_shape (g, x), shape))
    {
      SacShape s = sac_graph_get_shape (g, x), step = _sac_reduction_step (s, shape), left = _sac_reduction_step (step, shape);

      /* what does not fit is said about the shape asked for */
      if (sac_shape_equal (step, s) || sac_shape_equal (left, step))
        return sac_graph_append (g, &sac_op_sum_to, &x, 1, &shape);
      x = sac_graph_append (g, &sac_op_sum_to, &x, 1, &step);
    }
  return x;
}

SacVar
sac_mean (SacGraph *g, SacVar x)
{
  return sac_mean_to (g, x, SAC_SHAPE_SCALAR);
}

SacVar
sac_global_average (SacGraph *g, SacVar x)
{
  SacShape s = sac_graph_get_shape (g, x);

  return sac_mean_to (g, x, SAC_SHAPE (s.n, s.c, 1, 1, 1));
}

SacVar
sac_mean_to (SacGraph *g, SacVar x, SacShape shape)
{
  gsize n = x > 0 ? sac_shape_count (sac_graph_get_shape (g, x)) : 1;

  return sac_affine (g, sac_sum_to (g, x, shape), (float) ((double) sac_shape_count (shape) / (double) n), 0);
}

SacVar
sac_variance_to (SacGraph *g, SacVar x, SacShape shape)
{
  return sac_mean_to (g, sac_power (g, sac_sub (g, x, sac_mean_to (g, x, shape)), 2), shape);
}
