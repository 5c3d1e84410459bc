/* SacClip: one item of the open project as the window's lists hold it: the item and its label states, in the order of the
 * session's labels.  Owned and kept true by SacSession; "changed" is emitted when anything in it changed.  Main thread. */
#pragma once
#include "store/sac-store.h"

#define SAC_TYPE_CLIP (sac_clip_get_type ())
G_DECLARE_FINAL_TYPE (SacClip, sac_clip, SAC, CLIP, GObject)

SacClip       *sac_clip_new (SacItem *item);                            /* takes @item */
const SacItem *sac_clip_get_item (SacClip *self);                       /* borrowed until the next "changed" */
SacId          sac_clip_get_id (SacClip *self);
const char    *sac_clip_get_name (SacClip *self);
guint          sac_clip_get_n_states (SacClip *self);
SacLabelState  sac_clip_get_state (SacClip *self, guint label_index);   /* UNKNOWN out of range */
gboolean       sac_clip_can_be_read (SacClip *self);                    /* neither missing nor with a problem */

/* For SacSession.  Returns TRUE if anything differs (and has emitted "changed"). */
gboolean       sac_clip_update (SacClip *self, SacItem *item /* taken, nullable = as it is */, const gint8 *states, guint n_states);
