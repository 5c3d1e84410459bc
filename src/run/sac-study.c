/* The recipe of a study: a plain recipe, and sections that say what each arm does otherwise. */
#include "sac-study.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-recipe-private.h"

#define MAX_BYTES ((gsize) 1 << 20)
#define MAX_ARMS 64
#define MAX_SEEDS 100

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (SAC_RUN_ERROR, SAC_RUN_ERROR_RECIPE, format, args);
  va_end (args);
  return FALSE;
}

gboolean
_sac_study_owns_section (const char *section)
{
  return strcmp (section, "study") == 0 || g_str_has_prefix (section, "arm ") || g_str_has_prefix (section, "source ");
}

gboolean
sac_study_check_name (const char *name, GError **error)
{
  gboolean fine = *name && *name != '.' && *name != '-' && strlen (name) <= 64;

  for (const char *p = name; *p; p++)
    fine = fine && (g_ascii_isalnum (*p) || strchr ("-_.", *p));
  return fine || refuse (error, _("“%s” is no name: letters, digits and - _ . are allowed, at most 64"), name);
}

/* The name in "[arm NAME]"; NULL for other sections. */
static const char *
name_in (const char *section, const char *kind)
{
  gsize n = strlen (kind);

  if (!g_str_has_prefix (section, kind) || section[n] != ' ')
    return NULL;
  return section + n + 1;
}

/* GKeyFile makes one section of two with the same name. */
static gboolean
check_sections (const char *text, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    {
      char *line = g_strstrip (lines[i]);
      gsize n = strlen (line);

      if (n > 2 && *line == '[' && line[n - 1] == ']')
        {
          line[n - 1] = '\0';
          if (_sac_study_owns_section (line + 1) && !g_hash_table_add (seen, g_strdup (line + 1)))
            return refuse (error, _("line %u: [%s] stands there twice"), i + 1, line + 1);
        }
    }
  return TRUE;
}

static gboolean
read_seeds (const char *text, guint64 **seeds, guint *n, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ";,", -1);
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; parts[i]; i++)
    {
      guint64 seed;

      if (*g_strstrip (parts[i]) == '\0')
        continue;
      if (!g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXUINT64, &seed, NULL))
        return refuse (error, _("[study] seeds: “%s” is not a whole number"), parts[i]);
      for (guint j = 0; j < out->len; j++)
        if (g_array_index (out, guint64, j) == seed)
          return refuse (error, _("[study] seeds: %s stands there twice"), parts[i]);
      g_array_append_val (out, seed);
    }
  if (out->len == 0 || out->len > MAX_SEEDS)
    return refuse (error, _("[study] seeds: one to %d seeds are needed"), MAX_SEEDS);
  *n = out->len;
  *seeds = (guint64 *) (gpointer) g_array_free (g_steal_pointer (&out), FALSE);
  return TRUE;
}

static gboolean
read_study (SacStudyPlan *plan, GKeyFile *file, const SacRecipe *base, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, "study", NULL, NULL);
  g_autofree char *seeds = g_key_file_get_string (file, "study", "seeds", NULL);
  g_autofree char *order = g_key_file_get_string (file, "study", "order", NULL);
  g_autofree char *own = g_strdup_printf ("%" G_GUINT64_FORMAT, base->seed);

  for (guint i = 0; keys && keys[i]; i++)
    if (strcmp (keys[i], "seeds") != 0 && strcmp (keys[i], "order") != 0)
      return refuse (error, _("[study] %s is not a key of a study; there are seeds and order"), keys[i]);
  plan->arms_first = order && strcmp (g_strstrip (order), "arms") == 0;
  if (order && !plan->arms_first && strcmp (order, "seeds") != 0)
    return refuse (error, _("[study] order: “%s” is unknown; allowed is one of: %s"), order, "seeds arms");
  return read_seeds (seeds ? seeds : own, &plan->seeds, &plan->n_seeds, error);
}

/* The plain recipe that is left when a section's keys take the place of the base's. */
static char *
expand (GKeyFile *file, const char *section, gboolean source, GError **error)
{
  g_autoptr (GKeyFile) plain = g_key_file_new ();
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto (GStrv) changes = g_key_file_get_keys (file, section, NULL, NULL);

  for (guint i = 0; groups[i]; i++)
    {
      g_auto (GStrv) keys = _sac_study_owns_section (groups[i]) ? NULL : g_key_file_get_keys (file, groups[i], NULL, NULL);

      for (guint j = 0; keys && keys[j]; j++)
        {
          g_autofree char *value = g_key_file_get_value (file, groups[i], keys[j], NULL);

          if (strcmp (groups[i], "recipe") != 0 || strcmp (keys[j], "version") == 0)
            g_key_file_set_value (plain, groups[i], keys[j], value);
        }
    }
  g_key_file_set_string (plain, "recipe", "title", strchr (section, ' ') + 1);
  for (guint i = 0; changes && changes[i]; i++)
    {
      char *bracket = strchr (changes[i], '[');
      g_autofree char *key = bracket ? g_strndup (changes[i], (gsize) (bracket - changes[i])) : g_strdup (changes[i]);
      g_autofree char *value = g_key_file_get_value (file, section, changes[i], NULL);
      const char *where = _sac_recipe_find_section (key);

      if (source && strcmp (changes[i], "project") == 0)
        continue;
      if (!where || (bracket && strcmp (where, "recipe") != 0))
        {
          refuse (error, _("[%s] %s is not a key of a recipe"), section, changes[i]);
          return NULL;
        }
      if (strcmp (key, "seed") == 0 && !source)
        {
          refuse (error, _("[%s] seed: the seeds of all arms stand in [study]"), section);
          return NULL;
        }
      g_key_file_set_value (plain, where, changes[i], value);
    }
  return g_key_file_to_data (plain, NULL, NULL);
}

static void
arm_free (gpointer data)
{
  SacStudyArm *arm = data;

  if (!arm)
    return;
  g_free (arm->name);
  g_free (arm->title);
  g_free (arm->weights);
  g_free (arm->project);
  g_free (arm->text);
  g_free (arm);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacStudyArm, arm_free)

static char *
with_seed (const char *text, guint64 seed)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    return g_strdup (text);
  g_key_file_set_uint64 (file, "training", "seed", seed);
  return g_key_file_to_data (file, NULL, NULL);
}

static gboolean
add_arm (SacStudyPlan *plan, GKeyFile *file, const char *section, gboolean source, GError **error)
{
  g_autoptr (SacStudyArm) arm = g_new0 (SacStudyArm, 1);
  g_autoptr (SacRecipe) recipe = NULL;
  g_autofree char *text = NULL;
  GPtrArray *into = source ? plan->sources : plan->arms;

  arm->name = g_strdup (name_in (section, source ? "source" : "arm"));
  if (!sac_study_check_name (arm->name, error))
    return FALSE;
  if (into->len == MAX_ARMS)
    return refuse (error, _("more than %d arms"), MAX_ARMS);
  text = expand (file, section, source, error);
  if (!text)
    return FALSE;
  arm->text = source ? g_steal_pointer (&text) : with_seed (text, plan->seeds[0]);
  recipe = sac_recipe_parse (arm->text, error);
  if (!recipe)
    {
      g_prefix_error (error, source ? _("source “%s”: ") : _("arm “%s”: "), arm->name);
      return FALSE;
    }
  arm->title = g_strdup (*recipe->title ? recipe->title : arm->name);
  arm->weights = g_strdup (recipe->weights);
  arm->project = source ? g_key_file_get_string (file, section, "project", NULL) : NULL;
  if (source && (!arm->project || !*g_strstrip (arm->project)))
    return refuse (error, _("[%s] project: a source needs the project that it learns from"), section);
  g_ptr_array_add (into, g_steal_pointer (&arm));
  return TRUE;
}

/* An arm's source must be there, and a source has none of its own. */
static gboolean
check_sources (const SacStudyPlan *plan, GError **error)
{
  for (guint i = 0; i < plan->arms->len; i++)
    {
      const SacStudyArm *arm = plan->arms->pdata[i];

      if (g_str_has_prefix (arm->weights, "source:") && !sac_study_plan_find (plan, arm->weights + strlen ("source:"), TRUE))
        return refuse (error, _("[arm %s] weights: there is no [source %s]"), arm->name, arm->weights + strlen ("source:"));
    }
  for (guint i = 0; i < plan->sources->len; i++)
    {
      const SacStudyArm *source = plan->sources->pdata[i];

      if (g_str_has_prefix (source->weights, "source:"))
        return refuse (error, _("[source %s] weights: a source does not begin with another"), source->name);
    }
  return TRUE;
}

SacStudyPlan *
sac_study_plan_parse (const char *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (SacStudyPlan) plan = g_new0 (SacStudyPlan, 1);
  g_autoptr (SacRecipe) base = NULL;
  g_autoptr (GError) inner = NULL;
  g_auto (GStrv) groups = NULL;
  g_autoptr (GKeyFile) plain = g_key_file_new ();
  g_autofree char *plain_text = NULL;

  plan->arms = g_ptr_array_new_with_free_func (arm_free);
  plan->sources = g_ptr_array_new_with_free_func (arm_free);
  plan->text = g_strdup (text);
  if (strlen (text) > MAX_BYTES || !g_utf8_validate (text, -1, NULL))
    {
      refuse (error, _("not a recipe: too long, or not text"));
      return NULL;
    }
  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS | G_KEY_FILE_KEEP_COMMENTS, &inner))
    {
      refuse (error, "%s", inner->message);
      return NULL;
    }
  if (!_sac_recipe_check_duplicates (text, error) || !check_sections (text, error))
    return NULL;
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i]; i++)
    {
      g_auto (GStrv) keys = _sac_study_owns_section (groups[i]) ? NULL : g_key_file_get_keys (file, groups[i], NULL, NULL);

      for (guint j = 0; keys && keys[j]; j++)
        {
          g_autofree char *value = g_key_file_get_value (file, groups[i], keys[j], NULL);

          g_key_file_set_value (plain, groups[i], keys[j], value);
        }
    }
  plain_text = g_key_file_to_data (plain, NULL, NULL);
  base = sac_recipe_parse (plain_text, error);
  if (!base || !read_study (plan, file, base, error))
    return NULL;
  plan->title = g_strdup (base->title);
  plan->description = g_strdup (base->description);
  for (guint i = 0; groups[i]; i++)
    {
      gboolean source = name_in (groups[i], "source") != NULL;

      if ((source || name_in (groups[i], "arm")) && !add_arm (plan, file, groups[i], source, error))
        return NULL;
    }
  if (plan->arms->len == 0)
    {
      refuse (error, _("this recipe has no arms, so it is for “saccade train”"));
      return NULL;
    }
  return check_sources (plan, error) ? g_steal_pointer (&plan) : NULL;
}

SacStudyPlan *
sac_study_plan_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sac_file_read (path, MAX_BYTES, error);
  g_autofree char *text = NULL;
  SacStudyPlan *plan;

  if (!bytes)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  plan = sac_study_plan_parse (text ? text : "", error);
  if (!plan)
    g_prefix_error (error, "%s: ", path);
  return plan;
}

void
sac_study_plan_free (SacStudyPlan *plan)
{
  if (!plan)
    return;
  g_free (plan->title);
  g_free (plan->description);
  g_free (plan->text);
  g_clear_pointer (&plan->arms, g_ptr_array_unref);
  g_clear_pointer (&plan->sources, g_ptr_array_unref);
  g_free (plan->seeds);
  g_free (plan);
}

SacStudyArm *
sac_study_plan_find (const SacStudyPlan *plan, const char *arm, gboolean source)
{
  GPtrArray *all = source ? plan->sources : plan->arms;

  for (guint i = 0; i < all->len; i++)
    if (strcmp (((SacStudyArm *) all->pdata[i])->name, arm) == 0)
      return all->pdata[i];
  return NULL;
}

/* "ARM key=value". */
static gboolean
change (GKeyFile *file, const char *words, GError **error)
{
  const char *from = g_str_has_prefix (words, "source ") ? words + strlen ("source ") : words;
  const char *blank = strchr (from, ' '), *equals = blank ? strchr (blank, '=') : NULL;
  g_autofree char *section = NULL;
  g_autofree char *key = NULL;

  if (!equals)
    return refuse (error, _("“%s” does not read ARM key=value"), words);
  section = g_strdup_printf ("%s %.*s", from == words ? "arm" : "source", (int) (blank - from), from);
  key = g_strstrip (g_strndup (blank, (gsize) (equals - blank)));
  if (!g_key_file_has_group (file, section))
    return refuse (error, _("there is no [%s]"), section);
  g_key_file_set_string (file, section, key, equals + 1);
  return TRUE;
}

SacStudyPlan *
sac_study_plan_with (const SacStudyPlan *plan, const char *const *arms, const char *seeds, const char *const *changes, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (SacStudyPlan) first = NULL;
  g_autofree char *text = NULL;
  gboolean removed = FALSE;

  g_key_file_load_from_data (file, plan->text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS | G_KEY_FILE_KEEP_COMMENTS, NULL);
  for (guint i = 0; arms && arms[i]; i++)
    if (!sac_study_plan_find (plan, arms[i], FALSE))
      {
        refuse (error, _("there is no arm “%s”"), arms[i]);
        return NULL;
      }
  for (guint i = 0; changes && changes[i]; i++)
    if (!change (file, changes[i], error))
      return NULL;
  for (guint i = 0; arms && i < plan->arms->len; i++)
    {
      const SacStudyArm *arm = plan->arms->pdata[i];
      g_autofree char *section = g_strdup_printf ("arm %s", arm->name);

      if (!g_strv_contains (arms, arm->name))
        g_key_file_remove_group (file, section, NULL);
    }
  if (seeds)
    g_key_file_set_string (file, "study", "seeds", seeds);
  text = g_key_file_to_data (file, NULL, NULL);
  first = sac_study_plan_parse (text, error);
  for (guint i = 0; first && i < first->sources->len; i++)
    {
      const SacStudyArm *source = first->sources->pdata[i];
      g_autofree char *section = g_strdup_printf ("source %s", source->name), *word = g_strdup_printf ("source:%s", source->name);
      gboolean needed = FALSE;

      for (guint j = 0; j < first->arms->len; j++)
        needed = needed || strcmp (((SacStudyArm *) first->arms->pdata[j])->weights, word) == 0;
      if (!needed)
        removed = g_key_file_remove_group (file, section, NULL) || removed;
    }
  if (!first || !removed)
    return g_steal_pointer (&first);
  g_free (text);
  text = g_key_file_to_data (file, NULL, NULL);
  return sac_study_plan_parse (text, error);
}

SacRecipe *
sac_study_plan_dup_recipe (const SacStudyPlan *plan, const char *arm, gboolean source, guint64 seed, GError **error)
{
  const SacStudyArm *found = sac_study_plan_find (plan, arm, source);
  g_autofree char *text = NULL;

  if (!found)
    {
      refuse (error, source ? _("there is no source “%s”") : _("there is no arm “%s”"), arm);
      return NULL;
    }
  text = with_seed (found->text, seed);
  return sac_recipe_parse (text, error);
}

gboolean
sac_study_is_recipe (const char *path)
{
  g_autoptr (GBytes) bytes = sac_file_read (path, MAX_BYTES, NULL);
  g_autofree char *text = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
  g_auto (GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;

  for (guint i = 0; lines && lines[i]; i++)
    if (g_str_has_prefix (g_strstrip (lines[i]), "[arm "))
      return TRUE;
  return FALSE;
}

char **
sac_study_list_recipes (void)
{
  return _sac_recipe_list (TRUE);
}
