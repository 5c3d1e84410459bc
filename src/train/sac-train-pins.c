/* Clips that a person watches while the network learns: looked at after a validation, for at most a fiftieth of the time. */
#include <math.h>
#include <string.h>

#include "sac-train-private.h"

#define SHARE 0.02              /* of the time */
#define MAP_SIDE 14             /* of maps that come at the size of the clip */

typedef struct {
  char *name;
  float *clip;                  /* NULL: cannot be read */
  guint *frames;
  double crop[4];
} Pin;

struct _SacTrainPins {
  GPtrArray *pins;              /* Pin */
  gint64 looked_us;             /* when the last look was over; 0: never */
  gint64 cost_us;               /* of that look */
};

static void
pin_free (gpointer data)
{
  Pin *pin = data;

  g_free (pin->name);
  g_free (pin->clip);
  g_free (pin->frames);
  g_free (pin);
}

void
_sac_train_pins_free (SacTrainPins *pins)
{
  if (!pins)
    return;
  g_ptr_array_unref (pins->pins);
  g_free (pins);
}

static Pin *
open_pin (SacTrainer *t, const char *name)
{
  g_autoptr (SacItem) item = sac_project_find_item (t->spec->project, name, NULL);
  const SacClipSpec *spec = &t->clip_spec;
  Pin *pin = g_new0 (Pin, 1);
  g_autoptr (SacMedia) media = item ? sac_media_open (item->path, t->cancellable, NULL) : NULL;
  guint first, n;

  pin->name = g_strdup (name);
  if (!media)
    return pin;
  pin->clip = g_new (float, (gsize) spec->n_frames * (gsize) spec->crop * (gsize) spec->crop * 3);
  if (!sac_clip_load (item, spec, NULL, pin->clip, t->cancellable, NULL))
    {
      g_clear_pointer (&pin->clip, g_free);
      return pin;
    }
  sac_clip_range (item, media, &first, &n);
  pin->frames = g_new (guint, spec->n_frames);
  sac_clip_list_frames (spec, MAX (n, 1), pin->frames);
  for (guint i = 0; i < spec->n_frames; i++)
    pin->frames[i] += first;
  sac_clip_window (sac_media_get_width (media), sac_media_get_height (media), spec, pin->crop);
  return pin;
}

/* The clips that are pinned now; those that were before stay loaded. */
static void
find_pins (SacTrainer *t)
{
  g_auto (GStrv) names = sac_pins_read (t->spec->run_folder);
  GPtrArray *old = t->pins->pins, *pins = g_ptr_array_new_with_free_func (pin_free);

  for (guint i = 0; names[i]; i++)
    {
      Pin *pin = NULL;

      for (guint k = 0; k < old->len && !pin; k++)
        if (strcmp (((Pin *) old->pdata[k])->name, names[i]) == 0)
          pin = g_ptr_array_steal_index (old, k);
      g_ptr_array_add (pins, pin ? pin : open_pin (t, names[i]));
    }
  t->pins->pins = pins;
  g_ptr_array_unref (old);
}

static gboolean
look (SacTrainer *t, const Pin *pin, SacPinned *out, GError **error)
{
  const SacClipSpec *spec = &t->clip_spec;
  int frames = (int) spec->n_frames;
  guint best = 0;

  out->clip = g_strdup (pin->name);
  out->scores = g_new0 (float, t->n_labels + 1);
  if (!sac_net_score (t->net, pin->clip, out->scores, NULL, error))
    return FALSE;
  for (guint i = 1; i < t->n_labels; i++)
    if (out->scores[i] > out->scores[best])
      best = i;
  out->frames = g_memdup2 (pin->frames, spec->n_frames * sizeof *pin->frames);
  memcpy (out->crop, pin->crop, sizeof out->crop);
  if (sac_net_has_attention (t->net))
    {
      g_autoptr (SacAttention) attention = sac_net_attend (t->net, pin->clip, NULL, error);

      if (!attention)
        return FALSE;
      out->label = -1;
      if (attention->t != frames)       /* it sees time more coarsely than it was shown: no place for a map */
        return TRUE;
      out->t = frames;
      out->h = attention->h;
      out->w = attention->w;
      out->map = g_malloc ((gsize) out->t * (gsize) out->h * (gsize) out->w);
      sac_pin_map_shrink (attention->spatial, out->t, out->h, out->w, out->h, out->w, out->map);
    }
  else
    {
      g_autofree float *map = g_new (float, (gsize) frames * (gsize) spec->crop * (gsize) spec->crop);
      g_autofree float *weights = g_new (float, spec->n_frames);

      if (!sac_net_gradcam (t->net, pin->clip, best, map, weights, NULL, error))
        return FALSE;
      out->label = (int) best;
      out->t = frames;
      out->h = out->w = MIN (MAP_SIDE, spec->crop);
      out->map = g_malloc ((gsize) out->t * (gsize) out->h * (gsize) out->w);
      sac_pin_map_shrink (map, frames, spec->crop, spec->crop, out->h, out->w, out->map);
    }
  return TRUE;
}

gboolean
_sac_trainer_look_at_pins (SacTrainer *t, GError **error)
{
  gint64 began = g_get_monotonic_time ();
  g_autoptr (SacPinSight) sight = NULL;
  gboolean last = t->step == t->recipe->steps;

  if (!t->pins)
    {
      t->pins = g_new0 (SacTrainPins, 1);
      t->pins->pins = g_ptr_array_new_with_free_func (pin_free);
    }
  if (!last && t->pins->looked_us && (double) (began - t->pins->looked_us) * SHARE < (double) t->pins->cost_us)
    return TRUE;
  find_pins (t);
  if (t->pins->pins->len == 0)
    return TRUE;
  began = g_get_monotonic_time ();      /* reading a clip for the first time is not counted */
  sight = g_new0 (SacPinSight, 1);
  sight->step = (guint64) t->step;
  sight->n_labels = t->n_labels;
  sight->labels = g_new0 (char *, t->n_labels + 1);
  for (guint i = 0; i < t->n_labels; i++)
    sight->labels[i] = g_strdup (t->train->labels->pdata[i]);
  sight->pins = g_new0 (SacPinned, t->pins->pins->len);
  for (guint i = 0; i < t->pins->pins->len; i++)
    {
      const Pin *pin = t->pins->pins->pdata[i];

      if (pin->clip && !look (t, pin, &sight->pins[sight->n++], error))
        return FALSE;
    }
  t->pins->looked_us = g_get_monotonic_time ();
  t->pins->cost_us = t->pins->looked_us - began;
  return sac_pin_sight_write (t->spec->run_folder, sight, error);
}
