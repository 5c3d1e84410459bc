/* Import: folders, groups, truth, files that are refused, moved or replaced; division; the verbs of the command line. */
#include <json-glib/json-glib.h>
#include <time.h>
#include <unistd.h>

#include "cli-fixture.h"
#include "store-fixture.h"

/* A clip whose content depends on @seed, 8 frames of 64 × 48. */
static char *
make_clip (const char *dir, const char *below, const char *name, guint seed)
{
  g_autofree char *folder = g_build_filename (dir, below, NULL), *file = g_strdup_printf ("%s.%s", name, sac_encoder_get_suffix ());
  char *path = g_build_filename (folder, file, NULL);
  guint8 rgb[64 * 48 * 3];
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder;

  g_mkdir_with_parents (folder, 0755);
  encoder = sac_encoder_new (path, 64, 48, 25, 1, &error);
  g_assert_no_error (error);
  for (int t = 0; t < 8 && encoder; t++)
    {
      for (guint i = 0; i < sizeof rgb; i++)
        rgb[i] = (i / 97 * (seed + 3) + t * 16) & 255;
      sac_encoder_push (encoder, rgb, 64 * 3, &error);
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  g_assert_no_error (error);
  return path;
}

static SacItem *
find (SacProject *project, const char *name)
{
  g_autoptr (GError) error = NULL;
  SacItem *item = sac_project_find_item (project, name, &error);

  g_assert_no_error (error);
  return item;
}

static SacLabelState
state_of (SacProject *project, const char *clip, const char *label)
{
  g_autoptr (SacItem) item = find (project, clip);
  g_autoptr (GPtrArray) labels = sac_project_list_labels (project, NULL);

  for (guint l = 0; item && l < labels->len; l++)
    if (strcmp (((SacLabel *) labels->pdata[l])->name, label) == 0)
      return sac_project_get_label_state (project, item->id, ((SacLabel *) labels->pdata[l])->id);
  g_test_message ("no label %s", label);
  g_test_fail ();
  return SAC_LABEL_UNKNOWN;
}

static void
count_progress (double fraction, const char *what, gpointer data)
{
  g_assert_cmpfloat (fraction, <=, 1);
  g_assert_nonnull (what);
  ++*(guint *) data;
}

static void
test_folders (Fixture *f, gconstpointer data)
{
  g_autofree char *videos = g_build_filename (f->dir, "videos", NULL), *csv = g_build_filename (f->dir, "who.csv", NULL);
  g_autofree char *a = make_clip (videos, "cat", "a", 1), *b = make_clip (videos, "cat", "b", 2), *c = make_clip (videos, "dog", "c", 3);
  g_autofree char *twice = g_build_filename (videos, "dog", "a-again.mp4", NULL), *none = g_build_filename (videos, "dog",
                                                                                                            "none.mp4", NULL);
  g_autofree char *hidden = g_build_filename (videos, "dog", ".hidden.mp4", NULL), *text = g_build_filename (videos, "dog",
                                                                                                             "notes.txt", NULL);
  g_autofree char *loop = g_build_filename (videos, "dog", "loop", NULL);
  g_autofree char *bytes = NULL, *before = dump (f->project), *after = NULL, *undone = NULL, *what = NULL, *redone = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImportResult) result = NULL, again = NULL;
  g_autoptr (SacItem) item = NULL, other = NULL;
  guint n_calls = 0;
  gsize n;

  g_assert_true (g_file_get_contents (a, &bytes, &n, NULL));
  g_file_set_contents (twice, bytes, n, NULL);
  g_file_set_contents (none, "", 0, NULL);
  g_file_set_contents (hidden, "x", 1, NULL);
  g_file_set_contents (text, "x", 1, NULL);
  g_file_set_contents (csv, "clip,person\ncat/a.x,\"Ann, B.\"\nc,Bob\ncat/b,Bob\n", -1, NULL);
  g_assert_cmpint (symlink (videos, loop), ==, 0);

  result = sac_project_import (f->project, videos, &(SacImportSpec) { .labels_from_folders = TRUE, .groups_csv = csv }, count_progress,
                               &n_calls, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 3);
  g_assert_cmpuint (result->n_known, ==, 1);
  g_assert_cmpuint (result->n_refused, ==, 1);
  g_assert_true (g_str_has_prefix (result->problems->pdata[0], "dog/none.mp4: "));
  g_assert_cmpuint (n_calls, >=, 5);
  item = find (f->project, "cat/a");
  g_assert_cmpuint (item->n_frames, ==, 8);
  g_assert_cmpint (item->width, ==, 64);
  g_assert_cmpint (item->height, ==, 48);
  g_assert_cmpfloat_with_epsilon (item->fps, 25, 0.01);
  g_assert_true (g_str_has_prefix (item->hash, "saccade1:"));
  g_assert_false (item->missing);
  g_assert_cmpstr (item->path, ==, a);
  g_assert_cmpstr (item->group, ==, "Ann, B.");
  other = find (f->project, c);
  g_assert_cmpstr (other->name, ==, "dog/c");
  g_assert_cmpstr (other->group, ==, "Bob");

  /* The folder is yes, the others are no; what lies in two folders is both. */
  g_assert_cmpint (state_of (f->project, "cat/a", "cat"), ==, SAC_LABEL_YES);
  g_assert_cmpint (state_of (f->project, "cat/a", "dog"), ==, SAC_LABEL_YES);
  g_assert_cmpint (state_of (f->project, "cat/b", "dog"), ==, SAC_LABEL_NO);
  g_assert_cmpint (state_of (f->project, "dog/c", "cat"), ==, SAC_LABEL_NO);

  /* Undone and done again as one act. */
  after = dump (f->project);
  g_assert_true (sac_project_undo (f->project, &what, &error));
  g_assert_cmpstr (what, ==, "Import 3 clips from “videos”");
  undone = dump (f->project);
  g_assert_cmpstr (undone, ==, before);
  reopen (f);
  g_assert_true (sac_project_redo (f->project, NULL, &error));
  redone = dump (f->project);
  g_assert_cmpstr (redone, ==, after);

  /* Importing again adds nothing and overwrites nothing that was said. */
  {
    g_autoptr (GPtrArray) labels = sac_project_list_labels (f->project, NULL);
    SacId cat = ((SacLabel *) labels->pdata[0])->id;

    g_assert_true (sac_project_set_label (f->project, &other->id, 1, cat, SAC_LABEL_YES, &error));
    again = sac_project_import (f->project, videos, &(SacImportSpec) { .labels_from_folders = TRUE }, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (again->n_added, ==, 0);
    g_assert_cmpuint (again->n_known, ==, 4);
    g_assert_cmpint (state_of (f->project, "dog/c", "cat"), ==, SAC_LABEL_YES);
  }
}

static void
test_relink (Fixture *f, gconstpointer data)
{
  g_autofree char *one = g_build_filename (f->dir, "one", NULL), *two = g_build_filename (f->dir, "two", NULL);
  g_autofree char *path = make_clip (one, "", "a", 5), *other = make_clip (one, "", "b", 6), *moved = NULL, *base = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacItem) item = NULL, away = NULL, back = NULL, replaced = NULL;
  g_autoptr (SacImportResult) result = NULL, second = NULL, third = NULL;

  result = sac_project_import (f->project, one, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 2);
  item = find (f->project, "a");
  g_mkdir (two, 0755);
  base = g_path_get_basename (path);
  moved = g_build_filename (two, base, NULL);
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  away = sac_project_get_item (f->project, item->id, &error);
  g_assert_true (away->missing);
  second = sac_project_import (f->project, two, NULL, NULL, NULL, NULL, &error);
  g_assert_cmpuint (second->n_known, ==, 1);
  back = sac_project_get_item (f->project, item->id, &error);
  g_assert_false (back->missing);
  g_assert_cmpstr (back->path, ==, moved);

  /* Another content at a known place: a new clip; the old one says what happened. */
  g_assert_cmpint (g_rename (other, moved), ==, 0);
  third = sac_project_import (f->project, two, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (third->n_known, ==, 1);     /* it is clip b, which moved */
  replaced = find (f->project, "b");
  g_assert_cmpstr (replaced->path, ==, moved);
  {
    g_autofree char *new_content = make_clip (two, "", "a", 77);
    g_autoptr (SacImportResult) fourth = sac_project_import (f->project, two, NULL, NULL, NULL, NULL, &error);
    g_autoptr (SacItem) old = sac_project_get_item (f->project, replaced->id, &error);

    g_assert_cmpuint (fourth->n_added, ==, 1);
    g_assert_nonnull (old->problem);
    g_assert_cmpstr (new_content, ==, moved);
  }
}

static void
cancel_soon (double fraction, const char *what, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autofree char *videos = g_build_filename (f->dir, "videos", NULL), *before = dump (f->project), *after = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImportResult) result = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%u", i), *path = make_clip (videos, "", name, i);
    }
  result = sac_project_import (f->project, videos, NULL, cancel_soon, cancellable, cancellable, &error);
  g_assert_null (result);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED);
  after = dump (f->project);
  g_assert_cmpstr (before, ==, after);
  g_assert_false (sac_project_can_undo (f->project, NULL));
  g_clear_error (&error);
  g_assert_null (sac_project_import (f->project, "/nowhere/at/all", NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sac_project_import (f->project, f->dir, &(SacImportSpec) { .groups_csv = "/nowhere.csv" }, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
}

static void
test_truth (Fixture *f, gconstpointer data)
{
  static const char format[] =
    "{\"version\":1,\"synthetic\":true,\"labels\":[\"ball\",\"box\",\"cone\"],\"clips\":["
    "{\"file\":\"clips/a.%s\",\"split\":\"train\",\"group\":\"g1\",\"labels\":[\"ball\",\"box\"],\"motions\":[\"fall\"],"
    " \"objects\":[{\"label\":\"ball\",\"motion\":\"fall\",\"boxes\":[[0,1.5,2,10,11],[1,2,3,10,11],[1,9,9,9,9],[2,\"x\",1,1,1],[3]]}]},"
    "{\"file\":\"clips/b.%s\",\"split\":\"test\",\"group\":\"g2\",\"labels\":[],\"objects\":[]},"
    "{\"file\":\"clips/gone.mp4\",\"labels\":[\"cone\"]}, 7]}";
  g_autofree char *videos = g_build_filename (f->dir, "demo", NULL), *truth = g_build_filename (videos, "truth.json", NULL);
  g_autofree char *a = make_clip (videos, "clips", "a", 1), *b = make_clip (videos, "clips", "b", 2);
  g_autofree char *json = g_strdup_printf (format, sac_encoder_get_suffix (), sac_encoder_get_suffix ());
  g_autofree char *deep = g_strnfill (100000, '[');
  static const char *const bad[] = { "", "[]", "{\"version\":1}", "{\"version\":2,\"clips\":[]}",
                                     "{\"version\":1,\"clips\":[", "\xff\xfe{}" };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImportResult) result = NULL;
  g_autoptr (SacItem) item = NULL, other = NULL;
  g_autoptr (GPtrArray) tracks = NULL, labels = NULL;
  SacTrack *track;

  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      g_file_set_contents (truth, i < G_N_ELEMENTS (bad) ? bad[i] : deep, -1, NULL);
      g_assert_null (sac_project_import (f->project, videos, &(SacImportSpec) { .truth_json = truth }, NULL, NULL, NULL, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  g_file_set_contents (truth, json, -1, NULL);
  result = sac_project_import (f->project, videos, &(SacImportSpec) { .truth_json = truth }, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 2);
  g_assert_cmpuint (result->problems->len, ==, 1);
  g_assert_true (g_str_has_prefix (result->problems->pdata[0], "clips/gone.mp4"));
  labels = sac_project_list_labels (f->project, &error);
  g_assert_cmpuint (labels->len, ==, 3);
  item = find (f->project, "clips/a");
  g_assert_true (item->synthetic);
  g_assert_true (item->reviewed);
  g_assert_cmpint (item->split, ==, SAC_SPLIT_TRAIN);
  g_assert_cmpstr (item->group, ==, "g1");
  g_assert_cmpint (state_of (f->project, "clips/a", "box"), ==, SAC_LABEL_YES);
  g_assert_cmpint (state_of (f->project, "clips/a", "cone"), ==, SAC_LABEL_NO);
  g_assert_cmpint (state_of (f->project, "clips/b", "ball"), ==, SAC_LABEL_NO);
  other = find (f->project, "clips/b");
  g_assert_cmpint (other->split, ==, SAC_SPLIT_TEST);
  tracks = sac_project_list_tracks (f->project, item->id, &error);
  g_assert_cmpuint (tracks->len, ==, 1);
  track = tracks->pdata[0];
  g_assert_cmpuint (track->n_boxes, ==, 3);             /* the third says that it is gone */
  g_assert_true (track->boxes[2].outside && track->boxes[2].frame == 2);
  g_assert_cmpfloat (track->boxes[0].x, ==, 1.5);
  g_assert_cmpuint (track->boxes[1].frame, ==, 1);
  g_assert_cmpint (track->layer, ==, sac_project_get_layer (f->project, "import", "truth.json", NULL));
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  g_assert_cmpint (sac_project_can_undo (f->project, NULL), ==, FALSE);
  g_assert_true (sac_project_redo (f->project, NULL, &error));
  g_assert_no_error (error);
}

/* ---- groups from lists. */
static void
check_groups (Fixture *f, const char *text, const char *const *expected)
{
  g_autofree char *list = g_build_filename (f->dir, "groups.csv", NULL), *videos = g_build_filename (f->dir, "videos", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImportResult) result = NULL;

  g_file_set_contents (list, text, -1, NULL);
  result = sac_project_import (f->project, videos, &(SacImportSpec) { .groups_csv = list }, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; expected[i]; i += 2)
    {
      g_autoptr (SacItem) item = find (f->project, expected[i]);

      g_assert_cmpstr (item->group, ==, expected[i + 1]);
    }
}

static void
test_groups (Fixture *f, gconstpointer data)
{
  g_autofree char *videos = g_build_filename (f->dir, "videos", NULL);
  g_autofree char *a = make_clip (videos, "fight", "fi001", 1), *b = make_clip (videos, "noFight", "nofi001", 2);
  g_autoptr (GError) error = NULL;

  check_groups (f, "clip,person\nfight/fi001.mp4,A\nnofi001,B\n", (const char *const[]) { "fi001", "A", "nofi001", "B", NULL });
  check_groups (f, "\xef\xbb\xbfPerson;Score;File\r\n1;x;fi001.mp4\r\n\"2 \"\"b\"\"\";y;.\\noFight\\nofi001.mp4\r\n",
                (const char *const[]) { "fi001", "1", "nofi001", "2 \"b\"", NULL });
  check_groups (f, "fi001\tleft\nnofi001\tright\n", (const char *const[]) { "fi001", "left", "nofi001", "right", NULL });
  check_groups (f, "https://example.org/watch?v=1\nfi001: 0.13.50 - 0.15.60\n\nhttps://example.org/watch?v=2\nnofi001: 1.2 - 3\n",
                (const char *const[]) { "fi001", "https://example.org/watch?v=1", "nofi001", "https://example.org/watch?v=2", NULL });
  {
    g_autofree char *list = g_build_filename (f->dir, "groups.csv", NULL);

    g_file_set_contents (list, "nothing", -1, NULL);
    g_assert_null (sac_project_import (f->project, videos, &(SacImportSpec) { .groups_csv = list }, NULL, NULL, NULL, &error));
    g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  }
}

/* ---- division. */
static void
count_sides (SacProject *project, guint n[4])
{
  g_autoptr (GPtrArray) items = sac_project_list_items (project, NULL);

  memset (n, 0, 4 * sizeof (guint));
  for (guint i = 0; i < items->len; i++)
    n[((SacItem *) items->pdata[i])->split]++;
}

static void
test_split (Fixture *f, gconstpointer data)
{
  SacId clips[400], rare, common;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  guint n[4], rare_test = 0;

  /* 40 groups of 10; "common" in half of each, "rare" in 8 of the groups. */
  add_clips (f->project, 400, 10, clips);
  common = sac_project_add_label (f->project, "common", &error);
  rare = sac_project_add_label (f->project, "rare", &error);
  for (guint i = 0; i < 400; i++)
    {
      if (i % 2)
        sac_project_set_label (f->project, &clips[i], 1, common, SAC_LABEL_YES, &error);
      if (i / 10 % 5 == 0)
        sac_project_set_label (f->project, &clips[i], 1, rare, SAC_LABEL_YES, &error);
    }
  g_assert_no_error (error);
  g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.25, 1, TRUE, FALSE }, &error));
  g_assert_no_error (error);
  count_sides (f->project, n);
  g_assert_cmpuint (n[SAC_SPLIT_NONE], ==, 0);
  g_assert_cmpuint (n[SAC_SPLIT_VALIDATION], ==, 40);
  g_assert_cmpuint (n[SAC_SPLIT_TEST], ==, 100);
  g_assert_cmpuint (sac_project_count_leaks (f->project), ==, 0);
  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (f->project, clips[i], NULL);

      rare_test += item->split == SAC_SPLIT_TEST && i / 10 % 5 == 0;
    }
  g_assert_cmpuint (rare_test, ==, 20);         /* a quarter of its 80 clips */

  /* The seed decides, and nothing else. */
  first = dump (f->project);
  g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.25, 2, TRUE, FALSE }, &error));
  second = dump (f->project);
  g_assert_cmpstr (first, !=, second);
  g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.25, 1, TRUE, FALSE }, &error));
  third = dump (f->project);
  g_assert_cmpstr (first, ==, third);

  /* Kept test clips stay, their groups with them; nobody joins. */
  for (guint i = 0; i < 400; i++)
    sac_project_set_split (f->project, &clips[i], 1, i < 25 ? SAC_SPLIT_TEST : SAC_SPLIT_NONE, NULL);
  g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.25, 9, TRUE, TRUE }, &error));
  count_sides (f->project, n);
  g_assert_cmpuint (n[SAC_SPLIT_TEST], ==, 30);
  g_assert_cmpuint (n[SAC_SPLIT_VALIDATION], ==, 40);
  g_assert_cmpuint (sac_project_count_leaks (f->project), ==, 0);

  /* By clip, groups part, and that is counted. */
  g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.25, 1, FALSE, FALSE }, &error));
  count_sides (f->project, n);
  g_assert_cmpuint (n[SAC_SPLIT_TEST], ==, 100);
  g_assert_cmpuint (sac_project_count_leaks (f->project), >, 30);

  g_assert_false (sac_project_split (f->project, &(SacSplitSpec) { 0.5, 0.5, 1, TRUE, FALSE }, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
}

/* Few groups: each side that was asked for gets one. */
static void
test_split_few (Fixture *f, gconstpointer data)
{
  SacId clips[9];
  g_autoptr (GError) error = NULL;
  guint n[4];

  g_assert_false (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.1, 1, TRUE, FALSE }, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  add_clips (f->project, 9, 3, clips);
  g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.05, 0.05, 1, TRUE, FALSE }, &error));
  count_sides (f->project, n);
  g_assert_cmpuint (n[SAC_SPLIT_TRAIN], ==, 3);
  g_assert_cmpuint (n[SAC_SPLIT_VALIDATION], ==, 3);
  g_assert_cmpuint (n[SAC_SPLIT_TEST], ==, 3);
  /* Clips cut from one file stay together even without a group. */
  {
    SacItem cut = { .kind = SAC_ITEM_CLIP, .name = (char *) "cut", .path = (char *) "/x.mp4", .hash = (char *) "same", .out_ns = 5 };
    const SacItem *cuts[20];

    for (guint i = 0; i < 20; i++)
      cuts[i] = &cut;
    g_assert_true (sac_project_add_items (f->project, cuts, 20, NULL, &error));
    g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.3, 0.3, 1, TRUE, FALSE }, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (sac_project_count_leaks (f->project), ==, 0);
  }
}

/* ---- as many clips as a big project has: every call stays fast. */
static void
test_many (Fixture *f, gconstpointer data)
{
  const guint n = g_test_thorough () ? 100000 : 5000;
  g_autofree SacId *clips = g_new (SacId, n);
  g_autoptr (GPtrArray) items = NULL, labels = NULL;
  g_autofree gint8 *matrix = NULL;
  SacId ids[20];
  clock_t start;               /* of the processor: other programs do not count */

#define TIMED(what, act) \
  G_STMT_START { \
    start = clock (); \
    act; \
    g_test_message ("%-28s %8.1f ms", what, (clock () - start) * 1e3 / CLOCKS_PER_SEC); \
  } G_STMT_END
  TIMED ("add", add_clips (f->project, n, 10, clips));
  for (int l = 0; l < 20; l++)
    {
      g_autofree char *name = g_strdup_printf ("label %d", l);

      ids[l] = sac_project_add_label (f->project, name, NULL);
    }
  TIMED ("label all", g_assert_true (sac_project_set_label (f->project, clips, n, ids[0], SAC_LABEL_YES, NULL)));
  TIMED ("label one", g_assert_true (sac_project_set_label (f->project, clips + n / 2, 1, ids[1], SAC_LABEL_YES, NULL)));
  TIMED ("state", g_assert_cmpint (sac_project_get_label_state (f->project, clips[n / 2], ids[1]), ==, SAC_LABEL_YES));
  TIMED ("review all", g_assert_true (sac_project_set_reviewed (f->project, clips, n, TRUE, NULL)));
  TIMED ("list items", items = sac_project_list_items (f->project, NULL));
  TIMED ("list labels", labels = sac_project_list_labels (f->project, NULL));
  TIMED ("matrix", matrix = sac_project_label_matrix (f->project, clips, n, ids, 20, NULL));
  TIMED ("split", g_assert_true (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.2, 1, TRUE, FALSE }, NULL)));
  TIMED ("leaks", g_assert_cmpuint (sac_project_count_leaks (f->project), ==, 0));
  TIMED ("undo split", g_assert_true (sac_project_undo (f->project, NULL, NULL)));
  TIMED ("open", reopen (f));
  TIMED ("undo review", g_assert_true (sac_project_undo (f->project, NULL, NULL)));
  g_assert_cmpuint (items->len, ==, n);
  g_assert_cmpint (matrix[20], ==, SAC_LABEL_YES);
  g_assert_cmpint (matrix[21], ==, SAC_LABEL_NO);
}

/* ---- the verbs. */
static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_verbs (Fixture *f, gconstpointer data)
{
  g_autofree char *videos = g_build_filename (f->dir, "videos", NULL);
  g_autofree char *text = NULL, *imported = NULL, *list = NULL, *split = NULL, *status = NULL, *plain = NULL, *other = NULL;
  g_autoptr (JsonNode) a = NULL, b = NULL, c = NULL, d = NULL;
  JsonObject *object;

  if (!g_getenv ("SACCADE_PROGRAM"))
    {
      g_test_skip ("SACCADE_PROGRAM is not set");
      return;
    }
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%u", i), *path = make_clip (videos, i % 2 ? "odd" : "even", name, i);
    }
  /* The project is open here for writing: others are told so, and may read. */
  g_free (SACCADE (1, "import", videos));
  status = SACCADE (0, "status", "--json");
  g_clear_object (&f->project);

  imported = SACCADE (0, "import", "videos", "--project", "p.saccade", "--labels-from-folders", "--json");
  a = parse (imported);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (a), "added"), ==, 4);
  g_free (SACCADE (0, "label", "add", "tall", "small"));
  g_free (SACCADE (1, "label", "add", "tall"));
  g_free (SACCADE (0, "label", "set", "tall", "v0", "odd/v1", "v2"));
  g_free (SACCADE (0, "label", "set", "tall=no", "v3"));
  g_free (SACCADE (0, "label", "set", "small", "--all", "--state", "no"));
  g_free (SACCADE (0, "label", "set", "small", "v3", "--state", "unknown"));
  g_free (SACCADE (0, "label", "review", "v3"));
  g_free (SACCADE (0, "label", "rename", "small", "tiny"));
  g_free (SACCADE (0, "label", "remove", "even"));
  g_free (SACCADE (1, "label", "set", "dragon", "v0"));
  g_free (SACCADE (1, "label", "set", "tall", "v9"));
  g_free (SACCADE (1, "label", "set", "tall=maybe", "v0"));
  g_free (SACCADE (2, "label", "frobnicate"));
  list = SACCADE (0, "label", "list", "--json");
  b = parse (list);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (b)), ==, 3);
  object = json_array_get_object_element (json_node_get_array (b), 1);
  g_assert_cmpstr (json_object_get_string_member (object, "name"), ==, "tall");
  g_assert_cmpint (json_object_get_int_member (object, "yes"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (object, "no"), ==, 1);
  object = json_array_get_object_element (json_node_get_array (b), 2);
  g_assert_cmpint (json_object_get_int_member (object, "no"), ==, 4);   /* v3: taken back, then reviewed */
  g_assert_cmpint (json_object_get_int_member (object, "unknown"), ==, 0);

  split = SACCADE (0, "split", "--validation", "0.25", "--test", "0.25", "--seed", "3", "--json");
  c = parse (split);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (c), "test"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (c), "leaks"), ==, 0);
  g_free (status);
  status = SACCADE (0, "status", "--json");
  d = parse (status);
  object = json_node_get_object (d);
  g_assert_cmpint (json_object_get_int_member (object, "clips"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (object, "reviewed"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "splits"), "train"), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "labels")), ==, 3);
  plain = SACCADE (0, "status", "--project", "p.saccade");
  g_assert_nonnull (strstr (plain, "4 clips"));
  g_free (SACCADE (1, "status", "--project", "nothing.saccade"));
  g_free (SACCADE (2, "import"));
  other = SACCADE (0, "import", "--help");
  reopen (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  ADD ("import/folders", test_folders);
  ADD ("import/relink", test_relink);
  ADD ("import/cancel", test_cancel);
  ADD ("import/truth", test_truth);
  ADD ("import/groups", test_groups);
  ADD ("split/groups", test_split);
  ADD ("split/few", test_split_few);
  ADD ("many", test_many);
  ADD ("verbs", test_verbs);
  return g_test_run ();
}
