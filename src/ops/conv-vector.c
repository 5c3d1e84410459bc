/* The convolution family where the kernel covers its one picture: y is W·x, a matrix (K × C·kT·kH·kW) by a vector, and each number of W is
 * used once.  So nothing is packed or turned: W is read, or written, as it lies.  Spectral norm lives on these.
 *   forward: y_k = ⟨w_k, x⟩.    input: gx = Σ_k gy_k·w_k.    weight: gw_k = gy_k·x. */
#include "conv-kernel.h"

#include <string.h>

#define LANES 64                /* partial sums of a scalar product, always the same ones */
#define PIECE 256               /* places of gx a task */

typedef struct {
  const float *a, *b;           /* the two sources */
  float *out;
  gsize k, n;                   /* rows and columns of W */
} Job;

static gboolean
fits (const SacConvGeometry *geo)
{
  if (!_sac_conv_simple (geo) || geo->n != 1)
    return FALSE;
  for (int a = 0; a < 3; a++)
    if (geo->out[a] != 1 || geo->kernel[a] != geo->in[a] || geo->pad[a] != 0)
      return FALSE;
  return TRUE;
}

static Job
plan (const SacKernelArgs *args, const SacConvGeometry *geo)
{
  return (Job) { args->src[0].data, args->src[1].data, args->dst.data, (gsize) geo->k,
                 (gsize) geo->c * (gsize) geo->kernel[0] * (gsize) geo->kernel[1] * (gsize) geo->kernel[2] };
}

static void
forward_task (guint k, guint thread, gpointer data)
{
  const Job *job = data;
  const float *x = job->a, *w = job->b + k * job->n;
  float lanes[LANES] = { 0 };
  double sum = 0;
  gsize i = 0;

  for (; i + LANES <= job->n; i += LANES)
    for (gsize l = 0; l < LANES; l++)
      lanes[l] += w[i + l] * x[i + l];
  for (gsize l = 0; l < LANES; l++)
    sum += (double) lanes[l];
  for (; i < job->n; i++)
    sum += (double) (w[i] * x[i]);
  job->out[k] = (float) sum;
}

static void
input_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize from = (gsize) task * PIECE, n = MIN (PIECE, job->n - from);
  float sums[PIECE] = { 0 };

  for (gsize k = 0; k < job->k; k++)
    {
      const float *w = job->b + k * job->n + from, factor = job->a[k];

      for (gsize i = 0; i < n; i++)
        sums[i] += factor * w[i];
    }
  memcpy (job->out + from, sums, n * sizeof (float));
}

static void
weight_task (guint k, guint thread, gpointer data)
{
  const Job *job = data;
  const float *x = job->a, factor = job->b[k];
  float *gw = job->out + k * job->n;

  for (gsize i = 0; i < job->n; i++)
    gw[i] = factor * x[i];
}

static guint
forward_tasks (const Job *job)
{
  return (guint) job->k;
}

static guint
input_tasks (const Job *job)
{
  return (guint) ((job->n + PIECE - 1) / PIECE);
}

static guint
weight_tasks (const Job *job)
{
  return (guint) job->k;
}

#define FACE(face) \
  gboolean _sac_conv_##face##_vector_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { const SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); return fits (&geo); } \
  gsize _sac_conv_##face##_vector_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels) { return 0; } \
  void _sac_conv_##face##_vector (const SacKernelArgs *args, const SacConvKernels *kernels) \
  { \
    const SacConvGeometry geo = _sac_conv_##face##_geometry (args); \
    Job job = plan (args, &geo); \
    sac_pool_run (args->pool, face##_tasks (&job), face##_task, &job); \
  }

FACE (forward)
FACE (input)
FACE (weight)
