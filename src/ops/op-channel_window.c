/* channel_window: y[n,c,p] = Σ of x[n,c',p] over c − before ≤ c' ≤ c + after; channels that do not exist count as 0.
 * x (N,C,T,H,W) → the same shape.  The adjoint swaps before and after.  For local response norm. */
#include "targets-private.h"

#define MOST (1 << 16)

typedef struct {
  gint32 before, after;
} Window;

extern const SacOp sac_op_channel_window;

static gboolean
channel_window_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const Window *window = params;

  *out = src[0];
  if (window->before >= 0 && window->after >= 0 && window->before <= MOST && window->after <= MOST)
    return TRUE;
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "channel_window: %d channels before and %d after are no window",
               window->before, window->after);
  return FALSE;
}

static void
channel_window_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const Window *window = node->params;

  gx[0] = sac_graph_append (g, &sac_op_channel_window, &gy, 1, &(Window) { window->after, window->before });
}

static void
channel_window_reference (const SacKernelArgs *args)
{
  const Window *window = args->params;
  const gint32 channels = args->dst.shape.c;
  const gsize pixels = sac_shape_count (args->dst.shape) / (gsize) channels;

  for (gsize p = 0; p < pixels; p++)
    for (gint32 c = 0; c < channels; c++)
      {
        double sum = 0;

        for (gint32 i = MAX (c - window->before, 0); i <= MIN (c + window->after, channels - 1); i++)
          sum += args->src[0].data[p * (gsize) channels + (gsize) i];
        args->dst.data[p * (gsize) channels + (gsize) c] = (float) sum;
      }
}

/* Shifted copies of the pixel are added, the one in place first. */
SAC_BODY void
channel_window_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const Window *window = args->params;
  const gint32 channels = args->dst.shape.c;

  for (gsize p = from; p < to; p++)
    {
      const float *restrict x = args->src[0].data + p * (gsize) channels;
      float *restrict y = args->dst.data + p * (gsize) channels;

      memcpy (y, x, (gsize) channels * sizeof (float));
      for (gint32 shift = 1; shift <= window->before; shift++)
        for (gint32 c = shift; c < channels; c++)
          y[c] += x[c - shift];
      for (gint32 shift = 1; shift <= window->after; shift++)
        for (gint32 c = 0; c < channels - shift; c++)
          y[c] += x[c + shift];
    }
}

static void
channel_window_run (const SacKernelArgs *args, SacPieceFunc func)
{
  const gsize channels = (gsize) args->dst.shape.c;

  _sac_run_pieces (args, sac_shape_count (args->dst.shape) / channels, channels, func);
}

SAC_MULTIVERSION (channel_window, NULL)

static double
channel_window_flops (const SacKernelArgs *shapes)
{
  const Window *window = shapes->params;

  return (double) sac_shape_count (shapes->dst.shape) * (window->before + window->after);
}

const SacOp sac_op_channel_window = {
  .name = "channel_window", .n_src = 1, .params_size = sizeof (Window), .infer = channel_window_infer, .vjp = channel_window_vjp,
  .reference = channel_window_reference, .cpu = channel_window_cpu, .flops = channel_window_flops, .inplace = -1,
};

SacVar
sac_channel_window (SacGraph *g, SacVar x, gint32 before, gint32 after)
{
  return sac_graph_append (g, &sac_op_channel_window, &x, 1, &(Window) { before, after });
}

SacVar
sac_local_response_norm (SacGraph *g, SacVar x, gint32 size, float alpha, float beta, float k)
{
  SacVar sum;

  if (size < 1)
    {
      sac_graph_poison (g, "local_response_norm: a window of %d channels", size);
      return 0;
    }
  sum = sac_channel_window (g, sac_mul (g, x, x), size / 2, (size - 1) / 2);
  return sac_mul (g, x, sac_power (g, sac_affine (g, sum, alpha / (float) size, k), -beta));
}
