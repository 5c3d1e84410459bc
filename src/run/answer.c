/* Arrays of numbers between two processes: how they are laid out, and what is believed of them. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer-private.h"

int
_sac_parts_to_fd (const SacPart *parts, guint n)
{
  int fd = memfd_create ("saccade-numbers", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  for (guint i = 0; i < n && fd >= 0; i++)
    for (gsize done = 0; done < parts[i].n_bytes;)
      {
        gssize r = write (fd, (const char *) parts[i].bytes + done, parts[i].n_bytes - done);

        if (r < 0 && errno == EINTR)
          continue;
        if (r <= 0)
          {
            close (fd);
            return -1;
          }
        done += (gsize) r;
      }
  if (fd >= 0)
    fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return fd;
}

gboolean
_sac_damaged_answer (GError **error)
{
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER, _("The worker's answer cannot be read"));
  return FALSE;
}

guint8 *
_sac_bytes_from_fd (int fd, gsize n_bytes, GError **error)
{
  g_autofree guint8 *out = NULL;
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0 || (guint64) info.st_size != n_bytes || !(out = g_try_malloc (n_bytes + 1)))
    {
      _sac_damaged_answer (error);
      return NULL;
    }
  for (gsize done = 0; done < n_bytes;)
    {
      gssize r = pread (fd, out + done, n_bytes - done, (off_t) done);

      if (r < 0 && errno == EINTR)
        continue;
      if (r <= 0)
        {
          _sac_damaged_answer (error);
          return NULL;
        }
      done += (gsize) r;
    }
  out[n_bytes] = 0;
  return g_steal_pointer (&out);
}

void
_sac_keep_shares (float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!(values[i] >= 0 && values[i] <= 1))
      values[i] = values[i] > 1 ? 1 : 0;
}

void
_sac_add_frames (JsonBuilder *builder, const guint *frames, guint n)
{
  json_builder_set_member_name (builder, "frames");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (builder, frames[i]);
  json_builder_end_array (builder);
}

void
_sac_add_numbers (JsonBuilder *builder, const char *name, const double *numbers, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    _sac_json_add_number (builder, numbers[i]);
  json_builder_end_array (builder);
}

gboolean
_sac_read_shape (JsonObject *object, int least, int shape[3], GError **error)
{
  JsonArray *array = _sac_json_array (object, "shape");

  if (!array || json_array_get_length (array) != 3)
    return _sac_damaged_answer (error);
  for (guint i = 0; i < 3; i++)
    {
      double size = _sac_json_number_at (array, i, -1);

      if (!(size >= least && size <= 8192) || size != floor (size))
        return _sac_damaged_answer (error);
      shape[i] = (int) size;
    }
  if ((gsize) shape[0] * (gsize) shape[1] * (gsize) shape[2] > _SAC_ANSWER_MAX_FLOATS)
    return _sac_damaged_answer (error);
  return TRUE;
}

gboolean
_sac_read_frames (JsonObject *object, guint **frames, guint *n, GError **error)
{
  JsonArray *array = _sac_json_array (object, "frames");

  if (!array)
    return _sac_damaged_answer (error);
  *n = json_array_get_length (array);
  *frames = g_new0 (guint, *n + 1);
  for (guint i = 0; i < *n; i++)
    (*frames)[i] = (guint) CLAMP (_sac_json_number_at (array, i, 0), 0, (double) G_MAXINT32);
  return TRUE;
}

gboolean
_sac_read_crop (JsonObject *object, double crop[4], GError **error)
{
  JsonArray *array = _sac_json_array (object, "crop");

  if (array && json_array_get_length (array) != 4)
    return _sac_damaged_answer (error);
  for (guint i = 0; array && i < 4; i++)
    crop[i] = _sac_json_number_at (array, i, 0);
  return TRUE;
}
