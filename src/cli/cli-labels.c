/* saccade labels import|formats|history|go-to|layers: label files in, and who said what when. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-cli.h"

static void
print_formats (void)
{
  for (guint i = 0; sac_label_formats[i].id; i++)
    g_print ("%-10s %s\n", sac_label_formats[i].id, _(sac_label_formats[i].title));
}

static gboolean
import (SacProject *project, const char *path, const char *format_id, GError **error)
{
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

static gboolean
history (SacProject *project, GError **error)
{
  g_autoptr (GPtrArray) acts = sac_project_list_history (project, 1000, error);

  for (guint i = 0; acts && i < acts->len; i++)
    {
      const SacAct *act = acts->pdata[i];
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (act->time_us / G_USEC_PER_SEC);
      g_autofree char *when = at ? g_date_time_format (at, "%F %T") : g_strdup ("?");

      g_print ("%6" G_GINT64_FORMAT "  %s  %s%s\n", act->id, when, act->what, act->undone ? _("  (undone)") : "");
    }
  return acts != NULL;
}

static gboolean
layers (SacProject *project, GError **error)
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

int
sac_cli_labels (int argc, char **argv)
{
  g_autofree char *path = NULL, *format = NULL;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, N_("The format of the file (else recognised)"), "NAME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("import FILE | formats | history | go-to ACT | layers"),
                              _("Label files in, the history of acts, and the layers of who said what."));
  const char *verb = argc > 1 ? argv[1] : "";
  gboolean good = FALSE;

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (strcmp (verb, "formats") == 0 && argc == 2)
    {
      print_formats ();
      return 0;
    }
  if (!(strcmp (verb, "import") == 0 && argc == 3) && !(strcmp (verb, "history") == 0 && argc == 2)
      && !(strcmp (verb, "go-to") == 0 && argc == 3) && !(strcmp (verb, "layers") == 0 && argc == 2))
    {
      g_printerr ("%s\n", _("saccade: labels wants import FILE, formats, history, go-to ACT or layers"));
      return 2;
    }
  project = sac_cli_open_project (path, strcmp (verb, "import") == 0 && path ? SAC_PROJECT_CREATE
                                        : strcmp (verb, "import") == 0 || strcmp (verb, "go-to") == 0 ? SAC_PROJECT_READ_WRITE
                                                                                                      : SAC_PROJECT_READ_ONLY, &error);
  if (project && strcmp (verb, "import") == 0)
    good = import (project, argv[2], format, &error);
  else if (project && strcmp (verb, "history") == 0)
    good = history (project, &error);
  else if (project && strcmp (verb, "go-to") == 0)
    good = sac_project_go_to (project, g_ascii_strtoll (argv[2], NULL, 10), &error);
  else if (project)
    good = layers (project, &error);
  return good ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
