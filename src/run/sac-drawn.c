#include "sac-drawn.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sac-run.h"

#define FILE_NAME "drawn.bin"
#define MAGIC "SACDRAWN"
#define VERSION 1
#define MOST_BYTES ((guint64) 64 << 20)
#define MOST_READ ((gsize) 160 << 20)   /* a file of a stranger: twice that and its names */
#define MOST_NAMES 10000000u
#define HEAD 24

struct _SacDrawnWriter
{
  FILE *file;
  guint n_labels, n_clips, every;
  guint8 *record;
  gsize record_bytes;
};

static void
put32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, 4);
}

static guint32
get32 (const guint8 *from)
{
  guint32 value;

  memcpy (&value, from, 4);
  return GUINT32_FROM_LE (value);
}

static GByteArray *
make_head (const char *const *labels, const char *const *clips)
{
  GByteArray *out = g_byte_array_new ();
  const char *const *const lists[] = { labels, clips };
  guint8 head[HEAD] = { 0 };

  memcpy (head, MAGIC, 8);
  put32 (head + 8, VERSION);
  g_byte_array_append (out, head, HEAD);
  for (guint k = 0; k < G_N_ELEMENTS (lists); k++)
    {
      guint n = 0;

      for (; lists[k][n]; n++)
        g_byte_array_append (out, (const guint8 *) lists[k][n], (guint) strlen (lists[k][n]) + 1);
      put32 (out->data + 12 + 4 * k, n);
    }
  put32 (out->data + 20, out->len - HEAD);
  return out;
}

/* Bytes of an earlier life that stay: its head is the same, its records are of steps up to @step; 0: none. */
static gsize
find_end (const char *path, const GByteArray *head, gsize record, guint64 step)
{
  g_autoptr (GBytes) bytes = sac_file_read (path, MOST_READ, NULL);
  gsize size = 0, at = head->len;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

  if (step == 0 || size < head->len || memcmp (data, head->data, head->len) != 0)
    return 0;
  while (at + record <= size && get32 (data + at) <= step)
    at += record;
  return at;
}

SacDrawnWriter *
sac_drawn_writer_new (const char *run_folder, const char *const *labels, const char *const *clips, guint64 step, guint64 expected,
                      GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, FILE_NAME, NULL);
  g_autoptr (GByteArray) head = make_head (labels, clips);
  g_autoptr (SacDrawnWriter) writer = g_new0 (SacDrawnWriter, 1);
  gsize kept;

  writer->n_labels = g_strv_length ((char **) labels);
  writer->n_clips = g_strv_length ((char **) clips);
  writer->record_bytes = 8 + 2 * (gsize) writer->n_labels;
  writer->every = (guint) CLAMP (expected * writer->record_bytes / MOST_BYTES + 1, 1, G_MAXUINT32);
  writer->record = g_malloc (writer->record_bytes);
  kept = find_end (path, head, writer->record_bytes, step);
  writer->file = g_fopen (path, kept ? "r+be" : "wbe");
  if (!writer->file || (kept && (ftruncate (fileno (writer->file), (off_t) kept) != 0 || fseek (writer->file, 0, SEEK_END) != 0))
      || (!kept && fwrite (head->data, 1, head->len, writer->file) != head->len) || fflush (writer->file) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot write %s: %s"), path, g_strerror (number));
      return NULL;
    }
  return g_steal_pointer (&writer);
}

void
sac_drawn_writer_add (SacDrawnWriter *writer, guint64 step, guint clip, const float *probabilities)
{
  g_return_if_fail (clip < writer->n_clips);

  if (!writer->file || step % writer->every != 0)
    return;
  put32 (writer->record, (guint32) MIN (step, G_MAXUINT32));
  put32 (writer->record + 4, clip);
  for (guint j = 0; j < writer->n_labels; j++)
    {
      guint16 p = GUINT16_TO_LE ((guint16) lrintf (CLAMP (probabilities[j], 0, 1) * 65535));

      memcpy (writer->record + 8 + 2 * (gsize) j, &p, 2);
    }
  if (fwrite (writer->record, writer->record_bytes, 1, writer->file) != 1)
    g_clear_pointer (&writer->file, fclose);
}

void
sac_drawn_writer_flush (SacDrawnWriter *writer)
{
  if (writer->file && fflush (writer->file) != 0)
    g_clear_pointer (&writer->file, fclose);
}

void
sac_drawn_writer_free (SacDrawnWriter *writer)
{
  if (!writer)
    return;
  g_clear_pointer (&writer->file, fclose);
  g_free (writer->record);
  g_free (writer);
}

/* @n strings from @at on; NULL where they do not end before @end. */
static char **
read_names (const guint8 **at, const guint8 *end, guint n)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      const guint8 *stop = *at < end ? memchr (*at, 0, (gsize) (end - *at)) : NULL;

      if (!stop || !g_utf8_validate ((const char *) *at, stop - *at, NULL))
        {
          g_ptr_array_unref (names);
          return NULL;
        }
      g_ptr_array_add (names, g_strndup ((const char *) *at, (gsize) (stop - *at)));
      *at = stop + 1;
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

static SacDrawn *
parse (const guint8 *data, gsize size)
{
  g_autoptr (SacDrawn) drawn = g_new0 (SacDrawn, 1);
  const guint8 *at = data + HEAD, *end;
  gsize record;

  if (size < HEAD || memcmp (data, MAGIC, 8) != 0 || get32 (data + 8) != VERSION || get32 (data + 20) > size - HEAD)
    return NULL;
  drawn->n_labels = get32 (data + 12);
  drawn->n_clips = get32 (data + 16);
  end = at + get32 (data + 20);
  if (drawn->n_labels > MOST_NAMES || drawn->n_clips > MOST_NAMES)
    return NULL;
  drawn->labels = read_names (&at, end, drawn->n_labels);
  drawn->clips = drawn->labels ? read_names (&at, end, drawn->n_clips) : NULL;
  if (!drawn->clips || at != end)
    return NULL;
  record = 8 + 2 * (gsize) drawn->n_labels;
  drawn->n = (guint) ((gsize) (data + size - at) / record);
  drawn->steps = g_new (guint32, (gsize) drawn->n + 1);
  drawn->items = g_new (guint32, (gsize) drawn->n + 1);
  drawn->probabilities = g_new (guint16, (gsize) drawn->n * drawn->n_labels + 1);
  for (guint i = 0; i < drawn->n; i++, at += record)
    {
      drawn->steps[i] = get32 (at);
      drawn->items[i] = get32 (at + 4);
      if (drawn->items[i] >= drawn->n_clips)
        return NULL;
      for (guint j = 0; j < drawn->n_labels; j++)
        {
          guint16 p;

          memcpy (&p, at + 8 + 2 * (gsize) j, 2);
          drawn->probabilities[(gsize) i * drawn->n_labels + j] = GUINT16_FROM_LE (p);
        }
    }
  return g_steal_pointer (&drawn);
}

SacDrawn *
sac_drawn_read (const char *run_folder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, FILE_NAME, NULL);
  g_autoptr (GBytes) bytes = NULL;
  SacDrawn *drawn;
  gsize size;
  const guint8 *data;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  bytes = sac_file_read (path, MOST_READ, error);
  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  drawn = parse (data, size);
  if (!drawn)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged"), path);
  return drawn;
}

void
sac_drawn_free (SacDrawn *drawn)
{
  if (!drawn)
    return;
  g_strfreev (drawn->labels);
  g_strfreev (drawn->clips);
  g_free (drawn->steps);
  g_free (drawn->items);
  g_free (drawn->probabilities);
  g_free (drawn);
}
