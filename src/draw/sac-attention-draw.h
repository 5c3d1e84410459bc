/* Pictures of attention: a map over a frame, all frames of a clip with their maps and times, a slit through time, scores.  methods/08 §6.
 * Part of draw/; conventions as in sac-draw.h. */
#pragma once
#include "sac-draw.h"

/* How a map becomes colour. */
typedef struct {
  SacColourMap colours;
  double opacity;               /* the paper: 0.4 */
  gboolean even;                /* the same opacity everywhere, as in the paper; else weak places let the frame through */
  double low, high;             /* the values at both ends of the colours; both 0: 0 and 1 */
} SacHeat;

/* As sac_overlay_draw(). */
void sac_heat_draw (cairo_t *cr, double width, double height, cairo_surface_t *frame, const float *map, int h, int w, const SacHeat *heat);
/* Least and most of @n values, for SacHeat; 0 and 1 where all are the same. */
void sac_heat_range (const float *values, gsize n, double *low, double *high);

/* What the bars of the frames show: @weights by min–max into 0…1, all ½ where they are the same.  @mend_ends: the first and the last are
 * the mean of all before that, for they are extreme. */
void sac_time_shares (const float *weights, guint n, gboolean mend_ends, float *shares);

typedef enum {
  SAC_SHEET_STRIP,              /* each frame with its map, over it a bar in the colour of its time */
  SAC_SHEET_ROWS,               /* a row of frames, a row of times, a row of maps over the frames */
} SacSheetKind;

/* All frames of a clip. */
typedef struct {
  SacSheetKind kind;
  cairo_surface_t *const *frames;       /* n, each nullable */
  guint n;
  const float *maps;            /* n×h×w, nullable */
  int h, w;
  const float *shares;          /* n, 0…1, nullable: the times */
  const guint *numbers;         /* n, nullable: under the frames */
  SacHeat heat;
  guint columns;                /* 0: as many as show the frames largest */
  gint current;                 /* this frame is framed; −1: none */
} SacSheet;
void     sac_sheet_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacSheet *sheet);
gboolean sac_sheet_pick (double width, double height, const SacStyle *style, const SacSheet *sheet, double x_px, double y_px, guint *frame);
/* The height at which @sheet just fills @width; with columns 8 and 32 frames the paper's 8×4. */
double   sac_sheet_height (double width, const SacStyle *style, const SacSheet *sheet);

/* Time against one axis of the picture: each column of the slit is a frame, its rows the most of the map's rows (@rows FALSE: of its
 * columns).  @current as above. */
void     sac_slit_draw (cairo_t *cr, double width, double height, const SacStyle *style, const float *maps, guint n, int h, int w,
                        gboolean rows, const SacHeat *heat, gint current);
gboolean sac_slit_pick (double width, double height, const SacStyle *style, guint n, double x_px, double y_px, guint *frame);

/* Scores as bars, the highest first as given.  @before: what they were under the network's own maps, a line on the bar; @branch: what the
 * attention branch thinks, a thin bar below.  Values 0…1; each nullable but @scores. */
typedef struct {
  guint n;
  const char *const *labels;
  const float *scores, *before, *branch;
  gint chosen;                  /* bold; −1: none */
  const float *thresholds;      /* where yes begins, a tick below the bar and ✓ behind a score that reaches it; NaN: none; nullable */
} SacScoreBars;
void     sac_score_bars_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacScoreBars *bars);
double   sac_score_bars_height (const SacStyle *style, const SacScoreBars *bars);
gboolean sac_score_bars_pick (double width, double height, const SacStyle *style, const SacScoreBars *bars, double x_px,
                              double y_px, guint *row);
