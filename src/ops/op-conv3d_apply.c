/* conv3d and what stands behind it in one pass: y = relu?(bn (conv3d (x, w)) + residual), where bn is bn_apply with the statistics
 * it is given; without statistics y = relu?(conv3d (x, w) + beta + residual), beta being the bias.  No function of sac-ops.h makes
 * it: the rows of rewrites.c do, where nobody else reads what lies between.  The bits are those of the parts. */
#include <math.h>

#include "bn-private.h"
#include "conv-kernel.h"
#include "vulkan-grids.h"

enum { X, W, STATS, GAMMA, BETA, RESIDUAL, N_SOURCES };

gsize
_sac_conv_finish_floats (const SacKernelArgs *shapes)
{
  return shapes->op == &sac_op_conv3d_apply ? 2 * (gsize) shapes->dst.shape.c : 0;
}

SacConvFinish
_sac_conv_finish (const SacKernelArgs *args, float *numbers)
{
  const SacConv3dApply *apply = args->params;
  const gsize n_c = (gsize) args->dst.shape.c;
  SacConvFinish finish = { FALSE };

  if (args->op != &sac_op_conv3d_apply)
    return finish;
  finish = (SacConvFinish) { .wanted = TRUE, .shift = args->src[BETA].data, .residual = args->src[RESIDUAL].data, .relu = apply->relu };
  if (args->src[STATS].data)
    {
      _sac_bn_scale_shift (args->src[STATS].data, args->src[GAMMA].data, args->src[BETA].data, apply->eps, n_c, numbers, numbers + n_c);
      finish.scale = numbers;
      finish.shift = numbers + n_c;
      finish.normalised = TRUE;
    }
  return finish;
}

static gboolean
conv3d_apply_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacConv3dApply *apply = params;
  SacShape all[N_SOURCES] = { { 0 } }, row;

  for (guint i = 0; i < n_src; i++)
    all[i] = src[i];
  if (!_sac_conv_shape ("conv3d_apply", all[X], all[W], &apply->conv, out, error))
    return FALSE;
  row = SAC_SHAPE (1, out->c, 1, 1, 1);
  if (all[STATS].n ? !sac_shape_equal (all[STATS], SAC_SHAPE (2, out->c, 1, 1, 1)) || !sac_shape_equal (all[GAMMA], row) || !all[BETA].n
                   : all[GAMMA].n != 0)
    return FALSE;
  return (!all[BETA].n || sac_shape_equal (all[BETA], row)) && (!all[RESIDUAL].n || sac_shape_equal (all[RESIDUAL], *out));
}

static SacVar
conv3d_apply_expand (SacGraph *g, const SacNode *node)
{
  const SacConv3dApply *apply = node->params;
  SacVar y = sac_conv3d (g, node->src[X], node->src[W], &apply->conv);

  if (node->src[STATS])
    return sac_bn_apply (g, y, node->src[STATS], node->src[GAMMA], node->src[BETA], node->src[RESIDUAL],
                         &(SacBnApply) { apply->eps, apply->relu });
  if (node->src[BETA])
    y = sac_add (g, y, node->src[BETA]);
  if (node->src[RESIDUAL])
    y = sac_add (g, y, node->src[RESIDUAL]);
  return apply->relu ? sac_relu (g, y) : y;
}

static void
conv3d_apply_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, conv3d_apply_expand);
}

static void
conv3d_apply_reference (const SacKernelArgs *args)
{
  const SacConv3dApply *apply = args->params;
  const gsize n_c = (gsize) args->dst.shape.c, n = sac_shape_count (args->dst.shape);
  const float *stats = args->src[STATS].data, *beta = args->src[BETA].data, *residual = args->src[RESIDUAL].data;
  float *y = args->dst.data;

  sac_op_conv3d.reference (args);
  for (gsize i = 0; i < n; i++)
    {
      const gsize c = i % n_c;
      double v = y[i];

      if (stats)
        v = (v - (double) stats[c]) / sqrt (stats[n_c + c] + (double) apply->eps) * args->src[GAMMA].data[c];
      v += (beta ? (double) beta[c] : 0) + (residual ? (double) residual[i] : 0);
      y[i] = (float) (apply->relu && v < 0 ? 0 : v);
    }
}

static double
conv3d_apply_flops (const SacKernelArgs *shapes)
{
  return _sac_conv_flops (shapes->src[W].shape, shapes->dst.shape) + 4.0 * (double) sac_shape_count (shapes->dst.shape);
}

#define WAYS(set) SAC_CONV_SET_WAY (forward_winograd, set) SAC_CONV_SET_WAY (forward, set)
#define ROWS(set, needs) SAC_CONV_ROW (" winograd", forward_winograd, set, needs) SAC_CONV_ROW ("", forward, set, needs)
#ifdef __x86_64__
WAYS (avx512)
WAYS (avx2)
#endif
WAYS (plain)

static const SacCpuVariant conv3d_apply_cpu[] = {
#ifdef __x86_64__
  ROWS (avx512, SAC_CPU_AVX512)
  ROWS (avx2, SAC_CPU_AVX2)
#endif
  ROWS (plain, SAC_CPU_PLAIN)
  { NULL },
};

#define GROUPS (gsize) MAX (((const SacConv3d *) shapes->params)->groups, 1)
#define ROWS_OUT (sac_shape_count (shapes->dst.shape) / (gsize) shapes->dst.shape.c)
SAC_VULKAN_PRODUCT_MATRIX (conv3d_apply, GROUPS, ROWS_OUT, (gsize) shapes->dst.shape.c / GROUPS,
                           sac_shape_count (shapes->src[W].shape) / (gsize) shapes->src[W].shape.n)

const SacOp sac_op_conv3d_apply = {
  .vulkan = conv3d_apply_vulkan,
  .name = "conv3d_apply", .n_src = N_SOURCES, .params_size = sizeof (SacConv3dApply), .infer = conv3d_apply_infer,
  .vjp = conv3d_apply_vjp, .reference = conv3d_apply_reference, .cpu = conv3d_apply_cpu, .flops = conv3d_apply_flops,
  .inplace = -1, .f16 = SAC_SRC (X) | SAC_SRC (RESIDUAL) | SAC_DST,
  .optional = SAC_SRC (STATS) | SAC_SRC (GAMMA) | SAC_SRC (BETA) | SAC_SRC (RESIDUAL),
};
