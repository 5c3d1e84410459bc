/* Edited maps as files that other programs can read: maps.json says of what clip, by whom and when; the numbers lie in PNGs. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "json-private.h"
#include "maps-private.h"
#include "sac-compare-private.h"

#define VERSION 1
#define MAX_MAPS 100000
#define MAX_PNG (8 << 20)

/* ---- out. */
typedef struct { char *name, *hash; int kind; gint64 in_ns, out_ns; } Clip;

static void
clip_clear (Clip *clip)
{
  g_free (clip->name);
  g_free (clip->hash);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Clip, clip_clear)

static gboolean
find_clip (SacProject *self, SacId item, Clip *clip, GError **error)
{
  sqlite3_stmt *stmt = _sac_query (self, error, "SELECT i.name, m.hash, i.kind, i.in_ns, i.out_ns FROM items i"
                                   " JOIN media m ON m.id = i.media WHERE i.id = ?", "i", item);

  if (!_sac_step (self, stmt, error))
    return FALSE;
  clip->name = _sac_dup_words (stmt, 0);
  clip->hash = _sac_dup_words (stmt, 1);
  clip->kind = _sac_column_int (stmt, 2);
  clip->in_ns = sqlite3_column_int64 (stmt, 3);
  clip->out_ns = sqlite3_column_int64 (stmt, 4);
  sqlite3_reset (stmt);
  return TRUE;
}

/* The name of the file, or NULL. */
static char *
write_png (const char *folder, guint number, const char *what, const guint16 *pixels, guint width, guint height, GError **error)
{
  g_autoptr (GBytes) bytes = sac_png16_encode (pixels, width, height, error);
  g_autofree char *name = g_strdup_printf ("map-%05u-%s.png", number, what), *path = g_build_filename (folder, name, NULL);

  if (!bytes || !sac_file_replace (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return NULL;
  return g_steal_pointer (&name);
}

static gboolean
add_entry (SacProject *self, JsonBuilder *out, const char *folder, const SacMap *map, guint number, GError **error)
{
  g_auto (Clip) clip = { 0 };
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (map->time_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) time = seconds ? g_date_time_add (seconds, map->time_us % G_USEC_PER_SEC) : NULL;
  g_autofree char *stamp = time ? g_date_time_format_iso8601 (time) : NULL;
  g_autofree char *spatial = NULL, *temporal = NULL;

  if (!find_clip (self, map->item, &clip, error))
    return FALSE;
  spatial = write_png (folder, number, "space", map->spatial, map->w, map->t * map->h, error);
  if (spatial && map->temporal)
    temporal = write_png (folder, number, "time", map->temporal, map->t, 1, error);
  if (!spatial || (map->temporal && !temporal))
    return FALSE;
  json_builder_begin_object (out);
  json_builder_add_string_value (json_builder_set_member_name (out, "clip"), clip.name);
  json_builder_add_string_value (json_builder_set_member_name (out, "video"), clip.hash);
  json_builder_add_int_value (json_builder_set_member_name (out, "kind"), clip.kind);
  json_builder_add_int_value (json_builder_set_member_name (out, "in_ns"), clip.in_ns);
  json_builder_add_int_value (json_builder_set_member_name (out, "out_ns"), clip.out_ns);
  json_builder_add_int_value (json_builder_set_member_name (out, "frames"), map->t);
  json_builder_add_int_value (json_builder_set_member_name (out, "rows"), map->h);
  json_builder_add_int_value (json_builder_set_member_name (out, "columns"), map->w);
  json_builder_add_string_value (json_builder_set_member_name (out, "space"), spatial);
  if (temporal)
    json_builder_add_string_value (json_builder_set_member_name (out, "time"), temporal);
  if (map->run)
    json_builder_add_string_value (json_builder_set_member_name (out, "run"), map->run);
  json_builder_add_string_value (json_builder_set_member_name (out, "user"), map->user);
  if (stamp)
    json_builder_add_string_value (json_builder_set_member_name (out, "drawn"), stamp);
  json_builder_end_object (out);
  return TRUE;
}

static gboolean
is_wanted (SacId item, const SacId *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    if (items[i] == item)
      return TRUE;
  return items == NULL;
}

/* Pictures of a former export that nothing names any more. */
static void
sweep (const char *folder, guint first)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint number;
  char tail[16];

  while (dir && (name = g_dir_read_name (dir)))
    if (sscanf (name, "map-%5u-%15s", &number, tail) == 2 && number >= first && (!strcmp (tail, "space.png") || !strcmp (tail, "time.png")))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_unlink (path);
      }
}

gboolean
sac_project_export_maps (SacProject *self, const char *folder, const SacId *items, guint n_items, guint *n_maps, GError **error)
{
  g_autoptr (GPtrArray) maps = NULL;
  g_autoptr (JsonBuilder) out = json_builder_new ();
  g_autofree char *path = g_build_filename (folder, "maps.json", NULL);
  guint n = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  maps = sac_project_list_maps (self, 0, error);
  if (!maps)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("Cannot make the folder %s"), folder);
      return FALSE;
    }
  json_builder_begin_object (out);
  json_builder_add_int_value (json_builder_set_member_name (out, "version"), VERSION);
  json_builder_add_string_value (json_builder_set_member_name (out, "what"), "saccade attention maps");
  json_builder_begin_array (json_builder_set_member_name (out, "maps"));
  for (guint m = 0; m < maps->len; m++)
    {
      const SacMap *map = maps->pdata[m];

      if (is_wanted (map->item, items, n_items) && !add_entry (self, out, folder, map, ++n, error))
        return FALSE;
    }
  json_builder_end_array (out);
  json_builder_end_object (out);
  if (!_sac_json_save (json_builder_get_root (out), path, error))
    return FALSE;
  sweep (folder, n + 1);
  *n_maps = n;
  return TRUE;
}

/* ---- in. */
static gboolean
wrong (GError **error, guint entry, const char *why)
{
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("Map %u: %s"), entry + 1, why);
  return FALSE;
}

static gboolean
whole_number (JsonObject *object, const char *name, double most, guint *value)
{
  double number = number_member (object, name);

  if (!(number >= 1 && number <= most))         /* NaN fails every comparison */
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

/* A name in this folder and nowhere else. */
static guint16 *
read_png (const char *folder, const char *name, guint width, guint height, guint entry, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) failed = NULL;
  guint16 *pixels;

  if (!name[0] || name[0] == '.' || strpbrk (name, "/\\"))
    {
      wrong (error, entry, _("its picture does not lie beside it"));
      return NULL;
    }
  path = g_build_filename (folder, name, NULL);
  bytes = sac_file_read (path, MAX_PNG, error);
  if (!bytes)
    return NULL;
  pixels = sac_png16_decode (bytes, width, height, &failed);
  if (!pixels)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, "%s: %s", path, failed->message);
  return pixels;
}

/* The clip of this video and place; of this name where the file does not tell the video.  0: not here. */
static SacId
meet_clip (SacProject *self, JsonObject *entry, GError **error)
{
  const char *name = text_member (entry, "clip"), *hash = text_member (entry, "video");
  double kind = number_member (entry, "kind"), in = number_member (entry, "in_ns"), out = number_member (entry, "out_ns");
  gint64 id = 0;

  if (hash && in >= 0 && in < 9e18 && out >= 0 && out < 9e18 && kind >= 0 && kind < 10)
    {
      g_autofree char *key = g_strdup_printf ("%s %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, hash, (int) kind,
                                              json_object_get_int_member (entry, "in_ns"), json_object_get_int_member (entry, "out_ns"));

      _sac_lookup (self, &id, error, "SELECT i.id FROM items i JOIN media m ON m.id = i.media WHERE m.hash = ?2 AND " SAC_CLIP_KEY " = ?1"
                   " ORDER BY i.name = ?3 DESC", "sss", key, hash, name);
    }
  else if (name && !hash)
    _sac_lookup (self, &id, error, "SELECT id FROM items WHERE name = ?", "s", name);
  return id;
}

static SacMap *
read_entry (SacProject *self, JsonObject *entry, const char *folder, guint number, GError **error)
{
  g_autoptr (SacMap) map = g_new0 (SacMap, 1);
  const char *spatial = text_member (entry, "space"), *temporal = text_member (entry, "time"), *drawn = text_member (entry, "drawn");
  g_autoptr (GDateTime) time = drawn ? g_date_time_new_from_iso8601 (drawn, NULL) : NULL;

  if (!spatial || !whole_number (entry, "frames", SAC_MAP_MAX_FRAMES, &map->t)
      || !whole_number (entry, "rows", SAC_MAP_MAX_PLACES, &map->h) || !whole_number (entry, "columns", SAC_MAP_MAX_PLACES, &map->w)
      || !sac_map_size_ok (map->t, map->h, map->w))
    {
      wrong (error, number, _("its size or its picture is not told"));
      return NULL;
    }
  map->spatial = read_png (folder, spatial, map->w, map->t * map->h, number, error);
  if (map->spatial && temporal)
    map->temporal = read_png (folder, temporal, map->t, 1, number, error);
  if (!map->spatial || (temporal && !map->temporal))
    return NULL;
  map->run = g_strdup (text_member (entry, "run"));
  map->user = g_strdup (text_member (entry, "user"));
  if (time)
    map->time_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  map->item = meet_clip (self, entry, error);
  return g_steal_pointer (&map);
}

gboolean
sac_project_import_maps (SacProject *self, const char *path, guint *n_maps, guint *n_missing, GError **error)
{
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *folder = is_folder ? g_strdup (path) : g_path_get_dirname (path);
  g_autofree char *file = is_folder ? g_build_filename (path, "maps.json", NULL) : g_strdup (path);
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_map_free);
  g_autoptr (GError) failed = NULL;
  JsonObject *root;
  JsonArray *entries;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  *n_maps = *n_missing = 0;
  parser = _sac_json_load (file, error);
  if (!parser)
    return FALSE;
  root = object_of (json_parser_get_root (parser));
  entries = array_member (root, "maps");
  if (!entries || number_member (root, "version") != VERSION || length_of (entries) > MAX_MAPS)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("%s: no maps of attention, or of another version"), file);
      return FALSE;
    }
  for (guint e = 0; e < length_of (entries) && !failed; e++)
    {
      JsonObject *entry = object_of (json_array_get_element (entries, e));
      g_autoptr (SacMap) map = NULL;

      if (!entry)
        return wrong (error, e, _("it is no map"));
      map = read_entry (self, entry, folder, e, &failed);
      if (map && !map->item)
        (*n_missing)++;
      else if (map && !failed)
        g_ptr_array_add (maps, g_steal_pointer (&map));
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  *n_maps = maps->len;
  return maps->len == 0 || sac_project_set_maps (self, (const SacMap *const *) maps->pdata, maps->len, error);
}
