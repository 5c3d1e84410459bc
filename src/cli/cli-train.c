/* saccade train RECIPE --project P: the trainer, in a process of its own. */
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli-groups.h"
#include "cli-recipe.h"
#include "cli-scores.h"
#include "cli-trial.h"
#include "sac-cli.h"
#include "study.h"
#include "train/sac-train.h"

SacRecipe *
sac_cli_load_recipe (const char *name, char **short_name, GError **error)
{
  g_autofree char *relative = g_strdup_printf ("recipes/%s.ini", name);
  g_autofree char *shipped = strchr (name, '/') ? NULL : sac_file_find_data (relative);
  const char *path = g_file_test (name, G_FILE_TEST_IS_REGULAR) || !shipped ? name : shipped;
  char *dot;

  *short_name = g_path_get_basename (path);
  if (path == name && !strchr (name, '/') && !g_file_test (name, G_FILE_TEST_EXISTS))
    {
      g_auto (GStrv) all = sac_recipe_list ();
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint i = 0; all[i]; i++)
        {
          g_autofree char *base = g_path_get_basename (all[i]);

          g_string_append_printf (names, "%s%.*s", i ? ", " : "", (int) (strlen (base) - strlen (".ini")), base);
        }
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("there is no recipe “%s”; those of the program are: %s"), name,
                   names->str);
      return NULL;
    }
  dot = strrchr (*short_name, '.');
  if (dot && dot != *short_name)
    *dot = '\0';
  return sac_recipe_load (path, error);
}

gboolean
sac_cli_change_recipe (SacRecipe **recipe, char **settings, GError **error)
{
  SacRecipe *changed = settings ? sac_recipe_with (*recipe, (const char *const *) settings, error) : g_steal_pointer (recipe);

  sac_recipe_free (*recipe);
  *recipe = changed;
  return changed != NULL;
}

/* Published 3-D networks come in several geometries, told apart by their kernels' shapes: a recipe for one takes the weights of any, and
 * trains that one.  Other programs pad the time with zeros. */
static gboolean
fit_network (SacRecipe **recipe, const char *path, GError **error)
{
  g_autoptr (SacTensorFile) file = path ? sac_tensor_file_open (path, NULL) : NULL;      /* a bad one is told of when it is loaded */
  SacModel wanted, found;
  g_autofree char *name = file ? sac_weights_recognise (file, &found) : NULL, *model = NULL;
  gboolean ours = file && sac_tensor_file_get_metadata (file, "saccade.step");
  const char *changes[] = { NULL, ours ? NULL : "pad_time=zeros", NULL };
  SacRecipe *changed;
  gint32 depth;

  if (!name || strcmp (name, (*recipe)->model) == 0 || sac_model_is_flat (&found) || !sac_model_parse ((*recipe)->model, &wanted)
      || sac_model_is_flat (&wanted) || sac_model_has_attention (&wanted) || (*recipe)->width != found.resnet.width)
    return TRUE;
  depth = wanted.kind == SAC_MODEL_STABN ? wanted.stabn.depth : wanted.resnet.depth;
  if (depth != (found.kind == SAC_MODEL_STABN ? found.stabn.depth : found.resnet.depth))
    return TRUE;
  changes[0] = model = g_strconcat ("model=", name, NULL);
  changed = sac_recipe_with (*recipe, changes, error);
  if (!changed)
    return FALSE;
  g_printerr (_("the weights are those of %s, which takes the place of %s\n"), name, (*recipe)->model);
  sac_recipe_free (*recipe);
  *recipe = changed;
  return TRUE;
}

/* --weights, or where the file (or run:NAME) that the recipe names is found.  FALSE: named, but nowhere. */
static gboolean
find_weights (const char *asked, const SacRecipe *recipe, SacProject *project, char **path, GError **error)
{
  const char *name = asked ? asked : recipe->weights;

  *path = NULL;
  if (!*name || (asked && strcmp (asked, "none") == 0))
    return TRUE;
  if (asked && !g_str_has_prefix (asked, "run:"))
    *path = g_canonicalize_filename (asked, NULL);
  else
    *path = sac_cli_find_weights (name, sac_project_get_path (project), error);
  return *path != NULL;
}

char *
sac_cli_new_run_folder (SacProject *project, const char *short_name)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");

  for (int i = 1;; i++)
    {
      g_autofree char *suffix = i == 1 ? g_strdup ("") : g_strdup_printf ("-%d", i);
      g_autofree char *name = g_strconcat (stamp, "-", short_name, suffix, NULL);
      g_autofree char *folder = g_build_filename (sac_project_get_folder (project), "runs", name, NULL);

      if (!g_file_test (folder, G_FILE_TEST_EXISTS))
        return g_canonicalize_filename (folder, NULL);
    }
}

void
sac_cli_register_run (const char *project_path, const char *name, const char *folder, const char *recipe)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_WRITE, &error);

  if (!project || !sac_project_add_run (project, name, folder, recipe, &error))
    sac_debug (TRAIN, "the run is not listed in the project: %s\n", error ? error->message : "?");
}

static void
plain_progress (double fraction, const char *what, gpointer data)
{
  if (isatty (2))
    sac_cli_progress (fraction, what, data);
  else
    g_printerr ("%s\n", what);
}

/* Where its time went, and what held it up. */
static void
print_times (const char *folder)
{
  g_autoptr (SacEventReader) events = sac_event_reader_new (folder);
  g_autofree char *words = NULL;
  SacWaterfall waterfall;

  sac_event_reader_poll (events);
  sac_waterfall_read (events, 0, &waterfall);
  words = sac_waterfall_dup_words (&waterfall);
  if (words)
    g_print ("%s\n", words);
}

static void
print_result (const char *folder)
{
  static const char *const splits[] = { "test", "validation" };

  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      g_autoptr (SacScores) scores = sac_scores_read (folder, splits[i], NULL);

      if (scores)
        {
          sac_cli_print_scores (scores);
          return;
        }
    }
}

int
sac_cli_train (int argc, char **argv)
{
  g_autofree char *project_path = NULL;
  g_autofree char *weights = NULL;
  g_autofree char *run = NULL;
  g_autofree char *name = NULL;
  g_autofree char *study = NULL;
  g_autofree char *arm = NULL;
  g_autofree char *device = NULL;
  g_autofree char *seed = NULL;
  g_autofree char *memory = NULL;
  g_autofree char *clip_cache = NULL;
  g_auto (GStrv) settings = NULL;
  g_autofree char *short_name = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *weights_path = NULL;
  g_autofree char *folder_name = NULL;
  gboolean resume = FALSE, full_speed = FALSE, profile = FALSE, probe = FALSE, find_rate = FALSE, as_json = FALSE;
  int threads = 0, parsed;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("Project file or its folder"), N_("FILE") },
    { "weights", 'w', 0, G_OPTION_ARG_FILENAME, &weights,
      N_("Weights to start from, run:NAME for the best of a run, or none"), N_("FILE") },
    { "run", 'r', 0, G_OPTION_ARG_FILENAME, &run, N_("Run folder (default: a new one in the project's folder)"), N_("FOLDER") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &name, N_("Name of the run"), N_("NAME") },
    { "study", 0, 0, G_OPTION_ARG_STRING, &study, N_("Study that the run is part of"), N_("NAME") },
    { "arm", 0, 0, G_OPTION_ARG_STRING, &arm, N_("Arm of the study"), N_("NAME") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_("Go on from the last checkpoint of --run"), NULL },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device, N_("Where to compute (default: cpu)"), N_("NAME") },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &seed, N_("Seed of all random numbers, instead of the recipe's"), N_("N") },
    { "profile", 0, 0, G_OPTION_ARG_NONE, &profile, N_("Tell where the time of the steps goes (profile.json, shown in the report)"), NULL },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings, N_("Another value of a key of the recipe; may be said often"), N_("KEY=VALUE") },
    { "memory", 'm', 0, G_OPTION_ARG_STRING, &memory, N_("Most that the run may take, such as 2G"), N_("SIZE") },
    { "probe", 0, 0, G_OPTION_ARG_NONE, &probe, N_("Time 20 steps and tell how long the run would take; leaves nothing"), NULL },
    { "find-rate", 0, 0, G_OPTION_ARG_NONE, &find_rate, N_("Try rates from small to large on a copy; leaves rate-finder.json"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("With --probe and --find-rate: print one line of JSON"), NULL },
    { "clip-cache", 0, 0, G_OPTION_ARG_STRING, &clip_cache, N_("Most that decoded clips take on the disk (8G), or none"),
      N_("SIZE") },
    { "full-speed", 0, 0, G_OPTION_ARG_NONE, &full_speed, N_("Run at normal priority"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  SacTrainSpec spec = { .progress = plain_progress };

  if (sac_cli_is_gan (argc, argv))
    return sac_cli_gan_train (argc, argv);
  parsed = sac_cli_parse (&argc, &argv, entries, _("RECIPE"),
                          _("Trains a network by a recipe: a file, or the name of one that ships with the program."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 - resume || threads < 0 || probe + find_rate + resume > 1 || (resume ? !run || settings : !project_path))
    {
      g_printerr ("saccade: %s\n", resume ? _("train --resume wants --run FOLDER and no recipe")
                                          : _("train wants one RECIPE and --project FILE"));
      return 2;
    }
  if ((memory && !sac_size_parse (memory, &(guint64) { 0 }))
      || (clip_cache && strcmp (clip_cache, "none") != 0 && !sac_size_parse (clip_cache, &(guint64) { 0 })))
    {
      g_printerr (_("saccade: “%s” is not a size, such as 2G or 800M\n"), memory ? memory : clip_cache);
      return 2;
    }
  cancellable = sac_cli_cancellable_for_signals ();
  signal (SIGXFSZ, SIG_IGN);    /* a limit on file sizes is an error like a full disk */
  signal (SIGPIPE, SIG_IGN);    /* who started us may go: the training stays */
  sac_cli_stay_behind (!full_speed);
  sac_media_init ();
  if (resume)
    {
      g_autoptr (SacRunInfo) info = NULL;

      folder = sac_cli_find_run (run, project_path, &error);
      info = folder ? sac_run_info_read (folder, &error) : NULL;
      if (!info)
        return sac_cli_fail (g_steal_pointer (&error));
      if (!project_path)
        project_path = g_strdup (info->project);
    }
  else
    {
      recipe = sac_cli_load_recipe (argv[1], &short_name, &error);
      if (!recipe || !sac_cli_change_recipe (&recipe, settings, &error))
        return sac_cli_fail (g_steal_pointer (&error));
      if (seed && !g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &recipe->seed, &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, &error);
  if (!project || (recipe && (!find_weights (weights, recipe, project, &weights_path, &error)
                              || !fit_network (&recipe, weights_path, &error))))
    return sac_cli_fail (g_steal_pointer (&error));
  if (!resume)
    {
      folder = run ? g_canonicalize_filename (run, NULL) : sac_cli_new_run_folder (project, short_name);
      folder_name = g_path_get_basename (folder);
      if (!probe && !find_rate)
        sac_cli_register_run (project_path, name ? name : folder_name, folder, short_name);
    }
  sac_cli_warn_leaks (project);
  if (!probe && !find_rate)
    g_print (_("run %s\n"), folder);
  spec.recipe = recipe;
  spec.project = project;
  spec.run_folder = folder;
  spec.name = name;
  spec.study = study;
  spec.arm = arm;
  spec.weights_file = weights_path;
  spec.device = device;
  spec.n_threads = (guint) threads;
  spec.profile = profile;
  spec.memory = memory;
  spec.clip_cache = clip_cache;
  spec.resume = resume;
  if (probe || find_rate)
    return probe ? sac_cli_probe (&spec, as_json, cancellable) : sac_cli_find_rate (&spec, as_json, cancellable);
  if (!sac_train (&spec, cancellable, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  print_times (folder);
  print_result (folder);
  return 0;
}
