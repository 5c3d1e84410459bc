#include "sac-run-index.h"

#include <glib/gi18n.h>
#include <string.h>

#include "run-index-private.h"
#include "sac-run.h"

#define MAGIC 0x31786469676b6373u
#define MAX_BYTES ((gsize) 1 << 30)
#define MAX_STRINGS 4000000u

typedef struct {
  guint32 facts[N_FACTS];       /* texts */
  guint32 folder, newest;
  guint32 n_clips, n_metrics, n_keys, reserved;
  guint64 first_metric, first_key;
  gint64 started_us, ended_us;
  guint64 stamp, bytes, step, seed;
} Row;

/* The file as it lies: this, then offsets of texts, tags, keys, rows, metrics, keys of runs, texts. */
typedef struct {
  guint64 magic;
  guint32 row_bytes, n_texts, n_tags, n_keys, n_rows, reserved;
  guint64 n_metrics, n_run_keys, n_text_bytes;
} Head;

struct _SacRunIndex {
  gatomicrefcount refs;
  GArray *texts;                /* guint32: where each begins in @bytes */
  GByteArray *bytes;            /* all texts, each with its NUL; the first is "" */
  GArray *tags, *keys;          /* guint32: texts */
  GArray *rows;                 /* Row */
  GArray *metrics, *run_keys;   /* SacRunMetric, SacRunKey */
  GHashTable *places;           /* folder → number + 1 */
  guint8 *live;
  guint n_read;
  /* while it is made */
  GHashTable *interned, *tag_numbers, *key_numbers;
};

static SacRunIndex *
index_new (void)
{
  SacRunIndex *self = g_new0 (SacRunIndex, 1);

  g_atomic_ref_count_init (&self->refs);
  self->texts = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->bytes = g_byte_array_new ();
  self->tags = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->metrics = g_array_new (FALSE, FALSE, sizeof (SacRunMetric));
  self->run_keys = g_array_new (FALSE, FALSE, sizeof (SacRunKey));
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

SacRunIndex *
sac_run_index_ref (SacRunIndex *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sac_run_index_unref (SacRunIndex *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->texts);
  g_byte_array_unref (self->bytes);
  g_array_unref (self->tags);
  g_array_unref (self->keys);
  g_array_unref (self->rows);
  g_array_unref (self->metrics);
  g_array_unref (self->run_keys);
  g_hash_table_unref (self->places);
  g_clear_pointer (&self->interned, g_hash_table_unref);
  g_clear_pointer (&self->tag_numbers, g_hash_table_unref);
  g_clear_pointer (&self->key_numbers, g_hash_table_unref);
  g_free (self->live);
  g_free (self);
}

const char *
sac_run_index_get_text (const SacRunIndex *self, guint text)
{
  return text < self->texts->len ? (const char *) self->bytes->data + g_array_index (self->texts, guint32, text) : "";
}

/* ---- making: texts are kept once. */
static guint32
intern (SacRunIndex *self, const char *text)
{
  gpointer found = g_hash_table_lookup (self->interned, text);
  guint32 number = self->texts->len, at = self->bytes->len;

  if (found)
    return GPOINTER_TO_UINT (found) - 1;
  g_byte_array_append (self->bytes, (const guint8 *) text, (guint) strlen (text) + 1);
  g_array_append_val (self->texts, at);
  g_hash_table_insert (self->interned, g_strdup (text), GUINT_TO_POINTER (number + 1));
  return number;
}

static guint32
number_of (SacRunIndex *self, GHashTable *numbers, GArray *list, const char *text)
{
  guint32 id = intern (self, text), number = list->len;
  gpointer found = g_hash_table_lookup (numbers, GUINT_TO_POINTER (id + 1));

  if (found)
    return GPOINTER_TO_UINT (found) - 1;
  g_array_append_val (list, id);
  g_hash_table_insert (numbers, GUINT_TO_POINTER (id + 1), GUINT_TO_POINTER (number + 1));
  return number;
}

static void
begin_making (SacRunIndex *self)
{
  self->interned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tag_numbers = g_hash_table_new (NULL, NULL);
  self->key_numbers = g_hash_table_new (NULL, NULL);
  intern (self, "");
}

static int
by_tag (gconstpointer a, gconstpointer b)
{
  const SacRunMetric *x = a, *y = b;

  return (x->tag > y->tag) - (x->tag < y->tag);
}

static int
by_key (gconstpointer a, gconstpointer b)
{
  const SacRunKey *x = a, *y = b;

  return (x->key > y->key) - (x->key < y->key);
}

static void
add_fresh (SacRunIndex *self, const char *folder, const char *newest, guint64 stamp, const SacFreshRun *fresh)
{
  Row row = { .folder = intern (self, folder), .newest = intern (self, newest ? newest : ""), .n_clips = fresh->n_clips,
              .first_metric = self->metrics->len, .first_key = self->run_keys->len, .started_us = fresh->started_us,
              .ended_us = fresh->ended_us, .stamp = stamp, .bytes = fresh->bytes, .step = fresh->step, .seed = fresh->seed };

  for (guint f = 0; f < N_FACTS; f++)
    row.facts[f] = intern (self, fresh->facts[f]);
  for (guint m = 0; m < fresh->metrics->len; m++)
    {
      const SacFreshMetric *from = &g_array_index (fresh->metrics, SacFreshMetric, m);
      SacRunMetric metric = from->metric;

      metric.tag = number_of (self, self->tag_numbers, self->tags, from->tag);
      g_array_append_val (self->metrics, metric);
    }
  for (guint k = 0; k < fresh->keys->len; k++)
    {
      SacRunKey key = { number_of (self, self->key_numbers, self->keys, fresh->keys->pdata[k]), intern (self, fresh->values->pdata[k]) };

      g_array_append_val (self->run_keys, key);
    }
  row.n_metrics = self->metrics->len - (guint32) row.first_metric;
  row.n_keys = self->run_keys->len - (guint32) row.first_key;
  if (row.n_metrics > 0)        /* an empty array has no memory */
    qsort (self->metrics->data + row.first_metric * sizeof (SacRunMetric), row.n_metrics, sizeof (SacRunMetric), by_tag);
  if (row.n_keys > 0)
    qsort (self->run_keys->data + row.first_key * sizeof (SacRunKey), row.n_keys, sizeof (SacRunKey), by_key);
  g_array_append_val (self->rows, row);
}

static void
add_known (SacRunIndex *self, const SacRunIndex *old, const Row *from)
{
  Row row = *from;

  row.folder = intern (self, sac_run_index_get_text (old, from->folder));
  row.newest = intern (self, sac_run_index_get_text (old, from->newest));
  row.first_metric = self->metrics->len;
  row.first_key = self->run_keys->len;
  for (guint f = 0; f < N_FACTS; f++)
    row.facts[f] = intern (self, sac_run_index_get_text (old, from->facts[f]));
  for (guint m = 0; m < from->n_metrics; m++)
    {
      SacRunMetric metric = g_array_index (old->metrics, SacRunMetric, from->first_metric + m);

      metric.tag = number_of (self, self->tag_numbers, self->tags, sac_run_index_get_tag (old, metric.tag));
      g_array_append_val (self->metrics, metric);
    }
  for (guint k = 0; k < from->n_keys; k++)
    {
      SacRunKey key = g_array_index (old->run_keys, SacRunKey, from->first_key + k);

      key.key = number_of (self, self->key_numbers, self->keys, sac_run_index_get_key (old, key.key));
      key.value = intern (self, sac_run_index_get_text (old, key.value));
      g_array_append_val (self->run_keys, key);
    }
  g_array_append_val (self->rows, row);
}

/* ---- the cache: what is not as it must be is no cache. */
static gboolean
take_array (const guint8 **at, gsize *left, GArray *into, guint64 n)
{
  gsize size = g_array_get_element_size (into);

  if (n > *left / size)
    return FALSE;
  g_array_append_vals (into, *at, (guint) n);
  *at += n * size;
  *left -= n * size;
  return TRUE;
}

static gboolean
all_below (const GArray *numbers, guint most)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, guint32, i) >= most)
      return FALSE;
  return TRUE;
}

/* One behind the other, so that looking at all costs what they are long. */
static gboolean
texts_are_sound (const SacRunIndex *self)
{
  const guint32 *at = (const guint32 *) (gpointer) self->texts->data;

  for (guint i = 0; i < self->texts->len; i++)
    if ((i > 0 && (at[i] <= at[i - 1] || self->bytes->data[at[i] - 1] != 0))
        || !g_utf8_validate (sac_run_index_get_text (self, i), -1, NULL))
      return FALSE;
  return TRUE;
}

static gboolean
is_sound (const SacRunIndex *self)
{
  guint n_texts = self->texts->len;

  if (n_texts == 0 || self->bytes->len == 0 || self->bytes->data[self->bytes->len - 1] != 0 || !all_below (self->texts, self->bytes->len)
      || !all_below (self->tags, n_texts) || !all_below (self->keys, n_texts))
    return FALSE;
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      if (row->folder >= n_texts || row->newest >= n_texts || row->first_metric > self->metrics->len
          || row->n_metrics > self->metrics->len - row->first_metric || row->first_key > self->run_keys->len
          || row->n_keys > self->run_keys->len - row->first_key)
        return FALSE;
      for (guint f = 0; f < N_FACTS; f++)
        if (row->facts[f] >= n_texts)
          return FALSE;
    }
  for (guint i = 0; i < self->metrics->len; i++)
    if (g_array_index (self->metrics, SacRunMetric, i).tag >= self->tags->len)
      return FALSE;
  for (guint i = 0; i < self->run_keys->len; i++)
    if (g_array_index (self->run_keys, SacRunKey, i).key >= self->keys->len
        || g_array_index (self->run_keys, SacRunKey, i).value >= n_texts)
      return FALSE;
  return texts_are_sound (self);
}

static SacRunIndex *
read_cache (const char *cache)
{
  g_autoptr (GBytes) bytes = cache ? sac_file_read (cache, MAX_BYTES, NULL) : NULL;
  g_autoptr (SacRunIndex) self = index_new ();
  gsize left = 0;
  const guint8 *at = bytes ? g_bytes_get_data (bytes, &left) : NULL;
  Head head;

  if (left < sizeof head)
    return NULL;
  memcpy (&head, at, sizeof head);
  at += sizeof head;
  left -= sizeof head;
  if (head.magic != MAGIC || head.row_bytes != sizeof (Row) || head.n_texts > MAX_STRINGS
      || !take_array (&at, &left, self->texts, head.n_texts) || !take_array (&at, &left, self->tags, head.n_tags)
      || !take_array (&at, &left, self->keys, head.n_keys) || !take_array (&at, &left, self->rows, head.n_rows)
      || !take_array (&at, &left, self->metrics, head.n_metrics) || !take_array (&at, &left, self->run_keys, head.n_run_keys)
      || head.n_text_bytes != left)
    return NULL;
  g_byte_array_append (self->bytes, at, (guint) left);
  return is_sound (self) ? g_steal_pointer (&self) : NULL;
}

static void
put_array (GByteArray *out, const GArray *array)
{
  g_byte_array_append (out, (const guint8 *) array->data, array->len * g_array_get_element_size ((GArray *) array));
}

/* A place that cannot be written to is no error: the next time reads again. */
static void
write_cache (const SacRunIndex *self, const char *cache)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Head head = { MAGIC, sizeof (Row), self->texts->len, self->tags->len, self->keys->len, self->rows->len, 0, self->metrics->len,
                self->run_keys->len, self->bytes->len };

  g_byte_array_append (out, (const guint8 *) &head, sizeof head);
  put_array (out, self->texts);
  put_array (out, self->tags);
  put_array (out, self->keys);
  put_array (out, self->rows);
  put_array (out, self->metrics);
  put_array (out, self->run_keys);
  g_byte_array_append (out, self->bytes->data, self->bytes->len);
  sac_file_replace (cache, out->data, out->len, NULL);
}

/* ---- loading. */
typedef struct {
  const char *folder;
  const Row *known;             /* nullable */
  char *newest;
  guint64 stamp;                /* 0: no run */
  gboolean is_fresh;
  SacFreshRun fresh;
} Look;

typedef struct {
  const SacRunIndex *old;       /* nullable */
  Look *looks;
  guint n;
  gint next, n_read;
  GCancellable *cancellable;
} Work;

static void
look_at (Work *work, Look *look)
{
  if (look->known)
    {
      const char *newest = sac_run_index_get_text (work->old, look->known->newest);

      look->newest = *newest ? g_strdup (newest) : NULL;
    }
  look->stamp = _sac_run_stamp (look->folder, &look->newest);
  if (look->stamp == 0 || (look->known && look->stamp == look->known->stamp))
    return;
  /* Something came: which file is the newest is asked anew.  The stamp is from before the reading. */
  g_clear_pointer (&look->newest, g_free);
  look->stamp = _sac_run_stamp (look->folder, &look->newest);
  _sac_fresh_run_read (&look->fresh, look->folder);
  look->is_fresh = TRUE;
  g_atomic_int_inc (&work->n_read);
}

static gpointer
work_thread (gpointer data)
{
  Work *work = data;
  guint i;

  while ((i = (guint) g_atomic_int_add (&work->next, 1)) < work->n && !g_cancellable_is_cancelled (work->cancellable))
    look_at (work, &work->looks[i]);
  return NULL;
}

static void
do_work (Work *work, SacProgressFunc progress, gpointer data)
{
  GThread *helper = work->n > 64 ? g_thread_new ("run-index", work_thread, work) : NULL;
  gint64 told_us = g_get_monotonic_time ();
  guint i;

  while ((i = (guint) g_atomic_int_add (&work->next, 1)) < work->n && !g_cancellable_is_cancelled (work->cancellable))
    {
      look_at (work, &work->looks[i]);
      if (progress && g_get_monotonic_time () - told_us > 100000)
        {
          told_us = g_get_monotonic_time ();
          progress ((double) i / work->n, _("Reading runs"), data);
        }
    }
  if (helper)
    g_thread_join (helper);
}

static void
finish (SacRunIndex *self)
{
  g_clear_pointer (&self->interned, g_hash_table_unref);
  g_clear_pointer (&self->tag_numbers, g_hash_table_unref);
  g_clear_pointer (&self->key_numbers, g_hash_table_unref);
  self->live = g_new0 (guint8, self->rows->len + 1);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      const char *status = sac_run_index_get_text (self, row->facts[FACT_STATUS]);

      g_hash_table_insert (self->places, (char *) sac_run_index_get_text (self, row->folder), GUINT_TO_POINTER (i + 1));
      if (*status && !g_str_has_prefix (status, "done") && !g_str_has_prefix (status, "stopped") && !g_str_has_prefix (status, "failed"))
        self->live[i] = sac_run_is_live (sac_run_index_get_text (self, row->folder));
    }
}

/* Whether @old, with its rows put in order, is already what was asked for. */
static gboolean
is_the_same (const SacRunIndex *old, const Work *work)
{
  if (!old || old->rows->len != work->n || work->n_read > 0)
    return FALSE;
  for (guint i = 0; i < work->n; i++)
    if (!work->looks[i].known || work->looks[i].stamp == 0)
      return FALSE;
  return TRUE;
}

static SacRunIndex *
put_together (SacRunIndex *old, const Work *work)
{
  SacRunIndex *self;

  if (is_the_same (old, work))
    {
      g_autoptr (GArray) rows = g_array_sized_new (FALSE, FALSE, sizeof (Row), work->n);

      for (guint i = 0; i < work->n; i++)
        g_array_append_vals (rows, work->looks[i].known, 1);
      self = sac_run_index_ref (old);
      g_array_unref (self->rows);
      self->rows = g_steal_pointer (&rows);
      return self;
    }
  self = index_new ();
  begin_making (self);
  for (guint i = 0; i < work->n; i++)
    {
      const Look *look = &work->looks[i];

      if (look->stamp && look->is_fresh)
        add_fresh (self, look->folder, look->newest, look->stamp, &look->fresh);
      else if (look->stamp && look->known)
        add_known (self, old, look->known);
    }
  self->n_read = (guint) work->n_read;
  return self;
}

SacRunIndex *
sac_run_index_load (const char *cache, const char *const *folders, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (SacRunIndex) old = read_cache (cache);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  Work work = { .old = old, .n = g_strv_length ((char **) folders), .cancellable = cancellable };
  SacRunIndex *self = NULL;

  for (guint i = 0; old && i < old->rows->len; i++)
    g_hash_table_insert (known, (char *) sac_run_index_get_text (old, g_array_index (old->rows, Row, i).folder),
                         &g_array_index (old->rows, Row, i));
  work.looks = g_new0 (Look, work.n + 1);
  for (guint i = 0; i < work.n; i++)
    work.looks[i] = (Look) { .folder = folders[i], .known = g_hash_table_lookup (known, folders[i]) };
  do_work (&work, progress, data);
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      self = put_together (old, &work);
      if (cache && self != old)
        write_cache (self, cache);
      finish (self);
    }
  for (guint i = 0; i < work.n; i++)
    {
      g_free (work.looks[i].newest);
      if (work.looks[i].is_fresh)
        _sac_fresh_run_clear (&work.looks[i].fresh);
    }
  g_free (work.looks);
  return self;
}

/* ---- asking. */
guint
sac_run_index_get_n (const SacRunIndex *self)
{
  return self->rows->len;
}

guint
sac_run_index_get_n_read (const SacRunIndex *self)
{
  return self->n_read;
}

void
sac_run_index_get (const SacRunIndex *self, guint i, SacRunEntry *entry)
{
  const Row *row = &g_array_index (self->rows, Row, i);
  const char **texts[N_FACTS] = {
    [FACT_NAME] = &entry->name, [FACT_STUDY] = &entry->study, [FACT_ARM] = &entry->arm, [FACT_MODEL] = &entry->model,
    [FACT_STATUS] = &entry->status, [FACT_VERSION] = &entry->version, [FACT_MACHINE] = &entry->machine, [FACT_DEVICE] = &entry->device,
    [FACT_WEIGHTS] = &entry->weights, [FACT_PROJECT] = &entry->project, [FACT_SNAPSHOT] = &entry->snapshot,
    [FACT_LABELS_ID] = &entry->labels_id, [FACT_SPLIT_ID] = &entry->split_id,
  };

  for (guint f = 0; f < N_FACTS; f++)
    *texts[f] = sac_run_index_get_text (self, row->facts[f]);
  entry->folder = sac_run_index_get_text (self, row->folder);
  entry->started_us = row->started_us;
  entry->ended_us = row->ended_us;
  entry->bytes = row->bytes;
  entry->step = row->step;
  entry->seed = row->seed;
  entry->n_clips = row->n_clips;
  entry->live = self->live[i];
  entry->metrics = (const SacRunMetric *) (gpointer) self->metrics->data + row->first_metric;
  entry->n_metrics = row->n_metrics;
  entry->keys = (const SacRunKey *) (gpointer) self->run_keys->data + row->first_key;
  entry->n_keys = row->n_keys;
}

int
sac_run_index_find (const SacRunIndex *self, const char *folder)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->places, folder)) - 1;
}

const char *
sac_run_index_get_tag (const SacRunIndex *self, guint tag)
{
  return tag < self->tags->len ? sac_run_index_get_text (self, g_array_index (self->tags, guint32, tag)) : "";
}

guint
sac_run_index_get_n_tags (const SacRunIndex *self)
{
  return self->tags->len;
}

const char *
sac_run_index_get_key (const SacRunIndex *self, guint key)
{
  return key < self->keys->len ? sac_run_index_get_text (self, g_array_index (self->keys, guint32, key)) : "";
}

guint
sac_run_index_get_n_keys (const SacRunIndex *self)
{
  return self->keys->len;
}

const SacRunMetric *
sac_run_entry_find_metric (const SacRunEntry *entry, guint tag)
{
  SacRunMetric wanted = { .tag = tag };

  return bsearch (&wanted, entry->metrics, entry->n_metrics, sizeof wanted, by_tag);
}

const char *
sac_run_entry_find_value (const SacRunIndex *self, const SacRunEntry *entry, guint key)
{
  SacRunKey wanted = { .key = key };
  const SacRunKey *found = bsearch (&wanted, entry->keys, entry->n_keys, sizeof wanted, by_key);

  return found ? sac_run_index_get_text (self, found->value) : NULL;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char **
sac_run_list_folders (const char *parent)
{
  static const char *const marks[] = { "recipe.ini", "run.json", "events" };
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  GPtrArray *found = g_ptr_array_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    for (guint m = 0; name[0] != '.' && m < G_N_ELEMENTS (marks); m++)
      {
        g_autofree char *mark = g_build_filename (parent, name, marks[m], NULL);

        if (g_file_test (mark, G_FILE_TEST_EXISTS))
          {
            g_ptr_array_add (found, g_build_filename (parent, name, NULL));
            break;
          }
      }
  g_ptr_array_sort (found, compare_texts);
  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (found, FALSE);
}
