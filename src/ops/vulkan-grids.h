/* How Vulkan shaders that share a scheme are cut into workgroups; the shaders cut in the same way. */
#pragma once
#include "sac-ops.h"

/* shaders/include/reduce.glsl: @outputs sums of @reduced elements; @inner outputs beside each other read elements beside each other. */
gboolean _sac_vulkan_reduce_grid (gsize outputs, gsize reduced, gsize inner, guint pass, guint32 groups[3]);
gsize    _sac_vulkan_reduce_scratch (gsize outputs, gsize reduced, gsize inner);

/* shaders/include/product.glsl: @batch products of matrices, @rows × @columns, @depth products each.  An invocation makes 4 × 4, 8 × 8 or
 * 2 × 2 numbers (SacVulkanVariant.tile); by cooperative matrices (product-matrix.glsl) a workgroup makes 128 × 128. */
enum { SAC_VULKAN_TILE_4, SAC_VULKAN_TILE_8, SAC_VULKAN_TILE_2, SAC_VULKAN_TILE_MATRIX };
gboolean _sac_vulkan_product_fits (guint tile, gsize rows, gsize columns);
gboolean _sac_vulkan_product_grid (guint tile, gsize batch, gsize rows, gsize columns, gsize depth, guint pass, guint32 groups[3]);
gsize    _sac_vulkan_product_scratch (guint tile, gsize batch, gsize rows, gsize columns, gsize depth);

/* The same with sums of each column (shaders/include/counted.glsl), which stand behind the result; the depth is not shared. */
gboolean _sac_vulkan_counted_grid (guint tile, gsize batch, gsize rows, gsize columns, guint pass, guint32 groups[3]);
gsize    _sac_vulkan_counted_scratch (guint tile, gsize batch, gsize rows, gsize columns);
gsize    _sac_vulkan_counted_tail (gsize rows, gsize channels);

/* A workgroup for each place (n,t,h,w) of source 0. */
gboolean _sac_vulkan_place_grid (const SacKernelArgs *shapes, guint pass, guint32 groups[3]);

/* The variants of a shader that is the op's only one: its name, and the arguments of the two functions above. */
#define SAC_VULKAN_REDUCE(name, OUTPUTS, REDUCED, INNER) \
  static gboolean \
  name##_vulkan_grid (const SacKernelArgs *shapes, guint pass, guint32 groups[3]) \
  { \
    return _sac_vulkan_reduce_grid (OUTPUTS, REDUCED, INNER, pass, groups); \
  } \
  static gsize \
  name##_vulkan_scratch (const SacKernelArgs *shapes) \
  { \
    return _sac_vulkan_reduce_scratch (OUTPUTS, REDUCED, INNER); \
  } \
  static const SacVulkanVariant name##_vulkan[] = { { #name, NULL, name##_vulkan_grid, name##_vulkan_scratch }, { NULL } };

#define SAC_VULKAN_PRODUCT_TILE(name, tile, BATCH, ROWS, COLUMNS, DEPTH) \
  static gboolean \
  name##_vulkan_fits_##tile (const SacKernelArgs *shapes) \
  { \
    return _sac_vulkan_product_fits (SAC_VULKAN_TILE_##tile, ROWS, COLUMNS); \
  } \
  static gboolean \
  name##_vulkan_grid_##tile (const SacKernelArgs *shapes, guint pass, guint32 groups[3]) \
  { \
    return _sac_vulkan_product_grid (SAC_VULKAN_TILE_##tile, BATCH, ROWS, COLUMNS, DEPTH, pass, groups); \
  } \
  static gsize \
  name##_vulkan_scratch_##tile (const SacKernelArgs *shapes) \
  { \
    return _sac_vulkan_product_scratch (SAC_VULKAN_TILE_##tile, BATCH, ROWS, COLUMNS, DEPTH); \
  }
#define SAC_VULKAN_PRODUCT_ROW(name, tile) \
  { #name, name##_vulkan_fits_##tile, name##_vulkan_grid_##tile, name##_vulkan_scratch_##tile, SAC_VULKAN_TILE_##tile, FALSE, \
    #tile "×" #tile }

/* The first is taken where nothing was measured. */
#define SAC_VULKAN_PRODUCT(name, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, 4, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, 8, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, 2, BATCH, ROWS, COLUMNS, DEPTH) \
  static const SacVulkanVariant name##_vulkan[] = { \
    SAC_VULKAN_PRODUCT_ROW (name, 4), SAC_VULKAN_PRODUCT_ROW (name, 8), SAC_VULKAN_PRODUCT_ROW (name, 2), { NULL }, \
  };

/* The same, and by cooperative matrices. */
#define SAC_VULKAN_PRODUCT_MATRIX(name, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, 4, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, 8, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, 2, BATCH, ROWS, COLUMNS, DEPTH) \
  SAC_VULKAN_PRODUCT_TILE (name, MATRIX, BATCH, ROWS, COLUMNS, DEPTH) \
  static const SacVulkanVariant name##_vulkan[] = { \
    SAC_VULKAN_PRODUCT_ROW (name, 4), SAC_VULKAN_PRODUCT_ROW (name, 8), SAC_VULKAN_PRODUCT_ROW (name, 2), \
    { #name, name##_vulkan_fits_MATRIX, name##_vulkan_grid_MATRIX, name##_vulkan_scratch_MATRIX, SAC_VULKAN_TILE_MATRIX, TRUE, "matrix" }, \
    { NULL }, \
  };

#define SAC_VULKAN_PLACES(name) \
  static const SacVulkanVariant name##_vulkan[] = { { #name, NULL, _sac_vulkan_place_grid, NULL }, { NULL } };
