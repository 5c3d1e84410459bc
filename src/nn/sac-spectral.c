#include "sac-spectral.h"

#include "ops/sac-ops.h"

/* W as a matrix needs no op of its own: a kernel that fills its picture yields one number a row of the matrix. */
static const SacConv3d whole = { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS };

/* x/(‖x‖ + 1e-12), a constant. */
static SacVar
unit_vector (SacGraph *g, SacVar x)
{
  SacVar norm = sac_power (g, sac_sum_to (g, sac_mul (g, x, x), SAC_SHAPE_SCALAR), 0.5f);

  return sac_detach (g, sac_mul (g, x, sac_power (g, sac_affine (g, norm, 1, 1e-12f), -1)));
}

SacVar
sac_spectral_sigma (SacGraph *graph, SacWeights *weights, const char *name, SacVar w, gboolean train)
{
  SacShape shape = sac_graph_get_shape (graph, w), rows = SAC_SHAPE (1, shape.n, 1, 1, 1);
  SacShape columns = SAC_SHAPE (1, shape.c, shape.t, shape.h, shape.w);
  g_autofree char *u_name = g_strconcat (name, "_u", NULL), *v_name = g_strconcat (name, "_v", NULL);
  SacVar u = sac_weights_buffer (weights, graph, u_name, rows, SAC_INIT_UNIT);
  SacVar v = sac_weights_buffer (weights, graph, v_name, columns, SAC_INIT_UNIT), product;

  if (!train)
    return sac_sum_to (graph, sac_mul (graph, u, sac_conv3d (graph, v, w, &whole)), SAC_SHAPE_SCALAR);
  {
    SacVar kept_u = u, kept_v = v;

    v = unit_vector (graph, sac_conv3d_input (graph, u, w, &whole, columns));
    product = sac_conv3d (graph, v, w, &whole);
    u = unit_vector (graph, product);
    sac_assign (graph, kept_u, u);
    sac_assign (graph, kept_v, v);
  }
  return sac_sum_to (graph, sac_mul (graph, u, product), SAC_SHAPE_SCALAR);
}

SacVar
sac_spectral_norm (SacGraph *graph, SacWeights *weights, const char *name, SacVar w, gboolean train)
{
  SacVar sigma = sac_spectral_sigma (graph, weights, name, w, train);

  return sac_mul (graph, w, sac_power (graph, sigma, -1));
}
