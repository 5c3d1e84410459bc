#include "sac-pin-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "draw/sac-draw.h"
#include "sac-plot.h"
#include "sac-strip-frames.h"

#define PICTURE_HEIGHT 96
#define MOST_BARS 5

struct _SacPinRow {
  GtkWidget parent_instance;
  char *clip, *path;
  GtkWidget *box, *strip, *bars;
  GCancellable *loading;
  GPtrArray *pictures;          /* cairo_surface_t*, of @frames */
  guint *frames;
  guint n_frames;
  double crop[4];
  float *map;                   /* NULL: none */
  int h, w;
  guint n_bars;
  char **names;                 /* of the bars, the highest first */
  float scores[MOST_BARS];
};

G_DEFINE_FINAL_TYPE (SacPinRow, sac_pin_row, GTK_TYPE_WIDGET)

static guint activated_signal;

static void
draw_strip (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacPinRow *self = data;
  g_autofree cairo_surface_t **frames = g_new0 (cairo_surface_t *, self->n_frames + 1);
  SacSheet sheet = {
    .kind = SAC_SHEET_STRIP, .frames = frames, .n = self->n_frames, .maps = self->map, .h = self->h, .w = self->w,
    .heat = { .colours = SAC_MAP_JET, .opacity = 0.5 }, .current = -1,
  };

  for (guint i = 0; self->pictures && i < MIN (self->pictures->len, self->n_frames); i++)
    frames[i] = self->pictures->pdata[i];
  if (self->n_frames > 0)
    sac_sheet_draw (cr, width, height, style, &sheet);
}

static void
draw_bars (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacPinRow *self = data;
  SacScoreBars bars = { .n = self->n_bars, .labels = (const char *const *) self->names, .scores = self->scores, .chosen = -1 };

  if (self->n_bars > 0)
    sac_score_bars_draw (cr, width, height, style, &bars);
}

static void
on_pictures (GObject *source, GAsyncResult *result, gpointer data)
{
  SacPinRow *self = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *pictures = sac_strip_frames_load_finish (result, &error);

  if (pictures && self->strip)
    {
      g_clear_pointer (&self->pictures, g_ptr_array_unref);
      self->pictures = pictures;
      gtk_widget_queue_draw (self->strip);
    }
  else
    g_clear_pointer (&pictures, g_ptr_array_unref);
  g_object_unref (self);
}

static void
load_pictures (SacPinRow *self)
{
  if (self->loading)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  if (!self->path || self->n_frames == 0)
    return;
  self->loading = g_cancellable_new ();
  sac_strip_frames_load_async (self->path, self->frames, self->n_frames, self->crop, PICTURE_HEIGHT, self->loading, on_pictures,
                               g_object_ref (self));
}

static int
higher_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const float *scores = data;
  float x = scores[*(const guint *) a], y = scores[*(const guint *) b];

  return (x < y) - (x > y);
}

void
sac_pin_row_show (SacPinRow *self, const SacPinned *pin, const char *const *labels, guint n_labels)
{
  g_clear_pointer (&self->map, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  self->n_bars = 0;
  if (pin)
    {
      g_autofree guint *order = g_new (guint, n_labels + 1);
      gsize n = (gsize) pin->t * (gsize) pin->h * (gsize) pin->w;

      for (guint i = 0; i < n_labels; i++)
        order[i] = i;
      g_qsort_with_data (order, (gint) n_labels, sizeof *order, higher_first, pin->scores);
      self->n_bars = MIN (n_labels, MOST_BARS);
      self->names = g_new0 (char *, MOST_BARS + 1);
      for (guint i = 0; i < self->n_bars; i++)
        {
          self->names[i] = g_strdup (labels[order[i]]);
          self->scores[i] = pin->scores[order[i]];
        }
      if (pin->map)
        {
          self->map = g_new (float, n);
          for (gsize i = 0; i < n; i++)
            self->map[i] = (float) pin->map[i] / 255;
          self->h = pin->h;
          self->w = pin->w;
        }
      if (pin->t > 0 && ((guint) pin->t != self->n_frames || memcmp (pin->frames, self->frames, (gsize) pin->t * sizeof (guint)) != 0))
        {
          g_free (self->frames);
          self->frames = g_memdup2 (pin->frames, (gsize) pin->t * sizeof (guint));
          self->n_frames = (guint) pin->t;
          memcpy (self->crop, pin->crop, sizeof self->crop);
          load_pictures (self);
        }
    }
  gtk_widget_queue_draw (self->strip);
  gtk_widget_queue_draw (self->bars);
}

const char *
sac_pin_row_get_clip (SacPinRow *self)
{
  return self->clip;
}

static void
on_clicked (SacPinRow *self)
{
  g_signal_emit (self, activated_signal, 0);
}

GtkWidget *
sac_pin_row_new (const char *clip, const char *path)
{
  SacPinRow *self = g_object_new (SAC_TYPE_PIN_ROW, NULL);
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *name = gtk_button_new_with_label (clip);

  self->clip = g_strdup (clip);
  self->path = g_strdup (path);
  gtk_widget_add_css_class (name, "flat");
  gtk_widget_set_tooltip_text (name, path ? _("Open the clip") : _("The project has no such clip any more"));
  gtk_widget_set_sensitive (name, path != NULL);
  gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (name))), PANGO_ELLIPSIZE_MIDDLE);
  g_signal_connect_swapped (name, "clicked", G_CALLBACK (on_clicked), self);
  gtk_box_append (GTK_BOX (side), name);
  self->bars = g_object_new (SAC_TYPE_PLOT, "vexpand", TRUE, NULL);
  sac_plot_set_up (SAC_PLOT (self->bars), _("Scores of the pinned clip"), "pinned-scores", draw_bars, NULL, self);
  gtk_box_append (GTK_BOX (side), self->bars);
  gtk_widget_set_size_request (side, 220, 130);
  self->strip = g_object_new (SAC_TYPE_PLOT, "hexpand", TRUE, NULL);
  sac_plot_set_up (SAC_PLOT (self->strip), _("Frames of the pinned clip with the map"), "pinned-frames", draw_strip, NULL, self);
  gtk_box_append (GTK_BOX (self->box), side);
  gtk_box_append (GTK_BOX (self->box), self->strip);
  return GTK_WIDGET (self);
}

static void
sac_pin_row_dispose (GObject *object)
{
  SacPinRow *self = SAC_PIN_ROW (object);

  if (self->loading)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->strip = self->bars = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->frames, g_free);
  g_clear_pointer (&self->map, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->clip, g_free);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (sac_pin_row_parent_class)->dispose (object);
}

static void
sac_pin_row_class_init (SacPinRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_pin_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  activated_signal = g_signal_new ("activated", SAC_TYPE_PIN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_pin_row_init (SacPinRow *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
