/* SacLayersDialog: who says what.  Two layers (people, imports, runs, named versions) beside each other: κ, IoU and F1 per label, and
 * the clips of which they say different things, the gravest first; a click opens one there.  Another person's project comes in as a
 * layer, and a layer is merged into the own labels.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-selection.h"
#include "sac-session.h"

#define SAC_TYPE_LAYERS_DIALOG (sac_layers_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SacLayersDialog, sac_layers_dialog, SAC, LAYERS_DIALOG, AdwWindow)

/* @parent: its property "page" is set when a clip is opened. */
SacLayersDialog *sac_layers_dialog_new (GtkWindow *parent, SacSession *session, SacSelection *selection);
