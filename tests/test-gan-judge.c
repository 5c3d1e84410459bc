/* From pictures to scores: a classifier trained here, a run's generators judged by it, the file of scores, answers to the window. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "infer/sac-gan-score.h"
#include "infer/sac-image-features.h"
#include "remove-tree.h"
#include "train/sac-gan-train.h"
#include "train/sac-image-classifier.h"

static char *dir, *run, *classifier;
static SacImages *images;

/* Two classes: bright above, bright below; the rest is chance. */
static SacImages *
make_images (guint n)
{
  SacImages *out = g_new0 (SacImages, 1);

  out->n = n;
  out->size = 32;
  out->pixels = g_new (guint8, n * 3072);
  out->classes = g_new0 (guint16, n);
  out->class_names = g_strsplit ("above below", " ", 0);
  for (guint i = 0; i < n; i++)
    {
      out->classes[i] = (guint16) (i % 2);
      for (guint p = 0; p < 3072; p++)
        out->pixels[i * 3072 + p] = (guint8) ((sac_random_u32 ((SacRandomKey) { 5, 1 }, i * 3072 + p) >> 25)
                                              + ((p < 1536) == (i % 2 == 0) ? 128 : 0));
    }
  return out;
}

static void
make_run (void)
{
  static const char text[] = "[recipe]\nkind=gan\n[network]\nsize=32\nwidth=2\nz=4\ngraph=TPC|CTC|CCN\n"
                             "[training]\nbatch=4\nepochs=1\nsample_every=0\ncheckpoint_every=0\nlog_every=1\nrows=2\n";
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_parse (text, NULL);
  SacGanSpec spec = { .recipe = recipe, .images = images, .n_threads = 1, .run_folder = run };
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_gan_train (&spec, NULL, &error));
  g_assert_no_error (error);
}

static void
test_classifier (void)
{
  SacImageClassifierSpec spec;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFeatureNet) net = NULL;
  double accuracy;
  float probabilities[20 * 2];

  sac_image_classifier_spec_init (&spec);
  spec.images = images;
  spec.folder = classifier;
  spec.held_out = 16;
  spec.width = 4;
  spec.batch = 8;
  spec.epochs = 4;
  spec.n_threads = 1;
  g_assert_true (sac_image_classifier_train (&spec, &accuracy, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (accuracy, >, 0.9);

  net = sac_feature_net_open (classifier, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sac_feature_net_get_n_classes (net), ==, 2);
  g_assert_cmpuint (sac_feature_net_get_n_features (net), ==, 16);
  g_assert_cmpfloat_with_epsilon (sac_feature_net_get_accuracy (net), accuracy, 1e-6);
  g_assert_cmpuint (strlen (sac_feature_net_get_hash (net)), ==, 64);
  g_assert_true (sac_feature_net_run (net, images->pixels, 20, 32, probabilities, NULL, NULL, &error));
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpfloat_with_epsilon (probabilities[2 * i] + probabilities[2 * i + 1], 1, 1e-5);
      g_assert_cmpfloat (probabilities[2 * i + i % 2], >, 0.5f);
    }
}

static void
test_refusals (void)
{
  SacImageClassifierSpec spec;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autofree char *none = g_build_filename (dir, "none", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_feature_net_open (none, 1, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  sac_image_classifier_spec_init (&spec);
  spec.images = images;
  spec.folder = none;
  spec.n_threads = 1;
  g_assert_false (sac_image_classifier_train (&spec, NULL, NULL, &error));      /* 1000 held out of 64 */
  g_assert_nonnull (error);
  g_clear_error (&error);
  spec.held_out = 16;
  spec.batch = 8;
  spec.width = 2;
  g_cancellable_cancel (cancelled);
  g_assert_false (sac_image_classifier_train (&spec, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (none, G_FILE_TEST_EXISTS));
}

/* Its weights, drawn by chance, in a file with the names of torchvision's; as many as published. */
static void
test_inception (void)
{
  static const SacInception net = { 1000, FALSE }, original = { 1008, TRUE };
  g_autofree char *path = g_build_filename (dir, "inception.safetensors", NULL);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) weights = sac_weights_new (), older = sac_weights_new ();
  g_autoptr (SacFeatureNet) features = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *resize = NULL;
  g_autofree float *probabilities = g_new (float, 1000), *found = g_new (float, 2048);
  double sum = 0;

  sac_inception_declare (weights, &net);
  g_assert_cmpuint (sac_weights_count_params (weights), ==, 23834568);
  sac_inception_declare (older, &original);
  g_assert_cmpuint (sac_weights_count_params (older), ==, 23834568 + 8 * 2049);
#ifdef __SANITIZE_ADDRESS__
  return;                       /* 6e9 multiply-adds */
#endif
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  sac_weights_initialise (weights, 7);
  g_assert_true (sac_weights_save (weights, NULL, NULL, 0, NULL, path, &error));
  features = sac_feature_net_open (path, 1, &error);
  g_assert_no_error (error);
  g_assert_true (sac_feature_net_is_inception (features));
  resize = sac_feature_net_dup_resize (features, 32);
  g_assert_nonnull (strstr (resize, "32→299"));
  g_assert_true (sac_feature_net_run (features, images->pixels, 1, 32, probabilities, found, NULL, &error));
  for (guint i = 0; i < 1000; i++)
    sum += (double) probabilities[i];
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-4);
  for (guint i = 0; i < 2048; i++)
    g_assert_true (isfinite (found[i]) && found[i] >= 0);
}

static void
assert_same (double a, double b)
{
  g_assert_true (isnan (a) ? isnan (b) : a == b);
}

static void
test_judge (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacGanScores) scores = sac_gan_score_run (run, classifier, images, 60, 1, NULL, NULL, NULL, &error);
  g_autoptr (SacGanScores) again = NULL;
  static const char *const who[] = { "real", "G1", "G2", "G3", "union" };
  SacGanMeasure measure;
  double best, mean, sum;

  g_assert_no_error (error);
  g_assert_cmpuint (scores->rows->len, ==, 5);
  g_assert_cmpuint (scores->k, ==, 3);
  again = sac_gan_scores_read (run, &error);
  g_assert_no_error (error);
  g_assert_true (sac_gan_scores_comparable (scores, again));
  g_assert_cmpstr (again->features, ==, scores->features);
  for (guint r = 0; r < 5; r++)
    {
      const SacGanScoreRow *row = sac_gan_scores_find (scores, who[r]), *read = sac_gan_scores_find (again, who[r]);

      g_assert_nonnull (row);
      g_assert_nonnull (read);
      g_assert_cmpuint (row->n, ==, read->n);
      for (guint m = 0; sac_gan_measure_get (m, FALSE, &measure); m++)
        {
          assert_same (sac_gan_measure_value (&measure, row), sac_gan_measure_value (&measure, read));
          g_assert_true (isfinite (sac_gan_measure_value (&measure, row)));
        }
      g_assert_cmpfloat (row->is, >=, 1);
      g_assert_cmpfloat (row->is, <=, 2);
    }
  g_assert_cmpfloat (sac_gan_scores_find (scores, "real")->is, >, sac_gan_scores_find (scores, "G1")->is);
  g_assert_cmpfloat (sac_gan_scores_find (scores, "real")->fid, <, sac_gan_scores_find (scores, "G1")->fid);
  for (guint r = 0; r < 4; r++)
    {
      sum = 0;
      for (guint c = 0; c < 4; c++)
        sum += scores->overlap[4 * r + c];
      g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
    }
  g_assert_true (sac_gan_measure_get (1, FALSE, &measure));
  g_assert_cmpstr (measure.name, ==, "FID_c");
  sac_gan_scores_summarise (scores, &measure, &best, &mean);
  g_assert_cmpfloat (best, <=, mean);
  g_free (again->hash);
  again->hash = g_strdup ("another network");
  g_assert_false (sac_gan_scores_comparable (scores, again));
}

static void
test_damaged (void)
{
  static const char *const texts[] = { "", "[]", "{\"k\":3}", "{\"k\":7,\"rows\":[]}", "{\"k\":1,\"rows\":[1]}",
                                       "{\"k\":1,\"rows\":[{\"who\":3}]}" };
  g_autofree char *folder = g_build_filename (dir, "damaged", NULL), *path = g_build_filename (folder, "gan-scores.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_gan_scores_read (folder, &error));
  g_assert_no_error (error);
  g_mkdir (folder, 0755);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      g_assert_null (sac_gan_scores_read (folder, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
}

static void
test_answers (void)
{
  g_autoptr (SacGanAnswers) answers = sac_gan_answers_new (1);
  const SacGanNoise noise[] = { { 7, 0, 0 }, { 0, 7, 1 }, { 7, 8, 0.5 }, { SAC_GAN_ROW (0), 0, 0 }, { SAC_GAN_ROW (1), 0, 0 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacGanPictures) pictures = sac_gan_answers_generate (answers, run, noise, 5, NULL, &error);
  SacNearestQuestion question = { .run = run, .data = dir, .generator = 1, .noise = noise[2], .count = 3 };
  gsize row = 3 * 3072;

  g_assert_no_error (error);
  g_assert_cmpuint (pictures->k, ==, 3);
  g_assert_cmpuint (pictures->n, ==, 5);
  g_assert_cmpmem (pictures->rgb, row, pictures->rgb + row, row);       /* the end of an arc is the other seed's */
  g_assert_cmpint (memcmp (pictures->rgb, pictures->rgb + 2 * row, row), !=, 0);
  g_assert_cmpint (memcmp (pictures->rgb + 3 * row, pictures->rgb + 4 * row, row), !=, 0);

  for (guint by_features = 0; by_features < 2; by_features++)
    {
      g_autoptr (SacGanNearest) nearest = NULL;
      g_autofree char *bin = g_build_filename (dir, "few.bin", NULL);

      g_autofree guint8 *records = g_new0 (guint8, 6 * 3073);

      for (guint i = 0; i < 6; i++)
        for (guint p = 0; p < 1024; p++)
          for (guint c = 0; c < 3; c++)
            records[i * 3073 + 1 + 1024 * c + p] = i == 4 ? pictures->rgb[2 * row + 3072 + 3 * p + c] : (guint8) (40 * i);
      g_assert_true (g_file_set_contents (bin, (const char *) records, 6 * 3073, NULL));
      question.data = bin;
      question.classifier = by_features ? classifier : NULL;
      nearest = sac_gan_answers_find_nearest (answers, &question, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (nearest->n, ==, 3);
      g_assert_cmpfloat_with_epsilon (nearest->distances[0], 0, 1e-5);
      g_assert_cmpmem (nearest->rgb, 3072, nearest->rgb + 3072, 3072);
      g_assert_cmpfloat (nearest->distances[1], <=, nearest->distances[2]);
    }
  question.data = dir;
  question.generator = 3;
  g_assert_null (sac_gan_answers_find_nearest (answers, &question, NULL, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("saccade-judge-XXXXXX", NULL);
  run = g_build_filename (dir, "run", NULL);
  classifier = g_build_filename (dir, "classifier", NULL);
  images = make_images (64);
  make_run ();
  g_test_add_func ("/gan/classifier", test_classifier);
  g_test_add_func ("/gan/classifier/refusals", test_refusals);
  g_test_add_func ("/gan/inception", test_inception);
  g_test_add_func ("/gan/judge", test_judge);
  g_test_add_func ("/gan/scores/damaged", test_damaged);
  g_test_add_func ("/gan/answers", test_answers);
  result = g_test_run ();
  sac_images_free (images);
  remove_tree (dir);
  g_free (dir);
  g_free (run);
  g_free (classifier);
  return result;
}
