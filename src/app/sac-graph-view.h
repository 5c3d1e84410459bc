/* SacGraphView: the picture of a knowledge-transfer graph (draw/sac-gan-picture.h) with what is selected, the pointer and the pulses.
 * It changes nothing itself.  Signals: "asked" (guint edge): the pointer wants its next gate, or one that lies open where a new edge was
 * drawn; "selected": another node or edge is; "menu" (double x, double y): over what is selected now.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sac-graph-editor.h"

#define SAC_TYPE_GRAPH_VIEW (sac_graph_view_get_type ())
G_DECLARE_FINAL_TYPE (SacGraphView, sac_graph_view, SAC, GRAPH_VIEW, GtkWidget)

GtkWidget *sac_graph_view_new (void);
void       sac_graph_view_set_graph (SacGraphView *self, const SacGanGraph *graph);     /* copied */
void       sac_graph_view_set_tau (SacGraphView *self, double tau);
void       sac_graph_view_set_editing (SacGraphView *self, gboolean editing);
/* Copied; pulses run along the edges once, at most every third second.  NULL: none. */
void       sac_graph_view_set_live (SacGraphView *self, const SacGraphLive *live);
void       sac_graph_view_set_note (SacGraphView *self, guint generator, const char *note);
/* One of them, −1 for none; node 0 is D, edges as the letters of the graph's text. */
void       sac_graph_view_select (SacGraphView *self, int node, int edge);
int        sac_graph_view_get_node (SacGraphView *self);
int        sac_graph_view_get_edge (SacGraphView *self);
/* A press and release at two points of the view, for who has no pointer. */
void       sac_graph_view_drag (SacGraphView *self, double x0, double y0, double x1, double y1);
void       sac_graph_view_node_at (SacGraphView *self, guint node, double *x, double *y);
void       sac_graph_view_edge_at (SacGraphView *self, guint edge, double *x, double *y);       /* its middle */
/* "D → G2: positive, lets 0.40 through, loss 1.23".  Transfer full. */
char      *sac_graph_view_dup_edge_words (SacGraphView *self, guint edge);
const char *sac_graph_gate_words (SacGate gate);                /* "through", translated */
