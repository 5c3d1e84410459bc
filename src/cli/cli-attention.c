/* saccade attention RUN: what a network's own attention is worth: inversion, places, time, deletion, sanity.  Leaves the figures in
 * the run folder too (run/sac-measures.h). */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

static char *
interval_text (SacMeanInterval value, gboolean percent)
{
  double scale = percent ? 100 : 1;

  if (value.n == 0 || !isfinite (value.mean))
    return g_strdup ("–");
  if (!isfinite (value.low))
    return g_strdup_printf (percent ? "%.1f" : "%.3f", value.mean * scale);
  return g_strdup_printf (percent ? "%.1f (%.1f … %.1f)" : "%.3f (%.3f … %.3f)", value.mean * scale, value.low * scale,
                          value.high * scale);
}

/* @words, padded to @width as it is seen. */
static void
print_padded (const char *words, int width)
{
  int pad = width - (int) g_utf8_strlen (words, -1);

  g_print ("%s%*s", words, MAX (pad, 1), "");
}

static void
print_line (const char *words, SacMeanInterval value, gboolean percent)
{
  g_autofree char *text = interval_text (value, percent);

  print_padded (words, 36);
  g_print ("%s\n", text);
}

static SacMeanInterval
find (const SacAttentionStudy *study, const char *measure, const char *kind)
{
  g_autofree char *name = g_strconcat (measure, ".", kind, NULL);
  const SacMeasureRow *row = sac_measures_find (study->figures, name);

  return row ? (SacMeanInterval) { row->all.mean, row->all.low, row->all.high, row->all.n } : (SacMeanInterval) { NAN, NAN, NAN, 0 };
}

/* A line a kind, a column a measure; @measures end with NULL. */
static void
print_table (const SacAttentionStudy *study, const char *title, const char *const *measures, const char *const *words,
             const char *const *kinds)
{
  if (find (study, measures[0], kinds[0]).n == 0)
    return;
  g_print ("\n");
  print_padded (title, 24);
  for (guint m = 0; measures[m]; m++)
    print_padded (_(words[m]), 24);
  g_print ("\n");
  for (guint k = 0; kinds[k]; k++)
    {
      if (find (study, measures[0], kinds[k]).n == 0)
        continue;
      print_padded (sac_measure_kind_get_words (kinds[k]), 24);
      for (guint m = 0; measures[m]; m++)
        {
          g_autofree char *text = interval_text (find (study, measures[m], kinds[k]), FALSE);

          print_padded (text, 24);
        }
      g_print ("\n");
    }
}

static void
print_deletion (const SacAttentionStudy *study)
{
  static const char *const maps[] = { "own", "gradcam", "centre", "random", NULL };
  static const char *const pixels[] = { "deletion", "insertion", NULL }, *const frames[] = { "time-deletion", "time-insertion", NULL };
  static const char *const words[] = { N_("Deletion (low is good)"), N_("Insertion (high is good)") };
  static const char *const sanity[] = { "sanity-places", "sanity-time", "sanity-gradcam", NULL };
  static const char *const sanity_words[] = { "M_s", "M_t", N_("Grad-CAM") };
  static const char *const parts[] = { "fc", "layer4", "fuse", "maps", "branch", "layer3", "layer2", "layer1", "conv1", NULL };

  print_table (study, _("Pixels"), pixels, words, maps);
  print_table (study, _("Frames"), frames, words, maps);
  print_table (study, _("Weights drawn afresh"), sanity, sanity_words, parts);
}

static void
print_labels (const SacAttentionStudy *study)
{
  static const char *const columns[] = { "auc.none", "top1.none", "pointing.own", "pointing.gradcam", "energy.own", "inside.own",
                                         "motion.own", "deletion.own", "insertion.own" };
  const SacMeasures *figures = study->figures;

  g_print ("\n");
  print_padded (_("Label"), 24);
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    print_padded (columns[c], 18);
  g_print ("\n");
  for (guint j = 0; j < figures->n_labels; j++)
    {
      print_padded (figures->labels[j], 24);
      for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
        {
          const SacMeasureRow *row = sac_measures_find (figures, columns[c]);
          SacMeanInterval value = { row ? row->labels[j].mean : NAN, NAN, NAN, row ? row->labels[j].n : 0 };
          g_autofree char *text = interval_text (value, sac_measure_is_share (columns[c]));

          print_padded (text, 18);
        }
      g_print ("\n");
    }
}

static void
print_text (const SacAttentionStudy *study)
{
  g_print (_("%u clips; in brackets 95 %% of resampled means\n\n"), study->n_clips);
  if (study->n_unreadable)
    g_print (_("%u clips could not be read and are left out.\n\n"), study->n_unreadable);
  print_padded (_("Maps"), 24);
  print_padded (_("Top-1, %"), 24);
  print_padded (_("Top-5, %"), 24);
  print_padded (_("Loss of Top-1"), 24);
  g_print ("%s\n", _("AUC"));
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      g_autofree char *top1 = interval_text (study->rows[r].top1, TRUE), *top5 = interval_text (study->rows[r].top5, TRUE);
      g_autofree char *drop = r == SAC_ROW_NONE ? g_strdup ("") : interval_text (study->rows[r].drop, TRUE);

      if (study->rows[r].top1.n == 0)
        continue;
      print_padded (sac_inversion_get_words ((SacInversion) r), 24);
      print_padded (top1, 24);
      print_padded (top5, 24);
      print_padded (drop, 24);
      g_print ("%.3f\n", study->rows[r].macro_auc);
    }
  if (find (study, "more", "spatial").n)
    {
      print_line (_("Both beyond places, %"), find (study, "more", "spatial"), TRUE);
      print_line (_("Both beyond time, %"), find (study, "more", "temporal"), TRUE);
    }
  if (study->places[SAC_MAP_OWN].pointing.n)
    {
      g_print ("\n");
      print_padded (_("Against the boxes"), 24);
      print_padded (_("Pointing game, %"), 24);
      print_padded (_("Energy in box, %"), 24);
      g_print ("%s\n", _("IoU above mean + 1σ"));
      for (int m = 0; m < SAC_N_MAPS; m++)
        {
          g_autofree char *hits = interval_text (study->places[m].pointing, TRUE);
          g_autofree char *energy = interval_text (study->places[m].energy, TRUE);
          g_autofree char *iou = interval_text (study->places[m].iou, FALSE);

          print_padded (sac_compared_map_get_words ((SacComparedMap) m), 24);
          print_padded (hits, 24);
          print_padded (energy, 24);
          g_print ("%s\n", iou);
        }
    }
  if (study->time_own.n)
    {
      g_print ("\n");
      print_line (_("Frames within segments, own, %"), study->time_own, TRUE);
      print_line (_("… Grad-CAM, %"), study->time_gradcam, TRUE);
      print_line (_("… the middle, %"), find (study, "inside", "centre"), TRUE);
      print_line (_("… random, %"), find (study, "inside", "random"), TRUE);
      print_line (_("… by chance, %"), study->time_chance, TRUE);
    }
  if (study->motion.n)
    print_line (_("Correlation with motion"), study->motion, FALSE);
  print_deletion (study);
}

static void
add_number (JsonBuilder *builder, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_interval (JsonBuilder *builder, const char *name, SacMeanInterval value)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "n");
  json_builder_add_int_value (builder, value.n);
  json_builder_set_member_name (builder, "mean");
  add_number (builder, value.mean);
  json_builder_set_member_name (builder, "low");
  add_number (builder, value.low);
  json_builder_set_member_name (builder, "high");
  add_number (builder, value.high);
  json_builder_end_object (builder);
}

static void
print_json (const SacAttentionStudy *study)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "clips");
  json_builder_add_int_value (builder, study->n_clips);
  json_builder_set_member_name (builder, "inversion");
  json_builder_begin_object (builder);
  for (int r = 0; r < SAC_N_ROWS; r++)
    {
      if (study->rows[r].top1.n == 0)
        continue;
      json_builder_set_member_name (builder, sac_inversion_get_name ((SacInversion) r));
      json_builder_begin_object (builder);
      add_interval (builder, "top1", study->rows[r].top1);
      add_interval (builder, "top5", study->rows[r].top5);
      add_interval (builder, "drop", study->rows[r].drop);
      json_builder_set_member_name (builder, "auc");
      add_number (builder, study->rows[r].macro_auc);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "places");
  json_builder_begin_object (builder);
  for (int m = 0; m < SAC_N_MAPS; m++)
    {
      json_builder_set_member_name (builder, sac_compared_map_get_name ((SacComparedMap) m));
      json_builder_begin_object (builder);
      add_interval (builder, "pointing", study->places[m].pointing);
      add_interval (builder, "energy", study->places[m].energy);
      add_interval (builder, "iou", study->places[m].iou);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "time");
  json_builder_begin_object (builder);
  add_interval (builder, "own", study->time_own);
  add_interval (builder, "gradcam", study->time_gradcam);
  add_interval (builder, "chance", study->time_chance);
  add_interval (builder, "centre", find (study, "inside", "centre"));
  add_interval (builder, "random", find (study, "inside", "random"));
  json_builder_end_object (builder);
  add_interval (builder, "motion", study->motion);
  json_builder_end_object (builder);
  sac_cli_print_json (g_steal_pointer (&builder));
}

/* What was measured before of the same weights, and not now, stays. */
static gboolean
leave_behind (const char *folder, SacMeasures *figures, GError **error)
{
  g_autoptr (SacMeasures) old = sac_measures_read (folder, figures->split, NULL);

  if (old)
    sac_measures_keep (figures, old);
  return sac_measures_write (folder, figures, error);
}

int
sac_cli_attention (int argc, char **argv)
{
  static const SacSplit splits[] = { SAC_SPLIT_TEST, SAC_SPLIT_VALIDATION, SAC_SPLIT_TRAIN };
  g_autofree char *project_path = NULL, *split = NULL, *checkpoint = NULL, *folder = NULL, *device = NULL;
  gboolean json = FALSE, progress = FALSE, by_label = FALSE;
  int threads = 0, resamples = 2000, steps = 20, deleted = 48, sanity = 8, parsed, which = 0;
  gint64 seed = 1;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNet) net = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacAttentionStudy) study = NULL;
  SacStudyOptions options = SAC_STUDY_OPTIONS;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("Project file or its folder (default: the run's own)"), N_("FILE") },
    { "split", 's', 0, G_OPTION_ARG_STRING, &split, N_("test (default), validation or train"), N_("NAME") },
    { "checkpoint", 'c', 0, G_OPTION_ARG_FILENAME, &checkpoint, N_("Weights to look through (default: the best)"), N_("FILE") },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &resamples, N_("Resamples behind the intervals (2000)"), N_("N") },
    { "steps", 0, 0, G_OPTION_ARG_INT, &steps, N_("Steps of a curve of deletion (20; 0: no deletion)"), N_("N") },
    { "deletion-clips", 0, 0, G_OPTION_ARG_INT, &deleted, N_("Clips at most to delete pixels and frames in (48; 0: all)"), N_("N") },
    { "sanity", 0, 0, G_OPTION_ARG_INT, &sanity, N_("Clips to look at with weights drawn afresh (8; 0: none)"), N_("N") },
    { "labels", 0, 0, G_OPTION_ARG_NONE, &by_label, N_("Print figures of each label too"), NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("What is random is drawn from this number (1)"), N_("N") },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device, N_("Where to compute (default: cpu)"), N_("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { "progress", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &progress, NULL, NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN"),
                          _("Tells what a network's own attention is worth: scores with inverted maps, where and when the maps point, "
                            "what the scores rest on.  The figures go into RUN/scores too."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  while (split && which < (int) G_N_ELEMENTS (splits) && strcmp (split, sac_split_get_name (splits[which])) != 0)
    which++;
  if (argc != 2 || threads < 0 || steps < 0 || steps > 1000 || deleted < 0 || sanity < 0 || resamples < 0 || resamples > 1000000
      || which == G_N_ELEMENTS (splits))
    {
      g_printerr ("saccade: %s\n", _("attention wants one RUN, and a split: test, validation or train"));
      return 2;
    }
  sac_media_init ();
  folder = sac_cli_find_run (argv[1], project_path, &error);
  net = folder ? sac_net_open_run_on (device ? device : "cpu", folder, checkpoint, (guint) threads, &error) : NULL;
  project = net ? sac_project_open (project_path ? project_path : sac_net_get_info (net)->project, SAC_PROJECT_READ_ONLY, &error) : NULL;
  options = (SacStudyOptions) { (guint) resamples, (guint64) seed, (guint) steps, (guint) deleted, (guint) sanity };
  study = project ? sac_attention_study_run (net, project, splits[which], &options, progress ? sac_cli_progress_lines : sac_cli_progress,
                                             NULL, NULL, &error)
                  : NULL;
  if (!study || !leave_behind (folder, study->figures, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  if (json)
    print_json (study);
  else
    print_text (study);
  if (!json && by_label)
    print_labels (study);
  return 0;
}
