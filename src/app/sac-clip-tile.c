#include "sac-clip-tile.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define GAP 6
#define MAX_CHIPS 12            /* more never fit */
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
  gboolean stale;               /* what is below is not of this clip yet */
  gboolean asked;               /* for its pictures */
  double said;                  /* share of the labels that something is said of */
  guint marks;                  /* SAC_HAS_… */
  int width;
  PangoLayout *name;
  GPtrArray *chips;             /* PangoLayout, one a label that is yes */
  GArray *colours;              /* GdkRGBA, beside chips */
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

static PangoLayout *
make_layout (SacClipTile *self, const char *text, double scale, gboolean bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD));
  pango_layout_set_attributes (layout, attributes);
  return layout;
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
}

/* Facts of the clip, told where the pointer rests on the name; over the picture they would cover what is scrubbed. */
static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  SacClipTile *self = SAC_CLIP_TILE (widget);
  const SacItem *item = self->clip ? sac_clip_get_item (self->clip) : NULL;
  g_autoptr (GString) text = NULL;

  if (!item || (!keyboard && y < get_picture_height (gtk_widget_get_width (widget))))
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

static void
append_chip (SacClipTile *self, const SacLabel *label)
{
  GdkRGBA colour = { (float) (label->colour >> 16 & 255) / 255, (float) (label->colour >> 8 & 255) / 255,
                     (float) (label->colour & 255) / 255, 1 };
  PangoLayout *chip = make_layout (self, label->name, 0.82, TRUE);

  pango_layout_set_ellipsize (chip, PANGO_ELLIPSIZE_END);
  g_ptr_array_add (self->chips, chip);
  g_array_append_val (self->colours, colour);
}

static void on_pictures (GPtrArray *pictures, gpointer data);

/* What is written, and the ask for pictures, wait until the tile is drawn: the grid keeps far more tiles than it shows. */
static void
prepare (SacClipTile *self)
{
  guint n = sac_session_get_n_labels (self->session), n_said = 0;

  self->stale = FALSE;
  g_clear_object (&self->name);
  g_ptr_array_set_size (self->chips, 0);
  g_array_set_size (self->colours, 0);
  self->name = make_layout (self, sac_clip_get_name (self->clip), 0.92, FALSE);
  pango_layout_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  pango_layout_set_height (self->name, -1);
  for (guint i = 0; i < n; i++)
    {
      SacLabelState state = sac_clip_get_state (self->clip, i);

      n_said += state != SAC_LABEL_UNKNOWN;
      if (state == SAC_LABEL_YES && self->chips->len < MAX_CHIPS)
        append_chip (self, sac_session_get_label (self->session, i));
    }
  self->said = n ? (double) n_said / n : 0;
  self->marks = sac_session_get_marks (self->session, sac_clip_get_id (self->clip));
  describe (self);
  if (!self->asked && sac_clip_can_be_read (self->clip))
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
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_clip_tile_bind (SacClipTile *self, SacClip *clip)
{
  g_return_if_fail (SAC_IS_CLIP_TILE (self));
  if (self->clip)
    {
      g_clear_signal_handler (&self->changed_id, self->clip);
      sac_thumb_loader_forget (self->loader, self);
    }
  g_set_object (&self->clip, clip);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  self->picture = 0;
  self->rest = 0;
  self->asked = FALSE;
  sac_clip_tile_refresh (self);
  if (clip)
    self->changed_id = g_signal_connect_swapped (clip, "changed", G_CALLBACK (sac_clip_tile_refresh), self);
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

static void
rounded (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius, const GdkRGBA *colour)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, rect, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, colour, rect);
  gtk_snapshot_pop (snapshot);
}

/* A dark plate with a word on the picture; returns its right edge. */
static float
append_plate (SacClipTile *self, GtkSnapshot *snapshot, float x, float y, const char *word)
{
  g_autoptr (PangoLayout) layout = make_layout (self, word, 0.75, TRUE);
  const GdkRGBA plate = { 0, 0, 0, 0.62f }, ink = { 1, 1, 1, 1 };
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  rounded (snapshot, &GRAPHENE_RECT_INIT (x, y, (float) width + 10, (float) height + 4), 5, &plate);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + 5, y + 2));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
  return x + (float) width + 14;
}

static void
append_icon (SacClipTile *self, GtkSnapshot *snapshot, const char *name, float x, float y, int size, const GdkRGBA *ink)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (theme, name, NULL, size, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                                                                  gtk_widget_get_direction (GTK_WIDGET (self)), 0);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, ink, 1);
  gtk_snapshot_restore (snapshot);
}

static void
append_round_icon (SacClipTile *self, GtkSnapshot *snapshot, const char *name, float x, float y, const GdkRGBA *ground)
{
  const GdkRGBA ink = { 1, 1, 1, 1 };

  rounded (snapshot, &GRAPHENE_RECT_INIT (x, y, 20, 20), 10, ground);
  append_icon (self, snapshot, name, x + 3, y + 3, 14, &ink);
}

/* How much is said of a clip that is not reviewed: a ring that closes as labels are set. */
static void
snapshot_ring (GtkSnapshot *snapshot, float x, float y, double share)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (x, y, 20, 20));

  cairo_arc (cr, x + 10, y + 10, 10, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.55);
  cairo_fill (cr);
  cairo_set_line_width (cr, 3);
  cairo_arc (cr, x + 10, y + 10, 6, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.3);
  cairo_stroke (cr);
  if (share > 0)
    {
      cairo_arc (cr, x + 10, y + 10, 6, -G_PI / 2, (2 * share - 0.5) * G_PI);
      cairo_set_source_rgb (cr, 0.35, 0.85, 0.55);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
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
      x = append_plate (self, snapshot, x, y, badges[i].word);
}

static void
snapshot_picture (SacClipTile *self, GtkSnapshot *snapshot, int width, int height)
{
  const GdkRGBA surround = { 0.1f, 0.1f, 0.1f, 1 }, faint = { 1, 1, 1, 0.5f }, bar = { 1, 1, 1, 0.9f };
  const SacItem *item = sac_clip_get_item (self->clip);
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
      if (self->hovered)
        gtk_snapshot_append_color (snapshot, &bar,
          &GRAPHENE_RECT_INIT (0, (float) height - 3, (float) (width * (self->picture + 1.0) / self->pictures->len), 3));
    }
  else
    {
      gboolean readable = sac_clip_can_be_read (self->clip) && !self->pictures;

      append_icon (self, snapshot, readable ? "content-loading-symbolic" : "image-missing-symbolic", (float) (width / 2 - 16),
                   (float) (height / 2 - 16), 32, &faint);
    }
  gtk_snapshot_pop (snapshot);
  if (sac_split_name (item->split))
    {
      float x = append_plate (self, snapshot, 6, 6, sac_split_name (item->split));

      if (item->synthetic)
        append_plate (self, snapshot, x, 6, _("Synthetic"));
    }
  else if (item->synthetic)
    append_plate (self, snapshot, 6, 6, _("Synthetic"));
  if (item->flags & SAC_MEDIA_EXCLUDED)
    append_round_icon (self, snapshot, "action-unavailable-symbolic", (float) width - 26, 6, &(GdkRGBA) { 0.35f, 0.35f, 0.35f, 1 });
  else if (!sac_clip_can_be_read (self->clip))
    append_round_icon (self, snapshot, "dialog-warning-symbolic", (float) width - 26, 6, &(GdkRGBA) { 0.75f, 0.11f, 0.16f, 1 });
  else if (item->reviewed)
    append_round_icon (self, snapshot, "object-select-symbolic", (float) width - 26, 6, &(GdkRGBA) { 0.15f, 0.56f, 0.32f, 1 });
  else if (sac_session_get_n_labels (self->session))
    snapshot_ring (snapshot, (float) width - 26, 6, self->said);
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
    {
      g_autoptr (PangoLayout) none = make_layout (self, _("No labels"), 0.82, FALSE);

      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, y + 2));
      gtk_snapshot_append_layout (snapshot, none, &faint);
      gtk_snapshot_restore (snapshot);
    }
  for (guint i = 0; i < self->chips->len; i++)
    {
      PangoLayout *chip = self->chips->pdata[i];
      guint left = self->chips->len - i;
      float room = (float) width - x - (left > 1 ? 30 : 0);
      int w, h;

      pango_layout_set_width (chip, -1);
      pango_layout_get_pixel_size (chip, &w, &h);
      if ((float) w + 24 > room && i > 0)
        {
          g_autofree char *more = g_strdup_printf ("+%u", left);
          g_autoptr (PangoLayout) rest = make_layout (self, more, 0.82, TRUE);

          gtk_snapshot_save (snapshot);
          gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y + 2));
          gtk_snapshot_append_layout (snapshot, rest, &faint);
          gtk_snapshot_restore (snapshot);
          return;
        }
      if ((float) w + 24 > room)
        {
          pango_layout_set_width (chip, MAX ((int) room - 24, 10) * PANGO_SCALE);
          pango_layout_get_pixel_size (chip, &w, &h);
        }
      rounded (snapshot, &GRAPHENE_RECT_INIT (x, y, (float) w + 22, (float) h + 4), ((float) h + 4) / 2, &ground);
      rounded (snapshot, &GRAPHENE_RECT_INIT (x + 6, y + ((float) h + 4) / 2 - 4, 8, 8), 4, &g_array_index (self->colours, GdkRGBA, i));
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + 17, y + 2));
      gtk_snapshot_append_layout (snapshot, chip, ink);
      gtk_snapshot_restore (snapshot);
      x += (float) w + 26;
    }
}

static int
get_line_height (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));

  pango_font_metrics_unref (metrics);
  return height;
}

static void
sac_clip_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacClipTile *self = SAC_CLIP_TILE (widget);
  int width = gtk_widget_get_width (widget), picture_height = get_picture_height (width), line = get_line_height (widget);
  GdkRGBA ink;

  if (!self->clip)
    return;
  if (self->stale)
    prepare (self);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  snapshot_picture (self, snapshot, width, picture_height);
  pango_layout_set_width (self->name, width * PANGO_SCALE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float) (picture_height + GAP)));
  gtk_snapshot_append_layout (snapshot, self->name, &ink);
  gtk_snapshot_restore (snapshot);
  snapshot_chips (self, snapshot, (float) (picture_height + GAP + line + 3), width, &ink);
}

static void
sac_clip_tile_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  SacClipTile *self = SAC_CLIP_TILE (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->width;
  else
    *minimum = *natural = get_picture_height (for_size > 0 ? for_size : self->width) + GAP + 2 * get_line_height (widget) + 8;
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
      sac_thumb_loader_forget (self->loader, self);
    }
  g_clear_object (&self->clip);
  g_clear_object (&self->session);
  g_clear_object (&self->loader);
  g_clear_object (&self->name);
  G_OBJECT_CLASS (sac_clip_tile_parent_class)->dispose (object);
}

static void
sac_clip_tile_finalize (GObject *object)
{
  SacClipTile *self = SAC_CLIP_TILE (object);

  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->chips, g_ptr_array_unref);
  g_clear_pointer (&self->colours, g_array_unref);
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
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "cliptile");
}

static void
sac_clip_tile_init (SacClipTile *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->width = 208;
  self->chips = g_ptr_array_new_with_free_func (g_object_unref);
  self->colours = g_array_new (FALSE, FALSE, sizeof (GdkRGBA));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
sac_clip_tile_new (SacSession *session, SacThumbLoader *loader)
{
  SacClipTile *self = g_object_new (SAC_TYPE_CLIP_TILE, NULL);

  self->session = g_object_ref (session);
  self->loader = g_object_ref (loader);
  return GTK_WIDGET (self);
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
