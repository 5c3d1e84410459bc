/* SacClipSearch: which clips a list shows, and in which order: a query of the store and a sort.  Small projects answer at once,
 * large ones in a thread with a connection of its own; a newer question takes the place of one that is still open.
 * Signal: "done" (string error, nullable): the list shows the answer, or (error) still the one before.  Main thread. */
#pragma once
#include "sac-session.h"

#define SAC_TYPE_CLIP_SEARCH (sac_clip_search_get_type ())
G_DECLARE_FINAL_TYPE (SacClipSearch, sac_clip_search, SAC, CLIP_SEARCH, GObject)

SacClipSearch *sac_clip_search_new (SacSession *session);
SacClipList   *sac_clip_search_get_list (SacClipSearch *self);
/* @only: SacId of the clips there may be at all; NULL: all.  Borrowed. */
void           sac_clip_search_ask (SacClipSearch *self, const char *query, SacSort sort, gboolean descending, guint64 seed,
                                    GArray *only);
gboolean       sac_clip_search_is_busy (SacClipSearch *self);
