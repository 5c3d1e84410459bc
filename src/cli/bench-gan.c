#include "bench-gan.h"

#include <string.h>

#define N_GENERATORS 3

gboolean
_sac_bench_gan_make (const SacWorkload *work, SacBenchStep *step, gboolean infer, GError **error)
{
  const SacDcgan net = { .size = 64, .width = SAC_WORKLOAD_WIDTH (work), .z = 100, .n_logits = N_GENERATORS + 1, .spectral = TRUE };
  SacMadGanStep made;

  step->opponent = sac_weights_new ();
  sac_mad_gan_declare (step->weights, step->opponent, &net, N_GENERATORS);
  if (!sac_weights_allocate (step->weights, step->backend, error) || !sac_weights_allocate (step->opponent, step->backend, error))
    return FALSE;
  if (strcmp (step->backend->name, "null") != 0)
    {
      sac_weights_initialise (step->weights, 1);
      sac_weights_initialise (step->opponent, 1);
    }
  if (infer)
    {
      step->loss = sac_dcgan_generator (step->graph, step->weights, "G0.", &net, step->input, FALSE);
      return sac_graph_check (step->graph, error);
    }
  step->optimizer = sac_optimizer_new_adam (step->weights, step->backend, error);
  if (!step->optimizer)
    return FALSE;
  step->opponent_optimizer = sac_optimizer_new_adam (step->opponent, step->backend, error);
  if (!step->opponent_optimizer)
    return FALSE;
  made = sac_mad_gan_step (step->graph, step->weights, step->opponent, step->optimizer, step->opponent_optimizer, &net, N_GENERATORS,
                           step->input, step->target);
  step->loss = sac_add (step->graph, made.loss_d, made.loss_g);
  step->hyper[0] = made.hyper_d;
  step->hyper[1] = made.hyper_g;
  return sac_graph_check (step->graph, error);
}

void
_sac_bench_gan_before (SacBenchStep *step)
{
  const SacAdam adam = { 2e-4, 0.5, 0.999, 1e-8, 0 };

  sac_optimizer_set_adam (step->opponent_optimizer, step->program, step->hyper[0], &adam, 1);
  sac_optimizer_set_adam (step->optimizer, step->program, step->hyper[1], &adam, 1);
}
