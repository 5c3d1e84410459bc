/* What the tracker is made of. */
#pragma once
#include "sac-follow.h"

/* ---- Fourier transforms over [rows][columns][channels], rows and columns powers of two up to 64. */
/* In place, not scaled; @inverse the other direction.  The channels lie side by side, so that loops run over them. */
void _sac_fft2 (float *re, float *im, guint rows, guint columns, guint channels, gboolean inverse);
#define SAC_FFT_MAX 64

/* ---- features. */
#define SAC_HOG_CELL 4
#define SAC_HOG_CHANNELS 31     /* 18 orientations, 9 without sign, 4 of texture */
/* A patch of (columns·4) × (rows·4) RGB floats 0…255 → [rows][columns][@stride], the first 31 of each. */
void _sac_hog (const float *rgb, guint rows, guint columns, float *out, guint stride);

/* ---- a rectangle of the picture, its middle at (@x, @y), as @columns × @rows RGB floats; outside, the border goes on. */
typedef struct { const guint8 *rgb; int width, height; gsize stride; } SacPixmap;
void _sac_sample_patch (const SacPixmap *map, double x, double y, double width, double height, guint columns, guint rows, float *out);

/* ---- the filter over sizes. */
typedef struct _SacSizeFilter SacSizeFilter;
SacSizeFilter *_sac_size_filter_new (double width, double height);
/* The factor by which the object at (@x, @y) is larger than @width × @height. */
double _sac_size_filter_find (SacSizeFilter *self, const SacPixmap *map, double x, double y, double width, double height);
void   _sac_size_filter_learn (SacSizeFilter *self, const SacPixmap *map, double x, double y, double width, double height, double rate);
void   _sac_size_filter_free (SacSizeFilter *self);
