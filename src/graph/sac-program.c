/* Compile: live nodes → running order → variants → places → barriers → prepared by the backend. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-program-private.h"

static void
mark_live (const SacNode *nodes, gboolean *live, const gboolean *output, guint n)
{
  for (guint v = 0; v < n; v++)
    live[v] = output[v];
  for (guint v = n; v-- > 1;)
    {
      const SacNode *node = &nodes[v];

      live[v] |= node->op && node->op->mutates;
      for (guint i = 0; live[v] && i < node->n_src; i++)
        live[node->src[i]] = TRUE;
    }
}

gboolean
sac_backend_stores (const SacBackend *backend, SacDtype dtype)
{
  return dtype == SAC_F32 || (backend->stores >> dtype & 1);
}

SacProgram *
sac_program_compile (SacGraph *graph, const SacVar *outputs, guint n_outputs, SacBackend *backend, GError **error)
{
  return sac_program_compile_with (graph, outputs, n_outputs, backend, &(SacCompileOptions) { 0 }, error);
}

SacProgram *
sac_program_compile_with (SacGraph *graph, const SacVar *outputs, guint n_outputs, SacBackend *backend,
                          const SacCompileOptions *options, GError **error)
{
  g_autoptr (SacProgram) program = NULL;
  g_autofree SacNode *nodes = NULL;
  g_autofree gboolean *live = NULL, *output = NULL;
  g_autoptr (GPtrArray) new_params = g_ptr_array_new_with_free_func (g_free);

  if (!sac_graph_check (graph, error))
    return NULL;
  if (!sac_backend_stores (backend, options->activations))
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED,
                   _("“%s” cannot store numbers as %s: bf16 is for the processor, f16 for Vulkan devices, f32 for both"), backend->name,
                   sac_dtype_get_name (options->activations));
      return NULL;
    }
  program = g_new0 (SacProgram, 1);
  program->backend = backend;
  program->options = *options;
  program->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_block_unref);
  program->plan.n_buffers = N_FIRST_BUFFERS;
  program->plan.buffers = g_new0 (SacBuffer *, N_FIRST_BUFFERS);
  program->n_values = graph->nodes->len;
  program->values = g_new0 (SacProgramValue, program->n_values);
  nodes = g_new0 (SacNode, program->n_values);
  live = g_new0 (gboolean, program->n_values);
  output = g_new0 (gboolean, program->n_values);
  for (guint v = 1; v < program->n_values; v++)
    {
      const SacGraphNode *n = _sac_graph_at (graph, (SacVar) v);

      nodes[v] = n->node;
      program->values[v] = (SacProgramValue) { .kind = n->kind, .shape = n->node.shape, .name = g_strdup (n->name) };
    }
  _sac_program_name_layers (program, graph);
  for (guint i = 0; i < n_outputs; i++)
    {
      g_return_val_if_fail (outputs[i] > 0 && (guint) outputs[i] < program->n_values, NULL);
      output[outputs[i]] = program->values[outputs[i]].is_output = TRUE;
    }
  mark_live (nodes, live, output, program->n_values);
  if (_sac_rewrite (graph, backend, options->activations, nodes, live, output, program->n_values, new_params) > 0)
    mark_live (nodes, live, output, program->n_values);
  for (guint v = 1; v < program->n_values; v++)
    program->values[v].live = live[v];
  _sac_program_choose_dtypes (program, nodes, live);
  if (!_sac_program_make_steps (program, graph, nodes, live, output, error)
      || !_sac_program_place_leaves (program, graph, error) || !_sac_program_take_arena (program, error))
    return NULL;
  program->cost.n_barriers = _sac_plan_hazards (program->plan.steps, program->plan.n_steps);
  program->prepared = backend->prepare (backend, &program->plan, error);
  if (!program->prepared)
    return NULL;
  if (sac_switch_on (SAC_SWITCH_EXPLAIN) || sac_debug_enabled (SAC_DEBUG_PLAN))
    {
      g_autofree char *text = sac_program_dup_explain (program);

      g_printerr ("%s", text);
    }
  return g_steal_pointer (&program);
}

void
sac_program_free (SacProgram *program)
{
  if (!program)
    return;
  if (program->prepared && sac_switch_on (SAC_SWITCH_PROFILE))
    _sac_program_print_profile (program);
  if (program->prepared)
    program->backend->unprepare (program->backend, program->prepared);
  for (guint i = 0; program->plan.buffers && i < N_FIRST_BUFFERS; i++)
    if (program->plan.buffers[i])
      program->backend->release (program->backend, program->plan.buffers[i]);
  for (guint s = 0; program->params && s < program->plan.n_steps; s++)
    g_free (program->params[s]);
  for (guint v = 0; v < program->n_values; v++)
    g_free (program->values[v].name);
  g_free (program->params);
  g_free (program->plan.steps);
  g_free (program->plan.buffers);
  g_free (program->values);
  g_clear_pointer (&program->blocks, g_ptr_array_unref);
  g_clear_pointer (&program->words, g_string_chunk_free);
  g_free (program);
}

void
sac_program_set_input (SacProgram *program, SacVar input, const float *data)
{
  const SacProgramValue *value = &program->values[input];

  g_return_if_fail (value->kind == SAC_NODE_INPUT);
  program->backend->upload (program->backend, program->plan.buffers[value->place.buffer], value->place.offset, data,
                            sizeof (float) * sac_shape_count (value->shape));
}

void
sac_program_set_progress (SacProgram *program, void (*progress) (double fraction, gpointer data), gpointer data)
{
  program->plan.progress = progress;
  program->plan.progress_data = data;
}

gboolean
sac_program_run (SacProgram *program, GCancellable *cancellable, GError **error)
{
  return program->backend->run (program->backend, program->prepared, &program->plan, cancellable, error);
}

gboolean
sac_program_get_output (SacProgram *program, SacVar output, float *data, GError **error)
{
  const SacProgramValue *value = &program->values[output];

  g_return_val_if_fail (value->is_output, FALSE);
  return program->backend->download (program->backend, program->plan.buffers[value->place.buffer], value->place.offset, data,
                                     sizeof (float) * sac_shape_count (value->shape), error);
}

SacProgramCost
sac_program_get_cost (const SacProgram *program)
{
  return program->cost;
}
