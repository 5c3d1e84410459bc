/* The worker's side of the messages. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "answer-private.h"
#include "gan-answer-private.h"

#define MAX_LAYER_BYTES 64

typedef struct {
  gint64 id;
  char *ask, *run, *project, *clip, *label, *layer;
  SacAskedMap map;
  SacMaps maps;                 /* to perceive with */
  float *numbers;               /* what they point to */
  char *source, *classifier;    /* of pictures */
  SacGanNoise *noise;
  guint n_noise, generator, count;
  GCancellable *cancellable;
  gboolean last;                /* the other end is closed */
} Job;

typedef struct {
  int fd;
  const SacWorkerActs *acts;
  gpointer data;
  GAsyncQueue *jobs;
  GMutex lock;                  /* of known, and of sending */
  GHashTable *known;            /* &job->id → Job, waiting or under way; borrowed */
} Server;

static void
job_free (Job *job)
{
  g_free (job->ask);
  g_free (job->numbers);
  g_free (job->source);
  g_free (job->classifier);
  g_free (job->noise);
  g_free (job->run);
  g_free (job->project);
  g_free (job->clip);
  g_free (job->label);
  g_free (job->layer);
  g_clear_object (&job->cancellable);
  g_free (job);
}

static gboolean
send_builder (Server *server, JsonBuilder *builder, int map_fd)
{
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  gboolean fine;

  json_builder_end_object (builder);
  json = _sac_json_text (builder, FALSE, NULL);
  g_mutex_lock (&server->lock);
  fine = sac_message_send (server->fd, json, map_fd, &error);
  if (!fine)
    sac_debug (UI, "worker: %s\n", error->message);
  g_mutex_unlock (&server->lock);
  return fine;
}

static JsonBuilder *
begin_answer (gint64 id, gboolean ok)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_int_value (builder, id);
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, ok);
  return builder;
}

static void
send_error (Server *server, gint64 id, const char *why)
{
  g_autoptr (JsonBuilder) builder = begin_answer (id, FALSE);
  g_autofree char *valid = g_utf8_make_valid (why, MIN (strlen (why), 4096));

  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, valid);
  send_builder (server, builder, -1);
}

/* @builder with the answer's members, @fd of its numbers; both taken. */
static void
send_answer (Server *server, gint64 id, JsonBuilder *builder, int fd)
{
  if (fd < 0)
    send_error (server, id, _("not enough memory for the answer"));
  else
    {
      if (!send_builder (server, builder, fd))
        send_error (server, id, _("the answer is too long to be sent"));
      close (fd);
    }
  g_object_unref (builder);
}

/* Does what was asked and sends what came of it. */
static void
answer (Server *server, const Job *job)
{
  const SacWorkerActs *acts = server->acts;
  JsonBuilder *builder = NULL;
  g_autoptr (GError) error = NULL;
  int fd = -1;

  if (g_cancellable_set_error_if_cancelled (job->cancellable, &error))
    ;
  else if (strcmp (job->ask, "explain") == 0)
    {
      g_autoptr (SacExplanation) explanation
        = acts->explain (&(SacQuestion) { job->run, job->project, job->clip, job->label, job->map, job->layer }, job->cancellable,
                         server->data, &error);

      if (explanation)
        fd = _sac_explanation_write (builder = begin_answer (job->id, TRUE), explanation);
    }
  else if (strcmp (job->ask, "attend") == 0)
    {
      g_autoptr (SacLook) look = acts->attend (job->run, job->project, job->clip, job->cancellable, server->data, &error);

      if (look)
        fd = _sac_look_write (builder = begin_answer (job->id, TRUE), look);
    }
  else if (strcmp (job->ask, "generate") == 0)
    {
      g_autoptr (SacGanPictures) pictures
        = acts->generate (job->run, job->noise, job->n_noise, job->cancellable, server->data, &error);

      if (pictures)
        fd = _sac_gan_pictures_write (builder = begin_answer (job->id, TRUE), pictures);
    }
  else if (strcmp (job->ask, "nearest") == 0)
    {
      g_autoptr (SacGanNearest) nearest
        = acts->find_nearest (&(SacNearestQuestion) { job->run, job->source, job->classifier, job->generator, job->noise[0], job->count },
                              job->cancellable, server->data, &error);

      if (nearest)
        fd = _sac_gan_nearest_write (builder = begin_answer (job->id, TRUE), nearest);
    }
  else
    {
      guint n = 0;
      g_autofree float *scores
        = acts->perceive (job->run, job->project, job->clip, &job->maps, &n, job->cancellable, server->data, &error);

      if (scores)
        fd = _sac_scores_write (builder = begin_answer (job->id, TRUE), scores, n);
    }
  if (builder)
    send_answer (server, job->id, builder, fd);
  else
    send_error (server, job->id, error ? error->message : "");
}

static gboolean
is_of_pictures (const char *ask)
{
  return strcmp (ask, "generate") == 0 || strcmp (ask, "nearest") == 0;
}

static gboolean
is_job (const Server *server, const char *ask)
{
  if (is_of_pictures (ask))
    return server->acts->generate && server->acts->find_nearest;
  return strcmp (ask, "explain") == 0 || strcmp (ask, "attend") == 0 || strcmp (ask, "perceive") == 0;
}

static gboolean
take_pictures (Job *job, JsonObject *object)
{
  gint64 generator = _sac_json_int (object, "generator", 0), count = _sac_json_int (object, "count", 1);

  job->source = g_strdup (_sac_json_string (object, "data", ""));
  job->classifier = g_strdup (_sac_json_string (object, "classifier", ""));
  job->generator = (guint) CLAMP (generator, 0, 1000);
  job->count = (guint) CLAMP (count, 1, 64);
  job->noise = _sac_noise_read (object, &job->n_noise);
  return job->noise != NULL;
}

static void
take_line (Server *server, const char *json, int fd)
{
  g_autoptr (JsonObject) object = _sac_json_parse (json, strlen (json), "message", NULL);
  gint64 id = object ? _sac_json_int (object, "id", 0) : 0;
  const char *what = object ? _sac_json_string (object, "ask", "") : "";

  if (is_job (server, what))
    {
      Job *job = g_new0 (Job, 1);

      job->id = id;
      job->ask = g_strdup (what);
      job->run = g_strdup (_sac_json_string (object, "run", ""));
      job->project = g_strdup (_sac_json_string (object, "project", ""));
      job->clip = g_strdup (_sac_json_string (object, "clip", ""));
      job->label = g_strdup (_sac_json_string (object, "label", ""));
      job->map = (SacAskedMap) MAX (sac_asked_map_from_name (_sac_json_string (object, "map", "")), 0);
      job->layer = g_strdup (_sac_json_string (object, "layer", ""));
      if (strlen (job->layer) > MAX_LAYER_BYTES
          || (is_of_pictures (what) && !take_pictures (job, object))
          || (strcmp (what, "perceive") == 0 && !(job->numbers = _sac_maps_read (object, fd, &job->maps, NULL))))
        {
          job_free (job);
          send_error (server, id, _("a message of the other process cannot be read"));
          return;
        }
      job->cancellable = g_cancellable_new ();
      g_mutex_lock (&server->lock);
      g_hash_table_replace (server->known, &job->id, job);
      g_mutex_unlock (&server->lock);
      g_async_queue_push (server->jobs, job);
    }
  else if (strcmp (what, "cancel") == 0)
    {
      gint64 of = _sac_json_int (object, "of", 0);
      Job *job;

      g_mutex_lock (&server->lock);
      job = g_hash_table_lookup (server->known, &of);
      if (job)
        g_cancellable_cancel (job->cancellable);
      g_mutex_unlock (&server->lock);
    }
  else if (strcmp (what, "ping") == 0)
    {
      g_autoptr (JsonBuilder) builder = begin_answer (id, TRUE);

      send_builder (server, builder, -1);
    }
  else
    send_error (server, id, _("a message of the other process cannot be read"));
}

static gpointer
read_thread (gpointer data)
{
  Server *server = data;
  GHashTableIter iter;
  gpointer value;
  Job *last = g_new0 (Job, 1);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMessage) message = sac_message_receive (server->fd, &error);

      if (message)
        take_line (server, message->json, message->fd);
      else if (!g_error_matches (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT))
        break;
    }
  g_mutex_lock (&server->lock);
  g_hash_table_iter_init (&iter, server->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_cancellable_cancel (((Job *) value)->cancellable);
  g_mutex_unlock (&server->lock);
  last->last = TRUE;
  g_async_queue_push_front (server->jobs, last);
  return NULL;
}

void
sac_worker_serve (int socket_fd, const SacWorkerActs *acts, gpointer data)
{
  Server server = { .fd = socket_fd, .acts = acts, .data = data, .jobs = g_async_queue_new (),
                    .known = g_hash_table_new (g_int64_hash, g_int64_equal) };
  GThread *reader;
  gboolean over = FALSE;
  Job *job;

  g_mutex_init (&server.lock);
  reader = g_thread_new ("messages", read_thread, &server);
  while (!over)
    {
      job = g_async_queue_pop (server.jobs);
      over = job->last;
      if (!over)
        {
          answer (&server, job);
          g_mutex_lock (&server.lock);
          if (g_hash_table_lookup (server.known, &job->id) == job)
            g_hash_table_remove (server.known, &job->id);
          g_mutex_unlock (&server.lock);
        }
      job_free (job);
    }
  g_thread_join (reader);
  while ((job = g_async_queue_try_pop (server.jobs)))
    job_free (job);
  g_async_queue_unref (server.jobs);
  g_hash_table_unref (server.known);
  g_mutex_clear (&server.lock);
}
