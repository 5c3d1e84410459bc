/* The window's side of the worker: one child over a socket, asked by numbered lines, started when first needed. */
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sac-json-private.h"
#include "sac-message-private.h"
#include "sac-run.h"

#define MAX_MAP_FLOATS ((gsize) 64 << 20)
#define MAX_TRIES 2             /* a question that killed the worker twice is not asked again */

struct _SacWorker {
  GObject parent_instance;
  char *program;
  GSubprocess *child;
  int fd;                       /* our end, −1 while no child lives */
  guint watch;
  guint64 last_id;
  GHashTable *pending;          /* &id → Question */
};

typedef struct {
  guint64 id;
  char *json;
  guint tries;
  GTask *task;
  GSource *cancel;
  SacWorker *worker;            /* borrowed: it owns the question */
} Question;

G_DEFINE_FINAL_TYPE (SacWorker, sac_worker, G_TYPE_OBJECT)

static gboolean start_child (SacWorker *self, GError **error);

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->cancel)
    {
      g_source_destroy (question->cancel);
      g_source_unref (question->cancel);
    }
  g_free (question->json);
  g_clear_object (&question->task);
  g_free (question);
}

static void
drop_child (SacWorker *self)
{
  if (self->watch)
    g_source_remove (self->watch);
  self->watch = 0;
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (self->child)
    g_subprocess_force_exit (self->child);
  g_clear_object (&self->child);
}

static void
answer_error (SacWorker *self, Question *question, GError *error)
{
  g_autoptr (GTask) task = g_object_ref (question->task);

  g_hash_table_remove (self->pending, &question->id);
  g_task_return_error (task, error);
}

/* The child is gone: what it was asked goes to a fresh one, once. */
static void
child_died (SacWorker *self)
{
  GHashTableIter iter;
  gpointer value;
  g_autoptr (GPtrArray) questions = g_ptr_array_new ();
  g_autoptr (SacWorker) hold = g_object_ref (self);

  drop_child (self);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (questions, value);
  for (guint i = 0; i < questions->len; i++)
    {
      Question *question = questions->pdata[i];
      g_autoptr (GError) error = NULL;

      if (question->tries >= MAX_TRIES || !start_child (self, &error)
          || !_sac_message_send (self->fd, question->json, -1, FALSE, &error))
        answer_error (self, question,
                      g_error_new (SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER,
                                   _("The worker process ended before it had an answer%s%s"),
                                   error ? ": " : "", error ? error->message : ""));
      else
        question->tries++;
    }
}

static gboolean
damaged_answer (GError **error)
{
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER, _("The worker's answer cannot be read"));
  return FALSE;
}

/* The map is copied by reads, never mapped: a worker that shrinks its memory cannot take the window down. */
static gboolean
read_map (SacExplanation *out, int fd, GError **error)
{
  gsize n = (gsize) out->t * out->h * out->w, done = 0;
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0 || (guint64) info.st_size != n * sizeof (float))
    return damaged_answer (error);
  out->map = g_try_malloc (n * sizeof (float));
  if (!out->map)
    return damaged_answer (error);
  while (done < n * sizeof (float))
    {
      gssize r = pread (fd, (char *) out->map + done, n * sizeof (float) - done, (off_t) done);

      if (r < 0 && errno == EINTR)
        continue;
      if (r <= 0)
        return damaged_answer (error);
      done += (gsize) r;
    }
  for (gsize i = 0; i < n; i++)
    if (!(out->map[i] >= 0 && out->map[i] <= 1))
      out->map[i] = out->map[i] > 1 ? 1 : 0;
  return TRUE;
}

static SacExplanation *
read_explanation (JsonObject *object, int fd, GError **error)
{
  g_autoptr (SacExplanation) out = g_new0 (SacExplanation, 1);
  JsonArray *frames = _sac_json_array (object, "frames"), *weights = _sac_json_array (object, "weights");
  JsonArray *shape = _sac_json_array (object, "shape"), *top = _sac_json_array (object, "top");
  JsonArray *crop = _sac_json_array (object, "crop");
  double size[3];

  if (!frames || !weights || !shape || !top || json_array_get_length (shape) != 3
      || json_array_get_length (frames) != json_array_get_length (weights) || (crop && json_array_get_length (crop) != 4))
    {
      damaged_answer (error);
      return NULL;
    }
  for (guint i = 0; i < 3; i++)
    {
      size[i] = _sac_json_number_at (shape, i, -1);
      if (!(size[i] >= 1 && size[i] <= 8192))
        {
          damaged_answer (error);
          return NULL;
        }
    }
  out->t = (int) size[0], out->h = (int) size[1], out->w = (int) size[2];
  out->n_frames = json_array_get_length (frames);
  if ((gsize) out->t * out->h * out->w > MAX_MAP_FLOATS || out->n_frames != (guint) out->t)
    {
      damaged_answer (error);
      return NULL;
    }
  out->label = g_strdup (_sac_json_string (object, "label", ""));
  out->score = _sac_json_double (object, "score", 0);
  out->frames = g_new0 (guint, out->n_frames + 1);
  out->weights = g_new0 (float, out->n_frames + 1);
  for (guint i = 0; i < out->n_frames; i++)
    {
      out->frames[i] = (guint) CLAMP (_sac_json_number_at (frames, i, 0), 0, (double) G_MAXINT32);
      out->weights[i] = (float) CLAMP (_sac_json_number_at (weights, i, 0), 0, 1);
    }
  for (guint i = 0; crop && i < 4; i++)
    out->crop[i] = _sac_json_number_at (crop, i, 0);
  out->top_labels = g_new0 (char *, json_array_get_length (top) + 1);
  out->top_scores = g_new0 (double, json_array_get_length (top) + 1);
  for (guint i = 0; i < json_array_get_length (top); i++)
    {
      JsonNode *node = json_array_get_element (top, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (!row)
        continue;
      out->top_labels[out->n_top] = g_strdup (_sac_json_string (row, "label", ""));
      out->top_scores[out->n_top++] = _sac_json_double (row, "score", 0);
    }
  if (!read_map (out, fd, error))
    return NULL;
  return g_steal_pointer (&out);
}

static void
take_answer (SacWorker *self, SacMessage *message)
{
  g_autoptr (JsonObject) object = _sac_json_parse (message->json, strlen (message->json), "message", NULL);
  guint64 id = object ? (guint64) _sac_json_int (object, "id", 0) : 0;
  Question *question = g_hash_table_lookup (self->pending, &id);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  SacExplanation *explanation;

  if (!question)
    return;                     /* a cancelled question's late answer */
  if (!_sac_json_flag (object, "ok"))
    {
      answer_error (self, question,
                    g_error_new (SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER, "%s",
                                 _sac_json_string (object, "error", _("The worker failed without saying why"))));
      return;
    }
  explanation = read_explanation (object, message->fd, &error);
  if (!explanation)
    {
      answer_error (self, question, g_steal_pointer (&error));
      return;
    }
  task = g_object_ref (question->task);
  g_hash_table_remove (self->pending, &id);
  g_task_return_pointer (task, explanation, (GDestroyNotify) sac_explanation_free);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  SacWorker *self = data;
  g_autoptr (SacWorker) hold = g_object_ref (self);
  g_autoptr (SacMessage) message = sac_message_receive (fd, NULL);

  if (message)
    {
      take_answer (self, message);
      return G_SOURCE_CONTINUE;
    }
  self->watch = 0;
  child_died (self);
  return G_SOURCE_REMOVE;
}

static gboolean
start_child (SacWorker *self, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  int ends[2];

  if (self->fd >= 0)
    return TRUE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      int number = errno;

      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER, _("Cannot start the worker process: %s"), g_strerror (number));
      return FALSE;
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_take_fd (launcher, ends[1], 3);
  self->child = g_subprocess_launcher_spawn (launcher, error, self->program, "worker", NULL);
  if (!self->child)
    {
      close (ends[0]);
      g_prefix_error (error, "%s: ", _("Cannot start the worker process"));
      return FALSE;
    }
  self->fd = ends[0];
  self->watch = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  return TRUE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Question *question = data;
  SacWorker *self = question->worker;
  g_autofree char *json = g_strdup_printf ("{\"id\":%" G_GUINT64_FORMAT ",\"ask\":\"cancel\",\"of\":%" G_GUINT64_FORMAT "}",
                                           ++self->last_id, question->id);

  if (self->fd >= 0)
    _sac_message_send (self->fd, json, -1, FALSE, NULL);
  answer_error (self, question, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled")));
  return G_SOURCE_REMOVE;
}

void
sac_worker_explain_async (SacWorker *self, const char *run_folder, const char *project, const char *clip, const char *label,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  Question *question;
  const char *const members[][2] = { { "ask", "explain" }, { "run", run_folder }, { "project", project }, { "clip", clip },
                                     { "label", label ? label : "" } };

  g_return_if_fail (SAC_IS_WORKER (self));
  g_task_set_source_tag (task, sac_worker_explain_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  question = g_new0 (Question, 1);
  question->id = ++self->last_id;
  question->worker = self;
  question->task = g_object_ref (task);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_int_value (builder, (gint64) question->id);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      json_builder_set_member_name (builder, members[i][0]);
      json_builder_add_string_value (builder, members[i][1]);
    }
  json_builder_end_object (builder);
  question->json = _sac_json_text (builder, FALSE, NULL);
  g_hash_table_insert (self->pending, &question->id, question);
  if (cancellable)
    {
      question->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (question->cancel, G_SOURCE_FUNC (on_cancelled), question, NULL);
      g_source_attach (question->cancel, g_main_context_get_thread_default ());
    }
  if (!start_child (self, &error))
    answer_error (self, question, g_steal_pointer (&error));
  else if (_sac_message_send (self->fd, question->json, -1, FALSE, &error))
    question->tries++;
  /* It died, and this is how we learn of it: before the main loop had its turn. */
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) || g_error_matches (error, G_IO_ERROR,
                                                                                           G_IO_ERROR_CONNECTION_CLOSED))
    child_died (self);
  else
    answer_error (self, question, g_steal_pointer (&error));
}

SacExplanation *
sac_worker_explain_finish (SacWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sac_explanation_free (SacExplanation *explanation)
{
  if (!explanation)
    return;
  g_free (explanation->label);
  g_free (explanation->frames);
  g_free (explanation->weights);
  g_strfreev (explanation->top_labels);
  g_free (explanation->top_scores);
  g_free (explanation->map);
  g_free (explanation);
}

/* Each pending task holds the worker, so at this point nobody waits. */
static void
sac_worker_finalize (GObject *object)
{
  SacWorker *self = SAC_WORKER (object);

  drop_child (self);
  g_hash_table_unref (self->pending);
  g_free (self->program);
  G_OBJECT_CLASS (sac_worker_parent_class)->finalize (object);
}

static void
sac_worker_class_init (SacWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_worker_finalize;
}

static void
sac_worker_init (SacWorker *self)
{
  self->fd = -1;
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, question_free);
}

SacWorker *
sac_worker_new (const char *saccade_program)
{
  SacWorker *self = g_object_new (SAC_TYPE_WORKER, NULL);

  self->program = g_strdup (saccade_program);
  return self;
}
