/* The order in which the nodes of a program run. */
#include "sac-program-private.h"

gboolean
_sac_touches (const SacGraph *graph, const SacNode *node, const SacNode *effect)
{
  for (guint e = 0; e < effect->n_src; e++)
    {
      const SacGraphNode *mine = effect->src[e] ? _sac_graph_at (graph, effect->src[e]) : NULL;
      gboolean i_write = (effect->op->mutates >> e & 1) != 0;

      if (!mine || !mine->block)
        continue;
      for (guint s = 0; s < node->n_src; s++)
        {
          const SacGraphNode *other = node->src[s] ? _sac_graph_at (graph, node->src[s]) : NULL;
          gboolean it_writes = (node->op->mutates >> s & 1) != 0;

          if (other && other->block == mine->block && (i_write || it_writes)
              && (other->kind != mine->kind || other->index == mine->index))
            return TRUE;
        }
    }
  return FALSE;
}

/* Effects run as soon as they may: a weight's gradient is added to its block and its memory is free again. */
GArray *
_sac_program_order (const SacGraph *graph, const SacNode *nodes, const gboolean *live)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (SacVar));

  for (SacVar v = 1; v < (SacVar) graph->nodes->len; v++)
    {
      const SacNode *node = &nodes[v];
      guint at = order->len;

      if (!node->op || !live[v])
        continue;
      while (node->op->mutates && at > 0)
        {
          SacVar before = g_array_index (order, SacVar, at - 1);
          const SacNode *other = &nodes[before];
          gboolean needed = _sac_touches (graph, other, node);

          for (guint i = 0; i < node->n_src; i++)
            needed |= node->src[i] == before;
          if (needed)
            break;
          at--;
        }
      g_array_insert_val (order, at, v);
    }
  return order;
}
