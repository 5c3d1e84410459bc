/* Mean and biased variance of each channel over N,T,H,W.  Paper: Ioffe & Szegedy 2015, alg. 1.
 * Sums are taken of x − x₀ (x₀ = the channel's first value), so that the variance does not cancel. */
#include <string.h>

#include "bn-private.h"

static gboolean
bn_stats_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (2, src[0].c, 1, 1, 1);
  return TRUE;
}

/* mean: gx = gmean/m.  variance: gx = gvar·2(x − mean)/m. */
static void
bn_stats_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar x = node->src[0];
  SacShape s = sac_graph_get_shape (g, x);
  float m = (float) ((double) s.n * s.t * s.h * s.w);
  SacVar centred = sac_sub (g, x, _sac_bn_row (g, node->self, 0));

  gx[0] = sac_add (g, sac_mul (g, centred, sac_affine (g, _sac_bn_row (g, gy, 1), 2 / m, 0)),
                   sac_affine (g, _sac_bn_row (g, gy, 0), 1 / m, 0));
}

static void
bn_stats_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->src[0].shape.c, rows = _sac_bn_rows (args);

  for (gsize c = 0; c < n_c; c++)
    {
      const float *x = args->src[0].data + c;
      double mean = 0, variance = 0;

      for (gsize r = 0; r < rows; r++)
        mean += x[r * n_c];
      mean /= (double) rows;
      for (gsize r = 0; r < rows; r++)
        variance += (x[r * n_c] - mean) * (x[r * n_c] - mean);
      args->dst.data[c] = (float) mean;
      args->dst.data[n_c + c] = (float) (variance / (double) rows);
    }
}

/* @n vectors of channels side by side; sums stay in registers over a run of rows. */
static inline __attribute__ ((always_inline)) void
add_run (const float *x, const float *first, gsize n_c, gsize n_rows, const guint n, double *sums, double *squares)
{
  SacV16 s[4] = { { 0 } }, q[4] = { { 0 } }, centre[4];

  for (guint k = 0; k < n; k++)
    centre[k] = *(const SacV16 *) (first + 16 * k);
  for (gsize r = 0; r < n_rows; r++, x += n_c)
    for (guint k = 0; k < n; k++)
      {
        SacV16 d = *(const SacV16 *) (x + 16 * k) - centre[k];

        s[k] += d;
        q[k] += d * d;
      }
  for (guint k = 0; k < n; k++)
    for (guint i = 0; i < 16; i++)
      {
        sums[16 * k + i] += (double) s[k][i];
        squares[16 * k + i] += (double) q[k][i];
      }
}

static inline __attribute__ ((always_inline)) void
bn_stats_body (const SacKernelArgs *args, gsize chunk, gsize end)
{
  gsize n_c = (gsize) args->src[0].shape.c, from, to;
  const float *first = args->src[0].data;
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *squares = sums + n_c;

  _sac_bn_chunk (args, chunk, &from, &to);
  memset (sums, 0, 2 * n_c * sizeof (double));
  for (gsize run = from; run < to; run += SAC_BN_RUN)
    {
      gsize n_rows = MIN (SAC_BN_RUN, to - run), c = 0;
      const float *x = first + run * n_c;

      for (; c + 64 <= n_c; c += 64)
        add_run (x + c, first + c, n_c, n_rows, 4, sums + c, squares + c);
      for (; c + 16 <= n_c; c += 16)
        add_run (x + c, first + c, n_c, n_rows, 1, sums + c, squares + c);
      for (gsize r = 0; r < n_rows; r++)
        for (gsize k = c; k < n_c; k++)
          {
            double d = (double) x[r * n_c + k] - first[k];

            sums[k] += d;
            squares[k] += d * d;
          }
    }
}

static void
bn_stats_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n_c = (gsize) args->src[0].shape.c;
  double m = (double) _sac_bn_rows (args), *total = (double *) args->workspace + 2 * n_c * _sac_bn_chunks (args);

  _sac_bn_run_chunks (args, piece);
  _sac_bn_add_chunks (args, total);
  for (gsize c = 0; c < n_c; c++)
    {
      double shift = total[c] / m;

      args->dst.data[c] = (float) (args->src[0].data[c] + shift);
      args->dst.data[n_c + c] = (float) MAX (total[n_c + c] / m - shift * shift, 0);
    }
}

SAC_MULTIVERSION (bn_stats, _sac_bn_workspace)

static double
bn_stats_flops (const SacKernelArgs *shapes)
{
  return 3.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_bn_stats = {
  .name = "bn_stats", .n_src = 1, .infer = bn_stats_infer, .vjp = bn_stats_vjp, .reference = bn_stats_reference,
  .cpu = bn_stats_cpu, .flops = bn_stats_flops, .inplace = -1,
};

SacVar
sac_bn_stats (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_bn_stats, &x, 1, NULL);
}
