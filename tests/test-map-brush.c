/* Drawing on maps: what a brush covers, what a stroke does, polygons, boxes, bars. */
#include <math.h>

#include "eval/sac-map-brush.h"

static void
test_line (void)
{
  SacBrush hard = { SAC_BRUSH_ADD, 1, 1.2, 0 }, soft = { SAC_BRUSH_ADD, 1, 2, 1 }, small = { SAC_BRUSH_ADD, 1, 0.1, 0 };
  float c[49] = { 0 }, s[49] = { 0 }, t[49] = { 0 };
  double sum = 0;

  sac_brush_line (c, 7, 7, &hard, 3.5, 3.5, 3.5, 3.5);
  for (int i = 0; i < 49; i++)
    sum += c[i];
  g_assert_cmpfloat (sum, ==, 5);       /* a cross */
  g_assert_cmpfloat (c[24] + c[23] + c[25] + c[17] + c[31], ==, 5);
  sac_brush_line (c, 7, 7, &hard, 3.5, 3.5, 6.5, 3.5);
  g_assert_cmpfloat (c[27], ==, 1);
  g_assert_cmpfloat (c[20], ==, 1);

  sac_brush_line (s, 7, 7, &soft, 3.5, 3.5, 3.5, 3.5);
  g_assert_cmpfloat (s[24], ==, 1);
  g_assert_cmpfloat_with_epsilon (s[25], 0.5, 1e-6);
  g_assert_cmpfloat (s[26], ==, 0);
  /* However small the brush: the cell under the point. */
  sac_brush_line (t, 7, 7, &small, 0.9, 6.1, 0.9, 6.1);
  g_assert_cmpfloat (t[42], ==, 1);
  sac_brush_line (t, 7, 7, &small, -50, NAN, 1e300, -1e300);      /* beside the map: nothing, and no harm */
  g_assert_cmpfloat (t[42], ==, 1);
}

static void
test_stroke (void)
{
  SacBrush brush = { SAC_BRUSH_ADD, 0.4, 1, 0 };
  const float before[3] = { 0.2f, 0.8f, 0.5f };
  float c[3] = { 0, 1, 0.5f }, out[3];

  sac_brush_apply (out, before, c, 1, 3, &brush);
  g_assert_cmpfloat (out[0], ==, before[0]);
  g_assert_cmpfloat (out[1], ==, 1);
  g_assert_cmpfloat_with_epsilon (out[2], 0.7, 1e-6);
  brush.mode = SAC_BRUSH_ERASE;
  sac_brush_apply (out, before, c, 1, 3, &brush);
  g_assert_cmpfloat_with_epsilon (out[1], 0.4, 1e-6);
  g_assert_cmpfloat_with_epsilon (out[2], 0.3, 1e-6);
  brush.mode = SAC_BRUSH_VALUE;
  sac_brush_apply (out, before, c, 1, 3, &brush);
  g_assert_cmpfloat_with_epsilon (out[1], 0.4, 1e-6);
  g_assert_cmpfloat_with_epsilon (out[2], 0.45, 1e-6);
  /* Twice over the same place is once. */
  {
    SacBrush round = { SAC_BRUSH_ERASE, 1, 2, 0.5 };
    float once[25] = { 0 }, twice[25] = { 0 };

    sac_brush_line (once, 5, 5, &round, 1, 1, 4, 4);
    for (int i = 0; i < 3; i++)
      sac_brush_line (twice, 5, 5, &round, 1, 1, 4, 4);
    for (int i = 0; i < 25; i++)
      g_assert_cmpfloat (once[i], ==, twice[i]);
  }
}

static void
test_areas (void)
{
  const double square[] = { 1, 1, 3, 1, 3, 3, 1, 3 }, triangle[] = { 0, 0, 4, 0, 0, 4 };
  float c[16] = { 0 }, t[16] = { 0 }, b[16] = { 0 }, two[16] = { 0 };
  double sum = 0;

  sac_brush_polygon (c, 4, 4, square, 4);
  for (int i = 0; i < 16; i++)
    g_assert_cmpfloat (c[i], ==, i == 5 || i == 6 || i == 9 || i == 10);
  sac_brush_polygon (t, 4, 4, triangle, 3);
  for (int i = 0; i < 16; i++)
    sum += t[i];
  g_assert_cmpfloat_with_epsilon (sum, 8, 0.3);
  g_assert_cmpfloat (t[15], ==, 0);
  sac_brush_polygon (two, 4, 4, square, 2);
  g_assert_cmpfloat (two[5], ==, 0);
  sac_brush_box (b, 4, 4, 0.5, 1, 2, 0.25);
  g_assert_cmpfloat (b[4], ==, 0.125);
  g_assert_cmpfloat (b[5], ==, 0.25);
  g_assert_cmpfloat (b[6], ==, 0.125);
  g_assert_cmpfloat (b[0] + b[7] + b[9], ==, 0);
}

static void
test_bars (void)
{
  float bars[6] = { 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f };

  sac_brush_bars (bars, 6, 1, 0, 4, 0.9);
  g_assert_cmpfloat (bars[0], ==, 0.5);
  for (int i = 1; i <= 4; i++)
    g_assert_cmpfloat_with_epsilon (bars[i], 0.3 * (i - 1), 1e-6);
  g_assert_cmpfloat (bars[5], ==, 0.5);
  sac_brush_bars (bars, 6, 5, 2, 5, 2);
  g_assert_cmpfloat (bars[5], ==, 1);
  sac_brush_bars (bars, 6, 4, 0.25, -3, 0.25);
  g_assert_cmpfloat (bars[0], ==, 0.25);
  sac_brush_bars (bars, 0, 0, 1, 3, 1);
  g_assert_cmpfloat_with_epsilon (sac_map_distance ((float[]) { 0, 0.5f, 3 }, (float[]) { 4, 0.5f, 0 }, 3), 5, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/map-brush/line", test_line);
  g_test_add_func ("/map-brush/stroke", test_stroke);
  g_test_add_func ("/map-brush/areas", test_areas);
  g_test_add_func ("/map-brush/bars", test_bars);
  return g_test_run ();
}
