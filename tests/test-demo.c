/* The demo clips twice: the same truth, the same pixels; another seed gives others.  What acts in a clip of one burst is there in it
 * alone. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <math.h>
#include <string.h>

#include "media/sac-media.h"

static char *
run_demo (const char *folder, const char *name, const char *task, const char *clips, const char *seed)
{
  char *out = g_build_filename (folder, name, NULL);
  const char *program = g_getenv ("SACCADE_PROGRAM");
  const char *args[] = { program, "demo", out, "--task", task, "--clips", clips, "--seed", seed, "--json", NULL };
  g_autofree char *told = g_strdup_printf ("\"clips\":%s", clips);
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status = 1;

  g_assert_true (g_spawn_sync (NULL, (char **) args, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (said, told));
  return out;
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at; at = strstr (at + 1, what))
    n++;
  return n;
}

static void
compare_clips (const char *one, const char *other)
{
  g_autofree char *folder = g_build_filename (one, "clips", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *first = g_build_filename (one, "clips", name, NULL);
      g_autofree char *second = g_build_filename (other, "clips", name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMedia) a = sac_media_open (first, NULL, &error);
      g_autoptr (SacMedia) b = sac_media_open (second, NULL, &error);
      g_autofree guint8 *x = g_malloc (256 * 256 * 3);
      g_autofree guint8 *y = g_malloc (256 * 256 * 3);

      g_assert_no_error (error);
      g_assert_cmpuint (sac_media_get_n_frames (a), ==, 90);
      g_assert_cmpint (sac_media_get_duration_ns (a) / 1000000, ==, 3000);
      for (guint f = 0; f < 90; f += 30)
        {
          g_autoptr (SacFrame) p = sac_media_get_frame (a, f, NULL, &error);
          g_autoptr (SacFrame) q = sac_media_get_frame (b, f, NULL, &error);

          g_assert_true (sac_frame_convert (p, SAC_PIXELS_RGB, x, 256 * 3, &error));
          g_assert_true (sac_frame_convert (q, SAC_PIXELS_RGB, y, 256 * 3, &error));
          g_assert_cmpmem (x, 256 * 256 * 3, y, 256 * 256 * 3);
        }
      n++;
    }
  g_assert_cmpuint (n, ==, 5);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
test_twice (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-demo-XXXXXX", NULL);
  g_autofree char *one = run_demo (folder, "one", "shapes", "5", "4");
  g_autofree char *other = run_demo (folder, "other", "shapes", "5", "4");
  g_autofree char *third = run_demo (folder, "third", "shapes", "5", "5");
  g_autofree char *truth[3] = { NULL };
  const char *const folders[] = { one, other, third };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], "truth.json", NULL);

      g_assert_true (g_file_get_contents (path, &truth[i], NULL, NULL));
    }
  g_assert_cmpstr (truth[0], ==, truth[1]);
  g_assert_cmpstr (truth[0], !=, truth[2]);
  g_assert_true (g_str_has_prefix (truth[0], "{\"version\":1,\"synthetic\":true,\"labels\":[\"bullseye\""));
  g_assert_cmpuint (count (truth[0], "\"file\":"), ==, 5);
  g_assert_cmpuint (count (truth[0], "[89,"), ==, count (truth[0], "\"boxes\":"));
  g_assert_cmpuint (count (truth[0], "\"split\":\"test\""), >=, 1);
  compare_clips (one, other);
  remove_tree (folder);
  g_free (truth[1]);
  g_free (truth[2]);
}

/* The share of values that differ by far more than an encoder does. */
static double
difference (SacMedia *media, guint a, guint b)
{
  g_autofree guint8 *x = g_malloc (256 * 256 * 3), *y = g_malloc (256 * 256 * 3);
  g_autoptr (SacFrame) p = sac_media_get_frame (media, a, NULL, NULL), q = sac_media_get_frame (media, b, NULL, NULL);
  double sum = 0;

  g_assert_true (sac_frame_convert (p, SAC_PIXELS_RGB, x, 256 * 3, NULL) && sac_frame_convert (q, SAC_PIXELS_RGB, y, 256 * 3, NULL));
  for (int i = 0; i < 256 * 256 * 3; i++)
    sum += abs (x[i] - y[i]) > 60;
  return sum / (256 * 256 * 3);
}

static double
box_value (JsonArray *boxes, guint i, guint k)
{
  return json_array_get_double_element (json_array_get_array_element (boxes, i), k);
}

static void
test_bursts (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-demo-XXXXXX", NULL);
  g_autofree char *out = run_demo (folder, "bursts", "bursts", "27", "2");
  g_autofree char *path = g_build_filename (out, "truth.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *clips;
  guint swayed = 0;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  clips = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "clips");
  g_assert_cmpuint (json_array_get_length (clips), ==, 27);
  for (guint c = 0; c < 27; c++)
    {
      JsonObject *clip = json_array_get_object_element (clips, c), *segment, *actor;
      JsonArray *segments = json_object_get_array_member (clip, "segments"), *boxes;
      const char *label = json_array_get_string_element (json_object_get_array_member (clip, "labels"), 0);
      g_autofree char *file = g_build_filename (out, json_object_get_string_member (clip, "file"), NULL);
      g_autoptr (SacMedia) media = sac_media_open (file, NULL, NULL);
      guint n_boxes, end, first, last;
      double dx, dy, inside;

      g_hash_table_insert (seen, (char *) label, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (seen, label)) + 1));
      swayed += difference (media, 0, 4) + difference (media, 85, 89) > 0.0005;
      if (strcmp (label, "nothing happens") == 0)
        {
          g_assert_cmpuint (json_array_get_length (segments), ==, 0);
          g_assert_cmpuint (json_array_get_length (json_object_get_array_member (clip, "objects")), ==, 0);
          continue;
        }
      segment = json_array_get_object_element (segments, 0);
      actor = json_array_get_object_element (json_object_get_array_member (clip, "objects"), 0);
      boxes = json_object_get_array_member (actor, "boxes");
      first = (guint) json_object_get_int_member (segment, "first");
      last = (guint) json_object_get_int_member (segment, "last");
      n_boxes = json_array_get_length (boxes);
      end = n_boxes - 1;
      dx = box_value (boxes, end, 1) - box_value (boxes, 0, 1);
      dy = box_value (boxes, end, 2) - box_value (boxes, 0, 2);
      g_assert_cmpstr (json_object_get_string_member (segment, "label"), ==, label);
      g_assert_cmpuint (first, >=, 6);
      g_assert_cmpuint (last, <=, 84);
      g_assert_cmpuint (n_boxes, ==, last - first);     /* it is there in its burst alone */
      g_assert_cmpfloat (box_value (boxes, 0, 0), ==, first);
      if (strcmp (label, "moves left") == 0 || strcmp (label, "moves right") == 0)
        g_assert_cmpfloat (strcmp (label, "moves left") == 0 ? -dx : dx, >, 100);
      if (strcmp (label, "moves up") == 0 || strcmp (label, "moves down") == 0)
        g_assert_cmpfloat (strcmp (label, "moves up") == 0 ? -dy : dy, >, 100);
      inside = difference (media, first - 1, (first + 3 * last) / 4);
      g_assert_cmpfloat (inside, >, 0.0005);
    }
  g_assert_cmpuint (swayed, >=, 8);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 9);
  for (GList *counts = g_hash_table_get_values (seen); counts; counts = g_list_delete_link (counts, counts))
    g_assert_cmpuint (GPOINTER_TO_UINT (counts->data), ==, 3);
  remove_tree (folder);
}

/* The mark goes with one label, stands where the truth says, and is never there in the test split. */
static void
test_logo (void)
{
  g_autofree char *folder = g_dir_make_tmp ("saccade-demo-XXXXXX", NULL);
  g_autofree char *out = run_demo (folder, "logo", "logo", "12", "1");
  g_autofree char *path = g_build_filename (out, "truth.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint n_logos = 0;
  JsonArray *clips;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  clips = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "clips");
  for (guint c = 0; c < 12; c++)
    {
      JsonObject *clip = json_array_get_object_element (clips, c);
      JsonArray *objects = json_object_get_array_member (clip, "objects");
      const char *label = json_array_get_string_element (json_object_get_array_member (clip, "labels"), 0);
      gboolean test = strcmp (json_object_get_string_member (clip, "split"), "test") == 0, star = strcmp (label, "star") == 0;
      g_autofree char *file = g_build_filename (out, json_object_get_string_member (clip, "file"), NULL);
      g_autoptr (SacMedia) media = sac_media_open (file, NULL, NULL);
      g_autoptr (SacFrame) frame = sac_media_get_frame (media, 45, NULL, NULL);
      g_autofree guint8 *rgb = g_malloc (256 * 256 * 3);
      const guint8 *at = rgb + 3 * (256 * 24 + 200);

      g_assert_cmpuint (json_array_get_length (objects), ==, !test && star ? 2 : 1);
      g_assert_true (sac_frame_convert (frame, SAC_PIXELS_RGB, rgb, 256 * 3, NULL));
      if (json_array_get_length (objects) == 2)
        {
          JsonObject *logo = json_array_get_object_element (objects, 1);
          JsonArray *boxes = json_object_get_array_member (logo, "boxes");

          g_assert_true (json_object_get_null_member (logo, "label"));
          g_assert_cmpfloat (box_value (boxes, 45, 1), >, 128);
          g_assert_cmpfloat (box_value (boxes, 45, 2), <, 64);
          g_assert_cmpuint (MIN (at[0], MIN (at[1], at[2])), >, 220);
          n_logos++;
        }
    }
  g_assert_cmpuint (n_logos, >=, 1);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  g_test_add_func ("/demo/twice", test_twice);
  g_test_add_func ("/demo/bursts", test_bursts);
  g_test_add_func ("/demo/logo", test_logo);
  return g_test_run ();
}
