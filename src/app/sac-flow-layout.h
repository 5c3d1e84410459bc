/* SacFlowLayout: children side by side in their natural widths, wrapped into as many rows as the width asks for. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_FLOW_LAYOUT (sac_flow_layout_get_type ())
G_DECLARE_FINAL_TYPE (SacFlowLayout, sac_flow_layout, SAC, FLOW_LAYOUT, GtkLayoutManager)

GtkLayoutManager *sac_flow_layout_new (int spacing);
