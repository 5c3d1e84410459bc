/* SacLiveView: the curves of a run while it trains and afterwards: losses, AUC of each label, layers, the machine.  One pointer and one
 * window for all of a tab; smoothing, logarithmic axes, steps or time.  Signal "picked" (double step): clicked at a step.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-live-model.h"

#define SAC_TYPE_LIVE_VIEW (sac_live_view_get_type ())
G_DECLARE_FINAL_TYPE (SacLiveView, sac_live_view, SAC, LIVE_VIEW, AdwBin)

/* @model: borrowed for the life of the view. */
void sac_live_view_set_model (SacLiveView *self, SacLiveModel *model);
void sac_live_view_set_step (SacLiveView *self, double step);   /* a line at it; NaN: none */
/* A further tab, beside the curves. */
void sac_live_view_add_tab (SacLiveView *self, GtkWidget *child, const char *name, const char *title);
