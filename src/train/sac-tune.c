#include "sac-tune.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-train.h"
#include "store/sac-maps.h"

void
sac_tune_init (SacTune *tune)
{
  *tune = (SacTune) { .gamma = 1, .gamma_t = 1, .epochs = 10, .slow = 0.1 };
}

/* How many clips an epoch has, as far as the split tells. */
static gboolean
count_clips (const SacRecipe *recipe, const char *const *labels, SacProject *project, gboolean only, double *n, GError **error)
{
  g_autoptr (SacDataset) train = sac_dataset_new (project, SAC_SPLIT_TRAIN, labels, error);
  g_autoptr (SacDataset) validation = train ? sac_dataset_new (project, SAC_SPLIT_VALIDATION, labels, NULL) : NULL;
  g_autoptr (GHashTable) edited = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) maps = train ? sac_project_list_maps (project, 0, error) : NULL;

  if (!maps)
    return FALSE;
  for (guint m = 0; m < maps->len; m++)
    g_hash_table_add (edited, &((SacMap *) maps->pdata[m])->item);
  *n = 0;
  for (guint i = 0; i < train->items->len; i++)
    *n += !only || g_hash_table_contains (edited, &((SacItem *) train->items->pdata[i])->id);
  if (!validation)
    *n *= 1 - recipe->validation;
  return TRUE;
}

static void
set_word (char **word, const char *value)
{
  g_free (*word);
  *word = g_strdup (value);
}

SacRecipe *
sac_tune_recipe (const char *run_folder, SacProject *project, const SacTune *tune, char **weights, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "recipe.ini", NULL), *file = sac_run_find_checkpoint (run_folder, TRUE);
  g_autofree char *title = NULL;
  g_autoptr (SacRecipe) recipe = sac_recipe_load (path, error);
  g_autoptr (SacRunInfo) info = recipe ? sac_run_info_read (run_folder, error) : NULL;
  double n;

  if (!info || !count_clips (recipe, (const char *const *) info->labels, project, tune->only, &n, error))
    return NULL;
  if (!sac_recipe_has_attention (recipe))
    g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN,
                 _("“%s” has no attention of its own: it cannot be taught where to look"), recipe->model);
  else if (!file)
    g_set_error (error, SAC_TRAIN_ERROR, SAC_TRAIN_ERROR_RUN, _("%s has no checkpoint yet"), run_folder);
  if (!sac_recipe_has_attention (recipe) || !file)
    return NULL;
  title = g_strdup_printf (_("%s, taught by edited maps"), info->name);
  set_word (&recipe->title, title);
  set_word (&recipe->description, "");
  set_word (&recipe->weights, file);
  set_word (&recipe->inflation, "none");
  set_word (&recipe->freeze, "extractor");
  set_word (&recipe->edits, tune->only ? "only" : "all");
  recipe->map_gamma = tune->gamma;
  recipe->map_gamma_t = tune->gamma_t;
  recipe->map_hide = tune->hide;
  recipe->rate = fmax (sac_recipe_rate (recipe, recipe->steps) * tune->slow, 1e-12);
  recipe->n_drops = 0;
  recipe->steps = (int) CLAMP (ceil (tune->epochs * n / ((double) recipe->batch * recipe->accumulate)), 1, 1e8);
  /* The last state counts, not the one that the held-out clips, with the same shortcuts as the others, like best. */
  recipe->validate_every = recipe->checkpoint_every = recipe->steps;
  *weights = g_steal_pointer (&file);
  return g_steal_pointer (&recipe);
}
