/* SacTileGrid: the clips of a SacClipSelection as tiles in rows, to be put into a GtkScrolledWindow.  It holds a tile for each place
 * that is seen and a row around, whatever the number of clips: tiles that leave at one end come in again at the other, clips
 * that are still there after another search keep theirs.  One tile has the focus; keys and pointer are those of GtkGridView.
 * Signals: "activate" (uint position), "menu" (uint position, int x, int y in the grid).  Main thread. */
#pragma once
#include "sac-clip-selection.h"
#include "sac-clip-tile.h"

#define SAC_TYPE_TILE_GRID (sac_tile_grid_get_type ())
G_DECLARE_FINAL_TYPE (SacTileGrid, sac_tile_grid, SAC, TILE_GRID, GtkWidget)

/* Before it is attached: a list of lines, a tick and a name each, and no pictures. */
void         sac_tile_grid_set_compact (SacTileGrid *self);
/* Once; @loader NULL for a compact one; @selection NULL takes all clips away for good. */
void         sac_tile_grid_attach (SacTileGrid *self, SacSession *session, SacThumbLoader *loader, SacClipSelection *selection);
void         sac_tile_grid_set_tile_width (SacTileGrid *self, int width);
/* Scrolls so that it is seen; the keyboard goes on from there, and has the focus if the grid had it. */
void         sac_tile_grid_show (SacTileGrid *self, guint position);
/* The position under a point of the grid, GTK_INVALID_LIST_POSITION = none; its tile, NULL where there is none now. */
guint        sac_tile_grid_pick (SacTileGrid *self, double x, double y);
SacClipSelection *sac_tile_grid_get_selection (SacTileGrid *self);     /* borrowed, nullable */
SacClipTile *sac_tile_grid_get_tile (SacTileGrid *self, guint position);
guint        sac_tile_grid_get_n_tiles (SacTileGrid *self);
/* Names, keys or colours of labels changed. */
void         sac_tile_grid_refresh (SacTileGrid *self);
/* See sac_clip_tile_tick(). */
void         sac_tile_grid_tick (SacTileGrid *self, guint64 tick, gboolean moving);
