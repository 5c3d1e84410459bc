// The convolution family: what a kernel's place reads, and who reads a place.  Axes are time, row, column.
#define LOCAL 256
#include "sac.glsl"
INT_PARAM(0, stride_t);
INT_PARAM(1, stride_h);
INT_PARAM(2, stride_w);
INT_PARAM(3, pad_t);
INT_PARAM(4, pad_h);
INT_PARAM(5, pad_w);
INT_PARAM(6, replicate_t);
INT_PARAM(7, replicate_hw);
INT_PARAM(8, dilation_t_);
INT_PARAM(9, dilation_h_);
INT_PARAM(10, dilation_w_);
INT_PARAM(11, groups_);
const int dilation_t = dilation_t_ > 0 ? dilation_t_ : 1, dilation_h = dilation_h_ > 0 ? dilation_h_ : 1;
const int dilation_w = dilation_w_ > 0 ? dilation_w_ : 1;
const uint GROUPS = groups_ > 0 ? uint(groups_) : 1;

// The place that output o reads through place d of the kernel; −1: the zeros outside.
int read_at(uint o, uint d, int stride, int dilation, int pad, int size, bool replicate)
{
  int i = int(o) * stride + int(d) * dilation - pad;

  if (replicate)
    return clamp(i, 0, size - 1);
  return i < size ? i : -1;
}

// Outputs from.x to from.y read place i through place d of the kernel; none if from.x > from.y.
ivec2 readers(uint i, uint d, int stride, int dilation, int pad, int size, int outputs, bool replicate)
{
  int v = int(i) + pad - int(d) * dilation;
  int low = v > 0 ? (v + stride - 1) / stride : 0, high = v >= 0 ? v / stride : -1;

  if (replicate && i == 0)
    low = 0;
  if (replicate && int(i) == size - 1)
    high = outputs - 1;
  return ivec2(low, min(high, outputs - 1));
}
