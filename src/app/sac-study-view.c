#include "sac-study-view.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-tool-job.h"

struct _SacStudyView {
  GtkWidget parent_instance;
  SacToolJob *job;
  GtkDropDown *split;
  GtkButton *start;
  GtkProgressBar *progress;
  GtkLabel *words;
  GtkGrid *table;
  char *run, *project;
};

G_DEFINE_FINAL_TYPE (SacStudyView, sac_study_view, GTK_TYPE_WIDGET)

static const struct { const char *name, *words; gboolean control; } rows[] = {
  { "none", N_("As it is"), FALSE }, { "spatial", N_("Places inverted"), FALSE }, { "temporal", N_("Time inverted"), FALSE },
  { "both", N_("Both inverted"), FALSE }, { "constant", N_("Constant maps"), TRUE }, { "shuffled", N_("Frames shuffled"), TRUE },
  { "other", N_("Maps of another clip"), TRUE }, { "zero", N_("Maps of 0"), TRUE }, { "one", N_("Maps of 1"), TRUE },
};

/* ---- the table. */

static void
empty_table (SacStudyView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))))
    gtk_grid_remove (self->table, child);
}

static void
put (SacStudyView *self, int column, int row, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column ? 1 : 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, column ? "numeric" : "body");
  if (class)
    gtk_widget_add_css_class (label, class);
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

static JsonObject *
member_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
number (JsonObject *object, const char *name, double *value)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  if (!node || !JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_DOUBLE && json_node_get_value_type (node) != G_TYPE_INT64))
    return FALSE;
  *value = json_node_get_double (node);
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    *value = (double) json_node_get_int (node);
  return TRUE;
}

static char *
interval_text (JsonObject *row, const char *name)
{
  JsonObject *interval = member_object (row, name);
  double mean, low, high;

  if (!number (interval, "mean", &mean))
    return g_strdup ("–");
  if (!number (interval, "low", &low) || !number (interval, "high", &high))
    return g_strdup_printf ("%.1f", 100 * mean);
  return g_strdup_printf ("%.1f (%.1f … %.1f)", 100 * mean, 100 * low, 100 * high);
}

gboolean
sac_study_view_show (SacStudyView *self, const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *top;
  JsonObject *study, *inversion;
  double n_clips = 0;
  int at = 1;

  empty_table (self);
  if (!json_parser_load_from_data (parser, json, -1, NULL) || !(top = json_parser_get_root (parser)) || !JSON_NODE_HOLDS_OBJECT (top))
    return FALSE;
  study = json_node_get_object (top);
  inversion = member_object (study, "inversion");
  if (!inversion)
    return FALSE;
  put (self, 0, 0, _("Maps"), "heading");
  put (self, 1, 0, _("Top-1, %"), "heading");
  put (self, 2, 0, _("Top-5, %"), "heading");
  put (self, 3, 0, _("Loss of Top-1"), "heading");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonObject *row = member_object (inversion, rows[i].name);
      g_autofree char *top1 = NULL, *top5 = NULL, *drop = NULL;

      if (!row)
        continue;
      top1 = interval_text (row, "top1");
      top5 = interval_text (row, "top5");
      drop = i ? interval_text (row, "drop") : g_strdup ("");
      put (self, 0, at, _(rows[i].words), rows[i].control ? "dim-label" : NULL);
      put (self, 1, at, top1, rows[i].control ? "dim-label" : NULL);
      put (self, 2, at, top5, rows[i].control ? "dim-label" : NULL);
      put (self, 3, at, drop, rows[i].control ? "dim-label" : NULL);
      at++;
    }
  number (study, "clips", &n_clips);
  {
    g_autofree char *words = g_strdup_printf (_("%.0f clips; in brackets 95 %% of resampled means; controls in grey"), n_clips);

    gtk_label_set_text (self->words, words);
  }
  return TRUE;
}

/* ---- computing. */

static void
show_running (SacStudyView *self, gboolean running)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_button_set_label (self->start, running ? _("Stop") : _("Compute"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->start), self->run != NULL);
}

static void
on_progress (SacStudyView *self, double share)
{
  gtk_progress_bar_set_fraction (self->progress, share);
}

static void
on_done (SacStudyView *self, gboolean fine, const char *said)
{
  show_running (self, FALSE);
  if (!fine || !sac_study_view_show (self, said))
    gtk_label_set_text (self->words, said ? said : _("Stopped."));
}

static void
on_start (SacStudyView *self)
{
  static const char *const splits[] = { "test", "validation", "train" };
  const char *words[] = { "attention", self->run, "--project", self->project, "--split",
                          splits[MIN (gtk_drop_down_get_selected (self->split), 2)], "--json", NULL };

  if (sac_tool_job_is_running (self->job))
    sac_tool_job_cancel (self->job);
  else if (self->run && self->project)
    {
      empty_table (self);
      gtk_label_set_text (self->words, _("All clips of the split are looked at, each under nine kinds of maps."));
      show_running (self, TRUE);
      sac_tool_job_start (self->job, words);
    }
}

void
sac_study_view_set_run (SacStudyView *self, const char *run_folder, const char *project)
{
  if (g_strcmp0 (run_folder, self->run) == 0 && g_strcmp0 (project, self->project) == 0)
    return;
  sac_tool_job_cancel (self->job);
  g_free (self->run);
  g_free (self->project);
  self->run = g_strdup (run_folder);
  self->project = g_strdup (project);
  empty_table (self);
  gtk_label_set_text (self->words, _("How much the scores lose when attention is inverted, over all clips of a split."));
  if (!sac_tool_job_is_running (self->job))
    show_running (self, FALSE);
}

static void
sac_study_view_dispose (GObject *object)
{
  SacStudyView *self = SAC_STUDY_VIEW (object);
  GtkWidget *child;

  if (self->job)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      sac_tool_job_cancel (self->job);
    }
  g_clear_object (&self->job);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->project, g_free);
  G_OBJECT_CLASS (sac_study_view_parent_class)->dispose (object);
}

static void
sac_study_view_class_init (SacStudyViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_study_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
sac_study_view_init (SacStudyView *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *scroll = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->split = GTK_DROP_DOWN (gtk_drop_down_new_from_strings ((const char *[]) { _("Test split"), _("Validation split"),
                                                                                  _("Training split"), NULL }));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->split), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Split to look at"), -1);
  self->start = GTK_BUTTON (gtk_button_new_with_label (_("Compute")));
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"), -1);
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  self->words = GTK_LABEL (gtk_label_new (_("How much the scores lose when attention is inverted, over all clips of a split.")));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->split));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->start));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->progress));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->words));
  gtk_widget_set_parent (head, GTK_WIDGET (self));
  self->table = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->table, 24);
  gtk_grid_set_row_spacing (self->table, 2);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (self->table));
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_widget_set_parent (scroll, GTK_WIDGET (self));
  self->job = sac_tool_job_new ();
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (on_start), self);
  g_signal_connect_swapped (self->job, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->job, "done", G_CALLBACK (on_done), self);
  show_running (self, FALSE);
}

GtkWidget *
sac_study_view_new (void)
{
  return g_object_new (SAC_TYPE_STUDY_VIEW, NULL);
}
