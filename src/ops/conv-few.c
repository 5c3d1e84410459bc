/* conv3d and conv3d_weight in bf16 where x is f32 and has few channels: the first layer.  x is copied as bf16 with an even number of
 * channels and with its columns' padding beside it, so that a kernel row is one run of whole words wherever it stands; the weights
 * get zeros in the same places. */
#include "conv-kernel.h"

#include <string.h>

#include "graph/sac-bf16.h"

typedef struct {
  const float *x;
  guint16 *to;
  gint32 c, even, width, wide, pad;     /* channels, and made even; columns, and with padding */
  gsize n_lines;
} Lines;

/* The arguments as the kernels get them, without data: more channels, wider x, no padding of columns. */
static SacKernelArgs
even_args (const SacKernelArgs *args, SacConv3dLike *like, gboolean weight)
{
  SacKernelArgs even = *args;
  SacConv3d *conv = &like->conv;
  SacTensor *w = weight ? &even.dst : &even.src[1];

  if (weight)
    *like = *(const SacConv3dLike *) args->params;
  else
    *conv = *(const SacConv3d *) args->params;
  even.params = weight ? (const void *) like : conv;
  even.src[0].shape.w += 2 * conv->pad[2];
  even.src[0].dtype = SAC_BF16;
  even.src[0].shape.c = w->shape.c = (w->shape.c + 1) / 2 * 2;
  conv->pad[2] = 0;
  like->like = w->shape;
  return even;
}

static gsize
round_up (gsize n)
{
  return (n + 63) / 64 * 64;
}

static gsize
line_bytes (const SacKernelArgs *even)
{
  return round_up (sac_shape_count (even->src[0].shape) * sizeof (guint16));
}

static void
copy_line (guint task, guint thread, gpointer data)
{
  const Lines *lines = data;
  const gsize from = (gsize) task * 16, end = MIN (from + 16, lines->n_lines);

  memset (lines->to + from * lines->wide * lines->even, 0, (end - from) * lines->wide * lines->even * sizeof (guint16));
  for (gsize line = from; line < end; line++)
    {
      const float *x = lines->x + line * lines->width * lines->c;
      guint16 *to = lines->to + (line * lines->wide + lines->pad) * lines->even;

      for (gint32 w = 0; w < lines->width; w++, x += lines->c, to += lines->even)
        for (gint32 c = 0; c < lines->c; c++)
          to[c] = sac_bf16_from_float (x[c]);
    }
}

static void
copy_lines (const SacKernelArgs *args, const SacKernelArgs *even)
{
  const SacShape x = args->src[0].shape, wide = even->src[0].shape;
  Lines lines = { args->src[0].data, sac_tensor_bf16 (&even->src[0]), x.c, wide.c, x.w, wide.w, (wide.w - x.w) / 2,
                  (gsize) x.n * x.t * x.h };

  sac_pool_run (args->pool, (guint) ((lines.n_lines + 15) / 16), copy_line, &lines);
}

/* Places of a kernel with @from channels to ones with @to channels. */
static void
copy_places (const float *in, gint32 from, float *out, gint32 to, gsize n)
{
  for (gsize i = 0; i < n; i++, in += from, out += to)
    for (gint32 c = 0; c < to; c++)
      out[c] = c < from ? in[c] : 0;
}

gboolean
_sac_conv_few_fits (SacShape w, const SacConvGeometry *geo)
{
  return w.w > 1 && _sac_conv_merges (geo) && (geo->c + 1) / 2 * 2 * geo->kernel[2] <= SAC_CONV_MERGE_FLOATS / 2
         && (geo->out[2] - 1) * geo->stride[2] + geo->kernel[2] <= geo->in[2] + 2 * geo->pad[2];
}

gsize
_sac_conv_few_forward_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConv3dLike like;
  SacKernelArgs even = even_args (shapes, &like, FALSE);

  return line_bytes (&even) + round_up (sac_shape_count (even.src[1].shape) * sizeof (float))
         + _sac_conv_forward_workspace (&even, kernels);
}

void
_sac_conv_few_forward (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  SacConv3dLike like;
  SacKernelArgs even = even_args (args, &like, FALSE);
  const SacShape w = args->src[1].shape;
  char *memory = args->workspace;

  even.src[0].data = (float *) memory;
  even.src[1].data = (float *) (memory + line_bytes (&even));
  even.workspace = (char *) even.src[1].data + round_up (sac_shape_count (even.src[1].shape) * sizeof (float));
  copy_lines (args, &even);
  copy_places (args->src[1].data, w.c, even.src[1].data, even.src[1].shape.c, sac_shape_count (w) / w.c);
  _sac_conv_forward (&even, kernels);
}

gsize
_sac_conv_few_weight_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels)
{
  SacConv3dLike like;
  SacKernelArgs even = even_args (shapes, &like, TRUE);

  return line_bytes (&even) + round_up (sac_shape_count (even.dst.shape) * sizeof (float))
         + _sac_conv_weight_pairs_workspace (&even, kernels);
}

void
_sac_conv_few_weight (const SacKernelArgs *args, const SacConvKernels *kernels)
{
  SacConv3dLike like;
  SacKernelArgs even = even_args (args, &like, TRUE);
  const SacShape w = args->dst.shape;
  char *memory = args->workspace;

  even.src[0].data = (float *) memory;
  even.dst.data = (float *) (memory + line_bytes (&even));
  even.workspace = (char *) even.dst.data + round_up (sac_shape_count (even.dst.shape) * sizeof (float));
  copy_lines (args, &even);
  _sac_conv_weight_pairs (&even, kernels);
  copy_places (even.dst.data, even.dst.shape.c, args->dst.data, w.c, sac_shape_count (w) / w.c);
}
