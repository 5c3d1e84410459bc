/* Messages between window and worker: one JSON object a line over a socketpair that keeps records apart (SOCK_SEQPACKET, fd 3
 * of the child), each with "id" and at most 64 KiB long; big arrays (frames, maps) travel in a memfd passed beside the line
 * (SCM_RIGHTS) and are read by copying.
 *   → {"id":1,"ask":"explain","run":FOLDER,"project":FILE,"clip":NAME,"label":NAME or "","map":"gradcam","gradient" or
 * "random","layer":NAME or ""}
 *   ← {"id":1,"ok":true,"label":…,"score":…,"frames":[…source frame numbers…],"weights":[…per chosen frame, 0…1…],
 *      "top":[{"label":…,"score":…}…],"shape":[T,H,W],
 *      "crop":[x,y,width,height: the part of the shown frame that the map covers, in its pixels]} + memfd of T·H·W floats in 0…1
 *   ← {"id":1,"ok":false,"error":TEXT}      → {"id":2,"ask":"cancel","of":1}     → {"id":3,"ask":"ping"} */
#pragma once
#include "base/sac-base.h"

typedef struct {
  char *json;                   /* one line, no newline */
  int fd;                       /* −1 or a memfd, owned */
} SacMessage;
gboolean    sac_message_send (int socket_fd, const char *json, int fd, GError **error);
SacMessage *sac_message_receive (int socket_fd, GError **error);      /* blocks; NULL without error at end of stream */
void        sac_message_free (SacMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMessage, sac_message_free)

/* ---- the window's side: starts `saccade worker` at the first question, a fresh one when it died (a question is asked again once).
 * Main thread; answers come on the main context.  Cancelling answers at once with G_IO_ERROR_CANCELLED. */
#define SAC_TYPE_WORKER (sac_worker_get_type ())
G_DECLARE_FINAL_TYPE (SacWorker, sac_worker, SAC, WORKER, GObject)
SacWorker *sac_worker_new (const char *saccade_program);
/* Ends the child if nothing is asked: it gives its memory back, and another comes with the next question. */
void       sac_worker_rest (SacWorker *worker);

/* Which map: one computed from outside the network. */
typedef enum { SAC_ASK_GRADCAM, SAC_ASK_GRADIENT, SAC_ASK_RANDOM, SAC_N_ASKED_MAPS } SacAskedMap;
const char *sac_asked_map_get_name (SacAskedMap map);          /* "gradcam", "gradient", "random" */
int         sac_asked_map_from_name (const char *name);         /* −1: there is none */
typedef struct {
  const char *run, *project, *clip;     /* folder, file, name of the clip */
  const char *label;            /* NULL or "": the one with the highest score */
  SacAskedMap map;
  const char *layer;            /* of Grad-CAM: as sac_net_gradcam_at() */
} SacQuestion;
typedef struct {
  char *label; double score;
  guint *frames; float *weights; guint n_frames;      /* chosen source frames and their temporal weight */
  char **top_labels; double *top_scores; guint n_top;
  int t, h, w;
  float *map;                   /* T×H×W in 0…1 */
  double crop[4];               /* x, y, width, height of the map in pixels of the shown frame; width 0: the whole frame */
} SacExplanation;
void            sac_explanation_free (SacExplanation *explanation);
void            sac_worker_explain_async (SacWorker *worker, const SacQuestion *question, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer data);
SacExplanation *sac_worker_explain_finish (SacWorker *worker, GAsyncResult *result, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacExplanation, sac_explanation_free)
