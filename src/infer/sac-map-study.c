#include "sac-map-study.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "eval/sac-map-brush.h"
#include "study-private.h"

/* So few that it takes seconds: the same clips for each network, so that before and after can be compared. */
#define N_DELETED 6
#define N_STEPS 10

static SacAttention *
attend (SacNet *net, const SacItem *item, GCancellable *cancellable, GError **error)
{
  const SacClipSpec *spec = sac_net_get_clip_spec (net);
  g_autofree float *clip = g_try_new (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3);

  if (!clip)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("not enough memory for a clip"));
      return NULL;
    }
  if (!sac_clip_load (item, spec, NULL, clip, cancellable, error))
    return NULL;
  return sac_net_attend (net, clip, cancellable, error);
}

SacMap *
sac_map_of_net (SacNet *net, const SacItem *item, guint *frames, double window[4], GCancellable *cancellable, GError **error)
{
  g_autoptr (SacAttention) seen = attend (net, item, cancellable, error);
  g_autoptr (SacMedia) media = NULL;
  SacMap *map;
  gsize places;

  if (!seen)
    return NULL;
  if (frames || window)
    {
      const SacClipSpec *spec = sac_net_get_clip_spec (net);
      guint first, n;

      media = sac_media_open (item->path, cancellable, error);
      if (!media)
        return NULL;
      sac_clip_range (item, media, &first, &n);
      if (frames)
        {
          sac_clip_frames (n, spec->n_frames, frames);
          for (guint f = 0; f < spec->n_frames; f++)
            frames[f] += first;
        }
      if (window)
        sac_clip_window (sac_media_get_width (media), sac_media_get_height (media), spec, window);
    }
  map = g_new0 (SacMap, 1);
  map->item = item->id;
  map->t = (guint) seen->t;
  map->h = (guint) seen->h;
  map->w = (guint) seen->w;
  places = (gsize) map->t * map->h * map->w;
  map->spatial = g_new (guint16, places);
  for (gsize i = 0; i < places; i++)
    map->spatial[i] = sac_map_pack (seen->spatial[i]);
  map->temporal = seen->temporal ? g_new (guint16, map->t) : NULL;
  for (guint f = 0; map->temporal && f < map->t; f++)
    map->temporal[f] = sac_map_pack (seen->temporal[f]);
  map->run = g_strdup (sac_net_get_info (net) ? sac_net_get_info (net)->name : NULL);
  return map;
}

static double
far (const guint16 *wanted, const float *own, gsize n)
{
  g_autofree float *numbers = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = sac_map_unpack (wanted[i]);
  return sac_map_distance (numbers, own, n);
}

static double
mean_of (const SacStudy *s, const char *name)
{
  double sum = 0;
  guint n = 0;

  for (guint r = 0; r < s->rows->len; r++)
    {
      const SacStudyRow *row = s->rows->pdata[r];

      for (guint c = 0; c < s->n && strcmp (row->name, name) == 0; c++)
        if (!isnan (row->values[c]))
          sum += row->values[c], n++;
    }
  return n ? sum / n : NAN;
}

/* Pixels by falling M_s·M_t; the label is the clip's first. */
static gboolean
delete_from (SacStudy *s, guint at, GCancellable *cancellable, GError **error)
{
  const gint8 *states = s->dataset->states + (gsize) at * s->n_labels;
  gsize area = (gsize) s->spec->crop * (gsize) s->spec->crop, n = s->spec->n_frames * area;
  g_autofree float *clip = g_try_new (float, 3 * n), *blurred = g_try_new (float, 3 * n), *map = g_try_new (float, n);
  g_autoptr (SacAttention) seen = NULL;
  guint label = 0;

  while (label < s->n_labels && states[label] <= 0)
    label++;
  if (label == s->n_labels || !clip || !blurred || !map
      || !sac_clip_load (s->dataset->items->pdata[at], s->spec, NULL, clip, cancellable, NULL))
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  seen = sac_net_attend (s->net, clip, cancellable, error);
  if (!seen)
    return FALSE;
  for (guint f = 0; f < s->spec->n_frames; f++)
    sac_upsample3 (seen->spatial + f * (gsize) seen->h * (gsize) seen->w, 1, seen->h, seen->w, map + f * area, 1, s->spec->crop,
                   s->spec->crop);
  for (gsize i = 0; seen->temporal && i < n; i++)
    map[i] *= seen->temporal[i / area];
  _sac_study_blur (s, clip, blurred);
  if (!_sac_study_delete_pixels (s, clip, blurred, map, label, "own", cancellable, error))
    return FALSE;
  s->n++;
  return TRUE;
}

static gboolean
delete_some (SacNet *net, SacProject *project, SacMapStudy *study, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
             GError **error)
{
  const SacRunInfo *info = sac_net_get_info (net);
  g_autoptr (SacDataset) dataset = info ? sac_dataset_new (project, SAC_SPLIT_TEST, (const char *const *) info->labels, NULL) : NULL;
  guint n = dataset ? dataset->items->len : 0;
  SacStudy s = { .net = net, .project = project, .dataset = dataset, .spec = sac_net_get_clip_spec (net),
                 .options = { .n_steps = N_STEPS }, .n_labels = sac_net_get_n_labels (net), .n_rows = sac_net_get_n_rows (net) };
  gboolean fine = TRUE;

  _sac_study_init (&s, n);
  for (guint i = 0; i < n && fine; i++)
    if (_sac_study_is_chosen (i, n, N_DELETED))
      {
        if (progress)
          progress (0.5 + 0.5 * i / n, _("Taking pixels from test clips"), data);
        fine = delete_from (&s, i, cancellable, error);
      }
  if (progress && fine)
    progress (1, _("Taking pixels from test clips"), data);
  study->n_deleted = s.n;
  study->deletion = mean_of (&s, "deletion.own");
  study->insertion = mean_of (&s, "insertion.own");
  _sac_study_clear (&s);
  return fine;
}

gboolean
sac_map_study_run (SacNet *net, SacProject *project, SacMapStudy *study, SacProgressFunc progress, gpointer data,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) maps = sac_project_list_maps (project, 0, error);

  *study = (SacMapStudy) { 0 };
  if (!maps)
    return FALSE;
  for (guint m = 0; m < maps->len; m++)
    {
      const SacMap *map = maps->pdata[m];
      g_autoptr (SacItem) item = NULL;
      g_autoptr (SacAttention) seen = NULL;
      g_autoptr (GError) failed = NULL;

      if (progress)
        progress (0.5 * m / maps->len, _("Looking at the edited clips"), data);
      if (map->t != sac_net_get_clip_spec (net)->n_frames)
        continue;
      item = sac_project_get_item (project, map->item, &failed);
      seen = item ? attend (net, item, cancellable, &failed) : NULL;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!seen && !sac_net_has_attention (net))
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return FALSE;
        }
      if (!seen)
        {
          study->n_unreadable++;
          continue;
        }
      if ((guint) seen->t != map->t || (guint) seen->h != map->h || (guint) seen->w != map->w)
        continue;
      study->spatial += far (map->spatial, seen->spatial, (gsize) map->t * map->h * map->w);
      study->n++;
      if (!map->temporal || !seen->temporal)
        continue;
      study->temporal += far (map->temporal, seen->temporal, map->t);
      study->n_time++;
    }
  study->spatial = study->n ? study->spatial / study->n : NAN;
  study->temporal = study->n_time ? study->temporal / study->n_time : NAN;
  return delete_some (net, project, study, progress, data, cancellable, error);
}
