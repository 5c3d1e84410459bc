#pragma once
#include "sac-data.h"

/* An odd number, so that there is a middle one. */
guint _sac_choices (const SacClipSpec *spec);
/* @out: n_frames × choices. */
void  _sac_clip_candidates (const SacClipSpec *spec, guint n_available, guint *out);
/* Which of them @frame takes; the middle one without @key. */
guint _sac_clip_choose (const SacClipSpec *spec, guint frame, const SacRandomKey *key);
