/* y = a + b; an axis of size 1 stretches. */
#include "elementwise-private.h"

SAC_DEFINE_BINARY (add, a + b)

static void
add_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar a = node->src[0], b = node->src[1];

  gx[0] = sac_sum_to (g, gy, sac_graph_get_shape (g, a));
  gx[1] = sac_sum_to (g, gy, sac_graph_get_shape (g, b));
}

static const guint32 spirv[] = {
#include "add.spv.inc"
};

static guint
add_dispatch (const SacKernelArgs *shapes, guint32 *constants, guint32 groups[3])
{
  SacShape y = shapes->dst.shape;
  guint n = 0;

  constants[n++] = (guint32) sac_shape_count (y);
  constants[n++] = (guint32) y.t, constants[n++] = (guint32) y.h, constants[n++] = (guint32) y.w, constants[n++] = (guint32) y.c;
  for (guint i = 0; i < 2; i++)
    {
      SacShape s = shapes->src[i].shape;

      constants[n++] = (guint32) s.n, constants[n++] = (guint32) s.t, constants[n++] = (guint32) s.h;
      constants[n++] = (guint32) s.w, constants[n++] = (guint32) s.c;
    }
  groups[0] = (constants[0] + 63) / 64;
  return n;
}

const SacOp sac_op_add = {
  .spirv = spirv, .spirv_bytes = sizeof spirv, .dispatch = add_dispatch,
  .name = "add", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = add_vjp, .reference = add_reference, .cpu = add_cpu,
  .inplace = 0, .bf16 = SAC_ALL_OPERANDS,
};

const SacOp *const sac_graph_sum_op = &sac_op_add;

SacVar
sac_add (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_add, (SacVar[]) { a, b }, 2, NULL);
}
