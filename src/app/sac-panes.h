/* SacPanes: up to nine views of one clip with one playhead, in a window of its own: the picture, what runs look at, and where two of them
 * differ.  Frames are decoded once, by its player; all panes show what that shows, in one scale of colours.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_PANES (sac_panes_get_type ())
G_DECLARE_FINAL_TYPE (SacPanes, sac_panes, SAC, PANES, AdwWindow)

#define SAC_MAX_PANES 9

/* The runs that can be shown: @names and @folders, NULL-terminated, copied; the first @n_shown of them get a pane, and two that there
 * are, their difference. */
SacPanes *sac_panes_new (GtkWindow *parent, SacSession *session, const char *const *names, const char *const *folders, guint n_shown);
void      sac_panes_show (SacPanes *self, SacClip *clip, guint frame);
guint     sac_panes_get_n (SacPanes *self);
