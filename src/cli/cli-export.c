/* saccade export --format NAME TARGET [CLIP…]: what is said of the clips, for other tools. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-cli.h"

static void
tell_losses (SacAnnotations *annotations, const SacLabelFormat *format)
{
  g_auto (GStrv) losses = sac_annotations_list_losses (annotations, format);

  if (!losses[0])
    return;
  g_printerr (_("%s cannot hold:\n"), _(format->title));
  for (guint i = 0; losses[i]; i++)
    g_printerr ("  %s\n", losses[i]);
}

int
sac_cli_export (int argc, char **argv)
{
  g_autofree char *path = NULL, *format_id = NULL, *query = NULL;
  gboolean dry = FALSE, lossless = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format_id, N_("The format; saccade labels formats lists them"), "NAME" },
    { "query", 'q', 0, G_OPTION_ARG_STRING, &query, N_("The clips that fit a query (see saccade query)"), "WORDS" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, N_("Only say what the format cannot hold"), NULL },
    { "lossless", 0, 0, G_OPTION_ARG_NONE, &lossless, N_("Write nothing if something would be lost"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacAnnotations) annotations = NULL;
  g_autoptr (GArray) clips = NULL;
  g_auto (GStrv) losses = NULL;
  const SacLabelFormat *format;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("TARGET [CLIP…]"),
                              _("Writes labels, segments, boxes and tracks in a format of other tools."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  format = sac_label_format_find (format_id);
  if (!format || argc < (dry ? 1 : 2))
    {
      g_printerr ("%s\n", format_id && !format ? _("saccade: there is no such format; saccade labels formats shows them")
                                               : _("saccade: export wants --format NAME and a file or folder to write"));
      return 2;
    }
  project = sac_cli_open_project (path, SAC_PROJECT_READ_ONLY, &error);
  clips = !project ? NULL : query ? sac_project_query (project, query, &error)
                                  : sac_cli_find_clips (project, argv + 2, MAX (argc - 2, 0), argc <= 2, &error);
  if (clips && clips->len == 0)
    {
      g_printerr ("%s\n", _("saccade: no clip fits the query; nothing was written"));
      return 1;
    }
  annotations = clips ? sac_project_collect_annotations (project, (SacId *) (gpointer) clips->data, clips->len, 0, &error) : NULL;
  if (!annotations)
    return sac_cli_fail (g_steal_pointer (&error));
  tell_losses (annotations, format);
  losses = sac_annotations_list_losses (annotations, format);
  if (dry)
    return 0;
  if (lossless && losses[0])
    {
      g_printerr ("%s\n", _("saccade: nothing was written, since something would be lost"));
      return 1;
    }
  if (!sac_annotations_write (annotations, format, argv[1], &error))
    return sac_cli_fail (g_steal_pointer (&error));
  g_print (ngettext ("%u clip written to %s\n", "%u clips written to %s\n", annotations->items->len), annotations->items->len, argv[1]);
  return 0;
}
