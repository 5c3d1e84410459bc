#include "sac-label-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-box-editor.h"
#include "sac-clip-selection.h"
#include "sac-clip-tile.h"
#include "sac-keymap.h"
#include "sac-keys.h"
#include "sac-label-bar.h"
#include "sac-next-match.h"
#include "sac-object-panel.h"
#include "sac-segment-panel.h"
#include "sac-settings.h"
#include "sac-tile-grid.h"
#include "sac-timeline-view.h"

struct _SacLabelPage {
  SacPage parent_instance;
  SacClipSelection *clips;
  SacBoxEditor *boxes;          /* the player's */
  SacClip *clip;                /* the one in the player, with our handler on it */
  gulong clip_changed;
  gboolean following;           /* list, player and shared selection are being brought together */

  GtkStack *stack;
  AdwFlap *flap;
  SacTileGrid *list;
  GtkLabel *progress_label, *name_label, *facts_label;
  GtkProgressBar *progress_bar;
  GtkWidget *reviewed_icon;
  SacPlayer *player;
  SacObjectPanel *object;
  SacSegmentPanel *segment;
  GtkWidget *nothing;           /* in their place: the picture stays where it is once one of them was there */
  GtkToggleButton *box_button, *run_button;
  GtkLabel *hint;
  SacLabelBar *labels;
  SacTimelineView *timeline;
  GtkScrolledWindow *timeline_area;
  SacLiveCoder *coder;
  SacRunRows *run;
  SacNextMatch *match;
  GtkButton *unreviewed_button;
  GtkMenuButton *match_button;
};

G_DEFINE_FINAL_TYPE (SacLabelPage, sac_label_page, SAC_TYPE_PAGE)

/* ---- the list. */

static guint
get_n_clips (SacLabelPage *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->clips));
}

static SacClipList *
get_list (SacLabelPage *self)
{
  return sac_clip_selection_get_list (self->clips);
}

static guint
find_position (SacLabelPage *self, SacClip *clip)
{
  guint position;

  return clip && sac_clip_list_find (get_list (self), sac_clip_get_id (clip), &position) ? position : GTK_INVALID_LIST_POSITION;
}

/* ---- what is written about the clip. */

static void
update_facts (SacLabelPage *self)
{
  const SacItem *item = self->clip ? sac_clip_get_item (self->clip) : NULL;
  g_autoptr (GString) facts = g_string_new (NULL);

  gtk_label_set_text (self->name_label, item ? item->name : "");
  gtk_widget_set_visible (self->reviewed_icon, item && item->reviewed);
  if (!item)
    return;
  g_string_append_printf (facts, "%d × %d · %.4g %s", item->width, item->height, item->fps, _("frames/s"));
  if (sac_split_name (item->split))
    g_string_append_printf (facts, " · %s", sac_split_name (item->split));
  if (item->group)
    g_string_append_printf (facts, " · %s", item->group);
  if (item->synthetic)
    g_string_append_printf (facts, " · %s", _("Synthetic"));
  if (item->warning)
    g_string_append_printf (facts, " · %s", item->warning);
  gtk_label_set_text (self->facts_label, facts->str);
}

static void
update_progress (SacLabelPage *self)
{
  guint n = get_n_clips (self), reviewed = sac_clip_list_count_reviewed (get_list (self));
  g_autofree char *text = NULL;

  text = g_strdup_printf (_("%u of %u reviewed"), reviewed, n);
  gtk_label_set_text (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress_bar, n ? (double) reviewed / n : 0);
}

/* ---- one clip for list, player and the whole window. */

static void
show_clip (SacLabelPage *self, SacClip *clip)
{
  guint position;

  if (self->clip != clip)
    {
      if (self->clip)
        g_clear_signal_handler (&self->clip_changed, self->clip);
      g_set_object (&self->clip, clip);
      if (clip)
        self->clip_changed = g_signal_connect_swapped (clip, "changed", G_CALLBACK (update_facts), self);
    }
  sac_player_open (self->player, clip ? sac_clip_get_item (clip) : NULL);
  sac_box_editor_set_clip (self->boxes, clip);
  sac_timeline_view_set_clip (self->timeline, clip);
  sac_run_rows_set_clip (self->run, clip);
  sac_live_coder_set_clip (self->coder, clip ? sac_clip_get_id (clip) : 0);
  if (clip)
    {
      g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (SacId));
      SacId id = sac_clip_get_id (clip);

      g_array_append_val (one, id);
      sac_label_bar_set_clips (self->labels, one);
    }
  else
    sac_label_bar_set_clips (self->labels, NULL);
  position = find_position (self, clip);
  if (position != sac_clip_selection_get_first (self->clips))
    {
      self->following = TRUE;
      sac_clip_selection_select_only (self->clips, position);
      self->following = FALSE;
      if (position != GTK_INVALID_LIST_POSITION)
        sac_tile_grid_show (self->list, position);
    }
  update_facts (self);
}

/* Follows the window's selection while the page is in front; a page behind decodes nothing. */
static void
follow (SacLabelPage *self)
{
  SacSelection *shared = sac_page_get_selection (SAC_PAGE (self));
  SacClip *clip = sac_selection_get_clip (shared);
  guint frame;

  if (!sac_page_get_shown (SAC_PAGE (self)) || self->following)
    return;
  if (!clip && get_n_clips (self) > 0)
    {
      g_autoptr (SacClip) first = g_list_model_get_item (G_LIST_MODEL (self->clips), 0);

      sac_selection_set_clip (shared, first);   /* comes back here */
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, clip ? "clip" : "empty");
  frame = sac_selection_get_frame (shared);
  self->following = TRUE;
  if (clip != self->clip || !clip)
    show_clip (self, clip);
  sac_player_set_frame (self->player, frame);
  self->following = FALSE;
}

static void
on_list_selected (SacLabelPage *self)
{
  g_autoptr (SacClip) clip = g_list_model_get_item (G_LIST_MODEL (self->clips), sac_clip_selection_get_first (self->clips));

  if (!self->following && clip && sac_page_get_shown (SAC_PAGE (self)))
    sac_selection_set_clip (sac_page_get_selection (SAC_PAGE (self)), clip);
}

static void
on_player_frame (SacLabelPage *self)
{
  if (self->following || !sac_page_get_shown (SAC_PAGE (self)) || !self->clip)
    return;
  self->following = TRUE;
  sac_selection_set_frame (sac_page_get_selection (SAC_PAGE (self)), sac_player_get_frame (self->player));
  self->following = FALSE;
}

/* A digit or chip is of the selected object, or of the box that is about to be drawn, or of the selected segment. */
static gboolean
on_choose_label (SacLabelPage *self, SacId label)
{
  return sac_box_editor_set_label (self->boxes, label) || sac_timeline_view_set_label (self->timeline, label);
}

typedef struct { const char *act, *words; } Hint;

/* "K: keyframe · E: previous", as far as there are keys. */
static char *
join_hints (const Hint *hints)
{
  GString *text = g_string_new (NULL);

  for (; hints->act; hints++)
    {
      const char *const one[] = { hints->act, NULL };
      g_autofree char *whole = sac_keymap_dup_hint (sac_keymap_get (), one);
      const char *colon = strstr (whole, ": ");

      if (colon)
        g_string_append_printf (text, "%s%.*s: %s", text->len ? " · " : "", (int) (colon - whole), whole, _(hints->words));
    }
  return g_string_free (text, FALSE);
}

/* What the keys do now. */
static void
update_hint (SacLabelPage *self)
{
  static const Hint of_clip[] = {
    { "label.1", N_("first label") }, { "label.unknown-1", N_("unknown") }, { "label.type", N_("find a label") },
    { "segment.in", N_("segment from here") }, { "segment.out", N_("to here") }, { "track.new", N_("box") },
    { "player.play", N_("play") }, { "clip.accept", N_("accept, next") }, { "clip.next-unreviewed", N_("next one") }, { NULL, NULL },
  };
  static const Hint of_segment[] = {
    { "label.1", N_("first label") }, { "segment.go-in", N_("begin") }, { "segment.go-out", N_("end") }, { "segment.split", N_("split") },
    { "segment.loop", N_("play over and over") }, { "segment.next-segment", N_("next segment") }, { "segment.delete", N_("delete") },
    { "segment.cancel", N_("let go") }, { NULL, NULL },
  };
  static const Hint of_object[] = {
    { "track.keyframe", N_("keyframe") }, { "track.previous-key", N_("previous") }, { "track.next-key", N_("next") },
    { "track.bisect", N_("widest gap") }, { "track.follow", N_("follow") }, { "track.outside", N_("outside") },
    { "track.occluded", N_("occluded") }, { "track.delete-frame", N_("delete here") }, { "track.delete-from", N_("from here on") },
    { "track.cancel", N_("let go") }, { NULL, NULL },
  };
  g_autofree char *text = NULL;

  if (sac_box_editor_get_armed (self->boxes))
    text = g_strdup (_("Drag over the picture to draw a box; the same key again puts one in the middle; a digit chooses its label"));
  else
    text = join_hints (sac_box_editor_get_selected (self->boxes) ? of_object
                       : sac_timeline_view_get_selected (self->timeline) ? of_segment : of_clip);
  gtk_label_set_text (self->hint, text);
}

static void
update_panels (SacLabelPage *self)
{
  gboolean object = sac_box_editor_get_selected (self->boxes) != 0, segment = sac_timeline_view_get_selected (self->timeline) != 0;

  gtk_widget_set_visible (self->nothing, !object && !segment && (gtk_widget_get_visible (GTK_WIDGET (self->object))
                                                                 || gtk_widget_get_visible (GTK_WIDGET (self->segment))
                                                                 || gtk_widget_get_visible (self->nothing)));
  gtk_widget_set_visible (GTK_WIDGET (self->object), object);
  gtk_widget_set_visible (GTK_WIDGET (self->segment), segment && !object);
}

static void
on_track_selected (SacLabelPage *self)
{
  update_panels (self);
  update_hint (self);
  if (sac_box_editor_get_selected (self->boxes))        /* there is one selection: a digit must not mean two things */
    sac_timeline_view_select (self->timeline, 0);
  sac_timeline_view_set_track (self->timeline, sac_box_editor_get_selected (self->boxes));
}

static void
on_track_clicked (SacLabelPage *self, SacId track)
{
  sac_box_editor_select (self->boxes, track);
}

static void
on_segment_selected (SacLabelPage *self)
{
  update_hint (self);
  update_panels (self);
  if (sac_timeline_view_get_selected (self->timeline))
    sac_box_editor_select (self->boxes, 0);
}

/* Room for a run's rows beside those of labels. */
static void
on_run_rows (SacLabelPage *self)
{
  gtk_scrolled_window_set_max_content_height (self->timeline_area, sac_run_rows_get_active (self->run) ? 246 : 150);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->timeline_area), 0);
}

/* A label's key that was let go at once while the clip plays: it is of the whole clip. */
static void
on_tap (SacLabelPage *self, guint number)
{
  g_autofree char *act = g_strdup_printf ("label.%u", number);

  sac_label_bar_act (self->labels, act);
}

/* After undo, import and the like: tracks may be others. */
static void
on_clips_changed (SacLabelPage *self)
{
  update_progress (self);
  if (!sac_page_get_shown (SAC_PAGE (self)))
    return;
  sac_box_editor_set_clip (self->boxes, self->clip);
  sac_timeline_view_set_clip (self->timeline, self->clip);
  sac_player_redraw (self->player);
}

static void
on_project_changed (SacLabelPage *self)
{
  show_clip (self, NULL);
  update_progress (self);
  follow (self);
}

static void
on_list_changed (SacLabelPage *self)
{
  guint position = find_position (self, self->clip);

  self->following = TRUE;
  if (position != sac_clip_selection_get_first (self->clips))
    sac_clip_selection_select_only (self->clips, position);
  self->following = FALSE;
  update_progress (self);
  if (!self->clip)
    follow (self);
}

/* ---- the way through the clips. */

static SacClip *
dup_step (SacLabelPage *self, int step)
{
  guint position = find_position (self, self->clip), n = get_n_clips (self);
  gint64 to = position == GTK_INVALID_LIST_POSITION ? 0 : (gint64) position + step;

  return to >= 0 && to < n ? g_list_model_get_item (G_LIST_MODEL (self->clips), (guint) to) : NULL;
}

/* The next clip of those that are sought, in the direction of @step, round the ends; never the current one. */
static SacClip *
dup_match (SacLabelPage *self, int step)
{
  guint position;

  if (!sac_next_match_find (self->match, get_list (self), find_position (self, self->clip), step, &position))
    return NULL;
  return g_list_model_get_item (G_LIST_MODEL (self->clips), position);
}

static void
go (SacLabelPage *self, SacClip *clip)
{
  if (clip)
    sac_selection_set_clip (sac_page_get_selection (SAC_PAGE (self)), clip);
}

static void
act_step (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacLabelPage *self = SAC_LABEL_PAGE (widget);
  g_autoptr (SacClip) clip = dup_step (self, g_variant_get_int32 (parameter));

  go (self, clip);
}

static void
act_unreviewed (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacLabelPage *self = SAC_LABEL_PAGE (widget);
  g_autoptr (SacClip) clip = dup_match (self, g_variant_get_int32 (parameter));

  go (self, clip);
  if (!clip)
    {
      g_autofree char *excuse = sac_next_match_dup_excuse (self->match);

      sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, "%s", excuse);
    }
}

static void
act_accept (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacLabelPage *self = SAC_LABEL_PAGE (widget);
  g_autoptr (SacClip) next = dup_match (self, 1);  /* before the act: it may take the clip out of a filtered list */
  SacId id;

  if (!self->clip)
    return;
  if (!next)
    next = dup_step (self, 1);  /* there are no more: a second look goes on clip by clip */
  id = sac_clip_get_id (self->clip);
  if (sac_session_set_reviewed (sac_page_get_session (SAC_PAGE (self)), &id, 1, TRUE))
    go (self, next);
}

/* ---- what the next clip is. */

static gboolean
take_keyboard (gpointer data)
{
  SacLabelPage *self = data;

  if (sac_page_get_shown (SAC_PAGE (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->player));
  return G_SOURCE_REMOVE;
}

/* A popover gives the keyboard to its button, where Space would open it again; here it plays.  Once the popover is gone. */
static void
on_popover_done (SacLabelPage *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, take_keyboard, g_object_ref (self), g_object_unref);
}

#define MOST_LABELS 40          /* in the menu */

static const char *const match_names[SAC_N_NEXT] = { "unreviewed", "unlabelled", "unsure", "with", "without-word", "uncertain",
                                                     "disagrees" };

/* "with:12" */
static void
on_seek (GSimpleAction *action, GVariant *state, gpointer data)
{
  SacLabelPage *self = data;
  g_auto (GStrv) parts = g_strsplit (g_variant_get_string (state, NULL), ":", 2);

  for (guint i = 0; i < SAC_N_NEXT; i++)
    if (g_strcmp0 (parts[0], match_names[i]) == 0)
      sac_next_match_set (self->match, (SacNextKind) i, parts[1] ? g_ascii_strtoll (parts[1], NULL, 10) : 0);
  g_simple_action_set_state (action, state);
}

static void
on_match_changed (SacLabelPage *self)
{
  g_autofree char *words = sac_next_match_dup_words (self->match);

  gtk_button_set_label (self->unreviewed_button, words);
}

static void
add_labels (SacLabelPage *self, GMenu *menu, const char *words, const char *name)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GMenu) labels = g_menu_new ();

  for (guint i = 0; i < MIN (sac_session_get_n_labels (session), MOST_LABELS); i++)
    {
      const SacLabel *label = sac_session_get_label (session, i);
      g_autofree char *target = g_strdup_printf ("%s:%" G_GINT64_FORMAT, name, label->id);
      g_autoptr (GMenuItem) item = g_menu_item_new (label->name, NULL);

      g_menu_item_set_action_and_target (item, "seek.kind", "s", target);
      g_menu_append_item (labels, item);
    }
  g_menu_append_submenu (menu, words, G_MENU_MODEL (labels));
}

/* Made when it is opened: labels come and go. */
static void
fill_match_menu (GtkMenuButton *button, gpointer data)
{
  SacLabelPage *self = data;
  g_autoptr (GMenu) menu = g_menu_new (), plain = g_menu_new (), labels = g_menu_new (), runs = g_menu_new ();

  g_menu_append (plain, _("_Unreviewed"), "seek.kind::unreviewed");
  g_menu_append (plain, _("_Nothing said yet"), "seek.kind::unlabelled");
  g_menu_append (plain, _("_Reviewed, but a label left unknown"), "seek.kind::unsure");
  add_labels (self, labels, _("_With the label"), "with");
  add_labels (self, labels, _("Nothing said a_bout the label"), "without-word");
  g_menu_append (runs, _("The newest run is un_certain"), "seek.kind::uncertain");
  g_menu_append (runs, _("The newest run _disagrees"), "seek.kind::disagrees");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (plain));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (labels));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (runs));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
  g_signal_connect_object (gtk_menu_button_get_popover (button), "closed", G_CALLBACK (on_popover_done), self, G_CONNECT_SWAPPED);
}

static void
make_match (SacLabelPage *self, SacSession *session)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) kind = g_simple_action_new_stateful ("kind", G_VARIANT_TYPE_STRING, g_variant_new_string ("unreviewed"));

  self->match = sac_next_match_new (session);
  g_signal_connect_object (self->match, "changed", G_CALLBACK (on_match_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (on_match_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect (kind, "change-state", G_CALLBACK (on_seek), self);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (kind));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "seek", G_ACTION_GROUP (group));
  gtk_menu_button_set_create_popup_func (self->match_button, fill_match_menu, self, NULL);
}

/* ---- keys. */

static gboolean
act_on_page (SacLabelPage *self, const char *act)
{
  if (g_str_equal (act, "clip.next") || g_str_equal (act, "clip.previous"))
    gtk_widget_activate_action (GTK_WIDGET (self), "clip.step", "i", g_str_equal (act, "clip.next") ? 1 : -1);
  else if (g_str_equal (act, "clip.next-unreviewed") || g_str_equal (act, "clip.previous-unreviewed"))
    gtk_widget_activate_action (GTK_WIDGET (self), "clip.unreviewed", "i", g_str_equal (act, "clip.next-unreviewed") ? 1 : -1);
  else if (g_str_equal (act, "clip.choose-match"))
    gtk_menu_button_popup (self->match_button);
  else if (g_str_equal (act, "clip.accept"))
    gtk_widget_activate_action (GTK_WIDGET (self), "clip.accept", NULL);
  else if (g_str_equal (act, "segment.run-rows"))
    sac_run_rows_set_active (self->run, !sac_run_rows_get_active (self->run));
  else
    return FALSE;
  return TRUE;
}

gboolean
sac_label_page_act (SacLabelPage *self, const char *act)
{
  g_return_val_if_fail (SAC_IS_LABEL_PAGE (self), FALSE);
  return act && (sac_box_editor_act (self->boxes, act) || sac_timeline_view_act (self->timeline, act) ||
                 sac_label_bar_act (self->labels, act) || act_on_page (self, act) || sac_player_act (self->player, act));
}

/* While a clip plays a label's key marks a segment for as long as it is held. */
static gboolean
press_label (SacLabelPage *self, const char *act, guint keycode)
{
  SacId label = sac_label_bar_find (self->labels, act);

  return label && sac_live_coder_press (self->coder, keycode, label, (guint) g_ascii_strtoull (act + strlen ("label."), NULL, 10));
}

static void
on_key_up (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacLabelPage *self)
{
  if (self->coder)
    sac_live_coder_release (self->coder, keycode);
  sac_player_release (self->player, keycode);
}

/* A key that goes up elsewhere is not heard. */
static void
on_focus_left (SacLabelPage *self)
{
  if (self->coder)
    sac_live_coder_release_all (self->coder);
  sac_player_release_all (self->player);
}

/* What is selected comes before what always is there: a key goes to the first scope that does something with it. */
static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacLabelPage *self)
{
  static const SacKeyScope scopes[] = { SAC_KEYS_TRACKS, SAC_KEYS_SEGMENTS, SAC_KEYS_LABELS, SAC_KEYS_PAGE, SAC_KEYS_PLAYER };

  if (sac_key_is_of_focus (GTK_WIDGET (self), keyval, state))
    return GDK_EVENT_PROPAGATE;
  if (press_label (self, sac_keymap_find (sac_keymap_get (), SAC_KEYS_LABELS, controller, keyval, keycode, state), keycode))
    return GDK_EVENT_STOP;
  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    {
      const char *act = sac_keymap_find (sac_keymap_get (), scopes[i], controller, keyval, keycode, state);

      if (sac_player_press (self->player, act, keycode) || sac_label_page_act (self, act))
        return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

/* ---- life. */

void
sac_label_page_set_clips (SacLabelPage *self, SacClipList *clips)
{
  g_return_if_fail (SAC_IS_LABEL_PAGE (self) && self->clips);
  self->following = TRUE;
  sac_clip_selection_set_list (self->clips, clips);
  self->following = FALSE;
  on_list_changed (self);
}

SacPlayer *
sac_label_page_get_player (SacLabelPage *self)
{
  return self->player;
}

static void
sac_label_page_attach (SacPage *page)
{
  SacLabelPage *self = SAC_LABEL_PAGE (page);
  SacSession *session = sac_page_get_session (page);
  SacSelection *shared = sac_page_get_selection (page);

  self->boxes = sac_box_editor_new (session, self->player);
  sac_object_panel_attach (self->object, session, self->player, self->boxes);
  g_object_bind_property (self->boxes, "armed", self->box_button, "active", G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (self->boxes, "notify::armed", G_CALLBACK (update_hint), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->boxes, "notify::selected", G_CALLBACK (on_track_selected), self, G_CONNECT_SWAPPED);
  self->clips = sac_clip_selection_new (SAC_CLIP_LIST (sac_session_get_clips (session)), TRUE);
  sac_tile_grid_set_compact (self->list);
  sac_tile_grid_attach (self->list, session, NULL, self->clips);
  g_signal_connect_swapped (self->clips, "selection-changed", G_CALLBACK (on_list_selected), self);
  g_signal_connect_swapped (self->clips, "items-changed", G_CALLBACK (on_list_changed), self);
  g_signal_connect_swapped (self->player, "notify::frame", G_CALLBACK (on_player_frame), self);
  make_match (self, session);
  sac_label_bar_attach (self->labels, session);
  g_signal_connect_object (self->labels, "choose", G_CALLBACK (on_choose_label), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->labels, "done", G_CALLBACK (on_popover_done), self, G_CONNECT_SWAPPED);
  sac_timeline_view_attach (self->timeline, session, self->player);
  g_signal_connect_object (self->timeline, "track", G_CALLBACK (on_track_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->timeline, "notify::selected", G_CALLBACK (on_segment_selected), self, G_CONNECT_SWAPPED);
  sac_segment_panel_attach (self->segment, session, self->player, self->timeline);
  self->coder = sac_live_coder_new (session, self->player);
  g_signal_connect_object (self->coder, "tap", G_CALLBACK (on_tap), self, G_CONNECT_SWAPPED);
  sac_timeline_view_set_coder (self->timeline, self->coder);
  self->run = sac_run_rows_new (session, self->player, shared);
  g_object_bind_property (self->run, "active", self->run_button, "active", G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (self->run, "notify::active", G_CALLBACK (on_run_rows), self, G_CONNECT_SWAPPED);
  sac_timeline_view_set_run_rows (self->timeline, self->run);
  g_signal_connect_object (sac_keymap_get (), "changed", G_CALLBACK (update_hint), self, G_CONNECT_SWAPPED);
  update_hint (self);
  g_signal_connect_swapped (session, "clips-changed", G_CALLBACK (on_clips_changed), self);
  g_signal_connect_swapped (session, "layers-shown", G_CALLBACK (on_clips_changed), self);
  g_signal_connect_swapped (session, "project-changed", G_CALLBACK (on_project_changed), self);
  g_signal_connect_swapped (shared, "notify::clip", G_CALLBACK (follow), self);
  g_signal_connect_swapped (shared, "notify::frame", G_CALLBACK (follow), self);
}

static void
sac_label_page_set_shown (SacPage *page, gboolean shown)
{
  SacLabelPage *self = SAC_LABEL_PAGE (page);

  if (!shown)
    {
      sac_player_set_playing (self->player, FALSE);
      sac_run_rows_set_clip (self->run, NULL);
      return;
    }
  follow (self);
  sac_run_rows_set_clip (self->run, self->clip);
  gtk_widget_grab_focus (GTK_WIDGET (self->player));    /* arrows step frames; in the list they would choose clips */
}

static void
sac_label_page_toggle_sidebar (SacPage *page)
{
  SacLabelPage *self = SAC_LABEL_PAGE (page);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
sac_label_page_dispose (GObject *object)
{
  SacLabelPage *self = SAC_LABEL_PAGE (object);
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  if (session)
    {
      g_signal_handlers_disconnect_by_data (session, self);
      g_signal_handlers_disconnect_by_data (sac_page_get_selection (SAC_PAGE (self)), self);
    }
  if (self->clip)
    g_clear_signal_handler (&self->clip_changed, self->clip);
  g_clear_object (&self->clip);
  if (self->clips)
    {
      g_signal_handlers_disconnect_by_data (self->clips, self);
      g_signal_handlers_disconnect_by_data (self->player, self);
      sac_tile_grid_attach (self->list, NULL, NULL, NULL);
    }
  g_clear_object (&self->clips);
  g_clear_object (&self->coder);
  g_clear_object (&self->run);
  g_clear_object (&self->match);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "seek", NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_LABEL_PAGE);
  G_OBJECT_CLASS (sac_label_page_parent_class)->dispose (object);
}

static void
sac_label_page_class_init (SacLabelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  g_type_ensure (SAC_TYPE_TILE_GRID);
  g_type_ensure (SAC_TYPE_PLAYER);
  g_type_ensure (SAC_TYPE_OBJECT_PANEL);
  g_type_ensure (SAC_TYPE_SEGMENT_PANEL);
  g_type_ensure (SAC_TYPE_LABEL_BAR);
  g_type_ensure (SAC_TYPE_TIMELINE_VIEW);
  G_OBJECT_CLASS (klass)->dispose = sac_label_page_dispose;
  page_class->attach = sac_label_page_attach;
  page_class->set_shown = sac_label_page_set_shown;
  page_class->toggle_sidebar = sac_label_page_toggle_sidebar;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/label-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacLabelPage, name)
  BIND (stack);
  BIND (flap);
  BIND (list);
  BIND (progress_label);
  BIND (progress_bar);
  BIND (name_label);
  BIND (facts_label);
  BIND (reviewed_icon);
  BIND (player);
  BIND (object);
  BIND (segment);
  BIND (nothing);
  BIND (box_button);
  BIND (run_button);
  BIND (hint);
  BIND (labels);
  BIND (unreviewed_button);
  BIND (match_button);
  BIND (timeline);
  BIND (timeline_area);
#undef BIND
  gtk_widget_class_install_action (widget_class, "clip.step", "i", act_step);
  gtk_widget_class_install_action (widget_class, "clip.unreviewed", "i", act_unreviewed);
  gtk_widget_class_install_action (widget_class, "clip.accept", NULL, act_accept);
}

static void
sac_label_page_init (SacLabelPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self->player), TRUE);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  if (sac_settings_get ())
    g_settings_bind (sac_settings_get (), "clip-list", self->flap, "reveal-flap", G_SETTINGS_BIND_DEFAULT);
}
