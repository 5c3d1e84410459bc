#include "sac-ring-picture.h"

#include <math.h>

#include "sac-draw-private.h"

/* Beyond the ring there is room for points that went astray; what is farther out is drawn at the border. */
#define REACH 1.45

void
sac_ring_picture_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacRingPicture *picture)
{
  guint step = picture->at_most && picture->n > picture->at_most ? (picture->n + picture->at_most - 1) / picture->at_most : 1;
  double line, top, bottom, side, scale, x0, y0, dot;
  SacText text;

  if (width < 20 || height < 20 || picture->radius <= 0)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  line = _sac_text_line (&text);
  top = picture->title ? line : 0;
  bottom = picture->words ? line : 0;
  side = MIN (width, height - top - bottom);
  scale = side / (2 * REACH * picture->radius);
  x0 = width / 2;
  y0 = top + (height - top - bottom) / 2;
  dot = CLAMP (side / 200, 0.8, 2.2);
  /* Where three deviations end: what lies within belongs to the mode. */
  for (guint m = 0; m < picture->modes; m++)
    {
      double angle = 2 * G_PI * m / picture->modes;

      cairo_new_sub_path (cr);
      cairo_arc (cr, x0 + scale * picture->radius * cos (angle), y0 - scale * picture->radius * sin (angle),
                 MAX (scale * 3 * picture->deviation, 2), 0, 2 * G_PI);
    }
  _sac_source (cr, style->ink, 0.1);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1);
  _sac_source (cr, style->ink, 0.55);
  cairo_stroke (cr);
  for (guint i = 0; i < picture->n; i += step)  /* point by point, so that no generator hides another */
    for (guint g = 0; g < picture->k; g++)
      {
        const float *p = picture->points + 2 * ((gsize) g * picture->n + i);
        double x = p[0], y = p[1], far = hypot (x, y), most = (REACH - 0.03) * picture->radius, colour[4];

        if (!isfinite (x) || !isfinite (y))
          continue;
        if (far > most)
          {
            x *= most / far;
            y *= most / far;
          }
        sac_palette (g, colour);
        _sac_source (cr, colour, 0.7);
        cairo_arc (cr, x0 + scale * x, y0 - scale * y, dot, 0, 2 * G_PI);
        cairo_fill (cr);
      }
  if (picture->graph && side > 60)
    {
      SacStyle plain = *style;
      double small = side * 0.3;

      plain.paper[3] = 0;
      cairo_save (cr);
      cairo_translate (cr, x0 - small / 2, y0 - small / 2);
      sac_gan_picture_draw (cr, small, small, &plain, picture->graph);
      cairo_restore (cr);
    }
  if (picture->title)
    {
      _sac_text_set (&text, picture->title, 1, TRUE, width);
      _sac_text_show (&text, cr, x0, line / 2, 0.5, 0.5, style->ink);
    }
  if (picture->words)
    {
      _sac_text_set (&text, picture->words, 0.92, FALSE, width);
      _sac_text_show (&text, cr, x0, height - line / 2, 0.5, 0.5, style->ink);
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}
