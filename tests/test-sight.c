/* Attention in pictures and as numbers for the Explain page: sheets, slits, bars, peaks, and maps between the frames. */
#include <math.h>
#include <string.h>

#include "app/sac-sight.h"
#include "draw/sac-draw.h"

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  guint32 value;

  cairo_surface_flush (surface);
  memcpy (&value, cairo_image_surface_get_data (surface) + (gsize) y * (gsize) cairo_image_surface_get_stride (surface) + 4 * (gsize) x,
          sizeof value);
  return value & 0xffffff;
}

static cairo_surface_t *
grey (int width, int height, double value)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, value, value, value);
  cairo_paint (cr);
  cairo_destroy (cr);
  return surface;
}

static void
assert_colour (guint32 got, int red, int green, int blue)
{
  g_assert_cmpint (ABS ((int) (got >> 16 & 0xff) - red), <=, 2);
  g_assert_cmpint (ABS ((int) (got >> 8 & 0xff) - green), <=, 2);
  g_assert_cmpint (ABS ((int) (got & 0xff) - blue), <=, 2);
}

/* methods/08: grey 100 under (255,0,0) at 0.4 is (162,60,60); red is JET's value 0.875. */
static void
test_overlay (void)
{
  cairo_surface_t *frame = grey (40, 40, 100 / 255.0), *paper = grey (40, 40, 0);
  SacHeat heat = { .colours = SAC_MAP_JET, .opacity = 0.4, .even = TRUE };
  const float same[4] = { 0.875f, 0.875f, 0.875f, 0.875f }, low[4] = { 0, 0, 0, 0 };
  cairo_t *cr = cairo_create (paper);

  sac_heat_draw (cr, 40, 40, frame, same, 2, 2, &heat);
  assert_colour (pixel (paper, 20, 20), 162, 60, 60);
  sac_heat_draw (cr, 40, 40, frame, low, 2, 2, &heat);
  assert_colour (pixel (paper, 20, 20), 60, 60, 111);           /* even: 0 is dark blue, not nothing */
  heat.even = FALSE;
  sac_heat_draw (cr, 40, 40, frame, low, 2, 2, &heat);
  assert_colour (pixel (paper, 20, 20), 100, 100, 100);
  heat = (SacHeat) { .colours = SAC_MAP_JET, .opacity = 0.4, .even = TRUE, .low = 0.75, .high = 1 };    /* 0.875 is the middle now */
  sac_heat_draw (cr, 40, 40, frame, same, 2, 2, &heat);
  assert_colour (pixel (paper, 20, 20), 111, 162, 111);
  cairo_destroy (cr);
  cairo_surface_destroy (frame);
  cairo_surface_destroy (paper);
}

static void
test_shares (void)
{
  const float weights[4] = { 0.9f, 0.2f, 0.4f, 0.8f }, same[3] = { 0.5f, 0.5f, 0.5f };
  float shares[4];
  double low, high;

  sac_time_shares (weights, 4, FALSE, shares);
  g_assert_cmpfloat_with_epsilon (shares[0], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (shares[1], 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (shares[2], 0.2f / 0.7f, 1e-6);
  sac_time_shares (weights, 4, TRUE, shares);   /* the ends become 0.575, the mean */
  g_assert_cmpfloat_with_epsilon (shares[0], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (shares[3], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (shares[2], 0.2f / 0.375f, 1e-5);
  sac_time_shares (same, 3, FALSE, shares);
  g_assert_cmpfloat (shares[1], ==, 0.5f);
  sac_heat_range (same, 3, &low, &high);
  g_assert_true (low == 0 && high == 1);
}

/* 32 frames in 8 columns are 4 rows; a click on a frame finds it, and each frame's time has its colour. */
static void
test_sheet (void)
{
  enum { N = 32, W = 800 };
  SacStyle style;
  cairo_surface_t *frames[N], *paper;
  float shares[N];
  guint numbers[N];
  SacSheet sheet = { SAC_SHEET_STRIP, frames, N, NULL, 0, 0, shares, numbers, { .colours = SAC_MAP_JET, .opacity = 0.5 }, 8, 3 };
  cairo_t *cr;

  sac_style_init (&style, FALSE);
  for (guint i = 0; i < N; i++)
    {
      frames[i] = grey (96, 96, 0.5);
      numbers[i] = i;
      shares[i] = (float) i / (N - 1);
    }
  for (int kind = 0; kind < 2; kind++)
    {
      double height, cell;
      guint hit = 99;

      sheet.kind = (SacSheetKind) kind;
      height = sac_sheet_height (W, &style, &sheet);
      cell = (height + 4) / 4;
      g_assert_cmpfloat (height, >, kind ? 4 * 180 : 4 * 90);
      paper = grey (W, (int) height, 1);
      cr = cairo_create (paper);
      sac_sheet_draw (cr, W, height, &style, &sheet);
      for (guint i = 0; i < N; i++)
        {
          double x = (i % 8 + 0.5) * (W + 4) / 8, y = (i / 8) * cell + 6, rgb[3];
          int bar = kind ? (int) (y + (W - 28) / 8.0 + 2) : (int) y;

          g_assert_true (sac_sheet_pick (W, height, &style, &sheet, x, y + 20, &hit));
          g_assert_cmpuint (hit, ==, i);
          sac_colour_map (SAC_MAP_JET, (double) shares[i], rgb);
          assert_colour (pixel (paper, (int) x, bar), (int) (255 * rgb[0]), (int) (255 * rgb[1]), (int) (255 * rgb[2]));
        }
      g_assert_false (sac_sheet_pick (W, height, &style, &sheet, -5, 5, &hit));
      cairo_destroy (cr);
      cairo_surface_destroy (paper);
    }
  sheet.n = 0;
  g_assert_false (sac_sheet_pick (W, 100, &style, &sheet, 5, 5, &(guint) { 0 }));
  for (guint i = 0; i < N; i++)
    cairo_surface_destroy (frames[i]);
}

/* A slit shows the most of the rows: one place that moves is a step in it. */
static void
test_slit (void)
{
  const float maps[2 * 2 * 2] = { 0, 0, 1, 0, /* frame 1: left below */ 0, 1, 0, 0 /* frame 2: right above */ };
  SacHeat heat = { .colours = SAC_MAP_JET, .opacity = 0.1 };
  cairo_surface_t *paper = grey (102, 102, 1);
  cairo_t *cr = cairo_create (paper);
  SacStyle style;
  guint frame;

  sac_style_init (&style, FALSE);
  sac_slit_draw (cr, 102, 102, &style, maps, 2, 2, 2, TRUE, &heat, -1);
  assert_colour (pixel (paper, 10, 10), 128, 0, 0);     /* time 1, left column */
  assert_colour (pixel (paper, 90, 10), 0, 0, 128);
  assert_colour (pixel (paper, 10, 90), 0, 0, 128);
  assert_colour (pixel (paper, 90, 90), 128, 0, 0);
  g_assert_true (sac_slit_pick (102, 102, &style, 2, 60, 5, &frame) && frame == 1);
  g_assert_false (sac_slit_pick (102, 102, &style, 2, 102, 5, &frame));
  cairo_destroy (cr);
  cairo_surface_destroy (paper);
}

static void
test_bars (void)
{
  const char *const labels[] = { "one", "two" };
  const float scores[2] = { 1, 0 }, before[2] = { 0.5f, 0.5f };
  SacScoreBars bars = { 2, labels, scores, before, NULL, 0 };
  cairo_surface_t *paper = grey (400, 60, 1);
  cairo_t *cr = cairo_create (paper);
  SacStyle style;
  guint row, blue = 0, other = 0;

  sac_style_init (&style, FALSE);
  sac_score_bars_draw (cr, 400, 60, &style, &bars);
  for (int x = 0; x < 400; x++)
    {
      blue += pixel (paper, x, 12) == 0x1c70d9;
      other += pixel (paper, x, 12 + (int) sac_score_bars_height (&style, &bars) / 2) == 0x1c70d9;
    }
  g_assert_cmpuint (blue, >, 80);
  g_assert_cmpuint (other, ==, 0);
  g_assert_true (sac_score_bars_pick (400, 60, &style, &bars, 30, sac_score_bars_height (&style, &bars) - 2, &row) && row == 1);
  g_assert_false (sac_score_bars_pick (400, 60, &style, &bars, 30, 59, &row));
  cairo_destroy (cr);
  cairo_surface_destroy (paper);
}

static void
test_peaks (void)
{
  const float weights[9] = { 3, 1, 2, 2, 2, 1, 1, 5, 4 }, flat[3] = { 1, 1, 1 };
  guint peak;

  g_assert_true (sac_next_peak (weights, 9, -1, TRUE, &peak) && peak == 0);
  g_assert_true (sac_next_peak (weights, 9, 0, TRUE, &peak) && peak == 3);      /* a plateau: its middle */
  g_assert_true (sac_next_peak (weights, 9, 3, TRUE, &peak) && peak == 7);
  g_assert_false (sac_next_peak (weights, 9, 7, TRUE, &peak));
  g_assert_true (sac_next_peak (weights, 9, 8, FALSE, &peak) && peak == 7);
  g_assert_true (sac_next_peak (weights, 9, 7, FALSE, &peak) && peak == 3);
  g_assert_false (sac_next_peak (weights, 9, 0, FALSE, &peak));
  g_assert_false (sac_next_peak (flat, 3, -1, TRUE, &peak));
  g_assert_false (sac_next_peak (flat, 0, -1, TRUE, &peak));
}

static void
test_between (void)
{
  const float maps[2 * 2] = { 0, 1, 1, 0 };
  const guint frames[2] = { 10, 20 };
  SacSeen seen = { 2, frames, 1, 2, maps, NULL, NULL };
  static const struct { guint at; float first; guint nearest; } cases[]
    = { { 0, 0, 0 }, { 10, 0, 0 }, { 14, 0.4f, 0 }, { 16, 0.6f, 1 }, { 20, 1, 1 }, { 90, 1, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree float *map = sac_seen_dup_map (&seen, cases[i].at);

      g_assert_cmpfloat_with_epsilon (map[0], cases[i].first, 1e-6);
      g_assert_cmpfloat_with_epsilon (map[1], 1 - cases[i].first, 1e-6);
      g_assert_cmpuint (sac_seen_nearest (&seen, cases[i].at), ==, cases[i].nearest);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draw/attention/overlay", test_overlay);
  g_test_add_func ("/draw/attention/shares", test_shares);
  g_test_add_func ("/draw/attention/sheet", test_sheet);
  g_test_add_func ("/draw/attention/slit", test_slit);
  g_test_add_func ("/draw/attention/bars", test_bars);
  g_test_add_func ("/app/sight/peaks", test_peaks);
  g_test_add_func ("/app/sight/between", test_between);
  return g_test_run ();
}
