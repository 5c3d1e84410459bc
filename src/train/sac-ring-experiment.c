#include "sac-ring-experiment.h"

#include <math.h>
#include <string.h>

#include "nn/sac-ring.h"

#define N_POINTS 1000

void
sac_ring_spec_init (SacRingSpec *spec)
{
  *spec = (SacRingSpec) { .seed = 1, .updates = 6000, .batch = 256, .hidden = 128, .z = 16, .rate = 1e-3, .alpha = 100 };
  sac_gan_graph_init (&spec->graph, 3);
}

void
sac_ring_result_free (SacRingResult *result)
{
  if (!result)
    return;
  g_free (result->points);
  g_free (result);
}

guint
sac_ring_count (const float *points, guint n, guint *good)
{
  guint counts[SAC_RING_MODES] = { 0 }, modes = 0;

  *good = 0;
  for (guint i = 0; i < n; i++)
    for (guint m = 0; m < SAC_RING_MODES; m++)
      {
        double angle = 2 * G_PI * m / SAC_RING_MODES;
        double dx = (double) points[2 * i] - SAC_RING_RADIUS * cos (angle), dy = (double) points[2 * i + 1] - SAC_RING_RADIUS * sin (angle);

        if (dx * dx + dy * dy <= 9 * SAC_RING_DEVIATION * SAC_RING_DEVIATION)
          {
            counts[m]++;
            (*good)++;
            break;
          }
      }
  for (guint m = 0; m < SAC_RING_MODES; m++)
    modes += n > 0 && counts[m] >= 0.01 * n;
  return modes;
}

typedef struct {
  const SacRingSpec *spec;
  SacRing net;
  SacBackend *backend;
  SacWeights *g, *d;
  SacOptimizer *g_optimizer, *d_optimizer;
  SacGanStep step;
  SacVar z, real;
  SacProgram *program;
} Ring;

static gboolean
prepare (Ring *r, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  static const guint8 kinds[SAC_N_GATES] = { SAC_EDGE_CUT, SAC_EDGE_OPEN, SAC_EDGE_SCALED, SAC_EDGE_SCALED };
  SacGanEdges edges = { .alpha = (float) r->spec->alpha };
  SacGanPlayers players = sac_ring_players (&r->net);
  guint k = r->spec->graph.k;

  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      edges.edges[s][t] = kinds[r->spec->graph.gates[s][t]];
  r->backend = sac_backend_cpu_new (1);
  r->g = sac_weights_new ();
  r->d = sac_weights_new ();
  sac_ring_declare (r->g, r->d, &r->net, k);
  if (!sac_weights_allocate (r->g, r->backend, error) || !sac_weights_allocate (r->d, r->backend, error)
      || !(r->g_optimizer = sac_optimizer_new_adam (r->g, r->backend, error))
      || !(r->d_optimizer = sac_optimizer_new_adam (r->d, r->backend, error)))
    return FALSE;
  sac_weights_initialise (r->g, r->spec->seed);
  sac_weights_initialise (r->d, r->spec->seed);
  r->z = sac_graph_input (graph, "z", SAC_SHAPE ((gint32) r->spec->batch, r->net.z, 1, 1, 1));
  r->real = sac_graph_input (graph, "real", SAC_SHAPE ((gint32) r->spec->batch, 2, 1, 1, 1));
  r->step = sac_gan_step_of (graph, r->g, r->d, r->g_optimizer, r->d_optimizer, &players, k, &edges, r->z, r->real);
  r->program = sac_program_compile (graph, &r->step.loss_d, 1, r->backend, error);
  return r->program != NULL;
}

static gboolean
learn (Ring *r, GCancellable *cancellable, GError **error)
{
  const SacRingSpec *spec = r->spec;
  const SacAdam adam = { spec->rate, 0.5, 0.999, 1e-8, 0 };
  g_autofree float *noise = g_new (float, spec->batch * spec->z);
  g_autofree float *real = g_new (float, 2 * spec->batch);

  for (guint t = 1; t <= spec->updates; t++)
    {
      SacRandomKey key = { spec->seed, sac_random_stream (t, 3, 0) };

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint i = 0; i < spec->batch * spec->z; i++)
        noise[i] = (float) sac_random_normal (key, i);
      for (guint i = 0; i < spec->batch; i++)
        {
          guint64 at = (guint64) spec->batch * spec->z + 4 * (guint64) i;
          double angle = 2 * G_PI * sac_random_below (key, at, SAC_RING_MODES) / SAC_RING_MODES;

          real[2 * i] = (float) (SAC_RING_RADIUS * cos (angle) + SAC_RING_DEVIATION * sac_random_normal (key, at + 1));
          real[2 * i + 1] = (float) (SAC_RING_RADIUS * sin (angle) + SAC_RING_DEVIATION * sac_random_normal (key, at + 2));
        }
      sac_program_set_input (r->program, r->z, noise);
      sac_program_set_input (r->program, r->real, real);
      for (guint s = 0; s < spec->graph.k; s++)
        for (guint u = 0; u < spec->graph.k; u++)
          if (r->step.factors[s][u])
            {
              float factor = (float) sac_gate_factor (spec->graph.gates[s][u], t, spec->updates);

              sac_program_set_input (r->program, r->step.factors[s][u], &factor);
            }
      sac_optimizer_set_adam (r->d_optimizer, r->program, r->step.hyper_d, &adam, 1);
      sac_optimizer_set_adam (r->g_optimizer, r->program, r->step.hyper_g, &adam, 1);
      if (!sac_program_run (r->program, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static SacRingResult *
look (Ring *r, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacGanPlayers players = sac_ring_players (&r->net);
  guint k = r->spec->graph.k, good;
  SacVar z = sac_graph_input (graph, "z", SAC_SHAPE (N_POINTS, r->net.z, 1, 1, 1)), made[SAC_GAN_MOST], levels[SAC_DCGAN_MOST_LEVELS];
  g_autofree float *noise = g_new (float, N_POINTS * r->spec->z);
  SacRingResult *result = NULL;
  SacProgram *program;

  for (guint i = 0; i < k; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      players.generator (graph, r->g, prefix, players.net, z, FALSE, &made[i], levels);
    }
  program = sac_program_compile (graph, made, k, r->backend, error);
  if (!program)
    return NULL;
  for (guint i = 0; i < N_POINTS * r->spec->z; i++)
    noise[i] = (float) sac_random_normal ((SacRandomKey) { r->spec->seed, sac_random_stream (0, 4, 0) }, i);
  sac_program_set_input (program, z, noise);
  if (sac_program_run (program, NULL, error))
    {
      result = g_new0 (SacRingResult, 1);
      result->n = N_POINTS;
      result->points = g_new (float, 2 * k * N_POINTS);
      for (guint i = 0; i < k; i++)
        {
          sac_program_get_output (program, made[i], result->points + 2 * i * N_POINTS, NULL);
          result->each[i] = sac_ring_count (result->points + 2 * i * N_POINTS, N_POINTS, &good);
        }
      result->modes = sac_ring_count (result->points, k * N_POINTS, &good);
      result->good = (double) good / (k * N_POINTS);
    }
  sac_program_free (program);
  return result;
}

SacRingResult *
sac_ring_run (const SacRingSpec *spec, GCancellable *cancellable, GError **error)
{
  Ring r = { .spec = spec, .net = { (gint32) spec->z, (gint32) spec->hidden, (gint32) spec->graph.k + 1 } };
  SacRingResult *result = prepare (&r, error) && learn (&r, cancellable, error) ? look (&r, error) : NULL;

  g_clear_pointer (&r.program, sac_program_free);
  g_clear_pointer (&r.g_optimizer, sac_optimizer_free);
  g_clear_pointer (&r.d_optimizer, sac_optimizer_free);
  g_clear_pointer (&r.g, sac_weights_free);
  g_clear_pointer (&r.d, sac_weights_free);
  g_clear_pointer (&r.backend, sac_backend_free);
  return result;
}
