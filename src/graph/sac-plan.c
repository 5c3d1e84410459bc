/* Memory by last use and hazards by byte ranges.  Both work on a list of steps in running order. */
#include "sac-graph-private.h"

typedef struct {
  gsize offset, n_bytes;
} Hole;

/* Free holes by offset; best fit; neighbours are merged when memory comes back. */
static gsize
take (GArray *holes, gsize *top, gsize n_bytes)
{
  guint best = holes->len;

  for (guint i = 0; i < holes->len; i++)
    if (g_array_index (holes, Hole, i).n_bytes >= n_bytes
        && (best == holes->len || g_array_index (holes, Hole, i).n_bytes < g_array_index (holes, Hole, best).n_bytes))
      best = i;
  if (best < holes->len)
    {
      Hole *hole = &g_array_index (holes, Hole, best);
      gsize offset = hole->offset;

      hole->offset += n_bytes;
      hole->n_bytes -= n_bytes;
      if (hole->n_bytes == 0)
        g_array_remove_index (holes, best);
      return offset;
    }
  /* the last hole may reach the top: stretch it instead of opening new ground behind it */
  if (holes->len > 0)
    {
      Hole last = g_array_index (holes, Hole, holes->len - 1);

      if (last.offset + last.n_bytes == *top)
        {
          g_array_set_size (holes, holes->len - 1);
          *top = last.offset + n_bytes;
          return last.offset;
        }
    }
  *top += n_bytes;
  return *top - n_bytes;
}

static void
give_back (GArray *holes, gsize offset, gsize n_bytes)
{
  guint at = 0;
  Hole hole = { offset, n_bytes };

  while (at < holes->len && g_array_index (holes, Hole, at).offset < offset)
    at++;
  g_array_insert_val (holes, at, hole);
  if (at + 1 < holes->len && offset + n_bytes == g_array_index (holes, Hole, at + 1).offset)
    {
      g_array_index (holes, Hole, at).n_bytes += g_array_index (holes, Hole, at + 1).n_bytes;
      g_array_remove_index (holes, at + 1);
    }
  if (at > 0 && g_array_index (holes, Hole, at - 1).offset + g_array_index (holes, Hole, at - 1).n_bytes == offset)
    {
      g_array_index (holes, Hole, at - 1).n_bytes += g_array_index (holes, Hole, at).n_bytes;
      g_array_remove_index (holes, at);
    }
}

gsize
_sac_plan_memory (SacLifetime *values, guint n, guint n_steps, gboolean shared)
{
  g_autoptr (GArray) holes = g_array_new (FALSE, FALSE, sizeof (Hole));
  g_autofree gboolean *taken_over = g_new0 (gboolean, n + 1);
  gsize top = 0;

  for (guint i = 0; i < n; i++)
    {
      values[i].n_bytes = (values[i].n_bytes + SAC_PLACE_ALIGN - 1) / SAC_PLACE_ALIGN * SAC_PLACE_ALIGN;
      if (values[i].takes_over >= 0)
        taken_over[values[i].takes_over] = TRUE;
    }
  /* values come ordered by the step that makes them */
  for (gint step = -1, next = 0; step < (gint) n_steps; step++)
    {
      for (; next < (gint) n && values[next].first == step; next++)
        values[next].offset = values[next].takes_over >= 0 ? values[values[next].takes_over].offset
                                                           : take (holes, &top, values[next].n_bytes);
      for (guint i = 0; shared && i < (guint) next; i++)
        if (values[i].last == step && !taken_over[i])
          give_back (holes, values[i].offset, values[i].n_bytes);
    }
  return top;
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
      out[n++] = (Range) { step->src[i].buffer, step->src[i].offset,
                           step->src[i].offset + sizeof (float) * sac_shape_count (step->src_shape[i]),
                           (op->mutates >> i & 1) != 0 };
  if (!op->mutates)
    out[n++] = (Range) { step->dst.buffer, step->dst.offset,
                         step->dst.offset + sizeof (float) * sac_shape_count (step->node.shape), TRUE };
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
