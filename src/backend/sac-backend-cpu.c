/* The CPU: kernels of the ops on our own thread pool.  A prepared program is a list of ready argument blocks. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-backends.h"
#include "sac-cpu-private.h"

struct _SacBuffer {
  char *memory;
  gsize n_bytes;
};

typedef struct {
  SacBackend base;
  SacPool *pool;
} SacCpu;

typedef struct {
  SacKernel kernel;
  SacKernelArgs args;
  double seconds;               /* SACCADE_PROFILE */
  guint n_runs;
} Job;

static SacBuffer *
cpu_alloc (SacBackend *backend, gsize n_bytes, GError **error)
{
  char *memory = sac_try_alloc (n_bytes);
  SacBuffer *buffer;

  if (!memory)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY,
                   _("there is not enough memory (%" G_GSIZE_FORMAT " MiB in one piece)"), n_bytes >> 20);
      return NULL;
    }
  buffer = g_new0 (SacBuffer, 1);
  *buffer = (SacBuffer) { memory, n_bytes };
  return buffer;
}

static void
cpu_release (SacBackend *backend, SacBuffer *buffer)
{
  if (!buffer)
    return;
  sac_free_aligned (buffer->memory);
  g_free (buffer);
}

static void
cpu_upload (SacBackend *backend, SacBuffer *buffer, gsize offset, gconstpointer data, gsize n_bytes)
{
  g_assert (offset + n_bytes <= buffer->n_bytes);
  memcpy (buffer->memory + offset, data, n_bytes);
}

static void
cpu_download (SacBackend *backend, SacBuffer *buffer, gsize offset, gpointer data, gsize n_bytes)
{
  g_assert (offset + n_bytes <= buffer->n_bytes);
  memcpy (data, buffer->memory + offset, n_bytes);
}

gboolean
_sac_cpu_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error)
{
  const SacCpuVariant *v = shapes->op->cpu;
  SacCpuFlags have = sac_cpu_flags ();
  guint i = 0;

  *workspace = 0;
  for (; v && v[i].run; i++)
    if ((v[i].needs & have) == v[i].needs && (!v[i].fits || v[i].fits (shapes)))
      {
        if (v[i].workspace)
          *workspace = v[i].workspace (shapes);
        break;
      }
  *variant = i;
  if (!(v && v[i].run) && !shapes->op->reference)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_UNSUPPORTED, _("“%s” cannot run on this processor"), shapes->op->name);
      return FALSE;
    }
  return TRUE;
}

static gpointer
cpu_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error)
{
  SacCpu *self = (SacCpu *) backend;
  Job *jobs = g_new0 (Job, plan->n_steps + 1);

  for (guint s = 0; s < plan->n_steps; s++)
    {
      const SacStep *step = &plan->steps[s];
      const SacOp *op = step->node.op;
      SacKernelArgs *args = &jobs[s].args;

      *args = (SacKernelArgs) { .op = op, .n_src = step->node.n_src, .params = step->node.params, .pool = self->pool,
                                .workspace_bytes = step->workspace_bytes };
      for (guint i = 0; i < step->node.n_src; i++)
        if (step->node.src[i])
          args->src[i] = (SacTensor) { step->src_shape[i],
                                       (float *) (plan->buffers[step->src[i].buffer]->memory + step->src[i].offset) };
      args->dst.shape = step->node.shape;
      if (!op->mutates)
        args->dst.data = (float *) (plan->buffers[step->dst.buffer]->memory + step->dst.offset);
      if (step->workspace_bytes)
        args->workspace = plan->buffers[step->workspace.buffer]->memory + step->workspace.offset;
      jobs[s].kernel = op->cpu && op->cpu[step->variant].run ? op->cpu[step->variant].run : op->reference;
    }
  return jobs;
}

/* SACCADE_CHECK: the step's reference on the same sources; results may differ by rounding only. */
static gboolean
check_step (const Job *job, GError **error)
{
  SacKernelArgs args = job->args;
  gsize n = sac_shape_count (args.dst.shape);
  g_autofree float *expected = NULL;
  double difference = 0, power = 0;

  if (job->args.op->mutates || job->args.op->inplace >= 0 || !job->args.op->reference || job->kernel == job->args.op->reference)
    return TRUE;
  expected = g_new0 (float, n);
  args.dst.data = expected;
  args.op->reference (&args);
  for (gsize i = 0; i < n; i++)
    {
      double d = (double) job->args.dst.data[i] - expected[i];

      difference += d * d;
      power += (double) expected[i] * expected[i];
    }
  if (difference <= 1e-9 * power + 1e-20)
    return TRUE;
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CHECK, "%s differs from its reference: NMSE %g", args.op->name, difference / power);
  return FALSE;
}

static gboolean
run_job (Job *job, gboolean profile, gboolean check, GError **error)
{
  gint64 started = profile ? g_get_monotonic_time () : 0;

  job->kernel (&job->args);
  if (profile)
    {
      job->seconds += 1e-6 * (double) (g_get_monotonic_time () - started);
      job->n_runs++;
    }
  return !check || check_step (job, error);
}

static gboolean
cpu_run (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, GCancellable *cancellable, GError **error)
{
  Job *jobs = prepared;
  gboolean profile = sac_switch_on (SAC_SWITCH_PROFILE), check = sac_switch_on (SAC_SWITCH_CHECK);
  gboolean reverse = sac_switch_on (SAC_SWITCH_REVERSE);

  for (guint s = 0; s < plan->n_steps;)
    {
      guint end = s + 1;

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED, _("Stopped"));
          return FALSE;
        }
      while (reverse && end < plan->n_steps && !plan->steps[end].barrier)
        end++;
      for (guint i = 0; i < end - s; i++)
        if (!run_job (&jobs[reverse ? end - 1 - i : s + i], profile, check, error))
          return FALSE;
      s = end;
    }
  return TRUE;
}

/* ---- SACCADE_PROFILE: per op, then the slowest steps. */

static double
job_flops (const Job *job)
{
  return job->args.op->flops ? job->args.op->flops (&job->args) : (double) sac_shape_count (job->args.dst.shape);
}

static double
job_bytes (const Job *job)
{
  double n = job->args.op->mutates ? 0 : (double) sac_shape_count (job->args.dst.shape);

  for (guint i = 0; i < job->args.n_src; i++)
    if (job->args.src[i].data)
      n += (double) sac_shape_count (job->args.src[i].shape) * (job->args.op->mutates >> i & 1 ? 2 : 1);
  return n * sizeof (float);
}

static int
slower (gconstpointer a, gconstpointer b)
{
  const Job *const *x = a, *const *y = b;

  return ((*x)->seconds < (*y)->seconds) - ((*x)->seconds > (*y)->seconds);
}

static void
print_profile (Job *jobs, guint n)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GHashTable) by_op = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  GHashTableIter iter;
  gpointer name, sum;
  double total = 0;

  for (guint i = 0; i < n; i++)
    {
      double *own = g_hash_table_lookup (by_op, jobs[i].args.op->name);

      if (!own)
        g_hash_table_insert (by_op, (gpointer) jobs[i].args.op->name, own = g_new0 (double, 1));
      *own += jobs[i].seconds;
      total += jobs[i].seconds;
      g_ptr_array_add (sorted, &jobs[i]);
    }
  g_ptr_array_sort (sorted, slower);
  g_printerr ("profile: %u runs, %.1f ms a run\n", jobs[0].n_runs, 1e3 * total / jobs[0].n_runs);
  g_hash_table_iter_init (&iter, by_op);
  while (g_hash_table_iter_next (&iter, &name, &sum))
    g_printerr ("  %5.1f %%  %8.2f ms  %s\n", 100 * *(double *) sum / total, 1e3 * *(double *) sum / jobs[0].n_runs, (char *) name);
  for (guint i = 0; i < MIN (n, 40); i++)
    {
      const Job *job = sorted->pdata[i];
      g_autofree char *shape = sac_shape_dup_string (job->args.op->mutates ? job->args.src[0].shape : job->args.dst.shape);
      double s = job->seconds / job->n_runs;

      g_printerr ("  %8.2f ms  %7.1f GFLOP/s  %6.1f GB/s  %-18s %s\n", 1e3 * s, 1e-9 * job_flops (job) / s, 1e-9 * job_bytes (job) / s,
                  job->args.op->name, shape);
    }
}

static void
cpu_unprepare (SacBackend *backend, gpointer prepared)
{
  Job *jobs = prepared;
  guint n = 0;

  while (jobs[n].kernel)
    n++;
  if (n > 0 && jobs[0].n_runs > 0)
    print_profile (jobs, n);
  g_free (jobs);
}

static void
cpu_destroy (SacBackend *backend)
{
  SacCpu *self = (SacCpu *) backend;

  sac_pool_free (self->pool);
  g_free (self);
}

SacBackend *
sac_backend_cpu_new (guint n_threads)
{
  SacCpu *self = g_new0 (SacCpu, 1);

  self->base = (SacBackend) {
    .name = "cpu", .alloc = cpu_alloc, .release = cpu_release, .upload = cpu_upload, .download = cpu_download,
    .select = _sac_cpu_select, .prepare = cpu_prepare, .run = cpu_run, .unprepare = cpu_unprepare, .destroy = cpu_destroy,
  };
  self->pool = sac_pool_new (n_threads);
  return &self->base;
}
