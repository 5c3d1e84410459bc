/* Edited maps of attention: where and when a person says that a network should look.  They are labels like any other: acts with undo,
 * in versions, merged.  Of a clip there is one for each size of grid (a network's own: its frames × rows × columns of features); the
 * newest counts.  methods/08 §10 */
#pragma once
#include "sac-store.h"

#define SAC_MAP_MAX_FRAMES 1024
#define SAC_MAP_MAX_PLACES (1 << 20)            /* t·h·w */

typedef struct {
  SacId id, item;
  guint t, h, w;
  guint16 *spatial;             /* t·h·w, row by row, frame by frame; 0…65535 stands for 0…1 */
  guint16 *temporal;            /* t; NULL: nothing is said of time */
  char *run;                    /* whose maps it was drawn over, as a word for the person; NULL unknown */
  char *user;                   /* who drew it */
  gint64 time_us;               /* since 1970 */
} SacMap;
void       sac_map_free (SacMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMap, sac_map_free)
gboolean   sac_map_size_ok (guint t, guint h, guint w);
/* 0…1 ↔ 16 bit, rounded; what is no number is 0. */
guint16    sac_map_pack (float value);
float      sac_map_unpack (guint16 value);

/* Says these maps (ids are ignored, @user NULL: who runs the program, @time_us 0: now), each in place of the one that its clip has on
 * that grid.  One command. */
gboolean   sac_project_set_maps (SacProject *project, const SacMap *const *maps, guint n_maps, GError **error);
gboolean   sac_project_remove_maps (SacProject *project, const SacId *maps, guint n_maps, GError **error);
/* The one of @item on this grid; NULL without @error: none. */
SacMap    *sac_project_get_map (SacProject *project, SacId item, guint t, guint h, guint w, GError **error);
/* Of one clip, or (0) of all, by clip and grid.  SacMap*; transfer full.  Rows that hold no map are left out. */
GPtrArray *sac_project_list_maps (SacProject *project, SacId item, GError **error);

/* As files: FOLDER/maps.json and two 16-bit grey PNGs a map beside it, the frames of space one below the other.  Export replaces what
 * a former one wrote there; @items NULL: all clips. */
gboolean   sac_project_export_maps (SacProject *project, const char *folder, const SacId *items, guint n_items, guint *n_maps,
                                    GError **error);
/* @path: the folder or its maps.json.  Clips are met by the content of their video and their place in it, else by name.  One command:
 * all maps are taken or none; @n_missing counts those of clips that the project lacks. */
gboolean   sac_project_import_maps (SacProject *project, const char *path, guint *n_maps, guint *n_missing, GError **error);

/* A grey picture of 16 bits as PNG, and back: @width × @height numbers.  Files are not trusted. */
GBytes    *sac_png16_encode (const guint16 *pixels, guint width, guint height, GError **error);
guint16   *sac_png16_decode (GBytes *bytes, guint width, guint height, GError **error);
