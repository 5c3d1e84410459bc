#include "sac-track-painter.h"

#define HANDLE 8

static void
set_colour (cairo_t *cr, guint32 colour, double alpha)
{
  cairo_set_source_rgba (cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0, alpha);
}

static void
paint_handles (cairo_t *cr, double x, double y, double w, double h, guint32 colour)
{
  for (guint i = 0; i < 9; i++)
    {
      double at_x = x + w * (i % 3) / 2, at_y = y + h * (i / 3) / 2;

      if (i == 4 || (w < 3 * HANDLE && i % 3 == 1) || (h < 3 * HANDLE && i / 3 == 1))
        continue;               /* the middle, and those of short sides, would hide what is in the box */
      cairo_rectangle (cr, at_x - HANDLE / 2.0, at_y - HANDLE / 2.0, HANDLE, HANDLE);
    }
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.75);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  set_colour (cr, colour, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

/* Above the box, or inside where there is no room above, and never beyond the picture. */
static void
paint_tag (cairo_t *cr, PangoLayout *layout, const graphene_rect_t *picture, double x, double y, const SacBoxLook *look)
{
  double left = picture->origin.x, right = left + picture->size.width;
  int width, height;

  pango_layout_set_text (layout, look->name, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  x = CLAMP (x - 1, left, MAX (right - width - 14, left));
  y = y - height - 4 >= picture->origin.y ? y - height - 4 : MAX (y, picture->origin.y) + 2;
  cairo_rectangle (cr, x, y, width + 14, height + 2);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.72);
  cairo_fill (cr);
  cairo_rectangle (cr, x, y, 4, height + 2);
  set_colour (cr, look->colour, 1);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, x + 9, y + 1);
  pango_cairo_show_layout (cr, layout);
}

void
sac_track_paint_box (cairo_t *cr, PangoLayout *layout, const graphene_rect_t *picture, double scale_x, double scale_y,
                     const SacBox *box, const SacBoxLook *look)
{
  double x = picture->origin.x + box->x * scale_x, y = picture->origin.y + box->y * scale_y;
  double w = box->width * scale_x, h = box->height * scale_y, line = (box->keyframe ? 2.5 : 1.25) + (look->selected ? 0.5 : 0);
  const double dashes[] = { 7, 5 }, dots[] = { 2, 3 };

  cairo_save (cr);
  cairo_rectangle (cr, x, y, w, h);
  if (look->selected && !look->pale)
    {
      set_colour (cr, look->colour, 0.12);
      cairo_fill_preserve (cr);
    }
  if (box->occluded)
    cairo_set_dash (cr, dashes, 2, 0);
  else if (look->locked)
    cairo_set_dash (cr, dots, 2, 0);
  cairo_set_source_rgba (cr, 0, 0, 0, look->pale ? 0.3 : 0.6);
  cairo_set_line_width (cr, line + 2);
  cairo_stroke_preserve (cr);
  set_colour (cr, look->colour, look->pale ? 0.5 : 1);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (look->name)
    paint_tag (cr, layout, picture, x, y, look);
  if (look->handles)
    paint_handles (cr, x, y, w, h, look->colour);
  cairo_restore (cr);
}
