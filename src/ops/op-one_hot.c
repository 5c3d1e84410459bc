/* labels (N,1,T,H,W) → (N,K,T,H,W): 1 − s + s/K at the class, s/K elsewhere; 0 everywhere where the label is negative (unknown),
 * NaN where it is no class. */
#include "softmax-private.h"

typedef struct {
  gint32 n_classes;
  float smoothing;
} OneHot;

static gboolean
one_hot_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[0];
  out->c = ((const OneHot *) params)->n_classes;
  return src[0].c == 1 && out->c > 0;
}

static void
one_hot_rows (const SacKernelArgs *args, gsize from, gsize to)
{
  const OneHot *hot = args->params;

  for (gsize r = from; r < to; r++)
    {
      float *y = args->dst.data + r * (gsize) hot->n_classes, off = 0, on = 0;
      gint32 index;

      _sac_label_read (args->src[0].data[r], hot->n_classes, hot->smoothing, &index, &off, &on);
      for (gint32 c = 0; c < hot->n_classes; c++)
        y[c] = c == index ? on : off;
    }
}

static void
one_hot_reference (const SacKernelArgs *args)
{
  one_hot_rows (args, 0, sac_shape_count (args->src[0].shape));
}

static void
one_hot_pieces (const SacKernelArgs *args)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), (gsize) args->dst.shape.c, one_hot_rows);
}

static void
one_hot_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
}

static const SacCpuVariant one_hot_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, one_hot_pieces }, { NULL } };

const SacOp sac_op_one_hot = {
  .name = "one_hot", .n_src = 1, .params_size = sizeof (OneHot), .infer = one_hot_infer, .vjp = one_hot_vjp,
  .reference = one_hot_reference, .cpu = one_hot_cpu, .inplace = -1,
};

SacVar
_sac_one_hot (SacGraph *g, SacVar labels, gint32 n_classes, float smoothing)
{
  return sac_graph_append (g, &sac_op_one_hot, &labels, 1, &(OneHot) { n_classes, smoothing });
}

SacVar
sac_one_hot (SacGraph *g, SacVar labels, gint32 n_classes)
{
  return _sac_one_hot (g, labels, n_classes, 0);
}
