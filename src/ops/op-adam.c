/* Adam over one page, one pass over memory:
 *   d = gscale·g + λ·w;  m ← β₁·m + (1−β₁)·d;  v ← β₂·v + (1−β₂)·d²;  w ← w − η'·scale·m / (√v·c + ε);  g ← 0
 * hyper holds η' = η/(1−β₁ᵗ) and c = 1/√(1−β₂ᵗ), the bias corrections of step t, made by the caller in double.
 * A weight whose scale is 0 stays, and so do its moments.  Paper: Kingma & Ba 2015, alg. 1, as PyTorch writes it. */
#include <math.h>

#include "targets-private.h"

enum { RATE, BETA1, BETA2, CORRECTION, EPS, DECAY, GRADIENT_SCALE, N_HYPER };

static void
adam_reference (const SacKernelArgs *args)
{
  const float *hyper = args->src[4].data, *scale = args->src[5].data;
  float *w = args->src[0].data, *m = args->src[1].data, *v = args->src[2].data, *grad = args->src[3].data;

  for (gsize i = 0; i < sac_shape_count (args->src[0].shape); i++)
    {
      double d = (double) hyper[GRADIENT_SCALE] * grad[i] + (double) hyper[DECAY] * w[i], factor = scale ? scale[i] : 1;
      double first = (double) hyper[BETA1] * m[i] + (1 - (double) hyper[BETA1]) * d;
      double second = (double) hyper[BETA2] * v[i] + (1 - (double) hyper[BETA2]) * d * d;

      grad[i] = 0;
      if (factor == 0)
        continue;
      m[i] = (float) first;
      v[i] = (float) second;
      w[i] = (float) (w[i] - hyper[RATE] * factor * first / (sqrt (second) * hyper[CORRECTION] + hyper[EPS]));
    }
}

SAC_BODY void
adam_piece (const float *hyper, float *restrict w, float *restrict m, float *restrict v, float *restrict grad,
            const float *restrict scale, gsize n)
{
  const float rate = hyper[RATE], beta1 = hyper[BETA1], beta2 = hyper[BETA2], correction = hyper[CORRECTION], eps = hyper[EPS];
  const float decay = hyper[DECAY], gradient_scale = hyper[GRADIENT_SCALE], fresh1 = 1 - beta1, fresh2 = 1 - beta2;

  for (gsize i = 0; i < n; i++)
    {
      float d = gradient_scale * grad[i] + decay * w[i], factor = scale ? scale[i] : 1;
      float first = beta1 * m[i] + fresh1 * d, second = beta2 * v[i] + fresh2 * (d * d);
      float stepped = w[i] - rate * factor * first / (sqrtf (second) * correction + eps);
      gboolean learns = factor != 0;

      grad[i] = 0;
      m[i] = sac_choose (learns, first, m[i]);
      v[i] = sac_choose (learns, second, v[i]);
      w[i] = sac_choose (learns, stepped, w[i]);
    }
}

SAC_BODY void
adam_body (const SacKernelArgs *args, gsize from, gsize to)
{
  float *w = args->src[0].data + from, *m = args->src[1].data + from, *v = args->src[2].data + from, *grad = args->src[3].data + from;
  const float *hyper = args->src[4].data, *scale = args->src[5].data;

  if (scale)
    adam_piece (hyper, w, m, v, grad, scale + from, to - from);
  else
    adam_piece (hyper, w, m, v, grad, NULL, to - from);
}

static void
adam_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, piece);
}

SAC_MULTIVERSION (adam, NULL)

static gboolean
adam_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[0], src[2]) && sac_shape_equal (src[0], src[3])
         && sac_shape_equal (src[4], SAC_SHAPE (1, N_HYPER, 1, 1, 1)) && (src[5].n == 0 || sac_shape_equal (src[0], src[5]));
}

static double
adam_flops (const SacKernelArgs *shapes)
{
  return 14.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_adam = {
  .name = "adam", .n_src = 6, .infer = adam_infer, .reference = adam_reference, .cpu = adam_cpu, .flops = adam_flops,
  .inplace = -1, .mutates = 1 | 2 | 4 | 8, .optional = 1 << 5,
};

void
sac_adam (SacGraph *g, SacVar w, SacVar m, SacVar v, SacVar grad, SacVar hyper, SacVar scale)
{
  sac_graph_append (g, &sac_op_adam, (SacVar[]) { w, m, v, grad, hyper, scale }, scale ? 6 : 5, NULL);
}
