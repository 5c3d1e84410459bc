#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define MAX_DEPTH 32

/* The parser descends by recursion: a file of a million brackets must be refused before it starts. */
static gboolean
depth_is_sane (const char *text, gsize length)
{
  int depth = 0;
  gboolean inside = FALSE;

  for (gsize i = 0; i < length; i++)
    switch (text[i])
      {
      case '"':
        inside = !inside;
        break;
      case '\\':
        if (inside)
          i++;
        break;
      case '[':
      case '{':
        if (!inside && ++depth > MAX_DEPTH)
          return FALSE;
        break;
      case ']':
      case '}':
        if (!inside)
          depth--;
        break;
      /* Comments are not JSON, but the parser knows them, and a quote inside one would mislead this count. */
      case '/':
        if (!inside)
          return FALSE;
        break;
      default:
        break;
      }
  return TRUE;
}

JsonObject *
_sac_json_parse (const char *text, gsize length, const char *what, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) inner = NULL;
  JsonNode *root;

  if (length > _SAC_JSON_MAX_BYTES || !g_utf8_validate_len (text, length, NULL) || !depth_is_sane (text, length))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: it is not readable JSON"), what);
      return NULL;
    }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, &inner))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), what, inner->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: it holds no object"), what);
      return NULL;
    }
  return json_object_ref (json_node_get_object (root));
}

JsonObject *
_sac_json_read (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sac_file_read (path, _SAC_JSON_MAX_BYTES, error);
  gsize length;
  const char *text;

  if (!bytes)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  return _sac_json_parse (text ? text : "", length, path, error);
}

static JsonNode *
value_of (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);

  if (!node || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (type == G_TYPE_DOUBLE && json_node_get_value_type (node) == G_TYPE_INT64)
    return node;
  return json_node_get_value_type (node) == type ? node : NULL;
}

const char *
_sac_json_string (JsonObject *object, const char *name, const char *fallback)
{
  JsonNode *node = value_of (object, name, G_TYPE_STRING);

  return node ? json_node_get_string (node) : fallback;
}

double
_sac_json_double (JsonObject *object, const char *name, double fallback)
{
  JsonNode *node = value_of (object, name, G_TYPE_DOUBLE);

  return node ? json_node_get_double (node) : fallback;
}

gint64
_sac_json_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = value_of (object, name, G_TYPE_INT64);

  return node ? json_node_get_int (node) : fallback;
}

gboolean
_sac_json_flag (JsonObject *object, const char *name)
{
  JsonNode *node = value_of (object, name, G_TYPE_BOOLEAN);

  return node && json_node_get_boolean (node);
}

JsonArray *
_sac_json_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

char **
_sac_json_strings (JsonObject *object, const char *name, guint *n)
{
  JsonArray *array = _sac_json_array (object, name);
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);

  if (!array)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return NULL;
      g_ptr_array_add (out, g_strdup (json_node_get_string (node)));
    }
  if (n)
    *n = out->len;
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&out), FALSE);
}

double
_sac_json_number_at (JsonArray *array, guint i, double fallback)
{
  JsonNode *node = json_array_get_element (array, i);
  GType type;

  if (!node || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  type = json_node_get_value_type (node);
  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : fallback;
}

char *
_sac_json_text (JsonBuilder *builder, gboolean pretty, gsize *length)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  json_generator_set_pretty (generator, pretty);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, length);
}

void
_sac_json_add_strings (JsonBuilder *builder, const char *name, const char *const *strings)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; strings && strings[i]; i++)
    json_builder_add_string_value (builder, strings[i]);
  json_builder_end_array (builder);
}

void
_sac_json_add_number (JsonBuilder *builder, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}
