#include "bench-step.h"

#include <glib/gi18n.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "bench-gan.h"

/* Programs before the backend, the optimiser before the weights. */
void
_sac_bench_step_free (SacBenchStep *step)
{
  if (!step)
    return;
  g_clear_pointer (&step->optimizer, sac_optimizer_free);
  g_clear_pointer (&step->opponent_optimizer, sac_optimizer_free);
  g_clear_pointer (&step->program, sac_program_free);
  g_clear_pointer (&step->graph, sac_graph_free);
  g_clear_pointer (&step->weights, sac_weights_free);
  g_clear_pointer (&step->opponent, sac_weights_free);
  g_clear_pointer (&step->backend, sac_backend_free);
  g_free (step);
}

/* One network and its loss, learning by SGD. */
static gboolean
make (const SacWorkload *work, SacBenchStep *step, gboolean infer, GError **error)
{
  step->loss = work->build (work, step->graph, step->weights, step->input, step->target, infer);
  if (!sac_graph_check (step->graph, error) || !sac_weights_allocate (step->weights, step->backend, error))
    return FALSE;
  if (strcmp (step->backend->name, "null") != 0)
    sac_weights_initialise (step->weights, 1);
  if (!infer)
    {
      step->optimizer = sac_optimizer_new_sgd (step->weights, step->backend, error);
      if (!step->optimizer)
        return FALSE;
      step->hyper[0] = sac_optimizer_update_at_once (step->optimizer, step->graph, step->loss, FALSE);
    }
  return TRUE;
}

SacBenchStep *
_sac_bench_step_new (const SacWorkload *work, const char *device, guint threads, gboolean infer,
                     const SacCompileOptions *options, GError **error)
{
  g_autoptr (SacBenchStep) step = g_new0 (SacBenchStep, 1);
  gboolean computes = g_strcmp0 (device, "null") != 0;
  SacCompileOptions how = *options;
  gint64 before;

  step->backend = sac_backend_new_for_name (device, threads, error);
  if (!step->backend)
    return NULL;
  step->weights = sac_weights_new ();
  step->graph = sac_graph_new ();
  step->input = sac_graph_input (step->graph, "input", work->input);
  step->target = sac_graph_input (step->graph, "target", _sac_workload_target_shape (work));
  if (!(work->make ? work->make : make) (work, step, infer, error))
    return NULL;
  if (how.activations == SAC_F16 && !sac_backend_stores (step->backend, SAC_F16) && strcmp (step->backend->name, "vulkan") == 0)
    {
      g_printerr ("%s\n", _("saccade: this device cannot store f16: numbers are stored as f32"));
      how.activations = SAC_F32;
    }
  before = g_get_monotonic_time ();
  step->program = sac_program_compile_with (step->graph, &step->loss, 1, step->backend, &how, error);
  if (!step->program)
    return NULL;
  step->compile_ms = 1e-3 * (double) (g_get_monotonic_time () - before);
  if (computes)
    _sac_workload_upload (work, step->program, step->input, infer ? 0 : step->target);
  return g_steal_pointer (&step);
}

gboolean
_sac_bench_step_run (SacBenchStep *step, float *loss, GCancellable *cancellable, GError **error)
{
  g_autofree float *out = g_new0 (float, sac_shape_count (sac_graph_get_shape (step->graph, step->loss)));

  if (step->opponent_optimizer)
    _sac_bench_gan_before (step);
  else if (step->optimizer)
    sac_optimizer_set_sgd (step->optimizer, step->program, step->hyper[0], 0.01, 0.9, 1e-4, 1);
  if (!sac_program_run (step->program, cancellable, error)
      || !sac_program_get_output (step->program, step->loss, out, error))        /* also waits for a device */
    return FALSE;
  *loss = out[0];
  return TRUE;
}

guint64
_sac_bench_step_count_params (const SacBenchStep *step)
{
  return sac_weights_count_params (step->weights) + (step->opponent ? sac_weights_count_params (step->opponent) : 0);
}
