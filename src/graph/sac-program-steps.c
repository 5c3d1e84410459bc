/* Nodes become steps: an order, a variant and a workspace each, and copies of values that are not kept. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <math.h>

#include "sac-program-private.h"

#define ATTEMPTS 6              /* addresses leave gaps: aim lower until the arena fits */
#define TENTH (1048576 / 10.0)  /* of a MiB */

typedef struct {
  guint variant;
  gsize workspace, bytes;
  double flops;
} Choice;

/* What the backend would run for each node of the order. */
static gboolean
choose (SacProgram *program, const SacGraph *graph, const SacNode *nodes, const GArray *order, Choice *choices, GError **error)
{
  for (guint s = 0; s < order->len; s++)
    {
      const SacNode *node = &nodes[g_array_index (order, SacVar, s)];
      SacKernelArgs shapes = { .op = node->op, .n_src = node->n_src, .params = node->params };

      for (guint i = 0; i < node->n_src; i++)
        shapes.src[i] = (SacTensor) { .shape = sac_graph_get_shape (graph, node->src[i]),
                                      .dtype = program->values[node->src[i]].dtype };
      shapes.dst = (SacTensor) { .shape = node->shape, .dtype = program->values[node->self].dtype };
      if (!program->backend->select (program->backend, &shapes, &choices[s].variant, &choices[s].workspace, error))
        return FALSE;
      shapes.workspace_bytes = choices[s].workspace;
      choices[s].bytes = sac_op_result_bytes (&shapes);
      choices[s].flops = node->op->flops ? node->op->flops (&shapes) : (double) sac_shape_count (node->shape);
    }
  return TRUE;
}

static void
clear_steps (SacProgram *program)
{
  for (guint s = 0; s < program->plan.n_steps; s++)
    g_free (program->params[s]);
  g_clear_pointer (&program->params, g_free);
  g_clear_pointer (&program->plan.steps, g_free);
  program->plan.n_steps = 0;
}

/* Values of their own for the copies. */
static void
add_values (SacProgram *program, guint n_graph, const GArray *nodes, const GArray *repeated)
{
  for (guint v = n_graph; v < program->n_values; v++)
    g_free (program->values[v].name);
  program->n_values = n_graph;
  for (guint s = 0; s < nodes->len; s++)
    program->n_values += g_array_index (repeated, SacVar, s) > 0;
  program->values = g_renew (SacProgramValue, program->values, program->n_values);
  for (guint s = 0; s < nodes->len; s++)
    {
      SacVar of = g_array_index (repeated, SacVar, s);
      const SacNode *node = &g_array_index (nodes, SacNode, s);

      if (of)
        program->values[node->self] = (SacProgramValue) {
          .kind = SAC_NODE_OP, .live = TRUE, .shape = node->shape, .dtype = program->values[of].dtype,
          .n_bytes = program->values[of].n_bytes,
          .name = program->values[of].name ? g_strdup_printf ("%s, again", program->values[of].name) : g_strdup ("again"),
          .layer = program->values[of].layer, .backward = TRUE };
    }
}

static void
write_steps (SacProgram *program, const SacGraph *graph, const GArray *nodes, const GArray *repeated, const Choice *choices,
             const gint *place_in_order)
{
  SacProgramPlan *plan = &program->plan;

  clear_steps (program);
  add_values (program, graph->nodes->len, nodes, repeated);
  plan->n_steps = nodes->len;
  plan->steps = g_new0 (SacStep, nodes->len + 1);
  program->params = g_new0 (gpointer, nodes->len + 1);
  program->cost.flops = 0;
  for (guint s = 0; s < nodes->len; s++)
    {
      SacStep *step = &plan->steps[s];
      SacVar of = g_array_index (repeated, SacVar, s);
      const Choice *choice;

      step->node = g_array_index (nodes, SacNode, s);
      choice = &choices[place_in_order[of ? of : step->node.self]];
      step->variant = choice->variant;
      step->workspace_bytes = choice->workspace;
      program->cost.flops += choice->flops;
      if (step->node.params)
        step->node.params = program->params[s] = g_memdup2 (step->node.params, step->node.op->params_size);
      for (guint i = 0; i < step->node.n_src; i++)
        {
          step->src_shape[i] = program->values[step->node.src[i]].shape;
          step->src_dtype[i] = program->values[step->node.src[i]].dtype;
          step->src_bytes[i] = program->values[step->node.src[i]].n_bytes;
        }
      step->dtype = program->values[step->node.self].dtype;
      step->dst_bytes = program->values[step->node.self].n_bytes;
    }
  program->cost.n_steps = plan->n_steps;
}

/* Copies are chosen for bytes in use; the arena is a little larger, as addresses leave gaps.  With a budget, aim lower until it fits. */
static gboolean
fit (SacProgram *program, const SacGraph *graph, SacRecompute *what, const Choice *choices, const gint *place_in_order,
     GError **error)
{
  gsize budget = program->options.memory_budget, smallest = G_MAXSIZE;
  SacRecomputed got = { 0 };

  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      g_autoptr (GArray) repeated = g_array_new (FALSE, FALSE, sizeof (SacVar));
      g_autoptr (GArray) nodes = _sac_recompute (what, repeated, &got);

      write_steps (program, graph, nodes, repeated, choices, place_in_order);
      _sac_program_place_results (program);
      program->cost.again_flops = got.extra_flops;
      program->cost.n_again = got.n_copies;
      program->cost.kept_bytes = MAX (got.peak_before, program->cost.arena_bytes);
      smallest = MIN (smallest, program->cost.arena_bytes);
      if (budget == 0 || program->cost.arena_bytes <= budget)
        return TRUE;
      if (what->target > 0 && got.peak > what->target)
        break;                  /* it goes no lower */
      if (attempt == ATTEMPTS - 2)
        what->target = 1;
      else
        what->target = what->target == 0 ? budget : what->target - MIN (what->target - 1, program->cost.arena_bytes - budget);
    }
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY,
               _("The step needs at least %.1f MiB for intermediate values; the budget leaves %.1f MiB"),
               ceil ((double) smallest / TENTH) / 10, round ((double) budget / TENTH) / 10);
  return FALSE;
}

gboolean
_sac_program_make_steps (SacProgram *program, SacGraph *graph, const SacNode *nodes, const gboolean *live, const gboolean *output,
                         GError **error)
{
  g_autoptr (GArray) order = _sac_program_order (graph, nodes, live);
  g_autofree Choice *choices = g_new0 (Choice, order->len + 1);
  g_autofree gint *place_in_order = g_new0 (gint, program->n_values);
  g_autofree gsize *workspace = g_new (gsize, order->len + 1);
  g_autofree double *flops = g_new (double, order->len + 1);
  g_autofree gsize *bytes = g_new0 (gsize, program->n_values);
  SacRecompute what = { graph, nodes, output, bytes, program->n_values, &g_array_index (order, SacVar, 0), order->len, workspace, flops,
                        .keep_all = sac_switch_on (SAC_SWITCH_NO_RECOMPUTE) };

  if (!choose (program, graph, nodes, order, choices, error))
    return FALSE;
  for (guint v = 1; v < program->n_values; v++)
    program->values[v].n_bytes = sac_dtype_bytes (program->values[v].dtype) * sac_shape_count (program->values[v].shape);
  for (guint s = 0; s < order->len; s++)
    program->values[g_array_index (order, SacVar, s)].n_bytes = choices[s].bytes;
  for (guint v = 1; v < program->n_values; v++)
    bytes[v] = program->values[v].n_bytes;
  for (guint s = 0; s < order->len; s++)
    {
      place_in_order[g_array_index (order, SacVar, s)] = (gint) s;
      workspace[s] = choices[s].workspace;
      flops[s] = choices[s].flops;
    }
  return fit (program, graph, &what, choices, place_in_order, error);
}
