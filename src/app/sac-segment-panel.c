#include "sac-segment-panel.h"

#include <glib/gi18n.h>

#include "sac-attribute-box.h"
#include "sac-keymap.h"
#include "sac-label-names.h"

struct _SacSegmentPanel {
  AdwBin parent_instance;
  SacSession *session;
  SacPlayer *player;
  SacTimelineView *timeline;
  gboolean filling;             /* what changes is told to us, not by us */
  GtkWidget *state_label, *label_choice, *first_entry, *last_entry, *loop_button, *split_button;
  SacAttributeBox *attributes;
};

G_DEFINE_FINAL_TYPE (SacSegmentPanel, sac_segment_panel, ADW_TYPE_BIN)

/* ---- what is shown. */

/* Counts change with every act, the list only when names do. */
static void
list_labels (SacSegmentPanel *self)
{
  g_autoptr (GtkStringList) names = sac_label_names_if_changed (self->session, gtk_drop_down_get_model (GTK_DROP_DOWN (self->label_choice)),
                                                                NULL);

  if (!names)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->label_choice), G_LIST_MODEL (names));
  self->filling = FALSE;
}

static void
set_frame (GtkWidget *entry, guint frame, guint most)
{
  gtk_adjustment_set_upper (gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (entry)), most);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (entry), frame);
}

static void
fill (SacSegmentPanel *self)
{
  SacMedia *media = sac_player_get_media (self->player);
  g_autofree char *text = NULL;
  SacSpan span;
  SacId label;

  if (!sac_timeline_view_get_segment (self->timeline, &label, &span))
    return;
  self->filling = TRUE;
  text = g_strdup_printf (_("%.3f – %.3f s · %.3f s long"), (double) span.in_ns / 1e9, (double) span.out_ns / 1e9,
                          (double) (span.out_ns - span.in_ns) / 1e9);
  gtk_label_set_text (GTK_LABEL (self->state_label), text);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->label_choice), (guint) sac_session_find_label (self->session, label));
  gtk_widget_set_sensitive (self->first_entry, media != NULL);
  gtk_widget_set_sensitive (self->last_entry, media != NULL);
  if (media)
    {
      guint last = sac_media_get_n_frames (media) - 1, first = sac_media_get_frame_at (media, span.in_ns);

      set_frame (self->first_entry, first, last);
      set_frame (self->last_entry, MAX (first, sac_timeline_last_frame (media, span.out_ns)), last);
    }
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->loop_button), sac_timeline_view_get_looped (self->timeline));
  self->filling = FALSE;
}

/* Splitting needs the playhead inside. */
static void
on_frame (SacSegmentPanel *self)
{
  SacMedia *media = sac_player_get_media (self->player);
  SacSpan span;
  gint64 at;

  if (!media || !gtk_widget_get_visible (GTK_WIDGET (self)) || !sac_timeline_view_get_segment (self->timeline, NULL, &span))
    return;
  at = sac_media_get_time_ns (media, sac_player_get_frame (self->player));
  gtk_widget_set_sensitive (self->split_button, at > span.in_ns && at < span.out_ns);
}

static void
on_changed (SacSegmentPanel *self)
{
  sac_attribute_box_set_owner (self->attributes, sac_timeline_view_get_selected (self->timeline));
  fill (self);
  on_frame (self);
}

static void
on_labels_changed (SacSegmentPanel *self)
{
  list_labels (self);
  fill (self);
}

/* ---- acts. */

static void
on_label (SacSegmentPanel *self)
{
  guint index = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->label_choice));
  SacId label, wanted = index < sac_session_get_n_labels (self->session) ? sac_session_get_label (self->session, index)->id : 0;

  if (!self->filling && wanted && sac_timeline_view_get_segment (self->timeline, &label, NULL) && label != wanted)
    {
      sac_timeline_view_set_label (self->timeline, wanted);
      fill (self);              /* where that was refused, the old one is shown again */
    }
}

/* The edge that is typed is shown; the other one gives way. */
static void
on_number (SacSegmentPanel *self, GtkWidget *entry)
{
  SacMedia *media = sac_player_get_media (self->player);
  guint first = (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->first_entry));
  guint last = (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->last_entry));
  guint shown = entry == self->first_entry ? first : last;
  SacSpan span;
  SacId label;

  if (self->filling || !media || !sac_timeline_view_get_segment (self->timeline, &label, &span))
    return;
  if (first > last)
    first = last = shown;
  if (entry == self->first_entry || first == last)
    span.in_ns = sac_media_get_time_ns (media, first);
  if (entry == self->last_entry || first == last)
    span.out_ns = last + 1 < sac_media_get_n_frames (media) ? sac_media_get_time_ns (media, last + 1)
                                                            : sac_media_get_duration_ns (media);
  sac_player_set_frame (self->player, shown);
  sac_session_set_segment (self->session, sac_timeline_view_get_selected (self->timeline), label, span.in_ns, span.out_ns);
  fill (self);
}

static void
on_act (GtkWidget *button, SacSegmentPanel *self)
{
  if (self->filling)
    return;
  sac_timeline_view_act (self->timeline, g_object_get_data (G_OBJECT (button), "act"));
  fill (self);
}

/* ---- life. */

static GtkWidget *
add_button (SacSegmentPanel *self, GtkWidget *box, GtkWidget *button, const char *icon, const char *words, const char *act)
{
  g_autofree char *keys = sac_keymap_dup_label (sac_keymap_get (), act);
  g_autofree char *tip = *keys ? g_strdup_printf ("%s (%s)", words, keys) : g_strdup (words);

  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_widget_set_tooltip_text (button, tip);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_object_set_data (G_OBJECT (button), "act", (gpointer) act);
  g_signal_connect (button, "clicked", G_CALLBACK (on_act), self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

void
sac_segment_panel_attach (SacSegmentPanel *self, SacSession *session, SacPlayer *player, SacTimelineView *timeline)
{
  g_return_if_fail (SAC_IS_SEGMENT_PANEL (self) && !self->session);
  self->session = g_object_ref (session);
  self->player = player;
  self->timeline = timeline;
  sac_attribute_box_attach (self->attributes, session, player, SAC_ATTRIBUTE_SEGMENT);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (on_labels_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (timeline, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (timeline, "notify::selected", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  list_labels (self);
}

static void
sac_segment_panel_dispose (GObject *object)
{
  SacSegmentPanel *self = SAC_SEGMENT_PANEL (object);

  self->filling = TRUE;
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_segment_panel_parent_class)->dispose (object);
}

static void
sac_segment_panel_class_init (SacSegmentPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_segment_panel_dispose;
}

static GtkWidget *
add_entry (SacSegmentPanel *self, GtkWidget *grid, int row, const char *words)
{
  GtkWidget *entry = gtk_spin_button_new_with_range (0, 1e9, 1), *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (entry, "numeric");
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_swapped (entry, "value-changed", G_CALLBACK (on_number), self);
  gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), entry, 1, row, 1, 1);
  return entry;
}

static void
sac_segment_panel_init (SacSegmentPanel *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (_("Segment")), *grid = gtk_grid_new (), *acts = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_hexpand (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "object-panel");
  g_object_set (scrolled, "hscrollbar-policy", GTK_POLICY_NEVER, "width-request", 230, NULL);
  g_object_set (box, "margin-start", 12, "margin-end", 12, "margin-top", 9, "margin-bottom", 9, NULL);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "heading");
  self->state_label = gtk_label_new (NULL);
  g_object_set (self->state_label, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (self->state_label, "caption");
  gtk_widget_add_css_class (self->state_label, "dim-label");
  gtk_widget_add_css_class (self->state_label, "numeric");
  self->label_choice = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->label_choice), TRUE);
  gtk_widget_set_tooltip_text (self->label_choice, _("Label of the segment"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->label_choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Label of the segment"), -1);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  self->first_entry = add_entry (self, grid, 0, _("First frame"));
  self->last_entry = add_entry (self, grid, 1, _("Last frame"));
  gtk_widget_add_css_class (acts, "linked");
  gtk_box_set_homogeneous (GTK_BOX (acts), TRUE);
  add_button (self, acts, gtk_button_new (), "go-first-symbolic", _("Go to the segment’s begin"), "segment.go-in");
  self->loop_button = add_button (self, acts, gtk_toggle_button_new (), "media-playlist-repeat-symbolic",
                                  _("Play the segment over and over"), "segment.loop");
  add_button (self, acts, gtk_button_new (), "go-last-symbolic", _("Go to the segment’s end"), "segment.go-out");
  self->split_button = add_button (self, acts, gtk_button_new (), "edit-cut-symbolic", _("Split the segment here"), "segment.split");
  add_button (self, acts, gtk_button_new (), "user-trash-symbolic", _("Delete the segment"), "segment.delete");
  self->attributes = g_object_new (SAC_TYPE_ATTRIBUTE_BOX, NULL);
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), self->state_label);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), self->label_choice);
  gtk_box_append (GTK_BOX (box), grid);
  gtk_box_append (GTK_BOX (box), acts);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->attributes));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  adw_bin_set_child (ADW_BIN (self), scrolled);
  g_signal_connect_swapped (self->label_choice, "notify::selected", G_CALLBACK (on_label), self);
}
