#include "bn-private.h"

#include <math.h>

typedef struct {
  const SacKernelArgs *args;
  SacPieceFunc piece;
} Chunks;

static void
run_chunk (guint task, guint thread, gpointer data)
{
  const Chunks *chunks = data;

  chunks->piece (chunks->args, task, task + 1);
}

gsize
_sac_bn_workspace (const SacKernelArgs *shapes)
{
  return sizeof (double) * 2 * (gsize) shapes->src[0].shape.c * (_sac_bn_chunks (shapes) + 1);
}

void
_sac_bn_run_chunks (const SacKernelArgs *args, SacPieceFunc piece)
{
  Chunks chunks = { args, piece };

  sac_pool_run (args->pool, (guint) _sac_bn_chunks (args), run_chunk, &chunks);
}

typedef struct {
  const double *sums;
  double *out;
  gsize n, n_chunks;
} Adding;

#define ADD_SUMS 256

static void
add_chunks (guint task, guint thread, gpointer data)
{
  const Adding *adding = data;
  const gsize from = (gsize) task * ADD_SUMS, to = MIN (from + ADD_SUMS, adding->n);

  for (gsize i = from; i < to; i++)
    adding->out[i] = 0;
  for (gsize chunk = 0; chunk < adding->n_chunks; chunk++)
    for (gsize i = from; i < to; i++)
      adding->out[i] += adding->sums[chunk * adding->n + i];
}

void
_sac_bn_add_chunks (const SacKernelArgs *args, double *out)
{
  Adding adding = { args->workspace, out, 2 * (gsize) args->src[0].shape.c, _sac_bn_chunks (args) };

  sac_pool_run (args->pool, (guint) ((adding.n + ADD_SUMS - 1) / ADD_SUMS), add_chunks, &adding);
}

void
_sac_bn_scale_shift (const float *stats, const float *gamma, const float *beta, double eps, gsize n_c, float *a, float *b)
{
  for (gsize c = 0; c < n_c; c++)
    {
      double scale = gamma[c] / sqrt (stats[n_c + c] + eps);

      a[c] = (float) scale;
      b[c] = (float) (beta[c] - scale * stats[c]);
    }
}

gboolean
_sac_bn_mask_fits (SacShape gamma, SacShape beta, gint32 n_c)
{
  if (gamma.n == 0 && beta.n == 0)
    return TRUE;
  return sac_shape_equal (gamma, SAC_SHAPE (1, n_c, 1, 1, 1)) && sac_shape_equal (gamma, beta);
}

SacVar
_sac_bn_expand_mask (SacGraph *g, SacVar gy, SacVar x, SacVar stats, SacVar gamma, SacVar beta, float eps)
{
  if (!gamma)
    return gy;
  return sac_relu_mask (g, sac_bn_apply (g, x, stats, gamma, beta, 0, &(SacBnApply) { eps, TRUE }), gy);
}

SacVar
_sac_bn_inverse (SacGraph *g, SacVar stats, float eps)
{
  return sac_power (g, sac_affine (g, _sac_bn_row (g, stats, 1), 1, eps), -0.5f);
}

SacVar
_sac_bn_normalised (SacGraph *g, SacVar x, SacVar stats, float eps)
{
  return sac_mul (g, sac_sub (g, x, _sac_bn_row (g, stats, 0)), _sac_bn_inverse (g, stats, eps));
}
