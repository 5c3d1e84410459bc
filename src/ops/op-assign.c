/* into = value. */
#include "elementwise-private.h"

static void
assign_piece (const SacKernelArgs *args, gsize from, gsize to)
{
  float *into = args->src[0].data;
  const float *value = args->src[1].data;

  for (gsize i = from; i < to; i++)
    into[i] = value[i];
}

static void
assign_reference (const SacKernelArgs *args)
{
  assign_piece (args, 0, sac_shape_count (args->src[0].shape));
}

static void
assign_pieces (const SacKernelArgs *args)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, assign_piece);
}

static const SacCpuVariant assign_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, assign_pieces }, { NULL } };

const SacOp sac_op_assign = {
  .name = "assign", .n_src = 2, .infer = _sac_infer_same, .reference = assign_reference, .cpu = assign_cpu,
  .inplace = -1, .mutates = 1,
};

void
sac_assign (SacGraph *g, SacVar into, SacVar value)
{
  sac_graph_append (g, &sac_op_assign, (SacVar[]) { into, value }, 2, NULL);
}
