#include "sac-settings.h"

#include "config.h"

#define MAX_RECENT 8

static char *
dup_own_folder (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  return self ? g_path_get_dirname (self) : NULL;
}

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  GSettingsSchema *schema = source ? g_settings_schema_source_lookup (source, SAC_APP_ID, TRUE) : NULL;
  g_autofree char *own = dup_own_folder ();
  g_autofree char *folder = own ? g_build_filename (own, "data", NULL) : NULL;
  g_autoptr (GSettingsSchemaSource) beside = NULL;

  /* In a build tree the compiled schemas lie in data/ beside the program. */
  if (!schema && folder)
    beside = g_settings_schema_source_new_from_directory (folder, source, FALSE, NULL);
  return beside ? g_settings_schema_source_lookup (beside, SAC_APP_ID, FALSE) : schema;
}

GSettings *
sac_settings_get (void)
{
  static GSettings *settings;
  static gboolean looked;

  if (!looked)
    {
      g_autoptr (GSettingsSchema) schema = find_schema ();

      looked = TRUE;
      settings = schema ? g_settings_new_full (schema, NULL, NULL) : NULL;
    }
  return settings;
}

int
sac_settings_get_int (const char *key, int otherwise)
{
  return sac_settings_get () ? g_settings_get_int (sac_settings_get (), key) : otherwise;
}

gboolean
sac_settings_get_boolean (const char *key, gboolean otherwise)
{
  return sac_settings_get () ? g_settings_get_boolean (sac_settings_get (), key) : otherwise;
}

static gboolean
knows (const char *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  if (!sac_settings_get ())
    return FALSE;
  g_object_get (sac_settings_get (), "settings-schema", &schema, NULL);
  return g_settings_schema_has_key (schema, key);
}

char **
sac_settings_dup_words (const char *key)
{
  return knows (key) ? g_settings_get_strv (sac_settings_get (), key) : g_new0 (char *, 1);
}

void
sac_settings_set_words (const char *key, const char *const *words)
{
  if (knows (key))
    g_settings_set_strv (sac_settings_get (), key, words);
}

void
sac_settings_set_boolean (const char *key, gboolean value)
{
  if (sac_settings_get ())
    g_settings_set_boolean (sac_settings_get (), key, value);
}

char *
sac_dup_program (void)
{
  g_autofree char *folder = dup_own_folder ();
  g_autofree char *beside = folder ? g_build_filename (folder, "saccade", NULL) : NULL;

  if (beside && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_find_program_in_path ("saccade");
}

void
sac_recent_add (const char *path)
{
  g_auto (GStrv) old = NULL;
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  if (!sac_settings_get ())
    return;
  old = g_settings_get_strv (sac_settings_get (), "recent-projects");
  g_strv_builder_add (list, path);
  for (guint i = 0, n = 1; old[i] && n < MAX_RECENT; i++)
    if (g_strcmp0 (old[i], path) != 0)
      {
        g_strv_builder_add (list, old[i]);
        n++;
      }
  paths = g_strv_builder_end (list);
  g_settings_set_strv (sac_settings_get (), "recent-projects", (const char *const *) paths);
}

char **
sac_recent_dup (void)
{
  g_auto (GStrv) old = sac_settings_get () ? g_settings_get_strv (sac_settings_get (), "recent-projects") : NULL;
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (guint i = 0; old && old[i]; i++)
    if (g_file_test (old[i], G_FILE_TEST_EXISTS))
      g_strv_builder_add (list, old[i]);
  return g_strv_builder_end (list);
}
