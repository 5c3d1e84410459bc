/* What the curves of scores are in the unit square: ROC, precision over recall, calibration. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

/* ---- ROC. */

static void
set_up_roc (SacSquareAxes *axes, const char *title, const SacRocCurve *curves, guint n, SacSquareCurve *square)
{
  *axes = (SacSquareAxes) { .title = title, .x_name = _("False positive rate"), .y_name = _("True positive rate"), .diagonal = TRUE };
  for (guint i = 0; i < n; i++)
    {
      const SacRoc *roc = curves[i].roc;

      square[i] = (SacSquareCurve) { .name = curves[i].name, .value = NAN, .filled = TRUE };
      memcpy (square[i].colour, curves[i].colour, sizeof square[i].colour);
      if (!roc || isnan (roc->auc))
        continue;
      square[i].x = roc->fpr;
      square[i].y = roc->tpr;
      square[i].n = roc->n_points;
      square[i].value = roc->auc;
      square[i].band = curves[i].band;
      square[i].marked = curves[i].marked;
      square[i].mark = curves[i].marked ? sac_roc_find (roc, curves[i].threshold) : 0;
    }
}

void
sac_roc_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title, const SacRocCurve *curves, guint n)
{
  g_autofree SacSquareCurve *square = g_new (SacSquareCurve, n + 1);
  SacSquareAxes axes;

  set_up_roc (&axes, title, curves, n, square);
  sac_square_draw (cr, width, height, style, &axes, square, n);
}

gboolean
sac_roc_pick (double width, double height, const SacStyle *style, const char *title, const SacRocCurve *curves, guint n, double x_px,
              double y_px, guint *curve, guint *point)
{
  g_autofree SacSquareCurve *square = g_new (SacSquareCurve, n + 1);
  SacSquareAxes axes;

  set_up_roc (&axes, title, curves, n, square);
  return sac_square_pick (width, height, style, &axes, square, n, x_px, y_px, curve, point);
}

/* ---- precision over recall. */

static void
set_up_precision (SacSquareAxes *axes, const char *title, const SacPrecisionCurve *curves, guint n, SacSquareCurve *square)
{
  *axes = (SacSquareAxes) { .title = title, .x_name = _("Recall"), .y_name = _("Precision") };
  for (guint i = 0; i < n; i++)
    {
      const SacPrecision *curve = curves[i].curve;
      guint at = 0;

      square[i] = (SacSquareCurve) { .name = curves[i].name, .value = NAN, .steps = TRUE };
      memcpy (square[i].colour, curves[i].colour, sizeof square[i].colour);
      if (!curve || curve->n_points == 0)
        continue;
      square[i].x = curve->recall;
      square[i].y = curve->precision;
      square[i].n = curve->n_points;
      square[i].value = curve->average;
      if (curves[i].with_band)
        {
          square[i].low = curve->low;
          square[i].high = curve->high;
        }
      while (at + 1 < curve->n_points && curve->threshold[at + 1] >= curves[i].threshold)
        at++;
      square[i].marked = curves[i].marked && curve->threshold[0] >= curves[i].threshold;
      square[i].mark = at;
      axes->has_base = TRUE;    /* the clips are the same ones, so is the chance */
      axes->base = curve->base;
    }
}

void
sac_precision_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title, const SacPrecisionCurve *curves,
                    guint n)
{
  g_autofree SacSquareCurve *square = g_new (SacSquareCurve, n + 1);
  SacSquareAxes axes;

  set_up_precision (&axes, title, curves, n, square);
  sac_square_draw (cr, width, height, style, &axes, square, n);
}

gboolean
sac_precision_pick (double width, double height, const SacStyle *style, const char *title, const SacPrecisionCurve *curves, guint n,
                    double x_px, double y_px, guint *curve, guint *point)
{
  g_autofree SacSquareCurve *square = g_new (SacSquareCurve, n + 1);
  SacSquareAxes axes;

  set_up_precision (&axes, title, curves, n, square);
  return sac_square_pick (width, height, style, &axes, square, n, x_px, y_px, curve, point);
}

/* ---- calibration: numbers of their own, since the bins are structures. */

static double *
set_up_calibration (SacSquareAxes *axes, const char *title, const SacCalibrationCurve *curves, guint n, SacSquareCurve *square)
{
  gsize n_all = 0, at = 0;
  double *numbers;

  *axes = (SacSquareAxes) { .title = title, .x_name = _("Score"), .y_name = _("Share of clips that are yes"), .diagonal = TRUE };
  for (guint i = 0; i < n; i++)
    n_all += curves[i].calibration ? curves[i].calibration->n_bins : 0;
  numbers = g_new (double, 4 * n_all + 1);
  for (guint i = 0; i < n; i++)
    {
      const SacCalibration *c = curves[i].calibration;

      square[i] = (SacSquareCurve) { .name = curves[i].name, .value = NAN, .dots = TRUE, .bars = TRUE };
      memcpy (square[i].colour, curves[i].colour, sizeof square[i].colour);
      if (!c || c->n_bins == 0)
        continue;
      square[i].x = numbers + at;
      square[i].y = numbers + n_all + at;
      square[i].low = numbers + 2 * n_all + at;
      square[i].high = numbers + 3 * n_all + at;
      square[i].n = c->n_bins;
      square[i].value = c->ece;
      for (guint b = 0; b < c->n_bins; b++, at++)
        {
          numbers[at] = CLAMP (c->bins[b].mean_score, 0, 1);
          numbers[n_all + at] = c->bins[b].share;
          numbers[2 * n_all + at] = c->bins[b].low;
          numbers[3 * n_all + at] = c->bins[b].high;
        }
    }
  return numbers;
}

void
sac_calibration_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title,
                      const SacCalibrationCurve *curves, guint n)
{
  g_autofree SacSquareCurve *square = g_new (SacSquareCurve, n + 1);
  SacSquareAxes axes;
  g_autofree double *numbers = set_up_calibration (&axes, title, curves, n, square);

  sac_square_draw (cr, width, height, style, &axes, square, n);
}

gboolean
sac_calibration_pick (double width, double height, const SacStyle *style, const char *title, const SacCalibrationCurve *curves, guint n,
                      double x_px, double y_px, guint *curve, guint *bin)
{
  g_autofree SacSquareCurve *square = g_new (SacSquareCurve, n + 1);
  SacSquareAxes axes;
  g_autofree double *numbers = set_up_calibration (&axes, title, curves, n, square);

  return sac_square_pick (width, height, style, &axes, square, n, x_px, y_px, curve, bin);
}
