/* saccade maps WORD …: edited maps of attention: lists, files, drawing by boxes, teaching, and what the teaching did. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "eval/sac-map-brush.h"
#include "infer/sac-map-study.h"
#include "sac-cli.h"
#include "train/sac-tune.h"

typedef struct {
  SacTune tune;
  char *project, *query, *label, *run;
  double value;
  int most, threads;
  gboolean json;
} Options;

/* ---- list, files. */
static gboolean
list (SacProject *project, char **args, const Options *o, GError **error)
{
  g_autoptr (GPtrArray) maps = sac_project_list_maps (project, 0, error);

  for (guint m = 0; maps && m < maps->len; m++)
    {
      const SacMap *map = maps->pdata[m];
      g_autoptr (SacItem) item = sac_project_get_item (project, map->item, NULL);
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (map->time_us / G_USEC_PER_SEC);
      g_autofree char *stamp = time ? g_date_time_format (time, "%F %T") : g_strdup ("?");

      g_print ("%s\t%u×%u×%u\t%s\t%s\t%s\t%s\n", item ? item->name : "?", map->t, map->h, map->w,
               map->temporal ? _("space and time") : _("space"), map->user, stamp, map->run ? map->run : "");
    }
  return maps != NULL;
}

static gboolean
put_out (SacProject *project, char **args, const Options *o, GError **error)
{
  g_autoptr (GArray) ids = args[1] ? sac_cli_find_clips (project, args + 1, (int) g_strv_length (args + 1), FALSE, error) : NULL;
  guint n;

  if ((args[1] && !ids)
      || !sac_project_export_maps (project, args[0], ids ? (SacId *) (void *) ids->data : NULL, ids ? ids->len : 0, &n, error))
    return FALSE;
  g_print (ngettext ("%u map written to %s\n", "%u maps written to %s\n", n), n, args[0]);
  return TRUE;
}

static gboolean
take_in (SacProject *project, char **args, const Options *o, GError **error)
{
  guint n, missing;

  if (!sac_project_import_maps (project, args[0], &n, &missing, error))
    return FALSE;
  g_print (ngettext ("%u map taken", "%u maps taken", n), n);
  g_print (ngettext ("; %u of a clip that is not in this project\n", "; %u of clips that are not in this project\n", missing), missing);
  return TRUE;
}

static gboolean
forget (SacProject *project, char **args, const Options *o, GError **error)
{
  g_autoptr (GArray) ids = sac_cli_find_clips (project, args, (int) g_strv_length (args), FALSE, error);
  g_autoptr (GArray) maps = g_array_new (FALSE, FALSE, sizeof (SacId));

  for (guint i = 0; ids && i < ids->len; i++)
    {
      g_autoptr (GPtrArray) of = sac_project_list_maps (project, g_array_index (ids, SacId, i), error);

      if (!of)
        return FALSE;
      for (guint m = 0; m < of->len; m++)
        g_array_append_val (maps, ((SacMap *) of->pdata[m])->id);
    }
  return ids && (maps->len == 0 || sac_project_remove_maps (project, (SacId *) (void *) maps->data, maps->len, error));
}

/* ---- drawing where the boxes of a label are. */
static gboolean
draw_boxes (SacProject *project, SacMap *map, SacId label, const guint *frames, const double window[4], double value, GError **error)
{
  g_autoptr (GPtrArray) tracks = sac_project_list_tracks (project, map->item, error);
  g_autofree float *cover = g_new (float, (gsize) map->h * map->w), *cells = g_new (float, (gsize) map->h * map->w);
  SacBrush brush = { SAC_BRUSH_VALUE, value, 1, 0 };

  for (guint f = 0; tracks && f < map->t; f++)
    {
      guint16 *frame = map->spatial + (gsize) f * map->h * map->w;

      memset (cover, 0, sizeof *cover * map->h * map->w);
      for (guint t = 0; t < tracks->len; t++)
        {
          const SacTrack *track = tracks->pdata[t];
          double sx = map->w / window[2], sy = map->h / window[3];
          SacBox box;

          if (track->label == label && sac_boxes_at (track->boxes, track->n_boxes, frames[f], &box))
            sac_brush_box (cover, (int) map->h, (int) map->w, (box.x - window[0]) * sx, (box.y - window[1]) * sy, box.width * sx,
                           box.height * sy);
        }
      for (guint i = 0; i < map->h * map->w; i++)
        {
          cells[i] = sac_map_unpack (frame[i]);
          cover[i] = cover[i] > 0;      /* a cell sees far beyond its own square */
        }
      sac_brush_apply (cells, cells, cover, (int) map->h, (int) map->w, &brush);
      for (guint i = 0; i < map->h * map->w; i++)
        frame[i] = sac_map_pack (cells[i]);
    }
  return tracks != NULL;
}

static gboolean
find_label (SacProject *project, const char *name, SacId *id, GError **error)
{
  g_autoptr (GPtrArray) labels = sac_project_list_vocabulary (project, error);

  *id = 0;
  if (!labels || !name || strcmp (name, "-") == 0)
    return labels != NULL;
  for (guint l = 0; l < labels->len; l++)
    if (strcmp (((SacLabel *) labels->pdata[l])->name, name) == 0)
      *id = ((SacLabel *) labels->pdata[l])->id;
  if (!*id)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project has no label “%s”"), name);
  return *id != 0;
}

static gboolean
draw (SacProject *project, char **args, const Options *o, GError **error)
{
  g_autofree char *folder = sac_cli_find_run (args[0], o->project, error);
  g_autoptr (SacNet) net = folder ? sac_net_open_run (folder, NULL, (guint) o->threads, error) : NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_map_free);
  g_autofree guint *frames = net ? g_new (guint, sac_net_get_clip_spec (net)->n_frames) : NULL;
  double window[4];
  SacId label;

  if (!net || !find_label (project, o->label, &label, error))
    return FALSE;
  ids = args[1] ? sac_cli_find_clips (project, args + 1, (int) g_strv_length (args + 1), FALSE, error)
                : sac_project_query (project, o->query ? o->query : "", error);
  for (guint i = 0; ids && i < ids->len && (o->most == 0 || i < (guint) o->most); i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (project, g_array_index (ids, SacId, i), error);
      g_autoptr (SacMap) map = item ? sac_map_of_net (net, item, frames, window, NULL, error) : NULL;
      g_autoptr (SacMap) before = NULL;

      if (!map)
        return FALSE;
      before = sac_project_get_map (project, item->id, map->t, map->h, map->w, NULL);
      if (before)
        memcpy (map->spatial, before->spatial, sizeof *map->spatial * map->t * map->h * map->w);
      if (before && before->temporal && map->temporal)
        memcpy (map->temporal, before->temporal, sizeof *map->temporal * map->t);
      if (!draw_boxes (project, map, label, frames, window, o->value, error))
        return FALSE;
      g_ptr_array_add (maps, g_steal_pointer (&map));
    }
  if (!ids || (maps->len > 0 && !sac_project_set_maps (project, (const SacMap *const *) maps->pdata, maps->len, error)))
    return FALSE;
  g_print (ngettext ("%u map drawn\n", "%u maps drawn\n", maps->len), maps->len);
  return TRUE;
}

/* ---- what the teaching did: runs beside each other. */
static double
top1 (const SacScores *scores)
{
  guint hits = 0, n = 0;

  for (guint i = 0; scores && i < scores->n_clips; i++)
    {
      const gint8 *truth = scores->truth + (gsize) i * scores->n_labels;
      gboolean any = FALSE, hit = FALSE;

      for (guint l = 0; l < scores->n_labels; l++)
        {
          any |= truth[l] > 0;
          hit |= truth[l] > 0 && sac_is_in_top (scores->scores + (gsize) i * scores->n_labels, scores->n_labels, l, 1);
        }
      hits += hit;
      n += any;
    }
  return n ? (double) hits / n : NAN;
}

static void
add_number (JsonBuilder *out, const char *name, double value)
{
  json_builder_set_member_name (out, name);
  if (isfinite (value))
    json_builder_add_double_value (out, value);
  else
    json_builder_add_null_value (out);
}

static gboolean
compare (SacProject *project, char **args, const Options *o, GError **error)
{
  g_autoptr (JsonBuilder) out = json_builder_new ();

  json_builder_begin_array (out);
  if (!o->json)
    g_print ("%-28s %6s %12s %12s %12s %12s %10s %10s\n", _("run"), _("maps"), _("|M'-M| space"), _("|M'-M| time"), _("validation"),
             _("test"), _("Deletion"), _("Insertion"));
  for (guint r = 0; args[r]; r++)
    {
      g_autofree char *folder = sac_cli_find_run (args[r], o->project, error);
      g_autoptr (SacNet) net = folder ? sac_net_open_run (folder, NULL, (guint) o->threads, error) : NULL;
      g_autoptr (SacScores) validation = net ? sac_scores_read (folder, "validation", NULL) : NULL;
      g_autoptr (SacScores) test = net ? sac_scores_read (folder, "test", NULL) : NULL;
      SacMapStudy study;

      if (!net || !sac_map_study_run (net, project, &study, sac_cli_progress, NULL, NULL, error))
        return FALSE;
      if (!o->json)
        g_print ("%-28s %6u %12.4f %12.4f %11.1f%% %11.1f%% %10.4f %10.4f\n", sac_net_get_info (net)->name, study.n, study.spatial,
                 study.temporal, 100 * top1 (validation), 100 * top1 (test), study.deletion, study.insertion);
      json_builder_begin_object (out);
      json_builder_add_string_value (json_builder_set_member_name (out, "run"), sac_net_get_info (net)->name);
      json_builder_add_int_value (json_builder_set_member_name (out, "maps"), study.n);
      add_number (out, "space", study.spatial);
      add_number (out, "time", study.temporal);
      add_number (out, "deletion", study.deletion);
      add_number (out, "insertion", study.insertion);
      json_builder_add_int_value (json_builder_set_member_name (out, "deleted_clips"), study.n_deleted);
      add_number (out, "validation_top1", top1 (validation));
      add_number (out, "test_top1", top1 (test));
      json_builder_end_object (out);
    }
  json_builder_end_array (out);
  if (o->json)
    sac_cli_print_json (g_steal_pointer (&out));
  return TRUE;
}

/* ---- teaching: the recipe is written down and trained as any other. */
static int
tune (char **args, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = NULL;
  g_autofree char *folder = sac_cli_find_run (args[0], o->project, &error), *name = NULL, *path = NULL, *dir = NULL, *weights = NULL;
  g_autofree char *text = NULL, *threads = g_strdup_printf ("%d", o->threads), *own = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  int code;

  if (folder)
    {
      g_autoptr (SacRunInfo) info = sac_run_info_read (folder, &error);
      g_autoptr (SacProject) project = NULL;

      own = g_strdup (o->project ? o->project : info ? info->project : NULL);
      project = own ? sac_project_open (own, SAC_PROJECT_READ_ONLY, &error) : NULL;
      recipe = project ? sac_tune_recipe (folder, project, &o->tune, &weights, &error) : NULL;
    }
  dir = recipe ? g_dir_make_tmp ("saccade-tune-XXXXXX", &error) : NULL;
  if (!dir)
    return sac_cli_fail (g_steal_pointer (&error));
  name = g_path_get_basename (folder);
  path = g_strdup_printf ("%s/%s-edits.ini", dir, name);
  text = sac_recipe_dup_text (recipe);
  if (!sac_file_replace (path, text, strlen (text), &error))
    return sac_cli_fail (g_steal_pointer (&error));
  g_ptr_array_add (words, (char *) "train");
  g_ptr_array_add (words, path);
  g_ptr_array_add (words, (char *) "--project");
  g_ptr_array_add (words, own);
  g_ptr_array_add (words, (char *) "--weights");
  g_ptr_array_add (words, weights);
  g_ptr_array_add (words, (char *) "--threads");
  g_ptr_array_add (words, threads);
  if (o->run)
    {
      g_ptr_array_add (words, (char *) "--run");
      g_ptr_array_add (words, o->run);
    }
  g_ptr_array_add (words, NULL);
  code = sac_cli_train ((int) words->len - 1, (char **) words->pdata);
  g_unlink (path);
  g_rmdir (dir);
  return code;
}

static const struct {
  const char *word;
  int least, most;              /* arguments */
  SacProjectMode mode;
  gboolean (*run) (SacProject *project, char **args, const Options *options, GError **error);
} acts[] = {
  { "list", 0, 0, SAC_PROJECT_READ_ONLY, list },
  { "export", 1, G_MAXINT, SAC_PROJECT_READ_ONLY, put_out },
  { "import", 1, 1, SAC_PROJECT_READ_WRITE, take_in },
  { "forget", 1, G_MAXINT, SAC_PROJECT_READ_WRITE, forget },
  { "draw", 1, G_MAXINT, SAC_PROJECT_READ_WRITE, draw },
  { "compare", 1, G_MAXINT, SAC_PROJECT_READ_ONLY, compare },
};

static void
options_clear (Options *o)
{
  g_free (o->project);
  g_free (o->query);
  g_free (o->label);
  g_free (o->run);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

int
sac_cli_maps (int argc, char **argv)
{
  g_auto (Options) o = { 0 };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &o.project, N_("Project file or its folder"), N_("FILE") },
    { "query", 'q', 0, G_OPTION_ARG_STRING, &o.query, N_("draw: on the clips that this finds"), N_("QUERY") },
    { "most", 0, 0, G_OPTION_ARG_INT, &o.most, N_("draw: on so many of them at most"), N_("N") },
    { "label", 'l', 0, G_OPTION_ARG_STRING, &o.label, N_("draw: where the boxes of this label are; - (default): those of no label"),
      N_("NAME") },
    { "value", 'v', 0, G_OPTION_ARG_DOUBLE, &o.value, N_("draw: this is what the maps say there (0: do not look)"), N_("0…1") },
    { "run", 'r', 0, G_OPTION_ARG_FILENAME, &o.run, N_("tune: run folder (default: a new one in the project's folder)"), N_("FOLDER") },
    { "only", 0, 0, G_OPTION_ARG_NONE, &o.tune.only, N_("tune: see only the clips with an edited map"), NULL },
    { "gamma", 0, 0, G_OPTION_ARG_DOUBLE, &o.tune.gamma, N_("tune: weight of the maps of space (1)"), N_("X") },
    { "gamma-time", 0, 0, G_OPTION_ARG_DOUBLE, &o.tune.gamma_t, N_("tune: weight of the maps of time (1)"), N_("X") },
    { "epochs", 0, 0, G_OPTION_ARG_DOUBLE, &o.tune.epochs, N_("tune: how often each clip is seen (10)"), N_("X") },
    { "slow", 0, 0, G_OPTION_ARG_DOUBLE, &o.tune.slow, N_("tune: of the last rate, so much (0.1)"), N_("X") },
    { "hide", 0, 0, G_OPTION_ARG_DOUBLE, &o.tune.hide,
      N_("tune: every second time, what a map holds below this is painted over in its clip (0: nothing is)"), "0…1" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o.threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, N_("compare: print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  int parsed;

  sac_tune_init (&o.tune);
  parsed = sac_cli_parse (&argc, &argv, entries,
                          _("list | export FOLDER [CLIP…] | import FOLDER | forget CLIP… | draw RUN [CLIP…] | tune RUN | compare RUN…"),
                          _("Edited maps of attention: where a person says that a network should look."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc == 3 && strcmp (argv[1], "tune") == 0 && o.threads >= 0 && o.tune.epochs > 0 && o.tune.slow > 0 && o.tune.gamma >= 0
      && o.tune.gamma_t >= 0 && o.tune.hide >= 0 && o.tune.hide <= 1)
    return tune (argv + 2, &o);
  for (guint a = 0; a < G_N_ELEMENTS (acts); a++)
    if (argc > 1 && strcmp (argv[1], acts[a].word) == 0 && argc - 2 >= acts[a].least && argc - 2 <= acts[a].most && o.threads >= 0
        && o.most >= 0 && o.value >= 0 && o.value <= 1)
      {
        sac_media_init ();
        project = sac_cli_open_project (o.project, acts[a].mode, &error);
        return project && acts[a].run (project, argv + 2, &o, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
      }
  g_printerr ("saccade: %s\n", _("maps wants one of: list, export, import, forget, draw, tune, compare; see saccade maps --help"));
  return 2;
}
