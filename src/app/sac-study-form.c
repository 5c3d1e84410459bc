#include "sac-study-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "run/sac-study.h"
#include "sac-device-choice.h"
#include "sac-settings.h"

/* Where an arm begins, or what a source learns from. */
typedef struct {
  SacStudyForm *form;
  char *name;
  gboolean source;
  GtkCheckButton *check;        /* NULL for a source */
  GtkDropDown *from;
  GtkStringList *words;         /* own, scratch (where there is weights=), a file…, and the file that was chosen */
  guint scratch, choose, before;
  char *file;                   /* chosen, nullable */
} Origin;

struct _SacStudyForm {
  AdwBin parent_instance;
  char **recipes;               /* paths */
  SacStudyPlan *plan;
  GPtrArray *origins;           /* Origin, as the plan's arms and sources */
  GtkDropDown *recipe, *device;
  GtkGrid *arms;
  GtkEditable *seeds;
  GtkLabel *about;
  GtkFileChooserNative *chooser;
  Origin *choosing;
};

G_DEFINE_FINAL_TYPE (SacStudyForm, sac_study_form, ADW_TYPE_BIN)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
origin_free (gpointer data)
{
  Origin *origin = data;

  g_free (origin->name);
  g_free (origin->file);
  g_free (origin);
}

/* ---- where an arm begins. */
static void
close_chooser (SacStudyForm *self)
{
  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  self->choosing = NULL;
}

static void
on_file (SacStudyForm *self, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  Origin *origin = self->choosing;

  if (origin && path)
    {
      g_autofree char *base = g_path_get_basename (path);
      const char *const words[] = { base, NULL };
      guint n = g_list_model_get_n_items (G_LIST_MODEL (origin->words));

      g_free (origin->file);
      origin->file = g_steal_pointer (&path);
      gtk_string_list_splice (origin->words, origin->choose + 1, n - origin->choose - 1, words);
      gtk_drop_down_set_selected (origin->from, origin->choose + 1);
      gtk_widget_set_tooltip_text (GTK_WIDGET (origin->from), origin->file);
    }
  close_chooser (self);
}

static void
on_from (Origin *origin)
{
  SacStudyForm *self = origin->form;
  guint chosen = gtk_drop_down_get_selected (origin->from);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (chosen != origin->choose)
    {
      origin->before = chosen;
      return;
    }
  gtk_drop_down_set_selected (origin->from, origin->before);    /* until a file is chosen */
  close_chooser (self);
  self->choosing = origin;
  self->chooser = gtk_file_chooser_native_new (origin->source ? _("Choose a project") : _("Choose weights"),
                                               GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (on_file), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static char *
dup_own (const SacStudyArm *arm, gboolean source)
{
  if (source)
    return g_path_get_basename (arm->project);
  if (!*arm->weights)
    return g_strdup (_("From scratch"));
  if (g_str_has_prefix (arm->weights, "source:"))
    return g_strdup_printf (_("What “%s” learnt"), arm->weights + strlen ("source:"));
  return g_path_get_basename (arm->weights);
}

static void
add_origin (SacStudyForm *self, const SacStudyArm *arm, gboolean source, int row)
{
  Origin *origin = g_new0 (Origin, 1);
  g_autofree char *own = dup_own (arm, source), *name = NULL;
  GtkWidget *title = source ? gtk_label_new (arm->title) : gtk_check_button_new_with_label (arm->title), *from;

  *origin = (Origin) { .form = self, .name = g_strdup (arm->name), .source = source, .scratch = G_MAXUINT };
  origin->words = gtk_string_list_new ((const char *const[]) { own, NULL });
  if (!source && *arm->weights)
    {
      origin->scratch = 1;
      gtk_string_list_append (origin->words, _("From scratch"));
    }
  origin->choose = g_list_model_get_n_items (G_LIST_MODEL (origin->words));
  gtk_string_list_append (origin->words, _("A file…"));
  from = gtk_drop_down_new (G_LIST_MODEL (origin->words), NULL);
  origin->from = GTK_DROP_DOWN (from);
  name = g_strdup_printf (source ? _("Project of %s") : _("Weights of %s"), arm->title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (from), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (from, "notify::selected", G_CALLBACK (on_from), origin);
  gtk_widget_set_hexpand (title, TRUE);
  if (source)
    gtk_label_set_xalign (GTK_LABEL (title), 0);
  else
    {
      origin->check = GTK_CHECK_BUTTON (title);
      gtk_check_button_set_active (origin->check, TRUE);
      g_object_bind_property (title, "active", from, "sensitive", G_BINDING_DEFAULT);
    }
  gtk_grid_attach (self->arms, title, 0, row, 1, 1);
  gtk_grid_attach (self->arms, from, 1, row, 1, 1);
  g_ptr_array_add (self->origins, origin);
}

/* ---- the whole. */
static void
on_recipe (SacStudyForm *self)
{
  guint chosen = gtk_drop_down_get_selected (self->recipe);
  g_autoptr (GString) seeds = g_string_new (NULL);
  GtkWidget *child;

  close_chooser (self);
  g_clear_pointer (&self->plan, sac_study_plan_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->arms))))
    gtk_grid_remove (self->arms, child);
  g_ptr_array_set_size (self->origins, 0);
  if (chosen < g_strv_length (self->recipes))
    self->plan = sac_study_plan_load (self->recipes[chosen], NULL);
  gtk_label_set_label (self->about, self->plan ? self->plan->description : "");
  for (guint i = 0; self->plan && i < self->plan->arms->len; i++)
    add_origin (self, self->plan->arms->pdata[i], FALSE, (int) i);
  for (guint i = 0; self->plan && i < self->plan->sources->len; i++)
    add_origin (self, self->plan->sources->pdata[i], TRUE, (int) (self->plan->arms->len + i));
  for (guint i = 0; self->plan && i < self->plan->n_seeds; i++)
    g_string_append_printf (seeds, "%s%" G_GUINT64_FORMAT, i ? ", " : "", self->plan->seeds[i]);
  gtk_editable_set_text (self->seeds, seeds->str);
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
sac_study_form_is_ready (SacStudyForm *self)
{
  return self->plan != NULL;
}

const char *
sac_study_form_get_device (SacStudyForm *self)
{
  return sac_device_choice_get_name (self->device);
}

char *
sac_study_form_dup_name (SacStudyForm *self)
{
  g_autofree char *stem = self->plan ? g_path_get_basename (self->recipes[gtk_drop_down_get_selected (self->recipe)]) : g_strdup ("study");
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");

  if (g_str_has_suffix (stem, ".ini"))
    stem[strlen (stem) - strlen (".ini")] = '\0';
  return g_strdup_printf ("%s-%s", stem, stamp);
}

/* What an arm begins with, as --weights takes it, or a source, as --source does. */
static void
add_words (GPtrArray *words, const Origin *origin)
{
  guint chosen = gtk_drop_down_get_selected (origin->from);

  if (chosen == origin->scratch)
    {
      g_ptr_array_add (words, g_strdup ("--weights"));
      g_ptr_array_add (words, g_strdup_printf ("%s=none", origin->name));
    }
  else if (chosen == origin->choose + 1 && origin->file)
    {
      g_ptr_array_add (words, g_strdup (origin->source ? "--source" : "--weights"));
      g_ptr_array_add (words, g_strdup_printf ("%s=%s", origin->name, origin->file));
    }
}

GPtrArray *
sac_study_form_dup_words (SacStudyForm *self, const char *project, const char *name)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) arms = g_string_new (NULL);

  for (guint i = 0; i < self->origins->len; i++)
    {
      const Origin *origin = self->origins->pdata[i];

      if (origin->check && gtk_check_button_get_active (origin->check))
        g_string_append_printf (arms, "%s%s", arms->len ? "," : "", origin->name);
    }
  if (!self->plan || !arms->len)
    return NULL;
  {
    const char *const fixed[] = { "study", self->recipes[gtk_drop_down_get_selected (self->recipe)], "--project", project, "--name", name,
                                  "--arms", arms->str, "--seeds", gtk_editable_get_text (self->seeds), "--device",
                                  sac_study_form_get_device (self) };

    for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
      g_ptr_array_add (words, g_strdup (fixed[i]));
  }
  for (guint i = 0; i < self->origins->len; i++)
    {
      const Origin *origin = self->origins->pdata[i];

      if (!origin->check || gtk_check_button_get_active (origin->check))
        add_words (words, origin);
    }
  return g_steal_pointer (&words);
}

/* ---- life. */
static void
sac_study_form_dispose (GObject *object)
{
  SacStudyForm *self = SAC_STUDY_FORM (object);

  close_chooser (self);
  G_OBJECT_CLASS (sac_study_form_parent_class)->dispose (object);
}

static void
sac_study_form_finalize (GObject *object)
{
  SacStudyForm *self = SAC_STUDY_FORM (object);

  g_clear_pointer (&self->plan, sac_study_plan_free);
  g_clear_pointer (&self->origins, g_ptr_array_unref);
  g_clear_pointer (&self->recipes, g_strfreev);
  G_OBJECT_CLASS (sac_study_form_parent_class)->finalize (object);
}

static void
sac_study_form_class_init (SacStudyFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_study_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_study_form_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
make_device (SacStudyForm *self)
{
  GtkWidget *drop = sac_device_choice_new (FALSE);

  self->device = GTK_DROP_DOWN (drop);
  return drop;
}

static void
sac_study_form_init (SacStudyForm *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *seeds = gtk_entry_new (), *about = gtk_label_new (NULL), *arms = gtk_grid_new ();
  GtkStringList *names = gtk_string_list_new (NULL);

  self->origins = g_ptr_array_new_with_free_func (origin_free);
  self->recipes = sac_study_list_recipes ();
  for (guint i = 0; self->recipes[i]; i++)
    {
      g_autoptr (SacStudyPlan) plan = sac_study_plan_load (self->recipes[i], NULL);

      gtk_string_list_append (names, plan ? plan->title : self->recipes[i]);
    }
  self->recipe = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (names), NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->recipe), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Recipe"), -1);
  self->arms = GTK_GRID (arms);
  gtk_grid_set_column_spacing (self->arms, 12);
  gtk_grid_set_row_spacing (self->arms, 4);
  self->seeds = GTK_EDITABLE (seeds);
  gtk_accessible_update_property (GTK_ACCESSIBLE (seeds), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Seeds"), -1);
  gtk_widget_set_hexpand (seeds, TRUE);
  self->about = GTK_LABEL (about);
  gtk_label_set_wrap (self->about, TRUE);
  gtk_label_set_xalign (self->about, 0);
  gtk_widget_add_css_class (about, "dim-label");
  gtk_box_append (GTK_BOX (line), gtk_label_new (_("Seeds")));
  gtk_box_append (GTK_BOX (line), seeds);
  gtk_box_append (GTK_BOX (line), make_device (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->recipe));
  gtk_box_append (GTK_BOX (box), about);
  gtk_box_append (GTK_BOX (box), arms);
  gtk_box_append (GTK_BOX (box), line);
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_swapped (self->recipe, "notify::selected", G_CALLBACK (on_recipe), self);
  on_recipe (self);
}

GtkWidget *
sac_study_form_new (void)
{
  return g_object_new (SAC_TYPE_STUDY_FORM, NULL);
}
