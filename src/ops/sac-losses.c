/* Losses written with ops: they are small, so one node each would buy nothing, and their derivatives come by themselves. */
#include "bce-private.h"
#include "shape-private.h"

/* mean over examples of (sum over known labels of ln(1+e^z) − z·y) / max(known, 1). */
SacVar
sac_bce_logits (SacGraph *g, SacVar z, SacVar target, SacVar mask)
{
  SacShape s = sac_graph_get_shape (g, z);
  SacVar each = _sac_bce (g, z, target), known;

  if (!mask)
    return sac_mean (g, each);
  known = sac_sum_to (g, mask, SAC_SHAPE (s.n, 1, 1, 1, 1));
  known = sac_affine (g, sac_relu (g, sac_affine (g, known, 1, -1)), 1, 1);
  each = sac_sum_to (g, sac_mul (g, each, mask), SAC_SHAPE (s.n, 1, 1, 1, 1));
  return sac_mean (g, sac_mul (g, each, sac_power (g, known, -1)));
}

SacVar
sac_cross_entropy (SacGraph *g, SacVar z, SacVar labels, float smoothing)
{
  return sac_mean (g, sac_softmax_ce (g, z, labels, smoothing));
}

SacVar
sac_cross_entropy_soft (SacGraph *g, SacVar z, SacVar p)
{
  SacShape s = sac_graph_get_shape (g, z);
  SacVar each = sac_mul (g, sac_log_softmax (g, z), p);

  return sac_affine (g, sac_mean (g, each), -(float) s.c, 0);
}

/* ---- distances. */

SacVar
sac_l1 (SacGraph *g, SacVar a, SacVar b)
{
  return sac_mean (g, sac_abs (g, sac_sub (g, a, b)));
}

SacVar
sac_mse (SacGraph *g, SacVar a, SacVar b)
{
  return sac_mean (g, sac_power (g, sac_sub (g, a, b), 2));
}

/* With m = min(|d|, β) both branches are m·(|d| − m/2)/β. */
SacVar
sac_smooth_l1 (SacGraph *g, SacVar a, SacVar b, float beta)
{
  SacVar d = sac_abs (g, sac_sub (g, a, b)), m = sac_clamp (g, d, 0, beta);

  return sac_affine (g, sac_mean (g, sac_mul (g, m, sac_sub (g, d, sac_affine (g, m, 0.5f, 0)))), 1 / beta, 0);
}

SacVar
sac_kl_logits (SacGraph *g, SacVar p, SacVar q)
{
  SacVar ratio = sac_sub (g, sac_log_softmax (g, p), sac_log_softmax (g, q));

  return sac_affine (g, sac_mean (g, sac_mul (g, sac_softmax (g, p), ratio)), (float) sac_graph_get_shape (g, p).c, 0);
}

/* Batches are rows: u = p/(v·Kᵀ), v = q/(u·K), K = e^(−d/ε), starting from v = 1; then Σ u·(K∘d)·v. */
SacVar
sac_sinkhorn (SacGraph *g, SacVar p, SacVar q, SacVar distance, float epsilon, guint iterations)
{
  SacShape ps = sac_graph_get_shape (g, p), qs = sac_graph_get_shape (g, q);
  SacVar kernel = sac_exp (g, sac_affine (g, distance, -1 / epsilon, 0)), weighted = sac_mul (g, kernel, distance), u = 0, v;

  p = _sac_view (g, p, SAC_SHAPE (1, ps.c, 1, 1, ps.n));
  q = _sac_view (g, q, SAC_SHAPE (1, qs.c, 1, 1, qs.n));
  v = sac_graph_constant (g, SAC_SHAPE (1, qs.c, 1, 1, qs.n), 1);
  for (guint i = 0; i < MAX (iterations, 1); i++)
    {
      u = sac_div (g, p, sac_matmul (g, v, kernel, FALSE, TRUE));
      v = sac_div (g, q, sac_matmul (g, u, kernel, FALSE, FALSE));
    }
  u = sac_mul (g, u, sac_matmul (g, v, weighted, FALSE, TRUE));
  return sac_affine (g, sac_sum_to (g, u, SAC_SHAPE_SCALAR), 1 / (float) MAX (ps.n, 1), 0);
}

/* ---- adversaries. */

SacVar
sac_gan_discriminator_loss (SacGraph *g, SacGanLoss kind, SacVar real, SacVar fake)
{
  switch (kind)
    {
    case SAC_GAN_SOFTPLUS:
      return sac_add (g, sac_mean (g, sac_softplus (g, sac_affine (g, real, -1, 0))), sac_mean (g, sac_softplus (g, fake)));
    case SAC_GAN_HINGE:
      return sac_add (g, sac_mean (g, sac_relu (g, sac_affine (g, real, -1, 1))), sac_mean (g, sac_relu (g, sac_affine (g, fake, 1, 1))));
    case SAC_GAN_SQUARES:
      return sac_affine (g, sac_add (g, sac_mean (g, sac_power (g, sac_affine (g, real, 1, -1), 2)), sac_mean (g, sac_power (g, fake, 2))),
                         0.5f, 0);
    }
  g_return_val_if_reached (0);
}

SacVar
sac_gan_generator_loss (SacGraph *g, SacGanLoss kind, SacVar fake)
{
  switch (kind)
    {
    case SAC_GAN_SOFTPLUS:
      return sac_mean (g, sac_softplus (g, sac_affine (g, fake, -1, 0)));
    case SAC_GAN_HINGE:
      return sac_affine (g, sac_mean (g, fake), -1, 0);
    case SAC_GAN_SQUARES:
      return sac_mean (g, sac_power (g, sac_affine (g, fake, 1, -1), 2));
    }
  g_return_val_if_reached (0);
}

SacVar
sac_r1_penalty (SacGraph *g, SacVar score, SacVar x)
{
  SacVar towards = 0;
  SacShape s = sac_graph_get_shape (g, x);

  sac_graph_gradients (g, score, &x, 1, &towards);
  if (!towards)                 /* a score that does not see the picture */
    return sac_graph_constant (g, SAC_SHAPE_SCALAR, 0);
  return sac_affine (g, sac_sum_to (g, sac_power (g, towards, 2), SAC_SHAPE_SCALAR), 0.5f / (float) MAX (s.n, 1), 0);
}

/* ---- knowledge transfer. */

/* Mean square over channels, of length 1 over the places of an example. */
static SacVar
energy (SacGraph *g, SacVar features)
{
  SacShape s = sac_graph_get_shape (g, features);
  SacVar q = sac_mean_to (g, sac_power (g, features, 2), SAC_SHAPE (s.n, 1, s.t, s.h, s.w));
  SacVar square = sac_sum_to (g, sac_power (g, q, 2), SAC_SHAPE (s.n, 1, 1, 1, 1));

  return sac_mul (g, q, sac_power (g, sac_affine (g, square, 1, 1e-24f), -0.5f));
}

SacVar
sac_feature_transfer (SacGraph *g, const SacVar *teacher, const SacVar *student, guint n, float alpha)
{
  SacVar sum = 0;

  for (guint i = 0; i < n; i++)
    {
      SacVar level = sac_mse (g, sac_detach (g, energy (g, teacher[i])), energy (g, student[i]));

      sum = sum ? sac_add (g, sum, level) : level;
    }
  return sac_affine (g, sum, alpha / (float) MAX (n, 1), 0);
}
