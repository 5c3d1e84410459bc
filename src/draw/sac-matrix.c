/* A matrix of counts: what was said over what is true. */
#include <glib/gi18n.h>
#include <math.h>

#include "sac-draw-private.h"

typedef struct {
  SacRect cells;
  double cell_w, cell_h, title_y, names_x, column_names_y, row_name_x, column_name_y;  /* NaN: no room */
  double names_h;               /* of the columns' names */
  gboolean upright;             /* names of columns stand on end */
} Layout;

static double
longest (SacText *text, const char *const *names, guint n, double most)
{
  double width = 0;

  for (guint i = 0; i < n; i++)
    {
      _sac_text_set (text, names[i], 0.9, FALSE, most);
      width = MAX (width, _sac_text_width (text));
    }
  return ceil (width);
}

static void
lay_out (Layout *l, SacText *text, double width, double height, const SacMatrix *m)
{
  double font = text->size, line = _sac_text_line (text), top = font * 0.7, left = font * 0.7, right = width - font * 0.8,
         bottom = height - font * 0.6, names = longest (text, m->rows, m->n_rows, width * 0.3), columns;

  l->title_y = l->row_name_x = l->column_name_y = l->column_names_y = l->names_x = NAN;
  if (m->title && m->title[0] && height > 9 * font)
    {
      l->title_y = top + line / 2;
      top += line + font * 0.3;
    }
  if (m->row_name && width > 20 * font)
    {
      l->row_name_x = left + font * 0.45;
      left += line;
    }
  if (m->column_name && height > 12 * font)
    {
      l->column_name_y = top + line / 2;
      top += line;
    }
  if (width - names > 8 * font)
    {
      left += names + font * 0.5;
      l->names_x = left - font * 0.5;
    }
  l->cell_w = MAX ((right - left) / MAX (m->n_columns, 1), 1);
  columns = longest (text, m->columns, m->n_columns, 0);
  l->upright = columns > l->cell_w - 4;
  columns = l->upright ? MIN (columns, height * 0.3) : line;
  if (bottom - top - columns > 4 * font && (!l->upright || l->cell_w > font * 0.9))
    {
      l->names_h = columns;
      top += columns + font * 0.4;
      l->column_names_y = top - font * 0.4;
    }
  l->cell_h = MAX ((bottom - top) / MAX (m->n_rows, 1), 1);
  /* Nothing is read better for being enormous. */
  l->cell_h = MIN (l->cell_h, 5 * font);
  l->cell_w = MIN (l->cell_w, 14 * font);
  l->cells = (SacRect) { left, top, l->cell_w * m->n_columns, l->cell_h * m->n_rows };
}

static void
draw_cell (cairo_t *cr, SacText *text, const SacStyle *style, const SacMatrix *m, const Layout *l, guint r, guint c, guint sum)
{
  gsize at = (gsize) r * m->n_columns + c;
  double x = l->cells.x + c * l->cell_w, y = l->cells.y + r * l->cell_h, share = sum ? m->counts[at] / (double) sum : 0;
  double colour[4], white[4] = { 1, 1, 1, 1 };
  const double *ink;
  char number[24];

  sac_palette (m->right && m->right[at] ? 0 : 1, colour);
  cairo_rectangle (cr, x + 0.5, y + 0.5, MAX (l->cell_w - 1, 0.5), MAX (l->cell_h - 1, 0.5));
  _sac_source (cr, colour, m->counts[at] ? 0.12 + 0.83 * share : 0.03);
  cairo_fill (cr);
  if (l->cell_h < text->size * 1.1 || l->cell_w < text->size * 1.2 || (m->counts[at] == 0 && m->n_rows > 12))
    return;
  ink = share > 0.62 ? white : style->ink;
  g_snprintf (number, sizeof number, "%u", m->counts[at]);
  _sac_text_set (text, number, 1, m->counts[at] > 0, l->cell_w);
  if (m->counts[at] == 0)
    {
      double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.45 };

      _sac_text_show (text, cr, x + l->cell_w / 2, y + l->cell_h / 2, 0.5, 0.5, soft);
      return;
    }
  if (l->cell_h > text->size * 3)
    {
      _sac_text_show (text, cr, x + l->cell_w / 2, y + l->cell_h / 2 - text->size * 0.6, 0.5, 0.5, ink);
      g_snprintf (number, sizeof number, "%.0f %%", 100 * share);
      _sac_text_set (text, number, 0.85, FALSE, l->cell_w);
      _sac_text_show (text, cr, x + l->cell_w / 2, y + l->cell_h / 2 + text->size * 0.7, 0.5, 0.5, ink);
    }
  else
    _sac_text_show (text, cr, x + l->cell_w / 2, y + l->cell_h / 2, 0.5, 0.5, ink);
}

static void
draw_names (cairo_t *cr, SacText *text, const SacStyle *style, const SacMatrix *m, const Layout *l)
{
  double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.72 };

  for (guint r = 0; r < m->n_rows && !isnan (l->names_x) && l->cell_h > text->size * 0.8; r++)
    {
      _sac_text_set (text, m->rows[r], 0.9, FALSE, l->names_x - text->size);
      _sac_text_show (text, cr, l->names_x, l->cells.y + (r + 0.5) * l->cell_h, 1, 0.5, style->ink);
    }
  for (guint c = 0; c < m->n_columns && !isnan (l->column_names_y); c++)
    {
      double x = l->cells.x + (c + 0.5) * l->cell_w;

      _sac_text_set (text, m->columns[c], 0.9, FALSE, l->upright ? l->names_h : l->cell_w);
      if (!l->upright)
        {
          _sac_text_show (text, cr, x, l->column_names_y - text->size * 0.6, 0.5, 0.5, style->ink);
          continue;
        }
      cairo_save (cr);
      cairo_translate (cr, x, l->column_names_y);
      cairo_rotate (cr, -G_PI_2);
      _sac_text_show (text, cr, 0, 0, 0, 0.5, style->ink);
      cairo_restore (cr);
    }
  if (!isnan (l->column_name_y))
    {
      _sac_text_set (text, m->column_name, 0.92, FALSE, l->cells.width);
      _sac_text_show (text, cr, l->cells.x + l->cells.width / 2, l->column_name_y, 0.5, 0.5, soft);
    }
  if (!isnan (l->row_name_x))
    {
      cairo_save (cr);
      cairo_translate (cr, l->row_name_x, l->cells.y + l->cells.height / 2);
      cairo_rotate (cr, -G_PI_2);
      _sac_text_set (text, m->row_name, 0.92, FALSE, l->cells.height);
      _sac_text_show (text, cr, 0, 0, 0.5, 0.5, soft);
      cairo_restore (cr);
    }
}

void
sac_matrix_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacMatrix *m)
{
  SacText text;
  Layout l;

  if (width < 2 || height < 2 || m->n_rows == 0 || m->n_columns == 0)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  lay_out (&l, &text, width, height, m);
  if (!isnan (l.title_y))
    {
      _sac_text_set (&text, m->title, 1.05, TRUE, width - text.size * 1.4);
      _sac_text_show (&text, cr, text.size * 0.7, l.title_y, 0, 0.5, style->ink);
    }
  for (guint r = 0; r < m->n_rows; r++)
    {
      guint sum = 0;

      for (guint c = 0; c < m->n_columns; c++)
        sum += m->counts[(gsize) r * m->n_columns + c];
      for (guint c = 0; c < m->n_columns; c++)
        draw_cell (cr, &text, style, m, &l, r, c, sum);
    }
  if (m->row >= 0 && m->column >= 0)
    {
      cairo_rectangle (cr, l.cells.x + m->column * l.cell_w, l.cells.y + m->row * l.cell_h, l.cell_w, l.cell_h);
      cairo_set_line_width (cr, 2);
      _sac_source (cr, style->accent, 1);
      cairo_stroke (cr);
    }
  draw_names (cr, &text, style, m, &l);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_matrix_pick (double width, double height, const SacStyle *style, const SacMatrix *m, double x_px, double y_px, guint *row,
                 guint *column)
{
  SacText text;
  Layout l;

  if (m->n_rows == 0 || m->n_columns == 0)
    return FALSE;
  _sac_text_init (&text, style);
  lay_out (&l, &text, width, height, m);
  _sac_text_clear (&text);
  if (x_px < l.cells.x || y_px < l.cells.y || x_px >= l.cells.x + l.cells.width || y_px >= l.cells.y + l.cells.height)
    return FALSE;
  *column = MIN ((guint) ((x_px - l.cells.x) / l.cell_w), m->n_columns - 1);
  *row = MIN ((guint) ((y_px - l.cells.y) / l.cell_h), m->n_rows - 1);
  return TRUE;
}
