/* A file with its index, and frames by number.
 *
 * A frame is looked for in the cache, then by letting the pipeline run on, then by going to its key frame, then to
 * earlier key frames, and at last by decoding from the beginning as the index did.  What came after a jump counts only
 * when its time and the checksum of its pixels are those of the index, so a demuxer that jumps to the wrong place, or a
 * key frame that is none, costs time but never gives a wrong frame.  An index made from packets has no checksums: there
 * the time decides, pictures before the key frame's are left out, and what the decoder itself calls corrupted counts only
 * where going back further brings nothing better. */
#include "sac-media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_LIVE 8              /* pipelines that are kept open */
#define STRICT_JUMPS 2          /* jumps after which corrupted pictures are still refused */
#define NEAR_FRAMES 12          /* running on over so few frames is cheaper than a jump */
#define HASH_CHUNK (64 * 1024)

struct _SacMedia {
  GObject parent_instance;
  char *path, *hash, *warning;
  const char *key;              /* of file and index in the cache, interned */
  SacContainer container;
  SacIndex *index;
  GMutex lock;                  /* what follows */
  SacDecoder *decoder;
  gboolean counted;             /* the pipeline came from the beginning and has not jumped: frames are numbered by counting */
  guint next;                   /* the frame that the pipeline gives next */
  guint8 *keys;                 /* of the index, less those that turned out useless */
  GHashTable *missing;          /* frame numbers that no way led to */
};

/* sac_media_init () is the room's own, so the type's functions go by another name. */
GType sac_media_object_get_type (void);
G_DEFINE_FINAL_TYPE (SacMedia, sac_media_object, G_TYPE_OBJECT)
G_DEFINE_QUARK (sac-media-error-quark, sac_media_error)

/* Media that have a pipeline, most recently used first; not references.  A media leaves before it is finalized. */
static GMutex live_lock;
static GQueue live = G_QUEUE_INIT;

GType
sac_media_get_type (void)
{
  return sac_media_object_get_type ();
}

void
sac_media_init (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      gst_init (NULL, NULL);
      g_once_init_leave (&once, 1);
    }
}

void
_sac_media_fail (GError **error, SacMediaError code, const char *path, const char *format, ...)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SAC_MEDIA_ERROR, (int) code, "%s: %s", name, text);
}

static gboolean
has_suffix (const char *path, const char *const *suffixes)
{
  const char *dot = strrchr (path, '.');

  if (!dot || strchr (dot, '/'))
    return FALSE;
  for (guint i = 0; suffixes[i]; i++)
    if (g_ascii_strcasecmp (dot + 1, suffixes[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
sac_media_is_video_name (const char *path)
{
  static const char *const suffixes[] = { "mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "mts", "m2ts", "mpg", "mpeg", "mpe",
                                          "m2v", "vob", "wmv", "asf", "flv", "f4v", "ogv", "ogg", "3gp", "3g2", "gif", "mxf",
                                          "mjpg", "mjpeg", "h264", "hevc", "ivf", "y4m", "dv", "divx", NULL };

  return has_suffix (path, suffixes);
}

gboolean
sac_media_is_image_name (const char *path)
{
  static const char *const suffixes[] = { "jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", NULL };

  return has_suffix (path, suffixes);
}

char *
sac_media_hash (const char *path, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (HASH_CHUNK);
  GStatBuf info;
  guint64 size, at[3];
  guint8 head[8];
  gboolean good;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      int number = fd < 0 || errno ? errno : EINVAL;

      if (fd >= 0)
        close (fd);
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot read %s: %s"), path,
                   fd < 0 ? g_strerror (number) : _("this is not a file"));
      return NULL;
    }
  size = (guint64) info.st_size;
  for (int i = 0; i < 8; i++)
    head[i] = (guint8) (size >> (8 * i));
  g_checksum_update (checksum, head, 8);
  at[0] = 0;
  at[1] = size > HASH_CHUNK ? (size - HASH_CHUNK) / 2 : 0;
  at[2] = size > HASH_CHUNK ? size - HASH_CHUNK : 0;
  good = TRUE;
  for (int i = 0; i < 3 && good; i++)
    {
      gssize n = pread (fd, chunk, HASH_CHUNK, (off_t) at[i]);

      good = n >= 0;
      if (good)
        g_checksum_update (checksum, chunk, n);
    }
  if (!good)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot read %s: %s"), path, g_strerror (errno));
  close (fd);
  return good ? g_strconcat ("saccade1:", g_checksum_get_string (checksum), NULL) : NULL;
}

static void
leave_live (SacMedia *self)
{
  g_mutex_lock (&live_lock);
  g_queue_remove (&live, self);
  g_mutex_unlock (&live_lock);
}

static void
sac_media_finalize (GObject *object)
{
  SacMedia *self = SAC_MEDIA (object);

  leave_live (self);
  g_clear_pointer (&self->decoder, _sac_decoder_free);
  g_clear_pointer (&self->index, _sac_index_free);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  g_free (self->keys);
  g_free (self->path);
  g_free (self->hash);
  g_free (self->warning);
  G_OBJECT_CLASS (sac_media_object_parent_class)->finalize (object);
}

static void
sac_media_object_class_init (SacMediaClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_media_finalize;
}

static void
sac_media_object_init (SacMedia *self)
{
  g_mutex_init (&self->lock);
}

/* ---- opening */

static SacIndex *
load_index (const char *path)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *contents = NULL;
  gsize n_bytes;

  if (!g_file_get_contents (path, &contents, &n_bytes, NULL))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&contents), n_bytes);
  return _sac_index_from_bytes (bytes);
}

static SacMedia *
open_file (const char *path, gboolean count, const SacMediaWatch *watch, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacMedia) self = NULL;
  g_autofree char *index_path = NULL;
  SacContainer container;

  g_return_val_if_fail (path != NULL, NULL);
  sac_media_init ();
  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !_sac_container_read (path, &container, error))
    return NULL;
  self = g_object_new (SAC_TYPE_MEDIA, NULL);
  self->path = g_strdup (path);
  self->container = container;
  self->hash = sac_media_hash (path, error);
  if (!self->hash)
    return NULL;
  index_path = _sac_index_path (self->hash);
  self->index = count ? NULL : load_index (index_path);
  if (!self->index)
    {
      g_autoptr (GBytes) bytes = NULL;

      self->index = _sac_index_build (path, &container, count, watch, &self->decoder, &self->next, cancellable, error);
      if (!self->index)
        return NULL;
      bytes = _sac_index_to_bytes (self->index);
      if (!_sac_media_write_cache (index_path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)))
        sac_debug (MEDIA, "the index %s cannot be written\n", index_path);
    }
  /* Frames by the numbers of one index are never taken for those of another. */
  {
    g_autofree char *key = g_strconcat (self->hash, self->index->sums ? " counted" : NULL, NULL);

    self->key = g_intern_string (key);
  }
  self->counted = self->decoder != NULL;
  self->keys = g_memdup2 (self->index->keys, self->index->n);
  self->warning = _sac_index_dup_warning (self->index);
  return g_steal_pointer (&self);
}

SacMedia *
sac_media_open (const char *path, GCancellable *cancellable, GError **error)
{
  return open_file (path, FALSE, NULL, cancellable, error);
}

SacMedia *
sac_media_open_watched (const char *path, const SacMediaWatch *watch, GCancellable *cancellable, GError **error)
{
  return open_file (path, FALSE, watch, cancellable, error);
}

SacMedia *
sac_media_open_counted (const char *path, const SacMediaWatch *watch, GCancellable *cancellable, GError **error)
{
  return open_file (path, TRUE, watch, cancellable, error);
}

gboolean
sac_media_is_counted (SacMedia *media)
{
  return media->index->sums != NULL;
}

const char *
sac_media_get_path (SacMedia *media)
{
  return media->path;
}

const char *
sac_media_get_hash (SacMedia *media)
{
  return media->hash;
}

guint
sac_media_get_n_frames (SacMedia *media)
{
  return media->index->n;
}

int
sac_media_get_width (SacMedia *media)
{
  return media->index->width;
}

int
sac_media_get_height (SacMedia *media)
{
  return media->index->height;
}

double
sac_media_get_pixel_aspect (SacMedia *media)
{
  return media->index->par_n > 0 && media->index->par_d > 0 ? (double) media->index->par_n / media->index->par_d : 1;
}

double
sac_media_get_fps (SacMedia *media)
{
  return media->index->fps;
}

gboolean
sac_media_is_vfr (SacMedia *media)
{
  return media->index->vfr;
}

gint64
sac_media_get_duration_ns (SacMedia *media)
{
  return media->index->duration_ns;
}

const char *
sac_media_get_warning (SacMedia *media)
{
  return media->warning;
}

gint64
sac_media_get_time_ns (SacMedia *media, guint frame)
{
  return media->index->times[MIN (frame, media->index->n - 1)];
}

guint
sac_media_get_frame_at (SacMedia *media, gint64 time_ns)
{
  return _sac_index_find (media->index, time_ns);
}

gboolean
sac_media_is_keyframe (SacMedia *media, guint frame)
{
  return frame < media->index->n && media->index->keys[frame];
}

/* ---- frames.  Everything below runs under media->lock. */

static void
close_decoder (SacMedia *self)
{
  g_clear_pointer (&self->decoder, _sac_decoder_free);
}

/* Puts @self first among those that have a pipeline, and takes the pipeline of the one used longest ago if they are too
 * many.  That one may be busy: then it keeps it. */
static void
enter_live (SacMedia *self)
{
  g_mutex_lock (&live_lock);
  g_queue_remove (&live, self);
  g_queue_push_head (&live, self);
  if (live.length > MAX_LIVE)
    {
      SacMedia *old = live.tail->data;

      if (old != self && g_mutex_trylock (&old->lock))
        {
          close_decoder (old);
          g_queue_pop_tail (&live);
          g_mutex_unlock (&old->lock);
        }
    }
  g_mutex_unlock (&live_lock);
}

static void
start_over (SacMedia *self)
{
  close_decoder (self);
  self->decoder = _sac_decoder_new (self->path, &self->container, FALSE);
  self->counted = TRUE;
  self->next = 0;
}

static guint
key_before (SacMedia *self, guint frame)
{
  while (frame > 0 && !self->keys[frame])
    frame--;
  return frame;
}

static gint64
half_gap (const SacIndex *index, guint frame)
{
  gint64 after = frame + 1 < index->n ? index->times[frame + 1] : MAX (index->duration_ns, index->times[frame] + 2);

  return (after - index->times[frame]) / 2;
}

/* Where to jump so as to land on key frame @key.  Not at it but amid its group: a demuxer that finds a sample of the sound which
 * begins a little before the picture would go on to the key frame before. */
static gint64
jump_time (SacMedia *self, guint key)
{
  const SacIndex *index = self->index;
  guint next = key + 1;

  if (index->sums)
    return index->origin_ns + index->times[key] + half_gap (index, key);
  while (next < index->n && !index->keys[next])
    next++;
  return index->origin_ns + index->times[key]
         + ((next < index->n ? index->times[next] : MAX (index->duration_ns, index->times[key] + 2)) - index->times[key]) / 2;
}

/* Which frame of the index a decoded picture is: the one whose time is nearest, with the same pixels where those are known. */
static gboolean
recognise (const SacIndex *index, gint64 time_ns, SacFrame *frame, guint *number)
{
  guint near;

  if (time_ns < 0)
    return FALSE;
  near = _sac_index_find (index, time_ns - index->origin_ns);
  if (ABS (index->times[near] - (time_ns - index->origin_ns)) > half_gap (index, near) + 1)
    return FALSE;
  if (index->sums && index->sums[near] != _sac_frame_sum (frame))
    return FALSE;
  *number = near;
  return TRUE;
}

typedef enum { RUN_FOUND, RUN_MISSED, RUN_FAILED } RunResult;

/* How a frame is looked for. */
typedef struct {
  guint window;                 /* so many frames before it go into the cache on the way */
  SacMediaPassing passing;
  gpointer data;
  GCancellable *cancellable;
} Way;

/* Lets the pipeline run until @wanted comes.  Pictures before frame @from do not count, with @strict corrupted ones neither. */
static RunResult
run_to (SacMedia *self, guint wanted, guint from, gboolean strict, const Way *way, SacFrame **found, GError **error)
{
  const SacIndex *index = self->index;

  for (;;)
    {
      g_autoptr (GstSample) sample = NULL;
      g_autoptr (SacFrame) frame = NULL;
      g_autoptr (GError) problem = NULL;
      gint64 time;
      guint number = 0;
      int got = _sac_decoder_pull (self->decoder, &sample, &time, way->cancellable, &problem);

      if (got < 0 && (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->counted))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return RUN_FAILED;
        }
      if (got <= 0)
        return RUN_MISSED;
      frame = _sac_frame_new (sample, self->next, index->width, index->height);
      if (!frame)
        {
          _sac_media_fail (error, SAC_MEDIA_ERROR_TOO_LARGE, self->path, _("its frames are too large for the memory"));
          return RUN_FAILED;
        }
      if (self->counted && index->sums)
        number = self->next;
      else if (!recognise (index, time, frame, &number))
        {
          if (time >= 0 && time - index->origin_ns > index->times[wanted] + half_gap (index, wanted))
            return RUN_MISSED;
          continue;
        }
      else if (number < from || (strict && GST_BUFFER_FLAG_IS_SET (frame->buffer, GST_BUFFER_FLAG_CORRUPTED)))
        {
          self->next = number + 1;
          if (number >= wanted)
            return RUN_MISSED;
          continue;
        }
      frame->number = number;
      self->next = number + 1;
      if (number <= wanted && wanted - number < way->window)
        _sac_cache_put (self->key, frame);
      if (number < wanted && way->passing)
        way->passing (frame, way->data);
      if (number == wanted)
        {
          *found = g_steal_pointer (&frame);
          return RUN_FOUND;
        }
      if (number > wanted)
        return RUN_MISSED;
    }
}

/* Three eighths of the cache, in frames of this file: two such windows fit, one that is shown and the one before it. */
static guint
window_frames (SacMedia *self)
{
  gsize frame = (gsize) self->index->width * (gsize) self->index->height * 3 / 2;

  return (guint) CLAMP (_sac_cache_get_budget () / 8 * 3 / MAX (frame, 1), 1, 100000);
}

static SacFrame *
find_frame (SacMedia *self, guint wanted, const Way *way, GError **error)
{
  SacFrame *found = NULL;
  guint key = key_before (self, wanted);
  RunResult result;

  if (self->decoder && self->next <= wanted && (key <= self->next || wanted - self->next < NEAR_FRAMES))
    {
      result = run_to (self, wanted, 0, FALSE, way, &found, error);
      if (result != RUN_MISSED)
        return found;
      key = key_before (self, wanted);
    }
  for (int jump = 0; key > 0 || (self->decoder && !self->counted); jump++)
    {
      gboolean strict = !self->index->sums && jump < STRICT_JUMPS;

      if (!self->decoder)
        {
          g_autoptr (GstSample) sample = NULL;
          gint64 time;

          /* A pipeline that has not given anything yet refuses to jump. */
          start_over (self);
          if (_sac_decoder_pull (self->decoder, &sample, &time, way->cancellable, error) < 0)
            return NULL;
        }
      self->counted = FALSE;
      self->next = key;
      if (_sac_decoder_seek (self->decoder, jump_time (self, key)))
        {
          result = run_to (self, wanted, self->index->sums ? 0 : key, strict, way, &found, error);
          if (result != RUN_MISSED)
            return found;
        }
      sac_debug (MEDIA, "%s: the key frame %u does not lead to frame %u\n", self->path, key, wanted);
      close_decoder (self);
      if (key > 0 && !strict)
        self->keys[key] = 0;
      key = key > 0 ? key_before (self, key - 1) : 0;
    }
  if (!self->decoder || self->next > wanted)
    start_over (self);
  result = run_to (self, wanted, 0, FALSE, way, &found, error);
  if (result == RUN_MISSED)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, self->path, _("frame %u cannot be decoded"), wanted);
      if (!self->missing)
        self->missing = g_hash_table_new (NULL, NULL);
      g_hash_table_add (self->missing, GUINT_TO_POINTER (wanted + 1));
    }
  return found;
}

static SacFrame *
get_frame (SacMedia *media, guint frame, const Way *how, gboolean keep, GError **error)
{
  SacFrame *found;
  g_autoptr (GError) problem = NULL;
  Way way = *how;

  if (frame >= media->index->n)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_RANGE, media->path, _("there is no frame %u; it has %u"), frame, media->index->n);
      return NULL;
    }
  found = _sac_cache_get (media->key, frame);
  if (found)
    return found;
  g_mutex_lock (&media->lock);
  found = _sac_cache_get (media->key, frame);   /* another thread may just have brought it */
  if (!found && media->missing && g_hash_table_contains (media->missing, GUINT_TO_POINTER (frame + 1)))
    _sac_media_fail (&problem, SAC_MEDIA_ERROR_DAMAGED, media->path, _("frame %u cannot be decoded"), frame);
  else if (!found)
    {
      way.window = keep ? window_frames (media) : 0;
      found = find_frame (media, frame, &way, &problem);
      if (found)
        enter_live (media);
      else if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        close_decoder (media);
    }
  g_mutex_unlock (&media->lock);
  if (!found)
    g_propagate_error (error, g_steal_pointer (&problem));
  return found;
}

SacFrame *
_sac_media_get_frame (SacMedia *media, guint frame, gboolean keep, GCancellable *cancellable, GError **error)
{
  const Way way = { .cancellable = cancellable };

  return get_frame (media, frame, &way, keep, error);
}

SacFrame *
sac_media_get_frame_passing (SacMedia *media, guint frame, SacMediaPassing passing, gpointer data, GCancellable *cancellable,
                             GError **error)
{
  const Way way = { .passing = passing, .data = data, .cancellable = cancellable };

  g_return_val_if_fail (SAC_IS_MEDIA (media), NULL);
  return get_frame (media, frame, &way, TRUE, error);
}

SacFrame *
sac_media_get_frame (SacMedia *media, guint frame, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SAC_IS_MEDIA (media), NULL);
  return _sac_media_get_frame (media, frame, TRUE, cancellable, error);
}

gboolean
sac_media_is_cached (SacMedia *media, guint frame)
{
  return _sac_cache_has (media->key, frame);
}

guint
sac_media_get_n_threads (SacMedia *media)
{
  return _sac_decoder_get_n_threads (media->index->width, media->index->height);
}

guint
sac_media_get_n_back (SacMedia *media)
{
  return window_frames (media);
}

void
sac_media_mark_cached (SacMedia *media, guint first, guint n, guint n_parts, guint8 *out)
{
  g_return_if_fail (SAC_IS_MEDIA (media) && n_parts > 0 && n_parts <= n);
  _sac_cache_mark (media->key, first, n, n_parts, out);
}

gint64
_sac_media_get_origin_ns (SacMedia *media)
{
  return media->index->origin_ns;
}
