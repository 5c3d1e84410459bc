/* dft: one part of the discrete Fourier transform along time,
 *   y[n,c,f,h,w] = Σ_t x[n,c,t,h,w] · cos (2πft/T)   or   − x · sin (2πft/T).
 * x (N,C,T,H,W) → (N,C,F,H,W), F ≤ T bins from 0 on.  The adjoint is the product with the turned matrix, the same op.  Meant for short
 * windows (methods/06 §5: 64 samples), where the plain matrix beats everything cleverer. */
#include "targets-private.h"

#include <math.h>

#define MOST 65536              /* of T: the matrix must not outgrow memory */

typedef struct {
  gint32 samples, bins;         /* T, F */
  gint32 sine, transposed;
} Dft;

extern const SacOp sac_op_dft;

static gboolean
dft_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const Dft *dft = params;
  g_autofree char *text = NULL;

  *out = src[0];
  out->t = dft->transposed ? dft->samples : dft->bins;
  if (dft->samples >= 1 && dft->bins >= 1 && dft->bins <= dft->samples && (gint64) dft->samples * dft->bins <= MOST * (gint64) 1024
      && src[0].t == (dft->transposed ? dft->bins : dft->samples))
    return TRUE;
  text = sac_shape_dup_string (src[0]);
  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "dft: %d bins of %d samples do not fit %s", dft->bins, dft->samples, text);
  return FALSE;
}

static void
dft_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  Dft dft = *(const Dft *) node->params;

  dft.transposed = !dft.transposed;
  gx[0] = sac_graph_append (g, &sac_op_dft, &gy, 1, &dft);
}

/* The product f·t is taken modulo T first, so that the angle stays exact. */
static double
element (const Dft *dft, gint32 f, gint32 t)
{
  const double angle = 2 * G_PI * (double) ((gint64) f * t % dft->samples) / dft->samples;

  return dft->sine ? -sin (angle) : cos (angle);
}

static void
dft_reference (const SacKernelArgs *args)
{
  const Dft *dft = args->params;
  const SacShape x = args->src[0].shape, y = args->dst.shape;
  const gsize inner = (gsize) x.h * (gsize) x.w * (gsize) x.c;

  for (gint32 n = 0; n < x.n; n++)
    for (gint32 o = 0; o < y.t; o++)
      for (gsize e = 0; e < inner; e++)
        {
          double sum = 0;

          for (gint32 i = 0; i < x.t; i++)
            sum += args->src[0].data[((gsize) n * (gsize) x.t + (gsize) i) * inner + e]
                   * (dft->transposed ? element (dft, i, o) : element (dft, o, i));
          args->dst.data[((gsize) n * (gsize) y.t + (gsize) o) * inner + e] = (float) sum;
        }
}

/* One task is one example; the sums of all results of an element lie side by side, so that vectors run over them. */
typedef struct {
  const SacKernelArgs *args;
  const float *matrix;          /* [source place][result place] */
  float *sums;
} Job;

SAC_BODY void
dft_body (guint n, guint thread, gpointer data)
{
  const Job *job = data;
  const SacShape x = job->args->src[0].shape, y = job->args->dst.shape;
  const gsize inner = (gsize) x.h * (gsize) x.w * (gsize) x.c, results = (gsize) y.t;
  const float *from = job->args->src[0].data + n * (gsize) x.t * inner;
  float *restrict sums = job->sums + n * results;
  float *to = job->args->dst.data + n * results * inner;

  for (gsize e = 0; e < inner; e++)
    {
      memset (sums, 0, results * sizeof (float));
      for (gsize i = 0; i < (gsize) x.t; i++)
        {
          const float *restrict row = job->matrix + i * results;
          const float value = from[i * inner + e];

          for (gsize o = 0; o < results; o++)
            sums[o] += value * row[o];
        }
      for (gsize o = 0; o < results; o++)
        to[o * inner + e] = sums[o];
    }
}

static gsize
dft_workspace (const SacKernelArgs *shapes)
{
  const Dft *dft = shapes->params;

  return ((gsize) dft->samples * (gsize) dft->bins + (gsize) shapes->dst.shape.n * (gsize) shapes->dst.shape.t) * sizeof (float);
}

static void
dft_run (const SacKernelArgs *args, SacPoolFunc task)
{
  const Dft *dft = args->params;
  const gint32 sources = args->src[0].shape.t, results = args->dst.shape.t;
  float *matrix = args->workspace;
  g_autofree double *turn = g_new (double, dft->samples);       /* one turn, so that no angle is taken twice */
  Job job = { args, matrix, matrix + (gsize) dft->samples * (gsize) dft->bins };

  for (gint32 i = 0; i < dft->samples; i++)
    turn[i] = element (dft, 1 % dft->samples, i);
  for (gint32 i = 0; i < sources; i++)
    for (gint32 o = 0; o < results; o++)
      *matrix++ = (float) turn[(gint64) i * o % dft->samples];
  sac_pool_run (args->pool, (guint) args->dst.shape.n, task, &job);
}

SAC_KERNELS (dft, NULL, dft_workspace)

static double
dft_flops (const SacKernelArgs *shapes)
{
  return 2.0 * (double) sac_shape_count (shapes->dst.shape) * shapes->src[0].shape.t;
}

const SacOp sac_op_dft = {
  .name = "dft", .n_src = 1, .params_size = sizeof (Dft), .infer = dft_infer, .vjp = dft_vjp, .reference = dft_reference,
  .cpu = dft_cpu, .flops = dft_flops, .inplace = -1,
};

void
sac_dft (SacGraph *g, SacVar x, gint32 bins, SacVar *re, SacVar *im)
{
  Dft dft = { sac_graph_get_shape (g, x).t, bins, FALSE, FALSE };

  *re = sac_graph_append (g, &sac_op_dft, &x, 1, &dft);
  dft.sine = TRUE;
  *im = sac_graph_append (g, &sac_op_dft, &x, 1, &dft);
}

/* What is added under the root is far below rounding, but makes the gradient at a silent bin 0 instead of none. */
SacVar
sac_dft_magnitude (SacGraph *g, SacVar x, gint32 bins)
{
  SacVar re, im;

  sac_dft (g, x, bins, &re, &im);
  return sac_power (g, sac_affine (g, sac_add (g, sac_mul (g, re, re), sac_mul (g, im, im)), 1, 1e-24f), 0.5f);
}
