/* Pascal VOC: one XML a picture, with ImageSets/Main/{train,val,test}.txt beside them.  Stills only.
 * Corners are taken as they stand (no shift by one): xmin is the left edge, xmax the right one. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

#define MAX_FILES 1000000

typedef struct {
  SacAnnotations *out;
  char *file, *name;            /* of the picture; of the object */
  int width, height;
  double edges[4];
  GPtrArray *attributes;        /* of the object, as name, value, name, value … */
  char *key;
  GString *text;
  SacNoted *item;
  char *fallback;               /* the picture's name where the file does not say */
} Reader;

static void
begin_object (Reader *reader)
{
  g_clear_pointer (&reader->name, g_free);
  g_ptr_array_set_size (reader->attributes, 0);
  for (guint e = 0; e < 4; e++)
    reader->edges[e] = NAN;
}

static SacNoted *
item_of (Reader *reader)
{
  if (!reader->item)
    reader->item = sac_annotations_item (reader->out, reader->file && reader->file[0] ? reader->file : reader->fallback);
  reader->item->n_frames = 1;
  return reader->item;
}

static void
end_object (Reader *reader, gboolean part)
{
  SacNotedTrack *track = sac_noted_add_track (item_of (reader), reader->name && reader->name[0]
                                              ? sac_annotations_label (reader->out, reader->name) : SAC_NO_LABEL);
  SacBox box = { 0, reader->edges[0], reader->edges[1], reader->edges[2] - reader->edges[0], reader->edges[3] - reader->edges[1], TRUE,
                 FALSE, FALSE };

  for (guint a = 0; a + 1 < reader->attributes->len; a += 2)
    if (strcmp (reader->attributes->pdata[a], "occluded") == 0)
      box.occluded = strcmp (reader->attributes->pdata[a + 1], "1") == 0;
    else
      sac_noted_set_attribute (track->attributes, -1, reader->attributes->pdata[a], reader->attributes->pdata[a + 1]);
  if (part)
    sac_noted_set_attribute (track->attributes, -1, "part", "1");
  g_array_append_val (track->boxes, box);
}

static gboolean
has_above (GMarkupParseContext *context, const char *name)
{
  const GSList *stack = g_markup_parse_context_get_element_stack (context);

  for (const GSList *at = stack ? stack->next : NULL; at; at = at->next)
    if (strcmp (at->data, name) == 0)
      return TRUE;
  return FALSE;
}

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data, GError **error)
{
  Reader *reader = data;

  g_string_truncate (reader->text, 0);
  if (strcmp (element, "annotation") != 0 && !g_markup_parse_context_get_element_stack (context)->next)
    g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, _("it begins with <%s>, not with <annotation>"), element);
  else if (strcmp (element, "object") == 0)
    begin_object (reader);
  else if (strcmp (element, "part") == 0 && has_above (context, "object"))
    {
      /* The object itself is whole by now: in VOC its parts come last. */
      if (!isnan (reader->edges[0]))
        end_object (reader, FALSE);
      begin_object (reader);
    }
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  static const char *const edges[] = { "xmin", "ymin", "xmax", "ymax" };
  Reader *reader = data;
  const GSList *stack = g_markup_parse_context_get_element_stack (context);
  const char *above = stack && stack->next ? stack->next->data : "", *text = g_strstrip (reader->text->str);
  double value;

  if (strcmp (element, "filename") == 0)
    {
      g_free (reader->file);
      reader->file = g_strdup (text);
    }
  else if (strcmp (above, "size") == 0 && _sac_format_read_number (text, &value) && value > 0 && value < 1e6)
    {
      if (strcmp (element, "width") == 0)
        reader->width = (int) value;
      else if (strcmp (element, "height") == 0)
        reader->height = (int) value;
    }
  else if (strcmp (above, "bndbox") == 0)
    {
      for (guint e = 0; e < 4; e++)
        if (strcmp (element, edges[e]) == 0 && _sac_format_read_number (text, &value))
          reader->edges[e] = value;
    }
  else if (strcmp (element, "name") == 0 && (strcmp (above, "object") == 0 || strcmp (above, "part") == 0))
    {
      g_free (reader->name);
      reader->name = g_strdup (text);
    }
  else if (strcmp (above, "attribute") == 0 && strcmp (element, "name") == 0)
    {
      g_free (reader->key);
      reader->key = g_strdup (text);
    }
  else if (strcmp (above, "attribute") == 0 && strcmp (element, "value") == 0 && reader->key)
    {
      g_ptr_array_add (reader->attributes, g_steal_pointer (&reader->key));
      g_ptr_array_add (reader->attributes, g_strdup (text));
    }
  else if (strcmp (above, "actions") == 0 && has_above (context, "object"))
    {
      g_ptr_array_add (reader->attributes, g_strconcat ("action ", element, NULL));
      g_ptr_array_add (reader->attributes, g_strdup (text));
    }
  else if (strcmp (above, "object") == 0 && (strcmp (element, "pose") == 0 || strcmp (element, "truncated") == 0
                                             || strcmp (element, "difficult") == 0 || strcmp (element, "occluded") == 0))
    {
      g_ptr_array_add (reader->attributes, g_strdup (element));
      g_ptr_array_add (reader->attributes, g_strdup (text));
    }
  else if (strcmp (element, "part") == 0)
    {
      end_object (reader, TRUE);
      begin_object (reader);
    }
  else if (strcmp (element, "object") == 0 && (reader->name || !isnan (reader->edges[0])))
    end_object (reader, FALSE);
  g_string_truncate (reader->text, 0);
}

static void
take_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  g_string_append_len (((Reader *) data)->text, text, (gssize) length);
}

static gboolean
read_one (SacAnnotations *out, const char *path, GHashTable *stems, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, take_text, NULL, NULL };
  g_autoptr (GError) failed = NULL;
  g_autofree char *text = NULL, *base = g_path_get_basename (path);
  GMarkupParseContext *context;
  Reader reader = { .out = out };
  gboolean good;
  gsize n = 0;

  text = _sac_format_load (path, &n, error);
  if (!text)
    return FALSE;
  base[strlen (base) - (g_str_has_suffix (base, ".xml") ? 4 : 0)] = 0;
  reader.fallback = base;
  reader.attributes = g_ptr_array_new_with_free_func (g_free);
  reader.text = g_string_new (NULL);
  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  good = g_markup_parse_context_parse (context, text, (gssize) n, &failed) && g_markup_parse_context_end_parse (context, &failed);
  g_markup_parse_context_free (context);
  if (good)
    {
      item_of (&reader)->width = reader.width;
      item_of (&reader)->height = reader.height;
      g_hash_table_insert (stems, g_strdup (base), reader.item);
    }
  else
    _sac_format_fail (error, path, "%s", failed->message);
  g_ptr_array_unref (reader.attributes);
  g_string_free (reader.text, TRUE);
  g_free (reader.file);
  g_free (reader.name);
  g_free (reader.key);
  return good;
}

/* "name" or "name 1" a line; the names have no suffix. */
static void
read_split (SacAnnotations *out, GHashTable *stems, const char *path, int split)
{
  g_autoptr (GError) failed = NULL;
  g_autofree char *text = g_file_test (path, G_FILE_TEST_EXISTS) ? _sac_format_load (path, NULL, &failed) : NULL;
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

  if (failed)
    g_ptr_array_add (out->problems, g_strdup (failed->message));
  for (guint i = 0; lines[i]; i++)
    {
      SacNoted *item = g_hash_table_lookup (stems, g_strstrip (lines[i]));

      if (!item)
        item = g_hash_table_lookup (stems, g_strdelimit (lines[i], " \t", 0));
      if (item && item->split == SAC_SPLIT_NONE)
        item->split = split;
    }
}

/* Where the XML files lie: below "Annotations", written either way; NULL when there is no such folder. */
static char *
xml_folder (const char *path)
{
  static const char *const names[] = { "Annotations", "annotations" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *inside = g_build_filename (path, names[i], NULL);

      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&inside);
    }
  return NULL;
}

static gboolean
is_annotation (const char *head)
{
  return strstr (head, "<annotation>") || strstr (head, "<annotation ");
}

/* One of its files tells for all. */
static gboolean
holds_annotations (const char *folder)
{
  g_autoptr (GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".xml"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL), *head = _sac_format_read_head (path);

        return is_annotation (head);
      }
  return FALSE;
}

static SacAnnotations *
read_voc (const char *path, GError **error)
{
  static const char *const sets[] = { NULL, "train.txt", "val.txt", "test.txt" };
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GDir) dir = NULL;
  g_autofree char *inside = xml_folder (path);
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    g_ptr_array_add (files, g_strdup (path));
  else
    {
      const char *folder = inside ? inside : path;

      dir = g_dir_open (folder, 0, error);
      if (!dir)
        return NULL;
      while ((name = g_dir_read_name (dir)) && files->len < MAX_FILES)
        if (g_str_has_suffix (name, ".xml"))
          g_ptr_array_add (files, g_build_filename (folder, name, NULL));
    }
  _sac_format_sort_names (files);
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) failed = NULL;

      if (read_one (out, files->pdata[i], stems, &failed))
        continue;
      if (files->len == 1)
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return NULL;
        }
      g_ptr_array_add (out->problems, g_strdup (failed->message));
    }
  if (files->len == 0)
    {
      _sac_format_fail (error, path, _("the folder holds no XML files"));
      return NULL;
    }
  for (int split = SAC_SPLIT_TRAIN; split <= SAC_SPLIT_TEST; split++)
    {
      g_autofree char *list = g_build_filename (path, "ImageSets", "Main", sets[split], NULL);

      read_split (out, stems, list, split);
    }
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

/* ---- writing. */
static void
put_object (GString *out, SacAnnotations *self, SacNotedTrack *track)
{
  static const char *const own[] = { "pose", "truncated", "difficult", NULL };
  static const char *const edges[] = { "xmin", "ymin", "xmax", "ymax" };
  const SacBox *box = &g_array_index (track->boxes, SacBox, 0);
  const double numbers[4] = { box->x, box->y, box->x + box->width, box->y + box->height };
  g_autofree char *name = g_markup_escape_text (track->label == SAC_NO_LABEL ? "" : self->labels->pdata[track->label], -1);
  g_autoptr (GString) rest = g_string_new (NULL);

  g_string_append_printf (out, "  <object>\n    <name>%s</name>\n", name);
  for (guint a = 0; a < track->attributes->len; a++)
    {
      const SacAttribute *attribute = track->attributes->pdata[a];
      g_autofree char *text = g_strv_contains (own, attribute->name)
                              ? g_markup_printf_escaped ("    <%s>%s</%s>\n", attribute->name, attribute->value, attribute->name)
                              : g_markup_printf_escaped ("      <attribute><name>%s</name><value>%s</value></attribute>\n",
                                                         attribute->name, attribute->value);

      g_string_append (g_strv_contains (own, attribute->name) ? out : rest, text);
    }
  g_string_append_printf (out, "    <occluded>%d</occluded>\n    <bndbox>\n", box->occluded);
  for (guint e = 0; e < 4; e++)
    {
      g_autofree char *text = _sac_format_dup_number (numbers[e]);

      g_string_append_printf (out, "      <%s>%s</%s>\n", edges[e], text, edges[e]);
    }
  g_string_append (out, "    </bndbox>\n");
  if (rest->len)
    g_string_append_printf (out, "    <attributes>\n%s    </attributes>\n", rest->str);
  g_string_append (out, "  </object>\n");
}

static gboolean
write_voc (SacAnnotations *self, const char *path, GError **error)
{
  static const char *const sets[] = { NULL, "train.txt", "val.txt", "test.txt" };
  g_autofree char *xmls = g_build_filename (path, "Annotations", NULL), *lists = g_build_filename (path, "ImageSets", "Main", NULL);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GString *names[4] = { NULL };
  gboolean good = _sac_format_make_folder (xmls, error) && _sac_format_make_folder (lists, error);

  for (int split = SAC_SPLIT_TRAIN; split <= SAC_SPLIT_TEST; split++)
    names[split] = g_string_new (NULL);
  for (guint i = 0; good && i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];
      g_autofree char *stem = _sac_format_unique_stem (taken, item->name), *file = g_strconcat (xmls, "/", stem, ".xml", NULL);
      g_autofree char *shown = g_markup_escape_text (item->name, -1);
      g_autoptr (GString) out = g_string_new (NULL);

      if (item->n_frames != 1)
        continue;
      g_string_printf (out, "<annotation>\n  <filename>%s</filename>\n  "
                       "<size><width>%d</width><height>%d</height><depth>3</depth></size>\n",
                       shown, item->width, item->height);
      for (guint t = 0; t < item->tracks->len; t++)
        put_object (out, self, item->tracks->pdata[t]);
      g_string_append (out, "</annotation>\n");
      good = g_file_set_contents (file, out->str, (gssize) out->len, error);
      if (item->split >= SAC_SPLIT_TRAIN && item->split <= SAC_SPLIT_TEST)
        g_string_append_printf (names[item->split], "%s\n", stem);
    }
  for (int split = SAC_SPLIT_TRAIN; good && split <= SAC_SPLIT_TEST; split++)
    {
      g_autofree char *list = g_build_filename (lists, sets[split], NULL);

      good = names[split]->len == 0 || g_file_set_contents (list, names[split]->str, (gssize) names[split]->len, error);
    }
  for (int split = SAC_SPLIT_TRAIN; split <= SAC_SPLIT_TEST; split++)
    g_string_free (names[split], TRUE);
  return good;
}

static gboolean
is_voc (const char *path, const char *head)
{
  g_autofree char *inside = xml_folder (path);

  return is_annotation (head) || holds_annotations (inside ? inside : path);
}

const SacFormatVtable _sac_format_voc = { "voc", is_voc, read_voc, write_voc };
