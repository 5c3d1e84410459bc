/* How far two people say the same: Cohen's κ of yes and no, spans of time and other things matched one to one.  Numbers in, numbers
 * out; any thread.  Paper: Cohen 1960; the interval: Fleiss, Cohen & Everitt 1969, eq. 13. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  guint n;                      /* judged by both */
  guint yes_yes, yes_no, no_yes, no_no;         /* first a, then b */
  double observed, expected;    /* agreement, and what chance alone would give; NaN where n = 0 */
  double kappa;                 /* (observed − expected) / (1 − expected); NaN where n = 0 or where chance alone would give 1 */
  double low, high;             /* 95 %, for large n; NaN where kappa is */
} SacKappa;

/* @a, @b: −1 unknown (the pair is left out), 0 no, 1 yes. */
SacKappa sac_kappa (const gint8 *a, const gint8 *b, gsize n, gsize stride);
SacKappa sac_kappa_of (guint yes_yes, guint yes_no, guint no_yes, guint no_no);
/* "almost none", "slight", "fair" … by Landis & Koch 1977, as an index 0…5; −1 where it is undefined. */
int      sac_kappa_grade (double kappa);

/* Half open spans; two equal points in time are the same thing (1), otherwise a point meets nothing. */
typedef struct { gint64 in, out; } SacStretch;
double   sac_span_iou (SacStretch a, SacStretch b);
/* Time that both cover by time that any covers; the spans of a side by in point, they may overlap.  NaN where nobody says anything. */
double   sac_spans_iou (const SacStretch *a, guint n_a, const SacStretch *b, guint n_b);

/* One to one, the greatest value first (equal ones by a, then b).  Sorts @pairs; the first so many that it returns are the matches. */
typedef struct { guint a, b; double value; } SacPair;
guint    sac_match (SacPair *pairs, guint n_pairs);
/* All pairs of spans that meet, of SacPair; both sides by in point.  At most @most of them.  Transfer full. */
GArray  *sac_span_pairs (const SacStretch *a, guint n_a, const SacStretch *b, guint n_b, guint most);
/* 2·matched / (n_a + n_b); NaN where both are 0. */
double   sac_f1 (guint matched, guint n_a, guint n_b);
