/* conv3d_weight: gw[k,c,τ] = Σ_{n,p} gy[n,k,p] · x[n,c, p·stride + τ − pad]: the gradient of conv3d towards its kernel.
 * x (N,C,T,H,W)  gy (N,K,T',H',W')  →  (K,C,kT,kH,kW). */
#include "conv-kernel.h"
#include "vulkan-grids.h"

static gboolean
conv3d_weight_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacConv3dLike *like = params;
  SacShape y;

  if (!_sac_conv_shape ("conv3d_weight", src[0], like->like, &like->conv, &y, error))
    return FALSE;
  if (!sac_shape_equal (y, src[1]))
    {
      g_autofree char *ys = sac_shape_dup_string (y), *gs = sac_shape_dup_string (src[1]);

      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                   "conv3d_weight: the gradient is %s, the convolution yields %s", gs, ys);
      return FALSE;
    }
  *out = like->like;
  return TRUE;
}

static void
conv3d_weight_vjp (SacGraph *g, const SacNode *node, SacVar v, SacVar gx[])
{
  const SacConv3dLike *like = node->params;
  SacVar x = node->src[0], gy = node->src[1];

  gx[0] = sac_conv3d_input (g, gy, v, &like->conv, sac_graph_get_shape (g, x));
  gx[1] = sac_conv3d (g, x, v, &like->conv);
}

static void
conv3d_weight_reference (const SacKernelArgs *args)
{
  const SacConv3dLike *like = args->params;
  const float *x = args->src[0].data, *gy = args->src[1].data;
  float *gw = args->dst.data;
  const SacConvGeometry geo = _sac_conv_geometry (args->src[0].shape, like->like, args->src[1].shape, &like->conv);
  const gint32 *in = geo.in, *kernel = geo.kernel, *out = geo.out, depth = geo.c / geo.groups;

  for (gint32 k = 0; k < geo.k; k++)
    for (gint32 kt = 0; kt < kernel[0]; kt++)
      for (gint32 kh = 0; kh < kernel[1]; kh++)
        for (gint32 kw = 0; kw < kernel[2]; kw++)
          for (gint32 c = 0; c < depth; c++)
            {
              const gint32 first = k / (geo.k / geo.groups) * depth;
              double sum = 0;

              for (gint32 n = 0; n < geo.n; n++)
                for (gint32 to = 0; to < out[0]; to++)
                  for (gint32 ho = 0; ho < out[1]; ho++)
                    for (gint32 wo = 0; wo < out[2]; wo++)
                      {
                        gint32 ti = _sac_conv_source (&geo, 0, to, kt);
                        gint32 hi = _sac_conv_source (&geo, 1, ho, kh);
                        gint32 wi = _sac_conv_source (&geo, 2, wo, kw);
                        const float *a, *b;

                        if (ti < 0 || hi < 0 || wi < 0)
                          continue;
                        a = x + ((((gsize) n * in[0] + ti) * in[1] + hi) * in[2] + wi) * geo.c + first + c;
                        b = gy + ((((gsize) n * out[0] + to) * out[1] + ho) * out[2] + wo) * geo.k + k;
                        sum += (double) *a * *b;
                      }
              *gw++ = (float) sum;
            }
}

static double
conv3d_weight_flops (const SacKernelArgs *shapes)
{
  return _sac_conv_flops (shapes->dst.shape, shapes->src[1].shape);
}

SAC_CONV_VARIANTS (weight, weight_pairs)

#define GROUPS (gsize) MAX (((const SacConv3dLike *) shapes->params)->conv.groups, 1)
#define COLUMNS (sac_shape_count (shapes->dst.shape) / (gsize) shapes->dst.shape.n)
SAC_VULKAN_PRODUCT_MATRIX (conv3d_weight, GROUPS, (gsize) shapes->dst.shape.n / GROUPS, COLUMNS,
                    sac_shape_count (shapes->src[1].shape) / (gsize) shapes->src[1].shape.c)

const SacOp sac_op_conv3d_weight = {
  .vulkan = conv3d_weight_vulkan,
  .name = "conv3d_weight", .n_src = 2, .params_size = sizeof (SacConv3dLike),
  .infer = conv3d_weight_infer, .vjp = conv3d_weight_vjp, .reference = conv3d_weight_reference,
  .cpu = weight_variants,
  .flops = conv3d_weight_flops, .inplace = -1, .bf16 = SAC_SRC (0) | SAC_SRC (1),
};

SacVar
sac_conv3d_weight (SacGraph *g, SacVar x, SacVar gy, const SacConv3d *conv, SacShape like)
{
  SacConv3dLike params = { *conv, like };

  return sac_graph_append (g, &sac_op_conv3d_weight, (SacVar[]) { x, gy }, 2, &params);
}
