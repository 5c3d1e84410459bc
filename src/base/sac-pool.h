/* The compute pool: a fixed set of threads that work off numbered tasks.  Spins at most 50 µs before it sleeps.
 * Results must not depend on the number of threads: a caller splits work by shape, never by thread count. */
#pragma once
#include <glib.h>

typedef struct _SacPool SacPool;
typedef void (*SacPoolFunc) (guint task, guint thread, gpointer data);

SacPool *sac_pool_new (guint n_threads);               /* 0 = SACCADE_THREADS or all cores; counts the caller as one */
void     sac_pool_free (SacPool *pool);
guint    sac_pool_get_threads (const SacPool *pool);

/* Runs @func for task 0…n_tasks−1 and returns when all are done.  The calling thread takes part as thread 0.  Each thread begins
 * with a stretch of its own, the same part of the tasks every time, then helps the others: where tasks number pixels, a thread
 * finds in its cache what it wrote an op before.
 * One caller at a time per pool. */
void     sac_pool_run (SacPool *pool, guint n_tasks, SacPoolFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPool, sac_pool_free)
