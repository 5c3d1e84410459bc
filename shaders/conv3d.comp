#version 450
#extension GL_GOOGLE_include_directive : require
#include "sac.glsl"
// y(n,t,h,w,k) = sum over taps and c of x(n, t*st+dt-pt, h*sh+dh-ph, w*sw+dw-pw, c) * f(k,dt,dh,dw,c).
// Each invocation makes up to 4 neighbouring output channels of one group at one position: x is read once for all four.
layout(constant_id = 0) const uint N = 1;
layout(constant_id = 1) const uint C = 1;
layout(constant_id = 2) const int T = 1;
layout(constant_id = 3) const int H = 1;
layout(constant_id = 4) const int W = 1;
layout(constant_id = 5) const uint K = 1;
layout(constant_id = 6) const int kT = 1;
layout(constant_id = 7) const int kH = 1;
layout(constant_id = 8) const int kW = 1;
layout(constant_id = 9) const uint oT = 1;
layout(constant_id = 10) const uint oH = 1;
layout(constant_id = 11) const uint oW = 1;
layout(constant_id = 12) const int stride_t = 1;
layout(constant_id = 13) const int stride_h = 1;
layout(constant_id = 14) const int stride_w = 1;
layout(constant_id = 15) const int pad_t = 0;
layout(constant_id = 16) const int pad_h = 0;
layout(constant_id = 17) const int pad_w = 0;
layout(constant_id = 18) const uint replicate_t = 0;
layout(constant_id = 19) const uint replicate_hw = 0;
layout(constant_id = 20) const int dilation_t = 1;
layout(constant_id = 21) const int dilation_h = 1;
layout(constant_id = 22) const int dilation_w = 1;
layout(constant_id = 23) const uint groups = 1;
SOURCE(0, x);
SOURCE(1, f);
RESULT(2, y);

void main()
{
  uint kernels = K / groups, depth = C / groups, per_group = (kernels + 3) / 4, blocks = per_group * groups, i = invocation();
  if (i >= N * oT * oH * oW * blocks)
    return;
  uint group = i % blocks / per_group, first = i % blocks % per_group * 4, k = group * kernels + first, at = i / blocks;
  uint w = at % oW, h = at / oW % oH, t = at / (oW * oH) % oT, n = at / (oW * oH * oT);
  uint lanes = min(4u, kernels - first), taps = uint(kT * kH * kW) * depth;
  vec4 sum = vec4(0.0);

  for (int dt = 0; dt < kT; dt++) {
    int xt = int(t) * stride_t + dt * dilation_t - pad_t;
    if (replicate_t != 0)
      xt = clamp(xt, 0, T - 1);
    if (xt < 0 || xt >= T)
      continue;
    for (int dh = 0; dh < kH; dh++) {
      int xh = int(h) * stride_h + dh * dilation_h - pad_h;
      if (replicate_hw != 0)
        xh = clamp(xh, 0, H - 1);
      if (xh < 0 || xh >= H)
        continue;
      for (int dw = 0; dw < kW; dw++) {
        int xw = int(w) * stride_w + dw * dilation_w - pad_w;
        if (replicate_hw != 0)
          xw = clamp(xw, 0, W - 1);
        if (xw < 0 || xw >= W)
          continue;
        uint from = (((n * uint(T) + uint(xt)) * uint(H) + uint(xh)) * uint(W) + uint(xw)) * C + group * depth;
        uint tap = k * taps + uint((dt * kH + dh) * kW + dw) * depth;
        for (uint c = 0; c < depth; c++) {
          float v = x[from + c];
          for (uint l = 0; l < lanes; l++)
            sum[l] += v * f[tap + l * taps + c];
        }
      }
    }
  }
  for (uint l = 0; l < lanes; l++)
    y[at * K + k + l] = sum[l];
}
