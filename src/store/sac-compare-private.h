/* What comparing and merging share. */
#pragma once
#include "sac-compare.h"
#include "sac-store-private.h"

/* A clip's key: the content of its video and its place in it. */
#define SAC_CLIP_KEY "m.hash || ' ' || i.kind || ' ' || i.in_ns || ' ' || i.out_ns"

/* Over all frames of the clip, what both boxes cover by what any covers; NaN where neither is ever there. */
double _sac_track_iou (const SacTrack *a, const SacTrack *b, guint n_frames, guint *first_difference);
