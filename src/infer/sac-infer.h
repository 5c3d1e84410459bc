/* infer: a checkpoint becomes scores, attention, features. */
#pragma once
#include "nn/sac-nn.h"
#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"
#include "data/sac-data.h"
#include "run/sac-run.h"
#include "eval/sac-eval.h"

typedef struct _SacNet SacNet;  /* a network with its weights, one backend, programs made on first use.  One thread at a time. */

/* From a run folder (@checkpoint NULL: best, else newest). */
SacNet            *sac_net_open_run (const char *run_folder, const char *checkpoint, guint n_threads, GError **error);
void               sac_net_free (SacNet *net);
const SacRunInfo  *sac_net_get_info (const SacNet *net);
const SacClipSpec *sac_net_get_clip_spec (const SacNet *net);
guint              sac_net_get_n_labels (const SacNet *net);
guint64            sac_net_get_step (const SacNet *net);

/* @clip (T,H,W,C) of the spec → probabilities, n_labels.  2-D networks: mean over frames of the sigmoid. */
gboolean sac_net_score (SacNet *net, const float *clip, float *probabilities, GCancellable *cancellable, GError **error);

/* 3-D Grad-CAM at the last stage: relu(Σ_c mean(∂z/∂A_c)·A_c), scaled to max 1.  Paper: Selvaraju 2017 §3.
 * @map: T×H×W over the chosen frames at crop resolution, @frame_weight: T, mean of the map per frame scaled to max 1. */
gboolean sac_net_gradcam (SacNet *net, const float *clip, guint label, float *map, float *frame_weight, GCancellable *cancellable,
                          GError **error);

/* Scores all clips of @dataset; unreadable ones are left out with a note.  Transfer full. */
SacScores *sac_net_score_dataset (SacNet *net, SacDataset *dataset, const char *split, SacProgressFunc progress, gpointer data,
                                  GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacNet, sac_net_free)
