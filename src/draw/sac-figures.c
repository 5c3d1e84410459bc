#include <math.h>
#include <string.h>

#include "sac-draw-private.h"
#include "sac-figures.h"

typedef struct {
  double top, names, plot;              /* y of the first row; x where names end; width behind them */
  double row, most;                     /* a row's height; the largest sum or value */
  double bottom;                        /* y below the last row, or the foot of the columns */
  double legend_y, slot;                /* slot: a column's width */
  gboolean whole;                       /* every row sums up to the same, so that the first part is what tells them apart */
} Layout;

static double
sum_of (const SacFigure *f, guint row)
{
  double sum = 0;

  for (guint p = 0; p < f->n_parts; p++)
    sum += f->values[(gsize) row * f->n_parts + p];
  return sum;
}

static void
layout (Layout *l, SacText *text, double width, double height, const SacFigure *f)
{
  double line = _sac_text_line (text), font = text->size, longest = 0;

  memset (l, 0, sizeof *l);
  l->legend_y = line * 1.5;
  l->top = line * 1.5 + (f->parts ? line * 1.2 : 0);
  for (guint r = 0; r < f->n_rows; r++)
    {
      _sac_text_set (text, f->rows[r], 0.88, FALSE, width * 0.38);
      longest = MAX (longest, _sac_text_width (text));
      l->most = MAX (l->most, f->kind == SAC_FIGURE_BARS ? sum_of (f, r) : f->values[(gsize) r * f->n_parts]);
    }
  l->whole = f->n_parts > 1;
  for (guint r = 0; r < f->n_rows; r++)
    l->whole &= sum_of (f, r) == 0 || fabs (sum_of (f, r) - l->most) < 1e-6 * l->most;
  l->most = MAX (l->most, 1);
  l->names = f->kind == SAC_FIGURE_COLUMNS ? font * 0.3 : ceil (longest) + font * 0.8;
  l->plot = MAX (width - l->names - font * 0.3, 1);
  if (f->kind == SAC_FIGURE_COLUMNS)
    {
      l->top += line;
      l->slot = MIN (l->plot / MAX (f->n_rows, 1), font * 7);
      l->bottom = MAX (height - line * 2.2, l->top + 1);
      return;
    }
  if (f->kind == SAC_FIGURE_MATRIX)
    l->row = MIN (l->plot / MAX (f->n_rows, 1), line * 2);
  else
    l->row = line * 1.15;
  l->bottom = l->top + l->row * f->n_rows;
}

double
sac_figure_height (const SacStyle *style, const SacFigure *f, double width)
{
  SacText text;
  Layout l;
  double height;

  _sac_text_init (&text, style);
  layout (&l, &text, width, 0, f);
  height = f->kind == SAC_FIGURE_COLUMNS ? _sac_text_line (&text) * 10 : l.bottom + _sac_text_line (&text) * (f->more ? 1.4 : 0.4);
  _sac_text_clear (&text);
  return ceil (height);
}

/* The colours of parts are those that the timeline and the plots use; a single part takes the accent. */
static void
part_colour (const SacStyle *style, const SacFigure *f, guint part, double out[4])
{
  if (f->n_parts == 1 || f->kind == SAC_FIGURE_MATRIX)
    memcpy (out, style->accent, 4 * sizeof (double));
  else if (part + 1 == f->n_parts)
    memcpy (out, style->faint, 4 * sizeof (double));    /* unknown, none: what is left */
  else
    sac_palette (part, out);
}

static void
cell_rect (const Layout *l, const SacFigure *f, guint row, guint part, SacRect *rect)
{
  double before = 0, value = f->values[(gsize) row * f->n_parts + part];

  if (f->kind == SAC_FIGURE_MATRIX)
    {
      *rect = (SacRect) { l->names + part * l->row, l->top + row * l->row, l->row, l->row };
      return;
    }
  if (f->kind == SAC_FIGURE_COLUMNS)
    {
      double tall = (l->bottom - l->top) * value / l->most;

      *rect = (SacRect) { l->names + row * l->slot, l->bottom - tall, l->slot, tall };
      return;
    }
  for (guint p = 0; p < part; p++)
    before += f->values[(gsize) row * f->n_parts + p];
  /* Room for the number behind the longest bar. */
  *rect = (SacRect) { l->names + (l->plot - 44) * before / l->most, l->top + row * l->row, (l->plot - 44) * value / l->most, l->row };
}

static void
draw_matrix_cell (cairo_t *cr, SacText *text, const SacStyle *style, const SacFigure *f, const SacRect *rect, gsize at, gboolean hot)
{
  static const double more[4] = { 0.13, 0.47, 0.71, 1 }, less[4] = { 0.84, 0.37, 0.10, 1 };
  double shade = f->shades[at];
  char number[32];

  cairo_rectangle (cr, rect->x + 0.5, rect->y + 0.5, rect->width - 1, rect->height - 1);
  _sac_source (cr, f->values[at] > 0 && shade == 0 ? style->faint : shade >= 0 ? more : less,
               f->values[at] > 0 ? 0.15 + 0.6 * fabs (shade) : 0.06);
  cairo_fill (cr);
  if (hot)
    {
      cairo_rectangle (cr, rect->x + 1, rect->y + 1, rect->width - 2, rect->height - 2);
      _sac_source (cr, style->ink, 1);
      cairo_set_line_width (cr, 1.5);
      cairo_stroke (cr);
    }
  if (f->values[at] <= 0)
    return;
  _sac_format_number (f->values[at], 4, number, sizeof number);
  _sac_text_set (text, number, 0.78, FALSE, 0);
  if (_sac_text_width (text) <= rect->width - 2)
    _sac_text_show (text, cr, rect->x + rect->width / 2, rect->y + rect->height / 2, 0.5, 0.5, style->ink);
}

static void
draw_row_name (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacFigure *f, guint row)
{
  _sac_text_set (text, f->rows[row], 0.88, FALSE, l->names - text->size * 0.6);
  _sac_text_show (text, cr, l->names - text->size * 0.5, l->top + (row + 0.5) * l->row, 1, 0.5, style->ink);
}

static void
draw_bar_row (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacFigure *f, guint row, int hot_part)
{
  SacRect rect = { l->names, 0, 0, 0 };
  char number[32];
  double shown;

  for (guint p = 0; p < f->n_parts; p++)
    {
      double colour[4];

      cell_rect (l, f, row, p, &rect);
      part_colour (style, f, p, colour);
      _sac_source (cr, colour, hot_part < 0 || hot_part == (int) p ? 1 : 0.45);
      cairo_rectangle (cr, rect.x, rect.y + rect.height * 0.14, rect.width, rect.height * 0.72);
      cairo_fill (cr);
    }
  shown = l->whole ? f->values[(gsize) row * f->n_parts] : sum_of (f, row);
  _sac_format_number (shown, shown == floor (shown) ? 7 : 3, number, sizeof number);
  _sac_text_set (text, number, 0.82, FALSE, 0);
  _sac_text_show (text, cr, rect.x + rect.width + text->size * 0.35, rect.y + rect.height / 2, 0, 0.5, style->ink);
}

static void
draw_column (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacFigure *f, guint row, gboolean hot)
{
  double slot = l->slot, line = _sac_text_line (text);
  SacRect rect;
  char number[32];

  cell_rect (l, f, row, 0, &rect);
  _sac_source (cr, style->accent, hot ? 1 : 0.8);
  cairo_rectangle (cr, rect.x + slot * 0.06, rect.y, slot * 0.88, MAX (rect.height, f->values[row] > 0 ? 1 : 0));
  cairo_fill (cr);
  if (f->values[row] > 0)
    {
      _sac_format_number (f->values[row], 5, number, sizeof number);
      _sac_text_set (text, number, 0.78, FALSE, 0);
      if (_sac_text_width (text) < slot * 1.05)
        _sac_text_show (text, cr, rect.x + slot / 2, rect.y - line * 0.1, 0.5, 1, style->ink);
    }
  /* Long names stand on two lines in turn. */
  _sac_text_set (text, f->rows[row], 0.74, FALSE, slot * 1.9);
  _sac_text_show (text, cr, rect.x + slot / 2, l->bottom + line * (_sac_text_width (text) > slot && row % 2 ? 1.35 : 0.5), 0.5, 0.5,
                  style->ink);
}

static void
draw_legend (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacFigure *f, double width)
{
  double x = text->size * 0.3, side = text->size * 0.7;

  for (guint p = 0; p < f->n_parts && x < width; p++)
    {
      double colour[4];

      part_colour (style, f, p, colour);
      _sac_source (cr, colour, 1);
      cairo_rectangle (cr, x, l->legend_y + text->size * 0.15, side, side);
      cairo_fill (cr);
      _sac_text_set (text, f->parts[p], 0.85, FALSE, 0);
      _sac_text_show (text, cr, x + side + 4, l->legend_y + text->size * 0.5, 0, 0.5, style->ink);
      x += side + 14 + _sac_text_width (text);
    }
}

void
sac_figure_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacFigure *f, int hot_row, int hot_part)
{
  SacText text;
  Layout l;

  cairo_save (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  layout (&l, &text, width, height, f);
  _sac_text_set (&text, f->title, 1, TRUE, width);
  _sac_text_show (&text, cr, text.size * 0.3, text.size * 0.8, 0, 0.5, style->ink);
  if (f->parts)
    draw_legend (cr, &text, &l, style, f, width);
  for (guint r = 0; r < f->n_rows; r++)
    if (f->kind == SAC_FIGURE_COLUMNS)
      draw_column (cr, &text, &l, style, f, r, hot_row == (int) r);
    else if (f->kind == SAC_FIGURE_BARS)
      {
        draw_row_name (cr, &text, &l, style, f, r);
        draw_bar_row (cr, &text, &l, style, f, r, hot_row == (int) r ? hot_part : -1);
      }
    else
      {
        draw_row_name (cr, &text, &l, style, f, r);
        for (guint p = 0; p < f->n_parts; p++)
          {
            SacRect rect;

            cell_rect (&l, f, r, p, &rect);
            draw_matrix_cell (cr, &text, style, f, &rect, (gsize) r * f->n_parts + p, hot_row == (int) r && hot_part == (int) p);
          }
      }
  if (f->more && f->kind != SAC_FIGURE_COLUMNS)
    {
      _sac_text_set (&text, f->more, 0.85, FALSE, width);
      _sac_text_show (&text, cr, l.names, l.bottom + text.size * 0.7, 0, 0.5, style->ink);
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_figure_pick (double width, double height, const SacStyle *style, const SacFigure *f, double x, double y, guint *row, guint *part)
{
  SacText text;
  Layout l;
  gboolean found = FALSE;

  _sac_text_init (&text, style);
  layout (&l, &text, width, height, f);
  _sac_text_clear (&text);
  for (guint r = 0; r < f->n_rows && !found; r++)
    for (guint p = 0; p < f->n_parts && !found; p++)
      {
        SacRect rect;

        cell_rect (&l, f, r, p, &rect);
        if (f->kind == SAC_FIGURE_COLUMNS)      /* the whole column, so that a low one can be hit */
          {
            rect.height = height - l.top;
            rect.y = l.top;
          }
        else if (f->kind == SAC_FIGURE_BARS && p == 0 && x < l.names + 3)       /* the name stands for the first part */
          {
            rect.x = 0;
            rect.width = l.names + 3;
          }
        found = x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
        if (found)
          {
            *row = r;
            *part = p;
          }
      }
  return found;
}

char *
sac_figure_dup_words (const SacFigure *f, guint row, guint part)
{
  gsize at = (gsize) row * f->n_parts + part;
  const char *second = f->kind == SAC_FIGURE_MATRIX ? (row == part ? NULL : f->rows[part]) : f->parts ? f->parts[part] : NULL;
  char number[32];

  _sac_format_number (f->values[at], 7, number, sizeof number);
  return g_strdup_printf (f->notes[at] ? "%s%s%s: %s (%s)" : "%s%s%s: %s", f->rows[row], second ? ", " : "", second ? second : "", number,
                          f->notes[at]);
}
