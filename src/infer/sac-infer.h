/* infer: a checkpoint becomes scores, attention, features. */
#pragma once
#include "nn/sac-nn.h"
#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"
#include "data/sac-data.h"
#include "run/sac-run.h"
#include "eval/sac-eval.h"

typedef struct _SacNet SacNet;  /* a network with its weights, one backend, programs made on first use.  One thread at a time. */

#define SAC_INFER_ERROR (sac_infer_error_quark ())
GQuark sac_infer_error_quark (void);
typedef enum { SAC_INFER_ERROR_NETWORK, SAC_INFER_ERROR_LABEL, SAC_INFER_ERROR_DATA } SacInferError;

/* What a recipe says about the network and its clips. */
gboolean sac_recipe_get_model (const SacRecipe *recipe, guint n_labels, SacModel *model, GError **error);
gboolean sac_recipe_is_softmax (const SacRecipe *recipe);     /* one label of all, rather than each by itself */
void     sac_recipe_get_clip_spec (const SacRecipe *recipe, SacClipSpec *spec);        /* of scoring and explaining */
void     sac_recipe_get_training_spec (const SacRecipe *recipe, SacClipSpec *spec);    /* the same with what chance does */

/* From a run folder (@checkpoint NULL: best, else newest).  Batch norm always uses the running statistics here. */
SacNet            *sac_net_open_run (const char *run_folder, const char *checkpoint, guint n_threads, GError **error);
/* The same on another device: "vulkan", "vulkan:N" (sac_backend_new_for_name()). */
SacNet            *sac_net_open_run_on (const char *device, const char *run_folder, const char *checkpoint, guint n_threads,
                                        GError **error);
/* Over weights that somebody else holds and may go on changing (validation while training); both are borrowed. */
SacNet            *sac_net_new_shared (const SacRecipe *recipe, guint n_labels, SacWeights *weights, SacBackend *backend,
                                       GError **error);
void               sac_net_free (SacNet *net);
const SacRunInfo  *sac_net_get_info (const SacNet *net);           /* NULL for a shared one */
const SacRecipe   *sac_net_get_recipe (const SacNet *net);         /* the same */
const SacClipSpec *sac_net_get_clip_spec (const SacNet *net);
guint              sac_net_get_n_labels (const SacNet *net);
guint64            sac_net_get_step (const SacNet *net);

/* Rows of logits a clip has: 1, or one per frame for networks of single frames. */
guint    sac_net_get_n_rows (const SacNet *net);
gboolean sac_net_logits (SacNet *net, const float *clip, float *logits /* n_rows × n_labels */, GCancellable *cancellable, GError **error);
/* Rows of logits → probabilities, n_labels: the mean over rows of the sigmoid, or of the softmax where the recipe says so. */
void     sac_net_probabilities (const SacNet *net, const float *logits, float *probabilities);
/* @clip (T,H,W,C) of the spec → probabilities. */
gboolean sac_net_score (SacNet *net, const float *clip, float *probabilities, GCancellable *cancellable, GError **error);

/* Loss of one clip as in training, of the perception branch, mean over rows: the mean over its known labels of the sigmoid
 * cross-entropy, −1 without known labels; or the cross-entropy of the softmax to the labels that are yes, −1 where none is.
 * @states: n_labels of SacLabelState. */
double   sac_clip_loss (const float *logits, guint n_rows, guint n_labels, const gint8 *states, gboolean softmax);

/* ---- maps to compare attention with.  @map: T×H×W over the chosen frames at crop resolution, scaled to max 1, @frame_weight: T, mean of
 * the map per frame scaled to max 1.  All zero where nothing speaks for the label.  Networks of single frames: one map per frame, scaled
 * together.
 * 3-D Grad-CAM at a layer: relu(Σ_c mean(∂z/∂A_c)·A_c).  Paper: Selvaraju 2017 §3.  @layer: one of sac_net_get_layers(), a stage
 * as a number ("3"), or NULL, "", "0" for the last stage. */
gboolean sac_net_gradcam (SacNet *net, const float *clip, guint label, float *map, float *frame_weight, GCancellable *cancellable,
                          GError **error);
gboolean sac_net_gradcam_at (SacNet *net, const float *clip, guint label, const char *layer, float *map,
                             float *frame_weight, GCancellable *cancellable, GError **error);
/* T, H, W of the last Grad-CAM before it was brought to the size of the clip; 0 before there was one. */
void     sac_net_get_gradcam_grid (const SacNet *net, int grid[3]);
/* "stem", "layer1.0", "layer1.1", "layer1", …: the stages and their residual blocks, in the order of computing; the last block of a
 * stage is that stage.  Ended by NULL; borrowed. */
const char *const *sac_net_get_layers (SacNet *net);
/* The largest |∂z/∂x| of the three colours, each pixel. */
gboolean sac_net_input_gradient (SacNet *net, const float *clip, guint label, float *map, float *frame_weight,
                                 GCancellable *cancellable, GError **error);
/* Knows nothing: random on a grid of 7×7 places a frame, the same for the same @seed. */
void     sac_net_random_map (SacNet *net, guint64 seed, float *map, float *frame_weight);

/* ---- attention: networks that weigh their features by maps of their own (sac_model_has_attention). */
gboolean sac_net_has_attention (const SacNet *net);

/* What such a network looks at in one clip, on the grid of its features. */
typedef struct {
  int t, h, w;
  guint n_labels;
  guint n_channels;             /* of the features */
  float *spatial;               /* t·h·w, 0…1 */
  float *temporal;              /* t, 0…1; NULL for networks of single frames */
  float *class_maps;            /* t·h·w·n_labels, the label last: what the branch sees of each, ≥ 0 */
  float *features;              /* what the maps weigh, as sac_net_perceive() takes it */
  float *logits;                /* of the attention branch, n_rows × n_labels */
} SacAttention;
SacAttention *sac_net_attend (SacNet *net, const float *clip, GCancellable *cancellable, GError **error);
void          sac_attention_free (SacAttention *attention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAttention, sac_attention_free)
/* The scores that the same features have under other maps (edited, inverted, of another clip): n_rows × n_labels logits.  Much
 * cheaper than the whole network.  methods/08 §7, §10.  @temporal is not read where there is none. */
gboolean      sac_net_perceive (SacNet *net, const float *features, const float *spatial, const float *temporal, float *logits,
                                GCancellable *cancellable, GError **error);

/* Scores all clips of @dataset; unreadable ones are left out with a note.  Transfer full. */
SacScores *sac_net_score_dataset (SacNet *net, SacDataset *dataset, const char *split, SacProgressFunc progress, gpointer data,
                                  GCancellable *cancellable, GError **error);

/* The control beside the AUC: per label a logistic regression on the mean colour of the chosen frames, fitted on training clips.
 * If it tells the labels apart, so could a network that never looked. */
typedef struct {
  guint n_labels;
  double *weights;              /* n_labels × 4: red, green, blue in 0…1, constant */
} SacColourControl;
void              sac_clip_mean_colour (const float *clip, const SacClipSpec *spec, float rgb[3]);
SacColourControl *sac_colour_control_fit (const float *colours /* n_clips × 3 */, guint n_clips, const gint8 *states, guint n_labels);
void              sac_colour_control_score (const SacColourControl *control, const float rgb[3], float *scores);
void              sac_colour_control_free (SacColourControl *control);
/* RUN/scores/colour-control.json */
gboolean          sac_colour_control_write (const char *run_folder, const SacColourControl *control, GError **error);
SacColourControl *sac_colour_control_read (const char *run_folder, guint n_labels, GError **error);

/* Scores @dataset with its control (nullable) and writes RUN/scores/<split>.json.  Transfer full. */
SacScores *sac_score_set (SacNet *net, const char *run_folder, SacDataset *dataset, const char *split, const SacColourControl *control,
                          SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error);
/* Scores @split of @project with the run's network and its colour control and writes RUN/scores/<split>.json.  An empty split is
 * an error of SAC_DATA_ERROR_EMPTY.  Transfer full. */
SacScores *sac_score_run (SacNet *net, const char *run_folder, SacProject *project, SacSplit split, SacProgressFunc progress,
                          gpointer data, GCancellable *cancellable, GError **error);
const char *sac_split_get_name (SacSplit split);        /* "train" "validation" "test" "none" */

/* ---- explanations with what they need kept open: the networks of the last runs, the project, the last few clips and their
 * features.  One thread. */
typedef struct _SacExplainer SacExplainer;
SacExplainer   *sac_explainer_new (guint n_threads);
/* "cpu" unless said otherwise; before the first question. */
void            sac_explainer_set_device (SacExplainer *explainer, const char *device);
void            sac_explainer_free (SacExplainer *explainer);
SacExplanation *sac_explainer_run (SacExplainer *explainer, const SacQuestion *question, GCancellable *cancellable, GError **error);

/* A network without attention gives its scores and its frames. */
SacLook        *sac_explainer_attend (SacExplainer *explainer, const char *run_folder, const char *project, const char *clip,
                                      GCancellable *cancellable, GError **error);
/* Probabilities, @n_labels of them; transfer full.  Maps of another size than the network's are an error. */
float          *sac_explainer_perceive (SacExplainer *explainer, const char *run_folder, const char *project, const char *clip,
                                        const SacMaps *maps, guint *n_labels, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacNet, sac_net_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacColourControl, sac_colour_control_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacExplainer, sac_explainer_free)

#include "sac-attention-study.h"
