/* RUN/profile.json: where the time of the training step went.
 * {"version":1, "runs":…, "arena_bytes":…, "peaks":{"threads":…, "flops":[one, all], "bytes":[one, all]},
 *  "steps":[{"op":…, "kernel":…, "layer":…, "shapes":…, "backward":…, "count":…, "seconds":…, "flops":…, "bytes":…} …]} */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define PROFILE_VERSION 1
#define MAX_ROWS 20000u
#define MAX_WORD 400u           /* bytes */

static void
add_word (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  _sac_json_add_number (json, value);
}

static void
add_pair (JsonBuilder *json, const char *name, double one, double all)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  _sac_json_add_number (json, one);
  _sac_json_add_number (json, all);
  json_builder_end_array (json);
}

static char *
profile_path (const char *run_folder)
{
  return g_build_filename (run_folder, "profile.json", NULL);
}

gboolean
sac_profile_write (const char *run_folder, const SacProfile *profile, GError **error)
{
  g_autofree char *path = profile_path (run_folder), *text = NULL;
  g_autoptr (JsonBuilder) json = json_builder_new ();
  const SacPeaks *peaks = &profile->peaks;
  gsize length;

  json_builder_begin_object (json);
  add_number (json, "version", PROFILE_VERSION);
  add_number (json, "runs", profile->n_runs);
  add_number (json, "arena_bytes", (double) profile->arena_bytes);
  json_builder_set_member_name (json, "peaks");
  json_builder_begin_object (json);
  add_number (json, "threads", peaks->n_threads);
  add_pair (json, "flops", peaks->flops_one, peaks->flops_all);
  add_pair (json, "bytes", peaks->bytes_one, peaks->bytes_all);
  json_builder_end_object (json);
  json_builder_set_member_name (json, "steps");
  json_builder_begin_array (json);
  for (guint i = 0; i < profile->rows->len; i++)
    {
      const SacProfileRow *row = sac_profile_get (profile, i);

      json_builder_begin_object (json);
      add_word (json, "op", row->op);
      add_word (json, "kernel", row->variant);
      add_word (json, "layer", row->layer);
      add_word (json, "shapes", row->shapes);
      json_builder_set_member_name (json, "backward");
      json_builder_add_boolean_value (json, row->backward);
      add_number (json, "count", row->count);
      add_number (json, "seconds", row->seconds);
      add_number (json, "flops", row->flops);
      add_number (json, "bytes", row->bytes);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
  json_builder_end_object (json);
  text = _sac_json_text (json, FALSE, &length);
  return sac_file_replace (path, text, length, error);
}

/* ---- reading: nothing in the file is believed. */

/* Finite and in 0…@most, or NaN. */
static double
amount (JsonObject *object, const char *name, double most)
{
  double value = _sac_json_double (object, name, NAN);

  return value >= 0 && value <= most ? value : NAN;
}

static double
pair_at (JsonObject *object, const char *name, guint i)
{
  JsonArray *array = _sac_json_array (object, name);
  double value = array && json_array_get_length (array) == 2 ? _sac_json_number_at (array, i, 0) : 0;

  return value >= 0 && value <= 1e18 ? value : 0;
}

static gboolean
read_row (JsonObject *object, SacProfile *profile)
{
  const char *words[] = { _sac_json_string (object, "op", NULL), _sac_json_string (object, "kernel", ""),
                          _sac_json_string (object, "layer", ""), _sac_json_string (object, "shapes", "") };
  SacProfileRow row = {
    .op = (char *) words[0], .variant = (char *) words[1], .layer = (char *) words[2], .shapes = (char *) words[3],
    .backward = _sac_json_flag (object, "backward"),
    .seconds = amount (object, "seconds", 1e9), .flops = amount (object, "flops", 1e24), .bytes = amount (object, "bytes", 1e24),
  };
  double count = amount (object, "count", 1e9);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (!words[i] || strlen (words[i]) > MAX_WORD)
      return FALSE;
  if (isnan (row.seconds) || isnan (row.flops) || isnan (row.bytes) || isnan (count))
    return FALSE;
  row.count = (guint) count;
  sac_profile_add (profile, &row);
  return TRUE;
}

SacProfile *
sac_profile_read (const char *run_folder, GError **error)
{
  g_autofree char *path = profile_path (run_folder);
  g_autoptr (JsonObject) object = _sac_json_read (path, error);
  g_autoptr (SacProfile) profile = NULL;
  JsonNode *node;
  JsonObject *peaks;
  JsonArray *rows;
  double version, runs, arena;

  if (!object)
    return NULL;
  version = _sac_json_double (object, "version", 0);
  if (version != PROFILE_VERSION)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION, _("%s has version %d; this program knows up to %d"), path,
                   version > 0 && version < 1e6 ? (int) version : 0, PROFILE_VERSION);
      return NULL;
    }
  runs = amount (object, "runs", 1e9);
  arena = amount (object, "arena_bytes", 1e15);
  node = json_object_get_member (object, "peaks");
  peaks = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  rows = _sac_json_array (object, "steps");
  profile = sac_profile_new ();
  profile->n_runs = isnan (runs) ? 0 : (guint) runs;
  profile->arena_bytes = isnan (arena) ? 0 : (gsize) arena;
  if (peaks)
    profile->peaks = (SacPeaks) { (guint) CLAMP (_sac_json_double (peaks, "threads", 0), 0, 65536), pair_at (peaks, "flops", 0),
                                  pair_at (peaks, "flops", 1), pair_at (peaks, "bytes", 0), pair_at (peaks, "bytes", 1) };
  for (guint i = 0; rows && i < json_array_get_length (rows); i++)
    {
      JsonNode *row = json_array_get_element (rows, i);

      if (i == MAX_ROWS || !JSON_NODE_HOLDS_OBJECT (row) || !read_row (json_node_get_object (row), profile))
        rows = NULL;
    }
  if (!rows)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), path, _("its steps cannot be read"));
      return NULL;
    }
  return g_steal_pointer (&profile);
}
