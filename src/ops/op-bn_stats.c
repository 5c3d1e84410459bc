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

/* Sums over a run of rows, in f32, for at most SAC_BN_LANES channels. */
SAC_BODY void
add_run (const SacTensor *tensor, gsize at, const float *restrict first, gsize n_rows, gsize lanes, double *restrict sums,
         double *restrict squares)
{
  float s[SAC_BN_LANES], q[SAC_BN_LANES], buffer[SAC_BN_LANES];

  for (gsize c = 0; c < lanes; c++)
    s[c] = q[c] = 0;
  for (gsize r = 0; r < n_rows; r++)
    {
      const float *restrict x = _sac_bn_read (tensor, at + r * (gsize) tensor->shape.c, lanes, buffer);

      for (gsize c = 0; c < lanes; c++)
        {
          float d = x[c] - first[c];

          s[c] += d;
          q[c] += d * d;
        }
    }
  for (gsize c = 0; c < lanes; c++)
    {
      sums[c] += (double) s[c];
      squares[c] += (double) q[c];
    }
}

SAC_BODY void
bn_stats_body (const SacKernelArgs *args, gsize chunk, gsize end)
{
  gsize n_c = (gsize) args->src[0].shape.c, from, to;
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *squares = sums + n_c;
  float buffer[SAC_BN_LANES];

  _sac_bn_chunk (args, chunk, &from, &to);
  memset (sums, 0, 2 * n_c * sizeof (double));
  for (gsize run = from; run < to; run += SAC_BN_RUN)
    for (gsize c = 0; c < n_c; c += SAC_BN_LANES)
      {
        gsize lanes = MIN (SAC_BN_LANES, n_c - c);

        add_run (&args->src[0], run * n_c + c, _sac_bn_read (&args->src[0], c, lanes, buffer), MIN (SAC_BN_RUN, to - run), lanes,
                 sums + c, squares + c);
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
      float first;

      args->dst.data[c] = (float) (*_sac_bn_read (&args->src[0], c, 1, &first) + shift);
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
  .cpu = bn_stats_cpu, .flops = bn_stats_flops, .inplace = -1, .bf16 = SAC_SRC (0),
};

SacVar
sac_bn_stats (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_bn_stats, &x, 1, NULL);
}
