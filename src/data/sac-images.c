#include "images-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "sac-data.h"

#define RECORD (1 + 3 * 32 * 32)
#define MOST_FILES 2000000
#define MOST_SIDE 20000
#define MOST_AREA 100e6         /* pixels of one picture */
#define DEEPEST 8

void
sac_images_free (SacImages *images)
{
  if (!images)
    return;
  g_free (images->pixels);
  g_free (images->classes);
  g_strfreev (images->class_names);
  g_free (images->problem);
  g_free (images);
}

void
sac_images_get (const SacImages *images, guint i, float *out)
{
  gsize n = (gsize) images->size * (gsize) images->size * 3;
  const guint8 *from = images->pixels + n * i;

  for (gsize k = 0; k < n; k++)
    out[k] = from[k] / 127.5f - 1;
}

/* ---- finding files. */

typedef struct {
  char *path;
  char *class;                  /* the folder below the top, or "" */
} File;

static void
file_clear (gpointer data)
{
  File *file = data;

  g_free (file->path);
  g_free (file->class);
}

static gboolean
is_picture (const char *name)
{
  static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".webp" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

static void
find_files (const char *folder, const char *class, guint depth, GArray *files, GArray *batches)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && files->len < MOST_FILES)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      File file = { NULL, NULL };

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (depth < DEEPEST && name[0] != '.' && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
            find_files (path, *class ? class : name, depth + 1, files, batches);
          continue;
        }
      if (!is_picture (name) && !g_str_has_suffix (name, ".bin"))
        continue;
      file.path = g_strdup (path);
      file.class = g_strdup (class);
      g_array_append_val (is_picture (name) ? files : batches, file);
    }
}

static int
by_path (gconstpointer a, gconstpointer b)
{
  return strcmp (((const File *) a)->path, ((const File *) b)->path);
}

/* ---- reading. */

void
_sac_images_take (SacImages *images, const guint8 *rgb, int width, int height, gsize stride, double aspect, guint16 class)
{
  int size = images->size;
  double shown = width * aspect, scale = size / MIN (shown, height);
  int full_width = MAX (size, (int) lround (shown * scale)), full_height = MAX (size, (int) lround (height * scale));
  guint8 *out = images->pixels + (gsize) images->n * (gsize) size * (gsize) size * 3;

  if (aspect == 1)              /* the square first: whole pixels */
    {
      int side = MIN (width, height);

      sac_resize_rgb (rgb + (gsize) ((height - side) / 2) * stride + 3 * (gsize) ((width - side) / 2), side, side, stride, size, size, 0,
                      0, size, size, out);
    }
  else
    sac_resize_rgb (rgb, width, height, stride, full_width, full_height, (full_width - size) / 2, (full_height - size) / 2, size, size,
                    out);
  images->classes[images->n++] = class;
}

void
_sac_images_leave_out (SacImages *images, const char *what, char *why)
{
  if (images->n_left_out++ == 0)
    images->problem = g_strdup_printf ("%s: %s", what, why);
  g_free (why);
}

/* Its header is looked at first: a small file may claim to be a huge picture.  Why it cannot be read, or NULL; transfer full. */
static char *
read_picture (SacImages *images, const char *path, guint16 class)
{
  int width = 0, height = 0, channels;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GdkPixbuf) flat = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *rgb = NULL;

  if (!gdk_pixbuf_get_file_info (path, &width, &height) || width < 1 || height < 1)
    return g_strdup (_("it is no picture that can be read"));
  if (width > MOST_SIDE || height > MOST_SIDE || (double) width * height > MOST_AREA)
    return g_strdup_printf (_("a picture of %d × %d pixels is too large"), width, height);
  pixbuf = gdk_pixbuf_new_from_file (path, &error);
  if (!pixbuf)
    return g_strdup (error->message);
  if (gdk_pixbuf_get_bits_per_sample (pixbuf) != 8 || gdk_pixbuf_get_n_channels (pixbuf) < 3)
    return g_strdup (_("it is no picture that can be read"));
  width = gdk_pixbuf_get_width (pixbuf);
  height = gdk_pixbuf_get_height (pixbuf);
  if (width > MOST_SIDE || height > MOST_SIDE)
    return g_strdup_printf (_("a picture of %d × %d pixels is too large"), width, height);
  if (gdk_pixbuf_get_has_alpha (pixbuf))
    {
      flat = gdk_pixbuf_composite_color_simple (pixbuf, width, height, GDK_INTERP_NEAREST, 255, 64, 0xffffff, 0xffffff);
      if (!flat)
        return g_strdup (_("its pictures do not fit in memory"));
      g_set_object (&pixbuf, flat);
    }
  channels = gdk_pixbuf_get_n_channels (pixbuf);
  rgb = g_try_malloc ((gsize) width * (gsize) height * 3);
  if (!rgb)
    return g_strdup (_("its pictures do not fit in memory"));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      memcpy (rgb + 3 * ((gsize) y * (gsize) width + (gsize) x),
              gdk_pixbuf_read_pixels (pixbuf) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf) + (gsize) x * (gsize) channels, 3);
  _sac_images_take (images, rgb, width, height, (gsize) width * 3, 1, class);
  return NULL;
}

/* Red, green, blue planes of 32 × 32 behind a class. */
static void
read_batch (SacImages *images, const char *bytes, gsize n, guint most)
{
  guint8 rgb[3 * 32 * 32];

  for (gsize at = 0; at + RECORD <= n && images->n < most; at += RECORD)
    {
      const guint8 *record = (const guint8 *) bytes + at;

      for (guint i = 0; i < 1024; i++)
        for (guint c = 0; c < 3; c++)
          rgb[3 * i + c] = record[1 + 1024 * c + i];
      _sac_images_take (images, rgb, 32, 32, 96, 1, record[0]);
    }
}

gboolean
_sac_images_make_room (SacImages *images, gsize n, GError **error)
{
  gsize each = (gsize) images->size * (gsize) images->size * 3, room = images->n_room;
  guint8 *pixels;
  guint16 *classes;

  if (n <= room)
    return TRUE;
  room = MAX (n, room + room / 2);
  pixels = room <= _SAC_IMAGES_MOST_BYTES / each ? g_try_realloc (images->pixels, room * each + 1) : NULL;
  if (pixels)
    images->pixels = pixels;
  classes = pixels ? g_try_realloc (images->classes, (room + 1) * sizeof *classes) : NULL;
  if (classes)
    {
      images->classes = classes;
      images->n_room = room;
      return TRUE;
    }
  g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE, _("%zu pictures are more than there is memory for"), n);
  return FALSE;
}

static gboolean
load_batches (SacImages *images, GArray *batches, guint most, GError **error)
{
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_mapped_file_unref);
  gsize n = 0;

  for (guint i = 0; i < batches->len; i++)
    {
      const File *file = &g_array_index (batches, File, i);
      g_autoptr (GError) failed = NULL;
      GMappedFile *map = g_mapped_file_new (file->path, FALSE, &failed);
      gsize length = map ? g_mapped_file_get_length (map) : 0;

      if (map)
        g_ptr_array_add (maps, map);
      n += length % RECORD == 0 ? length / RECORD : 0;
      if (!map)
        _sac_images_leave_out (images, file->path, g_strdup (failed->message));
      else if (length == 0 || length % RECORD != 0)
        _sac_images_leave_out (images, file->path,
                               g_strdup_printf (_("it is cut short, or not of CIFAR-10: %zu bytes are no whole number of records of %d"),
                                                length, RECORD));
    }
  if (n == 0)
    return TRUE;
  n = most ? MIN (n, most) : n;
  if (!_sac_images_make_room (images, n, error))
    return FALSE;
  for (guint i = 0; i < maps->len; i++)
    if (g_mapped_file_get_length (maps->pdata[i]) % RECORD == 0)
      read_batch (images, g_mapped_file_get_contents (maps->pdata[i]), g_mapped_file_get_length (maps->pdata[i]), (guint) n);
  images->class_names = g_new0 (char *, 257);
  for (guint c = 0; c < 256; c++)
    images->class_names[c] = g_strdup_printf ("%u", c);
  return TRUE;
}

static gboolean
load_files (SacImages *images, GArray *files, guint most, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
            GError **error)
{
  guint n = most ? MIN (files->len, most) : files->len;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (!_sac_images_make_room (images, n, error))
    return FALSE;
  for (guint i = 0; i < files->len && images->n < n; i++)
    {
      const File *file = &g_array_index (files, File, i);
      guint class = 0;
      char *why;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      while (class < names->len && strcmp (names->pdata[class], file->class) != 0)
        class++;
      if (class == names->len)
        g_ptr_array_add (names, file->class);
      if (progress && i % 64 == 0)
        progress ((double) i / files->len, file->path, data);
      why = read_picture (images, file->path, (guint16) MIN (class, G_MAXUINT16));
      if (why)
        _sac_images_leave_out (images, file->path, why);
    }
  images->class_names = g_new0 (char *, names->len + 1);
  for (guint c = 0; c < names->len; c++)
    images->class_names[c] = g_strdup (names->pdata[c]);
  return TRUE;
}

SacImages *
sac_images_load (const char *source, int size, guint most, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (SacImages) images = g_new0 (SacImages, 1);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (File));
  g_autoptr (GArray) batches = g_array_new (FALSE, FALSE, sizeof (File));

  g_assert (size >= 1 && size <= 4096);
  images->size = size;
  g_array_set_clear_func (files, file_clear);
  g_array_set_clear_func (batches, file_clear);
  if (sac_images_is_project (source))
    {
      if (!_sac_images_load_frames (images, source, most, progress, data, cancellable, error))
        return NULL;
    }
  else if (!g_file_test (source, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("“%s” does not exist"), source);
      return NULL;
    }
  else
    {
      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        find_files (source, "", 0, files, batches);
      else
        {
          File file = { g_strdup (source), g_strdup ("") };

          g_array_append_val (is_picture (source) ? files : batches, file);
        }
      g_array_sort (files, by_path);
      g_array_sort (batches, by_path);
      if (files->len > 0 ? !load_files (images, files, most, progress, data, cancellable, error)
                         : !load_batches (images, batches, most, error))
        return NULL;
    }
  if (images->n > 0)
    return g_steal_pointer (&images);
  if (images->problem)
    g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("“%s” holds no pictures that can be read; %s"), source, images->problem);
  else
    g_set_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY, _("“%s” holds no pictures that can be read"), source);
  return NULL;
}

guint
sac_images_count (const char *source)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (File));
  g_autoptr (GArray) batches = g_array_new (FALSE, FALSE, sizeof (File));
  gsize n = 0;

  g_array_set_clear_func (files, file_clear);
  g_array_set_clear_func (batches, file_clear);
  if (sac_images_is_project (source))
    return 0;
  if (g_file_test (source, G_FILE_TEST_IS_DIR))
    find_files (source, "", 0, files, batches);
  else
    {
      File file = { g_strdup (source), g_strdup ("") };

      g_array_append_val (is_picture (source) ? files : batches, file);
    }
  for (guint i = 0; files->len == 0 && i < batches->len; i++)
    {
      GStatBuf about;

      if (g_stat (g_array_index (batches, File, i).path, &about) == 0 && about.st_size % RECORD == 0)
        n += (gsize) about.st_size / RECORD;
    }
  return files->len > 0 ? files->len : (guint) MIN (n, G_MAXUINT);
}
