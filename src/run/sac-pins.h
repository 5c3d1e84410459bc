/* Pinned clips: what a run thinks of a few clips a person chose, and where it looks, all through its training.
 *   RUN/pins.json                 {"version":1,"clips":[NAME,…]}: written by who wants to watch, at any time; the first SAC_MOST_PINS count
 *   RUN/pins/step-000120.json     what the trainer found at that step: scores, and the map of the label that scores highest
 * Maps are T×H×W on a coarse grid, 0…1 in steps of 1/255. */
#pragma once
#include "base/sac-base.h"

#define SAC_MOST_PINS 8

/* Names, NULL-terminated; empty where nobody pinned any or the file is damaged.  Transfer full. */
char   **sac_pins_read (const char *run_folder);
gboolean sac_pins_write (const char *run_folder, const char *const *clips, GError **error);

typedef struct {
  char *clip;
  float *scores;                /* n_labels of the sight, probabilities */
  int label;                    /* whose map it is; −1: the network's own attention */
  guint *frames;                /* t source frames that the network saw */
  double crop[4];               /* x, y, width, height of the maps in pixels of the shown frame; width 0: the whole frame */
  int t, h, w;                  /* 0: no map */
  guint8 *map;                  /* t·h·w */
} SacPinned;
typedef struct {
  guint64 step;
  guint n_labels;
  char **labels;                /* NULL-terminated */
  guint n;
  SacPinned *pins;
} SacPinSight;
void         sac_pin_sight_free (SacPinSight *sight);
gboolean     sac_pin_sight_write (const char *run_folder, const SacPinSight *sight, GError **error);
SacPinSight *sac_pin_sight_read (const char *run_folder, guint64 step, GError **error);
/* Steps at which there is one, ascending; transfer full. */
guint64     *sac_pin_sight_list (const char *run_folder, guint *n);
/* Mean of @map (t·h·w) over a grid of @to_h × @to_w places each frame; @out holds t·to_h·to_w bytes. */
void         sac_pin_map_shrink (const float *map, int t, int h, int w, int to_h, int to_w, guint8 *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPinSight, sac_pin_sight_free)
