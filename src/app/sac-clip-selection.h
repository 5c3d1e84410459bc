/* SacClipSelection: which clips of a SacClipList are selected, by id: what is selected stays so when the list is filtered or put
 * in another order, and selecting a hundred thousand clips makes no objects.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sac-clip-list.h"

#define SAC_TYPE_CLIP_SELECTION (sac_clip_selection_get_type ())
G_DECLARE_FINAL_TYPE (SacClipSelection, sac_clip_selection, SAC, CLIP_SELECTION, GObject)

/* @single: at most one clip is selected. */
SacClipSelection *sac_clip_selection_new (SacClipList *list, gboolean single);
void              sac_clip_selection_set_list (SacClipSelection *self, SacClipList *list);
SacClipList      *sac_clip_selection_get_list (SacClipSelection *self);
guint             sac_clip_selection_get_first (SacClipSelection *self);       /* GTK_INVALID_LIST_POSITION = none */
guint             sac_clip_selection_get_n (SacClipSelection *self);
GArray           *sac_clip_selection_dup_ids (SacClipSelection *self);         /* SacId, in the list's order; transfer full */
/* Exactly these; those that are not in the list are left out. */
void              sac_clip_selection_select_ids (SacClipSelection *self, const SacId *ids, guint n);
void              sac_clip_selection_select_only (SacClipSelection *self, guint position);     /* or none */
