/* Maps that act on each axis by itself, y[o] = Σ weight · x[at], as a table of taps an axis: pooling by averages, resizing, padding
 * and cropping are all of them one op, resample3d, and its adjoint is the same op with the tables turned. */
#pragma once
#include "sac-ops.h"

extern const SacOp sac_op_resample3d;

typedef enum {
  SAC_RESAMPLE_AVERAGE,         /* windows of a size */
  SAC_RESAMPLE_ADAPTIVE,        /* windows that divide the axis into so many */
  SAC_RESAMPLE_NEAREST,
  SAC_RESAMPLE_LINEAR,
  SAC_RESAMPLE_PAD,             /* or crop, where the sizes are negative */
} SacResampleKind;

/* Sizes as time, row, column.  @transposed: the source has the sizes @to, the result @from. */
typedef struct {
  gint32 kind, transposed;
  gint32 from[3], to[3];
  gint32 kernel[3], stride[3], pad[3];  /* of windows; pad: what is put before */
  gint32 option;                /* average: padding counts; linear: corners align; pad: SacPadMode */
} SacResample3d;

typedef struct {
  gint32 at;
  float weight;
} SacTap;

/* What place @o < to[axis] is made of: returns how many taps, and fills @taps unless it is NULL. */
gint32 _sac_resample_taps (const SacResample3d *map, int axis, gint32 o, SacTap *taps);
