/* DCGAN's generator and discriminator, and a step of several generators against one discriminator: MAD-GAN's, and with transfer between
 * the generators.
 * Papers: Radford 2016 §3; Ghosh 2018 §4; methods/07 §1–2.  Names are those of PyTorch's Sequential: PREFIX0.weight … */
#pragma once
#include "ops/sac-ops.h"
#include "sac-optimizer.h"
#include "sac-spectral.h"

typedef struct {
  gint32 size;                  /* pixels a side: 64, or 32 with one stage less */
  gint32 width;                 /* base width; 64 in the paper */
  gint32 z;                     /* length of the noise vector; 100 in the paper */
  gint32 n_logits;              /* of the discriminator */
  gboolean spectral;            /* discriminator: spectral norm on every convolution; else batch norm in the middle ones */
} SacDcgan;

/* Noise (N,z,1,1,1) → images (N,3,1,size,size) in −1…1: transposed 4×4 convolutions, batch norm, ReLU; tanh at the end.
 * @train: the batch's statistics, running ones are updated; else running ones. */
SacVar sac_dcgan_generator (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar z, gboolean train);
/* The same, and its hidden maps after the ReLU (4², 8² … pixels) into @levels, SAC_DCGAN_MOST_LEVELS places; returns their number. */
#define SAC_DCGAN_MOST_LEVELS 4
guint  sac_dcgan_generator_levels (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar z, gboolean train,
                                   SacVar *images, SacVar *levels);
/* Images → logits (N,n_logits,1,1,1): 4×4 convolutions of stride 2, leaky ReLU .2.  @train: as above, and power iterations. */
SacVar sac_dcgan_discriminator (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar images,
                                gboolean train);

/* One MAD-GAN step in one program, Adam's updates included.  @g: generators "G0." … of one SacWeights; @d: the discriminator "D.".
 * The images are computed once.  The discriminator learns real = class k, image of generator i = class i; then, against the updated
 * discriminator, every generator learns to be taken for real.  Set hyper_d and hyper_g by sac_optimizer_set_adam() before each run. */
typedef struct {
  SacVar loss_d, loss_g;        /* scalars: sums over the k+1 and the k groups of mean cross-entropies */
  SacVar hyper_d, hyper_g;
} SacMadGanStep;

/* How far the student's maps are from the teacher's, which learns nothing by it: Q, the mean square over the channels at each place,
 * scaled to length 1 over the places; α/M Σ_m mean_n (Q_t − Q_s)², mean over the batch.  methods/07 §2. */
SacVar sac_transfer_loss (SacGraph *graph, const SacVar *teacher, const SacVar *student, guint n_levels, float alpha);

/* ---- a group of up to SAC_GAN_GROUP generators, their edges gated (run/sac-gan-graph.h).  An edge that is cut off is not in the program;
 * one that is open adds its loss; one that is scaled adds it times an input, which is set before each run. */
#define SAC_GAN_GROUP 6
typedef enum { SAC_EDGE_CUT, SAC_EDGE_OPEN, SAC_EDGE_SCALED } SacEdge;
typedef struct {
  guint8 edges[SAC_GAN_GROUP][SAC_GAN_GROUP];   /* SacEdge; [student][teacher], on the diagonal from the discriminator */
  float alpha;                  /* of the transfer between generators; 1000 in the paper */
} SacGanEdges;
typedef struct {
  SacVar loss_d;                /* scalar, as below */
  SacVar losses[SAC_GAN_GROUP][SAC_GAN_GROUP];  /* of each edge before its gate; 0 where it is cut */
  SacVar factors[SAC_GAN_GROUP][SAC_GAN_GROUP]; /* inputs (1,1,1,1,1); 0 where it is not scaled */
  SacVar images[SAC_GAN_GROUP]; /* of the generators, before their update */
  SacVar logits[SAC_GAN_GROUP + 1];     /* what D, before its update, says of each one's images and, at k, of the real ones */
  SacVar hyper_d, hyper_g;
} SacGanStep;
/* Who plays: what makes something from noise, with its hidden maps for transfer (as sac_dcgan_generator_levels()), and what tells who
 * made it.  Generators have the prefixes "G0." …, the discriminator "D.". */
typedef struct {
  guint (*generator) (SacGraph *graph, SacWeights *weights, const char *prefix, gconstpointer net, SacVar z, gboolean train, SacVar *made,
                      SacVar *levels);
  SacVar (*discriminator) (SacGraph *graph, SacWeights *weights, const char *prefix, gconstpointer net, SacVar made, gboolean train);
  gconstpointer net;
  gint32 n_logits;              /* above the number of generators */
} SacGanPlayers;
SacGanStep sac_gan_step_of (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer,
                            const SacGanPlayers *players, guint n_generators, const SacGanEdges *edges, SacVar z, SacVar real);
/* As sac_mad_gan_step(), of which the edges with an open diagonal alone are the same program. */
SacGanStep sac_gan_step (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer,
                         const SacDcgan *net, guint n_generators, const SacGanEdges *edges, SacVar z, SacVar real);

void sac_mad_gan_declare (SacWeights *g, SacWeights *d, const SacDcgan *net, guint n_generators);
/* @g_optimizer, @d_optimizer: Adam on @g and @d.  @z (N,z,1,1,1), @real (N,3,1,size,size). */
SacMadGanStep sac_mad_gan_step (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer,
                                const SacDcgan *net, guint n_generators, SacVar z, SacVar real);
