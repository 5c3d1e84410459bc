/* saccade search: tiny trainings, scored by a program that makes a number of a checkpoint's bytes, so that one wrong bit shows. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli-fixture.h"
#include "remove-tree.h"
#include "run/sac-gan-search.h"

#ifdef __SANITIZE_ADDRESS__     /* programs take a second to begin */
#define TRIALS 3
#else
#define TRIALS 5
#endif

static char *dir, *pictures, *recipe, *scorer;

static const char recipe_text[] = "[recipe]\nversion=1\nkind=gan\n[network]\nsize=32\nwidth=4\nz=4\ngraph=TCC|CTC|CCT\n"
                                  "[training]\nbatch=8\nepochs=4\nsample_every=0\ncheckpoint_every=2\nlog_every=1\nrows=2\n";
static const char scorer_text[] = "#!/bin/sh\nset -e\nf=$(ls \"$1\"/checkpoints/step-*.safetensors | tail -1)\n"
                                  "s=$(cksum < \"$f\" | cut -d' ' -f1)\n"
                                  "for g in 1 2 3; do s=$(( (s * 1103515245 + 12345) % 2147483648 )); echo \"1.$s $s\"; done\n";

static void
set_up (void)
{
  g_autofree char *bytes = g_malloc (24 * 3073);

  pictures = g_build_filename (dir, "it's pictures.bin", NULL);
  recipe = g_build_filename (dir, "tiny.ini", NULL);
  scorer = g_build_filename (dir, "score.sh", NULL);
  for (guint i = 0; i < 24 * 3073; i++)
    bytes[i] = i % 3073 ? (char) (sac_random_u32 ((SacRandomKey) { 5, 1 }, i) >> 24) : 0;
  g_assert_true (g_file_set_contents (pictures, bytes, 24 * 3073, NULL));
  g_assert_true (g_file_set_contents (recipe, recipe_text, -1, NULL));
  g_assert_true (g_file_set_contents (scorer, scorer_text, -1, NULL));
  g_chmod (scorer, 0755);
  g_setenv ("SACCADE_THREADS", "1", TRUE);
}

/* @more: options beside, ended by NULL. */
static GPtrArray *
arguments (const char *name, const char *const *more)
{
  GPtrArray *args = g_ptr_array_new ();
  const char *const usual[] = { "search", recipe, "--data", pictures, "--folder", dir, "--scorer", scorer, "--name", name, "--threads", "1",
                                "--full-speed" };

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    g_ptr_array_add (args, (gpointer) usual[i]);
  for (guint i = 0; more[i]; i++)
    g_ptr_array_add (args, (gpointer) more[i]);
  g_ptr_array_add (args, NULL);
  return args;
}

static void
search (int expected, const char *name, const char *const *more)
{
  g_autoptr (GPtrArray) args = arguments (name, more);
  g_autofree char *out = saccade (expected, (const char *const *) args->pdata, dir);
}

#define SEARCH(expected, name, ...) search (expected, name, (const char *const[]) { __VA_ARGS__, NULL })

static char *
dup_table (const char *name)
{
  return saccade (0, (const char *const[]) { "search", "table", name, "--folder", dir, NULL }, dir);
}

static guint
count (const char *table, const char *word)
{
  guint n = 0;

  for (const char *at = table; (at = strstr (at, word)); at++)
    n++;
  return n;
}

/* Begun, ended after @ms, as by a power cut or by a person (@with 0: by a wish), and begun again until it is at its end. */
static guint
kill_and_resume (const char *name, const char *const *more, guint ms, int with, gboolean all)
{
  g_autoptr (GPtrArray) args = arguments (name, more), argv = g_ptr_array_new ();
  g_autofree char *folder = g_build_filename (dir, "searches", name, NULL);
  guint kills = 0;

  g_ptr_array_add (argv, (gpointer) g_getenv ("SACCADE_PROGRAM"));
  for (guint i = 0; i < args->len; i++)
    g_ptr_array_add (argv, args->pdata[i]);
  for (;;)
    {
      int status = 0;
      pid_t pid = fork ();

      if (pid == 0)
        {
          setpgid (0, 0);
          if (!freopen ("/dev/null", "w", stderr) || !freopen ("/dev/null", "w", stdout))
            _exit (3);
          execv (argv->pdata[0], (char **) argv->pdata);
          _exit (3);
        }
      for (guint waited = 0; waited < ms && waitpid (pid, &status, WNOHANG) == 0; waited += 10)
        g_usleep (10000);
      if (kill (pid, 0) != 0)   /* it was faster */
        {
          g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
          return kills;
        }
      if (with)
        kill (all ? -pid : pid, with);          /* with its trainers, or these are left behind */
      else
        sac_gan_search_wish_stop (folder, TRUE, NULL);
      waitpid (pid, &status, 0);
      g_assert_true (with == SIGKILL || (WIFEXITED (status) && WEXITSTATUS (status) <= 1));
      kills += with || WEXITSTATUS (status) == 1;
      ms += ms / 4 + 20;
      g_assert_cmpuint (kills, <, 100);
    }
}

/* One job or two, killed or not: the same table. */
static void
test_same (void)
{
  g_autofree char *trials = g_strdup_printf ("%d", TRIALS), *another = g_strdup_printf ("%d", TRIALS + 1);
  const char *const more[] = { "--trials", trials, "--epochs", "2", "--jobs", "2", "--resume", NULL };
  g_autofree char *one = NULL, *two = NULL, *killed = NULL, *orphans = NULL, *wished = NULL;

  SEARCH (0, "one", "--trials", trials, "--epochs", "2");
  one = dup_table ("one");
  g_assert_cmpuint (count (one, ",done,2,1."), ==, TRIALS);
  SEARCH (0, "two", "--trials", trials, "--epochs", "2", "--jobs", "2", "--slim");
  two = dup_table ("two");
  g_assert_cmpstr (one, ==, two);
  g_assert_cmpuint (kill_and_resume ("killed", more, 150, SIGKILL, TRUE), >, 0);
  killed = dup_table ("killed");
  g_assert_cmpstr (one, ==, killed);
  if (TRIALS > 3)
    {
      g_assert_cmpuint (kill_and_resume ("orphans", more, 150, SIGKILL, FALSE), >, 0);
      orphans = dup_table ("orphans");
      g_assert_cmpstr (one, ==, orphans);
      g_assert_cmpuint (kill_and_resume ("wished", more, 400, 0, FALSE), >, 0);
      wished = dup_table ("wished");
      g_assert_cmpstr (one, ==, wished);
    }
  SEARCH (1, "one", "--trials", trials, "--epochs", "2");                  /* it is there */
  SEARCH (1, "one", "--epochs", "3", "--resume");                       /* another one */
  SEARCH (0, "one", "--trials", another, "--resume");
}

/* Only the best keeps its checkpoints; all keep their samples. */
static void
test_slim (void)
{
  g_autofree char *folder = g_build_filename (dir, "searches", "two", NULL);
  g_autoptr (SacGanSearch) search = sac_gan_search_open (folder, FALSE, NULL);
  g_autoptr (GPtrArray) trials = sac_gan_search_list (search, NULL);
  const SacTrial *best = sac_gan_search_best (trials);

  for (guint i = 0; i < trials->len; i++)
    {
      g_autofree char *run = sac_gan_search_dup_run (search, i + 1), *checkpoints = g_build_filename (run, "checkpoints", NULL);
      g_autofree char *samples = g_build_filename (run, "samples", "step-000006.png", NULL);

      g_assert_true (g_file_test (checkpoints, G_FILE_TEST_EXISTS) == (trials->pdata[i] == best));
      g_assert_true (g_file_test (samples, G_FILE_TEST_EXISTS));
    }
}

/* Who goes on is told by numbers alone; who is stopped in between goes on where it was. */
static void
test_halving (void)
{
  const char *const more[] = { "--trials", "4", "--halving", "--jobs", "2", "--resume", NULL };
  g_autofree char *one = NULL, *killed = NULL;

  SEARCH (0, "halving", "--trials", "4", "--halving", "--slim");
  one = dup_table ("halving");
  g_assert_cmpuint (count (one, ",pruned,1,"), ==, 2);
  g_assert_cmpuint (count (one, ",pruned,2,"), ==, 1);
  g_assert_cmpuint (count (one, ",done,4,"), ==, 1);
  g_assert_null (strstr (one, ",running,"));
  kill_and_resume ("halving-killed", more, 300, SIGTERM, FALSE);
  killed = dup_table ("halving-killed");
  g_assert_cmpstr (one, ==, killed);
}

/* What cannot be trained or scored is told, and tried again when asked. */
static void
test_failures (void)
{
  g_autofree char *broken = g_build_filename (dir, "broken.sh", NULL), *table = NULL, *said = NULL;

  g_assert_true (g_file_set_contents (broken, "#!/bin/sh\necho none\n", -1, NULL));
  g_chmod (broken, 0755);
  SEARCH (0, "failing", "--trials", "2", "--epochs", "1", "--scorer", broken);
  table = dup_table ("failing");
  g_assert_cmpuint (count (table, ",failed,0,,"), ==, 2);
  g_clear_pointer (&table, g_free);
  SEARCH (0, "failing", "--resume", "--retry");
  table = dup_table ("failing");
  g_assert_cmpuint (count (table, ",done,1,1."), ==, 2);
  g_free (saccade_and (1, (const char *const[]) { "search", recipe, "--data", pictures, "--folder", dir, "--name", "none", "--trials", "2",
                                                  NULL }, dir, &said));
  g_assert_true (strstr (said, "--classifier") != NULL);
  SEARCH (1, "../up", "--trials", "2");
  SEARCH (1, "wrong", "--trials", "2", "--objective", "most");
  SEARCH (1, "graphs", "--trials", "100001");
  g_free (saccade (1, (const char *const[]) { "search", "report", "absent", "--folder", dir, NULL }, dir));
}

/* The script is one for sh, whatever the paths hold, and its task does the work. */
static void
test_slurm (void)
{
  g_autofree char *place = g_build_filename (dir, "a 'b\" $c `d", NULL), *script = g_build_filename (dir, "array.sh", NULL);
  g_autofree char *text = NULL, *table = NULL, *out = NULL;
  const char *check[] = { "sh", "-n", script, NULL }, *go[] = { "sh", script, NULL };
  int status;

  g_free (saccade (0, (const char *const[]) { "search", recipe, "--data", pictures, "--folder", place, "--scorer", scorer, "--name", "s",
                                              "--trials", "2", "--epochs", "1", "--jobs", "8", "--threads", "1", "--slurm", script, NULL },
                   dir));
  g_assert_true (g_file_get_contents (script, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "#!/bin/sh\n#SBATCH "));
  g_assert_true (strstr (text, "#SBATCH --array=1-8\n") != NULL);
  g_assert_true (g_spawn_sync (dir, (char **) check, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL) && status == 0);
  g_assert_true (g_spawn_sync (dir, (char **) go, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, NULL) && status == 0);
  table = saccade (0, (const char *const[]) { "search", "table", "--folder", place, NULL }, dir);
  g_assert_cmpuint (count (table, ",done,1,1."), ==, 2);
}

/* Scored by a classifier trained here, with two jobs as with one; another classifier's numbers are not mixed with them. */
static void
test_judged (void)
{
  g_autofree char *classes = g_build_filename (dir, "classes.bin", NULL), *classifier = g_build_filename (dir, "classifier", NULL);
  g_autofree char *other = g_build_filename (classifier, "classifier.safetensors", NULL), *bytes = g_malloc (150 * 3073), *said = NULL;
  g_autofree char *first = NULL, *second = NULL;

  for (guint i = 0; i < 150 * 3073; i++)
    bytes[i] = i % 3073 ? (char) (sac_random_u32 ((SacRandomKey) { 5, 1 }, i) >> 25) + (i / 3073 % 3 == (i % 3073 - 1) / 1024 ? 100 : 0)
                        : (char) (i / 3073 % 3);
  g_assert_true (g_file_set_contents (classes, bytes, 150 * 3073, NULL));
  g_free (saccade (0, (const char *const[]) { "gan", "classifier", "--data", classes, "--out", classifier, "--epochs", "1", "--width", "4",
                                              "--held-out", "15", "--threads", "1", NULL }, dir));
  for (guint i = 0; i < 2; i++)
    {
      const char *name = i ? "judged-2" : "judged-1";

      g_free (saccade (0, (const char *const[]) { "search", recipe, "--data", pictures, "--folder", dir, "--name", name, "--threads", "1",
                                                  "--trials", "3", "--epochs", "1", "--jobs", i ? "2" : "1", "--classifier", classifier,
                                                  "--samples", "40", "--objective", "min-fid", NULL }, dir));
      *(i ? &second : &first) = dup_table (name);
    }
  g_assert_cmpuint (count (first, ",done,1,-"), ==, 3);
  g_assert_cmpstr (first, ==, second);
  g_remove (other);
  g_free (saccade (0, (const char *const[]) { "gan", "classifier", "--data", classes, "--out", classifier, "--epochs", "2", "--width", "4",
                                              "--held-out", "15", "--threads", "1", NULL }, dir));
  g_free (saccade_and (1, (const char *const[]) { "search", "--resume", "--folder", dir, "--name", "judged-1", "--trials", "4", "--threads",
                                                  "1", NULL }, dir, &said));
  g_assert_true (strstr (said, "another feature network") != NULL);
}

static void
test_report (void)
{
  g_autofree char *csv = g_build_filename (dir, "effects.csv", NULL), *html = g_build_filename (dir, "report.html", NULL);
  g_autofree char *sum = g_strdup_printf ("%d trials: %d done", TRIALS + 1, TRIALS + 1);
  g_autofree char *words = NULL, *best = NULL, *table = NULL, *page = NULL, *list = NULL;

  words = saccade (0, (const char *const[]) { "search", "report", "one", "--folder", dir, NULL }, dir);
  g_assert_true (strstr (words, sum) != NULL);
  g_assert_true (strstr (words, "G1→G3") != NULL);
  g_free (saccade (0, (const char *const[]) { "search", "report", "one", "--folder", dir, "--csv", csv, "--html", html, NULL }, dir));
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_assert_cmpuint (count (table, "\nmain,"), ==, 36);
  g_assert_cmpuint (count (table, "\npair,"), ==, 36);
  g_assert_true (g_file_get_contents (html, &page, NULL, NULL));
  g_assert_true (strstr (page, "<svg") != NULL);
  best = saccade (0, (const char *const[]) { "search", "best", "one", "--folder", dir, NULL }, dir);
  g_assert_true (best[3] == '|' && strstr (best, "saccade train ") && strstr (best, "it'\\''s pictures.bin' --epochs 200"));
  list = saccade (0, (const char *const[]) { "search", "list", "--folder", dir, NULL }, dir);
  g_assert_true (strstr (list, "halving-killed") != NULL);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("saccade-search-XXXXXX", NULL);
  set_up ();
  g_test_add_func ("/search-runs/same", test_same);
  g_test_add_func ("/search-runs/slim", test_slim);
  g_test_add_func ("/search-runs/halving", test_halving);
  g_test_add_func ("/search-runs/failures", test_failures);
  g_test_add_func ("/search-runs/slurm", test_slurm);
  g_test_add_func ("/search-runs/judged", test_judged);
  g_test_add_func ("/search-runs/report", test_report);
  result = g_test_run ();
  remove_tree (dir);
  g_free (dir);
  g_free (pictures);
  g_free (recipe);
  g_free (scorer);
  return result;
}
