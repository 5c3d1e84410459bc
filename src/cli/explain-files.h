/* What `saccade explain` writes: pictures, a video, numbers. */
#pragma once
#include "draw/sac-draw.h"
#include "run/sac-run.h"
#include "sac-cli.h"

typedef enum { SAC_RANGE_WHOLE, SAC_RANGE_FRAME, SAC_RANGE_CLIP } SacRange;

/* A map and how it is shown; all borrowed. */
typedef struct {
  const char *path;             /* of the clip's file */
  guint first, n_clip;          /* its frames in the file */
  guint n;                      /* frames that the network saw */
  const guint *frames;
  int h, w;
  const float *maps;            /* n×h×w */
  const float *weights;         /* n; NULL: none */
  const double *crop;
  SacHeat heat;
  SacRange range;
  gboolean mend_ends;
} SacShown;

/* All written whole or not at all. */
gboolean sac_explain_write_sheet (const char *file, const SacShown *shown, SacSheetKind kind, GError **error);
/* Every frame of the clip with the map over it, mixed between the frames that the network saw; a bar of its time on top. */
gboolean sac_explain_write_video (const char *file, const SacShown *shown, SacProgressFunc progress, GError **error);
/* .npy: the map n×h×w alone, and the weights beside it in NAME-time.npy; .safetensors: "map", "time", "frames", "crop", "scores" and, where
 * there are such, "spatial", "temporal" and "class_maps" of the network. */
gboolean sac_explain_write_maps (const char *file, const SacShown *shown, const SacLook *look, GError **error);
/* Each frame with its map, and the strip, into a folder. */
gboolean sac_explain_write_folder (const char *folder, const SacShown *shown, GError **error);
