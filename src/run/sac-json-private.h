/* JSON that comes from files and sockets: bounded in size and depth before the parser sees it. */
#pragma once
#include <json-glib/json-glib.h>

#include "base/sac-base.h"

#define _SAC_JSON_MAX_BYTES ((gsize) 256 << 20)

/* The object at the top of @text, or NULL with SAC_RUN_ERROR_FORMAT.  Transfer full. */
JsonObject *_sac_json_parse (const char *text, gsize length, const char *what, GError **error);
JsonObject *_sac_json_read (const char *path, GError **error);

/* Members, with a fallback where absent or of another kind.  Strings are borrowed. */
const char *_sac_json_string (JsonObject *object, const char *name, const char *fallback);
double      _sac_json_double (JsonObject *object, const char *name, double fallback);
gint64      _sac_json_int (JsonObject *object, const char *name, gint64 fallback);
gboolean    _sac_json_flag (JsonObject *object, const char *name);
/* NULL where absent or not an array.  Borrowed. */
JsonArray  *_sac_json_array (JsonObject *object, const char *name);
/* All strings of an array, NULL-terminated, or NULL when one is not a string.  Transfer full. */
char      **_sac_json_strings (JsonObject *object, const char *name, guint *n);
/* Element of an array as a number; null and other kinds give @fallback. */
double      _sac_json_number_at (JsonArray *array, guint i, double fallback);

/* The builder's text, on one line when not @pretty.  Transfer full. */
char       *_sac_json_text (JsonBuilder *builder, gboolean pretty, gsize *length);
void        _sac_json_add_strings (JsonBuilder *builder, const char *name, const char *const *strings);
/* A number, or null where it is not finite. */
void        _sac_json_add_number (JsonBuilder *builder, double value);
