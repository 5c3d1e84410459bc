/* The verbs of labels as a script would use them: saccade label, labels …, export, query.  What one writes the others tell. */
#include <glib/gstdio.h>

#include "cli-fixture.h"
#include "store-fixture.h"

static void
make_clip (const char *dir, const char *name, guint seed)
{
  g_autofree char *file = g_strdup_printf ("%s.%s", name, sac_encoder_get_suffix ()), *path = g_build_filename (dir, file, NULL);
  guint8 rgb[64 * 48 * 3];
  SacEncoder *encoder = sac_encoder_new (path, 64, 48, 10, 1, NULL);

  for (guint t = 0; t < 8; t++)
    {
      for (guint i = 0; i < sizeof rgb; i++)
        rgb[i] = (guint8) (i / 97 * (seed + 3) + t * 16);
      g_assert_true (sac_encoder_push (encoder, rgb, 64 * 3, NULL));
    }
  g_assert_true (sac_encoder_finish (encoder, NULL));
}

/* Four clips v0 … v3; v0 and v1 are cats, v0 has a track; the project is closed, so that others may write. */
static void
prepare (Fixture *f)
{
  g_autofree char *videos = g_build_filename (f->dir, "videos", NULL);
  const SacBox boxes[] = { { .frame = 1, .x = 4, .y = 6, .width = 16, .height = 12, .keyframe = TRUE },
                           { .frame = 5, .x = 8, .y = 6, .width = 16, .height = 12, .keyframe = TRUE },
                           { .frame = 7, .outside = TRUE, .keyframe = TRUE, .width = 1, .height = 1 } };
  g_autoptr (SacItem) item = NULL;
  g_autoptr (GError) error = NULL;

  g_mkdir (videos, 0755);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%u", i);

      make_clip (videos, name, i);
    }
  g_clear_object (&f->project);
  g_free (SACCADE (0, "import", "videos", "--project", "p.saccade"));
  g_free (SACCADE (0, "label", "add", "cat", "dog"));
  g_free (SACCADE (0, "label", "set", "cat", "v0", "v1"));
  reopen (f);
  item = sac_project_find_item (f->project, "v0", &error);
  g_assert_no_error (error);
  g_assert_true (sac_project_add_track (f->project, 1, item->id, sac_project_add_label (f->project, "box", NULL), boxes, 3, &error));
  g_assert_no_error (error);
  g_clear_object (&f->project);
}

static void
has (const char *text, const char *words)
{
  if (!text || !strstr (text, words))
    g_test_message ("“%s” is not in: %s", words, text);
  g_assert_true (text && strstr (text, words));
}

#define TOLD(expected, err, ...) saccade_and (expected, (const char *const[]) { __VA_ARGS__, NULL }, f->dir, err)

static void
test_query (Fixture *f, gconstpointer data)
{
  static const struct { const char *words[3], *answer; } cases[] = {
    { { "label:cat" }, "v0\nv1\n" }, { { "label:cat", "has:tracks" }, "v0\n" }, { { "not", "label:cat" }, "v2\nv3\n" },
    { { "v2", "or", "v3" }, "v2\nv3\n" }, { { "label:dog" }, "" },
  };
  g_autofree char *json = NULL, *n = NULL, *collected = NULL, *list = NULL, *reverse = NULL;

  prepare (f);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *out = SACCADE (0, "query", cases[c].words[0], cases[c].words[1], cases[c].words[2]);

      g_assert_cmpstr (out, ==, cases[c].answer);
    }
  n = SACCADE (0, "query", "--count", "label:cat");
  g_assert_cmpstr (n, ==, "2\n");
  json = SACCADE (0, "query", "--json", "label:cat");
  has (json, "\"v0\"");
  reverse = SACCADE (0, "query", "--sort", "name", "--reverse", "label:cat");
  g_assert_cmpstr (reverse, ==, "v1\nv0\n");
  g_free (SACCADE (0, "query", "--save", "cats", "label:cat"));
  collected = SACCADE (0, "query", "--collection", "cats", "has:tracks");
  g_assert_cmpstr (collected, ==, "v0\n");
  list = SACCADE (0, "query", "--list");
  g_assert_cmpstr (list, ==, "cats\tlabel:cat\n");
  g_free (SACCADE (0, "query", "--remove", "cats"));
  g_free (SACCADE (1, "query", "--collection", "cats", "v0"));
  g_free (SACCADE (1, "query", "nosuchword:x"));
  g_free (SACCADE (2, "query", "--sort", "smell", "v0"));
}

/* Something in this process looks into the open project's files, as a file chooser does; another program that reads it then must not take
 * itself for the last one and remove what is still written. */
static void
test_locks (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { "", "-wal", "-shm" };
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL), *before = NULL, *after = NULL;

  prepare (f);
  reopen (f);
  g_assert_true (sac_project_add_label (f->project, "first", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat (f->path, files[i], NULL), *text = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    }
  before = SACCADE (0, "label", "list");
  has (before, "first");
  g_assert_true (g_file_test (wal, G_FILE_TEST_EXISTS));
  g_assert_true (sac_project_add_label (f->project, "second", NULL));
  after = SACCADE (0, "label", "list");
  has (after, "second");
}

/* The vocabulary, segments and tracks by words. */
static void
test_label (Fixture *f, gconstpointer data)
{
  g_autofree char *list = NULL, *shown = NULL, *with = NULL, *again = NULL, *merged = NULL, *number = NULL;

  prepare (f);
  g_free (SACCADE (0, "label", "colour", "cat", "#3584e4"));
  g_free (SACCADE (0, "label", "key", "dog", "7"));
  g_free (SACCADE (0, "label", "below", "cat", "box"));
  list = SACCADE (0, "label", "list", "--json");
  has (list, "\"colour\":\"#3584e4\"");
  has (list, "\"key\":\"7\"");
  g_free (SACCADE (1, "label", "below", "box", "cat"));         /* it would stand below itself */
  g_free (SACCADE (0, "label", "below", "cat", ""));
  g_free (SACCADE (0, "label", "segment", "v1", "dog", "0.1", "0.45"));
  g_free (SACCADE (0, "label", "track", "v1", "dog", "0,1,2,30,20", "4,9,2,30,20", "6,gone"));
  shown = SACCADE (0, "label", "show", "v1");
  has (shown, "yes      cat\n");
  has (shown, "  dog  0.100 to 0.450 s\n");
  has (shown, "  dog  3 keyframes from frame 0 on\n");
  with = SACCADE (0, "query", "segment:dog", "track:dog");
  g_assert_cmpstr (with, ==, "v1\n");
  number = g_strdup_printf ("%d", atoi (strstr (shown, "segment ") + strlen ("segment ")));
  g_free (SACCADE (0, "label", "erase", "segment", number));
  again = SACCADE (0, "label", "show", "v1");
  g_assert_null (strstr (again, "segment"));
  g_free (SACCADE (0, "label", "merge", "dog", "cat"));
  merged = SACCADE (0, "query", "track:cat");
  g_assert_cmpstr (merged, ==, "v1\n");
  g_free (SACCADE (1, "label", "colour", "cat", "blue"));
  g_free (SACCADE (1, "label", "key", "cat", "F1"));
  g_free (SACCADE (1, "label", "segment", "v1", "cat", "3", "2"));
  g_free (SACCADE (1, "label", "segment", "v1", "cat", "a", "2"));
  g_free (SACCADE (1, "label", "segment", "v1", "dog", "1", "2"));      /* it is a cat now */
  g_free (SACCADE (1, "label", "track", "v1", "cat", "800,1,2,3,4"));
  g_free (SACCADE (1, "label", "track", "v1", "cat", "1,2,3"));
  g_free (SACCADE (1, "label", "track", "v1", "cat", "4,1,2,3,4", "1,1,2,3,4"));
  g_free (SACCADE (1, "label", "erase", "track", "12345"));
  g_free (SACCADE (2, "label", "key", "cat"));
}

/* Every format, and back into an empty project. */
static void
test_export (Fixture *f, gconstpointer data)
{
  g_autofree char *formats = NULL, *dry = NULL, *lost = NULL, *refused = NULL, *none = NULL;

  prepare (f);
  formats = SACCADE (0, "labels", "formats");
  for (guint k = 0; sac_label_formats[k].id; k++)
    {
      const SacLabelFormat *format = &sac_label_formats[k];
      g_autofree char *target = g_strconcat ("out-", format->id, format->folder ? "" : strcmp (format->id, "cvat") == 0 ? ".xml"
                                             : strcmp (format->id, "csv") == 0 ? ".csv" : ".json", NULL);
      g_autofree char *full = g_build_filename (f->dir, target, NULL), *told = NULL, *into = g_strconcat (format->id, ".saccade", NULL);
      g_autofree char *tracks = NULL, *tags = NULL;

      has (formats, format->id);
      if (strcmp (format->id, "otb") == 0)
        {
          g_free (SACCADE (1, "export", "--format", "otb", target, "-p", "p.saccade"));
          continue;
        }
      told = SACCADE (0, "export", "--format", format->id, target, "-p", "p.saccade");
      has (told, "4 clips written to");
      g_assert_true (g_file_test (full, format->folder ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR));
      if (sac_label_format_has_pictures (format))
        continue;               /* without pictures nothing of videos */
      g_free (SACCADE (0, "import", "videos", "-p", into));
      g_free (SACCADE (0, "labels", "import", target, "--own", "-p", into));
      tracks = SACCADE (0, "query", "has:tracks", "-p", into);
      tags = SACCADE (0, "query", "label:cat", "-p", into);
      g_assert_cmpstr (tracks, ==, format->holds & SAC_HOLDS_TRACKS ? "v0\n" : "");
      g_assert_cmpstr (tags, ==, format->holds & SAC_HOLDS_TAGS ? "v0\nv1\n" : "");
    }
  /* What would be lost is told before, and stops it where that is wished. */
  dry = TOLD (0, &lost, "export", "--format", "mot", "--dry-run", "-p", "p.saccade");
  has (lost, "2 labels of whole videos");
  has (lost, "which boxes of 1 track are keyframes");
  g_free (TOLD (1, &refused, "export", "--format", "mot", "--lossless", "never", "-p", "p.saccade"));
  none = g_build_filename (f->dir, "never", NULL);
  g_assert_false (g_file_test (none, G_FILE_TEST_EXISTS));
  g_free (SACCADE (2, "export", "--format", "nonsense", "x", "-p", "p.saccade"));
  g_free (SACCADE (2, "export", "--format", "cvat", "-p", "p.saccade"));
  g_free (SACCADE (1, "export", "--format", "cvat", "x.xml", "--query", "label:dog", "-p", "p.saccade"));
  g_free (SACCADE (1, "export", "--format", "cvat", "x.xml", "v9", "-p", "p.saccade"));
}

/* Frames as pictures, and the boxes back at their frames. */
static void
test_pictures (Fixture *f, gconstpointer data)
{
  static const char *const formats[] = { "voc", "yolo" };

  prepare (f);
  for (guint k = 0; k < G_N_ELEMENTS (formats); k++)
    {
      const char *id = formats[k];
      g_autofree char *keys = g_strconcat (id, "-keys", NULL), *some = g_strconcat (id, "-some", NULL),
          *into = g_strconcat (id, ".saccade", NULL);
      g_autofree char *told = NULL, *dry = NULL, *tracks = NULL, *diff = NULL, *plan = NULL, *more = NULL;
      g_autofree char *table = g_build_filename (f->dir, keys, "frames.csv", NULL), *text = NULL;
      g_autofree char *png = g_build_filename (f->dir, some, k ? "images" : "JPEGImages", "v0_000001.png", NULL);

      dry = SACCADE (0, "export", "-f", id, "--pictures", "--frames", "boxes", "--dry-run", "-p", "p.saccade");
      has (dry, "6 pictures");
      told = SACCADE (0, "export", "-f", id, "--pictures", "--frames", "keyframes", keys, "-p", "p.saccade");
      has (told, "2 pictures written to");
      g_assert_true (g_file_get_contents (table, &text, NULL, NULL));
      has (text, "v0_000001.jpg,v0.");
      has (text, ",1,0.1,10,1\n");
      has (text, ",5,0.5,10,1/7\n");
      g_free (SACCADE (0, "export", "-f", id, "--pictures", "--frames", "boxes", "--every", "3", "--png", some, "v0", "-p", "p.saccade"));
      g_assert_true (g_file_test (png, G_FILE_TEST_IS_REGULAR));
      /* Into a project with the clip: boxes of its frames.  Into one without: pictures. */
      g_free (SACCADE (0, "import", "videos", "-p", into));
      plan = SACCADE (0, "labels", "import", keys, "--own", "--dry-run", "-p", into);
      has (plan, "1 clips of the project");
      g_free (SACCADE (0, "labels", "import", keys, "--own", "-p", into));
      tracks = SACCADE (0, "query", "track:box", "-p", into);
      g_assert_cmpstr (tracks, ==, "v0\n");
      diff = SACCADE (0, "labels", "diff", "", into, "-p", "p.saccade");
      has (diff, "tracks    1 and 1, mean IoU 1.00, F1 at 0.5 1.00");
      g_free (SACCADE (0, "labels", "import", keys, "--own", "-p", "stills.saccade"));
      more = SACCADE (0, "query", "v0_", "has:tracks", "--count", "-p", "stills.saccade");
      g_assert_cmpstr (more, ==, "2\n");
    }
  g_free (SACCADE (2, "export", "-f", "cvat", "--pictures", "x", "-p", "p.saccade"));
  g_free (SACCADE (2, "export", "-f", "voc", "--pictures", "--frames", "odd", "x", "-p", "p.saccade"));
  g_free (SACCADE (2, "export", "-f", "voc", "--pictures", "--every", "0", "x", "-p", "p.saccade"));
  g_free (SACCADE (1, "export", "-f", "voc", "--pictures", "videos", "-p", "p.saccade"));      /* not empty */
}

/* History, versions, layers, comparison and merge. */
static void
test_labels (Fixture *f, gconstpointer data)
{
  g_autofree char *history = NULL, *versions = NULL, *changes = NULL, *cats = NULL, *again = NULL, *undone = NULL, *redone = NULL;
  g_autofree char *diff = NULL, *json = NULL, *layers = NULL, *merged = NULL, *dogs = NULL, *top = NULL, *gone = NULL;
  g_auto (GStrv) lines = NULL;

  prepare (f);
  g_free (SACCADE (0, "labels", "save", "first", "as it was"));
  g_free (SACCADE (0, "label", "set", "cat=no", "v1"));
  changes = SACCADE (0, "labels", "changes", "first");
  has (changes, "1 changed");
  versions = SACCADE (0, "labels", "versions");
  has (versions, "as it was");
  g_free (SACCADE (0, "labels", "restore", "first"));
  cats = SACCADE (0, "query", "label:cat");
  g_assert_cmpstr (cats, ==, "v0\nv1\n");
  /* Back to the act before the restore, and forth again. */
  history = SACCADE (0, "labels", "history");
  lines = g_strsplit (g_strstrip (history), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >=, 4);
  {
    g_autofree char *before = g_strdup_printf ("%d", atoi (lines[1])), *last = g_strdup_printf ("%d", atoi (lines[0]));

    g_free (SACCADE (0, "labels", "go-to", before));
    undone = SACCADE (0, "query", "label:cat");
    g_assert_cmpstr (undone, ==, "v0\n");
    g_free (SACCADE (0, "labels", "go-to", last));
    redone = SACCADE (0, "query", "label:cat");
    g_assert_cmpstr (redone, ==, "v0\nv1\n");
  }
  /* Another person's project. */
  g_free (SACCADE (0, "import", "videos", "-p", "anna.saccade"));
  g_free (SACCADE (0, "label", "add", "cat", "dog", "-p", "anna.saccade"));
  g_free (SACCADE (0, "label", "set", "cat", "v0", "-p", "anna.saccade"));
  g_free (SACCADE (0, "label", "set", "cat=no", "v1", "-p", "anna.saccade"));
  g_free (SACCADE (0, "label", "set", "dog", "v3", "-p", "anna.saccade"));
  diff = SACCADE (0, "labels", "diff", "", "anna.saccade", "-p", "p.saccade");
  has (diff, "tags      n 2, agreement 0.50, κ");
  has (diff, "v1");
  json = SACCADE (0, "labels", "diff", "", "anna.saccade", "--json", "-p", "p.saccade");
  has (json, "\"yes_no\":1");
  has (json, "\"queue\"");
  g_free (SACCADE (0, "labels", "diff", "version:first", "", "-p", "p.saccade"));
  g_free (SACCADE (1, "labels", "diff", "", "nobody", "-p", "p.saccade"));
  g_free (SACCADE (2, "labels", "diff", "", "-p", "p.saccade"));
  merged = SACCADE (0, "labels", "merge", "anna.saccade", "--as", "Anna", "-p", "p.saccade");
  layers = SACCADE (0, "labels", "layers", "-p", "p.saccade");
  has (layers, "Anna");
  g_free (SACCADE (0, "labels", "merge", "person:Anna", "--conflicts", "theirs", "-p", "p.saccade"));
  dogs = SACCADE (0, "query", "label:dog", "-p", "p.saccade");
  g_assert_cmpstr (dogs, ==, "v3\n");
  again = SACCADE (0, "query", "label:cat", "-p", "p.saccade");
  g_assert_cmpstr (again, ==, "v0\n");
  top = SACCADE (0, "labels", "top", "1", "-p", "p.saccade");
  has (top, "cat");
  g_free (SACCADE (0, "labels", "forget", "first", "-p", "p.saccade"));
  gone = SACCADE (0, "labels", "versions", "-p", "p.saccade");
  g_assert_null (strstr (gone, "as it was"));
  g_free (SACCADE (1, "labels", "restore", "first", "-p", "p.saccade"));
  g_free (SACCADE (2, "labels", "dance", "-p", "p.saccade"));
  g_free (SACCADE (1, "labels", "import", "nothing.xml", "-p", "p.saccade"));
  g_free (SACCADE (1, "labels", "import", "nothing.xml", "--format", "odd", "-p", "p.saccade"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  if (!g_getenv ("SACCADE_PROGRAM"))
    {
      g_print ("1..0 # SKIP SACCADE_PROGRAM is not set\n");
      return 0;
    }
  sac_media_init ();
  ADD ("label-verbs/locks", test_locks);
  ADD ("label-verbs/label", test_label);
  ADD ("label-verbs/query", test_query);
  ADD ("label-verbs/export", test_export);
  ADD ("label-verbs/pictures", test_pictures);
  ADD ("label-verbs/labels", test_labels);
  return g_test_run ();
}
