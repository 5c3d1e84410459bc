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
read_facts (SacNoted *item, const char *folder)
{
  g_autoptr (GKeyFile) ini = g_key_file_new ();
  g_autofree char *path = g_build_filename (folder, "seqinfo.ini", NULL);

  if (!g_key_file_load_from_file (ini, path, 0, NULL))
    return;
  item->n_frames = (guint) CLAMP (g_key_file_get_integer (ini, "Sequence", "seqLength", NULL), 0, 1000000000);
  item->width = CLAMP (g_key_file_get_integer (ini, "Sequence", "imWidth", NULL), 0, 1000000);
  item->height = CLAMP (g_key_file_get_integer (ini, "Sequence", "imHeight", NULL), 0, 1000000);
  item->fps = CLAMP (g_key_file_get_double (ini, "Sequence", "frameRate", NULL), 0, 100000);
}

static void
read_sequence (SacAnnotations *out, const char *folder, const char *truth)
{
  g_autofree char *text = _sac_format_load (truth, NULL, NULL), *words = NULL, *list = NULL, *name = g_path_get_basename (folder);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1), labels = NULL;
  g_autoptr (GHashTable) tracks = g_hash_table_new (NULL, NULL);
  g_autofree char *ini = g_build_filename (folder, "seqinfo.ini", NULL);
  g_autoptr (GKeyFile) facts = g_key_file_new ();
  SacNoted *item;
  guint n_bad = 0, first_bad = 0;

  if (g_key_file_load_from_file (facts, ini, 0, NULL))
    {
      g_autofree char *said = g_key_file_get_string (facts, "Sequence", "name", NULL);

      if (said && *said)
        {
          g_free (name);
          name = g_steal_pointer (&said);
        }
    }
  item = sac_annotations_item (out, name);
  read_facts (item, folder);
  list = g_build_filename (folder, "gt", "labels.txt", NULL);
  words = _sac_format_load (list, NULL, NULL);
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
      if (v[6] != 1 || (n > 8 && v[8] >= 0 && v[8] != 1 && v[8] != 0))
        {
          g_autofree char *confidence = _sac_format_dup_number (v[6]), *seen = _sac_format_dup_number (v[8]);

          if (v[6] != 1)
            sac_noted_set_attribute (track->attributes, box.frame, "confidence", confidence);
          if (n > 8 && v[8] >= 0 && v[8] != 1 && v[8] != 0)
            sac_noted_set_attribute (track->attributes, box.frame, "visibility", seen);
        }
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
  g_autofree char *fps = _sac_format_dup_number (item->fps), *labels = NULL, *facts = NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, 9 * sizeof (double));
  g_autoptr (GString) out = g_string_new (NULL), names = g_string_new (NULL);

  for (guint t = 0; t < item->tracks->len; t++)
    {
      SacNotedTrack *track = item->tracks->pdata[t];
      g_autoptr (GArray) dense = _sac_format_dense (track, item->n_frames);

      for (guint b = 0; b < dense->len; b++)
        {
          const SacBox *box = &g_array_index (dense, SacBox, b);
          double row[9] = { box->frame + 1, t + 1, box->x, box->y, box->width, box->height, 1,
                            track->label == SAC_NO_LABEL ? -1.0 : track->label + 1.0, box->occluded ? 0 : 1 };

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
  facts = g_strdup_printf ("[Sequence]\nname=%s\nimDir=img1\nframeRate=%s\nseqLength=%u\nimWidth=%d\nimHeight=%d\nimExt=.jpg\n", item->name,
                           fps, item->n_frames, item->width, item->height);
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
