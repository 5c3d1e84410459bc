/* The hands of SacTileGrid: focus, keys, clicks and the rubber band, as GtkGridView has them.  One thing is better here: a press on
 * one of several selected clips keeps them until the button is let go, so that all of them can be dragged. */
#include <math.h>

#include "sac-tile-grid-private.h"

#define EDGE 32                 /* so near to an edge the rubber band scrolls */

static guint activate_signal, menu_signal;

/* ---- selecting. */

static void
set_cursor (SacTileGrid *self, guint position)
{
  self->cursor = position;
  self->cursor_id = sac_clip_list_get_id (sac_clip_selection_get_list (self->selection), position);
}

static void
set_anchor (SacTileGrid *self, guint position)
{
  self->anchor = position;
  self->anchor_id = sac_clip_list_get_id (sac_clip_selection_get_list (self->selection), position);
}

static void
select_position (SacTileGrid *self, guint position, gboolean modify, gboolean extend)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (self->selection);

  if (extend && self->anchor < _sac_tile_grid_get_n (self))
    {
      guint first = MIN (self->anchor, position), n = MAX (self->anchor, position) - first + 1;

      if (modify && !gtk_selection_model_is_selected (model, self->anchor))
        gtk_selection_model_unselect_range (model, first, n);
      else
        gtk_selection_model_select_range (model, first, n, !modify);
      return;
    }
  if (modify && gtk_selection_model_is_selected (model, position))
    gtk_selection_model_unselect_item (model, position);
  else
    gtk_selection_model_select_item (model, position, !modify);
  set_anchor (self, position);
}

/* Focus and sight, whatever is selected. */
static gboolean
focus_position (SacTileGrid *self, guint position)
{
  set_cursor (self, position);
  sac_tile_grid_show (self, position);
  return gtk_widget_grab_focus (GTK_WIDGET (_sac_tile_grid_ensure (self, position)));
}

void
_sac_tile_grid_follow_list (SacTileGrid *self)
{
  SacClipList *list = sac_clip_selection_get_list (self->selection);
  guint n = sac_clip_list_get_n (list);

  if (!self->cursor_id || !sac_clip_list_find (list, self->cursor_id, &self->cursor))
    {
      self->cursor = n && self->cursor != SAC_TILE_NONE ? MIN (self->cursor, n - 1) : SAC_TILE_NONE;
      self->cursor_id = sac_clip_list_get_id (list, self->cursor);
    }
  if (!self->anchor_id || !sac_clip_list_find (list, self->anchor_id, &self->anchor))
    {
      self->anchor = SAC_TILE_NONE;
      self->anchor_id = 0;
    }
}

/* ---- focus. */

static gboolean
grab_focus (GtkWidget *widget)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  guint n = _sac_tile_grid_get_n (self), first = n ? sac_clip_selection_get_first (self->selection) : SAC_TILE_NONE, end;

  if (n == 0)
    return FALSE;
  if (self->cursor < n)
    first = self->cursor;
  if (first >= n)
    sac_tile_layout_get_range (&self->layout, _sac_tile_grid_get_scroll (self) + self->layout.height, G_MAXINT, &first, &end);
  if (first >= n)
    first = 0;
  set_cursor (self, first);
  return gtk_widget_grab_focus (GTK_WIDGET (_sac_tile_grid_ensure (self, first)));
}

/* From outside the keyboard comes to the tile it left; inside, arrows are keys of the grid and Tab leaves it. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  if (gtk_widget_get_focus_child (widget))
    return direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD;
  return grab_focus (widget);
}

/* ---- keys. */

static gboolean
on_move (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  gboolean modify, extend;
  guint move, to;

  g_variant_get (arguments, "(ubb)", &move, &modify, &extend);
  to = sac_tile_layout_move (&self->layout, self->cursor, (SacTileMove) move, gtk_widget_get_height (widget));
  if (to >= _sac_tile_grid_get_n (self))
    return FALSE;
  if (extend && self->anchor == SAC_TILE_NONE && self->cursor != SAC_TILE_NONE)
    set_anchor (self, self->cursor);
  focus_position (self, to);
  if (!modify || extend)
    select_position (self, to, modify, extend);
  return TRUE;
}

static gboolean
on_select (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  gboolean modify, extend;

  g_variant_get (arguments, "(bb)", &modify, &extend);
  if (self->cursor >= _sac_tile_grid_get_n (self))
    return FALSE;
  select_position (self, self->cursor, modify, extend);
  return TRUE;
}

static gboolean
on_select_all (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);

  if (!self->selection)
    return FALSE;
  if (g_variant_get_boolean (arguments))
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
  else
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  return TRUE;
}

static gboolean
on_enter (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);

  if (self->cursor >= _sac_tile_grid_get_n (self))
    return FALSE;
  g_signal_emit (self, activate_signal, 0, self->cursor);
  return TRUE;
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  SacTilePlace place;

  if (self->cursor >= self->layout.n)
    return FALSE;
  sac_tile_grid_show (self, self->cursor);
  place = sac_tile_layout_get_place (&self->layout, self->cursor);
  g_signal_emit (self, menu_signal, 0, self->cursor, (int) (place.x + place.width / 2),
                 (int) (place.y + place.height / 2 - _sac_tile_grid_get_scroll (self)));
  return TRUE;
}

static void
bind_move (GtkWidgetClass *klass, guint key, guint pad_key, SacTileMove move)
{
  const GdkModifierType masks[] = { 0, GDK_CONTROL_MASK, GDK_SHIFT_MASK, GDK_CONTROL_MASK | GDK_SHIFT_MASK };
  const guint keys[] = { key, pad_key };

  for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
    for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
      gtk_widget_class_add_binding (klass, keys[k], masks[i], on_move, "(ubb)", (guint) move, (masks[i] & GDK_CONTROL_MASK) != 0,
                                    (masks[i] & GDK_SHIFT_MASK) != 0);
}

void
_sac_tile_grid_class_init_input (GtkWidgetClass *widget_class, guint activate, guint menu)
{
  const guint enters[] = { GDK_KEY_Return, GDK_KEY_ISO_Enter, GDK_KEY_KP_Enter };

  activate_signal = activate;
  menu_signal = menu;
  widget_class->focus = focus;
  widget_class->grab_focus = grab_focus;
  bind_move (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, SAC_TILE_LEFT);
  bind_move (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, SAC_TILE_RIGHT);
  bind_move (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, SAC_TILE_UP);
  bind_move (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, SAC_TILE_DOWN);
  bind_move (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, SAC_TILE_PAGE_UP);
  bind_move (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, SAC_TILE_PAGE_DOWN);
  bind_move (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, SAC_TILE_FIRST);
  bind_move (widget_class, GDK_KEY_End, GDK_KEY_KP_End, SAC_TILE_LAST);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, on_select, "(bb)", TRUE, FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, GDK_CONTROL_MASK, on_select, "(bb)", TRUE, FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, GDK_SHIFT_MASK, on_select, "(bb)", FALSE, TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_a, GDK_CONTROL_MASK, on_select_all, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_slash, GDK_CONTROL_MASK, on_select_all, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, on_select_all, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_backslash, GDK_CONTROL_MASK, on_select_all, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (enters); i++)
    gtk_widget_class_add_binding (widget_class, enters[i], 0, on_enter, NULL);
}

/* ---- clicks. */

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacTileGrid *self)
{
  guint position = sac_tile_grid_pick (self, x, y);
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  gboolean modify = (state & GDK_CONTROL_MASK) != 0, extend = (state & GDK_SHIFT_MASK) != 0;

  self->collapse = SAC_TILE_NONE;
  if (position == GTK_INVALID_LIST_POSITION)
    return;
  set_cursor (self, position);
  gtk_widget_grab_focus (GTK_WIDGET (_sac_tile_grid_ensure (self, position)));
  if (n_press == 2 && !modify && !extend)
    g_signal_emit (self, activate_signal, 0, position);
  else if (!modify && !extend && gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    self->collapse = position;
  else
    select_position (self, position, modify, extend);
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, SacTileGrid *self)
{
  if (self->collapse < _sac_tile_grid_get_n (self) && n_press == 1)
    select_position (self, self->collapse, FALSE, FALSE);
  self->collapse = SAC_TILE_NONE;
}

static void
on_cancelled (GtkGesture *gesture, GdkEventSequence *sequence, SacTileGrid *self)
{
  self->collapse = SAC_TILE_NONE;
}

static void
open_menu (SacTileGrid *self, GtkGesture *gesture, double x, double y)
{
  guint position = sac_tile_grid_pick (self, x, y);

  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  set_cursor (self, position);
  gtk_widget_grab_focus (GTK_WIDGET (_sac_tile_grid_ensure (self, position)));
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    select_position (self, position, FALSE, FALSE);
  g_signal_emit (self, menu_signal, 0, position, (int) x, (int) y);
}

static void
on_secondary (GtkGestureClick *gesture, int n_press, double x, double y, SacTileGrid *self)
{
  open_menu (self, GTK_GESTURE (gesture), x, y);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, SacTileGrid *self)
{
  open_menu (self, GTK_GESTURE (gesture), x, y);
}

/* ---- the rubber band: it begins between tiles or beside them, and selects when it is let go. */

static SacTilePlace
get_band (SacTileGrid *self)
{
  return (SacTilePlace) { MIN (self->band_from[0], self->band_to[0]), MIN (self->band_from[1], self->band_to[1]),
                          fabs (self->band_from[0] - self->band_to[0]), fabs (self->band_from[1] - self->band_to[1]) };
}

gboolean
_sac_tile_grid_in_band (SacTileGrid *self, guint position)
{
  const SacTilePlace band = get_band (self);
  guint rows[2], columns[2], row = position / self->layout.columns, column = position % self->layout.columns;

  return self->banding && sac_tile_layout_get_band (&self->layout, &band, rows, columns) && row >= rows[0] && row < rows[1] &&
         column >= columns[0] && column < columns[1];
}

void
_sac_tile_grid_snapshot_band (SacTileGrid *self, GtkSnapshot *snapshot)
{
  const SacTilePlace band = get_band (self);
  GskRoundedRect outline;
  GdkRGBA colour = { 0.2f, 0.5f, 0.9f, 1 };
  graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) band.x, (float) (band.y - _sac_tile_grid_get_scroll (self)), (float) band.width,
                                             (float) band.height);

  if (!self->banding || band.width < 1 || band.height < 1)
    return;
  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_bg_color", &colour);
  gsk_rounded_rect_init_from_rect (&outline, &rect, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[]) { 1, 1, 1, 1 }, (GdkRGBA[]) { colour, colour, colour, colour });
  colour.alpha = 0.2f;
  gtk_snapshot_append_color (snapshot, &colour, &rect);
}

static void
follow_pointer (SacTileGrid *self)
{
  self->band_to[0] = self->band_pointer[0];
  self->band_to[1] = self->band_pointer[1] + _sac_tile_grid_get_scroll (self);
  _sac_tile_grid_update_selected (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
scroll_band (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  double y = self->band_pointer[1], below = y - (gtk_widget_get_height (widget) - EDGE), step = y < EDGE ? y - EDGE : MAX (below, 0);

  if (step != 0)
    {
      _sac_tile_grid_scroll_to (self, _sac_tile_grid_get_scroll (self) + step / 3);
      follow_pointer (self);
    }
  return G_SOURCE_CONTINUE;
}

static void
stop_band (SacTileGrid *self)
{
  self->banding = FALSE;
  if (self->band_source)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->band_source);
  self->band_source = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacTileGrid *self)
{
  if (!self->selection || sac_tile_grid_pick (self, x, y) != GTK_INVALID_LIST_POSITION)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->banding = TRUE;
  self->band_pointer[0] = x;
  self->band_pointer[1] = y;
  self->band_from[0] = x;
  self->band_from[1] = y + _sac_tile_grid_get_scroll (self);
  follow_pointer (self);
  self->band_source = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_band, NULL, NULL);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacTileGrid *self)
{
  double x, y;

  if (!self->banding || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  self->band_pointer[0] = x + dx;
  self->band_pointer[1] = y + dy;
  follow_pointer (self);
}

static GtkBitset *
get_banded (SacTileGrid *self)
{
  const SacTilePlace band = get_band (self);
  GtkBitset *banded = gtk_bitset_new_empty ();
  guint rows[2], columns[2];

  if (sac_tile_layout_get_band (&self->layout, &band, rows, columns))
    for (guint row = rows[0]; row < rows[1]; row++)
      gtk_bitset_add_range (banded, row * self->layout.columns + columns[0], columns[1] - columns[0]);
  gtk_bitset_remove_range_closed (banded, _sac_tile_grid_get_n (self), G_MAXUINT);
  return banded;
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacTileGrid *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  g_autoptr (GtkBitset) banded = NULL, all = NULL;

  if (!self->banding)
    return;
  on_drag_update (gesture, dx, dy, self);
  banded = get_banded (self);
  all = gtk_bitset_new_range (0, MAX (_sac_tile_grid_get_n (self), 1));
  stop_band (self);
  if (!gtk_bitset_is_empty (banded))
    {
      set_cursor (self, gtk_bitset_get_minimum (banded));
      set_anchor (self, self->cursor);
    }
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), banded,
                                     state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK) ? banded : all);
  _sac_tile_grid_update_selected (self);
}

static void
on_drag_cancelled (GtkGesture *gesture, GdkEventSequence *sequence, SacTileGrid *self)
{
  if (!self->banding)
    return;
  stop_band (self);
  _sac_tile_grid_update_selected (self);
}

/* ---- life. */

void
_sac_tile_grid_stop_input (SacTileGrid *self)
{
  stop_band (self);
}

void
_sac_tile_grid_init_input (SacTileGrid *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *secondary = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  self->cursor = self->anchor = self->collapse = SAC_TILE_NONE;
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  g_signal_connect (click, "cancel", G_CALLBACK (on_cancelled), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_secondary), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancelled), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_press), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}
