/* Label files as a person gives them: one, several, or a folder that holds some; read as one. */
#include <glib/gi18n.h>
#include <string.h>

#include "format-private.h"

#define MAX_DEPTH 4
#define MAX_FILES 10000
#define MAX_LOOKED_AT 100000

/* Only these are looked into: a folder may hold thousands of pictures. */
static gboolean
has_label_suffix (const char *path)
{
  static const char *const suffixes[] = { ".xml", ".json", ".csv", ".txt" };

  for (guint s = 0; s < G_N_ELEMENTS (suffixes); s++)
    if (g_str_has_suffix (path, suffixes[s]))
      return TRUE;
  return FALSE;
}

static void
find (const char *folder, int depth, guint *n_looked_at, GPtrArray *out)
{
  g_autoptr (GDir) dir = depth < MAX_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  g_autoptr (GPtrArray) inner = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && (*n_looked_at)++ < MAX_LOOKED_AT)
    if (name[0] != '.' && !g_str_has_suffix (name, ".data"))
      g_ptr_array_add (inner, g_build_filename (folder, name, NULL));
  _sac_format_sort_names (inner);
  for (guint i = 0; i < inner->len && out->len < MAX_FILES; i++)
    {
      const char *path = inner->pdata[i];
      gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);

      if (is_folder && g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        continue;
      if ((is_folder || has_label_suffix (path)) && sac_label_format_recognise (path))
        g_ptr_array_add (out, g_strdup (path));
      else if (is_folder)
        find (path, depth + 1, n_looked_at, out);
    }
}

char **
sac_label_files_find (const char *path)
{
  GPtrArray *out = g_ptr_array_new ();
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  guint n_looked_at = 0;

  if ((is_folder || has_label_suffix (path)) && sac_label_format_recognise (path))
    g_ptr_array_add (out, g_strdup (path));
  else if (is_folder)
    find (path, 0, &n_looked_at, out);
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (out, FALSE);
}

/* ---- several as one. */
static void
copy_attributes (GPtrArray *from, GPtrArray *into)
{
  for (guint a = 0; a < from->len; a++)
    {
      const SacAttribute *attribute = from->pdata[a];

      sac_noted_set_attribute (into, attribute->frame, attribute->name, attribute->value);
    }
}

static void
join_item (SacNoted *into, const SacNoted *item, const guint *labels)
{
  into->width = into->width ? into->width : item->width;
  into->height = into->height ? into->height : item->height;
  into->n_frames = into->n_frames ? into->n_frames : item->n_frames;
  into->fps = into->fps > 0 ? into->fps : item->fps;
  into->split = into->split ? into->split : item->split;
  into->reviewed |= item->reviewed;
  if (!into->times && item->times)
    into->times = g_array_ref (item->times);
  if (!into->clip && item->clip)
    {
      into->clip = g_strdup (item->clip);
      into->clip_tracks = g_strdup (item->clip_tracks);
      into->clip_frame = item->clip_frame;
    }
  for (guint t = 0; t < item->tags->len; t++)
    {
      SacNotedTag tag = g_array_index (item->tags, SacNotedTag, t);

      sac_noted_set_tag (into, labels[tag.label], tag.state);
    }
  for (guint s = 0; s < item->segments->len; s++)
    {
      const SacNotedSegment *segment = item->segments->pdata[s];

      copy_attributes (segment->attributes,
                       sac_noted_add_segment (into, labels[segment->label], segment->in_ns, segment->out_ns)->attributes);
    }
  for (guint t = 0; t < item->tracks->len; t++)
    {
      const SacNotedTrack *track = item->tracks->pdata[t];
      SacNotedTrack *out = sac_noted_add_track (into, track->label == SAC_NO_LABEL ? SAC_NO_LABEL : labels[track->label]);

      g_array_append_vals (out->boxes, track->boxes->data, track->boxes->len);
      copy_attributes (track->attributes, out->attributes);
    }
}

static void
join (SacAnnotations *self, const SacAnnotations *other, const char *path)
{
  g_autofree guint *labels = g_new (guint, other->labels->len + 1);
  g_autofree char *shown = g_filename_display_basename (path);

  for (guint l = 0; l < other->labels->len; l++)
    {
      labels[l] = sac_annotations_label (self, other->labels->pdata[l]);
      if (!self->parents->pdata[labels[l]])
        self->parents->pdata[labels[l]] = g_strdup (other->parents->pdata[l]);
    }
  for (guint i = 0; i < other->items->len; i++)
    {
      const SacNoted *item = other->items->pdata[i];

      join_item (sac_annotations_item (self, item->name), item, labels);
    }
  for (guint p = 0; p < other->problems->len; p++)
    g_ptr_array_add (self->problems, g_strdup_printf ("%s: %s", shown, (char *) other->problems->pdata[p]));
}

SacAnnotations *
sac_annotations_read_several (const char *const *paths, const SacLabelFormat *format, SacProgressFunc progress, gpointer data,
                              GCancellable *cancellable, GError **error)
{
  guint n = g_strv_length ((char **) paths), n_read = 0;
  g_autoptr (SacAnnotations) all = n == 1 ? NULL : sac_annotations_new ();
  g_autoptr (GError) first = NULL;

  g_return_val_if_fail (n > 0, NULL);
  if (n == 1)
    return sac_annotations_read (paths[0], format, error);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) failed = NULL;
      g_autoptr (SacAnnotations) one = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (progress)
        {
          g_autofree char *shown = g_filename_display_basename (paths[i]);

          progress ((double) i / n, shown, data);
        }
      one = sac_annotations_read (paths[i], format, &failed);
      if (one)
        {
          join (all, one, paths[i]);
          n_read++;
          continue;
        }
      g_ptr_array_add (all->problems, g_strdup (failed->message));
      if (!first)
        first = g_steal_pointer (&failed);
    }
  if (n_read)
    return g_steal_pointer (&all);
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}
