/* Where a run comes from, and what of it has changed since: read by a thread when another run is chosen. */
#include <glib/gi18n.h>
#include <string.h>

#include "data/sac-run-now.h"
#include "sac-runs-page-private.h"
#include "sac-store-job.h"

#define MOST_CHANGES 500

static const char *const facts[] = { "tags", "note", "study", "arm", "status", "started", "duration", "step", "model", "weights", "seed",
                                     "clips", "labels", "split", "snapshot", "version", "device", "machine", "size", "folder" };

static void
clear_list (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))))
    gtk_list_box_remove (list, row);
}

static void
add_fact (GString *words, const char *title, const char *text)
{
  g_autofree char *line = g_markup_printf_escaped ("<span alpha='65%%'>%s</span>  %s\n", title, text);

  g_string_append (words, line);
}

/* ---- what has changed. */
typedef struct {
  char *folder;
  GPtrArray *changes;           /* SacRunChange; NULL: the run does not say what it learnt from */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->folder);
  g_clear_pointer (&question->changes, g_ptr_array_unref);
  g_free (question);
}

static gboolean
find_changes (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Question *question = data;

  question->changes = sac_run_list_changes (project, question->folder, NULL, NULL);
  return TRUE;
}

static void
add_change (SacRunsPage *self, const SacRunChange *change)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *words = sac_run_change_dup_words (change);
  gboolean there = sac_session_find_clip (sac_page_get_session (SAC_PAGE (self)), change->clip) != NULL;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), change->clip);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), there);
  g_object_set_data_full (G_OBJECT (row), "clip", g_strdup (change->clip), g_free);
  gtk_list_box_append (self->changes, row);
}

/* A few rows a turn of the main loop. */
static gboolean
add_some (gpointer data)
{
  SacRunsPage *self = data;

  for (guint i = 0; i < 6 && self->n_pending < MIN (self->pending->len, MOST_CHANGES); i++)
    add_change (self, self->pending->pdata[self->n_pending++]);
  if (self->n_pending < MIN (self->pending->len, MOST_CHANGES))
    return G_SOURCE_CONTINUE;
  self->pending_id = 0;
  g_clear_pointer (&self->pending, g_ptr_array_unref);
  return G_SOURCE_REMOVE;
}

void
_sac_runs_page_stop_facts (SacRunsPage *self)
{
  g_clear_handle_id (&self->pending_id, g_source_remove);
  g_clear_pointer (&self->pending, g_ptr_array_unref);
}

static void
show_changes (SacRunsPage *self, GPtrArray *changes)
{
  guint n_labels = 0;
  g_autofree char *labels = NULL;
  g_autofree char *all = NULL;

  _sac_runs_page_stop_facts (self);
  clear_list (self->changes);
  if (!changes)
    {
      gtk_label_set_text (self->changes_title, _("This run does not tell which clips and labels it learnt from"));
      gtk_widget_set_visible (GTK_WIDGET (self->changes), FALSE);
      return;
    }
  for (guint i = 0; i < changes->len; i++)
    n_labels += ((SacRunChange *) changes->pdata[i])->kind == SAC_RUN_CHANGE_LABEL;
  labels = g_strdup_printf (g_dngettext ("saccade", "%u label change since this run", "%u label changes since this run", n_labels),
                            n_labels);
  if (changes->len > n_labels)
    all = g_strdup_printf (g_dngettext ("saccade", "%s, and %u clip that came, went or changed its split",
                                        "%s, and %u clips that came, went or changed their split", changes->len - n_labels), labels,
                           changes->len - n_labels);
  gtk_label_set_text (self->changes_title, changes->len == 0 ? _("Nothing has changed since this run") : all ? all : labels);
  gtk_widget_set_visible (GTK_WIDGET (self->changes), changes->len > 0);
  self->pending = g_ptr_array_ref (changes);
  self->n_pending = 0;
  self->pending_id = g_idle_add (add_some, self);
}

static void
on_changes (GObject *source, GAsyncResult *result, gpointer data)
{
  SacRunsPage *self = SAC_RUNS_PAGE (source);
  Question *question = sac_store_job_finish (result, NULL);

  self->n_busy--;
  if (question && g_strcmp0 (question->folder, self->facts_folder) == 0)
    show_changes (self, question->changes);
}

void
_sac_runs_page_show_facts (SacRunsPage *self)
{
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  int run = sac_run_grid_get_cursor (self->grid);
  const SacRunSaid *said = run >= 0 ? sac_run_table_get_said (table, (guint) run) : NULL;
  g_autoptr (GString) words = g_string_new (NULL);
  SacRunIndex *index;
  Question *question;
  SacRunEntry entry;

  gtk_label_set_text (self->facts_title, said ? said->name : _("Choose a run to see where it comes from"));
  if (!said)
    {
      g_clear_pointer (&self->facts_folder, g_free);
      _sac_runs_page_stop_facts (self);
      clear_list (self->changes);
      gtk_label_set_text (self->facts, "");
      gtk_label_set_text (self->changes_title, "");
      gtk_widget_set_visible (GTK_WIDGET (self->changes), FALSE);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *title = sac_run_column_dup_title (facts[i]), *text = sac_run_table_dup_cell (table, (guint) run, facts[i]);

      if (*text)
        add_fact (words, title, text);
    }
  index = sac_run_table_get_index (table);
  sac_run_index_get (index, (guint) run, &entry);
  for (guint k = 0; k < entry.n_keys && k < 120; k++)
    {
      const char *value = sac_run_index_get_text (index, entry.keys[k].value);

      if (*value)
        add_fact (words, sac_run_index_get_key (index, entry.keys[k].key), value);
    }
  gtk_label_set_markup (self->facts, words->str);
  if (g_strcmp0 (said->folder, self->facts_folder) != 0)
    {
      _sac_runs_page_stop_facts (self);
      clear_list (self->changes);
      gtk_label_set_text (self->changes_title, _("Looking what has changed since…"));
    }
  g_free (self->facts_folder);
  self->facts_folder = g_strdup (said->folder);
  question = g_new0 (Question, 1);
  question->folder = g_strdup (said->folder);
  g_cancellable_cancel (self->facts_cancellable);
  g_clear_object (&self->facts_cancellable);
  self->facts_cancellable = g_cancellable_new ();
  self->n_busy++;
  sac_store_job_read (sac_page_get_session (SAC_PAGE (self)), find_changes, question, question_free, self->facts_cancellable, self,
                      on_changes);
}

static void
on_change_chosen (SacRunsPage *self, GtkListBoxRow *row)
{
  SacClip *clip = sac_session_find_clip (sac_page_get_session (SAC_PAGE (self)), g_object_get_data (G_OBJECT (row), "clip"));

  if (!clip)
    return;
  sac_selection_set_clip (sac_page_get_selection (SAC_PAGE (self)), clip);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "label");
}

void
_sac_runs_page_init_facts (SacRunsPage *self)
{
  g_signal_connect_swapped (self->changes, "row-activated", G_CALLBACK (on_change_chosen), self);
  _sac_runs_page_show_facts (self);
}
