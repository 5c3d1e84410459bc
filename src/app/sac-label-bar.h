/* SacLabelBar: the project's labels as chips for one clip or several, and the way to a new label.  Acts through the session.
 * Signals: "choose" (int64 label) → boolean: a label was asked for; TRUE: it was taken for something else than the clip.  "done": the
 * entry for a name was closed; the keyboard is at its button. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_LABEL_BAR (sac_label_bar_get_type ())
G_DECLARE_FINAL_TYPE (SacLabelBar, sac_label_bar, SAC, LABEL_BAR, AdwBin)

void     sac_label_bar_attach (SacLabelBar *self, SacSession *session);
/* @clips: SacId, shared and left as it is; NULL: none. */
void     sac_label_bar_set_clips (SacLabelBar *self, GArray *clips);
/* An act of the key map's scope LABELS: TRUE if it was done.  "label.3" is the label with the key 3: not yes → yes, yes → no;
 * "label.unknown-3" → unknown; "label.11" … "label.20" are the first ten labels without a key; "label.type" opens the entry. */
gboolean sac_label_bar_act (SacLabelBar *self, const char *act);
/* The label that "label.3" is now; 0: there is none, or the act is another. */
SacId    sac_label_bar_find (SacLabelBar *self, const char *act);
/* Opens the entry for a label's name. */
void     sac_label_bar_new_label (SacLabelBar *self);
