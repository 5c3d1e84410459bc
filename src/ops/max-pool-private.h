/* What the three max-pooling ops share: windows, and where each channel of a window has its maximum. */
#pragma once
#include "targets-private.h"

extern const SacOp sac_op_max_pool3d, sac_op_max_pool3d_scatter, sac_op_max_pool3d_gather;

/* Sizes as time, row, column. */
typedef struct {
  gint32 n, c;
  gint32 in[3], out[3], kernel[3], stride[3], pad[3];
} SacMaxPool;

/* How many windows an axis of @in places has.  Rounded up, the last one may stick out, but starts inside or on the near padding. */
static inline gint32
_sac_max_pool_size (const SacPool3d *pool, int axis, gint32 in)
{
  const gint32 stride = pool->stride[axis], room = in + 2 * pool->pad[axis] - pool->kernel[axis];
  const gint32 up = pool->ceil_mode && room % stride > 0 && (room / stride + 1) * stride < in + pool->pad[axis];

  return room / stride + 1 + up;
}

/* Shape of the pooled value; FALSE with words. */
gboolean   _sac_max_pool_shape (SacShape x, const SacPool3d *pool, SacShape *y, GError **error);
SacMaxPool _sac_max_pool_geometry (SacShape x, const SacPool3d *pool);
/* With intrinsics, where channels fill vectors. */
gboolean   _sac_max_pool_whole (const SacKernelArgs *shapes);
void       _sac_max_pool_avx512 (const SacKernelArgs *args);
void       _sac_max_pool_scatter_avx512 (const SacKernelArgs *args);
double     _sac_max_pool_flops (SacShape x, const SacPool3d *pool);

/* The part of window @o along @axis that lies inside x: places [*from, *to). */
static inline void
_sac_max_pool_window (const SacMaxPool *p, int axis, gint32 o, gint32 *from, gint32 *to)
{
  gint32 start = o * p->stride[axis] - p->pad[axis];

  *from = MAX (start, 0);
  *to = MIN (start + p->kernel[axis], p->in[axis]);
}

/* Windows along @axis that reach into [from, to). */
static inline void
_sac_max_pool_touching (const SacMaxPool *p, int axis, gint32 from, gint32 to, gint32 *first, gint32 *end)
{
  gint32 low = from + p->pad[axis] - p->kernel[axis] + 1;

  *first = low <= 0 ? 0 : (low + p->stride[axis] - 1) / p->stride[axis];
  *end = MIN ((to - 1 + p->pad[axis]) / p->stride[axis] + 1, p->out[axis]);
}

typedef struct {
  gint32 from[3], to[3];
} SacPoolWindow;

static inline SacPoolWindow
_sac_max_pool_at (const SacMaxPool *p, gint32 t, gint32 h, gint32 w)
{
  SacPoolWindow box;

  _sac_max_pool_window (p, 0, t, &box.from[0], &box.to[0]);
  _sac_max_pool_window (p, 1, h, &box.from[1], &box.to[1]);
  _sac_max_pool_window (p, 2, w, &box.from[2], &box.to[2]);
  return box;
}

/* Channels that are looked at together; their maxima stay in the first cache. */
#define SAC_MAX_POOL_LANES 256

/* Place (t·H + h)·W + w of the first maximum of each of @lanes channels; x points at the first of them in example n. */
SAC_BODY void
_sac_max_pool_argmax (const SacMaxPool *p, const SacPoolWindow *box, const float *x, gint32 lanes, float *restrict best,
                      gint32 *restrict at)
{
  gint32 first = (box->from[0] * p->in[1] + box->from[1]) * p->in[2] + box->from[2];

  for (gint32 c = 0; c < lanes; c++)
    {
      best[c] = x[(gsize) first * (gsize) p->c + (gsize) c];
      at[c] = first;
    }
  for (gint32 t = box->from[0]; t < box->to[0]; t++)
    for (gint32 h = box->from[1]; h < box->to[1]; h++)
      for (gint32 w = box->from[2]; w < box->to[2]; w++)
        {
          gint32 place = (t * p->in[1] + h) * p->in[2] + w;
          const float *restrict v = x + (gsize) place * (gsize) p->c;

          for (gint32 c = 0; c < lanes; c++)
            {
              gboolean wins = (v[c] > best[c]) | (v[c] != v[c]);

              at[c] = sac_choose_int (wins, place, at[c]);
              best[c] = sac_choose (wins, v[c], best[c]);
            }
        }
}
