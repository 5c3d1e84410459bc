/* Every recipe that ships, at a tiny size: killed and resumed it ends with the bits of a run left alone.  And what makes a run rest. */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "train-fixture.h"

/* What a recipe says of the network's size, its clips and the length of the run is made small; all else stays. */
static char *
shrink (const char *path, const char *name)
{
  static const char *const values[][3] = {
    { "network", "width", "4" }, { "network", "blocks", "1;1;1;1" }, { "network", "weights", "" }, { "data", "resize", "40" },
    { "data", "crop", "32" }, { "data", "validation", "0.25" }, { "training", "accumulate", "2" }, { "training", "steps", "10" },
    { "training", "drops", "6" }, { "training", "validate_every", "4" }, { "training", "checkpoint_every", "4" },
    { "training", "log_every", "1" }, { "training", "batch", "2" }, { "training", "warmup", "3" }, { "training", "rate", "0.001" },
  };
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL, *relative = g_strconcat (name, ".ini", NULL);
  char *out = g_build_filename (work, relative, NULL);

  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_TRANSLATIONS, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_key_file_set_value (file, values[i][0], values[i][1], values[i][2]);
  g_key_file_set_integer (file, "data", "frames", MIN (g_key_file_get_integer (file, "data", "frames", NULL), 8));
  text = g_key_file_to_data (file, NULL, NULL);
  g_assert_true (g_file_set_contents (out, text, -1, NULL));
  return out;
}

static GPid
start (const char *recipe, const char *folder, const char *threads)
{
  const char *const first[] = { recipe, "--project", project_path, "--run", folder, "--threads", threads, "--weights", "none", NULL };
  const char *const again[] = { "--resume", "--project", project_path, "--run", folder, "--threads", threads, NULL };

  return start_train (recipe ? first : again);
}

static void
compare_ends (const char *whole, const char *torn)
{
  g_autofree char *a = sac_run_find_checkpoint (whole, FALSE), *b = sac_run_find_checkpoint (torn, FALSE);

  g_assert_true (a && b && g_str_has_suffix (a, strrchr (b, '/')));
  if (a && b)
    compare_checkpoints (a, b, TRUE, NULL);
}

static void
torn_run (const char *name, const char *recipe)
{
  g_autofree char *whole = g_strdup_printf ("%s/runs/%s-whole", work, name), *torn = g_strdup_printf ("%s/runs/%s-torn", work, name);
  GPid pid;

  g_test_message ("%s", name);
  g_assert_cmpint (end_of (start (recipe, whole, "1")), ==, 0);
  pid = start (recipe, torn, "2");
  if (wait_for_step (torn, pid, 6))
    kill (pid, SIGKILL);
  end_of (pid);
  g_assert_cmpint (end_of (start (NULL, torn, "1")), ==, 0);
  compare_ends (whole, torn);
}

static void
test_shipped (void)
{
  g_auto (GStrv) paths = sac_recipe_list ();
  guint n = 0;

  for (guint i = 0; paths[i]; i++)
    {
      g_autofree char *base = g_path_get_basename (paths[i]), *text = NULL, *recipe = NULL;

      g_assert_true (g_file_get_contents (paths[i], &text, NULL, NULL));
      if (strstr (text, "\n[arm "))
        continue;               /* a study: its arms are recipes */
#ifdef __SANITIZE_ADDRESS__
      if (n >= 3)
        break;
#endif
      *strrchr (base, '.') = '\0';
      recipe = shrink (paths[i], base);
      torn_run (base, recipe);
      n++;
    }
  g_assert_cmpuint (n, >=, 3);
}

/* What no shipped recipe has, all at once. */
static void
test_others (void)
{
  static const struct { const char *name, *changes; } cases[] = {
    { "x-stabn", "[network]\nmodel=stabn-r18\ndropout=0.5\n[data]\nframes=8\nsampling=segments\nchoices=3\ncrop_area=0.3\n"
                 "colour_jitter=0.4\ncolour_noise=0.1\n[training]\nsteps=10\nbatch=2\nbatch_norm=batch\nloss=softmax\n"
                 "nesterov=true\nclip_norm=1\n" },
    { "x-bf16", "[training]\nsteps=10\nbatch=2\nbatch_norm=batch\nprecision=bf16\nfreeze=layer1\n" },
    { "x-abn", "[network]\nmodel=abn-r18\n[training]\nsteps=10\nbatch=2\nbatch_norm=batch\naccumulate=1\nwatch_test=true\n" },
    { "x-effective", "[network]\nmodel=hara-r18\n[training]\nsteps=10\neffective_batch=6\nbatch_norm=frozen\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *recipe = write_recipe (cases[i].name, cases[i].changes);

      torn_run (cases[i].name, recipe);
    }
}

/* ---- a battery that runs down, and a disk that fills: the run rests with a checkpoint, and goes on when the cause is gone. */
static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
wait_for_start (const char *folder, const char *tag, const char *beginning)
{
  g_autoptr (SacEventReader) reader = sac_event_reader_new (folder);

  for (int i = 0; i < 6000; i++)
    {
      const char *text;

      sac_event_reader_poll (reader);
      text = sac_event_reader_get_text (reader, tag);
      if (text && g_str_has_prefix (text, beginning))
        return TRUE;
      g_usleep (5000);
    }
  return FALSE;
}

static void
test_battery (void)
{
  g_autofree char *recipe = write_recipe ("battery", "[training]\nsteps=100000\nvalidate_every=0\ncheckpoint_every=0\n");
  g_autofree char *folder = g_build_filename (work, "runs", "battery", NULL), *power = g_build_filename (work, "power", NULL);
  g_autofree char *cell = g_build_filename (power, "BAT0", NULL), *mouse = g_build_filename (power, "mouse", NULL), *checkpoint = NULL;
  double before;
  GPid pid;

  g_assert_cmpint (g_mkdir_with_parents (cell, 0755) + g_mkdir_with_parents (mouse, 0755), ==, 0);
  put (cell, "type", "Battery\n");
  put (cell, "status", "Discharging\n");
  put (cell, "capacity", "60\n");
  put (mouse, "type", "Battery\n");
  put (mouse, "scope", "Device\n");
  put (mouse, "status", "Discharging\n");
  put (mouse, "capacity", "3\n");
  g_setenv ("SACCADE_POWER", power, TRUE);
  pid = start (recipe, folder, "1");
  g_unsetenv ("SACCADE_POWER");
  g_assert_true (wait_for_step (folder, pid, 3));
  put (cell, "capacity", "7\n");
  g_assert_true (wait_for_start (folder, "status", "paused: the battery is at 7 %"));
  checkpoint = sac_run_find_checkpoint (folder, FALSE);
  g_assert_nonnull (checkpoint);
  before = last_value (folder, "progress");
  g_usleep (200000);
  g_assert_cmpfloat (last_value (folder, "progress"), ==, before);
  put (cell, "status", "Charging\n");
  g_assert_true (wait_for_text (folder, "status", "running"));
  kill (pid, SIGTERM);
  g_assert_cmpint (end_of (pid), ==, 0);
  g_assert_true (wait_for_start (folder, "note", "Told to end after step"));
  g_assert_true (wait_for_text (folder, "status", "stopped"));
}

static void
test_disk (void)
{
  g_autofree char *recipe = write_recipe ("room", "[training]\nsteps=100000\nvalidate_every=0\ncheckpoint_every=0\n");
  g_autofree char *folder = g_build_filename (work, "runs", "room", NULL), *checkpoint = NULL;
  GPid pid;

  g_setenv ("SACCADE_LEAST_FREE", "9000000000000000000", TRUE);
  pid = start (recipe, folder, "1");
  g_unsetenv ("SACCADE_LEAST_FREE");
  g_assert_true (wait_for_start (folder, "status", "paused: the disk has "));
  checkpoint = sac_run_find_checkpoint (folder, FALSE);
  g_assert_nonnull (checkpoint);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, NULL));  /* in spite of it */
  g_assert_true (wait_for_step (folder, pid, 3));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_STOP, NULL));
  g_assert_cmpint (end_of (pid), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/train/resume/shipped", test_shipped);
  g_test_add_func ("/train/resume/others", test_others);
  g_test_add_func ("/train/rest/battery", test_battery);
  g_test_add_func ("/train/rest/disk", test_disk);
  return train_tests_run ();
}
