/* Iterative stratification over groups, then moves and exchanges while they help. */
#include <string.h>

#include "split-private.h"

#define MAX_EXCHANGED 400       /* groups among which exchanges are tried: their number goes with the square */

typedef struct {
  const SacDivision *d;
  guint n_columns;              /* labels, then all clips */
  guint *total;                 /* per column */
  double *now;                  /* side × column */
  SacRandomKey key;
} State;

/* How far @side is from its share in one column after @change; the number of clips weighs as much as all labels together. */
static double
column_cost (const State *s, int side, guint column, double change)
{
  double total = s->total[column], off;

  if (total == 0)
    return 0;
  off = (s->now[(guint) side * s->n_columns + column] + change) / total - s->d->target[side];
  return off * off * (column + 1 == s->n_columns ? MAX (s->n_columns - 1, 1) : 1);
}

/* Change of cost when @group leaves @from (−1: from nowhere) for @to. */
static double
move_cost (const State *s, const SacSplitGroup *group, int from, int to)
{
  double cost = 0;

  for (guint i = 0; i < group->cells->len; i++)
    {
      const SacSplitCell *cell = &g_array_index (group->cells, SacSplitCell, i);
      double n = cell->n;

      cost += column_cost (s, to, cell->column, n) - column_cost (s, to, cell->column, 0);
      if (from >= 0)
        cost += column_cost (s, from, cell->column, -n) - column_cost (s, from, cell->column, 0);
    }
  return cost;
}

static void
move_group (State *s, SacSplitGroup *group, int to)
{
  for (guint i = 0; i < group->cells->len; i++)
    {
      const SacSplitCell *cell = &g_array_index (group->cells, SacSplitCell, i);

      if (group->side >= 0)
        s->now[(guint) group->side * s->n_columns + cell->column] -= cell->n;
      s->now[(guint) to * s->n_columns + cell->column] += cell->n;
    }
  group->side = to;
}

static guint
count_in (const SacSplitGroup *group, guint column)
{
  for (guint i = 0; i < group->cells->len; i++)
    if (g_array_index (group->cells, SacSplitCell, i).column == column)
      return g_array_index (group->cells, SacSplitCell, i).n;
  return 0;
}

static double
wanted (const State *s, guint side, guint column)
{
  return s->d->target[side] * s->total[column] - s->now[side * s->n_columns + column];
}

/* The side that wants @column most; among equals the one that wants most clips; then the draw. */
static int
choose_side (const State *s, guint column, guint draw)
{
  guint n_best = 0, best[64];

  for (guint side = 0; side < s->d->n_sides; side++)
    {
      double more;

      if (s->d->target[side] <= 0)
        continue;
      more = n_best ? wanted (s, side, column) - wanted (s, best[0], column) : 1;
      if (n_best && ABS (more) < 1e-9)
        more = wanted (s, side, s->n_columns - 1) - wanted (s, best[0], s->n_columns - 1);
      if (more > 1e-9)
        n_best = 0;
      if (more > -1e-9 && n_best < G_N_ELEMENTS (best))
        best[n_best++] = side;
    }
  return (int) best[n_best > 1 ? sac_random_below (s->key, G_MAXUINT32 + (guint64) draw, n_best) : 0];
}

/* Sechidis 2011, algorithm 1, with groups for examples: the label of which fewest are left is dealt out first. */
static void
stratify (State *s, GPtrArray *todo)
{
  g_autofree gint64 *left = g_new0 (gint64, s->n_columns);
  guint all = s->n_columns - 1;

  for (guint i = 0; i < todo->len; i++)
    {
      const SacSplitGroup *group = todo->pdata[i];

      for (guint k = 0; k < group->cells->len; k++)
        left[g_array_index (group->cells, SacSplitCell, k).column] += g_array_index (group->cells, SacSplitCell, k).n;
    }
  for (;;)
    {
      guint rarest = all;

      for (guint c = 0; c < all; c++)
        if (left[c] > 0 && (rarest == all || left[c] < left[rarest]))
          rarest = c;
      for (guint i = 0; i < todo->len; i++)
        {
          SacSplitGroup *group = todo->pdata[i];

          if (group->side >= 0 || (rarest != all && count_in (group, rarest) == 0))
            continue;
          move_group (s, group, choose_side (s, rarest, i));
          for (guint k = 0; k < group->cells->len; k++)
            left[g_array_index (group->cells, SacSplitCell, k).column] -= g_array_index (group->cells, SacSplitCell, k).n;
        }
      if (rarest == all)
        return;
    }
}

static guint
try_moves (State *s, GPtrArray *todo)
{
  guint moved = 0;

  for (guint i = 0; i < todo->len; i++)
    for (int side = 0; side < (int) s->d->n_sides; side++)
      {
        SacSplitGroup *group = todo->pdata[i];

        if (s->d->target[side] > 0 && side != group->side && move_cost (s, group, group->side, side) < -1e-12)
          {
            move_group (s, group, side);
            moved++;
          }
      }
  return moved;
}

static guint
try_exchanges (State *s, GPtrArray *todo)
{
  guint moved = 0;

  for (guint i = 0; i < todo->len; i++)
    for (guint j = i + 1; j < todo->len; j++)
      {
        SacSplitGroup *a = todo->pdata[i], *b = todo->pdata[j];
        int from = a->side, to = b->side;
        double cost;

        if (from == to)
          continue;
        cost = move_cost (s, a, from, to);
        move_group (s, a, to);
        cost += move_cost (s, b, to, from);
        if (cost < -1e-12)
          {
            move_group (s, b, from);
            moved++;
          }
        else
          move_group (s, a, from);
      }
  return moved;
}

/* A side that was asked for is not left empty while another can give. */
static void
fill_empty_sides (State *s, GPtrArray *todo)
{
  g_autofree guint *n_on = g_new0 (guint, s->d->n_sides);

  for (guint g = 0; g < s->d->groups->len; g++)
    n_on[((SacSplitGroup *) s->d->groups->pdata[g])->side]++;
  for (int side = (int) s->d->n_sides - 1; side >= 0; side--)
    if (s->d->target[side] > 0 && n_on[side] == 0)
      {
        SacSplitGroup *best = NULL;

        for (guint i = 0; i < todo->len; i++)
          {
            SacSplitGroup *group = todo->pdata[i];

            if (n_on[group->side] > 1
                && (!best || move_cost (s, group, group->side, side) < move_cost (s, best, best->side, side)))
              best = group;
          }
        if (!best)
          continue;
        n_on[best->side]--;
        n_on[side]++;
        move_group (s, best, side);
      }
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const SacSplitGroup *left = *(SacSplitGroup *const *) a, *right = *(SacSplitGroup *const *) b;

  return left->rows->len < right->rows->len ? 1 : left->rows->len > right->rows->len ? -1 : 0;
}

void
_sac_divide (const SacDivision *d, guint64 seed)
{
  guint n = d->groups->len, n_columns = d->n_labels + 1;
  g_autofree guint32 *order = g_new (guint32, n + 1);
  g_autofree guint *total = g_new0 (guint, n_columns);
  g_autofree double *now = g_new0 (double, n_columns * d->n_sides);
  g_autoptr (GPtrArray) todo = g_ptr_array_new ();
  State s = { d, n_columns, total, now, { seed, sac_random_stream (n, 0x5711, 0) } };

  for (guint i = 0; i < n; i++)
    {
      SacSplitGroup *group = d->groups->pdata[i];
      int side = group->side;

      order[i] = i;
      for (guint k = 0; k < group->cells->len; k++)
        total[g_array_index (group->cells, SacSplitCell, k).column] += g_array_index (group->cells, SacSplitCell, k).n;
      group->side = -1;
      if (side >= 0)
        move_group (&s, group, side);
    }
  if (n > 1)
    sac_random_shuffle (s.key, order, n);
  for (guint i = 0; i < n; i++)
    if (!((SacSplitGroup *) d->groups->pdata[order[i]])->fixed)
      g_ptr_array_add (todo, d->groups->pdata[order[i]]);
  g_ptr_array_sort (todo, by_size);     /* stable: the draw decides among equals */
  stratify (&s, todo);
  for (guint pass = 0, moved = 1; moved && pass < 8; pass++)
    {
      moved = try_moves (&s, todo);
      if (todo->len <= MAX_EXCHANGED)
        moved += try_exchanges (&s, todo);
    }
  fill_empty_sides (&s, todo);
}
