/* The folder of a study: its recipe and the queue of its runs, whole at any time. */
#include "sac-study.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"

#define QUEUE_VERSION 1
#define MAX_JOBS 10000

static const char *const state_names[SAC_N_JOB_STATES] = { "waiting", "running", "paused", "done", "failed", "skipped" };

const char *
sac_job_state_get_name (SacJobState state)
{
  return state_names[state];
}

const char *
sac_job_state_get_words (SacJobState state)
{
  switch (state)
    {
    case SAC_JOB_RUNNING:
      return C_("run of a study", "in training");
    case SAC_JOB_PAUSED:
      return C_("run of a study", "paused");
    case SAC_JOB_DONE:
      return C_("run of a study", "done");
    case SAC_JOB_FAILED:
      return C_("run of a study", "failed");
    case SAC_JOB_SKIPPED:
      return C_("run of a study", "skipped");
    case SAC_JOB_WAITING:
    default:
      return C_("run of a study", "waiting");
    }
}

static void
job_free (gpointer data)
{
  SacStudyJob *job = data;

  g_free (job->arm);
  g_free (job->why);
  g_free (job->device);
  g_free (job->run);
  g_free (job);
}

/* DATA/runs/STUDY-ARM-SEED, whatever a file says. */
static SacStudyJob *
add_job (SacStudyQueue *queue, const char *arm, guint64 seed, gboolean source)
{
  SacStudyJob *job = g_new0 (SacStudyJob, 1);
  g_autofree char *name = g_strdup_printf ("%s-%s%s-%" G_GUINT64_FORMAT, queue->name, source ? "source-" : "", arm, seed);

  job->arm = g_strdup (arm);
  job->seed = seed;
  job->source = source;
  job->why = g_strdup ("");
  job->device = g_strdup ("");
  job->left = -1;
  {
    g_autofree char *relative = g_build_filename (queue->folder, "..", "..", "runs", name, NULL);

    job->run = g_canonicalize_filename (relative, NULL);
  }
  g_ptr_array_add (queue->jobs, job);
  return job;
}

static SacStudyQueue *
queue_new (const char *folder, const char *project)
{
  SacStudyQueue *queue = g_new0 (SacStudyQueue, 1);

  queue->folder = g_canonicalize_filename (folder, NULL);
  queue->name = g_path_get_basename (queue->folder);
  queue->project = g_strdup (project);
  queue->left = -1;
  queue->jobs = g_ptr_array_new_with_free_func (job_free);
  return queue;
}

void
sac_study_queue_free (SacStudyQueue *queue)
{
  if (!queue)
    return;
  g_free (queue->folder);
  g_free (queue->name);
  g_free (queue->project);
  g_ptr_array_unref (queue->jobs);
  g_free (queue);
}

SacStudyJob *
sac_study_queue_find (const SacStudyQueue *queue, const char *arm, guint64 seed, gboolean source)
{
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      SacStudyJob *job = queue->jobs->pdata[i];

      if (job->source == source && job->seed == seed && strcmp (job->arm, arm) == 0)
        return job;
    }
  return NULL;
}

guint
sac_study_queue_count (const SacStudyQueue *queue, SacJobState state)
{
  guint n = 0;

  for (guint i = 0; i < queue->jobs->len; i++)
    n += ((SacStudyJob *) queue->jobs->pdata[i])->state == state;
  return n;
}

/* ---- the file. */
static void
put_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value ? value : "");
}

static void
put_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  _sac_json_add_number (builder, value);
}

static void
put_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

gboolean
sac_study_queue_save (const SacStudyQueue *queue, GError **error)
{
  g_autofree char *path = g_build_filename (queue->folder, "queue.json", NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, QUEUE_VERSION);
  put_text (builder, "project", queue->project);
  put_flag (builder, "paused", queue->paused);
  put_number (builder, "left", queue->left);
  json_builder_set_member_name (builder, "jobs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < queue->jobs->len; i++)
    {
      const SacStudyJob *job = queue->jobs->pdata[i];
      g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, job->seed);

      json_builder_begin_object (builder);
      put_text (builder, job->source ? "source" : "arm", job->arm);
      put_text (builder, "seed", seed);
      put_text (builder, "run", job->run);
      put_text (builder, "state", state_names[job->state]);
      put_text (builder, "why", job->why);
      put_text (builder, "device", job->device);
      put_number (builder, "step", job->step);
      put_number (builder, "steps", job->steps);
      put_number (builder, "seconds", job->seconds);
      put_number (builder, "left", job->left);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, TRUE, &length);
  return sac_file_replace (path, text, length, error);
}

static gboolean
damaged (GError **error, const char *path)
{
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: its jobs cannot be read"), path);
  return FALSE;
}

static guint
whole_number (JsonObject *object, const char *name)
{
  return (guint) CLAMP (_sac_json_double (object, name, 0), 0, 1e9);
}

static gboolean
read_job (SacStudyQueue *queue, JsonObject *object, const char *path, GError **error)
{
  gboolean source = json_object_has_member (object, "source");
  const char *arm = _sac_json_string (object, source ? "source" : "arm", NULL), *seed = _sac_json_string (object, "seed", "");
  const char *state = _sac_json_string (object, "state", "");
  SacStudyJob *job;
  guint64 number;
  int which = -1;

  for (int i = 0; i < SAC_N_JOB_STATES; i++)
    if (strcmp (state, state_names[i]) == 0)
      which = i;
  if (!arm || !sac_study_check_name (arm, NULL) || which < 0 || !g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &number, NULL)
      || sac_study_queue_find (queue, arm, number, source))
    return damaged (error, path);
  job = add_job (queue, arm, number, source);
  job->state = (SacJobState) which;
  g_free (job->why);
  g_free (job->device);
  job->why = g_strdup (_sac_json_string (object, "why", ""));
  job->device = g_strdup (_sac_json_string (object, "device", ""));
  job->step = whole_number (object, "step");
  job->steps = whole_number (object, "steps");
  job->seconds = MAX (_sac_json_double (object, "seconds", 0), 0);
  job->left = _sac_json_double (object, "left", -1);
  return TRUE;
}

SacStudyQueue *
sac_study_queue_load (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "queue.json", NULL);
  g_autoptr (JsonObject) object = _sac_json_read (path, error);
  g_autoptr (SacStudyQueue) queue = NULL;
  JsonArray *jobs;

  if (!object)
    return NULL;
  if (_sac_json_int (object, "version", 0) != QUEUE_VERSION)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION, _("%s is of a later version of Saccade"), path);
      return NULL;
    }
  queue = queue_new (folder, _sac_json_string (object, "project", ""));
  queue->paused = _sac_json_flag (object, "paused");
  queue->left = _sac_json_double (object, "left", -1);
  jobs = _sac_json_array (object, "jobs");
  if (!jobs || json_array_get_length (jobs) > MAX_JOBS)
    {
      damaged (error, path);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (jobs); i++)
    {
      JsonNode *node = json_array_get_element (jobs, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        damaged (error, path);
      if (!JSON_NODE_HOLDS_OBJECT (node) || !read_job (queue, json_node_get_object (node), path, error))
        return NULL;
    }
  return g_steal_pointer (&queue);
}

/* ---- a new one. */
static gboolean
fill (SacStudyQueue *queue, const SacStudyPlan *plan, GError **error)
{
  guint n = plan->arms->len * plan->n_seeds;

  for (guint i = 0; i < plan->sources->len + n; i++)
    {
      gboolean source = i < plan->sources->len;
      guint k = source ? 0 : i - plan->sources->len;
      const SacStudyArm *arm = source                ? plan->sources->pdata[i]
                               : plan->arms_first ? plan->arms->pdata[k / plan->n_seeds]
                                                  : plan->arms->pdata[k % plan->arms->len];
      g_autoptr (SacRecipe) recipe = sac_recipe_parse (arm->text, error);
      SacStudyJob *job;

      if (!recipe)
        return FALSE;
      job = add_job (queue, arm->name,
                     source ? recipe->seed : plan->seeds[plan->arms_first ? k % plan->n_seeds : k / plan->arms->len], source);
      job->steps = (guint) recipe->steps;
    }
  return TRUE;
}

SacStudyQueue *
sac_study_create (const char *data, const char *name, const char *project, const SacStudyPlan *plan, GError **error)
{
  g_autofree char *folder = g_build_filename (data, "studies", name, NULL);
  g_autofree char *recipe = g_build_filename (folder, "study.ini", NULL), *queue_path = g_build_filename (folder, "queue.json", NULL);
  g_autoptr (SacStudyQueue) queue = NULL;

  if (!sac_study_check_name (name, error))
    return NULL;
  if (g_file_test (queue_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY,
                   _("There is a study “%s” already: go on with it (--resume), or choose another --name"), name);
      return NULL;
    }
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("Cannot make the folder %s: %s"), folder, g_strerror (number));
      return NULL;
    }
  queue = queue_new (folder, project);
  /* The queue last: a folder without one is no study. */
  if (!fill (queue, plan, error) || !sac_file_replace (recipe, plan->text, strlen (plan->text), error)
      || !sac_study_queue_save (queue, error))
    return NULL;
  return g_steal_pointer (&queue);
}

SacStudyPlan *
sac_study_load_plan (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "study.ini", NULL);

  return sac_study_plan_load (path, error);
}

typedef struct {
  char *folder;
  gint64 when;
} Found;

static int
newest_first (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  return x->when != y->when ? (x->when > y->when ? -1 : 1) : strcmp (x->folder, y->folder);
}

char **
sac_study_list (const char *data)
{
  g_autofree char *studies = g_build_filename (data, "studies", NULL);
  g_autoptr (GDir) dir = g_dir_open (studies, 0, NULL);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  GPtrArray *folders = g_ptr_array_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *folder = g_build_filename (studies, name, NULL);
      g_autofree char *recipe = g_build_filename (folder, "study.ini", NULL), *queue = g_build_filename (folder, "queue.json", NULL);
      g_autoptr (GFile) file = g_file_new_for_path (recipe);
      g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);

      if (info && g_file_test (queue, G_FILE_TEST_EXISTS))
        {
          Found one = { g_steal_pointer (&folder), (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) };

          g_array_append_val (found, one);
        }
    }
  g_array_sort (found, newest_first);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (folders, g_array_index (found, Found, i).folder);
  g_ptr_array_add (folders, NULL);
  return (char **) g_ptr_array_free (folders, FALSE);
}
