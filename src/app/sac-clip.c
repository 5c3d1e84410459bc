#include "sac-clip.h"

#include <string.h>

struct _SacClip {
  GObject parent_instance;
  SacItem *item;
  gint8 *states;
  guint n_states;
};

G_DEFINE_FINAL_TYPE (SacClip, sac_clip, G_TYPE_OBJECT)

static guint changed_signal;

static void
sac_clip_finalize (GObject *object)
{
  SacClip *self = SAC_CLIP (object);

  g_clear_pointer (&self->item, sac_item_free);
  g_clear_pointer (&self->states, g_free);
  G_OBJECT_CLASS (sac_clip_parent_class)->finalize (object);
}

static void
sac_clip_class_init (SacClipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_clip_finalize;
  changed_signal = g_signal_new ("changed", SAC_TYPE_CLIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_clip_init (SacClip *self)
{
}

SacClip *
sac_clip_new (SacItem *item)
{
  SacClip *self = g_object_new (SAC_TYPE_CLIP, NULL);

  self->item = item;
  return self;
}

const SacItem *
sac_clip_get_item (SacClip *self)
{
  return self->item;
}

SacId
sac_clip_get_id (SacClip *self)
{
  return self->item->id;
}

const char *
sac_clip_get_name (SacClip *self)
{
  return self->item->name;
}

guint
sac_clip_get_n_states (SacClip *self)
{
  return self->n_states;
}

SacLabelState
sac_clip_get_state (SacClip *self, guint label_index)
{
  return label_index < self->n_states ? (SacLabelState) self->states[label_index] : SAC_LABEL_UNKNOWN;
}

gboolean
sac_clip_can_be_read (SacClip *self)
{
  return !self->item->missing && self->item->problem == NULL;
}

static gboolean
same_item (const SacItem *a, const SacItem *b)
{
  return a->kind == b->kind && a->in_ns == b->in_ns && a->out_ns == b->out_ns && a->n_frames == b->n_frames &&
         a->width == b->width && a->height == b->height && a->split == b->split && a->reviewed == b->reviewed &&
         a->missing == b->missing && a->synthetic == b->synthetic && g_strcmp0 (a->name, b->name) == 0 &&
         g_strcmp0 (a->path, b->path) == 0 && g_strcmp0 (a->group, b->group) == 0 && g_strcmp0 (a->problem, b->problem) == 0 &&
         g_strcmp0 (a->warning, b->warning) == 0;
}

gboolean
sac_clip_update (SacClip *self, SacItem *item, const gint8 *states, guint n_states)
{
  gboolean changed = FALSE;

  g_return_val_if_fail (SAC_IS_CLIP (self), FALSE);
  if (item)
    {
      changed = !same_item (self->item, item);
      sac_item_free (self->item);
      self->item = item;
    }
  if (n_states != self->n_states || (n_states && memcmp (states, self->states, n_states) != 0))
    {
      g_free (self->states);
      self->states = n_states ? g_memdup2 (states, n_states) : NULL;
      self->n_states = n_states;
      changed = TRUE;
    }
  if (changed)
    g_signal_emit (self, changed_signal, 0);
  return changed;
}
