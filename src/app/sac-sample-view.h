/* SacSampleView: what a group of generators makes, through its training time: rows of the same noise, a column a generator.  A slider over
 * all samples, playing, a pinned moment or another run beside it, one picture chosen or alone (zoomed).
 * Property "step" (uint64): the step shown.  Signals: "chosen": another picture is chosen; "dragged" (uint row, column, row, column): from
 * one picture to another; "activated": the chosen one was double-clicked.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-sample-film.h"

#define SAC_TYPE_SAMPLE_VIEW (sac_sample_view_get_type ())
G_DECLARE_FINAL_TYPE (SacSampleView, sac_sample_view, SAC, SAMPLE_VIEW, AdwBin)

SacSampleView *sac_sample_view_new (void);
void           sac_sample_view_set_run (SacSampleView *self, const char *run_folder, const char *name);        /* NULL: none */
void           sac_sample_view_set_active (SacSampleView *self, gboolean active);
/* What stands beside the pictures and follows their time. */
void           sac_sample_view_set_side (SacSampleView *self, GtkWidget *side);
/* Runs that may stand beside it; both NULL-terminated, copied. */
void           sac_sample_view_set_others (SacSampleView *self, const char *const *folders, const char *const *names);
/* Below the names of the generators, such as "IS_c 3.21"; NULL-terminated, copied; NULL: none. */
void           sac_sample_view_set_notes (SacSampleView *self, const char *const *notes);
void           sac_sample_view_go (SacSampleView *self, double step);  /* the nearest there is */
gboolean       sac_sample_view_is_following (SacSampleView *self);     /* shows the newest, as they come */
guint64        sac_sample_view_get_step (SacSampleView *self);
SacSampleFilm *sac_sample_view_get_film (SacSampleView *self);         /* borrowed */
void           sac_sample_view_focus (SacSampleView *self);
/* FALSE: none is chosen. */
gboolean       sac_sample_view_get_chosen (SacSampleView *self, guint *row, guint *column);
/* The picture of the moment shown, RGB24; the chosen one alone or (@all) the whole.  NULL: none.  Transfer full. */
cairo_surface_t *sac_sample_view_dup_picture (SacSampleView *self, gboolean all);
/* "generate.play" and the like (keymap-acts.c): TRUE if it was done. */
gboolean       sac_sample_view_act (SacSampleView *self, const char *act);
