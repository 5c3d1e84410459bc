/* What the files of infer/ know of a network. */
#pragma once
#include "sac-infer.h"

struct _SacNet {
  SacRunInfo *info;             /* NULL when shared */
  SacRecipe *recipe;
  SacClipSpec spec;
  SacModel model;
  gboolean softmax;
  gboolean mean_logits;         /* over rows, rather than of probabilities */
  guint n_test_clips;
  guint n_labels;
  guint64 step;
  gboolean owned;               /* weights and backend are ours */
  SacWeights *weights;
  SacBackend *backend;
  SacProgram *forward, *camera, *slope;
  SacVar clip, logits;          /* of forward */
  SacVar cam_clip, cam_pick, cam_map;
  SacShape coarse;              /* of the map before upsampling */
  char *cam_layer;              /* the camera's; "": the last */
  char **layers;                /* names, once asked for */
  SacVar slope_clip, slope_pick, slope_map;
  SacProgram *look, *perceive;  /* sac-attend.c: clip → features and maps; these → logits */
  SacVar look_clip;
  SacModelOut seen, given;      /* outputs of look, inputs and output of perceive */
  SacShape features_shape, spatial_shape;
};

/* A clip as the network takes it: (1,3,T,H,W), or for single frames a batch of T. */
SacShape _sac_net_clip_shape (const SacNet *net);
/* Rows of logits, of a clip or of several → probabilities. */
void     _sac_net_mean (const SacNet *net, const float *logits, guint rows, float *probabilities);
/* Names and values (SacVar; nullable) of the layers of sac_net_get_layers(), as far as @logits hang on them.  Transfer full. */
char   **_sac_net_list_layers (const SacGraph *graph, SacVar logits, GArray *values);
