/* into += Σ x²: what the norm of a gradient is made of.  Sixteen sums a piece, then one a piece, then all in order. */
#include "targets-private.h"
#include "vulkan-grids.h"

#define LANES 16

static void
add_squares_reference (const SacKernelArgs *args)
{
  const float *x = args->src[1].data;
  double sum = 0;

  for (gsize i = 0; i < sac_shape_count (args->src[1].shape); i++)
    sum += (double) x[i] * x[i];
  args->src[0].data[0] = (float) (args->src[0].data[0] + sum);
}

static gsize
add_squares_pieces (const SacKernelArgs *args)
{
  return (sac_shape_count (args->src[1].shape) + SAC_PIECE - 1) / SAC_PIECE;
}

static gsize
add_squares_workspace (const SacKernelArgs *shapes)
{
  return sizeof (double) * add_squares_pieces (shapes);
}

SAC_BODY void
add_squares_body (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  gsize n = sac_shape_count (args->src[1].shape), from = (gsize) task * SAC_PIECE, to = MIN (n, from + SAC_PIECE), i = from;
  const float *x = args->src[1].data;
  float lanes[LANES] = { 0 };
  double sum = 0;

  for (; i + LANES <= to; i += LANES)
    for (gsize k = 0; k < LANES; k++)
      lanes[k] += x[i + k] * x[i + k];
  for (gsize k = 0; k < LANES; k++)
    sum += (double) lanes[k];
  for (; i < to; i++)
    sum += (double) x[i] * (double) x[i];
  ((double *) args->workspace)[task] = sum;
}

static void
add_squares_run (const SacKernelArgs *args, SacPoolFunc task)
{
  gsize n = add_squares_pieces (args);
  double sum = 0;

  sac_pool_run (args->pool, (guint) n, task, (gpointer) args);
  for (gsize i = 0; i < n; i++)
    sum += ((double *) args->workspace)[i];
  args->src[0].data[0] = (float) (args->src[0].data[0] + sum);
}

SAC_KERNELS (add_squares, NULL, add_squares_workspace)

static gboolean
add_squares_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], SAC_SHAPE_SCALAR);
}

static double
add_squares_flops (const SacKernelArgs *shapes)
{
  return 2.0 * (double) sac_shape_count (shapes->src[1].shape);
}

SAC_VULKAN_REDUCE (add_squares, 1, sac_shape_count (shapes->src[1].shape), 1)

const SacOp sac_op_add_squares = {
  .vulkan = add_squares_vulkan,
  .name = "add_squares", .n_src = 2, .infer = add_squares_infer, .reference = add_squares_reference, .cpu = add_squares_cpu,
  .flops = add_squares_flops, .inplace = -1, .mutates = 1,
};

void
sac_add_squares (SacGraph *g, SacVar into, SacVar x)
{
  sac_graph_append (g, &sac_op_add_squares, (SacVar[]) { into, x }, 2, NULL);
}
