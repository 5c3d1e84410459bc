/* u[t,o] = W·relu (bn (φ[t] − ψ[at (t,o)])): the first half of the mapping, a row of r numbers for each position and offset.
 * f (N,2r,T,1,1) = φ and ψ side by side, stats (2,r), γ, β (1,r), W (r,r)  →  (N,r,T,k,1).  methods/06 §2, step 4.
 * When stats are pairwise_stats (f), the gradient towards f is the total one, through the statistics too. */
#include "pairwise-private.h"

static gboolean
pairwise_map_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = _sac_pairwise_rows (params, src[0], src[0].c / 2);
  return _sac_pairwise_map_fits (src, params, error);
}

static void
pairwise_map_vjp (SacGraph *g, const SacNode *node, SacVar gu, SacVar gx[])
{
  const SacPairwise *p = node->params;
  SacVar f = node->src[0], stats = node->src[1], gamma = node->src[2], beta = node->src[3], w = node->src[4];
  SacNode from = sac_graph_get_node (g, stats);
  SacVar sums = _sac_pairwise_map_sums (g, f, stats, gamma, beta, w, gu, p), inverse, factor;
  gboolean total = from.op == &sac_op_pairwise_stats && from.src[0] == f && !sac_graph_wants_gradient (g, stats);

  gx[0] = _sac_pairwise_map_input (g, f, stats, gamma, beta, w, gu, total ? sums : 0, p);
  gx[2] = _sac_bn_row (g, sums, 1);
  gx[3] = _sac_bn_row (g, sums, 0);
  gx[4] = _sac_pairwise_map_weight (g, f, stats, gamma, beta, gu, p);
  if (total || !sac_graph_needs_gradient (g, stats))
    return;
  /* ∂/∂mean = −γ·s·Σg;  ∂/∂var = −½·γ·s²·Σ(g·d̂), as in bn_apply */
  inverse = _sac_bn_inverse (g, stats, p->eps);
  factor = sac_mul (g, gamma, inverse);
  gx[1] = sac_bn_running (g, sac_affine (g, sac_mul (g, factor, gx[3]), -1, 0),
                          sac_affine (g, sac_mul (g, sac_mul (g, factor, inverse), gx[2]), -0.5f, 0));
}

static void
pairwise_map_reference (const SacKernelArgs *args)
{
  SacPairwiseRow row;
  float *u = args->dst.data;

  _sac_pairwise_row_init (&row, args);
  while (_sac_pairwise_row_next (&row))
    for (gint32 k = 0; k < row.r; k++)
      {
        double sum = 0;

        for (gint32 c = 0; c < row.r; c++)
          sum += row.h[c] * args->src[4].data[(gsize) k * row.r + c];
        *u++ = (float) sum;
      }
  _sac_pairwise_row_clear (&row);
}

static void
map_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, k = (gsize) job->p.footprint;

  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *f = job->args->src[0].data + (gsize) i * job->t * 2 * r;
        float *u = job->args->dst.data + ((gsize) i * job->t + first) * k * r;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

        _sac_pairwise_relate (job, f, first, last, job->own);
        job->kernels->matrix (job->own, (gsize) (last - first) * k, job->r, job->w, SAC_PAIRWISE_ROUND (r), job->r, u);
      }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;

  return (gsize) SAC_PAIRWISE_STEP * p->footprint * args->src[2].shape.c;
}

static void
pairwise_map_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->src[2].shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[0].shape, r, r, own_floats (args));

  _sac_pairwise_pack_pairs (&job, args->src[4].data, r, r, TRUE);
  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, map_examples);
}

static gsize
pairwise_map_workspace (const SacKernelArgs *shapes)
{
  gint32 r = shapes->src[2].shape.c;

  return _sac_pairwise_workspace (shapes->params, shapes->src[0].shape.n, r, r, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_map)

static double
pairwise_map_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->dst.shape) * (2.0 * shapes->dst.shape.c + 4);
}

const SacOp sac_op_pairwise_map = {
  .name = "pairwise_map", .n_src = 5, .params_size = sizeof (SacPairwise), .infer = pairwise_map_infer, .vjp = pairwise_map_vjp,
  .reference = pairwise_map_reference, .cpu = pairwise_map_cpu, .flops = pairwise_map_flops, .inplace = -1,
};

SacVar
sac_pairwise_map (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar w, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_map, (SacVar[]) { f, stats, gamma, beta, w }, 5, p);
}
