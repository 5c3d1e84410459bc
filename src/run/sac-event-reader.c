#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sac-record-private.h"
#include "sac-run.h"

#define MAX_TAGS 4096
#define MAX_POINTS 4000000      /* a tag; later points are dropped */
#define MAX_FILES 1000
#define CHUNK ((gsize) 1 << 20)

typedef struct {
  char *name;
  goffset at;                   /* end of the last whole record */
} EventFile;

struct _SacEventReader {
  char *folder;
  GPtrArray *files;             /* EventFile*, by name: the order of starts */
  GHashTable *series;           /* tag → GArray of SacPoint */
  GHashTable *texts;            /* tag → latest text */
  GByteArray *buffer;
  gboolean news;
};

static void
event_file_free (gpointer data)
{
  EventFile *file = data;

  g_free (file->name);
  g_free (file);
}

SacEventReader *
sac_event_reader_new (const char *run_folder)
{
  SacEventReader *reader = g_new0 (SacEventReader, 1);

  reader->folder = g_build_filename (run_folder, "events", NULL);
  reader->files = g_ptr_array_new_with_free_func (event_file_free);
  reader->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  reader->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  reader->buffer = g_byte_array_new ();
  return reader;
}

void
sac_event_reader_free (SacEventReader *reader)
{
  if (!reader)
    return;
  g_free (reader->folder);
  g_ptr_array_unref (reader->files);
  g_hash_table_unref (reader->series);
  g_hash_table_unref (reader->texts);
  g_byte_array_unref (reader->buffer);
  g_free (reader);
}

/* A resumed run begins at @step: what an earlier life wrote beyond it never happened. */
static void
drop_above (SacEventReader *reader, guint64 step)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, reader->series);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GArray *points = value;
      guint kept = 0;

      for (guint i = 0; i < points->len; i++)
        {
          SacPoint point = g_array_index (points, SacPoint, i);

          if (point.step <= step)
            g_array_index (points, SacPoint, kept++) = point;
        }
      g_array_set_size (points, kept);
    }
}

static char *
dup_tag (const SacPbReader *field)
{
  if (field->n_bytes == 0 || field->n_bytes > 1024 || memchr (field->data, 0, field->n_bytes)
      || !g_utf8_validate ((const char *) field->data, (gssize) field->n_bytes, NULL))
    return NULL;
  return g_strndup ((const char *) field->data, field->n_bytes);
}

static gboolean
keep_text (SacEventReader *reader, const char *tag, char *text)
{
  if (!g_hash_table_contains (reader->texts, tag) && g_hash_table_size (reader->texts) >= MAX_TAGS)
    {
      g_free (text);
      return FALSE;
    }
  g_hash_table_insert (reader->texts, g_strdup (tag), text);
  return TRUE;
}

static void
take_value (SacEventReader *reader, guint64 step, double wall_time, const guint8 *data, gsize n_bytes)
{
  SacPbReader pb;
  g_autofree char *tag = NULL;
  g_autofree char *text = NULL;
  gboolean has_value = FALSE, other_plugin = FALSE;
  double value = 0;

  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb))
    if (pb.field == 1 && pb.wire == 2 && !tag)
      tag = dup_tag (&pb);
    else if (pb.field == 2 && pb.wire == 5)
      {
        value = (double) _sac_pb_as_float (&pb);
        has_value = TRUE;
      }
    else if (pb.field == 8 && pb.wire == 2 && !has_value)
      has_value = _sac_tensor_read (pb.data, pb.n_bytes, &value, text ? NULL : &text);
    else if (pb.field == 9 && pb.wire == 2)
      {
        g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);

        other_plugin = !_sac_metadata_read (pb.data, pb.n_bytes, pairs);
        for (guint i = 0; i + 1 < pairs->len; i += 2)
          {
            g_autofree char *name = g_strconcat (SAC_HPARAM, pairs->pdata[i], NULL);

            reader->news |= keep_text (reader, name, g_strdup (pairs->pdata[i + 1]));
          }
      }
  if (!tag)
    return;
  if (has_value && !other_plugin)
    {
      GArray *points = g_hash_table_lookup (reader->series, tag);
      SacPoint point = { step, wall_time, value };

      if (!points && g_hash_table_size (reader->series) < MAX_TAGS)
        {
          points = g_array_new (FALSE, FALSE, sizeof (SacPoint));
          g_hash_table_insert (reader->series, g_strdup (tag), points);
        }
      if (points && points->len < MAX_POINTS)
        g_array_append_val (points, point);
      reader->news = TRUE;
    }
  else if (text)
    reader->news |= keep_text (reader, tag, g_steal_pointer (&text));
}

static void
take_event (SacEventReader *reader, const guint8 *data, gsize n_bytes)
{
  SacPbReader pb, inner;
  guint64 step = 0;
  double wall_time = 0;

  /* The step may stand behind the summary: first what the record is, then what is in it. */
  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb))
    if (pb.field == 1 && pb.wire == 1)
      wall_time = _sac_pb_as_double (&pb);
    else if (pb.field == 2 && pb.wire == 0)
      step = pb.number;
  if (step > G_MAXINT64)
    return;
  _sac_pb_reader_init (&pb, data, n_bytes);
  while (_sac_pb_next (&pb))
    {
      if (pb.wire != 2 || (pb.field != 5 && pb.field != 7))
        continue;
      _sac_pb_reader_init (&inner, pb.data, pb.n_bytes);
      while (_sac_pb_next (&inner))
        if (pb.field == 5 && inner.field == 1 && inner.wire == 2)
          take_value (reader, step, wall_time, inner.data, inner.n_bytes);
        else if (pb.field == 7 && inner.field == 1 && inner.wire == 0 && inner.number == 1)
          drop_above (reader, step);
    }
}

/* Bytes @from… of the file into the buffer, at least @n of them where there are as many.  FALSE: nothing came. */
static gboolean
fill (SacEventReader *reader, int fd, goffset from, gsize n)
{
  gsize got = 0;

  g_byte_array_set_size (reader->buffer, (guint) n);
  while (got < n)
    {
      gssize r = pread (fd, reader->buffer->data + got, n - got, from + (goffset) got);

      if (r < 0 && errno == EINTR)
        continue;
      if (r <= 0)
        break;
      got += (gsize) r;
    }
  g_byte_array_set_size (reader->buffer, (guint) got);
  return got > 0;
}

static void
poll_file (SacEventReader *reader, EventFile *file)
{
  g_autofree char *path = g_build_filename (reader->folder, file->name, NULL);
  struct stat info;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0);
  gsize want = CHUNK;

  if (fd < 0)
    return;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    while (info.st_size > file->at)
      {
        gsize left = (gsize) (info.st_size - file->at), at = 0, total = 0, n_bytes;
        const guint8 *data;
        SacRecordState state = SAC_RECORD_TORN;

        if (!fill (reader, fd, file->at, MIN (want, left)))
          break;
        for (;;)
          {
            state = _sac_record_look (reader->buffer->data + at, reader->buffer->len - at, &data, &n_bytes, &total);
            if (state != SAC_RECORD_WHOLE)
              break;
            take_event (reader, data, n_bytes);
            at += total;
          }
        file->at += (goffset) at;
        /* Torn at the end of the file: wait.  Damaged: nothing behind it can be trusted; a later look may find it mended. */
        if (state == SAC_RECORD_DAMAGED || (at == 0 && total > left) || (at == 0 && reader->buffer->len >= left))
          break;
        want = MAX (CHUNK, total);
      }
  close (fd);
  if (reader->buffer->len > CHUNK)
    {
      g_byte_array_unref (reader->buffer);
      reader->buffer = g_byte_array_new ();
    }
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(EventFile *const *) a)->name, (*(EventFile *const *) b)->name);
}

static void
find_files (SacEventReader *reader)
{
  g_autoptr (GDir) dir = g_dir_open (reader->folder, 0, NULL);
  const char *name;
  gboolean added = FALSE;

  while (dir && (name = g_dir_read_name (dir)))
    {
      gboolean known = FALSE;

      if (!strstr (name, "tfevents") || reader->files->len >= MAX_FILES)
        continue;
      for (guint i = 0; i < reader->files->len && !known; i++)
        known = strcmp (((EventFile *) reader->files->pdata[i])->name, name) == 0;
      if (!known)
        {
          EventFile *file = g_new0 (EventFile, 1);

          file->name = g_strdup (name);
          g_ptr_array_add (reader->files, file);
          added = TRUE;
        }
    }
  if (added)
    g_ptr_array_sort (reader->files, by_name);
}

gboolean
sac_event_reader_poll (SacEventReader *reader)
{
  reader->news = FALSE;
  find_files (reader);
  for (guint i = 0; i < reader->files->len; i++)
    poll_file (reader, reader->files->pdata[i]);
  return reader->news;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char **
sac_event_reader_dup_tags (SacEventReader *reader)
{
  GPtrArray *tags = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, reader->series);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((GArray *) value)->len > 0)
      g_ptr_array_add (tags, g_strdup (key));
  g_ptr_array_sort (tags, compare_strings);
  g_ptr_array_add (tags, NULL);
  return (char **) g_ptr_array_free (tags, FALSE);
}

const SacPoint *
sac_event_reader_get (SacEventReader *reader, const char *tag, guint *n_points)
{
  GArray *points = g_hash_table_lookup (reader->series, tag);

  *n_points = points ? points->len : 0;
  return points ? (const SacPoint *) (gpointer) points->data : NULL;
}

const char *
sac_event_reader_get_text (SacEventReader *reader, const char *tag)
{
  return g_hash_table_lookup (reader->texts, tag);
}

char **
sac_event_reader_dup_texts (SacEventReader *reader, const char *prefix)
{
  GPtrArray *tags = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, reader->texts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix))
      g_ptr_array_add (tags, g_strdup (key));
  g_ptr_array_sort (tags, compare_strings);
  g_ptr_array_add (tags, NULL);
  return (char **) g_ptr_array_free (tags, FALSE);
}
