#include "run-table-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static const struct {
  const char *id, *title;
  gboolean number;
} facts[N_COLUMN_FACTS] = {
  [COLUMN_NAME] = { "name", N_("Name"), FALSE },
  [COLUMN_TAGS] = { "tags", N_("Tags"), FALSE },
  [COLUMN_NOTE] = { "note", N_("Note"), FALSE },
  [COLUMN_STUDY] = { "study", N_("Study"), FALSE },
  [COLUMN_ARM] = { "arm", N_("Arm"), FALSE },
  [COLUMN_STATUS] = { "status", N_("State"), FALSE },
  [COLUMN_MODEL] = { "model", N_("Network"), FALSE },
  [COLUMN_STEP] = { "step", N_("Step"), TRUE },
  [COLUMN_STARTED] = { "started", N_("Started"), FALSE },
  [COLUMN_DURATION] = { "duration", N_("Duration"), TRUE },
  [COLUMN_SEED] = { "seed", N_("Seed"), TRUE },
  [COLUMN_SIZE] = { "size", N_("Size"), TRUE },
  [COLUMN_CLIPS] = { "clips", N_("Clips"), TRUE },
  [COLUMN_DEVICE] = { "device", N_("Device"), FALSE },
  [COLUMN_MACHINE] = { "machine", N_("Machine"), FALSE },
  [COLUMN_VERSION] = { "version", N_("Program"), FALSE },
  [COLUMN_WEIGHTS] = { "weights", N_("Weights"), FALSE },
  [COLUMN_LABELS] = { "labels", N_("Labels"), FALSE },
  [COLUMN_SPLIT] = { "split", N_("Split"), FALSE },
  [COLUMN_SNAPSHOT] = { "snapshot", N_("Data"), FALSE },
  [COLUMN_FOLDER] = { "folder", N_("Folder"), FALSE },
};

static int
find_tag (const SacRunIndex *index, const char *tag)
{
  for (guint t = 0; t < sac_run_index_get_n_tags (index); t++)
    if (strcmp (sac_run_index_get_tag (index, t), tag) == 0)
      return (int) t;
  return -1;
}

static int
find_key (const SacRunIndex *index, const char *key)
{
  for (guint k = 0; k < sac_run_index_get_n_keys (index); k++)
    if (strcmp (sac_run_index_get_key (index, k), key) == 0)
      return (int) k;
  return -1;
}

static SacColumn
column_or_none (SacColumnKind kind, int number)
{
  return (SacColumn) { number < 0 ? COLUMN_NONE : kind, number < 0 ? 0 : (guint) number };
}

SacColumn
_sac_column_parse (const SacRunIndex *index, const char *column)
{
  if (g_str_has_prefix (column, "key:"))
    return column_or_none (COLUMN_KEY, find_key (index, column + 4));
  if (g_str_has_prefix (column, "best:"))
    return column_or_none (COLUMN_BEST, find_tag (index, column + 5));
  if (g_str_has_prefix (column, "last:"))
    return column_or_none (COLUMN_LAST, find_tag (index, column + 5));
  for (guint f = 0; f < N_COLUMN_FACTS; f++)
    if (strcmp (facts[f].id, column) == 0)
      return (SacColumn) { f, 0 };
  return (SacColumn) { COLUMN_NONE, 0 };
}

gboolean
sac_run_table_is_number (const char *column)
{
  for (guint f = 0; f < N_COLUMN_FACTS; f++)
    if (strcmp (facts[f].id, column) == 0)
      return facts[f].number;
  return TRUE;
}

char *
sac_run_column_dup_title (const char *column)
{
  for (guint f = 0; f < N_COLUMN_FACTS; f++)
    if (strcmp (facts[f].id, column) == 0)
      return g_strdup (_(facts[f].title));
  if (g_str_has_prefix (column, "key:"))
    {
      const char *dot = strchr (column, '.');

      return g_strdup (dot ? dot + 1 : column + 4);
    }
  if (g_str_has_prefix (column, "best:"))
    return g_strdup_printf (_("%s, best"), column + 5);
  return g_strdup (strchr (column, ':') ? strchr (column, ':') + 1 : column);
}

char **
sac_run_index_dup_columns (const SacRunIndex *index)
{
  GPtrArray *out = g_ptr_array_new ();

  for (guint f = 0; f < N_COLUMN_FACTS; f++)
    g_ptr_array_add (out, g_strdup (facts[f].id));
  for (guint k = 0; k < sac_run_index_get_n_keys (index); k++)
    g_ptr_array_add (out, g_strconcat ("key:", sac_run_index_get_key (index, k), NULL));
  for (guint t = 0; t < sac_run_index_get_n_tags (index); t++)
    {
      g_ptr_array_add (out, g_strconcat ("best:", sac_run_index_get_tag (index, t), NULL));
      g_ptr_array_add (out, g_strconcat ("last:", sac_run_index_get_tag (index, t), NULL));
    }
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (out, FALSE);
}

/* ---- cells. */
double
_sac_table_number (const SacRunTable *table, guint run, const SacColumn *column)
{
  const SacRunEntry *entry = &table->entries[run];
  const SacRunMetric *metric;
  const char *text;
  char *end;
  double value;

  switch (column->kind)
    {
    case COLUMN_STEP:
      return (double) entry->step;
    case COLUMN_STARTED:
      return entry->started_us ? (double) entry->started_us : NAN;
    case COLUMN_DURATION:
      return entry->started_us && entry->ended_us > entry->started_us ? (double) (entry->ended_us - entry->started_us) * 1e-6 : NAN;
    case COLUMN_SEED:
      return (double) entry->seed;
    case COLUMN_SIZE:
      return (double) entry->bytes;
    case COLUMN_CLIPS:
      return entry->n_clips ? entry->n_clips : NAN;
    case COLUMN_BEST:
    case COLUMN_LAST:
      metric = sac_run_entry_find_metric (entry, column->number);
      return !metric ? NAN : column->kind == COLUMN_BEST ? metric->best : metric->last;
    case COLUMN_KEY:
      text = sac_run_entry_find_value (table->index, entry, column->number);
      value = text && *text ? g_ascii_strtod (text, &end) : NAN;
      return text && *text && *end == '\0' ? value : NAN;
    default:
      return NAN;
    }
}

static char *
dup_date (gint64 us, gboolean shown)
{
  g_autoptr (GDateTime) date = us ? g_date_time_new_from_unix_local (us / G_USEC_PER_SEC) : NULL;

  return date ? g_date_time_format (date, shown ? "%Y-%m-%d %H:%M" : "%Y-%m-%dT%H:%M:%S%z") : g_strdup ("");
}

static char *
dup_number (double value, gboolean shown)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return g_strdup ("");
  if (!shown)
    return g_strdup (g_ascii_formatd (text, sizeof text, "%.9g", value));
  return g_strdup_printf (fabs (value) >= 1000 || (value != 0 && fabs (value) < 0.001) ? "%.3g" : "%.4f", value);
}

static const char *
fact_text (const SacRunTable *table, guint run, SacColumnKind kind)
{
  const SacRunEntry *entry = &table->entries[run];

  switch (kind)
    {
    case COLUMN_NAME:
      return table->of[run]->name;
    case COLUMN_NOTE:
      return table->of[run]->note;
    case COLUMN_STUDY:
      return entry->study;
    case COLUMN_ARM:
      return entry->arm;
    case COLUMN_MODEL:
      return entry->model;
    case COLUMN_DEVICE:
      return entry->device;
    case COLUMN_MACHINE:
      return entry->machine;
    case COLUMN_VERSION:
      return entry->version;
    case COLUMN_WEIGHTS:
      return entry->weights;
    case COLUMN_LABELS:
      return entry->labels_id;
    case COLUMN_SPLIT:
      return entry->split_id;
    case COLUMN_SNAPSHOT:
      return entry->snapshot;
    case COLUMN_FOLDER:
      return entry->folder;
    default:
      return NULL;
    }
}

static char *
dup_status (const SacRunEntry *entry, gboolean shown)
{
  const char *colon = strchr (entry->status, ':');
  g_autofree char *word = g_strndup (entry->status, colon ? (gsize) (colon - entry->status) : strlen (entry->status));
  gboolean ended = strcmp (word, "done") == 0 || strcmp (word, "stopped") == 0 || strcmp (word, "failed") == 0;

  if (*word && !ended && !entry->live)
    return g_strdup (shown ? _("broken off") : "broken off");
  if (!shown)
    return g_steal_pointer (&word);
  return g_strdup (strcmp (word, "done") == 0 ? _("done") : strcmp (word, "stopped") == 0 ? _("stopped")
                   : strcmp (word, "failed") == 0 ? _("failed") : strcmp (word, "running") == 0 ? _("running")
                   : strcmp (word, "paused") == 0 ? _("paused") : word);
}

char *
_sac_table_dup_text (const SacRunTable *table, guint run, const SacColumn *column, gboolean shown)
{
  const SacRunEntry *entry = &table->entries[run];
  const char *text;

  switch (column->kind)
    {
    case COLUMN_NONE:
      return g_strdup ("");
    case COLUMN_TAGS:
      return table->of[run]->tags ? g_strjoinv (shown ? " · " : ";", table->of[run]->tags) : g_strdup ("");
    case COLUMN_STATUS:
      return dup_status (entry, shown);
    case COLUMN_STARTED:
      return dup_date (entry->started_us, shown);
    case COLUMN_STEP:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, entry->step);
    case COLUMN_SEED:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, entry->seed);
    case COLUMN_SIZE:
      return shown ? g_format_size (entry->bytes) : g_strdup_printf ("%" G_GUINT64_FORMAT, entry->bytes);
    case COLUMN_CLIPS:
      return entry->n_clips ? g_strdup_printf ("%u", entry->n_clips) : g_strdup ("");
    case COLUMN_DURATION:
      {
        double seconds = _sac_table_number (table, run, column);

        return isnan (seconds) ? g_strdup ("") : shown ? sac_dup_duration (seconds) : dup_number (seconds, FALSE);
      }
    case COLUMN_BEST:
    case COLUMN_LAST:
      return dup_number (_sac_table_number (table, run, column), shown);
    case COLUMN_KEY:
      text = sac_run_entry_find_value (table->index, entry, column->number);
      return g_strdup (text ? text : "");
    default:
      break;
    }
  text = fact_text (table, run, column->kind);
  if (text && shown && (column->kind == COLUMN_LABELS || column->kind == COLUMN_SPLIT || column->kind == COLUMN_SNAPSHOT))
    return g_strndup (text, 8);
  return g_strdup (text ? text : "");
}

/* ---- runs that are no series. */
static gboolean
any_differ (const SacRunIndex *index, const guint *runs, guint n, gboolean splits)
{
  const char *first = NULL;

  for (guint i = 0; i < n; i++)
    {
      SacRunEntry entry;
      const char *id;

      sac_run_index_get (index, runs[i], &entry);
      id = splits ? entry.split_id : entry.labels_id;
      if (!*id)
        continue;               /* of older and foreign runs it is not known */
      if (first && strcmp (first, id) != 0)
        return TRUE;
      first = id;
    }
  return FALSE;
}

char *
sac_run_index_dup_difference (const SacRunIndex *index, const guint *runs, guint n)
{
  gboolean labels = any_differ (index, runs, n, FALSE), splits = any_differ (index, runs, n, TRUE);

  if (labels && splits)
    return g_strdup (_("These runs learnt different labels, with clips divided differently"));
  if (labels)
    return g_strdup (_("These runs learnt different labels"));
  return splits ? g_strdup (_("The clips were divided differently for these runs, or were others")) : NULL;
}

/* ---- filters. */
typedef struct {
  char *word;                   /* must stand somewhere; with @tag in a tag */
  gboolean negated, tag;
  SacColumn column;             /* with @compare */
  char compare;                 /* 0, '=', '<', '>', 'l' (≤), 'g' (≥) */
  double number;                /* NaN: by @word */
} Word;

static void
word_free (gpointer data)
{
  g_free (((Word *) data)->word);
  g_free (data);
}

/* "rate" is the key of any group, "auc_macro" the best of that metric. */
static SacColumn
find_column (const SacRunIndex *index, const char *name)
{
  g_autofree char *best = g_strconcat ("best:", name, NULL), *dotted = g_strconcat (".", name, NULL);
  SacColumn column = _sac_column_parse (index, name);

  for (guint k = 0; column.kind == COLUMN_NONE && k < sac_run_index_get_n_keys (index); k++)
    if (strcmp (sac_run_index_get_key (index, k), name) == 0 || g_str_has_suffix (sac_run_index_get_key (index, k), dotted))
      column = (SacColumn) { COLUMN_KEY, k };
  return column.kind == COLUMN_NONE ? _sac_column_parse (index, best) : column;
}

static Word *
parse_word (const SacRunIndex *index, const char *text)
{
  Word *word = g_new0 (Word, 1);
  gsize at;

  if (text[0] == '-' && text[1])
    {
      word->negated = TRUE;
      text++;
    }
  at = strcspn (text, "=<>");
  if (at > 0 && text[at])
    {
      g_autofree char *name = g_strndup (text, at);
      const char *value = text + at + 1;
      char *end;

      word->column = find_column (index, name);
      if (word->column.kind != COLUMN_NONE)
        {
          word->compare = *value == '=' ? (text[at] == '<' ? 'l' : text[at] == '>' ? 'g' : '=') : text[at];
          value += *value == '=';
          word->number = g_ascii_strtod (value, &end);
          if (end == value || *end)
            word->number = NAN;
          word->word = g_strdup (value);
          return word;
        }
    }
  word->tag = g_str_has_prefix (text, "tag:");
  word->word = g_utf8_casefold (word->tag ? text + 4 : text, -1);
  return word;
}

GPtrArray *
_sac_filter_parse (const SacRunIndex *index, const char *filter)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  g_autofree char *valid = g_utf8_make_valid (filter ? filter : "", -1);
  g_auto (GStrv) parts = g_strsplit_set (valid, " \t\n", 64);

  for (guint i = 0; parts[i]; i++)
    if (*parts[i])
      g_ptr_array_add (words, parse_word (index, parts[i]));
  return words;
}

static gboolean
stands_in (const char *text, const char *word)
{
  g_autofree char *folded = NULL;

  if (!text || !*text)
    return FALSE;
  folded = g_utf8_casefold (text, -1);
  return strstr (folded, word) != NULL;
}

static gboolean
compares (const SacRunTable *table, guint run, const Word *word)
{
  double number = _sac_table_number (table, run, &word->column);

  if (isnan (word->number) || (isnan (number) && word->compare == '='))
    {
      g_autofree char *text = _sac_table_dup_text (table, run, &word->column, FALSE);

      return word->compare == '=' && strcmp (text, word->word) == 0;
    }
  switch (word->compare)
    {
    case '<':
      return number < word->number;
    case '>':
      return number > word->number;
    case 'l':
      return number <= word->number;
    case 'g':
      return number >= word->number;
    default:
      return number == word->number;
    }
}

static gboolean
holds (const SacRunTable *table, guint run, const Word *word)
{
  const SacRunEntry *entry = &table->entries[run];
  const SacRunSaid *said = table->of[run];
  const char *texts[] = { said->name, said->note, entry->study, entry->arm, entry->status, entry->model };

  if (word->compare)
    return compares (table, run, word);
  for (guint t = 0; said->tags && said->tags[t]; t++)
    if (stands_in (said->tags[t], word->word))
      return TRUE;
  if (word->tag)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (stands_in (texts[i], word->word))
      return TRUE;
  for (guint k = 0; k < entry->n_keys; k++)
    if (stands_in (sac_run_index_get_text (table->index, entry->keys[k].value), word->word))
      return TRUE;
  return FALSE;
}

gboolean
_sac_filter_takes (const SacRunTable *table, const GPtrArray *words, guint run)
{
  for (guint i = 0; i < words->len; i++)
    {
      const Word *word = words->pdata[i];

      if (holds (table, run, word) == word->negated)
        return FALSE;
    }
  return TRUE;
}
