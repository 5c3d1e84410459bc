/* Fusion: the rows of the one table sac_rewrites, tried on every live node in running order.  Works on the program's own copy
 * of the nodes; the graph stays as it is. */
#include "sac-graph-private.h"

struct _SacRewriting {
  const SacGraph *graph;
  const SacNode *nodes;         /* by value */
  const gboolean *live, *output;
  guint n;
  GPtrArray *params;            /* new ones, which live until the program has its copies */
};

gconstpointer
sac_rewriting_keep_params (const SacRewriting *r, gconstpointer params, gsize n_bytes)
{
  gpointer copy = g_memdup2 (params, n_bytes);

  g_ptr_array_add (r->params, copy);
  return copy;
}

SacNode
sac_rewriting_get_node (const SacRewriting *r, SacVar v)
{
  return v > 0 && (guint) v < r->n ? r->nodes[v] : (SacNode) { 0 };
}

SacShape
sac_rewriting_get_shape (const SacRewriting *r, SacVar v)
{
  return sac_graph_get_shape (r->graph, v);
}

gboolean
sac_rewriting_is_output (const SacRewriting *r, SacVar v)
{
  return r->output[v];
}

SacVar
sac_rewriting_next_reader (const SacRewriting *r, SacVar v, SacVar after)
{
  for (guint u = (guint) MAX (after, v) + 1; u < r->n; u++)
    for (guint i = 0; r->live[u] && r->nodes[u].op && i < r->nodes[u].n_src; i++)
      if (r->nodes[u].src[i] == v)
        return (SacVar) u;
  return 0;
}

/* A source that the node did not read before is read later than it was: it must not have been written meanwhile. */
static gboolean
may_read (const SacRewriting *r, SacVar node, SacVar src)
{
  const SacBlock *block = src > 0 ? _sac_graph_at (r->graph, src)->block : NULL;

  for (SacVar v = 1; block && v < node; v++)
    for (guint i = 0; r->live[v] && r->nodes[v].op && i < r->nodes[v].n_src; i++)
      if ((r->nodes[v].op->mutates >> i & 1) && _sac_graph_at (r->graph, r->nodes[v].src[i])->block == block)
        return FALSE;
  return src < node;
}

/* The backend can run it; and where activations are stored narrow, it stores its result no wider than what it replaces.  Which of its
 * operands will be narrow is not known yet: as many as may. */
static gboolean
may_run (const SacRewriting *r, SacBackend *backend, const SacNode *old, const SacNode *node, SacDtype narrow)
{
  SacKernelArgs shapes = { .op = node->op, .n_src = node->n_src, .params = node->params, .dst.shape = node->shape };
  const guint32 operands = sac_op_narrow_operands (node->op, narrow);
  guint variant;
  gsize workspace;

  if (node->op == old->op)
    return TRUE;
  if (narrow != SAC_F32 && (sac_op_narrow_operands (old->op, narrow) & ~operands & SAC_DST))
    return FALSE;
  for (guint i = 0; i < node->n_src; i++)
    shapes.src[i] = (SacTensor) { .shape = sac_graph_get_shape (r->graph, node->src[i]),
                                  .dtype = operands & SAC_SRC (i) ? narrow : SAC_F32 };
  shapes.dst.dtype = operands & SAC_DST ? narrow : SAC_F32;
  return backend->select (backend, &shapes, &variant, &workspace, NULL);
}

guint
_sac_rewrite (const SacGraph *graph, SacBackend *backend, SacDtype narrow, SacNode *nodes, gboolean *live, const gboolean *output,
              guint n, GPtrArray *params)
{
  SacRewriting r = { graph, nodes, live, output, n, params };
  guint n_fused = 0;

  for (guint v = 1; v < n; v++)
    for (const SacRewrite *row = sac_rewrites; live[v] && row->name; row++)
      {
        SacNode node = nodes[v];
        gboolean fits = nodes[v].op == row->last && !sac_fusion_off (row->name) && row->rewrite (&r, &node)
                        && may_run (&r, backend, &nodes[v], &node, narrow);

        for (guint i = 0; fits && i < node.n_src; i++)
          fits = node.src[i] == 0 || may_read (&r, (SacVar) v, node.src[i]);
        if (!fits)
          continue;
        sac_debug (GRAPH, "%%%u: %s\n", v, row->name);
        nodes[v] = node;
        n_fused++;
      }
  return n_fused;
}
