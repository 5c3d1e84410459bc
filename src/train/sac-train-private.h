#pragma once
#include "sac-train.h"

/* A training step as a graph: what is set before each run, and what comes out. */
typedef struct {
  SacVar clip, target, mask, loss;
  SacVar logits;                /* of the perception branch, batch × labels */
  SacVar dropout;               /* its key; 0: none */
  SacVar map, map_weight, time_map, time_weight;        /* of edited maps; 0: none are taught */
  SacShape map_shape;
  SacVar hyper;                 /* of weights updated at once; 0: gradients are accumulated */
  SacVar scale;                 /* gradients are of the loss times this, with f16; 0: of the loss */
} SacTrainStep;

/* ---- the order of examples: a function of seed and position alone, so a position in a checkpoint is all there is to restore. */
typedef struct {
  guint item;
  guint frame;                  /* networks of single frames: which of the chosen ones */
  guint64 epoch;
} SacExample;
typedef struct _SacSampler SacSampler;
/* @n_frames 0: whole clips; else (clip, frame) pairs are shuffled. */
SacSampler *_sac_sampler_new (guint n_items, guint n_frames, guint64 seed);
SacExample  _sac_sampler_at (SacSampler *sampler, guint64 position);
/* The clips of the next @max examples from @position, without neighbours repeated. */
guint       _sac_sampler_ahead (SacSampler *sampler, guint64 position, guint *items, guint max);
void        _sac_sampler_free (SacSampler *sampler);

/* ---- clips that a person watches: sac-train-pins.c */
typedef struct _SacTrainPins SacTrainPins;
void        _sac_train_pins_free (SacTrainPins *pins);

/* ---- what the loss is multiplied by where activations are f16: sac-train-scale.c */
typedef struct {
  double value;
  guint64 good, skipped;        /* steps since it changed; steps that moved nothing, in all */
} SacLossScale;
gboolean _sac_train_scales (const SacRecipe *recipe);
void     _sac_loss_scale_begin (SacLossScale *scale);
void     _sac_loss_scale_learn (SacLossScale *scale, gboolean finite);

/* ---- the state of a run.  One thread. */
typedef struct {
  const SacTrainSpec *spec;
  SacRecipe *recipe;
  GCancellable *cancellable;    /* nullable */
  int lock_fd;
  guint n_labels;

  SacDataset *train, *validation, *test;        /* validation NULL: there is none; test: only where it is watched */
  SacLoader *train_loader, *validation_loader, *test_loader;
  SacClipSpec clip_spec;
  SacSampler *sampler;
  guint64 position;             /* examples drawn */

  SacBackend *backend;
  SacWeights *weights;
  SacOptimizer *optimizer;
  SacModel model;
  SacProgram *program;
  SacTrainStep in;              /* values of @program */
  guint64 memory;               /* most bytes for all, 0 = as many as it takes */
  SacNet *net;                  /* the same weights, evaluation mode */
  float *clips, *targets, *mask, *scratch;
  GPtrArray *maps;              /* SacMap* of each training clip, NULL for one without; NULL: none are taught */
  float *map, *map_weight, *time_map, *time_weight;     /* a batch of them */

  int step;                     /* steps done */
  GArray *rates;                /* SacRateChange: what a person changed on the way */
  double best_value, best_loss; /* of recipe->best_metric, and the validation's loss; NaN, +∞: none yet */
  double stop_best;             /* of the metric that stops the run; NaN: none yet */
  int stop_waited;              /* validations since */
  SacLossScale scale;
  int checkpoint_step, validated_step;

  SacTrainPins *pins;           /* NULL before the first look */
  SacEventWriter *events;
  SacDrawnWriter *drawn;        /* NULL: none, or the disk is full */
  guint *batch_items;           /* clips of the batch */
  guint reported_quarantined;
  double loss_sum;              /* since the last log */
  guint loss_n;
  gint64 began_us, logged_us, paused_us;        /* of this process */
  int first_step;               /* steps done when this process began */
  guint64 clips_since_log;
  double compute_seconds;       /* since the last log */
  double seconds[SAC_N_TIMES];  /* the same by part */
  SacClipStore *store;          /* decoded clips on the disk */
  char *worry;                  /* why the run had better rest; NULL: it need not */
  gint64 look_us;               /* when it is asked for again */
  guint64 checkpoint_bytes;
  gboolean careless;            /* a person said to go on in spite of it */
  gboolean snapshot_wanted;
  gint64 snapshot_from_us;      /* not before */
} SacTrainer;

typedef enum { SAC_TURN_GOES_ON, SAC_TURN_STOPPED, SAC_TURN_INTERRUPTED } SacTurn;
/* Obeys what lies in the control folder, and comes back when the next step is to be made, or none: sac-train-control.c */
gboolean _sac_trainer_obey (SacTrainer *trainer, SacTurn *turn, GError **error);

/* A battery that runs down, a disk that fills: sac-train-care.c.  In words; NULL: nothing of the kind.  Transfer full. */
char    *_sac_trainer_dup_worry (SacTrainer *trainer);
gboolean _sac_trainer_has_room (SacTrainer *trainer);  /* on the disk, for a checkpoint */

/* What was spent since @since_us goes to @part; returns now. */
gint64   _sac_trainer_spent (SacTrainer *trainer, SacTime part, gint64 since_us);

/* After a step's batches: where gradients overflowed (not *@finite) they are zeroed and the next scale is smaller. */
gboolean _sac_trainer_check_scale (SacTrainer *trainer, gboolean *finite, GError **error);

void     _sac_trainer_init (SacTrainer *trainer, const SacTrainSpec *spec, GCancellable *cancellable);
void     _sac_trainer_clear (SacTrainer *trainer);
/* Batches, gradients and the update of one step, nothing told; @norms nullable. */
typedef struct _SacStepNorms SacStepNorms;
gboolean _sac_trainer_make_step (SacTrainer *trainer, double rate, SacStepNorms *norms, GError **error);

/* A run that leaves nothing behind: prepared as @spec says, in a folder of the cache.  To be closed also after a failure. */
typedef struct {
  SacTrainSpec spec;
  SacTrainer trainer;
  char *folder;
} SacTrial;
gboolean _sac_trial_open (SacTrial *trial, const SacTrainSpec *spec, GCancellable *cancellable, GError **error);
void     _sac_trial_close (SacTrial *trial);

/* ---- the step and what it takes: sac-train-plan.c */
gboolean _sac_train_build (const SacRecipe *recipe, const SacModel *model, guint n_labels, SacWeights *weights, SacOptimizer *optimizer,
                           SacGraph *graph, SacTrainStep *step, GError **error);
void     _sac_train_freeze (const SacRecipe *recipe, SacModel *model, SacOptimizer *optimizer);       /* what the recipe keeps as it is */
/* All of a plan but the arena, whose share of @memory _sac_train_options() then knows. */
void     _sac_train_count (const SacRecipe *recipe, const SacModel *model, guint n_labels, guint n_clips, guint64 memory,
                           SacWeights *weights, SacOptimizer *optimizer, SacTrainPlan *plan);
gboolean _sac_train_options (const SacRecipe *recipe, guint64 memory, const SacTrainPlan *counted, SacCompileOptions *options,
                             GError **error);

/* ---- what a person drew over the maps: sac-train-maps.c */
gboolean _sac_train_has_edits (const SacRecipe *recipe);
void     _sac_train_add_map_loss (const SacRecipe *recipe, const SacModelOut *out, SacGraph *graph, SacTrainStep *step);
gboolean _sac_trainer_open_maps (SacTrainer *trainer, GError **error);         /* once the training clips are settled */
gboolean _sac_trainer_is_edited (const SacTrainer *trainer, guint item);
/* Into the batch, whose clip at @row may be painted over by it. */
void     _sac_trainer_take_map (SacTrainer *trainer, const SacExample *example, guint row);
void     _sac_trainer_set_maps (SacTrainer *trainer);                          /* the batch, to the program */
void     _sac_trainer_close_maps (SacTrainer *trainer);

/* @clip (t·h·w·3): places where @spatial (t·map_h·map_w) is below @below take the colours around them, frames where @temporal (t, NULL:
 * nothing is said of time) is below it those of the nearest frame. */
void     _sac_train_paint_over (float *clip, int t, int h, int w, const float *spatial, int map_h, int map_w, const float *temporal,
                                double below);

/* ---- everything before the first step. */
gboolean _sac_trainer_prepare (SacTrainer *trainer, GError **error);
/* All that computing takes: device, weights, programs, batches.  Taken again, it is as the newest checkpoint left it. */
void     _sac_trainer_drop_network (SacTrainer *trainer);
gboolean _sac_trainer_take_network (SacTrainer *trainer, GError **error);

/* ---- data: datasets of the run, the held-out share, loaders. */
gboolean _sac_trainer_open_data (SacTrainer *trainer, GError **error);
/* Keeps the rows where @keep. */
void     _sac_dataset_keep (SacDataset *dataset, const gboolean *keep);
/* Which clips to hold out: stratified by the first label that is yes, drawn by @seed.  Transfer full. */
gboolean *_sac_hold_out (const SacDataset *dataset, double share, guint64 seed);

/* ---- what it thought of each example: sac-train-drawn.c */
void     _sac_trainer_open_drawn (SacTrainer *trainer);
void     _sac_trainer_note_drawn (SacTrainer *trainer);                        /* the batch that was run */
void     _sac_trainer_close_drawn (SacTrainer *trainer);

/* ---- checkpoints. */
gboolean _sac_trainer_save (SacTrainer *trainer, GError **error);              /* step-N, and older ones dropped */
gboolean _sac_trainer_save_best (SacTrainer *trainer, GError **error);         /* weights and statistics alone */
gboolean _sac_trainer_save_snapshot (SacTrainer *trainer, GError **error);     /* the same, as it is now, for who looks on */
void     _sac_trainer_drop_snapshot (SacTrainer *trainer);
gboolean _sac_trainer_save_initial (SacTrainer *trainer, GError **error);      /* the same, before the first step: W0 of analyses */
gboolean _sac_trainer_restore (SacTrainer *trainer, GError **error);           /* the newest that can be read, else the initial one */
void     _sac_trainer_sweep (SacTrainer *trainer);                             /* half-written files of an earlier life */

/* ---- events. */
gboolean _sac_trainer_status (SacTrainer *trainer, const char *status, GError **error);
gboolean _sac_trainer_note (SacTrainer *trainer, const char *tag, GError **error, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Of one step, by layer. */
struct _SacStepNorms {
  const char *const *layers;    /* NULL-terminated; NULL: nothing was measured */
  double whole, *gradients, *ratios;
  double *slices;               /* layers × SAC_MOST_SLICES: the gradient by slice in time of the kernel */
  guint *taps;                  /* slices of each, 0: none */
};
gboolean _sac_step_norms_before (SacStepNorms *norms, SacOptimizer *optimizer, double scale, GError **error);  /* gradients × @scale */
gboolean _sac_step_norms_after (SacStepNorms *norms, SacOptimizer *optimizer, double rate, GError **error);
void     _sac_step_norms_clear (SacStepNorms *norms);
/* Every step: how far; at log steps (@full) all numbers. */
gboolean _sac_trainer_log (SacTrainer *trainer, gboolean full, double rate, const SacStepNorms *norms, GError **error);

/* Scores and maps of the pinned clips at this step, where the time allows it. */
gboolean _sac_trainer_look_at_pins (SacTrainer *trainer, GError **error);

/* ---- validation: loss, AUC per label, scores, and the best checkpoint kept. */
gboolean _sac_trainer_check_metrics (SacTrainer *trainer, GError **error);     /* that they name labels of the project */
/* What judging some clips costs, in seconds a clip: the first time, and once they are decoded.  0 without a validation split. */
gboolean _sac_trainer_time_validation (SacTrainer *trainer, double *first, double *again, GError **error);
gboolean _sac_trainer_is_stopped_early (const SacTrainer *trainer);
gboolean _sac_trainer_validate (SacTrainer *trainer, GError **error);
