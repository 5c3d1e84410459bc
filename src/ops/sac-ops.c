#include "sac-ops.h"

#include <string.h>

#define SAC_OP(word) extern const SacOp sac_op_##word;
#include "ops.inc"
#undef SAC_OP

#define SAC_OP(word) &sac_op_##word,
const SacOp *const sac_ops[] = {
#include "ops.inc"
  NULL,
};

const SacOp *
sac_op_find (const char *name)
{
  for (guint i = 0; sac_ops[i]; i++)
    if (strcmp (sac_ops[i]->name, name) == 0)
      return sac_ops[i];
  return NULL;
}
