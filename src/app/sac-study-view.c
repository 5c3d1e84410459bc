#include "sac-study-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "run/sac-run.h"
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

static const char *
chosen_split (SacStudyView *self)
{
  static const char *const splits[] = { "test", "validation", "train" };

  return splits[MIN (gtk_drop_down_get_selected (self->split), 2)];
}

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

static char *
interval_text (const SacMeasures *measures, const char *measure, const char *maps)
{
  g_autofree char *name = g_strconcat (measure, ".", maps, NULL);
  const SacMeasureRow *row = sac_measures_find (measures, name);

  if (!row || isnan (row->all.mean))
    return g_strdup ("–");
  if (isnan (row->all.low) || isnan (row->all.high))
    return g_strdup_printf ("%.1f", 100 * row->all.mean);
  return g_strdup_printf ("%.1f (%.1f … %.1f)", 100 * row->all.mean, 100 * row->all.low, 100 * row->all.high);
}

/* The table from the run's folder; FALSE: this split was not looked at. */
static gboolean
show_table (SacStudyView *self)
{
  g_autoptr (SacMeasures) measures = self->run ? sac_measures_read (self->run, chosen_split (self), NULL) : NULL;
  g_autofree char *words = NULL;
  int at = 1;

  empty_table (self);
  if (!measures || !sac_measures_find (measures, "top1.none"))
    return FALSE;
  put (self, 0, 0, _("Maps"), "heading");
  put (self, 1, 0, _("Top-1, %"), "heading");
  put (self, 2, 0, _("Top-5, %"), "heading");
  put (self, 3, 0, _("Loss of Top-1"), "heading");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *class = rows[i].control ? "dim-label" : NULL;
      g_autofree char *top1 = interval_text (measures, "top1", rows[i].name), *top5 = interval_text (measures, "top5", rows[i].name);
      g_autofree char *drop = i ? interval_text (measures, "drop", rows[i].name) : g_strdup ("");

      put (self, 0, at, _(rows[i].words), class);
      put (self, 1, at, top1, class);
      put (self, 2, at, top5, class);
      put (self, 3, at, drop, class);
      at++;
    }
  words = g_strdup_printf (_("%.0f clips; in brackets 95 %% of resampled means; controls in grey"), (double) measures->n_clips);
  gtk_label_set_text (self->words, words);
  return TRUE;
}

static void
show_or_invite (SacStudyView *self)
{
  if (!show_table (self))
    gtk_label_set_text (self->words, _("How much the scores lose when attention is inverted, over all clips of a split."));
}

/* ---- computing. */

static void
show_running (SacStudyView *self, gboolean running)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_button_set_label (self->start, running ? _("Stop") : _("Compute"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->start), self->run != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->split), !running);
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
  if (!fine && said)
    gtk_label_set_text (self->words, said);
  else
    show_or_invite (self);
}

static void
on_start (SacStudyView *self)
{
  const char *words[] = { "attention", self->run, "--project", self->project, "--split", chosen_split (self), "--json", NULL };

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

static void
on_split (SacStudyView *self)
{
  if (!sac_tool_job_is_running (self->job))
    show_or_invite (self);
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
  show_or_invite (self);
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
  g_signal_connect_swapped (self->split, "notify::selected", G_CALLBACK (on_split), self);
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
