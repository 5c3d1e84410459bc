/* Where yes begins: thresholds of the Compare page.  What is chosen is kept with the run a moment later, without being asked for. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-compare-private.h"

#define SAVE_MS 400

SacComparePlots
_sac_compare_page_plots (SacComparePage *self)
{
  guint r = gtk_drop_down_get_selected (self->run_drop);

  return (SacComparePlots) { .view = self->view, .thresholds = self->thresholds, .decided = self->decided,
                             .decided_name = self->view && r < self->view->n_runs ? self->view->runs[r]->name : NULL,
                             .bands = gtk_toggle_button_get_active (self->bands), .mark = self->mark };
}

static SacCompareEntry *
entry_in_question (SacComparePage *self)
{
  guint r = gtk_drop_down_get_selected (self->run_drop);

  return self->view && r < self->view->n_runs ? _sac_compare_page_find (self, self->view->runs[r]->folder) : NULL;
}

/* The table gets its own copies: a thread reads them. */
static void
give_to_table (SacComparePage *self)
{
  double **all = g_new0 (double *, self->view->n_runs + 1);

  for (guint r = 0; r < self->view->n_runs; r++)
    {
      const SacCompareEntry *entry = _sac_compare_page_find (self, self->view->runs[r]->folder);

      all[r] = sac_thresholds_dup (entry ? entry->thresholds : NULL, (const char *const *) self->view->runs[r]->scores->labels);
    }
  sac_compare_table_set_view (self->clips, self->view, g_memdup2 (self->thresholds, self->view->n_runs * sizeof *self->thresholds), all);
}

static void
take_thresholds (SacComparePage *self)
{
  SacCompareEntry *entry;

  g_free (self->thresholds);
  self->thresholds = g_new (double, self->view->n_runs + 1);
  for (guint r = 0; r < self->view->n_runs; r++)
    {
      entry = _sac_compare_page_find (self, self->view->runs[r]->folder);
      self->thresholds[r] = sac_thresholds_get (entry ? entry->thresholds : NULL, self->view->label);
    }
  entry = entry_in_question (self);
  self->filling = TRUE;
  gtk_range_set_value (self->threshold, sac_thresholds_get (entry ? entry->thresholds : NULL, self->view->label));
  self->filling = FALSE;
}

void
_sac_compare_page_fill_thresholds (SacComparePage *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint chosen = gtk_drop_down_get_selected (self->run_drop);
  GListModel *model = gtk_drop_down_get_model (self->run_drop);
  gboolean same = model && g_list_model_get_n_items (model) == self->view->n_runs;

  for (guint r = 0; r < self->view->n_runs; r++)
    {
      same = same && g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (model), r), self->view->runs[r]->name) == 0;
      gtk_string_list_append (names, self->view->runs[r]->name);
    }
  if (!same)
    {
      self->filling = TRUE;
      gtk_drop_down_set_model (self->run_drop, G_LIST_MODEL (names));
      gtk_drop_down_set_selected (self->run_drop, chosen < self->view->n_runs ? chosen : 0);
      self->filling = FALSE;
    }
  take_thresholds (self);
  give_to_table (self);
}

/* ---- keeping. */

void
_sac_compare_page_save (SacComparePage *self)
{
  g_autofree char *folder = g_steal_pointer (&self->unsaved);
  SacCompareEntry *entry = folder ? _sac_compare_page_find (self, folder) : NULL;
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->save_timer, g_source_remove);
  if (entry && !sac_thresholds_write (folder, entry->thresholds, &error))
    sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, _("The thresholds cannot be kept: %s"), error->message);
}

static gboolean
on_timer (gpointer data)
{
  SacComparePage *self = data;

  self->save_timer = 0;
  _sac_compare_page_save (self);
  return G_SOURCE_REMOVE;
}

/* Everything that hangs on a threshold: marks of the curves, counts, confusion, what is right in the table. */
static void
moved (SacComparePage *self, SacCompareEntry *entry)
{
  if (g_strcmp0 (self->unsaved, entry->folder) != 0)
    {
      _sac_compare_page_save (self);
      self->unsaved = g_strdup (entry->folder);
    }
  g_clear_handle_id (&self->save_timer, g_source_remove);
  self->save_timer = g_timeout_add (SAVE_MS, on_timer, self);
  take_thresholds (self);
  give_to_table (self);
  _sac_compare_page_decide (self);
  _sac_compare_page_show (self);
}

void
_sac_compare_page_on_threshold (SacComparePage *self)
{
  SacCompareEntry *entry = entry_in_question (self);

  if (self->filling || !entry)
    return;
  sac_thresholds_set (entry->thresholds, self->view->label, gtk_range_get_value (self->threshold), "hand",
                      _sac_compare_page_split (self));
  moved (self, entry);
}

void
_sac_compare_page_on_run_chosen (SacComparePage *self)
{
  if (self->filling || !self->view)
    return;
  take_thresholds (self);
  _sac_compare_page_decide (self);
  _sac_compare_page_show (self);
}

/* "one f1 0", "all fpr 0.05", "one half 0". */
void
_sac_compare_page_act_rule (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacComparePage *self = (SacComparePage *) widget;
  SacCompareEntry *entry = entry_in_question (self);
  g_auto (GStrv) words = g_strsplit (g_variant_get_string (parameter, NULL), " ", 3);
  const SacScores *s = entry && entry->run ? entry->run->scores : NULL;
  g_autofree char *kept = NULL;
  SacRule rule;

  if (!s || g_strv_length (words) != 3)
    return;
  kept = strcmp (words[1], "f1") == 0 ? g_strdup ("f1") : g_strdup_printf ("%s %s", words[1], words[2]);
  for (guint l = 0; l < s->n_labels; l++)
    {
      g_autoptr (SacRoc) roc = NULL;

      if (strcmp (words[0], "one") == 0 && strcmp (s->labels[l], self->view->label) != 0)
        continue;
      if (!sac_rule_find (words[1], &rule))
        {
          sac_thresholds_set (entry->thresholds, s->labels[l], 0, NULL, NULL);
          continue;
        }
      roc = sac_roc_new (s->scores + l, s->truth + l, s->n_clips, s->n_labels);
      if (!isnan (roc->auc))
        sac_thresholds_set (entry->thresholds, s->labels[l], sac_threshold_choose (roc, rule, g_ascii_strtod (words[2], NULL)), kept,
                            _sac_compare_page_split (self));
    }
  moved (self, entry);
}
