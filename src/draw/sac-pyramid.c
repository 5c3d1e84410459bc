#include "sac-pyramid.h"

#include <math.h>

#define FAN 4
#define MOST_LEVELS 16          /* 4^16 points */

/* The places of a block's lowest and highest point among all points; NONE where all are gaps. */
typedef struct {
  gsize low, high;
} Block;
#define NONE G_MAXSIZE

struct _SacPyramid {
  GArray *x, *y;                /* double */
  GArray *levels[MOST_LEVELS];  /* Block; a block of levels[k] holds FAN^(k+1) points, the last perhaps fewer */
};

SacPyramid *
sac_pyramid_new (void)
{
  SacPyramid *pyramid = g_new0 (SacPyramid, 1);

  pyramid->x = g_array_new (FALSE, FALSE, sizeof (double));
  pyramid->y = g_array_new (FALSE, FALSE, sizeof (double));
  return pyramid;
}

void
sac_pyramid_clear (SacPyramid *pyramid)
{
  g_array_set_size (pyramid->x, 0);
  g_array_set_size (pyramid->y, 0);
  for (guint k = 0; k < MOST_LEVELS; k++)
    g_clear_pointer (&pyramid->levels[k], g_array_unref);
}

void
sac_pyramid_free (SacPyramid *pyramid)
{
  if (!pyramid)
    return;
  sac_pyramid_clear (pyramid);
  g_array_unref (pyramid->x);
  g_array_unref (pyramid->y);
  g_free (pyramid);
}

static double
y_at (const SacPyramid *pyramid, gsize i)
{
  return g_array_index (pyramid->y, double, i);
}

gsize
sac_pyramid_get_n (const SacPyramid *pyramid)
{
  return pyramid->x->len;
}

const double *
sac_pyramid_get_x (const SacPyramid *pyramid)
{
  return (const double *) (gpointer) pyramid->x->data;
}

const double *
sac_pyramid_get_y (const SacPyramid *pyramid)
{
  return (const double *) (gpointer) pyramid->y->data;
}

static Block
point (const SacPyramid *pyramid, gsize i)
{
  return isnan (y_at (pyramid, i)) ? (Block) { NONE, NONE } : (Block) { i, i };
}

/* @block becomes part of block @at of level @k, which is the last one or the next. */
static void
fold (SacPyramid *pyramid, guint k, gsize at, Block block)
{
  Block *mine;

  if (at == pyramid->levels[k]->len)
    {
      g_array_append_val (pyramid->levels[k], block);
      return;
    }
  mine = &g_array_index (pyramid->levels[k], Block, at);
  if (block.low == NONE)
    return;
  if (mine->low == NONE || y_at (pyramid, block.low) < y_at (pyramid, mine->low))
    mine->low = block.low;
  if (mine->high == NONE || y_at (pyramid, block.high) > y_at (pyramid, mine->high))
    mine->high = block.high;
}

void
sac_pyramid_append (SacPyramid *pyramid, double x, double y)
{
  gsize i = pyramid->x->len;

  if (isnan (x) || (i > 0 && x < g_array_index (pyramid->x, double, i - 1)))
    return;
  g_array_append_val (pyramid->x, x);
  g_array_append_val (pyramid->y, y);
  for (guint k = 0; k < MOST_LEVELS; k++)
    {
      gsize below = k > 0 ? pyramid->levels[k - 1]->len : pyramid->x->len;

      if (pyramid->levels[k])
        {
          fold (pyramid, k, i >> (2 * (k + 1)), point (pyramid, i));
          continue;
        }
      if (below <= FAN)
        return;
      pyramid->levels[k] = g_array_new (FALSE, FALSE, sizeof (Block));
      for (gsize j = 0; j < below; j++)
        fold (pyramid, k, j / FAN, k > 0 ? g_array_index (pyramid->levels[k - 1], Block, j) : point (pyramid, j));
    }
}

/* The first point with x ≥ @x (@beyond: > @x). */
static gsize
bisect (const SacPyramid *pyramid, double x, gboolean beyond)
{
  gsize low = 0, high = pyramid->x->len;

  while (low < high)
    {
      gsize middle = (low + high) / 2;
      double there = g_array_index (pyramid->x, double, middle);

      if (there < x || (beyond && there == x))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
sac_pyramid_find (const SacPyramid *pyramid, double at, gsize *index)
{
  gsize i = bisect (pyramid, at, TRUE);

  while (i-- > 0)
    if (!isnan (y_at (pyramid, i)))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

typedef struct {
  const SacPyramid *pyramid;
  double *x, *y;
  gsize n;
} View;

static void
take (View *view, gsize i)
{
  view->x[view->n] = g_array_index (view->pyramid->x, double, i);
  view->y[view->n++] = y_at (view->pyramid, i);
}

/* Of the points @from … @to − 1. */
static Block
part (const SacPyramid *pyramid, gsize from, gsize to)
{
  Block block = { NONE, NONE };

  for (gsize i = from; i < to; i++)
    {
      if (isnan (y_at (pyramid, i)))
        continue;
      if (block.low == NONE || y_at (pyramid, i) < y_at (pyramid, block.low))
        block.low = i;
      if (block.high == NONE || y_at (pyramid, i) > y_at (pyramid, block.high))
        block.high = i;
    }
  return block;
}

gsize
sac_pyramid_view (const SacPyramid *pyramid, double x0, double x1, guint columns, double **x, double **y)
{
  gsize from = bisect (pyramid, x0, FALSE), to = bisect (pyramid, x1, TRUE), most = 4 * (gsize) MAX (columns, 1);
  View view = { pyramid };
  guint level = 0;
  gsize size;

  if (to < from)
    to = from;
  from -= from > 0;
  to += to < pyramid->x->len;
  size = 1;
  while ((to - from) / size > most && level < MOST_LEVELS && pyramid->levels[level])
    {
      size *= FAN;
      level++;
    }
  view.x = g_new (double, 2 * ((to - from) / size + 2 * FAN + 1));
  view.y = g_new (double, 2 * ((to - from) / size + 2 * FAN + 1));
  if (size == 1)
    for (gsize i = from; i < to; i++)
      take (&view, i);
  else
    {
      const GArray *blocks = pyramid->levels[level - 1];
      gsize first = from / size, last = (to - 1) / size;       /* the blocks at both ends may reach beyond the window */

      take (&view, from);
      for (gsize b = first; b <= last; b++)
        {
          Block block = b == first || b == last ? part (pyramid, MAX (b * size, from), MIN ((b + 1) * size, to))
                                                : g_array_index (blocks, Block, b);
          gsize one = MIN (block.low, block.high), other = MAX (block.low, block.high);

          if (block.low == NONE)
            {
              gsize gap = CLAMP (b * size, from + 1, to - 1);

              if (gap > from)
                {
                  take (&view, gap);
                  view.y[view.n - 1] = NAN;
                }
              continue;
            }
          if (one > from && one < to - 1)
            take (&view, one);
          if (other != one && other > from && other < to - 1)
            take (&view, other);
        }
      if (to - 1 > from)
        take (&view, to - 1);
    }
  *x = view.x;
  *y = view.y;
  return view.n;
}

SacPyramid *
sac_pyramid_smooth (const SacPyramid *pyramid, double smoothing)
{
  SacPyramid *smooth = sac_pyramid_new ();
  const double *x = sac_pyramid_get_x (pyramid), *y = sac_pyramid_get_y (pyramid);
  double mean = 0, weight = 0;

  for (gsize i = 0; i < pyramid->x->len; i++)
    {
      if (isnan (y[i]))
        {
          sac_pyramid_append (smooth, x[i], NAN);
          continue;
        }
      mean = smoothing * mean + (1 - smoothing) * y[i];
      weight = smoothing * weight + (1 - smoothing);
      sac_pyramid_append (smooth, x[i], weight > 0 ? mean / weight : y[i]);
    }
  return smooth;
}
