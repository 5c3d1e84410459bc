/* The transforms of conv-phases.c, written once and included by each instruction set's file after conv-loops.h.
 * F(4×4, 2×2): a result tile of 4×4 from a source tile of 5×5 by 25 products instead of 64.  The polynomial is evaluated at
 * 0, ±a, b and ∞; a = 3/4, b = 2 loses half as many bits as the customary a = 1: measured error (NMSE) of 64 channels 4.5e-13,
 * plain sums 1e-13.
 *
 * Each transform is the same small matrix along rows and along columns, over vectors of channels. */
#define PA 0.75f
#define PB 2.0f
#define P0 (PA * PA * PB)
#define P1 (2 * PA * PA * (PA - PB))
#define P2 (-2 * PA * PA * (PA + PB))
#define P3 (PB * (PB * PB - PA * PA))
#define K(c) constant ((float) (c))
#define UNROLL _Pragma ("GCC unroll 5")

static inline V
constant (float c)
{
  return SPLAT (&c);
}

/* y[0…4] = Bᵀ x[0…4] */
static inline void
phase_source_1d (const V x[5], V y[5])
{
  V t0 = MULADD (K (-PB), x[0], x[1]), t1 = MULADD (K (-PB), x[1], x[2]);
  V t2 = MULADD (K (-PB), x[2], x[3]), t3 = MULADD (K (-PB), x[3], x[4]);

  y[0] = MULADD (K (-PA * PA), t0, t2);
  y[1] = MULADD (K (PA), t1, t2);
  y[2] = MULADD (K (-PA), t1, t2);
  y[3] = MULADD (K (-PA * PA), x[1], x[3]);
  y[4] = MULADD (K (-PA * PA), t1, t3);
}

/* y[0…3] = Aᵀ m[0…4] */
static inline void
phase_result_1d (const V m[5], V y[4])
{
  V s = m[1] + m[2], d = m[1] - m[2];

  y[0] = m[0] + (s + m[3]);
  y[1] = MULADD (K (PA), d, K (PB) * m[3]);
  y[2] = MULADD (K (PA * PA), s, K (PB * PB) * m[3]);
  y[3] = MULADD (K (PA * PA * PA), d, MULADD (K (PB * PB * PB), m[3], m[4]));
}

/* u[0…4] = A y[0…3], the adjoint of the former */
static inline void
phase_gradient_1d (const V y[4], V u[5])
{
  V even = MULADD (K (PA * PA), y[2], y[0]), odd = MULADD (K (PA * PA), y[3], y[1]) * K (PA);

  u[0] = y[0];
  u[1] = even + odd;
  u[2] = even - odd;
  u[3] = MULADD (K (PB), MULADD (K (PB), MULADD (K (PB), y[3], y[2]), y[1]), y[0]);
  u[4] = y[3];
}

/* u[0…4] = G g[0…1] */
static inline void
phase_kernel_1d (const V g[2], V u[5])
{
  u[0] = g[0] * K (1 / P0);
  u[1] = MULADD (K (PA), g[1], g[0]) * K (1 / P1);
  u[2] = MULADD (K (-PA), g[1], g[0]) * K (1 / P2);
  u[3] = MULADD (K (PB), g[1], g[0]) * K (1 / P3);
  u[4] = g[1];
}

/* g[0…1] = Gᵀ u[0…4] */
static inline void
phase_weight_1d (const V u[5], V g[2])
{
  V p = u[1] * K (1 / P1), q = u[2] * K (1 / P2), r = u[3] * K (1 / P3);

  g[0] = MULADD (K (1 / P0), u[0], (p + q) + r);
  g[1] = MULADD (K (PA), p - q, MULADD (K (PB), r, u[4]));
}

/* From @rows × @rows pixels to 5 × 5 points (@to[point·step]), over n channels, a multiple of LANES. */
#define PHASE_SPREAD(name, rows, map) \
static void \
name (const float *const *pixels, float *to, gsize step, gint32 n) \
{ \
  for (gint32 i = 0; i < n; i += LANES) \
    { \
      V part[5][rows], x[rows], y[5]; \
      UNROLL \
      for (int c = 0; c < rows; c++) \
        { \
          UNROLL \
          for (int r = 0; r < rows; r++) \
            x[r] = LOAD (pixels[r * rows + c] + i); \
          map (x, y); \
          UNROLL \
          for (int r = 0; r < 5; r++) \
            part[r][c] = y[r]; \
        } \
      UNROLL \
      for (int r = 0; r < 5; r++) \
        { \
          map (part[r], y); \
          UNROLL \
          for (int c = 0; c < 5; c++) \
            STORE (to + (r * 5 + c) * step + i, y[c]); \
        } \
    } \
}
PHASE_SPREAD (phase_source, 5, phase_source_1d)
PHASE_SPREAD (phase_gradient, 4, phase_gradient_1d)
PHASE_SPREAD (phase_kernel, 2, phase_kernel_1d)

/* And from 5 × 5 points to @rows × @rows pixels. */
#define PHASE_COLLECT(name, rows, map) \
static void \
name (const float *from, gsize step, float *const *pixels, gint32 n) \
{ \
  for (gint32 i = 0; i < n; i += LANES) \
    { \
      V part[rows][5], x[5], y[rows]; \
      UNROLL \
      for (int c = 0; c < 5; c++) \
        { \
          UNROLL \
          for (int r = 0; r < 5; r++) \
            x[r] = LOAD (from + (r * 5 + c) * step + i); \
          map (x, y); \
          UNROLL \
          for (int r = 0; r < rows; r++) \
            part[r][c] = y[r]; \
        } \
      UNROLL \
      for (int r = 0; r < rows; r++) \
        { \
          map (part[r], y); \
          UNROLL \
          for (int c = 0; c < rows; c++) \
            STORE (pixels[r * rows + c] + i, y[c]); \
        } \
    } \
}
PHASE_COLLECT (phase_result, 4, phase_result_1d)
PHASE_COLLECT (phase_weight, 2, phase_weight_1d)

#undef PA
#undef PB
#undef P0
#undef P1
#undef P2
#undef P3
#undef K
#undef UNROLL
