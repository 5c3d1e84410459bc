/* conv3d_weight of 3×3 kernels with stride 1 by the adjoint of conv-winograd.c: with x and gy at 36 points a tile,
 *   points of gw = Σ over tiles of (points of gy) × (points of x), and gw = Gᵀ (those) G,
 * again 36 products where 144 were.
 *
 * Order: batches of tiles with all their frames, their points small enough for the last cache; in a batch first all transforms, then
 * a task a (kernel frame, point, some kernels), which adds to the sums of all batches.  One sum has one owner and a fixed order: the
 * bits do not depend on the threads.  All frames of the kernel share the transforms, unless their sums would be large. */
#include "conv-kernel.h"

#include <string.h>

#define POINTS 36
#define BATCH_FLOATS (4 << 20)  /* points of a batch: 16 MiB of a last cache of 32 */
#define GROUP 4                 /* tiles transformed by a task */
#define ROWS 64                 /* kernels multiplied by a task */
#define RUNS 16                 /* runs of tiles given to the multiplier at a time */
#define SUMS_FLOATS (2 << 20)   /* sums of several kernel frames: at most 8 MiB */

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *x_points, *g_points, *sums, *zeros;
  SacConvGeometry geo;
  gint32 tiles[2];
  gsize n_tiles;                /* tiles of one frame of all clips */
  gsize batch;                  /* of them */
  gint32 together, kt;          /* kernel frames of a pass, and the first of this one */
  gsize first, n;               /* this batch's tiles */
  gboolean add;
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *original)
{
  Job job = { .kernels = kernels, .geo = *original };
  SacConvGeometry *geo = &job.geo;
  gsize per_tile, n_batches;

  _sac_conv_fold_time (geo);
  for (int a = 0; a < 2; a++)
    job.tiles[a] = (geo->out[a + 1] + 3) / 4;
  job.n_tiles = (gsize) geo->n * job.tiles[0] * job.tiles[1];
  per_tile = POINTS * ((gsize) geo->in[0] * geo->c + (gsize) geo->out[0] * geo->k);
  job.batch = MAX (BATCH_FLOATS / per_tile, (gsize) (64 + geo->out[0] - 1) / geo->out[0]);
  n_batches = (job.n_tiles + job.batch - 1) / job.batch;
  job.batch = (job.n_tiles + n_batches - 1) / n_batches;
  job.together = POINTS * (gsize) geo->c * geo->k * geo->kernel[0] <= SUMS_FLOATS ? geo->kernel[0] : 1;
  return job;
}

/* ---- transforms of a group of tiles, x and gy: points[point][frame][tile][channel]. */

typedef struct {
  gsize picture;
  gint32 row, column;           /* of the tile's first pixel of gy */
} Corner;

static Corner
corner (const Job *job, gsize tile)
{
  const gsize per_picture = (gsize) job->tiles[0] * job->tiles[1];

  return (Corner) { tile / per_picture, (gint32) (tile % per_picture / job->tiles[1]) * 4,
                    (gint32) (tile % per_picture % job->tiles[1]) * 4 };
}

/* A stride in time may skip frame @t of x. */
static inline gboolean
is_read (const SacConvGeometry *geo, gint32 t)
{
  gint32 first, last;

  for (gint32 kt = 0; kt < geo->kernel[0]; kt++)
    if (_sac_conv_frames (geo, t, kt, &first, &last))
      return TRUE;
  return FALSE;
}

static void
source_points (const Job *job, gsize i)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 t = (gint32) (i / job->n);
  const Corner at = corner (job, job->first + i % job->n);
  const float *x = job->x + (at.picture * geo->in[0] + t) * geo->in[1] * geo->in[2] * geo->c, *pixels[36];

  if (!is_read (geo, t))
    return;
  for (gint32 r = 0; r < 6; r++)
    for (gint32 c = 0; c < 6; c++)
      {
        gint32 h = at.row + r - geo->pad[1], w = at.column + c - geo->pad[2];
        gboolean inside = h >= 0 && h < geo->in[1] && w >= 0 && w < geo->in[2];

        pixels[r * 6 + c] = inside ? x + ((gsize) h * geo->in[2] + w) * geo->c : job->zeros;
      }
  job->kernels->source (pixels, job->x_points + i * geo->c, geo->in[0] * job->batch * geo->c, geo->c);
}

static void
gradient_points (const Job *job, gsize i)
{
  const SacConvGeometry *geo = &job->geo;
  const Corner at = corner (job, job->first + i % job->n);
  const float *gy = job->gy + (at.picture * geo->out[0] + i / job->n) * geo->out[1] * geo->out[2] * geo->k, *pixels[16];

  for (gint32 r = 0; r < 4; r++)
    for (gint32 c = 0; c < 4; c++)
      {
        gint32 h = at.row + r, w = at.column + c;
        gboolean inside = h < geo->out[1] && w < geo->out[2];

        pixels[r * 4 + c] = inside ? gy + ((gsize) h * geo->out[2] + w) * geo->k : job->zeros;
      }
  job->kernels->gradient (pixels, job->g_points + i * geo->k, geo->out[0] * job->batch * geo->k, geo->k);
}

static void
points_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n_x = job->n * job->geo.in[0], n = n_x + job->n * job->geo.out[0];

  for (gsize i = (gsize) task * GROUP; i < MIN ((gsize) (task + 1) * GROUP, n); i++)
    if (i < n_x)
      source_points (job, i);
    else
      gradient_points (job, i - n_x);
}

/* ---- sums[kernel frame][point][k][c] += Σ over frames and tiles g_points · x_points. */

static void
product_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 n_groups = (geo->k + ROWS - 1) / ROWS, nr = job->kernels->nr;
  const gint32 k = (gint32) (task % n_groups) * ROWS, kt = (gint32) (task / n_groups / POINTS);
  const gsize point = task / n_groups % POINTS;
  const float *g = job->g_points + point * geo->out[0] * job->batch * geo->k + k;
  const float *x = job->x_points + point * geo->in[0] * job->batch * geo->c;
  SacConvRun runs[RUNS];
  SacConvOuter outer = { .runs = runs, .a_step = geo->k, .b_step = geo->c, .out_step = geo->c, .n_rows = MIN (ROWS, geo->k - k),
                         .add = job->add };
  gint32 to = 0;

  do
    {
      gint32 next = -1;         /* frame of x that would go on with the last run */

      for (outer.n_runs = 0; to < geo->out[0]; to++)
        {
          const gint32 ti = _sac_conv_source (geo, 0, to, job->kt + kt);

          if (ti < 0)
            continue;
          if (ti == next)       /* and so of gy: frames without a source lie at the ends */
            runs[outer.n_runs - 1].n += job->n;
          else if (outer.n_runs == RUNS)
            break;
          else
            runs[outer.n_runs++] = (SacConvRun) { g + (gsize) to * job->n * geo->k, x + (gsize) ti * job->n * geo->c, job->n };
          next = ti + 1;
        }
      for (gint32 c = 0; c < geo->c; c += nr)
        {
          outer.n_cols = MIN (nr, geo->c - c);
          outer.out = job->sums + (((gsize) kt * POINTS + point) * geo->k + k) * geo->c + c;
          job->kernels->outer (&outer);
          for (gsize i = 0; i < outer.n_runs; i++)
            runs[i].b += nr;
        }
      outer.add = TRUE;
    }
  while (to < geo->out[0]);
}

static void
weight_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 k = (gint32) task % geo->k, kt = (gint32) task / geo->k;
  float *pixels[9];

  for (gint32 i = 0; i < 9; i++)
    pixels[i] = job->gw + (((gsize) k * geo->kernel[0] + job->kt + kt) * 9 + i) * geo->c;
  job->kernels->weight (job->sums + ((gsize) kt * POINTS * geo->k + k) * geo->c, (gsize) geo->k * geo->c, pixels, geo->c);
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
  tiles = (double) job.n_tiles * job.geo.out[0];
  pixels = (double) geo.n * geo.out[0] * geo.out[1] * geo.out[2];
  return tiles >= 60 && tiles * 16 <= 1.6 * pixels;
}

gsize
_sac_conv_weight_winograd_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  const Job job = plan (kernels, &geo);
  const gsize c = geo.c, k = geo.k, in = job.geo.in[0], out = job.geo.out[0];

  return (POINTS * (job.batch * (in * c + out * k) + job.together * c * k) + (MAX (c, k) + 15) / 16 * 16) * sizeof (float);
}

void
_sac_conv_weight_winograd (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  const SacConvGeometry given = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &given);
  const SacConvGeometry *geo = &job.geo;
  const gsize zeros = (gsize) (MAX (geo->c, geo->k) + 15) / 16 * 16;
  const guint n_groups = (guint) (geo->k + ROWS - 1) / ROWS;

  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.zeros = args->workspace;
  job.x_points = job.zeros + zeros;
  job.g_points = job.x_points + POINTS * job.batch * geo->in[0] * geo->c;
  job.sums = job.g_points + POINTS * job.batch * geo->out[0] * geo->k;
  memset (job.zeros, 0, zeros * sizeof (float));
  for (job.kt = 0; job.kt < geo->kernel[0]; job.kt += job.together)
    {
      job.add = FALSE;
      for (job.first = 0; job.first < job.n_tiles; job.first += job.batch)
        {
          job.n = MIN (job.batch, job.n_tiles - job.first);
          sac_pool_run (args->pool, (guint) ((job.n * (geo->in[0] + geo->out[0]) + GROUP - 1) / GROUP), points_task, &job);
          sac_pool_run (args->pool, POINTS * n_groups * (guint) job.together, product_task, &job);
          job.add = TRUE;
        }
      sac_pool_run (args->pool, (guint) (geo->k * job.together), weight_task, &job);
    }
}
