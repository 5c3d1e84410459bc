/* Charts in rows; each is drawn by sac-chart. */
#include "sac-board.h"

#include <math.h>

#include "sac-draw-private.h"

#define GAP 6

/* Row and first column of chart @i, and how many columns it takes. */
static void
find_cell (const SacBoard *board, guint i, guint *row, guint *column, guint *span)
{
  guint columns = MAX (board->columns, 1), at = 0;

  *row = *column = 0;
  *span = columns;
  for (guint k = 0; k <= i; k++)
    {
      guint want = board->charts[k].span;

      want = want == 0 || want > columns ? columns : want;
      if (at % columns + want > columns)
        at += columns - at % columns;
      *row = at / columns;
      *column = at % columns;
      *span = want;
      at += want;
    }
}

static guint
count_rows (const SacBoard *board)
{
  guint row = 0, column, span;

  if (board->n == 0)
    return 0;
  find_cell (board, board->n - 1, &row, &column, &span);
  return row + 1;
}

/* The shares of the height that the rows above @row and that row itself have. */
static void
weigh_rows (const SacBoard *board, guint row, double *above, double *share)
{
  guint n = count_rows (board);
  g_autofree double *weights = g_new0 (double, n + 1);
  double sum = 0;

  for (guint i = 0; i < board->n; i++)
    {
      guint at, column, span;
      double weight = board->charts[i].weight;

      find_cell (board, i, &at, &column, &span);
      weights[at] = MAX (weights[at], weight > 0 ? weight : 1);
    }
  for (guint i = 0; i < n; i++)
    sum += weights[i];
  *above = 0;
  for (guint i = 0; i < row; i++)
    *above += weights[i] / sum;
  *share = weights[row] / sum;
}

double
sac_board_height (const SacBoard *board)
{
  guint rows = count_rows (board);

  return rows ? rows * board->row_height + (rows - 1) * GAP : 0;
}

void
sac_board_place (double width, double height, const SacBoard *board, guint i, double rect[4])
{
  guint columns = MAX (board->columns, 1), rows = MAX (count_rows (board), 1), row, column, span;
  double column_width = MAX ((width - (columns - 1) * GAP) / columns, 1), above, share;

  find_cell (board, i, &row, &column, &span);
  rect[0] = round (column * (column_width + GAP));
  rect[2] = floor (span * column_width + (span - 1) * GAP);
  if (board->row_height > 0)
    {
      rect[1] = round (row * (board->row_height + GAP));
      rect[3] = floor (board->row_height);
      return;
    }
  weigh_rows (board, row, &above, &share);
  rect[1] = round (above * MAX (height - (rows - 1) * GAP, 1) + row * GAP);
  rect[3] = MAX (floor (share * (height - (rows - 1) * GAP)), 1);
}

void
sac_board_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacBoard *board)
{
  SacStyle clear = *style;

  _sac_paper (cr, width, height, style);
  clear.paper[3] = 0;
  for (guint i = 0; i < board->n; i++)
    {
      const SacBoardChart *chart = &board->charts[i];
      double rect[4];

      sac_board_place (width, height, board, i, rect);
      cairo_save (cr);
      cairo_translate (cr, rect[0], rect[1]);
      sac_chart_draw (cr, rect[2], rect[3], &clear, &chart->axes, chart->curves, chart->n);
      cairo_restore (cr);
    }
}

void
sac_board_places (double width, double height, const SacStyle *style, const SacBoard *board, SacChartPlace *places)
{
  for (guint i = 0; i < board->n; i++)
    {
      const SacBoardChart *chart = &board->charts[i];
      double rect[4];

      sac_board_place (width, height, board, i, rect);
      sac_chart_place (rect[2], rect[3], style, &chart->axes, chart->curves, chart->n, &places[i]);
      places[i].x += rect[0];
      places[i].y += rect[1];
    }
}

double
sac_curve_value_at (const SacCurve *curve, double x, double *at)
{
  gsize low = 0, high = curve->n;

  while (low < high)            /* the first point beyond @x */
    {
      gsize middle = (low + high) / 2;

      if (curve->x[middle] <= x)
        low = middle + 1;
      else
        high = middle;
    }
  while (low-- > 0)
    if (isfinite (curve->y[low]))
      {
        if (at)
          *at = curve->x[low];
        return curve->y[low];
      }
  return NAN;
}

/* The values of a chart in a box beside the line, on the side where there is room. */
static void
draw_words (cairo_t *cr, SacText *text, const SacStyle *style, const SacBoardChart *chart, const SacChartPlace *place, double x, double px)
{
  double line = _sac_text_line (text), width = 0, left, top = place->y + 4;
  const double *paper = style->ink[0] < 0.5 ? (const double[]) { 1, 1, 1, 0.93 } : (const double[]) { 0.12, 0.12, 0.12, 0.93 };
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) colours = g_array_new (FALSE, FALSE, 4 * sizeof (double));
  char number[40];

  _sac_format_number (fabs (x) >= 10 ? round (x) : x, 7, number, sizeof number);
  g_ptr_array_add (words, g_strdup_printf ("%s %s", chart->axes.x_name ? chart->axes.x_name : "", number));
  g_array_append_vals (colours, style->ink, 1);
  for (guint c = 0; c < chart->n && words->len < 12; c++)
    {
      double value = sac_curve_value_at (&chart->curves[c], x, NULL), colour[4];

      if (isnan (value) || (!chart->curves[c].name && chart->n > 1))
        continue;
      _sac_format_number (value, 4, number, sizeof number);
      g_ptr_array_add (words, chart->curves[c].name ? g_strdup_printf ("%s %s", number, chart->curves[c].name) : g_strdup (number));
      _sac_curve_colour (chart->curves[c].colour, c, colour);
      g_array_append_vals (colours, colour, 1);
    }
  for (guint i = 0; i < words->len; i++)
    {
      _sac_text_set (text, words->pdata[i], 0.88, FALSE, 0);
      width = MAX (width, _sac_text_width (text));
    }
  width += 14;
  left = px + 8 + width < place->x + place->width ? px + 8 : px - 8 - width;
  _sac_round_rect (cr, left, top, width, words->len * line + 8, 5);
  _sac_source (cr, paper, 1);
  cairo_fill_preserve (cr);
  _sac_source (cr, style->faint, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  for (guint i = 0; i < words->len; i++)
    {
      _sac_text_set (text, words->pdata[i], 0.88, FALSE, 0);
      _sac_text_show (text, cr, left + 7, top + 4 + (i + 0.5) * line, 0, 0.5, (const double *) (gpointer) colours->data + 4 * i);
    }
}

void
sac_board_cross_draw (cairo_t *cr, const SacStyle *style, const SacBoard *board, const SacChartPlace *places, double x, gint hot)
{
  SacText text;

  cairo_save (cr);
  cairo_new_path (cr);
  _sac_text_init (&text, style);
  for (guint i = 0; i < board->n; i++)
    {
      const SacBoardChart *chart = &board->charts[i];
      const SacChartPlace *place = &places[i];
      double px = sac_chart_place_x (place, x);

      if (!(px >= place->x - 0.5 && px <= place->x + place->width + 0.5))
        continue;
      _sac_vline (cr, px, place->y, place->y + place->height);
      cairo_set_line_width (cr, 1);
      _sac_source (cr, style->ink, 0.45);
      cairo_stroke (cr);
      for (guint c = 0; c < chart->n; c++)
        {
          double at = 0, value = sac_curve_value_at (&chart->curves[c], x, &at), colour[4], dot_x, dot_y;

          if (isnan (value) || (place->log_y && value <= 0))
            continue;
          dot_x = sac_chart_place_x (place, at);
          dot_y = sac_chart_place_y (place, value);
          if (!(dot_x >= place->x - 1) || dot_y < place->y - 1 || dot_y > place->y + place->height + 1)
            continue;
          _sac_curve_colour (chart->curves[c].colour, c, colour);
          cairo_arc (cr, dot_x, dot_y, 3, 0, 2 * G_PI);
          _sac_source (cr, colour, 1);
          cairo_fill (cr);
        }
      if (hot == (gint) i)
        draw_words (cr, &text, style, chart, place, x, px);
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}

char *
sac_board_dup_text (const SacBoard *board)
{
  GString *text = g_string_new ("chart\tcurve\tx\ty\n");

  for (guint i = 0; i < board->n; i++)
    for (guint c = 0; c < board->charts[i].n; c++)
      {
        const SacCurve *curve = &board->charts[i].curves[c];

        for (gsize k = 0; k < curve->n; k++)
          g_string_append_printf (text, "%s\t%s\t%.10g\t%.10g\n", board->charts[i].axes.title ? board->charts[i].axes.title : "",
                                  curve->name ? curve->name : "", curve->x[k], curve->y[k]);
      }
  return g_string_free (text, FALSE);
}
