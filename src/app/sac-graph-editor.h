/* SacGraphEditor: who teaches whom in a group of generators, drawn and edited (run/sac-gan-graph.h).  A click on an edge goes through its
 * gates, a drag from node to node opens one; below stand the time whose factors the widths show, and the graph as letters.  Everything
 * has a key (SAC_KEYS_GRAPH, where the picture has the focus) and can be undone here.  Signal "changed": a person made it another graph.
 * Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "run/sac-gan-graph.h"

#define SAC_TYPE_GRAPH_EDITOR (sac_graph_editor_get_type ())
G_DECLARE_FINAL_TYPE (SacGraphEditor, sac_graph_editor, SAC, GRAPH_EDITOR, GtkWidget)

GtkWidget *sac_graph_editor_new (void);
/* Copied; no signal, and what was done before can no longer be undone.  At first MAD-GAN of three. */
void       sac_graph_editor_set_graph (SacGraphEditor *self, const SacGanGraph *graph);
void       sac_graph_editor_get_graph (SacGraphEditor *self, SacGanGraph *graph);
/* As a person would: "changed" follows where it is another, and it can be undone. */
void       sac_graph_editor_take (SacGraphEditor *self, const SacGanGraph *graph);

/* What a training says of its edges; NaN where it says nothing.  [student][teacher], on the diagonal the edge from D. */
typedef struct {
  double tau;                           /* 0…1 */
  double loss[SAC_GAN_MOST][SAC_GAN_MOST], factor[SAC_GAN_MOST][SAC_GAN_MOST];
} SacGraphLive;
void       sac_graph_live_init (SacGraphLive *live);            /* all NaN */
/* The graph can be looked at alone, the slider stands where the training is, and pulses run along the edges every few
 * seconds that it is called.  Copied;
 * NULL: editing again. */
void       sac_graph_editor_set_live (SacGraphEditor *self, const SacGraphLive *live);
/* What stands beside generator @generator (from 0), such as "IS_c 3.21"; NULL: nothing. */
void       sac_graph_editor_set_note (SacGraphEditor *self, guint generator, const char *note);
/* Only the picture and its slider, for narrow places: no entry, no buttons, words on what
 * is selected alone. */
void       sac_graph_editor_set_bare (SacGraphEditor *self, gboolean bare);
gboolean   sac_graph_editor_act (SacGraphEditor *self, const char *act);
