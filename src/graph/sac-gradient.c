/* Reverse mode.  The adjoints are more graph, so it can be done again. */
#include "sac-graph-private.h"

/* Whether @node hands a gradient on to one of its sources. */
static gboolean
passes_on (const SacNode *node, const guint8 *needed)
{
  for (guint i = 0; node->op && !node->op->mutates && i < node->n_src; i++)
    if (node->src[i] && needed[node->src[i]])
      return TRUE;
  return FALSE;
}

/* Values before @from count as independent of each other, as if they were leaves. */
static void
reverse (SacGraph *graph, SacVar from, SacVar y, SacVar seed, const SacVar *wrt, guint n_wrt, SacVar *gx)
{
  gsize n = (gsize) y + 1;
  g_autofree guint8 *needed = g_new0 (guint8, n), *wanted = g_new0 (guint8, n);
  g_autofree SacVar *adjoint = g_new0 (SacVar, n);
  SacReversePass pass = { needed, wanted, y, graph->pass };

  for (guint i = 0; i < n_wrt; i++)
    if (wrt[i] > 0 && wrt[i] <= y)
      needed[wrt[i]] = wanted[wrt[i]] = 1;
  for (SacVar v = from; v <= y; v++)
    needed[v] |= passes_on (&_sac_graph_at (graph, v)->node, needed);

  graph->pass = &pass;
  adjoint[y] = needed[y] ? seed : 0;
  for (SacVar v = y; v >= from && !graph->error; v--)
    {
      SacNode node = _sac_graph_at (graph, v)->node;    /* a copy: appending moves the array */
      SacVar towards[SAC_MAX_SRC] = { 0 }, first = (SacVar) graph->nodes->len;

      if (!adjoint[v] || !passes_on (&node, needed))
        continue;
      if (!node.op->vjp)
        {
          sac_graph_poison (graph, "%s has no gradient", node.op->name);
          graph->error->code = SAC_GRAPH_ERROR_NO_GRADIENT;
          break;
        }
      node.op->vjp (graph, &node, adjoint[v], towards);
      for (guint i = 0; i < node.n_src && !graph->error; i++)
        {
          SacVar s = node.src[i];

          if (s <= 0 || !towards[i] || !needed[s])
            continue;
          if (!sac_shape_equal (sac_graph_get_shape (graph, towards[i]), sac_graph_get_shape (graph, s)))
            sac_graph_poison (graph, "the adjoint of %s has a wrong shape towards source %u", node.op->name, i + 1);
          else
            adjoint[s] = adjoint[s] ? sac_graph_append (graph, sac_graph_sum_op, (SacVar[]) { adjoint[s], towards[i] }, 2, NULL)
                                    : towards[i];
        }
      for (SacVar made = first; made < (SacVar) graph->nodes->len; made++)
        if (_sac_graph_at (graph, made)->node.op)
          _sac_graph_at (graph, made)->origin = v;
    }
  graph->pass = pass.outer;
  for (guint i = 0; i < n_wrt; i++)
    gx[i] = wrt[i] > 0 && wrt[i] <= y && !graph->error ? adjoint[wrt[i]] : 0;
}

void
sac_graph_gradients_seeded (SacGraph *graph, SacVar y, SacVar seed, const SacVar *wrt, guint n_wrt, SacVar *gx)
{
  for (guint i = 0; i < n_wrt; i++)
    gx[i] = 0;
  if (graph->error || y <= 0 || seed <= 0)
    return;
  if (!sac_shape_equal (sac_graph_get_shape (graph, y), sac_graph_get_shape (graph, seed)))
    {
      sac_graph_poison (graph, "gradient: the seed is not shaped like the value");
      return;
    }
  reverse (graph, 1, y, seed, wrt, n_wrt, gx);
}

void
sac_graph_gradients (SacGraph *graph, SacVar y, const SacVar *wrt, guint n_wrt, SacVar *gx)
{
  SacVar seed = y > 0 && !graph->error ? sac_graph_constant (graph, sac_graph_get_shape (graph, y), 1) : 0;

  sac_graph_gradients_seeded (graph, y, seed, wrt, n_wrt, gx);
}

gboolean
sac_graph_needs_gradient (const SacGraph *graph, SacVar v)
{
  const SacReversePass *pass = graph->pass;

  return !pass || (v > 0 && v <= pass->y && pass->needed[v]);
}

gboolean
sac_graph_wants_gradient (const SacGraph *graph, SacVar v)
{
  const SacReversePass *pass = graph->pass;

  return !pass || (v > 0 && v <= pass->y && pass->wanted[v]);
}

void
sac_graph_vjp_by_expansion (SacGraph *graph, const SacNode *node, SacVar gy, SacVar gx[], SacExpandFunc expand)
{
  SacVar from = (SacVar) graph->nodes->len, wrt[SAC_MAX_SRC] = { 0 }, y;

  /* A source that stands twice gets its whole adjoint at the first place. */
  for (guint i = 0; i < node->n_src; i++)
    {
      gboolean seen = !sac_graph_needs_gradient (graph, node->src[i]);

      for (guint k = 0; k < i; k++)
        seen |= node->src[k] == node->src[i];
      wrt[i] = seen ? 0 : node->src[i];
    }
  y = expand (graph, node);
  if (y > 0)
    reverse (graph, from, y, gy, wrt, node->n_src, gx);
}
