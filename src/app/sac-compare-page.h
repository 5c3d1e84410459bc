/* SacComparePage: ROC curves and AUC bars of the ticked runs; a click leads to the clips behind a point, and from there to Explain. */
#pragma once
#include "sac-page.h"

#define SAC_TYPE_COMPARE_PAGE (sac_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (SacComparePage, sac_compare_page, SAC, COMPARE_PAGE, SacPage)
