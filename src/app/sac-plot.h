/* SacPlot: a picture of draw/ as a widget.  The page supplies a drawing function and, where there are any, the numbers as text;
 * the plot supplies size, style, pointer, and a context menu that saves it as PNG, SVG or PDF and copies the numbers.
 * Signals: "clicked" (double x, double y) in pixels of the plot; "pointed" (double x, double y), −1,−1 when it leaves.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "draw/sac-draw.h"

#define SAC_TYPE_PLOT (sac_plot_get_type ())
G_DECLARE_FINAL_TYPE (SacPlot, sac_plot, SAC, PLOT, GtkWidget)

typedef void  (*SacPlotDraw) (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
typedef char *(*SacPlotText) (gpointer data);     /* tab-separated; transfer full */

/* @name: what a screen reader says; @file_name: suggested when saving, without suffix. */
void     sac_plot_set_up (SacPlot *self, const char *name, const char *file_name, SacPlotDraw draw, SacPlotText text, gpointer data);
/* In words: "loss falls from 0.69 to 0.21". */
void     sac_plot_describe (SacPlot *self, const char *description);
void     sac_plot_get_style (SacPlot *self, SacStyle *style);
void     sac_plot_set_dark_surround (SacPlot *self, gboolean dark);    /* for pictures of clips: neutral grey in both styles */
