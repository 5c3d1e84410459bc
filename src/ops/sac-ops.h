/* ops: what a graph can compute.  Every function appends one node (or a few) and returns its value; 0 when it does not fit.
 * Shapes are logical N,C,T,H,W.  See graph/sac-shape.h for memory order. */
#pragma once
#include "graph/sac-graph.h"

/* ---- convolution family: conv3d, its input gradient and its weight gradient are each other's adjoints.
 * Paper: Tran 2015 §3.1; cross-correlation.
 *   x (N,C,T,H,W)  w (K,C/groups,kT,kH,kW)  →  (N,K,T',H',W'),
 *   T' = (T + 2·pad + pad_more − (kT − 1)·dilation − 1)/stride + 1, so too H', W'.
 * A fully connected layer is the case 1×1×1 on (N,C,1,1,1), a depthwise convolution the case groups = C = K, a 1-D one has axes of
 * size 1.  What is 0 is the usual thing, so that { stride, pad } is a whole description. */
typedef enum { SAC_PAD_ZEROS, SAC_PAD_REPLICATE, SAC_PAD_REFLECT } SacPadMode;       /* reflect: sac_pad3d only */
typedef struct {
  gint32 stride[3], pad[3];     /* time, row, column */
  gint32 pad_time, pad_space;   /* SacPadMode of the border in time; of rows and columns */
  gint32 dilation[3];           /* steps between the kernel's places; 0 is 1 */
  gint32 groups;                /* the k-th part of y's channels sees the k-th part of x's; 0 is 1 */
  gint32 pad_more[3];           /* the far side is padded by pad + pad_more, which may be negative: causal is { −pad } */
} SacConv3d;
SacVar sac_conv3d (SacGraph *g, SacVar x, SacVar w, const SacConv3d *conv);
/* Input gradient = transposed convolution: gy (N,K,T',H',W'), w as above → shape of @like (an x). */
SacVar sac_conv3d_input (SacGraph *g, SacVar gy, SacVar w, const SacConv3d *conv, SacShape like);
/* The same as a layer: x (N,K,T,H,W), w (K,C/groups,kT,kH,kW) → (N,C,T',H',W'),
 *   T' = (T − 1)·stride − 2·pad − pad_more + (kT − 1)·dilation + 1 + @output_padding[0], so too H', W'.
 * @output_padding (time, row, column; NULL: 0) says which of the sizes that the convolution would bring to T is meant. */
SacVar sac_conv_transpose3d (SacGraph *g, SacVar x, SacVar w, const SacConv3d *conv, const gint32 output_padding[3]);
/* Weight gradient: x, gy → shape @like (a w). */
SacVar sac_conv3d_weight (SacGraph *g, SacVar x, SacVar gy, const SacConv3d *conv, SacShape like);

/* ---- element-wise with broadcasting: an axis of size 1 stretches.
 * NaN and infinities go through every op as through plain arithmetic (0·∞ = NaN, 1/0 = ∞, ln 0 = −∞, ln of less = NaN): a run that
 * diverges must show.  What chooses (relu, leaky_relu, clamp, max pooling, max_to, maximum …) hands a NaN on, too; a softmax row
 * with a NaN or +∞ is NaN.  At a kink the derivative is PyTorch's: 0 for relu and abs at 0, the slope for leaky_relu at 0, 1 for
 * clamp on its bounds. */
SacVar sac_add (SacGraph *g, SacVar a, SacVar b);
SacVar sac_sub (SacGraph *g, SacVar a, SacVar b);
SacVar sac_mul (SacGraph *g, SacVar a, SacVar b);
SacVar sac_div (SacGraph *g, SacVar a, SacVar b);
SacVar sac_affine (SacGraph *g, SacVar x, float scale, float shift);      /* scale·x + shift */
SacVar sac_relu (SacGraph *g, SacVar x);
SacVar sac_relu_mask (SacGraph *g, SacVar y, SacVar v);                   /* v where y > 0, else 0: the adjoint */
SacVar sac_sigmoid (SacGraph *g, SacVar x);
SacVar sac_softplus (SacGraph *g, SacVar x);                              /* ln(1+e^x), stable */
SacVar sac_power (SacGraph *g, SacVar x, float exponent);                 /* x^exponent, for rsqrt (−½), sqrt, square */
SacVar sac_exp (SacGraph *g, SacVar x);
SacVar sac_log (SacGraph *g, SacVar x);
SacVar sac_abs (SacGraph *g, SacVar x);
SacVar sac_tanh (SacGraph *g, SacVar x);
SacVar sac_maximum (SacGraph *g, SacVar a, SacVar b);
SacVar sac_minimum (SacGraph *g, SacVar a, SacVar b);
SacVar sac_greater (SacGraph *g, SacVar a, SacVar b);                     /* 1, ½ where equal, 0; no gradient */
SacVar sac_equal (SacGraph *g, SacVar a, SacVar b);                       /* 1, 0; no gradient */
SacVar sac_clamp (SacGraph *g, SacVar x, float low, float high);
SacVar sac_leaky_relu (SacGraph *g, SacVar x, float slope);               /* slope·x below 0 */
SacVar sac_prelu (SacGraph *g, SacVar x, SacVar slope);                   /* the same, slope (1,C,1,1,1) or a scalar */
SacVar sac_swish (SacGraph *g, SacVar x);                                 /* x·sigmoid(x) */
SacVar sac_hard_sigmoid (SacGraph *g, SacVar x);                          /* relu6(x + 3)/6 */
SacVar sac_hard_swish (SacGraph *g, SacVar x);                            /* x·relu6(x + 3)/6 */

/* ---- shape.  reshape and permute act on the logical order N,C,T,H,W; where memory stays they cost nothing. */
typedef enum { SAC_AXIS_N, SAC_AXIS_C, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_W } SacAxis;
SacVar sac_reshape (SacGraph *g, SacVar x, SacShape shape);
SacVar sac_permute (SacGraph *g, SacVar x, const SacAxis order[5]);       /* axis i of the result is axis order[i] of x */
SacVar sac_concat (SacGraph *g, const SacVar *x, guint n, SacAxis axis);  /* any number of values, equal in the other axes */
/* Places as examples: (N,C,T,H,W) → (N·T·H·W,C,1,1,1), and back to the places of @like.  Memory stays. */
SacVar sac_as_rows (SacGraph *g, SacVar x);
SacVar sac_from_rows (SacGraph *g, SacVar rows, SacShape like);
SacVar sac_channel_shuffle (SacGraph *g, SacVar x, gint32 groups);        /* channel i·K + k becomes k·groups + i, K = C/groups */
SacVar sac_slice (SacGraph *g, SacVar x, SacAxis axis, gint32 start, gint32 length);
SacVar sac_sum_to (SacGraph *g, SacVar x, SacShape shape);                /* sums over the axes that are 1 in @shape */
SacVar sac_broadcast_to (SacGraph *g, SacVar x, SacShape shape);          /* its adjoint */
SacVar sac_sum_squares_to (SacGraph *g, SacVar x, SacShape shape);
SacVar sac_mean_to (SacGraph *g, SacVar x, SacShape shape);               /* so, too, these */
SacVar sac_variance_to (SacGraph *g, SacVar x, SacShape shape);           /* biased: divided by the count */
SacVar sac_max_to (SacGraph *g, SacVar x, SacShape shape);                /* gradient shared by what is equal to it */
SacVar sac_min_to (SacGraph *g, SacVar x, SacShape shape);
SacVar sac_mean (SacGraph *g, SacVar x);                                  /* scalar */
SacVar sac_global_average (SacGraph *g, SacVar x);                        /* (N,C,1,1,1) */

/* ---- order and gradients.  The same numbers as a constant: no gradient passes.  Of an entry: what it holds at this place. */
SacVar sac_detach (SacGraph *g, SacVar x);

/* ---- pooling.  Max pads with −∞; ties go to the first in scan order; what is no number wins.  T' = (T + 2·pad − kT)/stride + 1, rounded
 * down, or up with @ceil_mode if the last window then starts inside (as Caffe and PyTorch have it). */
typedef struct {
  gint32 kernel[3], stride[3], pad[3];
  gint32 ceil_mode;
} SacPool3d;
SacVar sac_max_pool3d (SacGraph *g, SacVar x, const SacPool3d *pool);
/* Adjoint: scatters gy to the maxima of x.  And the adjoint of that: gathers v at the maxima of x. */
SacVar sac_max_pool3d_scatter (SacGraph *g, SacVar x, SacVar gy, const SacPool3d *pool);
SacVar sac_max_pool3d_gather (SacGraph *g, SacVar x, SacVar v, const SacPool3d *pool);
/* Unpooling by switches (methods/04 §6): @v, shaped like the pooled x, goes to the places of x's maxima, all else is 0; where windows
 * share a maximum their values add up.  The switches are not stored but found again. */
SacVar sac_max_unpool3d (SacGraph *g, SacVar x, SacVar v, const SacPool3d *pool);
/* Means of windows.  @count_padding: divides by the window's size including padding (but not what ceil_mode lets stick out beyond it),
 * else by the number of pixels that are there. */
SacVar sac_avg_pool3d (SacGraph *g, SacVar x, const SacPool3d *pool, gboolean count_padding);
/* Means of windows from ⌊o·T/t⌋ to ⌈(o+1)·T/t⌉: the axes become @t, @h, @w long, whatever they were. */
SacVar sac_adaptive_avg_pool3d (SacGraph *g, SacVar x, gint32 t, gint32 h, gint32 w);

/* ---- resizing and borders.  Axis by axis; an axis that keeps its size is left alone.
 * Nearest takes place ⌊o·T/t⌋.  Linear looks at (o + ½)·T/t − ½, or, with @align_corners, at o·(T − 1)/(t − 1). */
SacVar sac_resize_nearest (SacGraph *g, SacVar x, gint32 t, gint32 h, gint32 w);
SacVar sac_resize_linear (SacGraph *g, SacVar x, gint32 t, gint32 h, gint32 w, gboolean align_corners);
/* @before, @after: time, row, column; negative ones cut off.  Reflection does not repeat the border pixel. */
SacVar sac_pad3d (SacGraph *g, SacVar x, const gint32 before[3], const gint32 after[3], SacPadMode mode);

/* ---- spectrum along time, (N,C,T,H,W) → (N,C,bins,H,W), bins ≤ T:
 * real and imaginary part of Σ_t x[t]·e^(−2πi·f·t/T), or its magnitude. */
void   sac_dft (SacGraph *g, SacVar x, gint32 bins, SacVar *re, SacVar *im);
SacVar sac_dft_magnitude (SacGraph *g, SacVar x, gint32 bins);

/* ---- batch norm.  Paper: Ioffe & Szegedy 2015, alg. 1.  gamma, beta (1,C,1,1,1).
 * stats (2,C,1,1,1): row 0 mean, row 1 biased variance over N,T,H,W. */
SacVar sac_bn_stats (SacGraph *g, SacVar x);
/* y = relu?((x − mean)·(var+eps)^−½·gamma + beta + residual); @residual may be 0. */
typedef struct { float eps; gint32 relu; } SacBnApply;
SacVar sac_bn_apply (SacGraph *g, SacVar x, SacVar stats, SacVar gamma, SacVar beta, SacVar residual, const SacBnApply *bn);
/* stats from two running vectors (1,C,1,1,1). */
SacVar sac_bn_running (SacGraph *g, SacVar mean, SacVar variance);

/* ---- 1-D self-attention, pairwise.  methods/06 §2; Paper: Zhao 2020 §3.1.
 * Position t of a sequence sees the k = @footprint (odd) positions t + (o − k/2)·dilation, o = 0…k−1; beyond its ends the sequence
 * is reflected without repeating the end, so half a footprint must be shorter than the sequence.  With d[t,o] = φ[t] − ψ[seen],
 *   u[t,o] = W₁·relu (bn (d[t,o]))   a[t,o] = W₂·relu (bn (u[t,o])) + b   y[t] = Σ_o a[t,o] ⊙ v[seen]
 * in three ops, because a batch norm must have seen all rows before any goes through it:
 *   stats₁ = sac_pairwise_stats (f)     u = sac_pairwise_map (f, stats₁, …)     y = sac_pairwise_sum (u, sac_bn_stats (u), …)
 * f (N,2r,T,1,1): φ's r channels, then ψ's.  W₁ (r,r), W₂ (m,r), b (1,m), v and y (N,m,T,1,1), u (N,r,T,k,1): the only value
 * with a row for each position and offset.  The stats may also be running ones (sac_bn_running).
 * Gradients are ops of their own, written by hand; they have none in turn: no second derivatives here.  pairwise_stats hands its
 * gradient on only through pairwise_map. */
typedef struct {
  gint32 footprint, dilation;
  float eps;                    /* of the batch norm */
} SacPairwise;
SacVar sac_pairwise_stats (SacGraph *g, SacVar f, const SacPairwise *p);                 /* (2,r): mean, biased variance of d */
SacVar sac_pairwise_map (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar w, const SacPairwise *p);
SacVar sac_pairwise_sum (SacGraph *g, SacVar u, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar bias, SacVar v,
                         const SacPairwise *p);

/* ---- norms of one example.  stats (N,G,2,1,1): mean and biased variance of each group of channels over T,H,W.
 * gamma, beta: (1,C,1,1,1), or (N,C,1,1,1) = an example's own, or 0. */
SacVar sac_norm_stats (SacGraph *g, SacVar x, gint32 groups);
SacVar sac_norm_apply (SacGraph *g, SacVar x, SacVar stats, SacVar gamma, SacVar beta, float eps);
SacVar sac_instance_norm (SacGraph *g, SacVar x, SacVar gamma, SacVar beta, float eps);               /* each channel */
SacVar sac_group_norm (SacGraph *g, SacVar x, SacVar gamma, SacVar beta, gint32 groups, float eps);
SacVar sac_layer_norm (SacGraph *g, SacVar x, SacVar gamma, SacVar beta, float eps);                  /* the channels of each place */
/* (1 + γ)·instance norm + β, style (N,2C,1,1,1) = γ then β.  methods/05 §1 */
SacVar sac_adain (SacGraph *g, SacVar x, SacVar style, float eps);
/* x·(k + alpha/size·Σ x²)^−beta, the sum over size (odd) neighbouring channels.  Paper: Krizhevsky 2012 §3.3 */
SacVar sac_local_response_norm (SacGraph *g, SacVar x, gint32 size, float alpha, float beta, float k);

/* ---- products and tables.
 * Matrices in a batch: rows are W, columns C, the batch N,T,H (an axis of size 1 stretches).  op(a) (…,M×K)·op(b) (…,K×N). */
SacVar sac_matmul (SacGraph *g, SacVar a, SacVar b, gboolean transpose_a, gboolean transpose_b);
/* Embedding: the rows of table (V,D,1,1,1) that the numbers (N,1,T,H,W) name → (N,D,T,H,W). */
SacVar sac_gather (SacGraph *g, SacVar table, SacVar rows);

/* ---- dropout.  @key (1,SAC_DROPOUT_KEY,1,1,1) is an input, filled by sac_dropout_key() before each run; @layer tells apart the
 * dropouts of one network.  Example i of the batch is the run's example first_example + i, so a micro-batch draws what the
 * whole batch would. */
#define SAC_DROPOUT_KEY 6
SacVar sac_dropout (SacGraph *g, SacVar x, SacVar key, float rate, gint32 layer);
void   sac_dropout_key (guint64 seed, guint64 step, guint64 first_example, float key[SAC_DROPOUT_KEY]);

/* ---- softmax over the channels of each place.  Labels are classes by number, (N,1,T,H,W); negative = unknown. */
SacVar sac_softmax (SacGraph *g, SacVar x);
SacVar sac_log_softmax (SacGraph *g, SacVar x);
SacVar sac_one_hot (SacGraph *g, SacVar labels, gint32 n_classes);        /* (N,K,T,H,W); unknown = zeros; no gradient */

/* ---- losses. */
/* −Σ_k t_k ln softmax(z)_k per place → (N,1,T,H,W); t is 1 at the label, smoothed: 1−s+s/K there, s/K elsewhere.  Unknown
 * labels add 0; one that is no class (≥ K) gives NaN. */
SacVar sac_softmax_ce (SacGraph *g, SacVar z, SacVar labels, float smoothing);
SacVar sac_cross_entropy (SacGraph *g, SacVar z, SacVar labels, float smoothing);      /* its mean → scalar */
/* The same for target probabilities shaped like z: the mean over places of −Σ_k p_k ln softmax(z)_k.  methods/05 §2 */
SacVar sac_cross_entropy_soft (SacGraph *g, SacVar z, SacVar p);
/* Mean over labels of sigmoid cross-entropy, mean over examples; z, target, mask (N,C,1,1,1).
 * mask 1 counts, 0 = unknown.  @mask may be 0 = all count; an example's labels are averaged over its known ones
 * (an example without known labels adds 0).  methods/01 §3 → scalar. */
SacVar sac_bce_logits (SacGraph *g, SacVar z, SacVar target, SacVar mask);
/* Distances, means over all elements.  smooth_l1: d²/(2·beta) up to |d| = beta, then |d| − beta/2.  kl_logits: the mean over places
 * of Σ p·ln(p/q), p and q the softmax of both. */
SacVar sac_l1 (SacGraph *g, SacVar a, SacVar b);
SacVar sac_mse (SacGraph *g, SacVar a, SacVar b);
SacVar sac_smooth_l1 (SacGraph *g, SacVar a, SacVar b, float beta);
SacVar sac_kl_logits (SacGraph *g, SacVar p, SacVar q);
/* Earth mover's distance by Sinkhorn's iteration, mean over examples: p (N,n), q (N,m) probabilities, distance (1,m,1,1,n) (rows
 * = p's classes).  Distances over @epsilon should stay below 80.  methods/02 §6 */
SacVar sac_sinkhorn (SacGraph *g, SacVar p, SacVar q, SacVar distance, float epsilon, guint iterations);

/* Adversarial losses on raw scores, means over all.  softplus: methods/05 §2; hinge: Lim & Ye 2017; squares: ½(D−1)² + ½D², (D−1)². */
typedef enum { SAC_GAN_SOFTPLUS, SAC_GAN_HINGE, SAC_GAN_SQUARES } SacGanLoss;
SacVar sac_gan_discriminator_loss (SacGraph *g, SacGanLoss kind, SacVar real, SacVar fake);
SacVar sac_gan_generator_loss (SacGraph *g, SacGanLoss kind, SacVar fake);
/* ½·mean over examples of ‖∂score/∂x‖², by second derivatives.  @score must be computed from @x.  methods/05 §2 */
SacVar sac_r1_penalty (SacGraph *g, SacVar score, SacVar x);
/* L_{t,s}: α/n·Σ over levels of the mean squared difference of both's energy over places, each of length 1 per example; the
 * teacher is detached.  methods/07 §2 */
SacVar sac_feature_transfer (SacGraph *g, const SacVar *teacher, const SacVar *student, guint n, float alpha);

/* ---- effects (they mutate their first sources and return a value only for ordering). */
void   sac_accumulate (SacGraph *g, SacVar into, SacVar value);           /* into += value (same shape; into is a block entry) */
void   sac_assign (SacGraph *g, SacVar into, SacVar value);
/* r ← (1−momentum)·r + momentum·stats, the variance made unbiased by @count. */
void   sac_running_update (SacGraph *g, SacVar running_mean, SacVar running_var, SacVar stats, float momentum, guint count);
/* Momentum SGD on a page or an entry: v ← m·v + (g·gscale + λ·w); w ← w − η·scale·v; g ← 0.  hyper (1,5,1,1,1): η, m, λ, gscale, 1 for
 * Nesterov's step (w ← w − η·scale·(g·gscale + λ·w + m·v)) — an input, so it changes without recompiling.  @scale: one number, 0
 * freezes; absent: 1.  methods/01 §3 */
void   sac_sgd (SacGraph *g, SacVar w, SacVar v, SacVar grad, SacVar scale, SacVar hyper);
/* The same by a fresh gradient of any kind, which is only read. */
void   sac_sgd_once (SacGraph *g, SacVar w, SacVar v, SacVar grad, SacVar scale, SacVar hyper);
/* into += Σ x², @into a block entry of one number: an effect, so it runs as soon as x is there. */
void   sac_add_squares (SacGraph *g, SacVar into, SacVar x);

/* average ← β·average + (1−β)·w on one page; beta a scalar.  methods/05 §3 */
void   sac_ema (SacGraph *g, SacVar average, SacVar w, SacVar beta);
/* Adam on a page or an entry: moments @m and @v, grad ← 0.  hyper (1,7,1,1,1), an input: η/(1−β₁ᵗ), β₁, β₂, 1/√(1−β₂ᵗ), ε, λ, gscale.
 * @scale: as for SGD.  Paper: Kingma & Ba 2015, alg. 1. */
void   sac_adam (SacGraph *g, SacVar w, SacVar m, SacVar v, SacVar grad, SacVar hyper, SacVar scale);
void   sac_adam_once (SacGraph *g, SacVar w, SacVar m, SacVar v, SacVar grad, SacVar hyper, SacVar scale);

/* Every op there is, NULL-terminated; generated from the word list in src/ops/meson.build. */
extern const SacOp *const sac_ops[];
const SacOp *sac_op_find (const char *name);
