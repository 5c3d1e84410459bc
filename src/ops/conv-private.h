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

/* Sizes of x (in), of the kernel and of y (out), each as time, row, column. */
typedef struct {
  gint32 n, c, k;
  gint32 in[3], kernel[3], out[3], stride[3], pad[3];
  gboolean replicate;           /* frames outside in time are the nearest one instead of zeros */
} SacConvGeometry;

/* Shape of y, or FALSE with words.  @name is the op's, for the words. */
gboolean _sac_conv_shape (const char *name, SacShape x, SacShape w, const SacConv3d *conv, SacShape *y, GError **error);
SacConvGeometry _sac_conv_geometry (SacShape x, SacShape w, SacShape y, const SacConv3d *conv);
double _sac_conv_flops (SacShape x, SacShape w, SacShape y);

/* Where output @o looks along @axis with kernel place @k: an index into x, or −1 for a padding zero. */
static inline gint32
_sac_conv_source (const SacConvGeometry *geo, int axis, gint32 o, gint32 k)
{
  gint32 i = o * geo->stride[axis] + k - geo->pad[axis];

  if (i >= 0 && i < geo->in[axis])
    return i;
  if (axis == 0 && geo->replicate)
    return i < 0 ? 0 : geo->in[0] - 1;
  return -1;
}
