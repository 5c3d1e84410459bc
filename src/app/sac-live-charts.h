/* The charts of a run under way, one function a tab of SacLiveView.  Any thread. */
#pragma once
#include "sac-board-view.h"
#include "sac-live-model.h"

typedef enum { SAC_LIVE_CURVES, SAC_LIVE_LABELS, SAC_LIVE_LAYERS, SAC_LIVE_MACHINE, SAC_N_LIVE_TABS } SacLiveTab;
typedef enum { SAC_LIVE_BY_NAME, SAC_LIVE_BY_LAST, SAC_LIVE_BY_BEST, SAC_LIVE_BY_SLOPE } SacLiveOrder;

/* What is to be drawn; fixed while it is drawn. */
typedef struct {
  SacLiveModel *model;          /* a reference */
  SacLiveTab tab;
  SacLiveAxis axis;
  gboolean log_x, log_y;
  double smoothing;
  double first, last;           /* of the axis, where no window is chosen */
  char **tags;                  /* of the tab, in the order in which they are drawn */
  char **titles;                /* of these tags, nullable */
} SacLiveOptions;
void sac_live_options_free (gpointer options);

SacBoardData *sac_live_charts_make (double x0, double x1, int width, gpointer options);       /* a SacBoardMake */
/* The tags of @tab in @order, and what is said of each: "cat 0.93, best 0.95". */
void sac_live_charts_choose (SacLiveModel *model, SacLiveTab tab, SacLiveOrder order, char ***tags, char ***titles);
