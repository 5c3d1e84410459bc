/* data: clips as tensors: frame choice, resize, augmentation, prefetch, snapshot hash.  methods/01 §1 */
#pragma once
#include "store/sac-store.h"

#define SAC_DATA_ERROR (sac_data_error_quark ())
GQuark sac_data_error_quark (void);
typedef enum { SAC_DATA_ERROR_EMPTY, SAC_DATA_ERROR_UNREADABLE } SacDataError;

typedef struct {
  guint n_frames;               /* 32 or 16; index i ↦ floor((i+0.5)·N/n) of the clip's N frames */
  int resize;                   /* whole frame scaled so that both sides are this (0: keep; methods: 256, small: 128) */
  int crop;                     /* 224 or 112 */
  gboolean flip_horizontal, flip_vertical;     /* training only, p = ½ each, shared by the clip */
  float mean[3], deviation[3];  /* of RGB in 0…1 */
} SacClipSpec;
void  sac_clip_spec_init (SacClipSpec *spec);     /* 32 × 224² of 256², both flips, ImageNet mean and deviation */

/* The fixed list of frames; @out holds spec->n_frames. */
void  sac_clip_frames (guint n_available, guint n_frames, guint *out);

/* One clip as (T,H,W,C) floats, normalised: spec->n_frames·crop·crop·3.
 * @key NULL: test transform (centre crop, no flips); else drawn from it. */
gboolean sac_clip_load (const SacItem *item, const SacClipSpec *spec, const SacRandomKey *key, float *out,
                        GCancellable *cancellable, GError **error);
/* The same from pixels already resized (decoded cache): (T,resize,resize,3) bytes. */
gboolean sac_clip_decode (const SacItem *item, const SacClipSpec *spec, guint8 *pixels, GCancellable *cancellable, GError **error);
void     sac_clip_transform (const guint8 *pixels, const SacClipSpec *spec, const SacRandomKey *key, float *out);

/* ---- a labelled set, fixed when a run starts. */
typedef struct {
  GPtrArray *items;             /* SacItem* */
  GPtrArray *labels;            /* char* */
  gint8 *states;                /* items × labels, SacLabelState */
  char *snapshot;               /* hex SHA-256 over items' hashes, splits, labels, states */
} SacDataset;
/* Items of @split that carry at least one known label (reviewed or labelled).  @label_names NULL = all. */
SacDataset *sac_dataset_new (SacProject *project, SacSplit split, const char *const *label_names, GError **error);
/* methods/01 §1.2: count label → clips, sort (count desc, name asc), keep k, drop empty clips. */
void        sac_dataset_top_k (SacDataset *dataset, guint k);
void        sac_dataset_free (SacDataset *dataset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDataset, sac_dataset_free)

/* ---- prefetch: a thread decodes the coming clips; decoded clips are kept within a memory budget. */
typedef struct _SacLoader SacLoader;
SacLoader *sac_loader_new (SacDataset *dataset, const SacClipSpec *spec, guint64 seed, gsize cache_bytes);   /* borrows @dataset */
/* Asks for clip @item drawn for (@epoch, @item) when @train; blocks until it is there. Unreadable: FALSE, and the item is quarantined. */
gboolean   sac_loader_get (SacLoader *loader, guint item, guint64 epoch, gboolean train, float *out,
                           GCancellable *cancellable, GError **error);
void       sac_loader_hint (SacLoader *loader, const guint *items, guint n);       /* the order to come */
gboolean   sac_loader_is_quarantined (SacLoader *loader, guint item);
guint      sac_loader_get_n_quarantined (SacLoader *loader);
double     sac_loader_get_wait_seconds (SacLoader *loader);                          /* total time get() waited for decode */
void       sac_loader_free (SacLoader *loader);
