#include "sac-tile-layout.h"

#include <math.h>

SacTileLayout
sac_tile_layout_make (guint n, int room, int least, gboolean mirrored)
{
  SacTileLayout layout = { .n = n, .room = room, .mirrored = mirrored };
  int inside = MAX (room - 2 * SAC_TILE_PADDING, 1);

  least = MAX (least, 1);
  layout.columns = (guint) MAX ((inside + SAC_TILE_GAP) / (least + SAC_TILE_GAP), 1);
  layout.width = MAX ((inside - SAC_TILE_GAP * ((int) layout.columns - 1)) / (int) layout.columns, 1);
  return layout;
}

static double
row_step (const SacTileLayout *layout)
{
  return MAX (layout->height, 1) + SAC_TILE_GAP;
}

static double
column_step (const SacTileLayout *layout)
{
  return layout->width + SAC_TILE_GAP;
}

static guint
count_rows (const SacTileLayout *layout)
{
  return layout->n / layout->columns + (layout->n % layout->columns > 0);
}

double
sac_tile_layout_get_height (const SacTileLayout *layout)
{
  return layout->n ? 2 * SAC_TILE_PADDING + count_rows (layout) * row_step (layout) - SAC_TILE_GAP : 0;
}

SacTilePlace
sac_tile_layout_get_place (const SacTileLayout *layout, guint position)
{
  SacTilePlace place = { SAC_TILE_PADDING + position % layout->columns * column_step (layout),
                         SAC_TILE_PADDING + position / layout->columns * row_step (layout), layout->width, layout->height };

  if (layout->mirrored)
    place.x = layout->room - place.x - place.width;
  return place;
}

guint
sac_tile_layout_pick (const SacTileLayout *layout, double x, double y)
{
  double across = (layout->mirrored ? layout->room - x : x) - SAC_TILE_PADDING, down = y - SAC_TILE_PADDING;
  double column = floor (across / column_step (layout)), row = floor (down / row_step (layout));

  if (across < 0 || down < 0 || column >= layout->columns || row >= count_rows (layout) ||
      across - column * column_step (layout) >= layout->width || down - row * row_step (layout) >= layout->height)
    return SAC_TILE_NONE;
  return (guint) row * layout->columns + (guint) column < layout->n ? (guint) row * layout->columns + (guint) column : SAC_TILE_NONE;
}

/* Rows or columns that a stretch touches: those whose far edge lies after its start and whose near edge lies before its end. */
static void
get_touched (double from, double to, double step, double size, guint n, guint touched[2])
{
  double first = floor ((from - SAC_TILE_PADDING) / step), last = floor ((to - SAC_TILE_PADDING) / step);

  if (from - SAC_TILE_PADDING - first * step >= size)
    first++;                    /* it begins in the gap behind */
  touched[0] = (guint) CLAMP (first, 0, n);
  touched[1] = (guint) CLAMP (last + 1, touched[0], n);
}

void
sac_tile_layout_get_range (const SacTileLayout *layout, double top, double bottom, guint *first, guint *end)
{
  guint rows[2];

  get_touched (top, bottom, row_step (layout), layout->height, count_rows (layout), rows);
  *first = rows[0] * layout->columns;
  *end = MIN (rows[1] * layout->columns, layout->n);
}

gboolean
sac_tile_layout_get_band (const SacTileLayout *layout, const SacTilePlace *band, guint rows[2], guint columns[2])
{
  double x = layout->mirrored ? layout->room - band->x - band->width : band->x;

  get_touched (band->y, band->y + band->height, row_step (layout), layout->height, count_rows (layout), rows);
  get_touched (x, x + band->width, column_step (layout), layout->width, layout->columns, columns);
  return rows[0] < rows[1] && columns[0] < columns[1];
}

guint
sac_tile_layout_move (const SacTileLayout *layout, guint from, SacTileMove move, double page)
{
  guint last = layout->n - 1, rows = (guint) MAX (floor (page / row_step (layout)), 1) * layout->columns, step = 0;
  gboolean back = FALSE;

  if (layout->n == 0)
    return SAC_TILE_NONE;
  if (from >= layout->n)
    return move == SAC_TILE_LAST ? last : 0;
  switch (move)
    {
    case SAC_TILE_LEFT:
    case SAC_TILE_RIGHT:
      step = 1;
      back = (move == SAC_TILE_LEFT) != layout->mirrored;
      break;
    case SAC_TILE_UP:
    case SAC_TILE_DOWN:
      step = layout->columns;
      back = move == SAC_TILE_UP;
      break;
    case SAC_TILE_PAGE_UP:
    case SAC_TILE_PAGE_DOWN:
      step = MIN (rows, last);
      back = move == SAC_TILE_PAGE_UP;
      break;
    case SAC_TILE_FIRST:
      return 0;
    case SAC_TILE_LAST:
    default:
      return last;
    }
  if (back)
    {
      if (from >= step)
        return from - step;
      return move == SAC_TILE_PAGE_UP ? from % layout->columns : from;
    }
  if (last - from >= step)
    return from + step;
  /* Down from the last row but one, over a place that is empty, is the last tile; from the last row it is nowhere. */
  return move != SAC_TILE_RIGHT && from / layout->columns < last / layout->columns ? last : from;
}
