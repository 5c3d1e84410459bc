#include "sac-explain-charts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-plot.h"
#include "sac-strip-frames.h"

#define PICTURE_HEIGHT 160

struct _SacExplainCharts {
  GtkWidget parent_instance;
  SacSight *sight;
  SacHeatOptions *options;
  GtkStack *stack;
  SacPlot *strip, *rows, *curve, *slit;
  GtkLabel *no_time;
  char *path;
  guint frame;
  GPtrArray *pictures;          /* cairo_surface_t* of the frames that the network saw; nullable */
  char *loaded;                 /* what they are pictures of */
  GCancellable *loading;
};

G_DEFINE_FINAL_TYPE (SacExplainCharts, sac_explain_charts, GTK_TYPE_WIDGET)

enum { FRAME_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- pictures. */

/* @shares: room for the frames' times. */
static gboolean
make_sheet (SacExplainCharts *self, SacSheetKind kind, SacSeen *seen, SacSheet *sheet, float **shares)
{
  gboolean pictures;

  if (!self->sight || !sac_sight_get (self->sight, seen))
    return FALSE;
  pictures = self->pictures && self->pictures->len >= seen->n;
  if (seen->weights)
    {
      *shares = g_new (float, seen->n);
      sac_time_shares (seen->weights, seen->n, sac_heat_options_get_mends_ends (self->options), *shares);
    }
  *sheet = (SacSheet) { kind, pictures ? (cairo_surface_t *const *) self->pictures->pdata : NULL, seen->n, seen->maps, seen->h, seen->w,
                        *shares, seen->frames, sac_heat_options_get (self->options, seen, NULL), 0,
                        (gint) sac_seen_nearest (seen, self->frame) };
  return TRUE;
}

static void
draw_sheet (SacExplainCharts *self, SacSheetKind kind, cairo_t *cr, double width, double height, const SacStyle *style)
{
  g_autofree float *shares = NULL;
  SacSheet sheet;
  SacSeen seen;

  if (make_sheet (self, kind, &seen, &sheet, &shares))
    sac_sheet_draw (cr, width, height, style, &sheet);
}

static void
draw_strip (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  draw_sheet (data, SAC_SHEET_STRIP, cr, width, height, style);
}

static void
draw_rows (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  draw_sheet (data, SAC_SHEET_ROWS, cr, width, height, style);
}

/* The curve's axes: frames of the file, weights as they are. */
static gboolean
make_curve (SacExplainCharts *self, SacSeen *seen, SacAxes *axes, SacCurve *curve, double **numbers)
{
  if (!self->sight || !sac_sight_get (self->sight, seen) || !seen->weights)
    return FALSE;
  *numbers = g_new (double, 2 * (gsize) seen->n);
  for (guint i = 0; i < seen->n; i++)
    {
      (*numbers)[i] = seen->frames[i];
      (*numbers)[seen->n + i] = (double) seen->weights[i];
    }
  *axes = (SacAxes) { .x_name = _("Frame"), .y_name = _("Weight of the frame") };
  *curve = (SacCurve) { .x = *numbers, .y = *numbers + seen->n, .n = seen->n };
  return TRUE;
}

/* The slit's columns stand below the points of the curve, where there is one; those at the ends reach beyond the axis by half. */
static void
place_slit (SacExplainCharts *self, double width, const SacStyle *style, double *left, double *wide)
{
  double height = gtk_widget_get_height (GTK_WIDGET (self->curve)), area[4];
  g_autofree double *numbers = NULL;
  SacCurve curve;
  SacAxes axes;
  SacSeen seen;

  *left = 0;
  *wide = width;
  if (!make_curve (self, &seen, &axes, &curve, &numbers) || seen.n < 2)
    return;
  sac_chart_area (width, MAX (height, 100), style, &axes, &curve, 1, area);
  *wide = area[2] * seen.n / (seen.n - 1);
  *left = area[0] - (*wide - area[2]) / 2;
}

static void
draw_slit (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacExplainCharts *self = data;
  double left, wide;
  SacSeen seen;
  SacHeat heat;

  if (!self->sight || !sac_sight_get (self->sight, &seen))
    return;
  heat = sac_heat_options_get (self->options, &seen, NULL);
  place_slit (self, width, style, &left, &wide);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_set_source_rgba (cr, style->paper[0], style->paper[1], style->paper[2], style->paper[3]);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  cairo_translate (cr, left, 0);
  sac_slit_draw (cr, wide, height, style, seen.maps, seen.n, seen.h, seen.w, TRUE, &heat, (gint) sac_seen_nearest (&seen, self->frame));
  cairo_restore (cr);
}

static void
draw_curve (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacExplainCharts *self = data;
  g_autofree double *numbers = NULL;
  double area[4], first, last, x;
  SacCurve curve;
  SacAxes axes;
  SacSeen seen;

  if (!make_curve (self, &seen, &axes, &curve, &numbers))
    return;
  sac_chart_draw (cr, width, height, style, &axes, &curve, 1);
  sac_chart_area (width, height, style, &axes, &curve, 1, area);
  first = numbers[0], last = numbers[seen.n - 1];
  if (!(last > first))
    return;
  x = area[0] + area[2] * (CLAMP (self->frame, first, last) - first) / (last - first);
  cairo_move_to (cr, x, area[1]);
  cairo_line_to (cr, x, area[1] + area[3]);
  cairo_set_source_rgba (cr, style->ink[0], style->ink[1], style->ink[2], 0.7);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static char *
dup_text (gpointer data)
{
  SacExplainCharts *self = data;
  GString *text = g_string_new (_("Frame\tWeight\tMean of the map\n"));
  SacSeen seen;

  if (!sac_sight_get (self->sight, &seen))
    return g_string_free (text, FALSE);
  for (guint i = 0; i < seen.n; i++)
    {
      gsize area = (gsize) seen.h * (gsize) seen.w;
      double sum = 0;

      for (gsize k = 0; k < area; k++)
        sum += (double) seen.maps[i * area + k];
      g_string_append_printf (text, "%u\t%g\t%g\n", seen.frames[i], seen.weights ? (double) seen.weights[i] : NAN, sum / (double) area);
    }
  return g_string_free (text, FALSE);
}

/* ---- clicks. */

static void
choose (SacExplainCharts *self, guint i)
{
  SacSeen seen;

  if (sac_sight_get (self->sight, &seen) && i < seen.n)
    g_signal_emit (self, signals[FRAME_CHOSEN], 0, seen.frames[i]);
}

static void
sheet_clicked (SacExplainCharts *self, double x, double y, SacPlot *plot)
{
  g_autofree float *shares = NULL;
  SacSheet sheet;
  SacStyle style;
  SacSeen seen;
  guint i;

  sac_plot_get_style (plot, &style);
  if (make_sheet (self, plot == self->strip ? SAC_SHEET_STRIP : SAC_SHEET_ROWS, &seen, &sheet, &shares)
      && sac_sheet_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style, &sheet, x, y, &i))
    choose (self, i);
}

static void
slit_clicked (SacExplainCharts *self, double x, double y, SacPlot *plot)
{
  double left, wide;
  SacStyle style;
  SacSeen seen;
  guint i;

  sac_plot_get_style (plot, &style);
  place_slit (self, gtk_widget_get_width (GTK_WIDGET (plot)), &style, &left, &wide);
  if (sac_sight_get (self->sight, &seen)
      && sac_slit_pick (wide, gtk_widget_get_height (GTK_WIDGET (plot)), &style, seen.n, x - left, y, &i))
    choose (self, i);
}

static void
curve_clicked (SacExplainCharts *self, double x, double y, SacPlot *plot)
{
  g_autofree double *numbers = NULL;
  double at_x, at_y;
  SacCurve curve;
  SacStyle style;
  SacAxes axes;
  SacSeen seen;

  sac_plot_get_style (plot, &style);
  if (make_curve (self, &seen, &axes, &curve, &numbers)
      && sac_chart_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style,
                         &axes, &curve, 1, x, y,
                         &at_x, &at_y))
    g_signal_emit (self, signals[FRAME_CHOSEN], 0, (guint) CLAMP (lround (at_x), 0, G_MAXINT));
}

/* ---- what they show. */

static void
redraw (SacExplainCharts *self)
{
  SacPlot *all[] = { self->strip, self->rows, self->curve, self->slit };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_widget_queue_draw (GTK_WIDGET (all[i]));
}

static void
on_pictures (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacExplainCharts) self = data;
  GPtrArray *pictures = sac_strip_frames_load_finish (result, NULL);

  if (!pictures || g_task_get_cancellable (G_TASK (result)) != self->loading)
    {
      g_clear_pointer (&pictures, g_ptr_array_unref);
      return;
    }
  g_clear_object (&self->loading);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  self->pictures = pictures;
  redraw (self);
}

static void
forget_pictures (SacExplainCharts *self)
{
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->loaded, g_free);
}

static void
say (SacExplainCharts *self, const SacSeen *seen)
{
  g_autofree char *words = NULL;
  guint peak = 0;

  for (guint i = 1; seen->weights && i < seen->n; i++)
    if (seen->weights[i] > seen->weights[peak])
      peak = i;
  words = seen->weights ? g_strdup_printf (_("%u frames; the highest weight is on frame %u"), seen->n, seen->frames[peak])
                        : g_strdup_printf (_("%u frames, not weighed against each other"), seen->n);
  sac_plot_describe (self->strip, words);
  sac_plot_describe (self->rows, words);
  sac_plot_describe (self->curve, words);
  sac_plot_describe (self->slit, words);
}

static void
on_sight (SacExplainCharts *self)
{
  GString *question;
  SacSeen seen;
  gboolean any = sac_sight_get (self->sight, &seen);

  gtk_widget_set_visible (GTK_WIDGET (self->curve), any && seen.weights);
  gtk_widget_set_visible (GTK_WIDGET (self->no_time), any && !seen.weights);
  redraw (self);
  if (!any || !self->path)
    return;
  say (self, &seen);
  question = g_string_new (self->path);
  g_string_append_printf (question, "\n%g %g %g %g", seen.crop[0], seen.crop[1], seen.crop[2], seen.crop[3]);
  for (guint i = 0; i < seen.n; i++)
    g_string_append_printf (question, " %u", seen.frames[i]);
  if (g_strcmp0 (question->str, self->loaded) == 0)
    {
      g_string_free (question, TRUE);
      return;
    }
  forget_pictures (self);
  self->loaded = g_string_free (question, FALSE);
  self->loading = g_cancellable_new ();
  sac_strip_frames_load_async (self->path, seen.frames, seen.n, seen.crop, PICTURE_HEIGHT, self->loading, on_pictures, g_object_ref (self));
}

void
sac_explain_charts_set_path (SacExplainCharts *self, const char *path)
{
  if (g_strcmp0 (path, self->path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  forget_pictures (self);
  on_sight (self);
}

void
sac_explain_charts_set_frame (SacExplainCharts *self, guint frame)
{
  SacSeen seen;
  guint before = sac_sight_get (self->sight, &seen) ? sac_seen_nearest (&seen, self->frame) : 0;

  self->frame = frame;
  if (seen.n == 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (sac_seen_nearest (&seen, frame) != before)        /* while it plays most frames change nothing here */
    redraw (self);
  else
    gtk_widget_queue_draw (GTK_WIDGET (self->curve));
}

void
sac_explain_charts_add (SacExplainCharts *self, GtkWidget *child, const char *name, const char *title)
{
  gtk_stack_add_titled (self->stack, child, name, title);
}

void
sac_explain_charts_set_up (SacExplainCharts *self, SacSight *sight, SacHeatOptions *options)
{
  g_return_if_fail (SAC_IS_EXPLAIN_CHARTS (self) && !self->sight);
  self->sight = g_object_ref (sight);
  self->options = g_object_ref (options);
  g_signal_connect_object (sight, "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (options, "changed", G_CALLBACK (redraw), self, G_CONNECT_SWAPPED);
}

/* ---- life. */

static void
sac_explain_charts_dispose (GObject *object)
{
  SacExplainCharts *self = SAC_EXPLAIN_CHARTS (object);
  GtkWidget *child;

  forget_pictures (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->sight);
  g_clear_object (&self->options);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (sac_explain_charts_parent_class)->dispose (object);
}

static void
sac_explain_charts_class_init (SacExplainChartsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_explain_charts_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[FRAME_CHOSEN] = g_signal_new ("frame-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_UINT);
}

static SacPlot *
add_plot (SacExplainCharts *self, const char *name, const char *file, SacPlotDraw draw, GCallback clicked)
{
  SacPlot *plot = g_object_new (SAC_TYPE_PLOT, "hexpand", TRUE, "vexpand", TRUE, NULL);

  sac_plot_set_up (plot, name, file, draw, dup_text, self);
  g_signal_connect_object (plot, "clicked", clicked, self, G_CONNECT_SWAPPED);
  return plot;
}

static void
sac_explain_charts_init (SacExplainCharts *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkWidget *switcher = gtk_stack_switcher_new (), *time = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), self->stack);
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (switcher, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), -1, 190);
  self->strip = add_plot (self, _("Frames that the network saw"), "attention", draw_strip, G_CALLBACK (sheet_clicked));
  self->rows = add_plot (self, _("Frames, times and places"), "attention-rows", draw_rows, G_CALLBACK (sheet_clicked));
  self->curve = add_plot (self, _("Weights of the frames"), "attention-time", draw_curve, G_CALLBACK (curve_clicked));
  self->slit = add_plot (self, _("Slit through time"), "attention-slit", draw_slit, G_CALLBACK (slit_clicked));
  self->no_time = GTK_LABEL (gtk_label_new (_("This map weighs no frames: the network sees each by itself.")));
  gtk_label_set_wrap (self->no_time, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->no_time), FALSE);
  gtk_box_append (GTK_BOX (time), GTK_WIDGET (self->curve));
  gtk_box_append (GTK_BOX (time), GTK_WIDGET (self->no_time));
  gtk_widget_set_size_request (GTK_WIDGET (self->slit), -1, 60);
  gtk_widget_set_vexpand (GTK_WIDGET (self->slit), FALSE);
  gtk_box_append (GTK_BOX (time), GTK_WIDGET (self->slit));
  gtk_stack_add_titled (self->stack, GTK_WIDGET (self->strip), "strip", _("Strip"));
  gtk_stack_add_titled (self->stack, GTK_WIDGET (self->rows), "rows", _("Rows"));
  gtk_stack_add_titled (self->stack, time, "time", _("Over time"));
}
