#include "bench-edit.h"

#include <glib/gi18n.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

#define N_LABELS 174
#define TARGET_MS 200

static const char recipe_text[] = "[recipe]\ntitle=edit\n[network]\nmodel=stabn-r50\n[data]\nframes=8\nresize=128\ncrop=112\n"
                                  "[training]\nloss=softmax\n";

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
since (gint64 start)
{
  return 1e-3 * (double) (g_get_monotonic_time () - start);
}

int
_sac_bench_edit (guint threads, int steps, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = sac_recipe_parse (recipe_text, &error);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (threads);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacNet) net = NULL;
  g_autoptr (SacAttention) seen = NULL;
  g_autofree float *clip = g_new0 (float, 8 * 112 * 112 * 3);
  g_autofree double *ms = g_new (double, steps);
  double first = 0, whole;
  float logits[N_LABELS];
  SacModel model;
  gint64 start;

  if (!recipe || !sac_recipe_get_model (recipe, N_LABELS, &model, &error)
      || !sac_model_declare (weights, &model, recipe->frames, &error) || !sac_weights_allocate (weights, backend, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  sac_weights_initialise (weights, 1);
  net = sac_net_new_shared (recipe, N_LABELS, weights, backend, &error);
  for (gsize i = 0; i < 8 * 112 * 112 * 3; i++)
    clip[i] = (float) sac_random_normal ((SacRandomKey) { 7, 1 }, i);
  start = g_get_monotonic_time ();
  seen = net ? sac_net_attend (net, clip, NULL, &error) : NULL;
  if (!seen)
    return sac_cli_fail (g_steal_pointer (&error));
  whole = since (start);
  start = g_get_monotonic_time ();
  for (int i = 0; i <= steps; i++)      /* the first one compiles, and is told by itself */
    {
      memset (seen->spatial, 0, sizeof (float) * (gsize) (seen->h * seen->w));
      seen->temporal[i % seen->t] = (float) (i % 2);
      if (!sac_net_perceive (net, seen->features, seen->spatial, seen->temporal, logits, NULL, &error))
        return sac_cli_fail (g_steal_pointer (&error));
      if (i == 0)
        first = since (start);
      else
        ms[i - 1] = since (start);
      start = g_get_monotonic_time ();
    }
  qsort (ms, (size_t) steps, sizeof *ms, compare);
  if (as_json)
    g_print ("{\"workload\": \"edit\", \"look_ms\": %.1f, \"first_ms\": %.1f, \"median_ms\": %.1f, \"slowest_ms\": %.1f, "
             "\"target_ms\": %d}\n", whole, first, ms[steps / 2], ms[steps - 1], TARGET_MS);
  else
    g_print (_("Looking at a clip of 8 × 112 × 112 for the first time: %.0f ms.  Scores under another map: %.0f ms, the slowest of %d "
               "%.0f ms, the first %.0f ms (target: %d ms)\n"), whole, ms[steps / 2], steps, ms[steps - 1], first, TARGET_MS);
  return 0;
}
