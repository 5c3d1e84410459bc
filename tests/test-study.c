/* Recipes with arms, what they expand to, and the queue of their runs. */
#include <string.h>

#include "run-fixture.h"
#include "run/sac-study.h"

static const char base[] =
  "[recipe]\ntitle=Base\ntitle[ja]=B\n[network]\nmodel=i3d-r18\ninflation=average\nweights=w.safetensors\n"
  "[data]\nframes=16\nresize=128\ncrop=112\n[training]\nsteps=10\nrate=0.5\nseed=7\n";
static const char arms[] =
  "[study]\nseeds=3;1\n[arm a]\n# as it is\n[arm b]\ntitle=Second\nmodel=r18-2d\ninflation=none\nbatch=16\nrate=0.25\n"
  "[arm c]\nweights=source:verbs\n[source verbs]\nproject=v.saccade\nsteps=20\n";

static SacStudyPlan *
parse (const char *more, GError **error)
{
  g_autofree char *text = g_strconcat (base, more, NULL);

  return sac_study_plan_parse (text, error);
}

static void
test_expansion (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyPlan) plan = parse (arms, &error);
  g_autoptr (SacRecipe) a = NULL, b = NULL, verbs = NULL, plain = NULL;
  g_autofree char *left = NULL, *right = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (plan->arms->len, ==, 3);
  g_assert_cmpuint (plan->sources->len, ==, 1);
  g_assert_cmpuint (plan->n_seeds, ==, 2);
  g_assert_cmpuint (plan->seeds[0], ==, 3);
  g_assert_false (plan->arms_first);
  g_assert_cmpstr (plan->title, ==, "Base");
  g_assert_cmpstr (sac_study_plan_find (plan, "a", FALSE)->title, ==, "a");
  g_assert_cmpstr (sac_study_plan_find (plan, "b", FALSE)->title, ==, "Second");
  g_assert_cmpstr (sac_study_plan_find (plan, "verbs", TRUE)->project, ==, "v.saccade");
  g_assert_null (sac_study_plan_find (plan, "verbs", FALSE));

  a = sac_study_plan_dup_recipe (plan, "a", FALSE, 1, &error);
  b = sac_study_plan_dup_recipe (plan, "b", FALSE, 3, &error);
  verbs = sac_study_plan_dup_recipe (plan, "verbs", TRUE, 7, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (a->seed, ==, 1);
  g_assert_cmpint (b->batch, ==, 16);
  g_assert_cmpfloat (b->rate, ==, 0.25);
  g_assert_cmpfloat (a->rate, ==, 0.5);
  g_assert_cmpstr (b->model, ==, "r18-2d");
  g_assert_cmpint (verbs->steps, ==, 20);
  g_assert_cmpint (a->steps, ==, 10);
  /* An arm without keys is the base, but for seed and title. */
  plain = sac_recipe_parse (base, &error);
  plain->seed = 1;
  g_free (plain->title);
  plain->title = g_strdup ("a");
  left = sac_recipe_dup_text (plain);
  right = sac_recipe_dup_text (a);
  g_assert_cmpstr (left, ==, right);
}

static void
test_refused (void)
{
  static const struct { const char *more, *says; } cases[] = {
    { "", "saccade train" },
    { "[arm a]\nspeed=3\n", "[arm a] speed" },
    { "[arm a]\nrate=fast\n", "arm “a”: [training] rate" },
    { "[arm a]\nseed=2\n", "[arm a] seed" },
    { "[arm a]\nproject=x\n", "[arm a] project" },
    { "[arm a b]\nrate=1\n", "“a b”" },
    { "[arm ../x]\nrate=1\n", "“../x”" },
    { "[arm a]\nrate=1\nrate=2\n", "twice" },
    { "[arm a]\nrate=1\n[arm a]\nsteps=2\n", "[arm a] stands there twice" },
    { "[arm a]\nmodel=r18-2d\n", "arm “a”" },
    { "[arm a]\nweights=source:x\n", "[arm a] weights" },
    { "[arm a]\n[source x]\nsteps=3\n", "[source x] project" },
    { "[arm a]\n[source x]\nproject=p\nweights=source:x\n", "[source x] weights" },
    { "[study]\nseeds=1;1\n[arm a]\n", "seeds" },
    { "[study]\nseeds=\n[arm a]\n", "seeds" },
    { "[study]\nseeds=1;x\n[arm a]\n", "“x”" },
    { "[study]\norder=none\n[arm a]\n", "order" },
    { "[study]\nspeed=1\n[arm a]\n", "[study] speed" },
    { "[arm a]\n[legs]\nx=1\n", "[legs]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacStudyPlan) plan = parse (cases[i].more, &error);

      g_test_message ("%s → %s", cases[i].more, error ? error->message : "taken");
      g_assert_null (plan);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
  {
    g_autofree char *text = g_strconcat (base, arms, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacRecipe) recipe = sac_recipe_parse (text, &error);

    g_assert_null (recipe);
    g_assert_nonnull (strstr (error->message, "saccade study"));
  }
}

static void
test_chosen (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyPlan) plan = parse (arms, &error), some = NULL, none = NULL;

  some = sac_study_plan_with (plan, (const char *[]) { "a", "c", NULL }, "9", (const char *[]) { "c weights=/x/y.pth", NULL }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (some->arms->len, ==, 2);
  g_assert_cmpuint (some->n_seeds, ==, 1);
  g_assert_cmpuint (some->seeds[0], ==, 9);
  g_assert_cmpstr (sac_study_plan_find (some, "c", FALSE)->weights, ==, "/x/y.pth");
  g_assert_cmpuint (some->sources->len, ==, 0);         /* nobody begins with it any more */
  g_assert_nonnull (strstr (some->text, "# as it is"));
  none = sac_study_plan_with (plan, (const char *[]) { "z", NULL }, NULL, NULL, &error);
  g_assert_null (none);
  g_assert_nonnull (strstr (error->message, "“z”"));
}

static void
assert_order (const SacStudyQueue *queue, const char *expected)
{
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];

      g_string_append_printf (order, "%s%s%d", i ? " " : "", job->arm, (int) job->seed);
    }
  g_assert_cmpstr (order->str, ==, expected);
}

static void
test_queue (void)
{
  g_autofree char *data = new_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyPlan) plan = parse (arms, &error), kept = NULL;
  g_autoptr (SacStudyQueue) queue = sac_study_create (data, "one", "/p/x.saccade", plan, &error), again = NULL, twice = NULL;
  g_auto (GStrv) all = NULL;
  SacStudyJob *job;

  g_assert_no_error (error);
  assert_order (queue, "verbs7 a3 b3 c3 a1 b1 c1");
  g_assert_true (g_str_has_suffix (((SacStudyJob *) queue->jobs->pdata[0])->run, "/runs/one-source-verbs-7"));
  job = sac_study_queue_find (queue, "b", 1, FALSE);
  g_assert_true (g_str_has_suffix (job->run, "/runs/one-b-1"));
  g_assert_cmpuint (job->steps, ==, 10);
  job->state = SAC_JOB_FAILED;
  g_free (job->why);
  job->why = g_strdup ("no “memory”\n");
  job->step = 4;
  job->seconds = 2.5;
  queue->left = 17.25;
  g_assert_true (sac_study_queue_save (queue, &error));
  again = sac_study_queue_load (queue->folder, &error);
  g_assert_no_error (error);
  assert_order (again, "verbs7 a3 b3 c3 a1 b1 c1");
  job = sac_study_queue_find (again, "b", 1, FALSE);
  g_assert_cmpint (job->state, ==, SAC_JOB_FAILED);
  g_assert_cmpstr (job->why, ==, "no “memory”\n");
  g_assert_cmpuint (job->step, ==, 4);
  g_assert_cmpfloat (job->seconds, ==, 2.5);
  g_assert_cmpfloat (job->left, ==, -1);
  g_assert_cmpfloat (again->left, ==, 17.25);
  g_assert_cmpstr (again->project, ==, "/p/x.saccade");
  kept = sac_study_load_plan (queue->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kept->arms->len, ==, 3);
  twice = sac_study_create (data, "one", "/p/x.saccade", plan, &error);
  g_assert_null (twice);
  g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY);
  all = sac_study_list (data);
  g_assert_cmpuint (g_strv_length (all), ==, 1);
  remove_tree (data);
}

/* The same whether somebody holds the lock or not. */
static void
test_acts (void)
{
  for (int held = 0; held < 2; held++)
    {
      g_autofree char *data = new_folder ();
      g_autoptr (GError) error = NULL;
      g_autoptr (SacStudyPlan) plan = parse (arms, &error);
      g_autoptr (SacStudyQueue) queue = sac_study_create (data, "one", "/p", plan, &error), now = NULL;
      int lock = held ? sac_run_lock (queue->folder, &error) : -1;
      gboolean stop = FALSE;
      const SacStudyAct acts[] = {
        { SAC_STUDY_PAUSE, NULL, 0, FALSE, 0 },
        { SAC_STUDY_MOVE, (char *) "c", 1, FALSE, 0 },
        { SAC_STUDY_MOVE, (char *) "verbs", 7, TRUE, 99 },
        { SAC_STUDY_SKIP, (char *) "a", 3, FALSE, 0 },
        { SAC_STUDY_PAUSE, (char *) "a", 1, FALSE, 0 },
        { SAC_STUDY_SKIP, (char *) "b", 1, FALSE, 0 },
        { SAC_STUDY_RESUME, (char *) "b", 1, FALSE, 0 },
        { SAC_STUDY_STOP, NULL, 0, FALSE, 0 },
      };
      const SacStudyAct wrong = { SAC_STUDY_SKIP, (char *) "z", 3, FALSE, 0 };

      for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
        g_assert_true (sac_study_tell (queue->folder, &acts[i], &error));
      g_assert_no_error (error);
      g_assert_false (sac_study_tell (queue->folder, &wrong, &error));
      g_assert_nonnull (strstr (error->message, "“z”"));
      if (held)
        {
          g_assert_true (sac_study_take (queue, &stop));
          g_assert_true (stop);
          g_assert_false (sac_study_take (queue, &stop));
          close (lock);
        }
      now = sac_study_queue_load (queue->folder, NULL);
      g_assert_true (now->paused);
      assert_order (now, "c1 a3 b3 c3 a1 b1 verbs7");
      g_assert_cmpint (sac_study_queue_find (now, "a", 3, FALSE)->state, ==, SAC_JOB_SKIPPED);
      g_assert_cmpint (sac_study_queue_find (now, "a", 1, FALSE)->state, ==, SAC_JOB_PAUSED);
      g_assert_cmpint (sac_study_queue_find (now, "b", 1, FALSE)->state, ==, SAC_JOB_WAITING);
      g_assert_cmpuint (sac_study_queue_count (now, SAC_JOB_WAITING), ==, 5);
      remove_tree (data);
    }
}

static void
test_hostile (void)
{
  g_autofree char *data = new_folder ();
  g_autoptr (SacStudyPlan) plan = parse (arms, NULL);
  g_autoptr (SacStudyQueue) queue = sac_study_create (data, "one", "/p", plan, NULL);
  g_autofree char *path = g_build_filename (queue->folder, "queue.json", NULL), *text = NULL;
  g_autofree char *control = g_build_filename (queue->folder, "control", NULL), *wish = g_build_filename (control, "1", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  gsize n;

  g_assert_true (g_file_get_contents (path, &text, &n, NULL));
  for (int i = 0; i < 1500; i++)
    {
      g_autofree char *bad = g_memdup2 (text, n);
      g_autoptr (SacStudyQueue) read = NULL;
      g_autoptr (GError) error = NULL;

      for (int k = 0; k < 3; k++)
        bad[g_rand_int_range (random, 0, (int) n)] = (char) g_rand_int_range (random, 0, 256);
      put_file (path, bad, i % 3 ? n : (gsize) g_rand_int_range (random, 0, (int) n));
      read = sac_study_queue_load (queue->folder, &error);
      g_assert_true ((read != NULL) == (error == NULL));
      for (guint j = 0; read && j < read->jobs->len; j++)
        {
          g_autofree char *parent = g_path_get_dirname (((SacStudyJob *) read->jobs->pdata[j])->run);

          g_assert_true (g_str_has_suffix (parent, "/runs"));
        }
    }
  put_file (path, text, n);
  g_mkdir_with_parents (control, 0755);
  for (int i = 0; i < 4; i++)
    {
      static const char *const wishes[] = { "move\n", "skip arm ../x 3 0\n", "skip arm a 3\n", "fly\n" };

      put_file (wish, wishes[i], strlen (wishes[i]));
      g_assert_true (sac_study_take (queue, NULL));
      g_assert_cmpuint (sac_study_queue_count (queue, SAC_JOB_WAITING), ==, 7);
    }
  remove_tree (data);
}

static void
test_shipped (void)
{
  g_auto (GStrv) paths = sac_study_list_recipes ();

  g_assert_cmpuint (g_strv_length (paths), >=, 2);
  for (guint i = 0; paths[i]; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacStudyPlan) plan = sac_study_plan_load (paths[i], &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (plan->n_seeds, ==, 3);
      g_assert_true (*plan->description != '\0');
      g_assert_nonnull (sac_study_plan_find (plan, "2d", FALSE));
      g_assert_nonnull (sac_study_plan_find (plan, "i3d-verb-batch", FALSE));
      g_assert_true (g_file_get_contents (paths[i], &text, NULL, NULL));
      g_assert_nonnull (strstr (text, "description[ja]="));
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study/expansion", test_expansion);
  g_test_add_func ("/study/refused", test_refused);
  g_test_add_func ("/study/chosen", test_chosen);
  g_test_add_func ("/study/queue", test_queue);
  g_test_add_func ("/study/acts", test_acts);
  g_test_add_func ("/study/hostile", test_hostile);
  g_test_add_func ("/study/shipped", test_shipped);
  return g_test_run ();
}
