/* Sums over the axes that are 1 in the result.  The adjoint stretches again (broadcast_to).
 * Fast for sums over everything but channels (with or without examples): fixed chunks of rows, double sums, added in order. */
#include <string.h>

#include "elementwise-private.h"

#define CHUNK_ROWS 512

static gboolean
sum_to_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape stretched;

  *out = *(const SacShape *) params;
  if (_sac_broadcast_shape (src[0], *out, &stretched, error) && sac_shape_equal (stretched, src[0]))
    return TRUE;
  if (error && !*error)
    g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "an axis would grow");
  return FALSE;
}

static void
sum_to_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_broadcast_to (g, gy, sac_graph_get_shape (g, node->src[0]));
}

static void
sum_to_reference (const SacKernelArgs *args)
{
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  const float *x = args->src[0].data;
  gsize n_y = sac_shape_count (ys);
  g_autofree double *sums = g_new0 (double, n_y);

  SAC_EACH_ROW (xs, n, t, h, w)
    for (gint32 c = 0; c < xs.c; c++)
      sums[_sac_broadcast_index (ys, n, t, h, w, c)] += (double) *x++;
  for (gsize i = 0; i < n_y; i++)
    args->dst.data[i] = (float) sums[i];
}

/* Rows of one result vector, and chunks of them. */
static void
split (const SacKernelArgs *args, gsize *n_groups, gsize *rows, gsize *chunks)
{
  SacShape xs = args->src[0].shape;

  *n_groups = (gsize) args->dst.shape.n;
  *rows = sac_shape_count (xs) / (gsize) xs.c / *n_groups;
  *chunks = (*rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
}

static gboolean
sum_rows_fits (const SacKernelArgs *shapes)
{
  SacShape x = shapes->src[0].shape, y = shapes->dst.shape;

  return y.c == x.c && y.t == 1 && y.h == 1 && y.w == 1;
}

static gsize
sum_rows_workspace (const SacKernelArgs *shapes)
{
  gsize n_groups, rows, chunks;

  split (shapes, &n_groups, &rows, &chunks);
  return sizeof (double) * n_groups * chunks * (gsize) shapes->dst.shape.c;
}

static void
sum_chunk (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  gsize n_groups, rows, chunks, n_c = (gsize) args->dst.shape.c;
  double *sums = (double *) args->workspace + (gsize) task * n_c;

  split (args, &n_groups, &rows, &chunks);
  {
    gsize group = task / chunks, from = task % chunks * CHUNK_ROWS, to = MIN (from + CHUNK_ROWS, rows);

    memset (sums, 0, sizeof (double) * n_c);
    for (gsize r = from; r < to; r++)
      {
        const float *x = args->src[0].data + (group * rows + r) * n_c;

        for (gsize c = 0; c < n_c; c++)
          sums[c] += (double) x[c];
      }
  }
}

static void
sum_rows (const SacKernelArgs *args)
{
  gsize n_groups, rows, chunks, n_c = (gsize) args->dst.shape.c;
  const double *sums = args->workspace;

  split (args, &n_groups, &rows, &chunks);
  sac_pool_run (args->pool, (guint) (n_groups * chunks), sum_chunk, (gpointer) args);
  for (gsize group = 0; group < n_groups; group++)
    for (gsize c = 0; c < n_c; c++)
      {
        double sum = 0;

        for (gsize i = 0; i < chunks; i++)
          sum += sums[(group * chunks + i) * n_c + c];
        args->dst.data[group * n_c + c] = (float) sum;
      }
}

static const SacCpuVariant sum_to_cpu[] = {
  { "rows", SAC_CPU_PLAIN, sum_rows_fits, sum_rows_workspace, sum_rows },
  { NULL },
};

static double
sum_to_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_sum_to = {
  .name = "sum_to", .n_src = 1, .params_size = sizeof (SacShape), .infer = sum_to_infer, .vjp = sum_to_vjp,
  .reference = sum_to_reference, .cpu = sum_to_cpu, .flops = sum_to_flops, .inplace = -1,
};

SacVar
sac_sum_to (SacGraph *g, SacVar x, SacShape shape)
{
  if (x > 0 && sac_shape_equal (sac_graph_get_shape (g, x), shape))
    return x;
  return sac_graph_append (g, &sac_op_sum_to, &x, 1, &shape);
}

SacVar
sac_mean (SacGraph *g, SacVar x)
{
  gsize n = x > 0 ? sac_shape_count (sac_graph_get_shape (g, x)) : 1;

  return sac_affine (g, sac_sum_to (g, x, SAC_SHAPE_SCALAR), 1.0f / (float) n, 0);
}

SacVar
sac_global_average (SacGraph *g, SacVar x)
{
  SacShape s = sac_graph_get_shape (g, x);

  return sac_affine (g, sac_sum_to (g, x, SAC_SHAPE (s.n, s.c, 1, 1, 1)), 1.0f / (float) MAX ((gsize) s.t * s.h * s.w, 1), 0);
}
