/* ROC overlays: a square plot, its legend beside it where there is room, else above. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

typedef struct {
  SacRect plot;
  double title_y, legend_x, legend_y, x_name_y, y_name_x, ticks_y;     /* NaN: no room */
  const char *const *ticks;
  guint n_ticks;
  SacLegendEntry *entries;
  SacLegend legend;
} Layout;

static const char *const fine[] = { "0", "0.2", "0.4", "0.6", "0.8", "1" }, *const coarse[] = { "0", "0.5", "1" };

static void
layout_roc (Layout *l, SacText *text, double width, double height, const char *title, const SacRocCurve *curves, guint n)
{
  double font = text->size, line = _sac_text_line (text), top = font * 0.7, bottom = height - font * 0.5, left = font * 0.6,
         right = width - font * 0.8, side, spare;
  guint named = 0;

  memset (l, 0, sizeof *l);
  l->title_y = l->x_name_y = l->y_name_x = l->ticks_y = NAN;
  if (title && title[0] && height > 7 * font)
    {
      l->title_y = top + line / 2;
      top += line + font * 0.5;
    }
  if (height > 15 * font && width > 15 * font)
    {
      l->x_name_y = bottom - line / 2;
      bottom -= line;
      l->y_name_x = left + font * 0.45;
      left += line;
    }
  if (height > 5 * font && width > 5 * font)
    {
      l->ticks_y = bottom - line / 2 + font * 0.1;
      bottom -= line + font * 0.1;
      _sac_text_set (text, "0.8", 0.88, FALSE, 0);
      left += ceil (_sac_text_width (text)) + font * 0.55;
    }
  l->entries = g_new0 (SacLegendEntry, n + 1);
  for (guint c = 0; c < n; c++)
    {
      SacLegendEntry *e = &l->entries[named];
      const SacRoc *roc = curves[c].roc;

      if (!curves[c].name)
        continue;
      named++;
      e->name = curves[c].name;
      _sac_curve_colour (curves[c].colour, c, e->colour);
      if (roc && !isnan (roc->auc))
        g_ascii_formatd (e->value, sizeof e->value, "%.3f", roc->auc);
      else
        {
          g_strlcpy (e->value, _("undefined"), sizeof e->value);
          e->hollow = TRUE;
        }
    }
  side = MIN (right - left, bottom - top);
  spare = right - left - (bottom - top) - font * 1.5;
  if (named && spare > 11 * font)
    {
      _sac_legend_layout (&l->legend, text, l->entries, named, MIN (spare, 26 * font), bottom - top, TRUE);
      l->legend_x = left + side + font * 1.5;
      l->legend_y = top;
    }
  else if (named && height > 10 * font)
    {
      _sac_legend_layout (&l->legend, text, l->entries, named, right - font * 0.6, MIN (named * line, (bottom - top) * 0.4), FALSE);
      l->legend_x = font * 0.6;
      l->legend_y = top;
      top += l->legend.height + font * 0.35;
      side = MIN (right - left, bottom - top);
    }
  side = MAX (floor (side), 1);
  l->plot = (SacRect) { ceil (left), ceil (top), side, side };
  /* Names and ticks stay with the square. */
  if (!isnan (l->ticks_y))
    l->ticks_y -= bottom - top - side;
  if (!isnan (l->x_name_y))
    l->x_name_y -= bottom - top - side;
  l->ticks = side > 13 * font ? fine : coarse;
  l->n_ticks = side > 13 * font ? G_N_ELEMENTS (fine) : G_N_ELEMENTS (coarse);
}

static void
roc_path (cairo_t *cr, const SacRect *p, const SacRoc *roc)
{
  double last_x = -10, last_y = -10;

  for (guint i = 0; i < roc->n_points; i++)
    {
      double x = p->x + roc->fpr[i] * p->width, y = p->y + (1 - roc->tpr[i]) * p->height;

      /* Steps far below a pixel add nothing; a curve of a million clips stays cheap. */
      if (i > 0 && i + 1 < roc->n_points && fabs (x - last_x) < 0.25 && fabs (y - last_y) < 0.25)
        continue;
      if (i == 0)
        cairo_move_to (cr, x, y);
      else
        cairo_line_to (cr, x, y);
      last_x = x;
      last_y = y;
    }
}

void
sac_roc_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title, const SacRocCurve *curves, guint n)
{
  SacText text;
  Layout l;
  const SacRect *p = &l.plot;
  double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.72 };

  if (width < 2 || height < 2)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  layout_roc (&l, &text, width, height, title, curves, n);
  cairo_set_line_width (cr, 1);
  if (p->width > 4 * text.size)
    for (guint i = 1; i < l.n_ticks; i++)
      {
        double at = i / (double) (l.n_ticks - 1);

        _sac_hline (cr, p->x, p->x + p->width, p->y + (1 - at) * p->height);
        _sac_vline (cr, p->x + at * p->width, p->y, p->y + p->height);
      }
  _sac_source (cr, style->faint, 0.8);
  cairo_stroke (cr);
  _sac_hline (cr, p->x, p->x + p->width, p->y + p->height);
  _sac_vline (cr, p->x, p->y, p->y + p->height);
  _sac_source (cr, style->ink, 0.4);
  cairo_stroke (cr);
  cairo_move_to (cr, p->x, p->y + p->height);
  cairo_line_to (cr, p->x + p->width, p->y);
  cairo_set_dash (cr, (double[]) { 4, 4 }, 2, 0);
  _sac_source (cr, style->ink, 0.45);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);

  if (!isnan (l.ticks_y))
    for (guint i = 0; i < l.n_ticks; i++)
      {
        double at = i / (double) (l.n_ticks - 1);

        _sac_text_set (&text, l.ticks[i], 0.88, FALSE, 0);
        _sac_text_show (&text, cr, p->x + at * p->width, l.ticks_y, 0.5, 0.5, soft);
        _sac_text_show (&text, cr, p->x - text.size * 0.5, p->y + (1 - at) * p->height, 1, 0.5, soft);
      }
  if (!isnan (l.x_name_y))
    {
      _sac_text_set (&text, _("False positive rate"), 0.92, FALSE, p->width);
      _sac_text_show (&text, cr, p->x + p->width / 2, l.x_name_y, 0.5, 0.5, soft);
      cairo_save (cr);
      cairo_translate (cr, l.y_name_x, p->y + p->height / 2);
      cairo_rotate (cr, -G_PI_2);
      _sac_text_set (&text, _("True positive rate"), 0.92, FALSE, p->height);
      _sac_text_show (&text, cr, 0, 0, 0.5, 0.5, soft);
      cairo_restore (cr);
    }
  if (!isnan (l.title_y))
    {
      _sac_text_set (&text, title, 1.05, TRUE, width - text.size * 1.4);
      _sac_text_show (&text, cr, text.size * 0.7, l.title_y, 0, 0.5, style->ink);
    }
  _sac_legend_draw (&l.legend, &text, cr, l.legend_x, l.legend_y, style, FALSE);

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (guint c = 0; c < n; c++)
    {
      const SacRoc *roc = curves[c].roc;
      double colour[4];

      if (!roc || isnan (roc->auc))
        continue;
      _sac_curve_colour (curves[c].colour, c, colour);
      if (n == 1)               /* alone: the area is what the AUC measures */
        {
          roc_path (cr, p, roc);
          cairo_line_to (cr, p->x + p->width, p->y + p->height);
          cairo_close_path (cr);
          _sac_source (cr, colour, 0.1);
          cairo_fill (cr);
        }
      roc_path (cr, p, roc);
      cairo_set_line_width (cr, 2);
      _sac_source (cr, colour, 1);
      cairo_stroke (cr);
    }
  if (n == 1 && (!curves[0].roc || isnan (curves[0].roc->auc)) && p->height > 3 * text.size)
    {
      _sac_text_set (&text, _("undefined"), 1, FALSE, p->width);
      _sac_text_show (&text, cr, p->x + p->width / 2, p->y + p->height / 2, 0.5, 0.5, soft);
    }
  g_free (l.entries);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_roc_pick (double width, double height, const SacStyle *style, const char *title, const SacRocCurve *curves, guint n, double x_px,
              double y_px, guint *curve, guint *point)
{
  double best = 12 * 12;
  gboolean found = FALSE;
  SacText text;
  Layout l;

  _sac_text_init (&text, style);
  layout_roc (&l, &text, width, height, title, curves, n);
  _sac_text_clear (&text);
  g_free (l.entries);
  for (guint c = 0; c < n; c++)
    for (guint i = 0; curves[c].roc && !isnan (curves[c].roc->auc) && i < curves[c].roc->n_points; i++)
      {
        double dx = l.plot.x + curves[c].roc->fpr[i] * l.plot.width - x_px;
        double dy = l.plot.y + (1 - curves[c].roc->tpr[i]) * l.plot.height - y_px;

        if (dx * dx + dy * dy > best)
          continue;
        best = dx * dx + dy * dy;
        *curve = c;
        *point = i;
        found = TRUE;
      }
  return found;
}
