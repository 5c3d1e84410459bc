/* SacSelection: what the window looks at, one for all pages: the current clip, its current frame, the selected clips, the
 * label and the run in question, and, where a plot led here, the set of clips behind a point of it.
 * Properties (all notify): "clip" SacClip nullable, "frame" uint, "label" int64 (SacId, 0 none), "run" string (folder) nullable.
 * Signals: "selected-changed" when the set of selected clips changed; "set-changed" when the shown set changed; "decisive" when the clip
 * is to be shown where the run in question looked closest; "compare-changed" when other runs are to be compared.  Main thread. */
#pragma once
#include "sac-clip.h"

#define SAC_TYPE_SELECTION (sac_selection_get_type ())
G_DECLARE_FINAL_TYPE (SacSelection, sac_selection, SAC, SELECTION, GObject)

SacSelection *sac_selection_new (void);
SacClip      *sac_selection_get_clip (SacSelection *self);              /* borrowed, nullable */
void          sac_selection_set_clip (SacSelection *self, SacClip *clip);     /* a new clip starts at frame 0 */
guint         sac_selection_get_frame (SacSelection *self);
void          sac_selection_set_frame (SacSelection *self, guint frame);
/* Clip and frame at once, so that a clip opens at its decisive frame. */
void          sac_selection_go (SacSelection *self, SacClip *clip, guint frame);
/* The clip at the frame that decided: who shows attention goes there as soon as it is known. */
void          sac_selection_go_decisive (SacSelection *self, SacClip *clip);
/* The runs (folders) that the Compare page lays side by side when it is next shown; NULL: as it was.  The getter borrows. */
void          sac_selection_compare (SacSelection *self, const char *const *run_folders);
const char *const *sac_selection_get_compared (SacSelection *self);
SacId         sac_selection_get_label (SacSelection *self);
void          sac_selection_set_label (SacSelection *self, SacId label);
const char   *sac_selection_get_run (SacSelection *self);
void          sac_selection_set_run (SacSelection *self, const char *run_folder);

/* The selected clips; where none is selected, acts work on the current clip. */
const SacId  *sac_selection_get_selected (SacSelection *self, guint *n);      /* borrowed until the next change */
void          sac_selection_set_selected (SacSelection *self, GArray *ids);     /* SacId, shared and left as it is; NULL: none */

/* "These clips and no others": shown by the Clips page under @title with a way back to all.  @title NULL ends it. */
void          sac_selection_show_set (SacSelection *self, const char *title, const SacId *ids, guint n);
const char   *sac_selection_get_set_title (SacSelection *self);         /* NULL = all clips */
guint         sac_selection_get_set_size (SacSelection *self);
GArray       *sac_selection_dup_set (SacSelection *self);               /* SacId, NULL = all; transfer full */
gboolean      sac_selection_set_contains (SacSelection *self, SacId id);      /* TRUE for all when no set is shown */

void          sac_selection_clear (SacSelection *self);                 /* when the project closes */
