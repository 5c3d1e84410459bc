/* SacTileGrid, inside: what its two halves share, the tiles (sac-tile-grid.c) and the hands (sac-tile-grid-input.c). */
#pragma once
#include "sac-tile-grid.h"
#include "sac-tile-layout.h"

typedef struct {
  SacClipTile *tile;            /* a child of the grid */
  SacId id;                     /* of the clip it shows, 0 = spare */
  guint position;
  guint round;                  /* of the last placing that had a place for it */
  gboolean selected;            /* as it is drawn */
} SacTileSlot;

struct _SacTileGrid {
  GtkWidget parent_instance;
  SacSession *session;
  SacThumbLoader *loader;
  SacClipSelection *selection;
  SacTileArt *art;
  GtkAdjustment *adjustments[2];                /* across, down */
  GtkScrollablePolicy policies[2];
  SacTileLayout layout;
  int tile_width, room;         /* room: the height there was last */
  gboolean compact;
  GPtrArray *slots;             /* SacTileSlot */
  GHashTable *by_id;            /* &slot->id → slot, those that are not spare */
  guint round;
  guint more_source;            /* tick callback: tiles wait to be made or filled */
  gboolean unmade;              /* tiles are still to be made */
  gboolean placing;
  guint wanted;                 /* position to be shown as soon as there is a size, or none */
  /* the hands */
  guint cursor, anchor;         /* positions, or none */
  SacId cursor_id, anchor_id;   /* the same by clip: lists are exchanged */
  guint collapse;               /* pressed among the selected: alone selected if it is not dragged */
  gboolean banding;
  double band_from[2], band_to[2];              /* of all rows */
  double band_pointer[2];       /* in the grid */
  guint band_source;            /* tick callback that scrolls at the edges */
};

double       _sac_tile_grid_get_scroll (SacTileGrid *self);
void         _sac_tile_grid_scroll_to (SacTileGrid *self, double y);
SacTileSlot *_sac_tile_grid_find (SacTileGrid *self, guint position);
/* The tile of a position, made or taken if need be; its place comes with the next allocation. */
SacClipTile *_sac_tile_grid_ensure (SacTileGrid *self, guint position);
void         _sac_tile_grid_update_selected (SacTileGrid *self);
guint        _sac_tile_grid_get_n (SacTileGrid *self);

void         _sac_tile_grid_init_input (SacTileGrid *self);
void         _sac_tile_grid_class_init_input (GtkWidgetClass *widget_class, guint activate_signal, guint menu_signal);
void         _sac_tile_grid_stop_input (SacTileGrid *self);
/* After other rows: cursor and anchor follow their clips. */
void         _sac_tile_grid_follow_list (SacTileGrid *self);
void         _sac_tile_grid_snapshot_band (SacTileGrid *self, GtkSnapshot *snapshot);
gboolean     _sac_tile_grid_in_band (SacTileGrid *self, guint position);
