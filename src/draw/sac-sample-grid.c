#include "sac-sample-grid.h"

#include <math.h>

#include "sac-draw-private.h"

#define GAP 3                   /* px between pictures */
#define PANEL_GAP 22            /* px between panels */
#define LONE_WIDTH 160          /* px that text may have over a panel that stands alone */

/* Where everything stands; the same for drawing and picking. */
typedef struct {
  double side;                  /* of a picture */
  double top, left;             /* of the first */
  double line;
  gboolean titles, names, notes;
} Layout;

static guint
shown_rows (const SacSampleGrid *grid)
{
  guint rows = 1;

  for (guint i = 0; !grid->zoomed && i < grid->n; i++)
    rows = MAX (rows, grid->panels[i].rows);
  return rows;
}

static guint
shown_columns (const SacSampleGrid *grid, guint panel)
{
  return grid->zoomed ? 1 : MAX (grid->panels[panel].columns, 1);
}

/* Which column of a panel stands in shown column @at. */
static guint
column_at (const SacSampleGrid *grid, guint panel, guint at)
{
  return grid->zoomed ? MIN ((guint) MAX (grid->column, 0), MAX (grid->panels[panel].columns, 1) - 1) : at;
}

static double
panel_x (const SacSampleGrid *grid, const Layout *l, guint panel)
{
  double x = l->left;

  for (guint i = 0; i < panel; i++)
    x += shown_columns (grid, i) * (l->side + GAP) - GAP + PANEL_GAP;
  return x;
}

static void
lay_out (const SacSampleGrid *grid, double width, double height, const SacStyle *style, Layout *l)
{
  double em = style->font_px > 0 ? style->font_px : 13, head = 0, all = 0;
  guint rows = shown_rows (grid), columns = 0;

  *l = (Layout) { .line = ceil (em * 1.5) };
  for (guint i = 0; i < grid->n; i++)
    {
      l->titles = l->titles || grid->panels[i].title;
      l->names = l->names || grid->panels[i].names;
      l->notes = l->notes || grid->panels[i].notes;
      columns += shown_columns (grid, i);
    }
  head = l->line * (l->titles + l->names + l->notes) + GAP;
  all = MAX (columns, 1) * GAP + (grid->n > 1 ? (grid->n - 1) * (PANEL_GAP - GAP) : 0);
  l->side = floor (MIN ((width - all) / MAX (columns, 1), (height - head - rows * GAP) / rows));
  l->side = MAX (l->side, 1);
  l->top = head;
  l->left = floor (MAX ((width - all - columns * l->side) / 2, 0));
}

static void
draw_cell (cairo_t *cr, const SacStyle *style, const SacSamplePanel *panel, guint row, guint column, const double place[4])
{
  double scale = place[2] / MAX (panel->cell, 1), pitch = panel->cell + panel->gap;
  double x = column * pitch + panel->gap, y = row * pitch + panel->gap;
  cairo_pattern_t *pattern;

  if (!panel->picture || row >= panel->rows || column >= panel->columns)
    {
      _sac_source (cr, style->faint, 0.35);
      cairo_rectangle (cr, place[0], place[1], place[2], place[3]);
      cairo_fill (cr);
      return;
    }
  pattern = cairo_pattern_create_for_surface (panel->picture);
  cairo_save (cr);
  cairo_translate (cr, place[0], place[1]);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -x, -y);
  cairo_rectangle (cr, x, y, panel->cell, panel->cell);
  /* Each pixel as the network made it: nothing is smoothed. */
  cairo_pattern_set_filter (pattern, scale >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_BILINEAR);
  cairo_set_source (cr, pattern);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_pattern_destroy (pattern);
}

static void
draw_frame (cairo_t *cr, const SacStyle *style, const double place[4], gboolean dashed)
{
  const double dashes[] = { 5, 3 };

  cairo_save (cr);
  cairo_set_line_width (cr, 3);
  if (dashed)
    cairo_set_dash (cr, dashes, 2, 0);
  _sac_source (cr, style->accent, 1);
  cairo_rectangle (cr, place[0] - 0.5, place[1] - 0.5, place[2] + 1, place[3] + 1);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_heads (cairo_t *cr, const SacStyle *style, const SacSampleGrid *grid, const Layout *l, guint i, SacText *text)
{
  const SacSamplePanel *panel = &grid->panels[i];
  guint columns = shown_columns (grid, i);
  double x = panel_x (grid, l, i), width = columns * (l->side + GAP) - GAP, y = l->line / 2;
  /* A lone column may be narrower than what stands over it. */
  double free = grid->n > 1 ? PANEL_GAP : MAX (LONE_WIDTH - width, 0), most = columns == 1 ? l->side + free : l->side;

  if (l->titles)
    {
      if (panel->title)
        {
          _sac_text_set (text, panel->title, 1, TRUE, width + free);
          _sac_text_show (text, cr, x + width / 2, y, 0.5, 0.5, style->ink);
        }
      y += l->line;
    }
  for (guint c = 0; c < columns; c++)
    {
      guint of = column_at (grid, i, c);
      double middle = x + c * (l->side + GAP) + l->side / 2;

      if (panel->names && of < panel->columns)
        {
          _sac_text_set (text, panel->names[of], 1, FALSE, most);
          _sac_text_show (text, cr, middle, y, 0.5, 0.5, style->ink);
        }
      if (panel->notes && of < panel->columns)
        {
          _sac_text_set (text, panel->notes[of], 0.85, FALSE, most);
          _sac_text_show (text, cr, middle, y + (l->names ? l->line : 0), 0.5, 0.5, style->ink);
        }
    }
}

void
sac_sample_grid_place (double width, double height, const SacStyle *style, const SacSampleGrid *grid, guint panel, guint row,
                       guint column, double place[4])
{
  Layout l;

  lay_out (grid, width, height, style, &l);
  place[0] = panel_x (grid, &l, panel) + (grid->zoomed ? 0 : column) * (l.side + GAP);
  place[1] = l.top + (grid->zoomed ? 0 : row) * (l.side + GAP);
  place[2] = place[3] = l.side;
}

void
sac_sample_grid_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacSampleGrid *grid)
{
  guint rows = shown_rows (grid);
  SacText text;
  Layout l;

  cairo_save (cr);
  _sac_paper (cr, width, height, style);
  lay_out (grid, width, height, style, &l);
  _sac_text_init (&text, style);
  for (guint i = 0; i < grid->n; i++)
    {
      draw_heads (cr, style, grid, &l, i, &text);
      for (guint r = 0; r < rows; r++)
        for (guint c = 0; c < shown_columns (grid, i); c++)
          {
            double place[4] = { panel_x (grid, &l, i) + c * (l.side + GAP), l.top + r * (l.side + GAP), l.side, l.side };

            draw_cell (cr, style, &grid->panels[i], grid->zoomed ? (guint) MAX (grid->row, 0) : r, column_at (grid, i, c), place);
          }
    }
  _sac_text_clear (&text);
  if (!grid->zoomed && grid->panel >= 0 && (guint) grid->panel < grid->n)
    {
      const SacSamplePanel *panel = &grid->panels[grid->panel];
      double place[4];

      if (grid->row >= 0 && (guint) grid->row < panel->rows && grid->column >= 0 && (guint) grid->column < panel->columns)
        {
          sac_sample_grid_place (width, height, style, grid, (guint) grid->panel, (guint) grid->row, (guint) grid->column, place);
          draw_frame (cr, style, place, FALSE);
        }
      if (grid->other_row >= 0 && (guint) grid->other_row < panel->rows && grid->other_column >= 0
          && (guint) grid->other_column < panel->columns)
        {
          sac_sample_grid_place (width, height, style, grid, (guint) grid->panel, (guint) grid->other_row, (guint) grid->other_column,
                                 place);
          draw_frame (cr, style, place, TRUE);
        }
    }
  cairo_restore (cr);
}

gboolean
sac_sample_grid_pick (double width, double height, const SacStyle *style, const SacSampleGrid *grid, double x_px, double y_px,
                      guint *panel, guint *row, guint *column)
{
  Layout l;

  lay_out (grid, width, height, style, &l);
  for (guint i = 0; i < grid->n; i++)
    {
      double x = (x_px - panel_x (grid, &l, i)) / (l.side + GAP), y = (y_px - l.top) / (l.side + GAP);
      double edge = l.side / (l.side + GAP);

      if (x < 0 || y < 0 || x - floor (x) > edge || y - floor (y) > edge || x >= shown_columns (grid, i) || y >= shown_rows (grid))
        continue;
      *panel = i;
      *row = grid->zoomed ? (guint) MAX (grid->row, 0) : (guint) y;
      *column = column_at (grid, i, (guint) x);
      return *row < grid->panels[i].rows && *column < grid->panels[i].columns;
    }
  return FALSE;
}
