/* TensorBoard event files: TFRecord framing with masked CRC-32C around Event protobufs.
 * Tags we write, scalars at log steps:
 *   loss/train                 of the batches since the log before
 *   rate
 *   gradient_norm              of all weights; gradient/<layer> of each convolution or linear layer
 *   gradient_slice/<layer>/<t> the gradient of a kernel that spans time, slice by slice; where gradients are added up (accumulate > 1)
 *   update_ratio/<layer>       length of the layer's update by that of its weights
 *   clips_per_second
 *   memory                     bytes the trainer holds
 *   loss_scale skipped_steps   with precision=f16: what the loss is multiplied by, steps so far whose gradients overflowed
 *   quarantined                clips that cannot be read
 *   share/decode share/compute of the time
 *   seconds/<part>             where the step's thread spent the time since the log before: read decode augment upload forward backward
 *                              update validate checkpoint; sac-waterfall.h names what holds it up
 * at each step: progress (0…1), seconds_left;
 * at validations:
 *   loss/validation loss/train_evaluated (training clips in evaluation mode), auc/<label> auc_macro, with softmax top1 top5
 *   loss/test auc_test_macro   with watch_test=true; never used for choosing
 * of generators: loss/D loss/G1 loss/G2>G1 factor/… accuracy/D accuracy/real accuracy/G1 diversity/G1 (train/sac-gan-train.h)
 * texts: "status" (running paused stopping scoring done stopped failed: why), "note", "control" (the command last obeyed: pause
 * resume stop checkpoint release snapshot, "rate 0.003"). */
#pragma once
#include "base/sac-base.h"

/* ---- writing.  A new file each start; SessionLog START at @first_step when resuming.  One thread. */
typedef struct _SacEventWriter SacEventWriter;
SacEventWriter *sac_event_writer_new (const char *run_folder, guint64 first_step, GError **error);
gboolean sac_event_writer_scalar (SacEventWriter *writer, guint64 step, const char *tag, double value, GError **error);
gboolean sac_event_writer_text (SacEventWriter *writer, guint64 step, const char *tag, const char *text, GError **error);
gboolean sac_event_writer_image (SacEventWriter *writer, guint64 step, const char *tag, int width, int height, GBytes *png, GError **error);
gboolean sac_event_writer_flush (SacEventWriter *writer, GError **error);
void     sac_event_writer_free (SacEventWriter *writer);

/* ---- reading: everything so far, then what comes.  Torn tails are ignored until complete; records above the START step of a
 * later file are dropped.  Not thread-safe; cheap to poll. */
typedef struct { guint64 step; double wall_time; double value; } SacPoint;
typedef struct _SacEventReader SacEventReader;
SacEventReader *sac_event_reader_new (const char *run_folder);
gboolean        sac_event_reader_poll (SacEventReader *reader);           /* TRUE if anything new */
char          **sac_event_reader_dup_tags (SacEventReader *reader);
const SacPoint *sac_event_reader_get (SacEventReader *reader, const char *tag, guint *n_points);   /* borrowed until the next poll */
const char     *sac_event_reader_get_text (SacEventReader *reader, const char *tag);                /* the latest, or NULL */
/* Tags of texts that begin with @prefix, by name.  What PyTorch's add_hparams() wrote stands as texts "hparam/<name>".  Transfer full. */
#define SAC_HPARAM "hparam/"
char          **sac_event_reader_dup_texts (SacEventReader *reader, const char *prefix);
void            sac_event_reader_free (SacEventReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacEventReader, sac_event_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacEventWriter, sac_event_writer_free)
