/* What a network's own attention is worth, over a whole split.  methods/08 §7 and §8.
 *
 * Inversion: the maps are replaced before they weigh the features, and the scores are taken again; if attention matters they fall.
 * Places: where the maps point, against the boxes that were labelled; beside them Grad-CAM, and maps that know nothing.
 * Time: whether the weights of the frames are high within the labelled segments.
 * Deletion and insertion: how the label's probability falls, or rises, when what the map calls important goes, or comes, first.
 * Sanity: whether the maps change when the weights are drawn afresh. */
#pragma once
#include "sac-infer.h"

typedef enum {
  SAC_ROW_NONE,                 /* as the network made them */
  SAC_ROW_SPATIAL, SAC_ROW_TEMPORAL, SAC_ROW_BOTH,      /* 1 − M */
  /* Controls. */
  SAC_ROW_CONSTANT,             /* each map its own mean */
  SAC_ROW_SHUFFLED,             /* M_t with its frames in random order */
  SAC_ROW_OTHER,                /* the maps of the clip before */
  SAC_ROW_ZERO, SAC_ROW_ONE,
  SAC_N_ROWS
} SacInversion;

typedef enum { SAC_MAP_OWN, SAC_MAP_GRADCAM, SAC_MAP_CENTRE, SAC_MAP_RANDOM, SAC_N_MAPS } SacComparedMap;

typedef struct {
  guint n_resamples;            /* behind each interval */
  guint64 seed;                 /* of all that is random */
  guint n_steps;                /* of a curve of deletion; 0: no deletion */
  guint n_deleted;              /* clips at most that it is done with, evenly spread; 0: all */
  guint n_sanity;               /* clips that are looked at with other weights; 0: none */
} SacStudyOptions;
#define SAC_STUDY_OPTIONS { 2000, 1, 20, 48, 8 }

typedef struct {
  guint n_clips;
  guint n_unreadable;
  /* Shares of the clips whose first (one of whose first five) labels is one that is yes; @drop of @top1 against SAC_ROW_NONE, paired.
   * n is 0 for rows that such a network has not (M_t of single frames). */
  struct { SacMeanInterval top1, top5, drop; double macro_auc; } rows[SAC_N_ROWS];
  /* Over clips with boxes, each the mean over its frames; within the segments of its labels where it has such. */
  struct { SacMeanInterval pointing, energy, iou; } places[SAC_N_MAPS];
  /* Over clips with segments: the share of the highest weighted frames that lies inside; what chance gives; frame weights of Grad-CAM. */
  SacMeanInterval time_own, time_chance, time_gradcam;
  SacMeanInterval motion;       /* correlation of M_t with mean |frame difference| */
  SacMeasures *figures;          /* all of it and more, label by label: what goes into the run folder */
} SacAttentionStudy;

/* "none", "spatial", …: for JSON; and in words, translated. */
const char *sac_inversion_get_name (SacInversion row);
const char *sac_inversion_get_words (SacInversion row);
const char *sac_compared_map_get_name (SacComparedMap map);
const char *sac_compared_map_get_words (SacComparedMap map);

/* Of a run's network (sac_net_open_run) that has attention.  Its weights are others for a while, and as before in the end. */
SacAttentionStudy *sac_attention_study_run (SacNet *net, SacProject *project, SacSplit split, const SacStudyOptions *options,
                                            SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error);
void               sac_attention_study_free (SacAttentionStudy *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAttentionStudy, sac_attention_study_free)
