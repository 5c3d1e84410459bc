/* Changes of the rate while a run goes: RUN/rates.txt, a line each, "STEPS RATE": after so many steps this rate is in force.  They are
 * written before the next step, so that a run resumed from any checkpoint repeats them where they were made. */
#pragma once
#include "sac-recipe.h"

typedef struct {
  guint64 after;                /* steps done when it was changed */
  double rate;                  /* of the next one, with all that scales it; drops to come multiply it */
} SacRateChange;

/* SacRateChange in the order they were made, empty where there is no file.  NULL with @error where it holds something else. */
GArray  *sac_rates_read (const char *run_folder, GError **error);
gboolean sac_rates_write (const char *run_folder, const GArray *changes, GError **error);
/* The rate in force at step s = 1, 2, …; @changes nullable. */
double   sac_rates_at (const SacRecipe *recipe, const GArray *changes, int step);
