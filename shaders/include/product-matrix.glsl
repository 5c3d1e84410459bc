// The products of product.glsl by cooperative matrices: f16 factors, f32 sums.  A workgroup of eight subgroups of 32 makes a tile of
// 128 × 128; each subgroup 32 × 64 of it, in pieces of 16 × 16.  While a slice of the depth is multiplied, the next is fetched into the
// other half of the shared memory.  The split of the depth is that of src/ops/vulkan-grids.c.
SCRATCH(scratch);
const uint SIDE = 128, STEP = 16, PIECE = 16, LEFT_PITCH = STEP + 8, RIGHT_PITCH = SIDE + 8;
const uint ROW_TILES = (ROWS + SIDE - 1) / SIDE, COLUMN_TILES = (COLUMNS + SIDE - 1) / SIDE, TILES = ROW_TILES * COLUMN_TILES * BATCH;
const uint WANTED = TILES >= 256 ? 1 : 256 / TILES, MOST = (DEPTH + 255) / 256;
const uint SPLIT = WANTED < MOST ? WANTED : MOST;
const uint SHARE = ((DEPTH + SPLIT - 1) / SPLIT + STEP - 1) / STEP * STEP;
shared float16_t left_tile[2 * SIDE * LEFT_PITCH], right_tile[2 * STEP * RIGHT_PITCH];
shared float stage[8 * PIECE * PIECE];

void fetch(uint into, uint batch, uint first_row, uint first_column, uint k0, uint to)
{
  for (uint e = gl_LocalInvocationID.x; e < SIDE * STEP; e += LOCAL) {
#ifdef LEFT_BY_ROW
    uint k = e / SIDE, row = e % SIDE;
#else
    uint k = e % STEP, row = e / STEP;
#endif
    left_tile[into * SIDE * LEFT_PITCH + row * LEFT_PITCH + k] =
      float16_t(first_row + row < ROWS && k0 + k < to ? left(batch, first_row + row, k0 + k) : 0.0);
  }
  for (uint e = gl_LocalInvocationID.x; e < SIDE * STEP; e += LOCAL) {
#ifdef RIGHT_BY_COLUMN
    uint k = e / SIDE, column = e % SIDE;
#else
    uint k = e % STEP, column = e / STEP;
#endif
    right_tile[into * STEP * RIGHT_PITCH + k * RIGHT_PITCH + column] =
      float16_t(first_column + column < COLUMNS && k0 + k < to ? right(batch, k0 + k, first_column + column) : 0.0);
  }
}

void finish_piece(uint batch, uint share, uint row, uint column)
{
  for (uint e = gl_SubgroupInvocationID; e < PIECE * PIECE; e += gl_SubgroupSize) {
    uint at_row = row + e / PIECE, at_column = column + e % PIECE;
    float sum = stage[gl_SubgroupID * PIECE * PIECE + e];

    if (at_row < ROWS && at_column < COLUMNS) {
      if (SPLIT == 1)
        put(batch, at_row, at_column, sum);
      else
        scratch[((share * BATCH + batch) * ROWS + at_row) * COLUMNS + at_column] = sum;
    }
  }
}

void main()
{
  if (PASS == 0) {
    uint g = group(), share = g / TILES, batch = g / (ROW_TILES * COLUMN_TILES) % BATCH;
    uint row = g / COLUMN_TILES % ROW_TILES * SIDE, column = g % COLUMN_TILES * SIDE;
    uint from = share * SHARE, to = min((share + 1) * SHARE, DEPTH), now = 0;
    uint my_row = gl_SubgroupID / 2 * 32, my_column = gl_SubgroupID % 2 * 64;
    fcoopmatNV<32, gl_ScopeSubgroup, PIECE, PIECE> sums[8];

    if (share >= SPLIT)
      return;
    for (uint i = 0; i < 8; i++)
      sums[i] = fcoopmatNV<32, gl_ScopeSubgroup, PIECE, PIECE>(0.0);
    fetch(0, batch, row, column, from, to);
    barrier();
    for (uint k0 = from; k0 < to; k0 += STEP) {
      fcoopmatNV<16, gl_ScopeSubgroup, PIECE, PIECE> a[2], b;

      if (k0 + STEP < to)
        fetch(1 - now, batch, row, column, k0 + STEP, to);
      for (uint i = 0; i < 2; i++)
        coopMatLoadNV(a[i], left_tile, now * SIDE * LEFT_PITCH + (my_row + i * PIECE) * LEFT_PITCH, LEFT_PITCH, false);
      for (uint j = 0; j < 4; j++) {
        coopMatLoadNV(b, right_tile, now * STEP * RIGHT_PITCH + my_column + j * PIECE, RIGHT_PITCH, false);
        for (uint i = 0; i < 2; i++)
          sums[i * 4 + j] = coopMatMulAddNV(a[i], b, sums[i * 4 + j]);
      }
      barrier();
      now = 1 - now;
    }
    for (uint i = 0; i < 8; i++) {
      coopMatStoreNV(sums[i], stage, gl_SubgroupID * PIECE * PIECE, PIECE, false);
      subgroupMemoryBarrierShared();
      subgroupBarrier();
      finish_piece(batch, share, row + my_row + i / 4 * PIECE, column + my_column + i % 4 * PIECE);
      subgroupBarrier();
    }
  } else {
    uint e = invocation();
    float sum = 0.0;

    if (e >= BATCH * ROWS * COLUMNS)
      return;
    for (uint share = 0; share < SPLIT; share++)
      sum += scratch[share * BATCH * ROWS * COLUMNS + e];
    put(e / (ROWS * COLUMNS), e / COLUMNS % ROWS, e % COLUMNS, sum);
  }
}
