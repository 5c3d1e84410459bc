/* SacPreferences: the window of settings; each takes effect at once. */
#pragma once
#include <adwaita.h>

#define SAC_TYPE_PREFERENCES (sac_preferences_get_type ())
G_DECLARE_FINAL_TYPE (SacPreferences, sac_preferences, SAC, PREFERENCES, AdwPreferencesWindow)

SacPreferences *sac_preferences_new (void);
/* Once at start: appearance and frame memory follow the settings from now on. */
void            sac_preferences_apply (void);
