/* The worker's side of the messages. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sac-json-private.h"
#include "sac-run.h"

typedef struct {
  gint64 id;
  char *run, *project, *clip, *label;
  GCancellable *cancellable;
  gboolean last;                /* the other end is closed */
} Job;

typedef struct {
  int fd;
  GAsyncQueue *jobs;
  GMutex lock;                  /* of known, and of sending */
  GHashTable *known;            /* &job->id → Job, waiting or under way; borrowed */
} Server;

static void
job_free (Job *job)
{
  g_free (job->run);
  g_free (job->project);
  g_free (job->clip);
  g_free (job->label);
  g_clear_object (&job->cancellable);
  g_free (job);
}

static void
send_builder (Server *server, JsonBuilder *builder, int map_fd)
{
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;

  json_builder_end_object (builder);
  json = _sac_json_text (builder, FALSE, NULL);
  g_mutex_lock (&server->lock);
  if (!sac_message_send (server->fd, json, map_fd, &error))
    sac_debug (UI, "worker: %s\n", error->message);
  g_mutex_unlock (&server->lock);
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

/* Sealed, so that the reader may count on its size. */
static int
map_to_fd (const SacExplanation *explanation)
{
  gsize n = (gsize) explanation->t * explanation->h * explanation->w * sizeof (float), done = 0;
  int fd = memfd_create ("saccade-map", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  while (fd >= 0 && done < n)
    {
      gssize r = write (fd, (const char *) explanation->map + done, n - done);

      if (r < 0 && errno == EINTR)
        continue;
      if (r <= 0)
        {
          close (fd);
          return -1;
        }
      done += (gsize) r;
    }
  if (fd >= 0)
    fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return fd;
}

static void
send_explanation (Server *server, gint64 id, const SacExplanation *explanation)
{
  g_autoptr (JsonBuilder) builder = begin_answer (id, TRUE);
  const int shape[3] = { explanation->t, explanation->h, explanation->w };
  int fd = map_to_fd (explanation);

  if (fd < 0)
    {
      send_error (server, id, _("not enough memory for the heat map"));
      return;
    }
  json_builder_set_member_name (builder, "label");
  json_builder_add_string_value (builder, explanation->label);
  json_builder_set_member_name (builder, "score");
  _sac_json_add_number (builder, explanation->score);
  json_builder_set_member_name (builder, "frames");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->n_frames; i++)
    json_builder_add_int_value (builder, explanation->frames[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "weights");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->n_frames; i++)
    _sac_json_add_number (builder, (double) explanation->weights[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (guint i = 0; i < explanation->n_top; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, explanation->top_labels[i]);
      json_builder_set_member_name (builder, "score");
      _sac_json_add_number (builder, explanation->top_scores[i]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (int i = 0; i < 3; i++)
    json_builder_add_int_value (builder, shape[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "crop");
  json_builder_begin_array (builder);
  for (int i = 0; i < 4; i++)
    _sac_json_add_number (builder, explanation->crop[i]);
  json_builder_end_array (builder);
  send_builder (server, builder, fd);
  close (fd);
}

static void
take_line (Server *server, const char *json)
{
  g_autoptr (JsonObject) object = _sac_json_parse (json, strlen (json), "message", NULL);
  gint64 id = object ? _sac_json_int (object, "id", 0) : 0;
  const char *what = object ? _sac_json_string (object, "ask", "") : "";

  if (strcmp (what, "explain") == 0)
    {
      Job *job = g_new0 (Job, 1);

      job->id = id;
      job->run = g_strdup (_sac_json_string (object, "run", ""));
      job->project = g_strdup (_sac_json_string (object, "project", ""));
      job->clip = g_strdup (_sac_json_string (object, "clip", ""));
      job->label = g_strdup (_sac_json_string (object, "label", ""));
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
        take_line (server, message->json);
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
sac_worker_serve (int socket_fd, SacExplainFunc explain, gpointer data)
{
  Server server = { .fd = socket_fd, .jobs = g_async_queue_new (), .known = g_hash_table_new (g_int64_hash, g_int64_equal) };
  GThread *reader;
  gboolean over = FALSE;
  Job *job;

  g_mutex_init (&server.lock);
  reader = g_thread_new ("messages", read_thread, &server);
  while (!over)
    {
      g_autoptr (GError) error = NULL;
      SacExplanation *explanation = NULL;

      job = g_async_queue_pop (server.jobs);
      over = job->last;
      if (!over)
        {
          if (!g_cancellable_set_error_if_cancelled (job->cancellable, &error))
            explanation = explain (job->run, job->project, job->clip, job->label, job->cancellable, data, &error);
          if (explanation)
            send_explanation (&server, job->id, explanation);
          else
            send_error (&server, job->id, error ? error->message : "");
          sac_explanation_free (explanation);
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
