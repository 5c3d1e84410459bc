// Maps that act on each axis by itself, by the kinds of src/ops/resample-private.h: how much place i of the axis `from` counts in place
// o of the axis `to`.  For a place of the result only what lies near it is asked.
#include "sac.glsl"
INT_PARAM(0, kind);
INT_PARAM(1, turned);
INT_PARAM(2, from_t);
INT_PARAM(3, from_h);
INT_PARAM(4, from_w);
INT_PARAM(5, to_t);
INT_PARAM(6, to_h);
INT_PARAM(7, to_w);
INT_PARAM(8, kernel_t);
INT_PARAM(9, kernel_h);
INT_PARAM(10, kernel_w);
INT_PARAM(11, stride_t);
INT_PARAM(12, stride_h);
INT_PARAM(13, stride_w);
INT_PARAM(14, pad_t);
INT_PARAM(15, pad_h);
INT_PARAM(16, pad_w);
INT_PARAM(17, option);
const int AVERAGE = 0, ADAPTIVE = 1, NEAREST = 2, LINEAR = 3, PAD = 4, REPLICATE = 1, REFLECT = 2;

struct Axis { int from, to, kernel, stride, pad; };

// The places of `from` that place o of `to` is made of: first, last.
ivec2 reach(Axis a, int o)
{
  if (kind == AVERAGE) {
    int start = o * a.stride - a.pad, end = min(start + a.kernel, a.from + a.pad);
    return ivec2(max(start, 0), min(end, a.from) - 1);
  }
  if (kind == ADAPTIVE)
    return ivec2(o * a.from / a.to, ((o + 1) * a.from + a.to - 1) / a.to - 1);
  if (kind == NEAREST)
    return ivec2(o * a.from / a.to);
  if (kind == LINEAR) {
    // whole numbers: the place is top/bottom
    int top = option != 0 ? o * (a.from - 1) : (2 * o + 1) * a.from - a.to, bottom = option != 0 ? a.to - 1 : 2 * a.to;
    int low = top <= 0 || bottom <= 0 ? 0 : min(top / bottom, a.from - 1);
    return ivec2(low, top > 0 && bottom > 0 && low * bottom < top ? min(low + 1, a.from - 1) : low);
  }
  int i = o - a.pad;
  if (option == REPLICATE)
    return ivec2(clamp(i, 0, a.from - 1));
  if (option == REFLECT)
    return ivec2(i < 0 ? -i : i >= a.from ? 2 * (a.from - 1) - i : i);
  return i < 0 || i >= a.from ? ivec2(0, -1) : ivec2(i);
}

// How much place i, in reach, counts in place o.
float weight(Axis a, int o, int i, ivec2 r)
{
  if (kind == AVERAGE) {
    int start = o * a.stride - a.pad, end = min(start + a.kernel, a.from + a.pad);
    return 1.0 / float(option != 0 ? end - start : r.y - r.x + 1);
  }
  if (kind == ADAPTIVE)
    return 1.0 / float(r.y - r.x + 1);
  if (kind == LINEAR && r.x < r.y) {
    int top = option != 0 ? o * (a.from - 1) : (2 * o + 1) * a.from - a.to, bottom = option != 0 ? a.to - 1 : 2 * a.to;
    float part = float(top - r.x * bottom) / float(bottom);
    return i == r.x ? 1.0 - part : part;
  }
  return 1.0;
}

// All o that place i may count in: first, last.  Some of them may not hold it.
ivec2 reached(Axis a, int i)
{
  if (kind == AVERAGE) {
    int first = i + a.pad - a.kernel + 1;
    return ivec2(first > 0 ? (first + a.stride - 1) / a.stride : 0, min((i + a.pad) / a.stride, a.to - 1));
  }
  if (kind == PAD)
    return option == 0 ? ivec2(max(i + a.pad, 0), min(i + a.pad, a.to - 1)) : ivec2(0, a.to - 1);
  // monotone maps: a place more on each side covers what rounding does
  int low = (i - 1) * a.to / a.from - 2, high = (i + 2) * a.to / a.from + 2;
  if (kind == LINEAR && option != 0 && a.from > 1) {
    low = (i - 1) * (a.to - 1) / (a.from - 1) - 2;
    high = (i + 1) * (a.to - 1) / (a.from - 1) + 2;
  }
  return ivec2(clamp(low, 0, a.to - 1), clamp(high, 0, a.to - 1));
}
