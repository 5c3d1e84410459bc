#include "sac-ring.h"

static SacVar
linear (SacGraph *graph, SacWeights *weights, const char *prefix, guint layer, SacVar x, gint32 to)
{
  static const SacConv3d one = { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS };
  g_autofree char *weight = g_strdup_printf ("%s%u.weight", prefix, layer);
  g_autofree char *bias = g_strdup_printf ("%s%u.bias", prefix, layer);
  SacVar w = sac_weights_param (weights, graph, weight, SAC_SHAPE (to, sac_graph_get_shape (graph, x).c, 1, 1, 1), SAC_INIT_FAN_IN);
  SacVar b = sac_weights_param (weights, graph, bias, SAC_SHAPE (1, to, 1, 1, 1), SAC_INIT_ZEROS);

  return sac_add (graph, sac_conv3d (graph, x, w, &one), b);
}

static guint
make_points (SacGraph *graph, SacWeights *weights, const char *prefix, gconstpointer net, SacVar z, gboolean train, SacVar *made,
             SacVar *levels)
{
  const SacRing *ring = net;
  gint32 n = sac_graph_get_shape (graph, z).n;
  SacVar h = z;

  for (guint layer = 0; layer < 2; layer++)
    {
      h = sac_relu (graph, linear (graph, weights, prefix, 2 * layer, h, ring->hidden));
      levels[layer] = sac_reshape (graph, h, SAC_SHAPE (n, 1, 1, 1, ring->hidden));
    }
  *made = linear (graph, weights, prefix, 4, h, 2);
  return 2;
}

static SacVar
judge_points (SacGraph *graph, SacWeights *weights, const char *prefix, gconstpointer net, SacVar made, gboolean train)
{
  const SacRing *ring = net;
  SacVar h = made;

  for (guint layer = 0; layer < 2; layer++)
    h = sac_leaky_relu (graph, linear (graph, weights, prefix, 2 * layer, h, ring->hidden), 0.2f);
  return linear (graph, weights, prefix, 4, h, ring->n_logits);
}

SacGanPlayers
sac_ring_players (const SacRing *net)
{
  return (SacGanPlayers) { make_points, judge_points, net, net->n_logits };
}

void
sac_ring_declare (SacWeights *g, SacWeights *d, const SacRing *net, guint n_generators)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar z = sac_graph_input (graph, "z", SAC_SHAPE (1, net->z, 1, 1, 1)), made = 0, levels[SAC_DCGAN_MOST_LEVELS];

  for (guint i = 0; i < n_generators; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      make_points (graph, g, prefix, net, z, TRUE, &made, levels);
    }
  judge_points (graph, d, "D.", net, made, TRUE);
}
