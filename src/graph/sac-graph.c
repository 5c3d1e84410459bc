#define G_LOG_DOMAIN "saccade"
#include "sac-graph-private.h"

#include <string.h>

G_DEFINE_QUARK (sac-graph-error, sac_graph_error)

static void
clear_node (gpointer data)
{
  SacGraphNode *n = data;

  g_free (n->name);
  g_free (n->data);
  g_free ((gpointer) n->node.params);
  g_clear_pointer (&n->block, sac_block_unref);
}

SacGraph *
sac_graph_new (void)
{
  SacGraph *graph = g_new0 (SacGraph, 1);

  graph->nodes = g_array_new (FALSE, TRUE, sizeof (SacGraphNode));
  g_array_set_clear_func (graph->nodes, clear_node);
  g_array_set_size (graph->nodes, 1);
  return graph;
}

void
sac_graph_free (SacGraph *graph)
{
  if (!graph)
    return;
  g_array_unref (graph->nodes);
  g_clear_error (&graph->error);
  g_free (graph);
}

gboolean
sac_graph_check (SacGraph *graph, GError **error)
{
  if (!graph->error)
    return TRUE;
  g_propagate_error (error, g_error_copy (graph->error));
  return FALSE;
}

void
sac_graph_poison (SacGraph *graph, const char *format, ...)
{
  va_list args;

  if (graph->error)
    return;
  va_start (args, format);
  graph->error = g_error_new_valist (SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, format, args);
  va_end (args);
}

static SacVar
add_node (SacGraph *graph, SacGraphNode n)
{
  n.node.self = (SacVar) graph->nodes->len;
  g_array_append_val (graph->nodes, n);
  return n.node.self;
}

static gboolean
shape_is_fit (SacGraph *graph, SacShape s, const char *what)
{
  const gint32 axes[] = { s.n, s.c, s.t, s.h, s.w };
  double count = 1;

  if (graph->error)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    {
      count *= axes[i];
      if (axes[i] <= 0 || count > 1e11)
        {
          g_autofree char *text = sac_shape_dup_string (s);

          sac_graph_poison (graph, "%s: the shape %s is empty or too large", what, text);
          return FALSE;
        }
    }
  return TRUE;
}

SacVar
sac_graph_input (SacGraph *graph, const char *name, SacShape shape)
{
  if (!shape_is_fit (graph, shape, name))
    return 0;
  return add_node (graph, (SacGraphNode) { .kind = SAC_NODE_INPUT, .name = g_strdup (name), .node.shape = shape });
}

SacVar
sac_graph_constant (SacGraph *graph, SacShape shape, float value)
{
  if (!shape_is_fit (graph, shape, "constant"))
    return 0;
  return add_node (graph, (SacGraphNode) { .kind = SAC_NODE_CONSTANT, .node.shape = shape, .value = value });
}

SacVar
sac_graph_constant_data (SacGraph *graph, SacShape shape, const float *memory_order)
{
  if (!shape_is_fit (graph, shape, "constant"))
    return 0;
  return add_node (graph, (SacGraphNode) { .kind = SAC_NODE_CONSTANT, .node.shape = shape,
                                           .data = g_memdup2 (memory_order, sizeof (float) * sac_shape_count (shape)) });
}

static SacVar
block_value (SacGraph *graph, SacNodeKind kind, SacBlock *block, guint index, SacShape shape, const char *name)
{
  if (!shape_is_fit (graph, shape, name))
    return 0;
  for (guint i = 1; i < graph->nodes->len; i++)
    {
      SacGraphNode *n = _sac_graph_at (graph, (SacVar) i);

      if (n->kind == kind && n->block == block && n->index == index)
        return (SacVar) i;
    }
  return add_node (graph, (SacGraphNode) { .kind = kind, .node.shape = shape, .block = sac_block_ref (block), .index = index,
                                           .name = g_strdup (name) });
}

SacVar
sac_graph_entry (SacGraph *graph, SacBlock *block, guint entry)
{
  const SacBlockEntry *e = sac_block_get_entry (block, entry);

  return block_value (graph, SAC_NODE_ENTRY, block, entry, e->shape, e->name);
}

SacVar
sac_graph_page (SacGraph *graph, SacBlock *block, guint page)
{
  gsize n = sac_block_get_page_floats (block, page);

  return block_value (graph, SAC_NODE_PAGE, block, page, SAC_SHAPE (1, (gint32) n, 1, 1, 1), "page");
}

SacVar
sac_graph_append (SacGraph *graph, const SacOp *op, const SacVar *src, guint n_src, const void *params)
{
  SacGraphNode n = { .kind = SAC_NODE_OP, .node = { .op = op, .n_src = n_src } };
  SacShape shapes[SAC_MAX_SRC] = { { 0 } };
  g_autoptr (GError) error = NULL;

  g_assert (n_src <= op->n_src && n_src <= SAC_MAX_SRC);
  if (graph->error)
    return 0;
  for (guint i = 0; i < op->n_src; i++)
    {
      SacVar v = i < n_src ? src[i] : 0;

      g_assert (v >= 0 && (guint) v < graph->nodes->len);
      n.node.src[i] = v;
      if (v > 0)
        shapes[i] = _sac_graph_at (graph, v)->node.shape;
      else if (!(op->optional >> i & 1))
        {
          sac_graph_poison (graph, "%s: source %u is missing", op->name, i + 1);
          return 0;
        }
      if (v > 0 && (op->mutates >> i & 1) && !_sac_graph_at (graph, v)->block)
        {
          sac_graph_poison (graph, "%s: source %u is written, so it must stand in a block", op->name, i + 1);
          return 0;
        }
    }
  if (!op->infer (shapes, n_src, params, &n.node.shape, &error))
    {
      GString *text = g_string_new (NULL);

      for (guint i = 0; i < n_src; i++)
        if (src[i] > 0)
          {
            g_autofree char *one = sac_shape_dup_string (shapes[i]);

            g_string_append_printf (text, "%s%s", text->len ? " " : "", one);
          }
      sac_graph_poison (graph, "%s %s: %s", op->name, text->str, error ? error->message : "the shapes do not fit");
      g_string_free (text, TRUE);
      return 0;
    }
  if (!shape_is_fit (graph, n.node.shape, op->name))
    return 0;
  if (op->params_size > 0)
    n.node.params = g_memdup2 (params, op->params_size);
  return add_node (graph, n);
}

SacShape
sac_graph_get_shape (const SacGraph *graph, SacVar v)
{
  return v > 0 ? _sac_graph_at (graph, v)->node.shape : (SacShape) { 0 };
}

SacNode
sac_graph_get_node (const SacGraph *graph, SacVar v)
{
  return _sac_graph_at (graph, v)->node;
}

guint
sac_graph_get_n_nodes (const SacGraph *graph)
{
  return graph->nodes->len;
}

void
sac_graph_name (SacGraph *graph, SacVar v, const char *format, ...)
{
  va_list args;

  if (v <= 0)
    return;
  va_start (args, format);
  g_free (_sac_graph_at (graph, v)->name);
  _sac_graph_at (graph, v)->name = g_strdup_vprintf (format, args);
  va_end (args);
}

const char *
sac_graph_get_name (const SacGraph *graph, SacVar v)
{
  return v > 0 ? _sac_graph_at (graph, v)->name : NULL;
}
