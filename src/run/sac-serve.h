/* The worker's side: answers what comes over @socket_fd until its other end is closed; the work under way is then cancelled.
 * Questions are taken in order by the calling thread; another thread reads, so that "cancel" and "ping" are heard meanwhile. */
#pragma once
#include "sac-gan-pictures.h"
#include "sac-look.h"

typedef struct {
  SacExplanation *(*explain) (const SacQuestion *question, GCancellable *cancellable, gpointer data, GError **error);
  SacLook *(*attend) (const char *run_folder, const char *project, const char *clip, GCancellable *cancellable, gpointer data,
                      GError **error);
  /* Scores, @n_labels of them; transfer full. */
  float *(*perceive) (const char *run_folder, const char *project, const char *clip, const SacMaps *maps, guint *n_labels,
                      GCancellable *cancellable, gpointer data, GError **error);
  /* NULL: such questions are answered by an error. */
  SacGanPictures *(*generate) (const char *run_folder, const SacGanNoise *noise, guint n, GCancellable *cancellable, gpointer data,
                               GError **error);
  SacGanNearest *(*find_nearest) (const SacNearestQuestion *question, GCancellable *cancellable, gpointer data, GError **error);
} SacWorkerActs;
void sac_worker_serve (int socket_fd, const SacWorkerActs *acts, gpointer data);
