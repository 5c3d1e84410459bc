/* SacHistoryDialog: all acts, newest first, to be searched; a click goes to the state after one.  What is undone is dim, the state of
 * now is marked.  It stays open beside the window, whose clip and frame stay where they are.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_HISTORY_DIALOG (sac_history_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SacHistoryDialog, sac_history_dialog, SAC, HISTORY_DIALOG, AdwWindow)

SacHistoryDialog *sac_history_dialog_new (GtkWindow *parent, SacSession *session);
