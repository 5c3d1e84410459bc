/* SacFeatureNet: the network by whose answers and features pictures are scored.  methods/07 §6.
 * It is named with every number it gives: sac_feature_net_get_words() and its hash.  One thread at a time. */
#pragma once
#include "backend/sac-backends.h"
#include "nn/sac-nn.h"

typedef struct _SacFeatureNet SacFeatureNet;
/* @path: a folder that `saccade gan classifier` made; or a file of ImageNet Inception-v3 weights, with torchvision's names or
 * pytorch-fid's, in any form that sac_tensor_file_open() reads. */
SacFeatureNet *sac_feature_net_open (const char *path, guint n_threads, GError **error);
void           sac_feature_net_free (SacFeatureNet *net);
const char    *sac_feature_net_get_words (const SacFeatureNet *net);   /* with its held-out accuracy */
const char    *sac_feature_net_get_hash (const SacFeatureNet *net);    /* SHA-256 of the file */
gboolean       sac_feature_net_is_inception (const SacFeatureNet *net);
double         sac_feature_net_get_accuracy (const SacFeatureNet *net);        /* NaN: not known */
guint          sac_feature_net_get_n_classes (const SacFeatureNet *net);
guint          sac_feature_net_get_n_features (const SacFeatureNet *net);
/* How pictures of @size come to the network's, in words; transfer full. */
char          *sac_feature_net_dup_resize (const SacFeatureNet *net, int size);
/* @n pictures of @size × @size × 3 bytes → @probabilities (n × classes), @features (n × features); either may be NULL. */
gboolean       sac_feature_net_run (SacFeatureNet *net, const guint8 *rgb, guint n, int size, float *probabilities, float *features,
                                    GCancellable *cancellable, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFeatureNet, sac_feature_net_free)
