/* conv3d_weight of a depthwise convolution: gw[c][place] = Σ over pixels of gy[p][c] · x[p at place][c].  A task takes a part of
 * gy's rows and a block of channels; a row's sums for one kernel row stay in registers and are then added to the part's.  Parts
 * are summed in order, and how many there are follows from the shape: the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define BLOCK 128               /* channels a task */
#define PART_PIXELS 2048
#define PARTS_MAX 64
#define PARTS_FLOATS (1 << 20)

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *parts;
  SacConvGeometry geo;
  gsize size, n_rows, part_rows;        /* floats of gw; rows of gy */
  guint n_parts, n_blocks;
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = { .kernels = kernels, .geo = *geo };
  gsize wanted;

  job.size = (gsize) geo->c * geo->kernel[0] * geo->kernel[1] * geo->kernel[2];
  job.n_rows = (gsize) geo->n * geo->out[0] * geo->out[1];
  wanted = MIN (job.n_rows * (gsize) geo->out[2] / PART_PIXELS, PARTS_MAX);
  wanted = MAX (MIN (MIN (wanted, PARTS_FLOATS / job.size), job.n_rows), 1);
  job.part_rows = (job.n_rows + wanted - 1) / wanted;
  job.n_parts = (guint) ((job.n_rows + job.part_rows - 1) / job.part_rows);
  job.n_blocks = (guint) (geo->c + BLOCK - 1) / BLOCK;
  return job;
}

/* One row of gy against one row of x, into the sums of a kernel row. */
static void
add_row (const Job *job, const float *gy, const float *x, float *out, gint32 n_channels)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 stride = geo->stride[2], last = geo->in[2] - 1 + geo->pad[2] - (geo->kernel[2] - 1) * geo->dilation[2];
  const gint32 from = MIN ((geo->pad[2] + stride - 1) / stride, geo->out[2]);
  const gint32 to = MAX (from, last < 0 ? 0 : MIN (last / stride + 1, geo->out[2]));
  const gsize channels = geo->c;
  SacConvDepthwiseWeight run = { .g_step = channels, .x_step = stride * channels, .tap_step = geo->dilation[2] * channels,
                                 .out_step = channels, .n_channels = n_channels };

  if (from < to)
    {
      run.g = gy + from * channels;
      run.x = x + (gsize) (from * stride - geo->pad[2]) * channels;
      run.out = out;
      run.n = to - from;
      run.n_taps = geo->kernel[2];
      job->kernels->depthwise_weight (&run);
    }
  run.n = run.n_taps = 1;
  for (gint32 o = from > 0 ? 0 : to; o < geo->out[2]; o = o + 1 == from ? to : o + 1)
    for (gint32 k = 0; k < geo->kernel[2]; k++)
      {
        const gint32 i = _sac_conv_source (geo, 2, o, k);

        if (i < 0)
          continue;
        run.g = gy + o * channels;
        run.x = x + i * channels;
        run.out = out + k * channels;
        job->kernels->depthwise_weight (&run);
      }
}

static void
part_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gsize part = task / job->n_blocks, c = task % job->n_blocks * BLOCK, channels = geo->c;
  const gsize end = MIN ((part + 1) * job->part_rows, job->n_rows), n_channels = MIN (BLOCK, channels - c);
  float *sums = job->parts + part * job->size + c;

  for (gsize place = 0; place < job->size / channels; place++)
    memset (sums + place * channels, 0, n_channels * sizeof (float));
  for (gsize row = part * job->part_rows; row < end; row++)
    for (gint32 kt = 0; kt < geo->kernel[0]; kt++)
      for (gint32 kh = 0; kh < geo->kernel[1]; kh++)
        {
          const gint32 ti = _sac_conv_source (geo, 0, row / geo->out[1] % geo->out[0], kt);
          const gint32 hi = _sac_conv_source (geo, 1, row % geo->out[1], kh);
          const gsize picture = row / geo->out[1] / geo->out[0];

          if (ti < 0 || hi < 0)
            continue;
          add_row (job, job->gy + row * geo->out[2] * channels + c,
                   job->x + ((picture * geo->in[0] + ti) * geo->in[1] + hi) * geo->in[2] * channels + c,
                   sums + ((gsize) kt * geo->kernel[1] + kh) * geo->kernel[2] * channels, (gint32) n_channels);
        }
}

/* The parts one after the other, and from [place][channel] to [channel][place]. */
static void
sum_task (guint block, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize channels = job->geo.c, n_places = job->size / channels;

  for (gsize c = (gsize) block * BLOCK; c < MIN ((gsize) (block + 1) * BLOCK, channels); c++)
    for (gsize place = 0; place < n_places; place++)
      {
        float sum = 0;

        for (guint part = 0; part < job->n_parts; part++)
          sum += job->parts[part * job->size + place * channels + c];
        job->gw[c * n_places + place] = sum;
      }
}

gboolean
_sac_conv_weight_depthwise_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);

  return geo.groups == geo.c && geo.k == geo.c;
}

gsize
_sac_conv_weight_depthwise_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  const Job job = plan (kernels, &geo);

  return job.size * job.n_parts * sizeof (float);
}

void
_sac_conv_weight_depthwise (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &geo);

  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.parts = args->workspace;
  sac_pool_run (args->pool, job.n_parts * job.n_blocks, part_task, &job);
  sac_pool_run (args->pool, job.n_blocks, sum_task, &job);
}
