/* Norms whose statistics belong to one example: over places and groups of channels.  groups = C is instance norm, groups = 1 takes
 * an example whole.  Like batch norm in parts that each read memory once:
 *   norm_stats    x → (N,G,2,1,1): mean, biased variance
 *   norm_apply    y = x̂·γ + β, x̂ = (x − mean)·(var+eps)^−½; γ, β (1,C) or (N,C), or absent
 *   norm_sums     (g, x, stats) → (N,C,2,1,1): Σ g, Σ g·x̂ over the places
 *   norm_input    (g, x, stats, gamma, sums) → gx when the statistics are x's own
 * The parts' own adjoints are those of their primitive expansions. */
#pragma once
#include <math.h>

#include "targets-private.h"

typedef struct {
  float eps;
  gint32 groups;
} SacNorm;

#define SAC_NORM_LANES ((gsize) 256)    /* channels whose numbers stand on the stack */
#define SAC_NORM_RUN ((gsize) 32)       /* rows summed in f32 before they are added in f64 */

/* Places of one example, cut into chunks of rows: the unit of work is (example, chunk). */
typedef struct {
  gsize n, rows, n_c, groups, per_group, chunk, n_chunks;
} SacNormShape;

static inline SacNormShape
_sac_norm_shape (SacShape x, gint32 groups)
{
  SacNormShape s = { (gsize) x.n, (gsize) x.t * x.h * x.w, (gsize) x.c, (gsize) groups, (gsize) x.c / groups, 0, 0 };

  s.chunk = MAX (2 * SAC_PIECE / s.n_c / SAC_NORM_RUN, 1) * SAC_NORM_RUN;
  s.n_chunks = (s.rows + s.chunk - 1) / s.chunk;
  return s;
}

/* (var + eps)^−½ of an example's group. */
SAC_BODY float
sac_norm_inverse (const float *stats, const SacNormShape *s, gsize n, gsize group, float eps)
{
  return (float) (1 / sqrt ((double) stats[(2 * n + 1) * s->groups + group] + (double) eps));
}

gboolean _sac_norm_fits (SacShape x, SacShape stats, SacShape gamma, SacShape beta, const SacNorm *norm, GError **error);
/* Runs @piece over (example, chunk), numbered example·n_chunks + chunk. */
void     _sac_norm_run_chunks (const SacKernelArgs *args, const SacNormShape *s, SacPieceFunc piece);

/* By primitives: numbers a group to their channels, and channels summed to their groups. */
SacVar   _sac_norm_spread (SacGraph *g, SacVar per_group, gint32 n_c);
SacVar   _sac_norm_gather (SacGraph *g, SacVar per_channel, gint32 groups);
SacVar   _sac_norm_mean (SacGraph *g, SacVar stats, gint32 n_c);        /* (N,C,1,1,1) */
SacVar   _sac_norm_rate (SacGraph *g, SacVar stats, gint32 n_c, float eps);             /* (var + eps)^−½, (N,C,1,1,1) */
SacVar   _sac_norm_normalised (SacGraph *g, SacVar x, SacVar stats, float eps);

SacVar   _sac_norm_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, const SacNorm *norm);
SacVar   _sac_norm_input (SacGraph *g, SacVar gy, SacVar x, SacVar stats, SacVar gamma, SacVar sums, const SacNorm *norm);

extern const SacOp sac_op_norm_stats, sac_op_norm_apply;
