/* SacLabelBar: the project's labels as chips for one clip or several, and the way to a new label.  Acts through the session. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_LABEL_BAR (sac_label_bar_get_type ())
G_DECLARE_FINAL_TYPE (SacLabelBar, sac_label_bar, SAC, LABEL_BAR, AdwBin)

void     sac_label_bar_attach (SacLabelBar *self, SacSession *session);
void     sac_label_bar_set_clips (SacLabelBar *self, const SacId *ids, guint n);
/* A digit key, '0' … '9', or a click: not yes → yes, yes → no; @unknown → unknown.  FALSE if no label has that key. */
gboolean sac_label_bar_press (SacLabelBar *self, char key, gboolean unknown);
/* T: opens the entry for a label's name. */
void     sac_label_bar_new_label (SacLabelBar *self);
