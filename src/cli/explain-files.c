#include "explain-files.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "media/sac-media.h"
#include "weights/sac-weight-files.h"

/* ---- frames. */

static cairo_surface_t *
load_frame (SacMedia *media, guint number, const double crop[4], GError **error)
{
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, NULL, error);
  cairo_surface_t *whole, *part;
  cairo_t *cr;

  if (!frame)
    return NULL;
  whole = cairo_image_surface_create (CAIRO_FORMAT_RGB24, sac_frame_get_width (frame), sac_frame_get_height (frame));
  if (cairo_surface_status (whole) != CAIRO_STATUS_SUCCESS
      || !sac_frame_convert (frame, SAC_PIXELS_BGRA, cairo_image_surface_get_data (whole),
                             (gsize) cairo_image_surface_get_stride (whole), error))
    {
      if (error && !*error)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("not enough memory for a frame"));
      cairo_surface_destroy (whole);
      return NULL;
    }
  cairo_surface_mark_dirty (whole);
  if (!crop)
    return whole;
  part = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX ((int) lrint (crop[2]), 1), MAX ((int) lrint (crop[3]), 1));
  cr = cairo_create (part);
  cairo_set_source_surface (cr, whole, -lrint (crop[0]), -lrint (crop[1]));
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (whole);
  return part;
}

static void
surface_free (gpointer surface)
{
  cairo_surface_destroy (surface);
}

static GPtrArray *
load_frames (const SacShown *shown, GError **error)
{
  g_autoptr (SacMedia) media = sac_media_open (shown->path, NULL, error);
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func (surface_free);

  for (guint i = 0; i < shown->n && media; i++)
    {
      cairo_surface_t *frame = load_frame (media, shown->frames[i], shown->crop, error);

      if (!frame)
        return NULL;
      g_ptr_array_add (frames, frame);
    }
  return media ? g_steal_pointer (&frames) : NULL;
}

static SacHeat
heat_of (const SacShown *shown, const float *map)
{
  SacHeat heat = shown->heat;
  gsize area = (gsize) shown->h * (gsize) shown->w;

  heat.low = 0, heat.high = 1;
  if (shown->range == SAC_RANGE_FRAME && map)
    sac_heat_range (map, area, &heat.low, &heat.high);
  else if (shown->range != SAC_RANGE_WHOLE)
    sac_heat_range (shown->maps, area * shown->n, &heat.low, &heat.high);
  return heat;
}

static float *
dup_shares (const SacShown *shown)
{
  float *shares = shown->weights ? g_new (float, shown->n) : NULL;

  if (shares)
    sac_time_shares (shown->weights, shown->n, shown->mend_ends, shares);
  return shares;
}

/* ---- pictures. */

typedef struct {
  SacSheet sheet;
  SacStyle style;
} Picture;

static void
draw_sheet (cairo_t *cr, double width, double height, gpointer data)
{
  Picture *p = data;

  sac_sheet_draw (cr, width, height, &p->style, &p->sheet);
}

gboolean
sac_explain_write_sheet (const char *file, const SacShown *shown, SacSheetKind kind, GError **error)
{
  g_autoptr (GPtrArray) frames = load_frames (shown, error);
  g_autofree float *shares = dup_shares (shown);
  guint columns = MIN (shown->n, 8);    /* 32 frames: the paper's 8×4 */
  Picture picture;
  double width;

  if (!frames)
    return FALSE;
  width = columns * 180;
  sac_style_init (&picture.style, FALSE);
  picture.sheet = (SacSheet) { kind, (cairo_surface_t *const *) frames->pdata, shown->n, shown->maps, shown->h, shown->w,
                               shares, shown->frames,
                               heat_of (shown, NULL), columns, -1 };
  return sac_draw_to_file (file, width, MAX (sac_sheet_height (width, &picture.style, &picture.sheet), 40), draw_sheet, &picture, error);
}

typedef struct {
  cairo_surface_t *frame;
  const float *map;
  int h, w;
  SacHeat heat;
} One;

static void
draw_one (cairo_t *cr, double width, double height, gpointer data)
{
  One *one = data;

  sac_heat_draw (cr, width, height, one->frame, one->map, one->h, one->w, &one->heat);
}

gboolean
sac_explain_write_folder (const char *folder, const SacShown *shown, GError **error)
{
  g_autofree char *strip = g_build_filename (folder, "strip.png", NULL);
  g_autoptr (GPtrArray) frames = load_frames (shown, error);
  gboolean fine = frames != NULL;

  if (fine && g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Cannot make the folder %s"), folder);
      return FALSE;
    }
  for (guint i = 0; i < shown->n && fine; i++)
    {
      g_autofree char *file = g_strdup_printf ("%s/frame-%06u.png", folder, shown->frames[i]);
      const float *map = shown->maps + (gsize) i * (gsize) shown->h * (gsize) shown->w;
      One one = { frames->pdata[i], map, shown->h, shown->w, heat_of (shown, map) };

      fine = sac_draw_to_file (file, cairo_image_surface_get_width (one.frame),
                               cairo_image_surface_get_height (one.frame), draw_one, &one, error);
    }
  return fine && sac_explain_write_sheet (strip, shown, SAC_SHEET_STRIP, error);
}

/* ---- video. */

static void
draw_video_frame (cairo_surface_t *frame, const SacShown *shown, const float *map, gboolean has_time, float share)
{
  SacHeat heat = heat_of (shown, map);
  cairo_t *cr = cairo_create (frame);
  double height = cairo_image_surface_get_height (frame), bar = CLAMP (height * 25 / 224, 4, 40), rgb[3];

  cairo_save (cr);
  if (shown->crop[2] > 0 && shown->crop[3] > 0)
    cairo_translate (cr, shown->crop[0], shown->crop[1]);
  sac_heat_draw (cr, shown->crop[2] > 0 ? shown->crop[2] : cairo_image_surface_get_width (frame),
                 shown->crop[3] > 0 ? shown->crop[3] : height,
                 NULL, map, shown->h, shown->w, &heat);
  cairo_restore (cr);
  if (has_time)
    {
      sac_colour_map (heat.colours, (double) share, rgb);
      cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (frame), bar);
      cairo_set_source_rgb (cr, rgb[0], rgb[1], rgb[2]);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
  cairo_surface_flush (frame);
}

/* @width and @height even, as encoders want. */
static void
take_rgb (cairo_surface_t *frame, int width, int height, guint8 *rgb)
{
  const guint8 *data = cairo_image_surface_get_data (frame);
  int stride = cairo_image_surface_get_stride (frame);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint32 pixel;

        memcpy (&pixel, data + (gsize) y * (gsize) stride + 4 * (gsize) x, sizeof pixel);
        for (int k = 0; k < 3; k++)
          rgb[3 * ((gsize) y * (gsize) width + (gsize) x) + (gsize) k] = (guint8) (pixel >> (16 - 8 * k));
      }
}

gboolean
sac_explain_write_video (const char *file, const SacShown *shown, SacProgressFunc progress, GError **error)
{
  g_autoptr (SacMedia) media = sac_media_open (shown->path, NULL, error);
  const char *dot = strrchr (file, '.') ? strrchr (file, '.') : "";
  g_autofree char *part = g_strdup_printf ("%.*s.part%s", (int) (strlen (file) - strlen (dot)), file, dot);
  g_autofree float *shares = dup_shares (shown), *map = g_new (float, (gsize) shown->h * (gsize) shown->w);
  g_autofree guint8 *rgb = NULL;
  SacEncoder *encoder;
  gboolean fine = TRUE;
  int width, height;
  guint n;

  if (!media)
    return FALSE;
  width = sac_media_get_width (media) & ~1;
  height = sac_media_get_height (media) & ~1;
  n = MIN (shown->n_clip, sac_media_get_n_frames (media) - MIN (shown->first, sac_media_get_n_frames (media)));
  rgb = g_try_malloc (3 * (gsize) MAX (width, 1) * (gsize) MAX (height, 1));
  encoder = rgb ? sac_encoder_new (part, width, height, (int) lrint (MAX (sac_media_get_fps (media), 0.1) * 1000), 1000, error) : NULL;
  if (!encoder)
    return FALSE;
  for (guint i = 0; i < n && fine; i++)
    {
      cairo_surface_t *frame = load_frame (media, shown->first + i, NULL, error);
      float share = 0;

      if (!frame)
        {
          fine = FALSE;
          break;
        }
      sac_map_at (shown->maps, shown->frames, shown->n, (gsize) shown->h * (gsize) shown->w, shown->first + i, map);
      if (shares)
        sac_map_at (shares, shown->frames, shown->n, 1, shown->first + i, &share);
      draw_video_frame (frame, shown, map, shares != NULL, share);
      take_rgb (frame, MIN (width, cairo_image_surface_get_width (frame)), MIN (height, cairo_image_surface_get_height (frame)), rgb);
      cairo_surface_destroy (frame);
      fine = sac_encoder_push (encoder, rgb, 3 * (gsize) width, error);
      if (progress)
        progress ((double) (i + 1) / n, file, NULL);
    }
  fine = sac_encoder_finish (encoder, fine ? error : NULL) && fine;
  if (fine && g_rename (part, file) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Cannot write %s"), file);
      fine = FALSE;
    }
  if (!fine)
    g_unlink (part);
  return fine;
}

/* ---- numbers. */

/* NumPy's format 1.0: a heading padded to 64 bytes, then the numbers as they lie. */
static gboolean
write_npy (const char *file, const float *values, const gint64 *dims, guint rank, GError **error)
{
  g_autoptr (GString) shape = g_string_new (NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree char *head = NULL;
  gsize n = 1, length, padded;

  for (guint i = 0; i < rank; i++)
    {
      g_string_append_printf (shape, "%s%" G_GINT64_FORMAT "%s", i ? " " : "", dims[i], i + 1 < rank || rank == 1 ? "," : "");
      n *= (gsize) dims[i];
    }
  head = g_strdup_printf ("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape->str);
  length = strlen (head) + 1;
  padded = (10 + length + 63) / 64 * 64 - 10;
  g_byte_array_append (out, (const guint8 *) "\x93NUMPY\x01\x00", 8);
  g_byte_array_append (out, (const guint8[]) { (guint8) (padded & 0xff), (guint8) (padded >> 8) }, 2);
  g_byte_array_append (out, (const guint8 *) head, (guint) (length - 1));
  while (out->len < 10 + padded - 1)
    g_byte_array_append (out, (const guint8 *) " ", 1);
  g_byte_array_append (out, (const guint8 *) "\n", 1);
  g_byte_array_append (out, (const guint8 *) values, (guint) (n * sizeof (float)));
  return g_file_set_contents (file, (const char *) out->data, out->len, error);
}

gboolean
sac_explain_write_maps (const char *file, const SacShown *shown, const SacLook *look, GError **error)
{
  g_autofree float *frames = g_new (float, shown->n), *crop = g_new (float, 4);
  SacTensorOut out[8];
  guint n = 0;

  if (g_str_has_suffix (file, ".npy"))
    {
      g_autofree char *stem = g_strndup (file, strlen (file) - 4), *time = g_strdup_printf ("%s-time.npy", stem);

      return write_npy (file, shown->maps, (gint64[]) { shown->n, shown->h, shown->w }, 3, error)
             && (!shown->weights || write_npy (time, shown->weights, (gint64[]) { shown->n }, 1, error));
    }
  if (!g_str_has_suffix (file, ".safetensors"))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("%s: numbers are written as .npy or .safetensors"), file);
      return FALSE;
    }
  for (guint i = 0; i < shown->n; i++)
    frames[i] = (float) shown->frames[i];
  for (guint i = 0; i < 4; i++)
    crop[i] = (float) shown->crop[i];
  out[n++] = (SacTensorOut) { "map", 3, { shown->n, shown->h, shown->w }, shown->maps };
  out[n++] = (SacTensorOut) { "frames", 1, { shown->n }, frames };
  out[n++] = (SacTensorOut) { "crop", 1, { 4 }, crop };
  out[n++] = (SacTensorOut) { "scores", 1, { look->n_labels }, look->scores };
  if (shown->weights)
    out[n++] = (SacTensorOut) { "time", 1, { shown->n }, shown->weights };
  if (look->spatial)
    out[n++] = (SacTensorOut) { "spatial", 3, { look->t, look->h, look->w }, look->spatial };
  if (look->temporal)
    out[n++] = (SacTensorOut) { "temporal", 1, { look->t }, look->temporal };
  if (look->class_maps)
    out[n++] = (SacTensorOut) { "class_maps", 4, { look->n_labels, look->t, look->h, look->w }, look->class_maps };
  return sac_safetensors_write (file, out, n, NULL, error);
}
