/* The window's side of the worker: one child over a socket, asked by numbered lines, started when first needed. */
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer-private.h"
#include "sac-message-private.h"

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
  int fd;                       /* what goes with it, −1 none; ours */
  SacReadAnswer read;
  GDestroyNotify destroy;       /* of what read() gave */
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
  if (question->fd >= 0)
    close (question->fd);
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
          || !_sac_message_send (self->fd, question->json, question->fd, FALSE, &error))
        answer_error (self, question,
                      g_error_new (SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER,
                                   _("The worker process ended before it had an answer%s%s. Choose the clip again; if it ends again, "
                                     "there may be too little memory for this network: close other programs, or see saccade doctor."),
                                   error ? ": " : "", error ? error->message : ""));
      else
        question->tries++;
    }
}

static void
take_answer (SacWorker *self, SacMessage *message)
{
  g_autoptr (JsonObject) object = _sac_json_parse (message->json, strlen (message->json), "message", NULL);
  guint64 id = object ? (guint64) _sac_json_int (object, "id", 0) : 0;
  Question *question = g_hash_table_lookup (self->pending, &id);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  GDestroyNotify destroy;
  gpointer answer;

  if (!question)
    return;                     /* a cancelled question's late answer */
  if (!_sac_json_flag (object, "ok"))
    {
      answer_error (self, question,
                    g_error_new (SAC_RUN_ERROR, SAC_RUN_ERROR_WORKER, "%s",
                                 _sac_json_string (object, "error", _("The worker failed without saying why"))));
      return;
    }
  answer = question->read (object, message->fd, &error);
  if (!answer)
    {
      answer_error (self, question, g_steal_pointer (&error));
      return;
    }
  task = g_object_ref (question->task);
  destroy = question->destroy;
  g_hash_table_remove (self->pending, &id);
  g_task_return_pointer (task, answer, destroy);
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
sac_worker_rest (SacWorker *self)
{
  g_return_if_fail (SAC_IS_WORKER (self));
  if (g_hash_table_size (self->pending) == 0)
    drop_child (self);
}

JsonBuilder *
_sac_question (const char *ask, const char *run_folder, const char *project, const char *clip)
{
  JsonBuilder *builder = json_builder_new ();
  const char *const members[][2] = { { "ask", ask }, { "run", run_folder }, { "project", project }, { "clip", clip } };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      json_builder_set_member_name (builder, members[i][0]);
      json_builder_add_string_value (builder, members[i][1]);
    }
  return builder;
}

void
_sac_worker_ask (SacWorker *self, JsonBuilder *builder_taken, int fd, SacReadAnswer read, GDestroyNotify destroy, gpointer tag,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (JsonBuilder) builder = builder_taken;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Question *question;

  g_return_if_fail (SAC_IS_WORKER (self));
  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, tag);
  question = g_new0 (Question, 1);
  question->id = ++self->last_id;
  question->worker = self;
  question->fd = fd;
  question->read = read;
  question->destroy = destroy;
  if (g_task_return_error_if_cancelled (task))
    {
      question_free (question);
      return;
    }
  question->task = g_object_ref (task);
  json_builder_set_member_name (builder, "id");
  json_builder_add_int_value (builder, (gint64) question->id);
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
  else if (_sac_message_send (self->fd, question->json, question->fd, FALSE, &error))
    question->tries++;
  /* It died, and this is how we learn of it: before the main loop had its turn. */
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) || g_error_matches (error, G_IO_ERROR,
                                                                                           G_IO_ERROR_CONNECTION_CLOSED))
    child_died (self);
  else
    answer_error (self, question, g_steal_pointer (&error));
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
