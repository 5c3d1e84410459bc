/* A box kept as it is over the frames that follow: over how many is asked, and the last of them is shown meanwhile. */
#include <glib/gi18n.h>

#include "sac-box-editor-private.h"
#include "sac-keys.h"

#define FRAMES 10               /* where there is no next keyframe, the first time */

typedef struct {
  SacBoxEditor *editor;
  GtkWidget *popover, *entry;
  guint frame;                  /* the box's */
  gboolean done;
} Question;

gboolean
sac_box_editor_propagate (SacBoxEditor *self, guint n)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = track ? _sac_box_editor_copy (track) : NULL;
  guint frame = _sac_box_editor_frame (self), to = MIN (frame + n, sac_player_get_last (self->player));

  if (!track || to <= frame || !sac_boxes_propagate (boxes, frame, to))
    return FALSE;
  self->propagated = n;
  if (!_sac_box_editor_write (self, track, boxes, _("Keep a box over the following frames"), TRUE))
    return FALSE;
  sac_session_say (self->session, TRUE, _("The box stays as it is up to frame %u"), to);
  sac_player_set_frame (self->player, to);
  return TRUE;
}

static void
on_value (Question *question)
{
  int n = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (question->entry));

  sac_player_set_frame (question->editor->player, question->frame + (guint) MAX (n, 0));
}

static void
on_keep (Question *question)
{
  guint n;

  gtk_spin_button_update (GTK_SPIN_BUTTON (question->entry));
  n = (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (question->entry));
  question->done = TRUE;
  gtk_popover_popdown (GTK_POPOVER (question->popover));
  sac_player_set_frame (question->editor->player, question->frame);
  sac_box_editor_propagate (question->editor, n);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, Question *question)
{
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter)
    return GDK_EVENT_PROPAGATE;
  on_keep (question);
  return GDK_EVENT_STOP;
}

static void
on_closed (GtkPopover *popover, Question *question)
{
  if (!question->done)
    sac_player_set_frame (question->editor->player, question->frame);
  sac_popover_drop (popover);
}

static void
question_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Question *) data)->editor);
  g_free (data);
}

static GtkWidget *
make_content (Question *question, guint n, guint most)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *keep = gtk_button_new_with_mnemonic (_("_Keep"));

  question->entry = gtk_spin_button_new_with_range (1, most, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (question->entry), n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (question->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Frames to keep the box for"), -1);
  gtk_widget_add_css_class (keep, "suggested-action");
  gtk_box_append (GTK_BOX (box), gtk_label_new (_("Keep the box for frames:")));
  gtk_box_append (GTK_BOX (box), question->entry);
  gtk_box_append (GTK_BOX (box), keep);
  g_signal_connect_swapped (question->entry, "value-changed", G_CALLBACK (on_value), question);
  g_signal_connect_swapped (keep, "clicked", G_CALLBACK (on_keep), question);
  return box;
}

/* Up to the frame before the next keyframe, as a proposal; without one as many as the last time. */
void
_sac_box_editor_ask_propagate (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  guint frame = _sac_box_editor_frame (self), last = sac_player_get_last (self->player), next;
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *view = GTK_WIDGET (self->player);
  Question *question;
  SacBox box;

  if (!sac_boxes_at (track->boxes, track->n_boxes, frame, &box))
    {
      sac_session_say (self->session, FALSE, _("The object is not in this frame"));
      return;
    }
  if (frame >= last)
    {
      sac_session_say (self->session, FALSE, _("This is the last frame"));
      return;
    }
  next = self->propagated ? self->propagated : FRAMES;
  if (sac_boxes_next_key (track->boxes, track->n_boxes, frame, 1, &next))
    next = MAX (next - frame, 2) - 1;
  question = g_new0 (Question, 1);
  question->editor = g_object_ref (self);
  question->frame = frame;
  question->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (question->popover), make_content (question, MIN (next, last - frame), last - frame));
  gtk_widget_set_parent (question->popover, view);
  gtk_popover_set_position (GTK_POPOVER (question->popover), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (question->popover), &(GdkRectangle) { gtk_widget_get_width (view) / 2, 8, 1, 1 });
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), question);
  gtk_widget_add_controller (question->popover, keys);
  g_signal_connect_data (question->popover, "closed", G_CALLBACK (on_closed), question, question_free, 0);
  gtk_popover_popup (GTK_POPOVER (question->popover));
  gtk_widget_grab_focus (question->entry);
}
