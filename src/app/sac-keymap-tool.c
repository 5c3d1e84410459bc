#include "sac-keymap-tool.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "sac-keymap.h"

static void
print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
list_json (SacKeymap *keymap)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "preset", sac_key_preset_name (sac_keymap_get_preset (keymap)));
  json_builder_set_member_name (builder, "acts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      g_autofree char *keys = sac_keymap_dup_keys (keymap, &sac_key_acts[i]);

      json_builder_begin_object (builder);
      add_string (builder, "act", sac_key_acts[i].name);
      add_string (builder, "scope", sac_key_scope_words (sac_key_acts[i].scope));
      add_string (builder, "words", gettext (sac_key_acts[i].words));
      add_string (builder, "keys", keys);
      json_builder_set_member_name (builder, "changed");
      json_builder_add_boolean_value (builder, sac_keymap_is_changed (keymap, &sac_key_acts[i]));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  print_json (builder);
}

static int
list (SacKeymap *keymap, gboolean json)
{
  if (json)
    {
      list_json (keymap);
      return 0;
    }
  for (guint s = 0; s < SAC_N_KEY_SCOPES; s++)
    {
      g_print ("%s%s\n", s ? "\n" : "", sac_key_scope_words ((SacKeyScope) s));
      for (guint i = 0; i < sac_n_key_acts; i++)
        {
          const SacKeyAct *act = &sac_key_acts[i];
          g_autofree char *keys = sac_keymap_dup_keys (keymap, act);

          if (act->scope == (SacKeyScope) s)
            g_print ("  %-28s %-30s %s%s\n", act->name, keys, gettext (act->words), sac_keymap_is_changed (keymap, act) ? " *" : "");
        }
    }
  return 0;
}

/* Exit code 1 where keys collide or the file was not understood: for scripts. */
static int
check (SacKeymap *keymap, gboolean json)
{
  g_autoptr (GArray) conflicts = sac_keymap_list_conflicts (keymap);
  const char *complaints = sac_keymap_get_complaints (keymap);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "conflicts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < conflicts->len; i++)
    {
      const SacKeyConflict *conflict = &g_array_index (conflicts, SacKeyConflict, i);
      g_autofree char *key = sac_key_dup_name (&conflict->key);

      json_builder_begin_object (builder);
      add_string (builder, "key", key);
      add_string (builder, "a", conflict->a->name);
      add_string (builder, "b", conflict->b->name);
      json_builder_end_object (builder);
      if (!json)
        g_print (_("%s: both “%s” (%s) and “%s” (%s)\n"), key, gettext (conflict->a->words), conflict->a->name,
                 gettext (conflict->b->words), conflict->b->name);
    }
  json_builder_end_array (builder);
  add_string (builder, "complaints", complaints);
  json_builder_end_object (builder);
  if (json)
    print_json (builder);
  else if (complaints[0])
    g_print ("%s\n", complaints);
  else if (conflicts->len == 0)
    g_print ("%s\n", _("No keys collide."));
  return conflicts->len || complaints[0] ? 1 : 0;
}

static int
preset (SacKeymap *keymap, const char *name)
{
  int wanted = name ? sac_key_preset_from_name (name) : 0;

  if (wanted < 0)
    {
      g_printerr (_("saccade: there is no preset “%s”: saccade, cvat or mpv\n"), name);
      return 1;
    }
  if (name)
    sac_keymap_set_preset (keymap, (SacKeyPreset) wanted);
  for (guint i = 0; i < SAC_N_PRESETS; i++)
    g_print ("%s %s\n", i == sac_keymap_get_preset (keymap) ? "*" : " ", sac_key_preset_name ((SacKeyPreset) i));
  return 0;
}

static const SacKeyAct *
find_act (const char *name)
{
  const SacKeyAct *act = sac_key_act_find (name);

  if (!act)
    g_printerr (_("saccade: there is no act “%s”; saccade keys list names them\n"), name);
  return act;
}

/* Keys that others have are told, not taken. */
static int
set (SacKeymap *keymap, const char *name, char **keys, int n)
{
  const SacKeyAct *act = find_act (name);
  g_autoptr (GString) text = g_string_new (NULL);
  GError *error = NULL;

  for (int i = 0; act && i < n; i++)
    {
      SacKey key;
      const SacKeyAct *other = sac_key_parse (keys[i], &key) ? sac_keymap_find_conflict (keymap, act, &key) : NULL;

      if (other)
        {
          g_printerr (_("saccade: %s belongs to “%s” (%s)\n"), keys[i], gettext (other->words), other->name);
          return 1;
        }
      g_string_append_printf (text, "%s%s", i ? " " : "", keys[i]);
    }
  if (!act)
    return 1;
  if (sac_keymap_set (keymap, act, text->str, &error))
    return 0;
  g_printerr ("saccade: %s\n", error->message);
  g_clear_error (&error);
  return 1;
}

static int
reset (SacKeymap *keymap, char **names, int n)
{
  if (n == 0)
    sac_keymap_reset (keymap);
  for (int i = 0; i < n; i++)
    {
      const SacKeyAct *act = find_act (names[i]);

      if (!act)
        return 1;
      sac_keymap_set (keymap, act, NULL, NULL);
    }
  return 0;
}

int
sac_keymap_tool_main (int argc, char **argv)
{
  gboolean json = g_str_has_suffix (argv[1], "-json");
  const char *word = argc > 2 ? argv[2] : "list";
  SacKeymap *keymap = sac_keymap_get ();

  if (strcmp (word, "list") == 0)
    return list (keymap, json);
  if (strcmp (word, "check") == 0)
    return check (keymap, json);
  if (strcmp (word, "preset") == 0)
    return preset (keymap, argc > 3 ? argv[3] : NULL);
  if (strcmp (word, "set") == 0 && argc > 3)
    return set (keymap, argv[3], argv + 4, argc - 4);
  if (strcmp (word, "reset") == 0)
    return reset (keymap, argv + 3, argc - 3);
  g_printerr ("%s\n", _("saccade: list, preset, check, set or reset; see saccade keys --help"));
  return 2;
}
