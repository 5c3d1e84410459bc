/* A frame's time runs from the frame clock's first signal to the end of the window's snapshot: handlers, layout and what widgets
 * draw.  What GSK makes of that comes after and is left out.  Beside it, the longest stretch between two polls of the main loop
 * tells what happens outside of frames.  Both as time of the clock and of the thread's processor alone: other programs on the
 * machine lengthen the first, waiting for the disk is only in it. */
#include "sac-bench.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <time.h>

#include "sac-application.h"
#include "sac-board-view.h"
#include "sac-clips-page.h"
#include "sac-tile-grid.h"
#include "sac-label-page.h"
#include "sac-runs-page.h"
#include "sac-timeline-view.h"
#include "sac-window.h"
#include "base/sac-debug.h"

#define LIMIT_MS 4.0

typedef struct {
  double wall, cpu;             /* ms */
} Time;

typedef struct {
  const char *out, *many, *marks, *phase;
  SacWindow *window;
  JsonBuilder *json;
  GArray *frames, *stretches;   /* Time */
  Time begun, woke, rendered;
  gboolean in_frame, passed, runs;
  void (*snapshot) (GtkWidget *, GtkSnapshot *);
  void (*step) (gpointer, guint);
  gpointer step_data;
  guint n_steps;
} Bench;

static Bench *bench;            /* poll functions and snapshot functions carry no data */

static Time
now (void)
{
  struct timespec wall, cpu;

  clock_gettime (CLOCK_MONOTONIC, &wall);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu);
  return (Time) { wall.tv_sec * 1e3 + wall.tv_nsec * 1e-6, cpu.tv_sec * 1e3 + cpu.tv_nsec * 1e-6 };
}

static Time
since (Time start)
{
  Time end = now ();

  return (Time) { end.wall - start.wall, end.cpu - start.cpu };
}

/* ---- measuring. */

static int
bench_poll (GPollFD *fds, guint n, int timeout)
{
  Time stretch = since (bench->woke);
  int n_ready;

  stretch.wall -= bench->rendered.wall;
  stretch.cpu -= bench->rendered.cpu;
  bench->rendered = (Time) { 0 };
  g_array_append_val (bench->stretches, stretch);
  n_ready = g_poll (fds, n, timeout);
  bench->woke = now ();
  return n_ready;
}

static void
on_before_paint (GdkFrameClock *clock)
{
  bench->begun = now ();
  bench->in_frame = TRUE;
}

static void
end_frame (void)
{
  Time frame = since (bench->begun);

  if (!bench->in_frame)
    return;
  if (frame.cpu > LIMIT_MS)     /* for a profile of that stretch: perf record -k monotonic, perf script --time */
    sac_debug (UI, "%s: frame of %.1f ms, %.6f,%.6f\n", bench->phase, frame.cpu, bench->begun.wall / 1e3,
               (bench->begun.wall + frame.wall) / 1e3);
  bench->in_frame = FALSE;
  g_array_append_val (bench->frames, frame);
}

static Time snapshot_ended;

static void
bench_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  bench->snapshot (widget, snapshot);
  end_frame ();
  snapshot_ended = now ();
}

static void
on_after_paint (GdkFrameClock *clock)
{
  end_frame ();         /* nothing was drawn anew */
  if (snapshot_ended.wall > bench->begun.wall)
    {
      Time rendering = since (snapshot_ended);

      bench->rendered.wall += rendering.wall;
      bench->rendered.cpu += rendering.cpu;
    }
  bench->passed = TRUE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  if (bench->step)
    bench->step (bench->step_data, bench->n_steps++);
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

/* ---- telling. */

static int
by_wall (gconstpointer a, gconstpointer b)
{
  const Time *x = a, *y = b;

  return (x->wall > y->wall) - (x->wall < y->wall);
}

static int
by_cpu (gconstpointer a, gconstpointer b)
{
  const Time *x = a, *y = b;

  return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

static double
at (GArray *times, double share, gboolean cpu)
{
  const Time *time = times->len ? &g_array_index (times, Time, MIN ((guint) (share * times->len), times->len - 1)) : NULL;

  return time ? cpu ? time->cpu : time->wall : 0;
}

static void
put (const char *name, double value)
{
  json_builder_set_member_name (bench->json, name);
  json_builder_add_double_value (bench->json, value);
}

static void
put_times (const char *name, GArray *times)
{
  guint within = 0;

  for (guint i = 0; i < times->len; i++)
    within += g_array_index (times, Time, i).cpu <= LIMIT_MS;
  json_builder_set_member_name (bench->json, name);
  json_builder_begin_object (bench->json);
  put ("n", times->len);
  g_array_sort (times, by_cpu);
  put ("p50", at (times, 0.5, TRUE));
  put ("p99", at (times, 0.99, TRUE));
  put ("max", at (times, 1, TRUE));
  put ("within", times->len ? (double) within / times->len : 1);
  g_array_sort (times, by_wall);
  put ("wall_p50", at (times, 0.5, FALSE));
  put ("wall_p99", at (times, 0.99, FALSE));
  put ("wall_max", at (times, 1, FALSE));
  json_builder_end_object (bench->json);
}

static void
wait_frame (void)
{
  bench->passed = FALSE;
  while (!bench->passed)
    g_main_context_iteration (NULL, TRUE);
}

static void
rest (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  bench->step = NULL;
  while (g_get_monotonic_time () < end)
    wait_frame ();
}

/* @step is called once a frame, in the clock's update, @n times. */
static void
phase (const char *name, guint n, void (*step) (gpointer, guint), gpointer data)
{
  rest (0.3);
  g_array_set_size (bench->frames, 0);
  g_array_set_size (bench->stretches, 0);
  bench->phase = name;
  bench->step_data = data;
  bench->n_steps = 0;
  bench->step = step;
  while (bench->n_steps < n)
    wait_frame ();
  bench->step = NULL;
  wait_frame ();
  json_builder_begin_object (bench->json);
  json_builder_set_member_name (bench->json, "name");
  json_builder_add_string_value (bench->json, name);
  put_times ("frames", bench->frames);
  put_times ("loop", bench->stretches);
  json_builder_end_object (bench->json);
}

/* ---- what is done. */

static GtkWidget *
find_widget (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);

      if (found)
        return found;
    }
  return NULL;
}

static GtkAdjustment *
grid_adjustment (void)
{
  GtkWidget *grid = find_widget (GTK_WIDGET (bench->window), SAC_TYPE_TILE_GRID);

  return grid ? gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (grid)) : NULL;
}

static void
scroll_by (gpointer data, guint i)
{
  GtkAdjustment *adjustment = grid_adjustment ();

  if (adjustment)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + *(const double *) data);
}

static void
scroll_anywhere (gpointer data, guint i)
{
  GtkAdjustment *adjustment = grid_adjustment ();

  if (adjustment)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) * (double) (i * 7919u % 1000u) / 1000);
}

static void
scrub_tile (gpointer data, guint i)
{
  GtkWidget *tile = find_widget (GTK_WIDGET (bench->window), SAC_TYPE_CLIP_TILE);

  if (tile)
    sac_clip_tile_scrub (SAC_CLIP_TILE (tile), (double) (i % 50) / 50);
}

static void
label_clip (gpointer data, guint i)
{
  SacSession *session = sac_window_get_session (bench->window);
  SacClipTable *table = sac_session_get_table (session);
  const SacLabel *label = sac_session_get_label (session, 0);

  if (i % 10 == 0 && label && table->n)
    sac_session_set_label (session, &table->ids[i % table->n], 1, label->id, SAC_LABEL_YES);
  else if (i % 10 == 5)
    sac_session_undo (session);
}

static void
select_all (gpointer data, guint i)
{
  GtkWidget *grid = find_widget (GTK_WIDGET (bench->window), SAC_TYPE_TILE_GRID);
  SacClipSelection *selection = grid ? sac_tile_grid_get_selection (SAC_TILE_GRID (grid)) : NULL;

  if (i % 10 == 0 && selection)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (selection));
  else if (i % 10 == 5 && selection)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (selection));
}

/* All at once, and back: the window goes on while a thread writes. */
static void
label_all (gpointer data, guint i)
{
  SacSession *session = sac_window_get_session (bench->window);
  SacClipTable *table = sac_session_get_table (session);
  const SacLabel *label = sac_session_get_label (session, 0);

  if (i % 80 == 0 && label && sac_session_is_writable (session))
    sac_session_set_label (session, table->ids, table->n, label->id, SAC_LABEL_YES);
  else if (i % 80 == 40 && sac_session_is_writable (session))
    sac_session_undo (session);
}

static void
search (gpointer data, guint i)
{
  static const char *const queries[] = { "7", "77", "label:label-01", "label:label-01 -has:segments", "segments>2", "" };

  if (i % 20 == 0)
    sac_clips_page_search_for (SAC_CLIPS_PAGE (sac_window_get_page (bench->window, "clips")), queries[i / 20 % G_N_ELEMENTS (queries)]);
}

static void
turn_pages (gpointer data, guint i)
{
  static const char *const names[] = { "label", "train", "compare", "explain", "clips" };

  if (i % 20 == 0)
    g_object_set (bench->window, "page", names[i / 20 % G_N_ELEMENTS (names)], NULL);
}

static void
scrub_timeline (gpointer data, guint i)
{
  SacSelection *selection = sac_page_get_selection (sac_window_get_page (bench->window, "label"));
  SacClip *clip = sac_selection_get_clip (selection);

  if (clip && sac_clip_get_item (clip)->n_frames)
    sac_selection_set_frame (selection, i * 7u % sac_clip_get_item (clip)->n_frames);
}

static void
zoom_timeline (gpointer data, guint i)
{
  GtkWidget *timeline = find_widget (GTK_WIDGET (bench->window), SAC_TYPE_TIMELINE_VIEW);

  if (timeline)
    sac_timeline_view_zoom (SAC_TIMELINE_VIEW (timeline), i / 20 % 2 ? 1 / 1.3 : 1.3);
}

static gboolean
open_project (const char *path, const char *name)
{
  g_autoptr (GError) error = NULL;
  Time start = now (), opened, shown;

  if (!sac_session_open (sac_window_get_session (bench->window), path, FALSE, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  opened = since (start);
  wait_frame ();
  wait_frame ();
  shown = since (start);
  json_builder_set_member_name (bench->json, name);
  json_builder_begin_object (bench->json);
  put ("clips", sac_session_get_table (sac_window_get_session (bench->window))->n);
  put ("open_ms", opened.wall);
  put ("shown_ms", shown.wall);
  json_builder_end_object (bench->json);
  return TRUE;
}

/* ---- runs. */

static SacRunsPage *
runs_page (void)
{
  return SAC_RUNS_PAGE (sac_window_get_page (bench->window, "runs"));
}

static void
scroll_runs (gpointer data, guint i)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (sac_runs_page_get_grid (runs_page ())));
  double to = data ? gtk_adjustment_get_value (adjustment) + *(const double *) data
                   : gtk_adjustment_get_upper (adjustment) * (double) (i * 7919u % 1000u) / 1000;

  gtk_adjustment_set_value (adjustment, to);
}

static void
sort_runs (gpointer data, guint i)
{
  static const char *const columns[] = { "best:auc_macro", "name", "key:training.rate", "last:loss/train" };

  if (i % 20 == 0)
    g_signal_emit_by_name (sac_runs_page_get_grid (runs_page ()), "sort-asked", columns[i / 20 % G_N_ELEMENTS (columns)]);
}

static void
search_runs (gpointer data, guint i)
{
  static const char *const words[] = { "i3d-r18", "rate=0.003", "auc_macro>0.9", "77", "" };

  if (i % 20 == 0)
    sac_runs_page_search_for (runs_page (), words[i / 20 % G_N_ELEMENTS (words)]);
}

static void
tick_all_runs (void)
{
  SacRunGrid *grid = sac_runs_page_get_grid (runs_page ());
  SacRunTable *table = sac_run_grid_get_table (grid);

  for (guint r = 0; table && r < MIN (sac_run_table_get_n (table), 100); r++)
    sac_run_grid_set_ticked (grid, sac_run_table_get_said (table, (guint) sac_run_table_get_row (table, r).run)->folder, TRUE);
}

static void
tick_one_more (gpointer data, guint i)
{
  SacRunGrid *grid = sac_runs_page_get_grid (runs_page ());
  SacRunTable *table = sac_run_grid_get_table (grid);

  if (table && i % 5 == 0)
    sac_run_grid_set_ticked (grid, sac_run_table_get_said (table, 0)->folder, i % 10 == 0);
}

static void
pan_curves (gpointer data, guint i)
{
  GtkWidget *board = find_widget (GTK_WIDGET (runs_page ()), SAC_TYPE_BOARD_VIEW);

  if (board)
    sac_board_view_set_window (SAC_BOARD_VIEW (board), 100.0 * i, 100.0 * i + 40000);
}

static void
move_cross (gpointer data, guint i)
{
  GtkWidget *board = find_widget (GTK_WIDGET (runs_page ()), SAC_TYPE_BOARD_VIEW);

  if (board)
    sac_board_view_set_cross (SAC_BOARD_VIEW (board), 500.0 * (i % 100));
}

static void
wait_runs (void)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  do
    rest (0.3);
  while (sac_runs_page_is_busy (runs_page ()) && g_get_monotonic_time () < end);
  rest (1);
}

static void
drive_runs (void)
{
  static const double slowly = 20, quickly = 400;

  g_object_set (bench->window, "page", "runs", NULL);
  if (!open_project (bench->many, "many_runs"))
    exit (1);
  wait_runs ();
  json_builder_set_member_name (bench->json, "phases");
  json_builder_begin_array (bench->json);
  phase ("runs: scroll slowly", 150, scroll_runs, (gpointer) &slowly);
  phase ("runs: scroll quickly", 100, scroll_runs, (gpointer) &quickly);
  phase ("runs: scroll anywhere", 60, scroll_runs, NULL);
  phase ("runs: sort", 160, sort_runs, NULL);
  phase ("runs: search", 100, search_runs, NULL);
  if (!sac_session_open (sac_window_get_session (bench->window), bench->marks, FALSE, NULL))
    exit (1);
  wait_runs ();
  tick_all_runs ();
  wait_runs ();
  rest (6);             /* the first reading of the curves */
  phase ("100 curves: tick", 60, tick_one_more, NULL);
  phase ("100 curves: pan", 120, pan_curves, NULL);
  rest (1);
  phase ("100 curves: pointer", 120, move_cross, NULL);
  json_builder_end_array (bench->json);
}

static gboolean
drive (gpointer application)
{
  static const double slowly = 24, quickly = 600;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (bench->window));
  GtkWidgetClass *klass = GTK_WIDGET_GET_CLASS (bench->window);

  bench->snapshot = klass->snapshot;
  klass->snapshot = bench_snapshot;
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
  gtk_widget_add_tick_callback (GTK_WIDGET (bench->window), on_tick, NULL, NULL);
  bench->woke = now ();
  g_main_context_set_poll_func (NULL, bench_poll);
  json_builder_begin_object (bench->json);
  if (bench->runs)
    {
      drive_runs ();
      goto end;
    }
  g_object_set (bench->window, "page", "clips", NULL);
  if (!open_project (bench->many, "many_clips"))
    exit (1);
  rest (1);
  json_builder_set_member_name (bench->json, "phases");
  json_builder_begin_array (bench->json);
  phase ("scroll slowly", 150, scroll_by, (gpointer) &slowly);
  phase ("scroll quickly", 100, scroll_by, (gpointer) &quickly);
  phase ("scroll anywhere", 60, scroll_anywhere, NULL);
  rest (1.5);
  phase ("scrub a thumbnail", 100, scrub_tile, NULL);
  phase ("label and undo", 100, label_clip, NULL);
  phase ("select all", 60, select_all, NULL);
  phase ("label all and undo", 160, label_all, NULL);
  rest (1);
  phase ("search", 120, search, NULL);
  phase ("turn pages first", 100, turn_pages, NULL);
  phase ("turn pages again", 200, turn_pages, NULL);
  json_builder_end_array (bench->json);
  if (!open_project (bench->marks, "many_marks"))
    exit (1);
  g_object_set (bench->window, "page", "label", NULL);
  rest (2);
  json_builder_set_member_name (bench->json, "mark_phases");
  json_builder_begin_array (bench->json);
  phase ("scrub the timeline", 150, scrub_timeline, NULL);
  phase ("zoom the timeline", 100, zoom_timeline, NULL);
  json_builder_end_array (bench->json);

end:
  json_builder_end_object (bench->json);
  g_main_context_set_poll_func (NULL, NULL);
  klass->snapshot = bench->snapshot;
  gtk_window_destroy (GTK_WINDOW (bench->window));
  g_application_quit (application);
  return G_SOURCE_REMOVE;
}

static void
on_activate (GApplication *application)
{
  bench->window = SAC_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application)));
  gtk_window_set_default_size (GTK_WINDOW (bench->window), 1280, 760);
  g_timeout_add (500, drive, application);
}

int
sac_bench_main (int argc, char **argv)
{
  Bench run = { 0 };
  g_autoptr (SacApplication) application = sac_application_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  char *own[] = { argv[0], NULL };
  int status;

  if (argc != 5)
    {
      g_printerr ("saccade-window --bench OUT.json CLIPS.saccade MARKS.saccade\n"
                  "saccade-window --bench-runs OUT.json MANY.saccade LONG.saccade\n");
      return 2;
    }
  bench = &run;
  run.out = argv[2];
  run.many = argv[3];
  run.marks = argv[4];
  run.runs = strcmp (argv[1], "--bench-runs") == 0;
  run.json = json_builder_new ();
  run.frames = g_array_new (FALSE, FALSE, sizeof (Time));
  run.stretches = g_array_new (FALSE, FALSE, sizeof (Time));
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_signal_connect_after (application, "activate", G_CALLBACK (on_activate), NULL);
  status = g_application_run (G_APPLICATION (application), 1, own);
  root = json_builder_get_root (run.json);
  if (root)
    {
      json_generator_set_root (generator, root);
      if (!json_generator_to_file (generator, run.out, &error))
        {
          g_printerr ("%s\n", error->message);
          status = 1;
        }
    }
  g_object_unref (run.json);
  g_array_unref (run.frames);
  g_array_unref (run.stretches);
  return status;
}
