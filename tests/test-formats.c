/* Label formats: what each can hold comes back as it was (random annotations), the files of other people come in whole, and
 * hostile ones give an error in words. */
#include <glib/gstdio.h>
#include <string.h>

#include "formats-fixture.h"

#ifdef __SANITIZE_ADDRESS__     /* four times slower: the same paths, fewer projects */
#define N_SEEDS 40
#else
#define N_SEEDS 200
#endif

/* A picture of one colour, by way of a video of one frame. */
static GBytes *
make_png (int width, int height)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL);
  g_autofree char *file = g_strdup_printf ("%s/a.%s", dir, sac_encoder_get_suffix ());
  g_autofree guint8 *rgb = g_malloc0 ((gsize) width * (gsize) height * 3);
  SacEncoder *encoder = sac_encoder_new (file, width, height, 10, 1, NULL);
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (SacFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *png;

  for (guint i = 0; i < 3; i++)
    g_assert_true (sac_encoder_push (encoder, rgb, 3 * (gsize) width, NULL));
  g_assert_true (sac_encoder_finish (encoder, NULL));
  media = sac_media_open (file, NULL, &error);
  g_assert_no_error (error);
  frame = sac_media_get_frame (media, 0, NULL, &error);
  g_assert_no_error (error);
  png = sac_frame_encode (frame, TRUE, &error);
  g_assert_no_error (error);
  return png;
}

/* YOLO's boxes are shares of pictures, which lie beside them. */
static void
put_pictures (SacAnnotations *self, const char *path)
{
  static const guint8 head[] = { 0x89, 'P', 'N', 'G' };
  static GBytes *png;
  gboolean split = FALSE;

  if (!png)
    png = make_png (640, 480);
  g_assert_cmpmem (g_bytes_get_data (png, NULL), 4, head, 4);
  for (guint i = 0; i < self->items->len; i++)
    split |= ((SacNoted *) self->items->pdata[i])->split != SAC_SPLIT_NONE;
  for (guint i = 0; i < self->items->len; i++)
    {
      static const char *const splits[] = { "other", "train", "val", "test" };
      SacNoted *item = self->items->pdata[i];
      g_autofree char *name = g_strdelimit (g_strdup (item->name), "/", '_');
      g_autofree char *folder = g_build_filename (path, "images", split ? splits[item->split] : NULL, NULL);
      g_autofree char *target = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
      g_assert_true (g_file_set_contents (target, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), NULL));
      g_free (item->name);      /* what it is called there */
      item->name = g_strdup (target + strlen (path) + 1);
    }
}

static void
test_round_trip (gconstpointer data)
{
  const SacLabelFormat *format = data;
  gboolean yolo = g_str_equal (format->id, "yolo");
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL);

  for (guint64 seed = 1; seed <= (yolo ? N_SEEDS / 8 : N_SEEDS); seed++)        /* a picture is looked into for each */
    {
      g_autoptr (SacAnnotations) before = make ((SacRandomKey) { seed, 1 }, format->holds), after = NULL;
      g_autofree char *path = g_strdup_printf ("%s/%u%s", dir, (guint) seed, format->folder ? "" : g_str_equal (format->id, "cvat") ? ".xml"
                                               : g_str_equal (format->id, "csv") ? ".csv" : ".json");
      g_autofree char *was = NULL, *is = NULL;
      g_auto (GStrv) losses = sac_annotations_list_losses (before, format);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_strv_length (losses), ==, 0);
      g_assert_true (sac_annotations_write (before, format, path, &error));
      g_assert_no_error (error);
      if (yolo)
        put_pictures (before, path);
      was = text_of (before, format->holds);
      if (was[0] == 0)
        continue;
      after = sac_annotations_read (path, NULL, &error);        /* recognised, too */
      g_assert_no_error (error);
      g_assert_nonnull (after);
      g_assert_cmpuint (after->problems->len, ==, 0);
      is = text_of (after, format->holds);
      g_assert_cmpstr (is, ==, was);
      if (g_test_failed ())
        {
          g_test_message ("seed %u, %s", (guint) seed, path);
          break;
        }
    }
}

/* ---- files of other people. */
static SacAnnotations *
read_shared (const char *below, const char *format, guint n_problems)
{
  const char *data = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *path = data ? g_build_filename (data, "data", "boxes", below, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  SacAnnotations *self = path ? sac_annotations_read (path, format ? sac_label_format_find (format) : NULL, &error) : NULL;

  if (!path)
    {
      g_test_skip ("no test data");
      return NULL;
    }
  g_assert_no_error (error);
  if (self && self->problems->len != n_problems)
    g_test_message ("%s: %s", below, self->problems->len ? (char *) self->problems->pdata[0] : "no problems");
  g_assert_cmpuint (self ? self->problems->len : 99, ==, n_problems);
  return self;
}

static void
count (SacAnnotations *self, guint n_items, guint n_labels, guint n_tracks, guint n_boxes)
{
  guint tracks = 0, boxes = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      const SacNoted *item = self->items->pdata[i];

      tracks += item->tracks->len;
      for (guint t = 0; t < item->tracks->len; t++)
        {
          const SacNotedTrack *track = item->tracks->pdata[t];

          for (guint b = 0; b < track->boxes->len; b++)
            boxes += !g_array_index (track->boxes, SacBox, b).outside;
        }
    }
  g_assert_cmpuint (self->items->len, ==, n_items);
  g_assert_cmpuint (self->labels->len, ==, n_labels);
  g_assert_cmpuint (tracks, ==, n_tracks);
  g_assert_cmpuint (boxes, ==, n_boxes);
}

static void
test_theirs (void)
{
  static const struct { const char *path; guint n_problems, n_items, n_labels, n_tracks, n_boxes; } files[] = {
    { "format-samples/cvat-video/annotations.xml", 0, 1, 3, 3, 3 },
    { "format-samples/cvat-images/train.xml", 0, 2, 2, 4, 4 },
    { "format-samples/coco-instances/annotations/instances_train.json", 0, 1, 3, 1, 1 },
    { "format-samples/coco-instances/annotations/instances_val.json", 0, 1, 3, 2, 2 },
    { "coco-yolo-areca/annotations/instances_val.json", 0, 15, 1, 118, 118 },
    { "format-samples/voc-segmentation", 0, 1, 3, 3, 3 },
    { "voc-bccd", 0, 40, 3, 522, 522 },
    { "voc-raccoon", 0, 18, 1, 20, 20 },
    { "format-samples/mot-seq", 0, 1, 10, 1, 1 },
    { "format-samples/mot15-gt", 0, 1, 1, 8, 359 },
    { "otb/MotorRolling", 0, 1, 1, 1, 164 },
  };

  for (guint f = 0; f < G_N_ELEMENTS (files); f++)
    {
      g_autoptr (SacAnnotations) self = read_shared (files[f].path, NULL, files[f].n_problems);

      if (!self)
        return;
      g_test_message ("%s", files[f].path);
      count (self, files[f].n_items, files[f].n_labels, files[f].n_tracks, files[f].n_boxes);
    }
}

/* The same boxes stand in COCO and in YOLO files. */
static void
test_two_of_a_kind (void)
{
  g_autoptr (SacAnnotations) coco = read_shared ("coco-yolo-areca/annotations/instances_val.json", NULL, 0);
  g_autoptr (SacAnnotations) yolo = coco ? read_shared ("coco-yolo-areca", "yolo", 0) : NULL;

  if (!yolo)
    return;
  g_assert_cmpuint (yolo->items->len, ==, coco->items->len);
  for (guint i = 0; i < coco->items->len; i++)
    {
      const SacNoted *a = coco->items->pdata[i], *b = NULL;

      for (guint j = 0; j < yolo->items->len && !b; j++)
        if (g_str_has_suffix (((SacNoted *) yolo->items->pdata[j])->name, a->name))
          b = yolo->items->pdata[j];
      g_assert_nonnull (b);
      if (!b)
        return;
      g_assert_cmpuint (a->tracks->len, ==, b->tracks->len);
      for (guint t = 0; t < MIN (a->tracks->len, b->tracks->len); t++)
        {
          SacBox x = g_array_index (((SacNotedTrack *) a->tracks->pdata[t])->boxes, SacBox, 0);
          SacBox y = g_array_index (((SacNotedTrack *) b->tracks->pdata[t])->boxes, SacBox, 0);

          g_assert_cmpfloat_with_epsilon (x.x, y.x, 0.01);
          g_assert_cmpfloat_with_epsilon (x.width, y.width, 0.01);
          g_assert_cmpfloat_with_epsilon (x.y, y.y, 0.01);
        }
    }
}

/* ---- hostile files: an error or told problems, never a crash. */
static void
test_hostile (void)
{
  static const struct { const char *name, *text; } files[] = {
    { "laughs.xml", "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY l2 \"&lol;&lol;\">]><annotations><meta>"
                    "<task><name>&l2;</name></task></meta></annotations>" },
    { "cut.xml", "<annotations><version>1.1</version><image id=\"0\" name=\"a.png\" width=\"9\" height=\"9\"><box label=\"x\" xtl=\"1\"" },
    { "huge.xml", "<annotations><version>1.1</version><image id=\"0\" name=\"a.png\" width=\"2147483648\" height=\"-5\"><box label=\"x\" "
                  "xtl=\"1e308\" ytl=\"nan\" xbr=\"inf\" ybr=\"99999999999999999999\"/></image><track label=\"y\"><box "
                      "frame=\"4294967296\" "
                  "xtl=\"0\" ytl=\"0\" xbr=\"1\" ybr=\"1\"/><box frame=\"-1\" xtl=\"0\" ytl=\"0\" xbr=\"1\" "
                      "ybr=\"1\"/></track></annotations>" },
    { "voc.xml", "<annotation><filename>../../etc/passwd</filename><object><bndbox><xmin>a</xmin></bndbox></object>"
                 "<part><name/></part></annotation>" },
    { "latin.xml", "<annotations><version>1.1</version><image name=\"\xe9\"/></annotations>" },
    { "nul.json", "{\"images\": [], \"annotations\": 7}" },
    { "deep.json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{\"id\"" },
    { "coco.json", "{\"images\":[{\"id\":{},\"file_name\":7},{\"id\":1,\"file_name\":\"a.png\",\"width\":1e99,\"height\":\"x\"},null,[]],"
                   "\"annotations\":[{\"image_id\":1,\"bbox\":[1,2,3]},{\"image_id\":1,\"bbox\":[1,2,null,\"x\"]}"
                   ",{\"image_id\":1,\"category_id\":"
                   "[],\"bbox\":[1,2,3,4],\"attributes\":[1]},3,null],\"categories\":[{\"id\":null},{\"name\":5},4]}" },
    { "datumaro.json", "{\"items\":[{\"id\":5},{\"id\":\"a\",\"image\":[],\"annotations\":[{\"type\":\"bbox\",\"bbox\":[1e400,2,3,4]},"
                       "{\"type\":\"mask\"},{\"type\":7},{\"type\":\"polygon\",\"points\":[1,2,3]},"
                       "{\"type\":\"label\",\"label_id\":4294967296}]}]}" },
    { "some.json", "[{\"id\":[],\"template\":\"[[[\"},{\"label\":1},5,{\"id\":\"x\",\"label\":\"a\"}]" },
    { "rows.csv", "label,youtube_id,time_start,time_end,split\n\"unclosed,a,b\nx,y,9,3,train\n,,,,\n" },
    { "empty.csv", "" },
  };
  g_autofree char *dir = g_dir_make_tmp ("saccade-formats-XXXXXX", NULL);

  for (guint f = 0; f < G_N_ELEMENTS (files); f++)
    for (int whole = 0; whole < 2; whole++)
      {
        g_autofree char *path = g_build_filename (dir, files[f].name, NULL);
        gsize n = strlen (files[f].text);

        for (gsize cut = whole ? n : 0; cut <= n; cut += whole ? 1 : 1 + n / 97)        /* and each beginning of it */
          {
            g_autoptr (GError) error = NULL;
            g_autoptr (SacAnnotations) self = NULL;

            g_file_set_contents (path, files[f].text, (gssize) cut, NULL);
            for (guint k = 0; sac_label_formats[k].id; k++)
              {
                g_autoptr (SacAnnotations) forced = sac_annotations_read (path, &sac_label_formats[k], NULL);
              }
            self = sac_annotations_read (path, NULL, &error);
            g_assert_true (self != NULL || error != NULL);
            if (error)
              g_assert_nonnull (strstr (error->message, files[f].name));       /* says which file */
            for (guint i = 0; self && i < self->items->len; i++)
              {
                const SacNoted *item = self->items->pdata[i];

                for (guint t = 0; t < item->tracks->len; t++)
                  {
                    GArray *boxes = ((SacNotedTrack *) item->tracks->pdata[t])->boxes;

                    g_assert_true (boxes->len > 0 && sac_boxes_are_valid ((SacBox *) (gpointer) boxes->data, boxes->len));
                  }
              }
          }
      }
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* ---- into a project and out again. */
static void
test_project (Fixture *f, gconstpointer data)
{
  const char *shared = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *path = shared ? g_build_filename (shared, "data", "boxes", "coco-yolo-areca", "annotations", "instances_val.json",
                                                     NULL) : NULL;
  g_autofree char *out = g_build_filename (f->dir, "out.xml", NULL), *first = NULL, *second = NULL;
  g_autoptr (SacAnnotations) theirs = NULL, ours = NULL, back = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) acts = NULL;
  g_autoptr (GError) error = NULL;
  const char *const near[] = { path, NULL };
  const SacLabelImportSpec spec = { SAC_LABELS_TO_IMPORT, "instances_val.json", near };
  SacLabelImport result;

  if (!path)
    {
      g_test_skip ("no test data");
      return;
    }
  theirs = sac_annotations_read (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sac_project_apply_annotations (f->project, theirs, &spec, &result, told, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_clips, ==, 15);            /* the pictures beside it came along */
  g_assert_cmpuint (result.n_tracks, ==, 118);
  g_assert_cmpuint (result.n_missing, ==, 0);
  g_assert_cmpuint (told->len, ==, 0);
  ours = sac_project_collect_annotations (f->project, NULL, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_true (sac_annotations_write (ours, sac_label_format_find ("cvat"), out, &error));
  back = sac_annotations_read (out, NULL, &error);
  g_assert_no_error (error);
  first = text_of (ours, ~0u);
  second = text_of (back, ~0u);
  g_assert_cmpstr (first, ==, second);
  /* Again: nothing is doubled, and no act is left. */
  acts = sac_project_list_history (f->project, 10, NULL);
  g_assert_true (sac_project_apply_annotations (f->project, theirs, &spec, &result, told, NULL, NULL, NULL, &error));
  g_assert_cmpuint (result.n_tracks, ==, 0);
  g_assert_cmpuint (told->len, ==, 1);          /* and said so */
  g_assert_cmpuint (acts->len, ==, 1);
  g_assert_true (sac_project_undo (f->project, NULL, &error));  /* one act: boxes, labels and clips are gone */
  g_clear_pointer (&ours, sac_annotations_free);
  ours = sac_project_collect_annotations (f->project, NULL, 0, 0, &error);
  g_assert_cmpuint (ours->items->len, ==, 0);
  g_assert_cmpuint (ours->labels->len, ==, 0);
}

/* Frames of a video as pictures: the boxes of that frame stand beside them, and a table says where they are from. */
static void
test_pictures (Fixture *f, gconstpointer data)
{
  static const struct { SacFrames frames; guint every, n; } cases[] = {
    { SAC_FRAMES_KEY, 0, 2 }, { SAC_FRAMES_BOXED, 1, 9 }, { SAC_FRAMES_BOXED, 4, 3 }, { SAC_FRAMES_ALL, 5, 4 },
  };
  g_autofree char *clip = g_strdup_printf ("%s/walk.%s", f->dir, sac_encoder_get_suffix ());
  const SacBox boxes[] = { { .frame = 2, .x = 4, .y = 6, .width = 10, .height = 8, .keyframe = TRUE },
                           { .frame = 6, .x = 8, .y = 6, .width = 10, .height = 8, .keyframe = TRUE },
                           { .frame = 11, .outside = TRUE, .keyframe = TRUE, .width = 1, .height = 1 } };
  g_autofree guint8 *rgb = g_malloc0 (64 * 48 * 3);
  SacEncoder *encoder = sac_encoder_new (clip, 64, 48, 10, 1, NULL);
  g_autoptr (SacImportResult) imported = NULL;
  g_autoptr (SacAnnotations) said = NULL;
  g_autoptr (SacItem) item = NULL;
  g_autoptr (GError) error = NULL;
  SacId label;

  for (guint i = 0; i < 16; i++)
    {
      memset (rgb, (int) (10 + 14 * i), 64 * 48 * 3);
      g_assert_true (sac_encoder_push (encoder, rgb, 64 * 3, NULL));
    }
  g_assert_true (sac_encoder_finish (encoder, NULL));
  imported = sac_project_import (f->project, clip, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  item = sac_project_find_item (f->project, "walk", &error);
  label = sac_project_add_label (f->project, "cat", NULL);
  g_assert_true (sac_project_add_track (f->project, 1, item->id, label, boxes, G_N_ELEMENTS (boxes), &error));
  said = sac_project_collect_annotations (f->project, NULL, 0, 0, &error);
  g_assert_no_error (error);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    for (guint yolo = 0; yolo < 2; yolo++)
      {
        const SacLabelFormat *format = sac_label_format_find (yolo ? "yolo" : "voc");
        const SacPictureSpec spec = { cases[c].frames, cases[c].every, c % 2 };
        g_autofree char *name = g_strdup_printf ("out-%u-%u", c, yolo), *out = g_build_filename (f->dir, name, NULL);
        g_autofree char *list = g_build_filename (out, "frames.csv", NULL), *table = NULL;
        g_autofree char *first = g_strdup_printf ("walk_%06u.%s,walk.", cases[c].frames == SAC_FRAMES_ALL ? 0 : 2, c % 2 ? "png" : "jpg");
        g_autoptr (SacAnnotations) back = NULL;
        g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
        guint n = 0, n_boxes = 0;

        g_assert_cmpuint (sac_annotations_count_pictures (said, &spec), ==, cases[c].n);
        g_assert_true (sac_project_export_pictures (f->project, NULL, 0, said, format, &spec, out, &n, told, NULL, NULL, NULL, &error));
        g_assert_no_error (error);
        g_assert_cmpuint (n, ==, cases[c].n);
        g_assert_cmpuint (told->len, ==, 0);
        back = sac_annotations_read (out, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (back->items->len, ==, n);
        for (guint i = 0; i < back->items->len; i++)
          {
            const SacNoted *still = back->items->pdata[i];
            guint frame = (guint) g_ascii_strtoull (strrchr (still->name, '_') + 1, NULL, 10);

            g_assert_cmpint (still->width, ==, 64);
            g_assert_cmpuint (still->tracks->len, ==, frame >= 2 && frame < 11);
            n_boxes += still->tracks->len;
            if (still->tracks->len)
              g_assert_cmpfloat_with_epsilon (g_array_index (((SacNotedTrack *) still->tracks->pdata[0])->boxes, SacBox, 0).x,
                                              MIN (frame, 6) + 2, 0.01);
          }
        g_assert_cmpuint (n_boxes, >=, 2);
        g_assert_true (g_file_get_contents (list, &table, NULL, NULL));
        g_assert_nonnull (strstr (table, first));
        if (spec.frames != SAC_FRAMES_ALL)
          g_assert_nonnull (strstr (table, ",2,0.2,10,1"));
      }
  /* Cancelled, or in the way: nothing is left behind. */
  {
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();
    g_autofree char *out = g_build_filename (f->dir, "never", NULL);
    const SacPictureSpec spec = { SAC_FRAMES_ALL, 1, FALSE };
    g_autoptr (GDir) dir = NULL;
    const char *name;

    g_cancellable_cancel (cancelled);
    g_assert_false (sac_project_export_pictures (f->project, NULL, 0, said, sac_label_format_find ("voc"), &spec, out, NULL, NULL,
                                                 NULL, NULL, cancelled, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    dir = g_dir_open (f->dir, 0, NULL);
    while ((name = g_dir_read_name (dir)))
      g_assert_false (g_str_has_prefix (name, "never"));
  }
}

/* What the tracks say, wherever they stand; clips of @but are left out. */
static char *
tracks_of (SacAnnotations *self, const char *const *but)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->items->len; i++)
    {
      const SacNoted *item = self->items->pdata[i];

      for (guint t = 0; t < item->tracks->len && !g_strv_contains (but, item->name); t++)
        {
          const SacNotedTrack *track = item->tracks->pdata[t];
          g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
          GString *line = g_string_new (track->label == SAC_NO_LABEL ? "" : self->labels->pdata[track->label]);

          for (guint b = 0; b < track->boxes->len; b++)
            {
              const SacBox *box = &g_array_index (track->boxes, SacBox, b);

              g_string_append_printf (line, " %u %.3f %.3f %.3f %.3f %d%d", box->frame, box->x, box->y, box->width, box->height,
                                      box->occluded, box->outside);
            }
          for (guint a = 0; a < track->attributes->len; a++)
            {
              const SacAttribute *attribute = track->attributes->pdata[a];

              g_ptr_array_add (words, g_strdup_printf (" @%d %s=%u", (int) attribute->frame, attribute->name,
                                                       g_str_hash (attribute->value)));
            }
          g_ptr_array_sort (words, by_text);
          for (guint w = 0; w < words->len; w++)
            g_string_append (line, words->pdata[w]);
          g_ptr_array_add (lines, g_string_free (line, FALSE));
        }
    }
  g_ptr_array_sort (lines, by_text);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* A whole folder of files of five formats, as another person's: all of it stands in the project then, in that layer alone. */
static void
test_folder (Fixture *f, gconstpointer data)
{
  static const char *const elsewhere[] = { "t.mp4", "mot-seq", "TUD-Campus", NULL };    /* their pictures are not among the data */
  const char *shared = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *path = shared ? g_build_filename (shared, "data", "boxes", NULL) : NULL, *theirs = NULL, *ours = NULL;
  g_auto (GStrv) files = path ? sac_label_files_find (path) : NULL;
  g_autoptr (SacAnnotations) read = NULL, kept = NULL;
  g_autoptr (GError) error = NULL;
  SacLabelImportSpec spec = { SAC_LABELS_TO_PERSON, "Anna", (const char *const *) files };
  SacLabelPlan plan;
  SacLabelImport result;

  if (!path)
    {
      g_test_skip ("no test data");
      return;
    }
  read = sac_annotations_read_several ((const char *const *) files, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->problems->len, ==, 0);
  g_assert_true (sac_project_plan_annotations (f->project, read, &spec, &plan, NULL, NULL, &error));
  g_assert_true (sac_project_apply_annotations (f->project, read, &spec, &result, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (plan.n_near, ==, result.n_clips);
  g_assert_cmpuint (plan.n_missing, ==, G_N_ELEMENTS (elsewhere) - 1);
  g_assert_cmpuint (plan.n_tracks, ==, result.n_tracks);
  kept = sac_project_collect_annotations (f->project, NULL, 0, sac_project_get_layer (f->project, "person", "Anna", NULL), &error);
  g_assert_no_error (error);
  theirs = tracks_of (read, elsewhere);
  ours = tracks_of (kept, elsewhere);
  g_assert_cmpstr (ours, ==, theirs);
  g_clear_pointer (&kept, sac_annotations_free);
  kept = sac_project_collect_annotations (f->project, NULL, 0, 1, &error);
  for (guint i = 0; i < kept->items->len; i++)
    g_assert_cmpuint (((SacNoted *) kept->items->pdata[i])->tracks->len, ==, 0);
}

/* Tags of another person stay hers; boxes that become one's own stand in the own layer. */
static void
test_whose (Fixture *f, gconstpointer data)
{
  g_autoptr (SacAnnotations) said = sac_annotations_new ();
  SacItem facts = { .kind = SAC_ITEM_VIDEO, .name = (char *) "a", .path = (char *) "/nowhere/a.mp4", .hash = (char *) "x", .n_frames = 30,
                    .width = 64, .height = 48, .fps = 30, .out_ns = 1000000000 };
  const SacItem *items[] = { &facts };
  SacBox box = { .frame = 3, .x = 1, .y = 2, .width = 3, .height = 4, .keyframe = TRUE };
  SacLabelImportSpec spec = { SAC_LABELS_TO_PERSON, "Anna", NULL };
  g_autoptr (GPtrArray) layers = NULL, told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  SacLabelPlan plan;
  SacId id;

  g_assert_true (sac_project_add_items (f->project, items, 1, &id, &error));
  sac_noted_set_tag (sac_annotations_item (said, "a.mp4"), sac_annotations_label (said, "cat"), SAC_LABEL_YES);
  g_array_append_val (sac_noted_add_track (sac_annotations_item (said, "a.mp4"), 0)->boxes, box);
  sac_annotations_item (said, "a.mp4")->fps = 25;
  g_assert_true (sac_project_plan_annotations (f->project, said, &spec, &plan, told, NULL, &error));
  g_assert_cmpuint (plan.n_clips, ==, 1);
  g_assert_cmpuint (plan.n_new_labels, ==, 1);
  g_assert_cmpuint (told->len, ==, 1);          /* 25 frames a second, not 30 */
  g_assert_true (sac_project_apply_annotations (f->project, said, &spec, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  layers = sac_project_list_layers (f->project, &error);
  g_assert_cmpuint (layers->len, ==, 2);
  g_assert_cmpuint (((SacLayer *) layers->pdata[0])->n_labels, ==, 0);
  g_assert_cmpuint (((SacLayer *) layers->pdata[1])->n_labels, ==, 1);
  spec.to = SAC_LABELS_TO_OWN;
  g_assert_true (sac_project_apply_annotations (f->project, said, &spec, NULL, NULL, NULL, NULL, NULL, &error));
  g_ptr_array_unref (layers);
  layers = sac_project_list_layers (f->project, &error);
  g_assert_cmpuint (((SacLayer *) layers->pdata[0])->n_labels, ==, 1);
  g_assert_cmpuint (((SacLayer *) layers->pdata[0])->n_tracks, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  for (guint k = 0; sac_label_formats[k].id; k++)
    {
      g_autofree char *path = g_strconcat ("/formats/round-trip/", sac_label_formats[k].id, NULL);

      if (strcmp (sac_label_formats[k].id, "otb") != 0)
        g_test_add_data_func (path, &sac_label_formats[k], test_round_trip);
    }
  g_test_add_func ("/formats/theirs", test_theirs);
  g_test_add_func ("/formats/two-of-a-kind", test_two_of_a_kind);
  g_test_add_func ("/formats/hostile", test_hostile);
  ADD ("formats", test_project);
  ADD ("formats/folder", test_folder);
  ADD ("formats/whose", test_whose);
  ADD ("formats/pictures", test_pictures);
  return g_test_run ();
}
