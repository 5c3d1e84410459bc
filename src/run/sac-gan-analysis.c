#include "sac-gan-analysis.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LEAST_P 0.05

const char *
sac_gate_get_words (SacGate gate)
{
  static const char *const words[SAC_N_GATES] = { N_("cut off"), N_("through"), N_("positive linear"), N_("negative linear") };

  return _(words[gate]);
}

void
sac_gan_analysis_free (SacGanAnalysis *self)
{
  if (!self)
    return;
  g_strfreev (self->edges);
  g_free (self->pairs);
  g_free (self->pairs_adjusted);
  g_ptr_array_unref (self->hints);
  g_free (self);
}

/* ---- which trials. */
typedef struct { const SacTrial *trial; guint at; } Ranked;

/* Further is better, then what it was worth, then the lower number. */
static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const SacTrial *one = ((const Ranked *) a)->trial, *other = ((const Ranked *) b)->trial;

  if (one->epochs != other->epochs)
    return one->epochs > other->epochs ? -1 : 1;
  if (one->objective != other->objective)
    return one->objective > other->objective ? -1 : 1;
  return one->number < other->number ? -1 : 1;
}

static void
find_best (SacGanAnalysis *self, const GPtrArray *trials)
{
  g_autofree Ranked *ranked = g_new (Ranked, trials->len + 1);
  guint n = 0;

  for (guint i = 0; i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];

      if (trial->epochs > 0 && isfinite (trial->objective))
        ranked[n++] = (Ranked) { trial, i };
    }
  qsort (ranked, n, sizeof *ranked, compare_ranked);
  self->n_top = MIN (n, SAC_SEARCH_TOP);
  for (guint i = 0; i < self->n_top; i++)
    self->top[i] = ranked[i].at;
  self->n_best = (n + 19) / 20;
  for (guint i = 0; i < self->n_best; i++)
    for (guint e = 0; e < self->n_edges; e++)
      self->best[e][ranked[i].trial->graph.gates[e / self->k][e % self->k]]++;
}

/* ---- numbers. */
static void
find_pooled (SacGanAnalysis *self, const double *y, const guint8 *levels, guint n)
{
  g_autofree double *x = g_new (double, n + 1);

  for (guint kind = 0; kind < 2; kind++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        memset (x, 0, n * sizeof *x);
        for (guint i = 0; i < n; i++)
          for (guint e = 0; e < self->n_edges; e++)
            x[i] += (e / self->k != e % self->k) == kind && levels[(gsize) i * self->n_edges + e] == gate;
        self->pooled[kind][gate] = sac_slope (x, y, n);
      }
}

static void
adjust (SacGanAnalysis *self)
{
  double p[SAC_GAN_EDGES * SAC_N_GATES + 2 * SAC_N_GATES], adjusted[G_N_ELEMENTS (p)];
  g_autofree double *pairs = g_new (double, self->n_pairs + 1);
  guint n = 0;

  for (guint e = 0; e < self->n_edges; e++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      p[n++] = self->effects[e][gate].p;
  for (guint kind = 0; kind < 2; kind++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      p[n++] = self->pooled[kind][gate].p;
  sac_holm (p, n, adjusted);
  for (guint i = 0; i < n; i++)
    {
      if (i < self->n_edges * SAC_N_GATES)
        self->adjusted[i / SAC_N_GATES][i % SAC_N_GATES] = adjusted[i];
      else
        self->pooled_adjusted[(i - self->n_edges * SAC_N_GATES) / SAC_N_GATES][i % SAC_N_GATES] = adjusted[i];
      self->n_questions += !isnan (p[i]);
    }
  for (guint i = 0; i < self->n_pairs; i++)
    pairs[i] = self->pairs[i].p;
  sac_holm (pairs, self->n_pairs, self->pairs_adjusted);
}

/* ---- words. */
typedef struct { double p; char *words; } Hint;

static int
compare_hints (gconstpointer a, gconstpointer b)
{
  const Hint *one = a, *other = b;

  return one->p < other->p ? -1 : one->p > other->p;
}

static void
add_hint (GArray *hints, double p, char *words)
{
  Hint hint = { p, words };

  g_array_append_val (hints, hint);
}

static void
hint_edges (const SacGanAnalysis *self, GArray *hints)
{
  for (guint e = 0; e < self->n_edges; e++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      {
        const SacLevelEffect *effect = &self->effects[e][gate];

        if (self->adjusted[e][gate] < LEAST_P)
          add_hint (hints, self->adjusted[e][gate],
                    g_strdup_printf (effect->effect > 0 ? _("%s preferred on %s: %+.3f, 95 %% %.3f to %.3f")
                                                        : _("%s does harm on %s: %+.3f, 95 %% %.3f to %.3f"),
                                     sac_gate_get_words (gate), self->edges[e], effect->effect, effect->effect_low, effect->effect_high));
      }
}

static void
hint_pooled (const SacGanAnalysis *self, GArray *hints)
{
  for (guint kind = 0; kind < 2; kind++)
    for (guint gate = 0; gate < SAC_N_GATES; gate++)
      if (self->pooled_adjusted[kind][gate] < LEAST_P)
        {
          const SacSlope *slope = &self->pooled[kind][gate];

          add_hint (hints, self->pooled_adjusted[kind][gate],
                    g_strdup_printf (kind ? _("each edge more among the generators that is %s: %+.3f, 95 %% %.3f to %.3f")
                                          : _("each edge more from D that is %s: %+.3f, 95 %% %.3f to %.3f"),
                                     sac_gate_get_words (gate), slope->slope, slope->low, slope->high));
        }
}

static void
find_hints (SacGanAnalysis *self)
{
  g_autoptr (GArray) hints = g_array_new (FALSE, FALSE, sizeof (Hint));

  hint_edges (self, hints);
  hint_pooled (self, hints);
  for (guint i = 0; i < self->n_pairs; i++)
    if (self->pairs_adjusted[i] < LEAST_P)
      add_hint (hints, self->pairs_adjusted[i],
                g_strdup_printf (_("the gates of %s and %s act together: what one is worth depends on the other (p = %.2g)"),
                                 self->edges[self->pairs[i].a], self->edges[self->pairs[i].b], self->pairs_adjusted[i]));
  g_array_sort (hints, compare_hints);
  for (guint i = 0; i < hints->len; i++)
    g_ptr_array_add (self->hints, g_array_index (hints, Hint, i).words);
}

SacGanAnalysis *
sac_gan_analysis_new (const SacSearchSpec *spec, const GPtrArray *trials)
{
  SacGanAnalysis *self = g_new0 (SacGanAnalysis, 1);
  guint n = trials->len, k = spec->k;
  g_autofree double *y = g_new (double, n + 1);
  g_autofree guint8 *levels = NULL;

  self->k = k;
  self->n_edges = k * k;
  self->epochs = sac_gan_search_next_rung (spec, 0);
  self->n_pairs = self->n_edges * (self->n_edges - 1) / 2;
  self->pairs = g_new0 (SacPairEffect, self->n_pairs + 1);
  self->pairs_adjusted = g_new0 (double, self->n_pairs + 1);
  self->hints = g_ptr_array_new_with_free_func (g_free);
  self->edges = g_new0 (char *, self->n_edges + 1);
  levels = g_new (guint8, (gsize) n * self->n_edges + 1);
  for (guint e = 0; e < self->n_edges; e++)
    self->edges[e] = e / k == e % k ? g_strdup_printf ("D→G%u", e / k + 1) : g_strdup_printf ("G%u→G%u", e % k + 1, e / k + 1);
  for (guint i = 0; i < n; i++)
    {
      const SacTrial *trial = trials->pdata[i];

      y[i] = trial->n_points && trial->points[0].epochs == self->epochs ? trial->points[0].objective : NAN;
      self->n_trials += isfinite (y[i]) != 0;
      for (guint e = 0; e < self->n_edges; e++)
        levels[(gsize) i * self->n_edges + e] = trial->graph.gates[e / k][e % k];
    }
  sac_level_effects (y, levels, n, self->n_edges, SAC_N_GATES, &self->effects[0][0]);
  sac_pair_effects (y, levels, n, self->n_edges, SAC_N_GATES, self->pairs);
  find_pooled (self, y, levels, n);
  adjust (self);
  find_hints (self);
  find_best (self, trials);
  return self;
}
