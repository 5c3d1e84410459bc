/* The queue of doubtful labels and the window of weights on a display of their own. */
#include "app/sac-suspects-window.h"
#include "app/sac-weights-window.h"
#include "run/sac-suspect-list.h"
#include "widget-fixture.h"

typedef struct {
  char *dir, *project, *queue;
  SacSession *session;
  SacSelection *selection;
  SacId cat;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSuspectList) list = sac_suspect_list_new ();
  g_autofree char *videos = NULL;
  const SacImportSpec spec = { 0 };
  static const char *const names[] = { "apple", "banana", "cherry", "gone" };

  f->dir = g_dir_make_tmp ("saccade-doubtful-XXXXXX", NULL);
  videos = g_build_filename (f->dir, "videos", NULL);
  f->project = g_build_filename (f->dir, "p.saccade", NULL);
  g_mkdir (videos, 0755);
  for (guint i = 0; i < 3; i++)
    g_free (make_clip (videos, names[i]));
  {
    g_autoptr (SacProject) project = sac_project_open (f->project, SAC_PROJECT_CREATE, &error);
    SacImportResult *result = sac_project_import (project, videos, &spec, NULL, NULL, NULL, &error);

    g_assert_no_error (error);
    sac_import_result_free (result);
    f->cat = sac_project_add_label (project, "cat", &error);
  }
  f->session = sac_session_new ();
  f->selection = sac_selection_new ();
  g_assert_true (sac_session_open (f->session, f->project, FALSE, &error));
  for (guint i = 0; i < 3; i++)
    {
      SacClip *clip = sac_session_find_clip (f->session, names[i]);
      SacId id;

      g_assert_nonnull (clip);
      id = sac_clip_get_id (clip);
      g_assert_true (sac_session_set_label (f->session, &id, 1, f->cat, i == 1 ? SAC_LABEL_YES : SAC_LABEL_NO));
    }
  for (guint i = 0; i < 4; i++)
    sac_suspect_list_add (list, names[i], "cat", i == 1)->why = g_strdup ("because");
  f->queue = g_build_filename (sac_project_get_folder (sac_session_get_project (f->session)), "suspects.json", NULL);
  g_assert_true (sac_suspect_list_write (list, f->queue, &error));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_object_unref (f->selection);
  g_object_unref (f->session);
  spin (0.05);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->project);
  g_free (f->queue);
}

static SacLabelState
state (Fixture *f, const char *clip)
{
  return sac_clip_get_state (sac_session_find_clip (f->session, clip), 0);
}

static void
test_queue (Fixture *f, gconstpointer data)
{
  SacSuspectsWindow *window = SAC_SUSPECTS_WINDOW (sac_suspects_window_new (f->session, f->selection, NULL));
  g_autoptr (SacSuspectList) kept = NULL;
  g_autofree char *undoable = NULL;
  g_autoptr (GError) error = NULL;

  gtk_window_present (GTK_WINDOW (window));
  g_assert_cmpuint (sac_suspects_window_get_n (window), ==, 4);
  g_assert_true (sac_suspects_window_act (window, "suspects.yes"));
  g_assert_cmpint (state (f, "apple"), ==, SAC_LABEL_YES);
  g_assert_cmpuint (sac_suspects_window_get_position (window), ==, 1);
  undoable = sac_session_dup_undo (f->session);
  g_assert_nonnull (undoable);  /* an act as any other */
  g_assert_true (sac_suspects_window_act (window, "suspects.unknown"));
  g_assert_cmpint (state (f, "banana"), ==, SAC_LABEL_UNKNOWN);
  g_assert_true (sac_suspects_window_act (window, "suspects.undo"));
  g_assert_cmpint (state (f, "banana"), ==, SAC_LABEL_YES);
  g_assert_cmpuint (sac_suspects_window_get_position (window), ==, 1);
  g_assert_true (sac_suspects_window_act (window, "suspects.yes"));     /* it is: nothing changes */
  g_assert_cmpint (state (f, "banana"), ==, SAC_LABEL_YES);
  g_assert_true (sac_suspects_window_act (window, "suspects.keep"));
  g_assert_cmpint (state (f, "cherry"), ==, SAC_LABEL_NO);
  g_assert_cmpuint (sac_suspects_window_get_position (window), ==, 3);
  g_assert_false (sac_suspects_window_act (window, "suspects.no"));     /* that clip is gone */
  g_assert_true (sac_suspects_window_act (window, "player.pause"));
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);

  /* Another day. */
  kept = sac_suspect_list_read (f->queue, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kept->position, ==, 3);
  g_assert_cmpuint (sac_suspect_list_count (kept, FALSE), ==, 3);
  g_assert_cmpuint (sac_suspect_list_count (kept, TRUE), ==, 1);
  window = SAC_SUSPECTS_WINDOW (sac_suspects_window_new (f->session, f->selection, NULL));
  g_assert_cmpuint (sac_suspects_window_get_position (window), ==, 3);
  g_assert_true (sac_suspects_window_act (window, "suspects.next"));
  g_assert_cmpuint (sac_suspects_window_get_position (window), ==, 4);
  g_assert_false (sac_suspects_window_act (window, "suspects.keep"));   /* the end */
  g_assert_true (sac_suspects_window_act (window, "suspects.previous"));
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);
}

/* What lies in the file is not trusted; without a queue there is nothing to act on. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  GtkWidget *window;

  g_assert_true (g_file_set_contents (f->queue, "{\"version\":1,\"suspects\":[", -1, NULL));
  window = sac_suspects_window_new (f->session, f->selection, NULL);
  g_assert_cmpuint (sac_suspects_window_get_n (SAC_SUSPECTS_WINDOW (window)), ==, 0);
  g_assert_false (sac_suspects_window_act (SAC_SUSPECTS_WINDOW (window), "suspects.yes"));
  g_assert_false (sac_suspects_window_act (SAC_SUSPECTS_WINDOW (window), "suspects.undo"));
  gtk_window_destroy (GTK_WINDOW (window));
  window = sac_weights_window_new (f->session, NULL, NULL);
  gtk_window_present (GTK_WINDOW (window));
  spin (0.05);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  adw_init ();
  g_test_add ("/doubtful/queue", Fixture, NULL, setup, test_queue, teardown);
  g_test_add ("/doubtful/damaged", Fixture, NULL, setup, test_damaged, teardown);
  return g_test_run ();
}
