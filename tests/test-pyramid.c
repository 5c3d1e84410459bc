/* A thinned curve keeps what is high and low, and says no more than it is asked for. */
#include <math.h>

#include "draw/sac-draw.h"

static double
noise (guint i)
{
  return sin (i * 0.37) + 0.3 * sin (i * 12.9898) * cos (i * 78.233);
}

/* Whatever the window, its lowest and highest point are among those given, all in order and within bounds. */
static void
test_extremes (void)
{
  g_autoptr (SacPyramid) pyramid = sac_pyramid_new ();
  static const struct { double x0, x1; guint columns; } windows[] = {
    { 0, 1e9, 10 }, { 100, 40000, 50 }, { 77, 78, 10 }, { 5000, 5000, 3 }, { -10, -5, 10 }, { 99999, 2e5, 10 }, { 1234, 91234, 300 },
    { 16385, 16385 + 3000, 3 }, { 4090, 8200, 7 },
  };

  for (guint i = 0; i < 100000; i++)
    {
      gboolean gap = i % 9973 < 7;

      sac_pyramid_append (pyramid, i, gap ? NAN : noise (i));
    }
  for (guint w = 0; w < G_N_ELEMENTS (windows); w++)
    {
      double low = INFINITY, high = -INFINITY, seen_low = INFINITY, seen_high = -INFINITY;
      g_autofree double *x = NULL;
      g_autofree double *y = NULL;
      gsize n = sac_pyramid_view (pyramid, windows[w].x0, windows[w].x1, windows[w].columns, &x, &y);

      g_assert_cmpuint (n, <=, 8 * windows[w].columns + 18);
      for (guint i = 0; i < 100000; i++)
        if (i >= windows[w].x0 && i <= windows[w].x1 && i % 9973 >= 7)
          {
            low = MIN (low, noise (i));
            high = MAX (high, noise (i));
          }
      for (gsize i = 0; i < n; i++)
        {
          if (i > 0)
            g_assert_cmpfloat (x[i], >=, x[i - 1]);
          if (isnan (y[i]))
            continue;
          g_assert_cmpfloat (y[i], ==, noise ((guint) x[i]));
          if (x[i] >= windows[w].x0 && x[i] <= windows[w].x1)
            {
              seen_low = MIN (seen_low, y[i]);
              seen_high = MAX (seen_high, y[i]);
            }
        }
      g_assert_cmpfloat (low, ==, seen_low);
      g_assert_cmpfloat (high, ==, seen_high);
    }
}

static void
test_few (void)
{
  g_autoptr (SacPyramid) pyramid = sac_pyramid_new ();
  g_autofree double *x = NULL;
  g_autofree double *y = NULL;
  gsize at;

  g_assert_false (sac_pyramid_find (pyramid, 5, &at));
  g_assert_cmpuint (sac_pyramid_view (pyramid, 0, 1, 100, &x, &y), ==, 0);
  g_clear_pointer (&x, g_free);
  g_clear_pointer (&y, g_free);
  for (guint i = 0; i < 9; i++)
    sac_pyramid_append (pyramid, 10 * i, i == 4 ? NAN : i);
  sac_pyramid_append (pyramid, 3, 7);           /* goes back: left out */
  g_assert_cmpuint (sac_pyramid_get_n (pyramid), ==, 9);
  g_assert_cmpuint (sac_pyramid_view (pyramid, 21, 49, 100, &x, &y), ==, 4);       /* 20 30 40 50: one on either side */
  g_assert_cmpfloat (x[0], ==, 20);
  g_assert_cmpfloat (x[3], ==, 50);
  g_assert_true (isnan (y[2]));
  g_assert_true (sac_pyramid_find (pyramid, 47, &at));          /* before the gap */
  g_assert_cmpuint (at, ==, 3);
  g_assert_true (sac_pyramid_find (pyramid, 1e9, &at));
  g_assert_cmpuint (at, ==, 8);
}

static void
test_smooth (void)
{
  g_autoptr (SacPyramid) pyramid = sac_pyramid_new ();
  g_autoptr (SacPyramid) smooth = NULL;

  for (guint i = 0; i < 3; i++)
    sac_pyramid_append (pyramid, i, i);
  smooth = sac_pyramid_smooth (pyramid, 0.5);
  g_assert_cmpfloat (sac_pyramid_get_y (smooth)[0], ==, 0);
  g_assert_cmpfloat_with_epsilon (sac_pyramid_get_y (smooth)[1], 0.5 / 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_pyramid_get_y (smooth)[2], 1.25 / 0.875, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pyramid/extremes", test_extremes);
  g_test_add_func ("/pyramid/few", test_few);
  g_test_add_func ("/pyramid/smooth", test_smooth);
  return g_test_run ();
}
