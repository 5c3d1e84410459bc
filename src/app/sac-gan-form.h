/* SacGanForm: what a person wants of a group of generators before it learns: recipe, pictures, size, width, epochs, graph, seed, device;
 * and about how long that will take.  Pictures may be dropped on it.  Only what differs from the recipe is passed on.  Signal "changed".
 * Main thread. */
#pragma once
#include <adwaita.h>

#include "run/sac-gan-recipe.h"

#define SAC_TYPE_GAN_FORM (sac_gan_form_get_type ())
G_DECLARE_FINAL_TYPE (SacGanForm, sac_gan_form, SAC, GAN_FORM, AdwBin)

void        sac_gan_form_fill (SacGanForm *self);                       /* reads the recipes, once */
/* The project, for its clips' frames as pictures; nullable. */
void        sac_gan_form_set_project (SacGanForm *self, const char *path);
/* A folder, a file of CIFAR-10 or a project; @by_hand FALSE: only where none was chosen yet. */
void        sac_gan_form_set_data (SacGanForm *self, const char *path, gboolean by_hand);
const char *sac_gan_form_get_data (SacGanForm *self);                   /* NULL: none yet */
/* How fast an earlier run was, in sac_gan_recipe_work() a second. */
void        sac_gan_form_set_speed (SacGanForm *self, double work_per_second);
const char *sac_gan_form_get_device (SacGanForm *self);
const char *sac_gan_form_get_recipe (SacGanForm *self);                 /* path, NULL: there is none */
/* Why it cannot start yet, in words; NULL: it can. */
const char *sac_gan_form_get_missing (SacGanForm *self);
gboolean    sac_gan_form_take_graph (SacGanForm *self, const char *text);       /* as if drawn; FALSE: it is none */
/* The text of the recipe with all that was changed; NULL: there is none.  Transfer full. */
char       *sac_gan_form_dup_recipe (SacGanForm *self);
/* The verb gan train with all of it, without --run and NULL at the end.  Transfer full. */
GPtrArray  *sac_gan_form_dup_words (SacGanForm *self);
