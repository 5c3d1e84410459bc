/* From a file to the numbers a network reads: which frames, which square, which flips. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-augment-private.h"

G_DEFINE_QUARK (sac-data-error-quark, sac_data_error)

void
sac_clip_spec_init (SacClipSpec *spec)
{
  *spec = (SacClipSpec) { .n_frames = 32, .resize = 256, .crop = 224, .flip_horizontal = TRUE, .flip_vertical = TRUE,
                          .mean = { 0.485f, 0.456f, 0.406f }, .deviation = { 0.229f, 0.224f, 0.225f } };
}

static int
square_of (const SacClipSpec *spec)
{
  return spec->resize > 0 ? spec->resize : spec->crop;
}

gsize
sac_clip_bytes (const SacClipSpec *spec)
{
  return (gsize) spec->n_frames * _sac_choices (spec) * square_of (spec) * square_of (spec) * 3;
}

void
sac_clip_frames (guint n_available, guint n_frames, guint *out)
{
  g_return_if_fail (n_available > 0);
  /* floor ((i + ½) N / n) in whole numbers */
  for (guint i = 0; i < n_frames; i++)
    out[i] = (guint) ((2 * (guint64) i + 1) * n_available / (2 * (guint64) n_frames));
}

void
sac_clip_range (const SacItem *item, SacMedia *media, guint *first, guint *n_available)
{
  guint n = sac_media_get_n_frames (media), end = n;

  *first = 0;
  if (item->kind == SAC_ITEM_CLIP && n > 0)
    {
      *first = sac_media_get_frame_at (media, item->in_ns);
      /* The frame that is shown at the out point is the first one that no longer belongs. */
      if (item->out_ns < sac_media_get_duration_ns (media))
        end = MAX (sac_media_get_frame_at (media, item->out_ns), *first + 1);
    }
  *n_available = end > *first ? end - *first : 0;
}

/* The size of the whole picture once its shorter side is @square. */
static void
scaled_size (double width, double height, int square, int *full_width, int *full_height)
{
  double scale = square / MIN (width, height);

  *full_width = MAX (square, (int) lround (width * scale));
  *full_height = MAX (square, (int) lround (height * scale));
}

void
sac_clip_window (int width, int height, const SacClipSpec *spec, double window[4])
{
  int full_width, full_height, square = square_of (spec);

  g_return_if_fail (width > 0 && height > 0);
  scaled_size (width, height, square, &full_width, &full_height);
  window[0] = ((full_width - square) / 2 + (square - spec->crop) / 2) * (double) width / full_width;
  window[1] = ((full_height - square) / 2 + (square - spec->crop) / 2) * (double) height / full_height;
  window[2] = spec->crop * (double) width / full_width;
  window[3] = spec->crop * (double) height / full_height;
}

static gboolean
unreadable (const SacItem *item, const char *why, GError **error)
{
  g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE, _("“%s” cannot be read: %s"), item->name ? item->name : item->path, why);
  return FALSE;
}

static gboolean
decode_frames (const SacItem *item, const SacClipSpec *spec, SacMedia *media, guint8 *pixels, GCancellable *cancellable, GError **error)
{
  int square = square_of (spec), full_width, full_height;
  gsize frame_bytes = (gsize) square * square * 3;
  guint n_kept = spec->n_frames * _sac_choices (spec);
  g_autofree guint *list = g_new (guint, n_kept);
  g_autofree guint8 *rgb = NULL;
  gsize rgb_bytes = 0;
  guint first, n;

  sac_clip_range (item, media, &first, &n);
  if (n == 0)
    return unreadable (item, _("it holds no pictures"), error);
  _sac_clip_candidates (spec, n, list);
  for (guint i = 0; i < n_kept; i++)
    {
      g_autoptr (SacFrame) frame = NULL;
      int width, height;

      if (i > 0 && list[i] == list[i - 1])
        {
          memcpy (pixels + i * frame_bytes, pixels + (i - 1) * frame_bytes, frame_bytes);
          continue;
        }
      frame = sac_media_get_frame (media, first + list[i], cancellable, error);
      if (!frame)
        return FALSE;
      width = sac_frame_get_width (frame);
      height = sac_frame_get_height (frame);
      if (rgb_bytes < (gsize) width * height * 3)
        {
          g_free (rgb);
          rgb_bytes = (gsize) width * height * 3;
          rgb = g_try_malloc (rgb_bytes);
          if (!rgb)
            return unreadable (item, _("its pictures do not fit in memory"), error);
        }
      if (!sac_frame_convert (frame, SAC_PIXELS_RGB, rgb, (gsize) width * 3, error))
        return FALSE;
      scaled_size (width * sac_media_get_pixel_aspect (media), height, square, &full_width, &full_height);
      sac_resize_rgb (rgb, width, height, (gsize) width * 3, full_width, full_height, (full_width - square) / 2,
                      (full_height - square) / 2, square, square, pixels + i * frame_bytes);
    }
  return TRUE;
}

gboolean
sac_clip_decode (const SacItem *item, const SacClipSpec *spec, guint8 *pixels, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (GError) failed = NULL;

  g_return_val_if_fail (item != NULL && item->path != NULL, FALSE);
  g_return_val_if_fail (spec->crop > 0 && square_of (spec) >= spec->crop && spec->n_frames > 0, FALSE);
  if (item->problem)
    return unreadable (item, item->problem, error);
  if (item->kind == SAC_ITEM_SIGNAL)
    return unreadable (item, _("it is a signal, not a video"), error);
  media = sac_media_open (item->path, cancellable, &failed);
  if (media && item->hash && strcmp (sac_media_get_hash (media), item->hash) != 0)
    return unreadable (item, _("the file is not the one that was labelled; import it again"), error);
  if (media && decode_frames (item, spec, media, pixels, cancellable, &failed))
    return TRUE;
  if (g_error_matches (failed, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE) || g_cancellable_is_cancelled (cancellable))
    {
      if (failed)
        g_propagate_error (error, g_steal_pointer (&failed));
      else
        g_cancellable_set_error_if_cancelled (cancellable, error);
      return FALSE;
    }
  return unreadable (item, failed ? failed->message : _("unknown reason"), error);
}

/* ---- augmentation. */
SacRandomKey
sac_clip_key (guint64 seed, guint64 epoch, guint item, int frame)
{
  return (SacRandomKey) { seed, sac_random_stream (epoch, item, 0xDA7A0000u + (guint64) (frame + 1)) };
}

/* One frame as it lies, its crop × crop pixels from (x, y). */
static void
copy_crop (const guint8 *pixels, int square, int crop, int x, int y, gboolean mirror, gboolean upside_down, float table[3][256], float *out)
{
  for (int row = 0; row < crop; row++)
    {
      int source = upside_down ? y + crop - 1 - row : y + row;
      const guint8 *p = pixels + ((gsize) source * square + x) * 3;

      if (mirror)
        for (const guint8 *q = p + 3 * (crop - 1); q >= p; q -= 3, out += 3)
          out[0] = table[0][q[0]], out[1] = table[1][q[1]], out[2] = table[2][q[2]];
      else
        for (const guint8 *q = p; q < p + 3 * crop; q += 3, out += 3)
          out[0] = table[0][q[0]], out[1] = table[1][q[1]], out[2] = table[2][q[2]];
    }
}

/* The same of any part, bilinear, and with other colours. */
static void
warp (const guint8 *pixels, int square, const SacClipSpec *spec, const double part[4], gboolean mirror, gboolean upside_down,
      double colours[3][4], float *out)
{
  int crop = spec->crop;

  for (int row = 0; row < crop; row++)
    for (int column = 0; column < crop; column++, out += 3)
      {
        double x = part[0] + ((mirror ? crop - 1 - column : column) + 0.5) * part[2] / crop - 0.5;
        double y = part[1] + ((upside_down ? crop - 1 - row : row) + 0.5) * part[3] / crop - 0.5, rgb[3];
        int left = (int) floor (x), top = (int) floor (y), x0 = CLAMP (left, 0, square - 1), x1 = CLAMP (left + 1, 0, square - 1);
        const guint8 *above = pixels + (gsize) CLAMP (top, 0, square - 1) * square * 3;
        const guint8 *below = pixels + (gsize) CLAMP (top + 1, 0, square - 1) * square * 3;

        x -= left;
        y -= top;
        for (int c = 0; c < 3; c++)
          rgb[c] = ((1 - y) * ((1 - x) * above[3 * x0 + c] + x * above[3 * x1 + c])
                    + y * ((1 - x) * below[3 * x0 + c] + x * below[3 * x1 + c])) / 255;
        for (int c = 0; c < 3; c++)
          {
            double v = colours[c][0] * rgb[0] + colours[c][1] * rgb[1] + colours[c][2] * rgb[2] + colours[c][3];

            out[c] = ((float) CLAMP (v, 0, 1) - spec->mean[c]) / spec->deviation[c];
          }
      }
}

/* Of every seventh pixel. */
static void
mean_colour (const guint8 *pixels, gsize n, double mean[3])
{
  gsize used = 0;

  mean[0] = mean[1] = mean[2] = 0;
  for (gsize i = 0; i < n; i += 7, used++)
    for (int c = 0; c < 3; c++)
      mean[c] += pixels[3 * i + c];
  for (int c = 0; c < 3 && used; c++)
    mean[c] /= 255.0 * (double) used;
}

static void
transform (const guint8 *pixels, const SacClipSpec *spec, guint from, guint to, const SacRandomKey *key, float *out)
{
  int square = square_of (spec), crop = spec->crop, x = (square - crop) / 2, y = x;
  gsize picture = (gsize) square * square * 3;
  gboolean mirror = FALSE, upside_down = FALSE, plain = !key || (spec->least_area <= 0 && spec->jitter <= 0 && spec->pca <= 0);
  double part[4], colours[3][4], mean[3];
  float table[3][256];

  if (key)
    {
      mirror = spec->flip_horizontal && sac_random_unit (*key, 0) < 0.5;
      upside_down = spec->flip_vertical && sac_random_unit (*key, 1) < 0.5;
      y = sac_random_below (*key, 2, square - crop + 1);
      x = sac_random_below (*key, 3, square - crop + 1);
    }
  if (plain)
    for (int c = 0; c < 3; c++)
      for (int v = 0; v < 256; v++)
        table[c][v] = (v / 255.0f - spec->mean[c]) / spec->deviation[c];
  else
    {
      part[0] = x;
      part[1] = y;
      part[2] = part[3] = crop;
      if (spec->least_area > 0)
        sac_clip_random_part (spec, square, key, part);
      mean_colour (pixels, (gsize) spec->n_frames * _sac_choices (spec) * picture / 3, mean);
      sac_clip_random_colours (spec, mean, key, colours);
    }
  for (guint t = from; t < to; t++, out += (gsize) crop * crop * 3)
    {
      const guint8 *frame = pixels + ((gsize) t * _sac_choices (spec) + _sac_clip_choose (spec, t, key)) * picture;

      if (plain)
        copy_crop (frame, square, crop, x, y, mirror, upside_down, table, out);
      else
        warp (frame, square, spec, part, mirror, upside_down, colours, out);
    }
}

void
sac_clip_transform (const guint8 *pixels, const SacClipSpec *spec, const SacRandomKey *key, float *out)
{
  transform (pixels, spec, 0, spec->n_frames, key, out);
}

void
sac_clip_transform_frame (const guint8 *pixels, const SacClipSpec *spec, guint frame, const SacRandomKey *key, float *out)
{
  g_return_if_fail (frame < spec->n_frames);
  transform (pixels, spec, frame, frame + 1, key, out);
}

gboolean
sac_clip_load (const SacItem *item, const SacClipSpec *spec, const SacRandomKey *key, float *out, GCancellable *cancellable,
               GError **error)
{
  g_autofree guint8 *pixels = g_try_malloc (sac_clip_bytes (spec));

  if (!pixels)
    return unreadable (item, _("its pictures do not fit in memory"), error);
  if (!sac_clip_decode (item, spec, pixels, cancellable, error))
    return FALSE;
  sac_clip_transform (pixels, spec, key, out);
  return TRUE;
}
