/* Labels with their pictures, for formats of single pictures: frames of videos become stills. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "format-private.h"
#include "sac-store-private.h"

/* One picture that is to be made. */
typedef struct {
  guint item;                   /* of the annotations */
  guint frame;                  /* within the clip */
  char *name;                   /* of the file */
  char *tracks;                 /* for the table */
} Picture;

static void
picture_clear (gpointer data)
{
  g_free (((Picture *) data)->name);
  g_free (((Picture *) data)->tracks);
}

gboolean
sac_frames_parse (const char *text, SacFrames *frames)
{
  static const char *const words[] = { "keyframes", "boxes", "all" };

  for (guint w = 0; w < G_N_ELEMENTS (words); w++)
    if (g_strcmp0 (text, words[w]) == 0)
      {
        *frames = (SacFrames) w;
        return TRUE;
      }
  return FALSE;
}

gboolean
sac_label_format_has_pictures (const SacLabelFormat *format)
{
  return format && (strcmp (format->id, "voc") == 0 || strcmp (format->id, "yolo") == 0);
}

/* ---- which frames. */
static void
list_frames (const SacNoted *item, const SacPictureSpec *spec, GArray *out)
{
  guint n = item->n_frames, every = MAX (spec->every, 1), n_fit = 0;
  g_autofree guint8 *fits = g_try_malloc0 ((gsize) n + 1);

  if (!fits)
    return;
  for (guint t = 0; t < item->tracks->len; t++)
    {
      GArray *boxes = ((SacNotedTrack *) item->tracks->pdata[t])->boxes;

      for (guint b = 0; b < boxes->len; b++)
        {
          const SacBox *box = &g_array_index (boxes, SacBox, b);
          guint next = b + 1 < boxes->len ? g_array_index (boxes, SacBox, b + 1).frame : n;
          guint end = MIN (spec->frames == SAC_FRAMES_KEY ? box->frame + 1 : next, n);

          if (!box->outside && box->frame < end)
            memset (fits + box->frame, 1, end - box->frame);
        }
    }
  for (guint frame = 0; frame < n; frame++)
    if ((spec->frames == SAC_FRAMES_ALL || fits[frame]) && n_fit++ % every == 0)
      g_array_append_val (out, frame);
}

guint
sac_annotations_count_pictures (SacAnnotations *self, const SacPictureSpec *spec)
{
  guint n = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      const SacNoted *item = self->items->pdata[i];
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (guint));

      if (item->n_frames != 1)
        list_frames (item, spec, frames);
      n += item->n_frames == 1 ? 1 : frames->len;
    }
  return n;
}

char **
sac_annotations_list_picture_losses (SacAnnotations *self, const SacLabelFormat *format)
{
  SacLabelFormat with_pictures = *format;

  with_pictures.holds |= SAC_HOLDS_TRACKS;
  return sac_annotations_list_losses (self, &with_pictures);
}

/* ---- the stills. */
static void
add_boxes (const SacNoted *item, guint frame, SacNoted *still)
{
  for (guint t = 0; t < item->tracks->len; t++)
    {
      const SacNotedTrack *track = item->tracks->pdata[t];
      SacNotedTrack *out;
      SacBox box;

      if (!sac_boxes_at ((const SacBox *) (gpointer) track->boxes->data, track->boxes->len, frame, &box) || box.outside)
        continue;
      box.frame = 0;
      box.keyframe = TRUE;
      out = sac_noted_add_track (still, track->label);
      g_array_append_val (out->boxes, box);
      for (guint a = 0; a < track->attributes->len; a++)
        {
          const SacAttribute *attribute = track->attributes->pdata[a];

          if (attribute->frame < 0)
            sac_noted_set_attribute (out->attributes, -1, attribute->name, attribute->value);
        }
    }
}

static SacNoted *
add_still (SacAnnotations *out, const SacNoted *item, const char *name)
{
  SacNoted *still = sac_annotations_item (out, name);

  still->n_frames = 1;
  still->width = item->width;
  still->height = item->height;
  still->split = item->split;
  return still;
}

/* @out receives a still for each picture, @pictures where it comes from. */
static void
plan_pictures (SacAnnotations *annotations, const SacPictureSpec *spec, gboolean unlabelled, SacAnnotations *out, GArray *pictures)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint l = 0; l < annotations->labels->len; l++)
    sac_annotations_label (out, annotations->labels->pdata[l]);
  for (guint i = 0; i < annotations->items->len; i++)
    {
      const SacNoted *item = annotations->items->pdata[i];
      g_autofree char *stem = _sac_format_unique_stem (taken, item->name);
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (guint));
      const char *suffix = strrchr (item->name, '.');

      if (item->n_frames == 1)
        {
          Picture picture = { i, 0, g_strconcat (stem, suffix && !strchr (suffix, '/') ? suffix : "", NULL), NULL };

          add_boxes (item, 0, add_still (out, item, picture.name));
          g_array_append_val (pictures, picture);
          continue;
        }
      list_frames (item, spec, frames);
      for (guint f = 0; f < frames->len; f++)
        {
          guint frame = g_array_index (frames, guint, f), next = f + 1 < frames->len ? g_array_index (frames, guint, f + 1) : G_MAXUINT;
          g_autoptr (GString) tracks = g_string_new (NULL);
          g_autofree char *wanted = g_strdup_printf ("%s_%06u.x", stem, frame), *unique = _sac_format_unique_stem (taken, wanted);
          Picture picture = { i, frame, g_strconcat (unique, spec->png ? ".png" : ".jpg", NULL), NULL };

          _sac_format_put_tracks (tracks, item, frame, next, unlabelled);
          picture.tracks = g_string_free (g_steal_pointer (&tracks), FALSE);
          add_boxes (item, frame, add_still (out, item, picture.name));
          g_array_append_val (pictures, picture);
        }
    }
}

/* ---- writing. */
typedef struct {
  GPtrArray *items;             /* SacItem*, as the annotations' */
  SacAnnotations *annotations, *stills;
  const SacLabelFormat *format;
  const SacPictureSpec *spec;
  const char *folder;
  GPtrArray *told;
  GString *table;               /* frames.csv */
  guint n_written;
} Export;

static char *
picture_path (const Export *export, guint n, const char *name)
{
  const SacNoted *still = export->stills->items->pdata[n];
  g_autofree char *sub = strcmp (export->format->id, "voc") == 0 ? g_strdup ("JPEGImages")
                                                                 : _sac_yolo_folder (export->stills, "images", still->split);

  return g_build_filename (export->folder, sub, name, NULL);
}

static void
tell_row (Export *export, const Picture *picture, gint64 time_ns)
{
  const SacNoted *item = export->annotations->items->pdata[picture->item];
  g_autofree char *time = _sac_format_dup_number (1e-9 * (double) time_ns), *fps = _sac_format_dup_number (item->fps);

  _sac_format_put_field (export->table, picture->name, ',');
  _sac_format_put_field (export->table, item->name, ',');
  g_string_append_printf (export->table, "%u,%s,%s,%s\n", picture->frame, item->n_frames == 1 ? "" : time, item->n_frames == 1 ? "" : fps,
                          picture->tracks ? picture->tracks : "");
}

static gboolean
write_picture (Export *export, SacMedia *media, const Picture *picture, guint n, GCancellable *cancellable, GError **error)
{
  const SacItem *item = export->items->pdata[picture->item];
  g_autofree char *path = picture_path (export, n, picture->name), *folder = g_path_get_dirname (path);
  guint first = item->kind == SAC_ITEM_CLIP && media ? sac_media_get_frame_at (media, item->in_ns) : 0;
  g_autoptr (SacFrame) frame = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!_sac_format_make_folder (folder, error))
    return FALSE;
  if (item->kind == SAC_ITEM_STILL)
    {
      g_autoptr (GFile) from = g_file_new_for_path (item->path), to = g_file_new_for_path (path);

      tell_row (export, picture, 0);
      return g_file_copy (from, to, G_FILE_COPY_NONE, cancellable, NULL, NULL, error);
    }
  frame = sac_media_get_frame (media, first + picture->frame, cancellable, error);
  bytes = frame ? sac_frame_encode (frame, export->spec->png, error) : NULL;
  if (!bytes)
    return FALSE;
  tell_row (export, picture, sac_media_get_time_ns (media, first + picture->frame) - sac_media_get_time_ns (media, first));
  return g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), error);
}

static gboolean
write_pictures (Export *export, GArray *pictures, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (GPtrArray) lost = g_ptr_array_new ();
  guint opened = G_MAXUINT;

  for (guint n = 0; n < pictures->len; n++)
    {
      const Picture *picture = &g_array_index (pictures, Picture, n);
      const SacItem *item = export->items->pdata[picture->item];
      g_autoptr (GError) failed = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (progress)
        progress ((double) n / pictures->len, picture->name, data);
      if (item->kind != SAC_ITEM_STILL && opened != picture->item)
        {
          g_clear_object (&media);
          media = sac_media_open (item->path, cancellable, &failed);
          opened = picture->item;
        }
      if ((item->kind == SAC_ITEM_STILL || media) && write_picture (export, media, picture, n, cancellable, failed ? NULL : &failed))
        {
          export->n_written++;
          continue;
        }
      if (g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_NO_SPACE) || g_error_matches (failed, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return FALSE;
        }
      if (export->told)
        g_ptr_array_add (export->told, g_strdup_printf ("%s: %s", picture->name, failed ? failed->message : _("cannot be read")));
      g_ptr_array_add (lost, export->stills->items->pdata[n]);
    }
  if (pictures->len > 0 && export->n_written == 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("None of the pictures could be read"));
      return FALSE;
    }
  for (guint l = 0; l < lost->len; l++)         /* no boxes without their picture */
    g_ptr_array_remove (export->stills->items, lost->pdata[l]);
  return TRUE;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static GPtrArray *
items_of (SacProject *self, const SacId *ids, guint n, GError **error)
{
  g_autoptr (GPtrArray) items = n ? g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free) : sac_project_list_items (self, error);

  for (guint i = 0; i < n; i++)
    {
      SacItem *item = sac_project_get_item (self, ids[i], error);

      if (!item)
        return NULL;
      g_ptr_array_add (items, item);
    }
  return g_steal_pointer (&items);
}

static gboolean
put_table (const Export *export, GError **error)
{
  g_autofree char *path = g_build_filename (export->folder, "frames.csv", NULL);

  return g_file_set_contents (path, export->table->str, (gssize) export->table->len, error);
}

static gboolean
take_place (const char *part, const char *full, GError **error)
{
  int number;

  if (g_rename (part, full) == 0)       /* an empty folder gives way */
    return TRUE;
  number = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder “%s”: %s"), full, g_strerror (number));
  return FALSE;
}

gboolean
sac_project_export_pictures (SacProject *self, const SacId *ids, guint n_ids, SacAnnotations *annotations, const SacLabelFormat *format,
                             const SacPictureSpec *spec, const char *folder, guint *n_pictures, GPtrArray *told, SacProgressFunc progress,
                             gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (folder, NULL), *part = g_strconcat (full, ".XXXXXX", NULL);
  g_autoptr (GPtrArray) items = items_of (self, ids, n_ids, error);
  g_autoptr (SacAnnotations) stills = sac_annotations_new ();
  g_autoptr (GArray) pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
  g_autoptr (GString) table = g_string_new (SAC_FRAMES_HEAD);
  Export export = { items, annotations, stills, format, spec, part, told, table, 0 };
  gboolean good;

  g_return_val_if_fail (sac_label_format_has_pictures (format), FALSE);
  g_return_val_if_fail (!items || items->len == annotations->items->len, FALSE);
  g_array_set_clear_func (pictures, picture_clear);
  if (!items || !_sac_format_may_fill (full, error))
    return FALSE;
  plan_pictures (annotations, spec, (format->holds & SAC_HOLDS_UNLABELLED) != 0, stills, pictures);
  if (!g_mkdtemp_full (part, 0755))
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder “%s”: %s"), full, g_strerror (number));
      return FALSE;
    }
  sac_media_init ();
  good = write_pictures (&export, pictures, progress, data, cancellable, error) && _sac_format_write (stills, format, part, error)
         && put_table (&export, error) && take_place (part, full, error);
  if (!good)
    remove_tree (part);
  if (good && n_pictures)
    *n_pictures = export.n_written;
  return good;
}
