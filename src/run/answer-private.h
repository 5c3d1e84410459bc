/* How questions and answers travel; both sides. */
#pragma once
#include "sac-json-private.h"
#include "sac-run.h"

#define _SAC_ANSWER_MAX_FLOATS ((gsize) 64 << 20)
#define _SAC_ANSWER_MAX_LABELS 100000

/* Parts of one memfd, sealed, so that the reader may count on its size.  −1: not enough memory. */
typedef struct { const void *bytes; gsize n_bytes; } SacPart;
int      _sac_parts_to_fd (const SacPart *parts, guint n);
/* All of @fd, which must be of exactly @n_bytes.  Copied by reads, never mapped: a process that shrinks its memory cannot take the
 * reader down.  Transfer full. */
guint8  *_sac_bytes_from_fd (int fd, gsize n_bytes, GError **error);
/* What is no number or out of 0…1 is brought back. */
void     _sac_keep_shares (float *values, gsize n);
gboolean _sac_damaged_answer (GError **error);        /* FALSE */

void     _sac_add_frames (JsonBuilder *builder, const guint *frames, guint n);
void     _sac_add_numbers (JsonBuilder *builder, const char *name, const double *numbers, guint n);
/* T,H,W of "shape": whole numbers of @least…8192 whose product stays below the limit. */
gboolean _sac_read_shape (JsonObject *object, int least, int shape[3], GError **error);
gboolean _sac_read_frames (JsonObject *object, guint **frames, guint *n, GError **error);
gboolean _sac_read_crop (JsonObject *object, double crop[4], GError **error);

/* Adds members to @builder; the memfd, or −1 without enough memory. */
int             _sac_explanation_write (JsonBuilder *builder, const SacExplanation *explanation);
SacExplanation *_sac_explanation_read (JsonObject *object, int fd, GError **error);
int             _sac_look_write (JsonBuilder *builder, const SacLook *look);
SacLook        *_sac_look_read (JsonObject *object, int fd, GError **error);
int             _sac_scores_write (JsonBuilder *builder, const float *scores, guint n);
int             _sac_maps_write (JsonBuilder *builder, const SacMaps *maps);
float          *_sac_maps_read (JsonObject *object, int fd, SacMaps *maps, GError **error);     /* what @maps points to; transfer full */

/* ---- the window's side. */
typedef gpointer (*SacReadAnswer) (JsonObject *object, int fd, GError **error);
/* @builder: an object begun, with all members but "id"; taken.  @fd: −1 or a memfd; taken. */
void _sac_worker_ask (SacWorker *worker, JsonBuilder *builder, int fd, SacReadAnswer read, GDestroyNotify destroy, gpointer tag,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* An object begun with the members that each question about a clip has. */
JsonBuilder *_sac_question (const char *ask, const char *run_folder, const char *project, const char *clip);
