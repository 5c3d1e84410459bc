/* Datumaro JSON (items with annotations, label ids into a list) and Something-Something JSON (a list of clips, each with one
 * label). */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "format-private.h"
#include "json-private.h"

typedef struct {
  SacAnnotations *out;
  GPtrArray *labels;            /* char*, by label_id */
  GHashTable *tracks, *frames;
  GHashTable *lost;             /* type → how many */
} Reader;

static guint
label_of (Reader *reader, JsonObject *annotation)
{
  double id = number_member (annotation, "label_id");

  return id >= 0 && id < reader->labels->len ? sac_annotations_label (reader->out, reader->labels->pdata[(guint) id]) : SAC_NO_LABEL;
}

static void
read_attributes (SacNotedTrack *track, JsonObject *annotation, gint64 frame, SacBox *box)
{
  JsonObject *attributes = object_member (annotation, "attributes");
  double z = number_member (annotation, "z_order");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (z != 0 && !isnan (z) && !sac_noted_get_attribute (track->attributes, -1, "z_order"))
    {
      g_autofree char *text = _sac_format_dup_number (z);

      sac_noted_set_attribute (track->attributes, -1, "z_order", text);
    }
  if (!attributes)
    return;
  json_object_iter_init (&iter, attributes);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autofree char *text = _sac_json_dup_text (node);
      gboolean yes = strcmp (text, "true") == 0 || strcmp (text, "1") == 0;

      if (strcmp (name, "occluded") == 0)
        box->occluded = yes;
      else if (strcmp (name, "outside") == 0)
        box->outside = yes;
      else if (strcmp (name, "keyframe") == 0)
        box->keyframe = yes;
      else if (strcmp (name, "track_id") == 0)
        {
          if (!sac_noted_get_attribute (track->attributes, -1, name))
            sac_noted_set_attribute (track->attributes, -1, name, text);
        }
      else if (name[0])
        sac_noted_set_attribute (track->attributes, frame, name, text);
    }
}

static void
read_shape (Reader *reader, SacNoted *item, gint64 frame, JsonObject *annotation, const char *type)
{
  JsonArray *numbers = array_member (annotation, strcmp (type, "bbox") == 0 ? "bbox" : "points");
  JsonObject *attributes = object_member (annotation, "attributes");
  g_autofree char *number = attributes && json_object_has_member (attributes, "track_id")
                            ? _sac_json_dup_text (json_object_get_member (attributes, "track_id")) : NULL;
  g_autofree char *key = g_strdup_printf ("%p %s", (void *) item, number ? number : "");
  SacNotedTrack *track = frame >= 0 && number ? g_hash_table_lookup (reader->tracks, key) : NULL;
  SacBox box = { .frame = (guint) MAX (frame, 0), .keyframe = TRUE };
  guint n = length_of (numbers);

  if (n < 4 || n > 200000)
    {
      g_hash_table_insert (reader->lost, g_strdup (type),
                           GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (reader->lost, type)) + 1));
      return;
    }
  if (!track)
    {
      track = sac_noted_add_track (item, label_of (reader, annotation));
      if (frame >= 0 && number)
        g_hash_table_insert (reader->tracks, g_strdup (key), track);
    }
  if (strcmp (type, "bbox") == 0)
    {
      box.x = number_of (json_array_get_element (numbers, 0));
      box.y = number_of (json_array_get_element (numbers, 1));
      box.width = number_of (json_array_get_element (numbers, 2));
      box.height = number_of (json_array_get_element (numbers, 3));
    }
  else
    {
      g_autoptr (GString) points = g_string_new (NULL);

      for (guint i = 0; i < n; i++)
        {
          g_autofree char *text = _sac_format_dup_number (number_of (json_array_get_element (numbers, i)));

          g_string_append_printf (points, "%s%s", text, i % 2 == 0 ? "," : i + 1 < n ? ";" : "");
        }
      if (n % 2 || !_sac_format_bounds (points->str, &box))
        box.width = NAN;        /* settled away, and told */
      sac_noted_set_attribute (track->attributes, frame, type, points->str);
    }
  read_attributes (track, annotation, frame, &box);
  g_array_append_val (track->boxes, box);
}

/* What is said of a segment beyond its times. */
static void
read_words (SacNotedSegment *segment, JsonObject *attributes)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, attributes);
  while (json_object_iter_next (&iter, &name, &node))
    if (name[0] && strcmp (name, "start_ns") != 0 && strcmp (name, "end_ns") != 0 && strcmp (name, "state") != 0)
      {
        g_autofree char *text = _sac_json_dup_text (node);

        sac_noted_set_attribute (segment->attributes, -1, name, text);
      }
}

static void
read_annotation (Reader *reader, SacNoted *item, gint64 frame, JsonObject *annotation)
{
  const char *type = text_member (annotation, "type");
  JsonObject *attributes = object_member (annotation, "attributes");
  guint label = label_of (reader, annotation);

  if (!type)
    return;
  if (strcmp (type, "label") == 0 && label != SAC_NO_LABEL)
    {
      double start = number_member (attributes, "start_ns"), end = number_member (attributes, "end_ns");
      const char *state = text_member (attributes, "state");

      if (start >= 0 && end >= start && end < 1e17)
        read_words (sac_noted_add_segment (item, label, (gint64) start, (gint64) end), attributes);
      else
        sac_noted_set_tag (item, label, g_strcmp0 (state, "no") == 0 ? SAC_LABEL_NO : g_strcmp0 (state, "unknown") == 0 ? SAC_LABEL_UNKNOWN
                                        : SAC_LABEL_YES);
    }
  else if (strcmp (type, "bbox") == 0 || strcmp (type, "polygon") == 0 || strcmp (type, "polyline") == 0 || strcmp (type, "points") == 0)
    read_shape (reader, item, frame, annotation, type);
  else
    g_hash_table_insert (reader->lost, g_strdup (type), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (reader->lost, type)) + 1));
}

static void
read_item (Reader *reader, JsonObject *object)
{
  JsonObject *image = object_member (object, "image"), *frame_of = object_member (object, "video_frame");
  JsonObject *video = object_member (object, "video"), *facts = frame_of ? frame_of : video ? video : image;
  JsonArray *size = array_member (facts, "size"), *annotations = array_member (object, "annotations");
  const char *id = text_member (object, "id"), *name = text_member (facts, "path");
  double frame = number_member (frame_of, "frame_index"), value;
  SacNoted *item;

  if (!name || !*name)
    name = id;
  if (!name || !*name)
    return;
  item = sac_annotations_item (reader->out, name);
  if (!frame_of && !video)
    item->n_frames = 1;
  if (length_of (size) == 2)
    {
      value = number_of (json_array_get_element (size, 0));
      item->height = value > 0 && value < 1e6 ? (int) value : 0;
      value = number_of (json_array_get_element (size, 1));
      item->width = value > 0 && value < 1e6 ? (int) value : 0;
    }
  value = number_member (facts, "fps");
  if (value > 0 && value < 1e5)
    item->fps = value;
  value = number_member (facts, "n_frames");
  if (value > 1 && value < 1e9)
    item->n_frames = (guint) value;
  if (text_member (object, "subset"))
    item->split = g_str_has_prefix (text_member (object, "subset"), "train") ? SAC_SPLIT_TRAIN
                  : g_str_has_prefix (text_member (object, "subset"), "val") ? SAC_SPLIT_VALIDATION
                  : g_str_has_prefix (text_member (object, "subset"), "test") ? SAC_SPLIT_TEST : SAC_SPLIT_NONE;
  for (guint a = 0; a < length_of (annotations); a++)
    {
      JsonObject *annotation = object_of (json_array_get_element (annotations, a));

      if (annotation)
        read_annotation (reader, item, frame_of ? (frame >= 0 && frame < 1e9 ? (gint64) frame : 0) : -1, annotation);
    }
}

static SacAnnotations *
read_datumaro (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = _sac_json_load (path, error);
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  JsonObject *root = parser ? object_of (json_parser_get_root (parser)) : NULL;
  JsonArray *labels = array_member (object_member (object_member (root, "categories"), "label"), "labels");
  JsonArray *items = array_member (root, "items");
  Reader reader = { .out = out };
  GHashTableIter iter;
  gpointer type, count;

  if (!parser)
    return NULL;
  if (!items)
    {
      _sac_format_fail (error, path, _("it lacks the list “items”"));
      return NULL;
    }
  reader.labels = g_ptr_array_new_with_free_func (g_free);
  reader.tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader.lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint l = 0; l < length_of (labels); l++)
    {
      JsonObject *label = object_of (json_array_get_element (labels, l));
      const char *name = text_member (label, "name"), *parent = text_member (label, "parent");

      guint at;

      g_ptr_array_add (reader.labels, name && *name ? g_strdup (name) : g_strdup_printf ("label %u", l));
      at = sac_annotations_label (out, reader.labels->pdata[l]);        /* makes the list of parents longer */
      if (parent && *parent && !out->parents->pdata[at])
        out->parents->pdata[at] = g_strdup (parent);
    }
  for (guint i = 0; i < length_of (items); i++)
    {
      JsonObject *item = object_of (json_array_get_element (items, i));

      if (item)
        read_item (&reader, item);
    }
  for (guint i = 0; i < out->items->len; i++)
    {
      SacNoted *item = out->items->pdata[i];

      for (guint t = 0; t < item->tracks->len; t++)
        {
          _sac_format_settle (out, item, item->tracks->pdata[t]);
          if (item->n_frames != 1)
            _sac_format_lift (item->tracks->pdata[t]);
          _sac_format_thin (item->tracks->pdata[t]);
        }
    }
  g_hash_table_iter_init (&iter, reader.lost);
  while (g_hash_table_iter_next (&iter, &type, &count))
    g_ptr_array_add (out->problems, g_strdup_printf (_("%u × %s: there is no place for them"), GPOINTER_TO_UINT (count), (char *) type));
  g_ptr_array_unref (reader.labels);
  g_hash_table_unref (reader.tracks);
  g_hash_table_unref (reader.lost);
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

/* ---- writing: a still or a video is one item, and each frame of a video with boxes one more. */
static JsonObject *
begin_annotation (JsonArray *annotations, const char *type, guint label)
{
  JsonObject *annotation = json_object_new ();

  json_object_set_int_member (annotation, "id", json_array_get_length (annotations));
  json_object_set_string_member (annotation, "type", type);
  json_object_set_int_member (annotation, "group", 0);
  if (label != SAC_NO_LABEL)
    json_object_set_int_member (annotation, "label_id", label);
  json_array_add_object_element (annotations, annotation);
  return annotation;
}

static void
put_tag (JsonArray *annotations, guint label, int state, gint64 in_ns, gint64 out_ns, GPtrArray *more)
{
  static const char *const states[] = { "unknown", "no", "yes" };
  JsonObject *attributes = json_object_new ();

  for (guint a = 0; more && a < more->len; a++)
    json_object_set_string_member (attributes, ((SacAttribute *) more->pdata[a])->name, ((SacAttribute *) more->pdata[a])->value);
  if (in_ns >= 0)
    {
      json_object_set_int_member (attributes, "start_ns", in_ns);
      json_object_set_int_member (attributes, "end_ns", out_ns);
    }
  else if (state != SAC_LABEL_YES)
    json_object_set_string_member (attributes, "state", states[state + 1]);
  json_object_set_object_member (begin_annotation (annotations, "label", label), "attributes", attributes);
}

static void
put_box (JsonArray *annotations, SacNotedTrack *track, const SacBox *box, guint number, gint64 frame)
{
  JsonObject *annotation = begin_annotation (annotations, "bbox", track->label), *attributes = json_object_new ();
  JsonArray *bbox = json_array_new ();
  g_autoptr (GHashTable) since = g_hash_table_new (g_str_hash, g_str_equal);

  json_array_add_double_element (bbox, box->x);
  json_array_add_double_element (bbox, box->y);
  json_array_add_double_element (bbox, box->width);
  json_array_add_double_element (bbox, box->height);
  json_object_set_array_member (annotation, "bbox", bbox);
  json_object_set_boolean_member (attributes, "occluded", box->occluded);
  if (frame >= 0)
    {
      json_object_set_int_member (attributes, "track_id", number);
      json_object_set_boolean_member (attributes, "keyframe", box->keyframe);
      json_object_set_boolean_member (attributes, "outside", box->outside);
    }
  for (guint a = 0; a < track->attributes->len; a++)
    {
      SacAttribute *attribute = track->attributes->pdata[a];
      const gint64 *before = g_hash_table_lookup (since, attribute->name);
      double z;

      if (attribute->frame > frame || (before && *before > attribute->frame))
        continue;               /* what it is at this frame was said last */
      g_hash_table_insert (since, attribute->name, &attribute->frame);
      if (strcmp (attribute->name, "z_order") == 0 && _sac_format_read_number (attribute->value, &z))
        json_object_set_double_member (annotation, "z_order", z);
      else if (strcmp (attribute->name, "track_id") != 0)
        json_object_set_string_member (attributes, attribute->name, attribute->value);
    }
  json_object_set_object_member (annotation, "attributes", attributes);
}

static JsonObject *
begin_item (JsonArray *items, SacNoted *item, gint64 frame, JsonArray *annotations)
{
  static const char *const splits[] = { NULL, "train", "val", "test" };
  JsonObject *object = json_object_new (), *facts = json_object_new ();
  JsonArray *size = json_array_new ();
  g_autofree char *id = frame >= 0 ? g_strdup_printf ("%s@%u", item->name, (guint) frame) : g_strdup (item->name);

  json_array_add_int_element (size, item->height);
  json_array_add_int_element (size, item->width);
  json_object_set_string_member (object, "id", id);
  if (item->split >= SAC_SPLIT_TRAIN && item->split <= SAC_SPLIT_TEST)
    json_object_set_string_member (object, "subset", splits[item->split]);
  json_object_set_string_member (facts, "path", item->name);
  json_object_set_array_member (facts, "size", size);
  if (item->n_frames != 1)
    {
      json_object_set_double_member (facts, "fps", item->fps);
      json_object_set_int_member (facts, "n_frames", item->n_frames);
    }
  if (frame >= 0)
    json_object_set_int_member (facts, "frame_index", frame);
  json_object_set_object_member (object, item->n_frames == 1 ? "image" : frame >= 0 ? "video_frame" : "video", facts);
  json_object_set_array_member (object, "annotations", annotations);
  json_array_add_object_element (items, object);
  return object;
}

static void
put_item (JsonArray *items, SacNoted *item, guint *n_tracks)
{
  JsonArray *annotations = json_array_new ();
  g_autoptr (GHashTable) frames = g_hash_table_new (NULL, NULL);

  for (guint t = 0; t < item->tags->len; t++)
    put_tag (annotations, g_array_index (item->tags, SacNotedTag, t).label, g_array_index (item->tags, SacNotedTag, t).state, -1, -1,
             NULL);
  for (guint s = 0; s < item->segments->len; s++)
    {
      SacNotedSegment *segment = item->segments->pdata[s];

      put_tag (annotations, segment->label, SAC_LABEL_YES, segment->in_ns, segment->out_ns, segment->attributes);
    }
  for (guint t = 0; t < item->tracks->len && item->n_frames == 1; t++)
    {
      SacNotedTrack *track = item->tracks->pdata[t];

      put_box (annotations, track, &g_array_index (track->boxes, SacBox, 0), 0, -1);
    }
  begin_item (items, item, -1, annotations);
  for (guint t = 0; t < item->tracks->len && item->n_frames != 1; t++)
    {
      SacNotedTrack *track = item->tracks->pdata[t];
      g_autoptr (GArray) shown = _sac_format_shown (track);
      guint number = (*n_tracks)++;

      for (guint b = 0; b < shown->len; b++)
        {
          const SacBox *box = &g_array_index (shown, SacBox, b);
          JsonArray *there = g_hash_table_lookup (frames, GUINT_TO_POINTER (box->frame + 1));

          if (!there)
            {
              there = json_array_new ();
              g_hash_table_insert (frames, GUINT_TO_POINTER (box->frame + 1), there);
              begin_item (items, item, box->frame, there);
            }
          put_box (there, track, box, number, box->frame);
        }
    }
}

static gboolean
write_datumaro (SacAnnotations *self, const char *path, GError **error)
{
  JsonObject *root = json_object_new (), *categories = json_object_new (), *label = json_object_new ();
  JsonArray *labels = json_array_new (), *items = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  guint n_tracks = 0;

  for (guint l = 0; l < self->labels->len; l++)
    {
      JsonObject *one = json_object_new ();

      json_object_set_string_member (one, "name", self->labels->pdata[l]);
      json_object_set_string_member (one, "parent", self->parents->pdata[l] ? (char *) self->parents->pdata[l] : "");
      json_object_set_array_member (one, "attributes", json_array_new ());
      json_array_add_object_element (labels, one);
    }
  for (guint i = 0; i < self->items->len; i++)
    put_item (items, self->items->pdata[i], &n_tracks);
  json_object_set_array_member (label, "labels", labels);
  json_object_set_object_member (categories, "label", label);
  json_object_set_object_member (root, "info", json_object_new ());
  json_object_set_object_member (root, "categories", categories);
  json_object_set_array_member (root, "items", items);
  json_node_take_object (node, root);
  return _sac_json_save (node, path, error);
}

static gboolean
is_datumaro (const char *path, const char *head)
{
  return strchr (head, '{') && g_str_has_suffix (path, ".json") && (strstr (head, "\"items\"") || strstr (head, "\"label\": {"));
}

const SacFormatVtable _sac_format_datumaro = { "datumaro", is_datumaro, read_datumaro, write_datumaro };

/* ---- Something-Something. */
static SacAnnotations *
read_something (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = _sac_json_load (path, error);
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  JsonNode *root = parser ? json_parser_get_root (parser) : NULL;
  JsonArray *clips = root && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root) : NULL;
  guint n_bad = 0;

  if (!parser)
    return NULL;
  if (!clips)
    {
      _sac_format_fail (error, path, _("it is not a list of clips"));
      return NULL;
    }
  for (guint i = 0; i < length_of (clips); i++)
    {
      JsonObject *clip = object_of (json_array_get_element (clips, i));
      g_autofree char *id = clip && json_object_has_member (clip, "id") ? _sac_json_dup_text (json_object_get_member (clip, "id")) : NULL;
      const char *template = text_member (clip, "template") ? text_member (clip, "template") : text_member (clip, "label");
      g_autofree char *label = g_strdup (template ? template : "");
      char *to = label;
      SacNoted *item;
      double fps, frames;

      for (const char *c = label; *c; c++)      /* "Holding [something]" is the class "Holding something" */
        if (*c != '[' && *c != ']')
          *to++ = *c;
      *to = 0;
      if (!id || !*id)
        {
          n_bad++;
          continue;
        }
      item = sac_annotations_item (out, id);
      fps = number_member (clip, "fps");
      frames = number_member (clip, "frames");
      item->fps = fps > 0 && fps < 1e5 ? fps : 0;
      item->n_frames = frames >= 1 && frames < 1e9 ? (guint) frames : 0;
      if (*label)
        sac_noted_set_tag (sac_annotations_item (out, id), sac_annotations_label (out, label), SAC_LABEL_YES);
    }
  if (n_bad)
    g_ptr_array_add (out->problems, g_strdup_printf (ngettext ("%u entry without an id", "%u entries without an id", n_bad), n_bad));
  return g_steal_pointer (&out);
}

static gboolean
write_something (SacAnnotations *self, const char *path, GError **error)
{
  JsonArray *clips = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];

      for (guint t = 0; t < item->tags->len; t++)
        {
          SacNotedTag tag = g_array_index (item->tags, SacNotedTag, t);
          JsonObject *clip;

          if (tag.state != SAC_LABEL_YES)
            continue;
          clip = json_object_new ();
          json_object_set_string_member (clip, "id", item->name);
          json_object_set_string_member (clip, "label", self->labels->pdata[tag.label]);
          json_object_set_string_member (clip, "template", self->labels->pdata[tag.label]);
          json_object_set_array_member (clip, "placeholders", json_array_new ());
          if (item->fps > 0 && item->n_frames != 1)
            json_object_set_double_member (clip, "fps", item->fps);
          if (item->n_frames > 0)
            json_object_set_int_member (clip, "frames", item->n_frames);
          json_array_add_object_element (clips, clip);
        }
    }
  json_node_take_array (node, clips);
  return _sac_json_save (node, path, error);
}

static gboolean
is_something (const char *path, const char *head)
{
  return head[strspn (head, " \n\r\t")] == '[' && strstr (head, "\"id\"") && (strstr (head, "\"template\"") || strstr (head, "\"label\""));
}

const SacFormatVtable _sac_format_something = { "something", is_something, read_something, write_something };
