#include "sac-gan-score-file.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "sac-gan-graph.h"
#include "sac-json-private.h"
#include "sac-run.h"

#define FILE_NAME "gan-scores.json"
#define MOST_ROWS (SAC_GAN_MOST + 2)
#define MOST_TEXT 4096

#define AT(field) offsetof (SacGanScoreRow, field)

/* The measures, as the file names them and as they are shown. */
static const struct {
  const char *key, *deviation, *name;
  gboolean by_network;          /* the name says whether the network is the one trained here */
  gsize at, deviation_at;
  int digits, sense;
} measures[] = {
  { "is", "is_deviation", "IS", TRUE, AT (is), AT (is_deviation), 3, 1 },
  { "fid", NULL, "FID", TRUE, AT (fid), 0, 2, -1 },
  { "kid", "kid_deviation", "KID", TRUE, AT (kid), AT (kid_deviation), 4, -1 },
  { "precision", NULL, N_("precision"), FALSE, AT (precision), 0, 3, 1 },
  { "recall", NULL, N_("recall"), FALSE, AT (recall), 0, 3, 1 },
  { "modes", NULL, N_("modes"), FALSE, AT (modes), 0, 0, 1 },
  { "kl", NULL, "KL", FALSE, AT (kl), 0, 3, -1 },
  { "ms_ssim", NULL, "MS-SSIM", FALSE, AT (ms_ssim), 0, 3, -1 },
};

static double *
number_at (const SacGanScoreRow *row, gsize at)
{
  return (double *) (gpointer) ((char *) row + at);
}

static void
row_free (gpointer data)
{
  g_free (((SacGanScoreRow *) data)->who);
  g_free (data);
}

SacGanScores *
sac_gan_scores_new (guint k)
{
  SacGanScores *scores = g_new0 (SacGanScores, 1);

  scores->k = k;
  scores->accuracy = NAN;
  scores->rows = g_ptr_array_new_with_free_func (row_free);
  return scores;
}

void
sac_gan_scores_free (SacGanScores *scores)
{
  if (!scores)
    return;
  g_free (scores->features);
  g_free (scores->hash);
  g_free (scores->resize);
  g_free (scores->overlap);
  g_ptr_array_unref (scores->rows);
  g_free (scores);
}

SacGanScoreRow *
sac_gan_scores_add (SacGanScores *scores, const char *who)
{
  SacGanScoreRow *row = g_new0 (SacGanScoreRow, 1);

  row->who = g_strdup (who);
  for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
    {
      *number_at (row, measures[m].at) = NAN;
      if (measures[m].deviation)
        *number_at (row, measures[m].deviation_at) = NAN;
    }
  g_ptr_array_add (scores->rows, row);
  return row;
}

const SacGanScoreRow *
sac_gan_scores_find (const SacGanScores *scores, const char *who)
{
  for (guint i = 0; i < scores->rows->len; i++)
    if (strcmp (((SacGanScoreRow *) scores->rows->pdata[i])->who, who) == 0)
      return scores->rows->pdata[i];
  return NULL;
}

/* ---- reading. */

static gboolean
damaged (const char *path, GError **error)
{
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged"), path);
  return FALSE;
}

static char *
take_text (JsonObject *object, const char *name)
{
  const char *text = _sac_json_string (object, name, "");

  return g_utf8_make_valid (text, (gssize) MIN (strlen (text), MOST_TEXT));
}

static gboolean
read_rows (SacGanScores *scores, JsonObject *object)
{
  JsonArray *rows = _sac_json_array (object, "rows"), *overlap = _sac_json_array (object, "overlap");
  guint n = rows ? json_array_get_length (rows) : 0, side = scores->k + 1;

  if (n == 0 || n > MOST_ROWS)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *from = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *who = from ? _sac_json_string (from, "who", NULL) : NULL;
      SacGanScoreRow *row;

      if (!who || strlen (who) > 64)
        return FALSE;
      row = sac_gan_scores_add (scores, who);
      row->n = (guint) CLAMP (_sac_json_int (from, "n", 0), 0, G_MAXINT32);
      for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
        {
          *number_at (row, measures[m].at) = _sac_json_double (from, measures[m].key, NAN);
          if (measures[m].deviation)
            *number_at (row, measures[m].deviation_at) = _sac_json_double (from, measures[m].deviation, NAN);
        }
    }
  if (overlap && json_array_get_length (overlap) == side * side)
    {
      scores->overlap = g_new (double, side * side);
      for (guint i = 0; i < side * side; i++)
        scores->overlap[i] = CLAMP (_sac_json_number_at (overlap, i, 0), 0, 1);
    }
  return TRUE;
}

SacGanScores *
sac_gan_scores_read (const char *run_folder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, FILE_NAME, NULL);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (SacGanScores) scores = NULL;
  gint64 k;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  object = _sac_json_read (path, error);
  if (!object)
    return NULL;
  k = _sac_json_int (object, "k", 0);
  if (k < 1 || k > SAC_GAN_MOST)
    {
      damaged (path, error);
      return NULL;
    }
  scores = sac_gan_scores_new ((guint) k);
  scores->step = (guint64) MAX (_sac_json_int (object, "step", 0), 0);
  scores->features = take_text (object, "features");
  scores->hash = take_text (object, "hash");
  scores->resize = take_text (object, "resize");
  scores->inception = _sac_json_flag (object, "inception");
  scores->accuracy = _sac_json_double (object, "accuracy", NAN);
  scores->n_classes = (guint) CLAMP (_sac_json_int (object, "classes", 0), 0, G_MAXINT32);
  scores->n_splits = (guint) CLAMP (_sac_json_int (object, "splits", 0), 0, G_MAXINT32);
  scores->n_real = (guint) CLAMP (_sac_json_int (object, "n_real", 0), 0, G_MAXINT32);
  if (!read_rows (scores, object))
    {
      damaged (path, error);
      return NULL;
    }
  return g_steal_pointer (&scores);
}

/* ---- writing. */

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  _sac_json_add_number (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text ? text : "");
}

static void
add_rows (JsonBuilder *builder, const SacGanScores *scores)
{
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < scores->rows->len; i++)
    {
      const SacGanScoreRow *row = scores->rows->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "who", row->who);
      add_int (builder, "n", row->n);
      for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
        {
          add_number (builder, measures[m].key, *number_at (row, measures[m].at));
          if (measures[m].deviation)
            add_number (builder, measures[m].deviation, *number_at (row, measures[m].deviation_at));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

gboolean
sac_gan_scores_write (const char *run_folder, const SacGanScores *scores, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, FILE_NAME, NULL), *text = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint side = scores->k + 1;
  gsize length;

  json_builder_begin_object (builder);
  add_int (builder, "version", 1);
  add_int (builder, "step", (gint64) scores->step);
  add_text (builder, "features", scores->features);
  add_text (builder, "hash", scores->hash);
  json_builder_set_member_name (builder, "inception");
  json_builder_add_boolean_value (builder, scores->inception);
  add_number (builder, "accuracy", scores->accuracy);
  add_text (builder, "resize", scores->resize);
  add_int (builder, "n_real", scores->n_real);
  add_int (builder, "splits", scores->n_splits);
  add_int (builder, "k", scores->k);
  add_int (builder, "classes", scores->n_classes);
  add_rows (builder, scores);
  if (scores->overlap)
    {
      json_builder_set_member_name (builder, "overlap");
      json_builder_begin_array (builder);
      for (guint i = 0; i < side * side; i++)
        _sac_json_add_number (builder, scores->overlap[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  text = _sac_json_text (builder, TRUE, &length);
  return sac_file_replace (path, text, length, error);
}

/* ---- what may stand side by side. */

gboolean
sac_gan_scores_comparable (const SacGanScores *a, const SacGanScores *b)
{
  const SacGanScoreRow *one = sac_gan_scores_find (a, "G1"), *two = sac_gan_scores_find (b, "G1");

  return g_strcmp0 (a->hash, b->hash) == 0 && g_strcmp0 (a->resize, b->resize) == 0 && a->n_splits == b->n_splits
         && a->n_real == b->n_real && one && two && one->n == two->n;
}

gboolean
sac_gan_measure_get (guint i, gboolean inception, SacGanMeasure *measure)
{
  static const char *const here[] = { "IS_c", "FID_c", "KID_c" };

  if (i >= G_N_ELEMENTS (measures))
    return FALSE;
  measure->name = measures[i].by_network ? (inception ? measures[i].name : here[i]) : _(measures[i].name);
  measure->at = measures[i].at;
  measure->deviation_at = measures[i].deviation ? measures[i].deviation_at : 0;
  measure->digits = measures[i].digits;
  measure->sense = measures[i].sense;
  return TRUE;
}

double
sac_gan_measure_value (const SacGanMeasure *measure, const SacGanScoreRow *row)
{
  return *number_at (row, measure->at);
}

double
sac_gan_measure_deviation (const SacGanMeasure *measure, const SacGanScoreRow *row)
{
  return measure->deviation_at ? *number_at (row, measure->deviation_at) : NAN;
}

void
sac_gan_scores_summarise (const SacGanScores *scores, const SacGanMeasure *measure, double *best, double *mean)
{
  double sum = 0;
  guint n = 0;

  *best = NAN;
  for (guint i = 0; i < scores->rows->len; i++)
    {
      const SacGanScoreRow *row = scores->rows->pdata[i];
      double value = sac_gan_measure_value (measure, row);

      if (row->who[0] != 'G' || !isfinite (value))
        continue;
      sum += value;
      n++;
      if (!isfinite (*best) || (measure->sense < 0 ? value < *best : value > *best))
        *best = value;
    }
  *mean = n ? sum / n : NAN;
}
