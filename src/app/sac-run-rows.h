/* SacRunRows: what a run thinks of a clip, as rows of a timeline: when it looked closest, and the labels it gives most with when it saw
 * them.  The run is the one that was chosen elsewhere in the window, else the newest with weights.  Off until it is switched on; then
 * the worker is asked about each clip that stays in front for a moment.
 * Property "active".  Signal "changed": the rows are others.  Main thread. */
#pragma once
#include "draw/sac-timeline.h"
#include "sac-player.h"
#include "sac-selection.h"
#include "sac-session.h"

#define SAC_TYPE_RUN_ROWS (sac_run_rows_get_type ())
G_DECLARE_FINAL_TYPE (SacRunRows, sac_run_rows, SAC, RUN_ROWS, GObject)

/* @player: gives the times of the frames that the network saw; borrowed.  @selection: nullable. */
SacRunRows *sac_run_rows_new (SacSession *session, SacPlayer *player, SacSelection *selection);
void        sac_run_rows_set_clip (SacRunRows *self, SacClip *clip);    /* NULL: none; the worker rests */
gboolean    sac_run_rows_get_active (SacRunRows *self);
void        sac_run_rows_set_active (SacRunRows *self, gboolean active);
guint       sac_run_rows_get_n (SacRunRows *self);
/* Borrowed until "changed". */
void        sac_run_rows_get (SacRunRows *self, guint i, SacTimelineRow *row);
/* Of the look at a clip of @n_samples moments between 0 and @length_ns, the value at each: @at_ns of its @n frames, ascending, @values
 * of each; straight lines between, and nothing where it did not look. */
void        sac_run_rows_sample (const gint64 *at_ns, const float *values, guint n, gint64 length_ns, float *out, guint n_samples);
