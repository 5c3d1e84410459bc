/* The CPU: kernels of the ops on our own thread pool.  A prepared program is a list of ready argument blocks. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
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
  SacPeaks peaks;               /* n_threads 0: not yet measured */
} SacCpu;

static SacBuffer *
cpu_alloc (SacBackend *backend, gsize n_bytes, GError **error)
{
  char *memory = sac_try_alloc (n_bytes);
  SacBuffer *buffer;

  if (!memory)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY,
                   _("there is not enough memory (%u MiB in one piece)"), (guint) (n_bytes >> 20));
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

static gboolean
cpu_download (SacBackend *backend, SacBuffer *buffer, gsize offset, gpointer data, gsize n_bytes, GError **error)
{
  g_assert (offset + n_bytes <= buffer->n_bytes);
  memcpy (data, buffer->memory + offset, n_bytes);
  return TRUE;
}

/* The first variant that this machine has and that fits.  @widen: operands stored as bf16 may be widened for it. */
static guint
find_variant (const SacKernelArgs *shapes, gboolean widen)
{
  const SacCpuVariant *v = shapes->op->cpu;
  SacCpuFlags have = sac_cpu_flags ();
  guint i = 0;

  for (; v && v[i].run; i++)
    {
      guint32 to_widen = _sac_cpu_to_widen (shapes, &v[i]);
      SacKernelArgs seen = _sac_cpu_widened (shapes, to_widen, NULL);

      if ((v[i].needs & have) == v[i].needs && (widen || !to_widen) && (!v[i].fits || v[i].fits (&seen)))
        break;
    }
  return i;
}

gboolean
_sac_cpu_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error)
{
  const SacCpuVariant *v = shapes->op->cpu;
  SacKernelArgs seen;
  guint32 to_widen;
  guint i = find_variant (shapes, FALSE);

  if (!(v && v[i].run))
    i = find_variant (shapes, TRUE);
  to_widen = _sac_cpu_to_widen (shapes, v && v[i].run ? &v[i] : NULL);
  seen = _sac_cpu_widened (shapes, to_widen, NULL);
  *workspace = _sac_cpu_widened_bytes (shapes, to_widen) + (v && v[i].run && v[i].workspace ? v[i].workspace (&seen) : 0);
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
  SacCpuProgram *program = g_new0 (SacCpuProgram, 1);

  program->steps = g_new0 (SacCpuStep, plan->n_steps + 1);
  program->n_steps = plan->n_steps;
  program->timed = sac_switch_on (SAC_SWITCH_PROFILE);
  for (guint s = 0; s < plan->n_steps; s++)
    {
      const SacStep *step = &plan->steps[s];
      const SacOp *op = step->node.op;
      const SacCpuVariant *variant = op->cpu && op->cpu[step->variant].run ? &op->cpu[step->variant] : NULL;
      SacKernelArgs *args = &program->steps[s].args;

      *args = (SacKernelArgs) { .op = op, .n_src = step->node.n_src, .params = step->node.params, .pool = self->pool,
                                .workspace_bytes = step->workspace_bytes };
      for (guint i = 0; i < step->node.n_src; i++)
        if (step->node.src[i])
          args->src[i] = (SacTensor) { step->src_shape[i],
                                       (float *) (plan->buffers[step->src[i].buffer]->memory + step->src[i].offset),
                                       step->src_dtype[i] };
      args->dst = (SacTensor) { .shape = step->node.shape, .dtype = step->dtype };
      if (!op->mutates)
        args->dst.data = (float *) (plan->buffers[step->dst.buffer]->memory + step->dst.offset);
      if (step->workspace_bytes)
        args->workspace = plan->buffers[step->workspace.buffer]->memory + step->workspace.offset;
      program->steps[s].kernel = variant ? variant->run : op->reference;
      program->steps[s].to_widen = _sac_cpu_to_widen (args, variant);
      program->steps[s].variant = variant ? variant->name : "reference";
    }
  return program;
}

void
_sac_cpu_run_kernel (const SacCpuStep *step)
{
  if (step->to_widen)
    _sac_cpu_run_widened (&step->args, step->to_widen, step->kernel);
  else
    step->kernel (&step->args);
}

static gboolean
run_step (SacCpuProgram *program, guint s, gboolean check, GError **error)
{
  SacCpuStep *step = &program->steps[s];
  gint64 started = program->timed ? g_get_monotonic_time () : 0;

  if (check)
    return _sac_cpu_run_checked (step, s, error);
  _sac_cpu_run_kernel (step);
  if (program->timed)
    step->spent_us += g_get_monotonic_time () - started;
  return TRUE;
}

static gboolean
cpu_run (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, GCancellable *cancellable, GError **error)
{
  SacCpuProgram *program = prepared;
  gboolean check = sac_switch_on (SAC_SWITCH_CHECK), reverse = sac_switch_on (SAC_SWITCH_REVERSE);

  /* The steps of a group, up to the next barrier, touch nothing of each other: any order gives the same bits. */
  for (guint from = 0, end; from < plan->n_steps; from = end)
    {
      for (end = from + 1; end < plan->n_steps && !plan->steps[end].barrier; end++)
        ;
      for (guint i = from; i < end; i++)
        {
          if (g_cancellable_is_cancelled (cancellable))
            {
              g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED, _("Stopped"));
              return FALSE;
            }
          if (!run_step (program, reverse ? end - 1 - (i - from) : i, check, error))
            return FALSE;
          if (plan->progress)
            plan->progress ((i + 1.0) / plan->n_steps, plan->progress_data);
        }
    }
  program->n_profiled += program->timed;
  return TRUE;
}

static guint
cpu_step_times (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, double *seconds)
{
  SacCpuProgram *program = prepared;

  if (!seconds)
    {
      program->timed = TRUE;
      program->n_profiled = 0;
    }
  for (guint s = 0; s < program->n_steps; s++)
    if (seconds)
      seconds[s] = 1e-6 * (double) program->steps[s].spent_us / MAX (program->n_profiled, 1);
    else
      program->steps[s].spent_us = 0;
  return program->n_profiled;
}

static SacPeaks
cpu_measure_peaks (SacBackend *backend)
{
  SacCpu *self = (SacCpu *) backend;

  if (self->peaks.n_threads == 0)
    self->peaks = _sac_cpu_measure_peaks (self->pool);
  return self->peaks;
}

static void
cpu_unprepare (SacBackend *backend, gpointer prepared)
{
  SacCpuProgram *program = prepared;

  g_free (program->steps);
  g_free (program);
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
    .name = "cpu", .stores = 1 << SAC_BF16, .alloc = cpu_alloc, .release = cpu_release, .upload = cpu_upload, .download = cpu_download,
    .select = _sac_cpu_select, .prepare = cpu_prepare, .run = cpu_run, .step_times = cpu_step_times, .measure_peaks = cpu_measure_peaks,
    .unprepare = cpu_unprepare, .destroy = cpu_destroy,
  };
  self->pool = sac_pool_new (n_threads);
  return &self->base;
}
