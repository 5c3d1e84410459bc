/* What a label file says becomes what the project says: media are met by name, or found near the file and imported. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_TOLD 1000

typedef struct {
  SacProject *project;
  SacAnnotations *annotations;
  SacLabelImport *result;
  GPtrArray *told;
  SacId layer;
  SacId *labels;                /* by index, 0 = not yet */
  GHashTable *by_name;          /* names of many kinds → SacItem */
  GPtrArray *items;
} Apply;

static void
tell (Apply *apply, char *words)
{
  if (apply->told && apply->told->len < MAX_TOLD)
    g_ptr_array_add (apply->told, words);
  else
    g_free (words);
}

/* ---- meeting. */
static void
know (Apply *apply, char *name, SacItem *item)
{
  gpointer there;

  /* A name that two clips have is nobody's. */
  if (g_hash_table_lookup_extended (apply->by_name, name, NULL, &there) && there != item)
    item = NULL;
  g_hash_table_insert (apply->by_name, name, item);
}

static gboolean
know_items (Apply *apply, GError **error)
{
  if (apply->by_name)
    g_hash_table_unref (apply->by_name);
  g_clear_pointer (&apply->items, g_ptr_array_unref);
  apply->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  apply->items = sac_project_list_items (apply->project, error);
  for (guint i = 0; apply->items && i < apply->items->len; i++)
    {
      SacItem *item = apply->items->pdata[i];
      g_autofree char *base = g_path_get_basename (item->path), *stem = g_strdup (base), *last = g_path_get_basename (item->name);
      const char *suffix = strrchr (base, '.') ? strrchr (base, '.') : "";
      char *dot = strrchr (stem, '.');

      if (dot && dot != stem)
        *dot = 0;
      know (apply, g_strdup (item->path), item);
      know (apply, g_strconcat (item->name, suffix, NULL), item);
      know (apply, g_strdup (item->name), item);
      know (apply, g_strdup (base), item);
      if (strcmp (stem, base) != 0)
        know (apply, g_strdup (stem), item);
      if (strcmp (last, stem) != 0)
        know (apply, g_strdup (last), item);
    }
  return apply->items != NULL;
}

static SacItem *
meet (Apply *apply, const SacNoted *noted)
{
  g_autofree char *plain = g_strdelimit (g_strdup (noted->name), "\\", '/'), *base = g_path_get_basename (plain), *stem = g_strdup (base);
  SacItem *item = g_hash_table_lookup (apply->by_name, plain);
  char *dot = strrchr (stem, '.');

  if (dot && dot != stem)
    *dot = 0;
  if (!item)
    item = g_hash_table_lookup (apply->by_name, base);
  return item ? item : g_hash_table_lookup (apply->by_name, stem);
}

/* ---- media near the file. */
static void
look_in (const char *folder, int depth, GHashTable *wanted, GHashTable *found)
{
  g_autoptr (GDir) dir = depth < 6 ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *stem = g_strdup (name);
      char *dot = strrchr (stem, '.');

      if (dot && dot != stem)
        *dot = 0;
      if (name[0] != '.' && g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        look_in (path, depth + 1, wanted, found);
      else if ((sac_media_is_video_name (name) || sac_media_is_image_name (name))
               && (g_hash_table_contains (wanted, name) || g_hash_table_contains (wanted, stem)))
        g_hash_table_add (found, g_steal_pointer (&path));
    }
}

static gboolean
import_missing (Apply *apply, const char *path, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SacImportResult) result = NULL;
  g_autofree char *full = g_canonicalize_filename (path, NULL), *folder = NULL, *above = NULL, *up = NULL;
  SacImportSpec spec = { .only = found };

  for (guint i = 0; i < apply->annotations->items->len; i++)
    {
      SacNoted *noted = apply->annotations->items->pdata[i];
      g_autofree char *plain = g_strdelimit (g_strdup (noted->name), "\\", '/');

      if (!meet (apply, noted))
        g_hash_table_add (wanted, g_path_get_basename (plain));
    }
  if (g_hash_table_size (wanted) == 0)
    return TRUE;
  folder = g_file_test (full, G_FILE_TEST_IS_DIR) ? g_strdup (full) : g_path_get_dirname (full);
  look_in (folder, 0, wanted, found);
  above = g_path_get_basename (folder);
  if (g_hash_table_size (found) == 0
      && (g_ascii_strncasecmp (above, "annotation", 10) == 0 || strcmp (above, "labels") == 0 || strcmp (above, "gt") == 0))
    {
      up = g_path_get_dirname (folder);         /* annotations/x.json beside images/ */
      look_in (up, 0, wanted, found);
    }
  if (g_hash_table_size (found) == 0)
    return TRUE;
  result = sac_project_import (apply->project, up ? up : folder, &spec, progress, data, cancellable, error);
  for (guint i = 0; result && i < result->problems->len; i++)
    tell (apply, g_strdup (result->problems->pdata[i]));
  return result && know_items (apply, error);
}

/* ---- saying. */
static SacId
label_id (Apply *apply, guint index, GError **error)
{
  if (!apply->labels[index])
    apply->labels[index] = _sac_ensure_label (apply->project, apply->annotations->labels->pdata[index], error);
  return apply->labels[index];
}

static gboolean
say_attributes (Apply *apply, SacAttributeKind kind, SacId owner, GPtrArray *attributes, GError **error)
{
  for (guint a = 0; a < attributes->len; a++)
    {
      SacAttribute *attribute = attributes->pdata[a];

      if (!_sac_put_attribute (apply->project, kind, owner, attribute->frame, attribute->name, attribute->value, error))
        return FALSE;
    }
  return TRUE;
}

/* To the media's own size and length: label files of scaled copies are common. */
static GArray *
fit_boxes (Apply *apply, const SacNoted *noted, const SacItem *item, const SacNotedTrack *track)
{
  GArray *boxes = g_array_copy (track->boxes);
  double sx = noted->width > 0 && item->width > 0 ? (double) item->width / noted->width : 1;
  double sy = noted->height > 0 && item->height > 0 ? (double) item->height / noted->height : 1;
  guint n = boxes->len;

  while (n > 0 && item->n_frames > 0 && g_array_index (boxes, SacBox, n - 1).frame >= item->n_frames)
    n--;
  if (n < boxes->len && !g_array_index (boxes, SacBox, n).outside)
    tell (apply, g_strdup_printf (_("%s: boxes from frame %u on, but the video has %u frames"), noted->name,
                                  g_array_index (boxes, SacBox, n).frame, item->n_frames));
  g_array_set_size (boxes, n);
  for (guint b = 0; b < n && (sx != 1 || sy != 1); b++)
    {
      SacBox *box = &g_array_index (boxes, SacBox, b);

      box->x *= sx, box->width *= sx, box->y *= sy, box->height *= sy;
    }
  return boxes;
}

static gboolean
say_tracks (Apply *apply, const SacNoted *noted, const SacItem *item, GError **error)
{
  gint64 there = 0;

  if (_sac_lookup (apply->project, &there, error, "SELECT count(*) FROM tracks WHERE item = ? AND layer = ?", "ii", item->id,
                   apply->layer) < 0)
    return FALSE;
  for (guint t = 0; t < noted->tracks->len && there == 0; t++)
    {
      const SacNotedTrack *track = noted->tracks->pdata[t];
      g_autoptr (GArray) boxes = fit_boxes (apply, noted, item, track);
      SacId label = track->label == SAC_NO_LABEL ? 0 : label_id (apply, track->label, error), id;

      if (track->label != SAC_NO_LABEL && !label)
        return FALSE;
      if (boxes->len == 0)
        continue;
      id = _sac_insert_track (apply->project, apply->layer, item->id, label, (SacBox *) (gpointer) boxes->data, boxes->len, error);
      if (!id || !say_attributes (apply, SAC_ATTRIBUTE_TRACK, id, track->attributes, error))
        return FALSE;
      apply->result->n_tracks++;
    }
  return TRUE;
}

static gboolean
say_item (Apply *apply, const SacNoted *noted, const SacItem *item, GError **error)
{
  gint64 there = 0;

  for (guint t = 0; t < noted->tags->len; t++)
    {
      SacNotedTag tag = g_array_index (noted->tags, SacNotedTag, t);
      SacId label = label_id (apply, tag.label, error);

      if (!label || !_sac_imply_label (apply->project, item->id, label, tag.state, error))
        return FALSE;
      apply->result->n_tags++;
    }
  if (_sac_lookup (apply->project, &there, error, "SELECT count(*) FROM segments WHERE item = ? AND layer = ?", "ii", item->id,
                   apply->layer) < 0)
    return FALSE;
  for (guint s = 0; s < noted->segments->len && there == 0; s++)
    {
      const SacNotedSegment *segment = noted->segments->pdata[s];
      SacId label = label_id (apply, segment->label, error);

      if (!label
          || !_sac_run (apply->project, error, "INSERT INTO segments (layer, item, label, in_ns, out_ns) VALUES (?, ?, ?, ?, ?)", "iiiii",
                        apply->layer, item->id, label, MAX (segment->in_ns, 0), MAX (segment->out_ns, MAX (segment->in_ns, 0)))
          || !say_attributes (apply, SAC_ATTRIBUTE_SEGMENT, sqlite3_last_insert_rowid (apply->project->db), segment->attributes, error))
        return FALSE;
      apply->result->n_segments++;
    }
  if (noted->split && item->split == SAC_SPLIT_NONE
      && !_sac_run (apply->project, error, "INSERT OR IGNORE INTO splits (item, side) VALUES (?, ?)", "in", item->id, noted->split))
    return FALSE;
  if (noted->reviewed && !_sac_run (apply->project, error, "UPDATE items SET reviewed = 1 WHERE id = ? AND reviewed = 0", "i", item->id))
    return FALSE;
  apply->result->n_clips++;
  return say_tracks (apply, noted, item, error);
}

/* All labels the file lists, and what they stand below, where the project does not say otherwise. */
static gboolean
say_labels (Apply *apply, GError **error)
{
  for (guint l = 0; l < apply->annotations->labels->len; l++)
    {
      const char *above = apply->annotations->parents->pdata[l];
      SacId label = label_id (apply, l, error), parent = label && above ? _sac_ensure_label (apply->project, above, error) : 0;

      if (!label || (above && !parent))
        return FALSE;
      if (parent && parent != label
          && !_sac_run (apply->project, error, "UPDATE labels SET parent = ?2 WHERE id = ?1 AND parent IS NULL AND NOT EXISTS"
                        " (SELECT 1 FROM labels p WHERE p.id = ?2 AND p.parent IS NOT NULL)", "ii", label, parent))
        return FALSE;
    }
  return TRUE;
}

static gboolean
say_all (Apply *apply, GCancellable *cancellable, GError **error)
{
  if (!say_labels (apply, error))
    return FALSE;
  for (guint i = 0; i < apply->annotations->items->len; i++)
    {
      SacNoted *noted = apply->annotations->items->pdata[i];
      SacItem *item = meet (apply, noted);

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("The import was cancelled; the project is as it was"));
          return FALSE;
        }
      if (!item)
        {
          apply->result->n_missing++;
          tell (apply, g_strdup_printf (_("%s: the project has no such clip"), noted->name));
        }
      else if (!say_item (apply, noted, item, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sac_project_apply_annotations (SacProject *self, SacAnnotations *annotations, const char *layer, const char *path, SacLabelImport *result,
                               GPtrArray *told, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  SacLabelImport own = { 0 };
  Apply apply = { .project = self, .annotations = annotations, .result = result ? result : &own, .told = told };
  gboolean good;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  *apply.result = own;
  for (guint i = 0; i < annotations->problems->len; i++)
    tell (&apply, g_strdup (annotations->problems->pdata[i]));
  apply.labels = g_new0 (SacId, annotations->labels->len + 1);
  good = know_items (&apply, error) && (!path || import_missing (&apply, path, progress, data, cancellable, error))
         && _sac_begin (self, error);
  if (good)
    {
      apply.layer = _sac_ensure_layer (self, "import", layer, error);
      good = apply.layer && say_all (&apply, cancellable, error);
      if (good)
        good = _sac_commit (self, g_strdup_printf (_("Import labels from “%s”"), layer), error);
      else
        _sac_rollback (self);
    }
  g_free (apply.labels);
  g_clear_pointer (&apply.by_name, g_hash_table_unref);
  g_clear_pointer (&apply.items, g_ptr_array_unref);
  return good;
}
