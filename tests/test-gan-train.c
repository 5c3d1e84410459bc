/* Training of a group of generators: run folder, exact resume, pictures in and out. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "remove-tree.h"
#include "train/sac-gan-train.h"
#include "train/sac-ring-experiment.h"

static char *dir;

static SacImages *
make_images (guint n)
{
  SacImages *images = g_new0 (SacImages, 1);

  images->n = n;
  images->size = 32;
  images->pixels = g_new (guint8, n * 3072);
  images->classes = g_new0 (guint16, n);
  images->class_names = g_new0 (char *, 1);
  for (guint i = 0; i < n * 3072; i++)
    images->pixels[i] = (guint8) (sac_random_u32 ((SacRandomKey) { 5, 1 }, i) >> 24);
  return images;
}

static const char recipe_text[] = "[recipe]\nkind=gan\n[network]\nsize=32\nwidth=2\nz=4\ngraph=TPC|NTC|TTT\n"
                                  "[training]\nbatch=4\nepochs=2\nsample_every=3\ncheckpoint_every=2\nlog_every=1\nrows=2\n";

static guint64 stop_at;

static void
watch (double fraction, const char *what, gpointer data)
{
  if (data && fraction * 6 >= (double) stop_at)
    g_cancellable_cancel (data);
}

static char *
read_checkpoint (const char *run, gsize *n)
{
  g_autofree char *path = g_build_filename (dir, run, "checkpoints", "step-000006.safetensors", NULL);
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, n, NULL));
  return bytes;
}

/* Stopped after any update and resumed, a run ends with the same bytes. */
static void
test_resume (void)
{
  g_autoptr (SacImages) images = make_images (10);
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_parse (recipe_text, NULL);
  g_autofree char *whole_folder = g_build_filename (dir, "whole", NULL);
  g_autofree char *part_folder = g_build_filename (dir, "part", NULL);
  g_autofree char *whole = NULL;
  g_autofree char *parts = NULL;
  gsize n_whole, n_parts;
  SacGanSpec spec = { .recipe = recipe, .images = images, .n_threads = 1, .progress = watch };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacEventReader) reader = NULL;
  guint n;

  g_assert_cmpuint (sac_gan_count_updates (recipe, 10), ==, 6);
  spec.run_folder = whole_folder;
  g_assert_true (sac_gan_train (&spec, NULL, &error));
  spec.run_folder = part_folder;
  for (guint part = 0; part < 3; part++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      stop_at = part == 2 ? 100 : 1 + 2 * part;
      spec.progress_data = cancellable;
      spec.resume = part > 0;
      g_assert_true (sac_gan_train (&spec, cancellable, &error));
      g_assert_no_error (error);
    }
  whole = read_checkpoint ("whole", &n_whole);
  parts = read_checkpoint ("part", &n_parts);
  g_assert_cmpmem (whole, n_whole, parts, n_parts);

  reader = sac_event_reader_new (part_folder);
  sac_event_reader_poll (reader);
  g_assert_cmpstr (sac_event_reader_get_text (reader, "status"), ==, "done");
  g_assert_nonnull (sac_event_reader_get (reader, "loss/G2>G1", &n));
  g_assert_cmpuint (n, ==, 6);
  g_assert_nonnull (sac_event_reader_get (reader, "accuracy/D", &n));
  g_assert_cmpuint (n, ==, 6);
  for (guint t = 0; t < n; t++)
    {
      double sum = 0;

      for (guint i = 0; i < 4; i++)
        {
          static const char *const tags[] = { "accuracy/real", "accuracy/G1", "accuracy/G2", "accuracy/G3" };

          sum += sac_event_reader_get (reader, tags[i], &n)[t].value / 4;
        }
      g_assert_cmpfloat_with_epsilon (sac_event_reader_get (reader, "accuracy/D", &n)[t].value, sum, 1e-6);
    }
  g_assert_nonnull (sac_event_reader_get (reader, "factor/G2>G1", &n));
  g_assert_cmpfloat (sac_event_reader_get (reader, "factor/G2>G1", &n)[5].value, ==, 1);
  g_assert_null (sac_event_reader_get (reader, "loss/G3>G1", &n));      /* cut off */
  {
    g_autofree char *samples = g_build_filename (part_folder, "samples", "step-000003.png", NULL);
    g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (samples, NULL);
    g_autofree float *drawn = sac_gan_sample (part_folder, 2, 60, 9, 1, &error);

    g_assert_nonnull (pixbuf);
    g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 3 * 34 + 2);
    g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 2 * 34 + 2);
    g_assert_nonnull (drawn);
    for (guint i = 0; i < 60 * 3072; i++)
      g_assert_true (drawn[i] >= -1 && drawn[i] <= 1);
    g_assert_null (sac_gan_sample (part_folder, 3, 1, 9, 1, NULL));
  }
  spec.resume = FALSE;
  g_assert_false (sac_gan_train (&spec, NULL, &error));         /* another run lies there */
  g_assert_nonnull (error);
}

/* Stopped after an epoch as asked, the rest gives the bytes of a whole run: gates know how long it is all the while. */
static void
test_until (void)
{
  g_autoptr (SacImages) images = make_images (10);
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_parse (recipe_text, NULL);
  g_autofree char *folder = g_build_filename (dir, "until", NULL), *first = g_build_filename (folder, "checkpoints",
                                                                                              "step-000003.safetensors", NULL);
  g_autofree char *whole = NULL, *parts = NULL;
  gsize n_whole, n_parts;
  SacGanSpec spec = { .recipe = recipe, .images = images, .n_threads = 1, .run_folder = folder, .until_epoch = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_gan_train (&spec, NULL, &error));
  g_assert_true (g_file_test (first, G_FILE_TEST_EXISTS));
  spec.resume = TRUE;
  g_assert_true (sac_gan_train (&spec, NULL, &error));          /* it is there already */
  spec.until_epoch = 0;
  g_assert_true (sac_gan_train (&spec, NULL, &error));
  whole = read_checkpoint ("whole", &n_whole);
  parts = read_checkpoint ("until", &n_parts);
  g_assert_cmpmem (whole, n_whole, parts, n_parts);
}

static void
test_recipe (void)
{
  static const char *const bad[] = { "[network]\nsize=48\n", "[network]\nwidth=no\n", "[network]\ngraph=TX|TT\n", "[network]\nlayers=3\n",
                                     "[training]\nbatch=0\n", "[training]\nrate=1e400\n", "[else]\na=b\n", "no" };
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_parse (recipe_text, NULL);
  g_autofree char *text = sac_gan_recipe_dup_text (recipe);
  g_autoptr (SacGanRecipe) again = sac_gan_recipe_parse (text, NULL);
  g_autofree char *text2 = sac_gan_recipe_dup_text (again);

  g_assert_cmpstr (text, ==, text2);
  g_assert_cmpint (again->width, ==, 2);
  g_assert_true (sac_gan_graph_equal (&recipe->graph, &again->graph));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sac_gan_recipe_parse (bad[i], &error));
      g_assert_nonnull (error);
    }
}

/* Folders are classes; what is no picture is left out; CIFAR's planes become pixels. */
static void
test_images (void)
{
  g_autofree char *top = g_build_filename (dir, "pictures", NULL);
  g_autofree char *batch = g_build_filename (dir, "batch.bin", NULL);
  g_autofree guint8 *record = g_malloc0 (2 * 3073);
  g_autoptr (SacImages) images = NULL;
  g_autoptr (SacImages) cifar = NULL;
  g_autoptr (GError) error = NULL;
  float numbers[16 * 16 * 3];

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *folder = g_strdup_printf ("%s/%s", top, i < 2 ? "cat" : "dog");
      g_autofree char *path = g_strdup_printf ("%s/%u.png", folder, i);
      g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, i == 1, 8, 40, 30);

      g_mkdir_with_parents (folder, 0755);
      gdk_pixbuf_fill (pixbuf, i == 0 ? 0xff0000ff : i == 1 ? 0x00000000 : 0x0000ffff);
      g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", &error, NULL));
    }
  {
    g_autofree char *broken = g_strdup_printf ("%s/cat/9.png", top);

    g_assert_true (g_file_set_contents (broken, "not a picture", -1, NULL));
  }
  images = sac_images_load (top, 16, 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (images->n, ==, 3);
  g_assert_cmpstr (images->class_names[images->classes[2]], ==, "dog");
  sac_images_get (images, 0, numbers);
  g_assert_cmpfloat (numbers[0], ==, 1);
  g_assert_cmpfloat (numbers[1], ==, -1);
  g_assert_cmpint (images->pixels[768], ==, 255);       /* clear is white */
  record[0] = 7;
  record[1] = 10;
  record[1 + 1024] = 20;
  record[1 + 2048] = 30;
  g_assert_true (g_file_set_contents (batch, (char *) record, 2 * 3073, NULL));
  cifar = sac_images_load (batch, 32, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cifar->n, ==, 1);
  g_assert_cmpint (cifar->classes[0], ==, 7);
  g_assert_cmpint (cifar->pixels[0], ==, 10);
  g_assert_cmpint (cifar->pixels[1], ==, 20);
  g_assert_cmpint (cifar->pixels[2], ==, 30);
  g_assert_null (sac_images_load ("/nowhere", 16, 0, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpuint (images->n_left_out, ==, 1);
  g_assert_nonnull (strstr (images->problem, "9.png"));
}

/* The header of a PNG alone, of a picture that would not fit into memory. */
static void
write_huge (const char *path)
{
  static const guint8 head[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 1, 0x86, 0xa0,
                                 0, 1, 0x86, 0xa0, 8, 2, 0, 0, 0, 0xfb, 0x1b, 0x2b, 0x9b };

  g_assert_true (g_file_set_contents (path, (const char *) head, sizeof head, NULL));
}

/* What cannot be read is told in words, and takes no memory. */
static void
test_bad_images (void)
{
  static const char *const words[] = { "huge.png", "cut.bin", "3000" };
  g_autofree char *huge = g_build_filename (dir, "huge.png", NULL), *cut = g_build_filename (dir, "cut.bin", NULL);
  g_autofree char *bytes = g_malloc0 (3000);
  g_autoptr (GError) error = NULL;

  write_huge (huge);
  g_assert_true (g_file_set_contents (cut, bytes, 3000, NULL));
  g_assert_null (sac_images_load (huge, 16, 0, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, words[0]));
  g_clear_error (&error);
  g_assert_null (sac_images_load (cut, 16, 0, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, words[1]));
  g_assert_nonnull (strstr (error->message, words[2]));
  g_clear_error (&error);
  g_assert_null (sac_images_load ("x.saccade?all", 16, 0, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "query"));
  g_clear_error (&error);
  g_assert_null (sac_images_load ("/nowhere/x.saccade?every=2", 16, 0, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
}

/* Every fourth frame of the clips that a query finds; a clip that is gone is left out and told. */
static void
test_frames (void)
{
  g_autofree char *path = g_build_filename (dir, "p.saccade", NULL), *source = NULL, *all = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  g_autoptr (SacImages) images = NULL;
  g_autoptr (SacImages) rest = NULL;
  SacId ids[2], label;

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *file = g_strdup_printf ("%s/film%u.webm", dir, i);
      g_autofree char *name = g_strdup_printf ("film%u", i);
      SacEncoder *encoder = sac_encoder_new (file, 64, 48, 10, 1, &error);
      g_autofree guint8 *rgb = g_malloc (64 * 48 * 3);
      SacItem item = { .kind = SAC_ITEM_VIDEO, .name = name, .path = file, .n_frames = 12, .width = 64, .height = 48, .fps = 10,
                       .out_ns = 1200 * (gint64) 1000000, .flags = SAC_MEDIA_CHECKED };
      const SacItem *items[] = { &item };

      memset (rgb, i ? 220 : 30, 64 * 48 * 3);
      for (guint t = 0; encoder && t < 12; t++)
        g_assert_true (sac_encoder_push (encoder, rgb, 64 * 3, &error));
      if (!encoder || !sac_encoder_finish (encoder, &error))
        {
          g_test_skip ("no encoder here");
          return;
        }
      item.hash = sac_media_hash (file, NULL);
      g_assert_true (sac_project_add_items (project, items, 1, &ids[i], &error));
      g_free (item.hash);
    }
  label = sac_project_add_label (project, "bright", &error);
  g_assert_true (sac_project_set_label (project, &ids[1], 1, label, SAC_LABEL_YES, &error));
  sac_project_flush (project);

  all = sac_images_dup_source (path, NULL, 4);
  g_assert_true (sac_images_is_project (all));
  images = sac_images_load (all, 16, 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (images->n, ==, 6);
  g_assert_cmpstr (images->class_names[images->classes[5]], ==, "bright");
  g_assert_cmpstr (images->class_names[images->classes[0]], ==, "");
  g_assert_cmpint (images->pixels[0], <, 60);
  g_assert_cmpint (images->pixels[5 * 768], >, 190);
  {
    g_autofree char *gone = g_build_filename (dir, "film0.webm", NULL);

    g_unlink (gone);
  }
  rest = sac_images_load (all, 16, 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->n, ==, 3);
  g_assert_cmpuint (rest->n_left_out, ==, 1);
  g_clear_pointer (&rest, sac_images_free);
  source = sac_images_dup_source (path, "label:bright", 5);
  rest = sac_images_load (source, 16, 2, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->n, ==, 2);
  g_assert_cmpuint (rest->n_left_out, ==, 0);
}

/* A mode is covered where 1 % of the points lie within three deviations; the same seed gives the same points. */
static void
test_ring (void)
{
  float points[2 * 300];
  guint good;
  SacRingSpec spec;
  g_autoptr (SacRingResult) one = NULL;
  g_autoptr (SacRingResult) other = NULL;

  for (guint i = 0; i < 300; i++)
    {
      double angle = 2 * G_PI * (i < 297 ? i % 3 : 3) / SAC_RING_MODES, radius = SAC_RING_RADIUS + (i % 3 == 2 ? 0.16 : 0.1);

      points[2 * i] = (float) (radius * cos (angle));
      points[2 * i + 1] = (float) (radius * sin (angle));
    }
  g_assert_cmpuint (sac_ring_count (points, 300, &good), ==, 2);        /* the third lies too far out, the fourth has too few */
  g_assert_cmpuint (good, ==, 200);
  g_assert_cmpuint (sac_ring_count (points, 0, &good), ==, 0);
  sac_ring_spec_init (&spec);
  spec.updates = 3;
  spec.batch = 16;
  g_assert_true (sac_gan_graph_parse ("TP|NT", &spec.graph, NULL));
  one = sac_ring_run (&spec, NULL, NULL);
  other = sac_ring_run (&spec, NULL, NULL);
  g_assert_nonnull (one);
  g_assert_cmpmem (one->points, 2 * 2 * one->n * sizeof (float), other->points, 2 * 2 * other->n * sizeof (float));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("saccade-gan-XXXXXX", NULL);
  g_test_add_func ("/gan-train/resume", test_resume);
  g_test_add_func ("/gan-train/until", test_until);
  g_test_add_func ("/gan-train/recipe", test_recipe);
  g_test_add_func ("/gan-train/images", test_images);
  g_test_add_func ("/gan-train/bad-images", test_bad_images);
  g_test_add_func ("/gan-train/frames", test_frames);
  g_test_add_func ("/gan-train/ring", test_ring);
  result = g_test_run ();
  remove_tree (dir);
  g_free (dir);
  return result;
}
