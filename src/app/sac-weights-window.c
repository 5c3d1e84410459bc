#include "sac-weights-window.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run/sac-weight-study.h"
#include "sac-gan-runs.h"
#include "sac-motion-table.h"
#include "sac-plot.h"
#include "sac-tool-job.h"

#define CLIPS "48"              /* whose outputs are compared, if asked for */

struct _SacWeightsWindow {
  AdwWindow parent_instance;
  SacSession *session;
  SacToolJob *job;
  SacWeightStudy *study;        /* NULL: nothing computed yet */
  GArray *offered;              /* SacWeightValue, by place in the drop-down */
  GtkNativeDialog *chooser;

  GtkListBox *runs;             /* rows carry their folder and check button */
  GtkDropDown *quantity;
  GtkCheckButton *outputs;
  GtkButton *start, *motion, *save;
  gboolean asks_motion;         /* what the job is about */
  GtkProgressBar *bar;
  GtkStack *stack;              /* words, plot, motion */
  AdwStatusPage *words;
  GtkLabel *meaning, *answer;
  SacPlot *plot;
  GtkGrid *table;
};

G_DEFINE_FINAL_TYPE (SacWeightsWindow, sac_weights_window, ADW_TYPE_WINDOW)

/* ---- the plot. */

static int
chosen (SacWeightsWindow *self)
{
  guint at = gtk_drop_down_get_selected (self->quantity);

  return self->study && at < self->offered->len ? (int) g_array_index (self->offered, SacWeightValue, at) : -1;
}

typedef struct {
  SacAxes axes;
  SacCurve *curves;
  double *x, *y;
  char **names;
  char *depth;
  guint n, n_series;
} Lines;

static void
make_lines (SacWeightsWindow *self, Lines *lines)
{
  SacWeightValue value = (SacWeightValue) chosen (self);

  *lines = (Lines) { .names = sac_weight_study_dup_depths (self->study, value), .n_series = self->study->series->len };
  lines->n = g_strv_length (lines->names);
  lines->x = g_new (double, lines->n + 1);
  lines->y = g_new (double, (gsize) lines->n * lines->n_series + 1);
  lines->curves = g_new0 (SacCurve, lines->n_series + 1);
  lines->depth = lines->n ? g_strdup_printf (_("layers, from %s to %s"), lines->names[0], lines->names[lines->n - 1]) : g_strdup ("");
  lines->axes = (SacAxes) { .x_name = lines->depth, .y_name = sac_weight_value_get_words (value) };
  for (guint i = 0; i < lines->n; i++)
    lines->x[i] = i + 1;
  for (guint s = 0; s < lines->n_series; s++)
    {
      const SacWeightSeries *series = self->study->series->pdata[s];
      double *y = lines->y + (gsize) s * lines->n;

      for (guint i = 0; i < lines->n; i++)
        y[i] = sac_weight_series_get (series, lines->names[i], value);
      lines->curves[s] = (SacCurve) { .x = lines->x, .y = y, .n = lines->n, .name = series->name };
    }
  lines->axes.log_y = sac_weight_values_want_log (lines->y, (gsize) lines->n * lines->n_series);
}

static void
clear_lines (Lines *lines)
{
  g_strfreev (lines->names);
  g_free (lines->x);
  g_free (lines->y);
  g_free (lines->curves);
  g_free (lines->depth);
}

static void
draw_lines (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacWeightsWindow *self = data;
  Lines lines;

  if (chosen (self) < 0)
    return;
  make_lines (self, &lines);
  if (lines.n > 0)
    sac_chart_draw (cr, width, height, style, &lines.axes, lines.curves, lines.n_series);
  clear_lines (&lines);
}

static char *
lines_text (gpointer data)
{
  SacWeightsWindow *self = data;
  GString *out = g_string_new (_("layer"));
  Lines lines;

  if (chosen (self) < 0)
    return g_string_free (out, FALSE);
  make_lines (self, &lines);
  for (guint s = 0; s < lines.n_series; s++)
    g_string_append_printf (out, "\t%s", lines.curves[s].name);
  for (guint i = 0; i < lines.n; i++)
    {
      g_string_append_printf (out, "\n%s", lines.names[i]);
      for (guint s = 0; s < lines.n_series; s++)
        g_string_append_printf (out, "\t%g", lines.curves[s].y[i]);
    }
  g_string_append_c (out, '\n');
  clear_lines (&lines);
  return g_string_free (out, FALSE);
}

/* ---- the table: a line a layer, a column a run. */

static void
put (SacWeightsWindow *self, int column, int row, const char *text, gboolean head)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column ? 1 : 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (column)
    gtk_widget_add_css_class (label, "numeric");
  if (head)
    gtk_widget_add_css_class (label, "heading");
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

static void
show_quantity (SacWeightsWindow *self)
{
  GtkWidget *child;
  Lines lines;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))))
    gtk_grid_remove (self->table, child);
  if (chosen (self) < 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, "plot");
  gtk_label_set_text (self->meaning, sac_weight_value_get_meaning ((SacWeightValue) chosen (self)));
  make_lines (self, &lines);
  put (self, 0, 0, _("Layer"), TRUE);
  for (guint s = 0; s < lines.n_series; s++)
    put (self, (int) s + 1, 0, lines.curves[s].name, TRUE);
  for (guint i = 0; i < lines.n; i++)
    {
      put (self, 0, (int) i + 1, lines.names[i], FALSE);
      for (guint s = 0; s < lines.n_series; s++)
        {
          g_autofree char *text = isnan (lines.curves[s].y[i]) ? g_strdup ("–") : g_strdup_printf ("%.4g", lines.curves[s].y[i]);

          put (self, (int) s + 1, (int) i + 1, text, FALSE);
        }
    }
  if (lines.n > 0)
    {
      g_autofree char *told = g_strdup_printf (_("%s of %u layers, %u runs; the table below has the numbers"), lines.axes.y_name, lines.n,
                                               lines.n_series);

      sac_plot_describe (self->plot, told);
    }
  clear_lines (&lines);
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
}

/* Quantities that some layer has. */
static void
offer_quantities (SacWeightsWindow *self)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  int before = chosen (self);
  guint select = 0;

  g_array_set_size (self->offered, 0);
  for (guint v = 0; v < SAC_N_WEIGHT_VALUES; v++)
    {
      g_auto (GStrv) names = sac_weight_study_dup_depths (self->study, (SacWeightValue) v);
      SacWeightValue value = (SacWeightValue) v;

      if (!names[0])
        continue;
      if ((int) v == (before < 0 ? SAC_WEIGHT_RELATIVE2 : before))
        select = self->offered->len;
      g_array_append_val (self->offered, value);
      gtk_string_list_append (words, sac_weight_value_get_words (value));
    }
  gtk_drop_down_set_model (self->quantity, G_LIST_MODEL (words));
  gtk_drop_down_set_selected (self->quantity, select);
}

/* ---- the work. */

static void
update (SacWeightsWindow *self)
{
  gboolean running = sac_tool_job_is_running (self->job);

  gtk_button_set_label (self->start, running ? _("Cancel") : _("Compute"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->motion), !running);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), running);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), self->study != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->quantity), self->study != NULL);
}

static void
say (SacWeightsWindow *self, const char *title, const char *words)
{
  g_autofree char *safe = g_markup_escape_text (words, -1);     /* the page takes markup */

  adw_status_page_set_title (self->words, title);
  adw_status_page_set_description (self->words, safe);
  gtk_stack_set_visible_child_name (self->stack, "words");
}

static void
start (SacWeightsWindow *self, gboolean motion)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->runs));

  g_ptr_array_add (words, (char *) "weights");
  g_ptr_array_add (words, (char *) (motion ? "motion" : "compare"));
  g_ptr_array_add (words, (char *) "--json");
  if (sac_session_get_path (self->session))
    {
      g_ptr_array_add (words, (char *) "--project");
      g_ptr_array_add (words, (char *) sac_session_get_path (self->session));
    }
  if (!motion && gtk_check_button_get_active (self->outputs))
    {
      g_ptr_array_add (words, (char *) "--clips");
      g_ptr_array_add (words, (char *) CLIPS);
    }
  for (guint before = words->len; row || words->len == before; row = gtk_widget_get_next_sibling (row))
    {
      if (!row)
        {
          say (self, _("Tick a run"), motion ? _("It scores the test clips backwards, shuffled and held still.")
                                             : _("Its first weights are compared with its best ones."));
          return;
        }
      if (gtk_check_button_get_active (g_object_get_data (G_OBJECT (row), "check")))
        g_ptr_array_add (words, g_object_get_data (G_OBJECT (row), "folder"));
    }
  g_ptr_array_add (words, NULL);
  self->asks_motion = motion;
  gtk_progress_bar_set_fraction (self->bar, 0);
  sac_tool_job_start (self->job, (const char *const *) words->pdata);
  update (self);
}

static void
on_start (SacWeightsWindow *self)
{
  if (sac_tool_job_is_running (self->job))
    sac_tool_job_cancel (self->job);
  else
    start (self, FALSE);
}

static void
on_motion (SacWeightsWindow *self)
{
  if (!sac_tool_job_is_running (self->job))
    start (self, TRUE);
}

static void
show_motion (SacWeightsWindow *self, gboolean fine, const char *words)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GtkWidget *table, *old = gtk_stack_get_child_by_name (self->stack, "motion");

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->runs)); row; row = gtk_widget_get_next_sibling (row))
    g_hash_table_insert (names, g_object_get_data (G_OBJECT (row), "folder"),
                         (gpointer) gtk_check_button_get_label (g_object_get_data (G_OBJECT (row), "check")));
  table = fine ? sac_motion_table_new (words, names) : NULL;
  if (table)
    {
      if (old)
        gtk_stack_remove (self->stack, old);
      gtk_stack_add_named (self->stack, table, "motion");
      gtk_stack_set_visible_child_name (self->stack, "motion");
    }
  else if (words)
    say (self, _("This cannot be told"), words);
  update (self);
}

static void
on_progress (SacWeightsWindow *self, double fraction)
{
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
}

static void
on_done (SacWeightsWindow *self, gboolean fine, const char *words)
{
  g_autoptr (GError) error = NULL;
  SacWeightStudy *study = fine && !self->asks_motion ? sac_weight_study_parse (words, -1, &error) : NULL;

  if (self->asks_motion)
    {
      show_motion (self, fine, words);
      return;
    }
  if (study)
    {
      int before = chosen (self);

      sac_weight_study_free (self->study);
      self->study = study;
      if (before < 0)
        gtk_drop_down_set_model (self->quantity, NULL);
      offer_quantities (self);
      gtk_label_set_text (self->answer, study->answer ? study->answer : "");
      gtk_widget_set_visible (GTK_WIDGET (self->answer), study->answer && *study->answer);
      show_quantity (self);
      gtk_stack_set_visible_child_name (self->stack, "plot");
    }
  else if (words || error)
    say (self, _("The weights cannot be compared"), words && !fine ? words : error->message);
  update (self);
}

/* ---- CSV. */

static void
on_file (GtkNativeDialog *dialog, int response, SacWeightsWindow *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL, *csv = path && self->study ? sac_weight_study_dup_csv (self->study) : NULL;
  g_autoptr (GError) error = NULL;

  if (csv && !sac_file_replace (path, csv, strlen (csv), &error))
    sac_session_say (self->session, FALSE, "%s", error->message);
  g_clear_object (&self->chooser);
}

static void
on_save (SacWeightsWindow *self)
{
  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (_("Save the numbers"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                                                  _("_Save"), _("_Cancel")));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "weights.csv");
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_file), self);
  gtk_native_dialog_show (self->chooser);
}

/* ---- life. */

static void
sac_weights_window_dispose (GObject *object)
{
  SacWeightsWindow *self = SAC_WEIGHTS_WINDOW (object);

  if (self->job)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      sac_tool_job_cancel (self->job);
    }
  g_clear_object (&self->job);
  g_clear_object (&self->chooser);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_weights_window_parent_class)->dispose (object);
}

static void
sac_weights_window_finalize (GObject *object)
{
  SacWeightsWindow *self = SAC_WEIGHTS_WINDOW (object);

  g_clear_pointer (&self->study, sac_weight_study_free);
  g_array_unref (self->offered);
  G_OBJECT_CLASS (sac_weights_window_parent_class)->finalize (object);
}

static void
sac_weights_window_class_init (SacWeightsWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_weights_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_weights_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
make_side (SacWeightsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scroll = gtk_scrolled_window_new ();

  self->runs = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->runs, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->runs), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->runs), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Runs to compare"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (self->runs));
  gtk_widget_set_vexpand (scroll, TRUE);
  self->outputs = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_("Outputs on test clips, too")));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->outputs), _("How like the layers’ answers are before and after; takes longer"));
  self->start = GTK_BUTTON (gtk_button_new_with_label (_("Compute")));
  gtk_widget_add_css_class (GTK_WIDGET (self->start), "suggested-action");
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"), -1);
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (on_start), self);
  gtk_box_append (GTK_BOX (box), scroll);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->outputs));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->bar));
  self->motion = GTK_BUTTON (gtk_button_new_with_label (_("Does it use time?")));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->motion), _("Scores of the test clips backwards, shuffled and held still"));
  g_signal_connect_swapped (self->motion, "clicked", G_CALLBACK (on_motion), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->start));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->motion));
  gtk_widget_set_size_request (box, 240, -1);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  return box;
}

static GtkWidget *
make_content (SacWeightsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scroll = gtk_scrolled_window_new ();
  GtkWidget *pane = gtk_paned_new (GTK_ORIENTATION_VERTICAL);

  self->meaning = GTK_LABEL (gtk_label_new (NULL));
  self->answer = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->answer, TRUE);
  gtk_label_set_xalign (self->answer, 0);
  gtk_label_set_selectable (self->answer, TRUE);
  gtk_label_set_xalign (self->meaning, 0);
  gtk_label_set_wrap (self->meaning, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->meaning), "dim-label");
  self->plot = g_object_new (SAC_TYPE_PLOT, "vexpand", TRUE, "height-request", 220, NULL);
  sac_plot_set_up (self->plot, _("Weights by depth"), "weights", draw_lines, lines_text, self);
  self->table = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->table, 24);
  gtk_grid_set_row_spacing (self->table, 2);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (self->table));
  gtk_widget_set_size_request (scroll, -1, 120);
  gtk_paned_set_start_child (GTK_PANED (pane), GTK_WIDGET (self->plot));
  gtk_paned_set_end_child (GTK_PANED (pane), scroll);
  gtk_paned_set_position (GTK_PANED (pane), 300);
  gtk_widget_set_vexpand (pane, TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->answer));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->meaning));
  gtk_box_append (GTK_BOX (box), pane);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  return box;
}

static void
sac_weights_window_init (SacWeightsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = adw_header_bar_new ();
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->offered = g_array_new (FALSE, FALSE, sizeof (SacWeightValue));
  self->words = ADW_STATUS_PAGE (adw_status_page_new ());
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->words), "words");
  gtk_stack_add_named (self->stack, make_content (self), "plot");
  gtk_widget_set_hexpand (GTK_WIDGET (self->stack), TRUE);
  self->quantity = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->quantity), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What is shown"), -1);
  g_signal_connect_swapped (self->quantity, "notify::selected", G_CALLBACK (show_quantity), self);
  self->save = GTK_BUTTON (gtk_button_new_with_label (_("CSV…")));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->save), _("Save all numbers; the picture’s menu saves it as SVG, PDF or PNG"));
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), GTK_WIDGET (self->quantity));
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), GTK_WIDGET (self->save));
  gtk_box_append (GTK_BOX (body), make_side (self));
  gtk_box_append (GTK_BOX (body), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (self->stack));
  gtk_widget_set_vexpand (body, TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), body);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _("Weights"));
  gtk_window_set_default_size (GTK_WINDOW (self), 1000, 720);
  self->job = sac_tool_job_new ();
  g_signal_connect_swapped (self->job, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->job, "done", G_CALLBACK (on_done), self);
}

static void
add_run (SacWeightsWindow *self, const char *name, const char *folder, gboolean ticked)
{
  GtkWidget *row = gtk_list_box_row_new (), *check = gtk_check_button_new_with_label (name);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), ticked);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), check);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  g_object_set_data_full (G_OBJECT (row), "folder", g_strdup (folder), g_free);
  g_object_set_data (G_OBJECT (row), "check", check);
  gtk_list_box_append (self->runs, row);
}

GtkWidget *
sac_weights_window_new (SacSession *session, GtkWidget *page, const char *const *runs)
{
  SacWeightsWindow *self = g_object_new (SAC_TYPE_WEIGHTS_WINDOW, "transient-for", page ? gtk_widget_get_root (page) : NULL, "modal", TRUE,
                                         NULL);
  SacProject *project = sac_session_get_project (session);
  g_autoptr (GPtrArray) rows = project ? sac_gan_runs_list_others (project) : NULL;
  gboolean any = FALSE;

  self->session = g_object_ref (session);
  for (guint i = 0; rows && i < rows->len; i++)
    {
      const SacRunRow *run = rows->pdata[i];
      gboolean ticked = runs && g_strv_contains (runs, run->folder);

      any |= ticked;
      add_run (self, run->name, run->folder, ticked);
    }
  say (self, _("What training changed"),
       rows && rows->len > 0 ? _("Tick runs: the first weights of each are compared with its best ones, layer by layer. With one that "
                                 "began by averaging and one by centring, the two are compared in words.")
                             : _("The project has no runs yet."));
  update (self);
  if (any)
    start (self, FALSE);
  return GTK_WIDGET (self);
}
