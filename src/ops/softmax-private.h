/* Softmax over channels, and its cross-entropy with classes given by number. */
#pragma once
#include "math-private.h"

/* Largest of a row; NaN if there is one. */
SAC_BODY float
sac_row_max (const float *x, gsize n)
{
  float best = x[0];

  for (gsize i = 1; i < n; i++)
    best = sac_choose ((x[i] > best) | (x[i] != x[i]), x[i], best);
  return best;
}

/* What a place's label asks for: FALSE where it is unknown (negative).  A label that is no class makes @off and @on NaN. */
static inline gboolean
_sac_label_read (float label, gint32 n_classes, float smoothing, gint32 *index, float *off, float *on)
{
  *index = label >= 0 && label < (float) n_classes ? (gint32) label : 0;
  if (label < 0)
    return FALSE;
  *off = label < (float) n_classes ? smoothing / (float) n_classes : NAN;
  *on = 1 - smoothing + *off;
  return TRUE;
}

SacVar _sac_one_hot (SacGraph *g, SacVar labels, gint32 n_classes, float smoothing);
SacVar _sac_softmax_ce_grad (SacGraph *g, SacVar z, SacVar labels, SacVar gy, float smoothing);
