#include "sac-tile-art.h"

#include <math.h>

#define MAX_LAYOUTS 1500        /* then those used longest ago go, one for each new one: many at once would be felt */
#define FRAME_US 1500
#define LEAST_FILLED 2          /* tiles a frame, however slow the machine */
#define RING_STEPS 32

typedef struct {
  char *key;
  PangoLayout *layout;
  GList link;                   /* in used */
} Text;

struct _SacTileArt {
  GtkWidget *widget;
  guint serial, line_serial;    /* of the widget's font, when layouts and the line's height were made */
  GHashTable *texts;            /* "kind width text" → Text */
  GQueue used;                  /* Text, last used first */
  GHashTable *nodes;            /* what it is → GskRenderNode */
  int line_height;
  gint64 begun_us;
  guint n_filled;
};

static void
text_free (gpointer data)
{
  Text *text = data;

  g_object_unref (text->layout);
  g_free (text->key);
  g_free (text);
}

static void
forget_texts (SacTileArt *art)
{
  g_queue_init (&art->used);
  g_hash_table_remove_all (art->texts);
}

SacTileArt *
sac_tile_art_new (GtkWidget *widget)
{
  SacTileArt *art = g_new0 (SacTileArt, 1);

  art->widget = widget;
  art->texts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, text_free);
  art->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) gsk_render_node_unref);
  return art;
}

void
sac_tile_art_free (SacTileArt *art)
{
  g_hash_table_unref (art->texts);
  g_hash_table_unref (art->nodes);
  g_free (art);
}

gboolean
sac_tile_art_begin_frame (SacTileArt *art)
{
  guint serial = pango_context_get_serial (gtk_widget_get_pango_context (art->widget));
  gboolean changed = serial != art->serial;

  if (changed)
    {
      g_hash_table_remove_all (art->nodes);
      forget_texts (art);
    }
  art->serial = serial;
  art->begun_us = g_get_monotonic_time ();
  art->n_filled = 0;
  return changed;
}

gboolean
sac_tile_art_has_time (SacTileArt *art)
{
  return art->n_filled++ < LEAST_FILLED || g_get_monotonic_time () - art->begun_us < FRAME_US;
}

/* ---- words. */

PangoLayout *
sac_tile_art_get_text (SacTileArt *art, SacTextKind kind, const char *text, int width)
{
  static const struct { double scale; gboolean bold; PangoEllipsizeMode ellipsize; } kinds[] = {
    [SAC_TEXT_NAME] = { 0.92, FALSE, PANGO_ELLIPSIZE_MIDDLE }, [SAC_TEXT_CHIP] = { 0.82, TRUE, PANGO_ELLIPSIZE_END },
    [SAC_TEXT_FAINT] = { 0.82, FALSE, PANGO_ELLIPSIZE_END }, [SAC_TEXT_PLATE] = { 0.75, TRUE, PANGO_ELLIPSIZE_END },
  };
  g_autofree char *key = g_strdup_printf ("%d %d %s", kind, width, text);
  g_autoptr (PangoAttrList) attributes = NULL;
  Text *known = g_hash_table_lookup (art->texts, key);
  PangoLayout *layout;

  if (known)
    {
      g_queue_unlink (&art->used, &known->link);
      g_queue_push_head_link (&art->used, &known->link);
      return known->layout;
    }
  layout = gtk_widget_create_pango_layout (art->widget, text);
  attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_scale_new (kinds[kind].scale));
  if (kinds[kind].bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_ellipsize (layout, kinds[kind].ellipsize);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_height (layout, -1);
  if (width > 0)
    pango_layout_set_width (layout, width * PANGO_SCALE);
  known = g_new0 (Text, 1);
  known->key = g_steal_pointer (&key);
  known->layout = layout;
  known->link.data = known;
  g_hash_table_insert (art->texts, known->key, known);
  g_queue_push_head_link (&art->used, &known->link);
  if (art->used.length > MAX_LAYOUTS)
    {
      Text *oldest = g_queue_pop_tail_link (&art->used)->data;

      g_hash_table_remove (art->texts, oldest->key);
    }
  return layout;
}

int
sac_tile_art_get_line_height (SacTileArt *art)
{
  guint serial = pango_context_get_serial (gtk_widget_get_pango_context (art->widget));

  if (serial != art->line_serial)
    {
      PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (art->widget), NULL, NULL);

      art->line_height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));
      art->line_serial = serial;
      pango_font_metrics_unref (metrics);
    }
  return art->line_height;
}

/* ---- pictures. */

void
sac_snapshot_rounded (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius, const GdkRGBA *colour)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, rect, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, colour, rect);
  gtk_snapshot_pop (snapshot);
}

void
sac_snapshot_layout_at (GtkSnapshot *snapshot, PangoLayout *layout, float x, float y, const GdkRGBA *ink)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, ink);
  gtk_snapshot_restore (snapshot);
}

void
sac_snapshot_node_at (GtkSnapshot *snapshot, GskRenderNode *node, float x, float y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_node (snapshot, node);
  gtk_snapshot_restore (snapshot);
}

static void
append_icon (SacTileArt *art, GtkSnapshot *snapshot, const char *name, int size, const GdkRGBA *ink)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (art->widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (theme, name, NULL, size, gtk_widget_get_scale_factor (art->widget),
                                                                  gtk_widget_get_direction (art->widget), 0);

  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, ink, 1);
}

static GskRenderNode *
keep (SacTileArt *art, char *key /* taken */, GtkSnapshot *snapshot /* taken */)
{
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);

  if (!node)
    node = gsk_container_node_new (NULL, 0);
  g_hash_table_insert (art->nodes, key, node);
  return node;
}

GskRenderNode *
sac_tile_art_get_icon (SacTileArt *art, const char *name, int size, const GdkRGBA *ink)
{
  g_autofree char *colour = gdk_rgba_to_string (ink);
  g_autofree char *key = g_strdup_printf ("icon %s %d %d %s", name, size, gtk_widget_get_scale_factor (art->widget), colour);
  GskRenderNode *node = g_hash_table_lookup (art->nodes, key);
  GtkSnapshot *snapshot;

  if (node)
    return node;
  snapshot = gtk_snapshot_new ();
  append_icon (art, snapshot, name, size, ink);
  return keep (art, g_steal_pointer (&key), snapshot);
}

GskRenderNode *
sac_tile_art_get_round_icon (SacTileArt *art, const char *name, const GdkRGBA *ground)
{
  g_autofree char *key = g_strdup_printf ("round %s %d", name, gtk_widget_get_scale_factor (art->widget));
  GskRenderNode *node = g_hash_table_lookup (art->nodes, key);
  const GdkRGBA ink = { 1, 1, 1, 1 };
  GtkSnapshot *snapshot;

  if (node)
    return node;
  snapshot = gtk_snapshot_new ();
  sac_snapshot_rounded (snapshot, &GRAPHENE_RECT_INIT (0, 0, 20, 20), 10, ground);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (3, 3));
  append_icon (art, snapshot, name, 14, &ink);
  return keep (art, g_steal_pointer (&key), snapshot);
}

GskRenderNode *
sac_tile_art_get_plate (SacTileArt *art, const char *word, float *width)
{
  g_autofree char *key = g_strconcat ("plate ", word, NULL);
  GskRenderNode *node = g_hash_table_lookup (art->nodes, key);
  PangoLayout *layout = sac_tile_art_get_text (art, SAC_TEXT_PLATE, word, 0);
  const GdkRGBA plate = { 0, 0, 0, 0.62f }, ink = { 1, 1, 1, 1 };
  GtkSnapshot *snapshot;
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  *width = (float) w + 10;
  if (node)
    return node;
  snapshot = gtk_snapshot_new ();
  sac_snapshot_rounded (snapshot, &GRAPHENE_RECT_INIT (0, 0, *width, (float) h + 4), 5, &plate);
  sac_snapshot_layout_at (snapshot, layout, 5, 2, &ink);
  return keep (art, g_steal_pointer (&key), snapshot);
}

GskRenderNode *
sac_tile_art_get_ring (SacTileArt *art, double share)
{
  int step = (int) ceil (CLAMP (share, 0, 1) * RING_STEPS);
  g_autofree char *key = g_strdup_printf ("ring %d", step);
  GskRenderNode *node = g_hash_table_lookup (art->nodes, key);
  GtkSnapshot *snapshot;
  cairo_t *cr;

  if (node)
    return node;
  snapshot = gtk_snapshot_new ();
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, 20, 20));
  cairo_arc (cr, 10, 10, 10, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.55);
  cairo_fill (cr);
  cairo_set_line_width (cr, 3);
  cairo_arc (cr, 10, 10, 6, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.3);
  cairo_stroke (cr);
  if (step > 0)
    {
      cairo_arc (cr, 10, 10, 6, -G_PI / 2, (2.0 * step / RING_STEPS - 0.5) * G_PI);
      cairo_set_source_rgb (cr, 0.35, 0.85, 0.55);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
  return keep (art, g_steal_pointer (&key), snapshot);
}
