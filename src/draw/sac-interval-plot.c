/* A point and its interval for each of several things, one below the other. */
#include <math.h>

#include "sac-document.h"
#include "sac-draw-private.h"

void
sac_interval_plot_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacIntervalPlot *plot)
{
  double line = (height - 30) / MAX (plot->n, 1), left = width * 0.45, right = width - 90, low = plot->mark, high = plot->most;
  SacText text;

  cairo_save (cr);
  _sac_text_init (&text, style);
  for (guint i = 0; i < plot->n; i++)
    if (plot->low[i] < low)
      low = plot->low[i];
  low = floor (low * 10 - 0.2) / 10;
#define AT(value) (left + ((value) - low) / (high - low) * (right - left))
  cairo_set_line_width (cr, 1);
  for (double tick = low; tick < high + 0.001; tick += 0.1)
    {
      char number[16];

      g_snprintf (number, sizeof number, "%.1f", tick);
      _sac_source (cr, fabs (tick - plot->mark) < 0.01 ? style->ink : style->faint, fabs (tick - plot->mark) < 0.01 ? 0.8 : 0.5);
      cairo_move_to (cr, AT (tick), 4);
      cairo_line_to (cr, AT (tick), height - 22);
      cairo_stroke (cr);
      _sac_text_set (&text, number, 0.88, FALSE, 0);
      _sac_text_show (&text, cr, AT (tick), height - 11, 0.5, 0.5, style->ink);
    }
  for (guint i = 0; i < plot->n; i++)
    {
      double y = 4 + line * (i + 0.5), colour[4];
      char number[16];

      sac_palette (i, colour);
      _sac_text_set (&text, plot->names[i], 1, FALSE, left - 14);
      _sac_text_show (&text, cr, 2, y, 0, 0.5, style->ink);
      if (isnan (plot->value[i]))
        g_strlcpy (number, "–", sizeof number);
      else
        g_snprintf (number, sizeof number, "%.3f", plot->value[i]);
      _sac_text_set (&text, number, 1, FALSE, 0);
      _sac_text_show (&text, cr, right + 14, y, 0, 0.5, style->ink);
      if (isnan (plot->value[i]))
        continue;
      _sac_source (cr, colour, 1);
      cairo_set_line_width (cr, 3);
      cairo_move_to (cr, AT (plot->low[i]), y);
      cairo_line_to (cr, AT (plot->high[i]), y);
      cairo_stroke (cr);
      cairo_arc (cr, AT (plot->value[i]), y, 5, 0, 2 * G_PI);
      cairo_fill (cr);
    }
#undef AT
  _sac_text_clear (&text);
  cairo_restore (cr);
}
