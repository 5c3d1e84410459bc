#include "sac-track.h"

#include <math.h>

/* The last keyframe at or before @frame; −1: none. */
static gint
key_before (const SacBox *boxes, guint n, guint frame)
{
  guint low = 0, high = n;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (boxes[middle].frame <= frame)
        low = middle + 1;
      else
        high = middle;
    }
  return (gint) low - 1;
}

/* What is said at @frame, object there or not; FALSE before the first keyframe. */
static gboolean
state_at (const SacBox *boxes, guint n, guint frame, SacBox *out)
{
  gint i = key_before (boxes, n, frame);
  const SacBox *a, *b;
  double f;

  if (i < 0)
    return FALSE;
  a = &boxes[i];
  *out = *a;
  out->frame = frame;
  out->keyframe = a->frame == frame;
  if (out->keyframe || (guint) i + 1 >= n || boxes[i + 1].outside || a->outside)
    return TRUE;
  b = &boxes[i + 1];
  f = (double) (frame - a->frame) / (b->frame - a->frame);
  out->x += f * (b->x - a->x);
  out->y += f * (b->y - a->y);
  out->width += f * (b->width - a->width);
  out->height += f * (b->height - a->height);
  return TRUE;
}

gboolean
sac_boxes_at (const SacBox *boxes, guint n, guint frame, SacBox *out)
{
  SacBox box;

  if (!state_at (boxes, n, frame, &box) || box.outside)
    return FALSE;
  *out = box;
  return TRUE;
}

gboolean
sac_boxes_widest_gap (const SacBox *boxes, guint n, guint *frame)
{
  guint widest = 1;

  for (guint i = 0; i + 1 < n; i++)
    if (!boxes[i].outside && boxes[i + 1].frame - boxes[i].frame > widest)
      {
        widest = boxes[i + 1].frame - boxes[i].frame;
        *frame = boxes[i].frame + widest / 2;
      }
  return widest > 1;
}

gboolean
sac_boxes_next_key (const SacBox *boxes, guint n, guint frame, int step, guint *to)
{
  gint i = key_before (boxes, n, frame);

  if (step > 0)
    i++;
  else if (i >= 0 && boxes[i].frame == frame)
    i--;
  if (i < 0 || (guint) i >= n)
    return FALSE;
  *to = boxes[i].frame;
  return TRUE;
}

static gboolean
same_box (const SacBox *a, const SacBox *b)
{
  return a->frame == b->frame && a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height
         && !a->occluded == !b->occluded && !a->outside == !b->outside;
}

gboolean
sac_boxes_put (GArray *boxes, const SacBox *box)
{
  SacBox key = *box;
  gint i = key_before ((SacBox *) (gpointer) boxes->data, boxes->len, box->frame);

  key.keyframe = TRUE;
  if (i >= 0 && g_array_index (boxes, SacBox, i).frame == box->frame)
    {
      if (same_box (&g_array_index (boxes, SacBox, i), &key))
        return FALSE;
      g_array_index (boxes, SacBox, i) = key;
    }
  else
    g_array_insert_val (boxes, i + 1, key);
  return TRUE;
}

gboolean
sac_boxes_remove_key (GArray *boxes, guint frame)
{
  gint i = key_before ((SacBox *) (gpointer) boxes->data, boxes->len, frame);

  if (boxes->len < 2 || i < 0 || g_array_index (boxes, SacBox, i).frame != frame)
    return FALSE;
  g_array_remove_index (boxes, i);
  return TRUE;
}

gboolean
sac_boxes_delete_frame (GArray *boxes, guint frame, guint n_frames)
{
  SacBox here, other;

  if (!sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame, &here))
    return FALSE;
  /* Its neighbours become keyframes, so that they stay where they are. */
  if (frame + 1 < n_frames && state_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame + 1, &other))
    sac_boxes_put (boxes, &other);
  if (frame > 0 && sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame - 1, &other))
    sac_boxes_put (boxes, &other);
  here.outside = TRUE;
  return sac_boxes_put (boxes, &here);
}

gboolean
sac_boxes_delete_from (GArray *boxes, guint frame)
{
  SacBox end, before;
  gboolean there = sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame, &end);
  gint last = key_before ((SacBox *) (gpointer) boxes->data, boxes->len, frame);
  guint n_keys = boxes->len;

  if (last < 0)
    {
      g_array_set_size (boxes, 0);
      return n_keys > 0;
    }
  if (there && frame > 0 && sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame - 1, &before))
    {
      sac_boxes_put (boxes, &before);
      last = key_before ((SacBox *) (gpointer) boxes->data, boxes->len, frame);
    }
  if ((guint) last + 1 < boxes->len)
    g_array_remove_range (boxes, last + 1, boxes->len - last - 1);
  if (!there)
    return boxes->len != n_keys;
  end.outside = TRUE;
  return sac_boxes_put (boxes, &end);
}

gboolean
sac_boxes_set_outside (GArray *boxes, guint frame, gboolean outside)
{
  SacBox here, before;

  if (!state_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame, &here) || !here.outside == !outside)
    return FALSE;
  if (outside && frame > 0 && sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame - 1, &before))
    sac_boxes_put (boxes, &before);
  here.outside = outside;
  return sac_boxes_put (boxes, &here);
}

gboolean
sac_boxes_set_occluded (GArray *boxes, guint frame, gboolean occluded)
{
  SacBox here;

  if (!sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, frame, &here) || !here.occluded == !occluded)
    return FALSE;
  here.occluded = occluded;
  return sac_boxes_put (boxes, &here);
}

gboolean
sac_boxes_propagate (GArray *boxes, guint from, guint to)
{
  SacBox box;
  gboolean changed;

  if (to <= from || !sac_boxes_at ((SacBox *) (gpointer) boxes->data, boxes->len, from, &box))
    return FALSE;
  changed = sac_boxes_put (boxes, &box);
  for (guint i = boxes->len; i-- > 0;)
    if (g_array_index (boxes, SacBox, i).frame > from && g_array_index (boxes, SacBox, i).frame < to)
      {
        g_array_remove_index (boxes, i);
        changed = TRUE;
      }
  box.frame = to;
  return sac_boxes_put (boxes, &box) || changed;
}

gboolean
sac_boxes_merge (GArray *boxes, const SacBox *other, guint n_other)
{
  guint first = boxes->len ? g_array_index (boxes, SacBox, 0).frame : G_MAXUINT;
  guint last = boxes->len ? g_array_index (boxes, SacBox, boxes->len - 1).frame : 0;
  gboolean changed = FALSE;

  for (guint i = 0; i < n_other; i++)
    if (other[i].frame < first || other[i].frame > last)
      changed |= sac_boxes_put (boxes, &other[i]);
  return changed;
}

/* How far @box is from what the line from @a to @b says, in units of what is allowed. */
static double
stray (const SacBox *a, const SacBox *b, const SacBox *box, double px, double share)
{
  double f = (double) (box->frame - a->frame) / (b->frame - a->frame);
  double allowed_x = MAX (px, share * box->width), allowed_y = MAX (px, share * box->height);
  double left = fabs (a->x + f * (b->x - a->x) - box->x), top = fabs (a->y + f * (b->y - a->y) - box->y);
  double right = fabs (a->x + a->width + f * (b->x + b->width - a->x - a->width) - box->x - box->width);
  double bottom = fabs (a->y + a->height + f * (b->y + b->height - a->y - a->height) - box->y - box->height);

  return MAX (MAX (left, right) / allowed_x, MAX (top, bottom) / allowed_y);
}

/* Douglas and Peucker's way, with a stack of its own: the box that strays most stays, and parts its stretch in two. */
gboolean
sac_boxes_thin (GArray *boxes, double px, double share)
{
  const SacBox *box = (const SacBox *) (gpointer) boxes->data;
  guint n = boxes->len, kept = 0;
  g_autofree gboolean *keep = g_new0 (gboolean, n + 1);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  guint start = 0;

  for (guint i = 0; i < n; i++)
    keep[i] = i == 0 || i + 1 == n || box[i].outside || box[i - 1].outside || box[i + 1].outside
              || !box[i].occluded != !box[i - 1].occluded;
  for (guint end = 1; end < n; end++)
    if (keep[end])
      {
        guint pair[2] = { start, end };

        g_array_append_vals (stack, pair, 2);
        start = end;
      }
  while (stack->len)
    {
      guint a = g_array_index (stack, guint, stack->len - 2), b = g_array_index (stack, guint, stack->len - 1), worst = 0;
      double most = 1;

      g_array_set_size (stack, stack->len - 2);
      for (guint i = a + 1; i < b; i++)
        {
          double d = stray (&box[a], &box[b], &box[i], px, share);

          if (d > most)
            {
              most = d;
              worst = i;
            }
        }
      if (worst)
        {
          guint pairs[4] = { a, worst, worst, b };

          keep[worst] = TRUE;
          g_array_append_vals (stack, pairs, 4);
        }
    }
  for (guint i = 0; i < n; i++)
    if (keep[i])
      g_array_index (boxes, SacBox, kept++) = g_array_index (boxes, SacBox, i);
  g_array_set_size (boxes, kept);
  return kept < n;
}

gboolean
sac_boxes_are_valid (const SacBox *boxes, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const SacBox *box = &boxes[i];

      if (!isfinite (box->x) || !isfinite (box->y) || !isfinite (box->width) || !isfinite (box->height) || box->width < 0
          || box->height < 0 || (i > 0 && box->frame <= boxes[i - 1].frame))
        return FALSE;
    }
  return TRUE;
}
