/* SacHeatOptions: the button behind which one chooses how maps are shown: colours, opacity, range, the ends of the time axis.
 * Signal "changed". */
#pragma once
#include <gtk/gtk.h>

#include "sac-sight.h"
#include "draw/sac-draw.h"

#define SAC_TYPE_HEAT_OPTIONS (sac_heat_options_get_type ())
G_DECLARE_FINAL_TYPE (SacHeatOptions, sac_heat_options, SAC, HEAT_OPTIONS, GtkWidget)

/* How the map of one frame is shown, given all of the clip.  @map: h×w of it; NULL: one picture of many frames. */
SacHeat    sac_heat_options_get (SacHeatOptions *self, const SacSeen *seen, const float *map);
gboolean   sac_heat_options_get_mends_ends (SacHeatOptions *self);
void       sac_heat_options_toggle (SacHeatOptions *self);      /* maps over the picture, or not */
/* The words of `saccade explain` that mean the same. */
void       sac_heat_options_add_arguments (SacHeatOptions *self, GPtrArray *argv);
