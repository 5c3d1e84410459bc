/* conv3d and conv3d_input as one walk: every result pixel is a sum, over the taps that reach it, of (a source pixel's channels)
 * × (a slab of weights).  An implicit matrix product: no im2col in memory, a register tile finds its pixels by pointers, and a
 * padding zero is a pointer to a row of zeros.
 *   forward: source x, slab (τ) is c × k.    input gradient: source gy, slab (τ) is k × c.
 * Strides make no difference to the loops: forward, taps step by one and pixels by the stride; backward, pixels of one residue
 * class modulo the stride are reached by the same taps, whose sources then step by one.
 *
 * Order: task = (some column blocks, one frame, one residue class, a chunk of pixels) → tile of mr pixels → column block → taps
 * → channels.  Weights are repacked first so that a tile reads them as one stream; the blocks of a task fit the second cache.
 * No sum is split between tasks, so the bits do not depend on the split or on the threads.
 *
 * Where the kernels read bf16, two numbers are one 32-bit word: depth and source pixels are counted in words then, and a word of
 * a panel holds the weights of both.  A bf16 result is written once, so all taps of a tile must go into one batch. */
#include "conv-kernel.h"

#include <string.h>

#define BATCH 36                /* taps between two writes of a tile; bounds the pointer tables */
#define CHUNK_PIXELS 192        /* a task: enough to reuse a panel, few enough to balance; the same for each set of kernels, as what
                                 * conv3d_stats leaves behind its result must have room for any of them */
#define PANEL_FLOATS (96 * 1024)        /* weights a task keeps near: 384 KiB of a second cache of 1 MiB */
#define WANTED_TASKS 32
#define FETCH_DEPTH 512         /* deeper pixels take long enough for the hardware to follow */
#define SHARES 4                /* stretches of the pixels, so that threads part the pixels and not the columns */
#define SHARE_CHUNKS 4          /* fewer chunks than these read the weights too often */

/* How result coordinates of one residue class find their sources along an axis: the m-th of class r lies at r + m·step and
 * its q-th tap, kernel place k0 + q·dk, reads the source at base + m·dm + q·dq (a zero when outside). */
typedef struct {
  gint32 count, n_taps, k0, dk;
  gint32 base, dm, dq;
} Class;

typedef struct {
  const SacConvKernels *kernels;
  const float *src;             /* words */
  char *dst;
  gsize dst_bytes;              /* of a number of dst */
  gboolean narrow;              /* dst is bf16 */
  gboolean pointwise;           /* a tile reads the next pixels (strided: about those) */
  float *packed, *zeros;
  const float *w;
  SacConvFinish finish;
  SacConvSums sums;
  SacConvGeometry geo;
  gboolean backward;
  gint32 n;
  gint32 src_size[3], dst_size[3];
  gint32 step[3];               /* residue classes an axis */
  gint32 depth, cols;           /* words summed a tap; result columns */
  gint32 pixel;                 /* words of a source pixel; depth unless kernel rows are merged */
  gint32 n_blocks, group, n_groups;     /* column blocks of nr; blocks a task */
  gint32 chunk, n_chunks;       /* pixels a task; chunks of the largest class */
  gint32 n_shares, share;       /* stretches of the chunks that are done one after the other; chunks of a share */
  gint32 n_w;                   /* kernel places, those of a merged row counting once */
} Job;

static gsize
round_up (gsize n, gsize to)
{
  return (n + to - 1) / to * to;
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *original, gboolean backward)
{
  Job job = { .kernels = kernels, .geo = *original, .backward = backward };
  gint64 pixels, groups;
  gsize panel;

  _sac_conv_fold_time (&job.geo);
  job.n = job.geo.n;
  for (int a = 0; a < 3; a++)
    {
      job.src_size[a] = backward ? job.geo.out[a] : job.geo.in[a];
      job.dst_size[a] = backward ? job.geo.in[a] : job.geo.out[a];
      job.step[a] = backward && a ? MIN (job.geo.stride[a], job.dst_size[a]) : 1;
    }
  job.pixel = job.depth = (backward ? job.geo.k : job.geo.c) / kernels->per_word;
  job.cols = backward ? job.geo.c : job.geo.k;
  job.n_w = job.geo.kernel[2];
  if (!backward && _sac_conv_merges (&job.geo))
    {                           /* a kernel row is one deep tap; where it sticks out it is copied beside zeros */
      job.n_w = 1;
      job.depth = job.pixel * job.geo.kernel[2];
    }

  job.n_blocks = (job.cols + kernels->nr - 1) / kernels->nr;
  panel = (gsize) job.geo.kernel[0] * job.geo.kernel[1] * job.n_w * job.depth * kernels->nr;
  job.group = (gint32) CLAMP (PANEL_FLOATS / MAX (panel, 1), 1, (gsize) job.n_blocks);
  job.n_groups = (job.n_blocks + job.group - 1) / job.group;
  pixels = (gint64) job.n * ((job.dst_size[1] + job.step[1] - 1) / job.step[1])
           * ((job.dst_size[2] + job.step[2] - 1) / job.step[2]);
  groups = (gint64) job.n_groups * job.dst_size[0] * job.step[1] * job.step[2];
  job.chunk = CHUNK_PIXELS / kernels->mr * kernels->mr;
  while (job.chunk > kernels->mr && groups * ((pixels + job.chunk - 1) / job.chunk) < WANTED_TASKS)
    job.chunk -= kernels->mr;
  job.n_chunks = (gint32) ((pixels + job.chunk - 1) / job.chunk);
  job.n_shares = CLAMP (job.n_chunks / SHARE_CHUNKS, 1, SHARES);
  job.pointwise = job.depth <= FETCH_DEPTH;
  for (int a = 0; a < 3; a++)
    job.pointwise = job.pointwise && job.geo.kernel[a] == 1 && job.geo.pad[a] == 0 && (!backward || job.geo.stride[a] == 1);
  job.share = (job.n_chunks + job.n_shares - 1) / job.n_shares;
  return job;
}

static gsize
workspace (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);
  gsize taps = (gsize) job.geo.kernel[0] * job.geo.kernel[1] * job.n_w;

  return (taps * job.n_blocks * kernels->nr * job.depth + round_up (job.depth, 16)) * sizeof (float);
}

static Class
class_of (const Job *job, int axis, gint32 r)
{
  gint32 kernel = axis == 2 ? job->n_w : job->geo.kernel[axis];
  gint32 stride = job->geo.stride[axis], pad = job->geo.pad[axis];
  Class class = { .count = (job->dst_size[axis] - r + job->step[axis] - 1) / job->step[axis], .dm = 1 };

  if (job->backward)
    {
      class.k0 = (r + pad) % stride;
      class.dk = stride;
      class.n_taps = class.k0 < kernel ? (kernel - 1 - class.k0) / stride + 1 : 0;
      class.base = (r + pad - class.k0) / stride;
      class.dq = -1;
    }
  else
    {
      class.dk = 1;
      class.n_taps = kernel;
      class.base = -pad;
      class.dm = stride;
      class.dq = 1;
    }
  return class;
}

/* Which source frames reach result frame @t by kernel place @kt. */
static gboolean
frames_of (const Job *job, gint32 t, gint32 kt, gint32 *first, gint32 *last)
{
  if (job->backward)
    return _sac_conv_frames (&job->geo, t, kt, first, last);
  *first = *last = _sac_conv_source (&job->geo, 0, t, kt);
  return *first >= 0;
}

/* ---- packing: one task a (column block, kernel place). */

static void
pack_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr;
  const gsize taps = (gsize) job->geo.kernel[0] * job->geo.kernel[1] * job->n_w;
  const gsize tap = task % taps, block = task / taps;
  const gint32 n_cols = MIN (nr, job->cols - (gint32) block * nr);
  float *to = job->packed + (block * taps + tap) * job->depth * nr;
  gint32 t = 0, first, last, kt = (gint32) (tap / (taps / job->geo.kernel[0]));

  /* Short clips: a kernel frame that only ever meets padding is left out (two of three in the last stage of an I3D). */
  while (t < job->dst_size[0] && !frames_of (job, t, kt, &first, &last))
    t++;
  if (t == job->dst_size[0])
    return;
  if (!job->backward)
    {
      const gint32 depth = job->depth * job->kernels->per_word;

      job->kernels->pack (to, job->w + (block * nr * taps + tap) * depth, taps * depth, depth, n_cols);
      return;
    }
  for (gint32 k = 0; k < job->depth; k++, to += nr)
    {
      const float *from = job->w + (k * job->kernels->per_word * taps + tap) * job->cols + block * nr;

      if (job->kernels->pair)
        {
          job->kernels->pair (to, from, from + taps * job->cols, n_cols);
          continue;
        }
      memcpy (to, from, n_cols * sizeof (float));
      for (gint32 j = n_cols; j < nr; j++)
        to[j] = 0;
    }
}

/* ---- a tile of pixels. */

typedef struct {
  const Job *job;
  const Class *class[3];        /* [0] unused */
  gint32 block0, block1;
  gint32 t;
  gint32 n_rows;
  const float *picture[SAC_CONV_MAX_ROWS];      /* first source pixel of each row's clip */
  gint32 at[SAC_CONV_MAX_ROWS][2];      /* source row and column of tap 0 */
  char *out[SAC_CONV_MAX_ROWS];
  float *record;                /* where the sums of the task's pixels go */
  gboolean first;               /* no tile of the task is done */
  gint32 n_taps;                /* in the tables, not yet summed */
  gboolean add;
  const float *rows[BATCH * SAC_CONV_MAX_ROWS];
  gsize slab[BATCH];            /* kernel place of each tap */
  float edge[BATCH * SAC_CONV_MAX_ROWS * SAC_CONV_MERGE_FLOATS];
} Tile;

static void
flush (Tile *tile, gboolean last)
{
  const Job *job = tile->job;
  const gint32 nr = job->kernels->nr, mr = job->kernels->mr;
  const gsize taps = (gsize) job->geo.kernel[0] * job->geo.kernel[1] * job->n_w;
  const float *panel[BATCH];
  float *out[SAC_CONV_MAX_ROWS], unused[SAC_CONV_MAX_COLS] = { 0 };
  SacConvGather gather = { .n_taps = tile->n_taps, .depth = job->depth, .rows = tile->rows, .panel = panel,
                           .out = out, .n_rows = tile->n_rows, .add = tile->add, .narrow = job->narrow };
  const gboolean finish = last && job->finish.wanted, sums = last && job->sums.records;
  const gboolean nothing = tile->n_taps == 0 && (tile->add || !last);

  if (nothing && !finish && !sums)
    return;
  for (gint32 block = tile->block0; block < tile->block1; block++)
    {
      for (gint32 i = 0; i < tile->n_taps; i++)
        panel[i] = job->packed + (block * taps + tile->slab[i]) * job->depth * nr;
      for (gint32 i = 0; i < mr; i++)
        out[i] = i < tile->n_rows ? (float *) (tile->out[i] + (gsize) block * nr * job->dst_bytes) : unused;
      gather.n_cols = MIN (nr, job->cols - block * nr);
      gather.ahead = job->pointwise && block == tile->block0 ? (gsize) tile->n_rows * (gsize) job->geo.stride[2] * job->depth : 0;
      if (finish && !job->narrow)
        _sac_conv_fetch_residual (&job->finish, (float *) job->dst, out, tile->n_rows, gather.n_cols);
      if (!nothing)
        job->kernels->gather (&gather);
      if (finish)
        job->kernels->finish (&job->finish, (float *) job->dst, out, tile->n_rows, block * nr, gather.n_cols);
      if (sums)
        _sac_conv_sums_add (&job->sums, job->kernels->sums, tile->record, tile->first, out, tile->n_rows, block * nr, gather.n_cols);
    }
  tile->first &= !last;
  tile->n_taps = 0;
  tile->add = TRUE;
}

/* The run of a merged kernel row that starts left of the picture or ends right of it. */
static const float *
copy_edge (Tile *tile, gint32 i, const float *line, gint32 column)
{
  const Job *job = tile->job;
  const gint32 width = job->src_size[2], kernel = job->geo.kernel[2], c = job->pixel;
  float *edge = tile->edge + (tile->n_taps * SAC_CONV_MAX_ROWS + i) * SAC_CONV_MERGE_FLOATS;

  memset (edge, 0, job->depth * sizeof (float));
  for (gint32 k = MAX (0, -column); k < kernel && column + k < width; k++)
    memcpy (edge + k * c, line + (gsize) (column + k) * c, c * sizeof (float));
  return edge;
}

/* Adds one tap; one that only finds zeros is left out. */
static void
add_tap (Tile *tile, gint32 frame, gint32 qh, gint32 qw, gsize place)
{
  const Job *job = tile->job;
  const gboolean merged = job->pixel != job->depth;
  const gint32 mr = job->kernels->mr;
  const float **rows = tile->rows + tile->n_taps * mr;
  const gsize line_floats = (gsize) job->src_size[2] * job->pixel, skip = (gsize) frame * job->src_size[1] * line_floats;
  gboolean any = FALSE;

  for (gint32 i = 0; i < tile->n_rows; i++)
    {
      gint32 h = tile->at[i][0] + qh * tile->class[1]->dq, w = tile->at[i][1] + qw * tile->class[2]->dq;
      const float *line;

      rows[i] = job->zeros;
      if (h < 0 || h >= job->src_size[1])
        continue;
      line = tile->picture[i] + skip + h * line_floats;
      if (merged)
        rows[i] = w >= 0 && w + job->geo.kernel[2] <= job->src_size[2] ? line + (gsize) w * job->pixel
                                                                       : copy_edge (tile, i, line, w);
      else if (w >= 0 && w < job->src_size[2])
        rows[i] = line + (gsize) w * job->pixel;
      else
        continue;
      any = TRUE;
    }
  if (!any)
    return;
  for (gint32 i = tile->n_rows; i < mr; i++)
    rows[i] = rows[tile->n_rows - 1];
  tile->slab[tile->n_taps++] = place;
  if (tile->n_taps == BATCH)
    flush (tile, FALSE);
}

static void
run_tile (Tile *tile)
{
  const Job *job = tile->job;
  const gint32 *kernel = job->geo.kernel;

  tile->n_taps = 0;
  tile->add = FALSE;
  for (gint32 kt = 0; kt < kernel[0]; kt++)
    {
      gint32 first, last;

      if (!frames_of (job, tile->t, kt, &first, &last))
        continue;
      for (gint32 frame = first; frame <= last; frame++)
        for (gint32 qh = 0; qh < tile->class[1]->n_taps; qh++)
          for (gint32 qw = 0; qw < tile->class[2]->n_taps; qw++)
            {
              gint32 kh = tile->class[1]->k0 + qh * tile->class[1]->dk;
              gint32 kw = tile->class[2]->k0 + qw * tile->class[2]->dk;

              add_tap (tile, frame, qh, qw, ((gsize) kt * kernel[1] + kh) * job->n_w + kw);
            }
    }
  flush (tile, TRUE);
}

/* task = (((share · groups + group) · frames + t) · classes + class) · chunks of a share + chunk: neighbours share their weights. */
static void
tile_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 *size = job->dst_size;
  gint32 chunk = task % job->share, rest = task / job->share;
  gint32 rw = rest % job->step[2], rh = rest / job->step[2] % job->step[1];
  gint32 frame = rest / job->step[2] / job->step[1] % size[0];
  gint32 group = rest / job->step[2] / job->step[1] / size[0] % job->n_groups;
  gint32 share = rest / job->step[2] / job->step[1] / size[0] / job->n_groups;
  Class rows = class_of (job, 1, rh), columns = class_of (job, 2, rw);
  gsize per_picture = (gsize) rows.count * columns.count, n_pixels = per_picture * job->n;
  gsize from = ((gsize) share * job->share + chunk) * job->chunk, to = MIN (from + job->chunk, n_pixels);
  Tile tile;

  if (from >= to)
    return;
  tile.job = job;
  tile.class[1] = &rows;
  tile.class[2] = &columns;
  tile.block0 = group * job->group;
  tile.block1 = MIN (tile.block0 + job->group, job->n_blocks);
  tile.t = frame;
  tile.first = TRUE;
  if (job->sums.records)
    tile.record = job->sums.records + ((gsize) frame * job->n_chunks + share * job->share + chunk) * job->sums.stride;
  for (gsize left = (to - from + job->kernels->mr - 1) / job->kernels->mr; left > 0; left--)
    {
      gsize picture = from / per_picture;
      gint32 mh = from % per_picture / columns.count, mw = from % per_picture % columns.count;

      tile.n_rows = (to - from + left - 1) / left;      /* tiles as even as can be */
      for (gint32 i = 0; i < tile.n_rows; i++)
        {
          gint32 h = rh + mh * job->step[1], w = rw + mw * job->step[2];

          tile.picture[i] = job->src + picture * job->src_size[0] * job->src_size[1] * job->src_size[2] * job->pixel;
          tile.at[i][0] = rows.base + mh * rows.dm;
          tile.at[i][1] = columns.base + mw * columns.dm;
          tile.out[i] = job->dst + (((picture * size[0] + frame) * size[1] + h) * size[2] + w) * job->cols * job->dst_bytes;
          if (++mw == columns.count)
            {
              mw = 0;
              if (++mh == rows.count)
                {
                  mh = 0;
                  picture++;
                }
            }
        }
      run_tile (&tile);
      from += tile.n_rows;
    }
}

static void
run (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);
  gsize taps = (gsize) job.geo.kernel[0] * job.geo.kernel[1] * job.n_w;
  gsize n_tasks = (gsize) job.n_groups * job.dst_size[0] * job.step[1] * job.step[2] * job.n_shares * job.share;

  g_assert (n_tasks <= G_MAXUINT && taps * job.n_blocks <= G_MAXUINT);
  job.src = args->src[0].data;
  job.w = args->src[1].data;
  job.dst = (char *) args->dst.data;
  job.dst_bytes = sac_dtype_bytes (args->dst.dtype);
  job.narrow = args->dst.dtype == SAC_BF16;
  job.zeros = args->workspace;
  job.packed = job.zeros + round_up (job.depth, 16);
  memset (job.zeros, 0, job.depth * sizeof (float));
  if (!backward)
    job.finish = _sac_conv_finish (args, job.packed + taps * job.n_blocks * kernels->nr * job.depth);
  job.sums = _sac_conv_sums (args, (gsize) job.dst_size[0] * job.n_chunks);
  for (gsize i = 0; job.sums.records && i < (gsize) job.dst_size[0] * job.n_chunks; i++)
    {
      const gsize n_pixels = (gsize) job.n * job.dst_size[1] * job.dst_size[2], from = i % job.n_chunks * job.chunk;

      job.sums.records[i * job.sums.stride] = (float) MIN ((gsize) job.chunk, n_pixels - from);
    }
  sac_pool_run (args->pool, (guint) (taps * job.n_blocks), pack_task, &job);
  sac_pool_run (args->pool, (guint) n_tasks, tile_task, &job);
}

#define WINOGRAD_PIXELS 4096    /* from here on Winograd's way with widened numbers is faster than bf16 */

/* bf16 kernels want channels in pairs and all taps in one batch (replicated frames are taps more). */
static gboolean
fits (const SacKernelArgs *shapes, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  gint32 taps = (geo->kernel[0] + (geo->replicate ? geo->pad[0] : 0)) * geo->kernel[1] * geo->kernel[2];

  if (!_sac_conv_simple (geo) || kernels->per_word == 1)
    return _sac_conv_simple (geo);
  if ((gint64) geo->n * geo->out[0] * geo->out[1] * geo->out[2] >= WINOGRAD_PIXELS
      && (backward ? _sac_conv_input_winograd_fits : _sac_conv_forward_winograd_fits) (shapes, kernels))
    return FALSE;
  if (!backward && shapes->src[0].dtype == SAC_F32)
    return shapes->dst.dtype == SAC_BF16 && geo->kernel[0] * geo->kernel[1] <= BATCH && _sac_conv_few_fits (shapes->src[1].shape, geo);
  return shapes->src[0].dtype == SAC_BF16 && (backward ? geo->k : geo->c) % 2 == 0 && taps <= BATCH && !_sac_conv_merges (geo);
}

gboolean
_sac_conv_forward_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_forward_geometry (shapes);

  return fits (shapes, kernels, &geo, FALSE);
}

gsize
_sac_conv_forward_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_forward_geometry (shapes);

  if (kernels->per_word == 2 && shapes->src[0].dtype == SAC_F32)
    return _sac_conv_few_forward_workspace (shapes, kernels);
  if (_sac_conv_points_fits (kernels, &geo))
    return _sac_conv_points_workspace (kernels, &geo, FALSE) + _sac_conv_finish_floats (shapes) * sizeof (float);
  return workspace (kernels, &geo, FALSE) + _sac_conv_finish_floats (shapes) * sizeof (float);
}

gsize
_sac_conv_forward_records (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_forward_geometry (shapes);
  Job job = plan (kernels, &geo, FALSE);

  if (_sac_conv_points_fits (kernels, &geo))
    return _sac_conv_points_records (kernels, &geo);
  return (gsize) job.dst_size[0] * job.n_chunks;
}

void
_sac_conv_forward (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_forward_geometry (args);

  if (kernels->per_word == 2 && args->src[0].dtype == SAC_F32)
    _sac_conv_few_forward (args, kernels);
  else if (_sac_conv_points_fits (kernels, &geo))
    _sac_conv_points (args, kernels, &geo, FALSE);
  else
    run (args, kernels, &geo, FALSE);
}

gboolean
_sac_conv_input_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_input_geometry (shapes);

  return fits (shapes, kernels, &geo, TRUE);
}

gsize
_sac_conv_input_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_input_geometry (shapes);

  if (_sac_conv_points_fits (kernels, &geo))
    return _sac_conv_points_workspace (kernels, &geo, TRUE);
  return _sac_conv_merges (&geo) ? _sac_conv_scatter_workspace (kernels, &geo) : workspace (kernels, &geo, TRUE);
}

void
_sac_conv_input (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_input_geometry (args);

  if (_sac_conv_points_fits (kernels, &geo))
    _sac_conv_points (args, kernels, &geo, TRUE);
  else if (_sac_conv_merges (&geo))
    _sac_conv_scatter (args, kernels, &geo);
  else
    run (args, kernels, &geo, TRUE);
}
