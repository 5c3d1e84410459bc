/* SacExplainCharts: all frames of a clip at once, below the player: the strip, the rows of the paper's figure, the time axis with its slit.
 * Signal "frame-chosen" (uint): a source frame was clicked. */
#pragma once
#include <gtk/gtk.h>

#include "sac-heat-options.h"
#include "sac-sight.h"

#define SAC_TYPE_EXPLAIN_CHARTS (sac_explain_charts_get_type ())
G_DECLARE_FINAL_TYPE (SacExplainCharts, sac_explain_charts, SAC, EXPLAIN_CHARTS, GtkWidget)

void       sac_explain_charts_set_up (SacExplainCharts *self, SacSight *sight, SacHeatOptions *options);      /* once */
void       sac_explain_charts_set_path (SacExplainCharts *self, const char *path);     /* of the clip's file; NULL: none */
void       sac_explain_charts_set_frame (SacExplainCharts *self, guint frame);         /* source frame at the playhead */
/* Another page of the charts, e.g. the table of a split. */
void       sac_explain_charts_add (SacExplainCharts *self, GtkWidget *child, const char *name, const char *title);
