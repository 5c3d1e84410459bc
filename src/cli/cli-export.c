/* saccade export --format NAME TARGET [CLIP…]: what is said of the clips, for other tools. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-cli.h"

static void
tell_losses (char **losses, const SacLabelFormat *format)
{
  if (!losses[0])
    return;
  g_printerr (_("%s cannot hold:\n"), _(format->title));
  for (guint i = 0; losses[i]; i++)
    g_printerr ("  %s\n", losses[i]);
}

static void
tell_pictures (guint n, const char *folder)
{
  if (folder)
    g_print (ngettext ("%u picture written to %s\n", "%u pictures written to %s\n", n), n, folder);
  else
    g_print (ngettext ("%u picture\n", "%u pictures\n", n), n);
}

static int
write_pictures (SacProject *project, GArray *clips, SacAnnotations *annotations, const SacLabelFormat *format, const SacPictureSpec *spec,
                const char *folder)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (!sac_project_export_pictures (project, (const SacId *) (gpointer) clips->data, clips->len, annotations, format, spec, folder, &n,
                                    told, sac_cli_progress, NULL, NULL, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  sac_cli_progress (1, "", NULL);
  for (guint i = 0; i < told->len; i++)
    g_printerr ("%s\n", (char *) told->pdata[i]);
  tell_pictures (n, folder);
  return 0;
}

int
sac_cli_export (int argc, char **argv)
{
  g_autofree char *path = NULL, *format_id = NULL, *query = NULL, *frames = NULL;
  gboolean dry = FALSE, lossless = FALSE, pictures = FALSE;
  int every = 1;
  SacPictureSpec spec = { .frames = SAC_FRAMES_BOXED };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format_id, N_("The format; saccade labels formats lists them"), "NAME" },
    { "query", 'q', 0, G_OPTION_ARG_STRING, &query, N_("The clips that fit a query (see saccade query)"), "WORDS" },
    { "pictures", 0, 0, G_OPTION_ARG_NONE, &pictures, N_("VOC, YOLO: with the pictures; frames of videos become some"), NULL },
    { "frames", 0, 0, G_OPTION_ARG_STRING, &frames, N_("Which frames of videos: keyframes, boxes (where there are any) or all"), "WHICH" },
    { "every", 0, 0, G_OPTION_ARG_INT, &every, N_("Of these frames each N-th"), "N" },
    { "png", 0, 0, G_OPTION_ARG_NONE, &spec.png, N_("Frames as PNG (else JPEG)"), NULL },
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
  if ((frames && !sac_frames_parse (frames, &spec.frames)) || every < 1 || (pictures && !sac_label_format_has_pictures (format)))
    {
      g_printerr ("%s\n", pictures && !sac_label_format_has_pictures (format) ? _("saccade: --pictures goes with voc and yolo")
                          : every < 1 ? _("saccade: --every wants a number from 1 on")
                                      : _("saccade: --frames wants keyframes, boxes or all"));
      return 2;
    }
  spec.every = (guint) every;
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
  losses = pictures ? sac_annotations_list_picture_losses (annotations, format) : sac_annotations_list_losses (annotations, format);
  tell_losses (losses, format);
  if (dry && pictures)
    tell_pictures (sac_annotations_count_pictures (annotations, &spec), NULL);
  if (dry)
    return 0;
  if (lossless && losses[0])
    {
      g_printerr ("%s\n", _("saccade: nothing was written, since something would be lost"));
      return 1;
    }
  if (pictures)
    return write_pictures (project, clips, annotations, format, &spec, argv[1]);
  if (!sac_annotations_write (annotations, format, argv[1], &error))
    return sac_cli_fail (g_steal_pointer (&error));
  g_print (ngettext ("%u clip written to %s\n", "%u clips written to %s\n", annotations->items->len), annotations->items->len, argv[1]);
  return 0;
}
