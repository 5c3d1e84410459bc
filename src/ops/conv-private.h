/* What the convolution family shares: one geometry, three ops.  The three are the faces of one trilinear form
 *   Φ(x,w,g) = Σ g[n,k,p]·w[k,c,τ]·x[n,c,frame(p,τ)]
 * whose partial derivatives are conv3d (towards g), conv3d_input (towards x) and conv3d_weight (towards w), so the adjoint
 * of each towards each source is another of the three, and so are second derivatives. */
#pragma once
#include "sac-ops.h"

extern const SacOp sac_op_conv3d, sac_op_conv3d_input, sac_op_conv3d_weight;

/* Parameters of the two gradients: the shape of the result cannot be told from the sources alone. */
typedef struct {
  SacConv3d conv;
  SacShape like;
} SacConv3dLike;

/* What stands behind a convolution and is done on the way out: batch norm with given statistics or a bias, a residual, a ReLU. */
typedef struct {
  SacConv3d conv;
  float eps;
  gint32 relu;
} SacConv3dApply;

extern const SacOp sac_op_conv3d_apply;

/* conv3d that leaves sums for bn_stats behind its result, and the op that makes the statistics of them. */
extern const SacOp sac_op_conv3d_stats, sac_op_bn_stats_join;
/* Whether that is faster than bn_stats reading the result again. */
gboolean _sac_conv_stats_pays (SacShape x, SacShape w, SacShape y, const SacConv3d *conv);

#define SAC_CONV_MERGE_FLOATS 64

/* Sizes of x (in), of the kernel and of y (out), each as time, row, column.  A convolution along one axis only lies along the
 * columns here, whichever axis it is: memory is the same, and the walks know columns best. */
typedef struct {
  gint32 n, c, k;               /* channels of x and of y, all groups together */
  gint32 in[3], kernel[3], out[3], stride[3], pad[3], dilation[3];
  gint32 groups;
  gboolean replicate;           /* frames outside in time are the nearest one instead of zeros */
  gboolean replicate_space;     /* so are rows and columns */
} SacConvGeometry;

/* Shape of y, or FALSE with words.  @name is the op's, for the words. */
gboolean _sac_conv_shape (const char *name, SacShape x, SacShape w, const SacConv3d *conv, SacShape *y, GError **error);
SacConvGeometry _sac_conv_geometry (SacShape x, SacShape w, SacShape y, const SacConv3d *conv);
double _sac_conv_flops (SacShape w, SacShape y);

/* Where output @o looks along @axis with kernel place @k: an index into x, or −1 for a padding zero. */
static inline gint32
_sac_conv_source (const SacConvGeometry *geo, int axis, gint32 o, gint32 k)
{
  gint32 i = o * geo->stride[axis] + k * geo->dilation[axis] - geo->pad[axis];

  if (i >= 0 && i < geo->in[axis])
    return i;
  if (axis == 0 ? geo->replicate : geo->replicate_space)
    return i < 0 ? 0 : geo->in[axis] - 1;
  return -1;
}

/* Neither groups nor dilation nor replicated rows and columns: what most walks are made for. */
static inline gboolean
_sac_conv_simple (const SacConvGeometry *geo)
{
  return geo->groups == 1 && geo->dilation[0] == 1 && geo->dilation[1] == 1 && geo->dilation[2] == 1 && !geo->replicate_space;
}

/* Few channels (the first layer: 3) would fill a vector badly.  But a kernel row of kW pixels is one run of kW·C numbers in x and
 * in w, and where this holds the walks treat the run as the unit. */
static inline gboolean
_sac_conv_merges (const SacConvGeometry *geo)
{
  return geo->c < 16 && geo->kernel[2] > 1 && geo->c * geo->kernel[2] <= SAC_CONV_MERGE_FLOATS;
}

/* The places of y along @axis that read place @i of x by kernel place @k: a range; several only where replicated ones add up. */
static inline gboolean
_sac_conv_readers (const SacConvGeometry *geo, int axis, gint32 i, gint32 k, gint32 *first, gint32 *last)
{
  const gboolean replicate = axis == 0 ? geo->replicate : geo->replicate_space;
  gint32 stride = geo->stride[axis], at = i + geo->pad[axis] - k * geo->dilation[axis];

  *first = at <= 0 ? 0 : (at + stride - 1) / stride;
  *last = at < 0 ? -1 : at / stride;
  if (replicate && i == 0)
    *first = 0;
  if (replicate && i == geo->in[axis] - 1)
    *last = geo->out[axis] - 1;
  *last = MIN (*last, geo->out[axis] - 1);
  return *first <= *last;
}

static inline gboolean
_sac_conv_frames (const SacConvGeometry *geo, gint32 t, gint32 kt, gint32 *first, gint32 *last)
{
  return _sac_conv_readers (geo, 0, t, kt, first, last);
}

/* A frame axis along which nothing happens joins the batch, so that pixels of all frames and pictures make up full tiles. */
static inline void
_sac_conv_fold_time (SacConvGeometry *geo)
{
  if (geo->kernel[0] == 1 && geo->stride[0] == 1 && geo->pad[0] == 0 && (gint64) geo->n * geo->in[0] < G_MAXINT32)
    {
      geo->n *= geo->in[0];
      geo->in[0] = geo->out[0] = 1;
    }
}

/* The geometry of conv3d, conv3d_input and conv3d_weight from their arguments. */
static inline SacConvGeometry
_sac_conv_forward_geometry (const SacKernelArgs *args)
{
  return _sac_conv_geometry (args->src[0].shape, args->src[1].shape, args->dst.shape, args->params);
}

static inline SacConvGeometry
_sac_conv_input_geometry (const SacKernelArgs *args)
{
  const SacConv3dLike *like = args->params;

  return _sac_conv_geometry (args->dst.shape, args->src[1].shape, args->src[0].shape, &like->conv);
}

static inline SacConvGeometry
_sac_conv_weight_geometry (const SacKernelArgs *args)
{
  const SacConv3dLike *like = args->params;

  return _sac_conv_geometry (args->src[0].shape, args->dst.shape, args->src[1].shape, &like->conv);
}
