/* Pictures asked of a run's generators through the worker: from noise, from mixtures of two noise vectors, and the training pictures
 * that are nearest to one.
 *   → {"id":1,"ask":"generate","run":FOLDER,"noise":[seed,to,fraction, seed,to,fraction, …]}
 *   ← {"id":1,"ok":true,"size":S,"k":K,"n":N,"step":T} + memfd: N × K pictures of S × S × 3 bytes, RGB
 *   → {"id":2,"ask":"nearest","run":FOLDER,"data":PATH or "","classifier":FOLDER or "","generator":G,"noise":[seed,to,fraction],"count":M}
 *   ← {"id":2,"ok":true,"size":S,"n":M,"by":"…words…","distances":[…]} + memfd: the picture itself, then M training pictures, the nearest
 *      first
 * The worker keeps the last run's generators and the last data at hand, so the next answer takes milliseconds.  Weights are those of
 * the run's newest checkpoint; a newer one is noticed. */
#pragma once
#include "sac-messages.h"

/* A noise vector: that of @seed, and, for a mixture, on the arc to that of @to, @fraction (0…1) of the way (slerp).
 * Numbers ≥ 0 are seeds; −1 − r is row r of the run's own sample grid. */
typedef struct { gint64 seed, to; double fraction; } SacGanNoise;
#define SAC_GAN_ROW(r) (-1 - (gint64) (r))
#define SAC_GAN_MOST_PICTURES 4096      /* N × K of one answer */

typedef struct {
  guint n, k;                   /* noise vectors, generators */
  int size;
  guint64 step;
  guint8 *rgb;                  /* n × k × size × size × 3: rows noise vectors, columns generators */
} SacGanPictures;
void            sac_gan_pictures_free (SacGanPictures *pictures);

typedef struct {
  guint n;
  int size;
  char *by;                     /* what nearness means: "pixels", or the feature network in words */
  double *distances;            /* n, growing: root of the mean square of pixels in 0…1, or Euclid's of features */
  guint8 *rgb;                  /* (1 + n) × size × size × 3: the generated one first */
} SacGanNearest;
void            sac_gan_nearest_free (SacGanNearest *nearest);

/* Main thread, as sac_worker_explain_async(). */
void            sac_worker_generate_async (SacWorker *worker, const char *run_folder, const SacGanNoise *noise, guint n,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
SacGanPictures *sac_worker_generate_finish (SacWorker *worker, GAsyncResult *result, GError **error);
typedef struct {
  const char *run;
  const char *data;             /* nullable: where the run's own pictures came from */
  const char *classifier;       /* nullable: nearness of pixels; else of its features */
  guint generator;              /* from 0 */
  SacGanNoise noise;
  guint count;                  /* 1…64 */
} SacNearestQuestion;
void            sac_worker_nearest_async (SacWorker *worker, const SacNearestQuestion *question, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer data);
SacGanNearest  *sac_worker_nearest_finish (SacWorker *worker, GAsyncResult *result, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanPictures, sac_gan_pictures_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanNearest, sac_gan_nearest_free)

/* ---- both sides of the wire are in sac-gan-pictures.c; the worker's acts are two more of SacWorkerActs (sac-serve.h). */
