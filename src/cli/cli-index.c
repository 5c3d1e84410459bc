/* saccade index: how a file's frames are known, and counting them anew. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "media/sac-media.h"
#include "sac-cli.h"
#include "store/sac-health.h"

static void
on_counting (double fraction, gpointer data)
{
  sac_cli_progress (MAX (fraction, 0), data, NULL);
}

/* One file's line.  FALSE: it cannot be opened. */
static gboolean
show_file (const char *path, gboolean rebuild, JsonBuilder *json)
{
  g_autofree char *name = g_filename_display_basename (path);
  const SacMediaWatch watch = { NULL, json ? NULL : on_counting, name };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = rebuild ? sac_media_open_counted (path, &watch, NULL, &error)
                                       : sac_media_open_watched (path, &watch, NULL, &error);
  const char *warning = media ? sac_media_get_warning (media) : error->message;

  if (json)
    {
      json_builder_begin_object (json);
      json_builder_set_member_name (json, "file");
      json_builder_add_string_value (json, path);
      json_builder_set_member_name (json, "frames");
      json_builder_add_int_value (json, media ? sac_media_get_n_frames (media) : 0);
      json_builder_set_member_name (json, "fps");
      json_builder_add_double_value (json, media ? sac_media_get_fps (media) : 0);
      json_builder_set_member_name (json, "counted");
      json_builder_add_boolean_value (json, media && sac_media_is_counted (media));
      json_builder_set_member_name (json, media ? "warning" : "problem");
      if (warning)
        json_builder_add_string_value (json, warning);
      else
        json_builder_add_null_value (json);
      json_builder_end_object (json);
    }
  else if (media)
    g_print (_("%s: %u frames at %.3f per s, %s%s%s\n"), name, sac_media_get_n_frames (media), sac_media_get_fps (media),
             sac_media_is_counted (media) ? _("counted by decoding") : _("from the file's own table"), warning ? "; " : "",
             warning ? warning : "");
  else
    g_printerr ("%s\n", warning);
  return media != NULL;
}

static int
count_clips (const char *path, char **names, int n_names, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_cli_open_project (path, SAC_PROJECT_READ_WRITE, &error);
  g_autoptr (GArray) ids = project ? sac_cli_find_clips (project, names, n_names, n_names == 0, &error) : NULL;
  g_autoptr (GPtrArray) counts = NULL;
  gboolean failed = FALSE;

  if (ids)
    counts = sac_project_count_frames (project, (const SacId *) (void *) ids->data, ids->len, as_json ? NULL : sac_cli_progress, NULL,
                                       NULL, &error);
  if (!counts || !sac_project_take_counts (project, counts, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  for (guint i = 0; i < counts->len; i++)
    {
      const SacRecount *count = counts->pdata[i];

      failed = failed || count->problem;
      if (count->problem)
        g_printerr ("%s: %s\n", count->name, count->problem);
      else if (!as_json && count->n_now != count->n_before)
        g_print (_("%s: %u frames, not %u\n"), count->name, count->n_now, count->n_before);
    }
  if (as_json)
    {
      g_autoptr (JsonBuilder) json = json_builder_new ();

      json_builder_begin_array (json);
      for (guint i = 0; i < counts->len; i++)
        {
          const SacRecount *count = counts->pdata[i];

          json_builder_begin_object (json);
          json_builder_set_member_name (json, "clip");
          json_builder_add_string_value (json, count->name);
          json_builder_set_member_name (json, "before");
          json_builder_add_int_value (json, count->n_before);
          json_builder_set_member_name (json, "frames");
          json_builder_add_int_value (json, count->n_now);
          json_builder_end_object (json);
        }
      json_builder_end_array (json);
      sac_cli_print_json (g_steal_pointer (&json));
    }
  else
    g_print (ngettext ("%u file counted\n", "%u files counted\n", counts->len), counts->len);
  return failed;
}

int
sac_cli_index (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean as_json = FALSE, rebuild = FALSE;
  const GOptionEntry entries[] = {
    { "rebuild", 0, 0, G_OPTION_ARG_NONE, &rebuild, N_("Decode every frame, whatever the file says of itself"), NULL },
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("Rebuild for clips of this project, and write its numbers anew"),
      "FILE.saccade" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (JsonBuilder) json = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("FILE… or CLIP…"),
                              _("Tells how many frames a video has and how that is known. Rebuilding helps where a file is wrong."));
  gboolean good = TRUE;

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (path)
    return count_clips (path, argv + 1, argc - 1, as_json);
  if (argc < 2)
    {
      g_printerr ("%s\n", _("saccade: name at least one video"));
      return 2;
    }
  if (as_json)
    {
      json = json_builder_new ();
      json_builder_begin_array (json);
    }
  for (int i = 1; i < argc; i++)
    good = show_file (argv[i], rebuild, json) && good;
  if (as_json)
    {
      json_builder_end_array (json);
      sac_cli_print_json (g_steal_pointer (&json));
    }
  return !good;
}
