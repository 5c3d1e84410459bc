/* The run folder: whole, torn, hostile.  Started with the word "worker" this program plays the worker's part. */
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "run-fixture.h"

static const char *self_program;

static const char recipe_text[] =
  "[recipe]\ntitle=Small\ntitle[ja]=小さい\ndescription=Some; words\n"
  "[network]\nmodel=i3d-r18\nwidth=8\nblocks=1;1;1;1\ninflation=average\npad_time=zeros\nweights=a.safetensors\n"
  "[data]\nframes=16\nresize=128\ncrop=112\nflip_horizontal=true\nflip_vertical=false\ntop_k=20\nvalidation=0.25\n"
  "[training]\nbatch=2\naccumulate=3\nsteps=1400\nrate=0.003\nmomentum=0.8\nnesterov=true\n"
  "clip_norm=20\ndecay=0.0001\nhead_rate=3\ndrops=300;1000\n"
  "drop_factor=0.1\nbatch_norm=batch\nprecision=bf16\nloss=softmax\nseed=18446744073709551615\n"
  "validate_every=7\ncheckpoint_every=9\nkeep_checkpoints=3\nlog_every=1\n";

static void
test_recipe_round (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = sac_recipe_parse (recipe_text, &error);
  g_autoptr (SacRecipe) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text2 = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (recipe->title, ==, "Small");
  g_assert_cmpstr (recipe->description, ==, "Some; words");
  g_assert_cmpstr (recipe->model, ==, "i3d-r18");
  g_assert_cmpint (recipe->blocks[3], ==, 1);
  g_assert_cmpstr (recipe->pad_time, ==, "zeros");
  g_assert_false (recipe->flip_vertical);
  g_assert_cmpfloat (recipe->validation, ==, 0.25);
  g_assert_cmpfloat (recipe->rate, ==, 0.003);
  g_assert_true (recipe->nesterov);
  g_assert_cmpfloat (recipe->clip_norm, ==, 20);
  g_assert_cmpint (recipe->n_drops, ==, 2);
  g_assert_cmpuint (recipe->seed, ==, G_MAXUINT64);
  text = sac_recipe_dup_text (recipe);
  g_assert_true (strstr (text, "rate=0.003\n") != NULL);
  again = sac_recipe_parse (text, &error);
  g_assert_no_error (error);
  text2 = sac_recipe_dup_text (again);
  g_assert_cmpstr (text, ==, text2);
}

/* Other values for some keys, whatever their section; what is no key, or out of range, is refused and nothing is changed. */
static void
test_recipe_with (void)
{
  static const char *const good[] = { "rate=0.5", "frames = 8", "rate=0.25", NULL };
  static const char *const bad[][2] = { { "rate" }, { "speed=3" }, { "frames=-3" }, { "batch_norm=sometimes" } };
  g_autoptr (SacRecipe) recipe = sac_recipe_parse ("", NULL), changed = sac_recipe_with (recipe, good, NULL), same = NULL;
  g_autofree char *value = sac_recipe_dup_value (changed, "rate");

  g_assert_cmpfloat (changed->rate, ==, 0.25);
  g_assert_cmpint (changed->frames, ==, 8);
  g_assert_cmpint (recipe->frames, ==, 32);
  g_assert_cmpstr (value, ==, "0.25");
  g_assert_null (sac_recipe_dup_value (recipe, "speed"));
  same = sac_recipe_with (recipe, NULL, NULL);
  g_assert_cmpfloat (same->rate, ==, recipe->rate);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sac_recipe_with (recipe, bad[i], &error));
      g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE);
    }
}

/* methods/01, acceptance facts: step 300 → 0.01, 301 → 0.001, 1000 → 0.001, 1001 → 0.0001. */
static void
test_recipe_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = sac_recipe_parse ("", &error);

  g_assert_no_error (error);
  g_assert_cmpint (recipe->frames, ==, 32);
  g_assert_cmpint (recipe->accumulate, ==, 4);
  g_assert_cmpint (recipe->steps, ==, 2000);
  g_assert_cmpstr (recipe->pad_time, ==, "replicate");
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 1), 0.01, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 300), 0.01, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 301), 0.001, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 1000), 0.001, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 1001), 0.0001, 1e-12);
}

static void
test_recipe_refused (void)
{
  static const struct { const char *text, *named; } bad[] = {
    { "[recipe]\nauthor=me\n", "[recipe] author" },
    { "[train]\nrate=1\n", "[train]" },
    { "[training]\nrate=fast\n", "[training] rate" },
    { "[training]\nrate=-0.1\n", "[training] rate" },
    { "[training]\nrate=nan\n", "[training] rate" },
    { "[training]\nrate=0,01\n", "[training] rate" },
    { "[training]\nsteps=0\n", "[training] steps" },
    { "[training]\nsteps=99999999999999999999\n", "[training] steps" },
    { "[training]\nsteps=10.5\n", "[training] steps" },
    { "[training]\nsteps=10\nsteps=20\n", "[training] steps" },
    { "[training]\nsteps[ja]=10\n", "[training] steps[ja]" },
    { "[training]\nseed=-1\n", "[training] seed" },
    { "[training]\ndrops=5;4\n", "[training] drops" },
    { "[training]\ndrops=1;2;3;4;5;6;7;8;9\n", "[training] drops" },
    { "[training]\nbatch_norm=both\n", "[training] batch_norm" },
    { "[training]\nprecision=f64\n", "[training] precision" },
    { "[network]\nmodel=vgg\n", "[network] model" },
    { "[network]\nblocks=1;2\n", "[network] blocks" },
    { "[network]\nblocks=1;0;1;1\n", "[network] blocks" },
    { "[network]\nmodel=r18-2d\ninflation=average\n", "[network] inflation" },
    { "[data]\nflip_vertical=maybe\n", "[data] flip_vertical" },
    { "[data]\nresize=100\ncrop=112\n", "[data] crop" },
    { "[data]\nvalidation=1\n", "[data] validation" },
    { "[data]\nframes=1024\nresize=2048\ncrop=2048\n", "[data] frames" },
    { "[recipe]\nversion=2\n", "version" },
    { "steps=3\n", "" },
    { "\xff\xfe", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacRecipe) recipe = sac_recipe_parse (bad[i].text, &error);

      g_assert_null (recipe);
      g_assert_nonnull (error);
      g_assert_true (error->domain == SAC_RUN_ERROR);
      if (!strstr (error->message, bad[i].named))
        g_test_message ("“%s” does not name %s", error->message, bad[i].named);
      g_assert_true (strstr (error->message, bad[i].named) != NULL);
    }
}

static void
test_recipe_mutations (void)
{
  guint accepted = 0;

  for (guint round = 0; round < 2000; round++)
    {
      SacRandomKey key = { 13, round };
      g_autofree char *text = g_strdup (recipe_text);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacRecipe) recipe = NULL;

      for (guint i = 0; i <= round % 3; i++)
        text[sac_random_below (key, 2 * i, sizeof recipe_text - 1)] = (char) (1 + sac_random_below (key, 2 * i + 1, 255));
      recipe = sac_recipe_parse (text, &error);
      g_assert_true ((recipe != NULL) == (error == NULL));
      if (recipe)
        {
          g_autofree char *out = sac_recipe_dup_text (recipe);
          g_autoptr (SacRecipe) again = sac_recipe_parse (out, NULL);

          g_assert_nonnull (again);
          accepted++;
        }
    }
  g_assert_cmpuint (accepted, >, 20);
  g_assert_cmpuint (accepted, <, 1900);
}

/* Every recipe that ships is readable and says what it is, in Japanese too. */
static void
test_recipe_shipped (void)
{
  g_auto (GStrv) paths = sac_recipe_list ();

  g_assert_cmpuint (g_strv_length (paths), >=, 6);
  for (guint i = 0; paths[i]; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacRecipe) recipe = sac_recipe_load (paths[i], &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (strlen (recipe->title), >, 0);
      g_assert_cmpint (strlen (recipe->description), >, 0);
      g_assert_true (g_file_get_contents (paths[i], &text, NULL, NULL));
      g_assert_true (strstr (text, "title[ja]=") != NULL);
      g_assert_true (strstr (text, "description[ja]=") != NULL);
    }
}

static void
test_control (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (GError) error = NULL;
  int fd, second;

  g_assert_cmpint (sac_control_take (folder), ==, SAC_CONTROL_NONE);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_PAUSE, &error));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_CHECKPOINT, &error));
  g_assert_cmpint (sac_control_take (folder), ==, SAC_CONTROL_PAUSE | SAC_CONTROL_CHECKPOINT);
  g_assert_cmpint (sac_control_take (folder), ==, SAC_CONTROL_NONE);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_PAUSE, &error));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, &error));
  g_assert_cmpint (sac_control_take (folder), ==, SAC_CONTROL_RESUME);
  g_assert_true (sac_control_send (folder, SAC_CONTROL_RESUME, &error));
  g_assert_true (sac_control_send (folder, SAC_CONTROL_PAUSE, &error));
  g_assert_cmpint (sac_control_take (folder), ==, SAC_CONTROL_PAUSE);
  g_assert_no_error (error);
  g_assert_false (sac_control_send ("/nowhere", SAC_CONTROL_STOP, &error));
  g_clear_error (&error);

  g_assert_false (sac_run_is_live (folder));
  fd = sac_run_lock (folder, &error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (sac_run_is_live (folder));
  second = sac_run_lock (folder, &error);
  g_assert_cmpint (second, ==, -1);
  g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_BUSY);
  close (fd);
  g_assert_false (sac_run_is_live (folder));
  remove_tree (folder);
}

static void
test_info_and_scores (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (GError) error = NULL;
  char *labels[] = { "cat", "犬 \"big\"", NULL }, *clips[] = { "a/1", "a/2", "b/3", NULL };
  float values[] = { 0.25f, 0.5f, 0.75f, NAN, 0, 1 }, control[] = { 0, 0, 0, 0.5f, 0.5f, 0.5f };
  gint8 truth[] = { 1, 0, -1, 0, 1, 1 };
  SacRunInfo info = { .name = "first", .model = "r18-2d", .labels = labels, .seed = G_MAXUINT64,
                      .started_us = 1234567890123456, .synthetic = TRUE };
  SacScores scores = { .split = "test", .step = 120, .labels = labels, .n_labels = 2, .n_clips = 3, .clips = clips,
                       .scores = values, .truth = truth, .control = control };
  g_autoptr (SacRunInfo) read = NULL;
  g_autoptr (SacScores) back = NULL;

  g_assert_true (sac_run_info_write (folder, &info, &error));
  read = sac_run_info_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->name, ==, "first");
  g_assert_cmpstr (read->labels[1], ==, labels[1]);
  g_assert_cmpuint (read->seed, ==, G_MAXUINT64);
  g_assert_cmpint (read->started_us, ==, info.started_us);
  g_assert_true (read->synthetic);
  g_assert_true (sac_scores_write (folder, &scores, &error));
  back = sac_scores_read (folder, "test", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->n_clips, ==, 3);
  g_assert_cmpuint (back->n_labels, ==, 2);
  g_assert_cmpuint (back->step, ==, 120);
  g_assert_cmpmem (back->truth, 6, truth, 6);
  for (int i = 0; i < 6; i++)
    g_assert_true (i == 3 ? isnan (back->scores[i]) : back->scores[i] == values[i]);
  g_assert_cmpfloat (back->control[3], ==, 0.5);
  g_assert_cmpstr (back->clips[2], ==, "b/3");
  g_assert_null (sac_scores_read (folder, "train", &error));
  g_assert_nonnull (error);
  remove_tree (folder);
}

static void
test_json_hostile (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *inside = g_build_filename (folder, "scores", NULL);
  g_autofree char *path = g_build_filename (folder, "run.json", NULL);
  g_autofree char *scores_path = g_build_filename (inside, "test.json", NULL);
  g_autofree char *deep = g_strnfill (4000000, '[');
  static const char *const bad[] = { "", "[]", "{}", "{\"version\":1}", "{\"version\":2,\"labels\":[]}",
                                     "{\"version\":1,\"labels\":[1]}",
                                     "{\"version\":1,\"labels\":\"x\"}", "null", "{\"version\":1,\"labels\":[\"a\"],\"clips\":[1]}",
                                     "{\"version\":1,\"labels\":[\"a\"],\"clips\":[{\"name\":\"c\",\"scores\":[1,2],\"truth\":[1]}]}",
                                     "{\"version\":1,\"labels\":[\"a\"],\"clips\":[{\"name\":\"c\",\"scores\":[1],\"truth\":[]}]}" };
  static const char good[] = "{\"version\":1,\"split\":\"test\",\"step\":3,\"labels\":[\"a\"],"
                             "\"clips\":[{\"name\":\"c\",\"scores\":[0.5],\"truth\":[1],\"control\":[0.1]}]}";
  g_autoptr (SacScores) fine = NULL;

  g_mkdir (inside, 0755);
  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      const char *text = i < G_N_ELEMENTS (bad) ? bad[i] : deep;
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) error2 = NULL;

      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      g_assert_true (g_file_set_contents (scores_path, text, -1, NULL));
      if (i < 8 || i == G_N_ELEMENTS (bad))
        {
          g_assert_null (sac_run_info_read (folder, &error));
          g_assert_nonnull (error);
        }
      g_assert_null (sac_scores_read (folder, "test", &error2));
      g_assert_nonnull (error2);
    }
  g_assert_true (g_file_set_contents (scores_path, good, -1, NULL));
  fine = sac_scores_read (folder, "test", NULL);
  g_assert_nonnull (fine);
  for (guint round = 0; round < 1500; round++)
    {
      SacRandomKey key = { 14, round };
      g_autofree char *text = g_strdup (good);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacScores) scores = NULL;

      for (guint i = 0; i <= round % 4; i++)
        text[sac_random_below (key, 2 * i, sizeof good - 1)] = (char) (1 + sac_random_below (key, 2 * i + 1, 255));
      put_file (scores_path, text, strlen (text));
      scores = sac_scores_read (folder, "test", &error);
      g_assert_true ((scores != NULL) == (error == NULL));
    }
  remove_tree (folder);
}

static void
test_checkpoints (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *inside = g_build_filename (folder, "checkpoints", NULL);
  static const struct { const char *name; gsize n; } files[] = {
    { "step-000120.safetensors", 20 }, { "step-000240.safetensors", 20 }, { "step-1000000.safetensors", 20 },
    { "step-2000000.safetensors", 12 }, { "step-9x.safetensors", 20 }, { "step-000999.safetensors.77.new", 20 },
  };
  static const char whole[20] = { 12, 0, 0, 0, 0, 0, 0, 0, '{', '}' };
  g_auto (GStrv) all = NULL;
  g_autofree char *none = sac_run_find_checkpoint (folder, TRUE);
  g_autofree char *newest = NULL;
  g_autofree char *best = NULL;
  g_autofree char *best_path = g_build_filename (inside, "best.safetensors", NULL);

  g_assert_null (none);
  g_mkdir (inside, 0755);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (inside, files[i].name, NULL);

      g_assert_true (g_file_set_contents (path, whole, (gssize) files[i].n, NULL));
    }
  all = sac_run_list_checkpoints (folder);
  g_assert_cmpuint (g_strv_length (all), ==, 3);
  newest = sac_run_find_checkpoint (folder, TRUE);
  g_assert_true (g_str_has_suffix (newest, "step-1000000.safetensors"));
  g_assert_true (g_str_has_suffix (all[1], "step-000240.safetensors"));
  g_assert_true (g_file_set_contents (best_path, whole, 20, NULL));
  best = sac_run_find_checkpoint (folder, TRUE);
  g_assert_cmpstr (best, ==, best_path);
  remove_tree (folder);
}

static int
memory_of (const float *values, gsize n)
{
  int fd = memfd_create ("map", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, values, n * sizeof (float)), ==, (gssize) (n * sizeof (float)));
  return fd;
}

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
test_messages (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *huge = g_strnfill (100000, 'x');
  float values[3] = { 1, 2, 3 }, back[3];
  int ends[2], fd = memory_of (values, 3);
  guint before;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), ==, 0);
  before = count_fds ();
  g_assert_true (sac_message_send (ends[0], "{\"id\":1}", -1, &error));
  g_assert_true (sac_message_send (ends[0], "{\"id\":2}", fd, &error));
  g_assert_true (sac_message_send (ends[0], "{\"id\":3}", -1, &error));
  for (int i = 1; i <= 3; i++)
    {
      g_autoptr (SacMessage) message = sac_message_receive (ends[1], &error);
      g_autofree char *expected = g_strdup_printf ("{\"id\":%d}", i);

      g_assert_no_error (error);
      g_assert_cmpstr (message->json, ==, expected);
      g_assert_true ((message->fd >= 0) == (i == 2));
      if (i == 2)
        {
          g_assert_cmpint (pread (message->fd, back, sizeof back, 0), ==, sizeof back);
          g_assert_cmpmem (back, sizeof back, values, sizeof values);
        }
    }
  g_assert_cmpuint (count_fds (), ==, before);
  g_assert_false (sac_message_send (ends[0], huge, -1, &error));
  g_clear_error (&error);
  g_assert_false (sac_message_send (ends[0], "{\n}", -1, &error));
  g_clear_error (&error);
  g_assert_cmpint (send (ends[0], huge, 100000, 0), ==, 100000);      /* longer than is allowed */
  g_assert_null (sac_message_receive (ends[1], &error));
  g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_cmpint (send (ends[0], "\xff\xfe\n", 3, 0), ==, 3);
  g_assert_null (sac_message_receive (ends[1], &error));
  g_assert_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT);
  g_clear_error (&error);
  close (ends[0]);
  g_assert_null (sac_message_receive (ends[1], &error));
  g_assert_no_error (error);
  close (ends[1]);
  close (fd);
}

/* ---- the part of the worker: what it answers is told by the clip's name. */
static char *
member (const char *json, const char *name)
{
  g_autofree char *key = g_strdup_printf ("\"%s\":", name);
  const char *at = strstr (json, key);

  if (!at)
    return g_strdup ("");
  at += strlen (key);
  return *at == '"' ? g_strndup (at + 1, strcspn (at + 1, "\"")) : g_strndup (at, strcspn (at, ",}"));
}

static int
play_worker (void)
{
  for (;;)
    {
      g_autoptr (SacMessage) message = sac_message_receive (3, NULL);
      g_autofree char *id = NULL;
      g_autofree char *clip = NULL;
      g_autofree char *project = NULL;
      g_autofree char *answer = NULL;
      g_autofree char *marker = NULL;
      float map[8] = { 0, 0.125f, 0.25f, 0.5f, 1, 0.75f, NAN, 7 };
      int fd = memory_of (map, 8);

      if (!message)
        return 0;
      id = member (message->json, "id");
      clip = member (message->json, "clip");
      project = member (message->json, "project");
      marker = g_build_filename (project, "died", NULL);
      if (strcmp (clip, "dies") == 0)
        return 1;

      if (strcmp (clip, "dies once") == 0 && !g_file_test (marker, G_FILE_TEST_EXISTS))
        {
          g_file_set_contents (marker, "", 0, NULL);
          return 1;
        }
      if (strcmp (clip, "slow") == 0 || *clip == '\0')
        {
          close (fd);
          continue;             /* also the cancel message */
        }
      if (strcmp (clip, "noise") == 0)
        {
          send (3, "]]]", 3, 0);
          sac_message_send (3, "{\"id\":4711,\"ok\":true}", fd, NULL);
          sac_message_send (3, "{\"id\":-1,\"ok\":true}", fd, NULL);
        }
      if (strcmp (clip, "refused") == 0)
        answer = g_strdup_printf ("{\"id\":%s,\"ok\":false,\"error\":\"no such clip\"}", id);
      else
        answer = g_strdup_printf ("{\"id\":%s,\"ok\":true,\"label\":\"cat\",\"score\":0.75,\"frames\":[3,9],\"weights\":[1,0.5],"
                                  "\"top\":[{\"label\":\"cat\",\"score\":0.75},{\"label\":\"dog\",\"score\":0.25}],\"shape\":[2,2,%s],"
                                  "\"crop\":[16,8,224,112.5]}",
                                  id, strcmp (clip, "wrong shape") == 0 ? "3" : strcmp (clip, "huge shape") == 0 ? "1e9" : "2");
      sac_message_send (3, answer, strcmp (clip, "no map") == 0 ? -1 : fd, NULL);
      close (fd);
      if (strcmp (clip, "last answer") == 0)
        return 0;
    }
}

typedef struct {
  SacExplanation *explanation;
  GError *error;
  gboolean done;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->explanation = sac_worker_explain_finish (SAC_WORKER (source), result, &answer->error);
  answer->done = TRUE;
}

static gboolean
cancel_later (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer data)
{
  g_error ("no answer within 20 s");
  return G_SOURCE_REMOVE;
}

static void
ask (SacWorker *worker, const char *folder, const char *clip, GCancellable *cancellable, Answer *answer)
{
  *answer = (Answer) { 0 };
  sac_worker_explain_async (worker, &(SacQuestion) { .run = "/run", .project = folder, .clip = clip, .label = "cat" },
                            cancellable, on_answer, answer);
}

static void
wait_for (Answer *answer)
{
  guint watch = g_timeout_add_seconds (20, on_timeout, NULL);

  while (!answer->done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watch);
}

static void
check_good (Answer *answer)
{
  g_assert_no_error (answer->error);
  g_assert_nonnull (answer->explanation);
  g_assert_cmpstr (answer->explanation->label, ==, "cat");
  g_assert_cmpuint (answer->explanation->n_frames, ==, 2);
  g_assert_cmpuint (answer->explanation->frames[1], ==, 9);
  g_assert_cmpuint (answer->explanation->n_top, ==, 2);
  g_assert_cmpfloat (answer->explanation->map[4], ==, 1);
  g_assert_cmpfloat (answer->explanation->map[6], ==, 0);      /* NaN and what is above 1 are brought back */
  g_assert_cmpfloat (answer->explanation->map[7], ==, 1);
  g_assert_cmpfloat (answer->explanation->crop[3], ==, 112.5);
  g_clear_pointer (&answer->explanation, sac_explanation_free);
}

static void
test_worker (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (SacWorker) worker = sac_worker_new (self_program);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  static const char *const hostile[] = { "wrong shape", "huge shape", "no map", "refused", "dies" };
  Answer first, second;
  guint before;

  ask (worker, folder, "good", NULL, &first);
  wait_for (&first);
  check_good (&first);
  before = count_fds ();
  ask (worker, folder, "noise", NULL, &first);
  ask (worker, folder, "good", NULL, &second);
  wait_for (&first);
  wait_for (&second);
  check_good (&first);
  check_good (&second);
  ask (worker, folder, "dies once", NULL, &first);
  ask (worker, folder, "good", NULL, &second);
  wait_for (&first);
  wait_for (&second);
  check_good (&first);
  check_good (&second);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      ask (worker, folder, hostile[i], NULL, &first);
      wait_for (&first);
      g_assert_null (first.explanation);
      g_assert_error (first.error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER);
      g_clear_error (&first.error);
    }
  /* Dead, but the main loop has not heard of it yet. */
  ask (worker, folder, "last answer", NULL, &first);
  wait_for (&first);
  check_good (&first);
  g_usleep (200000);
  ask (worker, folder, "good", NULL, &first);
  wait_for (&first);
  check_good (&first);
  ask (worker, folder, "slow", cancellable, &first);
  g_timeout_add (30, cancel_later, cancellable);
  wait_for (&first);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&first.error);
  ask (worker, folder, "good", cancellable, &first);      /* cancelled before it was asked */
  wait_for (&first);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&first.error);
  ask (worker, folder, "good", NULL, &first);
  wait_for (&first);
  check_good (&first);
  g_assert_cmpuint (count_fds (), <=, before + 2);
  remove_tree (folder);
}

static void
test_worker_absent (void)
{
  g_autoptr (SacWorker) worker = sac_worker_new ("/nowhere/saccade");
  Answer answer;

  ask (worker, "/", "good", NULL, &answer);
  wait_for (&answer);
  g_assert_nonnull (answer.error);
  g_clear_error (&answer.error);
}

int
main (int argc, char **argv)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (argc > 1 && strcmp (argv[1], "worker") == 0)
    return play_worker ();
  self_program = self;
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run/recipe/round", test_recipe_round);
  g_test_add_func ("/run/recipe/with", test_recipe_with);
  g_test_add_func ("/run/recipe/defaults", test_recipe_defaults);
  g_test_add_func ("/run/recipe/refused", test_recipe_refused);
  g_test_add_func ("/run/recipe/mutations", test_recipe_mutations);
  g_test_add_func ("/run/recipe/shipped", test_recipe_shipped);
  g_test_add_func ("/run/control", test_control);
  g_test_add_func ("/run/info-and-scores", test_info_and_scores);
  g_test_add_func ("/run/json-hostile", test_json_hostile);
  g_test_add_func ("/run/checkpoints", test_checkpoints);
  g_test_add_func ("/run/messages", test_messages);
  g_test_add_func ("/run/worker", test_worker);
  g_test_add_func ("/run/worker-absent", test_worker_absent);
  return g_test_run ();
}
