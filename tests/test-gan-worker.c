/* Generated pictures between window and worker: what is asked is what arrives, and answers that cannot be true are refused.  Started with
 * the word "worker" this program plays the worker's part: the real one over acts of its own, or, with HOSTILE set, a liar. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run/sac-run.h"

static char *self_program;

/* ---- the worker's part. */

/* A picture of one pixel for each noise: its seed, where it goes, how far. */
static SacGanPictures *
generate (const char *run, const SacGanNoise *noise, guint n, GCancellable *cancellable, gpointer data, GError **error)
{
  SacGanPictures *out;

  if (strcmp (run, "/none") == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such run");
      return NULL;
    }
  out = g_new0 (SacGanPictures, 1);
  *out = (SacGanPictures) { n, 2, 1, 77, g_new0 (guint8, 2 * n * 3) };
  for (guint i = 0; i < n; i++)
    {
      out->rgb[6 * i] = (guint8) (noise[i].seed + 10);
      out->rgb[6 * i + 1] = (guint8) noise[i].to;
      out->rgb[6 * i + 2] = (guint8) (noise[i].fraction * 100);
    }
  return out;
}

static SacGanNearest *
find_nearest (const SacNearestQuestion *question, GCancellable *cancellable, gpointer data, GError **error)
{
  SacGanNearest *out = g_new0 (SacGanNearest, 1);

  out->n = question->count;
  out->size = 1;
  out->by = g_strdup_printf ("%s|%s|%s|%u", question->run, question->data, question->classifier, question->generator);
  out->distances = g_new0 (double, out->n);
  out->rgb = g_new0 (guint8, 3 * (1 + out->n));
  for (guint i = 0; i < out->n; i++)
    out->distances[i] = 0.5 * i;
  out->rgb[0] = (guint8) (question->noise.fraction * 100);
  return out;
}

static int
play_worker (void)
{
  static const SacWorkerActs acts = { NULL, NULL, NULL, generate, find_nearest };
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
  SacGanPictures *pictures;
  SacGanNearest *nearest;
  GError *error;
  gboolean done;
} Answer;

static void
on_generated (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->pictures = sac_worker_generate_finish (SAC_WORKER (source), result, &answer->error);
  answer->done = TRUE;
}

static void
on_nearest (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->nearest = sac_worker_nearest_finish (SAC_WORKER (source), result, &answer->error);
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
ask_pictures (SacWorker *worker, const char *run, const SacGanNoise *noise, guint n)
{
  Answer answer = { 0 };

  sac_worker_generate_async (worker, run, noise, n, NULL, on_generated, &answer);
  wait_for (&answer);
  return answer;
}

static Answer
ask_nearest (SacWorker *worker, const SacNearestQuestion *question)
{
  Answer answer = { 0 };

  sac_worker_nearest_async (worker, question, NULL, on_nearest, &answer);
  wait_for (&answer);
  return answer;
}

static void
test_pictures (void)
{
  g_autoptr (SacWorker) worker = sac_worker_new (self_program);
  const SacGanNoise noise[] = { { 7, 9, 0.25 }, { SAC_GAN_ROW (2), 0, 0 }, { 1, 2, 5 } };
  Answer answer = ask_pictures (worker, "/run", noise, 3);

  g_assert_no_error (answer.error);
  g_assert_true (answer.pictures->n == 3 && answer.pictures->k == 2 && answer.pictures->size == 1 && answer.pictures->step == 77);
  g_assert_cmpint (answer.pictures->rgb[0], ==, 17);
  g_assert_cmpint (answer.pictures->rgb[1], ==, 9);
  g_assert_cmpint (answer.pictures->rgb[2], ==, 25);
  g_assert_cmpint (answer.pictures->rgb[6], ==, 7);
  g_assert_cmpint (answer.pictures->rgb[14], ==, 100);
  sac_gan_pictures_free (answer.pictures);
  answer = ask_pictures (worker, "/none", noise, 1);
  g_assert_error (answer.error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER);
  g_assert_nonnull (strstr (answer.error->message, "no such run"));
  g_clear_error (&answer.error);
}

static void
test_nearest (void)
{
  g_autoptr (SacWorker) worker = sac_worker_new (self_program);
  SacNearestQuestion question = { .run = "/run", .data = "/d", .generator = 1, .noise = { 3, 4, 0.5 }, .count = 5 };
  Answer answer = ask_nearest (worker, &question);

  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.nearest->n, ==, 5);
  g_assert_cmpstr (answer.nearest->by, ==, "/run|/d||1");
  g_assert_cmpfloat (answer.nearest->distances[4], ==, 2);
  g_assert_cmpint (answer.nearest->rgb[0], ==, 50);
  sac_gan_nearest_free (answer.nearest);
}

static void
test_hostile (void)
{
  static const char *const pictures[] = {
    "\"size\":1,\"k\":1,\"n\":1 4", "\"size\":1,\"k\":1,\"n\":1", "\"size\":0,\"k\":1,\"n\":1 0", "\"size\":513,\"k\":1,\"n\":1 789507",
    "\"size\":1,\"k\":7,\"n\":1 21", "\"size\":1,\"k\":6,\"n\":1000000000000 3", "\"size\":1,\"k\":-1,\"n\":-1 3", "\"x\":1 3",
  };
  static const char *const nearest[] = {
    "\"size\":1,\"n\":1,\"distances\":[1] 3", "\"size\":1,\"n\":2,\"distances\":[1] 9", "\"size\":1,\"n\":1 6",
    "\"size\":1,\"n\":65,\"distances\":[] 6", "\"size\":1,\"n\":0,\"distances\":[] 3", "\"size\":1e9,\"n\":1,\"distances\":[1] 6",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pictures) + G_N_ELEMENTS (nearest); i++)
    {
      gboolean first = i < G_N_ELEMENTS (pictures);
      g_autoptr (SacWorker) worker = NULL;
      Answer answer;

      g_setenv ("HOSTILE", first ? pictures[i] : nearest[i - G_N_ELEMENTS (pictures)], TRUE);
      worker = sac_worker_new (self_program);
      if (first)
        answer = ask_pictures (worker, "/run", &(SacGanNoise) { 1, 0, 0 }, 1);
      else
        answer = ask_nearest (worker, &(SacNearestQuestion) { .run = "/run", .count = 1 });
      if (answer.pictures || answer.nearest)
        g_error ("believed: %s", g_getenv ("HOSTILE"));
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
  g_test_add_func ("/gan-worker/pictures", test_pictures);
  g_test_add_func ("/gan-worker/nearest", test_nearest);
  g_test_add_func ("/gan-worker/hostile", test_hostile);
  return g_test_run ();
}
