#include "sac-optimizer.h"

#include <math.h>
#include <string.h>

#include "ops/sac-ops.h"

struct _SacOptimizer
{
  SacWeights *weights;          /* borrowed */
  SacBackend *backend;          /* borrowed */
  SacBlock *gradients;          /* NULL until they are accumulated */
  SacBlock *moments;
  SacBlock *seconds;            /* Adam only */
  SacBlock *squares;            /* a number a layer and one of the rest, where updates at once are to tell the gradient's norm */
  GPtrArray *layers;            /* their names, NULL at the end */
  guint n_layers, *layer_of;    /* of each entry, n_layers: of none */
  float *scales;                /* rate multiplier of each entry */
  gboolean scaled;              /* some differ from 1 */
  gboolean nesterov;
  double clip;                  /* largest norm of the gradients, 0 = any */
  guint64 n_steps;
  SacProgram *update;           /* made at the first step, when the scales are known */
  SacProgram *look;             /* Σ g², made when it is first asked for */
  SacVar square;
  SacVar hyper;
};

static SacBlock *
new_block (SacOptimizer *self, const char *name, GError **error)
{
  g_autoptr (SacBlock) block = sac_block_new_like (sac_weights_get_params (self->weights), name);

  return sac_block_allocate (block, self->backend, error) ? g_steal_pointer (&block) : NULL;
}

/* Biases and norms have vectors: they are of none. */
static gboolean
is_of_layer (const SacBlockEntry *entry)
{
  const SacShape s = entry->shape;

  return (s.n > 1) + (s.c > 1) + (s.t * s.h * s.w > 1) > 1 && g_str_has_suffix (entry->name, ".weight");
}

static void
find_layers (SacOptimizer *self)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  guint n = sac_block_get_n_entries (params);

  self->layers = g_ptr_array_new_with_free_func (g_free);
  self->layer_of = g_new (guint, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const SacBlockEntry *entry = sac_block_get_entry (params, i);

      self->layer_of[i] = is_of_layer (entry) ? self->layers->len : G_MAXUINT;
      if (self->layer_of[i] != G_MAXUINT)
        g_ptr_array_add (self->layers, g_strndup (entry->name, strlen (entry->name) - strlen (".weight")));
    }
  self->n_layers = self->layers->len;
  g_ptr_array_add (self->layers, NULL);
  for (guint i = 0; i < n; i++)
    self->layer_of[i] = MIN (self->layer_of[i], self->n_layers);
}

static SacOptimizer *
optimizer_new (SacWeights *weights, SacBackend *backend, gboolean adam, GError **error)
{
  g_autoptr (SacOptimizer) self = g_new0 (SacOptimizer, 1);
  guint n = sac_block_get_n_entries (sac_weights_get_params (weights));

  self->weights = weights;
  self->backend = backend;
  self->scales = g_new (float, n + 1);
  for (guint i = 0; i < n; i++)
    self->scales[i] = 1;
  find_layers (self);
  if (!(self->moments = new_block (self, "moments", error)) || (adam && !(self->seconds = new_block (self, "second moments", error))))
    return NULL;
  return g_steal_pointer (&self);
}

SacOptimizer *
sac_optimizer_new_sgd (SacWeights *weights, SacBackend *backend, GError **error)
{
  return optimizer_new (weights, backend, FALSE, error);
}

SacOptimizer *
sac_optimizer_new_adam (SacWeights *weights, SacBackend *backend, GError **error)
{
  return optimizer_new (weights, backend, TRUE, error);
}

void
sac_optimizer_free (SacOptimizer *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->update, sac_program_free);
  g_clear_pointer (&self->look, sac_program_free);
  g_clear_pointer (&self->gradients, sac_block_unref);
  g_clear_pointer (&self->moments, sac_block_unref);
  g_clear_pointer (&self->seconds, sac_block_unref);
  g_clear_pointer (&self->squares, sac_block_unref);
  g_clear_pointer (&self->layers, g_ptr_array_unref);
  g_free (self->layer_of);
  g_free (self->scales);
  g_free (self);
}

void
sac_optimizer_set_scale (SacOptimizer *self, const char *prefix, float scale)
{
  SacBlock *params = sac_weights_get_params (self->weights);

  g_return_if_fail (scale >= 0);

  g_clear_pointer (&self->update, sac_program_free);
  self->scaled = self->scaled || scale != 1;
  for (guint i = 0; i < sac_block_get_n_entries (params); i++)
    if (g_str_has_prefix (sac_block_get_entry (params, i)->name, prefix))
      self->scales[i] = scale;
}

void
sac_optimizer_accumulate (SacOptimizer *self, SacGraph *graph, SacVar loss)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  guint n = sac_block_get_n_entries (params);
  g_autofree SacVar *wrt = g_new0 (SacVar, n), *gradient = g_new0 (SacVar, n);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    wrt[i] = self->scales[i] == 0 ? 0 : sac_graph_entry (graph, params, i);
  sac_graph_gradients (graph, loss, wrt, n, gradient);
  if (!self->gradients && !(self->gradients = new_block (self, "gradients", &error)))
    sac_graph_poison (graph, "%s", error->message);
  for (guint i = 0; self->gradients && i < n; i++)
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

/* Σ g² of all accumulated gradients. */
static SacVar
append_square (SacOptimizer *self, SacGraph *graph)
{
  SacVar square = 0;

  for (guint page = 0; page < sac_block_get_n_pages (self->gradients); page++)
    {
      SacVar one = sac_sum_squares_to (graph, sac_graph_page (graph, self->gradients, page), SAC_SHAPE_SCALAR);

      square = square ? sac_add (graph, square, one) : one;
    }
  return square;
}

/* @hyper (of @n numbers) with its gradient scale, number @at, times min(1, clip/norm): the norm of what the step will see. */
static SacVar
clipped (SacOptimizer *self, SacGraph *graph, SacVar hyper, gint32 n, gint32 at)
{
  SacVar square, norm, parts[3] = { 0 };
  guint n_parts = 2;

  if (self->clip <= 0)
    return hyper;
  square = append_square (self, graph);
  parts[1] = sac_slice (graph, hyper, SAC_AXIS_C, at, 1);
  norm = sac_mul (graph, sac_power (graph, square, 0.5f), sac_abs (graph, parts[1]));
  norm = sac_div (graph, sac_graph_constant (graph, SAC_SHAPE_SCALAR, (float) self->clip), sac_affine (graph, norm, 1, 1e-6f));
  parts[1] = sac_mul (graph, parts[1], sac_minimum (graph, norm, sac_graph_constant (graph, SAC_SHAPE_SCALAR, 1)));
  parts[0] = sac_slice (graph, hyper, SAC_AXIS_C, 0, at);
  if (at + 1 < n)
    parts[n_parts++] = sac_slice (graph, hyper, SAC_AXIS_C, at + 1, n - at - 1);
  return sac_concat (graph, parts, n_parts, SAC_AXIS_C);
}

static SacVar
hyper_input (SacOptimizer *self, SacGraph *graph)
{
  if (self->seconds)
    return sac_graph_input (graph, "Adam's rate, betas, correction, eps, decay, gradient scale", SAC_SHAPE (1, 7, 1, 1, 1));
  return sac_graph_input (graph, "rate, momentum, decay, gradient scale, Nesterov", SAC_SHAPE (1, 5, 1, 1, 1));
}

/* The update of a page, or of an entry whose rate is multiplied by @scale. */
static void
append_update (SacOptimizer *self, SacGraph *graph, SacVar w, SacVar m, SacVar v, SacVar gradient, SacVar hyper, float scale)
{
  SacVar factor = scale == 1 ? 0 : sac_graph_constant (graph, SAC_SHAPE_SCALAR, scale);

  if (self->seconds)
    sac_adam (graph, w, m, v, gradient, hyper, factor);
  else
    sac_sgd (graph, w, m, gradient, factor, hyper);
}

static SacVar
entry_or_none (SacGraph *graph, SacBlock *block, guint i)
{
  return block ? sac_graph_entry (graph, block, i) : 0;
}

static SacVar
append_updates (SacOptimizer *self, SacGraph *graph)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  SacVar input = hyper_input (self, graph), hyper;

  if (!self->gradients)
    {
      sac_graph_poison (graph, "there are no gradients to step by");
      return 0;
    }
  hyper = self->seconds ? clipped (self, graph, input, 7, 6) : clipped (self, graph, input, 5, 3);
  for (guint i = 0; self->scaled && i < sac_block_get_n_entries (params); i++)
    append_update (self, graph, sac_graph_entry (graph, params, i), sac_graph_entry (graph, self->moments, i),
                   entry_or_none (graph, self->seconds, i), sac_graph_entry (graph, self->gradients, i), hyper, self->scales[i]);
  for (guint page = 0; !self->scaled && page < sac_block_get_n_pages (params); page++)
    append_update (self, graph, sac_graph_page (graph, params, page), sac_graph_page (graph, self->moments, page),
                   self->seconds ? sac_graph_page (graph, self->seconds, page) : 0, sac_graph_page (graph, self->gradients, page),
                   hyper, 1);
  return input;
}

SacVar
sac_optimizer_append_adam (SacOptimizer *self, SacGraph *graph)
{
  g_return_val_if_fail (self->seconds, 0);
  return append_updates (self, graph);
}

SacVar
sac_optimizer_update_at_once (SacOptimizer *self, SacGraph *graph, SacVar loss, gboolean with_norm)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  guint n = sac_block_get_n_entries (params);
  g_autofree SacVar *wrt = g_new0 (SacVar, n), *gradient = g_new0 (SacVar, n);
  g_autoptr (GError) error = NULL;
  SacVar hyper = hyper_input (self, graph);

  if (self->clip > 0)
    sac_graph_poison (graph, "gradients are clipped by the norm of all of them: they must be accumulated");
  if (with_norm && !self->squares)
    {
      self->squares = sac_block_new ("gradient norm");
      for (guint layer = 0; layer < self->n_layers; layer++)
        sac_block_add (self->squares, self->layers->pdata[layer], SAC_SHAPE_SCALAR);
      sac_block_add (self->squares, "all others", SAC_SHAPE_SCALAR);
      if (!sac_block_allocate (self->squares, self->backend, &error))
        sac_graph_poison (graph, "%s", error->message);
    }
  for (guint i = 0; i < n; i++)
    wrt[i] = self->scales[i] == 0 ? 0 : sac_graph_entry (graph, params, i);
  sac_graph_gradients (graph, loss, wrt, n, gradient);
  for (guint i = n; i-- > 0;)           /* the last layers' gradients come first, and squares are added in this order */
    {
      SacVar factor = 0;

      if (gradient[i] && with_norm)
        sac_add_squares (graph, sac_graph_entry (graph, self->squares, self->layer_of[i]), gradient[i]);
      if (!gradient[i])
        continue;
      if (self->scales[i] != 1)
        factor = sac_graph_constant (graph, SAC_SHAPE_SCALAR, self->scales[i]);
      if (self->seconds)
        sac_adam_once (graph, wrt[i], sac_graph_entry (graph, self->moments, i), sac_graph_entry (graph, self->seconds, i), gradient[i],
                       hyper, factor);
      else
        sac_sgd_once (graph, wrt[i], sac_graph_entry (graph, self->moments, i), gradient[i], factor, hyper);
    }
  return hyper;
}

static gboolean
make_update (SacOptimizer *self, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();

  self->hyper = append_updates (self, graph);
  self->update = sac_program_compile (graph, NULL, 0, self->backend, error);
  return self->update != NULL;
}

/* What is squared at once is counted from here on. */
static void
begin_norm (SacOptimizer *self)
{
  if (self->squares)
    sac_block_zero (self->squares);
}

void
sac_optimizer_set_sgd (SacOptimizer *self, SacProgram *program, SacVar hyper, double rate, double momentum, double decay,
                       double gradient_scale)
{
  const float numbers[5] = { (float) rate, (float) momentum, (float) decay, (float) gradient_scale, self->nesterov };

  g_return_if_fail (!self->seconds);
  self->n_steps++;
  begin_norm (self);
  sac_program_set_input (program, hyper, numbers);
}

gboolean
sac_optimizer_step (SacOptimizer *self, double rate, double momentum, double decay, double gradient_scale, GError **error)
{
  if (!self->update && !make_update (self, error))
    return FALSE;
  sac_optimizer_set_sgd (self, self->update, self->hyper, rate, momentum, decay, gradient_scale);
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

  begin_norm (self);
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

/* Σ x² of entry @i of @block, added to @sum; @room holds its numbers. */
static gboolean
add_squares_of (SacBlock *block, guint i, float *room, double *sum, GError **error)
{
  gsize n = sac_shape_count (sac_block_get_entry (block, i)->shape);
  double squares = 0;

  if (!sac_block_read (block, i, room, error))
    return FALSE;
  for (gsize k = 0; k < n; k++)
    squares += (double) room[k] * room[k];
  *sum += squares;
  return TRUE;
}

static float *
room_for_entry (SacOptimizer *self)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  gsize most = 1;

  for (guint i = 0; i < sac_block_get_n_entries (params); i++)
    most = MAX (most, sac_shape_count (sac_block_get_entry (params, i)->shape));
  return g_new (float, most);
}

/* Σ g² of each layer, and last of all others. */
static gboolean
read_squares (SacOptimizer *self, double *squares, GError **error)
{
  g_autofree float *room = room_for_entry (self);
  guint n = sac_block_get_n_entries (sac_weights_get_params (self->weights));

  for (guint layer = 0; layer <= self->n_layers; layer++)
    {
      room[0] = 0;
      if (self->squares && !sac_block_read (self->squares, layer, room, error))
        return FALSE;
      squares[layer] = (double) room[0];
    }
  for (guint i = 0; !self->squares && self->gradients && i < n; i++)
    if (!add_squares_of (self->gradients, i, room, &squares[self->layer_of[i]], error))
      return FALSE;
  return TRUE;
}

gboolean
sac_optimizer_gradients_finite (SacOptimizer *self, gboolean *finite, GError **error)
{
  float square;

  g_return_val_if_fail (self->gradients, FALSE);
  if (!self->look)
    {
      g_autoptr (SacGraph) graph = sac_graph_new ();

      self->square = append_square (self, graph);
      self->look = sac_program_compile (graph, &self->square, 1, self->backend, error);
      if (!self->look)
        return FALSE;
    }
  if (!sac_program_run (self->look, NULL, error) || !sac_program_get_output (self->look, self->square, &square, error))
    return FALSE;
  *finite = isfinite (square);
  return TRUE;
}

gboolean
sac_optimizer_gradient_norm (SacOptimizer *self, double *norm, GError **error)
{
  g_autofree double *squares = g_new (double, self->n_layers + 1);
  double sum = 0;

  if (!read_squares (self, squares, error))
    return FALSE;
  for (guint layer = 0; layer <= self->n_layers; layer++)
    sum += squares[layer];
  *norm = sqrt (sum);
  return TRUE;
}

const char *const *
sac_optimizer_get_layers (SacOptimizer *self, guint *n_layers)
{
  *n_layers = self->n_layers;
  return (const char *const *) self->layers->pdata;
}

gboolean
sac_optimizer_gradient_norms (SacOptimizer *self, double *norms, GError **error)
{
  g_autofree double *squares = g_new (double, self->n_layers + 1);

  if (!read_squares (self, squares, error))
    return FALSE;
  for (guint layer = 0; layer < self->n_layers; layer++)
    norms[layer] = sqrt (squares[layer]);
  return TRUE;
}

gboolean
sac_optimizer_gradient_slices (SacOptimizer *self, guint layer, guint *taps, double *norms, GError **error)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  guint entry = 0, n = sac_block_get_n_entries (params);
  SacShape shape;
  g_autofree float *numbers = NULL;
  gsize slice;

  *taps = 0;
  while (entry < n && (self->layer_of[entry] != layer || sac_block_get_entry (params, entry)->shape.t < 2))
    entry++;
  if (!self->gradients || entry == n || sac_block_get_entry (params, entry)->shape.t > SAC_MOST_SLICES)
    return TRUE;
  shape = sac_block_get_entry (params, entry)->shape;
  numbers = g_new (float, sac_shape_count (shape));
  if (!sac_block_read (self->gradients, entry, numbers, error))
    return FALSE;
  *taps = (guint) shape.t;
  slice = (gsize) shape.h * (gsize) shape.w * (gsize) shape.c;
  for (guint t = 0; t < *taps; t++)
    {
      double squares = 0;

      for (gint32 k = 0; k < shape.n; k++)
        {
          const float *at = numbers + ((gsize) k * *taps + t) * slice;

          for (gsize i = 0; i < slice; i++)
            squares += (double) at[i] * at[i];
        }
      norms[t] = sqrt (squares);
    }
  return TRUE;
}

gboolean
sac_optimizer_update_ratios (SacOptimizer *self, double rate, double *ratios, GError **error)
{
  SacBlock *params = sac_weights_get_params (self->weights);
  g_autofree float *room = room_for_entry (self);

  for (guint i = 0; i < sac_block_get_n_entries (params); i++)
    if (self->layer_of[i] < self->n_layers)
      {
        double moved = 0, whole = 0;

        if (!add_squares_of (self->moments, i, room, &moved, error) || !add_squares_of (params, i, room, &whole, error))
          return FALSE;
        ratios[self->layer_of[i]] = whole > 0 ? rate * (double) self->scales[i] * sqrt (moved / whole) : NAN;
      }
  return TRUE;
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
