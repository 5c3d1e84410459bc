/* A classifier of pictures, trained here so that generated pictures can be scored without anything from elsewhere: IS_c, FID_c.
 * methods/07 §6 (b).  FOLDER/classifier.safetensors holds it, with what is to be known of it in the file's metadata
 * (infer/sac-image-features.h reads it). */
#pragma once
#include "data/sac-images.h"
#include "infer/sac-infer.h"

typedef struct {
  const SacImages *images;      /* SAC_IMAGE_NET_SIZE pixels a side, of two classes or more */
  const char *folder;           /* created */
  const char *source;           /* what @images were read from */
  guint held_out;               /* pictures that are not learnt from and tell how good it is, evenly of all classes */
  guint width, batch;
  double epochs, rate, decay;
  guint64 seed;
  guint n_threads;
  SacProgressFunc progress;     /* nullable */
  gpointer progress_data;
} SacImageClassifierSpec;
/* Width 64, batch 64, 20 epochs at 0.1 falling to 0 in a line after a short rise, decay 5e-4; 1000 held out. */
void     sac_image_classifier_spec_init (SacImageClassifierSpec *spec);
/* @accuracy: on the held-out pictures, of the last weights.  Cancelled: G_IO_ERROR_CANCELLED, and nothing is written. */
gboolean sac_image_classifier_train (const SacImageClassifierSpec *spec, double *accuracy, GCancellable *cancellable, GError **error);
