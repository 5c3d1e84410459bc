/* SACCADE_CHECK: each step's reference beside its kernel, on the same numbers. */
#include "sac-cpu-private.h"

#include <math.h>

/* Σ(a−b)²/Σb² above this is no rounding. */
#define TOLERANCE 1e-8

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
  SacKernelArgs plain = *args;
  float *copies[SAC_MAX_SRC + 1] = { NULL };
  gsize counts[SAC_MAX_SRC + 1] = { 0 };
  double worst = 0;

  /* The reference gets its own result and its own copy of what is written in place; it runs first, since the kernel may
   * write its result over a source. */
  for (guint i = 0; i <= args->n_src; i++)
    {
      SacTensor *tensor = i < args->n_src ? &plain.src[i] : &plain.dst;

      if (!tensor->data || (i < args->n_src && !(args->op->mutates & (1u << i))))
        continue;
      counts[i] = sac_shape_count (tensor->shape);
      copies[i] = g_memdup2 (tensor->data, counts[i] * sizeof (float));
      tensor->data = copies[i];
    }
  args->op->reference (&plain);
  step->kernel (args);
  for (guint i = 0; i <= args->n_src; i++)
    if (copies[i])
      {
        worst = MAX (worst, difference (i < args->n_src ? args->src[i].data : args->dst.data, copies[i], counts[i]));
        g_free (copies[i]);
      }
  if (worst <= TOLERANCE)
    return TRUE;
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CHECK, "step %u, %s/%s: differs from its reference by NMSE %.3g",
               number, args->op->name, step->variant, worst);
  return FALSE;
}
