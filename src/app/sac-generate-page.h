/* SacGeneratePage: a group of generators is described, started as `saccade gan train`, and watched while it learns: its pictures, its
 * curves, who teaches whom, its scores. */
#pragma once
#include "sac-page.h"

#define SAC_TYPE_GENERATE_PAGE (sac_generate_page_get_type ())
G_DECLARE_FINAL_TYPE (SacGeneratePage, sac_generate_page, SAC, GENERATE_PAGE, SacPage)
