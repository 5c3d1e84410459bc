#include "sac-clip-list.h"

#include <string.h>

struct _SacClipList {
  GObject parent_instance;
  SacClipPool *pool;
  SacClipTable *table;
  guint *rows;                  /* n; NULL: row = position */
  guint n;
  guint *places;                /* row → position + 1, made when first needed; NULL where rows is */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SacClipList, sac_clip_list, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static guint before_change;

static GType
get_item_type (GListModel *model)
{
  return SAC_TYPE_CLIP;
}

static guint
get_n_items (GListModel *model)
{
  return SAC_CLIP_LIST (model)->n;
}

static guint
get_row (SacClipList *self, guint position)
{
  return self->rows ? self->rows[position] : position;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SacClipList *self = SAC_CLIP_LIST (model);

  return position < self->n ? g_object_ref (sac_clip_pool_get (self->pool, self->table, get_row (self, position))) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
sac_clip_list_finalize (GObject *object)
{
  SacClipList *self = SAC_CLIP_LIST (object);

  g_free (self->rows);
  g_free (self->places);
  sac_clip_table_unref (self->table);
  sac_clip_pool_unref (self->pool);
  G_OBJECT_CLASS (sac_clip_list_parent_class)->finalize (object);
}

static void
sac_clip_list_class_init (SacClipListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_clip_list_finalize;
  before_change = g_signal_new ("before-change", SAC_TYPE_CLIP_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_clip_list_init (SacClipList *self)
{
}

SacClipList *
sac_clip_list_new (SacClipPool *pool)
{
  SacClipList *self = g_object_new (SAC_TYPE_CLIP_LIST, NULL);

  self->pool = sac_clip_pool_ref (pool);
  self->table = sac_clip_table_ref (sac_clip_pool_get_table (pool));
  return self;
}

/* Whether the first or last @n ids of both are the same is left to the caller to ask: here one position each. */
static SacId
id_of (SacClipTable *table, const guint *rows, guint position)
{
  return table->ids[rows ? rows[position] : position];
}

void
sac_clip_list_set_rows (SacClipList *self, SacClipTable *table, guint *rows, guint n)
{
  g_autoptr (SacClipTable) old_table = NULL;
  g_autofree guint *old_rows = NULL;
  guint old_n = self->n, head = 0, tail = 0;

  g_return_if_fail (SAC_IS_CLIP_LIST (self));
  /* What is the same at both ends stays in place, with its widgets. */
  while (head < MIN (n, old_n) && id_of (table, rows, head) == id_of (self->table, self->rows, head))
    head++;
  while (tail < MIN (n, old_n) - head &&
         id_of (table, rows, n - 1 - tail) == id_of (self->table, self->rows, old_n - 1 - tail))
    tail++;
  if (old_n != n || head < n)
    g_signal_emit (self, before_change, 0);
  old_table = self->table;
  old_rows = self->rows;
  self->table = sac_clip_table_ref (table);
  self->rows = rows;
  self->n = n;
  g_clear_pointer (&self->places, g_free);
  if (old_n != n || head < n)
    g_list_model_items_changed (G_LIST_MODEL (self), head, old_n - head - tail, n - head - tail);
}

guint
sac_clip_list_get_n (SacClipList *self)
{
  return self->n;
}

SacId
sac_clip_list_get_id (SacClipList *self, guint position)
{
  return position < self->n ? id_of (self->table, self->rows, position) : 0;
}

void
sac_clip_list_get_ids (SacClipList *self, guint first, guint n, SacId *ids)
{
  g_return_if_fail (SAC_IS_CLIP_LIST (self) && first <= self->n && n <= self->n - first);
  if (!self->rows && n)
    memcpy (ids, self->table->ids + first, n * sizeof *ids);
  for (guint i = 0; self->rows && i < n; i++)
    ids[i] = self->table->ids[self->rows[first + i]];
}

gboolean
sac_clip_list_find (SacClipList *self, SacId id, guint *position)
{
  guint row = sac_clip_table_find (self->table, id);

  if (row == SAC_NO_ROW)
    return FALSE;
  if (!self->rows)
    {
      *position = row;
      return row < self->n;
    }
  if (!self->places)
    {
      self->places = g_new0 (guint, self->table->n);
      for (guint i = 0; i < self->n; i++)
        self->places[self->rows[i]] = i + 1;
    }
  *position = self->places[row] - 1u;
  return self->places[row] > 0;
}

/* Reviewed or not is asked of the newest table: an older one may be behind for a moment. */
static gboolean
is_reviewed (SacClipList *self, SacClipTable *now, guint position)
{
  guint row = get_row (self, position);

  if (now != self->table)
    row = sac_clip_table_find (now, self->table->ids[row]);
  return row != SAC_NO_ROW && now->reviewed[row];
}

guint
sac_clip_list_count_reviewed (SacClipList *self)
{
  SacClipTable *now = sac_clip_pool_get_table (self->pool);
  guint n = 0;

  if (!self->rows && now == self->table)
    return now->n_reviewed;
  for (guint i = 0; i < self->n; i++)
    n += is_reviewed (self, now, i);
  return n;
}

gboolean
sac_clip_list_find_where (SacClipList *self, guint from, int step, SacClipTest test, gpointer data, guint *position)
{
  SacClipTable *now = sac_clip_pool_get_table (self->pool);
  gint64 at = from < self->n ? from : step > 0 ? -1 : (gint64) self->n;

  for (guint i = 0; i < self->n; i++)
    {
      guint row;

      at += step;
      if (at < 0 || at >= self->n)
        at = step > 0 ? 0 : (gint64) self->n - 1;
      row = now == self->table ? get_row (self, (guint) at) : sac_clip_table_find (now, self->table->ids[get_row (self, (guint) at)]);
      if (row != SAC_NO_ROW && test (now, row, data))
        {
          *position = (guint) at;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
is_unreviewed (const SacClipTable *table, guint row, gpointer data)
{
  return !table->reviewed[row];
}

gboolean
sac_clip_list_find_unreviewed (SacClipList *self, guint from, int step, guint *position)
{
  return sac_clip_list_find_where (self, from, step, is_unreviewed, NULL, position);
}
