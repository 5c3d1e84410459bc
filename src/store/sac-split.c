/* Which clips train, which validate, which test: whole groups to one side, labels as even as the groups allow. */
#include <glib/gi18n.h>
#include <string.h>

#include "split-private.h"

/* Clips that share footage must not part: without a group, the clips cut from one file are one. */
#define GROUP_OF(i) "coalesce ('g' || " i ".grp, 'm' || " i ".media)"

static gboolean
put_side (SacProject *self, SacId item, SacSplit side, GError **error)
{
  if (side == SAC_SPLIT_NONE)
    return _sac_run (self, error, "DELETE FROM splits WHERE item = ?", "i", item);
  return _sac_run (self, error, "INSERT INTO splits (item, side) SELECT id, ?2 FROM items WHERE id = ?1"
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

/* ---- the plan. */
enum { TRAIN, VALIDATION, TEST, N_SIDES };
static const SacSplit side_of[N_SIDES] = { SAC_SPLIT_TRAIN, SAC_SPLIT_VALIDATION, SAC_SPLIT_TEST };

static void
group_free (gpointer data)
{
  SacSplitGroup *group = data;

  g_free (group->name);
  g_array_unref (group->rows);
  g_array_unref (group->cells);
  g_free (group);
}

void
sac_split_plan_free (SacSplitPlan *plan)
{
  if (!plan)
    return;
  g_clear_pointer (&plan->rows, g_array_unref);
  g_clear_pointer (&plan->groups, g_ptr_array_unref);
  g_clear_pointer (&plan->labels, g_ptr_array_unref);
  g_free (plan->counts);
  g_free (plan);
}

/* Item → array of the labels (columns) that it says yes to. */
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

/* ---- sets that grow together: groups that share a near-duplicate are one. */
static guint
root_of (guint *parent, guint i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

static void
join_rows (guint *parent, GPtrArray *rows, const SacDuplicates *join)
{
  g_autoptr (GHashTable) row_of = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < rows->len; i++)
    g_hash_table_insert (row_of, &((SacGroupedRow *) rows->pdata[i])->item, GUINT_TO_POINTER (i + 1));
  for (guint k = 0; k < join->pairs->len; k++)
    {
      const SacDuplicate *pair = &g_array_index (join->pairs, SacDuplicate, k);
      guint a = GPOINTER_TO_UINT (g_hash_table_lookup (row_of, &pair->a)), b = GPOINTER_TO_UINT (g_hash_table_lookup (row_of, &pair->b));

      if (a && b)
        {
          a = root_of (parent, a - 1);
          b = root_of (parent, b - 1);
          parent[MAX (a, b)] = MIN (a, b);      /* the first by name leads */
        }
    }
}

static void
count_label (SacSplitGroup *group, guint column)
{
  for (guint i = 0; i < group->cells->len; i++)
    if (g_array_index (group->cells, SacSplitCell, i).column == column)
      {
        g_array_index (group->cells, SacSplitCell, i).n++;
        return;
      }
  g_array_append_val (group->cells, ((SacSplitCell) { column, 1 }));
}

/* Rows → groups, in the order of their first clip's name; @group_of receives each row's group. */
static GPtrArray *
gather_groups (GPtrArray *rows, const SacDuplicates *join, GHashTable *labels_of, guint n_labels, guint *group_of)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func (group_free);
  g_autoptr (GHashTable) first = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint *parent = g_new (guint, rows->len + 1), *number = g_new0 (guint, rows->len + 1);

  for (guint i = 0; i < rows->len; i++)
    {
      char *name = ((SacGroupedRow *) rows->pdata[i])->group;
      gpointer known = g_hash_table_lookup (first, name);

      parent[i] = known ? GPOINTER_TO_UINT (known) - 1 : i;
      if (!known)
        g_hash_table_insert (first, name, GUINT_TO_POINTER (i + 1));
    }
  if (join)
    join_rows (parent, rows, join);
  for (guint i = 0; i < rows->len; i++)
    {
      SacGroupedRow *row = rows->pdata[i];
      guint root = root_of (parent, i);
      GArray *labels = labels_of ? g_hash_table_lookup (labels_of, &row->item) : NULL;
      SacSplitGroup *group;

      if (!number[root])
        {
          group = g_new0 (SacSplitGroup, 1);
          group->name = g_strdup (((SacGroupedRow *) rows->pdata[root])->group);
          g_strchug (group->name);
          group->rows = g_array_new (FALSE, FALSE, sizeof (guint));
          group->cells = g_array_new (FALSE, FALSE, sizeof (SacSplitCell));
          group->side = -1;
          g_ptr_array_add (groups, group);
          number[root] = groups->len;
        }
      group_of[i] = number[root] - 1;
      group = groups->pdata[group_of[i]];
      g_array_append_val (group->rows, i);
      count_label (group, n_labels);
      for (guint k = 0; labels && k < labels->len; k++)
        count_label (group, g_array_index (labels, guint, k));
    }
  return groups;
}

/* The side that a group stands on already: test if it has any, else the one with most clips; −1 none. */
static int
side_now (const SacSplitGroup *group, GPtrArray *rows)
{
  guint n[4] = { 0 };
  int best = -1;

  for (guint i = 0; i < group->rows->len; i++)
    n[((SacGroupedRow *) rows->pdata[g_array_index (group->rows, guint, i)])->was]++;
  if (n[SAC_SPLIT_TEST])
    return TEST;
  for (int side = TRAIN; side < N_SIDES; side++)
    if (n[side_of[side]] && (best < 0 || n[side_of[side]] > n[side_of[best]]))
      best = side;
  return best;
}

static void
divide_in_folds (const SacDivision *division, const SacSplitSpec *spec)
{
  g_autofree double *equal = g_new (double, spec->n_folds);
  SacDivision folds = *division, rest = *division;
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  const double shares[N_SIDES] = { 1 - spec->validation, spec->validation, 0 };

  for (guint i = 0; i < spec->n_folds; i++)
    equal[i] = 1.0 / spec->n_folds;
  folds.n_sides = spec->n_folds;
  folds.target = equal;
  _sac_divide (&folds, spec->seed);
  for (guint g = 0; g < division->groups->len; g++)
    {
      SacSplitGroup *group = division->groups->pdata[g];

      if (group->side == (int) spec->fold)
        {
          group->side = TEST;
          continue;
        }
      group->side = -1;
      g_ptr_array_add (others, group);
    }
  rest.groups = others;
  rest.target = shares;
  _sac_divide (&rest, spec->seed);
}

static void
divide_in_sides (const SacDivision *division, const SacSplitSpec *spec, GPtrArray *rows)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  double shares[N_SIDES] = { 0, spec->validation, spec->test };
  SacDivision rest = *division;

  for (guint g = 0; g < division->groups->len; g++)
    {
      SacSplitGroup *group = division->groups->pdata[g];
      int side = side_now (group, rows);

      if (spec->keep)
        {
          group->side = side;
          group->fixed = side >= 0;
        }
      else if (spec->keep_test && side == TEST)
        {
          /* Kept test clips are out of the sum: the share of validation is of the rest, and nothing joins them. */
          group->side = TEST;
          shares[TEST] = 0;
          continue;
        }
      g_ptr_array_add (open, group);
    }
  shares[TRAIN] = 1 - shares[VALIDATION] - shares[TEST];
  rest.groups = open;
  rest.target = shares;
  _sac_divide (&rest, spec->seed);
}

static gboolean
check_spec (const SacSplitSpec *spec, GError **error)
{
  gboolean folds = spec->n_folds > 0;
  double sum = spec->validation + (folds ? 0 : spec->test);

  if (!(spec->validation >= 0) || !(spec->test >= 0) || !(sum < 1))
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID,
                 _("The shares of validation and test must be 0 or more and leave something for training"));
  else if (folds && (spec->n_folds < 2 || spec->n_folds > SAC_SPLIT_MAX_FOLDS || spec->fold >= spec->n_folds))
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("There are 2 to %d folds, and the one for the test is among them"),
                 SAC_SPLIT_MAX_FOLDS);
  else
    return TRUE;
  return FALSE;
}

/* The rows of clips that carry one of the @k most frequent labels, which @labels become; borrowed from @all. */
static GPtrArray *
keep_top (SacProject *self, guint k, GPtrArray *all, GPtrArray **labels, GError **error)
{
  g_autoptr (SacTopLabels) top = sac_project_top_labels (self, k, error);
  g_autoptr (GHashTable) kept = g_hash_table_new (g_int64_hash, g_int64_equal);
  GPtrArray *rows;

  if (!top)
    return NULL;
  for (guint i = 0; i < top->clips->len; i++)
    g_hash_table_add (kept, &g_array_index (top->clips, SacId, i));
  rows = g_ptr_array_new ();
  for (guint i = 0; i < all->len; i++)
    if (g_hash_table_contains (kept, &((SacGroupedRow *) all->pdata[i])->item))
      g_ptr_array_add (rows, all->pdata[i]);
  g_ptr_array_unref (*labels);
  *labels = g_ptr_array_ref (top->labels);
  return rows;
}

/* A clip that is divided no longer keeps the name of its group. */
static guint
group_named (SacSplitPlan *plan, GHashTable *numbers, const char *name)
{
  gpointer known = g_hash_table_lookup (numbers, name);

  if (known)
    return GPOINTER_TO_UINT (known) - 1;
  g_ptr_array_add (plan->groups, g_strdup (name));
  g_hash_table_insert (numbers, plan->groups->pdata[plan->groups->len - 1], GUINT_TO_POINTER (plan->groups->len));
  return plan->groups->len - 1;
}

/* Rows, groups and labels; with @spec sides too, else those that are. */
static SacSplitPlan *
make_plan (SacProject *self, const SacGrouping *grouping, const SacSplitSpec *spec, GError **error)
{
  g_autoptr (SacSplitPlan) plan = g_new0 (SacSplitPlan, 1);
  g_autoptr (GPtrArray) all = NULL, rows = NULL, labels = NULL, groups = NULL;
  g_autoptr (GHashTable) labels_of = NULL, numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint *group_of = NULL, *last = NULL;
  guint k = 0;

  all = _sac_group_rows (self, grouping, spec == NULL, error);
  labels = all ? sac_project_list_labels (self, error) : NULL;
  rows = !labels ? NULL : spec && spec->top_k ? keep_top (self, spec->top_k, all, &labels, error) : g_ptr_array_ref (all);
  labels_of = rows ? read_labels_of_items (self, labels, error) : NULL;
  if (!labels_of)
    return NULL;
  if (spec && rows->len == 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, "%s",
                   all->len ? _("No clip carries a label") : _("The project holds no clips to divide"));
      return NULL;
    }
  group_of = g_new0 (guint, rows->len + 1);
  groups = gather_groups (rows, spec ? spec->join : NULL, spec && spec->ignore_labels ? NULL : labels_of, labels->len, group_of);
  if (spec)
    {
      SacDivision division = { groups, labels->len, N_SIDES, NULL };

      if (spec->n_folds)
        divide_in_folds (&division, spec);
      else
        divide_in_sides (&division, spec, rows);
    }
  plan->rows = g_array_sized_new (FALSE, FALSE, sizeof (SacSplitRow), rows->len);
  plan->groups = g_ptr_array_new_with_free_func (g_free);
  plan->labels = g_ptr_array_new_with_free_func (g_free);
  plan->counts = g_new0 (guint, (labels->len + 1) * 4);
  plan->write_groups = spec && spec->write_groups;
  last = g_new0 (guint, groups->len * 4 + 1);
  for (guint g = 0; g < groups->len; g++)
    {
      g_ptr_array_add (plan->groups, g_steal_pointer (&((SacSplitGroup *) groups->pdata[g])->name));
      g_hash_table_insert (numbers, plan->groups->pdata[g], GUINT_TO_POINTER (g + 1));
    }
  for (guint l = 0; l < labels->len; l++)
    g_ptr_array_add (plan->labels, g_strdup (((SacLabel *) labels->pdata[l])->name));
  for (guint i = 0; i < all->len; i++)
    {
      SacGroupedRow *row = all->pdata[i];
      gboolean in = k < rows->len && rows->pdata[k] == row;
      guint g = in ? group_of[k] : group_named (plan, numbers, g_strchug (row->group));
      SacSplitRow out = { row->item, g, row->was, !in ? SAC_SPLIT_NONE : spec ? side_of[((SacSplitGroup *) groups->pdata[g])->side]
                                                                         : row->was };
      GArray *carried = g_hash_table_lookup (labels_of, &row->item);

      g_array_append_val (plan->rows, out);
      k += in;
      plan->n_dropped += !in;
      plan->n_placed += out.was == SAC_SPLIT_NONE && out.side != SAC_SPLIT_NONE;
      plan->n_moved += out.was != SAC_SPLIT_NONE && out.was != out.side;
      plan->n_groups[out.side] += in && !last[g * 4 + out.side]++;
      plan->counts[labels->len * 4 + out.side]++;
      for (guint k = 0; carried && k < carried->len; k++)
        plan->counts[g_array_index (carried, guint, k) * 4 + out.side]++;
    }
  return g_steal_pointer (&plan);
}

SacSplitPlan *
sac_project_plan_split (SacProject *self, const SacSplitSpec *spec, GError **error)
{
  SacGrouping grouping = spec->grouping;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  if (!spec->by_group)
    grouping.by = SAC_GROUP_CLIP;
  return check_spec (spec, error) ? make_plan (self, &grouping, spec, error) : NULL;
}

SacSplitPlan *
sac_project_read_split (SacProject *self, const SacGrouping *grouping, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  return make_plan (self, grouping, NULL, error);
}

gboolean
sac_project_apply_split (SacProject *self, const SacSplitPlan *plan, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < plan->rows->len; i++)
    {
      const SacSplitRow *row = &g_array_index (plan->rows, SacSplitRow, i);

      /* The plan may be older than the project: a clip that went meanwhile is left out. */
      if (!put_side (self, row->item, row->side, error)
          || (plan->write_groups && !_sac_run (self, error, "UPDATE items SET grp = ? WHERE id = ? AND grp IS NOT ?", "sis",
                                               plan->groups->pdata[row->group], row->item, plan->groups->pdata[row->group])))
        return _sac_rollback (self);
    }
  return _sac_commit (self, g_strdup (_("Divide the clips")), error);
}

gboolean
sac_project_split (SacProject *self, const SacSplitSpec *spec, GError **error)
{
  g_autoptr (SacSplitPlan) plan = sac_project_plan_split (self, spec, error);

  return plan && sac_project_apply_split (self, plan, error);
}
