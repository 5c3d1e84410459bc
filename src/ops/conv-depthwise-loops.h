/* The loops of depthwise convolution, included by each instruction set's file after conv-loops.h.  Every channel is by itself, so
 * vectors run over channels and a multiply-add needs a load: tiles exist only to share the weights' loads and to fill the latency.
 * The sizes are constants where the bodies are inlined, so that the sums are registers. */
#define DEPTHWISE_INLINE static inline __attribute__ ((always_inline))

DEPTHWISE_INLINE void
depthwise_sums (const SacConvDepthwise *tile, gint32 c, int m, int v, MASK mask)
{
  V sums[8][4];
  const gsize row = tile->row_step;

  _Pragma ("GCC unroll 8")
  for (int i = 0; i < m; i++)
    _Pragma ("GCC unroll 4")
    for (int j = 0; j < v; j++)
      sums[i][j] = ZERO;
  for (gint32 e = 0; e < tile->n_entries; e++)
    {
      const float *x = tile->entries[e].x + c, *w = tile->entries[e].w + c;

      for (gint32 tap = tile->entries[e].n; tap > 0; tap--, x += tile->x_step, w += tile->w_step)
        {
          _Pragma ("GCC unroll 4")
          for (int j = 0; j < v; j++)
            {
              V b = v == 1 ? LOAD_SOME (w, mask) : LOAD (w + j * LANES);

              _Pragma ("GCC unroll 8")
              for (int i = 0; i < m; i++)
                sums[i][j] = MULADD (v == 1 ? LOAD_SOME (x + (gssize) row * i, mask) : LOAD (x + (gssize) row * i + j * LANES), b,
                                     sums[i][j]);
            }
        }
    }
  _Pragma ("GCC unroll 8")
  for (int i = 0; i < m; i++)
    _Pragma ("GCC unroll 4")
    for (int j = 0; j < v; j++)
      {
        float *y = tile->y + tile->y_step * i + c + j * LANES;
        V sum = sums[i][j];

        if (tile->add)
          sum = sum + (v == 1 ? LOAD_SOME (y, mask) : LOAD (y));
        if (v == 1)
          STORE_SOME (y, mask, sum);
        else
          STORE (y, sum);
      }
}

#define DEPTHWISE(m, v) \
static void \
depthwise##m (const SacConvDepthwise *tile) \
{ \
  gint32 c = 0; \
  for (; tile->n_channels - c >= v * LANES; c += v * LANES) \
    depthwise_sums (tile, c, m, v, MASK_OF (LANES)); \
  for (; c < tile->n_channels; c += LANES) \
    depthwise_sums (tile, c, m, 1, MASK_OF (tile->n_channels - c)); \
}
DEPTHWISE (1, 4)
DEPTHWISE (2, 4)
DEPTHWISE (4, 2)
DEPTHWISE (6, 2)

static void
depthwise (const SacConvDepthwise *all)
{
  SacConvDepthwise tile = *all;
  SacConvEntry entries[SAC_CONV_ENTRIES];

  memcpy (entries, all->entries, all->n_entries * sizeof (SacConvEntry));
  tile.entries = entries;
  for (gint32 left = all->n_rows; left > 0;)
    {
      const gint32 m = left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

      switch (m)
        {
        case 6: depthwise6 (&tile); break;
        case 4: depthwise4 (&tile); break;
        case 2: depthwise2 (&tile); break;
        default: depthwise1 (&tile);
        }
      for (gint32 e = 0; e < tile.n_entries; e++)
        entries[e].x += tile.row_step * m;
      tile.y += tile.y_step * m;
      left -= m;
    }
}

DEPTHWISE_INLINE void
depthwise_weight_sums (const SacConvDepthwiseWeight *run, gint32 c, int m, int v, MASK mask)
{
  V sums[4][2];
  const float *g = run->g + c, *x = run->x + c;

  _Pragma ("GCC unroll 4")
  for (int i = 0; i < m; i++)
    _Pragma ("GCC unroll 2")
    for (int j = 0; j < v; j++)
      sums[i][j] = ZERO;
  for (gint32 n = run->n; n > 0; n--, g += run->g_step, x += run->x_step)
    _Pragma ("GCC unroll 2")
    for (int j = 0; j < v; j++)
      {
        V a = v == 1 ? LOAD_SOME (g, mask) : LOAD (g + j * LANES);

        _Pragma ("GCC unroll 4")
        for (int i = 0; i < m; i++)
          sums[i][j] = MULADD (v == 1 ? LOAD_SOME (x + run->tap_step * i, mask) : LOAD (x + run->tap_step * i + j * LANES), a,
                               sums[i][j]);
      }
  _Pragma ("GCC unroll 4")
  for (int i = 0; i < m; i++)
    _Pragma ("GCC unroll 2")
    for (int j = 0; j < v; j++)
      {
        float *out = run->out + run->out_step * i + c + j * LANES;

        if (v == 1)
          STORE_SOME (out, mask, sums[i][j] + LOAD_SOME (out, mask));
        else
          STORE (out, sums[i][j] + LOAD (out));
      }
}

#define DEPTHWISE_WEIGHT(m) \
static void \
depthwise_weight##m (const SacConvDepthwiseWeight *run) \
{ \
  gint32 c = 0; \
  for (; run->n_channels - c >= 2 * LANES; c += 2 * LANES) \
    depthwise_weight_sums (run, c, m, 2, MASK_OF (LANES)); \
  for (; c < run->n_channels; c += LANES) \
    depthwise_weight_sums (run, c, m, 1, MASK_OF (run->n_channels - c)); \
}
DEPTHWISE_WEIGHT (1)
DEPTHWISE_WEIGHT (2)
DEPTHWISE_WEIGHT (3)
DEPTHWISE_WEIGHT (4)

static void
depthwise_weight (const SacConvDepthwiseWeight *all)
{
  SacConvDepthwiseWeight run = *all;

  for (gint32 left = all->n_taps; left > 0;)
    {
      const gint32 m = left >= 6 || left == 4 ? 4 : MIN (left, 3);      /* 5 as 3 + 2 */

      switch (m)
        {
        case 4: depthwise_weight4 (&run); break;
        case 3: depthwise_weight3 (&run); break;
        case 2: depthwise_weight2 (&run); break;
        default: depthwise_weight1 (&run);
        }
      run.x += run.tap_step * m;
      run.out += run.out_step * m;
      left -= m;
    }
}
