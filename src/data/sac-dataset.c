/* A labelled set as it is when a run starts: clips by name, labels in a fixed order, one matrix, one hash over all of it. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-data.h"

void
sac_dataset_free (SacDataset *dataset)
{
  if (!dataset)
    return;
  g_clear_pointer (&dataset->items, g_ptr_array_unref);
  g_clear_pointer (&dataset->labels, g_ptr_array_unref);
  g_free (dataset->states);
  g_free (dataset->snapshot);
  g_free (dataset);
}

static void
take_snapshot (SacDataset *dataset)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GString) line = g_string_new ("saccade-dataset 1\n");
  guint n = dataset->labels->len;

  /* NUL ends each text: names may hold anything else. */
  for (guint l = 0; l < n; l++)
    g_string_append_len (line, dataset->labels->pdata[l], strlen (dataset->labels->pdata[l]) + 1);
  g_string_append_c (line, '\n');
  g_checksum_update (sum, (const guchar *) line->str, line->len);
  for (guint i = 0; i < dataset->items->len; i++)
    {
      SacItem *item = dataset->items->pdata[i];

      g_string_truncate (line, 0);
      g_string_append_len (line, item->hash ? item->hash : "", item->hash ? strlen (item->hash) + 1 : 1);
      g_string_append_printf (line, "%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d\n", item->kind, item->in_ns, item->out_ns,
                              item->split);
      g_checksum_update (sum, (const guchar *) line->str, line->len);
      g_checksum_update (sum, (const guchar *) dataset->states + (gsize) i * n, n);
    }
  g_free (dataset->snapshot);
  dataset->snapshot = g_strdup (g_checksum_get_string (sum));
}

/* Keeps the clips for which @keep says so, and the columns in @columns (NULL: all). */
static void
reduce (SacDataset *dataset, const guint *columns, guint n_columns, gboolean (*keep) (const gint8 *states, guint n))
{
  guint n_old = dataset->labels->len, n_kept = 0;
  g_autoptr (GPtrArray) old_items = dataset->items;
  gint8 *states = g_new (gint8, MAX ((gsize) old_items->len * n_columns, 1));

  dataset->items = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free);
  for (guint i = 0; i < old_items->len; i++)
    {
      gint8 *row = states + (gsize) n_kept * n_columns;

      for (guint c = 0; c < n_columns; c++)
        row[c] = dataset->states[(gsize) i * n_old + (columns ? columns[c] : c)];
      if (keep (row, n_columns))
        {
          g_ptr_array_add (dataset->items, g_steal_pointer (&old_items->pdata[i]));
          n_kept++;
        }
    }
  if (columns)
    {
      GPtrArray *labels = g_ptr_array_new_with_free_func (g_free);

      for (guint c = 0; c < n_columns; c++)
        g_ptr_array_add (labels, g_strdup (dataset->labels->pdata[columns[c]]));
      g_ptr_array_unref (dataset->labels);
      dataset->labels = labels;
    }
  g_free (dataset->states);
  dataset->states = states;
  take_snapshot (dataset);
}

static gboolean
has_known (const gint8 *states, guint n)
{
  for (guint i = 0; i < n; i++)
    if (states[i] != SAC_LABEL_UNKNOWN)
      return TRUE;
  return FALSE;
}

static gboolean
has_yes (const gint8 *states, guint n)
{
  for (guint i = 0; i < n; i++)
    if (states[i] == SAC_LABEL_YES)
      return TRUE;
  return FALSE;
}

static GArray *
find_labels (SacProject *project, const char *const *names, GPtrArray *out, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  if (!labels)
    return NULL;
  for (guint n = 0; names ? names[n] != NULL : n < labels->len; n++)
    {
      SacLabel *label = names ? NULL : labels->pdata[n];

      for (guint l = 0; names && l < labels->len && !label; l++)
        if (strcmp (((SacLabel *) labels->pdata[l])->name, names[n]) == 0)
          label = labels->pdata[l];
      if (!label)
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project has no label “%s”"), names[n]);
          return NULL;
        }
      g_array_append_val (ids, label->id);
      g_ptr_array_add (out, g_strdup (label->name));
    }
  if (ids->len > 0)
    return g_steal_pointer (&ids);
  g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("The project has no labels yet"));
  return NULL;
}

SacDataset *
sac_dataset_new (SacProject *project, SacSplit split, const char *const *label_names, GError **error)
{
  g_autoptr (SacDataset) dataset = g_new0 (SacDataset, 1);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GArray) labels = NULL, ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  dataset->labels = g_ptr_array_new_with_free_func (g_free);
  dataset->items = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free);
  labels = find_labels (project, label_names, dataset->labels, error);
  all = labels ? sac_project_list_items (project, error) : NULL;
  if (!all)
    return NULL;
  for (guint i = 0; i < all->len; i++)
    {
      SacItem *item = all->pdata[i];

      if ((split == SAC_SPLIT_NONE || item->split == split) && item->kind != SAC_ITEM_SIGNAL && !(item->flags & SAC_MEDIA_EXCLUDED))
        {
          g_array_append_val (ids, item->id);
          g_ptr_array_add (dataset->items, g_steal_pointer (&all->pdata[i]));
        }
    }
  dataset->states = sac_project_label_matrix (project, (SacId *) ids->data, ids->len, (SacId *) labels->data, labels->len, error);
  if (!dataset->states)
    return NULL;
  reduce (dataset, NULL, labels->len, has_known);
  if (dataset->items->len > 0)
    return g_steal_pointer (&dataset);
  switch (split)
    {
    case SAC_SPLIT_TRAIN:
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY,
                   _("No clip for training carries one of the labels; label some, then divide the clips"));
      break;
    case SAC_SPLIT_VALIDATION:
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("No clip for validation carries one of the labels"));
      break;
    case SAC_SPLIT_TEST:
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("No clip for the test carries one of the labels"));
      break;
    default:
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("No clip carries one of the labels"));
      break;
    }
  return NULL;
}

/* ---- the most frequent labels. */
typedef struct {
  guint column, count;
  const char *name;
} Frequency;

static int
by_frequency (gconstpointer a, gconstpointer b)
{
  const Frequency *left = a, *right = b;

  return left->count != right->count ? (left->count < right->count ? 1 : -1) : strcmp (left->name, right->name);
}

void
sac_dataset_top_k (SacDataset *dataset, guint k)
{
  guint n = dataset->labels->len;
  g_autofree Frequency *order = g_new0 (Frequency, n + 1);
  g_autofree guint *columns = g_new (guint, n + 1);

  k = MIN (k, n);
  for (guint l = 0; l < n; l++)
    {
      order[l] = (Frequency) { l, 0, dataset->labels->pdata[l] };
      for (guint i = 0; i < dataset->items->len; i++)
        order[l].count += dataset->states[(gsize) i * n + l] == SAC_LABEL_YES;
    }
  qsort (order, n, sizeof (Frequency), by_frequency);
  for (guint l = 0; l < k; l++)
    columns[l] = order[l].column;
  reduce (dataset, columns, k, has_yes);
}

void
sac_dataset_drop_empty (SacDataset *dataset)
{
  reduce (dataset, NULL, dataset->labels->len, has_yes);
}
