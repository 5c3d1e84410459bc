#include <glib/gi18n.h>

#include "media/sac-fingerprint.h"
#include "sac-plot.h"
#include "sac-split-dialog.h"

#define WAIT_MS 120
#define LABELS_SHOWN 40

struct _SacSplitDialog {
  AdwWindow parent_instance;
  SacSession *session;
  GtkDropDown *by;
  GtkEditable *words;           /* the pattern, or the path of the table */
  GtkSpinButton *validation, *test, *seed, *folds, *fold, *top;
  GtkSwitch *anew, *join, *write_groups;
  GtkLabel *summary, *meter, *kept;
  GtkWidget *plot, *divide, *words_row, *fold_row;
  SacFigure *figure;
  SacSplitPlan *plan;
  GCancellable *cancellable;
  guint wait;
};

G_DEFINE_FINAL_TYPE (SacSplitDialog, sac_split_dialog, ADW_TYPE_WINDOW)

static const SacGroupBy kinds[] = { SAC_GROUP_GIVEN, SAC_GROUP_SOURCE, SAC_GROUP_DAY, SAC_GROUP_FOLDER, SAC_GROUP_PATTERN,
                                    SAC_GROUP_TABLE, SAC_GROUP_CLIP };
static const char *const kind_names[] = { N_("Group or person"), N_("Video file"), N_("Day of recording"), N_("Folder"),
                                          N_("Pattern in the name"), N_("Table (CSV of clip and group)"),
                                          N_("Nothing: each clip by itself"),
                                          NULL };

/* ---- the preview, in a thread. */
typedef struct {
  char *path, *words;
  SacSplitSpec spec;
  guint top_k;
  gboolean join;
} Job;

typedef struct {
  SacSplitPlan *plan;
  SacFigure *figure;
  char *summary, *meter, *kept;
  gboolean leaks;
} Outcome;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->words);
  g_free (job);
}

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;

  sac_split_plan_free (outcome->plan);
  sac_figure_free (outcome->figure);
  g_free (outcome->summary);
  g_free (outcome->meter);
  g_free (outcome->kept);
  g_free (outcome);
}

static SacFigure *
figure_of (const SacSplitPlan *plan)
{
  guint n = MIN (plan->labels->len, LABELS_SHOWN);
  SacFigure *figure = sac_figure_new ("split", _("Labels by side"), SAC_FIGURE_BARS, n + 1, 4);

  figure->parts[0] = g_strdup (_("training"));
  figure->parts[1] = g_strdup (_("validation"));
  figure->parts[2] = g_strdup (_("test"));
  figure->parts[3] = g_strdup (_("none"));
  for (guint r = 0; r <= n; r++)
    {
      const guint *counts = plan->counts + (r == 0 ? plan->labels->len : r - 1) * 4;
      guint sum = counts[0] + counts[1] + counts[2] + counts[3];

      /* Shares, so that rare labels are seen as well as frequent ones; the name tells how many. */
      figure->rows[r] = g_strdup_printf ("%s (%u)", r == 0 ? _("All clips") : (char *) plan->labels->pdata[r - 1], sum);
      for (guint s = 0; s < 4; s++)
        sac_figure_set (figure, r, s, sum ? 100.0 * counts[(s + 1) % 4] / sum : 0, g_strdup_printf ("%u", counts[(s + 1) % 4]), NULL);
    }
  if (plan->labels->len > n)
    figure->more = g_strdup_printf (ngettext ("and %u label more", "and %u labels more", plan->labels->len - n), plan->labels->len - n);
  return figure;
}

static void
preview_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (job->path, SAC_PROJECT_READ_ONLY, &error);
  g_autoptr (SacDuplicates) duplicates = NULL;
  g_autoptr (SacLeaks) leaks = NULL;
  g_autoptr (SacTopLabels) top = NULL;
  SacLeakSpec leak_spec = { job->spec.grouping, G_GINT64_CONSTANT (1000000000) };
  Outcome *outcome = g_new0 (Outcome, 1);
  const guint *n;

  duplicates = project ? sac_project_find_duplicates (project, SAC_FINGERPRINT_NEAR, FALSE, NULL, NULL, cancellable, &error) : NULL;
  if (job->join)
    job->spec.join = duplicates;
  outcome->plan = duplicates ? sac_project_plan_split (project, &job->spec, &error) : NULL;
  leak_spec.duplicates = duplicates;
  leak_spec.plan = outcome->plan;
  if (leak_spec.grouping.by == SAC_GROUP_CLIP)
    leak_spec.grouping.by = SAC_GROUP_GIVEN;
  leaks = outcome->plan ? sac_project_find_leaks (project, &leak_spec, &error) : NULL;
  top = leaks ? sac_project_top_labels (project, job->top_k, &error) : NULL;
  if (!top)
    {
      outcome_free (outcome);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  n = outcome->plan->counts + outcome->plan->labels->len * 4;
  outcome->figure = figure_of (outcome->plan);
  outcome->summary = g_strdup_printf (_("%u groups. Training %u, validation %u, test %u clips; %u placed, %u moved"),
                                      outcome->plan->groups->len, n[SAC_SPLIT_TRAIN], n[SAC_SPLIT_VALIDATION], n[SAC_SPLIT_TEST],
                                      outcome->plan->n_placed, outcome->plan->n_moved);
  outcome->leaks = leaks->n_leaking > 0;
  outcome->meter = g_strdup_printf (_("Leak meter: %.1f %% of validation and test (%u of %u clips):"
                                      " %u by group, %u by video, %u by picture"),
                                    leaks->n_judged ? 100.0 * leaks->n_leaking / leaks->n_judged : 0, leaks->n_leaking, leaks->n_judged,
                                    leaks->n_by_kind[0], leaks->n_by_kind[1], leaks->n_by_kind[3]);
  if (duplicates->n_unknown)
    {
      g_autofree char *first = outcome->meter;

      outcome->meter = g_strdup_printf (ngettext ("%s. %u clip has no fingerprint yet", "%s. %u clips have no fingerprints yet",
                                                  duplicates->n_unknown), first, duplicates->n_unknown);
    }
  outcome->kept = g_strdup_printf (_("Training with the %u most frequent of %u labels keeps %u of %u labelled clips"), top->labels->len,
                                   top->n_occurring, top->clips->len, top->n_labelled);
  g_task_return_pointer (task, outcome, outcome_free);
}

static void
draw_figure (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacSplitDialog *self = data;

  if (self->figure)
    sac_figure_draw (cr, width, height, style, self->figure, -1, -1);
}

static char *
text_of_figure (gpointer data)
{
  SacSplitDialog *self = data;

  return self->figure ? sac_figure_dup_text (self->figure) : NULL;
}

static void
on_preview (GObject *source, GAsyncResult *result, gpointer data)
{
  SacSplitDialog *self = SAC_SPLIT_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Outcome *outcome = g_task_propagate_pointer (G_TASK (result), &error);
  SacStyle style;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->session)
    {
      g_clear_pointer (&outcome, outcome_free);
      return;
    }
  gtk_widget_set_sensitive (self->divide, outcome && sac_session_is_writable (self->session));
  if (!outcome)
    {
      gtk_label_set_text (self->summary, error->message);
      gtk_label_set_text (self->meter, "");
      return;
    }
  g_clear_pointer (&self->figure, sac_figure_free);
  g_clear_pointer (&self->plan, sac_split_plan_free);
  self->figure = g_steal_pointer (&outcome->figure);
  self->plan = g_steal_pointer (&outcome->plan);
  gtk_label_set_text (self->summary, outcome->summary);
  gtk_label_set_text (self->meter, outcome->meter);
  gtk_label_set_text (self->kept, outcome->kept);
  if (outcome->leaks)
    gtk_widget_add_css_class (GTK_WIDGET (self->meter), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->meter), "error");
  sac_plot_get_style (SAC_PLOT (self->plot), &style);
  gtk_widget_set_size_request (self->plot, -1,
                               (int) sac_figure_height (&style, self->figure, MAX (gtk_widget_get_width (self->plot), 300)));
  sac_plot_describe (SAC_PLOT (self->plot), outcome->summary);
  gtk_widget_queue_draw (self->plot);
  outcome_free (outcome);
}

static gboolean
preview (gpointer data)
{
  SacSplitDialog *self = data;
  g_autoptr (GTask) task = NULL;
  Job *job;
  guint kind = gtk_drop_down_get_selected (self->by), folds = (guint) gtk_spin_button_get_value_as_int (self->folds);

  self->wait = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (!sac_session_get_path (self->session))
    return G_SOURCE_REMOVE;
  self->cancellable = g_cancellable_new ();
  job = g_new0 (Job, 1);
  job->path = g_strdup (sac_session_get_path (self->session));
  job->words = g_strdup (gtk_editable_get_text (self->words));
  job->top_k = (guint) gtk_spin_button_get_value_as_int (self->top);
  job->spec = (SacSplitSpec) {
    .validation = gtk_spin_button_get_value (self->validation) / 100,
    .test = gtk_spin_button_get_value (self->test) / 100,
    .seed = (guint64) gtk_spin_button_get_value_as_int (self->seed),
    .by_group = TRUE,
    .keep = !gtk_switch_get_active (self->anew) && folds < 2,
    .grouping = { kinds[MIN (kind, G_N_ELEMENTS (kinds) - 1)], job->words, job->words },
    .n_folds = folds < 2 ? 0 : folds,
    .fold = folds < 2 ? 0 : (guint) MIN (gtk_spin_button_get_value_as_int (self->fold), (int) folds) - 1,
    .write_groups = gtk_switch_get_active (self->write_groups),
  };
  job->join = gtk_switch_get_active (self->join);
  task = g_task_new (self, self->cancellable, on_preview, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, preview_in_thread);
  return G_SOURCE_REMOVE;
}

static void
changed (SacSplitDialog *self)
{
  guint kind = kinds[MIN (gtk_drop_down_get_selected (self->by), G_N_ELEMENTS (kinds) - 1)];

  gtk_widget_set_visible (self->words_row, kind == SAC_GROUP_PATTERN || kind == SAC_GROUP_TABLE);
  gtk_widget_set_visible (self->fold_row, gtk_spin_button_get_value_as_int (self->folds) >= 2);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), gtk_spin_button_get_value_as_int (self->folds) < 2);
  gtk_widget_set_sensitive (self->divide, FALSE);       /* until what is shown is what would be done */
  g_clear_handle_id (&self->wait, g_source_remove);
  self->wait = g_timeout_add (WAIT_MS, preview, self);
}

static gboolean
apply (SacProject *project, gpointer data, GError **error)
{
  return sac_project_apply_split (project, data, error);
}

static void
on_divide (SacSplitDialog *self)
{
  if (self->plan && sac_session_do (self->session, apply, self->plan))
    gtk_window_close (GTK_WINDOW (self));
}

/* ---- its rows. */
static GtkWidget *
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (group, row);
  return row;
}

static GtkSpinButton *
add_spin (SacSplitDialog *self, AdwPreferencesGroup *group, const char *title, const char *subtitle, double low, double high, double value)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (low, high, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), self);
  add_row (group, title, subtitle, spin);
  return GTK_SPIN_BUTTON (spin);
}

static GtkSwitch *
add_switch (SacSplitDialog *self, AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *on = gtk_switch_new ();

  g_signal_connect_swapped (on, "notify::active", G_CALLBACK (changed), self);
  add_row (group, title, subtitle, on);
  return GTK_SWITCH (on);
}

static GtkLabel *
add_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
add_controls (SacSplitDialog *self, AdwPreferencesGroup *group)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; kind_names[i]; i++)
    gtk_string_list_append (names, _(kind_names[i]));
  self->by = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_object_ref (names)), NULL));
  add_row (group, _("What stays together"), NULL, GTK_WIDGET (self->by));
  self->words = GTK_EDITABLE (gtk_entry_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  self->words_row = add_row (group, _("Pattern or file"), _("A regular expression with one pair of ( ), or the path of the table"),
                             GTK_WIDGET (self->words));
  self->validation = add_spin (self, group, _("Validation, %"), NULL, 0, 90, 10);
  self->test = add_spin (self, group, _("Test, %"), NULL, 0, 90, 25);
  self->seed = add_spin (self, group, _("Seed"), _("Another number draws another division"), 0, 1e9, 1);
  self->folds = add_spin (self, group, _("Folds"), _("2 or more: as many equal parts, one of them the test"), 0, SAC_SPLIT_MAX_FOLDS, 0);
  self->fold = add_spin (self, group, _("Fold for the test"), NULL, 1, SAC_SPLIT_MAX_FOLDS, 1);
  self->fold_row = gtk_widget_get_ancestor (GTK_WIDGET (self->fold), ADW_TYPE_ACTION_ROW);
  self->anew = add_switch (self, group, _("Divide all again"), _("Else clips that have a side keep it"));
  self->join = add_switch (self, group, _("Keep near-duplicates together"), NULL);
  self->write_groups = add_switch (self, group, _("Make what was found the clips’ groups"), NULL);
  self->top = add_spin (self, group, _("Most frequent labels"), _("How many a training would take; only told here"), 1, 1000, 20);
  g_signal_connect_swapped (self->by, "notify::selected", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->words, "changed", G_CALLBACK (changed), self);
}

static void
sac_split_dialog_dispose (GObject *object)
{
  SacSplitDialog *self = SAC_SPLIT_DIALOG (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_split_dialog_parent_class)->dispose (object);
}

static void
sac_split_dialog_finalize (GObject *object)
{
  SacSplitDialog *self = SAC_SPLIT_DIALOG (object);

  g_clear_pointer (&self->figure, sac_figure_free);
  g_clear_pointer (&self->plan, sac_split_plan_free);
  G_OBJECT_CLASS (sac_split_dialog_parent_class)->finalize (object);
}

static void
sac_split_dialog_class_init (SacSplitDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_split_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_split_dialog_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sac_split_dialog_init (SacSplitDialog *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *group = adw_preferences_group_new ();
  GtkWidget *scroller = gtk_scrolled_window_new (), *left = gtk_scrolled_window_new ();

  gtk_window_set_title (GTK_WINDOW (self), _("Divide the clips"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 960, 640);
  self->divide = gtk_button_new_with_mnemonic (_("_Divide"));
  gtk_widget_add_css_class (self->divide, "suggested-action");
  g_signal_connect_swapped (self->divide, "clicked", G_CALLBACK (on_divide), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->divide);
  gtk_box_append (GTK_BOX (outer), header);
  gtk_box_append (GTK_BOX (outer), both);
  gtk_widget_set_vexpand (both, TRUE);
  gtk_widget_set_margin_start (both, 18);
  gtk_widget_set_margin_end (both, 18);
  gtk_widget_set_margin_top (both, 12);
  gtk_widget_set_margin_bottom (both, 18);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (left), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (left), group);
  gtk_widget_set_size_request (left, 460, -1);
  gtk_box_append (GTK_BOX (both), left);
  gtk_box_append (GTK_BOX (both), right);
  gtk_widget_set_hexpand (right, TRUE);
  self->summary = add_label (right);
  self->meter = add_label (right);
  self->kept = add_label (right);
  self->plot = g_object_new (SAC_TYPE_PLOT, NULL);
  sac_plot_set_up (SAC_PLOT (self->plot), _("Labels by side, in %"), "split", draw_figure, text_of_figure, self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->plot);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (right), scroller);
  adw_window_set_content (ADW_WINDOW (self), outer);
  add_controls (self, ADW_PREFERENCES_GROUP (group));
}

GtkWidget *
sac_split_dialog_new (SacSession *session)
{
  SacSplitDialog *self = g_object_new (SAC_TYPE_SPLIT_DIALOG, NULL);

  self->session = g_object_ref (session);
  changed (self);
  return GTK_WIDGET (self);
}
