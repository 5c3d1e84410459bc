#include "sac-motion-probe.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define RESAMPLES 2000

static const struct { const char *name, *words; } motions[SAC_N_MOTIONS] = {
  { "real", N_("As it is") }, { "reversed", N_("Backwards") }, { "shuffled", N_("Frames shuffled") },
  { "frozen", N_("One frame held still") },
};

const char *
sac_motion_get_name (SacMotion motion)
{
  return motions[motion].name;
}

const char *
sac_motion_get_words (SacMotion motion)
{
  return _(motions[motion].words);
}

void
sac_motion_arrange (const float *clip, guint n, gsize frame, SacMotion motion, guint64 seed, float *out)
{
  g_autofree guint32 *order = g_new (guint32, n + 1);

  for (guint t = 0; t < n; t++)
    order[t] = motion == SAC_MOTION_REVERSED ? n - 1 - t : motion == SAC_MOTION_FROZEN ? n / 2 : t;
  if (motion == SAC_MOTION_SHUFFLED)
    sac_random_shuffle ((SacRandomKey) { seed, sac_random_stream (n, 0, 0x6d6f7665) }, order, n);
  for (guint t = 0; t < n; t++)
    memcpy (out + t * frame, clip + order[t] * frame, frame * sizeof *out);
}

/* Scores of one clip in all ways; FALSE with @error only where computing failed. */
static gboolean
score_ways (SacNet *net, const float *clip, float *other, guint64 seed, float *const *scores, gsize at, GCancellable *cancellable,
            GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);

  for (guint m = 0; m < SAC_N_MOTIONS; m++)
    {
      sac_motion_arrange (clip, spec->n_frames, (gsize) spec->crop * (gsize) spec->crop * 3, (SacMotion) m, seed, other);
      if (!sac_net_score (net, other, scores[m] + at, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static void
sum_up (SacMotionProbe *probe, float *const *scores, const gint8 *truth, guint64 seed)
{
  gsize cells = (gsize) probe->n_clips * probe->n_labels;

  for (guint m = 0; m < SAC_N_MOTIONS; m++)
    {
      SacAucTable *table = sac_auc_table_new (scores[m], truth, probe->n_clips, probe->n_labels);
      double change = 0;

      for (gsize i = 0; i < cells; i++)
        change += fabs ((double) scores[m][i] - (double) scores[0][i]);
      probe->rows[m].macro_auc = table->macro;
      probe->rows[m].change = cells ? change / (double) cells : NAN;
      probe->rows[m].loss = sac_bootstrap_macro_auc (scores[0], scores[m], truth, probe->n_clips, probe->n_labels, RESAMPLES, seed);
      sac_auc_table_free (table);
    }
}

SacMotionProbe *
sac_motion_probe_run (SacNet *net, SacProject *project, SacSplit split, guint64 seed, SacProgressFunc progress, gpointer data,
                      GCancellable *cancellable, GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autoptr (SacDataset) dataset = sac_dataset_new (project, split, (const char *const *) sac_net_get_info (net)->labels, error);
  g_autoptr (SacMotionProbe) probe = g_new0 (SacMotionProbe, 1);
  g_autoptr (SacLoader) loader = NULL;
  gsize size = (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3;
  g_autofree float *clip = g_try_new (float, size), *other = g_try_new (float, size), *all = NULL;
  g_autofree gint8 *truth = NULL;
  float *scores[SAC_N_MOTIONS];
  gsize cells;
  gboolean fine = dataset && clip && other;

  if (!dataset)
    return NULL;
  cells = (gsize) dataset->items->len * dataset->labels->len;
  all = g_new (float, SAC_N_MOTIONS * cells + 1);
  truth = g_new (gint8, cells + 1);
  for (guint m = 0; m < SAC_N_MOTIONS; m++)
    scores[m] = all + m * cells;
  probe->n_labels = dataset->labels->len;
  loader = sac_loader_new (dataset, spec, 0, 0);
  for (guint i = 0; i < dataset->items->len && fine; i++)
    {
      gsize at = (gsize) probe->n_clips * probe->n_labels;

      if (progress)
        progress ((double) i / dataset->items->len, ((SacItem *) dataset->items->pdata[i])->name, data);
      fine = !g_cancellable_set_error_if_cancelled (cancellable, error);
      if (!fine || !sac_loader_get (loader, i, 0, FALSE, clip, cancellable, NULL))
        continue;               /* cannot be read: left out */
      fine = score_ways (net, clip, other, seed + i, scores, at, cancellable, error);
      memcpy (truth + at, dataset->states + (gsize) i * probe->n_labels, probe->n_labels);
      probe->n_clips++;
    }
  if (fine && probe->n_clips == 0)
    g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("no clip of this split can be read"));
  if (!fine || probe->n_clips == 0)
    return NULL;
  sum_up (probe, scores, truth, seed);
  return g_steal_pointer (&probe);
}

void
sac_motion_probe_free (SacMotionProbe *probe)
{
  g_free (probe);
}

char *
sac_motion_probe_dup_answer (const SacMotionProbe *probe)
{
  const SacBootstrap *order = &probe->rows[SAC_MOTION_SHUFFLED].loss, *still = &probe->rows[SAC_MOTION_FROZEN].loss;
  GString *out = g_string_new (NULL);

  if (isnan (order->difference) || isnan (still->difference))
    return g_string_free (g_string_append (out, _("AUC is undefined on these clips: nothing can be said.")), FALSE);
  g_string_append_printf (out, order->low > 0
                          ? _("The order of frames matters to it: shuffled, macro AUC falls by %.3f (95 %% interval %.3f … %.3f). ")
                          : _("That the order of frames matters to it does not show: shuffled, macro AUC falls by %.3f "
                                 "(95 %% interval %.3f … %.3f). "),
                          order->difference, order->low, order->high);
  g_string_append_printf (out, still->low > 0
                          ? _("One frame alone does not do: held still, it falls by %.3f (%.3f … %.3f).")
                          : _("One frame held still would do as well: it falls by %.3f (%.3f … %.3f)."),
                          still->difference, still->low, still->high);
  return g_string_free (out, FALSE);
}
