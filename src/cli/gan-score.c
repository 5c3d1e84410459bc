/* saccade gan score: how good and how varied the pictures of runs' generators are. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli-gan.h"
#include "infer/sac-gan-score.h"
#include "sac-cli.h"

/* Into a file a line for each thing that is done, not for each batch of pictures.  @data: what was said last. */
static void
tell (double fraction, const char *what, gpointer data)
{
  const char **last = data;

  if (isatty (2) || g_strcmp0 (*last, what) != 0)
    _sac_gan_show (fraction, what, NULL);
  *last = what;
}

static void
print_header (const SacGanScores *scores)
{
  SacGanMeasure measure;

  g_print (_("feature network: %s\n"), scores->features);
  g_print (_("sha256 %.16s…, resize %s, %u real pictures, %u parts for IS\n"), scores->hash, scores->resize, scores->n_real,
           scores->n_splits);
  g_print ("%-20s %-6s %7s", _("run"), "", _("pictures"));
  for (guint m = 0; sac_gan_measure_get (m, scores->inception, &measure); m++)
    g_print ("%17s", measure.name);
  g_print ("\n");
}

char *
_sac_gan_dup_number (const SacGanMeasure *measure, double value, double deviation)
{
  if (isnan (value))
    return g_strdup ("–");
  if (fabs (value) < 0.5 * pow (10, -measure->digits))
    value = 0;                  /* and not −0 */
  if (isfinite (deviation))
    return g_strdup_printf ("%.*f ± %.*f", measure->digits, value, measure->digits, deviation);
  return g_strdup_printf ("%.*f", measure->digits, value);
}

static void
print_number (const SacGanMeasure *measure, double value, double deviation)
{
  g_autofree char *text = _sac_gan_dup_number (measure, value, deviation);

  g_print ("%*s", (int) (17 + strlen (text) - (gsize) g_utf8_strlen (text, -1)), text);
}

static void
print_row (const char *run, const SacGanScores *scores, const SacGanScoreRow *row)
{
  SacGanMeasure measure;

  g_print ("%-20s %-6s %7u", run, row->who, row->n);
  for (guint m = 0; sac_gan_measure_get (m, scores->inception, &measure); m++)
    print_number (&measure, sac_gan_measure_value (&measure, row), sac_gan_measure_deviation (&measure, row));
  g_print ("\n");
}

/* What a group is judged by: its best generator, and their mean. */
static void
print_summary (const char *run, const SacGanScores *scores)
{
  SacGanMeasure measure;
  double values[2];

  for (guint mean = 0; mean < 2; mean++)
    {
      g_print ("%-20s %-14s", run, mean ? "G mean" : "G best");
      for (guint m = 0; sac_gan_measure_get (m, scores->inception, &measure); m++)
        {
          sac_gan_scores_summarise (scores, &measure, &values[0], &values[1]);
          print_number (&measure, values[mean], NAN);
        }
      g_print ("\n");
    }
}

static void
print_overlap (const SacGanScores *scores)
{
  guint side = scores->k + 1;

  if (!scores->overlap)
    return;
  g_print (_("what D takes pictures for (row: who made them):\n%-8s"), "");
  for (guint c = 0; c < side; c++)
    {
      g_autofree char *name = c < scores->k ? g_strdup_printf ("G%u", c + 1) : g_strdup (_("real"));

      g_print (" %8s", name);
    }
  g_print ("\n");
  for (guint r = 0; r < side; r++)
    {
      g_autofree char *name = r < scores->k ? g_strdup_printf ("G%u", r + 1) : g_strdup (_("real"));

      g_print ("%-8s", name);
      for (guint c = 0; c < side; c++)
        g_print (" %7.1f%%", 100 * scores->overlap[r * side + c]);
      g_print ("\n");
    }
}

/* The real pictures once a table; tables of runs that may not stand side by side are apart. */
static void
print_tables (GPtrArray *all, char **runs)
{
  g_autofree gboolean *done = g_new0 (gboolean, all->len + 1);

  for (guint first = 0; first < all->len; first++)
    {
      const SacGanScores *head = all->pdata[first];

      if (done[first])
        continue;
      print_header (head);
      for (guint i = first; i < all->len; i++)
        {
          const SacGanScores *scores = all->pdata[i];
          g_autofree char *name = g_path_get_basename (runs[i]);

          if (done[i] || !sac_gan_scores_comparable (head, scores))
            continue;
          done[i] = TRUE;
          for (guint r = 0; r < scores->rows->len; r++)
            {
              const SacGanScoreRow *row = scores->rows->pdata[r];
              gboolean real = g_strcmp0 (row->who, "real") == 0;

              if (!real || i == first)
                print_row (real ? "" : name, scores, row);
            }
          if (scores->k > 1)
            print_summary (name, scores);
        }
      g_print ("\n");
    }
  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *name = g_path_get_basename (runs[i]);

      g_print ("%s: ", name);
      print_overlap (all->pdata[i]);
    }
}

int
_sac_gan_score (int argc, char **argv)
{
  g_autofree char *data = NULL, *classifier = NULL;
  int threads = 0, n = 0, parsed;
  gboolean show = FALSE;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, N_("What the runs learnt from: a folder, or CIFAR-10's binary batches"), N_("PATH") },
    { "classifier", 'c', 0, G_OPTION_ARG_FILENAME, &classifier,
      N_("Folder of a classifier (saccade gan classifier), or a file of Inception-v3 weights"), N_("PATH") },
    { "images", 'n', 0, G_OPTION_ARG_INT, &n, N_("Pictures of each generator (10000, or as many as real ones)"), N_("N") },
    { "show", 0, 0, G_OPTION_ARG_NONE, &show, N_("Only print what was scored before"), NULL },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_gan_scores_free);
  g_autoptr (SacImages) images = NULL;
  g_autoptr (SacGanJudge) judge = NULL;
  g_autoptr (GCancellable) cancellable = NULL;

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN…"), _("Scores generators: quality, variety, likeness to what they learnt from."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc < 2 || (!show && (!data || !classifier)) || threads < 0 || n < 0)
    {
      g_printerr ("saccade: %s\n", _("gan score wants one RUN or more, --data PATH and --classifier FOLDER"));
      return 2;
    }
  cancellable = sac_cli_cancellable_for_signals ();
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *path = g_build_filename (argv[i], "recipe.ini", NULL);
      g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_load (path, &error);
      g_autoptr (SacGanScores) scores = NULL;
      const char *last = NULL;

      if (!recipe)
        return sac_cli_fail (g_steal_pointer (&error));
      if (!show && (!images || images->size != recipe->size))
        {
          g_clear_pointer (&judge, sac_gan_judge_free);
          g_clear_pointer (&images, sac_images_free);
          images = _sac_gan_load (data, recipe->size, 0, cancellable, &error);
          judge = images ? sac_gan_judge_new (classifier, images, (guint) n, (guint) threads, &error) : NULL;
          if (!judge)
            return sac_cli_fail (g_steal_pointer (&error));
        }
      if (show)
        scores = sac_gan_scores_read (argv[i], &error);
      else
        scores = sac_gan_judge_score (judge, argv[i], SAC_GAN_SCORE_ALL, 1, tell, &last, cancellable, &error);
      if (!scores && !error)
        g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("%s was not scored yet"), argv[i]);
      if (!scores || (!show && !sac_gan_scores_write (argv[i], scores, &error)))
        return sac_cli_fail (g_steal_pointer (&error));
      g_ptr_array_add (all, g_steal_pointer (&scores));
    }
  print_tables (all, argv + 1);
  return 0;
}
