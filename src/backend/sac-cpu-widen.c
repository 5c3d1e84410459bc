/* bf16 for every kernel: operands that a variant takes as f32 only are widened into the workspace before it, results narrowed
 * after it.  Slower than a kernel of its own, and always right. */
#include "sac-cpu-private.h"

#include "graph/sac-bf16.h"

#define PIECE 16384

typedef struct {
  SacTensor wide, narrow;
  gsize n;
  SacBf16Copies copies;
} Copy;

static gsize
copy_bytes (const SacTensor *tensor)
{
  return (sizeof (float) * sac_shape_count (tensor->shape) + 63) / 64 * 64;
}

guint32
_sac_cpu_to_widen (const SacKernelArgs *shapes, const SacCpuVariant *variant)
{
  guint32 operands = shapes->dst.dtype == SAC_BF16 ? SAC_DST : 0;

  for (guint i = 0; i < shapes->n_src; i++)
    if (shapes->src[i].dtype == SAC_BF16)
      operands |= SAC_SRC (i);
  return operands & ~(variant ? variant->bf16 : 0);
}

gsize
_sac_cpu_widened_bytes (const SacKernelArgs *shapes, guint32 operands)
{
  gsize n_bytes = operands & SAC_DST ? copy_bytes (&shapes->dst) : 0;

  for (guint i = 0; i < shapes->n_src; i++)
    if (operands & SAC_SRC (i))
      n_bytes += copy_bytes (&shapes->src[i]);
  return n_bytes;
}

SacKernelArgs
_sac_cpu_widened (const SacKernelArgs *args, guint32 operands, char *memory)
{
  SacKernelArgs wide = *args;

  for (guint i = 0; i <= args->n_src; i++)
    {
      SacTensor *tensor = i < args->n_src ? &wide.src[i] : &wide.dst;

      if (!(operands & (i < args->n_src ? SAC_SRC (i) : SAC_DST)))
        continue;
      tensor->dtype = SAC_F32;
      if (!memory)
        continue;
      tensor->data = (float *) memory;
      memory += copy_bytes (tensor);
    }
  return wide;
}

static void
widen_piece (guint task, guint thread, gpointer data)
{
  const Copy *copy = data;
  gsize from = (gsize) task * PIECE;

  copy->copies.widen (copy->wide.data + from, sac_tensor_bf16 (&copy->narrow) + from, MIN (copy->n - from, PIECE));
}

static void
narrow_piece (guint task, guint thread, gpointer data)
{
  const Copy *copy = data;
  gsize from = (gsize) task * PIECE;

  copy->copies.narrow (sac_tensor_bf16 (&copy->narrow) + from, copy->wide.data + from, MIN (copy->n - from, PIECE));
}

static void
copy_all (SacPool *pool, const SacTensor *wide, const SacTensor *narrow, SacPoolFunc piece)
{
  Copy copy = { *wide, *narrow, sac_shape_count (wide->shape), sac_bf16_copies () };

  sac_pool_run (pool, (guint) ((copy.n + PIECE - 1) / PIECE), piece, &copy);
}

void
_sac_cpu_run_widened (const SacKernelArgs *args, guint32 operands, SacKernel kernel)
{
  gsize n_bytes = _sac_cpu_widened_bytes (args, operands);
  SacKernelArgs wide = _sac_cpu_widened (args, operands, args->workspace);

  for (guint i = 0; i < args->n_src; i++)
    if (operands & SAC_SRC (i))
      copy_all (args->pool, &wide.src[i], &args->src[i], widen_piece);
  wide.workspace = (char *) args->workspace + n_bytes;
  wide.workspace_bytes = args->workspace_bytes - n_bytes;
  kernel (&wide);
  if (operands & SAC_DST)
    copy_all (args->pool, &wide.dst, &args->dst, narrow_piece);
}
