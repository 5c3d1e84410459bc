/* Scores as bars beside their labels. */
#include <math.h>

#include "sac-attention-draw.h"
#include "sac-draw-private.h"

static double
row_height (const SacStyle *style)
{
  return ceil (style->font_px * 1.75);
}

double
sac_score_bars_height (const SacStyle *style, const SacScoreBars *bars)
{
  return row_height (style) * bars->n;
}

void
sac_score_bars_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacScoreBars *bars)
{
  double row = row_height (style), number = style->font_px * (bars->thresholds ? 5.9 : 4.8),
         names = MIN (width * 0.42, style->font_px * 13), left = names + 8;
  double room = width - left - number;
  SacText text;

  if (width < 40 || height < 4)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  for (guint i = 0; i < bars->n && (i + 1) * row <= height + 1; i++)
    {
      double y = i * row, score = CLAMP (bars->scores[i], 0, 1), tall = bars->branch ? row * 0.42 : row * 0.56;
      gboolean chosen = (gint) i == bars->chosen, decided = bars->thresholds && !isnan (bars->thresholds[i]);
      char value[24];

      _sac_text_set (&text, bars->labels[i], 1, chosen, names);
      _sac_text_show (&text, cr, names, y + row / 2, 1, 0.5, style->ink);
      if (room > 4)
        {
          double top = y + (bars->branch ? row * 0.16 : (row - tall) / 2);

          cairo_rectangle (cr, left, top, room, tall);
          _sac_source (cr, style->faint, 1);
          cairo_fill (cr);
          cairo_rectangle (cr, left, top, room * score, tall);
          _sac_source (cr, style->accent, chosen ? 1 : 0.7);
          cairo_fill (cr);
          if (bars->branch)
            {
              cairo_rectangle (cr, left, top + tall + 1, room * CLAMP (bars->branch[i], 0, 1), row * 0.18);
              _sac_source (cr, style->ink, 0.45);
              cairo_fill (cr);
            }
          if (bars->before && isfinite (bars->before[i]))
            {
              cairo_rectangle (cr, left + room * CLAMP (bars->before[i], 0, 1) - 1, top - 3, 2, tall + 6);
              _sac_source (cr, style->ink, 1);
              cairo_fill (cr);
            }
          if (decided)
            {
              double x = left + room * CLAMP (bars->thresholds[i], 0, 1), foot = y + row - 1;

              cairo_move_to (cr, x, foot - 5);
              cairo_line_to (cr, x - 4, foot);
              cairo_line_to (cr, x + 4, foot);
              cairo_close_path (cr);
              _sac_source (cr, style->ink, 0.8);
              cairo_fill (cr);
            }
        }
      g_snprintf (value, sizeof value, "%s%.1f %%", decided && bars->scores[i] >= bars->thresholds[i] ? "✓ " : "", 100 * score);
      _sac_text_set (&text, value, 0.92, chosen, 0);
      _sac_text_show (&text, cr, width - 2, y + row / 2, 1, 0.5, style->ink);
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_score_bars_pick (double width, double height, const SacStyle *style, const SacScoreBars *bars, double x_px, double y_px, guint *row)
{
  double at = y_px / row_height (style);

  if (!(at >= 0 && at < bars->n) || x_px < 0 || x_px > width)
    return FALSE;
  *row = (guint) at;
  return TRUE;
}
