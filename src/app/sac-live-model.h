/* SacLiveModel: what a run has told so far, read by a thread of its own as it comes, however long it is.  Signal "changed" (main thread):
 * there is news.  Functions of the first group: main thread, at once.  Those of the second: any thread, they may wait a little. */
#pragma once
#include <gio/gio.h>

#include "run/sac-run.h"

#define SAC_TYPE_LIVE_MODEL (sac_live_model_get_type ())
G_DECLARE_FINAL_TYPE (SacLiveModel, sac_live_model, SAC, LIVE_MODEL, GObject)

SacLiveModel *sac_live_model_new (void);
void          sac_live_model_set_folder (SacLiveModel *self, const char *run_folder);  /* NULL: none */
const char   *sac_live_model_get_folder (SacLiveModel *self);
void          sac_live_model_set_active (SacLiveModel *self, gboolean active);         /* look for news; off at first */
/* Of a curve: its latest point, its first, the lowest and the highest value; FALSE where there is none. */
typedef struct {
  guint64 n, first_step, last_step;
  double first, last, least, most;
  guint64 least_step, most_step;
} SacLiveSummary;
gboolean      sac_live_model_get (SacLiveModel *self, const char *tag, SacLiveSummary *summary);
gboolean      sac_live_model_get_last (SacLiveModel *self, const char *tag, double *value);
const char   *sac_live_model_get_text (SacLiveModel *self, const char *tag);           /* the latest, or "waterfall": what holds it
                                                                                      * up, in words; borrowed until "changed" */
char        **sac_live_model_dup_tags (SacLiveModel *self, const char *prefix);        /* sorted; transfer full */

/* What stands along the axis: steps, or seconds since the first event of the run. */
typedef enum { SAC_LIVE_STEPS, SAC_LIVE_SECONDS } SacLiveAxis;
/* The window @x0…@x1 (equal: all) of a curve as thin as @columns pixels need, as sac_pyramid_view() gives it; @smoothing 0…1.  New arrays
 * also where there are no points. */
gsize         sac_live_model_dup_curve (SacLiveModel *self, const char *tag, SacLiveAxis axis, double x0, double x1, guint columns,
                                        double smoothing, double **x, double **y);
