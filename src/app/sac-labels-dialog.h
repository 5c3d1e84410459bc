/* SacLabelsDialog: label files of other tools into the project.  Before anything is written it tells what format they are in, what would
 * come, which clips are there and what cannot be taken; then all of it is one act.  Reading and writing happen in threads. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_LABELS_DIALOG (sac_labels_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SacLabelsDialog, sac_labels_dialog, SAC, LABELS_DIALOG, AdwWindow)

/* @paths: label files, or folders in a format of folders; ended by NULL. */
GtkWidget *sac_labels_dialog_new (SacSession *session, const char *const *paths);
