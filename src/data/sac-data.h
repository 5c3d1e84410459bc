/* data: clips as tensors: frame choice, resize, augmentation, prefetch, snapshot hash.  methods/01 §1 */
#pragma once
#include "store/sac-store.h"

#define SAC_DATA_ERROR (sac_data_error_quark ())
GQuark sac_data_error_quark (void);
typedef enum { SAC_DATA_ERROR_EMPTY, SAC_DATA_ERROR_UNREADABLE } SacDataError;

/* Which frames of a clip stand for it, §5 of methods/08. */
typedef enum {
  SAC_SAMPLE_MIDDLE,            /* the middle frame of each of n equal parts */
  SAC_SAMPLE_SEGMENTS,          /* the same; in training any frame of each part */
  SAC_SAMPLE_STEP,              /* every step-th frame of a stretch in the middle; in training of any stretch */
} SacSampling;

typedef struct {
  guint n_frames;               /* 32 or 16; index i ↦ floor((i+0.5)·N/n) of the clip's N frames */
  int resize;                   /* the shorter side is scaled to this, then the middle resize × resize is kept (methods: 256,
                                 * small: 128; 0: the same as crop).  Square clips are used whole. */
  int crop;                     /* 224 or 112; at most resize */
  gboolean flip_horizontal, flip_vertical;     /* training only, p = ½ each, shared by the clip */
  float mean[3], deviation[3];  /* of RGB in 0…1 */
  SacSampling sampling;
  guint step;                   /* 0: 1 */
  guint views, view;            /* 0, 1: the clip is one; 2: its frames go in turn to two clips, of which this is number @view (from 0);
                                 * of stretches, one from each half */
  /* Training only; drawn once for all frames of a clip. */
  guint choices;                /* so many frames a part, or stretches, are at hand to choose from, next odd number; 0: 1 */
  double least_area;            /* random part of the square: its area from here to 1, its ratio 3/4…4/3; 0: crop × crop anywhere */
  double jitter;                /* brightness, contrast, saturation times 1 ± so much */
  double pca;                   /* deviation of the noise along the principal colours */
  gboolean flip_sided;          /* flip also clips whose labels say left or right */
} SacClipSpec;
void  sac_clip_spec_init (SacClipSpec *spec);     /* 32 × 224² of 256², both flips, ImageNet mean and deviation */

/* The fixed list of frames; @out holds @n_frames. */
void  sac_clip_frames (guint n_available, guint n_frames, guint *out);
/* The frames that the network sees in the test, by the spec's sampling; @out holds n_frames. */
void  sac_clip_list_frames (const SacClipSpec *spec, guint n_available, guint *out);
/* What is drawn of the rest: the part of a kept square (x, y, width, height; least_area > 0), and how colours change: the new red is
 * Σ colours[0][0…2]·(red, green, blue) + colours[0][3], in 0…1, contrast about @mean.  Pure. */
void  sac_clip_random_part (const SacClipSpec *spec, int square, const SacRandomKey *key, double part[4]);
void  sac_clip_random_colours (const SacClipSpec *spec, const double mean[3], const SacRandomKey *key, double colours[3][4]);
/* Whether a mirrored picture may need another label. */
gboolean sac_label_has_side (const char *label);
/* The frames of its file that stand for @item, in order: whole videos all, virtual clips those from in to out. */
void  sac_clip_range (const SacItem *item, SacMedia *media, guint *first, guint *n_available);
/* What the network sees of a picture under the test transform: x, y, width, height in pixels of the shown picture. */
void  sac_clip_window (int width, int height, const SacClipSpec *spec, double window[4]);

/* One clip as (T,H,W,C) floats, normalised: spec->n_frames·crop·crop·3.
 * @key NULL: test transform (centre crop, no flips); else drawn from it: counters 0 left-right, 1 upside-down, 2 row, 3 column
 * of the crop.  Any thread. */
gboolean sac_clip_load (const SacItem *item, const SacClipSpec *spec, const SacRandomKey *key, float *out,
                        GCancellable *cancellable, GError **error);
/* The same from pixels already resized (decoded cache): (T·choices,resize,resize,3) bytes, sac_clip_bytes() of them.
 * A file that is not the one that was labelled (other hash) is UNREADABLE. */
gsize    sac_clip_bytes (const SacClipSpec *spec);
gboolean sac_clip_decode (const SacItem *item, const SacClipSpec *spec, guint8 *pixels, GCancellable *cancellable, GError **error);
void     sac_clip_transform (const guint8 *pixels, const SacClipSpec *spec, const SacRandomKey *key, float *out);
/* One frame of the list (0…n_frames−1) as (H,W,C), drawn from its own @key. */
void     sac_clip_transform_frame (const guint8 *pixels, const SacClipSpec *spec, guint frame, const SacRandomKey *key, float *out);
/* What is drawn for clip @item in @epoch; @frame −1 for the whole clip.  A pure function: order and threads do not matter. */
SacRandomKey sac_clip_key (guint64 seed, guint64 epoch, guint item, int frame);

/* ---- resize: RGB, area average where it shrinks, bilinear where it grows, pixel centres at ½; per axis.
 * Takes the part @x,@y,@width,@height of a picture that would be @full_width × @full_height.  Same bits on every machine. */
void     sac_resize_rgb (const guint8 *in, int in_width, int in_height, gsize in_stride, int full_width, int full_height,
                         int x, int y, int width, int height, guint8 *out);

/* ---- a labelled set, fixed when a run starts. */
typedef struct {
  GPtrArray *items;             /* SacItem* */
  GPtrArray *labels;            /* char* */
  gint8 *states;                /* items × labels, SacLabelState */
  char *snapshot;               /* hex SHA-256 over items' hashes, splits, labels, states */
} SacDataset;
/* Items of @split (NONE: of any) that carry at least one known label (reviewed or labelled), by name.  @label_names NULL = all.
 * No such item: EMPTY. */
SacDataset *sac_dataset_new (SacProject *project, SacSplit split, const char *const *label_names, GError **error);
/* methods/01 §1.2: count label → clips, sort (count desc, name asc), keep k, drop empty clips. */
void        sac_dataset_top_k (SacDataset *dataset, guint k);
/* Drops clips that carry none of the labels (no yes). */
void        sac_dataset_drop_empty (SacDataset *dataset);
void        sac_dataset_free (SacDataset *dataset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDataset, sac_dataset_free)

/* ---- prefetch: a thread decodes the coming clips; decoded clips are kept within a memory budget.  When all fit, nothing is
 * decoded twice.  Thread-safe. */
typedef struct _SacLoader SacLoader;
typedef struct _SacClipStore SacClipStore;
SacLoader *sac_loader_new (SacDataset *dataset, const SacClipSpec *spec, guint64 seed, gsize cache_bytes);   /* borrows @dataset */
/* Clips that were decoded before are read from there, those that are decoded now kept there (sac-clip-store.h); borrowed.  Before the
 * first clip is asked for. */
void       sac_loader_set_store (SacLoader *loader, SacClipStore *store);
/* Asks for clip @item drawn for (@epoch, @item) when @train; blocks until it is there. Unreadable: FALSE, and the item is quarantined. */
gboolean   sac_loader_get (SacLoader *loader, guint item, guint64 epoch, gboolean train, float *out, GCancellable *cancellable,
                           GError **error);
/* One frame (0…n_frames−1 of the list) as (H,W,C), drawn for (@epoch, @item, @frame): what 2-D networks train on. */
gboolean   sac_loader_get_frame (SacLoader *loader, guint item, guint frame, guint64 epoch, gboolean train, float *out,
                                 GCancellable *cancellable, GError **error);
/* The order to come (of this epoch, or of this one and the next); replaces the one before. */
void       sac_loader_hint (SacLoader *loader, const guint *items, guint n);
gboolean   sac_loader_is_quarantined (SacLoader *loader, guint item);
guint      sac_loader_get_n_quarantined (SacLoader *loader);
char      *sac_loader_dup_problem (SacLoader *loader, guint item);                    /* why; NULL when it can be read */
double     sac_loader_get_wait_seconds (SacLoader *loader);                          /* total time get() waited for a clip */
/* The same by what it waited for, and what get() itself took: seconds in all. */
typedef struct { double read, decode, augment; } SacLoaderTimes;
void       sac_loader_get_times (SacLoader *loader, SacLoaderTimes *times);
/* Gives back the memory of all clips at hand; those in use or on their way stay. */
void       sac_loader_forget (SacLoader *loader);
guint64    sac_loader_get_n_decoded (SacLoader *loader);                             /* clips decoded so far, by whomever */
void       sac_loader_free (SacLoader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLoader, sac_loader_free)
