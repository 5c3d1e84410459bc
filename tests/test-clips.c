/* The models behind the Clips page: the table, lists without objects, a selection that survives searches, acts that read little. */
#include "store-fixture.h"
#include "app/sac-clip-search.h"
#include "app/sac-clip-selection.h"

typedef struct {
  Fixture store;
  SacSession *session;
  SacId ids[6], cat;
} Clips;

static void
setup_clips (Clips *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  setup (&f->store, NULL);
  add_clips (f->store.project, 6, 1, f->ids);
  f->cat = sac_project_add_label (f->store.project, "cat", &error);
  g_assert_no_error (error);
  g_clear_object (&f->store.project);
  f->session = sac_session_new ();
  g_assert_true (sac_session_open (f->session, f->store.path, FALSE, &error));
}

static void
teardown_clips (Clips *f, gconstpointer data)
{
  g_clear_object (&f->session);
  teardown (&f->store, NULL);
}

static void
count (gpointer object, guint *n)
{
  ++*n;
}

static void
test_acts (Clips *f, gconstpointer data)
{
  SacClip *first = sac_session_get_clip (f->session, f->ids[0]), *second = sac_session_get_clip (f->session, f->ids[1]);
  guint n_first = 0, n_second = 0;
  guint8 masks[2];
  SacId dog;

  g_assert_true (first && second && first == sac_session_get_clip (f->session, f->ids[0]));
  g_signal_connect (first, "changed", G_CALLBACK (count), &n_first);
  g_signal_connect (second, "changed", G_CALLBACK (count), &n_second);
  g_assert_true (sac_session_set_label (f->session, f->ids, 1, f->cat, SAC_LABEL_YES));
  g_assert_cmpuint (n_first, ==, 1);
  g_assert_cmpuint (n_second, ==, 0);
  g_assert_cmpint (sac_clip_get_state (first, 0), ==, SAC_LABEL_YES);
  g_assert_cmpuint (sac_session_get_label (f->session, 0)->n_yes, ==, 1);
  sac_session_join_states (f->session, f->ids, 2, masks);
  g_assert_cmpuint (masks[0], ==, 1u << 2 | 1u << 0);
  g_assert_true (sac_session_set_reviewed (f->session, f->ids + 1, 1, TRUE));
  g_assert_cmpint (sac_clip_get_state (second, 0), ==, SAC_LABEL_NO);
  g_assert_cmpuint (sac_session_get_label (f->session, 0)->n_no, ==, 1);
  /* A new label: its column follows review; the others keep theirs. */
  dog = sac_session_add_label (f->session, "dog");
  g_assert_cmpint (sac_clip_get_state (second, 1), ==, SAC_LABEL_NO);
  g_assert_cmpint (sac_clip_get_state (first, 1), ==, SAC_LABEL_UNKNOWN);
  g_assert_true (sac_session_remove_label (f->session, f->cat));
  g_assert_cmpint (sac_session_get_label (f->session, 0)->id, ==, dog);
  g_assert_cmpint (sac_clip_get_state (first, 0), ==, SAC_LABEL_UNKNOWN);
  sac_session_undo (f->session);
  g_assert_cmpint (sac_clip_get_state (first, 0), ==, SAC_LABEL_YES);
  g_assert_cmpuint (sac_session_get_label (f->session, 0)->n_yes, ==, 1);
}

static void
test_search (Clips *f, gconstpointer data)
{
  g_autoptr (SacClipSearch) search = sac_clip_search_new (f->session);
  SacClipList *list = sac_clip_search_get_list (search);
  g_autoptr (SacClipSelection) selection = sac_clip_selection_new (list, FALSE);
  g_autoptr (GArray) ids = NULL;
  guint position = 99;

  sac_clip_search_ask (search, "", SAC_SORT_NAME, FALSE, 0, NULL);
  g_assert_cmpuint (sac_clip_list_get_n (list), ==, 6);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), 2, TRUE);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (selection), 4, FALSE);
  g_assert_cmpuint (sac_clip_selection_get_n (selection), ==, 2);
  sac_clip_search_ask (search, "", SAC_SORT_NAME, TRUE, 0, NULL);
  g_assert_cmpint (sac_clip_list_get_id (list, 0), ==, f->ids[5]);
  g_assert_cmpuint (sac_clip_selection_get_n (selection), ==, 2);
  g_assert_cmpuint (sac_clip_selection_get_first (selection), ==, 1);
  g_assert_true (sac_clip_list_find (list, f->ids[0], &position) && position == 5);
  sac_session_set_reviewed (f->session, f->ids, 4, TRUE);
  sac_clip_search_ask (search, "reviewed:no", SAC_SORT_NAME, FALSE, 0, NULL);
  ids = sac_clip_selection_dup_ids (selection);
  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_cmpint (g_array_index (ids, SacId, 0), ==, f->ids[4]);
  g_assert_false (sac_clip_list_find (list, f->ids[0], &position));
  sac_clip_search_ask (search, "", SAC_SORT_NAME, FALSE, 0, NULL);
  g_assert_cmpuint (sac_clip_list_count_reviewed (list), ==, 4);
  g_assert_true (sac_clip_list_find_unreviewed (list, 5, 1, &position) && position == 4);
  g_assert_true (sac_clip_list_find_unreviewed (list, 4, -1, &position) && position == 5);
  sac_clip_search_ask (search, "(", SAC_SORT_NAME, FALSE, 0, NULL);
  g_assert_cmpuint (sac_clip_list_get_n (list), ==, 6);         /* a mistake leaves what is shown */
}

#define ADD_CLIPS(path, func) g_test_add ("/app/clips/" path, Clips, NULL, setup_clips, func, teardown_clips)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD_CLIPS ("acts", test_acts);
  ADD_CLIPS ("search", test_search);
  return g_test_run ();
}
