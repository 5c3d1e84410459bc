/* SacClipTile: one clip in the grid: a moving thumbnail, its badges, name and labels.  Recycled: bound to one clip after
 * another.  The pointer's place over the picture is the time in the clip.  Main thread. */
#pragma once
#include "sac-session.h"
#include "sac-thumb-loader.h"
#include "sac-tile-art.h"

#define SAC_TYPE_CLIP_TILE (sac_clip_tile_get_type ())
G_DECLARE_FINAL_TYPE (SacClipTile, sac_clip_tile, SAC, CLIP_TILE, GtkWidget)

/* @loader: NULL for compact ones.  @art (borrowed) lives as long as the tile. */
GtkWidget *sac_clip_tile_new (SacSession *session, SacThumbLoader *loader, SacTileArt *art);
void       sac_clip_tile_bind (SacClipTile *self, SacClip *clip);      /* NULL = unbind */
void       sac_clip_tile_set_place (SacClipTile *self, guint position, guint n);       /* of @n */
void       sac_clip_tile_set_selected (SacClipTile *self, gboolean selected);
/* It was drawn without its words, because the frame's time was up (see SacTileArt): it wants to be drawn again. */
gboolean   sac_clip_tile_is_waiting (SacClipTile *self);
SacClip   *sac_clip_tile_get_clip (SacClipTile *self);
void       sac_clip_tile_set_width (SacClipTile *self, int width);
void       sac_clip_tile_set_compact (SacClipTile *self);              /* for life: a line, no picture */
void       sac_clip_tile_refresh (SacClipTile *self);                  /* names or colours of labels changed */
/* The clock of the moving thumbnails, eight times a second; @moving FALSE: only the tile under a resting pointer moves. */
void       sac_clip_tile_tick (SacClipTile *self, guint64 tick, gboolean moving);
/* Shows the picture at this share of the clip, 0…1, as the pointer does. */
void       sac_clip_tile_scrub (SacClipTile *self, double share);
/* SacThumbRank of a tile: its distance from the visible part of the grid, in pixels. */
int        sac_clip_tile_rank (gpointer tile);
/* Number of pictures and the one shown; for tests. */
guint      sac_clip_tile_get_n_pictures (SacClipTile *self);
guint      sac_clip_tile_get_picture (SacClipTile *self);

/* "Training", "Validation", "Test" or NULL. */
const char *sac_split_name (SacSplit split);
