/* Charts, looked at pixel by pixel. */
#include "draw-fixture.h"

static void
test_chart_passes_and_gaps (void)
{
  double x[101], y[101], area[4];
  SacStyle style;
  SacAxes axes = { NULL, NULL, NULL, 0, 100, 0, 10 };
  SacCurve curve = { x, y, 101, NULL, { 0.9, 0, 0, 1 }, 2 };
  Canvas c = canvas_new (400, 240);

  sac_style_init (&style, FALSE);
  for (int i = 0; i <= 100; i++)
    {
      x[i] = i;
      y[i] = i > 40 && i < 60 ? NAN : 2 + 0.06 * i;
    }
  y[50] = 5;                    /* a point alone in the gap is a dot */
  sac_chart_draw (c.cr, 400, 240, &style, &axes, &curve, 1);
  sac_chart_area (400, 240, &style, &axes, &curve, 1, area);
  for (int i = 2; i <= 98; i += 4)
    {
      double px = area[0] + i / 100.0 * area[2], py = area[1] + (1 - y[i] / 10) * area[3];
      double found = ink_at (&c, (int) px, area[1], area[1] + area[3], red);

      if (isnan (y[i]))
        g_assert_true (isnan (found));
      else
        close (found, py, 1.2);
    }
  close (ink_at (&c, (int) (area[0] + area[2] / 2), area[1], area[1] + area[3], red), area[1] + area[3] / 2, 1.2);
  canvas_clear (&c);
}

static void
test_chart_log_and_smoothing (void)
{
  double x[200], y[200], area[4], mean = 0, weight = 0;
  SacStyle style;
  SacAxes log_axes = { NULL, NULL, NULL, 0, 199, 1e-4, 1, .log_y = TRUE }, axes = { NULL, NULL, NULL, 0, 199, 0, 2 };
  SacCurve curve = { x, y, 200, NULL, { 0.9, 0, 0, 1 }, 2 };
  Canvas c = canvas_new (400, 240), d = canvas_new (400, 240);

  sac_style_init (&style, FALSE);
  for (int i = 0; i < 200; i++)
    {
      x[i] = i;
      y[i] = i == 100 ? 0 : pow (10, -3.5 * i / 199.0);         /* zero has no logarithm: a gap */
    }
  sac_chart_draw (c.cr, 400, 240, &style, &log_axes, &curve, 1);
  sac_chart_area (400, 240, &style, &log_axes, &curve, 1, area);
  for (int i = 20; i < 190; i += 30)
    close (ink_at (&c, (int) (area[0] + i / 199.0 * area[2]), area[1], area[1] + area[3], red),
           area[1] + 3.5 * i / 199.0 / 4 * area[3], 1.5);
  for (int i = 0; i < 200; i++)
    y[i] = i % 2 ? 0.5 : 1.5;
  curve.smoothing = 0.95;
  sac_chart_draw (d.cr, 400, 240, &style, &axes, &curve, 1);
  sac_chart_area (400, 240, &style, &axes, &curve, 1, area);
  for (int i = 0; i <= 150; i++)
    {
      mean = 0.95 * mean + 0.05 * y[i];
      weight = 0.95 * weight + 0.05;        /* the first values are not drawn towards zero */
      if (i == 24 || i == 150)
        close (ink_at (&d, (int) (area[0] + i / 199.0 * area[2]), area[1], area[1] + area[3], red),
               area[1] + (1 - mean / weight / 2) * area[3], 1.5);
    }
  canvas_clear (&c);
  canvas_clear (&d);
}

static void
test_chart_mirror (void)
{
  /* The data turned round gives the picture turned round, inside the plot and without smoothing. */
  double x[300], y[300], back[300], area[4];
  SacStyle style;
  SacAxes axes = { NULL, NULL, NULL, 0, 299, 0, 1 };
  SacCurve one = { x, y, 300, NULL, { 0.9, 0, 0, 1 }, 2 }, two = { x, back, 300, NULL, { 0.9, 0, 0, 1 }, 2 };
  Canvas c = canvas_new (401, 240), d = canvas_new (401, 240);
  int wrong = 0;

  sac_style_init (&style, FALSE);
  for (int i = 0; i < 300; i++)
    {
      x[i] = i;
      y[i] = back[299 - i] = 0.5 + 0.4 * sin (i / 20.0) * i / 300;
    }
  sac_chart_draw (c.cr, 401, 240, &style, &axes, &one, 1);
  sac_chart_draw (d.cr, 401, 240, &style, &axes, &two, 1);
  sac_chart_area (401, 240, &style, &axes, &one, 1, area);
  for (int px = 2; px < area[2] - 2; px++)
    {
      double here = ink_at (&c, area[0] + px, area[1], area[1] + area[3], red);
      double there = ink_at (&d, area[0] + area[2] - 1 - px, area[1], area[1] + area[3], red);

      wrong += !(fabs (here - there) < 0.6);
    }
  g_assert_cmpint (wrong, ==, 0);
  canvas_clear (&c);
  canvas_clear (&d);
}

static void
test_chart_pick (void)
{
  double x[] = { 1, 1000 }, y[] = { 1e-3, 10 }, area[4];
  SacStyle style;
  SacCurve curve = { x, y, 2, "A name", { 0 } };

  sac_style_init (&style, FALSE);
  for (int log = 0; log < 2; log++)
    for (int tall = 40; tall < 400; tall += 90)
      {
        SacAxes axes = { "Title", "x", "y", 0, 0, log ? 1e-3 : 0, 10, .log_y = log };
        double px, py, u, v;

        sac_chart_area (500, tall, &style, &axes, &curve, 1, area);
        px = area[0] + 0.25 * area[2];
        py = area[1] + 0.5 * area[3];
        g_assert_true (sac_chart_pick (500, tall, &style, &axes, &curve, 1, px, py, &u, &v));
        close (u, 1 + 0.25 * 999, 1e-6);
        close (v, log ? 0.1 : 5, 1e-6);
        g_assert_false (sac_chart_pick (500, tall, &style, &axes, &curve, 1, area[0] - 2, py, &u, &v));
        g_assert_false (sac_chart_pick (500, tall, &style, &axes, &curve, 1, px, area[1] + area[3] + 2, &u, &v));
      }
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (const char *p = strstr (text, what); p; p = strstr (p + 1, what))
    n++;
  return n;
}

static void
test_chart_million (void)
{
  const gsize n = 1000000;
  g_autofree double *x = g_new (double, n), *y = g_new (double, n);
  SacAxes axes = { NULL, NULL, NULL, 0, 0, -2, 2 };
  SacCurve curve = { x, y, n, NULL, { 0.9, 0, 0, 1 }, 1 };
  ChartData data = { &axes, &curve, 1 };
  g_autofree char *svg = NULL, *path = NULL;
  const char *start = NULL;
  double area[4];
  SacStyle style;
  Canvas c = canvas_new (600, 300);
  gint64 before;

  for (gsize i = 0; i < n; i++)
    {
      x[i] = i;
      y[i] = sin (i / 100000.0) + (i == 654321 ? -1.5 : 0);     /* one lowest point must not be lost */
    }
  svg = sac_draw_dup_svg (600, 300, draw_chart, &data);
  /* The longest path is the curve. */
  for (const char *p = svg; (p = strstr (p, " d=\"")); p++)
    if (!start || strcspn (p + 4, "\"") > strcspn (start + 4, "\""))
      start = p;
  path = g_strndup (start + 4, strcspn (start + 4, "\""));
  g_assert_cmpuint (count (path, "L"), >, 500);
  g_assert_cmpuint (count (path, "L"), <=, 1200);
  before = g_get_monotonic_time ();
  draw_chart (c.cr, 600, 300, &data);
  g_test_message ("a million points in %.1f ms", (g_get_monotonic_time () - before) / 1e3);
  sac_style_init (&style, FALSE);
  sac_chart_area (600, 300, &style, &axes, &curve, 1, area);
  {
    double lowest = 0;

    for (int px = area[0] + 0.65 * area[2]; px < area[0] + 0.66 * area[2]; px++)
      for (int py = area[1]; py < area[1] + area[3]; py++)
        if (distance (pixel (&c, px, py), red) < 1.7)
          lowest = MAX (lowest, py);
    close (lowest, area[1] + (1 - (sin (6.54321) - 1.5 + 2) / 4) * area[3], 3);
  }
  canvas_clear (&c);
}

static void
test_chart_odd_data (void)
{
  double x[] = { 0, 1, 2, NAN, 4 }, y[] = { NAN, INFINITY, -INFINITY, 1, NAN }, huge[] = { 0, 1e300, -1e300, 5, 1e308 };
  double same[] = { 3, 3, 3, 3, 3 }, text_x[] = { 0, 1, 2, 3, 4 };
  SacStyle style;
  Canvas c = canvas_new (200, 120);
  SacCurve curves[] = {
    { x, y, 5, "not numbers" }, { text_x, huge, 5, "huge", { 0 }, 2, TRUE, 0.5 }, { text_x, same, 5, "\xff\xfe bad text \n two" },
    { NULL, NULL, 0, "empty" },
  };

  sac_style_init (&style, TRUE);
  for (guint first = 0; first < 4; first++)
    for (guint log = 0; log < 2; log++)
      for (int size = 0; size < 200; size += 7)
        {
          SacAxes axes = { "t", "x", "y", 0, 0, 0, 0, log };

          sac_chart_draw (c.cr, size, size * 0.6, &style, &axes, curves + first, 4 - first);
        }
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  /* One value alone is shown in the middle of its axis. */
  {
    SacAxes axes = { 0 };
    double area[4], u, v;

    sac_chart_area (200, 120, &style, &axes, &curves[2], 1, area);
    g_assert_true (sac_chart_pick (200, 120, &style, &axes, &curves[2], 1, area[0] + 1, area[1] + area[3] / 2, &u, &v));
    close (v, 3, 1e-9);
  }
  canvas_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/draw/chart/passes-and-gaps", test_chart_passes_and_gaps);
  g_test_add_func ("/draw/chart/log-and-smoothing", test_chart_log_and_smoothing);
  g_test_add_func ("/draw/chart/mirror", test_chart_mirror);
  g_test_add_func ("/draw/chart/pick", test_chart_pick);
  g_test_add_func ("/draw/chart/million", test_chart_million);
  g_test_add_func ("/draw/chart/odd-data", test_chart_odd_data);
  return g_test_run ();
}
