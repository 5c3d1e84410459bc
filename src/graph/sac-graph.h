/* graph: values, op type, gradients, passes, memory plan, programs.  Build → differentiate → compile → run.
 *
 * A graph is an array of nodes; a value is an index.  Errors are sticky, as in cairo_t: a call that does not fit poisons
 * the graph and returns 0, later calls return 0, sac_graph_check() yields one GError that names op and shapes.
 * A graph belongs to one thread. */
#pragma once
#include "sac-op.h"
#include "sac-block.h"
#include "sac-backend.h"
#include "sac-program.h"

#define SAC_GRAPH_ERROR (sac_graph_error_quark ())
GQuark sac_graph_error_quark (void);
typedef enum {
  SAC_GRAPH_ERROR_SHAPE,
  SAC_GRAPH_ERROR_NO_GRADIENT,
  SAC_GRAPH_ERROR_NO_MEMORY,
  SAC_GRAPH_ERROR_UNSUPPORTED,
  SAC_GRAPH_ERROR_CANCELLED,
  SAC_GRAPH_ERROR_CHECK,
} SacGraphError;

SacGraph   *sac_graph_new (void);
void        sac_graph_free (SacGraph *graph);
gboolean    sac_graph_check (SacGraph *graph, GError **error);
void        sac_graph_poison (SacGraph *graph, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Leaves. */
SacVar      sac_graph_input (SacGraph *graph, const char *name, SacShape shape);       /* set before each run */
SacVar      sac_graph_constant (SacGraph *graph, SacShape shape, float value);
SacVar      sac_graph_constant_data (SacGraph *graph, SacShape shape, const float *memory_order);   /* copied */
/* One tensor of a block, ref'd; asked again: the same value. */
SacVar      sac_graph_entry (SacGraph *graph, SacBlock *block, guint entry);
SacVar      sac_graph_page (SacGraph *graph, SacBlock *block, guint page);             /* (1,floats,1,1,1): for optimisers */

/* Appends a node.  @params is copied (op->params_size bytes).  Mutating ops are kept and ordered as appended: a program acts
 * as if its nodes ran one by one in the order of appending, so what reads a block after an effect sees what it wrote. */
SacVar      sac_graph_append (SacGraph *graph, const SacOp *op, const SacVar *src, guint n_src, const void *params);

SacShape    sac_graph_get_shape (const SacGraph *graph, SacVar v);
SacNode     sac_graph_get_node (const SacGraph *graph, SacVar v);
guint       sac_graph_get_n_nodes (const SacGraph *graph);
/* Name for EXPLAIN and errors; also how the window finds "layer4". */
void        sac_graph_name (SacGraph *graph, SacVar v, const char *format, ...) G_GNUC_PRINTF (3, 4);
const char *sac_graph_get_name (const SacGraph *graph, SacVar v);     /* borrowed; NULL: none */

/* Reverse mode: appends the adjoints of @y (any shape; its seed is ones) and fills @gx with the gradient towards each @wrt[i]
 * (0 where @y does not depend on it).  May be called again on the result: second derivatives. */
void        sac_graph_gradients (SacGraph *graph, SacVar y, const SacVar *wrt, guint n_wrt, SacVar *gx);
/* The same with a given seed shaped like y. */
void        sac_graph_gradients_seeded (SacGraph *graph, SacVar y, SacVar seed, const SacVar *wrt, guint n_wrt, SacVar *gx);

/* ---- For the adjoints (vjp) of ops.
 * Whether somebody asks for the gradient towards @v or towards something before it; TRUE outside of a pass. */
gboolean    sac_graph_needs_gradient (const SacGraph *graph, SacVar v);
/* Whether @v itself is one of the @wrt. */
gboolean    sac_graph_wants_gradient (const SacGraph *graph, SacVar v);
/* For fused ops: @expand writes @node in simpler ops of the same sources, and the adjoint is the adjoint of that. */
typedef SacVar (*SacExpandFunc) (SacGraph *graph, const SacNode *node);
void        sac_graph_vjp_by_expansion (SacGraph *graph, const SacNode *node, SacVar gy, SacVar gx[], SacExpandFunc expand);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGraph, sac_graph_free)
