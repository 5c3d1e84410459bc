/* Where and when the maps point, against boxes and segments; and what the scores rest on. */
#include <math.h>
#include <string.h>

#include "study-private.h"

#define MARGIN_AT_224 15.0      /* px around a box that still count as a hit, methods/08 §8 */

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
is_wanted (SacStudy *s, SacId label, const gint8 *states, GPtrArray *labels)
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
truth_init (SacStudy *s, Truth *truth, const SacItem *item, const gint8 *states, GPtrArray *labels, GCancellable *cancellable,
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
study_map (SacStudy *s, const Truth *truth, const float *map, SacComparedMap which)
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
  _sac_study_note (s, "pointing", sac_compared_map_get_name (which), hits / n);
  _sac_study_note (s, "iou", sac_compared_map_get_name (which), iou / n);
  if (n_energy)
    _sac_study_note (s, "energy", sac_compared_map_get_name (which), energy / n_energy);
}

/* What one clip is asked; @label: the first that is yes, n_labels where none is. */
typedef struct {
  SacStudy *s;
  const float *clip;
  float *blurred;               /* NULL: no deletion with this clip */
  guint label;
  Truth truth;
  GCancellable *cancellable;
} Question;

static gboolean
compare_pixels (Question *q, const float *map, SacComparedMap which, GError **error)
{
  return !q->blurred || _sac_study_delete_pixels (q->s, q->clip, q->blurred, map, q->label, sac_compared_map_get_name (which),
                                                  q->cancellable, error);
}

static gboolean
compare_frames (Question *q, const float *weights, SacComparedMap which, GError **error)
{
  const char *kind = sac_compared_map_get_name (which);

  _sac_study_note (q->s, "inside", kind, sac_temporal_precision (weights, q->truth.inside, q->s->spec->n_frames));
  return !q->blurred || which == SAC_MAP_CENTRE
         || _sac_study_delete_frames (q->s, q->clip, weights, q->label, kind, q->cancellable, error);
}

/* M_s is compared with boxes frame by frame; pixels go by M_s·M_t. */
static gboolean
own_places (Question *q, const SacAttention *a, float *map, GError **error)
{
  int crop = q->s->spec->crop;
  gsize area = (gsize) crop * (gsize) crop;

  for (guint f = 0; f < q->s->spec->n_frames; f++)
    sac_upsample3 (a->spatial + f * (gsize) a->h * (gsize) a->w, 1, a->h, a->w, map + f * area, 1, crop, crop);
  study_map (q->s, &q->truth, map, SAC_MAP_OWN);
  for (gsize i = 0; a->temporal && i < q->s->spec->n_frames * area; i++)
    map[i] *= a->temporal[i / area];
  return compare_pixels (q, map, SAC_MAP_OWN, error);
}

static gboolean
other_places (Question *q, float *map, GError **error)
{
  int crop = q->s->spec->crop;
  gsize area = (gsize) crop * (gsize) crop, n = q->s->spec->n_frames * area;

  for (guint f = 0; f < q->s->spec->n_frames; f++)
    sac_centre_map (crop, crop, map + f * area);
  study_map (q->s, &q->truth, map, SAC_MAP_CENTRE);
  if (!compare_pixels (q, map, SAC_MAP_CENTRE, error))
    return FALSE;
  sac_random_map (q->s->options.seed, sac_random_stream (q->s->n, 1, 0x6d6170), n, map);
  study_map (q->s, &q->truth, map, SAC_MAP_RANDOM);
  return compare_pixels (q, map, SAC_MAP_RANDOM, error);
}

static gboolean
frames (Question *q, const SacAttention *a, GError **error)
{
  guint t = q->s->spec->n_frames;
  gsize size = 3 * (gsize) q->s->spec->crop * (gsize) q->s->spec->crop;
  g_autofree float *weights = g_new (float, t);

  if (!a->temporal)
    return TRUE;
  sac_motion_energy (q->clip, t, size, weights);
  _sac_study_note (q->s, "motion", "own", sac_pearson (a->temporal, weights, t));
  if (q->truth.n_inside > 0 && q->truth.n_inside < t)
    _sac_study_note (q->s, "inside", "chance", (double) q->truth.n_inside / t);
  if (!compare_frames (q, a->temporal, SAC_MAP_OWN, error))
    return FALSE;
  sac_centre_map (1, (int) t, weights);
  if (!compare_frames (q, weights, SAC_MAP_CENTRE, error))
    return FALSE;
  sac_random_map (q->s->options.seed, sac_random_stream (q->s->n, 1, 0x74696d65), t, weights);
  return compare_frames (q, weights, SAC_MAP_RANDOM, error);
}

static gboolean
gradcam (Question *q, const SacAttention *a, float *map, GError **error)
{
  g_autofree float *weights = g_new (float, q->s->spec->n_frames);

  if (q->label >= q->s->n_labels)
    return TRUE;
  if (!sac_net_gradcam (q->s->net, q->clip, q->label, map, weights, q->cancellable, error))
    return FALSE;
  study_map (q->s, &q->truth, map, SAC_MAP_GRADCAM);
  return compare_pixels (q, map, SAC_MAP_GRADCAM, error) && (!a->temporal || compare_frames (q, weights, SAC_MAP_GRADCAM, error));
}

gboolean
_sac_study_places (SacStudy *s, const SacAttention *a, const float *clip, guint item, GPtrArray *labels, GCancellable *cancellable,
                   GError **error)
{
  const gint8 *states = s->dataset->states + (gsize) item * s->n_labels;
  gsize n = (gsize) s->spec->n_frames * (gsize) s->spec->crop * (gsize) s->spec->crop;
  g_autofree float *map = g_new (float, n), *blurred = NULL;
  Question q = { .s = s, .clip = clip, .cancellable = cancellable };
  gboolean fine;

  while (q.label < s->n_labels && states[q.label] <= 0)
    q.label++;
  if (q.label < s->n_labels && s->options.n_steps > 0 && _sac_study_is_chosen (item, s->dataset->items->len, s->options.n_deleted))
    {
      q.blurred = blurred = g_new (float, 3 * n);
      _sac_study_blur (s, clip, blurred);
    }
  fine = truth_init (s, &q.truth, s->dataset->items->pdata[item], states, labels, cancellable, error)
         && own_places (&q, a, map, error) && other_places (&q, map, error) && gradcam (&q, a, map, error) && frames (&q, a, error);
  truth_clear (&q.truth);
  return fine;
}
