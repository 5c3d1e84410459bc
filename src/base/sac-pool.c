#include "sac-pool.h"

#include <stdlib.h>

#include "sac-debug.h"

#define SPIN_US 50

/* One thread's stretch of the tasks, on a cache line of its own. */
typedef struct {
  guint next;                   /* atomic: next task to take */
  guint end;
  char unused[56];
} Share;

struct _SacPool {
  guint n_threads;
  GThread **threads;            /* n_threads − 1 */
  GMutex lock;
  GCond wake, done;
  guint generation;             /* atomic; a new job raises it */
  gboolean quit;
  SacPoolFunc func;
  gpointer data;
  Share *shares;                /* n_threads */
  guint busy;                   /* atomic: helpers still in this job */
};

typedef struct {
  SacPool *pool;
  guint number;
} Helper;

/* First the own stretch, then what is left of the others'. */
static void
work_off (SacPool *pool, guint thread)
{
  for (guint i = 0; i < pool->n_threads; i++)
    {
      Share *share = &pool->shares[(thread + i) % pool->n_threads];
      guint task;

      while ((task = (guint) g_atomic_int_add (&share->next, 1)) < share->end)
        pool->func (task, thread, pool->data);
    }
}

static inline void
relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

static gpointer
helper_main (gpointer data)
{
  Helper *self = data;
  SacPool *pool = self->pool;
  guint seen = 0;

  for (;;)
    {
      gint64 until = g_get_monotonic_time () + SPIN_US;

      while ((guint) g_atomic_int_get (&pool->generation) == seen && g_get_monotonic_time () < until)
        for (int i = 0; i < 32; i++)
          relax ();
      if ((guint) g_atomic_int_get (&pool->generation) == seen)
        {
          g_mutex_lock (&pool->lock);
          while ((guint) g_atomic_int_get (&pool->generation) == seen)
            g_cond_wait (&pool->wake, &pool->lock);
          g_mutex_unlock (&pool->lock);
        }
      seen = (guint) g_atomic_int_get (&pool->generation);
      if (pool->quit)
        break;
      work_off (pool, self->number);
      if (g_atomic_int_dec_and_test (&pool->busy))
        {
          g_mutex_lock (&pool->lock);
          g_cond_signal (&pool->done);
          g_mutex_unlock (&pool->lock);
        }
    }
  g_free (self);
  return NULL;
}

static void
start_job (SacPool *pool)
{
  g_mutex_lock (&pool->lock);
  g_atomic_int_inc (&pool->generation);
  g_cond_broadcast (&pool->wake);
  g_mutex_unlock (&pool->lock);
}

SacPool *
sac_pool_new (guint n_threads)
{
  SacPool *pool = g_new0 (SacPool, 1);

  if (n_threads == 0)
    n_threads = sac_env_threads ();
  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  pool->n_threads = MAX (n_threads, 1);
  g_mutex_init (&pool->lock);
  g_cond_init (&pool->wake);
  g_cond_init (&pool->done);
  pool->threads = g_new0 (GThread *, pool->n_threads);
  pool->shares = g_new0 (Share, pool->n_threads);
  for (guint i = 1; i < pool->n_threads; i++)
    {
      Helper *helper = g_new0 (Helper, 1);

      *helper = (Helper) { pool, i };
      pool->threads[i - 1] = g_thread_new ("compute", helper_main, helper);
    }
  return pool;
}

void
sac_pool_free (SacPool *pool)
{
  if (!pool)
    return;
  pool->quit = TRUE;
  start_job (pool);
  for (guint i = 1; i < pool->n_threads; i++)
    g_thread_join (pool->threads[i - 1]);
  g_free (pool->threads);
  g_free (pool->shares);
  g_mutex_clear (&pool->lock);
  g_cond_clear (&pool->wake);
  g_cond_clear (&pool->done);
  g_free (pool);
}

guint
sac_pool_get_threads (const SacPool *pool)
{
  return pool->n_threads;
}

void
sac_pool_run (SacPool *pool, guint n_tasks, SacPoolFunc func, gpointer data)
{
  gint64 until;

  if (!pool || pool->n_threads == 1 || n_tasks <= 1)
    {
      for (guint task = 0; task < n_tasks; task++)
        func (task, 0, data);
      return;
    }
  pool->func = func;
  pool->data = data;
  for (guint i = 0; i < pool->n_threads; i++)
    {
      pool->shares[i].end = (guint) ((guint64) n_tasks * (i + 1) / pool->n_threads);
      g_atomic_int_set (&pool->shares[i].next, (gint) ((guint64) n_tasks * i / pool->n_threads));
    }
  g_atomic_int_set (&pool->busy, (gint) pool->n_threads - 1);
  start_job (pool);
  work_off (pool, 0);
  until = g_get_monotonic_time () + SPIN_US;
  while (g_atomic_int_get (&pool->busy) > 0 && g_get_monotonic_time () < until)
    relax ();
  g_mutex_lock (&pool->lock);
  while (g_atomic_int_get (&pool->busy) > 0)
    g_cond_wait (&pool->done, &pool->lock);
  g_mutex_unlock (&pool->lock);
}
