/* Softmax over channels, and its cross-entropy with classes given by number. */
#pragma once
#include "math-private.h"
#include "reduce-private.h"

/* Σ e^(x − most). */
SAC_BODY double
sac_sum_exp (const float *x, gsize n, float most)
{
  float part[64];
  double sum = 0;

  for (gsize from = 0; from < n; from += G_N_ELEMENTS (part))
    {
      gsize length = MIN (G_N_ELEMENTS (part), n - from);

      for (gsize c = 0; c < length; c++)
        part[c] = sac_expf (x[from + c] - most);
      sum += sac_reduce_add (SAC_REDUCE_SUM, part, length);
    }
  return sum;
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
