/* Learning-rate finder: steps of a recipe at growing rates, until the loss runs away. */
#pragma once
#include "sac-train.h"

/* @n steps at rates from @from to @to, growing by the same factor; on a copy that goes with it.  Its end comes earlier once the smoothed
 * loss is four times its lowest, or no number.  NULL with @error also where not even ten steps could be made. */
SacRateFinder *sac_find_rate (const SacTrainSpec *spec, double from, double to, guint n, GCancellable *cancellable, GError **error);
