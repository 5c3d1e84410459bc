#include "sac-device-choice.h"

#include <glib/gi18n.h>

#include "sac-settings.h"

static const char *const names[] = { "cpu", "vulkan", "auto", NULL };
#define N_DEVICES (G_N_ELEMENTS (names) - 1)

const char *const *
sac_device_choice_get_names (void)
{
  return names;
}

GtkStringList *
sac_device_choice_new_words (void)
{
  const char *const words[N_DEVICES + 1] = { _("Processor"), _("Graphics card (Vulkan)"), _("Automatic"), NULL };

  return gtk_string_list_new (words);
}

guint
sac_device_choice_get (void)
{
  g_autofree char *device = sac_settings_get () ? g_settings_get_string (sac_settings_get (), "device") : NULL;

  for (guint i = 0; i < N_DEVICES; i++)
    if (g_strcmp0 (names[i], device) == 0)
      return i;
  return 0;
}

void
sac_device_choice_set (guint which)
{
  if (sac_settings_get () && which < N_DEVICES && which != sac_device_choice_get ())
    g_settings_set_string (sac_settings_get (), "device", names[which]);
}

const char *
sac_device_choice_get_name (GtkDropDown *drop)
{
  return names[MIN (gtk_drop_down_get_selected (drop), N_DEVICES - 1)];
}

static void
on_selected (GtkDropDown *drop)
{
  sac_device_choice_set (gtk_drop_down_get_selected (drop));
}

static void
on_setting (GtkDropDown *drop)
{
  if (gtk_drop_down_get_selected (drop) != sac_device_choice_get ())
    gtk_drop_down_set_selected (drop, sac_device_choice_get ());
}

GtkWidget *
sac_device_choice_new (gboolean remember)
{
  GtkWidget *drop = gtk_drop_down_new (G_LIST_MODEL (sac_device_choice_new_words ()), NULL);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop), sac_device_choice_get ());
  gtk_widget_set_valign (drop, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Device"), -1);
  if (remember)
    g_signal_connect (drop, "notify::selected", G_CALLBACK (on_selected), NULL);
  if (sac_settings_get ())
    g_signal_connect_object (sac_settings_get (), "changed::device", G_CALLBACK (on_setting), drop, G_CONNECT_SWAPPED);
  return drop;
}
