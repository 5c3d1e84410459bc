#include "sac-keymap-private.h"

#include <glib/gi18n.h>

#include "sac-keys.h"

#define MAX_FILE (256 << 10)
#define MAX_KEYS 8              /* of one act */

struct _SacKeymap {
  GObject parent_instance;
  SacKeyPreset preset;
  GArray **keys;                /* SacKey, by place in sac_key_acts */
  gboolean *changed;            /* by hand, so the preset does not touch it */
  char *path;
  GString *complaints;
};

G_DEFINE_FINAL_TYPE (SacKeymap, sac_keymap, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- acts, scopes, presets. */

const SacKeyAct *
sac_key_act_find (const char *name)
{
  for (guint i = 0; name && i < sac_n_key_acts; i++)
    if (strcmp (sac_key_acts[i].name, name) == 0)
      return &sac_key_acts[i];
  return NULL;
}

const char *
sac_key_scope_words (SacKeyScope scope)
{
  static const char *const words[SAC_N_KEY_SCOPES] = {
    N_("Window"), N_("Way through the clips"), N_("Clips page"), N_("Labels"), N_("Boxes and tracks"), N_("Segments"), N_("Player"),
    N_("Explain page"), N_("Runs page"), N_("Label editor"), N_("Doubtful labels"), N_("Graph of generators"), N_("Generate page"),
  };

  return scope < SAC_N_KEY_SCOPES ? _(words[scope]) : "";
}

static const char *const preset_names[SAC_N_PRESETS] = { "saccade", "cvat", "mpv" };

const char *
sac_key_preset_name (SacKeyPreset preset)
{
  return preset < SAC_N_PRESETS ? preset_names[preset] : preset_names[0];
}

const char *
sac_key_preset_words (SacKeyPreset preset)
{
  static const char *const words[SAC_N_PRESETS] = { "Saccade", "CVAT", "mpv" };

  return preset < SAC_N_PRESETS ? words[preset] : words[0];
}

int
sac_key_preset_from_name (const char *name)
{
  for (int i = 0; i < SAC_N_PRESETS; i++)
    if (g_strcmp0 (preset_names[i], name) == 0)
      return i;
  return -1;
}

gboolean
sac_key_scopes_meet (SacKeyScope a, SacKeyScope b)
{
#define BIT(scope) (1u << SAC_KEYS_##scope)
  static const guint pages[] = {
    BIT (WINDOW) | BIT (PAGE) | BIT (LABELS) | BIT (TRACKS) | BIT (SEGMENTS) | BIT (PLAYER),
    BIT (WINDOW) | BIT (PAGE) | BIT (LABELS) | BIT (CLIPS),
    BIT (WINDOW) | BIT (EXPLAIN) | BIT (PLAYER),
    BIT (WINDOW) | BIT (RUNS),
    BIT (WINDOW) | BIT (GENERATE),
    BIT (VOCABULARY),
    BIT (SUSPECTS),             /* it comes before the player there: Space keeps, it does not pause */
    BIT (GRAPH),                /* only the picture with the focus is asked, and it before its page */
  };
#undef BIT

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if ((pages[i] >> a & 1) && (pages[i] >> b & 1))
      return TRUE;
  return FALSE;
}

static guint
place_of (const SacKeyAct *act)
{
  g_assert (act >= sac_key_acts && act < sac_key_acts + sac_n_key_acts);
  return (guint) (act - sac_key_acts);
}

/* ---- keys of an act. */

static const char *
preset_keys (const SacKeyAct *act, SacKeyPreset preset)
{
  return act->keys[preset] ? act->keys[preset] : act->keys[0];
}

/* Appends what @text says; FALSE with words at the first that is no key or nobody's. */
static gboolean
parse_keys (const SacKeyAct *act, const char *text, GArray *keys, GError **error)
{
  g_auto (GStrv) names = g_strsplit_set (text, " \t\n", -1);

  for (guint i = 0; names[i]; i++)
    {
      SacKey key;
      const char *why;
      gboolean there = FALSE;

      if (names[i][0] == '\0')
        continue;
      if (!sac_key_parse (names[i], &key))
        return g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, _("“%.40s” is no key"), names[i]), FALSE;
      why = sac_key_check (act, &key);
      if (why)
        return g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, why), FALSE;
      if (keys->len >= MAX_KEYS)
        return g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, _("More than %d keys"), MAX_KEYS), FALSE;
      for (guint k = 0; k < keys->len; k++)
        there = there || sac_key_equal (&g_array_index (keys, SacKey, k), &key);
      if (!there)
        g_array_append_val (keys, key);
    }
  return TRUE;
}

static void
use_preset (SacKeymap *self, guint place)
{
  g_autoptr (GError) error = NULL;

  g_array_set_size (self->keys[place], 0);
  self->changed[place] = FALSE;
  if (!parse_keys (&sac_key_acts[place], preset_keys (&sac_key_acts[place], self->preset), self->keys[place], &error))
    g_error ("%s: %s", sac_key_acts[place].name, error->message);
}

guint
sac_keymap_get_keys (SacKeymap *self, const SacKeyAct *act, const SacKey **keys)
{
  GArray *array = self->keys[place_of (act)];

  *keys = (const SacKey *) (gpointer) array->data;
  return array->len;
}

char *
sac_keymap_dup_keys (SacKeymap *self, const SacKeyAct *act)
{
  GArray *keys = self->keys[place_of (act)];
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < keys->len; i++)
    {
      g_autofree char *name = sac_key_dup_name (&g_array_index (keys, SacKey, i));

      g_string_append_printf (text, "%s%s", i ? " " : "", name);
    }
  return g_string_free (text, FALSE);
}

char *
sac_keymap_dup_label (SacKeymap *self, const char *name)
{
  const SacKeyAct *act = sac_key_act_find (name);
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (act, g_string_free (text, FALSE));
  for (guint i = 0; i < self->keys[place_of (act)]->len; i++)
    {
      g_autofree char *label = sac_key_dup_label (&g_array_index (self->keys[place_of (act)], SacKey, i));

      g_string_append_printf (text, "%s%s", i ? ", " : "", label);
    }
  return g_string_free (text, FALSE);
}

char *
sac_keymap_dup_hint (SacKeymap *self, const char *const *acts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; acts[i]; i++)
    {
      const SacKeyAct *act = sac_key_act_find (acts[i]);
      const SacKey *keys;
      g_autofree char *label = act && sac_keymap_get_keys (self, act, &keys) ? sac_key_dup_label (&keys[0]) : NULL;

      if (label)
        g_string_append_printf (text, "%s%s: %s", text->len ? " · " : "", label, gettext (act->words));
    }
  return g_string_free (text, FALSE);
}

gboolean
sac_keymap_is_changed (SacKeymap *self, const SacKeyAct *act)
{
  return self->changed[place_of (act)];
}

/* ---- the file. */

static void
complain (SacKeymap *self, const char *act, const char *why)
{
  g_string_append_printf (self->complaints, "%.60s: %s\n", act, why);
}

static void
read_act (SacKeymap *self, GKeyFile *file, const char *name)
{
  const SacKeyAct *act = sac_key_act_find (name);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_key_file_get_string (file, "acts", name, &error);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (SacKey));

  if (!act)
    complain (self, name, _("there is no such act"));
  else if (error || !text || !parse_keys (act, text, keys, &error))
    complain (self, name, error->message);
  else
    {
      g_clear_pointer (&self->keys[place_of (act)], g_array_unref);
      self->keys[place_of (act)] = g_steal_pointer (&keys);
      self->changed[place_of (act)] = TRUE;
    }
}

static void
read_file (SacKeymap *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) place = g_file_new_for_path (self->path);
  g_autoptr (GFileInfo) info = g_file_query_info (place, "standard::size,standard::type", 0, NULL, NULL);
  g_auto (GStrv) names = NULL;
  g_autofree char *preset = NULL;

  if (!info)
    return;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || g_file_info_get_size (info) > MAX_FILE)
    return complain (self, self->path, _("this is no file of keys"));
  if (!g_key_file_load_from_file (file, self->path, G_KEY_FILE_NONE, &error))
    return complain (self, self->path, error->message);
  preset = g_key_file_get_string (file, "keys", "preset", NULL);
  if (preset && sac_key_preset_from_name (preset) < 0)
    complain (self, preset, _("there is no such preset"));
  else if (preset)
    self->preset = (SacKeyPreset) sac_key_preset_from_name (preset);
  for (guint i = 0; i < sac_n_key_acts; i++)
    use_preset (self, i);
  names = g_key_file_get_keys (file, "acts", NULL, NULL);
  for (guint i = 0; names && names[i]; i++)
    read_act (self, file, names[i]);
}

static void
write_file (SacKeymap *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = self->path ? g_path_get_dirname (self->path) : NULL;

  if (!self->path)
    return;
  g_key_file_set_string (file, "keys", "preset", sac_key_preset_name (self->preset));
  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      g_autofree char *keys = self->changed[i] ? sac_keymap_dup_keys (self, &sac_key_acts[i]) : NULL;

      if (keys)
        g_key_file_set_string (file, "acts", sac_key_acts[i].name, keys);
    }
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_save_to_file (file, self->path, &error))
    g_warning ("%s", error->message);
}

const char *
sac_keymap_get_complaints (SacKeymap *self)
{
  return self->complaints->str;
}

/* ---- changes. */

static void
tell (SacKeymap *self)
{
  write_file (self);
  g_signal_emit (self, changed_signal, 0);
}

gboolean
sac_keymap_set (SacKeymap *self, const SacKeyAct *act, const char *text, GError **error)
{
  guint place = place_of (act);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (SacKey));

  if (!text)
    use_preset (self, place);
  else
    {
      g_autofree char *by_preset = NULL, *now = NULL;

      if (!parse_keys (act, text, keys, error))
        return FALSE;
      use_preset (self, place);
      by_preset = sac_keymap_dup_keys (self, act);
      g_array_unref (self->keys[place]);
      self->keys[place] = g_steal_pointer (&keys);
      now = sac_keymap_dup_keys (self, act);
      self->changed[place] = strcmp (now, by_preset) != 0;
    }
  tell (self);
  return TRUE;
}

void
sac_keymap_reset (SacKeymap *self)
{
  for (guint i = 0; i < sac_n_key_acts; i++)
    use_preset (self, i);
  tell (self);
}

SacKeyPreset
sac_keymap_get_preset (SacKeymap *self)
{
  return self->preset;
}

void
sac_keymap_set_preset (SacKeymap *self, SacKeyPreset preset)
{
  g_return_if_fail (preset < SAC_N_PRESETS);
  if (self->preset == preset)
    return;
  self->preset = preset;
  for (guint i = 0; i < sac_n_key_acts; i++)
    if (!self->changed[i])
      use_preset (self, i);
  tell (self);
}

/* ---- conflicts. */

static gboolean
has_key (SacKeymap *self, guint place, const SacKey *key)
{
  for (guint i = 0; i < self->keys[place]->len; i++)
    if (sac_key_equal (&g_array_index (self->keys[place], SacKey, i), key))
      return TRUE;
  return FALSE;
}

static gboolean
collide (const SacKeyAct *a, const SacKeyAct *b)
{
  return a != b && a->when == b->when && sac_key_scopes_meet (a->scope, b->scope);
}

const SacKeyAct *
sac_keymap_find_conflict (SacKeymap *self, const SacKeyAct *act, const SacKey *key)
{
  for (guint i = 0; i < sac_n_key_acts; i++)
    if (collide (act, &sac_key_acts[i]) && has_key (self, i, key))
      return &sac_key_acts[i];
  return NULL;
}

gboolean
sac_keymap_take_over (SacKeymap *self, const SacKeyAct *act, const SacKey *key, GError **error)
{
  g_autofree char *name = sac_key_dup_name (key), *old = sac_keymap_dup_keys (self, act);
  g_autofree char *keys = g_strjoin (" ", old, name, NULL);
  const char *why = sac_key_check (act, key);

  if (why)
    return g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, why), FALSE;
  for (guint i = 0; i < sac_n_key_acts; i++)
    for (guint k = 0; collide (act, &sac_key_acts[i]) && k < self->keys[i]->len; k++)
      if (sac_key_equal (&g_array_index (self->keys[i], SacKey, k), key))
        {
          g_array_remove_index (self->keys[i], k--);
          self->changed[i] = TRUE;
        }
  return sac_keymap_set (self, act, keys, error);
}

GArray *
sac_keymap_list_conflicts (SacKeymap *self)
{
  GArray *conflicts = g_array_new (FALSE, FALSE, sizeof (SacKeyConflict));

  for (guint a = 0; a < sac_n_key_acts; a++)
    for (guint b = a + 1; b < sac_n_key_acts; b++)
      for (guint k = 0; collide (&sac_key_acts[a], &sac_key_acts[b]) && k < self->keys[a]->len; k++)
        {
          SacKeyConflict conflict = { &sac_key_acts[a], &sac_key_acts[b], g_array_index (self->keys[a], SacKey, k) };

          if (has_key (self, b, &conflict.key))
            g_array_append_val (conflicts, conflict);
        }
  return conflicts;
}

/* ---- presses. */

const char *
sac_keymap_find_press (SacKeymap *self, SacKeyScope scope, GdkDisplay *display, guint keyval, guint keycode, GdkModifierType state)
{
  SacKey keys[SAC_N_CANDIDATES];
  guint n = _sac_key_candidates (display, keyval, keycode, state, keys);

  for (guint k = 0; k < n; k++)
    for (guint i = 0; i < sac_n_key_acts; i++)
      if (sac_key_acts[i].scope == scope && has_key (self, i, &keys[k]))
        return sac_key_acts[i].name;
  return NULL;
}

const char *
sac_keymap_find (SacKeymap *self, SacKeyScope scope, GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));

  g_return_val_if_fail (SAC_IS_KEYMAP (self), NULL);
  if (sac_key_is_typing (widget) && (scope != SAC_KEYS_WINDOW || (keyval >= GDK_KEY_F6 && keyval <= GDK_KEY_F10) ||
                                     (keyval < 128 && !(state & GDK_CONTROL_MASK))))
    return NULL;
  return sac_keymap_find_press (self, scope, gtk_widget_get_display (widget), keyval, keycode, state);
}

/* ---- life. */

static void
sac_keymap_finalize (GObject *object)
{
  SacKeymap *self = SAC_KEYMAP (object);

  for (guint i = 0; i < sac_n_key_acts; i++)
    g_array_unref (self->keys[i]);
  g_free (self->keys);
  g_free (self->changed);
  g_free (self->path);
  g_string_free (self->complaints, TRUE);
  G_OBJECT_CLASS (sac_keymap_parent_class)->finalize (object);
}

static void
sac_keymap_class_init (SacKeymapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_keymap_finalize;
  changed_signal = g_signal_new ("changed", SAC_TYPE_KEYMAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_keymap_init (SacKeymap *self)
{
  self->complaints = g_string_new (NULL);
  self->keys = g_new (GArray *, sac_n_key_acts);
  self->changed = g_new0 (gboolean, sac_n_key_acts);
  for (guint i = 0; i < sac_n_key_acts; i++)
    {
      self->keys[i] = g_array_new (FALSE, FALSE, sizeof (SacKey));
      use_preset (self, i);
    }
}

SacKeymap *
sac_keymap_new (const char *path)
{
  SacKeymap *self = g_object_new (SAC_TYPE_KEYMAP, NULL);

  self->path = g_strdup (path);
  if (path)
    read_file (self);
  return self;
}

SacKeymap *
sac_keymap_get (void)
{
  static SacKeymap *keymap;

  if (!keymap)
    {
      g_autofree char *path = g_build_filename (g_get_user_config_dir (), "saccade", "keys.ini", NULL);

      keymap = sac_keymap_new (path);
      if (keymap->complaints->len)
        g_message ("%s", keymap->complaints->str);
    }
  return keymap;
}
