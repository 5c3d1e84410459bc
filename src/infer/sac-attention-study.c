#include "sac-attention-study.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MARGIN_AT_224 15.0      /* px around a box that still count as a hit, methods/08 §8 */

static const struct { const char *name, *words; } row_names[SAC_N_ROWS] = {
  { "none", N_("As it is") }, { "spatial", N_("Places inverted") }, { "temporal", N_("Time inverted") }, { "both", N_("Both inverted") },
  { "constant", N_("Constant maps") }, { "shuffled", N_("Frames shuffled") }, { "other", N_("Maps of another clip") },
  { "zero", N_("Maps of 0") }, { "one", N_("Maps of 1") },
};
static const struct { const char *name, *words; } map_names[SAC_N_MAPS] = {
  { "own", N_("Own attention") }, { "gradcam", N_("Grad-CAM") }, { "centre", N_("The middle") }, { "random", N_("Random") },
};

const char *
sac_inversion_get_name (SacInversion row)
{
  return row_names[row].name;
}

const char *
sac_inversion_get_words (SacInversion row)
{
  return _(row_names[row].words);
}

const char *
sac_compared_map_get_name (SacComparedMap map)
{
  return map_names[map].name;
}

const char *
sac_compared_map_get_words (SacComparedMap map)
{
  return _(map_names[map].words);
}

/* ---- what is noted of each clip; NaN = nothing can be said. */
typedef struct {
  SacNet *net;
  SacProject *project;
  const SacDataset *dataset;
  const SacClipSpec *spec;
  guint64 seed;
  guint n_labels, n_rows, n;    /* n: clips done */
  double *top1[SAC_N_ROWS], *top5[SAC_N_ROWS];
  float *scores[SAC_N_ROWS];    /* clips × labels */
  gint8 *truth;
  double *pointing[SAC_N_MAPS], *energy[SAC_N_MAPS], *iou[SAC_N_MAPS];
  double *time_own, *time_chance, *time_gradcam, *motion;
  SacAttention *before;         /* of the clip before */
} Study;

static double *
numbers_new (guint n)
{
  double *numbers = g_new (double, n + 1);

  for (guint i = 0; i < n; i++)
    numbers[i] = NAN;
  return numbers;
}

static void
study_init (Study *s, guint n_clips)
{
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      s->top1[r] = numbers_new (n_clips);
      s->top5[r] = numbers_new (n_clips);
      s->scores[r] = g_new0 (float, (gsize) n_clips * s->n_labels + 1);
      for (gsize i = 0; i < (gsize) n_clips * s->n_labels; i++)
        s->scores[r][i] = NAN;
    }
  s->truth = g_new0 (gint8, (gsize) n_clips * s->n_labels + 1);
  for (int m = 0; m < SAC_N_MAPS; m++)
    {
      s->pointing[m] = numbers_new (n_clips);
      s->energy[m] = numbers_new (n_clips);
      s->iou[m] = numbers_new (n_clips);
    }
  s->time_own = numbers_new (n_clips);
  s->time_chance = numbers_new (n_clips);
  s->time_gradcam = numbers_new (n_clips);
  s->motion = numbers_new (n_clips);
}

static void
study_clear (Study *s)
{
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      g_free (s->top1[r]);
      g_free (s->top5[r]);
      g_free (s->scores[r]);
    }
  g_free (s->truth);
  for (int m = 0; m < SAC_N_MAPS; m++)
    {
      g_free (s->pointing[m]);
      g_free (s->energy[m]);
      g_free (s->iou[m]);
    }
  g_free (s->time_own);
  g_free (s->time_chance);
  g_free (s->time_gradcam);
  g_free (s->motion);
  sac_attention_free (s->before);
}

/* ---- inversion. */

static void
invert (const float *in, gsize n, float *out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = 1 - in[i];
}

static void
fill (float *out, gsize n, float value)
{
  for (gsize i = 0; i < n; i++)
    out[i] = value;
}

static void
fill_with_mean (const float *in, gsize n, float *out)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += in[i];
  fill (out, n, n ? (float) (sum / (double) n) : 0);
}

/* The maps of @row into @spatial and @temporal; FALSE where the network or the clip has no such row. */
static gboolean
make_maps (Study *s, const SacAttention *a, SacInversion row, float *spatial, float *temporal)
{
  gsize places = (gsize) a->t * (gsize) a->h * (gsize) a->w, frames = a->temporal ? (gsize) a->t : 0;

  memcpy (spatial, a->spatial, places * sizeof *spatial);
  if (frames)
    memcpy (temporal, a->temporal, frames * sizeof *temporal);
  switch (row)
    {
    case SAC_ROW_NONE:
      return TRUE;
    case SAC_ROW_SPATIAL:
      invert (a->spatial, places, spatial);
      return TRUE;
    case SAC_ROW_TEMPORAL:
      invert (a->temporal, frames, temporal);
      return frames > 0;
    case SAC_ROW_BOTH:
      invert (a->spatial, places, spatial);
      invert (a->temporal, frames, temporal);
      return frames > 0;
    case SAC_ROW_CONSTANT:
      fill_with_mean (a->spatial, places, spatial);
      fill_with_mean (a->temporal, frames, temporal);
      return TRUE;
    case SAC_ROW_SHUFFLED:
      {
        g_autofree guint32 *order = g_new (guint32, frames + 1);

        sac_random_shuffle ((SacRandomKey) { s->seed, sac_random_stream (s->n, 0, 0x73687566) }, order, (guint) frames);
        for (gsize i = 0; i < frames; i++)
          temporal[i] = a->temporal[order[i]];
      }
      return frames > 0;
    case SAC_ROW_OTHER:
      if (s->before)
        memcpy (spatial, s->before->spatial, places * sizeof *spatial);
      if (s->before && frames)
        memcpy (temporal, s->before->temporal, frames * sizeof *temporal);
      return s->before != NULL;
    case SAC_ROW_ZERO:
    case SAC_ROW_ONE:
      fill (spatial, places, row == SAC_ROW_ONE);
      fill (temporal, frames, row == SAC_ROW_ONE);
      return TRUE;
    case SAC_N_ROWS:
    default:
      return FALSE;
    }
}

static gboolean
study_rows (Study *s, const SacAttention *a, const gint8 *states, GCancellable *cancellable, GError **error)
{
  gsize places = (gsize) a->t * (gsize) a->h * (gsize) a->w;
  g_autofree float *spatial = g_new (float, places), *temporal = g_new (float, a->t);
  g_autofree float *logits = g_new (float, (gsize) s->n_rows * s->n_labels);

  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      float *scores = s->scores[r] + (gsize) s->n * s->n_labels;
      gboolean known = FALSE, first = FALSE, five = FALSE;

      if (!make_maps (s, a, (SacInversion) r, spatial, temporal))
        continue;
      if (!sac_net_perceive (s->net, a->features, spatial, temporal, logits, cancellable, error))
        return FALSE;
      sac_net_probabilities (s->net, logits, scores);
      for (guint j = 0; j < s->n_labels; j++)
        if (states[j] > 0)
          {
            known = TRUE;
            first = first || sac_is_in_top (scores, s->n_labels, j, 1);
            five = five || sac_is_in_top (scores, s->n_labels, j, 5);
          }
      if (known)
        {
          s->top1[r][s->n] = first;
          s->top5[r][s->n] = five;
        }
    }
  return TRUE;
}

/* ---- places and time. */

/* What was labelled of a clip, on the frames and in the pixels that the network sees. */
typedef struct {
  float *cover, *near_cover;    /* t × crop²: inside the boxes; with the margin */
  gboolean *has_box;            /* t */
  guint8 *inside;               /* t: within a segment */
  guint n_inside;
} Truth;

static void
truth_clear (Truth *truth)
{
  g_free (truth->cover);
  g_free (truth->near_cover);
  g_free (truth->has_box);
  g_free (truth->inside);
}

static gboolean
is_wanted (Study *s, SacId label, const gint8 *states, GPtrArray *labels)
{
  if (label == 0)
    return TRUE;
  for (guint i = 0; i < labels->len; i++)
    {
      const SacLabel *known = labels->pdata[i];

      if (known->id != label)
        continue;
      for (guint j = 0; j < s->n_labels; j++)
        if (states[j] > 0 && strcmp (known->name, s->dataset->labels->pdata[j]) == 0)
          return TRUE;
    }
  return FALSE;
}

static gboolean
truth_init (Study *s, Truth *truth, const SacItem *item, const gint8 *states, GPtrArray *labels, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (SacMedia) media = sac_media_open (item->path, cancellable, error);
  g_autoptr (GPtrArray) tracks = media ? sac_project_list_tracks (s->project, item->id, error) : NULL;
  g_autoptr (GPtrArray) segments = tracks ? sac_project_list_segments (s->project, item->id, error) : NULL;
  guint t = s->spec->n_frames, first, n_available;
  g_autofree guint *frames = g_new (guint, t);
  g_autofree SacRegion *boxes = NULL;
  int crop = s->spec->crop;
  gsize area = (gsize) crop * (gsize) crop;
  double window[4];

  if (!segments)
    return FALSE;
  truth->cover = g_new0 (float, t * area);
  truth->near_cover = g_new0 (float, t * area);
  truth->has_box = g_new0 (gboolean, t);
  truth->inside = g_new0 (guint8, t);
  boxes = g_new (SacRegion, tracks->len + 1);
  sac_clip_range (item, media, &first, &n_available);
  sac_clip_list_frames (s->spec, MAX (n_available, 1), frames);
  sac_clip_window (sac_media_get_width (media), sac_media_get_height (media), s->spec, window);
  for (guint f = 0; f < t; f++)
    {
      guint number = frames[f] + first, n = 0;
      gint64 time = sac_media_get_time_ns (media, number);

      for (guint k = 0; k < tracks->len; k++)
        {
          const SacTrack *track = tracks->pdata[k];
          SacBox box;

          if (!is_wanted (s, track->label, states, labels) || !sac_boxes_at (track->boxes, track->n_boxes, number, &box))
            continue;
          boxes[n++] = (SacRegion) { (box.x - window[0]) * crop / window[2], (box.y - window[1]) * crop / window[3],
                                     box.width * crop / window[2], box.height * crop / window[3] };
        }
      sac_cover_boxes (boxes, n, 0, crop, crop, truth->cover + f * area);
      sac_cover_boxes (boxes, n, MARGIN_AT_224 * crop / 224, crop, crop, truth->near_cover + f * area);
      truth->has_box[f] = n > 0;
      for (guint k = 0; k < segments->len; k++)
        {
          const SacSegment *segment = segments->pdata[k];

          if (time >= segment->in_ns && time < segment->out_ns && is_wanted (s, segment->label, states, labels))
            truth->inside[f] = 1;
        }
      truth->n_inside += truth->inside[f];
    }
  return TRUE;
}

/* Means over the frames that count, of one kind of map (t × crop²). */
static void
study_map (Study *s, const Truth *truth, const float *map, SacComparedMap which)
{
  gsize area = (gsize) s->spec->crop * (gsize) s->spec->crop;
  double hits = 0, energy = 0, iou = 0;
  guint n = 0, n_energy = 0;

  for (guint f = 0; f < s->spec->n_frames; f++)
    {
      double e;

      if (!truth->has_box[f] || (truth->n_inside && !truth->inside[f]))
        continue;
      n++;
      hits += sac_pointing_hit (map + f * area, truth->near_cover + f * area, area);
      iou += sac_iou_above (map + f * area, truth->cover + f * area, area, 1);
      e = sac_energy_in_cover (map + f * area, truth->cover + f * area, area);
      if (!isnan (e))
        {
          energy += e;
          n_energy++;
        }
    }
  if (n == 0)
    return;
  s->pointing[which][s->n] = hits / n;
  s->iou[which][s->n] = iou / n;
  if (n_energy)
    s->energy[which][s->n] = energy / n_energy;
}

static gboolean
study_places (Study *s, const SacAttention *a, const float *clip, const SacItem *item, const gint8 *states, GPtrArray *labels,
              GCancellable *cancellable, GError **error)
{
  guint t = s->spec->n_frames, label = 0;
  int crop = s->spec->crop;
  gsize area = (gsize) crop * (gsize) crop;
  g_autofree float *map = g_new (float, t * area), *weights = g_new (float, t);
  Truth truth = { 0 };
  gboolean fine;

  while (label < s->n_labels && states[label] <= 0)
    label++;
  fine = truth_init (s, &truth, item, states, labels, cancellable, error);
  if (fine)
    {
      for (guint f = 0; f < t; f++)
        sac_upsample3 (a->spatial + f * (gsize) a->h * (gsize) a->w, 1, a->h, a->w, map + f * area, 1, crop, crop);
      study_map (s, &truth, map, SAC_MAP_OWN);
      for (guint f = 0; f < t; f++)
        sac_centre_map (crop, crop, map + f * area);
      study_map (s, &truth, map, SAC_MAP_CENTRE);
      sac_random_map (s->seed, sac_random_stream (s->n, 1, 0x6d6170), t * area, map);
      study_map (s, &truth, map, SAC_MAP_RANDOM);
      if (label < s->n_labels)
        {
          fine = sac_net_gradcam (s->net, clip, label, map, weights, cancellable, error);
          if (fine)
            {
              study_map (s, &truth, map, SAC_MAP_GRADCAM);
              s->time_gradcam[s->n] = sac_temporal_precision (weights, truth.inside, t);
            }
        }
    }
  if (fine && a->temporal)
    {
      g_autofree float *energy = g_new (float, t);

      s->time_own[s->n] = sac_temporal_precision (a->temporal, truth.inside, t);
      if (truth.n_inside > 0 && truth.n_inside < t)
        s->time_chance[s->n] = (double) truth.n_inside / t;
      sac_motion_energy (clip, t, 3 * area, energy);
      s->motion[s->n] = sac_pearson (a->temporal, energy, t);
    }
  truth_clear (&truth);
  return fine;
}

/* ---- summing up. */

static SacAttentionStudy *
sum_up (const Study *s, guint n_resamples)
{
  SacAttentionStudy *out = g_new0 (SacAttentionStudy, 1);
  g_autofree double *drops = g_new (double, s->n + 1);

#define INTERVAL(values) sac_bootstrap_mean (values, s->n, n_resamples, s->seed)
  out->n_clips = s->n;
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      SacAucTable *table = sac_auc_table_new (s->scores[r], s->truth, s->n, s->n_labels);

      for (guint i = 0; i < s->n; i++)
        drops[i] = s->top1[SAC_ROW_NONE][i] - s->top1[r][i];
      out->rows[r].top1 = INTERVAL (s->top1[r]);
      out->rows[r].top5 = INTERVAL (s->top5[r]);
      out->rows[r].drop = INTERVAL (drops);
      out->rows[r].macro_auc = table->macro;
      sac_auc_table_free (table);
    }
  for (int m = 0; m < SAC_N_MAPS; m++)
    {
      out->places[m].pointing = INTERVAL (s->pointing[m]);
      out->places[m].energy = INTERVAL (s->energy[m]);
      out->places[m].iou = INTERVAL (s->iou[m]);
    }
  out->time_own = INTERVAL (s->time_own);
  out->time_chance = INTERVAL (s->time_chance);
  out->time_gradcam = INTERVAL (s->time_gradcam);
  out->motion = INTERVAL (s->motion);
#undef INTERVAL
  return out;
}

static gboolean
study_clip (Study *s, const float *clip, const SacItem *item, const gint8 *states, GPtrArray *labels, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (SacAttention) attention = sac_net_attend (s->net, clip, cancellable, error);

  if (!attention || !study_rows (s, attention, states, cancellable, error)
      || !study_places (s, attention, clip, item, states, labels, cancellable, error))
    return FALSE;
  memcpy (s->truth + (gsize) s->n * s->n_labels, states, s->n_labels);
  s->n++;
  sac_attention_free (s->before);
  s->before = g_steal_pointer (&attention);
  return TRUE;
}

SacAttentionStudy *
sac_attention_study_run (SacNet *net, SacProject *project, SacSplit split, guint n_resamples, guint64 seed, SacProgressFunc progress,
                         gpointer data, GCancellable *cancellable, GError **error)
{
  const SacRunInfo *info = sac_net_get_info (net);
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autoptr (SacDataset) dataset = NULL;
  g_autoptr (SacLoader) loader = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autofree float *clip = NULL;
  SacAttentionStudy *out = NULL;
  Study s = { .net = net, .project = project, .spec = spec, .seed = seed, .n_labels = sac_net_get_n_labels (net),
              .n_rows = sac_net_get_n_rows (net) };
  gboolean fine = TRUE;
  guint n_unreadable = 0;

  g_return_val_if_fail (info, NULL);
  if (!sac_net_has_attention (net))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("“%s” is a network without attention of its own"), info->model);
      return NULL;
    }
  dataset = sac_dataset_new (project, split, (const char *const *) info->labels, error);
  labels = dataset ? sac_project_list_labels (project, error) : NULL;
  clip = labels ? g_try_new (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3) : NULL;
  if (!clip)
    {
      if (labels)
        g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip of %u frames"), spec->n_frames);
      return NULL;
    }
  s.dataset = dataset;
  study_init (&s, dataset->items->len);
  loader = sac_loader_new (dataset, spec, 0, 0);
  for (guint i = 0; i < dataset->items->len && fine; i++)
    {
      const SacItem *item = dataset->items->pdata[i];

      if (progress)
        progress ((double) i / dataset->items->len, item->name, data);
      if (!sac_loader_get (loader, i, 0, FALSE, clip, cancellable, NULL))
        {
          n_unreadable++;
          fine = !g_cancellable_set_error_if_cancelled (cancellable, error);
          continue;
        }
      fine = study_clip (&s, clip, item, dataset->states + (gsize) i * s.n_labels, labels, cancellable, error);
    }
  if (fine && s.n == 0)
    {
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("None of the clips of the split “%s” can be read"),
                   sac_split_get_name (split));
      fine = FALSE;
    }
  if (fine)
    {
      out = sum_up (&s, n_resamples);
      out->n_unreadable = n_unreadable;
    }
  study_clear (&s);
  return out;
}
