/* What a run remembers of its training examples, and the search for wrong labels over it. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "eval/sac-suspects.h"
#include "run/sac-run.h"
#include "run/sac-suspect-list.h"

static const char *const labels[] = { "cat", "dog", NULL }, *const clips[] = { "a", "b", "ü", NULL };

static void
add (SacDrawnWriter *writer, guint64 step, guint clip, float p, float q)
{
  const float row[2] = { p, q };

  sac_drawn_writer_add (writer, step, clip, row);
}

static SacDrawn *
read_back (const char *folder)
{
  g_autoptr (GError) error = NULL;
  SacDrawn *drawn = sac_drawn_read (folder, &error);

  g_assert_no_error (error);
  g_assert_nonnull (drawn);
  return drawn;
}

static void
test_drawn (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (folder, "drawn.bin", NULL);
  g_autoptr (GError) error = NULL;
  SacDrawnWriter *writer;
  SacDrawn *drawn;

  g_assert_null (sac_drawn_read (folder, &error));
  g_assert_no_error (error);
  writer = sac_drawn_writer_new (folder, labels, clips, 0, 100, &error);
  g_assert_no_error (error);
  for (guint step = 1; step <= 6; step++)
    add (writer, step, step % 3, (float) step / 8, 1);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 6);
  g_assert_cmpstr (drawn->clips[2], ==, "ü");
  g_assert_cmpuint (drawn->items[4], ==, 2);
  g_assert_cmpfloat_with_epsilon (drawn->probabilities[2 * 3] / 65535.0, 0.5, 1e-4);
  g_assert_cmpuint (drawn->probabilities[1], ==, 65535);
  sac_drawn_free (drawn);

  /* Torn by a death, taken up at step 4. */
  g_assert_cmpint (truncate (path, 77), ==, 0);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, <, 6);
  sac_drawn_free (drawn);
  writer = sac_drawn_writer_new (folder, labels, clips, 1, 100, &error);
  add (writer, 2, 1, 0.25f, 0);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 2);
  g_assert_cmpuint (drawn->steps[1], ==, 2);
  sac_drawn_free (drawn);

  /* Other clips: nothing of before stays. */
  writer = sac_drawn_writer_new (folder, labels, labels, 1, 100, &error);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 0);
  sac_drawn_free (drawn);

  /* A run of many records keeps every n-th step. */
  writer = sac_drawn_writer_new (folder, labels, clips, 0, (guint64) 12 << 20, &error);
  for (guint step = 1; step <= 10; step++)
    add (writer, step, 0, 1, 0);
  sac_drawn_writer_free (writer);
  drawn = read_back (folder);
  g_assert_cmpuint (drawn->n, ==, 3);
  sac_drawn_free (drawn);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_drawn_hostile (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (folder, "drawn.bin", NULL), *good = NULL;
  g_autoptr (GError) error = NULL;
  SacDrawnWriter *writer = sac_drawn_writer_new (folder, labels, clips, 0, 100, &error);
  gsize size;

  for (guint step = 1; step <= 4; step++)
    add (writer, step, 1, 0.5f, 0.5f);
  sac_drawn_writer_free (writer);
  g_assert_true (g_file_get_contents (path, &good, &size, NULL));
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *bad = g_memdup2 (good, size);
      gsize length = size;
      SacDrawn *drawn;

      for (guint k = 0; k < 1 + i % 3; k++)
        bad[sac_random_below ((SacRandomKey) { i, 1 }, k, (guint32) size)] = (char) sac_random_below ((SacRandomKey) { i, 2 }, k, 256);
      if (i % 5 == 0)
        length = sac_random_below ((SacRandomKey) { i, 3 }, 0, (guint32) size);
      g_assert_true (g_file_set_contents (path, bad, (gssize) length, NULL));
      drawn = sac_drawn_read (folder, &error);
      g_assert_true ((drawn != NULL) != (error != NULL));
      for (guint k = 0; drawn && k < drawn->n; k++)
        g_assert_cmpuint (drawn->items[k], <, drawn->n_clips);
      g_clear_pointer (&drawn, sac_drawn_free);
      g_clear_error (&error);
    }
  g_unlink (path);
  g_rmdir (folder);
}

/* 200 clips of two labels, the second rare and hard to see; runs see what is there through noise.  @wrong of the pairs are turned round. */
enum { CLIPS = 200, LABELS = 2, RUNS = 3 };

static double
found_of_turned (gboolean with_outside, gboolean with_trajectory, guint *n_top, guint *n_turned)
{
  SacSuspectRun runs[RUNS] = { { NULL } };
  gint8 states[CLIPS * LABELS];
  gboolean turned[CLIPS * LABELS] = { FALSE };
  float *tables[2 * RUNS];
  g_autoptr (GArray) suspects = NULL;
  guint hits = 0;

  *n_turned = 0;
  for (guint r = 0; r < 2 * RUNS; r++)
    tables[r] = g_new (float, CLIPS * LABELS);
  for (guint i = 0; i < CLIPS * LABELS; i++)
    {
      gboolean rare = i % LABELS, yes = sac_random_unit ((SacRandomKey) { 1, 1 }, i) < (rare ? 0.1 : 0.5);

      turned[i] = sac_random_unit ((SacRandomKey) { 1, 2 }, i) < 0.05;
      *n_turned += turned[i];
      states[i] = yes != turned[i];
      for (guint r = 0; r < RUNS; r++)
        {
          double noise = sac_random_normal ((SacRandomKey) { 2, r }, i), logit = (yes ? 2 : -2) - (rare ? 2 : 0) + noise;
          gboolean held = i / LABELS % RUNS == r;
          double learned = logit + (states[i] ? 1 : -1);        /* half memorised */

          tables[r][i] = held || !with_trajectory ? NAN : (float) (1 / (1 + exp (-learned)));
          tables[RUNS + r][i] = held && with_outside ? (float) (1 / (1 + exp (-logit))) : NAN;
          runs[r] = (SacSuspectRun) { tables[r], tables[RUNS + r] };
        }
    }
  states[5] = -1;               /* nothing is said: no suspect */
  *n_turned -= turned[5];
  suspects = sac_suspects_rank (runs, RUNS, states, CLIPS, LABELS);
  g_assert_cmpuint (suspects->len, ==, CLIPS * LABELS - 1);
  *n_top = suspects->len * 8 / 100;
  for (guint k = 0; k < suspects->len; k++)
    {
      const SacSuspect *s = &g_array_index (suspects, SacSuspect, k);

      g_assert_cmpint (s->given, ==, states[s->clip * LABELS + s->label]);
      g_assert_true (s->score >= 0 && s->score <= 1);
      g_assert_true (k == 0 || g_array_index (suspects, SacSuspect, k - 1).score >= s->score);
      hits += k < *n_top && turned[s->clip * LABELS + s->label];
    }
  for (guint r = 0; r < 2 * RUNS; r++)
    g_free (tables[r]);
  return (double) hits / *n_turned;
}

static void
test_found (void)
{
  guint top, turned;

  g_assert_cmpfloat (found_of_turned (TRUE, TRUE, &top, &turned), >=, 0.9);
  g_assert_cmpuint (top, ==, 31);
  g_assert_cmpuint (turned, >, 10);
  g_assert_cmpfloat (found_of_turned (TRUE, FALSE, &top, &turned), >=, 0.7);
  g_assert_cmpfloat (found_of_turned (FALSE, TRUE, &top, &turned), >=, 0.7);
}

/* What each number says, on four clips of one label. */
static void
test_signals (void)
{
  const float outside[] = { 0.9f, 0.8f, 0.1f, 0.95f }, during[] = { 0.9f, 0.9f, NAN, 0.6f };
  const gint8 states[] = { 1, 1, 0, 0 };
  SacSuspectRun run = { during, outside };
  g_autoptr (GArray) suspects = sac_suspects_rank (&run, 1, states, 4, 1);
  const SacSuspect *first = &g_array_index (suspects, SacSuspect, 0);

  g_assert_cmpuint (suspects->len, ==, 4);
  g_assert_cmpuint (first->clip, ==, 3);
  g_assert_cmpuint (first->n_against, ==, 1);
  g_assert_cmpuint (first->n_runs, ==, 1);
  g_assert_cmpfloat_with_epsilon (first->believed_outside, 0.05, 1e-6);
  g_assert_cmpfloat_with_epsilon (first->believed_while, 0.4, 1e-6);
  /* Those labelled yes are believed at 0.85, those labelled no at (0.9 + 0.05)/2. */
  g_assert_cmpfloat_with_epsilon (first->margin, 0.5 + (0.95 - 0.85) / 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (first->outside, 0.95, 1e-6);
  g_assert_cmpfloat_with_epsilon (first->score, (0.95 + 0.6) / 2, 1e-6);
  g_assert_true (isnan (first->off_box));
  for (guint k = 0; k < 4; k++)
    {
      SacSuspect *s = &g_array_index (suspects, SacSuspect, k);

      g_assert_cmpint (isnan (s->trajectory), ==, s->clip == 2);
      if (s->clip == 0)
        s->off_box = 1;         /* attention on nothing of the box lifts it */
    }
  sac_suspects_rank_again (suspects);
  g_assert_cmpuint (g_array_index (suspects, SacSuspect, 0).clip, ==, 3);
  g_assert_cmpuint (g_array_index (suspects, SacSuspect, 1).clip, ==, 0);
  {
    g_autoptr (GArray) none = sac_suspects_rank (&run, 0, states, 4, 1);

    g_assert_cmpuint (none->len, ==, 0);
  }
}

/* The queue as a file: verdicts and place are kept, and go over to a new search. */
static void
test_list (void)
{
  static const char *const texts[] = { "", "[]", "{}", "{\"version\":1,\"suspects\":{}}", "{\"version\":7,\"suspects\":[]}" };
  g_autofree char *folder = g_dir_make_tmp ("saccade-XXXXXX", NULL), *path = g_build_filename (folder, "deep", "suspects.json", NULL);
  g_autofree char *deep = g_path_get_dirname (path);
  g_autoptr (SacSuspectList) list = sac_suspect_list_new (), other = sac_suspect_list_new (), again = NULL, odd = NULL;
  g_autoptr (GError) error = NULL;
  SacSuspectRow *row;

  g_assert_null (sac_suspect_list_read (path, &error));
  g_assert_no_error (error);
  row = sac_suspect_list_add (list, "a", "cat", TRUE);
  row->why = g_strdup ("because");
  row->score = 0.75;
  row->verdict = SAC_JUDGED_NO;
  row = sac_suspect_list_add (list, "b", "ねこ", FALSE);
  row->verdict = SAC_JUDGED_KEEP;
  sac_suspect_list_add (list, "c", "cat", FALSE);
  list->position = 2;
  list->n_pairs = 40;
  g_assert_true (sac_suspect_list_write (list, path, &error));
  again = sac_suspect_list_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->rows->len, ==, 3);
  g_assert_cmpuint (again->position, ==, 2);
  g_assert_cmpuint (sac_suspect_list_count (again, FALSE), ==, 2);
  g_assert_cmpuint (sac_suspect_list_count (again, TRUE), ==, 1);
  row = again->rows->pdata[0];
  g_assert_cmpstr (row->why, ==, "because");
  g_assert_cmpfloat (row->score, ==, 0.75);
  g_assert_true (isnan (row->off_box));
  sac_suspect_list_add (other, "b", "ねこ", FALSE);
  sac_suspect_list_add (other, "a", "cat", FALSE);      /* says something else now */
  sac_suspect_list_inherit (other, again);
  g_assert_cmpint (((SacSuspectRow *) other->rows->pdata[0])->verdict, ==, SAC_JUDGED_KEEP);
  g_assert_cmpint (((SacSuspectRow *) other->rows->pdata[1])->verdict, ==, SAC_JUDGED_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_null (sac_suspect_list_parse (texts[i], -1, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  odd = sac_suspect_list_parse ("{\"version\":1,\"position\":99,\"suspects\":[3,{\"clip\":1},{\"clip\":\"x\",\"label\":\"y\","
                                "\"score\":\"z\",\"against\":-4,\"verdict\":\"shoot\"}]}", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (odd->rows->len, ==, 1);
  g_assert_cmpuint (odd->position, ==, 1);
  g_unlink (path);
  g_rmdir (deep);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/drawn/round", test_drawn);
  g_test_add_func ("/run/drawn/hostile", test_drawn_hostile);
  g_test_add_func ("/run/suspects/list", test_list);
  g_test_add_func ("/eval/suspects/found", test_found);
  g_test_add_func ("/eval/suspects/signals", test_signals);
  return g_test_run ();
}
