/* saccade bench ui [--clips N --segments N --boxes N --marks N --json]: makes a project of many clips and one of many marks on one
 * clip, lets the window (saccade-window --bench) drive itself through them, and prints its main thread's time for each frame.
 * Without a display it starts Xvfb; pictures are drawn by software in either case, so that nothing hides behind a graphics card. */
#include "bench-ui.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "bench-window.h"
#include "media/sac-media.h"
#include "sac-cli.h"
#include "store/sac-fill.h"

#define WIDTH 256
#define HEIGHT 192
#define N_VIDEOS 8
#define TARGET_MS 4.0           /* of the main thread for a frame, 99 of 100 */
#define TARGET_OPEN_MS 2000

/* A square of its own colour moves over a ground that changes: all frames and all videos differ. */
static gboolean
make_video (const char *path, guint number, GError **error)
{
  g_autofree guint8 *rgb = g_malloc (WIDTH * HEIGHT * 3);
  SacEncoder *encoder = sac_encoder_new (path, WIDTH, HEIGHT, 25, 1, error);

  for (guint frame = 0; encoder && frame < 50; frame++)
    {
      for (guint y = 0; y < HEIGHT; y++)
        for (guint x = 0; x < WIDTH; x++)
          {
            gboolean inside = x - (frame * 4 % WIDTH) < 40 && y - 20 * number % HEIGHT < 40;
            guint8 *pixel = rgb + (y * WIDTH + x) * 3;

            pixel[0] = (guint8) (inside ? 230 : x / 2 + number * 9);
            pixel[1] = (guint8) (inside ? 40 + 25 * number : y / 2 + frame);
            pixel[2] = (guint8) (inside ? 60 : 90 + 10 * number);
          }
      if (!sac_encoder_push (encoder, rgb, WIDTH * 3, error))
        {
          sac_encoder_finish (encoder, NULL);
          return FALSE;
        }
    }
  return encoder && sac_encoder_finish (encoder, error);
}

static gboolean
make_project (const char *path, const char *videos, const SacFill *fill, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (path, SAC_PROJECT_CREATE, error);
  g_autoptr (SacImportResult) imported = project ? sac_project_import (project, videos, NULL, NULL, NULL, NULL, error) : NULL;

  return imported && sac_project_fill (project, fill, NULL, NULL, error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* ---- printing. */

static void
print_phases (JsonObject *root, const char *member)
{
  JsonArray *phases = json_object_get_array_member (root, member);

  for (guint i = 0; phases && i < json_array_get_length (phases); i++)
    {
      JsonObject *phase = json_array_get_object_element (phases, i), *frames = json_object_get_object_member (phase, "frames");
      JsonObject *loop = json_object_get_object_member (phase, "loop");

      double worst = json_object_get_double_member (frames, "p99");

      g_print ("%-20s %5.0f  %7.2f %7.2f   ≤ %.0f %s  %7.2f  %5.1f %%  %7.2f  %8.2f\n", json_object_get_string_member (phase, "name"),
               json_object_get_double_member (frames, "n"), json_object_get_double_member (frames, "p50"),
               worst, TARGET_MS, worst <= TARGET_MS ? C_("target", "met   ") : C_("target", "missed"),
               json_object_get_double_member (frames, "max"),
               100 * json_object_get_double_member (frames, "within"), json_object_get_double_member (frames, "wall_p99"),
               json_object_get_double_member (loop, "max"));
    }
}

static void
print_text (JsonObject *root)
{
  static const char *const opened[] = { "many_clips", "many_marks" };

  for (guint i = 0; i < G_N_ELEMENTS (opened); i++)
    {
      JsonObject *one = json_object_get_object_member (root, opened[i]);

      double shown = json_object_get_double_member (one, "shown_ms");

      g_print (_("%.0f clips: open after %.0f ms, on the screen after %.0f ms (asked: %d, %s)\n"),
               json_object_get_double_member (one, "clips"), json_object_get_double_member (one, "open_ms"), shown, TARGET_OPEN_MS,
               shown <= TARGET_OPEN_MS ? _("met") : _("missed"));
    }
  g_print ("\n%s\n", _("main thread, ms a frame      n      p50     p99  p99 asked       max   within  p99 wall  longest turn"));
  print_phases (root, "phases");
  print_phases (root, "mark_phases");
}

int
_sac_bench_ui (int argc, char **argv)
{
  int clips = 100000, marks = 1000000, segments = -1, boxes = -1;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "clips", 0, 0, G_OPTION_ARG_INT, &clips, N_("Clips of the first project (100000)"), "N" },
    { "segments", 0, 0, G_OPTION_ARG_INT, &segments, N_("Segments of the first project (20 a clip)"), "N" },
    { "boxes", 0, 0, G_OPTION_ARG_INT, &boxes, N_("Boxes of the first project (100 a clip)"), "N" },
    { "marks", 0, 0, G_OPTION_ARG_INT, &marks, N_("Segments on the one clip of the second (1000000)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print one line of JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *dir = NULL, *videos = NULL, *many = NULL, *many_marks = NULL, *out = NULL, *text = NULL;
  SacFill fill = { .n_labels = 10, .seed = 1 }, mark_fill = { .n_items = 1, .n_labels = 10, .seed = 1 };
  const char *run[] = { "--bench", NULL, NULL, NULL, NULL };
  gboolean good;
  int parsed = sac_cli_parse (&argc, &argv, entries, "ui",
                              _("Lets the window drive itself through large projects and times its main thread."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc > 1 || clips < 1 || clips > 1000000 || marks < 1 || marks > 10000000)
    {
      g_printerr ("%s\n", _("saccade: bench ui wants 1 to 1 million clips and 1 to 10 million marks"));
      return 2;
    }
  dir = g_dir_make_tmp ("saccade-bench-XXXXXX", &error);
  if (!dir)
    return sac_cli_fail (g_steal_pointer (&error));
  videos = g_build_filename (dir, "videos", NULL);
  many = g_build_filename (dir, "clips.saccade", NULL);
  many_marks = g_build_filename (dir, "marks.saccade", NULL);
  out = g_build_filename (dir, "out.json", NULL);
  run[1] = out;
  run[2] = many;
  run[3] = many_marks;
  g_mkdir (videos, 0755);
  fill.n_items = (guint) clips;
  fill.n_tags = 3 * fill.n_items;
  fill.n_segments = segments < 0 ? 20 * fill.n_items : (guint) segments;
  fill.n_boxes = boxes < 0 ? 100 * fill.n_items : (guint) boxes;
  mark_fill.n_marks = (guint) marks;
  good = TRUE;
  for (guint i = 0; good && i < N_VIDEOS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.%s", i, sac_encoder_get_suffix ()), *path = g_build_filename (videos, name, NULL);

      good = make_video (path, i, &error);
    }
  good = good && make_project (many, videos, &fill, &error) && make_project (many_marks, videos, &mark_fill, &error)
         && _sac_bench_run_window (dir, run, &error) && json_parser_load_from_file (parser, out, &error);
  if (good && as_json)
    {
      text = json_to_string (json_parser_get_root (parser), FALSE);
      g_print ("%s\n", text);
    }
  else if (good)
    print_text (json_node_get_object (json_parser_get_root (parser)));
  remove_tree (dir);
  return good ? 0 : sac_cli_fail (g_steal_pointer (&error));
}
