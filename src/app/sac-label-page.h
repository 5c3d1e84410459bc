/* SacLabelPage: one clip in the player, its labels by digit keys, and the way through the list of clips. */
#pragma once
#include "sac-page.h"
#include "sac-player.h"

#define SAC_TYPE_LABEL_PAGE (sac_label_page_get_type ())
G_DECLARE_FINAL_TYPE (SacLabelPage, sac_label_page, SAC, LABEL_PAGE, SacPage)

/* The clips that previous and next go through (SacClip); unless set, all of the session. */
void       sac_label_page_set_clips (SacLabelPage *self, SacClipList *clips);
SacPlayer *sac_label_page_get_player (SacLabelPage *self);
/* An act of the key map: TRUE if it was done. */
gboolean   sac_label_page_act (SacLabelPage *self, const char *act);
