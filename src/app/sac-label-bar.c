#include "sac-label-bar.h"

#include <glib/gi18n.h>

#include "sac-flow-layout.h"
#include "sac-form.h"
#include "sac-keys.h"
#include "sac-label-chip.h"
#include "sac-label-finder.h"

struct _SacLabelBar {
  AdwBin parent_instance;
  SacSession *session;
  GArray *clips;                /* SacId */
  GtkWidget *scrolled, *flow;
  guint fit_id;
  GtkWidget *add_button, *popover, *finder;
  GPtrArray *chips;             /* borrowed, in the session's order */
  char *made_of;                /* ids, names, keys, colours the chips were made of */
  SacId asked;                  /* the label a menu or dialog is about */
};

G_DEFINE_FINAL_TYPE (SacLabelBar, sac_label_bar, ADW_TYPE_BIN)

static guint choose_signal, done_signal;

/* ---- states. */

/* Of all labels, which states occur among the clips; see sac_session_join_states(). */
static guint8 *
dup_masks (SacLabelBar *self)
{
  guint8 *masks = g_new0 (guint8, sac_session_get_n_labels (self->session) + 1);

  sac_session_join_states (self->session, (const SacId *) (void *) self->clips->data, self->clips->len, masks);
  return masks;
}

static SacChipState
state_of (guint8 mask)
{
  for (int state = SAC_LABEL_UNKNOWN; state <= SAC_LABEL_YES; state++)
    if (mask == 1u << (state + 1))
      return (SacChipState) state;
  return mask ? SAC_CHIP_MIXED : SAC_CHIP_UNKNOWN;
}

static void
update_states (SacLabelBar *self)
{
  g_autofree guint8 *masks = dup_masks (self);

  for (guint i = 0; i < self->chips->len; i++)
    {
      sac_label_chip_set_state (self->chips->pdata[i], i < sac_session_get_n_labels (self->session) ? state_of (masks[i])
                                                       : SAC_CHIP_UNKNOWN);
      gtk_widget_set_sensitive (self->chips->pdata[i], self->clips->len > 0);
    }
  gtk_widget_set_sensitive (self->add_button, sac_session_is_writable (self->session));
}

static void
set_label (SacLabelBar *self, SacId label, SacLabelState state)
{
  /* The array may be replaced while the act is told about. */
  g_autoptr (GArray) clips = g_array_ref (self->clips);

  sac_session_set_label (self->session, (const SacId *) (void *) clips->data, clips->len, label, state);
}

/* Whether somebody else wants the label: it is of what is selected then, not of the clip. */
static gboolean
offer (SacLabelBar *self, SacId label, gboolean unknown)
{
  gboolean taken = FALSE;

  if (!unknown)
    g_signal_emit (self, choose_signal, 0, label, &taken);
  return taken;
}

static void
on_chip (SacLabelChip *chip, int state, SacLabelBar *self)
{
  if (!offer (self, sac_label_chip_get_label (chip), state == SAC_LABEL_UNKNOWN))
    set_label (self, sac_label_chip_get_label (chip), (SacLabelState) state);
}

static gboolean
press (SacLabelBar *self, int index, gboolean unknown)
{
  if (index < 0 || self->clips->len == 0)
    return FALSE;
  if (offer (self, sac_session_get_label (self->session, (guint) index)->id, unknown))
    return TRUE;
  if (unknown)
    set_label (self, sac_session_get_label (self->session, (guint) index)->id, SAC_LABEL_UNKNOWN);
  else
    {
      g_autofree guint8 *masks = dup_masks (self);

      set_label (self, sac_session_get_label (self->session, (guint) index)->id,
                 masks[index] == 1u << (SAC_LABEL_YES + 1) ? SAC_LABEL_NO : SAC_LABEL_YES);
    }
  return TRUE;
}

/* The first ten are those with the digits 1 … 9, 0; the second bank is made of the first ten that have none. */
static int
find_by_number (SacLabelBar *self, guint number)
{
  guint n = sac_session_get_n_labels (self->session), rest = 10;

  if (number >= 1 && number <= 10)
    return sac_session_find_label_by_key (self->session, (char) ('0' + number % 10));
  for (guint i = 0; i < n; i++)
    if (!sac_session_get_label (self->session, i)->key && ++rest == number)
      return (int) i;
  return -1;
}

SacId
sac_label_bar_find (SacLabelBar *self, const char *act)
{
  const char *number = self->session && act && g_str_has_prefix (act, "label.") ? act + strlen ("label.") : "";
  int index = g_ascii_isdigit (number[0]) ? find_by_number (self, (guint) g_ascii_strtoull (number, NULL, 10)) : -1;

  return index < 0 ? 0 : sac_session_get_label (self->session, (guint) index)->id;
}

gboolean
sac_label_bar_act (SacLabelBar *self, const char *act)
{
  gboolean unknown;

  g_return_val_if_fail (SAC_IS_LABEL_BAR (self), FALSE);
  if (!act || !self->session || !g_str_has_prefix (act, "label."))
    return FALSE;
  act += strlen ("label.");
  if (g_str_equal (act, "type"))
    {
      sac_label_bar_new_label (self);
      return TRUE;
    }
  unknown = g_str_has_prefix (act, "unknown-");
  act += unknown ? strlen ("unknown-") : 0;
  return press (self, find_by_number (self, (guint) g_ascii_strtoull (act, NULL, 10)), unknown);
}

/* ---- the menu of one label. */

static void
on_rename (AdwMessageDialog *dialog, const char *response, SacLabelBar *self)
{
  GtkWidget *entry = adw_message_dialog_get_extra_child (dialog);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  if (g_strcmp0 (response, "rename") == 0 && name[0] != '\0')
    sac_session_rename_label (self->session, self->asked, name);
}

static void
act_rename (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SacLabelBar *self = SAC_LABEL_BAR (widget);
  int index = sac_session_find_label (self->session, self->asked);
  GtkWidget *dialog, *entry;

  if (index < 0)
    return;
  dialog = sac_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _("Rename label"), NULL);
  entry = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (entry), sac_session_get_label (self->session, (guint) index)->name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "rename", _("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_rename), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
act_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SacLabelBar *self = SAC_LABEL_BAR (widget);

  sac_session_remove_label (self->session, self->asked);
}

static void
act_set (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SacLabelBar *self = SAC_LABEL_BAR (widget);

  set_label (self, self->asked, (SacLabelState) g_variant_get_int32 (parameter));
}

static void
pop_up_menu (SacLabelBar *self, GtkWidget *chip)
{
  g_autoptr (GMenu) menu = g_menu_new (), states = g_menu_new (), more = g_menu_new ();
  GtkWidget *popover;

  self->asked = sac_label_chip_get_label (SAC_LABEL_CHIP (chip));
  g_menu_append (states, _("_Yes"), "labels.set(1)");
  g_menu_append (states, _("_No"), "labels.set(0)");
  g_menu_append (states, _("_Unknown"), "labels.set(-1)");
  g_menu_append (more, _("_Rename…"), "labels.rename");
  g_menu_append (more, _("_Delete label"), "labels.remove");
  g_menu_append (more, _("All _labels…"), "win.labels");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (states));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  {
    graphene_rect_t place;

    if (gtk_widget_compute_bounds (chip, GTK_WIDGET (self), &place))
      gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) place.origin.x, (int) place.origin.y,
                                                                            (int) place.size.width, (int) place.size.height });
  }
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
on_secondary (GtkGestureClick *gesture, int n_press, double x, double y, SacLabelBar *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pop_up_menu (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

static gboolean
on_chip_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacLabelBar *self)
{
  if (keyval != GDK_KEY_Menu && !(keyval == GDK_KEY_F10 && (state & GDK_SHIFT_MASK)))
    return GDK_EVENT_PROPAGATE;
  pop_up_menu (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  return GDK_EVENT_STOP;
}

/* ---- as high as the chips need, up to some rows; hundreds of labels are scrolled. */

#define MOST_HEIGHT 112

static gboolean
fit (gpointer data)
{
  SacLabelBar *self = data;
  int width = gtk_widget_get_width (self->scrolled), height;

  self->fit_id = 0;
  if (width > 0)
    {
      gtk_widget_measure (self->flow, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
      gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scrolled), MIN (height, MOST_HEIGHT));
    }
  return G_SOURCE_REMOVE;
}

/* Not while sizes are being given out. */
static void
fit_soon (SacLabelBar *self)
{
  if (!self->fit_id)
    self->fit_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit, self, NULL);
}

/* ---- the chips. */

static char *
dup_description (SacSession *session)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    {
      const SacLabel *label = sac_session_get_label (session, i);

      g_string_append_printf (text, "%" G_GINT64_FORMAT " %c %x %s\n", label->id, label->key ? label->key : ' ', label->colour,
                              label->name);
    }
  return g_string_free (text, FALSE);
}

static void
add_chip (SacLabelBar *self, const SacLabel *label)
{
  GtkWidget *chip = sac_label_chip_new (label);
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_secondary), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_chip_key), self);
  gtk_widget_add_controller (chip, GTK_EVENT_CONTROLLER (secondary));
  gtk_widget_add_controller (chip, keys);
  g_signal_connect (chip, "set-state", G_CALLBACK (on_chip), self);
  gtk_widget_insert_before (chip, self->flow, self->add_button);
  g_ptr_array_add (self->chips, chip);
}

/* Counts change with every act, chips only when the vocabulary does: so focus stays where it is. */
static void
on_labels_changed (SacLabelBar *self)
{
  g_autofree char *description = dup_description (self->session);

  if (g_strcmp0 (description, self->made_of) != 0)
    {
      g_free (self->made_of);
      self->made_of = g_steal_pointer (&description);
      for (guint i = 0; i < self->chips->len; i++)
        gtk_widget_unparent (self->chips->pdata[i]);
      g_ptr_array_set_size (self->chips, 0);
      for (guint i = 0; i < sac_session_get_n_labels (self->session); i++)
        add_chip (self, sac_session_get_label (self->session, i));
      fit_soon (self);
    }
  update_states (self);
}

/* ---- a new label. */

static void
on_found (SacLabelFinder *finder, gint64 label, const char *name, SacLabelBar *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (!label)
    label = sac_session_add_label (self->session, name);
  if (label && self->clips->len && !offer (self, label, FALSE))
    set_label (self, label, SAC_LABEL_YES);
}

void
sac_label_bar_new_label (SacLabelBar *self)
{
  g_return_if_fail (SAC_IS_LABEL_BAR (self));
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->add_button));
  sac_label_finder_begin (SAC_LABEL_FINDER (self->finder));
}

static void
on_finder_closed (SacLabelBar *self)
{
  g_signal_emit (self, done_signal, 0);
}

static GtkWidget *
make_add_button (SacLabelBar *self)
{
  GtkWidget *button = gtk_menu_button_new ();

  self->popover = gtk_popover_new ();
  self->finder = sac_label_finder_new ();
  g_signal_connect (self->finder, "chosen", G_CALLBACK (on_found), self);
  g_signal_connect_swapped (self->popover, "show", G_CALLBACK (sac_label_finder_begin), self->finder);
  g_signal_connect_swapped (self->popover, "closed", G_CALLBACK (on_finder_closed), self);
  gtk_popover_set_child (GTK_POPOVER (self->popover), self->finder);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), self->popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "list-add-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, _("Find or add a label"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find or add a label"), -1);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (button), GTK_ARROW_UP);
  return button;
}

/* ---- life. */

static void
sac_label_bar_dispose (GObject *object)
{
  SacLabelBar *self = SAC_LABEL_BAR (object);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_handle_id (&self->fit_id, g_source_remove);
  if (self->scrolled)
    g_signal_handlers_disconnect_by_data (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled)), self);
  self->scrolled = NULL;
  if (self->flow)
    {
      GtkWidget *child;

      while ((child = gtk_widget_get_first_child (self->flow)))
        gtk_widget_unparent (child);
      self->flow = NULL;
    }
  G_OBJECT_CLASS (sac_label_bar_parent_class)->dispose (object);
}

static void
sac_label_bar_finalize (GObject *object)
{
  SacLabelBar *self = SAC_LABEL_BAR (object);

  g_array_unref (self->clips);
  g_ptr_array_unref (self->chips);
  g_free (self->made_of);
  G_OBJECT_CLASS (sac_label_bar_parent_class)->finalize (object);
}

static void
sac_label_bar_class_init (SacLabelBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_label_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_label_bar_finalize;
  choose_signal = g_signal_new ("choose", SAC_TYPE_LABEL_BAR, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                                G_TYPE_BOOLEAN, 1, G_TYPE_INT64);
  done_signal = g_signal_new ("done", SAC_TYPE_LABEL_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "labels.set", "i", act_set);
  gtk_widget_class_install_action (widget_class, "labels.rename", NULL, act_rename);
  gtk_widget_class_install_action (widget_class, "labels.remove", NULL, act_remove);
}

static void
sac_label_bar_init (SacLabelBar *self)
{
  self->clips = g_array_new (FALSE, FALSE, sizeof (SacId));
  self->chips = g_ptr_array_new ();
  self->flow = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_layout_manager (self->flow, sac_flow_layout_new (6));
  gtk_widget_set_hexpand (self->flow, TRUE);
  self->add_button = make_add_button (self);
  gtk_widget_set_parent (self->add_button, self->flow);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_valign (self->flow, GTK_ALIGN_CENTER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->flow);
  g_signal_connect_swapped (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled)), "changed", G_CALLBACK (fit_soon),
                            self);
  adw_bin_set_child (ADW_BIN (self), self->scrolled);
}

void
sac_label_bar_attach (SacLabelBar *self, SacSession *session)
{
  g_return_if_fail (SAC_IS_LABEL_BAR (self) && !self->session);
  self->session = g_object_ref (session);
  sac_label_finder_set_session (SAC_LABEL_FINDER (self->finder), session);
  g_signal_connect_swapped (session, "labels-changed", G_CALLBACK (on_labels_changed), self);
  g_signal_connect_swapped (session, "clips-changed", G_CALLBACK (update_states), self);
  g_signal_connect_swapped (session, "notify::writable", G_CALLBACK (update_states), self);
  on_labels_changed (self);
}

void
sac_label_bar_set_clips (SacLabelBar *self, GArray *clips)
{
  g_return_if_fail (SAC_IS_LABEL_BAR (self));
  g_array_unref (self->clips);
  self->clips = clips ? g_array_ref (clips) : g_array_new (FALSE, FALSE, sizeof (SacId));
  if (self->session)
    update_states (self);
}
