#include "axis-private.h"

#include <string.h>

/* A task copies SAC_PIECE elements, wherever in a run they begin. */
static void
copy_piece (guint task, guint thread, gpointer data)
{
  const SacRuns *runs = data;
  gsize at = (gsize) task * SAC_PIECE, end = MIN (at + SAC_PIECE, runs->n_runs * runs->length);

  while (at < end)
    {
      gsize run = at / runs->length, inside = at % runs->length, n = MIN (runs->length - inside, end - at);

      memcpy (runs->to + run * runs->to_step + inside, runs->from + run * runs->from_step + inside, n * sizeof (float));
      at += n;
    }
}

void
_sac_copy_runs (SacPool *pool, const SacRuns *runs)
{
  gsize n = (runs->n_runs * runs->length + SAC_PIECE - 1) / SAC_PIECE;

  if (n <= 1)
    copy_piece (0, 0, (gpointer) runs);
  else
    sac_pool_run (pool, (guint) n, copy_piece, (gpointer) runs);
}

gboolean
_sac_slice_fits (SacShape s, const SacSlice *slice, GError **error)
{
  gint32 size = slice->axis >= SAC_AXIS_N && slice->axis <= SAC_AXIS_W ? _sac_axis_size (s, slice->axis) : 0;

  if (slice->start >= 0 && slice->length > 0 && slice->start < size && slice->length <= size - slice->start)
    return TRUE;
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "%d elements from %d on leave the axis", slice->length, slice->start);
  return FALSE;
}
