/* RUN/drawn.bin: what the network thought of each training example when it was drawn, so that clips whose loss stays high, or whose
 * label it never comes to believe, can be found (`saccade suspects`).  A clip is seen under the augmentation of its day, in the state
 * of a training step.
 *
 * Little endian: "SACDRAWN", u32 version 1, u32 labels, u32 clips, u32 bytes of names; the names of labels, then of clips, each ended
 * by a zero byte; then records { u32 step, u32 clip, u16 probability · 65535 for each label }.  A torn last record is ignored.  At
 * most 64 MiB are written: of longer runs only every n-th step. */
#pragma once
#include "base/sac-base.h"

typedef struct _SacDrawnWriter SacDrawnWriter;
/* After @step steps are done: records of later ones, by an earlier life of the run, go.  @expected: records of the whole run, for the
 * bound.  One thread. */
SacDrawnWriter *sac_drawn_writer_new (const char *run_folder, const char *const *labels, const char *const *clips, guint64 step,
                                      guint64 expected, GError **error);
/* @probabilities: one a label.  A disk that is full ends the record, not the training. */
void            sac_drawn_writer_add (SacDrawnWriter *writer, guint64 step, guint clip, const float *probabilities);
void            sac_drawn_writer_flush (SacDrawnWriter *writer);
void            sac_drawn_writer_free (SacDrawnWriter *writer);

typedef struct {
  char **labels, **clips;       /* NULL-terminated */
  guint n_labels, n_clips, n;   /* n: records, in the order of drawing */
  guint32 *steps, *items;       /* n each; item: index into clips */
  guint16 *probabilities;       /* n × n_labels, of 65535 */
} SacDrawn;
/* NULL without @error set where the run has no such file. */
SacDrawn *sac_drawn_read (const char *run_folder, GError **error);
void      sac_drawn_free (SacDrawn *drawn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDrawn, sac_drawn_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDrawnWriter, sac_drawn_writer_free)
