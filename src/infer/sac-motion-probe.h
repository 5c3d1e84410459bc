/* Does a network use time?  The test clips as they are, backwards, with their frames in random order, and with one frame held still:
 * what the scores lose is what order and change were worth.  methods/01 §6 */
#pragma once
#include "sac-infer.h"

typedef enum { SAC_MOTION_REAL, SAC_MOTION_REVERSED, SAC_MOTION_SHUFFLED, SAC_MOTION_FROZEN, SAC_N_MOTIONS } SacMotion;
const char *sac_motion_get_name (SacMotion motion);            /* "real", "reversed", "shuffled", "frozen" */
const char *sac_motion_get_words (SacMotion motion);           /* translated */

typedef struct {
  guint n_clips, n_labels;
  struct {
    double macro_auc;           /* NaN: undefined */
    double change;              /* mean |Δp| against the real clip */
    SacBootstrap loss;          /* macro AUC of the real ones − these, paired over clips */
  } rows[SAC_N_MOTIONS];
} SacMotionProbe;

/* The frames of @clip (n × frame numbers) in the order of @motion; the middle one where they are frozen.  @seed: of the shuffling. */
void            sac_motion_arrange (const float *clip, guint n, gsize frame, SacMotion motion, guint64 seed, float *out);
SacMotionProbe *sac_motion_probe_run (SacNet *net, SacProject *project, SacSplit split, guint64 seed, SacProgressFunc progress,
                                      gpointer data, GCancellable *cancellable, GError **error);
void            sac_motion_probe_free (SacMotionProbe *probe);
/* "Order and direction do not matter to it: …", with its uncertainty, translated; transfer full. */
char           *sac_motion_probe_dup_answer (const SacMotionProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMotionProbe, sac_motion_probe_free)
