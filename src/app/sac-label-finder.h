/* SacLabelFinder: a field where a label is found by typing a part of its name, or a new one is named.  For long vocabularies and for input
 * methods: what is being composed is left alone.  Signal "chosen" (int64 label, string name): 0 for a new one. */
#pragma once
#include <gtk/gtk.h>

#include "sac-session.h"

#define SAC_TYPE_LABEL_FINDER (sac_label_finder_get_type ())
G_DECLARE_FINAL_TYPE (SacLabelFinder, sac_label_finder, SAC, LABEL_FINDER, GtkBox)

GtkWidget *sac_label_finder_new (void);
void       sac_label_finder_set_session (SacLabelFinder *self, SacSession *session);
/* Empties the field and puts the cursor there. */
void       sac_label_finder_begin (SacLabelFinder *self);
