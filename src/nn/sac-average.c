#include "sac-average.h"

#include "ops/sac-ops.h"

struct _SacAverage
{
  SacWeights *weights;          /* borrowed */
  SacBackend *backend;          /* borrowed */
  SacBlock *block;
  SacProgram *update;           /* made at the first update */
  SacVar beta;
};

SacAverage *
sac_average_new (SacWeights *weights, SacBackend *backend, GError **error)
{
  g_autoptr (SacAverage) self = g_new0 (SacAverage, 1);
  SacBlock *params = sac_weights_get_params (weights);

  self->weights = weights;
  self->backend = backend;
  self->block = sac_block_new_like (params, "average");
  if (!sac_block_allocate (self->block, backend, error))
    return NULL;
  for (guint page = 0; page < sac_block_get_n_pages (params); page++)
    {
      g_autofree float *values = g_new (float, sac_block_get_page_floats (params, page));

      if (!sac_block_read_page (params, page, values, error))
        return NULL;
      sac_block_write_page (self->block, page, values);
    }
  return g_steal_pointer (&self);
}

void
sac_average_free (SacAverage *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->update, sac_program_free);
  g_clear_pointer (&self->block, sac_block_unref);
  g_free (self);
}

void
sac_average_append (SacAverage *self, SacGraph *graph, SacVar beta)
{
  SacBlock *params = sac_weights_get_params (self->weights);

  for (guint page = 0; page < sac_block_get_n_pages (params); page++)
    sac_ema (graph, sac_graph_page (graph, self->block, page), sac_graph_page (graph, params, page), beta);
}

gboolean
sac_average_update (SacAverage *self, double beta, GError **error)
{
  if (!self->update)
    {
      g_autoptr (SacGraph) graph = sac_graph_new ();

      self->beta = sac_graph_input (graph, "beta", SAC_SHAPE_SCALAR);
      sac_average_append (self, graph, self->beta);
      self->update = sac_program_compile (graph, NULL, 0, self->backend, error);
      if (!self->update)
        return FALSE;
    }
  sac_program_set_input (self->update, self->beta, &(float) { (float) beta });
  return sac_program_run (self->update, NULL, error);
}

gboolean
sac_average_swap (SacAverage *self, GError **error)
{
  SacBlock *params = sac_weights_get_params (self->weights);

  for (guint page = 0; page < sac_block_get_n_pages (params); page++)
    {
      gsize n = sac_block_get_page_floats (params, page);
      g_autofree float *weights = g_new (float, n), *average = g_new (float, n);

      if (!sac_block_read_page (params, page, weights, error) || !sac_block_read_page (self->block, page, average, error))
        return FALSE;
      sac_block_write_page (params, page, average);
      sac_block_write_page (self->block, page, weights);
    }
  return TRUE;
}

SacBlock *
sac_average_get_block (SacAverage *self)
{
  return self->block;
}
