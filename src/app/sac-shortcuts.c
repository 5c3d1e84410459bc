#include "sac-shortcuts.h"

#include <glib/gi18n.h>

/* GTK 4.8 lets nobody add groups to a GtkShortcutsWindow but GtkBuilder, so its description is written here. */

static void
add_line (GString *xml, const char *words, const char *keys)
{
  g_autofree char *line = g_markup_printf_escaped ("<child><object class='GtkShortcutsShortcut'><property name='title'>%s</property>"
                                                   "<property name='accelerator'>%s</property></object></child>\n", words, keys);

  g_string_append (xml, line);
}

/* The ten acts from @first on are one line while each has the digit that one expects; returns whether they are. */
static gboolean
add_bank (GString *xml, SacKeymap *keymap, const char *format, guint first, const char *words)
{
  GdkModifierType modifiers = 0;
  g_autofree char *from = NULL, *to = NULL, *keys = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%u", format, first + i);
      const SacKey *key;

      if (sac_keymap_get_keys (keymap, sac_key_act_find (name), &key) == 0 || key->keyval != GDK_KEY_0 + (i + 1) % 10 ||
          (i > 0 && key->modifiers != modifiers))
        return FALSE;
      modifiers = key->modifiers;
    }
  from = gtk_accelerator_name (GDK_KEY_1, modifiers);
  to = gtk_accelerator_name (GDK_KEY_0, modifiers);
  keys = g_strconcat (from, "...", to, NULL);
  add_line (xml, words, keys);
  return TRUE;
}

static gboolean
is_in_bank (const SacKeyAct *act, gboolean yes, gboolean unknown, gboolean second)
{
  const char *rest = g_str_has_prefix (act->name, "label.") ? act->name + strlen ("label.") : "";

  if (g_str_has_prefix (rest, "unknown-"))
    return unknown;
  return g_ascii_isdigit (rest[0]) && (g_ascii_strtoull (rest, NULL, 10) > 10 ? second : yes);
}

/* A group is a column; one that is longer than the window goes on in a next. */
#define MOST_LINES 12

static void
add_scope (GString *xml, SacKeymap *keymap, SacKeyScope scope)
{
  g_autofree char *head = g_markup_printf_escaped ("<child><object class='GtkShortcutsGroup'><property name='title'>%s</property>\n",
                                                   sac_key_scope_words (scope));
  gboolean yes = FALSE, unknown = FALSE, second = FALSE;
  guint n = 0;

  g_string_append (xml, head);
  if (scope == SAC_KEYS_LABELS)
    {
      yes = add_bank (xml, keymap, "label.", 1, _("Label yes or no; hold it while a clip plays to mark a segment"));
      unknown = add_bank (xml, keymap, "label.unknown-", 1, _("Label unknown"));
      second = add_bank (xml, keymap, "label.", 11, _("Labels without a key: the first ten"));
    }
  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      g_autofree char *keys = sac_key_acts[i].scope == scope ? sac_keymap_dup_keys (keymap, &sac_key_acts[i]) : NULL;

      if (!keys || !keys[0] || is_in_bank (&sac_key_acts[i], yes, unknown, second))
        continue;
      if (n > 0 && n % MOST_LINES == 0)
        g_string_append_printf (xml, "</object></child>%s", head);
      add_line (xml, gettext (sac_key_acts[i].words), keys);
      n++;
    }
  g_string_append (xml, "</object></child>\n");
}

static void
add_section (GString *xml, SacKeymap *keymap, const char *name, const char *words, const SacKeyScope *scopes, guint n)
{
  g_autofree char *head = g_markup_printf_escaped ("<child><object class='GtkShortcutsSection'><property name='section-name'>%s</property>"
                                                   "<property name='title'>%s</property><property name='max-height'>%d</property>\n",
                                                   name, words, MOST_LINES + 2);

  g_string_append (xml, head);
  for (guint i = 0; i < n; i++)
    add_scope (xml, keymap, scopes[i]);
  g_string_append (xml, "</object></child>\n");
}

GtkWindow *
sac_shortcuts_new (SacKeymap *keymap)
{
  static const SacKeyScope labels[] = { SAC_KEYS_LABELS, SAC_KEYS_SEGMENTS }, tracks[] = { SAC_KEYS_TRACKS };
  static const SacKeyScope player[] = { SAC_KEYS_PLAYER }, clips[] = { SAC_KEYS_PAGE, SAC_KEYS_CLIPS, SAC_KEYS_EXPLAIN };
  static const SacKeyScope window[] = { SAC_KEYS_WINDOW }, vocabulary[] = { SAC_KEYS_VOCABULARY };
  static const SacKeyScope runs[] = { SAC_KEYS_RUNS }, suspects[] = { SAC_KEYS_SUSPECTS }, graph[] = { SAC_KEYS_GRAPH };
  static const SacKeyScope generate[] = { SAC_KEYS_GENERATE };
  g_autoptr (GString) xml = g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'>"
                                          "<property name='modal'>1</property>\n");
  g_autoptr (GtkBuilder) builder = NULL;

  add_section (xml, keymap, "labels", _("Labels and segments"), labels, G_N_ELEMENTS (labels));
  add_section (xml, keymap, "tracks", _("Boxes and tracks"), tracks, G_N_ELEMENTS (tracks));
  add_section (xml, keymap, "player", _("Player"), player, G_N_ELEMENTS (player));
  add_section (xml, keymap, "clips", _("Clips and attention"), clips, G_N_ELEMENTS (clips));
  add_section (xml, keymap, "runs", _("Runs"), runs, G_N_ELEMENTS (runs));
  add_section (xml, keymap, "generate", _("Generate page"), generate, G_N_ELEMENTS (generate));
  add_section (xml, keymap, "vocabulary", _("Label editor"), vocabulary, G_N_ELEMENTS (vocabulary));
  add_section (xml, keymap, "suspects", _("Doubtful labels"), suspects, G_N_ELEMENTS (suspects));
  add_section (xml, keymap, "graph", _("Graph of generators"), graph, G_N_ELEMENTS (graph));
  add_section (xml, keymap, "window", _("Window"), window, G_N_ELEMENTS (window));
  g_string_append (xml, "</object></interface>");
  builder = gtk_builder_new_from_string (xml->str, (gssize) xml->len);
  return GTK_WINDOW (gtk_builder_get_object (builder, "window"));
}
