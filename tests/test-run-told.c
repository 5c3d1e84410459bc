/* The small files of a run: commands with values, rates changed by hand, scores through training time, and what holds a step up. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"

static char *folder;

static void
put (const char *relative, const char *text)
{
  g_autofree char *path = g_build_filename (folder, relative, NULL), *inside = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (inside, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_values (void)
{
  static const struct { const char *word, *value; } bad[] = {
    { "rate", NULL }, { "rate", "" }, { "rate", "-1" }, { "rate", "0" }, { "rate", "nan" }, { "rate", "fast" }, { "rate", "1e9" },
    { "pause", "1" }, { "../x", NULL }, { "", NULL }, { NULL, NULL },
  };
  double rate = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sac_control_send_value (folder, bad[i].word, bad[i].value, &error));
      g_assert_nonnull (error);
    }
  g_assert_true (sac_control_send_value (folder, "rate", "0.003", NULL));
  g_assert_true (sac_control_send_value (folder, "release", NULL, NULL));
  g_assert_cmpint (sac_control_take_values (folder, &rate), ==, SAC_CONTROL_RATE | SAC_CONTROL_RELEASE);
  g_assert_cmpfloat (rate, ==, 0.003);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RELEASE, NULL));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, NULL));
  g_assert_cmpint (sac_control_take (folder), ==, SAC_CONTROL_RESUME);
  /* A file that no program of ours wrote. */
  put ("control/rate", "a lot");
  g_assert_cmpint (sac_control_take_values (folder, &rate), ==, SAC_CONTROL_NONE);
}

static void
test_rates (void)
{
  static const char *const bad[] = { "5\n", "5 x\n", "x 5\n", "5 -1\n", "9 0.1\n5 0.1\n", "5 0.1 2\n", "5 nan\n" };
  g_autoptr (SacRecipe) recipe = sac_recipe_parse ("[training]\nrate=0.01\nwarmup=4\ndrops=10;20\ndrop_factor=0.5\n", NULL);
  SacRateChange change = { 6, 0.004 };
  g_autoptr (GArray) none = sac_rates_read (folder, NULL), back = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  for (int step = 1; step < 30; step++)
    g_assert_cmpfloat (sac_rates_at (recipe, none, step), ==, sac_recipe_rate (recipe, step));
  g_array_append_val (none, change);
  change = (SacRateChange) { 15, 0.1 };
  g_array_append_val (none, change);
  g_assert_true (sac_rates_write (folder, none, NULL));
  back = sac_rates_read (folder, NULL);
  g_assert_cmpuint (back->len, ==, 2);
  g_assert_cmpfloat (sac_rates_at (recipe, back, 6), ==, 0.01);
  g_assert_cmpfloat (sac_rates_at (recipe, back, 7), ==, 0.004);
  g_assert_cmpfloat (sac_rates_at (recipe, back, 10), ==, 0.004);
  g_assert_cmpfloat (sac_rates_at (recipe, back, 11), ==, 0.002);
  g_assert_cmpfloat (sac_rates_at (recipe, back, 16), ==, 0.1);
  g_assert_cmpfloat (sac_rates_at (recipe, back, 21), ==, 0.05);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      put ("rates.txt", bad[i]);
      g_assert_null (sac_rates_read (folder, &error));
      g_assert_nonnull (error);
    }
}

/* methods/01: the drops of the thesis. */
static void
test_schedule (void)
{
  g_autoptr (SacRecipe) recipe = sac_recipe_parse ("", NULL);
  static const struct { int step; double rate; } facts[] = { { 1, 0.01 }, { 300, 0.01 }, { 301, 0.001 }, { 1000, 0.001 }, { 1001, 1e-4 } };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, facts[i].step), facts[i].rate, 1e-12);
}

static void
write_scores (guint64 step, guint n_clips)
{
  char *labels[] = { (char *) "a", NULL };
  g_autofree float *values = g_new0 (float, n_clips);
  g_autofree gint8 *truth = g_new0 (gint8, n_clips);
  g_autofree char **clips = g_new0 (char *, n_clips + 1);
  SacScores scores = { .split = (char *) "validation", .step = step, .labels = labels, .n_labels = 1, .n_clips = n_clips, .clips = clips,
                       .scores = values, .truth = truth };

  for (guint i = 0; i < n_clips; i++)
    clips[i] = (char *) "c";
  values[0] = (float) step;
  g_assert_true (sac_scores_write_at (folder, &scores, NULL));
}

static void
test_history (void)
{
  g_autofree guint64 *steps = NULL, *rest = NULL;
  g_autoptr (SacScores) back = NULL;
  guint n, widest = 0, narrowest = G_MAXUINT;

  g_assert_null (sac_scores_list_steps (folder, "validation", &n));
  g_assert_cmpuint (n, ==, 0);
  for (guint i = 1; i <= 450; i++)
    write_scores (10 * i, 1);
  put ("scores/history/validation-x.json", "{}");
  put ("scores/history/a-validation-000010.json", "{}");
  steps = sac_scores_list_steps (folder, "validation", &n);
  g_assert_cmpuint (n, ==, SAC_SCORES_HISTORY);
  g_assert_cmpuint (steps[0], ==, 10);
  g_assert_cmpuint (steps[n - 1], ==, 4500);
  for (guint i = 1; i < n; i++)
    {
      widest = MAX (widest, (guint) (steps[i] - steps[i - 1]));
      narrowest = MIN (narrowest, (guint) (steps[i] - steps[i - 1]));
    }
  g_test_message ("%u to %u steps between neighbours", narrowest, widest);
  g_assert_cmpuint (widest, <=, 60);
  back = sac_scores_read_at (folder, "validation", steps[7], NULL);
  g_assert_cmpfloat (back->scores[0], ==, (float) steps[7]);
  sac_scores_forget_after (folder, 2000);
  rest = sac_scores_list_steps (folder, "validation", &n);
  g_assert_cmpuint (rest[n - 1], <=, 2000);
}

static void
test_waterfall (void)
{
  g_autoptr (SacEventWriter) writer = sac_event_writer_new (folder, 0, NULL);
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  g_autofree char *words = NULL, *later = NULL;
  SacWaterfall waterfall;

  sac_waterfall_read (reader, 0, &waterfall);
  g_assert_null (sac_waterfall_dup_words (&waterfall));
  for (guint64 step = 10; step <= 20; step += 10)
    {
      sac_event_writer_scalar (writer, step, "seconds/decode", step == 10 ? 3.4 : 0, NULL);
      sac_event_writer_scalar (writer, step, "seconds/forward", 2.2, NULL);
      sac_event_writer_scalar (writer, step, "seconds/backward", 4.4, NULL);
    }
  sac_event_writer_flush (writer, NULL);
  sac_event_reader_poll (reader);
  sac_waterfall_read (reader, 0, &waterfall);
  g_assert_cmpfloat_with_epsilon (waterfall.all, 16.6, 1e-5);
  g_assert_cmpint (sac_waterfall_get_bottleneck (&waterfall), ==, SAC_TIME_DECODE);
  words = sac_waterfall_dup_words (&waterfall);
  g_assert_true (g_str_has_prefix (words, "Waiting for decoding: 20 % of the time; "));
  g_assert_nonnull (strstr (words, "(forward 27 %, backward 53 %)"));
  sac_waterfall_read (reader, 10, &waterfall);
  g_assert_cmpint (sac_waterfall_get_bottleneck (&waterfall), ==, SAC_N_TIMES);
  later = sac_waterfall_dup_words (&waterfall);
  g_assert_cmpstr (later, ==, "Nothing holds the computing up (forward 33 %, backward 67 %)");
}

/* Nothing at small rates, down between 1e-4 and 1e-2, off beyond 0.1. */
static void
test_rate_finder (void)
{
  static const char *const bad[] = { "", "{}", "{\"version\":1,\"rates\":[1],\"losses\":[]}", "{\"rates\":[2,1],\"losses\":[1,1]}",
                                     "{\"rates\":[0,1],\"losses\":[1,1]}", "{\"rates\":[1,2],\"losses\":[1,null]}",
                                     "{\"rates\":[],\"losses\":[]}" };
  double rates[100], losses[100], flat[100];
  g_autoptr (SacRateFinder) found = NULL, none = NULL, back = NULL;

  for (guint i = 0; i < 100; i++)
    {
      double u = -6 + 7.0 * i / 99;

      rates[i] = pow (10, u);
      losses[i] = u < -4 ? 0.7 : u < -2 ? 0.7 - 0.3 * (u + 4) / 2 : u < -1 ? 0.4 : 0.4 + 3 * (u + 1);
      losses[i] += 0.01 * ((double) ((i * 7919) % 13) / 13 - 0.5);
      flat[i] = 0.7 + i;
    }
  found = sac_rate_finder_new (rates, losses, 100);
  g_test_message ("suggested %g", found->suggested);
  g_assert_cmpfloat (found->suggested, >, 1e-4);
  g_assert_cmpfloat (found->suggested, <, 3e-2);
  none = sac_rate_finder_new (rates, flat, 100);
  g_assert_true (isnan (none->suggested));
  g_assert_true (sac_rate_finder_write (folder, found, NULL));
  back = sac_rate_finder_read (folder, NULL);
  g_assert_cmpuint (back->n, ==, 100);
  g_assert_cmpfloat (back->suggested, ==, found->suggested);
  g_assert_cmpmem (back->smooth, 100 * sizeof (double), found->smooth, 100 * sizeof (double));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      put ("rate-finder.json", bad[i]);
      g_assert_null (sac_rate_finder_read (folder, &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *command = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("saccade-told-XXXXXX", NULL);
  g_test_add_func ("/run/control/values", test_values);
  g_test_add_func ("/run/rates", test_rates);
  g_test_add_func ("/run/rates/methods-01", test_schedule);
  g_test_add_func ("/run/scores/history", test_history);
  g_test_add_func ("/run/rate-finder", test_rate_finder);
  g_test_add_func ("/run/waterfall", test_waterfall);
  result = g_test_run ();
  command = g_strdup_printf ("rm -rf '%s'", folder);
  if (system (command) != 0)
    result = 1;
  g_free (folder);
  return result;
}
