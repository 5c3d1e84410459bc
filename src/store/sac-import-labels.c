/* What a label file says becomes what the project says: media are met by name, or found near the file and imported. */
#include <glib/gi18n.h>
#include <string.h>

#include "format-private.h"
#include "sac-store-private.h"

#define MAX_TOLD 1000
#define MAX_LOOKED_AT 200000       /* files near a label file */

typedef struct {
  SacProject *project;
  SacAnnotations *annotations;
  const SacLabelImportSpec *spec;
  SacLabelImport *result;
  GPtrArray *told;
  SacId layer, tag_layer;       /* of segments and tracks; of tags */
  SacId *labels;                /* by index, 0 = not yet */
  GHashTable *by_name;          /* names of many kinds → SacItem */
  GPtrArray *items;
  GHashTable *begun;            /* SacItem whose marks are of this import: a second file may add to them */
  guint n_kept;                 /* clips of which the layer spoke before */
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

static guint
frames_of (const char *name, gpointer data)
{
  const SacItem *item = meet (data, &(SacNoted) { .name = (char *) name });

  return item ? MAX (item->n_frames, 1) : 0;
}

/* ---- media near the files. */
typedef struct {
  GHashTable *wanted;           /* names without folders, of clips that the project lacks */
  GHashTable *found;            /* paths */
  GHashTable *names;            /* of what was found, with and without suffix */
  GHashTable *folders;          /* that were looked into */
  char *root;                   /* what is found lies below it */
  guint n_looked_at;
  GCancellable *cancellable;
} Search;

static void
search_clear (Search *search)
{
  g_clear_pointer (&search->wanted, g_hash_table_unref);
  g_clear_pointer (&search->found, g_hash_table_unref);
  g_clear_pointer (&search->names, g_hash_table_unref);
  g_clear_pointer (&search->folders, g_hash_table_unref);
  g_clear_pointer (&search->root, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* Returns how many are new. */
static guint
look_in (Search *search, const char *folder, int depth)
{
  g_autoptr (GDir) dir = depth < 6 && g_hash_table_add (search->folders, g_strdup (folder)) ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)) && search->n_looked_at++ < MAX_LOOKED_AT
         && !g_cancellable_is_cancelled (search->cancellable))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *stem = g_strdup (name);
      char *dot = strrchr (stem, '.');

      if (dot && dot != stem)
        *dot = 0;
      if (name[0] != '.' && g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        n += look_in (search, path, depth + 1);
      else if ((sac_media_is_video_name (name) || sac_media_is_image_name (name))
               && (g_hash_table_contains (search->wanted, name) || g_hash_table_contains (search->wanted, stem)))
        {
          g_hash_table_add (search->names, g_strdup (name));
          g_hash_table_add (search->names, g_steal_pointer (&stem));
          n += g_hash_table_add (search->found, g_steal_pointer (&path));
        }
    }
  return n;
}

static char *
dup_base (const SacNoted *noted)
{
  g_autofree char *plain = g_strdelimit (g_strdup (noted->name), "\\", '/');

  return g_path_get_basename (plain);
}

/* Makes @search->root the folder that holds it and @folder. */
static void
widen (Search *search, const char *folder)
{
  if (!search->root)
    search->root = g_strdup (folder);
  while (strcmp (search->root, "/") != 0
         && !(g_str_has_prefix (folder, search->root) && (folder[strlen (search->root)] == '/' || !folder[strlen (search->root)])))
    {
      char *up = g_path_get_dirname (search->root);

      g_free (search->root);
      search->root = up;
    }
}

/* Media that the project lacks, near the label files. */
static void
search_near (Apply *apply, Search *search, GCancellable *cancellable)
{
  const char *const *near = apply->spec->near;

  *search = (Search) { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                       g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                       g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                       g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), NULL, 0, cancellable };
  for (guint i = 0; i < apply->annotations->items->len; i++)
    if (!meet (apply, apply->annotations->items->pdata[i]))
      g_hash_table_add (search->wanted, dup_base (apply->annotations->items->pdata[i]));
  for (guint i = 0; near && near[i] && g_hash_table_size (search->wanted); i++)
    {
      g_autofree char *full = g_canonicalize_filename (near[i], NULL), *above = NULL, *up = NULL;
      g_autofree char *folder = g_file_test (full, G_FILE_TEST_IS_DIR) ? g_strdup (full) : g_path_get_dirname (full);

      if (look_in (search, folder, 0))
        widen (search, folder);
      above = g_path_get_basename (folder);
      if (g_ascii_strncasecmp (above, "annotation", 10) != 0 && strcmp (above, "labels") != 0 && strcmp (above, "gt") != 0)
        continue;
      up = g_path_get_dirname (folder);         /* annotations/x.json beside images/ */
      if (look_in (search, up, 0))
        widen (search, up);
    }
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

/* Where the file tells when its frames are shown, that frame of the project's own video which is shown then. */
static void
fit_times (const SacNoted *noted, const SacItem *item, GArray *boxes)
{
  g_autoptr (SacMedia) media = noted->times && item->kind != SAC_ITEM_STILL && item->path ? sac_media_open (item->path, NULL, NULL) : NULL;
  guint first = media && item->kind == SAC_ITEM_CLIP ? sac_media_get_frame_at (media, item->in_ns) : 0, n = 0;
  gint64 start = media ? sac_media_get_time_ns (media, first) : 0;

  for (guint b = 0; media && b < boxes->len; b++)
    {
      SacBox box = g_array_index (boxes, SacBox, b);

      if (box.frame < noted->times->len)
        {
          guint at = sac_media_get_frame_at (media, start + g_array_index (noted->times, gint64, box.frame));

          box.frame = MAX (at, first) - first;
        }
      else if (n && box.frame <= g_array_index (boxes, SacBox, n - 1).frame)
        continue;
      n -= n > 0 && g_array_index (boxes, SacBox, n - 1).frame >= box.frame;
      g_array_index (boxes, SacBox, n++) = box;
    }
  if (media)
    g_array_set_size (boxes, n);
}

/* To the media's own times, size and length: label files of scaled copies are common. */
static GArray *
fit_boxes (Apply *apply, const SacNoted *noted, const SacItem *item, const SacNotedTrack *track)
{
  GArray *boxes = g_array_copy (track->boxes);
  double sx = noted->width > 0 && item->width > 0 ? (double) item->width / noted->width : 1;
  double sy = noted->height > 0 && item->height > 0 ? (double) item->height / noted->height : 1;
  guint n;

  fit_times (noted, item, boxes);
  n = boxes->len;
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
say_tracks (Apply *apply, const SacNoted *noted, SacItem *item, GError **error)
{
  gint64 there = 0;

  if (!g_hash_table_contains (apply->begun, item)
      && _sac_lookup (apply->project, &there, error, "SELECT count(*) FROM tracks WHERE item = ? AND layer = ?", "ii", item->id,
                      apply->layer) < 0)
    return FALSE;
  apply->n_kept += there && noted->tracks->len;
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

/* What is said already stays. */
static gboolean
say_tag (Apply *apply, const SacItem *item, SacId label, int state, GError **error)
{
  return label && _sac_run (apply->project, error, "INSERT INTO clip_labels (item, label, layer, state) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT (item, label, layer) DO NOTHING", "iiin", item->id, label, apply->tag_layer, state);
}

static gboolean
say_item (Apply *apply, const SacNoted *noted, SacItem *item, GError **error)
{
  gint64 there = 0;

  for (guint t = 0; t < noted->tags->len; t++)
    {
      SacNotedTag tag = g_array_index (noted->tags, SacNotedTag, t);
      SacId label = label_id (apply, tag.label, error);

      if (!label || !say_tag (apply, item, label, tag.state, error))
        return FALSE;
      apply->result->n_tags++;
    }
  /* In the own layer the clip's flag says so of all others. */
  for (guint l = 0; noted->reviewed && apply->tag_layer != SAC_STORE_PERSON && l < apply->annotations->labels->len; l++)
    if (!say_tag (apply, item, label_id (apply, l, error), SAC_LABEL_NO, error))
      return FALSE;
  if (!g_hash_table_contains (apply->begun, item)
      && _sac_lookup (apply->project, &there, error, "SELECT count(*) FROM segments WHERE item = ? AND layer = ?", "ii", item->id,
                      apply->layer) < 0)
    return FALSE;
  apply->n_kept += there && noted->segments->len;
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
  if (noted->split && item->split == SAC_SPLIT_NONE && apply->tag_layer == SAC_STORE_PERSON
      && !_sac_run (apply->project, error, "INSERT OR IGNORE INTO splits (item, side) VALUES (?, ?)", "in", item->id, noted->split))
    return FALSE;
  if (noted->reviewed && apply->tag_layer == SAC_STORE_PERSON
      && !_sac_run (apply->project, error, "UPDATE items SET reviewed = 1 WHERE id = ? AND reviewed = 0", "i", item->id))
    return FALSE;
  apply->result->n_clips++;
  if (!say_tracks (apply, noted, item, error))
    return FALSE;
  g_hash_table_add (apply->begun, item);
  return TRUE;
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
say_all (Apply *apply, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  guint n = apply->annotations->items->len;

  if (!say_labels (apply, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      SacNoted *noted = apply->annotations->items->pdata[i];
      SacItem *item = meet (apply, noted);

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("The import was cancelled; the project is as it was"));
          return FALSE;
        }
      if (progress && i % 64 == 0)
        progress (0.5 + 0.5 * i / n, noted->name, data);
      if (!item)
        {
          apply->result->n_missing++;
          tell (apply, g_strdup_printf (_("%s: the project has no such clip"), noted->name));
        }
      else if (!say_item (apply, noted, item, error))
        return FALSE;
    }
  if (apply->n_kept)
    tell (apply, g_strdup_printf (ngettext ("%u clip has segments or boxes in this layer already; they stay as they are",
                                            "%u clips have segments or boxes in this layer already; they stay as they are", apply->n_kept),
                                  apply->n_kept));
  return TRUE;
}

typedef struct { SacProgressFunc func; gpointer data; } Half;

/* Reading the media is the first half. */
static void
tell_half (double fraction, const char *what, gpointer data)
{
  const Half *half = data;

  if (half->func)
    half->func (fraction < 0 ? fraction : fraction / 2, what, half->data);
}

/* A file whose content the project knows under another name. */
static void
know_twins (Apply *apply, GPtrArray *all)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < apply->items->len; i++)
    g_hash_table_insert (by_id, &((SacItem *) apply->items->pdata[i])->id, apply->items->pdata[i]);
  for (guint i = 0; i < all->len; i++)
    {
      const SacFound *found = all->pdata[i];
      SacItem *item = found->item ? g_hash_table_lookup (by_id, &found->item) : NULL;
      char *base = g_path_get_basename (found->path);

      if (item && !g_hash_table_contains (apply->by_name, base))
        g_hash_table_insert (apply->by_name, base, item);
      else
        g_free (base);
    }
}

/* Adds the media that lie near the files, inside the command that then says what the files say. */
static gboolean
add_media (Apply *apply, SacImportFiles *files, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacImportResult) result = g_new0 (SacImportResult, 1);
  const SacImportSpec spec = { 0 };

  result->problems = g_ptr_array_new_with_free_func (g_free);
  if (!_sac_import_write (apply->project, files, &spec, result, cancellable, error))
    return FALSE;
  for (guint i = 0; i < result->problems->len; i++)
    tell (apply, g_strdup (result->problems->pdata[i]));
  apply->result->n_added = result->n_added;
  if (!know_items (apply, error))
    return FALSE;
  know_twins (apply, _sac_import_files_get (files));
  return TRUE;
}

static gboolean
ensure_layer (Apply *apply, GError **error)
{
  const SacLabelImportSpec *spec = apply->spec;

  apply->layer = spec->to == SAC_LABELS_TO_OWN ? SAC_STORE_PERSON
                 : _sac_ensure_layer (apply->project, spec->to == SAC_LABELS_TO_PERSON ? "person" : "import", spec->layer, error);
  apply->tag_layer = spec->to == SAC_LABELS_TO_PERSON ? apply->layer : SAC_STORE_PERSON;
  return apply->layer != 0;
}

static void
apply_clear (Apply *apply)
{
  g_clear_pointer (&apply->labels, g_free);
  g_clear_pointer (&apply->by_name, g_hash_table_unref);
  g_clear_pointer (&apply->items, g_ptr_array_unref);
  g_clear_pointer (&apply->begun, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Apply, apply_clear)

gboolean
sac_project_apply_annotations (SacProject *self, SacAnnotations *annotations, const SacLabelImportSpec *spec, SacLabelImport *result,
                               GPtrArray *told, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  SacLabelImport own = { 0 };
  g_auto (Apply) apply = { .project = self, .annotations = annotations, .spec = spec, .result = result ? result : &own, .told = told };
  g_auto (Search) search = { 0 };
  g_autoptr (SacImportFiles) files = NULL;
  Half half = { progress, data };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  *apply.result = own;
  for (guint i = 0; i < annotations->problems->len; i++)
    tell (&apply, g_strdup (annotations->problems->pdata[i]));
  apply.begun = g_hash_table_new (NULL, NULL);
  apply.labels = g_new0 (SacId, annotations->labels->len + 1);
  if (!know_items (&apply, error))
    return FALSE;
  _sac_format_return_frames (annotations, frames_of, &apply);
  search_near (&apply, &search, cancellable);
  if (search.root)
    {
      const SacImportSpec only = { .only = search.found };

      files = _sac_import_probe (self, search.root, &only, tell_half, &half, cancellable, error);
      if (!files)
        return FALSE;
    }
  if (!_sac_begin (self, error))
    return FALSE;
  if ((files && !add_media (&apply, files, cancellable, error)) || !ensure_layer (&apply, error)
      || !say_all (&apply, progress, data, cancellable, error))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Import labels from “%s”"), spec->layer), error);
}

/* ---- what would come. */
static void
count_noted (const SacNoted *noted, SacLabelPlan *plan)
{
  plan->n_tags += noted->tags->len;
  plan->n_segments += noted->segments->len;
  plan->n_tracks += noted->tracks->len;
  for (guint t = 0; t < noted->tracks->len; t++)
    plan->n_boxes += ((SacNotedTrack *) noted->tracks->pdata[t])->boxes->len;
}

static void
compare_facts (Apply *apply, const SacNoted *noted, const SacItem *item)
{
  if (noted->fps > 0 && item->fps > 0 && item->n_frames > 1 && (noted->fps > 1.01 * item->fps || noted->fps < 0.99 * item->fps))
    tell (apply, g_strdup_printf (_("%s: the file speaks of %.6g frames a second, the video has %.6g; boxes go by frame number"),
                                  noted->name, noted->fps, item->fps));
  if (noted->n_frames > 1 && item->n_frames > 0 && noted->n_frames > item->n_frames)
    tell (apply, g_strdup_printf (_("%s: the file speaks of %u frames, the video has %u"), noted->name, noted->n_frames, item->n_frames));
}

gboolean
sac_project_plan_annotations (SacProject *self, SacAnnotations *annotations, const SacLabelImportSpec *spec, SacLabelPlan *plan,
                              GPtrArray *told, GCancellable *cancellable, GError **error)
{
  g_auto (Apply) apply = { .project = self, .annotations = annotations, .spec = spec, .told = told };
  g_autoptr (GPtrArray) vocabulary = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (Search) search = { 0 };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  *plan = (SacLabelPlan) { .n_labels = annotations->labels->len };
  for (guint i = 0; i < annotations->problems->len; i++)
    tell (&apply, g_strdup (annotations->problems->pdata[i]));
  vocabulary = sac_project_list_vocabulary (self, error);
  if (!vocabulary || !know_items (&apply, error))
    return FALSE;
  _sac_format_return_frames (annotations, frames_of, &apply);
  for (guint l = 0; l < vocabulary->len; l++)
    g_hash_table_add (names, ((SacLabel *) vocabulary->pdata[l])->name);
  for (guint l = 0; l < annotations->labels->len; l++)
    plan->n_new_labels += !g_hash_table_contains (names, annotations->labels->pdata[l]);
  search_near (&apply, &search, cancellable);
  for (guint i = 0; i < annotations->items->len; i++)
    {
      const SacNoted *noted = annotations->items->pdata[i];
      const SacItem *item = meet (&apply, noted);
      g_autofree char *base = dup_base (noted);

      if (item)
        compare_facts (&apply, noted, item);
      if (item)
        plan->n_clips++;
      else if (g_hash_table_contains (search.names, base))
        plan->n_near++;
      else
        {
          plan->n_missing++;
          tell (&apply, g_strdup_printf (_("%s: the project has no such clip"), noted->name));
          continue;
        }
      count_noted (noted, plan);
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
