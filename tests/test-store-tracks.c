/* Tracks as numbers: interpolation, and the three ways to delete; the history as a list. */
#include "store-fixture.h"

static GArray *
track_of (const SacBox *boxes, guint n)
{
  return g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (SacBox)), boxes, n);
}

/* x at each frame, "." where the object is not there. */
static char *
drawn (GArray *track, guint n_frames)
{
  GString *out = g_string_new (NULL);

  for (guint frame = 0; frame < n_frames; frame++)
    {
      SacBox box;

      if (sac_boxes_at ((SacBox *) (gpointer) track->data, track->len, frame, &box))
        g_string_append_printf (out, "%g%s ", box.x, box.keyframe ? "*" : "");
      else
        g_string_append (out, ". ");
    }
  return g_string_free (out, FALSE);
}

#define ASSERT_DRAWN(track, expected) \
  G_STMT_START { \
    g_autofree char *now = drawn (track, 10); \
    g_assert_cmpstr (now, ==, expected); \
    g_assert_true (sac_boxes_are_valid ((SacBox *) (gpointer) (track)->data, (track)->len)); \
  } G_STMT_END

static const SacBox walk[] = { { 1, 10, 0, 4, 4, TRUE, FALSE, FALSE }, { 5, 50, 0, 4, 4, TRUE, FALSE, FALSE } };

static void
test_acts (void)
{
  g_autoptr (GArray) track = track_of (walk, 2);
  SacBox other = { 3, 99, 0, 4, 4, FALSE, TRUE, FALSE };
  guint frame = 0;

  ASSERT_DRAWN (track, ". 10* 20 30 40 50* 50 50 50 50 ");
  g_assert_true (sac_boxes_widest_gap (walk, 2, &frame));
  g_assert_cmpuint (frame, ==, 3);
  g_assert_true (sac_boxes_put (track, &other));
  g_assert_false (sac_boxes_put (track, &other));
  ASSERT_DRAWN (track, ". 10* 54.5 99* 74.5 50* 50 50 50 50 ");
  g_assert_true (sac_boxes_remove_key (track, 3));
  g_assert_false (sac_boxes_remove_key (track, 3));
  ASSERT_DRAWN (track, ". 10* 20 30 40 50* 50 50 50 50 ");

  /* One frame: all others stay as they are. */
  g_assert_true (sac_boxes_delete_frame (track, 3, 10));
  ASSERT_DRAWN (track, ". 10* 20* . 40* 50* 50 50 50 50 ");
  g_assert_false (sac_boxes_delete_frame (track, 3, 10));
  g_assert_true (sac_boxes_delete_frame (track, 9, 10));
  ASSERT_DRAWN (track, ". 10* 20* . 40* 50* 50 50 50* . ");
  g_assert_true (sac_boxes_delete_frame (track, 1, 10));
  ASSERT_DRAWN (track, ". . 20* . 40* 50* 50 50 50* . ");
  /* From here on. */
  g_assert_true (sac_boxes_delete_from (track, 6));
  ASSERT_DRAWN (track, ". . 20* . 40* 50* . . . . ");
  g_assert_false (sac_boxes_delete_from (track, 6));
  g_assert_true (sac_boxes_delete_from (track, 3));
  ASSERT_DRAWN (track, ". . 20* . . . . . . . ");
  /* An object that comes back is interpolated from where it comes back. */
  other = (SacBox) { 7, 70, 0, 4, 4, TRUE, FALSE, FALSE };
  g_assert_true (sac_boxes_put (track, &other));
  ASSERT_DRAWN (track, ". . 20* . . . . 70* 70 70 ");
  g_assert_true (sac_boxes_delete_from (track, 0));
  g_assert_cmpuint (track->len, ==, 0);
  g_assert_false (sac_boxes_delete_from (track, 0));
}

/* Whatever the track, a frame that is deleted is gone and no other one changes by more than rounding. */
static void
test_delete_property (void)
{
  for (guint64 seed = 0; seed < 300; seed++)
    {
      SacRandomKey key = { 31, seed };
      g_autoptr (GArray) track = g_array_new (FALSE, FALSE, sizeof (SacBox)), before = NULL;
      guint frame = (guint) sac_random_below (key, 500, 40);

      for (guint i = 0; i < 8; i++)
        {
          SacBox box = { .frame = (guint) sac_random_below (key, 10 * i, 40), .x = sac_random_unit (key, 10 * i + 1) * 100,
                         .width = 1, .height = 1, .occluded = sac_random_below (key, 10 * i + 2, 2) != 0,
                         .outside = sac_random_below (key, 10 * i + 3, 4) == 0 };

          sac_boxes_put (track, &box);
        }
      before = track_of ((SacBox *) (gpointer) track->data, track->len);
      if (seed % 2)
        sac_boxes_delete_frame (track, frame, 40);
      else
        sac_boxes_delete_from (track, frame);
      g_assert_true (sac_boxes_are_valid ((SacBox *) (gpointer) track->data, track->len));
      for (guint f = 0; f < 40; f++)
        {
          SacBox a = { 0 }, b = { 0 };
          gboolean was = sac_boxes_at ((SacBox *) (gpointer) before->data, before->len, f, &a);
          gboolean is = sac_boxes_at ((SacBox *) (gpointer) track->data, track->len, f, &b);

          g_assert_cmpint (is, ==, was && (seed % 2 ? f != frame : f < frame));
          if (is)
            {
              g_assert_cmpfloat_with_epsilon (a.x, b.x, 1e-9);
              g_assert_cmpint (a.occluded, ==, b.occluded);
            }
        }
    }
}

static void
test_set_track (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  SacBox many[400], bad[2] = { { .frame = 4 }, { .frame = 4 } };
  SacId clips[1], cat, layer, track;

  add_clips (f->project, 1, 1, clips);
  cat = sac_project_add_label (f->project, "cat", &error);
  layer = sac_project_get_layer (f->project, "person", "", &error);
  for (guint i = 0; i < 400; i++)
    many[i] = (SacBox) { i, i, 1, 2, 3, TRUE, FALSE, FALSE };
  track = sac_project_add_track (f->project, layer, clips[0], cat, many, 400, &error);
  g_assert_no_error (error);
  many[200].x = -7;
  g_assert_true (sac_project_set_track (f->project, track, many, 399, "Move a corner", &error));
  tracks = sac_project_list_tracks (f->project, clips[0], &error);
  g_assert_cmpuint (((SacTrack *) tracks->pdata[0])->n_boxes, ==, 399);
  g_assert_cmpfloat (((SacTrack *) tracks->pdata[0])->boxes[200].x, ==, -7);
  g_assert_false (sac_project_set_track (f->project, track, bad, 2, NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sac_project_set_track (f->project, track + 1, many, 2, NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sac_project_remove_track (f->project, track + 1, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
}

static void
test_history (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "a", "b", "c", "d" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) acts = NULL, labels = NULL;
  SacId third;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    sac_project_add_label (f->project, names[i], &error);
  acts = sac_project_list_history (f->project, 100, &error);
  g_assert_cmpuint (acts->len, ==, 4);
  g_assert_nonnull (strstr (((SacAct *) acts->pdata[0])->what, "d"));
  third = ((SacAct *) acts->pdata[1])->id;
  for (guint at = 0; at <= 4; at++)     /* from anywhere to anywhere */
    for (guint to = 0; to <= 4; to++)
      {
        g_assert_true (sac_project_go_to (f->project, at ? ((SacAct *) acts->pdata[4 - at])->id : 0, &error));
        g_assert_true (sac_project_go_to (f->project, to ? ((SacAct *) acts->pdata[4 - to])->id : 0, &error));
        g_assert_no_error (error);
        g_clear_pointer (&labels, g_ptr_array_unref);
        labels = sac_project_list_labels (f->project, &error);
        g_assert_cmpuint (labels->len, ==, to);
      }
  g_assert_true (sac_project_go_to (f->project, third, &error));
  reopen (f);
  g_clear_pointer (&acts, g_ptr_array_unref);
  acts = sac_project_list_history (f->project, 2, &error);
  g_assert_cmpuint (acts->len, ==, 2);
  g_assert_true (((SacAct *) acts->pdata[0])->undone);
  g_assert_false (((SacAct *) acts->pdata[1])->undone);
  sac_project_add_label (f->project, "e", &error);      /* what was undone is gone now */
  g_clear_pointer (&acts, g_ptr_array_unref);
  acts = sac_project_list_history (f->project, 100, &error);
  g_assert_cmpuint (acts->len, ==, 4);
  g_assert_nonnull (strstr (((SacAct *) acts->pdata[0])->what, "e"));
  g_assert_false (sac_project_go_to (f->project, 1000, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
}

static void
test_vocabulary (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  SacId clips[4], a, b, c;

  add_clips (f->project, 4, 1, clips);
  a = sac_project_add_label (f->project, "a", &error);
  b = sac_project_add_label (f->project, "b", &error);
  c = sac_project_add_label (f->project, "c", &error);
  sac_project_set_label (f->project, clips, 2, a, SAC_LABEL_YES, &error);
  sac_project_set_label (f->project, clips + 1, 2, b, SAC_LABEL_NO, &error);
  g_assert_true (sac_project_set_label_parent (f->project, c, b, &error));
  g_assert_false (sac_project_set_label_parent (f->project, b, c, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sac_project_merge_labels (f->project, a, a, &error));
  g_clear_error (&error);
  g_assert_true (sac_project_merge_labels (f->project, b, a, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[0], a), ==, SAC_LABEL_YES);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[1], a), ==, SAC_LABEL_YES);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[2], a), ==, SAC_LABEL_NO);
  g_assert_cmpint (sac_project_get_label_state (f->project, clips[3], a), ==, SAC_LABEL_UNKNOWN);
  g_assert_true (sac_project_move_label (f->project, c, 0, &error));
  g_assert_true (sac_project_set_label_key (f->project, c, '1', &error));
  g_assert_false (sac_project_set_label_key (f->project, c, 'x', &error));
  g_clear_error (&error);
  labels = sac_project_list_labels (f->project, &error);
  g_assert_cmpuint (labels->len, ==, 2);
  g_assert_cmpint (((SacLabel *) labels->pdata[0])->id, ==, c);
  g_assert_cmpint (((SacLabel *) labels->pdata[0])->parent, ==, a);
  g_assert_cmpint (((SacLabel *) labels->pdata[0])->key, ==, '1');
  g_assert_cmpint (((SacLabel *) labels->pdata[1])->key, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/store/tracks/acts", test_acts);
  g_test_add_func ("/store/tracks/delete-property", test_delete_property);
  ADD ("tracks/set", test_set_track);
  ADD ("history", test_history);
  ADD ("vocabulary", test_vocabulary);
  return g_test_run ();
}
