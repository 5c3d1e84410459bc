#include "sac-weight-study.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define VERSION 1
#define MOST_SERIES 256         /* a file of a stranger */
#define MOST_LAYERS 20000
#define MOST_TAPS 64
#define MOST_FRAMES 4096

static const struct { const char *name, *words, *meaning; } values[SAC_N_WEIGHT_VALUES] = {
  { "relative", N_("Relative change ρ"), N_("‖W1−W0‖ / ‖W0‖") },
  { "relative2", N_("Relative change ρ₂"), N_("‖W1−W0‖ / ‖W_2D‖: comparable between ways of inflating") },
  { "cosine", N_("Cosine"), N_("between the weights before and after") },
  { "flips", N_("Sign flips"), N_("share of weights whose sign turned") },
  { "zeros0", N_("Exact zeros, before"), N_("share of weights that were 0") },
  { "zeros1", N_("Exact zeros, after"), N_("share of weights that are 0") },
  { "anisotropy0", N_("Anisotropy in time, before"), N_("share of energy in what varies over the taps: 0 still, 1 all motion") },
  { "anisotropy1", N_("Anisotropy in time, after"), N_("share of energy in what varies over the taps: 0 still, 1 all motion") },
  { "static1", N_("Static filter, after"), N_("‖S‖, S the sum over the taps: what a clip of one picture sees") },
  { "motion1", N_("Motion filter, after"), N_("‖R‖, R what is left without S/N: blind to a clip of one picture") },
  { "motion_change", N_("Motion in the change"), N_("‖R1−R0‖ / ‖W1−W0‖: how much of the change is one of motion") },
  { "static_drift", N_("Static drift"), N_("‖S1−W_2D‖ / ‖W_2D‖") },
  { "centre0", N_("Energy in the middle tap, before"), N_("share of the kernel's energy") },
  { "centre1", N_("Energy in the middle tap, after"), N_("share of the kernel's energy") },
  { "rank0", N_("Effective rank of weights, before"), N_("exp of the entropy of the singular values") },
  { "rank1", N_("Effective rank of weights, after"), N_("exp of the entropy of the singular values") },
  { "gamma", N_("Batch norm: change of γ"), N_("mean |Δγ|") },
  { "beta", N_("Batch norm: change of β"), N_("mean |Δβ|") },
  { "mean", N_("Batch norm: drift of means"), N_("mean |Δμ|/σ") },
  { "variance", N_("Batch norm: drift of variances"), N_("mean |ln σ1²/σ0²|") },
  { "cka", N_("Likeness of outputs (CKA)"), N_("1: the same up to rotation and scale; near 1 for few clips whatever they are") },
  { "cka_unbiased", N_("Likeness of outputs (CKA, unbiased)"), N_("1: the same up to rotation and scale; 0: unrelated") },
  { "output_rank0", N_("Effective rank of outputs, before"), N_("directions in use, of as many as there are clips") },
  { "output_rank1", N_("Effective rank of outputs, after"), N_("directions in use, of as many as there are clips") },
  { "gradient", N_("Gradient while learning"), N_("mean ‖g‖ of the steps looked at") },
  { "update", N_("Update while learning"), N_("mean ‖Δw‖/‖w‖ of the steps looked at") },
};

static const char *const kinds[] = { "kernel", "norm", "output" };

const char *
sac_weight_value_get_name (SacWeightValue value)
{
  return values[value].name;
}

const char *
sac_weight_value_get_words (SacWeightValue value)
{
  return _(values[value].words);
}

const char *
sac_weight_value_get_meaning (SacWeightValue value)
{
  return _(values[value].meaning);
}

int
sac_weight_value_find (const char *name)
{
  for (int i = 0; i < SAC_N_WEIGHT_VALUES; i++)
    if (g_strcmp0 (values[i].name, name) == 0)
      return i;
  return -1;
}

const char *
sac_layer_kind_get_name (SacLayerKind kind)
{
  return kinds[kind];
}

/* ---- the struct. */

static void
layer_free (gpointer data)
{
  SacWeightLayer *layer = data;

  g_free (layer->name);
  g_free (layer->energy0);
  g_free (layer->energy1);
  g_free (layer->change);
  g_free (layer->exposure);
  g_free (layer);
}

static void
series_free (gpointer data)
{
  SacWeightSeries *series = data;

  g_free (series->name);
  g_free (series->from);
  g_free (series->to);
  g_free (series->start);
  g_ptr_array_unref (series->layers);
  g_clear_pointer (&series->seen0, g_array_unref);
  g_clear_pointer (&series->seen1, g_array_unref);
  g_free (series);
}

SacWeightStudy *
sac_weight_study_new (void)
{
  SacWeightStudy *study = g_new0 (SacWeightStudy, 1);

  study->series = g_ptr_array_new_with_free_func (series_free);
  return study;
}

void
sac_weight_study_free (SacWeightStudy *study)
{
  if (!study)
    return;
  g_ptr_array_unref (study->series);
  g_free (study->answer);
  g_free (study);
}

SacWeightSeries *
sac_weight_study_add (SacWeightStudy *study, const char *name)
{
  SacWeightSeries *series = g_new0 (SacWeightSeries, 1);

  series->name = g_strdup (name);
  series->start = g_strdup ("other");
  series->layers = g_ptr_array_new_with_free_func (layer_free);
  g_ptr_array_add (study->series, series);
  return series;
}

SacWeightLayer *
sac_weight_series_add (SacWeightSeries *series, const char *name, SacLayerKind kind)
{
  SacWeightLayer *layer = g_new0 (SacWeightLayer, 1);

  layer->name = g_strdup (name);
  layer->kind = kind;
  layer->taps = 1;
  for (guint i = 0; i < SAC_N_WEIGHT_VALUES; i++)
    layer->values[i] = NAN;
  g_ptr_array_add (series->layers, layer);
  return layer;
}

const SacWeightLayer *
sac_weight_series_find (const SacWeightSeries *series, const char *name, SacLayerKind kind)
{
  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind == kind && strcmp (layer->name, name) == 0)
        return layer;
    }
  return NULL;
}

char **
sac_weight_study_dup_depths (const SacWeightStudy *study, SacWeightValue value)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];
      guint at = 0;             /* where a layer that only this network has belongs: behind its predecessor */

      for (guint i = 0; i < series->layers->len; i++)
        {
          const SacWeightLayer *layer = series->layers->pdata[i];
          guint found;

          if (isnan (layer->values[value]))
            continue;
          if (g_hash_table_add (known, layer->name))
            g_ptr_array_insert (names, (int) at++, g_strdup (layer->name));
          else if (g_ptr_array_find_with_equal_func (names, layer->name, g_str_equal, &found))
            at = found + 1;
        }
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

double
sac_weight_series_get (const SacWeightSeries *series, const char *name, SacWeightValue value)
{
  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (!isnan (layer->values[value]) && strcmp (layer->name, name) == 0)
        return layer->values[value];
    }
  return NAN;
}

gboolean
sac_weight_values_want_log (const double *values, gsize n)
{
  double low = INFINITY, high = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        low = MIN (low, values[i]);
        high = MAX (high, values[i]);
      }
  return low > 0 && high > 50 * low;
}

/* ---- files. */

static void
add_row (JsonBuilder *builder, const char *name, const double *row, guint n)
{
  if (!row)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    _sac_json_add_number (builder, row[i]);
  json_builder_end_array (builder);
}

static void
add_frames (JsonBuilder *builder, const char *name, const GArray *frames)
{
  if (!frames)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < frames->len; i++)
    json_builder_add_int_value (builder, g_array_index (frames, guint, i));
  json_builder_end_array (builder);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text ? text : "");
}

static void
add_layer (JsonBuilder *builder, const SacWeightLayer *layer)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", layer->name);
  add_text (builder, "kind", kinds[layer->kind]);
  if (layer->rank)
    {
      json_builder_set_member_name (builder, "shape");
      json_builder_begin_array (builder);
      for (guint i = 0; i < layer->rank; i++)
        json_builder_add_int_value (builder, layer->dims[i]);
      json_builder_end_array (builder);
    }
  json_builder_set_member_name (builder, "taps");
  json_builder_add_int_value (builder, layer->taps);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_object (builder);
  for (guint i = 0; i < SAC_N_WEIGHT_VALUES; i++)
    if (isfinite (layer->values[i]))
      {
        json_builder_set_member_name (builder, values[i].name);
        json_builder_add_double_value (builder, layer->values[i]);
      }
  json_builder_end_object (builder);
  add_row (builder, "energy0", layer->energy0, layer->taps);
  add_row (builder, "energy1", layer->energy1, layer->taps);
  add_row (builder, "change", layer->change, layer->taps);
  add_row (builder, "exposure", layer->exposure, layer->taps);
  json_builder_end_object (builder);
}

char *
sac_weight_study_dup_json (const SacWeightStudy *study)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, VERSION);
  json_builder_set_member_name (builder, "frames");
  json_builder_add_int_value (builder, study->n_frames);
  json_builder_set_member_name (builder, "clips");
  json_builder_add_int_value (builder, study->n_clips);
  if (study->answer)
    add_text (builder, "answer", study->answer);
  json_builder_set_member_name (builder, "series");
  json_builder_begin_array (builder);
  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];

      json_builder_begin_object (builder);
      add_text (builder, "name", series->name);
      add_text (builder, "from", series->from);
      add_text (builder, "to", series->to);
      add_text (builder, "start", series->start);
      add_frames (builder, "seen0", series->seen0);
      add_frames (builder, "seen1", series->seen1);
      json_builder_set_member_name (builder, "layers");
      json_builder_begin_array (builder);
      for (guint i = 0; i < series->layers->len; i++)
        add_layer (builder, series->layers->pdata[i]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return _sac_json_text (builder, FALSE, &length);
}

static double *
read_row (JsonObject *object, const char *name, guint n)
{
  JsonArray *array = _sac_json_array (object, name);
  double *row;

  if (!array || json_array_get_length (array) != n)
    return NULL;
  row = g_new (double, n);
  for (guint i = 0; i < n; i++)
    row[i] = _sac_json_number_at (array, i, NAN);
  return row;
}

static GArray *
read_frames (JsonObject *object, const char *name)
{
  JsonArray *array = _sac_json_array (object, name);
  GArray *frames;

  if (!array || json_array_get_length (array) > MOST_FRAMES)
    return NULL;
  frames = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      guint frame = (guint) CLAMP (_sac_json_number_at (array, i, 0), 0, MOST_FRAMES);

      g_array_append_val (frames, frame);
    }
  return frames;
}

static JsonObject *
element_object (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
read_layer (SacWeightSeries *series, JsonObject *object)
{
  const char *kind = _sac_json_string (object, "kind", "");
  SacWeightLayer *layer = sac_weight_series_add (series, _sac_json_string (object, "name", ""), SAC_LAYER_KERNEL);
  JsonArray *shape = _sac_json_array (object, "shape");
  JsonNode *node = json_object_get_member (object, "values");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i], kind) == 0)
      layer->kind = (SacLayerKind) i;
  layer->taps = (guint) CLAMP (_sac_json_int (object, "taps", 1), 1, MOST_TAPS);
  layer->rank = shape ? MIN (json_array_get_length (shape), G_N_ELEMENTS (layer->dims)) : 0;
  for (guint i = 0; i < layer->rank; i++)
    layer->dims[i] = (gint64) CLAMP (_sac_json_number_at (shape, i, 0), 0, 1e15);
  for (guint i = 0; i < SAC_N_WEIGHT_VALUES && node && JSON_NODE_HOLDS_OBJECT (node); i++)
    layer->values[i] = _sac_json_double (json_node_get_object (node), values[i].name, NAN);
  layer->energy0 = read_row (object, "energy0", layer->taps);
  layer->energy1 = read_row (object, "energy1", layer->taps);
  layer->change = read_row (object, "change", layer->taps);
  layer->exposure = read_row (object, "exposure", layer->taps);
}

SacWeightStudy *
sac_weight_study_parse (const char *json, gssize length, GError **error)
{
  JsonObject *object = _sac_json_parse (json, length < 0 ? strlen (json) : (gsize) length, _("the answer"), error);
  JsonArray *rows = object ? _sac_json_array (object, "series") : NULL;
  g_autoptr (SacWeightStudy) study = NULL;

  if (object && (!rows || _sac_json_int (object, "version", 0) != VERSION))
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("this is no analysis of weights"));
  else if (object)
    {
      study = sac_weight_study_new ();
      study->n_frames = (guint) CLAMP (_sac_json_int (object, "frames", 0), 0, MOST_FRAMES);
      study->answer = g_strdup (_sac_json_string (object, "answer", NULL));
      study->n_clips = (guint) CLAMP (_sac_json_int (object, "clips", 0), 0, G_MAXINT32);
    }
  for (guint s = 0; study && s < MIN (json_array_get_length (rows), MOST_SERIES); s++)
    {
      JsonObject *one = element_object (rows, s);
      JsonArray *layers = one ? _sac_json_array (one, "layers") : NULL;
      SacWeightSeries *series;

      if (!layers)
        continue;
      series = sac_weight_study_add (study, _sac_json_string (one, "name", ""));
      series->from = g_strdup (_sac_json_string (one, "from", ""));
      series->to = g_strdup (_sac_json_string (one, "to", ""));
      g_free (series->start);
      series->start = g_strdup (_sac_json_string (one, "start", "other"));
      series->seen0 = read_frames (one, "seen0");
      series->seen1 = read_frames (one, "seen1");
      for (guint i = 0; i < MIN (json_array_get_length (layers), MOST_LAYERS); i++)
        if (element_object (layers, i))
          read_layer (series, element_object (layers, i));
    }
  g_clear_pointer (&object, json_object_unref);
  return g_steal_pointer (&study);
}

/* Names with a comma or a quote in quotes, as RFC 4180 has it. */
static void
add_cell (GString *out, const char *text)
{
  if (!strpbrk (text, ",\"\n\r"))
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (; *text; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
add_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (out, ',');
  if (isfinite (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

char *
sac_weight_study_dup_csv (const SacWeightStudy *study)
{
  static const char *const slices[] = { "energy0", "energy1", "change", "exposure" };
  GString *out = g_string_new ("series,start,layer,kind,shape,taps");
  guint taps = 1;

  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];

      for (guint i = 0; i < series->layers->len; i++)
        taps = MAX (taps, ((const SacWeightLayer *) series->layers->pdata[i])->taps);
    }
  for (guint i = 0; i < SAC_N_WEIGHT_VALUES; i++)
    g_string_append_printf (out, ",%s", values[i].name);
  for (guint k = 0; k < G_N_ELEMENTS (slices) && taps > 1; k++)
    for (guint t = 0; t < taps; t++)
      g_string_append_printf (out, ",%s_%u", slices[k], t);
  g_string_append (out, "\r\n");
  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];

      for (guint i = 0; i < series->layers->len; i++)
        {
          const SacWeightLayer *layer = series->layers->pdata[i];
          const double *const rows[] = { layer->energy0, layer->energy1, layer->change, layer->exposure };

          add_cell (out, series->name);
          g_string_append_printf (out, ",%s,", series->start);
          add_cell (out, layer->name);
          g_string_append_printf (out, ",%s,", kinds[layer->kind]);
          for (guint d = 0; d < layer->rank; d++)
            g_string_append_printf (out, "%s%" G_GINT64_FORMAT, d ? "x" : "", layer->dims[d]);
          g_string_append_printf (out, ",%u", layer->taps);
          for (guint k = 0; k < SAC_N_WEIGHT_VALUES; k++)
            add_number (out, layer->values[k]);
          for (guint k = 0; k < G_N_ELEMENTS (rows) && taps > 1; k++)
            for (guint t = 0; t < taps; t++)
              add_number (out, rows[k] && t < layer->taps ? rows[k][t] : NAN);
          g_string_append (out, "\r\n");
        }
    }
  return g_string_free (out, FALSE);
}
