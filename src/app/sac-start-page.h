/* SacStartPage: what the window shows while no project is open: what to do, and the recent projects. */
#pragma once
#include <adwaita.h>

#define SAC_TYPE_START_PAGE (sac_start_page_get_type ())
G_DECLARE_FINAL_TYPE (SacStartPage, sac_start_page, SAC, START_PAGE, AdwBin)

void sac_start_page_refresh (SacStartPage *self);
