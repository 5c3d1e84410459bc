/* What a run was at one step of its training, read from its folder: for SacTimeView.  Any thread. */
#pragma once
#include "draw/sac-draw.h"
#include "eval/sac-decisions.h"
#include "run/sac-pins.h"
#include "run/sac-run.h"

typedef struct {
  guint64 step;
  char **labels;                /* NULL-terminated; NULL: no scores at this step */
  guint n_labels;
  SacRoc **rocs;                /* n_labels */
  double macro;
  guint (*bins)[2];             /* SAC_TIME_BINS × (no, yes) of each label: how many clips have such a score */
  SacConfusion *confusion;      /* NULL: clips have several labels */
  SacPinSight *pins;            /* the newest at or before the step, nullable */
} SacTimeMoment;
#define SAC_TIME_BINS 20
void           sac_time_moment_free (SacTimeMoment *moment);
SacTimeMoment *sac_time_moment_read (const char *run_folder, guint64 step, const guint64 *pin_steps, guint n_pin_steps);
/* All steps of which something is known, ascending, each once; @pin_steps those of pinned clips.  Transfer full. */
guint64       *sac_time_list_steps (const char *run_folder, guint *n, guint64 **pin_steps, guint *n_pin_steps);
/* The pictures of label @label; −1: of all.  Names beyond the tenth are not in the legend. */
void           sac_time_draw_rocs (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeMoment *moment, int label);
void           sac_time_draw_histogram (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeMoment *moment,
                                        int label);
void           sac_time_draw_confusion (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeMoment *moment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTimeMoment, sac_time_moment_free)
