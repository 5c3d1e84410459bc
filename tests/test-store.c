/* The project file: labels and their meaning, undo over restarts, one writer, damaged and strange files, the way up. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "store-fixture.h"

/* ---- labels. */
static void
test_label_states (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SacId clips[4], cat, dog;
  g_autofree gint8 *matrix = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  SacLabel *label;

  add_clips (f->project, 4, 0, clips);
  cat = sac_project_add_label (f->project, "cat", &error);
  dog = sac_project_add_label (f->project, "  dog\n", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[0], cat), ==, SAC_LABEL_UNKNOWN);
  g_assert_true (sac_project_set_label (f->project, clips, 2, cat, SAC_LABEL_YES, &error));
  g_assert_true (sac_project_set_label (f->project, &clips[2], 1, cat, SAC_LABEL_NO, &error));
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[1], cat), ==, SAC_LABEL_YES);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[1], dog), ==, SAC_LABEL_UNKNOWN);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[2], cat), ==, SAC_LABEL_NO);

  /* Reviewed turns untouched into no, and leaves what was said. */
  g_assert_true (sac_project_set_reviewed (f->project, &clips[1], 1, TRUE, &error));
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[1], cat), ==, SAC_LABEL_YES);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[1], dog), ==, SAC_LABEL_NO);
  /* Unknown said of a reviewed clip stays unknown; taken back from an unreviewed one it is untouched. */
  g_assert_true (sac_project_set_label (f->project, &clips[1], 1, cat, SAC_LABEL_UNKNOWN, &error));
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[1], cat), ==, SAC_LABEL_UNKNOWN);
  g_assert_true (sac_project_set_label (f->project, &clips[0], 1, cat, SAC_LABEL_UNKNOWN, &error));
  g_assert_true (sac_project_set_reviewed (f->project, &clips[0], 1, TRUE, &error));
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[0], cat), ==, SAC_LABEL_NO);
  g_assert_no_error (error);

  matrix = sac_project_label_matrix (f->project, (SacId[]) { clips[3], clips[2], clips[1], clips[0], clips[2] }, 5,
                                     (SacId[]) { dog, cat }, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (matrix, 10, ((gint8[]) { -1, -1, -1, 0, 0, -1, 0, 0, -1, 0 }), 10);

  labels = sac_project_list_labels (f->project, &error);
  g_assert_cmpuint (labels->len, ==, 2);
  label = labels->pdata[0];
  g_assert_cmpstr (label->name, ==, "cat");
  g_assert_cmpint (label->key, ==, '1');
  g_assert_cmpuint (label->n_yes, ==, 0);
  g_assert_cmpuint (label->n_no, ==, 2);        /* one said, one reviewed; one reviewed is "unknown" */
  label = labels->pdata[1];
  g_assert_cmpstr (label->name, ==, "dog");
  g_assert_cmpuint (label->n_no, ==, 2);

  g_assert_cmpint (sac_project_add_label (f->project, "cat", &error), ==, 0);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (sac_project_add_label (f->project, " \t", &error), ==, 0);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sac_project_set_label (f->project, (SacId[]) { clips[3], 99 }, 2, cat, SAC_LABEL_YES, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[3], cat), ==, SAC_LABEL_UNKNOWN);
}

static void
test_find (Fixture *f, gconstpointer data)
{
  SacItem item = { .kind = SAC_ITEM_VIDEO, .name = (char *) "a/walk", .hash = (char *) "h1", .fps = 25, .n_frames = 50,
                   .out_ns = 2000000000 };
  SacItem clip = { .kind = SAC_ITEM_CLIP, .name = (char *) "a/walk", .hash = (char *) "h1", .in_ns = 1000000000, .out_ns = 2000000000 };
  g_autofree char *path = g_build_filename (f->dir, "videos", "a", "walk.mp4", NULL), *moved = NULL, *data_folder = NULL;
  const char *ways[] = { "a/walk", path, "a/walk.mp4", "walk", "walk.mp4" };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacItem) cut = NULL;
  SacId ids[2];

  item.path = clip.path = path;
  g_assert_true (sac_project_add_items (f->project, (const SacItem *const[]) { &item, &clip }, 2, ids, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (SacItem) found = sac_project_find_item (f->project, ways[i], &error);

      g_assert_no_error (error);
      g_assert_cmpint (found->id, ==, ids[0]);
      g_assert_cmpstr (found->path, ==, path);
      g_assert_true (found->missing);
    }
  cut = sac_project_get_item (f->project, ids[1], &error);
  g_assert_cmpstr (cut->name, ==, "a/walk (2)");
  g_assert_cmpuint (cut->n_frames, ==, 25);     /* of the same file: its rate, half its length */
  g_assert_null (sac_project_find_item (f->project, "alk", &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* Paths are relative to the project: both move together. */
  g_clear_object (&f->project);
  moved = g_strconcat (f->dir, "-moved", NULL);
  g_assert_cmpint (g_rename (f->dir, moved), ==, 0);
  g_free (f->dir);
  f->dir = g_steal_pointer (&moved);
  g_free (f->path);
  f->path = g_build_filename (f->dir, "p.saccade", NULL);
  {
    g_autofree char *folder = g_build_filename (f->dir, "videos", "a", NULL), *file = g_build_filename (folder, "walk.mp4", NULL);
    g_autoptr (SacItem) found = NULL;

    g_mkdir_with_parents (folder, 0755);
    g_file_set_contents (file, "x", 1, NULL);
    reopen (f);
    found = sac_project_get_item (f->project, ids[0], &error);
    g_assert_cmpstr (found->path, ==, file);
    g_assert_false (found->missing);
  }
}

/* ---- undo. */
static void
test_undo_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;
  SacId clips[600], cat, dog, bird, layer, track, segment;
  const SacBox moved[3] = { { .frame = 3, .x = 1, .y = 2, .width = 10, .height = 1, .keyframe = TRUE },
                            { .frame = 5, .keyframe = TRUE, .occluded = TRUE }, { .frame = 9, .width = 1, .height = 1 } };
  SacBox boxes[2] = { { .frame = 3, .x = 1.0 / 3, .y = 2e-300, .width = 10, .height = 0.1, .keyframe = TRUE }, { .frame = 9,
                                                                                                                 .width = 1,
    .height = 1 } };
  guint n = 0;

#define ACT(act) \
  G_STMT_START { \
    g_ptr_array_add (states, dump (f->project)); \
    g_assert_true ((act) != 0); \
    g_assert_no_error (error); \
  } G_STMT_END
  ACT ((add_clips (f->project, 600, 5, clips), TRUE));
  ACT (cat = sac_project_add_label (f->project, "cat", &error));
  ACT (dog = sac_project_add_label (f->project, "dog", &error));
  ACT (sac_project_set_label (f->project, clips, 300, cat, SAC_LABEL_YES, &error));
  ACT (sac_project_set_label (f->project, clips + 100, 300, cat, SAC_LABEL_NO, &error));
  ACT (sac_project_set_reviewed (f->project, clips + 50, 10, TRUE, &error));
  layer = sac_project_get_layer (f->project, "import", "x", &error);
  ACT (track = sac_project_add_track (f->project, layer, clips[7], dog, boxes, 2, &error));
  ACT (segment = sac_project_add_segment (f->project, layer, clips[7], dog, 0, 10, &error));
  ACT (sac_project_set_segment (f->project, segment, cat, 5, 20, &error));
  ACT (sac_project_set_attribute (f->project, SAC_ATTRIBUTE_SEGMENT, segment, -1, "side", "left", &error));
  ACT (sac_project_set_attribute (f->project, SAC_ATTRIBUTE_SEGMENT, segment, -1, "side", "right", &error));
  ACT (sac_project_split_segment (f->project, segment, 12, &error));
  ACT (sac_project_set_track (f->project, track, moved, 3, "Move a box", &error));
  ACT (sac_project_set_attribute (f->project, SAC_ATTRIBUTE_TRACK, track, 9, "pose", "sits", &error));
  ACT (sac_project_set_track_label (f->project, track, cat, &error));
  ACT (sac_project_remove_segment (f->project, segment, &error));
  ACT (sac_project_remove_track (f->project, track, &error));
  ACT (track = sac_project_add_track (f->project, layer, clips[7], dog, boxes, 2, &error));
  ACT (bird = sac_project_add_label (f->project, "bird", &error));
  ACT (sac_project_set_label (f->project, clips + 200, 300, bird, SAC_LABEL_NO, &error));
  ACT (sac_project_set_label (f->project, clips + 90, 20, bird, SAC_LABEL_YES, &error));
  ACT (sac_project_set_label_parent (f->project, bird, dog, &error));
  ACT (sac_project_set_label_colour (f->project, bird, 0x123456, &error));
  ACT (sac_project_set_label_key (f->project, bird, '1', &error));
  ACT (sac_project_move_label (f->project, bird, 0, &error));
  ACT (sac_project_merge_labels (f->project, bird, cat, &error));
  ACT (sac_project_rename_label (f->project, cat, "chat", &error));
  ACT (sac_project_split (f->project, &(SacSplitSpec) { 0.1, 0.2, 1, TRUE, FALSE }, &error));
  ACT (sac_project_set_split (f->project, clips, 3, SAC_SPLIT_NONE, &error));
  ACT (sac_project_remove_label (f->project, dog, &error));
  ACT (sac_project_remove_items (f->project, clips + 5, 20, &error));
  ACT (sac_project_set_label (f->project, clips + 100, 300, cat, SAC_LABEL_UNKNOWN, &error));
  g_ptr_array_add (states, dump (f->project));
  n = states->len - 1;

  for (int round = 0; round < 2; round++)
    {
      for (guint i = n; i-- > 0;)
        {
          g_autofree char *now = NULL;

          g_assert_true (sac_project_undo (f->project, NULL, &error));
          g_assert_no_error (error);
          if (i % 3 == 0)
            reopen (f);
          now = dump (f->project);
          g_assert_cmpstr (now, ==, states->pdata[i]);
        }
      g_assert_false (sac_project_undo (f->project, NULL, &error));
      g_assert_no_error (error);
      g_assert_false (sac_project_can_undo (f->project, NULL));
      for (guint i = 1; i <= n; i++)
        {
          g_autofree char *now = NULL;

          g_assert_true (sac_project_redo (f->project, NULL, &error));
          g_assert_no_error (error);
          if (i % 4 == 0)
            reopen (f);
          now = dump (f->project);
          g_assert_cmpstr (now, ==, states->pdata[i]);
        }
      g_assert_false (sac_project_can_redo (f->project, NULL));
    }

  /* A new act after an undo cuts what could be redone. */
  g_assert_true (sac_project_undo (f->project, &what, &error));
  g_assert_cmpstr (what, ==, "Take “chat” back from 300 clips");
  g_assert_true (sac_project_can_redo (f->project, NULL));
  g_assert_true (sac_project_set_reviewed (f->project, clips, 1, TRUE, &error));
  g_assert_false (sac_project_can_redo (f->project, NULL));
  /* An act that changes nothing is no act. */
  g_clear_pointer (&what, g_free);
  g_assert_true (sac_project_set_reviewed (f->project, clips, 1, TRUE, &error));
  g_assert_true (sac_project_can_undo (f->project, &what));
  g_assert_cmpstr (what, ==, "Mark 1 clip reviewed");
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  g_assert_true (sac_project_can_undo (f->project, NULL));
}

static void
count_changed (SacProject *project, guint64 revision, guint *n)
{
  g_assert_cmpuint (revision, ==, sac_project_get_revision (project));
  ++*n;
}

/* ---- one writer. */
static void
test_second_opener (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) reader = NULL, second = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  guint n_changed = 0, n_own = 0;

  second = sac_project_open (f->path, SAC_PROJECT_READ_WRITE, &error);
  g_assert_null (second);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "already open for writing"));
  g_clear_error (&error);
  reader = sac_project_open (f->dir, SAC_PROJECT_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (sac_project_is_read_only (reader));
  g_assert_false (sac_project_is_read_only (f->project));
  g_assert_cmpint (sac_project_add_label (reader, "x", &error), ==, 0);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (sac_project_undo (reader, NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_READ_ONLY);
  g_clear_error (&error);

  g_signal_connect (reader, "changed", G_CALLBACK (count_changed), &n_changed);
  g_signal_connect (f->project, "changed", G_CALLBACK (count_changed), &n_own);
  g_assert_false (sac_project_poll (reader));
  g_assert_cmpint (sac_project_add_label (f->project, "y", &error), !=, 0);
  g_assert_true (sac_project_poll (reader));
  g_assert_false (sac_project_poll (reader));
  g_assert_false (sac_project_poll (f->project));
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpuint (n_own, ==, 1);
  g_assert_cmpuint (sac_project_get_revision (reader), ==, sac_project_get_revision (f->project));
  labels = sac_project_list_labels (reader, &error);
  g_assert_cmpuint (labels->len, ==, 1);

  /* The lock goes with its holder, and nothing is left beside the file. */
  g_clear_object (&reader);
  g_clear_object (&f->project);
  {
    g_autofree char *lock = g_strconcat (f->path, "-lock", NULL), *wal = g_strconcat (f->path, "-wal", NULL);

    g_assert_false (g_file_test (lock, G_FILE_TEST_EXISTS));
    g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
    /* Nor by a reader who was alone with it. */
    reader = sac_project_open (f->path, SAC_PROJECT_READ_ONLY, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (sac_project_get_revision (reader), ==, 1);
    g_clear_object (&reader);
    g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
  }
  reopen (f);
}

static void
test_runs (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_autofree char *folder = g_build_filename (sac_project_get_folder (f->project), "runs", "first", NULL);
  g_autofree char *expected = g_build_filename (f->dir, "p.data", NULL);
  SacId id;

  g_assert_cmpstr (sac_project_get_folder (f->project), ==, expected);
  id = sac_project_add_run (f->project, "first", folder, "video-2d", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sac_project_add_run (f->project, "first", folder, "video-2d", &error), ==, id);
  sac_project_add_run (f->project, "second", f->dir, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (sac_project_can_undo (f->project, NULL));
  runs = sac_project_list_runs (f->project, &error);
  g_assert_cmpuint (runs->len, ==, 2);
  g_assert_cmpstr (((SacRunRow *) runs->pdata[0])->name, ==, "second");
  g_assert_cmpstr (((SacRunRow *) runs->pdata[1])->folder, ==, folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("labels/states", test_label_states);
  ADD ("items/find", test_find);
  ADD ("undo/restart", test_undo_restart);
  ADD ("open/second-opener", test_second_opener);
  ADD ("runs", test_runs);
  return g_test_run ();
}
