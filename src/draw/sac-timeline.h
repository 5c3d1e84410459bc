/* The timeline: rows of marks over time (segments, presence of tracks, tags) and of curves (predictions, attention), one zoom, one
 * playhead.  A row of a million marks costs what its pixels cost: marks that share a pixel are one stroke.
 * Times are in ns.  Pure Cairo, any thread. */
#pragma once
#include "sac-draw.h"

typedef struct {
  gint64 in_ns, out_ns;         /* half open */
  gint64 id;                    /* the caller's */
  guint32 colour;               /* 0xRRGGBB */
  guint faint : 1;              /* of something else than segments; has no edges to drag */
  guint foreign : 1;            /* said by somebody else: paler, not to be edited */
} SacMark;

/* Marks by their in point, with the furthest out point of each stretch: “the next mark that ends after t” in O(log n).
 * Immutable. */
typedef struct _SacMarks SacMarks;
SacMarks      *sac_marks_new (const SacMark *marks, guint n);    /* copied; any order */
void           sac_marks_free (SacMarks *marks);
guint          sac_marks_get_n (const SacMarks *marks);
const SacMark *sac_marks_get (const SacMarks *marks, guint i);   /* by in point */
/* The first mark from index @from on that ends after @ns; n when there is none. */
guint          sac_marks_next (const SacMarks *marks, guint from, gint64 ns);
/* The nearest edge before (@step −1) or after (+1) @ns; FALSE at the end. */
gboolean       sac_marks_edge (const SacMarks *marks, gint64 ns, int step, gint64 *edge);

typedef struct {
  const char *name;
  guint number;                 /* stands for the name, further in; 0: the name stands there */
  double colour[4];             /* of the name's swatch and the curve; four zeros: none */
  const SacMarks *marks;        /* borrowed; NULL: none */
  const float *curve;           /* 0…1 over the whole length, borrowed; NULL: none */
  guint n_curve;
  gboolean chosen;              /* the row that new marks go to */
  gboolean growing;             /* a mark is being made, from @growing_ns to the playhead */
  gint64 growing_ns;
  const gint64 *points;         /* keyframes of a selected track, ascending, borrowed; NULL: none */
  guint n_points;
  gboolean tagged;              /* said of the whole clip: a line along the row */
} SacTimelineRow;

typedef struct {
  const SacTimelineRow *rows;
  guint n_rows;
  gint64 length_ns;             /* of the media */
  gint64 from_ns, to_ns;        /* what is shown */
  gint64 playhead_ns;
  gint64 pending_ns;            /* an in point without an out point yet, in the chosen row; −1: none */
  gint64 selected;              /* id of a mark; 0 none */
  gint64 ghost_in_ns, ghost_out_ns;     /* a copy that is being dragged, over @ghost_row; equal: none */
  guint ghost_row;
  double scrolled_px;           /* so far down the rows are scrolled: the ruler stands there, over them */
} SacTimeline;

/* Height that shows all rows. */
double sac_timeline_height (const SacStyle *style, guint n_rows);
void   sac_timeline_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeline *timeline);

typedef enum { SAC_TIMELINE_NOTHING, SAC_TIMELINE_NAME, SAC_TIMELINE_RULER, SAC_TIMELINE_ROW, SAC_TIMELINE_MARK, SAC_TIMELINE_IN,
               SAC_TIMELINE_OUT } SacTimelinePart;
typedef struct {
  SacTimelinePart part;
  guint row, mark;              /* index of the mark in its row */
  gint64 ns;                    /* under the pointer, within the media */
} SacTimelineHit;
/* What lies under a pixel; edges of marks reach 5 px to either side and go before marks. */
SacTimelineHit sac_timeline_pick (double width, double height, const SacStyle *style, const SacTimeline *timeline, double x_px,
                                  double y_px);
/* Left end of the time axis, px: names stand before it. */
double sac_timeline_left (double width);
