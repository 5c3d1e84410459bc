/* Label files that mean harm, one of each kind for each reader: entities that multiply, counts of 2³¹ and beyond, texts that are not
 * UTF-8, names that lead out of the folder.  An error or a told problem in words; never a crash, never much memory, nothing read or
 * written elsewhere. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "store-fixture.h"

#define LAUGHS \
  "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">" \
  "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">" \
  "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">" \
  "<!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\"><!ENTITY h \"&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;\">" \
  "<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"

/* How a reader's files look: the main one, what must stand beside it, and a good text of the main one. */
static const struct {
  const char *id, *file, *beside, *words, *good;
  gboolean folder;
} kinds[] = {
  { "cvat", "a.xml", NULL, NULL, "<annotations><version>1.1</version><image id=\"0\" name=\"%s\" width=\"64\" height=\"48\">"
    "<box label=\"x\" occluded=\"0\" xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\"/></image></annotations>", FALSE },
  { "coco", "a.json", NULL, NULL, "{\"images\":[{\"id\":1,\"file_name\":\"%s\",\"width\":64,\"height\":48}]"
      ",\"annotations\":[{\"image_id\":1,"
    "\"category_id\":1,\"bbox\":[1,2,3,4]}],\"categories\":[{\"id\":1,\"name\":\"x\"}]}", FALSE },
  { "voc", "Annotations/a.xml", NULL, NULL, "<annotation><filename>%s</filename><size><width>64</width><height>48</height></size><object>"
    "<name>x</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>", TRUE },
  { "yolo", "labels/a.txt", "data.yaml", "path: /etc\ntrain: ../../..\nnames: ['x']\n", "0 0.5 0.5 0.25 0.25\n", TRUE },
  { "mot", "gt/gt.txt", "seqinfo.ini", "[Sequence]\nname=%s\nseqLength=9\nimWidth=64\nimHeight=48\n", "1,1,1,2,3,4,1,1,1\n", TRUE },
  { "csv", "a.csv", NULL, NULL, "label,youtube_id\nx,%s\n", FALSE },
  { "something", "a.json", NULL, NULL, "[{\"id\":\"%s\",\"label\":\"x\",\"template\":\"x\",\"placeholders\":[]}]", FALSE },
  { "datumaro", "a.json", NULL, NULL, "{\"categories\":{\"label\":{\"labels\":[{\"name\":\"x\"}]}},\"items\":[{\"id\":\"%s\","
    "\"image\":{\"path\":\"%s\",\"size\":[48,64]},\"annotations\":[{\"type\":\"bbox\",\"label_id\":0,\"bbox\":[1,2,3,4]}]}]}", FALSE },
  { "otb", "seq/groundtruth_rect.txt", NULL, NULL, "1,2,3,4\n", FALSE },
};

/* A picture for YOLO's boxes: the smallest PNG. */
static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0,
                              1, 0, 0, 0, 1, 8, 0, 0, 0,
                              0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48,
                              0xaf, 0xa4, 0x71, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

static void
put (const char *dir, const char *below, const void *bytes, gssize n)
{
  g_autofree char *path = g_build_filename (dir, below, NULL), *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, bytes, n, &error));
  g_assert_no_error (error);
}

static char *
with_name (const char *text, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (text, "%s", -1);

  return g_strjoinv (name, parts);
}

/* The files of a kind in a folder of their own; returns what is to be read. */
static char *
lay (guint k, const char *dir, const void *bytes, gssize n, const char *name)
{
  if (kinds[k].beside)
    {
      g_autofree char *words = with_name (kinds[k].words, name);

      put (dir, kinds[k].beside, words, -1);
    }
  if (strcmp (kinds[k].id, "yolo") == 0)
    put (dir, "images/a.png", png, sizeof png);
  put (dir, kinds[k].file, bytes, n);
  return kinds[k].folder ? g_strdup (dir) : g_build_filename (dir, kinds[k].file, NULL);
}

/* What was said of a text that cannot be right. */
static char *
complaint (const char *path, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacAnnotations) self = sac_annotations_read (path, sac_label_format_find (id), &error);

  if (!self)
    return g_strdup (error->message);
  return self->problems->len ? g_strdup (self->problems->pdata[0]) : NULL;
}

static long
peak_mib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/* ---- entities. */
static void
test_laughs (gconstpointer data)
{
  guint k = GPOINTER_TO_UINT (data);
  g_autofree char *dir = g_dir_make_tmp ("saccade-hostile-XXXXXX", NULL), *deep = g_strnfill (200000, '['), *path = NULL, *said = NULL;
  g_autofree char *good = with_name (kinds[k].good, "&h;&x;"), *bomb = NULL;
  gboolean xml = g_str_has_suffix (kinds[k].file, ".xml"), json = g_str_has_suffix (kinds[k].file, ".json");
  long before = peak_mib ();

  bomb = xml ? g_strconcat (LAUGHS, good, NULL) : g_strdup (json ? deep : LAUGHS);
  path = lay (k, dir, bomb, -1, "a: &a [*a,*a,*a]");
  said = complaint (path, kinds[k].id);
  g_assert_true (said || strcmp (kinds[k].id, "csv") == 0);    /* where any line of words is the name of a clip */
  g_assert_null (said ? strstr (said, "root:") : NULL);        /* no word of /etc/passwd */
  g_assert_cmpint (peak_mib () - before, <, 200);
  remove_tree (dir);
}

/* ---- counts. */
static const struct { const char *id, *text, *beside; } counts[] = {
  { "cvat", "<annotations><version>1.1</version><meta><task><size>%s</size><original_size><width>%s</width><height>%s"
      "</height></original_size>"
    "</task></meta><image id=\"%s\" name=\"a\" width=\"%s\" height=\"%s\">"
    "<box label=\"x\" xtl=\"0\" ytl=\"0\" xbr=\"%s\" ybr=\"%s\"/></image>"
    "<track id=\"%s\" label=\"y\"><box frame=\"0\" xtl=\"0\" ytl=\"0\" xbr=\"1\" ybr=\"1\"/>"
    "<box frame=\"%s\" xtl=\"0\" ytl=\"0\" xbr=\"1\" "
    "ybr=\"1\"/></track></annotations>", NULL },
  { "coco", "{\"videos\":[{\"id\":1,\"name\":\"v\",\"n_frames\":%s,\"width\":%s,\"height\":%s,\"fps\":%s}]"
      ",\"images\":[{\"id\":%s,\"file_name\":\"a\","
    "\"video_id\":1,\"frame_id\":%s,\"width\":%s,\"height\":%s}],\"annotations\":[{\"image_id\":%s,\"category_id\":%s,\"bbox\":[0,0,%s,%s],"
    "\"track_id\":%s}],\"categories\":[{\"id\":%s,\"name\":\"x\"}]}", NULL },
  { "voc", "<annotation><filename>a</filename><size><width>%s</width><height>%s</height></size><object><name>x</name><bndbox><xmin>0</xmin>"
    "<ymin>0</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox></object></annotation>", NULL },
  { "yolo", "%s 0.5 0.5 0.1 0.1\n0 %s %s %s %s\n", "names:\n  %s: x\nnc: %s\n" },
  { "mot", "%s,1,2,3,4,5,1,1,1\n1,%s,2,3,4,5,1,1,1\n1,2,0,0,%s,%s,%s,%s,%s\n",
    "[Sequence]\nname=a\nseqLength=%s\nimWidth=%s\nimHeight=%s\nframeRate=%s\n" },
  { "csv", "label,youtube_id,time_start,time_end,fps,frames\nx,a,0,%s,%s,%s\ny,b,%s,%s,1,1\n", NULL },
  { "something", "[{\"id\":%s,\"label\":\"x\",\"fps\":%s,\"n_frames\":%s,\"template\":\"x\"}]", NULL },
  { "datumaro", "{\"categories\":{\"label\":{\"labels\":[{\"name\":\"x\"}]}},\"items\":["
      "{\"id\":\"a\",\"video_frame\":{\"path\":\"a\",\"frame_index\":%s,"
    "\"n_frames\":%s,\"fps\":%s,\"size\":[%s,%s]},\"annotations\":[{\"type\":\"bbox\",\"label_id\":%s,\"bbox\":[0,0,%s,%s],\"attributes\":"
    "{\"track_id\":%s}},{\"type\":\"label\",\"label_id\":0,\"attributes\":{\"start_ns\":%s,\"end_ns\":%s}}]}]}", NULL },
  { "otb", "%s,%s,%s,%s\n", NULL },
};

static void
test_counts (gconstpointer data)
{
  static const char *const numbers[] = { "2147483647", "2147483648", "4294967295", "4294967296", "-2147483649",
                                         "9223372036854775808", "1e308",
                                         "-1" };
  guint k = GPOINTER_TO_UINT (data);
  long before = peak_mib ();

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *dir = g_dir_make_tmp ("saccade-hostile-XXXXXX", NULL), *text = with_name (counts[k].text, numbers[i]), *path = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SacAnnotations) self = NULL;

      path = lay (k, dir, text, -1, "a");
      if (counts[k].beside)
        {
          g_autofree char *beside = with_name (counts[k].beside, numbers[i]);

          put (dir, kinds[k].beside, beside, -1);
        }
      self = sac_annotations_read (path, sac_label_format_find (counts[k].id), &error);
      g_assert_true ((self != NULL) != (error != NULL));
      for (guint n = 0; self && n < self->items->len; n++)
        {
          const SacNoted *item = self->items->pdata[n];

          g_assert_cmpuint (item->n_frames, <=, 1000000000);
          g_assert_true (item->width >= 0 && item->width <= 1000000000 && item->height >= 0 && item->height <= 1000000000);
          g_assert_true (item->fps >= 0 && item->fps <= 1e5);
          for (guint s = 0; s < item->segments->len; s++)
            g_assert_cmpint (((SacNotedSegment *) item->segments->pdata[s])->out_ns, >=,
                             ((SacNotedSegment *) item->segments->pdata[s])->in_ns);
          for (guint t = 0; t < item->tracks->len; t++)
            {
              const SacNotedTrack *track = item->tracks->pdata[t];

              g_assert_true (sac_boxes_are_valid ((SacBox *) (gpointer) track->boxes->data, track->boxes->len));
            }
        }
      /* Written out again, boxes of billions of frames are refused instead of made. */
      for (guint w = 0; self && w < G_N_ELEMENTS (kinds) - 1; w++)
        {
          g_autofree char *again = g_strdup_printf ("%s/out-%u", dir, w);

          sac_annotations_write (self, sac_label_format_find (kinds[w].id), again, NULL);
        }
      remove_tree (dir);
    }
  g_assert_cmpint (peak_mib () - before, <, 200);
}

/* ---- encodings. */
static void
test_encodings (gconstpointer data)
{
  guint k = GPOINTER_TO_UINT (data);
  g_autofree char *good = with_name (kinds[k].good, "a"), *named = with_name (kinds[k].good, "caf\xe9");
  gsize n = strlen (good);
  g_autofree char *wide = g_convert (good, -1, "UTF-16", "UTF-8", NULL, &n, NULL);
  g_autofree char *latin = strstr (kinds[k].good, "%s") ? g_strdup (named) : g_strconcat (good, "\xe9", NULL);
  g_autofree char *marked = g_strconcat ("\xef\xbb\xbf", good, NULL), *dos = NULL, *zero = g_strconcat (good, " ", NULL);
  g_auto (GStrv) lines = g_strsplit (good, "\n", -1);
  const struct { const char *what; const void *bytes; gssize n; gboolean good; } texts[] = {
    { "plain", good, (gssize) strlen (good), TRUE }, { "UTF-16", wide, (gssize) n, FALSE }, { "Latin-1", latin, -1, FALSE },
    { "a zero", zero, (gssize) strlen (zero), FALSE }, { "a mark", marked, -1, TRUE }, { "over-long", "\xc0\xaf\xc0\xae", -1, FALSE },
    { "DOS lines", dos = g_strjoinv ("\r\n", lines), -1, TRUE },
  };

  zero[strlen (zero) / 2] = 0;
  for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      g_autofree char *dir = g_dir_make_tmp ("saccade-hostile-XXXXXX", NULL);
      g_autofree char *path = lay (k, dir, texts[t].bytes, texts[t].n, "a"), *said = complaint (path, kinds[k].id);

      if ((said == NULL) != texts[t].good)
        g_test_message ("%s, %s: %s", kinds[k].id, texts[t].what, said ? said : "taken without a word");
      g_assert_true ((said == NULL) == texts[t].good);
      g_assert_true (!said || g_utf8_validate (said, -1, NULL));
      remove_tree (dir);
    }
}

/* ---- names that lead elsewhere. */
static void
list_all (const char *path, GPtrArray *out)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      list_all (child, out);
      g_ptr_array_add (out, g_steal_pointer (&child));
    }
}

/* A video lies beside the folder of labels; a name that leads there finds nothing. */
static void
test_way_in (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "../secret/film", "../../secret/film", "..\\\\secret\\\\film", "/etc/passwd",
                                       "in/../../secret/film" };
  g_autofree char *secret = g_build_filename (f->dir, "secret", NULL), *film = g_strdup_printf ("%s/film.%s", secret,
                                                                      sac_encoder_get_suffix ());
  guint8 rgb[64 * 48 * 3] = { 0 };
  SacEncoder *encoder;

  g_mkdir (secret, 0755);
  encoder = sac_encoder_new (film, 64, 48, 10, 1, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_true (sac_encoder_push (encoder, rgb, 64 * 3, NULL));
  g_assert_true (sac_encoder_finish (encoder, NULL));
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (guint n = 0; n < G_N_ELEMENTS (names); n++)
      {
        g_autofree char *name = g_strdup_printf ("%s.%s", names[n], sac_encoder_get_suffix ()), *text = with_name (kinds[k].good, name);
        g_autofree char *below = g_strdup_printf ("%s-%u", kinds[k].id, n), *dir = g_build_filename (f->dir, below, NULL), *path = NULL;
        g_autoptr (SacAnnotations) self = NULL;
        g_autoptr (GPtrArray) items = NULL;
        const char *near[2] = { NULL };
        SacLabelImport result = { 0 };

        path = lay (k, dir, text, -1, name);
        near[0] = path;
        self = sac_annotations_read (path, sac_label_format_find (kinds[k].id), NULL);
        if (!self)
          continue;
        g_assert_true (sac_project_apply_annotations (f->project, self, &(SacLabelImportSpec) { SAC_LABELS_TO_OWN,
                                                                      "x", near }, &result, NULL,
                                                      NULL, NULL, NULL, NULL));
        items = sac_project_list_items (f->project, NULL);
        for (guint i = 0; i < items->len; i++)
          g_assert_true (g_str_has_prefix (((SacItem *) items->pdata[i])->path, dir)
                         || !strstr (((SacItem *) items->pdata[i])->path, "secret"));
      }
}

/* And what is written stays in its folder. */
static void
test_way_out (void)
{
  static const char *const names[] = { "../../evil.png", "/tmp/evil.mp4", "..", ".", "..\\..\\evil.mp4",
                                       "a/../../evil.png", "\n\r\x01", ".hidden",
                                       "" };
  g_autofree char *dir = g_dir_make_tmp ("saccade-hostile-XXXXXX", NULL), *far = g_strnfill (5000, 'x');
  g_autoptr (SacAnnotations) self = sac_annotations_new ();

  for (guint still = 0; still < 2; still++)
    for (guint n = 0; n <= G_N_ELEMENTS (names); n++)
      {
        g_autofree char *name = g_strconcat (n < G_N_ELEMENTS (names) ? names[n] : far, still ? "" : ".", NULL);
        SacNoted *item = sac_annotations_item (self, name);
        SacBox box = { .x = 1, .y = 2, .width = 3, .height = 4, .keyframe = TRUE };

        item->n_frames = still ? 1 : 5;
        item->width = 64, item->height = 48, item->fps = 10;
        g_array_append_val (sac_noted_add_track (item, sac_annotations_label (self, "../../x"))->boxes, box);
      }
  for (guint k = 0; sac_label_formats[k].id; k++)
    {
      g_autofree char *out = g_build_filename (dir, "a", "b", "c", sac_label_formats[k].id, NULL), *above = g_path_get_dirname (out);
      g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;

      if (strcmp (sac_label_formats[k].id, "otb") == 0)
        continue;
      g_mkdir_with_parents (above, 0755);
      g_assert_true (sac_annotations_write (self, &sac_label_formats[k], out, &error));
      g_assert_no_error (error);
      list_all (dir, all);
      g_assert_cmpuint (all->len, >=, sac_label_formats[k].folder ? 10 : 4);
      for (guint i = 0; i < all->len; i++)
        g_assert_true (g_str_has_prefix (all->pdata[i], above) || strlen (all->pdata[i]) < strlen (above));
      remove_tree (above);
    }
  remove_tree (dir);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (gconstpointer); } attacks[] = {
    { "laughs", test_laughs }, { "counts", test_counts }, { "encodings", test_encodings },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  for (guint a = 0; a < G_N_ELEMENTS (attacks); a++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      {
        g_autofree char *path = g_strdup_printf ("/hostile/%s/%s", attacks[a].name, kinds[k].id);

        g_test_add_data_func (path, GUINT_TO_POINTER (k), attacks[a].run);
      }
  ADD ("hostile/way-in", test_way_in);
  g_test_add_func ("/hostile/way-out", test_way_out);
  return g_test_run ();
}
