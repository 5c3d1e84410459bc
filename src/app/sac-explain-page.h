/* SacExplainPage: where a run looked in a clip: heat map over the playing clip, strip of the frames the network saw, their
 * temporal weights on the seek bar.  The maps come from `saccade worker`. */
#pragma once
#include "sac-page.h"

#define SAC_TYPE_EXPLAIN_PAGE (sac_explain_page_get_type ())
G_DECLARE_FINAL_TYPE (SacExplainPage, sac_explain_page, SAC, EXPLAIN_PAGE, SacPage)
