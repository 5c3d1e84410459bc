/* SacBoardView: charts over one axis (draw/sac-board.h), painted by a thread; the main thread only shows the picture and the line under
 * the pointer.  Dragging chooses a window of the axis, Ctrl and the wheel zoom about the pointer, a double click shows all again; the
 * menu saves the picture and copies the numbers.
 * Properties "x0", "x1" (double): the window, equal: all.  Signals: "picked" (double x): clicked at a place of the axis; "window-changed".
 * Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "draw/sac-draw.h"

/* A board with all it borrows.  The two arrays of every curve and the names made for it are freed with it. */
typedef struct {
  SacBoard board;
  GArray *charts;               /* SacBoardChart */
  GPtrArray *curves;            /* GArray of SacCurve, of each chart */
  GPtrArray *owned;             /* freed by g_free */
} SacBoardData;
SacBoardData *sac_board_data_new (guint columns, double row_height);
void          sac_board_data_free (SacBoardData *data);
/* A chart that takes @span columns and a share of the height; its curves are added behind it.  Texts are copied. */
void          sac_board_data_add_chart (SacBoardData *data, const SacAxes *axes, guint span, double weight);
/* @x, @y: transfer full. */
void          sac_board_data_add_curve (SacBoardData *data, double *x, double *y, gsize n, const char *name, guint colour, double width_px,
                                        gboolean faint);
void          sac_board_data_set_colour (SacBoardData *data, const double rgb[3]);     /* of the curve added last */

/* Makes the charts for the window @x0…@x1 (equal: all) and a board @width px wide.  In the painting thread, with @data as it was given. */
typedef SacBoardData *(*SacBoardMake) (double x0, double x1, int width, gpointer data);

#define SAC_TYPE_BOARD_VIEW (sac_board_view_get_type ())
G_DECLARE_FINAL_TYPE (SacBoardView, sac_board_view, SAC, BOARD_VIEW, GtkWidget)

/* What is to be drawn from now on; @data is freed, in whichever thread, when nobody paints with it any more. */
void   sac_board_view_set_maker (SacBoardView *self, SacBoardMake make, gpointer data, GDestroyNotify free_data);
void   sac_board_view_set_name (SacBoardView *self, const char *name, const char *file_name);
void   sac_board_view_describe (SacBoardView *self, const char *description);
void   sac_board_view_refresh (SacBoardView *self);             /* there is news */
void   sac_board_view_set_window (SacBoardView *self, double x0, double x1);
void   sac_board_view_get_window (SacBoardView *self, double *x0, double *x1);
void   sac_board_view_set_cross (SacBoardView *self, double x); /* a line that stays while no pointer is over it; NaN: none */
guint64 sac_board_view_get_n_painted (SacBoardView *self);      /* pictures shown so far */
