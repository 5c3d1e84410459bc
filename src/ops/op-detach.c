/* The same numbers, but a constant to every gradient; and, of a block's entry, what it holds at this place in the order. */
#include "elementwise-private.h"

static void
detach_piece (const SacKernelArgs *args, gsize from, gsize to)
{
  const float *x = args->src[0].data;
  float *y = args->dst.data;

  for (gsize i = from; i < to; i++)
    y[i] = x[i];
}

static void
detach_reference (const SacKernelArgs *args)
{
  detach_piece (args, 0, sac_shape_count (args->dst.shape));
}

static void
detach_pieces (const SacKernelArgs *args)
{
  if (args->dst.data != args->src[0].data)
    _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, detach_piece);
}

static const SacCpuVariant detach_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, detach_pieces }, { NULL } };

static void
detach_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
}

const SacOp sac_op_detach = {
  .name = "detach", .n_src = 1, .infer = _sac_infer_same, .vjp = detach_vjp, .reference = detach_reference, .cpu = detach_cpu,
  .inplace = 0,
};

SacVar
sac_detach (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_detach, &x, 1, NULL);
}
