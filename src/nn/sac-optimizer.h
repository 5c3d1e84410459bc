/* Momentum SGD or Adam, in one of two ways with the same bits:
 *   accumulate + step   gradients of several micro-batches are added up in a block of their own, then whole pages are updated;
 *   update_at_once      one batch a step: each weight is updated as soon as its gradient is known, which is then forgotten.  That
 *                       saves a block as large as the weights and several passes over it. */
#pragma once
#include "sac-weights.h"

typedef struct _SacOptimizer SacOptimizer;

/* Allocates moments like @weights' params on the same backend. */
SacOptimizer *sac_optimizer_new_sgd (SacWeights *weights, SacBackend *backend, GError **error);
/* The same with two moments a weight. */
SacOptimizer *sac_optimizer_new_adam (SacWeights *weights, SacBackend *backend, GError **error);
void          sac_optimizer_free (SacOptimizer *optimizer);
/* Rate multiplier for entries whose name starts with @prefix; 0 freezes.  Before the first step; what is frozen before
 * sac_optimizer_accumulate() or sac_optimizer_update_at_once() costs no backward pass and has no part in the gradients' norm. */
void          sac_optimizer_set_scale (SacOptimizer *optimizer, const char *prefix, float scale);
/* SGD looks ahead: the step goes along g + momentum·v.  methods/08 */
void          sac_optimizer_set_nesterov (SacOptimizer *optimizer, gboolean nesterov);
/* Gradients (after @gradient_scale) whose norm over all params is larger are scaled down to it; 0 = never.  For
 * sac_optimizer_append_adam() to be called before it. */
void          sac_optimizer_set_clip (SacOptimizer *optimizer, double largest_norm);

/* Appends to @graph: gradients of @loss towards every param, added to the gradient block. */
void          sac_optimizer_accumulate (SacOptimizer *optimizer, SacGraph *graph, SacVar loss);
/* Updates weights from (accumulated gradients × @gradient_scale) and zeroes the gradients. */
gboolean      sac_optimizer_step (SacOptimizer *optimizer, double rate, double momentum, double decay, double gradient_scale,
                                  GError **error);
/* Adam's step.  Paper: Kingma & Ba 2015, alg. 1; @decay is added to the gradient, as in PyTorch's Adam. */
typedef struct { double rate, beta1, beta2, eps, decay; } SacAdam;
gboolean      sac_optimizer_step_adam (SacOptimizer *optimizer, const SacAdam *adam, double gradient_scale, GError **error);
/* For a program that does more than one network's step, as the players of a GAN: appends the update to @graph and returns its
 * hyper input, to be set by sac_optimizer_set_adam() before each run, which counts as a step. */
SacVar        sac_optimizer_append_adam (SacOptimizer *optimizer, SacGraph *graph);
void          sac_optimizer_set_adam (SacOptimizer *optimizer, SacProgram *program, SacVar hyper, const SacAdam *adam,
                                      double gradient_scale);
/* Appends to @graph: gradients of @loss, and the update of each weight by them; what @graph reads of a weight afterwards is the
 * new one.  Returns the hyper input, to be set by sac_optimizer_set_sgd() or sac_optimizer_set_adam() before each run, which counts
 * as a step.  @with_norm: sac_optimizer_gradient_norm() tells the norm of the last run, which costs a pass over the gradients.
 * Not with clipping. */
SacVar        sac_optimizer_update_at_once (SacOptimizer *optimizer, SacGraph *graph, SacVar loss, gboolean with_norm);
void          sac_optimizer_set_sgd (SacOptimizer *optimizer, SacProgram *program, SacVar hyper, double rate, double momentum,
                                     double decay, double gradient_scale);
/* Steps made so far: what the bias corrections hang on. */
guint64       sac_optimizer_get_steps (const SacOptimizer *optimizer);
void          sac_optimizer_set_steps (SacOptimizer *optimizer, guint64 steps);

/* The update's own program, to be looked at; NULL before the first step, and where the update is part of another program. */
SacProgram   *sac_optimizer_get_program (SacOptimizer *optimizer);
/* Whether accumulated gradients are numbers, all of them; the backend looks. */
gboolean      sac_optimizer_gradients_finite (SacOptimizer *optimizer, gboolean *finite, GError **error);
gboolean      sac_optimizer_gradient_norm (SacOptimizer *optimizer, double *norm, GError **error);
/* The same by layer: those with a matrix or kernel of weights ("layer1.0.conv1", "fc"), in the weights' order, NULL-terminated;
 * borrowed.  Gradients before sac_optimizer_step(), or of the last run with update_at_once(). */
const char *const *sac_optimizer_get_layers (SacOptimizer *optimizer, guint *n_layers);
gboolean      sac_optimizer_gradient_norms (SacOptimizer *optimizer, double *norms, GError **error);
/* The same by slice in time of a layer's kernel: is anything to be learned there?  @taps: how many, 0 where it does not span time and
 * where gradients are not kept, with update_at_once(); @norms holds SAC_MOST_SLICES.  methods/01 §5.6 */
#define SAC_MOST_SLICES 16
gboolean      sac_optimizer_gradient_slices (SacOptimizer *optimizer, guint layer, guint *taps, double *norms, GError **error);
/* SGD: what the last step changed of each layer's weights, by their length: rate · ‖momentum‖ / ‖weights‖; with Nesterov's look
 * ahead it is about that. */
gboolean      sac_optimizer_update_ratios (SacOptimizer *optimizer, double rate, double *ratios, GError **error);

SacBlock     *sac_optimizer_get_gradients (SacOptimizer *optimizer);   /* borrowed; NULL before accumulate */
SacBlock     *sac_optimizer_get_moments (SacOptimizer *optimizer);     /* borrowed */
SacBlock     *sac_optimizer_get_second_moments (SacOptimizer *optimizer);      /* borrowed; NULL unless Adam */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacOptimizer, sac_optimizer_free)
