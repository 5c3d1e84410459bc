/* What the files of the attention study share. */
#pragma once
#include "sac-attention-study.h"

/* One number a clip, NaN where nothing can be said; @name: as in run/sac-measures.h. */
typedef struct {
  char *name;
  double *values;
} SacStudyRow;

typedef struct {
  char *name;
  double *sums;
  guint n, n_clips;
} SacStudyCurve;

typedef struct {
  SacNet *net;
  SacProject *project;
  const SacDataset *dataset;
  const SacClipSpec *spec;
  SacStudyOptions options;
  guint n_labels, n_rows, n;    /* n: clips done */
  guint most;                   /* clips there may be */
  GPtrArray *rows;              /* SacStudyRow */
  GPtrArray *curves;            /* SacStudyCurve */
  float *scores[SAC_N_ROWS];    /* clips × labels */
  gint8 *truth;
  GArray *items;                /* guint: of each clip done, its place in the data set */
  SacAttention *before;         /* of the clip before */
} SacStudy;

/* Room for what is noted of @n_clips. */
void     _sac_study_init (SacStudy *s, guint n_clips);
void     _sac_study_clear (SacStudy *s);
/* Of the clip that is being looked at. */
void     _sac_study_note (SacStudy *s, const char *measure, const char *kind, double value);
void     _sac_study_note_at (SacStudy *s, guint clip, const char *measure, const char *kind, double value);
/* One more curve of this kind, to be averaged; @n must not change. */
void     _sac_study_add_curve (SacStudy *s, const char *measure, const char *kind, const double *values, guint n);
/* Whether thing @i of @n is among @at_most that are evenly spread; 0: all are. */
gboolean _sac_study_is_chosen (guint i, guint n, guint at_most);

/* ---- study-places.c: maps against boxes and segments, and deletion where this clip is chosen. */
gboolean _sac_study_places (SacStudy *s, const SacAttention *a, const float *clip, guint item, GPtrArray *labels,
                            GCancellable *cancellable, GError **error);

/* ---- study-deletion.c: pixels (frames) are taken away, or put into a blurred (still) clip, by falling @map (t·crop², t numbers). */
gboolean _sac_study_delete_pixels (SacStudy *s, const float *clip, const float *blurred, const float *map, guint label, const char *kind,
                                   GCancellable *cancellable, GError **error);
gboolean _sac_study_delete_frames (SacStudy *s, const float *clip, const float *weights, guint label, const char *kind,
                                   GCancellable *cancellable, GError **error);
/* The clip out of focus: deviation 10 px at 224. */
void     _sac_study_blur (const SacStudy *s, const float *clip, float *blurred);

/* ---- study-sanity.c: maps once more while the weights are drawn afresh, from the network's end on.  They are as before in the end. */
gboolean _sac_study_sanity (SacStudy *s, SacLoader *loader, SacProgressFunc progress, gpointer data, GCancellable *cancellable,
                            GError **error);
