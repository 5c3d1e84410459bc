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
  g_autofree float *scale = args->src[3].data ? g_new (float, 2 * n_c) : NULL;

  /* The mask is that of bn_apply to the bit, or a value at 0 would count here and not there. */
  if (scale)
    _sac_bn_scale_shift (args->src[2].data, args->src[3].data, args->src[4].data, eps, n_c, scale, scale + n_c);
  for (gsize c = 0; c < n_c; c++)
    {
      double mean = args->src[2].data[c], inverse = 1 / sqrt (args->src[2].data[n_c + c] + eps), sum = 0, product = 0;

      for (gsize r = 0; r < rows; r++)
        {
          double gy = args->src[0].data[r * n_c + c];

          if (scale && !(args->src[1].data[r * n_c + c] * scale[c] + scale[n_c + c] > 0))
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

/* Sums over a run of rows, in f32, for at most SAC_BN_LANES channels. */
SAC_BODY void
add_run (const SacKernelArgs *args, gsize at, const float *restrict mean, const float *restrict scale, const float *restrict shift,
         gsize n_rows, gsize lanes, const gboolean masked, double *restrict sums, double *restrict products)
{
  float s[SAC_BN_LANES], p[SAC_BN_LANES], buffer[2][SAC_BN_LANES];

  for (gsize c = 0; c < lanes; c++)
    s[c] = p[c] = 0;
  for (gsize r = 0; r < n_rows; r++, at += (gsize) args->src[0].shape.c)
    {
      const float *restrict gy = _sac_bn_read (&args->src[0], at, lanes, buffer[0]);
      const float *restrict x = _sac_bn_read (&args->src[1], at, lanes, buffer[1]);

      for (gsize c = 0; c < lanes; c++)
        {
          float v = masked ? sac_choose (x[c] * scale[c] + shift[c] > 0, gy[c], 0) : gy[c];

          s[c] += v;
          p[c] += v * (x[c] - mean[c]);
        }
    }
  for (gsize c = 0; c < lanes; c++)
    {
      sums[c] += (double) s[c];
      products[c] += (double) p[c];
    }
}

SAC_BODY void
sum_rows (const SacKernelArgs *args, gsize chunk, const gboolean masked)
{
  gsize n_c = (gsize) args->src[0].shape.c, from, to;
  const float *mean = args->src[2].data, *scale = mask_numbers (args);
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *products = sums + n_c;

  _sac_bn_chunk (args, chunk, &from, &to);
  memset (sums, 0, 2 * n_c * sizeof (double));
  for (gsize run = from; run < to; run += SAC_BN_RUN)
    for (gsize c = 0; c < n_c; c += SAC_BN_LANES)
      add_run (args, run * n_c + c, mean + c, scale + c, scale + n_c + c, MIN (SAC_BN_RUN, to - run), MIN (SAC_BN_LANES, n_c - c),
               masked, sums + c, products + c);
}

SAC_BODY void
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
  .bf16 = SAC_SRC (0) | SAC_SRC (1),
};

SacVar
_sac_bn_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, float eps)
{
  return sac_graph_append (g, &sac_op_bn_sums, (SacVar[]) { gy, x, stats }, 3, &eps);
}
