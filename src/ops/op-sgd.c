/* v ← m·v + d, d = gscale·g + λ·w; w ← w − η·scale·v; g ← 0, over one page.  By Nesterov w ← w − η·scale·(d + m·v).  A weight whose
 * scale is 0 stays, and so does its moment.  methods: Momentum SGD as PyTorch writes it (no dampening). */
#include "targets-private.h"

/* hyper: rate, momentum, decay, gradient scale, and whether by Nesterov: the step is ahead·v + fresh·d. */
enum { RATE, MOMENTUM, DECAY, GRADIENT_SCALE, NESTEROV, N_HYPER };

static void
sgd_reference (const SacKernelArgs *args)
{
  const float *hyper = args->src[4].data, *scale = args->src[3].data;
  double rate = hyper[RATE], momentum = hyper[MOMENTUM], decay = hyper[DECAY], gradient_scale = hyper[GRADIENT_SCALE];
  float *w = args->src[0].data, *v = args->src[1].data, *grad = args->src[2].data;

  for (gsize i = 0; i < sac_shape_count (args->src[0].shape); i++)
    {
      double d = gradient_scale * grad[i] + decay * w[i], moved = momentum * v[i] + d;

      grad[i] = 0;
      if (scale[i] == 0)
        continue;
      v[i] = (float) moved;
      w[i] = (float) (w[i] - rate * scale[i] * (hyper[NESTEROV] != 0 ? d + momentum * moved : moved));
    }
}

/* Chosen, not multiplied by 0: a frozen weight stays whatever its gradient is. */
SAC_BODY void
sgd_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const float *hyper = args->src[4].data, *restrict scale = args->src[3].data;
  const float rate = hyper[RATE], momentum = hyper[MOMENTUM], decay = hyper[DECAY], gradient_scale = hyper[GRADIENT_SCALE];
  const float ahead = hyper[NESTEROV] != 0 ? momentum : 1, fresh = hyper[NESTEROV] != 0 ? 1 : 0;
  float *restrict w = args->src[0].data, *restrict v = args->src[1].data, *restrict grad = args->src[2].data;

  for (gsize i = from; i < to; i++)
    {
      float d = gradient_scale * grad[i] + decay * w[i], moved = momentum * v[i] + d;
      float stepped = w[i] - rate * scale[i] * (ahead * moved + fresh * d);
      gboolean learns = scale[i] != 0;

      grad[i] = 0;
      v[i] = sac_choose (learns, moved, v[i]);
      w[i] = sac_choose (learns, stepped, w[i]);
    }
}

static void
sgd_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, piece);
}

SAC_MULTIVERSION (sgd, NULL)

static gboolean
sgd_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[0], src[2]) && sac_shape_equal (src[0], src[3])
         && sac_shape_equal (src[4], SAC_SHAPE (1, N_HYPER, 1, 1, 1));
}

const SacOp sac_op_sgd = {
  .name = "sgd", .n_src = 5, .infer = sgd_infer, .reference = sgd_reference, .cpu = sgd_cpu, .inplace = -1, .mutates = 1 | 2 | 4,
};

void
sac_sgd (SacGraph *g, SacVar w, SacVar v, SacVar grad, SacVar scale, SacVar hyper)
{
  sac_graph_append (g, &sac_op_sgd, (SacVar[]) { w, v, grad, scale, hyper }, 5, NULL);
}
