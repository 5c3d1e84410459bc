/* Counter-based random numbers: a pure function of (seed, stream, counter), so that every backend, thread count,
 * micro-batch size and resumed run draws the same.  Paper: Salmon et al. 2011, Philox 4x32-10.  Any thread. */
#pragma once
#include <glib.h>

typedef struct {
  guint64 seed;       /* of the run */
  guint64 stream;     /* what is drawn: hash of step, node, purpose … (sac_random_stream) */
} SacRandomKey;

/* Mixes up to three coordinates (e.g. step, sample, purpose) into one stream number. */
guint64 sac_random_stream (guint64 a, guint64 b, guint64 c);

void    sac_random_block (SacRandomKey key, guint64 counter, guint32 out[4]);
guint32 sac_random_u32 (SacRandomKey key, guint64 counter);
double  sac_random_unit (SacRandomKey key, guint64 counter);      /* [0,1), 53 bits */
double  sac_random_normal (SacRandomKey key, guint64 counter);    /* mean 0, variance 1 */
guint32 sac_random_below (SacRandomKey key, guint64 counter, guint32 n);   /* 0…n−1, n ≥ 1 */

/* Fisher–Yates over 0…n−1 drawn from @key. */
void    sac_random_shuffle (SacRandomKey key, guint32 *index, guint n);
