#include "sac-runs-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "data/sac-run-now.h"
#include "sac-keymap.h"
#include "sac-runs-page-private.h"
#include "sac-store-job.h"

#define POLL_SECONDS 5

G_DEFINE_FINAL_TYPE (SacRunsPage, sac_runs_page, SAC_TYPE_PAGE)

/* ---- curves of the ticked runs. */
static gboolean
show_overlay (gpointer data)
{
  SacRunsPage *self = data;
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  g_autoptr (GArray) runs = table ? sac_run_grid_list_ticked (self->grid) : NULL;
  g_autofree char *apart = NULL;
  SacRunsOverlay *overlay;
  SacRunIndex *index;
  GString *words;

  self->overlay_id = 0;
  if (runs && runs->len == 0)
    {
      g_array_unref (runs);
      runs = sac_run_grid_list_selected (self->grid);
    }
  if (!table || !self->metric)
    {
      sac_board_view_set_maker (self->board, sac_runs_overlay_make, sac_runs_overlay_new (self->curves, "", 0, FALSE),
                                sac_runs_overlay_free);
      gtk_widget_set_visible (self->apart, FALSE);
      return G_SOURCE_REMOVE;
    }
  index = sac_run_table_get_index (table);
  apart = sac_run_index_dup_difference (index, (const guint *) (gpointer) runs->data, runs->len);
  gtk_widget_set_visible (self->apart, apart && !self->together);
  if (apart && !self->together)
    {
      gtk_label_set_text (self->apart_words, apart);
      g_array_set_size (runs, 1);       /* the first alone */
    }
  overlay = sac_runs_overlay_new (self->curves, self->metric, gtk_range_get_value (GTK_RANGE (self->smoothing)),
                                  gtk_toggle_button_get_active (self->log_y));
  words = g_string_new (self->metric);
  for (guint i = 0; i < runs->len; i++)
    {
      guint run = g_array_index (runs, guint, i);
      const SacRunSaid *said = sac_run_table_get_said (table, run);
      int tick = sac_run_grid_find_tick (self->grid, run);
      SacRunEntry entry;

      sac_run_index_get (index, run, &entry);
      sac_runs_overlay_add (overlay, said->folder, said->name, tick < 0 ? i : (guint) tick, entry.ended_us);
      if (i < 20)
        g_string_append_printf (words, "%s %s", i ? "," : ":", said->name);
    }
  sac_board_view_set_maker (self->board, sac_runs_overlay_make, overlay, sac_runs_overlay_free);
  sac_board_view_describe (self->board, words->str);
  g_string_free (words, TRUE);
  return G_SOURCE_REMOVE;
}

static void
overlay_soon (SacRunsPage *self)
{
  if (!self->overlay_id)
    self->overlay_id = g_timeout_add (30, show_overlay, self);
}

static void
on_together (SacRunsPage *self)
{
  self->together = TRUE;
  overlay_soon (self);
}

static void
on_metric (SacRunsPage *self)
{
  guint i = gtk_drop_down_get_selected (self->metric_drop);

  if (self->filling || i >= self->metrics->len)
    return;
  g_free (self->metric);
  self->metric = g_strdup (self->metrics->pdata[i]);
  overlay_soon (self);
}

/* ---- the table: made in a thread, shown when no newer one was asked for. */
typedef struct {
  SacRunIndex *index;
  GPtrArray *said;
  char **columns, *filter, *sort, *group;
  gboolean descending, archived, differences, reload;
  guint64 generation;
  SacRunTable *table;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->index, sac_run_index_unref);
  g_clear_pointer (&order->said, g_ptr_array_unref);
  g_clear_pointer (&order->table, sac_run_table_unref);
  g_strfreev (order->columns);
  g_free (order->filter);
  g_free (order->sort);
  g_free (order->group);
  g_free (order);
}

static Order *
order_new (SacRunsPage *self, gboolean reload)
{
  Order *order = g_new0 (Order, 1);
  guint group = gtk_drop_down_get_selected (self->group_drop);

  order->columns = g_strdupv (self->columns);
  order->filter = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search)));
  order->sort = g_strdup (self->sort);
  order->group = group > 0 && group <= self->groups->len ? g_strdup (self->groups->pdata[group - 1]) : NULL;
  order->descending = self->descending;
  order->archived = gtk_toggle_button_get_active (self->archived);
  order->differences = gtk_toggle_button_get_active (self->differences);
  order->reload = reload;
  order->generation = ++self->generation;
  return order;
}

static void
put_in_order (Order *order)
{
  SacRunWish wish = { (const char *const *) order->columns, order->filter, order->sort, order->descending, order->group, order->archived,
                      order->differences };

  order->table = sac_run_table_new (order->index, order->said, &wish);
}

static void
show_count (SacRunsPage *self)
{
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  guint n = table ? sac_run_table_get_n_runs (table) : 0, all = table ? sac_run_table_get_n_all (table) : 0;
  g_autoptr (GArray) ticked = table ? sac_run_grid_list_ticked (self->grid) : NULL;
  guint n_ticked = ticked ? ticked->len : 0;
  g_autofree char *shown = n == all ? g_strdup_printf (g_dngettext ("saccade", "%u run", "%u runs", all), all)
                                    : g_strdup_printf (g_dngettext ("saccade", "%u of %u run", "%u of %u runs", all), n, all);
  g_autofree char *text = n_ticked ? g_strdup_printf (_("%s, %u ticked"), shown, n_ticked) : g_strdup (shown);

  gtk_label_set_text (self->count, text);
  gtk_widget_set_sensitive (self->compare_button, n_ticked > 0);
}

static void
take_order (SacRunsPage *self, Order *order)
{
  if (order->reload)            /* what was read counts, however it was to be shown */
    {
      gboolean fresh = !self->index || sac_run_index_get_n_read (order->index) > 0 || sac_run_index_get_n (order->index) !=
                       sac_run_index_get_n (self->index);

      g_clear_pointer (&self->index, sac_run_index_unref);
      self->index = sac_run_index_ref (order->index);
      g_clear_pointer (&self->said, g_ptr_array_unref);
      self->said = g_ptr_array_ref (order->said);
      if (fresh)
        _sac_runs_page_fill_choices (self);
    }
  if (order->generation != self->generation)    /* another was asked for meanwhile, of the runs as they were */
    {
      if (order->reload)
        _sac_runs_page_refresh (self);
      return;
    }
  sac_run_grid_set_table (self->grid, order->table);
  gtk_stack_set_visible_child_name (self->stack, sac_run_table_get_n_all (order->table) ? "runs" : "empty");
  show_count (self);
  _sac_runs_page_update_acts (self);
  overlay_soon (self);
  if (order->reload)
    _sac_runs_page_show_facts (self);
}

static gboolean
read_runs (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Order *order = data;
  g_auto (GStrv) folders = NULL;
  g_autofree char *cache = NULL;

  order->said = sac_runs_collect (project, &folders, &cache, error);
  order->index = order->said ? sac_run_index_load (cache, (const char *const *) folders, NULL, NULL, cancellable, error) : NULL;
  if (order->index)
    put_in_order (order);
  return order->index != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  SacRunsPage *self = SAC_RUNS_PAGE (source);
  g_autoptr (GError) error = NULL;
  Order *order = sac_store_job_finish (result, &error);

  self->n_busy--;
  if (order)
    take_order (self, order);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, "%s", error->message);
}

void
_sac_runs_page_reload (SacRunsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  self->stale = FALSE;
  if (!session || !sac_session_is_open (session))
    return;
  self->n_busy++;
  sac_store_job_read (session, read_runs, order_new (self, TRUE), order_free, self->cancellable, self, on_read);
}

static void
refresh_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  put_in_order (data);
  g_task_return_boolean (task, TRUE);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  SacRunsPage *self = SAC_RUNS_PAGE (source);
  Order *order = g_task_get_task_data (G_TASK (result));

  self->n_busy--;
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    take_order (self, order);
}

static gboolean
refresh (gpointer data)
{
  SacRunsPage *self = data;
  g_autoptr (GTask) task = NULL;
  Order *order;

  self->refresh_id = 0;
  if (!self->index)
    return G_SOURCE_REMOVE;
  order = order_new (self, FALSE);
  order->index = sac_run_index_ref (self->index);
  order->said = g_ptr_array_ref (self->said);
  task = g_task_new (self, self->cancellable, on_refreshed, NULL);
  g_task_set_task_data (task, order, order_free);
  self->n_busy++;
  g_task_run_in_thread (task, refresh_thread);
  return G_SOURCE_REMOVE;
}

void
_sac_runs_page_refresh (SacRunsPage *self)
{
  if (!self->refresh_id && !self->filling)
    self->refresh_id = g_timeout_add (20, refresh, self);
}

/* ---- what a person does. */
static void
on_sort (SacRunsPage *self, const char *column)
{
  gboolean again = g_strcmp0 (self->sort, column) == 0, numbers = sac_run_table_is_number (column);

  /* Numbers with the largest first; the second click turns it, the third takes it away. */
  if (again && self->descending != numbers)
    {
      g_clear_pointer (&self->sort, g_free);
      self->descending = FALSE;
    }
  else
    {
      self->descending = again ? !self->descending : numbers;
      g_free (self->sort);
      self->sort = g_strdup (column);
    }
  sac_run_grid_set_sorted (self->grid, self->sort, self->descending);
  _sac_runs_page_refresh (self);
}

static void
on_ticks (SacRunsPage *self)
{
  self->together = FALSE;
  show_count (self);
  overlay_soon (self);
}

static void
on_selection (SacRunsPage *self)
{
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  int run = sac_run_grid_get_cursor (self->grid);

  _sac_runs_page_update_acts (self);
  _sac_runs_page_show_facts (self);
  if (run >= 0)
    sac_selection_set_run (sac_page_get_selection (SAC_PAGE (self)), sac_run_table_get_said (table, (guint) run)->folder);
  overlay_soon (self);          /* where none is ticked, the selected ones are drawn */
}

static void
on_compare (SacRunsPage *self)
{
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  g_autoptr (GArray) runs = table ? sac_run_grid_list_ticked (self->grid) : NULL;
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  const char *generators = NULL;

  if (runs && runs->len == 0)
    {
      g_array_unref (runs);
      runs = sac_run_grid_list_selected (self->grid);
    }
  for (guint i = 0; runs && i < runs->len; i++)
    {
      guint run = g_array_index (runs, guint, i);
      const char *folder = sac_run_table_get_said (table, run)->folder;
      g_autofree char *kind = sac_run_table_dup_cell (table, run, "key:recipe.kind");

      if (strcmp (kind, "gan") != 0)
        g_ptr_array_add (folders, (char *) folder);
      else if (!generators)
        generators = folder;
    }
  if (folders->len == 0)
    {
      if (!generators)
        return;
      sac_selection_set_run (sac_page_get_selection (SAC_PAGE (self)), generators);     /* they have no scores of labels */
      gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "generate");
      return;
    }
  g_ptr_array_add (folders, NULL);
  sac_selection_compare (sac_page_get_selection (SAC_PAGE (self)), (const char *const *) folders->pdata);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "compare");
}

SacRunGrid *
sac_runs_page_get_grid (SacRunsPage *self)
{
  return self->grid;
}

gboolean
sac_runs_page_is_busy (SacRunsPage *self)
{
  return self->n_busy > 0 || self->refresh_id || self->overlay_id || self->reload_id;
}

void
sac_runs_page_search_for (SacRunsPage *self, const char *words)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), words);
}

/* ---- life. */
static gboolean
reload_later (gpointer data)
{
  SacRunsPage *self = data;

  self->reload_id = 0;
  _sac_runs_page_reload (self);
  return G_SOURCE_REMOVE;
}

static void
on_runs_changed (SacRunsPage *self)
{
  self->stale = TRUE;
  if (sac_page_get_shown (SAC_PAGE (self)) && !self->reload_id)
    self->reload_id = g_timeout_add (50, reload_later, self);
}

static void
on_project_changed (SacRunsPage *self)
{
  self->generation++;
  g_clear_pointer (&self->index, sac_run_index_unref);
  g_clear_pointer (&self->said, g_ptr_array_unref);
  g_clear_pointer (&self->facts_folder, g_free);
  sac_run_grid_untick_all (self->grid);
  sac_run_grid_set_table (self->grid, NULL);
  gtk_stack_set_visible_child_name (self->stack, "reading");
  overlay_soon (self);
  on_runs_changed (self);
}

/* Runs at work say more; where none is, nothing is looked for. */
static gboolean
poll_runs (gpointer data)
{
  SacRunsPage *self = data;
  gboolean live = self->stale;
  SacRunEntry entry;

  for (guint i = 0; self->index && !live && i < sac_run_index_get_n (self->index) && i < 1000; i++)
    {
      sac_run_index_get (self->index, i, &entry);
      live = entry.live;
    }
  if (live && self->n_busy == 0)
    _sac_runs_page_reload (self);
  return G_SOURCE_CONTINUE;
}

static void
sac_runs_page_attach (SacPage *page)
{
  SacSession *session = sac_page_get_session (page);

  g_signal_connect_object (session, "runs-changed", G_CALLBACK (on_runs_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_project_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::writable", G_CALLBACK (_sac_runs_page_update_acts), page, G_CONNECT_SWAPPED);
  on_project_changed (SAC_RUNS_PAGE (page));
}

static void
sac_runs_page_set_shown (SacPage *page, gboolean shown)
{
  SacRunsPage *self = SAC_RUNS_PAGE (page);

  g_clear_handle_id (&self->poll_id, g_source_remove);
  if (!shown)
    return;
  _sac_runs_page_reload (self);
  self->poll_id = g_timeout_add_seconds (POLL_SECONDS, poll_runs, self);
}

static void
sac_runs_page_toggle_sidebar (SacPage *page)
{
  GtkWidget *box = SAC_RUNS_PAGE (page)->facts_box;

  gtk_widget_set_visible (box, !gtk_widget_get_visible (box));
}

static void
sac_runs_page_search (SacPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (SAC_RUNS_PAGE (page)->search));
}

static gboolean
on_key (SacRunsPage *self, guint keyval, guint keycode, GdkModifierType state, GtkEventControllerKey *controller)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (focus && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus)))
    return FALSE;               /* letters are letters there */
  return sac_runs_page_act (self, sac_keymap_find (sac_keymap_get (), SAC_KEYS_RUNS, controller, keyval, keycode, state));
}

static void
sac_runs_page_dispose (GObject *object)
{
  SacRunsPage *self = SAC_RUNS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->facts_cancellable);
  _sac_runs_page_stop_facts (self);
  g_clear_handle_id (&self->reload_id, g_source_remove);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->overlay_id, g_source_remove);
  if (self->ask)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->ask)));
  if (self->menu)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->menu)));
  adw_bin_set_child (ADW_BIN (self), NULL);     /* before the template lets go of it */
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_RUNS_PAGE);
  G_OBJECT_CLASS (sac_runs_page_parent_class)->dispose (object);
}

static void
sac_runs_page_finalize (GObject *object)
{
  SacRunsPage *self = SAC_RUNS_PAGE (object);

  g_clear_pointer (&self->index, sac_run_index_unref);
  g_clear_pointer (&self->said, g_ptr_array_unref);
  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->metrics);
  g_strfreev (self->columns);
  g_free (self->sort);
  g_free (self->metric);
  g_free (self->asked);
  g_free (self->facts_folder);
  sac_runs_curves_unref (self->curves);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->facts_cancellable);
  G_OBJECT_CLASS (sac_runs_page_parent_class)->finalize (object);
}

static void
sac_runs_page_class_init (SacRunsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  g_type_ensure (SAC_TYPE_RUN_GRID);
  g_type_ensure (SAC_TYPE_BOARD_VIEW);
  object_class->dispose = sac_runs_page_dispose;
  object_class->finalize = sac_runs_page_finalize;
  page_class->attach = sac_runs_page_attach;
  page_class->set_shown = sac_runs_page_set_shown;
  page_class->toggle_sidebar = sac_runs_page_toggle_sidebar;
  page_class->search = sac_runs_page_search;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/runs-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacRunsPage, name)
  BIND (stack);
  BIND (grid);
  BIND (search);
  BIND (column_search);
  BIND (group_drop);
  BIND (metric_drop);
  BIND (differences);
  BIND (archived);
  BIND (log_y);
  BIND (column_list);
  BIND (facts);
  BIND (changes);
  BIND (count);
  BIND (facts_title);
  BIND (changes_title);
  BIND (apart_words);
  BIND (apart);
  BIND (facts_box);
  BIND (act_box);
  BIND (compare_button);
  BIND (smoothing);
  BIND (board);
  BIND (lower);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_sort);
  gtk_widget_class_bind_template_callback (widget_class, on_ticks);
  gtk_widget_class_bind_template_callback (widget_class, on_selection);
  gtk_widget_class_bind_template_callback (widget_class, on_compare);
  gtk_widget_class_bind_template_callback (widget_class, on_metric);
  gtk_widget_class_bind_template_callback (widget_class, on_together);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback_full (widget_class, "refresh", G_CALLBACK (_sac_runs_page_refresh));
  gtk_widget_class_bind_template_callback_full (widget_class, "redraw", G_CALLBACK (overlay_soon));
  _sac_runs_page_class_init_acts (widget_class);
}

static void
sac_runs_page_init (SacRunsPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->curves = sac_runs_curves_new ();
  self->groups = g_ptr_array_new_with_free_func (g_free);
  self->metrics = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Runs"), -1);
  self->sort = g_strdup ("started");
  self->descending = TRUE;
  sac_run_grid_set_sorted (self->grid, self->sort, self->descending);
  sac_board_view_set_name (self->board, _("Curves of the ticked runs"), "runs");
  _sac_runs_page_init_columns (self);
  _sac_runs_page_init_facts (self);
  _sac_runs_page_init_acts (self);
}
