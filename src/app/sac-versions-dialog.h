/* SacVersionsDialog: names the state of now, and lists the named ones: what is otherwise now, bring back, remove.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_VERSIONS_DIALOG (sac_versions_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SacVersionsDialog, sac_versions_dialog, SAC, VERSIONS_DIALOG, AdwWindow)

/* @closes: it closes once the state has its name (Ctrl+S, Return). */
SacVersionsDialog *sac_versions_dialog_new (GtkWindow *parent, SacSession *session, gboolean closes);
