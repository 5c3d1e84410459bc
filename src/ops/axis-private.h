/* Ops along one axis.  In memory (N,T,H,W,C) an axis is made of runs: for each place before it, one run of neighbours. */
#pragma once
#include "elementwise-private.h"

typedef struct {
  gint32 axis, start, length;   /* SacAxis */
} SacSlice;

typedef struct {
  SacSlice slice;
  SacShape like;
} SacPlaceSlice;

static inline gint32 *
_sac_axis (SacShape *s, gint32 axis)
{
  gint32 *const at[] = { &s->n, &s->c, &s->t, &s->h, &s->w };

  return at[axis];
}

static inline gint32
_sac_axis_size (SacShape s, gint32 axis)
{
  return *_sac_axis (&s, axis);
}

/* Elements from one index of @axis to the next. */
static inline gsize
_sac_axis_stride (SacShape s, gint32 axis)
{
  const gsize stride[] = { (gsize) s.t * s.h * s.w * s.c, 1, (gsize) s.h * s.w * s.c, (gsize) s.w * s.c, (gsize) s.c };

  return stride[axis];
}

/* Runs of @length neighbours, @from_step apart in the source, @to_step apart in the result. */
typedef struct {
  const float *from;
  float *to;
  gsize n_runs, length, from_step, to_step;
} SacRuns;

void     _sac_copy_runs (SacPool *pool, const SacRuns *runs);
/* FALSE with words where the slice leaves its axis. */
gboolean _sac_slice_fits (SacShape s, const SacSlice *slice, GError **error);
/* gy in zeros of shape @like: the adjoint of slice. */
SacVar   _sac_place_slice (SacGraph *g, SacVar gy, const SacSlice *slice, SacShape like);
