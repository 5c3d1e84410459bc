#include "sac-store-job.h"

#include <glib/gi18n.h>

typedef struct {
  SacSession *session;
  char *path;
  gboolean write;
  SacStoreFunc func;
  gpointer data;
  GDestroyNotify free_data;
  GAsyncReadyCallback done;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data)
    job->free_data (job->data);
  g_object_unref (job->session);
  g_free (job->path);
  g_free (job);
}

static void
work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  SacProject *project = job->write ? sac_project_open (job->path, SAC_PROJECT_READ_WRITE, &error)
                                   : sac_project_open_reader (job->path, &error);
  gboolean good = project && job->func (project, job->data, cancellable, &error);

  g_clear_object (&project);    /* gives the write back before the session asks for it */
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error ? error : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, _("failed without saying why")));
}

static void
on_worked (GObject *owner, GAsyncResult *result, gpointer data)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  if (job->write)
    sac_session_take_back (job->session);
  job->done (owner, result, NULL);
}

static void
start (Job *job, GCancellable *cancellable, gpointer owner)
{
  g_autoptr (GTask) task = g_task_new (owner, cancellable, on_worked, NULL);

  if (job->write)
    g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, work);
}

void
sac_store_job_read (SacSession *session, SacStoreFunc func, gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
                    gpointer owner, GAsyncReadyCallback done)
{
  Job *job = g_new0 (Job, 1);

  *job = (Job) { g_object_ref (session), g_strdup (sac_session_get_path (session)), FALSE, func, data, free_data, done };
  start (job, cancellable, owner);
}

gboolean
sac_store_job_write (SacSession *session, SacStoreFunc func, gpointer data, GDestroyNotify free_data, gpointer owner,
                     GAsyncReadyCallback done)
{
  return sac_store_job_write_slowly (session, func, data, free_data, NULL, owner, done);
}

gboolean
sac_store_job_write_slowly (SacSession *session, SacStoreFunc func, gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
                            gpointer owner, GAsyncReadyCallback done)
{
  Job *job = g_new0 (Job, 1);

  *job = (Job) { g_object_ref (session), g_strdup (sac_session_get_path (session)), TRUE, func, data, free_data, done };
  if (!sac_session_is_writable (session))
    {
      sac_session_say (session, FALSE, _("This project can only be read now; nothing was changed"));
      job_free (job);
      return FALSE;
    }
  sac_session_lend (session);
  start (job, cancellable, owner);
  return TRUE;
}

gpointer
sac_store_job_finish (GAsyncResult *result, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  return g_task_propagate_boolean (G_TASK (result), error) ? job->data : NULL;
}
