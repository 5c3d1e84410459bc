#pragma once
#include "sac-eval.h"

typedef struct {
  float score;
  gboolean positive;
  guint32 index;                /* of the clip */
} SacScored;

/* The clips with a known truth and a score, highest score first, ties by index.  Transfer full. */
SacScored *_sac_scored_new (const float *scores, const gint8 *truth, gsize n, gsize stride, gsize *n_kept);
int        _sac_compare_double (const void *a, const void *b);
/* Between order statistics, linearly; n ≥ 1. */
double     _sac_quantile (const double *sorted, guint n, double q);
