/* Depthwise convolution, every channel by itself: forward and input gradient as one walk over the rows of the result.  A stretch of
 * pixels whose taps all lie inside is one tile; at the borders each pixel lists the taps it has.  The kernel is turned to
 * [place][channel] first.  No sum is split, so the bits depend on the shape alone. */
#include "conv-kernel.h"

#include <string.h>

#define LINES 32                /* source rows looked at together */
#define TASK_PRODUCTS 65536     /* about so many multiply-adds a task */

typedef struct {
  const SacConvKernels *kernels;
  const float *src, *w;
  float *dst, *packed;
  SacConvGeometry geo;
  gboolean backward;
  gint32 src_size[3], dst_size[3];
  gint32 step;                  /* residue classes of the columns: those of one class are reached by the same taps */
  gsize n_rows, rows_per_task;
} Job;

/* A row of the source, and the first of the kernel's row that it meets. */
typedef struct {
  const float *x, *w;
} Line;

static gsize
places (const SacConvGeometry *geo)
{
  return (gsize) geo->kernel[0] * geo->kernel[1] * geo->kernel[2];
}

static void
pack_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n = places (&job->geo), channels = job->geo.c;

  for (gsize c = (gsize) task * 64; c < MIN ((gsize) task * 64 + 64, channels); c++)
    for (gsize place = 0; place < n; place++)
      job->packed[place * channels + c] = job->w[c * n + place];
}

/* The places along @axis from which result place @i gets something by kernel place @k: a range. */
static gboolean
sources (const Job *job, int axis, gint32 i, gint32 k, gint32 *first, gint32 *last)
{
  if (job->backward)
    return _sac_conv_readers (&job->geo, axis, i, k, first, last);
  *first = *last = _sac_conv_source (&job->geo, axis, i, k);
  return *first >= 0;
}

static void
flush (const Job *job, SacConvDepthwise *tile)
{
  job->kernels->depthwise (tile);
  tile->n_entries = 0;
  tile->add = TRUE;
}

/* One pixel, by the taps it has. */
static void
edge (const Job *job, SacConvDepthwise *tile, SacConvEntry *entries, const Line *lines, gint32 n_lines, gint32 column)
{
  const gsize channels = job->geo.c;
  const gboolean add = tile->add;

  tile->n_rows = 1;
  tile->n_entries = 0;
  for (gint32 line = 0; line < n_lines; line++)
    for (gint32 k = 0; k < job->geo.kernel[2]; k++)
      {
        gint32 first, last;

        if (!sources (job, 2, column, k, &first, &last))
          continue;
        for (gint32 o = first; o <= last; o++)
          {
            if (tile->n_entries == SAC_CONV_ENTRIES)
              flush (job, tile);
            entries[tile->n_entries++] = (SacConvEntry) { lines[line].x + o * channels, lines[line].w + k * channels, 1 };
          }
      }
  flush (job, tile);
  tile->add = add;
}

/* All columns of residue class @r. */
static void
columns (const Job *job, float *row, const Line *lines, gint32 n_lines, gboolean add, gint32 r)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 stride = geo->stride[2], dilation = geo->dilation[2], kernel = geo->kernel[2], size = job->src_size[2];
  const gint32 count = (job->dst_size[2] - r + job->step - 1) / job->step;
  const gssize channels = geo->c;
  gint32 k0 = 0, dk = 1, n_taps = kernel, base, dm, dq, from, to;      /* tap q of pixel m is at base + m·dm + q·dq */
  SacConvEntry entries[SAC_CONV_ENTRIES];
  SacConvDepthwise tile = { .entries = entries, .n_channels = geo->c, .add = add };

  if (job->backward)
    {
      while (dk * dilation % stride)
        dk++;
      while (k0 < dk && (r + geo->pad[2] - k0 * dilation) % stride)
        k0++;
      n_taps = k0 == dk || k0 >= kernel ? 0 : (kernel - 1 - k0) / dk + 1;
      base = (r + geo->pad[2] - k0 * dilation) / stride;
      dm = 1;
      dq = -(dk * dilation / stride);
    }
  else
    {
      base = -geo->pad[2];
      dm = stride;
      dq = dilation;
    }
  /* Pixels [from,to) have all taps inside. */
  {
    const gint32 lowest = base + (dq < 0 ? dq * (n_taps - 1) : 0), highest = base + (dq > 0 ? dq * (n_taps - 1) : 0);

    from = lowest < 0 ? (-lowest + dm - 1) / dm : 0;
    to = highest > size - 1 ? 0 : MIN ((size - 1 - highest) / dm + 1, count);
    if (n_taps == 0 && !geo->replicate_space)
      from = 0, to = count;
    if (job->backward && geo->replicate_space)  /* the outermost have more */
      {
        from = MAX (from, r == 0 ? 1 : 0);
        to = MIN (to, r + (count - 1) * job->step == geo->in[2] - 1 ? count - 1 : count);
      }
    from = MIN (from, count);
    to = MAX (to, from);
  }

  tile.x_step = dq * channels;
  tile.w_step = dk * channels;
  tile.row_step = dm * channels;
  tile.y_step = (gsize) job->step * channels;
  for (gint32 m = 0; m < from; m++)
    {
      tile.y = row + (r + m * job->step) * channels;
      edge (job, &tile, entries, lines, n_lines, r + m * job->step);
    }
  if (from < to)
    {
      tile.y = row + (r + from * job->step) * channels;
      tile.n_rows = to - from;
      tile.n_entries = n_taps ? n_lines : 0;
      for (gint32 line = 0; line < tile.n_entries; line++)
        entries[line] = (SacConvEntry) { lines[line].x + (base + from * dm) * channels, lines[line].w + k0 * channels, n_taps };
      flush (job, &tile);
      tile.add = add;
    }
  for (gint32 m = to; m < count; m++)
    {
      tile.y = row + (r + m * job->step) * channels;
      edge (job, &tile, entries, lines, n_lines, r + m * job->step);
    }
}

static void
do_row (const Job *job, gsize row)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 h = row % job->dst_size[1], t = row / job->dst_size[1] % job->dst_size[0];
  const gsize picture = row / job->dst_size[1] / job->dst_size[0], line = (gsize) job->src_size[2] * geo->c;
  float *to = job->dst + row * job->dst_size[2] * geo->c;
  Line lines[LINES];
  gint32 n = 0;
  gboolean add = FALSE;

  for (gint32 kt = 0; kt < geo->kernel[0]; kt++)
    for (gint32 kh = 0; kh < geo->kernel[1]; kh++)
      {
        gint32 t0, t1, h0, h1;

        if (!sources (job, 0, t, kt, &t0, &t1) || !sources (job, 1, h, kh, &h0, &h1))
          continue;
        for (gint32 ts = t0; ts <= t1; ts++)
          for (gint32 hs = h0; hs <= h1; hs++)
            {
              if (n == LINES)
                {
                  for (gint32 r = 0; r < job->step; r++)
                    columns (job, to, lines, n, add, r);
                  add = TRUE;
                  n = 0;
                }
              lines[n].x = job->src + ((picture * job->src_size[0] + ts) * job->src_size[1] + hs) * line;
              lines[n++].w = job->packed + ((gsize) kt * geo->kernel[1] + kh) * geo->kernel[2] * geo->c;
            }
      }
  if (n == 0 && add)
    return;
  for (gint32 r = 0; r < job->step; r++)
    columns (job, to, lines, n, add, r);
}

static void
row_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize first = (gsize) task * job->rows_per_task;

  for (gsize row = first; row < MIN (first + job->rows_per_task, job->n_rows); row++)
    do_row (job, row);
}

static void
run (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward)
{
  Job job = { .kernels = kernels, .geo = *geo, .backward = backward, .src = args->src[0].data, .w = args->src[1].data,
              .dst = args->dst.data, .packed = args->workspace };
  gsize products;

  for (int a = 0; a < 3; a++)
    {
      job.src_size[a] = backward ? geo->out[a] : geo->in[a];
      job.dst_size[a] = backward ? geo->in[a] : geo->out[a];
    }
  job.step = backward ? MIN (geo->stride[2], job.dst_size[2]) : 1;
  job.n_rows = (gsize) geo->n * job.dst_size[0] * job.dst_size[1];
  products = places (geo) * (gsize) job.dst_size[2] * (gsize) geo->c;
  job.rows_per_task = CLAMP (TASK_PRODUCTS / products, 1, job.n_rows);
  while ((job.n_rows + job.rows_per_task - 1) / job.rows_per_task > G_MAXINT32)
    job.rows_per_task *= 2;
  sac_pool_run (args->pool, (guint) ((geo->c + 63) / 64), pack_task, &job);
  sac_pool_run (args->pool, (guint) ((job.n_rows + job.rows_per_task - 1) / job.rows_per_task), row_task, &job);
}

#define FACE(face, backward) \
  gboolean _sac_conv_##face##_depthwise_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { \
    const SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); \
    return geo.groups == geo.c && geo.k == geo.c; \
  } \
  gsize _sac_conv_##face##_depthwise_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels) \
  { \
    const SacConvGeometry geo = _sac_conv_##face##_geometry (shapes); \
    return places (&geo) * geo.c * sizeof (float); \
  } \
  void _sac_conv_##face##_depthwise (const SacKernelArgs *args, const SacConvKernels *kernels) \
  { \
    const SacConvGeometry geo = _sac_conv_##face##_geometry (args); \
    run (args, kernels, &geo, backward); \
  }

FACE (forward, FALSE)
FACE (input, TRUE)
