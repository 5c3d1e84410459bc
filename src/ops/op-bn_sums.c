/* (g, x, stats) → (2,C): Σ g and Σ g·x̂ over N,T,H,W — the gradients of beta and gamma in one pass.
 * With gamma and beta too, g counts only where relu (x̂·γ + β) is positive: the mask is made again instead of read. */
#include <math.h>
#include <string.h>

#include "bn-private.h"

static gboolean
bn_sums_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (2, src[0].c, 1, 1, 1);
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[2], *out) && _sac_bn_mask_fits (src[3], src[4], src[0].c);
}

static SacVar
bn_sums_expand (SacGraph *g, const SacNode *node)
{
  SacShape row = SAC_SHAPE (1, sac_graph_get_shape (g, node->src[0]).c, 1, 1, 1);
  SacVar gy = _sac_bn_expand_mask (g, node->src[0], node->src[1], node->src[2], node->src[3], node->src[4], *(const float *) node->params);
  SacVar normalised = _sac_bn_normalised (g, node->src[1], node->src[2], *(const float *) node->params);

  return sac_bn_running (g, sac_sum_to (g, gy, row), sac_sum_to (g, sac_mul (g, gy, normalised), row));
}

static void
bn_sums_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, bn_sums_expand);
}

static void
bn_sums_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->src[0].shape.c, rows = _sac_bn_rows (args);
  double eps = *(const float *) args->params;

  for (gsize c = 0; c < n_c; c++)
    {
      double mean = args->src[2].data[c], inverse = 1 / sqrt (args->src[2].data[n_c + c] + eps), sum = 0, product = 0;

      for (gsize r = 0; r < rows; r++)
        {
          double gy = args->src[0].data[r * n_c + c];

          if (args->src[3].data
              && !((float) ((args->src[1].data[r * n_c + c] - mean) * inverse * args->src[3].data[c] + args->src[4].data[c]) > 0))
            continue;
          sum += gy;
          product += gy * (args->src[1].data[r * n_c + c] - mean) * inverse;
        }
      args->dst.data[c] = (float) sum;
      args->dst.data[n_c + c] = (float) product;
    }
}

/* The workspace behind the chunks' sums: the totals, then scale and shift of the mask. */
static float *
mask_numbers (const SacKernelArgs *args)
{
  return (float *) ((double *) args->workspace + 2 * (gsize) args->src[0].shape.c * (_sac_bn_chunks (args) + 1));
}

static gsize
bn_sums_workspace (const SacKernelArgs *shapes)
{
  return _sac_bn_workspace (shapes) + 2 * sizeof (float) * (gsize) shapes->src[0].shape.c;
}

/* @n vectors of channels side by side; sums stay in registers over a run of rows. */
static inline __attribute__ ((always_inline)) void
add_run (const float *gy, const float *x, const float *mean, const float *scale, gsize n_c, gsize n_rows, const guint n,
         const gboolean masked, double *sums, double *products)
{
  SacV16 s[4] = { { 0 } }, p[4] = { { 0 } }, centre[4], a[4], b[4];

  for (guint k = 0; k < n; k++)
    {
      centre[k] = *(const SacV16 *) (mean + 16 * k);
      a[k] = masked ? *(const SacV16 *) (scale + 16 * k) : centre[k];
      b[k] = masked ? *(const SacV16 *) (scale + n_c + 16 * k) : centre[k];
    }
  for (gsize r = 0; r < n_rows; r++, gy += n_c, x += n_c)
    for (guint k = 0; k < n; k++)
      {
        SacV16 v = *(const SacV16 *) (gy + 16 * k), at = *(const SacV16 *) (x + 16 * k);

        if (masked)
          v = (SacV16) ((SacM16) v & (at * a[k] + b[k] > 0));
        s[k] += v;
        p[k] += v * (at - centre[k]);
      }
  for (guint k = 0; k < n; k++)
    for (guint i = 0; i < 16; i++)
      {
        sums[16 * k + i] += (double) s[k][i];
        products[16 * k + i] += (double) p[k][i];
      }
}

static inline __attribute__ ((always_inline)) void
sum_rows (const SacKernelArgs *args, gsize chunk, const gboolean masked)
{
  gsize n_c = (gsize) args->src[0].shape.c, from, to;
  const float *mean = args->src[2].data, *scale = mask_numbers (args);
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *products = sums + n_c;

  _sac_bn_chunk (args, chunk, &from, &to);
  memset (sums, 0, 2 * n_c * sizeof (double));
  for (gsize run = from; run < to; run += SAC_BN_RUN)
    {
      gsize n_rows = MIN (SAC_BN_RUN, to - run), c = 0;
      const float *gy = args->src[0].data + run * n_c, *x = args->src[1].data + run * n_c;

      for (; c + 64 <= n_c; c += 64)
        add_run (gy + c, x + c, mean + c, scale + c, n_c, n_rows, 4, masked, sums + c, products + c);
      for (; c + 16 <= n_c; c += 16)
        add_run (gy + c, x + c, mean + c, scale + c, n_c, n_rows, 1, masked, sums + c, products + c);
      for (gsize r = 0; r < n_rows; r++)
        for (gsize k = c; k < n_c; k++)
          {
            float v = gy[r * n_c + k], at = x[r * n_c + k];

            if (masked && !(at * scale[k] + scale[n_c + k] > 0))
              v = 0;
            sums[k] += (double) v;
            products[k] += (double) v * ((double) at - mean[k]);
          }
    }
}

static inline __attribute__ ((always_inline)) void
bn_sums_body (const SacKernelArgs *args, gsize chunk, gsize end)
{
  if (args->src[3].data)
    sum_rows (args, chunk, TRUE);
  else
    sum_rows (args, chunk, FALSE);
}

static void
bn_sums_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n_c = (gsize) args->src[0].shape.c;
  double eps = *(const float *) args->params, *total = (double *) args->workspace + 2 * n_c * _sac_bn_chunks (args);

  if (args->src[3].data)
    _sac_bn_scale_shift (args->src[2].data, args->src[3].data, args->src[4].data, eps, n_c, mask_numbers (args),
                         mask_numbers (args) + n_c);
  _sac_bn_run_chunks (args, piece);
  _sac_bn_add_chunks (args, total);
  for (gsize c = 0; c < n_c; c++)
    {
      args->dst.data[c] = (float) total[c];
      args->dst.data[n_c + c] = (float) (total[n_c + c] / sqrt (args->src[2].data[n_c + c] + eps));
    }
}

SAC_MULTIVERSION (bn_sums, bn_sums_workspace)

static double
bn_sums_flops (const SacKernelArgs *shapes)
{
  return 4.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_bn_sums = {
  .name = "bn_sums", .n_src = 5, .optional = 1 << 3 | 1 << 4, .params_size = sizeof (float), .infer = bn_sums_infer, .vjp = bn_sums_vjp,
  .reference = bn_sums_reference, .cpu = bn_sums_cpu, .flops = bn_sums_flops, .inplace = -1,
};

SacVar
_sac_bn_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, float eps)
{
  return sac_graph_append (g, &sac_op_bn_sums, (SacVar[]) { gy, x, stats }, 3, &eps);
}
