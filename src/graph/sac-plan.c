/* Memory by last use and hazards by byte ranges.  Both work on a list of steps in running order. */
#include "sac-graph-private.h"

typedef struct {
  gsize n_bytes, offset;
  gint first, last;
} Span;                         /* one piece of memory: a value and those that take its place over */

static int
larger_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const Span *spans = data, *x = &spans[*(const guint *) a], *y = &spans[*(const guint *) b];

  if (x->n_bytes != y->n_bytes)
    return x->n_bytes > y->n_bytes ? -1 : 1;
  return x->first != y->first ? (x->first < y->first ? -1 : 1) : x < y ? -1 : x > y;
}

/* Largest first, each into the tightest gap that is free for its whole life: large values come to lie densely, small ones
 * fill what is left.  Quadratic in the number of spans, of which a training step has some hundreds. */
static gsize
place_spans (Span *spans, guint n)
{
  g_autofree guint *order = g_new (guint, n + 1), *placed = g_new (guint, n + 1);
  gsize end = 0;

  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) n, sizeof *order, larger_first, spans);
  for (guint i = 0; i < n; i++)         /* placed[0…i) are ordered by offset */
    {
      Span *span = &spans[order[i]];
      gsize free_from = 0, best = G_MAXSIZE, best_room = G_MAXSIZE;
      guint at = i;

      for (guint k = 0; k < i; k++)
        {
          const Span *other = &spans[placed[k]];

          if (other->last < span->first || other->first > span->last)
            continue;
          if (other->offset >= free_from + span->n_bytes && other->offset - free_from < best_room)
            best = free_from, best_room = other->offset - free_from;
          free_from = MAX (free_from, other->offset + other->n_bytes);
        }
      span->offset = best != G_MAXSIZE ? best : free_from;
      end = MAX (end, span->offset + span->n_bytes);
      for (; at > 0 && spans[placed[at - 1]].offset > span->offset; at--)
        placed[at] = placed[at - 1];
      placed[at] = order[i];
    }
  return end;
}

gsize
_sac_plan_memory (SacLifetime *values, guint n, gboolean shared)
{
  g_autofree Span *spans = g_new0 (Span, n + 1);
  g_autofree guint *span_of = g_new0 (guint, n + 1);
  gsize end = 0;
  guint n_spans = 0;

  for (guint i = 0; i < n; i++)
    {
      SacLifetime *value = &values[i];

      value->n_bytes = (value->n_bytes + SAC_PLACE_ALIGN - 1) / SAC_PLACE_ALIGN * SAC_PLACE_ALIGN;
      span_of[i] = value->takes_over >= 0 ? span_of[value->takes_over] : n_spans;
      if (value->takes_over < 0)
        spans[n_spans++] = (Span) { .first = value->first };
      spans[span_of[i]].n_bytes = MAX (spans[span_of[i]].n_bytes, value->n_bytes);
      spans[span_of[i]].last = MAX (value->last, value->first);
    }
  if (shared)
    end = place_spans (spans, n_spans);
  else
    for (guint i = 0; i < n_spans; end += spans[i++].n_bytes)
      spans[i].offset = end;
  for (guint i = 0; i < n; i++)
    values[i].offset = spans[span_of[i]].offset;
  return end;
}

/* ---- hazards. */

typedef struct {
  guint buffer;
  gsize start, end;
  gboolean write;
} Range;

static gboolean
clashes (const GArray *ranges, const Range *r)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *other = &g_array_index (ranges, Range, i);

      if (other->buffer == r->buffer && (other->write || r->write) && other->start < r->end && r->start < other->end)
        return TRUE;
    }
  return FALSE;
}

static guint
step_ranges (const SacStep *step, Range out[SAC_MAX_SRC + 2])
{
  const SacOp *op = step->node.op;
  guint n = 0;

  for (guint i = 0; i < step->node.n_src; i++)
    if (step->node.src[i])
      out[n++] = (Range) { step->src[i].buffer, step->src[i].offset, step->src[i].offset + step->src_bytes[i],
                           (op->mutates >> i & 1) != 0 };
  if (!op->mutates)
    out[n++] = (Range) { step->dst.buffer, step->dst.offset, step->dst.offset + step->dst_bytes, TRUE };
  if (step->workspace_bytes > 0)
    out[n++] = (Range) { step->workspace.buffer, step->workspace.offset, step->workspace.offset + step->workspace_bytes, TRUE };
  return n;
}

guint
_sac_plan_hazards (SacStep *steps, guint n_steps)
{
  g_autoptr (GArray) since = g_array_new (FALSE, FALSE, sizeof (Range));
  guint n_barriers = 0;

  for (guint s = 0; s < n_steps; s++)
    {
      Range own[SAC_MAX_SRC + 2];
      guint n = step_ranges (&steps[s], own);

      steps[s].barrier = FALSE;
      for (guint i = 0; i < n && !steps[s].barrier; i++)
        steps[s].barrier = clashes (since, &own[i]);
      if (steps[s].barrier)
        {
          g_array_set_size (since, 0);
          n_barriers++;
        }
      g_array_append_vals (since, own, n);
    }
  return n_barriers;
}
