// Functions of one number, by the kinds of src/ops/unary-private.h.
#include "functions.glsl"
INT_PARAM(0, kind);
FLOAT_PARAM(1, low);
FLOAT_PARAM(2, high);
const int ABS = 0, CLAMP = 1, EXP = 2, HARD_SIGMOID = 3, HARD_SWISH = 4, LEAKY_RELU = 5, LOG = 6, SIGMOID = 7, SOFTPLUS = 8, SWISH = 9,
          TANH = 10;
