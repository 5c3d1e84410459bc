/* MOT challenge: a folder a video, with gt/gt.txt, gt/labels.txt and seqinfo.ini; and the single track of an OTB sequence
 * (groundtruth_rect.txt).  gt.txt: frame from 1, track, x, y, width, height, confidence, class from 1, visibility. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

static guint
numbers_of (char *line, double *v, guint most)
{
  guint n = 0;
  char *at = line;

  while (n < most && *at)
    {
      char *end = NULL;

      while (*at == ' ' || *at == '\t' || *at == ',')
        at++;
      if (!*at)
        break;
      v[n] = g_ascii_strtod (at, &end);
      if (end == at || !isfinite (v[n]))
        return 0;
      n++;
      at = end;
    }
  return n;
}

static void
read_facts (SacNoted *item, GKeyFile *ini)
{
  item->n_frames = (guint) CLAMP (g_key_file_get_int64 (ini, "Sequence", "seqLength", NULL), 0, 1000000000);
  item->width = (int) CLAMP (g_key_file_get_int64 (ini, "Sequence", "imWidth", NULL), 0, 1000000);
  item->height = (int) CLAMP (g_key_file_get_int64 (ini, "Sequence", "imHeight", NULL), 0, 1000000);
  item->fps = CLAMP (g_key_file_get_double (ini, "Sequence", "frameRate", NULL), 0, 100000);
}

/* What it was last. */
static const char *
last_value (const SacNotedTrack *track, const char *name)
{
  for (guint a = track->attributes->len; a-- > 0;)
    if (strcmp (((SacAttribute *) track->attributes->pdata[a])->name, name) == 0)
      return ((SacAttribute *) track->attributes->pdata[a])->value;
  return NULL;
}

/* A number that changes with time, where it does; @plain needs no word unless something else was said before. */
static void
note_change (SacNotedTrack *track, guint frame, const char *name, double value, gboolean plain)
{
  g_autofree char *text = plain && track->attributes->len < 2 ? NULL : _sac_format_dup_number (value);
  const char *last = text ? last_value (track, name) : NULL;

  if (text && (last ? strcmp (last, text) != 0 : !plain))
    sac_noted_set_attribute (track->attributes, frame, name, text);
}

/* A file beside the main one; what is wrong with it is told. */
static char *
load_beside (SacAnnotations *out, const char *path)
{
  g_autoptr (GError) failed = NULL;
  char *text = g_file_test (path, G_FILE_TEST_EXISTS) ? _sac_format_load (path, NULL, &failed) : NULL;

  if (failed)
    g_ptr_array_add (out->problems, g_strdup (failed->message));
  return text;
}

static void
read_sequence (SacAnnotations *out, const char *folder, const char *truth)
{
  g_autofree char *text = load_beside (out, truth), *words = NULL, *list = NULL, *name = g_path_get_basename (folder);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1), labels = NULL;
  g_autoptr (GHashTable) tracks = g_hash_table_new (NULL, NULL);
  g_autofree char *ini = g_build_filename (folder, "seqinfo.ini", NULL), *facts_text = load_beside (out, ini);
  g_autoptr (GKeyFile) facts = g_key_file_new ();
  SacNoted *item;
  guint n_bad = 0, first_bad = 0;

  if (facts_text && g_key_file_load_from_data (facts, facts_text, (gsize) -1, 0, NULL))
    {
      g_autofree char *said = g_key_file_get_string (facts, "Sequence", "name", NULL);

      if (said && *said)
        {
          g_free (name);
          name = g_steal_pointer (&said);
        }
    }
  item = sac_annotations_item (out, name);
  read_facts (item, facts);
  list = g_build_filename (folder, "gt", "labels.txt", NULL);
  words = load_beside (out, list);
  labels = g_strsplit (words ? words : "", "\n", -1);
  for (guint i = 0; labels[i]; i++)
    if (*g_strstrip (labels[i]))
      sac_annotations_label (out, labels[i]);
  for (guint i = 0; lines[i]; i++)
    {
      double v[9] = { 0, 0, 0, 0, 0, 0, 1, -1, -1 };
      guint n = numbers_of (g_strstrip (lines[i]), v, 9);
      g_autofree char *class = NULL;
      SacNotedTrack *track;
      SacBox box;

      if (n < 6 || v[0] < 1 || v[0] > 1e9 || fabs (v[1]) > 1e9)
        {
          if (lines[i][0] && n_bad++ == 0)
            first_bad = i + 1;
          continue;
        }
      box = (SacBox) { (guint) v[0] - 1, v[2], v[3], v[4], v[5], TRUE, v[8] >= 0 && v[8] < 0.5, FALSE };
      class = v[7] >= 1 && v[7] <= g_strv_length (labels) && labels[(guint) v[7] - 1][0] ? g_strdup (labels[(guint) v[7] - 1])
              : v[7] >= 0 ? g_strdup_printf ("class %d", (int) MIN (v[7], 1e9)) : g_strdup ("object");
      track = v[1] >= 0 ? g_hash_table_lookup (tracks, GINT_TO_POINTER ((gint) v[1] + 1)) : NULL;
      if (!track)
        {
          track = sac_noted_add_track (item, sac_annotations_label (out, class));
          if (v[1] >= 0)
            {
              g_autofree char *number = g_strdup_printf ("%d", (gint) v[1]);

              g_hash_table_insert (tracks, GINT_TO_POINTER ((gint) v[1] + 1), track);
              sac_noted_set_attribute (track->attributes, -1, "track_id", number);
            }
        }
      note_change (track, box.frame, "confidence", v[6], v[6] == 1);
      if (v[8] >= 0)
        note_change (track, box.frame, "visibility", v[8], v[8] == 1 || v[8] == 0);
      g_array_append_val (track->boxes, box);
    }
  if (n_bad)
    g_ptr_array_add (out->problems, g_strdup_printf (ngettext ("%s: %u line that is no box (line %u)",
                                                               "%s: %u lines that are no boxes (the first is line %u)", n_bad), name,
                                                     n_bad, first_bad));
  for (guint t = 0; t < item->tracks->len; t++)
    {
      _sac_format_settle (out, item, item->tracks->pdata[t]);
      _sac_format_end_holes (item->tracks->pdata[t], NULL, item->n_frames);
    }
}

static char *
truth_of (const char *folder)
{
  char *path = g_build_filename (folder, "gt", "gt.txt", NULL);

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return path;
  g_free (path);
  return NULL;
}

static SacAnnotations *
read_mot (const char *path, GError **error)
{
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autofree char *truth = truth_of (path), *checked = NULL;
  guint n = truth != NULL;

  if (truth)
    {
      checked = _sac_format_load (truth, NULL, error);
      if (!checked)
        return NULL;
      read_sequence (out, path, truth);
    }
  else
    {
      g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GDir) dir = g_dir_open (path, 0, error);
      const char *name;

      if (!dir)
        return NULL;
      while ((name = g_dir_read_name (dir)))
        g_ptr_array_add (folders, g_build_filename (path, name, NULL));
      _sac_format_sort_names (folders);
      for (guint i = 0; i < folders->len; i++)
        {
          g_autofree char *inside = truth_of (folders->pdata[i]);

          if (inside)
            read_sequence (out, folders->pdata[i], inside);
          n += inside != NULL;
        }
    }
  if (n == 0)
    {
      _sac_format_fail (error, path, _("there is no gt/gt.txt"));
      return NULL;
    }
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

static SacAnnotations *
read_otb (const char *path, GError **error)
{
  g_autoptr (SacAnnotations) out = sac_annotations_new ();
  g_autofree char *file = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_build_filename (path, "groundtruth_rect.txt", NULL) : g_strdup (path);
  g_autofree char *folder = g_path_get_dirname (file), *name = g_path_get_basename (folder), *text = _sac_format_load (file, NULL, error);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);
  SacNotedTrack *track;
  SacNoted *item;

  if (!text)
    return NULL;
  item = sac_annotations_item (out, name);
  track = sac_noted_add_track (item, sac_annotations_label (out, "object"));
  for (guint i = 0; lines[i] && i < 10000000; i++)
    {
      double v[4];

      if (!*g_strstrip (lines[i]))
        continue;
      if (numbers_of (lines[i], v, 4) != 4)
        {
          _sac_format_fail (error, file, _("line %u is not x, y, width, height"), i + 1);
          return NULL;
        }
      g_array_append_vals (track->boxes, &(SacBox) { i, v[0], v[1], v[2], v[3], TRUE, FALSE, FALSE }, 1);
    }
  _sac_format_finish (out);
  return g_steal_pointer (&out);
}

/* ---- writing. */

/* The number that @name says at @frame, else @otherwise. */
static double
value_at (const SacNotedTrack *track, guint frame, const char *name, double otherwise)
{
  const SacAttribute *said = NULL;
  double value;

  for (guint a = 0; a < track->attributes->len; a++)
    {
      const SacAttribute *attribute = track->attributes->pdata[a];

      if (attribute->frame <= (gint64) frame && strcmp (attribute->name, name) == 0 && (!said || said->frame <= attribute->frame))
        said = attribute;
    }
  return said && _sac_format_read_number (said->value, &value) ? value : otherwise;
}

/* What others know it by, where all have such a number and no two the same; else as they come. */
static guint *
track_numbers (const SacNoted *item)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  guint *numbers = g_new (guint, item->tracks->len + 1);
  gboolean known = TRUE;

  for (guint t = 0; t < item->tracks->len; t++)
    {
      const SacNotedTrack *track = item->tracks->pdata[t];
      double number = 0;

      known = known && _sac_format_read_number (sac_noted_get_attribute (track->attributes, -1, "track_id"), &number) && number >= 0
              && number < 1e9 && number == floor (number) && g_hash_table_add (taken, GUINT_TO_POINTER ((guint) number + 1));
      numbers[t] = known ? (guint) number : 0;
    }
  for (guint t = 0; t < item->tracks->len && !known; t++)
    numbers[t] = t + 1;
  return numbers;
}

static int
by_frame_first (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

static gboolean
write_sequence (SacAnnotations *self, SacNoted *item, const char *folder, GError **error)
{
  g_autofree char *gt = g_build_filename (folder, "gt", NULL), *file = g_build_filename (gt, "gt.txt", NULL);
  g_autofree char *list = g_build_filename (gt, "labels.txt", NULL), *ini = g_build_filename (folder, "seqinfo.ini", NULL);
  g_autofree char *fps = _sac_format_dup_number (item->fps), *facts = NULL;
  g_autoptr (GKeyFile) ini_file = g_key_file_new ();
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, 9 * sizeof (double));
  g_autoptr (GString) out = g_string_new (NULL), names = g_string_new (NULL);
  g_autofree guint *numbers = track_numbers (item);

  for (guint t = 0; t < item->tracks->len; t++)
    {
      SacNotedTrack *track = item->tracks->pdata[t];
      g_autoptr (GArray) dense = _sac_format_dense (track, item->n_frames);

      for (guint b = 0; b < dense->len; b++)
        {
          const SacBox *box = &g_array_index (dense, SacBox, b);
          double seen = value_at (track, box->frame, "visibility", !box->occluded), sure = value_at (track, box->frame, "confidence", 1);
          double row[9] = { box->frame + 1, numbers[t], box->x, box->y, box->width, box->height, sure,
                            track->label == SAC_NO_LABEL ? -1.0 : track->label + 1.0,
                            (seen < 0.5) == box->occluded ? seen : !box->occluded };

          g_array_append_vals (rows, row, 1);
        }
    }
  g_array_sort (rows, by_frame_first);
  for (guint r = 0; r < rows->len; r++)
    for (guint k = 0; k < 9; k++)
      {
        g_autofree char *text = _sac_format_dup_number (((double *) (gpointer) rows->data)[9 * r + k]);

        g_string_append_printf (out, "%s%s", text, k < 8 ? "," : "\n");
      }
  for (guint l = 0; l < self->labels->len; l++)
    g_string_append_printf (names, "%s\n", (char *) self->labels->pdata[l]);
  g_key_file_set_string (ini_file, "Sequence", "name", item->name);     /* which writes odd names so that they stay one line */
  g_key_file_set_string (ini_file, "Sequence", "imDir", "img1");
  g_key_file_set_string (ini_file, "Sequence", "frameRate", fps);
  g_key_file_set_uint64 (ini_file, "Sequence", "seqLength", item->n_frames);
  g_key_file_set_integer (ini_file, "Sequence", "imWidth", item->width);
  g_key_file_set_integer (ini_file, "Sequence", "imHeight", item->height);
  g_key_file_set_string (ini_file, "Sequence", "imExt", ".jpg");
  facts = g_key_file_to_data (ini_file, NULL, NULL);
  return _sac_format_make_folder (gt, error) && g_file_set_contents (file, out->str, (gssize) out->len, error)
         && g_file_set_contents (list, names->str, (gssize) names->len, error) && g_file_set_contents (ini, facts, -1, error);
}

static gboolean
write_mot (SacAnnotations *self, const char *path, GError **error)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean good = TRUE;

  for (guint i = 0; good && i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];
      g_autofree char *stem = _sac_format_unique_stem (taken, item->name), *folder = g_build_filename (path, stem, NULL);

      good = item->n_frames == 1 || write_sequence (self, item, folder, error);
    }
  return good;
}

/* A sequence, or a folder of nothing but sequences. */
static gboolean
is_mot (const char *path, const char *head)
{
  g_autofree char *truth = truth_of (path);
  g_autoptr (GDir) dir = truth ? NULL : g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inside = g_build_filename (path, name, NULL), *within = truth_of (inside);

      if (!within && name[0] != '.' && g_file_test (inside, G_FILE_TEST_IS_DIR))
        return FALSE;
      n += within != NULL;
    }
  return truth || n > 0;
}

static gboolean
is_otb (const char *path, const char *head)
{
  g_autofree char *inside = g_build_filename (path, "groundtruth_rect.txt", NULL);

  return g_str_has_suffix (path, "groundtruth_rect.txt") || g_file_test (inside, G_FILE_TEST_IS_REGULAR);
}

const SacFormatVtable _sac_format_mot = { "mot", is_mot, read_mot, write_mot };
const SacFormatVtable _sac_format_otb = { "otb", is_otb, read_otb, NULL };
