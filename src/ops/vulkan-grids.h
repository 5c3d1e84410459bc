/* How Vulkan shaders that share a scheme are cut into workgroups; the shaders cut in the same way. */
#pragma once
#include "sac-ops.h"

/* shaders/include/reduce.glsl: @outputs sums of @reduced elements; @inner outputs beside each other read elements beside each other. */
gboolean _sac_vulkan_reduce_grid (gsize outputs, gsize reduced, gsize inner, guint pass, guint32 groups[3]);
gsize    _sac_vulkan_reduce_scratch (gsize outputs, gsize reduced, gsize inner);

/* shaders/include/product.glsl: @batch products of matrices, @rows × @columns, @depth products each. */
gboolean _sac_vulkan_product_grid (gsize batch, gsize rows, gsize columns, gsize depth, guint pass, guint32 groups[3]);
gsize    _sac_vulkan_product_scratch (gsize batch, gsize rows, gsize columns, gsize depth);

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

#define SAC_VULKAN_PRODUCT(name, BATCH, ROWS, COLUMNS, DEPTH) \
  static gboolean \
  name##_vulkan_grid (const SacKernelArgs *shapes, guint pass, guint32 groups[3]) \
  { \
    return _sac_vulkan_product_grid (BATCH, ROWS, COLUMNS, DEPTH, pass, groups); \
  } \
  static gsize \
  name##_vulkan_scratch (const SacKernelArgs *shapes) \
  { \
    return _sac_vulkan_product_scratch (BATCH, ROWS, COLUMNS, DEPTH); \
  } \
  static const SacVulkanVariant name##_vulkan[] = { { #name, NULL, name##_vulkan_grid, name##_vulkan_scratch }, { NULL } };

#define SAC_VULKAN_PLACES(name) \
  static const SacVulkanVariant name##_vulkan[] = { { #name, NULL, _sac_vulkan_place_grid, NULL }, { NULL } };
