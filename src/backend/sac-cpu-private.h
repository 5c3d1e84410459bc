#pragma once
#include "graph/sac-graph.h"

/* The first variant of the op that this machine has and that fits; the terminator of the list stands for the reference. */
gboolean _sac_cpu_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error);
