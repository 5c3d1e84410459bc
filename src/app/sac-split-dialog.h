/* SacSplitDialog: divides the clips into training, validation and test.  Each change of a control shows at once, without touching the
 * project, what would come of it: clips and labels by side, and the leak meter.  "Divide" is one act, which can be undone. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_SPLIT_DIALOG (sac_split_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SacSplitDialog, sac_split_dialog, SAC, SPLIT_DIALOG, AdwWindow)

GtkWidget *sac_split_dialog_new (SacSession *session);
