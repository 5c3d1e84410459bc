/* conv3d and conv3d_input for what the other walks leave: groups, dilation, replicated rows and columns.  As in conv-gather.c a tile
 * of result pixels is a sum over taps of (a source pixel's channels) × (a slab of weights); here a table says for each axis, kernel
 * place and result place where the sources lie, so that all cases are one.  Backward from a replicated border several sources
 * belong to one place: they are taken in turns.
 *
 * Order: task = (group, residue class, chunk of pixels) → tile → column block → taps → channels.  Backward, the pixels of one
 * residue class modulo the strides are reached by the same taps.  No sum is split: the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define BATCH 32                /* taps between two writes of a tile */
#define CHUNK_TILES 16
#define WANTED_TASKS 32

/* The places of the source that a result place reads by one kernel place. */
typedef struct {
  gint32 first, last;           /* none: last < first */
} Range;

typedef struct {
  const SacConvKernels *kernels;
  const float *src, *w;
  float *dst, *packed, *zeros;
  Range *table[3];              /* [kernel place][result place] */
  SacConvGeometry geo;
  gboolean backward;
  gint32 src_size[3], dst_size[3], step[3];     /* step: residue classes */
  gint32 depth, cols, src_pixel, dst_pixel;     /* a group's channels; all channels */
  gint32 n_blocks, chunk;
  gsize taps, n_chunks, n_classes;
} Job;

static gsize
round_up (gsize n)
{
  return (n + 15) / 16 * 16;
}

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = { .kernels = kernels, .geo = *geo, .backward = backward, .n_classes = 1 };
  gsize pixels = geo->n;

  for (int a = 0; a < 3; a++)
    {
      job.src_size[a] = backward ? geo->out[a] : geo->in[a];
      job.dst_size[a] = backward ? geo->in[a] : geo->out[a];
      job.step[a] = backward ? MIN (geo->stride[a], job.dst_size[a]) : 1;
      job.n_classes *= job.step[a];
      pixels *= (gsize) ((job.dst_size[a] + job.step[a] - 1) / job.step[a]);
    }
  job.src_pixel = backward ? geo->k : geo->c;
  job.dst_pixel = backward ? geo->c : geo->k;
  job.depth = job.src_pixel / geo->groups;
  job.cols = job.dst_pixel / geo->groups;
  job.n_blocks = (job.cols + kernels->nr - 1) / kernels->nr;
  job.taps = (gsize) geo->kernel[0] * geo->kernel[1] * geo->kernel[2];
  job.chunk = CHUNK_TILES * kernels->mr;
  while (job.chunk > kernels->mr && geo->groups * job.n_classes * (pixels / job.chunk) < WANTED_TASKS)
    job.chunk -= kernels->mr;
  job.n_chunks = (pixels + job.chunk - 1) / job.chunk;
  return job;
}

static gsize
packed_floats (const Job *job)
{
  return round_up ((gsize) job->geo.groups * job->n_blocks * job->taps * job->depth * job->kernels->nr);
}

static gsize
table_ranges (const Job *job, int axis)
{
  return (gsize) job->geo.kernel[axis] * job->dst_size[axis];
}

static gsize
workspace (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  const Job job = plan (kernels, geo, backward);

  return (packed_floats (&job) + round_up (job.depth)) * sizeof (float)
         + (table_ranges (&job, 0) + table_ranges (&job, 1) + table_ranges (&job, 2)) * sizeof (Range);
}

static void
fill_table (Job *job, int axis)
{
  Range *range = job->table[axis];

  for (gint32 k = 0; k < job->geo.kernel[axis]; k++)
    for (gint32 i = 0; i < job->dst_size[axis]; i++, range++)
      if (job->backward)
        _sac_conv_readers (&job->geo, axis, i, k, &range->first, &range->last);
      else
        {
          range->first = range->last = _sac_conv_source (&job->geo, axis, i, k);
          if (range->first < 0)
            *range = (Range) { 0, -1 };
        }
}

/* One (group, block, tap): [depth][nr]. */
static void
pack_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr;
  const gsize tap = task % job->taps, block = task / job->taps % job->n_blocks, group = task / job->taps / job->n_blocks;
  const gint32 n_cols = MIN (nr, job->cols - (gint32) block * nr);
  float *to = job->packed + (gsize) task * job->depth * nr;

  if (!job->backward)
    {
      job->kernels->pack (to, job->w + ((group * job->cols + block * nr) * job->taps + tap) * job->depth, job->taps * job->depth,
                          job->depth, n_cols);
      return;
    }
  for (gint32 d = 0; d < job->depth; d++, to += nr)
    {
      memcpy (to, job->w + ((group * job->depth + d) * job->taps + tap) * job->cols + block * nr, n_cols * sizeof (float));
      for (gint32 j = n_cols; j < nr; j++)
        to[j] = 0;
    }
}

typedef struct {
  const Job *job;
  gsize group;
  gint32 n_rows, n_taps;
  gint32 at[SAC_CONV_MAX_ROWS][3];
  const float *picture[SAC_CONV_MAX_ROWS], *line[SAC_CONV_MAX_ROWS];    /* of the source; line NULL: outside */
  float *out[SAC_CONV_MAX_ROWS];
  gboolean add;
  const float *rows[BATCH * SAC_CONV_MAX_ROWS];
  gsize slab[BATCH];
} Tile;

static void
flush (Tile *tile)
{
  const Job *job = tile->job;
  const gint32 nr = job->kernels->nr, mr = job->kernels->mr;
  const float *panel[BATCH];
  float *out[SAC_CONV_MAX_ROWS], unused[SAC_CONV_MAX_COLS] = { 0 };
  SacConvGather gather = { .n_taps = tile->n_taps, .depth = job->depth, .rows = tile->rows, .panel = panel,
                           .out = out, .n_rows = tile->n_rows, .add = tile->add };

  for (gint32 block = 0; block < job->n_blocks; block++)
    {
      for (gint32 i = 0; i < tile->n_taps; i++)
        panel[i] = job->packed + ((tile->group * job->n_blocks + block) * job->taps + tile->slab[i]) * job->depth * nr;
      for (gint32 i = 0; i < mr; i++)
        out[i] = i < tile->n_rows ? tile->out[i] + (gsize) block * nr : unused;
      gather.n_cols = MIN (nr, job->cols - block * nr);
      job->kernels->gather (&gather);
    }
  tile->n_taps = 0;
  tile->add = TRUE;
}

/* The @turn-th source that row @i has by kernel place @k along @axis, or −1. */
static inline gint32
source (const Tile *tile, int axis, gint32 k, gint32 i, gint32 turn)
{
  const Range *range = tile->job->table[axis] + (gsize) k * tile->job->dst_size[axis] + tile->at[i][axis];

  return range->first + turn <= range->last ? range->first + turn : -1;
}

/* Finds the source lines of all rows; FALSE when there is none. */
static gboolean
find_lines (Tile *tile, gint32 kt, gint32 kh, gint32 turn_t, gint32 turn_h)
{
  const Job *job = tile->job;
  const gsize line = (gsize) job->src_size[2] * job->src_pixel;
  gboolean any = FALSE;

  for (gint32 i = 0; i < tile->n_rows; i++)
    {
      const gint32 t = source (tile, 0, kt, i, turn_t), h = source (tile, 1, kh, i, turn_h);

      tile->line[i] = t < 0 || h < 0 ? NULL : tile->picture[i] + ((gsize) t * job->src_size[1] + h) * line;
      any |= tile->line[i] != NULL;
    }
  return any;
}

/* Adds what the columns of one kernel place reach in those lines. */
static void
add_columns (Tile *tile, gint32 kw, gsize place)
{
  const Job *job = tile->job;
  const gint32 mr = job->kernels->mr;
  gboolean any = TRUE;

  for (gint32 turn = 0; any; turn++)
    {
      const float **rows = tile->rows + tile->n_taps * mr;

      any = FALSE;
      for (gint32 i = 0; i < tile->n_rows; i++)
        {
          const gint32 column = tile->line[i] ? source (tile, 2, kw, i, turn) : -1;

          rows[i] = column < 0 ? job->zeros : tile->line[i] + (gsize) column * job->src_pixel;
          any |= column >= 0;
        }
      if (!any)
        return;
      for (gint32 i = tile->n_rows; i < mr; i++)
        rows[i] = rows[tile->n_rows - 1];
      tile->slab[tile->n_taps++] = place;
      if (tile->n_taps == BATCH)
        flush (tile);
    }
}

static gint32
most_turns (const Tile *tile, int axis, gint32 k)
{
  gint32 turns = 0;

  for (gint32 i = 0; i < tile->n_rows; i++)
    {
      const Range *range = tile->job->table[axis] + (gsize) k * tile->job->dst_size[axis] + tile->at[i][axis];

      turns = MAX (turns, range->last - range->first + 1);
    }
  return turns;
}

static void
run_tile (Tile *tile)
{
  const gint32 *kernel = tile->job->geo.kernel;

  tile->n_taps = 0;
  tile->add = FALSE;
  for (gint32 kt = 0; kt < kernel[0]; kt++)
    for (gint32 turn_t = most_turns (tile, 0, kt) - 1; turn_t >= 0; turn_t--)
      for (gint32 kh = 0; kh < kernel[1]; kh++)
        for (gint32 turn_h = most_turns (tile, 1, kh) - 1; turn_h >= 0; turn_h--)
          if (find_lines (tile, kt, kh, turn_t, turn_h))
            for (gint32 kw = 0; kw < kernel[2]; kw++)
              add_columns (tile, kw, ((gsize) kt * kernel[1] + kh) * kernel[2] + kw);
  if (tile->n_taps > 0 || !tile->add)
    flush (tile);
}

static void
chunk_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 *size = job->dst_size;
  const gsize chunk = task % job->n_chunks, class = task / job->n_chunks % job->n_classes;
  const gint32 r[3] = { class / job->step[2] / job->step[1], class / job->step[2] % job->step[1], class % job->step[2] };
  const gsize src_picture = (gsize) job->src_size[0] * job->src_size[1] * job->src_size[2] * job->src_pixel;
  gsize n_pixels = job->geo.n, from = chunk * job->chunk, to, picture;
  gint32 count[3], m[3];        /* of the class: how many places an axis has, and which the next pixel is at */
  Tile tile = { .job = job, .group = task / job->n_chunks / job->n_classes };

  for (int a = 0; a < 3; a++)
    {
      count[a] = (size[a] - r[a] + job->step[a] - 1) / job->step[a];
      n_pixels *= (gsize) count[a];
    }
  m[2] = from % count[2];
  m[1] = from / count[2] % count[1];
  m[0] = from / count[2] / count[1] % count[0];
  picture = from / count[2] / count[1] / count[0];
  to = MIN (from + job->chunk, n_pixels);
  for (; from < to; from += tile.n_rows)
    {
      tile.n_rows = MIN (job->kernels->mr, (gint32) (to - from));
      for (gint32 i = 0; i < tile.n_rows; i++)
        {
          gint32 *at = tile.at[i];

          for (int a = 0; a < 3; a++)
            at[a] = r[a] + m[a] * job->step[a];
          tile.picture[i] = job->src + tile.group * job->depth + picture * src_picture;
          tile.out[i] = job->dst + tile.group * job->cols
                        + (((picture * size[0] + at[0]) * size[1] + at[1]) * size[2] + at[2]) * job->dst_pixel;
          if (++m[2] < count[2])
            continue;
          m[2] = 0;
          if (++m[1] < count[1])
            continue;
          m[1] = 0;
          if (++m[0] < count[0])
            continue;
          m[0] = 0;
          picture++;
        }
      run_tile (&tile);
    }
}

static void
run (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = plan (kernels, geo, backward);
  const gsize n_tasks = geo->groups * job.n_classes * job.n_chunks, n_slabs = geo->groups * job.n_blocks * job.taps;

  g_assert (n_tasks <= G_MAXUINT && n_slabs <= G_MAXUINT);
  job.src = args->src[0].data;
  job.w = args->src[1].data;
  job.dst = args->dst.data;
  job.packed = args->workspace;
  job.zeros = job.packed + packed_floats (&job);
  job.table[0] = (Range *) (job.zeros + round_up (job.depth));
  job.table[1] = job.table[0] + table_ranges (&job, 0);
  job.table[2] = job.table[1] + table_ranges (&job, 1);
  for (int a = 0; a < 3; a++)
    fill_table (&job, a);
  memset (job.zeros, 0, job.depth * sizeof (float));
  sac_pool_run (args->pool, (guint) n_slabs, pack_task, &job);
  sac_pool_run (args->pool, (guint) n_tasks, chunk_task, &job);
}

#define FACE(face, backward) \
  gboolean _sac_conv_##face##_general_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { \
    return TRUE; \
  } \
  gsize _sac_conv_##face##_general_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { \
    const SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); \
    return workspace (kernels, &geo, backward); \
  } \
  void _sac_conv_##face##_general (const SacKernelArgs *args, const SacConvKernels *kernels) \
  { \
    const SacConvGeometry geo = _sac_conv_##face##_geometry (args); \
    run (args, kernels, &geo, backward); \
  }

FACE (forward, FALSE)
FACE (input, TRUE)
