/* saccade bench runs [--runs N --json --no-window]: makes a project of 10 000 runs with 20 metrics of 100 points, and one of 100 runs
 * with 10 000 points, in a folder that is taken away again; tells how long they take to list, how long the window's main thread works
 * for a frame of the table and of 100 curves over each other, and how long ROC curves of 80 labels and 100 000 examples take.
 * Files of equal content are one file under many names, so that making them takes seconds; reading them costs all the same. */
#include "bench-runs.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/sac-pool.h"
#include "bench-window.h"
#include "data/sac-run-now.h"
#include "eval/sac-eval.h"
#include "run/sac-run.h"
#include "sac-cli.h"

#define N_TEMPLATES 16
#define N_METRICS 20
#define TARGET_LIST_MS 500.0
#define TARGET_FRAME_MS 4.0
#define TARGET_ROC_MS 100.0
#define N_LABELS 80
#define N_EXAMPLES 100000

typedef struct {
  double make_s, cold_s, list_ms, collect_ms, load_ms, table_ms, roc_ms;
  guint n_runs, n_listed;
  JsonObject *window;           /* nullable; borrowed */
} Times;

static double
seconds_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) * 1e-6;
}

/* ---- what is measured. */

/* One file of events: @n_metrics curves of @n_points that fall or rise with some noise. */
static gboolean
make_events (const char *folder, guint number, guint n_metrics, guint n_points, GError **error)
{
  SacEventWriter *writer = sac_event_writer_new (folder, 0, error);
  gboolean good = writer != NULL;

  for (guint i = 0; good && i < n_points; i++)
    for (guint m = 0; good && m < n_metrics; m++)
      {
        g_autofree char *tag = m == 0 ? g_strdup ("loss/train") : m == 1 ? g_strdup ("auc_macro") : g_strdup_printf ("metric/%02u", m);
        double noise = (double) sac_random_below ((SacRandomKey) { number, i }, m, 1000) / 1000 - 0.5;
        double at = (i + 1.0) / n_points;

        good = sac_event_writer_scalar (writer, 10 * (guint64) i, tag, (m % 2 ? at : exp (-3 * at)) * (1 + 0.2 * noise + 0.02 * number),
                                        error);
      }
  good = good && sac_event_writer_text (writer, 10 * (guint64) n_points, "status", "done", error);
  if (writer)
    sac_event_writer_free (writer);
  return good;
}

static char *
find_events (const char *folder)
{
  g_autofree char *events = g_build_filename (folder, "events", NULL);
  g_autoptr (GDir) dir = g_dir_open (events, 0, NULL);
  const char *name = dir ? g_dir_read_name (dir) : NULL;

  return name ? g_build_filename (events, name, NULL) : NULL;
}

static gboolean
make_run (const char *runs, const char *events, guint number, GError **error)
{
  g_autofree char *name = g_strdup_printf ("run-%05u", number), *folder = g_build_filename (runs, name, NULL);
  g_autofree char *inside = g_build_filename (folder, "events", NULL), *base = g_path_get_basename (events);
  g_autofree char *link_path = g_build_filename (inside, base, NULL), *recipe = g_build_filename (folder, "recipe.ini", NULL);
  g_autofree char *rate = g_strdup_printf ("%g", 0.001 * (1 + number % 7));
  g_autofree char *text = g_strdup_printf ("[recipe]\ntitle=Bench\n[network]\nmodel=i3d-r%u\nwidth=64\n[data]\nframes=16\ncrop=112\n"
                                           "[training]\nbatch=%u\nrate=%s\nsteps=1000\nseed=%u\n", number % 2 ? 18 : 50, 4 << number % 3,
                                           rate, number);
  g_autofree char *info_path = g_build_filename (folder, "run.json", NULL);
  g_autofree char *info = g_strdup_printf ("{\"version\":1,\"name\":\"%s\",\"model\":\"i3d-r%u\",\"study\":\"bench\",\"arm\":\"%s\","
                                           "\"labels\":[\"one\",\"two\"],\"started_us\":17000%05u000000,\"seed\":\"%u\"}", name,
                                           number % 2 ? 18 : 50, number % 4 ? "a" : "b", number, number);

  /* Not by sac_run_info_write(), which waits for the disk. */
  return g_mkdir_with_parents (inside, 0755) == 0 && link (events, link_path) == 0
         && g_file_set_contents_full (recipe, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error)
         && g_file_set_contents_full (info_path, info, -1, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

static gboolean
make_project (const char *path, guint n_runs, guint n_metrics, guint n_points, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_CREATE, error);
  g_autofree char *runs = project ? g_build_filename (sac_project_get_folder (project), "runs", NULL) : NULL;
  g_autofree char *moulds = project ? g_build_filename (sac_project_get_folder (project), "moulds", NULL) : NULL;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_free);

  for (guint t = 0; project && t < MIN (N_TEMPLATES, n_runs); t++)
    {
      g_autofree char *name = g_strdup_printf ("%u", t), *folder = g_build_filename (moulds, name, NULL);
      char *file;

      if (g_mkdir_with_parents (folder, 0755) != 0 || !make_events (folder, t, n_metrics, n_points, error)
          || !(file = find_events (folder)))
        return FALSE;
      g_ptr_array_add (events, file);
    }
  for (guint i = 0; project && i < n_runs; i++)
    if (!make_run (runs, events->pdata[i % events->len], i, error))
      {
        if (error && !*error)
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The runs to measure cannot be made in %s"), runs);
        return FALSE;
      }
  return project != NULL;
}

/* ---- listing. */
static gboolean
list_once (const char *path, Times *times, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (SacProject) project = sac_project_open_reader (path, error);
  g_auto (GStrv) folders = NULL;
  g_autofree char *cache = NULL;
  g_autoptr (GPtrArray) said = project ? sac_runs_collect (project, &folders, &cache, error) : NULL;
  g_autoptr (SacRunIndex) index = NULL;
  g_autoptr (SacRunTable) table = NULL;
  SacRunWish wish = { .sort = "best:auc_macro", .descending = TRUE };

  if (!said)
    return FALSE;
  times->collect_ms = 1e3 * seconds_since (start);
  index = sac_run_index_load (cache, (const char *const *) folders, NULL, NULL, NULL, error);
  if (!index)
    return FALSE;
  times->load_ms = 1e3 * seconds_since (start) - times->collect_ms;
  table = sac_run_table_new (index, said, &wish);
  times->list_ms = 1e3 * seconds_since (start);
  times->table_ms = times->list_ms - times->load_ms - times->collect_ms;
  times->n_listed = sac_run_table_get_n_runs (table);
  return TRUE;
}

static gboolean
measure_list (const char *path, Times *times, GError **error)
{
  double best = INFINITY;
  Times one = *times;

  if (!list_once (path, &one, error))
    return FALSE;
  times->cold_s = 1e-3 * one.list_ms;
  for (guint i = 0; i < 5; i++)
    {
      if (!list_once (path, &one, error))
        return FALSE;
      if (one.list_ms < best)
        {
          best = one.list_ms;
          one.cold_s = times->cold_s;
          *times = one;
        }
    }
  return TRUE;
}

/* ---- curves. */
static void
measure_roc (Times *times)
{
  g_autofree float *scores = g_new (float, (gsize) N_LABELS * N_EXAMPLES);
  g_autofree gint8 *truth = g_new (gint8, (gsize) N_LABELS * N_EXAMPLES);
  SacPool *pool;

  for (guint i = 0; i < N_LABELS * N_EXAMPLES; i++)
    {
      SacRandomKey key = { 1, i };

      truth[i] = sac_random_below (key, 0, 100) < 10;
      scores[i] = (float) sac_random_below (key, 1, 1 << 24) / (float) (1 << 24) * (truth[i] ? 1 : 0.8f);
    }
  pool = sac_pool_new (0);
  times->roc_ms = INFINITY;
  for (guint round = 0; round < 5; round++)
    {
      gint64 start = g_get_monotonic_time ();
      SacRoc *rocs[N_LABELS];

      sac_rocs_new (scores, truth, N_EXAMPLES, N_LABELS, 2000, pool, rocs);
      times->roc_ms = MIN (times->roc_ms, 1e3 * seconds_since (start));
      for (guint l = 0; l < N_LABELS; l++)
        sac_roc_free (rocs[l]);
    }
  sac_pool_free (pool);
}

/* ---- telling. */
static const char *
verdict (double value, double target)
{
  return value <= target ? C_("target", "met   ") : C_("target", "missed");
}

static void
print_text (const Times *t)
{
  JsonArray *phases = t->window ? json_object_get_array_member (t->window, "phases") : NULL;

  g_print (_("%u runs made in %.1f s, first read in %.1f s\n"), t->n_runs, t->make_s, t->cold_s);
  g_print (_("list of %u runs       %8.1f ms  (asked: %.0f, %s) project %.1f, files %.1f, order %.1f\n"), t->n_listed, t->list_ms,
           TARGET_LIST_MS, verdict (t->list_ms, TARGET_LIST_MS), t->collect_ms, t->load_ms, t->table_ms);
  g_print (_("ROC of %d × %d    %8.1f ms  (asked: %.0f, %s)\n"), N_LABELS, N_EXAMPLES, t->roc_ms, TARGET_ROC_MS,
           verdict (t->roc_ms, TARGET_ROC_MS));
  if (phases)
    g_print ("\n%s\n", _("main thread, ms a frame      n      p50     p99  p99 asked       max"));
  for (guint i = 0; phases && i < json_array_get_length (phases); i++)
    {
      JsonObject *phase = json_array_get_object_element (phases, i), *frames = json_object_get_object_member (phase, "frames");
      double worst = json_object_get_double_member (frames, "p99");

      g_print ("%-24s %5.0f  %7.2f %7.2f   ≤ %.0f %s  %7.2f\n", json_object_get_string_member (phase, "name"),
               json_object_get_double_member (frames, "n"), json_object_get_double_member (frames, "p50"), worst, TARGET_FRAME_MS,
               verdict (worst, TARGET_FRAME_MS), json_object_get_double_member (frames, "max"));
    }
}

static void
print_json (const Times *t)
{
  JsonBuilder *builder = json_builder_new ();
  const struct { const char *name; double value; } numbers[] = {
    { "runs", t->n_runs }, { "make_s", t->make_s }, { "cold_s", t->cold_s }, { "list_ms", t->list_ms }, { "collect_ms", t->collect_ms },
    { "load_ms", t->load_ms }, { "table_ms", t->table_ms }, { "roc_ms", t->roc_ms },
  };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      json_builder_set_member_name (builder, numbers[i].name);
      json_builder_add_double_value (builder, numbers[i].value);
    }
  if (t->window)
    {
      json_builder_set_member_name (builder, "window");
      json_builder_add_value (builder, json_node_init_object (json_node_alloc (), t->window));
    }
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

int
_sac_bench_runs (int argc, char **argv)
{
  int n_runs = 10000;
  gboolean as_json = FALSE, no_window = FALSE, good;
  const GOptionEntry entries[] = {
    { "runs", 0, 0, G_OPTION_ARG_INT, &n_runs, N_("Runs of the first project (10000)"), "N" },
    { "no-window", 0, 0, G_OPTION_ARG_NONE, &no_window, N_("Leave out what needs the window"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print one line of JSON"), NULL },
    { NULL },
  };
  g_autofree char *dir = NULL, *many = NULL, *long_ones = NULL, *out = NULL;
  const char *words[] = { "--bench-runs", NULL, NULL, NULL, NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  Times times = { 0 };
  gint64 start;
  int parsed = sac_cli_parse (&argc, &argv, entries, "runs", _("Measures how long thousands of runs take to list and to draw."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc > 1 || n_runs < 1 || n_runs > 100000)
    {
      g_printerr ("%s\n", _("saccade: bench runs wants 1 to 100000 runs"));
      return 2;
    }
  dir = g_dir_make_tmp ("saccade-bench-XXXXXX", &error);
  if (!dir)
    return sac_cli_fail (g_steal_pointer (&error));
  many = g_build_filename (dir, "many.saccade", NULL);
  long_ones = g_build_filename (dir, "long.saccade", NULL);
  out = g_build_filename (dir, "out.json", NULL);
  times.n_runs = (guint) n_runs;
  start = g_get_monotonic_time ();
  good = make_project (many, times.n_runs, N_METRICS, 100, &error) && make_project (long_ones, 100, 2, 10000, &error);
  times.make_s = seconds_since (start);
  good = good && measure_list (many, &times, &error);
  if (good)
    measure_roc (&times);
  words[1] = out;
  words[2] = many;
  words[3] = long_ones;
  if (good && !no_window)
    {
      good = _sac_bench_run_window (dir, words, &error) && json_parser_load_from_file (parser, out, &error);
      times.window = good ? json_node_get_object (json_parser_get_root (parser)) : NULL;
    }
  if (good && as_json)
    print_json (&times);
  else if (good)
    print_text (&times);
  sac_file_remove_tree (dir);
  return good ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
