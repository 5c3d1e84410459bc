#include "bn-private.h"

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

void
_sac_bn_add_chunks (const SacKernelArgs *args, double *out)
{
  gsize n = 2 * (gsize) args->src[0].shape.c, n_chunks = _sac_bn_chunks (args);
  const double *sums = args->workspace;

  for (gsize i = 0; i < n; i++)
    {
      out[i] = 0;
      for (gsize chunk = 0; chunk < n_chunks; chunk++)
        out[i] += sums[chunk * n + i];
    }
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
