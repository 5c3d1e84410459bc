/* Comparisons as numbers; NaN where one of both is. */
#pragma once
#include "elementwise-private.h"

extern const SacOp sac_op_equal, sac_op_greater, sac_op_maximum, sac_op_minimum;
