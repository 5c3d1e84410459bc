/* SacKeymap: which keys do what.  Every act that a key can ask for has a name ("player.step-forward") and stands in one list
 * (keymap-acts.c) with its scope, its words and its keys in each preset.  Widgets know acts, never keys: a page asks the scopes it has in
 * order and hands the name on to the widget's `gboolean sac_X_act (SacX *self, const char *act)`, TRUE if it was done.  Main thread.
 *
 * A key is matched by its symbol first and by its place on the keyboard second, so digits work where they need Shift (AZERTY), and letters
 * work while a Cyrillic, Greek or kana layout is on.  Some keys are nobody's: what input methods and the desktop use, see sac_key_check().
 *
 * What a person changed is kept in a key file, [keys] preset=NAME and [acts] NAME=KEYS.  What in it is unknown or damaged is told once
 * and ignored.  Signal "changed": keys are others. */
#pragma once
#include <gtk/gtk.h>

/* Where an act can be asked for.  The Label page has PAGE, LABELS, SEGMENTS, TRACKS and PLAYER at once, the Clips page PAGE, CLIPS and
 * LABELS, the Explain page EXPLAIN and PLAYER, the label editor VOCABULARY alone,
 * the queue of doubtful labels SUSPECTS before PLAYER, a graph of generators with the focus GRAPH; the window's acts are everywhere. */
typedef enum {
  SAC_KEYS_WINDOW,
  SAC_KEYS_PAGE,
  SAC_KEYS_CLIPS,
  SAC_KEYS_LABELS,
  SAC_KEYS_TRACKS,
  SAC_KEYS_SEGMENTS,
  SAC_KEYS_PLAYER,
  SAC_KEYS_EXPLAIN,
  SAC_KEYS_RUNS,
  SAC_KEYS_VOCABULARY,
  SAC_KEYS_SUSPECTS,
  SAC_KEYS_GRAPH,
  SAC_KEYS_GENERATE,
  SAC_N_KEY_SCOPES,
} SacKeyScope;

typedef enum { SAC_PRESET_SACCADE, SAC_PRESET_CVAT, SAC_PRESET_MPV, SAC_N_PRESETS } SacKeyPreset;

/* When an act takes its key.  One that needs a selected track or segment comes first where there is one, and leaves the key to the others
 * where there is none: so K is "keyframe" with a track and "pause" without, and they do not collide. */
typedef enum { SAC_KEYS_ALWAYS, SAC_KEYS_WITH_SEGMENT, SAC_KEYS_WITH_TRACK } SacKeyWhen;

typedef struct {
  const char *name;
  SacKeyScope scope;
  SacKeyWhen when;
  const char *words;            /* untranslated; gettext() it */
  const char *keys[SAC_N_PRESETS];      /* accelerators with blanks between; NULL: as in the first preset */
  const char *action;           /* of the window or the program, which GTK calls itself; NULL: a widget does the act */
} SacKeyAct;

typedef struct {
  guint keyval;                 /* lower case */
  GdkModifierType modifiers;    /* Shift, Control, Alt */
} SacKey;

extern const SacKeyAct sac_key_acts[];
extern const guint sac_n_key_acts;
const SacKeyAct *sac_key_act_find (const char *name);                          /* NULL: there is none */
const char   *sac_key_scope_words (SacKeyScope scope);                  /* translated */
const char   *sac_key_preset_name (SacKeyPreset preset);                /* "saccade", "cvat", "mpv" */
const char   *sac_key_preset_words (SacKeyPreset preset);
int           sac_key_preset_from_name (const char *name);              /* −1: there is none */
/* Whether acts of the two scopes can be asked for at the same time. */
gboolean      sac_key_scopes_meet (SacKeyScope a, SacKeyScope b);

/* "<Control><Shift>z", "comma": FALSE if it is no key. */
gboolean      sac_key_parse (const char *text, SacKey *key);
char         *sac_key_dup_name (const SacKey *key);                     /* as sac_key_parse() reads it */
char         *sac_key_dup_label (const SacKey *key);                    /* as a person reads it, "Ctrl+Shift+Z" */
gboolean      sac_key_equal (const SacKey *a, const SacKey *b);
/* Why @act may not have this key, translated; NULL: it may.  Nobody gets Shift+Space, Ctrl+Space, the key left of 1, keys of input
 * methods, Ctrl+. Ctrl+; Ctrl+Shift+U, Alt with a letter, the desktop's key, Tab; F6 to F10 only the window. */
const char   *sac_key_check (const SacKeyAct *act, const SacKey *key);
/* Whether GTK may take the key for an action wherever the focus is: one with Control or Alt, or F-keys but F6 to F10. */
gboolean      sac_key_is_accelerator (const SacKey *key);
/* What a key press would be written as; FALSE for a modifier alone and the like.  @display NULL: no keyboard to ask. */
gboolean      sac_key_from_press (GdkDisplay *display, guint keyval, guint keycode, GdkModifierType state, SacKey *key);

#define SAC_TYPE_KEYMAP (sac_keymap_get_type ())
G_DECLARE_FINAL_TYPE (SacKeymap, sac_keymap, SAC, KEYMAP, GObject)

/* The program's own, kept in saccade/keys.ini of the person's configuration folder; borrowed. */
SacKeymap    *sac_keymap_get (void);
/* @path: where changes are kept; NULL: nowhere.  Reads what is there. */
SacKeymap    *sac_keymap_new (const char *path);
/* What of the file was ignored, a line each; empty if nothing.  Borrowed. */
const char   *sac_keymap_get_complaints (SacKeymap *self);

/* The name of @scope's act for a key press, as "key-pressed" of @controller gives it; NULL if there is none, and while text is typed
 * (but window acts with Control or F-keys other than F6 to F10). */
const char   *sac_keymap_find (SacKeymap *self, SacKeyScope scope, GtkEventControllerKey *controller, guint keyval, guint keycode,
                               GdkModifierType state);
/* The same without a widget.  @display may be NULL. */
const char   *sac_keymap_find_press (SacKeymap *self, SacKeyScope scope, GdkDisplay *display, guint keyval, guint keycode,
                                     GdkModifierType state);

guint         sac_keymap_get_keys (SacKeymap *self, const SacKeyAct *act, const SacKey **keys);    /* their number; borrowed */
char         *sac_keymap_dup_keys (SacKeymap *self, const SacKeyAct *act);         /* names, blanks between */
char         *sac_keymap_dup_label (SacKeymap *self, const char *act);          /* "I", "Ctrl+Y or …": for tooltips; "" without keys */
/* "I: Segment begins here · O: …" of acts (NULL-terminated), the first key of each; those without a key are left out. */
char         *sac_keymap_dup_hint (SacKeymap *self, const char *const *acts);
gboolean      sac_keymap_is_changed (SacKeymap *self, const SacKeyAct *act);       /* against the preset */
/* @keys: accelerators with blanks between; NULL: the preset's.  FALSE with words if one is no key or nobody's; then nothing changes. */
gboolean      sac_keymap_set (SacKeymap *self, const SacKeyAct *act, const char *keys, GError **error);
void          sac_keymap_reset (SacKeymap *self);                               /* all acts as the preset has them */
SacKeyPreset  sac_keymap_get_preset (SacKeymap *self);
void          sac_keymap_set_preset (SacKeymap *self, SacKeyPreset preset);     /* what was changed by hand stays */
/* Which act other than @act would collide with it over @key; NULL: none. */
const SacKeyAct *sac_keymap_find_conflict (SacKeymap *self, const SacKeyAct *act, const SacKey *key);
/* Takes @key from all acts that would collide with @act over it, and gives it to @act besides what it has. */
gboolean      sac_keymap_take_over (SacKeymap *self, const SacKeyAct *act, const SacKey *key, GError **error);

typedef struct {
  const SacKeyAct *a, *b;
  SacKey key;
} SacKeyConflict;
GArray       *sac_keymap_list_conflicts (SacKeymap *self);              /* SacKeyConflict; transfer full */
