#include "sac-preferences.h"

#include "media/sac-media.h"
#include "sac-device-choice.h"
#include "sac-keyboard-page.h"
#include "sac-reaction.h"
#include "sac-settings.h"

struct _SacPreferences {
  AdwPreferencesWindow parent_instance;
  AdwComboRow *appearance, *device;
  GtkSwitch *moving, *loop;
  GtkSpinButton *memory, *reaction;
};

G_DEFINE_FINAL_TYPE (SacPreferences, sac_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
apply_appearance (GSettings *settings)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };
  int which = g_settings_get_enum (settings, "appearance");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[CLAMP (which, 0, (int) G_N_ELEMENTS (schemes) - 1)]);
}

static void
apply_memory (GSettings *settings)
{
  sac_media_set_cache_budget ((gsize) g_settings_get_int (settings, "frame-memory") << 20);
}

void
sac_preferences_apply (void)
{
  GSettings *settings = sac_settings_get ();

  if (!settings)
    return;
  apply_appearance (settings);
  apply_memory (settings);
  g_signal_connect (settings, "changed::appearance", G_CALLBACK (apply_appearance), NULL);
  g_signal_connect (settings, "changed::frame-memory", G_CALLBACK (apply_memory), NULL);
}

static void
on_appearance (SacPreferences *self)
{
  if (sac_settings_get ())
    g_settings_set_enum (sac_settings_get (), "appearance", (int) adw_combo_row_get_selected (self->appearance));
}

static void
on_device (SacPreferences *self)
{
  sac_device_choice_set (adw_combo_row_get_selected (self->device));
}

static void
show_device (SacPreferences *self)
{
  adw_combo_row_set_selected (self->device, sac_device_choice_get ());
}

static void
on_measure (SacPreferences *self)
{
  GtkWindow *window = sac_reaction_new ();

  gtk_window_set_transient_for (window, GTK_WINDOW (self));
  gtk_window_set_modal (window, TRUE);
  gtk_window_present (window);
}

static void
sac_preferences_class_init (SacPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, SacPreferences, appearance);
  gtk_widget_class_bind_template_child (widget_class, SacPreferences, device);
  gtk_widget_class_bind_template_child (widget_class, SacPreferences, moving);
  gtk_widget_class_bind_template_child (widget_class, SacPreferences, loop);
  gtk_widget_class_bind_template_child (widget_class, SacPreferences, memory);
  gtk_widget_class_bind_template_child (widget_class, SacPreferences, reaction);
  gtk_widget_class_bind_template_callback (widget_class, on_appearance);
  gtk_widget_class_bind_template_callback (widget_class, on_measure);
}

static void
sac_preferences_init (SacPreferences *self)
{
  GSettings *settings = sac_settings_get ();
  g_autoptr (GtkStringList) devices = sac_device_choice_new_words ();

  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), sac_keyboard_page_new (sac_keymap_get ()));
  gtk_widget_set_sensitive (GTK_WIDGET (self->appearance), settings != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->device), settings != NULL);
  adw_combo_row_set_model (self->device, G_LIST_MODEL (devices));
  show_device (self);
  g_signal_connect_swapped (self->device, "notify::selected", G_CALLBACK (on_device), self);
  if (!settings)
    return;
  adw_combo_row_set_selected (self->appearance, (guint) g_settings_get_enum (settings, "appearance"));
  g_signal_connect_object (settings, "changed::device", G_CALLBACK (show_device), self, G_CONNECT_SWAPPED);
  g_settings_bind (settings, "moving-thumbnails", self->moving, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "loop", self->loop, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "reaction-ms", self->reaction, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "frame-memory", self->memory, "value", G_SETTINGS_BIND_DEFAULT);
}

SacPreferences *
sac_preferences_new (void)
{
  return g_object_new (SAC_TYPE_PREFERENCES, NULL);
}
