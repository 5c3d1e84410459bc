#include "sac-clip.h"

struct _SacClip {
  GObject parent_instance;
  SacId id;
  SacClipTable *table;
  guint row;
};

G_DEFINE_FINAL_TYPE (SacClip, sac_clip, G_TYPE_OBJECT)

static guint changed_signal;

static void
sac_clip_finalize (GObject *object)
{
  SacClip *self = SAC_CLIP (object);

  g_clear_pointer (&self->table, sac_clip_table_unref);
  G_OBJECT_CLASS (sac_clip_parent_class)->finalize (object);
}

static void
sac_clip_class_init (SacClipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_clip_finalize;
  changed_signal = g_signal_new ("changed", SAC_TYPE_CLIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_clip_init (SacClip *self)
{
}

const SacItem *
sac_clip_get_item (SacClip *self)
{
  return self->table->items[self->row];
}

SacId
sac_clip_get_id (SacClip *self)
{
  return self->id;
}

const char *
sac_clip_get_name (SacClip *self)
{
  return sac_clip_get_item (self)->name;
}

guint
sac_clip_get_n_states (SacClip *self)
{
  return self->table->n_labels;
}

SacLabelState
sac_clip_get_state (SacClip *self, guint label_index)
{
  return sac_clip_table_get_state (self->table, self->row, label_index);
}

gboolean
sac_clip_can_be_read (SacClip *self)
{
  const SacItem *item = sac_clip_get_item (self);

  return !item->missing && item->problem == NULL;
}

/* ---- the pool. */

struct _SacClipPool {
  gatomicrefcount refs;
  GHashTable *clips;            /* set of SacClip, owned, found by id */
  SacClipTable *table;
};

SacClipPool *
sac_clip_pool_new (void)
{
  SacClipPool *pool = g_new0 (SacClipPool, 1);

  g_atomic_ref_count_init (&pool->refs);
  pool->clips = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_object_unref);
  pool->table = sac_clip_table_new ();
  return pool;
}

SacClipPool *
sac_clip_pool_ref (SacClipPool *pool)
{
  g_atomic_ref_count_inc (&pool->refs);
  return pool;
}

void
sac_clip_pool_unref (SacClipPool *pool)
{
  if (!g_atomic_ref_count_dec (&pool->refs))
    return;
  g_hash_table_unref (pool->clips);
  sac_clip_table_unref (pool->table);
  g_free (pool);
}

SacClipTable *
sac_clip_pool_get_table (SacClipPool *pool)
{
  return pool->table;
}

SacClip *
sac_clip_pool_get (SacClipPool *pool, SacClipTable *table, guint row)
{
  SacClip *clip = g_hash_table_lookup (pool->clips, &table->ids[row]);
  guint now;

  if (clip)
    return clip;
  clip = g_object_new (SAC_TYPE_CLIP, NULL);
  clip->id = table->ids[row];
  now = table == pool->table ? row : sac_clip_table_find (pool->table, clip->id);
  clip->table = sac_clip_table_ref (now == SAC_NO_ROW ? table : pool->table);
  clip->row = now == SAC_NO_ROW ? row : now;
  g_hash_table_insert (pool->clips, &clip->id, clip);
  return clip;
}

void
sac_clip_pool_set_table (SacClipPool *pool, SacClipTable *table)
{
  g_autoptr (SacClipTable) old = pool->table;
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  pool->table = table;
  g_hash_table_iter_init (&iter, pool->clips);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SacClip *clip = value;
      guint row = sac_clip_table_find (table, clip->id);

      if (row == SAC_NO_ROW)
        {
          g_hash_table_iter_remove (&iter);     /* who still holds it sees what it was */
          continue;
        }
      if (!sac_clip_table_same_row (clip->table, clip->row, table, row))
        g_ptr_array_add (changed, g_object_ref (clip));
      sac_clip_table_unref (clip->table);
      clip->table = sac_clip_table_ref (table);
      clip->row = row;
    }
  for (guint i = 0; i < changed->len; i++)
    g_signal_emit (changed->pdata[i], changed_signal, 0);
}

void
sac_clip_pool_tell (SacClipPool *pool, guint row)
{
  SacClip *clip = g_hash_table_lookup (pool->clips, &pool->table->ids[row]);

  if (clip)
    g_signal_emit (clip, changed_signal, 0);
}

void
sac_clip_pool_tell_all (SacClipPool *pool)
{
  g_autoptr (GList) clips = g_hash_table_get_values (pool->clips);

  for (GList *l = clips; l; l = l->next)
    g_signal_emit (l->data, changed_signal, 0);
}
