#include "sac-suspect-list.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define VERSION 1
#define MOST_ROWS 200000u
#define MOST_BYTES ((gsize) 128 << 20)

static const char *const verdicts[] = { "", "yes", "no", "unknown", "keep" };

const char *
sac_judgement_get_name (SacJudgement verdict)
{
  return verdicts[verdict];
}

static void
row_free (gpointer data)
{
  SacSuspectRow *row = data;

  g_free (row->clip);
  g_free (row->label);
  g_free (row->why);
  g_free (row);
}

SacSuspectList *
sac_suspect_list_new (void)
{
  SacSuspectList *list = g_new0 (SacSuspectList, 1);

  list->runs = g_new0 (char *, 1);
  list->rows = g_ptr_array_new_with_free_func (row_free);
  return list;
}

void
sac_suspect_list_free (SacSuspectList *list)
{
  if (!list)
    return;
  g_strfreev (list->runs);
  g_ptr_array_unref (list->rows);
  g_free (list);
}

SacSuspectRow *
sac_suspect_list_add (SacSuspectList *list, const char *clip, const char *label, gboolean given)
{
  SacSuspectRow *row = g_new0 (SacSuspectRow, 1);

  row->clip = g_strdup (clip);
  row->label = g_strdup (label);
  row->given = given;
  row->score = row->trajectory = row->outside = row->margin = row->off_box = row->believed_while = row->believed_outside = NAN;
  g_ptr_array_add (list->rows, row);
  return row;
}

guint
sac_suspect_list_count (const SacSuspectList *list, gboolean changed)
{
  guint n = 0;

  for (guint i = 0; i < list->rows->len; i++)
    {
      SacJudgement verdict = ((SacSuspectRow *) list->rows->pdata[i])->verdict;

      n += verdict != SAC_JUDGED_NONE && (!changed || verdict != SAC_JUDGED_KEEP);
    }
  return n;
}

static guint
row_hash (gconstpointer data)
{
  const SacSuspectRow *row = data;

  return g_str_hash (row->clip) * 31 + g_str_hash (row->label) * 2 + (guint) row->given;
}

static gboolean
row_equal (gconstpointer a, gconstpointer b)
{
  const SacSuspectRow *x = a, *y = b;

  return x->given == y->given && strcmp (x->clip, y->clip) == 0 && strcmp (x->label, y->label) == 0;
}

void
sac_suspect_list_inherit (SacSuspectList *list, const SacSuspectList *old)
{
  g_autoptr (GHashTable) known = g_hash_table_new (row_hash, row_equal);

  for (guint i = 0; i < old->rows->len; i++)
    g_hash_table_add (known, old->rows->pdata[i]);
  for (guint i = 0; i < list->rows->len; i++)
    {
      SacSuspectRow *row = list->rows->pdata[i];
      const SacSuspectRow *before = g_hash_table_lookup (known, row);

      if (before)
        row->verdict = before->verdict;
    }
}

/* ---- JSON. */

static const struct { const char *name; gsize offset; } numbers[] = {
  { "score", G_STRUCT_OFFSET (SacSuspectRow, score) }, { "trajectory", G_STRUCT_OFFSET (SacSuspectRow, trajectory) },
  { "outside", G_STRUCT_OFFSET (SacSuspectRow, outside) }, { "margin", G_STRUCT_OFFSET (SacSuspectRow, margin) },
  { "off_box", G_STRUCT_OFFSET (SacSuspectRow, off_box) }, { "believed_while", G_STRUCT_OFFSET (SacSuspectRow, believed_while) },
  { "believed_outside", G_STRUCT_OFFSET (SacSuspectRow, believed_outside) },
};

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text ? text : "");
}

static void
add_count (JsonBuilder *builder, const char *name, guint value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

char *
sac_suspect_list_dup_json (const SacSuspectList *list)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize length;

  json_builder_begin_object (builder);
  add_count (builder, "version", VERSION);
  add_count (builder, "pairs", list->n_pairs);
  _sac_json_add_strings (builder, "runs", (const char *const *) list->runs);
  add_count (builder, "position", list->position);
  json_builder_set_member_name (builder, "suspects");
  json_builder_begin_array (builder);
  for (guint i = 0; i < list->rows->len; i++)
    {
      const SacSuspectRow *row = list->rows->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "clip", row->clip);
      add_text (builder, "label", row->label);
      add_text (builder, "given", row->given ? "yes" : "no");
      for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
        {
          json_builder_set_member_name (builder, numbers[k].name);
          _sac_json_add_number (builder, G_STRUCT_MEMBER (double, row, numbers[k].offset));
        }
      add_count (builder, "against", row->n_against);
      add_count (builder, "runs", row->n_runs);
      add_text (builder, "why", row->why);
      add_text (builder, "verdict", verdicts[row->verdict]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return _sac_json_text (builder, FALSE, &length);
}

static void
read_row (SacSuspectList *list, JsonObject *object)
{
  const char *clip = _sac_json_string (object, "clip", NULL), *label = _sac_json_string (object, "label", NULL);
  const char *verdict = _sac_json_string (object, "verdict", "");
  SacSuspectRow *row;

  if (!clip || !label)
    return;
  row = sac_suspect_list_add (list, clip, label, strcmp (_sac_json_string (object, "given", ""), "yes") == 0);
  for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
    G_STRUCT_MEMBER (double, row, numbers[k].offset) = _sac_json_double (object, numbers[k].name, NAN);
  row->n_against = (guint) CLAMP (_sac_json_int (object, "against", 0), 0, G_MAXINT32);
  row->n_runs = (guint) CLAMP (_sac_json_int (object, "runs", 0), 0, G_MAXINT32);
  row->why = g_strdup (_sac_json_string (object, "why", ""));
  for (guint v = 0; v < G_N_ELEMENTS (verdicts); v++)
    if (strcmp (verdicts[v], verdict) == 0)
      row->verdict = (SacJudgement) v;
}

SacSuspectList *
sac_suspect_list_parse (const char *json, gssize length, GError **error)
{
  JsonObject *object = _sac_json_parse (json, length < 0 ? strlen (json) : (gsize) length, _("the list of suspects"), error);
  JsonArray *rows = object ? _sac_json_array (object, "suspects") : NULL;
  g_autoptr (SacSuspectList) list = NULL;

  if (object && (!rows || _sac_json_int (object, "version", 0) != VERSION))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("this is no list of suspects"));
  else if (object)
    {
      char **runs = _sac_json_strings (object, "runs", NULL);

      list = sac_suspect_list_new ();
      if (runs)
        {
          g_strfreev (list->runs);
          list->runs = runs;
        }
      list->n_pairs = (guint) CLAMP (_sac_json_int (object, "pairs", 0), 0, G_MAXINT32);
      for (guint i = 0; i < MIN (json_array_get_length (rows), MOST_ROWS); i++)
        {
          JsonNode *node = json_array_get_element (rows, i);

          if (JSON_NODE_HOLDS_OBJECT (node))
            read_row (list, json_node_get_object (node));
        }
      list->position = (guint) CLAMP (_sac_json_int (object, "position", 0), 0, (gint64) list->rows->len);
    }
  g_clear_pointer (&object, json_object_unref);
  return g_steal_pointer (&list);
}

gboolean
sac_suspect_list_write (const SacSuspectList *list, const char *path, GError **error)
{
  g_autofree char *json = sac_suspect_list_dup_json (list), *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0777);  /* what is wrong with it, writing will say */
  return sac_file_replace (path, json, strlen (json), error);
}

SacSuspectList *
sac_suspect_list_read (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  gsize size;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  bytes = sac_file_read (path, MOST_BYTES, error);
  if (!bytes)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return sac_suspect_list_parse (text ? text : "", (gssize) size, error);
}
