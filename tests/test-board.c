/* Charts over one axis: where they stand, what the pointer finds. */
#include <math.h>
#include <string.h>

#include "draw/sac-draw.h"

static const double x[] = { 1, 10, 100, 1000 }, y[] = { 4, NAN, 2, 1 };

static void
test_places (void)
{
  SacBoardChart charts[] = { { .span = 0 }, { .span = 1 }, { .span = 1 }, { .span = 2 }, { .span = 1 } };
  SacBoard board = { charts, G_N_ELEMENTS (charts), 3, 100 };
  double rect[5][4];

  g_assert_cmpfloat (sac_board_height (&board), ==, 3 * 100 + 2 * 6);
  for (guint i = 0; i < 5; i++)
    sac_board_place (612, 0, &board, i, rect[i]);
  g_assert_cmpfloat (rect[0][2], ==, 612);                      /* all columns */
  g_assert_cmpfloat (rect[1][0], ==, 0);
  g_assert_cmpfloat (rect[2][0], ==, 206);
  g_assert_cmpfloat (rect[2][1], ==, 106);
  g_assert_cmpfloat (rect[3][0], ==, 0);                        /* two do not fit behind two of three */
  g_assert_cmpfloat (rect[3][1], ==, 212);
  g_assert_cmpfloat (rect[3][2], ==, 406);
  g_assert_cmpfloat (rect[4][0], ==, 412);
}

/* Pixels and data are each other's inverse, on straight and on logarithmic axes. */
static void
test_inverse (void)
{
  SacStyle style;
  SacCurve curve = { .x = x, .y = y, .n = 4 };

  sac_style_init (&style, FALSE);
  for (int kind = 0; kind < 4; kind++)
    {
      SacAxes axes = { .log_x = kind & 1, .log_y = kind & 2 };
      SacChartPlace place;
      double back_x, back_y;

      sac_chart_place (300, 200, &style, &axes, &curve, 1, &place);
      g_assert_cmpfloat_with_epsilon (sac_chart_x_at (&place, sac_chart_place_x (&place, 100)), 100, 1e-9);
      g_assert_cmpfloat_with_epsilon (sac_chart_y_at (&place, sac_chart_place_y (&place, 2)), 2, 1e-9);
      g_assert_true (sac_chart_pick (300, 200, &style, &axes, &curve, 1, sac_chart_place_x (&place, 100), sac_chart_place_y (&place, 2),
                                     &back_x, &back_y));
      g_assert_cmpfloat_with_epsilon (back_x, 100, 1e-9);
      if (axes.log_x)           /* a decade is a third of the way */
        g_assert_cmpfloat_with_epsilon (sac_chart_place_x (&place, 10), place.x + place.width / 3, 1e-6);
    }
}

static void
test_value (void)
{
  SacCurve curve = { .x = x, .y = y, .n = 4 };
  double at = 0;

  g_assert_true (isnan (sac_curve_value_at (&curve, 0.5, &at)));
  g_assert_cmpfloat (sac_curve_value_at (&curve, 50, &at), ==, 4);      /* the gap says nothing */
  g_assert_cmpfloat (at, ==, 1);
  g_assert_cmpfloat (sac_curve_value_at (&curve, 100, NULL), ==, 2);
  g_assert_cmpfloat (sac_curve_value_at (&curve, 1e9, NULL), ==, 1);
}

/* The line goes through all charts whose window has the place; words stand in one of them. */
static void
test_cross (void)
{
  SacCurve curve = { .x = x, .y = y, .n = 4, .name = "loss" };
  SacBoardChart charts[] = {
    { .curves = &curve, .n = 1, .span = 1 },
    { .axes = { .x0 = 1, .x1 = 50 }, .curves = &curve, .n = 1, .span = 1 },
  };
  SacBoard board = { charts, 2, 2, 0 };
  SacChartPlace places[2];
  SacStyle style;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 600, 200);
  cairo_t *cr = cairo_create (surface);
  const guint8 *data;
  guint left = 0, right = 0;
  g_autofree char *text = sac_board_dup_text (&board);

  sac_style_init (&style, FALSE);
  sac_board_draw (cr, 600, 200, &style, &board);
  sac_board_places (600, 200, &style, &board, places);
  cairo_save (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  cairo_paint (cr);
  cairo_restore (cr);
  sac_board_cross_draw (cr, &style, &board, places, 100, 0);
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  for (int row = 0; row < 200; row++)
    for (int column = 0; column < 600; column++)
      if (data[row * cairo_image_surface_get_stride (surface) + 4 * column + 3])
        column < 300 ? left++ : right++;
  g_assert_cmpuint (left, >, 200);
  g_assert_cmpuint (right, ==, 0);              /* 100 is not in 1 … 50 */
  g_assert_nonnull (strstr (text, "\tloss\t1000\t1\n"));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/board/places", test_places);
  g_test_add_func ("/board/inverse", test_inverse);
  g_test_add_func ("/board/value", test_value);
  g_test_add_func ("/board/cross", test_cross);
  return g_test_run ();
}
