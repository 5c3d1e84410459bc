/* The mode-collapse experiment as a picture: narrow Gaussians on a ring, and the points of each generator in a colour of its own. */
#pragma once
#include "sac-gan-picture.h"

typedef struct {
  const char *title, *words;    /* above and below; nullable */
  guint modes;                  /* on the ring, the first on the right */
  double radius, deviation;     /* of the ring, of a Gaussian */
  guint k, n;                   /* generators, points of each */
  const float *points;          /* k × n × (x, y) */
  guint at_most;                /* points of each that are drawn; 0: all */
  const SacGanPicture *graph;   /* in the middle of the ring; nullable */
} SacRingPicture;
void sac_ring_picture_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacRingPicture *picture);
