/* SacLook: what a network with attention of its own looked at in one clip, and what its scores become under other maps.
 *   → {"id":1,"ask":"attend","run":FOLDER,"project":FILE,"clip":NAME}
 *   ← {"id":1,"ok":true,"labels":K,"shape":[T,H,W] or [0,0,0],"time":BOOL,"classes":BOOL,"softmax":BOOL,"layers":N,"names":BYTES,
 *      "frames":[…],"crop":[…]} + memfd: floats scores K · branch K · spatial T·H·W · temporal T · class maps K·T·H·W, as far as there
 *      are such, then the labels' names and those of N layers, each ended by a zero byte
 *   → {"id":2,"ask":"perceive", run, project, clip as above, "shape":[T,H,W],"time":BOOL} + memfd: spatial T·H·W · temporal T
 *   ← {"id":2,"ok":true,"labels":K} + memfd: scores K
 * A question says all it needs, so a fresh worker answers it as well; one that lives has kept the clip's features and runs only the
 * second half of the network. */
#pragma once
#include "sac-messages.h"

typedef struct {
  guint n_labels;
  char **labels;                /* NULL-terminated, in the order of the run */
  char **layers;                /* NULL-terminated, for Grad-CAM (sac_net_get_layers()); may be empty */
  gboolean softmax;             /* one label of all, rather than each by itself */
  guint n_frames;
  guint *frames;                /* source frames that the network saw */
  double crop[4];               /* x, y, width, height of the maps in pixels of the shown frame; width 0: the whole frame */
  float *scores;                /* n_labels, probabilities */
  /* NULL and 0 where the network has no attention. */
  float *branch;                /* n_labels: what the attention branch thinks */
  int t, h, w;                  /* t = n_frames */
  float *spatial;               /* t·h·w, 0…1 */
  float *temporal;              /* t, 0…1; NULL also for networks of single frames */
  float *class_maps;            /* n_labels·t·h·w, ≥ 0; NULL also where they were too many to send */
} SacLook;
void     sac_look_free (SacLook *look);
gboolean sac_look_has_attention (const SacLook *look);         /* @look NULL: FALSE */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLook, sac_look_free)

/* Maps to perceive with, on the grid of the look; 0…1.  @temporal NULL where the look has none. */
typedef struct {
  int t, h, w;
  const float *spatial, *temporal;
} SacMaps;

/* Main thread, as sac_worker_explain_async(). */
void     sac_worker_attend_async (SacWorker *worker, const char *run_folder, const char *project, const char *clip,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
SacLook *sac_worker_attend_finish (SacWorker *worker, GAsyncResult *result, GError **error);
/* @maps is copied. */
void     sac_worker_perceive_async (SacWorker *worker, const char *run_folder, const char *project, const char *clip,
                                    const SacMaps *maps, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* The scores, @n_labels of them.  Transfer full, g_free. */
float   *sac_worker_perceive_finish (SacWorker *worker, GAsyncResult *result, guint *n_labels, GError **error);
