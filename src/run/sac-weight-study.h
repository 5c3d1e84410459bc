/* SacWeightStudy: what training did to the weights of one network or several, layer by layer (methods/01 §5), as
 * `saccade weights compare` computes it and the window and reports show it:
 *   { "version": 1, "frames": 32, "clips": 48, "answer": "…",
 *     "series": [ { "name": "i3d-average-1", "from": FILE, "to": FILE, "start": "average",
 *     "seen0": [0,1,…], "seen1": […], "layers": [ { "name": "layer1.0.conv1", "kind": "kernel", "shape": [16,16,3,3,3], "taps": 3,
 *       "values": { "relative": 0.1, … }, "energy0": [⅓,⅓,⅓], "energy1": […], "change": […], "exposure": […] }, … ] }, … ] }
 * A value that a layer does not have is left out of the file and NaN here. */
#pragma once
#include "base/sac-base.h"

typedef enum {
  SAC_WEIGHT_RELATIVE, SAC_WEIGHT_RELATIVE2, SAC_WEIGHT_COSINE, SAC_WEIGHT_FLIPS, SAC_WEIGHT_ZEROS0, SAC_WEIGHT_ZEROS1,
  SAC_WEIGHT_ANISOTROPY0, SAC_WEIGHT_ANISOTROPY1, SAC_WEIGHT_STATIC1, SAC_WEIGHT_MOTION1, SAC_WEIGHT_MOTION_CHANGE,
  SAC_WEIGHT_STATIC_DRIFT, SAC_WEIGHT_CENTRE0, SAC_WEIGHT_CENTRE1, SAC_WEIGHT_RANK0, SAC_WEIGHT_RANK1,
  SAC_WEIGHT_GAMMA, SAC_WEIGHT_BETA, SAC_WEIGHT_MEAN, SAC_WEIGHT_VARIANCE,
  SAC_WEIGHT_CKA, SAC_WEIGHT_CKA_UNBIASED, SAC_WEIGHT_OUTPUT_RANK0, SAC_WEIGHT_OUTPUT_RANK1,
  SAC_WEIGHT_GRADIENT, SAC_WEIGHT_UPDATE,
  SAC_N_WEIGHT_VALUES
} SacWeightValue;

/* "relative2", the word of files; "Relative change ρ₂", translated; and what it is in a sentence, translated. */
const char *sac_weight_value_get_name (SacWeightValue value);
const char *sac_weight_value_get_words (SacWeightValue value);
const char *sac_weight_value_get_meaning (SacWeightValue value);
int         sac_weight_value_find (const char *name);          /* −1: none */

typedef enum { SAC_LAYER_KERNEL, SAC_LAYER_NORM, SAC_LAYER_OUTPUT } SacLayerKind;
const char *sac_layer_kind_get_name (SacLayerKind kind);       /* "kernel", "norm", "output" */

typedef struct {
  char *name;                   /* "layer1.0.conv1" */
  SacLayerKind kind;
  guint rank;
  gint64 dims[5];               /* of a kernel in the field's order; rank 0: none */
  guint taps;                   /* 1: does not span time */
  double values[SAC_N_WEIGHT_VALUES];
  /* taps each, or NULL: shares of energy before and after, ‖ΔW_t‖, mean ‖g_t‖ while it learned. */
  double *energy0, *energy1, *change, *exposure;
} SacWeightLayer;

typedef struct {
  char *name;
  char *from, *to;              /* files */
  char *start;                  /* "average", "centre", "flat" (no kernel spans time) or "other": told from the weights themselves */
  GPtrArray *layers;            /* SacWeightLayer, in the order of computing */
  GArray *seen0, *seen1;        /* guint: frames that the answer depends on, before and after; NULL: not known */
} SacWeightSeries;

typedef struct {
  guint n_frames;               /* that seen0 and seen1 speak of */
  guint n_clips;                /* behind the likeness of outputs; 0: none */
  char *answer;                 /* averaging against centring in sentences; NULL where there is nothing to say */
  GPtrArray *series;            /* SacWeightSeries */
} SacWeightStudy;

SacWeightStudy  *sac_weight_study_new (void);
void             sac_weight_study_free (SacWeightStudy *study);
SacWeightSeries *sac_weight_study_add (SacWeightStudy *study, const char *name);
SacWeightLayer  *sac_weight_series_add (SacWeightSeries *series, const char *name, SacLayerKind kind);         /* all NaN */
const SacWeightLayer *sac_weight_series_find (const SacWeightSeries *series, const char *name, SacLayerKind kind);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacWeightStudy, sac_weight_study_free)

/* Names of all layers that have @value in any series, in the order of computing, NULL-terminated: the horizontal axis of a plot by
 * depth.  Transfer full. */
char     **sac_weight_study_dup_depths (const SacWeightStudy *study, SacWeightValue value);
/* The value of a layer of this name, whatever its kind; NaN where it has none. */
double     sac_weight_series_get (const SacWeightSeries *series, const char *layer, SacWeightValue value);

/* Whether values to be drawn ask for a logarithmic axis: all above 0, and some many times others, as the head's change is. */
gboolean   sac_weight_values_want_log (const double *values, gsize n);

/* On one line.  Transfer full. */
char           *sac_weight_study_dup_json (const SacWeightStudy *study);
SacWeightStudy *sac_weight_study_parse (const char *json, gssize length, GError **error);
/* A row a layer of each series; empty where there is nothing. */
char           *sac_weight_study_dup_csv (const SacWeightStudy *study);
