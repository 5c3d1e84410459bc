/* SacTileLayout: where tiles of one size stand in rows, as pure numbers.  Places are pixels from the top left of all rows, so a
 * scrolled view subtracts what it scrolled by.  The last tile of a row goes as far as the first allows: tiles share the room. */
#pragma once
#include <glib.h>

typedef struct {
  guint n, columns;             /* columns ≥ 1 */
  int room;                     /* width of all */
  int width, height;            /* of a tile; the caller sets the height that fits the width, before it asks anything */
  gboolean mirrored;            /* the first tile stands at the right */
} SacTileLayout;

typedef struct {
  double x, y, width, height;
} SacTilePlace;

typedef enum {
  SAC_TILE_LEFT, SAC_TILE_RIGHT, SAC_TILE_UP, SAC_TILE_DOWN, SAC_TILE_PAGE_UP, SAC_TILE_PAGE_DOWN, SAC_TILE_FIRST, SAC_TILE_LAST,
} SacTileMove;

#define SAC_TILE_NONE G_MAXUINT         /* no position */
#define SAC_TILE_PADDING 6              /* around all */
#define SAC_TILE_GAP 4                  /* between two */

/* As many columns of at least @least as fit into @room, at least one. */
SacTileLayout sac_tile_layout_make (guint n, int room, int least, gboolean mirrored);
double        sac_tile_layout_get_height (const SacTileLayout *layout);
SacTilePlace  sac_tile_layout_get_place (const SacTileLayout *layout, guint position);
/* The tile that holds the point, SAC_TILE_NONE between tiles. */
guint         sac_tile_layout_pick (const SacTileLayout *layout, double x, double y);
/* Positions *first … *end − 1 of the rows that show anything between @top and @bottom. */
void          sac_tile_layout_get_range (const SacTileLayout *layout, double top, double bottom, guint *first, guint *end);
/* Which rows and columns a rectangle touches (ends excluded); FALSE = none. */
gboolean      sac_tile_layout_get_band (const SacTileLayout *layout, const SacTilePlace *band, guint rows[2], guint columns[2]);
/* Where the keyboard goes from @from; @page: height of what is seen.  Left and right are those of the screen. */
guint         sac_tile_layout_move (const SacTileLayout *layout, guint from, SacTileMove move, double page);
