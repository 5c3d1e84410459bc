/* Following an object: a box on one frame, found again on the frames after it.  Two correlation filters learned while it goes: one of
 * gradients and colours for where the object is, one over sizes for how large.
 *
 * Where: a filter h minimises Σ|h⋆x − y|² + λ|h|² over the patch's features x for a Gaussian y; by Parseval each frequency
 * stands by itself, with one denominator over the channels: ĥ_c = ŷ·x̂_c* / (Σ_c x̂_c x̂_c* + λ) (Bolme 2010, "Visual object
 * tracking using adaptive correlation filters", eq. 10; Henriques 2015, "High-speed tracking with kernelized correlation filters",
 * §5, linear kernel, several channels).  Features: orientations of gradients in cells, normalised against four neighbourhoods
 * (Dalal 2005; Felzenszwalb 2010, §6), and the cell's colour.  Size: the same in one dimension over 33 sizes a factor 1.02 apart
 * (Danelljan 2014, "Accurate scale estimation for robust visual tracking", §3).  Beside them the colours of the object against
 * those around it say how much of a box is object (Bertinetto 2016, "Staple: complementary learners for real-time tracking",
 * §3.2).  How sure: the height of the peak over its surroundings in their deviations (Bolme 2010, §3.5),
 * and against what that used to be.
 *
 * Numbers only, one thread; frames come from SacMedia, or one by one. */
#pragma once
#include "media/sac-media.h"
#include "store/sac-track.h"

/* ---- one frame at a time. */
typedef struct _SacTracker SacTracker;
/* @rgb: 8 bit, @stride bytes a row.  @box: of the object, in px; at least 4 px large and inside the picture for the most part. */
SacTracker *sac_tracker_new (const guint8 *rgb, int width, int height, gsize stride, const SacBox *box);
/* Finds the object in the next picture of the same size.  @box: x, y, width, height are set (part of it may lie outside the
 * picture).  How sure, 0…1: below 0.22 it is rather lost. */
double      sac_tracker_step (SacTracker *tracker, const guint8 *rgb, gsize stride, SacBox *box);
void        sac_tracker_free (SacTracker *tracker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTracker, sac_tracker_free)

/* ---- a stretch of a video. */
typedef enum { SAC_FOLLOW_AT_END, SAC_FOLLOW_LOST, SAC_FOLLOW_STOPPED } SacFollowEnd;
typedef struct {
  double lost_below;            /* how sure it must be to go on */
  double px, share;             /* sac_boxes_thin() */
} SacFollowSpec;
void        sac_follow_spec_init (SacFollowSpec *spec);        /* 0.22; 1 px, 2 % */
/* After each frame, from the thread that follows; FALSE stops there. */
typedef gboolean (*SacFollowFunc) (const SacBox *box, double sure, gpointer data);
/* Follows from @start's frame to frame @last.  The boxes found, thinned to keyframes; the first is @start.  An object that is lost ends
 * with its last sure box.  Transfer full; NULL with @error where a frame cannot be read, and when cancelled. */
GArray     *sac_follow (SacMedia *media, const SacBox *start, guint last, const SacFollowSpec *spec, SacFollowFunc func, gpointer data,
                        SacFollowEnd *end, GCancellable *cancellable, GError **error);
/* What a track says after that: @found in place of all its keyframes between the first and the last frame of @found. */
gboolean    sac_follow_put (GArray *boxes, const GArray *found);
