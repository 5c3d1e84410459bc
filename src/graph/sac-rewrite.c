/* Fusion: the rows of the one table sac_rewrites, tried on every live node in running order.  Works on the program's own copy
 * of the nodes; the graph stays as it is. */
#include "sac-graph-private.h"

struct _SacRewriting {
  const SacGraph *graph;
  const SacNode *nodes;         /* by value */
  const gboolean *live, *output;
  guint n;
};

SacNode
sac_rewriting_get_node (const SacRewriting *r, SacVar v)
{
  return v > 0 && (guint) v < r->n ? r->nodes[v] : (SacNode) { 0 };
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

guint
_sac_rewrite (const SacGraph *graph, SacNode *nodes, gboolean *live, const gboolean *output, guint n)
{
  SacRewriting r = { graph, nodes, live, output, n };
  guint n_fused = 0;

  for (guint v = 1; v < n; v++)
    for (const SacRewrite *row = sac_rewrites; live[v] && row->name; row++)
      {
        SacNode node = nodes[v];
        gboolean fits = nodes[v].op == row->last && row->rewrite (&r, &node);

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
