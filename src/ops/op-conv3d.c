/* conv3d: y[n,k,p] = Σ_{c,τ} w[k,c,τ] · x[n,c, p·stride + τ − pad], cross-correlation over time, rows and columns.
 * Paper: Tran 2015 §3.1.  x (N,C,T,H,W)  w (K,C,kT,kH,kW)  →  (N,K,T',H',W').
 * Outside x stand zeros; in time they may be the nearest frame instead (pad_time). */
#include "conv-kernel.h"
#include "vulkan-grids.h"

/* Larger sizes than these are mistakes; they also keep o·stride + k within 32 bits. */
#define MAX_STEP (1 << 20)

static gint32
axis_of (SacShape s, int axis)
{
  return axis == 0 ? s.t : axis == 1 ? s.h : s.w;
}

gboolean
_sac_conv_shape (const char *name, SacShape x, SacShape w, const SacConv3d *conv, SacShape *y, GError **error)
{
  g_autofree char *xs = sac_shape_dup_string (x), *ws = sac_shape_dup_string (w);
  const gint32 groups = MAX (conv->groups, 1);
  gint32 out[3];

  if (conv->pad_time < SAC_PAD_ZEROS || conv->pad_time > SAC_PAD_REPLICATE || conv->pad_space < SAC_PAD_ZEROS
      || conv->pad_space > SAC_PAD_REPLICATE)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "%s: this padding is pad3d's", name);
      return FALSE;
    }
  if (conv->groups < 0 || w.n % groups)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                   "%s: the %d kernels %s do not make %d groups", name, w.n, ws, conv->groups);
      return FALSE;
    }
  if ((gint64) w.c * groups != x.c)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                   "%s: x %s has %d channels, its kernel %s wants %" G_GINT64_FORMAT, name, xs, x.c, ws, (gint64) w.c * groups);
      return FALSE;
    }
  for (int a = 0; a < 3; a++)
    {
      gint64 in = axis_of (x, a), kernel = axis_of (w, a), stride = conv->stride[a], pad = conv->pad[a];
      gint64 dilation = conv->dilation[a] ? conv->dilation[a] : 1, more = conv->pad_more[a];
      gint64 room = in + 2 * pad + more - (kernel - 1) * dilation - 1;

      if (stride < 1 || stride > MAX_STEP || pad < 0 || pad > MAX_STEP || more < -MAX_STEP || more > MAX_STEP || dilation < 1
          || dilation > MAX_STEP || in < 1 || kernel < 1)
        {
          g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                       "%s: stride %d, padding %d (%+d) and dilation %d do not fit x %s and kernel %s", name, (int) stride, (int) pad,
                       (int) more, (int) dilation, xs, ws);
          return FALSE;
        }
      if (room < 0 || in + 2 * pad + more > G_MAXINT32)
        {
          g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                       "%s: the kernel %s does not fit into x %s with padding %d", name, ws, xs, (int) pad);
          return FALSE;
        }
      out[a] = (gint32) (room / stride + 1);
    }
  *y = SAC_SHAPE (x.n, w.n, out[0], out[1], out[2]);
  return TRUE;
}

static gboolean
nothing_happens (const SacConvGeometry *geo, int axis)
{
  return geo->in[axis] == 1 && geo->kernel[axis] == 1 && geo->out[axis] == 1 && geo->pad[axis] == 0;
}

static void
swap_axes (SacConvGeometry *geo, int a, int b)
{
  gint32 *const sizes[] = { geo->in, geo->kernel, geo->out, geo->stride, geo->pad, geo->dilation };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gint32 kept = sizes[i][a];

      sizes[i][a] = sizes[i][b];
      sizes[i][b] = kept;
    }
}

/* A kernel that covers its one picture is a matrix: memory is that of a 1×1×1 kernel with all places as channels. */
static void
join_places (SacConvGeometry *geo)
{
  gint64 places = 1;

  for (int a = 0; a < 3; a++)
    {
      if (geo->out[a] != 1 || geo->pad[a] != 0 || geo->kernel[a] != geo->in[a] || geo->dilation[a] != 1)
        return;
      places *= geo->in[a];
    }
  if (geo->groups != 1 || places * geo->c > G_MAXINT32)
    return;
  geo->c *= (gint32) places;
  for (int a = 0; a < 3; a++)
    geo->in[a] = geo->kernel[a] = geo->stride[a] = 1;
}

SacConvGeometry
_sac_conv_geometry (SacShape x, SacShape w, SacShape y, const SacConv3d *conv)
{
  SacConvGeometry geo = { .n = x.n, .c = x.c, .k = w.n, .groups = MAX (conv->groups, 1) };
  gboolean outside[3];

  for (int a = 0; a < 3; a++)
    {
      geo.in[a] = axis_of (x, a);
      geo.kernel[a] = axis_of (w, a);
      geo.out[a] = axis_of (y, a);
      geo.stride[a] = conv->stride[a];
      geo.pad[a] = conv->pad[a];
      geo.dilation[a] = conv->dilation[a] && geo.kernel[a] > 1 ? conv->dilation[a] : 1;
      outside[a] = geo.pad[a] > 0
                   || (geo.out[a] - 1) * geo.stride[a] + (geo.kernel[a] - 1) * geo.dilation[a] - geo.pad[a] >= geo.in[a];
    }
  geo.replicate = conv->pad_time == SAC_PAD_REPLICATE && outside[0];
  geo.replicate_space = conv->pad_space == SAC_PAD_REPLICATE && (outside[1] || outside[2]);
  if (nothing_happens (&geo, 2) && !nothing_happens (&geo, 1))
    swap_axes (&geo, 1, 2);
  else if (nothing_happens (&geo, 2))
    {
      swap_axes (&geo, 0, 2);
      geo.replicate_space = geo.replicate;
      geo.replicate = FALSE;
    }
  join_places (&geo);
  return geo;
}

double
_sac_conv_flops (SacShape w, SacShape y)
{
  return 2.0 * (double) sac_shape_count (y) * w.c * w.t * w.h * w.w;
}

static gboolean
conv3d_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  return _sac_conv_shape ("conv3d", src[0], src[1], params, out, error);
}

static void
conv3d_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const SacConv3d *conv = node->params;
  SacVar x = node->src[0], w = node->src[1];

  gx[0] = sac_conv3d_input (g, gy, w, conv, sac_graph_get_shape (g, x));
  gx[1] = sac_conv3d_weight (g, x, gy, conv, sac_graph_get_shape (g, w));
}

static void
conv3d_reference (const SacKernelArgs *args)
{
  const float *x = args->src[0].data, *w = args->src[1].data;
  float *y = args->dst.data;
  const SacConvGeometry geo = _sac_conv_geometry (args->src[0].shape, args->src[1].shape, args->dst.shape, args->params);
  const gint32 *in = geo.in, *kernel = geo.kernel, *out = geo.out, depth = geo.c / geo.groups;

  for (gint32 n = 0; n < geo.n; n++)
    for (gint32 to = 0; to < out[0]; to++)
      for (gint32 ho = 0; ho < out[1]; ho++)
        for (gint32 wo = 0; wo < out[2]; wo++)
          for (gint32 k = 0; k < geo.k; k++)
            {
              double sum = 0;

              for (gint32 kt = 0; kt < kernel[0]; kt++)
                for (gint32 kh = 0; kh < kernel[1]; kh++)
                  for (gint32 kw = 0; kw < kernel[2]; kw++)
                    {
                      gint32 ti = _sac_conv_source (&geo, 0, to, kt);
                      gint32 hi = _sac_conv_source (&geo, 1, ho, kh);
                      gint32 wi = _sac_conv_source (&geo, 2, wo, kw);
                      const float *a, *b;

                      if (ti < 0 || hi < 0 || wi < 0)
                        continue;
                      a = x + ((((gsize) n * in[0] + ti) * in[1] + hi) * in[2] + wi) * geo.c + k / (geo.k / geo.groups) * depth;
                      b = w + ((((gsize) k * kernel[0] + kt) * kernel[1] + kh) * kernel[2] + kw) * depth;
                      for (gint32 c = 0; c < depth; c++)
                        sum += (double) a[c] * b[c];
                    }
              *y++ = (float) sum;
            }
}

static double
conv3d_flops (const SacKernelArgs *shapes)
{
  return _sac_conv_flops (shapes->src[1].shape, shapes->dst.shape);
}

SAC_CONV_VARIANTS (forward, forward)

#define GROUPS (gsize) MAX (((const SacConv3d *) shapes->params)->groups, 1)
#define ROWS (sac_shape_count (shapes->dst.shape) / (gsize) shapes->dst.shape.c)
SAC_VULKAN_PRODUCT_MATRIX (conv3d, GROUPS, ROWS, (gsize) shapes->dst.shape.c / GROUPS,
                    sac_shape_count (shapes->src[1].shape) / (gsize) shapes->src[1].shape.n)

const SacOp sac_op_conv3d = {
  .vulkan = conv3d_vulkan,
  .name = "conv3d", .n_src = 2, .params_size = sizeof (SacConv3d),
  .infer = conv3d_infer, .vjp = conv3d_vjp, .reference = conv3d_reference,
  .cpu = forward_variants,
  .flops = conv3d_flops, .inplace = -1, .bf16 = SAC_SRC (0) | SAC_DST,
};

SacVar
sac_conv3d (SacGraph *g, SacVar x, SacVar w, const SacConv3d *conv)
{
  return sac_graph_append (g, &sac_op_conv3d, (SacVar[]) { x, w }, 2, conv);
}
