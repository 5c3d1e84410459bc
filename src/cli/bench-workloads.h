/* The workloads of `saccade bench`: one row a network, the same definitions as the PyTorch peers they are compared with. */
#pragma once
#include "nn/sac-nn.h"

typedef enum {
  SAC_BENCH_LABELS,             /* each class holds with probability .2: sigmoid, binary cross-entropy */
  SAC_BENCH_CLASS,              /* one class an example, by number: softmax, cross-entropy */
  SAC_BENCH_PICTURES,           /* pictures (N,3,1,64,64), even in −1…1: real ones for a discriminator */
} SacBenchTarget;

typedef struct _SacBenchStep SacBenchStep;

typedef struct _SacWorkload SacWorkload;
struct _SacWorkload {
  const char *name;
  SacShape input;
  SacBenchTarget target;
  gint32 n_classes;             /* a target of labels is (N,n_classes,1,1,1), of classes (N,1,1,1,1) */
  /* Appends network and loss; returns the loss, or with @infer the prediction, batch norm then by running statistics. */
  SacVar (*build) (const SacWorkload *work, SacGraph *graph, SacWeights *weights, SacVar input, SacVar target, gboolean infer);
  const char *model;            /* which network, where @build knows several */
  const char *stands_for;       /* what a person does with it, N_() */
  /* Instead of @build, for what is more than a network and a loss: see bench-step.h. */
  gboolean (*make) (const SacWorkload *work, SacBenchStep *step, gboolean infer, GError **error);
  gint32 width;                 /* base width of the network; 0: that of the papers */
};

#define SAC_WORKLOAD_WIDTH(work) ((work)->width > 0 ? (work)->width : 64)

extern const SacWorkload _sac_workloads[];     /* ended by a row without name */

SacShape           _sac_workload_target_shape (const SacWorkload *work);
const SacWorkload *_sac_workload_find (const char *name);       /* NULL if there is none */
/* Names of all, a blank after each.  Transfer full. */
char              *_sac_workload_dup_names (void);
/* Fills the two inputs of a program with the workload's fixed random batch; @target may be 0. */
void               _sac_workload_upload (const SacWorkload *work, SacProgram *program, SacVar input, SacVar target);
