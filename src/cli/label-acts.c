/* saccade label colour|key|below|merge|show|segment|track|erase: what the window does by pointer and keys, in words. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "label-acts.h"

static gboolean
fail (GError **error, const char *format, const char *word)
{
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, format, word);
  return FALSE;
}

SacId
sac_cli_find_label (SacProject *project, const char *name, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, error);

  for (guint i = 0; labels && i < labels->len; i++)
    if (strcmp (((SacLabel *) labels->pdata[i])->name, name) == 0)
      return ((SacLabel *) labels->pdata[i])->id;
  if (labels)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("There is no label “%s”; saccade label list shows them"), name);
  return 0;
}

/* ---- the vocabulary. */
static gboolean
colour (SacProject *project, char **words, GError **error)
{
  SacId label = sac_cli_find_label (project, words[0], error);
  const char *digits = words[1][0] == '#' ? words[1] + 1 : words[1];
  guint64 value;

  if (label && (strlen (digits) != 6 || !g_ascii_string_to_unsigned (digits, 16, 0, 0xffffff, &value, NULL)))
    return fail (error, _("A colour is six digits, such as #3584e4, not “%s”"), words[1]);
  return label && sac_project_set_label_colour (project, label, (guint32) value, error);
}

static gboolean
key (SacProject *project, char **words, GError **error)
{
  SacId label = sac_cli_find_label (project, words[0], error);
  gboolean none = strcmp (words[1], "none") == 0;

  if (label && !none && strlen (words[1]) != 1)
    return fail (error, _("A key is one letter or digit, or none, not “%s”"), words[1]);
  return label && sac_project_set_label_key (project, label, none ? 0 : words[1][0], error);
}

static gboolean
below (SacProject *project, char **words, GError **error)
{
  SacId label = sac_cli_find_label (project, words[0], error);
  SacId parent = label && words[1][0] ? sac_cli_find_label (project, words[1], error) : 0;

  return label && (parent || !words[1][0]) && sac_project_set_label_parent (project, label, parent, error);
}

static gboolean
merge (SacProject *project, char **words, GError **error)
{
  SacId from = sac_cli_find_label (project, words[0], error), into = from ? sac_cli_find_label (project, words[1], error) : 0;

  return into && sac_project_merge_labels (project, from, into, error);
}

/* ---- one clip. */
static gboolean
read_numbers (const char *word, guint n, double *out, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (word, ",", -1);

  for (guint i = 0; i < n; i++)
    {
      char *end = NULL;

      out[i] = i < g_strv_length (parts) ? g_ascii_strtod (parts[i], &end) : NAN;
      if (!end || end == parts[i] || *end || !(fabs (out[i]) < 1e9))
        return fail (error, _("“%s” is not the numbers that are wanted"), word);
    }
  return g_strv_length (parts) == n || fail (error, _("“%s” is not the numbers that are wanted"), word);
}

static gboolean
segment (SacProject *project, char **words, GError **error)
{
  g_autoptr (SacItem) item = sac_project_find_item (project, words[0], error);
  SacId label = item ? sac_cli_find_label (project, words[1], error) : 0;
  SacId layer = label ? sac_project_get_layer (project, "person", "", error) : 0;
  double in, out;

  if (!layer || !read_numbers (words[2], 1, &in, error) || !read_numbers (words[3], 1, &out, error))
    return FALSE;
  if (!(in >= 0 && out > in))
    return fail (error, _("A segment ends after it begins, in seconds from 0; “%s” cannot be its end"), words[3]);
  return sac_project_add_segment (project, layer, item->id, label, llround (1e9 * in), llround (1e9 * out), error) != 0;
}

static gboolean
track (SacProject *project, char **words, GError **error)
{
  g_autoptr (SacItem) item = sac_project_find_item (project, words[0], error);
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (SacBox));
  SacId label = !item ? 0 : sac_cli_find_label (project, words[1], error);
  SacId layer = label ? sac_project_get_layer (project, "person", "", error) : 0;

  if (!layer)
    return FALSE;
  for (guint i = 2; words[i]; i++)
    {
      SacBox box = { .keyframe = TRUE };
      gboolean gone = g_str_has_suffix (words[i], ",gone");
      g_autofree char *numbers = g_strndup (words[i], strlen (words[i]) - (gone ? strlen (",gone") : 0));
      double v[5] = { 0, 0, 0, 1, 1 };

      if (!read_numbers (numbers, gone ? 1 : 5, v, error))
        return FALSE;
      if (v[0] < 0 || v[0] != floor (v[0]) || (item->n_frames && v[0] >= item->n_frames))
        return fail (error, _("The clip has no frame “%s”"), words[i]);
      box.frame = (guint) v[0];
      box.x = v[1], box.y = v[2], box.width = v[3], box.height = v[4];
      box.outside = gone;
      g_array_append_val (boxes, box);
    }
  if (!sac_boxes_are_valid ((SacBox *) (gpointer) boxes->data, boxes->len))
    return fail (error, _("The boxes are in the order of frames, each with a size; those of “%s” are not"), words[1]);
  return sac_project_add_track (project, layer, item->id, label, (SacBox *) (gpointer) boxes->data, boxes->len, error) != 0;
}

static const char *
name_of (GPtrArray *labels, SacId id)
{
  for (guint i = 0; i < labels->len; i++)
    if (((SacLabel *) labels->pdata[i])->id == id)
      return ((SacLabel *) labels->pdata[i])->name;
  return _("(no label)");
}

/* What is said of a clip, a line each. */
static gboolean
show (SacProject *project, char **words, GError **error)
{
  static const char *const states[] = { N_("unknown"), N_("no"), N_("yes") };
  g_autoptr (SacItem) item = sac_project_find_item (project, words[0], error);
  g_autoptr (GPtrArray) labels = item ? sac_project_list_labels (project, error) : NULL;
  g_autoptr (GPtrArray) segments = labels ? sac_project_list_segments (project, item->id, error) : NULL;
  g_autoptr (GPtrArray) tracks = segments ? sac_project_list_tracks (project, item->id, error) : NULL;

  if (!tracks)
    return FALSE;
  for (guint l = 0; l < labels->len; l++)
    g_print ("%-8s %s\n", _(states[sac_project_get_label_state (project, item->id, ((SacLabel *) labels->pdata[l])->id) + 1]),
             ((SacLabel *) labels->pdata[l])->name);
  for (guint s = 0; s < segments->len; s++)
    {
      const SacSegment *one = segments->pdata[s];

      g_print (_("segment %d  %s  %.3f to %.3f s\n"), (int) one->id, name_of (labels, one->label), 1e-9 * (double) one->in_ns,
               1e-9 * (double) one->out_ns);
    }
  for (guint t = 0; t < tracks->len; t++)
    {
      const SacTrack *one = tracks->pdata[t];

      g_print (ngettext ("track %d  %s  %u keyframe from frame %u on\n", "track %d  %s  %u keyframes from frame %u on\n", one->n_boxes),
               (int) one->id, name_of (labels, one->label), one->n_boxes, one->n_boxes ? one->boxes[0].frame : 0);
    }
  return TRUE;
}

static gboolean
erase (SacProject *project, char **words, GError **error)
{
  gint64 id = g_ascii_strtoll (words[1], NULL, 10);

  if (strcmp (words[0], "segment") == 0)
    return sac_project_remove_segment (project, id, error);
  if (strcmp (words[0], "track") == 0)
    return sac_project_remove_track (project, id, error);
  return fail (error, _("A segment or a track is erased, not a “%s”"), words[0]);
}

const SacLabelAct sac_cli_label_acts[] = {
  { "colour", N_("colour NAME #RRGGBB"), 2, 2, SAC_PROJECT_READ_WRITE, colour },
  { "key", N_("key NAME KEY|none"), 2, 2, SAC_PROJECT_READ_WRITE, key },
  { "below", N_("below NAME OTHER|\"\""), 2, 2, SAC_PROJECT_READ_WRITE, below },
  { "merge", N_("merge NAME INTO"), 2, 2, SAC_PROJECT_READ_WRITE, merge },
  { "segment", N_("segment CLIP NAME FROM TO"), 4, 4, SAC_PROJECT_READ_WRITE, segment },
  { "track", N_("track CLIP NAME FRAME,X,Y,WIDTH,HEIGHT… FRAME,gone"), 3, -1, SAC_PROJECT_READ_WRITE, track },
  { "show", N_("show CLIP"), 1, 1, SAC_PROJECT_READ_ONLY, show },
  { "erase", N_("erase segment|track NUMBER"), 2, 2, SAC_PROJECT_READ_WRITE, erase },
  { NULL },
};
