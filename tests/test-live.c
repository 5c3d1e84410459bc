/* The curves of a run under way: read by a thread, painted by another, shown on a display of their own. */
#include <math.h>
#include <string.h>

#include "app/sac-live-charts.h"
#include "app/sac-live-view.h"
#include "app/sac-run-form.h"
#include "app/sac-time-data.h"
#include "app/sac-time-view.h"
#include "widget-fixture.h"

typedef struct {
  char *dir;
  SacLiveModel *model;
  guint changes;
} Fixture;

static void
count (Fixture *f)
{
  f->changes++;
}

static void
setup (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("saccade-live-XXXXXX", NULL);
  f->model = sac_live_model_new ();
  g_signal_connect_swapped (f->model, "changed", G_CALLBACK (count), f);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_object_unref (f->model);
  remove_tree (f->dir);
  g_free (f->dir);
}

static void
write_steps (const char *folder, guint first, guint last, double offset)
{
  g_autoptr (SacEventWriter) writer = sac_event_writer_new (folder, first, NULL);

  for (guint step = first + 1; step <= last; step++)
    {
      g_assert_true (sac_event_writer_scalar (writer, step, "loss/train", offset + 1.0 / step, NULL));
      if (step % 10 == 0)
        {
          g_assert_true (sac_event_writer_scalar (writer, step, "auc/cat", 0.5 + 0.004 * step, NULL));
          g_assert_true (sac_event_writer_scalar (writer, step, "auc/dog", step == 20 ? 0.9 : 0.6, NULL));
        }
    }
  g_assert_true (sac_event_writer_text (writer, last, "status", "running", NULL));
  g_assert_true (sac_event_writer_flush (writer, NULL));
}

static guint64
get_last_step (Fixture *f, const char *tag)
{
  SacLiveSummary summary;

  return sac_live_model_get (f->model, tag, &summary) ? summary.last_step : 0;
}

static gboolean
is_at_50 (gpointer data)
{
  return get_last_step (data, "loss/train") == 50;
}

static gboolean
is_at_30 (gpointer data)
{
  return get_last_step (data, "loss/train") == 30;
}

static gboolean
is_empty (gpointer data)
{
  return get_last_step (data, "loss/train") == 0;
}

/* What a resumed run took back is gone; another folder begins from nothing. */
static void
test_model (Fixture *f, gconstpointer data)
{
  SacLiveSummary summary;
  double *x, *y;
  gsize n;

  write_steps (f->dir, 0, 50, 0);
  sac_live_model_set_folder (f->model, f->dir);
  sac_live_model_set_active (f->model, TRUE);
  g_assert_true (wait_until (is_at_50, f, 10));
  g_assert_true (sac_live_model_get (f->model, "loss/train", &summary));
  g_assert_cmpuint (summary.n, ==, 50);
  g_assert_cmpfloat (summary.most, ==, 1);
  g_assert_cmpuint (summary.least_step, ==, 50);
  g_assert_cmpstr (sac_live_model_get_text (f->model, "status"), ==, "running");
  n = sac_live_model_dup_curve (f->model, "loss/train", SAC_LIVE_STEPS, 10, 20, 100, 0, &x, &y);
  g_assert_cmpuint (n, ==, 13);                 /* 9 … 21 */
  g_assert_cmpfloat (x[0], ==, 9);
  g_free (x);
  g_free (y);
  n = sac_live_model_dup_curve (f->model, "no such", SAC_LIVE_STEPS, 0, 0, 100, 0.5, &x, &y);
  g_assert_cmpuint (n, ==, 0);
  g_free (x);
  g_free (y);

  g_usleep (1100000);           /* files of starts are told apart by their second */
  write_steps (f->dir, 20, 30, 100);
  g_assert_true (wait_until (is_at_30, f, 10));
  g_assert_true (sac_live_model_get (f->model, "loss/train", &summary));
  g_assert_cmpuint (summary.n, ==, 30);
  n = sac_live_model_dup_curve (f->model, "loss/train", SAC_LIVE_STEPS, 0, 0, 100, 0, &x, &y);
  g_assert_cmpuint (n, ==, 30);
  g_assert_cmpfloat_with_epsilon (y[19], 0.05, 1e-6);
  g_assert_cmpfloat (y[20], >, 100);
  g_free (x);
  g_free (y);

  sac_live_model_set_folder (f->model, NULL);
  g_assert_true (wait_until (is_empty, f, 5));
}

/* The labels in the order a person asked for, with what is said of each. */
static void
test_order (Fixture *f, gconstpointer data)
{
  static const struct { SacLiveOrder order; const char *first; } cases[] = {
    { SAC_LIVE_BY_NAME, "auc/cat" }, { SAC_LIVE_BY_LAST, "auc/dog" }, { SAC_LIVE_BY_BEST, "auc/cat" }, { SAC_LIVE_BY_SLOPE, "auc/dog" },
  };

  write_steps (f->dir, 0, 50, 0);
  sac_live_model_set_folder (f->model, f->dir);
  sac_live_model_set_active (f->model, TRUE);
  g_assert_true (wait_until (is_at_50, f, 10));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) tags = NULL;
      g_auto (GStrv) titles = NULL;

      sac_live_charts_choose (f->model, SAC_LIVE_LABELS, cases[i].order, &tags, &titles);
      g_assert_cmpuint (g_strv_length (tags), ==, 2);
      g_assert_cmpstr (tags[0], ==, cases[i].first);
      if (i == 0)
        g_assert_cmpstr (titles[1], ==, "dog  0.60  (best 0.90)");
    }
}

/* ---- the board. */

static SacBoardView *board;
static double picked;

static gboolean
is_painted (gpointer data)
{
  return sac_board_view_get_n_painted (board) >= *(guint64 *) data;
}

static SacBoardData *
make_two (double x0, double x1, int width, gpointer data)
{
  SacBoardData *charts = sac_board_data_new (1, 150);
  const SacAxes axes = { .title = "a", .x0 = x0, .x1 = x1 };

  for (int i = 0; i < 2; i++)
    {
      double *x = g_new (double, 3), *y = g_new (double, 3);

      for (int k = 0; k < 3; k++)
        {
          x[k] = k;
          y[k] = k * k;
        }
      sac_board_data_add_chart (charts, &axes, 0, 1);
      sac_board_data_add_curve (charts, x, y, 3, "b", 0, 2, FALSE);
    }
  g_atomic_int_inc ((gint *) data);
  return charts;
}

static void
on_picked (SacBoardView *self, double x)
{
  picked = x;
}

static void
test_board (void)
{
  static gint made;
  GtkWidget *window = gtk_window_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  guint64 pictures = 1;
  double x0, x1;

  board = g_object_new (SAC_TYPE_BOARD_VIEW, NULL);
  g_signal_connect (board, "picked", G_CALLBACK (on_picked), NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (board));
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 200);
  sac_board_view_set_maker (board, make_two, &made, NULL);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (wait_until (is_painted, &pictures, 10));
  spin (0.2);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (board)), >=, 306);        /* as high as its rows ask for */
  pictures = sac_board_view_get_n_painted (board) + 1;
  sac_board_view_set_window (board, 0.5, 1.5);
  g_assert_true (wait_until (is_painted, &pictures, 10));
  sac_board_view_get_window (board, &x0, &x1);
  g_assert_cmpfloat (x0, ==, 0.5);
  gtk_widget_activate_action (GTK_WIDGET (board), "board.all", NULL);
  sac_board_view_get_window (board, &x0, &x1);
  g_assert_cmpfloat (x0, ==, x1);
  gtk_widget_activate_action (GTK_WIDGET (board), "board.copy", NULL);
  sac_board_view_set_cross (board, 1);
  spin (0.1);
  gtk_window_destroy (GTK_WINDOW (window));     /* a picture may be under way */
  spin (0.2);
  g_assert_cmpint (g_atomic_int_get (&made), >=, 2);
}

/* All tabs of a run are painted without a word. */
static void
test_view (Fixture *f, gconstpointer data)
{
  GtkWidget *window = gtk_window_new (), *view = g_object_new (SAC_TYPE_LIVE_VIEW, NULL);
  GtkWidget *own = gtk_label_new ("mine");

  write_steps (f->dir, 0, 50, 0);
  sac_live_model_set_folder (f->model, f->dir);
  sac_live_model_set_active (f->model, TRUE);
  sac_live_view_set_model (SAC_LIVE_VIEW (view), f->model);
  sac_live_view_add_tab (SAC_LIVE_VIEW (view), own, "own", "Own");
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (wait_until (is_at_50, f, 10));
  spin (1);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_cmpuint (f->changes, >=, 1);
}

/* Only what differs from the recipe is passed on. */
static void
test_form (void)
{
  GtkWidget *form = g_object_ref_sink (g_object_new (SAC_TYPE_RUN_FORM, NULL));
  g_autoptr (SacRecipe) recipe = sac_recipe_parse ("[training]\nrate=0.25\nseed=18446744073709551615\n", NULL);
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) one = NULL;
  g_auto (GStrv) bad = NULL;

  sac_run_form_set_recipe (SAC_RUN_FORM (form), recipe, NULL);
  none = sac_run_form_dup_settings (SAC_RUN_FORM (form));
  g_assert_cmpuint (g_strv_length (none), ==, 0);       /* nor the seed, which is beyond the control */
  sac_run_form_set_rate (SAC_RUN_FORM (form), 0.5);
  one = sac_run_form_dup_settings (SAC_RUN_FORM (form));
  g_assert_cmpuint (g_strv_length (one), ==, 1);
  g_assert_cmpstr (one[0], ==, "rate=0.5");
  sac_run_form_set_rate (SAC_RUN_FORM (form), -1);
  bad = sac_run_form_dup_settings (SAC_RUN_FORM (form));
  g_assert_cmpuint (g_strv_length (bad), ==, 0);
  g_object_unref (form);
}

/* ---- through the training. */

static void
write_moment (const char *folder, guint64 step, float spread)
{
  char *labels[] = { "cat", "dog", NULL }, *clips[] = { "a", "b", "c", "d", NULL };
  float scores[] = { 0.5f + spread, 0.5f, 0.5f + spread, 0.5f, 0.5f, 0.5f + spread, 0.5f, 0.5f + spread };
  gint8 truth[] = { 1, 0, 1, 0, 0, 1, 0, 1 };
  SacScores s = { "validation", step, labels, 2, 4, clips, scores, truth, NULL };

  g_assert_true (sac_scores_write_at (folder, &s, NULL));
}

static void
test_moment (Fixture *f, gconstpointer data)
{
  g_autofree guint64 *steps = NULL;
  g_autofree guint64 *pins = NULL;
  guint n, n_pins;
  g_autoptr (SacTimeMoment) early = NULL;
  g_autoptr (SacTimeMoment) late = NULL;
  g_autoptr (SacTimeMoment) none = NULL;

  write_moment (f->dir, 10, 0);
  write_moment (f->dir, 20, 0.25f);
  steps = sac_time_list_steps (f->dir, &n, &pins, &n_pins);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (steps[1], ==, 20);
  early = sac_time_moment_read (f->dir, 10, pins, n_pins);
  late = sac_time_moment_read (f->dir, 20, pins, n_pins);
  none = sac_time_moment_read (f->dir, 15, pins, n_pins);
  g_assert_cmpfloat (early->macro, ==, 0.5);
  g_assert_cmpfloat (late->macro, ==, 1);
  g_assert_cmpuint (late->confusion->n_right, ==, 4);
  g_assert_cmpuint (late->bins[15][1], ==, 2);  /* cat: two clips with it at 0.75 */
  g_assert_cmpuint (late->bins[10][0], ==, 2);
  g_assert_null (none->labels);
}

static SacTimeView *time_view;

static gboolean
is_at_20 (gpointer data)
{
  return sac_time_view_get_step (time_view) == 20;
}

static gboolean
is_at_40 (gpointer data)
{
  return sac_time_view_get_step (time_view) == 40;
}

/* It follows a run, and stays where a person put it. */
static void
test_time (Fixture *f, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  SacSession *session = sac_session_new ();
  SacSelection *selection = sac_selection_new ();

  time_view = sac_time_view_new ();
  sac_time_view_attach (time_view, session, selection);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (time_view));
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
  gtk_window_present (GTK_WINDOW (window));
  write_moment (f->dir, 10, 0);
  write_moment (f->dir, 20, 0.25f);
  sac_time_view_set_run (time_view, f->dir);
  g_assert_true (wait_until (is_at_20, f, 10));
  write_moment (f->dir, 40, 0.25f);
  sac_time_view_refresh (time_view);
  g_assert_true (wait_until (is_at_40, f, 10));
  sac_time_view_go (time_view, 17);
  g_assert_cmpuint (sac_time_view_get_step (time_view), ==, 20);
  write_moment (f->dir, 50, 0.25f);
  sac_time_view_refresh (time_view);
  spin (0.5);
  g_assert_cmpuint (sac_time_view_get_step (time_view), ==, 20);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (selection);
  g_object_unref (session);
}

int
main (int argc, char **argv)
{
  adw_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/live/model", Fixture, NULL, setup, test_model, teardown);
  g_test_add ("/live/order", Fixture, NULL, setup, test_order, teardown);
  g_test_add_func ("/live/board", test_board);
  g_test_add ("/live/view", Fixture, NULL, setup, test_view, teardown);
  g_test_add_func ("/live/form", test_form);
  g_test_add ("/live/moment", Fixture, NULL, setup, test_moment, teardown);
  g_test_add ("/live/time", Fixture, NULL, setup, test_time, teardown);
  return g_test_run ();
}
