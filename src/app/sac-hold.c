#include "sac-hold.h"

typedef struct {
  gint64 from, to;              /* in the direction of playing */
  int direction;                /* 0: not known yet */
} Piece;

struct _SacHold {
  GArray *pieces;
  gint64 zone_in, zone_out;
};

static Piece *
last (const SacHold *self)
{
  return &g_array_index (self->pieces, Piece, self->pieces->len - 1);
}

SacHold *
sac_hold_new (gint64 at_ns, gint64 zone_in_ns, gint64 zone_out_ns)
{
  SacHold *self = g_new0 (SacHold, 1);
  Piece first = { at_ns, at_ns, 0 };

  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->zone_in = MIN (zone_in_ns, at_ns);
  self->zone_out = MAX (zone_out_ns, at_ns);
  g_array_append_val (self->pieces, first);
  return self;
}

void
sac_hold_free (SacHold *self)
{
  if (!self)
    return;
  g_array_unref (self->pieces);
  g_free (self);
}

gint64
sac_hold_get_from (const SacHold *self)
{
  return last (self)->from;
}

void
sac_hold_move (SacHold *self, gint64 at_ns, int direction, gint64 far_ns)
{
  Piece *now = last (self), next = { at_ns, at_ns, direction };
  gint64 step = (at_ns - now->to) * direction, left = direction > 0 ? self->zone_out - now->to : now->to - self->zone_in;
  gint64 entered = direction > 0 ? at_ns - self->zone_in : self->zone_out - at_ns;

  if (step == 0)
    return;
  if (now->direction == 0)
    now->direction = direction;
  if (step > 0 && step <= far_ns && now->direction == direction)
    {
      now->to = at_ns;
      return;
    }
  if (step < 0 && now->direction == direction && left >= 0 && left <= far_ns && entered >= 0 && entered <= far_ns)
    {                           /* round the loop: up to its end, and from its start */
      now->to = direction > 0 ? self->zone_out : self->zone_in;
      next.from = direction > 0 ? self->zone_in : self->zone_out;
    }
  else if (now->direction != direction && ABS (at_ns - now->to) <= far_ns)
    next.from = now->to;        /* turned round where it was */
  g_array_append_val (self->pieces, next);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const SacSpan *one = a, *other = b;

  return one->in_ns < other->in_ns ? -1 : one->in_ns > other->in_ns;
}

GArray *
sac_hold_end (const SacHold *self, gint64 late_ns)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (SacSpan));
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (SacSpan));
  gint64 late = late_ns;

  for (guint i = self->pieces->len; i-- > 0; )
    {
      Piece piece = g_array_index (self->pieces, Piece, i);
      int direction = piece.direction ? piece.direction : 1;
      gint64 length = (piece.to - piece.from) * direction;
      SacSpan span;

      if (i == 0)               /* its start is late as well */
        {
          piece.from = CLAMP (piece.from - direction * late_ns, self->zone_in, self->zone_out);
          length = (piece.to - piece.from) * direction;
        }
      if (length <= late)       /* all of it came after what was seen */
        {
          late -= MAX (length, 0);
          continue;
        }
      piece.to -= direction * late;
      late = 0;
      span = (SacSpan) { MIN (piece.from, piece.to), MAX (piece.from, piece.to) };
      g_array_append_val (spans, span);
    }
  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    {
      const SacSpan *span = &g_array_index (spans, SacSpan, i);
      SacSpan *before = joined->len ? &g_array_index (joined, SacSpan, joined->len - 1) : NULL;

      if (before && span->in_ns <= before->out_ns)
        before->out_ns = MAX (before->out_ns, span->out_ns);
      else
        g_array_append_val (joined, *span);
    }
  return joined;
}
