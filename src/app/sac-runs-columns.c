/* What can be shown, grouped by and drawn: the columns of the table, from the runs there are. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-runs-page-private.h"
#include "sac-settings.h"

static const char *const usual[] = { "name", "tags", "arm", "status", "model", "key:training.rate", "step", "started", "best:auc_macro",
                                     "last:test/auc_macro", "last:loss/train", "size", NULL };

static gboolean
is_chosen (SacRunsPage *self, const char *column)
{
  return g_strv_contains ((const char *const *) self->columns, column);
}

static void
on_column (GtkCheckButton *check, SacRunsPage *self)
{
  const char *column = g_object_get_data (G_OBJECT (check), "column");
  g_autoptr (GPtrArray) columns = g_ptr_array_new ();

  if (self->filling || gtk_check_button_get_active (check) == is_chosen (self, column))
    return;
  for (guint i = 0; self->columns[i]; i++)
    if (strcmp (self->columns[i], column) != 0)
      g_ptr_array_add (columns, g_strdup (self->columns[i]));
  if (gtk_check_button_get_active (check))
    g_ptr_array_add (columns, g_strdup (column));
  g_ptr_array_add (columns, NULL);
  g_strfreev (self->columns);
  self->columns = (char **) g_ptr_array_free (g_steal_pointer (&columns), FALSE);
  sac_settings_set_words ("runs-columns", (const char *const *) self->columns);
  _sac_runs_page_refresh (self);
}

static gboolean
is_sought (GtkListBoxRow *row, gpointer data)
{
  SacRunsPage *self = data;
  g_autofree char *words = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->column_search)), -1);

  return strstr (g_object_get_data (G_OBJECT (row), "words"), words) != NULL;
}

void
_sac_runs_page_show_columns (SacRunsPage *self)
{
  g_auto (GStrv) columns = self->index ? sac_run_index_dup_columns (self->index) : NULL;
  GtkWidget *row;

  self->filling = TRUE;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->column_list))))
    gtk_list_box_remove (self->column_list, row);
  for (guint i = 0; columns && columns[i] && i < 600; i++)
    {
      g_autofree char *title = sac_run_column_dup_title (columns[i]);
      g_autofree char *text = g_str_has_prefix (columns[i], "key:") ? g_strdup (columns[i] + 4)
                              : g_str_has_prefix (columns[i], "last:") ? g_strdup_printf (_("%s, last"), title) : g_strdup (title);
      GtkWidget *check = gtk_check_button_new_with_label (text), *child;

      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), is_chosen (self, columns[i]));
      g_object_set_data_full (G_OBJECT (check), "column", g_strdup (columns[i]), g_free);
      g_signal_connect (check, "toggled", G_CALLBACK (on_column), self);
      child = gtk_list_box_row_new ();
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (child), check);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (child), FALSE);
      gtk_widget_set_focusable (child, FALSE);
      g_object_set_data_full (G_OBJECT (child), "words", g_utf8_casefold (text, -1), g_free);
      gtk_list_box_append (self->column_list, child);
    }
  self->filling = FALSE;
}

/* ---- drop-downs. */
static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
fill_groups (SacRunsPage *self)
{
  static const char *const facts[] = { "study", "arm", "model", "status", "tags", "device", "version", "labels", "split" };
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = gtk_drop_down_get_selected (self->group_drop), keep = 0;
  g_autofree char *was = selected > 0 && selected <= self->groups->len ? g_strdup (self->groups->pdata[selected - 1]) : NULL;

  g_ptr_array_set_size (self->groups, 0);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    g_ptr_array_add (self->groups, g_strdup (facts[i]));
  for (guint k = 0; k < sac_run_index_get_n_keys (self->index); k++)
    g_ptr_array_add (self->groups, g_strconcat ("key:", sac_run_index_get_key (self->index, k), NULL));
  gtk_string_list_append (names, _("Not grouped"));
  for (guint i = 0; i < self->groups->len; i++)
    {
      const char *column = self->groups->pdata[i];
      g_autofree char *title = g_str_has_prefix (column, "key:") ? g_strdup (column + 4) : sac_run_column_dup_title (column);

      gtk_string_list_append (names, title);
      if (g_strcmp0 (column, was) == 0)
        keep = i + 1;
    }
  gtk_drop_down_set_model (self->group_drop, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->group_drop, keep);
}

static void
fill_metrics (SacRunsPage *self)
{
  static const char *const first[] = { "loss/train", "auc_macro", "loss/validation" };
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  int keep = -1;

  g_ptr_array_set_size (self->metrics, 0);
  for (guint t = 0; t < sac_run_index_get_n_tags (self->index); t++)
    if (strcmp (sac_run_index_get_tag (self->index, t), "test/auc_macro") != 0)         /* one number is no curve */
      g_ptr_array_add (tags, g_strdup (sac_run_index_get_tag (self->index, t)));
  g_ptr_array_sort (tags, by_text);
  for (guint i = 0; i < tags->len; i++)
    {
      g_ptr_array_add (self->metrics, tags->pdata[i]);
      gtk_string_list_append (names, tags->pdata[i]);
      if (g_strcmp0 (tags->pdata[i], self->metric) == 0)
        keep = (int) i;
    }
  for (guint f = 0; keep < 0 && f < G_N_ELEMENTS (first); f++)
    for (guint i = 0; i < tags->len; i++)
      if (strcmp (tags->pdata[i], first[f]) == 0)
        keep = (int) i;
  gtk_drop_down_set_model (self->metric_drop, G_LIST_MODEL (names));
  g_clear_pointer (&self->metric, g_free);
  if (tags->len > 0)
    {
      gtk_drop_down_set_selected (self->metric_drop, (guint) MAX (keep, 0));
      self->metric = g_strdup (tags->pdata[MAX (keep, 0)]);
    }
}

void
_sac_runs_page_fill_choices (SacRunsPage *self)
{
  self->filling = TRUE;
  fill_groups (self);
  fill_metrics (self);
  self->filling = FALSE;
}

void
_sac_runs_page_init_columns (SacRunsPage *self)
{
  g_auto (GStrv) kept = sac_settings_dup_words ("runs-columns");

  self->columns = g_strdupv (kept[0] ? kept : (char **) usual);
  g_signal_connect_swapped (self->column_list, "map", G_CALLBACK (_sac_runs_page_show_columns), self);
  gtk_list_box_set_filter_func (self->column_list, is_sought, self, NULL);
  g_signal_connect_swapped (self->column_search, "search-changed", G_CALLBACK (gtk_list_box_invalidate_filter), self->column_list);
}
