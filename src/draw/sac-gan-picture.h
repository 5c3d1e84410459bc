/* A knowledge-transfer graph as a picture, methods/07 §3: D among its generators, and who teaches whom.  Through is grey, positive red,
 * negative blue, an edge that is cut off is not there; the wider, the more of a loss is let through at time τ.
 * Edges are numbered as the letters of the graph's text: student · k + teacher, on the diagonal the edge from D.  Node 0 is D. */
#pragma once
#include "sac-draw.h"

#define SAC_GAN_PICTURE_MOST 6

typedef struct {
  guint k;                      /* generators, 1 … 6 */
  guint8 gates[SAC_GAN_PICTURE_MOST][SAC_GAN_PICTURE_MOST];     /* [student][teacher]; 0 cut off, 1 through, 2 positive, 3 negative */
  double tau;                   /* 0…1 */
  const double *losses;         /* k·k, NaN: not known; nullable */
  const double *factors;        /* k·k, instead of those that τ makes where not NaN; nullable */
  const char *const *notes;     /* k, beside the generators; nullable, and each of them */
  double phase;                 /* 0…1: how far the pulses on the edges are; outside: none */
  gboolean editing;             /* edges that are cut off are faint dots */
  gboolean small;               /* without text, for tables */
  gboolean bare;                /* gated edges alone, for laying graphs over one another */
  int node, edge, hot_node, hot_edge;   /* selected, and under the pointer; −1: none */
  int drag_from;                /* node that an edge is being drawn from, to the point below; −1: none */
  double drag_x, drag_y;
} SacGanPicture;

/* τ 1, nothing selected; @gates: MOST × MOST, as SacGanGraph has them. */
void     sac_gan_picture_init (SacGanPicture *picture, guint k, const guint8 *gates);
double   sac_gan_picture_factor (const SacGanPicture *picture, guint edge);
void     sac_gan_picture_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacGanPicture *picture);
/* What is under a pixel: a node (edge −1), an edge (node −1); FALSE: neither.  Edges that are not drawn are not found. */
gboolean sac_gan_picture_pick (double width, double height, const SacStyle *style, const SacGanPicture *picture, double x, double y,
                               int *node, int *edge);
/* Middle of a node; the point of an edge at @part (0…1) of its way. */
void     sac_gan_picture_node_at (double width, double height, const SacStyle *style, const SacGanPicture *picture, guint node, double *x,
                                  double *y);
void     sac_gan_picture_edge_at (double width, double height, const SacStyle *style, const SacGanPicture *picture, guint edge,
                                  double part, double *x, double *y);
void     sac_gan_picture_gate_colour (guint gate, const SacStyle *style, double rgba[4]);
