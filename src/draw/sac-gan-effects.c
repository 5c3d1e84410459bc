#include "sac-gan-effects.h"

#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

static const char *const gate_names[4] = { "cutoff", "through", "positive", "negative" };
static const guint gate_order[4] = { 1, 2, 3, 0 };      /* from above */

static void
colour_of (guint gate, const SacStyle *style, double rgba[4])
{
  sac_gan_picture_gate_colour (gate, style, rgba);
  if (gate == 0)
    rgba[3] = 0.55;
}

double
sac_gan_effects_height (const SacStyle *style, const SacGanEffects *effects)
{
  double size = style->font_px > 0 ? style->font_px : 13;

  return ceil (size * 3.6 + effects->n_edges * size * 2.5);
}

/* The ends of all intervals; FALSE where there is nothing to show. */
static gboolean
find_range (const SacGanEffects *effects, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (guint e = 0; e < effects->n_edges; e++)
    for (guint g = 0; g < 4; g++)
      {
        const SacGanEffect *one = &effects->effects[e][g];

        if (one->n == 0 || !isfinite (one->mean))
          continue;
        *low = MIN (*low, isfinite (one->low) ? one->low : one->mean);
        *high = MAX (*high, isfinite (one->high) ? one->high : one->mean);
      }
  if (!(*low <= *high))
    return FALSE;
  *low -= 0.03 * (*high - *low) + 1e-9;
  *high += 0.03 * (*high - *low) + 1e-9;
  return TRUE;
}

/* Which gates the best have, side by side as their shares. */
static void
draw_best (cairo_t *cr, const SacRect *bar, const SacStyle *style, const SacGanEffects *effects, guint edge)
{
  double x = bar->x;

  for (guint i = 0; effects->n_best && i < 4; i++)
    {
      double width = bar->width * effects->effects[edge][gate_order[i]].best / effects->n_best, colour[4];

      colour_of (gate_order[i], style, colour);
      _sac_source (cr, colour, gate_order[i] == 0 ? 0.35 : 0.85);
      cairo_rectangle (cr, x, bar->y, width, bar->height);
      cairo_fill (cr);
      x += width;
    }
}

void
sac_gan_effects_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacGanEffects *effects)
{
  double low, high, left, right, top, bottom, row, names = 0;
  SacRect bar;
  SacTicks ticks;
  SacText text;

  if (width < 120 || height < 40 || effects->n_edges == 0)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  for (guint e = 0; e < effects->n_edges; e++)
    {
      _sac_text_set (&text, effects->edges[e], 1, FALSE, 0);
      names = MAX (names, _sac_text_width (&text));
    }
  left = names + 1.2 * text.size;
  bar.width = MAX (width * 0.25, 40);
  bar.x = width - bar.width - 4;
  right = bar.x - 2 * text.size;
  top = 1.7 * text.size;
  bottom = height - 1.7 * text.size;
  row = (bottom - top) / effects->n_edges;
  _sac_text_set (&text, effects->outcome, 0.92, TRUE, right - left);
  _sac_text_show (&text, cr, left, top / 2, 0, 0.5, style->ink);
  _sac_text_set (&text, effects->best_words, 0.92, TRUE, bar.width);
  _sac_text_show (&text, cr, bar.x, top / 2, 0, 0.5, style->ink);
  if (find_range (effects, &low, &high))
    {
      _sac_ticks_linear (&ticks, low, high, (guint) CLAMP ((right - left) / (3.2 * text.size), 3, 8));
      cairo_set_line_width (cr, 1);
      for (guint i = 0; i < ticks.n; i++)
        {
          double x = left + (ticks.tick[i].at - low) / (high - low) * (right - left);

          _sac_vline (cr, x, top, bottom);
          _sac_source (cr, style->faint, 1);
          cairo_stroke (cr);
          _sac_text_set (&text, ticks.tick[i].text, 0.88, FALSE, 0);
          _sac_text_show (&text, cr, x, bottom + 0.8 * text.size, 0.5, 0.5, style->ink);
        }
    }
  for (guint e = 0; e < effects->n_edges; e++)
    {
      double y0 = top + row * e;

      if (e % 2 == 0)
        {
          cairo_rectangle (cr, 0, y0, width, row);
          _sac_source (cr, style->ink, 0.04);
          cairo_fill (cr);
        }
      _sac_text_set (&text, effects->edges[e], 1, FALSE, 0);
      _sac_text_show (&text, cr, 4, y0 + row / 2, 0, 0.5, style->ink);
      for (guint i = 0; i < 4; i++)
        {
          const SacGanEffect *one = &effects->effects[e][gate_order[i]];
          double y = y0 + row * (0.2 + 0.2 * i), colour[4], x;

          if (one->n == 0 || !isfinite (one->mean))
            continue;
          colour_of (gate_order[i], style, colour);
          _sac_source (cr, colour, 1);
          x = left + (one->mean - low) / (high - low) * (right - left);
          if (isfinite (one->low) && isfinite (one->high))
            {
              cairo_set_line_width (cr, MAX (row / 16, 1.5));
              cairo_move_to (cr, left + (one->low - low) / (high - low) * (right - left), y);
              cairo_line_to (cr, left + (one->high - low) / (high - low) * (right - left), y);
              cairo_stroke (cr);
            }
          cairo_new_sub_path (cr);
          cairo_arc (cr, x, y, CLAMP (row / 9, 2, 4), 0, 2 * G_PI);
          cairo_fill (cr);
        }
      bar.y = y0 + row * 0.2;
      bar.height = row * 0.6;
      draw_best (cr, &bar, style, effects, e);
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}

static void
append_number (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, '\t');
  if (isfinite (value))
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.6g", value));
}

char *
sac_gan_effects_dup_text (const SacGanEffects *effects)
{
  GString *text = g_string_new ("edge\tgate\ttrials\tmean\tlow\thigh\tamong the best\n");

  for (guint e = 0; e < effects->n_edges; e++)
    for (guint i = 0; i < 4; i++)
      {
        const SacGanEffect *one = &effects->effects[e][gate_order[i]];

        g_string_append_printf (text, "%s\t%s\t%u", effects->edges[e], gate_names[gate_order[i]], one->n);
        append_number (text, one->mean);
        append_number (text, one->low);
        append_number (text, one->high);
        g_string_append_printf (text, "\t%u\n", one->best);
      }
  return g_string_free (text, FALSE);
}

void
sac_gan_overlay_draw (cairo_t *cr, double width, double height, const SacStyle *style, guint k, const guint8 *const *graphs, guint n)
{
  SacStyle plain = *style;
  SacGanPicture picture;
  double alpha = n > 0 ? 1 - pow (0.1, 1.0 / n) : 1;    /* what all have is nine tenths opaque */

  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  plain.paper[3] = 0;
  for (guint i = 0; i < n; i++)
    {
      sac_gan_picture_init (&picture, k, graphs[i]);
      picture.bare = TRUE;
      picture.tau = 0.5;
      cairo_push_group (cr);
      sac_gan_picture_draw (cr, width, height, &plain, &picture);
      cairo_pop_group_to_source (cr);
      cairo_paint_with_alpha (cr, alpha);
    }
  sac_gan_picture_init (&picture, k, NULL);
  sac_gan_picture_draw (cr, width, height, &plain, &picture);
  cairo_restore (cr);
}
