/* conv3d_weight of flat 4×4 kernels with stride 2 by the adjoint of conv-phases.c: with x and gy at 25 points a tile,
 *   points of a phase of gw = Σ over tiles of (points of gy) × (points of that phase of x), and its 2×2 places = Gᵀ (those) G,
 * 100 products where 256 were.
 *
 * Order: batches of tiles, their points small enough for the last cache; in a batch first all transforms, then a task a (phase, some
 * kernels, some channels) makes 25 products, goes back to the kernel's places and adds to what earlier batches left.
 * One number has one owner and a fixed order: the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define POINTS 25
#define BATCH_FLOATS (4 << 20)  /* points of a batch: 16 MiB of a last cache of 32 */
#define SKEW 16                 /* a cache line more between points: powers of two apart they would share a few sets */
#define GROUP 4                 /* tiles transformed by a task */
#define ROWS 48                 /* kernels multiplied by a task */
#define STRANDS 16              /* tasks of products; each has memory of its own and does every 16th block */

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *x_points, *g_points, *strands, *zeros;
  SacConvGeometry geo;
  gint32 tiles[2];
  gsize n_tiles, batch, from, n;        /* all tiles; of a batch; this batch */
  gsize x_step, g_step;         /* floats from a point to the next */
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *original)
{
  Job job = { .kernels = kernels, .geo = *original };
  SacConvGeometry *geo = &job.geo;
  gsize n_batches;

  _sac_conv_fold_time (geo);
  for (int a = 0; a < 2; a++)
    job.tiles[a] = (geo->out[a + 1] + 3) / 4;
  job.n_tiles = (gsize) geo->n * (gsize) job.tiles[0] * (gsize) job.tiles[1];
  n_batches = MAX (job.n_tiles * POINTS * (4 * (gsize) geo->c + (gsize) geo->k) / BATCH_FLOATS, 1);
  job.batch = (job.n_tiles + n_batches - 1) / n_batches;
  job.x_step = job.batch * (gsize) geo->c + SKEW;
  job.g_step = job.batch * (gsize) geo->k + SKEW;
  return job;
}

/* ---- transforms of a group of tiles: x_points[phase][point][block of nr channels][tile][nr], g_points[point][block][tile][ROWS],
 * so that a product reads both as streams. */

static void
points_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gsize per_picture = (gsize) job->tiles[0] * job->tiles[1], last = MIN ((gsize) (task + 1) * GROUP, job->n);
  const gint32 nr = job->kernels->nr;

  for (gsize i = (gsize) task * GROUP; i < last; i++)
    {
      const gsize tile = job->from + i, picture = tile / per_picture;
      const gint32 row = (gint32) (tile % per_picture / job->tiles[1]) * 4, column = (gint32) (tile % per_picture % job->tiles[1]) * 4;
      const float *pixels[25];

      for (gint32 phase = 0; phase < 4; phase++)
        for (gint32 c0 = 0; c0 < geo->c; c0 += nr)
          {
            const float *x = job->x + picture * geo->in[1] * geo->in[2] * geo->c + c0;
            const gint32 n = MIN (nr, geo->c - c0);

            for (gint32 r = 0; r < 5; r++)
              for (gint32 c = 0; c < 5; c++)
                {
                  gint32 h = 2 * (row + r) + phase / 2 - geo->pad[1], w = 2 * (column + c) + phase % 2 - geo->pad[2];
                  gboolean inside = h >= 0 && h < geo->in[1] && w >= 0 && w < geo->in[2];

                  pixels[r * 5 + c] = inside ? x + ((gsize) h * geo->in[2] + w) * geo->c : job->zeros;
                }
            job->kernels->phase_source (pixels, job->x_points + (gsize) phase * POINTS * job->x_step + c0 * job->batch + i * n,
                                        job->x_step, n);
          }
      for (gint32 k = 0; k < geo->k; k += ROWS)
        {
          const float *gy = job->gy + picture * geo->out[1] * geo->out[2] * geo->k + k;
          const gint32 n = MIN (ROWS, geo->k - k);

          for (gint32 r = 0; r < 4; r++)
            for (gint32 c = 0; c < 4; c++)
              {
                gboolean inside = row + r < geo->out[1] && column + c < geo->out[2];

                pixels[r * 4 + c] = inside ? gy + ((gsize) (row + r) * geo->out[2] + column + c) * geo->k : job->zeros;
              }
          job->kernels->phase_gradient (pixels, job->g_points + k * job->batch + i * n, job->g_step, n);
        }
    }
}

/* ---- a block of gw. */

static void
block_weights (const Job *job, gint32 phase, gint32 k0, gint32 c0, float *products)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 nr = job->kernels->nr, n_k = MIN (ROWS, geo->k - k0), n_c = MIN (nr, geo->c - c0);

  for (gint32 point = 0; point < POINTS; point++)
    {
      SacConvRun run = { job->g_points + (gsize) point * job->g_step + k0 * job->batch,
                         job->x_points + (gsize) (phase * POINTS + point) * job->x_step + c0 * job->batch, job->n };
      SacConvOuter outer = { .n_runs = 1, .runs = &run, .a_step = n_k, .b_step = n_c, .out_step = nr, .n_rows = n_k, .n_cols = n_c,
                             .out = products + (gsize) point * ROWS * nr };

      job->kernels->outer (&outer);
    }
  for (gint32 k = 0; k < n_k; k++)
    {
      float place[4][SAC_CONV_MAX_COLS], *places[4] = { place[0], place[1], place[2], place[3] };

      job->kernels->phase_weight (products + (gsize) k * nr, (gsize) ROWS * nr, places, n_c);
      for (gint32 q = 0; q < 4; q++)
        {
          const gint32 tap = (2 * (q / 2) + phase / 2) * 4 + 2 * (q % 2) + phase % 2;
          float *gw = job->gw + ((gsize) (k0 + k) * 16 + tap) * geo->c + c0;

          for (gint32 c = 0; c < n_c; c++)
            gw[c] = job->from == 0 ? place[q][c] : gw[c] + place[q][c];
        }
    }
}

static void
strand_task (guint strand, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr, n_rows = (job->geo.k + ROWS - 1) / ROWS, n_columns = (job->geo.c + nr - 1) / nr;
  float *products = job->strands + (gsize) strand * POINTS * ROWS * nr;

  for (gint32 task = (gint32) strand; task < 4 * n_rows * n_columns; task += STRANDS)
    block_weights (job, task / n_columns / n_rows, task / n_columns % n_rows * ROWS, task % n_columns * nr, products);
}

gboolean
_sac_conv_weight_phases_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  Job job;
  double pixels;

  if (!_sac_conv_simple (&geo) || geo.kernel[0] != 1 || geo.stride[0] != 1 || geo.pad[0] != 0)
    return FALSE;
  for (int a = 1; a < 3; a++)
    if (geo.kernel[a] != 4 || geo.stride[a] != 2 || geo.pad[a] > 3)
      return FALSE;
  if (geo.c < 32 || geo.k < 32 || geo.c % kernels->lanes || geo.k % kernels->lanes)
    return FALSE;
  job = plan (kernels, &geo);
  pixels = (double) geo.n * geo.in[0] * geo.out[1] * geo.out[2];
  return job.n_tiles >= 32 && (double) job.n_tiles * 16 <= 1.6 * pixels;
}

gsize
_sac_conv_weight_phases_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  const SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  const Job job = plan (kernels, &geo);
  const gsize c = (gsize) geo.c, k = (gsize) geo.k;
  const gsize points = POINTS * (4 * job.x_step + job.g_step), products = (gsize) STRANDS * POINTS * ROWS * (gsize) kernels->nr;

  return (points + products + (MAX (c, k) + 15) / 16 * 16) * sizeof (float);
}

void
_sac_conv_weight_phases (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  const SacConvGeometry given = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &given);
  const SacConvGeometry *geo = &job.geo;

  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.x_points = args->workspace;
  job.g_points = job.x_points + 4 * POINTS * job.x_step;
  job.strands = job.g_points + POINTS * job.g_step;
  job.zeros = job.strands + (gsize) STRANDS * POINTS * ROWS * kernels->nr;
  memset (job.zeros, 0, MAX (geo->c, geo->k) * sizeof (float));
  for (job.from = 0; job.from < job.n_tiles; job.from += job.batch)
    {
      job.n = MIN (job.batch, job.n_tiles - job.from);
      sac_pool_run (args->pool, (guint) ((job.n + GROUP - 1) / GROUP), points_task, &job);
      sac_pool_run (args->pool, STRANDS, strand_task, &job);
    }
}
