#include "sac-collections.h"

#include <glib/gi18n.h>

#include "sac-flow-layout.h"
#include "sac-form.h"
#include "sac-keys.h"

struct _SacCollections {
  AdwBin parent_instance;
  SacSession *session;
  GtkWidget *flow;
  char *made_of, *query;        /* what the buttons were made of; what is asked now */
  SacId asked;                  /* whose menu or dialog is open */
  char *kept;                   /* the query that is being given a name; NULL: a rename */
};

G_DEFINE_FINAL_TYPE (SacCollections, sac_collections, ADW_TYPE_BIN)

static guint chosen_signal;

static void
show_chosen (SacCollections *self)
{
  for (GtkWidget *button = gtk_widget_get_first_child (self->flow); button; button = gtk_widget_get_next_sibling (button))
    {
      gboolean chosen = g_strcmp0 (g_object_get_data (G_OBJECT (button), "query"), self->query) == 0;

      if (chosen)
        gtk_widget_add_css_class (button, "suggested-action");
      else
        gtk_widget_remove_css_class (button, "suggested-action");
    }
}

void
sac_collections_set_query (SacCollections *self, const char *query)
{
  g_return_if_fail (SAC_IS_COLLECTIONS (self));
  g_free (self->query);
  self->query = g_strdup (query);
  show_chosen (self);
}

static void
on_clicked (GtkButton *button, SacCollections *self)
{
  g_autofree char *query = g_strdup (g_object_get_data (G_OBJECT (button), "query"));

  /* Pressed again: all clips. */
  g_signal_emit (self, chosen_signal, 0, g_strcmp0 (query, self->query) == 0 ? "" : query);
}

/* ---- names. */

static void
on_named (AdwMessageDialog *dialog, const char *response, SacCollections *self)
{
  GtkWidget *entry = adw_message_dialog_get_extra_child (dialog);
  const char *name = gtk_editable_get_text (GTK_EDITABLE (entry));

  if (g_strcmp0 (response, "keep") == 0 && self->kept)
    sac_session_save_query (self->session, name, self->kept);
  else if (g_strcmp0 (response, "keep") == 0)
    sac_session_rename_query (self->session, self->asked, name);
  g_clear_pointer (&self->kept, g_free);
}

static void
ask_name (SacCollections *self, const char *title, const char *name)
{
  GtkWidget *dialog = sac_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), title, self->kept);
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "keep", _("_Keep"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_named), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
sac_collections_keep (SacCollections *self, const char *query)
{
  g_return_if_fail (SAC_IS_COLLECTIONS (self) && query);
  g_free (self->kept);
  self->kept = g_strdup (query);
  ask_name (self, _("Keep this search"), "");
}

static void
act_rename (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SacCollections *self = SAC_COLLECTIONS (widget);

  g_clear_pointer (&self->kept, g_free);
  ask_name (self, _("Rename collection"), "");
}

static void
act_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SacCollections *self = SAC_COLLECTIONS (widget);

  sac_session_remove_query (self->session, self->asked);
}

static void
pop_up_menu (SacCollections *self, GtkWidget *button)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *popover;
  graphene_rect_t place;

  self->asked = *(const SacId *) g_object_get_data (G_OBJECT (button), "id");
  g_menu_append (menu, _("_Rename…"), "collections.rename");
  g_menu_append (menu, _("Re_move"), "collections.remove");
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  if (gtk_widget_compute_bounds (button, GTK_WIDGET (self), &place))
    gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) place.origin.x, (int) place.origin.y,
                                                                          (int) place.size.width, (int) place.size.height });
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacCollections *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pop_up_menu (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacCollections *self)
{
  if (keyval != GDK_KEY_Menu && !(keyval == GDK_KEY_F10 && (state & GDK_SHIFT_MASK)))
    return GDK_EVENT_PROPAGATE;
  pop_up_menu (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  return GDK_EVENT_STOP;
}

/* ---- the buttons. */

static GtkWidget *
make_button (SacCollections *self, const SacQuery *query)
{
  GtkWidget *button = gtk_button_new_with_label (query->name);
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "collection");
  gtk_widget_set_tooltip_text (button, query->text);
  g_object_set_data_full (G_OBJECT (button), "query", g_strdup (query->text), g_free);
  g_object_set_data_full (G_OBJECT (button), "id", g_memdup2 (&query->id, sizeof query->id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (secondary));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (button, keys);
  return button;
}

static void
on_changed (SacCollections *self)
{
  SacProject *project = sac_session_get_project (self->session);
  g_autoptr (GPtrArray) queries = project ? sac_project_list_queries (project, NULL) : NULL;
  g_autoptr (GString) made_of = g_string_new (NULL);
  GtkWidget *child;

  if (!project && sac_session_is_open (self->session))
    return;             /* lent: what is shown stays */
  for (guint i = 0; queries && i < queries->len; i++)
    g_string_append_printf (made_of, "%s\n%s\n", ((SacQuery *) queries->pdata[i])->name, ((SacQuery *) queries->pdata[i])->text);
  gtk_widget_set_visible (GTK_WIDGET (self), made_of->len > 0);
  if (g_strcmp0 (made_of->str, self->made_of) == 0)
    return;
  g_free (self->made_of);
  self->made_of = g_strdup (made_of->str);
  while ((child = gtk_widget_get_first_child (self->flow)))
    gtk_widget_unparent (child);
  for (guint i = 0; queries && i < queries->len; i++)
    gtk_widget_set_parent (make_button (self, queries->pdata[i]), self->flow);
  show_chosen (self);
}

void
sac_collections_attach (SacCollections *self, SacSession *session)
{
  g_return_if_fail (SAC_IS_COLLECTIONS (self) && !self->session);
  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "labels-changed", G_CALLBACK (on_changed), self);
  on_changed (self);
}

static void
sac_collections_dispose (GObject *object)
{
  SacCollections *self = SAC_COLLECTIONS (object);
  GtkWidget *child;

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  while (self->flow && (child = gtk_widget_get_first_child (self->flow)))
    gtk_widget_unparent (child);
  self->flow = NULL;
  G_OBJECT_CLASS (sac_collections_parent_class)->dispose (object);
}

static void
sac_collections_finalize (GObject *object)
{
  SacCollections *self = SAC_COLLECTIONS (object);

  g_free (self->made_of);
  g_free (self->query);
  g_free (self->kept);
  G_OBJECT_CLASS (sac_collections_parent_class)->finalize (object);
}

static void
sac_collections_class_init (SacCollectionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_collections_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_collections_finalize;
  chosen_signal = g_signal_new ("chosen", SAC_TYPE_COLLECTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "collections.rename", NULL, act_rename);
  gtk_widget_class_install_action (widget_class, "collections.remove", NULL, act_remove);
}

static void
sac_collections_init (SacCollections *self)
{
  self->flow = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_layout_manager (self->flow, sac_flow_layout_new (6));
  adw_bin_set_child (ADW_BIN (self), self->flow);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
