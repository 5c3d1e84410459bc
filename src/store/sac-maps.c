#include "sac-maps.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "maps-private.h"

#define MAX_WORD 1000           /* bytes of a user's or a run's name */

void
sac_map_free (SacMap *map)
{
  if (!map)
    return;
  g_free (map->spatial);
  g_free (map->temporal);
  g_free (map->run);
  g_free (map->user);
  g_free (map);
}

gboolean
sac_map_size_ok (guint t, guint h, guint w)
{
  return t >= 1 && t <= SAC_MAP_MAX_FRAMES && h >= 1 && w >= 1 && h <= SAC_MAP_MAX_PLACES && w <= SAC_MAP_MAX_PLACES
         && (guint64) h * w <= SAC_MAP_MAX_PLACES && (guint64) t * h * w <= SAC_MAP_MAX_PLACES;
}

guint16
sac_map_pack (float value)
{
  return value > 0 ? (guint16) (fminf (value, 1) * 65535 + 0.5f) : 0;   /* NaN fails the comparison */
}

float
sac_map_unpack (guint16 value)
{
  return (float) value / 65535;
}

static gboolean
invalid (GError **error, const char *words)
{
  g_set_error_literal (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, words);
  return FALSE;
}

/* ---- rows: little-endian blobs. */
static void
bind_numbers (sqlite3_stmt *stmt, int at, const guint16 *numbers, gsize n)
{
  g_autofree guint16 *turned = numbers ? g_new (guint16, n) : NULL;

  for (gsize i = 0; i < n && numbers; i++)
    turned[i] = GUINT16_TO_LE (numbers[i]);
  if (numbers)
    sqlite3_bind_blob64 (stmt, at, turned, n * sizeof *turned, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (stmt, at);
}

/* NULL where the column does not hold @n numbers. */
static guint16 *
dup_numbers (sqlite3_stmt *stmt, int column, gsize n)
{
  const guint16 *held;
  guint16 *numbers;

  if (sqlite3_column_type (stmt, column) != SQLITE_BLOB || (gsize) sqlite3_column_bytes (stmt, column) != n * sizeof *numbers)
    return NULL;
  held = sqlite3_column_blob (stmt, column);
  numbers = g_memdup2 (held, n * sizeof *numbers);
  for (gsize i = 0; i < n; i++)
    numbers[i] = GUINT16_FROM_LE (numbers[i]);
  return numbers;
}

#define COLUMNS "id, item, t, h, w, spatial, temporal, run, user, time_us"

static SacMap *
map_of_row (sqlite3_stmt *stmt)
{
  g_autoptr (SacMap) map = g_new0 (SacMap, 1);

  map->id = sqlite3_column_int64 (stmt, 0);
  map->item = sqlite3_column_int64 (stmt, 1);
  map->t = (guint) _sac_column_int (stmt, 2);
  map->h = (guint) _sac_column_int (stmt, 3);
  map->w = (guint) _sac_column_int (stmt, 4);
  if (!sac_map_size_ok (map->t, map->h, map->w))
    return NULL;
  map->spatial = dup_numbers (stmt, 5, (gsize) map->t * map->h * map->w);
  map->temporal = dup_numbers (stmt, 6, map->t);
  map->run = _sac_dup_column (stmt, 7);
  map->user = _sac_dup_words (stmt, 8);
  map->time_us = sqlite3_column_int64 (stmt, 9);
  if (!map->spatial || (!map->temporal && sqlite3_column_type (stmt, 6) != SQLITE_NULL))
    return NULL;
  return g_steal_pointer (&map);
}

GPtrArray *
sac_project_list_maps (SacProject *self, SacId item, GError **error)
{
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_map_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = item ? _sac_query (self, &failed, "SELECT " COLUMNS " FROM maps WHERE item = ? ORDER BY t, h, w", "i", item)
              : _sac_query (self, &failed, "SELECT " COLUMNS " FROM maps ORDER BY item, t, h, w", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacMap *map = map_of_row (stmt);

      if (map)
        g_ptr_array_add (maps, map);
    }
  if (!failed)
    return g_steal_pointer (&maps);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

SacMap *
sac_project_get_map (SacProject *self, SacId item, guint t, guint h, guint w, GError **error)
{
  sqlite3_stmt *stmt;
  SacMap *map = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, error, "SELECT " COLUMNS " FROM maps WHERE item = ? AND t = ? AND h = ? AND w = ?", "iiii", item, (gint64) t,
                     (gint64) h, (gint64) w);
  if (_sac_step (self, stmt, error))
    {
      map = map_of_row (stmt);
      sqlite3_reset (stmt);
    }
  return map;
}

/* ---- acts. */
static char *
item_name (SacProject *self, SacId item, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT name FROM items WHERE id = ?", "i", item);
  char *name = NULL;

  if (_sac_step (self, stmt, &failed))
    {
      name = _sac_dup_words (stmt, 0);
      sqlite3_reset (stmt);
    }
  if (!name && !failed)
    g_set_error (&failed, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such clip"));
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  return name;
}

static char *
clean_word (const char *word)
{
  char *clean = g_utf8_make_valid (word, -1);

  g_strdelimit (clean, "\n\r\t", ' ');
  if (strlen (clean) > MAX_WORD)
    {
      char *cut = g_utf8_find_prev_char (clean, clean + MAX_WORD);

      *cut = '\0';
    }
  return g_strstrip (clean);
}

/* A map that says the same as the one that is there leaves it: its author stays, too. */
gboolean
_sac_put_map (SacProject *self, const SacMap *map, GError **error)
{
  g_autofree char *user = clean_word (map->user ? map->user : g_get_user_name ());
  g_autofree char *run = map->run ? clean_word (map->run) : NULL;
  gsize places = (gsize) map->t * map->h * map->w;
  sqlite3_stmt *stmt;
  gboolean good;

  if (!sac_map_size_ok (map->t, map->h, map->w) || !map->spatial)
    return invalid (error, _("A map of attention has 1 to 1024 frames and not too many places"));
  stmt = _sac_query (self, error, "INSERT INTO maps (item, t, h, w, spatial, temporal, run, user, time_us)"
                     " VALUES (?1, ?2, ?3, ?4, ?8, ?9, ?5, ?6, ?7) ON CONFLICT (item, t, h, w) DO UPDATE SET spatial = excluded.spatial,"
                     " temporal = excluded.temporal, run = excluded.run, user = excluded.user, time_us = excluded.time_us"
                     " WHERE spatial IS NOT excluded.spatial OR temporal IS NOT excluded.temporal", "iiiissi", map->item, (gint64) map->t,
                     (gint64) map->h, (gint64) map->w, run, user, map->time_us ? map->time_us : g_get_real_time ());
  if (!stmt)
    return FALSE;
  bind_numbers (stmt, 8, map->spatial, places);
  bind_numbers (stmt, 9, map->temporal, map->t);
  good = sqlite3_step (stmt) == SQLITE_DONE || _sac_store_fail (self, error);
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);        /* two blobs less to hold */
  return good;
}

gboolean
sac_project_set_maps (SacProject *self, const SacMap *const *maps, guint n_maps, GError **error)
{
  g_autofree char *name = NULL;
  char *what;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  for (guint i = 0; i < n_maps; i++)
    {
      g_clear_pointer (&name, g_free);
      name = item_name (self, maps[i]->item, error);
      if (!name)
        return FALSE;
    }
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_maps; i++)
    if (!_sac_put_map (self, maps[i], error))
      return _sac_rollback (self);
  if (n_maps == 1)
    what = g_strdup_printf (_("Edit the attention of “%s”"), name);
  else
    what = g_strdup_printf (ngettext ("Edit the attention of %u clip", "Edit the attention of %u clips", n_maps), n_maps);
  return _sac_commit (self, what, error);
}

gboolean
sac_project_remove_maps (SacProject *self, const SacId *maps, guint n_maps, GError **error)
{
  gint64 there = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  for (guint i = 0; i < n_maps; i++)
    {
      int found = _sac_lookup (self, &there, error, "SELECT 1 FROM maps WHERE id = ?", "i", maps[i]);

      if (found == 0)
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such map of attention"));
      if (found != 1)
        return FALSE;
    }
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_maps; i++)
    if (!_sac_run (self, error, "DELETE FROM maps WHERE id = ?", "i", maps[i]))
      return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (ngettext ("Forget %u edited map", "Forget %u edited maps", n_maps), n_maps), error);
}

/* ---- another person's.  Nobody can say two things of one map, so "unknown" leaves ours. */
gboolean
_sac_bring_maps (SacProject *self, SacProject *other, GHashTable *items, SacMergeRule rule, SacMergeResult *result, GError **error)
{
  g_autoptr (GPtrArray) maps = sac_project_list_maps (other, 0, error);
  g_autoptr (GError) failed = NULL;

  for (guint m = 0; maps && m < maps->len; m++)
    {
      SacMap *theirs = maps->pdata[m];
      gint64 *item = g_hash_table_lookup (items, &theirs->item);
      g_autoptr (SacMap) ours = item ? sac_project_get_map (self, *item, theirs->t, theirs->h, theirs->w, &failed) : NULL;

      if (failed)
        break;
      if (ours && memcmp (ours->spatial, theirs->spatial, sizeof (guint16) * ours->t * ours->h * ours->w) == 0
          && !ours->temporal == !theirs->temporal
          && (!ours->temporal || memcmp (ours->temporal, theirs->temporal, sizeof (guint16) * ours->t) == 0))
        continue;
      if (ours)
        result->n_conflicts++;
      if (!item || (ours && rule != SAC_MERGE_THEIRS && (rule != SAC_MERGE_NEWEST || theirs->time_us <= ours->time_us)))
        continue;
      theirs->item = *item;
      if (!_sac_put_map (self, theirs, &failed))
        break;
      result->n_maps++;
    }
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  return maps && !failed;
}
