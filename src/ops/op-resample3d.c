/* resample3d: y[n,c,t,h,w] = Σ over taps of a_t · a_h · a_w · x[n,c,t',h',w'], each axis by its own table of taps (resample-private.h).
 * x (N,C,T,H,W) → (N,C,T',H',W').  The adjoint has the tables turned.  A tap that is absent counts for nothing, also where x is
 * infinite or no number.
 *
 * A row of the result is made in two steps: the source rows it needs are summed along memory, whatever the channels, and then
 * the columns; runs of columns that are copies are copied. */
#include "resample-private.h"
#include "targets-private.h"

#define STRANDS 64              /* tasks, each with a row of its own */

static gint32
axis_of (SacShape s, int axis)
{
  return axis == 0 ? s.t : axis == 1 ? s.h : s.w;
}

static gboolean
resample3d_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacResample3d *map = params;
  const gint32 *have = map->transposed ? map->to : map->from, *want = map->transposed ? map->from : map->to;

  for (int a = 0; a < 3; a++)
    if (axis_of (src[0], a) != have[a])
      {
        g_autofree char *text = sac_shape_dup_string (src[0]);

        g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "resample3d: the source is %s, not of size %d × %d × %d", text,
                     have[0], have[1], have[2]);
        return FALSE;
      }
  *out = SAC_SHAPE (src[0].n, src[0].c, want[0], want[1], want[2]);
  return TRUE;
}

static void
resample3d_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacResample3d map = *(const SacResample3d *) node->params;

  map.transposed = !map.transposed;
  gx[0] = sac_graph_append (g, &sac_op_resample3d, &gy, 1, &map);
}

/* ---- tables: taps of place o are taps[start[o]] … taps[start[o + 1] − 1]. */

typedef struct {
  guint32 *start;
  SacTap *taps;
} Table;

static guint32
count_taps (const SacResample3d *map, int axis)
{
  gint64 n = 0;

  for (gint32 o = 0; o < map->to[axis]; o++)
    n += _sac_resample_taps (map, axis, o, NULL);
  return (guint32) n;
}

/* As wide as what the taps of both directions need. */
static gsize
table_bytes (const SacResample3d *map, int axis)
{
  gsize places = (gsize) MAX (map->from[axis], map->to[axis]) + 2;

  return (places * sizeof (guint32) + count_taps (map, axis) * sizeof (SacTap) + 63) / 64 * 64;
}

static Table
fill_table (const SacResample3d *map, int axis, void *memory)
{
  const gsize places = (gsize) MAX (map->from[axis], map->to[axis]) + 2;
  Table table = { memory, (SacTap *) ((guint32 *) memory + places) };
  SacTap *taps = table.taps;
  g_autofree SacTap *some = NULL;

  if (!map->transposed)
    {
      for (gint32 o = 0; o < map->to[axis]; o++)
        {
          table.start[o] = (guint32) (taps - table.taps);
          taps += _sac_resample_taps (map, axis, o, taps);
        }
      table.start[map->to[axis]] = (guint32) (taps - table.taps);
      return table;
    }
  /* Turned: count, then place, in the order of o.  start[i + 1] walks from the first of i to the first of i + 1. */
  some = g_new (SacTap, MAX (count_taps (map, axis), 1));
  memset (table.start, 0, places * sizeof (guint32));
  for (gint32 o = 0; o < map->to[axis]; o++)
    for (gint32 k = _sac_resample_taps (map, axis, o, some) - 1; k >= 0; k--)
      table.start[some[k].at + 2]++;
  for (gint32 i = 0; i < map->from[axis]; i++)
    table.start[i + 1] += table.start[i];
  for (gint32 o = 0; o < map->to[axis]; o++)
    {
      gint32 n = _sac_resample_taps (map, axis, o, some);

      for (gint32 k = 0; k < n; k++)
        table.taps[table.start[some[k].at + 1]++] = (SacTap) { o, some[k].weight };
    }
  return table;
}

/* ---- reference. */

static void
resample3d_reference (const SacKernelArgs *args)
{
  const SacResample3d *map = args->params;
  const SacShape x = args->src[0].shape, y = args->dst.shape;
  const float *in = args->src[0].data;
  float *out = args->dst.data;
  g_autofree char *memory[3] = { NULL };
  Table table[3];

  for (int a = 0; a < 3; a++)
    {
      memory[a] = g_malloc (table_bytes (map, a));
      table[a] = fill_table (map, a, memory[a]);
    }
  for (gint32 n = 0; n < y.n; n++)
    for (gint32 t = 0; t < y.t; t++)
      for (gint32 h = 0; h < y.h; h++)
        for (gint32 w = 0; w < y.w; w++)
          for (gint32 c = 0; c < y.c; c++)
            {
              double sum = 0;

              for (guint32 i = table[0].start[t]; i < table[0].start[t + 1]; i++)
                for (guint32 j = table[1].start[h]; j < table[1].start[h + 1]; j++)
                  for (guint32 k = table[2].start[w]; k < table[2].start[w + 1]; k++)
                    {
                      const SacTap a = table[0].taps[i], b = table[1].taps[j], d = table[2].taps[k];

                      sum += (double) a.weight * b.weight * d.weight
                             * in[((((gsize) n * x.t + a.at) * x.h + b.at) * x.w + d.at) * x.c + c];
                    }
              *out++ = (float) sum;
            }
  g_free (memory[1]);
  g_free (memory[2]);
}

/* ---- rows. */

typedef struct {
  const SacKernelArgs *args;
  Table table[3];
  guint32 *copies;              /* columns from here on that are copies of columns in a row */
  float *sums;
  gsize row;                    /* floats of a row of the source */
  gsize n_rows;
  guint n_strands;
} Job;

static gsize
row_floats (const SacKernelArgs *shapes)
{
  return ((gsize) shapes->src[0].shape.w * (gsize) shapes->src[0].shape.c + 15) / 16 * 16;
}

static guint
strands (const SacKernelArgs *shapes)
{
  const SacShape y = shapes->dst.shape;

  return (guint) MIN ((gsize) y.n * (gsize) y.t * (gsize) y.h, STRANDS);
}

static gsize
resample3d_workspace (const SacKernelArgs *shapes)
{
  const SacResample3d *map = shapes->params;
  gsize bytes = ((gsize) shapes->dst.shape.w * sizeof (guint32) + 63) / 64 * 64;

  for (int a = 0; a < 3; a++)
    bytes += table_bytes (map, a);
  return bytes + strands (shapes) * row_floats (shapes) * sizeof (float);
}

SAC_BODY void
resample3d_body (guint strand, guint thread, gpointer data)
{
  const Job *job = data;
  const SacShape x = job->args->src[0].shape, y = job->args->dst.shape;
  const gsize line = (gsize) x.w * (gsize) x.c, channels = (gsize) x.c;
  float *restrict sum = job->sums + strand * job->row;

  for (gsize row = strand * job->n_rows / job->n_strands; row < (strand + 1) * job->n_rows / job->n_strands; row++)
    {
      const gsize h = row % (gsize) y.h, t = row / (gsize) y.h % (gsize) y.t, n = row / (gsize) y.h / (gsize) y.t;
      const float *from = NULL;
      float *to = job->args->dst.data + row * (gsize) y.w * channels;

      for (guint32 i = job->table[0].start[t]; i < job->table[0].start[t + 1]; i++)
        for (guint32 j = job->table[1].start[h]; j < job->table[1].start[h + 1]; j++)
          {
            const SacTap a = job->table[0].taps[i], b = job->table[1].taps[j];
            const float *source = job->args->src[0].data + ((n * (gsize) x.t + (gsize) a.at) * (gsize) x.h + (gsize) b.at) * line;
            const float weight = a.weight * b.weight;
            const gboolean only = job->table[0].start[t + 1] - job->table[0].start[t] == 1
                                  && job->table[1].start[h + 1] - job->table[1].start[h] == 1 && weight == 1;

            if (only)
              from = source;
            else if (!from)
              for (gsize e = 0; e < line; e++)
                sum[e] = weight * source[e];
            else
              for (gsize e = 0; e < line; e++)
                sum[e] += weight * source[e];
            from = only ? source : sum;
          }
      if (!from)
        memset (to, 0, (gsize) y.w * channels * sizeof (float));
      for (gsize o = 0; from && o < (gsize) y.w;)
        {
          const SacTap *tap = job->table[2].taps + job->table[2].start[o], *end = job->table[2].taps + job->table[2].start[o + 1];
          float *restrict p = to + o * channels;

          if (job->copies[o] > 0)
            {
              memcpy (p, from + (gsize) tap->at * channels, job->copies[o] * channels * sizeof (float));
              o += job->copies[o];
              continue;
            }
          if (tap == end)
            memset (p, 0, channels * sizeof (float));
          for (gboolean first = TRUE; tap < end; tap++, first = FALSE)
            {
              const float *restrict q = from + (gsize) tap->at * channels;

              if (first)
                for (gsize c = 0; c < channels; c++)
                  p[c] = tap->weight * q[c];
              else
                for (gsize c = 0; c < channels; c++)
                  p[c] += tap->weight * q[c];
            }
          o++;
        }
    }
}

static void
resample3d_run (const SacKernelArgs *args, SacPoolFunc task)
{
  const SacResample3d *map = args->params;
  const SacShape y = args->dst.shape;
  char *memory = args->workspace;
  Job job = { .args = args, .row = row_floats (args), .n_rows = (gsize) y.n * (gsize) y.t * (gsize) y.h, .n_strands = strands (args) };
  const Table *columns = &job.table[2];

  for (int a = 0; a < 3; a++)
    {
      job.table[a] = fill_table (map, a, memory);
      memory += table_bytes (map, a);
    }
  job.copies = (guint32 *) memory;
  for (gsize o = (gsize) y.w; o-- > 0;)
    {
      const SacTap *tap = columns->taps + columns->start[o];

      job.copies[o] = columns->start[o + 1] - columns->start[o] == 1 && tap->weight == 1;
      if (job.copies[o] && o + 1 < (gsize) y.w && job.copies[o + 1] && columns->taps[columns->start[o + 1]].at == tap->at + 1)
        job.copies[o] += job.copies[o + 1];
    }
  job.sums = (float *) (memory + ((gsize) y.w * sizeof (guint32) + 63) / 64 * 64);
  sac_pool_run (args->pool, job.n_strands, task, &job);
}

SAC_KERNELS (resample3d, NULL, resample3d_workspace)

/* Rows are summed over their taps in time and rows, the result over those in columns. */
static double
resample3d_flops (const SacKernelArgs *shapes)
{
  const SacResample3d *map = shapes->params;
  const SacShape x = shapes->src[0].shape;

  return 2.0 * x.n * x.c * count_taps (map, 0) * count_taps (map, 1) * x.w
         + 2.0 * x.n * x.c * shapes->dst.shape.t * shapes->dst.shape.h * count_taps (map, 2);
}

const SacOp sac_op_resample3d = {
  .name = "resample3d", .n_src = 1, .params_size = sizeof (SacResample3d), .infer = resample3d_infer, .vjp = resample3d_vjp,
  .reference = resample3d_reference, .cpu = resample3d_cpu, .flops = resample3d_flops, .inplace = -1,
};
