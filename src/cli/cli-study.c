/* saccade study RECIPE --project P: the arms of a recipe, one after the other; and what one wants of a study that is under way. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli-recipe.h"
#include "sac-cli.h"
#include "study.h"

typedef struct {
  char *project, *name, *seeds, *arms, *run;
  gboolean pause, resume, skip, stop, list, json, full_speed;
  int move, n_jobs, n_threads;
  char **weights, **sources, **devices;
} Options;

static void
options_clear (Options *o)
{
  g_free (o->project);
  g_free (o->name);
  g_free (o->seeds);
  g_free (o->arms);
  g_free (o->run);
  g_strfreev (o->weights);
  g_strfreev (o->sources);
  g_strfreev (o->devices);
}

static int
bad_usage (const char *words)
{
  g_printerr ("saccade: %s\n", words);
  return 2;
}

/* The path of a recipe with arms as people name it, and its name without ".ini". */
static char *
find_recipe (const char *name, char **short_name)
{
  g_autofree char *relative = g_strdup_printf ("recipes/%s.ini", name);
  g_autofree char *shipped = strchr (name, '/') ? NULL : sac_file_find_data (relative);
  char *path = g_file_test (name, G_FILE_TEST_IS_REGULAR) || !shipped ? g_strdup (name) : g_steal_pointer (&shipped);

  *short_name = g_path_get_basename (path);
  if (g_str_has_suffix (*short_name, ".ini"))
    (*short_name)[strlen (*short_name) - strlen (".ini")] = '\0';
  return path;
}

static gboolean
is_study (const char *folder)
{
  g_autofree char *queue = g_build_filename (folder, "queue.json", NULL);

  return g_file_test (queue, G_FILE_TEST_EXISTS);
}

/* A folder, or a name in @data's studies; NULL where there is none. */
static char *
find_study (const char *name, const char *data)
{
  g_autofree char *inside = data && name && !strchr (name, '/') ? g_build_filename (data, "studies", name, NULL) : NULL;

  if (inside && is_study (inside))
    return g_canonicalize_filename (inside, NULL);
  return name && is_study (name) ? g_canonicalize_filename (name, NULL) : NULL;
}

/* ---- what one wants otherwise.  "ARM", all its seeds; "ARM:SEED"; "source:NAME". */
static gboolean
tell_jobs (const char *folder, SacStudyWish what, const char *jobs, guint place, GError **error)
{
  g_autoptr (SacStudyQueue) queue = sac_study_queue_load (folder, error);
  gboolean source = jobs && g_str_has_prefix (jobs, "source:");
  g_autofree char *arm = jobs ? g_strdup (source ? jobs + strlen ("source:") : jobs) : NULL;
  char *colon = arm && !source ? strchr (arm, ':') : NULL;
  const char *seed = colon ? colon + 1 : NULL;
  guint told = 0;

  if (!queue)
    return FALSE;
  if (!jobs)
    return sac_study_tell (folder, &(SacStudyAct) { .what = what }, error);
  if (colon)
    *colon = '\0';
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];
      SacStudyAct act = { what, job->arm, job->seed, job->source, place };
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, job->seed);

      if (job->source != source || strcmp (job->arm, arm) != 0 || (seed && strcmp (seed, number) != 0)
          || (!seed && !source && job->state == SAC_JOB_DONE && what != SAC_STUDY_MOVE))
        continue;
      if (!sac_study_tell (folder, &act, error))
        return FALSE;
      told++;
    }
  if (!told)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE,
                 _("there is no run “%s” in this study, or it is done; --list shows all"), jobs);
  return told > 0;
}

static int
tell (const char *folder, const Options *o)
{
  const struct { gboolean wanted; SacStudyWish what; } wishes[] = {
    { o->pause, SAC_STUDY_PAUSE }, { o->resume, SAC_STUDY_RESUME }, { o->skip, SAC_STUDY_SKIP }, { o->move > 0, SAC_STUDY_MOVE },
    { o->stop, SAC_STUDY_STOP },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (wishes[i].wanted
        && !tell_jobs (folder, wishes[i].what, wishes[i].what == SAC_STUDY_STOP ? NULL : o->run, (guint) MAX (o->move - 1, 0), &error))
      return sac_cli_fail (g_steal_pointer (&error));
  return 0;
}

/* ---- lists. */
static void
list_studies (const char *data)
{
  g_auto (GStrv) folders = sac_study_list (data);

  for (guint i = 0; folders[i]; i++)
    {
      g_autoptr (SacStudyQueue) queue = sac_study_queue_load (folders[i], NULL);

      if (queue)
        g_print (_("%-24s %u of %u runs done%s\n"), queue->name, sac_study_queue_count (queue, SAC_JOB_DONE), queue->jobs->len,
                 sac_run_is_live (queue->folder) ? _(", under way") : "");
    }
}

static void
list_plan (const SacStudyPlan *plan)
{
  g_print ("%s\n", plan->title);
  for (int source = 1; source >= 0; source--)
    {
      GPtrArray *all = source ? plan->sources : plan->arms;

      for (guint i = 0; i < all->len; i++)
        {
          const SacStudyArm *arm = all->pdata[i];

          g_print ("  %-8s %-20s %s\n", source ? _("source") : _("arm"), arm->name, arm->title);
        }
    }
  g_print ("  %s", _("seeds"));
  for (guint i = 0; i < plan->n_seeds; i++)
    g_print (" %" G_GUINT64_FORMAT, plan->seeds[i]);
  g_print ("\n");
}

static int
list (const char *study, const char *recipe, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyQueue) queue = study ? sac_study_queue_load (study, &error) : NULL;
  g_autoptr (SacStudyPlan) plan = study ? NULL : sac_study_plan_load (recipe, &error);

  if (!queue && !plan)
    return sac_cli_fail (g_steal_pointer (&error));
  if (queue)
    sac_cli_print_study (queue, json);
  else
    list_plan (plan);
  return 0;
}

/* ---- training. */
static int
run (const char *folder, const Options *o)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyQueue) queue = NULL;
  SacStudyOptionsOfRun how = { .n_jobs = (guint) o->n_jobs, .n_threads = o->n_threads, .full_speed = o->full_speed };
  gboolean all_done = FALSE;

  for (guint i = 0; o->devices && o->devices[i]; i++)
    {
      g_auto (GStrv) parts = g_strsplit (o->devices[i], ",", -1);

      for (guint j = 0; parts[j]; j++)
        if (*g_strstrip (parts[j]))
          g_ptr_array_add (devices, g_strdup (parts[j]));
    }
  g_ptr_array_add (devices, NULL);
  how.devices = (const char *const *) devices->pdata;
  g_print (_("study %s\n"), folder);
  if (!sac_cli_run_study (folder, &how, &all_done, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  queue = sac_study_queue_load (folder, &error);
  if (!queue)
    return sac_cli_fail (g_steal_pointer (&error));
  sac_cli_print_study (queue, o->json);
  if (sac_study_queue_count (queue, SAC_JOB_FAILED))
    {
      g_printerr ("saccade: %s\n", _("Some runs failed; --resume tries them again"));
      return 1;
    }
  if (!all_done)
    g_printerr ("%s\n", _("Not all is done: --resume goes on"));
  return 0;
}

/* What is paused as a whole, and what failed, goes on. */
static int
resume (const char *folder, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyQueue) queue = NULL;

  if (!sac_study_tell (folder, &(SacStudyAct) { .what = SAC_STUDY_RESUME }, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  queue = sac_study_queue_load (folder, &error);
  for (guint i = 0; queue && i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];

      if (job->state == SAC_JOB_FAILED)
        sac_study_tell (folder, &(SacStudyAct) { SAC_STUDY_RESUME, job->arm, job->seed, job->source, 0 }, NULL);
    }
  return sac_run_is_live (folder) ? 0 : run (folder, o);
}

static int
begin (const char *recipe, const char *name, const char *project, const char *data, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacStudyPlan) plan = sac_study_plan_load (recipe, &error), settled = NULL;
  g_auto (GStrv) arms = o->arms ? g_strsplit (o->arms, ",", -1) : NULL;
  g_autofree char *path = g_canonicalize_filename (project, NULL);
  g_autoptr (SacStudyQueue) queue = NULL;

  if (plan)
    settled = sac_cli_settle_plan (plan, recipe, project, (const char *const *) arms, o->seeds,
                                   (const char *const *) o->weights, (const char *const *) o->sources, &error);
  if (settled)
    queue = sac_study_create (data, name, path, settled, &error);
  return queue ? run (queue->folder, o) : sac_cli_fail (g_steal_pointer (&error));
}

static int
act (const char *what, const Options *o)
{
  g_autofree char *short_name = NULL, *study = NULL, *data = NULL, *path = NULL;
  g_autofree char *recipe = what ? find_recipe (what, &short_name) : NULL;
  const char *name = o->name ? o->name : short_name;
  gboolean acts = o->pause || o->skip || o->move > 0 || o->stop || (o->resume && o->run);
  g_autoptr (GError) error = NULL;

  if (!what || !is_study (what))
    {
      g_autoptr (SacProject) project = NULL;

      if (what && o->list && !o->project && !o->name && g_file_test (recipe, G_FILE_TEST_IS_REGULAR))
        return list (NULL, recipe, o->json);
      project = sac_cli_open_project (o->project, SAC_PROJECT_READ_ONLY, &error);
      if (!project)
        return sac_cli_fail (g_steal_pointer (&error));
      data = g_strdup (sac_project_get_folder (project));
      path = g_strdup (sac_project_get_path (project));
    }
  if (!what && o->list)
    {
      list_studies (data);
      return 0;
    }
  study = find_study (o->name ? o->name : what, data);
  if (!study)
    study = find_study (name, data);
  if (o->list)
    return list (study, recipe, o->json);
  if (acts || o->resume)
    {
      if (!study)
        {
          g_printerr (_("saccade: there is no study “%s”\n"), name);
          return 1;
        }
      return acts ? tell (study, o) : resume (study, o);
    }
  if (!path)
    return bad_usage (_("this study was started already: --resume goes on with it"));
  return begin (recipe, name, path, data, o);
}

int
sac_cli_study (int argc, char **argv)
{
  Options options = { 0 };
  int parsed, code;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &options.project, N_("Project file or its folder"), N_("FILE") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &options.name, N_("Name of the study (default: the recipe's)"), N_("NAME") },
    { "arms", 'a', 0, G_OPTION_ARG_STRING, &options.arms, N_("Only these arms: x,y"), N_("ARMS") },
    { "seeds", 's', 0, G_OPTION_ARG_STRING, &options.seeds, N_("These seeds instead of the recipe's: 1,2"), N_("SEEDS") },
    { "weights", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.weights,
      N_("Weights of all arms that begin with a file, or ARM=FILE, ARM=run:RUN, ARM=none; may stand several times"), N_("FILE") },
    { "source", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.sources, N_("Project that a source learns from: NAME=PROJECT"), N_("FILE") },
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.n_jobs, N_("Runs at once (default: one for each device)"), "N" },
    { "device", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &options.devices, N_("Where to compute; several: dealt out to the runs"), N_("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &options.n_threads, N_("Threads of each run (default: all cores)"), "N" },
    { "full-speed", 0, 0, G_OPTION_ARG_NONE, &options.full_speed, N_("Run at normal priority"), NULL },
    { "list", 'l', 0, G_OPTION_ARG_NONE, &options.list, N_("Only list: the studies, a study's runs, or a recipe's arms"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Answer for programs"), NULL },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &options.resume,
      N_("Go on with a study; with --run, with what was paused, skipped or failed"), NULL },
    { "pause", 0, 0, G_OPTION_ARG_NONE, &options.pause, N_("Pause the study, or --run, after a checkpoint"), NULL },
    { "skip", 0, 0, G_OPTION_ARG_NONE, &options.skip, N_("Leave --run out"), NULL },
    { "move", 0, 0, G_OPTION_ARG_INT, &options.move, N_("Move --run to this place of the queue, 1 is the first"), "N" },
    { "run", 0, 0, G_OPTION_ARG_STRING, &options.run, N_("Which run of the study: ARM, ARM:SEED or source:NAME"), N_("RUN") },
    { "stop", 0, 0, G_OPTION_ARG_NONE, &options.stop, N_("End the study after checkpoints; --resume goes on"), NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RECIPE or STUDY"),
                          _("Trains the arms of a recipe, with each of its seeds, as a queue; a study goes on where it was ended."));
  if (parsed)
    code = parsed - 1 ? 2 : 0;
  else if (argc > 2 || (argc < 2 && !options.list))
    code = bad_usage (_("study wants one RECIPE with arms, or the name of a study"));
  else if (options.n_jobs < 0 || options.n_jobs > 64 || options.n_threads < 0 || options.move < 0)
    code = bad_usage (_("--jobs is 1 to 64, --threads 0 or more, --move 1 or more"));
  else if ((options.skip || options.move) && !options.run)
    code = bad_usage (_("--skip and --move want a --run"));
  else
    code = act (argc == 2 ? argv[1] : NULL, &options);
  options_clear (&options);
  return code;
}
