/* max_pool3d_gather: y[n,c,o] = v[n,c,i*], i* = where x has the first maximum of window o.  x, v (N,C,T,H,W) → pooled shape.
 * Linear in v; it is the adjoint of the scatter.  Towards x the derivative is 0 almost everywhere. */
#include "max-pool-private.h"

static gboolean
gather_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  if (!sac_shape_equal (src[0], src[1]))
    {
      g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "the shapes differ");
      return FALSE;
    }
  return _sac_max_pool_shape (src[0], params, out, error);
}

static void
gather_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[1] = sac_max_pool3d_scatter (g, node->src[0], gy, node->params);
}

static void
gather_reference (const SacKernelArgs *args)
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
              float best = 0;
              gint32 at = 0;

              _sac_max_pool_argmax (&p, &box, args->src[0].data + n * example + c, 1, &best, &at);
              *y++ = args->src[1].data[n * example + (gsize) at * p.c + c];
            }
}

/* One task is one row of windows. */
SAC_BODY void
gather_body (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  gint32 h = (gint32) (task % (guint) p.out[1]), t = (gint32) (task / (guint) p.out[1] % (guint) p.out[0]);
  gsize example = (gsize) (task / (guint) p.out[1] / (guint) p.out[0]) * p.in[0] * p.in[1] * p.in[2] * p.c;
  float best[SAC_MAX_POOL_LANES];
  gint32 at[SAC_MAX_POOL_LANES];

  for (gint32 o = 0; o < p.out[2]; o++)
    for (gint32 from = 0; from < p.c; from += SAC_MAX_POOL_LANES)
      {
        gint32 lanes = MIN (p.c - from, SAC_MAX_POOL_LANES);
        SacPoolWindow box = _sac_max_pool_at (&p, t, h, o);
        float *y = args->dst.data + ((gsize) task * p.out[2] + o) * p.c + from;

        _sac_max_pool_argmax (&p, &box, args->src[0].data + example + from, lanes, best, at);
        for (gint32 c = 0; c < lanes; c++)
          y[c] = args->src[1].data[example + (gsize) at[c] * p.c + from + c];
      }
}

static void
gather_run (const SacKernelArgs *args, SacPoolFunc task)
{
  SacShape y = args->dst.shape;

  sac_pool_run (args->pool, (guint) y.n * (guint) y.t * (guint) y.h, task, (gpointer) args);
}

SAC_KERNELS (gather, NULL, NULL)

static double
gather_flops (const SacKernelArgs *shapes)
{
  return _sac_max_pool_flops (shapes->src[0].shape, shapes->params);
}

const SacOp sac_op_max_pool3d_gather = {
  .name = "max_pool3d_gather", .n_src = 2, .params_size = sizeof (SacPool3d), .infer = gather_infer, .vjp = gather_vjp,
  .reference = gather_reference, .cpu = gather_cpu, .flops = gather_flops, .inplace = -1,
  .bf16 = SAC_SRC (0) | SAC_SRC (1) | SAC_DST,
};

SacVar
sac_max_pool3d_gather (SacGraph *g, SacVar x, SacVar v, const SacPool3d *pool)
{
  return sac_graph_append (g, &sac_op_max_pool3d_gather, (SacVar[]) { x, v }, 2, pool);
}
