/* SacClipsPage: all clips as moving thumbnails, found by text, label, split and review, labelled several at a time. */
#pragma once
#include "sac-page.h"

#define SAC_TYPE_CLIPS_PAGE (sac_clips_page_get_type ())
G_DECLARE_FINAL_TYPE (SacClipsPage, sac_clips_page, SAC, CLIPS_PAGE, SacPage)

/* An act of the key map: TRUE if it was done. */
gboolean    sac_clips_page_act (SacClipsPage *self, const char *act);
/* What is shown, in order: SacClip.  For the Label page's previous and next, and for tests. */
/* Puts @query into the search field. */
void        sac_clips_page_search_for (SacClipsPage *self, const char *query);
GListModel *sac_clips_page_get_shown_clips (SacClipsPage *self);
