#include "sac-gan-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "data/sac-images.h"
#include "sac-device-choice.h"
#include "sac-form.h"
#include "sac-graph-editor.h"
#include "sac-settings.h"

#define CLIP_EVERY 10           /* frames beside each other show nearly the same */
#define GUESSED_SPEED 4e9       /* multiply-adds a second of a core, where no run has shown it */

static const int sizes[] = { 32, 64 };

struct _SacGanForm {
  AdwBin parent_instance;
  AdwComboRow *recipe_row;
  AdwActionRow *data_row, *time_row;
  GtkLabel *recipe_text;
  GtkSpinButton *width, *epochs, *seed;
  GtkDropDown *size, *device;
  SacGraphEditor *graph;
  GtkFileChooserNative *chooser;
  GPtrArray *paths;             /* char*, recipes in the order of the row */
  SacGanRecipe *recipe;         /* as it is in the file, nullable */
  char *data, *project;
  guint n_pictures;             /* at @data; 0: not known, or none */
  gboolean counting;
  double speed;                 /* 0: not known */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (SacGanForm, sac_gan_form, ADW_TYPE_BIN)

static guint changed_signal;

/* ---- what was chosen. */

const char *
sac_gan_form_get_recipe (SacGanForm *self)
{
  guint i = adw_combo_row_get_selected (self->recipe_row);

  return i < self->paths->len ? self->paths->pdata[i] : NULL;
}

const char *
sac_gan_form_get_data (SacGanForm *self)
{
  return self->data;
}

const char *
sac_gan_form_get_device (SacGanForm *self)
{
  return sac_device_choice_get_name (self->device);
}

static int
get_size (SacGanForm *self)
{
  return sizes[MIN (gtk_drop_down_get_selected (self->size), G_N_ELEMENTS (sizes) - 1)];
}

/* The recipe with what was changed; FALSE while there is none. */
static gboolean
get_wish (SacGanForm *self, SacGanRecipe *wish)
{
  if (!self->recipe)
    return FALSE;
  *wish = *self->recipe;
  wish->size = get_size (self);
  wish->width = gtk_spin_button_get_value_as_int (self->width);
  wish->epochs = gtk_spin_button_get_value_as_int (self->epochs);
  wish->seed = (guint64) gtk_spin_button_get_value (self->seed);
  sac_graph_editor_get_graph (self->graph, &wish->graph);
  return TRUE;
}

char *
sac_gan_form_dup_recipe (SacGanForm *self)
{
  SacGanRecipe wish;

  return get_wish (self, &wish) ? sac_gan_recipe_dup_text (&wish) : NULL;
}

const char *
sac_gan_form_get_missing (SacGanForm *self)
{
  if (!self->recipe)
    return _("There is no recipe for generators.");
  if (!self->data)
    return _("Choose the pictures to learn from, or drop a folder of them here.");
  if (!self->counting && self->n_pictures == 0 && !sac_images_is_project (self->data))
    return _("There are no pictures that can be read.");
  return NULL;
}

GPtrArray *
sac_gan_form_dup_words (SacGanForm *self)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  SacGanRecipe wish;
  g_autofree char *graph = NULL;

  if (sac_gan_form_get_missing (self) || !get_wish (self, &wish))
    {
      g_ptr_array_unref (words);
      return NULL;
    }
  graph = sac_gan_graph_dup_text (&wish.graph);
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (words, g_strdup (i == 0 ? "gan" : "train"));
  g_ptr_array_add (words, g_strdup (sac_gan_form_get_recipe (self)));
  g_ptr_array_add (words, g_strdup ("--data"));
  g_ptr_array_add (words, g_strdup (self->data));
  g_ptr_array_add (words, g_strdup ("--device"));
  g_ptr_array_add (words, g_strdup (sac_gan_form_get_device (self)));
  if (!sac_gan_graph_equal (&wish.graph, &self->recipe->graph))
    {
      g_ptr_array_add (words, g_strdup ("--graph"));
      g_ptr_array_add (words, g_steal_pointer (&graph));
    }
  {
    const struct { const char *key; guint64 is, was; } numbers[] = {
      { "size", (guint64) wish.size, (guint64) self->recipe->size },
      { "width", (guint64) wish.width, (guint64) self->recipe->width },
      { "epochs", (guint64) wish.epochs, (guint64) self->recipe->epochs },
      { "seed", wish.seed, self->recipe->seed },
    };

    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      if (numbers[i].is != numbers[i].was)
        {
          g_ptr_array_add (words, g_strdup ("--set"));
          g_ptr_array_add (words, g_strdup_printf ("%s=%" G_GUINT64_FORMAT, numbers[i].key, numbers[i].is));
        }
  }
  return words;
}

/* ---- how long it takes. */

static void
show_time (SacGanForm *self)
{
  SacGanRecipe wish;
  g_autofree char *text = NULL;

  if (self->n_pictures == 0 || !get_wish (self, &wish))
    text = g_strdup ("–");
  else
    {
      guint64 each = (self->n_pictures + (guint) wish.batch - 1) / (guint) wish.batch, updates = each * (guint) wish.epochs;
      double speed = self->speed > 0 ? self->speed : GUESSED_SPEED * g_get_num_processors ();
      g_autofree char *duration = sac_dup_duration ((double) updates * wish.batch * sac_gan_recipe_work (&wish) / speed);
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, updates);

      text = self->speed > 0 ? g_strdup_printf (_("about %s for %s updates, by how fast the last run was"), duration, number)
                             : g_strdup_printf (_("roughly %s for %s updates; a first run will show"), duration, number);
    }
  adw_action_row_set_subtitle (self->time_row, text);
}

void
sac_gan_form_set_speed (SacGanForm *self, double work_per_second)
{
  self->speed = work_per_second;
  show_time (self);
}

static void
on_changed (SacGanForm *self)
{
  if (self->filling)
    return;
  show_time (self);
  g_signal_emit (self, changed_signal, 0);
}

/* ---- pictures. */

static void
show_data (SacGanForm *self)
{
  g_autofree char *base = self->data ? g_path_get_basename (self->data) : NULL;
  g_autofree char *text = NULL;

  if (!self->data)
    text = g_strdup (_("A folder of pictures, a file of CIFAR-10, or frames of the clips"));
  else if (self->counting)
    text = g_strdup_printf (_("%s; being counted"), base);
  else if (sac_images_is_project (self->data))
    text = g_strdup_printf (_("Every %dth frame of the clips of this project"), CLIP_EVERY);
  else
    text = g_strdup_printf (g_dngettext ("saccade", "%s: %u picture", "%s: %u pictures", self->n_pictures), base, self->n_pictures);
  adw_action_row_set_subtitle (self->data_row, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->data_row), self->data);
}

static void
count_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_int (task, sac_images_count (task_data));
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer data)
{
  SacGanForm *self = SAC_GAN_FORM (source);

  if (!self->paths || g_strcmp0 (g_task_get_task_data (G_TASK (result)), self->data) != 0)
    return;
  self->n_pictures = (guint) g_task_propagate_int (G_TASK (result), NULL);
  self->counting = FALSE;
  show_data (self);
  on_changed (self);
}

void
sac_gan_form_set_data (SacGanForm *self, const char *path, gboolean by_hand)
{
  g_autoptr (GTask) task = NULL;

  if (!path || (self->data && !by_hand) || g_strcmp0 (path, self->data) == 0)
    return;
  g_free (self->data);
  self->data = g_strdup (path);
  self->n_pictures = 0;
  self->counting = TRUE;
  show_data (self);
  task = g_task_new (self, NULL, on_counted, NULL);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, count_in_thread);
  on_changed (self);
}

void
sac_gan_form_set_project (SacGanForm *self, const char *path)
{
  if (g_strcmp0 (path, self->project) == 0)
    return;
  g_free (self->project);
  self->project = g_strdup (path);
  g_clear_pointer (&self->data, g_free);
  self->n_pictures = 0;
  show_data (self);
  on_changed (self);
}

static void
chooser_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  SacGanForm *self = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);

      sac_gan_form_set_data (self, path, TRUE);
    }
  g_clear_object (&self->chooser);
}

static void
choose (SacGanForm *self, gboolean folder)
{
  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (folder ? _("Folder of pictures") : _("Batch of CIFAR-10 (.bin)"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Open"), _("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (chooser_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_folder (SacGanForm *self)
{
  choose (self, TRUE);
}

static void
on_file (SacGanForm *self)
{
  choose (self, FALSE);
}

static void
on_clips (SacGanForm *self)
{
  g_autofree char *source = self->project ? sac_images_dup_source (self->project, NULL, CLIP_EVERY) : NULL;

  sac_gan_form_set_data (self, source, TRUE);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SacGanForm *self)
{
  GSList *files = g_value_get_boxed (value);
  g_autofree char *path = files ? g_file_get_path (files->data) : NULL;

  sac_gan_form_set_data (self, path, TRUE);
  return path != NULL;
}

/* ---- recipes. */

static void
on_recipe (SacGanForm *self)
{
  const char *path = sac_gan_form_get_recipe (self);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->recipe, sac_gan_recipe_free);
  self->recipe = path ? sac_gan_recipe_load (path, &error) : NULL;
  gtk_label_set_text (self->recipe_text, error ? error->message : self->recipe ? self->recipe->description : "");
  if (self->recipe)
    {
      self->filling = TRUE;
      sac_graph_editor_set_graph (self->graph, &self->recipe->graph);
      gtk_drop_down_set_selected (self->size, self->recipe->size == 64);
      gtk_spin_button_set_value (self->width, self->recipe->width);
      gtk_spin_button_set_value (self->epochs, self->recipe->epochs);
      gtk_spin_button_set_value (self->seed, (double) self->recipe->seed);
      self->filling = FALSE;
    }
  on_changed (self);
}

void
sac_gan_form_fill (SacGanForm *self)
{
  g_auto (GStrv) paths = NULL;
  g_autoptr (GtkStringList) titles = NULL;

  if (self->paths->len > 0)
    return;
  paths = sac_gan_recipe_list ();
  titles = gtk_string_list_new (NULL);
  for (guint i = 0; paths[i]; i++)
    {
      g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_load (paths[i], NULL);

      if (!recipe)
        continue;
      g_ptr_array_add (self->paths, g_strdup (paths[i]));
      gtk_string_list_append (titles, recipe->title ? recipe->title : paths[i]);
    }
  adw_combo_row_set_model (self->recipe_row, G_LIST_MODEL (titles));
  on_recipe (self);
}

gboolean
sac_gan_form_take_graph (SacGanForm *self, const char *text)
{
  SacGanGraph graph;

  if (!sac_gan_graph_parse (text, &graph, NULL))
    return FALSE;
  sac_graph_editor_take (self->graph, &graph);
  return TRUE;
}

/* ---- object. */

static void
sac_gan_form_dispose (GObject *object)
{
  SacGanForm *self = SAC_GAN_FORM (object);

  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->recipe, sac_gan_recipe_free);
  g_clear_pointer (&self->data, g_free);
  g_clear_pointer (&self->project, g_free);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (sac_gan_form_parent_class)->dispose (object);
}

static void
sac_gan_form_class_init (SacGanFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_gan_form_dispose;
  changed_signal = g_signal_new ("changed", SAC_TYPE_GAN_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_button (SacGanForm *self, const char *icon, const char *name, void (*act) (SacGanForm *))
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (act), self);
  adw_action_row_add_suffix (self->data_row, button);
}

static GtkWidget *
spin (SacGanForm *self, double low, double high, GtkSpinButton **kept)
{
  GtkWidget *button = gtk_spin_button_new_with_range (low, high, 1);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "value-changed", G_CALLBACK (on_changed), self);
  *kept = GTK_SPIN_BUTTON (button);
  return button;
}

static GtkWidget *
drop (SacGanForm *self, const char *const *words, GtkDropDown **kept)
{
  GtkWidget *widget = gtk_drop_down_new_from_strings (words);

  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (widget, "notify::selected", G_CALLBACK (on_changed), self);
  *kept = GTK_DROP_DOWN (widget);
  return widget;
}

static void
build_first (SacGanForm *self, GtkWidget *box)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, _("New generators"));
  self->recipe_row = ADW_COMBO_ROW (adw_combo_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->recipe_row), _("Recipe"));
  g_signal_connect_swapped (self->recipe_row, "notify::selected", G_CALLBACK (on_recipe), self);
  adw_preferences_group_add (group, GTK_WIDGET (self->recipe_row));
  self->data_row = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->data_row), _("Pictures"));
  adw_action_row_set_subtitle_lines (self->data_row, 3);
  add_button (self, "folder-open-symbolic", _("Choose a folder of pictures"), on_folder);
  add_button (self, "package-x-generic-symbolic", _("Choose a batch of CIFAR-10"), on_file);
  add_button (self, "sac-clips-symbolic", _("Frames of the clips of this project"), on_clips);
  adw_preferences_group_add (group, GTK_WIDGET (self->data_row));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (group));
  self->recipe_text = sac_form_add_label (box);
}

static void
build_second (SacGanForm *self, GtkWidget *box)
{
  const char *const size_words[] = { "32 × 32", "64 × 64", NULL };
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *device = sac_device_choice_new (TRUE);

  self->device = GTK_DROP_DOWN (device);
  g_signal_connect_swapped (device, "notify::selected", G_CALLBACK (on_changed), self);
  sac_form_add_row (group, _("Size"), NULL, drop (self, size_words, &self->size));
  sac_form_add_row (group, _("Base width"), _("Channels of the widest pictures inside; 64 in the paper"),
                    spin (self, 1, 512, &self->width));
  sac_form_add_row (group, _("Epochs"), NULL, spin (self, 1, 100000, &self->epochs));
  sac_form_add_row (group, _("Seed"), NULL, spin (self, 0, 1e9, &self->seed));
  sac_form_add_row (group, _("Device"), NULL, device);
  self->time_row = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->time_row), _("Time"));
  adw_action_row_set_subtitle_lines (self->time_row, 3);
  adw_preferences_group_add (group, GTK_WIDGET (self->time_row));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (group));
}

static void
sac_gan_form_init (SacGanForm *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->filling = TRUE;
  build_first (self, box);
  self->graph = SAC_GRAPH_EDITOR (sac_graph_editor_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->graph), -1, 330);
  g_signal_connect_swapped (self->graph, "changed", G_CALLBACK (on_changed), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->graph));
  build_second (self, box);
  self->filling = FALSE;
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  show_data (self);
  show_time (self);
}
