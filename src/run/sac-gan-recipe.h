/* How to train a group of generators: a key file, as other recipes are; unknown keys and values out of range are errors with the line's key
 * named.  methods/07 §1, §4. */
#pragma once
#include "sac-gan-graph.h"

typedef struct {
  char *title, *description;    /* [recipe], translatable */
  /* [network] */
  int size;                     /* pixels a side: 32 or 64 */
  int width;                    /* base width: 64 in the paper */
  int z;                        /* length of the noise: 100 */
  gboolean spectral;            /* discriminator: spectral norm, and no batch norm */
  SacGanGraph graph;            /* "TCC|CTC|CCT" */
  double alpha;                 /* of the transfer: 1000 */
  /* [training] */
  int batch, epochs;
  double rate, beta1, beta2;    /* Adam: 2e-4, 0.5, 0.999 */
  guint64 seed;
  int sample_every, checkpoint_every, log_every;        /* updates; 0: only at the end */
  int rows;                     /* of the samples' grid: fixed noise vectors */
} SacGanRecipe;

SacGanRecipe *sac_gan_recipe_parse (const char *text, GError **error);
SacGanRecipe *sac_gan_recipe_load (const char *path, GError **error);
char         *sac_gan_recipe_dup_text (const SacGanRecipe *recipe);
void          sac_gan_recipe_free (SacGanRecipe *recipe);
/* One key from outside, as `--set` gives it: "width", "8". */
gboolean      sac_gan_recipe_set (SacGanRecipe *recipe, const char *key, const char *value, GError **error);
/* Whether a file holds one of these rather than another recipe. */
gboolean      sac_gan_recipe_is (const char *path);
/* Those that ship with the program: paths, NULL-terminated, transfer full. */
char        **sac_gan_recipe_list (void);
/* Multiply-adds of all networks in one update, for each picture of the batch: what its time grows with. */
double        sac_gan_recipe_work (const SacGanRecipe *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanRecipe, sac_gan_recipe_free)
