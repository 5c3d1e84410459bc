/* saccade report on made-up run folders: well-formed, self-contained, nothing unescaped. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"

#define HOSTILE "<script>alert(1)</script>&\"' onload=\"x ]]> 漢字"

static char *
text_of (const char *path)
{
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  if (dir)
    g_dir_close (dir);
  g_remove (path);
}

/* A run of 120 steps with three labels, the last one undefined. */
static char *
run_new (gboolean hostile, gboolean scored, gboolean control)
{
  char *folder = g_dir_make_tmp ("saccade-report-XXXXXX", NULL);
  const char *labels[] = { hostile ? HOSTILE : "ball", "box", "never", NULL };
  const char *clips[41] = { NULL };
  g_autofree float *scores = g_new (float, 40 * 3), *colour = g_new (float, 40 * 3);
  g_autofree gint8 *truth = g_new (gint8, 40 * 3);
  SacRunInfo info = {
    .name = (char *) (hostile ? HOSTILE : "first try"), .model = (char *) "i3d-r18", .snapshot = (char *) "abc123",
    .device = (char *) "cpu, 2 threads", .host = (char *) "desk", .version = (char *) "0.1.0", .labels = (char **) labels,
    .weights_file = (char *) "resnet18.pth", .seed = 7, .started_us = 1700000000000000, .synthetic = TRUE,
  };
  SacScores s = { (char *) "test", 120, (char **) labels, 3, 40, (char **) clips, scores, truth, control ? colour : NULL };
  g_autoptr (SacEventWriter) writer = NULL;
  g_autofree char *recipe = g_build_filename (folder, "recipe.ini", NULL), *source = NULL, *text = NULL;

  g_assert_true (sac_run_info_write (folder, &info, NULL));
  source = g_build_filename (g_getenv ("SACCADE_DATADIR"), "recipes", "small-i3d-average.ini", NULL);
  text = text_of (source);
  g_assert_true (g_file_set_contents (recipe, text, -1, NULL));
  writer = sac_event_writer_new (folder, 0, NULL);
  for (guint i = 1; i <= 120; i++)
    {
      sac_event_writer_scalar (writer, i, "loss/train", 0.7 * exp (i / -50.0) + 0.02 * (i % 3), NULL);
      sac_event_writer_scalar (writer, i, "rate", i > 60 ? 0.001 : 0.01, NULL);
      if (i % 20 == 0)
        {
          sac_event_writer_scalar (writer, i, "loss/validation", 0.75 * exp (i / -70.0), NULL);
          sac_event_writer_scalar (writer, i, "auc_macro", 1 - 0.5 * exp (i / -40.0), NULL);
        }
    }
  sac_event_writer_text (writer, 120, "status", "done", NULL);
  sac_event_writer_flush (writer, NULL);
  for (guint i = 0; i < 40; i++)
    {
      clips[i] = g_intern_string (hostile ? HOSTILE : "clip");
      for (guint l = 0; l < 3; l++)
        {
          SacRandomKey key = { 4, 3 * i + l };

          truth[3 * i + l] = l == 2 ? 0 : i % 13 == 5 ? -1 : (i + l) % 3 == 0;
          scores[3 * i + l] = CLAMP (0.35 + 0.4 * MAX (truth[3 * i + l], 0) + 0.15 * sac_random_normal (key, 0), 0.01, 0.99);
          colour[3 * i + l] = sac_random_unit (key, 1);
        }
    }
  if (scored)
    {
      g_autoptr (SacMeasures) figures = sac_measures_new ("test", 120, 1, 40, labels);
      SacMeasureRow *row;

      g_assert_true (sac_scores_write (folder, &s, NULL));
      sac_measures_add (figures, "top1.none")->all = (SacMeasure) { 0.875, 0.75, 1, 40 };
      row = sac_measures_add (figures, "top1.spatial");
      row->all = (SacMeasure) { 0.625, 0.5, 0.75, 40 };
      row = sac_measures_add (figures, "pointing.own");
      row->all = row->labels[1] = (SacMeasure) { 0.375, NAN, NAN, 12 };
      g_assert_true (sac_measures_write (folder, figures, NULL));
    }
  return folder;
}

/* Runs `saccade VERB WORD…`; returns 0 for success. */
static int
saccade (char **out, char **err, const char *verb, ...)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  va_list list;
  int status = -1;

  g_ptr_array_add (args, (gpointer) g_getenv ("SACCADE_PROGRAM"));
  g_ptr_array_add (args, (gpointer) verb);
  va_start (list, verb);
  for (const char *a; (a = va_arg (list, const char *));)
    g_ptr_array_add (args, (gpointer) a);
  va_end (list);
  g_ptr_array_add (args, NULL);
  g_spawn_sync (NULL, (char **) args->pdata, NULL, out ? 0 : G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, out, err, &status, &error);
  g_assert_no_error (error);
  return g_spawn_check_wait_status (status, NULL) ? 0 : 1;
}

typedef struct {
  guint scripts, svgs, images, figures, outside, handlers;
  GString *text;
} Seen;

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data, GError **error)
{
  Seen *seen = data;

  seen->scripts += g_str_equal (element, "script") || g_str_equal (element, "link") || g_str_equal (element, "iframe");
  seen->svgs += g_str_equal (element, "svg");
  seen->images += g_str_equal (element, "img");
  seen->figures += g_str_equal (element, "figure");
  for (guint i = 0; names[i]; i++)
    {
      /* Names of namespaces are no addresses. */
      if (!g_str_has_prefix (names[i], "xmlns") && (strstr (values[i], "://") || g_str_has_prefix (values[i], "//")
                                                     || (strstr (values[i], "url(") && !strstr (values[i], "url(#"))))
        seen->outside++;
      if ((g_str_equal (names[i], "src") || g_str_has_suffix (names[i], "href")) && values[i][0] != '#'
          && !g_str_has_prefix (values[i], "data:image/"))
        seen->outside++;
      seen->handlers += g_str_has_prefix (names[i], "on");
    }
}

static void
some_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  Seen *seen = data;

  g_string_append_len (seen->text, text, length);
}

static void
parse_page (const char *page, Seen *seen)
{
  const GMarkupParser parser = { start_element, NULL, some_text };
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError) error = NULL;

  memset (seen, 0, sizeof *seen);
  seen->text = g_string_new (NULL);
  context = g_markup_parse_context_new (&parser, 0, seen, NULL);
  if (g_markup_parse_context_parse (context, page, -1, &error))
    g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen->scripts, ==, 0);
  g_assert_cmpuint (seen->outside, ==, 0);
  g_assert_cmpuint (seen->handlers, ==, 0);
  g_assert_null (strstr (page, "@import"));
}

static void
test_whole (void)
{
  g_autofree char *folder = run_new (FALSE, TRUE, TRUE), *page_path = g_build_filename (folder, "r.html", NULL);
  g_autofree char *pictures = g_build_filename (folder, "pictures", NULL), *out = NULL, *err = NULL, *page = NULL;
  const char *const files[] = { "loss", "rate", "validation-auc", "auc", "roc-001", "roc-003" };
  const char *const words[] = { "Synthetic clips", "2 of 3 labels", "first try", "resnet18.pth", "never", "What its attention is worth",
                                "Places inverted", "62.5 (50.0 … 75.0)", "37.5" };
  Seen seen;

  g_assert_cmpint (saccade (&out, &err, "report", folder, "-o", page_path, "--png", pictures, NULL), ==, 0);
  g_assert_cmpstr (err, ==, "");
  g_assert_nonnull (strstr (out, "macro AUC 0."));
  g_assert_nonnull (strstr (out, "control AUC 0."));
  g_assert_nonnull (strstr (out, page_path));
  page = text_of (page_path);
  g_assert_nonnull (page);
  parse_page (page, &seen);
  /* Loss, rate, validation AUC, bars and three ROCs, each for light and for dark. */
  g_assert_cmpuint (seen.svgs, ==, 14);
  g_assert_cmpuint (seen.figures, ==, 7);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_nonnull (strstr (seen.text->str, words[i]));
  g_assert_nonnull (strstr (seen.text->str, "The strips are left out"));
  g_assert_nonnull (strstr (seen.text->str, "validation 0.1351"));    /* 0.75·e^(−120/70) */
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    for (guint k = 0; k < 2; k++)
      {
        g_autofree char *name = g_strconcat (files[i], k ? ".svg" : ".png", NULL), *path = g_build_filename (pictures, name, NULL);

        g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
      }
  /* Without -o it goes into the run folder; for programs the figures are in full. */
  g_clear_pointer (&out, g_free);
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (saccade (&out, &err, "report", folder, "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "\"defined\": 2"));
  g_assert_nonnull (strstr (out, "report/report.html"));
  g_string_free (seen.text, TRUE);
  if (g_getenv ("SACCADE_KEEP"))
    g_test_message ("kept: %s", folder);
  else
    remove_tree (folder);
}

static void
test_hostile_names (void)
{
  g_autofree char *folder = run_new (TRUE, TRUE, FALSE), *path = g_build_filename (folder, "r.html", NULL);
  g_autofree char *out = NULL, *err = NULL, *page = NULL;
  Seen seen;

  g_assert_cmpint (saccade (&out, &err, "report", folder, "-o", path, NULL), ==, 0);
  page = text_of (path);
  g_assert_nonnull (page);
  parse_page (page, &seen);
  g_assert_null (strstr (page, "<script"));
  g_assert_nonnull (strstr (seen.text->str, HOSTILE));        /* shown as it was written */
  g_assert_nonnull (strstr (seen.text->str, "No control was scored"));
  g_string_free (seen.text, TRUE);
  remove_tree (folder);
}

static void
test_not_scored (void)
{
  g_autofree char *folder = run_new (FALSE, FALSE, FALSE), *path = g_build_filename (folder, "r.html", NULL);
  g_autofree char *out = NULL, *err = NULL, *page = NULL;
  Seen seen;

  g_assert_cmpint (saccade (&out, &err, "report", folder, "-o", path, NULL), ==, 0);
  page = text_of (path);
  parse_page (page, &seen);
  g_assert_cmpuint (seen.svgs, ==, 6);
  g_assert_nonnull (strstr (seen.text->str, "has not been evaluated"));
  g_string_free (seen.text, TRUE);
  remove_tree (folder);
}

static void
test_refusals (void)
{
  g_autofree char *folder = run_new (FALSE, TRUE, FALSE), *out = NULL, *err = NULL, *scores = NULL;
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", "r.html", NULL);

  g_assert_cmpint (saccade (&out, &err, "report", "/nonexistent/run", NULL), ==, 1);
  g_assert_true (g_str_has_prefix (err, "saccade: "));
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (saccade (NULL, &err, "report", NULL), ==, 1);
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (saccade (NULL, &err, "report", folder, "-o", nowhere, NULL), ==, 1);
  g_assert_true (g_str_has_prefix (err, "saccade: "));
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (saccade (NULL, &err, "report", folder, "--split", "validation", NULL), ==, 1);
  g_clear_pointer (&err, g_free);
  /* Damaged scores are an error, not a report without them. */
  scores = g_build_filename (folder, "scores", "test.json", NULL);
  g_assert_true (g_file_set_contents (scores, "{\"version\": 1, \"scores\": [", -1, NULL));
  g_assert_cmpint (saccade (NULL, &err, "report", folder, NULL), ==, 1);
  g_assert_true (g_str_has_prefix (err, "saccade: "));
  remove_tree (folder);
}

/* From rendered clips to the page: the strips are there, with frames that are not empty. */
static void
test_strips (void)
{
  static const char recipe[] = "[recipe]\nversion=1\ntitle=tiny\n[network]\nmodel=i3d-r18\nwidth=4\nblocks=1;1;1;1\n"
                               "[data]\nframes=16\nresize=40\ncrop=32\n[training]\naccumulate=2\nsteps=2\nrate=0.01\n"
                               "batch_norm=frozen\n";
  g_autofree char *folder = g_dir_make_tmp ("saccade-report-XXXXXX", NULL), *clips = g_build_filename (folder, "clips", NULL);
  g_autofree char *project = g_build_filename (folder, "p.saccade", NULL), *run = g_build_filename (folder, "run", NULL);
  g_autofree char *ini = g_build_filename (folder, "tiny.ini", NULL), *path = g_build_filename (folder, "r.html", NULL);
  g_autofree char *pictures = g_build_filename (folder, "pictures", NULL), *page = NULL, *out = NULL, *err = NULL;
  g_autofree char *first = g_build_filename (pictures, "strip-01.png", NULL);
  Seen seen;

  g_assert_true (g_file_set_contents (ini, recipe, -1, NULL));
  if (saccade (NULL, NULL, "demo", clips, "--clips=12", NULL) != 0)
    {
      g_test_skip ("no encoder for the clips");
      remove_tree (folder);
      return;
    }
  g_assert_cmpint (saccade (NULL, NULL, "import", clips, "--project", project, NULL), ==, 0);
  g_assert_cmpint (saccade (NULL, NULL, "train", ini, "--project", project, "--run", run, "--weights", "none", NULL), ==, 0);
  g_assert_cmpint (saccade (NULL, NULL, "eval", run, NULL), ==, 0);
  g_assert_cmpint (saccade (&out, &err, "report", run, "-o", path, "--strips", "3", "--png", pictures, NULL), ==, 0);
  g_assert_cmpstr (err, ==, "");
  page = text_of (path);
  g_assert_nonnull (page);
  parse_page (page, &seen);
  g_assert_cmpuint (seen.images, ==, 3);
  g_assert_nonnull (strstr (seen.text->str, "Synthetic clips"));
  g_assert_nonnull (strstr (seen.text->str, "Grad-CAM"));
  g_assert_true (g_file_test (first, G_FILE_TEST_IS_REGULAR));
  g_string_free (seen.text, TRUE);
  /* A clip that is gone costs its strip, not the report. */
  remove_tree (clips);
  g_clear_pointer (&page, g_free);
  g_clear_pointer (&out, g_free);
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (saccade (&out, &err, "report", run, "-o", path, NULL), ==, 0);
  page = text_of (path);
  parse_page (page, &seen);
  g_assert_cmpuint (seen.images, ==, 0);
  g_assert_nonnull (strstr (seen.text->str, "The strips are left out"));
  g_string_free (seen.text, TRUE);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/report/whole", test_whole);
  g_test_add_func ("/report/hostile-names", test_hostile_names);
  g_test_add_func ("/report/not-scored", test_not_scored);
  g_test_add_func ("/report/refusals", test_refusals);
  g_test_add_func ("/report/strips", test_strips);
  return g_test_run ();
}
