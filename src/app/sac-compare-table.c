#include "sac-compare-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-query-completion.h"

/* ---- a row: a place in the list, looked at. */

#define SAC_TYPE_COMPARE_ROW (sac_compare_row_get_type ())
G_DECLARE_FINAL_TYPE (SacCompareRow, sac_compare_row, SAC, COMPARE_ROW, GObject)
struct _SacCompareRow {
  GObject parent_instance;
  guint clip;                   /* of the view */
};
G_DEFINE_FINAL_TYPE (SacCompareRow, sac_compare_row, G_TYPE_OBJECT)
static void sac_compare_row_class_init (SacCompareRowClass *klass) {}
static void sac_compare_row_init (SacCompareRow *self) {}

#define SAC_TYPE_COMPARE_LIST (sac_compare_list_get_type ())
G_DECLARE_FINAL_TYPE (SacCompareList, sac_compare_list, SAC, COMPARE_LIST, GObject)
struct _SacCompareList {
  GObject parent_instance;
  GArray *clips;                /* guint */
};

static GType
list_item_type (GListModel *list)
{
  return SAC_TYPE_COMPARE_ROW;
}

static guint
list_n (GListModel *list)
{
  return SAC_COMPARE_LIST (list)->clips->len;
}

static gpointer
list_item (GListModel *list, guint position)
{
  SacCompareList *self = SAC_COMPARE_LIST (list);
  SacCompareRow *row;

  if (position >= self->clips->len)
    return NULL;
  row = g_object_new (SAC_TYPE_COMPARE_ROW, NULL);
  row->clip = g_array_index (self->clips, guint, position);
  return row;
}

static void
list_iface (GListModelInterface *iface)
{
  iface->get_item_type = list_item_type;
  iface->get_n_items = list_n;
  iface->get_item = list_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SacCompareList, sac_compare_list, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_iface))

static void
list_finalize (GObject *object)
{
  g_array_unref (SAC_COMPARE_LIST (object)->clips);
  G_OBJECT_CLASS (sac_compare_list_parent_class)->finalize (object);
}

static void
sac_compare_list_class_init (SacCompareListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = list_finalize;
}

static void
sac_compare_list_init (SacCompareList *self)
{
  self->clips = g_array_new (FALSE, FALSE, sizeof (guint));
}

/* ---- the widget. */

enum { COLUMN_CLIP, COLUMN_TRUTH, COLUMN_RUN };

struct _SacCompareTable {
  GtkWidget parent_instance;
  GtkDropDown *kind, *order;
  GtkToggleButton *down;
  GtkEditable *search;
  GtkLabel *words;
  GtkWidget *show, *beside;
  GtkColumnView *table;
  SacCompareList *list;
  GtkSingleSelection *chosen;
  SacSession *session;          /* borrowed: the page has both */

  SacCompareView *view;
  double *thresholds, **all_thresholds;
  SacBehind mark;
  char *mark_words;
  GHashTable *only;             /* names of clips that answer the query; NULL: all */
  char *query;                  /* that it answers */
  GCancellable *asking;
  gboolean ask_again, filling;
  guint noted;                  /* the order that the header in force stands for */
};

G_DEFINE_FINAL_TYPE (SacCompareTable, sac_compare_table, GTK_TYPE_WIDGET)

enum { CLIP_CHOSEN, SIDE_BY_SIDE, SET_WANTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static double **
copy_all (double **all, SacCompareView *view)
{
  double **copy = g_new0 (double *, view->n_runs + 1);

  for (guint r = 0; all && r < view->n_runs; r++)
    copy[r] = g_memdup2 (all[r], view->runs[r]->scores->n_labels * sizeof (double));
  return copy;
}

/* A point of a curve has its own threshold; everything else is decided at the run's. */
static double
threshold_of (SacCompareTable *self, guint run)
{
  if (gtk_drop_down_get_selected (self->kind) == SAC_CLIPS_MARK && self->mark.kind == SAC_BEHIND_POINT && self->mark.run == run)
    return self->mark.threshold;
  return self->thresholds[run];
}

/* ---- asking: one question is under way, the next is about the newest choice. */

typedef struct {
  SacCompareView *view;
  SacRowsAsked *asked;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  sac_compare_view_unref (job->view);
  sac_rows_asked_free (job->asked);
  g_free (job);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;

  g_task_return_pointer (task, sac_compare_rows (job->view, job->asked), (GDestroyNotify) g_array_unref);
}

static void ask (SacCompareTable *self);

static void
say (SacCompareTable *self)
{
  guint n = self->list->clips->len;
  SacClipsKind kind = (SacClipsKind) gtk_drop_down_get_selected (self->kind);
  g_autofree char *count = g_strdup_printf (g_dngettext ("saccade", "%u clip", "%u clips", n), n);
  g_autofree char *words = kind == SAC_CLIPS_MARK && self->mark_words ? g_strdup_printf ("%s: %s", self->mark_words, count)
                           : kind == SAC_CLIPS_MARK ? g_strdup (_("Click a bar, a cell or a point of a curve to see the clips behind it"))
                           : kind == SAC_CLIPS_ALL && self->mark.kind == SAC_BEHIND_NONE
                             ? g_strdup_printf (_("%s; a click on a bar, a cell or a point shows those behind it"), count)
                             : g_strdup (count);

  gtk_label_set_text (self->words, words);
  gtk_widget_set_sensitive (self->show, n > 0);
  gtk_widget_set_sensitive (self->beside, n > 0);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacCompareTable *self = SAC_COMPARE_TABLE (source);
  GArray *clips = g_task_propagate_pointer (G_TASK (result), NULL);
  const Job *job = g_task_get_task_data (G_TASK (result));

  g_clear_object (&self->asking);
  if (clips && self->list && job->view == self->view)
    {
      guint old = self->list->clips->len;

      g_array_unref (self->list->clips);
      self->list->clips = g_steal_pointer (&clips);
      g_list_model_items_changed (G_LIST_MODEL (self->list), 0, old, self->list->clips->len);
      say (self);
    }
  g_clear_pointer (&clips, g_array_unref);
  if (self->ask_again)
    ask (self);
}

static void
ask (SacCompareTable *self)
{
  g_autoptr (GTask) task = NULL;
  SacRowsAsked *asked;
  Job *job;

  self->ask_again = self->asking != NULL;
  if (!self->view || self->asking || self->filling)
    return;
  asked = g_new0 (SacRowsAsked, 1);
  asked->kind = (SacClipsKind) gtk_drop_down_get_selected (self->kind);
  asked->mark = self->mark;
  asked->order = gtk_drop_down_get_selected (self->order);
  asked->descending = gtk_toggle_button_get_active (self->down);
  asked->thresholds = g_new (double, self->view->n_runs + 1);
  for (guint r = 0; r < self->view->n_runs; r++)
    asked->thresholds[r] = threshold_of (self, r);
  asked->all_thresholds = copy_all (self->all_thresholds, self->view);
  asked->only = self->only ? g_hash_table_ref (self->only) : NULL;
  job = g_new0 (Job, 1);
  job->view = sac_compare_view_ref (self->view);
  job->asked = asked;
  self->asking = g_cancellable_new ();
  task = g_task_new (self, self->asking, on_worked, NULL);
  g_task_set_return_on_cancel (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, work);
}

/* ---- the query: a connection of its own, so that a large project holds up nothing. */

typedef struct { char *path, *query; } Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->path);
  g_free (query->query);
  g_free (query);
}

static void
look_up (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Query *query = data;
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open (query->path, SAC_PROJECT_READ_ONLY, &error);
  g_autoptr (GArray) ids = project ? sac_project_query (project, query->query, &error) : NULL;
  g_autoptr (SacClipTable) table = ids ? sac_clip_table_read (project, &error) : NULL;
  GHashTable *names;

  if (!table)
    {
      g_task_return_error (task, error);
      return;
    }
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < ids->len; i++)
    {
      guint row = sac_clip_table_find (table, g_array_index (ids, SacId, i));

      if (row != SAC_NO_ROW)
        g_hash_table_add (names, g_strdup (table->items[row]->name));
    }
  g_task_return_pointer (task, names, (GDestroyNotify) g_hash_table_unref);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer data)
{
  SacCompareTable *self = SAC_COMPARE_TABLE (source);
  const Query *query = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GHashTable *names = g_task_propagate_pointer (G_TASK (result), &error);

  if (!self->list || g_strcmp0 (query->query, self->query) != 0)
    {
      g_clear_pointer (&names, g_hash_table_unref);
      return;                   /* another one is asked for by now */
    }
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->search), error ? error->message : _("A query, as on the Clips page"));
  if (!names)
    return;
  g_clear_pointer (&self->only, g_hash_table_unref);
  self->only = names;
  ask (self);
}

static void
on_search (SacCompareTable *self)
{
  const char *text = gtk_editable_get_text (self->search);
  const char *path = self->session ? sac_session_get_path (self->session) : NULL;
  g_autoptr (GTask) task = NULL;
  Query *query;

  g_free (self->query);
  self->query = g_strstrip (g_strdup (text));
  if (self->query[0] == 0 || !path)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
      g_clear_pointer (&self->only, g_hash_table_unref);
      ask (self);
      return;
    }
  query = g_new (Query, 1);
  *query = (Query) { g_strdup (path), g_strdup (self->query) };
  task = g_task_new (self, NULL, on_looked_up, NULL);
  g_task_set_task_data (task, query, query_free);
  g_task_run_in_thread (task, look_up);
}

/* ---- cells. */

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_UINT (column) == COLUMN_CLIP ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
  if (GPOINTER_TO_UINT (column) != COLUMN_CLIP)
    gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  SacCompareTable *self = g_object_get_data (G_OBJECT (factory), "table");
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  SacCompareRow *row = gtk_list_item_get_item (item);
  guint column = GPOINTER_TO_UINT (data), run = column - COLUMN_RUN;
  const SacCompareView *view = self->view;

  gtk_widget_remove_css_class (GTK_WIDGET (label), "error");
  if (!view || row->clip >= view->n_clips || (column >= COLUMN_RUN && run >= view->n_runs))
    return;
  if (column == COLUMN_CLIP)
    {
      gtk_label_set_text (label, view->clips[row->clip]);
      gtk_widget_set_tooltip_text (GTK_WIDGET (label), view->clips[row->clip]);
    }
  else if (column == COLUMN_TRUTH)
    {
      int truth = sac_compare_view_truth (view, row->clip);

      gtk_label_set_text (label, truth < 0 ? "–" : truth ? _("yes") : _("no"));
    }
  else
    {
      float score = sac_compare_view_score (view, run, row->clip);
      int right = sac_compare_is_right (view, run, row->clip, threshold_of (self, run));
      g_autofree char *text = isnan (score) ? g_strdup ("–")
                                            : g_strdup_printf ("%.3f %s", (double) score, right < 0 ? " " : right ? "✓" : "✗");

      gtk_label_set_text (label, text);
      if (right == 0)
        gtk_widget_add_css_class (GTK_WIDGET (label), "error");
    }
}

/* ---- headers: a click on one is the same as its order in the list above.  Rows are put in order by a thread, so the columns' sorters are
 * asked for one thing alone: which of them is in force, and which way round. */

typedef struct { SacCompareTable *table; guint order; } Header;

static int
note_header (gconstpointer a, gconstpointer b, gpointer data)
{
  const Header *header = data;

  header->table->noted = header->order;
  return GTK_ORDERING_LARGER;
}

static void
on_header (SacCompareTable *self, GtkSorterChange change, GtkSorter *sorter)
{
  g_autoptr (SacCompareRow) a = NULL, b = NULL;
  gboolean back;

  if (self->filling)
    return;
  a = g_object_new (SAC_TYPE_COMPARE_ROW, NULL);
  b = g_object_new (SAC_TYPE_COMPARE_ROW, NULL);
  self->noted = G_MAXUINT;
  back = gtk_sorter_compare (sorter, a, b) == GTK_ORDERING_SMALLER;
  if (self->noted == G_MAXUINT)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_selected (self->order, self->noted);
  gtk_toggle_button_set_active (self->down, back);
  self->filling = FALSE;
  ask (self);
}

/* The arrow stands where the order of the list is a column's. */
static void
show_header (SacCompareTable *self)
{
  guint order = gtk_drop_down_get_selected (self->order);
  guint at = order == SAC_ORDER_NAME ? COLUMN_CLIP : order == SAC_ORDER_TRUTH ? COLUMN_TRUTH
             : order >= SAC_ORDER_RUN ? COLUMN_RUN + order - SAC_ORDER_RUN : G_MAXUINT;
  g_autoptr (GtkColumnViewColumn) column = at == G_MAXUINT ? NULL : g_list_model_get_item (gtk_column_view_get_columns (self->table), at);
  gboolean was = self->filling, back = gtk_toggle_button_get_active (self->down);

  self->filling = TRUE;
  gtk_column_view_sort_by_column (self->table, column, back ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  self->filling = was;
}

static void
on_order (SacCompareTable *self)
{
  if (!self->filling)
    show_header (self);
  ask (self);
}

static void
add_column (SacCompareTable *self, guint column, const char *title)
{
  guint order = column == COLUMN_CLIP ? SAC_ORDER_NAME : column == COLUMN_TRUTH ? SAC_ORDER_TRUTH : SAC_ORDER_RUN + column - COLUMN_RUN;
  Header *header = g_new (Header, 1);
  g_autoptr (GtkSorter) sorter = NULL;
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *made;

  g_object_set_data (G_OBJECT (factory), "table", self);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GUINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), GUINT_TO_POINTER (column));
  made = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (made, TRUE);
  gtk_column_view_column_set_expand (made, column == COLUMN_CLIP);
  *header = (Header) { self, order };
  sorter = GTK_SORTER (gtk_custom_sorter_new (note_header, header, g_free));
  gtk_column_view_column_set_sorter (made, sorter);
  gtk_column_view_append_column (self->table, made);
  g_object_unref (made);
}

static void
fill_columns (SacCompareTable *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->table);
  g_autoptr (GtkStringList) orders = gtk_string_list_new ((const char *const[]) { _("Wrong first"), _("By name"), _("By truth"),
                                                          _("By loss"), _("By difference"), NULL });
  guint order = gtk_drop_down_get_selected (self->order);

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->table, column);
    }
  add_column (self, COLUMN_CLIP, _("Clip"));
  add_column (self, COLUMN_TRUTH, _("Truth"));
  for (guint r = 0; self->view && r < self->view->n_runs; r++)
    {
      g_autofree char *by = g_strdup_printf (_("By the score of %s"), self->view->runs[r]->name);

      add_column (self, COLUMN_RUN + r, self->view->runs[r]->name);
      gtk_string_list_append (orders, by);
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->order, G_LIST_MODEL (orders));
  gtk_drop_down_set_selected (self->order, order < g_list_model_get_n_items (G_LIST_MODEL (orders)) ? order : 0);
  show_header (self);
  self->filling = FALSE;
}

/* ---- names of runs are long: the button shows their beginning, the list all. */

static void
setup_name (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer most)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (most)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), GPOINTER_TO_INT (most));
    }
  gtk_list_item_set_child (item, label);
}

static void
bind_name (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

void
sac_compare_shorten (GtkDropDown *drop, int most)
{
  for (int list = 0; list < 2; list++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

      g_signal_connect (factory, "setup", G_CALLBACK (setup_name), GINT_TO_POINTER (list ? 0 : most));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_name), NULL);
      if (list)
        gtk_drop_down_set_list_factory (drop, factory);
      else
        gtk_drop_down_set_factory (drop, factory);
      g_object_unref (factory);
    }
}

/* ---- what is asked of it. */

void
sac_compare_table_set_session (SacCompareTable *self, SacSession *session)
{
  self->session = session;
  sac_query_completion_attach (GTK_WIDGET (self->search), session);
}

static gboolean
same_runs (const SacCompareView *a, const SacCompareView *b)
{
  if (!a || !b || a->n_runs != b->n_runs)
    return FALSE;
  for (guint r = 0; r < a->n_runs; r++)
    if (g_strcmp0 (a->runs[r]->folder, b->runs[r]->folder) != 0)
      return FALSE;
  return TRUE;
}

static void
forget (SacCompareTable *self)
{
  for (guint i = 0; self->all_thresholds && self->all_thresholds[i]; i++)
    g_free (self->all_thresholds[i]);
  g_clear_pointer (&self->all_thresholds, g_free);
  g_clear_pointer (&self->thresholds, g_free);
  g_clear_pointer (&self->view, sac_compare_view_unref);
}

void
sac_compare_table_set_view (SacCompareTable *self, SacCompareView *view, double *thresholds, double **all_thresholds)
{
  gboolean same = same_runs (self->view, view), same_view = view && view == self->view;
  guint n = self->list->clips->len;

  if (view)
    sac_compare_view_ref (view);
  if (!same_view)               /* the rows are of another view */
    {
      g_array_set_size (self->list->clips, 0);
      g_list_model_items_changed (G_LIST_MODEL (self->list), 0, n, 0);
    }
  if (!same)
    {
      self->mark.kind = SAC_BEHIND_NONE;
      g_clear_pointer (&self->mark_words, g_free);
    }
  forget (self);
  self->view = view;
  self->thresholds = thresholds;
  self->all_thresholds = all_thresholds;
  if (!same)
    fill_columns (self);
  say (self);
  ask (self);
}

void
sac_compare_table_show_mark (SacCompareTable *self, const SacBehind *mark, const char *words)
{
  self->mark = *mark;
  g_free (self->mark_words);
  self->mark_words = g_strdup (words);
  self->filling = TRUE;
  gtk_drop_down_set_selected (self->kind, SAC_CLIPS_MARK);
  self->filling = FALSE;
  ask (self);
}

char *
sac_compare_table_dup_words (SacCompareTable *self)
{
  static const char *const kinds[SAC_N_CLIPS_KINDS] = { N_("All clips"), NULL, N_("Wrong clips"), N_("Clips decided differently"),
                                                        N_("Hardest clips") };
  SacClipsKind kind = (SacClipsKind) gtk_drop_down_get_selected (self->kind);

  if (kind == SAC_CLIPS_MARK)
    return g_strdup (self->mark_words ? self->mark_words : "");
  return g_strdup_printf ("%s, “%s”", _(kinds[MIN (kind, SAC_N_CLIPS_KINDS - 1)]), self->view ? self->view->label : "");
}

GArray *
sac_compare_table_dup_ids (SacCompareTable *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SacId));
  SacClipTable *table = sac_session_get_table (self->session);

  for (guint i = 0; i < self->list->clips->len; i++)
    {
      guint row = sac_clip_table_find_name (table, self->view->clips[g_array_index (self->list->clips, guint, i)]);

      if (row != SAC_NO_ROW)
        g_array_append_val (ids, table->ids[row]);
    }
  return ids;
}

/* ---- life. */

static void
on_kind (SacCompareTable *self)
{
  if (self->filling)
    return;
  if (gtk_drop_down_get_selected (self->kind) == SAC_CLIPS_HARDEST)
    {
      self->filling = TRUE;
      gtk_drop_down_set_selected (self->order, SAC_ORDER_LOSS);
      gtk_toggle_button_set_active (self->down, TRUE);
      self->filling = FALSE;
      show_header (self);
    }
  ask (self);
}

static void
on_down (SacCompareTable *self)
{
  gtk_button_set_icon_name (GTK_BUTTON (self->down), gtk_toggle_button_get_active (self->down) ? "view-sort-descending-symbolic"
                                                                                                : "view-sort-ascending-symbolic");
  on_order (self);
}

static const char *
clip_at (SacCompareTable *self, guint position)
{
  return self->view && position < self->list->clips->len ? self->view->clips[g_array_index (self->list->clips, guint, position)] : NULL;
}

static void
on_activate (SacCompareTable *self, guint position)
{
  guint run = self->mark.kind != SAC_BEHIND_NONE && gtk_drop_down_get_selected (self->kind) == SAC_CLIPS_MARK ? self->mark.run : 0;

  if (clip_at (self, position))
    g_signal_emit (self, signals[CLIP_CHOSEN], 0, clip_at (self, position), run);
}

static void
on_show (SacCompareTable *self)
{
  g_signal_emit (self, signals[SET_WANTED], 0);
}

static void
on_beside (SacCompareTable *self)
{
  const char *clip = clip_at (self, gtk_single_selection_get_selected (self->chosen));

  if (clip)
    g_signal_emit (self, signals[SIDE_BY_SIDE], 0, clip);
}

static void
sac_compare_table_dispose (GObject *object)
{
  SacCompareTable *self = SAC_COMPARE_TABLE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  forget (self);
  g_clear_object (&self->list);
  g_clear_object (&self->chosen);
  g_clear_pointer (&self->mark_words, g_free);
  g_clear_pointer (&self->only, g_hash_table_unref);
  g_clear_pointer (&self->query, g_free);
  self->ask_again = FALSE;
  G_OBJECT_CLASS (sac_compare_table_parent_class)->dispose (object);
}

static void
sac_compare_table_class_init (SacCompareTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_compare_table_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  signals[CLIP_CHOSEN] = g_signal_new ("clip-chosen", SAC_TYPE_COMPARE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       G_TYPE_STRING, G_TYPE_UINT);
  signals[SIDE_BY_SIDE] = g_signal_new ("side-by-side", SAC_TYPE_COMPARE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING);
  signals[SET_WANTED] = g_signal_new ("set-wanted", SAC_TYPE_COMPARE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
name_it (gpointer widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (widget, name);
}

static GtkWidget *
make_head (SacCompareTable *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->kind = GTK_DROP_DOWN (gtk_drop_down_new_from_strings ((const char *const[]) {
    _("All"), _("Behind the mark"), _("Wrong"), _("Decided differently"), _("Hardest"), NULL }));
  name_it (self->kind, _("Which clips"));
  self->order = GTK_DROP_DOWN (gtk_drop_down_new_from_strings ((const char *const[]) { _("Wrong first"), NULL }));
  sac_compare_shorten (self->order, 13);
  name_it (self->order, _("Order of the clips"));
  self->down = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->down), "view-sort-descending-symbolic");
  gtk_toggle_button_set_active (self->down, TRUE);
  name_it (self->down, _("Highest first"));
  self->search = GTK_EDITABLE (gtk_search_entry_new ());
  g_object_set (self->search, "placeholder-text", _("Query"), NULL);
  gtk_editable_set_width_chars (self->search, 4);
  gtk_widget_set_hexpand (GTK_WIDGET (self->search), TRUE);
  name_it (self->search, _("A query, as on the Clips page"));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->kind));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->search));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->order));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->down));
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (on_kind), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->order, "notify::selected", G_CALLBACK (on_order), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->down, "toggled", G_CALLBACK (on_down), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (on_search), self, G_CONNECT_SWAPPED);
  return head;
}

static void
sac_compare_table_init (SacCompareTable *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkWidget *scroller = gtk_scrolled_window_new (), *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *head = make_head (self);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->list = g_object_new (SAC_TYPE_COMPARE_LIST, NULL);
  self->chosen = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->chosen));
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Clips with the scores of the runs"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (self->words, 10);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_lines (self->words, 2);
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  self->beside = gtk_button_new_with_label (_("Side by side"));
  gtk_widget_set_tooltip_text (self->beside, _("The selected clip through the eyes of all ticked runs"));
  self->show = gtk_button_new_with_label (_("Show in Clips"));
  gtk_widget_set_valign (self->beside, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->show, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (foot), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (foot), self->beside);
  gtk_box_append (GTK_BOX (foot), self->show);
  gtk_widget_set_parent (head, GTK_WIDGET (self));
  gtk_widget_set_parent (scroller, GTK_WIDGET (self));
  gtk_widget_set_parent (foot, GTK_WIDGET (self));
  g_signal_connect_object (gtk_column_view_get_sorter (self->table), "changed", G_CALLBACK (on_header), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "activate", G_CALLBACK (on_activate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->show, "clicked", G_CALLBACK (on_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->beside, "clicked", G_CALLBACK (on_beside), self, G_CONNECT_SWAPPED);
  say (self);
}
