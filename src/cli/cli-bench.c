/* saccade bench WORKLOAD: how long one training step (or one forward pass, --infer) of a known network takes here.
 * A step = forward, loss, backward, momentum SGD (.9, weight decay 1e-4) on one fixed random batch, batch norm with the
 * batch's statistics, temporal padding zeros.  The first step is not counted; step_ms is the median of the others.
 * `saccade bench conv` times the convolutions of those networks one by one (bench-conv.c). */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "backend/sac-backends.h"
#include "bench-conv.h"
#include "bench-workloads.h"
#include "sac-cli.h"

/* Networks that other rooms of the house do not know yet. */
static const char *const later[] = { "stabn-r50", "stabn-r50-s", "san1d", "gan-k3" };

typedef struct {
  SacBackend *backend;
  SacWeights *weights;
  SacGraph *graph;
  SacProgram *program;
  SacOptimizer *optimizer;
  SacVar input, target, loss;
} Bench;

/* Programs before the backend, the optimiser before the weights. */
static void
bench_free (Bench *bench)
{
  g_clear_pointer (&bench->optimizer, sac_optimizer_free);
  g_clear_pointer (&bench->program, sac_program_free);
  g_clear_pointer (&bench->graph, sac_graph_free);
  g_clear_pointer (&bench->weights, sac_weights_free);
  g_clear_pointer (&bench->backend, sac_backend_free);
  g_free (bench);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

static Bench *
bench_new (const SacWorkload *work, const char *device, guint threads, gboolean infer, GError **error)
{
  g_autoptr (Bench) bench = g_new0 (Bench, 1);

  bench->backend = sac_backend_new_for_name (device, threads, error);
  if (!bench->backend)
    return NULL;
  bench->weights = sac_weights_new ();
  bench->graph = sac_graph_new ();
  bench->input = sac_graph_input (bench->graph, "input", work->input);
  bench->target = sac_graph_input (bench->graph, "target", SAC_SHAPE (work->input.n, work->n_classes, 1, 1, 1));
  bench->loss = work->build (work, bench->graph, bench->weights, bench->input, bench->target, infer);
  if (!sac_graph_check (bench->graph, error) || !sac_weights_allocate (bench->weights, bench->backend, error))
    return NULL;
  sac_weights_initialise (bench->weights, 1);
  if (!infer)
    {
      bench->optimizer = sac_optimizer_new_sgd (bench->weights, bench->backend, error);
      if (!bench->optimizer)
        return NULL;
      sac_optimizer_accumulate (bench->optimizer, bench->graph, bench->loss);
    }
  bench->program = sac_program_compile (bench->graph, &bench->loss, 1, bench->backend, error);
  if (!bench->program)
    return NULL;
  _sac_workload_upload (work, bench->program, bench->input, infer ? 0 : bench->target);
  return g_steal_pointer (&bench);
}

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

static gboolean
run_steps (Bench *bench, int steps, double *median_ms, float *last_loss, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree float *loss = g_new0 (float, sac_shape_count (sac_graph_get_shape (bench->graph, bench->loss)));

  for (int i = 0; i <= steps; i++)
    {
      gint64 start = g_get_monotonic_time ();
      double ms;

      if (!sac_program_run (bench->program, NULL, error))
        return FALSE;
      if (bench->optimizer && !sac_optimizer_step (bench->optimizer, 0.01, 0.9, 1e-4, 1, error))
        return FALSE;
      sac_program_get_output (bench->program, bench->loss, loss);       /* also waits for a device */
      ms = 1e-3 * (double) (g_get_monotonic_time () - start);
      if (i > 0)
        g_array_append_val (times, ms);
    }
  g_array_sort (times, by_size);
  *median_ms = g_array_index (times, double, times->len / 2);
  *last_loss = *loss;
  return TRUE;
}

static const SacWorkload *
find_workload (const char *name)
{
  const SacWorkload *work = _sac_workload_find (name);
  g_autofree char *names = _sac_workload_dup_names ();

  if (work)
    return work;
  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    if (strcmp (later[i], name) == 0)
      {
        g_printerr (_("saccade: the workload “%s” is known, but its network is not there yet; there are: %sconv\n"), name, names);
        return NULL;
      }
  g_printerr (_("saccade: there is no workload “%s”; there are: %sconv\n"), name, names);
  return NULL;
}

int
sac_cli_bench (int argc, char **argv)
{
  int steps = 5, threads = 0;
  gboolean as_json = FALSE, infer = FALSE;
  g_autofree char *dtype = g_strdup ("f32"), *device = g_strdup ("cpu"), *only = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print one line of JSON"), NULL },
    { "steps", 0, 0, G_OPTION_ARG_INT, &steps, N_("Steps to time, after one that is not counted"), "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_("Threads (all cores unless given)"), "N" },
    { "dtype", 0, 0, G_OPTION_ARG_STRING, &dtype, N_("Kind of numbers: f32"), "KIND" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, N_("cpu, vulkan or vulkan:N"), "DEVICE" },
    { "infer", 0, 0, G_OPTION_ARG_NONE, &infer, N_("Only a forward pass"), NULL },
    { "only", 0, 0, G_OPTION_ARG_STRING, &only, N_("With “conv”: only layers whose name contains this"), "WORD" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (Bench) bench = NULL;
  const SacWorkload *work;
  double ms;
  float loss;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("WORKLOAD"), _("Measures the speed of a workload, or of “conv”, layer by layer."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || steps < 1 || threads < 0)
    {
      g_printerr ("%s\n", _("saccade: bench wants one workload, at least one step and no fewer than 0 threads"));
      return 2;
    }
  if (strcmp (dtype, "f32") != 0)
    {
      g_printerr (_("saccade: numbers of kind “%s” are not there yet; there is f32\n"), dtype);
      return 1;
    }
  if (strcmp (argv[1], "conv") == 0)
    return _sac_bench_conv (device, (guint) threads, only, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
  work = find_workload (argv[1]);
  if (!work)
    return 1;
  bench = bench_new (work, device, (guint) threads, infer, &error);
  if (!bench || !run_steps (bench, steps, &ms, &loss, &error))
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
               "\"parameters\": %" G_GUINT64_FORMAT ", \"peak_rss_mb\": %ld, \"arena_mb\": %.0f, \"gflop\": %.1f, \"loss\": %.6g}\n",
               work->name, dtype, device, infer ? "true" : "false", threads > 0 ? threads : (int) g_get_num_processors (), ms,
               sac_weights_count_params (bench->weights), peak_rss_mb (), (double) cost.arena_bytes / (1 << 20),
               1e-9 * cost.flops, (double) loss);
    }
  else
    g_print (_("%s: %.1f ms a step, %ld MB\n"), work->name, ms, peak_rss_mb ());
  return 0;
}
