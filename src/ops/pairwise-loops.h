/* The loops of pairwise-private.h, written once and included by pairwise.c for each instruction set, which defines before
 *   V, LANES, LOAD STORE ZERO SPLAT (p) MULADD (a,b,c), MASK, MASK_OF (n), LOAD_SOME (p,mask), STORE_SOME (p,mask,v)
 *   SPLAT2, SPLAT1 (p)     two numbers, or one and 0, again and again
 *   ADD_PAIRS (a, b)       sums of neighbours in a, then in b
 *   OPEN (z), LET (z, v)   relu; v where z > 0, else 0.  A NaN in z stays, and lets nothing through
 *   COLUMNS (F, o)         F (sum, column) for each vector of a tile's row; WIDE of them
 *   MATRIX_SIZES (F)       F (n) for every number of rows of a tile of one column, the largest first
 *   OUTER_SIZES, NARROW_SIZES (F)  the same for outer products, WIDE columns and one column wide
 *   SET (name)             the name with the set's own */
#define TILE (WIDE * LANES)

#define EACH1(F) F (0)
#define EACH2(F) EACH1 (F) F (1)
#define EACH3(F) EACH2 (F) F (2)
#define EACH4(F) EACH3 (F) F (3)
#define EACH5(F) EACH4 (F) F (4)
#define EACH6(F) EACH5 (F) F (5)
#define EACH8(F) EACH6 (F) F (6) F (7)
#define EACH12(F) EACH8 (F) F (8) F (9) F (10) F (11)

/* ---- one row after the other, a vector of channels at a time. */
#define EACH_VECTOR(r) for (gint32 c = 0, left = (r); left > 0; c += LANES, left -= LANES)
#define ROW_OF(p) (left >= LANES ? LOAD ((p) + c) : LOAD_SOME ((p) + c, MASK_OF (left)))
#define ROW_SET(p, v) if (left >= LANES) STORE ((p) + c, v); else STORE_SOME ((p) + c, MASK_OF (left), v);

static void
SET (relate) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *scale, const float *shift, float *h)
{
  EACH_VECTOR (r)
    {
      V a = LOAD (scale + c), b = LOAD (shift + c), here = ROW_OF (phi);

      for (gint32 o = 0; o < k; o++)
        {
          V z = OPEN (MULADD (here - ROW_OF (psi[o]), a, b));

          ROW_SET (h + (gsize) o * r, z)
        }
    }
}

static void
SET (activate) (const float *u, gsize n, gint32 r, const float *scale, const float *shift, float *h)
{
  EACH_VECTOR (r)
    {
      V a = LOAD (scale + c), b = LOAD (shift + c);

      for (gsize row = 0; row < n; row++)
        {
          V z = OPEN (ROW_OF (u + row * r) * a + b);        /* rounded as bn_apply does */

          ROW_SET (h + row * r, z)
        }
    }
}

static void
SET (relate_stats) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *origin, float *sums)
{
  EACH_VECTOR (r)
    {
      V here = ROW_OF (phi) - ROW_OF (origin), s = ROW_OF (sums), q = ROW_OF (sums + r);

      for (gint32 o = 0; o < k; o++)
        {
          V d = here - ROW_OF (psi[o]);

          s = s + d;
          q = MULADD (d, d, q);
        }
      ROW_SET (sums, s)
      ROW_SET (sums + r, q)
    }
}

static void
SET (relate_sums) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *scale, const float *shift,
                   const float *mean, const float *g, float *sums)
{
  EACH_VECTOR (r)
    {
      V a = LOAD (scale + c), b = LOAD (shift + c), here = ROW_OF (phi), middle = ROW_OF (mean);
      V s = ROW_OF (sums), q = ROW_OF (sums + r);

      for (gint32 o = 0; o < k; o++)
        {
          V d = here - ROW_OF (psi[o]), v = LET (MULADD (d, a, b), ROW_OF (g + (gsize) o * r));

          s = s + v;
          q = MULADD (v, d - middle, q);
        }
      ROW_SET (sums, s)
      ROW_SET (sums + r, q)
    }
}

static void
SET (relate_input) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *scale, const float *shift,
                    const float *by, const float *g, float *gphi, float *const *gpsi)
{
  EACH_VECTOR (r)
    {
      V a = LOAD (scale + c), b = LOAD (shift + c), here = ROW_OF (phi), sum = ROW_OF (gphi);
      V by_g = ROW_OF (by), by_d = ROW_OF (by + r), more = ROW_OF (by + 2 * r);

      for (gint32 o = 0; o < k; o++)
        {
          V d = here - ROW_OF (psi[o]), v = LET (MULADD (d, a, b), ROW_OF (g + (gsize) o * r));
          V gd = MULADD (v, by_g, MULADD (d, by_d, more)), there = ROW_OF (gpsi[o]) - gd;

          sum = sum + gd;
          ROW_SET (gpsi[o], there)
        }
      ROW_SET (gphi, sum)
    }
}

static void
SET (spread) (const float *restrict gy, const float *const *v, gint32 k, gint32 m, float *restrict ga)
{
  for (gint32 o = 0; o < k; o++, ga += m)
    {
      const float *restrict from = v[o];

      for (gint32 c = 0; c < m; c++)
        ga[c] = gy[c] * from[c];
    }
}

/* ---- rows times a packed matrix, one vector of columns at a time.  Two numbers of a row are spread together: a half of the
 * columns takes each, whose two sums are added at the end.  That halves the loads, which are what this loop waits for. */
#define MATRIX_SUM(i) V s##i = ZERO, z##i = ZERO;
#define MATRIX_STEP(i) { V x = SPLAT2 (row + (gsize) i * depth); s##i = MULADD (x, b0, s##i); z##i = MULADD (x, b1, z##i); }
#define MATRIX_LAST(i) { V x = SPLAT1 (row + (gsize) i * depth); s##i = MULADD (x, b0, s##i); z##i = MULADD (x, b1, z##i); }
#define MATRIX_PUT(i) \
  s##i = ADD_PAIRS (s##i, z##i); \
  if (left >= LANES) STORE (out + (gsize) i * width, s##i); else STORE_SOME (out + (gsize) i * width, mask, s##i);
#define MATRIX(n) \
static inline void \
SET (matrix##n) (const float *rows, gint32 depth, const float *w, gsize step, gint32 width, gint32 left, float *out) \
{ \
  MASK mask = MASK_OF (left); \
  const float *row = rows, *end = rows + depth / 2 * 2; \
  EACH##n (MATRIX_SUM) \
  for (; row < end; row += 2, w += 2 * step) \
    { \
      V b0 = LOAD (w), b1 = LOAD (w + LANES); \
      EACH##n (MATRIX_STEP) \
    } \
  if (depth % 2) \
    { \
      V b0 = LOAD (w), b1 = LOAD (w + LANES); \
      EACH##n (MATRIX_LAST) \
    } \
  EACH##n (MATRIX_PUT) \
}
MATRIX_SIZES (MATRIX)

static void
SET (matrix) (const float *rows, gsize n, gint32 depth, const float *w, gsize step, gint32 width, float *out)
{
  for (gint32 j = 0; j < width; j += LANES)
    {
      gsize row = 0;

#define MATRIX_CASE(size) \
  for (; n - row >= size; row += size) \
    SET (matrix##size) (rows + row * depth, depth, w + 2 * j, step, width, width - j, out + row * width + j);
      MATRIX_SIZES (MATRIX_CASE)
    }
}

/* ---- k rows of a tile of a = W·h + b, used where they are made. */
#define MAPPED_START(s, j) V s = LOAD (bias + j * LANES);
#define MAPPED_SUM(o) COLUMNS (MAPPED_START, o)
#define MAPPED_ADD(s, j) s = MULADD (x, w##j, s);
#define MAPPED_STEP(o) { V x = SPLAT (h + (gsize) o * r + i); COLUMNS (MAPPED_ADD, o) }
#define MAPPED_LOAD(s, j) V w##j = LOAD (w + j * LANES);
#define MAPPED(k) \
  EACH##k (MAPPED_SUM) \
  for (gint32 i = 0; i < r; i++, w += step) \
    { \
      COLUMNS (MAPPED_LOAD, 0) \
      EACH##k (MAPPED_STEP) \
    }
#define GET(p, j) (whole ? LOAD ((p) + j * LANES) : LOAD_SOME ((p) + j * LANES, MASK_OF (left - j * LANES)))
#define SET_BACK(p, j, v) \
  if (whole) \
    STORE ((p) + j * LANES, v); \
  else \
    STORE_SOME ((p) + j * LANES, MASK_OF (left - j * LANES), v);

#define SUM_START(s, j) V y##j = add ? GET (y, j) : ZERO;
#define SUM_ADD(s, j) y##j = MULADD (s, GET (from, j), y##j);
#define SUM_ROW(o) { const float *from = v[o] + at; COLUMNS (SUM_ADD, o) }
#define SUM_PUT(s, j) SET_BACK (y, j, y##j)
#define SUM(k) \
SAC_BODY void \
SET (sum##k) (const float *h, gint32 r, const float *w, gsize step, const float *bias, const float *const *v, gsize at, gint32 left, \
              float *y, gboolean add, const gboolean whole) \
{ \
  MAPPED (k) \
  { \
    COLUMNS (SUM_START, 0) \
    EACH##k (SUM_ROW) \
    COLUMNS (SUM_PUT, 0) \
  } \
}
SUM (1) SUM (2) SUM (3) SUM (4) SUM (5)

#define VALUE_GET(s, j) V g##j = GET (gy, j);
#define VALUE_ADD(s, j) SET_BACK (to, j, MULADD (s, g##j, GET (to, j)))
#define VALUE_ROW(o) { float *to = gv[o] + at; COLUMNS (VALUE_ADD, o) }
#define VALUE(k) \
SAC_BODY void \
SET (value##k) (const float *h, gint32 r, const float *w, gsize step, const float *bias, const float *gy, gsize at, gint32 left, \
                float *const *gv, const gboolean whole) \
{ \
  MAPPED (k) \
  { \
    COLUMNS (VALUE_GET, 0) \
    EACH##k (VALUE_ROW) \
  } \
}
VALUE (1) VALUE (2) VALUE (3) VALUE (4) VALUE (5)

/* Footprints wider than five are taken in parts. */
#define BY_SIZE(F) \
  switch (MIN (k - o, 5)) \
    { \
    case 1: F (1) break; \
    case 2: F (2) break; \
    case 3: F (3) break; \
    case 4: F (4) break; \
    default: F (5) break; \
    }

static void
SET (sum) (const float *h, gint32 k, gint32 r, const float *w, gsize step, const float *bias, gint32 m, const float *const *v, float *y)
{
#define SUM_WHOLE(n) SET (sum##n) (h + (gsize) o * r, r, w + j, step, bias + j, v + o, (gsize) j, TILE, y + j, o > 0, TRUE);
#define SUM_PART(n) SET (sum##n) (h + (gsize) o * r, r, w + j, step, bias + j, v + o, (gsize) j, m - j, y + j, o > 0, FALSE);
  for (gint32 j = 0; j < m; j += TILE)
    for (gint32 o = 0; o < k; o += 5)
      if (m - j >= TILE)
        BY_SIZE (SUM_WHOLE)
      else
        BY_SIZE (SUM_PART)
}

static void
SET (value) (const float *h, gint32 k, gint32 r, const float *w, gsize step, const float *bias, gint32 m, const float *gy, float *const *gv)
{
#define VALUE_WHOLE(n) SET (value##n) (h + (gsize) o * r, r, w + j, step, bias + j, gy + j, (gsize) j, TILE, gv + o, TRUE);
#define VALUE_PART(n) SET (value##n) (h + (gsize) o * r, r, w + j, step, bias + j, gy + j, (gsize) j, m - j, gv + o, FALSE);
  for (gint32 j = 0; j < m; j += TILE)
    for (gint32 o = 0; o < k; o += 5)
      if (m - j >= TILE)
        BY_SIZE (VALUE_WHOLE)
      else
        BY_SIZE (VALUE_PART)
}

/* ---- outer products: tiles of whole columns, then the rest one vector wide. */
#define OUTER_START(s, j) V s = LOAD (out + row * step + j * LANES);
#define OUTER_SUM(o) { row = o; } COLUMNS (OUTER_START, o)
#define OUTER_ADD(s, j) s = MULADD (x, w##j, s);
#define OUTER_STEP(o) { V x = SPLAT (a + o); COLUMNS (OUTER_ADD, o) }
#define OUTER_LOAD(s, j) V w##j = LOAD (b + j * LANES);
#define OUTER_STORE(s, j) STORE (out + row * step + j * LANES, s);
#define OUTER_PUT(o) { row = o; } COLUMNS (OUTER_STORE, o)
#define OUTER(size) \
static inline void \
SET (outer##size) (const float *a, gint32 n_a, const float *b, gint32 n_b, gsize n, float *out, gsize step) \
{ \
  gsize row; \
  EACH##size (OUTER_SUM) \
  for (gsize i = 0; i < n; i++, a += n_a, b += n_b) \
    { \
      COLUMNS (OUTER_LOAD, 0) \
      EACH##size (OUTER_STEP) \
    } \
  EACH##size (OUTER_PUT) \
}
OUTER_SIZES (OUTER)

/* The same one vector wide, for what is left over. */
#define NARROW_SUM(i) V s##i = left >= LANES ? LOAD (out + i * step) : LOAD_SOME (out + i * step, mask);
#define NARROW_STEP(i) s##i = MULADD (SPLAT (a + i), x, s##i);
#define NARROW_PUT(i) if (left >= LANES) STORE (out + i * step, s##i); else STORE_SOME (out + i * step, mask, s##i);
#define NARROW(size) \
static inline void \
SET (narrow##size) (const float *a, gint32 n_a, const float *b, gint32 n_b, gsize n, float *out, gsize step, gint32 left) \
{ \
  MASK mask = MASK_OF (left); \
  EACH##size (NARROW_SUM) \
  for (gsize i = 0; i < n; i++, a += n_a, b += n_b) \
    { \
      V x = left >= LANES ? LOAD (b) : LOAD_SOME (b, mask); \
      EACH##size (NARROW_STEP) \
    } \
  EACH##size (NARROW_PUT) \
}
NARROW_SIZES (NARROW)

static void
SET (outer) (const float *a, gint32 n_a, const float *b, gint32 n_b, gsize n, float *out, gsize step)
{
  gint32 j = 0;

#define OUTER_CASE(size) \
  for (; n_a - i >= size; i += size) \
    SET (outer##size) (a + i, n_a, b + j, n_b, n, out + (gsize) i * step + j, step);
#define NARROW_CASE(size) \
  for (; n_a - i >= size; i += size) \
    SET (narrow##size) (a + i, n_a, b + j, n_b, n, out + (gsize) i * step + j, step, n_b - j);
  for (; n_b - j >= TILE; j += TILE)
    {
      gint32 i = 0;

      OUTER_SIZES (OUTER_CASE)
    }
  for (; j < n_b; j += LANES)
    {
      gint32 i = 0;

      NARROW_SIZES (NARROW_CASE)
    }
}

const SacPairwiseKernels SET (_sac_pairwise) = {
  SET (relate), SET (activate), SET (matrix), SET (sum), SET (value), SET (relate_stats), SET (relate_sums), SET (relate_input),
  SET (spread), SET (outer),
};

#undef SET
#undef LANES
#undef WIDE
#undef COLUMNS
#undef V
#undef LOAD
#undef STORE
#undef ZERO
#undef SPLAT
#undef SPLAT2
#undef SPLAT1
#undef ADD_PAIRS
#undef OPEN
#undef LET
#undef MULADD
#undef MASK
#undef MASK_OF
#undef LOAD_SOME
#undef STORE_SOME
#undef MATRIX_SIZES
#undef OUTER_SIZES
#undef NARROW_SIZES
