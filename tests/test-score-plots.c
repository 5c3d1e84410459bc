/* Bands, precision, calibration and matrices, looked at pixel by pixel; differences in words. */
#include <math.h>
#include <string.h>

#include "draw/sac-draw.h"

enum { W = 420, H = 420, N = 90 };

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  SacStyle style;
  float scores[N];
  gint8 truth[N];
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, W, H);
  f->cr = cairo_create (f->surface);
  sac_style_init (&f->style, FALSE);
  for (guint i = 0; i < N; i++)
    {
      SacRandomKey key = { 3, i };

      f->truth[i] = i % 3 == 0;
      f->scores[i] = (float) (sac_random_unit (key, 0) * 0.7 + (f->truth[i] ? 0.3 : 0));
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  cairo_destroy (f->cr);
  cairo_surface_destroy (f->surface);
}

static guint32
pixel (Fixture *f, int x, int y)
{
  cairo_surface_flush (f->surface);
  return *(guint32 *) (gpointer) (cairo_image_surface_get_data (f->surface) + y * cairo_image_surface_get_stride (f->surface) + 4 * x);
}

static double
saturation (guint32 p)
{
  int r = p >> 16 & 0xff, g = p >> 8 & 0xff, b = p & 0xff;

  return MAX (MAX (r, g), b) - MIN (MIN (r, g), b);
}

static guint
count_coloured (Fixture *f, double more_than)
{
  guint n = 0;

  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      n += saturation (pixel (f, x, y)) > more_than;
  return n;
}

/* The band colours more of the picture than the curve alone, and the ring is drawn where the threshold is. */
static void
test_band (Fixture *f, gconstpointer data)
{
  g_autoptr (SacRoc) roc = sac_roc_new (f->scores, f->truth, N, 1);
  g_autoptr (SacRocBand) band = sac_roc_band_new (roc);
  SacRocCurve curves[] = { { .roc = roc, .name = "a" }, { .roc = roc, .name = "b" } };
  guint plain, banded, curve, point;

  sac_roc_draw (f->cr, W, H, &f->style, "x", curves, 2);
  plain = count_coloured (f, 6);
  curves[0].band = band;
  curves[0].marked = TRUE;
  curves[0].threshold = 0.5;
  sac_roc_draw (f->cr, W, H, &f->style, "x", curves, 2);
  banded = count_coloured (f, 6);
  g_assert_cmpuint (banded, >, plain + 4000);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      if (sac_roc_pick (W, H, &f->style, "x", curves, 1, x, y, &curve, &point))
        {
          g_assert_cmpuint (curve, ==, 0);
          g_assert_cmpuint (point, <, roc->n_points);
          return;
        }
  g_assert_not_reached ();
}

static void
test_precision (Fixture *f, gconstpointer data)
{
  g_autoptr (SacPrecision) pr = sac_precision_new (f->scores, f->truth, N, 1), none = sac_precision_new (NULL, NULL, 0, 1);
  SacPrecisionCurve curves[] = { { .curve = pr, .name = "a", .with_band = TRUE, .marked = TRUE, .threshold = 0.4 },
                                 { .curve = none, .name = "none" } };
  guint curve, point;
  gboolean seen[N] = { 0 };
  guint n = 0;

  sac_precision_draw (f->cr, W, H, &f->style, "x", curves, 2);
  g_assert_cmpuint (count_coloured (f, 40), >, 300);
  for (int y = 0; y < H; y += 2)
    for (int x = 0; x < W; x += 2)
      if (sac_precision_pick (W, H, &f->style, "x", curves, 2, x, y, &curve, &point))
        {
          g_assert_cmpuint (curve, ==, 0);
          n += !seen[point];
          seen[point] = TRUE;
        }
  g_assert_cmpuint (n, >, pr->n_points / 2);
}

static void
test_calibration (Fixture *f, gconstpointer data)
{
  g_autoptr (SacCalibration) c = sac_calibration_new (f->scores, f->truth, N, 1, 6, 50, 1);
  g_autoptr (SacCalibration) none = sac_calibration_new (NULL, NULL, 0, 1, 6, 50, 1);
  SacCalibrationCurve curves[] = { { .calibration = c, .name = "a" }, { .calibration = none, .name = "none" } };
  gboolean seen[6] = { 0 };
  guint curve, bin, n = 0;

  sac_calibration_draw (f->cr, W, H, &f->style, "x", curves, 2);
  g_assert_cmpuint (count_coloured (f, 40), >, 300);
  for (int y = 0; y < H; y += 2)
    for (int x = 0; x < W; x += 2)
      if (sac_calibration_pick (W, H, &f->style, "x", curves, 2, x, y, &curve, &bin) && !seen[bin])
        {
          seen[bin] = TRUE;
          n++;
        }
  g_assert_cmpuint (n, ==, 6);
}

/* Each cell can be picked, is as dark as its share, and a wrong one has another colour. */
static void
test_matrix (Fixture *f, gconstpointer data)
{
  static const char *const rows[] = { "cat", "dog" }, *const columns[] = { "cat", "dog", "none" };
  const guint counts[] = { 9, 1, 0, 4, 5, 1 };
  const guint8 right[] = { 1, 0, 0, 0, 1, 0 };
  SacMatrix m = { .title = "t", .row_name = "truth", .column_name = "said", .rows = rows, .columns = columns, .n_rows = 2,
                  .n_columns = 3, .counts = counts, .right = right, .row = -1, .column = -1 };
  double sum[2][3] = { 0 }, area[2][3] = { 0 };
  gint64 blue[2][3] = { 0 };

  for (int narrow = 0; narrow < 2; narrow++)
    {
      int w = narrow ? 130 : W, h = narrow ? 90 : H;
      guint row, column, n = 0;

      memset (area, 0, sizeof area);
      sac_matrix_draw (f->cr, w, h, &f->style, &m);
      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
          if (sac_matrix_pick (w, h, &f->style, &m, x, y, &row, &column))
            {
              guint32 p = pixel (f, x, y);

              g_assert_cmpuint (row, <, 2);
              g_assert_cmpuint (column, <, 3);
              n += area[row][column] == 0;
              area[row][column]++;
              sum[row][column] += saturation (p);
              blue[row][column] += (int) (p & 0xff) - (int) (p >> 16 & 0xff);
            }
      g_assert_cmpuint (n, ==, 6);
      g_assert_false (sac_matrix_pick (w, h, &f->style, &m, -1, 4, &row, &column));
      if (narrow)
        continue;
      g_assert_cmpfloat (sum[0][0], >, 1.2 * sum[1][1]);
      g_assert_cmpfloat (sum[1][1], >, sum[0][1]);
      g_assert_cmpint (blue[0][0], >, 0);
      g_assert_cmpint (blue[1][0], <, 0);
    }
  m.row = 1;
  m.column = 2;
  sac_matrix_draw (f->cr, W, H, &f->style, &m);
  m.n_rows = 0;
  sac_matrix_draw (f->cr, W, H, &f->style, &m);
}

static void
test_words (void)
{
  SacBootstrap labels[] = { { 0.1, 0.02, 0.2, 0.99, 1000 }, { -0.2, -0.3, -0.1, 0, 1000 }, { 0.01, -0.1, 0.1, 0.5, 1000 },
                            { NAN, NAN, NAN, NAN, 0 } };
  g_autofree char *first = sac_difference_dup_words (&labels[0], "A", "B", "AUC"), *second = NULL, *noise = NULL, *none = NULL, *all = NULL;

  g_assert_cmpstr (first, ==, "A is better than B: +0.100 AUC (95 %: 0.020 to 0.200)");
  second = sac_difference_dup_words (&labels[1], "A", "B", "AUC");
  g_assert_cmpstr (second, ==, "B is better than A: +0.200 AUC (95 %: 0.100 to 0.300)");
  noise = sac_difference_dup_words (&labels[2], "A", "B", "AUC");
  g_assert_nonnull (strstr (noise, "this difference is noise"));
  none = sac_difference_dup_words (&labels[3], "A", "B", "AUC");
  g_assert_nonnull (strstr (none, "nothing can be said"));
  all = sac_differences_dup_words (labels, 4, "A", "B");
  g_assert_nonnull (strstr (all, "A is better in 1 of 3, B in 1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add ("/draw/roc/band", Fixture, NULL, set_up, test_band, tear_down);
  g_test_add ("/draw/precision", Fixture, NULL, set_up, test_precision, tear_down);
  g_test_add ("/draw/calibration", Fixture, NULL, set_up, test_calibration, tear_down);
  g_test_add ("/draw/matrix", Fixture, NULL, set_up, test_matrix, tear_down);
  g_test_add_func ("/draw/words", test_words);
  return g_test_run ();
}
