/* conv3d and conv3d_input of 3×3 kernels (any depth in time) with stride 1 by Winograd's short convolution F(4×4, 3×3): a 4×4 tile
 * of the result costs 36 products a channel pair instead of 144.  Paper: Lavin & Gray 2016 §4, with better points (see
 * conv-winograd-loops.h).  Per point it is a matrix product: tiles × channels by channels × kernels.
 *
 * Order: the kernels' points are computed first, [column block][kt][point][depth][nr]: what a register tile reads is one stream.
 * Then a task walks over chunks of tiles: points of their source patches (kept in the second cache, over the frames of a clip
 * too), and for each block of columns 36 products and the way back to pixels.  Frames in time are summed between the transforms,
 * like further channels.
 * Chunks share nothing, and their size follows from the shape: the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define POINTS 36
#define PAIRS_MAX 8             /* frames that may reach one frame */
#define CHUNK_FLOATS (160 * 1024)       /* points of a chunk: 640 KiB of a second cache of 1 MiB */
#define CHUNK_MOST 48
#define STRANDS 16              /* tasks; each has memory of its own and does a stretch of the chunks */
#define SLICE 16                /* channels of kernels transformed at a time */

typedef struct {
  const SacConvKernels *kernels;
  const float *src, *w;
  float *dst, *points, *strands, *zeros;
  SacConvFinish finish;
  SacConvSums sums;
  SacConvGeometry geo;
  gboolean backward;
  gint32 src_size[3], dst_size[3], pad[2];
  gint32 depth, cols, n_blocks;
  gint32 tiles[2];              /* a frame's, rows and columns */
  gint32 max_pairs, chunk;
  gsize n_tiles, n_chunks, n_strands, strand;   /* tiles of one frame of all clips; chunks of all; floats of a strand */
} Job;

typedef struct {
  gint32 frame, kt;
  gint32 slot;                  /* where the points of this frame's patches lie */
} Pair;

/* Frames that reach result frame @t, or −1 when there are more than PAIRS_MAX. */
static gint32
pairs_of (const Job *job, gint32 t, Pair pairs[PAIRS_MAX])
{
  gint32 n = 0, first, last;

  for (gint32 kt = 0; kt < job->geo.kernel[0]; kt++)
    {
      if (job->backward && !_sac_conv_frames (&job->geo, t, kt, &first, &last))
        continue;
      if (!job->backward && (first = last = _sac_conv_source (&job->geo, 0, t, kt)) < 0)
        continue;
      for (; first <= last; first++)
        {
          if (n == PAIRS_MAX)
            return -1;
          pairs[n++] = (Pair) { first, kt, 0 };
        }
    }
  return n;
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = { .kernels = kernels, .geo = *geo, .backward = backward };

  _sac_conv_fold_time (&job.geo);
  geo = &job.geo;
  for (int a = 0; a < 3; a++)
    {
      job.src_size[a] = backward ? geo->out[a] : geo->in[a];
      job.dst_size[a] = backward ? geo->in[a] : geo->out[a];
    }
  for (int a = 0; a < 2; a++)
    {
      job.pad[a] = backward ? 2 - geo->pad[a + 1] : geo->pad[a + 1];
      job.tiles[a] = (job.dst_size[a + 1] + 3) / 4;
    }
  job.depth = backward ? geo->k : geo->c;
  job.cols = backward ? geo->c : geo->k;
  job.n_blocks = (job.cols + kernels->nr - 1) / kernels->nr;
  job.n_tiles = (gsize) geo->n * job.tiles[0] * job.tiles[1];
  for (gint32 t = 0; t < job.dst_size[0]; t++)
    {
      Pair pairs[PAIRS_MAX];
      gint32 n = pairs_of (&job, t, pairs);

      if (n < 0)
        {
          job.max_pairs = -1;
          return job;
        }
      job.max_pairs = MAX (job.max_pairs, n);
    }
  job.chunk = (gint32) MIN (CHUNK_FLOATS / ((gsize) MAX (job.max_pairs, 1) * POINTS * job.depth), CHUNK_MOST);
  job.chunk = MAX (job.chunk / kernels->mr, 1) * kernels->mr;
  while (job.chunk > kernels->mr && job.n_tiles * job.dst_size[0] / job.chunk < STRANDS)
    job.chunk -= kernels->mr;
  job.n_chunks = (job.n_tiles + job.chunk - 1) / job.chunk * job.dst_size[0];
  job.n_strands = MIN (job.n_chunks, STRANDS);
  job.strand = (gsize) POINTS * job.chunk * ((gsize) job.max_pairs * job.depth + kernels->nr);
  return job;
}

/* Worth it: enough channels to pay for the transforms, enough tiles to pay for those of the kernels, few pixels wasted. */
static gboolean
fits (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job;
  double pixels;

  if (!_sac_conv_simple (geo))
    return FALSE;
  if (geo->kernel[1] != 3 || geo->kernel[2] != 3 || geo->stride[1] != 1 || geo->stride[2] != 1 || geo->pad[1] > 2 || geo->pad[2] > 2)
    return FALSE;
  if (geo->c < 32 || geo->k < 32 || geo->c % kernels->lanes || geo->k % kernels->lanes)
    return FALSE;
  job = plan (kernels, geo, backward);
  pixels = (double) job.geo.n * job.dst_size[0] * job.dst_size[1] * job.dst_size[2];
  return job.max_pairs > 0 && (double) job.n_tiles * job.dst_size[0] >= 60
         && (double) job.n_tiles * job.dst_size[0] * 16 <= 1.6 * pixels;
}

static gsize
kernel_floats (const Job *job)
{
  return (gsize) job->n_blocks * job->geo.kernel[0] * POINTS * job->depth * job->kernels->nr;
}

static gsize
workspace (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);

  return (kernel_floats (&job) + job.n_strands * job.strand + (gsize) (job.depth + 15) / 16 * 16) * sizeof (float);
}

/* ---- kernels to points: one task a (column block, kt, slice of the depth). */

static void
kernel_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 nr = job->kernels->nr, n_slices = (job->depth + SLICE - 1) / SLICE;
  const gint32 d0 = (gint32) (task % n_slices) * SLICE, n = MIN (SLICE, job->depth - d0);
  const gint32 kt = task / n_slices % geo->kernel[0], block = task / n_slices / geo->kernel[0];
  const gint32 n_cols = MIN (nr, job->cols - block * nr);
  const gsize taps = (gsize) geo->kernel[0] * 9;
  float slab[9][SLICE * SAC_CONV_MAX_COLS];
  const float *pixels[9];

  for (gint32 i = 0; i < 9; i++)
    {
      pixels[job->backward ? 8 - i : i] = slab[i];      /* backward: the kernel turned round */
      if (!job->backward)
        job->kernels->pack (slab[i], job->w + ((gsize) block * nr * taps + kt * 9 + i) * geo->c + d0, taps * geo->c, n, n_cols);
      else
        for (gint32 d = 0; d < n; d++)
          {
            float *row = slab[i] + d * nr;

            memcpy (row, job->w + ((gsize) (d0 + d) * taps + kt * 9 + i) * geo->c + (gsize) block * nr, n_cols * sizeof (float));
            memset (row + n_cols, 0, (nr - n_cols) * sizeof (float));
          }
    }
  job->kernels->kernel (pixels, job->points + ((gsize) (block * geo->kernel[0] + kt) * POINTS * job->depth + d0) * nr,
                        (gsize) job->depth * nr, n * nr);
}

/* ---- a chunk of tiles of one result frame. */

typedef struct {
  gsize picture;
  gint32 row, column;           /* of the tile's first result pixel */
} Corner;

static Corner
corner (const Job *job, gsize tile)
{
  const gsize per_picture = (gsize) job->tiles[0] * job->tiles[1];

  return (Corner) { tile / per_picture, (gint32) (tile % per_picture / job->tiles[1]) * 4,
                    (gint32) (tile % per_picture % job->tiles[1]) * 4 };
}

static void
source_points (const Job *job, gsize tile, gint32 frame, float *to)
{
  const Corner at = corner (job, tile);
  const float *picture = job->src + (at.picture * job->src_size[0] + frame) * job->src_size[1] * job->src_size[2] * job->depth;
  const float *pixels[36];

  for (gint32 r = 0; r < 6; r++)
    for (gint32 c = 0; c < 6; c++)
      {
        gint32 h = at.row + r - job->pad[0], w = at.column + c - job->pad[1];
        gboolean inside = h >= 0 && h < job->src_size[1] && w >= 0 && w < job->src_size[2];

        pixels[r * 6 + c] = inside ? picture + ((gsize) h * job->src_size[2] + w) * job->depth : job->zeros;
      }
  job->kernels->source (pixels, to, (gsize) job->chunk * job->depth, job->depth);
}

static void
result_pixels (const Job *job, gsize tile, gint32 t, gint32 block, const float *from, float *record, gboolean first)
{
  const gint32 nr = job->kernels->nr;
  const Corner at = corner (job, tile);
  float *picture = job->dst + (at.picture * job->dst_size[0] + t) * job->dst_size[1] * job->dst_size[2] * job->cols + block * nr;
  float *pixels[16], *inside[16], outside[SAC_CONV_MAX_COLS];
  const gint32 n_cols = MIN (nr, job->cols - block * nr);
  gint32 n_inside = 0;

  for (gint32 r = 0; r < 4; r++)
    for (gint32 c = 0; c < 4; c++)
      {
        gint32 h = at.row + r, w = at.column + c;

        if (h < job->dst_size[1] && w < job->dst_size[2])
          pixels[r * 4 + c] = inside[n_inside++] = picture + ((gsize) h * job->dst_size[2] + w) * job->cols;
        else
          pixels[r * 4 + c] = outside;
      }
  if (job->finish.wanted)
    _sac_conv_fetch_residual (&job->finish, job->dst, inside, n_inside, n_cols);
  job->kernels->result (from, (gsize) job->chunk * nr, pixels, n_cols);
  if (job->finish.wanted)
    job->kernels->finish (&job->finish, job->dst, inside, n_inside, block * nr, n_cols);
  if (!record)
    return;
  if (block == 0)
    *record = (float) n_inside + (first ? 0 : *record);
  _sac_conv_sums_add (&job->sums, job->kernels->sums, record, first, inside, n_inside, block * nr, n_cols);
}

/* products[point][tile][nr] = Σ over pairs of source points × kernel points. */
static void
multiply (const Job *job, const float *source, float *products, const Pair *pairs, gint32 n_pairs, gint32 block, gint32 n)
{
  const gint32 nr = job->kernels->nr, mr = job->kernels->mr;

  for (gint32 point = 0; point < POINTS; point++)
    for (gint32 i = 0; i < n; i += mr)
      {
        const float *rows[PAIRS_MAX * SAC_CONV_MAX_ROWS], *panel[PAIRS_MAX];
        float *out[SAC_CONV_MAX_ROWS], unused[SAC_CONV_MAX_COLS];
        SacConvGather gather = { .n_taps = n_pairs, .depth = job->depth, .rows = rows, .panel = panel, .out = out,
                                 .n_rows = MIN (mr, n - i), .n_cols = nr };

        for (gint32 p = 0; p < n_pairs; p++)
          {
            const float *first = source + ((gsize) (pairs[p].slot * POINTS + point) * job->chunk + i) * job->depth;

            panel[p] = job->points + ((gsize) (block * job->geo.kernel[0] + pairs[p].kt) * POINTS + point) * job->depth * nr;
            for (gint32 j = 0; j < mr; j++)
              rows[p * mr + j] = first + (gsize) MIN (j, gather.n_rows - 1) * job->depth;
          }
        for (gint32 j = 0; j < mr; j++)
          out[j] = j < gather.n_rows ? products + ((gsize) point * job->chunk + i + j) * nr : unused;
        job->kernels->gather (&gather);
      }
}

/* Sets the pair's slot; returns FALSE when its frame's points are to be computed.  There are as many slots as a frame has pairs. */
static gboolean
find_slot (const Job *job, Pair *pairs, gint32 n_pairs, gint32 p, gint32 held[PAIRS_MAX])
{
  for (gint32 slot = 0; slot < job->max_pairs; slot++)
    if (held[slot] == pairs[p].frame)
      {
        pairs[p].slot = slot;
        return TRUE;
      }
  for (gint32 slot = 0; slot < job->max_pairs; slot++)
    {
      gboolean wanted = FALSE;

      for (gint32 q = 0; q < n_pairs; q++)
        wanted |= held[slot] == pairs[q].frame;
      if (!wanted)
        pairs[p].slot = slot;
    }
  held[pairs[p].slot] = pairs[p].frame;
  return FALSE;
}

/* A stretch of the chunks; frames run fastest, so that a frame's points serve all results it reaches. */
static void
strand_task (guint strand, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize from = job->n_chunks * strand / job->n_strands, to = job->n_chunks * (strand + 1) / job->n_strands;
  float *source = job->strands + strand * job->strand;
  float *products = source + (gsize) job->max_pairs * POINTS * job->chunk * job->depth;
  gint32 held[PAIRS_MAX];

  for (gsize chunk = from; chunk < to; chunk++)
    {
      const gint32 t = (gint32) (chunk % job->dst_size[0]);
      const gsize first = chunk / job->dst_size[0] * job->chunk;
      const gint32 n = (gint32) MIN ((gsize) job->chunk, job->n_tiles - first);
      Pair pairs[PAIRS_MAX];
      const gint32 n_pairs = pairs_of (job, t, pairs);

      for (gint32 slot = 0; slot < PAIRS_MAX && (chunk == from || t == 0); slot++)
        held[slot] = -1;
      for (gint32 p = 0; p < n_pairs; p++)
        if (!find_slot (job, pairs, n_pairs, p, held))
          for (gint32 i = 0; i < n; i++)
            source_points (job, first + i, pairs[p].frame, source + ((gsize) pairs[p].slot * POINTS * job->chunk + i) * job->depth);
      for (gint32 block = 0; block < job->n_blocks; block++)
        {
          multiply (job, source, products, pairs, n_pairs, block, n);
          for (gint32 i = 0; i < n; i++)
            result_pixels (job, first + i, t, block, products + (gsize) i * job->kernels->nr,
                           job->sums.records ? job->sums.records + chunk * job->sums.stride : NULL, i == 0);
        }
    }
}

static void
run (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);

  job.src = args->src[0].data;
  job.w = args->src[1].data;
  job.dst = args->dst.data;
  job.points = args->workspace;
  job.strands = job.points + kernel_floats (&job);
  job.zeros = job.strands + job.n_strands * job.strand;
  memset (job.zeros, 0, job.depth * sizeof (float));
  if (!backward)
    job.finish = _sac_conv_finish (args, job.zeros + (gsize) (job.depth + 15) / 16 * 16);
  job.sums = _sac_conv_sums (args, job.n_chunks);
  sac_pool_run (args->pool, (guint) (job.n_blocks * geo->kernel[0] * ((job.depth + SLICE - 1) / SLICE)), kernel_task, &job);
  sac_pool_run (args->pool, (guint) job.n_strands, strand_task, &job);
}

#define FACE(face, backward) \
  gboolean _sac_conv_##face##_winograd_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); return fits (kernels, &geo, backward); } \
  gsize _sac_conv_##face##_winograd_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { \
    SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); \
    return workspace (kernels, &geo, backward) + _sac_conv_finish_floats (shapes) * sizeof (float); \
  } \
  void _sac_conv_##face##_winograd (const SacKernelArgs *args, const SacConvKernels *kernels) \
  { SacConvGeometry geo = _sac_conv_##face##_geometry (args); run (args, kernels, &geo, backward); }

gsize
_sac_conv_forward_winograd_records (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_forward_geometry (shapes);

  return plan (kernels, &geo, FALSE).n_chunks;
}

FACE (forward, FALSE)
FACE (input, TRUE)
