/* (g, x, stats) → (2,C): Σ g and Σ g·x̂ over N,T,H,W — the gradients of beta and gamma in one pass.
 * With gamma and beta too, g counts only where relu (x̂·γ + β) is positive: the mask is made again instead of read. */
#include <math.h>
#include <string.h>

#include "bn-private.h"
#include "vulkan-grids.h"

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

/* Adds @n rows of @lanes channels to @s and @p. */
SAC_BODY void
add_rows (const SacKernelArgs *args, gsize at, const float *restrict mean, const float *restrict scale, const float *restrict shift,
          gsize lanes, const gsize n, const gboolean masked, float *restrict s, float *restrict p)
{
  const SacTensor *gy = &args->src[0], *x = &args->src[1];
  const gsize n_c = (gsize) x->shape.c;
  gsize c = 0;

  for (; c + 16 <= lanes; c += 16)
    {
      SacV16 m, a = { 0 }, b = { 0 }, sum, product;

      memcpy (&m, mean + c, sizeof m);
      memcpy (&sum, s + c, sizeof sum);
      memcpy (&product, p + c, sizeof product);
      if (masked)
        memcpy (&a, scale + c, sizeof a), memcpy (&b, shift + c, sizeof b);
      _Pragma ("GCC unroll 4")
      for (gsize r = 0; r < n; r++)
        {
          SacV16 v, u;

          _sac_bn_fetch (gy, at + n * (n_c + c) + 16 * r);
          _sac_bn_fetch (x, at + n * (n_c + c) + 16 * r);
          _sac_bn_load (&v, gy, at + r * n_c + c);
          _sac_bn_load (&u, x, at + r * n_c + c);
          if (masked)
            v = (SacV16) ((SacV16Int) v & (u * a + b > 0));
          sum += v;
          product += v * (u - m);
        }
      memcpy (s + c, &sum, sizeof sum);
      memcpy (p + c, &product, sizeof product);
    }
  for (; c < lanes; c++)
    for (gsize r = 0; r < n; r++)
      {
        float buffer[2], v = *_sac_bn_read (gy, at + r * n_c + c, 1, &buffer[0]), u = *_sac_bn_read (x, at + r * n_c + c, 1, &buffer[1]);

        if (masked)
          v = sac_choose (u * scale[c] + shift[c] > 0, v, 0);
        s[c] += v;
        p[c] += v * (u - mean[c]);
      }
}

SAC_BODY void
sum_rows (const SacKernelArgs *args, gsize chunk, const gboolean masked)
{
  const gsize n_c = (gsize) args->src[0].shape.c;
  const float *mean = args->src[2].data, *scale = mask_numbers (args);
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *products = sums + n_c;
  float s[SAC_BN_LANES], p[SAC_BN_LANES];
  gsize from, to;

  _sac_bn_chunk (args, chunk, &from, &to);
  memset (sums, 0, 2 * n_c * sizeof (double));
  for (gsize run = from; run < to; run += SAC_BN_RUN)
    for (gsize c = 0; c < n_c; c += SAC_BN_LANES)
      {
        const gsize lanes = MIN (SAC_BN_LANES, n_c - c), last = MIN (run + SAC_BN_RUN, to);
        gsize r = run;

        memset (s, 0, lanes * sizeof *s);
        memset (p, 0, lanes * sizeof *p);
        for (; r + SAC_BN_ROWS <= last; r += SAC_BN_ROWS)
          add_rows (args, r * n_c + c, mean + c, scale + c, scale + n_c + c, lanes, SAC_BN_ROWS, masked, s, p);
        for (; r < last; r++)
          add_rows (args, r * n_c + c, mean + c, scale + c, scale + n_c + c, lanes, 1, masked, s, p);
        for (gsize i = 0; i < lanes; i++)
          {
            sums[c + i] += (double) s[i];
            products[c + i] += (double) p[i];
          }
      }
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

SAC_VULKAN_REDUCE (bn_sums, (gsize) shapes->src[0].shape.c, _sac_bn_rows (shapes), (gsize) shapes->src[0].shape.c)

const SacOp sac_op_bn_sums = {
  .vulkan = bn_sums_vulkan,
  .name = "bn_sums", .n_src = 5, .optional = 1 << 3 | 1 << 4, .params_size = sizeof (float), .infer = bn_sums_infer, .vjp = bn_sums_vjp,
  .reference = bn_sums_reference, .cpu = bn_sums_cpu, .flops = bn_sums_flops, .inplace = -1,
  .bf16 = SAC_SRC (0) | SAC_SRC (1),
};

SacVar
_sac_bn_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, float eps)
{
  return sac_graph_append (g, &sac_op_bn_sums, (SacVar[]) { gy, x, stats }, 3, &eps);
}
