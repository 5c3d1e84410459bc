/* SacClipList: some or all rows of the session's table, in an order, as a list model of SacClip.  Clips are made as they are
 * looked at; finding one in the list, counting and walking over what is reviewed cost no objects.
 * Signal: "before-change" before each "items-changed" that takes the place of all rows.  Main thread. */
#pragma once
#include <gio/gio.h>

#include "sac-clip.h"

#define SAC_TYPE_CLIP_LIST (sac_clip_list_get_type ())
G_DECLARE_FINAL_TYPE (SacClipList, sac_clip_list, SAC, CLIP_LIST, GObject)

SacClipList  *sac_clip_list_new (SacClipPool *pool);
/* @rows (taken) of @table; NULL: all, in the table's order. */
void          sac_clip_list_set_rows (SacClipList *self, SacClipTable *table, guint *rows, guint n);
guint         sac_clip_list_get_n (SacClipList *self);
SacId         sac_clip_list_get_id (SacClipList *self, guint position);
void          sac_clip_list_get_ids (SacClipList *self, guint first, guint n, SacId *ids);
gboolean      sac_clip_list_find (SacClipList *self, SacId id, guint *position);
guint         sac_clip_list_count_reviewed (SacClipList *self);
/* The next clip after (@step 1) or before (−1) @from, round the ends, that is not reviewed; @from itself comes last.
 * @from GTK_INVALID_LIST_POSITION: from the end that comes first. */
gboolean      sac_clip_list_find_unreviewed (SacClipList *self, guint from, int step, guint *position);
/* The same for whatever @test says of a row of the newest table. */
typedef gboolean (*SacClipTest) (const SacClipTable *table, guint row, gpointer data);
gboolean      sac_clip_list_find_where (SacClipList *self, guint from, int step, SacClipTest test, gpointer data, guint *position);
