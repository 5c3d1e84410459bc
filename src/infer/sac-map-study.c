#include "sac-map-study.h"

#include <glib/gi18n.h>
#include <math.h>

#include "eval/sac-map-brush.h"

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
        progress ((double) m / maps->len, _("Looking at the edited clips"), data);
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
  return TRUE;
}
