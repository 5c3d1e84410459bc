/* conv3d_weight: gw[k][τ][c] = Σ over pixels of gy[p][k] · x[p at τ][c]: for each tap a sum of outer products over the pixels.
 * A register tile holds mr kernels × nr channels and runs along picture rows, where both operands step evenly; stretches that
 * would read padding are left out.
 *
 * Order: task = (a part of the picture rows, some blocks of nr channels) → chunk of about CHUNK pixels → block → tap → tiles of
 * kernels → rows → pixels.  The chunk's channels of x (CHUNK · nr floats = 25 KiB) stay in the first cache over all taps and kernels, its
 * gy in the second.  Parts have a result of their own and are summed in order afterwards; how many there are is decided by the
 * shape alone, so the bits do not depend on the threads.
 *
 * Few channels (the first layer) would leave most of a vector empty: there the vectors run over k, a kernel row of kW·C numbers
 * of x gives the tile's rows, and the parts hold [kt][kh][kw·C][k], turned when they are summed. */
#include "conv-kernel.h"

#include <string.h>

#define CHUNK 192
#define PART_PIXELS 1536        /* about so many pixels a part */
#define MANY_PARTS 8            /* from here on a task does all columns: gy comes from memory once */
#define CHUNK_FLOATS (120 * 1024)       /* a chunk of gy: 480 KiB of a second cache of 1 MiB */
#define PARTS_MAX 16
#define PARTS_FLOATS (8 << 20)  /* all parts together take at most 32 MiB, unless there is one */
#define WANTED_TASKS 16
#define CLOSE_KERNELS 256       /* so many make up for copying what they read */

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *parts, *lines;
  SacConvGeometry geo;
  gboolean merged;
  gsize size;                   /* floats of gw */
  gsize n_rows;                 /* picture rows of y */
  gint32 n_blocks, n_parts, part_rows, chunk_rows;
  gint32 span;                  /* column blocks a task: all where there are parts enough for the threads */
  gint32 piece;                 /* longest stretch of one run */
  gsize line;                   /* floats of a padded row of x (merged) */
} Job;

/* A 1×1×1 kernel sees no pictures: rows may be of any length that divides the number of pixels. */
static void
fold (SacConvGeometry *geo)
{
  gint64 pixels = (gint64) geo->n * geo->in[0] * geo->in[1] * geo->in[2];
  gboolean flat = pixels < G_MAXINT32;

  for (int a = 0; a < 3; a++)
    flat = flat && geo->kernel[a] == 1 && geo->stride[a] == 1 && geo->pad[a] == 0;
  if (flat)
    {
      gint32 length = (gint32) MIN (pixels, CHUNK);

      while (length > CHUNK / 4 && pixels % length)
        length--;
      if (pixels % length)
        length = (gint32) pixels;
      geo->n = geo->in[0] = geo->out[0] = 1;
      geo->in[1] = geo->out[1] = (gint32) (pixels / length);
      geo->in[2] = geo->out[2] = length;
    }
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *original)
{
  Job job = { .kernels = kernels, .geo = *original };
  SacConvGeometry *geo = &job.geo;
  gint32 cols;
  gsize pixels, most, wanted;

  fold (geo);
  job.merged = _sac_conv_merges (geo);
  job.size = (gsize) geo->k * geo->kernel[0] * geo->kernel[1] * geo->kernel[2] * geo->c;
  job.n_rows = (gsize) geo->n * geo->out[0] * geo->out[1];
  cols = job.merged ? geo->k : geo->c;
  job.n_blocks = job.merged ? 1 : (cols + kernels->nr - 1) / kernels->nr;
  job.line = job.merged ? ((gsize) (geo->out[2] - 1) * geo->stride[2] + geo->kernel[2]) * geo->c : 0;

  /* Parts: many pixels are many parts, few blocks too; but no part without rows, and no more memory than said. */
  pixels = job.n_rows * geo->out[2];
  most = MAX (PARTS_FLOATS / MAX (job.size, 1), 1);
  wanted = pixels / PART_PIXELS;
  job.span = MIN (wanted, most) >= MANY_PARTS ? job.n_blocks : 1;
  if (job.span == 1)
    wanted = MAX (wanted / 3, (WANTED_TASKS + job.n_blocks - 1) / (gsize) job.n_blocks);
  wanted = MIN (MIN (wanted, most), MIN (job.n_rows, PARTS_MAX));
  wanted = MIN (wanted, MAX (pixels / CHUNK, 1));
  job.part_rows = (gint32) ((job.n_rows + MAX (wanted, 1) - 1) / MAX (wanted, 1));
  job.n_parts = (gint32) ((job.n_rows + job.part_rows - 1) / job.part_rows);
  job.piece = CLAMP (CHUNK_FLOATS / geo->k, CHUNK / 4, CHUNK);
  job.chunk_rows = MAX (job.piece / geo->out[2], 1);
  return job;
}

gboolean
_sac_conv_weight_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_weight_geometry (shapes);

  return _sac_conv_simple (&geo);
}

gsize
_sac_conv_weight_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  Job job = plan (kernels, &geo);
  gsize parts;

  if (_sac_conv_weight_points_fits (&geo))
    return _sac_conv_weight_points_workspace (kernels, &geo);
  parts = job.n_parts > 1 || job.merged ? job.size * job.n_parts : 0;

  return (parts + job.line * job.n_parts) * sizeof (float);
}

static void
place (const Job *job, gsize row, gsize *picture, gint32 *to, gint32 *ho)
{
  *ho = row % job->geo.out[1];
  *to = row / job->geo.out[1] % job->geo.out[0];
  *picture = row / job->geo.out[1] / job->geo.out[0];
}

/* The source row of x for output row @row and kernel place (kt,kh), or NULL for padding. */
static const float *
source_row (const Job *job, gsize row, gint32 kt, gint32 kh)
{
  const SacConvGeometry *geo = &job->geo;
  gsize picture;
  gint32 to, ho, ti, hi;

  place (job, row, &picture, &to, &ho);
  ti = _sac_conv_source (geo, 0, to, kt);
  hi = _sac_conv_source (geo, 1, ho, kh);
  if (ti < 0 || hi < 0)
    return NULL;
  return job->x + ((picture * geo->in[0] + ti) * geo->in[1] + hi) * geo->in[2] * geo->c;
}

/* First output column that reads inside x by kernel column @kw, and the one past the last. */
static void
columns (const SacConvGeometry *geo, gint32 kw, gint32 *from, gint32 *to)
{
  gint32 shift = kw - geo->pad[2], stride = geo->stride[2];
  gint32 room = geo->in[2] - 1 - shift;

  *from = shift < 0 ? (-shift + stride - 1) / stride : 0;
  *to = room < 0 ? 0 : MIN (room / stride + 1, geo->out[2]);
}

#define RUNS 256

/* The channels of x that all kernels of a block are multiplied with: a pixel's lie far apart, often so that few of them fit the first
 * cache at once. */
static void
stand_close (const Job *job, SacConvOuter *outer, SacConvRun *runs, gsize n_runs, float *close)
{
  const gint32 nr = job->kernels->nr, stride = job->geo.stride[2];
  const gsize step = (gsize) stride * job->geo.c;

  for (gsize i = 0; i < n_runs; i++)
    {
      const float *from = runs[i].b;

      runs[i].b = close;
      for (gsize p = 0; p < runs[i].n; p++, from += step, close += nr)
        memcpy (close, from, nr * sizeof (float));
    }
  outer->b_step = nr;
}

static void
sum_runs (const Job *job, SacConvOuter *outer, float *out, gsize n_runs)
{
  outer->n_runs = n_runs;
  outer->out = out;
  job->kernels->outer (outer);
  outer->add = TRUE;
}

/* Adds the products of picture rows [row0,row1), columns [w0,w1) for one tap. */
static void
add_tap (const Job *job, SacConvOuter *outer, float *out, gsize row0, gsize row1, gint32 w0, gint32 w1,
         const gint32 tap[3], gint32 c0)
{
  const SacConvGeometry *geo = &job->geo;
  float close[CHUNK * SAC_CONV_MAX_COLS];
  SacConvRun runs[RUNS];
  gsize n_runs = 0, n_pixels = 0;
  gint32 from, to;

  columns (geo, tap[2], &from, &to);
  from = MAX (from, w0);
  to = MIN (to, w1);
  for (gsize row = row0; row < row1 && from < to; row++)
    {
      const float *line = source_row (job, row, tap[0], tap[1]);

      if (!line)
        continue;
      runs[n_runs].a = job->gy + (row * geo->out[2] + from) * geo->k;
      runs[n_runs].b = line + (gsize) (from * geo->stride[2] + tap[2] - geo->pad[2]) * geo->c + c0;
      runs[n_runs++].n = to - from;
      n_pixels += to - from;
      if (n_runs == RUNS)
        {
          outer->runs = runs;
          sum_runs (job, outer, out, n_runs);
          n_runs = 0;
        }
    }
  /* Also with nothing to add: a first chunk writes zeros. */
  if (n_runs > 0 || !outer->add)
    {
      if (geo->k >= CLOSE_KERNELS && n_pixels <= CHUNK && outer->n_cols == job->kernels->nr)
        stand_close (job, outer, runs, n_runs, close);
      outer->runs = runs;
      sum_runs (job, outer, out, n_runs);
      outer->b_step = (gsize) geo->stride[2] * geo->c;
    }
}

/* What the next chunk reads: while this one is summed, each tile fetches one line of each of its pixels. */
typedef struct {
  const float *at[2];           /* of gy, of x */
  gsize step[2];
  gint32 lines[2];
} Soon;

static Soon
next_chunk (const Job *job, gsize row, gint32 first_block)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 n_blocks = MIN (job->span, job->n_blocks - first_block);
  const float *x = geo->in[2] == geo->out[2] ? source_row (job, row, geo->pad[0], geo->pad[1]) : NULL;

  return (Soon) { { job->gy + row * geo->out[2] * geo->k, x ? x + first_block * job->kernels->nr : NULL }, { geo->k, geo->c },
                  { geo->k / SAC_CONV_LINE, x ? n_blocks * job->kernels->nr / SAC_CONV_LINE : 0 } };
}

static void
fetch_soon (Soon *soon, SacConvOuter *outer, gint32 n_tiles)
{
  const int which = soon->lines[0] > 0 ? 0 : 1;

  outer->soon_lines = MIN (soon->lines[which], n_tiles);
  if (outer->soon_lines == 0)
    return;
  outer->soon = soon->at[which];
  outer->soon_step = soon->step[which];
  soon->at[which] += outer->soon_lines * SAC_CONV_LINE;
  soon->lines[which] -= outer->soon_lines;
}

static void
block_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 nr = job->kernels->nr, n_spans = (job->n_blocks + job->span - 1) / job->span;
  const gint32 first_block = task % n_spans * job->span, part = task / n_spans;
  const gsize taps = (gsize) geo->kernel[0] * geo->kernel[1] * geo->kernel[2];
  const gsize end = MIN ((gsize) (part + 1) * job->part_rows, job->n_rows);
  float *result = job->n_parts > 1 ? job->parts + part * job->size : job->gw;
  gboolean first = TRUE;
  SacConvOuter outer = { .a_step = geo->k, .b_step = (gsize) geo->stride[2] * geo->c, .out_step = taps * geo->c, .n_rows = geo->k };

  for (gsize row = (gsize) part * job->part_rows; row < end; row += job->chunk_rows)
    for (gint32 w = 0; w < geo->out[2]; w += job->piece)
      {
        Soon soon = { .lines = { 0 } };

        if (row + job->chunk_rows < end && job->piece >= geo->out[2])
          soon = next_chunk (job, row + job->chunk_rows, first_block);
        for (gint32 block = first_block; block < MIN (first_block + job->span, job->n_blocks); block++)
          {
            gsize tap = 0;

            outer.n_cols = MIN (nr, geo->c - block * nr);
            for (gint32 kt = 0; kt < geo->kernel[0]; kt++)
              for (gint32 kh = 0; kh < geo->kernel[1]; kh++)
                for (gint32 kw = 0; kw < geo->kernel[2]; kw++, tap++)
                  {
                    outer.add = !first;
                    fetch_soon (&soon, &outer, geo->k / job->kernels->mr);
                    add_tap (job, &outer, result + tap * geo->c + (gsize) block * nr, row, MIN (row + job->chunk_rows, end), w,
                             MIN (w + job->piece, geo->out[2]), (gint32[]) { kt, kh, kw }, block * nr);
                  }
          }
        first = FALSE;
      }
}

/* Merged: one padded row of x at a time, then all kernels over it. */
static void
merged_task (guint part, guint thread, gpointer data)
{
  const Job *job = data;
  const SacConvGeometry *geo = &job->geo;
  const gint32 nr = job->kernels->nr, deep = geo->kernel[2] * geo->c;
  const gsize end = MIN ((gsize) (part + 1) * job->part_rows, job->n_rows);
  float *result = job->parts + part * job->size, *line = job->lines + part * job->line;
  const gint32 seen = (gint32) MIN ((gsize) geo->in[2], job->line / geo->c - MIN ((gsize) geo->pad[2], job->line / geo->c));
  SacConvOuter outer = { .n_runs = 1, .a_step = (gsize) geo->stride[2] * geo->c, .b_step = geo->k, .out_step = geo->k,
                         .n_rows = deep, .add = TRUE };

  memset (result, 0, job->size * sizeof (float));
  memset (line, 0, job->line * sizeof (float));
  for (gsize row = (gsize) part * job->part_rows; row < end; row++)
    for (gint32 kt = 0; kt < geo->kernel[0]; kt++)
      for (gint32 kh = 0; kh < geo->kernel[1]; kh++)
        {
          const float *source = source_row (job, row, kt, kh);
          float *out = result + ((gsize) kt * geo->kernel[1] + kh) * deep * geo->k;

          if (!source)
            continue;
          memcpy (line + (gsize) geo->pad[2] * geo->c, source, (gsize) seen * geo->c * sizeof (float));
          for (gint32 k = 0; k < geo->k; k += nr)
            {
              SacConvRun run = { line, job->gy + row * geo->out[2] * geo->k + k, geo->out[2] };

              outer.runs = &run;
              outer.n_cols = MIN (nr, geo->k - k);
              outer.out = out + k;
              job->kernels->outer (&outer);
            }
        }
}

#define SUM_FLOATS 4096

typedef struct {
  const float *parts;
  float *gw;
  gsize n_parts, size;
} Parts;

static void
sum_task (guint task, guint thread, gpointer data)
{
  const Parts *all = data;
  const gsize from = (gsize) task * SUM_FLOATS, n = MIN (all->size - from, SUM_FLOATS);
  float *out = all->gw + from;

  memcpy (out, all->parts + from, n * sizeof (float));
  for (gsize part = 1; part < all->n_parts; part++)
    {
      const float *in = all->parts + part * all->size + from;

      for (gsize i = 0; i < n; i++)
        out[i] += in[i];
    }
}

void
_sac_conv_add_parts (SacPool *pool, const float *parts, gsize n_parts, gsize size, float *gw)
{
  Parts all = { parts, gw, n_parts, size };

  sac_pool_run (pool, (guint) ((size + SUM_FLOATS - 1) / SUM_FLOATS), sum_task, &all);
}

/* The same for merged parts, which lie [tap row][kw·C][k]. */
static void
turn_task (guint k, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize places = job->size / job->geo.k;
  float *out = job->gw + k * places;

  for (gsize i = 0; i < places; i++)
    {
      float sum = 0;

      for (gint32 part = 0; part < job->n_parts; part++)
        sum += job->parts[part * job->size + i * job->geo.k + k];
      out[i] = sum;
    }
}

void
_sac_conv_weight (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &geo);

  if (_sac_conv_weight_points_fits (&geo))
    {
      _sac_conv_weight_points (args, kernels, &geo);
      return;
    }
  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.parts = args->workspace;
  if (job.merged)
    {
      job.lines = job.parts + job.size * job.n_parts;
      sac_pool_run (args->pool, job.n_parts, merged_task, &job);
      sac_pool_run (args->pool, job.geo.k, turn_task, &job);
      return;
    }
  sac_pool_run (args->pool, (guint) (job.n_parts * ((job.n_blocks + job.span - 1) / job.span)), block_task, &job);
  if (job.n_parts > 1)
    _sac_conv_add_parts (args->pool, job.parts, job.n_parts, job.size, job.gw);
}
