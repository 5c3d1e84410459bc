/* What a study names and where it lies: weights, runs to begin from, projects of sources. */
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "cli-scores.h"
#include "study-private.h"

char *
sac_cli_find_weights (const char *name, const char *project_path, GError **error)
{
  g_autofree char *file = g_canonicalize_filename (project_path ? project_path : ".", NULL);
  g_autofree char *beside = g_path_get_dirname (file);
  g_autofree char *home = g_build_filename (g_get_user_data_dir (), "saccade", "weights", NULL);
  const char *const places[] = { NULL, beside, home };

  if (g_str_has_prefix (name, "run:"))
    {
      g_autofree char *folder = sac_cli_find_run (name + strlen ("run:"), project_path, error);
      char *best = folder ? sac_run_find_checkpoint (folder, TRUE) : NULL;

      if (folder && !best)
        g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s has no checkpoint yet"), folder);
      return best;
    }
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *candidate = g_canonicalize_filename (name, places[i]);

      if (g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&candidate);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("The recipe starts from “%s”, which lies neither here, beside the project nor in %s: "
                 "say --weights FILE, or --weights none to start from scratch"),
               name, home);
  return NULL;
}

/* "ARM=FILE" of this arm, else the last "FILE" where the arm names a file itself; NULL: what the recipe says. */
static const char *
asked_for (const SacStudyArm *arm, gboolean source, const char *const *weights)
{
  const char *general = NULL;
  gsize n = strlen (arm->name);

  for (guint i = 0; weights && weights[i]; i++)
    {
      const char *equals = strchr (weights[i], '=');

      if (equals && !source && (gsize) (equals - weights[i]) == n && strncmp (weights[i], arm->name, n) == 0)
        return equals + 1;
      if (!equals)
        general = weights[i];
    }
  return *arm->weights && !g_str_has_prefix (arm->weights, "source:") && !g_str_has_prefix (arm->weights, "run:") ? general : NULL;
}

static gboolean
check_asked (const SacStudyPlan *plan, const char *const *weights, const char *const *sources, GError **error)
{
  for (int source = 0; source < 2; source++)
    {
      const char *const *all = source ? sources : weights;

      for (guint i = 0; all && all[i]; i++)
        {
          const char *equals = strchr (all[i], '=');
          g_autofree char *name = equals ? g_strndup (all[i], (gsize) (equals - all[i])) : NULL;

          if (source && !equals)
            g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("--source wants NAME=PROJECT, not “%s”"), all[i]);
          else if (name && !sac_study_plan_find (plan, name, source))
            g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE,
                         source ? _("there is no source “%s”") : _("there is no arm “%s”"), name);
          else
            continue;
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
settle_weights (GPtrArray *changes, const SacStudyArm *arm, gboolean source, const char *asked, const char *project, GError **error)
{
  const char *prefix = source ? "source " : "", *name = asked ? asked : arm->weights;
  g_autofree char *path = NULL;

  if (asked && strcmp (asked, "none") == 0)
    {
      g_ptr_array_add (changes, g_strdup_printf ("%s%s weights=", prefix, arm->name));
      return TRUE;
    }
  if (!*name || g_str_has_prefix (name, "source:"))
    return TRUE;
  path = sac_cli_find_weights (name, project, error);
  if (!path)
    {
      g_prefix_error (error, source ? _("source “%s”: ") : _("arm “%s”: "), arm->name);
      return FALSE;
    }
  g_ptr_array_add (changes, g_strdup_printf ("%s%s weights=%s", prefix, arm->name, path));
  return TRUE;
}

static gboolean
settle_project (GPtrArray *changes, const SacStudyArm *source, const char *recipe_path, const char *project,
                const char *const *sources, GError **error)
{
  g_autofree char *recipe_folder = g_path_get_dirname (recipe_path), *project_file = g_canonicalize_filename (project, NULL);
  g_autofree char *project_folder = g_path_get_dirname (project_file);
  const char *const places[] = { NULL, project_folder, recipe_folder };
  const char *name = source->project;
  gsize n = strlen (source->name);

  for (guint i = 0; sources && sources[i]; i++)
    if (strncmp (sources[i], source->name, n) == 0 && sources[i][n] == '=')
      name = sources[i] + n + 1;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *candidate = g_canonicalize_filename (name, places[i]);

      if (g_file_test (candidate, G_FILE_TEST_EXISTS))
        {
          g_ptr_array_add (changes, g_strdup_printf ("source %s project=%s", source->name, candidate));
          return TRUE;
        }
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("The source “%s” learns from the project “%s”, which is not there: say --source %s=PROJECT, give the arms that begin "
                 "with it other weights (--weights ARM=FILE), or leave them out (--arms)"),
               source->name, name, source->name);
  return FALSE;
}

SacStudyPlan *
sac_cli_settle_plan (const SacStudyPlan *plan, const char *recipe_path, const char *project_path, const char *const *arms,
                     const char *seeds, const char *const *weights, const char *const *sources, GError **error)
{
  g_autoptr (SacStudyPlan) chosen = NULL, with_weights = NULL;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func (g_free);

  if (!check_asked (plan, weights, sources, error))
    return NULL;
  /* What is asked for first: it may make a source needless. */
  chosen = sac_study_plan_with (plan, arms, seeds, NULL, error);
  for (guint i = 0; chosen && i < chosen->arms->len; i++)
    {
      const SacStudyArm *arm = chosen->arms->pdata[i];

      if (!settle_weights (changes, arm, FALSE, asked_for (arm, FALSE, weights), project_path, error))
        return NULL;
    }
  g_ptr_array_add (changes, NULL);
  with_weights = chosen ? sac_study_plan_with (chosen, NULL, NULL, (const char *const *) changes->pdata, error) : NULL;
  if (!with_weights)
    return NULL;
  g_ptr_array_set_size (changes, 0);
  for (guint i = 0; i < with_weights->sources->len; i++)
    {
      const SacStudyArm *source = with_weights->sources->pdata[i];

      if (!settle_project (changes, source, recipe_path, project_path, sources, error)
          || !settle_weights (changes, source, TRUE, asked_for (source, TRUE, weights), project_path, error))
        return NULL;
    }
  g_ptr_array_add (changes, NULL);
  return sac_study_plan_with (with_weights, NULL, NULL, (const char *const *) changes->pdata, error);
}

/* ---- while it runs. */
SacStudyJob *
sac_cli_study_source (const SacStudyRunner *r, const SacStudyArm *arm)
{
  const char *name = g_str_has_prefix (arm->weights, "source:") ? arm->weights + strlen ("source:") : NULL;

  for (guint i = 0; name && i < r->queue->jobs->len; i++)
    {
      SacStudyJob *job = r->queue->jobs->pdata[i];

      if (job->source && strcmp (job->arm, name) == 0)
        return job;
    }
  return NULL;
}

gboolean
sac_cli_study_weights (const SacStudyRunner *r, const SacStudyArm *arm, char **path, GError **error)
{
  const SacStudyJob *source = sac_cli_study_source (r, arm);

  *path = NULL;
  if (source)
    {
      g_autofree char *name = g_strconcat ("run:", source->run, NULL);

      *path = sac_cli_find_weights (name, r->queue->project, error);
      return *path != NULL;
    }
  if (!*arm->weights)
    return TRUE;
  *path = sac_cli_find_weights (arm->weights, r->queue->project, error);
  return *path != NULL;
}

/* The process whose command line says `train` and this folder. */
gboolean
sac_cli_end_trainer (const char *run)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  gboolean found = FALSE;

  while (dir && !found && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL), *text = NULL;
      gboolean train = FALSE, ours = FALSE;
      guint64 pid;
      gsize n = 0;

      if (!g_ascii_string_to_unsigned (name, 10, 2, G_MAXINT, &pid, NULL) || !g_file_get_contents (path, &text, &n, NULL))
        continue;
      for (gsize i = 0; i < n; i += strlen (text + i) + 1)
        {
          train = train || (i > 0 && strcmp (text + i, "train") == 0);
          ours = ours || strcmp (text + i, run) == 0;
        }
      found = train && ours && kill ((GPid) pid, SIGTERM) == 0;
    }
  return found;
}
