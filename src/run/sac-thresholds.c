#include "sac-thresholds.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <errno.h>
#include <math.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define FILE_NAME "thresholds.json"
#define MOST_LABELS 100000u

static void
threshold_free (gpointer data)
{
  SacThreshold *threshold = data;

  g_free (threshold->rule);
  g_free (threshold->split);
  g_free (threshold);
}

SacThresholds *
sac_thresholds_new (void)
{
  SacThresholds *self = g_new0 (SacThresholds, 1);

  self->by_label = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, threshold_free);
  return self;
}

void
sac_thresholds_free (SacThresholds *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->by_label);
  g_free (self);
}

double
sac_thresholds_get (const SacThresholds *self, const char *label)
{
  const SacThreshold *found = self && label ? g_hash_table_lookup (self->by_label, label) : NULL;

  return found ? found->at : SAC_THRESHOLD_DEFAULT;
}

const char *
sac_thresholds_get_rule (const SacThresholds *self, const char *label)
{
  const SacThreshold *found = self && label ? g_hash_table_lookup (self->by_label, label) : NULL;

  return found ? found->rule : NULL;
}

const char *
sac_thresholds_get_split (const SacThresholds *self, const char *label)
{
  const SacThreshold *found = self && label ? g_hash_table_lookup (self->by_label, label) : NULL;

  return found ? found->split : NULL;
}

void
sac_thresholds_set (SacThresholds *self, const char *label, double at, const char *rule, const char *split)
{
  SacThreshold *threshold;

  if (!rule || !isfinite (at))
    {
      g_hash_table_remove (self->by_label, label);
      return;
    }
  threshold = g_new0 (SacThreshold, 1);
  threshold->at = at;
  threshold->rule = g_strdup (rule);
  threshold->split = g_strdup (split ? split : "");
  g_hash_table_replace (self->by_label, g_strdup (label), threshold);
}

guint
sac_thresholds_get_n (const SacThresholds *self)
{
  return g_hash_table_size (self->by_label);
}

double *
sac_thresholds_dup (const SacThresholds *self, const char *const *labels)
{
  guint n = g_strv_length ((char **) labels);
  double *at = g_new (double, n + 1);

  for (guint i = 0; i < n; i++)
    at[i] = sac_thresholds_get (self, labels[i]);
  return at;
}

SacThresholds *
sac_thresholds_read (const char *run_folder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, FILE_NAME, NULL);
  g_autoptr (SacThresholds) self = sac_thresholds_new ();
  g_autoptr (JsonObject) object = NULL;
  JsonArray *labels;
  guint n;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&self);
  object = _sac_json_read (path, error);
  if (!object)
    return NULL;
  labels = _sac_json_array (object, "labels");
  n = labels ? json_array_get_length (labels) : 0;
  if (!labels || n > MOST_LABELS)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: it has no list of labels"), path);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (labels, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *label = row ? _sac_json_string (row, "label", NULL) : NULL;
      double at = row ? _sac_json_double (row, "threshold", NAN) : NAN;

      if (label && isfinite (at))
        sac_thresholds_set (self, label, at, _sac_json_string (row, "rule", "hand"), _sac_json_string (row, "split", ""));
    }
  return g_steal_pointer (&self);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

gboolean
sac_thresholds_write (const char *run_folder, const SacThresholds *self, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, FILE_NAME, NULL), *text = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char **labels = NULL;
  guint n;
  gsize length;

  if (g_hash_table_size (self->by_label) == 0)
    {
      if (g_unlink (path) == 0 || errno == ENOENT)
        return TRUE;
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s cannot be removed"), path);
      return FALSE;
    }
  builder = json_builder_new ();
  labels = (char **) g_hash_table_get_keys_as_array (self->by_label, &n);
  qsort (labels, n, sizeof *labels, by_name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, 1);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, labels[i]);
      json_builder_set_member_name (builder, "threshold");
      json_builder_add_double_value (builder, sac_thresholds_get (self, labels[i]));
      json_builder_set_member_name (builder, "rule");
      json_builder_add_string_value (builder, sac_thresholds_get_rule (self, labels[i]));
      if (*sac_thresholds_get_split (self, labels[i]))
        {
          json_builder_set_member_name (builder, "split");
          json_builder_add_string_value (builder, sac_thresholds_get_split (self, labels[i]));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, TRUE, &length);
  return sac_file_replace (path, text, length, error);
}
