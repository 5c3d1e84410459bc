#include "sac-keyboard-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-form.h"

struct _SacKeyboardPage {
  AdwPreferencesPage parent_instance;
  SacKeymap *keymap;
  GtkWidget *search, *preset, *nothing;
  GtkWidget *groups[SAC_N_KEY_SCOPES];
  GtkWidget **rows, **keys, **resets;   /* by place in sac_key_acts; owned by their groups */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (SacKeyboardPage, sac_keyboard_page, ADW_TYPE_PREFERENCES_PAGE)

/* ---- what is shown. */

static void
update_row (SacKeyboardPage *self, guint i)
{
  const SacKeyAct *act = &sac_key_acts[i];
  g_autofree char *label = sac_keymap_dup_label (self->keymap, act->name), *name = NULL;
  const char *shown = label[0] ? label : _("none");

  gtk_button_set_label (GTK_BUTTON (self->keys[i]), shown);
  name = g_strdup_printf (_("%s: %s"), gettext (act->words), shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->keys[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (self->resets[i], sac_keymap_is_changed (self->keymap, act));
}

static gboolean
matches (SacKeyboardPage *self, guint i, const char *wanted)
{
  g_autofree char *words = g_utf8_casefold (gettext (sac_key_acts[i].words), -1);
  g_autofree char *label = sac_keymap_dup_label (self->keymap, sac_key_acts[i].name);
  g_autofree char *keys = g_utf8_casefold (label, -1);

  return wanted[0] == '\0' || strstr (words, wanted) || strstr (keys, wanted) || strstr (sac_key_acts[i].name, wanted);
}

static void
filter (SacKeyboardPage *self)
{
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  gboolean any[SAC_N_KEY_SCOPES] = { FALSE }, some = FALSE;

  g_strstrip (wanted);
  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      gboolean shown = matches (self, i, wanted);

      gtk_widget_set_visible (self->rows[i], shown);
      any[sac_key_acts[i].scope] |= shown;
    }
  for (guint s = 0; s < SAC_N_KEY_SCOPES; s++)
    {
      gtk_widget_set_visible (self->groups[s], any[s]);
      some = some || any[s];
    }
  gtk_widget_set_visible (self->nothing, !some);
}

static void
update (SacKeyboardPage *self)
{
  self->filling = TRUE;
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->preset), sac_keymap_get_preset (self->keymap));
  self->filling = FALSE;
  for (guint i = 0; i < sac_n_key_acts; i++)
    update_row (self, i);
  filter (self);
}

/* ---- a new key. */

typedef struct {
  SacKeyboardPage *page;
  const SacKeyAct *act;
  SacKey key;                   /* pressed last */
  gboolean pressed;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Question *) data)->page);
  g_free (data);
}

static gboolean
on_new_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, Question *question)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  gboolean plain = (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0;
  const SacKeyAct *other;
  g_autofree char *label = NULL, *text = NULL;
  const char *why;
  SacKey key;

  if (keyval == GDK_KEY_Tab || keyval == GDK_KEY_ISO_Left_Tab || (plain && keyval == GDK_KEY_Escape) ||
      (question->pressed && plain && (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_space)))
    return GDK_EVENT_PROPAGATE;         /* the dialog's own: on to a button, press it, give up */
  if (!sac_key_from_press (gtk_widget_get_display (GTK_WIDGET (dialog)), keyval, keycode, state, &key))
    return GDK_EVENT_STOP;
  label = sac_key_dup_label (&key);
  why = sac_key_check (question->act, &key);
  other = why ? NULL : sac_keymap_find_conflict (question->page->keymap, question->act, &key);
  text = why ? g_strdup_printf (_("%s cannot be used. %s."), label, why)
         : other ? g_strdup_printf (_("%s belongs to “%s”, which loses it if you take it over."), label, gettext (other->words))
         : g_strdup (label);
  question->pressed = !why;
  question->key = key;
  adw_message_dialog_set_body (dialog, text);
  adw_message_dialog_set_response_enabled (dialog, "set", !why);
  adw_message_dialog_set_response_enabled (dialog, "add", !why);
  adw_message_dialog_set_response_label (dialog, "set", other ? _("_Take over") : _("_Use this key"));
  adw_message_dialog_set_response_appearance (dialog, "set", other ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  return GDK_EVENT_STOP;
}

static void
on_answer (AdwMessageDialog *dialog, const char *response, Question *question)
{
  SacKeymap *keymap = question->page->keymap;

  if (g_str_equal (response, "none") || (g_str_equal (response, "set") && question->pressed))
    sac_keymap_set (keymap, question->act, "", NULL);
  if ((g_str_equal (response, "set") || g_str_equal (response, "add")) && question->pressed)
    sac_keymap_take_over (keymap, question->act, &question->key, NULL);
}

static void
on_keys_clicked (SacKeyboardPage *self, GtkWidget *button)
{
  guint i = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "act"));
  Question *question = g_new0 (Question, 1);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *dialog = sac_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (button)), gettext (sac_key_acts[i].words),
                                              _("Press the new key. Escape leaves it as it is."));
  AdwMessageDialog *asking = ADW_MESSAGE_DIALOG (dialog);

  question->page = g_object_ref (self);
  question->act = &sac_key_acts[i];
  adw_message_dialog_add_responses (asking, "cancel", _("_Cancel"), "none", _("_No key"), "add", _("_Add this key"), "set",
                                    _("_Use this key"), NULL);
  adw_message_dialog_set_response_enabled (asking, "set", FALSE);
  adw_message_dialog_set_response_enabled (asking, "add", FALSE);
  adw_message_dialog_set_default_response (asking, "set");
  adw_message_dialog_set_close_response (asking, "cancel");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_new_key), question);
  gtk_widget_add_controller (dialog, keys);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_reset_clicked (SacKeyboardPage *self, GtkWidget *button)
{
  sac_keymap_set (self->keymap, &sac_key_acts[GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "act"))], NULL, NULL);
}

static void
on_preset (SacKeyboardPage *self)
{
  if (!self->filling)
    sac_keymap_set_preset (self->keymap, (SacKeyPreset) adw_combo_row_get_selected (ADW_COMBO_ROW (self->preset)));
}

/* ---- life. */

static void
add_row (SacKeyboardPage *self, guint i)
{
  GtkWidget *row = adw_action_row_new (), *keys = gtk_button_new (), *reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  g_object_set_data (G_OBJECT (keys), "act", GUINT_TO_POINTER (i));
  g_object_set_data (G_OBJECT (reset), "act", GUINT_TO_POINTER (i));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), gettext (sac_key_acts[i].words));
  gtk_widget_set_valign (keys, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (keys, "flat");
  gtk_widget_add_css_class (reset, "flat");
  gtk_widget_set_tooltip_text (reset, _("As the preset has it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL, _("As the preset has it"), -1);
  g_signal_connect_swapped (keys, "clicked", G_CALLBACK (on_keys_clicked), self);
  g_signal_connect_swapped (reset, "clicked", G_CALLBACK (on_reset_clicked), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), reset);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), keys);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), keys);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->groups[sac_key_acts[i].scope]), row);
  self->rows[i] = row;
  self->keys[i] = keys;
  self->resets[i] = reset;
}

static void
add_head (SacKeyboardPage *self)
{
  GtkWidget *group = adw_preferences_group_new (), *reset = gtk_button_new_with_mnemonic (_("_Reset all"));
  const char *complaints = sac_keymap_get_complaints (self->keymap);
  g_autoptr (GtkStringList) presets = gtk_string_list_new (NULL);

  for (int i = 0; i < SAC_N_PRESETS; i++)
    gtk_string_list_append (presets, sac_key_preset_words ((SacKeyPreset) i));
  self->preset = adw_combo_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->preset), _("Preset"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->preset), _("Keys that you changed yourself stay"));
  adw_combo_row_set_model (ADW_COMBO_ROW (self->preset), G_LIST_MODEL (presets));
  gtk_widget_set_valign (reset, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (reset, "clicked", G_CALLBACK (sac_keymap_reset), self->keymap);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->preset), reset);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->preset);
  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _("Find an act or a key"), "margin-top", 12, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find an act or a key"), -1);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (filter), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->search);
  self->nothing = gtk_label_new (_("Nothing found"));
  gtk_widget_add_css_class (self->nothing, "dim-label");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->nothing);
  if (complaints[0])
    {
      g_autofree char *text = g_strdup_printf (_("In the file of keys this was left out:\n%s"), complaints);

      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), text);
    }
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), ADW_PREFERENCES_GROUP (group));
  g_signal_connect_swapped (self->preset, "notify::selected", G_CALLBACK (on_preset), self);
}

static void
sac_keyboard_page_finalize (GObject *object)
{
  SacKeyboardPage *self = SAC_KEYBOARD_PAGE (object);

  g_clear_object (&self->keymap);
  g_free (self->rows);
  g_free (self->keys);
  g_free (self->resets);
  G_OBJECT_CLASS (sac_keyboard_page_parent_class)->finalize (object);
}

static void
sac_keyboard_page_class_init (SacKeyboardPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_keyboard_page_finalize;
}

static void
sac_keyboard_page_init (SacKeyboardPage *self)
{
  self->rows = g_new0 (GtkWidget *, sac_n_key_acts);
  self->keys = g_new0 (GtkWidget *, sac_n_key_acts);
  self->resets = g_new0 (GtkWidget *, sac_n_key_acts);
}

AdwPreferencesPage *
sac_keyboard_page_new (SacKeymap *keymap)
{
  SacKeyboardPage *self = g_object_new (SAC_TYPE_KEYBOARD_PAGE, "title", _("Keyboard"), "icon-name", "input-keyboard-symbolic", NULL);

  self->keymap = g_object_ref (keymap);
  self->filling = TRUE;
  add_head (self);
  for (guint s = 0; s < SAC_N_KEY_SCOPES; s++)
    {
      self->groups[s] = adw_preferences_group_new ();
      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->groups[s]), sac_key_scope_words ((SacKeyScope) s));
      adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), ADW_PREFERENCES_GROUP (self->groups[s]));
    }
  for (guint i = 0; i < sac_n_key_acts; i++)
    add_row (self, i);
  g_signal_connect_object (keymap, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return ADW_PREFERENCES_PAGE (self);
}
