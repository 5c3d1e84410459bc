#include "sac-clip-table.h"

#include <string.h>

#define MANY_CLIPS 3000

static gboolean
same_item (const SacItem *a, const SacItem *b)
{
  return a->kind == b->kind && a->in_ns == b->in_ns && a->out_ns == b->out_ns && a->n_frames == b->n_frames &&
         a->width == b->width && a->height == b->height && a->split == b->split && a->reviewed == b->reviewed &&
         a->missing == b->missing && a->synthetic == b->synthetic && a->flags == b->flags && a->recorded_us == b->recorded_us &&
         g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->path, b->path) == 0 && g_strcmp0 (a->group, b->group) == 0 &&
         g_strcmp0 (a->problem, b->problem) == 0 && g_strcmp0 (a->warning, b->warning) == 0;
}

SacClipTable *
sac_clip_table_new (void)
{
  SacClipTable *self = g_new0 (SacClipTable, 1);

  g_atomic_ref_count_init (&self->refs);
  self->labels = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_label_free);
  return self;
}

SacClipTable *
sac_clip_table_ref (SacClipTable *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static gpointer
free_table (gpointer data)
{
  SacClipTable *self = data;

  for (guint i = 0; i < self->n; i++)
    sac_item_free (self->items[i]);
  g_free (self->items);
  g_free (self->ids);
  g_free (self->states);
  g_free (self->reviewed);
  g_free (self->splits);
  g_free (self->by_id);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_ptr_array_unref (self->labels);
  g_free (self);
  return NULL;
}

/* Giving back the strings of a hundred thousand clips takes longer than a frame. */
void
sac_clip_table_unref (SacClipTable *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->n > MANY_CLIPS)
    g_thread_unref (g_thread_new ("saccade-free", free_table, self));
  else
    free_table (self);
}

/* ---- reading. */

static void
index_ids (SacClipTable *self)
{
  SacId most = 0;

  for (guint i = 0; i < self->n; i++)
    most = MAX (most, self->ids[i]);
  if (most < 16 * (SacId) self->n + 65536)
    {
      self->n_by_id = most + 1;
      self->by_id = g_new0 (guint, self->n_by_id);
      for (guint i = 0; i < self->n; i++)
        self->by_id[self->ids[i]] = i + 1;
      return;
    }
  self->rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < self->n; i++)
    g_hash_table_insert (self->rows, &self->ids[i], GUINT_TO_POINTER (i + 1));
}

/* +1 or −1: what a row says goes into the labels' counts, or out of them. */
static void
count_row (SacClipTable *self, guint row, int step)
{
  const gint8 *states = self->states + (gsize) row * self->n_labels;

  self->n_reviewed += (guint) (self->reviewed[row] * step);
  for (guint l = 0; l < self->n_labels; l++)
    {
      SacLabel *label = self->labels->pdata[l];

      label->n_yes += (guint) (step * (states[l] == SAC_LABEL_YES));
      label->n_no += (guint) (step * (states[l] == SAC_LABEL_NO));
    }
}

static GArray *
dup_label_ids (GPtrArray *labels)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (SacId), labels->len);

  for (guint i = 0; i < labels->len; i++)
    g_array_append_val (ids, ((SacLabel *) labels->pdata[i])->id);
  return ids;
}

SacClipTable *
sac_clip_table_read (SacProject *project, GError **error)
{
  g_autoptr (SacClipTable) self = sac_clip_table_new ();
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GArray) label_ids = NULL;

  self->revision = sac_project_get_revision (project);
  items = sac_project_list_items (project, error);
  labels = items ? sac_project_list_vocabulary (project, error) : NULL;
  if (!labels)
    return NULL;
  g_ptr_array_unref (self->labels);
  self->labels = g_steal_pointer (&labels);
  self->n = items->len;
  self->n_labels = self->labels->len;
  g_ptr_array_set_free_func (items, NULL);
  self->items = (SacItem **) g_ptr_array_steal (items, NULL);
  self->ids = g_new (SacId, MAX (self->n, 1));
  self->reviewed = g_new (guint8, MAX (self->n, 1));
  self->splits = g_new (guint8, MAX (self->n, 1));
  for (guint i = 0; i < self->n; i++)
    {
      self->ids[i] = self->items[i]->id;
      self->reviewed[i] = self->items[i]->reviewed ? 1 : 0;
      self->splits[i] = (guint8) self->items[i]->split;
    }
  index_ids (self);
  label_ids = dup_label_ids (self->labels);
  self->states = sac_project_label_matrix (project, self->ids, self->n, (const SacId *) (void *) label_ids->data, self->n_labels, error);
  if (!self->states)
    return NULL;
  for (guint i = 0; i < self->n; i++)
    count_row (self, i, 1);
  return g_steal_pointer (&self);
}

void
sac_clip_table_refresh (SacClipTable *self, SacProject *project, const SacId *ids, guint n, GArray *changed)
{
  g_autoptr (GArray) label_ids = dup_label_ids (self->labels);
  g_autofree gint8 *fresh = sac_project_label_matrix (project, ids, n, (const SacId *) (void *) label_ids->data, self->n_labels, NULL);

  for (guint i = 0; fresh && i < n; i++)
    {
      guint row = sac_clip_table_find (self, ids[i]);
      SacItem *item = row == SAC_NO_ROW ? NULL : sac_project_get_item (project, ids[i], NULL);
      gint8 *states = self->states + (gsize) row * self->n_labels;

      if (!item)
        continue;
      if (!same_item (item, self->items[row]) || memcmp (states, fresh + (gsize) i * self->n_labels, self->n_labels) != 0)
        g_array_append_val (changed, row);
      count_row (self, row, -1);
      memcpy (states, fresh + (gsize) i * self->n_labels, self->n_labels);
      self->reviewed[row] = item->reviewed ? 1 : 0;
      self->splits[row] = (guint8) item->split;
      sac_item_free (self->items[row]);
      self->items[row] = item;
      count_row (self, row, 1);
    }
}

static int
find_label (GPtrArray *labels, SacId id)
{
  for (guint i = 0; i < labels->len; i++)
    if (((SacLabel *) labels->pdata[i])->id == id)
      return (int) i;
  return -1;
}

/* The columns of the states in the order of the new vocabulary; of a label that was not there, what review makes of silence. */
gboolean
sac_clip_table_take_labels (SacClipTable *self, GPtrArray *labels)
{
  g_autoptr (GPtrArray) old = self->labels;
  guint n_old = self->n_labels;
  g_autofree int *from = g_new (int, MAX (labels->len, 1));
  g_autofree gint8 *before = NULL;
  gboolean same = labels->len == old->len;

  for (guint l = 0; l < labels->len; l++)
    {
      SacLabel *label = labels->pdata[l];
      const SacLabel *was = (from[l] = find_label (old, label->id)) < 0 ? NULL : old->pdata[from[l]];

      same = same && from[l] == (int) l;
      label->n_yes = was ? was->n_yes : 0;
      label->n_no = was ? was->n_no : self->n_reviewed;
    }
  self->labels = labels;
  if (same)
    return FALSE;
  before = g_steal_pointer (&self->states);
  self->n_labels = labels->len;
  self->states = g_malloc (MAX ((gsize) self->n * self->n_labels, 1));
  for (guint row = 0; row < self->n; row++)
    for (guint l = 0; l < self->n_labels; l++)
      self->states[(gsize) row * self->n_labels + l] =
        from[l] < 0 ? (gint8) (self->reviewed[row] ? SAC_LABEL_NO : SAC_LABEL_UNKNOWN) : before[(gsize) row * n_old + (guint) from[l]];
  return TRUE;
}

/* ---- asking. */

guint
sac_clip_table_find (const SacClipTable *self, SacId id)
{
  if (self->rows)
    return GPOINTER_TO_UINT (g_hash_table_lookup (self->rows, &id)) - 1u;
  return id >= 0 && id < self->n_by_id ? self->by_id[id] - 1u : SAC_NO_ROW;
}

guint
sac_clip_table_find_name (const SacClipTable *self, const char *name)
{
  guint low = 0, high = self->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strcmp (self->items[middle]->name, name);

      if (order == 0)
        return middle;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return SAC_NO_ROW;
}

SacLabelState
sac_clip_table_get_state (const SacClipTable *self, guint row, guint label)
{
  if (label < self->n_labels)
    return (SacLabelState) self->states[(gsize) row * self->n_labels + label];
  return SAC_LABEL_UNKNOWN;
}

void
sac_clip_table_join_states (const SacClipTable *self, const SacId *ids, guint n, guint8 *masks)
{
  const guint all = 7;          /* unknown, no, yes */
  guint n_open = self->n_labels;

  memset (masks, 0, self->n_labels);
  /* Of all clips the counts know; of many, most labels soon have all three. */
  for (guint l = 0; n >= self->n && n > 0 && l < self->n_labels; l++)
    {
      const SacLabel *label = self->labels->pdata[l];

      masks[l] = (guint8) ((label->n_yes + label->n_no < self->n) | (label->n_no > 0) << 1 | (label->n_yes > 0) << 2);
    }
  for (guint i = 0; i < n && n < self->n && n_open; i++)
    {
      guint row = sac_clip_table_find (self, ids[i]);

      if (row == SAC_NO_ROW)
        continue;
      for (guint l = 0; l < self->n_labels; l++)
        masks[l] |= (guint8) (1u << (self->states[(gsize) row * self->n_labels + l] + 1));
      if (i % 64 == 63)
        {
          n_open = 0;
          for (guint l = 0; l < self->n_labels; l++)
            n_open += masks[l] != all;
        }
    }
}

gboolean
sac_clip_table_same_row (const SacClipTable *a, guint row_a, const SacClipTable *b, guint row_b)
{
  return a->n_labels == b->n_labels && same_item (a->items[row_a], b->items[row_b]) &&
         (a->n_labels == 0 ||
          memcmp (a->states + (gsize) row_a * a->n_labels, b->states + (gsize) row_b * b->n_labels, a->n_labels) == 0);
}
