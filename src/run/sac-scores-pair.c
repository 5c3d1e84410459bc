#include "sac-scores-pair.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-run.h"

int
sac_scores_find_label (const SacScores *scores, const char *label)
{
  for (guint i = 0; label && i < scores->n_labels; i++)
    if (strcmp (scores->labels[i], label) == 0)
      return (int) i;
  return -1;
}

SacScoresPair *
sac_scores_pair_new (const SacScores *a, const SacScores *b)
{
  SacScoresPair *pair = g_new0 (SacScoresPair, 1);
  g_autoptr (GHashTable) rows = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree int *column = g_new (int, a->n_labels + 1), *in_other = g_new (int, a->n_labels + 1);

  pair->split_a = g_strdup (a->split);
  pair->split_b = g_strdup (b->split);
  pair->clips = g_new0 (char *, a->n_clips + 1);
  pair->labels = g_new0 (char *, a->n_labels + 1);
  for (guint l = 0; l < a->n_labels; l++)
    {
      int at = sac_scores_find_label (b, a->labels[l]);

      if (at < 0)
        continue;
      column[pair->n_labels] = (int) l;
      in_other[pair->n_labels] = at;
      pair->labels[pair->n_labels++] = g_strdup (a->labels[l]);
    }
  pair->n_labels_apart = a->n_labels + b->n_labels - 2 * pair->n_labels;
  for (guint i = 0; i < b->n_clips; i++)
    g_hash_table_insert (rows, b->clips[i], GUINT_TO_POINTER (i + 1));
  pair->a = g_new (float, (gsize) a->n_clips * pair->n_labels + 1);
  pair->b = g_new (float, (gsize) a->n_clips * pair->n_labels + 1);
  pair->truth = g_new (gint8, (gsize) a->n_clips * pair->n_labels + 1);
  for (guint i = 0; i < a->n_clips; i++)
    {
      guint row = GPOINTER_TO_UINT (g_hash_table_lookup (rows, a->clips[i]));
      gsize out = (gsize) pair->n_clips * pair->n_labels;

      if (row == 0)
        {
          pair->n_only_a++;
          continue;
        }
      pair->clips[pair->n_clips++] = g_strdup (a->clips[i]);
      for (guint l = 0; l < pair->n_labels; l++)
        {
          gsize in_a = (gsize) i * a->n_labels + (guint) column[l];
          gsize in_b = (gsize) (row - 1) * b->n_labels + (guint) in_other[l];

          pair->a[out + l] = a->scores[in_a];
          pair->b[out + l] = b->scores[in_b];
          pair->truth[out + l] = a->truth[in_a] == b->truth[in_b] ? a->truth[in_a] : -1;
          pair->n_disagree += a->truth[in_a] >= 0 && b->truth[in_b] >= 0 && a->truth[in_a] != b->truth[in_b];
        }
    }
  pair->n_only_b = b->n_clips - MIN (pair->n_clips, b->n_clips);
  return pair;
}

void
sac_scores_pair_free (SacScoresPair *pair)
{
  if (!pair)
    return;
  g_strfreev (pair->clips);
  g_strfreev (pair->labels);
  g_free (pair->a);
  g_free (pair->b);
  g_free (pair->truth);
  g_free (pair->split_a);
  g_free (pair->split_b);
  g_free (pair);
}

char *
sac_scores_pair_dup_obstacle (const SacScoresPair *pair, const char *name_a, const char *name_b)
{
  GString *words = g_string_new (NULL);

  if (g_strcmp0 (pair->split_a, pair->split_b) != 0)
    g_string_append_printf (words, _("%s is scored on the split “%s”, %s on “%s”"), name_a, pair->split_a, name_b, pair->split_b);
  if (pair->n_only_a || pair->n_only_b)
    {
      g_string_append (words, words->len ? "; " : "");
      g_string_append_printf (words, _("%u clips were scored by %s alone and %u by %s alone, %u by both"), pair->n_only_a, name_a,
                              pair->n_only_b, name_b, pair->n_clips);
    }
  if (pair->n_labels_apart)
    {
      g_string_append (words, words->len ? "; " : "");
      g_string_append_printf (words, _("%u labels are known to one of %s and %s alone"), pair->n_labels_apart, name_a, name_b);
    }
  if (pair->n_disagree)
    {
      g_string_append (words, words->len ? "; " : "");
      g_string_append_printf (words, _("%u labels of clips were changed between %s and %s"), pair->n_disagree, name_a, name_b);
    }
  return g_string_free (words, words->len == 0);
}
