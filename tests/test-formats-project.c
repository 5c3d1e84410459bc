/* Formats by way of projects: what a project says goes out and comes back into another one the same; pictures made from a video
 * lead back to its frames; the verbs that do so; which lines of a file are bad. */
#include <glib/gstdio.h>
#include <math.h>

#include "formats-fixture.h"

#ifdef __SANITIZE_ADDRESS__
#define N_SEEDS 4
#else
#define N_SEEDS 15
#endif

/* A project with the clips of @said, saying nothing of them. */
static SacProject *
open_empty (const char *dir, const char *name, SacAnnotations *said)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  SacProject *project = sac_project_open (path, SAC_PROJECT_CREATE, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < said->items->len; i++)
    {
      const SacNoted *noted = said->items->pdata[i];
      g_autofree char *stem = g_strdup (noted->name), *file = g_build_filename ("/nowhere", noted->name, NULL);
      SacItem item = { .kind = noted->n_frames == 1 ? SAC_ITEM_STILL : SAC_ITEM_VIDEO, .name = stem, .path = file, .hash = file,
                       .n_frames = noted->n_frames, .width = noted->width, .height = noted->height, .fps = noted->fps > 0 ? noted->fps : 25,
                       .out_ns = noted->n_frames == 1 ? 0 : 2400000000 };
      const SacItem *items[] = { &item };

      *strrchr (stem, '.') = 0;
      g_assert_true (sac_project_add_items (project, items, 1, NULL, &error));
      g_assert_no_error (error);
    }
  return project;
}

static void
say (SacProject *project, SacAnnotations *said)
{
  const SacLabelImportSpec spec = { SAC_LABELS_TO_OWN, "test", NULL };
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  SacLabelImport result;

  g_assert_true (sac_project_apply_annotations (project, said, &spec, &result, told, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < told->len; i++)
    g_test_message ("told: %s", (char *) told->pdata[i]);
  g_assert_cmpuint (told->len, ==, 0);
}

/* Tracks, tags, segments, splits, labels and what these stand below. */
static char *
text_of_project (SacProject *project)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacAnnotations) said = sac_project_collect_annotations (project, NULL, 0, 0, &error);
  g_autofree char *text = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_no_error (error);
  text = text_of (said, ~0u);
  g_string_append (out, text);
  for (guint i = 0; i < said->items->len; i++)
    g_string_append_printf (out, "\n%s: side %d, reviewed %d", ((SacNoted *) said->items->pdata[i])->name,
                            ((SacNoted *) said->items->pdata[i])->split, ((SacNoted *) said->items->pdata[i])->reviewed);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_identity (gconstpointer data)
{
  const SacLabelFormat *format = data;
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL);

  for (guint64 seed = 1; seed <= N_SEEDS; seed++)
    {
      g_autoptr (SacAnnotations) random = make ((SacRandomKey) { seed + 1000, 1 }, format->holds & ~SAC_HOLDS_SPLITS);
      g_autofree char *file = g_strdup_printf ("%s/%u%s", dir, (guint) seed, format->folder ? "" : g_str_equal (format->id, "cvat") ? ".xml"
                                               : g_str_equal (format->id, "csv") ? ".csv" : ".json");
      g_autofree char *one = g_strdup_printf ("one-%u.saccade", (guint) seed), *two = g_strdup_printf ("two-%u.saccade", (guint) seed);
      g_autoptr (SacProject) first = open_empty (dir, one, random), second = open_empty (dir, two, random);
      g_autoptr (SacAnnotations) said = NULL, back = NULL;
      g_autofree char *was = NULL, *is = NULL;
      g_auto (GStrv) losses = NULL;
      g_autoptr (GError) error = NULL;

      say (first, random);
      said = sac_project_collect_annotations (first, NULL, 0, 0, &error);
      g_assert_no_error (error);
      losses = sac_annotations_list_losses (said, format);
      g_assert_cmpuint (g_strv_length (losses), ==, 0);
      g_assert_true (sac_annotations_write (said, format, file, &error));
      g_assert_no_error (error);
      was = text_of_project (first);
      if (!strstr (was, " tag ") && !strstr (was, ":") && !strstr (was, " to "))
        continue;
      back = sac_annotations_read (file, NULL, &error);
      if (!back && g_str_equal (format->id, "csv"))
        continue;               /* no row at all */
      g_assert_no_error (error);
      say (second, back);
      is = text_of_project (second);
      g_assert_cmpstr (is, ==, was);
      if (g_test_failed ())
        {
          g_test_message ("seed %u, %s", (guint) seed, file);
          return;
        }
    }
  remove_tree (dir);
}

/* ---- a real clip, its frames as pictures, and back. */
static char *
make_clip (const char *dir, const char *name, guint n_frames)
{
  g_autofree char *file = g_strdup_printf ("%s.%s", name, sac_encoder_get_suffix ());
  char *path = g_build_filename (dir, file, NULL);
  g_autofree guint8 *rgb = g_malloc0 (64 * 48 * 3);
  SacEncoder *encoder = sac_encoder_new (path, 64, 48, 10, 1, NULL);

  for (guint i = 0; i < n_frames; i++)
    {
      memset (rgb, (int) (10 + 7 * i), 64 * 48 * 3);
      g_assert_true (sac_encoder_push (encoder, rgb, 64 * 3, NULL));
    }
  g_assert_true (sac_encoder_finish (encoder, NULL));
  return path;
}

static SacProject *
open_with_clip (const char *dir, const char *name, const char *clip)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  SacProject *project = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  g_autoptr (SacImportResult) result = NULL;

  g_assert_no_error (error);
  result = sac_project_import (project, clip, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return project;
}

static void
test_frames_return (gconstpointer data)
{
  const SacLabelFormat *format = data;
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL), *clip = make_clip (dir, "walk", 20);

  for (guint64 seed = 1; seed <= MAX (N_SEEDS / 3, 2); seed++)
    {
      SacRandomKey key = { seed, 5 };
      g_autofree char *one = g_strdup_printf ("one-%u.saccade", (guint) seed), *two = g_strdup_printf ("two-%u.saccade", (guint) seed);
      g_autofree char *below = g_strdup_printf ("out-%u", (guint) seed), *out = g_build_filename (dir, below, NULL);
      g_autoptr (SacProject) first = open_with_clip (dir, one, clip), second = open_with_clip (dir, two, clip);
      g_autoptr (SacAnnotations) said = NULL, back = NULL;
      g_autoptr (GPtrArray) items = sac_project_list_items (first, NULL);
      g_autofree char *was = NULL, *is = NULL;
      g_autoptr (GError) error = NULL;
      const SacPictureSpec spec = { SAC_FRAMES_KEY, 1, FALSE };
      SacId item = ((SacItem *) items->pdata[0])->id, labels[2];
      guint n = 0;

      labels[0] = sac_project_add_label (first, "cat", NULL);
      labels[1] = sac_project_add_label (first, "dog", NULL);
      for (guint t = 0; t < 3; t++)
        {
          guint n_boxes = 1 + (guint) sac_random_below (key, 10 * t, 4), frame = (guint) sac_random_below (key, 10 * t + 1, 4);
          SacBox boxes[8] = { { 0 } };

          for (guint b = 0; b < n_boxes; b++, frame += 1 + (guint) sac_random_below (key, 100 * t + 10 * b, 4))
            boxes[b] = (SacBox) { .frame = frame, .x = 1 + sac_random_unit (key, 100 * t + 10 * b + 1) * 20,
                                  .y = 2 + sac_random_unit (key, 100 * t + 10 * b + 2) * 10, .width = 12.5, .height = 9, .keyframe = TRUE };
          if (t == 1)           /* it goes */
            boxes[n_boxes++] = (SacBox) { .frame = MIN (frame, 19), .outside = TRUE, .keyframe = TRUE, .width = 1, .height = 1 };
          g_assert_true (sac_project_add_track (first, 1, item, labels[t % 2], boxes, n_boxes, &error));
          g_assert_no_error (error);
        }
      said = sac_project_collect_annotations (first, NULL, 0, 0, &error);
      g_assert_true (sac_project_export_pictures (first, NULL, 0, said, format, &spec, out, &n, NULL, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n, >=, 1);
      back = sac_annotations_read (out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (back->items->len, ==, n);
      g_assert_cmpfloat (((SacNoted *) back->items->pdata[0])->fps, ==, 10);
      say (second, back);
      was = text_of_project (first);
      is = text_of_project (second);
      g_assert_cmpstr (is, ==, was);
      if (g_test_failed ())
        {
          g_test_message ("seed %u, %s", (guint) seed, out);
          return;
        }
    }
  remove_tree (dir);
}

/* Another tool added a box and moved one: the picture's boxes still stand at its frame. */
static void
test_edited_pictures (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL), *clip = make_clip (dir, "walk", 20);
  g_autofree char *out = g_build_filename (dir, "out", NULL), *file = NULL;
  g_autoptr (SacProject) project = open_with_clip (dir, "p.saccade", clip);
  g_autoptr (GPtrArray) items = sac_project_list_items (project, NULL), tracks = NULL;
  g_autoptr (SacAnnotations) said = NULL, back = NULL;
  g_autoptr (GError) error = NULL;
  const SacBox boxes[] = { { .frame = 3, .x = 8, .y = 8, .width = 16, .height = 12, .keyframe = TRUE } };
  const SacPictureSpec spec = { SAC_FRAMES_BOXED, 5, FALSE };
  SacId item = ((SacItem *) items->pdata[0])->id, other;

  sac_project_add_track (project, 1, item, sac_project_add_label (project, "cat", NULL), boxes, 1, &error);
  g_assert_no_error (error);
  said = sac_project_collect_annotations (project, NULL, 0, 0, &error);
  g_assert_true (sac_project_export_pictures (project, NULL, 0, said, sac_label_format_find ("yolo"), &spec, out, NULL, NULL, NULL, NULL,
                                              NULL, &error));
  g_assert_no_error (error);
  file = g_build_filename (out, "labels", "walk_000008.txt", NULL);
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_file_set_contents (file, "0 0.5 0.5 0.25 0.25\n0 0.1 0.1 0.125 0.125\n", -1, NULL);
  back = sac_annotations_read (out, NULL, &error);
  other = sac_project_get_layer (project, "import", "out", NULL);
  g_assert_true (sac_project_apply_annotations (project, back, &(SacLabelImportSpec) { SAC_LABELS_TO_IMPORT, "out", NULL }, NULL, NULL,
                                                NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  other = sac_project_get_layer (project, "import", "out", NULL);
  tracks = sac_project_list_tracks (project, item, &error);
  g_assert_cmpuint (tracks->len, ==, 4);        /* the own one, the one that lasts, and two boxes nobody numbered */
  for (guint t = 0; t < tracks->len; t++)
    {
      const SacTrack *track = tracks->pdata[t];
      SacBox box;

      if (track->layer != other || track->boxes[0].frame != 8)
        continue;
      g_assert_true (sac_boxes_at (track->boxes, track->n_boxes, 8, &box));
      g_assert_true (box.width == 16 || box.width == 8);
      g_assert_true (!sac_boxes_at (track->boxes, track->n_boxes, 13, &box) || box.outside);     /* the next picture lacks it */
    }
  remove_tree (dir);
}

/* ---- when frames are shown. */
static void
test_times (void)
{
  const char *shared = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *video = shared ? g_build_filename (shared, "data", "odd-videos", "variable-frame-rate.mp4", NULL) : NULL;
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL), *steady = make_clip (dir, "variable-frame-rate", 120);
  g_autoptr (SacProject) first = NULL, second = NULL;
  g_autoptr (SacAnnotations) said = NULL;
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (GPtrArray) items = NULL, others = NULL;
  g_autoptr (GError) error = NULL;
  SacBox boxes[2] = { { .frame = 2, .x = 1, .y = 1, .width = 9, .height = 9, .keyframe = TRUE },
                      { .frame = 9, .x = 5, .y = 1, .width = 9, .height = 9, .keyframe = TRUE } };

  if (!video || !g_file_test (video, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no test data");
      return;
    }
  first = open_with_clip (dir, "one.saccade", video);
  second = open_with_clip (dir, "two.saccade", steady);
  items = sac_project_list_items (first, NULL);
  others = sac_project_list_items (second, NULL);
  media = sac_media_open (video, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sac_media_is_vfr (media));
  sac_project_add_track (first, 1, ((SacItem *) items->pdata[0])->id, sac_project_add_label (first, "cat", NULL), boxes, 2, &error);
  g_assert_no_error (error);
  said = sac_project_collect_annotations (first, NULL, 0, 0, &error);
  for (guint k = 0; sac_label_formats[k].id; k++)
    {
      const SacLabelFormat *format = &sac_label_formats[k];
      g_autofree char *out = g_build_filename (dir, format->id, NULL), *beside = NULL, *text = NULL;
      g_autoptr (SacAnnotations) back = NULL;
      const SacNoted *noted;

      if (!(format->holds & SAC_HOLDS_TRACKS) || strcmp (format->id, "otb") == 0)
        continue;
      if (!format->folder)
        {
          g_autofree char *plain = g_steal_pointer (&out);

          out = g_strconcat (plain, strcmp (format->id, "cvat") == 0 ? ".xml" : ".json", NULL);
        }
      g_assert_true (sac_annotations_write (said, format, out, &error));
      g_assert_no_error (error);
      beside = format->folder ? g_build_filename (out, "times.csv", NULL) : g_strconcat (out, ".times.csv", NULL);
      g_assert_true (g_file_get_contents (beside, &text, NULL, NULL));
      g_assert_true (g_str_has_prefix (text, "clip,frame,time_s\nvariable-frame-rate.mp4,0,0\n"));
      g_assert_null (sac_label_format_recognise (beside));      /* it is no label file of its own */
      back = sac_annotations_read (out, NULL, &error);
      g_assert_no_error (error);
      noted = back->items->pdata[0];
      g_assert_nonnull (noted->times);
      g_assert_cmpuint (noted->times->len, ==, sac_media_get_n_frames (media));
      for (guint f = 0; f < noted->times->len; f++)
        g_assert_cmpint (ABS (g_array_index (noted->times, gint64, f) - sac_media_get_time_ns (media, f)), <=, 1);
    }
  /* A copy of the video at ten steady frames a second: the boxes stand at the same moments. */
  {
    g_autofree char *out = g_build_filename (dir, "cvat.xml", NULL);
    g_autoptr (SacAnnotations) back = sac_annotations_read (out, NULL, &error);
    g_autoptr (GPtrArray) tracks = NULL;
    const SacTrack *track;

    g_assert_true (sac_project_apply_annotations (second, back, &(SacLabelImportSpec) { SAC_LABELS_TO_OWN, "x", NULL }, NULL, NULL, NULL,
                                                  NULL, NULL, &error));
    g_assert_no_error (error);
    tracks = sac_project_list_tracks (second, ((SacItem *) others->pdata[0])->id, &error);
    g_assert_cmpuint (tracks->len, ==, 1);
    track = tracks->pdata[0];
    for (guint b = 0; b < MIN (track->n_boxes, 2); b++)
      g_assert_cmpint (ABS ((int) track->boxes[b].frame - (int) lround (1e-8 * (double) sac_media_get_time_ns (media, boxes[b].frame))),
                       <=, 1);
  }
  /* Written again without such clips, the table goes. */
  {
    g_autofree char *out = g_build_filename (dir, "cvat.xml", NULL), *beside = g_strconcat (out, ".times.csv", NULL);
    g_autoptr (SacAnnotations) none = sac_annotations_new ();

    g_assert_true (sac_annotations_write (none, sac_label_format_find ("cvat"), out, &error));
    g_assert_false (g_file_test (beside, G_FILE_TEST_EXISTS));
  }
  remove_tree (dir);
}

/* ---- CVAT's own words: every frame written out, of which some are keyframes; an object that goes and comes back. */
static void
test_cvat_frames (void)
{
  static const struct { guint frame; gboolean outside, occluded; double x; } keys[] = {
    { 2, FALSE, FALSE, 10 }, { 6, FALSE, TRUE, 18 }, { 9, TRUE, FALSE, 24 }, { 12, FALSE, FALSE, 40 },
  };
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL), *in = g_build_filename (dir, "in.xml", NULL);
  g_autofree char *out = g_build_filename (dir, "out.xml", NULL), *written = NULL;
  g_autoptr (GString) text = g_string_new ("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations><version>1.1</version><meta><task>"
                                           "<size>20</size><labels><label><name>cat</name><attributes><attribute><name>pose</name>"
                                           "<mutable>True</mutable></attribute><attribute><name>sex</name><mutable>False</mutable>"
                                           "</attribute></attributes></label></labels><original_size><width>64</width><height>48</height>"
                                           "</original_size><source>walk.mp4</source></task></meta>"
                                           "<track id=\"0\" label=\"cat\" source=\"manual\">");
  g_autoptr (SacAnnotations) read = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  const SacNotedTrack *track;
  const SacNoted *item;

  for (guint frame = 2, k = 0; frame < 20; frame++)
    {
      double share = 0, x;

      while (k + 1 < G_N_ELEMENTS (keys) && keys[k + 1].frame <= frame)
        k++;
      if (k + 1 < G_N_ELEMENTS (keys) && !keys[k].outside && !keys[k + 1].outside)
        share = (double) (frame - keys[k].frame) / (keys[k + 1].frame - keys[k].frame);
      x = keys[k].x + (share > 0 ? share * (keys[k + 1].x - keys[k].x) : 0);
      g_string_append_printf (text, "<box frame=\"%u\" keyframe=\"%d\" outside=\"%d\" occluded=\"%d\" xtl=\"%.2f\" ytl=\"5.00\""
                              " xbr=\"%.2f\" ybr=\"25.00\" z_order=\"0\"><attribute name=\"pose\">%s</attribute>"
                              "<attribute name=\"sex\">f</attribute></box>", frame, frame == keys[k].frame, keys[k].outside,
                              keys[k].occluded, x, x + 12, frame < 6 ? "sits" : "runs");
    }
  g_string_append (text, "</track></annotations>");
  g_file_set_contents (in, text->str, -1, NULL);
  read = sac_annotations_read (in, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->problems->len, ==, 0);
  item = read->items->pdata[0];
  g_assert_cmpstr (item->name, ==, "walk.mp4");
  track = item->tracks->pdata[0];
  g_assert_cmpuint (track->boxes->len, ==, G_N_ELEMENTS (keys));
  for (guint k = 0; k < MIN (track->boxes->len, G_N_ELEMENTS (keys)); k++)
    {
      const SacBox *box = &g_array_index (track->boxes, SacBox, k);

      g_assert_cmpuint (box->frame, ==, keys[k].frame);
      g_assert_true (!box->outside == !keys[k].outside && !box->occluded == !keys[k].occluded && box->keyframe);
      g_assert_true (box->outside || box->x == keys[k].x);
    }
  g_assert_cmpstr (sac_noted_get_attribute (track->attributes, -1, "sex"), ==, "f");
  g_assert_cmpstr (sac_noted_get_attribute (track->attributes, 2, "pose"), ==, "sits");
  g_assert_cmpstr (sac_noted_get_attribute (track->attributes, 6, "pose"), ==, "runs");
  g_assert_null (sac_noted_get_attribute (track->attributes, 7, "pose"));
  /* Out again: the keyframes alone, gone and back told at their frames; in again: the same. */
  g_assert_true (sac_annotations_write (read, sac_label_format_find ("cvat"), out, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (out, &written, NULL, NULL));
  g_assert_nonnull (strstr (written, "frame=\"9\" keyframe=\"1\" outside=\"1\""));
  g_assert_nonnull (strstr (written, "frame=\"12\" keyframe=\"1\" outside=\"0\""));
  g_assert_null (strstr (written, "frame=\"7\""));
  again = sac_annotations_read (out, NULL, &error);
  {
    g_autofree char *was = text_of (read, ~0u), *is = text_of (again, ~0u);

    g_assert_cmpstr (is, ==, was);
  }
  remove_tree (dir);
}

/* ---- which lines are bad. */
static void
test_bad_lines (void)
{
  static const struct { const char *file, *text, *beside, *words; gboolean folder; } cases[] = {
    { "labels/a.txt", "0 0.5 0.5 0.1 0.1\n\n0 x 0.5 0.1 0.1\n1 0.1\n", "images/a.png", "(the first is line 3)", TRUE },
    { "gt/gt.txt", "1,1,2,3,4,5,1,1,1\n2,1,2,3\n", "seqinfo.ini", "(line 2)", TRUE },
    { "a.csv", "label,youtube_id,time_start,time_end\nx,a,1,2\n\nx,\"b\nc\",9,3\nx,,1,2\n", NULL, "(the first in line 4)", FALSE },
    { "groundtruth_rect.txt", "1,2,3,4\n1,2,3,4\n1,2,x\n", NULL, "line 3", FALSE },
    { "a.xml", "<annotations>\n<image name=\"a\">\n<box label=\"x\"\n</image>", NULL, "line 4", FALSE },
  };
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0,
                                1, 0, 0, 0, 1, 8, 0, 0,
                                0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1,
                                0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL), *file = g_build_filename (dir, cases[c].file, NULL);
      g_autofree char *folder = g_path_get_dirname (file), *beside = cases[c].beside ? g_build_filename (dir, cases[c].beside, NULL) : NULL;
      g_autofree char *above = beside ? g_path_get_dirname (beside) : NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SacAnnotations) read = NULL;
      const char *told;

      g_mkdir_with_parents (folder, 0755);
      g_file_set_contents (file, cases[c].text, -1, NULL);
      if (beside)
        {
          gboolean picture = g_str_has_suffix (beside, ".png");

          g_mkdir_with_parents (above, 0755);
          g_file_set_contents (beside, picture ? (const char *) png : "[Sequence]\nname=a\n", picture ? (gssize) sizeof png : -1, NULL);
        }
      read = sac_annotations_read (cases[c].folder ? dir : file, NULL, &error);
      told = read ? read->problems->len ? read->problems->pdata[0] : "nothing" : error->message;
      if (!strstr (told, cases[c].words))
        g_test_message ("%s: %s", cases[c].file, told);
      g_assert_nonnull (strstr (told, cases[c].words));
      remove_tree (dir);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  for (guint k = 0; sac_label_formats[k].id; k++)
    {
      g_autofree char *identity = g_strconcat ("/formats-project/identity/", sac_label_formats[k].id, NULL);
      g_autofree char *frames = g_strconcat ("/formats-project/frames-return/", sac_label_formats[k].id, NULL);

      if (strcmp (sac_label_formats[k].id, "otb") != 0 && strcmp (sac_label_formats[k].id, "yolo") != 0)   /* wants its pictures */
        g_test_add_data_func (identity, &sac_label_formats[k], test_identity);
      if (sac_label_format_has_pictures (&sac_label_formats[k]))
        g_test_add_data_func (frames, &sac_label_formats[k], test_frames_return);
    }
  g_test_add_func ("/formats-project/edited-pictures", test_edited_pictures);
  g_test_add_func ("/formats-project/cvat-frames", test_cvat_frames);
  g_test_add_func ("/formats-project/times", test_times);
  g_test_add_func ("/formats-project/bad-lines", test_bad_lines);
  return g_test_run ();
}
