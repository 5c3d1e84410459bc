#include "sac-gan-recipe.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/sac-file.h"
#include "sac-run.h"

typedef enum { WHOLE, REAL, FLAG, SEED } Kind;
#define AT(field) offsetof (SacGanRecipe, field)

static const struct {
  const char *group, *key;
  Kind kind;
  gsize at;
  double low, high;
  const char *usual;
} rows[] = {
  { "network", "size", WHOLE, AT (size), 32, 64, "64" },
  { "network", "width", WHOLE, AT (width), 1, 1024, "64" },
  { "network", "z", WHOLE, AT (z), 1, 4096, "100" },
  { "network", "spectral", FLAG, AT (spectral), 0, 0, "true" },
  { "network", "alpha", REAL, AT (alpha), 0, 1e9, "1000" },
  { "training", "batch", WHOLE, AT (batch), 1, 4096, "256" },
  { "training", "epochs", WHOLE, AT (epochs), 1, 1e6, "200" },
  { "training", "rate", REAL, AT (rate), 1e-9, 1, "0.0002" },
  { "training", "beta1", REAL, AT (beta1), 0, 0.9999, "0.5" },
  { "training", "beta2", REAL, AT (beta2), 0, 0.999999, "0.999" },
  { "training", "seed", SEED, AT (seed), 0, 0, "1" },
  { "training", "sample_every", WHOLE, AT (sample_every), 0, 1e9, "50" },
  { "training", "checkpoint_every", WHOLE, AT (checkpoint_every), 0, 1e9, "200" },
  { "training", "log_every", WHOLE, AT (log_every), 1, 1e6, "5" },
  { "training", "rows", WHOLE, AT (rows), 1, 64, "8" },
};

static gboolean refuse (GError **error, const char *group, const char *key, const char *format, ...) G_GNUC_PRINTF (4, 5);

static gboolean
refuse (GError **error, const char *group, const char *key, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, format);
  why = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("[%s] %s: %s"), group, key, why);
  return FALSE;
}

static gboolean
take (SacGanRecipe *recipe, guint i, const char *text, GError **error)
{
  char *end;
  double value = g_ascii_strtod (text, &end);
  gpointer at = (char *) recipe + rows[i].at;

  switch (rows[i].kind)
    {
    case FLAG:
      if (strcmp (text, "true") != 0 && strcmp (text, "false") != 0)
        return refuse (error, rows[i].group, rows[i].key, _("“%s” is neither true nor false"), text);
      *(gboolean *) at = text[0] == 't';
      return TRUE;
    case SEED:
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, at, NULL))
        return refuse (error, rows[i].group, rows[i].key, _("“%s” is not a whole number"), text);
      return TRUE;
    default:
      if (end == text || *end || !isfinite (value))
        return refuse (error, rows[i].group, rows[i].key, _("“%s” is not a number"), text);
      if (rows[i].kind == WHOLE && value != floor (value))
        return refuse (error, rows[i].group, rows[i].key, _("“%s” is not a whole number"), text);
      if (value < rows[i].low || value > rows[i].high)
        return refuse (error, rows[i].group, rows[i].key, _("%s is out of range; allowed is %g to %g"), text, rows[i].low, rows[i].high);
      if (rows[i].kind == WHOLE)
        *(int *) at = (int) value;
      else
        *(double *) at = value;
      return TRUE;
    }
}

static gboolean
is_key (const char *group, const char *key)
{
  static const char *const heads[] = { "version", "kind", "title", "description" };

  if (strcmp (group, "recipe") == 0)
    {
      for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
        if (g_str_has_prefix (key, heads[i]) && (key[strlen (heads[i])] == 0 || key[strlen (heads[i])] == '['))
          return TRUE;
      return FALSE;
    }
  if (strcmp (group, "network") == 0 && strcmp (key, "graph") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].group, group) == 0 && strcmp (rows[i].key, key) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_keys (GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint g = 0; groups[g]; g++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[g], NULL, NULL);

      for (guint k = 0; keys && keys[k]; k++)
        if (!is_key (groups[g], keys[k]))
          return refuse (error, groups[g], keys[k], _("not a key of a recipe for generators"));
    }
  return TRUE;
}

static gboolean
check_size (const SacGanRecipe *recipe, GError **error)
{
  return recipe->size == 32 || recipe->size == 64 || refuse (error, "network", "size", _("%d is neither 32 nor 64"), recipe->size);
}

SacGanRecipe *
sac_gan_recipe_parse (const char *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (SacGanRecipe) recipe = g_new0 (SacGanRecipe, 1);
  g_autofree char *graph = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, _("The recipe is not UTF-8 text"));
      return NULL;
    }
  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS, error) || !check_keys (file, error))
    return NULL;
  recipe->title = g_key_file_get_locale_string (file, "recipe", "title", NULL, NULL);
  recipe->description = g_key_file_get_locale_string (file, "recipe", "description", NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = g_key_file_get_string (file, rows[i].group, rows[i].key, NULL);

      if (!take (recipe, i, value ? g_strstrip (value) : rows[i].usual, error))
        return NULL;
    }
  if (!check_size (recipe, error))
    return NULL;
  graph = g_key_file_get_string (file, "network", "graph", NULL);
  if (!sac_gan_graph_parse (graph ? graph : "TCC|CTC|CCT", &recipe->graph, error))
    return NULL;
  return g_steal_pointer (&recipe);
}

SacGanRecipe *
sac_gan_recipe_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  SacGanRecipe *recipe;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  recipe = sac_gan_recipe_parse (text, error);
  if (!recipe)
    g_prefix_error (error, "%s: ", path);
  return recipe;
}

char *
sac_gan_recipe_dup_text (const SacGanRecipe *recipe)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *graph = sac_gan_graph_dup_text (&recipe->graph);

  g_key_file_set_string (file, "recipe", "version", "1");
  g_key_file_set_string (file, "recipe", "kind", "gan");
  g_key_file_set_string (file, "recipe", "title", recipe->title ? recipe->title : "");
  g_key_file_set_string (file, "recipe", "description", recipe->description ? recipe->description : "");
  g_key_file_set_string (file, "network", "graph", graph);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gconstpointer at = (const char *) recipe + rows[i].at;
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      if (rows[i].kind == FLAG)
        g_key_file_set_string (file, rows[i].group, rows[i].key, *(const gboolean *) at ? "true" : "false");
      else if (rows[i].kind == SEED)
        g_key_file_set_uint64 (file, rows[i].group, rows[i].key, *(const guint64 *) at);
      else
        g_key_file_set_string (file, rows[i].group, rows[i].key,
                               g_ascii_formatd (text, sizeof text, "%.10g",
                                                rows[i].kind == WHOLE ? *(const int *) at : *(const double *) at));
    }
  return g_key_file_to_data (file, NULL, NULL);
}

void
sac_gan_recipe_free (SacGanRecipe *recipe)
{
  if (!recipe)
    return;
  g_free (recipe->title);
  g_free (recipe->description);
  g_free (recipe);
}

gboolean
sac_gan_recipe_is (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *kind = NULL;

  if (!g_key_file_load_from_file (file, path, 0, NULL))
    return FALSE;
  kind = g_key_file_get_string (file, "recipe", "kind", NULL);
  return g_strcmp0 (kind, "gan") == 0;
}

gboolean
sac_gan_recipe_set (SacGanRecipe *recipe, const char *key, const char *value, GError **error)
{
  if (strcmp (key, "graph") == 0)
    return sac_gan_graph_parse (value, &recipe->graph, error);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].key, key) == 0)
      return take (recipe, i, value, error) && check_size (recipe, error);
  return refuse (error, "recipe", key, _("not a key of a recipe for generators"));
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char **
sac_gan_recipe_list (void)
{
  g_autofree char *folder = sac_file_find_data ("recipes/gan");
  g_autoptr (GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;
  GPtrArray *paths = g_ptr_array_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".ini"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_paths);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}

/* Both networks are stages of 4×4 kernels that halve the side and double the channels, so each stage costs the same; a pass back costs two
 * forward.  In an update the generators go forward twice and back once, D sees real and made pictures, and the made ones once more. */
double
sac_gan_recipe_work (const SacGanRecipe *recipe)
{
  double last = recipe->size / 2.0, width = recipe->width, k = recipe->graph.k;
  double deepest = width * (recipe->size / 8.0), stages = recipe->size == 64 ? 3 : 2;
  double ends = 16 * 3 * width * last * last, middle = stages * 16 * width * 2 * width * (last / 2) * (last / 2);
  double generator = 16 * recipe->z * deepest + middle + ends, critic = ends + middle + 16 * deepest * (k + 1);

  return k * generator * 4 + critic * (3 * (k + 1) + 3 * k);
}
