/* From 2-D to 3-D kernels, and what the two ways of doing it see at the start.  methods/01 §2.3, §2.5, §5.3 */
#include "sac-weight-files.h"

void
sac_inflate_kernel (const float *in, gsize n_out_in, gsize kernel_area, guint n, SacInflation how, float *out)
{
  g_return_if_fail (n > 0);
  g_return_if_fail (how == SAC_INFLATE_AVERAGE || n % 2 == 1);

  for (gsize k = 0; k < n_out_in; k++)
    for (guint t = 0; t < n; t++)
      for (gsize i = 0; i < kernel_area; i++)
        {
          float w = in[k * kernel_area + i], *to = out + (k * n + t) * kernel_area + i;

          *to = how == SAC_INFLATE_AVERAGE ? w / (float) n : t == n / 2 ? w : 0;
        }
}

double
sac_temporal_anisotropy (const float *kernel, gsize n_out_in, guint n, gsize kernel_area)
{
  double whole = 0, rest = 0;

  for (gsize k = 0; k < n_out_in; k++)
    for (gsize i = 0; i < kernel_area; i++)
      {
        const float *w = kernel + k * n * kernel_area + i;
        double mean = 0;

        for (guint t = 0; t < n; t++)
          mean += w[t * kernel_area] / (double) n;
        for (guint t = 0; t < n; t++)
          {
            whole += (double) w[t * kernel_area] * w[t * kernel_area];
            rest += (w[t * kernel_area] - mean) * (w[t * kernel_area] - mean);
          }
      }
  return whole > 0 ? rest / whole : 0;
}

void
sac_temporal_receptive_set (guint n_frames, SacInflation how, gboolean *touched)
{
  /* Every 3-tap layer with a stride in the inflated networks, and one of stride 1 per stage: more of those reach no
   * further than what averaging already reaches, and centring looks straight through them. */
  static const struct { guint stride; gboolean pool; } layers[] = {
    { 1, FALSE }, { 2, TRUE }, { 1, FALSE }, { 2, FALSE }, { 1, FALSE }, { 2, FALSE }, { 1, FALSE }, { 2, FALSE }, { 1, FALSE },
  };
  guint length[G_N_ELEMENTS (layers) + 1];
  g_autofree gboolean *after = g_new (gboolean, MAX (n_frames, 1)), *before = g_new (gboolean, MAX (n_frames, 1));

  if (n_frames == 0)
    return;
  length[0] = n_frames;
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    length[i + 1] = (length[i] - 1) / layers[i].stride + 1;
  for (guint t = 0; t < length[G_N_ELEMENTS (layers)]; t++)
    after[t] = TRUE;            /* the head averages over time */
  for (guint i = G_N_ELEMENTS (layers); i-- > 0;)
    {
      gboolean *held = after;

      for (guint t = 0; t < length[i]; t++)
        before[t] = FALSE;
      for (guint t = 0; t < length[i + 1]; t++)
        for (int tap = -1; tap <= 1; tap++)
          {
            gint64 at = (gint64) t * layers[i].stride + tap;

            if (!after[t] || (tap != 0 && how == SAC_INFLATE_CENTRE && !layers[i].pool))
              continue;
            if (at >= 0 && at < length[i])
              before[at] = TRUE;
          }
      after = before;
      before = held;
    }
  for (guint t = 0; t < n_frames; t++)
    touched[t] = after[t];
}
