/* For the files of AVX-512 kernels, which define STORE. */
#pragma once

/* 16 rows of 16 numbers turned, in four rounds of shuffles. */
static inline void
transpose16 (float *to, gsize to_step, __m512 r[16])
{
  __m512 t[16];

  for (int i = 0; i < 8; i++)
    {
      t[2 * i] = _mm512_unpacklo_ps (r[2 * i], r[2 * i + 1]);
      t[2 * i + 1] = _mm512_unpackhi_ps (r[2 * i], r[2 * i + 1]);
    }
  for (int i = 0; i < 4; i++)
    {
      __m512d a = _mm512_castps_pd (t[4 * i]), b = _mm512_castps_pd (t[4 * i + 1]);
      __m512d c = _mm512_castps_pd (t[4 * i + 2]), d = _mm512_castps_pd (t[4 * i + 3]);

      r[4 * i] = _mm512_castpd_ps (_mm512_unpacklo_pd (a, c));
      r[4 * i + 1] = _mm512_castpd_ps (_mm512_unpackhi_pd (a, c));
      r[4 * i + 2] = _mm512_castpd_ps (_mm512_unpacklo_pd (b, d));
      r[4 * i + 3] = _mm512_castpd_ps (_mm512_unpackhi_pd (b, d));
    }
  for (int i = 0; i < 4; i++)
    {
      __m512 a = _mm512_shuffle_f32x4 (r[i], r[i + 4], 0x88), b = _mm512_shuffle_f32x4 (r[i + 8], r[i + 12], 0x88);
      __m512 c = _mm512_shuffle_f32x4 (r[i], r[i + 4], 0xdd), d = _mm512_shuffle_f32x4 (r[i + 8], r[i + 12], 0xdd);

      STORE (to + i * to_step, _mm512_shuffle_f32x4 (a, b, 0x88));
      STORE (to + (i + 8) * to_step, _mm512_shuffle_f32x4 (a, b, 0xdd));
      STORE (to + (i + 4) * to_step, _mm512_shuffle_f32x4 (c, d, 0x88));
      STORE (to + (i + 12) * to_step, _mm512_shuffle_f32x4 (c, d, 0xdd));
    }
}
