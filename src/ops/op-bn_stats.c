/* Mean and biased variance of each channel over N,T,H,W.  Paper: Ioffe & Szegedy 2015, alg. 1.
 * Sums are taken of x − x₀ (x₀ = the channel's first value), so that the variance does not cancel. */
#include <string.h>

#include "bn-private.h"
#include "vulkan-grids.h"

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

/* Adds @n rows of @lanes channels to @s and @q. */
SAC_BODY void
add_rows (const SacTensor *x, gsize at, const float *restrict first, gsize lanes, const gsize n, float *restrict s, float *restrict q)
{
  const gsize n_c = (gsize) x->shape.c;
  gsize c = 0;

  for (; c + 16 <= lanes; c += 16)
    {
      SacV16 zero, sum, square, d;

      memcpy (&zero, first + c, sizeof zero);
      memcpy (&sum, s + c, sizeof sum);
      memcpy (&square, q + c, sizeof square);
      _Pragma ("GCC unroll 4")
      for (gsize r = 0; r < n; r++)
        {
          _sac_bn_fetch (x, at + n * (n_c + c) + 16 * r);
          _sac_bn_load (&d, x, at + r * n_c + c);
          d -= zero;
          sum += d;
          square += d * d;
        }
      memcpy (s + c, &sum, sizeof sum);
      memcpy (q + c, &square, sizeof square);
    }
  for (; c < lanes; c++)
    for (gsize r = 0; r < n; r++)
      {
        float buffer, d = *_sac_bn_read (x, at + r * n_c + c, 1, &buffer) - first[c];

        s[c] += d;
        q[c] += d * d;
      }
}

SAC_BODY void
bn_stats_body (const SacKernelArgs *args, gsize chunk, gsize end)
{
  const SacTensor *x = &args->src[0];
  const gsize n_c = (gsize) x->shape.c;
  double *sums = (double *) args->workspace + chunk * 2 * n_c, *squares = sums + n_c;
  float buffer[SAC_BN_LANES], s[SAC_BN_LANES], q[SAC_BN_LANES];
  gsize from, to;

  _sac_bn_chunk (args, chunk, &from, &to);
  memset (sums, 0, 2 * n_c * sizeof (double));
  for (gsize run = from; run < to; run += SAC_BN_RUN)
    for (gsize c = 0; c < n_c; c += SAC_BN_LANES)
      {
        const gsize lanes = MIN (SAC_BN_LANES, n_c - c), last = MIN (run + SAC_BN_RUN, to);
        const float *first = _sac_bn_read (x, c, lanes, buffer);
        gsize r = run;

        memset (s, 0, lanes * sizeof *s);
        memset (q, 0, lanes * sizeof *q);
        for (; r + SAC_BN_ROWS <= last; r += SAC_BN_ROWS)
          add_rows (x, r * n_c + c, first, lanes, SAC_BN_ROWS, s, q);
        for (; r < last; r++)
          add_rows (x, r * n_c + c, first, lanes, 1, s, q);
        for (gsize i = 0; i < lanes; i++)
          {
            sums[c + i] += (double) s[i];
            squares[c + i] += (double) q[i];
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

SAC_VULKAN_REDUCE (bn_stats, (gsize) shapes->src[0].shape.c, _sac_bn_rows (shapes), (gsize) shapes->src[0].shape.c)

const SacOp sac_op_bn_stats = {
  .vulkan = bn_stats_vulkan,
  .name = "bn_stats", .n_src = 1, .infer = bn_stats_infer, .vjp = bn_stats_vjp, .reference = bn_stats_reference,
  .cpu = bn_stats_cpu, .flops = bn_stats_flops, .inplace = -1, .bf16 = SAC_SRC (0),
};

SacVar
sac_bn_stats (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_bn_stats, &x, 1, NULL);
}
