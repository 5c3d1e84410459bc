/* One key: its name, what a press means, and who may have it. */
#include "sac-keymap-private.h"

#include <glib/gi18n.h>

#define MODIFIERS (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)

/* Where the symbols of a US keyboard lie, by the key codes that X11 and Wayland give: for layouts whose keys carry none of them. */
static const struct {
  guint keycode;
  const char *plain, *shifted;
} rows[] = {
  { 10, "1234567890-=", "!@#$%^&*()_+" },
  { 24, "qwertyuiop[]", "QWERTYUIOP{}" },
  { 38, "asdfghjkl;'", "ASDFGHJKL:\"" },
  { 51, "\\", "|" },
  { 52, "zxcvbnm,./", "ZXCVBNM<>?" },
};

/* What the numeric pad says, as the keys beside it say it. */
static guint
normal_keyval (guint keyval)
{
  static const guint pad[][2] = {
    { GDK_KEY_KP_Left, GDK_KEY_Left }, { GDK_KEY_KP_Right, GDK_KEY_Right },
    { GDK_KEY_KP_Up, GDK_KEY_Up }, { GDK_KEY_KP_Down, GDK_KEY_Down },
    { GDK_KEY_KP_Home, GDK_KEY_Home }, { GDK_KEY_KP_End, GDK_KEY_End }, { GDK_KEY_KP_Page_Up, GDK_KEY_Page_Up },
    { GDK_KEY_KP_Page_Down, GDK_KEY_Page_Down }, { GDK_KEY_KP_Delete, GDK_KEY_Delete }, { GDK_KEY_KP_Insert, GDK_KEY_Insert },
    { GDK_KEY_KP_Enter, GDK_KEY_Return }, { GDK_KEY_KP_Add, GDK_KEY_plus }, { GDK_KEY_KP_Subtract, GDK_KEY_minus },
    { GDK_KEY_KP_Multiply, GDK_KEY_asterisk }, { GDK_KEY_KP_Divide, GDK_KEY_slash }, { GDK_KEY_KP_Space, GDK_KEY_space },
    { GDK_KEY_KP_Equal, GDK_KEY_equal }, { GDK_KEY_ISO_Left_Tab, GDK_KEY_Tab }, { GDK_KEY_yen, GDK_KEY_backslash },
  };

  if (keyval >= GDK_KEY_KP_0 && keyval <= GDK_KEY_KP_9)
    return GDK_KEY_0 + (keyval - GDK_KEY_KP_0);
  for (guint i = 0; i < G_N_ELEMENTS (pad); i++)
    if (pad[i][0] == keyval)
      return pad[i][1];
  return gdk_keyval_to_lower (keyval);
}

static gboolean
is_digit (guint keyval)
{
  return keyval >= GDK_KEY_0 && keyval <= GDK_KEY_9;
}

static gboolean
is_letter (guint keyval)
{
  return keyval < 128 && g_ascii_isalpha ((char) keyval);
}

/* A sign whose Shift is part of finding it: "?" is Shift+/ here and a key of its own there. */
static gboolean
is_sign (guint keyval)
{
  return keyval > GDK_KEY_space && keyval < 128 && !is_digit (keyval) && !is_letter (keyval);
}

/* What no layout makes a letter, digit or sign of ours: Cyrillic, Greek, kana, "é" and so on. */
static gboolean
is_foreign (guint keyval)
{
  return keyval > 127 && gdk_keyval_to_unicode (keyval) != 0 && !(keyval >= 0xff00 && keyval <= 0xffff);
}

/* Keys that only change others, dead keys, and those of input methods. */
static gboolean
is_no_key (guint keyval)
{
  return keyval == 0 || keyval == GDK_KEY_VoidSymbol || (keyval >= GDK_KEY_Shift_L && keyval <= GDK_KEY_Hyper_R) ||
         (keyval >= 0xfe00 && keyval <= 0xfeff) || (keyval >= 0xff20 && keyval <= 0xff3f) || keyval == GDK_KEY_Mode_switch ||
         keyval == GDK_KEY_Num_Lock || keyval == GDK_KEY_Scroll_Lock;
}

gboolean
sac_key_parse (const char *text, SacKey *key)
{
  guint keyval = 0;
  GdkModifierType modifiers = 0;

  if (!gtk_accelerator_parse (text, &keyval, &modifiers) || is_no_key (normal_keyval (keyval)) || (modifiers & ~MODIFIERS))
    return FALSE;
  *key = (SacKey) { normal_keyval (keyval), modifiers };
  return TRUE;
}

char *
sac_key_dup_name (const SacKey *key)
{
  return gtk_accelerator_name (key->keyval, key->modifiers);
}

char *
sac_key_dup_label (const SacKey *key)
{
  return gtk_accelerator_get_label (key->keyval, key->modifiers);
}

gboolean
sac_key_equal (const SacKey *a, const SacKey *b)
{
  return a->keyval == b->keyval && a->modifiers == b->modifiers;
}

const char *
sac_key_check (const SacKeyAct *act, const SacKey *key)
{
  gboolean control = (key->modifiers & GDK_CONTROL_MASK) != 0, shift = (key->modifiers & GDK_SHIFT_MASK) != 0;

  if (key->keyval == GDK_KEY_space && (control || shift))
    return _("Input methods are switched with this key");
  if (key->keyval == GDK_KEY_grave || key->keyval == GDK_KEY_asciitilde)
    return _("On Japanese keyboards this key switches the input method");
  if (control && (key->keyval == GDK_KEY_period || key->keyval == GDK_KEY_semicolon || (shift && key->keyval == GDK_KEY_u)))
    return _("Signs and emoji are entered with this key");
  if ((key->modifiers & GDK_ALT_MASK) && !control && (is_letter (key->keyval) || is_foreign (key->keyval)))
    return _("Alt with a letter opens menus");
  if (key->keyval == GDK_KEY_Tab)
    return _("Tab moves from one control to the next");
  if (key->keyval >= GDK_KEY_F6 && key->keyval <= GDK_KEY_F10 && act && act->scope != SAC_KEYS_WINDOW)
    return _("Input methods convert text with F6 to F10; only the window may use them");
  return NULL;
}

gboolean
sac_key_is_accelerator (const SacKey *key)
{
  return (key->modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) || (key->keyval >= GDK_KEY_F1 && key->keyval <= GDK_KEY_F5) ||
         (key->keyval >= GDK_KEY_F11 && key->keyval <= GDK_KEY_F35);
}

/* ---- presses. */

/* The sign of a US keyboard at this place; 0: none. */
static guint
find_place (guint keycode, gboolean shifted)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (keycode >= rows[i].keycode && keycode - rows[i].keycode < strlen (rows[i].plain))
      return (guint) (shifted ? rows[i].shifted : rows[i].plain)[keycode - rows[i].keycode];
  return 0;
}

static guint
find_digit (const guint *keyvals, int n)
{
  for (int i = 0; i < n; i++)
    if (is_digit (keyvals[i]))
      return keyvals[i];
  return 0;
}

static guint
add (SacKey keys[], guint n, guint keyval, GdkModifierType modifiers)
{
  SacKey key = { normal_keyval (keyval), modifiers };

  if (is_sign (key.keyval))
    key.modifiers &= ~(GdkModifierType) GDK_SHIFT_MASK;
  for (guint i = 0; i < n; i++)
    if (sac_key_equal (&keys[i], &key))
      return n;
  if (!is_no_key (key.keyval))
    keys[n++] = key;
  return n;
}

guint
_sac_key_candidates (GdkDisplay *display, guint keyval, guint keycode, GdkModifierType state, SacKey keys[SAC_N_CANDIDATES])
{
  GdkModifierType modifiers = state & MODIFIERS;
  g_autofree guint *keyvals = NULL;
  g_autofree GdkKeymapKey *places = NULL;
  guint n = add (keys, 0, keyval, modifiers), digit;
  gboolean shift = (modifiers & GDK_SHIFT_MASK) != 0;
  int n_places = 0;

  if (state & (GDK_SUPER_MASK | GDK_META_MASK | GDK_HYPER_MASK))
    return 0;
  if (is_letter (normal_keyval (keyval)) || is_digit (normal_keyval (keyval)) || !(is_foreign (keyval) || is_sign (keyval)))
    return n;
  if (display && !gdk_display_map_keycode (display, keycode, &places, &keyvals, &n_places))
    n_places = 0;
  /* A digit wherever the key has one, Shift held or not; without a keyboard to ask, where digits lie on all. */
  digit = find_digit (keyvals, n_places);
  if (!digit && n_places == 0 && keycode >= 10 && keycode <= 19)
    digit = find_place (keycode, FALSE);
  if (digit)
    return add (keys, n, digit, modifiers);
  /* "<" typed as Shift+comma is also Shift with the comma key. */
  for (int i = 0; shift && is_sign (keyval) && i < n_places; i++)
    if (places[i].level == 0 && is_sign (keyvals[i]) && n < SAC_N_CANDIDATES)
      {
        keys[n++] = (SacKey) { normal_keyval (keyvals[i]), modifiers };
        break;
      }
  if (!is_foreign (keyval))
    return n;
  for (int i = 0; i < n_places && n < SAC_N_CANDIDATES - 2; i++)
    if (is_letter (normal_keyval (keyvals[i])) && places[i].level == 0)
      return add (keys, n, keyvals[i], modifiers);
  return find_place (keycode, shift) ? add (keys, n, find_place (keycode, shift), modifiers) : n;
}

gboolean
sac_key_from_press (GdkDisplay *display, guint keyval, guint keycode, GdkModifierType state, SacKey *key)
{
  SacKey keys[SAC_N_CANDIDATES];
  guint n = _sac_key_candidates (display, keyval, keycode, state, keys);

  if (n == 0)
    return FALSE;
  /* What others can press too is written: the digit rather than the sign above it, the Latin letter rather than the Cyrillic one. */
  *key = keys[0];
  for (guint i = 1; i < n; i++)
    if (is_digit (keys[i].keyval) || (is_foreign (keys[0].keyval) && keys[i].keyval < 128))
      {
        *key = keys[i];
        break;
      }
  return TRUE;
}
