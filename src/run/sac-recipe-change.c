/* A recipe with some keys otherwise. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-recipe-private.h"
#include "sac-run.h"

SacRecipe *
sac_recipe_with (const SacRecipe *recipe, const char *const *settings, GError **error)
{
  g_autofree char *text = sac_recipe_dup_text (recipe);
  g_autofree char *changed = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS, error))
    return NULL;
  for (; settings && *settings; settings++)
    {
      const char *equals = strchr (*settings, '=');
      g_autofree char *key = equals ? g_strstrip (g_strndup (*settings, (gsize) (equals - *settings))) : NULL;
      const char *section = key ? _sac_recipe_find_section (key) : NULL;

      if (!section)
        {
          g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("“%s” is not KEY=VALUE with a key of a recipe"), *settings);
          return NULL;
        }
      g_key_file_set_string (file, section, key, equals + 1);
    }
  changed = g_key_file_to_data (file, NULL, NULL);
  return sac_recipe_parse (changed, error);
}

char *
sac_recipe_dup_value (const SacRecipe *recipe, const char *key)
{
  g_autofree char *text = sac_recipe_dup_text (recipe);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  const char *section = _sac_recipe_find_section (key);

  if (!section || !g_key_file_load_from_data (file, text, (gsize) -1, 0, NULL))
    return NULL;
  return g_key_file_get_string (file, section, key, NULL);
}
