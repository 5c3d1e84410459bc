#include "sac-measures.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define VERSION 1
#define MOST_ROWS 4096          /* a file of a stranger */
#define MOST_LABELS 100000
#define MOST_CELLS (1u << 22)

/* ---- names. */

static const struct { const char *name, *words; gboolean share; int sense; } measures[] = {
  { "top1", N_("Top-1"), TRUE, 1 },
  { "top5", N_("Top-5"), TRUE, 1 },
  { "drop", N_("Loss of Top-1"), TRUE, 0 },
  { "more", N_("Further loss with both inverted"), TRUE, 0 },
  { "auc", N_("AUC"), FALSE, 1 },
  { "pointing", N_("Pointing game"), TRUE, 1 },
  { "energy", N_("Energy in box"), TRUE, 1 },
  { "iou", N_("IoU above mean + 1σ"), FALSE, 1 },
  { "inside", N_("Frames within segments"), TRUE, 1 },
  { "motion", N_("Correlation with motion"), FALSE, 0 },
  { "deletion", N_("Deletion of pixels"), FALSE, -1 },
  { "insertion", N_("Insertion of pixels"), FALSE, 1 },
  { "time-deletion", N_("Deletion of frames"), FALSE, -1 },
  { "time-insertion", N_("Insertion of frames"), FALSE, 1 },
  { "sanity-places", N_("Likeness of M_s after new weights"), FALSE, 0 },
  { "sanity-time", N_("Likeness of M_t after new weights"), FALSE, 0 },
  { "sanity-gradcam", N_("Likeness of Grad-CAM after new weights"), FALSE, 0 },
};

static const struct { const char *name, *words; } kinds[] = {
  { "none", N_("As it is") }, { "spatial", N_("Places inverted") }, { "temporal", N_("Time inverted") }, { "both", N_("Both inverted") },
  { "constant", N_("Constant maps") }, { "shuffled", N_("Frames shuffled") }, { "other", N_("Maps of another clip") },
  { "zero", N_("Maps of 0") }, { "one", N_("Maps of 1") }, { "own", N_("Own attention") }, { "gradcam", N_("Grad-CAM") },
  { "centre", N_("The middle") }, { "random", N_("Random") }, { "chance", N_("By chance") },
};

static int
find_measure (const char *name)
{
  const char *dot = strchr (name, '.');
  gsize length = dot ? (gsize) (dot - name) : strlen (name);

  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    if (strlen (measures[i].name) == length && strncmp (measures[i].name, name, length) == 0)
      return (int) i;
  return -1;
}

const char *
sac_measure_kind_get_words (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, kind) == 0)
      return _(kinds[i].words);
  return kind;
}

const char *
sac_measure_get_words (const char *name)
{
  int measure = find_measure (name);

  return measure < 0 ? name : _(measures[measure].words);
}

char *
sac_measure_dup_words (const char *name)
{
  const char *dot = strchr (name, '.');
  int measure = find_measure (name);

  return measure < 0 || !dot ? g_strdup (name)
                             : g_strdup_printf ("%s: %s", _(measures[measure].words), sac_measure_kind_get_words (dot + 1));
}

gboolean
sac_measure_is_share (const char *name)
{
  int measure = find_measure (name);

  return measure >= 0 && measures[measure].share;
}

int
sac_measure_get_sense (const char *name)
{
  int measure = find_measure (name);

  return measure >= 0 ? measures[measure].sense : 0;
}

/* ---- in memory. */

static void
row_free (gpointer data)
{
  SacMeasureRow *row = data;

  g_free (row->name);
  g_free (row->labels);
  g_free (row);
}

static void
curve_free (gpointer data)
{
  SacMeasureCurve *curve = data;

  g_free (curve->name);
  g_free (curve->values);
  g_free (curve);
}

SacMeasures *
sac_measures_new (const char *split, guint64 step, guint64 seed, guint n_clips, const char *const *labels)
{
  SacMeasures *figures = g_new0 (SacMeasures, 1);

  figures->split = g_strdup (split);
  figures->step = step;
  figures->seed = seed;
  figures->n_clips = n_clips;
  figures->labels = g_strdupv ((char **) labels);
  figures->n_labels = g_strv_length (figures->labels);
  figures->rows = g_ptr_array_new_with_free_func (row_free);
  figures->curves = g_ptr_array_new_with_free_func (curve_free);
  return figures;
}

void
sac_measures_free (SacMeasures *figures)
{
  if (!figures)
    return;
  g_free (figures->split);
  g_strfreev (figures->labels);
  g_ptr_array_unref (figures->rows);
  g_ptr_array_unref (figures->curves);
  g_free (figures);
}

SacMeasureRow *
sac_measures_add (SacMeasures *figures, const char *name)
{
  SacMeasureRow *row = g_new0 (SacMeasureRow, 1);

  row->name = g_strdup (name);
  row->all = (SacMeasure) { NAN, NAN, NAN, 0 };
  row->labels = g_new (SacMeasure, figures->n_labels + 1);
  for (guint j = 0; j < figures->n_labels; j++)
    row->labels[j] = row->all;
  g_ptr_array_add (figures->rows, row);
  return row;
}

SacMeasureCurve *
sac_measures_add_curve (SacMeasures *figures, const char *name, const double *values, guint n)
{
  SacMeasureCurve *curve = g_new0 (SacMeasureCurve, 1);

  curve->name = g_strdup (name);
  curve->values = g_memdup2 (values, n * sizeof *values);
  curve->n = n;
  g_ptr_array_add (figures->curves, curve);
  return curve;
}

const SacMeasureRow *
sac_measures_find (const SacMeasures *figures, const char *name)
{
  for (guint i = 0; i < figures->rows->len; i++)
    {
      const SacMeasureRow *row = figures->rows->pdata[i];

      if (strcmp (row->name, name) == 0)
        return row;
    }
  return NULL;
}

static gboolean
has_curve (const SacMeasures *figures, const char *name)
{
  for (guint i = 0; i < figures->curves->len; i++)
    if (strcmp (((SacMeasureCurve *) figures->curves->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

void
sac_measures_keep (SacMeasures *figures, const SacMeasures *old)
{
  if (strcmp (figures->split, old->split) != 0 || figures->step != old->step || figures->n_clips != old->n_clips
      || !g_strv_equal ((const char *const *) figures->labels, (const char *const *) old->labels))
    return;
  for (guint i = 0; i < old->rows->len; i++)
    {
      const SacMeasureRow *row = old->rows->pdata[i];
      SacMeasureRow *copy;

      if (sac_measures_find (figures, row->name))
        continue;
      copy = sac_measures_add (figures, row->name);
      copy->all = row->all;
      memcpy (copy->labels, row->labels, figures->n_labels * sizeof *copy->labels);
    }
  for (guint i = 0; i < old->curves->len; i++)
    {
      const SacMeasureCurve *curve = old->curves->pdata[i];

      if (!has_curve (figures, curve->name))
        sac_measures_add_curve (figures, curve->name, curve->values, curve->n);
    }
}

/* ---- the file. */

static void
add_figure (JsonBuilder *builder, const SacMeasure *figure)
{
  json_builder_set_member_name (builder, "n");
  json_builder_add_int_value (builder, figure->n);
  json_builder_set_member_name (builder, "mean");
  _sac_json_add_number (builder, figure->mean);
  json_builder_set_member_name (builder, "low");
  _sac_json_add_number (builder, figure->low);
  json_builder_set_member_name (builder, "high");
  _sac_json_add_number (builder, figure->high);
}

static void
add_row (JsonBuilder *builder, const SacMeasureRow *row, guint n_labels)
{
  json_builder_set_member_name (builder, row->name);
  json_builder_begin_object (builder);
  add_figure (builder, &row->all);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint j = 0; j < n_labels; j++)
    if (row->labels[j].n == 0)
      json_builder_add_null_value (builder);
    else
      {
        json_builder_begin_object (builder);
        add_figure (builder, row->labels + j);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static char *
file_name (const char *run_folder, const char *split)
{
  g_autofree char *name = g_strdup_printf ("attention-%s.json", split);

  return g_build_filename (run_folder, "scores", name, NULL);
}

gboolean
sac_measures_write (const char *run_folder, const SacMeasures *figures, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *path = file_name (run_folder, figures->split), *folder = g_path_get_dirname (path), *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, VERSION);
  json_builder_set_member_name (builder, "split");
  json_builder_add_string_value (builder, figures->split);
  json_builder_set_member_name (builder, "step");
  json_builder_add_int_value (builder, (gint64) figures->step);
  json_builder_set_member_name (builder, "clips");
  json_builder_add_int_value (builder, figures->n_clips);
  json_builder_set_member_name (builder, "seed");
  json_builder_add_int_value (builder, (gint64) figures->seed);
  _sac_json_add_strings (builder, "labels", (const char *const *) figures->labels);
  json_builder_set_member_name (builder, "figures");
  json_builder_begin_object (builder);
  for (guint i = 0; i < figures->rows->len; i++)
    add_row (builder, figures->rows->pdata[i], figures->n_labels);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "curves");
  json_builder_begin_object (builder);
  for (guint i = 0; i < figures->curves->len; i++)
    {
      const SacMeasureCurve *curve = figures->curves->pdata[i];

      json_builder_set_member_name (builder, curve->name);
      json_builder_begin_array (builder);
      for (guint k = 0; k < curve->n; k++)
        _sac_json_add_number (builder, curve->values[k]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, FALSE, &length);
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("The folder %s cannot be made"), folder);
      return FALSE;
    }
  return sac_file_replace (path, text, length, error);
}

static SacMeasure
read_figure (JsonObject *object)
{
  gint64 n = _sac_json_int (object, "n", 0);

  return (SacMeasure) { _sac_json_double (object, "mean", NAN), _sac_json_double (object, "low", NAN),
                        _sac_json_double (object, "high", NAN), (guint) CLAMP (n, 0, G_MAXINT32) };
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
read_row (SacMeasures *figures, const char *name, JsonObject *object)
{
  SacMeasureRow *row = sac_measures_add (figures, name);
  JsonArray *labels = _sac_json_array (object, "labels");

  row->all = read_figure (object);
  for (guint j = 0; labels && j < MIN (figures->n_labels, json_array_get_length (labels)); j++)
    {
      JsonNode *node = json_array_get_element (labels, j);

      if (JSON_NODE_HOLDS_OBJECT (node))
        row->labels[j] = read_figure (json_node_get_object (node));
    }
}

static void
read_curve (SacMeasures *figures, const char *name, JsonArray *array)
{
  guint n = json_array_get_length (array);
  g_autofree double *values = g_new (double, n + 1);

  for (guint k = 0; k < n; k++)
    values[k] = _sac_json_number_at (array, k, NAN);
  sac_measures_add_curve (figures, name, values, n);
}

static SacMeasures *
read_object (JsonObject *object, const char *path, GError **error)
{
  g_auto (GStrv) labels = _sac_json_strings (object, "labels", NULL);
  JsonObject *rows = get_object (object, "figures"), *curves = get_object (object, "curves");
  SacMeasures *figures;
  g_autoptr (GList) names = rows ? json_object_get_members (rows) : NULL, others = curves ? json_object_get_members (curves) : NULL;
  guint n = 0;

  if (_sac_json_int (object, "version", 0) > VERSION)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_VERSION, _("%s was written by a newer version of Saccade"), path);
      return NULL;
    }
  if (!labels || !rows || g_strv_length (labels) > MOST_LABELS
      || (guint64) g_strv_length (labels) * json_object_get_size (rows) > MOST_CELLS)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: labels or figures are missing"), path);
      return NULL;
    }
  figures = sac_measures_new (_sac_json_string (object, "split", ""), (guint64) MAX (_sac_json_int (object, "step", 0), 0),
                             (guint64) _sac_json_int (object, "seed", 0),
                             (guint) CLAMP (_sac_json_int (object, "clips", 0), 0, G_MAXINT32), (const char *const *) labels);
  for (GList *at = names; at && n < MOST_ROWS; at = at->next, n++)
    if (get_object (rows, at->data))
      read_row (figures, at->data, get_object (rows, at->data));
  n = 0;
  for (GList *at = others; at && n < MOST_ROWS; at = at->next, n++)
    if (_sac_json_array (curves, at->data))
      read_curve (figures, at->data, _sac_json_array (curves, at->data));
  return figures;
}

SacMeasures *
sac_measures_read (const char *run_folder, const char *split, GError **error)
{
  g_autofree char *path = file_name (run_folder, split);
  JsonObject *object = _sac_json_read (path, error);
  SacMeasures *figures = object ? read_object (object, path, error) : NULL;

  if (object)
    json_object_unref (object);
  return figures;
}
