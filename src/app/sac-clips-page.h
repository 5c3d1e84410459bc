/* SacClipsPage: all clips as moving thumbnails, found by text, label, split and review, labelled several at a time. */
#pragma once
#include "sac-page.h"

#define SAC_TYPE_CLIPS_PAGE (sac_clips_page_get_type ())
G_DECLARE_FINAL_TYPE (SacClipsPage, sac_clips_page, SAC, CLIPS_PAGE, SacPage)

/* An act of the key map: TRUE if it was done. */
gboolean    sac_clips_page_act (SacClipsPage *self, const char *act);
/* What is shown, in order: SacClip.  For the Label page's previous and next, and for tests. */
/* A widget beside the clips, with a button that shows it; its signal "query" (string) asks for clips. */
void        sac_clips_page_set_statistics (SacClipsPage *self, GtkWidget *statistics);
/* Looks for missing files below @folder, in a thread, and relinks what it finds: one act. */
void        sac_clips_page_relink (SacClipsPage *self, const char *folder);
/* Puts @query into the search field. */
void        sac_clips_page_search_for (SacClipsPage *self, const char *query);
GListModel *sac_clips_page_get_shown_clips (SacClipsPage *self);
