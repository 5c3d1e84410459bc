/* SacMapEditor: drawing on a network's attention, over the picture that it looked at: places on the grid of its features; and, in a
 * widget of their own, the bars of its frames.  It holds a copy of the maps; what becomes of them is the owner's.
 * Signals: "changed": the maps are others, while one drags; "committed": a stroke, a dragged bar or an act is done. */
#pragma once
#include "eval/sac-map-brush.h"
#include "sac-frame-view.h"

#define SAC_TYPE_MAP_EDITOR (sac_map_editor_get_type ())
G_DECLARE_FINAL_TYPE (SacMapEditor, sac_map_editor, SAC, MAP_EDITOR, GtkWidget)

SacMapEditor *sac_map_editor_new (SacFrameView *view);
/* The bars of time, to be placed beside the picture; hidden where the network weighs no frames.  Borrowed, the editor's own. */
GtkWidget    *sac_map_editor_get_bars (SacMapEditor *self);
/* @spatial t·h·w, @temporal t or NULL, in 0…1, copied; @window: x, y, width, height of the grid in pixels of the shown picture (width 0:
 * the whole).  t = 0: nothing to edit.  No signal. */
void          sac_map_editor_set_maps (SacMapEditor *self, int t, int h, int w, const float *spatial, const float *temporal,
                                       const double window[4]);
void          sac_map_editor_set_frame (SacMapEditor *self, int frame);        /* which of the t is drawn on */
int           sac_map_editor_get_frame (SacMapEditor *self);
const float  *sac_map_editor_get_spatial (SacMapEditor *self);                 /* borrowed */
const float  *sac_map_editor_get_temporal (SacMapEditor *self);                /* borrowed; NULL where there is none */

void          sac_map_editor_set_brush (SacMapEditor *self, const SacBrush *brush);
void          sac_map_editor_set_area (SacMapEditor *self, gboolean area);     /* what the pointer goes around is filled */
void          sac_map_editor_set_all_frames (SacMapEditor *self, gboolean all);        /* a stroke goes through all frames */
/* This frame says what frame @from does; with "changed" and "committed". */
void          sac_map_editor_copy_frame (SacMapEditor *self, int from);
/* A stroke without a pointer, from cell to cell; the same. */
void          sac_map_editor_stroke (SacMapEditor *self, double x0, double y0, double x1, double y1);
void          sac_map_editor_drag_bar (SacMapEditor *self, int from, double from_value, int to, double to_value);
