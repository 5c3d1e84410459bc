/* The kinds of resample3d: what their taps are, and the functions that build them. */
#include "max-pool-private.h"
#include "resample-private.h"

#include <math.h>

static void
sizes_of (SacShape s, gint32 sizes[3])
{
  sizes[0] = s.t;
  sizes[1] = s.h;
  sizes[2] = s.w;
}

static gint32
window (gint32 from, gint32 to, float weight, SacTap *taps)
{
  for (gint32 i = from; taps && i < to; i++)
    *taps++ = (SacTap) { i, weight };
  return to - from;
}

static gint32
linear (double at, gint32 in, SacTap *taps)
{
  const gint32 low = (gint32) CLAMP (floor (at), 0, in - 1);
  const double part = CLAMP (at - low, 0, 1);
  const gboolean two = part > 0 && low + 1 < in;

  if (taps)
    {
      taps[0] = (SacTap) { low, two ? (float) (1 - part) : 1 };
      if (two)
        taps[1] = (SacTap) { low + 1, (float) part };
    }
  return two ? 2 : 1;
}

gint32
_sac_resample_taps (const SacResample3d *map, int axis, gint32 o, SacTap *taps)
{
  const gint32 in = map->from[axis], out = map->to[axis];

  switch ((SacResampleKind) map->kind)
    {
    case SAC_RESAMPLE_AVERAGE:
      {
        const gint32 start = o * map->stride[axis] - map->pad[axis];
        const gint32 end = MIN (start + map->kernel[axis], in + map->pad[axis]), from = MAX (start, 0), to = MIN (end, in);

        return window (from, to, 1.0f / (float) (map->option ? end - start : to - from), taps);
      }
    case SAC_RESAMPLE_ADAPTIVE:
      {
        const gint32 from = (gint32) ((gint64) o * in / out), to = (gint32) (((gint64) (o + 1) * in + out - 1) / out);

        return window (from, to, 1.0f / (float) (to - from), taps);
      }
    case SAC_RESAMPLE_NEAREST:
      return window ((gint32) ((gint64) o * in / out), (gint32) ((gint64) o * in / out) + 1, 1, taps);
    case SAC_RESAMPLE_LINEAR:
      if (map->option)
        return linear (out > 1 ? (double) o * (in - 1) / (out - 1) : 0, in, taps);
      return linear ((o + 0.5) * in / out - 0.5, in, taps);
    case SAC_RESAMPLE_PAD:
    default:
      {
        gint32 i = o - map->pad[axis];

        if (map->option == SAC_PAD_REPLICATE)
          i = CLAMP (i, 0, in - 1);
        else if (map->option == SAC_PAD_REFLECT)
          i = i < 0 ? -i : i >= in ? 2 * (in - 1) - i : i;
        else if (i < 0 || i >= in)
          return 0;
        return window (i, i + 1, 1, taps);
      }
    }
}

static SacVar
append (SacGraph *g, SacVar x, const SacResample3d *map)
{
  return sac_graph_append (g, &sac_op_resample3d, &x, 1, map);
}

static SacVar
misfit (SacGraph *g, SacVar x, const char *what)
{
  g_autofree char *text = sac_shape_dup_string (sac_graph_get_shape (g, x));

  sac_graph_poison (g, "%s does not fit %s", what, text);
  return 0;
}

SacVar
sac_avg_pool3d (SacGraph *g, SacVar x, const SacPool3d *pool, gboolean count_padding)
{
  SacResample3d map = { .kind = SAC_RESAMPLE_AVERAGE, .option = count_padding };
  SacShape y;
  g_autoptr (GError) error = NULL;

  if (!x)
    return 0;
  if (!_sac_max_pool_shape (sac_graph_get_shape (g, x), pool, &y, &error))
    {
      sac_graph_poison (g, "avg_pool3d: %s", error->message);
      return 0;
    }
  sizes_of (sac_graph_get_shape (g, x), map.from);
  sizes_of (y, map.to);
  for (int a = 0; a < 3; a++)
    {
      map.kernel[a] = pool->kernel[a];
      map.stride[a] = pool->stride[a];
      map.pad[a] = pool->pad[a];
    }
  return append (g, x, &map);
}

static SacVar
to_size (SacGraph *g, SacVar x, SacResampleKind kind, gint32 option, gint32 t, gint32 h, gint32 w)
{
  SacResample3d map = { .kind = (gint32) kind, .option = option, .to = { t, h, w } };

  if (!x)
    return 0;
  if (t < 1 || h < 1 || w < 1)
    return misfit (g, x, "resample3d: a size below 1");
  sizes_of (sac_graph_get_shape (g, x), map.from);
  return append (g, x, &map);
}

SacVar
sac_adaptive_avg_pool3d (SacGraph *g, SacVar x, gint32 t, gint32 h, gint32 w)
{
  return to_size (g, x, SAC_RESAMPLE_ADAPTIVE, 0, t, h, w);
}

SacVar
sac_resize_nearest (SacGraph *g, SacVar x, gint32 t, gint32 h, gint32 w)
{
  return to_size (g, x, SAC_RESAMPLE_NEAREST, 0, t, h, w);
}

SacVar
sac_resize_linear (SacGraph *g, SacVar x, gint32 t, gint32 h, gint32 w, gboolean align_corners)
{
  return to_size (g, x, SAC_RESAMPLE_LINEAR, align_corners, t, h, w);
}

SacVar
sac_pad3d (SacGraph *g, SacVar x, const gint32 before[3], const gint32 after[3], SacPadMode mode)
{
  SacResample3d map = { .kind = SAC_RESAMPLE_PAD, .option = (gint32) mode };

  if (!x)
    return 0;
  sizes_of (sac_graph_get_shape (g, x), map.from);
  for (int a = 0; a < 3; a++)
    {
      const gint64 in = map.from[a], size = in + before[a] + after[a];

      if (size < 1 || size > G_MAXINT32 || (mode == SAC_PAD_REFLECT && (before[a] >= in || after[a] >= in)))
        return misfit (g, x, mode == SAC_PAD_REFLECT ? "pad3d: reflection needs more pixels than it adds; this padding"
                                                     : "pad3d: the padding");
      map.pad[a] = before[a];
      map.to[a] = (gint32) size;
    }
  return append (g, x, &map);
}
