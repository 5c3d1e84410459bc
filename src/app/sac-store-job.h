/* Work on the open project that may take longer than a frame: in a thread, with a connection of its own.  Reading goes on beside the
 * window's work; for writing the session lends its connection and has it back before @done is called.  Main thread. */
#pragma once
#include "sac-session.h"

/* In the thread; what is found out goes into @data. */
typedef gboolean (*SacStoreFunc) (SacProject *project, gpointer data, GCancellable *cancellable, GError **error);

/* @data is freed with @free_data after @done; @owner lives until then. */
void     sac_store_job_read (SacSession *session, SacStoreFunc func, gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
                             gpointer owner, GAsyncReadyCallback done);
/* FALSE, and said so, while nothing may be written. */
gboolean sac_store_job_write (SacSession *session, SacStoreFunc func, gpointer data, GDestroyNotify free_data, gpointer owner,
                              GAsyncReadyCallback done);
/* The same, to be cancelled; what counts then is how @func ended. */
gboolean sac_store_job_write_slowly (SacSession *session, SacStoreFunc func, gpointer data, GDestroyNotify free_data,
                                     GCancellable *cancellable, gpointer owner, GAsyncReadyCallback done);
/* For @done (source: @owner): the job's data, borrowed; NULL with @error. */
gpointer sac_store_job_finish (GAsyncResult *result, GError **error);
