/* saccade bench without a workload: which there are, what each costs and what it stands for. */
#include "bench-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "bench-step.h"
#include "sac-cli.h"

/* printf's width counts bytes; a word of another language has fewer letters than bytes.  @width < 0: right-aligned. */
static void
print_cell (const char *text, int width)
{
  int blanks = MAX (ABS (width) - (int) g_utf8_strlen (text, -1), 1);

  if (width < 0)
    g_print ("%*s%s", blanks, "", text);
  else
    g_print ("%s%*s", text, blanks, "");
}

static char *
dup_input (SacShape s)
{
  if (s.h == 1 && s.w == 1)
    return g_strdup_printf ("%d × %d × %d", s.n, s.c, s.t);
  return g_strdup_printf ("%d × %d × %d × %d × %d", s.n, s.c, s.t, s.h, s.w);
}

gboolean
_sac_bench_list (gboolean as_json, GError **error)
{
  if (!as_json)
    {
      print_cell (_("workload"), 13);
      print_cell (_("input N×C×T×H×W"), 23);
      print_cell (_("parameters"), -11);
      print_cell (_("compile"), -11);
      g_print ("%9s %9s  %s\n", "GFLOP", "MiB", _("stands for"));
    }
  for (const SacWorkload *work = _sac_workloads; work->name; work++)
    {
      g_autoptr (SacBenchStep) step = _sac_bench_step_new (work, "null", 0, FALSE, &(SacCompileOptions) { 0 }, error);
      g_autofree char *input = dup_input (work->input), *words = NULL;
      SacProgramCost cost;
      guint64 parameters;

      if (!step)
        return FALSE;
      cost = sac_program_get_cost (step->program);
      parameters = _sac_bench_step_count_params (step);
      if (as_json)
        {
          words = sac_cli_json (work->stands_for ? work->stands_for : "");
          g_print ("{\"workload\": \"%s\", \"input\": [%d, %d, %d, %d, %d], \"parameters\": %" G_GUINT64_FORMAT ", \"gflop\": %.1f, "
                   "\"arena_mb\": %.0f, \"compile_ms\": %.2f, \"stands_for\": %s}\n",
                   work->name, work->input.n, work->input.c, work->input.t, work->input.h, work->input.w, parameters,
                   1e-9 * cost.flops, (double) cost.arena_bytes / (1 << 20), step->compile_ms, words);
          continue;
        }
      print_cell (work->name, 13);
      print_cell (input, 23);
      g_print ("%9.2f M %8.1f ms %8.1f %9.0f  %s\n", 1e-6 * (double) parameters, step->compile_ms, 1e-9 * cost.flops,
               (double) cost.arena_bytes / (1 << 20), work->stands_for ? _(work->stands_for) : "");
    }
  if (!as_json)
    g_print ("%s\n", _("GFLOP and MiB: of one training step as planned here. "
                       "Next: saccade bench WORKLOAD, or saccade bench --ops [WORKLOAD]."));
  return TRUE;
}
