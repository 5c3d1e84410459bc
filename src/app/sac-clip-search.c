#include "sac-clip-search.h"

#define MANY_CLIPS 3000         /* more are searched by a thread */

typedef struct {
  char *path, *query;
  SacSort sort;
  gboolean descending;
  guint64 seed;
  GArray *only;
  SacClipTable *table;
} Question;

typedef struct {
  SacClipTable *table;
  guint *rows, n;
} Answer;

struct _SacClipSearch {
  GObject parent_instance;
  SacSession *session;
  SacClipList *list;
  GCancellable *asked;          /* what is being searched */
};

G_DEFINE_FINAL_TYPE (SacClipSearch, sac_clip_search, G_TYPE_OBJECT)

static guint done_signal;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->path);
  g_free (question->query);
  g_clear_pointer (&question->only, g_array_unref);
  sac_clip_table_unref (question->table);
  g_free (question);
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  sac_clip_table_unref (answer->table);
  g_free (answer->rows);
  g_free (answer);
}

/* ---- the work; any thread. */

static Answer *
answer (const Question *question, SacProject *project, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) ids = sac_project_query_sorted (project, question->query, question->sort, question->descending, question->seed,
                                                     cancellable, error);
  g_autofree guint8 *may = NULL;
  Answer *found;

  if (!ids)
    return NULL;
  found = g_new0 (Answer, 1);
  found->table = sac_clip_table_ref (question->table);
  found->rows = g_new (guint, MAX (ids->len, 1));
  if (question->only)
    {
      may = g_new0 (guint8, question->table->n + 1);
      for (guint i = 0; i < question->only->len; i++)
        {
          guint row = sac_clip_table_find (question->table, g_array_index (question->only, SacId, i));

          may[row == SAC_NO_ROW ? question->table->n : row] = 1;
        }
    }
  for (guint i = 0; i < ids->len; i++)
    {
      guint row = sac_clip_table_find (question->table, g_array_index (ids, SacId, i));

      if (row != SAC_NO_ROW && (!may || may[row]))
        found->rows[found->n++] = row;
    }
  return found;
}

static void
answer_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Question *question = data;
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open_reader (question->path, &error);
  Answer *found = project ? answer (question, project, cancellable, &error) : NULL;

  if (found)
    g_task_return_pointer (task, found, answer_free);
  else
    g_task_return_error (task, error);
}

/* ---- asking. */

static void
take_answer (SacClipSearch *self, Answer *found, GError *error)
{
  if (found)
    {
      sac_clip_list_set_rows (self->list, found->table, g_steal_pointer (&found->rows), found->n);
      answer_free (found);
    }
  g_signal_emit (self, done_signal, 0, error ? error->message : NULL);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  SacClipSearch *self = SAC_CLIP_SEARCH (source);
  g_autoptr (GError) error = NULL;
  Answer *found = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->asked)
    {
      g_clear_pointer (&found, answer_free);    /* a newer question is open */
      return;
    }
  g_clear_object (&self->asked);
  take_answer (self, found, error);
}

static void
drop_asked (SacClipSearch *self)
{
  if (self->asked)
    g_cancellable_cancel (self->asked);
  g_clear_object (&self->asked);
}

void
sac_clip_search_ask (SacClipSearch *self, const char *query, SacSort sort, gboolean descending, guint64 seed, GArray *only)
{
  SacClipTable *table;
  SacProject *project;
  Question *question;

  g_return_if_fail (SAC_IS_CLIP_SEARCH (self) && query);
  table = sac_session_get_table (self->session);
  project = sac_session_get_project (self->session);
  drop_asked (self);
  if (!sac_session_get_path (self->session) || (query[0] == '\0' && sort == SAC_SORT_NAME && !descending && !only))
    {
      sac_clip_list_set_rows (self->list, table, NULL, table->n);
      take_answer (self, NULL, NULL);
      return;
    }
  question = g_new0 (Question, 1);
  question->path = g_strdup (sac_session_get_path (self->session));
  question->query = g_strdup (query);
  question->sort = sort;
  question->descending = descending;
  question->seed = seed;
  question->only = only ? g_array_ref (only) : NULL;
  question->table = sac_clip_table_ref (table);
  if (project && table->n <= MANY_CLIPS)
    {
      g_autoptr (GError) error = NULL;
      Answer *found = answer (question, project, NULL, &error);

      question_free (question);
      take_answer (self, found, error);
    }
  else
    {
      g_autoptr (GTask) task = NULL;

      self->asked = g_cancellable_new ();
      task = g_task_new (self, self->asked, on_answered, NULL);
      g_task_set_check_cancellable (task, FALSE);
      g_task_set_task_data (task, question, question_free);
      g_task_run_in_thread (task, answer_in_thread);
    }
}

SacClipList *
sac_clip_search_get_list (SacClipSearch *self)
{
  return self->list;
}

gboolean
sac_clip_search_is_busy (SacClipSearch *self)
{
  return self->asked != NULL;
}

static void
sac_clip_search_dispose (GObject *object)
{
  SacClipSearch *self = SAC_CLIP_SEARCH (object);

  drop_asked (self);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_clip_search_parent_class)->dispose (object);
}

static void
sac_clip_search_class_init (SacClipSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_clip_search_dispose;
  done_signal = g_signal_new ("done", SAC_TYPE_CLIP_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_clip_search_init (SacClipSearch *self)
{
}

SacClipSearch *
sac_clip_search_new (SacSession *session)
{
  SacClipSearch *self = g_object_new (SAC_TYPE_CLIP_SEARCH, NULL);

  self->session = g_object_ref (session);
  self->list = sac_clip_list_new (sac_session_get_pool (session));
  return self;
}
