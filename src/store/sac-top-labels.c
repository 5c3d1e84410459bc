/* The most frequent labels.  methods/01 §1.2 */
#include <string.h>

#include "sac-store-private.h"

static int
most_first (gconstpointer a, gconstpointer b)
{
  const SacLabel *x = *(SacLabel *const *) a, *y = *(SacLabel *const *) b;

  return x->n_yes != y->n_yes ? (x->n_yes < y->n_yes) - (x->n_yes > y->n_yes) : strcmp (x->name, y->name);
}

void
sac_top_labels_free (SacTopLabels *top)
{
  if (!top)
    return;
  g_clear_pointer (&top->labels, g_ptr_array_unref);
  g_clear_pointer (&top->clips, g_array_unref);
  g_free (top->matrix);
  g_free (top);
}

/* Goes over all that is said once: clips in order of name, a row of the matrix for each that is kept. */
static gboolean
read_clips (SacProject *self, SacTopLabels *top, GError **error)
{
  g_autoptr (GHashTable) column = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GByteArray) matrix = g_byte_array_new ();
  g_autoptr (GError) failed = NULL;
  guint n = top->labels->len, n_said = 0, n_chosen = 0;
  g_autofree guint8 *empty = g_new0 (guint8, n + 1);
  SacId last = 0, last_kept = 0;
  sqlite3_stmt *stmt;

  for (guint i = 0; i < n; i++)
    g_hash_table_insert (column, &((SacLabel *) top->labels->pdata[i])->id, GUINT_TO_POINTER (i + 1));
  stmt = _sac_query (self, &failed, "SELECT i.id, c.label FROM items i JOIN clip_labels c ON c.item = i.id"
                     " WHERE c.layer = ? AND c.state = 1 ORDER BY i.name", "n", SAC_STORE_PERSON);
  while (_sac_step (self, stmt, &failed))
    {
      SacId item = sqlite3_column_int64 (stmt, 0), label = sqlite3_column_int64 (stmt, 1);
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (column, &label));

      top->n_labelled += item != last;
      last = item;
      n_said++;
      if (!at)
        continue;
      if (item != last_kept)
        {
          g_array_append_val (top->clips, item);
          g_byte_array_append (matrix, empty, n);
        }
      last_kept = item;
      matrix->data[matrix->len - n + at - 1] = 1;
      n_chosen++;
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  top->mean = top->n_labelled ? (double) n_said / top->n_labelled : 0;
  top->mean_kept = top->clips->len ? (double) n_chosen / top->clips->len : 0;
  top->matrix = g_byte_array_free (g_steal_pointer (&matrix), FALSE);
  return TRUE;
}

SacTopLabels *
sac_project_top_labels (SacProject *self, guint k, GError **error)
{
  g_autoptr (SacTopLabels) top = g_new0 (SacTopLabels, 1);

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  top->labels = sac_project_list_labels (self, error);
  if (!top->labels)
    return NULL;
  g_ptr_array_sort (top->labels, most_first);
  while (top->n_occurring < top->labels->len && ((SacLabel *) top->labels->pdata[top->n_occurring])->n_yes > 0)
    top->n_occurring++;
  g_ptr_array_set_size (top->labels, (int) MIN (k, top->n_occurring));
  top->clips = g_array_new (FALSE, FALSE, sizeof (SacId));
  return read_clips (self, top, error) ? g_steal_pointer (&top) : NULL;
}
