/* Sigmoid and binary cross-entropy in one pass each way. */
#pragma once
#include "math-private.h"

SacVar _sac_bce (SacGraph *g, SacVar z, SacVar target);                         /* ln(1 + e^z) − z·t */
SacVar _sac_bce_grad (SacGraph *g, SacVar z, SacVar target, SacVar v);          /* v·(sigmoid(z) − t) */
