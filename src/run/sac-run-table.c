#include "sac-run-table.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run-table-private.h"

static const char *const usual[] = { "name", "tags", "arm", "status", "model", "step", "started", "best:auc_macro", "last:loss/train",
                                     "size", NULL };

SacRunSaid *
sac_run_said_new (gint64 id, const char *folder, const char *name, const char *note, char **tags, gboolean archived)
{
  SacRunSaid *said = g_new (SacRunSaid, 1);

  *said = (SacRunSaid) { id, g_strdup (folder), g_strdup (name), g_strdup (note), g_strdupv (tags), archived };
  return said;
}

void
sac_run_said_free (SacRunSaid *said)
{
  if (!said)
    return;
  g_free (said->folder);
  g_free (said->name);
  g_free (said->note);
  g_strfreev (said->tags);
  g_free (said);
}

SacRunTable *
sac_run_table_ref (SacRunTable *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sac_run_table_unref (SacRunTable *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->index, sac_run_index_unref);
  g_clear_pointer (&self->said, g_ptr_array_unref);
  g_clear_pointer (&self->own_said, g_ptr_array_unref);
  g_free (self->entries);
  g_free (self->of);
  g_array_unref (self->rows);
  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->headings);
  g_free (self);
}

/* ---- order. */
typedef struct {
  guint run;
  double number;
  char *text;                   /* nullable: by number */
} Sorted;

static int
by_value (const Sorted *x, const Sorted *y, int sign)
{
  gboolean x_none = isnan (x->number) && (!x->text || !*x->text), y_none = isnan (y->number) && (!y->text || !*y->text);

  if (x_none || y_none)         /* what has none stands last either way */
    return x_none - y_none;
  if (!isnan (x->number) && !isnan (y->number))
    return x->number != y->number ? (x->number < y->number ? -sign : sign) : 0;
  if (isnan (x->number) != isnan (y->number))
    return isnan (x->number) ? sign : -sign;
  return sign * strcmp (x->text, y->text);
}

static int
rising (gconstpointer a, gconstpointer b)
{
  int order = by_value (a, b, 1);

  return order ? order : (((const Sorted *) a)->run > ((const Sorted *) b)->run) - (((const Sorted *) a)->run < ((const Sorted *) b)->run);
}

static int
falling (gconstpointer a, gconstpointer b)
{
  int order = by_value (a, b, -1);

  return order ? order : (((const Sorted *) a)->run > ((const Sorted *) b)->run) - (((const Sorted *) a)->run < ((const Sorted *) b)->run);
}

static void
sort_runs (const SacRunTable *self, guint *runs, guint n, const char *column, gboolean descending)
{
  g_autofree Sorted *all = g_new (Sorted, n + 1);
  SacColumn c = _sac_column_parse (self->index, column);

  for (guint i = 0; i < n; i++)
    {
      all[i] = (Sorted) { runs[i], _sac_table_number (self, runs[i], &c), NULL };
      if (isnan (all[i].number))
        all[i].text = _sac_table_dup_text (self, runs[i], &c, FALSE);
    }
  qsort (all, n, sizeof (Sorted), descending ? falling : rising);
  for (guint i = 0; i < n; i++)
    {
      runs[i] = all[i].run;
      g_free (all[i].text);
    }
}

/* Each group's runs keep their order; groups stand by their value. */
static void
add_rows (SacRunTable *self, guint *runs, guint n, const char *group)
{
  SacColumn c = _sac_column_parse (self->index, group ? group : "name");
  g_autofree guint *grouped = NULL;
  g_autoptr (GHashTable) seen = NULL;

  self->n_runs = n;
  if (group)
    {
      g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
      g_autoptr (GArray) firsts = g_array_new (FALSE, FALSE, sizeof (guint));

      seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint i = 0; i < n; i++)
        {
          char *value = _sac_table_dup_text (self, runs[i], &c, TRUE);
          gpointer at = g_hash_table_lookup (seen, value);

          if (!at)
            {
              g_ptr_array_add (lists, g_array_new (FALSE, FALSE, sizeof (guint)));
              g_array_append_val (firsts, runs[i]);
              at = GUINT_TO_POINTER (lists->len);
              g_hash_table_insert (seen, g_strdup (value), at);
            }
          g_array_append_val ((GArray *) lists->pdata[GPOINTER_TO_UINT (at) - 1], runs[i]);
          g_free (value);
        }
      grouped = g_memdup2 (firsts->data, firsts->len * sizeof (guint));
      sort_runs (self, grouped, firsts->len, group, FALSE);
      for (guint g = 0; g < firsts->len; g++)
        {
          char *heading = _sac_table_dup_text (self, grouped[g], &c, TRUE);
          GArray *list = lists->pdata[GPOINTER_TO_UINT (g_hash_table_lookup (seen, heading)) - 1];
          SacRunTableRow row = { -1, list->len, heading };

          g_ptr_array_add (self->headings, heading);
          g_array_append_val (self->rows, row);
          for (guint i = 0; i < list->len; i++)
            {
              row = (SacRunTableRow) { (gint) g_array_index (list, guint, i), 0, NULL };
              g_array_append_val (self->rows, row);
            }
        }
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      SacRunTableRow row = { (gint) runs[i], 0, NULL };

      g_array_append_val (self->rows, row);
    }
}

/* ---- columns. */
static gboolean
differs (const SacRunTable *self, const guint *runs, guint n, const char *column)
{
  SacColumn c = _sac_column_parse (self->index, column);
  g_autofree char *first = n ? _sac_table_dup_text (self, runs[0], &c, FALSE) : NULL;

  for (guint i = 1; i < n; i++)
    {
      g_autofree char *text = _sac_table_dup_text (self, runs[i], &c, FALSE);

      if (strcmp (text, first) != 0)
        return TRUE;
    }
  return FALSE;
}

static void
choose_columns (SacRunTable *self, const SacRunWish *wish, const guint *runs, guint n)
{
  static const char *const facts[] = { "tags", "study", "arm", "model", "seed", "device", "machine", "version", "weights", "labels",
                                       "split", "snapshot" };
  const char *const *columns = wish->columns ? wish->columns : usual;

  if (!wish->differences)
    {
      for (guint i = 0; columns[i]; i++)
        g_ptr_array_add (self->columns, g_strdup (columns[i]));
      return;
    }
  g_ptr_array_add (self->columns, g_strdup ("name"));
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    if (differs (self, runs, n, facts[i]))
      g_ptr_array_add (self->columns, g_strdup (facts[i]));
  for (guint k = 0; k < sac_run_index_get_n_keys (self->index); k++)
    {
      g_autofree char *column = g_strconcat ("key:", sac_run_index_get_key (self->index, k), NULL);

      if (strcmp (column, "key:recipe.title") != 0 && strcmp (column, "key:training.seed") != 0 && differs (self, runs, n, column))
        g_ptr_array_add (self->columns, g_steal_pointer (&column));
    }
  for (guint i = 0; columns[i]; i++)
    if (g_str_has_prefix (columns[i], "best:") || g_str_has_prefix (columns[i], "last:"))
      g_ptr_array_add (self->columns, g_strdup (columns[i]));
}

SacRunTable *
sac_run_table_new (SacRunIndex *index, GPtrArray *said, const SacRunWish *wish)
{
  SacRunTable *self = g_new0 (SacRunTable, 1);
  guint n = sac_run_index_get_n (index), kept = 0;
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint *runs = g_new (guint, n + 1);
  g_autoptr (GPtrArray) words = _sac_filter_parse (index, wish->filter);

  g_atomic_ref_count_init (&self->refs);
  self->index = sac_run_index_ref (index);
  self->said = g_ptr_array_ref (said);
  self->own_said = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_run_said_free);
  self->entries = g_new (SacRunEntry, n + 1);
  self->of = g_new (const SacRunSaid *, n + 1);
  self->rows = g_array_new (FALSE, FALSE, sizeof (SacRunTableRow));
  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->headings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < said->len; i++)
    g_hash_table_insert (places, ((SacRunSaid *) said->pdata[i])->folder, said->pdata[i]);
  for (guint i = 0; i < n; i++)
    {
      sac_run_index_get (index, i, &self->entries[i]);
      self->of[i] = g_hash_table_lookup (places, self->entries[i].folder);
      if (!self->of[i])
        {
          SacRunSaid *own = sac_run_said_new (0, self->entries[i].folder, self->entries[i].name, NULL, NULL, FALSE);

          g_ptr_array_add (self->own_said, own);
          self->of[i] = own;
        }
      if ((wish->archived || !self->of[i]->archived) && _sac_filter_takes (self, words, i))
        runs[kept++] = i;
    }
  if (wish->sort && *wish->sort)
    sort_runs (self, runs, kept, wish->sort, wish->descending);
  choose_columns (self, wish, runs, kept);
  add_rows (self, runs, kept, wish->group && *wish->group ? wish->group : NULL);
  return self;
}

/* ---- asking. */
guint
sac_run_table_get_n (const SacRunTable *self)
{
  return self->rows->len;
}

SacRunTableRow
sac_run_table_get_row (const SacRunTable *self, guint row)
{
  return g_array_index (self->rows, SacRunTableRow, row);
}

guint
sac_run_table_get_n_runs (const SacRunTable *self)
{
  return self->n_runs;
}

guint
sac_run_table_get_n_all (const SacRunTable *self)
{
  return sac_run_index_get_n (self->index);
}

SacRunIndex *
sac_run_table_get_index (const SacRunTable *self)
{
  return self->index;
}

const SacRunSaid *
sac_run_table_get_said (const SacRunTable *self, guint run)
{
  return self->of[run];
}

guint
sac_run_table_get_n_columns (const SacRunTable *self)
{
  return self->columns->len;
}

const char *
sac_run_table_get_column (const SacRunTable *self, guint column)
{
  return self->columns->pdata[column];
}

char *
sac_run_table_dup_cell (const SacRunTable *self, guint run, const char *column)
{
  SacColumn c = _sac_column_parse (self->index, column);

  return _sac_table_dup_text (self, run, &c, TRUE);
}

double
sac_run_table_get_number (const SacRunTable *self, guint run, const char *column)
{
  SacColumn c = _sac_column_parse (self->index, column);

  return _sac_table_number (self, run, &c);
}

static void
append_csv (GString *out, const char *text)
{
  gboolean quote = text[strcspn (text, ",\"\n\r;")] != '\0';

  if (quote)
    g_string_append_c (out, '"');
  for (; *text; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  if (quote)
    g_string_append_c (out, '"');
}

char *
sac_run_table_dup_csv (const SacRunTable *self)
{
  GString *out = g_string_new (NULL);

  for (guint c = 0; c < self->columns->len; c++)
    {
      g_string_append (out, c ? "," : "");
      append_csv (out, self->columns->pdata[c]);
    }
  g_string_append_c (out, '\n');
  for (guint r = 0; r < self->rows->len; r++)
    {
      gint run = g_array_index (self->rows, SacRunTableRow, r).run;

      for (guint c = 0; run >= 0 && c < self->columns->len; c++)
        {
          SacColumn column = _sac_column_parse (self->index, self->columns->pdata[c]);
          g_autofree char *text = _sac_table_dup_text (self, (guint) run, &column, FALSE);

          g_string_append (out, c ? "," : "");
          append_csv (out, text);
        }
      if (run >= 0)
        g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}
