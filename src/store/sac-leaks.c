/* The leak meter: what validation and test share with training. */
#include <string.h>

#include "split-private.h"

void
sac_leaks_free (SacLeaks *leaks)
{
  if (!leaks)
    return;
  g_clear_pointer (&leaks->pairs, g_array_unref);
  g_free (leaks);
}

const char *
sac_leak_kind_word (SacLeakKind kind)
{
  return kind == SAC_LEAK_GROUP ? "group" : kind == SAC_LEAK_MEDIA ? "media" : kind == SAC_LEAK_TIME ? "time" : "picture";
}

typedef struct {
  GPtrArray *rows;              /* SacGroupedRow* */
  guint8 *side;                 /* SacSplit, as rows */
  GHashTable *training_group;   /* group → index of a training row + 1 */
  GHashTable *training_media;   /* media id → GArray of training rows, by in point */
  GHashTable *row_of;           /* item → index + 1 */
  guint8 *kinds;                /* found so far, as rows */
  SacLeaks *leaks;
} Meter;

static void
note (Meter *m, guint row, guint mate, SacLeakKind kind, gint64 gap_ns, guint bits)
{
  SacLeak leak = { ((SacGroupedRow *) m->rows->pdata[row])->item, ((SacGroupedRow *) m->rows->pdata[mate])->item, kind, gap_ns, bits };

  if (m->kinds[row] & kind)
    return;
  m->leaks->n_leaking += m->kinds[row] == 0;
  m->kinds[row] |= kind;
  m->leaks->n_by_kind[g_bit_nth_lsf (kind, -1)]++;
  g_array_append_val (m->leaks->pairs, leak);
}

/* Time between two stretches of one video; 0 when they overlap. */
static gint64
gap_between (const SacGroupedRow *a, const SacGroupedRow *b)
{
  return MAX (0, MAX (a->in_ns - b->out_ns, b->in_ns - a->out_ns));
}

static void
look_in_media (Meter *m, guint row, gint64 gap_ns)
{
  SacGroupedRow *own = m->rows->pdata[row];
  GArray *mates = g_hash_table_lookup (m->training_media, &own->media);
  guint nearest = 0;
  gint64 least = G_MAXINT64;

  for (guint i = 0; mates && i < mates->len; i++)
    {
      gint64 gap = gap_between (own, m->rows->pdata[g_array_index (mates, guint, i)]);

      if (gap < least)
        {
          least = gap;
          nearest = g_array_index (mates, guint, i);
        }
      if (gap == 0)
        break;
    }
  if (!mates)
    return;
  note (m, row, nearest, SAC_LEAK_MEDIA, least, 0);
  if (least <= gap_ns)
    note (m, row, nearest, SAC_LEAK_TIME, least, 0);
}

static void
look_at_pictures (Meter *m, const SacDuplicates *duplicates)
{
  for (guint i = 0; i < duplicates->pairs->len; i++)        /* nearest first, so the first mate is the nearest */
    {
      const SacDuplicate *pair = &g_array_index (duplicates->pairs, SacDuplicate, i);
      guint a = GPOINTER_TO_UINT (g_hash_table_lookup (m->row_of, &pair->a));
      guint b = GPOINTER_TO_UINT (g_hash_table_lookup (m->row_of, &pair->b));

      if (!a || !b)
        continue;
      a--;
      b--;
      if (m->side[a] == SAC_SPLIT_TRAIN && m->side[b] > SAC_SPLIT_TRAIN)
        note (m, b, a, SAC_LEAK_PICTURE, 0, pair->bits);
      else if (m->side[b] == SAC_SPLIT_TRAIN && m->side[a] > SAC_SPLIT_TRAIN)
        note (m, a, b, SAC_LEAK_PICTURE, 0, pair->bits);
    }
}

static void
index_training (Meter *m, const SacSplitPlan *plan)
{
  for (guint i = 0; i < m->rows->len; i++)
    {
      SacGroupedRow *row = m->rows->pdata[i];

      m->side[i] = row->was;
      g_hash_table_insert (m->row_of, &row->item, GUINT_TO_POINTER (i + 1));
    }
  for (guint i = 0; plan && i < plan->rows->len; i++)
    {
      const SacSplitRow *planned = &g_array_index (plan->rows, SacSplitRow, i);
      guint row = GPOINTER_TO_UINT (g_hash_table_lookup (m->row_of, &planned->item));

      if (row)
        m->side[row - 1] = planned->side;
    }
  for (guint i = 0; i < m->rows->len; i++)
    {
      SacGroupedRow *row = m->rows->pdata[i];
      GArray *mates;

      if (m->side[i] != SAC_SPLIT_TRAIN)
        continue;
      if (!g_hash_table_contains (m->training_group, row->group))
        g_hash_table_insert (m->training_group, row->group, GUINT_TO_POINTER (i + 1));
      mates = g_hash_table_lookup (m->training_media, &row->media);
      if (!mates)
        {
          mates = g_array_new (FALSE, FALSE, sizeof (guint));
          g_hash_table_insert (m->training_media, &row->media, mates);
        }
      g_array_append_val (mates, i);
    }
}

SacLeaks *
sac_project_find_leaks (SacProject *self, const SacLeakSpec *spec, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal), row_of = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) media = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) g_array_unref);
  g_autofree guint8 *side = NULL, *kinds = NULL;
  Meter m = { .training_group = groups, .training_media = media, .row_of = row_of };

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  rows = _sac_group_rows (self, &spec->grouping, TRUE, error);
  if (!rows)
    return NULL;
  m.rows = rows;
  m.side = side = g_new0 (guint8, rows->len + 1);
  m.kinds = kinds = g_new0 (guint8, rows->len + 1);
  m.leaks = g_new0 (SacLeaks, 1);
  m.leaks->pairs = g_array_new (FALSE, FALSE, sizeof (SacLeak));
  index_training (&m, spec->plan);
  for (guint i = 0; i < rows->len; i++)
    {
      guint mate;

      if (side[i] <= SAC_SPLIT_TRAIN)
        continue;
      m.leaks->n_judged++;
      mate = GPOINTER_TO_UINT (g_hash_table_lookup (groups, ((SacGroupedRow *) rows->pdata[i])->group));
      if (mate)
        note (&m, i, mate - 1, SAC_LEAK_GROUP, 0, 0);
      look_in_media (&m, i, spec->gap_ns);
    }
  if (spec->duplicates)
    look_at_pictures (&m, spec->duplicates);
  return m.leaks;
}
