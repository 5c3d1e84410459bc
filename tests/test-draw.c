/* Pictures, looked at pixel by pixel: geometry and colours, never the shape of letters. */
#include <glib/gstdio.h>

#include "draw-fixture.h"

static void
test_styles (void)
{
  SacAxes axes = { NULL };
  Canvas c = canvas_new (300, 200);
  SacStyle style;
  double light, dark, colour[4], other[4];

  sac_style_init (&style, FALSE);
  sac_chart_draw (c.cr, 300, 200, &style, &axes, NULL, 0);
  light = (pixel (&c, 299, 0) & 0xff) / 255.0;
  sac_style_init (&style, TRUE);
  sac_chart_draw (c.cr, 300, 200, &style, &axes, NULL, 0);
  dark = (pixel (&c, 299, 0) & 0xff) / 255.0;
  g_assert_cmpfloat (light, >, 0.95);
  g_assert_cmpfloat (dark, <, 0.2);
  canvas_clear (&c);
  c = canvas_new (300, 200);
  style.paper[3] = 0;
  sac_chart_draw (c.cr, 300, 200, &style, &axes, NULL, 0);
  g_assert_cmphex (pixel (&c, 299, 0), ==, 0);
  canvas_clear (&c);
  for (guint i = 0; i < 28; i++)
    for (guint j = 0; j < i; j++)
      {
        sac_palette (i, colour);
        sac_palette (j, other);
        g_assert_cmpfloat (fabs (colour[0] - other[0]) + fabs (colour[1] - other[1]) + fabs (colour[2] - other[2]), >, 0.03);
      }
}

static void
test_state_kept (void)
{
  double x[] = { 0, 1 }, y[] = { 0, 1 };
  SacAxes axes = { "t", "x", "y" };
  SacCurve curve = { x, y, 2, "n", { 0 }, 3, TRUE };
  Canvas c = canvas_new (300, 200);
  SacStyle style;
  cairo_matrix_t m;

  sac_style_init (&style, FALSE);
  cairo_set_line_width (c.cr, 17);
  cairo_translate (c.cr, 5, 6);
  sac_chart_draw (c.cr, 280, 180, &style, &axes, &curve, 1);
  sac_seek_draw (c.cr, 280, 30, &style, 10, 4, NULL, 0, NULL, 0);
  cairo_get_matrix (c.cr, &m);
  g_assert_cmpfloat (cairo_get_line_width (c.cr), ==, 17);
  g_assert_cmpint (cairo_get_dash_count (c.cr), ==, 0);
  g_assert_cmpfloat (m.x0, ==, 5);
  g_assert_cmpfloat (m.y0, ==, 6);
  canvas_clear (&c);
}

/* Truth and scores of a small test split. */
static SacRoc *
roc_new (guint seed, double effect)
{
  float s[60];
  gint8 y[60];

  for (int i = 0; i < 60; i++)
    {
      y[i] = i % 3 == 0;
      s[i] = sac_random_normal ((SacRandomKey) { seed, 0 }, i) + effect * y[i];
    }
  return sac_roc_new (s, y, 60, 1);
}

static void
test_roc_draw_and_pick (void)
{
  g_autoptr (SacRoc) good = roc_new (1, 2), bad = roc_new (2, 0), none = sac_roc_new (NULL, NULL, 0, 1);
  SacRocCurve curves[] = { { good, "good", { 0.9, 0, 0, 1 } }, { bad, "bad", { 0, 0, 0.9, 1 } }, { none, "none", { 0, 0.9, 0, 1 } } };
  const int sizes[][2] = { { 700, 400 }, { 300, 420 }, { 240, 240 } };
  SacStyle style;

  sac_style_init (&style, FALSE);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      int w = sizes[s][0], h = sizes[s][1];
      Canvas c = canvas_new (w, h);
      guint hits = 0, picked = 0, curve, point;

      sac_roc_draw (c.cr, w, h, &style, "Title", curves, 3);
      /* What is drawn red or blue is near a picked point of that curve, or on the straight way between two. */
      for (int y = 0; y < h; y += 23)
        for (int x = 0; x < w; x += 23)
          if (sac_roc_pick (w, h, &style, "Title", curves, 3, x + 0.5, y + 0.5, &curve, &point))
            {
              hits++;
              g_assert_cmpuint (curve, <, 2);
              g_assert_cmpuint (point, <, curves[curve].roc->n_points);
            }
      g_assert_cmpuint (hits, >, 5);
      /* Corner (0,1) of the curve with the larger area is reached by the good one first: its points are under its own ink. */
      for (int y = 0; y < h; y++)
        for (int x = y * 7 % 31; x < w; x += 31)
          if (distance (pixel (&c, x, y), red) < 0.05 &&
              sac_roc_pick (w, h, &style, "Title", curves, 1, x + 0.5, y + 0.5, &curve, &point))
            picked++;
      g_assert_cmpuint (picked, >, 5);
      g_assert_false (sac_roc_pick (w, h, &style, "Title", curves, 3, 1, h - 1, &curve, &point));
      canvas_clear (&c);
    }
}

static void
test_roc_round_trip (void)
{
  /* Two points apart: the pick finds each at its place, and the title moves the place. */
  float s[] = { 3, 2, 1, 0 };
  gint8 y[] = { 1, 0, 1, 0 };
  g_autoptr (SacRoc) roc = sac_roc_new (s, y, 4, 1);
  SacRocCurve one = { roc, NULL, { 0.9, 0, 0, 1 } };
  Canvas c = canvas_new (300, 300);
  SacStyle style;
  guint curve, point;
  int left = 300, right = 0, top = 300, bottom = 0;

  sac_style_init (&style, FALSE);
  sac_roc_draw (c.cr, 300, 300, &style, NULL, &one, 1);
  for (int py = 0; py < 300; py++)
    for (int px = 0; px < 300; px++)
      if (distance (pixel (&c, px, py), red) < 0.05)
        {
          left = MIN (left, px);
          right = MAX (right, px);
          top = MIN (top, py);
          bottom = MAX (bottom, py);
        }
  g_assert_cmpint (abs ((right - left) - (bottom - top)), <=, 1);        /* a square */
  for (guint i = 0; i < roc->n_points; i++)
    {
      double px = left + 1 + roc->fpr[i] * (right - left - 1), py = top + 1 + (1 - roc->tpr[i]) * (bottom - top - 1);

      g_assert_true (sac_roc_pick (300, 300, &style, NULL, &one, 1, px, py, &curve, &point));
      g_assert_cmpuint (point, ==, i);
    }
  canvas_clear (&c);
}

static void
test_bars (void)
{
  const char *labels[] = { "one", "two", "three" }, *runs[] = { "a", "b" };
  const double auc[] = { 1, NAN, 0.25, 0.75, 0.5, 0 }, low[] = { 0.3, NAN, 0.3 }, high[] = { 0.7, NAN, 0.7 };
  SacBars bars = { 3, 2, labels, runs, auc, low, high, -1 };
  double colour[2][4], heights[2][3] = { { 0 } };
  Canvas c = canvas_new (480, 300);
  SacStyle style;
  guint label, run, full = 0, dark_in_hatch = 0, light_in_hatch = 0;

  sac_style_init (&style, FALSE);
  sac_bars_draw (c.cr, 480, 300, &style, &bars);
  sac_palette (0, colour[0]);
  sac_palette (1, colour[1]);
  /* Every coloured pixel belongs to the bar that the pick names; bars are as tall as their numbers. */
  for (int y = 40; y < 300; y++)
    for (int x = 0; x < 480; x++)
      for (int r = 0; r < 2; r++)
        if (distance (pixel (&c, x, y), colour[r]) < 0.22)
          {
            if (x % 9 == 0 && y % 7 == 0)       /* picking is for a pointer, not for every pixel */
              {
                g_assert_true (sac_bars_pick (480, 300, &style, &bars, x + 0.5, y + 0.5, &label, &run));
                g_assert_cmpuint (run, ==, r);
                g_assert_cmpuint (label, ==, (x - 33) * 3 / 440);
              }
            heights[r][CLAMP ((x - 33) * 3 / 440, 0, 2)]++;
          }
  full = heights[0][0];
  g_assert_cmpuint (full, >, 1000);
  close (heights[1][0] / full, 0.75, 0.03);
  g_assert_cmpfloat (heights[0][1], ==, 0);
  close (heights[1][1] / full, 0.5, 0.03);
  close (heights[0][2] / full, 0.25, 0.03);
  g_assert_cmpfloat (heights[1][2] / full, <, 0.02);
  /* The undefined one is hatched: lines and paper by turns. */
  for (int y = 200; y < 250; y += 16)
    for (int x = 180; x < 320; x++)
      if (sac_bars_pick (480, 300, &style, &bars, x + 0.5, y + 0.5, &label, &run) && label == 1 && run == 0)
        {
          guint32 p = pixel (&c, x, y) & 0xff;

          dark_in_hatch += p < 200;
          light_in_hatch += p > 220;
        }
  g_assert_cmpuint (dark_in_hatch, >, 15);
  g_assert_cmpuint (light_in_hatch, >, dark_in_hatch);
  g_assert_false (sac_bars_pick (480, 300, &style, &bars, 1, 100, &label, &run));
  canvas_clear (&c);
}

static void
test_bars_many (void)
{
  const char *labels[200];
  double auc[200];
  SacBars bars = { 200, 1, labels, NULL, auc, NULL, NULL, 7 };
  Canvas c = canvas_new (300, 200);
  SacStyle style;
  guint label, run;

  sac_style_init (&style, TRUE);
  for (guint i = 0; i < 200; i++)
    {
      labels[i] = "a rather long name of a label, longer than there is room";
      auc[i] = i % 3 ? i / 200.0 : NAN;
    }
  for (int w = 0; w < 300; w += 37)
    sac_bars_draw (c.cr, w, w * 0.6, &style, &bars);
  bars.n_labels = 0;
  sac_bars_draw (c.cr, 300, 200, &style, &bars);
  g_assert_false (sac_bars_pick (300, 200, &style, &bars, 150, 100, &label, &run));
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  canvas_clear (&c);
}

static void
test_colour_maps (void)
{
  double rgb[3], before = -1;

  sac_colour_map (SAC_MAP_JET, 0, rgb);
  g_assert_true (rgb[0] == 0 && rgb[1] == 0 && rgb[2] == 0.5);
  sac_colour_map (SAC_MAP_JET, 0.5, rgb);
  close (rgb[1], 1, 1e-9);
  close (rgb[0], rgb[2], 1e-9);
  sac_colour_map (SAC_MAP_JET, 1, rgb);
  g_assert_true (rgb[0] == 0.5 && rgb[1] == 0 && rgb[2] == 0);
  sac_colour_map (SAC_MAP_JET, NAN, rgb);
  g_assert_cmpfloat (rgb[2], ==, 0.5);
  for (int i = -10; i <= 110; i++)      /* viridis grows lighter all the way */
    {
      double light;

      sac_colour_map (SAC_MAP_VIRIDIS, i / 100.0, rgb);
      light = 0.21 * rgb[0] + 0.72 * rgb[1] + 0.07 * rgb[2];
      g_assert_cmpfloat (light, >=, before);
      before = light;
      for (int k = 0; k < 3; k++)
        g_assert_true (rgb[k] >= 0 && rgb[k] <= 1);
    }
}

static cairo_surface_t *
frame_new (int width, int height, double grey)
{
  cairo_surface_t *frame = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (frame);

  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_paint (cr);
  cairo_destroy (cr);
  return frame;
}

static void
test_overlay (void)
{
  cairo_surface_t *frame = frame_new (64, 32, 0.5);
  const float map[] = { 1, 0, 0, 0, NAN, 0, 0, 0 }, mirrored[] = { 0, 0, 0, 1, 0, 0, 0, NAN };
  Canvas c = canvas_new (200, 200), d = canvas_new (200, 200);
  const double grey[3] = { 0.5, 0.5, 0.5 }, hot[3] = { 0.5, 0, 0 };
  guint different = 0;

  sac_overlay_draw (c.cr, 200, 200, frame, map, 2, 4, SAC_MAP_JET, 1);
  sac_overlay_draw (d.cr, 200, 200, frame, mirrored, 2, 4, SAC_MAP_JET, 1);
  /* Twice as wide as high, centred: nothing above 50 and below 150. */
  g_assert_cmphex (pixel (&c, 100, 45), ==, 0);
  g_assert_cmphex (pixel (&c, 100, 155), ==, 0);
  g_assert_cmpfloat (distance (pixel (&c, 190, 60), grey), <, 0.03);
  g_assert_cmpfloat (distance (pixel (&c, 10, 60), hot), <, 0.1);
  /* Between the centres of the cells the value falls evenly: half way, the colour of ½. */
  {
    double half[3], alpha = MIN (1, pow (0.5, 0.65) * 1.05);

    sac_colour_map (SAC_MAP_JET, 0.5, half);
    for (int k = 0; k < 3; k++)
      half[k] = half[k] * alpha + 0.5 * (1 - alpha);
    g_assert_cmpfloat (distance (pixel (&c, 50, 55), half), <, 0.15);
  }
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      {
        guint32 p = pixel (&c, x, y), q = pixel (&d, 199 - x, y);

        for (int k = 0; k < 24; k += 8)
          different += abs ((int) (p >> k & 0xff) - (int) (q >> k & 0xff)) > 6;
      }
  g_assert_cmpuint (different, ==, 0);
  sac_overlay_draw (c.cr, 200, 200, NULL, NULL, 0, 0, SAC_MAP_JET, 1);
  sac_overlay_draw (c.cr, 200, 200, NULL, map, 2, 4, SAC_MAP_VIRIDIS, 0.5);
  cairo_surface_destroy (frame);
  canvas_clear (&c);
  canvas_clear (&d);
}

static void
test_strip (void)
{
  enum { N = 8 };
  cairo_surface_t *frames[N];
  float weights[N];
  guint numbers[N], frame, seen = 0;
  const int sizes[][2] = { { 600, 90 }, { 300, 240 } };
  SacStyle style;

  sac_style_init (&style, FALSE);
  for (int i = 0; i < N; i++)
    {
      frames[i] = frame_new (32, 24, 0.1 + 0.1 * i);
      weights[i] = i == 5 ? 1 : i == 6 ? 0.5 : i == 7 ? NAN : 0;
      numbers[i] = 10 * i;
    }
  for (int s = 0; s < 2; s++)
    {
      int w = sizes[s][0], h = sizes[s][1], bars[N] = { 0 };
      Canvas c = canvas_new (w, h);

      sac_strip_draw (c.cr, w, h, &style, frames, NULL, 0, 0, weights, numbers, N, SAC_MAP_JET, 0.5);
      seen = 0;
      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
          {
            guint32 p = pixel (&c, x, y) & 0xffffff;

            for (guint i = 0; i < N; i++)
              {
                double grey = 0.1 + 0.1 * i;

                /* A patch of one frame's grey, away from text: the pick says the same frame. */
                if (distance (p, (double[]) { grey, grey, grey }) < 0.008 && x > 1 && pixel (&c, x - 2, y) == pixel (&c, x, y)
                    && sac_strip_pick (w, h, &style, frames, TRUE, TRUE, N, x + 0.5, y + 0.5, &frame) && frame == i)
                  seen |= 1 << i;
              }
            if (distance (p, style.accent) < 0.9 && (p & 0xff) > (p >> 16 & 0xff) + 60
                && sac_strip_pick (w, h, &style, frames, TRUE, TRUE, N, x + 0.5, y + 0.5, &frame))
              bars[frame]++;
          }
      g_assert_cmphex (seen, ==, 0xff);
      g_assert_cmpint (bars[5], >, 50);
      close (bars[6] / (double) bars[5], 0.5, 0.2);
      g_assert_cmpint (bars[7], ==, 0);
      g_assert_cmpint (bars[2], ==, 0);
      canvas_clear (&c);
    }
  g_assert_cmpfloat (sac_strip_height (600, &style, frames, TRUE, TRUE, N), >, 600.0 / N * 0.7);
  g_assert_false (sac_strip_pick (600, 90, &style, frames, TRUE, TRUE, 0, 5, 5, &frame));
  for (int i = 0; i < N; i++)
    cairo_surface_destroy (frames[i]);
}

static void
test_seek (void)
{
  guint8 cached[90] = { 0 };
  float weights[16];
  Canvas c = canvas_new (400, 40);
  SacStyle style;
  int tinted = 0, plain = 0;

  sac_style_init (&style, FALSE);
  for (int i = 30; i < 60; i++)
    cached[i] = 1;
  for (int i = 0; i < 16; i++)
    weights[i] = i == 12;
  sac_seek_draw (c.cr, 400, 40, &style, 90, 5, cached, 90, weights, 16);
  for (int x = 0; x < 400; x++)
    {
      guint frame = sac_seek_pick (400, 90, x + 0.5);
      guint32 p = pixel (&c, x, 31);

      if (frame > 30 && frame < 59)
        tinted += (p & 0xff) > (p >> 16 & 0xff) + 40;
      else if ((frame > 61 || frame < 28) && frame > 9)
        plain += (p & 0xff) > (p >> 16 & 0xff) + 40;
    }
  g_assert_cmpint (tinted, >, 110);
  g_assert_cmpint (plain, ==, 0);
  /* The curve's summit is over the middle of weight 12 of 16. */
  {
    double at = 7 + (400 - 14) * 12.5 / 16;

    g_assert_cmphex (pixel (&c, (int) at, 12), !=, pixel (&c, 200, 12));
    g_assert_cmphex (pixel (&c, 200, 12), ==, 0xffffffff);
  }
  g_assert_cmpuint (sac_seek_pick (400, 90, -5), ==, 0);
  g_assert_cmpuint (sac_seek_pick (400, 90, 1000), ==, 89);
  g_assert_cmpuint (sac_seek_pick (400, 0, 10), ==, 0);
  for (guint i = 0; i < 90; i++)
    g_assert_cmpuint (sac_seek_pick (400, 90, 7 + 386 * (i + 0.5) / 90), ==, i);
  sac_seek_draw (c.cr, 400, 40, &style, 0, 5, NULL, 0, NULL, 0);
  sac_seek_draw (c.cr, 5, 40, &style, 10, 50, NULL, 0, NULL, 0);
  canvas_clear (&c);
}

static void
test_files (void)
{
  double x[] = { 0, 1, 2 }, y[] = { 3, 1, 2 };
  SacAxes axes = { "Loss & <gain>", "Step", NULL };
  SacCurve curve = { x, y, 3, "one" };
  ChartData data = { &axes, &curve, 1, FALSE };
  const struct { const char *name, *magic; } kinds[] = { { "a.png", "\x89PNG" }, { "a.SVG", "<?xml" }, { "a.pdf", "%PDF" } };
  g_autofree char *dir = g_dir_make_tmp ("saccade-XXXXXX", NULL), *bad = g_build_filename (dir, "a.bmp", NULL);
  g_autofree char *svg = NULL, *other = NULL, *id = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_build_filename (dir, kinds[i].name, NULL), *content = NULL;
      gsize length = 0;

      g_assert_true (sac_draw_to_file (path, 320, 200, draw_chart, &data, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &content, &length, NULL));
      g_assert_cmpuint (length, >, 500);
      g_assert_true (g_str_has_prefix (content, kinds[i].magic));
      if (i == 0)
        {
          g_assert_cmpint (((guchar) content[18] << 8) + (guchar) content[19], ==, 640);    /* twice the size */
          g_assert_cmpint (((guchar) content[22] << 8) + (guchar) content[23], ==, 400);
        }
      g_unlink (path);
    }
  g_assert_false (sac_draw_to_file (bad, 320, 200, draw_chart, &data, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_null (sac_draw_png (1e6, 200, 2, draw_chart, &data, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_rmdir (dir);

  svg = sac_draw_dup_svg (320, 200, draw_chart, &data);
  g_assert_true (g_str_has_prefix (svg, "<svg"));
  /* Ids of two different pictures never meet, and each reference finds its id. */
  data.dark = TRUE;
  other = sac_draw_dup_svg (320, 200, draw_chart, &data);
  id = g_strndup (strstr (svg, "id=\"") + 4, 10);
  g_assert_nonnull (strstr (svg, id));
  g_assert_null (strstr (other, id));
  for (const char *p = strstr (svg, "href=\"#"); p; p = strstr (p + 1, "href=\"#"))
    {
      g_autofree char *name = g_strndup (p + 7, strcspn (p + 7, "\"")), *wanted = g_strdup_printf ("id=\"%s\"", name);

      g_assert_nonnull (strstr (svg, wanted));
    }
}

static void
test_numbers (void)
{
  double x1[] = { 0, 1, 2 }, y1[] = { 3, NAN, 2 }, x2[] = { 1, 2.5 }, y2[] = { 0.1, 7 };
  SacAxes axes = { NULL, "Step", NULL };
  SacCurve curves[] = { { x1, y1, 3, "one\tname" }, { x2, y2, 2, "two" } };
  const char *labels[] = { "a", "b" };
  const double auc[] = { 0.75, NAN };
  SacBars bars = { 2, 1, labels, NULL, auc };
  g_autofree char *chart = sac_chart_dup_text (&axes, curves, 2), *table = sac_bars_dup_text (&bars);

  g_assert_cmpstr (chart, ==, "Step\tone name\ttwo\n0\t3\t\n1\t\t0.1\n2\t2\t\n2.5\t\t7\n");
  g_assert_cmpstr (table, ==, "label\tAUC\na\t0.75\nb\t\n");
}

static gpointer
draw_in_thread (gpointer data)
{
  for (int i = 0; i < 20; i++)
    {
      g_autoptr (GBytes) png = sac_draw_png (200, 120, 1, draw_chart, data, NULL);

      g_assert_nonnull (png);
    }
  return NULL;
}

static void
test_threads (void)
{
  double x[] = { 0, 1, 2 }, y[] = { 3, 1, 2 };
  SacAxes axes = { "Title", "x", "y" };
  SacCurve curve = { x, y, 3, "one" };
  ChartData data = { &axes, &curve, 1 };
  GThread *threads[3];

  for (int i = 0; i < 3; i++)
    threads[i] = g_thread_new ("draw", draw_in_thread, &data);
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/draw/styles", test_styles);
  g_test_add_func ("/draw/state-kept", test_state_kept);
  g_test_add_func ("/draw/roc/draw-and-pick", test_roc_draw_and_pick);
  g_test_add_func ("/draw/roc/round-trip", test_roc_round_trip);
  g_test_add_func ("/draw/bars/heights-hatch-pick", test_bars);
  g_test_add_func ("/draw/bars/many", test_bars_many);
  g_test_add_func ("/draw/colour-maps", test_colour_maps);
  g_test_add_func ("/draw/overlay", test_overlay);
  g_test_add_func ("/draw/strip", test_strip);
  g_test_add_func ("/draw/seek", test_seek);
  g_test_add_func ("/draw/files", test_files);
  g_test_add_func ("/draw/numbers", test_numbers);
  g_test_add_func ("/draw/threads", test_threads);
  return g_test_run ();
}
