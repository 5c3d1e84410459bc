/* The loops of the optimisers, shared by the op that clears an accumulated gradient and the one that only reads a fresh one. */
#pragma once
#include <math.h>

#include "targets-private.h"

/* hyper: rate, momentum, decay, gradient scale, and whether by Nesterov: the step is ahead·v + fresh·d. */
enum { SAC_SGD_RATE, SAC_SGD_MOMENTUM, SAC_SGD_DECAY, SAC_SGD_GRADIENT_SCALE, SAC_SGD_NESTEROV, SAC_SGD_N_HYPER };

static inline void
_sac_sgd_by_definition (const SacKernelArgs *args, gboolean clear)
{
  const float *hyper = args->src[4].data, scale = args->src[3].data ? *args->src[3].data : 1;
  double rate = hyper[SAC_SGD_RATE], momentum = hyper[SAC_SGD_MOMENTUM], decay = hyper[SAC_SGD_DECAY];
  double gradient_scale = hyper[SAC_SGD_GRADIENT_SCALE];
  float *w = args->src[0].data, *v = args->src[1].data, *grad = args->src[2].data;

  for (gsize i = 0; i < sac_shape_count (args->src[0].shape); i++)
    {
      double d = gradient_scale * grad[i] + decay * w[i], moved = momentum * v[i] + d;

      if (clear)
        grad[i] = 0;
      if (scale == 0)
        continue;
      v[i] = (float) moved;
      w[i] = (float) (w[i] - rate * scale * (hyper[SAC_SGD_NESTEROV] != 0 ? d + momentum * moved : moved));
    }
}

/* Chosen, not multiplied by 0: a frozen weight stays whatever its gradient is. */
SAC_BODY void
_sac_sgd_piece (const SacKernelArgs *args, gsize from, gsize to, const gboolean clear)
{
  const float *hyper = args->src[4].data, scale = args->src[3].data ? *args->src[3].data : 1;
  const float rate = hyper[SAC_SGD_RATE] * scale, momentum = hyper[SAC_SGD_MOMENTUM], decay = hyper[SAC_SGD_DECAY];
  const float gradient_scale = hyper[SAC_SGD_GRADIENT_SCALE];
  const float ahead = hyper[SAC_SGD_NESTEROV] != 0 ? momentum : 1, fresh = hyper[SAC_SGD_NESTEROV] != 0 ? 1 : 0;
  const gboolean learns = scale != 0;
  float *restrict w = args->src[0].data, *restrict v = args->src[1].data, *restrict grad = args->src[2].data;

  for (gsize i = from; i < to; i++)
    {
      float d = gradient_scale * grad[i] + decay * w[i], moved = momentum * v[i] + d;
      float stepped = w[i] - rate * (ahead * moved + fresh * d);

      if (clear)
        grad[i] = 0;
      v[i] = sac_choose (learns, moved, v[i]);
      w[i] = sac_choose (learns, stepped, w[i]);
    }
}

enum { RATE, BETA1, BETA2, CORRECTION, EPS, DECAY, GRADIENT_SCALE, _SAC_ADAM_N_HYPER };

static inline void
_sac_adam_by_definition (const SacKernelArgs *args, gboolean clear)
{
  const float *hyper = args->src[4].data, *scale = args->src[5].data;
  float *w = args->src[0].data, *m = args->src[1].data, *v = args->src[2].data, *grad = args->src[3].data;

  for (gsize i = 0; i < sac_shape_count (args->src[0].shape); i++)
    {
      double d = (double) hyper[GRADIENT_SCALE] * grad[i] + (double) hyper[DECAY] * w[i], factor = scale ? *scale : 1;
      double first = (double) hyper[BETA1] * m[i] + (1 - (double) hyper[BETA1]) * d;
      double second = (double) hyper[BETA2] * v[i] + (1 - (double) hyper[BETA2]) * d * d;

      if (clear)
        grad[i] = 0;
      if (factor == 0)
        continue;
      m[i] = (float) first;
      v[i] = (float) second;
      w[i] = (float) (w[i] - hyper[RATE] * factor * first / (sqrt (second) * hyper[CORRECTION] + hyper[EPS]));
    }
}

SAC_BODY void
_sac_adam_numbers (const float *hyper, float *restrict w, float *restrict m, float *restrict v, float *restrict grad,
            const float factor, gsize n, const gboolean clear)
{
  const float rate = hyper[RATE], beta1 = hyper[BETA1], beta2 = hyper[BETA2], correction = hyper[CORRECTION], eps = hyper[EPS];
  const float decay = hyper[DECAY], gradient_scale = hyper[GRADIENT_SCALE], fresh1 = 1 - beta1, fresh2 = 1 - beta2;
  const gboolean learns = factor != 0;

  for (gsize i = 0; i < n; i++)
    {
      float d = gradient_scale * grad[i] + decay * w[i];
      float first = beta1 * m[i] + fresh1 * d, second = beta2 * v[i] + fresh2 * (d * d);
      float stepped = w[i] - rate * factor * first / (sqrtf (second) * correction + eps);

      if (clear)
        grad[i] = 0;
      m[i] = sac_choose (learns, first, m[i]);
      v[i] = sac_choose (learns, second, v[i]);
      w[i] = sac_choose (learns, stepped, w[i]);
    }
}

SAC_BODY void
_sac_adam_piece (const SacKernelArgs *args, gsize from, gsize to, const gboolean clear)
{
  float *w = args->src[0].data + from, *m = args->src[1].data + from, *v = args->src[2].data + from, *grad = args->src[3].data + from;

  _sac_adam_numbers (args->src[4].data, w, m, v, grad, args->src[5].data ? *args->src[5].data : 1, to - from, clear);
}
