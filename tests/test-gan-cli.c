/* saccade gan from a shell: pictures in, a classifier, a run, its scores and its report out; and what it refuses. */

#include "base/sac-base.h"
#include "cli-fixture.h"
#include "remove-tree.h"

typedef struct {
  char *dir;
} Fixture;

/* 48 pictures of two classes as CIFAR-10's records. */
static void
write_pictures (const char *path)
{
  g_autofree guint8 *records = g_new (guint8, 48 * 3073);

  for (guint i = 0; i < 48; i++)
    {
      records[i * 3073] = (guint8) (i % 2);
      for (guint p = 0; p < 3072; p++)
        records[i * 3073 + 1 + p] = (guint8) ((sac_random_u32 ((SacRandomKey) { 5, 1 }, i * 3072 + p) >> 25) + (i % 2 ? 128 : 0));
    }
  g_assert_true (g_file_set_contents (path, (const char *) records, 48 * 3073, NULL));
}

static char *
read_text (const Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->dir, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_all (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-gan-cli-XXXXXX", NULL);
  Fixture fixture = { dir }, *f = &fixture;
  g_autofree char *pictures = g_build_filename (dir, "few.bin", NULL), *recipe = g_build_filename (dir, "tiny.ini", NULL);
  g_autofree char *made = NULL, *none = NULL, *run = NULL, *again = NULL, *scored = NULL, *shown = NULL, *reported = NULL;
  g_autofree char *page = NULL, *few = NULL, *bad = NULL, *missing = NULL, *pdf = NULL;

  write_pictures (pictures);
  g_assert_true (g_file_set_contents (recipe,
                                      "[recipe]\nkind=gan\n[network]\nsize=32\nwidth=2\nz=4\ngraph=TPC|CTC|CCN\n"
                                      "[training]\nbatch=4\nepochs=1\nsample_every=4\ncheckpoint_every=0\nlog_every=1\nrows=2\n",
                                      -1, NULL));
  few = SACCADE (1, "gan", "classifier", "--data", "few.bin", "--out", "classifier", "--threads", "1");      /* 1000 of 48 */
  made = SACCADE (0, "gan", "classifier", "--data", "few.bin", "--out", "classifier", "--held-out", "8", "--width", "2", "--epochs", "1",
                  "--threads", "1");
  g_assert_nonnull (strstr (made, "classifier"));
  none = SACCADE (1, "gan", "train", "./tiny.ini", "--data", "nothing", "--run", "run");
  run = SACCADE (0, "gan", "train", "./tiny.ini", "--data", "few.bin", "--run", "run", "--threads", "1");
  shown = SACCADE (1, "gan", "score", "run", "--show");
  bad = SACCADE (1, "gan", "score", "run", "--data", "few.bin", "--classifier", "run");
  missing = SACCADE (2, "gan", "score", "run", "--data", "few.bin");
  scored = SACCADE (0, "gan", "score", "run", "--data", "few.bin", "--classifier", "classifier", "--images", "40", "--threads", "1");
  g_assert_nonnull (strstr (scored, "FID_c"));
  g_assert_null (strstr (scored, " FID "));
  g_assert_nonnull (strstr (scored, "union"));
  again = SACCADE (0, "gan", "score", "run", "--show");
  g_assert_cmpstr (scored, ==, again);
  reported = SACCADE (0, "gan", "report", "run", "--out", "report", "--threads", "1");
  page = read_text (f, "report/report.html");
  g_assert_nonnull (strstr (page, "<svg"));
  g_assert_nonnull (strstr (page, "IS_c"));
  g_assert_nonnull (strstr (page, "classifier trained here"));
  g_assert_nonnull (strstr (page, "TPC|CTC|CCN"));
  pdf = read_text (f, "report/report.pdf");
  g_assert_true (g_str_has_prefix (pdf, "%PDF"));
  remove_tree (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gan-cli/all", test_all);
  return g_test_run ();
}
