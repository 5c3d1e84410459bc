#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sac-record-private.h"
#include "sac-run.h"

struct _SacEventWriter {
  char *path;
  int fd;
  goffset written;              /* bytes that are whole records on disk */
  GByteArray *pending, *event, *summary, *value, *inner;
};

static double
now (void)
{
  return (double) g_get_real_time () * 1e-6;
}

/* Seconds in the name order the files; a start within the same second takes the next one. */
static gint64
free_second (const char *folder)
{
  gint64 second = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "events.out.tfevents."))
      {
        gint64 other = g_ascii_strtoll (name + strlen ("events.out.tfevents."), NULL, 10);

        /* A clock that ran ahead must not hide the new file behind the old one; nonsense numbers are left alone. */
        if (other >= second && other < second + (gint64) 100 * 366 * 86400)
          second = other + 1;
      }
  return second;
}

static void
begin_event (SacEventWriter *writer, guint64 step)
{
  g_byte_array_set_size (writer->event, 0);
  _sac_pb_double (writer->event, 1, now ());
  _sac_pb_varint (writer->event, 2, step);
}

static gboolean
end_event (SacEventWriter *writer, GError **error)
{
  _sac_record_append (writer->pending, writer->event->data, writer->event->len);
  return writer->pending->len < 65536 || sac_event_writer_flush (writer, error);
}

static void
begin_value (SacEventWriter *writer, const char *tag)
{
  g_byte_array_set_size (writer->value, 0);
  _sac_pb_bytes (writer->value, 1, tag, strlen (tag));
}

static gboolean
end_value (SacEventWriter *writer, guint64 step, GError **error)
{
  g_byte_array_set_size (writer->summary, 0);
  _sac_pb_bytes (writer->summary, 1, writer->value->data, writer->value->len);
  begin_event (writer, step);
  _sac_pb_bytes (writer->event, 5, writer->summary->data, writer->summary->len);
  return end_event (writer, error);
}

SacEventWriter *
sac_event_writer_new (const char *run_folder, guint64 first_step, GError **error)
{
  g_autofree char *folder = g_build_filename (run_folder, "events", NULL);
  g_autoptr (SacEventWriter) writer = NULL;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), folder,
                   g_strerror (number));
      return NULL;
    }
  writer = g_new0 (SacEventWriter, 1);
  writer->pending = g_byte_array_new ();
  writer->event = g_byte_array_new ();
  writer->summary = g_byte_array_new ();
  writer->value = g_byte_array_new ();
  writer->inner = g_byte_array_new ();
  writer->path = g_strdup_printf ("%s/events.out.tfevents.%010" G_GINT64_FORMAT ".%s.%d", folder, free_second (folder),
                                  g_get_host_name (), (int) getpid ());
  writer->fd = g_open (writer->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (writer->fd < 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot write %s: %s"), writer->path,
                   g_strerror (number));
      return NULL;
    }
  begin_event (writer, 0);
  _sac_pb_bytes (writer->event, 3, "brain.Event:2", 13);
  if (!end_event (writer, error))
    return NULL;
  g_byte_array_set_size (writer->inner, 0);
  _sac_pb_varint (writer->inner, 1, 1);
  begin_event (writer, first_step);
  _sac_pb_bytes (writer->event, 7, writer->inner->data, writer->inner->len);
  if (!end_event (writer, error) || !sac_event_writer_flush (writer, error))
    return NULL;
  return g_steal_pointer (&writer);
}

gboolean
sac_event_writer_scalar (SacEventWriter *writer, guint64 step, const char *tag, double value, GError **error)
{
  begin_value (writer, tag);
  _sac_pb_float (writer->value, 2, (float) value);
  return end_value (writer, step, error);
}

gboolean
sac_event_writer_text (SacEventWriter *writer, guint64 step, const char *tag, const char *text, GError **error)
{
  static const guint8 shape[] = { 0x12, 0x02, 0x08, 0x01 };     /* one axis of size 1 */
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  begin_value (writer, tag);
  g_byte_array_set_size (writer->inner, 0);
  _sac_pb_varint (writer->inner, 1, 7);         /* DT_STRING */
  _sac_pb_bytes (writer->inner, 2, shape, sizeof shape);
  _sac_pb_bytes (writer->inner, 8, valid, strlen (valid));
  _sac_pb_bytes (writer->value, 8, writer->inner->data, writer->inner->len);
  g_byte_array_set_size (writer->inner, 0);
  _sac_pb_bytes (writer->inner, 1, "\x0a\x04text", 6);          /* plugin_data { plugin_name: "text" } */
  _sac_pb_bytes (writer->value, 9, writer->inner->data, writer->inner->len);
  return end_value (writer, step, error);
}

gboolean
sac_event_writer_image (SacEventWriter *writer, guint64 step, const char *tag, int width, int height, GBytes *png,
                        GError **error)
{
  gsize n_bytes;
  const void *data = g_bytes_get_data (png, &n_bytes);

  g_return_val_if_fail (n_bytes < _SAC_RECORD_MAX_BYTES / 2, FALSE);
  begin_value (writer, tag);
  g_byte_array_set_size (writer->inner, 0);
  _sac_pb_varint (writer->inner, 1, (guint64) height);
  _sac_pb_varint (writer->inner, 2, (guint64) width);
  _sac_pb_varint (writer->inner, 3, 3);
  _sac_pb_bytes (writer->inner, 4, data, n_bytes);
  _sac_pb_bytes (writer->value, 4, writer->inner->data, writer->inner->len);
  return end_value (writer, step, error);
}

gboolean
sac_event_writer_flush (SacEventWriter *writer, GError **error)
{
  gsize done = 0;

  while (done < writer->pending->len)
    {
      gssize n = write (writer->fd, writer->pending->data + done, writer->pending->len - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int number = errno;

          /* Back to whole records, so that what is written after space was made is still readable. */
          if (ftruncate (writer->fd, writer->written) != 0 || lseek (writer->fd, writer->written, SEEK_SET) < 0)
            sac_debug (TRAIN, "%s keeps a torn record\n", writer->path);
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot write %s: %s"), writer->path,
                       g_strerror (number));
          return FALSE;
        }
      done += (gsize) n;
    }
  writer->written += (goffset) done;
  g_byte_array_set_size (writer->pending, 0);
  return TRUE;
}

void
sac_event_writer_free (SacEventWriter *writer)
{
  if (!writer)
    return;
  if (writer->fd >= 0)
    {
      sac_event_writer_flush (writer, NULL);
      close (writer->fd);
    }
  g_byte_array_unref (writer->pending);
  g_byte_array_unref (writer->event);
  g_byte_array_unref (writer->summary);
  g_byte_array_unref (writer->value);
  g_byte_array_unref (writer->inner);
  g_free (writer->path);
  g_free (writer);
}
