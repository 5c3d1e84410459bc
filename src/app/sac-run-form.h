/* SacRunForm: what a person wants otherwise than the recipe says, before a run starts: steps, rate, batch, batch norm, what stays frozen,
 * precision, seed, device.  Only what differs from the recipe is passed on.  Below, what the run will take, as `saccade plan` says, and
 * how long, once a person has it timed.  Its rate may be found by a sweep (sac-rate-dialog.h).  Main thread. */
#pragma once
#include <adwaita.h>

#include "run/sac-run.h"

#define SAC_TYPE_RUN_FORM (sac_run_form_get_type ())
G_DECLARE_FINAL_TYPE (SacRunForm, sac_run_form, SAC, RUN_FORM, AdwBin)

/* Shows its values; what was changed is forgotten.  @path: of the file, for the plan; both nullable. */
void   sac_run_form_set_recipe (SacRunForm *self, const SacRecipe *recipe, const char *path);
void   sac_run_form_set_project (SacRunForm *self, const char *path);   /* nullable */
void   sac_run_form_set_weights (SacRunForm *self, const char *path);   /* nullable: none */
/* The verb train with all of it, but without --run and NULL at the end; NULL while there is no recipe or project.  Transfer full. */
GPtrArray  *sac_run_form_dup_words (SacRunForm *self);
/* "key=value" of each change, NULL-terminated; transfer full. */
char **sac_run_form_dup_settings (SacRunForm *self);
const char *sac_run_form_get_device (SacRunForm *self);         /* "cpu", "vulkan", "auto"; static */
void   sac_run_form_set_rate (SacRunForm *self, double rate);
