#include "json-private.h"

#include <glib/gi18n.h>

#include "format-private.h"

#define MAX_DEPTH 32

/* The parser calls itself for every bracket. */
gboolean
_sac_json_is_shallow (const char *text, gsize n)
{
  int depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < n; i++)
    if (quoted)
      {
        if (text[i] == '\\')
          i++;
        else if (text[i] == '"')
          quoted = FALSE;
      }
    else if (text[i] == '"')
      quoted = TRUE;
    else if (text[i] == '[' || text[i] == '{')
      {
        if (++depth > MAX_DEPTH)
          return FALSE;
      }
    else if (text[i] == ']' || text[i] == '}')
      depth--;
  return TRUE;
}

JsonParser *
_sac_json_load (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) failed = NULL;
  g_autofree char *text = NULL;
  gsize n = 0;

  text = _sac_format_load (path, &n, error);
  if (!text)
    return NULL;
  if (!_sac_json_is_shallow (text, n))
    _sac_format_fail (error, path, _("its brackets are nested too deep"));
  else if (!json_parser_load_from_data (parser, text, (gssize) n, &failed) || !json_parser_get_root (parser))
    _sac_format_fail (error, path, _("it is not JSON (%s)"), failed ? failed->message : _("empty"));
  else
    return g_steal_pointer (&parser);
  return NULL;
}

char *
_sac_json_dup_text (JsonNode *node)
{
  GType type = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  if (type == G_TYPE_DOUBLE)
    return _sac_format_dup_number (json_node_get_double (node));
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  return node ? json_to_string (node, FALSE) : g_strdup ("");
}

gboolean
_sac_json_save (JsonNode *root, const char *path, GError **error)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;
  gsize n = 0;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_indent (generator, 1);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &n);
  json_node_unref (root);
  return g_file_set_contents (path, text, (gssize) n, error);
}
