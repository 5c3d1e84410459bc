/* One helper for the tests of all ops.  A case says shapes and parameters; the checks are the same for every op:
 *   variants   each CPU variant this machine has, alone and under each SACCADE_CPU_MASK, against the reference; guard
 *              bytes around result and workspace; sources unharmed; the same bits with 1, 2 and 3 threads and in place
 *   vulkan     the op alone on a Vulkan device against the reference, where there is one
 *   bf16       the same with operands stored as bf16, where op and variant allow it
 *   f16        on a Vulkan device with operands stored as f16, where the op allows it
 *   gradient   the adjoint against central differences, and (smooth) the adjoint of the adjoint
 *   memory     a program of the one op reports that memory is short, whichever allocation fails */
#pragma once
#include "backend/sac-backends.h"
#include "ops/sac-ops.h"

typedef enum {
  SAC_FILL_RANGE = 0,           /* even in [low, high); low = high = 0 means −1…1 */
  SAC_FILL_DISTINCT,            /* all different, far apart compared with the differences' step: for maxima and kinks */
  SAC_FILL_BITS,                /* 0 or 1 */
} SacFill;

typedef struct {
  SacShape shape;               /* n = 0: absent */
  SacFill fill;
  float low, high;
} SacCaseSource;

typedef struct {
  const char *op;
  SacCaseSource src[SAC_MAX_SRC];
  guint n_src;
  const void *params;
  double tolerance;             /* largest NMSE of a variant against the reference; 0 = the same bits */
  guint32 differentiable;       /* bit i: towards source i */
  gboolean smooth;              /* has second derivatives worth testing */
  const char *note;             /* or NULL: told when it fails */
  SacVar (*build) (SacGraph *graph, const SacVar src[]);        /* instead of one op: only the gradient is tested */
  gboolean tiny;                /* has numbers below 2⁻¹²⁶, which a GPU may take for 0 */
} SacOpCase;

/* Adds /ops/<op>/{variants,vulkan,bf16,f16,gradient,memory} for the cases, which must live as long as the tests. */
void sac_op_cases_add (const SacOpCase *cases, guint n_cases);

/* Even in [−1,1), a pure function of seed and index. */
float sac_test_number (guint64 seed, gsize i);
/* Σ(a−b)²/Σb². */
double sac_test_nmse (const float *a, const float *b, gsize n);
