/* (g, x, stats) → (2,C): Σ g and Σ g·x̂ over N,T,H,W — the gradients of beta and gamma in one pass. */
#include <math.h>

#include "bn-private.h"

static gboolean
bn_sums_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (2, src[0].c, 1, 1, 1);
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[2], *out);
}

static SacVar
bn_sums_expand (SacGraph *g, const SacNode *node)
{
  SacShape row = SAC_SHAPE (1, sac_graph_get_shape (g, node->src[0]).c, 1, 1, 1);
  SacVar normalised = _sac_bn_normalised (g, node->src[1], node->src[2], *(const float *) node->params);

  return sac_bn_running (g, sac_sum_to (g, node->src[0], row), sac_sum_to (g, sac_mul (g, node->src[0], normalised), row));
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

          sum += gy;
          product += gy * (args->src[1].data[r * n_c + c] - mean) * inverse;
        }
      args->dst.data[c] = (float) sum;
      args->dst.data[n_c + c] = (float) product;
    }
}

static inline __attribute__ ((always_inline)) void
bn_sums_body (const SacKernelArgs *args, gsize chunk, gsize end)
{
  gsize n_c = (gsize) args->src[0].shape.c, rows = _sac_bn_rows (args), c = 0;
  gsize from = chunk * SAC_BN_CHUNK, to = MIN (from + SAC_BN_CHUNK, rows);
  const float *gy = args->src[0].data, *x = args->src[1].data, *mean = args->src[2].data;
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *products = sums + n_c;

  for (; c + 16 <= n_c; c += 16)
    {
      double sum[16] = { 0 }, product[16] = { 0 };
      SacV16 centre = *(const SacV16 *) (mean + c);

      for (gsize run = from; run < to; run += SAC_BN_RUN)
        {
          SacV16 s = { 0 }, p = { 0 };

          for (gsize r = run; r < MIN (run + SAC_BN_RUN, to); r++)
            {
              SacV16 v = *(const SacV16 *) (gy + r * n_c + c);

              s += v;
              p += v * (*(const SacV16 *) (x + r * n_c + c) - centre);
            }
          for (guint i = 0; i < 16; i++)
            {
              sum[i] += (double) s[i];
              product[i] += (double) p[i];
            }
        }
      for (guint i = 0; i < 16; i++)
        {
          sums[c + i] = sum[i];
          products[c + i] = product[i];
        }
    }
  for (; c < n_c; c++)
    {
      double sum = 0, product = 0;

      for (gsize r = from; r < to; r++)
        {
          sum += gy[r * n_c + c];
          product += (double) gy[r * n_c + c] * ((double) x[r * n_c + c] - mean[c]);
        }
      sums[c] = sum;
      products[c] = product;
    }
}

static void
bn_sums_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n_c = (gsize) args->src[0].shape.c;
  double eps = *(const float *) args->params, *total = (double *) args->workspace + 2 * n_c * _sac_bn_chunks (args);

  _sac_bn_run_chunks (args, piece);
  _sac_bn_add_chunks (args, total);
  for (gsize c = 0; c < n_c; c++)
    {
      args->dst.data[c] = (float) total[c];
      args->dst.data[n_c + c] = (float) (total[n_c + c] / sqrt (args->src[2].data[n_c + c] + eps));
    }
}

SAC_MULTIVERSION (bn_sums, _sac_bn_workspace)

static double
bn_sums_flops (const SacKernelArgs *shapes)
{
  return 4.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_bn_sums = {
  .name = "bn_sums", .n_src = 3, .params_size = sizeof (float), .infer = bn_sums_infer, .vjp = bn_sums_vjp,
  .reference = bn_sums_reference, .cpu = bn_sums_cpu, .flops = bn_sums_flops, .inplace = -1,
};

SacVar
_sac_bn_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, float eps)
{
  return sac_graph_append (g, &sac_op_bn_sums, (SacVar[]) { gy, x, stats }, 3, &eps);
}
