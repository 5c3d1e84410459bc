/* The pictures of a report of generators. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "gan-report.h"

#define GAP 2                   /* of sac_gan_write_grid() */
#define MOST_CURVES (SAC_GAN_MOST * SAC_GAN_MOST + 2)

void
sac_gan_report_draw_graph (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacGanReportRun *run = ((SacGanPlot *) data)->run;
  const SacGanGraph *graph = &run->recipe->graph;
  SacGanPicture picture;
  char *notes[SAC_GAN_MOST] = { NULL };
  SacGanMeasure measure;
  double factors[SAC_GAN_MOST * SAC_GAN_MOST];

  sac_gan_picture_init (&picture, graph->k, &graph->gates[0][0]);
  for (guint s = 0; s < graph->k; s++)
    for (guint t = 0; t < graph->k; t++)        /* the mean over the training */
      factors[s * graph->k + t] = graph->gates[s][t] == SAC_GATE_CUTOFF ? 0 : graph->gates[s][t] == SAC_GATE_THROUGH ? 1 : 0.5;
  picture.factors = factors;
  for (guint i = 0; run->scores && i < graph->k && sac_gan_measure_get (0, run->scores->inception, &measure); i++)
    {
      g_autofree char *who = g_strdup_printf ("G%u", i + 1);
      const SacGanScoreRow *row = sac_gan_scores_find (run->scores, who);

      if (row && isfinite (row->is))
        notes[i] = g_strdup_printf ("%s %.2f", measure.name, row->is);
    }
  picture.notes = (const char *const *) notes;
  sac_gan_picture_draw (cr, width, height, style, &picture);
  for (guint i = 0; i < SAC_GAN_MOST; i++)
    g_free (notes[i]);
}

/* ---- curves. */

typedef struct {
  SacCurve curves[MOST_CURVES];
  char *names[MOST_CURVES];
  guint n;
} Curves;

static void
add_curve (Curves *curves, const SacGanReportRun *run, const char *tag, const char *name, double smoothing)
{
  guint n;
  const SacPoint *points = sac_event_reader_get (run->events, tag, &n);
  double *x, *y;

  if (!points || n < 2 || curves->n == MOST_CURVES)
    return;
  x = g_new (double, n);
  y = g_new (double, n);
  for (guint i = 0; i < n; i++)
    {
      x[i] = (double) points[i].step;
      y[i] = points[i].value;
    }
  curves->names[curves->n] = g_strdup (name);
  curves->curves[curves->n] = (SacCurve) { .x = x, .y = y, .n = n, .name = curves->names[curves->n], .smoothing = smoothing };
  sac_palette (curves->n, curves->curves[curves->n].colour);
  curves->n++;
}

static void
gather_curves (Curves *curves, const SacGanPlot *plot)
{
  static const struct { const char *first, *first_name, *each; double smoothing; } kinds[SAC_GAN_N_PLOTS] = {
    { "loss/D", "D", "loss/G%u", 0.9 },
    { NULL, NULL, NULL, 0.9 },
    { "accuracy/real", N_("real"), "accuracy/G%u", 0.9 },
    { NULL, NULL, "diversity/G%u", 0 },
  };
  guint k = plot->run->recipe->graph.k;

  if (kinds[plot->kind].first)
    add_curve (curves, plot->run, kinds[plot->kind].first, _(kinds[plot->kind].first_name), kinds[plot->kind].smoothing);
  for (guint s = 0; s < k; s++)
    if (kinds[plot->kind].each)
      {
        g_autofree char *name = g_strdup_printf ("G%u", s + 1), *tag = NULL;
        const char *slash = strchr (kinds[plot->kind].each, '/');

        tag = g_strdup_printf ("%.*s/%s", (int) (slash - kinds[plot->kind].each), kinds[plot->kind].each, name);
        add_curve (curves, plot->run, tag, name, kinds[plot->kind].smoothing);
      }
    else
      for (guint t = 0; t < k; t++)
        {
          g_autofree char *name = g_strdup_printf ("G%u → G%u", t + 1, s + 1), *tag = g_strdup_printf ("loss/G%u>G%u", t + 1, s + 1);

          if (s != t)
            add_curve (curves, plot->run, tag, name, kinds[plot->kind].smoothing);
        }
}

static void
curves_clear (Curves *curves)
{
  for (guint i = 0; i < curves->n; i++)
    {
      g_free ((double *) curves->curves[i].x);
      g_free ((double *) curves->curves[i].y);
      g_free (curves->names[i]);
    }
}

gboolean
sac_gan_report_has_curves (const SacGanPlot *plot)
{
  Curves curves = { .n = 0 };
  gboolean any;

  gather_curves (&curves, plot);
  any = curves.n > 0;
  curves_clear (&curves);
  return any;
}

void
sac_gan_report_draw_curves (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacGanPlot *plot = data;
  const char *const names[SAC_GAN_N_PLOTS] = { _("loss"), _("loss of transfer"), _("share D gets right"), _("deviation of a pixel") };
  SacAxes axes = { .x_name = _("updates"), .y_name = names[plot->kind] };
  Curves curves = { .n = 0 };

  if (plot->kind == SAC_GAN_PLOT_ACCURACY)
    axes.y1 = 1;
  gather_curves (&curves, plot);
  sac_chart_draw (cr, width, height, style, &axes, curves.curves, curves.n);
  curves_clear (&curves);
}

/* ---- pictures. */

double
sac_gan_report_samples_height (const SacGanReportRun *run, double width)
{
  const SacGanRecipe *recipe = run->recipe;
  double panel = width / MAX (run->n_grids, 1) - 12, cell = MIN (panel / recipe->graph.k, 96);

  return 50 + cell * recipe->rows;
}

void
sac_gan_report_draw_samples (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacGanReportRun *run = ((SacGanPlot *) data)->run;
  SacSamplePanel panels[SAC_GAN_REPORT_MOMENTS];
  SacSampleGrid grid = { panels, run->n_grids, -1, -1, -1, -1, -1, FALSE };
  const char *const names[SAC_GAN_MOST] = { "G1", "G2", "G3", "G4", "G5", "G6" };
  char *titles[SAC_GAN_REPORT_MOMENTS];

  for (guint i = 0; i < run->n_grids; i++)
    {
      g_autofree char *step = g_strdup_printf ("%" G_GUINT64_FORMAT, run->steps[i]);

      titles[i] = run->recipe->graph.k > 1 ? g_strdup_printf (_("update %s"), step) : g_strdup (step);      /* narrow */
      panels[i] = (SacSamplePanel) { run->grids[i], (guint) run->recipe->rows, run->recipe->graph.k, run->recipe->size, GAP, titles[i],
                                     names, NULL };
    }
  sac_sample_grid_draw (cr, width, height, style, &grid);
  for (guint i = 0; i < run->n_grids; i++)
    g_free (titles[i]);
}

#define CELL 64
#define CELL_GAP 6
#define LINE 18

double
sac_gan_report_nearest_height (const SacGanReportRun *run, double width)
{
  return run->nearest->len * (CELL + LINE + CELL_GAP) + LINE;
}

static void
put_picture (cairo_t *cr, const guint8 *rgb, int size, double x, double y)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);
  guchar *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int r = 0; pixels && r < size; r++)
    for (int c = 0; c < size; c++)
      {
        const guint8 *from = rgb + 3 * ((gsize) r * (gsize) size + (gsize) c);
        guint32 pixel = (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];

        memcpy (pixels + (gsize) r * (gsize) stride + 4 * (gsize) c, &pixel, sizeof pixel);
      }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, (double) CELL / size, (double) CELL / size);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

void
sac_gan_report_draw_nearest (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacGanReportRun *run = ((SacGanPlot *) data)->run;
  double y = 4;

  cairo_save (cr);
  cairo_select_font_face (cr, style->font ? style->font : "Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, style->font_px - 2);
  for (guint i = 0; i < run->nearest->len; i++, y += CELL + LINE + CELL_GAP)
    {
      const SacGanNearest *nearest = run->nearest->pdata[i];
      gsize each = 3 * (gsize) nearest->size * (gsize) nearest->size;
      guint k = run->recipe->graph.k;

      for (guint c = 0; c <= nearest->n; c++)
        {
          double x = c * (CELL + CELL_GAP) + (c > 0 ? 2 * CELL_GAP : 0);
          g_autofree char *words = c == 0 ? g_strdup_printf ("G%u", i % k + 1) : g_strdup_printf ("%.3g", nearest->distances[c - 1]);

          put_picture (cr, nearest->rgb + c * each, nearest->size, x, y);
          cairo_set_source_rgba (cr, style->ink[0], style->ink[1], style->ink[2], style->ink[3]);
          cairo_move_to (cr, x, y + CELL + LINE - 5);
          cairo_show_text (cr, words);
        }
    }
  cairo_restore (cr);
}
