/* Shapes and tensors.  Logical order N,C,T,H,W; memory order N,T,H,W,C (C fastest).
 *   clip (N,C,T,H,W) · image T = 1 · conv weight (K,C,kT,kH,kW) as n,c,t,h,w, so its memory is K,kT,kH,kW,C
 *   vector of channels (1,C,1,1,1) · matrix (N,C,1,1,1) · scalar (1,1,1,1,1) */
#pragma once
#include <glib.h>

typedef struct {
  gint32 n, c, t, h, w;
} SacShape;

#define SAC_SHAPE(n_, c_, t_, h_, w_) ((SacShape) { (n_), (c_), (t_), (h_), (w_) })
#define SAC_SHAPE_SCALAR SAC_SHAPE (1, 1, 1, 1, 1)

/* How numbers are stored; all arithmetic is f32.  bf16 is the upper half of an f32: its range, 8 bits of precision.  f16 has 11 bits, but
 * ends at 65504 and loses bits below 6e-5. */
typedef enum { SAC_F32, SAC_BF16, SAC_F16 } SacDtype;

/* A borrowed view of numbers in memory order: f32 at @data, or bf16 at sac_tensor_bf16(). */
typedef struct {
  SacShape shape;
  float *data;
  SacDtype dtype;
} SacTensor;

static inline guint16 *
sac_tensor_bf16 (const SacTensor *tensor)
{
  return (guint16 *) tensor->data;
}

static inline gsize
sac_dtype_bytes (SacDtype dtype)
{
  return dtype == SAC_F32 ? sizeof (float) : sizeof (guint16);
}

/* "f32", "bf16" or "f16". */
gboolean    sac_dtype_parse (const char *name, SacDtype *dtype);
const char *sac_dtype_get_name (SacDtype dtype);

static inline gsize
sac_shape_count (SacShape s)
{
  return (gsize) s.n * s.c * s.t * s.h * s.w;
}

static inline gboolean
sac_shape_equal (SacShape a, SacShape b)
{
  return a.n == b.n && a.c == b.c && a.t == b.t && a.h == b.h && a.w == b.w;
}

/* "(N,C,T,H,W)"; transfer full. */
char *sac_shape_dup_string (SacShape s);

/* Between the field's order (N,C,T,H,W) and memory order (N,T,H,W,C). */
void  sac_shape_to_memory_order (SacShape s, const float *logical, float *memory);
void  sac_shape_from_memory_order (SacShape s, const float *memory, float *logical);
