/* conv3d_weight of 1×1×1 kernels without padding: gw[k][c] = Σ over pixels of gy[p][k] · x[p][c], a product of two matrices whose rows
 * lie far apart, often so that few of them fit the first cache at once.  So what a tile reads is first copied close together.
 *
 * Order: task = (a part of the pixels, a span of kernels) → chunk of pixels: the span's columns of gy, tile by tile → block of nr channels
 * of x → tiles of kernels → pixels.  The span's gw and gy stay in the second cache, the block of x in the first.  The next block comes
 * from memory meanwhile.  Parts have a result of their own and are summed in order afterwards; the shape alone decides how many there
 * are, so the bits do not depend on the threads. */
#include "conv-kernel.h"

#include <string.h>

#define CHUNK 160               /* most pixels: 20 KiB of x */
#define PANEL_FLOATS (48 * 1024)        /* gy of a chunk */
#define SPAN_FLOATS (64 * 1024) /* gw of a span */
#define SPAN_LEAST 48
#define SPAN_MOST 480
/* Fewer of these do not make up for the copies.  From 512 kernels on the pixels of a column of gy lie in few sets of the caches. */
#define LEAST_CHANNELS 64
#define LEAST_KERNELS 512
#define LEAST_PIXELS 1024
#define WANTED_TASKS 16
#define PARTS_FLOATS (8 << 20)  /* all parts together take at most 32 MiB, unless there is one */

typedef struct {
  const SacConvKernels *kernels;
  const float *x, *gy;
  float *gw, *parts;
  SacConvGeometry geo;
  gsize n_pixels, size, n_parts, part;          /* of y; of gw; pixels of a part */
  gint32 span, n_spans, chunk, n_blocks;
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = { .kernels = kernels, .geo = *geo, .size = (gsize) geo->k * geo->c };
  const gint32 mr = kernels->mr, most = (gint32) CLAMP (SPAN_FLOATS / geo->c, SPAN_LEAST, SPAN_MOST);
  gsize wanted, room;

  job.n_pixels = (gsize) geo->n * geo->out[0] * geo->out[1] * geo->out[2];
  job.n_spans = (geo->k + most - 1) / most;
  job.span = ((geo->k + job.n_spans - 1) / job.n_spans + mr - 1) / mr * mr;
  job.n_spans = (geo->k + job.span - 1) / job.span;
  job.chunk = MIN (PANEL_FLOATS / job.span, CHUNK);
  job.n_blocks = (geo->c + kernels->nr - 1) / kernels->nr;
  wanted = (gsize) ((WANTED_TASKS + job.n_spans - 1) / job.n_spans);
  room = MIN (PARTS_FLOATS / job.size, job.n_pixels / (gsize) job.chunk);
  wanted = MIN (wanted, MAX (room, 1));
  job.part = (job.n_pixels + wanted - 1) / wanted;
  job.n_parts = (job.n_pixels + job.part - 1) / job.part;
  return job;
}

gboolean
_sac_conv_weight_points_fits (const SacConvGeometry *geo)
{
  gboolean fits = geo->groups == 1 && geo->c >= LEAST_CHANNELS && geo->k >= LEAST_KERNELS
                  && (gint64) geo->n * geo->out[0] * geo->out[1] * geo->out[2] >= LEAST_PIXELS;

  for (int a = 0; a < 3; a++)
    fits = fits && geo->kernel[a] == 1 && geo->pad[a] == 0 && (geo->out[a] - 1) * geo->stride[a] < geo->in[a];
  return fits;
}

gsize
_sac_conv_weight_points_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  const Job job = plan (kernels, geo);

  return job.n_parts > 1 ? job.size * job.n_parts * sizeof (float) : 0;
}

/* Where the pixels of x that belong to @n of gy from @from on begin. */
static void
find_pixels (const Job *job, gsize from, gsize n, const float **pixels)
{
  const SacConvGeometry *geo = &job->geo;

  for (gsize i = 0; i < n; i++)
    {
      gsize p = from + i, at[3];

      for (int a = 2; a >= 0; a--)
        {
          at[a] = p % geo->out[a] * geo->stride[a];
          p /= geo->out[a];
        }
      pixels[i] = job->x + (((p * geo->in[0] + at[0]) * geo->in[1] + at[1]) * geo->in[2] + at[2]) * geo->c;
    }
}

static void
span_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 nr = job->kernels->nr, n_c = job->geo.c, k0 = task % job->n_spans * job->span;
  const gsize part = task / job->n_spans, end = MIN ((part + 1) * job->part, job->n_pixels);
  float *result = (job->n_parts > 1 ? job->parts + part * job->size : job->gw) + (gsize) k0 * n_c;
  float panel[PANEL_FLOATS] __attribute__ ((aligned (64))), close[CHUNK * SAC_CONV_MAX_COLS] __attribute__ ((aligned (64)));
  const float *pixels[2][CHUNK];
  SacConvClose tile = { .a = panel, .b = close, .n_rows = MIN (job->span, job->geo.k - k0), .out_step = (gsize) n_c };
  gint32 turn = 0;

  tile.n = MIN ((gsize) job->chunk, end - part * job->part);
  find_pixels (job, part * job->part, tile.n, pixels[turn]);
  for (gsize from = part * job->part; from < end; from += job->chunk, turn ^= 1)
    {
      const gsize next = from + job->chunk, n_next = next < end ? MIN ((gsize) job->chunk, end - next) : 0;

      tile.n = MIN ((gsize) job->chunk, end - from);
      gint32 soon_lines = n_next > 0 ? job->span / SAC_CONV_LINE + 1 : 0;

      tile.soon = job->gy + next * job->geo.k + k0;
      tile.soon_step = (gsize) job->geo.k;
      find_pixels (job, next, n_next, pixels[turn ^ 1]);
      job->kernels->close_rows (panel, job->gy + from * job->geo.k + k0, (gsize) job->geo.k, tile.n, tile.n_rows);
      for (gint32 block = 0; block < job->n_blocks; block++)
        {
          const gboolean last = block + 1 == job->n_blocks;

          tile.n_cols = MIN (nr, n_c - block * nr);
          tile.out = result + (gsize) block * nr;
          tile.fetch = last ? pixels[turn ^ 1] : pixels[turn];
          tile.n_fetch = last ? n_next : tile.n;
          tile.fetch_at = last ? 0 : (gsize) (block + 1) * nr;
          for (gsize i = 0; i < tile.n; i++)
            {
              memcpy (close + i * nr, pixels[turn][i] + (gsize) block * nr, tile.n_cols * sizeof (float));
              for (gint32 j = tile.n_cols; j < nr; j++)
                close[i * nr + j] = 0;
            }
          tile.soon_lines = MIN (soon_lines, job->span / job->kernels->mr);
          job->kernels->close_outer (&tile);
          tile.soon += tile.soon_lines * SAC_CONV_LINE;
          soon_lines -= tile.soon_lines;
        }
      tile.add = TRUE;
    }
}

void
_sac_conv_weight_points (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = plan (kernels, geo);

  job.x = args->src[0].data;
  job.gy = args->src[1].data;
  job.gw = args->dst.data;
  job.parts = args->workspace;
  sac_pool_run (args->pool, (guint) (job.n_parts * job.n_spans), span_task, &job);
  if (job.n_parts > 1)
    _sac_conv_add_parts (args->pool, job.parts, job.n_parts, job.size, job.gw);
}
