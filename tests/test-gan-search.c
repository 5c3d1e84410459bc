/* A search among graphs: what is drawn, who works on what, who goes on, and files that are no searches. */
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

#include "run-fixture.h"
#include "run/sac-gan-search.h"

static const char recipe[] = "[recipe]\nkind=gan\n[network]\nsize=32\nwidth=4\ngraph=TCC|CTC|CCT\n[training]\nbatch=16\nepochs=4\n";
static char *dir;

static SacSearchSpec
make_spec (guint n, guint k)
{
  return (SacSearchSpec) { .recipe = (char *) recipe, .data = "/pictures", .classifier = "/c", .samples = 100, .k = k, .n_trials = n,
                           .epochs = 4, .seed = 7, .objective = SAC_OBJECTIVE_MAX_IS };
}

static SacGanSearch *
make (const char *name, const SacSearchSpec *spec)
{
  g_autofree char *folder = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  SacGanSearch *search = sac_gan_search_create (folder, spec, &error);

  g_assert_no_error (error);
  return search;
}

static char *
dup_table (SacGanSearch *search)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) trials = sac_gan_search_list (search, &error);

  g_assert_no_error (error);
  return sac_gan_search_dup_table (sac_gan_search_get_spec (search), trials);
}

/* Different up to names, each with something to learn, the same from the same seed. */
static void
test_draw (void)
{
  SacSearchSpec spec = make_spec (300, 3);
  g_autoptr (SacGanSearch) one = make ("draw-1", &spec), same = make ("draw-2", &spec), target = NULL, more = NULL;
  g_autofree char *a = dup_table (one), *b = dup_table (same);
  g_autoptr (GPtrArray) trials = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint renamed = 0;

  g_assert_cmpstr (a, ==, b);
  spec.objective = SAC_OBJECTIVE_G1_IS;
  spec.n_trials = 2000;
  target = make ("draw-3", &spec);
  trials = sac_gan_search_list (target, NULL);
  g_assert_cmpuint (trials->len, ==, 2000);
  for (guint i = 0; i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];
      SacGanGraph canonical;
      g_autofree char *text = NULL;

      g_assert_cmpuint (trial->number, ==, i + 1);
      g_assert_true (sac_gan_graph_teaches (&trial->graph, 0));
      sac_gan_graph_canonical (&trial->graph, 0, &canonical);
      text = sac_gan_graph_dup_text (&canonical);
      g_assert_cmpstr (text, ==, trial->canonical);
      g_assert_true (g_hash_table_add (seen, trial->canonical));
      renamed += strcmp (trial->text, trial->canonical) != 0;
    }
  g_assert_cmpuint (renamed, >, 500);           /* trained as they were drawn */

  /* Fewer, then more: the same trials. */
  spec = make_spec (100, 3);
  more = make ("draw-4", &spec);
  g_assert_true (sac_gan_search_extend (more, 300, NULL));
  {
    g_autofree char *c = dup_table (more);

    g_assert_cmpstr (a, ==, c);
  }
  g_assert_false (sac_gan_search_extend (more, 10, NULL));
}

/* Of two generators 256 graphs: 136 up to names, all but the empty one teach; with G1 the target 256, in 16 of them it learns nothing. */
static void
test_all (void)
{
  static const struct { guint k; SacObjective objective; guint n; } cases[] = {
    { 1, SAC_OBJECTIVE_MAX_IS, 3 }, { 2, SAC_OBJECTIVE_MEAN_IS, 135 }, { 2, SAC_OBJECTIVE_G1_IS, 240 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SacSearchSpec spec = make_spec (cases[i].n, cases[i].k);
      g_autofree char *name = g_strdup_printf ("all-%u", i), *other = g_strdup_printf ("%s/all-%u-more", dir, i);
      g_autofree char *file = g_build_filename (other, "search.db", NULL);
      g_autoptr (SacGanSearch) search = NULL;
      g_autoptr (GError) error = NULL;

      spec.objective = cases[i].objective;
      search = make (name, &spec);
      spec.n_trials++;
      g_assert_null (sac_gan_search_create (other, &spec, &error));
      g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE);
      g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
    }
}

static void
test_objective (void)
{
  const double is[] = { 1.5, 2.5, 2 }, fid[] = { 30, 20, 40 }, none[] = { 1, NAN, 2 };

  g_assert_cmpfloat (sac_objective_compute (SAC_OBJECTIVE_MAX_IS, 3, is, fid), ==, 2.5);
  g_assert_cmpfloat (sac_objective_compute (SAC_OBJECTIVE_G1_IS, 3, is, fid), ==, 1.5);
  g_assert_cmpfloat (sac_objective_compute (SAC_OBJECTIVE_MEAN_IS, 3, is, fid), ==, 2);
  g_assert_cmpfloat (sac_objective_compute (SAC_OBJECTIVE_MIN_FID, 3, is, fid), ==, -20);
  g_assert_true (isnan (sac_objective_compute (SAC_OBJECTIVE_MAX_IS, 3, none, fid)));
  g_assert_cmpfloat (sac_objective_compute (SAC_OBJECTIVE_G1_IS, 3, none, fid), ==, 1);
}

/* What a trial is worth in these tests: a number that its seed and epochs give. */
static SacTrialPoint
play (const SacTrial *trial, guint until)
{
  SacTrialPoint point = { .epochs = until };

  for (guint g = 0; g < 3; g++)
    {
      point.is[g] = 1 + sac_random_unit ((SacRandomKey) { trial->seed, g }, until);
      point.fid[g] = NAN;
    }
  point.objective = sac_objective_compute (SAC_OBJECTIVE_MAX_IS, 3, point.is, point.fid);
  return point;
}

static gboolean
work (SacGanSearch *search)
{
  g_autoptr (SacTrial) trial = NULL;
  g_autoptr (GError) error = NULL;
  SacTrialPoint point;
  guint until;
  int claimed = sac_gan_search_claim (search, &trial, &until, &error);

  g_assert_no_error (error);
  if (claimed != 1)
    return FALSE;
  point = play (trial, until);
  g_assert_true (sac_gan_search_record (search, trial->number, &point, 0.5, &error));
  return TRUE;
}

static SacGanSearch *
open_again (SacGanSearch *search, gboolean write)
{
  g_autoptr (GError) error = NULL;
  SacGanSearch *other = sac_gan_search_open (sac_gan_search_get_folder (search), write, &error);

  g_assert_no_error (error);
  return other;
}

/* Two at work have different trials; what each does the other and a looker see; at the end the table is that of one alone. */
static void
test_claims (void)
{
  SacSearchSpec spec = make_spec (7, 3);
  g_autoptr (SacGanSearch) alone = make ("claims-1", &spec), a = make ("claims-2", &spec), b = open_again (a, TRUE);
  g_autoptr (SacGanSearch) looker = open_again (a, FALSE);
  g_autoptr (SacTrial) first = NULL, second = NULL, none = NULL;
  g_autoptr (GPtrArray) trials = NULL;
  g_autoptr (GError) error = NULL;
  SacTrialPoint point;
  guint until;

  while (work (alone))
    ;
  g_assert_cmpint (sac_gan_search_claim (alone, &none, &until, NULL), ==, 2);
  g_assert_false (sac_gan_search_poll (looker));
  g_assert_cmpint (sac_gan_search_claim (a, &first, &until, NULL), ==, 1);
  g_assert_cmpuint (until, ==, 4);
  g_assert_cmpint (sac_gan_search_claim (b, &second, &until, NULL), ==, 1);
  g_assert_cmpuint (first->number, !=, second->number);
  g_assert_true (sac_gan_search_poll (looker));
  trials = sac_gan_search_list (looker, NULL);
  g_assert_cmpint (((SacTrial *) trials->pdata[0])->state, ==, SAC_TRIAL_RUNNING);
  g_assert_true (strstr (((SacTrial *) trials->pdata[0])->who, g_get_host_name ()) != NULL);
  point = play (second, 4);
  g_assert_false (sac_gan_search_record (a, second->number, &point, 1, &error));       /* not its own */
  g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY);
  while (work (b))
    ;
  g_assert_cmpint (sac_gan_search_claim (b, &none, &until, NULL), ==, 0);               /* others are at work */
  g_assert_true (sac_gan_search_record (b, second->number, &point, 1, NULL));
  point = play (first, 4);
  g_assert_true (sac_gan_search_beat (a, NULL));
  g_assert_true (sac_gan_search_record (a, first->number, &point, 1, NULL));
  g_assert_cmpint (sac_gan_search_claim (b, &none, &until, NULL), ==, 2);
  {
    g_autofree char *one = dup_table (alone), *two = dup_table (looker);

    g_assert_cmpstr (one, ==, two);
  }
  g_assert_null (sac_gan_search_create (sac_gan_search_get_folder (a), &spec, NULL));
}

static void
change (SacGanSearch *search, const char *sql)
{
  g_autofree char *path = g_build_filename (sac_gan_search_get_folder (search), "search.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* Who dies leaves its claim to others at once, on another machine when it has long been silent; who is let go gives its claims back. */
static void
test_dead (void)
{
  SacSearchSpec spec = make_spec (1, 3);
  g_autoptr (SacGanSearch) search = make ("dead", &spec);
  g_autoptr (SacTrial) trial = NULL;
  guint until;
  pid_t child;

  {
    g_autoptr (SacGanSearch) other = open_again (search, TRUE);
    g_autoptr (SacTrial) theirs = NULL;

    g_assert_cmpint (sac_gan_search_claim (other, &theirs, &until, NULL), ==, 1);
    g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, NULL), ==, 0);
  }
  child = fork ();
  if (child == 0)
    {
      SacGanSearch *other = sac_gan_search_open (sac_gan_search_get_folder (search), TRUE, NULL);

      _exit (sac_gan_search_claim (other, &trial, &until, NULL) == 1 ? 0 : 1);
    }
  {
    int status;

    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  }
  g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, NULL), ==, 1);
  change (search, "UPDATE trials SET owner = '0-0 pid:[1] 1 5 elsewhere 0', beat_us = unixepoch() * 1000000");
  g_clear_pointer (&trial, sac_trial_free);
  g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, NULL), ==, 0);
  change (search, "UPDATE trials SET beat_us = beat_us - 301000000");
  g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, NULL), ==, 1);
  g_assert_true (sac_gan_search_release (search, 1, 0, NULL));
  g_clear_pointer (&trial, sac_trial_free);
  g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, NULL), ==, 1);
  g_assert_true (sac_gan_search_fail (search, 1, "no reason", 0, NULL));
  g_clear_pointer (&trial, sac_trial_free);
  g_assert_cmpint (sac_gan_search_claim (search, &trial, &until, NULL), ==, 2);
  {
    g_autoptr (GPtrArray) trials = sac_gan_search_list (search, NULL);

    g_assert_cmpstr (((SacTrial *) trials->pdata[0])->why, ==, "no reason");
    g_assert_null (sac_gan_search_best (trials));
  }
  g_assert_cmpint (sac_gan_search_retry (search, NULL), ==, 1);
  g_assert_true (work (search));
}

/* 1 epoch for all, 2 for the better half, 4 for the better half of those; the order of work changes nothing. */
static void
test_halving (void)
{
  SacSearchSpec spec = make_spec (9, 3);
  g_autoptr (SacGanSearch) a = NULL, b = NULL, other = NULL;
  g_autoptr (GPtrArray) trials = NULL;
  guint epochs[5] = { 0 };
  double worst_kept = G_MAXDOUBLE, best_pruned = 0;

  spec.halving = TRUE;
  g_assert_cmpuint (sac_gan_search_next_rung (&spec, 0), ==, 1);
  g_assert_cmpuint (sac_gan_search_next_rung (&spec, 2), ==, 4);
  g_assert_cmpuint (sac_gan_search_next_rung (&spec, 4), ==, 0);
  a = make ("halving-1", &spec);
  b = make ("halving-2", &spec);
  other = open_again (b, TRUE);
  while (work (a))
    ;
  for (guint turn = 0;; turn++)
    {
      g_autoptr (SacTrial) held = NULL;
      guint until;
      int claimed = sac_gan_search_claim (other, &held, &until, NULL);
      SacTrialPoint point;

      if (claimed != 1)
        break;
      while (work (b))          /* all others of this rung first */
        ;
      point = play (held, until);
      g_assert_true (sac_gan_search_record (other, held->number, &point, 1, NULL));
    }
  trials = sac_gan_search_list (a, NULL);
  for (guint i = 0; i < trials->len; i++)
    {
      const SacTrial *trial = trials->pdata[i];

      g_assert_cmpint (trial->state, ==, trial->epochs == 4 ? SAC_TRIAL_DONE : SAC_TRIAL_PRUNED);
      epochs[trial->epochs]++;
      if (trial->epochs == 1)
        best_pruned = MAX (best_pruned, trial->points[0].objective);
      else
        worst_kept = MIN (worst_kept, trial->points[0].objective);
      g_assert_cmpuint (trial->n_points, ==, trial->epochs == 4 ? 3 : trial->epochs);
    }
  g_assert_cmpuint (epochs[1], ==, 4);
  g_assert_cmpuint (epochs[2], ==, 2);
  g_assert_cmpuint (epochs[4], ==, 3);
  g_assert_cmpfloat (worst_kept, >, best_pruned);
  {
    g_autofree char *one = dup_table (a), *two = dup_table (b);

    g_assert_cmpstr (one, ==, two);
  }
  g_assert_false (sac_gan_search_extend (a, 20, NULL));
}

/* Files that are no searches, or lie, are errors in words. */
static void
test_hostile (void)
{
  static const char *const changes[] = {
    "PRAGMA user_version = 2", "PRAGMA application_id = 5", "DROP TABLE points", "CREATE VIEW v AS SELECT 1",
    "CREATE TRIGGER t AFTER UPDATE ON trials BEGIN DELETE FROM trials; END", "UPDATE search SET k = 7", "UPDATE search SET n_trials = 1e9",
    "UPDATE search SET objective = 'best'", "UPDATE search SET seed = -1", "DELETE FROM search", "UPDATE search SET epochs = 0",
    "UPDATE trials SET graph = 'T' WHERE number = 2", "UPDATE trials SET canonical = '; rm' WHERE number = 2",
    "UPDATE trials SET number = -3 WHERE number = 2",
  };
  SacSearchSpec spec = make_spec (3, 3);
  g_autofree char *text = NULL;
  gsize n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *name = g_strdup_printf ("hostile-%u", i);
      g_autoptr (SacGanSearch) search = make (name, &spec), again = NULL;
      g_autoptr (GPtrArray) trials = NULL;
      g_autoptr (GError) error = NULL;

      change (search, changes[i]);
      again = sac_gan_search_open (sac_gan_search_get_folder (search), FALSE, &error);
      trials = again ? sac_gan_search_list (again, &error) : NULL;
      g_assert_null (trials);
      g_assert_true (error && error->domain == SAC_RUN_ERROR);
      g_assert_true (i != 0 || error->code == SAC_RUN_ERROR_VERSION);
    }
  {
    g_autoptr (SacGanSearch) search = make ("bits", &spec);
    g_autofree char *path = g_build_filename (sac_gan_search_get_folder (search), "search.db", NULL);

    g_assert_true (g_file_get_contents (path, &text, &n, NULL));
  }
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *folder = g_build_filename (dir, "broken", NULL), *path = g_build_filename (folder, "search.db", NULL);
      g_autofree char *bytes = g_memdup2 (text, n);
      SacRandomKey key = { i, 1 };
      g_autoptr (SacGanSearch) search = NULL;
      g_autoptr (GPtrArray) trials = NULL;
      gsize length = i % 4 ? n : sac_random_below (key, 0, (guint32) n);

      for (guint j = 0; j < i % 7; j++)
        bytes[sac_random_below (key, 2 * j + 1, (guint32) n)] = (char) sac_random_u32 (key, 2 * j + 2);
      g_mkdir_with_parents (folder, 0755);
      put_file (path, bytes, length);
      search = sac_gan_search_open (folder, i % 2, NULL);
      trials = search ? sac_gan_search_list (search, NULL) : NULL;
      g_assert_true (!trials || trials->len <= 3);
    }
  g_assert_null (sac_gan_search_open ("/nowhere", FALSE, NULL));
  g_assert_true (sac_gan_search_check_name ("a-1_b.c", NULL));
  g_assert_false (sac_gan_search_check_name ("../a", NULL));
  g_assert_false (sac_gan_search_check_name ("", NULL));
  g_assert_false (sac_gan_search_check_name (".a", NULL));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dir = new_folder ();
  g_test_add_func ("/gan-search/draw", test_draw);
  g_test_add_func ("/gan-search/all", test_all);
  g_test_add_func ("/gan-search/objective", test_objective);
  g_test_add_func ("/gan-search/claims", test_claims);
  g_test_add_func ("/gan-search/dead", test_dead);
  g_test_add_func ("/gan-search/halving", test_halving);
  g_test_add_func ("/gan-search/hostile", test_hostile);
  result = g_test_run ();
  remove_tree (dir);
  g_free (dir);
  return result;
}
