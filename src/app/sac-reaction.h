/* SacReaction: measures how long a person takes from seeing to pressing.  A square lights up eight times; the median of the presses is kept
 * in the setting "reaction-ms", by which marks made while a clip plays are moved back. */
#pragma once
#include <adwaita.h>

#define SAC_TYPE_REACTION (sac_reaction_get_type ())
G_DECLARE_FINAL_TYPE (SacReaction, sac_reaction, SAC, REACTION, AdwWindow)

GtkWindow *sac_reaction_new (void);
/* The middle one of @n numbers, the mean of the two in the middle if @n is even; 0 of none. */
int        sac_reaction_median (const int *ms, guint n);
