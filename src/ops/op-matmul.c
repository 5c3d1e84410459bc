/* y = op(a)·op(b) for a batch of matrices: rows are W, columns C, the batch N,T,H; a batch axis of size 1 stretches.
 * The products are OpenBLAS's, each of fixed blocks of rows, so that bits do not depend on the number of threads. */
#include <cblas.h>

#include "elementwise-private.h"
#include "vulkan-grids.h"

typedef struct {
  gint32 transpose_a, transpose_b;
} MatMul;

static gboolean
matmul_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const MatMul *product = params;
  SacShape a = src[0], b = src[1];
  gint32 inner_a = product->transpose_a ? a.w : a.c, inner_b = product->transpose_b ? b.c : b.w;
  gint32 rows = product->transpose_a ? a.c : a.w, columns = product->transpose_b ? b.w : b.c;

  if (inner_a != inner_b)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "rows of %d meet columns of %d", inner_a, inner_b);
      return FALSE;
    }
  a.c = a.w = b.c = b.w = 1;
  if (!_sac_broadcast_shape (a, b, out, error))
    return FALSE;
  out->w = rows;
  out->c = columns;
  return TRUE;
}

static void
matmul_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const MatMul *product = node->params;
  SacVar a = node->src[0], b = node->src[1];
  gboolean ta = product->transpose_a, tb = product->transpose_b;

  if (sac_graph_needs_gradient (g, a))
    gx[0] = sac_sum_to (g, ta ? sac_matmul (g, b, gy, tb, TRUE) : sac_matmul (g, gy, b, FALSE, !tb), sac_graph_get_shape (g, a));
  if (sac_graph_needs_gradient (g, b))
    gx[1] = sac_sum_to (g, tb ? sac_matmul (g, gy, a, TRUE, ta) : sac_matmul (g, a, gy, !ta, FALSE), sac_graph_get_shape (g, b));
}

/* Where the matrix of result's matrix @batch lies in source @i. */
static const float *
matrix (const SacKernelArgs *args, guint i, gsize batch)
{
  SacShape y = args->dst.shape, s = args->src[i].shape;
  gint32 h = (gint32) (batch % y.h), t = (gint32) (batch / y.h % y.t), n = (gint32) (batch / y.h / y.t);

  return args->src[i].data + _sac_broadcast_index (s, n, t, h, 0, 0);
}

static void
matmul_reference (const SacKernelArgs *args)
{
  const MatMul *product = args->params;
  gsize rows = (gsize) args->dst.shape.w, columns = (gsize) args->dst.shape.c;
  gsize lda = (gsize) args->src[0].shape.c, ldb = (gsize) args->src[1].shape.c;
  gsize inner = product->transpose_b ? ldb : (gsize) args->src[1].shape.w;

  for (gsize i = 0; i < sac_shape_count (args->dst.shape); i++)
    {
      const float *a = matrix (args, 0, i / columns / rows), *b = matrix (args, 1, i / columns / rows);
      gsize r = i / columns % rows, c = i % columns;
      double sum = 0;

      for (gsize k = 0; k < inner; k++)
        sum += (double) a[product->transpose_a ? k * lda + r : r * lda + k] * (double) b[product->transpose_b ? c * ldb + k : k * ldb + c];
      args->dst.data[i] = (float) sum;
    }
}

/* Rows a task: some million multiply-adds, and so many that packing the other matrix again does not count. */
static gsize
rows_a_task (const SacKernelArgs *args)
{
  const MatMul *product = args->params;
  gsize inner = (gsize) (product->transpose_a ? args->src[0].shape.w : args->src[0].shape.c);
  gsize rows = (gsize) args->dst.shape.w;

  return MIN (rows, MAX (((gsize) 1 << 23) / (inner * (gsize) args->dst.shape.c) / 48 * 48, 240));
}

static void
matmul_task (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  const MatMul *product = args->params;
  gsize rows = (gsize) args->dst.shape.w, columns = (gsize) args->dst.shape.c;
  gsize step = rows_a_task (args), blocks = (rows + step - 1) / step;
  gsize batch = task / blocks, from = task % blocks * step, n = MIN (step, rows - from);
  gint32 lda = args->src[0].shape.c, ldb = args->src[1].shape.c, inner = product->transpose_b ? ldb : args->src[1].shape.w;
  const float *a = matrix (args, 0, batch) + (product->transpose_a ? from : from * (gsize) lda);

  cblas_sgemm (CblasRowMajor, product->transpose_a ? CblasTrans : CblasNoTrans, product->transpose_b ? CblasTrans : CblasNoTrans,
               (int) n, (int) columns, inner, 1, a, lda, matrix (args, 1, batch), ldb, 0,
               args->dst.data + (batch * rows + from) * columns, (int) columns);
}

static void
matmul_blas (const SacKernelArgs *args)
{
  gsize rows = (gsize) args->dst.shape.w, step = rows_a_task (args), blocks = (rows + step - 1) / step;
  gsize n_batch = sac_shape_count (args->dst.shape) / rows / (gsize) args->dst.shape.c;

  sac_pool_run (args->pool, (guint) (n_batch * blocks), matmul_task, (gpointer) args);
}

static const SacCpuVariant matmul_cpu[] = { { "openblas", SAC_CPU_PLAIN, NULL, NULL, matmul_blas }, { NULL } };

static double
matmul_flops (const SacKernelArgs *shapes)
{
  const MatMul *product = shapes->params;

  return 2.0 * (double) sac_shape_count (shapes->dst.shape) * (product->transpose_a ? shapes->src[0].shape.w : shapes->src[0].shape.c);
}

SAC_VULKAN_PRODUCT (matmul, sac_shape_count (shapes->dst.shape) / (gsize) shapes->dst.shape.w / (gsize) shapes->dst.shape.c,
                    (gsize) shapes->dst.shape.w, (gsize) shapes->dst.shape.c,
                    (gsize) (((const MatMul *) shapes->params)->transpose_a ? shapes->src[0].shape.w : shapes->src[0].shape.c))

const SacOp sac_op_matmul = {
  .vulkan = matmul_vulkan,
  .name = "matmul", .n_src = 2, .params_size = sizeof (MatMul), .infer = matmul_infer, .vjp = matmul_vjp,
  .reference = matmul_reference, .cpu = matmul_cpu, .flops = matmul_flops, .inplace = -1,
};

SacVar
sac_matmul (SacGraph *g, SacVar a, SacVar b, gboolean transpose_a, gboolean transpose_b)
{
  return sac_graph_append (g, &sac_op_matmul, (SacVar[]) { a, b }, 2, &(MatMul) { transpose_a != 0, transpose_b != 0 });
}
