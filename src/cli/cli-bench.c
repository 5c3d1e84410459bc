/* saccade bench WORKLOAD: how long one training step (or one forward pass, --infer) of a known network takes here.
 * A step = forward, loss, backward, momentum SGD (.9, weight decay 1e-4) on one fixed random batch, batch norm with the
 * batch's statistics, temporal padding zeros.  The first step is not counted; step_ms is the median of the others.
 * `saccade bench` alone lists the workloads; --ops tells what each op of a step costs (bench-ops.c); `saccade bench conv`, or
 * --ops conv, the same of convolutions one by one, alone (bench-conv.c), `saccade bench media [FILE…]` opening, decoding and
 * jumping (bench-media.c), `saccade bench edit` scores under edited maps (bench-edit.c). */
#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "backend/sac-backends.h"
#include "bench-edit.h"
#include "bench-list.h"
#include "bench-media.h"
#include "bench-ops.h"
#include "bench-step.h"
#include "bench-store.h"
#include "bench-runs.h"
#include "bench-ui.h"
#include "sac-cli.h"

static int
by_size (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static long
peak_rss_mb (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_maxrss + 512) / 1024;
}

/* What lies in a Vulkan device's memory; a program takes all it needs before it runs. */
static double
device_mb (SacBackend *backend)
{
  gsize in_use = 0;

  if (strcmp (backend->name, "vulkan") == 0)
    sac_backend_vulkan_get_memory (backend, &in_use);
  return (double) in_use / (1 << 20);
}

/* ---- steps, one after the other, as far as time allows. */

typedef struct {
  GCancellable *cancellable;
  int steps, done;
  double most;                  /* seconds for all; 0: as long as it takes */
  gint64 begun, told;
} Steps;

static void
tell_progress (double fraction, gpointer data)
{
  Steps *all = data;
  gint64 now = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (now - MAX (all->told, all->begun) < G_USEC_PER_SEC / 2)
    return;
  all->told = now;
  text = all->done == 0 ? g_strdup (_("first step")) : g_strdup_printf (_("step %d of %d"), all->done, all->steps);
  sac_cli_progress ((all->done + fraction) / (all->steps + 1), text, NULL);
}

/* The first is not counted, unless time is up with it. */
static gboolean
run_steps (SacBenchStep *bench, Steps *all, double *median_ms, float *last_loss, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  double passed = 0, ms = 0;

  all->begun = g_get_monotonic_time ();
  sac_program_set_progress (bench->program, tell_progress, all);
  for (; all->done <= all->steps && (all->done == 0 || all->most <= 0 || passed < all->most); all->done++)
    {
      gint64 start = g_get_monotonic_time ();

      if (!_sac_bench_step_run (bench, last_loss, all->cancellable, error))
        return FALSE;
      ms = 1e-3 * (double) (g_get_monotonic_time () - start);
      passed = 1e-6 * (double) (g_get_monotonic_time () - all->begun);
      if (all->done > 0)
        g_array_append_val (times, ms);
    }
  if (all->told)
    sac_cli_progress (1, _("done"), NULL);
  if (times->len == 0)
    g_printerr ("%s\n", _("saccade: there was time for the first step alone, which also warms up"));
  else if (times->len < (guint) all->steps)
    g_printerr (_("saccade: there was time for %u of %d steps\n"), times->len, all->steps);
  g_array_sort (times, by_size);
  *median_ms = times->len ? g_array_index (times, double, times->len / 2) : ms;
  return TRUE;
}

static const SacWorkload *
find_workload (const char *name)
{
  const SacWorkload *work = _sac_workload_find (name);
  g_autofree char *names = _sac_workload_dup_names ();

  if (work)
    return work;
  g_printerr (_("saccade: there is no workload “%s”; there are: %sconv, media\n"), name, names);
  return NULL;
}

/* Sizes beyond a few thousand are refused by the graph, in words. */
static gboolean
parse_shape (const char *text, SacShape *shape)
{
  int end = 0;

  return sscanf (text, "%6d,%6d,%6d,%6d,%6d%n", &shape->n, &shape->c, &shape->t, &shape->h, &shape->w, &end) == 5 && text[end] == '\0'
         && shape->n > 0 && shape->c > 0 && shape->t > 0 && shape->h > 0 && shape->w > 0;
}

int
sac_cli_bench (int argc, char **argv)
{
  int steps = 5, threads = 0, width = 0;
  double most = 0;
  gboolean as_json = FALSE, infer = FALSE, ops = FALSE;
  g_autofree char *dtype = g_strdup ("f32"), *device = g_strdup ("cpu"), *only = NULL, *picture = NULL, *memory = NULL, *input = NULL;
  guint64 budget = 0;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print one line of JSON"), NULL },
    { "steps", 0, 0, G_OPTION_ARG_INT, &steps, N_("Steps to time, after one that is not counted"), "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_("Threads (all cores unless given)"), "N" },
    { "dtype", 0, 0, G_OPTION_ARG_STRING, &dtype, N_("How activations are stored: f32, bf16 (processor) or f16 (Vulkan)"), "KIND" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, N_("cpu, vulkan or vulkan:N"), "DEVICE" },
    { "memory", 0, 0, G_OPTION_ARG_STRING, &memory, N_("Most for what lies between ops, such as 200M: convolutions are run again"),
     "SIZE" },
    { "infer", 0, 0, G_OPTION_ARG_NONE, &infer, N_("Only a forward pass"), NULL },
    { "ops", 0, 0, G_OPTION_ARG_NONE, &ops, N_("Time, speed and share of the peak of each op (of all workloads unless one is named)"),
      NULL },
    { "input", 0, 0, G_OPTION_ARG_STRING, &input, N_("Another size of the workload's input"), "N,C,T,H,W" },
    { "width", 0, 0, G_OPTION_ARG_INT, &width, N_("Another base width of the network, instead of 64"), "N" },
    { "most", 0, 0, G_OPTION_ARG_DOUBLE, &most, N_("No further step after this many seconds"), "SECONDS" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &only, N_("With --ops or “conv”: only what contains this word"), "WORD" },
    { "picture", 0, 0, G_OPTION_ARG_FILENAME, &picture, N_("With --ops and a workload: draw it, as .svg, .png or .pdf"), N_("FILE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacBenchStep) bench = NULL;
  SacCompileOptions options = { 0 };
  const SacWorkload *work;
  SacWorkload resized;
  double ms;
  float loss;
  int parsed;
  Steps all = { NULL };

  if (argc > 1 && strcmp (argv[1], "store") == 0)
    return _sac_bench_store (argc - 1, argv + 1);
  if (argc > 1 && strcmp (argv[1], "ui") == 0)
    return _sac_bench_ui (argc - 1, argv + 1);
  if (argc > 1 && strcmp (argv[1], "runs") == 0)
    return _sac_bench_runs (argc - 1, argv + 1);
  parsed = sac_cli_parse (&argc, &argv, entries, _("[WORKLOAD]"),
                          _("Measures the speed of a workload, of “conv” (layer by layer), “edit” (scores under edited maps),\n"
                            "“media”, or of “store” (the project file) “ui” (the window) or “runs”, with options of their own;\n"
                            "without one, lists them."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc > 1 && strcmp (argv[1], "media") == 0)
    return _sac_bench_media (argc - 2, argv + 2, as_json);
  if (width < 0 || width > 1024 || (width > 0 && width < 4) || !(most >= 0))
    {
      g_printerr ("%s\n", _("saccade: --width wants 4 to 1024, --most a number of seconds"));
      return 2;
    }
  if (argc > 2 || steps < 1 || threads < 0)
    {
      g_printerr ("%s\n", _("saccade: bench wants at most one workload, at least one step and no fewer than 0 threads"));
      return 2;
    }
  if (memory && !sac_size_parse (memory, &budget))
    {
      g_printerr (_("saccade: “%s” is not a size, such as 2G or 800M\n"), memory);
      return 2;
    }
  options.memory_budget = (gsize) budget;
  if (!sac_dtype_parse (dtype, &options.activations))
    {
      g_printerr (_("saccade: there are no numbers of kind “%s”; there are f32, bf16 and f16\n"), dtype);
      return 2;
    }
  if (argc > 1 && strcmp (argv[1], "edit") == 0)
    return _sac_bench_edit ((guint) threads, steps, as_json);
  if (ops || (argc > 1 && strcmp (argv[1], "conv") == 0))
    {
      const SacBenchOps how = { .device = device, .threads = (guint) threads, .steps = steps, .infer = infer, .as_json = as_json,
                                .only = only, .picture = picture, .options = options };

      if (argc > 1 && strcmp (argv[1], "conv") == 0)
        return _sac_bench_ops_conv (&how, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
      work = argc > 1 ? find_workload (argv[1]) : NULL;
      if (argc > 1 && !work)
        return 1;
      if (picture && !work)
        {
          g_printerr ("%s\n", _("saccade: a picture shows one workload; name it"));
          return 2;
        }
      return _sac_bench_ops (work, &how, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
    }
  if (argc == 1)
    return _sac_bench_list (as_json, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
  work = find_workload (argv[1]);
  if (!work)
    return 1;
  resized = *work;
  if (input && !parse_shape (input, &resized.input))
    {
      g_printerr ("%s\n", _("saccade: --input wants five numbers from 1: N,C,T,H,W"));
      return 2;
    }
  resized.width = width;
  work = &resized;
  bench = _sac_bench_step_new (work, device, (guint) threads, infer, &options, &error);
  all = (Steps) { .cancellable = bench ? sac_cli_cancellable_for_signals () : NULL, .steps = steps, .most = most };
  if (!bench || !run_steps (bench, &all, &ms, &loss, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  if (!isfinite (loss))
    {
      g_printerr ("%s\n", _("saccade: the loss is not a number; the time means nothing"));
      return 1;
    }
  if (as_json)
    {
      SacProgramCost cost = sac_program_get_cost (bench->program);

      g_print ("{\"workload\": \"%s\", \"dtype\": \"%s\", \"device\": \"%s\", \"infer\": %s, \"threads\": %d, \"step_ms\": %.2f, "
               "\"parameters\": %" G_GUINT64_FORMAT ", \"peak_rss_mb\": %ld, \"peak_device_mb\": %.1f, "
               "\"arena_mb\": %.0f, \"gflop\": %.1f, \"again_gflop\": %.2f, "
               "\"compile_ms\": %.2f, \"loss\": %.6g}\n",
               work->name, dtype, device, infer ? "true" : "false", threads > 0 ? threads : (int) g_get_num_processors (), ms,
               _sac_bench_step_count_params (bench), peak_rss_mb (), device_mb (bench->backend), (double) cost.arena_bytes / (1 << 20),
               1e-9 * cost.flops, 1e-9 * cost.again_flops, bench->compile_ms, (double) loss);
    }
  else
    g_print (_("%s: %.1f ms a step, %ld MB\n"), work->name, ms, peak_rss_mb ());
  return 0;
}
