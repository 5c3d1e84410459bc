#include "sac-application.h"

#include <glib/gi18n.h>

#include "config.h"
#include "sac-keymap.h"
#include "sac-preferences.h"
#include "sac-settings.h"
#include "sac-window.h"

struct _SacApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (SacApplication, sac_application, ADW_TYPE_APPLICATION)

static SacWindow *
get_window (SacApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (!window || !SAC_IS_WINDOW (window))
    for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l; l = l->next)
      if (SAC_IS_WINDOW (l->data))
        return l->data;
  return window && SAC_IS_WINDOW (window) ? SAC_WINDOW (window) : sac_window_new (GTK_APPLICATION (self));
}

static void
sac_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (SAC_APPLICATION (application))));
}

static void
sac_application_open (GApplication *application, GFile **files, int n, const char *hint)
{
  SacWindow *window = get_window (SAC_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  sac_window_open_files (window, files, (guint) MAX (n, 0));
}

static void
act_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *self = data;

  for (GList *l = gtk_application_get_windows (self); l; l = gtk_application_get_windows (self))
    gtk_window_destroy (l->data);
  g_application_quit (G_APPLICATION (self));
}

static void
act_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (data),
                         "application-name", "Saccade",
                         "application-icon", SAC_APP_ID,
                         "version", SAC_VERSION,
                         "developer-name", _("The Saccade developers"),
                         "license-type", GTK_LICENSE_APACHE_2_0,
                         "comments", _("Label videos, fine-tune networks on them and look at what they looked at."),
                         /* Translators: put your names here, one a line. */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
act_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = GTK_WINDOW (sac_preferences_new ());

  gtk_window_set_transient_for (window, gtk_application_get_active_window (data));
  gtk_window_present (window);
}

/* The keys that GTK calls actions by, and shows in menus: all but those that mean something where text is typed. */
static void
set_keys (GtkApplication *self)
{
  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      const SacKey *keys;
      guint n = sac_key_acts[i].action ? sac_keymap_get_keys (sac_keymap_get (), &sac_key_acts[i], &keys) : 0;
      g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
      g_auto (GStrv) accels = NULL;

      for (guint k = 0; k < n; k++)
        if (sac_key_is_accelerator (&keys[k]))
          {
            g_autofree char *name = sac_key_dup_name (&keys[k]);
            g_autofree char *pad = gtk_accelerator_name (GDK_KEY_KP_0 + (keys[k].keyval - GDK_KEY_0), keys[k].modifiers);

            g_strv_builder_add (names, name);
            if (keys[k].keyval >= GDK_KEY_0 && keys[k].keyval <= GDK_KEY_9)
              g_strv_builder_add (names, pad);
          }
      accels = g_strv_builder_end (names);
      if (sac_key_acts[i].action)
        gtk_application_set_accels_for_action (self, sac_key_acts[i].action, (const char *const *) accels);
    }
}

static void
sac_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { "quit", act_quit }, { "about", act_about }, { "preferences", act_preferences },
  };
  G_APPLICATION_CLASS (sac_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  set_keys (GTK_APPLICATION (application));
  g_signal_connect_object (sac_keymap_get (), "changed", G_CALLBACK (set_keys), application, G_CONNECT_SWAPPED);
  gtk_window_set_default_icon_name (SAC_APP_ID);
  sac_preferences_apply ();
}

static void
sac_application_class_init (SacApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = sac_application_startup;
  application_class->activate = sac_application_activate;
  application_class->open = sac_application_open;
}

static void
sac_application_init (SacApplication *self)
{
}

SacApplication *
sac_application_new (void)
{
  return g_object_new (SAC_TYPE_APPLICATION, "application-id", SAC_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/saccade/Saccade", NULL);
}
