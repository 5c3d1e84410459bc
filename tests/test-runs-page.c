/* The Runs page over a project of its own: the table, ticks, acts with undo, changes since a run, runs that are no series. */
#include "widget-fixture.h"

#include "run/sac-run.h"
#include "app/sac-runs-page-private.h"
#include "app/sac-settings.h"

typedef struct {
  char *dir;
  SacSession *session;
  SacSelection *selection;
  SacRunsPage *page;
  SacRunGrid *grid;
  GtkWidget *window;
} Fixture;

#define N_RUNS 40

static void
make_run (const char *parent, guint number)
{
  g_autofree char *name = g_strdup_printf ("run-%02u", number), *folder = g_build_filename (parent, name, NULL);
  g_autofree char *recipe = g_strdup_printf ("[training]\nrate=%g\nbatch=%u\n", 0.01 * (1 + number % 4), number % 2 ? 8 : 4);
  g_autofree char *path = g_build_filename (folder, "recipe.ini", NULL);
  char *labels[] = { (char *) "cat", NULL };
  SacRunInfo info = { .name = name, .model = (char *) "r18-2d", .labels = labels, .started_us = 1 + number };
  g_autoptr (SacRunData) data = sac_run_data_new ((const char *const *) labels);
  SacRunClip clip = { (char *) "h", (char *) "a clip", 0, 1, number == 7 ? 2 : 1, FALSE };
  SacEventWriter *writer;

  g_mkdir_with_parents (folder, 0755);
  sac_run_data_add (data, &clip, (gint8[]) { 1 });
  g_assert_true (g_file_set_contents (path, recipe, -1, NULL) && sac_run_info_write (folder, &info, NULL)
                 && sac_run_data_write (folder, data, NULL));
  writer = sac_event_writer_new (folder, 0, NULL);
  for (guint i = 0; i < 30; i++)
    sac_event_writer_scalar (writer, i, "auc_macro", 0.5 + 0.01 * (number * 7 % N_RUNS), NULL);
  sac_event_writer_free (writer);
}

static gboolean
is_still (gpointer page)
{
  return !sac_runs_page_is_busy (page);
}

static void
settle (Fixture *f)
{
  g_assert_true (wait_until (is_still, f->page, 20));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL, *runs = NULL;
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("saccade-runs-XXXXXX", NULL);
  path = g_build_filename (f->dir, "p.saccade", NULL);
  runs = g_build_filename (f->dir, "p.data", "runs", NULL);
  for (guint i = 0; i < N_RUNS; i++)
    make_run (runs, i);
  f->session = sac_session_new ();
  f->selection = sac_selection_new ();
  g_assert_true (sac_session_open (f->session, path, TRUE, &error));
  g_assert_no_error (error);
  f->page = g_object_new (SAC_TYPE_RUNS_PAGE, NULL);
  f->grid = sac_runs_page_get_grid (f->page);
  sac_page_attach (SAC_PAGE (f->page), f->session, f->selection);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1100, 700);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  gtk_window_present (GTK_WINDOW (f->window));
  sac_page_set_shown (SAC_PAGE (f->page), TRUE);
  settle (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sac_page_set_shown (SAC_PAGE (f->page), FALSE);
  gtk_window_destroy (GTK_WINDOW (f->window));
  spin (0.2);
  g_object_unref (f->selection);
  g_object_unref (f->session);
  remove_tree (f->dir);
  g_free (f->dir);
}

static char *
dup_name (Fixture *f, guint row)
{
  SacRunTable *table = sac_run_grid_get_table (f->grid);

  return sac_run_table_dup_cell (table, (guint) sac_run_table_get_row (table, row).run, "name");
}

static void
assert_name (Fixture *f, guint row, const char *expected)
{
  g_autofree char *name = dup_name (f, row);

  g_assert_cmpstr (name, ==, expected);
}

static const char *
folder_of (Fixture *f, guint row)
{
  SacRunTable *table = sac_run_grid_get_table (f->grid);

  return sac_run_table_get_said (table, (guint) sac_run_table_get_row (table, row).run)->folder;
}

static void
test_table (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), ==, N_RUNS);
  assert_name (f, 0, "run-39");         /* the newest */
  g_signal_emit_by_name (f->grid, "sort-asked", "best:auc_macro");
  settle (f);
  assert_name (f, 0, "run-17");         /* 17 · 7 = 119, 39 above a multiple of 40 */
  g_signal_emit_by_name (f->grid, "sort-asked", "best:auc_macro");
  settle (f);
  assert_name (f, 0, "run-00");
  sac_runs_page_search_for (f->page, "rate=0.02 auc_macro>0.7");
  spin (0.4);           /* a search entry waits for more letters */
  settle (f);
  for (guint i = 0; i < sac_run_table_get_n (sac_run_grid_get_table (f->grid)); i++)
    {
      g_autofree char *name = dup_name (f, i);

      g_assert_cmpuint (g_ascii_strtoull (name + 4, NULL, 10) % 4, ==, 1);
    }
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), >, 2);
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), <, 10);
}

static void
test_acts (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = NULL;

  sac_run_grid_set_cursor (f->grid, folder_of (f, 3));
  folder = g_strdup (folder_of (f, 3));
  g_assert_true (sac_runs_page_act (f->page, "runs.archive"));
  spin (0.2);
  settle (f);
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), ==, N_RUNS - 1);
  sac_session_undo (f->session);
  spin (0.2);
  settle (f);
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), ==, N_RUNS);
  sac_run_grid_set_cursor (f->grid, folder);
  g_assert_true (sac_runs_page_act (f->page, "runs.delete"));
  spin (0.2);
  settle (f);
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), ==, N_RUNS - 1);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  sac_session_undo (f->session);
  spin (0.2);
  settle (f);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  g_assert_cmpuint (sac_run_table_get_n (sac_run_grid_get_table (f->grid)), ==, N_RUNS);
}

static GtkWidget *
find_named (GtkWidget *widget, const char *name)
{
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), name) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_named (child, name);

      if (found)
        return found;
    }
  return NULL;
}

/* Of 40 runs one has the clip on another side: the curves of all are not drawn as one series unasked. */
static void
test_apart (Fixture *f, gconstpointer data)
{
  GtkWidget *apart = find_named (GTK_WIDGET (f->page), "apart");

  sac_run_grid_set_ticked (f->grid, folder_of (f, 0), TRUE);
  sac_run_grid_set_ticked (f->grid, folder_of (f, 1), TRUE);
  settle (f);
  g_assert_false (gtk_widget_get_visible (apart));
  for (guint r = 0; r < N_RUNS; r++)
    sac_run_grid_set_ticked (f->grid, folder_of (f, r), TRUE);
  settle (f);
  g_assert_true (gtk_widget_get_visible (apart));
  g_assert_cmpuint (sac_run_grid_list_ticked (f->grid)->len, ==, N_RUNS);
  sac_run_grid_untick_all (f->grid);
  settle (f);
  g_assert_false (gtk_widget_get_visible (apart));
}

/* The clip of the runs is not in this project: it is told as gone. */
static gboolean
has_changes (gpointer page)
{
  GtkWidget *changes = find_named (page, "changes"), *facts = find_named (page, "facts");

  return gtk_widget_get_visible (changes) && gtk_list_box_get_row_at_index (GTK_LIST_BOX (changes), 0)
         && strstr (gtk_label_get_text (GTK_LABEL (facts)), "r18-2d");
}

static void
test_changes (Fixture *f, gconstpointer data)
{
  GtkWidget *changes = find_named (GTK_WIDGET (f->page), "changes"), *facts = find_named (GTK_WIDGET (f->page), "facts");

  sac_run_grid_set_cursor (f->grid, folder_of (f, 2));
  g_signal_emit_by_name (f->grid, "selection-changed");
  settle (f);
  g_assert_true (wait_until (has_changes, f->page, 30));
  g_assert_true (gtk_widget_get_visible (changes));
  g_assert_nonnull (gtk_list_box_get_row_at_index (GTK_LIST_BOX (changes), 0));
  g_assert_null (gtk_list_box_get_row_at_index (GTK_LIST_BOX (changes), 1));
  g_assert_true (strstr (gtk_label_get_text (GTK_LABEL (facts)), "r18-2d") != NULL);
  g_assert_cmpstr (sac_selection_get_run (f->selection), ==, folder_of (f, 2));
}

/* The columns that a person chose are there again in the next page. */
static void
test_columns (Fixture *f, gconstpointer data)
{
  g_autoptr (SacRunsPage) other = NULL;
  GtkWidget *row;
  gboolean found = FALSE;

  if (!sac_settings_get ())
    {
      g_test_skip ("no schema of settings");
      return;
    }
  g_assert_false (g_strv_contains ((const char *const *) f->page->columns, "folder"));
  _sac_runs_page_show_columns (f->page);
  for (row = gtk_widget_get_first_child (GTK_WIDGET (f->page->column_list)); row && !found; row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *check = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));

      found = g_strcmp0 (g_object_get_data (G_OBJECT (check), "column"), "folder") == 0;
      if (found)
        gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
    }
  g_assert_true (found);
  g_assert_true (g_strv_contains ((const char *const *) f->page->columns, "folder"));
  other = g_object_ref_sink (g_object_new (SAC_TYPE_RUNS_PAGE, NULL));
  g_assert_true (g_strv_contains ((const char *const *) other->columns, "folder"));
  g_assert_true (g_strv_contains ((const char *const *) other->columns, "name"));
  g_settings_reset (sac_settings_get (), "runs-columns");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  adw_init ();
#define ADD(name, func) g_test_add ("/app/runs-page/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("table", test_table);
  ADD ("acts", test_acts);
  ADD ("apart", test_apart);
  ADD ("changes", test_changes);
  ADD ("columns", test_columns);
  return g_test_run ();
}
