// Sums of OUTPUTS numbers, each over REDUCED elements; INNER results beside each other read elements beside each other.  Before this
// stand the three, and
//   uint element(uint output, uint r)              which element is number r of an output
//   void add(uint output, uint i, inout vec2 sum)  one element more
//   vec2 join(vec2 a, vec2 b)                      of two partial results
//   void finish(uint output, vec2 sum)             writes the result
//   START                                          of nothing
// A workgroup takes up to 64 outputs and a chunk of what is reduced; the second pass joins the chunks in their order, so that the bits
// are the same in every run.  The split is that of src/ops/vulkan-reduce.c.
SCRATCH(scratch);
const uint LANES = INNER > 32 ? 64 : INNER > 16 ? 32 : INNER > 8 ? 16 : INNER > 4 ? 8 : INNER > 2 ? 4 : INNER > 1 ? 2 : 1;
const uint ROWS = 64 / LANES;
const uint SHARE = ((REDUCED + 255) / 256 + ROWS - 1) / ROWS * ROWS, CHUNK = SHARE > 64 * ROWS ? SHARE : 64 * ROWS;
const uint CHUNKS = (REDUCED + CHUNK - 1) / CHUNK;
shared vec2 sums[64];

void main()
{
  if (PASS == 0) {
    const uint blocks = (INNER + LANES - 1) / LANES;
    uint g = group(), chunk = g % CHUNKS, outer = g / (CHUNKS * blocks);
    uint lane = gl_LocalInvocationID.x, row = lane / LANES, column = g / CHUNKS % blocks * LANES + lane % LANES;
    uint o = outer * INNER + column;
    bool mine = column < INNER && o < OUTPUTS;
    vec2 sum = START;

    if (mine)
      for (uint r = chunk * CHUNK + row; r < min((chunk + 1) * CHUNK, REDUCED); r += ROWS)
        add(o, element(o, r), sum);
    sums[lane] = sum;
    barrier();
    for (uint half_ = ROWS / 2; half_ > 0; half_ /= 2) {
      if (row < half_)
        sums[lane] = join(sums[lane], sums[lane + half_ * LANES]);
      barrier();
    }
    if (!mine || row > 0)
      return;
    if (CHUNKS == 1)
      finish(o, sums[lane]);
    else {
      scratch[2 * (chunk * OUTPUTS + o)] = sums[lane].x;
      scratch[2 * (chunk * OUTPUTS + o) + 1] = sums[lane].y;
    }
  } else {
    uint o = invocation();
    if (o >= OUTPUTS)
      return;
    vec2 sum = vec2(scratch[2 * o], scratch[2 * o + 1]);
    for (uint chunk = 1; chunk < CHUNKS; chunk++)
      sum = join(sum, vec2(scratch[2 * (chunk * OUTPUTS + o)], scratch[2 * (chunk * OUTPUTS + o) + 1]));
    finish(o, sum);
  }
}
