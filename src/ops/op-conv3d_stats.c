/* conv3d that counts what it writes: behind the result stand the sums that bn_stats would read it again for, taken tile by tile while a
 * tile is in the first cache (SacConvSums); bn_stats_join makes statistics of them.  The row conv-stats of rewrites.c makes the pair.
 * On the CPU only the direct and Winograd's way count: the others are for convolutions after which no batch norm stands, or a small one. */
#include <string.h>

#include "conv-kernel.h"
#include "vulkan-grids.h"

/* Numbers from which on it pays: 1 to 4 % of a convolution and its bn_stats.  Smaller results are still in a cache when bn_stats reads
 * them, which is as fast or (Winograd's, whose tiles are 16 pixels) a little faster. */
#define LARGE (2 * 1024 * 1024)

void
_sac_conv_sums_add (const SacConvSums *sums, SacConvSumsFunc add, float *record, gboolean first, float *const *rows, gint32 n_rows,
                    gint32 column, gint32 n_cols)
{
  float *zero = record + SAC_CONV_SUMS_HEAD + column, *sum = zero + sums->row, *square = sum + sums->row;

  if (first)
    {
      memcpy (zero, rows[0], (gsize) n_cols * sizeof *zero);
      memset (sum, 0, (gsize) n_cols * sizeof *sum);
      memset (square, 0, (gsize) n_cols * sizeof *square);
    }
  add (rows, n_rows, n_cols, zero, sum, square);
}

SacConvSums
_sac_conv_sums (const SacKernelArgs *args, gsize n_records)
{
  const gsize row = _sac_conv_sums_row (args->dst.shape);
  SacConvSums sums = { NULL };

  if (args->op != &sac_op_conv3d_stats)
    return sums;
  sums = (SacConvSums) { (float *) ((char *) args->dst.data + sac_tensor_tail_offset (&args->dst)), SAC_CONV_SUMS_HEAD + 3 * row, row };
  sums.records[0] = (float) n_records;
  sums.records += SAC_CONV_SUMS_HEAD;
  return sums;
}

#define GROUPS (gsize) MAX (((const SacConv3d *) shapes->params)->groups, 1)
#define ROWS_OUT (sac_shape_count (shapes->dst.shape) / (gsize) shapes->dst.shape.c)
#define COLUMNS ((gsize) shapes->dst.shape.c / GROUPS)

/* Enough for each set of kernels and both ways, and for shaders. */
static gsize
conv3d_stats_tail (const SacKernelArgs *shapes)
{
  static const SacConvKernels *const sets[] = {
#ifdef __x86_64__
    &_sac_conv_avx512, &_sac_conv_avx2,
#endif
    &_sac_conv_plain,
  };
  gsize n_records = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      n_records = MAX (n_records, _sac_conv_forward_records (shapes, sets[i]));
      if (_sac_conv_forward_winograd_fits (shapes, sets[i]))
        n_records = MAX (n_records, _sac_conv_forward_winograd_records (shapes, sets[i]));
    }
  return MAX (sizeof (float) * (SAC_CONV_SUMS_HEAD + n_records * (SAC_CONV_SUMS_HEAD + 3 * _sac_conv_sums_row (shapes->dst.shape))),
              _sac_vulkan_counted_tail (ROWS_OUT, (gsize) shapes->dst.shape.c));
}

gboolean
_sac_conv_stats_pays (SacShape x, SacShape w, SacShape y, const SacConv3d *conv)
{
  const SacConvGeometry geo = _sac_conv_geometry (x, w, y, conv);

  return _sac_conv_simple (&geo) && sac_shape_count (y) >= LARGE && (gint64) y.t * y.h * y.w > 1;
}

static gboolean
conv3d_stats_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  return _sac_conv_shape ("conv3d_stats", src[0], src[1], params, out, error);
}

static void
conv3d_stats_reference (const SacKernelArgs *args)
{
  sac_op_conv3d.reference (args);
}

static double
conv3d_stats_flops (const SacKernelArgs *shapes)
{
  return _sac_conv_flops (shapes->src[1].shape, shapes->dst.shape) + 3.0 * (double) sac_shape_count (shapes->dst.shape);
}

#define WAYS(set) SAC_CONV_SET_WAY (forward_winograd, set) SAC_CONV_SET_WAY (forward, set)
#define ROWS(set, needs) SAC_CONV_ROW (" winograd", forward_winograd, set, needs) SAC_CONV_ROW ("", forward, set, needs)
#ifdef __x86_64__
WAYS (avx512)
WAYS (avx2)
#endif
WAYS (plain)

static const SacCpuVariant conv3d_stats_cpu[] = {
#ifdef __x86_64__
  ROWS (avx512, SAC_CPU_AVX512)
  ROWS (avx2, SAC_CPU_AVX2)
#endif
  ROWS (plain, SAC_CPU_PLAIN)
  { NULL },
};

#define TILE(tile) \
  static gboolean \
  fits_##tile (const SacKernelArgs *shapes) \
  { \
    return _sac_vulkan_product_fits (SAC_VULKAN_TILE_##tile, ROWS_OUT, COLUMNS); \
  } \
  static gboolean \
  grid_##tile (const SacKernelArgs *shapes, guint pass, guint32 groups[3]) \
  { \
    return _sac_vulkan_counted_grid (SAC_VULKAN_TILE_##tile, GROUPS, ROWS_OUT, COLUMNS, pass, groups); \
  } \
  static gsize \
  scratch_##tile (const SacKernelArgs *shapes) \
  { \
    return _sac_vulkan_counted_scratch (SAC_VULKAN_TILE_##tile, GROUPS, ROWS_OUT, COLUMNS); \
  }
#define TILE_ROW(tile) { "conv3d_stats", fits_##tile, grid_##tile, scratch_##tile, SAC_VULKAN_TILE_##tile, FALSE, #tile "×" #tile }
TILE (4)
TILE (8)
TILE (2)
static const SacVulkanVariant conv3d_stats_vulkan[] = { TILE_ROW (4), TILE_ROW (8), TILE_ROW (2), { NULL } };

const SacOp sac_op_conv3d_stats = {
  .vulkan = conv3d_stats_vulkan, .f16 = SAC_SRC (0) | SAC_DST,
  .name = "conv3d_stats", .n_src = 2, .params_size = sizeof (SacConv3d), .infer = conv3d_stats_infer,
  .reference = conv3d_stats_reference, .cpu = conv3d_stats_cpu, .flops = conv3d_stats_flops, .tail = conv3d_stats_tail, .inplace = -1,
};
