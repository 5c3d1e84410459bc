/* max_pool3d: y[n,c,o] = max of x[n,c,i] over the window of o; outside of x stands −∞.
 * x (N,C,T,H,W) → (N,C,T',H',W'), T' = (T + 2·pad − kT) / stride + 1, so too H', W'; the quotient rounded up if so wanted.
 * The adjoint scatters to the first maximum in scan order (time, row, column). */
#include "max-pool-private.h"

#include <math.h>

static gint32
axis_of (SacShape s, int axis)
{
  return axis == 0 ? s.t : axis == 1 ? s.h : s.w;
}

gboolean
_sac_max_pool_shape (SacShape x, const SacPool3d *pool, SacShape *y, GError **error)
{
  gint32 out[3];

  for (int a = 0; a < 3; a++)
    {
      gint64 in = axis_of (x, a), kernel = pool->kernel[a], stride = pool->stride[a], pad = pool->pad[a];

      if (kernel < 1 || stride < 1 || pad < 0 || 2 * pad > kernel || in + 2 * pad < kernel || in + 2 * pad > G_MAXINT32)
        {
          g_autofree char *text = sac_shape_dup_string (x);

          g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                       "a window of %d with stride %d and padding %d does not fit into %s (padding: half a window at most)",
                       (int) kernel, (int) stride, (int) pad, text);
          return FALSE;
        }
      out[a] = _sac_max_pool_size (pool, a, (gint32) in);
    }
  *y = SAC_SHAPE (x.n, x.c, out[0], out[1], out[2]);
  return TRUE;
}

SacMaxPool
_sac_max_pool_geometry (SacShape x, const SacPool3d *pool)
{
  SacMaxPool p = { .n = x.n, .c = x.c };

  for (int a = 0; a < 3; a++)
    {
      p.in[a] = axis_of (x, a);
      p.kernel[a] = pool->kernel[a];
      p.stride[a] = pool->stride[a];
      p.pad[a] = pool->pad[a];
      p.out[a] = _sac_max_pool_size (pool, a, p.in[a]);
    }
  return p;
}

double
_sac_max_pool_flops (SacShape x, const SacPool3d *pool)
{
  SacMaxPool p = _sac_max_pool_geometry (x, pool);

  return (double) p.n * p.c * p.out[0] * p.out[1] * p.out[2] * p.kernel[0] * p.kernel[1] * p.kernel[2];
}

static gboolean
max_pool3d_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  return _sac_max_pool_shape (src[0], params, out, error);
}

static void
max_pool3d_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_max_pool3d_scatter (g, node->src[0], gy, node->params);
}

static void
max_pool3d_reference (const SacKernelArgs *args)
{
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  gsize example = (gsize) p.in[0] * p.in[1] * p.in[2] * p.c;
  float *y = args->dst.data;

  for (gint32 n = 0; n < p.n; n++)
    for (gint32 t = 0; t < p.out[0]; t++)
      for (gint32 h = 0; h < p.out[1]; h++)
        for (gint32 w = 0; w < p.out[2]; w++)
          for (gint32 c = 0; c < p.c; c++)
            {
              SacPoolWindow box = _sac_max_pool_at (&p, t, h, w);
              gint32 at;

              _sac_max_pool_argmax (&p, &box, args->src[0].data + n * example + c, 1, y++, &at);
            }
}

/* One task is one row of windows.  Not-a-number wins over numbers, so that a diverged network shows. */
SAC_BODY void
max_pool3d_body (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  gint32 h = (gint32) (task % (guint) p.out[1]), t = (gint32) (task / (guint) p.out[1] % (guint) p.out[0]);
  gint32 n = (gint32) (task / (guint) p.out[1] / (guint) p.out[0]);
  const float *x = args->src[0].data + (gsize) n * p.in[0] * p.in[1] * p.in[2] * p.c;
  float *y = args->dst.data + (gsize) task * p.out[2] * p.c;

  for (gint32 o = 0; o < p.out[2]; o++, y += p.c)
    {
      SacPoolWindow box = _sac_max_pool_at (&p, t, h, o);
      gboolean first = TRUE;

      for (gint32 ti = box.from[0]; ti < box.to[0]; ti++)
        for (gint32 hi = box.from[1]; hi < box.to[1]; hi++)
          for (gint32 wi = box.from[2]; wi < box.to[2]; wi++)
            {
              const float *restrict v = x + (((gsize) ti * p.in[1] + hi) * p.in[2] + wi) * p.c;
              float *restrict best = y;

              if (first)
                for (gint32 c = 0; c < p.c; c++)
                  best[c] = v[c];
              else
                for (gint32 c = 0; c < p.c; c++)
                  best[c] = sac_choose ((v[c] > best[c]) | (v[c] != v[c]), v[c], best[c]);
              first = FALSE;
            }
    }
}

static void
max_pool3d_run (const SacKernelArgs *args, SacPoolFunc task)
{
  SacShape y = args->dst.shape;

  sac_pool_run (args->pool, (guint) y.n * (guint) y.t * (guint) y.h, task, (gpointer) args);
}

SAC_KERNELS_AFTER (max_pool3d, NULL, NULL,
                   { "avx512 whole", SAC_CPU_AVX512, _sac_max_pool_whole, NULL, _sac_max_pool_avx512 },)

static double
max_pool3d_flops (const SacKernelArgs *shapes)
{
  return _sac_max_pool_flops (shapes->src[0].shape, shapes->params);
}

const SacOp sac_op_max_pool3d = {
  .name = "max_pool3d", .n_src = 1, .params_size = sizeof (SacPool3d), .infer = max_pool3d_infer, .vjp = max_pool3d_vjp,
  .reference = max_pool3d_reference, .cpu = max_pool3d_cpu, .flops = max_pool3d_flops, .inplace = -1,
  .bf16 = SAC_SRC (0) | SAC_DST,
};

SacVar
sac_max_pool3d (SacGraph *g, SacVar x, const SacPool3d *pool)
{
  return sac_graph_append (g, &sac_op_max_pool3d, &x, 1, pool);
}
