/* Reverse mode.  The adjoints are more graph, so it can be done again. */
#include "sac-graph-private.h"

/* reaches[v]: v depends on one of @wrt. */
static guint8 *
find_paths (SacGraph *graph, const SacVar *wrt, guint n_wrt, SacVar y)
{
  guint8 *reaches = g_new0 (guint8, y + 1);

  for (guint i = 0; i < n_wrt; i++)
    if (wrt[i] > 0 && wrt[i] <= y)
      reaches[wrt[i]] = 1;
  for (SacVar v = 1; v <= y; v++)
    {
      const SacNode *node = &_sac_graph_at (graph, v)->node;

      if (node->op && !node->op->mutates)
        for (guint i = 0; i < node->n_src; i++)
          reaches[v] |= reaches[node->src[i]];
    }
  return reaches;
}

void
sac_graph_gradients_seeded (SacGraph *graph, SacVar y, SacVar seed, const SacVar *wrt, guint n_wrt, SacVar *gx)
{
  g_autofree guint8 *reaches = NULL;
  g_autofree SacVar *adjoint = NULL;

  for (guint i = 0; i < n_wrt; i++)
    gx[i] = 0;
  if (graph->error || y <= 0 || seed <= 0)
    return;
  if (!sac_shape_equal (sac_graph_get_shape (graph, y), sac_graph_get_shape (graph, seed)))
    {
      sac_graph_poison (graph, "gradient: the seed is not shaped like the value");
      return;
    }
  reaches = find_paths (graph, wrt, n_wrt, y);
  adjoint = g_new0 (SacVar, y + 1);
  adjoint[y] = seed;
  for (SacVar v = y; v > 0 && !graph->error; v--)
    {
      SacNode node = sac_graph_get_node (graph, v);     /* a copy: appending moves the array */
      SacVar towards[SAC_MAX_SRC] = { 0 };

      if (!adjoint[v] || !reaches[v] || !node.op)
        continue;
      if (!node.op->vjp)
        {
          sac_graph_poison (graph, "%s has no gradient", node.op->name);
          graph->error->code = SAC_GRAPH_ERROR_NO_GRADIENT;
          return;
        }
      node.op->vjp (graph, &node, adjoint[v], towards);
      for (guint i = 0; i < node.n_src; i++)
        {
          SacVar s = node.src[i];

          if (s <= 0 || !towards[i] || !reaches[s])
            continue;
          if (!adjoint[s])
            adjoint[s] = towards[i];
          else
            adjoint[s] = sac_graph_append (graph, sac_graph_sum_op, (SacVar[]) { adjoint[s], towards[i] }, 2, NULL);
        }
    }
  for (guint i = 0; i < n_wrt && !graph->error; i++)
    if (wrt[i] > 0 && wrt[i] <= y)
      gx[i] = adjoint[wrt[i]];
}

void
sac_graph_gradients (SacGraph *graph, SacVar y, const SacVar *wrt, guint n_wrt, SacVar *gx)
{
  SacVar seed = y > 0 && !graph->error ? sac_graph_constant (graph, sac_graph_get_shape (graph, y), 1) : 0;

  sac_graph_gradients_seeded (graph, y, seed, wrt, n_wrt, gx);
}
