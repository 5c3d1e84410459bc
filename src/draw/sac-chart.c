/* Line charts.  A layout is worked out without a target, so that drawing and picking cannot disagree. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

typedef struct {
  SacRect plot;
  double x0, x1, y0, y1;        /* in decimal logarithms where that axis is one */
  gboolean log_x, log_y, empty;
  double title_y, legend_y, x_ticks_y, x_name_y, y_name_x;      /* NaN: no room */
  SacTicks x_ticks, y_ticks;
  SacLegendEntry *entries;
  SacLegend legend;
} Layout;

static double
value_of (const SacAxes *axes, double y)
{
  if (!axes->log_y)
    return isfinite (y) ? y : NAN;
  return y > 0 && isfinite (y) ? log10 (y) : NAN;
}

static double
place_of (const SacAxes *axes, double x)
{
  if (!axes->log_x)
    return isfinite (x) ? x : NAN;
  return x > 0 && isfinite (x) ? log10 (x) : NAN;
}

static void
find_ranges (Layout *l, const SacAxes *axes, const SacCurve *curves, guint n)
{
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  double given_x0 = axes->log_x ? log10 (MAX (axes->x0, 1e-300)) : axes->x0;
  double given_x1 = axes->log_x ? log10 (MAX (axes->x1, 1e-300)) : axes->x1;
  gboolean x_given = axes->x0 != axes->x1, y_given = axes->y0 != axes->y1;

  l->log_x = axes->log_x;
  l->log_y = axes->log_y;
  for (guint c = 0; c < n && !(x_given && y_given); c++)
    for (gsize i = 0; i < curves[c].n; i++)
      {
        double x = place_of (axes, curves[c].x[i]), y = value_of (axes, curves[c].y[i]);

        if (isnan (y) || isnan (x))
          continue;
        if (!x_given)
          {
            x0 = MIN (x0, x);
            x1 = MAX (x1, x);
          }
        if (!y_given && !(x_given && (x < given_x0 || x > given_x1)))
          {
            y0 = MIN (y0, y);
            y1 = MAX (y1, y);
          }
      }
  l->empty = (!x_given && x0 > x1) || (!y_given && y0 > y1);
  if (x_given)
    {
      x0 = given_x0;
      x1 = given_x1;
    }
  else if (x0 > x1)
    {
      x0 = 0;
      x1 = 1;
    }
  else if (x0 == x1)
    {
      x0 -= 0.5;
      x1 += 0.5;
    }
  if (y_given)
    {
      y0 = axes->log_y ? log10 (MAX (axes->y0, 1e-300)) : axes->y0;
      y1 = axes->log_y ? log10 (MAX (axes->y1, 1e-300)) : axes->y1;
    }
  else if (y0 > y1)
    {
      y0 = axes->log_y ? -1 : 0;
      y1 = axes->log_y ? 0 : 1;
    }
  else
    {
      double pad = y1 > y0 ? 0.05 * (y1 - y0) : axes->log_y ? 0.3 : y0 ? fabs (y0) * 0.5 : 0.5;

      if (!axes->log_y && y0 >= 0 && y0 < 0.3 * y1)
        y0 = 0;                 /* near zero: show it */
      else
        y0 -= pad;
      y1 += pad;
    }
  l->x0 = x0;
  l->x1 = x1;
  l->y0 = y0;
  l->y1 = y1;
}

static double
widest (SacText *text, const SacTicks *ticks)
{
  double width = 0;

  for (guint i = 0; i < ticks->n; i++)
    {
      _sac_text_set (text, ticks->tick[i].text, 0.88, FALSE, 0);
      width = MAX (width, _sac_text_width (text));
    }
  return width;
}

static void
layout_chart (Layout *l, SacText *text, double width, double height, const SacStyle *style, const SacAxes *axes,
              const SacCurve *curves, guint n)
{
  double font = text->size, line = _sac_text_line (text), top = font * 0.7, bottom = height - font * 0.5, left = font * 0.6,
         right = width - font * 0.9;
  guint named = 0, at_most;

  memset (l, 0, sizeof *l);
  find_ranges (l, axes, curves, n);
  l->title_y = l->x_ticks_y = l->x_name_y = l->y_name_x = NAN;
  if (axes->title && axes->title[0] && height > 7 * font)
    {
      l->title_y = top + line / 2;
      top += line + font * 0.15;
    }
  if (axes->y_name && axes->y_name[0] && height > 9 * font && width > 12 * font)
    {
      _sac_text_set (text, axes->y_name, 0.92, FALSE, 0);
      if (_sac_text_width (text) < height - 6 * font)   /* cut short it says nothing */
        {
          l->y_name_x = left + font * 0.45;
          left += line;
        }
    }
  l->entries = g_new0 (SacLegendEntry, n + 1);
  for (guint c = 0; c < n; c++)
    if (curves[c].name)
      {
        SacLegendEntry *e = &l->entries[named++];

        e->name = curves[c].name;
        e->dashed = curves[c].dashed;
        _sac_curve_colour (curves[c].colour, c, e->colour);
      }
  l->legend_y = top;
  if (height > 8 * font)
    _sac_legend_layout (&l->legend, text, l->entries, named, right - font * 0.6, height > 18 * font ? 3 * line : line, FALSE);
  top += l->legend.height + (l->legend.n_shown || !isnan (l->title_y) ? font * 0.4 : 0);
  if (axes->x_name && axes->x_name[0] && height > 9 * font)
    {
      l->x_name_y = bottom - line / 2;
      bottom -= line;
    }
  if (height > 5 * font)
    {
      l->x_ticks_y = bottom - line / 2 + font * 0.1;
      bottom -= line + font * 0.1;
    }
  if (width > 7 * font && bottom - top > font)
    {
      at_most = CLAMP ((bottom - top) / (font * 2.4), 2, 9);
      if (l->log_y)
        _sac_ticks_log (&l->y_ticks, l->y0, l->y1, at_most);
      else
        _sac_ticks_linear (&l->y_ticks, l->y0, l->y1, at_most);
      left += ceil (widest (text, &l->y_ticks)) + font * 0.55;
    }
  left = ceil (left);
  top = ceil (top);
  l->plot = (SacRect) { left, top, MAX (floor (right) - left, 1), MAX (floor (bottom) - top, 1) };
  if (!isnan (l->x_ticks_y))
    for (at_most = CLAMP (l->plot.width / (font * 4), 1, 12); at_most >= 1; at_most--)
      {
        if (l->log_x)
          _sac_ticks_log (&l->x_ticks, l->x0, l->x1, at_most);
        else
          _sac_ticks_linear (&l->x_ticks, l->x0, l->x1, at_most);
        if (l->x_ticks.n < 2 || (l->x_ticks.tick[1].at - l->x_ticks.tick[0].at) / (l->x1 - l->x0) * l->plot.width
                                  > widest (text, &l->x_ticks) + font)
          break;
      }
}

static double
place_x (const Layout *l, double x)
{
  return l->plot.x + CLAMP ((x - l->x0) / (l->x1 - l->x0), -50, 50) * l->plot.width;
}

static double
place_y (const Layout *l, double y)
{
  return l->plot.y + (1 - CLAMP ((y - l->y0) / (l->y1 - l->y0), -50, 50)) * l->plot.height;
}

/* ---- a curve as a path.  What falls into one pixel column becomes its lowest and its highest point, in the order they came. */
typedef struct {
  cairo_t *cr;
  guint drawn;                  /* points since the pen was put down */
  double x, y;
} Pen;

static void
pen_lift (Pen *pen)
{
  if (pen->drawn == 1)          /* a point between two gaps: a dot, by the round cap */
    cairo_line_to (pen->cr, pen->x, pen->y);
  pen->drawn = 0;
}

static void
pen_point (Pen *pen, double x, double y)
{
  if (pen->drawn++ == 0)
    cairo_move_to (pen->cr, x, y);
  else
    cairo_line_to (pen->cr, x, y);
  pen->x = x;
  pen->y = y;
}

typedef struct {
  gboolean open;
  int column;
  gsize low_i, high_i;
  double low_x, low_y, high_x, high_y;
} Column;

static void
flush_column (Column *column, Pen *pen)
{
  if (!column->open)
    return;
  column->open = FALSE;
  if (column->low_i == column->high_i)
    pen_point (pen, column->low_x, column->low_y);
  else if (column->low_i < column->high_i)
    {
      pen_point (pen, column->low_x, column->low_y);
      pen_point (pen, column->high_x, column->high_y);
    }
  else
    {
      pen_point (pen, column->high_x, column->high_y);
      pen_point (pen, column->low_x, column->low_y);
    }
}

static void
trace (cairo_t *cr, const Layout *l, const SacAxes *axes, const SacCurve *curve, double smoothing)
{
  int columns = MAX (1, (int) ceil (l->plot.width));
  gboolean thin = curve->n > 2 * (gsize) columns, gap = FALSE;
  double mean = 0, weight = 0, before_x = NAN, before_y = NAN;
  Column column = { FALSE };
  Pen pen = { cr };

  for (gsize i = 0; i < curve->n; i++)
    {
      double x = place_of (axes, curve->x[i]), y = value_of (axes, curve->y[i]), px, py;

      if (isnan (y) || isnan (x))
        {
          gap = TRUE;
          continue;
        }
      if (smoothing > 0)
        {
          mean = smoothing * mean + (1 - smoothing) * y;
          weight = smoothing * weight + (1 - smoothing);
          y = mean / weight;
        }
      px = place_x (l, x);
      py = place_y (l, y);
      if (x < l->x0)            /* the last one before the window leads into it */
        {
          before_x = px;
          before_y = py;
          gap = FALSE;
          continue;
        }
      if (!isnan (before_x))
        {
          if (!gap)
            pen_point (&pen, before_x, before_y);
          before_x = NAN;
        }
      if (!thin)
        {
          if (gap)
            pen_lift (&pen);
          pen_point (&pen, px, py);
        }
      else
        {
          int at = CLAMP ((int) floor (px - l->plot.x), 0, columns);

          /* A gap that lies within one column is narrower than a pixel and not seen. */
          if (!column.open || at != column.column)
            {
              flush_column (&column, &pen);
              if (gap)
                pen_lift (&pen);
              column = (Column) { TRUE, at, i, i, px, py, px, py };
            }
          else if (py > column.low_y)
            {
              column.low_i = i;
              column.low_x = px;
              column.low_y = py;
            }
          else if (py < column.high_y)
            {
              column.high_i = i;
              column.high_x = px;
              column.high_y = py;
            }
        }
      gap = FALSE;
      if (x > l->x1)
        break;
    }
  flush_column (&column, &pen);
  pen_lift (&pen);
}

static void
draw_curve (cairo_t *cr, const Layout *l, const SacAxes *axes, const SacCurve *curve, guint index)
{
  double colour[4], line = curve->width_px > 0 ? curve->width_px : 2, smoothing = CLAMP (curve->smoothing, 0, 0.9999);

  if (curve->n == 0)
    return;
  _sac_curve_colour (curve->colour, index, colour);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (smoothing > 0)
    {
      trace (cr, l, axes, curve, 0);
      cairo_set_line_width (cr, MAX (line * 0.5, 1));
      _sac_source (cr, colour, 0.36);
      cairo_stroke (cr);
    }
  trace (cr, l, axes, curve, smoothing);
  cairo_set_line_width (cr, line);
  if (curve->dashed)
    cairo_set_dash (cr, (double[]) { 3 * line, 2.5 * line }, 2, 0);
  _sac_source (cr, colour, 1);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_frame (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacAxes *axes)
{
  const SacRect *p = &l->plot;
  double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.72 };

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < l->y_ticks.n_minor; i++)
    _sac_hline (cr, p->x, p->x + p->width, place_y (l, l->y_ticks.minor[i]));
  _sac_source (cr, style->faint, 0.4);
  cairo_stroke (cr);
  for (guint i = 0; i < l->y_ticks.n; i++)
    _sac_hline (cr, p->x, p->x + p->width, place_y (l, l->y_ticks.tick[i].at));
  _sac_source (cr, style->faint, 1);
  cairo_stroke (cr);
  for (guint i = 0; i < l->x_ticks.n; i++)
    _sac_vline (cr, place_x (l, l->x_ticks.tick[i].at), p->y + p->height, p->y + p->height + 4);
  _sac_hline (cr, p->x, p->x + p->width, p->y + p->height);
  _sac_source (cr, style->ink, 0.4);
  cairo_stroke (cr);

  for (guint i = 0; i < l->y_ticks.n; i++)
    {
      _sac_text_set (text, l->y_ticks.tick[i].text, 0.88, FALSE, 0);
      _sac_text_show (text, cr, p->x - text->size * 0.5, place_y (l, l->y_ticks.tick[i].at), 1, 0.5, soft);
    }
  for (guint i = 0; i < l->x_ticks.n; i++)
    {
      double x = place_x (l, l->x_ticks.tick[i].at), half;

      _sac_text_set (text, l->x_ticks.tick[i].text, 0.88, FALSE, 0);
      half = _sac_text_width (text) / 2;
      x = MIN (x, p->x + p->width + text->size * 0.8 - half);   /* the last one stays on the paper */
      _sac_text_show (text, cr, x, l->x_ticks_y, 0.5, 0.5, soft);
    }
  if (!isnan (l->x_name_y))
    {
      _sac_text_set (text, axes->x_name, 0.92, FALSE, p->width);
      _sac_text_show (text, cr, p->x + p->width / 2, l->x_name_y, 0.5, 0.5, soft);
    }
  if (!isnan (l->y_name_x))
    {
      cairo_save (cr);
      cairo_translate (cr, l->y_name_x, p->y + p->height / 2);
      cairo_rotate (cr, -G_PI_2);
      _sac_text_set (text, axes->y_name, 0.92, FALSE, p->height);
      _sac_text_show (text, cr, 0, 0, 0.5, 0.5, soft);
      cairo_restore (cr);
    }
  if (!isnan (l->title_y))
    {
      _sac_text_set (text, axes->title, 1.05, TRUE, p->x + p->width - text->size * 0.7);
      _sac_text_show (text, cr, text->size * 0.7, l->title_y, 0, 0.5, style->ink);
    }
}

void
sac_chart_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n)
{
  SacText text;
  Layout l;

  if (width < 2 || height < 2)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  layout_chart (&l, &text, width, height, style, axes, curves, n);
  draw_frame (cr, &text, &l, style, axes);
  _sac_legend_draw (&l.legend, &text, cr, text.size * 0.6, l.legend_y, style, FALSE);
  if (l.empty && l.plot.height > 2 * text.size)
    {
      _sac_text_set (&text, _("No data yet"), 1, FALSE, l.plot.width);
      _sac_text_show (&text, cr, l.plot.x + l.plot.width / 2, l.plot.y + l.plot.height / 2, 0.5, 0.5,
                      (double[]) { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.5 });
    }
  cairo_rectangle (cr, l.plot.x - 2, l.plot.y - 2, l.plot.width + 4, l.plot.height + 4);
  cairo_clip (cr);
  for (guint c = 0; c < n; c++)
    draw_curve (cr, &l, axes, &curves[c], c);
  g_free (l.entries);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

static void
layout_only (Layout *l, double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n)
{
  SacText text;

  _sac_text_init (&text, style);
  layout_chart (l, &text, width, height, style, axes, curves, n);
  _sac_text_clear (&text);
  g_clear_pointer (&l->entries, g_free);
}

void
sac_chart_place (double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n,
                 SacChartPlace *place)
{
  Layout l;

  layout_only (&l, width, height, style, axes, curves, n);
  *place = (SacChartPlace) { .x = l.plot.x, .y = l.plot.y, .width = l.plot.width, .height = l.plot.height,
                             .x0 = l.x0, .x1 = l.x1, .y0 = l.y0, .y1 = l.y1, .log_x = l.log_x, .log_y = l.log_y };
}

double
sac_chart_place_x (const SacChartPlace *place, double x)
{
  return place->x + ((place->log_x ? log10 (x) : x) - place->x0) / (place->x1 - place->x0) * place->width;
}

double
sac_chart_place_y (const SacChartPlace *place, double y)
{
  return place->y + (1 - ((place->log_y ? log10 (y) : y) - place->y0) / (place->y1 - place->y0)) * place->height;
}

double
sac_chart_x_at (const SacChartPlace *place, double x_px)
{
  double x = place->x0 + (x_px - place->x) / place->width * (place->x1 - place->x0);

  return place->log_x ? pow (10, x) : x;
}

double
sac_chart_y_at (const SacChartPlace *place, double y_px)
{
  double y = place->y0 + (1 - (y_px - place->y) / place->height) * (place->y1 - place->y0);

  return place->log_y ? pow (10, y) : y;
}

void
sac_chart_area (double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n,
                double area[4])
{
  SacChartPlace place;

  sac_chart_place (width, height, style, axes, curves, n, &place);
  memcpy (area, (double[]) { place.x, place.y, place.width, place.height }, 4 * sizeof *area);
}

gboolean
sac_chart_pick (double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n,
                double x_px, double y_px, double *x, double *y)
{
  SacChartPlace place;

  sac_chart_place (width, height, style, axes, curves, n, &place);
  if (!(x_px >= place.x && x_px <= place.x + place.width && y_px >= place.y && y_px <= place.y + place.height))
    return FALSE;
  if (x)
    *x = sac_chart_x_at (&place, x_px);
  if (y)
    *y = sac_chart_y_at (&place, y_px);
  return TRUE;
}
