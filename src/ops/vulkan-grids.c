#include "vulkan-grids.h"

#define PRODUCT_LOCAL 256

static guint32
divide_up (gsize a, gsize b)
{
  return (guint32) ((a + b - 1) / b);
}

/* ---- reductions. */

static gsize
count_chunks (gsize reduced, gsize inner, gsize *lanes)
{
  gsize rows, share, chunk;

  *lanes = 64;
  while (*lanes > 1 && inner <= *lanes / 2)
    *lanes /= 2;
  rows = 64 / *lanes;
  share = ((reduced + 255) / 256 + rows - 1) / rows * rows;
  chunk = MAX (share, 64 * rows);
  return (reduced + chunk - 1) / chunk;
}

gboolean
_sac_vulkan_reduce_grid (gsize outputs, gsize reduced, gsize inner, guint pass, guint32 groups[3])
{
  gsize lanes, chunks = count_chunks (reduced, inner, &lanes);

  groups[0] = pass == 0 ? (guint32) (outputs / inner * divide_up (inner, lanes) * chunks) : divide_up (outputs, SAC_VULKAN_LOCAL);
  return pass == 0 || (pass == 1 && chunks > 1);
}

gsize
_sac_vulkan_reduce_scratch (gsize outputs, gsize reduced, gsize inner)
{
  gsize lanes, chunks = count_chunks (reduced, inner, &lanes);

  return chunks > 1 ? 2 * sizeof (float) * chunks * outputs : 0;
}

/* ---- products. */

static gsize
tile_width (guint tile, gsize rows, gsize columns)
{
  if (tile == SAC_VULKAN_TILE_MATRIX)
    return 128;
  if (tile == SAC_VULKAN_TILE_8)
    return columns <= 64 ? 64 : rows <= 64 ? 256 : 128;
  if (tile == SAC_VULKAN_TILE_2)
    return columns <= 16 ? 16 : rows <= 16 ? 64 : 32;
  return columns <= 16 ? 16 : columns <= 32 ? 32 : rows <= 16 ? 256 : rows <= 32 ? 128 : 64;
}

static gsize
tile_height (guint tile, gsize rows, gsize columns)
{
  gsize per = tile == SAC_VULKAN_TILE_8 ? 8 : tile == SAC_VULKAN_TILE_2 ? 2 : 4;

  return tile == SAC_VULKAN_TILE_MATRIX ? 128 : PRODUCT_LOCAL * per * per / tile_width (tile, rows, columns);
}

static gsize
count_tiles (guint tile, gsize batch, gsize rows, gsize columns)
{
  return batch * divide_up (rows, tile_height (tile, rows, columns)) * divide_up (columns, tile_width (tile, rows, columns));
}

static gsize
count_shares (guint tile, gsize batch, gsize rows, gsize columns, gsize depth)
{
  gsize tiles = count_tiles (tile, batch, rows, columns);

  return MIN (tiles >= 256 ? 1 : 256 / tiles, divide_up (depth, 256));
}

gboolean
_sac_vulkan_product_fits (guint tile, gsize rows, gsize columns)
{
  return (tile != SAC_VULKAN_TILE_8 && tile != SAC_VULKAN_TILE_MATRIX) || (rows > 32 && columns > 32);
}

gboolean
_sac_vulkan_product_grid (guint tile, gsize batch, gsize rows, gsize columns, gsize depth, guint pass, guint32 groups[3])
{
  gsize shares = count_shares (tile, batch, rows, columns, depth);

  groups[0] = pass == 0 ? (guint32) (count_tiles (tile, batch, rows, columns) * shares)
                        : divide_up (batch * rows * columns, PRODUCT_LOCAL);
  return pass == 0 || (pass == 1 && shares > 1);
}

gsize
_sac_vulkan_product_scratch (guint tile, gsize batch, gsize rows, gsize columns, gsize depth)
{
  gsize shares = count_shares (tile, batch, rows, columns, depth);

  return shares > 1 ? sizeof (float) * shares * batch * rows * columns : 0;
}

/* ---- products that count: a record of sums for 1024 rows or more, at most 64. */

#define RECORD_ROWS 1024
#define MOST_RECORDS 64
#define HEAD 16                 /* numbers before the records, and before the rows of one */

static gsize
count_records (gsize rows)
{
  return MIN (divide_up (rows, RECORD_ROWS), MOST_RECORDS);
}

gboolean
_sac_vulkan_counted_grid (guint tile, gsize batch, gsize rows, gsize columns, guint pass, guint32 groups[3])
{
  groups[0] = pass == 0 ? (guint32) count_tiles (tile, batch, rows, columns)
                        : divide_up (count_records (rows) * batch * columns, PRODUCT_LOCAL);
  return pass <= 1;
}

gsize
_sac_vulkan_counted_scratch (guint tile, gsize batch, gsize rows, gsize columns)
{
  return sizeof (float) * 3 * divide_up (rows, tile_height (tile, rows, columns)) * batch * columns;
}

gsize
_sac_vulkan_counted_tail (gsize rows, gsize channels)
{
  return sizeof (float) * (HEAD + count_records (rows) * (HEAD + 3 * channels));
}

gboolean
_sac_vulkan_place_grid (const SacKernelArgs *shapes, guint pass, guint32 groups[3])
{
  SacShape x = shapes->src[0].shape;

  groups[0] = (guint32) (sac_shape_count (x) / (gsize) x.c);
  return pass == 0;
}
