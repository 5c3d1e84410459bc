/* Which clips belong together: a table of clip and group, or the list of sources that data sets of web videos come with. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_LIST (64 * 1024 * 1024)

/* One record of a CSV (quotes, doubled quotes, line ends inside quotes); moves *@at behind it. */
static GPtrArray *
next_record (const char **at, char comma)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  GString *cell = g_string_new (NULL);
  gboolean quoted = FALSE;
  const char *p = *at;

  for (; *p; p++)
    {
      if (quoted && *p == '"' && p[1] == '"')
        g_string_append_c (cell, *p++);
      else if (*p == '"' && (quoted || cell->len == 0))
        quoted = !quoted;
      else if (!quoted && *p == comma)
        {
          g_ptr_array_add (cells, g_strstrip (g_string_free (cell, FALSE)));
          cell = g_string_new (NULL);
        }
      else if (!quoted && (*p == '\n' || *p == '\r'))
        break;
      else
        g_string_append_c (cell, *p);
    }
  while (*p == '\n' || *p == '\r')
    p++;
  g_ptr_array_add (cells, g_strstrip (g_string_free (cell, FALSE)));
  *at = p;
  return cells;
}

static gboolean
is_one_of (const char *cell, const char *const *words)
{
  g_autofree char *lower = g_ascii_strdown (cell, -1);

  return g_strv_contains (words, lower);
}

static char *
clip_key (const char *clip)
{
  char *key = g_strdup (clip);

  g_strdelimit (key, "\\", '/');
  while (g_str_has_prefix (key, "./"))
    memmove (key, key + 2, strlen (key + 2) + 1);
  return key;
}

/* Under its name and, for lists made before the videos were converted, under its name without suffix. */
static void
add_clip (GHashTable *groups, const char *clip, const char *group)
{
  char *key = clip_key (clip), *dot = strrchr (key, '.');

  if (dot && dot != key && !strchr (dot, '/') && strlen (dot) <= 5)
    {
      g_autofree char *bare = g_strndup (key, dot - key);

      if (!g_hash_table_contains (groups, bare))
        g_hash_table_insert (groups, g_steal_pointer (&bare), g_strdup (group));
    }
  g_hash_table_replace (groups, key, g_strdup (group));
}

static void
parse_table (const char *text, GHashTable *groups)
{
  static const char *const clip_words[] = { "clip", "file", "filename", "file_name", "name", "path", "video", "video_id", "item", NULL };
  static const char *const group_words[] = { "group", "person", "subject", "source", "performer", "actor", "camera", "session",
                                             "scene", "participant", "id", NULL };
  gsize first_line = strcspn (text, "\r\n");
  const char *at = text;
  char comma = memchr (text, ',', first_line) ? ',' : memchr (text, '\t', first_line) ? '\t' : ';';
  guint clip = 0, group = 1;
  gboolean first = TRUE;

  while (*at)
    {
      g_autoptr (GPtrArray) cells = next_record (&at, comma);

      if (first)
        {
          int clip_at = -1, group_at = -1;

          first = FALSE;
          for (guint c = 0; c < cells->len; c++)
            if (clip_at < 0 && is_one_of (cells->pdata[c], clip_words))
              clip_at = c;
            else if (group_at < 0 && is_one_of (cells->pdata[c], group_words))
              group_at = c;
          if (clip_at >= 0 || group_at >= 0)
            {
              clip = clip_at >= 0 ? clip_at : group_at == 0 ? 1 : 0;
              group = group_at >= 0 ? group_at : clip == 0 ? 1 : 0;
              continue;
            }
        }
      if (clip < cells->len && group < cells->len && *(char *) cells->pdata[clip] && *(char *) cells->pdata[group])
        add_clip (groups, cells->pdata[clip], cells->pdata[group]);
    }
}

/* A line with an address opens a group; "clip: where in it" lines below belong to it. */
static void
parse_sources (const char *text, GHashTable *groups)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  const char *source = NULL;

  for (guint i = 0; lines[i]; i++)
    {
      char *line = g_strstrip (lines[i]), *colon = strchr (line, ':');

      if (strstr (line, "://"))
        source = line;
      else if (source && line[0])
        {
          if (colon)
            *colon = '\0';
          add_clip (groups, g_strstrip (line), source);
        }
    }
}

GHashTable *
_sac_groups_parse (const char *text)
{
  GHashTable *groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gsize first_line;

  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  text += strspn (text, " \t\r\n");
  first_line = strcspn (text, "\r\n");
  if (g_strstr_len (text, first_line, "://") && !memchr (text, ',', first_line) && !memchr (text, '\t', first_line))
    parse_sources (text, groups);
  else
    parse_table (text, groups);
  return groups;
}

GHashTable *
_sac_groups_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sac_file_read (path, MAX_LIST, error);
  g_autoptr (GHashTable) groups = NULL;
  g_autofree char *text = NULL;
  gsize size;
  const char *data;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  text = g_utf8_make_valid (data ? data : "", size);
  groups = _sac_groups_parse (text);
  if (g_hash_table_size (groups) == 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID,
                   _("“%s” names no groups: it needs two columns, clip and group"), path);
      return NULL;
    }
  return g_steal_pointer (&groups);
}

const char *
_sac_groups_find (GHashTable *groups, const SacFound *found)
{
  g_autofree char *base = g_path_get_basename (found->relative);
  const char *tries[] = { found->path, found->relative, base };

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *bare = g_strdup (tries[i]);
      char *dot = strrchr (bare, '.');
      const char *group = g_hash_table_lookup (groups, tries[i]);

      if (dot && dot != bare && !strchr (dot, '/'))
        *dot = '\0';
      if (!group)
        group = g_hash_table_lookup (groups, bare);
      if (group)
        return group;
    }
  return NULL;
}
