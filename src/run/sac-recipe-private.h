/* What studies know of recipes. */
#pragma once
#include "base/sac-base.h"

/* FALSE, with the line named: a key stands twice in one section. */
gboolean    _sac_recipe_check_duplicates (const char *text, GError **error);
/* The section of a key, NULL if there is none such.  No key stands in two sections. */
const char *_sac_recipe_find_section (const char *key);
/* Recipes that ship with the program, plain ones or those of studies. */
char      **_sac_recipe_list (gboolean studies);
/* "study", "arm …", "source …". */
gboolean    _sac_study_owns_section (const char *section);
