/* conv3d_weight for what conv-outer.c leaves: groups, dilation, replicated rows and columns.  The same sums of outer products over
 * picture rows; a group is a range of channels, and a replicated pixel is a run of its own.
 * Order: task = (part of the picture rows, group, block of nr channels) → chunk of rows → tap → tiles of kernels → pixels.  Parts are
 * summed in order; how many there are follows from the shape: the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define CHUNK 192               /* pixels about, whose operands stay near over the taps */
#define PART_PIXELS 4096
#define PARTS_MAX 16
#define PARTS_FLOATS (8 << 20)
#define WANTED_TASKS 16
#define RUNS 256
#define SUM_FLOATS 4096

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *parts;
  SacConvGeometry geo;
  gint32 depth, per_group, n_blocks;    /* a group's channels of x, of y; blocks of nr */
  gsize size, n_rows, part_rows, chunk_rows;
  guint n_parts;
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = { .kernels = kernels, .geo = *geo, .depth = geo->c / geo->groups, .per_group = geo->k / geo->groups };
  gsize pixels, wanted, blocks;

  job.n_blocks = (job.depth + kernels->nr - 1) / kernels->nr;
  blocks = (gsize) job.n_blocks * geo->groups;
  job.size = (gsize) geo->k * geo->kernel[0] * geo->kernel[1] * geo->kernel[2] * job.depth;
  job.n_rows = (gsize) geo->n * geo->out[0] * geo->out[1];
  pixels = job.n_rows * geo->out[2];
  wanted = MAX (pixels / PART_PIXELS, (WANTED_TASKS + blocks - 1) / blocks);
  wanted = MIN (MIN (wanted, PARTS_FLOATS / job.size), MIN (job.n_rows, PARTS_MAX));
  wanted = MAX (MIN (wanted, pixels / CHUNK), 1);
  job.part_rows = (job.n_rows + wanted - 1) / wanted;
  job.n_parts = (guint) ((job.n_rows + job.part_rows - 1) / job.part_rows);
  job.chunk_rows = (gsize) MAX (CHUNK / geo->out[2], 1);
  return job;
}

typedef struct {
  const Job *job;
  SacConvOuter outer;
  SacConvRun runs[RUNS];
} Sum;

static void
flush (Sum *sum)
{
  sum->job->kernels->outer (&sum->outer);
  sum->outer.add = TRUE;
  sum->outer.n_runs = 0;
}

static void
add_run (Sum *sum, const float *gy, const float *x, gsize n)
{
  if (sum->outer.n_runs == RUNS)
    flush (sum);
  sum->runs[sum->outer.n_runs++] = (SacConvRun) { gy, x, n };
}

/* A row of gy by one place of the kernel's row: a run inside, replicated pixels one by one. */
static void
add_row (Sum *sum, const float *gy, const float *x, gint32 kw)
{
  const SacConvGeometry *geo = &sum->job->geo;
  const gint32 stride = geo->stride[2], shift = kw * geo->dilation[2] - geo->pad[2], room = geo->in[2] - 1 - shift;
  const gint32 from = shift < 0 ? MIN ((-shift + stride - 1) / stride, geo->out[2]) : 0;
  const gint32 to = room < 0 ? 0 : MIN (room / stride + 1, geo->out[2]);

  if (from < to)
    add_run (sum, gy + (gsize) from * geo->k, x + (gsize) (from * stride + shift) * geo->c, to - from);
  if (!geo->replicate_space)
    return;
  for (gint32 o = 0; o < geo->out[2]; o++)
    if (o < from || o >= to)
      add_run (sum, gy + (gsize) o * geo->k, x + (gsize) _sac_conv_source (geo, 2, o, kw) * geo->c, 1);
}

static void
block_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 nr = job->kernels->nr, block = task % job->n_blocks, group = task / job->n_blocks % geo->groups;
  const gsize part = task / job->n_blocks / geo->groups, end = MIN ((part + 1) * job->part_rows, job->n_rows);
  const gsize taps = (gsize) geo->kernel[0] * geo->kernel[1] * geo->kernel[2];
  const gint32 c0 = group * job->depth + block * nr, k0 = group * job->per_group;
  float *result = (job->n_parts > 1 ? job->parts + part * job->size : job->gw) + (gsize) k0 * taps * job->depth + block * nr;
  Sum sum = { .job = job };

  sum.outer = (SacConvOuter) { .runs = sum.runs, .a_step = geo->k, .b_step = (gsize) geo->stride[2] * geo->c,
                               .out_step = taps * job->depth, .n_rows = job->per_group, .n_cols = MIN (nr, job->depth - block * nr) };
  for (gsize row0 = part * job->part_rows; row0 < end; row0 += job->chunk_rows)
    for (gsize tap = 0; tap < taps; tap++)
      {
        const gint32 kw = tap % geo->kernel[2], kh = tap / geo->kernel[2] % geo->kernel[1], kt = tap / geo->kernel[2] / geo->kernel[1];

        sum.outer.out = result + tap * job->depth;
        sum.outer.add = row0 > part * job->part_rows;
        for (gsize row = row0; row < MIN (row0 + job->chunk_rows, end); row++)
          {
            const gsize picture = row / geo->out[1] / geo->out[0];
            const gint32 ti = _sac_conv_source (geo, 0, row / geo->out[1] % geo->out[0], kt);
            const gint32 hi = _sac_conv_source (geo, 1, row % geo->out[1], kh);

            if (ti >= 0 && hi >= 0)
              add_row (&sum, job->gy + row * geo->out[2] * geo->k + k0,
                       job->x + ((picture * geo->in[0] + ti) * geo->in[1] + hi) * geo->in[2] * geo->c + c0, kw);
          }
        if (sum.outer.n_runs > 0 || !sum.outer.add)     /* also with nothing to add: a first chunk writes zeros */
          flush (&sum);
      }
}

static void
sum_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize from = (gsize) task * SUM_FLOATS, n = MIN (job->size - from, SUM_FLOATS);
  float *out = job->gw + from;

  memcpy (out, job->parts + from, n * sizeof (float));
  for (guint part = 1; part < job->n_parts; part++)
    for (gsize i = 0; i < n; i++)
      out[i] += job->parts[part * job->size + from + i];
}

gboolean
_sac_conv_weight_general_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  return TRUE;
}

gsize
_sac_conv_weight_general_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  const Job job = plan (kernels, &geo);

  return job.n_parts > 1 ? job.size * job.n_parts * sizeof (float) : 0;
}

void
_sac_conv_weight_general (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &geo);

  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.parts = args->workspace;
  sac_pool_run (args->pool, job.n_parts * (guint) geo.groups * (guint) job.n_blocks, block_task, &job);
  if (job.n_parts > 1)
    sac_pool_run (args->pool, (guint) ((job.size + SUM_FLOATS - 1) / SUM_FLOATS), sum_task, &job);
}
