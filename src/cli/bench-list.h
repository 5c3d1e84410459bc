#pragma once
#include "base/sac-base.h"

/* Prints what there is to measure, a line a workload. */
gboolean _sac_bench_list (gboolean as_json, GError **error);
