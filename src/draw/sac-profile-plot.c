/* Profiles: horizontal bars, one an op or a layer. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

/* A bar, or two of one layer. */
typedef struct {
  const char *name;
  char *own_name;               /* where @name is made here */
  SacProfileRow part[2];        /* forward, backward; words are not used */
} Line;

typedef struct {
  SacProfile *sum;
  GArray *lines;                /* Line */
  gboolean pairs;
  double longest;               /* seconds of the longest bar */
  SacRect plot;
  double step;                  /* from line to line */
  double label_max, legend_y;
  SacLegendEntry entries[SAC_N_BOUNDS];
  SacLegend legend;
  SacTicks ticks;
} Layout;

static double
line_seconds (const Line *line)
{
  return line->part[0].seconds + line->part[1].seconds;
}

static void
add_part (SacProfileRow *sum, const SacProfileRow *row)
{
  sum->count += row->count;
  sum->seconds += row->seconds;
  sum->flops += row->flops;
  sum->bytes += row->bytes;
  sum->least += row->least;
  for (guint b = 0; b < SAC_N_BOUNDS; b++)
    sum->by_bound[b] += row->by_bound[b];
}

static void
clear_line (gpointer data)
{
  g_free (((Line *) data)->own_name);
}

static Line
new_line (const SacProfileRow *row, SacProfileView view)
{
  Line line = { 0 };

  if (view == SAC_PROFILE_BY_LAYER)
    line.name = *row->layer ? row->layer : _("other");
  else
    line.name = line.own_name = g_strconcat (row->op, *row->variant ? ", " : "", row->variant, row->shapes, NULL);
  return line;
}

static Line *
find_line (GArray *lines, const char *name)
{
  for (guint i = 0; i < lines->len; i++)
    if (strcmp (g_array_index (lines, Line, i).name, name) == 0)
      return &g_array_index (lines, Line, i);
  return NULL;
}

/* Rows become lines: those of a layer share one, and so do all beyond plot->at_most. */
static void
make_lines (Layout *l, const SacProfilePlot *plot)
{
  guint most = MAX (plot->at_most, 2), n_rest = 0;

  l->sum = sac_profile_sum (plot->profile, plot->view, most);
  l->pairs = plot->view == SAC_PROFILE_BY_LAYER;
  l->lines = g_array_new (FALSE, TRUE, sizeof (Line));
  g_array_set_clear_func (l->lines, clear_line);
  for (guint i = 0; i < l->sum->rows->len; i++)
    {
      const SacProfileRow *row = sac_profile_get (l->sum, i);
      Line line = new_line (row, plot->view), *known = l->pairs ? find_line (l->lines, line.name) : NULL;

      if (known || l->lines->len == most)
        {
          clear_line (&line);
          n_rest += !known;
          known = known ? known : &g_array_index (l->lines, Line, most - 1);
        }
      else
        {
          g_array_append_val (l->lines, line);
          known = &g_array_index (l->lines, Line, l->lines->len - 1);
        }
      add_part (&known->part[l->pairs && row->backward], row);
    }
  if (n_rest > 0)
    {
      Line *last = &g_array_index (l->lines, Line, most - 1);

      clear_line (last);
      last->name = last->own_name = g_strdup_printf (ngettext ("%u more", "%u more", n_rest + 1), n_rest + 1);
    }
  for (guint i = 0; i < l->lines->len; i++)
    for (guint p = 0; p < 2; p++)
      l->longest = MAX (l->longest, g_array_index (l->lines, Line, i).part[p].seconds);
}

static void
line_text (const Line *line, char *text, gsize size)
{
  char ms[32];
  double seconds = line_seconds (line), least = line->part[0].least + line->part[1].least;

  _sac_format_number (seconds * 1e3, 3, ms, sizeof ms);
  if (least > 0)
    g_snprintf (text, size, "%s ms · %.0f %%", ms, 100 * least / MAX (seconds, 1e-12));
  else
    g_snprintf (text, size, "%s ms", ms);
}

static void
layout_profile (Layout *l, SacText *text, double width, double height, const SacProfilePlot *plot)
{
  static const char *const names[SAC_N_BOUNDS] = { N_("Bound by neither"), N_("Bound by arithmetic"), N_("Bound by memory") };
  static const guint colours[SAC_N_BOUNDS] = { 6, 0, 1 };
  double font = text->size, line = _sac_text_line (text), left = font * 0.6, right = width - font * 0.6, top = font * 0.7, room = 0;

  memset (l, 0, sizeof *l);
  make_lines (l, plot);
  for (guint b = 0; b < SAC_N_BOUNDS; b++)
    {
      SacLegendEntry *entry = &l->entries[(b + SAC_N_BOUNDS - 1) % SAC_N_BOUNDS];

      entry->name = _(names[b]);
      sac_palette (colours[b], entry->colour);
    }
  l->legend_y = top;
  if (height > 8 * font && l->sum->peaks.flops_all > 0)
    _sac_legend_layout (&l->legend, text, l->entries, SAC_N_BOUNDS, right - left, 2 * line, FALSE);
  top += l->legend.height + (l->legend.n_shown ? font * 0.3 : 0);
  for (guint i = 0; i < l->lines->len; i++)
    {
      Line *one = &g_array_index (l->lines, Line, i);
      char words[64];

      _sac_text_set (text, one->name, 0.88, FALSE, 0);
      l->label_max = MAX (l->label_max, _sac_text_width (text));
      line_text (one, words, sizeof words);
      _sac_text_set (text, words, 0.8, FALSE, 0);
      room = MAX (room, _sac_text_width (text));
    }
  l->label_max = MIN (ceil (l->label_max) + 1, width * 0.4);
  left += l->label_max + font * 0.6;
  l->plot = (SacRect) { left, ceil (top), MAX (right - left - room - font * 0.8, 1), MAX (height - ceil (top) - line * 1.4, 1) };
  l->step = l->plot.height / MAX (l->lines->len, 1);
  _sac_ticks_linear (&l->ticks, 0, MAX (l->longest, 1e-9) * 1e3, (guint) CLAMP (l->plot.width / (5 * font), 2, 10));
}

static void
layout_clear (Layout *l)
{
  g_array_unref (l->lines);
  sac_profile_free (l->sum);
}

static double
place (const Layout *l, double seconds)
{
  return l->plot.x + seconds / MAX (l->longest, 1e-12) * l->plot.width;
}

/* Top and height of a line's bar, or of one of its two. */
static void
bar_place (const Layout *l, guint i, gboolean backward, double *y, double *height)
{
  double thick = MIN (l->step * (l->step < 8 ? 0.9 : 0.72), 26), top = l->plot.y + (i + 0.5) * l->step - thick / 2;

  *height = l->pairs ? thick * 0.47 : thick;
  *y = top + (l->pairs && backward ? thick * 0.53 : 0);
}

static void
draw_grid (cairo_t *cr, SacText *text, const Layout *l, const SacStyle *style)
{
  const SacRect *p = &l->plot;
  double soft[4] = { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.72 };

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < l->ticks.n; i++)
    _sac_vline (cr, place (l, l->ticks.tick[i].at * 1e-3), p->y, p->y + p->height);
  _sac_source (cr, style->faint, 0.85);
  cairo_stroke (cr);
  for (guint i = 0; i < l->ticks.n; i++)
    {
      g_autofree char *number = g_strdup_printf (i + 1 == l->ticks.n ? "%s ms" : "%s", l->ticks.tick[i].text);

      _sac_text_set (text, number, 0.8, FALSE, 0);
      _sac_text_show (text, cr, place (l, l->ticks.tick[i].at * 1e-3), p->y + p->height + _sac_text_line (text) * 0.65, 0.5, 0.5, soft);
    }
}

static void
draw_bar (cairo_t *cr, const Layout *l, guint i, gboolean backward)
{
  const SacProfileRow *part = &g_array_index (l->lines, Line, i).part[backward];
  guint entry = (sac_profile_row_get_bound (part) + SAC_N_BOUNDS - 1) % SAC_N_BOUNDS;
  double y, height, end = place (l, part->seconds), strong = place (l, MIN (part->least, part->seconds));

  if (part->seconds <= 0)
    return;
  bar_place (l, i, backward, &y, &height);
  if (l->sum->peaks.flops_all <= 0)
    strong = end;
  _sac_source (cr, l->entries[entry].colour, 0.34);
  cairo_rectangle (cr, strong, y, MAX (end - strong, 0), height);
  cairo_fill (cr);
  _sac_source (cr, l->entries[entry].colour, 0.95);
  cairo_rectangle (cr, l->plot.x, y, MAX (strong - l->plot.x, 0.5), height);
  cairo_fill (cr);
}

void
sac_profile_plot_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacProfilePlot *plot)
{
  SacText text;
  Layout l;
  guint every;

  if (width < 2 || height < 2)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  layout_profile (&l, &text, width, height, plot);
  draw_grid (cr, &text, &l, style);
  every = MAX (1, (guint) ceil (text.size * 1.05 / l.step));
  for (guint i = 0; i < l.lines->len; i++)
    {
      const Line *line = &g_array_index (l.lines, Line, i);
      double middle = l.plot.y + (i + 0.5) * l.step, end = place (&l, MAX (line->part[0].seconds, line->part[1].seconds));
      char words[64];

      draw_bar (cr, &l, i, FALSE);
      draw_bar (cr, &l, i, TRUE);
      if (i % every)
        continue;
      _sac_text_set (&text, line->name, 0.88, FALSE, l.label_max);
      _sac_text_show (&text, cr, l.plot.x - text.size * 0.6, middle, 1, 0.5, style->ink);
      line_text (line, words, sizeof words);
      _sac_text_set (&text, words, 0.8, FALSE, 0);
      _sac_text_show (&text, cr, end + text.size * 0.5, middle, 0, 0.5, style->ink);
    }
  cairo_set_line_width (cr, 1);
  _sac_vline (cr, l.plot.x, l.plot.y, l.plot.y + l.plot.height);
  _sac_source (cr, style->ink, 0.4);
  cairo_stroke (cr);
  _sac_legend_draw (&l.legend, &text, cr, text.size * 0.6, l.legend_y, style, TRUE);
  layout_clear (&l);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

double
sac_profile_plot_height (const SacStyle *style, const SacProfilePlot *plot)
{
  SacText text;
  Layout l = { 0 };
  double height;

  _sac_text_init (&text, style);
  make_lines (&l, plot);
  height = (l.lines->len * (l.pairs ? 1.45 : 1.35) + 3.4) * _sac_text_line (&text);
  layout_clear (&l);
  _sac_text_clear (&text);
  return ceil (height);
}

gboolean
sac_profile_plot_pick (double width, double height, const SacStyle *style, const SacProfilePlot *plot, double x_px, double y_px,
                       guint *bar, gboolean *backward)
{
  SacText text;
  Layout l;
  double at;
  gboolean inside;

  _sac_text_init (&text, style);
  layout_profile (&l, &text, width, height, plot);
  _sac_text_clear (&text);
  at = (y_px - l.plot.y) / l.step;
  inside = at >= 0 && at < l.lines->len && x_px >= 0 && x_px < width;
  if (inside && bar)
    *bar = (guint) at;
  if (inside && backward)
    *backward = l.pairs && at - floor (at) > 0.5;
  layout_clear (&l);
  return inside;
}

char *
sac_profile_plot_dup_text (const SacProfilePlot *plot)
{
  GString *out = g_string_new ("name\tms\tforward ms\tbackward ms\tshare of the peak\tGFLOP/s\tGB/s\n");
  Layout l = { 0 };

  make_lines (&l, plot);
  for (guint i = 0; i < l.lines->len; i++)
    {
      const Line *line = &g_array_index (l.lines, Line, i);
      const SacProfileRow *f = &line->part[0], *b = &line->part[1];
      double seconds = MAX (line_seconds (line), 1e-12);
      const double values[] = { seconds * 1e3, f->seconds * 1e3, b->seconds * 1e3, (f->least + b->least) / seconds,
                                (f->flops + b->flops) / seconds * 1e-9, (f->bytes + b->bytes) / seconds * 1e-9 };

      g_string_append (out, line->name);
      for (guint k = 0; k < G_N_ELEMENTS (values); k++)
        {
          char number[32];

          _sac_format_number (values[k], 4, number, sizeof number);
          g_string_append_printf (out, "\t%s", number);
        }
      g_string_append_c (out, '\n');
    }
  layout_clear (&l);
  return g_string_free (out, FALSE);
}
