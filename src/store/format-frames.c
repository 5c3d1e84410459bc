/* Tables beside label files, for what a format has no place for:
 *   frames.csv, in folders of pictures: the clip, frame, time and tracks that each picture shows
 *   times.csv (FILE.times.csv beside a file): when each frame is shown, of clips whose frame rate varies */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "format-private.h"

#define MAX_FRAME 1e9
#define TIMES "times.csv"

gboolean
_sac_format_is_table (const char *head)
{
  return g_str_has_prefix (head, "picture,clip,frame,") || g_str_has_prefix (head, SAC_TIMES_HEAD);
}

/* The text behind the heading, NULL where there is no such table. */
static char *
load_table (const char *path, const char *begin)
{
  g_autofree char *text = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? _sac_format_load (path, NULL, NULL) : NULL;

  return text && g_str_has_prefix (text, begin) && strchr (text, '\n') ? g_strdup (strchr (text, '\n') + 1) : NULL;
}

static const char *
field (GPtrArray *row, guint i)
{
  return i < row->len ? row->pdata[i] : "";
}

/* ---- which frames. */
static void
read_frames (SacAnnotations *self, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "frames.csv", NULL), *text = load_table (path, "picture,clip,frame,");
  g_autoptr (GHashTable) pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *at = text;
  GPtrArray *row;

  for (guint i = 0; text && i < self->items->len; i++)
    g_hash_table_insert (pictures, g_path_get_basename (((SacNoted *) self->items->pdata[i])->name), self->items->pdata[i]);
  while (text && (row = _sac_csv_next_row (&at)))
    {
      SacNoted *picture = g_hash_table_lookup (pictures, field (row, 0));
      double frame, time, fps;

      if (picture && !picture->clip && *field (row, 1) && _sac_format_read_number (field (row, 2), &frame)
          && frame >= 0 && frame < MAX_FRAME)
        {
          gboolean moving = _sac_format_read_number (field (row, 3), &time);

          picture->clip = g_strdup (field (row, 1));
          picture->clip_frame = moving ? (gint64) frame : -1;
          picture->clip_tracks = g_strdup (field (row, 5));
          if (moving && _sac_format_read_number (field (row, 4), &fps) && fps > 0 && fps < 1e5)
            picture->fps = fps;
        }
      g_ptr_array_unref (row);
    }
}

/* Number t + 1, "~" where its box is no keyframe, "/" and the frame from which on it is gone. */
void
_sac_format_put_tracks (GString *out, const SacNoted *item, guint frame, guint next, gboolean unlabelled)
{
  gboolean first = TRUE;

  for (guint t = 0; t < item->tracks->len; t++)
    {
      const SacNotedTrack *track = item->tracks->pdata[t];
      GArray *boxes = track->boxes;
      gboolean key = FALSE;
      guint b = 0;
      SacBox box;

      if (!sac_boxes_at ((const SacBox *) (gpointer) boxes->data, boxes->len, frame, &box) || box.outside
          || (track->label == SAC_NO_LABEL && !unlabelled))
        continue;
      for (; b < boxes->len && g_array_index (boxes, SacBox, b).frame <= frame; b++)
        key = g_array_index (boxes, SacBox, b).frame == frame;
      g_string_append_printf (out, "%s%u%s", first ? "" : ";", t + 1, key ? "" : "~");
      if (b < boxes->len && g_array_index (boxes, SacBox, b).outside && g_array_index (boxes, SacBox, b).frame <= next)
        g_string_append_printf (out, "/%u", g_array_index (boxes, SacBox, b).frame);
      first = FALSE;
    }
}

typedef struct {
  GArray *frames;               /* that are told of */
  GHashTable *tracks;           /* number → SacNotedTrack */
} Clip;

static void
clip_free (gpointer data)
{
  Clip *clip = data;

  g_array_unref (clip->frames);
  g_hash_table_unref (clip->tracks);
  g_free (clip);
}

static void
join_attributes (const SacNotedTrack *from, gint64 frame, SacNotedTrack *into)
{
  for (guint a = 0; a < from->attributes->len; a++)
    {
      const SacAttribute *attribute = from->attributes->pdata[a];
      const char *there = sac_noted_get_attribute (into->attributes, -1, attribute->name);

      if (!there || strcmp (there, attribute->value) != 0)
        sac_noted_set_attribute (into->attributes, there ? frame : -1, attribute->name, attribute->value);
    }
}

/* The boxes of one picture become boxes of its frame. */
static void
return_boxes (const SacNoted *still, Clip *clip, SacNoted *item)
{
  g_auto (GStrv) words = g_strsplit (still->clip_tracks ? still->clip_tracks : "", ";", -1);
  gboolean known = g_strv_length (words) == still->tracks->len;     /* else somebody added boxes or took some away */
  guint frame = (guint) still->clip_frame;

  g_array_append_val (clip->frames, frame);
  for (guint t = 0; t < still->tracks->len; t++)
    {
      const SacNotedTrack *from = still->tracks->pdata[t];
      char *end = NULL;
      guint64 number = known ? g_ascii_strtoull (words[t], &end, 10) : 0;
      gpointer key = number > 0 && number < G_MAXINT ? GINT_TO_POINTER ((int) number) : NULL;
      SacNotedTrack *into = key ? g_hash_table_lookup (clip->tracks, key) : NULL;
      SacBox box = g_array_index (from->boxes, SacBox, 0);
      double gone;

      if (!into || into->label != from->label)
        {
          into = sac_noted_add_track (item, from->label);
          if (key)
            g_hash_table_insert (clip->tracks, key, into);
        }
      box.frame = frame;
      box.keyframe = !(end && *end == '~');
      join_attributes (from, still->clip_frame, into);
      g_array_append_val (into->boxes, box);
      end += end && *end == '~';
      if (!end || *end != '/' || !_sac_format_read_number (end + 1, &gone) || gone <= frame || gone >= MAX_FRAME)
        continue;
      box.frame = (guint) gone;
      box.outside = box.keyframe = TRUE;
      g_array_append_val (into->boxes, box);
    }
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

static void
finish_clips (SacAnnotations *self, GHashTable *clips)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, clips);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      SacNoted *item = key;
      Clip *clip = value;

      g_array_sort (clip->frames, by_number);
      for (guint t = 0; t < item->tracks->len; t++)
        {
          _sac_format_settle (self, item, item->tracks->pdata[t]);
          _sac_format_end_holes (item->tracks->pdata[t], clip->frames, item->n_frames);
          _sac_format_thin (item->tracks->pdata[t]);
        }
    }
  _sac_format_finish (self);
}

void
_sac_format_return_frames (SacAnnotations *self, SacClipFunc find, gpointer data)
{
  g_autoptr (GHashTable) clips = g_hash_table_new_full (NULL, NULL, NULL, clip_free), gone = g_hash_table_new (NULL, NULL);
  guint n = self->items->len;
  GPtrArray *left;

  for (guint i = 0; i < n; i++)
    {
      SacNoted *still = self->items->pdata[i], *item;
      guint n_frames = still->clip ? find (still->clip, data) : 0;
      Clip *clip;

      if (n_frames == 0 || strcmp (still->clip, still->name) == 0)
        continue;
      item = sac_annotations_item (self, still->clip);
      item->width = still->width, item->height = still->height;
      item->split = still->split ? still->split : item->split;
      item->n_frames = n_frames;
      g_hash_table_add (gone, still);
      if (still->clip_frame < 0)
        {
          g_ptr_array_extend_and_steal (item->tracks, g_steal_pointer (&still->tracks));
          still->tracks = g_ptr_array_new ();
          continue;
        }
      item->fps = still->fps;
      clip = g_hash_table_lookup (clips, item);
      if (!clip)
        {
          clip = g_new0 (Clip, 1);
          *clip = (Clip) { g_array_new (FALSE, FALSE, sizeof (guint)), g_hash_table_new (NULL, NULL) };
          g_hash_table_insert (clips, item, clip);
        }
      return_boxes (still, clip, item);
    }
  left = g_ptr_array_new_with_free_func (_sac_noted_free);
  for (guint i = 0; i < self->items->len; i++)
    if (g_hash_table_contains (gone, self->items->pdata[i]))
      {
        g_hash_table_remove (self->by_name, ((SacNoted *) self->items->pdata[i])->name);
        _sac_noted_free (self->items->pdata[i]);
      }
    else
      g_ptr_array_add (left, self->items->pdata[i]);
  g_ptr_array_set_free_func (self->items, NULL);
  g_ptr_array_unref (self->items);
  self->items = left;
  finish_clips (self, clips);
}

/* ---- when. */
static char *
times_path (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR) ? g_build_filename (path, TIMES, NULL) : g_strconcat (path, "." TIMES, NULL);
}

static void
read_times (SacAnnotations *self, const char *labels)
{
  g_autofree char *path = times_path (labels), *text = load_table (path, SAC_TIMES_HEAD);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  const char *at = text;
  GPtrArray *row;

  for (guint i = 0; text && i < self->items->len; i++)
    g_hash_table_insert (by_name, ((SacNoted *) self->items->pdata[i])->name, self->items->pdata[i]);
  while (text && (row = _sac_csv_next_row (&at)))
    {
      SacNoted *item = g_hash_table_lookup (by_name, field (row, 0));
      double frame, time;

      if (item && _sac_format_read_number (field (row, 1), &frame) && _sac_format_read_number (field (row, 2), &time) && time >= 0
          && time < 1e8)
        {
          gint64 ns = (gint64) llround (1e9 * time);

          if (!item->times)
            item->times = g_array_new (FALSE, FALSE, sizeof (gint64));
          /* In order and without gaps, or not at all. */
          if (frame == item->times->len && (frame < 1 || g_array_index (item->times, gint64, item->times->len - 1) <= ns))
            g_array_append_val (item->times, ns);
        }
      g_ptr_array_unref (row);
    }
}

void
_sac_format_read_tables (SacAnnotations *self, const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    read_frames (self, path);
  read_times (self, path);
}

gboolean
_sac_format_write_times (SacAnnotations *self, const char *labels, GError **error)
{
  g_autofree char *path = times_path (labels), *there = load_table (path, SAC_TIMES_HEAD);
  g_autoptr (GString) out = g_string_new (SAC_TIMES_HEAD);
  gboolean any = FALSE;

  for (guint i = 0; i < self->items->len; i++)
    {
      const SacNoted *item = self->items->pdata[i];

      for (guint f = 0; item->times && f < item->times->len; f++)
        {
          g_autofree char *time = _sac_format_dup_number (1e-9 * (double) g_array_index (item->times, gint64, f));

          _sac_format_put_field (out, item->name, ',');
          g_string_append_printf (out, "%u,%s\n", f, time);
          any = TRUE;
        }
    }
  if (any)
    return g_file_set_contents (path, out->str, (gssize) out->len, error);
  if (there)                    /* an earlier export's would be read with this one */
    g_unlink (path);
  return TRUE;
}
