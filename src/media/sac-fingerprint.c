/* A fingerprint in the cache: "SACPRINT", version, count, then (bits, time) pairs, little endian, then SHA-256. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-fingerprint.h"
#include "sac-media-private.h"

#define PRINT_VERSION 1
#define MAGIC "SACPRINT"
#define HEAD_BYTES (8 + 2 * 4)
#define SUM_BYTES 32
#define MIN_FRAMES 8
#define MAX_FRAMES 64
#define GAP_NS (2 * G_GINT64_CONSTANT (1000000000))    /* aimed at between two frames */
#define SIDE 32
#define PICTURE 128             /* what frames are scaled to fit before they are averaged */
#define PLAIN 1.5               /* of 255: standard deviation of the low frequencies under which noise would decide */

void
sac_fingerprint_free (SacFingerprint *print)
{
  if (!print)
    return;
  g_free (print->bits);
  g_free (print->time_ns);
  g_free (print);
}

static SacFingerprint *
new_print (guint n)
{
  SacFingerprint *print = g_new0 (SacFingerprint, 1);

  print->n = n;
  print->bits = g_new0 (guint64, MAX (n, 1));
  print->time_ns = g_new0 (gint64, MAX (n, 1));
  return print;
}

/* Means over areas, so that every pixel counts whatever the size; a picture smaller than the grid repeats pixels. */
static void
average (const guint8 *rgb, int width, int height, gsize stride, double out[SIDE][SIDE])
{
  for (int v = 0; v < SIDE; v++)
    for (int u = 0; u < SIDE; u++)
      {
        double y0 = (double) v * height / SIDE, y1 = (double) (v + 1) * height / SIDE;
        double x0 = (double) u * width / SIDE, x1 = (double) (u + 1) * width / SIDE, sum = 0;

        for (int y = (int) y0; y < height && y < y1; y++)
          for (int x = (int) x0; x < width && x < x1; x++)
            {
              const guint8 *p = rgb + (gsize) y * stride + (gsize) x * 3;
              double area = (MIN (y + 1, y1) - MAX (y, y0)) * (MIN (x + 1, x1) - MAX (x, x0));

              sum += area * (0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
            }
        out[v][u] = sum / ((y1 - y0) * (x1 - x0));
      }
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

guint64
sac_fingerprint_picture (const guint8 *rgb, int width, int height, gsize stride)
{
  enum { LOW = 11 };            /* 64 frequencies in zigzag order reach row and column 10 */
  double grid[SIDE][SIDE], wave[LOW][SIDE], half[LOW][SIDE], found[64], sorted[64], median, energy = 0;
  guint64 bits = 0;
  guint n = 0;

  g_return_val_if_fail (rgb && width > 0 && height > 0, 0);
  average (rgb, width, height, stride, grid);
  for (int k = 0; k < LOW; k++)
    for (int i = 0; i < SIDE; i++)
      wave[k][i] = sqrt ((k ? 2.0 : 1.0) / SIDE) * cos (G_PI * k * (i + 0.5) / SIDE);
  for (int k = 0; k < LOW; k++)
    for (int x = 0; x < SIDE; x++)
      {
        half[k][x] = 0;
        for (int y = 0; y < SIDE; y++)
          half[k][x] += wave[k][y] * grid[y][x];
      }
  for (int diagonal = 1; n < 64; diagonal++)
    for (int i = 0; i <= diagonal && n < 64; i++)
      {
        int row = diagonal % 2 ? i : diagonal - i, column = diagonal - row;
        double sum = 0;

        for (int x = 0; x < SIDE; x++)
          sum += wave[column][x] * half[row][x];
        energy += sum * sum;
        found[n++] = sum;
      }
  if (sqrt (energy) / SIDE < PLAIN)
    return 0;
  memcpy (sorted, found, sizeof found);
  qsort (sorted, 64, sizeof (double), by_value);
  median = (sorted[31] + sorted[32]) / 2;
  for (guint i = 0; i < 64; i++)
    if (found[i] > median)
      bits |= G_GUINT64_CONSTANT (1) << i;
  return bits;
}

static char *
print_path (const char *hash)
{
  const char *hex = strchr (hash, ':');
  g_autofree char *name = g_strdup_printf ("%s.%d", hex ? hex + 1 : hash, PRINT_VERSION);

  return g_build_filename (sac_env_cache_dir (), "fingerprints", name, NULL);
}

static void
digest (const guint8 *data, gsize n, guint8 out[SUM_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = SUM_BYTES;

  g_checksum_update (checksum, data, (gssize) n);
  g_checksum_get_digest (checksum, out, &length);
}

static void
save (const char *path, const SacFingerprint *print)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  const guint32 fields[] = { GUINT32_TO_LE (PRINT_VERSION), GUINT32_TO_LE (print->n) };
  guint8 sum[SUM_BYTES];

  g_byte_array_append (file, (const guint8 *) MAGIC, 8);
  g_byte_array_append (file, (const guint8 *) fields, sizeof fields);
  for (guint i = 0; i < print->n; i++)
    {
      const guint64 row[] = { GUINT64_TO_LE (print->bits[i]), (guint64) GINT64_TO_LE (print->time_ns[i]) };

      g_byte_array_append (file, (const guint8 *) row, sizeof row);
    }
  digest (file->data, file->len, sum);
  g_byte_array_append (file, sum, SUM_BYTES);
  _sac_media_write_cache (path, file->data, file->len);
}

static SacFingerprint *
load (const char *path)
{
  g_autofree char *contents = NULL;
  SacFingerprint *print;
  guint8 sum[SUM_BYTES];
  guint32 fields[2];
  gsize n_bytes;

  if (!g_file_get_contents (path, &contents, &n_bytes, NULL) || n_bytes < HEAD_BYTES + SUM_BYTES || memcmp (contents, MAGIC, 8) != 0)
    return NULL;
  memcpy (fields, contents + 8, sizeof fields);
  fields[1] = GUINT32_FROM_LE (fields[1]);
  digest ((const guint8 *) contents, n_bytes - SUM_BYTES, sum);
  if (GUINT32_FROM_LE (fields[0]) != PRINT_VERSION || fields[1] < 1 || fields[1] > MAX_FRAMES
      || n_bytes != HEAD_BYTES + 16 * (gsize) fields[1] + SUM_BYTES || memcmp (sum, contents + n_bytes - SUM_BYTES, SUM_BYTES) != 0)
    return NULL;
  print = new_print (fields[1]);
  for (guint i = 0; i < print->n; i++)
    {
      guint64 row[2];

      memcpy (row, contents + HEAD_BYTES + 16 * i, sizeof row);
      print->bits[i] = GUINT64_FROM_LE (row[0]);
      print->time_ns[i] = (gint64) GUINT64_FROM_LE (row[1]);
    }
  return print;
}

gboolean
sac_fingerprint_is_cached (const char *path)
{
  g_autofree char *hash = sac_media_hash (path, NULL);
  g_autofree char *cached = hash ? print_path (hash) : NULL;

  return cached && g_file_test (cached, G_FILE_TEST_IS_REGULAR);
}

SacFingerprint *
sac_fingerprint_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *hash = sac_media_hash (path, error);
  g_autofree char *cached = hash ? print_path (hash) : NULL;
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (SacFingerprint) print = cached ? load (cached) : NULL;
  g_autofree guint8 *rgb = NULL;
  double shown_width, shown_height, scale;
  int width, height;
  guint n;

  if (!cached || print)
    return g_steal_pointer (&print);
  media = sac_media_open (path, cancellable, error);
  if (!media)
    return NULL;
  /* The shape of the pixels does not matter, since the grid is square; but it must not be lost to rounding. */
  shown_width = sac_media_get_width (media);
  shown_height = sac_media_get_height (media);
  scale = MIN (1, MIN (PICTURE / shown_width, PICTURE / shown_height));
  width = MAX ((int) (shown_width * scale + 0.5), 1);
  height = MAX ((int) (shown_height * scale + 0.5), 1);
  rgb = g_malloc ((gsize) width * (gsize) height * 3);
  n = sac_media_get_n_frames (media);
  print = new_print (MIN ((guint) CLAMP (sac_media_get_duration_ns (media) / GAP_NS, MIN_FRAMES, MAX_FRAMES), n));
  for (guint i = 0; i < print->n; i++)
    {
      guint number = MIN ((guint) ((i + 0.5) * n / print->n), n - 1);
      g_autoptr (SacFrame) frame = _sac_media_get_frame (media, number, FALSE, cancellable, error);

      if (!frame || !_sac_frame_convert_scaled (frame, width, height, rgb, error))
        return NULL;
      print->bits[i] = sac_fingerprint_picture (rgb, width, height, (gsize) width * 3);
      print->time_ns[i] = sac_media_get_time_ns (media, number);
    }
  save (cached, print);
  return g_steal_pointer (&print);
}

SacFingerprint *
sac_fingerprint_cut (const SacFingerprint *print, gint64 in_ns, gint64 out_ns)
{
  SacFingerprint *cut = new_print (print->n);
  gint64 middle = in_ns + (out_ns - in_ns) / 2;
  guint nearest = 0;

  cut->n = 0;
  for (guint i = 0; i < print->n; i++)
    {
      if (ABS (print->time_ns[i] - middle) < ABS (print->time_ns[nearest] - middle))
        nearest = i;
      if (print->time_ns[i] < in_ns || print->time_ns[i] >= out_ns)
        continue;
      cut->bits[cut->n] = print->bits[i];
      cut->time_ns[cut->n++] = print->time_ns[i];
    }
  if (cut->n == 0 && print->n)
    {
      cut->bits[0] = print->bits[nearest];
      cut->time_ns[0] = print->time_ns[nearest];
      cut->n = 1;
    }
  return cut;
}
