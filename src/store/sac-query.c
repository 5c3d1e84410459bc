/* The predicate language of clips: recursive descent straight into one SQL expression; words become parameters, never SQL.
 *   either := both ("or" both)*     both := one (["and"] one)*     one := ("not" | "-") one | "(" either ")" | test | word */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_TERMS 200
#define MAX_DEPTH 50
#define MAX_LENGTH 4000

typedef struct {
  const char *start, *at;
  GString *sql;
  GPtrArray *words;             /* parameters, char* */
  guint n_terms, depth;
  GError **error;
} Parser;

static gboolean either (Parser *p);

static gboolean
fail (Parser *p, const char *why)
{
  if (p->error && !*p->error)
    g_set_error (p->error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("At letter %u of the query: %s"),
                 (guint) g_utf8_strlen (p->start, p->at - p->start) + 1, why);
  return FALSE;
}

static void
skip_blanks (Parser *p)
{
  while (g_ascii_isspace (*p->at))
    p->at++;
}

/* Whether @word stands here as a word of its own; if so, goes past it. */
static gboolean
keyword (Parser *p, const char *word)
{
  gsize n = strlen (word);

  skip_blanks (p);
  if (g_ascii_strncasecmp (p->at, word, n) != 0 || (p->at[n] && !g_ascii_isspace (p->at[n]) && p->at[n] != '(' && p->at[n] != ')'))
    return FALSE;
  p->at += n;
  return TRUE;
}

/* A word, or one in quotes; NULL where there is none. */
static char *
take_word (Parser *p)
{
  g_autoptr (GString) word = g_string_new (NULL);

  if (*p->at == '"')
    {
      for (p->at++; *p->at && *p->at != '"'; p->at++)
        {
          if (*p->at == '\\' && p->at[1])
            p->at++;
          g_string_append_c (word, *p->at);
        }
      if (*p->at != '"')
        {
          fail (p, _("the quotes are not closed"));
          return NULL;
        }
      p->at++;
      return g_string_free (g_steal_pointer (&word), FALSE);
    }
  while (*p->at && !g_ascii_isspace (*p->at) && !strchr ("()\"", *p->at))
    g_string_append_c (word, *p->at++);
  if (word->len == 0)
    {
      fail (p, _("a word is missing"));
      return NULL;
    }
  return g_string_free (g_steal_pointer (&word), FALSE);
}

/* Appends @format with its one %u replaced by the number of the new parameter. */
static void
put_word (Parser *p, const char *before, char *word, const char *after)
{
  g_ptr_array_add (p->words, word);
  g_string_append_printf (p->sql, "%s?%u%s", before, p->words->len, after);
}

/* "*" and "?" as in file names; without them the word may stand anywhere. */
static char *
glob_of (const char *word)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (strpbrk (word, "*?"))
    return g_strdup (word);
  g_string_append_c (out, '*');
  for (const char *c = word; *c; c++)
    if (*c == '[')
      g_string_append (out, "[[]");
    else
      g_string_append_c (out, *c);
  g_string_append_c (out, '*');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

#define SAID "EXISTS (SELECT 1 FROM clip_labels c JOIN labels l ON l.id = c.label WHERE c.item = i.id AND c.layer = 1 AND l.name = "

static gboolean
label_test (Parser *p, const char *state, char *word)
{
  if (strcmp (state, "label") == 0 || strcmp (state, "yes") == 0)
    put_word (p, SAID, word, " AND c.state = 1)");
  else if (strcmp (state, "no") == 0)
    {
      put_word (p, "(" SAID, g_strdup (word), " AND c.state = 0)");
      put_word (p, " OR (i.reviewed = 1 AND NOT " SAID, word, ")))");
    }
  else
    {
      put_word (p, "(" SAID, g_strdup (word), " AND c.state = -1)");
      put_word (p, " OR (i.reviewed = 0 AND NOT " SAID, word, ")))");
    }
  return TRUE;
}

static gboolean
has_test (Parser *p, const char *what)
{
  static const struct { const char *what, *sql; } known[] = {
    { "labels", "EXISTS (SELECT 1 FROM clip_labels c WHERE c.item = i.id AND c.state >= 0)" },
    { "segments", "EXISTS (SELECT 1 FROM segments s WHERE s.item = i.id)" },
    { "maps", "EXISTS (SELECT 1 FROM maps k WHERE k.item = i.id)" },
    { "tracks", "EXISTS (SELECT 1 FROM tracks t WHERE t.item = i.id)" },
    { "boxes", "EXISTS (SELECT 1 FROM tracks t WHERE t.item = i.id)" },
    { "problem", "m.problem IS NOT NULL" },
    { "warning", "m.warning IS NOT NULL" },
    { "group", "i.grp IS NOT NULL" },
    { "split", "EXISTS (SELECT 1 FROM splits s WHERE s.item = i.id)" },
  };

  for (guint k = 0; k < G_N_ELEMENTS (known); k++)
    if (strcmp (what, known[k].what) == 0)
      {
        g_string_append (p->sql, known[k].sql);
        return TRUE;
      }
  return fail (p, _("has: goes with labels, segments, tracks, maps, problem, warning, group or split"));
}

/* is:word: what media said of the file, or what the project knows of it. */
static gboolean
is_test (Parser *p, const char *what)
{
  static const struct { const char *what; guint flag; } flags[] = {
    { "vfr", SAC_MEDIA_VFR }, { "cut", SAC_MEDIA_CUT }, { "sparse", SAC_MEDIA_SPARSE }, { "interlaced", SAC_MEDIA_INTERLACED },
    { "rotated", SAC_MEDIA_ROTATED }, { "stretched", SAC_MEDIA_STRETCHED }, { "endless", SAC_MEDIA_ENDLESS },
    { "excluded", SAC_MEDIA_EXCLUDED },
  };

  for (guint k = 0; k < G_N_ELEMENTS (flags); k++)
    if (strcmp (what, flags[k].what) == 0)
      {
        g_string_append_printf (p->sql, "(m.flags & %u) <> 0", flags[k].flag);
        return TRUE;
      }
  if (strcmp (what, "missing") == 0)
    g_string_append (p->sql, "sac_missing (m.path)");
  else if (strcmp (what, "duplicate") == 0)
    g_string_append (p->sql, "EXISTS (SELECT 1 FROM items o WHERE o.media = i.media AND o.id <> i.id AND o.in_ns = i.in_ns"
                     " AND o.out_ns = i.out_ns)");
  else
    return fail (p, _("is: goes with missing, excluded, duplicate, vfr, cut, sparse, interlaced, rotated, stretched or endless"));
  return TRUE;
}

static gboolean
one_of (Parser *p, const char *word, const char *before, const char *const *names, int first, const char *why)
{
  for (int k = 0; names[k]; k++)
    if (g_ascii_strcasecmp (word, names[k]) == 0)
      {
        g_string_append_printf (p->sql, "%s%d", before, first + k);
        return TRUE;
      }
  return fail (p, why);
}

/* segmentlength:2..3, in seconds, the upper end not included: clips with such a segment. */
static gboolean
segment_test (Parser *p, const char *range)
{
  char *end = NULL, low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];
  const char *dots = strstr (range, "..");
  g_autofree char *first = dots ? g_strndup (range, (gsize) (dots - range)) : NULL;
  double from = first ? g_ascii_strtod (first, &end) : NAN, to;

  if (!first || !first[0] || *end || !isfinite (from))
    return fail (p, _("segmentlength: goes with two numbers of seconds, such as 2..3"));
  to = g_ascii_strtod (dots + 2, &end);
  if (!dots[2] || *end || !isfinite (to))
    return fail (p, _("segmentlength: goes with two numbers of seconds, such as 2..3"));
  g_string_append_printf (p->sql, "i.id IN (SELECT t.item FROM segments t WHERE (t.out_ns - t.in_ns) * 1e-9 >= %s"
                          " AND (t.out_ns - t.in_ns) * 1e-9 < %s)", g_ascii_formatd (low, sizeof low, "%.17g", from),
                          g_ascii_formatd (high, sizeof high, "%.17g", to));
  return TRUE;
}

/* key:word */
static gboolean
word_test (Parser *p, const char *key, char *word)
{
  static const char *const splits[] = { "none", "train", "validation", "test", NULL };
  static const char *const kinds[] = { "video", "clip", "still", "signal", NULL };
  static const char *const answers[] = { "no", "yes", NULL };
  g_autofree char *own = word;

  if (strcmp (key, "label") == 0 || strcmp (key, "yes") == 0 || strcmp (key, "no") == 0 || strcmp (key, "unknown") == 0)
    return label_test (p, key, g_steal_pointer (&own));
  if (strcmp (key, "name") == 0 || strcmp (key, "path") == 0)
    {
      put_word (p, strcmp (key, "name") == 0 ? "lower (i.name) GLOB lower (" : "lower (m.path) GLOB lower (", glob_of (own), ")");
      return TRUE;
    }
  if (strcmp (key, "group") == 0)
    {
      put_word (p, "coalesce (i.grp, '') = ", g_steal_pointer (&own), "");
      return TRUE;
    }
  if (strcmp (key, "segment") == 0 || strcmp (key, "track") == 0)
    {
      g_string_append_printf (p->sql, "i.id IN (SELECT t.item FROM %ss t JOIN labels l ON l.id = t.label WHERE l.name = ", key);
      put_word (p, "", g_steal_pointer (&own), ")");
      return TRUE;
    }
  if (strcmp (key, "segmentlength") == 0)
    return segment_test (p, own);
  if (strcmp (key, "has") == 0)
    return has_test (p, own);
  if (strcmp (key, "is") == 0)
    return is_test (p, own);
  if (strcmp (key, "split") == 0)
    return one_of (p, own, "coalesce ((SELECT side FROM splits s WHERE s.item = i.id), 0) = ", splits, 0,
                   _("split: goes with none, train, validation or test"));
  if (strcmp (key, "kind") == 0)
    return one_of (p, own, "i.kind = ", kinds, 0, _("kind: goes with video, clip, still or signal"));
  if (strcmp (key, "reviewed") == 0)
    return one_of (p, own, "i.reviewed = ", answers, 0, _("reviewed: goes with yes or no"));
  return fail (p, _("this is none of label, no, unknown, segment, track, name, path, group, split, kind, reviewed, has, is"));
}

/* date<2024-01-31: whole days of universal time, so that "=" is a day's length. */
static gboolean
date_test (Parser *p, const char *op)
{
  g_autofree char *text = g_strndup (p->at, strspn (p->at, "0123456789-"));
  g_autofree char *full = g_strconcat (text, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) day = strlen (text) == 10 ? g_date_time_new_from_iso8601 (full, NULL) : NULL;

  if (!day)
    return fail (p, _("a date is missing, such as 2024-01-31"));
  p->at += strlen (text);
  g_string_append_printf (p->sql, "m.recorded_us / 86400000000 %s %" G_GINT64_FORMAT, op, g_date_time_to_unix (day) / 86400);
  return TRUE;
}

/* key<number, key>=number …; seconds may be written 3s or 2m. */
static gboolean
number_test (Parser *p, const char *key)
{
  static const struct { const char *key, *sql; } known[] = {
    { "frames", "m.n_frames" }, { "width", "m.width" }, { "height", "m.height" }, { "fps", "m.fps" },
    { "duration", "(i.out_ns - i.in_ns) * 1e-9" }, { "labels", "(SELECT count(*) FROM clip_labels c WHERE c.item = i.id AND c.state = 1)" },
    { "said", "(SELECT count(*) FROM clip_labels c WHERE c.item = i.id AND c.layer = 1 AND c.state >= 0)" },
    { "segments", "(SELECT count(*) FROM segments s WHERE s.item = i.id)" },
    { "tracks", "(SELECT count(*) FROM tracks t WHERE t.item = i.id)" },
  };
  char op[3] = { *p->at++, 0, 0 }, number[G_ASCII_DTOSTR_BUF_SIZE], *end = NULL;
  double value;

  if (*p->at == '=' && op[0] != '=')
    op[1] = *p->at++;
  if (strcmp (key, "date") == 0)
    return date_test (p, op);
  value = g_ascii_strtod (p->at, &end);
  if (end == p->at || !isfinite (value))
    return fail (p, _("a number is missing"));
  if (strcmp (key, "duration") == 0 && (*end == 's' || *end == 'm' || *end == 'h'))
    value *= *end == 'h' ? 3600 : *end == 'm' ? 60 : 1, end++;
  p->at = end;
  for (guint k = 0; k < G_N_ELEMENTS (known); k++)
    if (strcmp (key, known[k].key) == 0)
      {
        g_string_append_printf (p->sql, "%s %s %s", known[k].sql, op, g_ascii_formatd (number, sizeof number, "%.17g", value));
        return TRUE;
      }
  return fail (p, _("only frames, width, height, fps, duration, date, labels, said, segments and tracks are numbers"));
}

static gboolean
test (Parser *p)
{
  gsize n = strspn (p->at, "abcdefghijklmnopqrstuvwxyz");
  g_autofree char *key = g_strndup (p->at, n);
  char *word;

  if (n > 0 && p->at[n] == ':')
    {
      p->at += n + 1;
      word = take_word (p);
      return word && word_test (p, key, word);
    }
  if (n > 0 && p->at[n] && strchr ("<>=", p->at[n]))
    {
      p->at += n;
      return number_test (p, key);
    }
  word = take_word (p);
  if (!word)
    return FALSE;
  put_word (p, "lower (i.name) GLOB lower (", glob_of (word), ")");
  g_free (word);
  return TRUE;
}

static gboolean
one (Parser *p)
{
  gboolean good;

  skip_blanks (p);
  if (++p->n_terms > MAX_TERMS || p->depth >= MAX_DEPTH)
    return fail (p, _("the query is too long"));
  if (keyword (p, "not") || (*p->at == '-' && p->at++))
    {
      g_string_append (p->sql, "NOT ");
      p->depth++;
      good = one (p);
      p->depth--;
      return good;
    }
  if (*p->at != '(')
    return test (p);
  p->at++;
  p->depth++;
  g_string_append_c (p->sql, '(');
  good = either (p);
  g_string_append_c (p->sql, ')');
  p->depth--;
  skip_blanks (p);
  if (good && *p->at != ')')
    return fail (p, _("a “)” is missing"));
  p->at += good;
  return good;
}

static gboolean
at_or (Parser *p)
{
  const char *before = p->at;
  gboolean found = keyword (p, "or");

  if (found)
    p->at = before;
  return found;
}

static gboolean
both (Parser *p)
{
  gboolean good = one (p);

  for (skip_blanks (p); good && *p->at && *p->at != ')' && !at_or (p); skip_blanks (p))
    {
      keyword (p, "and");
      g_string_append (p->sql, " AND ");
      good = one (p);
    }
  return good;
}

static gboolean
either (Parser *p)
{
  gboolean good;

  g_string_append_c (p->sql, '(');
  good = both (p);
  while (good && keyword (p, "or"))
    {
      g_string_append (p->sql, ") OR (");
      good = both (p);
    }
  g_string_append_c (p->sql, ')');
  return good;
}

/* The condition on items i and media m; FALSE with @error when @query cannot be understood. */
static gboolean
parse (Parser *p, const char *query, GError **error)
{
  *p = (Parser) { .start = query, .at = query, .error = error };
  p->sql = g_string_new (NULL);
  p->words = g_ptr_array_new_with_free_func (g_free);
  skip_blanks (p);
  if (strlen (query) > MAX_LENGTH || !g_utf8_validate (query, -1, NULL))
    return fail (p, _("the query is too long, or is not text"));
  if (!*p->at)
    {
      g_string_append (p->sql, "1");
      return TRUE;
    }
  return either (p) && (!*p->at || fail (p, _("there is a “)” too many")));
}

static void
parser_clear (Parser *p)
{
  g_string_free (p->sql, TRUE);
  g_ptr_array_unref (p->words);
}

gboolean
sac_query_check (const char *query, GError **error)
{
  g_autoptr (GError) failed = NULL;
  Parser p;
  gboolean good = parse (&p, query, &failed);

  parser_clear (&p);
  if (!good)
    g_propagate_error (error, g_steal_pointer (&failed));
  return good;
}

/* ---- asking. */
const char *const sac_sort_names[] = { "name", "duration", "size", "fps", "date", "said", "problem", "random", NULL };

static const char *
order_of (SacSort sort)
{
  switch (sort)
    {
    case SAC_SORT_DURATION:
      return "i.out_ns - i.in_ns";
    case SAC_SORT_SIZE:
      return "m.width * m.height";
    case SAC_SORT_FPS:
      return "m.fps";
    case SAC_SORT_DATE:
      return "m.recorded_us";
    case SAC_SORT_SAID:
      return "(SELECT count(*) FROM clip_labels c WHERE c.item = i.id AND c.layer = 1 AND c.state >= 0)";
    case SAC_SORT_PROBLEM:
      return "(m.problem IS NULL) * 2 + (m.warning IS NULL)";
    case SAC_SORT_RANDOM:
      return "sac_mix (i.id, ?)";
    case SAC_SORT_NAME:
    default:
      return NULL;
    }
}

/* Numbers as good as random, the same for the same clip and seed. */
static void
mix_func (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  SacRandomKey key = { (guint64) sqlite3_value_int64 (args[1]), (guint64) sqlite3_value_int64 (args[0]) };

  sqlite3_result_int64 (context, sac_random_u32 (key, 0));
}

static void
missing_func (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  SacProject *self = sqlite3_user_data (context);
  g_autofree char *path = _sac_media_path (self, (const char *) sqlite3_value_text (args[0]));

  sqlite3_result_int (context, !g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static int
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

static gboolean
add_functions (SacProject *self)
{
  const int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;

  if (self->has_query_functions)        /* anew, they would make all prepared statements stale */
    return TRUE;
  return self->has_query_functions =
         sqlite3_create_function_v2 (self->db, "sac_mix", 2, flags | SQLITE_DETERMINISTIC, NULL, mix_func, NULL, NULL, NULL) == SQLITE_OK
         && sqlite3_create_function_v2 (self->db, "sac_missing", 1, flags, self, missing_func, NULL, NULL, NULL) == SQLITE_OK;
}

GArray *
sac_project_query (SacProject *self, const char *query, GError **error)
{
  return sac_project_query_sorted (self, query, SAC_SORT_NAME, FALSE, 0, NULL, error);
}

GArray *
sac_project_query_sorted (SacProject *self, const char *query, SacSort sort, gboolean descending, guint64 seed,
                          GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));
  g_autoptr (GError) failed = NULL;
  g_autofree char *sql = NULL;
  sqlite3_stmt *stmt = NULL;
  Parser p;
  int code = SQLITE_ERROR;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);
  if (parse (&p, query, &failed))
    {
      const char *order = order_of (sort);

      sql = g_strdup_printf ("SELECT i.id FROM items i JOIN media m ON m.id = i.media WHERE %s ORDER BY %s%s%si.name%s", p.sql->str,
                             order ? order : "", order && descending ? " DESC" : "", order ? ", " : "",
                             !order && descending ? " DESC" : "");
      code = add_functions (self) ? sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL) : SQLITE_ERROR;
      if (code == SQLITE_OK && sort == SAC_SORT_RANDOM)
        code = sqlite3_bind_int64 (stmt, (int) p.words->len + 1, (gint64) seed);
      if (cancellable)
        sqlite3_progress_handler (self->db, 2000, is_cancelled, cancellable);
      for (guint w = 0; code == SQLITE_OK && w < p.words->len; w++)
        code = sqlite3_bind_text (stmt, (int) w + 1, p.words->pdata[w], -1, SQLITE_STATIC);
      while (code == SQLITE_OK || code == SQLITE_ROW)
        if ((code = sqlite3_step (stmt)) == SQLITE_ROW)
          {
            SacId id = sqlite3_column_int64 (stmt, 0);

            g_array_append_val (ids, id);
          }
      if (g_cancellable_is_cancelled (cancellable))
        g_set_error (&failed, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("The search was cancelled"));
      else if (code != SQLITE_DONE)
        _sac_store_fail (self, &failed);
      sqlite3_finalize (stmt);
      sqlite3_progress_handler (self->db, 0, NULL, NULL);
    }
  parser_clear (&p);
  if (!failed)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}
