/* The key map without a display: what a press means on keyboards of several countries, presets, changes, collisions, damaged files. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "app/sac-keymap.h"
#include "app/sac-reaction.h"

/* Without a display keys are found by their place, as where a layout has no Latin letters at all. */
static const char *
press (SacKeymap *keymap, SacKeyScope scope, guint keyval, guint keycode, GdkModifierType state)
{
  return sac_keymap_find_press (keymap, scope, NULL, keyval, keycode, state);
}

static void
test_presses (void)
{
  g_autoptr (SacKeymap) keymap = sac_keymap_new (NULL);
  static const struct {
    SacKeyScope scope;
    guint keyval, keycode;
    GdkModifierType state;
    const char *act;
  } cases[] = {
    { SAC_KEYS_PLAYER, GDK_KEY_comma, 59, 0, "player.step-back" },
    { SAC_KEYS_PLAYER, GDK_KEY_d, 40, 0, "player.step-back" },
    { SAC_KEYS_PLAYER, GDK_KEY_D, 40, GDK_LOCK_MASK, "player.step-back" },          /* caps lock */
    { SAC_KEYS_PLAYER, GDK_KEY_KP_Left, 83, 0, "player.step-back" },
    { SAC_KEYS_PLAYER, GDK_KEY_Left, 113, GDK_SHIFT_MASK, "player.second-back" },
    { SAC_KEYS_PLAYER, GDK_KEY_L, 46, GDK_SHIFT_MASK, "player.loop" },
    { SAC_KEYS_PLAYER, GDK_KEY_space, 65, 0, "player.play" },
    { SAC_KEYS_PLAYER, GDK_KEY_space, 65, GDK_SHIFT_MASK, NULL },
    { SAC_KEYS_PLAYER, GDK_KEY_braceleft, 34, GDK_SHIFT_MASK, "player.half" },
    { SAC_KEYS_PLAYER, GDK_KEY_d, 40, GDK_SUPER_MASK, NULL },
    { SAC_KEYS_PLAYER, GDK_KEY_j, 44, GDK_CONTROL_MASK, NULL },
    { SAC_KEYS_LABELS, GDK_KEY_3, 12, 0, "label.3" },
    { SAC_KEYS_LABELS, GDK_KEY_KP_3, 89, 0, "label.3" },
    { SAC_KEYS_LABELS, GDK_KEY_0, 19, 0, "label.10" },
    { SAC_KEYS_LABELS, GDK_KEY_numbersign, 12, GDK_SHIFT_MASK, "label.unknown-3" },
    { SAC_KEYS_LABELS, GDK_KEY_numbersign, 12, GDK_SHIFT_MASK | GDK_CONTROL_MASK, "label.13" },
    /* French: digits need Shift, and "é" and "à" stand where 2 and 0 are. */
    { SAC_KEYS_LABELS, GDK_KEY_ampersand, 10, 0, "label.1" },
    { SAC_KEYS_LABELS, GDK_KEY_eacute, 11, 0, "label.2" },
    { SAC_KEYS_LABELS, GDK_KEY_agrave, 19, 0, "label.10" },
    { SAC_KEYS_LABELS, GDK_KEY_1, 10, GDK_SHIFT_MASK, "label.unknown-1" },
    { SAC_KEYS_PLAYER, GDK_KEY_a, 24, 0, NULL },                 /* a Latin letter is never found by its place, which is Q's here */
    { SAC_KEYS_TRACKS, GDK_KEY_a, 24, 0, NULL },
    /* Russian and kana. */
    { SAC_KEYS_SEGMENTS, GDK_KEY_Cyrillic_sha, 31, 0, "segment.in" },
    { SAC_KEYS_SEGMENTS, GDK_KEY_Cyrillic_SHA, 31, GDK_SHIFT_MASK, "segment.go-in" },
    { SAC_KEYS_PLAYER, GDK_KEY_Cyrillic_ha, 34, 0, "player.slower" },
    { SAC_KEYS_PLAYER, GDK_KEY_Cyrillic_HA, 34, GDK_SHIFT_MASK, "player.half" },
    { SAC_KEYS_SEGMENTS, GDK_KEY_kana_NI, 31, 0, "segment.in" },
    { SAC_KEYS_PLAYER, GDK_KEY_yen, 132, 0, "player.speed-normal" },
    /* German: "/" is Shift+7; its sign comes before its place. */
    { SAC_KEYS_PAGE, GDK_KEY_slash, 16, GDK_SHIFT_MASK, "clip.search" },
    /* Modifiers and keys of input methods alone. */
    { SAC_KEYS_LABELS, GDK_KEY_Shift_L, 50, GDK_SHIFT_MASK, NULL },
    { SAC_KEYS_LABELS, GDK_KEY_Zenkaku_Hankaku, 49, 0, NULL },
    { SAC_KEYS_LABELS, GDK_KEY_Henkan, 100, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *act = press (keymap, cases[i].scope, cases[i].keyval, cases[i].keycode, cases[i].state);

      if (g_strcmp0 (act, cases[i].act) != 0)
        g_error ("case %u (%s): %s, not %s", i, gdk_keyval_name (cases[i].keyval), act, cases[i].act);
    }
}

/* All acts have words, a scope in their name, and keys that they may have; no preset has two for one press. */
static void
test_list (void)
{
  g_autoptr (SacKeymap) keymap = sac_keymap_new (NULL);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      const SacKeyAct *act = &sac_key_acts[i];

      g_assert_true (g_hash_table_add (names, (gpointer) act->name));
      g_assert_nonnull (strchr (act->name, '.'));
      g_assert_cmpuint (strlen (act->words), >, 2);
      g_assert_true (act->scope < SAC_N_KEY_SCOPES);
      g_assert_true (!act->action == (act->scope != SAC_KEYS_WINDOW));
      g_assert_true (sac_key_act_find (act->name) == act);
    }
  g_assert_null (sac_key_act_find ("player.nothing"));
  for (int preset = 0; preset < SAC_N_PRESETS; preset++)
    {
      g_autoptr (GArray) conflicts = NULL;

      sac_keymap_set_preset (keymap, (SacKeyPreset) preset);
      conflicts = sac_keymap_list_conflicts (keymap);
      for (guint i = 0; i < conflicts->len; i++)
        {
          const SacKeyConflict *conflict = &g_array_index (conflicts, SacKeyConflict, i);
          g_autofree char *key = sac_key_dup_name (&conflict->key);

          g_error ("%s: %s and %s both have %s", sac_key_preset_name ((SacKeyPreset) preset), conflict->a->name, conflict->b->name, key);
        }
      g_assert_cmpint (sac_key_preset_from_name (sac_key_preset_name ((SacKeyPreset) preset)), ==, preset);
    }
}

static void
test_presets (void)
{
  g_autoptr (SacKeymap) keymap = sac_keymap_new (NULL);

  g_assert_cmpstr (press (keymap, SAC_KEYS_TRACKS, GDK_KEY_o, 32, 0), ==, NULL);
  sac_keymap_set_preset (keymap, SAC_PRESET_CVAT);
  g_assert_cmpstr (press (keymap, SAC_KEYS_TRACKS, GDK_KEY_o, 32, 0), ==, "track.outside");
  g_assert_cmpstr (press (keymap, SAC_KEYS_LABELS, GDK_KEY_3, 12, GDK_CONTROL_MASK), ==, "label.3");
  sac_keymap_set_preset (keymap, SAC_PRESET_MPV);
  g_assert_cmpstr (press (keymap, SAC_KEYS_PLAYER, GDK_KEY_Left, 113, 0), ==, "player.seconds-back");
}

static void
test_forbidden (void)
{
  g_autoptr (SacKeymap) keymap = sac_keymap_new (NULL);
  const SacKeyAct *play = sac_key_act_find ("player.play"), *sidebar = sac_key_act_find ("window.sidebar");
  static const char *const nobody[] = { "<Shift>space", "<Control>space", "grave", "<Control>period", "<Control><Shift>u", "<Alt>k", "Tab",
                                        "F7", "Zenkaku_Hankaku", "Shift_L", "no-such-key", "<Super>k" };

  for (guint i = 0; i < G_N_ELEMENTS (nobody); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sac_keymap_set (keymap, play, nobody[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_cmpstr (press (keymap, SAC_KEYS_PLAYER, GDK_KEY_space, 65, 0), ==, "player.play");
  g_assert_true (sac_keymap_set (keymap, sidebar, "F7", NULL));
}

/* What IBus, fcitx 5, uim, SCIM and the Japanese engines (Mozc, Anthy, SKK) take for themselves as they come; keys that only mean something
 * while a word is being written are the text field's business.  No preset gives one to an act, and nobody can. */
static void
test_input_methods (void)
{
  static const char *const taken[] = {
    "<Super>space", "<Control>space", "<Shift>space", "<Control><Shift>space", "<Alt>space", "Zenkaku_Hankaku", "Hiragana_Katakana",
    "Henkan", "Henkan_Mode", "Muhenkan", "Eisu_toggle", "Kanji", "Hangul", "Hangul_Hanja", "grave", "<Alt>grave", "<Super>grave",
    "<Control>period", "<Control>semicolon", "<Control><Shift>u", "<Control><Shift>e", "<Control><Shift>f", "<Control><Alt>p",
    "<Control><Alt>h", "<Control><Alt><Shift>u", "<Control>j", "<Shift>Shift_L", "Shift_L", "Shift_R", "Control_L", "Alt_L", "Multi_key",
  };
  g_autoptr (SacKeymap) keymap = sac_keymap_new (NULL);

  for (int preset = 0; preset < SAC_N_PRESETS; preset++)
    {
      sac_keymap_set_preset (keymap, (SacKeyPreset) preset);
      for (guint i = 0; i < sac_n_key_acts; i++)
        {
          const SacKey *keys;
          guint n = sac_keymap_get_keys (keymap, &sac_key_acts[i], &keys);

          for (guint k = 0; k < n; k++)
            for (guint t = 0; t < G_N_ELEMENTS (taken); t++)
              {
                SacKey key;

                if (sac_key_parse (taken[t], &key) && sac_key_equal (&key, &keys[k]))
                  g_error ("%s: %s takes %s from input methods", sac_key_preset_name ((SacKeyPreset) preset), sac_key_acts[i].name,
                           taken[t]);
              }
        }
    }
}

static void
count (SacKeymap *keymap, guint *n)
{
  ++*n;
}

static void
test_changes (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sac-keys-XXXXXX", NULL), *path = g_build_filename (folder, "deep", "keys.ini", NULL);
  g_autofree char *deep = g_build_filename (folder, "deep", NULL), *label = NULL, *hint = NULL;
  g_autoptr (SacKeymap) keymap = sac_keymap_new (path), again = NULL;
  const SacKeyAct *split = sac_key_act_find ("segment.split"), *step = sac_key_act_find ("player.step-forward");
  const SacKeyAct *keyframe = sac_key_act_find ("track.keyframe"), *attention = sac_key_act_find ("explain.attention");
  SacKey y, k;
  guint n = 0;

  g_signal_connect (keymap, "changed", G_CALLBACK (count), &n);
  g_assert_true (sac_key_parse ("y", &y) && sac_key_parse ("k", &k));
  g_assert_true (sac_keymap_set (keymap, split, "y <Control><Shift>x", NULL));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (press (keymap, SAC_KEYS_SEGMENTS, GDK_KEY_y, 29, 0), ==, "segment.split");
  g_assert_null (press (keymap, SAC_KEYS_SEGMENTS, GDK_KEY_x, 53, 0));
  g_assert_true (sac_keymap_is_changed (keymap, split));
  label = sac_keymap_dup_label (keymap, "segment.split");
  g_assert_cmpstr (label, ==, "Y, Shift+Ctrl+X");
  hint = sac_keymap_dup_hint (keymap, (const char *const[]) { "segment.split", "player.seconds-back", "segment.in", NULL });
  g_assert_cmpstr (hint, ==, "Y: Split the segment here · I: Segment begins here");

  /* What shares a page collides, unless one needs a selection. */
  g_assert_true (sac_keymap_find_conflict (keymap, step, &y) == split);
  g_assert_true (sac_keymap_find_conflict (keymap, attention, &k) == sac_key_act_find ("player.pause"));
  g_assert_null (sac_keymap_find_conflict (keymap, attention, &y));
  g_assert_null (sac_keymap_find_conflict (keymap, keyframe, &k));
  g_assert_true (sac_keymap_take_over (keymap, step, &y, NULL));
  g_assert_null (press (keymap, SAC_KEYS_SEGMENTS, GDK_KEY_y, 29, 0));
  g_assert_cmpstr (press (keymap, SAC_KEYS_PLAYER, GDK_KEY_y, 29, 0), ==, "player.step-forward");
  g_assert_cmpstr (press (keymap, SAC_KEYS_PLAYER, GDK_KEY_f, 41, 0), ==, "player.step-forward");
  sac_keymap_set_preset (keymap, SAC_PRESET_CVAT);

  /* It is all there again; a preset leaves alone what a hand did. */
  again = sac_keymap_new (path);
  g_assert_cmpstr (sac_keymap_get_complaints (again), ==, "");
  g_assert_cmpint (sac_keymap_get_preset (again), ==, SAC_PRESET_CVAT);
  g_assert_cmpstr (press (again, SAC_KEYS_PLAYER, GDK_KEY_y, 29, 0), ==, "player.step-forward");
  g_assert_true (sac_keymap_is_changed (again, split));
  sac_keymap_reset (again);
  g_assert_false (sac_keymap_is_changed (again, split));
  g_assert_cmpstr (press (again, SAC_KEYS_SEGMENTS, GDK_KEY_x, 53, 0), ==, "segment.split");
  g_assert_true (sac_keymap_set (again, split, "", NULL));      /* no key at all */
  g_assert_null (press (again, SAC_KEYS_SEGMENTS, GDK_KEY_x, 53, 0));
  g_assert_true (sac_keymap_set (again, split, "x", NULL));     /* by hand what the preset says: as the preset */
  g_assert_false (sac_keymap_is_changed (again, split));
  g_unlink (path);
  g_rmdir (deep);
  g_rmdir (folder);
}

/* What is unknown or damaged is told and left out; the rest holds. */
static void
test_damaged (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sac-keys-XXXXXX", NULL), *path = g_build_filename (folder, "keys.ini", NULL);
  static const char *const files[] = {
    "", "no key file at all", "[keys]\npreset=nonsense\n", "[acts]\nplayer.play=<Shift>space\nno.such=k\nsegment.split=\\q\n",
    "[acts]\nsegment.split=y y y y\nplayer.play=\xff\xfe\n", "[acts\n", "[acts]\nplayer.play=a b c d e f g h i j k l m n\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (SacKeymap) keymap = NULL;

      g_assert_true (g_file_set_contents (path, files[i], -1, NULL));
      keymap = sac_keymap_new (path);
      g_assert_cmpstr (press (keymap, SAC_KEYS_PLAYER, GDK_KEY_space, 65, 0), ==, "player.play");
      g_assert_true ((i == 0) == (sac_keymap_get_complaints (keymap)[0] == '\0'));
    }
  {
    g_autofree char *much = g_strnfill (1 << 20, 'x');
    g_autoptr (SacKeymap) keymap = NULL;

    g_assert_true (g_file_set_contents (path, much, -1, NULL));
    keymap = sac_keymap_new (path);
    g_assert_nonnull (strstr (sac_keymap_get_complaints (keymap), "no file of keys"));
  }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_median (void)
{
  static const int ms[] = { 300, 900, 250, 260, 240, 270 };

  g_assert_cmpint (sac_reaction_median (ms, 0), ==, 0);
  g_assert_cmpint (sac_reaction_median (ms, 1), ==, 300);
  g_assert_cmpint (sac_reaction_median (ms, 5), ==, 260);
  g_assert_cmpint (sac_reaction_median (ms, 6), ==, 265);
}

/* "saccade keys" asks the window's program, without a display. */
static void
test_tool (void)
{
  static const struct { const char *words; int code; const char *told; } cases[] = {
    { "keys list", 0, "player.play" },
    { "keys check", 0, "" },
    { "keys set player.mute i", 1, "" },        /* another's */
    { "keys set player.mute y", 0, "" },
    { "keys list --json", 0, "\"keys\":\"y\"" },
    { "keys preset mpv", 0, "* mpv" },
    { "keys check --json", 0, "\"conflicts\":[]" },
    { "keys preset emacs", 1, "" },
    { "keys reset no.such", 1, "" },
    { "keys reset", 0, "" },
    { "keys dance", 2, "" },
  };
  const char *program = g_getenv ("SACCADE_PROGRAM");
  g_autofree char *folder = g_dir_make_tmp ("saccade-keys-XXXXXX", NULL);
  g_autofree char *kept = g_build_filename (folder, "saccade", "keys.ini", NULL), *inner = g_path_get_dirname (kept);
  g_auto (GStrv) env = g_environ_setenv (g_environ_unsetenv (g_get_environ (), "DISPLAY"), "XDG_CONFIG_HOME", folder, TRUE);

  if (!program)
    {
      g_test_skip ("SACCADE_PROGRAM is not set");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = g_strconcat (program, " ", cases[i].words, NULL), *out = NULL, *err = NULL;
      g_auto (GStrv) args = g_strsplit (line, " ", 0);
      int status = -1;

      g_assert_true (g_spawn_sync (NULL, args, env, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
      g_test_message ("%s: %s%s", cases[i].words, out, err);
      g_assert_cmpint (WEXITSTATUS (status), ==, cases[i].code);
      g_assert_nonnull (strstr (out, cases[i].told));
    }
  g_unlink (kept);
  g_rmdir (inner);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keymap/presses", test_presses);
  g_test_add_func ("/keymap/list", test_list);
  g_test_add_func ("/keymap/presets", test_presets);
  g_test_add_func ("/keymap/forbidden", test_forbidden);
  g_test_add_func ("/keymap/input-methods", test_input_methods);
  g_test_add_func ("/keymap/changes", test_changes);
  g_test_add_func ("/keymap/damaged", test_damaged);
  g_test_add_func ("/keymap/median", test_median);
  g_test_add_func ("/keymap/tool", test_tool);
  return g_test_run ();
}
