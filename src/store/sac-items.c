/* Items and the media behind them: paths relative to the project file, names that are unique. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "sac-store-private.h"

void
sac_item_free (SacItem *item)
{
  if (!item)
    return;
  g_free (item->name);
  g_free (item->path);
  g_free (item->hash);
  g_free (item->group);
  g_free (item->problem);
  g_free (item->warning);
  g_free (item);
}

/* ---- paths. */
char *
_sac_relative_path (const char *folder, const char *path)
{
  g_auto (GStrv) from = g_strsplit (folder, "/", -1), to = g_strsplit (path, "/", -1);
  g_autoptr (GString) out = g_string_new (NULL);
  guint common = 0;

  while (from[common] && to[common] && strcmp (from[common], to[common]) == 0)
    common++;
  for (guint i = common; from[i]; i++)
    if (from[i][0])
      g_string_append (out, "../");
  for (guint i = common; to[i]; i++)
    g_string_append_printf (out, "%s%s", i > common ? "/" : "", to[i]);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
_sac_media_path (SacProject *self, const char *stored)
{
  /* The plain case, a hundred thousand times in a list: below the project, nothing to resolve. */
  if (stored && stored[0] && stored[0] != '/' && stored[0] != '.' && !strstr (stored, "/.") && !strstr (stored, "//"))
    return g_strconcat (self->dir, "/", stored, NULL);
  return g_canonicalize_filename (stored ? stored : "", self->dir);
}

static gboolean
is_file (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 && S_ISREG (info.st_mode);
}

/* ---- reading. */
#define ITEM_SELECT \
  "SELECT i.id, i.kind, i.name, m.path, m.hash, i.grp, i.in_ns, i.out_ns, m.n_frames, m.width, m.height, m.fps, s.side," \
  " i.reviewed, i.synthetic, m.problem, m.warning, m.flags, m.recorded_us" \
  " FROM items i JOIN media m ON m.id = i.media LEFT JOIN splits s ON s.item = i.id "

static SacItem *
read_item (SacProject *self, sqlite3_stmt *stmt)
{
  SacItem *item = g_new0 (SacItem, 1);
  double fps = sqlite3_column_double (stmt, 11);

  item->id = sqlite3_column_int64 (stmt, 0);
  item->kind = MIN (_sac_column_int (stmt, 1), SAC_ITEM_SIGNAL);
  item->name = _sac_dup_words (stmt, 2);
  item->path = _sac_media_path (self, (const char *) sqlite3_column_text (stmt, 3));
  item->hash = _sac_dup_words (stmt, 4);
  item->group = _sac_dup_column (stmt, 5);
  item->in_ns = MAX (sqlite3_column_int64 (stmt, 6), 0);
  item->out_ns = MAX (sqlite3_column_int64 (stmt, 7), item->in_ns);
  item->n_frames = _sac_column_int (stmt, 8);
  item->width = _sac_column_int (stmt, 9);
  item->height = _sac_column_int (stmt, 10);
  item->fps = isfinite (fps) && fps > 0 && fps < 1e6 ? fps : 0;
  item->split = MIN (_sac_column_int (stmt, 12), SAC_SPLIT_TEST);
  item->reviewed = sqlite3_column_int (stmt, 13) != 0;
  item->synthetic = sqlite3_column_int (stmt, 14) != 0;
  item->problem = _sac_dup_column (stmt, 15);
  item->warning = _sac_dup_column (stmt, 16);
  item->flags = _sac_column_int (stmt, 17);
  item->recorded_us = sqlite3_column_int64 (stmt, 18);
  item->missing = !is_file (item->path);
  if (item->kind == SAC_ITEM_CLIP && item->fps > 0)
    {
      double n = ceil ((item->out_ns - item->in_ns) * item->fps * 1e-9 - 1e-3);

      item->n_frames = (guint) CLAMP (n, 0, item->n_frames);
    }
  return item;
}

GPtrArray *
sac_project_list_items (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, ITEM_SELECT "ORDER BY i.name", NULL);
  while (_sac_step (self, stmt, &failed))
    g_ptr_array_add (items, read_item (self, stmt));
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&items);
}

SacItem *
sac_project_get_item (SacProject *self, SacId id, GError **error)
{
  g_autoptr (GError) failed = NULL;
  SacItem *item = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, ITEM_SELECT "WHERE i.id = ?", "i", id);
  if (_sac_step (self, stmt, &failed))
    {
      item = read_item (self, stmt);
      sqlite3_reset (stmt);
    }
  else if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  else
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such clip"));
  return item;
}

static char *
without_suffix (const char *name)
{
  const char *dot = strrchr (name, '.'), *slash = strrchr (name, '/');

  return dot && dot > name && (!slash || dot > slash + 1) ? g_strndup (name, dot - name) : g_strdup (name);
}

static int
find_id (SacProject *self, const char *wanted, SacId *id, GError **error)
{
  g_autofree char *bare = without_suffix (wanted), *full = g_canonicalize_filename (wanted, NULL);
  g_autofree char *stored = _sac_relative_path (self->dir, full);
  sqlite3_stmt *stmt;
  int found, n = 0;

  if ((found = _sac_lookup (self, id, error, "SELECT id FROM items WHERE name = ?", "s", wanted)) != 0)
    return found;
  if ((found = _sac_lookup (self, id, error, "SELECT i.id FROM media m JOIN items i ON i.media = m.id WHERE m.path = ?"
                            " ORDER BY m.problem IS NOT NULL, i.kind, i.id", "s", stored)) != 0)
    return found;
  if ((found = _sac_lookup (self, id, error, "SELECT id FROM items WHERE name = ?", "s", bare)) != 0)
    return found;
  /* The last part of the name, where one item only has it. */
  stmt = _sac_query (self, error, "SELECT id FROM items WHERE substr (name, -length (?1) - 1) IN ('/' || ?1, '/' || ?2)"
                     " OR substr (name, -length (?2) - 1) = '/' || ?2 LIMIT 2", "ss", wanted, bare);
  if (!stmt)
    return -1;
  while (sqlite3_step (stmt) == SQLITE_ROW)
    {
      *id = sqlite3_column_int64 (stmt, 0);
      n++;
    }
  sqlite3_reset (stmt);
  return n == 1;
}

SacItem *
sac_project_find_item (SacProject *self, const char *name_or_path, GError **error)
{
  SacId id = 0;
  int found;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  g_return_val_if_fail (name_or_path != NULL, NULL);
  found = find_id (self, name_or_path, &id, error);
  if (found == 1)
    return sac_project_get_item (self, id, error);
  if (found == 0)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no clip “%s”"), name_or_path);
  return NULL;
}

/* ---- adding and removing: inside an open command. */
char *
_sac_unique_name (SacProject *self, const char *wanted, const char *longer, GError **error)
{
  g_autofree char *base = g_utf8_make_valid (wanted && wanted[0] ? wanted : "clip", -1);
  gint64 id;

  for (guint n = 1;; n++)
    {
      g_autofree char *name = n == 1 ? g_strdup (base)
                              : n == 2 && longer ? g_utf8_make_valid (longer, -1)
                                                 : g_strdup_printf ("%s (%u)", base, longer ? n - 1 : n);
      int found = _sac_lookup (self, &id, error, "SELECT id FROM items WHERE name = ?", "s", name);

      if (found < 0)
        return NULL;
      if (found == 0)
        return g_steal_pointer (&name);
    }
}

SacId
_sac_add_media (SacProject *self, const SacItem *facts, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (facts->path, NULL), *stored = _sac_relative_path (self->dir, full);
  gint64 duration = facts->kind == SAC_ITEM_VIDEO ? facts->out_ns
                    : facts->fps > 0 ? (gint64) (facts->n_frames / facts->fps * 1e9) : 0;
  gint64 media = 0;
  int found = _sac_lookup (self, &media, error, "SELECT id FROM media WHERE hash = ?", "s", facts->hash);

  if (found)
    return found > 0 ? media : 0;
  if (!_sac_run (self, error, "INSERT INTO media (hash, path, n_frames, width, height, fps, duration_ns, problem, warning, flags,"
                 " recorded_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif (?, 0))", "ssinndissni",
                 facts->hash, stored, (gint64) facts->n_frames, facts->width, facts->height, facts->fps, duration,
                 facts->problem, facts->warning,
                 (int) (facts->flags & 0xffff), facts->recorded_us))
    return 0;
  return sqlite3_last_insert_rowid (self->db);
}

SacId
_sac_add_item_row (SacProject *self, SacId media, const SacItem *facts, const char *name, GError **error)
{
  SacId id;

  if (!_sac_run (self, error, "INSERT INTO items (media, kind, name, grp, in_ns, out_ns, reviewed, synthetic)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "inssiinn", media, (int) facts->kind, name,
                 facts->group && facts->group[0] ? facts->group : NULL, facts->in_ns, facts->out_ns,
                 facts->reviewed ? 1 : 0, facts->synthetic ? 1 : 0))
    return 0;
  id = sqlite3_last_insert_rowid (self->db);
  if (facts->split != SAC_SPLIT_NONE
      && !_sac_run (self, error, "INSERT INTO splits (item, side) VALUES (?, ?)", "in", id, (int) facts->split))
    return 0;
  return id;
}

gboolean
sac_project_add_items (SacProject *self, const SacItem *const *items, guint n_items, SacId *ids, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    {
      g_autofree char *name = NULL;
      SacId media, id;

      if (!items[i]->path || !items[i]->hash || items[i]->in_ns < 0 || items[i]->out_ns < items[i]->in_ns)
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A clip needs a file, and must not end before it starts"));
          return _sac_rollback (self);
        }
      name = _sac_unique_name (self, items[i]->name, NULL, error);
      media = name ? _sac_add_media (self, items[i], error) : 0;
      id = media ? _sac_add_item_row (self, media, items[i], name, error) : 0;
      if (!id)
        return _sac_rollback (self);
      if (ids)
        ids[i] = id;
    }
  return _sac_commit (self, g_strdup_printf (ngettext ("Add %u clip", "Add %u clips", n_items), n_items), error);
}

void
sac_project_has_marks (SacProject *self, SacId item, gboolean *segments, gboolean *tracks)
{
  gint64 found;

  g_return_if_fail (SAC_IS_PROJECT (self));
  *segments = _sac_lookup (self, &found, NULL, "SELECT 1 FROM segments WHERE item = ? LIMIT 1", "i", item) == 1;
  *tracks = _sac_lookup (self, &found, NULL, "SELECT 1 FROM tracks WHERE item = ? LIMIT 1", "i", item) == 1;
}

gboolean
sac_project_set_excluded (SacProject *self, const SacId *items, guint n_items, gboolean excluded, GError **error)
{
  const char *sql = excluded ? "UPDATE media SET flags = flags | ?2 WHERE (flags & ?2) = 0 AND id = (SELECT media FROM items WHERE id = ?1)"
                             : "UPDATE media SET flags = flags & ~?2 WHERE (flags & ?2) AND id = (SELECT media FROM items WHERE id = ?1)";

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    if (!_sac_run (self, error, sql, "in", items[i], (int) SAC_MEDIA_EXCLUDED))
      return _sac_rollback (self);
  return _sac_commit (self, excluded ? g_strdup_printf (ngettext ("Exclude %u clip", "Exclude %u clips", n_items), n_items)
                                     : g_strdup_printf (ngettext ("Include %u clip", "Include %u clips", n_items), n_items), error);
}

gboolean
sac_project_remove_items (SacProject *self, const SacId *items, guint n_items, GError **error)
{
  static const char *const acts[] = {
    "DELETE FROM clip_labels WHERE item = ?",
    "DELETE FROM attributes WHERE kind = 1 AND owner IN (SELECT id FROM segments WHERE item = ?)",
    "DELETE FROM attributes WHERE kind = 2 AND owner IN (SELECT id FROM tracks WHERE item = ?)",
    "DELETE FROM boxes WHERE track IN (SELECT id FROM tracks WHERE item = ?)",
    "DELETE FROM tracks WHERE item = ?",
    "DELETE FROM segments WHERE item = ?",
    "DELETE FROM maps WHERE item = ?",
    "DELETE FROM splits WHERE item = ?",
    "DELETE FROM items WHERE id = ?",
  };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    {
      gint64 media = 0;
      int found = _sac_lookup (self, &media, error, "SELECT media FROM items WHERE id = ?", "i", items[i]);

      if (found == 0)
        continue;
      for (guint a = 0; found == 1 && a < G_N_ELEMENTS (acts); a++)
        if (!_sac_run (self, error, acts[a], "i", items[i]))
          found = -1;
      if (found < 0 || !_sac_run (self, error, "DELETE FROM media WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM items WHERE media = ?1)",
                                  "i", media))
        return _sac_rollback (self);
    }
  return _sac_commit (self, g_strdup_printf (ngettext ("Remove %u clip", "Remove %u clips", n_items), n_items), error);
}
