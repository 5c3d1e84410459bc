#include "sac-tile-grid-private.h"

#include <math.h>

#define MAX_MADE 10             /* tiles a frame */

static void scrollable_init (GtkScrollableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SacTileGrid, sac_tile_grid, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, scrollable_init))

enum { PROP_HADJUSTMENT = 1, PROP_VADJUSTMENT, PROP_HPOLICY, PROP_VPOLICY };
enum { ACROSS, DOWN };

static void
scrollable_init (GtkScrollableInterface *iface)
{
}

guint
_sac_tile_grid_get_n (SacTileGrid *self)
{
  return self->selection ? sac_clip_list_get_n (sac_clip_selection_get_list (self->selection)) : 0;
}

static SacId
get_id (SacTileGrid *self, guint position)
{
  return sac_clip_list_get_id (sac_clip_selection_get_list (self->selection), position);
}

/* ---- scrolling. */

double
_sac_tile_grid_get_scroll (SacTileGrid *self)
{
  return self->adjustments[DOWN] ? gtk_adjustment_get_value (self->adjustments[DOWN]) : 0;
}

void
_sac_tile_grid_scroll_to (SacTileGrid *self, double y)
{
  if (self->adjustments[DOWN])
    gtk_adjustment_set_value (self->adjustments[DOWN], y);
}

static void
on_scrolled (SacTileGrid *self)
{
  if (!self->placing)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
set_adjustment (SacTileGrid *self, guint which, GtkAdjustment *adjustment)
{
  if (self->adjustments[which])
    g_signal_handlers_disconnect_by_data (self->adjustments[which], self);
  g_clear_object (&self->adjustments[which]);
  if (!adjustment)
    return;
  self->adjustments[which] = g_object_ref_sink (adjustment);
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (on_scrolled), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* What the scroll bar knows; a height that is too small for the scroll moves it. */
static void
configure (SacTileGrid *self, int width, int height, double scroll)
{
  double all = MAX (sac_tile_layout_get_height (&self->layout), height);

  self->placing = TRUE;
  if (self->adjustments[ACROSS])
    gtk_adjustment_configure (self->adjustments[ACROSS], 0, 0, width, width * 0.1, width * 0.9, width);
  if (self->adjustments[DOWN])
    gtk_adjustment_configure (self->adjustments[DOWN], CLAMP (scroll, 0, all - height), 0, all, MAX (height * 0.1, 1), height * 0.9,
                              height);
  self->placing = FALSE;
}

/* So that the tile is seen whole, by the shortest way. */
static double
scroll_for (SacTileGrid *self, guint position, double scroll, double height)
{
  SacTilePlace place = sac_tile_layout_get_place (&self->layout, position);
  double top = place.y - SAC_TILE_PADDING, bottom = place.y + place.height + SAC_TILE_PADDING;

  if (top < scroll || bottom - top > height)
    return top;
  return bottom > scroll + height ? bottom - height : scroll;
}

void
sac_tile_grid_show (SacTileGrid *self, guint position)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self));

  g_return_if_fail (SAC_IS_TILE_GRID (self));
  if (position >= _sac_tile_grid_get_n (self))
    return;
  self->cursor = position;
  self->cursor_id = get_id (self, position);
  if (height <= 0 || self->layout.n != _sac_tile_grid_get_n (self))
    self->wanted = position;
  else
    _sac_tile_grid_scroll_to (self, scroll_for (self, position, _sac_tile_grid_get_scroll (self), height));
  if (gtk_widget_get_focus_child (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (_sac_tile_grid_ensure (self, position)));
}

/* ---- tiles. */

static SacTileSlot *
make_slot (SacTileGrid *self)
{
  SacTileSlot *slot = g_new0 (SacTileSlot, 1);
  GtkWidget *tile = sac_clip_tile_new (self->session, self->loader, self->art);

  slot->tile = SAC_CLIP_TILE (tile);
  slot->position = SAC_TILE_NONE;
  sac_clip_tile_set_width (slot->tile, self->tile_width);
  if (self->compact)
    sac_clip_tile_set_compact (slot->tile);
  gtk_widget_set_child_visible (tile, FALSE);
  gtk_widget_set_parent (tile, GTK_WIDGET (self));
  g_ptr_array_add (self->slots, slot);
  return slot;
}

static void
slot_free (gpointer data)
{
  SacTileSlot *slot = data;

  gtk_widget_unparent (GTK_WIDGET (slot->tile));
  g_free (slot);
}

static void
set_spare (SacTileGrid *self, SacTileSlot *slot)
{
  if (slot->id)
    g_hash_table_remove (self->by_id, &slot->id);
  slot->id = 0;
  slot->position = SAC_TILE_NONE;
  sac_clip_tile_bind (slot->tile, NULL);
  gtk_widget_set_child_visible (GTK_WIDGET (slot->tile), FALSE);
}

static void
set_clip (SacTileGrid *self, SacTileSlot *slot, guint position)
{
  g_autoptr (SacClip) clip = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (slot->id)
    g_hash_table_remove (self->by_id, &slot->id);
  slot->id = get_id (self, position);
  slot->position = position;
  g_hash_table_replace (self->by_id, &slot->id, slot);
  sac_clip_tile_bind (slot->tile, clip);
  gtk_widget_set_child_visible (GTK_WIDGET (slot->tile), TRUE);
}

SacTileSlot *
_sac_tile_grid_find (SacTileGrid *self, guint position)
{
  SacId id = position < _sac_tile_grid_get_n (self) ? get_id (self, position) : 0;

  return id ? g_hash_table_lookup (self->by_id, &id) : NULL;
}

static SacTileSlot *
find_focused (SacTileGrid *self)
{
  GtkWidget *focused = gtk_widget_get_focus_child (GTK_WIDGET (self));

  for (guint i = 0; focused && i < self->slots->len; i++)
    if ((gpointer) ((SacTileSlot *) self->slots->pdata[i])->tile == (gpointer) focused)
      return self->slots->pdata[i];
  return NULL;
}

SacClipTile *
_sac_tile_grid_ensure (SacTileGrid *self, guint position)
{
  SacTileSlot *slot = _sac_tile_grid_find (self, position), *focused = find_focused (self);

  for (guint i = 0; !slot && i < self->slots->len; i++)
    {
      SacTileSlot *each = self->slots->pdata[i];

      if (each != focused && each->round != self->round)
        slot = each;
    }
  if (!slot)
    slot = make_slot (self);
  if (slot->id == 0 || slot->id != get_id (self, position))
    {
      set_clip (self, slot, position);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
  return slot->tile;
}

void
_sac_tile_grid_update_selected (SacTileGrid *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      SacTileSlot *slot = self->slots->pdata[i];
      gboolean selected = slot->id && (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), slot->position) ||
                                       _sac_tile_grid_in_band (self, slot->position));

      if (selected == slot->selected)
        continue;
      slot->selected = selected;
      sac_clip_tile_set_selected (slot->tile, selected);
    }
}

static gboolean
on_more (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);

  self->more_source = 0;
  for (guint i = 0; i < self->slots->len; i++)
    {
      SacClipTile *tile = ((SacTileSlot *) self->slots->pdata[i])->tile;

      if (sac_clip_tile_is_waiting (tile))
        gtk_widget_queue_draw (GTK_WIDGET (tile));
    }
  if (self->unmade)
    gtk_widget_queue_allocate (widget);
  return G_SOURCE_REMOVE;
}

static void
ask_for_more (SacTileGrid *self)
{
  if (!self->more_source)
    self->more_source = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_more, NULL, NULL);
}

typedef struct {
  guint next_spare, n_made;
} Filling;

/* A tile for a position that has none: one that nobody has a place for, or a new one. */
static void
fill (SacTileGrid *self, guint position, Filling *filling)
{
  SacTileSlot *slot = _sac_tile_grid_find (self, position);

  if (slot)
    {
      slot->round = self->round;
      slot->position = position;
      return;
    }
  while (filling->next_spare < self->slots->len && !slot)
    {
      SacTileSlot *each = self->slots->pdata[filling->next_spare++];

      slot = each->round == self->round ? NULL : each;
    }
  if (!slot && filling->n_made++ < MAX_MADE)
    slot = make_slot (self);
  if (!slot)
    {
      self->unmade = TRUE;
      ask_for_more (self);
      return;
    }
  set_clip (self, slot, position);
  slot->round = self->round;
}

static void
allocate_slot (SacTileGrid *self, SacTileSlot *slot, double scroll, double height)
{
  SacTilePlace place = sac_tile_layout_get_place (&self->layout, slot->position);
  double y = CLAMP (place.y - scroll, -2 * place.height, height + place.height);        /* far away is far enough */

  sac_clip_tile_set_place (slot->tile, slot->position, self->layout.n);
  gtk_widget_allocate (GTK_WIDGET (slot->tile), (int) place.width, (int) place.height, -1,
                       gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) place.x, (float) floor (y))));
}

/* Positions that are seen, and with a row around them. */
static void
get_seen (SacTileGrid *self, guint seen[2], guint around[2])
{
  double scroll = _sac_tile_grid_get_scroll (self);

  sac_tile_layout_get_range (&self->layout, scroll, scroll + gtk_widget_get_height (GTK_WIDGET (self)), &seen[0], &seen[1]);
  around[0] = seen[0] - MIN (seen[0], self->layout.columns);
  around[1] = MIN (seen[1] + self->layout.columns, self->layout.n);
}

static void
place_tiles (SacTileGrid *self, double height)
{
  double scroll = _sac_tile_grid_get_scroll (self);
  SacTileSlot *focused = find_focused (self);
  Filling filling = { 0 };
  guint seen[2], around[2];

  self->round++;
  self->unmade = FALSE;
  get_seen (self, seen, around);
  for (guint i = around[0]; i < around[1]; i++)
    {
      SacTileSlot *slot = _sac_tile_grid_find (self, i);

      if (slot)
        {
          slot->round = self->round;
          slot->position = i;
        }
    }
  /* The focus stays where it is, out of sight too; its tile takes another clip only where its own is gone. */
  if (focused && focused->round != self->round && self->cursor < self->layout.n)
    {
      SacTileSlot *there = _sac_tile_grid_find (self, self->cursor);

      if (!there)
        set_clip (self, focused, self->cursor);
      if (!there || there == focused)
        {
          focused->round = self->round;
          focused->position = self->cursor;
        }
    }
  for (guint i = seen[0]; i < seen[1]; i++)
    fill (self, i, &filling);
  for (guint i = around[0]; i < seen[0]; i++)
    fill (self, i, &filling);
  for (guint i = seen[1]; i < around[1]; i++)
    fill (self, i, &filling);
  for (guint i = 0; i < self->slots->len; i++)
    {
      SacTileSlot *slot = self->slots->pdata[i];

      if (slot->round == self->round)
        allocate_slot (self, slot, scroll, height);
      else if (slot->id)
        set_spare (self, slot);
    }
  _sac_tile_grid_update_selected (self);
}

/* ---- the widget. */

static SacClipTile *
get_sample (SacTileGrid *self)
{
  return ((SacTileSlot *) (self->slots->len ? self->slots->pdata[0] : make_slot (self)))->tile;
}

static void
sac_tile_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (self->session)
    gtk_widget_measure (GTK_WIDGET (get_sample (self)), orientation, -1, minimum, natural, NULL, NULL);
  *minimum += 2 * SAC_TILE_PADDING;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 3 * *natural : *minimum;
}

/* What is seen first stays where it is when the tiles get another size or number a row. */
static double
keep_scroll (SacTileGrid *self, const SacTileLayout *before, double height)
{
  double scroll = _sac_tile_grid_get_scroll (self);
  guint first, end;

  if (before->columns == self->layout.columns && before->height == self->layout.height)
    return scroll;
  if (before->n == 0 || before->n != self->layout.n || scroll <= 0)
    return scroll;
  sac_tile_layout_get_range (before, scroll, scroll + height, &first, &end);
  if (self->cursor >= first && self->cursor < end)
    first = self->cursor;
  return sac_tile_layout_get_place (&self->layout, first).y -
         MIN (sac_tile_layout_get_place (before, first).y - scroll, MAX (height - self->layout.height, 0));
}

/* A bar comes up below: the tile that the keyboard is at stays in sight.  Under a pointer nothing moves away. */
static gboolean
must_follow (SacTileGrid *self, const SacTileLayout *before, int height)
{
  double scroll = _sac_tile_grid_get_scroll (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  SacTilePlace place;

  if (height >= self->room || self->cursor >= self->layout.n || before->n != self->layout.n ||
      !GTK_IS_WINDOW (root) || !gtk_window_get_focus_visible (GTK_WINDOW (root)))
    return FALSE;
  place = sac_tile_layout_get_place (before, self->cursor);
  return place.y >= scroll && place.y + place.height <= scroll + self->room;
}

static void
sac_tile_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  SacTileLayout before = self->layout;
  double scroll;
  int least, tile_height;

  if (!self->session)
    return;
  gtk_widget_measure (GTK_WIDGET (get_sample (self)), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  self->layout = sac_tile_layout_make (_sac_tile_grid_get_n (self), width, self->compact ? width : least,
                                       gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL);
  self->layout.width = MAX (self->layout.width, least);
  gtk_widget_measure (GTK_WIDGET (get_sample (self)), GTK_ORIENTATION_VERTICAL, self->layout.width, &tile_height, NULL, NULL, NULL);
  self->layout.height = tile_height;
  scroll = keep_scroll (self, &before, height);
  if (must_follow (self, &before, height))
    scroll = scroll_for (self, self->cursor, scroll, height);
  self->room = height;
  if (self->wanted < self->layout.n && height > 0)
    {
      scroll = scroll_for (self, self->wanted, scroll, height);
      self->wanted = SAC_TILE_NONE;
    }
  configure (self, width, height, scroll);
  place_tiles (self, height);
}

static void
sac_tile_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacTileGrid *self = SAC_TILE_GRID (widget);
  gboolean waiting = FALSE;
  guint seen[2], around[2];

  if (!self->session)
    return;
  if (sac_tile_art_begin_frame (self->art))
    sac_tile_grid_refresh (self);
  get_seen (self, seen, around);
  for (guint pass = 0; pass < 2; pass++)        /* what is seen has the time first */
    for (guint i = around[0]; i < around[1]; i++)
      {
        SacTileSlot *slot = (i >= seen[0] && i < seen[1]) == (pass == 0) ? _sac_tile_grid_find (self, i) : NULL;

        if (!slot)
          continue;
        gtk_widget_snapshot_child (widget, GTK_WIDGET (slot->tile), snapshot);
        waiting |= sac_clip_tile_is_waiting (slot->tile);
      }
  _sac_tile_grid_snapshot_band (self, snapshot);
  if (waiting)
    ask_for_more (self);
}

/* ---- the list. */

/* The clip the keyboard is at, else the first that is seen and still there, keeps its place on the screen. */
static void
on_items_changed (SacTileGrid *self)
{
  SacClipList *list = sac_clip_selection_get_list (self->selection);
  double scroll = _sac_tile_grid_get_scroll (self);
  guint seen[2], around[2], kept = SAC_TILE_NONE, to = 0;
  double offset = 0;

  get_seen (self, seen, around);
  for (guint i = 0; i < self->slots->len; i++)
    {
      SacTileSlot *slot = self->slots->pdata[i];
      gboolean is_seen = slot->id && slot->position >= seen[0] && slot->position < seen[1];
      guint now;

      if (is_seen && (slot->position < kept || slot->id == self->cursor_id) && sac_clip_list_find (list, slot->id, &now))
        {
          kept = slot->id == self->cursor_id ? 0 : slot->position;      /* nothing goes before the cursor's */
          to = now;
          offset = sac_tile_layout_get_place (&self->layout, slot->position).y - scroll;
        }
    }
  _sac_tile_grid_follow_list (self);
  self->layout.n = sac_clip_list_get_n (list);
  if (gtk_widget_get_height (GTK_WIDGET (self)) > 0)
    configure (self, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)),
               kept != SAC_TILE_NONE && scroll > 0 ? sac_tile_layout_get_place (&self->layout, to).y - offset : scroll);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
drop_selection (SacTileGrid *self)
{
  if (!self->selection)
    return;
  g_signal_handlers_disconnect_by_data (self->selection, self);
  for (guint i = 0; i < self->slots->len; i++)
    set_spare (self, self->slots->pdata[i]);
  g_clear_object (&self->selection);
}

void
sac_tile_grid_attach (SacTileGrid *self, SacSession *session, SacThumbLoader *loader, SacClipSelection *selection)
{
  g_return_if_fail (SAC_IS_TILE_GRID (self));
  drop_selection (self);
  if (!selection)
    return;
  g_set_object (&self->session, session);
  g_set_object (&self->loader, loader);
  self->selection = g_object_ref (selection);
  g_signal_connect_swapped (selection, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect_swapped (selection, "selection-changed", G_CALLBACK (_sac_tile_grid_update_selected), self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
sac_tile_grid_set_compact (SacTileGrid *self)
{
  g_return_if_fail (SAC_IS_TILE_GRID (self) && !self->session);
  self->compact = TRUE;
}

void
sac_tile_grid_set_tile_width (SacTileGrid *self, int width)
{
  g_return_if_fail (SAC_IS_TILE_GRID (self) && width > 0);
  self->tile_width = width;
  for (guint i = 0; i < self->slots->len; i++)
    sac_clip_tile_set_width (((SacTileSlot *) self->slots->pdata[i])->tile, width);
}

void
sac_tile_grid_refresh (SacTileGrid *self)
{
  g_return_if_fail (SAC_IS_TILE_GRID (self));
  for (guint i = 0; i < self->slots->len; i++)
    sac_clip_tile_refresh (((SacTileSlot *) self->slots->pdata[i])->tile);
}

void
sac_tile_grid_tick (SacTileGrid *self, guint64 tick, gboolean moving)
{
  g_return_if_fail (SAC_IS_TILE_GRID (self));
  for (guint i = 0; i < self->slots->len; i++)
    sac_clip_tile_tick (((SacTileSlot *) self->slots->pdata[i])->tile, tick, moving);
}

guint
sac_tile_grid_pick (SacTileGrid *self, double x, double y)
{
  guint position = sac_tile_layout_pick (&self->layout, x, y + _sac_tile_grid_get_scroll (self));

  return position < _sac_tile_grid_get_n (self) ? position : GTK_INVALID_LIST_POSITION;
}

SacClipTile *
sac_tile_grid_get_tile (SacTileGrid *self, guint position)
{
  SacTileSlot *slot = _sac_tile_grid_find (self, position);

  return slot ? slot->tile : NULL;
}

SacClipSelection *
sac_tile_grid_get_selection (SacTileGrid *self)
{
  return self->selection;
}

guint
sac_tile_grid_get_n_tiles (SacTileGrid *self)
{
  return self->slots->len;
}

/* ---- life. */

static void
sac_tile_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SacTileGrid *self = SAC_TILE_GRID (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[id - PROP_HADJUSTMENT]);
      break;
    case PROP_HPOLICY:
    case PROP_VPOLICY:
      g_value_set_enum (value, self->policies[id - PROP_HPOLICY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sac_tile_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SacTileGrid *self = SAC_TILE_GRID (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, id - PROP_HADJUSTMENT, g_value_get_object (value));
      break;
    case PROP_HPOLICY:
    case PROP_VPOLICY:
      self->policies[id - PROP_HPOLICY] = g_value_get_enum (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sac_tile_grid_dispose (GObject *object)
{
  SacTileGrid *self = SAC_TILE_GRID (object);

  _sac_tile_grid_stop_input (self);
  if (self->more_source)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->more_source);
  self->more_source = 0;
  drop_selection (self);
  g_ptr_array_set_size (self->slots, 0);
  set_adjustment (self, ACROSS, NULL);
  set_adjustment (self, DOWN, NULL);
  g_clear_object (&self->session);
  g_clear_object (&self->loader);
  G_OBJECT_CLASS (sac_tile_grid_parent_class)->dispose (object);
}

static void
sac_tile_grid_finalize (GObject *object)
{
  SacTileGrid *self = SAC_TILE_GRID (object);

  g_ptr_array_unref (self->slots);
  g_hash_table_unref (self->by_id);
  sac_tile_art_free (self->art);
  G_OBJECT_CLASS (sac_tile_grid_parent_class)->finalize (object);
}

static void
sac_tile_grid_class_init (SacTileGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  guint activate, menu;

  object_class->get_property = sac_tile_grid_get_property;
  object_class->set_property = sac_tile_grid_set_property;
  object_class->dispose = sac_tile_grid_dispose;
  object_class->finalize = sac_tile_grid_finalize;
  widget_class->measure = sac_tile_grid_measure;
  widget_class->size_allocate = sac_tile_grid_size_allocate;
  widget_class->snapshot = sac_tile_grid_snapshot;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HPOLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VPOLICY, "vscroll-policy");
  activate = g_signal_new ("activate", SAC_TYPE_TILE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  menu = g_signal_new ("menu", SAC_TYPE_TILE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_INT,
                       G_TYPE_INT);
  _sac_tile_grid_class_init_input (widget_class, activate, menu);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
  gtk_widget_class_set_css_name (widget_class, "tilegrid");
}

static void
sac_tile_grid_init (SacTileGrid *self)
{
  self->art = sac_tile_art_new (GTK_WIDGET (self));
  self->slots = g_ptr_array_new_with_free_func (slot_free);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->tile_width = 208;
  self->layout.columns = 1;
  self->wanted = SAC_TILE_NONE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_MULTI_SELECTABLE, TRUE, -1);
  _sac_tile_grid_init_input (self);
}
