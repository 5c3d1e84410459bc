/* saccade search RECIPE --data PATH: which graph makes the best group of generators?  Many trials, here or on many machines. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "run/sac-gan-recipe.h"
#include "run/sac-run.h"
#include "cli-scores.h"
#include "sac-cli.h"
#include "search.h"

typedef struct {
  char *project, *folder, *search, *name, *data, *classifier, *scorer, *objective, *seed, *slurm, *html, *csv, *out;
  int trials, epochs, limit, samples, n_jobs, n_threads;
  gboolean halving, resume, retry, slim, full_speed;
} Options;

static void
options_clear (Options *o)
{
  char **texts[] = { &o->project, &o->folder, &o->search, &o->name, &o->data, &o->classifier, &o->scorer, &o->objective, &o->seed,
                     &o->slurm, &o->html, &o->csv, &o->out };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
}

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, words);
  return FALSE;
}

/* ---- where searches lie. */

/* The folder that searches/ is in: --folder, or the project's. */
static char *
find_data (const Options *o, GError **error)
{
  g_autoptr (SacProject) project = NULL;

  if (o->folder)
    return g_canonicalize_filename (o->folder, NULL);
  project = sac_cli_open_project (o->project, SAC_PROJECT_READ_ONLY, error);
  return project ? g_strdup (sac_project_get_folder (project)) : NULL;
}

/* The folder of the search called @name, or that --search names; of one there is already when both are NULL. */
static char *
find_search (const Options *o, const char *name, GError **error)
{
  g_autofree char *data = NULL;
  g_auto (GStrv) all = NULL;

  if (o->search)
    return g_canonicalize_filename (o->search, NULL);
  data = find_data (o, error);
  if (!data || (name && !sac_gan_search_check_name (name, error)))
    return NULL;
  if (name)
    return g_build_filename (data, "searches", name, NULL);
  all = sac_gan_search_list_folders (data);
  if (g_strv_length (all) == 1)
    return g_strdup (all[0]);
  refuse (error, *all ? _("there are several searches; name one of them (saccade search list)") : _("there is no search yet"));
  return NULL;
}

/* ---- a new search, and one to go on with. */
static char *
find_recipe (const char *name, char **short_name)
{
  g_autofree char *relative = g_strdup_printf ("recipes/gan/%s.ini", name);
  g_autofree char *shipped = strchr (name, '/') ? NULL : sac_file_find_data (relative);
  char *path = g_file_test (name, G_FILE_TEST_IS_REGULAR) || !shipped ? g_strdup (name) : g_steal_pointer (&shipped);

  *short_name = g_path_get_basename (path);
  if (g_str_has_suffix (*short_name, ".ini"))
    (*short_name)[strlen (*short_name) - strlen (".ini")] = '\0';
  return path;
}

static gboolean
check_judge (const Options *o, const char *classifier, GError **error)
{
  if (o->scorer || (classifier && *classifier && g_file_test (classifier, G_FILE_TEST_EXISTS)))
    return TRUE;
  if (classifier && *classifier)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("there is no classifier %s"), classifier);
      return FALSE;
    }
  return refuse (error, _("a search wants --classifier PATH to score pictures with: what “saccade gan classifier --data PATH --out FOLDER” "
                          "made, or a file of Inception-v3 weights (or --scorer PROGRAM)"));
}

static SacGanSearch *
make_search (const Options *o, const char *recipe_name, GError **error)
{
  g_autofree char *short_name = NULL, *path = find_recipe (recipe_name, &short_name), *folder = NULL, *text = NULL;
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_load (path, error);
  SacSearchSpec spec = { .data = o->data, .classifier = o->classifier, .limit = (guint) o->limit, .objective = SAC_OBJECTIVE_MAX_IS };

  if (!recipe)
    return NULL;
  folder = find_search (o, o->name ? o->name : short_name, error);
  if (!folder)
    return NULL;
  spec.seed = recipe->seed;
  if (o->seed && !g_ascii_string_to_unsigned (o->seed, 10, 0, G_MAXINT64, &spec.seed, error))
    return NULL;
  if (!o->data || !o->trials)
    {
      refuse (error, _("a new search wants RECIPE, --data PATH and --trials N"));
      return NULL;
    }
  if (!check_judge (o, o->classifier, error))
    return NULL;
  spec.recipe = text = sac_gan_recipe_dup_text (recipe);
  spec.k = recipe->graph.k;
  spec.n_trials = (guint) o->trials;
  spec.epochs = (guint) (o->epochs ? o->epochs : recipe->epochs);
  spec.samples = (guint) (o->samples ? o->samples : 5000);
  spec.halving = o->halving;
  if (o->objective && (spec.objective = sac_objective_parse (o->objective)) == SAC_N_OBJECTIVES)
    {
      refuse (error, _("--objective is max-is, g1-is, mean-is or min-fid"));
      return NULL;
    }
  return sac_gan_search_create (folder, &spec, error);
}

/* What is said again has to be what it was; more trials are welcome. */
static gboolean
check_same (SacGanSearch *search, const Options *o, GError **error)
{
  const SacSearchSpec *spec = sac_gan_search_get_spec (search);
  g_autofree char *data = o->data ? g_canonicalize_filename (o->data, NULL) : NULL;

  if ((data && strcmp (data, spec->data) != 0) || (o->epochs && (guint) o->epochs != spec->epochs)
      || (o->limit && (guint) o->limit != spec->limit) || (o->samples && (guint) o->samples != spec->samples)
      || (o->objective && sac_objective_parse (o->objective) != spec->objective) || (o->halving && !spec->halving)
      || (o->classifier && !g_str_has_suffix (spec->classifier, o->classifier)))
    return refuse (error, _("the search was begun with other settings; they stay as they are (saccade search list tells them)"));
  if (o->trials && (guint) o->trials > spec->n_trials && !sac_gan_search_extend (search, (guint) o->trials, error))
    return FALSE;
  return check_judge (o, spec->classifier, error);
}

static SacGanSearch *
open_search (const Options *o, const char *recipe_name, GError **error)
{
  g_autofree char *short_name = NULL, *path = recipe_name ? find_recipe (recipe_name, &short_name) : NULL;
  g_autofree char *folder = find_search (o, o->name ? o->name : short_name, error);
  g_autofree char *file = folder ? g_build_filename (folder, "search.db", NULL) : NULL;
  g_autoptr (SacGanSearch) search = NULL;

  if (!folder)
    return NULL;
  if (recipe_name && !g_file_test (file, G_FILE_TEST_EXISTS))
    return make_search (o, recipe_name, error);
  search = sac_gan_search_open (folder, TRUE, error);
  if (!search || !check_same (search, o, error) || (o->retry && sac_gan_search_retry (search, error) < 0))
    return NULL;
  return g_steal_pointer (&search);
}

static gboolean
write_slurm (SacGanSearch *search, const Options *o, const SacSearchRun *run, GError **error)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *text = sac_search_dup_slurm (search, program ? program : "saccade", run);

  if (!sac_file_replace (o->slurm, text, strlen (text), error))
    return FALSE;
  g_chmod (o->slurm, 0755);
  g_print (_("sbatch %s\n"), o->slurm);
  return TRUE;
}

static int
search (int argc, char **argv, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacGanSearch) search = NULL;
  g_autofree char *scorer = o->scorer ? g_canonicalize_filename (o->scorer, NULL) : NULL;
  SacSearchRun run = { .n_jobs = (guint) MAX (o->n_jobs, 1), .scorer = scorer, .slim = o->slim, .full_speed = o->full_speed };
  int result;

  search = o->resume ? open_search (o, argc > 1 ? argv[1] : NULL, &error) : make_search (o, argv[1], &error);
  if (!search)
    return sac_cli_fail (g_steal_pointer (&error));
  run.n_threads = o->n_threads ? o->n_threads : o->slurm ? 0 : MAX (1, (int) (g_get_num_processors () / run.n_jobs));
  if (o->slurm)
    return write_slurm (search, o, &run, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
  g_print (_("search %s\n"), sac_gan_search_get_folder (search));
  sac_cli_stay_behind (!o->full_speed);
  result = sac_cli_run_search (search, &run, &error);
  if (result < 0)
    return sac_cli_fail (g_steal_pointer (&error));
  if (result == 0)
    {
      g_autoptr (GPtrArray) trials = sac_gan_search_list (search, &error);
      g_autofree char *words = trials ? sac_search_dup_words (search, trials) : NULL;

      if (!trials)
        return sac_cli_fail (g_steal_pointer (&error));
      g_print ("%s", words);
    }
  return result;
}

/* ---- what came out. */
static int
list (const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = find_data (o, &error);
  g_auto (GStrv) all = data ? sac_gan_search_list_folders (data) : NULL;

  if (!data)
    return sac_cli_fail (g_steal_pointer (&error));
  for (guint i = 0; all[i]; i++)
    {
      g_autofree char *name = g_path_get_basename (all[i]);
      g_autoptr (SacGanSearch) search = sac_gan_search_open (all[i], FALSE, &error);
      g_autoptr (GPtrArray) trials = search ? sac_gan_search_list (search, &error) : NULL;
      const SacSearchSpec *spec = trials ? sac_gan_search_get_spec (search) : NULL;
      const SacTrial *best = trials ? sac_gan_search_best (trials) : NULL;
      guint over = 0;

      for (guint t = 0; trials && t < trials->len; t++)
        over += ((SacTrial *) trials->pdata[t])->state >= SAC_TRIAL_DONE;
      if (!trials)
        g_print ("%-24s %s\n", name, error->message);
      else
        {
          g_print (_("%-24s %u of %u trials done, %u epochs, %s%s, pictures %s (%u scored), classifier %s"), name, over, trials->len,
                   spec->epochs, sac_objective_get_name (spec->objective), spec->halving ? _(", halving") : "", spec->data, spec->samples,
                   *spec->classifier ? spec->classifier : "–");
          g_print (best ? _("; best %s, %.4f\n") : "\n", best ? best->text : "", best ? best->objective : 0);
        }
      g_clear_error (&error);
    }
  return 0;
}

static gboolean
put (const char *path, const char *text, GError **error)
{
  return !path || sac_file_replace (path, text, strlen (text), error);
}

static int
report (SacGanSearch *search, const GPtrArray *trials, const Options *o)
{
  g_autofree char *words = sac_search_dup_words (search, trials), *csv = sac_search_dup_effects_csv (search, trials);
  g_autofree char *page = o->html ? sac_search_dup_page (search, trials) : NULL;
  g_autoptr (GError) error = NULL;

  if (!put (o->html, page, &error) || !put (o->csv, csv, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  if (!o->html && !o->csv)
    g_print ("%s", words);
  return 0;
}

static int
best (SacGanSearch *search, const GPtrArray *trials, const Options *o)
{
  const SacSearchSpec *spec = sac_gan_search_get_spec (search);
  const SacTrial *trial = sac_gan_search_best (trials);
  g_autofree char *recipe = g_build_filename (sac_gan_search_get_folder (search), "recipe.ini", NULL), *quoted = g_shell_quote (recipe);
  g_autofree char *data = g_shell_quote (spec->data), *graph = trial ? g_shell_quote (trial->text) : NULL;

  if (!trial)
    return sac_cli_fail (g_error_new_literal (SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("no trial of this search is done yet")));
  g_print ("%s\n", trial->text);
  g_print (_("trial %u, %s %.4f; again, at length:\n"), trial->number, sac_objective_get_words (spec->objective), trial->objective);
  g_print ("saccade train %s --graph %s --data %s --epochs %d --run %s\n", quoted, graph, data, o->epochs ? o->epochs : 200, _("FOLDER"));
  return 0;
}

/* @verb: what is asked of a search there is. */
static int
tell (const char *verb, const char *name, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = find_search (o, name, &error), *table = NULL;
  g_autoptr (SacGanSearch) search = folder ? sac_gan_search_open (folder, FALSE, &error) : NULL;
  g_autoptr (GPtrArray) trials = search ? sac_gan_search_list (search, &error) : NULL;

  if (!trials)
    return sac_cli_fail (g_steal_pointer (&error));
  if (strcmp (verb, "report") == 0)
    return report (search, trials, o);
  if (strcmp (verb, "best") == 0)
    return best (search, trials, o);
  table = sac_gan_search_dup_table (sac_gan_search_get_spec (search), trials);
  g_print ("%s", table);
  return 0;
}

int
sac_cli_search (int argc, char **argv)
{
  static const char *const verbs[] = { "list", "report", "best", "table" };
  Options o = { 0 };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &o.project, N_("Project whose search it is"), N_("FILE") },
    { "folder", 'f', 0, G_OPTION_ARG_FILENAME, &o.folder, N_("Folder for searches where there is no project"), N_("FOLDER") },
    { "search", 0, 0, G_OPTION_ARG_FILENAME, &o.search, N_("The folder of one search"), N_("FOLDER") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &o.name, N_("Name of the search (default: the recipe's)"), N_("NAME") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, N_("Pictures: a folder, or CIFAR-10's binary batches"), N_("PATH") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &o.limit, N_("At most so many pictures"), N_("N") },
    { "trials", 0, 0, G_OPTION_ARG_INT, &o.trials, N_("Graphs to try; with --resume more of them"), N_("N") },
    { "epochs", 'e', 0, G_OPTION_ARG_INT, &o.epochs, N_("Epochs of each instead of the recipe's"), N_("N") },
    { "objective", 0, 0, G_OPTION_ARG_STRING, &o.objective, N_("max-is (the rule), g1-is, mean-is or min-fid"), N_("NAME") },
    { "classifier", 'c', 0, G_OPTION_ARG_FILENAME, &o.classifier, N_("What scores: a classifier made here, or Inception-v3 weights"),
      N_("PATH") },
    { "samples", 0, 0, G_OPTION_ARG_INT, &o.samples, N_("Pictures of each generator that are scored (5000)"), N_("N") },
    { "scorer", 0, 0, G_OPTION_ARG_FILENAME, &o.scorer,
      N_("A program that scores instead: called with RUN DATA N SEED, it prints a line “IS FID” for each generator"), N_("PROGRAM") },
    { "halving", 0, 0, G_OPTION_ARG_NONE, &o.halving,
      N_("1 epoch for all, 2 for the better half, 4 for the better half of those …"), NULL },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o.seed, N_("Seed of the graphs and trials, instead of the recipe's"), N_("N") },
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &o.n_jobs, N_("Trials at once (1)"), N_("N") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o.n_threads, N_("Threads of each (default: the cores, shared)"), N_("N") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &o.resume, N_("Go on with a search, or work with others on it"), NULL },
    { "retry", 0, 0, G_OPTION_ARG_NONE, &o.retry, N_("With --resume: trials that failed are tried again"), NULL },
    { "slim", 0, 0, G_OPTION_ARG_NONE, &o.slim, N_("Keep the checkpoints of the best trial only"), NULL },
    { "slurm", 0, 0, G_OPTION_ARG_FILENAME, &o.slurm, N_("Write an array script for Slurm, of --jobs tasks, instead of training"),
      N_("FILE") },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &o.html, N_("report: as a page"), N_("FILE") },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &o.csv, N_("report: the effects as a table"), N_("FILE") },
    { "full-speed", 0, 0, G_OPTION_ARG_NONE, &o.full_speed, N_("Run at normal priority"), NULL },
    { NULL },
  };
  const char *verb = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("RECIPE | list | report [NAME] | best [NAME] | table [NAME]"),
                              _("Tries random graphs of generators that teach each other, and tells which edges matter."));
  int result = 2;

  for (guint i = 0; !parsed && argc > 1 && i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (argv[1], verbs[i]) == 0)
      verb = verbs[i];
  if (parsed)
    result = parsed - 1 ? 2 : 0;
  else if (argc > (verb ? 3 : 2) || (argc < 2 && !o.resume) || o.limit < 0 || o.trials < 0 || o.epochs < 0 || o.samples < 0
           || o.samples > 1000000 || o.n_jobs < 0 || o.n_jobs > 256 || o.n_threads < 0 || o.n_threads > 1024)
    g_printerr ("saccade: %s\n", _("search wants a RECIPE, --resume, or one of list, report, best, table; its numbers are not negative"));
  else if (verb)
    result = strcmp (verb, "list") == 0 ? list (&o) : tell (verb, argc > 2 ? argv[2] : o.name, &o);
  else
    result = search (argc, argv, &o);
  options_clear (&o);
  return result;
}
