/* Where a program's time goes: the backend's times of the steps, with what each step is part of. */
#include <string.h>

#include "sac-program-private.h"

/* ---- layers: what a step belongs to, told by the names of the weights it reads. */

/* "layer1.0.conv1" of "layer1.0.conv1.weight". */
static const char *
name_of_entry (GStringChunk *words, const char *entry)
{
  const char *dot = strrchr (entry, '.');
  g_autofree char *name = dot ? g_strndup (entry, (gsize) (dot - entry)) : g_strdup (entry);

  return g_string_chunk_insert_const (words, name);
}

static const char *
find_layer (const SacProgram *program, const SacGraph *graph, const SacGraphNode *n)
{
  const char *inherited = "";

  if (n->origin)
    return program->values[n->origin].layer;
  if (n->kind == SAC_NODE_ENTRY)
    return name_of_entry (program->words, n->name);
  for (guint i = 0; i < n->node.n_src; i++)
    {
      SacVar src = n->node.src[i];

      if (src && _sac_graph_at (graph, src)->kind == SAC_NODE_ENTRY)
        return program->values[src].layer;
      if (src && !*inherited)
        inherited = program->values[src].layer;
    }
  return n->kind == SAC_NODE_OP && n->name ? g_string_chunk_insert_const (program->words, n->name) : inherited;
}

void
_sac_program_name_layers (SacProgram *program, const SacGraph *graph)
{
  program->words = g_string_chunk_new (1024);
  for (guint v = 1; v < program->n_values; v++)
    {
      const SacGraphNode *n = _sac_graph_at (graph, (SacVar) v);
      SacProgramValue *value = &program->values[v];

      value->layer = find_layer (program, graph, n);
      value->backward = n->origin > 0;
      for (guint i = 0; i < n->node.n_src; i++)
        value->backward |= n->node.src[i] && program->values[n->node.src[i]].backward;
    }
}

/* ---- the profile. */

static double
step_bytes (const SacStep *step)
{
  double n = step->node.op->mutates ? 0 : (double) (sac_shape_count (step->node.shape) * sac_dtype_bytes (step->dtype));

  for (guint i = 0; i < step->node.n_src; i++)
    if (step->node.src[i] && (step->node.op->tails >> i & 1))
      n += (double) (step->src_bytes[i] - sac_shape_count (step->src_shape[i]) * sac_dtype_bytes (step->src_dtype[i]));
    else if (step->node.src[i])
      n += (double) (sac_shape_count (step->src_shape[i]) * sac_dtype_bytes (step->src_dtype[i]))
           * (step->node.op->mutates >> i & 1 ? 2 : 1);
  return n;
}

static char *
dup_shapes (const SacStep *step)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < step->node.n_src; i++)
    {
      g_autofree char *shape = sac_shape_dup_string (step->src_shape[i]);

      g_string_append_printf (text, " %s", step->node.src[i] ? shape : "–");
    }
  if (!step->node.op->mutates)
    {
      g_autofree char *shape = sac_shape_dup_string (step->node.shape);

      g_string_append_printf (text, " → %s", shape);
    }
  return g_string_free (text, FALSE);
}

static double
step_flops (const SacStep *step)
{
  SacKernelArgs args = { .op = step->node.op, .n_src = step->node.n_src, .params = step->node.params };

  for (guint i = 0; i < step->node.n_src; i++)
    args.src[i] = (SacTensor) { .shape = step->src_shape[i], .dtype = step->src_dtype[i] };
  args.dst = (SacTensor) { .shape = step->node.shape, .dtype = step->dtype };
  return args.op->flops ? args.op->flops (&args) : (double) sac_shape_count (args.dst.shape);
}

SacPeaks
sac_backend_get_peaks (SacBackend *backend)
{
  return backend->measure_peaks ? backend->measure_peaks (backend) : (SacPeaks) { 0 };
}

void
sac_program_time_steps (SacProgram *program)
{
  if (program->backend->step_times)
    program->backend->step_times (program->backend, program->prepared, &program->plan, NULL);
}

SacProfile *
sac_program_dup_profile (const SacProgram *program)
{
  const SacProgramPlan *plan = &program->plan;
  g_autofree double *seconds = g_new0 (double, plan->n_steps + 1);
  SacProfile *profile;
  guint n_runs = 0;

  if (program->backend->step_times)
    n_runs = program->backend->step_times (program->backend, program->prepared, plan, seconds);
  if (n_runs == 0)
    return NULL;
  profile = sac_profile_new ();
  profile->peaks = sac_backend_get_peaks (program->backend);
  profile->n_runs = n_runs;
  profile->arena_bytes = plan->arena_bytes;
  for (guint s = 0; s < plan->n_steps; s++)
    {
      const SacStep *step = &plan->steps[s];
      const SacProgramValue *value = &program->values[step->node.self];
      g_autofree char *text = dup_shapes (step);
      SacProfileRow row = {
        .op = (char *) step->node.op->name, .variant = (char *) _sac_program_get_variant (program, step), .shapes = text,
        .layer = (char *) value->layer, .backward = value->backward, .count = 1,
        .seconds = seconds[s], .flops = step_flops (step), .bytes = step_bytes (step),
      };

      sac_profile_add (profile, &row);
    }
  return profile;
}

/* What changes weights is the update, wherever it stands among the gradients. */
static SacProgramPart
part_of (const SacProgram *program, const SacStep *step)
{
  static const char *const updates[] = { "sgd", "sgd_once", "adam", "adam_once", NULL };

  if (g_strv_contains (updates, step->node.op->name))
    return SAC_PART_UPDATE;
  return program->values[step->node.self].backward ? SAC_PART_BACKWARD : SAC_PART_FORWARD;
}

void
sac_program_get_parts (const SacProgram *program, double share[SAC_N_PARTS])
{
  const SacProgramPlan *plan = &program->plan;
  g_autofree double *seconds = g_new0 (double, plan->n_steps + 1);
  double all = 0;

  for (guint part = 0; part < SAC_N_PARTS; part++)
    share[part] = 0;
  if (program->backend->step_times)
    program->backend->step_times (program->backend, program->prepared, &program->plan, seconds);
  for (guint s = 0; s < plan->n_steps; s++)
    all += seconds[s];
  for (guint s = 0; s < plan->n_steps; s++)
    share[part_of (program, &plan->steps[s])] += all > 0 ? seconds[s] : step_flops (&plan->steps[s]);
  all = share[0] + share[1] + share[2];
  for (guint part = 0; part < SAC_N_PARTS; part++)
    share[part] = all > 0 ? share[part] / all : part == SAC_PART_FORWARD;
}

void
_sac_program_print_profile (const SacProgram *program)
{
  g_autoptr (SacProfile) profile = sac_program_dup_profile (program);
  static const struct { SacProfileView view; double least; } tables[] = { { SAC_PROFILE_BY_OP, 0 }, { SAC_PROFILE_BY_SHAPE, 0.002 } };

  if (!profile)
    return;
  g_printerr ("profile: %.3f ms a run in %u steps, mean of %u runs; arena %.1f MiB\n", sac_profile_get_seconds (profile) * 1e3,
              program->plan.n_steps, profile->n_runs, (double) profile->arena_bytes / 1048576);
  if (profile->peaks.flops_all > 0)
    g_printerr ("peaks of %u threads: %.1f GFLOP/s, %.1f GB/s; F: arithmetic bounds the step, B: memory, ·: neither\n",
                profile->peaks.n_threads, profile->peaks.flops_all * 1e-9, profile->peaks.bytes_all * 1e-9);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (SacProfile) sum = sac_profile_sum (profile, tables[i].view, 0);
      g_autofree char *text = sac_profile_dup_table (sum, tables[i].least);

      g_printerr ("%s\n", text);
    }
}
