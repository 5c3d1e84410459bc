/* saccade labels …: label files in, the history of acts, named versions, and the layers of who said what. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "labels-top.h"
#include "sac-cli.h"
#include "store/sac-compare.h"
#include "store/sac-versions.h"

typedef struct {
  const char *format, *as, *conflicts;
  gboolean as_json, own, dry;
} Options;

static void
print_formats (void)
{
  for (guint i = 0; sac_label_formats[i].id; i++)
    g_print ("%-10s %s\n", sac_label_formats[i].id, _(sac_label_formats[i].title));
}

static void
print_plan (const SacLabelPlan *plan)
{
  g_print (_("%u clips of the project, %u whose files lie near, %u that are neither; %u labels (%u new)\n"), plan->n_clips, plan->n_near,
           plan->n_missing, plan->n_labels, plan->n_new_labels);
  g_print (_("%u labels of clips, %u segments, %u tracks with %u boxes\n"), plan->n_tags, plan->n_segments, plan->n_tracks, plan->n_boxes);
}

/* Each file, and what a folder holds of them. */
static char **
find_files (char **args)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint a = 0; args[a]; a++)
    {
      g_autofree char *full = g_canonicalize_filename (args[a], NULL);
      g_auto (GStrv) inside = sac_label_files_find (full);

      if (inside[0])
        g_strv_builder_addv (builder, (const char **) inside);
      else
        g_strv_builder_add (builder, full);     /* reading says what is wrong with it */
    }
  return g_strv_builder_end (builder);
}

static gboolean
import (SacProject *project, char **args, const Options *options, GError **error)
{
  const SacLabelFormat *format = sac_label_format_find (options->format);
  g_auto (GStrv) paths = find_files (args);
  g_autofree char *shown = NULL;
  g_autoptr (SacAnnotations) annotations = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  SacLabelImportSpec spec = { options->own ? SAC_LABELS_TO_OWN : options->as ? SAC_LABELS_TO_PERSON : SAC_LABELS_TO_IMPORT };
  SacLabelImport result;
  SacLabelPlan plan;
  gboolean good;

  if (options->format && !format)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("There is no format “%s”; saccade labels formats shows them"),
                   options->format);
      return FALSE;
    }
  annotations = sac_annotations_read_several ((const char *const *) paths, format, sac_cli_progress, NULL, NULL, error);
  if (!annotations)
    return FALSE;
  shown = g_filename_display_basename (args[1] ? args[0] : paths[0]);
  spec.layer = options->as ? options->as : shown;
  spec.near = (const char *const *) paths;
  good = options->dry ? sac_project_plan_annotations (project, annotations, &spec, &plan, told, NULL, error)
                      : sac_project_apply_annotations (project, annotations, &spec, &result, told, sac_cli_progress, NULL, NULL, error);
  if (!good)
    return FALSE;
  for (guint i = 0; i < told->len; i++)
    g_printerr ("%s\n", (char *) told->pdata[i]);
  if (options->dry)
    print_plan (&plan);
  else
    g_print (_("%u clips: %u labels, %u segments, %u tracks; %u clips of the file are not in the project\n"), result.n_clips, result.n_tags,
             result.n_segments, result.n_tracks, result.n_missing);
  return TRUE;
}

static char *
dup_time (gint64 time_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);

  return at ? g_date_time_format (at, "%F %T") : g_strdup ("?");
}

static gboolean
history (SacProject *project, char **args, const Options *options, GError **error)
{
  g_autoptr (GPtrArray) acts = sac_project_list_history (project, 1000, error);

  for (guint i = 0; acts && i < acts->len; i++)
    {
      const SacAct *act = acts->pdata[i];
      g_autofree char *when = dup_time (act->time_us);

      g_print ("%6" G_GINT64_FORMAT "  %s  %s%s\n", act->id, when, act->what, act->undone ? _("  (undone)") : "");
    }
  return acts != NULL;
}

static gboolean
go_to (SacProject *project, char **args, const Options *options, GError **error)
{
  return sac_project_go_to (project, g_ascii_strtoll (args[0], NULL, 10), error);
}

static gboolean
layers (SacProject *project, char **args, const Options *options, GError **error)
{
  g_autoptr (GPtrArray) all = sac_project_list_layers (project, error);

  for (guint i = 0; all && i < all->len; i++)
    {
      const SacLayer *layer = all->pdata[i];

      g_print (_("%-8s %-32s %6u labels %6u segments %6u tracks\n"), layer->kind, layer->name, layer->n_labels, layer->n_segments,
               layer->n_tracks);
    }
  return all != NULL;
}

/* ---- versions. */
static gboolean
versions (SacProject *project, char **args, const Options *options, GError **error)
{
  g_autoptr (GPtrArray) all = sac_project_list_versions (project, error);

  for (guint i = 0; all && i < all->len; i++)
    {
      const SacVersion *version = all->pdata[i];
      g_autofree char *when = dup_time (version->time_us), *size = g_format_size ((guint64) MAX (version->size, 0));

      g_print ("%6" G_GINT64_FORMAT "  %s  %-32s %10s  %s\n", version->id, when, version->name,
               version->size < 0 ? _("gone") : size, version->note ? version->note : "");
    }
  return all != NULL;
}

static gboolean
save (SacProject *project, char **args, const Options *options, GError **error)
{
  return sac_project_add_version (project, args[0], args[1], error) != 0;
}

static gboolean
restore (SacProject *project, char **args, const Options *options, GError **error)
{
  g_autoptr (SacVersion) version = sac_project_find_version (project, args[0], error);

  return version && sac_project_restore_version (project, version->id, error);
}

static gboolean
forget (SacProject *project, char **args, const Options *options, GError **error)
{
  g_autoptr (SacVersion) version = sac_project_find_version (project, args[0], error);

  return version && sac_project_remove_version (project, version->id, error);
}

static gboolean
changes (SacProject *project, char **args, const Options *options, GError **error)
{
  g_autoptr (SacVersion) version = sac_project_find_version (project, args[0], error);
  g_autoptr (SacChanges) changes = version ? sac_version_compare (sac_project_get_path (project), version->id, NULL, error) : NULL;

  if (!changes)
    return FALSE;
  {
    const struct { const char *words; const SacChange *change; } rows[] = {
      { N_("clips"), &changes->clips }, { N_("labels"), &changes->labels }, { N_("tags"), &changes->tags },
      { N_("segments"), &changes->segments }, { N_("tracks"), &changes->tracks }, { N_("boxes"), &changes->boxes },
      { N_("sides of the split"), &changes->splits }, { N_("attributes"), &changes->attributes },
      { N_("edited maps"), &changes->maps },
    };

    g_print (_("since “%s”:\n"), version->name);
    for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
      if (rows[r].change->added || rows[r].change->removed || rows[r].change->changed)
        g_print (_("%-20s %8u added %8u removed %8u changed\n"), _(rows[r].words), rows[r].change->added, rows[r].change->removed,
                 rows[r].change->changed);
  }
  for (guint i = 0; i < changes->touched->len; i++)
    g_print ("%8u  %s\n", ((SacTouched *) changes->touched->pdata[i])->n, ((SacTouched *) changes->touched->pdata[i])->name);
  return TRUE;
}

/* ---- layers beside each other. */
static void
add_number (JsonBuilder *builder, const char *key, double value)
{
  json_builder_set_member_name (builder, key);
  if (isnan (value))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, value);
}

static void
add_count (JsonBuilder *builder, const char *key, gint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

static void
add_words (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static const char *const kinds[] = { "tag", "segments", "tracks" };

static void
print_comparison_json (const SacComparison *comparison)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_count (builder, "clips", comparison->n_clips);
  add_count (builder, "only_a", comparison->n_only_a);
  add_count (builder, "only_b", comparison->n_only_b);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint l = 0; l < comparison->labels->len; l++)
    {
      const SacAgreement *row = comparison->labels->pdata[l];

      json_builder_begin_object (builder);
      add_words (builder, "label", row->label);
      add_count (builder, "n", row->tags.n);
      add_count (builder, "yes_yes", row->tags.yes_yes);
      add_count (builder, "yes_no", row->tags.yes_no);
      add_count (builder, "no_yes", row->tags.no_yes);
      add_count (builder, "no_no", row->tags.no_no);
      add_number (builder, "observed", row->tags.observed);
      add_number (builder, "kappa", row->tags.kappa);
      add_number (builder, "kappa_low", row->tags.low);
      add_number (builder, "kappa_high", row->tags.high);
      add_count (builder, "segments_a", row->n_a_segments);
      add_count (builder, "segments_b", row->n_b_segments);
      add_number (builder, "segment_iou", row->segment_iou);
      add_number (builder, "segment_f1", row->segment_f1);
      add_count (builder, "tracks_a", row->n_a_tracks);
      add_count (builder, "tracks_b", row->n_b_tracks);
      add_number (builder, "track_iou", row->track_iou);
      add_number (builder, "track_f1", row->track_f1);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  add_count (builder, "disagreements", comparison->n_disagreements);
  json_builder_set_member_name (builder, "queue");
  json_builder_begin_array (builder);
  for (guint i = 0; i < comparison->queue->len; i++)
    {
      const SacDisagreement *one = comparison->queue->pdata[i];

      json_builder_begin_object (builder);
      add_words (builder, "clip", one->clip);
      add_words (builder, "label", one->label);
      add_words (builder, "kind", kinds[one->kind]);
      add_number (builder, "gravity", one->gravity);
      add_count (builder, "a", one->a);
      add_count (builder, "b", one->b);
      add_number (builder, "at_s", 1e-9 * (double) one->at_ns);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sac_cli_print_json (builder);
}

/* A number, or a dash where there is none. */
static char *
dup_number (double value)
{
  return isnan (value) ? g_strdup ("–") : g_strdup_printf ("%.2f", value);
}

static void
print_comparison (const SacComparison *comparison)
{
  static const char *const grades[] = { N_("none"), N_("slight"), N_("fair"), N_("moderate"), N_("substantial"), N_("almost perfect") };

  g_print (_("%u clips in both, %u only in the first, %u only in the second\n"), comparison->n_clips, comparison->n_only_a,
           comparison->n_only_b);
  for (guint l = 0; l < comparison->labels->len; l++)
    {
      const SacAgreement *row = comparison->labels->pdata[l];
      g_autofree char *kappa = dup_number (row->tags.kappa), *low = dup_number (row->tags.low), *high = dup_number (row->tags.high);
      g_autofree char *observed = dup_number (row->tags.observed), *iou = dup_number (row->segment_iou), *f1 = dup_number (row->segment_f1);
      g_autofree char *boxes = dup_number (row->track_iou), *boxes_f1 = dup_number (row->track_f1);
      int grade = sac_kappa_grade (row->tags.kappa);

      g_print ("%s\n", row->label[0] ? row->label : _("(no label)"));
      if (row->tags.n)
        g_print (_("  tags      n %u, agreement %s, κ %s [%s, %s] %s\n"), row->tags.n, observed, kappa, low, high,
                 grade >= 0 ? _(grades[grade]) : _("(not defined: both say the same of all)"));
      if (row->n_a_segments || row->n_b_segments)
        g_print (_("  segments  %u and %u, mean IoU %s, F1 at 0.5 %s\n"), row->n_a_segments, row->n_b_segments, iou, f1);
      if (row->n_a_tracks || row->n_b_tracks)
        g_print (_("  tracks    %u and %u, mean IoU %s, F1 at 0.5 %s\n"), row->n_a_tracks, row->n_b_tracks, boxes, boxes_f1);
    }
  g_print (ngettext ("%u disagreement\n", "%u disagreements\n", comparison->n_disagreements), comparison->n_disagreements);
  for (guint i = 0; i < MIN (comparison->queue->len, 20); i++)
    {
      const SacDisagreement *one = comparison->queue->pdata[i];

      g_print ("  %.2f  %-9s %-24s %s  %.2f s\n", one->gravity, kinds[one->kind], one->label, one->clip, 1e-9 * (double) one->at_ns);
    }
}

static gboolean
diff (SacProject *project, char **args, const Options *options, GError **error)
{
  g_auto (SacSpeaker) a = { 0 }, b = { 0 };
  g_autoptr (SacComparison) comparison = NULL;

  if (!sac_speaker_find (project, args[0], &a, error) || !sac_speaker_find (project, args[1], &b, error))
    return FALSE;
  comparison = sac_compare (&a, &b, NULL, error);
  if (!comparison)
    return FALSE;
  if (options->as_json)
    print_comparison_json (comparison);
  else
    print_comparison (comparison);
  return TRUE;
}

/* Another project, brought in as a layer; or a layer that is here. */
static gboolean
merge (SacProject *project, char **args, const Options *options, GError **error)
{
  g_auto (SacSpeaker) other = { 0 };
  g_autofree char *base = g_path_get_basename (args[0]);
  SacMergeResult result = { 0 };
  SacMergeRule rule = SAC_MERGE_OURS;
  gboolean good;

  if (options->conflicts && !sac_merge_rule_parse (options->conflicts, &rule))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("Conflicts are settled by ours, theirs, unknown or newest, not “%s”"),
                   options->conflicts);
      return FALSE;
    }
  if (!sac_speaker_find (project, args[0], &other, error))
    return FALSE;
  if (g_str_has_suffix (base, ".saccade"))
    base[strlen (base) - strlen (".saccade")] = '\0';
  if (other.project == project)
    good = sac_project_merge_layer (project, other.layer, 1, rule, &result, error);
  else
    good = sac_project_bring_person (project, other.project, options->as ? options->as : base, options->conflicts ? &rule : NULL, &result,
                                     error);
  if (good)
    g_print (_("%u labels, %u segments, %u tracks; %u contradictions; %u clips are not in this project\n"), result.n_tags,
             result.n_segments, result.n_tracks, result.n_conflicts, result.n_missing);
  return good;
}

/* ---- the words after "labels". */
static const struct {
  const char *word;
  int least, most;              /* arguments */
  SacProjectMode mode;
  gboolean (*run) (SacProject *project, char **args, const Options *options, GError **error);
} acts[] = {
  { "import", 1, G_MAXINT, SAC_PROJECT_READ_WRITE, import },
  { "history", 0, 0, SAC_PROJECT_READ_ONLY, history },
  { "go-to", 1, 1, SAC_PROJECT_READ_WRITE, go_to },
  { "versions", 0, 0, SAC_PROJECT_READ_ONLY, versions },
  { "save", 1, 2, SAC_PROJECT_READ_WRITE, save },
  { "restore", 1, 1, SAC_PROJECT_READ_WRITE, restore },
  { "changes", 1, 1, SAC_PROJECT_READ_ONLY, changes },
  { "forget", 1, 1, SAC_PROJECT_READ_WRITE, forget },
  { "layers", 0, 0, SAC_PROJECT_READ_ONLY, layers },
  { "diff", 2, 2, SAC_PROJECT_READ_ONLY, diff },
  { "merge", 1, 1, SAC_PROJECT_READ_WRITE, merge },
};

int
sac_cli_labels (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "top") == 0)
    return sac_cli_labels_top (argc - 1, argv + 1);

  g_autofree char *path = NULL, *format = NULL, *as = NULL, *conflicts = NULL;
  gboolean as_json = FALSE, own = FALSE, dry = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, N_("The format of the file (else recognised)"), "NAME" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, N_("Whose labels a merged project or an imported file holds"), "NAME" },
    { "own", 0, 0, G_OPTION_ARG_NONE, &own, N_("With import: segments and tracks, too, become your own"), NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, N_("With import: only say what would come"), NULL },
    { "conflicts", 0, 0, G_OPTION_ARG_STRING, &conflicts, N_("Merge into the own labels, too: ours, theirs, unknown or newest"), "RULE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("With diff: answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("ACT …"),
                              _("Label files in, the history of acts, named versions, and the layers of who said what:\n"
                                "  import FILE…          label files, or folders of them, into the project\n"
                                "  formats               which there are\n"
                                "  history, go-to ACT    all acts; undo or redo up to one of them\n"
                                "  versions, save NAME [NOTE], changes NAME, restore NAME, forget NAME\n"
                                "  layers                who says how much\n"
                                "  top K                 the most frequent labels (top --help tells more)\n"
                                "  diff A B              how far two agree: \"\" (your own), a layer, version:NAME or another project\n"
                                "  merge OTHER           another project as a layer, or a layer into your own labels"));
  const char *verb = argc > 1 ? argv[1] : "";
  const Options options = { format, as, conflicts, as_json, own, dry };

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (strcmp (verb, "formats") == 0 && argc == 2)
    {
      print_formats ();
      return 0;
    }
  for (guint a = 0; a < G_N_ELEMENTS (acts); a++)
    if (strcmp (verb, acts[a].word) == 0 && argc - 2 >= acts[a].least && argc - 2 <= acts[a].most)
      {
        SacProjectMode mode = acts[a].run == import && path ? SAC_PROJECT_CREATE : acts[a].mode;

        project = sac_cli_open_project (path, mode, &error);
        return project && acts[a].run (project, argv + 2, &options, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
      }
  g_printerr ("%s\n", _("saccade: labels wants one of its acts; saccade labels --help lists them"));
  return 2;
}
