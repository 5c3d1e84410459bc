/* saccade weights compare A B, or RUN…: what training did to the weights, layer by layer.  methods/01 §5 */
#include "weights-compare.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "draw/sac-draw.h"
#include "infer/sac-weight-analysis.h"
#include "sac-cli.h"

#define MOST_SERIES 64

typedef struct {
  char *project, *split, *csv, *plot, *value, *flat;
  gboolean json, progress;
  int clips, frames, threads;
  SacProgressFunc tell;
  guint at, n;                  /* parts of the whole, for progress */
} Options;

static void
pass_progress (double fraction, const char *what, gpointer data)
{
  Options *options = data;

  options->tell ((options->at + CLAMP (fraction, 0, 1)) / options->n, what, NULL);
}

/* ---- one run: its first weights against its best. */

static gboolean
add_outputs (SacWeightStudy *study, SacWeightSeries *series, const char *folder, Options *options, GError **error)
{
  static const SacSplit splits[] = { SAC_SPLIT_TEST, SAC_SPLIT_VALIDATION, SAC_SPLIT_TRAIN };
  SacSplit split = SAC_SPLIT_NONE;
  g_autoptr (SacNet) before = sac_net_open_run (folder, series->from, (guint) options->threads, error);
  g_autoptr (SacNet) after = before ? sac_net_open_run (folder, series->to, (guint) options->threads, error) : NULL;
  g_autoptr (SacProject) project = NULL;
  guint n;

  if (!after)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    if (strcmp (options->split ? options->split : "test", sac_split_get_name (splits[i])) == 0)
      split = splits[i];
  if (split == SAC_SPLIT_NONE)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("there is no split “%s”: test, validation or train"), options->split);
      return FALSE;
    }
  project = sac_project_open (options->project ? options->project : sac_net_get_info (after)->project, SAC_PROJECT_READ_ONLY, error);
  if (!project)
    return FALSE;
  n = sac_weight_analysis_outputs (series, before, after, project, split, (guint) options->clips, pass_progress, options, NULL, error);
  study->n_clips = MAX (study->n_clips, n);
  return n > 0;
}

static gboolean
add_run (SacWeightStudy *study, const char *folder, Options *options, GError **error)
{
  g_autofree char *from = g_build_filename (folder, "checkpoints", "initial.safetensors", NULL);
  g_autofree char *to = sac_run_find_checkpoint (folder, TRUE), *recipe_path = g_build_filename (folder, "recipe.ini", NULL);
  g_autofree char *name = g_path_get_basename (folder);
  g_autoptr (SacRunInfo) info = sac_run_info_read (folder, error);
  g_autoptr (SacRecipe) recipe = info ? sac_recipe_load (recipe_path, error) : NULL;
  SacModel model;
  SacWeightPair pair = { name, from, to, options->flat, &model };
  SacWeightSeries *series;

  if (!recipe || !sac_recipe_get_model (recipe, g_strv_length (info->labels), &model, error))
    return FALSE;
  if (!to || !g_file_test (from, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, to ? _("%s has not kept its first weights") : _("%s has no checkpoint yet"),
                   folder);
      return FALSE;
    }
  if (options->frames > 0)
    study->n_frames = (guint) options->frames;
  else if (study->n_frames == 0)
    study->n_frames = (guint) recipe->frames;
  pair.name = info->name && *info->name ? info->name : name;
  series = sac_weight_analysis_add (study, &pair, (guint) options->threads, pass_progress, options, NULL, error);
  options->at++;
  if (!series)
    return FALSE;
  sac_weight_analysis_exposure (series, folder);
  if (options->clips > 0)
    {
      if (!add_outputs (study, series, folder, options, error))
        return FALSE;
      options->at++;
    }
  return TRUE;
}

/* ---- the table. */

static const SacWeightValue columns[] = {
  SAC_WEIGHT_RELATIVE, SAC_WEIGHT_RELATIVE2, SAC_WEIGHT_COSINE, SAC_WEIGHT_FLIPS, SAC_WEIGHT_ZEROS1, SAC_WEIGHT_ANISOTROPY0,
  SAC_WEIGHT_ANISOTROPY1, SAC_WEIGHT_STATIC_DRIFT, SAC_WEIGHT_RANK1,
};

static void
print_cell (double value)
{
  if (isfinite (value))
    g_print (" %9.4g", value);
  else
    g_print (" %9s", "");
}

static void
print_padded (const char *text, int width, gboolean right)
{
  int pad = MAX (width - (int) g_utf8_strlen (text, -1), 0);

  if (right)
    g_print ("%*s%s", pad, "", text);
  else
    g_print ("%s%*s", text, pad, "");
}

static void
print_heads (const char *what, const char *const *heads, guint n)
{
  g_print ("\n");
  print_padded (what, 28, FALSE);
  for (guint i = 0; i < n; i++)
    print_padded (heads[i], 10, TRUE);
  g_print ("\n");
}

static void
print_frames (const char *words, const GArray *frames, guint n)
{
  if (!frames)
    return;
  g_print ("%s", words);
  if (frames->len == n)
    g_print (_(" all %u"), n);
  else
    for (guint i = 0; i < frames->len; i++)
      g_print (" %u", g_array_index (frames, guint, i));
  g_print ("\n");
}

/* What each slice was taught, beside what it became. */
static void
print_exposure (const SacWeightSeries *series)
{
  gboolean any = FALSE;

  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind != SAC_LAYER_KERNEL || isnan (layer->values[SAC_WEIGHT_GRADIENT]))
        continue;
      if (!any)
        print_heads (_("while it learned"), (const char *const[]) { "‖g‖", "‖Δw‖/‖w‖" }, 2);
      any = TRUE;
      g_print ("%-28s", layer->name);
      print_cell (layer->values[SAC_WEIGHT_GRADIENT]);
      print_cell (layer->values[SAC_WEIGHT_UPDATE]);
      for (guint t = 0; layer->exposure && t < layer->taps; t++)
        g_print ("%s%.3g", t ? " " : "  ", layer->exposure[t]);
      g_print ("\n");
    }
}

static void
print_series (const SacWeightStudy *study, const SacWeightSeries *series)
{
  static const char *const heads[] = { "ρ", "ρ₂", "cos", "flips", "zeros", "A before", "A after", "S drift", "rank" };

  g_print ("%s: %s → %s\n", series->name, series->from, series->to);
  if (strcmp (series->start, "other") != 0)
    g_print ("%s\n", strcmp (series->start, "average") == 0 ? _("It began as a 2-D network inflated by averaging.")
                     : strcmp (series->start, "centre") == 0 ? _("It began as a 2-D network inflated by centring.")
                                                             : _("No kernel of it spans time."));
  g_print ("%-28s", "");
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    print_padded (heads[i], 10, TRUE);
  g_print ("  %s\n", _("energy by tap, before → after"));
  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind != SAC_LAYER_KERNEL)
        continue;
      g_print ("%-28s", layer->name);
      for (guint k = 0; k < G_N_ELEMENTS (columns); k++)
        print_cell (layer->values[columns[k]]);
      for (guint t = 0; layer->energy0 && t < layer->taps; t++)
        g_print ("%s%.3f", t ? " " : "  ", layer->energy0[t]);
      for (guint t = 0; layer->energy1 && t < layer->taps; t++)
        g_print ("%s%.3f", t ? " " : " → ", layer->energy1[t]);
      g_print ("\n");
    }
  print_heads (_("batch norm"), (const char *const[]) { "|Δγ|", "|Δβ|", "|Δμ|/σ", "|ln σ²|" }, 4);
  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind != SAC_LAYER_NORM)
        continue;
      g_print ("%-28s", layer->name);
      for (guint k = SAC_WEIGHT_GAMMA; k <= SAC_WEIGHT_VARIANCE; k++)
        print_cell (layer->values[k]);
      g_print ("\n");
    }
  if (study->n_clips > 0)
    print_heads (_("outputs before and after"), (const char *const[]) { "CKA", _("unbiased"), _("rank"), _("rank then") }, 4);
  for (guint i = 0; i < series->layers->len; i++)
    {
      const SacWeightLayer *layer = series->layers->pdata[i];

      if (layer->kind != SAC_LAYER_OUTPUT)
        continue;
      g_print ("%-28s", layer->name);
      for (guint k = SAC_WEIGHT_CKA; k <= SAC_WEIGHT_OUTPUT_RANK1; k++)
        print_cell (layer->values[k]);
      g_print ("\n");
    }
  print_exposure (series);
  print_frames (_("Frames it depends on, before:"), series->seen0, study->n_frames);
  print_frames (_("Frames it depends on, after: "), series->seen1, study->n_frames);
  g_print ("\n");
}

/* ---- the picture: a line a series, from the first layer to the last. */

typedef struct {
  SacAxes axes;
  SacCurve *curves;
  guint n;
} Plot;

static void
draw_plot (cairo_t *cr, double width, double height, gpointer data)
{
  const Plot *plot = data;
  SacStyle style;

  sac_style_init (&style, FALSE);
  sac_chart_draw (cr, width, height, &style, &plot->axes, plot->curves, plot->n);
}

static gboolean
write_plot (const SacWeightStudy *study, SacWeightValue value, const char *path, GError **error)
{
  g_auto (GStrv) names = sac_weight_study_dup_depths (study, value);
  guint n = g_strv_length (names);
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, (gsize) n * study->series->len + 1);
  g_autofree SacCurve *curves = g_new0 (SacCurve, study->series->len);
  g_autofree char *depth = NULL;
  Plot plot = { { .y_name = sac_weight_value_get_words (value) }, curves, study->series->len };

  if (n == 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("no layer has “%s”"), sac_weight_value_get_words (value));
      return FALSE;
    }
  depth = g_strdup_printf (_("layers, from %s to %s"), names[0], names[n - 1]);
  plot.axes.x_name = depth;
  for (guint i = 0; i < n; i++)
    x[i] = i + 1;
  for (guint s = 0; s < study->series->len; s++)
    {
      const SacWeightSeries *series = study->series->pdata[s];

      curves[s] = (SacCurve) { x, y + (gsize) s * n, n, series->name };
      for (guint i = 0; i < n; i++)
        y[(gsize) s * n + i] = sac_weight_series_get (series, names[i], value);
    }
  plot.axes.log_y = sac_weight_values_want_log (y, (gsize) n * study->series->len);
  return sac_draw_to_file (path, 720, 400, draw_plot, &plot, error);
}

static gboolean
put_out (SacWeightStudy *study, const Options *options, GError **error)
{
  study->answer = sac_weight_study_dup_answer (study);
  if (options->csv)
    {
      g_autofree char *csv = sac_weight_study_dup_csv (study);

      if (!sac_file_replace (options->csv, csv, strlen (csv), error))
        return FALSE;
    }
  if (options->plot && !write_plot (study, (SacWeightValue) sac_weight_value_find (options->value ? options->value : "relative2"),
                                    options->plot, error))
    return FALSE;
  if (options->json)
    {
      g_autofree char *json = sac_weight_study_dup_json (study);

      g_print ("%s\n", json);
    }
  else
    {
      for (guint s = 0; s < study->series->len; s++)
        print_series (study, study->series->pdata[s]);
      if (study->answer)
        g_print ("%s\n", study->answer);
    }
  return TRUE;
}

static gboolean
is_file_of_weights (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static gboolean
compute (SacWeightStudy *study, int argc, char **argv, Options *options, GError **error)
{
  if (argc == 3 && is_file_of_weights (argv[1]) && is_file_of_weights (argv[2]))
    {
      g_autofree char *name = g_path_get_basename (argv[2]);
      SacWeightPair pair = { name, argv[1], argv[2], options->flat, NULL };

      options->n = 1;
      study->n_frames = (guint) options->frames;
      return sac_weight_analysis_add (study, &pair, (guint) options->threads, pass_progress, options, NULL, error) != NULL;
    }
  options->n = (guint) (argc - 1) * (options->clips > 0 ? 2 : 1);
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *folder = sac_cli_find_run (argv[i], options->project, error);

      if (!folder || !add_run (study, folder, options, error))
        return FALSE;
    }
  return TRUE;
}

int
sac_cli_weights_compare (int argc, char **argv)
{
  Options options = { .tell = sac_cli_progress };
  g_autoptr (SacWeightStudy) study = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &options.project, N_("Project file or its folder (default: the run's own)"), N_("FILE") },
    { "clips", 'n', 0, G_OPTION_ARG_INT, &options.clips, N_("Compare the layers' outputs too, on so many clips of the split"), "N" },
    { "split", 's', 0, G_OPTION_ARG_STRING, &options.split, N_("test (default), validation or train"), N_("NAME") },
    { "reference", 0, 0, G_OPTION_ARG_FILENAME, &options.flat,
      N_("The 2-D weights it was inflated from (default: what the first weights sum to)"), N_("FILE") },
    { "frames", 0, 0, G_OPTION_ARG_INT, &options.frames,
      N_("Frames of the clip whose dependence is told (default: the recipe's, or 32)"), "N" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &options.csv, N_("Write all numbers there"), N_("FILE") },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &options.plot, N_("Draw one quantity by depth: .svg, .pdf or .png"), N_("FILE") },
    { "quantity", 'q', 0, G_OPTION_ARG_STRING, &options.value, N_("Which one (default: relative2)"), N_("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &options.threads, N_("Threads for computing (default: all cores)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print JSON"), NULL },
    { "progress", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options.progress, NULL, NULL },
    { NULL },
  };
  int parsed = sac_cli_parse (&argc, &argv, entries, _("A B, or RUN…"),
                              _("Says what training did to the weights: of two files, or of runs from their first weights to their best."));
  gboolean fine;

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc < 2 || argc > MOST_SERIES + 1 || options.threads < 0 || options.clips < 0 || options.frames < 0 || options.frames > 4096
      || (options.value && sac_weight_value_find (options.value) < 0))
    {
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint i = 0; i < SAC_N_WEIGHT_VALUES; i++)
        g_string_append_printf (names, " %s", sac_weight_value_get_name ((SacWeightValue) i));
      g_printerr ("saccade: %s%s\n", argc < 2 ? _("name two files of weights, or runs") : _("numbers must fit, and --quantity is one of"),
                  argc < 2 ? "" : names->str);
      return 2;
    }
  if (options.progress)
    options.tell = sac_cli_progress_lines;
  if (options.clips > 0)
    sac_media_init ();
  study = sac_weight_study_new ();
  fine = compute (study, argc, argv, &options, &error) && put_out (study, &options, &error);
  g_free (options.project);
  g_free (options.split);
  g_free (options.flat);
  g_free (options.csv);
  g_free (options.plot);
  g_free (options.value);
  return fine ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
