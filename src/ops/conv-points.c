/* conv3d and conv3d_input of 1×1×1 kernels without padding: a matrix product whose rows are the pixels of the smaller side (all of them
 * without strides), which lie one behind the other.  So a tile finds its pixels by counting, and where strides leave pixels of gx out,
 * zeros are written beside the sums: memory is slower than the loop, but there is plenty of time while a tile is summed.
 *
 * Order, as in conv-gather.c: task = (some column blocks, a chunk of pixels) → tile of mr pixels → column block → channels. */
#include "conv-kernel.h"

#include <string.h>

#define CHUNK_PIXELS 192        /* a task */
#define PANEL_FLOATS (96 * 1024)        /* weights a task keeps near: 384 KiB of a second cache of 1 MiB */
#define WANTED_TASKS 32
#define FETCH_DEPTH 512         /* deeper pixels take long enough for the hardware to follow */
#define SHARES 4                /* stretches of the pixels, so that threads part the pixels and not the columns */
#define SHARE_CHUNKS 4          /* fewer chunks than these read the weights too often */
#define MOST_STRIDES 8          /* pixels of the larger side for one of the smaller */
#define PACK_ROWS 32            /* rows of W a task */

typedef struct {
  const SacConvKernels *kernels;
  const float *src, *w;
  float *dst, *packed;
  SacConvFinish finish;
  SacConvSums sums;
  SacConvGeometry geo;
  gboolean backward, strided;
  gsize n_pixels;               /* of the smaller side */
  gint32 depth, cols;
  gint32 n_blocks, group, n_groups;     /* column blocks of nr; blocks a task */
  gint32 chunk, n_chunks;       /* pixels a task */
  gint32 n_shares, share;       /* stretches of the chunks that are done one after the other; chunks of a share */
} Job;

gboolean
_sac_conv_points_fits (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  gboolean fits = kernels->per_word == 1 && geo->groups == 1
                  && (gint64) geo->n * geo->out[0] * geo->out[1] * geo->out[2] < G_MAXINT32;

  for (int a = 0; a < 3; a++)
    fits = fits && geo->kernel[a] == 1 && geo->pad[a] == 0 && geo->stride[a] <= MOST_STRIDES
           && geo->out[a] == (geo->in[a] - 1) / geo->stride[a] + 1;
  return fits && geo->stride[0] * geo->stride[1] * geo->stride[2] <= MOST_STRIDES;
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = { .kernels = kernels, .geo = *geo, .backward = backward };

  job.strided = geo->stride[0] * geo->stride[1] * geo->stride[2] > 1;
  job.n_pixels = (gsize) geo->n * geo->out[0] * geo->out[1] * geo->out[2];
  job.depth = backward ? geo->k : geo->c;
  job.cols = backward ? geo->c : geo->k;
  job.n_blocks = (job.cols + kernels->nr - 1) / kernels->nr;
  job.group = CLAMP (PANEL_FLOATS / (job.depth * kernels->nr), 1, job.n_blocks);
  job.n_groups = (job.n_blocks + job.group - 1) / job.group;
  job.chunk = CHUNK_PIXELS / kernels->mr * kernels->mr;
  while (job.chunk > kernels->mr && (gsize) job.n_groups * ((job.n_pixels + job.chunk - 1) / job.chunk) < WANTED_TASKS)
    job.chunk -= kernels->mr;
  job.n_chunks = (gint32) ((job.n_pixels + job.chunk - 1) / job.chunk);
  job.n_shares = CLAMP (job.n_chunks / SHARE_CHUNKS, 1, SHARES);
  job.share = (job.n_chunks + job.n_shares - 1) / job.n_shares;
  return job;
}

gsize
_sac_conv_points_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);

  return (gsize) job.n_blocks * kernels->nr * job.depth * sizeof (float);
}

gsize
_sac_conv_points_records (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  return (gsize) plan (kernels, geo, FALSE).n_chunks;
}

/* ---- packing. */

/* Forward: the kernels of a block are turned. */
static void
turn_task (guint block, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr;
  const gsize first = (gsize) block * nr;

  job->kernels->pack (job->packed + first * job->depth, job->w + first * job->depth, job->depth, job->depth,
                      MIN (nr, job->cols - (gint32) first));
}

/* Backward: rows of W are parted into blocks; whole rows, since memory likes to be read in a run. */
static void
part_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr, end = MIN ((gint32) (task + 1) * PACK_ROWS, job->depth);

  for (gint32 k = (gint32) task * PACK_ROWS; k < end; k++)
    {
      const float *from = job->w + (gsize) k * job->cols;
      float *to = job->packed + (gsize) k * nr;

      for (gint32 left = job->cols; left > 0; left -= nr, from += nr, to += (gsize) job->depth * nr)
        if (left >= 32 && nr == 32)
          memcpy (to, from, 32 * sizeof (float));
        else
          for (gint32 j = 0; j < nr; j++)
            to[j] = j < left ? from[j] : 0;
    }
}

/* ---- tiles. */

typedef struct {
  gint32 at[3];                 /* of the smaller side */
  gsize picture;
} Place;

static Place
place_of (const SacConvGeometry *geo, gsize pixel)
{
  Place place;

  for (int a = 2; a >= 0; a--)
    {
      place.at[a] = (gint32) (pixel % geo->out[a]);
      pixel /= geo->out[a];
    }
  place.picture = pixel;
  return place;
}

static void
step (const SacConvGeometry *geo, Place *place)
{
  for (int a = 2; a >= 0; a--)
    {
      if (++place->at[a] < geo->out[a])
        return;
      place->at[a] = 0;
    }
  place->picture++;
}

/* The pixel of the larger side. */
static gsize
large_pixel (const SacConvGeometry *geo, const Place *place)
{
  gsize pixel = place->picture;

  for (int a = 0; a < 3; a++)
    pixel = pixel * geo->in[a] + place->at[a] * geo->stride[a];
  return pixel;
}

/* The pixels of gx between this one and the next, which nothing reaches. */
static gint32
find_others (const Job *job, const Place *place, float *at, float **others)
{
  const SacConvGeometry *geo = &job->geo;
  gint32 n[3], found = 0;

  for (int a = 0; a < 3; a++)
    n[a] = MIN (geo->stride[a], geo->in[a] - place->at[a] * geo->stride[a]);
  for (gint32 t = 0; t < n[0]; t++)
    for (gint32 h = 0; h < n[1]; h++)
      for (gint32 w = 0; w < n[2]; w++)
        if (t || h || w)
          others[found++] = at + (((gsize) t * geo->in[1] + h) * geo->in[2] + w) * job->cols;
  return found;
}

/* task = (share · groups + group) · chunks of a share + chunk: neighbours share their weights. */
static void
tile_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvKernels *kernels = job->kernels;
  const gint32 mr = kernels->mr, nr = kernels->nr;
  const gint32 group = (gint32) (task / job->share) % job->n_groups, share = (gint32) (task / job->share) / job->n_groups;
  const gint32 block0 = group * job->group, block1 = MIN (block0 + job->group, job->n_blocks);
  const gsize chunk = (gsize) share * job->share + task % job->share;
  const gsize from = chunk * job->chunk, to = MIN (from + job->chunk, job->n_pixels);
  float *record = job->sums.records ? job->sums.records + chunk * job->sums.stride : NULL;
  const float *rows[SAC_CONV_MAX_ROWS], *panel;
  float *out[SAC_CONV_MAX_ROWS], unused[SAC_CONV_MAX_COLS] = { 0 };
  float *others[SAC_CONV_MAX_ROWS * (MOST_STRIDES - 1)];
  SacConvGather gather = { .n_taps = 1, .depth = job->depth, .rows = rows, .panel = &panel, .out = out };
  Place place;

  if (from >= to)
    return;
  place = place_of (&job->geo, from);
  for (gsize at = from; at < to; at += gather.n_rows)
    {
      gather.n_rows = (gint32) MIN ((gsize) mr, to - at);
      gather.clear = others;
      gather.n_clear = 0;
      for (gint32 i = 0; i < gather.n_rows; i++)
        {
          const gsize large = job->strided ? large_pixel (&job->geo, &place) : at + i;

          rows[i] = job->src + (job->backward ? at + i : large) * job->depth;
          out[i] = job->dst + (job->backward ? large : at + i) * job->cols + (gsize) block0 * nr;
          if (job->backward && job->strided)
            gather.n_clear += find_others (job, &place, out[i], others + gather.n_clear);
          if (job->strided)
            step (&job->geo, &place);
        }
      for (gint32 i = gather.n_rows; i < mr; i++)
        {
          rows[i] = rows[gather.n_rows - 1];
          out[i] = unused;
        }
      for (gint32 block = block0; block < block1; block++)
        {
          panel = job->packed + (gsize) block * nr * job->depth;
          gather.n_cols = MIN (nr, job->cols - block * nr);
          gather.ahead = block == block0 && job->depth <= FETCH_DEPTH
                         ? (gsize) gather.n_rows * (gsize) (job->backward ? 1 : job->geo.stride[2]) * job->depth : 0;
          if (job->finish.wanted)
            _sac_conv_fetch_residual (&job->finish, job->dst, out, gather.n_rows, gather.n_cols);
          kernels->gather (&gather);
          if (job->finish.wanted)
            kernels->finish (&job->finish, job->dst, out, gather.n_rows, block * nr, gather.n_cols);
          if (record)
            _sac_conv_sums_add (&job->sums, kernels->sums, record, at == from, out, gather.n_rows, block * nr, gather.n_cols);
          for (gint32 i = 0; i < gather.n_rows; i++)
            out[i] += nr;
          for (gint32 i = 0; i < gather.n_clear; i++)
            others[i] += nr;
        }
    }
}

void
_sac_conv_points (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);

  job.src = args->src[0].data;
  job.w = args->src[1].data;
  job.dst = args->dst.data;
  job.packed = args->workspace;
  if (!backward)
    job.finish = _sac_conv_finish (args, job.packed + (gsize) job.n_blocks * kernels->nr * job.depth);
  job.sums = _sac_conv_sums (args, (gsize) job.n_chunks);
  for (gsize i = 0; job.sums.records && i < (gsize) job.n_chunks; i++)
    job.sums.records[i * job.sums.stride] = (float) MIN ((gsize) job.chunk, job.n_pixels - i * job.chunk);
  if (backward)
    sac_pool_run (args->pool, (guint) (job.depth + PACK_ROWS - 1) / PACK_ROWS, part_task, &job);
  else
    sac_pool_run (args->pool, (guint) job.n_blocks, turn_task, &job);
  sac_pool_run (args->pool, (guint) (job.n_groups * job.n_shares * job.share), tile_task, &job);
}
