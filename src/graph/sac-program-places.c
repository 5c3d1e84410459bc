/* Where the values of a program lie: leaves in their own buffers, everything else in one arena. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-program-private.h"

static guint
page_buffer (SacProgram *program, GHashTable *seen, SacBlock *block, guint page)
{
  g_autofree char *key = g_strdup_printf ("%p/%u", (void *) block, page);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (seen, key));

  if (number == 0)
    {
      number = program->plan.n_buffers++;
      program->plan.buffers = g_renew (SacBuffer *, program->plan.buffers, program->plan.n_buffers);
      program->plan.buffers[number] = _sac_block_get_page (block, page);
      program->cost.block_bytes += sizeof (float) * sac_block_get_page_floats (block, page);
      g_ptr_array_add (program->blocks, sac_block_ref (block));
      g_hash_table_insert (seen, g_steal_pointer (&key), GUINT_TO_POINTER (number));
    }
  return number;
}

/* Inputs and constants in one buffer, block values in their pages. */
gboolean
_sac_program_place_leaves (SacProgram *program, SacGraph *graph, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize fixed = 0;

  for (guint v = 1; v < graph->nodes->len; v++)
    {
      SacGraphNode *n = _sac_graph_at (graph, (SacVar) v);
      SacProgramValue *value = &program->values[v];
      gsize n_bytes = sizeof (float) * sac_shape_count (value->shape);

      if (!value->live && n->kind != SAC_NODE_INPUT)
        continue;
      if (n->kind == SAC_NODE_INPUT || n->kind == SAC_NODE_CONSTANT)
        {
          value->place = (SacPlace) { BUFFER_FIXED, fixed };
          fixed += (n_bytes + SAC_PLACE_ALIGN - 1) / SAC_PLACE_ALIGN * SAC_PLACE_ALIGN;
        }
      else if (n->block)
        {
          const SacBlockEntry *entry = n->kind == SAC_NODE_ENTRY ? sac_block_get_entry (n->block, n->index) : NULL;
          guint page = entry ? entry->page : n->index;

          value->place.buffer = page_buffer (program, seen, n->block, page);
          value->place.offset = entry ? sizeof (float) * entry->offset : 0;
          if (strcmp (program->backend->name, "null") != 0 && _sac_block_get_backend (n->block) != program->backend)
            {
              g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED, "“%s” has no memory on the backend “%s”", n->name,
                           program->backend->name);
              return FALSE;
            }
        }
    }
  program->cost.input_bytes = fixed;
  program->plan.buffers[BUFFER_FIXED] = program->backend->alloc (program->backend, MAX (fixed, SAC_PLACE_ALIGN), error);
  if (!program->plan.buffers[BUFFER_FIXED])
    return FALSE;
  for (guint v = 1; v < graph->nodes->len; v++)
    {
      SacGraphNode *n = _sac_graph_at (graph, (SacVar) v);
      gsize count = sac_shape_count (n->node.shape);
      g_autofree float *equal = NULL;

      if (n->kind != SAC_NODE_CONSTANT || !program->values[v].live)
        continue;
      if (!n->data)
        {
          equal = g_new (float, count);
          for (gsize i = 0; i < count; i++)
            equal[i] = n->value;
        }
      program->backend->upload (program->backend, program->plan.buffers[BUFFER_FIXED], program->values[v].place.offset,
                                n->data ? n->data : equal, sizeof (float) * count);
    }
  return TRUE;
}

static gboolean
may_take_over (const SacProgram *program, const SacLifetime *lives, const gint *life_of, const SacStep *step, gint s)
{
  gint i = step->node.op->inplace;
  SacVar src;

  if (i < 0 || (guint) i >= step->node.n_src || step->node.op->mutates)
    return FALSE;
  src = step->node.src[i];
  for (guint k = 0; k < step->node.n_src; k++)
    if ((gint) k != i && step->node.src[k] == src)
      return FALSE;
  return src > 0 && life_of[src] >= 0 && lives[life_of[src]].last == s && !program->values[src].is_output
         && program->values[src].dtype == step->dtype
         && sac_shape_count (program->values[src].shape) == sac_shape_count (step->node.shape);
}

void
_sac_program_place_results (SacProgram *program)
{
  SacProgramPlan *plan = &program->plan;
  gboolean shared = !sac_switch_on (SAC_SWITCH_NO_PLAN);
  g_autofree SacLifetime *lives = g_new0 (SacLifetime, 2 * plan->n_steps + 1);
  g_autofree gint *life_of = g_new (gint, program->n_values), *last = g_new0 (gint, program->n_values);
  guint n = 0;

  for (guint v = 0; v < program->n_values; v++)
    life_of[v] = -1;
  for (guint s = 0; s < plan->n_steps; s++)
    for (guint i = 0; i < plan->steps[s].node.n_src; i++)
      last[plan->steps[s].node.src[i]] = (gint) s;
  for (guint s = 0; s < plan->n_steps; s++)
    {
      SacStep *step = &plan->steps[s];
      SacVar v = step->node.self;

      if (step->workspace_bytes > 0)
        lives[n++] = (SacLifetime) { step->workspace_bytes, (gint) s, (gint) s, -1, 0 };
      if (step->node.op->mutates)
        continue;
      lives[n] = (SacLifetime) { step->dst_bytes, (gint) s, program->values[v].is_output ? G_MAXINT : MAX (last[v], (gint) s), -1, 0 };
      if (shared && may_take_over (program, lives, life_of, step, (gint) s))
        lives[n].takes_over = life_of[step->node.src[step->node.op->inplace]];
      life_of[v] = (gint) n++;
    }
  program->cost.unplanned_bytes = program->cost.workspace_bytes = 0;
  for (guint s = 0; s < plan->n_steps; s++)
    program->cost.workspace_bytes = MAX (program->cost.workspace_bytes, plan->steps[s].workspace_bytes);
  for (guint i = 0; i < n; i++)
    program->cost.unplanned_bytes += lives[i].n_bytes;
  plan->arena_bytes = program->cost.arena_bytes = _sac_plan_memory (lives, n, shared);
  for (guint s = 0, at = 0; s < plan->n_steps; s++)
    {
      SacStep *step = &plan->steps[s];

      if (step->workspace_bytes > 0)
        step->workspace = (SacPlace) { BUFFER_ARENA, lives[at++].offset };
      if (!step->node.op->mutates)
        program->values[step->node.self].place = (SacPlace) { BUFFER_ARENA, lives[at++].offset };
    }
}

gboolean
_sac_program_take_arena (SacProgram *program, GError **error)
{
  SacProgramPlan *plan = &program->plan;

  plan->buffers[BUFFER_ARENA] = program->backend->alloc (program->backend, MAX (plan->arena_bytes, SAC_PLACE_ALIGN), error);
  if (!plan->buffers[BUFFER_ARENA])
    {
      g_prefix_error (error, _("The step needs %u MiB for intermediate values: "), (guint) (plan->arena_bytes >> 20));
      return FALSE;
    }
  for (guint s = 0; s < plan->n_steps; s++)
    {
      SacStep *step = &plan->steps[s];

      for (guint i = 0; i < step->node.n_src; i++)
        step->src[i] = program->values[step->node.src[i]].place;
      step->dst = program->values[step->node.self].place;
    }
  return TRUE;
}
