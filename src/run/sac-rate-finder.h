/* What rates are fit for a recipe: a sweep from small to large on a copy of the weights.  RUN/rate-finder.json:
 *   { "version": 1, "suggested": 0.004, "rates": [1e-06, …], "losses": [0.69, …], "smooth": [0.69, …] } */
#pragma once
#include "base/sac-base.h"

typedef struct {
  guint n;
  double *rates;                /* growing by the same factor */
  double *losses, *smooth;      /* of a step at it; the running mean, weighted to the latest */
  double suggested;             /* where the loss falls fastest; NaN: it never falls */
} SacRateFinder;

/* Takes nothing over; @rates and @losses are copied, the rest is worked out. */
SacRateFinder *sac_rate_finder_new (const double *rates, const double *losses, guint n);
gboolean       sac_rate_finder_write (const char *run_folder, const SacRateFinder *finder, GError **error);
SacRateFinder *sac_rate_finder_read (const char *run_folder, GError **error);
void           sac_rate_finder_free (SacRateFinder *finder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRateFinder, sac_rate_finder_free)
