#include <glib/gi18n.h>

#include "sac-clips-page-private.h"
#include "sac-keymap.h"
#include "sac-query-completion.h"
#include "sac-settings.h"
#include "sac-statistics.h"

#define TICK_MS 125
#define MIN_TILE 120
#define MAX_TILE 400

G_DEFINE_FINAL_TYPE (SacClipsPage, sac_clips_page, SAC_TYPE_PAGE)

SacClipList *
_sac_clips_page_get_list (SacClipsPage *self)
{
  return sac_clip_search_get_list (self->find);
}

static void
follow_selected (SacClipsPage *self)
{
  g_autoptr (GArray) ids = sac_clip_selection_dup_ids (self->selection);
  SacSelection *shared = sac_page_get_selection (SAC_PAGE (self));
  g_autofree char *text = NULL;

  if (ids->len && sac_page_get_shown (SAC_PAGE (self)))
    sac_selection_set_clip (shared, sac_session_get_clip (sac_page_get_session (SAC_PAGE (self)), g_array_index (ids, SacId, 0)));
  self->following = TRUE;
  sac_selection_set_selected (shared, ids);
  self->following = FALSE;
  sac_label_bar_set_clips (self->labels, ids);
  text = g_strdup_printf (ngettext ("%u selected", "%u selected", ids->len), ids->len);
  gtk_label_set_text (self->selected_count, text);
  gtk_revealer_set_reveal_child (self->act_revealer, ids->len > 0);
  _sac_clips_page_enable_acts (self, ids->len > 0);
}

static void
on_shown_changed (SacClipsPage *self)
{
  _sac_clips_page_update_count (self);
  follow_selected (self);
}

gboolean
_sac_clips_page_find (SacClipsPage *self, SacClip *clip, guint *position)
{
  return clip && sac_clip_list_find (_sac_clips_page_get_list (self), sac_clip_get_id (clip), position);
}

static void
go_to (SacClipsPage *self, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  sac_tile_grid_show (self->grid, position);
}

static void
next_unreviewed (SacClipsPage *self)
{
  guint from = GTK_INVALID_LIST_POSITION, to;

  _sac_clips_page_find (self, sac_selection_get_clip (sac_page_get_selection (SAC_PAGE (self))), &from);
  if (sac_clip_list_find_unreviewed (_sac_clips_page_get_list (self), from, 1, &to))
    {
      go_to (self, to);
      return;
    }
  sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, _("All clips shown are reviewed"));
}

/* ---- tiles. */

static void
set_tile_width (SacClipsPage *self, int width)
{
  self->tile_width = CLAMP (width, MIN_TILE, MAX_TILE);
  if (sac_settings_get ())
    g_settings_set_int (sac_settings_get (), "tile-width", self->tile_width);
  sac_tile_grid_set_tile_width (self->grid, self->tile_width);
}

static gboolean
on_tick (gpointer data)
{
  SacClipsPage *self = data;
  gboolean animations = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animations, NULL);
  self->tick++;
  if (!animations)
    return G_SOURCE_CONTINUE;
  sac_tile_grid_tick (self->grid, self->tick, sac_settings_get_boolean ("moving-thumbnails", TRUE));
  return G_SOURCE_CONTINUE;
}

/* ---- keys. */

gboolean
sac_clips_page_act (SacClipsPage *self, const char *act)
{
  g_return_val_if_fail (SAC_IS_CLIPS_PAGE (self), FALSE);
  if (!act)
    return FALSE;
  if (g_str_equal (act, "clip.accept"))
    gtk_widget_activate_action (GTK_WIDGET (self), "clips.reviewed", "b", TRUE);
  else if (g_str_equal (act, "clips.larger"))
    set_tile_width (self, self->tile_width + 24);
  else if (g_str_equal (act, "clips.smaller"))
    set_tile_width (self, self->tile_width - 24);
  else if (g_str_equal (act, "clip.next-unreviewed"))
    next_unreviewed (self);
  else if (g_str_equal (act, "clip.search"))
    gtk_widget_grab_focus (GTK_WIDGET (self->search));
  else if (g_str_equal (act, "clips.unselect"))
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  else if (g_str_equal (act, "label.type"))
    return gtk_revealer_get_reveal_child (self->act_revealer) && sac_label_bar_act (self->labels, act);
  else
    return sac_label_bar_act (self->labels, act);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacClipsPage *self)
{
  static const SacKeyScope scopes[] = { SAC_KEYS_CLIPS, SAC_KEYS_LABELS, SAC_KEYS_PAGE };

  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    if (sac_clips_page_act (self, sac_keymap_find (sac_keymap_get (), scopes[i], controller, keyval, keycode, state)))
      return GDK_EVENT_STOP;
  return GDK_EVENT_PROPAGATE;
}

/* ---- life. */

static void
sac_clips_page_attach (SacPage *page)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (page);
  SacSession *session = sac_page_get_session (page);
  GtkWidget *statistics;

  self->find = sac_clip_search_new (session);
  self->selection = sac_clip_selection_new (_sac_clips_page_get_list (self), FALSE);
  sac_tile_grid_attach (self->grid, session, self->loader, self->selection);
  sac_tile_grid_set_tile_width (self->grid, self->tile_width);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (follow_selected), self);
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (on_shown_changed), self);
  sac_label_bar_attach (self->labels, session);
  sac_collections_attach (self->collections, session);
  statistics = sac_statistics_new ();
  sac_statistics_set_session (SAC_STATISTICS (statistics), session);
  sac_clips_page_set_statistics (self, statistics);
  sac_query_completion_attach (GTK_WIDGET (self->search), session);
  _sac_clips_page_attach_acts (self);
  _sac_clips_page_attach_filter (self);
  on_shown_changed (self);
}

static void
sac_clips_page_set_shown (SacPage *page, gboolean shown)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (page);
  guint position;

  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (!shown)
    return;
  self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
  /* Back from another page: the clip that was looked at there is the selected one here. */
  if (_sac_clips_page_find (self, sac_selection_get_clip (sac_page_get_selection (page)), &position) &&
      !gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    go_to (self, position);
  if (!gtk_widget_get_focus_child (GTK_WIDGET (self->grid)))
    gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
sac_clips_page_search (SacPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (SAC_CLIPS_PAGE (page)->search));
}

void
sac_clips_page_set_statistics (SacClipsPage *self, GtkWidget *statistics)
{
  g_return_if_fail (SAC_IS_CLIPS_PAGE (self) && GTK_IS_WIDGET (statistics));
  adw_flap_set_flap (self->flap, statistics);
  gtk_widget_set_visible (GTK_WIDGET (self->statistics_button), TRUE);
  g_signal_connect_object (statistics, "query", G_CALLBACK (_sac_clips_page_show_collection), self, G_CONNECT_SWAPPED);
}

static void
sac_clips_page_toggle_sidebar (SacPage *page)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (page);

  if (adw_flap_get_flap (self->flap))
    adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

GListModel *
sac_clips_page_get_shown_clips (SacClipsPage *self)
{
  return G_LIST_MODEL (_sac_clips_page_get_list (self));
}

static void
sac_clips_page_dispose (GObject *object)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (object);
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (self->relinking)
    g_cancellable_cancel (self->relinking);
  g_clear_object (&self->relinking);
  g_clear_object (&self->chooser);
  if (session)
    {
      g_signal_handlers_disconnect_by_data (session, self);
      g_signal_handlers_disconnect_by_data (sac_page_get_selection (SAC_PAGE (self)), self);
    }
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->grid)
    sac_tile_grid_attach (self->grid, NULL, NULL, NULL);
  if (self->find)
    g_signal_handlers_disconnect_by_data (self->find, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->find);
  g_clear_object (&self->loader);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_CLIPS_PAGE);
  G_OBJECT_CLASS (sac_clips_page_parent_class)->dispose (object);
}

static void
sac_clips_page_class_init (SacClipsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  g_type_ensure (SAC_TYPE_COLLECTIONS);
  g_type_ensure (SAC_TYPE_LABEL_BAR);
  g_type_ensure (SAC_TYPE_TILE_GRID);
  object_class->dispose = sac_clips_page_dispose;
  page_class->attach = sac_clips_page_attach;
  page_class->set_shown = sac_clips_page_set_shown;
  page_class->search = sac_clips_page_search;
  page_class->toggle_sidebar = sac_clips_page_toggle_sidebar;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/clips-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacClipsPage, name)
  BIND (context_menu);
  BIND (search);
  BIND (label_filter);
  BIND (state_filter);
  BIND (split_filter);
  BIND (unreviewed);
  BIND (count);
  BIND (set_label);
  BIND (set_bar);
  BIND (stack);
  BIND (grid);
  BIND (act_revealer);
  BIND (selected_count);
  BIND (labels);
  BIND (error_revealer);
  BIND (error_label);
  BIND (missing_bar);
  BIND (missing_label);
  BIND (sort);
  BIND (descending);
  BIND (statistics_button);
  BIND (keep);
  BIND (flap);
  BIND (collections);
#undef BIND
  _sac_clips_page_class_init_filter (widget_class);
  _sac_clips_page_class_init_acts (widget_class);
}

static void
sac_clips_page_init (SacClipsPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->loader = sac_thumb_loader_new (sac_clip_tile_rank);
  self->label_index = -1;
  self->tile_width = sac_settings_get_int ("tile-width", 208);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, NULL);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
