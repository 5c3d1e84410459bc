/* The index of a file, kept on disk.  What defines its frames' numbers is decoding it once from the beginning.  Where the
 * packets tell the same (media-packets.c) and the first decoded frames agree with them, decoding is saved.
 * On disk: "SACINDEX", version, fields and arrays little-endian, then SHA-256 of all that. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sac-media-private.h"

#define INDEX_VERSION 2
#define MAGIC "SACINDEX"
#define SUM_BYTES 32
#define TELL_EVERY 16           /* frames */
#define N_WITNESSES 4           /* decoded frames that packets are held against */
#define MAX_INDEX_BYTES ((gsize) SAC_MEDIA_MAX_FRAMES * 17 + 4096)

void
_sac_index_free (SacIndex *index)
{
  if (!index)
    return;
  g_free (index->times);
  g_free (index->sums);
  g_free (index->keys);
  g_free (index);
}

guint
_sac_index_find (const SacIndex *index, gint64 time_ns)
{
  guint low = 0, high = index->n - 1;   /* the last entry at or before the time is in low…high */

  while (low < high)
    {
      guint middle = low + (high - low + 1) / 2;

      if (index->times[middle] <= time_ns)
        low = middle;
      else
        high = middle - 1;
    }
  if (low + 1 < index->n && time_ns - index->times[low] > index->times[low + 1] - time_ns)
    low++;
  return low;
}

char *
_sac_index_dup_warning (const SacIndex *index)
{
  if (index->state == SAC_INDEX_CUT_SHORT && index->declared > index->n)
    return g_strdup_printf (_("The file is cut short: %u of %u frames can be read"), index->n, index->declared);
  if (index->state == SAC_INDEX_CUT_SHORT)
    return g_strdup_printf (_("The file is cut short: %u frames can be read"), index->n);
  if (index->state == SAC_INDEX_DAMAGED && index->declared > index->n)
    return g_strdup_printf (_("The file is damaged: %u of %u frames can be read"), index->n, index->declared);
  if (index->state == SAC_INDEX_DAMAGED)
    return g_strdup_printf (_("The file is damaged: some of its %u frames may be wrong"), index->n);
  return NULL;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* Mean rate, whether it varies, and where the last frame ends. */
static void
measure_rate (SacIndex *index, double caps_fps, gint64 last_duration)
{
  gint64 span = index->times[index->n - 1], gap;

  index->vfr = FALSE;
  if (index->n < 2)
    {
      index->fps = caps_fps > 0 ? caps_fps : last_duration > 0 ? 1e9 / (double) last_duration : 25;
      index->duration_ns = last_duration > 0 ? last_duration : (gint64) (1e9 / index->fps);
      return;
    }
  index->fps = (double) (index->n - 1) * 1e9 / (double) span;
  {
    g_autofree gint64 *gaps = g_new (gint64, index->n - 1);

    for (guint i = 0; i + 1 < index->n; i++)
      gaps[i] = index->times[i + 1] - index->times[i];
    qsort (gaps, index->n - 1, sizeof *gaps, compare_times);
    gap = gaps[(index->n - 1) / 2];
    /* Times in files are rounded to a millisecond or so; more than that, and a fifth of a frame, is a varying rate. */
    for (guint i = 0; i + 1 < index->n; i++)
      if (ABS (gaps[i] - gap) > MAX (gap / 5, 2000000))
        index->vfr = TRUE;
  }
  if (!index->vfr && caps_fps > 0 && fabs (caps_fps / index->fps - 1) < 0.02)
    index->fps = caps_fps;
  index->duration_ns = span + (last_duration > 0 && last_duration < 10 * gap ? last_duration : gap);
}

static void
mark_keys (SacIndex *index, const GArray *keys)
{
  for (guint i = 0; i < keys->len; i++)
    {
      gint64 time = g_array_index (keys, gint64, i) - index->origin_ns;
      guint frame = _sac_index_find (index, time);
      gint64 gap = frame + 1 < index->n ? index->times[frame + 1] - index->times[frame]
                                        : index->duration_ns - index->times[frame];

      if (ABS (time - index->times[frame]) <= gap / 2)
        index->keys[frame] = 1;
    }
  index->keys[0] = 1;
}

static int
compare_packets (gconstpointer a, gconstpointer b)
{
  const SacPacket *x = a, *y = b;

  return x->time < y->time ? -1 : x->time > y->time;
}

/* What is known of frames decoded in order. */
typedef struct {
  GArray *times, *sums;
  gint64 last_duration, step;
  double caps_fps;
} Decoded;

/* Takes one more frame.  1: done, 0: there are no more, −1: error. */
static int
decode_one (SacIndex *index, Decoded *decoded, SacDecoder *decoder, const char *path, const SacMediaWatch *watch,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (GstSample) sample = NULL;
  g_autoptr (SacFrame) frame = NULL;
  GArray *times = decoded->times;
  gint64 time, last = times->len ? g_array_index (times, gint64, times->len - 1) : -1;
  guint64 sum;
  int got = _sac_decoder_pull (decoder, &sample, &time, cancellable, error);

  if (got <= 0)
    return got;
  if (times->len >= SAC_MEDIA_MAX_FRAMES)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_TOO_LARGE, path, _("it has more than %u frames"), SAC_MEDIA_MAX_FRAMES);
      return -1;
    }
  frame = _sac_frame_new (sample, times->len, 0, 0);
  if (!frame)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_TOO_LARGE, path, _("its frames are too large for the memory"));
      return -1;
    }
  if (times->len == 0)
    {
      GstVideoInfo info;

      gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
      index->width = info.width;
      index->height = info.height;
      index->par_n = info.par_n;
      index->par_d = info.par_d;
      if (info.fps_n > 0 && info.fps_d > 0 && info.fps_n / info.fps_d < 100000)
        {
          decoded->caps_fps = (double) info.fps_n / info.fps_d;
          decoded->step = (gint64) (1e9 / decoded->caps_fps);
        }
      if (watch && watch->first)
        watch->first (frame, watch->data);
    }
  if (time < 0 || time <= last)
    time = last < 0 ? 0 : last + decoded->step;
  else if (times->len && time - last < 10 * (gint64) GST_SECOND)
    decoded->step = time - last;
  sum = _sac_frame_sum (frame);
  g_array_append_val (times, time);
  g_array_append_val (decoded->sums, sum);
  decoded->last_duration = GST_BUFFER_DURATION_IS_VALID (gst_sample_get_buffer (sample))
                             ? (gint64) MIN (GST_BUFFER_DURATION (gst_sample_get_buffer (sample)), 3600 * GST_SECOND)
                             : 0;
  return 1;
}

/* Fills @index from packets, if they agree with the frames decoded so far and with the container. */
static gboolean
take_packets (SacIndex *index, GArray *packets, const Decoded *decoded, const SacContainer *container)
{
  const SacPacket *packet = (const SacPacket *) (gpointer) packets->data;
  guint n = packets->len;

  g_array_sort (packets, compare_packets);
  if ((container->declared && container->declared < n) || n < decoded->times->len)
    return FALSE;
  for (guint i = 1; i < n; i++)
    if (packet[i].time <= packet[i - 1].time)
      return FALSE;
  for (guint i = 0; i < decoded->times->len; i++)
    if (ABS (packet[i].time - g_array_index (decoded->times, gint64, i)) > 1000)
      return FALSE;
  if (!packet[0].key)
    return FALSE;
  index->n = n;
  index->origin_ns = packet[0].time;
  index->times = g_new (gint64, n);
  index->keys = g_new (guint8, n);
  for (guint i = 0; i < n; i++)
    {
      index->times[i] = packet[i].time - packet[0].time;
      index->keys[i] = packet[i].key ? 1 : 0;
    }
  measure_rate (index, decoded->caps_fps, packet[n - 1].duration);
  return TRUE;
}

/* How far decoding everything is: by frames where the container lists them, else by time. */
static double
get_fraction (const Decoded *decoded, const SacContainer *container, SacDecoder *decoder)
{
  gint64 length = container->declared ? container->declared : _sac_decoder_get_duration_ns (decoder);
  gint64 at = container->declared ? decoded->times->len : g_array_index (decoded->times, gint64, decoded->times->len - 1);

  return length > 0 ? CLAMP ((double) at / (double) length, 0, 1) : -1;
}

SacIndex *
_sac_index_build (const char *path, const SacContainer *container, gboolean count, const SacMediaWatch *watch, SacDecoder **kept,
                  guint *next, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacDecoder) decoder = _sac_decoder_new (path, container, TRUE);
  g_autoptr (SacIndex) index = g_new0 (SacIndex, 1);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) packets = NULL;
  g_autoptr (GError) problem = NULL;
  Decoded decoded = { times, sums, 0, 40000000, 0 };
  gboolean broke;
  int got = 1;

  /* The first frame before anything else: somebody may be waiting to see it. */
  for (guint i = 0; i < N_WITNESSES && got > 0; i++)
    {
      got = decode_one (index, &decoded, decoder, path, watch, cancellable, &problem);
      if (i == 0 && got > 0 && !count)
        packets = _sac_packets_read (path, container, cancellable);
    }
  if (got >= 0 && times->len && packets && (got > 0 || packets->len == times->len) && take_packets (index, packets, &decoded, container))
    {
      sac_debug (MEDIA, "%s: %u frames by packets\n", path, index->n);
      index->declared = container->declared;
      _sac_decoder_stop_watching (decoder);
      *kept = g_steal_pointer (&decoder);
      *next = times->len;
      return g_steal_pointer (&index);
    }
  while (got > 0)
    {
      got = decode_one (index, &decoded, decoder, path, watch, cancellable, &problem);
      if (got > 0 && watch && watch->counting && times->len % TELL_EVERY == 0)
        watch->counting (get_fraction (&decoded, container, decoder), watch->data);
    }
  /* What was decoded before damage is still worth having; the warning says that there is less. */
  broke = got < 0;
  if (broke && (times->len == 0 || !g_error_matches (problem, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_DAMAGED)))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (times->len == 0)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, path, _("no frame in it can be decoded"));
      return NULL;
    }
  index->n = times->len;
  index->times = (gint64 *) (gpointer) g_array_free (g_steal_pointer (&times), FALSE);
  index->sums = (guint64 *) (gpointer) g_array_free (g_steal_pointer (&sums), FALSE);
  index->keys = g_new0 (guint8, index->n);
  index->origin_ns = index->times[0];
  for (guint i = 0; i < index->n; i++)
    index->times[i] -= index->origin_ns;
  measure_rate (index, decoded.caps_fps, decoded.last_duration);
  mark_keys (index, _sac_decoder_get_keys (decoder));
  index->declared = container->declared;
  if (container->cut_short && (container->declared == 0 || index->n < container->declared))
    index->state = SAC_INDEX_CUT_SHORT;
  else if (broke || (index->n < container->declared
                     && (_sac_decoder_get_n_sent (decoder) > index->n || _sac_decoder_get_n_complaints (decoder) > 0)))
    index->state = SAC_INDEX_DAMAGED;
  sac_debug (MEDIA, "%s: %u frames (%u declared), %d×%d, %.3f per s%s, origin %" G_GINT64_FORMAT " ns, %u complaints, state %d\n",
             path, index->n, index->declared, index->width, index->height, index->fps, index->vfr ? " varying" : "",
             index->origin_ns, _sac_decoder_get_n_complaints (decoder), index->state);
  return g_steal_pointer (&index);
}

/* ---- on disk */

static void
put (GByteArray *bytes, guint64 value, guint n)
{
  guint8 b[8];

  for (guint i = 0; i < n; i++)
    b[i] = (guint8) (value >> (8 * i));
  g_byte_array_append (bytes, b, n);
}

static guint64
take (const guint8 **at, guint n)
{
  guint64 value = 0;

  for (guint i = 0; i < n; i++)
    value |= (guint64) (*at)[i] << (8 * i);
  *at += n;
  return value;
}

static void
digest (const guint8 *data, gsize n, guint8 out[SUM_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = SUM_BYTES;

  g_checksum_update (checksum, data, (gssize) n);
  g_checksum_get_digest (checksum, out, &length);
}

/* Another GStreamer may decode to other bits, and then the sums would be of no use. */
static guint32
decoder_version (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return major << 24 | minor << 16 | micro << 8 | nano;
}

GBytes *
_sac_index_to_bytes (const SacIndex *index)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 sum[SUM_BYTES];
  guint64 fps;

  memcpy (&fps, &index->fps, 8);
  g_byte_array_append (bytes, (const guint8 *) MAGIC, 8);
  put (bytes, INDEX_VERSION, 4);
  put (bytes, decoder_version (), 4);
  put (bytes, index->n, 4);
  put (bytes, (guint32) index->width, 4);
  put (bytes, (guint32) index->height, 4);
  put (bytes, (guint32) index->par_n, 4);
  put (bytes, (guint32) index->par_d, 4);
  put (bytes, index->vfr ? 1 : 0, 4);
  put (bytes, (guint32) index->state, 4);
  put (bytes, index->declared, 4);
  put (bytes, index->sums ? 1 : 0, 4);
  put (bytes, fps, 8);
  put (bytes, (guint64) index->origin_ns, 8);
  put (bytes, (guint64) index->duration_ns, 8);
  for (guint i = 0; i < index->n; i++)
    put (bytes, (guint64) index->times[i], 8);
  for (guint i = 0; i < index->n && index->sums; i++)
    put (bytes, index->sums[i], 8);
  g_byte_array_append (bytes, index->keys, index->n);
  digest (bytes->data, bytes->len, sum);
  g_byte_array_append (bytes, sum, SUM_BYTES);
  return g_byte_array_free_to_bytes (bytes);
}

#define HEAD_BYTES (8 + 11 * 4 + 3 * 8)

SacIndex *
_sac_index_from_bytes (GBytes *file)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (file, &n_bytes), *at = data + 8;
  g_autoptr (SacIndex) index = NULL;
  guint8 sum[SUM_BYTES];
  gboolean with_sums;
  guint64 fps;

  if (n_bytes < HEAD_BYTES + SUM_BYTES || memcmp (data, MAGIC, 8) != 0)
    return NULL;
  digest (data, n_bytes - SUM_BYTES, sum);
  if (memcmp (sum, data + n_bytes - SUM_BYTES, SUM_BYTES) != 0)
    return NULL;
  if (take (&at, 4) != INDEX_VERSION || take (&at, 4) != decoder_version ())
    return NULL;
  index = g_new0 (SacIndex, 1);
  index->n = (guint32) take (&at, 4);
  index->width = (gint32) take (&at, 4);
  index->height = (gint32) take (&at, 4);
  index->par_n = (gint32) take (&at, 4);
  index->par_d = (gint32) take (&at, 4);
  index->vfr = take (&at, 4) != 0;
  index->state = (SacIndexState) take (&at, 4);
  index->declared = (guint32) take (&at, 4);
  with_sums = take (&at, 4) != 0;
  fps = take (&at, 8);
  memcpy (&index->fps, &fps, 8);
  index->origin_ns = (gint64) take (&at, 8);
  index->duration_ns = (gint64) take (&at, 8);
  if (index->n == 0 || index->n > SAC_MEDIA_MAX_FRAMES || n_bytes != HEAD_BYTES + SUM_BYTES + (gsize) index->n * (with_sums ? 17 : 9)
      || index->width < 1 || index->height < 1 || index->width > SAC_MEDIA_MAX_SIDE || index->height > SAC_MEDIA_MAX_SIDE
      || !(index->fps > 0))
    return NULL;
  index->times = g_new (gint64, index->n);
  index->sums = with_sums ? g_new (guint64, index->n) : NULL;
  for (guint i = 0; i < index->n; i++)
    index->times[i] = (gint64) take (&at, 8);
  for (guint i = 0; i < index->n && with_sums; i++)
    index->sums[i] = take (&at, 8);
  index->keys = g_memdup2 (at, index->n);
  for (guint i = 0; i < index->n; i++)
    if (i == 0 ? index->times[0] != 0 : index->times[i] <= index->times[i - 1])
      return NULL;
  return g_steal_pointer (&index);
}

char *
_sac_index_path (const char *hash)
{
  const char *hex = strchr (hash, ':');
  g_autofree char *name = g_strdup_printf ("%s.%d", hex ? hex + 1 : hash, INDEX_VERSION);

  return g_build_filename (sac_env_cache_dir (), "index", name, NULL);
}

gboolean
_sac_media_write_cache (const char *path, gconstpointer data, gsize n_bytes)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *other = g_strdup_printf ("%s.XXXXXX", path);
  gboolean good;
  int fd;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    return FALSE;
  fd = g_mkstemp_full (other, O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0)
    return FALSE;
  good = write (fd, data, n_bytes) == (gssize) n_bytes;
  good = close (fd) == 0 && good;
  if (!good || g_rename (other, path) != 0)
    {
      g_unlink (other);
      return FALSE;
    }
  return TRUE;
}
