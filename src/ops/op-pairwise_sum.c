/* y[t] = Σ_o a[t,o] ⊙ v[at (t,o)], a = W·relu (bn (u)) + b: the second half of the mapping and the weighted sum of the values.
 * u (N,r,T,k,1), stats (2,r), γ, β (1,r), W (m,r), b (1,m), v (N,m,T,1,1)  →  (N,m,T,1,1).  methods/06 §2, steps 4 and 5.
 * The weights a, k times as large as y, live in registers only. */
#include <string.h>

#include "pairwise-private.h"

static gboolean
pairwise_sum_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  gint32 m = src[6].c;

  *out = src[6];
  return _sac_pairwise_fits (params, src[6], error) && _sac_pairwise_sum_fits (src, src[6], params)
         && sac_shape_equal (src[4], SAC_SHAPE (m, src[0].c, 1, 1, 1)) && sac_shape_equal (src[5], SAC_SHAPE (1, m, 1, 1, 1));
}

/* What bn_apply with ReLU would do with the gradient of h₂, from ops that make the mask again; see op-bn_apply.c. */
static void
batch_norm_vjp (SacGraph *g, const SacNode *node, SacVar gh, SacVar gx[])
{
  float eps = ((const SacPairwise *) node->params)->eps;
  SacVar u = node->src[0], stats = node->src[1], gamma = node->src[2], beta = node->src[3], inverse, factor;
  SacVar sums = sac_graph_append (g, &sac_op_bn_sums, (SacVar[]) { gh, u, stats, gamma, beta }, 5, &eps);
  SacNode from = sac_graph_get_node (g, stats);

  gx[3] = _sac_bn_row (g, sums, 0);
  gx[2] = _sac_bn_row (g, sums, 1);
  if (from.op == &sac_op_bn_stats && from.src[0] == u && !sac_graph_wants_gradient (g, stats))
    {
      gx[0] = sac_graph_append (g, &sac_op_bn_input, (SacVar[]) { gh, u, stats, gamma, sums, beta }, 6, &eps);
      return;
    }
  inverse = _sac_bn_inverse (g, stats, eps);
  factor = sac_mul (g, gamma, inverse);
  gx[0] = sac_mul (g, _sac_bn_expand_mask (g, gh, u, stats, gamma, beta, eps), factor);
  gx[1] = sac_bn_running (g, sac_affine (g, sac_mul (g, factor, gx[3]), -1, 0),
                          sac_affine (g, sac_mul (g, sac_mul (g, factor, inverse), gx[2]), -0.5f, 0));
}

static void
pairwise_sum_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const SacPairwise *p = node->params;
  SacVar u = node->src[0], stats = node->src[1], gamma = node->src[2], beta = node->src[3], w = node->src[4], bias = node->src[5];
  SacVar v = node->src[6], weight = _sac_pairwise_sum_weight (g, u, stats, gamma, beta, v, gy, p);
  gint32 r = sac_graph_get_shape (g, u).c;

  batch_norm_vjp (g, node, _sac_pairwise_sum_rows (g, v, gy, w, p), gx);
  gx[4] = sac_slice (g, weight, SAC_AXIS_C, 0, r);
  gx[5] = sac_permute (g, sac_slice (g, weight, SAC_AXIS_C, r, 1),
                       (SacAxis[]) { SAC_AXIS_C, SAC_AXIS_N, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_W });
  gx[6] = _sac_pairwise_sum_value (g, u, stats, gamma, beta, w, bias, gy, p);
}

static void
pairwise_sum_reference (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gint32 n_t = args->dst.shape.t, m = args->dst.shape.c;
  g_autofree double *h = g_new (double, args->src[0].shape.c), *a = g_new (double, m), *sums = g_new (double, m);
  float *y = args->dst.data;
  gsize row = 0;

  for (gint32 i = 0; i < args->dst.shape.n; i++)
    for (gint32 t = 0; t < n_t; t++, y += m)
      {
        memset (sums, 0, sizeof (double) * (gsize) m);
        for (gint32 o = 0; o < p->footprint; o++)
          {
            const float *v = args->src[6].data + ((gsize) i * n_t + _sac_pairwise_at (p, n_t, t, o)) * m;

            _sac_pairwise_mapped (args, row++, h, a);
            for (gint32 c = 0; c < m; c++)
              sums[c] += a[c] * v[c];
          }
        for (gint32 c = 0; c < m; c++)
          y[c] = (float) sums[c];
      }
}

/* A task's floats: rows h₂. */
static void
sum_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, m = (gsize) job->m, k = (gsize) job->p.footprint;

  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *v = job->args->src[6].data + (gsize) i * job->t * m;
        float *y = job->args->dst.data + (gsize) i * job->t * m;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

        _sac_pairwise_activate (job, job->args->src[0].data + (gsize) i * job->t * k * r, first, last, job->own);
        for (gint32 t = first; t < last; t++)
          job->kernels->sum (job->own + (gsize) (t - first) * k * r, job->p.footprint, job->r, job->w, SAC_PAIRWISE_ROUND (m),
                             job->bias, job->m, _sac_pairwise_read (job, v, m, t), y + (gsize) t * m);
      }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;

  return (gsize) SAC_PAIRWISE_STEP * p->footprint * args->src[0].shape.c;
}

static void
pairwise_sum_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->src[0].shape.c, m = args->dst.shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->dst.shape, r, m, own_floats (args));

  _sac_pairwise_pack (&job, args->src[4].data, r, m, TRUE);
  memcpy (job.bias, args->src[5].data, sizeof (float) * (gsize) m);
  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, sum_examples);
}

static gsize
pairwise_sum_workspace (const SacKernelArgs *shapes)
{
  return _sac_pairwise_workspace (shapes->params, shapes->dst.shape.n, shapes->src[0].shape.c, shapes->dst.shape.c, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_sum)

static double
pairwise_sum_flops (const SacKernelArgs *shapes)
{
  const SacPairwise *p = shapes->params;

  return (double) sac_shape_count (shapes->dst.shape) * p->footprint * (2.0 * shapes->src[0].shape.c + 2);
}

const SacOp sac_op_pairwise_sum = {
  .name = "pairwise_sum", .n_src = 7, .params_size = sizeof (SacPairwise), .infer = pairwise_sum_infer, .vjp = pairwise_sum_vjp,
  .reference = pairwise_sum_reference, .cpu = pairwise_sum_cpu, .flops = pairwise_sum_flops, .inplace = -1,
};

SacVar
sac_pairwise_sum (SacGraph *g, SacVar u, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar bias, SacVar v, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_sum, (SacVar[]) { u, stats, gamma, beta, w, bias, v }, 7, p);
}
