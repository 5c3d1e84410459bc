/* What gradients, passes and programs see of a graph. */
#pragma once
#include "sac-graph.h"

typedef enum { SAC_NODE_OP, SAC_NODE_INPUT, SAC_NODE_CONSTANT, SAC_NODE_ENTRY, SAC_NODE_PAGE } SacNodeKind;

typedef struct {
  SacNodeKind kind;
  SacNode node;                 /* op NULL for leaves */
  char *name;
  float *data;                  /* constants with data; NULL = all equal to @value */
  float value;
  SacBlock *block;              /* entry or page, ref'd */
  guint index;
  SacVar origin;                /* the node whose adjoint it is part of; 0: none */
} SacGraphNode;

/* What a reverse pass asks for; passes nest when an adjoint is derived by expansion. */
typedef struct _SacReversePass SacReversePass;
struct _SacReversePass {
  const guint8 *needed, *wanted;
  SacVar y;                     /* values up to here are covered */
  SacReversePass *outer;
};

struct _SacGraph {
  GArray *nodes;                /* SacGraphNode; [0] is never used */
  GError *error;                /* sticky */
  SacReversePass *pass;         /* while gradients are taken */
};

static inline SacGraphNode *
_sac_graph_at (const SacGraph *graph, SacVar v)
{
  return &g_array_index (graph->nodes, SacGraphNode, v);
}

/* The op that adds two values of one shape: how adjoints are summed.  Defined in ops/op-add.c. */
extern const SacOp *const sac_graph_sum_op;

SacBuffer *_sac_block_get_page (SacBlock *block, guint page);
SacBackend *_sac_block_get_backend (SacBlock *block);    /* NULL before it has memory */

/* Whether @effect writes what @node reads or writes, or the other way round.  sac-program-order.c */
gboolean _sac_touches (const SacGraph *graph, const SacNode *node, const SacNode *effect);

/* ---- rewriting: sac-rewrite.c.  Changes @nodes by the table; liveness is to be marked again.  Returns how many fused.
 * @narrow: activations are stored as bf16.  @params: keeps what the nodes' new params point to. */
guint _sac_rewrite (const SacGraph *graph, SacBackend *backend, SacDtype narrow, SacNode *nodes, gboolean *live, const gboolean *output,
                    guint n, GPtrArray *params);

/* ---- planning: sac-plan.c.  Works on steps in running order; knows nothing of graphs. */
typedef struct {
  gsize n_bytes;
  gint first, last;             /* step that makes it (−1: before the first), last step that reads it */
  gint takes_over;              /* value whose place it takes, or −1 */
  gsize offset;                 /* out */
} SacLifetime;

#define SAC_PLACE_ALIGN 256

/* Gives each value an offset in one arena so that values alive together do not overlap; returns the arena's size.
 * @shared FALSE: every value its own place. */
gsize _sac_plan_memory (SacLifetime *values, guint n, gboolean shared);
/* Sets step->barrier by overlapping byte ranges of what ran since the last barrier.  Returns the number of barriers. */
guint _sac_plan_hazards (SacStep *steps, guint n_steps);
