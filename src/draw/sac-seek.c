/* The seek bar: where the playhead is, which frames are at hand, where the network looks. */
#include <math.h>

#include "sac-draw-private.h"

static const double edge_px = 7;        /* so that the knob is whole at both ends */
static const double cached_least_px = 1.5;      /* a few frames of a long clip are seen, too */

double
sac_seek_x (double width, guint n_frames, double frame)
{
  return edge_px + (width - 2 * edge_px) * frame / MAX (n_frames, 1);
}

guint
sac_seek_pick (double width, guint n_frames, double x_px)
{
  double at = (x_px - edge_px) / MAX (width - 2 * edge_px, 1) * n_frames;

  return n_frames ? (guint) CLAMP (at, 0, n_frames - 1) : 0;
}

static void
draw_weights (cairo_t *cr, double width, double top, double bottom, const SacStyle *style, const float *weights, guint n)
{
  gboolean open = FALSE;

  cairo_move_to (cr, sac_seek_x (width, n, 0), bottom);
  for (guint i = 0; i < n; i++)
    {
      double v = weights[i] > 0 ? MIN (weights[i], 1) : 0, y = bottom - v * (bottom - top);

      if (i == 0)
        cairo_line_to (cr, sac_seek_x (width, n, 0), y);
      cairo_line_to (cr, sac_seek_x (width, n, i + 0.5), y);
      if (i + 1 == n)
        cairo_line_to (cr, sac_seek_x (width, n, n), y);
    }
  cairo_line_to (cr, sac_seek_x (width, n, n), bottom);
  cairo_close_path (cr);
  _sac_source (cr, style->accent, 0.22);
  cairo_fill (cr);
  for (guint i = 0; i < n; i++)
    {
      double v = weights[i] > 0 ? MIN (weights[i], 1) : 0, y = bottom - v * (bottom - top);

      if (!open)
        cairo_move_to (cr, sac_seek_x (width, n, 0), y);
      open = TRUE;
      cairo_line_to (cr, sac_seek_x (width, n, i + 0.5), y);
      if (i + 1 == n)
        cairo_line_to (cr, sac_seek_x (width, n, n), y);
    }
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  _sac_source (cr, style->accent, 0.9);
  cairo_stroke (cr);
}

void
sac_seek_draw (cairo_t *cr, double width, double height, const SacStyle *style, guint n_frames, guint playhead,
               const guint8 *cached, guint n_cached, const float *weights, guint n_weights)
{
  gboolean curve = weights && n_weights && height >= 20;
  double track = CLAMP (height * 0.2, 4, 8), middle = curve ? height - track / 2 - 5 : height / 2, top = middle - track / 2;
  double left = edge_px, right = width - edge_px, at;

  if (width < 3 * edge_px || height < 2)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  if (curve)
    draw_weights (cr, width, 3, top - 3, style, weights, n_weights);
  _sac_round_rect (cr, left, top, right - left, track, track / 2);
  _sac_source (cr, style->faint, 1);
  cairo_fill (cr);
  if (n_frames == 0)
    {
      cairo_restore (cr);
      return;
    }
  if (cached)
    {
      cairo_save (cr);
      _sac_round_rect (cr, left, top, right - left, track, track / 2);
      cairo_clip (cr);
      for (guint i = 0; i < n_cached;)
        {
          guint j = i;

          while (j < n_cached && cached[j])
            j++;
          if (j > i)
            {
              double from = sac_seek_x (width, n_frames, (double) i * n_frames / n_cached);
              double to = sac_seek_x (width, n_frames, (double) j * n_frames / n_cached);

              cairo_rectangle (cr, from, top, MAX (to - from, cached_least_px), track);
            }
          i = MAX (j, i + 1);
        }
      _sac_source (cr, style->accent, 0.45);
      cairo_fill (cr);
      cairo_restore (cr);
    }
  at = sac_seek_x (width, n_frames, MIN (playhead, n_frames - 1) + 0.5);
  if (curve)
    {
      cairo_set_line_width (cr, 1);
      _sac_vline (cr, at, 2, middle);
      _sac_source (cr, style->ink, 0.75);
      cairo_stroke (cr);
    }
  cairo_arc (cr, at, middle, MIN (6, height / 2 - 0.5), 0, 2 * G_PI);
  _sac_source (cr, style->accent, 1);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.9);
  cairo_stroke (cr);
  cairo_restore (cr);
}
