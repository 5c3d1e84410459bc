/* saccade gan: groups of generators trained on pictures, and pictures drawn from them. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli-gan.h"
#include "cli-recipe.h"
#include "gan-ring.h"
#include "sac-cli.h"
#include "train/sac-gan-train.h"

void
_sac_gan_show (double fraction, const char *what, gpointer data)
{
  if (isatty (2))
    sac_cli_progress (fraction, what, data);
  else
    g_printerr ("%s\n", what);
}

/* The file of a recipe as people name it: a path, or one that ships with the program. */
SacImages *
_sac_gan_load (const char *source, int size, guint most, GCancellable *cancellable, GError **error)
{
  SacImages *images = sac_images_load (source, size, most, isatty (2) ? sac_cli_progress : NULL, NULL, cancellable, error);

  if (images && images->n_left_out > 0)
    g_printerr (ngettext ("saccade: %u file or clip left out: %s\n", "saccade: %u files or clips left out, the first: %s\n",
                          images->n_left_out), images->n_left_out, images->problem);
  return images;
}

static char *
find_recipe (const char *name)
{
  g_autofree char *relative = g_strdup_printf ("recipes/gan/%s.ini", g_str_has_prefix (name, "gan/") ? name + strlen ("gan/") : name);
  g_autofree char *shipped = strchr (relative + strlen ("recipes/gan/"), '/') ? NULL : sac_file_find_data (relative);

  return g_file_test (name, G_FILE_TEST_IS_REGULAR) || !shipped ? g_strdup (name) : g_steal_pointer (&shipped);
}

gboolean
sac_cli_is_gan (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      gboolean run = strcmp (argv[i], "--run") == 0 || strcmp (argv[i], "-r") == 0;
      const char *folder = run && i + 1 < argc ? argv[i + 1] : g_str_has_prefix (argv[i], "--run=") ? argv[i] + strlen ("--run=") : NULL;
      g_autofree char *inside = folder ? g_build_filename (folder, "recipe.ini", NULL) : NULL;
      g_autofree char *path = *argv[i] == '-' ? NULL : find_recipe (argv[i]);

      if ((path && sac_gan_recipe_is (path)) || (inside && sac_gan_recipe_is (inside)))
        return TRUE;
    }
  return FALSE;
}

/* @run where it is NULL: a new folder among the project's runs, which then lists it. */
static gboolean
find_place (const char *project_path, const char *recipe, char **name, char **run, GError **error)
{
  g_autoptr (SacProject) project = project_path ? sac_project_open (project_path, SAC_PROJECT_READ_ONLY, error) : NULL;
  g_autofree char *base = recipe ? g_path_get_basename (recipe) : NULL, *folder_name = NULL, *listed = NULL;

  if (!project)
    return !project_path;
  if (base && g_str_has_suffix (base, ".ini"))
    base[strlen (base) - strlen (".ini")] = '\0';
  if (!*run)
    *run = sac_cli_new_run_folder (project, base ? base : "gan");
  folder_name = g_path_get_basename (*run);
  listed = g_strconcat ("gan/", base, NULL);    /* pages about labels leave such runs out */
  sac_cli_register_run (sac_project_get_path (project), *name ? *name : folder_name, *run, listed);
  g_print (_("run %s\n"), *run);
  return TRUE;
}

int
sac_cli_gan_train (int argc, char **argv)
{
  g_autofree char *project = NULL;
  g_autofree char *data = NULL, *run = NULL, *name = NULL, *device = NULL, *seed = NULL, *graph = NULL, *path = NULL;
  g_autofree char *query = NULL, *source = NULL, *absolute = NULL;
  g_auto (GStrv) settings = NULL;
  gboolean resume = FALSE;
  int threads = 0, limit = 0, epochs = 0, until = 0, every = 25, parsed;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, N_("Pictures: a folder, CIFAR-10's binary batches, or a project"),
      N_("PATH") },
    { "run", 'r', 0, G_OPTION_ARG_FILENAME, &run, N_("Run folder"), N_("FOLDER") },
    { "query", 'q', 0, G_OPTION_ARG_STRING, &query, N_("Which clips of the project that --data names: label:cat split:train"),
      N_("QUERY") },
    { "every", 0, 0, G_OPTION_ARG_INT, &every, N_("Every so many frames of these clips (25)"), N_("N") },
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project whose run it is"), N_("FILE") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &name, N_("Name of the run"), N_("NAME") },
    { "graph", 'g', 0, G_OPTION_ARG_STRING, &graph, N_("Knowledge-transfer graph instead of the recipe's: TCC|CTC|CCT or a JSON file"),
      N_("GRAPH") },
    { "epochs", 'e', 0, G_OPTION_ARG_INT, &epochs, N_("Epochs instead of the recipe's"), N_("N") },
    { "until-epoch", 0, 0, G_OPTION_ARG_INT, &until, N_("Stop after so many of them; --resume goes on"), N_("N") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_("At most so many pictures"), N_("N") },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &seed, N_("Seed of all random numbers, instead of the recipe's"), N_("N") },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings, N_("A key of the recipe with another value, such as width=32; may be said often"),
      N_("KEY=VALUE") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_("Go on from the last checkpoint of --run"), NULL },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device, N_("Where to compute (default: cpu)"), N_("NAME") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacGanRecipe) recipe = NULL;
  g_autoptr (SacImages) images = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  SacGanSpec spec = { .progress = _sac_gan_show };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RECIPE"), _("Trains a group of generators by a recipe."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 - resume || (!run && (resume || !project)) || !data || threads < 0 || limit < 0 || epochs < 0 || until < 0
      || every < 1 || (resume && (graph || seed || epochs || settings)))
    {
      g_printerr ("saccade: %s\n", resume ? _("gan train --resume wants --run FOLDER, --data PATH and no recipe")
                                          : _("gan train wants one RECIPE, --data PATH, and --project FILE or --run FOLDER"));
      return 2;
    }
  if (resume)
    path = g_build_filename (run, "recipe.ini", NULL);
  else
    path = find_recipe (argv[1]);
  recipe = sac_gan_recipe_load (path, &error);
  if (recipe && graph)
    {
      g_autofree char *text = NULL;

      g_file_get_contents (graph, &text, NULL, NULL);
      if (!sac_gan_graph_parse (text ? text : graph, &recipe->graph, &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  if (!recipe || (seed && !g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &recipe->seed, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  for (guint i = 0; settings && settings[i]; i++)
    {
      g_auto (GStrv) parts = g_strsplit (settings[i], "=", 2);

      if (!sac_gan_recipe_set (recipe, parts[0] ? parts[0] : "", parts[0] && parts[1] ? parts[1] : "", &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  recipe->epochs = epochs ? epochs : recipe->epochs;
  if (!resume && !find_place (project, argv[1], &name, &run, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  cancellable = sac_cli_cancellable_for_signals ();
  source = g_str_has_suffix (data, ".saccade") ? sac_images_dup_source (data, query, (guint) every) : g_strdup (data);
  images = _sac_gan_load (source, recipe->size, (guint) limit, cancellable, &error);
  if (!images)
    return sac_cli_fail (g_steal_pointer (&error));
  spec.recipe = recipe;
  spec.images = images;
  spec.run_folder = run;
  spec.name = name;
  spec.source = absolute = g_canonicalize_filename (source, NULL);
  spec.device = device;
  spec.n_threads = (guint) threads;
  spec.resume = resume;
  spec.until_epoch = (guint) until;
  if (!sac_gan_train (&spec, cancellable, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  g_print (_("samples: %s/samples\n"), run);
  return 0;
}

static int
sample (int argc, char **argv)
{
  g_autofree char *out = NULL;
  int generator = 1, n = 64, seed = 1, threads = 0, parsed;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("The picture, a PNG file"), N_("FILE") },
    { "generator", 'g', 0, G_OPTION_ARG_INT, &generator, N_("Which generator, from 1"), N_("N") },
    { "count", 'c', 0, G_OPTION_ARG_INT, &n, N_("How many pictures (64)"), N_("N") },
    { "seed", 's', 0, G_OPTION_ARG_INT, &seed, N_("Another number gives other pictures"), N_("N") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autofree float *pictures = NULL;
  g_autofree char *path = NULL;
  g_autoptr (SacGanRecipe) recipe = NULL;
  guint columns = 8;

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN"), _("Draws pictures from a group of generators."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || !out || generator < 1 || n < 1 || n > 100000 || threads < 0)
    {
      g_printerr ("saccade: %s\n", _("gan sample wants one RUN and --out FILE"));
      return 2;
    }
  path = g_build_filename (argv[1], "recipe.ini", NULL);
  recipe = sac_gan_recipe_load (path, &error);
  n = n < 8 ? n : n / 8 * 8;
  columns = (guint) MIN (n, 8);
  pictures = recipe ? sac_gan_sample (argv[1], (guint) generator - 1, (guint) n, (guint64) seed, (guint) threads, &error) : NULL;
  if (!pictures || !sac_gan_write_grid (out, pictures, (guint) n / columns, columns, recipe->size, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  return 0;
}

int
sac_cli_gan (int argc, char **argv)
{
  static const struct { const char *name; int (*run) (int argc, char **argv); } verbs[] = {
    { "train", sac_cli_gan_train }, { "sample", sample }, { "ring", sac_cli_gan_ring }, { "classifier", _sac_gan_classifier },
    { "score", _sac_gan_score }, { "report", _sac_gan_report },
  };

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (argv[1], verbs[i].name) == 0)
      return verbs[i].run (argc - 1, argv + 1);
  g_printerr ("saccade: %s\n", _("gan wants train, sample, ring, classifier, score or report; gan train --help tells more"));
  return 2;
}
