/* Compile: live nodes → running order → variants → places → barriers → prepared by the backend. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-graph-private.h"

enum { BUFFER_ARENA, BUFFER_FIXED, N_FIRST_BUFFERS };   /* then pages of blocks */

typedef struct {
  SacNodeKind kind;
  gboolean live, is_output;
  SacShape shape;
  SacPlace place;
  char *name;
} Value;

struct _SacProgram {
  SacBackend *backend;
  SacProgramPlan plan;
  gpointer prepared;
  Value *values;                /* by SacVar */
  guint n_values;
  GPtrArray *blocks;            /* SacBlock*, kept alive */
  gpointer *params;             /* copies, one a step */
  SacProgramCost cost;
};

static SacKernelArgs
step_shapes (const SacStep *step)
{
  SacKernelArgs args = { .op = step->node.op, .n_src = step->node.n_src, .params = step->node.params };

  for (guint i = 0; i < step->node.n_src; i++)
    args.src[i].shape = step->src_shape[i];
  args.dst.shape = step->node.shape;
  args.workspace_bytes = step->workspace_bytes;
  return args;
}

/* ---- order. */

static gboolean
touches (const SacGraph *graph, const SacNode *node, const SacNode *effect)
{
  for (guint e = 0; e < effect->n_src; e++)
    {
      const SacGraphNode *mine = effect->src[e] ? _sac_graph_at (graph, effect->src[e]) : NULL;
      gboolean i_write = (effect->op->mutates >> e & 1) != 0;

      if (!mine || !mine->block)
        continue;
      for (guint s = 0; s < node->n_src; s++)
        {
          const SacGraphNode *other = node->src[s] ? _sac_graph_at (graph, node->src[s]) : NULL;
          gboolean it_writes = (node->op->mutates >> s & 1) != 0;

          if (other && other->block == mine->block && (i_write || it_writes)
              && (other->kind != mine->kind || other->index == mine->index))
            return TRUE;
        }
    }
  return FALSE;
}

/* Effects run as soon as they may: a weight's gradient is added to its block and its memory is free again. */
static GArray *
running_order (const SacGraph *graph, const SacNode *nodes, const gboolean *live)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (SacVar));

  for (SacVar v = 1; v < (SacVar) graph->nodes->len; v++)
    {
      const SacNode *node = &nodes[v];
      guint at = order->len;

      if (!node->op || !live[v])
        continue;
      while (node->op->mutates && at > 0)
        {
          SacVar before = g_array_index (order, SacVar, at - 1);
          const SacNode *other = &nodes[before];
          gboolean needed = touches (graph, other, node);

          for (guint i = 0; i < node->n_src; i++)
            needed |= node->src[i] == before;
          if (needed)
            break;
          at--;
        }
      g_array_insert_val (order, at, v);
    }
  return order;
}

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

/* ---- places. */

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
static gboolean
place_leaves (SacProgram *program, SacGraph *graph, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize fixed = 0;

  for (guint v = 1; v < program->n_values; v++)
    {
      SacGraphNode *n = _sac_graph_at (graph, (SacVar) v);
      Value *value = &program->values[v];
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
  for (guint v = 1; v < program->n_values; v++)
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
         && sac_shape_count (program->values[src].shape) == sac_shape_count (step->node.shape);
}

static gboolean
place_results (SacProgram *program, GError **error)
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
      lives[n] = (SacLifetime) { sizeof (float) * sac_shape_count (step->node.shape), (gint) s,
                                 program->values[v].is_output ? G_MAXINT : MAX (last[v], (gint) s), -1, 0 };
      if (shared && may_take_over (program, lives, life_of, step, (gint) s))
        lives[n].takes_over = life_of[step->node.src[step->node.op->inplace]];
      life_of[v] = (gint) n++;
    }
  for (guint i = 0; i < n; i++)
    program->cost.unplanned_bytes += lives[i].n_bytes;
  plan->arena_bytes = program->cost.arena_bytes = _sac_plan_memory (lives, n, shared);
  plan->buffers[BUFFER_ARENA] = program->backend->alloc (program->backend, MAX (plan->arena_bytes, SAC_PLACE_ALIGN), error);
  if (!plan->buffers[BUFFER_ARENA])
    {
      g_prefix_error (error, _("The step needs %u MiB for intermediate values: "), (guint) (plan->arena_bytes >> 20));
      return FALSE;
    }
  for (guint s = 0, at = 0; s < plan->n_steps; s++)
    {
      SacStep *step = &plan->steps[s];

      if (step->workspace_bytes > 0)
        step->workspace = (SacPlace) { BUFFER_ARENA, lives[at++].offset };
      if (!step->node.op->mutates)
        program->values[step->node.self].place = (SacPlace) { BUFFER_ARENA, lives[at++].offset };
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

static gboolean
make_steps (SacProgram *program, SacGraph *graph, const SacNode *nodes, const gboolean *live, GError **error)
{
  g_autoptr (GArray) order = running_order (graph, nodes, live);
  SacProgramPlan *plan = &program->plan;

  plan->n_steps = order->len;
  plan->steps = g_new0 (SacStep, order->len + 1);
  program->params = g_new0 (gpointer, order->len + 1);
  for (guint s = 0; s < order->len; s++)
    {
      SacStep *step = &plan->steps[s];
      SacKernelArgs shapes;

      step->node = nodes[g_array_index (order, SacVar, s)];
      if (step->node.params)
        step->node.params = program->params[s] = g_memdup2 (step->node.params, step->node.op->params_size);
      for (guint i = 0; i < step->node.n_src; i++)
        step->src_shape[i] = sac_graph_get_shape (graph, step->node.src[i]);
      shapes = step_shapes (step);
      if (!program->backend->select (program->backend, &shapes, &step->variant, &step->workspace_bytes, error))
        return FALSE;
      program->cost.flops += step->node.op->flops ? step->node.op->flops (&shapes) : (double) sac_shape_count (step->node.shape);
    }
  program->cost.n_steps = plan->n_steps;
  return TRUE;
}

SacProgram *
sac_program_compile (SacGraph *graph, const SacVar *outputs, guint n_outputs, SacBackend *backend, GError **error)
{
  g_autoptr (SacProgram) program = NULL;
  g_autofree SacNode *nodes = NULL;
  g_autofree gboolean *live = NULL, *output = NULL;

  if (!sac_graph_check (graph, error))
    return NULL;
  program = g_new0 (SacProgram, 1);
  program->backend = backend;
  program->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_block_unref);
  program->plan.n_buffers = N_FIRST_BUFFERS;
  program->plan.buffers = g_new0 (SacBuffer *, N_FIRST_BUFFERS);
  program->n_values = graph->nodes->len;
  program->values = g_new0 (Value, program->n_values);
  nodes = g_new0 (SacNode, program->n_values);
  live = g_new0 (gboolean, program->n_values);
  output = g_new0 (gboolean, program->n_values);
  for (guint v = 1; v < program->n_values; v++)
    {
      const SacGraphNode *n = _sac_graph_at (graph, (SacVar) v);

      nodes[v] = n->node;
      program->values[v] = (Value) { .kind = n->kind, .shape = n->node.shape, .name = g_strdup (n->name) };
    }
  for (guint i = 0; i < n_outputs; i++)
    {
      g_return_val_if_fail (outputs[i] > 0 && (guint) outputs[i] < program->n_values, NULL);
      output[outputs[i]] = program->values[outputs[i]].is_output = TRUE;
    }
  mark_live (nodes, live, output, program->n_values);
  if (!sac_switch_on (SAC_SWITCH_NO_FUSE) && _sac_rewrite (graph, nodes, live, output, program->n_values) > 0)
    mark_live (nodes, live, output, program->n_values);
  for (guint v = 1; v < program->n_values; v++)
    program->values[v].live = live[v];
  if (!make_steps (program, graph, nodes, live, error) || !place_leaves (program, graph, error) || !place_results (program, error))
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
  g_free (program);
}

void
sac_program_set_input (SacProgram *program, SacVar input, const float *data)
{
  const Value *value = &program->values[input];

  g_return_if_fail (value->kind == SAC_NODE_INPUT);
  program->backend->upload (program->backend, program->plan.buffers[value->place.buffer], value->place.offset, data,
                            sizeof (float) * sac_shape_count (value->shape));
}

gboolean
sac_program_run (SacProgram *program, GCancellable *cancellable, GError **error)
{
  return program->backend->run (program->backend, program->prepared, &program->plan, cancellable, error);
}

void
sac_program_get_output (SacProgram *program, SacVar output, float *data)
{
  const Value *value = &program->values[output];

  g_return_if_fail (value->is_output);
  program->backend->download (program->backend, program->plan.buffers[value->place.buffer], value->place.offset, data,
                              sizeof (float) * sac_shape_count (value->shape));
}

SacProgramCost
sac_program_get_cost (const SacProgram *program)
{
  return program->cost;
}

char *
sac_program_dup_explain (const SacProgram *program)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "program on %s: %u steps, %u barriers, %.3g GFLOP, arena %.1f MiB (unplanned %.1f), blocks %.1f MiB\n",
                          program->backend->name, program->cost.n_steps, program->cost.n_barriers, program->cost.flops * 1e-9,
                          (double) program->cost.arena_bytes / (1 << 20), (double) program->cost.unplanned_bytes / (1 << 20),
                          (double) program->cost.block_bytes / (1 << 20));
  for (guint s = 0; s < program->plan.n_steps; s++)
    {
      const SacStep *step = &program->plan.steps[s];
      const SacOp *op = step->node.op;
      g_autofree char *shape = sac_shape_dup_string (step->node.shape);
      const char *name = program->values[step->node.self].name;

      g_string_append_printf (out, "%4u %c %-22s %-10s", s, step->barrier ? '|' : ' ', op->name,
                              strcmp (program->backend->name, "vulkan") == 0 ? "shader"
                              : op->cpu && op->cpu[step->variant].run ? op->cpu[step->variant].name : "reference");
      g_string_append_printf (out, " v%d %s ←", step->node.self, op->mutates ? "effect" : shape);
      for (guint i = 0; i < step->node.n_src; i++)
        g_string_append_printf (out, " v%d", step->node.src[i]);
      if (!op->mutates)
        g_string_append_printf (out, "  @%u+%" G_GSIZE_FORMAT, step->dst.buffer, step->dst.offset);
      if (step->workspace_bytes)
        g_string_append_printf (out, "  work %" G_GSIZE_FORMAT, step->workspace_bytes);
      g_string_append_printf (out, "%s%s\n", name ? "  " : "", name ? name : "");
    }
  return g_string_free (out, FALSE);
}
