/* SacExportDialog: what is said of the clips, for other tools.  A format and, with a query, which clips; before anything is written the
 * dialog tells what the format cannot hold.  Reading and writing happen in a thread over an own connection. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_EXPORT_DIALOG (sac_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SacExportDialog, sac_export_dialog, SAC, EXPORT_DIALOG, AdwWindow)

GtkWidget *sac_export_dialog_new (SacSession *session);
