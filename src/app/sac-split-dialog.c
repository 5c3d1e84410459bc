#include <glib/gi18n.h>

#include "media/sac-fingerprint.h"
#include "sac-form.h"
#include "sac-plot.h"
#include "sac-split-dialog.h"
#include "sac-store-job.h"

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
  GtkWidget *plot, *divide, *words_row, *table_button, *fold_row;
  GtkFileChooserNative *chooser;
  SacFigure *figure;
  SacSplitPlan *plan;
  SacAsker asker;
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
  char *words;
  SacSplitSpec spec;
  gboolean join;
  SacSplitPlan *plan;
  SacFigure *figure;
  char *summary, *meter, *kept;
  gboolean leaks;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->words);
  sac_split_plan_free (job->plan);
  sac_figure_free (job->figure);
  g_free (job->summary);
  g_free (job->meter);
  g_free (job->kept);
  g_free (job);
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
tell_leaks (Job *job, const SacLeaks *leaks, const SacDuplicates *duplicates)
{
  job->leaks = leaks->n_leaking > 0;
  job->meter = g_strdup_printf (_("Leak meter: %.1f %% of validation and test (%u of %u clips): %u by group, %u by video, %u by picture"),
                                leaks->n_judged ? 100.0 * leaks->n_leaking / leaks->n_judged : 0, leaks->n_leaking, leaks->n_judged,
                                leaks->n_by_kind[0], leaks->n_by_kind[1], leaks->n_by_kind[3]);
  if (duplicates->n_unknown)
    {
      g_autofree char *first = job->meter;

      job->meter = g_strdup_printf (ngettext ("%s. %u clip has no fingerprint yet", "%s. %u clips have no fingerprints yet",
                                              duplicates->n_unknown), first, duplicates->n_unknown);
    }
}

static gboolean
work (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (SacDuplicates) duplicates = NULL;
  g_autoptr (SacLeaks) leaks = NULL;
  g_autoptr (SacTopLabels) top = NULL;
  SacLeakSpec leak_spec = { job->spec.grouping, G_GINT64_CONSTANT (1000000000) };
  const guint *n;

  duplicates = sac_project_find_duplicates (project, SAC_FINGERPRINT_NEAR, FALSE, NULL, NULL, cancellable, error);
  if (job->join)
    job->spec.join = duplicates;
  job->plan = duplicates ? sac_project_plan_split (project, &job->spec, error) : NULL;
  leak_spec.duplicates = duplicates;
  leak_spec.plan = job->plan;
  if (leak_spec.grouping.by == SAC_GROUP_CLIP)
    leak_spec.grouping.by = SAC_GROUP_GIVEN;
  leaks = job->plan ? sac_project_find_leaks (project, &leak_spec, error) : NULL;
  top = leaks ? sac_project_top_labels (project, job->spec.top_k ? job->spec.top_k : G_MAXINT, error) : NULL;
  if (!top || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  n = job->plan->counts + job->plan->labels->len * 4;
  job->figure = figure_of (job->plan);
  job->summary = g_strdup_printf (_("%u groups. Training %u, validation %u, test %u clips; %u placed, %u moved"), job->plan->groups->len,
                                  n[SAC_SPLIT_TRAIN], n[SAC_SPLIT_VALIDATION], n[SAC_SPLIT_TEST], job->plan->n_placed, job->plan->n_moved);
  tell_leaks (job, leaks, duplicates);
  if (job->spec.top_k)
    job->kept = g_strdup_printf (_("The %u most frequent of %u labels: %u of %u labelled clips carry one (%.2f each);"
                                   " %u clips get no side"), top->labels->len, top->n_occurring, top->clips->len, top->n_labelled,
                                 top->mean_kept, job->plan->n_dropped);
  return TRUE;
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
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacSplitDialog *self = SAC_SPLIT_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Job *job = sac_store_job_finish (result, &error);
  SacStyle style;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->session)
    return;
  gtk_widget_set_sensitive (self->divide, job && sac_session_is_writable (self->session));
  if (!job)
    {
      gtk_label_set_text (self->summary, error->message);
      gtk_label_set_text (self->meter, "");
      return;
    }
  g_clear_pointer (&self->figure, sac_figure_free);
  g_clear_pointer (&self->plan, sac_split_plan_free);
  self->figure = g_steal_pointer (&job->figure);
  self->plan = g_steal_pointer (&job->plan);
  gtk_label_set_text (self->summary, job->summary);
  gtk_label_set_text (self->meter, job->meter);
  gtk_label_set_text (self->kept, job->kept ? job->kept : "");
  if (job->leaks)
    gtk_widget_add_css_class (GTK_WIDGET (self->meter), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->meter), "error");
  sac_plot_get_style (SAC_PLOT (self->plot), &style);
  gtk_widget_set_size_request (self->plot, -1,
                               (int) sac_figure_height (&style, self->figure, MAX (gtk_widget_get_width (self->plot), 300)));
  sac_plot_describe (SAC_PLOT (self->plot), job->summary);
  gtk_widget_queue_draw (self->plot);
}

static gboolean
preview (gpointer data)
{
  SacSplitDialog *self = data;
  GCancellable *cancellable;
  Job *job;
  guint kind = gtk_drop_down_get_selected (self->by), folds = (guint) gtk_spin_button_get_value_as_int (self->folds);

  cancellable = sac_asker_next (&self->asker);
  if (!sac_session_get_path (self->session))
    return G_SOURCE_REMOVE;
  job = g_new0 (Job, 1);
  job->words = g_strdup (gtk_editable_get_text (self->words));
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
    .top_k = (guint) gtk_spin_button_get_value_as_int (self->top),
  };
  job->join = gtk_switch_get_active (self->join);
  sac_store_job_read (self->session, work, job, job_free, cancellable, self, on_worked);
  return G_SOURCE_REMOVE;
}

static void
changed (SacSplitDialog *self)
{
  guint kind = kinds[MIN (gtk_drop_down_get_selected (self->by), G_N_ELEMENTS (kinds) - 1)];

  gtk_widget_set_visible (self->words_row, kind == SAC_GROUP_PATTERN || kind == SAC_GROUP_TABLE);
  gtk_widget_set_visible (self->table_button, kind == SAC_GROUP_TABLE);
  gtk_widget_set_visible (self->fold_row, gtk_spin_button_get_value_as_int (self->folds) >= 2);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), gtk_spin_button_get_value_as_int (self->folds) < 2);
  gtk_widget_set_sensitive (self->divide, FALSE);       /* until what is shown is what would be done */
  sac_asker_later (&self->asker, WAIT_MS, preview, self);
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
static GtkSpinButton *
add_spin (SacSplitDialog *self, AdwPreferencesGroup *group, const char *title, const char *subtitle, double low, double high, double value)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (low, high, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), self);
  sac_form_add_row (group, title, subtitle, spin);
  return GTK_SPIN_BUTTON (spin);
}

static GtkSwitch *
add_switch (SacSplitDialog *self, AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *on = gtk_switch_new ();

  g_signal_connect_swapped (on, "notify::active", G_CALLBACK (changed), self);
  sac_form_add_row (group, title, subtitle, on);
  return GTK_SWITCH (on);
}

static void
on_table (GtkNativeDialog *dialog, int response, SacSplitDialog *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  g_clear_object (&self->chooser);
  if (path)
    gtk_editable_set_text (self->words, path);
}

static void
on_choose_table (SacSplitDialog *self)
{
  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (_("A table of clips and groups"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Open"), _("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_table), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_controls (SacSplitDialog *self, AdwPreferencesGroup *group)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; kind_names[i]; i++)
    gtk_string_list_append (names, _(kind_names[i]));
  self->by = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_object_ref (names)), NULL));
  sac_form_add_row (group, _("What stays together"), NULL, GTK_WIDGET (self->by));
  self->words = GTK_EDITABLE (gtk_entry_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  self->words_row = sac_form_add_row (group, _("Pattern or file"), _("A regular expression with one pair of ( ), or the path of the table"),
                             GTK_WIDGET (self->words));
  self->table_button = gtk_button_new_from_icon_name ("document-open-symbolic");
  gtk_widget_set_valign (self->table_button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->table_button, _("Choose the table"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose the table"), -1);
  g_signal_connect_swapped (self->table_button, "clicked", G_CALLBACK (on_choose_table), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->words_row), self->table_button);
  self->validation = add_spin (self, group, _("Validation, %"), NULL, 0, 90, 10);
  self->test = add_spin (self, group, _("Test, %"), NULL, 0, 90, 25);
  self->seed = add_spin (self, group, _("Seed"), _("Another number draws another division"), 0, 1e9, 1);
  self->folds = add_spin (self, group, _("Folds"), _("2 or more: as many equal parts, one of them the test"), 0, SAC_SPLIT_MAX_FOLDS, 0);
  self->fold = add_spin (self, group, _("Fold for the test"), NULL, 1, SAC_SPLIT_MAX_FOLDS, 1);
  self->fold_row = gtk_widget_get_ancestor (GTK_WIDGET (self->fold), ADW_TYPE_ACTION_ROW);
  self->anew = add_switch (self, group, _("Divide all again"), _("Else clips that have a side keep it"));
  self->join = add_switch (self, group, _("Keep near-duplicates together"), NULL);
  self->write_groups = add_switch (self, group, _("Make what was found the clips’ groups"), NULL);
  self->top = add_spin (self, group, _("Most frequent labels"),
                        _("Clips that carry none of so many get no side; 0: all clips are divided"), 0, 1000, 0);
  g_signal_connect_swapped (self->by, "notify::selected", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->words, "changed", G_CALLBACK (changed), self);
}

static void
sac_split_dialog_dispose (GObject *object)
{
  SacSplitDialog *self = SAC_SPLIT_DIALOG (object);

  sac_asker_stop (&self->asker);
  g_clear_object (&self->chooser);
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
  self->summary = sac_form_add_label (right);
  self->meter = sac_form_add_label (right);
  self->kept = sac_form_add_label (right);
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
