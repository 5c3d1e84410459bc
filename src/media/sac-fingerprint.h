/* Fingerprints: does this video show what that one shows, though it was encoded, scaled, cut or lightened anew?
 *
 * A picture gives 64 bits: its luma, averaged to 32 × 32, goes through a DCT, and each of the 64 lowest frequencies (in zigzag order,
 * without the mean) says whether it lies above their median.  Paper: Zauner 2010 §3.2.1 (there an 8 × 8 block is taken).  Brightness and
 * contrast change no bit, size and codec a few.  A video gives one such word for each of 8 to 64 frames, evenly spread.
 *
 * Any thread.  What was computed is kept in the cache folder (fingerprints/), by the content of the file; it may be thrown away. */
#pragma once
#include "base/sac-base.h"

#define SAC_FINGERPRINT_NEAR 8         /* bits: at most so far apart, two pictures are taken for the same */

typedef struct {
  guint n;
  guint64 *bits;                /* 0: the frame is too plain to tell (black, a wall) */
  gint64 *time_ns;
} SacFingerprint;
void     sac_fingerprint_free (SacFingerprint *print);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFingerprint, sac_fingerprint_free)

/* Of one picture, 8-bit RGB, @stride bytes a row. */
guint64  sac_fingerprint_picture (const guint8 *rgb, int width, int height, gsize stride);

/* Of a video or a still: from the cache, else the frames are decoded (opening indexes the file the first time).  Transfer full. */
SacFingerprint *sac_fingerprint_load (const char *path, GCancellable *cancellable, GError **error);
/* Whether sac_fingerprint_load() would answer at once. */
gboolean sac_fingerprint_is_cached (const char *path);
/* Only the frames within [@in_ns, @out_ns), for a clip that is a part of its file; if none lies there, the nearest one. */
SacFingerprint *sac_fingerprint_cut (const SacFingerprint *print, gint64 in_ns, gint64 out_ns);

/* How many bits two videos differ: of each frame of the one with fewer frames, the distance to its nearest in the other; the median
 * of those.  So a clip is near to the longer video that it was cut from.  64 when nothing can be said. */
guint    sac_fingerprint_distance (const SacFingerprint *a, const SacFingerprint *b);

typedef struct { guint a, b, bits; } SacLookalike;     /* indices, a < b */
/* All pairs of @prints (NULL elements match nothing) at most @max_bits apart, nearest first, without comparing each with each: multi-index
 * hashing.  Paper: Norouzi 2012 §3.  A pair is met when one of its frames lies within 7 bits of one of the other's.  Where thousands
 * look alike (a camera that never moves), each is paired with at most 64 others and *@complete (nullable) tells that there are more.
 * Transfer full, of SacLookalike; NULL with @error only when cancelled. */
GArray  *sac_fingerprint_pairs (const SacFingerprint *const *prints, guint n_prints, guint max_bits, gboolean *complete,
                                SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error);
