/* SacStudyForm: what a study is to be before it starts: its recipe, which arms, where each begins (as the recipe says, from scratch, with a
 * file), the projects that its sources learn from, seeds, device.  Signal "changed": another recipe.  Main thread. */
#pragma once
#include <adwaita.h>

#define SAC_TYPE_STUDY_FORM (sac_study_form_get_type ())
G_DECLARE_FINAL_TYPE (SacStudyForm, sac_study_form, SAC, STUDY_FORM, AdwBin)

GtkWidget  *sac_study_form_new (void);
gboolean    sac_study_form_is_ready (SacStudyForm *self);      /* there is a recipe that can be read */
/* The verb study with all of it for @project as @name; NULL where no arm is ticked.  Transfer full. */
GPtrArray  *sac_study_form_dup_words (SacStudyForm *self, const char *project, const char *name);
/* A name for a study that starts now, after its recipe; transfer full. */
char       *sac_study_form_dup_name (SacStudyForm *self);
const char *sac_study_form_get_device (SacStudyForm *self);    /* "cpu", "vulkan", "auto"; static */
