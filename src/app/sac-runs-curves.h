/* Curves of many runs laid over each other, for a SacBoardView: events are read and thinned by the thread that paints, and what was read is
 * kept until a run says more. */
#pragma once
#include "sac-board-view.h"

typedef struct _SacRunsCurves SacRunsCurves;
SacRunsCurves *sac_runs_curves_new (void);
SacRunsCurves *sac_runs_curves_ref (SacRunsCurves *curves);
void           sac_runs_curves_unref (SacRunsCurves *curves);

typedef struct {
  char *folder, *name;
  guint colour;                 /* of sac_palette() */
  gint64 said_us;               /* when it last said something: another time, read again */
} SacRunsCurve;
typedef struct {
  SacRunsCurves *curves;        /* a reference */
  GArray *runs;                 /* SacRunsCurve */
  char *tag;
  double smoothing;             /* 0…1 */
  gboolean log_y;
} SacRunsOverlay;
SacRunsOverlay *sac_runs_overlay_new (SacRunsCurves *curves, const char *tag, double smoothing, gboolean log_y);
void            sac_runs_overlay_add (SacRunsOverlay *overlay, const char *folder, const char *name, guint colour, gint64 said_us);
void            sac_runs_overlay_free (gpointer overlay);
/* A SacBoardMake; @data: SacRunsOverlay. */
SacBoardData   *sac_runs_overlay_make (double x0, double x1, int width, gpointer data);
