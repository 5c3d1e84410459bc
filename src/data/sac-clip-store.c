#include "sac-clip-store.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <utime.h>

#include "sac-augment-private.h"

#define MAGIC "SACCLIP1"
#define HEADER 16               /* the magic, and how many bytes the pixels are, low byte first */
#define USUAL ((guint64) 8 << 30)
#define KEPT_OF_BUDGET 0.9      /* what is left once something must leave */
#define LEFTOVER_SECONDS 86400

struct _SacClipStore {
  char *folder;
  guint64 budget, bytes;
  GMutex lock;
};

typedef struct {
  char *path;
  guint64 bytes;
  gint64 used;
} Kept;

static void
kept_clear (gpointer data)
{
  g_free (((Kept *) data)->path);
}

static int
oldest_first (gconstpointer a, gconstpointer b)
{
  const Kept *x = a, *y = b;

  return x->used != y->used ? (x->used > y->used) - (x->used < y->used) : strcmp (x->path, y->path);
}

/* What lies there; half-written files of a dead process are swept. */
static GArray *
list (SacClipStore *store)
{
  g_autoptr (GDir) dir = g_dir_open (store->folder, 0, NULL);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Kept));
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  g_array_set_clear_func (all, kept_clear);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (store->folder, name, NULL);
      GStatBuf info;
      Kept one;

      if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
        continue;
      one = (Kept) { NULL, (guint64) info.st_size, (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec };
      if (!g_str_has_suffix (name, ".clip"))
        {
          if (strstr (name, ".clip.") && info.st_mtim.tv_sec + LEFTOVER_SECONDS < now)
            g_unlink (path);
          continue;
        }
      one.path = g_steal_pointer (&path);
      g_array_append_val (all, one);
    }
  return all;
}

/* With the lock held. */
static void
make_room (SacClipStore *store)
{
  g_autoptr (GArray) all = NULL;

  if (store->bytes <= store->budget)
    return;
  all = list (store);
  store->bytes = 0;
  for (guint i = 0; i < all->len; i++)
    store->bytes += g_array_index (all, Kept, i).bytes;
  g_array_sort (all, oldest_first);
  for (guint i = 0; i < all->len && (double) store->bytes > KEPT_OF_BUDGET * (double) store->budget; i++)
    {
      const Kept *one = &g_array_index (all, Kept, i);

      g_unlink (one->path);
      store->bytes -= one->bytes;
    }
}

SacClipStore *
sac_clip_store_new (const char *folder, guint64 budget)
{
  SacClipStore *store = g_new0 (SacClipStore, 1);
  g_autoptr (GArray) all = NULL;

  store->folder = folder ? g_strdup (folder) : g_build_filename (sac_env_cache_dir (), "clips", NULL);
  store->budget = budget;
  g_mutex_init (&store->lock);
  if (budget == 0)
    return store;
  g_mkdir_with_parents (store->folder, 0755);   /* where that fails nothing is kept */
  all = list (store);
  for (guint i = 0; i < all->len; i++)
    store->bytes += g_array_index (all, Kept, i).bytes;
  make_room (store);
  return store;
}

void
sac_clip_store_free (SacClipStore *store)
{
  if (!store)
    return;
  g_mutex_clear (&store->lock);
  g_free (store->folder);
  g_free (store);
}

guint64
sac_clip_store_usual_budget (void)
{
  struct statvfs info;
  const char *cache = sac_env_cache_dir ();

  g_mkdir_with_parents (cache, 0755);
  if (statvfs (cache, &info) != 0)
    return 0;
  return MIN (USUAL, (guint64) info.f_bavail * info.f_frsize / 4);
}

guint64
sac_clip_store_get_bytes (SacClipStore *store)
{
  guint64 bytes;

  g_mutex_lock (&store->lock);
  bytes = store->bytes;
  g_mutex_unlock (&store->lock);
  return bytes;
}

/* Of all that the pixels depend on; NULL for what has no name. */
static char *
path_of (SacClipStore *store, const SacItem *item, const SacClipSpec *spec)
{
  g_autofree char *text = NULL, *name = NULL, *file = NULL;

  if (store->budget == 0 || !item->hash || item->problem || item->kind == SAC_ITEM_SIGNAL)
    return NULL;
  text = g_strdup_printf ("%s %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u %d %d %u %u %u %u", item->hash, (int) item->kind,
                          (gint64) item->in_ns, (gint64) item->out_ns, spec->n_frames, spec->resize > 0 ? spec->resize : spec->crop,
                          (int) spec->sampling, spec->step, spec->views, spec->view, _sac_choices (spec));
  name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  file = g_strconcat (name, ".clip", NULL);
  return g_build_filename (store->folder, file, NULL);
}

gboolean
sac_clip_store_has (SacClipStore *store, const SacItem *item, const SacClipSpec *spec)
{
  g_autofree char *path = path_of (store, item, spec);

  return path && g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* ---- a frame is kept as its difference to the frame before or to the pixel on the left, whichever is smaller. */
enum { FROM_LEFT, FROM_BEFORE };

static guint
size_of (guint8 difference)
{
  return difference < 128 ? difference : 256u - difference;
}

static guint8
choose (const guint8 *frame, const guint8 *before, gsize n)
{
  guint64 left = 0, time = 0;

  for (gsize i = 3; i < n && before; i += 31)
    {
      left += size_of ((guint8) (frame[i] - frame[i - 3]));
      time += size_of ((guint8) (frame[i] - before[i]));
    }
  return before && time < left ? FROM_BEFORE : FROM_LEFT;
}

static void
filter (const guint8 *pixels, guint n_frames, gsize n, guint8 *out)
{
  guint8 *kinds = out;

  out += n_frames;
  for (guint t = 0; t < n_frames; t++, pixels += n, out += n)
    {
      const guint8 *before = t > 0 ? pixels - n : NULL;

      kinds[t] = choose (pixels, before, n);
      for (gsize i = 0; i < n; i++)
        out[i] = (guint8) (pixels[i] - (kinds[t] == FROM_BEFORE ? before[i] : i >= 3 ? pixels[i - 3] : 0));
    }
}

static gboolean
unfilter (const guint8 *in, guint n_frames, gsize n, guint8 *pixels)
{
  const guint8 *kinds = in;

  in += n_frames;
  for (guint t = 0; t < n_frames; t++, pixels += n, in += n)
    {
      const guint8 *before = t > 0 ? pixels - n : pixels;

      if (kinds[t] > FROM_BEFORE || (kinds[t] == FROM_BEFORE && t == 0))
        return FALSE;
      if (kinds[t] == FROM_BEFORE)
        for (gsize i = 0; i < n; i++)
          pixels[i] = (guint8) (in[i] + before[i]);
      else
        for (gsize i = 0; i < n; i++)
          pixels[i] = (guint8) (in[i] + (i >= 3 ? pixels[i - 3] : 0));
    }
  return TRUE;
}

/* All of @in through @converter into @out, which has a byte to spare; its length, or 0 where it does not fit or is damaged (zlib has a
 * sum over the content). */
static gsize
convert (GConverter *converter, const guint8 *in, gsize n_in, guint8 *out, gsize n_out)
{
  gsize taken = 0, given = 0;

  while (given < n_out)
    {
      gsize read = 0, written = 0;
      GConverterResult result = g_converter_convert (converter, in + taken, n_in - taken, out + given, n_out - given,
                                                     G_CONVERTER_INPUT_AT_END, &read, &written, NULL);

      taken += read;
      given += written;
      if (result == G_CONVERTER_FINISHED)
        return given;
      if (result == G_CONVERTER_ERROR || (read == 0 && written == 0))
        return 0;
    }
  return 0;                     /* more comes than may */
}

static gsize
frame_bytes (const SacClipSpec *spec, guint *n_frames)
{
  *n_frames = spec->n_frames * _sac_choices (spec);
  return sac_clip_bytes (spec) / *n_frames;
}

gboolean
sac_clip_store_read (SacClipStore *store, const SacItem *item, const SacClipSpec *spec, guint8 *pixels)
{
  g_autofree char *path = path_of (store, item, spec), *hash = NULL;
  guint n_frames;
  gsize n = frame_bytes (spec, &n_frames), whole = n_frames + n * n_frames;
  g_autofree guint8 *room = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GZlibDecompressor) zlib = NULL;
  const guint8 *data;
  gsize length;
  gboolean good;

  if (!path || !(bytes = sac_file_read (path, HEADER + whole + whole / 100 + 4096, NULL)))
    return FALSE;
  hash = sac_media_hash (item->path, NULL);
  if (g_strcmp0 (hash, item->hash) != 0 || !(room = g_try_malloc (whole + 1)))
    return FALSE;
  data = g_bytes_get_data (bytes, &length);
  zlib = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  good = length > HEADER && memcmp (data, MAGIC, 8) == 0;
  for (guint i = 0; i < 8 && good; i++)
    good = data[8 + i] == (guint8) ((guint64) (n * n_frames) >> (8 * i));
  good = good && convert (G_CONVERTER (zlib), data + HEADER, length - HEADER, room, whole + 1) == whole
         && unfilter (room, n_frames, n, pixels);
  if (good)
    g_utime (path, NULL);
  else
    g_unlink (path);
  return good;
}

void
sac_clip_store_write (SacClipStore *store, const SacItem *item, const SacClipSpec *spec, const guint8 *pixels)
{
  g_autofree char *path = path_of (store, item, spec);
  guint n_frames;
  gsize n = frame_bytes (spec, &n_frames), whole = n_frames + n * n_frames, most = whole + whole / 100 + 1024, packed;
  g_autofree guint8 *filtered = NULL, *file = NULL;
  g_autoptr (GZlibCompressor) zlib = NULL;

  if (!path || most > store->budget || !(filtered = g_try_malloc (whole)) || !(file = g_try_malloc (HEADER + most)))
    return;
  filter (pixels, n_frames, n, filtered);
  zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 1);
  packed = convert (G_CONVERTER (zlib), filtered, whole, file + HEADER, most);
  if (packed == 0)
    return;
  memcpy (file, MAGIC, 8);
  for (guint i = 0; i < 8; i++)
    file[8 + i] = (guint8) ((guint64) (n * n_frames) >> (8 * i));
  if (!g_file_set_contents_full (path, (const char *) file, (gssize) (HEADER + packed), G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL))
    return;
  g_mutex_lock (&store->lock);
  store->bytes += HEADER + packed;
  make_room (store);
  g_mutex_unlock (&store->lock);
}
