#include "sac-gan-runs.h"

#include <string.h>

#include "run/sac-run.h"

#define MOST_FOLDERS 20000
#define MOST_ASKED 5            /* runs whose events are read for their speed */

void
sac_gan_runs_free (SacGanRuns *runs)
{
  if (!runs)
    return;
  g_strfreev (runs->folders);
  g_strfreev (runs->names);
  g_free (runs->data);
  g_free (runs);
}

typedef struct {
  char *folder, *name;
  gint64 started;               /* 0: not known; −1: archived */
} Row;

static void
row_clear (gpointer data)
{
  Row *row = data;

  g_free (row->folder);
  g_free (row->name);
}

typedef struct {
  GArray *rows;                 /* Row: what the project lists */
  char *runs;                   /* its folder of runs */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_array_unref (search->rows);
  g_free (search->runs);
  g_free (search);
}

/* When it began; 0: it is none of these runs. */
static gint64
began (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "recipe.ini", NULL);
  g_autoptr (SacRunInfo) info = NULL;

  if (!sac_gan_recipe_is (path))
    return 0;
  info = sac_run_info_read (folder, NULL);
  return info && info->started_us > 0 ? info->started_us : 1;
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  const Row *x = a, *y = b;

  return (x->started < y->started) - (x->started > y->started);
}

static double
find_speed (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "recipe.ini", NULL);
  g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_load (path, NULL);
  g_autoptr (SacEventReader) events = recipe ? sac_event_reader_new (folder) : NULL;
  const SacPoint *points;
  guint n = 0;

  if (!events)
    return 0;
  sac_event_reader_poll (events);
  points = sac_event_reader_get (events, "images_per_second", &n);
  return n > 0 && points[n - 1].value > 0 ? points[n - 1].value * sac_gan_recipe_work (recipe) : 0;
}

static void
find (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Search *search = task_data;
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GDir) dir = g_dir_open (search->runs, 0, NULL);
  SacGanRuns *runs = g_new0 (SacGanRuns, 1);
  const char *name;

  g_array_set_clear_func (found, row_clear);
  for (guint i = 0; i < search->rows->len; i++)
    {
      const Row *row = &g_array_index (search->rows, Row, i);
      gint64 started = row->started < 0 ? 0 : began (row->folder);
      Row copy = { g_strdup (row->folder), g_strdup (row->name), started ? started : row->started };

      g_hash_table_add (known, row->folder);
      if (copy.started > 0)             /* a trainer that was only just started has written nothing yet */
        g_array_append_val (found, copy);
      else
        row_clear (&copy);
    }
  while (dir && (name = g_dir_read_name (dir)) && found->len < MOST_FOLDERS)
    {
      Row row = { g_build_filename (search->runs, name, NULL), g_strdup (name), 0 };

      if (name[0] != '.' && !g_hash_table_contains (known, row.folder) && (row.started = began (row.folder)))
        g_array_append_val (found, row);
      else
        row_clear (&row);
    }
  g_array_sort (found, newest_first);
  runs->n = found->len;
  runs->folders = g_new0 (char *, found->len + 1);
  runs->names = g_new0 (char *, found->len + 1);
  for (guint i = 0; i < found->len; i++)
    {
      Row *row = &g_array_index (found, Row, i);

      runs->folders[i] = g_steal_pointer (&row->folder);
      runs->names[i] = g_steal_pointer (&row->name);
      if (i < MOST_ASKED && runs->speed == 0)
        runs->speed = find_speed (runs->folders[i]);
      if (!runs->data)
        {
          g_autoptr (SacRunInfo) info = sac_run_info_read (runs->folders[i], NULL);

          runs->data = info && info->project && *info->project && g_file_test (info->project, G_FILE_TEST_EXISTS)
                         ? g_strdup (info->project) : NULL;
        }
    }
  g_task_return_pointer (task, runs, (GDestroyNotify) sac_gan_runs_free);
}

void
sac_gan_runs_find_async (SacProject *project, gpointer source, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GPtrArray) listed = sac_project_list_runs (project, NULL);
  g_autoptr (GTask) task = g_task_new (source, NULL, callback, data);
  Search *search = g_new0 (Search, 1);

  search->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (search->rows, row_clear);
  search->runs = g_build_filename (sac_project_get_folder (project), "runs", NULL);
  for (guint i = 0; listed && i < listed->len; i++)
    {
      const SacRunRow *row = listed->pdata[i];
      gboolean meant = row->recipe && g_str_has_prefix (row->recipe, SAC_GAN_RUN_PREFIX);
      Row copy = { g_strdup (row->folder), g_strdup (row->name), row->archived ? -1 : meant ? MAX (row->started_us, 1) : 0 };

      g_array_append_val (search->rows, copy);
    }
  g_task_set_task_data (task, search, search_free);
  g_task_run_in_thread (task, find);
}

SacGanRuns *
sac_gan_runs_find_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

GPtrArray *
sac_gan_runs_list_others (SacProject *project)
{
  GPtrArray *rows = sac_project_list_runs (project, NULL);

  for (guint i = rows ? rows->len : 0; i-- > 0;)
    {
      const SacRunRow *row = rows->pdata[i];

      if (row->recipe && g_str_has_prefix (row->recipe, SAC_GAN_RUN_PREFIX))
        g_ptr_array_remove_index (rows, i);
    }
  return rows;
}
