/* The list of label formats: what each is called, what it can hold, how it is recognised. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "format-private.h"

#define HEAD 8192
#define MAX_DENSE 50000000

const SacLabelFormat sac_label_formats[] = {
  { "cvat", N_("CVAT XML (pictures and video tracks)"), FALSE,
    SAC_HOLDS_STILL_TAGS | SAC_HOLDS_STILL_BOXES | SAC_HOLDS_TRACKS | SAC_HOLDS_KEYFRAMES | SAC_HOLDS_OCCLUDED | SAC_HOLDS_ATTRIBUTES
      | SAC_HOLDS_FRAME_ATTRIBUTES | SAC_HOLDS_FRACTIONS | SAC_HOLDS_TIME | SAC_HOLDS_SEVERAL | SAC_HOLDS_UNLABELLED },
  { "coco", N_("COCO JSON (boxes; tracks with “videos”)"), FALSE,
    SAC_HOLDS_STILL_TAGS | SAC_HOLDS_STILL_BOXES | SAC_HOLDS_TRACKS | SAC_HOLDS_KEYFRAMES | SAC_HOLDS_OCCLUDED | SAC_HOLDS_ATTRIBUTES
      | SAC_HOLDS_FRAME_ATTRIBUTES | SAC_HOLDS_FRACTIONS | SAC_HOLDS_TIME | SAC_HOLDS_SEVERAL | SAC_HOLDS_HIERARCHY
      | SAC_HOLDS_UNLABELLED },
  { "voc", N_("Pascal VOC (a folder; pictures only)"), TRUE,
    SAC_HOLDS_STILL_BOXES | SAC_HOLDS_OCCLUDED | SAC_HOLDS_ATTRIBUTES | SAC_HOLDS_FRACTIONS | SAC_HOLDS_SPLITS | SAC_HOLDS_SEVERAL
      | SAC_HOLDS_UNLABELLED },
  { "yolo", N_("YOLO (a folder; pictures only)"), TRUE,
    SAC_HOLDS_STILL_BOXES | SAC_HOLDS_FRACTIONS | SAC_HOLDS_SPLITS | SAC_HOLDS_SEVERAL, "confidence" },
  { "mot", N_("MOT challenge (a folder; video tracks)"), TRUE,
    SAC_HOLDS_TRACKS | SAC_HOLDS_OCCLUDED | SAC_HOLDS_FRACTIONS | SAC_HOLDS_TIME | SAC_HOLDS_SEVERAL,
    "confidence visibility track_id" },
  { "csv", N_("Kinetics/Moments CSV (tags and segments)"), FALSE,
    SAC_HOLDS_TAGS | SAC_HOLDS_STILL_TAGS | SAC_HOLDS_NO | SAC_HOLDS_SEGMENTS | SAC_HOLDS_SPLITS | SAC_HOLDS_TIME | SAC_HOLDS_SEVERAL },
  { "something", N_("Something-Something JSON (a tag a clip)"), FALSE,
    SAC_HOLDS_TAGS | SAC_HOLDS_STILL_TAGS | SAC_HOLDS_TIME | SAC_HOLDS_SEVERAL },
  { "datumaro", N_("Datumaro JSON (everything)"), FALSE,
    SAC_HOLDS_TAGS | SAC_HOLDS_STILL_TAGS | SAC_HOLDS_NO | SAC_HOLDS_SEGMENTS | SAC_HOLDS_STILL_BOXES | SAC_HOLDS_TRACKS
      | SAC_HOLDS_KEYFRAMES | SAC_HOLDS_OCCLUDED | SAC_HOLDS_ATTRIBUTES | SAC_HOLDS_FRAME_ATTRIBUTES | SAC_HOLDS_FRACTIONS
      | SAC_HOLDS_SPLITS | SAC_HOLDS_TIME | SAC_HOLDS_SEVERAL | SAC_HOLDS_HIERARCHY | SAC_HOLDS_UNLABELLED },
  { "otb", N_("OTB rectangles (one track; read only)"), FALSE, SAC_HOLDS_TRACKS | SAC_HOLDS_FRACTIONS },
  { NULL },
};

static const SacFormatVtable *const vtables[] = { &_sac_format_cvat, &_sac_format_coco, &_sac_format_voc, &_sac_format_yolo,
                                                  &_sac_format_mot, &_sac_format_csv, &_sac_format_something, &_sac_format_datumaro,
                                                  &_sac_format_otb };

const SacLabelFormat *
sac_label_format_find (const char *id)
{
  for (guint i = 0; id && sac_label_formats[i].id; i++)
    if (strcmp (sac_label_formats[i].id, id) == 0)
      return &sac_label_formats[i];
  return NULL;
}

static const SacFormatVtable *
vtable_of (const SacLabelFormat *format)
{
  for (guint i = 0; format && i < G_N_ELEMENTS (vtables); i++)
    if (strcmp (vtables[i]->id, format->id) == 0)
      return vtables[i];
  return NULL;
}

char *
_sac_format_read_head (const char *path)
{
  char *head = g_malloc0 (HEAD + 1);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gssize n = fd >= 0 ? read (fd, head, HEAD) : 0;

  if (fd >= 0)
    close (fd);
  for (gssize i = 0; i < n; i++)        /* a text that is none must not end the search */
    head[i] = head[i] ? head[i] : ' ';
  return head;
}

static const SacFormatVtable *
recognise (const char *path)
{
  g_autofree char *head = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup ("") : _sac_format_read_head (path);

  for (guint i = 0; i < G_N_ELEMENTS (vtables); i++)
    if (vtables[i]->recognise (path, head))
      return vtables[i];
  return NULL;
}

const SacLabelFormat *
sac_label_format_recognise (const char *path)
{
  const SacFormatVtable *vtable = recognise (path);

  return vtable ? sac_label_format_find (vtable->id) : NULL;
}

SacAnnotations *
sac_annotations_read (const char *path, const SacLabelFormat *format, GError **error)
{
  const SacFormatVtable *vtable = vtable_of (format);

  g_return_val_if_fail (path != NULL, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("There is no “%s”"), path);
      return NULL;
    }
  if (!vtable)
    vtable = recognise (path);
  if (vtable)
    {
      SacAnnotations *annotations = vtable->read (path, error);

      if (annotations)
        _sac_format_read_tables (annotations, path);
      return annotations;
    }
  _sac_format_fail (error, path, _("this is no label file that Saccade knows"));
  return NULL;
}

gboolean
_sac_format_may_fill (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_file_test (folder, G_FILE_TEST_EXISTS) ? g_dir_open (folder, 0, NULL) : NULL;

  if (!g_file_test (folder, G_FILE_TEST_EXISTS) || (dir && !g_dir_read_name (dir)))
    return TRUE;
  return _sac_format_fail (error, folder, _("it must be a folder that is new or empty"));
}

gboolean
_sac_format_write (SacAnnotations *self, const SacLabelFormat *format, const char *path, GError **error)
{
  return vtable_of (format)->write (self, path, error);
}

/* Whether a box a frame, which formats without keyframes want, would be too much to write. */
static gboolean
is_too_long (SacAnnotations *self, const SacLabelFormat *format)
{
  gboolean dense = (format->holds & SAC_HOLDS_TRACKS) && (strcmp (format->id, "mot") == 0 || strcmp (format->id, "coco") == 0);
  guint64 n = 0;

  for (guint i = 0; i < self->items->len && dense; i++)
    {
      const SacNoted *item = self->items->pdata[i];

      for (guint t = 0; t < item->tracks->len && item->n_frames != 1; t++)
        {
          GArray *boxes = ((SacNotedTrack *) item->tracks->pdata[t])->boxes;
          guint first = g_array_index (boxes, SacBox, 0).frame, last = g_array_index (boxes, SacBox, boxes->len - 1).frame;

          n += MAX (item->n_frames, last + 1) - first;
        }
    }
  return n > MAX_DENSE;
}

gboolean
sac_annotations_write (SacAnnotations *self, const SacLabelFormat *format, const char *path, GError **error)
{
  const SacFormatVtable *vtable = vtable_of (format);

  g_return_val_if_fail (vtable != NULL && path != NULL, FALSE);
  if (!vtable->write)
    return _sac_format_fail (error, path, _("this format can be read only"));
  if (is_too_long (self, format))
    return _sac_format_fail (error, path, _("a box for each frame would be more than %d million boxes"), MAX_DENSE / 1000000);
  return (!format->folder || _sac_format_may_fill (path, error)) && vtable->write (self, path, error)
         && _sac_format_write_times (self, path, error);
}

/* ---- losses. */
typedef struct {
  guint tags, still_tags, no, segments, still_boxes, tracks, keyframes, occluded, attributes, frame_attributes, splits, parents, unlabelled;
} Counts;

static gboolean
is_even (const SacNotedTrack *track)
{
  for (guint b = 1; b < track->boxes->len; b++)
    if (g_array_index (track->boxes, SacBox, b).frame != g_array_index (track->boxes, SacBox, b - 1).frame + 1)
      return FALSE;
  return TRUE;
}

static gboolean
is_own (const SacLabelFormat *format, const char *attribute)
{
  g_auto (GStrv) own = g_strsplit (format->own ? format->own : "", " ", -1);

  return g_strv_contains ((const char *const *) own, attribute);
}

static void
count_tracks (const SacNoted *item, const SacLabelFormat *format, Counts *n)
{
  for (guint t = 0; t < item->tracks->len; t++)
    {
      const SacNotedTrack *track = item->tracks->pdata[t];

      if (item->n_frames == 1)
        n->still_boxes++;
      else
        {
          n->tracks++;
          n->keyframes += !is_even (track);
        }
      n->unlabelled += track->label == SAC_NO_LABEL;
      for (guint b = 0; b < track->boxes->len; b++)
        n->occluded += g_array_index (track->boxes, SacBox, b).occluded;
      for (guint a = 0; a < track->attributes->len; a++)
        {
          const SacAttribute *attribute = track->attributes->pdata[a];

          if (format->own && is_own (format, attribute->name))
            continue;
          if (attribute->frame < 0)
            n->attributes++;
          else
            n->frame_attributes++;
        }
    }
}

static void
count_item (const SacNoted *item, const SacLabelFormat *format, Counts *n)
{
  for (guint t = 0; t < item->tags->len; t++)
    if (g_array_index (item->tags, SacNotedTag, t).state != SAC_LABEL_YES)
      n->no++;
    else if (item->n_frames == 1)
      n->still_tags++;
    else
      n->tags++;
  n->segments += item->segments->len;
  for (guint s = 0; s < item->segments->len; s++)
    n->attributes += ((SacNotedSegment *) item->segments->pdata[s])->attributes->len;
  n->splits += item->split != SAC_SPLIT_NONE;
  count_tracks (item, format, n);
}

char **
sac_annotations_list_losses (SacAnnotations *self, const SacLabelFormat *format)
{
  GPtrArray *lines = g_ptr_array_new ();
  SacHolds holds = format->holds;
  Counts n = { 0 };

  for (guint i = 0; i < self->items->len; i++)
    count_item (self->items->pdata[i], format, &n);
  for (guint l = 0; l < self->labels->len; l++)
    n.parents += self->parents->pdata[l] != NULL;
#define LOSE(count, flag, words) \
  if ((count) && !(holds & (flag))) \
    g_ptr_array_add (lines, g_strdup_printf (words, count))
  LOSE (n.tags, SAC_HOLDS_TAGS, ngettext ("%u label of a whole video", "%u labels of whole videos", n.tags));
  LOSE (n.still_tags, SAC_HOLDS_STILL_TAGS, ngettext ("%u label of a whole picture", "%u labels of whole pictures", n.still_tags));
  LOSE (n.no, SAC_HOLDS_NO, ngettext ("%u statement that a label is absent or unknown",
                                      "%u statements that a label is absent or unknown", n.no));
  LOSE (n.segments, SAC_HOLDS_SEGMENTS, ngettext ("%u segment of time", "%u segments of time", n.segments));
  LOSE (n.still_boxes, SAC_HOLDS_STILL_BOXES, ngettext ("%u box on a picture", "%u boxes on pictures", n.still_boxes));
  LOSE (n.tracks, SAC_HOLDS_TRACKS, ngettext ("%u track", "%u tracks", n.tracks));
  if (holds & SAC_HOLDS_TRACKS)
    LOSE (n.keyframes, SAC_HOLDS_KEYFRAMES, ngettext ("which boxes of %u track are keyframes (each frame becomes one)",
                                                      "which boxes of %u tracks are keyframes (each frame becomes one)", n.keyframes));
  if (holds & (SAC_HOLDS_TRACKS | SAC_HOLDS_STILL_BOXES))
    LOSE (n.occluded, SAC_HOLDS_OCCLUDED, ngettext ("that %u box is occluded", "that %u boxes are occluded", n.occluded));
  if (holds & (SAC_HOLDS_TRACKS | SAC_HOLDS_STILL_BOXES))
    LOSE (n.unlabelled, SAC_HOLDS_UNLABELLED, ngettext ("%u track or box without a label", "%u tracks or boxes without a label",
                                                        n.unlabelled));
  LOSE (n.attributes, SAC_HOLDS_ATTRIBUTES, ngettext ("%u attribute", "%u attributes", n.attributes));
  LOSE (n.frame_attributes, SAC_HOLDS_FRAME_ATTRIBUTES, ngettext ("%u attribute that changes with time",
                                                                  "%u attributes that change with time", n.frame_attributes));
  LOSE (n.splits, SAC_HOLDS_SPLITS, ngettext ("the split of %u clip", "the split of %u clips", n.splits));
  LOSE (n.parents, SAC_HOLDS_HIERARCHY, ngettext ("what %u label stands below", "what %u labels stand below", n.parents));
#undef LOSE
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (lines, FALSE);
}
