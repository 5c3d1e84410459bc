/* Searches among graphs in the window: what is read of them, what is told, and the program that is started for them. */
#include <math.h>

#include "app/sac-graph-view.h"
#include "app/sac-search-start.h"
#include "app/sac-search-table.h"
#include "app/sac-search-view.h"
#include "run/sac-gan-recipe.h"
#include "widget-fixture.h"

#define N_TRIALS 60

typedef struct {
  GtkWidget *window;
  SacSearchView *view;
  GtkWidget *table;
  char *place, *project, *recipe;
  SacGanSearch *search;
  char *letters, *run;          /* that were chosen */
} Fixture;

static GtkWidget *
find (GtkWidget *root, GType type, const char *label)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (!label || g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child && !found; child = gtk_widget_get_next_sibling (child))
    found = find (child, type, label);
  return found;
}

static void
press (Fixture *f, const char *label)
{
  GtkWidget *button = find (GTK_WIDGET (f->view), GTK_TYPE_BUTTON, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
shows (Fixture *f, const char *words)
{
  for (GSList *todo = g_slist_prepend (NULL, f->view); todo;)
    {
      GtkWidget *widget = todo->data;

      todo = g_slist_delete_link (todo, todo);
      if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), words))
        {
          g_slist_free (todo);
          return TRUE;
        }
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
        todo = g_slist_prepend (todo, child);
    }
  return FALSE;
}

/* Trials end well, the better the more D teaches G1. */
static void
work (SacGanSearch *search, guint n)
{
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SacTrial) trial = NULL;
      SacTrialPoint point = { 0 };
      guint until;

      g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, &error), ==, 1);
      g_assert_no_error (error);
      if (i == 7)
        {
          g_assert_true (sac_gan_search_fail (search, trial->number, "no memory for it", 1, &error));
          continue;
        }
      point.epochs = until;
      for (guint g = 0; g < 3; g++)
        {
          point.is[g] = 2 + 0.1 * g + 0.01 * trial->number / N_TRIALS + (trial->graph.gates[0][0] == SAC_GATE_THROUGH ? 1 : 0);
          point.fid[g] = NAN;
        }
      point.objective = sac_objective_compute (SAC_OBJECTIVE_MAX_IS, 3, point.is, point.fid);
      g_assert_true (sac_gan_search_record (search, trial->number, &point, 30, &error));
      g_assert_no_error (error);
    }
}

static void
on_graph (Fixture *f, const char *letters)
{
  g_free (f->letters);
  f->letters = g_strdup (letters);
}

static void
on_run (Fixture *f, const char *run)
{
  g_free (f->run);
  f->run = g_strdup (run);
}

/* What is started says what it was asked, and waits to be stopped. */
static const char program[] = "#!/bin/sh\necho \"$*\" >> \"$SACCADE_TEST_SAID\"\ntrap 'exit 0' TERM\n"
                              "case \"$*\" in *bad*) echo 'it cannot be' >&2; exit 1;; esac\nwhile :; do sleep 0.05; done\n";

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = NULL, *saccade = NULL, *said = NULL, *old = g_strdup (g_getenv ("PATH")), *path = NULL, *text = NULL;
  SacSearchSpec spec = { .limit = 10, .samples = 10, .k = 3, .n_trials = N_TRIALS, .epochs = 1, .seed = 3 };
  GError *error = NULL;

  f->place = g_dir_make_tmp ("saccade-search-XXXXXX", NULL);
  f->project = g_build_filename (f->place, "p.saccade", NULL);
  f->recipe = g_build_filename (g_getenv ("SACCADE_DATADIR"), "recipes", "gan", "mad-gan-small.ini", NULL);
  if (!g_file_test (f->recipe, G_FILE_TEST_EXISTS))
    g_error ("no recipe %s", f->recipe);
  g_assert_true (g_file_get_contents (f->recipe, &text, NULL, &error));
  spec.recipe = text;
  spec.data = f->place;
  spec.classifier = f->place;
  folder = g_build_filename (f->place, "searches", "first", NULL);
  f->search = sac_gan_search_create (folder, &spec, &error);
  g_assert_no_error (error);
  saccade = g_build_filename (f->place, "saccade", NULL);
  said = g_build_filename (f->place, "said", NULL);
  g_assert_true (g_file_set_contents (saccade, program, -1, NULL));
  g_assert_cmpint (g_chmod (saccade, 0755), ==, 0);
  path = g_strconcat (f->place, ":", old, NULL);
  g_setenv ("PATH", path, TRUE);
  g_setenv ("SACCADE_TEST_SAID", said, TRUE);

  f->window = gtk_window_new ();
  f->view = SAC_SEARCH_VIEW (sac_search_view_new ());
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->view));
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1100, 700);
  gtk_window_present (GTK_WINDOW (f->window));
  f->table = find (GTK_WIDGET (f->view), SAC_TYPE_SEARCH_TABLE, NULL);
  g_signal_connect_swapped (f->view, "graph-chosen", G_CALLBACK (on_graph), f);
  g_signal_connect_swapped (f->view, "run-chosen", G_CALLBACK (on_run), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  spin (0.1);
  sac_gan_search_free (f->search);
  remove_tree (f->place);
  g_free (f->place);
  g_free (f->project);
  g_free (f->recipe);
  g_free (f->letters);
  g_free (f->run);
}

static GListModel *
rows (Fixture *f)
{
  return G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (find (f->table, GTK_TYPE_COLUMN_VIEW, NULL))));
}

static gboolean
has_rows (gpointer data)
{
  return g_list_model_get_n_items (rows (data)) == N_TRIALS;
}

static gboolean
has_some (gpointer data)
{
  return shows (data, "41 of 60 trials over, 1 failed");
}

static gboolean
has_all (gpointer data)
{
  return shows (data, "60 of 60 trials over");
}

static void
test_watch (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) trials = NULL;
  const SacTrial *best;
  SacGanGraph graph;

  g_assert_true (shows (f, "open one"));
  sac_search_view_set_project (f->view, f->project, f->place);
  g_assert_true (wait_until (has_rows, f, 10));
  g_assert_true (shows (f, "0 of 60 trials over"));
  g_assert_true (shows (f, "As soon as trials are scored"));
  work (f->search, 41);
  sac_search_view_refresh (f->view);
  g_assert_true (wait_until (has_some, f, 10));
  work (f->search, 19);
  g_assert_true (wait_until (has_all, f, 10));         /* it looks by itself */

  /* The best stands above; its graph can be used, its run shown. */
  trials = sac_gan_search_list (f->search, &error);
  best = sac_gan_search_best (trials);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (rows (f)), 0, TRUE);
  g_assert_cmpuint (sac_search_table_get_chosen (SAC_SEARCH_TABLE (f->table)), ==, best->number);
  press (f, "Use this graph");
  g_assert_cmpstr (f->letters, ==, best->text);
  g_assert_true (sac_gan_graph_parse (f->letters, &graph, NULL));
  g_assert_cmpint (graph.gates[0][0], ==, SAC_GATE_THROUGH);
  press (f, "Show its run");
  {
    g_autofree char *run = sac_gan_search_dup_run (f->search, best->number);

    g_assert_cmpstr (f->run, ==, run);
  }
  for (guint i = 0; i < 60; i++)
    if (((SacTrial *) trials->pdata[i])->state == SAC_TRIAL_FAILED)
      sac_search_table_choose (SAC_SEARCH_TABLE (f->table), i + 1);
  g_assert_true (shows (f, "no memory for it"));
  g_assert_true (shows (f, "D→G1"));            /* what makes the difference is told in words */
}

static gboolean
is_stopped (gpointer data)
{
  return gtk_widget_get_sensitive (find (GTK_WIDGET (((Fixture *) data)->view), GTK_TYPE_BUTTON, "Go on"));
}

static gboolean
has_said (gpointer data)
{
  g_autofree char *text = NULL;

  g_file_get_contents (g_getenv ("SACCADE_TEST_SAID"), &text, NULL, NULL);
  return text && strstr (text, data);
}

static gboolean
has_failed (gpointer data)
{
  return shows (data, "it cannot be");
}

static GtkEditable *
first_entry (GtkWidget *start)
{
  return GTK_EDITABLE (find (start, GTK_TYPE_ENTRY, NULL));
}

static void
test_start (Fixture *f, gconstpointer data)
{
  GtkWidget *start = find (GTK_WIDGET (f->view), SAC_TYPE_SEARCH_START, NULL);
  g_autofree char *why = NULL, *then = NULL, *text = NULL;

  sac_search_view_set_project (f->view, f->project, f->place);
  g_assert_true (wait_until (has_rows, f, 10));
  why = sac_search_start_dup_missing (SAC_SEARCH_START (start));
  g_assert_nonnull (why);
  g_assert_true (g_file_get_contents (f->recipe, &text, NULL, NULL));
  sac_search_view_set_source (f->view, text, f->place);
  sac_search_view_set_classifier (f->view, f->place);
  g_assert_null (sac_search_start_dup_missing (SAC_SEARCH_START (start)));
  gtk_editable_set_text (first_entry (start), "first");
  then = sac_search_start_dup_missing (SAC_SEARCH_START (start));
  g_assert_nonnull (then);
  gtk_editable_set_text (first_entry (start), "second");
  g_signal_emit_by_name (start, "start");
  g_assert_true (wait_until (has_said, (gpointer) "--name second", 10));
  g_assert_true (has_said ((gpointer) "--trials 20 --epochs 1 --jobs 1"));
  g_assert_true (has_said ((gpointer) "--objective max-is"));
  g_assert_false (has_said ((gpointer) "--halving"));
  press (f, "Stop");
  g_assert_true (shows (f, "Stopping"));
  /* The one that is there goes on; the second was never made. */
  spin (0.3);
  sac_search_view_refresh (f->view);
  g_assert_true (wait_until (has_rows, f, 10));
  g_assert_true (wait_until (is_stopped, f, 10));
  press (f, "Go on");
  g_assert_true (wait_until (has_said, (gpointer) "searches/first --resume --jobs 1", 10));
  press (f, "Stop");
  g_assert_true (wait_until (is_stopped, f, 10));
  gtk_editable_set_text (first_entry (start), "bad");
  g_signal_emit_by_name (start, "start");
  g_assert_true (wait_until (has_failed, f, 10));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    return g_print ("1..0 # SKIP no display\n"), 0;
  adw_init ();
  g_test_add ("/search-view/watch", Fixture, NULL, set_up, test_watch, tear_down);
  g_test_add ("/search-view/start", Fixture, NULL, set_up, test_start, tear_down);
  return g_test_run ();
}
