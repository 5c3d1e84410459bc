/* into += value: how a micro-batch's gradient joins the others. */
#include "elementwise-private.h"

static void
accumulate_piece (const SacKernelArgs *args, gsize from, gsize to)
{
  float *into = args->src[0].data;
  const float *value = args->src[1].data;

  for (gsize i = from; i < to; i++)
    into[i] += value[i];
}

static void
accumulate_reference (const SacKernelArgs *args)
{
  accumulate_piece (args, 0, sac_shape_count (args->src[0].shape));
}

static void
accumulate_pieces (const SacKernelArgs *args)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, accumulate_piece);
}

static const SacCpuVariant accumulate_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, accumulate_pieces }, { NULL } };

const SacOp sac_op_accumulate = {
  .name = "accumulate", .n_src = 2, .infer = _sac_infer_same, .reference = accumulate_reference, .cpu = accumulate_cpu,
  .inplace = -1, .mutates = 1,
};

void
sac_accumulate (SacGraph *g, SacVar into, SacVar value)
{
  sac_graph_append (g, &sac_op_accumulate, (SacVar[]) { into, value }, 2, NULL);
}
