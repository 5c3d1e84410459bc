#include "sac-clip-tile.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define GAP 6
#define TICK 26                 /* from the left of a line to its name */
#define REST_TICKS 4            /* so long the pointer must rest before the clip under it plays */
#define SLOW 6                  /* the other tiles step on every so many ticks */

struct _SacClipTile {
  GtkWidget parent_instance;
  SacSession *session;
  SacThumbLoader *loader;
  SacClip *clip;
  gulong changed_id;
  GPtrArray *pictures;          /* NULL: not there yet; empty: cannot be read */
  guint picture;
  gboolean hovered;
  guint rest;                   /* ticks since the pointer moved */
  SacTileArt *art;              /* borrowed */
  guint position, n_all;        /* in the list, as a screen reader is told */
  gboolean stale;               /* what is below is not of this clip yet, or no longer */
  gboolean filled;              /* it is of this clip, if perhaps old */
  gboolean waiting;             /* it was drawn stale, because the frame's time was up */
  gboolean drawing;
  gboolean asked;               /* for its pictures */
  double said;                  /* share of the labels that something is said of */
  guint marks;                  /* SAC_HAS_… */
  int width;
  gboolean compact;             /* a line: a tick and the name */
  GArray *chips;                /* indices of the labels that are yes */
};

G_DEFINE_FINAL_TYPE (SacClipTile, sac_clip_tile, GTK_TYPE_WIDGET)

const char *
sac_split_name (SacSplit split)
{
  switch (split)
    {
    case SAC_SPLIT_TRAIN:
      return _("Training");
    case SAC_SPLIT_VALIDATION:
      return _("Validation");
    case SAC_SPLIT_TEST:
      return _("Test");
    case SAC_SPLIT_NONE:
    default:
      return NULL;
    }
}

/* ---- what is written. */

static int
get_picture_height (int width)
{
  return MAX (width * 3 / 4, 1);
}

/* The words a screen reader says about the tile. */
static void
describe (SacClipTile *self)
{
  const SacItem *item = sac_clip_get_item (self->clip);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sac_session_get_n_labels (self->session); i++)
    if (sac_clip_get_state (self->clip, i) == SAC_LABEL_YES)
      g_string_append_printf (text, "%s, ", sac_session_get_label (self->session, i)->name);
  if (text->len == 0)
    g_string_append_printf (text, "%s, ", _("no labels"));
  if (sac_split_name (item->split))
    g_string_append_printf (text, "%s, ", sac_split_name (item->split));
  if (item->synthetic)
    g_string_append_printf (text, "%s, ", _("Synthetic"));
  g_string_append (text, item->reviewed ? _("reviewed") : _("not reviewed"));
  if (!sac_clip_can_be_read (self->clip))
    g_string_append_printf (text, ", %s", item->missing ? _("the file is missing") : item->problem);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, item->name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_POS_IN_SET, (int) self->position + 1,
                                  GTK_ACCESSIBLE_RELATION_SET_SIZE, (int) self->n_all, -1);
}

/* Facts of the clip, told where the pointer rests on the name; over the picture they would cover what is scrubbed. */
static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  SacClipTile *self = SAC_CLIP_TILE (widget);
  const SacItem *item = self->clip ? sac_clip_get_item (self->clip) : NULL;
  g_autoptr (GString) text = NULL;

  if (!item || (!keyboard && !self->compact && y < get_picture_height (gtk_widget_get_width (widget))))
    return FALSE;
  text = g_string_new (item->name);
  g_string_append_printf (text, "\n%d × %d, %u ", item->width, item->height, item->n_frames);
  g_string_append (text, ngettext ("frame", "frames", item->n_frames));
  if (item->group)
    g_string_append_printf (text, _("\nGroup: %s"), item->group);
  if (item->synthetic)
    g_string_append_printf (text, "\n%s", _("Synthetic"));
  if (item->missing)
    g_string_append_printf (text, "\n%s", _("The file is missing"));
  if (item->problem)
    g_string_append_printf (text, "\n%s", item->problem);
  if (item->warning)
    g_string_append_printf (text, "\n%s", item->warning);
  if (item->flags & SAC_MEDIA_VFR)
    g_string_append_printf (text, "\n%s", _("The frame rate varies"));
  if (item->flags & SAC_MEDIA_EXCLUDED)
    g_string_append_printf (text, "\n%s", _("Excluded: no network is given this clip"));
  if (self->said < 1 && !item->reviewed)
    g_string_append_printf (text, _("\n%.0f %% of the labels are said"), 100 * self->said);
  gtk_tooltip_set_text (tooltip, text->str);
  return TRUE;
}

void
sac_clip_tile_refresh (SacClipTile *self)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  self->stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void on_pictures (GPtrArray *pictures, gpointer data);

/* What is written, and the ask for pictures, wait until the tile is drawn and the frame has time for it. */
static void
prepare (SacClipTile *self)
{
  guint n = sac_session_get_n_labels (self->session), n_said = 0;

  self->stale = FALSE;
  self->filled = TRUE;
  g_array_set_size (self->chips, 0);
  for (guint i = 0; i < n; i++)
    {
      SacLabelState state = sac_clip_get_state (self->clip, i);

      n_said += state != SAC_LABEL_UNKNOWN;
      if (state == SAC_LABEL_YES)
        g_array_append_val (self->chips, i);
    }
  self->said = n ? (double) n_said / n : 0;
  if (!self->compact)
    self->marks = sac_session_get_marks (self->session, sac_clip_get_id (self->clip));
  describe (self);
  if (!self->compact && !self->asked && sac_clip_can_be_read (self->clip))
    sac_thumb_loader_ask (self->loader, sac_clip_get_item (self->clip), on_pictures, self);
  self->asked = TRUE;
}

static void
on_pictures (GPtrArray *pictures, gpointer data)
{
  SacClipTile *self = data;

  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  self->pictures = g_ptr_array_ref (pictures);
  self->picture = pictures->len ? MIN (self->picture, pictures->len - 1) : 0;
  if (!self->drawing)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_clip_tile_bind (SacClipTile *self, SacClip *clip)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  if (self->clip)
    {
      g_clear_signal_handler (&self->changed_id, self->clip);
      if (self->loader)
        sac_thumb_loader_forget (self->loader, self);
    }
  g_set_object (&self->clip, clip);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  self->picture = 0;
  self->rest = 0;
  self->asked = FALSE;
  self->filled = FALSE;
  sac_clip_tile_refresh (self);
  if (clip)
    self->changed_id = g_signal_connect_swapped (clip, "changed", G_CALLBACK (sac_clip_tile_refresh), self);
}

void
sac_clip_tile_set_place (SacClipTile *self, guint position, guint n)
{
  if (self->position == position && self->n_all == n)
    return;
  self->position = position;
  self->n_all = n;
  if (self->clip && !self->stale)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_POS_IN_SET, (int) position + 1,
                                    GTK_ACCESSIBLE_RELATION_SET_SIZE, (int) n, -1);
}

void
sac_clip_tile_set_selected (SacClipTile *self, gboolean selected)
{
  if (selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

gboolean
sac_clip_tile_is_waiting (SacClipTile *self)
{
  return self->waiting;
}

SacClip *
sac_clip_tile_get_clip (SacClipTile *self)
{
  return self->clip;
}

/* ---- the pointer and the clock. */

static void
set_picture (SacClipTile *self, guint picture)
{
  if (self->picture == picture)
    return;
  self->picture = picture;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_clip_tile_scrub (SacClipTile *self, double share)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  self->hovered = TRUE;
  self->rest = 0;
  if (self->pictures && self->pictures->len)
    set_picture (self, (guint) CLAMP (floor (share * self->pictures->len), 0, self->pictures->len - 1.0));
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacClipTile *self)
{
  double width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);

  sac_clip_tile_scrub (self, x / width);
}

static void
on_leave (GtkEventControllerMotion *controller, SacClipTile *self)
{
  self->hovered = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_clip_tile_tick (SacClipTile *self, guint64 tick, gboolean moving)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  if (!self->clip || !self->pictures || self->pictures->len < 2 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->hovered)
    {
      if (++self->rest > REST_TICKS)
        set_picture (self, (self->picture + 1) % self->pictures->len);
    }
  else if (moving && (tick + (guint64) sac_clip_get_id (self->clip)) % SLOW == 0)   /* not all at the same moment */
    set_picture (self, (self->picture + 1) % self->pictures->len);
}

int
sac_clip_tile_rank (gpointer tile)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (tile, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t place;
  int height;

  if (!scrolled || !gtk_widget_get_mapped (tile) || !gtk_widget_compute_bounds (tile, scrolled, &place))
    return G_MAXINT - 1;
  height = gtk_widget_get_height (scrolled);
  if (place.origin.y + place.size.height < 0)
    return (int) -(place.origin.y + place.size.height);
  return place.origin.y > (float) height ? (int) place.origin.y - height : 0;
}

guint
sac_clip_tile_get_n_pictures (SacClipTile *self)
{
  return self->pictures ? self->pictures->len : 0;
}

guint
sac_clip_tile_get_picture (SacClipTile *self)
{
  return self->picture;
}

/* ---- drawing. */

/* A dark plate with a word on the picture; returns where the next one may stand. */
static float
snapshot_plate (SacClipTile *self, GtkSnapshot *snapshot, float x, float y, const char *word)
{
  float width;
  GskRenderNode *plate = sac_tile_art_get_plate (self->art, word, &width);

  sac_snapshot_node_at (snapshot, plate, x, y);
  return x + width + 4;
}

/* Small words at the picture's foot: what is odd about the file, what else is marked in the clip. */
static void
snapshot_badges (SacClipTile *self, GtkSnapshot *snapshot, float y)
{
  const SacItem *item = sac_clip_get_item (self->clip);
  const struct { gboolean shown; const char *word; } badges[] = {
    { (item->flags & SAC_MEDIA_VFR) != 0, C_("badge", "VFR") },
    { item->warning != NULL || (item->flags & SAC_MEDIA_CUT), C_("badge", "cut") },
    { item->kind == SAC_ITEM_STILL, C_("badge", "still") },
    { (self->marks & SAC_HAS_SEGMENTS) != 0, C_("badge", "segments") },
    { (self->marks & SAC_HAS_TRACKS) != 0, C_("badge", "tracks") },
  };
  float x = 6;

  for (guint i = 0; i < G_N_ELEMENTS (badges); i++)
    if (badges[i].shown)
      x = snapshot_plate (self, snapshot, x, y, badges[i].word);
}

static void
snapshot_picture (SacClipTile *self, GtkSnapshot *snapshot, int width, int height)
{
  const GdkRGBA surround = { 0.1f, 0.1f, 0.1f, 1 }, faint = { 1, 1, 1, 0.5f }, bar = { 1, 1, 1, 0.9f };
  graphene_rect_t rect = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, &rect, 9);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &surround, &rect);
  if (self->pictures && self->pictures->len)
    {
      GdkTexture *texture = self->pictures->pdata[MIN (self->picture, self->pictures->len - 1)];
      double w = gdk_texture_get_width (texture), h = gdk_texture_get_height (texture), scale = MIN (width / w, height / h);

      gtk_snapshot_append_texture (snapshot, texture,
        &GRAPHENE_RECT_INIT ((float) floor ((width - w * scale) / 2), (float) floor ((height - h * scale) / 2),
                             (float) ceil (w * scale), (float) ceil (h * scale)));
      if (self->hovered && sac_clip_get_item (self->clip)->n_frames > 1)
        gtk_snapshot_append_color (snapshot, &bar,
          &GRAPHENE_RECT_INIT (0, (float) height - 3, (float) (width * (self->picture + 1.0) / self->pictures->len), 3));
    }
  else
    {
      gboolean readable = sac_clip_can_be_read (self->clip) && !self->pictures;

      sac_snapshot_node_at (snapshot, sac_tile_art_get_icon (self->art, readable ? "content-loading-symbolic" : "image-missing-symbolic",
                                                             32, &faint), (float) (width / 2 - 16), (float) (height / 2 - 16));
    }
  gtk_snapshot_pop (snapshot);
}

/* What is known of the clip, in the corners of its picture. */
static void
snapshot_corners (SacClipTile *self, GtkSnapshot *snapshot, int width, int height)
{
  const GdkRGBA grey = { 0.35f, 0.35f, 0.35f, 1 }, red = { 0.75f, 0.11f, 0.16f, 1 }, green = { 0.15f, 0.56f, 0.32f, 1 };
  const SacItem *item = sac_clip_get_item (self->clip);
  const char *split = sac_split_name (item->split);
  float x = split ? snapshot_plate (self, snapshot, 6, 6, split) : 6;
  GskRenderNode *mark = NULL;

  if (item->synthetic)
    snapshot_plate (self, snapshot, x, 6, _("Synthetic"));
  if (item->flags & SAC_MEDIA_EXCLUDED)
    mark = sac_tile_art_get_round_icon (self->art, "action-unavailable-symbolic", &grey);
  else if (!sac_clip_can_be_read (self->clip))
    mark = sac_tile_art_get_round_icon (self->art, "dialog-warning-symbolic", &red);
  else if (item->reviewed)
    mark = sac_tile_art_get_round_icon (self->art, "object-select-symbolic", &green);
  else if (sac_session_get_n_labels (self->session))
    mark = sac_tile_art_get_ring (self->art, self->said);
  if (mark)
    sac_snapshot_node_at (snapshot, mark, (float) width - 26, 6);
  snapshot_badges (self, snapshot, (float) height - 22);
}

/* Chips of the labels that are yes: a dot in the label's colour and its name; what does not fit is counted. */
static void
snapshot_chips (SacClipTile *self, GtkSnapshot *snapshot, float y, int width, const GdkRGBA *ink)
{
  GdkRGBA faint = *ink, ground = *ink;
  float x = 0;

  faint.alpha *= 0.55f;
  ground.alpha *= 0.09f;
  if (self->chips->len == 0)
    sac_snapshot_layout_at (snapshot, sac_tile_art_get_text (self->art, SAC_TEXT_FAINT, _("No labels"), 0), 0, y + 2, &faint);
  for (guint i = 0; i < self->chips->len; i++)
    {
      const SacLabel *label = sac_session_get_label (self->session, g_array_index (self->chips, guint, i));
      guint left = self->chips->len - i, rgb = label ? label->colour : 0;
      const GdkRGBA colour = { (float) (rgb >> 16 & 255) / 255, (float) (rgb >> 8 & 255) / 255, (float) (rgb & 255) / 255, 1 };
      PangoLayout *chip = sac_tile_art_get_text (self->art, SAC_TEXT_CHIP, label ? label->name : "", 0);
      float room = (float) width - x - (left > 1 ? 30 : 0);
      int w, h;

      pango_layout_get_pixel_size (chip, &w, &h);
      if ((float) w + 24 > room && i > 0)
        {
          g_autofree char *more = g_strdup_printf ("+%u", left);

          sac_snapshot_layout_at (snapshot, sac_tile_art_get_text (self->art, SAC_TEXT_CHIP, more, 0), x, y + 2, &faint);
          return;
        }
      if ((float) w + 24 > room)
        {
          chip = sac_tile_art_get_text (self->art, SAC_TEXT_CHIP, label ? label->name : "", MAX ((int) room - 24, 10));
          pango_layout_get_pixel_size (chip, &w, &h);
        }
      sac_snapshot_rounded (snapshot, &GRAPHENE_RECT_INIT (x, y, (float) w + 22, (float) h + 4), ((float) h + 4) / 2, &ground);
      sac_snapshot_rounded (snapshot, &GRAPHENE_RECT_INIT (x + 6, y + ((float) h + 4) / 2 - 4, 8, 8), 4, &colour);
      sac_snapshot_layout_at (snapshot, chip, x + 17, y + 2, ink);
      x += (float) w + 26;
    }
}

/* All of a compact tile. */
static void
snapshot_line (SacClipTile *self, GtkSnapshot *snapshot, int width, const GdkRGBA *ink)
{
  const char *name = sac_clip_get_name (self->clip);
  PangoLayout *text = sac_tile_art_get_text (self->art, SAC_TEXT_NAME, name, MAX (width - TICK, 1));
  const char *mark = !sac_clip_can_be_read (self->clip) ? "dialog-warning-symbolic"
                     : sac_clip_get_item (self->clip)->reviewed ? "object-select-symbolic" : NULL;
  int height = gtk_widget_get_height (GTK_WIDGET (self)), text_height;

  pango_layout_get_pixel_size (text, NULL, &text_height);
  sac_snapshot_layout_at (snapshot, text, TICK, (float) ((height - text_height) / 2), ink);
  if (mark)
    sac_snapshot_node_at (snapshot, sac_tile_art_get_icon (self->art, mark, 16, ink), 0, (float) ((height - 16) / 2));
}

static void
sac_clip_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacClipTile *self = SAC_CLIP_TILE (widget);
  int width = gtk_widget_get_width (widget), picture_height = get_picture_height (width);
  GdkRGBA ink;

  if (!self->clip)
    return;
  self->drawing = TRUE;
  self->waiting = self->stale && !sac_tile_art_has_time (self->art);
  if (self->stale && !self->waiting)
    prepare (self);
  self->drawing = FALSE;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  if (self->compact)
    {
      snapshot_line (self, snapshot, width, &ink);
      return;
    }
  snapshot_picture (self, snapshot, width, picture_height);
  if (!self->filled)
    return;
  snapshot_corners (self, snapshot, width, picture_height);
  sac_snapshot_layout_at (snapshot, sac_tile_art_get_text (self->art, SAC_TEXT_NAME, sac_clip_get_name (self->clip), width), 0,
                          (float) (picture_height + GAP), &ink);
  snapshot_chips (self, snapshot, (float) (picture_height + GAP + sac_tile_art_get_line_height (self->art) + 3), width, &ink);
}

static void
sac_clip_tile_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  SacClipTile *self = SAC_CLIP_TILE (widget);

  if (self->compact)
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 4 * TICK : MAX (sac_tile_art_get_line_height (self->art), 16);
  else if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->width;
  else
    *minimum = *natural = get_picture_height (for_size > 0 ? for_size : self->width) + GAP +
                           2 * sac_tile_art_get_line_height (self->art) + 8;
  *minimum_baseline = *natural_baseline = -1;
}

static GtkSizeRequestMode
sac_clip_tile_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* ---- life. */

static void
sac_clip_tile_dispose (GObject *object)
{
  SacClipTile *self = SAC_CLIP_TILE (object);

  if (self->clip)
    {
      g_clear_signal_handler (&self->changed_id, self->clip);
      if (self->loader)
        sac_thumb_loader_forget (self->loader, self);
    }
  g_clear_object (&self->clip);
  g_clear_object (&self->session);
  g_clear_object (&self->loader);
  G_OBJECT_CLASS (sac_clip_tile_parent_class)->dispose (object);
}

static void
sac_clip_tile_finalize (GObject *object)
{
  SacClipTile *self = SAC_CLIP_TILE (object);

  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->chips, g_array_unref);
  G_OBJECT_CLASS (sac_clip_tile_parent_class)->finalize (object);
}

static void
sac_clip_tile_class_init (SacClipTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_clip_tile_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_clip_tile_finalize;
  widget_class->snapshot = sac_clip_tile_snapshot;
  widget_class->measure = sac_clip_tile_measure;
  widget_class->get_request_mode = sac_clip_tile_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
  gtk_widget_class_set_css_name (widget_class, "cliptile");
}

static void
sac_clip_tile_init (SacClipTile *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->width = 208;
  self->chips = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
sac_clip_tile_new (SacSession *session, SacThumbLoader *loader, SacTileArt *art)
{
  SacClipTile *self = g_object_new (SAC_TYPE_CLIP_TILE, NULL);

  self->session = g_object_ref (session);
  g_set_object (&self->loader, loader);
  self->art = art;
  return GTK_WIDGET (self);
}

void
sac_clip_tile_set_compact (SacClipTile *self)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  self->compact = TRUE;
  gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
sac_clip_tile_set_width (SacClipTile *self, int width)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  if (self->width == width)
    return;
  self->width = width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
