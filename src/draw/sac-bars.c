/* AUC bars: one group a label, one bar a run. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

typedef struct {
  SacRect plot;
  double legend_y, slot, bar, gap, slant;       /* slant: radians, 0 = level */
  gboolean ticks;
  guint every;                  /* every so many labels are written */
  double label_max;
  SacLegendEntry *entries;
  SacLegend legend;
} Layout;

static void
layout_bars (Layout *l, SacText *text, double width, double height, const SacBars *bars)
{
  double font = text->size, line = _sac_text_line (text), top = font * 0.7, bottom = height - font * 0.5, left = font * 0.6,
         right = width - font * 0.6, longest = 0;
  guint labels = MAX (bars->n_labels, 1), runs = MAX (bars->n_runs, 1);

  memset (l, 0, sizeof *l);
  l->entries = g_new0 (SacLegendEntry, bars->n_runs + 1);
  for (guint r = 0; r < bars->n_runs && bars->runs; r++)
    {
      l->entries[r].name = bars->runs[r];
      sac_palette (r, l->entries[r].colour);
    }
  l->legend_y = top;
  if (bars->runs && bars->n_runs > 1 && height > 9 * font)
    _sac_legend_layout (&l->legend, text, l->entries, bars->n_runs, right - left, height > 18 * font ? 2 * line : line, FALSE);
  top += l->legend.height + (l->legend.n_shown ? font * 0.4 : 0) + line;      /* a line for the numbers over full bars */
  l->ticks = width > 8 * font;
  if (l->ticks)
    {
      _sac_text_set (text, "0.5", 0.88, FALSE, 0);
      left += ceil (_sac_text_width (text)) + font * 0.55;
    }
  l->slot = MAX (right - left, 1) / labels;
  for (guint i = 0; i < bars->n_labels; i++)
    {
      _sac_text_set (text, bars->labels[i], 0.88, FALSE, 0);
      longest = MAX (longest, _sac_text_width (text));
    }
  l->every = 1;
  if (height < 5 * font)
    l->every = 0;
  else if (longest <= l->slot - font * 0.4)
    {
      l->label_max = l->slot;
      bottom -= line * 1.15;
    }
  else
    {
      /* Slanted texts lie side by side when their feet stand a line apart across the slant; steeper where they are many. */
      l->slant = (l->slot >= line * 0.85 / sin (G_PI / 5) ? 36 : 62) * G_PI / 180;
      l->label_max = MIN (longest, MIN (height * 0.4 / sin (l->slant), 14 * font)) + 1;
      l->every = MAX (1, (guint) ceil (line * 0.8 / sin (l->slant) / l->slot));
      bottom -= l->label_max * sin (l->slant) + line * 0.8;
      /* The first label leans out to the left. */
      left = MAX (left, l->label_max * cos (l->slant) - l->slot / 2 + font * 0.4);
      l->slot = MAX (right - left, 1) / labels;
    }
  l->plot = (SacRect) { left, ceil (top), MAX (right - left, 1), MAX (floor (bottom) - ceil (top), 1) };
  l->gap = runs > 1 && l->slot / runs > 7 ? 1 : 0;
  l->bar = MIN (l->slot * (labels == 1 ? 0.4 : l->slot < 6 ? 0.9 : 0.74) / runs, 46);
}

static double
bar_x (const Layout *l, const SacBars *bars, guint label, guint run)
{
  return l->plot.x + (label + 0.5) * l->slot + (run - bars->n_runs / 2.0) * l->bar;
}

static double
place (const Layout *l, double auc)
{
  return l->plot.y + (1 - CLAMP (auc, 0, 1)) * l->plot.height;
}

static void
draw_grid (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacBars *bars)
{
  const SacRect *p = &l->plot;
  double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.72 };
  guint steps = p->height > 9 * text->size ? 4 : 2;

  if (bars->selected >= 0 && (guint) bars->selected < bars->n_labels)
    {
      _sac_round_rect (cr, p->x + bars->selected * l->slot, p->y - text->size * 1.3, l->slot, p->height + text->size * 1.3, 4);
      _sac_source (cr, style->accent, 0.16);
      cairo_fill (cr);
    }
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i <= steps; i++)
    _sac_hline (cr, p->x, p->x + p->width, place (l, i / (double) steps));
  _sac_source (cr, style->faint, 0.85);
  cairo_stroke (cr);
  if (l->ticks)
    for (guint i = 0; i <= steps; i++)
      {
        char number[16];

        g_ascii_formatd (number, sizeof number, "%.2g", i / (double) steps);
        _sac_text_set (text, number, 0.88, FALSE, 0);
        _sac_text_show (text, cr, p->x - text->size * 0.5, place (l, i / (double) steps), 1, 0.5, soft);
      }
  /* What chance gives 19 times of 20. */
  if (bars->null_low && bars->null_high)
    {
      for (guint i = 0; i < bars->n_labels; i++)
        if (!isnan (bars->null_low[i]) && !isnan (bars->null_high[i]))
          {
            double high = place (l, bars->null_high[i]), low = place (l, bars->null_low[i]);

            cairo_rectangle (cr, p->x + i * l->slot + MIN (1, l->slot * 0.05), high, l->slot - 2 * MIN (1, l->slot * 0.05), low - high);
          }
      _sac_source (cr, style->ink, 0.09);
      cairo_fill (cr);
    }
  _sac_hline (cr, p->x, p->x + p->width, place (l, 0.5));
  cairo_set_dash (cr, (double[]) { 4, 4 }, 2, 0);
  _sac_source (cr, style->ink, 0.5);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_bars (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacBars *bars)
{
  gboolean numbers;

  _sac_text_set (text, "0.88", 0.8, FALSE, 0);
  numbers = _sac_text_width (text) + 1 <= l->bar && l->plot.height > 4 * text->size;
  for (guint r = 0; r < bars->n_runs; r++)
    {
      double colour[4];

      sac_palette (r, colour);
      cairo_set_line_width (cr, 1);
      for (guint i = 0; i < bars->n_labels; i++)
        {
          double auc = bars->auc[(gsize) r * bars->n_labels + i], x = bar_x (l, bars, i, r), width = MAX (l->bar - l->gap, 0.5);
          double top = place (l, auc);

          if (!isnan (auc))
            cairo_rectangle (cr, x + l->gap / 2, top, width, MAX (l->plot.y + l->plot.height - top, 1));
        }
      _sac_source (cr, colour, 0.92);
      cairo_fill (cr);
      for (guint i = 0; i < bars->n_labels; i++)
        if (isnan (bars->auc[(gsize) r * bars->n_labels + i]))
          {
            SacRect box = { bar_x (l, bars, i, r) + l->gap / 2, place (l, 0.5), MAX (l->bar - l->gap, 0.5), l->plot.height / 2 };

            _sac_hatch (cr, &box, 6);
            _sac_source (cr, style->ink, 0.45);
            cairo_stroke (cr);
            if (box.width > 3)
              {
                cairo_rectangle (cr, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 0.5);
                cairo_stroke (cr);
              }
          }
      for (guint i = 0; bars->low && bars->high && l->bar > 5 && i < bars->n_labels; i++)
        {
          gsize at = (gsize) r * bars->n_labels + i;

          if (!isnan (bars->low[at]))
            _sac_vline (cr, bar_x (l, bars, i, r) + l->bar / 2, place (l, bars->low[at]), place (l, bars->high[at]));
        }
      cairo_set_line_width (cr, 1.5);
      _sac_source (cr, style->ink, 0.75);
      cairo_stroke (cr);
      for (guint i = 0; numbers && i < bars->n_labels; i++)
        {
          double auc = bars->auc[(gsize) r * bars->n_labels + i];
          double top = bars->high && !isnan (auc) ? bars->high[(gsize) r * bars->n_labels + i] : auc;
          char number[16];

          if (isnan (auc))
            g_strlcpy (number, "–", sizeof number);
          else
            g_ascii_formatd (number, sizeof number, "%.2f", auc);
          _sac_text_set (text, number, 0.8, FALSE, 0);
          _sac_text_show (text, cr, bar_x (l, bars, i, r) + l->bar / 2, place (l, isnan (auc) ? 0.5 : MAX (auc, top)) - 4, 0.5, 1,
                          style->ink);
        }
    }
  cairo_set_line_width (cr, 1);
  _sac_hline (cr, l->plot.x, l->plot.x + l->plot.width, l->plot.y + l->plot.height);
  _sac_source (cr, style->ink, 0.4);
  cairo_stroke (cr);
}

static void
draw_labels (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style, const SacBars *bars)
{
  double line = _sac_text_line (text), bottom = l->plot.y + l->plot.height;

  for (guint i = 0; l->every && i < bars->n_labels; i++)
    {
      gboolean chosen = bars->selected == (gint) i;
      double x = l->plot.x + (i + 0.5) * l->slot;

      if (i % l->every && !chosen)
        continue;
      _sac_text_set (text, bars->labels[i], 0.88, chosen, l->label_max);
      if (l->slant == 0)
        {
          _sac_text_show (text, cr, x, bottom + line * 0.65, 0.5, 0.5, style->ink);
          continue;
        }
      /* An ellipsized layout reports its width, so the right end is the foot either way. */
      cairo_save (cr);
      cairo_translate (cr, x + text->size * 0.25, bottom + line * 0.45);
      cairo_rotate (cr, -l->slant);
      _sac_text_show (text, cr, 0, 0, 1, 0.5, style->ink);
      cairo_restore (cr);
    }
}

void
sac_bars_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacBars *bars)
{
  SacText text;
  Layout l;

  if (width < 2 || height < 2)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  layout_bars (&l, &text, width, height, bars);
  draw_grid (cr, &text, &l, style, bars);
  draw_bars (cr, &text, &l, style, bars);
  draw_labels (cr, &text, &l, style, bars);
  _sac_legend_draw (&l.legend, &text, cr, text.size * 0.6, l.legend_y, style, TRUE);
  g_free (l.entries);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_bars_pick (double width, double height, const SacStyle *style, const SacBars *bars, double x_px, double y_px,
               guint *label, guint *run)
{
  SacText text;
  Layout l;
  double at;
  int r;

  _sac_text_init (&text, style);
  layout_bars (&l, &text, width, height, bars);
  _sac_text_clear (&text);
  g_free (l.entries);
  at = (x_px - l.plot.x) / l.slot;
  if (!(at >= 0 && at < bars->n_labels) || y_px < l.plot.y - text.size * 1.4 || y_px > height || bars->n_runs == 0)
    return FALSE;
  r = (int) floor ((x_px - bar_x (&l, bars, (guint) at, 0)) / l.bar);
  if (label)
    *label = (guint) at;
  if (run)
    *run = CLAMP (r, 0, (int) bars->n_runs - 1);
  return TRUE;
}
