/* Deletion and insertion, in space and in time.  methods/08 §8. */
#include <glib/gi18n.h>
#include <string.h>

#include "study-private.h"

#define SIGMA_AT_224 10.0

void
_sac_study_blur (const SacStudy *s, const float *clip, float *blurred)
{
  int crop = s->spec->crop;
  gsize frame = (gsize) crop * (gsize) crop * 3;

  for (guint f = 0; f < s->spec->n_frames; f++)
    sac_blur (clip + f * frame, crop, crop, 3, SIGMA_AT_224 * crop / 224, blurred + f * frame);
}

/* The probability of @label for @clip. */
static gboolean
ask (SacStudy *s, const float *clip, guint label, double *value, GCancellable *cancellable, GError **error)
{
  g_autofree float *probabilities = g_new (float, s->n_labels);

  if (!sac_net_score (s->net, clip, probabilities, cancellable, error))
    return FALSE;
  *value = (double) probabilities[label];
  return TRUE;
}

static float *
clip_new (const SacStudy *s, GError **error)
{
  float *clip = g_try_new (float, (gsize) s->spec->n_frames * (gsize) s->spec->crop * (gsize) s->spec->crop * 3);

  if (!clip)
    g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip of %u frames"), s->spec->n_frames);
  return clip;
}

/* The curve from @first, in steps, to @second. */
static gboolean
walk (SacStudy *s, const float *first, const float *second, const guint32 *order, guint label, const char *measure, const char *kind,
      GCancellable *cancellable, GError **error)
{
  gsize n = (gsize) s->spec->n_frames * (gsize) s->spec->crop * (gsize) s->spec->crop;
  guint steps = s->options.n_steps;
  g_autofree double *curve = g_new (double, steps + 1);
  g_autofree float *mixed = clip_new (s, error);

  if (!mixed)
    return FALSE;
  for (guint k = 0; k <= steps; k++)
    {
      sac_mix_pixels (first, second, order, sac_deletion_count (k, steps, n), n, 3, mixed);
      if (!ask (s, mixed, label, curve + k, cancellable, error))
        return FALSE;
    }
  _sac_study_note (s, measure, kind, sac_area_under (curve, steps + 1));
  _sac_study_add_curve (s, measure, kind, curve, steps + 1);
  return TRUE;
}

gboolean
_sac_study_delete_pixels (SacStudy *s, const float *clip, const float *blurred, const float *map, guint label, const char *kind,
                          GCancellable *cancellable, GError **error)
{
  g_autofree guint32 *order = sac_order_falling (map, (gsize) s->spec->n_frames * (gsize) s->spec->crop * (gsize) s->spec->crop);

  return walk (s, clip, blurred, order, label, "deletion", kind, cancellable, error)
         && walk (s, blurred, clip, order, label, "insertion", kind, cancellable, error);
}

/* Frames that are gone show the nearest one that is left; one always is. */
static gboolean
walk_frames (SacStudy *s, const float *clip, const guint32 *order, gboolean insertion, guint label, const char *kind,
             GCancellable *cancellable, GError **error)
{
  guint t = s->spec->n_frames;
  gsize frame = (gsize) s->spec->crop * (gsize) s->spec->crop * 3;
  g_autofree guint8 *kept = g_malloc (t);
  g_autofree guint *nearest = g_new (guint, t);
  g_autofree double *curve = g_new (double, t);
  g_autofree float *thinned = clip_new (s, error);
  const char *measure = insertion ? "time-insertion" : "time-deletion";

  if (!thinned)
    return FALSE;
  for (guint k = 0; k < t; k++)         /* so many frames are gone, or so many beside the first are there */
    {
      for (guint i = 0; i < t; i++)
        kept[order[i]] = insertion ? i <= k : i >= k;
      if (!sac_nearest_kept (kept, t, nearest))
        continue;
      for (guint f = 0; f < t; f++)
        memcpy (thinned + f * frame, clip + nearest[f] * frame, frame * sizeof *thinned);
      if (!ask (s, thinned, label, curve + k, cancellable, error))
        return FALSE;
    }
  _sac_study_note (s, measure, kind, sac_area_under (curve, t));
  _sac_study_add_curve (s, measure, kind, curve, t);
  return TRUE;
}

gboolean
_sac_study_delete_frames (SacStudy *s, const float *clip, const float *weights, guint label, const char *kind,
                          GCancellable *cancellable, GError **error)
{
  g_autofree guint32 *order = sac_order_falling (weights, s->spec->n_frames);

  return s->spec->n_frames < 2
         || (walk_frames (s, clip, order, FALSE, label, kind, cancellable, error)
             && walk_frames (s, clip, order, TRUE, label, kind, cancellable, error));
}
