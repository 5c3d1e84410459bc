/* Frames with maps over them: what single pictures, strips and sheets share. */
#pragma once
#include "sac-attention-draw.h"
#include "sac-draw-private.h"

/* @frame (nullable), then @map (nullable) over it, stretched to @to. */
void   _sac_heat_paint (cairo_t *cr, const SacRect *to, cairo_surface_t *frame, const float *map, int h, int w, const SacHeat *heat);
/* Width over height; 0 when there is nothing to go by. */
double _sac_aspect_of (cairo_surface_t *frame);
