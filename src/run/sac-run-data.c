#include "sac-run-data.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/utsname.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define MAX_CELLS 50000000u     /* clips × labels */
#define N_SPLITS 4

static const char *const splits[N_SPLITS] = { "none", "train", "validation", "test" };

static void
clip_clear (gpointer data)
{
  SacRunClip *clip = data;

  g_free (clip->hash);
  g_free (clip->name);
}

SacRunData *
sac_run_data_new (const char *const *labels)
{
  SacRunData *data = g_new0 (SacRunData, 1);

  data->labels = g_strdupv ((char **) labels);
  data->n_labels = g_strv_length (data->labels);
  data->clips = g_array_new (FALSE, FALSE, sizeof (SacRunClip));
  g_array_set_clear_func (data->clips, clip_clear);
  data->states = g_byte_array_new ();
  return data;
}

void
sac_run_data_free (SacRunData *data)
{
  if (!data)
    return;
  g_free (data->snapshot);
  g_strfreev (data->labels);
  g_array_unref (data->clips);
  g_byte_array_unref (data->states);
  g_free (data);
}

void
sac_run_data_add (SacRunData *data, const SacRunClip *clip, const gint8 *states)
{
  SacRunClip own = *clip;

  own.hash = g_strdup (clip->hash ? clip->hash : "");
  own.name = g_strdup (clip->name ? clip->name : "");
  own.split = MIN (clip->split, N_SPLITS - 1);
  g_array_append_val (data->clips, own);
  g_byte_array_append (data->states, (const guint8 *) states, data->n_labels);
}

int
sac_run_data_get_state (const SacRunData *data, guint clip, guint label)
{
  return ((const gint8 *) data->states->data)[(gsize) clip * data->n_labels + label];
}

/* ---- the file. */
static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_clip (JsonBuilder *builder, const SacRunData *data, guint c, char *states)
{
  const SacRunClip *clip = &g_array_index (data->clips, SacRunClip, c);

  for (guint l = 0; l < data->n_labels; l++)
    {
      int state = sac_run_data_get_state (data, c, l);

      states[l] = state < 0 ? '?' : state ? '1' : '0';
    }
  states[data->n_labels] = '\0';
  json_builder_begin_object (builder);
  add_text (builder, "hash", clip->hash);
  add_text (builder, "name", clip->name);
  json_builder_set_member_name (builder, "in_ns");
  json_builder_add_int_value (builder, clip->in_ns);
  json_builder_set_member_name (builder, "out_ns");
  json_builder_add_int_value (builder, clip->out_ns);
  add_text (builder, "split", splits[clip->split]);
  if (clip->held)
    {
      json_builder_set_member_name (builder, "held");
      json_builder_add_boolean_value (builder, TRUE);
    }
  add_text (builder, "states", states);
  json_builder_end_object (builder);
}

gboolean
sac_run_data_write (const char *folder, const SacRunData *data, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "data.json", NULL);
  g_autofree char *states = g_new (char, data->n_labels + 1);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, SAC_RUN_VERSION);
  add_text (builder, "snapshot", data->snapshot ? data->snapshot : "");
  _sac_json_add_strings (builder, "labels", (const char *const *) data->labels);
  json_builder_set_member_name (builder, "clips");
  json_builder_begin_array (builder);
  for (guint c = 0; c < data->clips->len; c++)
    add_clip (builder, data, c, states);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, FALSE, &length);
  return sac_file_replace (path, text, length, error);
}

static gboolean
take_clip (SacRunData *data, JsonNode *node, gint8 *states)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *letters = object ? _sac_json_string (object, "states", NULL) : NULL;
  const char *split = object ? _sac_json_string (object, "split", "none") : NULL;
  SacRunClip clip = { 0 };

  if (!letters || strlen (letters) != data->n_labels || !_sac_json_string (object, "name", NULL))
    return FALSE;
  clip.hash = (char *) _sac_json_string (object, "hash", "");
  clip.name = (char *) _sac_json_string (object, "name", "");
  clip.in_ns = _sac_json_int (object, "in_ns", 0);
  clip.out_ns = _sac_json_int (object, "out_ns", 0);
  clip.held = _sac_json_flag (object, "held");
  for (guint s = 0; s < N_SPLITS; s++)
    if (strcmp (split, splits[s]) == 0)
      clip.split = s;
  for (guint l = 0; l < data->n_labels; l++)
    states[l] = letters[l] == '1' ? 1 : letters[l] == '0' ? 0 : -1;
  sac_run_data_add (data, &clip, states);
  return TRUE;
}

static SacRunData *
damaged (GError **error, const char *path, const char *why)
{
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), path, why);
  return NULL;
}

SacRunData *
sac_run_data_read (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "data.json", NULL);
  g_autoptr (JsonObject) object = _sac_json_read (path, error);
  g_auto (GStrv) labels = object ? _sac_json_strings (object, "labels", NULL) : NULL;
  JsonArray *clips = object ? _sac_json_array (object, "clips") : NULL;
  g_autofree gint8 *states = NULL;
  g_autoptr (SacRunData) data = NULL;
  gint64 version;

  if (!object)
    return NULL;
  version = _sac_json_int (object, "version", 0);
  if (version < 1 || version > SAC_RUN_VERSION)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION, _("%s has version %d; this program knows up to %d"), path,
                   (int) CLAMP (version, -1, G_MAXINT), SAC_RUN_VERSION);
      return NULL;
    }
  if (!labels || !clips || (guint64) json_array_get_length (clips) * g_strv_length (labels) > MAX_CELLS)
    return damaged (error, path, _("labels or clips are missing"));
  data = sac_run_data_new ((const char *const *) labels);
  data->snapshot = g_strdup (_sac_json_string (object, "snapshot", ""));
  states = g_new (gint8, data->n_labels + 1);
  for (guint i = 0; i < json_array_get_length (clips); i++)
    if (!take_clip (data, json_array_get_element (clips, i), states))
      return damaged (error, path, _("a clip is not complete"));
  return g_steal_pointer (&data);
}

/* ---- then and now. */
void
sac_run_change_free (SacRunChange *change)
{
  if (!change)
    return;
  g_free (change->clip);
  g_free (change->label);
  g_free (change);
}

static void
add_change (GPtrArray *out, SacRunChangeKind kind, const char *clip, const char *label, int was, int is)
{
  SacRunChange *change = g_new (SacRunChange, 1);

  *change = (SacRunChange) { kind, g_strdup (clip), g_strdup (label), was, is };
  g_ptr_array_add (out, change);
}

static char *
stretch_key (const SacRunClip *clip)
{
  return g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, clip->hash, clip->in_ns, clip->out_ns);
}

/* For each clip of @then its number in @now + 1, or 0. */
static guint *
match_clips (const SacRunData *then, const SacRunData *now)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) stretches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint *match = g_new0 (guint, then->clips->len + 1);

  for (guint c = 0; c < now->clips->len; c++)
    {
      const SacRunClip *clip = &g_array_index (now->clips, SacRunClip, c);

      g_hash_table_insert (names, clip->name, GUINT_TO_POINTER (c + 1));
      g_hash_table_insert (stretches, stretch_key (clip), GUINT_TO_POINTER (c + 1));
    }
  for (guint c = 0; c < then->clips->len; c++)
    {
      const SacRunClip *clip = &g_array_index (then->clips, SacRunClip, c);

      match[c] = GPOINTER_TO_UINT (g_hash_table_lookup (names, clip->name));
      if (!match[c])
        {
          g_autofree char *key = stretch_key (clip);

          match[c] = GPOINTER_TO_UINT (g_hash_table_lookup (stretches, key));
        }
    }
  return match;
}

static gboolean
says_something (const SacRunData *data, guint clip)
{
  for (guint l = 0; l < data->n_labels; l++)
    if (sac_run_data_get_state (data, clip, l) >= 0)
      return TRUE;
  return FALSE;
}

GPtrArray *
sac_run_data_compare (const SacRunData *then, const SacRunData *now)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_run_change_free);
  g_autofree guint *match = match_clips (then, now);
  g_autofree guint8 *known = g_new0 (guint8, now->clips->len + 1);

  g_return_val_if_fail (then->n_labels == now->n_labels, out);
  for (guint c = 0; c < then->clips->len; c++)
    for (guint l = 0; match[c] && l < then->n_labels; l++)
      {
        int was = sac_run_data_get_state (then, c, l), is = sac_run_data_get_state (now, match[c] - 1, l);

        if (was != is)
          add_change (out, SAC_RUN_CHANGE_LABEL, g_array_index (now->clips, SacRunClip, match[c] - 1).name, then->labels[l], was, is);
      }
  for (guint c = 0; c < then->clips->len; c++)
    {
      const SacRunClip *was = &g_array_index (then->clips, SacRunClip, c);
      const SacRunClip *is = match[c] ? &g_array_index (now->clips, SacRunClip, match[c] - 1) : NULL;

      if (is)
        known[match[c] - 1] = 1;
      if (is && is->split != was->split)
        add_change (out, SAC_RUN_CHANGE_SPLIT, is->name, NULL, (int) was->split, (int) is->split);
    }
  for (guint c = 0; c < then->clips->len; c++)
    if (!match[c])
      add_change (out, SAC_RUN_CHANGE_GONE, g_array_index (then->clips, SacRunClip, c).name, NULL, 0, 0);
  for (guint c = 0; c < now->clips->len; c++)
    {
      const SacRunClip *is = &g_array_index (now->clips, SacRunClip, c);

      if (!known[c] && is->split != 0 && says_something (now, c))
        add_change (out, SAC_RUN_CHANGE_NEW, is->name, NULL, 0, (int) is->split);
    }
  return out;
}

/* ---- the machine. */
static char *
dup_processor (void)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) || !(at = strstr (text, "model name")) || !(at = strchr (at, ':')))
    return NULL;
  at++;
  return g_strstrip (g_utf8_make_valid (at, (gssize) strcspn (at, "\n")));
}

char *
sac_run_dup_machine (guint n_threads)
{
  g_autofree char *processor = dup_processor ();
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname about;

  if (uname (&about) != 0)
    memset (&about, 0, sizeof about);
  return g_strdup_printf (g_dngettext ("saccade", "%s, %u thread; %s, %s %s", "%s, %u threads; %s, %s %s", n_threads),
                          processor ? processor : about.machine, n_threads, system ? system : "?", about.sysname, about.release);
}
