#include "sac-timeline.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-draw-private.h"

#define ROW_PX 24
#define RULER_PX 22
#define GRIP_PX 5
#define FAN 16                  /* marks below one entry of the next level */

struct _SacMarks {
  SacMark *marks;
  guint n;
  GPtrArray *levels;            /* gint64[]: level k holds the furthest out point of each FAN^(k+1) marks */
};

/* ---- marks. */
static int
by_in (gconstpointer a, gconstpointer b)
{
  const SacMark *x = a, *y = b;

  return x->in_ns != y->in_ns ? (x->in_ns > y->in_ns) - (x->in_ns < y->in_ns) : (x->id > y->id) - (x->id < y->id);
}

SacMarks *
sac_marks_new (const SacMark *marks, guint n)
{
  SacMarks *self = g_new0 (SacMarks, 1);
  guint below = n;

  self->n = n;
  self->marks = g_memdup2 (marks, n * sizeof *marks);
  if (n)
    qsort (self->marks, n, sizeof *marks, by_in);
  self->levels = g_ptr_array_new_with_free_func (g_free);
  while (below > 1)
    {
      const gint64 *last = self->levels->len ? self->levels->pdata[self->levels->len - 1] : NULL;
      guint size = (below + FAN - 1) / FAN;
      gint64 *level = g_new (gint64, size);

      for (guint i = 0; i < size; i++)
        {
          level[i] = G_MININT64;
          for (guint k = i * FAN; k < MIN ((i + 1) * FAN, below); k++)
            level[i] = MAX (level[i], last ? last[k] : self->marks[k].out_ns);
        }
      g_ptr_array_add (self->levels, level);
      below = size;
    }
  return self;
}

void
sac_marks_free (SacMarks *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->levels);
  g_free (self->marks);
  g_free (self);
}

guint
sac_marks_get_n (const SacMarks *self)
{
  return self ? self->n : 0;
}

const SacMark *
sac_marks_get (const SacMarks *self, guint i)
{
  return &self->marks[i];
}

guint
sac_marks_next (const SacMarks *self, guint from, gint64 ns)
{
  guint i = from, level = 0;

  /* Up while whole stretches end before @ns, and down into the first that does not. */
  while (i < self->n)
    {
      if (self->marks[i].out_ns > ns)
        return i;
      i++;
      for (level = 0; i < self->n; )
        {
          guint stretch = 1;

          for (guint k = 0; k <= level; k++)
            stretch *= FAN;
          if (i % stretch || level >= self->levels->len)
            break;
          if (((gint64 *) self->levels->pdata[level])[i / stretch] > ns)
            break;
          i += stretch;
          level += level + 1 < self->levels->len;
          if (i % (stretch * FAN))
            level = 0;
        }
    }
  return self->n;
}

/* The first mark that begins at @ns or later. */
static guint
first_from (const SacMarks *self, gint64 ns)
{
  guint low = 0, high = self->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->marks[middle].in_ns >= ns)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* The nearest in point is found by halving; only marks that lie between it and @ns can have a nearer out point. */
gboolean
sac_marks_edge (const SacMarks *self, gint64 ns, int step, gint64 *edge)
{
  guint next = step > 0 ? first_from (self, ns + 1) : first_from (self, ns);
  gboolean found = step > 0 ? next < self->n : next > 0;

  if (found)
    *edge = self->marks[step > 0 ? next : next - 1].in_ns;
  if (step > 0)
    for (guint i = sac_marks_next (self, 0, ns); i < next; i = sac_marks_next (self, i + 1, ns))
      {
        if (!found || self->marks[i].out_ns < *edge)
          *edge = self->marks[i].out_ns;
        found = TRUE;
      }
  else if (found)
    {
      gint64 from = *edge;

      for (guint i = sac_marks_next (self, 0, from); i < next; i = sac_marks_next (self, i + 1, from))
        if (self->marks[i].out_ns < ns)
          *edge = MAX (*edge, self->marks[i].out_ns);
    }
  return found;
}

/* ---- geometry. */
double
sac_timeline_left (double width)
{
  return CLAMP (width * 0.16, 60, 150);
}

double
sac_timeline_height (const SacStyle *style, guint n_rows)
{
  return RULER_PX + ROW_PX * MAX (n_rows, 1) + 4;
}

static double
x_of (double width, const SacTimeline *t, gint64 ns)
{
  double left = sac_timeline_left (width);

  return left + (double) (ns - t->from_ns) / (double) MAX (t->to_ns - t->from_ns, 1) * (width - left - 6);
}

static gint64
ns_at (double width, const SacTimeline *t, double x)
{
  double left = sac_timeline_left (width), share = (x - left) / MAX (width - left - 6, 1);
  gint64 ns = t->from_ns + (gint64) llround (share * (double) (t->to_ns - t->from_ns));

  return CLAMP (ns, 0, MAX (t->length_ns, 0));
}

/* ---- drawing. */
static void
source_of (cairo_t *cr, const SacMark *mark, double alpha)
{
  cairo_set_source_rgba (cr, (mark->colour >> 16 & 255) / 255.0, (mark->colour >> 8 & 255) / 255.0, (mark->colour & 255) / 255.0,
                         alpha * (mark->faint ? 0.45 : 1) * (mark->foreign ? 0.45 : 1));
}

static gboolean
is_fixed (const SacMark *mark)
{
  return mark->faint || mark->foreign;
}

static void
draw_wide (cairo_t *cr, const SacMark *mark, double x0, double x1, double y, const SacStyle *style, gboolean selected)
{
  double height = ROW_PX - 8;

  cairo_rectangle (cr, x0, y + 4, x1 - x0, height);
  source_of (cr, mark, 0.55);
  cairo_fill (cr);
  source_of (cr, mark, 1);
  cairo_rectangle (cr, x0, y + 4, MIN (2, x1 - x0), height);
  cairo_rectangle (cr, MAX (x1 - 2, x0), y + 4, MIN (2, x1 - x0), height);
  cairo_fill (cr);
  if (!selected)
    return;
  cairo_rectangle (cr, x0 - 1, y + 3, x1 - x0 + 2, height + 2);
  _sac_source (cr, style->ink, 0.9);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

/* Wide marks one by one; the others a pixel column at a time, so that the work is bounded by the width. */
static void
draw_marks (cairo_t *cr, double width, double y, const SacStyle *style, const SacTimeline *t, const SacMarks *marks)
{
  double left = sac_timeline_left (width), right = width - 6;
  guint n_wide = 0, most = (guint) MAX (4 * width, 100);
  guint i = sac_marks_next (marks, 0, t->from_ns);

  while (i < marks->n && marks->marks[i].in_ns < t->to_ns)
    {
      const SacMark *mark = &marks->marks[i];
      double x0 = CLAMP (x_of (width, t, mark->in_ns), left, right), x1 = CLAMP (x_of (width, t, mark->out_ns), left, right);

      if (x1 - x0 >= 2 && n_wide < most)
        {
          draw_wide (cr, mark, x0, x1, y, style, t->selected && mark->id == t->selected);
          n_wide++;
          i = sac_marks_next (marks, i + 1, t->from_ns);
        }
      else
        {
          double column = floor (x0);
          gint64 after = ns_at (width, t, column + 1);

          cairo_rectangle (cr, column, y + 4, MAX (1, ceil (x1) - column), ROW_PX - 8);
          source_of (cr, mark, 0.85);
          cairo_fill (cr);
          i = sac_marks_next (marks, i + 1, MAX (after, n_wide < most ? after : mark->out_ns));
        }
    }
}

static void
draw_curve (cairo_t *cr, double width, double y, const SacTimeline *t, const SacTimelineRow *row)
{
  double left = sac_timeline_left (width), right = width - 6, bottom = y + ROW_PX - 3, height = ROW_PX - 7;
  double per_px = (double) row->n_curve / (double) MAX (t->length_ns, 1) * (double) (t->to_ns - t->from_ns) / MAX (right - left, 1);
  double first = (double) t->from_ns / (double) MAX (t->length_ns, 1) * row->n_curve;

  cairo_move_to (cr, left, bottom);
  for (double x = left; x <= right; x++)        /* the highest value of each column */
    {
      gint a = (gint) floor (first + (x - left) * per_px), b = (gint) ceil (first + (x - left + 1) * per_px);
      float most = 0;

      for (gint k = MAX (a, 0); k < MIN (MAX (b, a + 1), (gint) row->n_curve); k++)
        most = row->curve[k] > most ? row->curve[k] : most;
      cairo_line_to (cr, x, bottom - height * CLAMP (most, 0, 1));
    }
  cairo_line_to (cr, right, bottom);
  cairo_close_path (cr);
  _sac_source (cr, row->colour, 0.35);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1);
  _sac_source (cr, row->colour, 0.9);
  cairo_stroke (cr);
}

static void
format_time (double seconds, double step, char *text, gsize size)
{
  guint whole = (guint) floor (seconds + 1e-9), decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  double rest = seconds - 60.0 * (whole / 60);

  if (whole >= 3600)
    g_snprintf (text, size, "%u:%02u:%02u", whole / 3600, whole / 60 % 60, whole % 60);
  else if (decimals == 0)
    g_snprintf (text, size, "%u:%02u", whole / 60, whole % 60);
  else
    g_snprintf (text, size, "%u:%0*.*f", whole / 60, (int) (3 + decimals), (int) decimals, MAX (rest, 0));
}

static void
draw_ruler (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeline *t, SacText *text)
{
  static const double steps[] = { 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
                                  3600, 7200, 18000, 36000, 86400 };
  double seconds = (double) (t->to_ns - t->from_ns) * 1e-9, room = width - sac_timeline_left (width) - 6;
  double step = steps[G_N_ELEMENTS (steps) - 1];

  for (guint s = G_N_ELEMENTS (steps); s-- > 0;)
    if (steps[s] / seconds * room >= 72)
      step = steps[s];
  for (double at = ceil ((double) t->from_ns * 1e-9 / step) * step; at <= (double) t->to_ns * 1e-9 + 1e-9; at += step)
    {
      double x = _sac_snap (cr, x_of (width, t, (gint64) llround (at * 1e9)), TRUE);
      char words[32];

      _sac_source (cr, style->faint, 1);
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, x, RULER_PX - 5);
      cairo_line_to (cr, x, height - 4);
      cairo_stroke (cr);
      format_time (at, step, words, sizeof words);
      _sac_text_set (text, words, 0.8, FALSE, 0);
      if (x + _sac_text_width (text) / 2 < width)
        _sac_text_show (text, cr, x, (RULER_PX - 6) / 2.0, 0.5, 0.5, style->ink);
    }
}

/* A mark that is being made: from @from_ns to the playhead, whichever comes first. */
static void
draw_growing (cairo_t *cr, double width, double y, const SacTimeline *t, const SacTimelineRow *row, gint64 from_ns, double alpha)
{
  double x0 = x_of (width, t, MIN (from_ns, t->playhead_ns)), x1 = x_of (width, t, MAX (from_ns, t->playhead_ns));

  cairo_rectangle (cr, x0, y + 4, MAX (x1 - x0, 2), ROW_PX - 8);
  _sac_source (cr, row->colour, alpha);
  cairo_fill (cr);
}

/* A small diamond a keyframe; of those that would lie on each other, one. */
static void
draw_points (cairo_t *cr, double width, double y, const SacStyle *style, const SacTimeline *t, const SacTimelineRow *row)
{
  double middle = y + ROW_PX / 2.0, last = -10;

  for (guint i = 0; i < row->n_points; i++)
    {
      double x = x_of (width, t, row->points[i]);

      if (x - last < 3 || x < sac_timeline_left (width) - 4 || x > width)
        continue;
      last = x;
      cairo_move_to (cr, x, middle - 5);
      cairo_line_to (cr, x + 4, middle);
      cairo_line_to (cr, x, middle + 5);
      cairo_line_to (cr, x - 4, middle);
      cairo_close_path (cr);
    }
  _sac_source (cr, style->ink, 1);
  cairo_set_line_width (cr, 1);
  cairo_fill (cr);
}

static void
draw_row (cairo_t *cr, double width, double y, const SacStyle *style, const SacTimeline *t, const SacTimelineRow *row, SacText *text)
{
  double left = sac_timeline_left (width);
  char number[16];

  if (row->chosen)
    {
      cairo_rectangle (cr, 0, y, width, ROW_PX);
      _sac_source (cr, style->accent, 0.10);
      cairo_fill (cr);
    }
  _sac_source (cr, style->faint, 1);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 0, _sac_snap (cr, y + ROW_PX, FALSE));
  cairo_line_to (cr, width, _sac_snap (cr, y + ROW_PX, FALSE));
  cairo_stroke (cr);
  if (row->colour[3] > 0 && !row->number)
    {
      cairo_rectangle (cr, 6, y + ROW_PX / 2.0 - 5, 10, 10);
      _sac_source (cr, row->colour, 1);
      cairo_fill (cr);
    }
  g_snprintf (number, sizeof number, "%u", row->number);
  _sac_text_set (text, row->number ? number : row->name ? row->name : "", 0.9, row->chosen,
                 row->curve || row->marks ? left - 28 : width - 28);    /* a row of words alone has all the room */
  _sac_text_show (text, cr, row->number ? 34 : 22, y + ROW_PX / 2.0, 0, 0.5, style->ink);
  cairo_save (cr);
  cairo_rectangle (cr, left, y, width - left - 6, ROW_PX);
  cairo_clip (cr);
  if (row->curve && row->n_curve)
    draw_curve (cr, width, y, t, row);
  if (row->marks)
    draw_marks (cr, width, y, style, t, row->marks);
  if (row->points)
    draw_points (cr, width, y, style, t, row);
  if (row->chosen && t->pending_ns >= 0)
    draw_growing (cr, width, y, t, row, t->pending_ns, 0.35);
  if (row->tagged)
    {
      cairo_rectangle (cr, left, y + ROW_PX - 3, width - left - 6, 2);
      _sac_source (cr, row->colour, 0.8);
      cairo_fill (cr);
    }
  if (t->ghost_out_ns > t->ghost_in_ns && row == &t->rows[t->ghost_row])
    {
      double x0 = x_of (width, t, t->ghost_in_ns), x1 = x_of (width, t, t->ghost_out_ns);

      cairo_rectangle (cr, x0, y + 4, MAX (x1 - x0, 2), ROW_PX - 8);
      _sac_source (cr, row->colour, 0.5);
      cairo_fill (cr);
    }
  if (row->growing)
    draw_growing (cr, width, y, t, row, row->growing_ns, 0.7);
  cairo_restore (cr);
}

void
sac_timeline_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeline *t)
{
  double x = _sac_snap (cr, x_of (width, t, t->playhead_ns), TRUE), left = sac_timeline_left (width);
  double seen_x0, seen_y0, seen_x1, seen_y1;
  SacText text;

  cairo_clip_extents (cr, &seen_x0, &seen_y0, &seen_x1, &seen_y1);
  cairo_save (cr);
  if (style->paper[3] > 0)
    {
      cairo_rectangle (cr, 0, 0, width, height);
      _sac_source (cr, style->paper, 1);
      cairo_fill (cr);
    }
  _sac_text_init (&text, style);
  cairo_save (cr);
  cairo_translate (cr, 0, t->scrolled_px);
  draw_ruler (cr, width, height - t->scrolled_px, style, t, &text);
  cairo_restore (cr);
  cairo_save (cr);
  cairo_rectangle (cr, 0, t->scrolled_px + RULER_PX, width, MAX (height - t->scrolled_px - RULER_PX, 0));
  cairo_clip (cr);
  for (guint r = 0; r < t->n_rows; r++)
    if (RULER_PX + ROW_PX * (r + 1.0) >= seen_y0 && RULER_PX + ROW_PX * (double) r <= seen_y1)
      draw_row (cr, width, RULER_PX + ROW_PX * r, style, t, &t->rows[r], &text);
  cairo_restore (cr);
  cairo_translate (cr, 0, t->scrolled_px);
  height -= t->scrolled_px;
  if (x >= left - 1 && x <= width)
    {
      _sac_source (cr, style->accent, 1);
      cairo_set_line_width (cr, 2);
      cairo_move_to (cr, x, RULER_PX - 6);
      cairo_line_to (cr, x, height - 2);
      cairo_stroke (cr);
      cairo_move_to (cr, x - 5, RULER_PX - 10);
      cairo_line_to (cr, x + 5, RULER_PX - 10);
      cairo_line_to (cr, x, RULER_PX - 3);
      cairo_close_path (cr);
      cairo_fill (cr);
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}

/* ---- pointing. */
SacTimelineHit
sac_timeline_pick (double width, double height, const SacStyle *style, const SacTimeline *t, double x, double y)
{
  SacTimelineHit hit = { .part = SAC_TIMELINE_NOTHING, .ns = ns_at (width, t, x) };
  const SacMarks *marks;
  double nearest = GRIP_PX + 0.5;

  if (y < 0 || y >= height || x < 0 || x >= width)
    return hit;
  if (y < t->scrolled_px)       /* scrolled out */
    return hit;
  if (y < t->scrolled_px + RULER_PX)
    hit.part = x < sac_timeline_left (width) - GRIP_PX ? SAC_TIMELINE_NOTHING : SAC_TIMELINE_RULER;
  if (y < t->scrolled_px + RULER_PX || (y - RULER_PX) / ROW_PX >= t->n_rows)
    return hit;
  hit.row = (guint) ((y - RULER_PX) / ROW_PX);
  hit.part = x < sac_timeline_left (width) - GRIP_PX ? SAC_TIMELINE_NAME : SAC_TIMELINE_ROW;
  marks = t->rows[hit.row].marks;
  if (hit.part == SAC_TIMELINE_NAME || !marks)
    return hit;
  for (guint i = sac_marks_next (marks, 0, ns_at (width, t, x - GRIP_PX) - 1), n = 0; i < marks->n && n < 10000;
       i = sac_marks_next (marks, i + 1, ns_at (width, t, x - GRIP_PX) - 1), n++)
    {
      double x0 = x_of (width, t, marks->marks[i].in_ns), x1 = x_of (width, t, marks->marks[i].out_ns);

      if (x0 > x + GRIP_PX)
        break;
      /* What can be edited lies above what cannot. */
      if (hit.part >= SAC_TIMELINE_MARK && is_fixed (&marks->marks[hit.mark]) != is_fixed (&marks->marks[i]))
        {
          if (is_fixed (&marks->marks[i]) || x < x0 - GRIP_PX || x > x1 + GRIP_PX)
            continue;
          hit.part = SAC_TIMELINE_ROW;
          nearest = GRIP_PX + 0.5;
        }
      /* In a narrow mark the middle still belongs to the mark. */
      if (fabs (x - x1) < nearest && (x1 - x0 >= 3 * GRIP_PX || x >= x1))
        nearest = fabs (x - x1), hit.part = SAC_TIMELINE_OUT, hit.mark = i;
      if (fabs (x - x0) < nearest && (x1 - x0 >= 3 * GRIP_PX || x <= x0))
        nearest = fabs (x - x0), hit.part = SAC_TIMELINE_IN, hit.mark = i;
      if (x >= x0 && x < x1 && hit.part == SAC_TIMELINE_ROW)
        hit.part = SAC_TIMELINE_MARK, hit.mark = i;
    }
  return hit;
}
