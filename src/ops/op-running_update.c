/* Running statistics: r ← (1−m)·r + m·s, the variance unbiased by count/(count−1).  Paper: Ioffe & Szegedy 2015, alg. 2. */
#include "elementwise-private.h"

typedef struct {
  float momentum;
  guint count;
} Update;

static void
running_update_reference (const SacKernelArgs *args)
{
  const Update *update = args->params;
  gint32 n_c = args->src[0].shape.c;
  const float *stats = args->src[2].data;
  double m = update->momentum, unbiased = update->count > 1 ? (double) update->count / (update->count - 1) : 1;

  for (gint32 c = 0; c < n_c; c++)
    {
      args->src[0].data[c] = (float) ((1 - m) * args->src[0].data[c] + m * stats[c]);
      args->src[1].data[c] = (float) ((1 - m) * args->src[1].data[c] + m * unbiased * stats[n_c + c]);
    }
}

static gboolean
running_update_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], SAC_SHAPE (1, src[0].c, 1, 1, 1)) && sac_shape_equal (src[0], src[1])
         && sac_shape_equal (src[2], SAC_SHAPE (2, src[0].c, 1, 1, 1));
}

const SacOp sac_op_running_update = {
  .name = "running_update", .n_src = 3, .params_size = sizeof (Update), .infer = running_update_infer,
  .reference = running_update_reference, .inplace = -1, .mutates = 1 | 2,
};

void
sac_running_update (SacGraph *g, SacVar running_mean, SacVar running_var, SacVar stats, float momentum, guint count)
{
  sac_graph_append (g, &sac_op_running_update, (SacVar[]) { running_mean, running_var, stats }, 3, &(Update) { momentum, count });
}
