/* The transforms of conv-winograd.c, written once and included by each instruction set's file after conv-loops.h.
 * F(4×4, 3×3): a result tile of 4×4 from a source tile of 6×6 by 36 products instead of 144.  The polynomial is evaluated at
 * 0, ±a, ±b and ∞.  The customary a = 1, b = 2 loses five times as many bits as a = 2/3, b = 3/2, whose product is 1: measured
 * error (NMSE) of 64 channels 6e-13, plain sums 2e-13, the customary points 31e-13.
 *
 * Each transform is the same small matrix along rows and along columns, over vectors of channels. */
#define WA (2.0f / 3)
#define WB 1.5f
#define A2 (WA * WA)
#define B2 (WB * WB)
#define N0 (A2 * B2)
#define NA (2 * A2 * (A2 - B2))
#define NB (2 * B2 * (B2 - A2))
#define K(c) splat ((float) (c))

static inline V
splat (float c)
{
  return SPLAT (&c);
}

/* y[0…5] = Bᵀ x[0…5] */
static inline void
source_1d (const V x[6], V y[6])
{
  V ea = MULADD (K (-B2), x[2], x[4]), oa = MULADD (K (-B2), x[1], x[3]) * K (WA);
  V eb = MULADD (K (-A2), x[2], x[4]), ob = MULADD (K (-A2), x[1], x[3]) * K (WB);

  y[0] = MULADD (K (N0), x[0], MULADD (K (-(A2 + B2)), x[2], x[4]));
  y[1] = ea + oa;
  y[2] = ea - oa;
  y[3] = eb + ob;
  y[4] = eb - ob;
  y[5] = MULADD (K (N0), x[1], MULADD (K (-(A2 + B2)), x[3], x[5]));
}

/* y[0…3] = Aᵀ m[0…5] */
static inline void
result_1d (const V m[6], V y[4])
{
  V sa = m[1] + m[2], da = m[1] - m[2], sb = m[3] + m[4], db = m[3] - m[4];

  y[0] = m[0] + (sa + sb);
  y[1] = MULADD (K (WA), da, K (WB) * db);
  y[2] = MULADD (K (A2), sa, K (B2) * sb);
  y[3] = MULADD (K (WA * A2), da, MULADD (K (WB * B2), db, m[5]));
}

/* u[0…5] = A y[0…3], the adjoint of the former */
static inline void
gradient_1d (const V y[4], V u[6])
{
  V ea = MULADD (K (A2), y[2], y[0]), oa = MULADD (K (A2), y[3], y[1]) * K (WA);
  V eb = MULADD (K (B2), y[2], y[0]), ob = MULADD (K (B2), y[3], y[1]) * K (WB);

  u[0] = y[0];
  u[1] = ea + oa;
  u[2] = ea - oa;
  u[3] = eb + ob;
  u[4] = eb - ob;
  u[5] = y[3];
}

/* u[0…5] = G g[0…2] */
static inline void
kernel_1d (const V g[3], V u[6])
{
  V ea = MULADD (K (A2), g[2], g[0]) * K (1 / NA), oa = g[1] * K (WA / NA);
  V eb = MULADD (K (B2), g[2], g[0]) * K (1 / NB), ob = g[1] * K (WB / NB);

  u[0] = g[0] * K (1 / N0);
  u[1] = ea + oa;
  u[2] = ea - oa;
  u[3] = eb + ob;
  u[4] = eb - ob;
  u[5] = g[2];
}

/* g[0…2] = Gᵀ u[0…5] */
static inline void
weight_1d (const V u[6], V g[3])
{
  V sa = (u[1] + u[2]) * K (1 / NA), da = u[1] - u[2], sb = (u[3] + u[4]) * K (1 / NB), db = u[3] - u[4];

  g[0] = MULADD (K (1 / N0), u[0], sa + sb);
  g[1] = MULADD (K (WA / NA), da, K (WB / NB) * db);
  g[2] = MULADD (K (A2), sa, MULADD (K (B2), sb, u[5]));
}

#define UNROLL _Pragma ("GCC unroll 6")

/* From @rows × @rows pixels to 6 × 6 points (@to[point·step]), over n channels, a multiple of LANES. */
#define SPREAD(name, rows, map) \
static void \
name (const float *const *pixels, float *to, gsize step, gint32 n) \
{ \
  for (gint32 i = 0; i < n; i += LANES) \
    { \
      V half[6][rows], x[rows], y[6]; \
      UNROLL \
      for (int c = 0; c < rows; c++) \
        { \
          UNROLL \
          for (int r = 0; r < rows; r++) \
            x[r] = LOAD (pixels[r * rows + c] + i); \
          map (x, y); \
          UNROLL \
          for (int r = 0; r < 6; r++) \
            half[r][c] = y[r]; \
        } \
      UNROLL \
      for (int r = 0; r < 6; r++) \
        { \
          map (half[r], y); \
          UNROLL \
          for (int c = 0; c < 6; c++) \
            STORE (to + (r * 6 + c) * step + i, y[c]); \
        } \
    } \
}
SPREAD (winograd_source, 6, source_1d)
SPREAD (winograd_gradient, 4, gradient_1d)
SPREAD (winograd_kernel, 3, kernel_1d)

/* And from 6 × 6 points to @rows × @rows pixels. */
#define COLLECT(name, rows, map) \
static void \
name (const float *from, gsize step, float *const *pixels, gint32 n) \
{ \
  for (gint32 i = 0; i < n; i += LANES) \
    { \
      V half[rows][6], x[6], y[rows]; \
      UNROLL \
      for (int c = 0; c < 6; c++) \
        { \
          UNROLL \
          for (int r = 0; r < 6; r++) \
            x[r] = LOAD (from + (r * 6 + c) * step + i); \
          map (x, y); \
          UNROLL \
          for (int r = 0; r < rows; r++) \
            half[r][c] = y[r]; \
        } \
      UNROLL \
      for (int r = 0; r < rows; r++) \
        { \
          map (half[r], y); \
          UNROLL \
          for (int c = 0; c < rows; c++) \
            STORE (pixels[r * rows + c] + i, y[c]); \
        } \
    } \
}
COLLECT (winograd_result, 4, result_1d)
COLLECT (winograd_weight, 3, weight_1d)

#undef K
#undef UNROLL
