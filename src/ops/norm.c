#include "norm-private.h"

static gboolean
is_row (SacShape s, SacShape x)
{
  return s.n == 0 || (sac_shape_equal (s, SAC_SHAPE (s.n, x.c, 1, 1, 1)) && (s.n == 1 || s.n == x.n));
}

gboolean
_sac_norm_fits (SacShape x, SacShape stats, SacShape gamma, SacShape beta, const SacNorm *norm, GError **error)
{
  if (norm->groups < 1 || x.c % norm->groups != 0)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "%d channels are no %d groups", x.c, norm->groups);
      return FALSE;
    }
  return (stats.n == 0 || sac_shape_equal (stats, SAC_SHAPE (x.n, norm->groups, 2, 1, 1))) && is_row (gamma, x) && is_row (beta, x);
}

void
_sac_norm_run_chunks (const SacKernelArgs *args, const SacNormShape *s, SacPieceFunc piece)
{
  _sac_run_pieces (args, s->n * s->n_chunks, MIN (s->chunk, s->rows) * s->n_c, piece);
}

SacVar
_sac_norm_spread (SacGraph *g, SacVar per_group, gint32 n_c)
{
  SacShape s = sac_graph_get_shape (g, per_group);

  if (s.c == n_c)
    return per_group;
  if (s.c == 1)
    return sac_broadcast_to (g, per_group, SAC_SHAPE (s.n, n_c, 1, 1, 1));
  per_group = sac_broadcast_to (g, per_group, SAC_SHAPE (s.n, s.c, n_c / s.c, 1, 1));
  return sac_reshape (g, per_group, SAC_SHAPE (s.n, n_c, 1, 1, 1));
}

SacVar
_sac_norm_gather (SacGraph *g, SacVar per_channel, gint32 groups)
{
  SacShape s = sac_graph_get_shape (g, per_channel);

  if (s.c == groups)
    return per_channel;
  per_channel = sac_reshape (g, per_channel, SAC_SHAPE (s.n, groups, s.c / groups, 1, 1));
  return sac_sum_to (g, per_channel, SAC_SHAPE (s.n, groups, 1, 1, 1));
}

SacVar
_sac_norm_mean (SacGraph *g, SacVar stats, gint32 n_c)
{
  return _sac_norm_spread (g, sac_slice (g, stats, SAC_AXIS_T, 0, 1), n_c);
}

SacVar
_sac_norm_rate (SacGraph *g, SacVar stats, gint32 n_c, float eps)
{
  SacVar variance = sac_slice (g, stats, SAC_AXIS_T, 1, 1);

  return _sac_norm_spread (g, sac_power (g, sac_affine (g, variance, 1, eps), -0.5f), n_c);
}

SacVar
_sac_norm_normalised (SacGraph *g, SacVar x, SacVar stats, float eps)
{
  gint32 n_c = sac_graph_get_shape (g, x).c;

  return sac_mul (g, sac_sub (g, x, _sac_norm_mean (g, stats, n_c)), _sac_norm_rate (g, stats, n_c, eps));
}

/* ---- the norms by name. */

SacVar
sac_group_norm (SacGraph *g, SacVar x, SacVar gamma, SacVar beta, gint32 groups, float eps)
{
  return sac_norm_apply (g, x, sac_norm_stats (g, x, groups), gamma, beta, eps);
}

SacVar
sac_instance_norm (SacGraph *g, SacVar x, SacVar gamma, SacVar beta, float eps)
{
  return sac_group_norm (g, x, gamma, beta, sac_graph_get_shape (g, x).c, eps);
}

/* Every place an example of its own: memory stays. */
SacVar
sac_layer_norm (SacGraph *g, SacVar x, SacVar gamma, SacVar beta, float eps)
{
  SacShape s = sac_graph_get_shape (g, x);
  SacVar flat = sac_as_rows (g, x);

  return sac_from_rows (g, sac_group_norm (g, flat, gamma, beta, 1, eps), s);
}

SacVar
sac_adain (SacGraph *g, SacVar x, SacVar style, float eps)
{
  gint32 n_c = sac_graph_get_shape (g, x).c;
  SacVar gamma = sac_affine (g, sac_slice (g, style, SAC_AXIS_C, 0, n_c), 1, 1);

  return sac_instance_norm (g, x, gamma, sac_slice (g, style, SAC_AXIS_C, n_c, n_c), eps);
}
