/* conv3d_weight of 3×3 kernels with stride 1 by the adjoint of conv-winograd.c: with x and gy at 36 points a tile,
 *   points of gw = Σ over tiles of (points of gy) × (points of x), and gw = Gᵀ (those) G,
 * again 36 products where 144 were.
 *
 * Order: batches of tiles, their points small enough for the last cache; in a batch first all transforms, then a task a (point, some
 * kernels), which adds to the sums of all batches.  One sum has one owner and a fixed order: the bits do not depend on the threads.
 * Each frame of the kernel is a pass of its own. */
#include "conv-kernel.h"

#include <string.h>

#define POINTS 36
#define BATCH_FLOATS (4 << 20)  /* points of a batch: 16 MiB of a last cache of 32 */
#define GROUP 4                 /* tiles transformed by a task */
#define ROWS 64                 /* kernels multiplied by a task */

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *x_points, *g_points, *sums, *zeros;
  SacConvGeometry geo;
  gint32 tiles[2];
  gsize per_frame;              /* tiles of one frame of all clips */
  gsize batch;
  gint32 kt, first_frame;       /* this pass: kernel frame and the first frame of y it has */
  gsize first, n;               /* this batch of the pass's tiles */
  gboolean add;
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *original)
{
  Job job = { .kernels = kernels, .geo = *original };
  SacConvGeometry *geo = &job.geo;

  _sac_conv_fold_time (geo);
  for (int a = 0; a < 2; a++)
    job.tiles[a] = (geo->out[a + 1] + 3) / 4;
  job.per_frame = (gsize) geo->n * job.tiles[0] * job.tiles[1];
  job.batch = CLAMP (BATCH_FLOATS / (POINTS * ((gsize) geo->c + geo->k)), 64, job.per_frame * geo->out[0] + 64);
  job.batch = MIN (job.batch, job.per_frame * geo->out[0]);
  return job;
}

/* ---- transforms of a group of tiles, x and gy. */

static void
points_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gsize per_picture = (gsize) job->tiles[0] * job->tiles[1];

  for (gsize i = (gsize) task * GROUP; i < MIN ((gsize) (task + 1) * GROUP, job->n); i++)
    {
      const gsize tile = job->first + i;
      const gint32 to = job->first_frame + (gint32) (tile / job->per_frame), ti = _sac_conv_source (geo, 0, to, job->kt);
      const gsize picture = tile % job->per_frame / per_picture;
      const gint32 row = (gint32) (tile % per_picture / job->tiles[1]) * 4, column = (gint32) (tile % per_picture % job->tiles[1]) * 4;
      const float *x = job->x + (picture * geo->in[0] + ti) * geo->in[1] * geo->in[2] * geo->c;
      const float *gy = job->gy + (picture * geo->out[0] + to) * geo->out[1] * geo->out[2] * geo->k;
      const float *pixels[36];

      for (gint32 r = 0; r < 6; r++)
        for (gint32 c = 0; c < 6; c++)
          {
            gint32 h = row + r - geo->pad[1], w = column + c - geo->pad[2];
            gboolean inside = h >= 0 && h < geo->in[1] && w >= 0 && w < geo->in[2];

            pixels[r * 6 + c] = inside ? x + ((gsize) h * geo->in[2] + w) * geo->c : job->zeros;
          }
      job->kernels->source (pixels, job->x_points + i * geo->c, job->batch * geo->c, geo->c);
      for (gint32 r = 0; r < 4; r++)
        for (gint32 c = 0; c < 4; c++)
          {
            gint32 h = row + r, w = column + c;
            gboolean inside = h < geo->out[1] && w < geo->out[2];

            pixels[r * 4 + c] = inside ? gy + ((gsize) h * geo->out[2] + w) * geo->k : job->zeros;
          }
      job->kernels->gradient (pixels, job->g_points + i * geo->k, job->batch * geo->k, geo->k);
    }
}

/* ---- sums[point][k][c] += Σ over tiles g_points · x_points. */

static void
product_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 n_groups = (geo->k + ROWS - 1) / ROWS, nr = job->kernels->nr;
  const gsize point = task / n_groups;
  const gint32 k = (gint32) (task % n_groups) * ROWS;
  SacConvRun run = { job->g_points + point * job->batch * geo->k + k, NULL, job->n };
  SacConvOuter outer = { .n_runs = 1, .runs = &run, .a_step = geo->k, .b_step = geo->c, .out_step = geo->c,
                         .n_rows = MIN (ROWS, geo->k - k), .add = job->add };

  for (gint32 c = 0; c < geo->c; c += nr)
    {
      run.b = job->x_points + point * job->batch * geo->c + c;
      outer.n_cols = MIN (nr, geo->c - c);
      outer.out = job->sums + (point * geo->k + k) * geo->c + c;
      job->kernels->outer (&outer);
    }
}

static void
weight_task (guint k, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  float *pixels[9];

  for (gint32 i = 0; i < 9; i++)
    pixels[i] = job->gw + (((gsize) k * geo->kernel[0] + job->kt) * 9 + i) * geo->c;
  if (job->add)
    job->kernels->weight (job->sums + (gsize) k * geo->c, (gsize) geo->k * geo->c, pixels, geo->c);
  else                          /* no frame of x under this frame of the kernel */
    memset (pixels[0], 0, 9 * (gsize) geo->c * sizeof (float));
}

gboolean
_sac_conv_weight_winograd_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  Job job;
  double tiles, pixels;

  if (!_sac_conv_simple (&geo))
    return FALSE;
  if (geo.kernel[1] != 3 || geo.kernel[2] != 3 || geo.stride[1] != 1 || geo.stride[2] != 1 || geo.pad[1] > 2 || geo.pad[2] > 2)
    return FALSE;
  if (geo.c < 32 || geo.k < 32 || geo.c % kernels->lanes || geo.k % kernels->lanes)
    return FALSE;
  job = plan (kernels, &geo);
  tiles = (double) job.per_frame * job.geo.out[0];
  pixels = (double) geo.n * geo.out[0] * geo.out[1] * geo.out[2];
  return tiles >= 60 && tiles * 16 <= 1.6 * pixels;
}

gsize
_sac_conv_weight_winograd_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  const Job job = plan (kernels, &geo);
  const gsize c = geo.c, k = geo.k;

  return (POINTS * (job.batch * (c + k) + c * k) + (MAX (c, k) + 15) / 16 * 16) * sizeof (float);
}

void
_sac_conv_weight_winograd (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  const SacConvGeometry given = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &given);
  const SacConvGeometry *geo = &job.geo;
  const gsize zeros = (gsize) (MAX (geo->c, geo->k) + 15) / 16 * 16;

  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.zeros = args->workspace;
  job.x_points = job.zeros + zeros;
  job.g_points = job.x_points + POINTS * job.batch * geo->c;
  job.sums = job.g_points + POINTS * job.batch * geo->k;
  memset (job.zeros, 0, zeros * sizeof (float));
  for (job.kt = 0; job.kt < geo->kernel[0]; job.kt++)
    {
      gint32 last = geo->out[0];
      gsize n_tiles;

      /* Frames of y over a frame of x: an interval, all of them where frames are replicated. */
      for (job.first_frame = 0; job.first_frame < last && _sac_conv_source (geo, 0, job.first_frame, job.kt) < 0;)
        job.first_frame++;
      while (last > job.first_frame && _sac_conv_source (geo, 0, last - 1, job.kt) < 0)
        last--;
      n_tiles = job.per_frame * (last - job.first_frame);
      job.add = FALSE;
      for (job.first = 0; job.first < n_tiles; job.first += job.batch)
        {
          job.n = MIN (job.batch, n_tiles - job.first);
          sac_pool_run (args->pool, (guint) ((job.n + GROUP - 1) / GROUP), points_task, &job);
          sac_pool_run (args->pool, (guint) (POINTS * ((geo->k + ROWS - 1) / ROWS)), product_task, &job);
          job.add = TRUE;
        }
      sac_pool_run (args->pool, (guint) geo->k, weight_task, &job);
    }
}
