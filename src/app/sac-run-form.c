#include "sac-run-form.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-device-choice.h"
#include "sac-rate-dialog.h"
#include "sac-settings.h"
#include "sac-tool-job.h"

typedef enum { WHOLE, REAL, CHOICE } Kind;
#define MOST_CHOICES 8

/* Keys of recipes that a person changes from run to run.  A choice that the recipe's own value is not among stays hidden. */
static const struct {
  const char *key, *title, *subtitle;
  Kind kind;
  double low, high;
  const char *values[MOST_CHOICES], *words[MOST_CHOICES];
} rows[] = {
  { "steps", N_("Steps"), NULL, WHOLE, 1, 1e6, { NULL }, { NULL } },
  { "rate", N_("Learning rate"), NULL, REAL, 1e-9, 100, { NULL }, { NULL } },
  { "batch", N_("Clips a batch"), NULL, WHOLE, 1, 1024, { NULL }, { NULL } },
  { "accumulate", N_("Batches a step"), N_("Their gradients are added up: the effective batch is their product"), WHOLE, 1, 1024, { NULL },
    { NULL } },
  { "batch_norm", N_("Batch norm"), N_("With few clips a batch, frozen statistics learn better"), CHOICE, 0, 0, { "frozen", "batch" },
    { N_("frozen"), N_("of each batch") } },
  { "freeze", N_("Stays as it is"), N_("Learned weights up to here"), CHOICE, 0, 0,
    { "none", "stem", "layer1", "layer2", "layer3", "layer4", "extractor" },
    { N_("nothing"), N_("the stem"), N_("up to layer1"), N_("up to layer2"), N_("up to layer3"), N_("up to layer4"),
      N_("below the attention") } },
  { "precision", N_("Precision"), N_("How activations are stored"), CHOICE, 0, 0, { "f32", "bf16", "f16" },
    { N_("32 bits"), N_("bf16, on processors"), N_("f16, on graphics cards") } },
  { "seed", N_("Seed"), N_("The same seed gives the same run, bit by bit"), WHOLE, 0, 1e9, { NULL }, { NULL } },
  { "validate_every", N_("Validate every … steps"), NULL, WHOLE, 0, 1e6, { NULL }, { NULL } },
  { "watch_test", N_("Watch the test clips"), N_("Told at each validation; nothing is chosen by them"), CHOICE, 0, 0, { "false", "true" },
    { N_("no"), N_("yes") } },
  { "stop_metric", N_("Stop early by"), NULL, CHOICE, 0, 0, { "", "auc_macro", "loss/validation" },
    { N_("nothing"), N_("macro AUC"), N_("validation loss") } },
  { "stop_patience", N_("Patience"), N_("So many validations without getting better"), WHOLE, 0, 1e6, { NULL }, { NULL } },
};
#define N_ROWS G_N_ELEMENTS (rows)


struct _SacRunForm {
  AdwBin parent_instance;
  AdwExpanderRow *expander;
  GtkWidget *lines[N_ROWS], *controls[N_ROWS];
  GtkDropDown *device;
  AdwActionRow *plan;
  char *recipe, *project, *weights;     /* paths, nullable */
  char *own[N_ROWS];            /* what the recipe says */
  gboolean filling;
  guint wait;
  GSubprocess *asking;
  GtkButton *time_button;
  SacToolJob *timing;
  char *takes, *lasts;          /* in words: what and how long it takes; nullable */
};

G_DEFINE_FINAL_TYPE (SacRunForm, sac_run_form, ADW_TYPE_BIN)

/* ---- values. */

/* As it would stand in the recipe; NULL where it is not to be used. */
static char *
dup_value (SacRunForm *self, guint i)
{
  switch (rows[i].kind)
    {
    case WHOLE:
      return g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->controls[i])));
    case REAL:
      {
        const char *text = gtk_editable_get_text (GTK_EDITABLE (self->controls[i]));
        char *end;
        double value = g_ascii_strtod (text, &end);

        return end == text || *end || !(value >= rows[i].low && value <= rows[i].high) ? NULL : g_strdup (text);
      }
    default:
      {
        guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->controls[i]));

        return chosen < MOST_CHOICES ? g_strdup (rows[i].values[chosen]) : NULL;
      }
    }
}

static gboolean
differs (SacRunForm *self, guint i, const char *value)
{
  if (!self->own[i] || !value)
    return FALSE;
  if (rows[i].kind == CHOICE)
    return strcmp (value, self->own[i]) != 0;
  return g_ascii_strtod (value, NULL) != g_ascii_strtod (self->own[i], NULL);
}

char **
sac_run_form_dup_settings (SacRunForm *self)
{
  GPtrArray *settings = g_ptr_array_new ();

  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autofree char *value = dup_value (self, i);

      if (differs (self, i, value))
        g_ptr_array_add (settings, g_strdup_printf ("%s=%s", rows[i].key, value));
    }
  g_ptr_array_add (settings, NULL);
  return (char **) g_ptr_array_free (settings, FALSE);
}

const char *
sac_run_form_get_device (SacRunForm *self)
{
  return sac_device_choice_get_name (self->device);
}

GPtrArray *
sac_run_form_dup_words (SacRunForm *self)
{
  GPtrArray *words;
  g_auto (GStrv) settings = NULL;

  if (!self->recipe || !self->project)
    return NULL;
  words = g_ptr_array_new_with_free_func (g_free);
  settings = sac_run_form_dup_settings (self);
  g_ptr_array_add (words, g_strdup ("train"));
  g_ptr_array_add (words, g_strdup (self->recipe));
  g_ptr_array_add (words, g_strdup ("--project"));
  g_ptr_array_add (words, g_strdup (self->project));
  g_ptr_array_add (words, g_strdup ("--weights"));
  g_ptr_array_add (words, g_strdup (self->weights ? self->weights : "none"));
  g_ptr_array_add (words, g_strdup ("--device"));
  g_ptr_array_add (words, g_strdup (sac_run_form_get_device (self)));
  for (guint i = 0; settings[i]; i++)
    {
      g_ptr_array_add (words, g_strdup ("--set"));
      g_ptr_array_add (words, g_strdup (settings[i]));
    }
  return words;
}

/* ---- what the run will take. */

static void
show_plan (SacRunForm *self)
{
  g_autofree char *text = NULL;

  if (!self->plan)
    return;
  text = g_strdup_printf ("%s%s%s", self->takes ? self->takes : "", self->takes && self->lasts ? "\n" : "",
                          self->lasts ? self->lasts : "");
  adw_action_row_set_subtitle (self->plan, text);
}

static void
on_timed (SacRunForm *self, gboolean fine, const char *said)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!self->plan)
    return;
  gtk_button_set_label (self->time_button, _("Time it"));
  g_clear_pointer (&self->lasts, g_free);
  if (fine && json_parser_load_from_data (parser, said, -1, NULL) && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      JsonObject *probe = json_node_get_object (json_parser_get_root (parser));
      double total = json_object_get_double_member_with_default (probe, "seconds_total", 0);
      double epoch = json_object_get_double_member_with_default (probe, "seconds_epoch", 0);
      g_autofree char *all = sac_dup_duration (total);
      g_autofree char *one = sac_dup_duration (epoch);
      g_autoptr (GDateTime) now = g_date_time_new_now_local ();
      g_autoptr (GDateTime) end = g_date_time_add_seconds (now, total);
      g_autofree char *when = g_date_time_format (end, total > 20 * 3600 ? "%x %H:%M" : "%H:%M");

      self->lasts = g_strdup_printf (_("%s in all, %s an epoch; done at %s if started now"), all, one, when);
    }
  else
    self->lasts = g_strdup (said);
  show_plan (self);
}

/* Twenty steps are made and thrown away. */
static void
on_time (SacRunForm *self)
{
  g_autoptr (GPtrArray) words = NULL;

  if (sac_tool_job_is_running (self->timing))
    {
      sac_tool_job_cancel (self->timing);
      return;
    }
  words = sac_run_form_dup_words (self);
  if (!words)
    return;
  g_ptr_array_add (words, g_strdup ("--probe"));
  g_ptr_array_add (words, g_strdup ("--json"));
  g_ptr_array_add (words, NULL);
  g_free (self->lasts);
  self->lasts = g_strdup (_("Making 20 steps to time them…"));
  show_plan (self);
  gtk_button_set_label (self->time_button, _("Cancel"));
  sac_tool_job_start_plain (self->timing, (const char *const *) words->pdata);
}

typedef struct {
  SacRunForm *self;
  GSubprocess *child;
} Question;

static void
on_planned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (SacRunForm) self = question->self;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  gboolean fine = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &out, &err, NULL)
                  && g_subprocess_get_successful (G_SUBPROCESS (source));

  if (self->asking != question->child || !self->plan)   /* another question is asked, or nobody listens */
    return;
  g_clear_object (&self->asking);
  g_clear_pointer (&self->takes, g_free);
  if (fine && json_parser_load_from_data (parser, out, -1, NULL) && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      JsonObject *plan = json_node_get_object (json_parser_get_root (parser));
      g_autofree char *memory = sac_size_dup_text ((double) json_object_get_int_member_with_default (plan, "total", 0));

      self->takes = g_strdup_printf (_("%s of memory, %.3g GFLOP a step"), memory,
                                     json_object_get_double_member_with_default (plan, "gflop", 0));
    }
  else
    self->takes = g_strdup (err && *err ? g_strstrip (err) : "");
  show_plan (self);
}

static gboolean
ask_plan (gpointer data)
{
  SacRunForm *self = data;
  g_autofree char *program = sac_dup_program ();
  g_auto (GStrv) settings = sac_run_form_dup_settings (self);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  Question *question;

  self->wait = 0;
  if (self->asking)
    g_subprocess_force_exit (self->asking);
  g_clear_object (&self->asking);
  if (!self->recipe)
    return G_SOURCE_REMOVE;
  g_ptr_array_add (argv, program ? program : (char *) "saccade");
  g_ptr_array_add (argv, (char *) "plan");
  g_ptr_array_add (argv, self->recipe);
  g_ptr_array_add (argv, (char *) "--json");
  if (self->project)
    {
      g_ptr_array_add (argv, (char *) "--project");
      g_ptr_array_add (argv, self->project);
    }
  for (guint i = 0; settings[i]; i++)
    {
      g_ptr_array_add (argv, (char *) "--set");
      g_ptr_array_add (argv, settings[i]);
    }
  g_ptr_array_add (argv, NULL);
  self->asking = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                    NULL);
  if (!self->asking)
    return G_SOURCE_REMOVE;
  question = g_new (Question, 1);
  *question = (Question) { g_object_ref (self), self->asking };
  g_subprocess_communicate_utf8_async (self->asking, NULL, NULL, on_planned, question);
  return G_SOURCE_REMOVE;
}

static void
changed (SacRunForm *self)
{
  g_auto (GStrv) settings = NULL;
  g_autofree char *text = NULL;
  guint n;

  if (self->filling)
    return;
  if (!sac_tool_job_is_running (self->timing))
    g_clear_pointer (&self->lasts, g_free);     /* it was of other settings */
  for (guint i = 0; i < N_ROWS; i++)
    if (rows[i].kind == REAL)
      {
        g_autofree char *value = dup_value (self, i);

        if (value)
          gtk_widget_remove_css_class (self->controls[i], "error");
        else
          gtk_widget_add_css_class (self->controls[i], "error");
      }
  settings = sac_run_form_dup_settings (self);
  n = g_strv_length (settings);
  text = n == 0 ? g_strdup (_("As the recipe says")) : g_strjoinv (", ", settings);
  adw_expander_row_set_subtitle (self->expander, text);
  g_clear_handle_id (&self->wait, g_source_remove);
  self->wait = g_timeout_add (400, ask_plan, self);
}

/* ---- filling. */

static void
set_value (SacRunForm *self, guint i, const char *value)
{
  guint at = GTK_INVALID_LIST_POSITION;

  switch (rows[i].kind)
    {
    case WHOLE:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->controls[i]), g_ascii_strtod (value, NULL));
      break;
    case REAL:
      gtk_editable_set_text (GTK_EDITABLE (self->controls[i]), value);
      break;
    default:
      for (guint k = 0; k < MOST_CHOICES && rows[i].values[k]; k++)
        if (strcmp (rows[i].values[k], value) == 0)
          at = k;
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->controls[i]), at);
    }
}

void
sac_run_form_set_recipe (SacRunForm *self, const SacRecipe *recipe, const char *path)
{
  g_free (self->recipe);
  self->recipe = g_strdup (path);
  self->filling = TRUE;
  for (guint i = 0; i < N_ROWS; i++)
    {
      g_free (self->own[i]);
      self->own[i] = recipe ? sac_recipe_dup_value (recipe, rows[i].key) : NULL;
      if (self->own[i] && rows[i].kind != CHOICE && !(g_ascii_strtod (self->own[i], NULL) <= rows[i].high))
        g_clear_pointer (&self->own[i], g_free);        /* more than the control can say */
      gtk_widget_set_visible (self->lines[i], self->own[i] != NULL);
      if (self->own[i])
        set_value (self, i, self->own[i]);
    }
  self->filling = FALSE;
  g_clear_pointer (&self->takes, g_free);
  show_plan (self);
  changed (self);
}

void
sac_run_form_set_project (SacRunForm *self, const char *path)
{
  g_free (self->project);
  self->project = g_strdup (path);
}

void
sac_run_form_set_weights (SacRunForm *self, const char *path)
{
  g_free (self->weights);
  self->weights = g_strdup (path);
}

void
sac_run_form_set_rate (SacRunForm *self, double rate)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.3g", rate);
  for (guint i = 0; i < N_ROWS; i++)
    if (strcmp (rows[i].key, "rate") == 0)
      gtk_editable_set_text (GTK_EDITABLE (self->controls[i]), text);
}

/* ---- building. */

static void
on_rate_chosen (double rate, gpointer data)
{
  sac_run_form_set_rate (data, rate);
}

static void
on_find (SacRunForm *self)
{
  g_autoptr (GPtrArray) words = sac_run_form_dup_words (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!words || !GTK_IS_WINDOW (root))
    return;
  g_ptr_array_add (words, NULL);
  gtk_window_present (sac_rate_dialog_new (GTK_WINDOW (root), (const char *const *) words->pdata, on_rate_chosen, self));
}

static GtkWidget *
make_control (SacRunForm *self, guint i)
{
  GtkWidget *control;

  if (rows[i].kind == WHOLE)
    {
      control = gtk_spin_button_new_with_range (rows[i].low, rows[i].high, 1);
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 5);
      g_signal_connect_swapped (control, "value-changed", G_CALLBACK (changed), self);
    }
  else if (rows[i].kind == REAL)
    {
      control = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 7);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (control), 7);
      g_signal_connect_swapped (control, "changed", G_CALLBACK (changed), self);
    }
  else
    {
      g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

      for (guint k = 0; k < MOST_CHOICES && rows[i].words[k]; k++)
        gtk_string_list_append (list, _(rows[i].words[k]));
      control = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&list)), NULL);
      g_signal_connect_swapped (control, "notify::selected", G_CALLBACK (changed), self);
    }
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, _(rows[i].title), -1);
  return control;
}

static GtkWidget *
make_line (const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *line = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), title);
  if (subtitle)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (line), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (line), control);
  return line;
}

static GtkWidget *
make_device (SacRunForm *self)
{
  GtkWidget *drop = sac_device_choice_new (TRUE);

  self->device = GTK_DROP_DOWN (drop);
  return drop;
}

static void
sac_run_form_dispose (GObject *object)
{
  SacRunForm *self = SAC_RUN_FORM (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  if (self->asking)
    g_subprocess_force_exit (self->asking);
  g_clear_object (&self->asking);
  self->plan = NULL;
  if (self->timing)
    sac_tool_job_cancel (self->timing);
  g_clear_object (&self->timing);
  g_clear_pointer (&self->weights, g_free);
  g_clear_pointer (&self->takes, g_free);
  g_clear_pointer (&self->lasts, g_free);
  for (guint i = 0; i < N_ROWS; i++)
    g_clear_pointer (&self->own[i], g_free);
  g_clear_pointer (&self->recipe, g_free);
  g_clear_pointer (&self->project, g_free);
  G_OBJECT_CLASS (sac_run_form_parent_class)->dispose (object);
}

static void
sac_run_form_class_init (SacRunFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_form_dispose;
}

static void
sac_run_form_init (SacRunForm *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  self->timing = sac_tool_job_new ();
  g_signal_connect_object (self->timing, "done", G_CALLBACK (on_timed), self, G_CONNECT_SWAPPED);
  self->expander = ADW_EXPANDER_ROW (adw_expander_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->expander), _("Settings"));
  for (guint i = 0; i < N_ROWS; i++)
    {
      self->controls[i] = make_control (self, i);
      self->lines[i] = make_line (_(rows[i].title), rows[i].subtitle ? _(rows[i].subtitle) : NULL, self->controls[i]);
      if (strcmp (rows[i].key, "rate") == 0)
        {
          GtkWidget *find = gtk_button_new_with_label (_("Find…"));

          gtk_widget_set_valign (find, GTK_ALIGN_CENTER);
          gtk_widget_add_css_class (find, "flat");
          gtk_widget_set_tooltip_text (find, _("Try rising rates on a copy and choose from the curve"));
          g_signal_connect_swapped (find, "clicked", G_CALLBACK (on_find), self);
          adw_action_row_add_suffix (ADW_ACTION_ROW (self->lines[i]), find);
        }
      adw_expander_row_add_row (self->expander, self->lines[i]);
    }
  adw_expander_row_add_row (self->expander, make_line (_("Device"), NULL, make_device (self)));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->expander));
  self->plan = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->plan), _("It will take"));
  adw_action_row_set_subtitle_lines (self->plan, 6);
  self->time_button = GTK_BUTTON (gtk_button_new_with_label (_("Time it")));
  gtk_widget_set_valign (GTK_WIDGET (self->time_button), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->time_button), "flat");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->time_button), _("Make 20 steps and tell how long the run would take; nothing is kept"));
  g_signal_connect_swapped (self->time_button, "clicked", G_CALLBACK (on_time), self);
  adw_action_row_add_suffix (self->plan, GTK_WIDGET (self->time_button));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->plan));
  adw_bin_set_child (ADW_BIN (self), group);
}
