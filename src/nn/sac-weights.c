#include "sac-weights.h"

#include <math.h>
#include <string.h>

struct _SacWeights
{
  SacBlock *params, *buffers;
  GArray *param_inits, *buffer_inits;   /* SacInit, one an entry */
  gboolean spans_time;                  /* some kernel has kT > 1 */
};

SacWeights *
sac_weights_new (void)
{
  SacWeights *weights = g_new0 (SacWeights, 1);

  weights->params = sac_block_new ("params");
  weights->buffers = sac_block_new ("buffers");
  weights->param_inits = g_array_new (FALSE, FALSE, sizeof (SacInit));
  weights->buffer_inits = g_array_new (FALSE, FALSE, sizeof (SacInit));
  return weights;
}

void
sac_weights_free (SacWeights *weights)
{
  if (!weights)
    return;
  sac_block_unref (weights->params);
  sac_block_unref (weights->buffers);
  g_array_unref (weights->param_inits);
  g_array_unref (weights->buffer_inits);
  g_free (weights);
}

static SacVar
entry (SacWeights *weights, SacBlock *block, GArray *inits, SacGraph *graph, const char *name, SacShape shape, SacInit init)
{
  gint index = sac_block_find (block, name);

  if (!sac_graph_check (graph, NULL))
    return 0;
  if (index < 0 && sac_block_is_allocated (block))
    {
      sac_graph_poison (graph, "the weights have no entry “%s”", name);
      return 0;
    }
  if (index < 0)
    {
      index = (gint) sac_block_add (block, name, shape);
      g_array_append_val (inits, init);
      if (init == SAC_INIT_KAIMING_FAN_OUT && shape.t > 1)
        weights->spans_time = TRUE;
    }
  else
    {
      SacShape held = sac_block_get_entry (block, (guint) index)->shape;

      if (!sac_shape_equal (held, shape))
        {
          g_autofree char *a = sac_shape_dup_string (held), *b = sac_shape_dup_string (shape);

          sac_graph_poison (graph, "the weights hold “%s” as %s, the network asks for %s", name, a, b);
          return 0;
        }
    }
  return sac_graph_entry (graph, block, (guint) index);
}

SacVar
sac_weights_param (SacWeights *weights, SacGraph *graph, const char *name, SacShape shape, SacInit init)
{
  return entry (weights, weights->params, weights->param_inits, graph, name, shape, init);
}

SacVar
sac_weights_buffer (SacWeights *weights, SacGraph *graph, const char *name, SacShape shape, SacInit init)
{
  return entry (weights, weights->buffers, weights->buffer_inits, graph, name, shape, init);
}

gboolean
sac_weights_allocate (SacWeights *weights, SacBackend *backend, GError **error)
{
  return sac_block_allocate (weights->params, backend, error) && sac_block_allocate (weights->buffers, backend, error);
}

/* Where @name stands: its block and index there, and how it starts. */
static SacBlock *
find (const SacWeights *weights, const char *name, guint *index, SacInit *init)
{
  gint at = sac_block_find (weights->params, name);

  if (at >= 0)
    {
      *index = (guint) at;
      *init = g_array_index (weights->param_inits, SacInit, at);
      return weights->params;
    }
  at = sac_block_find (weights->buffers, name);
  if (at < 0)
    return NULL;
  *index = (guint) at;
  *init = g_array_index (weights->buffer_inits, SacInit, at);
  return weights->buffers;
}

/* Four numbers N(0, @deviation²) from one block of random bits (Box–Muller, twice): a large network has 46 million. */
static void
four_normals (SacRandomKey key, guint64 counter, double deviation, float out[4])
{
  guint32 bits[4];

  sac_random_block (key, counter, bits);
  for (int pair = 0; pair < 2; pair++)
    {
      double u = ((double) bits[2 * pair] + 1) * 0x1p-32, angle = 2 * G_PI * 0x1p-32 * bits[2 * pair + 1];
      double radius = deviation * sqrt (-2 * log (u));

      out[2 * pair] = (float) (radius * cos (angle));
      out[2 * pair + 1] = (float) (radius * sin (angle));
    }
}

/* Numbers are drawn in the field's order and keyed by the name, so neither the memory order nor the order of
 * declaration matters. */
static void
draw (SacBlock *block, guint index, SacInit init, guint64 seed)
{
  const SacBlockEntry *e = sac_block_get_entry (block, index);
  gsize n = sac_shape_count (e->shape);
  g_autofree float *logical = g_new0 (float, MAX (n, 1)), *memory = g_new (float, MAX (n, 1));
  SacRandomKey key = { seed, sac_random_stream (g_str_hash (e->name), strlen (e->name), 0x77656967687473) };
  double deviation = 0;

  if (init == SAC_INIT_ONES)
    for (gsize i = 0; i < n; i++)
      logical[i] = 1;
  else if (init == SAC_INIT_HEAD)
    deviation = 0.01;
  else if (init == SAC_INIT_DCGAN || init == SAC_INIT_DCGAN_GAMMA)
    deviation = 0.02;
  else if (init == SAC_INIT_UNIT)
    deviation = 1;
  else if (init == SAC_INIT_KAIMING_FAN_OUT)
    deviation = sqrt (2.0 / ((double) e->shape.n * e->shape.t * e->shape.h * e->shape.w));
  if (deviation > 0)
    for (gsize i = 0; i < n; i += 4)
      {
        float drawn[4];

        four_normals (key, i / 4, deviation, drawn);
        memcpy (logical + i, drawn, MIN (n - i, 4) * sizeof (float));
      }
  if (init == SAC_INIT_DCGAN_GAMMA)
    for (gsize i = 0; i < n; i++)
      logical[i] += 1;
  if (init == SAC_INIT_FAN_IN)
    {
      double bound = sqrt (1.0 / MAX ((double) e->shape.c * e->shape.t * e->shape.h * e->shape.w, 1));

      for (gsize i = 0; i < n; i++)
        logical[i] = (float) (bound * (2 * sac_random_unit (key, i) - 1));
    }
  if (init == SAC_INIT_UNIT)
    {
      double square = 0;

      for (gsize i = 0; i < n; i++)
        square += (double) logical[i] * logical[i];
      for (gsize i = 0; i < n; i++)
        logical[i] = (float) (logical[i] / MAX (sqrt (square), 1e-12));
    }
  sac_shape_to_memory_order (e->shape, logical, memory);
  sac_block_write (block, index, memory);
}

void
sac_weights_initialise (SacWeights *weights, guint64 seed)
{
  for (guint i = 0; i < weights->param_inits->len; i++)
    draw (weights->params, i, g_array_index (weights->param_inits, SacInit, i), seed);
  for (guint i = 0; i < weights->buffer_inits->len; i++)
    draw (weights->buffers, i, g_array_index (weights->buffer_inits, SacInit, i), seed);
}

void
sac_weights_initialise_one (SacWeights *weights, const char *name, guint64 seed)
{
  SacInit init;
  guint index;
  SacBlock *block = find (weights, name, &index, &init);

  g_return_if_fail (block);
  draw (block, index, init, seed);
}

SacBlock *
sac_weights_get_params (SacWeights *weights)
{
  return weights->params;
}

SacBlock *
sac_weights_get_buffers (SacWeights *weights)
{
  return weights->buffers;
}

guint64
sac_weights_count_params (const SacWeights *weights)
{
  guint64 sum = 0;

  for (guint i = 0; i < sac_block_get_n_entries (weights->params); i++)
    sum += sac_shape_count (sac_block_get_entry (weights->params, i)->shape);
  return sum;
}

SacInit
sac_weights_get_init (const SacWeights *weights, const char *name)
{
  SacInit init = SAC_INIT_ZEROS;
  guint index;
  SacBlock *block = find (weights, name, &index, &init);

  g_return_val_if_fail (block, SAC_INIT_ZEROS);
  return init;
}

guint
sac_weights_get_dims (const SacWeights *weights, const char *name, gint64 dims[5])
{
  SacInit init;
  guint index;
  SacBlock *block = find (weights, name, &index, &init);
  SacShape s;

  g_return_val_if_fail (block, 0);
  s = sac_block_get_entry (block, index)->shape;
  switch (init)
    {
    case SAC_INIT_HEAD:
    case SAC_INIT_FAN_IN:
      dims[0] = s.n, dims[1] = (gint64) s.c * s.t * s.h * s.w;   /* a head over all frames: the matrix over (C,T) flattened */
      return 2;
    case SAC_INIT_UNIT:
      dims[0] = (gint64) sac_shape_count (s);
      return 1;
    case SAC_INIT_KAIMING_FAN_OUT:
    case SAC_INIT_DCGAN:
      dims[0] = s.n, dims[1] = s.c;
      if (weights->spans_time)
        {
          dims[2] = s.t, dims[3] = s.h, dims[4] = s.w;
          return 5;
        }
      dims[2] = s.h, dims[3] = s.w;
      return 4;
    case SAC_INIT_ZEROS:
    case SAC_INIT_ONES:
    case SAC_INIT_DCGAN_GAMMA:
    default:
      dims[0] = s.c;
      return 1;
    }
}

gboolean
sac_weights_read (SacWeights *weights, const char *name, float *out)
{
  SacInit init;
  guint index;
  SacBlock *block = find (weights, name, &index, &init);
  g_autofree float *memory = NULL;
  SacShape s;

  if (!block)
    return FALSE;
  s = sac_block_get_entry (block, index)->shape;
  memory = g_new (float, sac_shape_count (s));
  if (!sac_block_read (block, index, memory, NULL))
    return FALSE;
  sac_shape_from_memory_order (s, memory, out);
  return TRUE;
}

gboolean
sac_weights_write (SacWeights *weights, const char *name, const float *in)
{
  SacInit init;
  guint index;
  SacBlock *block = find (weights, name, &index, &init);
  g_autofree float *memory = NULL;
  SacShape s;

  if (!block)
    return FALSE;
  s = sac_block_get_entry (block, index)->shape;
  memory = g_new (float, sac_shape_count (s));
  sac_shape_to_memory_order (s, in, memory);
  sac_block_write (block, index, memory);
  return TRUE;
}
