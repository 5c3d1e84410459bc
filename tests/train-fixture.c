/* What the tests of training share: clips that are made here, red squares that go right, blue ones that go down, and runs of them. */
#include "train-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>

char *work, *project_path;

void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      remove_tree (inside);
    }
  g_remove (path);
}

/* 64×64, 16 frames; @kind 0 red to the right, 1 blue downwards, each clip with its own place and background. */
static void
make_clip (const char *path, guint kind, guint number)
{
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, 64, 64, 10, 1, &error);
  SacRandomKey key = { 21, number };
  guint8 frame[64 * 64 * 3];
  int start = (int) sac_random_below (key, 0, 20), line = (int) sac_random_below (key, 1, 40);

  g_assert_no_error (error);
  for (int t = 0; t < 16; t++)
    {
      int x = kind == 0 ? start + 2 * t : line, y = kind == 0 ? line : start + 2 * t;

      for (int i = 0; i < 64 * 64; i++)
        {
          gboolean inside = i % 64 >= x && i % 64 < x + 16 && i / 64 >= y && i / 64 < y + 16;
          guint8 grey = (guint8) (90 + sac_random_below (key, 100 + (guint64) (i / 256), 60));

          frame[3 * i] = inside ? (kind == 0 ? 230 : 30) : grey;
          frame[3 * i + 1] = inside ? 30 : grey;
          frame[3 * i + 2] = inside ? (kind == 1 ? 230 : 30) : grey;
        }
      g_assert_true (sac_encoder_push (encoder, frame, 64 * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
}

/* @n clips of each kind in DIR/red and DIR/blue, imported with labels from folders; every third is for the test. */
char *
make_project (const char *folder, guint n)
{
  static const char *const kinds[] = { "red", "blue" };
  char *path = g_build_filename (folder, "clips.saccade", NULL);
  g_autofree char *videos = g_build_filename (folder, "videos", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) items = NULL;
  SacImportSpec spec = { .labels_from_folders = TRUE };
  SacImportResult *result;

  for (guint kind = 0; kind < 2; kind++)
    {
      g_autofree char *inside = g_build_filename (videos, kinds[kind], NULL);

      g_mkdir_with_parents (inside, 0755);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *clip = g_strdup_printf ("%s/%s%02u.%s", inside, kinds[kind], i, sac_encoder_get_suffix ());

          make_clip (clip, kind, 2 * i + kind);
        }
    }
  project = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  g_assert_no_error (error);
  result = sac_project_import (project, videos, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 2 * n);
  sac_import_result_free (result);
  items = sac_project_list_items (project, &error);
  for (guint i = 0; i < items->len; i++)
    {
      SacItem *item = items->pdata[i];

      g_assert_true (sac_project_set_split (project, &item->id, 1, i % 3 == 2 ? SAC_SPLIT_TEST : SAC_SPLIT_TRAIN, &error));
    }
  return path;
}

SacRecipe *
make_recipe (const char *changes)
{
  g_autofree char *text = g_strconcat (
      "[recipe]\ntitle=tiny\n[network]\nmodel=i3d-r18\nwidth=4\nblocks=1;1;1;1\n"
      "[data]\nframes=4\nresize=40\ncrop=32\nflip_vertical=false\nvalidation=0.25\n"
      "[training]\naccumulate=2\nsteps=12\nrate=0.001\ndecay=0.0001\ndrops=\nvalidate_every=4\ncheckpoint_every=4\nlog_every=1\n",
      NULL);
  g_autoptr (GKeyFile) file = g_key_file_new (), other = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  g_autofree char *merged = NULL;
  g_autoptr (GError) error = NULL;
  SacRecipe *recipe;

  g_assert_true (g_key_file_load_from_data (file, text, (gsize) -1, 0, NULL));
  g_assert_true (g_key_file_load_from_data (other, changes, (gsize) -1, 0, NULL));
  groups = g_key_file_get_groups (other, NULL);
  for (guint i = 0; groups[i]; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (other, groups[i], NULL, NULL);

      for (guint j = 0; keys[j]; j++)
        {
          g_autofree char *value = g_key_file_get_value (other, groups[i], keys[j], NULL);

          g_key_file_set_value (file, groups[i], keys[j], value);
        }
    }
  merged = g_key_file_to_data (file, NULL, NULL);
  recipe = sac_recipe_parse (merged, &error);
  g_assert_no_error (error);
  return recipe;
}

/* In this process. */
gboolean
train_here (const char *project_file, const char *name, const char *changes, guint threads, char **folder, GError **error)
{
  g_autoptr (SacRecipe) recipe = make_recipe (changes);
  g_autoptr (SacProject) project = sac_project_open (project_file, SAC_PROJECT_READ_ONLY, error);
  SacTrainSpec spec = { .recipe = recipe, .project = project, .n_threads = threads, .device = "cpu" };

  *folder = g_build_filename (work, "runs", name, NULL);
  spec.run_folder = *folder;
  return project && sac_train (&spec, NULL, error);
}

static double
value_of (const char *folder, const char *tag, gboolean last)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  const SacPoint *points;
  guint n;

  sac_event_reader_poll (reader);
  points = sac_event_reader_get (reader, tag, &n);
  return n ? points[last ? n - 1 : 0].value : NAN;
}

double
last_value (const char *folder, const char *tag)
{
  return value_of (folder, tag, TRUE);
}

double
first_value (const char *folder, const char *tag)
{
  return value_of (folder, tag, FALSE);
}

char *
dup_status (const char *folder)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);

  sac_event_reader_poll (reader);
  return g_strdup (sac_event_reader_get_text (reader, "status"));
}

/* ---- numbers of two checkpoints. */
void
compare_checkpoints (const char *a, const char *b, gboolean exact, double *relative)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) x = sac_tensor_file_open (a, &error);
  g_autoptr (SacTensorFile) y = sac_tensor_file_open (b, &error);
  double difference = 0, size = 0;

  g_assert_no_error (error);
  if (!x || !y)
    return;
  g_assert_cmpuint (sac_tensor_file_get_n (x), ==, sac_tensor_file_get_n (y));
  for (guint i = 0; i < sac_tensor_file_get_n (x); i++)
    {
      const SacTensorInfo *info = sac_tensor_file_get_info (x, i);
      gint other = sac_tensor_file_find (y, info->name);
      gsize n = 1;
      g_autofree float *p = NULL;
      g_autofree float *q = NULL;

      g_assert_cmpint (other, >=, 0);
      for (guint d = 0; d < info->rank; d++)
        n *= (gsize) info->dims[d];
      p = g_new (float, n);
      q = g_new (float, n);
      g_assert_true (sac_tensor_file_read_f32 (x, i, p, &error));
      g_assert_true (sac_tensor_file_read_f32 (y, (guint) other, q, &error));
      if (exact && memcmp (p, q, n * sizeof (float)) != 0)
        {
          g_test_message ("%s differs", info->name);
          g_test_fail ();
        }
      if (g_str_has_prefix (info->name, "moment."))
        continue;
      for (gsize k = 0; k < n; k++)
        {
          difference += ((double) p[k] - q[k]) * ((double) p[k] - q[k]);
          size += (double) p[k] * p[k];
        }
    }
  if (relative)
    *relative = sqrt (difference / size);
}

/* ---- the trainer as a program of its own. */
GPid
start_train (const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_ptr_array_add (argv, (char *) g_getenv ("SACCADE_PROGRAM"));
  g_ptr_array_add (argv, (char *) "train");
  for (guint i = 0; arguments[i]; i++)
    g_ptr_array_add (argv, (char *) arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_spawn_async (NULL, (char **) argv->pdata, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

int
end_of (GPid pid)
{
  int status = 0;

  while (waitpid (pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;                /* gone already: wait_for_step() saw its end */
  return status;
}

char *
write_recipe (const char *name, const char *changes)
{
  g_autoptr (SacRecipe) recipe = make_recipe (changes);
  g_autofree char *text = sac_recipe_dup_text (recipe);
  g_autofree char *file = g_strconcat (name, ".ini", NULL);
  char *path = g_build_filename (work, file, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* Until @tag has a point of step @step or later, or the process is gone; FALSE then. */
gboolean
wait_for_step (const char *folder, GPid pid, guint64 step)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);
  int status;

  for (int i = 0; i < 20000; i++)
    {
      const SacPoint *points;
      guint n;

      sac_event_reader_poll (reader);
      points = sac_event_reader_get (reader, "progress", &n);
      if (n && points[n - 1].step >= step)
        return TRUE;
      if (waitpid (pid, &status, WNOHANG) == pid)
        {
          g_test_message ("the trainer ended at its own will: status %x", status);
          return FALSE;
        }
      g_usleep (2000);
    }
  return FALSE;
}

gboolean
wait_for_text (const char *folder, const char *tag, const char *text)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);

  for (int i = 0; i < 6000; i++)
    {
      sac_event_reader_poll (reader);
      if (g_strcmp0 (sac_event_reader_get_text (reader, tag), text) == 0)
        return TRUE;
      g_usleep (5000);
    }
  return FALSE;
}

int
train_tests_run (void)
{
  int result;

  sac_media_init ();
  work = g_dir_make_tmp ("saccade-train-XXXXXX", NULL);
  project_path = make_project (work, 24);    /* with 9 the outcome on clips not seen hung on rounding */
  result = g_test_run ();
  remove_tree (work);
  g_free (work);
  g_free (project_path);
  return result;
}
