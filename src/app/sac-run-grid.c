#include "sac-run-grid.h"

#include <glib/gi18n.h>

#include "sac-run-grid-private.h"

guint _sac_run_grid_signals[SAC_RUN_N_SIGNALS];

enum { PROP_0, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HPOLICY, PROP_VPOLICY };

G_DEFINE_FINAL_TYPE_WITH_CODE (SacRunGrid, sac_run_grid, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

guint
_sac_run_grid_get_n (SacRunGrid *self)
{
  return self->table ? sac_run_table_get_n (self->table) : 0;
}

const char *
_sac_run_grid_get_folder (SacRunGrid *self, guint row)
{
  gint run = row < _sac_run_grid_get_n (self) ? sac_run_table_get_row (self->table, row).run : -1;

  return run >= 0 ? sac_run_table_get_said (self->table, (guint) run)->folder : NULL;
}

/* ---- scrolling. */
static void
configure (SacRunGrid *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self)) - SAC_RUN_ROW_HEIGHT;
  double all = (double) _sac_run_grid_get_n (self) * SAC_RUN_ROW_HEIGHT;

  if (!self->hadjustment || !self->vadjustment || height < 1)
    return;
  gtk_adjustment_configure (self->hadjustment, gtk_adjustment_get_value (self->hadjustment), 0, MAX (self->total_width, width), 40,
                            0.9 * width, width);
  gtk_adjustment_configure (self->vadjustment, gtk_adjustment_get_value (self->vadjustment), 0, MAX (all, height), SAC_RUN_ROW_HEIGHT,
                            0.9 * height, height);
}

void
_sac_run_grid_reveal (SacRunGrid *self, guint row)
{
  double top = (double) row * SAC_RUN_ROW_HEIGHT;

  if (self->vadjustment && row < _sac_run_grid_get_n (self))
    gtk_adjustment_clamp_page (self->vadjustment, top, top + SAC_RUN_ROW_HEIGHT);
}

static void
set_adjustment (SacRunGrid *self, GtkAdjustment **place, GtkAdjustment *adjustment)
{
  if (*place)
    {
      g_signal_handlers_disconnect_by_data (*place, self);
      g_object_unref (*place);
    }
  *place = g_object_ref_sink (adjustment ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (*place, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self);
  configure (self);
}

/* ---- what is shown. */

/* A screen reader has no cells to walk through: the row under the cursor is told as words. */
void
_sac_run_grid_describe (SacRunGrid *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  int run = sac_run_grid_get_cursor (self);

  if (run >= 0)
    {
      g_string_append_printf (words, _("Row %u of %u"), self->cursor + 1, _sac_run_grid_get_n (self));
      if (g_hash_table_contains (self->ticked, self->cursor_folder))
        g_string_append_printf (words, ", %s", _("ticked"));
      for (guint c = 0; c < self->n_columns; c++)
        {
          const char *column = sac_run_table_get_column (self->table, c);
          g_autofree char *title = sac_run_column_dup_title (column), *text = sac_run_table_dup_cell (self->table, (guint) run, column);

          if (*text)
            g_string_append_printf (words, ", %s %s", title, text);
        }
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words->str, -1);
}

/* The cursor stays on its run. */
static void
find_cursor (SacRunGrid *self)
{
  guint n = _sac_run_grid_get_n (self);

  self->anchor = SAC_RUN_NO_ROW;
  if (self->cursor_folder && self->cursor < n && g_strcmp0 (_sac_run_grid_get_folder (self, self->cursor), self->cursor_folder) == 0)
    return;
  self->cursor = SAC_RUN_NO_ROW;
  for (guint r = 0; self->cursor_folder && r < n; r++)
    if (g_strcmp0 (_sac_run_grid_get_folder (self, r), self->cursor_folder) == 0)
      {
        self->cursor = r;
        return;
      }
}

void
sac_run_grid_set_table (SacRunGrid *self, SacRunTable *table)
{
  g_return_if_fail (SAC_IS_RUN_GRID (self));
  _sac_run_grid_forget_lines (self);
  if (table)
    sac_run_table_ref (table);
  g_clear_pointer (&self->table, sac_run_table_unref);
  self->table = table;
  _sac_run_grid_measure_columns (self);
  find_cursor (self);
  configure (self);
  _sac_run_grid_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_run_grid_set_sorted (SacRunGrid *self, const char *column, gboolean descending)
{
  g_return_if_fail (SAC_IS_RUN_GRID (self));
  g_free (self->sort);
  self->sort = g_strdup (column);
  self->descending = descending;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

SacRunTable *
sac_run_grid_get_table (SacRunGrid *self)
{
  return self->table;
}

int
sac_run_grid_get_cursor (SacRunGrid *self)
{
  return self->cursor < _sac_run_grid_get_n (self) ? sac_run_table_get_row (self->table, self->cursor).run : -1;
}

void
sac_run_grid_set_cursor (SacRunGrid *self, const char *folder)
{
  g_return_if_fail (SAC_IS_RUN_GRID (self));
  if (g_strcmp0 (folder, self->cursor_folder) == 0)
    return;
  g_free (self->cursor_folder);
  self->cursor_folder = g_strdup (folder);
  find_cursor (self);
  if (self->cursor != SAC_RUN_NO_ROW)
    _sac_run_grid_reveal (self, self->cursor);
  _sac_run_grid_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_CURSOR_CHANGED], 0);
}

/* ---- ticks and selection. */
static GArray *
list_of (SacRunGrid *self, GHashTable *folders)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint r = 0; g_hash_table_size (folders) > 0 && r < _sac_run_grid_get_n (self); r++)
    {
      const char *folder = _sac_run_grid_get_folder (self, r);
      guint run = folder ? (guint) sac_run_table_get_row (self->table, r).run : 0;

      if (folder && g_hash_table_contains (folders, folder))
        g_array_append_val (runs, run);
    }
  return runs;
}

GArray *
sac_run_grid_list_ticked (SacRunGrid *self)
{
  g_return_val_if_fail (SAC_IS_RUN_GRID (self), NULL);
  return list_of (self, self->ticked);
}

GArray *
sac_run_grid_list_selected (SacRunGrid *self)
{
  GArray *runs;
  int cursor;

  g_return_val_if_fail (SAC_IS_RUN_GRID (self), NULL);
  runs = list_of (self, self->selected);
  cursor = sac_run_grid_get_cursor (self);
  if (runs->len == 0 && cursor >= 0)
    g_array_append_val (runs, cursor);
  return runs;
}

int
sac_run_grid_find_tick (SacRunGrid *self, guint run)
{
  const char *folder = sac_run_table_get_said (self->table, run)->folder;

  return GPOINTER_TO_INT (g_hash_table_lookup (self->ticked, folder)) - 1;
}

/* The first colour that no other has. */
static guint
free_colour (SacRunGrid *self)
{
  guint n = g_hash_table_size (self->ticked);
  g_autofree guint8 *taken = g_new0 (guint8, n + 1);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->ticked);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (GPOINTER_TO_UINT (value) - 1 < n)
      taken[GPOINTER_TO_UINT (value) - 1] = 1;
  for (guint i = 0; i < n; i++)
    if (!taken[i])
      return i;
  return n;
}

static void
tick_changed (SacRunGrid *self)
{
  _sac_run_grid_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, _sac_run_grid_signals[SAC_RUN_TICKS_CHANGED], 0);
}

static void
set_tick (SacRunGrid *self, const char *folder, gboolean ticked)
{
  if (!ticked)
    g_hash_table_remove (self->ticked, folder);
  else if (!g_hash_table_contains (self->ticked, folder))
    g_hash_table_insert (self->ticked, g_strdup (folder), GUINT_TO_POINTER (free_colour (self) + 1));
}

void
sac_run_grid_set_ticked (SacRunGrid *self, const char *folder, gboolean ticked)
{
  g_return_if_fail (SAC_IS_RUN_GRID (self) && folder);
  if (g_hash_table_contains (self->ticked, folder) == ticked)
    return;
  set_tick (self, folder, ticked);
  tick_changed (self);
}

void
sac_run_grid_untick_all (SacRunGrid *self)
{
  g_return_if_fail (SAC_IS_RUN_GRID (self));
  g_hash_table_remove_all (self->ticked);
  tick_changed (self);
}

void
sac_run_grid_tick_selected (SacRunGrid *self)
{
  g_autoptr (GArray) runs = sac_run_grid_list_selected (self);
  gboolean all = TRUE;

  for (guint i = 0; i < runs->len; i++)
    all &= sac_run_grid_find_tick (self, g_array_index (runs, guint, i)) >= 0;
  for (guint i = 0; i < runs->len; i++)
    set_tick (self, sac_run_table_get_said (self->table, g_array_index (runs, guint, i))->folder, !all);
  if (runs->len)
    tick_changed (self);
}

/* ---- life. */
static void
sac_run_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 3 * SAC_RUN_ROW_HEIGHT : 120;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 12 * SAC_RUN_ROW_HEIGHT : 600;
}

static void
sac_run_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  configure (SAC_RUN_GRID (widget));
}

static void
sac_run_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  _sac_run_grid_snapshot (SAC_RUN_GRID (widget), snapshot);
}

/* Another font, another text scale. */
static void
sac_run_grid_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (sac_run_grid_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
sac_run_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SacRunGrid *self = SAC_RUN_GRID (object);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    g_value_set_object (value, id == PROP_HADJUSTMENT ? self->hadjustment : self->vadjustment);
  else
    g_value_set_enum (value, id == PROP_HPOLICY ? self->hpolicy : self->vpolicy);
}

static void
sac_run_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  SacRunGrid *self = SAC_RUN_GRID (object);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    set_adjustment (self, id == PROP_HADJUSTMENT ? &self->hadjustment : &self->vadjustment, g_value_get_object (value));
  else if (id == PROP_HPOLICY)
    self->hpolicy = g_value_get_enum (value);
  else
    self->vpolicy = g_value_get_enum (value);
}

static void
sac_run_grid_dispose (GObject *object)
{
  SacRunGrid *self = SAC_RUN_GRID (object);

  if (self->lines)
    _sac_run_grid_forget_lines (self);
  g_clear_pointer (&self->lines, g_hash_table_unref);
  for (guint i = 0; i < 2; i++)
    {
      GtkAdjustment **place = i ? &self->hadjustment : &self->vadjustment;

      if (*place)
        g_signal_handlers_disconnect_by_data (*place, self);
      g_clear_object (place);
    }
  G_OBJECT_CLASS (sac_run_grid_parent_class)->dispose (object);
}

static void
sac_run_grid_finalize (GObject *object)
{
  SacRunGrid *self = SAC_RUN_GRID (object);

  g_clear_pointer (&self->table, sac_run_table_unref);
  g_hash_table_unref (self->ticked);
  g_hash_table_unref (self->selected);
  g_free (self->cursor_folder);
  g_free (self->sort);
  g_free (self->widths);
  G_OBJECT_CLASS (sac_run_grid_parent_class)->finalize (object);
}

static void
sac_run_grid_class_init (SacRunGridClass *klass)
{
  static const char *const names[] = { "cursor-changed", "ticks-changed", "selection-changed", "activated" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sac_run_grid_get_property;
  object_class->set_property = sac_run_grid_set_property;
  object_class->dispose = sac_run_grid_dispose;
  object_class->finalize = sac_run_grid_finalize;
  widget_class->measure = sac_run_grid_measure;
  widget_class->size_allocate = sac_run_grid_size_allocate;
  widget_class->snapshot = sac_run_grid_snapshot;
  widget_class->css_changed = sac_run_grid_css_changed;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HPOLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VPOLICY, "vscroll-policy");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    _sac_run_grid_signals[i] = g_signal_new (names[i], SAC_TYPE_RUN_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  _sac_run_grid_signals[SAC_RUN_SORT_ASKED] = g_signal_new ("sort-asked", SAC_TYPE_RUN_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                            G_TYPE_NONE, 1, G_TYPE_STRING);
  _sac_run_grid_signals[SAC_RUN_MENU_ASKED] = g_signal_new ("menu-asked", SAC_TYPE_RUN_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                            G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "rungrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
  _sac_run_grid_class_init_input (widget_class);
}

static void
sac_run_grid_init (SacRunGrid *self)
{
  self->ticked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->selected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lines = g_hash_table_new (NULL, NULL);
  self->cursor = self->anchor = self->hovered = SAC_RUN_NO_ROW;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  set_adjustment (self, &self->hadjustment, NULL);
  set_adjustment (self, &self->vadjustment, NULL);
  _sac_run_grid_init_input (self);
}
