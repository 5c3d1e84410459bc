/* SacClip: one clip of the open project as the window's lists hold it: a row of the session's table.  Made when somebody first
 * looks at it and kept by the session's pool; "changed" is emitted when anything in it changed.  Main thread. */
#pragma once
#include "sac-clip-table.h"

#define SAC_TYPE_CLIP (sac_clip_get_type ())
G_DECLARE_FINAL_TYPE (SacClip, sac_clip, SAC, CLIP, GObject)

const SacItem *sac_clip_get_item (SacClip *self);                       /* borrowed until the next "changed" */
SacId          sac_clip_get_id (SacClip *self);
const char    *sac_clip_get_name (SacClip *self);
guint          sac_clip_get_n_states (SacClip *self);
SacLabelState  sac_clip_get_state (SacClip *self, guint label_index);   /* UNKNOWN out of range */
gboolean       sac_clip_can_be_read (SacClip *self);                    /* neither missing nor with a problem */

/* ---- the pool of the clips that somebody has looked at; for SacSession and SacClipList. */
typedef struct _SacClipPool SacClipPool;
SacClipPool   *sac_clip_pool_new (void);
SacClipPool   *sac_clip_pool_ref (SacClipPool *pool);
void           sac_clip_pool_unref (SacClipPool *pool);
SacClipTable  *sac_clip_pool_get_table (SacClipPool *pool);             /* borrowed, never NULL */
/* The clip of @row of @table, which may be an older one than the pool's.  Borrowed. */
SacClip       *sac_clip_pool_get (SacClipPool *pool, SacClipTable *table, guint row);
/* Another table (taken) in place of the old one: clips move to their new rows and say so where they differ. */
void           sac_clip_pool_set_table (SacClipPool *pool, SacClipTable *table);
void           sac_clip_pool_tell (SacClipPool *pool, guint row);       /* the row changed */
void           sac_clip_pool_tell_all (SacClipPool *pool);
