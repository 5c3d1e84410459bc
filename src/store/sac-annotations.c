#include "sac-annotations.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

#define MAX_POINTS 100000
#define MAX_STEM 200            /* bytes: what is put behind it must fit, too */

void
sac_attribute_free (SacAttribute *attribute)
{
  if (!attribute)
    return;
  g_free (attribute->name);
  g_free (attribute->value);
  g_free (attribute);
}

static void
segment_free (gpointer data)
{
  SacNotedSegment *segment = data;

  g_ptr_array_unref (segment->attributes);
  g_free (segment);
}

static void
track_free (gpointer data)
{
  SacNotedTrack *track = data;

  g_array_unref (track->boxes);
  g_ptr_array_unref (track->attributes);
  g_free (track);
}

void
_sac_noted_free (gpointer data)
{
  SacNoted *item = data;

  g_free (item->name);
  g_free (item->clip);
  g_free (item->clip_tracks);
  g_clear_pointer (&item->times, g_array_unref);
  g_array_unref (item->tags);
  g_ptr_array_unref (item->segments);
  g_ptr_array_unref (item->tracks);
  g_free (item);
}

SacAnnotations *
sac_annotations_new (void)
{
  SacAnnotations *self = g_new0 (SacAnnotations, 1);

  self->labels = g_ptr_array_new_with_free_func (g_free);
  self->parents = g_ptr_array_new_with_free_func (g_free);
  self->items = g_ptr_array_new_with_free_func (_sac_noted_free);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sac_annotations_free (SacAnnotations *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->labels);
  g_ptr_array_unref (self->parents);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->problems);
  if (self->by_label)
    g_hash_table_unref (self->by_label);
  if (self->by_name)
    g_hash_table_unref (self->by_name);
  g_free (self);
}

guint
sac_annotations_label (SacAnnotations *self, const char *name)
{
  gpointer found;

  if (!self->by_label)
    self->by_label = g_hash_table_new (g_str_hash, g_str_equal);
  if (g_hash_table_lookup_extended (self->by_label, name, NULL, &found))
    return GPOINTER_TO_UINT (found);
  g_ptr_array_add (self->labels, g_strdup (name));
  g_ptr_array_add (self->parents, NULL);
  g_hash_table_insert (self->by_label, self->labels->pdata[self->labels->len - 1], GUINT_TO_POINTER (self->labels->len - 1));
  return self->labels->len - 1;
}

SacNoted *
sac_annotations_item (SacAnnotations *self, const char *name)
{
  SacNoted *item;

  if (!self->by_name)
    self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  item = g_hash_table_lookup (self->by_name, name);
  if (item)
    return item;
  item = g_new0 (SacNoted, 1);
  item->name = g_strdup (name);
  item->tags = g_array_new (FALSE, FALSE, sizeof (SacNotedTag));
  item->segments = g_ptr_array_new_with_free_func (segment_free);
  item->tracks = g_ptr_array_new_with_free_func (track_free);
  g_ptr_array_add (self->items, item);
  g_hash_table_insert (self->by_name, item->name, item);
  return item;
}

SacNotedSegment *
sac_noted_add_segment (SacNoted *item, guint label, gint64 in_ns, gint64 out_ns)
{
  SacNotedSegment *segment = g_new0 (SacNotedSegment, 1);

  *segment = (SacNotedSegment) { label, in_ns, out_ns, g_ptr_array_new_with_free_func ((GDestroyNotify) sac_attribute_free) };
  g_ptr_array_add (item->segments, segment);
  return segment;
}

SacNotedTrack *
sac_noted_add_track (SacNoted *item, guint label)
{
  SacNotedTrack *track = g_new0 (SacNotedTrack, 1);

  *track = (SacNotedTrack) { label, g_array_new (FALSE, FALSE, sizeof (SacBox)),
                             g_ptr_array_new_with_free_func ((GDestroyNotify) sac_attribute_free) };
  g_ptr_array_add (item->tracks, track);
  return track;
}

void
sac_noted_set_tag (SacNoted *item, guint label, gint8 state)
{
  SacNotedTag tag = { label, state };

  for (guint i = 0; i < item->tags->len; i++)
    if (g_array_index (item->tags, SacNotedTag, i).label == label)
      {
        g_array_index (item->tags, SacNotedTag, i).state = state;
        return;
      }
  g_array_append_val (item->tags, tag);
}

void
sac_noted_set_attribute (GPtrArray *attributes, gint64 frame, const char *name, const char *value)
{
  SacAttribute *attribute = g_new0 (SacAttribute, 1);

  *attribute = (SacAttribute) { frame, g_strdup (name), g_strdup (value) };
  g_ptr_array_add (attributes, attribute);
}

const char *
sac_noted_get_attribute (GPtrArray *attributes, gint64 frame, const char *name)
{
  for (guint i = 0; i < attributes->len; i++)
    {
      const SacAttribute *attribute = attributes->pdata[i];

      if (attribute->frame == frame && strcmp (attribute->name, name) == 0)
        return attribute->value;
    }
  return NULL;
}

/* ---- what readers share. */
gboolean
_sac_format_fail (GError **error, const char *path, const char *format, ...)
{
  g_autofree char *shown = g_filename_display_basename (path), *why = NULL, *said = NULL;
  va_list args;

  va_start (args, format);
  said = g_strdup_vprintf (format, args);
  va_end (args);
  why = g_utf8_make_valid (said, -1);   /* parsers quote what they stumbled over, and may cut a letter in two */
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, "%s: %s", shown, why);
  return FALSE;
}

char *
_sac_format_load (const char *path, gsize *length, GError **error)
{
  g_autofree char *text = NULL;
  GStatBuf info;
  gsize n = 0;

  if (g_stat (path, &info) == 0 && S_ISREG (info.st_mode) && info.st_size > SAC_FORMAT_MAX_BYTES)
    {
      _sac_format_fail (error, path, _("the file is larger than %d MiB"), SAC_FORMAT_MAX_BYTES >> 20);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &n, error))
    return NULL;
  if (n >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    memmove (text, text + 3, n -= 3);
  text[n] = 0;
  if (!g_utf8_validate (text, (gssize) n, NULL))
    {
      _sac_format_fail (error, path, _("the text is not UTF-8"));
      return NULL;
    }
  if (length)
    *length = n;
  return g_steal_pointer (&text);
}

gboolean
_sac_format_read_number (const char *text, double *out)
{
  char *end = NULL;
  double value;

  if (!text || !*text)
    return FALSE;
  value = g_ascii_strtod (text, &end);
  while (end && g_ascii_isspace (*end))
    end++;
  if (!end || *end || !(value > -1e15 && value < 1e15))
    return FALSE;
  *out = value;
  return TRUE;
}

char *
_sac_format_dup_number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits < 18; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  return g_strdup (text);
}

char *
_sac_format_unique_stem (GHashTable *taken, const char *name)
{
  g_autofree char *stem = g_strdelimit (g_strdup (name), "/\\", '_');
  char *dot = strrchr (stem, '.'), *unique;

  if (dot && dot != stem)
    *dot = 0;
  for (char *at = stem; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = '_';
  if (strlen (stem) > MAX_STEM)
    g_utf8_find_prev_char (stem, stem + MAX_STEM)[0] = 0;
  if (stem[0] == '.')
    stem[0] = '_';              /* never a hidden file, nor ".." */
  unique = g_strdup (stem[0] ? stem : "_");
  for (guint n = 2; !g_hash_table_add (taken, g_strdup (unique)); n++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s_%u", stem, n);
    }
  return unique;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
_sac_format_sort_names (GPtrArray *names)
{
  g_ptr_array_sort (names, by_name);
}

gboolean
_sac_format_make_folder (const char *path, GError **error)
{
  int number;

  if (g_mkdir_with_parents (path, 0755) == 0)
    return TRUE;
  number = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder “%s”: %s"), path, g_strerror (number));
  return FALSE;
}

static int
by_frame (gconstpointer a, gconstpointer b)
{
  const SacBox *x = a, *y = b;

  return (x->frame > y->frame) - (x->frame < y->frame);
}

static int
attribute_by_frame (gconstpointer a, gconstpointer b)
{
  const SacAttribute *x = *(SacAttribute *const *) a, *y = *(SacAttribute *const *) b;

  return (x->frame > y->frame) - (x->frame < y->frame);
}

/* In the order of frames, one a frame (the last said wins), bad ones out. */
void
_sac_format_settle (SacAnnotations *self, SacNoted *item, SacNotedTrack *track)
{
  guint n = 0, n_bad = 0;

  g_array_sort (track->boxes, by_frame);      /* stable */
  g_ptr_array_sort (track->attributes, attribute_by_frame);
  for (guint i = 0; i < track->boxes->len; i++)
    {
      SacBox box = g_array_index (track->boxes, SacBox, i);

      if (!sac_boxes_are_valid (&box, 1))
        {
          n_bad++;
          continue;
        }
      n -= n > 0 && g_array_index (track->boxes, SacBox, n - 1).frame == box.frame;
      g_array_index (track->boxes, SacBox, n++) = box;
    }
  g_array_set_size (track->boxes, n);
  if (n_bad)
    g_ptr_array_add (self->problems, g_strdup_printf (ngettext ("%s: %u box without a proper size", "%s: %u boxes without a proper size",
                                                                n_bad), item->name, n_bad));
}

/* The upright box around "x,y;x,y;…". */
gboolean
_sac_format_bounds (const char *points, SacBox *box)
{
  double low[2] = { G_MAXDOUBLE, G_MAXDOUBLE }, high[2] = { -G_MAXDOUBLE, -G_MAXDOUBLE };
  g_auto (GStrv) pairs = g_strsplit (points ? points : "", ";", MAX_POINTS);

  for (guint i = 0; pairs[i]; i++)
    {
      g_auto (GStrv) xy = g_strsplit (pairs[i], ",", 2);
      double v[2];

      if (!xy[0] || !xy[1] || !_sac_format_read_number (xy[0], &v[0]) || !_sac_format_read_number (xy[1], &v[1]))
        return FALSE;
      for (guint k = 0; k < 2; k++)
        {
          low[k] = MIN (low[k], v[k]);
          high[k] = MAX (high[k], v[k]);
        }
    }
  if (low[0] > high[0])
    return FALSE;
  box->x = low[0], box->y = low[1], box->width = high[0] - low[0], box->height = high[1] - low[1];
  return TRUE;
}

/* Boxes between keyframes that say what interpolation says anyway are dropped; others are keyframes after all.  And a mutable
 * attribute is kept where it changes. */
void
_sac_format_thin (SacNotedTrack *track)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (SacBox));
  g_autoptr (GHashTable) last = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  for (guint i = 0; i < track->boxes->len; i++)
    if (g_array_index (track->boxes, SacBox, i).keyframe)
      g_array_append_val (keys, g_array_index (track->boxes, SacBox, i));
  for (guint i = 0; i < track->boxes->len; i++)
    {
      SacBox box = g_array_index (track->boxes, SacBox, i), drawn = { 0 };
      gboolean there = sac_boxes_at ((SacBox *) (gpointer) keys->data, keys->len, box.frame, &drawn);

      if (!box.keyframe && there != box.outside && (box.outside || (fabs (box.x - drawn.x) < 0.02 && fabs (box.y - drawn.y) < 0.02
          && fabs (box.width - drawn.width) < 0.03 && fabs (box.height - drawn.height) < 0.03 && !box.occluded == !drawn.occluded)))
        continue;
      box.keyframe = TRUE;
      g_array_index (track->boxes, SacBox, n++) = box;
    }
  g_array_set_size (track->boxes, n);
  for (guint i = 0; i < track->attributes->len;)
    {
      SacAttribute *attribute = track->attributes->pdata[i];

      if (attribute->frame >= 0 && !_sac_format_bounds (attribute->value, &(SacBox) { 0 })
          && g_strcmp0 (g_hash_table_lookup (last, attribute->name), attribute->value) == 0)
        g_ptr_array_remove_index (track->attributes, i);
      else
        {
          if (attribute->frame >= 0)
            g_hash_table_insert (last, attribute->name, attribute->value);
          i++;
        }
    }
}

void
_sac_format_lift (SacNotedTrack *track)
{
  for (guint a = 0; a < track->attributes->len; a++)
    {
      SacAttribute *first = track->attributes->pdata[a];
      guint n = 0;

      for (guint k = a; first->frame >= 0 && k < track->attributes->len; k++)
        {
          const SacAttribute *other = track->attributes->pdata[k];

          if (strcmp (other->name, first->name) == 0)
            n = strcmp (other->value, first->value) == 0 ? n + 1 : G_MAXUINT / 2;
        }
      if (n != track->boxes->len)
        continue;
      first->frame = -1;
      for (guint k = track->attributes->len; --k > a;)
        if (strcmp (((SacAttribute *) track->attributes->pdata[k])->name, first->name) == 0)
          g_ptr_array_remove_index (track->attributes, k);
    }
}

GArray *
_sac_format_dense (const SacNotedTrack *track, guint n_frames)
{
  const SacBox *keys = (SacBox *) (gpointer) track->boxes->data;
  GArray *dense = g_array_new (FALSE, FALSE, sizeof (SacBox));
  guint end = track->boxes->len ? keys[track->boxes->len - 1].frame + 1 : 0;
  SacBox box;

  for (guint frame = track->boxes->len ? keys[0].frame : 0; frame < (n_frames ? n_frames : end); frame++)
    if (sac_boxes_at (keys, track->boxes->len, frame, &box))
      g_array_append_val (dense, box);
  return dense;
}

GArray *
_sac_format_shown (const SacNotedTrack *track)
{
  GArray *shown = g_array_copy (track->boxes);

  for (guint a = 0; a < track->attributes->len; a++)
    {
      const SacAttribute *attribute = track->attributes->pdata[a];
      guint at = 0;
      SacBox box;

      if (attribute->frame < 0
          || !sac_boxes_at ((SacBox *) (gpointer) track->boxes->data, track->boxes->len, (guint) attribute->frame, &box))
        continue;
      while (at < shown->len && g_array_index (shown, SacBox, at).frame < box.frame)
        at++;
      if (at == shown->len || g_array_index (shown, SacBox, at).frame != box.frame)
        g_array_insert_val (shown, at, box);
    }
  return shown;
}

/* The first of @frames (ascending; NULL: every one) after @frame. */
static guint
next_frame (GArray *frames, guint frame)
{
  guint low = 0, high = frames ? frames->len : 0;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (frames, guint, middle) <= frame)
        low = middle + 1;
      else
        high = middle;
    }
  return !frames ? frame + 1 : low < frames->len ? g_array_index (frames, guint, low) : G_MAXUINT;
}

void
_sac_format_end_holes (SacNotedTrack *track, GArray *frames, guint n_frames)
{
  g_autoptr (GArray) boxes = g_steal_pointer (&track->boxes);

  track->boxes = g_array_new (FALSE, FALSE, sizeof (SacBox));
  for (guint i = 0; i < boxes->len; i++)
    {
      SacBox box = g_array_index (boxes, SacBox, i);
      guint next = next_frame (frames, box.frame), end = n_frames ? n_frames : G_MAXUINT;

      g_array_append_val (track->boxes, box);
      if (i + 1 < boxes->len)
        end = g_array_index (boxes, SacBox, i + 1).frame;
      else if (!frames && !n_frames)
        continue;
      if (box.outside || next >= end)
        continue;
      box.frame = next;
      box.outside = box.keyframe = TRUE;
      g_array_append_val (track->boxes, box);
    }
}

void
_sac_format_finish (SacAnnotations *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SacNoted *item = self->items->pdata[i];

      for (guint t = item->tracks->len; t-- > 0;)
        {
          SacNotedTrack *track = item->tracks->pdata[t];

          _sac_format_settle (self, item, track);
          if (track->boxes->len == 0)
            g_ptr_array_remove_index (item->tracks, t);
        }
    }
}
