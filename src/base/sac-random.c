#include "sac-random.h"

#include <math.h>

/* Philox 4x32-10: multipliers and Weyl keys of Salmon et al. 2011, table 2. */
void
sac_random_block (SacRandomKey key, guint64 counter, guint32 out[4])
{
  guint32 c[4] = { (guint32) counter, (guint32) (counter >> 32), (guint32) key.stream, (guint32) (key.stream >> 32) };
  guint32 k0 = (guint32) key.seed, k1 = (guint32) (key.seed >> 32);

  for (int round = 0; round < 10; round++)
    {
      guint64 p0 = (guint64) 0xD2511F53u * c[0], p1 = (guint64) 0xCD9E8D57u * c[2];
      guint32 n[4] = { (guint32) (p1 >> 32) ^ c[1] ^ k0, (guint32) p1, (guint32) (p0 >> 32) ^ c[3] ^ k1, (guint32) p0 };

      c[0] = n[0], c[1] = n[1], c[2] = n[2], c[3] = n[3];
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
  for (int i = 0; i < 4; i++)
    out[i] = c[i];
}

/* SplitMix64's finaliser: full avalanche. */
static guint64
mix (guint64 x)
{
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

guint64
sac_random_stream (guint64 a, guint64 b, guint64 c)
{
  return mix (mix (mix (a + 0x9E3779B97F4A7C15u) ^ b) + 0x9E3779B97F4A7C15u * (c + 1));
}

guint32
sac_random_u32 (SacRandomKey key, guint64 counter)
{
  guint32 block[4];

  sac_random_block (key, counter >> 2, block);
  return block[counter & 3];
}

double
sac_random_unit (SacRandomKey key, guint64 counter)
{
  guint32 block[4];

  sac_random_block (key, counter, block);
  return (double) (((guint64) block[0] << 21) ^ (block[1] >> 11)) * 0x1p-53;
}

double
sac_random_normal (SacRandomKey key, guint64 counter)
{
  guint32 block[4];
  double u, v;

  sac_random_block (key, counter, block);
  u = ((double) block[0] + 1.0) * 0x1p-32;      /* (0,1]: the logarithm is finite */
  v = (double) block[1] * 0x1p-32;
  return sqrt (-2.0 * log (u)) * cos (2.0 * G_PI * v);
}

guint32
sac_random_below (SacRandomKey key, guint64 counter, guint32 n)
{
  g_return_val_if_fail (n > 0, 0);
  return (guint32) (((guint64) sac_random_u32 (key, counter) * n) >> 32);
}

void
sac_random_shuffle (SacRandomKey key, guint32 *index, guint n)
{
  for (guint i = 0; i < n; i++)
    index[i] = i;
  for (guint i = n; i > 1; i--)
    {
      guint j = sac_random_below (key, i, i);
      guint32 held = index[i - 1];

      index[i - 1] = index[j];
      index[j] = held;
    }
}
