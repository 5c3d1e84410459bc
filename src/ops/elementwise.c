#include "elementwise-private.h"

#include "graph/sac-bf16.h"

#define STRETCH ((gsize) 1024)  /* elements widened at a time */

typedef struct {
  const SacKernelArgs *args;
  SacPieceFunc func;
  gsize n, unit, step;
  guint32 narrow, n_narrow;     /* operands stored as bf16 */
  SacBf16Copies copies;
} Pieces;

/* One stretch: [from, from + n) things.  Places count from the operand's beginning for @func, so what is widened begins before
 * @memory by as much as was passed over; broadcast operands stay as they are. */
static void
run_stretch (const Pieces *pieces, float *memory, gsize from, gsize n)
{
  SacKernelArgs args = *pieces->args;
  gsize at = from * pieces->unit, count = n * pieces->unit;

  for (guint i = 0; i <= args.n_src; i++)
    {
      SacTensor *tensor = i < args.n_src ? &args.src[i] : &args.dst;

      if (!tensor->data || tensor->dtype == SAC_F32)
        continue;
      if (i < args.n_src)
        pieces->copies.widen (memory, sac_tensor_bf16 (tensor) + at, count);
      *tensor = (SacTensor) { tensor->shape, memory - at, SAC_F32 };
      memory += count;
    }
  pieces->func (&args, from, from + n);
  if (pieces->narrow & SAC_DST)
    pieces->copies.narrow (sac_tensor_bf16 (&pieces->args->dst) + at, args.dst.data + at, count);
}

static void
run_piece (guint task, guint thread, gpointer data)
{
  const Pieces *pieces = data;
  gsize from = (gsize) task * pieces->step, to = MIN (from + pieces->step, pieces->n), stretch;
  float memory[4 * STRETCH];
  g_autofree float *more = NULL;

  if (!pieces->narrow)
    {
      pieces->func (pieces->args, from, to);
      return;
    }
  stretch = MAX (STRETCH / pieces->unit, 1);
  if (stretch * pieces->unit * pieces->n_narrow > G_N_ELEMENTS (memory))
    more = g_new (float, stretch * pieces->unit * pieces->n_narrow);
  for (; from < to; from += stretch)
    run_stretch (pieces, more ? more : memory, from, MIN (stretch, to - from));
}

void
_sac_run_pieces (const SacKernelArgs *args, gsize n, gsize unit, SacPieceFunc func)
{
  Pieces pieces = { args, func, n, unit, MAX (SAC_PIECE / unit, 1), 0, 0, sac_bf16_copies () };

  if (args->dst.dtype == SAC_BF16)
    pieces.narrow = SAC_DST;
  for (guint i = 0; i < args->n_src; i++)
    if (args->src[i].dtype == SAC_BF16)
      pieces.narrow |= SAC_SRC (i);
  pieces.n_narrow = (guint32) __builtin_popcount (pieces.narrow);
  if (n <= pieces.step)
    run_piece (0, 0, &pieces);
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
  return sac_shape_equal (shapes->src[0].shape, shapes->dst.shape) && shapes->src[1].dtype == SAC_F32;
}
