/* The two loops of the convolutions, written once and included by each instruction set's file, which defines before
 *   V, LANES              a vector and how many floats it holds;  a tile is two vectors wide
 *   LOAD STORE ZERO SPLAT (p) MULADD (a,b,c)
 *   ZERO_BELOW (v)        0 where v < 0, else v: a NaN stays
 *   MASK, MASK_OF (n), LOAD_SOME (p,mask), STORE_SOME (p,mask,v)      parts of a vector, never touching the rest of memory
 *   GATHER_SIZES (F), OUTER_SIZES (F)      F (m) for every tile height, the largest first
 * Sums stay in registers over all taps and channels: the loop has 2·m multiply-adds for m + 2 loads.  The body is unrolled by
 * macros, not by the optimiser, so that a debug build has the same shape. */
#define NR (2 * LANES)

#define EACH1(F) F (0)
#define EACH2(F) EACH1 (F) F (1)
#define EACH3(F) EACH2 (F) F (2)
#define EACH4(F) EACH3 (F) F (3)
#define EACH6(F) EACH4 (F) F (4) F (5)
#define EACH8(F) EACH6 (F) F (6) F (7)
#define EACH10(F) EACH8 (F) F (8) F (9)
#define EACH12(F) EACH10 (F) F (10) F (11)

#define SUMS(i) V p##i = ZERO, q##i = ZERO;
#define ROW(i) const float *a##i = rows[i];
#define GATHER_STEP(i) { V x = SPLAT (a##i + d); p##i = MULADD (x, b0, p##i); q##i = MULADD (x, b1, q##i); }
#define FETCH(i) { __builtin_prefetch (tile->out[i], 1); __builtin_prefetch (tile->out[i] + NR - 1, 1); }
/* Numbers of a line of the cache.  What is wanted soon is fetched a little with every line: few misses may be under way at once, and
 * all at the beginning of a tile held up the loads of its sums. */
#define LINE 16
#define FETCH_ROW(i) __builtin_prefetch (a##i + d + tile->ahead, 0, 2);
#define PUT(i) PUT_TILE (tile, i, p##i, q##i)
#ifndef PUT_TILE
#define PUT_TILE(tile, i, p, q) put (tile->out[i], p, q, tile->n_cols, tile->add);
#endif

static inline void
put (float *out, V p, V q, gint32 n_cols, gboolean add)
{
  if (n_cols == NR)
    {
      if (add)
        {
          p = LOAD (out) + p;
          q = LOAD (out + LANES) + q;
        }
      STORE (out, p);
      STORE (out + LANES, q);
    }
  else
    {
      MASK m0 = MASK_OF (n_cols), m1 = MASK_OF (n_cols - LANES);

      if (add)
        {
          p = LOAD_SOME (out, m0) + p;
          q = LOAD_SOME (out + LANES, m1) + q;
        }
      STORE_SOME (out, m0, p);
      STORE_SOME (out + LANES, m1, q);
    }
}

/* @column is that of y's channels; plain loads where they are whole, since a masked one would wait for the store before it. */
#define FINISH(GET, SET) \
  { \
    V v = GET (row + j); \
    if (how->scale) \
      v = v * GET (how->scale + column + j); \
    if (how->shift) \
      v = v + GET (how->shift + column + j); \
    if (how->residual) \
      v = v + GET (how->residual + at + j); \
    else if (how->normalised) \
      v = v + ZERO; \
    if (how->relu) \
      v = ZERO_BELOW (v); \
    SET (row + j, v); \
  }
#define GET_SOME(p) LOAD_SOME (p, some)
#define SET_SOME(p, v) STORE_SOME (p, some, v)

static void
finish (const SacConvFinish *how, const float *y, float *const *rows, gint32 n_rows, gint32 column, gint32 n_cols)
{
  for (gint32 i = 0; i < n_rows; i++)
    {
      float *row = rows[i];
      const gsize at = (gsize) (row - y);
      gint32 j = 0;

      for (; j + LANES <= n_cols; j += LANES)
        FINISH (LOAD, STORE)
      if (j < n_cols)
        {
          const MASK some = MASK_OF (n_cols - j);

          FINISH (GET_SOME, SET_SOME)
        }
    }
}

#define ADD_UP(GET, SET) \
  { \
    const V zero = GET (first + j); \
    V s0 = ZERO, s1 = ZERO, q0 = ZERO, q1 = ZERO; \
    gint32 i = 0; \
    for (; i + 2 <= n_rows; i += 2) \
      { \
        const V d0 = GET (rows[i] + j) - zero, d1 = GET (rows[i + 1] + j) - zero; \
        s0 = s0 + d0; \
        s1 = s1 + d1; \
        q0 = MULADD (d0, d0, q0); \
        q1 = MULADD (d1, d1, q1); \
      } \
    if (i < n_rows) \
      { \
        const V d0 = GET (rows[i] + j) - zero; \
        s0 = s0 + d0; \
        q0 = MULADD (d0, d0, q0); \
      } \
    SET (sum + j, GET (sum + j) + (s0 + s1)); \
    SET (square + j, GET (square + j) + (q0 + q1)); \
  }

static void
sums (float *const *rows, gint32 n_rows, gint32 n_cols, const float *first, float *sum, float *square)
{
  gint32 j = 0;

  for (; j + LANES <= n_cols; j += LANES)
    ADD_UP (LOAD, STORE)
  if (j < n_cols)
    {
      const MASK some = MASK_OF (n_cols - j);

      ADD_UP (GET_SOME, SET_SOME)
    }
}

/* Where MR lines of one set do not fit the first cache (rows that lie STAGE_STEP or more apart often share one), each 16 numbers of a row
 * are copied beside those of the others, while the 16 before are summed. */
#ifdef STAGE
static inline gboolean
crowded (const SacConvGather *tile)
{
  const gssize step = tile->n_taps > 0 ? tile->rows[1] - tile->rows[0] : 0;

  return tile->n_taps > 0 && tile->depth % STAGE == 0
         && (tile->depth >= STAGE_STEP || (tile->depth >= STAGE_DEPTH && step != 0 && step % STAGE_STEP == 0));
}

#define STAGED_STEP(i) { V x = SPLAT (now + i * STAGE + e); p##i = MULADD (x, b0, p##i); q##i = MULADD (x, b1, q##i); }
#define STAGED_FILL(i) STORE (stage[0] + i * STAGE, LOAD (tile->rows[i]));
#define STAGED_LOOP(m, CLEAR) \
  if (m >= STAGE_LEAST && crowded (tile)) \
    { \
      EACH##m (FETCH) \
      float stage[2][m * STAGE] __attribute__ ((aligned (64))); \
      gint32 turn = 0; \
      EACH##m (STAGED_FILL) \
      for (gint32 tap = 0; tap < tile->n_taps; tap++) \
        { \
          const float *b = tile->panel[tap]; \
          for (gint32 d = 0; d < depth; d += STAGE, turn ^= 1) \
            { \
              const gboolean more = d + STAGE < depth; \
              const float *const *rows = tile->rows + (more || tap + 1 == tile->n_taps ? tap : tap + 1) * MR; \
              const gsize at = more ? (gsize) d + STAGE : 0; \
              const float *now = stage[turn]; \
              float *next = stage[turn ^ 1]; \
              CLEAR \
              _Pragma ("GCC unroll 16") \
              for (gsize e = 0; e < STAGE; e++, b += NR) \
                { \
                  V b0 = LOAD (b), b1 = LOAD (b + LANES); \
                  if (e < m) \
                    STORE (next + e * STAGE, LOAD (rows[e] + at)); \
                  EACH##m (STAGED_STEP) \
                } \
            } \
        } \
      EACH##m (PUT) \
      return; \
    }
#else
#define STAGED_LOOP(m, CLEAR)
#endif

#define GATHER(name, m, BEGIN, CLEAR) \
static void \
name (const SacConvGather *tile) \
{ \
  const gint32 depth = tile->depth; \
  const gint32 at_once = tile->n_taps * depth < 4 * LINE ? m : (m + 3) / 4; \
  gint32 fetched = 0; \
  BEGIN \
  EACH##m (SUMS) \
  STAGED_LOOP (m, CLEAR) \
  for (gint32 tap = 0; tap < tile->n_taps; tap++) \
    { \
      const float *const *rows = tile->rows + tap * MR; \
      const float *b = tile->panel[tap]; \
      EACH##m (ROW) \
      for (gsize d = 0; d < (gsize) depth;) \
        { \
          const gsize end = MIN (d + LINE, (gsize) depth); \
          if (tile->ahead) \
            { \
              EACH##m (FETCH_ROW) \
            } \
          for (gint32 i = 0; i < at_once && fetched < m; i++, fetched++) \
            { \
              __builtin_prefetch (tile->out[fetched], 1); \
              __builtin_prefetch (tile->out[fetched] + NR - 1, 1); \
            } \
          CLEAR \
          _Pragma ("GCC unroll 4") \
          for (; d < end; d++) \
            { \
              V b0 = LOAD (b + d * NR), b1 = LOAD (b + d * NR + LANES); \
              EACH##m (GATHER_STEP) \
            } \
        } \
    } \
  EACH##m (PUT) \
}
#define GATHER_ALONE(m) GATHER (gather##m, m, , )
GATHER_SIZES (GATHER_ALONE)

/* What is to become zeros does so little by little, and is fetched before.  A loop of its own: the others have no register left. */
#define CLEAR_AHEAD 8
#define CLEAR_BEGIN \
  const gint32 at_a_time = tile->n_clear / (depth / LINE) + 1; \
  gint32 cleared = 0;
#define CLEAR_SOME \
  for (gint32 i = 0; i < at_a_time && cleared < tile->n_clear; i++, cleared++) \
    { \
      const float *soon = tile->clear[MIN (cleared + CLEAR_AHEAD, tile->n_clear - 1)]; \
      __builtin_prefetch (soon, 1); \
      __builtin_prefetch (soon + NR - 1, 1); \
      put (tile->clear[cleared], ZERO, ZERO, NR, FALSE); \
    }
#define GATHER_WHOLE(m) GATHER (gather_and_clear, m, CLEAR_BEGIN, CLEAR_SOME)
GATHER_WHOLE (MR)

/* Rows past n_rows may be read and written, so the next larger tile serves. */
static void
gather (const SacConvGather *tile)
{
#define GATHER_CASE(m) case m: gather##m (tile); return;
  static const guint8 size_for[SAC_CONV_MAX_ROWS + 1] = GATHER_SIZE_FOR;

  if (tile->n_clear > 0 && tile->n_rows == MR && tile->n_cols == NR && tile->depth >= LINE)
    {
      gather_and_clear (tile);
      return;
    }
  for (gint32 i = 0; i < tile->n_clear; i++)
    put (tile->clear[i], ZERO, ZERO, tile->n_cols, FALSE);
  switch (size_for[tile->n_rows])
    {
    GATHER_SIZES (GATHER_CASE)
    }
}

#ifdef OUTER_SIZES
#define AHEAD 8
#define OUTER_STEP(i) { V x = SPLAT (a + i); p##i = MULADD (x, b0, p##i); q##i = MULADD (x, b1, q##i); }
#define OUTER_PUT(i) put (out + i * tile->out_step, p##i, q##i, tile->n_cols, tile->add);
#define OUTER_LOOP(m, L0, L1) \
  for (gsize r = 0; r < tile->n_runs; r++) \
    { \
      const float *a = tile->runs[r].a + offset, *b = tile->runs[r].b; \
      for (gsize n = tile->runs[r].n; n > 0; n--) \
        { \
          V b0 = L0, b1 = L1; \
          __builtin_prefetch (a + AHEAD * tile->a_step); \
          __builtin_prefetch (b + AHEAD * tile->b_step); \
          __builtin_prefetch (b + AHEAD * tile->b_step + LANES); \
          __builtin_prefetch (soon, 0, 2); \
          EACH##m (OUTER_STEP) \
          a += tile->a_step; \
          b += tile->b_step; \
          soon += soon_step; \
        } \
    }
#define OUTER(m) \
static void \
outer##m (const SacConvOuter *tile, gint32 row, gint32 number) \
{ \
  const gsize soon_step = number < tile->soon_lines ? tile->soon_step : 0; \
  const float *soon = number < tile->soon_lines ? tile->soon + number * SAC_CONV_LINE : tile->out; \
  const gsize offset = tile->a_offset + row; \
  float *out = tile->out + row * tile->out_step; \
  EACH##m (SUMS) \
  if (tile->n_cols == NR) \
    OUTER_LOOP (m, LOAD (b), LOAD (b + LANES)) \
  else \
    { \
      MASK m0 = MASK_OF (tile->n_cols), m1 = MASK_OF (tile->n_cols - LANES); \
      OUTER_LOOP (m, LOAD_SOME (b, m0), LOAD_SOME (b + LANES, m1)) \
    } \
  EACH##m (OUTER_PUT) \
}
OUTER_SIZES (OUTER)

/* Greedy: 64 rows are 5·12 + 4, and 4 rows still fill the multiplier (8 sums against a latency of 4). */
static void
outer (const SacConvOuter *tile)
{
  gint32 row = 0, number = 0;

#define OUTER_CASE(m) for (; tile->n_rows - row >= m; row += m) outer##m (tile, row, number++);
  OUTER_SIZES (OUTER_CASE)
}

#define CLOSE_PUT(i) put (out + i * tile->out_step, p##i, q##i, tile->n_cols, tile->add);
#define CLOSE(m) \
static void \
close_outer##m (const SacConvClose *tile, gint32 row, gint32 number) \
{ \
  const gsize soon_step = number < tile->soon_lines ? tile->soon_step : 0; \
  const float *soon = number < tile->soon_lines ? tile->soon + number * SAC_CONV_LINE : tile->out; \
  const float *a = tile->a + (gsize) row * tile->n, *b = tile->b; \
  const gsize n_fetch = row == 0 ? tile->n_fetch : 0; \
  float *out = tile->out + row * tile->out_step; \
  EACH##m (SUMS) \
  for (gsize n = 0; n < tile->n; n++, a += m, b += NR) \
    { \
      V b0 = LOAD (b), b1 = LOAD (b + LANES); \
      if (n < m) \
        { \
          __builtin_prefetch (out + n * tile->out_step, 1); \
          __builtin_prefetch (out + n * tile->out_step + tile->n_cols - 1, 1); \
        } \
      if (n < n_fetch) \
        { \
          __builtin_prefetch (tile->fetch[n] + tile->fetch_at); \
          __builtin_prefetch (tile->fetch[n] + tile->fetch_at + LANES); \
        } \
      __builtin_prefetch (soon, 0, 2); \
      soon += soon_step; \
      EACH##m (OUTER_STEP) \
    } \
  EACH##m (CLOSE_PUT) \
}
OUTER_SIZES (CLOSE)

static void
close_outer (const SacConvClose *tile)
{
  gint32 row = 0, number = 0;

#define CLOSE_CASE(m) for (; tile->n_rows - row >= m; row += m) close_outer##m (tile, row, number++);
  OUTER_SIZES (CLOSE_CASE)
}

/* The tiles of close_outer(), each [pixel][its rows]; four pixels at a time, so that both sides are read and written in runs. */
static void
close_rows (float *to, const float *from, gsize step, gsize n, gint32 n_rows)
{
  for (gsize p = 0; p < n; p += 4)
    {
      const gsize end = MIN (p + 4, n);
      gint32 row = 0;

#define ROWS_CASE(m) \
      for (; n_rows - row >= m; row += m) \
        for (gsize i = p; i < end; i++) \
          memcpy (to + (gsize) row * n + i * m, from + i * step + row, m * sizeof (float));
      OUTER_SIZES (ROWS_CASE)
    }
}
#endif
