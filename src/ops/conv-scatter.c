/* conv3d_input where x has few channels (towards pixels: saliency, inversion).  Walking over result pixels would leave a vector
 * mostly empty, so here the walk is over gy: for one row of gx, each kernel row (kt,kh) that reaches it yields, a tile of gy pixels
 * at a time, the runs of kW·C products gy[p]·w[·][kt][kh], which are added where they fall.  Each task owns one row of gx. */
#include "conv-kernel.h"

#include <string.h>

typedef struct {
  const SacConvKernels *kernels;
  const float *gy, *w;
  float *gx, *packed;
  SacConvGeometry geo;
  gint32 run, n_blocks;         /* kW·C; blocks of nr columns in it */
} Job;

static void
pack_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr;
  const gsize taps = (gsize) job->geo.kernel[0] * job->geo.kernel[1];
  const gsize tap = task / job->n_blocks, block = task % job->n_blocks;
  const gint32 n_cols = MIN (nr, job->run - (gint32) block * nr);
  float *to = job->packed + (gsize) task * job->geo.k * nr;

  for (gsize k = 0; k < (gsize) job->geo.k; k++, to += nr)
    {
      memset (to, 0, nr * sizeof (float));
      memcpy (to, job->w + (k * taps + tap) * job->run + block * nr, n_cols * sizeof (float));
    }
}

/* Adds the products of one row of gy by one kernel row to one row of gx. */
static void
add_row (const Job *job, const float *gy, gsize tap, float *gx)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 mr = job->kernels->mr, nr = job->kernels->nr, run = job->run;
  float products[SAC_CONV_MAX_ROWS * (SAC_CONV_MERGE_FLOATS + SAC_CONV_MAX_COLS)];
  const gint32 step = job->n_blocks * nr;

  for (gint32 w = 0; w < geo->out[2]; w += mr)
    {
      const gint32 n = MIN (mr, geo->out[2] - w);
      const float *rows[SAC_CONV_MAX_ROWS], *panel;
      float *out[SAC_CONV_MAX_ROWS];
      SacConvGather tile = { .n_taps = 1, .depth = geo->k, .rows = rows, .panel = &panel, .out = out, .n_rows = n, .n_cols = nr };

      for (gint32 i = 0; i < mr; i++)
        rows[i] = gy + (gsize) (w + MIN (i, n - 1)) * geo->k;
      for (gint32 block = 0; block < job->n_blocks; block++)
        {
          panel = job->packed + (tap * job->n_blocks + block) * geo->k * nr;
          for (gint32 i = 0; i < mr; i++)
            out[i] = products + i * step + block * nr;
          job->kernels->gather (&tile);
        }
      for (gint32 i = 0; i < n; i++)
        {
          /* The run begins at this column of gx; what sticks out fell on padding. */
          const gint32 column = (w + i) * geo->stride[2] - geo->pad[2];
          const gint32 from = column < 0 ? -column * geo->c : 0;
          const gint32 to = MIN (run, (geo->in[2] - column) * geo->c);
          const float *p = products + i * step;
          float *into = gx + (gssize) column * geo->c;

          for (gint32 e = from; e < to; e++)
            into[e] += p[e];
        }
    }
}

static void
row_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 hi = task % geo->in[1], ti = task / geo->in[1] % geo->in[0];
  const gsize picture = task / geo->in[1] / geo->in[0];
  float *gx = job->gx + (gsize) task * geo->in[2] * geo->c;

  memset (gx, 0, (gsize) geo->in[2] * geo->c * sizeof (float));
  for (gint32 kt = 0; kt < geo->kernel[0]; kt++)
    {
      gint32 first, last;

      if (!_sac_conv_frames (geo, ti, kt, &first, &last))
        continue;
      for (gint32 to = first; to <= last; to++)
        for (gint32 kh = 0; kh < geo->kernel[1]; kh++)
          {
            gint32 at = hi + geo->pad[1] - kh, ho = at / geo->stride[1];

            if (at >= 0 && at % geo->stride[1] == 0 && ho < geo->out[1])
              add_row (job, job->gy + ((picture * geo->out[0] + to) * geo->out[1] + ho) * geo->out[2] * geo->k,
                       (gsize) kt * geo->kernel[1] + kh, gx);
          }
    }
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  const gint32 run = geo->kernel[2] * geo->c;

  return (Job) { .kernels = kernels, .geo = *geo, .run = run, .n_blocks = (run + kernels->nr - 1) / kernels->nr };
}

gsize
_sac_conv_scatter_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = plan (kernels, geo);

  return (gsize) geo->kernel[0] * geo->kernel[1] * job.n_blocks * geo->k * kernels->nr * sizeof (float);
}

void
_sac_conv_scatter (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = plan (kernels, geo);

  job.gy = args->src[0].data;
  job.w = args->src[1].data;
  job.gx = args->dst.data;
  job.packed = args->workspace;
  sac_pool_run (args->pool, (guint) geo->kernel[0] * geo->kernel[1] * job.n_blocks, pack_task, &job);
  sac_pool_run (args->pool, (guint) geo->n * geo->in[0] * geo->in[1], row_task, &job);
}
