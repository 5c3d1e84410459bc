/* SACCADE_CHECK: each step's reference beside its kernel, on the same numbers. */
#include "sac-cpu-private.h"

#include <math.h>
#include <string.h>

#include "graph/sac-bf16.h"

/* Σ(a−b)²/Σb² above this is no rounding. */
#define TOLERANCE 1e-8
#define TOLERANCE_BF16 1e-4

static double
difference (const float *a, const float *b, gsize n)
{
  double error = 0, size = 0;

  for (gsize i = 0; i < n; i++)
    {
      double d = (double) a[i] - b[i];

      if (isnan (a[i]) != isnan (b[i]))
        return G_MAXDOUBLE;
      if (a[i] == b[i] || isnan (a[i]))
        d = 0;
      error += d * d;
      size += isfinite (b[i]) ? (double) b[i] * b[i] : 0;
    }
  return error / MAX (size, 1e-30);
}

gboolean
_sac_cpu_run_checked (const SacCpuStep *step, guint number, GError **error)
{
  const SacKernelArgs *args = &step->args;
  guint32 narrow = _sac_cpu_to_widen (args, NULL);
  SacKernelArgs plain = _sac_cpu_widened (args, narrow, NULL);
  SacBf16Copies bf16 = sac_bf16_copies ();
  float *copies[SAC_MAX_SRC + 1] = { NULL };
  double worst = 0, tolerance = narrow ? TOLERANCE_BF16 : TOLERANCE;

  /* The reference gets its own result, its own copy of what is written in place and of what is bf16; it runs first, since the
   * kernel may write its result over a source. */
  for (guint i = 0; i <= args->n_src; i++)
    {
      SacTensor *tensor = i < args->n_src ? &plain.src[i] : &plain.dst;
      gboolean is_narrow = (narrow & (i < args->n_src ? SAC_SRC (i) : SAC_DST)) != 0;

      if (!tensor->data || (i < args->n_src && !is_narrow && !(args->op->mutates & SAC_SRC (i))))
        continue;
      copies[i] = g_new (float, sac_shape_count (tensor->shape));
      if (is_narrow)
        bf16.widen (copies[i], (const guint16 *) tensor->data, sac_shape_count (tensor->shape));
      else
        memcpy (copies[i], tensor->data, sac_shape_count (tensor->shape) * sizeof (float));
      tensor->data = copies[i];
    }
  args->op->reference (&plain);
  _sac_cpu_run_kernel (step);
  for (guint i = 0; i <= args->n_src; i++)
    {
      const SacTensor *result = i < args->n_src ? &args->src[i] : &args->dst;
      gsize n = sac_shape_count (result->shape);
      g_autofree float *wide = NULL;

      if (copies[i] && (i == args->n_src || (args->op->mutates & SAC_SRC (i))))
        {
          if (result->dtype == SAC_BF16)
            bf16.widen (wide = g_new (float, n), sac_tensor_bf16 (result), n);
          worst = MAX (worst, difference (wide ? wide : result->data, copies[i], n));
        }
      g_free (copies[i]);
    }
  if (worst <= tolerance)
    return TRUE;
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CHECK, "step %u, %s/%s: differs from its reference by NMSE %.3g",
               number, args->op->name, step->variant, worst);
  return FALSE;
}
