/* Embeddings: rows of a table by number. */
#pragma once
#include "elementwise-private.h"

static inline gboolean
_sac_is_row (float number, gint32 n_rows)
{
  return number >= 0 && number < (float) n_rows;
}

/* (n_rows,D,1,1,1): each row the sum of the rows of gy (N,D,T,H,W) that name it. */
SacVar _sac_gather_add (SacGraph *g, SacVar gy, SacVar rows, gint32 n_rows);
