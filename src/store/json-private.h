/* Reading JSON that nobody vouches for: each getter says "not there" where the shape is another one. */
#pragma once
#include <json-glib/json-glib.h>
#include <math.h>

/* FALSE when brackets are nested deeper than 32. */
gboolean _sac_json_is_shallow (const char *text, gsize n);

static inline JsonObject *
object_of (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static inline JsonArray *
array_member (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static inline const char *
text_of (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static inline const char *
text_member (JsonObject *object, const char *name)
{
  return object ? text_of (json_object_get_member (object, name)) : NULL;
}

static inline guint
length_of (JsonArray *array)
{
  return array ? json_array_get_length (array) : 0;
}

/* NaN when it is no number. */
static inline double
number_of (JsonNode *node)
{
  GType type = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;
}

static inline double
number_member (JsonObject *object, const char *name)
{
  return object ? number_of (json_object_get_member (object, name)) : NAN;
}

static inline JsonObject *
object_member (JsonObject *object, const char *name)
{
  return object ? object_of (json_object_get_member (object, name)) : NULL;
}

/* Reads a label file: its object or array at the top; NULL with an error that names the file. */
JsonParser *_sac_json_load (const char *path, GError **error);
/* A number or a text as text (ids are both in the wild), booleans as "true" and "false", anything else as JSON; transfer full. */
char       *_sac_json_dup_text (JsonNode *node);
/* Writes @root to @path, indented, all or nothing; takes over @root. */
gboolean    _sac_json_save (JsonNode *root, const char *path, GError **error);
