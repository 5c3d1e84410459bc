#include "sac-latent-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "draw/sac-sample-grid.h"
#include "run/sac-gan-graph.h"
#include "sac-plot.h"

#define N_WAY 9                 /* pictures of the way, its ends among them */
#define N_NEAREST 8
#define NEAREST_MS 250          /* the pointer rests so long before neighbours are sought */

struct _SacLatentView {
  AdwBin parent_instance;
  SacWorker *worker;
  SacPlot *way_plot, *near_plot;
  GtkLabel *words, *near_words;
  GtkScale *slider;
  char *run;
  gboolean active, moving;
  gint64 from, to;              /* noise, as SacGanNoise has it */
  double fraction;
  guint generator;
  GCancellable *asking_way, *asking_one, *asking_near;
  gboolean way_stale, one_stale;        /* to be asked when it is shown, or when the answer awaited is there */
  guint near_source;
  SacGanPictures *way, *one;    /* nullable */
  cairo_surface_t *way_picture, *one_picture, *near_picture;
  SacGanNearest *nearest;       /* nullable */
};

G_DEFINE_FINAL_TYPE (SacLatentView, sac_latent_view, ADW_TYPE_BIN)

static void ask_one (SacLatentView *self);

/* ---- pictures.  Cells of @rgb beside each other without gaps: @columns × @rows, @at says which stands where. */

static cairo_surface_t *
lay_out (const guint8 *rgb, int size, guint columns, guint rows, gboolean turned)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) columns * size, (int) rows * size);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  guint8 *pixels = cairo_image_surface_get_data (surface);

  for (guint r = 0; pixels && r < rows; r++)
    for (guint c = 0; c < columns; c++)
      {
        const guint8 *from = rgb + 3 * (gsize) size * (gsize) size * (turned ? (gsize) c * rows + r : (gsize) r * columns + c);

        for (int y = 0; y < size; y++)
          {
            guint32 *to = (guint32 *) (void *) (pixels + ((gsize) r * (gsize) size + (gsize) y) * stride) + c * (guint) size;

            for (int x = 0; x < size; x++, from += 3)
              to[x] = (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
          }
      }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
draw_way (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacLatentView *self = data;
  static const char *const names[N_WAY + 1] = { "0", "⅛", "¼", "⅜", "½", "⅝", "¾", "⅞", "1", NULL };
  SacSamplePanel panel = { .columns = N_WAY, .names = names };
  SacSampleGrid grid = { .panels = &panel, .n = 1, .panel = 0, .other_row = -1, .other_column = -1 };

  if (!self->way)
    return;
  panel.picture = self->way_picture;
  panel.rows = self->way->k;
  panel.cell = self->way->size;
  grid.row = (int) MIN (self->generator, self->way->k - 1);
  grid.column = (int) (self->fraction * (N_WAY - 1) + 0.5);
  sac_sample_grid_draw (cr, width, height, style, &grid);
}

/* The picture at the place of the slider, and what is nearest to it. */
static void
draw_near (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacLatentView *self = data;
  const char *one_name[] = { NULL, NULL };
  g_autofree char *own = g_strdup_printf ("G%u", self->generator + 1);
  char texts[N_NEAREST][24];
  const char *names[N_NEAREST + 1] = { NULL };
  SacSamplePanel panels[2] = { { .rows = 1, .columns = 1, .title = _("made") }, { .rows = 1, .title = _("nearest pictures learnt from") } };
  SacSampleGrid grid = { .panels = panels, .n = 1, .panel = -1, .row = -1, .column = -1, .other_row = -1, .other_column = -1 };

  if (!self->one)
    return;
  one_name[0] = own;
  panels[0].names = one_name;
  panels[0].picture = self->one_picture;
  panels[0].cell = self->one->size;
  if (self->nearest)
    {
      guint n = MIN (self->nearest->n, N_NEAREST);

      for (guint i = 0; i < n; i++)
        {
          g_snprintf (texts[i], sizeof texts[i], "%.3f", self->nearest->distances[i]);
          names[i] = texts[i];
        }
      panels[1].columns = n;
      panels[1].names = names;
      panels[1].picture = self->near_picture;
      panels[1].cell = self->nearest->size;
      grid.n = n > 0 ? 2 : 1;
    }
  sac_sample_grid_draw (cr, width, height, style, &grid);
}

static char *
dup_noise_words (gint64 noise)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, noise);

  return noise < 0 ? g_strdup_printf (_("row %u"), (guint) -noise) : g_strdup_printf (_("noise %s"), number);
}

static void
show (SacLatentView *self)
{
  g_autofree char *from = dup_noise_words (self->from), *to = dup_noise_words (self->to);
  g_autofree char *step = self->way ? g_strdup_printf (_(" · step %u"), (guint) self->way->step) : g_strdup ("");
  g_autofree char *words = g_strdup_printf (_("From %s to %s: %.0f %% of the way, G%u%s"), from, to, 100 * self->fraction,
                                            self->generator + 1, step);

  gtk_label_set_text (self->words, words);
  sac_plot_describe (self->way_plot, words);
  gtk_widget_queue_draw (GTK_WIDGET (self->way_plot));
  gtk_widget_queue_draw (GTK_WIDGET (self->near_plot));
}

static void
fail (SacLatentView *self, GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_label_set_text (self->near_words, error->message);
}

/* ---- questions. */

static void
on_nearest (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacLatentView) self = data;
  g_autoptr (GError) error = NULL;
  SacGanNearest *nearest = sac_worker_nearest_finish (SAC_WORKER (source), result, &error);
  g_autofree char *words = NULL;

  if (!nearest)
    {
      fail (self, error);
      return;
    }
  g_clear_pointer (&self->nearest, sac_gan_nearest_free);
  g_clear_pointer (&self->near_picture, cairo_surface_destroy);
  self->nearest = nearest;
  if (nearest->n > 0)
    {
      self->near_picture = lay_out (nearest->rgb + 3 * (gsize) nearest->size * (gsize) nearest->size, nearest->size,
                                    MIN (nearest->n, N_NEAREST), 1, FALSE);
      words = g_strdup_printf (_("Nearest by %s: %.3f away. A copy of what it learnt from would be 0."), nearest->by,
                               nearest->distances[0]);
    }
  gtk_label_set_text (self->near_words, words ? words : "");
  sac_plot_describe (self->near_plot, words ? words : "");
  show (self);
}

static gboolean
ask_nearest (gpointer data)
{
  SacLatentView *self = data;
  SacNearestQuestion question = { .run = self->run, .generator = self->generator, .noise = { self->from, self->to, self->fraction },
                                  .count = N_NEAREST };

  self->near_source = 0;
  if (!self->run || !self->active)
    return G_SOURCE_REMOVE;
  g_cancellable_cancel (self->asking_near);
  g_clear_object (&self->asking_near);
  self->asking_near = g_cancellable_new ();
  sac_worker_nearest_async (self->worker, &question, self->asking_near, on_nearest, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_one (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacLatentView) self = data;
  g_autoptr (GError) error = NULL;
  SacGanPictures *one = sac_worker_generate_finish (SAC_WORKER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->asking_one);
  if (one)
    {
      gsize each = 3 * (gsize) one->size * (gsize) one->size;

      g_clear_pointer (&self->one, sac_gan_pictures_free);
      g_clear_pointer (&self->one_picture, cairo_surface_destroy);
      self->one = one;
      self->one_picture = lay_out (one->rgb + each * MIN (self->generator, one->k - 1), one->size, 1, 1, FALSE);
      show (self);
    }
  else
    fail (self, error);
  if (self->one_stale)
    ask_one (self);
}

/* One question at a time; the next is about where the slider then is. */
static void
ask_one (SacLatentView *self)
{
  SacGanNoise noise = { self->from, self->to, self->fraction };

  self->one_stale = TRUE;
  if (!self->run || !self->active || self->asking_one)
    return;
  self->one_stale = FALSE;
  self->asking_one = g_cancellable_new ();
  sac_worker_generate_async (self->worker, self->run, &noise, 1, self->asking_one, on_one, g_object_ref (self));
}

static void
on_way (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacLatentView) self = data;
  g_autoptr (GError) error = NULL;
  SacGanPictures *way = sac_worker_generate_finish (SAC_WORKER (source), result, &error);

  if (!way)
    {
      fail (self, error);
      return;
    }
  g_clear_pointer (&self->way, sac_gan_pictures_free);
  g_clear_pointer (&self->way_picture, cairo_surface_destroy);
  self->way = way;
  if (way->n == N_WAY)
    self->way_picture = lay_out (way->rgb, way->size, N_WAY, way->k, TRUE);
  show (self);
}

static void
ask_way (SacLatentView *self)
{
  SacGanNoise noise[N_WAY];

  self->way_stale = TRUE;
  if (!self->run || !self->active)
    return;
  self->way_stale = FALSE;
  for (guint i = 0; i < N_WAY; i++)
    noise[i] = (SacGanNoise) { self->from, self->to, (double) i / (N_WAY - 1) };
  g_cancellable_cancel (self->asking_way);
  g_clear_object (&self->asking_way);
  self->asking_way = g_cancellable_new ();
  sac_worker_generate_async (self->worker, self->run, noise, N_WAY, self->asking_way, on_way, g_object_ref (self));
}

/* ---- moving. */

static void
go (SacLatentView *self, double fraction, guint generator)
{
  self->fraction = CLAMP (fraction, 0, 1);
  self->generator = generator;
  self->moving = TRUE;
  gtk_range_set_value (GTK_RANGE (self->slider), self->fraction);
  self->moving = FALSE;
  show (self);
  ask_one (self);
  g_clear_handle_id (&self->near_source, g_source_remove);
  self->near_source = g_timeout_add (NEAREST_MS, ask_nearest, self);
}

static void
on_slider (SacLatentView *self)
{
  if (!self->moving)
    go (self, gtk_range_get_value (GTK_RANGE (self->slider)), self->generator);
}

/* Between the middles of the first and the last picture lies the way; the row says the generator. */
static void
point (SacLatentView *self, double x, double y)
{
  SacSamplePanel panel = { .columns = N_WAY, .rows = self->way ? self->way->k : 1, .names = (const char *const[]) { "", NULL } };
  SacSampleGrid grid = { .panels = &panel, .n = 1, .panel = -1, .row = -1, .column = -1 };
  double width = gtk_widget_get_width (GTK_WIDGET (self->way_plot)), height = gtk_widget_get_height (GTK_WIDGET (self->way_plot));
  double first[4], last[4];
  SacStyle style;
  guint row;

  if (!self->way)
    return;
  sac_plot_get_style (self->way_plot, &style);
  sac_sample_grid_place (width, height, &style, &grid, 0, 0, 0, first);
  sac_sample_grid_place (width, height, &style, &grid, 0, panel.rows - 1, N_WAY - 1, last);
  row = (guint) CLAMP ((y - first[1]) / MAX (first[3], 1), 0, panel.rows - 1);
  go (self, (x - first[0] - first[2] / 2) / MAX (last[0] - first[0], 1), row);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacLatentView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->way_plot));
  point (self, x, y);
}

static void
on_drag (GtkGestureDrag *gesture, double dx, double dy, SacLatentView *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    point (self, x + dx, y + dy);
}

/* On from where the way ended to a noise nobody has seen yet. */
static void
on_noise (SacLatentView *self)
{
  self->from = self->to;
  self->to = g_random_int_range (1, G_MAXINT32);
  ask_way (self);
  go (self, 1, self->generator);
}

void
sac_latent_view_set_way (SacLatentView *self, guint from, guint to, guint generator)
{
  self->from = SAC_GAN_ROW (from);
  self->to = SAC_GAN_ROW (to);
  ask_way (self);
  go (self, 0, generator);
}

gboolean
sac_latent_view_act (SacLatentView *self, const char *act)
{
  double step = 1.0 / (N_WAY - 1);

  if (g_strcmp0 (act, "generate.noise") == 0)
    on_noise (self);
  else if (g_strcmp0 (act, "generate.left") == 0 || g_strcmp0 (act, "generate.right") == 0)
    go (self, self->fraction + (act[9] == 'l' ? -step : step), self->generator);
  else if (g_strcmp0 (act, "generate.up") == 0 || g_strcmp0 (act, "generate.down") == 0)
    go (self, self->fraction, act[9] == 'u' ? self->generator - (self->generator > 0)
                                            : MIN (self->generator + 1, (self->way ? self->way->k : 1) - 1));
  else
    return FALSE;
  return TRUE;
}

void
sac_latent_view_set_run (SacLatentView *self, const char *run_folder)
{
  if (g_strcmp0 (run_folder, self->run) == 0)
    return;
  g_free (self->run);
  self->run = g_strdup (run_folder);
  g_cancellable_cancel (self->asking_way);
  g_cancellable_cancel (self->asking_one);
  g_cancellable_cancel (self->asking_near);
  g_clear_object (&self->asking_one);
  g_clear_pointer (&self->way, sac_gan_pictures_free);
  g_clear_pointer (&self->one, sac_gan_pictures_free);
  g_clear_pointer (&self->nearest, sac_gan_nearest_free);
  gtk_label_set_text (self->near_words, "");
  sac_latent_view_set_way (self, 0, 1, 0);
}

/* What the run has learnt since is shown, too. */
void
sac_latent_view_set_active (SacLatentView *self, gboolean active)
{
  gboolean came = active && !self->active;

  self->active = active;
  if (came && self->run)
    {
      ask_way (self);
      go (self, self->fraction, self->generator);
    }
}

/* ---- object. */

SacLatentView *
sac_latent_view_new (SacWorker *worker)
{
  SacLatentView *self = g_object_new (SAC_TYPE_LATENT_VIEW, NULL);

  self->worker = g_object_ref (worker);
  return self;
}

static void
sac_latent_view_dispose (GObject *object)
{
  SacLatentView *self = SAC_LATENT_VIEW (object);

  self->active = FALSE;
  g_cancellable_cancel (self->asking_way);
  g_cancellable_cancel (self->asking_one);
  g_cancellable_cancel (self->asking_near);
  g_clear_object (&self->asking_way);
  g_clear_object (&self->asking_one);
  g_clear_object (&self->asking_near);
  g_clear_handle_id (&self->near_source, g_source_remove);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->run, g_free);
  G_OBJECT_CLASS (sac_latent_view_parent_class)->dispose (object);
}

static void
sac_latent_view_finalize (GObject *object)
{
  SacLatentView *self = SAC_LATENT_VIEW (object);

  g_clear_pointer (&self->way, sac_gan_pictures_free);
  g_clear_pointer (&self->one, sac_gan_pictures_free);
  g_clear_pointer (&self->nearest, sac_gan_nearest_free);
  g_clear_pointer (&self->way_picture, cairo_surface_destroy);
  g_clear_pointer (&self->one_picture, cairo_surface_destroy);
  g_clear_pointer (&self->near_picture, cairo_surface_destroy);
  G_OBJECT_CLASS (sac_latent_view_parent_class)->finalize (object);
}

static void
sac_latent_view_class_init (SacLatentViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_latent_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_latent_view_finalize;
}

static void
sac_latent_view_init (SacLatentView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *noise = gtk_button_new_with_label (_("Another noise"));
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->from = SAC_GAN_ROW (0);
  self->to = SAC_GAN_ROW (1);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  gtk_widget_set_tooltip_text (noise, _("On to a noise that was not seen yet"));
  g_signal_connect_swapped (noise, "clicked", G_CALLBACK (on_noise), self);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (row), noise);
  self->way_plot = g_object_new (SAC_TYPE_PLOT, "focusable", TRUE, "vexpand", TRUE, "hexpand", TRUE, NULL);
  sac_plot_set_up (self->way_plot, _("The way between two noises"), "way", draw_way, NULL, self);
  gtk_widget_set_size_request (GTK_WIDGET (self->way_plot), 120, 80);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self->way_plot), GTK_EVENT_CONTROLLER (drag));
  self->slider = GTK_SCALE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.01));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->slider), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Share of the way"), -1);
  g_signal_connect_swapped (self->slider, "value-changed", G_CALLBACK (on_slider), self);
  self->near_plot = g_object_new (SAC_TYPE_PLOT, "vexpand", TRUE, "hexpand", TRUE, NULL);
  sac_plot_set_up (self->near_plot, _("The picture and the nearest ones"), "nearest", draw_near, NULL, self);
  gtk_widget_set_size_request (GTK_WIDGET (self->near_plot), 120, 80);
  self->near_words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->near_words, TRUE);
  gtk_label_set_xalign (self->near_words, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->near_words), "dim-label");
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->way_plot));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->slider));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->near_plot));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->near_words));
  adw_bin_set_child (ADW_BIN (self), box);
}
