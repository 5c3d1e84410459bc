#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "write-private.h"

static void
append_text (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guchar) *p < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint) (guchar) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static gsize
count (const SacTensorOut *t)
{
  gsize n = 1;

  for (guint i = 0; i < t->rank; i++)
    n *= (gsize) t->dims[i];
  return n;
}

static gint
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

/* The length field and the header, padded by blanks to a multiple of 8.  Metadata in the order of its keys, so that equal
 * contents are equal bytes. */
static GString *
make_header (const SacTensorOut *tensors, guint n, GHashTable *metadata)
{
  GString *out = g_string_new ("12345678{");
  guint64 at = 0, length;

  if (metadata && g_hash_table_size (metadata))
    {
      g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (metadata), by_text);

      g_string_append (out, "\"__metadata__\":{");
      for (GList *l = keys; l; l = l->next)
        {
          append_text (out, l->data);
          g_string_append_c (out, ':');
          append_text (out, g_hash_table_lookup (metadata, l->data));
          g_string_append (out, l->next ? "," : n ? "}," : "}");
        }
    }
  for (guint i = 0; i < n; i++)
    {
      guint64 end = at + count (&tensors[i]) * sizeof (float);

      append_text (out, tensors[i].name);
      g_string_append (out, ":{\"dtype\":\"F32\",\"shape\":[");
      for (guint k = 0; k < tensors[i].rank; k++)
        g_string_append_printf (out, "%s%" G_GINT64_FORMAT, k ? "," : "", tensors[i].dims[k]);
      g_string_append_printf (out, "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}%s", at, end, i + 1 < n ? "," : "");
      at = end;
    }
  g_string_append_c (out, '}');
  while (out->len % 8)
    g_string_append_c (out, ' ');
  length = GUINT64_TO_LE (out->len - 8);
  memcpy (out->str, &length, 8);
  return out;
}

static gboolean
write_all (int fd, gconstpointer data, gsize n)
{
  const char *at = data;

  while (n > 0)
    {
      gssize done = write (fd, at, n);

      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return FALSE;
      at += done;
      n -= (gsize) done;
    }
  return TRUE;
}

gboolean
_sac_safetensors_write_with (const char *path, const SacTensorOut *tensors, guint n, GHashTable *metadata, SacTensorFill fill,
                             gpointer data, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *other = g_strdup_printf ("%s.%d.new", path, (int) getpid ());
  g_autoptr (GString) header = make_header (tensors, n, metadata);
  g_autofree float *numbers = NULL;
  gsize most = 1;
  gboolean fine, filled = TRUE;
  int fd, dir, number;

  for (guint i = 0; i < n; i++)
    most = MAX (most, count (&tensors[i]));
  numbers = g_try_new (float, most);
  if (!numbers)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("there is no memory to write the weights"));
  fd = g_open (other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  fine = fd >= 0 && write_all (fd, header->str, header->len);
  for (guint i = 0; fine && i < n; i++)
    {
      filled = fill (i, numbers, data, error);
      fine = filled && write_all (fd, numbers, count (&tensors[i]) * sizeof (float));
    }
  fine = fine && fsync (fd) == 0;
  number = errno;
  if (fd >= 0 && close (fd) != 0 && fine)
    {
      number = errno;
      fine = FALSE;
    }
  if (fine && g_rename (other, path) != 0)
    {
      number = errno;
      fine = FALSE;
    }
  if (!fine)
    {
      g_unlink (other);
      if (filled)
        g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot write %s: %s"), path, g_strerror (number));
      return FALSE;
    }
  dir = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (dir >= 0)
    {
      fsync (dir);
      close (dir);
    }
  return TRUE;
}

static gboolean
copy_given (guint i, float *out, gpointer data, GError **error)
{
  const SacTensorOut *tensors = data;

  memcpy (out, tensors[i].data, count (&tensors[i]) * sizeof (float));
  return TRUE;
}

gboolean
sac_safetensors_write (const char *path, const SacTensorOut *tensors, guint n, GHashTable *metadata, GError **error)
{
  return _sac_safetensors_write_with (path, tensors, n, metadata, copy_given, (gpointer) tensors, error);
}
