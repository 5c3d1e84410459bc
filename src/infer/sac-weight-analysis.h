/* What training did to a network: methods/01 §5 and §2.5, from files of weights and from the network's answers on clips.
 * The numbers of one kernel are eval/sac-weight-change.h, what comes out is run/sac-weight-study.h. */
#pragma once
#include "eval/sac-weight-change.h"
#include "run/sac-weight-study.h"
#include "sac-infer.h"

typedef struct {
  const char *name;             /* of the series */
  const char *from, *to;        /* files of weights of one network, in any format that opens */
  const char *flat;             /* nullable: the 2-D weights it was inflated from, W_2D; else what the first ones sum to */
  const SacModel *model;        /* nullable: for the frames it depends on */
} SacWeightPair;

/* Appends a series to @study: every kernel and matrix that stands in both files with one shape, every batch norm.  Threads share the
 * layers; the bits do not depend on their number.  No such layer: SAC_WEIGHTS_ERROR_MISMATCH.  Transfer none. */
SacWeightSeries *sac_weight_analysis_add (SacWeightStudy *study, const SacWeightPair *pair, guint n_threads, SacProgressFunc progress,
                                          gpointer data, GCancellable *cancellable, GError **error);

/* Adds to @series how like the outputs of stem and blocks are before and after, over at most @n_clips clips of @split, evenly
 * spread: linear CKA and effective rank.  Outputs are brought to at most 4 × 4 × 4 places before, fewer where they have many
 * channels.  @before and @after are of one run.  Returns the number of clips, 0 with @error. */
guint            sac_weight_analysis_outputs (SacWeightSeries *series, SacNet *before, SacNet *after, SacProject *project, SacSplit split,
                                              guint n_clips, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                                              GError **error);

/* Adds what the run told while it learned: mean gradient and update of each layer, and the gradient by slice in time.  FALSE: nothing. */
gboolean         sac_weight_analysis_exposure (SacWeightSeries *series, const char *run_folder);

/* Frames of a clip of @n_frames (at most 4096) whose pixels the logits depend on, by exact propagation of indices through the graph:
 * a tap of a kernel that is 0 everywhere passes nothing.  @weights NULL: every tap counts.  Element type guint.  Transfer full;
 * NULL with @error where such a clip does not fit the network. */
GArray          *sac_temporal_receptive_frames (const SacModel *model, SacTensorFile *weights, guint n_frames, GError **error);

/* ---- singular values and their entropy: exp (H (σ/Σσ)) of a row-major matrix.  NaN where both sides are above 2048. */
double           sac_matrix_effective_rank (const float *matrix, gsize rows, gsize columns);
/* Eigenvalues of a symmetric n × n matrix, ascending; @matrix is destroyed.  FALSE where none were found. */
gboolean         sac_symmetric_eigenvalues (double *matrix, guint n, double *values);

/* ---- does averaging move its weights more than centring?  Over kernels, ρ₂ of each mode the mean over its series. */
typedef struct {
  guint n_average, n_centre;    /* series */
  guint n_layers;
  SacSignTest all;              /* all kernels but the head; averaging is "above" */
  SacSignTest in_time;          /* those that span time */
  double anisotropy[2];         /* afterwards, mean over the kernels that span time: averaging, centring; NaN: none */
  double motion[2];             /* of the change's length, how much varies over time, the same */
  double centre[2];             /* energy in the middle tap afterwards, the same */
} SacInflationAnswer;
/* FALSE where a mode is missing. */
gboolean         sac_weight_study_answer (const SacWeightStudy *study, SacInflationAnswer *answer);
/* In sentences, translated, with their uncertainty.  Transfer full; NULL where a mode is missing. */
char            *sac_weight_study_dup_answer (const SacWeightStudy *study);
