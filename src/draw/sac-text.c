/* Text by Pango, so that any script the machine has a font for is shown. */
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

void
_sac_text_init (SacText *text, const SacStyle *style)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  text->size = style->font_px > 0 ? style->font_px : 13;
  text->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());       /* this thread's */
  /* Metrics that do not depend on the scale: a picture at twice the size is the same picture. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (text->context, options);
  pango_context_set_round_glyph_positions (text->context, FALSE);
  cairo_font_options_destroy (options);
  text->layout = pango_layout_new (text->context);
  pango_layout_set_single_paragraph_mode (text->layout, TRUE);
  text->font = pango_font_description_from_string (style->font ? style->font : "Sans");
  text->bold = pango_font_description_copy (text->font);
  pango_font_description_set_weight (text->bold, PANGO_WEIGHT_SEMIBOLD);
}

void
_sac_text_clear (SacText *text)
{
  pango_font_description_free (text->font);
  pango_font_description_free (text->bold);
  g_object_unref (text->layout);
  g_object_unref (text->context);
}

void
_sac_text_set (SacText *text, const char *string, double scale, gboolean bold, double max_px)
{
  PangoFontDescription *font = bold ? text->bold : text->font;
  g_autofree char *valid = NULL;

  if (!string)
    string = "";
  if (strlen (string) > 4096 || !g_utf8_validate (string, -1, NULL))
    string = valid = g_utf8_make_valid (string, MIN (strlen (string), 4096));
  pango_font_description_set_absolute_size (font, text->size * scale * PANGO_SCALE);
  pango_layout_set_font_description (text->layout, font);
  pango_layout_set_ellipsize (text->layout, max_px > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  pango_layout_set_width (text->layout, max_px > 0 ? (int) ceil (max_px * PANGO_SCALE) : -1);
  pango_layout_set_text (text->layout, string, -1);
}

double
_sac_text_width (SacText *text)
{
  PangoRectangle logical;

  pango_layout_get_extents (text->layout, NULL, &logical);
  return logical.width / (double) PANGO_SCALE;
}

double
_sac_text_line (const SacText *text)
{
  return ceil (text->size * 1.4);
}

void
_sac_text_show (SacText *text, cairo_t *cr, double x, double y, double align_x, double align_y, const double ink[4])
{
  double width = _sac_text_width (text), baseline, digit;
  PangoRectangle logical;
  const PangoFontDescription *font = pango_layout_get_font_description (text->layout);

  /* Centred on the height of a digit, about 0.73 of the size, whatever the line's font has above and below it. */
  digit = 0.73 * pango_font_description_get_size (font) / PANGO_SCALE;
  pango_layout_get_extents (text->layout, NULL, &logical);
  baseline = pango_layout_get_baseline (text->layout) / (double) PANGO_SCALE;
  cairo_save (cr);
  _sac_source (cr, ink, 1);
  cairo_translate (cr, x - align_x * width - logical.x / (double) PANGO_SCALE, y - align_y * digit + digit - baseline);
  cairo_move_to (cr, 0, 0);
  pango_cairo_update_layout (cr, text->layout);
  pango_cairo_show_layout (cr, text->layout);
  cairo_restore (cr);
}
