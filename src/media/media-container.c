/* What a container says of itself: how many frames its video track should have, and whether the file ends too early.
 * GStreamer plays a file that was cut in half to the middle and ends without a word, so we look for ourselves.
 * Nothing here trusts a length: each is held against its parent and the file. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sac-media-private.h"

#define MAX_BOXES 200000

typedef struct {
  int fd;
  guint left;                   /* boxes that may still be looked at */
  SacContainer *container;
  guint n_tracks;
  gboolean in_video, have_video, fragmented;
  guint64 movie_at, movie_duration, movie_scale, track_duration, track_scale;
  guint movie_bytes;
  guint32 samples;
} Mp4;

static gboolean
read_at (int fd, guint64 at, gpointer out, gsize n)
{
  return pread (fd, out, n, (off_t) at) == (gssize) n;
}

static guint64
number (const guint8 *bytes, guint n)
{
  guint64 value = 0;

  while (n--)
    value = value << 8 | *bytes++;
  return value;
}

static gboolean
is_type (const guint8 *type, const char *name)
{
  return memcmp (type, name, 4) == 0;
}

/* mvhd and mdhd begin alike: version, then creation and change time, scale and duration, 32 or 64 bits wide. */
static gboolean
read_times (Mp4 *mp4, guint64 at, guint64 *scale, guint64 *duration, guint64 *duration_at, guint *n)
{
  guint8 b[32] = { 0 };

  if (!read_at (mp4->fd, at, b, 32))
    return FALSE;
  *n = b[0] == 1 ? 8 : 4;
  *scale = number (b + (b[0] == 1 ? 20 : 12), 4);
  *duration_at = at + (b[0] == 1 ? 24 : 16);
  *duration = number (b + (b[0] == 1 ? 24 : 16), *n);
  return TRUE;
}

static void
end_track (Mp4 *mp4)
{
  if (mp4->in_video && !mp4->have_video)
    {
      mp4->have_video = TRUE;
      mp4->container->declared = mp4->samples;
    }
}

static void
walk (Mp4 *mp4, guint64 at, guint64 end, int depth)
{
  while (at + 8 <= end && mp4->left)
    {
      guint8 b[16];
      guint64 size, head = 8;
      guint64 unused;
      guint n;

      mp4->left--;
      if (!read_at (mp4->fd, at, b, 8))
        return;
      size = number (b, 4);
      if (size == 1)
        {
          if (!read_at (mp4->fd, at, b, 16))
            return;
          size = number (b + 8, 8);
          head = 16;
        }
      else if (size == 0)
        size = end - at;
      if (size < head)
        return;
      if (size > end - at)
        {
          if (depth == 0)
            mp4->container->cut_short = TRUE;
          return;
        }
      if (is_type (b + 4, "moov"))
        mp4->container->no_table = FALSE;
      if (is_type (b + 4, "mvex"))
        mp4->fragmented = TRUE;
      if (is_type (b + 4, "trak"))
        {
          mp4->n_tracks++;
          mp4->in_video = FALSE;
          mp4->samples = 0;
        }
      if (depth < 6 && (is_type (b + 4, "moov") || is_type (b + 4, "trak") || is_type (b + 4, "mdia")
                        || is_type (b + 4, "minf") || is_type (b + 4, "stbl")))
        walk (mp4, at + head, at + size, depth + 1);
      else if (is_type (b + 4, "hdlr") && read_at (mp4->fd, at + head, b, 12))
        mp4->in_video = mp4->in_video || is_type (b + 8, "vide");
      else if (is_type (b + 4, "stsz") && read_at (mp4->fd, at + head, b, 12))
        mp4->samples = (guint32) number (b + 8, 4);
      else if (is_type (b + 4, "mvhd"))
        read_times (mp4, at + head, &mp4->movie_scale, &mp4->movie_duration, &mp4->movie_at, &mp4->movie_bytes);
      else if (is_type (b + 4, "mdhd"))
        read_times (mp4, at + head, &mp4->track_scale, &mp4->track_duration, &unused, &n);
      if (is_type (b + 4, "trak"))
        end_track (mp4);
      at += size;
    }
}

/* GStreamer's demuxer takes a track that is shorter than a fifth of the movie for a preview picture and leaves it out,
 * even when it is the only one and an empty edit before it makes the movie long.  We show it a shorter movie. */
static void
mend_short_track (Mp4 *mp4)
{
  SacContainer *container = mp4->container;
  double track, movie;
  guint64 duration;

  if (mp4->n_tracks != 1 || !mp4->have_video || mp4->fragmented || !mp4->movie_scale || !mp4->track_scale)
    return;
  track = (double) mp4->track_duration / (double) mp4->track_scale;
  movie = (double) mp4->movie_duration / (double) mp4->movie_scale;
  if (!(track > 0) || !(track * 5 < movie * 1.001))
    return;
  duration = (guint64) (track * (double) mp4->movie_scale) + 1;
  container->patch_at = mp4->movie_at;
  container->n_patch = mp4->movie_bytes;
  for (guint i = 0; i < container->n_patch; i++)
    container->patch[i] = (guint8) (duration >> (8 * (container->n_patch - 1 - i)));
}

/* An EBML number with its length marker taken off; all ones means unknown. */
static gboolean
ebml_size (int fd, guint64 at, guint64 *value, guint *n)
{
  guint8 b[8];
  guint64 mask;

  if (!read_at (fd, at, b, 1) || b[0] == 0)
    return FALSE;
  *n = (guint) __builtin_clz (b[0]) - 24 + 1;
  if (!read_at (fd, at, b, *n))
    return FALSE;
  mask = ((guint64) 1 << (7 * *n)) - 1;
  *value = number (b, *n) & mask;
  return *value != mask;
}

static void
read_matroska (int fd, SacContainer *container)
{
  guint8 id[4];
  guint64 size;
  guint n;

  if (!ebml_size (fd, 4, &size, &n) || size > 4096 || !read_at (fd, 4 + n + size, id, 4))
    return;
  if (number (id, 4) == 0x18538067)
    {
      guint64 at = 4 + n + size + 4;

      if (ebml_size (fd, at, &size, &n))
        container->cut_short = container->size < at + n || size > container->size - at - n;
    }
}

gboolean
_sac_container_read (const char *path, SacContainer *container, GError **error)
{
  GStatBuf info;
  guint8 b[12] = { 0 };
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  memset (container, 0, sizeof *container);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot read %s: %s"), path, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  if (!S_ISREG (info.st_mode) || info.st_size == 0)
    {
      if (info.st_size == 0 && S_ISREG (info.st_mode))
        _sac_media_fail (error, SAC_MEDIA_ERROR_EMPTY, path, _("the file is empty (zero bytes)"));
      else
        _sac_media_fail (error, SAC_MEDIA_ERROR_UNSUPPORTED, path, _("this is not a file"));
      close (fd);
      return FALSE;
    }
  container->size = (guint64) info.st_size;
  if (read_at (fd, 0, b, 12))
    {
      if (is_type (b + 4, "ftyp") || is_type (b + 4, "moov") || is_type (b + 4, "mdat") || is_type (b + 4, "wide"))
        {
          Mp4 mp4 = { .fd = fd, .left = MAX_BOXES, .container = container };

          container->is_mp4 = TRUE;
          container->no_table = TRUE;
          walk (&mp4, 0, container->size, 0);
          mend_short_track (&mp4);
        }
      else if (is_type (b, "RIFF") && is_type (b + 8, "AVI "))
        {
          guint64 size = b[4] | b[5] << 8 | b[6] << 16 | (guint64) b[7] << 24;

          container->cut_short = size > container->size - 8;
        }
      else if (number (b, 4) == 0x1a45dfa3)
        {
          container->is_matroska = TRUE;
          read_matroska (fd, container);
        }
    }
  close (fd);
  return TRUE;
}
