#include "elementwise-private.h"

static void
run_piece (guint task, guint thread, gpointer data)
{
  const SacPieces *pieces = data;
  gsize from = (gsize) task * pieces->step, to = MIN (from + pieces->step, pieces->n);

  pieces->func (pieces->args, from, to);
}

void
_sac_run_pieces (const SacKernelArgs *args, gsize n, gsize unit, SacPieceFunc func)
{
  SacPieces pieces = { args, func, n, MAX (SAC_PIECE / unit, 1) };

  if (n <= pieces.step)
    func (args, 0, n);
  else
    sac_pool_run (args->pool, (guint) ((n + pieces.step - 1) / pieces.step), run_piece, &pieces);
}

static gboolean
stretch (gint32 a, gint32 b, gint32 *out)
{
  *out = MAX (a, b);
  return a == b || a == 1 || b == 1;
}

gboolean
_sac_broadcast_shape (SacShape a, SacShape b, SacShape *out, GError **error)
{
  if (stretch (a.n, b.n, &out->n) && stretch (a.c, b.c, &out->c) && stretch (a.t, b.t, &out->t)
      && stretch (a.h, b.h, &out->h) && stretch (a.w, b.w, &out->w))
    return TRUE;
  g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "an axis is neither equal nor 1");
  return FALSE;
}

gboolean
_sac_infer_same (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[0];
  for (guint i = 1; i < n_src; i++)
    if (src[i].n && !sac_shape_equal (src[i], src[0]))
      {
        g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "the shapes differ");
        return FALSE;
      }
  return TRUE;
}

gboolean
_sac_infer_broadcast (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  return _sac_broadcast_shape (src[0], src[1], out, error);
}

gboolean
_sac_both_equal (const SacKernelArgs *shapes)
{
  return sac_shape_equal (shapes->src[0].shape, shapes->src[1].shape);
}

gboolean
_sac_second_stretches (const SacKernelArgs *shapes)
{
  return sac_shape_equal (shapes->src[0].shape, shapes->dst.shape);
}
