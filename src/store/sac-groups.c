/* What belongs together: the group of each clip, by file, day, folder, pattern or table. */
#include <glib/gi18n.h>
#include <string.h>

#include "split-private.h"

#define MAX_PATTERN 1000

gboolean
sac_group_by_from_word (const char *word, SacGroupBy *by)
{
  static const struct { const char *word; SacGroupBy by; } words[] = {
    { "group", SAC_GROUP_GIVEN }, { "person", SAC_GROUP_GIVEN }, { "source", SAC_GROUP_SOURCE }, { "day", SAC_GROUP_DAY },
    { "folder", SAC_GROUP_FOLDER }, { "clip", SAC_GROUP_CLIP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].word, word) == 0)
      {
        *by = words[i].by;
        return TRUE;
      }
  return FALSE;
}

static void
row_free (gpointer data)
{
  SacGroupedRow *row = data;

  g_free (row->name);
  g_free (row->group);
  g_free (row);
}

typedef struct {
  const SacGrouping *grouping;
  GRegex *regex;
  GHashTable *table;
} Finder;

static gboolean
prepare (Finder *finder, const SacGrouping *grouping, GError **error)
{
  g_autoptr (GError) failed = NULL;

  finder->grouping = grouping;
  if (grouping->by == SAC_GROUP_TABLE)
    return (finder->table = _sac_groups_load (grouping->table ? grouping->table : "", error)) != NULL;
  if (grouping->by == SAC_GROUP_DAY)
    /* 2024-01-31, 20240131, 2024_01_31 as cameras and phones name their files. */
    finder->regex = g_regex_new ("(?<!\\d)((?:19|20)\\d\\d)([-_.]?)(0[1-9]|1[0-2])\\2(0[1-9]|[12]\\d|3[01])(?!\\d)", 0, 0, NULL);
  if (grouping->by != SAC_GROUP_PATTERN)
    return TRUE;
  if (!grouping->pattern || !grouping->pattern[0] || strlen (grouping->pattern) > MAX_PATTERN
      || !g_utf8_validate (grouping->pattern, -1, NULL))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("The pattern is empty or too long"));
      return FALSE;
    }
  finder->regex = g_regex_new (grouping->pattern, G_REGEX_OPTIMIZE, 0, &failed);
  if (!finder->regex)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("The pattern cannot be understood: %s"), failed->message);
  return finder->regex != NULL;
}

/* The first capture that took part, or the whole match; NULL: none, or one of nothing. */
static char *
match (GRegex *regex, const char *text)
{
  g_autoptr (GMatchInfo) info = NULL;
  char *found = NULL;

  if (!g_utf8_validate (text, -1, NULL) || !g_regex_match (regex, text, 0, &info))
    return NULL;
  for (int i = g_match_info_get_match_count (info) > 1 ? 1 : 0; i < MAX (g_match_info_get_match_count (info), 1) && !found; i++)
    {
      found = g_match_info_fetch (info, i);
      if (found && !found[0])
        g_clear_pointer (&found, g_free);
    }
  return found;
}

static char *
day_of (Finder *finder, const SacGroupedRow *row, const char *path, gint64 recorded_us)
{
  g_autoptr (GMatchInfo) info = NULL;
  g_autofree char *base = g_path_get_basename (path), *name = NULL;
  const char *places[] = { row->name, base };

  if (recorded_us > 0)
    {
      g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (recorded_us / 1000000);

      if (when)
        return g_date_time_format (when, "%Y-%m-%d");
    }
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_utf8_validate (places[i], -1, NULL) && g_regex_match (finder->regex, places[i], 0, &info))
      {
        g_autofree char *year = g_match_info_fetch (info, 1), *month = g_match_info_fetch (info, 3), *day = g_match_info_fetch (info, 4);

        return g_strdup_printf ("%s-%s-%s", year, month, day);
      }
    else
      g_clear_pointer (&info, g_match_info_free);
  return NULL;
}

static char *
find_group (Finder *finder, SacGroupedRow *row, const char *given, const char *path, gint64 recorded_us)
{
  SacFound found = { .path = (char *) path, .relative = row->name };
  const char *listed;
  char *group = NULL;

  switch (finder->grouping->by)
    {
    case SAC_GROUP_GIVEN:
      return g_strdup (given);
    case SAC_GROUP_SOURCE:
      return NULL;
    case SAC_GROUP_DAY:
      return day_of (finder, row, path, recorded_us);
    case SAC_GROUP_FOLDER:
      return g_path_get_dirname (path);
    case SAC_GROUP_PATTERN:
      group = match (finder->regex, row->name);
      return group ? group : match (finder->regex, path);
    case SAC_GROUP_TABLE:
      listed = _sac_groups_find (finder->table, &found);
      return g_strdup (listed);
    case SAC_GROUP_CLIP:
      break;
    }
  return g_strdup (row->name);
}

GPtrArray *
_sac_group_rows (SacProject *self, const SacGrouping *grouping, gboolean all, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (GError) failed = NULL;
  Finder finder = { 0 };
  sqlite3_stmt *stmt;

  if (!prepare (&finder, grouping, error))
    return NULL;
  /* By name, so that the same clips give the same division in another project. */
  stmt = _sac_query (self, &failed, "SELECT i.id, i.media, i.name, i.grp, i.in_ns, i.out_ns, coalesce (s.side, 0), m.path, m.recorded_us"
                     " FROM items i JOIN media m ON m.id = i.media LEFT JOIN splits s ON s.item = i.id"
                     " WHERE ? OR (m.problem IS NULL AND (m.flags & 1024) = 0) ORDER BY i.name", "n", all);
  while (_sac_step (self, stmt, &failed))
    {
      SacGroupedRow *row = g_new0 (SacGroupedRow, 1);
      g_autofree char *given = _sac_dup_column (stmt, 3), *stored = _sac_dup_column (stmt, 7);
      g_autofree char *path = _sac_media_path (self, stored ? stored : "");

      g_ptr_array_add (rows, row);
      row->item = sqlite3_column_int64 (stmt, 0);
      row->media = sqlite3_column_int64 (stmt, 1);
      row->name = _sac_dup_column (stmt, 2);
      row->in_ns = sqlite3_column_int64 (stmt, 4);
      row->out_ns = sqlite3_column_int64 (stmt, 5);
      row->was = (SacSplit) CLAMP (sqlite3_column_int (stmt, 6), 0, 3);
      row->group = find_group (&finder, row, given, path, sqlite3_column_int64 (stmt, 8));
      if (!row->group || !row->group[0])
        {
          /* A blank before it, so that no group can be called like a file. */
          g_free (row->group);
          row->group = g_strdup_printf (" %s", path);
        }
    }
  g_clear_pointer (&finder.regex, g_regex_unref);
  g_clear_pointer (&finder.table, g_hash_table_unref);
  if (!failed)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}
