/* COCO JSON: boxes on images; with "videos" (COCO-VID, TAO) tracks over frames.  Ids may be numbers or texts. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "format-private.h"
#include "json-private.h"

static const char *const kept[] = { "segmentation", "iscrowd", "area", "score", NULL };   /* members that become attributes */

typedef struct {
  SacNoted *item;
  guint frame;
} Picture;

typedef struct {
  SacAnnotations *out;
  GHashTable *labels;           /* category's id → label + 1 */
  GHashTable *videos, *pictures;        /* ids → SacNoted, Picture */
  GHashTable *tracks;           /* "item track" → SacNotedTrack */
  GHashTable *frames;           /* SacNoted → GArray of the frames it tells about */
  guint n_lost;
} Reader;

static char *
id_of (JsonObject *object, const char *name)
{
  return object && json_object_has_member (object, name) ? _sac_json_dup_text (json_object_get_member (object, name)) : NULL;
}

static int
whole (double value)
{
  return value >= 0 && value < 1e9 ? (int) value : 0;
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

static void
told (Reader *reader, SacNoted *item, guint frame)
{
  GArray *frames = g_hash_table_lookup (reader->frames, item);

  if (!frames)
    g_hash_table_insert (reader->frames, item, frames = g_array_new (FALSE, FALSE, sizeof (guint)));
  g_array_append_val (frames, frame);
}

static void
read_pictures (Reader *reader, JsonObject *root)
{
  JsonArray *videos = array_member (root, "videos"), *images = array_member (root, "images");
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < length_of (videos); i++)
    {
      JsonObject *video = object_of (json_array_get_element (videos, i));
      const char *name = text_member (video, "name") ? text_member (video, "name") : text_member (video, "file_name");
      char *id = id_of (video, "id");
      double fps = number_member (video, "fps");
      SacNoted *item;

      if (!id || !name || !*name)
        {
          g_free (id);
          continue;
        }
      item = sac_annotations_item (reader->out, name);
      item->width = whole (number_member (video, "width"));
      item->height = whole (number_member (video, "height"));
      item->n_frames = (guint) whole (number_member (video, "n_frames"));
      item->fps = fps > 0 && fps < 1e5 ? fps : 0;
      g_hash_table_insert (reader->videos, id, item);
    }
  for (guint i = 0; i < length_of (images); i++)
    {
      JsonObject *image = object_of (json_array_get_element (images, i));
      const char *name = text_member (image, "file_name");
      char *id = id_of (image, "id");
      g_autofree char *video = id_of (image, "video_id");
      Picture *picture = g_new0 (Picture, 1);
      double frame = number_member (image, json_object_has_member (image ? image : root, "frame_id") ? "frame_id" : "frame_index");

      picture->item = video ? g_hash_table_lookup (reader->videos, video) : NULL;
      if (picture->item)
        {
          guint next = GPOINTER_TO_UINT (g_hash_table_lookup (counts, picture->item));

          picture->frame = frame >= 0 && frame < 1e9 ? (guint) frame : next;
          g_hash_table_insert (counts, picture->item, GUINT_TO_POINTER (picture->frame + 1));
          told (reader, picture->item, picture->frame);
        }
      else if (name && *name)
        {
          picture->item = sac_annotations_item (reader->out, name);
          picture->item->n_frames = 1;
          picture->item->width = whole (number_member (image, "width"));
          picture->item->height = whole (number_member (image, "height"));
        }
      if (id && picture->item)
        g_hash_table_insert (reader->pictures, id, picture);
      else
        {
          g_free (id);
          g_free (picture);
        }
    }
}

static void
take_member (SacNotedTrack *track, gint64 frame, const char *name, JsonNode *node)
{
  g_autofree char *text = _sac_json_dup_text (node);

  if (text[0] && strcmp (text, "[]") != 0 && !sac_noted_get_attribute (track->attributes, frame, name))
    sac_noted_set_attribute (track->attributes, frame, name, text);
}

static gboolean
is_true (JsonObject *object, const char *name, gboolean otherwise)
{
  g_autofree char *text = object && json_object_has_member (object, name) ? _sac_json_dup_text (json_object_get_member (object, name))
      : NULL;

  return text ? strcmp (text, "true") == 0 || strcmp (text, "1") == 0 : otherwise;
}

static gboolean
read_annotation (Reader *reader, JsonObject *annotation)
{
  g_autofree char *image = id_of (annotation, "image_id"), *category = id_of (annotation, "category_id");
  g_autofree char *number = id_of (annotation, json_object_has_member (annotation, "track_id") ? "track_id" : "instance_id");
  const Picture *picture = image ? g_hash_table_lookup (reader->pictures, image) : NULL;
  guint label = category ? GPOINTER_TO_UINT (g_hash_table_lookup (reader->labels, category)) : 0;
  JsonArray *bbox = array_member (annotation, "bbox");
  JsonObject *attributes = object_member (annotation, "attributes");
  SacBox box = { .keyframe = TRUE };
  double v[4];
  SacNotedTrack *track = NULL;
  gint64 frame = -1;

  if (!picture)
    return FALSE;
  if (!bbox && !json_object_has_member (annotation, "segmentation"))    /* a label of the whole picture */
    {
      if (label && picture->item->n_frames == 1)
        sac_noted_set_tag (picture->item, label - 1, SAC_LABEL_YES);
      return label && picture->item->n_frames == 1;
    }
  if (length_of (bbox) != 4)
    return FALSE;
  for (guint k = 0; k < 4; k++)
    v[k] = number_of (json_array_get_element (bbox, k));
  box.frame = picture->frame;
  box.x = v[0], box.y = v[1], box.width = v[2], box.height = v[3];
  if (!sac_boxes_are_valid (&box, 1))
    return FALSE;
  box.occluded = is_true (attributes, "occluded", FALSE);
  box.keyframe = is_true (attributes, "keyframe", TRUE);
  if (picture->item->n_frames != 1)
    {
      g_autofree char *key = g_strdup_printf ("%p %s", (void *) picture->item, number ? number : "");

      frame = number ? (gint64) picture->frame : -1;
      track = number ? g_hash_table_lookup (reader->tracks, key) : NULL;
      if (!track)
        track = sac_noted_add_track (picture->item, label ? label - 1 : SAC_NO_LABEL);
      if (number)
        {
          g_hash_table_insert (reader->tracks, g_strdup (key), track);
          if (!sac_noted_get_attribute (track->attributes, -1, "track_id"))
            sac_noted_set_attribute (track->attributes, -1, "track_id", number);
        }
    }
  else
    track = sac_noted_add_track (picture->item, label ? label - 1 : SAC_NO_LABEL);
  g_array_append_val (track->boxes, box);
  for (guint k = 0; kept[k]; k++)
    if (json_object_has_member (annotation, kept[k]) && !(strcmp (kept[k], "iscrowd") == 0 && number_member (annotation, "iscrowd") == 0)
        && !(strcmp (kept[k], "area") == 0 && fabs (number_member (annotation, "area") - v[2] * v[3]) <= 1e-6 * v[2] * v[3]))
      take_member (track, frame, kept[k], json_object_get_member (annotation, kept[k]));
  if (attributes)
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *node;

      json_object_iter_init (&iter, attributes);
      while (json_object_iter_next (&iter, &name, &node))
        if (strcmp (name, "occluded") != 0 && strcmp (name, "keyframe") != 0 && strcmp (name, "track_id") != 0 && name[0])
          take_member (track, frame, name, node);
    }
  return TRUE;
}

static SacAnnotations *
read_coco (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = _sac_json_load (path, error);
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  JsonObject *root = parser ? object_of (json_parser_get_root (parser)) : NULL;
  JsonArray *categories = array_member (root, "categories"), *annotations = array_member (root, "annotations");
  Reader reader = { .out = out };

  if (!parser)
    return NULL;
  if (!root || !array_member (root, "images") || !annotations)
    {
      _sac_format_fail (error, path, _("it lacks the lists “images” and “annotations”"));
      return NULL;
    }
  reader.frames = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  reader.labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader.videos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader.pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  reader.tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < length_of (categories); i++)
    {
      JsonObject *category = object_of (json_array_get_element (categories, i));
      const char *name = text_member (category, "name"), *above = text_member (category, "supercategory");
      char *id = id_of (category, "id");
      guint label = name && *name && id ? sac_annotations_label (out, name) : 0;

      if (!name || !*name || !id)
        {
          g_free (id);
          continue;
        }
      if (above && *above && strcmp (above, name) != 0 && !out->parents->pdata[label])
        out->parents->pdata[label] = g_strdup (above);
      g_hash_table_insert (reader.labels, id, GUINT_TO_POINTER (label + 1));
    }
  read_pictures (&reader, root);
  for (guint i = 0; i < length_of (annotations); i++)
    {
      JsonObject *annotation = object_of (json_array_get_element (annotations, i));

      reader.n_lost += !annotation || !read_annotation (&reader, annotation);
    }
  if (reader.n_lost)
    g_ptr_array_add (out->problems, g_strdup_printf (ngettext ("%u annotation without a picture or a proper box",
                                                               "%u annotations without a picture or a proper box", reader.n_lost),
                                                     reader.n_lost));
  g_hash_table_unref (reader.labels);
  g_hash_table_unref (reader.videos);
  g_hash_table_unref (reader.pictures);
  g_hash_table_unref (reader.tracks);
  for (guint i = 0; i < out->items->len; i++)
    {
      SacNoted *item = out->items->pdata[i];

      GArray *frames = g_hash_table_lookup (reader.frames, item);

      if (frames)
        g_array_sort (frames, by_number);
      for (guint t = 0; frames && t < item->tracks->len; t++)
        {
          _sac_format_settle (out, item, item->tracks->pdata[t]);
          if (item->n_frames != 1)
            _sac_format_lift (item->tracks->pdata[t]);
          _sac_format_end_holes (item->tracks->pdata[t], frames, item->n_frames);
          _sac_format_thin (item->tracks->pdata[t]);
        }
    }
  g_hash_table_unref (reader.frames);
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

/* ---- writing. */

/* Attributes that were members of the annotation go back there, the others below "attributes". */
static void
put_attributes (JsonObject *annotation, SacNotedTrack *track, gint64 frame, const SacBox *box)
{
  JsonObject *attributes = json_object_new ();
  g_autoptr (GHashTable) since = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint a = 0; a < track->attributes->len; a++)
    {
      const SacAttribute *attribute = track->attributes->pdata[a];
      gint64 *before = g_hash_table_lookup (since, attribute->name);

      if (attribute->frame > frame || (before && *before > attribute->frame))
        continue;
      g_hash_table_insert (since, attribute->name, (gpointer) &attribute->frame);
      if (strcmp (attribute->name, "track_id") == 0)
        continue;
      if (g_strv_contains (kept, attribute->name))
        {
          JsonNode *node = json_from_string (attribute->value, NULL);

          if (node)
            json_object_set_member (annotation, attribute->name, node);
        }
      else
        json_object_set_string_member (attributes, attribute->name, attribute->value);
    }
  if (box->occluded)
    json_object_set_boolean_member (attributes, "occluded", TRUE);
  if (frame >= 0 && !box->keyframe)
    json_object_set_boolean_member (attributes, "keyframe", FALSE);
  if (json_object_get_size (attributes))
    json_object_set_object_member (annotation, "attributes", attributes);
  else
    json_object_unref (attributes);
}

static JsonObject *
put_box (JsonArray *annotations, SacNotedTrack *track, const SacBox *box, gint64 image, gint64 frame)
{
  JsonObject *annotation = json_object_new ();
  JsonArray *bbox = json_array_new ();

  json_object_set_int_member (annotation, "id", json_array_get_length (annotations) + 1);
  json_object_set_int_member (annotation, "image_id", image);
  if (track->label != SAC_NO_LABEL)
    json_object_set_int_member (annotation, "category_id", track->label + 1);
  json_array_add_double_element (bbox, box->x);
  json_array_add_double_element (bbox, box->y);
  json_array_add_double_element (bbox, box->width);
  json_array_add_double_element (bbox, box->height);
  json_object_set_array_member (annotation, "bbox", bbox);
  json_object_set_double_member (annotation, "area", box->width * box->height);
  json_object_set_int_member (annotation, "iscrowd", 0);
  json_object_set_array_member (annotation, "segmentation", json_array_new ());
  put_attributes (annotation, track, frame, box);
  json_array_add_object_element (annotations, annotation);
  return annotation;
}

static gint64
put_image (JsonArray *images, SacNoted *item, gint64 video, guint frame)
{
  JsonObject *image = json_object_new ();
  gint64 id = json_array_get_length (images) + 1;

  json_object_set_int_member (image, "id", id);
  json_object_set_string_member (image, "file_name", item->name);
  json_object_set_int_member (image, "width", item->width);
  json_object_set_int_member (image, "height", item->height);
  if (video)
    {
      json_object_set_int_member (image, "video_id", video);
      json_object_set_int_member (image, "frame_id", frame);
      if (item->times && frame < item->times->len)
        json_object_set_double_member (image, "time", 1e-9 * (double) g_array_index (item->times, gint64, frame));
      else if (item->fps > 0)
        json_object_set_double_member (image, "time", frame / item->fps);
    }
  json_array_add_object_element (images, image);
  return id;
}

static void
put_video (JsonArray *videos, JsonArray *images, JsonArray *annotations, SacNoted *item, guint *n_tracks)
{
  JsonObject *video = json_object_new ();
  gint64 id = json_array_get_length (videos) + 1;
  g_autoptr (GHashTable) pictures = g_hash_table_new (NULL, NULL);
  guint n_frames = item->n_frames;

  json_object_set_int_member (video, "id", id);
  json_object_set_string_member (video, "name", item->name);
  json_object_set_int_member (video, "width", item->width);
  json_object_set_int_member (video, "height", item->height);
  json_object_set_int_member (video, "n_frames", n_frames);
  json_object_set_double_member (video, "fps", item->fps);
  json_array_add_object_element (videos, video);
  /* Each frame on which an object is, or was and is no longer. */
  for (guint t = 0; t < item->tracks->len; t++)
    {
      SacNotedTrack *track = item->tracks->pdata[t];
      g_autoptr (GArray) dense = _sac_format_dense (track, n_frames);
      guint number = ++*n_tracks;

      for (guint b = 0; b < track->boxes->len; b++)
        {
          guint frame = g_array_index (track->boxes, SacBox, b).frame;

          if (!g_hash_table_contains (pictures, GUINT_TO_POINTER (frame + 1)))
            g_hash_table_insert (pictures, GUINT_TO_POINTER (frame + 1), GINT_TO_POINTER ((gint) put_image (images, item, id, frame)));
        }
      for (guint b = 0; b < dense->len; b++)
        {
          const SacBox *box = &g_array_index (dense, SacBox, b);
          gpointer image = g_hash_table_lookup (pictures, GUINT_TO_POINTER (box->frame + 1));

          if (!image)
            {
              image = GINT_TO_POINTER ((gint) put_image (images, item, id, box->frame));
              g_hash_table_insert (pictures, GUINT_TO_POINTER (box->frame + 1), image);
            }
          json_object_set_int_member (put_box (annotations, track, box, GPOINTER_TO_INT (image), box->frame), "track_id", number);
        }
    }
}

static gboolean
write_coco (SacAnnotations *self, const char *path, GError **error)
{
  JsonObject *root = json_object_new ();
  JsonArray *categories = json_array_new (), *videos = json_array_new (), *images = json_array_new (), *annotations = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  guint n_tracks = 0;

  for (guint l = 0; l < self->labels->len; l++)
    {
      JsonObject *category = json_object_new ();

      json_object_set_int_member (category, "id", l + 1);
      json_object_set_string_member (category, "name", self->labels->pdata[l]);
      json_object_set_string_member (category, "supercategory", self->parents->pdata[l] ? (char *) self->parents->pdata[l] : "");
      json_array_add_object_element (categories, category);
    }
  for (guint i = 0; i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];
      gint64 image;

      if (item->n_frames != 1)
        {
          put_video (videos, images, annotations, item, &n_tracks);
          continue;
        }
      image = put_image (images, item, 0, 0);
      for (guint t = 0; t < item->tracks->len; t++)
        {
          SacNotedTrack *track = item->tracks->pdata[t];

          put_box (annotations, track, &g_array_index (track->boxes, SacBox, 0), image, -1);
        }
      for (guint t = 0; t < item->tags->len; t++)
        {
          SacNotedTag tag = g_array_index (item->tags, SacNotedTag, t);
          JsonObject *annotation = json_object_new ();

          json_object_set_int_member (annotation, "id", json_array_get_length (annotations) + 1);
          json_object_set_int_member (annotation, "image_id", image);
          json_object_set_int_member (annotation, "category_id", tag.label + 1);
          if (tag.state == SAC_LABEL_YES)
            json_array_add_object_element (annotations, annotation);
          else
            json_object_unref (annotation);
        }
    }
  json_object_set_array_member (root, "categories", categories);
  if (json_array_get_length (videos))
    json_object_set_array_member (root, "videos", videos);
  else
    json_array_unref (videos);
  json_object_set_array_member (root, "images", images);
  json_object_set_array_member (root, "annotations", annotations);
  json_node_take_object (node, root);
  return _sac_json_save (node, path, error);
}

static gboolean
is_coco (const char *path, const char *head)
{
  return strchr (head, '{') && (strstr (head, "\"categories\"") || strstr (head, "\"annotations\"") || strstr (head, "\"images\""))
         && !strstr (head, "\"items\"");
}

const SacFormatVtable _sac_format_coco = { "coco", is_coco, read_coco, write_coco };
