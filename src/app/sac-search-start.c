#include "sac-search-start.h"

#include <glib/gi18n.h>
#include <string.h>

#include "run/sac-gan-search.h"

struct _SacSearchStart {
  GtkWidget parent_instance;
  GtkGrid *grid;
  GtkEditable *name, *classifier;
  GtkSpinButton *trials, *epochs, *jobs, *limit;
  GtkDropDown *objective;
  GtkSwitch *halving;
  GtkButton *start;
  GtkLabel *missing;
  GtkFileChooserNative *chooser;
  gboolean recipe;
  char *data;
  char **taken;
};

enum { START, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SacSearchStart, sac_search_start, GTK_TYPE_WIDGET)

const char *
sac_search_start_get_name (SacSearchStart *self)
{
  return gtk_editable_get_text (self->name);
}

guint
sac_search_start_get_jobs (SacSearchStart *self)
{
  return (guint) gtk_spin_button_get_value_as_int (self->jobs);
}

char *
sac_search_start_dup_missing (SacSearchStart *self)
{
  g_autoptr (GError) error = NULL;
  const char *classifier = gtk_editable_get_text (self->classifier);

  if (!self->recipe)
    return g_strdup (_("Choose a recipe first"));
  if (!self->data)
    return g_strdup (_("Choose pictures to learn from first"));
  if (!sac_gan_search_check_name (sac_search_start_get_name (self), &error))
    return g_strdup (error->message);
  if (self->taken && g_strv_contains ((const char *const *) self->taken, sac_search_start_get_name (self)))
    return g_strdup (_("There is a search of this name"));
  if (!*classifier)
    return g_strdup (_("Choose what scores the pictures: a classifier, as “saccade gan classifier” makes it, or weights of Inception-v3"));
  if (!g_file_test (classifier, G_FILE_TEST_EXISTS))
    return g_strdup (_("What is to score the pictures is not there"));
  return NULL;
}

static void
show_missing (SacSearchStart *self)
{
  g_autofree char *why = sac_search_start_dup_missing (self);

  gtk_label_set_text (self->missing, why ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->missing), why != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->start), !why);
}

void
sac_search_start_set_source (SacSearchStart *self, gboolean recipe, const char *data)
{
  g_autofree char *held = g_strdup (data);

  g_free (self->data);
  self->data = g_steal_pointer (&held);
  self->recipe = recipe;
  show_missing (self);
}

void
sac_search_start_set_classifier (SacSearchStart *self, const char *path)
{
  if (path && !*gtk_editable_get_text (self->classifier))
    gtk_editable_set_text (self->classifier, path);
}

void
sac_search_start_set_taken (SacSearchStart *self, char **names)
{
  char **held = g_strdupv (names);
  g_autofree char *free_name = g_strdup ("search");

  for (guint i = 2; held && g_strv_contains ((const char *const *) held, free_name); i++)
    {
      g_free (free_name);
      free_name = g_strdup_printf ("search-%u", i);
    }
  if (!*gtk_editable_get_text (self->name)
      || (held && g_strv_contains ((const char *const *) held, sac_search_start_get_name (self))))
    gtk_editable_set_text (self->name, free_name);
  g_strfreev (self->taken);
  self->taken = held;
  show_missing (self);
}

static void
add (GPtrArray *words, const char *option, const char *value)
{
  g_ptr_array_add (words, g_strdup (option));
  g_ptr_array_add (words, g_strdup (value));
}

static void
add_number (GPtrArray *words, const char *option, GtkSpinButton *spin)
{
  g_ptr_array_add (words, g_strdup (option));
  g_ptr_array_add (words, g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (spin)));
}

GPtrArray *
sac_search_start_dup_words (SacSearchStart *self, const char *project, const char *recipe)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  add (words, "search", recipe);
  add (words, "--project", project);
  add (words, "--name", sac_search_start_get_name (self));
  add (words, "--data", self->data ? self->data : "");
  add (words, "--classifier", gtk_editable_get_text (self->classifier));
  add (words, "--objective", sac_objective_get_name (gtk_drop_down_get_selected (self->objective)));
  add_number (words, "--trials", self->trials);
  add_number (words, "--epochs", self->epochs);
  add_number (words, "--jobs", self->jobs);
  if (gtk_spin_button_get_value_as_int (self->limit) > 0)
    add_number (words, "--limit", self->limit);
  if (gtk_switch_get_active (self->halving))
    g_ptr_array_add (words, g_strdup ("--halving"));
  return words;
}

/* ---- the controls. */

static void
on_start (SacSearchStart *self)
{
  g_autofree char *why = sac_search_start_dup_missing (self);

  show_missing (self);
  if (!why)
    g_signal_emit (self, signals[START], 0);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, SacSearchStart *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);

      gtk_editable_set_text (self->classifier, path ? path : "");
    }
  g_clear_object (&self->chooser);
}

static void
on_browse (SacSearchStart *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (_("What scores the pictures"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Choose"), _("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
put (SacSearchStart *self, int row, const char *words, const char *tip, GtkWidget *control)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (control, !GTK_IS_SWITCH (control));
  if (GTK_IS_SWITCH (control))
    gtk_widget_set_halign (control, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (control, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_grid_attach (self->grid, label, 0, row, 1, 1);
  gtk_grid_attach (self->grid, control, 1, row, 1, 1);
}

static GtkSpinButton *
spin (double least, double most, double value)
{
  GtkWidget *button = gtk_spin_button_new_with_range (least, most, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (button), value);
  return GTK_SPIN_BUTTON (button);
}

static void
sac_search_start_init (SacSearchStart *self)
{
  GtkStringList *objectives = gtk_string_list_new (NULL);
  GtkWidget *browse = gtk_button_new_from_icon_name ("folder-open-symbolic");

  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 12);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_set_parent (GTK_WIDGET (self->grid), GTK_WIDGET (self));
  for (guint i = 0; i < SAC_N_OBJECTIVES; i++)
    gtk_string_list_append (objectives, sac_objective_get_words (i));
  self->name = GTK_EDITABLE (gtk_entry_new ());
  self->trials = spin (1, SAC_SEARCH_MOST_TRIALS, 20);
  self->epochs = spin (1, 100000, 1);
  self->jobs = spin (1, 256, 1);
  self->limit = spin (0, 10000000, 0);
  self->objective = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (objectives), NULL));
  self->halving = GTK_SWITCH (gtk_switch_new ());
  self->classifier = GTK_EDITABLE (gtk_entry_new ());
  put (self, 0, _("Name"), NULL, GTK_WIDGET (self->name));
  put (self, 1, _("Graphs to try"), _("Drawn at random; none twice, whatever the generators are called"), GTK_WIDGET (self->trials));
  put (self, 2, _("Epochs of each"), NULL, GTK_WIDGET (self->epochs));
  put (self, 3, _("Trials at once"), _("Each is a program of its own; they share the cores"), GTK_WIDGET (self->jobs));
  put (self, 4, _("Objective"), _("What makes one graph better than another"), GTK_WIDGET (self->objective));
  put (self, 5, _("Halving"), _("All trials go one epoch, the better half two, the better half of those four …"),
       GTK_WIDGET (self->halving));
  put (self, 6, _("Pictures at most"), _("0: all of them"), GTK_WIDGET (self->limit));
  put (self, 7, _("Scored by"), _("A classifier trained here, or weights of Inception-v3"), GTK_WIDGET (self->classifier));
  gtk_widget_set_tooltip_text (browse, _("Choose what scores the pictures"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (browse), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose what scores the pictures"), -1);
  gtk_grid_attach (self->grid, browse, 2, 7, 1, 1);
  self->missing = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->missing, TRUE);
  gtk_label_set_max_width_chars (self->missing, 44);
  gtk_label_set_xalign (self->missing, 0);
  gtk_grid_attach (self->grid, GTK_WIDGET (self->missing), 0, 8, 3, 1);
  self->start = GTK_BUTTON (gtk_button_new_with_label (_("Start the search")));
  gtk_widget_add_css_class (GTK_WIDGET (self->start), "suggested-action");
  gtk_grid_attach (self->grid, GTK_WIDGET (self->start), 0, 9, 3, 1);
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (on_start), self);
  g_signal_connect_swapped (browse, "clicked", G_CALLBACK (on_browse), self);
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (on_start), self);
  g_signal_connect_swapped (self->name, "changed", G_CALLBACK (show_missing), self);
  g_signal_connect_swapped (self->classifier, "changed", G_CALLBACK (show_missing), self);
  sac_search_start_set_taken (self, NULL);
}

static void
sac_search_start_dispose (GObject *object)
{
  SacSearchStart *self = SAC_SEARCH_START (object);
  GtkWidget *child;

  if (self->chooser)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_object (&self->chooser);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_pointer (&self->data, g_free);
  g_clear_pointer (&self->taken, g_strfreev);
  G_OBJECT_CLASS (sac_search_start_parent_class)->dispose (object);
}

static void
sac_search_start_class_init (SacSearchStartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_search_start_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[START] = g_signal_new ("start", SAC_TYPE_SEARCH_START, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

GtkWidget *
sac_search_start_new (void)
{
  return g_object_new (SAC_TYPE_SEARCH_START, NULL);
}
