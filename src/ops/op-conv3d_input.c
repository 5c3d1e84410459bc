/* conv3d_input: gx[n,c,q] = Σ_{k,τ} w[k,c,τ] · gy[n,k,p] over all p, τ with p·stride + τ − pad = q: the gradient of conv3d
 * towards x, which is also the transposed convolution.  gy (N,K,T',H',W')  w (K,C,kT,kH,kW)  →  (N,C,T,H,W).
 * With replicated borders the contributions of what lies before the first land on the first, of what lies after the last on the
 * last.  The sum over k is over the kernels of c's group. */
#include "conv-kernel.h"
#include "vulkan-grids.h"

static gboolean
conv3d_input_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacConv3dLike *like = params;
  SacShape y;

  if (!_sac_conv_shape ("conv3d_input", like->like, src[1], &like->conv, &y, error))
    return FALSE;
  if (!sac_shape_equal (y, src[0]))
    {
      g_autofree char *ys = sac_shape_dup_string (y), *gs = sac_shape_dup_string (src[0]);

      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                   "conv3d_input: the gradient is %s, the convolution yields %s", gs, ys);
      return FALSE;
    }
  *out = like->like;
  return TRUE;
}

static void
conv3d_input_vjp (SacGraph *g, const SacNode *node, SacVar v, SacVar gx[])
{
  const SacConv3dLike *like = node->params;
  SacVar gy = node->src[0], w = node->src[1];

  gx[0] = sac_conv3d (g, v, w, &like->conv);
  gx[1] = sac_conv3d_weight (g, v, gy, &like->conv, sac_graph_get_shape (g, w));
}

static void
conv3d_input_reference (const SacKernelArgs *args)
{
  const SacConv3dLike *like = args->params;
  const float *gy = args->src[0].data, *w = args->src[1].data;
  float *gx = args->dst.data;
  const SacConvGeometry geo = _sac_conv_geometry (like->like, args->src[1].shape, args->src[0].shape, &like->conv);
  const gint32 *in = geo.in, *kernel = geo.kernel, *out = geo.out, depth = geo.c / geo.groups, per_group = geo.k / geo.groups;
  gint32 from[3], to[3], o[3];

  for (gint32 n = 0; n < geo.n; n++)
    for (gint32 ti = 0; ti < in[0]; ti++)
      for (gint32 hi = 0; hi < in[1]; hi++)
        for (gint32 wi = 0; wi < in[2]; wi++)
          for (gint32 c = 0; c < geo.c; c++)
            {
              const gint32 k0 = c / depth * per_group;
              double sum = 0;

              for (gint32 kt = 0; kt < kernel[0]; kt++)
                for (gint32 kh = 0; kh < kernel[1]; kh++)
                  for (gint32 kw = 0; kw < kernel[2]; kw++)
                    {
                      const float *b = w + ((((gsize) k0 * kernel[0] + kt) * kernel[1] + kh) * kernel[2] + kw) * depth + c % depth;

                      if (!_sac_conv_readers (&geo, 0, ti, kt, &from[0], &to[0]) || !_sac_conv_readers (&geo, 1, hi, kh, &from[1], &to[1])
                          || !_sac_conv_readers (&geo, 2, wi, kw, &from[2], &to[2]))
                        continue;
                      for (o[0] = from[0]; o[0] <= to[0]; o[0]++)
                        for (o[1] = from[1]; o[1] <= to[1]; o[1]++)
                          for (o[2] = from[2]; o[2] <= to[2]; o[2]++)
                            {
                              const float *a = gy + ((((gsize) n * out[0] + o[0]) * out[1] + o[1]) * out[2] + o[2]) * geo.k + k0;

                              for (gint32 k = 0; k < per_group; k++)
                                sum += (double) a[k] * b[(gsize) k * kernel[0] * kernel[1] * kernel[2] * depth];
                            }
                    }
              *gx++ = (float) sum;
            }
}

static double
conv3d_input_flops (const SacKernelArgs *shapes)
{
  return _sac_conv_flops (shapes->src[1].shape, shapes->src[0].shape);
}

SAC_CONV_VARIANTS (input, input)

#define GROUPS (gsize) MAX (((const SacConv3dLike *) shapes->params)->conv.groups, 1)
#define ROWS (sac_shape_count (shapes->dst.shape) / (gsize) shapes->dst.shape.c)
#define TAPS (sac_shape_count (shapes->src[1].shape) / (gsize) shapes->src[1].shape.n / (gsize) shapes->src[1].shape.c)
SAC_VULKAN_PRODUCT_MATRIX (conv3d_input, GROUPS, ROWS, (gsize) shapes->src[1].shape.c, TAPS * (gsize) shapes->src[0].shape.c / GROUPS)

const SacOp sac_op_conv3d_input = {
  .vulkan = conv3d_input_vulkan,
  .name = "conv3d_input", .n_src = 2, .params_size = sizeof (SacConv3dLike),
  .infer = conv3d_input_infer, .vjp = conv3d_input_vjp, .reference = conv3d_input_reference,
  .cpu = input_variants,
  .flops = conv3d_input_flops, .inplace = -1, .bf16 = SAC_SRC (0) | SAC_DST,
};

SacVar
sac_conv3d_input (SacGraph *g, SacVar gy, SacVar w, const SacConv3d *conv, SacShape like)
{
  SacConv3dLike params = { *conv, like };

  return sac_graph_append (g, &sac_op_conv3d_input, (SacVar[]) { gy, w }, 2, &params);
}

SacVar
sac_conv_transpose3d (SacGraph *g, SacVar x, SacVar w, const SacConv3d *conv, const gint32 output_padding[3])
{
  const SacShape xs = sac_graph_get_shape (g, x), ws = sac_graph_get_shape (g, w);
  const gint32 sizes[3] = { xs.t, xs.h, xs.w }, kernel[3] = { ws.t, ws.h, ws.w };
  gint32 out[3];

  if (!x || !w)
    return 0;
  for (int a = 0; a < 3; a++)
    {
      gint64 size = (gint64) (sizes[a] - 1) * conv->stride[a] - 2 * (gint64) conv->pad[a] - conv->pad_more[a]
                    + (gint64) (kernel[a] - 1) * MAX (conv->dilation[a], 1) + 1 + (output_padding ? output_padding[a] : 0);

      if (size < 1 || size > G_MAXINT32 || ws.c > G_MAXINT32 / MAX (conv->groups, 1))
        {
          g_autofree char *xt = sac_shape_dup_string (xs), *wt = sac_shape_dup_string (ws);

          sac_graph_poison (g, "conv_transpose3d: x %s and kernel %s yield no size in axis %d", xt, wt, a);
          return 0;
        }
      out[a] = (gint32) size;
    }
  return sac_conv3d_input (g, x, w, conv, SAC_SHAPE (xs.n, ws.c * MAX (conv->groups, 1), out[0], out[1], out[2]));
}
