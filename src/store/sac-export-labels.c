/* What the project says, as annotations. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

/* "walk/a.mp4": the clip's name with the suffix of its file. */
static char *
exported_name (const SacItem *item)
{
  g_autofree char *base = g_path_get_basename (item->path);
  const char *dot = strrchr (base, '.');

  return g_strconcat (item->name, dot && dot != base && item->kind != SAC_ITEM_CLIP ? dot : "", NULL);
}

static void
copy_attributes (SacProject *self, SacAttributeKind kind, SacId owner, GPtrArray *out, GError **error)
{
  g_autoptr (GPtrArray) attributes = sac_project_list_attributes (self, kind, owner, error);

  for (guint a = 0; attributes && a < attributes->len; a++)
    {
      SacAttribute *attribute = attributes->pdata[a];

      sac_noted_set_attribute (out, attribute->frame, attribute->name, attribute->value);
    }
}

static gboolean
collect_marks (SacProject *self, const SacItem *item, SacId layer, GHashTable *by_id, SacNoted *noted, GError **error)
{
  g_autoptr (GPtrArray) segments = sac_project_list_segments (self, item->id, error);
  g_autoptr (GPtrArray) tracks = segments ? sac_project_list_tracks (self, item->id, error) : NULL;
  g_autoptr (GError) failed = NULL;

  if (!tracks)
    return FALSE;
  for (guint s = 0; s < segments->len; s++)
    {
      SacSegment *segment = segments->pdata[s];
      guint label = GPOINTER_TO_UINT (g_hash_table_lookup (by_id, &segment->label));

      if (label && (!layer || segment->layer == layer))
        copy_attributes (self, SAC_ATTRIBUTE_SEGMENT, segment->id,
                         sac_noted_add_segment (noted, label - 1, segment->in_ns, segment->out_ns)->attributes, failed ? NULL : &failed);
    }
  for (guint t = 0; t < tracks->len; t++)
    {
      SacTrack *track = tracks->pdata[t];
      guint label = GPOINTER_TO_UINT (g_hash_table_lookup (by_id, &track->label));
      SacNotedTrack *out;

      if ((layer && track->layer != layer) || track->n_boxes == 0)
        continue;
      out = sac_noted_add_track (noted, label ? label - 1 : SAC_NO_LABEL);
      g_array_append_vals (out->boxes, track->boxes, track->n_boxes);
      copy_attributes (self, SAC_ATTRIBUTE_TRACK, track->id, out->attributes, failed ? NULL : &failed);
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static void
collect_tags (const SacItem *item, const gint8 *states, guint n_labels, SacNoted *noted)
{
  for (guint l = 0; l < n_labels; l++)
    if (states[l] != SAC_LABEL_UNKNOWN || item->reviewed)
      sac_noted_set_tag (noted, l, states[l]);
}

/* When its frames are shown, where frames a second do not tell it; NULL where the file cannot be read. */
static GArray *
read_times (const SacItem *item)
{
  g_autoptr (SacMedia) media = NULL;
  GArray *times;
  guint first;

  if (!(item->flags & SAC_MEDIA_VFR) || item->kind == SAC_ITEM_STILL || !item->path)
    return NULL;
  sac_media_init ();
  media = sac_media_open (item->path, NULL, NULL);
  if (!media)
    return NULL;
  times = g_array_new (FALSE, FALSE, sizeof (gint64));
  first = item->kind == SAC_ITEM_CLIP ? sac_media_get_frame_at (media, item->in_ns) : 0;
  for (guint f = 0; f < item->n_frames && first + f < sac_media_get_n_frames (media); f++)
    {
      gint64 time = sac_media_get_time_ns (media, first + f) - sac_media_get_time_ns (media, first);

      g_array_append_val (times, time);
    }
  return times;
}

static GPtrArray *
chosen_items (SacProject *self, const SacId *items, guint n_items, GError **error)
{
  g_autoptr (GPtrArray) chosen = NULL;

  if (n_items == 0)
    return sac_project_list_items (self, error);
  chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free);
  for (guint i = 0; i < n_items; i++)
    {
      SacItem *item = sac_project_get_item (self, items[i], error);

      if (!item)
        return NULL;
      g_ptr_array_add (chosen, item);
    }
  return g_steal_pointer (&chosen);
}

SacAnnotations *
sac_project_collect_annotations (SacProject *self, const SacId *items, guint n_items, SacId layer, GError **error)
{
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autoptr (GPtrArray) chosen = NULL, labels = NULL;
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree SacId *item_ids = NULL, *label_ids = NULL;
  g_autofree gint8 *states = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  chosen = chosen_items (self, items, n_items, error);
  labels = chosen ? sac_project_list_labels (self, error) : NULL;
  if (!labels)
    return NULL;
  item_ids = g_new0 (SacId, chosen->len + 1);
  label_ids = g_new0 (SacId, labels->len + 1);
  for (guint l = 0; l < labels->len; l++)
    {
      SacLabel *label = labels->pdata[l];

      label_ids[l] = label->id;
      g_hash_table_insert (by_id, &label_ids[l], GUINT_TO_POINTER (sac_annotations_label (out, label->name) + 1));
    }
  for (guint l = 0; l < labels->len; l++)
    {
      guint above = GPOINTER_TO_UINT (g_hash_table_lookup (by_id, &((SacLabel *) labels->pdata[l])->parent));

      if (above)
        out->parents->pdata[l] = g_strdup (out->labels->pdata[above - 1]);
    }
  for (guint i = 0; i < chosen->len; i++)
    item_ids[i] = ((SacItem *) chosen->pdata[i])->id;
  states = sac_project_label_matrix (self, item_ids, chosen->len, label_ids, labels->len, error);
  if (!states)
    return NULL;
  for (guint i = 0; i < chosen->len; i++)
    {
      const SacItem *item = chosen->pdata[i];
      g_autofree char *name = exported_name (item);
      SacNoted *noted = sac_annotations_item (out, name);

      noted->width = item->width;
      noted->height = item->height;
      noted->fps = item->fps;
      noted->n_frames = item->n_frames;
      noted->split = item->split;
      noted->reviewed = item->reviewed;
      noted->times = read_times (item);
      collect_tags (item, states + (gsize) i * labels->len, labels->len, noted);
      if (!collect_marks (self, item, layer, by_id, noted, error))
        return NULL;
    }
  return g_steal_pointer (&out);
}
