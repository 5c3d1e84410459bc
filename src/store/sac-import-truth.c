/* truth.json of rendered clips: vocabulary, labels, review, split, groups and boxes, all known by construction.
 * {"version":1, "synthetic":true, "labels":[…], "clips":[{"file":…, "split":"train|validation|test", "group":…, "labels":[…],
 *   "segments":[{"label":…, "first":frame, "last":frame after the end}], "objects":[{"label":…, "boxes":[[frame,x,y,w,h],…]}]}]} */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "json-private.h"
#include "sac-store-private.h"

#define MAX_FILE (256 * 1024 * 1024)

struct _SacTruth {
  JsonParser *parser;
  JsonObject *root;             /* of the parser */
  char *dir, *name;
};

void
_sac_truth_free (SacTruth *truth)
{
  if (!truth)
    return;
  g_clear_object (&truth->parser);
  g_free (truth->dir);
  g_free (truth->name);
  g_free (truth);
}

SacTruth *
_sac_truth_load (const char *path, GError **error)
{
  g_autoptr (SacTruth) truth = g_new0 (SacTruth, 1);
  g_autoptr (GBytes) bytes = sac_file_read (path, MAX_FILE, error);
  g_autoptr (GError) failed = NULL;
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  const char *data;
  gsize size;
  double version;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  truth->parser = json_parser_new ();
  truth->dir = g_path_get_dirname (full);
  truth->name = g_path_get_basename (full);
  if (!_sac_json_is_shallow (data, size) || !json_parser_load_from_data (truth->parser, data, size, &failed)
      || !(truth->root = object_of (json_parser_get_root (truth->parser))) || !array_member (truth->root, "clips"))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("“%s” is not a list of clips with their truth (%s)"), path,
                   failed ? failed->message : _("wrong shape"));
      return NULL;
    }
  version = number_of (json_object_get_member (truth->root, "version"));
  if (version != 1)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_VERSION, _("“%s” is of version %g; this program reads version 1"),
                   path, version);
      return NULL;
    }
  return g_steal_pointer (&truth);
}

/* ---- applying. */
typedef struct {
  SacProject *project;
  GHashTable *labels;           /* name → SacId */
  SacId layer;
  gboolean synthetic;
} Apply;

static SacId
label_id (Apply *apply, const char *name, GError **error)
{
  SacId *known = g_hash_table_lookup (apply->labels, name), id;

  if (known)
    return *known;
  id = _sac_ensure_label (apply->project, name, error);
  if (id)
    g_hash_table_insert (apply->labels, g_strdup (name), g_memdup2 (&id, sizeof id));
  return id;
}

static int
by_frame (gconstpointer a, gconstpointer b)
{
  guint x = ((const SacBox *) a)->frame, y = ((const SacBox *) b)->frame;

  return (x > y) - (x < y);
}

/* An object whose list ends before the clip does is gone from there on. */
static void
end_track (GArray *track, gint64 n_frames)
{
  SacBox last;

  if (!track->len)
    return;
  last = g_array_index (track, SacBox, track->len - 1);
  if (++last.frame < n_frames)
    {
      last.outside = TRUE;
      g_array_append_val (track, last);
    }
}

static gboolean
apply_objects (Apply *apply, SacId item, JsonArray *objects, GError **error)
{
  gint64 n_there = 0, n_frames = 0;

  if (_sac_lookup (apply->project, &n_there, error, "SELECT count(*) FROM tracks WHERE item = ? AND layer = ?", "ii", item,
                   apply->layer) < 0)
    return FALSE;
  if (_sac_lookup (apply->project, &n_frames, error, "SELECT m.n_frames FROM items i JOIN media m ON m.id = i.media WHERE i.id = ?",
                   "i", item) < 0)
    return FALSE;
  for (guint o = 0; o < length_of (objects) && n_there == 0; o++)
    {
      JsonObject *object = object_of (json_array_get_element (objects, o));
      JsonArray *boxes = array_member (object, "boxes");
      const char *name = text_member (object, "label");
      g_autoptr (GArray) track = g_array_new (FALSE, TRUE, sizeof (SacBox));
      g_autoptr (GHashTable) frames = g_hash_table_new (NULL, NULL);
      SacId label = name ? label_id (apply, name, error) : 0;

      if (name && !label)
        return FALSE;
      for (guint b = 0; b < length_of (boxes); b++)
        {
          JsonNode *node = json_array_get_element (boxes, b);
          JsonArray *numbers = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
          SacBox box = { .keyframe = TRUE };
          double v[5];

          if (length_of (numbers) < 5)
            continue;
          for (guint k = 0; k < 5; k++)
            v[k] = number_of (json_array_get_element (numbers, k));
          /* NaN fails every comparison. */
          if (!(v[0] >= 0 && v[0] < 1e8 && fabs (v[1]) < 1e6 && fabs (v[2]) < 1e6 && v[3] >= 0 && v[3] < 1e6 && v[4] >= 0 && v[4] < 1e6))
            continue;
          box.frame = v[0], box.x = v[1], box.y = v[2], box.width = v[3], box.height = v[4];
          if (g_hash_table_add (frames, GUINT_TO_POINTER (box.frame)))
            g_array_append_val (track, box);
        }
      g_array_sort (track, by_frame);
      end_track (track, n_frames);
      if (track->len && !_sac_insert_track (apply->project, apply->layer, item, label, (SacBox *) track->data, track->len, error))
        return FALSE;
    }
  return TRUE;
}

/* Frame numbers become times by the mean rate: rendered clips have no other. */
static gboolean
apply_segments (Apply *apply, SacId item, JsonArray *segments, GError **error)
{
  gint64 n_there = 0, frame_ns = 0;

  if (!length_of (segments))
    return TRUE;
  if (_sac_lookup (apply->project, &n_there, error, "SELECT count(*) FROM segments WHERE item = ? AND layer = ?", "ii", item,
                   apply->layer) < 0
      || _sac_lookup (apply->project, &frame_ns, error,
                      "SELECT m.duration_ns / max(m.n_frames, 1) FROM items i JOIN media m ON m.id = i.media WHERE i.id = ?",
                      "i", item) < 0)
    return FALSE;
  for (guint s = 0; s < length_of (segments) && n_there == 0; s++)
    {
      JsonObject *segment = object_of (json_array_get_element (segments, s));
      const char *name = segment ? text_member (segment, "label") : NULL;
      double first = number_member (segment, "first");
      double last = number_member (segment, "last");
      SacId label = name ? label_id (apply, name, error) : 0;

      if (name && !label)
        return FALSE;
      if (!name || !(first >= 0 && last >= first && last < 1e8))        /* NaN fails every comparison */
        continue;
      if (!_sac_run (apply->project, error, "INSERT INTO segments (layer, item, label, in_ns, out_ns) VALUES (?, ?, ?, ?, ?)", "iiiii",
                     apply->layer, item, label, (gint64) first * frame_ns, (gint64) last * frame_ns))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_clip (Apply *apply, SacFound *found, JsonObject *clip, GError **error)
{
  static const char *const sides[] = { "", "train", "validation", "test" };
  JsonArray *labels = array_member (clip, "labels");
  const char *group = text_member (clip, "group"), *split = text_member (clip, "split");
  SacProject *self = apply->project;
  SacId item = found->item;

  for (guint l = 0; l < length_of (labels); l++)
    {
      const char *name = text_of (json_array_get_element (labels, l));
      SacId label = name ? label_id (apply, name, error) : 0;

      if (name && (!label || !_sac_imply_label (self, item, label, SAC_LABEL_YES, error)))
        return FALSE;
    }
  /* What an earlier import or a person settled stays. */
  if (found->is_new && labels && !_sac_run (self, error, "UPDATE items SET reviewed = 1 WHERE id = ?", "i", item))
    return FALSE;
  if (apply->synthetic && !_sac_run (self, error, "UPDATE items SET synthetic = 1 WHERE id = ? AND synthetic = 0", "i", item))
    return FALSE;
  if (group && !_sac_run (self, error, "UPDATE items SET grp = ?2 WHERE id = ?1 AND grp IS NULL", "is", item, group))
    return FALSE;
  for (int side = SAC_SPLIT_TRAIN; split && side <= SAC_SPLIT_TEST; side++)
    if (strcmp (split, sides[side]) == 0
        && !_sac_run (self, error, "INSERT INTO splits (item, side) VALUES (?, ?) ON CONFLICT (item) DO NOTHING", "in", item, side))
      return FALSE;
  return apply_segments (apply, item, array_member (clip, "segments"), error)
         && apply_objects (apply, item, array_member (clip, "objects"), error);
}

gboolean
_sac_truth_apply (SacProject *self, SacTruth *truth, GPtrArray *found, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) by_path = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonArray *labels = array_member (truth->root, "labels"), *clips = array_member (truth->root, "clips");
  JsonNode *synthetic = json_object_get_member (truth->root, "synthetic");
  Apply apply = { self, ids };

  apply.synthetic = synthetic && JSON_NODE_HOLDS_VALUE (synthetic) && json_node_get_value_type (synthetic) == G_TYPE_BOOLEAN
                    && json_node_get_boolean (synthetic);
  apply.layer = _sac_ensure_layer (self, "import", truth->name, error);
  if (!apply.layer)
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    g_hash_table_insert (by_path, ((SacFound *) found->pdata[i])->path, found->pdata[i]);
  for (guint l = 0; l < length_of (labels); l++)
    {
      const char *name = text_of (json_array_get_element (labels, l));

      if (name && !label_id (&apply, name, error))
        return FALSE;
    }
  for (guint c = 0; c < length_of (clips); c++)
    {
      JsonObject *clip = object_of (json_array_get_element (clips, c));
      const char *file = text_member (clip, "file");
      g_autofree char *path = file ? g_canonicalize_filename (file, truth->dir) : NULL;
      SacFound *here = path ? g_hash_table_lookup (by_path, path) : NULL;

      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      if (file && !here)
        g_ptr_array_add (problems, g_strdup_printf (_("%s: named in “%s”, but not there"), file, truth->name));
      else if (here && here->item && !apply_clip (&apply, here, clip, error))
        return FALSE;
    }
  return TRUE;
}
