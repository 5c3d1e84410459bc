/* Batch norm in parts that each read memory once.  y = relu?(x̂·γ + β + residual), x̂ = (x − mean)·(var+eps)^−½.
 *   bn_stats      x → (2,C): mean, biased variance
 *   bn_apply      forward, with ReLU and residual
 *   bn_sums       (g, x, stats) → (2,C): Σ g, Σ g·x̂      = gradients of beta and gamma
 *   bn_input      (g, x, stats, gamma, sums) → gx when the statistics are x's own
 *   bn_running    two vectors → stats;  bn_row: one row of stats.
 * The parts' own adjoints are those of their primitive expansions, so second derivatives are right by construction. */
#pragma once
#include "elementwise-private.h"
#include "targets-private.h"

#include "graph/sac-bf16.h"

#define SAC_BN_RUN ((gsize) 32)          /* rows (places of N,T,H,W) summed in f32 before they are added in f64 */

static inline gsize
_sac_bn_rows (const SacKernelArgs *args)
{
  SacShape x = args->src[0].shape;

  return (gsize) x.n * x.t * x.h * x.w;
}

#define SAC_BN_LANES ((gsize) 2048)        /* channels whose sums stand side by side in the first cache */

/* @lanes numbers of @x from number @at on: where they are, or widened into @buffer. */
SAC_BODY const float *
_sac_bn_read (const SacTensor *x, gsize at, gsize lanes, float *restrict buffer)
{
  const guint16 *restrict narrow = (const guint16 *) x->data + at;

  if (x->dtype == SAC_F32)
    return x->data + at;
  for (gsize c = 0; c < lanes; c++)
    buffer[c] = sac_bf16_to_float (narrow[c]);
  return buffer;
}

/* Sixteen channels at a time in the compiler's vectors, four rows together: the sums are read and written once for four, and memory
 * is read in its order (strips of columns would come at a third of the speed). */
typedef float SacV16 __attribute__ ((vector_size (64)));
typedef gint32 SacV16Int __attribute__ ((vector_size (64)));
#define SAC_BN_ROWS 4
#define SAC_BN_AHEAD 1024       /* numbers fetched ahead */

SAC_BODY void
_sac_bn_load (SacV16 *to, const SacTensor *x, gsize at)
{
  typedef guint16 Narrow __attribute__ ((vector_size (32)));

  if (x->dtype == SAC_F32)
    memcpy (to, x->data + at, sizeof *to);
  else
    {
      Narrow narrow;
      SacV16Int wide;

      memcpy (&narrow, (const guint16 *) x->data + at, sizeof narrow);
      wide = __builtin_convertvector (narrow, SacV16Int) << 16;
      memcpy (to, &wide, sizeof *to);
    }
}

SAC_BODY void
_sac_bn_fetch (const SacTensor *x, gsize at)
{
  __builtin_prefetch ((const char *) x->data + (at + SAC_BN_AHEAD) * (x->dtype == SAC_F32 ? 4 : 2));
}

/* Rows a task: about 128 KiB of each source, in whole runs. */
static inline gsize
_sac_bn_chunk_rows (const SacKernelArgs *args)
{
  return CLAMP (32768 / (gsize) args->src[0].shape.c / SAC_BN_RUN, 1, 16) * SAC_BN_RUN;
}

static inline gsize
_sac_bn_chunks (const SacKernelArgs *args)
{
  gsize step = _sac_bn_chunk_rows (args);

  return (_sac_bn_rows (args) + step - 1) / step;
}

static inline void
_sac_bn_chunk (const SacKernelArgs *args, gsize chunk, gsize *from, gsize *to)
{
  *from = chunk * _sac_bn_chunk_rows (args);
  *to = MIN (*from + _sac_bn_chunk_rows (args), _sac_bn_rows (args));
}

/* Two sums a channel and chunk, then two finished numbers a channel. */
gsize _sac_bn_workspace (const SacKernelArgs *shapes);
/* Runs @piece over chunks (from = chunk, to = chunk + 1); each fills 2·C doubles of the workspace at chunk·2·C. */
void  _sac_bn_run_chunks (const SacKernelArgs *args, SacPieceFunc piece);
/* Adds the chunks' sums in order into @out (2·C doubles). */
void  _sac_bn_add_chunks (const SacKernelArgs *args, double *out);

/* y = x·a + b as bn_apply computes it: whoever makes the mask of its ReLU again needs the same bits. */
void  _sac_bn_scale_shift (const float *stats, const float *gamma, const float *beta, double eps, gsize n_c, float *a, float *b);
gboolean _sac_bn_mask_fits (SacShape gamma, SacShape beta, gint32 n_c);         /* both absent or both rows */

SacVar _sac_bn_row (SacGraph *g, SacVar stats, gint32 row);             /* (2,C) → (1,C) */
SacVar _sac_bn_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, float eps);
SacVar _sac_bn_input (SacGraph *g, SacVar gy, SacVar x, SacVar stats, SacVar gamma, SacVar sums, float eps);
/* x̂ by primitives. */
SacVar _sac_bn_normalised (SacGraph *g, SacVar x, SacVar stats, float eps);
SacVar _sac_bn_inverse (SacGraph *g, SacVar stats, float eps);          /* (var + eps)^−½ */
/* gy where relu (x̂·γ + β) > 0; gy itself without gamma. */
SacVar _sac_bn_expand_mask (SacGraph *g, SacVar gy, SacVar x, SacVar stats, SacVar gamma, SacVar beta, float eps);

extern const SacOp sac_op_bn_stats, sac_op_bn_apply, sac_op_bn_sums, sac_op_bn_input;
