/* saccade gan report: what groups of generators learnt, side by side: graph, losses, scores, pictures through the training. */
#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-gan.h"
#include "config.h"
#include "gan-report.h"
#include "infer/sac-gan-net.h"
#include "sac-cli.h"

#define NEAREST 8               /* training pictures beside a generated one */
#define ROWS 2                  /* generated ones of each generator */

static void
run_free (gpointer data)
{
  SacGanReportRun *run = data;

  g_free (run->folder);
  g_free (run->name);
  g_clear_pointer (&run->recipe, sac_gan_recipe_free);
  g_clear_pointer (&run->info, sac_run_info_free);
  g_clear_pointer (&run->events, sac_event_reader_free);
  g_clear_pointer (&run->scores, sac_gan_scores_free);
  for (guint i = 0; i < run->n_grids; i++)
    cairo_surface_destroy (run->grids[i]);
  g_ptr_array_unref (run->nearest);
  g_free (run);
}

/* ---- reading. */

static int
by_step (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static void
read_grids (SacGanReportRun *run)
{
  g_autofree char *folder = g_build_filename (run->folder, "samples", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  int size = run->recipe->size + 2;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "step-") && g_str_has_suffix (name, ".png"))
      {
        guint64 step = g_ascii_strtoull (name + strlen ("step-"), NULL, 10);

        g_array_append_val (steps, step);
      }
  g_array_sort (steps, by_step);
  for (guint i = 0; i < SAC_GAN_REPORT_MOMENTS && steps->len > 1; i++)
    {
      /* Early ones more closely: most happens there. */
      static const double moments[SAC_GAN_REPORT_MOMENTS] = { 0.04, 0.2, 0.5, 1 };
      guint64 step = g_array_index (steps, guint64, (guint) (moments[i] * (steps->len - 1)));
      g_autofree char *path = g_strdup_printf ("%s/step-%06" G_GUINT64_FORMAT ".png", folder, step);
      cairo_surface_t *grid = cairo_image_surface_create_from_png (path);

      if (cairo_surface_status (grid) == CAIRO_STATUS_SUCCESS
          && cairo_image_surface_get_width (grid) == (int) run->recipe->graph.k * size + 2
          && cairo_image_surface_get_height (grid) == run->recipe->rows * size + 2)
        {
          run->steps[run->n_grids] = step;
          run->grids[run->n_grids++] = grid;
        }
      else
        cairo_surface_destroy (grid);
    }
}

static void
find_nearest (SacGanReportRun *run, SacGanAnswers *answers, const char *data, const char *classifier, GCancellable *cancellable)
{
  for (guint row = 0; row < ROWS; row++)
    for (guint g = 0; g < run->recipe->graph.k; g++)
      {
        SacNearestQuestion question = { .run = run->folder, .data = data, .classifier = classifier, .generator = g,
                                        .noise = { SAC_GAN_ROW (row), 0, 0 }, .count = NEAREST };
        g_autoptr (GError) error = NULL;
        SacGanNearest *found = sac_gan_answers_find_nearest (answers, &question, cancellable, &error);

        if (!found)
          {
            g_printerr ("saccade: %s: %s\n", run->name, error->message);
            return;
          }
        g_ptr_array_add (run->nearest, found);
      }
}

static SacGanReportRun *
read_run (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "recipe.ini", NULL);
  SacGanRecipe *recipe = sac_gan_recipe_load (path, error);
  g_autoptr (GError) failed = NULL;
  SacGanReportRun *run;

  if (!recipe)
    return NULL;
  run = g_new0 (SacGanReportRun, 1);
  run->folder = g_strdup (folder);
  run->name = g_path_get_basename (folder);
  run->recipe = recipe;
  run->info = sac_run_info_read (folder, NULL);
  run->events = sac_event_reader_new (folder);
  sac_event_reader_poll (run->events);
  run->nearest = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_gan_nearest_free);
  run->scores = sac_gan_scores_read (folder, &failed);
  if (failed)
    g_printerr ("saccade: %s\n", failed->message);
  read_grids (run);
  return run;
}

/* ---- tables. */

static void
put_cell (GPtrArray *cells, char *text)
{
  g_ptr_array_add (cells, text);
}

static char *
dup_number (const SacGanMeasure *measure, const SacGanScoreRow *row)
{
  return _sac_gan_dup_number (measure, sac_gan_measure_value (measure, row), sac_gan_measure_deviation (measure, row));
}

/* What a group is judged by: its best generator and their mean. */
static void
put_summary (GPtrArray *cells, const SacGanReportRun *run, gboolean mean)
{
  SacGanMeasure measure;
  double values[2];

  put_cell (cells, g_strdup (run->name));
  put_cell (cells, g_strdup (mean ? _("mean of them") : _("best of them")));
  for (guint m = 0; sac_gan_measure_get (m, run->scores->inception, &measure); m++)
    {
      sac_gan_scores_summarise (run->scores, &measure, &values[0], &values[1]);
      put_cell (cells, _sac_gan_dup_number (&measure, values[mean], NAN));
    }
}

/* All runs that may stand beside @first. */
static void
put_scores (SacDocument *document, GPtrArray *runs, guint first, gboolean *done)
{
  const SacGanScores *head = ((SacGanReportRun *) runs->pdata[first])->scores;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *network = NULL;
  SacGanMeasure measure;
  guint n_columns = 2;

  network = g_strdup_printf (_("Feature network: %s; SHA-256 %.16s…; resize: %s. Real pictures: %u; pictures of each generator: %u; parts "
                               "for IS: %u. FID, KID, precision and recall of the real pictures are those of one half against the other."),
                             head->features, head->hash, head->resize, head->n_real, sac_gan_scores_find (head, "G1")->n, head->n_splits);
  sac_document_add_text (document, network);
  put_cell (cells, g_strdup (_("Run")));
  put_cell (cells, g_strdup (_("Whose")));
  for (guint m = 0; sac_gan_measure_get (m, head->inception, &measure); m++, n_columns++)
    put_cell (cells, g_strdup (measure.name));
  for (guint i = first; i < runs->len; i++)
    {
      const SacGanReportRun *run = runs->pdata[i];

      if (!run->scores || done[i] || !sac_gan_scores_comparable (head, run->scores))
        continue;
      done[i] = TRUE;
      for (guint r = 0; r < run->scores->rows->len; r++)
        {
          const SacGanScoreRow *row = run->scores->rows->pdata[r];
          gboolean real = strcmp (row->who, "real") == 0;

          if (real && i != first)
            continue;
          put_cell (cells, g_strdup (real ? "" : run->name));
          put_cell (cells, g_strdup (real ? _("real pictures") : strcmp (row->who, "union") == 0 ? _("union") : row->who));
          for (guint m = 0; sac_gan_measure_get (m, head->inception, &measure); m++)
            put_cell (cells, dup_number (&measure, row));
        }
      for (guint mean = 0; mean < 2 && run->scores->k > 1; mean++)
        put_summary (cells, run, mean);
    }
  sac_document_add_table (document, n_columns, cells);
}

static void
put_overlap (SacDocument *document, const SacGanReportRun *run)
{
  guint k = run->recipe->graph.k, side = k + 1;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  if (!run->scores || !run->scores->overlap)
    return;
  sac_document_add_text (document, _("What D takes pictures for at the end; a row: who made them. Where two columns of generators share a "
                                     "row, their pictures overlap."));
  put_cell (cells, g_strdup (_("Made by")));
  for (guint c = 0; c < side; c++)
    put_cell (cells, c < k ? g_strdup_printf ("G%u", c + 1) : g_strdup (_("real")));
  for (guint r = 0; r < side; r++)
    {
      put_cell (cells, r < k ? g_strdup_printf ("G%u", r + 1) : g_strdup (_("real")));
      for (guint c = 0; c < side; c++)
        put_cell (cells, g_strdup_printf ("%.1f %%", 100 * run->scores->overlap[r * side + c]));
    }
  sac_document_add_table (document, side + 1, cells);
}

static void
put_provenance (SacDocument *document, GPtrArray *runs)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const char *const heads[] = { _("Run"), _("Graph"), _("Seed"), _("Epochs"), _("Batch"), _("Width"), _("Spectral norm"), _("Program"),
                                _("Machine") };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    put_cell (cells, g_strdup (heads[i]));
  for (guint i = 0; i < runs->len; i++)
    {
      const SacGanReportRun *run = runs->pdata[i];

      put_cell (cells, g_strdup (run->name));
      put_cell (cells, sac_gan_graph_dup_text (&run->recipe->graph));
      put_cell (cells, g_strdup_printf ("%" G_GUINT64_FORMAT, run->recipe->seed));
      put_cell (cells, g_strdup_printf ("%d", run->recipe->epochs));
      put_cell (cells, g_strdup_printf ("%d", run->recipe->batch));
      put_cell (cells, g_strdup_printf ("%d", run->recipe->width));
      put_cell (cells, g_strdup (run->recipe->spectral ? _("yes") : _("no")));
      put_cell (cells, g_strdup (run->info ? run->info->version : ""));
      put_cell (cells, g_strdup (run->info ? run->info->machine : ""));
    }
  sac_document_add_heading (document, _("Where it comes from"));
  sac_document_add_table (document, G_N_ELEMENTS (heads), cells);
}

/* ---- the document. */

static void
put_figure (SacDocument *document, const SacGanReportRun *run, SacGanPlotKind kind, double width, double height, SacFigureFunc draw,
            const char *caption)
{
  g_autofree char *id = run->scores ? g_strndup (run->scores->hash, 8) : g_strdup ("");
  SacGanPlot *plot = g_new (SacGanPlot, 1);

  *plot = (SacGanPlot) { run, kind };
  sac_document_add_figure (document, caption, caption, id, width, height, draw, plot, g_free);
}

static void
put_run (SacDocument *document, const SacGanReportRun *run)
{
  const char *const captions[SAC_GAN_N_PLOTS] = {
    _("Losses: of D over all groups of pictures, and what D teaches each generator."),
    _("Losses of transfer between generators, before their gates."),
    _("How often D takes pictures for what they are, as real or as those of their generator."),
    _("Diversity: mean deviation of a pixel over the sample grid; near 0 a generator says one thing only."),
  };
  g_autofree char *graph = sac_gan_graph_dup_text (&run->recipe->graph), *caption = NULL;
  g_autofree char *warning = sac_gan_dup_warning (run->events, run->recipe->graph.k);

  sac_document_add_heading (document, run->name);
  if (warning)
    sac_document_add_finding (document, warning);
  caption = g_strdup_printf (_("Knowledge-transfer graph %s: grey through, red growing, blue falling; width: mean factor."), graph);
  put_figure (document, run, 0, 420, 320, sac_gan_report_draw_graph, caption);
  for (SacGanPlotKind kind = 0; kind < SAC_GAN_N_PLOTS; kind++)
    if (sac_gan_report_has_curves (&(SacGanPlot) { run, kind }))
      put_figure (document, run, kind, 1000, 260, sac_gan_report_draw_curves, captions[kind]);
  if (run->n_grids > 0)
    put_figure (document, run, 0, 1000, sac_gan_report_samples_height (run, 1000), sac_gan_report_draw_samples,
                _("Samples through the training: a row a noise vector, the same in all panels and columns; a column a generator."));
  put_overlap (document, run);
  if (run->nearest->len > 0)
    {
      g_autofree char *words = g_strdup_printf (_("Generated pictures and the training pictures that are nearest to them, by %s; the "
                                                  "numbers are distances."), ((SacGanNearest *) run->nearest->pdata[0])->by);

      put_figure (document, run, 0, 72 * (NEAREST + 1) + 24, sac_gan_report_nearest_height (run, 1000), sac_gan_report_draw_nearest,
                  words);
    }
}

static gboolean
write_all (GPtrArray *runs, const char *folder, GError **error)
{
  g_autofree char *names = NULL, *subtitle = NULL, *html = NULL, *page = g_build_filename (folder, "report.html", NULL);
  g_autofree char *pdf_path = g_build_filename (folder, "report.pdf", NULL);
  g_autofree gboolean *done = g_new0 (gboolean, runs->len);
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (SacDocument) document = NULL;
  g_autoptr (GBytes) pdf = NULL;
  guint n_tables = 0;

  for (guint i = 0; i < runs->len; i++)
    g_string_append_printf (list, "%s%s", i ? ", " : "", ((SacGanReportRun *) runs->pdata[i])->name);
  subtitle = g_strdup_printf (_("%s; Saccade %s"), list->str, SAC_VERSION);
  document = sac_document_new (_("Groups of generators"), subtitle);
  for (guint i = 0; i < runs->len; i++)
    if (((SacGanReportRun *) runs->pdata[i])->scores && !done[i])
      {
        sac_document_add_heading (document, n_tables++ ? _("Scores by another feature network or of other numbers of pictures")
                                                       : _("Scores"));
        put_scores (document, runs, i, done);
      }
  if (n_tables > 1)
    sac_document_add_finding (document, _("The tables above are of different feature networks or numbers of pictures: their numbers must "
                                          "not be compared with one another."));
  for (guint i = 0; i < runs->len; i++)
    put_run (document, runs->pdata[i]);
  put_provenance (document, runs);
  html = sac_document_dup_html (document);
  pdf = sac_document_pdf (document, error);
  return pdf && sac_file_replace (page, html, strlen (html), error)
         && sac_file_replace (pdf_path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}

int
_sac_gan_report (int argc, char **argv)
{
  g_autofree char *out = NULL, *data = NULL, *classifier = NULL;
  int threads = 0, parsed;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Folder for report.html and report.pdf"), N_("FOLDER") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, N_("What the runs learnt from, if it has moved since"), N_("PATH") },
    { "classifier", 'c', 0, G_OPTION_ARG_FILENAME, &classifier, N_("Nearest training pictures by its features instead of pixels"),
      N_("PATH") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free);
  g_autoptr (SacGanAnswers) answers = NULL;
  g_autoptr (GCancellable) cancellable = NULL;

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN…"), _("Writes a report of groups of generators, as a page and as a PDF."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc < 2 || !out || threads < 0)
    {
      g_printerr ("saccade: %s\n", _("gan report wants one RUN or more and --out FOLDER"));
      return 2;
    }
  cancellable = sac_cli_cancellable_for_signals ();
  answers = sac_gan_answers_new ((guint) threads);
  for (int i = 1; i < argc; i++)
    {
      SacGanReportRun *run = read_run (argv[i], &error);

      if (!run)
        return sac_cli_fail (g_steal_pointer (&error));
      g_ptr_array_add (runs, run);
      _sac_gan_show ((i - 1.0) / (argc - 1), run->name, NULL);
      find_nearest (run, answers, data, classifier, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  if (g_mkdir_with_parents (out, 0755) != 0)
    {
      g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (errno), _("Cannot make the folder %s: %s"), out, g_strerror (errno));
      return sac_cli_fail (g_steal_pointer (&error));
    }
  if (!write_all (runs, out, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  g_print ("%s/report.html\n%s/report.pdf\n", out, out);
  return 0;
}
