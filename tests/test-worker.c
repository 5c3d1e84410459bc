/* Attention between window and worker: what goes over is what arrives, and what cannot be true is refused.  Started with the word
 * "worker" this program plays the worker's part: the real one over acts of its own, or, with HOSTILE set, a liar. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run/sac-run.h"

static char *self_program;

enum { K = 3, T = 2, H = 2, W = 3 };

/* ---- the worker's part. */

static SacExplanation *
explain (const SacQuestion *question, GCancellable *cancellable, gpointer data, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "asked for <%s>", question->layer);
  return NULL;
}

static float *
ramp (gsize n, float first, float step)
{
  float *out = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    out[i] = first + step * (float) i;
  return out;
}

static SacLook *
attend (const char *run, const char *project, const char *clip, GCancellable *cancellable, gpointer data, GError **error)
{
  SacLook *look;

  if (strcmp (clip, "missing") == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such clip");
      return NULL;
    }
  look = g_new0 (SacLook, 1);
  look->n_labels = K;
  look->labels = g_strdupv ((char *[]) { "cat", "hund – größer", "", NULL });
  if (strcmp (clip, "whole") == 0)
    look->layers = g_strdupv ((char *[]) { "stem", "layer1.0", "layer1", NULL });
  look->softmax = TRUE;
  look->n_frames = T;
  look->frames = g_memdup2 ((guint[]) { 5, 9 }, 2 * sizeof (guint));
  look->crop[2] = 20.5;
  look->crop[3] = 10;
  look->scores = ramp (K, 0.25f, 0.25f);
  if (strcmp (clip, "plain") == 0)
    return look;
  look->t = T, look->h = H, look->w = W;
  look->branch = ramp (K, 0.5f, 0.125f);
  look->spatial = ramp (T * H * W, 0, 0.0625f);
  if (strcmp (clip, "flat") != 0)
    look->temporal = ramp (T, 0.5f, 0.25f);
  if (strcmp (clip, "few") != 0)
    look->class_maps = ramp (K * T * H * W, 0, 1);
  if (strcmp (clip, "wild") == 0)
    {
      look->spatial[0] = NAN;
      look->spatial[1] = 7;
      look->class_maps[0] = INFINITY;
      look->class_maps[1] = -1;
    }
  return look;
}

/* Tells what it was given: the sums of both maps. */
static float *
perceive (const char *run, const char *project, const char *clip, const SacMaps *maps, guint *n_labels, GCancellable *cancellable,
          gpointer data, GError **error)
{
  float *scores = g_new0 (float, K);

  if (strcmp (clip, "dies once") == 0)
    {
      g_autofree char *marker = g_build_filename (project, "died", NULL);

      if (!g_file_test (marker, G_FILE_TEST_EXISTS))
        {
          g_file_set_contents (marker, "", 0, NULL);
          _exit (1);
        }
    }
  for (int i = 0; i < maps->t * maps->h * maps->w; i++)
    scores[0] += maps->spatial[i] / 16;
  for (int i = 0; maps->temporal && i < maps->t; i++)
    scores[1] += maps->temporal[i] / 4;
  scores[2] = maps->temporal != NULL;
  *n_labels = K;
  return scores;
}

static int
play_worker (void)
{
  static const SacWorkerActs acts = { explain, attend, perceive };
  const char *hostile = g_getenv ("HOSTILE");

  if (!hostile)
    {
      sac_worker_serve (3, &acts, NULL);
      return 0;
    }
  for (;;)
    {
      g_autoptr (SacMessage) message = sac_message_receive (3, NULL);
      const char *id = message ? strstr (message->json, "\"id\":") : NULL, *bytes = strchr (hostile, ' ');
      g_autofree char *answer = NULL;
      int fd = -1;

      if (!message)
        return 0;
      if (bytes)
        {
          fd = memfd_create ("hostile", MFD_CLOEXEC);
          if (ftruncate (fd, (off_t) g_ascii_strtoll (bytes, NULL, 10)) != 0)
            return 1;
        }
      answer = g_strdup_printf ("{\"id\":%d,\"ok\":true,%.*s}", id ? atoi (id + 5) : 0, (int) strcspn (hostile, " "), hostile);
      sac_message_send (3, answer, fd, NULL);
      if (fd >= 0)
        close (fd);
    }
}

/* ---- the window's part. */

typedef struct {
  SacLook *look;
  float *scores;
  guint n;
  GError *error;
  gboolean done;
} Answer;

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->look = sac_worker_attend_finish (SAC_WORKER (source), result, &answer->error);
  answer->done = TRUE;
}

static void
on_perceived (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->scores = sac_worker_perceive_finish (SAC_WORKER (source), result, &answer->n, &answer->error);
  answer->done = TRUE;
}

static gboolean
on_timeout (gpointer data)
{
  g_error ("no answer within 20 s");
  return G_SOURCE_REMOVE;
}

static void
wait_for (Answer *answer)
{
  guint watch = g_timeout_add_seconds (20, on_timeout, NULL);

  while (!answer->done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watch);
}

static Answer
look_at (SacWorker *worker, const char *clip)
{
  Answer answer = { 0 };

  sac_worker_attend_async (worker, "/run", "/project", clip, NULL, on_looked, &answer);
  wait_for (&answer);
  return answer;
}

static void
test_attend (void)
{
  g_autoptr (SacWorker) worker = sac_worker_new (self_program);
  Answer answer = look_at (worker, "whole");
  SacLook *look = answer.look;

  g_assert_no_error (answer.error);
  g_assert_true (sac_look_has_attention (look));
  g_assert_cmpuint (look->n_labels, ==, K);
  g_assert_cmpstr (look->labels[1], ==, "hund – größer");
  g_assert_cmpstr (look->labels[2], ==, "");
  g_assert_cmpuint (g_strv_length (look->layers), ==, 3);
  g_assert_cmpstr (look->layers[2], ==, "layer1");
  g_assert_true (look->softmax);
  g_assert_cmpuint (look->frames[1], ==, 9);
  g_assert_cmpfloat (look->crop[2], ==, 20.5);
  g_assert_cmpfloat (look->scores[2], ==, 0.75);
  g_assert_cmpfloat (look->branch[2], ==, 0.75);
  g_assert_true (look->t == T && look->h == H && look->w == W);
  g_assert_cmpfloat (look->spatial[11], ==, 0.6875);
  g_assert_cmpfloat (look->temporal[1], ==, 0.75);
  g_assert_cmpfloat (look->class_maps[K * T * H * W - 1], ==, K * T * H * W - 1);
  sac_look_free (look);

  look = look_at (worker, "plain").look;
  g_assert_false (sac_look_has_attention (look));
  g_assert_true (!look->branch && !look->temporal && !look->class_maps && look->t == 0);
  g_assert_cmpuint (look->n_frames, ==, T);
  g_assert_true (look->layers && !look->layers[0]);
  sac_look_free (look);
  look = look_at (worker, "flat").look;
  g_assert_true (look->spatial && !look->temporal && look->class_maps);
  sac_look_free (look);
  look = look_at (worker, "few").look;
  g_assert_true (look->temporal && !look->class_maps);
  sac_look_free (look);
  look = look_at (worker, "wild").look;
  g_assert_true (look->spatial[0] == 0 && look->spatial[1] == 1 && look->class_maps[0] == 0 && look->class_maps[1] == 0);
  sac_look_free (look);

  answer = look_at (worker, "missing");
  g_assert_error (answer.error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER);
  g_assert_nonnull (strstr (answer.error->message, "no such clip"));
  g_clear_error (&answer.error);
}

static void
on_explained (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  g_assert_null (sac_worker_explain_finish (SAC_WORKER (source), result, &answer->error));
  answer->done = TRUE;
}

/* A layer goes over by name; a name without end is no name. */
static void
test_layer (void)
{
  g_autoptr (SacWorker) worker = sac_worker_new (self_program);
  g_autofree char *endless = g_strnfill (20000, 'x');
  const char *const layers[] = { "layer3.1", NULL, endless }, *const words[] = { "<layer3.1>", "<>", "cannot be read" };

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      Answer answer = { 0 };

      sac_worker_explain_async (worker, &(SacQuestion) { "/run", "/project", "x", .layer = layers[i] }, NULL, on_explained, &answer);
      wait_for (&answer);
      g_assert_error (answer.error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER);
      if (!strstr (answer.error->message, words[i]))
        g_error ("said “%s” rather than “%s”", answer.error->message, words[i]);
      g_clear_error (&answer.error);
    }
}

static void
test_perceive (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sac-worker-XXXXXX", NULL), *marker = g_build_filename (folder, "died", NULL);
  g_autoptr (SacWorker) worker = sac_worker_new (self_program);
  const float spatial[T * H * W] = { 1, 0, 0, 0, 0, 0, 0.5f, 0, 0, 0, 0, 0.5f }, temporal[T] = { 1, 0.5f };
  SacMaps maps = { T, H, W, spatial, temporal };
  Answer answer = { 0 };

  /* The question that killed it goes to the next one, with its numbers. */
  sac_worker_perceive_async (worker, "/run", folder, "dies once", &maps, NULL, on_perceived, &answer);
  wait_for (&answer);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.n, ==, K);
  g_assert_cmpfloat (answer.scores[0], ==, 2.0 / 16);
  g_assert_cmpfloat (answer.scores[1], ==, 1.5 / 4);
  g_assert_cmpfloat (answer.scores[2], ==, 1);
  g_free (answer.scores);
  answer = (Answer) { 0 };
  maps.temporal = NULL;
  sac_worker_perceive_async (worker, "/run", folder, "x", &maps, NULL, on_perceived, &answer);
  wait_for (&answer);
  g_assert_cmpfloat (answer.scores[2], ==, 0);
  g_free (answer.scores);
  sac_worker_rest (worker);             /* and another comes */
  g_assert_nonnull ((answer = look_at (worker, "whole")).look);
  sac_look_free (answer.look);
  g_remove (marker);
  g_rmdir (folder);
}

#define LOOK(labels, names, shape, rest) "\"labels\":" labels ",\"names\":" names ",\"shape\":" shape ",\"frames\":[1,2]" rest

static void
test_hostile (void)
{
  /* What is said, and after a blank the size of the memory beside it. */
  static const char *const looks[] = {
    LOOK ("1", "1", "[0,0,0]", "") " 6",                        /* one byte more than said */
    LOOK ("1", "1", "[0,0,0]", ""),                             /* no memory */
    LOOK ("0", "0", "[0,0,0]", "") " 0",
    LOOK ("1000000000", "1000000000", "[0,0,0]", "") " 5",
    LOOK ("1", "-1", "[0,0,0]", "") " 3",
    LOOK ("2", "1", "[0,0,0]", "") " 9",                        /* more labels than names */
    LOOK ("1", "2", "[0,0,0]", "") " 6",                        /* more names than labels */
    LOOK ("1", "1", "[0,0,0]", ",\"time\":true") " 5",          /* time without places */
    LOOK ("1", "1", "[2,0,1]", "") " 5",
    LOOK ("1", "1", "[3,1,1]", "") " 21",                       /* other than the frames */
    LOOK ("1", "1", "[2,1.5,1]", "") " 21",
    LOOK ("1", "1", "[2,8192,8192]", "") " 5",
    LOOK ("1", "1", "[2,1e9,1]", "") " 5",
    LOOK ("100000", "100000", "[2,100,100]", ",\"classes\":true") " 5",
    LOOK ("1", "1", "[2,1]", "") " 5",
    LOOK ("1", "1", "\"big\"", "") " 5",
    LOOK ("1", "1", "[0,0,0]", ",\"crop\":[1,2,3]") " 5",
    "\"labels\":1,\"names\":1,\"shape\":[0,0,0] 5",             /* no frames */
    LOOK ("1", "1", "[0,0,0]", ",\"layers\":1") " 5",           /* a layer without a name */
    LOOK ("1", "2", "[0,0,0]", ",\"layers\":-1") " 6",
    LOOK ("1", "5000", "[0,0,0]", ",\"layers\":4999") " 5004",
    LOOK ("1", "3", "[0,0,0]", ",\"layers\":1") " 7",           /* a byte more than names */
  };
  static const char *const scores[] = { "\"labels\":2 7", "\"labels\":2", "\"labels\":-1 4", "\"labels\":1e12 4", "\"x\":1 4" };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autoptr (SacWorker) worker = NULL;
      Answer answer;

      g_setenv ("HOSTILE", looks[i], TRUE);
      worker = sac_worker_new (self_program);
      answer = look_at (worker, "x");
      if (answer.look)
        g_error ("believed: %s", looks[i]);
      g_assert_error (answer.error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER);
      g_clear_error (&answer.error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (scores); i++)
    {
      g_autoptr (SacWorker) worker = NULL;
      const float one = 1;
      SacMaps maps = { 1, 1, 1, &one, NULL };
      Answer answer = { 0 };

      g_setenv ("HOSTILE", scores[i], TRUE);
      worker = sac_worker_new (self_program);
      sac_worker_perceive_async (worker, "/run", "/project", "x", &maps, NULL, on_perceived, &answer);
      wait_for (&answer);
      g_assert_null (answer.scores);
      g_assert_error (answer.error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER);
      g_clear_error (&answer.error);
    }
  g_unsetenv ("HOSTILE");
}

int
main (int argc, char **argv)
{
  self_program = g_file_read_link ("/proc/self/exe", NULL);
  if (argc > 1 && strcmp (argv[1], "worker") == 0)
    return play_worker ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/worker/attend", test_attend);
  g_test_add_func ("/run/worker/layer", test_layer);
  g_test_add_func ("/run/worker/perceive", test_perceive);
  g_test_add_func ("/run/worker/hostile", test_hostile);
  return g_test_run ();
}
