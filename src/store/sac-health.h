/* What is wrong or odd with the files of a project, and with whom it lies: gathered from what the import wrote down, from the
 * disk, and by comparing.  Reads only, any thread with its own connection; may take long where files are looked into. */
#pragma once
#include "sac-store.h"

typedef enum {
  SAC_HEALTH_MISSING, SAC_HEALTH_UNREADABLE, SAC_HEALTH_REPLACED, SAC_HEALTH_CUT, SAC_HEALTH_VFR, SAC_HEALTH_SPARSE,
  SAC_HEALTH_INTERLACED, SAC_HEALTH_ROTATED, SAC_HEALTH_STRETCHED, SAC_HEALTH_ENDLESS, SAC_HEALTH_DUPLICATE,
  SAC_HEALTH_NEAR_DUPLICATE, SAC_HEALTH_EXCLUDED, SAC_N_HEALTHS,
} SacHealth;

typedef struct {
  SacHealth kind;
  SacId item, other;            /* @other: of duplicates; 0 = none */
  char *name, *text;            /* of the clip; what there is to say beyond the kind, or NULL */
} SacComplaint;
void        sac_complaint_free (SacComplaint *complaint);

const char *sac_health_name (SacHealth kind);          /* "missing", "vfr" …: for programs */
const char *sac_health_title (SacHealth kind);         /* translated: "The file is missing" */
const char *sac_health_hint (SacHealth kind);          /* translated: what it means and what helps */
/* Whether training may stumble over it: the others are only worth knowing. */
gboolean    sac_health_is_serious (SacHealth kind);
/* Ordered by kind, then by name.  @deep: each file is opened anew, so that
 * contents that changed are told (REPLACED), and clips are compared by what they show (NEAR_DUPLICATE). */
GPtrArray  *sac_project_check_health (SacProject *project, gboolean deep, SacProgressFunc progress, gpointer data,
                                      GCancellable *cancellable, GError **error);    /* SacComplaint*; transfer full */

/* ---- the remedy for files that say other numbers of frames than they hold: each frame is decoded and counted, and the index that
 * everybody uses is made of that.  May take long; reads the project only, any thread with its own connection. */
typedef struct {
  char *hash, *name;            /* of the file; of a clip of it */
  guint n_before, n_now;        /* frames, as the project and as the file has it */
  double fps;
  gint64 duration_ns;
  char *warning, *problem;      /* NULL = none; with a problem nothing was counted */
} SacRecount;
void        sac_recount_free (SacRecount *count);
GPtrArray  *sac_project_count_frames (SacProject *project, const SacId *items, guint n, SacProgressFunc progress, gpointer data,
                                      GCancellable *cancellable, GError **error);      /* SacRecount*, one a file; transfer full */
/* Writes the numbers that differ: one command. */
gboolean    sac_project_take_counts (SacProject *project, GPtrArray *counts, GError **error);
