#include "sac-query-completion.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_WORDS 8

typedef struct {
  GtkWidget *entry, *popover, *list;
  SacSession *session;
  gsize start;                  /* bytes, where the word that is typed begins */
  gboolean taking;
} Completion;

static void
completion_free (gpointer data)
{
  Completion *self = data;

  g_object_unref (self->session);
  g_free (self);
}

static void
take_word (Completion *self, GtkListBoxRow *row)
{
  const char *word = g_object_get_data (G_OBJECT (row), "word"), *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  int cursor = gtk_editable_get_position (GTK_EDITABLE (self->entry));
  const char *end = g_utf8_offset_to_pointer (text, cursor), *next = strchr ("<>=:", word[strlen (word) - 1]) ? "" : " ";
  g_autofree char *whole = g_strdup_printf ("%.*s%s%s%s", (int) self->start, text, word, next, end[0] == ' ' && next[0] ? end + 1 : end);

  cursor = (int) g_utf8_strlen (text, (gssize) self->start) + (int) g_utf8_strlen (word, -1) + (int) strlen (next);
  self->taking = next[0] != '\0';       /* after "label:" the next words are offered at once */
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), whole);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), cursor);
  self->taking = FALSE;
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, Completion *self)
{
  take_word (self, row);
}

static void
fill (Completion *self, GPtrArray *words)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  for (guint i = 0; i < words->len; i++)
    {
      GtkWidget *label = gtk_label_new (words->pdata[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      row = gtk_list_box_row_new ();
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
      gtk_widget_set_can_focus (row, FALSE);
      g_object_set_data_full (G_OBJECT (row), "word", g_strdup (words->pdata[i]), g_free);
      gtk_list_box_append (GTK_LIST_BOX (self->list), row);
    }
}

static void
on_changed (GtkEditable *editable, Completion *self)
{
  const char *text = gtk_editable_get_text (editable);
  int cursor = gtk_editable_get_position (editable), length = (int) g_utf8_strlen (text, -1);
  gsize at = (gsize) (g_utf8_offset_to_pointer (text, MIN (cursor, length)) - text);
  g_autoptr (GPtrArray) words = NULL;

  if (self->taking || !gtk_widget_get_mapped (self->entry) || !gtk_widget_get_focus_child (self->entry))
    {
      gtk_popover_popdown (GTK_POPOVER (self->popover));
      return;
    }
  words = sac_query_complete (text, at, sac_session_get_table (self->session)->labels, MOST_WORDS, &self->start);
  if (words->len == 0)
    {
      gtk_popover_popdown (GTK_POPOVER (self->popover));
      return;
    }
  fill (self, words);
  if (!gtk_widget_get_visible (self->popover))
    gtk_popover_popup (GTK_POPOVER (self->popover));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, Completion *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  int index = row ? gtk_list_box_row_get_index (row) : -1;

  if (!gtk_widget_get_visible (self->popover) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Down:
    case GDK_KEY_Up:
      row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), MAX (index + (keyval == GDK_KEY_Down ? 1 : -1), 0));
      if (row)
        gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (!row)
        {
          gtk_popover_popdown (GTK_POPOVER (self->popover));
          return GDK_EVENT_PROPAGATE;
        }
      take_word (self, row);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      gtk_popover_popdown (GTK_POPOVER (self->popover));
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
on_focus_left (GtkEventControllerFocus *controller, Completion *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
on_destroy (GtkWidget *entry, Completion *self)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

void
sac_query_completion_attach (GtkWidget *entry, SacSession *session)
{
  Completion *self = g_new0 (Completion, 1);
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();

  self->entry = entry;
  self->session = g_object_ref (session);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Words that fit"), -1);
  gtk_widget_add_css_class (self->list, "completion");
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row), self);
  self->popover = gtk_popover_new ();
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_BOTTOM);
  gtk_widget_set_can_focus (self->popover, FALSE);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_popover_set_child (GTK_POPOVER (self->popover), self->list);
  gtk_widget_set_parent (self->popover, entry);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (entry, keys);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (entry, focus);
  g_signal_connect_after (entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (entry, "destroy", G_CALLBACK (on_destroy), self);
  g_object_set_data_full (G_OBJECT (entry), "sac-completion", self, completion_free);
}
