/* conv3d_weight where x is stored as bf16: as conv-outer.c a sum of outer products over pixels, but two pixels at a time, which
 * is what bf16 instructions add up.  First gy is packed into words of two neighbouring pixels each; the pixels of x that a tap
 * reads for them are found by pointers (a row of zeros for padding) and interleaved as they are loaded.
 *
 * Order: task = (a part of the pixels, some blocks of nr channels) → chunk of pairs → tap → block → tiles of kernels → pairs.
 * Parts have a result of their own and are summed in order; the shape alone decides how many there are, so the bits do not depend
 * on the threads. */
#include "conv-kernel.h"

#include <string.h>

#include "graph/sac-bf16.h"

#define CHUNK 160               /* pairs whose channels of x stay in the first cache */
#define PART_PAIRS 2048         /* about so many pairs a part */
#define PARTS_MAX 16
#define PARTS_FLOATS (8 << 20)  /* all parts together take at most 32 MiB, unless there is one */
#define WANTED_TASKS 16
#define GROUP 4                 /* most blocks that share a list of pointers */
#define AHEAD 8                 /* the loop looks so many pairs ahead */

typedef struct {
  const SacConvKernels *kernels;
  const SacTensor *gy;
  const guint16 *x;
  guint16 *zeros;
  float *words, *gw, *parts;
  SacConvGeometry geo;
  gint32 n_w, cols;             /* kernel columns; one, where kernel rows are merged into runs of kW·C numbers */
  gsize size;                   /* floats of gw */
  gsize n_pixels, n_pairs;      /* of gy */
  gint32 n_blocks, group, n_groups;
  gsize n_parts, part_pairs;
} Job;

static Job
plan (const SacConvKernels *kernels, const SacConvGeometry *geo)
{
  Job job = { .kernels = kernels, .geo = *geo };
  gsize wanted, most;

  job.size = (gsize) geo->k * geo->kernel[0] * geo->kernel[1] * geo->kernel[2] * geo->c;
  job.n_pixels = (gsize) geo->n * geo->out[0] * geo->out[1] * geo->out[2];
  job.n_pairs = (job.n_pixels + 1) / 2;
  job.n_w = _sac_conv_merges (geo) ? 1 : geo->kernel[2];
  job.cols = geo->c * geo->kernel[2] / job.n_w;
  job.n_blocks = (job.cols + kernels->nr - 1) / kernels->nr;
  job.group = CLAMP (job.n_blocks / (WANTED_TASKS / 2), 1, GROUP);
  job.n_groups = (job.n_blocks + job.group - 1) / job.group;
  wanted = MAX (job.n_pairs / PART_PAIRS, (gsize) ((WANTED_TASKS + job.n_groups - 1) / job.n_groups));
  most = MAX (PARTS_FLOATS / MAX (job.size, 1), 1);
  wanted = CLAMP (MIN (wanted, most), 1, MIN (PARTS_MAX, MAX (job.n_pairs / CHUNK, 1)));
  job.part_pairs = (job.n_pairs + wanted - 1) / wanted;
  job.n_parts = (job.n_pairs + job.part_pairs - 1) / job.part_pairs;
  return job;
}

static gsize
round_up (gsize n)
{
  return (n + 15) / 16 * 16;
}

gsize
_sac_conv_weight_pairs_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_weight_geometry (shapes);
  Job job = plan (kernels, &geo);

  if (shapes->src[0].dtype == SAC_F32)
    return _sac_conv_few_weight_workspace (shapes, kernels);
  return (round_up (job.cols) + job.n_pairs * geo.k + (job.n_parts > 1 ? job.size * job.n_parts : 0)) * sizeof (float);
}

gboolean
_sac_conv_weight_pairs_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_weight_geometry (shapes);

  if (shapes->src[1].dtype != SAC_BF16 || !_sac_conv_simple (&geo))
    return FALSE;
  if (shapes->src[0].dtype == SAC_BF16 && _sac_conv_weight_winograd_fits (shapes, kernels))
    return FALSE;               /* fewer multiplications are worth more than twice as many at once */
  return shapes->src[0].dtype == SAC_BF16 ? !_sac_conv_merges (&geo) : _sac_conv_few_fits (shapes->dst.shape, &geo);
}

#define PACKED 64               /* pairs a task */

static void
pack_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n_k = (gsize) job->geo.k, from = (gsize) task * PACKED, to = MIN (from + PACKED, job->n_pairs);
  const guint16 *gy = sac_tensor_bf16 (job->gy);

  for (gsize pair = from; pair < to; pair++)
    {
      const guint16 *restrict first = gy + 2 * pair * n_k;
      const guint16 *restrict second = 2 * pair + 1 < job->n_pixels ? first + n_k : NULL;
      guint32 *restrict words = (guint32 *) job->words + pair * n_k;

      if (second)
        for (gsize k = 0; k < n_k; k++)
          words[k] = first[k] | (guint32) second[k] << 16;
      else
        for (gsize k = 0; k < n_k; k++)
          words[k] = first[k];
    }
}

/* Pixels of gy one after the other. */
typedef struct {
  gsize picture;
  gint32 at[3];
} Walk;

static inline void
step (Walk *walk, const SacConvGeometry *geo)
{
  if (++walk->at[2] < geo->out[2])
    return;
  walk->at[2] = 0;
  if (++walk->at[1] < geo->out[1])
    return;
  walk->at[1] = 0;
  if (++walk->at[0] < geo->out[0])
    return;
  walk->at[0] = 0;
  walk->picture++;
}

/* The channels of x that the pixel meets at kernel place @tap. */
static inline const guint16 *
source (const Job *job, const Walk *walk, const gint32 tap[3])
{
  const SacConvGeometry *geo = &job->geo;
  gint32 t = _sac_conv_source (geo, 0, walk->at[0], tap[0]);
  gint32 h = walk->at[1] * geo->stride[1] + tap[1] - geo->pad[1], w = walk->at[2] * geo->stride[2] + tap[2] - geo->pad[2];

  if (t < 0 || h < 0 || h >= geo->in[1] || w < 0 || w >= geo->in[2])
    return job->zeros;
  return job->x + (((walk->picture * geo->in[0] + t) * geo->in[1] + h) * geo->in[2] + w) * geo->c;
}

/* Adds the products of pairs [from, to) for one tap. */
static void
add_tap (const Job *job, gsize from, gsize to, const gint32 tap[3], gint32 block0, float *result, gsize out_step, gboolean add)
{
  const SacConvGeometry *geo = &job->geo;
  const gint32 nr = job->kernels->nr;
  const float *a[CHUNK + AHEAD];
  const guint16 *b[2 * CHUNK];
  gsize pixel = 2 * from, n = 0;
  Walk walk = { .picture = pixel / geo->out[2] / geo->out[1] / geo->out[0],
                .at = { pixel / geo->out[2] / geo->out[1] % geo->out[0], pixel / geo->out[2] % geo->out[1], pixel % geo->out[2] } };

  for (gsize pair = from; pair < to; pair++)
    {
      b[2 * n] = source (job, &walk, tap);
      step (&walk, geo);
      b[2 * n + 1] = 2 * pair + 1 < job->n_pixels ? source (job, &walk, tap) : job->zeros;
      step (&walk, geo);
      a[n] = job->words + pair * geo->k;
      n += b[2 * n] != job->zeros || b[2 * n + 1] != job->zeros;
    }
  if (n == 0 && add)
    return;
  for (gsize i = 0; i < AHEAD; i++)
    a[n + i] = job->words;
  for (gint32 block = block0; block < MIN (block0 + job->group, job->n_blocks); block++)
    {
      SacConvOuterPairs tile = { .n_pairs = n, .out_step = out_step, .a = a, .b = b, .b_offset = (gsize) block * nr, .n_rows = geo->k,
                                 .n_cols = MIN (nr, job->cols - block * nr), .out = result + (gsize) block * nr, .add = add };

      job->kernels->outer_pairs (&tile);
    }
}

static void
block_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gint32 *kernel = job->geo.kernel;
  const gsize taps = (gsize) kernel[0] * kernel[1] * job->n_w, part = task / job->n_groups;
  const gsize begin = part * job->part_pairs, end = MIN (begin + job->part_pairs, job->n_pairs);
  float *result = job->n_parts > 1 ? job->parts + part * job->size : job->gw;

  for (gsize from = begin; from < end; from += CHUNK)
    {
      gsize tap = 0;

      for (gint32 kt = 0; kt < kernel[0]; kt++)
        for (gint32 kh = 0; kh < kernel[1]; kh++)
          for (gint32 kw = 0; kw < job->n_w; kw++, tap++)
            add_tap (job, from, MIN (from + CHUNK, end), (gint32[]) { kt, kh, kw }, (gint32) (task % job->n_groups) * job->group,
                     result + tap * job->cols, taps * job->cols, from > begin);
    }
}

#define SUM_FLOATS 4096

/* The parts one after the other, always in this order. */
static void
sum_task (guint task, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize from = (gsize) task * SUM_FLOATS, n = MIN (job->size - from, SUM_FLOATS);
  float *out = job->gw + from;

  memcpy (out, job->parts + from, n * sizeof (float));
  for (gsize part = 1; part < job->n_parts; part++)
    {
      const float *in = job->parts + part * job->size + from;

      for (gsize i = 0; i < n; i++)
        out[i] += in[i];
    }
}

void
_sac_conv_weight_pairs (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  SacConvGeometry geo = _sac_conv_weight_geometry (args);
  Job job = plan (kernels, &geo);

  if (args->src[0].dtype == SAC_F32)
    {
      _sac_conv_few_weight (args, kernels);
      return;
    }
  job.x = sac_tensor_bf16 (&args->src[0]);
  job.gy = &args->src[1];
  job.gw = args->dst.data;
  job.zeros = args->workspace;
  job.words = (float *) args->workspace + round_up (job.cols);
  job.parts = job.words + job.n_pairs * geo.k;
  memset (job.zeros, 0, job.cols * sizeof (guint16));
  sac_pool_run (args->pool, (guint) ((job.n_pairs + PACKED - 1) / PACKED), pack_task, &job);
  sac_pool_run (args->pool, (guint) (job.n_parts * job.n_groups), block_task, &job);
  if (job.n_parts > 1)
    sac_pool_run (args->pool, (guint) ((job.size + SUM_FLOATS - 1) / SUM_FLOATS), sum_task, &job);
}
