/* Which clips train, which validate, which test: whole groups to one side, labels as even as the groups allow. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

enum { TRAIN, VALIDATION, TEST, N_SIDES };

/* Clips that share footage must not part: without a group, the clips cut from one file are one. */
#define GROUP_OF(i) "coalesce ('g' || " i ".grp, 'm' || " i ".media)"

static gboolean
put_side (SacProject *self, SacId item, SacSplit side, GError **error)
{
  if (side == SAC_SPLIT_NONE)
    return _sac_run (self, error, "DELETE FROM splits WHERE item = ?", "i", item);
  return _sac_run (self, error, "INSERT INTO splits (item, side) VALUES (?, ?)"
                   " ON CONFLICT (item) DO UPDATE SET side = excluded.side WHERE side <> excluded.side", "in", item, (int) side);
}

gboolean
sac_project_set_split (SacProject *self, const SacId *items, guint n_items, SacSplit split, GError **error)
{
  static const char *const sides[] = { N_("no side"), N_("training"), N_("validation"), N_("test") };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  g_return_val_if_fail (split <= SAC_SPLIT_TEST, FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    if (!put_side (self, items[i], split, error))
      return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (ngettext ("Put %u clip into %s", "Put %u clips into %s", n_items), n_items, _(sides[split])),
                      error);
}

guint
sac_project_count_leaks (SacProject *self)
{
  gint64 n = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  _sac_lookup (self, &n, NULL, "SELECT count(*) FROM (SELECT 1 FROM items i JOIN splits s ON s.item = i.id GROUP BY " GROUP_OF ("i")
               " HAVING min (s.side) = 1 AND max (s.side) > 1)", NULL);
  return n;
}

/* ---- the division. */
typedef struct {
  GArray *items;                /* SacId */
  guint *counts;                /* of each label; the last one is the number of clips */
  guint size;
  int side;
  gboolean fixed;
} Group;

typedef struct {
  GPtrArray *groups;            /* Group */
  guint n_columns;              /* labels + 1 */
  double target[N_SIDES];       /* share of the clips */
  guint *total;                 /* per column */
  double *now;                  /* side × column */
} Division;

static void
group_free (Group *group)
{
  g_array_unref (group->items);
  g_free (group->counts);
  g_free (group);
}

/* How far @side is from its share in one column after @change; the number of clips weighs as much as all labels together. */
static double
column_cost (const Division *d, int side, guint column, double change)
{
  double total = d->total[column], off;

  if (total == 0)
    return 0;
  off = (d->now[side * d->n_columns + column] + change) / total - d->target[side];
  return off * off * (column + 1 == d->n_columns ? MAX (d->n_columns - 1, 1) : 1);
}

/* Change of cost when @group leaves @from (−1: from nowhere) for @to. */
static double
move_cost (const Division *d, const Group *group, int from, int to)
{
  double cost = 0;

  for (guint c = 0; c < d->n_columns; c++)
    {
      double n = group->counts[c];

      if (n == 0)
        continue;
      cost += column_cost (d, to, c, n) - column_cost (d, to, c, 0);
      if (from >= 0)
        cost += column_cost (d, from, c, -n) - column_cost (d, from, c, 0);
    }
  return cost;
}

static void
move_group (Division *d, Group *group, int to)
{
  for (guint c = 0; c < d->n_columns; c++)
    {
      if (group->side >= 0)
        d->now[group->side * d->n_columns + c] -= group->counts[c];
      d->now[to * d->n_columns + c] += group->counts[c];
    }
  group->side = to;
}

static guint
groups_on (const Division *d, int side)
{
  guint n = 0;

  for (guint g = 0; g < d->groups->len; g++)
    n += ((Group *) d->groups->pdata[g])->side == side;
  return n;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const Group *left = *(Group *const *) a, *right = *(Group *const *) b;

  return left->size < right->size ? 1 : left->size > right->size ? -1 : 0;
}

/* Biggest groups first to the side that gains most, then single moves and exchanges while they help. */
static void
divide (Division *d, guint64 seed, const gboolean open[N_SIDES])
{
  guint n = d->groups->len;
  g_autofree guint32 *order = g_new (guint32, n + 1);
  g_autoptr (GPtrArray) todo = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    order[i] = i;
  if (n > 1)
    sac_random_shuffle ((SacRandomKey) { seed, sac_random_stream (n, 0x5711, 0) }, order, n);
  for (guint i = 0; i < n; i++)
    if (!((Group *) d->groups->pdata[order[i]])->fixed)
      g_ptr_array_add (todo, d->groups->pdata[order[i]]);
  g_ptr_array_sort (todo, by_size);     /* stable: the draw decides among equals */

  for (guint i = 0; i < todo->len; i++)
    {
      int best = TRAIN;

      for (int side = TRAIN + 1; side < N_SIDES; side++)
        if (open[side] && move_cost (d, todo->pdata[i], -1, side) < move_cost (d, todo->pdata[i], -1, best))
          best = side;
      move_group (d, todo->pdata[i], best);
    }
  for (guint pass = 0, moved = 1; moved && pass < 8; pass++)
    {
      moved = 0;
      for (guint i = 0; i < todo->len; i++)
        for (int side = TRAIN; side < N_SIDES; side++)
          {
            Group *group = todo->pdata[i];

            if (open[side] && side != group->side && move_cost (d, group, group->side, side) < -1e-12)
              {
                move_group (d, group, side);
                moved++;
              }
          }
      for (guint i = 0; i < todo->len && todo->len <= 400; i++)
        for (guint j = i + 1; j < todo->len; j++)
          {
            Group *a = todo->pdata[i], *b = todo->pdata[j];
            int from = a->side, to = b->side;
            double cost;

            if (from == to)
              continue;
            cost = move_cost (d, a, from, to);
            move_group (d, a, to);
            cost += move_cost (d, b, to, from);
            if (cost < -1e-12)
              {
                move_group (d, b, from);
                moved++;
              }
            else
              move_group (d, a, from);
          }
    }
  /* A side that was asked for is not left empty while another can give. */
  for (int side = N_SIDES - 1; side >= TRAIN; side--)
    if (open[side] && d->target[side] > 0 && groups_on (d, side) == 0)
      {
        Group *best = NULL;

        for (guint i = 0; i < todo->len; i++)
          {
            Group *group = todo->pdata[i];

            if (groups_on (d, group->side) > 1
                && (!best || move_cost (d, group, group->side, side) < move_cost (d, best, best->side, side)))
              best = group;
          }
        if (best)
          move_group (d, best, side);
      }
}

static GHashTable *
read_labels_of_items (SacProject *self, GPtrArray *columns, GError **error)
{
  g_autoptr (GHashTable) by_item = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
  g_autoptr (GError) failed = NULL;

  for (guint c = 0; c < columns->len && !failed; c++)
    {
      SacLabel *label = columns->pdata[c];
      sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT item FROM clip_labels WHERE label = ? AND layer = ? AND state = 1", "in",
                                       label->id, SAC_STORE_PERSON);

      while (_sac_step (self, stmt, &failed))
        {
          gint64 item = sqlite3_column_int64 (stmt, 0);
          GArray *list = g_hash_table_lookup (by_item, &item);

          if (!list)
            {
              list = g_array_new (FALSE, FALSE, sizeof (guint));
              g_hash_table_insert (by_item, g_memdup2 (&item, sizeof item), list);
            }
          g_array_append_val (list, c);
        }
    }
  if (!failed)
    return g_steal_pointer (&by_item);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

static gboolean
read_groups (SacProject *self, const SacSplitSpec *spec, GPtrArray *labels, Division *d, GError **error)
{
  g_autoptr (GHashTable) by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) labels_of = read_labels_of_items (self, labels, error);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  if (!labels_of)
    return FALSE;
  /* By name, so that the same clips give the same division in another project. */
  stmt = _sac_query (self, &failed, "SELECT i.id, " GROUP_OF ("i") ", coalesce (s.side, 0) FROM items i JOIN media m ON m.id = i.media"
                     " LEFT JOIN splits s ON s.item = i.id WHERE m.problem IS NULL AND (m.flags & 1024) = 0 ORDER BY i.name", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacId id = sqlite3_column_int64 (stmt, 0);
      gboolean keep = spec->keep_test && sqlite3_column_int (stmt, 2) == SAC_SPLIT_TEST;
      g_autofree char *name = NULL;
      GArray *carried = g_hash_table_lookup (labels_of, &id);
      Group *group;

      if (spec->by_group)
        name = _sac_dup_column (stmt, 1);
      else
        name = g_strdup_printf ("%" G_GINT64_FORMAT, id);
      group = g_hash_table_lookup (by_name, name);
      if (!group)
        {
          group = g_new0 (Group, 1);
          group->items = g_array_new (FALSE, FALSE, sizeof (SacId));
          group->counts = g_new0 (guint, d->n_columns);
          group->side = -1;
          g_ptr_array_add (d->groups, group);
          g_hash_table_insert (by_name, g_steal_pointer (&name), group);
        }
      g_array_append_val (group->items, id);
      group->size++;
      group->counts[d->n_columns - 1]++;
      for (guint i = 0; carried && i < carried->len; i++)
        group->counts[g_array_index (carried, guint, i)]++;
      group->fixed |= keep;
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

gboolean
sac_project_split (SacProject *self, const SacSplitSpec *spec, GError **error)
{
  static const SacSplit side_of[N_SIDES] = { SAC_SPLIT_TRAIN, SAC_SPLIT_VALIDATION, SAC_SPLIT_TEST };
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) group_free);
  g_autofree guint *total = NULL;
  g_autofree double *now = NULL;
  gboolean open[N_SIDES] = { TRUE, spec->validation > 0, spec->test > 0 }, any_fixed = FALSE, good = TRUE;
  Division d = { .groups = groups };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!(spec->validation >= 0) || !(spec->test >= 0) || !(spec->validation + spec->test < 1))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID,
                   _("The shares of validation and test must be 0 or more and leave something for training"));
      return FALSE;
    }
  labels = sac_project_list_labels (self, error);
  if (!labels)
    return FALSE;
  d.n_columns = labels->len + 1;
  d.total = total = g_new0 (guint, d.n_columns);
  d.now = now = g_new0 (double, N_SIDES * d.n_columns);
  if (!read_groups (self, spec, labels, &d, error))
    return FALSE;
  if (groups->len == 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("The project holds no clips to divide"));
      return FALSE;
    }
  for (guint g = 0; g < groups->len; g++)
    any_fixed |= ((Group *) groups->pdata[g])->fixed;
  /* Kept test clips are out of the sum: the share of validation is of the rest, and nothing joins them. */
  if (any_fixed)
    open[TEST] = FALSE;
  for (guint g = 0; g < groups->len; g++)
    {
      Group *group = groups->pdata[g];

      if (group->fixed)
        group->side = TEST;
      for (guint c = 0; c < d.n_columns && !group->fixed; c++)
        total[c] += group->counts[c];
    }
  d.target[VALIDATION] = spec->validation;
  d.target[TEST] = open[TEST] ? spec->test : 0;
  d.target[TRAIN] = 1 - d.target[VALIDATION] - d.target[TEST];
  divide (&d, spec->seed, open);

  if (!_sac_begin (self, error))
    return FALSE;
  for (guint g = 0; g < groups->len && good; g++)
    {
      Group *group = groups->pdata[g];

      for (guint i = 0; i < group->items->len && good; i++)
        good = put_side (self, g_array_index (group->items, SacId, i), side_of[group->side], error);
    }
  if (!good)
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup (_("Divide the clips")), error);
}
