#version 450
#extension GL_GOOGLE_include_directive : require
// x/(1 − rate), or 0 with probability rate: Philox 4x32-10 as src/base/sac-random.h has it; element e of an example is word e mod 4 of
// block e/4, the blocks of the run's examples one after the other.
#include "sac.glsl"
SOURCE(0, x);
SOURCE(1, key);
RESULT(y);
SHAPE(0, p);
FLOAT_PARAM(0, rate);
INT_PARAM(1, layer);

uint bits16(float v)
{
  return v >= 0.0 && v < 65536.0 ? uint(v) : 0;
}

// 64 bits as (low, high).
uvec2 add(uvec2 a, uvec2 b)
{
  uint carry, low = uaddCarry(a.x, b.x, carry);
  return uvec2(low, a.y + b.y + carry);
}

uvec2 times(uvec2 a, uint b)
{
  uint high, low;
  umulExtended(a.x, b, high, low);
  return uvec2(low, high + a.y * b);
}

uvec4 philox(uvec4 words, uvec2 k)
{
  for (int turn = 0; turn < 10; turn++) {
    uint high0, low0, high1, low1;
    umulExtended(0xD2511F53u, words.x, high0, low0);
    umulExtended(0xCD9E8D57u, words.z, high1, low1);
    words = uvec4(high1 ^ words.y ^ k.x, low1, high0 ^ words.w ^ k.y, low0);
    k += uvec2(0x9E3779B9u, 0xBB67AE85u);
  }
  return words;
}

void main()
{
  uint i = invocation(), size = pC * pT * pH * pW;
  if (i >= pN * size)
    return;
  uint e = i % size, limit = uint(rate * 4294967296.0);
  uvec2 seed = uvec2(bits16(key[0]) | bits16(key[1]) << 16, bits16(key[2]) | bits16(key[3]) << 16);
  uvec2 example = add(uvec2(bits16(key[4]) | bits16(key[5]) << 16, 0), uvec2(i / size, 0));
  uvec2 counter = add(times(example, (size + 3) / 4), uvec2(e / 4, 0));
  uvec4 block = philox(uvec4(counter, uint(layer), layer < 0 ? 0xffffffffu : 0), seed);
  y[i] = block[e % 4] < limit ? 0.0 : x[i] * (1.0 / (1.0 - rate));
}
