/* The figures of a network's attention: what is written comes back, damage is an error, what was not measured again stays. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"

static char *folder;

static SacMeasures *
some (guint64 step)
{
  static const char *const labels[] = { "cat", "dog „brown“", NULL };
  SacMeasures *figures = sac_measures_new ("test", step, 7, 20, labels);
  SacMeasureRow *row = sac_measures_add (figures, "pointing.own");

  row->all = (SacMeasure) { 0.625, 0.5, 0.75, 16 };
  row->labels[1] = (SacMeasure) { 0.25, NAN, NAN, 1 };
  sac_measures_add (figures, "inside.own");
  sac_measures_add_curve (figures, "deletion.own", (double[]) { 1, 0.5, 0.125 }, 3);
  return figures;
}

static void
test_round (void)
{
  g_autoptr (SacMeasures) figures = some (40), back = NULL;
  g_autoptr (GError) error = NULL;
  const SacMeasureRow *row;
  const SacMeasureCurve *curve;

  g_assert_true (sac_measures_write (folder, figures, &error));
  back = sac_measures_read (folder, "test", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->split, ==, "test");
  g_assert_cmpuint (back->step, ==, 40);
  g_assert_cmpuint (back->seed, ==, 7);
  g_assert_cmpuint (back->n_clips, ==, 20);
  g_assert_cmpuint (back->n_labels, ==, 2);
  g_assert_cmpstr (back->labels[1], ==, "dog „brown“");
  g_assert_cmpuint (back->rows->len, ==, 2);
  row = sac_measures_find (back, "pointing.own");
  g_assert_cmpfloat (row->all.mean, ==, 0.625);
  g_assert_cmpfloat (row->all.low, ==, 0.5);
  g_assert_cmpfloat (row->all.high, ==, 0.75);
  g_assert_cmpuint (row->all.n, ==, 16);
  g_assert_cmpuint (row->labels[0].n, ==, 0);
  g_assert_cmpfloat (row->labels[1].mean, ==, 0.25);
  g_assert_true (isnan (row->labels[1].low) && isnan (sac_measures_find (back, "inside.own")->all.mean));
  g_assert_null (sac_measures_find (back, "pointing"));
  curve = back->curves->pdata[0];
  g_assert_cmpstr (curve->name, ==, "deletion.own");
  g_assert_cmpuint (curve->n, ==, 3);
  g_assert_cmpfloat (curve->values[2], ==, 0.125);
}

/* A shorter study leaves what it did not measure, but not over other weights. */
static void
test_keep (void)
{
  static const char *const labels[] = { "cat", "dog „brown“", NULL };

  for (guint64 step = 40; step <= 41; step++)
    {
      g_autoptr (SacMeasures) old = some (40), now = sac_measures_new ("test", step, 7, 20, labels);
      gboolean same = step == 40;

      sac_measures_add (now, "pointing.own")->all = (SacMeasure) { 0.125, NAN, NAN, 2 };
      sac_measures_keep (now, old);
      g_assert_cmpuint (now->rows->len, ==, same ? 2 : 1);
      g_assert_cmpuint (now->curves->len, ==, same ? 1 : 0);
      g_assert_cmpfloat (sac_measures_find (now, "pointing.own")->all.mean, ==, 0.125);
    }
}

static void
test_damaged (void)
{
  static const struct { const char *text; gboolean fine; } files[] = {
    { "", FALSE }, { "[]", FALSE }, { "{\"version\":1}", FALSE }, { "{\"version\":99,\"labels\":[],\"figures\":{}}", FALSE },
    { "{\"labels\":[1],\"figures\":{}}", FALSE }, { "{\"labels\":[],\"figures\":[]}", FALSE },
    { "{\"labels\":[],\"figures\":{}}", TRUE },
    { "{\"labels\":[\"a\"],\"figures\":{\"x\":3,\"y.z\":{\"labels\":[null,{},3],\"mean\":\"q\",\"n\":-4}},"
      "\"curves\":{\"c\":[null,\"x\"]}}", TRUE },
  };
  g_autofree char *path = g_build_filename (folder, "scores", "attention-train.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMeasures) figures = NULL;

      g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
      figures = sac_measures_read (folder, "train", &error);
      g_assert_cmpint (figures != NULL, ==, files[i].fine);
      g_assert_cmpint (error != NULL, ==, !files[i].fine);
    }
  g_unlink (path);
}

static void
test_words (void)
{
  g_autofree char *known = sac_measure_dup_words ("pointing.gradcam"), *part = sac_measure_dup_words ("sanity-places.layer4");
  g_autofree char *strange = sac_measure_dup_words ("what.ever"), *short_one = sac_measure_dup_words ("pointing");

  g_assert_cmpstr (known, ==, "Pointing game: Grad-CAM");
  g_assert_true (g_str_has_suffix (part, ": layer4"));
  g_assert_cmpstr (strange, ==, "what.ever");
  g_assert_cmpstr (short_one, ==, "pointing");
  g_assert_true (sac_measure_is_share ("top1.none") && !sac_measure_is_share ("deletion.own") && !sac_measure_is_share ("?"));
  g_assert_cmpint (sac_measure_get_sense ("deletion.own"), ==, -1);
  g_assert_cmpint (sac_measure_get_sense ("insertion.own"), ==, 1);
  g_assert_cmpint (sac_measure_get_sense ("motion.own"), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  folder = g_dir_make_tmp ("saccade-measures-XXXXXX", NULL);
  g_test_add_func ("/measures/round", test_round);
  g_test_add_func ("/measures/keep", test_keep);
  g_test_add_func ("/measures/damaged", test_damaged);
  g_test_add_func ("/measures/words", test_words);
  status = g_test_run ();
  {
    g_autofree char *scores = g_build_filename (folder, "scores", NULL), *path = g_build_filename (scores, "attention-test.json", NULL);

    g_unlink (path);
    g_rmdir (scores);
    g_rmdir (folder);
  }
  g_free (folder);
  return status;
}
