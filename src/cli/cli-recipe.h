/* Finding a recipe as people name it: shared by the verbs train and plan. */
#pragma once
#include "run/sac-run.h"
#include "store/sac-store.h"

/* A file, or the bare name of a recipe that ships with the program; @short_name (out): its name without ".ini". */
SacRecipe *sac_cli_load_recipe (const char *name, char **short_name, GError **error);
/* Takes "key=value" settings (nullable) into *@recipe; FALSE: it is NULL then. */
gboolean   sac_cli_change_recipe (SacRecipe **recipe, char **settings, GError **error);
/* A folder for a new run among the project's; transfer full. */
char      *sac_cli_new_run_folder (SacProject *project, const char *short_name);
/* So that Compare lists it.  A project that the window holds open is registered there; the trainer itself never writes. */
void       sac_cli_register_run (const char *project_path, const char *name, const char *folder, const char *recipe);
