/* Pictures to files: PNG, SVG, PDF.  Written to memory first, so that a file is whole or absent. */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
check (cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture cannot be drawn: %s"), cairo_status_to_string (status));
  return FALSE;
}

static gboolean
check_size (double width, double height, double scale, GError **error)
{
  if (width > 0 && height > 0 && scale > 0 && width * scale <= 32767 && height * scale <= 32767)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("A picture of %g × %g pixels cannot be drawn"), width * scale,
               height * scale);
  return FALSE;
}

GBytes *
sac_draw_png (double width, double height, double scale, SacDrawFunc draw, gpointer data, GError **error)
{
  GByteArray *bytes;
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  if (!check_size (width, height, scale, error))
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) ceil (width * scale), (int) ceil (height * scale));
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  draw (cr, width, height, data);
  status = cairo_status (cr);
  cairo_destroy (cr);
  bytes = g_byte_array_new ();
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  if (check (status, error))
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  return NULL;
}

static GByteArray *
vector (gboolean svg, double width, double height, SacDrawFunc draw, gpointer data, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  if (!check_size (width, height, 1, error))
    return NULL;
  if (svg)
    {
      surface = cairo_svg_surface_create_for_stream (append, bytes, width, height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
    }
  else
    surface = cairo_pdf_surface_create_for_stream (append, bytes, width, height);
  cr = cairo_create (surface);
  draw (cr, width, height, data);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return check (status, error) ? g_steal_pointer (&bytes) : NULL;
}

/* Several pictures in one page share its ids: each picture's get a prefix made from what it shows, so that equal pictures may share. */
static char *
own_ids (const char *svg)
{
  static const char *const before[] = { "id=\"", "href=\"#", "url(#" };
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, svg, -1);
  GString *out = g_string_sized_new (strlen (svg) + strlen (svg) / 8);

  hash[8] = '\0';
  while (*svg)
    {
      const char *next = NULL;
      gsize length = 0;

      for (guint i = 0; i < G_N_ELEMENTS (before); i++)
        if (g_str_has_prefix (svg, before[i]))
          {
            next = svg;
            length = strlen (before[i]);
          }
      if (next)
        {
          g_string_append_len (out, svg, length);
          g_string_append_printf (out, "s%s-", hash);
          svg += length;
        }
      else
        g_string_append_c (out, *svg++);
    }
  return g_string_free (out, FALSE);
}

char *
sac_draw_dup_svg (double width, double height, SacDrawFunc draw, gpointer data)
{
  g_autoptr (GByteArray) bytes = vector (TRUE, width, height, draw, data, NULL);
  const char *start;

  if (!bytes)
    return NULL;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  start = strstr ((const char *) bytes->data, "<svg");
  return start ? own_ids (start) : NULL;
}

gboolean
sac_draw_to_file (const char *path, double width, double height, SacDrawFunc draw, gpointer data, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".png"))
    {
      g_autoptr (GBytes) png = sac_draw_png (width, height, 2, draw, data, error);

      return png && sac_file_replace (path, g_bytes_get_data (png, NULL), g_bytes_get_size (png), error);
    }
  if (g_str_has_suffix (lower, ".svg") || g_str_has_suffix (lower, ".pdf"))
    {
      g_autoptr (GByteArray) bytes = vector (lower[strlen (lower) - 1] == 'g', width, height, draw, data, error);

      return bytes && sac_file_replace (path, bytes->data, bytes->len, error);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("“%s”: pictures are written as .png, .svg or .pdf"), path);
  return FALSE;
}
