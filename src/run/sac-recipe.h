/* A recipe: a key file that says how to train.  Unknown keys and values out of range are errors with the line's key named. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  char *title, *description;    /* [recipe] title=, description= (translatable: title[ja]=) */
  /* [network] */
  char *model;                  /* a name of nn/sac-model.h: "i3d-r50", "stabn-r18" … */
  int width;                    /* 64 */
  int blocks[4];                /* 0,0,0,0 = the model's own */
  char *inflation;              /* none | average | centre */
  char *pad_time;               /* replicate | zeros */
  char *weights;                /* file name hint or "" = from scratch */
  char *attention;              /* random | aligned: how an attention branch's maps begin, sac_stabn_align() */
  char *attention_layer4;       /* random | copied: how its own last stage begins */
  double dropout;               /* rate before the last layer of each branch; 0 none */
  /* [data] */
  int frames, resize, crop;
  gboolean flip_horizontal, flip_vertical;
  int top_k;                    /* keep the k most frequent labels; 0 = all */
  char *sampling;               /* middle | segments | step: which frames stand for a clip, SacSampling */
  int step;                     /* frames from one to the next with sampling=step */
  int choices;                  /* frames of each segment (stretches with step) that training draws from */
  int test_clips;               /* 1, or 2: scores are means over two clips of interleaved frames */
  char *clip_mean;              /* softmax | logits: what is averaged over them, and over frames of 2-D networks */
  double crop_area;             /* training: random parts of the square from so much of its area on; 0: crop × crop anywhere */
  double colour_jitter, colour_noise;
  gboolean flip_sided;          /* flip clips too whose labels say left or right */
  double validation;            /* share of training clips held out when the project has no validation split */
  /* [training] */
  int effective_batch;          /* clips a step: when a run starts, batch becomes the largest divisor that fits in memory, and accumulate
                                 * the rest of it; 0: both are as they stand */
  int batch, accumulate;        /* clips a batch, batches a step */
  int steps;
  double rate, momentum, decay, head_rate;      /* head_rate: multiplier of the head's rate */
  double map_rate;              /* the same of the last layers of an attention branch's maps (sp_…, t_…) */
  int rate_clips;               /* @rate is meant for so many clips a step and is scaled to those there are; 0: as it stands */
  int warmup;                   /* the rate grows evenly over so many first steps; 0: at once */
  gboolean nesterov;            /* the step looks ahead by the momentum */
  double clip_norm;             /* a step's gradients are scaled down to this norm; 0 = never */
  int drops[8]; int n_drops; double drop_factor;
  char *batch_norm;             /* batch | frozen */
  char *precision;              /* f32 | bf16 (CPU) | f16 (Vulkan): how activations are stored while training; weights and sums are f32 */
  char *loss;                   /* sigmoid: every label by itself | softmax: one label of all */
  char *freeze;                 /* none | extractor: all below the attention stays, statistics too; stem | layer1 … layer4: all
                                 * up to it */
  char *edits;                  /* none | all | only: L_map where a person edited the map; only: on no other clips */
  double map_gamma, map_gamma_t;        /* weights of L_map, in space and in time */
  double map_hide;              /* in every second epoch, what an edited map holds below this is painted over; 0: nothing is */
  char *memory;                 /* most a run may take, as "2G"; "" = what is there.  See sac_size_parse() */
  guint64 seed;
  char *best_metric;            /* by which best.safetensors is chosen: a tag of validations, sac_metric_get_sense() */
  char *stop_metric;            /* the same for stopping early; "": best_metric */
  int stop_patience;            /* stop after so many validations in a row without a better one; 0: never */
  double stop_min_change;       /* better by more than this */
  gboolean watch_test;          /* loss and AUC of the test split are told at each validation; nothing is chosen by them */
  int validate_every, checkpoint_every, keep_checkpoints, log_every;
} SacRecipe;

SacRecipe *sac_recipe_load (const char *path, GError **error);
SacRecipe *sac_recipe_parse (const char *text, GError **error);
/* The same with other values, each "key=value" whatever the key's section; NULL-terminated, nullable. */
SacRecipe *sac_recipe_with (const SacRecipe *recipe, const char *const *settings, GError **error);
/* The value of a key as it stands in the file; NULL where there is no such key.  Transfer full. */
char      *sac_recipe_dup_value (const SacRecipe *recipe, const char *key);
char      *sac_recipe_dup_text (const SacRecipe *recipe);
void       sac_recipe_free (SacRecipe *recipe);
gboolean   sac_recipe_is_flat (const SacRecipe *recipe);       /* its network sees single frames */
gboolean   sac_recipe_has_attention (const SacRecipe *recipe); /* its network weighs its features by maps of its own */
/* 1: the more of this the better, −1: the less, 0: nothing is chosen by it, as by anything of the test split. */
int        sac_metric_get_sense (const char *tag);
/* Rate in force at step s = 1, 2, …: multiplied by drop_factor after each drop step, smaller in the warm-up. */
double     sac_recipe_rate (const SacRecipe *recipe, int step);
/* Recipes that ship with the program: paths, transfer full. */
char     **sac_recipe_list (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRecipe, sac_recipe_free)
