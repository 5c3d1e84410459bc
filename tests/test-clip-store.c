/* Decoded clips on the disk: the same bits again, a budget that holds, damage that is passed over. */
#include <glib/gstdio.h>
#include <string.h>

#include "data/sac-clip-store.h"

static char *folder;

static void
spec_init (SacClipSpec *spec)
{
  sac_clip_spec_init (spec);
  spec->n_frames = 5;
  spec->resize = 24;
  spec->crop = 16;
}

/* A file that stands for a video: only its hash matters here. */
static SacItem *
make_item (guint number)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.video", folder, number), *text = g_strdup_printf ("video %u", number);
  SacItem *item = g_new0 (SacItem, 1);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  item->hash = sac_media_hash (path, NULL);
  item->path = g_steal_pointer (&path);
  item->name = g_strdup ("clip");
  return item;
}

static void
item_free (SacItem *item)
{
  g_free (item->path);
  g_free (item->hash);
  g_free (item->name);
  g_free (item);
}

/* @kind 0 noise, 1 a picture that stands still, 2 smooth and moving. */
static guint8 *
make_pixels (const SacClipSpec *spec, guint kind, guint number)
{
  gsize n = sac_clip_bytes (spec), frame = n / spec->n_frames;
  guint8 *pixels = g_malloc (n);
  SacRandomKey key = { 5, number };

  for (gsize i = 0; i < n; i++)
    pixels[i] = (guint8) (kind == 0 ? sac_random_below (key, i, 256) : kind == 1 ? sac_random_below (key, i % frame, 256)
                                                                                : (i % frame) / 3 + 7 * (i / frame) + number);
  return pixels;
}

static char *
only_file (const char *inside)
{
  g_autoptr (GDir) dir = g_dir_open (inside, 0, NULL);
  const char *name = g_dir_read_name (dir);

  g_assert_nonnull (name);
  return g_build_filename (inside, name, NULL);
}

static void
test_round (void)
{
  g_autofree char *inside = g_build_filename (folder, "round", NULL);
  g_autoptr (SacClipStore) store = sac_clip_store_new (inside, 1 << 20), none = sac_clip_store_new (inside, 0);
  SacClipSpec spec, other;

  spec_init (&spec);
  for (guint kind = 0; kind < 3; kind++)
    {
      SacItem *item = make_item (kind);
      g_autofree guint8 *pixels = make_pixels (&spec, kind, kind), *back = g_malloc0 (sac_clip_bytes (&spec));
      guint64 before = sac_clip_store_get_bytes (store);

      g_assert_false (sac_clip_store_has (store, item, &spec));
      g_assert_false (sac_clip_store_read (store, item, &spec, back));
      sac_clip_store_write (store, item, &spec, pixels);
      g_assert_true (sac_clip_store_has (store, item, &spec));
      g_assert_true (sac_clip_store_read (store, item, &spec, back));
      g_assert_cmpmem (back, sac_clip_bytes (&spec), pixels, sac_clip_bytes (&spec));
      if (kind > 0)             /* what repeats is kept small */
        g_assert_cmpuint (sac_clip_store_get_bytes (store) - before, <, sac_clip_bytes (&spec) / 2);
      other = spec;
      other.n_frames = 4;
      g_assert_false (sac_clip_store_has (store, item, &other));
      other = spec;
      other.crop = 8;           /* is cut from the same pixels */
      g_assert_true (sac_clip_store_has (store, item, &other));
      g_assert_false (sac_clip_store_has (none, item, &spec));
      /* Not the file any more that was labelled. */
      g_assert_true (g_file_set_contents (item->path, "another", -1, NULL));
      g_assert_false (sac_clip_store_read (store, item, &spec, back));
      item_free (item);
    }
}

static void
test_budget (void)
{
  g_autofree char *inside = g_build_filename (folder, "budget", NULL);
  SacClipSpec spec;
  SacItem *items[12];
  g_autofree guint8 *back = NULL;
  guint64 budget;

  spec_init (&spec);
  back = g_malloc (sac_clip_bytes (&spec));
  budget = sac_clip_bytes (&spec) * 6;
  {
    g_autoptr (SacClipStore) store = sac_clip_store_new (inside, budget);

    for (guint i = 0; i < 12; i++)
      {
        g_autofree guint8 *pixels = make_pixels (&spec, 0, i);

        items[i] = make_item (100 + i);
        sac_clip_store_write (store, items[i], &spec, pixels);
        g_assert_cmpuint (sac_clip_store_get_bytes (store), <=, budget);
        g_usleep (2000);        /* the clock of the file system */
        g_assert_true (i == 0 || sac_clip_store_read (store, items[0], &spec, back));      /* in use all the time */
        g_usleep (2000);
      }
    g_assert_true (sac_clip_store_has (store, items[0], &spec));
    g_assert_true (sac_clip_store_has (store, items[11], &spec));
    g_assert_false (sac_clip_store_has (store, items[1], &spec));
  }
  {
    g_autoptr (SacClipStore) smaller = sac_clip_store_new (inside, budget / 3);

    g_assert_cmpuint (sac_clip_store_get_bytes (smaller), <=, budget / 3);
    g_assert_true (sac_clip_store_has (smaller, items[0], &spec));         /* the last that was read */
  }
  for (guint i = 0; i < 12; i++)
    item_free (items[i]);
}

/* Whatever stands in a file: nothing is read, or the right bits. */
static void
test_damage (void)
{
  g_autofree char *inside = g_build_filename (folder, "damage", NULL), *path = NULL, *whole = NULL;
  g_autoptr (SacClipStore) store = sac_clip_store_new (inside, 1 << 20);
  SacItem *item = make_item (50);
  g_autofree guint8 *pixels = NULL, *back = NULL;
  SacClipSpec spec;
  gsize n;

  spec_init (&spec);
  pixels = make_pixels (&spec, 2, 3);
  back = g_malloc (sac_clip_bytes (&spec));
  sac_clip_store_write (store, item, &spec, pixels);
  path = only_file (inside);
  g_assert_true (g_file_get_contents (path, &whole, &n, NULL));
  for (guint round = 0; round < 300; round++)
    {
      SacRandomKey key = { 9, round };
      g_autofree char *text = g_memdup2 (whole, n);
      gsize length = round % 3 == 0 ? sac_random_below (key, 0, (guint32) n) : n;

      for (guint i = 0; i <= round % 3; i++)
        text[sac_random_below (key, 2 * i + 1, (guint32) n)] ^= (char) (1 + sac_random_below (key, 2 * i + 2, 255));
      g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
      memset (back, 0, sac_clip_bytes (&spec));
      if (sac_clip_store_read (store, item, &spec, back))
        g_assert_cmpmem (back, sac_clip_bytes (&spec), pixels, sac_clip_bytes (&spec));
      else
        g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));        /* to be made again */
    }
  item_free (item);
}

/* ---- with a loader: what one decoded the next one reads, and the bits are the same. */
static SacItem *
make_video (guint number)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.%s", folder, number, sac_encoder_get_suffix ());
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, 64, 48, 10, 1, &error);
  SacItem *item = g_new0 (SacItem, 1);
  guint8 frame[64 * 48 * 3];

  g_assert_no_error (error);
  for (guint t = 0; t < 8; t++)
    {
      for (guint i = 0; i < sizeof frame; i++)
        frame[i] = (guint8) (i / 192 + 9 * t + 40 * number);
      g_assert_true (sac_encoder_push (encoder, frame, 64 * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  item->hash = sac_media_hash (path, NULL);
  item->path = g_steal_pointer (&path);
  item->name = g_strdup ("video");
  return item;
}

static void
test_loader (void)
{
  g_autofree char *inside = g_build_filename (folder, "loader", NULL);
  g_autoptr (SacClipStore) store = sac_clip_store_new (inside, 1 << 22);
  SacDataset dataset = { .items = g_ptr_array_new (), .labels = g_ptr_array_new () };
  SacLoader *first, *second;
  guint order[] = { 0, 1, 2 };
  float *clips[3], *again;
  SacLoaderTimes times;
  SacClipSpec spec;
  gsize n;

  spec_init (&spec);
  n = (gsize) spec.n_frames * (gsize) spec.crop * (gsize) spec.crop * 3;
  again = g_new (float, n);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (dataset.items, make_video (200 + i));
  first = sac_loader_new (&dataset, &spec, 1, 1 << 22);
  sac_loader_set_store (first, store);
  for (guint i = 0; i < 3; i++)
    {
      clips[i] = g_new (float, n);
      g_assert_true (sac_loader_get (first, i, 0, TRUE, clips[i], NULL, NULL));
    }
  g_assert_cmpuint (sac_loader_get_n_decoded (first), ==, 3);
  for (guint i = 0, ms = 0; i < 3 && ms < 20000; ms++)          /* kept while there is nothing else to do */
    if (sac_clip_store_has (store, dataset.items->pdata[i], &spec))
      i++;
    else
      g_usleep (1000);
  sac_loader_free (first);
  second = sac_loader_new (&dataset, &spec, 1, 0);              /* memory for two of the three */
  sac_loader_set_store (second, store);
  for (guint round = 0; round < 4; round++)
    {
      sac_loader_hint (second, order, 3);
      for (guint i = 0; i < 3; i++)
        {
          g_assert_true (sac_loader_get (second, i, 0, TRUE, again, NULL, NULL));
          g_assert_cmpmem (again, n * sizeof *again, clips[i], n * sizeof *again);
        }
    }
  g_assert_cmpuint (sac_loader_get_n_decoded (second), ==, 0);
  sac_loader_get_times (second, &times);
  g_assert_cmpfloat (times.decode, ==, 0);
  sac_loader_free (second);
  for (guint i = 0; i < 3; i++)
    {
      item_free (dataset.items->pdata[i]);
      g_free (clips[i]);
    }
  g_free (again);
  g_ptr_array_unref (dataset.items);
  g_ptr_array_unref (dataset.labels);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  folder = g_dir_make_tmp ("saccade-clips-XXXXXX", NULL);
  g_test_add_func ("/data/clip-store/round", test_round);
  g_test_add_func ("/data/clip-store/budget", test_budget);
  g_test_add_func ("/data/clip-store/damage", test_damage);
  g_test_add_func ("/data/clip-store/loader", test_loader);
  result = g_test_run ();
  sac_file_remove_tree (folder);
  g_free (folder);
  return result;
}
