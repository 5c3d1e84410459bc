/* The largest over the axes that are 1 in the result.  The adjoint is shared evenly by those that are equal to it. */
#include "compare-private.h"
#include "reduce-private.h"
#include "vulkan-grids.h"

static void
max_to_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar equal = sac_equal (g, node->src[0], node->self);

  gx[0] = sac_mul (g, equal, sac_div (g, gy, sac_sum_to (g, equal, node->shape)));
}

static void
max_to_reference (const SacKernelArgs *args)
{
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  const float *x = args->src[0].data;
  float *y = args->dst.data;

  for (gsize i = 0; i < sac_shape_count (ys); i++)
    y[i] = -INFINITY;
  SAC_EACH_ROW (xs, n, t, h, w)
    for (gint32 c = 0; c < xs.c; c++, x++)
      {
        float *most = &y[_sac_broadcast_index (ys, n, t, h, w, c)];

        *most = *x > *most || isnan (*x) ? *x : *most;
      }
}

SAC_BODY void
max_to_body (guint task, guint thread, gpointer data)
{
  sac_reduce_task (SAC_REDUCE_MAX, data, task);
}

static void
max_to_run (const SacKernelArgs *args, SacPoolFunc task)
{
  _sac_reduction_run (args, task, SAC_REDUCE_MAX);
}

SAC_KERNELS (max_to, _sac_reduction_fits, _sac_reduction_workspace)

static double
max_to_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[0].shape);
}

SAC_VULKAN_REDUCE (max_to, sac_shape_count (shapes->dst.shape), _sac_reduction_count (shapes), _sac_reduction_inner (shapes))

const SacOp sac_op_max_to = {
  .vulkan = max_to_vulkan,
  .name = "max_to", .n_src = 1, .params_size = sizeof (SacShape), .infer = _sac_reduction_infer, .vjp = max_to_vjp,
  .reference = max_to_reference, .cpu = max_to_cpu, .flops = max_to_flops, .inplace = -1,
};

SacVar
sac_max_to (SacGraph *g, SacVar x, SacShape shape)
{
  if (x > 0 && sac_shape_equal (sac_graph_get_shape (g, x), shape))
    return x;
  return sac_graph_append (g, &sac_op_max_to, &x, 1, &shape);
}

SacVar
sac_min_to (SacGraph *g, SacVar x, SacShape shape)
{
  return sac_affine (g, sac_max_to (g, sac_affine (g, x, -1, 0), shape), -1, 0);
}
