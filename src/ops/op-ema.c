/* average ← β·average + (1−β)·w over one page: an exponential moving average of the weights.  methods/05 §3 */
#include "elementwise-private.h"

static void
ema_reference (const SacKernelArgs *args)
{
  double beta = args->src[2].data[0];

  for (gsize i = 0; i < sac_shape_count (args->src[0].shape); i++)
    args->src[0].data[i] = (float) (beta * args->src[0].data[i] + (1 - beta) * args->src[1].data[i]);
}

/* As a step towards w, so that an average that has arrived stays. */
static void
ema_piece (const SacKernelArgs *args, gsize from, gsize to)
{
  float *restrict average = args->src[0].data, share = 1 - args->src[2].data[0];
  const float *restrict w = args->src[1].data;

  for (gsize i = from; i < to; i++)
    average[i] += share * (w[i] - average[i]);
}

static void
ema_pieces (const SacKernelArgs *args)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, ema_piece);
}

static const SacCpuVariant ema_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, ema_pieces }, { NULL } };

static gboolean
ema_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[2], SAC_SHAPE_SCALAR);
}

const SacOp sac_op_ema = {
  .name = "ema", .n_src = 3, .infer = ema_infer, .reference = ema_reference, .cpu = ema_cpu, .inplace = -1, .mutates = 1,
};

void
sac_ema (SacGraph *g, SacVar average, SacVar w, SacVar beta)
{
  sac_graph_append (g, &sac_op_ema, (SacVar[]) { average, w, beta }, 3, NULL);
}
