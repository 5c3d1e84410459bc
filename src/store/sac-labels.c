/* The labels there are, the three states, and what is effective: what the person said, else no if reviewed, else unknown. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

/* Told apart by eye and by most colour-blind people, on light and dark ground; repeats after ten. */
static const guint32 palette[] = { 0x3584e4, 0xe66100, 0x2ec27e, 0xc061cb, 0xe5a50a, 0x1c9fb5, 0xe01b24, 0x986a44, 0x813d9c, 0x7c8a2e };
static const char keys[] = "1234567890";

#define FEW_ITEMS 256           /* so many clips are read one by one */

void
sac_label_free (SacLabel *label)
{
  if (!label)
    return;
  g_free (label->name);
  g_free (label);
}

/* Per label: explicit yes and no, and how many reviewed clips carry a row of it (the other reviewed ones are no). */
static gboolean
count_states (SacProject *self, GPtrArray *labels, GError **error)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GError) failed = NULL;
  gint64 n_reviewed = 0;
  sqlite3_stmt *stmt;

  if (_sac_lookup (self, &n_reviewed, error, "SELECT count(*) FROM items WHERE reviewed = 1", NULL) < 0)
    return FALSE;
  for (guint i = 0; i < labels->len; i++)
    {
      SacLabel *label = labels->pdata[i];

      label->n_no = n_reviewed;
      g_hash_table_insert (by_id, &label->id, label);
    }
  stmt = _sac_query (self, &failed, "SELECT c.label, c.state, i.reviewed, count(*) FROM clip_labels c JOIN items i ON i.id = c.item"
                     " WHERE c.layer = ? GROUP BY 1, 2, 3", "n", SAC_STORE_PERSON);
  while (_sac_step (self, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);
      SacLabel *label = g_hash_table_lookup (by_id, &id);
      int state = sqlite3_column_int (stmt, 1);
      guint n = _sac_column_int (stmt, 3);

      if (!label)
        continue;
      if (state == SAC_LABEL_YES)
        label->n_yes += n;
      if (state == SAC_LABEL_NO)
        label->n_no += n;
      if (sqlite3_column_int (stmt, 2))
        label->n_no -= MIN (n, label->n_no);
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

GPtrArray *
sac_project_list_vocabulary (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_label_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT id, name, colour, key, parent FROM labels ORDER BY position, id", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacLabel *label = g_new0 (SacLabel, 1);
      const char *key = (const char *) sqlite3_column_text (stmt, 3);

      label->id = sqlite3_column_int64 (stmt, 0);
      label->name = _sac_dup_words (stmt, 1);
      label->colour = _sac_column_int (stmt, 2) & 0xffffff;
      label->key = key && g_ascii_isgraph (key[0]) ? key[0] : 0;
      label->parent = sqlite3_column_int64 (stmt, 4);
      g_ptr_array_add (labels, label);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&labels);
}

GPtrArray *
sac_project_list_labels (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_vocabulary (self, error);

  return labels && count_states (self, labels, error) ? g_steal_pointer (&labels) : NULL;
}

/* The name as it is kept: no blanks around it, one line; NULL (with @error) when nothing is left. */
char *
_sac_clean_label_name (const char *name, GError **error)
{
  g_autofree char *clean = name ? g_utf8_make_valid (name, -1) : g_strdup ("");

  g_strdelimit (clean, "\n\r\t", ' ');
  g_strstrip (clean);
  if (!clean[0] || strlen (clean) > 200)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A label needs a name of at most 200 letters"));
      return NULL;
    }
  return g_steal_pointer (&clean);
}

static SacId
insert_label (SacProject *self, const char *name, GError **error)
{
  gint64 position = 0, taken;
  char key[2] = "";

  if (_sac_lookup (self, &position, error, "SELECT coalesce (max (position), -1) + 1 FROM labels", NULL) < 0)
    return 0;
  for (guint k = 0; keys[k] && !key[0]; k++)
    {
      char try[2] = { keys[k], 0 };
      int found = _sac_lookup (self, &taken, error, "SELECT 1 FROM labels WHERE key = ?", "s", try);

      if (found < 0)
        return 0;
      if (found == 0)
        key[0] = try[0];
    }
  if (!_sac_run (self, error, "INSERT INTO labels (name, position, colour, key) VALUES (?, ?, ?, ?)", "sins", name, position,
                 (int) palette[position % G_N_ELEMENTS (palette)], key[0] ? key : NULL))
    return 0;
  return sqlite3_last_insert_rowid (self->db);
}

SacId
_sac_ensure_label (SacProject *self, const char *name, GError **error)
{
  g_autofree char *clean = _sac_clean_label_name (name, error);
  gint64 id = 0;
  int found = clean ? _sac_lookup (self, &id, error, "SELECT id FROM labels WHERE name = ?", "s", clean) : -1;

  if (found == 0)
    return insert_label (self, clean, error);
  return found == 1 ? id : 0;
}

SacId
sac_project_add_label (SacProject *self, const char *name, GError **error)
{
  g_autofree char *clean = NULL;
  gint64 id = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  clean = _sac_clean_label_name (name, error);
  if (!clean || !_sac_begin (self, error))
    return 0;
  if (_sac_lookup (self, &id, error, "SELECT id FROM labels WHERE name = ?", "s", clean) == 1)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("There is already a label “%s”"), clean);
      _sac_rollback (self);
      return 0;
    }
  id = insert_label (self, clean, error);
  if (!id)
    {
      _sac_rollback (self);
      return 0;
    }
  return _sac_commit (self, g_strdup_printf (_("Add label “%s”"), clean), error) ? id : 0;
}

char *
_sac_label_name (SacProject *self, SacId label, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT name FROM labels WHERE id = ?", "i", label);
  char *name = NULL;

  if (_sac_step (self, stmt, &failed))
    {
      name = _sac_dup_words (stmt, 0);
      sqlite3_reset (stmt);
    }
  if (!name && failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  else if (!name)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such label"));
  return name;
}

gboolean
sac_project_set_label (SacProject *self, const SacId *items, guint n_items, SacId label, SacLabelState state, GError **error)
{
  static const char put[] = "INSERT INTO clip_labels (item, label, layer, state) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT (item, label, layer) DO UPDATE SET state = excluded.state WHERE state <> excluded.state";
  g_autofree char *name = NULL;
  char *what;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  g_return_val_if_fail (state >= SAC_LABEL_UNKNOWN && state <= SAC_LABEL_YES, FALSE);
  name = _sac_label_name (self, label, error);
  if (!name || !_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    {
      gint64 reviewed = 0;
      int found = _sac_lookup (self, &reviewed, error, "SELECT reviewed FROM items WHERE id = ?", "i", items[i]);

      if (found == 0)
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such clip"));
      if (found != 1)
        return _sac_rollback (self);
      if (state == SAC_LABEL_UNKNOWN && !reviewed
            ? !_sac_run (self, error, "DELETE FROM clip_labels WHERE item = ? AND label = ? AND layer = ?", "iin", items[i], label,
                         SAC_STORE_PERSON)
            : !_sac_run (self, error, put, "iinn", items[i], label, SAC_STORE_PERSON, (int) state))
        return _sac_rollback (self);
    }
  if (state == SAC_LABEL_YES)
    what = g_strdup_printf (ngettext ("Label %u clip “%s”", "Label %u clips “%s”", n_items), n_items, name);
  else if (state == SAC_LABEL_NO)
    what = g_strdup_printf (ngettext ("Label %u clip not “%s”", "Label %u clips not “%s”", n_items), n_items, name);
  else
    what = g_strdup_printf (ngettext ("Take “%2$s” back from %1$u clip", "Take “%2$s” back from %1$u clips", n_items), n_items, name);
  return _sac_commit (self, what, error);
}

gboolean
sac_project_set_reviewed (SacProject *self, const SacId *items, guint n_items, gboolean reviewed, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    if (!_sac_run (self, error, "UPDATE items SET reviewed = ?2 WHERE id = ?1 AND reviewed <> ?2", "in", items[i], reviewed ? 1 : 0))
      return _sac_rollback (self);
  return _sac_commit (self, reviewed
                              ? g_strdup_printf (ngettext ("Mark %u clip reviewed", "Mark %u clips reviewed", n_items), n_items)
                              : g_strdup_printf (ngettext ("Mark %u clip unreviewed", "Mark %u clips unreviewed", n_items), n_items),
                      error);
}

SacLabelState
sac_project_get_label_state (SacProject *self, SacId item, SacId label)
{
  gint64 state = SAC_LABEL_UNKNOWN;

  g_return_val_if_fail (SAC_IS_PROJECT (self), SAC_LABEL_UNKNOWN);
  if (_sac_lookup (self, &state, NULL, "SELECT coalesce ((SELECT state FROM clip_labels WHERE item = i.id AND label = ? AND layer = ?),"
                   " i.reviewed - 1) FROM items i WHERE i.id = ?", "ini", label, SAC_STORE_PERSON, item) != 1)
    return SAC_LABEL_UNKNOWN;
  return CLAMP (state, SAC_LABEL_UNKNOWN, SAC_LABEL_YES);
}

/* Clip by clip, so that few clips cost the same in a project of any size. */
static gboolean
read_few (SacProject *self, const SacId *items, guint n_items, const SacId *labels, guint n_labels, gint8 *matrix, GError **error)
{
  g_autoptr (GError) failed = NULL;

  for (guint i = 0; i < n_items && !failed; i++)
    {
      gint8 *row = matrix + (gsize) i * n_labels;
      gint64 reviewed = 0;
      sqlite3_stmt *stmt;

      if (_sac_lookup (self, &reviewed, &failed, "SELECT reviewed FROM items WHERE id = ?", "i", items[i]) == 1 && reviewed)
        memset (row, SAC_LABEL_NO, n_labels);
      stmt = failed ? NULL : _sac_query (self, &failed, "SELECT label, state FROM clip_labels WHERE item = ? AND layer = ?", "in",
                                         items[i], SAC_STORE_PERSON);
      while (_sac_step (self, stmt, &failed))
        for (guint l = 0; l < n_labels; l++)
          if (labels[l] == sqlite3_column_int64 (stmt, 0))
            row[l] = CLAMP (sqlite3_column_int (stmt, 1), SAC_LABEL_UNKNOWN, SAC_LABEL_YES);
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

gint8 *
sac_project_label_matrix (SacProject *self, const SacId *items, guint n_items, const SacId *labels, guint n_labels, GError **error)
{
  g_autofree gint8 *matrix = NULL;
  g_autofree guint *next = NULL;
  g_autoptr (GHashTable) rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  g_return_val_if_fail (n_labels == 0 || n_items < G_MAXSIZE / 2 / n_labels, NULL);
  matrix = g_malloc (MAX ((gsize) n_items * n_labels, 1));
  memset (matrix, SAC_LABEL_UNKNOWN, (gsize) n_items * n_labels);
  next = g_new0 (guint, n_items + 1);   /* the row before with the same item, + 1: an item may be asked for twice */
  for (guint i = 0; i < n_items; i++)
    {
      next[i] = GPOINTER_TO_UINT (g_hash_table_lookup (rows, &items[i]));
      g_hash_table_insert (rows, (gpointer) &items[i], GUINT_TO_POINTER (i + 1));
    }
  if (n_items <= FEW_ITEMS)
    {
      if (read_few (self, items, n_items, labels, n_labels, matrix, error))
        return g_steal_pointer (&matrix);
      return NULL;
    }
  stmt = _sac_query (self, &failed, "SELECT id FROM items WHERE reviewed = 1", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);

      for (guint r = GPOINTER_TO_UINT (g_hash_table_lookup (rows, &id)); r; r = next[r - 1])
        memset (matrix + (gsize) (r - 1) * n_labels, SAC_LABEL_NO, n_labels);
    }
  for (guint l = 0; l < n_labels && !failed; l++)
    {
      stmt = _sac_query (self, &failed, "SELECT item, state FROM clip_labels WHERE label = ? AND layer = ?", "in", labels[l],
                         SAC_STORE_PERSON);
      while (_sac_step (self, stmt, &failed))
        {
          gint64 id = sqlite3_column_int64 (stmt, 0);
          int state = sqlite3_column_int (stmt, 1);

          for (guint r = GPOINTER_TO_UINT (g_hash_table_lookup (rows, &id)); r; r = next[r - 1])
            matrix[(gsize) (r - 1) * n_labels + l] = CLAMP (state, SAC_LABEL_UNKNOWN, SAC_LABEL_YES);
        }
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&matrix);
}
