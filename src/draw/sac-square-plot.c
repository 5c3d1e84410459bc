/* Curves in the unit square (ROC, precision over recall, calibration); the legend stands beside it where there is room, else above. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

typedef struct {
  SacRect plot;
  double title_y, legend_x, legend_y, x_name_y, y_name_x, ticks_y;     /* NaN: no room */
  const char *const *ticks;
  guint n_ticks;
  SacLegendEntry *entries;
  SacLegend legend;
} Layout;

static const char *const fine[] = { "0", "0.2", "0.4", "0.6", "0.8", "1" }, *const coarse[] = { "0", "0.5", "1" };

static void
lay_out (Layout *l, SacText *text, double width, double height, const SacSquareAxes *axes, const SacSquareCurve *curves, guint n)
{
  double font = text->size, line = _sac_text_line (text), top = font * 0.7, bottom = height - font * 0.5, left = font * 0.6,
         right = width - font * 0.8, side, spare;
  guint named = 0;

  memset (l, 0, sizeof *l);
  l->title_y = l->x_name_y = l->y_name_x = l->ticks_y = NAN;
  if (axes->title && axes->title[0] && height > 7 * font)
    {
      l->title_y = top + line / 2;
      top += line + font * 0.5;
    }
  if (height > 15 * font && width > 15 * font)
    {
      l->x_name_y = bottom - line / 2;
      bottom -= line;
      l->y_name_x = left + font * 0.45;
      left += line;
    }
  if (height > 5 * font && width > 5 * font)
    {
      l->ticks_y = bottom - line / 2 + font * 0.1;
      bottom -= line + font * 0.1;
      _sac_text_set (text, "0.8", 0.88, FALSE, 0);
      left += ceil (_sac_text_width (text)) + font * 0.55;
    }
  l->entries = g_new0 (SacLegendEntry, n + 1);
  for (guint c = 0; c < n; c++)
    {
      SacLegendEntry *e = &l->entries[named];

      if (!curves[c].name)
        continue;
      named++;
      e->name = curves[c].name;
      _sac_curve_colour (curves[c].colour, c, e->colour);
      if (curves[c].n && isnan (curves[c].value))
        e->value[0] = 0;
      else if (curves[c].n)
        g_ascii_formatd (e->value, sizeof e->value, "%.3f", curves[c].value);
      else
        {
          g_strlcpy (e->value, _("undefined"), sizeof e->value);
          e->hollow = TRUE;
        }
    }
  side = MIN (right - left, bottom - top);
  spare = right - left - (bottom - top) - font * 1.5;
  if (named && spare > 11 * font)
    {
      _sac_legend_layout (&l->legend, text, l->entries, named, MIN (spare, 26 * font), bottom - top, TRUE);
      l->legend_x = left + side + font * 1.5;
      l->legend_y = top;
    }
  else if (named && height > 10 * font)
    {
      _sac_legend_layout (&l->legend, text, l->entries, named, right - font * 0.6, MIN (named * line, (bottom - top) * 0.4), FALSE);
      l->legend_x = font * 0.6;
      l->legend_y = top;
      top += l->legend.height + font * 0.35;
      side = MIN (right - left, bottom - top);
    }
  side = MAX (floor (side), 1);
  l->plot = (SacRect) { ceil (left), ceil (top), side, side };
  /* Names and ticks stay with the square. */
  if (!isnan (l->ticks_y))
    l->ticks_y -= bottom - top - side;
  if (!isnan (l->x_name_y))
    l->x_name_y -= bottom - top - side;
  l->ticks = side > 13 * font ? fine : coarse;
  l->n_ticks = side > 13 * font ? G_N_ELEMENTS (fine) : G_N_ELEMENTS (coarse);
}

static void
curve_path (cairo_t *cr, const SacRect *p, const SacSquareCurve *curve)
{
  double last_x = -10, last_y = -10;

  for (guint i = 0; i < curve->n; i++)
    {
      double x = p->x + curve->x[i] * p->width, y = p->y + (1 - curve->y[i]) * p->height;

      /* Steps far below a pixel add nothing; a curve of a million clips stays cheap. */
      if (i > 0 && i + 1 < curve->n && fabs (x - last_x) < 0.25 && fabs (y - last_y) < 0.25)
        continue;
      if (i == 0)
        cairo_move_to (cr, curve->steps ? p->x : x, y);
      else if (curve->steps)
        cairo_line_to (cr, last_x, y);
      cairo_line_to (cr, x, y);
      last_x = x;
      last_y = y;
    }
}

/* The points of one edge of a band, those that can be told apart. */
static void
edge (cairo_t *cr, const SacRect *p, const double *x, const double *y, guint n, gboolean backwards, gboolean steps)
{
  double last_x = -10, last_y = -10;

  for (guint k = 0; k < n; k++)
    {
      guint i = backwards ? n - 1 - k : k;
      double at_x = p->x + x[i] * p->width, at_y = p->y + (1 - y[i]) * p->height;

      if (k > 0 && k + 1 < n && fabs (at_x - last_x) < 0.5 && fabs (at_y - last_y) < 0.5)
        continue;
      if (steps && k > 0)
        cairo_line_to (cr, backwards ? at_x : last_x, backwards ? last_y : at_y);
      cairo_line_to (cr, at_x, at_y);
      last_x = at_x;
      last_y = at_y;
    }
}

static void
band_path (cairo_t *cr, const SacRect *p, const SacSquareCurve *c)
{
  if (c->band)
    {
      cairo_move_to (cr, p->x, p->y + p->height);
      cairo_line_to (cr, p->x, p->y + (1 - c->band->upper_y[0]) * p->height);
      edge (cr, p, c->band->upper_x, c->band->upper_y, c->band->n, FALSE, FALSE);
      cairo_line_to (cr, p->x + p->width, p->y);
      cairo_line_to (cr, p->x + p->width, p->y + (1 - c->band->lower_y[c->band->n - 1]) * p->height);
      edge (cr, p, c->band->lower_x, c->band->lower_y, c->band->n, TRUE, FALSE);
      cairo_close_path (cr);
    }
  else if (c->low && c->high && !c->bars)
    {
      cairo_new_sub_path (cr);
      edge (cr, p, c->x, c->high, c->n, FALSE, c->steps);
      edge (cr, p, c->x, c->low, c->n, TRUE, c->steps);
      cairo_close_path (cr);
    }
}

static void
draw_bars (cairo_t *cr, const SacRect *p, const SacSquareCurve *c, guint which)
{
  for (guint i = 0; c->bars && c->low && c->high && i < c->n; i++)
    {
      /* Bars of several curves at one place stand side by side. */
      double x = p->x + c->x[i] * p->width + (which % 2 ? 1 : -1) * 0.8 * ((which + 1) / 2);

      cairo_move_to (cr, x, p->y + (1 - c->low[i]) * p->height);
      cairo_line_to (cr, x, p->y + (1 - c->high[i]) * p->height);
    }
  cairo_stroke (cr);
}

static void
draw_dots (cairo_t *cr, const SacRect *p, const SacSquareCurve *c)
{
  for (guint i = 0; c->dots && i < c->n; i++)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, p->x + c->x[i] * p->width, p->y + (1 - c->y[i]) * p->height, 4, 0, 2 * G_PI);
    }
  cairo_fill (cr);
}

/* Where the threshold in use is. */
static void
draw_mark (cairo_t *cr, const SacRect *p, const SacSquareCurve *c, const double colour[4], const SacStyle *style)
{
  double paper[4] = { style->paper[0], style->paper[1], style->paper[2], 1 };

  if (!c->marked || c->mark >= c->n)
    return;
  cairo_new_sub_path (cr);
  cairo_arc (cr, p->x + c->x[c->mark] * p->width, p->y + (1 - c->y[c->mark]) * p->height, 5, 0, 2 * G_PI);
  _sac_source (cr, paper, 1);
  cairo_fill_preserve (cr);
  _sac_source (cr, colour, 1);
  cairo_set_line_width (cr, 2.5);
  cairo_stroke (cr);
}

void
sac_square_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacSquareAxes *axes,
                 const SacSquareCurve *curves, guint n)
{
  SacText text;
  Layout l;
  const SacRect *p = &l.plot;
  double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.72 };

  if (width < 2 || height < 2)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  lay_out (&l, &text, width, height, axes, curves, n);
  cairo_set_line_width (cr, 1);
  if (p->width > 4 * text.size)
    for (guint i = 1; i < l.n_ticks; i++)
      {
        double at = i / (double) (l.n_ticks - 1);

        _sac_hline (cr, p->x, p->x + p->width, p->y + (1 - at) * p->height);
        _sac_vline (cr, p->x + at * p->width, p->y, p->y + p->height);
      }
  _sac_source (cr, style->faint, 0.8);
  cairo_stroke (cr);
  _sac_hline (cr, p->x, p->x + p->width, p->y + p->height);
  _sac_vline (cr, p->x, p->y, p->y + p->height);
  _sac_source (cr, style->ink, 0.4);
  cairo_stroke (cr);
  if (axes->diagonal)
    {
      cairo_move_to (cr, p->x, p->y + p->height);
      cairo_line_to (cr, p->x + p->width, p->y);
    }
  if (axes->has_base)
    _sac_hline (cr, p->x, p->x + p->width, p->y + (1 - axes->base) * p->height);
  cairo_set_dash (cr, (double[]) { 4, 4 }, 2, 0);
  _sac_source (cr, style->ink, 0.45);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);

  if (!isnan (l.ticks_y))
    for (guint i = 0; i < l.n_ticks; i++)
      {
        double at = i / (double) (l.n_ticks - 1);

        _sac_text_set (&text, l.ticks[i], 0.88, FALSE, 0);
        _sac_text_show (&text, cr, p->x + at * p->width, l.ticks_y, 0.5, 0.5, soft);
        _sac_text_show (&text, cr, p->x - text.size * 0.5, p->y + (1 - at) * p->height, 1, 0.5, soft);
      }
  if (!isnan (l.x_name_y))
    {
      _sac_text_set (&text, axes->x_name, 0.92, FALSE, p->width);
      _sac_text_show (&text, cr, p->x + p->width / 2, l.x_name_y, 0.5, 0.5, soft);
      cairo_save (cr);
      cairo_translate (cr, l.y_name_x, p->y + p->height / 2);
      cairo_rotate (cr, -G_PI_2);
      _sac_text_set (&text, axes->y_name, 0.92, FALSE, p->height);
      _sac_text_show (&text, cr, 0, 0, 0.5, 0.5, soft);
      cairo_restore (cr);
    }
  if (!isnan (l.title_y))
    {
      _sac_text_set (&text, axes->title, 1.05, TRUE, width - text.size * 1.4);
      _sac_text_show (&text, cr, text.size * 0.7, l.title_y, 0, 0.5, style->ink);
    }
  _sac_legend_draw (&l.legend, &text, cr, l.legend_x, l.legend_y, style, FALSE);

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (guint c = 0; c < n; c++)
    {
      double colour[4];

      if (curves[c].n == 0)
        continue;
      _sac_curve_colour (curves[c].colour, c, colour);
      band_path (cr, p, &curves[c]);
      _sac_source (cr, colour, n > 2 ? 0.1 : 0.16);
      cairo_fill (cr);
    }
  for (guint c = 0; c < n; c++)
    {
      const SacSquareCurve *curve = &curves[c];
      double colour[4];

      if (curve->n == 0)
        continue;
      _sac_curve_colour (curve->colour, c, colour);
      if (n == 1 && curve->filled && !curve->band)     /* alone: the area is what the AUC measures */
        {
          curve_path (cr, p, curve);
          cairo_line_to (cr, p->x + p->width, p->y + p->height);
          cairo_close_path (cr);
          _sac_source (cr, colour, 0.1);
          cairo_fill (cr);
        }
      curve_path (cr, p, curve);
      cairo_set_line_width (cr, 2);
      _sac_source (cr, colour, 1);
      cairo_stroke (cr);
      cairo_set_line_width (cr, 1.5);
      draw_bars (cr, p, curve, c);
      draw_dots (cr, p, curve);
      draw_mark (cr, p, curve, colour, style);
    }
  if (n == 1 && curves[0].n == 0 && p->height > 3 * text.size)
    {
      _sac_text_set (&text, _("undefined"), 1, FALSE, p->width);
      _sac_text_show (&text, cr, p->x + p->width / 2, p->y + p->height / 2, 0.5, 0.5, soft);
    }
  g_free (l.entries);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_square_pick (double width, double height, const SacStyle *style, const SacSquareAxes *axes, const SacSquareCurve *curves, guint n,
                 double x_px, double y_px, guint *curve, guint *point)
{
  double best = 12 * 12;
  gboolean found = FALSE;
  SacText text;
  Layout l;

  _sac_text_init (&text, style);
  lay_out (&l, &text, width, height, axes, curves, n);
  _sac_text_clear (&text);
  g_free (l.entries);
  for (guint c = 0; c < n; c++)
    for (guint i = 0; i < curves[c].n; i++)
      {
        double dx = l.plot.x + curves[c].x[i] * l.plot.width - x_px;
        double dy = l.plot.y + (1 - curves[c].y[i]) * l.plot.height - y_px;

        if (dx * dx + dy * dy > best)
          continue;
        best = dx * dx + dy * dy;
        *curve = c;
        *point = i;
        found = TRUE;
      }
  return found;
}
