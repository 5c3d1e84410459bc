/* SacObjectPanel: the selected object of a SacBoxEditor in numbers and words: label, box, keyframes, states, attributes, the ways to
 * delete.  Whoever cannot use a pointer does all of it here.  Property "visible" is the owner's. */
#pragma once
#include <adwaita.h>

#include "sac-box-editor.h"

#define SAC_TYPE_OBJECT_PANEL (sac_object_panel_get_type ())
G_DECLARE_FINAL_TYPE (SacObjectPanel, sac_object_panel, SAC, OBJECT_PANEL, AdwBin)

void sac_object_panel_attach (SacObjectPanel *self, SacSession *session, SacPlayer *player, SacBoxEditor *editor);
