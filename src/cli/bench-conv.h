#pragma once
#include "base/sac-base.h"

/* Prints, for each kind of convolution in the networks at hand (those whose name contains @only, unless NULL), the time and speed
 * of the forward pass and of both gradients. */
gboolean _sac_bench_conv (const char *device, guint threads, const char *only, GError **error);
