/* CVAT XML 1.1: <image> with shapes, <track> with a box a keyframe; read from task, job and project exports. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

/* What the head says of a task's video. */
typedef struct {
  char *name;
  int width, height;
  guint n_frames;
  double fps;
} Facts;

typedef struct {
  SacAnnotations *out;
  GHashTable *tasks;            /* task's id → Facts */
  GHashTable *fixed;            /* "label\nattribute" → TRUE: the same on all frames of a track */
  char *task_id, *task_name, *source, *label, *attribute;
  Facts now;                    /* of the task that is being read; name unset */
  SacNoted *item;
  SacNotedTrack *track;
  gint64 frame;                 /* −1 on an image */
  GString *text;
  GHashTable *skipped;          /* names of elements with no place here → how many */
} Reader;

static void
facts_free (gpointer data)
{
  g_free (((Facts *) data)->name);
  g_free (data);
}

static const char *
attribute (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i]; i++)
    if (strcmp (names[i], name) == 0)
      return values[i];
  return NULL;
}

static double
number (const char **names, const char **values, const char *name)
{
  double value;

  return _sac_format_read_number (attribute (names, values, name), &value) ? value : NAN;
}

static gboolean
is_shape (const char *element)
{
  return strcmp (element, "polygon") == 0 || strcmp (element, "polyline") == 0 || strcmp (element, "points") == 0;
}

static void
skip (Reader *reader, const char *element)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (reader->skipped, element));

  g_hash_table_insert (reader->skipped, g_strdup (element), GUINT_TO_POINTER (n + 1));
}

/* A box or another shape, on an image or at a frame of a track. */
static void
read_shape (Reader *reader, const char *element, const char **names, const char **values)
{
  gboolean on_image = reader->frame < 0;
  const char *label = attribute (names, values, "label"), *keyframe = attribute (names, values, "keyframe");
  const char *z = attribute (names, values, "z_order");
  SacBox box = { .keyframe = TRUE, .occluded = g_strcmp0 (attribute (names, values, "occluded"), "1") == 0,
                 .outside = g_strcmp0 (attribute (names, values, "outside"), "1") == 0 };

  if (on_image)
    reader->track = sac_noted_add_track (reader->item, label && *label ? sac_annotations_label (reader->out, label) : SAC_NO_LABEL);
  else
    {
      double frame = number (names, values, "frame");

      if (!(frame >= 0 && frame < G_MAXINT))
        {
          skip (reader, _("boxes without a frame"));
          return;
        }
      reader->frame = (gint64) frame;
      box.frame = (guint) frame;
      box.keyframe = g_strcmp0 (keyframe, "0") != 0;
    }
  if (is_shape (element))
    {
      const char *points = attribute (names, values, "points");

      if (!_sac_format_bounds (points, &box))
        {
          skip (reader, element);
          return;
        }
      sac_noted_set_attribute (reader->track->attributes, on_image ? -1 : reader->frame, element, points);
    }
  else
    {
      box.x = number (names, values, "xtl");
      box.y = number (names, values, "ytl");
      box.width = number (names, values, "xbr") - box.x;
      box.height = number (names, values, "ybr") - box.y;
    }
  if (z && strcmp (z, "0") != 0 && !sac_noted_get_attribute (reader->track->attributes, -1, "z_order"))
    sac_noted_set_attribute (reader->track->attributes, -1, "z_order", z);
  g_array_append_val (reader->track->boxes, box);
}

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data, GError **error)
{
  Reader *reader = data;
  const char *label = attribute (names, values, "label");

  g_string_truncate (reader->text, 0);
  if (strcmp (element, "image") == 0)
    {
      const char *name = attribute (names, values, "name");
      double w = number (names, values, "width"), h = number (names, values, "height");

      if (!name || !*name)
        {
          g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, _("an image has no name"));
          return;
        }
      reader->item = sac_annotations_item (reader->out, name);
      reader->item->n_frames = 1;
      reader->item->width = w > 0 && w < 1e6 ? (int) w : 0;
      reader->item->height = h > 0 && h < 1e6 ? (int) h : 0;
      reader->frame = -1;
    }
  else if (strcmp (element, "track") == 0)
    {
      const char *task = attribute (names, values, "task_id");
      const Facts *known = task ? g_hash_table_lookup (reader->tasks, task) : NULL;

      if (!known)
        known = &reader->now;
      reader->item = sac_annotations_item (reader->out, known->name ? known->name : reader->source ? reader->source
                                           : reader->task_name ? reader->task_name : "");
      reader->item->width = known->width;
      reader->item->height = known->height;
      reader->item->fps = known->fps;
      if (known->n_frames > 1 && known != &reader->now)         /* a lone task may hold a part of the frames */
        reader->item->n_frames = known->n_frames;
      reader->track = sac_noted_add_track (reader->item, label && *label ? sac_annotations_label (reader->out, label) : SAC_NO_LABEL);
      reader->frame = 0;
    }
  else if (strcmp (element, "tag") == 0 && reader->item && label && *label)
    sac_noted_set_tag (reader->item, sac_annotations_label (reader->out, label), SAC_LABEL_YES);
  else if ((strcmp (element, "box") == 0 || is_shape (element)) && reader->item && (reader->frame < 0 || reader->track))
    read_shape (reader, element, names, values);
  else if (strcmp (element, "attribute") == 0)
    {
      g_free (reader->attribute);
      reader->attribute = g_strdup (attribute (names, values, "name"));
    }
  else if (reader->item && (strcmp (element, "mask") == 0 || strcmp (element, "ellipse") == 0 || strcmp (element, "cuboid") == 0
                            || strcmp (element, "skeleton") == 0))
    skip (reader, element);
}

static void
set_text (char **slot, const char *text)
{
  g_free (*slot);
  *slot = g_strdup (text);
}

/* <name>, <mutable>, <source> … of the head; @above: the element around. */
static void
end_of_head (Reader *reader, const char *element, const char *above)
{
  const char *text = g_strstrip (reader->text->str);
  double value;

  if (strcmp (element, "name") == 0 && strcmp (above, "label") == 0)
    {
      set_text (&reader->label, text);
      if (*text)
        sac_annotations_label (reader->out, text);
    }
  else if (strcmp (element, "name") == 0 && strcmp (above, "attribute") == 0)
    set_text (&reader->attribute, text);
  else if (strcmp (element, "mutable") == 0 && g_ascii_strcasecmp (text, "false") == 0 && reader->label && reader->attribute)
    g_hash_table_add (reader->fixed, g_strdup_printf ("%s\n%s", reader->label, reader->attribute));
  else if (strcmp (element, "id") == 0 && strcmp (above, "task") == 0)
    set_text (&reader->task_id, text);
  else if (strcmp (element, "name") == 0 && strcmp (above, "task") == 0)
    set_text (&reader->task_name, text);
  else if (strcmp (element, "source") == 0 && *text)
    set_text (&reader->source, text);
  else if (strcmp (element, "task") == 0 && reader->task_id && (reader->source || reader->task_name) && strcmp (above, "tasks") == 0)
    {
      reader->now.name = g_strdup (reader->source ? reader->source : reader->task_name);
      g_hash_table_insert (reader->tasks, g_strdup (reader->task_id), g_memdup2 (&reader->now, sizeof reader->now));
      reader->now = (Facts) { 0 };
      g_clear_pointer (&reader->source, g_free);
    }
  else if (strcmp (above, "original_size") == 0 && _sac_format_read_number (text, &value) && value > 0 && value < 1e6)
    *(strcmp (element, "width") == 0 ? &reader->now.width : &reader->now.height) = (int) value;
  else if (strcmp (element, "fps") == 0 && _sac_format_read_number (text, &value) && value > 0 && value < 1e5)
    reader->now.fps = value;
  else if (strcmp (element, "size") == 0 && strcmp (above, "task") == 0 && _sac_format_read_number (text, &value) && value > 0
           && value < 1e9)
    reader->now.n_frames = (guint) value;
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *reader = data;
  const GSList *stack = g_markup_parse_context_get_element_stack (context);
  const char *above = stack && stack->next ? stack->next->data : "";

  if (strcmp (element, "attribute") == 0 && reader->track && reader->attribute && strcmp (above, "attributes") != 0)
    {
      const char *label = reader->track->label == SAC_NO_LABEL ? "" : reader->out->labels->pdata[reader->track->label];
      g_autofree char *key = g_strdup_printf ("%s\n%s", label, reader->attribute);
      gint64 frame = g_hash_table_contains (reader->fixed, key) ? -1 : reader->frame;

      if (!sac_noted_get_attribute (reader->track->attributes, frame, reader->attribute))
        sac_noted_set_attribute (reader->track->attributes, frame, reader->attribute, reader->text->str);
    }
  else if (strcmp (element, "image") == 0 || strcmp (element, "track") == 0)
    {
      reader->item = NULL;
      reader->track = NULL;
    }
  else if (!reader->item)
    end_of_head (reader, element, above);
  g_string_truncate (reader->text, 0);
}

static void
take_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  g_string_append_len (((Reader *) data)->text, text, (gssize) length);
}

static SacAnnotations *
read_cvat (const char *path, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, take_text, NULL, NULL };
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError) failed = NULL;
  g_autofree char *text = NULL;
  Reader reader = { .out = out };
  GHashTableIter iter;
  gpointer element, count;
  gboolean good;
  gsize n = 0;

  text = _sac_format_load (path, &n, error);
  if (!text)
    return NULL;
  reader.tasks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, facts_free);
  reader.fixed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader.skipped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader.text = g_string_new (NULL);
  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  good = g_markup_parse_context_parse (context, text, (gssize) n, &failed) && g_markup_parse_context_end_parse (context, &failed);
  for (guint i = 0; good && i < out->items->len; i++)
    {
      SacNoted *item = out->items->pdata[i];

      for (guint t = 0; t < item->tracks->len; t++)
        {
          _sac_format_settle (out, item, item->tracks->pdata[t]);
          if (item->n_frames != 1 && ((SacNotedTrack *) item->tracks->pdata[t])->label == SAC_NO_LABEL)
            _sac_format_lift (item->tracks->pdata[t]);  /* the head says of labels alone which attributes change */
          _sac_format_thin (item->tracks->pdata[t]);
        }
    }
  _sac_format_finish (out);
  g_hash_table_iter_init (&iter, reader.skipped);
  while (g_hash_table_iter_next (&iter, &element, &count))
    g_ptr_array_add (out->problems, g_strdup_printf (_("%u × %s: there is no place for them"), GPOINTER_TO_UINT (count), (char *) element));
  g_hash_table_unref (reader.tasks);
  g_hash_table_unref (reader.fixed);
  g_hash_table_unref (reader.skipped);
  g_string_free (reader.text, TRUE);
  g_free (reader.task_id);
  g_free (reader.task_name);
  g_free (reader.source);
  g_free (reader.label);
  g_free (reader.attribute);
  if (good)
    return g_steal_pointer (&out);
  _sac_format_fail (error, path, "%s", failed->message);
  return NULL;
}

/* ---- writing. */
static void
put (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
put (GString *out, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  g_string_append (out, text);
}

/* All attributes of tracks and where they change: "label\nname" → mutable. */
static GHashTable *
list_attributes (SacAnnotations *self)
{
  GHashTable *all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];

      for (guint t = 0; t < item->tracks->len; t++)
        {
          SacNotedTrack *track = item->tracks->pdata[t];

          for (guint a = 0; a < track->attributes->len; a++)
            {
              SacAttribute *attribute = track->attributes->pdata[a];
              char *key = g_strdup_printf ("%s\n%s", track->label == SAC_NO_LABEL ? "" : (char *) self->labels->pdata[track->label],
                                           attribute->name);
              gboolean mutable = attribute->frame >= 0 || GPOINTER_TO_INT (g_hash_table_lookup (all, key));

              if (!is_shape (attribute->name) && strcmp (attribute->name, "z_order") != 0)
                g_hash_table_insert (all, key, GINT_TO_POINTER (mutable));
              else
                g_free (key);
            }
        }
    }
  return all;
}

static void
put_head (GString *out, SacAnnotations *self, GHashTable *attributes, gboolean videos)
{
  put (out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <%s>\n      "
       "<mode>%s</mode>\n"
       "      <labels>\n", videos ? "project" : "task", videos ? "interpolation" : "annotation");
  for (guint l = 0; l < self->labels->len; l++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s\n", (char *) self->labels->pdata[l]);
      GHashTableIter iter;
      gpointer key, mutable;

      put (out, "        <label>\n          <name>%s</name>\n          <attributes>\n", (char *) self->labels->pdata[l]);
      g_hash_table_iter_init (&iter, attributes);
      while (g_hash_table_iter_next (&iter, &key, &mutable))
        if (g_str_has_prefix (key, prefix))
          put (out, "            <attribute><name>%s</name><mutable>%s</mutable><input_type>text</input_type></attribute>\n",
               (char *) key + strlen (prefix), GPOINTER_TO_INT (mutable) ? "True" : "False");
      put (out, "          </attributes>\n        </label>\n");
    }
  put (out, "      </labels>\n");
  if (videos)
    put (out, "      <tasks>\n");
  for (guint i = 0; videos && i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];
      g_autofree char *fps = _sac_format_dup_number (item->fps);

      if (item->n_frames != 1)
        put (out, "        <task><id>%u</id><name>%s</name><size>%u</size><original_size><width>%d</width><height>%d</height>"
             "</original_size><fps>%s</fps><source>%s</source></task>\n", i, item->name, item->n_frames, item->width, item->height, fps,
             item->name);
    }
  if (videos)
    put (out, "      </tasks>\n");
  put (out, "    </%s>\n  </meta>\n", videos ? "project" : "task");
}

/* One shape; @head: the attributes it begins with, escaped. */
static void
put_shape (GString *out, SacNotedTrack *track, const SacBox *box, const char *head, gint64 frame, GHashTable *current)
{
  static const char *const shapes[] = { "polygon", "polyline", "points" };
  const char *shape = "box", *points = NULL, *z = sac_noted_get_attribute (track->attributes, -1, "z_order");
  GHashTableIter iter;
  gpointer name, value;

  for (guint s = 0; s < G_N_ELEMENTS (shapes) && !points; s++)
    {
      SacBox around = { 0 };

      points = sac_noted_get_attribute (track->attributes, frame, shapes[s]);
      if (points && _sac_format_bounds (points, &around) && around.x == box->x && around.y == box->y && around.width == box->width
          && around.height == box->height)
        shape = shapes[s];
      else
        points = NULL;
    }
  g_string_append_printf (out, "    <%s%s", shape, head);
  put (out, " occluded=\"%d\"", box->occluded);
  if (points)
    put (out, " points=\"%s\"", points);
  else
    {
      const double edges[4] = { box->x, box->y, box->x + box->width, box->y + box->height };
      static const char *const names[] = { "xtl", "ytl", "xbr", "ybr" };

      for (guint e = 0; e < 4; e++)
        {
          g_autofree char *text = _sac_format_dup_number (edges[e]);

          put (out, " %s=\"%s\"", names[e], text);
        }
    }
  put (out, " z_order=\"%s\">\n", z ? z : "0");
  g_hash_table_iter_init (&iter, current);
  while (g_hash_table_iter_next (&iter, &name, &value))
    put (out, "      <attribute name=\"%s\">%s</attribute>\n", (char *) name, (char *) value);
  put (out, "    </%s>\n", shape);
}

/* What the attributes are at @frame (−1: only those of the whole). */
static GHashTable *
attributes_at (SacNotedTrack *track, gint64 frame)
{
  GHashTable *current = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) since = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint a = 0; a < track->attributes->len; a++)
    {
      SacAttribute *attribute = track->attributes->pdata[a];
      gint64 *before = g_hash_table_lookup (since, attribute->name);

      if (attribute->frame > frame || is_shape (attribute->name) || strcmp (attribute->name, "z_order") == 0
          || (before && *before > attribute->frame))
        continue;
      g_hash_table_insert (current, attribute->name, attribute->value);
      g_hash_table_insert (since, attribute->name, &attribute->frame);
    }
  return current;
}

static void
put_image (GString *out, SacAnnotations *self, SacNoted *item, guint id)
{
  put (out, "  <image id=\"%u\" name=\"%s\" width=\"%d\" height=\"%d\">\n", id, item->name, item->width, item->height);
  for (guint t = 0; t < item->tags->len; t++)
    {
      SacNotedTag tag = g_array_index (item->tags, SacNotedTag, t);

      if (tag.state == SAC_LABEL_YES)
        put (out, "    <tag label=\"%s\" source=\"manual\"></tag>\n", (char *) self->labels->pdata[tag.label]);
    }
  for (guint t = 0; t < item->tracks->len; t++)
    {
      SacNotedTrack *track = item->tracks->pdata[t];
      g_autoptr (GHashTable) current = attributes_at (track, -1);
      g_autofree char *head = g_markup_printf_escaped (" label=\"%s\"", track->label == SAC_NO_LABEL
                                                         ? "" : (char *) self->labels->pdata[track->label]);

      put_shape (out, track, &g_array_index (track->boxes, SacBox, 0), head, -1, current);
    }
  put (out, "  </image>\n");
}

static void
put_track (GString *out, SacAnnotations *self, SacNotedTrack *track, guint id, guint task)
{
  g_autoptr (GArray) shown = _sac_format_shown (track);

  put (out, "  <track id=\"%u\" label=\"%s\" task_id=\"%u\" source=\"manual\">\n", id,
       track->label == SAC_NO_LABEL ? "" : (char *) self->labels->pdata[track->label], task);
  for (guint b = 0; b < shown->len; b++)
    {
      const SacBox *box = &g_array_index (shown, SacBox, b);
      g_autoptr (GHashTable) current = attributes_at (track, box->frame);
      g_autofree char *head = g_strdup_printf (" frame=\"%u\" keyframe=\"%d\" outside=\"%d\"", box->frame, box->keyframe, box->outside);

      put_shape (out, track, box, head, box->frame, current);
    }
  put (out, "  </track>\n");
}

static gboolean
write_cvat (SacAnnotations *self, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GHashTable) attributes = list_attributes (self);
  gboolean videos = FALSE;
  guint n_tracks = 0;

  for (guint i = 0; i < self->items->len; i++)
    videos |= ((SacNoted *) self->items->pdata[i])->n_frames != 1;
  put_head (out, self, attributes, videos);
  for (guint i = 0; i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];

      if (item->n_frames == 1)
        put_image (out, self, item, i);
      else
        for (guint t = 0; t < item->tracks->len; t++)
          put_track (out, self, item->tracks->pdata[t], n_tracks++, i);
    }
  put (out, "</annotations>\n");
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static gboolean
is_cvat (const char *path, const char *head)
{
  const char *at = strstr (head, "<annotations");

  return at && (strstr (at, "<meta>") || strstr (at, "<image ") || strstr (at, "<track ") || strstr (at, "<version>"));
}

const SacFormatVtable _sac_format_cvat = { "cvat", is_cvat, read_cvat, write_cvat };
