/* YOLO (v5 to v8): labels/…/NAME.txt beside images/…/NAME.jpg, a line a box: class, centre x, centre y, width, height as shares of
 * the picture, then perhaps a confidence; the names in data.yaml, classes.txt or obj.names.  Stills only. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

#define MAX_DEPTH 8

/* A YAML scalar: 'it''s', "say \"a\"" or bare. */
static char *
unquote (const char *text)
{
  gsize n = strlen (text);
  char quote = text[0];
  GString *out;

  if (n < 2 || (quote != '\'' && quote != '"') || text[n - 1] != quote)
    return g_strdup (text);
  out = g_string_new (NULL);
  for (const char *at = text + 1; at < text + n - 1; at++)
    {
      if (at + 1 < text + n - 1 && ((quote == '"' && *at == '\\') || (quote == '\'' && at[0] == quote && at[1] == quote)))
        at++;
      g_string_append_c (out, *at);
    }
  return g_string_free (out, FALSE);
}

/* names: ['a', "b"]   names:\n  0: a\n  1: b   names:\n- a\n- b */
static void
read_yaml_names (const char *text, GPtrArray *names)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean inside = FALSE;

  for (guint i = 0; lines[i]; i++)
    {
      char *line = g_strchomp (lines[i]), *at = line;

      if (g_str_has_prefix (line, "names:"))
        {
          char *open = strchr (line, '['), *close = open ? strrchr (open, ']') : NULL;

          inside = !open;
          if (open && close)
            {
              g_auto (GStrv) parts = NULL;

              *close = 0;
              parts = g_strsplit (open + 1, ",", -1);
              for (guint p = 0; parts[p]; p++)
                {
                  char *name = g_strstrip (parts[p]);

                  g_ptr_array_add (names, unquote (name));
                }
            }
          continue;
        }
      while (*at == ' ')
        at++;
      if (!inside || *at == 0 || *at == '#')
        continue;
      if (at == line && *at != '-')
        {
          inside = FALSE;
          continue;
        }
      if (*at == '-')
        at++;
      else if (strchr (at, ':'))
        at = strchr (at, ':') + 1;
      g_ptr_array_add (names, unquote (g_strstrip (at)));
    }
}

static void
read_names (SacAnnotations *out, const char *root, GPtrArray *names)
{
  static const char *const files[] = { "data.yaml", "dataset.yaml", "classes.txt", "obj.names", "labels/classes.txt" };

  for (guint f = 0; f < G_N_ELEMENTS (files) && names->len == 0; f++)
    {
      g_autofree char *path = g_build_filename (root, files[f], NULL), *text = NULL;
      g_autoptr (GError) failed = NULL;
      g_auto (GStrv) lines = NULL;

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      text = _sac_format_load (path, NULL, &failed);
      if (!text)
        {
          g_ptr_array_add (out->problems, g_strdup (failed->message));
          continue;
        }
      if (g_str_has_suffix (path, ".yaml"))
        {
          read_yaml_names (text, names);
          continue;
        }
      lines = g_strsplit (text, "\n", -1);
      for (guint i = 0; lines[i]; i++)
        if (*g_strstrip (lines[i]))
          g_ptr_array_add (names, g_strdup (lines[i]));
    }
}

/* The picture of labels/val/a.txt: images/val/a.jpg, or beside it. */
static char *
picture_of (const char *root, const char *below)
{
  static const char *const suffixes[] = { "jpg", "jpeg", "png", "JPG", "JPEG", "PNG", "bmp", "webp", "tif" };
  static const char *const folders[] = { "images", "", "labels", "obj_train_data" };
  g_autofree char *stem = g_strndup (below, strlen (below) - 4);

  for (guint f = 0; f < G_N_ELEMENTS (folders); f++)
    for (guint s = 0; s < G_N_ELEMENTS (suffixes); s++)
      {
        g_autofree char *name = g_strconcat (stem, ".", suffixes[s], NULL), *path = g_build_filename (root, folders[f], name, NULL);

        if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
          return g_steal_pointer (&path);
      }
  return NULL;
}

static gboolean
read_boxes (SacAnnotations *out, const char *root, const char *below, const char *text, GPtrArray *names)
{
  g_autofree char *path = picture_of (root, below);
  g_autoptr (GError) failed = NULL;
  g_autoptr (SacMedia) media = NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  SacNoted *item;
  guint n_bad = 0, first_bad = 0;

  if (path)
    {
      sac_media_init ();
      media = sac_media_open (path, NULL, &failed);
    }
  if (!media)
    {
      g_ptr_array_add (out->problems, g_strdup_printf (_("%s: its picture is not there, so its boxes have no size"), below));
      return FALSE;
    }
  item = sac_annotations_item (out, path + strlen (root) + 1);
  item->n_frames = 1;
  item->width = sac_media_get_width (media);
  item->height = sac_media_get_height (media);
  item->split = g_str_has_prefix (below, "train") ? SAC_SPLIT_TRAIN : g_str_has_prefix (below, "val") ? SAC_SPLIT_VALIDATION
                : g_str_has_prefix (below, "test") ? SAC_SPLIT_TEST : SAC_SPLIT_NONE;
  for (guint i = 0; lines[i]; i++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (lines[i]), " \t", 7);
      g_autofree char *class = NULL;
      SacNotedTrack *track;
      double v[6] = { 0 };
      guint n = 0;

      while (n < 6 && words[n] && _sac_format_read_number (words[n], &v[n]))
        n++;
      if (n < 5 || v[0] < 0 || v[0] > 1e6 || v[0] != floor (v[0]))
        {
          if (lines[i][0] && n_bad++ == 0)
            first_bad = i + 1;
          continue;
        }
      class = v[0] < names->len ? g_strdup (names->pdata[(guint) v[0]]) : g_strdup_printf ("class %u", (guint) v[0]);
      track = sac_noted_add_track (item, sac_annotations_label (out, class));
      if (n == 6)
        sac_noted_set_attribute (track->attributes, -1, "confidence", words[5]);
      g_array_append_vals (track->boxes, &(SacBox) { 0, (v[1] - v[3] / 2) * item->width, (v[2] - v[4] / 2) * item->height,
                                                     v[3] * item->width, v[4] * item->height, TRUE, FALSE, FALSE }, 1);
    }
  if (n_bad)
    g_ptr_array_add (out->problems, g_strdup_printf (ngettext ("%s: %u line that is no box (line %u)",
                                                               "%s: %u lines that are no boxes (the first is line %u)", n_bad),
                                                     below, n_bad, first_bad));
  return TRUE;
}

static void
find_texts (const char *folder, const char *below, int depth, GPtrArray *found)
{
  g_autoptr (GDir) dir = depth < MAX_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *inner = below[0] ? g_build_filename (below, name, NULL)
          : g_strdup (name);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        find_texts (path, inner, depth + 1, found);
      else if (g_str_has_suffix (name, ".txt") && strcmp (name, "classes.txt") != 0 && strcmp (name, "train.txt") != 0)
        g_ptr_array_add (found, g_steal_pointer (&inner));
    }
}

static SacAnnotations *
read_yolo (const char *path, GError **error)
{
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free), texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *labels = g_build_filename (path, "labels", NULL), *flat = g_build_filename (path, "obj_train_data", NULL);
  const char *folder = g_file_test (labels, G_FILE_TEST_IS_DIR) ? labels : g_file_test (flat, G_FILE_TEST_IS_DIR) ? flat : path;

  find_texts (folder, "", 0, texts);
  if (texts->len == 0)
    {
      _sac_format_fail (error, path, _("the folder holds no labels/*.txt"));
      return NULL;
    }
  _sac_format_sort_names (texts);
  read_names (out, path, names);
  for (guint n = 0; n < names->len; n++)
    sac_annotations_label (out, names->pdata[n]);
  for (guint i = 0; i < texts->len; i++)
    {
      g_autofree char *file = g_build_filename (folder, texts->pdata[i], NULL), *text = NULL;
      g_autoptr (GError) failed = NULL;

      text = _sac_format_load (file, NULL, &failed);
      if (text)
        read_boxes (out, path, texts->pdata[i], text, names);
      else
        g_ptr_array_add (out->problems, g_strdup (failed->message));
    }
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

static gboolean
has_splits (SacAnnotations *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (((SacNoted *) self->items->pdata[i])->split != SAC_SPLIT_NONE)
      return TRUE;
  return FALSE;
}

char *
_sac_yolo_folder (SacAnnotations *self, const char *what, int split)
{
  static const char *const splits[] = { "other", "train", "val", "test" };

  return has_splits (self) ? g_build_filename (what, splits[CLAMP (split, 0, 3)], NULL) : g_strdup (what);
}

/* What trainers read first; without a division all pictures serve for both. */
static gboolean
write_head (SacAnnotations *self, const char *path, GError **error)
{
  g_autoptr (GString) yaml = g_string_new ("path: .\n");
  g_autofree char *head = g_build_filename (path, "data.yaml", NULL);

  g_string_append (yaml, has_splits (self) ? "train: images/train\nval: images/val\ntest: images/test\n" : "train: images\nval: images\n");
  g_string_append (yaml, "names:\n");
  for (guint l = 0; l < self->labels->len; l++)
    {
      g_auto (GStrv) parts = g_strsplit (self->labels->pdata[l], "'", -1);
      g_autofree char *quoted = g_strjoinv ("''", parts);

      g_string_append_printf (yaml, "  %u: '%s'\n", l, quoted);
    }
  return g_file_set_contents (head, yaml->str, (gssize) yaml->len, error);
}

static gboolean
write_yolo (SacAnnotations *self, const char *path, GError **error)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean good = _sac_format_make_folder (path, error) && write_head (self, path, error);

  for (guint i = 0; good && i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];
      g_autofree char *stem = _sac_format_unique_stem (taken, item->name), *file = g_strconcat (stem, ".txt", NULL);
      g_autofree char *sub = _sac_yolo_folder (self, "labels", item->split), *folder = g_build_filename (path, sub, NULL);
      g_autofree char *target = g_build_filename (folder, file, NULL);
      g_autoptr (GString) out = g_string_new (NULL);

      if (item->n_frames != 1 || item->width < 1 || item->height < 1)
        continue;
      for (guint t = 0; t < item->tracks->len; t++)
        {
          SacNotedTrack *track = item->tracks->pdata[t];
          const SacBox *box = &g_array_index (track->boxes, SacBox, 0);
          const double v[4] = { (box->x + box->width / 2) / item->width, (box->y + box->height / 2) / item->height,
                                box->width / item->width, box->height / item->height };
          double confidence;

          if (track->label == SAC_NO_LABEL)
            continue;
          g_string_append_printf (out, "%u", track->label);
          for (guint k = 0; k < 4; k++)
            {
              char text[G_ASCII_DTOSTR_BUF_SIZE];

              g_string_append_printf (out, " %s", g_ascii_formatd (text, sizeof text, "%.10g", v[k]));
            }
          if (_sac_format_read_number (sac_noted_get_attribute (track->attributes, -1, "confidence"), &confidence))
            {
              g_autofree char *text = _sac_format_dup_number (confidence);

              g_string_append_printf (out, " %s", text);
            }
          g_string_append_c (out, '\n');
        }
      good = _sac_format_make_folder (folder, error) && g_file_set_contents (target, out->str, (gssize) out->len, error);
    }
  return good;
}

static gboolean
is_yolo (const char *path, const char *head)
{
  g_autofree char *labels = g_build_filename (path, "labels", NULL), *names = g_build_filename (path, "obj.names", NULL);

  return g_file_test (labels, G_FILE_TEST_IS_DIR) || g_file_test (names, G_FILE_TEST_IS_REGULAR);
}

const SacFormatVtable _sac_format_yolo = { "yolo", is_yolo, read_yolo, write_yolo };
