/* Clips as tensors: the protocol's numbers, the same bits in any order and by any thread, one truth of frames. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "data/sac-data.h"

static char *folder;            /* of the clips that this program encodes */

/* ---- the protocol's numbers. */
static void
test_frame_list (void)
{
  static const guint of_90[32] = { 1, 4, 7, 9, 12, 15, 18, 21, 23, 26, 29, 32, 35, 37, 40, 43, 46, 49, 52, 54, 57, 60, 63, 66, 68, 71, 74,
                                   77, 80, 82, 85, 88 };
  guint list[32];

  sac_clip_frames (90, 32, list);
  for (int i = 0; i < 32; i++)
    g_assert_cmpuint (list[i], ==, of_90[i]);
  sac_clip_frames (32, 32, list);
  for (guint i = 0; i < 32; i++)
    g_assert_cmpuint (list[i], ==, i);
  for (guint n = 1; n < 400; n++)
    {
      sac_clip_frames (n, 32, list);
      for (int i = 0; i < 32; i++)
        g_assert_cmpuint (list[i], ==, (guint) floor ((i + 0.5) * n / 32));
      g_assert_cmpuint (list[31], <, n);
    }
  sac_clip_frames (G_MAXUINT, 32, list);
  g_assert_cmpuint (list[31], ==, (guint) ((63ull * G_MAXUINT) / 64));
}

static void
test_spec (void)
{
  SacClipSpec spec;

  sac_clip_spec_init (&spec);
  g_assert_cmpuint (spec.n_frames, ==, 32);
  g_assert_cmpint (spec.resize, ==, 256);
  g_assert_cmpint (spec.crop, ==, 224);
  g_assert_true (spec.flip_horizontal && spec.flip_vertical);
  g_assert_cmpfloat_with_epsilon (spec.mean[2], 0.406, 1e-6);
  g_assert_cmpfloat_with_epsilon (spec.deviation[0], 0.229, 1e-6);
  g_assert_cmpuint (sac_clip_bytes (&spec), ==, 32 * 256 * 256 * 3);
}

/* Pixels that tell where they come from: red = column, green = row, blue = frame. */
static guint8 *
make_pixels (const SacClipSpec *spec)
{
  guint8 *pixels = g_malloc (sac_clip_bytes (spec)), *p = pixels;

  for (guint t = 0; t < spec->n_frames; t++)
    for (int row = 0; row < spec->resize; row++)
      for (int column = 0; column < spec->resize; column++, p += 3)
        p[0] = column, p[1] = row, p[2] = t;
  return pixels;
}

static int
raw (const SacClipSpec *spec, float value, int channel)
{
  return (int) lroundf ((value * spec->deviation[channel] + spec->mean[channel]) * 255);
}

static void
test_test_transform (void)
{
  SacClipSpec spec;
  g_autofree guint8 *pixels = NULL;
  g_autofree float *out = NULL;

  sac_clip_spec_init (&spec);
  spec.n_frames = 3;
  pixels = make_pixels (&spec);
  out = g_new (float, 3 * 224 * 224 * 3);
  sac_clip_transform (pixels, &spec, NULL, out);
  for (int t = 0; t < 3; t++)
    for (int row = 0; row < 224; row += 7)
      for (int column = 0; column < 224; column += 5)
        {
          const float *p = out + ((t * 224 + row) * 224 + column) * 3;

          g_assert_cmpint (raw (&spec, p[0], 0), ==, column + 16);
          g_assert_cmpint (raw (&spec, p[1], 1), ==, row + 16);
          g_assert_cmpint (raw (&spec, p[2], 2), ==, t);
        }
  g_assert_cmpfloat_with_epsilon (out[0], (16 / 255.0 - 0.485) / 0.229, 1e-6);
}

static void
test_train_transform (void)
{
  SacClipSpec spec;
  g_autofree guint8 *pixels = NULL;
  const gsize size = 224 * 224 * 3;
  g_autofree float *out = g_new (float, 2 * size), *again = g_new (float, 2 * size), *frame = g_new (float, size);
  guint n_mirror = 0, n_down = 0, rows[33] = { 0 }, columns[33] = { 0 };
  const guint n = 1600;

  sac_clip_spec_init (&spec);
  spec.n_frames = 2;
  pixels = make_pixels (&spec);
  for (guint k = 0; k < n; k++)
    {
      SacRandomKey key = sac_clip_key (7, k / 40, k % 40, -1);
      const gsize last = 224 * 224 * 3;
      int left, right, top, bottom;

      sac_clip_transform (pixels, &spec, &key, out);
      left = raw (&spec, out[0], 0), right = raw (&spec, out[223 * 3], 0);
      top = raw (&spec, out[1], 1), bottom = raw (&spec, out[223 * 224 * 3 + 1], 1);
      g_assert_cmpint (ABS (right - left), ==, 223);
      g_assert_cmpint (ABS (bottom - top), ==, 223);
      n_mirror += left > right;
      n_down += top > bottom;
      columns[MIN (left, right)]++;
      rows[MIN (top, bottom)]++;
      /* Shared by the frames of the clip. */
      g_assert_cmpint (raw (&spec, out[last], 0), ==, left);
      g_assert_cmpint (raw (&spec, out[last + 1], 1), ==, top);
      g_assert_cmpint (raw (&spec, out[last + 2], 2), ==, 1);
    }
  g_assert_cmpfloat_with_epsilon (n_mirror / (double) n, 0.5, 0.05);
  g_assert_cmpfloat_with_epsilon (n_down / (double) n, 0.5, 0.05);
  for (int i = 0; i <= 32; i++)
    {
      g_assert_cmpuint (rows[i], >, 20);        /* 48 expected, deviation 7 */
      g_assert_cmpuint (columns[i], >, 20);
    }

  /* A pure function of its key; without flips none happen; a frame alone is that frame. */
  {
    SacRandomKey key = sac_clip_key (7, 3, 5, -1), one = sac_clip_key (7, 3, 5, 1);

    g_assert_true (key.stream != one.stream);
    sac_clip_transform (pixels, &spec, &key, out);
    sac_clip_transform (pixels, &spec, &key, again);
    g_assert_cmpmem (out, 100, again, 100);
    sac_clip_transform_frame (pixels, &spec, 1, &key, frame);
    g_assert_cmpmem (out + 224 * 224 * 3, 224 * 224 * 3 * 4, frame, 224 * 224 * 3 * 4);
    spec.flip_horizontal = spec.flip_vertical = FALSE;
    for (guint k = 0; k < 50; k++)
      {
        key = sac_clip_key (1, 0, k, -1);
        sac_clip_transform (pixels, &spec, &key, out);
        g_assert_cmpint (raw (&spec, out[223 * 3], 0) - raw (&spec, out[0], 0), ==, 223);
        g_assert_cmpint (raw (&spec, out[223 * 224 * 3 + 1], 1) - raw (&spec, out[1], 1), ==, 223);
      }
  }
}

/* ---- resize. */
static void
fill_noise (guint8 *pixels, gsize n, guint64 stream)
{
  for (gsize i = 0; i < n; i++)
    pixels[i] = sac_random_u32 ((SacRandomKey) { 5, stream }, i) & 255;
}

static void
test_resize (void)
{
  g_autofree guint8 *in = g_malloc (97 * 61 * 3), *whole = g_malloc (300 * 300 * 3), *part = g_malloc (300 * 300 * 3);
  double before = 0, after = 0;

  fill_noise (in, 97 * 61 * 3, 1);
  /* The same size: the same bytes. */
  sac_resize_rgb (in, 97, 61, 97 * 3, 97, 61, 0, 0, 97, 61, whole);
  g_assert_cmpmem (in, 97 * 61 * 3, whole, 97 * 61 * 3);
  /* A half: the mean of four. */
  sac_resize_rgb (in, 96, 60, 97 * 3, 48, 30, 0, 0, 48, 30, whole);
  for (int y = 0; y < 30; y++)
    for (int x = 0; x < 48; x++)
      {
        const guint8 *p = in + (2 * y * 97 + 2 * x) * 3;
        double mean = (p[0] + p[3] + p[97 * 3] + p[97 * 3 + 3]) / 4.0;

        g_assert_cmpfloat_with_epsilon (whole[(y * 48 + x) * 3], mean, 0.51);
      }
  /* Any shrink keeps the mean. */
  sac_resize_rgb (in, 97, 61, 97 * 3, 31, 20, 0, 0, 31, 20, whole);
  for (int i = 0; i < 97 * 61; i++)
    before += in[3 * i + 1] / (97.0 * 61);
  for (int i = 0; i < 31 * 20; i++)
    after += whole[3 * i + 1] / (31.0 * 20);
  g_assert_cmpfloat_with_epsilon (before, after, 0.1);
  /* A part is a part of the whole: growing, shrinking, both. */
  static const int sizes[][2] = { { 31, 20 }, { 200, 130 }, { 300, 40 }, { 97, 33 }, { 1, 1 }, { 5, 300 } };
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      int w = sizes[s][0], h = sizes[s][1], x = w / 3, y = h / 4, pw = w - x, ph = (h + 1) / 2;

      sac_resize_rgb (in, 97, 61, 97 * 3, w, h, 0, 0, w, h, whole);
      sac_resize_rgb (in, 97, 61, 97 * 3, w, h, x, y, pw, ph, part);
      for (int row = 0; row < ph; row++)
        g_assert_cmpmem (whole + ((y + row) * w + x) * 3, pw * 3, part + row * pw * 3, pw * 3);
    }
  /* One colour stays one colour; doubling a step is linear between the centres. */
  memset (in, 77, 97 * 61 * 3);
  sac_resize_rgb (in, 97, 61, 97 * 3, 250, 190, 0, 0, 250, 190, whole);
  for (int i = 0; i < 250 * 190 * 3; i++)
    g_assert_cmpuint (whole[i], ==, 77);
  memset (in, 0, 6);
  memset (in + 3, 100, 3);
  sac_resize_rgb (in, 2, 1, 6, 4, 1, 0, 0, 4, 1, whole);
  g_assert_cmpuint (whole[0], ==, 0);
  g_assert_cmpuint (whole[3], ==, 25);
  g_assert_cmpuint (whole[6], ==, 75);
  g_assert_cmpuint (whole[9], ==, 100);
}

static void
test_window (void)
{
  SacClipSpec spec;
  double window[4];

  sac_clip_spec_init (&spec);
  sac_clip_window (256, 256, &spec, window);
  g_assert_cmpfloat_with_epsilon (window[0], 16, 1e-9);
  g_assert_cmpfloat_with_epsilon (window[2], 224, 1e-9);
  sac_clip_window (1024, 512, &spec, window);
  g_assert_cmpfloat_with_epsilon (window[0], 256 + 32, 1e-9);
  g_assert_cmpfloat_with_epsilon (window[1], 32, 1e-9);
  g_assert_cmpfloat_with_epsilon (window[2], 448, 1e-9);
  g_assert_cmpfloat_with_epsilon (window[3], 448, 1e-9);
}

/* ---- clips of a moving, textured square, encoded once. */
static char *
make_clip (const char *name, int width, int height, int n_frames, guint seed)
{
  g_autofree char *file = g_strdup_printf ("%s.%s", name, sac_encoder_get_suffix ());
  char *path = g_build_filename (folder, file, NULL);
  g_autofree guint8 *rgb = g_malloc ((gsize) width * height * 3);
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, width, height, 30, 1, &error);

  g_assert_no_error (error);
  for (int t = 0; t < n_frames && encoder; t++)
    {
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          {
            guint8 *p = rgb + (y * width + x) * 3;
            gboolean inside = ABS (x - t * width / n_frames) < width / 6 && ABS (y - height / 2) < height / 5;

            p[0] = inside ? 230 : (x * 3 + seed * 40) & 127;
            p[1] = inside ? (y * 5) & 255 : 40 + t;
            p[2] = (seed * 60 + y) & 255;
          }
      g_assert_true (sac_encoder_push (encoder, rgb, (gsize) width * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  g_assert_no_error (error);
  return path;
}

static SacItem *
make_item (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, &error);
  SacItem *item = g_new0 (SacItem, 1);

  g_assert_no_error (error);
  item->kind = SAC_ITEM_VIDEO;
  item->name = g_path_get_basename (path);
  item->path = g_strdup (path);
  item->hash = g_strdup (sac_media_get_hash (media));
  item->n_frames = sac_media_get_n_frames (media);
  item->width = sac_media_get_width (media);
  item->height = sac_media_get_height (media);
  item->fps = sac_media_get_fps (media);
  item->out_ns = sac_media_get_duration_ns (media);
  return item;
}

/* Frame @frame of @media as media shows it. */
static guint8 *
media_pixels (SacMedia *media, guint frame)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFrame) picture = sac_media_get_frame (media, frame, NULL, &error);
  gsize stride = 3 * (gsize) sac_media_get_width (media);
  guint8 *rgb = g_malloc (stride * sac_media_get_height (media));

  g_assert_no_error (error);
  g_assert_true (sac_frame_convert (picture, SAC_PIXELS_RGB, rgb, stride, &error));
  return rgb;
}

static void
test_same_frames (void)
{
  g_autofree char *path = make_clip ("square", 256, 256, 90, 1);
  g_autoptr (SacItem) item = make_item (path);
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, NULL);
  g_autoptr (GError) error = NULL;
  SacClipSpec spec;
  g_autofree guint8 *pixels = NULL;
  g_autofree float *out = NULL;
  guint list[32];
  const gsize size = 256 * 256 * 3;

  sac_clip_spec_init (&spec);
  pixels = g_malloc (sac_clip_bytes (&spec));
  g_assert_true (sac_clip_decode (item, &spec, pixels, NULL, &error));
  g_assert_no_error (error);
  sac_clip_frames (90, 32, list);
  for (int i = 31; i >= 0; i--)
    {
      g_autofree guint8 *shown = media_pixels (media, list[i]), *other = media_pixels (media, list[i] ? list[i] - 1 : 1);

      g_assert_cmpmem (pixels + i * size, size, shown, size);
      g_assert_cmpint (memcmp (pixels + i * size, other, size), !=, 0);
    }
  out = g_new (float, 32 * 224 * 224 * 3);
  g_assert_true (sac_clip_load (item, &spec, NULL, out, NULL, &error));
  g_assert_cmpint (raw (&spec, out[0], 0), ==, pixels[(16 * 256 + 16) * 3]);

  /* A virtual clip: the frames from 1 s up to 2 s are 30…59. */
  item->kind = SAC_ITEM_CLIP;
  item->in_ns = 1000000000;
  item->out_ns = 2000000000;
  spec.n_frames = 4;
  g_assert_true (sac_clip_decode (item, &spec, pixels, NULL, &error));
  for (int i = 0; i < 4; i++)
    {
      g_autofree guint8 *shown = media_pixels (media, 30 + (2 * i + 1) * 30 / 8);

      g_assert_cmpmem (pixels + i * size, size, shown, size);
    }

  /* Another file in its place is not silently taken for it. */
  g_free (item->hash);
  item->hash = g_strdup ("saccade1:00");
  g_assert_false (sac_clip_decode (item, &spec, pixels, NULL, &error));
  g_assert_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE);
}

static void
test_shape (void)
{
  g_autofree char *path = make_clip ("wide", 160, 96, 10, 2);
  g_autoptr (SacItem) item = make_item (path);
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, NULL);
  g_autoptr (GError) error = NULL;
  SacClipSpec spec;
  g_autofree guint8 *pixels = NULL, *shown = media_pixels (media, 0), *expected = g_malloc (48 * 48 * 3);

  sac_clip_spec_init (&spec);
  spec.n_frames = 16;           /* more than there are: frames repeat */
  spec.resize = 48;
  spec.crop = 32;
  pixels = g_malloc (sac_clip_bytes (&spec));
  g_assert_true (sac_clip_decode (item, &spec, pixels, NULL, &error));
  g_assert_no_error (error);
  sac_resize_rgb (shown, 160, 96, 160 * 3, 80, 48, 16, 0, 48, 48, expected);
  g_assert_cmpmem (pixels, 48 * 48 * 3, expected, 48 * 48 * 3);
  g_assert_cmpmem (pixels, 48 * 48 * 3, pixels + 48 * 48 * 3, 48 * 48 * 3);
}

/* ---- sets. */
typedef struct {
  SacProject *project;
  SacId clips[8], labels[4];
} Small;

static void
small_open (Small *small, const char *name, gboolean reverse)
{
  static const char *const names[] = { "dog", "cat", "bird", "fish" };
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  small->project = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  g_assert_no_error (error);
  for (guint k = 0; k < 8; k++)
    {
      guint i = reverse ? 7 - k : k;
      g_autofree char *clip = g_strdup_printf ("clip-%u", i), *hash = g_strdup_printf ("h%u", i);
      SacItem item = { .kind = SAC_ITEM_VIDEO, .name = clip, .path = (char *) "/nowhere/x.mp4", .hash = hash, .n_frames = 90, .fps = 30,
                       .out_ns = 3000000000, .split = i < 6 ? SAC_SPLIT_TRAIN : SAC_SPLIT_TEST };
      const SacItem *items[] = { &item };

      g_assert_true (sac_project_add_items (small->project, items, 1, &small->clips[i], &error));
    }
  for (guint l = 0; l < 4; l++)
    small->labels[l] = sac_project_add_label (small->project, names[l], &error);
#define SAY(label, state, ...) \
  G_STMT_START { \
    SacId said[8]; \
    guint n_said = 0; \
    for (const int *at = (const int[]) { __VA_ARGS__, -1 }; *at >= 0; at++) \
      said[n_said++] = small->clips[*at]; \
    g_assert_true (sac_project_set_label (small->project, said, n_said, small->labels[label], state, &error)); \
  } G_STMT_END
  /* dog: 0 1; cat: 1 2; bird: 3 4 2; fish: 5; clip 0 is reviewed. */
  SAY (0, SAC_LABEL_YES, 0, 1);
  SAY (1, SAC_LABEL_YES, 1, 2, 7);
  SAY (2, SAC_LABEL_YES, 3, 4, 2);
  SAY (3, SAC_LABEL_YES, 5);
  g_assert_true (sac_project_set_reviewed (small->project, small->clips, 1, TRUE, &error));
  g_assert_no_error (error);
}

static void
test_dataset (void)
{
  Small small, other;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacDataset) set = NULL, again = NULL, changed = NULL, named = NULL, test = NULL;

  small_open (&small, "sets.saccade", FALSE);
  small_open (&other, "other.saccade", TRUE);
  set = sac_dataset_new (small.project, SAC_SPLIT_TRAIN, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set->items->len, ==, 6);
  g_assert_cmpuint (set->labels->len, ==, 4);
  g_assert_cmpmem (set->states, 8, ((gint8[]) { 1, 0, 0, 0, 1, 1, -1, -1 }), 8);
  g_assert_cmpuint (strlen (set->snapshot), ==, 64);

  /* The same clips and labels, entered in another order: the same snapshot.  A label more: another. */
  again = sac_dataset_new (other.project, SAC_SPLIT_TRAIN, NULL, &error);
  g_assert_cmpstr (again->snapshot, ==, set->snapshot);
  g_assert_true (sac_project_set_label (other.project, &other.clips[3], 1, other.labels[0], SAC_LABEL_NO, &error));
  changed = sac_dataset_new (other.project, SAC_SPLIT_TRAIN, NULL, &error);
  g_assert_cmpstr (changed->snapshot, !=, set->snapshot);

  /* Two of four: bird 3, then cat before dog by name; clips with neither are dropped. */
  sac_dataset_top_k (set, 2);
  g_assert_cmpuint (set->labels->len, ==, 2);
  g_assert_cmpstr (set->labels->pdata[0], ==, "bird");
  g_assert_cmpstr (set->labels->pdata[1], ==, "cat");
  g_assert_cmpuint (set->items->len, ==, 4);
  g_assert_cmpstr (((SacItem *) set->items->pdata[0])->name, ==, "clip-1");
  g_assert_cmpmem (set->states, 8, ((gint8[]) { -1, 1, 1, 1, 1, -1, 1, -1 }), 8);
  g_assert_cmpstr (set->snapshot, !=, again->snapshot);

  named = sac_dataset_new (small.project, SAC_SPLIT_TRAIN, (const char *const[]) { "fish", "dog", NULL }, &error);
  g_assert_cmpuint (named->items->len, ==, 3);
  g_assert_cmpmem (named->states, 6, ((gint8[]) { 0, 1, -1, 1, 1, -1 }), 6);
  sac_dataset_drop_empty (named);
  g_assert_cmpuint (named->items->len, ==, 3);

  test = sac_dataset_new (small.project, SAC_SPLIT_TEST, NULL, &error);
  g_assert_cmpuint (test->items->len, ==, 1);
  g_assert_null (sac_dataset_new (small.project, SAC_SPLIT_VALIDATION, NULL, &error));
  g_assert_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_null (sac_dataset_new (small.project, SAC_SPLIT_TRAIN, (const char *const[]) { "dragon", NULL }, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_object_unref (small.project);
  g_object_unref (other.project);
}

/* ---- the loader. */
#define N_CLIPS 6

static SacDataset *
make_set (void)
{
  SacDataset *set = g_new0 (SacDataset, 1);

  set->items = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_item_free);
  set->labels = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < N_CLIPS; i++)
    {
      g_autofree char *name = g_strdup_printf ("set-%u", i), *path = make_clip (name, 64, 48, 12, i);

      g_ptr_array_add (set->items, make_item (path));
    }
  return set;
}

static void
small_spec (SacClipSpec *spec)
{
  sac_clip_spec_init (spec);
  spec->n_frames = 8;
  spec->resize = 32;
  spec->crop = 24;
}

typedef struct {
  SacLoader *loader;
  float *out;
  guint item;
} Getter;

static gpointer
get_in_thread (gpointer data)
{
  Getter *getter = data;

  for (guint epoch = 0; epoch < 3; epoch++)
    if (!sac_loader_get (getter->loader, getter->item, epoch, TRUE, getter->out + epoch * 8 * 24 * 24 * 3, NULL, NULL))
      return NULL;
  return getter;
}

static void
test_loader_same_bits (void)
{
  g_autoptr (SacDataset) set = make_set ();
  SacClipSpec spec;
  const gsize n = 8 * 24 * 24 * 3;
  g_autofree float *expected = g_new (float, N_CLIPS * 3 * n), *out = g_new0 (float, n), *threads = g_new0 (float, N_CLIPS * 3 * n);
  static const guint order[] = { 4, 2, 0, 5, 3, 1 };
  g_autoptr (GError) error = NULL;

  small_spec (&spec);
  for (guint i = 0; i < N_CLIPS; i++)
    for (guint epoch = 0; epoch < 3; epoch++)
      {
        SacRandomKey key = sac_clip_key (9, epoch, i, -1);

        g_assert_true (sac_clip_load (set->items->pdata[i], &spec, &key, expected + (i * 3 + epoch) * n, NULL, &error));
      }
  /* All fit, three fit, one fits (two are held at least): the same bits; nothing decoded twice when all fit. */
  for (guint slots = N_CLIPS; slots > 0; slots = slots > 3 ? 3 : slots > 1 ? 1 : 0)
    {
      g_autoptr (SacLoader) loader = sac_loader_new (set, &spec, 9, slots * sac_clip_bytes (&spec));

      for (guint epoch = 0; epoch < 3; epoch++)
        {
          sac_loader_hint (loader, order, N_CLIPS);
          for (guint k = 0; k < N_CLIPS; k++)
            {
              guint i = epoch == 1 ? k : order[k];      /* once not as announced */

              g_assert_true (sac_loader_get (loader, i, epoch, TRUE, out, NULL, &error));
              g_assert_no_error (error);
              g_assert_cmpmem (out, n * 4, expected + (i * 3 + epoch) * n, n * 4);
            }
        }
      if (slots == N_CLIPS)
        g_assert_cmpuint (sac_loader_get_n_decoded (loader), ==, N_CLIPS);
      g_assert_cmpuint (sac_loader_get_n_quarantined (loader), ==, 0);
      g_assert_cmpfloat (sac_loader_get_wait_seconds (loader), >, 0);
    }
  /* Six threads at once on a cache of two. */
  {
    g_autoptr (SacLoader) loader = sac_loader_new (set, &spec, 9, 0);
    Getter getters[N_CLIPS];
    GThread *running[N_CLIPS];

    sac_loader_hint (loader, order, N_CLIPS);
    for (guint i = 0; i < N_CLIPS; i++)
      {
        getters[i] = (Getter) { loader, threads + i * 3 * n, i };
        running[i] = g_thread_new ("get", get_in_thread, &getters[i]);
      }
    for (guint i = 0; i < N_CLIPS; i++)
      g_assert_nonnull (g_thread_join (running[i]));
    g_assert_cmpmem (threads, N_CLIPS * 3 * n * 4, expected, N_CLIPS * 3 * n * 4);
  }
  /* The test transform does not draw; one frame is drawn for itself. */
  {
    g_autoptr (SacLoader) loader = sac_loader_new (set, &spec, 9, 1 << 30);
    g_autofree guint8 *pixels = g_malloc (sac_clip_bytes (&spec));
    SacRandomKey key = sac_clip_key (9, 2, 3, 5);

    g_assert_true (sac_loader_get (loader, 3, 77, FALSE, out, NULL, &error));
    g_assert_true (sac_clip_load (set->items->pdata[3], &spec, NULL, threads, NULL, &error));
    g_assert_cmpmem (out, n * 4, threads, n * 4);
    g_assert_true (sac_clip_decode (set->items->pdata[3], &spec, pixels, NULL, &error));
    sac_clip_transform_frame (pixels, &spec, 5, &key, threads);
    g_assert_true (sac_loader_get_frame (loader, 3, 5, 2, TRUE, out, NULL, &error));
    g_assert_cmpmem (out, n / 8 * 4, threads, n / 8 * 4);
    g_assert_false (sac_loader_get (loader, N_CLIPS, 0, TRUE, out, NULL, &error));
    g_assert_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_EMPTY);
  }
}

/* In training a clip that is labelled with a side is never turned over, unless one insists; others are, about every other time. */
static void
test_loader_sides (void)
{
  g_autoptr (SacDataset) set = make_set ();
  SacClipSpec spec;
  const gsize n = 8 * 24 * 24 * 3;
  g_autofree float *plain = g_new (float, n), *out = g_new (float, n);

  small_spec (&spec);
  spec.resize = spec.crop = 24;         /* nothing but the flip is left to chance */
  spec.flip_horizontal = TRUE;
  spec.flip_vertical = FALSE;
  g_ptr_array_add (set->labels, g_strdup ("moves left"));
  g_free (set->states);
  set->states = g_new0 (gint8, N_CLIPS);
  set->states[0] = 1;
  for (int insist = 0; insist < 2; insist++)
    {
      g_autoptr (SacLoader) loader = NULL;
      guint turned[2] = { 0 };

      spec.flip_sided = insist;
      loader = sac_loader_new (set, &spec, 9, 1 << 20);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_true (sac_loader_get (loader, i, 0, FALSE, plain, NULL, NULL));
          for (guint epoch = 0; epoch < 24; epoch++)
            {
              g_assert_true (sac_loader_get (loader, i, epoch, TRUE, out, NULL, NULL));
              turned[i] += memcmp (out, plain, n * sizeof *out) != 0;
            }
        }
      g_assert_cmpint (turned[0] > 0, ==, insist);
      g_assert_cmpuint (turned[1], >, 4);
      g_assert_cmpuint (turned[1], <, 20);
    }
}

static void
test_loader_prefetch (void)
{
  g_autoptr (SacDataset) set = make_set ();
  SacClipSpec spec;
  g_autofree float *out = NULL;
  guint order[N_CLIPS] = { 0, 1, 2, 3, 4, 5 };
  SacLoader *loader;
  double waited;

  small_spec (&spec);
  out = g_new (float, 8 * 24 * 24 * 3);
  loader = sac_loader_new (set, &spec, 1, 1 << 30);
  sac_loader_hint (loader, order, N_CLIPS);
  for (int i = 0; i < 200 && sac_loader_get_n_decoded (loader) < N_CLIPS; i++)
    g_usleep (20000);
  g_assert_cmpuint (sac_loader_get_n_decoded (loader), ==, N_CLIPS);
  for (guint i = 0; i < N_CLIPS; i++)
    g_assert_true (sac_loader_get (loader, i, 0, TRUE, out, NULL, NULL));
  waited = sac_loader_get_wait_seconds (loader);
  g_assert_cmpfloat (waited, ==, 0);
  sac_loader_free (loader);
  /* Freed in the middle of work. */
  loader = sac_loader_new (set, &spec, 1, 0);
  sac_loader_hint (loader, order, N_CLIPS);
  sac_loader_free (loader);
}

static void
test_loader_quarantine (void)
{
  g_autoptr (SacDataset) set = make_set ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  SacClipSpec spec;
  g_autofree float *out = NULL;
  g_autofree char *why = NULL;
  SacItem *torn = set->items->pdata[2], *gone = set->items->pdata[4];
  static const guint order[] = { 2, 4, 0 };
  g_autoptr (SacLoader) loader = NULL;

  small_spec (&spec);
  out = g_new (float, 8 * 24 * 24 * 3);
  g_assert_true (g_file_set_contents (torn->path, "no video", -1, NULL));
  g_assert_cmpint (g_remove (gone->path), ==, 0);
  loader = sac_loader_new (set, &spec, 1, 1 << 30);
  g_cancellable_cancel (cancelled);
  g_assert_false (sac_loader_get (loader, 1, 0, TRUE, out, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (sac_loader_is_quarantined (loader, 1));
  sac_loader_hint (loader, order, 3);
  g_assert_false (sac_loader_get (loader, 4, 0, TRUE, out, NULL, &error));
  g_assert_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE);
  g_clear_error (&error);
  g_assert_false (sac_loader_get (loader, 2, 0, TRUE, out, NULL, &error));
  g_assert_error (error, SAC_DATA_ERROR, SAC_DATA_ERROR_UNREADABLE);
  for (guint i = 0; i < N_CLIPS; i++)
    if (i != 2 && i != 4)
      g_assert_true (sac_loader_get (loader, i, 0, TRUE, out, NULL, NULL));
  g_assert_cmpuint (sac_loader_get_n_quarantined (loader), ==, 2);
  g_assert_true (sac_loader_is_quarantined (loader, 2));
  g_assert_false (sac_loader_is_quarantined (loader, 0));
  why = sac_loader_dup_problem (loader, 2);
  g_assert_nonnull (why);
  g_assert_null (sac_loader_dup_problem (loader, 0));
}

/* ---- real files: whole, phone-rotated, odd sizes, one frame only … */
static void
test_real (void)
{
  static const char *const names[] = { "single-clips/v_Basketball_g01_c01.avi", "../odd-videos/odd-size-427x239-yuv444.mp4",
                                       "../odd-videos/phone-rotated-90.mp4", "../odd-videos/one-frame.mp4",
                                       "../odd-videos/variable-frame-rate.mp4", "../odd-videos/hevc-10bit.mp4" };
  const char *data = g_getenv ("SACCADE_TEST_DATA");
  SacClipSpec spec;
  g_autofree float *out = NULL;

  if (!data || !data[0])
    {
      g_test_skip ("SACCADE_TEST_DATA is not set");
      return;
    }
  sac_clip_spec_init (&spec);
  spec.n_frames = 4;
  spec.resize = 128;
  spec.crop = 112;
  out = g_new (float, 4 * 112 * 112 * 3);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (data, "data", "videos", names[i], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacItem) item = NULL;
      double sum = 0, squares = 0;
      const guint n = 4 * 112 * 112 * 3;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      item = make_item (path);
      g_assert_true (sac_clip_load (item, &spec, NULL, out, NULL, &error));
      g_assert_no_error (error);
      for (guint k = 0; k < n; k++)
        sum += out[k], squares += (double) out[k] * out[k];
      g_assert_cmpfloat (squares / n - (sum / n) * (sum / n), >, 0.01);         /* there is a picture */
    }
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  folder = g_dir_make_tmp ("saccade-data-XXXXXX", NULL);
  g_test_add_func ("/data/clip/frame-list", test_frame_list);
  g_test_add_func ("/data/clip/spec", test_spec);
  g_test_add_func ("/data/clip/test-transform", test_test_transform);
  g_test_add_func ("/data/clip/train-transform", test_train_transform);
  g_test_add_func ("/data/clip/same-frames", test_same_frames);
  g_test_add_func ("/data/clip/shape", test_shape);
  g_test_add_func ("/data/clip/window", test_window);
  g_test_add_func ("/data/clip/real", test_real);
  g_test_add_func ("/data/resize", test_resize);
  g_test_add_func ("/data/dataset", test_dataset);
  g_test_add_func ("/data/loader/same-bits", test_loader_same_bits);
  g_test_add_func ("/data/loader/sides", test_loader_sides);
  g_test_add_func ("/data/loader/prefetch", test_loader_prefetch);
  g_test_add_func ("/data/loader/quarantine", test_loader_quarantine);
  failed = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  return failed;
}
