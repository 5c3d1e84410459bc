/* conv3d and conv3d_input of flat 4×4 kernels with stride 2 (DCGAN's) by short convolutions.  Along an axis such a kernel is two
 * of two places: one sees the even pixels of the padded picture, the other the odd ones.  So a picture is four phases, each with a
 * 2×2 kernel of stride 1, and F(4×4, 2×2) (conv-phases-loops.h) makes a 4×4 tile of a phase by 25 products a channel pair where
 * 64 were.  Forward the four phases of x add up to y, as if they were further channels; towards the input each phase of gx comes
 * from gy by a 2×2 kernel of its own.  Paper: Lavin & Gray 2016 §4.
 *
 * Order: batches of tiles, whose source points stay in the last cache; groups of column blocks, whose kernels' points do too; then
 * a task a (column block, chunk of tiles): 25 matrix products and the way back to pixels.
 * The split follows from the shape and no sum is split: the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define POINTS 25
#define ALL_POINTS (4 * POINTS)
#define SOURCE_FLOATS (4 << 20)         /* points of a batch: 16 MiB of a last cache of 32 */
#define PANEL_FLOATS (4 << 20)          /* points of a group's kernels */
#define CHUNK_MOST 48
#define STRANDS 16              /* tasks of products; each has memory of its own and does every 16th chunk */
#define SLICE 16                /* channels of kernels transformed at a time */
#define SKEW 16                 /* a cache line more between points: powers of two apart they would share a few sets */
#define GROUP 4                 /* tiles of the source transformed by a task */

typedef struct {
  const SacConvKernels *kernels;
  const float *src, *w;
  float *dst, *source, *panels, *strands, *zeros;
  SacConvGeometry geo;
  gboolean backward;
  gint32 src_size[2], dst_size[2];
  gint32 first[2][2];           /* backward: by axis and phase, which pixel of the phase is the first inside gx */
  gint32 depth, cols, n_blocks;
  gint32 tiles[2];              /* a picture's (backward: a phase's) */
  gsize n_tiles, batch;
  gsize source_step, panel_step;        /* floats from a point to the next */
  gint32 group, chunk;          /* column blocks; tiles */
  gsize from, n;                /* this batch */
  gint32 block0, block1;        /* this group */
} Job;

/* Pixel m of phase r lies at 2·m + r − pad. */
static gint32
pixel_of (const Job *job, int axis, gint32 phase, gint32 m)
{
  return 2 * m + phase - job->geo.pad[axis + 1];
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *original, gboolean backward)
{
  Job job = { .kernels = kernels, .geo = *original, .backward = backward };
  const SacConvGeometry *geo = &job.geo;
  gsize n_batches, n_chunks;
  gint32 n_groups;

  _sac_conv_fold_time (&job.geo);
  for (int a = 0; a < 2; a++)
    {
      gint32 count = geo->out[a + 1];

      job.src_size[a] = backward ? geo->out[a + 1] : geo->in[a + 1];
      job.dst_size[a] = backward ? geo->in[a + 1] : geo->out[a + 1];
      for (gint32 r = 0; r < 2; r++)
        job.first[a][r] = MAX (geo->pad[a + 1] - r + 1, 0) / 2;
      if (backward)
        count = (job.dst_size[a] + 1) / 2;
      job.tiles[a] = (count + 3) / 4;
    }
  job.depth = backward ? geo->k : geo->c;
  job.cols = backward ? geo->c : geo->k;
  job.n_blocks = (job.cols + kernels->nr - 1) / kernels->nr;
  job.n_tiles = (gsize) geo->n * (gsize) job.tiles[0] * (gsize) job.tiles[1];
  n_batches = MAX (job.n_tiles * ALL_POINTS * (gsize) job.depth / SOURCE_FLOATS, 1);
  job.batch = (job.n_tiles + n_batches - 1) / n_batches;
  job.group = (gint32) CLAMP (PANEL_FLOATS / (ALL_POINTS * (gsize) job.depth * (gsize) kernels->nr), 1, (gsize) job.n_blocks);
  n_groups = (job.n_blocks + job.group - 1) / job.group;
  job.group = (job.n_blocks + n_groups - 1) / n_groups;
  job.source_step = job.batch * (gsize) job.depth + SKEW;
  job.panel_step = (gsize) job.depth * (gsize) kernels->nr + SKEW;
  n_chunks = (job.batch + CHUNK_MOST - 1) / CHUNK_MOST;
  job.chunk = (gint32) ((job.batch + n_chunks - 1) / n_chunks + (gsize) kernels->mr - 1) / kernels->mr * kernels->mr;
  return job;
}

/* Worth it: enough channels to pay for the transforms, enough tiles to pay for those of the kernels, few pixels wasted. */
static gboolean
fits (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job;
  double pixels, tiled;

  if (!_sac_conv_simple (geo) || geo->kernel[0] != 1 || geo->stride[0] != 1 || geo->pad[0] != 0)
    return FALSE;
  for (int a = 1; a < 3; a++)
    if (geo->kernel[a] != 4 || geo->stride[a] != 2 || geo->pad[a] > 3)
      return FALSE;
  if (geo->c < 32 || geo->k < 32 || geo->c % kernels->lanes || geo->k % kernels->lanes)
    return FALSE;
  job = plan (kernels, geo, backward);
  pixels = (double) geo->n * geo->in[0] * job.dst_size[0] * job.dst_size[1];
  tiled = (double) job.n_tiles * (backward ? 64 : 16);
  return job.n_tiles >= 32 && tiled <= 1.6 * pixels;
}

/* ---- source pixels to points: [phase][point][tile of the batch][depth]; a task takes a few tiles. */

static void
source_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize per_picture = (gsize) job->tiles[0] * job->tiles[1], last = MIN ((gsize) (task + 1) * GROUP, job->n);

  for (gsize i = (gsize) task * GROUP; i < last; i++)
    {
      const gsize tile = job->from + i;
      const gint32 row = (gint32) (tile % per_picture / job->tiles[1]) * 4, column = (gint32) (tile % per_picture % job->tiles[1]) * 4;
      const float *picture = job->src + tile / per_picture * job->src_size[0] * job->src_size[1] * job->depth;

      for (gint32 phase = 0; phase < 4; phase++)
        {
          const float *pixels[25];

          for (gint32 r = 0; r < 5; r++)
            for (gint32 c = 0; c < 5; c++)
              {
                gint32 h = job->backward ? job->first[0][phase / 2] + row + r - 1 : pixel_of (job, 0, phase / 2, row + r);
                gint32 w = job->backward ? job->first[1][phase % 2] + column + c - 1 : pixel_of (job, 1, phase % 2, column + c);
                gboolean inside = h >= 0 && h < job->src_size[0] && w >= 0 && w < job->src_size[1];

                pixels[r * 5 + c] = inside ? picture + ((gsize) h * job->src_size[1] + w) * job->depth : job->zeros;
              }
          job->kernels->phase_source (pixels, job->source + phase * POINTS * job->source_step + i * job->depth, job->source_step,
                                      job->depth);
        }
    }
}

/* ---- kernels to points: [block of the group][phase][point][depth][nr]; a task takes a (block, phase, slice of the depth). */

static void
kernel_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr, n_slices = (job->depth + SLICE - 1) / SLICE, cols = job->cols;
  const gint32 d0 = (gint32) (task % n_slices) * SLICE, n = MIN (SLICE, job->depth - d0);
  const gint32 phase = task / n_slices % 4, block = job->block0 + (gint32) (task / n_slices / 4);
  const gint32 n_cols = MIN (nr, cols - block * nr);
  float *panel = job->panels + (gsize) ((block - job->block0) * 4 + phase) * POINTS * job->panel_step;
  float slab[4][SLICE * SAC_CONV_MAX_COLS];
  const float *pixels[4] = { slab[0], slab[1], slab[2], slab[3] };

  for (gint32 i = 0; i < 4; i++)
    {
      /* Backward a tile reads gy against the order of the kernel. */
      const gint32 qh = job->backward ? 1 - i / 2 : i / 2, qw = job->backward ? 1 - i % 2 : i % 2;
      const gint32 tap = (2 * qh + phase / 2) * 4 + 2 * qw + phase % 2;

      if (!job->backward)
        job->kernels->pack (slab[i], job->w + ((gsize) block * nr * 16 + tap) * job->depth + d0, 16 * (gsize) job->depth, n, n_cols);
      else
        for (gint32 d = 0; d < n; d++)
          {
            float *to = slab[i] + d * nr;

            memcpy (to, job->w + ((gsize) (d0 + d) * 16 + tap) * cols + (gsize) block * nr, n_cols * sizeof (float));
            memset (to + n_cols, 0, (nr - n_cols) * sizeof (float));
          }
    }
  job->kernels->phase_kernel (pixels, panel + (gsize) d0 * nr, job->panel_step, n * nr);
}

/* ---- products[point][tile of the chunk][nr] of one column block, and back to pixels. */

/* Sums phases [phase, phase + n_phases). */
static void
multiply (const Job *job, float *products, gint32 block, gint32 phase, gint32 n_phases, gsize first, gint32 n)
{
  const gint32 nr = job->kernels->nr, mr = job->kernels->mr;

  for (gint32 point = 0; point < POINTS; point++)
    for (gint32 i = 0; i < n; i += mr)
      {
        const float *rows[4 * SAC_CONV_MAX_ROWS], *panel[4];
        float *out[SAC_CONV_MAX_ROWS], unused[SAC_CONV_MAX_COLS];
        SacConvGather gather = { .n_taps = n_phases, .depth = job->depth, .rows = rows, .panel = panel, .out = out,
                                 .n_rows = MIN (mr, n - i), .n_cols = nr };

        for (gint32 p = 0; p < n_phases; p++)
          {
            const float *source = job->source + ((phase + p) * POINTS + point) * job->source_step + (first + i) * job->depth;

            panel[p] = job->panels + (gsize) (((block - job->block0) * 4 + phase + p) * POINTS + point) * job->panel_step;
            for (gint32 j = 0; j < mr; j++)
              rows[p * mr + j] = source + (gsize) MIN (j, gather.n_rows - 1) * job->depth;
          }
        for (gint32 j = 0; j < mr; j++)
          out[j] = j < gather.n_rows ? products + ((gsize) point * job->chunk + i + j) * nr : unused;
        job->kernels->gather (&gather);
      }
}

static void
result_pixels (const Job *job, gsize tile, gint32 phase, gint32 block, const float *from)
{
  const gint32 nr = job->kernels->nr, cols = job->cols;
  const gsize per_picture = (gsize) job->tiles[0] * job->tiles[1];
  const gint32 row = (gint32) (tile % per_picture / job->tiles[1]) * 4, column = (gint32) (tile % per_picture % job->tiles[1]) * 4;
  float *picture = job->dst + tile / per_picture * job->dst_size[0] * job->dst_size[1] * cols + (gsize) block * nr;
  float *pixels[16], outside[SAC_CONV_MAX_COLS];

  for (gint32 r = 0; r < 4; r++)
    for (gint32 c = 0; c < 4; c++)
      {
        gint32 h = job->backward ? pixel_of (job, 0, phase / 2, job->first[0][phase / 2] + row + r) : row + r;
        gint32 w = job->backward ? pixel_of (job, 1, phase % 2, job->first[1][phase % 2] + column + c) : column + c;
        gboolean inside = h < job->dst_size[0] && w < job->dst_size[1];

        pixels[r * 4 + c] = inside ? picture + ((gsize) h * job->dst_size[1] + w) * cols : outside;
      }
  job->kernels->phase_result (from, (gsize) job->chunk * nr, pixels, MIN (nr, cols - block * nr));
}

static void
strand_task (guint strand, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr, step = job->backward ? 1 : 4;
  const gsize n_chunks = (job->n + job->chunk - 1) / job->chunk;
  float *products = job->strands + (gsize) strand * POINTS * job->chunk * nr;

  for (gsize task = strand; task < (job->block1 - job->block0) * n_chunks; task += STRANDS)
    {
      const gint32 block = job->block0 + (gint32) (task / n_chunks);
      const gsize first = task % n_chunks * job->chunk;
      const gint32 n = (gint32) MIN ((gsize) job->chunk, job->n - first);

      for (gint32 phase = 0; phase < 4; phase += step)
        {
          multiply (job, products, block, phase, step, first, n);
          for (gint32 i = 0; i < n; i++)
            result_pixels (job, job->from + first + i, phase, block, products + (gsize) i * nr);
        }
    }
}

static gsize
panel_floats (const Job *job)
{
  return (gsize) job->group * ALL_POINTS * job->panel_step;
}

static gsize
workspace (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  const Job job = plan (kernels, geo, backward);
  gsize floats = ALL_POINTS * job.source_step + panel_floats (&job) + (gsize) (job.depth + 15) / 16 * 16;

  return (floats + (gsize) STRANDS * POINTS * job.chunk * kernels->nr) * sizeof (float);
}

static void
run (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);
  const guint n_slices = (guint) (job.depth + SLICE - 1) / SLICE;

  job.src = args->src[0].data;
  job.w = args->src[1].data;
  job.dst = args->dst.data;
  job.source = args->workspace;
  job.panels = job.source + ALL_POINTS * job.source_step;
  job.strands = job.panels + panel_floats (&job);
  job.zeros = job.strands + (gsize) STRANDS * POINTS * job.chunk * kernels->nr;
  memset (job.zeros, 0, job.depth * sizeof (float));
  for (job.from = 0; job.from < job.n_tiles; job.from += job.batch)
    {
      job.n = MIN (job.batch, job.n_tiles - job.from);
      sac_pool_run (args->pool, (guint) ((job.n + GROUP - 1) / GROUP), source_task, &job);
      for (job.block0 = 0; job.block0 < job.n_blocks; job.block0 += job.group)
        {
          job.block1 = MIN (job.block0 + job.group, job.n_blocks);
          if (job.from == 0 || job.group < job.n_blocks)
            sac_pool_run (args->pool, (guint) (job.block1 - job.block0) * 4 * n_slices, kernel_task, &job);
          sac_pool_run (args->pool, STRANDS, strand_task, &job);
        }
    }
}

#define FACE(face, backward) \
  gboolean _sac_conv_##face##_phases_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { const SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); return fits (kernels, &geo, backward); } \
  gsize _sac_conv_##face##_phases_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { const SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); return workspace (kernels, &geo, backward); } \
  void _sac_conv_##face##_phases (const SacKernelArgs *args, const SacConvKernels *kernels) \
  { const SacConvGeometry geo = _sac_conv_##face##_geometry (args); run (args, kernels, &geo, backward); }

FACE (forward, FALSE)
FACE (input, TRUE)
