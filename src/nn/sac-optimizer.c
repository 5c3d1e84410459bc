#include "sac-optimizer.h"

#include <math.h>

#include "ops/sac-ops.h"

struct _SacOptimizer
{
  SacWeights *weights;          /* borrowed */
  SacBackend *backend;          /* borrowed */
  SacBlock *gradients, *moments;
  SacBlock *seconds;            /* Adam only */
  SacBlock *scales;             /* Adam: only where some rate differs */
  guint8 *frozen;               /* by entry: its rate is 0 */
  gboolean nesterov;
  double clip;                  /* largest norm of the gradients, 0 = any */
  guint64 n_steps;
  SacProgram *update;           /* made at the first step, when the scales are known */
  SacVar hyper;
  GError *error;                /* sticky: told at the next step */
};

static SacBlock *
new_block (SacOptimizer *self, const char *name, GError **error)
{
  g_autoptr (SacBlock) block = sac_block_new_like (sac_weights_get_params (self->weights), name);

  return sac_block_allocate (block, self->backend, error) ? g_steal_pointer (&block) : NULL;
}

SacOptimizer *
sac_optimizer_new_sgd (SacWeights *weights, SacBackend *backend, GError **error)
{
  g_autoptr (SacOptimizer) self = g_new0 (SacOptimizer, 1);

  self->weights = weights;
  self->backend = backend;
  if (!(self->gradients = new_block (self, "gradients", error)) || !(self->moments = new_block (self, "moments", error))
      || !(self->scales = new_block (self, "rate scales", error)))
    return NULL;
  sac_optimizer_set_scale (self, "", 1);
  return g_steal_pointer (&self);
}

SacOptimizer *
sac_optimizer_new_adam (SacWeights *weights, SacBackend *backend, GError **error)
{
  g_autoptr (SacOptimizer) self = g_new0 (SacOptimizer, 1);

  self->weights = weights;
  self->backend = backend;
  if (!(self->gradients = new_block (self, "gradients", error)) || !(self->moments = new_block (self, "moments", error))
      || !(self->seconds = new_block (self, "second moments", error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
sac_optimizer_free (SacOptimizer *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->update, sac_program_free);
  g_clear_pointer (&self->gradients, sac_block_unref);
  g_clear_pointer (&self->moments, sac_block_unref);
  g_clear_pointer (&self->seconds, sac_block_unref);
  g_clear_pointer (&self->scales, sac_block_unref);
  g_clear_error (&self->error);
  g_free (self->frozen);
  g_free (self);
}

void
sac_optimizer_set_scale (SacOptimizer *self, const char *prefix, float scale)
{
  g_return_if_fail (scale >= 0);

  if (!self->scales && scale == 1)
    return;
  if (!self->frozen)
    self->frozen = g_new0 (guint8, sac_block_get_n_entries (self->gradients));
  if (!self->scales)
    {
      self->scales = new_block (self, "rate scales", self->error ? NULL : &self->error);
      if (!self->scales)
        return;
      sac_optimizer_set_scale (self, "", 1);
    }
  for (guint i = 0; i < sac_block_get_n_entries (self->scales); i++)
    {
      const SacBlockEntry *e = sac_block_get_entry (self->scales, i);

      if (g_str_has_prefix (e->name, prefix))
        {
          gsize n = sac_shape_count (e->shape);
          g_autofree float *fill = g_new (float, n);

          for (gsize k = 0; k < n; k++)
            fill[k] = scale;
          sac_block_write (self->scales, i, fill);
          self->frozen[i] = scale == 0;
        }
    }
}

void
sac_optimizer_accumulate (SacOptimizer *self, SacGraph *graph, SacVar loss)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  guint n = sac_block_get_n_entries (params);
  g_autofree SacVar *wrt = g_new0 (SacVar, n), *gradient = g_new0 (SacVar, n);

  for (guint i = 0; i < n; i++)
    wrt[i] = self->frozen && self->frozen[i] ? 0 : sac_graph_entry (graph, params, i);
  sac_graph_gradients (graph, loss, wrt, n, gradient);
  for (guint i = 0; i < n; i++)
    if (gradient[i])
      sac_accumulate (graph, sac_graph_entry (graph, self->gradients, i), gradient[i]);
}

void
sac_optimizer_set_nesterov (SacOptimizer *self, gboolean nesterov)
{
  g_return_if_fail (!self->seconds);

  self->nesterov = nesterov;
}

void
sac_optimizer_set_clip (SacOptimizer *self, double largest_norm)
{
  g_return_if_fail (largest_norm >= 0);

  if (self->clip != largest_norm)
    g_clear_pointer (&self->update, sac_program_free);
  self->clip = largest_norm;
}

/* @hyper (of @n numbers) with its gradient scale, number @at, times min(1, clip/norm): the norm of what the step will see. */
static SacVar
clipped (SacOptimizer *self, SacGraph *graph, SacVar hyper, gint32 n, gint32 at)
{
  SacVar square = 0, norm, parts[3] = { 0 };
  guint n_parts = 2;

  if (self->clip <= 0)
    return hyper;
  for (guint page = 0; page < sac_block_get_n_pages (self->gradients); page++)
    {
      SacVar one = sac_sum_squares_to (graph, sac_graph_page (graph, self->gradients, page), SAC_SHAPE_SCALAR);

      square = square ? sac_add (graph, square, one) : one;
    }
  parts[1] = sac_slice (graph, hyper, SAC_AXIS_C, at, 1);
  norm = sac_mul (graph, sac_power (graph, square, 0.5f), sac_abs (graph, parts[1]));
  norm = sac_div (graph, sac_graph_constant (graph, SAC_SHAPE_SCALAR, (float) self->clip), sac_affine (graph, norm, 1, 1e-6f));
  parts[1] = sac_mul (graph, parts[1], sac_minimum (graph, norm, sac_graph_constant (graph, SAC_SHAPE_SCALAR, 1)));
  parts[0] = sac_slice (graph, hyper, SAC_AXIS_C, 0, at);
  if (at + 1 < n)
    parts[n_parts++] = sac_slice (graph, hyper, SAC_AXIS_C, at + 1, n - at - 1);
  return sac_concat (graph, parts, n_parts, SAC_AXIS_C);
}

static void
append_sgd (SacOptimizer *self, SacGraph *graph)
{
  SacBlock *params = sac_weights_get_params (self->weights);

  SacVar hyper;

  self->hyper = sac_graph_input (graph, "rate, momentum, decay, gradient scale, Nesterov", SAC_SHAPE (1, 5, 1, 1, 1));
  hyper = clipped (self, graph, self->hyper, 5, 3);
  for (guint page = 0; page < sac_block_get_n_pages (params); page++)
    sac_sgd (graph, sac_graph_page (graph, params, page), sac_graph_page (graph, self->moments, page),
             sac_graph_page (graph, self->gradients, page), sac_graph_page (graph, self->scales, page), hyper);
}

SacVar
sac_optimizer_append_adam (SacOptimizer *self, SacGraph *graph)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  SacVar hyper = sac_graph_input (graph, "Adam's rate, betas, correction, eps, decay, gradient scale", SAC_SHAPE (1, 7, 1, 1, 1));
  SacVar used = clipped (self, graph, hyper, 7, 6);

  g_return_val_if_fail (self->seconds, 0);
  for (guint page = 0; page < sac_block_get_n_pages (params); page++)
    sac_adam (graph, sac_graph_page (graph, params, page), sac_graph_page (graph, self->moments, page),
              sac_graph_page (graph, self->seconds, page), sac_graph_page (graph, self->gradients, page), used,
              self->scales ? sac_graph_page (graph, self->scales, page) : 0);
  return hyper;
}

static gboolean
make_update (SacOptimizer *self, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();

  if (self->error)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }
  if (self->seconds)
    self->hyper = sac_optimizer_append_adam (self, graph);
  else
    append_sgd (self, graph);
  self->update = sac_program_compile (graph, NULL, 0, self->backend, error);
  return self->update != NULL;
}

gboolean
sac_optimizer_step (SacOptimizer *self, double rate, double momentum, double decay, double gradient_scale, GError **error)
{
  const float hyper[5] = { (float) rate, (float) momentum, (float) decay, (float) gradient_scale, self->nesterov };

  g_return_val_if_fail (!self->seconds, FALSE);
  if (!self->update && !make_update (self, error))
    return FALSE;
  self->n_steps++;
  sac_program_set_input (self->update, self->hyper, hyper);
  return sac_program_run (self->update, NULL, error);         /* which zeroes the gradients, too */
}

void
sac_optimizer_set_adam (SacOptimizer *self, SacProgram *program, SacVar hyper, const SacAdam *adam, double gradient_scale)
{
  double t = (double) ++self->n_steps;
  const float numbers[7] = {
    (float) (adam->rate / (1 - pow (adam->beta1, t))), (float) adam->beta1, (float) adam->beta2,
    (float) (1 / sqrt (1 - pow (adam->beta2, t))), (float) adam->eps, (float) adam->decay, (float) gradient_scale,
  };

  sac_program_set_input (program, hyper, numbers);
}

gboolean
sac_optimizer_step_adam (SacOptimizer *self, const SacAdam *adam, double gradient_scale, GError **error)
{
  g_return_val_if_fail (self->seconds, FALSE);
  if (!self->update && !make_update (self, error))
    return FALSE;
  sac_optimizer_set_adam (self, self->update, self->hyper, adam, gradient_scale);
  return sac_program_run (self->update, NULL, error);
}

guint64
sac_optimizer_get_steps (const SacOptimizer *self)
{
  return self->n_steps;
}

void
sac_optimizer_set_steps (SacOptimizer *self, guint64 steps)
{
  self->n_steps = steps;
}

SacProgram *
sac_optimizer_get_program (SacOptimizer *self)
{
  return self->update;
}

double
sac_optimizer_gradient_norm (SacOptimizer *self)
{
  double sum = 0;

  for (guint page = 0; page < sac_block_get_n_pages (self->gradients); page++)
    {
      gsize n = sac_block_get_page_floats (self->gradients, page);
      g_autofree float *values = g_new (float, n);

      sac_block_read_page (self->gradients, page, values);
      for (gsize i = 0; i < n; i++)
        sum += (double) values[i] * values[i];
    }
  return sqrt (sum);
}

SacBlock *
sac_optimizer_get_gradients (SacOptimizer *self)
{
  return self->gradients;
}

SacBlock *
sac_optimizer_get_moments (SacOptimizer *self)
{
  return self->moments;
}

SacBlock *
sac_optimizer_get_second_moments (SacOptimizer *self)
{
  return self->seconds;
}
