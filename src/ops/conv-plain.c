/* Plain C with the compiler's vectors of four: tiles of 4 rows × 8 columns, for any machine. */
#include "conv-kernel.h"

#include <string.h>

typedef float Vec4 __attribute__ ((vector_size (16)));

static inline Vec4
load_some (const float *p, gint32 n)
{
  float part[4] = { 0, 0, 0, 0 };

  for (gint32 i = 0; i < MIN (n, 4); i++)
    part[i] = p[i];
  return (Vec4) { part[0], part[1], part[2], part[3] };
}

static inline Vec4
load (const float *p)
{
  Vec4 v;

  memcpy (&v, p, sizeof v);
  return v;
}

static inline Vec4
zero_below (Vec4 v)
{
  typedef gint32 Int4 __attribute__ ((vector_size (16)));

  return (Vec4) ((Int4) v & ~(v < (Vec4) { 0, 0, 0, 0 }));
}

static inline void
store (float *p, Vec4 v)
{
  memcpy (p, &v, sizeof v);
}

static inline void
store_some (float *p, gint32 n, Vec4 v)
{
  for (gint32 i = 0; i < MIN (n, 4); i++)
    p[i] = v[i];
}

#define MR 4
#define LANES 4
#define V Vec4
#define LOAD(p) load (p)
#define STORE(p, v) store (p, v)
#define ZERO ((Vec4) { 0, 0, 0, 0 })
#define SPLAT(p) ((Vec4) { *(p), *(p), *(p), *(p) })
#define MULADD(a, b, c) ((a) * (b) + (c))
#define ZERO_BELOW(v) zero_below (v)
#define MASK gint32
#define MASK_OF(n) (n)
#define LOAD_SOME(p, m) load_some (p, m)
#define STORE_SOME(p, m, v) store_some (p, m, v)
#define GATHER_SIZES(F) F (4) F (2)
#define GATHER_SIZE_FOR { 2, 2, 2, 4, 4 }
#define OUTER_SIZES(F) F (4) F (2) F (1)
#include "conv-loops.h"
#include "conv-winograd-loops.h"
#include "conv-depthwise-loops.h"
#include "conv-phases-loops.h"

static void
pack (float *to, const float *from, gsize step, gint32 depth, gint32 n_cols)
{
  for (gint32 d = 0; d < depth; d++)
    for (gint32 j = 0; j < NR; j++)
      to[(gsize) d * NR + j] = j < n_cols ? from[j * step + d] : 0;
}

const SacConvKernels _sac_conv_plain = SAC_CONV_KERNELS;
