#include "sac-search-table.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "draw/sac-draw.h"

enum { COLUMN_NUMBER, COLUMN_PICTURE, COLUMN_LETTERS, COLUMN_OBJECTIVE, COLUMN_SCORES, COLUMN_STATE, COLUMN_EPOCHS, COLUMN_TIME };

/* ---- a row. */

#define SAC_TYPE_TRIAL_ROW (sac_trial_row_get_type ())
G_DECLARE_FINAL_TYPE (SacTrialRow, sac_trial_row, SAC, TRIAL_ROW, GObject)

/* What is shown of a trial, its own: the news it came with may be gone. */
struct _SacTrialRow {
  GObject parent_instance;
  guint number, epochs;
  SacGanGraph graph;
  char *letters, *scores, *why;
  SacTrialState state;
  double objective, best, seconds;      /* @best: of its scores */
};

G_DEFINE_FINAL_TYPE (SacTrialRow, sac_trial_row, G_TYPE_OBJECT)

static void
sac_trial_row_finalize (GObject *object)
{
  SacTrialRow *self = SAC_TRIAL_ROW (object);

  g_free (self->letters);
  g_free (self->scores);
  g_free (self->why);
  G_OBJECT_CLASS (sac_trial_row_parent_class)->finalize (object);
}

static void
sac_trial_row_class_init (SacTrialRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_trial_row_finalize;
}

static void
sac_trial_row_init (SacTrialRow *self)
{
}

char *
sac_search_dup_scores (const SacTrial *trial)
{
  const SacTrialPoint *last = trial->n_points ? &trial->points[trial->n_points - 1] : NULL;
  GString *text = g_string_new (NULL);

  for (guint g = 0; last && g < trial->graph.k; g++)
    if (isnan (last->is[g]))
      g_string_append_printf (text, "%s–", g ? " · " : "");
    else
      g_string_append_printf (text, "%s%.2f", g ? " · " : "", last->is[g]);
  return g_string_free (text, FALSE);
}

static SacTrialRow *
row_new (const SacTrial *trial)
{
  SacTrialRow *row = g_object_new (SAC_TYPE_TRIAL_ROW, NULL);

  row->number = trial->number;
  row->epochs = trial->epochs;
  row->graph = trial->graph;
  row->letters = g_strdup (trial->text);
  row->scores = sac_search_dup_scores (trial);
  row->why = g_strdup (trial->why);
  row->state = trial->state;
  row->objective = trial->objective;
  row->seconds = trial->seconds;
  row->best = NAN;
  for (guint g = 0; trial->n_points && g < trial->graph.k; g++)
    row->best = fmax (row->best, trial->points[trial->n_points - 1].is[g]);
  return row;
}

static gboolean
is_same (const SacTrialRow *row, const SacTrial *trial)
{
  return row->number == trial->number && row->state == trial->state && row->epochs == trial->epochs && row->seconds == trial->seconds
         && (row->objective == trial->objective || (isnan (row->objective) && isnan (trial->objective)));
}

/* What is not known stands behind all that is, whichever way. */
static int
compare_numbers (double a, double b)
{
  if (isnan (a) || isnan (b))
    return !!isnan (b) - !!isnan (a);
  return a < b ? -1 : a > b;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const SacTrialRow *x = a, *y = b;

  switch (GPOINTER_TO_INT (data))
    {
    case COLUMN_LETTERS:
    case COLUMN_PICTURE:
      return strcmp (x->letters, y->letters);
    case COLUMN_OBJECTIVE:
      return compare_numbers (x->objective, y->objective);
    case COLUMN_SCORES:
      return compare_numbers (x->best, y->best);
    case COLUMN_STATE:
      return (int) x->state - (int) y->state;
    case COLUMN_EPOCHS:
      return (int) x->epochs - (int) y->epochs;
    case COLUMN_TIME:
      return compare_numbers (x->seconds, y->seconds);
    default:
      return (int) x->number - (int) y->number;
    }
}

/* ---- the table. */

#define ROWS_A_FRAME 2
#define MOST_WIDGETS 240

struct _SacSearchTable {
  GtkWidget parent_instance;
  GListStore *rows;
  GtkColumnView *table;
  GtkSliceListModel *shown;     /* of the sorted rows the first; all of them a moment later */
  GtkSingleSelection *selection;
  guint growing;                /* tick callback */
  GtkColumnViewColumn *by_objective, *scores_column;
  char *folder;
  guint chosen;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (SacSearchTable, sac_search_table, GTK_TYPE_WIDGET)

enum { CHOSEN, OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
draw_graph (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  GtkListItem *item = data;
  SacTrialRow *row = gtk_list_item_get_item (item);
  SacGanPicture picture;
  SacStyle style;

  if (!row)
    return;
  sac_style_init (&style, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  sac_gan_picture_init (&picture, row->graph.k, &row->graph.gates[0][0]);
  picture.small = TRUE;
  picture.tau = 0.5;
  style.paper[3] = 0;
  sac_gan_picture_draw (cr, width, height, &style, &picture);
}

static void
setup_cell (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  int column = GPOINTER_TO_INT (data);
  GtkWidget *child;

  if (column == COLUMN_PICTURE)
    {
      child = gtk_drawing_area_new ();
      gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (child), 48);
      gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (child), 46);
    }
  else
    {
      gboolean text = column == COLUMN_LETTERS || column == COLUMN_SCORES || column == COLUMN_STATE;

      child = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (child), text ? 0 : 1);
      gtk_widget_add_css_class (child, column == COLUMN_LETTERS ? "monospace" : "numeric");
      gtk_label_set_ellipsize (GTK_LABEL (child), text ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
      if (column == COLUMN_LETTERS)
        gtk_label_set_width_chars (GTK_LABEL (child), 11);
      else if (column == COLUMN_SCORES)
        gtk_label_set_width_chars (GTK_LABEL (child), 14);
    }
  gtk_list_item_set_child (item, child);
}

static void
bind_cell (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *child = gtk_list_item_get_child (item);
  SacTrialRow *row = gtk_list_item_get_item (item);
  g_autofree char *text = NULL;

  switch (GPOINTER_TO_INT (data))
    {
    case COLUMN_PICTURE:
      gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (child), draw_graph, item, NULL);
      return;
    case COLUMN_NUMBER:
      text = g_strdup_printf ("%u", row->number);
      break;
    case COLUMN_LETTERS:
      text = g_strdup (row->letters);
      break;
    case COLUMN_OBJECTIVE:
      text = isnan (row->objective) ? g_strdup ("–") : g_strdup_printf ("%.3f", row->objective);
      break;
    case COLUMN_SCORES:
      text = g_strdup (row->scores);
      break;
    case COLUMN_STATE:
      text = g_strdup (sac_trial_state_get_words (row->state));
      gtk_widget_set_tooltip_text (child, row->why && *row->why ? row->why : NULL);
      break;
    case COLUMN_EPOCHS:
      text = g_strdup_printf ("%u", row->epochs);
      break;
    default:
      text = row->seconds > 0 ? sac_dup_duration (row->seconds) : g_strdup ("–");
    }
  gtk_label_set_text (GTK_LABEL (child), text);
}

static void
unbind_cell (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  if (GPOINTER_TO_INT (data) == COLUMN_PICTURE)
    gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (gtk_list_item_get_child (item)), NULL, NULL, NULL);
}

static GtkColumnViewColumn *
add_column (SacSearchTable *self, int column, const char *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_rows, GINT_TO_POINTER (column), NULL));
  g_autoptr (GtkColumnViewColumn) made = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), GINT_TO_POINTER (column));
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), GINT_TO_POINTER (column));
  made = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (made, sorter);
  gtk_column_view_column_set_resizable (made, column != COLUMN_PICTURE);
  gtk_column_view_column_set_expand (made, column == COLUMN_LETTERS || column == COLUMN_SCORES);
  gtk_column_view_append_column (self->table, made);
  return made;
}

/* ---- what is chosen. */

static void
on_selected (SacSearchTable *self)
{
  SacTrialRow *row = gtk_single_selection_get_selected_item (self->selection);
  guint number = row ? row->number : 0;

  if (self->filling || number == self->chosen)
    return;
  self->chosen = number;
  g_signal_emit (self, signals[CHOSEN], 0, number);
}

static void
on_activate (SacSearchTable *self, guint position)
{
  g_autoptr (SacTrialRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row)
    g_signal_emit (self, signals[OPENED], 0, row->number);
}

guint
sac_search_table_get_chosen (SacSearchTable *self)
{
  return self->chosen;
}

void
sac_search_table_choose (SacSearchTable *self, guint number)
{
  guint found = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (SacTrialRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (row->number == number)
        found = i;
    }
  gtk_single_selection_set_selected (self->selection, found);
}

/* The table makes widgets for up to two hundred rows at once, which takes a third of a second: so it gets them a few a frame. */
static gboolean
grow (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacSearchTable *self = SAC_SEARCH_TABLE (widget);
  guint size = gtk_slice_list_model_get_size (self->shown) + ROWS_A_FRAME;
  gboolean more = size < MIN (MOST_WIDGETS, g_list_model_get_n_items (G_LIST_MODEL (self->rows)));

  gtk_slice_list_model_set_size (self->shown, more ? size : G_MAXUINT);
  if (!more)
    self->growing = 0;
  return more;
}

void
sac_search_table_show (SacSearchTable *self, const SacSearchNews *news)
{
  guint n = news ? news->trials->len : 0, chosen = self->chosen;
  gboolean same = news && g_strcmp0 (news->folder, self->folder) == 0;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  self->filling = TRUE;
  if (!same)
    {
      g_list_store_remove_all (self->rows);
      gtk_slice_list_model_set_size (self->shown, ROWS_A_FRAME);
      if (!self->growing)
        self->growing = gtk_widget_add_tick_callback (GTK_WIDGET (self), grow, NULL, NULL);
      g_free (self->folder);
      self->folder = g_strdup (news ? news->folder : NULL);
    }
  if (news)
    gtk_column_view_column_set_title (self->scores_column, news->inception ? _("IS of each") : _("IS_c of each"));
  for (guint i = 0; i <= n; i++)
    {
      const SacTrial *trial = i < n ? news->trials->pdata[i] : NULL;
      g_autoptr (SacTrialRow) old = trial ? g_list_model_get_item (G_LIST_MODEL (self->rows), i) : NULL;

      if (trial && !(old && is_same (old, trial)))
        g_ptr_array_add (fresh, row_new (trial));
      else if (fresh->len)      /* neighbours at once: the sorting behind it has to think for each time */
        {
          guint at = i - fresh->len, there = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

          g_list_store_splice (self->rows, at, MIN (fresh->len, there - MIN (at, there)), fresh->pdata, fresh->len);
          g_ptr_array_set_size (fresh, 0);
        }
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (self->rows)) > n)
    g_list_store_splice (self->rows, n, g_list_model_get_n_items (G_LIST_MODEL (self->rows)) - n, NULL, 0);
  sac_search_table_choose (self, same ? chosen : 0);
  self->filling = FALSE;
  on_selected (self);
}

/* ---- life. */

static void
sac_search_table_dispose (GObject *object)
{
  SacSearchTable *self = SAC_SEARCH_TABLE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->rows);
  g_clear_object (&self->selection);
  g_clear_object (&self->shown);
  g_clear_object (&self->by_objective);
  g_clear_pointer (&self->folder, g_free);
  G_OBJECT_CLASS (sac_search_table_parent_class)->dispose (object);
}

static void
sac_search_table_class_init (SacSearchTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_search_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[CHOSEN] = g_signal_new ("chosen", SAC_TYPE_SEARCH_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[OPENED] = g_signal_new ("opened", SAC_TYPE_SEARCH_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
sac_search_table_init (SacSearchTable *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkSortListModel *sorted;

  self->rows = g_list_store_new (SAC_TYPE_TRIAL_ROW);
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Trials of the search"), -1);
  add_column (self, COLUMN_NUMBER, _("Trial"));
  add_column (self, COLUMN_PICTURE, _("Graph"));
  add_column (self, COLUMN_LETTERS, _("Letters"));
  self->by_objective = g_object_ref (add_column (self, COLUMN_OBJECTIVE, _("Objective")));
  self->scores_column = add_column (self, COLUMN_SCORES, _("IS_c of each"));
  add_column (self, COLUMN_STATE, _("State"));
  add_column (self, COLUMN_EPOCHS, _("Epochs"));
  add_column (self, COLUMN_TIME, _("Time"));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->rows)),
                                    g_object_ref (gtk_column_view_get_sorter (self->table)));
  self->shown = gtk_slice_list_model_new (G_LIST_MODEL (sorted), 0, ROWS_A_FRAME);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->shown)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
  gtk_column_view_sort_by_column (self->table, self->by_objective, GTK_SORT_DESCENDING);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->table, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (self->table));
  gtk_widget_set_parent (scroll, GTK_WIDGET (self));
}

GtkWidget *
sac_search_table_new (void)
{
  return g_object_new (SAC_TYPE_SEARCH_TABLE, NULL);
}
