/* max_pool3d_scatter: gx[n,c,i] = Σ over windows o whose first maximum of x stands at i of gy[n,c,o].
 * x (N,C,T,H,W), gy of the pooled shape → shape of x.  Linear in gy.  Towards x the derivative is 0 almost everywhere. */
#include "max-pool-private.h"

#include <string.h>

#define SLAB_ROWS 16            /* rows of gx that one task owns: windows across the seam are looked at twice */

static gboolean
scatter_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape y;

  if (!_sac_max_pool_shape (src[0], params, &y, error))
    return FALSE;
  if (!sac_shape_equal (y, src[1]))
    {
      g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "the gradient is not shaped like the pooled value");
      return FALSE;
    }
  *out = src[0];
  return TRUE;
}

static void
scatter_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[1] = sac_max_pool3d_gather (g, node->src[0], gy, node->params);
}

static void
scatter_reference (const SacKernelArgs *args)
{
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  gsize example = (gsize) p.in[0] * p.in[1] * p.in[2] * p.c, count = (gsize) p.n * example;
  const float *gy = args->src[1].data;
  g_autofree double *sums = g_new0 (double, count);

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
              sums[n * example + (gsize) at * p.c + c] += (double) *gy++;
            }
  for (gsize i = 0; i < count; i++)
    args->dst.data[i] = (float) sums[i];
}

/* One task owns some rows of one frame of gx, so that no two tasks write to one place and sums have one order. */
SAC_BODY void
scatter_body (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  guint slabs = ((guint) p.in[1] + SLAB_ROWS - 1) / SLAB_ROWS;
  gint32 row = (gint32) (task % slabs) * SLAB_ROWS, end_row = MIN (row + SLAB_ROWS, p.in[1]);
  gint32 frame = (gint32) (task / slabs % (guint) p.in[0]);
  gsize n = task / slabs / (guint) p.in[0], example = (gsize) p.in[0] * p.in[1] * p.in[2] * p.c;
  const float *x = args->src[0].data + n * example;
  const float *gy = args->src[1].data + n * p.out[0] * p.out[1] * p.out[2] * p.c;
  float *gx = args->dst.data + n * example;
  float best[SAC_MAX_POOL_LANES];
  gint32 at[SAC_MAX_POOL_LANES], t0, t1, h0, h1;

  memset (gx + ((gsize) frame * p.in[1] + row) * p.in[2] * p.c, 0, (gsize) (end_row - row) * p.in[2] * p.c * sizeof (float));
  _sac_max_pool_touching (&p, 0, frame, frame + 1, &t0, &t1);
  _sac_max_pool_touching (&p, 1, row, end_row, &h0, &h1);
  for (gint32 t = t0; t < t1; t++)
    for (gint32 h = h0; h < h1; h++)
      for (gint32 w = 0; w < p.out[2]; w++)
        for (gint32 from = 0; from < p.c; from += SAC_MAX_POOL_LANES)
          {
            gint32 lanes = MIN (p.c - from, SAC_MAX_POOL_LANES);
            SacPoolWindow box = _sac_max_pool_at (&p, t, h, w);
            const float *restrict g = gy + (((gsize) t * p.out[1] + h) * p.out[2] + w) * p.c + from;

            _sac_max_pool_argmax (&p, &box, x + from, lanes, best, at);
            for (gint32 hi = MAX (box.from[1], row); hi < MIN (box.to[1], end_row); hi++)
              for (gint32 wi = box.from[2]; wi < box.to[2]; wi++)
                {
                  gint32 place = (frame * p.in[1] + hi) * p.in[2] + wi;
                  float *restrict to = gx + (gsize) place * p.c + from;

                  for (gint32 c = 0; c < lanes; c++)
                    to[c] += sac_choose (at[c] == place, g[c], 0);
                }
          }
}

static void
scatter_run (const SacKernelArgs *args, SacPoolFunc task)
{
  SacShape x = args->dst.shape;
  guint slabs = ((guint) x.h + SLAB_ROWS - 1) / SLAB_ROWS;

  sac_pool_run (args->pool, (guint) x.n * (guint) x.t * slabs, task, (gpointer) args);
}

SAC_KERNELS_AFTER (scatter, NULL, NULL,
                   { "avx512 whole", SAC_CPU_AVX512, _sac_max_pool_whole, NULL, _sac_max_pool_scatter_avx512 },)

static double
scatter_flops (const SacKernelArgs *shapes)
{
  return _sac_max_pool_flops (shapes->src[0].shape, shapes->params);
}

const SacOp sac_op_max_pool3d_scatter = {
  .name = "max_pool3d_scatter", .n_src = 2, .params_size = sizeof (SacPool3d), .infer = scatter_infer, .vjp = scatter_vjp,
  .reference = scatter_reference, .cpu = scatter_cpu, .flops = scatter_flops, .inplace = -1,
  .bf16 = SAC_SRC (0) | SAC_SRC (1) | SAC_DST,
};

SacVar
sac_max_pool3d_scatter (SacGraph *g, SacVar x, SacVar gy, const SacPool3d *pool)
{
  return sac_graph_append (g, &sac_op_max_pool3d_scatter, (SacVar[]) { x, gy }, 2, pool);
}

SacVar
sac_max_unpool3d (SacGraph *g, SacVar x, SacVar v, const SacPool3d *pool)
{
  return sac_max_pool3d_scatter (g, x, v, pool);
}
