#include "sac-generate-search.h"

#include <glib/gi18n.h>

/* What is wanted used is drawn in the form, beside us. */
static void
on_graph (SacGanForm *form, const char *letters)
{
  SacGanGraph graph;

  if (sac_gan_graph_parse (letters, &graph, NULL))
    sac_gan_form_take_graph (form, &graph);
}

SacSearchView *
sac_generate_add_searches (AdwFlap *flap, GtkWidget *groups, SacGanForm *form)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *views = gtk_stack_new (), *switcher = gtk_stack_switcher_new ();
  SacSearchView *view = SAC_SEARCH_VIEW (sac_search_view_new ());

  gtk_widget_set_margin_start (GTK_WIDGET (view), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (view), 12);
  gtk_widget_set_margin_top (GTK_WIDGET (view), 12);
  gtk_widget_set_margin_bottom (GTK_WIDGET (view), 12);
  g_object_ref (groups);
  adw_flap_set_content (flap, NULL);
  gtk_stack_add_titled (GTK_STACK (views), groups, "groups", _("Groups"));
  g_object_unref (groups);
  gtk_stack_add_titled (GTK_STACK (views), GTK_WIDGET (view), "searches", _("Searches"));
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (views));
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (switcher, 12);
  gtk_widget_set_vexpand (views, TRUE);
  gtk_widget_set_hexpand (views, TRUE);
  gtk_box_append (GTK_BOX (box), switcher);
  gtk_box_append (GTK_BOX (box), views);
  adw_flap_set_content (flap, box);
  g_signal_connect_object (view, "graph-chosen", G_CALLBACK (on_graph), form, G_CONNECT_SWAPPED);
  return view;
}

void
sac_generate_update_searches (SacSearchView *view, SacSession *session, SacGanForm *form)
{
  SacProject *project = session ? sac_session_get_project (session) : NULL;

  sac_search_view_set_project (view, project ? sac_session_get_path (session) : NULL, project ? sac_project_get_folder (project) : NULL);
  sac_search_view_set_source (view, sac_gan_form_get_recipe (form), sac_gan_form_get_data (form));
}

void
sac_generate_show_groups (SacSearchView *view)
{
  gtk_stack_set_visible_child_name (GTK_STACK (gtk_widget_get_ancestor (GTK_WIDGET (view), GTK_TYPE_STACK)), "groups");
}
