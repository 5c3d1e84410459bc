/* The report's tables of what the network's attention is worth. */
#include <glib/gi18n.h>
#include <math.h>

#include "report.h"

static const char *const inversions[] = { "none", "spatial", "temporal", "both", "constant", "shuffled", "other", "zero", "one", NULL };
static const char *const maps[] = { "own", "gradcam", "centre", "random", "chance", NULL };
static const char *const parts[] = { "fc", "layer4", "fuse", "maps", "branch", "layer3", "layer2", "layer1", "conv1", NULL };

static const SacMeasureRow *
find (const SacMeasures *figures, const char *measure, const char *kind)
{
  g_autofree char *name = g_strconcat (measure, ".", kind, NULL);
  const SacMeasureRow *row = sac_measures_find (figures, name);

  return row && row->all.n > 0 ? row : NULL;
}

static void
put_cell (GString *out, const SacMeasure *value, gboolean share)
{
  double scale = share ? 100 : 1;
  const char *format = share ? "%.1f" : "%.3f";
  char mean[G_ASCII_DTOSTR_BUF_SIZE], low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (mean, sizeof mean, format, scale * value->mean);
  g_ascii_formatd (low, sizeof low, format, scale * value->low);
  g_ascii_formatd (high, sizeof high, format, scale * value->high);
  if (value->n == 0 || isnan (value->mean))
    g_string_append (out, "<td>–</td>");
  else if (isnan (value->low))
    g_string_append_printf (out, "<td>%s</td>", mean);
  else
    g_string_append_printf (out, "<td>%s <small>(%s … %s)</small></td>", mean, low, high);
}

static void
put_head (GString *out, const char *const *measures)
{
  g_string_append (out, "<div class=\"wide\"><table><tr><th></th>");
  for (guint m = 0; measures[m]; m++)
    {
      g_autofree char *words = g_markup_escape_text (sac_measure_get_words (measures[m]), -1);

      g_string_append_printf (out, "<th>%s%s</th>", words, sac_measure_is_share (measures[m]) ? ", %" : "");
    }
  g_string_append (out, "</tr>\n");
}

/* A line a kind, a column a measure (NULL ends both); kinds without any number are left out. */
static void
put_table (GString *out, const SacMeasures *figures, const char *const *measures, const char *const *kinds)
{
  gboolean begun = FALSE;

  for (guint k = 0; kinds[k]; k++)
    {
      g_autofree char *words = g_markup_escape_text (sac_measure_kind_get_words (kinds[k]), -1);
      gboolean any = FALSE;

      for (guint m = 0; measures[m]; m++)
        any = any || find (figures, measures[m], kinds[k]);
      if (!any)
        continue;
      if (!begun)
        put_head (out, measures);
      begun = TRUE;
      g_string_append_printf (out, "<tr><td>%s</td>", words);
      for (guint m = 0; measures[m]; m++)
        {
          const SacMeasureRow *row = find (figures, measures[m], kinds[k]);

          put_cell (out, row ? &row->all : &(SacMeasure) { 0 }, sac_measure_is_share (measures[m]));
        }
      g_string_append (out, "</tr>\n");
    }
  if (begun)
    g_string_append (out, "</table></div>\n");
}

static void
put_labels (GString *out, const SacMeasures *figures)
{
  static const char *const columns[] = { "auc", "top1", "pointing", "energy", "inside", "deletion", "insertion", "motion", NULL };
  static const char *const kinds[] = { "none", "none", "own", "own", "own", "own", "own", "own" };

  put_head (out, columns);
  for (guint j = 0; j < figures->n_labels; j++)
    {
      g_autofree char *label = g_markup_escape_text (figures->labels[j], -1);

      g_string_append_printf (out, "<tr><td>%s</td>", label);
      for (guint c = 0; columns[c]; c++)
        {
          const SacMeasureRow *row = find (figures, columns[c], kinds[c]);
          SacMeasure value = row ? row->labels[j] : (SacMeasure) { 0 };

          value.low = NAN;      /* of few clips each: the means are enough of a hint */
          put_cell (out, &value, sac_measure_is_share (columns[c]));
        }
      g_string_append (out, "</tr>\n");
    }
  g_string_append (out, "</table></div>\n");
}

void
sac_report_put_attention (GString *out, const SacMeasures *figures)
{
  static const char *const of_inversions[] = { "top1", "top5", "drop", "auc", NULL };
  static const char *const of_places[] = { "pointing", "energy", "iou", "deletion", "insertion", NULL };
  static const char *const of_time[] = { "inside", "time-deletion", "time-insertion", "motion", NULL };
  static const char *const of_sanity[] = { "sanity-places", "sanity-time", "sanity-gradcam", NULL };
  g_autofree char *words = g_strdup_printf (_("%u clips; in brackets 95 %% of resampled means"), figures->n_clips);
  g_autofree char *heading = g_markup_escape_text (_("What its attention is worth"), -1);
  g_autofree char *note = g_markup_escape_text (words, -1);

  g_string_append_printf (out, "<h2>%s</h2>\n<p class=\"soft\">%s</p>\n", heading, note);
  put_table (out, figures, of_inversions, inversions);
  put_table (out, figures, of_places, maps);
  put_table (out, figures, of_time, maps);
  put_table (out, figures, of_sanity, parts);
  put_labels (out, figures);
}
