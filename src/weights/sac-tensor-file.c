/* Opening by content, lazy reading, and the checks that every reader shares. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weight-files-private.h"

G_DEFINE_QUARK (sac-weights-error-quark, sac_weights_error)

gboolean
_sac_refuse (GError **error, SacWeightsError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (SAC_WEIGHTS_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

/* Elements of a view that repeats its storage (stride 0) are taken up to here: an honest broadcast vector, no bomb. */
#define MOST_REPEATED ((guint64) 1 << 22)

char *
sac_tensor_name_dup_visible (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *p = name; *p;)
    {
      gunichar c = g_utf8_get_char_validated (p, -1);

      /* Broken text goes on at the next byte: its length byte is not to be believed. */
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (out, "\\x%02x", (guint) (guchar) *p++);
          continue;
        }
      p = g_utf8_next_char (p);
      if (c == '\n')
        g_string_append (out, "\\n");
      else if (c == '\t')
        g_string_append (out, "\\t");
      else if (c == '\\')
        g_string_append (out, "\\\\");
      else if (!g_unichar_isprint (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_printf (out, "\\u{%x}", (guint) c);
      else
        g_string_append_unichar (out, c);
      if (out->len > 400)
        {
          g_string_append (out, "…");
          break;
        }
    }
  return g_string_free (out, FALSE);
}

static SacTensorFile *
new_file (const char *shown)
{
  SacTensorFile *file = g_new0 (SacTensorFile, 1);
  g_autofree char *base = g_path_get_basename (shown);

  file->shown = g_filename_display_name (base);
  file->fd = -1;
  file->cached = -1;
  file->tensors = g_array_new (FALSE, TRUE, sizeof (SacStoredTensor));
  file->storages = g_array_new (FALSE, TRUE, sizeof (SacStorage));
  file->names = g_string_chunk_new (1024);
  file->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  file->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return file;
}

void
sac_tensor_file_free (SacTensorFile *file)
{
  if (!file)
    return;
  if (file->zip)
    zip_discard (file->zip);
  if (file->fd >= 0)
    close (file->fd);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  g_array_unref (file->tensors);
  g_array_unref (file->storages);
  g_string_chunk_free (file->names);
  g_hash_table_unref (file->by_name);
  g_hash_table_unref (file->metadata);
  g_free (file->cache);
  g_free (file->shown);
  g_free (file);
}

gboolean
_sac_tensor_file_pread (SacTensorFile *file, guint64 position, gpointer out, gsize n, GError **error)
{
  guint8 *to = out;

  if (n == 0)
    return TRUE;
  if (position > file->size || n > file->size - position)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the file is cut short"));
  if (file->bytes)
    {
      memcpy (to, (const guint8 *) g_bytes_get_data (file->bytes, NULL) + position, n);
      return TRUE;
    }
  while (n > 0)
    {
      gssize got = pread (file->fd, to, n, (off_t) position);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the file cannot be read: %s"),
                            got < 0 ? g_strerror (errno) : _("it became shorter"));
      to += got;
      position += (guint64) got;
      n -= (gsize) got;
    }
  return TRUE;
}

gboolean
_sac_tensor_file_add (SacTensorFile *file, const char *name, SacFileDtype dtype, guint rank, const gint64 *dims, const gint64 *strides,
                      guint storage, guint64 storage_elements, gint64 offset, GError **error)
{
  g_autofree char *visible = sac_tensor_name_dup_visible (name);
  SacStoredTensor t = { .dtype = dtype, .storage = storage, .n = 1, .contiguous = TRUE };
  guint64 last, expected = 1;
  gboolean overflow = FALSE;

  if (rank > 8)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("tensor “%s” has %u axes, more than 8"), visible, rank);
  if (offset < 0)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("tensor “%s” begins before its data (a negative offset)"), visible);
  for (guint i = 0; i < rank; i++)
    {
      if (dims[i] < 0 || (strides && strides[i] < 0))
        return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("tensor “%s” has a negative size or stride"), visible);
      t.info.dims[i] = dims[i];
      overflow |= __builtin_mul_overflow (t.n, (guint64) dims[i], &t.n);
    }
  /* An axis of 0 hides an overflow before it, and then nothing is read. */
  overflow |= t.n > G_MAXINT64 / 8;
  for (guint i = rank; i-- > 0;)
    {
      t.strides[i] = strides ? (guint64) strides[i] : expected;
      if (dims[i] != 1 && t.strides[i] != expected)
        t.contiguous = FALSE;
      overflow |= __builtin_mul_overflow (expected, (guint64) MAX (dims[i], 1), &expected);
    }
  last = (guint64) offset;
  if (t.n > 0)
    for (guint i = 0; i < rank; i++)
      {
        guint64 reach = 0;

        overflow |= __builtin_mul_overflow ((guint64) dims[i] - 1, t.strides[i], &reach);
        overflow |= __builtin_add_overflow (last, reach, &last);
      }
  if (overflow)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("the size of tensor “%s” overflows"), visible);
  if (t.n > 0 ? last >= storage_elements : last > storage_elements)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("tensor “%s” reaches past the end of its data"), visible);
  if (t.n > storage_elements && t.n > MOST_REPEATED)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("tensor “%s” claims more numbers than its data hold"), visible);
  if (g_hash_table_contains (file->by_name, name))
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("two tensors are called “%s”"), visible);
  t.offset = (guint64) offset;
  t.info.rank = rank;
  t.info.dtype = _sac_dtype_name (dtype);
  t.info.name = g_string_chunk_insert (file->names, name);
  g_array_append_val (file->tensors, t);
  g_hash_table_insert (file->by_name, (gpointer) t.info.name, GUINT_TO_POINTER (file->tensors->len));
  return TRUE;
}

/* Text that people save by mistake in place of a download. */
static gboolean
refuse_text (const guint8 *head, gsize n, GError **error)
{
  static const char lfs[] = "version https://git-lfs";
  gsize at = 0;

  if (n >= sizeof lfs - 1 && memcmp (head, lfs, sizeof lfs - 1) == 0)
    {
      _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT,
                   _("this is a Git LFS pointer, not the weights: fetch the file itself (git lfs pull)"));
      return TRUE;
    }
  while (at < n && g_ascii_isspace (head[at]))
    at++;
  if (n - at >= 5 && head[at] == '<' && (head[at + 1] == '!' || g_ascii_isalpha (head[at + 1]) || head[at + 1] == '?'))
    {
      _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("this is a web page (HTML), not weights: the download went wrong"));
      return TRUE;
    }
  return FALSE;
}

static gboolean
recognise (SacTensorFile *file, GError **error)
{
  guint8 head[512];
  gsize n = (gsize) MIN (file->size, sizeof head);
  guint64 length = 0;
  gboolean named = g_str_has_suffix (file->shown, ".safetensors"), brace;

  if (file->size == 0)
    return _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("the file is empty"));
  if (!_sac_tensor_file_pread (file, 0, head, n, error))
    return FALSE;
  if (refuse_text (head, n, error))
    return FALSE;
  if (n >= 4 && memcmp (head, "PK", 2) == 0 && (head[2] == 3 || head[2] == 5))
    return _sac_read_pytorch_zip (file, error);
  if (_sac_looks_like_tar (head, n))
    return _sac_decline (file, head, n, error);
  if (n >= 8)
    memcpy (&length, head, 8);
  brace = n > 8 && head[8] == '{';
  if (brace && length <= file->size - 8)
    return _sac_read_safetensors (file, error);
  if (n >= 2 && head[0] == 0x80 && head[1] <= 5)
    return _sac_read_pytorch_legacy (file, error);
  if (named || brace)
    return _sac_read_safetensors (file, error);
  if (head[0] && strchr ("(c])}", head[0]))
    return _sac_read_pytorch_legacy (file, error);
  return _sac_decline (file, head, n, error);
}

static SacTensorFile *
finish (SacTensorFile *taken, GError **error)
{
  g_autoptr (SacTensorFile) file = taken;
  g_autoptr (GError) own = NULL;

  if (!recognise (file, &own))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&own), "%s: ", file->shown);
      return NULL;
    }
  return g_steal_pointer (&file);
}

SacTensorFile *
sac_tensor_file_open_bytes (GBytes *bytes, const char *shown, GError **error)
{
  SacTensorFile *file = new_file (shown);

  file->bytes = g_bytes_ref (bytes);
  file->size = g_bytes_get_size (bytes);
  return finish (file, error);
}

SacTensorFile *
sac_tensor_file_open (const char *path, GError **error)
{
  SacTensorFile *file = new_file (path);
  struct stat info;

  /* Without O_NONBLOCK a named pipe would keep us waiting for a writer. */
  file->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd < 0 || fstat (file->fd, &info) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot read %s: %s"), path, g_strerror (number));
      sac_tensor_file_free (file);
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      _sac_refuse (error, SAC_WEIGHTS_ERROR_FORMAT, _("%s is not a file"), path);
      sac_tensor_file_free (file);
      return NULL;
    }
  file->size = (guint64) info.st_size;
  return finish (file, error);
}

guint
sac_tensor_file_get_n (const SacTensorFile *file)
{
  return file->tensors->len;
}

const SacTensorInfo *
sac_tensor_file_get_info (const SacTensorFile *file, guint i)
{
  g_return_val_if_fail (i < file->tensors->len, NULL);
  return &g_array_index (file->tensors, SacStoredTensor, i).info;
}

gint
sac_tensor_file_find (const SacTensorFile *file, const char *name)
{
  return (gint) GPOINTER_TO_UINT (g_hash_table_lookup (file->by_name, name)) - 1;
}

const char *
sac_tensor_file_get_format (const SacTensorFile *file)
{
  return file->format;
}

const char *
sac_tensor_file_get_metadata (const SacTensorFile *file, const char *key)
{
  return g_hash_table_lookup (file->metadata, key);
}

/* The whole storage in memory: zips are read from their start (their checksum covers all), views jump about. */
static const guint8 *
cache_storage (SacTensorFile *file, guint index, GError **error)
{
  const SacStorage *s = &g_array_index (file->storages, SacStorage, index);

  if (file->cached == (gint64) index)
    return file->cache;
  file->cached = -1;
  g_clear_pointer (&file->cache, g_free);
  file->cache = g_try_malloc (MAX (s->n_bytes, 1));
  if (!file->cache)
    {
      _sac_refuse (error, SAC_WEIGHTS_ERROR_TOO_LARGE, _("there is no memory for the weights"));
      return NULL;
    }
  if (s->zip_entry >= 0 ? !_sac_read_zip_storage (file, s, file->cache, error)
                        : !_sac_tensor_file_pread (file, s->position, file->cache, (gsize) s->n_bytes, error))
    return NULL;
  file->cached = index;
  return file->cache;
}

/* Row-major walk over a strided view; the last axis in one inner loop. */
static void
gather (const SacStoredTensor *t, const guint8 *bytes, float *out)
{
  guint width = _sac_dtype_bytes (t->dtype), rank = t->info.rank;
  guint64 index[8] = { 0 }, at = t->offset;
  guint64 inner = rank ? (guint64) t->info.dims[rank - 1] : 1, step = rank ? t->strides[rank - 1] : 1;

  for (guint64 done = 0; done < t->n; done += inner)
    {
      for (guint64 i = 0; i < inner; i++)
        _sac_dtype_to_f32 (t->dtype, bytes + (at + i * step) * width, 1, out + done + i);
      for (guint axis = rank > 1 ? rank - 1 : 0; axis-- > 0;)
        {
          at += t->strides[axis];
          if (++index[axis] < (guint64) t->info.dims[axis])
            break;
          at -= index[axis] * t->strides[axis];
          index[axis] = 0;
        }
    }
}

static gboolean
read_tensor (SacTensorFile *file, const SacStoredTensor *t, float *out, GError **error)
{
  const SacStorage *s = &g_array_index (file->storages, SacStorage, t->storage);
  guint width = _sac_dtype_bytes (t->dtype);
  const guint8 *bytes;

  if (t->n == 0)
    return TRUE;
  if (t->contiguous && s->zip_entry < 0)
    {
      guint8 chunk[1 << 16];
      gsize most = sizeof chunk / width;

      for (guint64 done = 0; done < t->n;)
        {
          gsize now = (gsize) MIN (t->n - done, most);

          if (!_sac_tensor_file_pread (file, s->position + (t->offset + done) * width, chunk, now * width, error))
            return FALSE;
          _sac_dtype_to_f32 (t->dtype, chunk, now, out + done);
          done += now;
        }
      return TRUE;
    }
  bytes = cache_storage (file, t->storage, error);
  if (!bytes)
    return FALSE;
  if (t->contiguous)
    _sac_dtype_to_f32 (t->dtype, bytes + t->offset * width, (gsize) t->n, out);
  else
    gather (t, bytes, out);
  return TRUE;
}

gboolean
sac_tensor_file_read_f32 (SacTensorFile *file, guint i, float *out, GError **error)
{
  const SacStoredTensor *t;

  g_return_val_if_fail (i < file->tensors->len, FALSE);
  t = &g_array_index (file->tensors, SacStoredTensor, i);
  if (!read_tensor (file, t, out, error))
    {
      g_autofree char *visible = sac_tensor_name_dup_visible (t->info.name);

      g_prefix_error (error, "%s, “%s”: ", file->shown, visible);
      return FALSE;
    }
  return TRUE;
}
