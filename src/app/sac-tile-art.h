/* SacTileArt: what many tiles draw alike, made once: words as layouts, icons, plates and rings as render nodes.  And a frame's
 * time: tiles that come into view together are filled one after another within it, over several frames where they are many.
 * Main thread. */
#pragma once
#include <gtk/gtk.h>

typedef enum { SAC_TEXT_NAME, SAC_TEXT_CHIP, SAC_TEXT_FAINT, SAC_TEXT_PLATE } SacTextKind;

typedef struct _SacTileArt SacTileArt;

/* @widget (borrowed, must outlive it) lends its font, scale and icon theme. */
SacTileArt    *sac_tile_art_new (GtkWidget *widget);
void           sac_tile_art_free (SacTileArt *art);
/* Once a frame, before tiles are drawn; TRUE: the font changed, and all tiles must be filled anew. */
gboolean       sac_tile_art_begin_frame (SacTileArt *art);
/* Whether another tile may be filled in this frame. */
gboolean       sac_tile_art_has_time (SacTileArt *art);

/* @width in pixels, 0: as wide as it is.  Borrowed until the next frame, ref to keep. */
PangoLayout   *sac_tile_art_get_text (SacTileArt *art, SacTextKind kind, const char *text, int width);
int            sac_tile_art_get_line_height (SacTileArt *art);
/* Symbolic, of @size pixels, at 0,0; borrowed as above. */
GskRenderNode *sac_tile_art_get_icon (SacTileArt *art, const char *name, int size, const GdkRGBA *ink);
/* The same in white on a round ground of 20 pixels. */
GskRenderNode *sac_tile_art_get_round_icon (SacTileArt *art, const char *name, const GdkRGBA *ground);
/* A dark plate with a word; *width receives its own. */
GskRenderNode *sac_tile_art_get_plate (SacTileArt *art, const char *word, float *width);
/* A ring of 20 pixels that is closed to @share, 0…1. */
GskRenderNode *sac_tile_art_get_ring (SacTileArt *art, double share);

void           sac_snapshot_rounded (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius, const GdkRGBA *colour);
void           sac_snapshot_layout_at (GtkSnapshot *snapshot, PangoLayout *layout, float x, float y, const GdkRGBA *ink);
void           sac_snapshot_node_at (GtkSnapshot *snapshot, GskRenderNode *node, float x, float y);
