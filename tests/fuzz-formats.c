/* One input for every reader of label files: the first byte says which format reads the rest.  Built twice: as a libFuzzer target
 * (-Dfuzz=true with clang), and as an ordinary test that mutates files of each format by a seeded generator.
 *   CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
 *   ninja -C build-fuzz tests/libfuzz-formats && build-fuzz/tests/libfuzz-formats -max_len=4096 CORPUS */
#include <glib/gstdio.h>
#include <string.h>

#include "store/sac-store.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Where a reader of folders looks for its main file; the words beside it make the folder one of its kind. */
static const struct { const char *id, *file, *beside, *words; } places[] = {
  { "cvat", "a.xml" }, { "coco", "a.json" }, { "voc", "Annotations/a.xml" }, { "voc", "ImageSets/Main/train.txt" },
  { "yolo", "labels/train/a.txt", "classes.txt", "cat\ndog\n" }, { "yolo", "data.yaml", "labels/train/a.txt", "0 0.5 0.5 0.1 0.1\n" },
  { "yolo", "classes.txt", "labels/train/a.txt", "1 0.5 0.5 0.1 0.1\n" }, { "mot", "gt/gt.txt", "seqinfo.ini", "[Sequence]\nname=a\n" },
  { "mot", "seqinfo.ini", "gt/gt.txt", "1,1,2,3,4,5,1,1,1\n" }, { "csv", "a.csv" }, { "something", "a.json" }, { "datumaro", "a.json" },
  { "otb", "groundtruth_rect.txt" },
};

static const char *
scratch (void)
{
  static char *dir;

  if (!dir)
    dir = g_dir_make_tmp ("saccade-fuzz-XXXXXX", NULL);
  return dir;
}

static void
put (const char *dir, const char *name, const void *data, gsize n)
{
  g_autofree char *path = g_build_filename (dir, name, NULL), *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (path, data, (gssize) n, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* What every reader promises of what it returns. */
static void
check (const SacAnnotations *self, gsize size)
{
  gsize n = 0;

  for (guint l = 0; l < self->labels->len; l++)
    g_assert_true (g_utf8_validate (self->labels->pdata[l], -1, NULL));
  for (guint p = 0; p < self->problems->len; p++)
    g_assert_true (g_utf8_validate (self->problems->pdata[p], -1, NULL));
  for (guint i = 0; i < self->items->len; i++)
    {
      const SacNoted *item = self->items->pdata[i];

      g_assert_true (g_utf8_validate (item->name, -1, NULL));
      g_assert_true (item->width >= 0 && item->height >= 0 && item->fps >= 0 && item->fps < 1e9);
      n += 1 + item->tags->len + item->segments->len;
      for (guint t = 0; t < item->tags->len; t++)
        g_assert_cmpuint (g_array_index (item->tags, SacNotedTag, t).label, <, self->labels->len);
      for (guint s = 0; s < item->segments->len; s++)
        {
          const SacNotedSegment *segment = item->segments->pdata[s];

          g_assert_cmpuint (segment->label, <, self->labels->len);
          g_assert_true (segment->in_ns >= 0 && segment->in_ns <= segment->out_ns);
        }
      for (guint t = 0; t < item->tracks->len; t++)
        {
          const SacNotedTrack *track = item->tracks->pdata[t];

          g_assert_true (track->label == SAC_NO_LABEL || track->label < self->labels->len);
          g_assert_true (track->boxes->len > 0 && sac_boxes_are_valid ((SacBox *) (gpointer) track->boxes->data, track->boxes->len));
          n += track->boxes->len;
        }
    }
  g_assert_cmpuint (n, <=, size + 100);         /* nothing is written shorter than a byte */
}

static void
read_as (const char *path, const SacLabelFormat *format, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacAnnotations) self = sac_annotations_read (path, format, &error);

  g_assert_true ((self != NULL) != (error != NULL));
  if (error)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  else
    {
      g_auto (GStrv) losses = sac_annotations_list_losses (self, format ? format : &sac_label_formats[0]);

      check (self, size);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  guint place = size ? data[0] % G_N_ELEMENTS (places) : 0;
  const SacLabelFormat *format = sac_label_format_find (places[place].id);
  gboolean folder = strchr (places[place].file, '/') || places[place].beside;
  g_autofree char *name = g_strdup_printf ("%u", place), *dir = g_build_filename (scratch (), name, NULL);
  g_autofree char *file = g_build_filename (dir, places[place].file, NULL);

  if (size == 0)
    return 0;
  if (places[place].beside)
    put (dir, places[place].beside, places[place].words, strlen (places[place].words));
  put (dir, places[place].file, data + 1, size - 1);
  read_as (folder ? dir : file, format, size);
  read_as (folder ? dir : file, NULL, size);
  return 0;
}

#ifndef SAC_LIBFUZZER

#ifdef __SANITIZE_ADDRESS__
#define ROUNDS 200
#else
#define ROUNDS 800
#endif

/* A file of each kind, rich in what it can say. */
static const char *const samples[] = {
  "<?xml version=\"1.0\" encoding=\"utf-8\"?><annotations><version>1.1</version><meta><task><size>9</size><labels>"
  "<label><name>cat</name>"
  "</label></labels></task></meta><track id=\"0\" label=\"cat\">"
  "<box frame=\"0\" outside=\"0\" occluded=\"1\" keyframe=\"1\" xtl=\"1.5\" "
  "ytl=\"2\" xbr=\"30\" ybr=\"40\" z_order=\"0\"><attribute name=\"pose\">sits</attribute></box>"
  "<box frame=\"7\" outside=\"1\" occluded=\"0\" "
  "keyframe=\"1\" xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\"/></track>"
  "<image id=\"0\" name=\"a.png\" width=\"64\" height=\"48\"><box label=\"dog\" "
  "xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\"/><polygon label=\"dog\" points=\"1,2;3,4;5,6\"/><tag label=\"cat\"/>"
  "</image></annotations>",
  "{\"info\":{},\"videos\":[{\"id\":1,\"name\":\"v.mp4\",\"fps\":25}],\"images\":[{\"id\":1,\"file_name\":\"a.png\","
  "\"width\":64,\"height\":48,"
  "\"video_id\":1,\"frame_id\":0}],\"annotations\":[{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,3,4.5],"
  "\"track_id\":3,\"iscrowd\":0,"
  "\"segmentation\":{\"counts\":[1,2,3],\"size\":[48,64]},\"attributes\":{\"occluded\":true}}],"
  "\"categories\":[{\"id\":1,\"name\":\"cat\","
  "\"supercategory\":\"animal\"}]}",
  "<annotation><folder>x</folder><filename>a.png</filename><size><width>64</width><height>48</height><depth>3</depth>"
  "</size><object>"
  "<name>cat</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>"
  "2</ymin><xmax>30</xmax>"
  "<ymax>40</ymax></bndbox><part><name>head</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax>"
  "</bndbox></part></object>"
  "</annotation>",
  "a\nb\n../../c\n",
  "0 0.5 0.5 0.25 0.125\n1 0.1 0.2 0.05 0.05 0.9\n",
  "path: .\ntrain: labels/train\nnames:\n  0: cat\n  1: dog\nnc: 2\n",
  "cat\ndog\n",
  "1,1,912,484,97,109,0,7,1\n2,1,912,484,97.5,109,1,7,0.5\n1,2,1,2,3,4,1,1,1\n",
  "[Sequence]\nname=a\nimDir=img1\nframeRate=30\nseqLength=600\nimWidth=1920\nimHeight=1080\nimExt=.jpg\n",
  "label,youtube_id,time_start,time_end,split\n\"riding, a horse\",abc,1,3.5,train\ncat,abc,,,test\n",
  "[{\"id\":\"100\",\"label\":\"putting cat on dog\",\"template\":\"Putting [something] on [something]\","
  "\"placeholders\":[\"cat\",\"dog\"]}]",
  "{\"info\":{},\"categories\":{\"label\":{\"labels\":[{\"name\":\"cat\",\"parent\":\"animal\"}]}},"
  "\"items\":[{\"id\":\"a\",\"image\":{\"size\":"
  "[48,64],\"path\":\"a.png\"},\"attr\":{\"frame\":3},\"annotations\":[{\"type\":\"bbox\",\"label_id\":0,\"bbox\":[1,"
  "2,3,4],\"z_order\":0,"
  "\"attributes\":{\"track_id\":1,\"keyframe\":true,\"outside\":false}},{\"type\":\"label\",\"label_id\":0}]}]}",
  "6,166,49,149\n8\t166\t49\t149\n1.5 2 3 4\n",
};
G_STATIC_ASSERT (G_N_ELEMENTS (samples) == G_N_ELEMENTS (places));

typedef struct {
  SacRandomKey key;
  guint64 at;
} Dice;

static guint32
throw (Dice *dice, guint32 n)
{
  return sac_random_below (dice->key, dice->at++, n);
}

static void
insert (GByteArray *bytes, guint at, const void *data, guint n)
{
  g_autofree guint8 *tail = g_memdup2 (bytes->data + at, bytes->len - at);
  guint n_tail = bytes->len - at;

  g_byte_array_set_size (bytes, at);
  g_byte_array_append (bytes, data, n);
  g_byte_array_append (bytes, tail, n_tail);
}

/* Words that have brought down readers of text. */
static const char *const words[] = {
  "2147483648", "-1", "4294967296", "1e308", "-1e400", "nan", "inf", "-0", "0x7f", "99999999999999999999999999", "",
  "../../../etc/passwd",
  "/dev/zero", "\xff\xfe", "\xef\xbb\xbf", "\xc3\x28", "\xed\xa0\x80",
  "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]>", "&c;",
  "<![CDATA[", "]]>", "<!--", "\"", "\\u0000", "\\ud800", "[[[[[[[[", "{\"a\":{\"a\":", "null", "true", "\n\n", "\r",
  "\t", ",,,,", "%s%n",
  "[something", "</annotations>", "<track>", "<box/>", "\"bbox\":[]",
};

static void
mutate (GByteArray *bytes, Dice *dice)
{
  for (guint changes = 1 + throw (dice, 5); changes > 0 && bytes->len > 1; changes--)
    {
      guint at = throw (dice, bytes->len), n = 1 + throw (dice, 24);
      const char *word = words[throw (dice, G_N_ELEMENTS (words))];

      switch (throw (dice, 8))
        {
        case 0:
          bytes->data[at] ^= (guint8) (1 << throw (dice, 8));
          break;
        case 1:
          bytes->data[at] = 0;
          break;
        case 2:
          g_byte_array_set_size (bytes, at + 1);
          break;
        case 3:
          g_byte_array_remove_range (bytes, at, MIN (n, bytes->len - at));
          break;
        case 4:
          insert (bytes, at, word, (guint) strlen (word));
          break;
        case 5:         /* a number or a word for another */
          while (n > 0 && at < bytes->len && !g_ascii_isalnum (bytes->data[at]))
            at++, n--;
          for (n = 0; at + n < bytes->len && g_ascii_isalnum (bytes->data[at + n]); n++)
            continue;
          if (n)
            g_byte_array_remove_range (bytes, at, n);
          insert (bytes, MIN (at, bytes->len), word, (guint) strlen (word));
          break;
        case 6:
          {
            g_autofree guint8 *piece = NULL;

            n = MIN (n * 4, bytes->len - at);
            piece = g_memdup2 (bytes->data + at, n);
            for (guint times = throw (dice, 20); times > 0 && bytes->len < 20000; times--)
              insert (bytes, at, piece, n);
            break;
          }
        default:        /* as UTF-16, or bytes of another encoding */
          if (throw (dice, 20) == 0)
            {
              g_autoptr (GByteArray) wide = g_byte_array_new ();

              for (guint i = 0; i < bytes->len; i++)
                g_byte_array_append (wide, ((guint8[]) { bytes->data[i], 0 }), 2);
              g_byte_array_set_size (bytes, 0);
              g_byte_array_append (bytes, wide->data, wide->len);
            }
          else
            bytes->data[at] = (guint8) (0x80 + throw (dice, 128));
        }
    }
}

static void
test_mutations (gconstpointer data)
{
  guint8 which = (guint8) GPOINTER_TO_UINT (data);
  guint rounds = g_test_slow () ? 300000 : ROUNDS;

  for (guint round = 0; round < rounds; round++)
    {
      Dice dice = { { 21, sac_random_stream (which, round, 0) }, 0 };
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, (const guint8 *) samples[which], (guint) strlen (samples[which]));
      if (round > 0)
        mutate (bytes, &dice);
      insert (bytes, 0, &which, 1);
      LLVMFuzzerTestOneInput (bytes->data, bytes->len);
    }
}

/* An untouched sample is read, so that the mutations start from something that says much. */
static void
test_samples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *dir = g_strdup_printf ("%s/sample-%u", scratch (), i), *file = g_build_filename (dir, places[i].file, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacAnnotations) self = NULL;

      if (places[i].beside)
        put (dir, places[i].beside, places[i].words, strlen (places[i].words));
      put (dir, places[i].file, samples[i], strlen (samples[i]));
      self = sac_annotations_read (strchr (places[i].file, '/') || places[i].beside ? dir : file,
                                   sac_label_format_find (places[i].id), &error);
      g_test_message ("%s %s: %s", places[i].id, places[i].file, error ? error->message : "read");
      g_assert_true (self || strcmp (places[i].file, "ImageSets/Main/train.txt") == 0);
    }
}

/* What grows without bound somewhere else: entities of entities, a deep nest, a count of 2³¹, a line of megabytes. */
static void
test_bombs (void)
{
  g_autoptr (GString) laughs = g_string_new (NULL);
  gint64 start = g_get_monotonic_time ();

  g_string_append_c (laughs, 0);
  g_string_append (laughs, "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a0 \"ha\">");
  for (guint i = 1; i < 40; i++)
    g_string_append_printf (laughs, "<!ENTITY a%u \"&a%u;&a%u;&a%u;&a%u;\">", i, i - 1, i - 1, i - 1, i - 1);
  g_string_append (laughs, "]><annotations><version>1.1</version><image name=\"&a39;\" id=\"0\">&a39;</image></annotations>");
  for (guint8 place = 0; place < G_N_ELEMENTS (places); place++)
    {
      static const char *const pieces[] = { "<annotations>", "{\"a\":", "[",
                                            "<track id=\"0\" label=\"a\"><box frame=\"2147483647\">", "1,", "9", "a" };

      laughs->str[0] = (char) place;
      LLVMFuzzerTestOneInput ((const guint8 *) laughs->str, laughs->len);
      for (guint k = 0; k < G_N_ELEMENTS (pieces); k++)
        {
          g_autoptr (GString) many = g_string_new (NULL);

          g_string_append_c (many, (char) place);
          while (many->len < 400000)
            g_string_append (many, pieces[k]);
          LLVMFuzzerTestOneInput ((const guint8 *) many->str, many->len);
        }
    }
  g_test_message ("%.1f s", (double) (g_get_monotonic_time () - start) * 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/formats/fuzz/samples", test_samples);
  g_test_add_func ("/formats/fuzz/bombs", test_bombs);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/formats/fuzz/%s/%u", places[i].id, i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_mutations);
    }
  return g_test_run ();
}

#endif
