/* The words of the query language that may go on where somebody types. */
#include <string.h>

#include "sac-store-private.h"

static const char *const starts[] = {
  "label:", "no:", "unknown:", "segment:", "track:", "reviewed:", "split:", "has:", "is:", "group:", "name:", "path:", "kind:",
  "duration>", "duration<", "frames>", "width>", "height>", "fps=", "labels=", "said<", "segments>", "tracks>", "date>=", "not", "or",
  NULL,
};

static const struct { const char *key, *values[12]; } closed[] = {
  { "reviewed", { "yes", "no" } },
  { "split", { "none", "train", "validation", "test" } },
  { "has", { "labels", "segments", "tracks", "maps", "problem", "warning", "group", "split" } },
  { "is", { "missing", "excluded", "duplicate", "vfr", "cut", "sparse", "interlaced", "rotated", "stretched", "endless" } },
  { "kind", { "video", "clip", "still", "signal" } },
};

/* A word as the language takes it: in quotes where blanks or brackets would end it. */
static char *
quoted (const char *word)
{
  g_autoptr (GString) out = NULL;

  if (word[0] && !strpbrk (word, " \t()\""))
    return g_strdup (word);
  out = g_string_new ("\"");
  for (const char *c = word; *c; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Where the word that ends @at begins; a quote that is open takes blanks in. */
static gsize
word_start (const char *query, gsize at)
{
  gsize start = 0;
  gboolean in_quotes = FALSE;

  for (gsize i = 0; i < at; i++)
    {
      if (query[i] == '\\' && in_quotes && i + 1 < at)
        i++;
      else if (query[i] == '"')
        in_quotes = !in_quotes;
      else if (!in_quotes && (g_ascii_isspace (query[i]) || query[i] == '(' || query[i] == ')'))
        start = i + 1;
    }
  if (start < at && query[start] == '-')
    start++;
  return start;
}

static void
offer (GPtrArray *out, const char *key, const char *value, const char *typed, guint most)
{
  g_autofree char *folded = g_utf8_casefold (value, -1), *wanted = g_utf8_casefold (typed, -1);

  if (out->len < most && g_str_has_prefix (folded, wanted) && strcmp (value, typed) != 0)
    {
      g_autofree char *word = quoted (value);

      g_ptr_array_add (out, g_strconcat (key, key[0] ? ":" : "", key[0] ? word : value, NULL));
    }
}

GPtrArray *
sac_query_complete (const char *query, gsize at, GPtrArray *labels, guint most, gsize *start)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *word = NULL;
  char *colon, *typed;

  g_return_val_if_fail (query && start, out);
  at = MIN (at, strlen (query));
  *start = word_start (query, at);
  word = g_strndup (query + *start, at - *start);
  colon = strchr (word, ':');
  if (!colon)
    {
      for (guint k = 0; word[0] && starts[k]; k++)
        offer (out, "", starts[k], word, most);
      return out;
    }
  *colon = '\0';
  typed = colon[1] == '"' ? colon + 2 : colon + 1;
  for (guint k = 0; k < G_N_ELEMENTS (closed); k++)
    for (guint v = 0; strcmp (closed[k].key, word) == 0 && closed[k].values[v]; v++)
      offer (out, word, closed[k].values[v], typed, most);
  if (labels && (strcmp (word, "label") == 0 || strcmp (word, "yes") == 0 || strcmp (word, "no") == 0
                 || strcmp (word, "unknown") == 0 || strcmp (word, "segment") == 0 || strcmp (word, "track") == 0))
    for (guint l = 0; l < labels->len; l++)
      offer (out, word, ((SacLabel *) labels->pdata[l])->name, typed, most);
  return out;
}
