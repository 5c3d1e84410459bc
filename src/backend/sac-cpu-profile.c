/* SACCADE_PROFILE: where a program's time went, by op and by kind of step, slowest first. */
#include "sac-cpu-private.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const SacCpuStep *step;       /* the first of its kind */
  guint count;
  double us, flops, bytes;      /* of one run */
} Row;

static double
step_flops (const SacKernelArgs *args)
{
  return args->op->flops ? args->op->flops (args) : (double) sac_shape_count (args->dst.shape);
}

static double
step_bytes (const SacKernelArgs *args)
{
  double n = args->op->mutates ? 0 : (double) (sac_shape_count (args->dst.shape) * sac_dtype_bytes (args->dst.dtype));

  for (guint i = 0; i < args->n_src; i++)
    if (args->src[i].data)
      n += (double) (sac_shape_count (args->src[i].shape) * sac_dtype_bytes (args->src[i].dtype)) * (args->op->mutates >> i & 1 ? 2 : 1);
  return n;
}

static gboolean
same_kind (const SacCpuStep *a, const SacCpuStep *b, gboolean by_shape)
{
  if (a->args.op != b->args.op || a->kernel != b->kernel)
    return FALSE;
  if (!by_shape)
    return TRUE;
  for (guint i = 0; i < SAC_MAX_SRC; i++)
    if (!sac_shape_equal (a->args.src[i].shape, b->args.src[i].shape))
      return FALSE;
  return sac_shape_equal (a->args.dst.shape, b->args.dst.shape)
         && (a->args.op->params_size == 0 || memcmp (a->args.params, b->args.params, a->args.op->params_size) == 0);
}

static int
slower_first (gconstpointer a, gconstpointer b)
{
  double x = ((const Row *) a)->us, y = ((const Row *) b)->us;

  return x > y ? -1 : x < y;
}

static char *
dup_shapes (const SacKernelArgs *args)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < args->n_src; i++)
    {
      g_autofree char *shape = sac_shape_dup_string (args->src[i].shape);

      g_string_append_printf (text, " %s", args->src[i].data ? shape : "–");
    }
  if (!args->op->mutates)
    {
      g_autofree char *shape = sac_shape_dup_string (args->dst.shape);

      g_string_append_printf (text, " → %s", shape);
    }
  return g_string_free (text, FALSE);
}

static void
print_table (const SacCpuProgram *program, gboolean by_shape, double total_us)
{
  g_autofree Row *rows = g_new0 (Row, program->n_steps + 1);
  guint n = 0;

  for (guint s = 0; s < program->n_steps; s++)
    {
      const SacCpuStep *step = &program->steps[s];
      guint r = 0;

      while (r < n && !same_kind (rows[r].step, step, by_shape))
        r++;
      if (r == n)
        rows[n++].step = step;
      rows[r].count++;
      rows[r].us += (double) step->spent_us / program->n_profiled;
      rows[r].flops += step_flops (&step->args);
      rows[r].bytes += step_bytes (&step->args);
    }
  qsort (rows, n, sizeof *rows, slower_first);
  for (guint r = 0; r < n && (!by_shape || rows[r].us >= total_us * 0.002); r++)
    {
      const SacKernelArgs *args = &rows[r].step->args;
      g_autofree char *shapes = by_shape ? dup_shapes (args) : g_strdup ("");

      g_printerr ("%9.3f ms %5.1f %% %4u× %7.1f GFLOP/s %6.1f GB/s  %s/%s%s\n", rows[r].us * 1e-3,
                  100 * rows[r].us / MAX (total_us, 1e-9), rows[r].count, rows[r].flops / MAX (rows[r].us, 1e-3) * 1e-3,
                  rows[r].bytes / MAX (rows[r].us, 1e-3) * 1e-3, args->op->name, rows[r].step->variant, shapes);
    }
}

void
_sac_cpu_profile_print (const SacCpuProgram *program)
{
  double total_us = 0;

  for (guint s = 0; s < program->n_steps; s++)
    total_us += (double) program->steps[s].spent_us / program->n_profiled;
  g_printerr ("profile: %.3f ms a run in %u steps, mean of %u runs; arena %.1f MiB; by op, then by kind of step\n", total_us * 1e-3,
              program->n_steps, program->n_profiled, (double) program->arena_bytes / 1048576);
  print_table (program, FALSE, total_us);
  g_printerr ("\n");
  print_table (program, TRUE, total_us);
}
