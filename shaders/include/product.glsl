#ifdef MATRIX
#include "product-matrix.glsl"
#else
// Matrix products put(b, row, column) = Σ_k left(b, row, k) · right(b, k, column), BATCH of them, ROWS × COLUMNS, DEPTH products each.
// Before this stand the four, and
//   float left(uint batch, uint row, uint k)     float right(uint batch, uint k, uint column)
//   void put(uint batch, uint row, uint column, float sum)
// and LEFT_BY_ROW where neighbouring rows, RIGHT_BY_COLUMN where neighbouring columns lie beside each other in memory (else the k do).
// A workgroup of 256 makes a tile; an invocation makes PER × PER of it: 4 × 4, or 8 × 8 (TILE 1), or 2 × 2 (TILE 2).  Tiles are square, or
// longer ones where there are few columns or rows, and 16 or 8 products deep at a time.  Few tiles share the depth among several
// workgroups, whose sums the second pass adds in their order.  The split is that of src/ops/vulkan-grids.c.  With COUNTED (counted.glsl)
// no depth is shared, and the second pass joins what was counted.
SCRATCH(scratch);
const uint PER = TILE == 1 ? 8 : TILE == 2 ? 2 : 4, AREA = 256 * PER * PER;
const uint WIDTH_4 = COLUMNS <= 16 ? 16 : COLUMNS <= 32 ? 32 : ROWS <= 16 ? 256 : ROWS <= 32 ? 128 : 64;
const uint WIDTH_8 = COLUMNS <= 64 ? 64 : ROWS <= 64 ? 256 : 128, WIDTH_2 = COLUMNS <= 16 ? 16 : ROWS <= 16 ? 64 : 32;
const uint WIDTH = TILE == 1 ? WIDTH_8 : TILE == 2 ? WIDTH_2 : WIDTH_4, HEIGHT = AREA / WIDTH;
const uint STEP_4 = WIDTH == 16 || HEIGHT == 16 ? 8 : 16, STEP = TILE == 0 ? STEP_4 : 16;
const uint ROW_TILES = (ROWS + HEIGHT - 1) / HEIGHT, COLUMN_TILES = (COLUMNS + WIDTH - 1) / WIDTH, TILES = ROW_TILES * COLUMN_TILES * BATCH;
const uint WANTED = TILES >= 256 ? 1 : 256 / TILES, MOST = (DEPTH + 255) / 256;
#ifdef COUNTED
const uint SPLIT = 1;
#else
const uint SPLIT = WANTED < MOST ? WANTED : MOST;
#endif
const uint SHARE = ((DEPTH + SPLIT - 1) / SPLIT + STEP - 1) / STEP * STEP;
const uint LEFT_PITCH = HEIGHT + 1, RIGHT_PITCH = WIDTH + 1;
shared float left_tile[STEP * LEFT_PITCH], right_tile[STEP * RIGHT_PITCH];
float sums[PER * PER];         // of this invocation, row by row
#ifdef COUNTED
#include "counted.glsl"
#endif

void multiply(uint batch, uint first_row, uint first_column, uint from, uint to)
{
  uint lane = gl_LocalInvocationID.x, my_row = lane / (WIDTH / PER) * PER, my_column = lane % (WIDTH / PER) * PER;

  for (uint i = 0; i < PER * PER; i++)
    sums[i] = 0.0;
  for (uint k0 = from; k0 < to; k0 += STEP) {
    for (uint e = lane; e < HEIGHT * STEP; e += LOCAL) {
#ifdef LEFT_BY_ROW
      uint k = e / HEIGHT, row = e % HEIGHT;
#else
      uint k = e % STEP, row = e / STEP;
#endif
      left_tile[k * LEFT_PITCH + row] = first_row + row < ROWS && k0 + k < to ? left(batch, first_row + row, k0 + k) : 0.0;
    }
    for (uint e = lane; e < WIDTH * STEP; e += LOCAL) {
#ifdef RIGHT_BY_COLUMN
      uint k = e / WIDTH, column = e % WIDTH;
#else
      uint k = e % STEP, column = e / STEP;
#endif
      right_tile[k * RIGHT_PITCH + column] = first_column + column < COLUMNS && k0 + k < to ? right(batch, k0 + k, first_column + column) : 0.0;
    }
    barrier();
    for (uint k = 0; k < STEP; k++) {
      float a[PER], b[PER];
      for (uint i = 0; i < PER; i++) {
        a[i] = left_tile[k * LEFT_PITCH + my_row + i];
        b[i] = right_tile[k * RIGHT_PITCH + my_column + i];
      }
      for (uint i = 0; i < PER; i++)
        for (uint j = 0; j < PER; j++)
          sums[i * PER + j] += a[i] * b[j];
    }
    barrier();
  }
}

void main()
{
  if (PASS == 0) {
    uint g = group(), share = g / TILES, batch = g / (ROW_TILES * COLUMN_TILES) % BATCH;
    uint row = g / COLUMN_TILES % ROW_TILES * HEIGHT, column = g % COLUMN_TILES * WIDTH;

    if (share >= SPLIT)
      return;
    multiply(batch, row, column, share * SHARE, min((share + 1) * SHARE, DEPTH));
#ifdef COUNTED
    count_tile(batch, row, column);
#endif
    row += gl_LocalInvocationID.x / (WIDTH / PER) * PER;
    column += gl_LocalInvocationID.x % (WIDTH / PER) * PER;
    for (uint i = 0; i < PER; i++)
      for (uint j = 0; j < PER; j++)
        if (row + i < ROWS && column + j < COLUMNS) {
          if (SPLIT == 1)
            put(batch, row + i, column + j, sums[i * PER + j]);
          else
            scratch[((share * BATCH + batch) * ROWS + row + i) * COLUMNS + column + j] = sums[i * PER + j];
        }
  } else {
    uint e = invocation();
#ifdef COUNTED
    join_tiles(e);
#else
    float sum = 0.0;

    if (e >= BATCH * ROWS * COLUMNS)
      return;
    for (uint share = 0; share < SPLIT; share++)
      sum += scratch[share * BATCH * ROWS * COLUMNS + e];
    put(e / (ROWS * COLUMNS), e / COLUMNS % ROWS, e % COLUMNS, sum);
#endif
  }
}
#endif
