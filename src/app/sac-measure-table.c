#include "sac-measure-table.h"

#include <glib/gi18n.h>
#include <math.h>

/* What the columns behind run, label and AUC are; the first is of the clips' labels, the rest of the maps. */
static const struct { const char *figure, *words, *tip; } measures[] = {
  { "top1.none", N_("Top-1"), N_("Share of the clips whose first label is right, in %") },
  { "pointing.own", N_("Pointing"), N_("Share of the frames whose highest place lies in a box, in %") },
  { "energy.own", N_("In box"), N_("Share of the map that lies in the boxes, in %") },
  { "iou.own", N_("IoU"), N_("Overlap of the boxes with places above mean + 1σ") },
  { "inside.own", N_("In time"), N_("Share of the highest weighted frames within segments, in %") },
  { "motion.own", N_("Motion"), N_("Correlation of the frames’ weights with motion") },
  { "deletion.own", N_("Deletion"), N_("Area under the curve when the highest places go first; low is good") },
  { "insertion.own", N_("Insertion"), N_("Area under the curve when the highest places come first; high is good") },
  { "time-deletion.own", N_("Del. in time"), N_("The same with whole frames; low is good") },
  { "time-insertion.own", N_("Ins. in time"), N_("The same with whole frames; high is good") },
};
enum { N_MEASURES = G_N_ELEMENTS (measures), COLUMN_RUN = 0, COLUMN_LABEL, COLUMN_AUC, COLUMN_FIRST };

/* ---- a row. */

#define SAC_TYPE_TABLE_ROW (sac_table_row_get_type ())
G_DECLARE_FINAL_TYPE (SacTableRow, sac_table_row, SAC, TABLE_ROW, GObject)

struct _SacTableRow {
  GObject parent_instance;
  char *run, *label;            /* label NULL: all of them */
  double auc;
  SacMeasure figures[N_MEASURES];
};

G_DEFINE_FINAL_TYPE (SacTableRow, sac_table_row, G_TYPE_OBJECT)

static void
sac_table_row_finalize (GObject *object)
{
  SacTableRow *self = SAC_TABLE_ROW (object);

  g_free (self->run);
  g_free (self->label);
  G_OBJECT_CLASS (sac_table_row_parent_class)->finalize (object);
}

static void
sac_table_row_class_init (SacTableRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_table_row_finalize;
}

static void
sac_table_row_init (SacTableRow *self)
{
}

static double
row_number (const SacTableRow *row, int column)
{
  return column == COLUMN_AUC ? row->auc : row->figures[column - COLUMN_FIRST].mean;
}

/* What cannot be told stands behind all that can. */
static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const SacTableRow *x = a, *y = b;
  int column = GPOINTER_TO_INT (data);
  double p, q;

  if (column == COLUMN_RUN)
    return g_utf8_collate (x->run, y->run);
  if (column == COLUMN_LABEL)
    return !x->label || !y->label ? !!x->label - !!y->label : g_utf8_collate (x->label, y->label);
  p = row_number (x, column), q = row_number (y, column);
  if (isnan (p) || isnan (q))
    return !!isnan (p) - !!isnan (q);
  return p < q ? -1 : p > q;
}

/* ---- the table. */

struct _SacMeasureTable {
  GtkWidget parent_instance;
  GListStore *rows;
  GtkColumnView *table;
  GtkLabel *words;
  guint without;                /* runs whose attention was not looked into */
};

G_DEFINE_FINAL_TYPE (SacMeasureTable, sac_measure_table, GTK_TYPE_WIDGET)

enum { LABEL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
setup_cell (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);
  int column = GPOINTER_TO_INT (data);

  gtk_label_set_xalign (GTK_LABEL (label), column >= COLUMN_AUC ? 1 : 0);
  if (column >= COLUMN_AUC)
    gtk_widget_add_css_class (label, "numeric");
  else
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_width_chars (GTK_LABEL (label), 13);
    }
  gtk_list_item_set_child (item, label);
}

static PangoAttrList *
bold (void)
{
  static PangoAttrList *attributes;

  if (!attributes)
    {
      attributes = pango_attr_list_new ();
      pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
    }
  return attributes;
}

static void
bind_cell (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  SacTableRow *row = gtk_list_item_get_item (item);
  int column = GPOINTER_TO_INT (data);
  g_autofree char *text = NULL, *tip = NULL, *range = NULL;

  if (column == COLUMN_RUN || column == COLUMN_LABEL)
    text = g_strdup (column == COLUMN_RUN ? row->run : row->label ? row->label : _("All labels"));
  else if (isnan (row_number (row, column)))
    text = g_strdup ("–");
  else if (column == COLUMN_AUC)
    text = g_strdup_printf ("%.3f", row->auc);
  else
    {
      const SacMeasure *figure = &row->figures[column - COLUMN_FIRST];
      gboolean share = sac_measure_is_share (measures[column - COLUMN_FIRST].figure);
      double scale = share ? 100 : 1;
      int digits = share ? 1 : 3;

      text = g_strdup_printf ("%.*f", digits, scale * figure->mean);
      if (isnan (figure->low) || isnan (figure->high))
        range = g_strdup_printf (ngettext ("%u clip", "%u clips", figure->n), figure->n);
      else
        range = g_strdup_printf (ngettext ("%.*f … %.*f, %u clip", "%.*f … %.*f, %u clips", figure->n), digits, scale * figure->low,
                                 digits, scale * figure->high, figure->n);
      tip = g_strdup_printf ("%s\n%s", _(measures[column - COLUMN_FIRST].tip), range);
    }
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_label_set_attributes (GTK_LABEL (label), row->label ? NULL : bold ());
  gtk_widget_set_tooltip_text (label, tip);
}

static void
add_column (SacMeasureTable *self, int column, const char *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *made;
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_rows, GINT_TO_POINTER (column), NULL));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), GINT_TO_POINTER (column));
  made = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (made, sorter);
  gtk_column_view_column_set_resizable (made, TRUE);
  gtk_column_view_column_set_expand (made, column == COLUMN_RUN || column == COLUMN_LABEL);
  gtk_column_view_append_column (self->table, made);
  g_object_unref (made);
  g_object_unref (sorter);
}

/* The heads are the children of the view's first child, in the order of the columns. */
static void
explain_heads (SacMeasureTable *self)
{
  GtkWidget *heads = gtk_widget_get_first_child (GTK_WIDGET (self->table));
  GtkWidget *head = heads ? gtk_widget_get_first_child (heads) : NULL;

  for (int column = 0; head; head = gtk_widget_get_next_sibling (head), column++)
    if (column >= COLUMN_FIRST && column - COLUMN_FIRST < N_MEASURES)
      gtk_widget_set_tooltip_text (head, _(measures[column - COLUMN_FIRST].tip));
}

static void
on_activate (SacMeasureTable *self, guint position)
{
  g_autoptr (SacTableRow) row = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (self->table)), position);

  if (row && row->label)
    g_signal_emit (self, signals[LABEL_CHOSEN], 0, row->label);
}

/* ---- what it shows. */

static void
say (SacMeasureTable *self)
{
  gtk_label_set_text (self->words, self->without
                                     ? _("Where attention has no figures yet: choose the run on the Explain page, “Whole split”, Compute.")
                                     /* xgettext:no-c-format */
                                     : _("Of the test clips. Rest on a number to see 95 % of resampled means."));
}

void
sac_measure_table_clear (SacMeasureTable *self)
{
  g_return_if_fail (SAC_IS_MEASURE_TABLE (self));
  self->without = 0;
  g_list_store_remove_all (self->rows);
  say (self);
}

static void
add_row (SacMeasureTable *self, const char *run, const SacMeasures *figures, const char *label, double auc)
{
  g_autoptr (SacTableRow) row = g_object_new (SAC_TYPE_TABLE_ROW, NULL);
  guint at = 0;

  row->run = g_strdup (run);
  row->label = g_strdup (label);
  row->auc = auc;
  while (figures && label && at < figures->n_labels && g_strcmp0 (figures->labels[at], label) != 0)
    at++;
  for (int m = 0; m < N_MEASURES; m++)
    {
      const SacMeasureRow *found = figures && (!label || at < figures->n_labels) ? sac_measures_find (figures, measures[m].figure) : NULL;

      row->figures[m] = found ? label ? found->labels[at] : found->all : (SacMeasure) { NAN, NAN, NAN, 0 };
    }
  g_list_store_append (self->rows, row);
}

void
sac_measure_table_add (SacMeasureTable *self, const char *run, const SacMeasures *figures, const char *const *labels,
                       const double *auc, guint n_labels, double macro_auc)
{
  g_return_if_fail (SAC_IS_MEASURE_TABLE (self));
  add_row (self, run, figures, NULL, macro_auc);
  for (guint i = 0; i < n_labels; i++)
    add_row (self, run, figures, labels[i], auc[i]);
  self->without += !figures;
  say (self);
}

static void
sac_measure_table_dispose (GObject *object)
{
  SacMeasureTable *self = SAC_MEASURE_TABLE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (sac_measure_table_parent_class)->dispose (object);
}

static void
sac_measure_table_class_init (SacMeasureTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_measure_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[LABEL_CHOSEN] = g_signal_new ("label-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING);
}

static void
sac_measure_table_init (SacMeasureTable *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkSortListModel *sorted;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->rows = g_list_store_new (SAC_TYPE_TABLE_ROW);
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Figures of the runs by label"), -1);
  add_column (self, COLUMN_RUN, _("Run"));
  add_column (self, COLUMN_LABEL, _("Label"));
  add_column (self, COLUMN_AUC, _("AUC"));
  for (int m = 0; m < N_MEASURES; m++)
    add_column (self, COLUMN_FIRST + m, _(measures[m].words));
  explain_heads (self);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), g_object_ref (gtk_column_view_get_sorter (self->table)));
  {
    g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (G_LIST_MODEL (sorted));

    gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (selection));
  }
  g_signal_connect_object (self->table, "activate", G_CALLBACK (on_activate), self, G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (self->table));
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_widget_set_parent (scroll, GTK_WIDGET (self));
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  gtk_widget_set_parent (GTK_WIDGET (self->words), GTK_WIDGET (self));
  say (self);
}
