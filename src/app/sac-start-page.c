#include "sac-start-page.h"

#include <glib/gi18n.h>

#include "sac-settings.h"

struct _SacStartPage {
  AdwBin parent_instance;
  GtkWidget *recent_group;
  GtkListBox *recent_list;
};

G_DEFINE_FINAL_TYPE (SacStartPage, sac_start_page, ADW_TYPE_BIN)

static void
sac_start_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_START_PAGE);
  G_OBJECT_CLASS (sac_start_page_parent_class)->dispose (object);
}

static void
sac_start_page_class_init (SacStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_start_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SacStartPage, recent_group);
  gtk_widget_class_bind_template_child (widget_class, SacStartPage, recent_list);
}

static void
sac_start_page_init (SacStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sac_start_page_refresh (self);
}

static char *
dup_folder_shown (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const char *home = g_get_home_dir ();

  if (g_str_has_prefix (folder, home) && (folder[strlen (home)] == '/' || folder[strlen (home)] == '\0'))
    return g_strdup_printf ("~%s", folder + strlen (home));
  return g_filename_display_name (folder);
}

void
sac_start_page_refresh (SacStartPage *self)
{
  g_auto (GStrv) recent = sac_recent_dup ();
  GtkWidget *old;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->recent_list))))
    gtk_list_box_remove (self->recent_list, old);
  for (guint i = 0; recent[i] && i < 5; i++)
    {
      g_autofree char *base = g_path_get_basename (recent[i]);
      g_autofree char *folder = dup_folder_shown (recent[i]);
      GtkWidget *row = adw_action_row_new ();
      GtkWidget *icon = gtk_image_new_from_icon_name ("go-next-symbolic");

      if (g_str_has_suffix (base, ".saccade"))
        base[strlen (base) - strlen (".saccade")] = '\0';
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), base);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), folder);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, base, -1);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (row), NULL);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-path");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", recent[i]);
      gtk_list_box_append (self->recent_list, row);
    }
  gtk_widget_set_visible (self->recent_group, recent[0] != NULL);
}
