/* saccade labels …: label files in, the history of acts, named versions, and the layers of who said what. */
#include <glib/gi18n.h>
#include <string.h>

#include "labels-top.h"
#include "store/sac-versions.h"

typedef struct {
  const char *format;
  gboolean as_json;
} Options;

static void
print_formats (void)
{
  for (guint i = 0; sac_label_formats[i].id; i++)
    g_print ("%-10s %s\n", sac_label_formats[i].id, _(sac_label_formats[i].title));
}

static gboolean
import (SacProject *project, char **args, const Options *options, GError **error)
{
  const char *path = args[0], *format_id = options->format;
  const SacLabelFormat *format = sac_label_format_find (format_id);
  g_autofree char *full = g_canonicalize_filename (path, NULL), *base = g_path_get_basename (full), *shown = g_filename_display_name (base);
  g_autoptr (SacAnnotations) annotations = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  SacLabelImport result;

  if (format_id && !format)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("There is no format “%s”; saccade labels formats shows them"),
                   format_id);
      return FALSE;
    }
  annotations = sac_annotations_read (full, format, error);
  if (!annotations
      || !sac_project_apply_annotations (project, annotations, shown, full, &result, told, sac_cli_progress, NULL, NULL, error))
    return FALSE;
  for (guint i = 0; i < told->len; i++)
    g_printerr ("%s\n", (char *) told->pdata[i]);
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

/* ---- the words after "labels". */
static const struct {
  const char *word;
  int least, most;              /* arguments */
  SacProjectMode mode;
  gboolean (*run) (SacProject *project, char **args, const Options *options, GError **error);
} acts[] = {
  { "import", 1, 1, SAC_PROJECT_READ_WRITE, import },
  { "history", 0, 0, SAC_PROJECT_READ_ONLY, history },
  { "go-to", 1, 1, SAC_PROJECT_READ_WRITE, go_to },
  { "versions", 0, 0, SAC_PROJECT_READ_ONLY, versions },
  { "save", 1, 2, SAC_PROJECT_READ_WRITE, save },
  { "restore", 1, 1, SAC_PROJECT_READ_WRITE, restore },
  { "changes", 1, 1, SAC_PROJECT_READ_ONLY, changes },
  { "forget", 1, 1, SAC_PROJECT_READ_WRITE, forget },
  { "layers", 0, 0, SAC_PROJECT_READ_ONLY, layers },
};

int
sac_cli_labels (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "top") == 0)
    return sac_cli_labels_top (argc - 1, argv + 1);

  g_autofree char *path = NULL, *format = NULL;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, N_("The format of the file (else recognised)"), "NAME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("ACT …"),
                              _("Label files in, the history of acts, named versions, and the layers of who said what:\n"
                                "  import FILE           a label file into the project\n"
                                "  formats               which there are\n"
                                "  history, go-to ACT    all acts; undo or redo up to one of them\n"
                                "  versions, save NAME [NOTE], changes NAME, restore NAME, forget NAME\n"
                                "  layers                who says how much\n"
                                "  top K                 the most frequent labels (top --help tells more)"));
  const char *verb = argc > 1 ? argv[1] : "";
  Options options = { format };

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
