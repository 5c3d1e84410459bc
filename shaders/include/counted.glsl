// A product that counts its columns: each tile leaves its first row and the sums of differences from it and of their squares in the scratch
// memory, plane by plane; the second pass joins neighbouring tiles to a few records behind the result (sums-behind.glsl).  Orders are
// fixed by the shapes.  Before this stands stored (value), the number as it is read again, and the result y (r).
#include "sums-behind.glsl"
const uint CHANNELS = BATCH * COLUMNS, RECORD_WISH = (ROWS + 1023) / 1024, RECORD_MOST = RECORD_WISH < 64 ? RECORD_WISH : 64;
const uint TILES_EACH = (ROW_TILES + RECORD_MOST - 1) / RECORD_MOST, RECORDS = (ROW_TILES + TILES_EACH - 1) / TILES_EACH;
shared vec2 part[LOCAL];
shared float first[LOCAL / 2];

void count_tile(uint batch, uint first_row, uint first_column)
{
  uint lane = gl_LocalInvocationID.x, across = WIDTH / PER, my_row = lane / across, my_column = lane % across;

  for (uint j = 0; j < PER; j++) {
    uint column = first_column + my_column * PER + j, at = first_row / HEIGHT * CHANNELS + batch * COLUMNS + column;
    vec2 sum = vec2(0.0);

    if (my_row == 0)
      first[my_column] = stored(sums[j]);
    barrier();
    for (uint i = 0; i < PER; i++)
      if (first_row + my_row * PER + i < ROWS) {
        float d = stored(sums[i * PER + j]) - first[my_column];
        sum += vec2(d, d * d);
      }
    part[lane] = sum;
    barrier();
    for (uint half_ = HEIGHT / PER / 2; half_ > 0; half_ /= 2) {
      if (my_row < half_)
        part[lane] += part[lane + half_ * across];
      barrier();
    }
    if (my_row == 0 && column < COLUMNS) {
      scratch[at] = first[my_column];
      scratch[at + ROW_TILES * CHANNELS] = part[lane].x;
      scratch[at + 2 * ROW_TILES * CHANNELS] = part[lane].y;
    }
    barrier();
  }
}

void join_tiles(uint e)
{
  uint record = e / CHANNELS, c = e % CHANNELS, from = record * TILES_EACH, tail = TAIL_AT(r, HALVED);
  uint at = RECORD_AT(tail, record, CHANNELS);
  Sums all = Sums(0.0, 0.0, 0.0);

  if (record >= RECORDS)
    return;
  for (uint tile = from; tile < min(from + TILES_EACH, ROW_TILES); tile++) {
    uint i = tile * CHANNELS + c;
    float n = float(min(HEIGHT, ROWS - tile * HEIGHT)), sum = scratch[i + ROW_TILES * CHANNELS], own = sum / n;

    join_sums(all, n, scratch[i] - scratch[from * CHANNELS + c] + own, max(scratch[i + 2 * ROW_TILES * CHANNELS] - sum * own, 0.0));
  }
  if (e == 0)
    y[tail] = float(RECORDS);
  if (c == 0)
    y[at] = all.n;
  y[at + 16 + c] = scratch[from * CHANNELS + c];
  y[at + 16 + CHANNELS + c] = all.mean;
  y[at + 16 + 2 * CHANNELS + c] = all.squares;
}
