/* SacApplication: one instance; opens projects and folders in its window. */
#pragma once
#include <adwaita.h>

#define SAC_TYPE_APPLICATION (sac_application_get_type ())
G_DECLARE_FINAL_TYPE (SacApplication, sac_application, SAC, APPLICATION, AdwApplication)

SacApplication *sac_application_new (void);
