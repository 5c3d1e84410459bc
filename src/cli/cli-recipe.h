/* Finding a recipe as people name it: shared by the verbs train and plan. */
#pragma once
#include "run/sac-run.h"

/* A file, or the bare name of a recipe that ships with the program; @short_name (out): its name without ".ini". */
SacRecipe *sac_cli_load_recipe (const char *name, char **short_name, GError **error);
/* Takes "key=value" settings (nullable) into *@recipe; FALSE: it is NULL then. */
gboolean   sac_cli_change_recipe (SacRecipe **recipe, char **settings, GError **error);
