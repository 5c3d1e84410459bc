// Matrix products put(b, row, column) = Σ_k left(b, row, k) · right(b, k, column), BATCH of them, ROWS × COLUMNS, DEPTH products each.
// Before this stand the four, and
//   float left(uint batch, uint row, uint k)     float right(uint batch, uint k, uint column)
//   void put(uint batch, uint row, uint column, float sum)
// and LEFT_BY_ROW where neighbouring rows, RIGHT_BY_COLUMN where neighbouring columns lie beside each other in memory (else the k do).
// A workgroup of 256 makes a tile of 64 × 64, or a longer one where there are few columns or rows, 16 or 8 products deep at a time; an
// invocation makes 4 × 4 of it.  Few tiles share the depth among several workgroups, whose sums the second pass adds in their order.
// The split is that of src/ops/vulkan-grids.c.
SCRATCH(scratch);
const uint WIDTH = COLUMNS <= 16 ? 16 : COLUMNS <= 32 ? 32 : ROWS <= 16 ? 256 : ROWS <= 32 ? 128 : 64, HEIGHT = 4096 / WIDTH;
const uint STEP = WIDTH == 16 || HEIGHT == 16 ? 8 : 16;
const uint ROW_TILES = (ROWS + HEIGHT - 1) / HEIGHT, COLUMN_TILES = (COLUMNS + WIDTH - 1) / WIDTH, TILES = ROW_TILES * COLUMN_TILES * BATCH;
const uint WANTED = TILES >= 256 ? 1 : 256 / TILES, MOST = (DEPTH + 255) / 256;
const uint SPLIT = WANTED < MOST ? WANTED : MOST;
const uint SHARE = ((DEPTH + SPLIT - 1) / SPLIT + STEP - 1) / STEP * STEP;
const uint LEFT_PITCH = HEIGHT + 1, RIGHT_PITCH = WIDTH + 1;
shared float left_tile[STEP * LEFT_PITCH], right_tile[STEP * RIGHT_PITCH];

void multiply(uint batch, uint first_row, uint first_column, uint from, uint to, out float sum[4][4])
{
  uint lane = gl_LocalInvocationID.x, my_row = lane / (WIDTH / 4) * 4, my_column = lane % (WIDTH / 4) * 4;

  for (uint i = 0; i < 4; i++)
    for (uint j = 0; j < 4; j++)
      sum[i][j] = 0.0;
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
      float a[4], b[4];
      for (uint i = 0; i < 4; i++) {
        a[i] = left_tile[k * LEFT_PITCH + my_row + i];
        b[i] = right_tile[k * RIGHT_PITCH + my_column + i];
      }
      for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++)
          sum[i][j] += a[i] * b[j];
    }
    barrier();
  }
}

void main()
{
  if (PASS == 0) {
    uint g = group(), share = g / TILES, batch = g / (ROW_TILES * COLUMN_TILES) % BATCH;
    uint row = g / COLUMN_TILES % ROW_TILES * HEIGHT, column = g % COLUMN_TILES * WIDTH;
    float sum[4][4];

    if (share >= SPLIT)
      return;
    multiply(batch, row, column, share * SHARE, min((share + 1) * SHARE, DEPTH), sum);
    row += gl_LocalInvocationID.x / (WIDTH / 4) * 4;
    column += gl_LocalInvocationID.x % (WIDTH / 4) * 4;
    for (uint i = 0; i < 4; i++)
      for (uint j = 0; j < 4; j++)
        if (row + i < ROWS && column + j < COLUMNS) {
          if (SPLIT == 1)
            put(batch, row + i, column + j, sum[i][j]);
          else
            scratch[((share * BATCH + batch) * ROWS + row + i) * COLUMNS + column + j] = sum[i][j];
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
