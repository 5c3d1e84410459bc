/* Legends stand beside or above a plot, never on it. */
#include <math.h>

#include "sac-draw-private.h"

static const double swatch_px = 20, pad_px = 7, gap_px = 18;

void
_sac_legend_layout (SacLegend *legend, SacText *text, SacLegendEntry *entries, guint n, double width, double max_height,
                    gboolean column)
{
  double x = 0, y = 0, line = _sac_text_line (text), longest = width;
  guint i;

  *legend = (SacLegend) { entries, n, 0, 0, 0, line, column };
  if (width < 60)
    return;
  for (i = 0; i < n; i++)
    {
      SacLegendEntry *e = &entries[i];
      double value = 0;

      if (e->value[0])
        {
          _sac_text_set (text, e->value, 0.92, FALSE, 0);
          value = _sac_text_width (text) + 6;
        }
      _sac_text_set (text, e->name, 0.92, FALSE, 0);
      e->width = MIN (swatch_px + pad_px + ceil (_sac_text_width (text) + value), longest);
      if (i > 0 && (column || x + e->width > width))
        {
          if (y + 2 * line > max_height)
            break;
          x = 0;
          y += line;
        }
      else if (i == 0 && line > max_height)
        break;
      e->x = x;
      e->y = y;
      legend->width = MAX (legend->width, x + e->width);
      x += e->width + gap_px;
    }
  legend->n_shown = i;
  legend->height = i ? y + line : 0;
  /* The rest is counted on the last line, which makes room for it. */
  legend->more_x = x;
  legend->more_y = y;
  if (i < n && i > 0)
    while (legend->n_shown > 1 && entries[legend->n_shown - 1].y >= y && (column || legend->more_x + 40 > width))
      legend->more_x = entries[--legend->n_shown].x;
}

void
_sac_legend_draw (const SacLegend *legend, SacText *text, cairo_t *cr, double x, double y, const SacStyle *style, gboolean swatch)
{
  for (guint i = 0; i < legend->n_shown; i++)
    {
      const SacLegendEntry *e = &legend->entries[i];
      double middle = y + e->y + legend->line / 2, room = e->width - swatch_px - pad_px;

      cairo_save (cr);
      _sac_source (cr, e->colour, e->hollow ? 0.45 : 1);
      if (swatch)
        {
          _sac_round_rect (cr, x + e->x + 4, middle - 5.5, 11, 11, 2.5);
          cairo_fill (cr);
        }
      else
        {
          cairo_set_line_width (cr, 2.5);
          cairo_set_line_cap (cr, e->dashed ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
          if (e->dashed || e->hollow)
            cairo_set_dash (cr, (double[]) { 5, 3 }, 2, 0);
          cairo_move_to (cr, x + e->x + 2, middle);
          cairo_line_to (cr, x + e->x + swatch_px - 1, middle);
          cairo_stroke (cr);
        }
      cairo_restore (cr);
      if (e->value[0])
        {
          _sac_text_set (text, e->value, 0.92, FALSE, 0);
          room -= _sac_text_width (text) + 6;
          _sac_text_show (text, cr, x + e->x + e->width, middle, 1, 0.5, style->ink);
        }
      if (room > 8)
        {
          _sac_text_set (text, e->name, 0.92, FALSE, room + 1);
          _sac_text_show (text, cr, x + e->x + swatch_px + pad_px, middle, 0, 0.5,
                          (double[]) { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * (e->hollow ? 0.55 : 0.85) });
        }
    }
  if (legend->n_shown && legend->n_shown < legend->n)
    {
      char more[24];

      g_snprintf (more, sizeof more, "+%u", legend->n - legend->n_shown);
      _sac_text_set (text, more, 0.92, FALSE, 0);
      _sac_text_show (text, cr, x + legend->more_x + (legend->column ? swatch_px + pad_px : 0), y + legend->more_y + legend->line / 2,
                      0, 0.5, style->ink);
    }
}
