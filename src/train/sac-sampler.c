#include "sac-train-private.h"

struct _SacSampler {
  guint n_items, n_frames, n_units;
  guint64 seed, epoch;
  guint32 *order;               /* of @epoch */
  gboolean drawn;
};

SacSampler *
_sac_sampler_new (guint n_items, guint n_frames, guint64 seed)
{
  SacSampler *sampler = g_new0 (SacSampler, 1);

  g_return_val_if_fail (n_items > 0, NULL);
  sampler->n_items = n_items;
  sampler->n_frames = n_frames;
  sampler->n_units = n_items * MAX (n_frames, 1);
  sampler->seed = seed;
  sampler->order = g_new (guint32, sampler->n_units);
  return sampler;
}

SacExample
_sac_sampler_at (SacSampler *sampler, guint64 position)
{
  guint64 epoch = position / sampler->n_units;
  guint32 unit;

  if (!sampler->drawn || epoch != sampler->epoch)
    {
      sac_random_shuffle ((SacRandomKey) { sampler->seed, sac_random_stream (epoch, 0, 0x6f72646572) },
                          sampler->order, sampler->n_units);
      sampler->epoch = epoch;
      sampler->drawn = TRUE;
    }
  unit = sampler->order[position % sampler->n_units];
  if (sampler->n_frames == 0)
    return (SacExample) { unit, 0, epoch };
  return (SacExample) { unit / sampler->n_frames, unit % sampler->n_frames, epoch };
}

guint
_sac_sampler_ahead (SacSampler *sampler, guint64 position, guint *items, guint max)
{
  guint64 epoch = position / sampler->n_units;
  guint n = 0;

  /* Only to the end of the epoch: looking into the next one would draw its order again and again. */
  for (guint i = 0; i < max && (position + i) / sampler->n_units == epoch; i++)
    {
      guint item = _sac_sampler_at (sampler, position + i).item;

      if (n == 0 || items[n - 1] != item)
        items[n++] = item;
    }
  return n;
}

void
_sac_sampler_free (SacSampler *sampler)
{
  if (!sampler)
    return;
  g_free (sampler->order);
  g_free (sampler);
}
