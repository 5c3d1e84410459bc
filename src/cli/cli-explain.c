/* saccade explain RUN CLIP: which labels, which frames, which places. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "explain-files.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

static void
print_text (const SacExplanation *e, const SacThresholds *thresholds)
{
  gboolean equal = TRUE;

  for (guint i = 0; i < e->n_top; i++)
    if (thresholds && sac_thresholds_get_rule (thresholds, e->top_labels[i]))
      {
        double at = sac_thresholds_get (thresholds, e->top_labels[i]);

        g_print (_("%6.3f  %s: %s, from %.3f on\n"), e->top_scores[i], e->top_labels[i], e->top_scores[i] >= at ? _("yes") : _("no"), at);
      }
    else
      g_print ("%6.3f  %s\n", e->top_scores[i], e->top_labels[i]);
  g_print (_("where it looked for “%s”: frame and weight\n"), e->label);
  for (guint i = 1; i < e->n_frames; i++)
    equal = equal && fabsf (e->weights[i] - e->weights[0]) < 1e-4f;
  if (equal && e->n_frames > 1)
    g_print (_("(all frames weigh the same: the last stage of this network has one place in time)\n"));
  for (guint i = 0; i < e->n_frames; i++)
    g_print ("%6u  %.3f  %.*s\n", e->frames[i], (double) e->weights[i], (int) lrint (40 * (double) e->weights[i]),
             "########################################");
}

static void
print_json (const SacExplanation *e, const SacThresholds *thresholds)
{
  g_autofree char *label = sac_cli_json (e->label);

  g_print ("{\"label\":%s,\"score\":%.6f,\"top\":[", label, e->score);
  for (guint i = 0; i < e->n_top; i++)
    {
      g_autofree char *name = sac_cli_json (e->top_labels[i]);

      g_print ("%s{\"label\":%s,\"score\":%.6f", i ? "," : "", name, e->top_scores[i]);
      if (thresholds && sac_thresholds_get_rule (thresholds, e->top_labels[i]))
        {
          double at = sac_thresholds_get (thresholds, e->top_labels[i]);

          g_print (",\"threshold\":%.6f,\"yes\":%s", at, e->top_scores[i] >= at ? "true" : "false");
        }
      g_print ("}");
    }
  g_print ("],\"frames\":[");
  for (guint i = 0; i < e->n_frames; i++)
    g_print ("%s%u", i ? "," : "", e->frames[i]);
  g_print ("],\"weights\":[");
  for (guint i = 0; i < e->n_frames; i++)
    g_print ("%s%.6f", i ? "," : "", (double) e->weights[i]);
  g_print ("],\"crop\":[%.3f,%.3f,%.3f,%.3f]}\n", e->crop[0], e->crop[1], e->crop[2], e->crop[3]);
}

/* ---- which map. */

typedef enum { MAP_OWN, MAP_LABEL, MAP_GRADCAM, MAP_GRADIENT, MAP_RANDOM, N_MAPS } Map;
static const char *const map_names[] = { "own", "label", "gradcam", "gradient", "random", NULL };

static int
find_word (const char *const *words, const char *word)
{
  int i = 0;

  while (words[i] && g_strcmp0 (words[i], word) != 0)
    i++;
  return words[i] ? i : -1;
}

/* The map of one label, scaled to 1 at most.  Transfer full. */
static float *
dup_label_map (const SacLook *look, const char *label, GError **error)
{
  gsize n = (gsize) look->t * (gsize) look->h * (gsize) look->w;
  float *map, most = 0;
  guint which = 0;

  for (guint i = 1; i < look->n_labels; i++)
    if (look->scores[i] > look->scores[which])
      which = i;
  for (guint i = 0; label && i < look->n_labels; i++)
    if (strcmp (look->labels[i], label) == 0)
      which = i;
  if (!look->class_maps || (label && strcmp (look->labels[which], label) != 0))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_LABEL, _("there is no map of a label “%s”"), label ? label : "");
      return NULL;
    }
  map = g_memdup2 (look->class_maps + which * n, n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    most = MAX (most, map[i]);
  for (gsize i = 0; i < n && most > 0; i++)
    map[i] /= most;
  return map;
}

static void
invert (float *values, gsize n)
{
  for (gsize i = 0; i < n && values; i++)
    values[i] = 1 - values[i];
}

/* The scores under inverted maps beside those of before: methods/08 §7. */
static gboolean
invert_maps (SacExplainer *explainer, const SacQuestion *question, SacLook *look, const char *what, GError **error)
{
  gboolean space = strcmp (what, "temporal") != 0, time = strcmp (what, "spatial") != 0;
  SacMaps maps = { look->t, look->h, look->w, look->spatial, look->temporal };
  g_autofree guint32 *order = sac_order_falling (look->scores, look->n_labels);
  float *scores;
  guint n;

  if (space)
    invert (look->spatial, (gsize) look->t * (gsize) look->h * (gsize) look->w);
  if (time)
    invert (look->temporal, (gsize) look->t);
  scores = sac_explainer_perceive (explainer, question->run, question->project, question->clip, &maps, &n, NULL, error);
  if (!scores)
    return FALSE;
  g_printerr (_("inverted: label, score before, score now\n"));
  for (guint i = 0; i < MIN (n, 5); i++)
    g_printerr ("%-24s %6.3f  %6.3f\n", look->labels[order[i]], (double) look->scores[order[i]], (double) scores[order[i]]);
  g_free (look->scores);
  look->scores = scores;
  return TRUE;
}

typedef struct {
  char *strip, *rows, *video, *maps, *folder;
  gboolean progress;
} Files;

static gboolean
wants_files (const Files *files)
{
  return files->strip || files->rows || files->video || files->maps || files->folder;
}

static gboolean
write_files (const Files *files, const SacShown *shown, const SacLook *look, GError **error)
{
  return (!files->strip || sac_explain_write_sheet (files->strip, shown, SAC_SHEET_STRIP, error))
         && (!files->rows || sac_explain_write_sheet (files->rows, shown, SAC_SHEET_ROWS, error))
         && (!files->maps || sac_explain_write_maps (files->maps, shown, look, error))
         && (!files->folder || sac_explain_write_folder (files->folder, shown, error))
         && (!files->video || sac_explain_write_video (files->video, shown,
                                                       files->progress ? sac_cli_progress_lines : sac_cli_progress, error));
}

/* Where the clip lies in its file. */
static gboolean
find_clip (const SacQuestion *question, SacShown *shown, char **path, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (question->project, SAC_PROJECT_READ_ONLY, error);
  g_autoptr (SacItem) item = project ? sac_project_find_item (project, question->clip, error) : NULL;
  g_autoptr (SacMedia) media = item ? sac_media_open (item->path, NULL, error) : NULL;

  if (!media)
    return FALSE;
  sac_clip_range (item, media, &shown->first, &shown->n_clip);
  *path = g_strdup (item->path);
  shown->path = *path;
  return TRUE;
}

static gboolean
make_files (SacExplainer *explainer, const SacQuestion *question, Map map, const SacExplanation *e, const char *inverted,
            const Files *files,
            SacShown *shown, GError **error)
{
  g_autoptr (SacLook) look = sac_explainer_attend (explainer, question->run, question->project, question->clip, NULL, error);
  g_autofree float *label_map = NULL;
  g_autofree char *path = NULL;

  if (!look || !find_clip (question, shown, &path, error))
    return FALSE;
  if ((map <= MAP_LABEL || inverted) && !sac_look_has_attention (look))
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_NETWORK, _("this network has no attention of its own; try --map gradcam"));
      return FALSE;
    }
  if (map == MAP_LABEL && !(label_map = dup_label_map (look, question->label, error)))
    return FALSE;
  if (inverted && !invert_maps (explainer, question, look, inverted, error))
    return FALSE;
  shown->n = look->n_frames;
  shown->frames = look->frames;
  shown->crop = look->crop;
  shown->h = map <= MAP_LABEL ? look->h : e->h;
  shown->w = map <= MAP_LABEL ? look->w : e->w;
  shown->maps = map == MAP_OWN ? look->spatial : map == MAP_LABEL ? label_map : e->map;
  shown->weights = map <= MAP_LABEL ? look->temporal : e->weights;
  return write_files (files, shown, look, error);
}

int
sac_cli_explain (int argc, char **argv)
{
  static const char *const colours[] = { "jet", "viridis", "magma", "cividis", NULL }, *const ranges[] = { "whole", "frame", "clip", NULL };
  static const char *const inversions[] = { "spatial", "temporal", "both", NULL };
  g_autofree char *project_path = NULL, *label = NULL, *folder = NULL, *map_name = NULL, *colour = NULL, *range = NULL, *inverted = NULL;
  g_autofree char *strip = NULL, *rows = NULL, *video = NULL, *maps = NULL, *output = NULL, *layer = NULL, *device = NULL;
  gboolean json = FALSE, progress = FALSE, even = FALSE, mend_ends = FALSE;
  double opacity = 0.6;
  int threads = 0, parsed, map, colour_map, range_kind;
  g_autoptr (SacThresholds) thresholds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRunInfo) info = NULL;
  g_autoptr (SacExplainer) explainer = NULL;
  g_autoptr (SacExplanation) explanation = NULL;
  SacQuestion question;
  Files files;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("Project file or its folder (default: the run's own)"), N_("FILE") },
    { "label", 'l', 0, G_OPTION_ARG_STRING, &label, N_("Label to explain (default: the one with the highest score)"), N_("NAME") },
    { "map", 'm', 0, G_OPTION_ARG_STRING, &map_name, N_("own, label, gradcam (default), gradient or random"), N_("KIND") },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &layer, N_("Layer of Grad-CAM: a stage (3) or a block (layer3.1; default: the last stage)"),
      N_("NAME") },
    { "invert", 'i', 0, G_OPTION_ARG_STRING, &inverted, N_("Invert the network's own maps: spatial, temporal or both"), N_("WHAT") },
    { "strip", 0, 0, G_OPTION_ARG_FILENAME, &strip, N_("Write all frames with their maps (.png, .svg, .pdf)"), N_("FILE") },
    { "rows", 0, 0, G_OPTION_ARG_FILENAME, &rows, N_("Write rows of frames, times and places (.png, .svg, .pdf)"), N_("FILE") },
    { "video", 0, 0, G_OPTION_ARG_FILENAME, &video, N_("Write the clip with the map over it"), N_("FILE") },
    { "maps", 0, 0, G_OPTION_ARG_FILENAME, &maps, N_("Write the numbers (.npy, .safetensors)"), N_("FILE") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("Write the frames with their heat maps and a strip there"), N_("FOLDER") },
    { "colours", 0, 0, G_OPTION_ARG_STRING, &colour, N_("jet (default), viridis, magma or cividis"), N_("NAME") },
    { "range", 0, 0, G_OPTION_ARG_STRING, &range,
      N_("Colours from 0 to 1 (whole, default), or least to most of a frame or clip"), N_("KIND") },
    { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &opacity, N_("Opacity of the map (0.6; the paper: 0.4 with --even)"), N_("SHARE") },
    { "even", 0, 0, G_OPTION_ARG_NONE, &even, N_("The same opacity everywhere, as in the paper"), NULL },
    { "mend-ends", 0, 0, G_OPTION_ARG_NONE, &mend_ends, N_("Show the first and last frame's weight as the mean"), NULL },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device, N_("Where to compute (default: cpu)"), N_("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { "progress", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &progress, NULL, NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN CLIP"), _("Shows where a run looks in a clip."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  map = map_name ? find_word (map_names, map_name) : MAP_GRADCAM;
  colour_map = colour ? find_word (colours, colour) : 0;
  range_kind = range ? find_word (ranges, range) : 0;
  if (argc != 3 || threads < 0 || map < 0 || colour_map < 0 || range_kind < 0
      || (inverted && find_word (inversions, inverted) < 0))
    {
      g_printerr ("saccade: %s\n", _("explain wants a RUN and a CLIP, and words that --help lists"));
      return 2;
    }
  sac_media_init ();
  folder = sac_cli_find_run (argv[1], project_path, &error);
  info = folder ? sac_run_info_read (folder, &error) : NULL;
  if (!info)
    return sac_cli_fail (g_steal_pointer (&error));
  if (!project_path)
    project_path = g_strdup (info->project);
  explainer = sac_explainer_new ((guint) threads);
  sac_explainer_set_device (explainer, device);
  question = (SacQuestion) { folder, project_path, argv[2], label,
                             map == MAP_GRADIENT ? SAC_ASK_GRADIENT : map == MAP_RANDOM ? SAC_ASK_RANDOM : SAC_ASK_GRADCAM, layer };
  explanation = sac_explainer_run (explainer, &question, NULL, &error);
  if (!explanation)
    return sac_cli_fail (g_steal_pointer (&error));
  thresholds = sac_thresholds_read (folder, NULL);
  if (json)
    print_json (explanation, thresholds);
  else
    print_text (explanation, thresholds);
  files = (Files) { strip, rows, video, maps, output, progress };
  if (wants_files (&files) || inverted)
    {
      SacShown shown = { .heat = { (SacColourMap) colour_map, opacity, even, 0, 1 }, .range = (SacRange) range_kind,
                         .mend_ends = mend_ends };

      if (!make_files (explainer, &question, (Map) map, explanation, inverted, &files, &shown, &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  return 0;
}
