#include "sac-run-now.h"

#include <glib/gi18n.h>
#include <string.h>

SacRunData *
sac_run_data_now (SacProject *project, const char *const *labels, GError **error)
{
  g_autoptr (SacRunData) data = sac_run_data_new (labels);
  g_autoptr (GPtrArray) items = sac_project_list_items (project, error), all = items ? sac_project_list_labels (project, error) : NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId)), known = g_array_new (FALSE, FALSE, sizeof (SacId));
  g_autofree int *column = g_new (int, data->n_labels + 1);
  g_autofree gint8 *states = g_new (gint8, data->n_labels + 1);
  g_autofree gint8 *matrix = NULL;

  if (!all)
    return NULL;
  for (guint l = 0; l < data->n_labels; l++)
    {
      column[l] = -1;
      for (guint i = 0; i < all->len && column[l] < 0; i++)
        if (strcmp (((SacLabel *) all->pdata[i])->name, labels[l]) == 0)
          {
            column[l] = (int) known->len;
            g_array_append_val (known, ((SacLabel *) all->pdata[i])->id);
          }
    }
  for (guint i = 0; i < items->len; i++)
    g_array_append_val (ids, ((SacItem *) items->pdata[i])->id);
  if (known->len > 0 && ids->len > 0)
    {
      matrix = sac_project_label_matrix (project, (SacId *) ids->data, ids->len, (SacId *) known->data, known->len, error);
      if (!matrix)
        return NULL;
    }
  for (guint i = 0; i < items->len; i++)
    {
      const SacItem *item = items->pdata[i];
      SacRunClip clip = { item->hash, item->name, item->in_ns, item->out_ns, item->split, FALSE };

      for (guint l = 0; l < data->n_labels; l++)
        states[l] = matrix && column[l] >= 0 ? matrix[(gsize) i * known->len + (gsize) column[l]] : SAC_LABEL_UNKNOWN;
      sac_run_data_add (data, &clip, states);
    }
  return g_steal_pointer (&data);
}

GPtrArray *
sac_run_list_changes (SacProject *project, const char *run_folder, SacRunData **then, GError **error)
{
  g_autoptr (SacRunData) was = sac_run_data_read (run_folder, error), is = NULL;
  GPtrArray *changes;

  is = was ? sac_run_data_now (project, (const char *const *) was->labels, error) : NULL;
  if (!is)
    return NULL;
  changes = sac_run_data_compare (was, is);
  if (then)
    *then = g_steal_pointer (&was);
  return changes;
}

static const char *
state_word (int state)
{
  return state == SAC_LABEL_YES ? _("yes") : state == SAC_LABEL_NO ? _("no") : _("unknown");
}

static const char *
split_word (int split)
{
  return split == SAC_SPLIT_TRAIN ? _("training") : split == SAC_SPLIT_VALIDATION ? _("validation")
         : split == SAC_SPLIT_TEST ? _("test") : _("no split");
}

char *
sac_run_change_dup_words (const SacRunChange *change)
{
  switch (change->kind)
    {
    case SAC_RUN_CHANGE_LABEL:
      return g_strdup_printf (_("%s: %s → %s"), change->label, state_word (change->was), state_word (change->is));
    case SAC_RUN_CHANGE_SPLIT:
      return g_strdup_printf (_("split: %s → %s"), split_word (change->was), split_word (change->is));
    case SAC_RUN_CHANGE_GONE:
      return g_strdup (_("no longer in the project"));
    default:
      return g_strdup_printf (_("new in %s"), split_word (change->is));
    }
}

/* ---- which runs there are. */
GPtrArray *
sac_runs_collect (SacProject *project, char ***folders, char **cache, GError **error)
{
  g_autoptr (GPtrArray) rows = sac_project_list_runs (project, error), gone = rows ? sac_project_list_deleted_runs (project, error) : NULL;
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autofree char *parent = g_build_filename (sac_project_get_folder (project), "runs", NULL);
  g_auto (GStrv) there = sac_run_list_folders (parent);
  GPtrArray *said;

  if (!gone)
    return NULL;
  said = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_run_said_free);
  for (guint i = 0; i < rows->len; i++)
    {
      const SacRunRow *row = rows->pdata[i];

      g_ptr_array_add (said, sac_run_said_new (row->id, row->folder, row->name, row->note, row->tags, row->archived));
      g_hash_table_add (known, row->folder);
    }
  for (guint i = 0; i < gone->len; i++)
    g_hash_table_add (known, ((SacRunRow *) gone->pdata[i])->folder);
  for (guint i = 0; there[i]; i++)
    if (!g_hash_table_contains (known, there[i]))
      {
        g_autofree char *name = g_path_get_basename (there[i]);

        g_ptr_array_add (said, sac_run_said_new (0, there[i], name, NULL, NULL, FALSE));
      }
  for (guint i = 0; i < said->len; i++)
    g_ptr_array_add (paths, g_strdup (((SacRunSaid *) said->pdata[i])->folder));
  g_ptr_array_add (paths, NULL);
  *folders = (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
  *cache = g_build_filename (parent, ".index", NULL);
  return said;
}
