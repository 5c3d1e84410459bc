/* Boxes over the picture: taking hold as numbers; the acts, a drag and following in a widget on a display of its own. */
#include "app/sac-box-editor-private.h"
#include "app/sac-label-page.h"
#include "app/sac-object-panel.h"
#include "app/sac-window.h"
#include "store/sac-compare.h"
#include "widget-fixture.h"

/* ---- numbers. */

static void
test_grip (void)
{
  SacBox box = { .x = 20, .y = 30, .width = 40, .height = 50 }, moved;

  g_assert_cmpint (sac_grip_pick (&box, 40, 50, 4, 4), ==, SAC_GRIP_ALL);
  g_assert_cmpint (sac_grip_pick (&box, 21, 29, 4, 4), ==, SAC_GRIP_LEFT | SAC_GRIP_TOP);
  g_assert_cmpint (sac_grip_pick (&box, 62, 50, 4, 4), ==, SAC_GRIP_RIGHT);
  g_assert_cmpint (sac_grip_pick (&box, 40, 83, 4, 4), ==, SAC_GRIP_BOTTOM);
  g_assert_cmpint (sac_grip_pick (&box, 70, 50, 4, 4), ==, SAC_GRIP_NONE);
  /* A box smaller than its handles can still be moved. */
  moved = (SacBox) { .x = 10, .y = 10, .width = 6, .height = 6 };
  g_assert_cmpint (sac_grip_pick (&moved, 13, 13, 7, 7), ==, SAC_GRIP_ALL);
  g_assert_cmpint (sac_grip_pick (&moved, 17, 17, 7, 7), ==, SAC_GRIP_RIGHT | SAC_GRIP_BOTTOM);

  moved = box;
  sac_grip_drag (&moved, SAC_GRIP_ALL, 0.25, -0.5, 2, 2, 100, 100);     /* parts of pixels */
  g_assert_cmpfloat (moved.x, ==, 20.25);
  g_assert_cmpfloat (moved.y, ==, 29.5);
  moved = box;
  sac_grip_drag (&moved, SAC_GRIP_ALL, -18.5, 500, 2, 2, 100, 100);     /* to the left edge by snapping, to the lower by its end */
  g_assert_cmpfloat (moved.x, ==, 0);
  g_assert_cmpfloat (moved.y, ==, 50);
  g_assert_cmpfloat (moved.width, ==, 40);
  moved = box;
  sac_grip_drag (&moved, SAC_GRIP_LEFT | SAC_GRIP_TOP, 50, 10, 2, 2, 100, 100); /* past the right side: they change places */
  g_assert_cmpfloat (moved.x, ==, 60);
  g_assert_cmpfloat (moved.width, ==, 10);
  g_assert_cmpfloat (moved.y, ==, 40);
  g_assert_cmpfloat (moved.height, ==, 40);
  moved = box;
  sac_grip_drag (&moved, SAC_GRIP_RIGHT, 38.5, 99, 2, 2, 100, 100);
  g_assert_cmpfloat (moved.x + moved.width, ==, 100);
  g_assert_cmpfloat (moved.height, ==, 50);
  moved = (SacBox) { .x = -5, .y = 90, .width = 300, .height = 20 };
  sac_box_keep_inside (&moved, 100, 100);
  g_assert_cmpfloat (moved.x, ==, 0);
  g_assert_cmpfloat (moved.width, ==, 100);
  g_assert_cmpfloat (moved.y, ==, 80);
}

/* ---- the widget. */

typedef struct {
  char *dir, *project;
  SacSession *session;
  SacPlayer *player;
  SacBoxEditor *editor;
  SacObjectPanel *panel;
  GtkWidget *window;
  SacId cat, dog;
  char *said;                   /* the last toast */
} Fixture;

static gboolean
is_shown (gpointer data)
{
  Fixture *f = data;

  return sac_player_get_shown_frame (f->player) == (int) sac_player_get_frame (f->player);
}

static void
setup (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *videos = NULL;
  g_autoptr (SacClip) clip = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const SacImportSpec spec = { 0 };

  f->dir = g_dir_make_tmp ("saccade-boxes-XXXXXX", NULL);
  videos = g_build_filename (f->dir, "videos", NULL);
  f->project = g_build_filename (f->dir, "p.saccade", NULL);
  g_mkdir (videos, 0755);
  g_free (make_clip (videos, "apple"));
  {
    g_autoptr (SacProject) project = sac_project_open (f->project, SAC_PROJECT_CREATE, &error);
    SacImportResult *result = sac_project_import (project, videos, &spec, NULL, NULL, NULL, &error);

    g_assert_no_error (error);
    sac_import_result_free (result);
    f->cat = sac_project_add_label (project, "cat", &error);
    f->dog = sac_project_add_label (project, "dog", &error);
  }
  f->session = sac_session_new ();
  g_assert_true (sac_session_open (f->session, f->project, FALSE, &error));
  f->player = g_object_new (SAC_TYPE_PLAYER, "hexpand", TRUE, NULL);
  f->panel = g_object_new (SAC_TYPE_OBJECT_PANEL, NULL);
  f->editor = sac_box_editor_new (f->session, f->player);
  sac_object_panel_attach (f->panel, f->session, f->player, f->editor);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 800, 600);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->player));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->panel));
  gtk_window_set_child (GTK_WINDOW (f->window), box);
  gtk_window_present (GTK_WINDOW (f->window));
  clip = g_list_model_get_item (sac_session_get_clips (f->session), 0);
  sac_player_open (f->player, sac_clip_get_item (clip));
  sac_box_editor_set_clip (f->editor, clip);
  g_assert_true (wait_until (is_shown, f, 10));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_object_unref (f->session);
  spin (0.05);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->project);
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found; child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);
  return found;
}

/* As the page does after each act. */
static void
read_again (Fixture *f)
{
  sac_box_editor_set_clip (f->editor, f->editor->clip);
}

static void
act (Fixture *f, const char *name)
{
  g_assert_true (sac_box_editor_act (f->editor, name));
  read_again (f);
}

static void
go (Fixture *f, guint frame)
{
  sac_player_set_frame (f->player, frame);
  g_assert_true (wait_until (is_shown, f, 10));
}

/* x at each frame, * at keyframes, . where the object is not, o where it is occluded. */
static char *
drawn (Fixture *f)
{
  GString *out = g_string_new (NULL);
  const SacTrack *track = sac_box_editor_get_track (f->editor);

  for (guint frame = 0; track && frame < CLIP_FRAMES; frame++)
    {
      SacBox box;

      if (sac_boxes_at (track->boxes, track->n_boxes, frame, &box))
        g_string_append_printf (out, "%.0f%s%s ", box.x, box.keyframe ? "*" : "", box.occluded ? "o" : "");
      else
        g_string_append (out, ". ");
    }
  return g_string_free (out, FALSE);
}

#define ASSERT_DRAWN(expected) \
  G_STMT_START { \
    g_autofree char *now = drawn (f); \
    g_assert_cmpstr (now, ==, expected " "); \
  } G_STMT_END

static void
test_acts (Fixture *f, gconstpointer data)
{
  GtkWidget *question;
  SacBox box;

  g_signal_connect_swapped (f->session, "clips-changed", G_CALLBACK (read_again), f);
  g_assert_false (sac_box_editor_act (f->editor, "track.keyframe"));            /* nothing selected: the key is another's */
  g_assert_false (sac_box_editor_act (f->editor, "track.cancel"));
  g_assert_false (sac_box_editor_act (f->editor, "player.play"));
  act (f, "track.new");
  g_assert_true (sac_box_editor_get_armed (f->editor));
  g_assert_true (sac_box_editor_set_label (f->editor, f->dog));
  act (f, "track.new");         /* again: in the middle, without a pointer */
  g_assert_false (sac_box_editor_get_armed (f->editor));
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 1);
  g_assert_cmpint (sac_box_editor_get_track (f->editor)->label, ==, f->dog);
  g_assert_true (sac_box_editor_get_box (f->editor, &box));
  g_assert_cmpfloat (box.x, ==, 36);
  g_assert_cmpfloat (box.width, ==, 24);
  g_assert_true (sac_box_editor_set_label (f->editor, f->cat));
  g_assert_cmpint (sac_box_editor_get_track (f->editor)->label, ==, f->cat);

  /* Moved at frame 10: a keyframe there, a line between. */
  go (f, 10);
  for (guint i = 0; i < 20; i++)
    g_assert_true (sac_box_editor_act (f->editor, "track.nudge-right"));
  spin (0.5);                   /* twenty nudges are one act */
  ASSERT_DRAWN ("36* 38 40 42 44 46 48 50 52 54 56* 56 56 56 56 56");
  sac_session_undo (f->session);
  ASSERT_DRAWN ("36* 36 36 36 36 36 36 36 36 36 36 36 36 36 36 36");
  sac_session_redo (f->session);
  act (f, "track.nudge-left-far");
  spin (0.5);
  ASSERT_DRAWN ("36* 37 38 39 40 41 42 43 44 45 46* 46 46 46 46 46");

  act (f, "track.bisect");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 5);
  act (f, "track.keyframe");
  ASSERT_DRAWN ("36* 37 38 39 40 41* 42 43 44 45 46* 46 46 46 46 46");
  act (f, "track.previous-key");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 0);
  act (f, "track.next-key");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 5);
  act (f, "track.keyframe");
  go (f, 12);
  act (f, "track.outside");
  ASSERT_DRAWN ("36* 37 38 39 40 41 42 43 44 45 46* 46* . . . .");
  go (f, 14);
  act (f, "track.outside");
  ASSERT_DRAWN ("36* 37 38 39 40 41 42 43 44 45 46* 46* . . 46* 46");
  go (f, 10);
  act (f, "track.occluded");
  ASSERT_DRAWN ("36* 37 38 39 40 41 42 43 44 45 46*o 46* . . 46* 46");
  go (f, 2);
  act (f, "track.delete-frame");
  ASSERT_DRAWN ("36* 37* . 39* 40 41 42 43 44 45 46*o 46* . . 46* 46");
  go (f, 11);
  act (f, "track.delete-from");
  ASSERT_DRAWN ("36* 37* . 39* 40 41 42 43 44 45 46*o . . . . .");
  go (f, 3);
  act (f, "track.propagate");                   /* asks: up to the next keyframe, if nothing else is said */
  question = find_type (GTK_WIDGET (f->player), GTK_TYPE_SPIN_BUTTON);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (question)), ==, 6);
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (question, GTK_TYPE_POPOVER)));
  spin (0.3);
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 3);
  g_assert_true (sac_box_editor_propagate (f->editor, 6));
  ASSERT_DRAWN ("36* 37* . 39* 39 39 39 39 39 39* 46*o . . . . .");

  /* A locked one is not touched. */
  act (f, "track.lock");
  act (f, "track.delete");
  act (f, "track.nudge-left");
  spin (0.5);
  ASSERT_DRAWN ("36* 37* . 39* 39 39 39 39 39 39* 46*o . . . . .");
  act (f, "track.lock");
  act (f, "track.delete");
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 0);
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), ==, 0);
  sac_session_undo (f->session);
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 1);
}

static void
on_message (Fixture *f, const char *words, gboolean undo)
{
  g_free (f->said);
  f->said = g_strdup (words);
}

/* A drag of the pointer, from and by widget px. */
static void
pull (Fixture *f, double x, double y, double dx, double dy)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->editor));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) one = g_list_model_get_item (controllers, i);

      if (!GTK_IS_GESTURE_DRAG (one))
        continue;
      g_signal_emit_by_name (one, "drag-begin", x, y);
      g_signal_emit_by_name (one, "drag-update", dx, dy);
      g_signal_emit_by_name (one, "drag-end", dx, dy);
    }
  read_again (f);
}

/* What another person has drawn is looked at, not changed. */
static void
test_foreign (Fixture *f, gconstpointer data)
{
  static const char *const acts[] = { "track.delete", "track.delete-frame", "track.delete-from", "track.keyframe", "track.occluded",
                                      "track.outside", "track.nudge-left", "track.follow", "track.propagate" };
  SacProject *project = sac_session_get_project (f->session);
  SacId item = sac_clip_get_id (f->editor->clip), theirs, own;
  const SacBox box = { .frame = 0, .x = 30, .y = 20, .width = 40, .height = 40, .keyframe = TRUE };
  g_autoptr (GPtrArray) attributes = NULL;
  graphene_rect_t rect;
  double x, y;

  g_signal_connect_swapped (f->session, "message", G_CALLBACK (on_message), f);
  theirs = sac_project_add_track (project, sac_project_get_layer (project, "person", "Anna", NULL), item, f->cat, &box, 1, NULL);
  own = sac_session_add_track (f->session, item, f->dog, &box, 1);
  read_again (f);
  sac_box_editor_select (f->editor, theirs);
  g_assert_false (sac_box_editor_may_change (f->editor));
  g_assert_cmpint (sac_box_editor_get_track (f->editor)->label, ==, f->cat);    /* but seen */
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_clear_pointer (&f->said, g_free);
      sac_box_editor_act (f->editor, acts[i]);
      g_assert_nonnull (f->said);
      g_assert_nonnull (strstr (f->said, "Anna"));
    }
  sac_box_editor_set_label (f->editor, f->dog);
  g_assert_false (sac_box_editor_set_box (f->editor, &(SacBox) { .x = 1, .y = 1, .width = 9, .height = 9 }));
  /* Nor past the editor. */
  g_assert_false (sac_session_remove_track (f->session, theirs));
  g_assert_false (sac_session_set_track_label (f->session, theirs, f->dog));
  g_assert_false (sac_session_merge_tracks (f->session, own, theirs, &box, 1));
  g_assert_false (sac_session_set_attribute (f->session, SAC_ATTRIBUTE_TRACK, theirs, -1, "colour", "red"));
  attributes = sac_project_list_attributes (project, SAC_ATTRIBUTE_TRACK, theirs, NULL);
  g_assert_cmpuint (attributes->len, ==, 0);
  read_again (f);
  g_assert_cmpint (sac_box_editor_get_track (f->editor)->label, ==, f->cat);
  ASSERT_DRAWN ("30* 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30");

  /* The pointer: a click tells nothing, a drag whose it is; the same drag moves an own one. */
  g_assert_true (sac_session_remove_track (f->session, own));
  read_again (f);
  g_assert_true (sac_frame_view_get_picture_rect (sac_player_get_view (f->player), &rect));
  x = rect.origin.x + rect.size.width / 2;
  y = rect.origin.y + rect.size.height * 40 / 72;
  g_clear_pointer (&f->said, g_free);
  pull (f, x, y, 0, 0);
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), ==, theirs);
  g_assert_null (f->said);
  pull (f, x, y, 40, 0);
  g_assert_nonnull (f->said);
  ASSERT_DRAWN ("30* 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30");
  {
    SacMergeResult result;
    g_autoptr (GPtrArray) tracks = NULL;

    g_assert_true (sac_project_merge_layer (project, sac_project_get_track_layer (project, theirs), 1, SAC_MERGE_THEIRS, &result, NULL));
    tracks = sac_project_list_tracks (project, item, NULL);
    for (guint i = 0; i < tracks->len; i++)
      if (((SacTrack *) tracks->pdata[i])->layer == 1)
        own = ((SacTrack *) tracks->pdata[i])->id;
  }
  read_again (f);
  sac_box_editor_select (f->editor, own);
  g_assert_true (sac_box_editor_may_change (f->editor));
  act (f, "track.delete");
  g_clear_pointer (&f->said, g_free);
}

/* What is hidden is so after a restart, without a word in the project. */
static void
test_hidden (Fixture *f, gconstpointer data)
{
  SacProject *project = sac_session_get_project (f->session);
  const SacBox box = { .frame = 0, .x = 30, .y = 20, .width = 40, .height = 40, .keyframe = TRUE };
  SacId anna = sac_project_get_layer (project, "person", "Anna", NULL), ben = sac_project_get_layer (project, "person", "Ben", NULL);
  guint64 revision;

  sac_project_add_track (project, anna, sac_clip_get_id (f->editor->clip), f->cat, &box, 1, NULL);
  sac_project_add_track (project, ben, sac_clip_get_id (f->editor->clip), f->cat, &box, 1, NULL);
  revision = sac_project_get_revision (project);
  sac_session_set_layer_hidden (f->session, ben, TRUE);
  sac_session_set_layer_hidden (f->session, anna, TRUE);
  sac_session_set_layer_hidden (f->session, ben, FALSE);
  g_assert_cmpuint (sac_project_get_revision (project), ==, revision);
  sac_box_editor_set_clip (f->editor, NULL);
  sac_session_close (f->session);
  g_assert_false (sac_session_is_layer_hidden (f->session, anna));
  g_assert_true (sac_session_open (f->session, f->project, FALSE, NULL));
  g_assert_true (sac_session_is_layer_hidden (f->session, anna));
  g_assert_false (sac_session_is_layer_hidden (f->session, ben));
  {
    g_autoptr (SacClip) clip = g_list_model_get_item (sac_session_get_clips (f->session), 0);

    sac_box_editor_set_clip (f->editor, clip);
  }
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 1);
  sac_session_set_layer_hidden (f->session, anna, FALSE);
  sac_session_close (f->session);
  g_assert_true (sac_session_open (f->session, f->project, FALSE, NULL));
  g_assert_false (sac_session_is_layer_hidden (f->session, anna));
}

static void
test_merge (Fixture *f, gconstpointer data)
{
  SacBox early[] = { { 0, 10, 0, 9, 9, TRUE, FALSE, FALSE }, { 4, 14, 0, 9, 9, TRUE, FALSE, FALSE } };
  SacBox late[] = { { 3, 90, 0, 6, 6, TRUE, FALSE, FALSE }, { 8, 18, 0, 6, 6, TRUE, FALSE, FALSE } };
  SacId item = sac_clip_get_id (f->editor->clip), a, b;
  g_autoptr (GPtrArray) attributes = NULL;

  g_signal_connect_swapped (f->session, "clips-changed", G_CALLBACK (read_again), f);
  a = sac_session_add_track (f->session, item, f->cat, early, 2);
  b = sac_session_add_track (f->session, item, f->dog, late, 2);
  g_assert_true (sac_session_set_attribute (f->session, SAC_ATTRIBUTE_TRACK, b, 3, "colour", "red"));
  act (f, "track.next-object");
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), ==, a);
  act (f, "track.merge");
  go (f, 3);
  act (f, "track.next-object");
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), ==, b);
  act (f, "track.merge");
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 1);
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), ==, a);
  ASSERT_DRAWN ("10* 11 12 13 14* 15 16 17 18* 18 18 18 18 18 18 18");
  attributes = sac_project_list_attributes (sac_session_get_project (f->session), SAC_ATTRIBUTE_TRACK, a, NULL);
  g_assert_cmpuint (attributes->len, ==, 1);
  sac_session_undo (f->session);
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 2);
}

/* What a gesture on the editor says, without a pointer. */
static void
drag (Fixture *f, double x, double y, double dx, double dy)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->editor));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_GESTURE_DRAG (controller))
        continue;
      g_signal_emit_by_name (controller, "drag-begin", x, y);
      g_signal_emit_by_name (controller, "drag-update", dx / 2, dy / 2);
      g_signal_emit_by_name (controller, "drag-update", dx, dy);
      g_signal_emit_by_name (controller, "drag-end", dx, dy);
    }
}

static void
test_drag (Fixture *f, gconstpointer data)
{
  SacFrameView *view = sac_player_get_view (f->player);
  graphene_rect_t rect;
  double scale, x, y;
  SacBox box;

  g_signal_connect_swapped (f->session, "clips-changed", G_CALLBACK (read_again), f);
  spin (0.2);
  g_assert_true (sac_frame_view_get_picture_rect (view, &rect));
  scale = rect.size.width / CLIP_WIDTH;
  g_assert_true (sac_frame_view_from_media (view, 20, 10, &x, &y));
  drag (f, x, y, 30 * scale, 20 * scale);
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 0);    /* no tool, no box */
  sac_box_editor_set_armed (f->editor, TRUE);
  drag (f, x, y, 1, 1);
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 0);    /* a click draws none */
  drag (f, x, y, 30 * scale, 20 * scale);
  g_assert_cmpuint (sac_box_editor_get_n_tracks (f->editor), ==, 1);
  g_assert_true (sac_box_editor_get_box (f->editor, &box));
  g_assert_cmpfloat_with_epsilon (box.x, 20, 0.01);
  g_assert_cmpfloat_with_epsilon (box.y, 10, 0.01);
  g_assert_cmpfloat_with_epsilon (box.width, 30, 0.01);
  g_assert_cmpfloat_with_epsilon (box.height, 20, 0.01);

  g_assert_true (sac_frame_view_from_media (view, 80, 50, &x, &y));
  drag (f, x, y, 5 * scale, 5 * scale);         /* beside it: nothing */
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), !=, 0);
  drag (f, x, y, 0, 0);         /* a click lets go */
  g_assert_cmpint (sac_box_editor_get_selected (f->editor), ==, 0);

  go (f, 8);
  g_assert_true (sac_frame_view_from_media (view, 35, 20, &x, &y));
  drag (f, x, y, 8 * scale, 4.5 * scale);       /* inside: it moves, and only at this frame */
  g_assert_true (sac_box_editor_get_box (f->editor, &box));
  g_assert_true (box.keyframe);
  g_assert_cmpfloat_with_epsilon (box.x, 28, 0.01);
  g_assert_cmpfloat_with_epsilon (box.y, 14.5, 0.01);
  ASSERT_DRAWN ("20* 21 22 23 24 25 26 27 28* 28 28 28 28 28 28 28");
  g_assert_true (sac_frame_view_from_media (view, 58, 34.5, &x, &y));
  drag (f, x, y, 10 * scale, 10 * scale);       /* the lower right handle */
  g_assert_true (sac_box_editor_get_box (f->editor, &box));
  g_assert_cmpfloat_with_epsilon (box.x, 28, 0.01);
  g_assert_cmpfloat_with_epsilon (box.width, 40, 0.01);
  g_assert_cmpfloat_with_epsilon (box.height, 30, 0.01);
  sac_session_undo (f->session);
  g_assert_true (sac_box_editor_get_box (f->editor, &box));
  g_assert_cmpfloat_with_epsilon (box.width, 30, 0.01);
}

/* ---- following. */

static gboolean
has_ended (gpointer data)
{
  return !sac_box_editor_get_following (((Fixture *) data)->editor);
}

static void
test_follow (Fixture *f, gconstpointer data)
{
  const SacBox start = { 2, 30, 0, 30, 20, TRUE, FALSE, FALSE };
  g_autofree char *what = NULL;
  guint last;

  g_signal_connect_swapped (f->session, "clips-changed", G_CALLBACK (read_again), f);
  sac_box_editor_select (f->editor, sac_session_add_track (f->session, sac_clip_get_id (f->editor->clip), f->cat, &start, 1));
  go (f, 2);
  act (f, "track.follow");
  g_assert_true (sac_box_editor_get_following (f->editor));
  g_assert_true (wait_until (has_ended, f, 20));
  last = sac_player_get_frame (f->player);
  what = sac_session_dup_undo (f->session);
  if (last > 2)                 /* the clip's frames are nearly plain: it may be lost at once, and says so then */
    g_assert_cmpstr (what, ==, "Follow an object");
  go (f, 2);
  act (f, "track.follow");      /* leaving the clip ends it */
  sac_box_editor_set_clip (f->editor, NULL);
  g_assert_false (sac_box_editor_get_following (f->editor));
  spin (0.3);
}

int
main (int argc, char **argv)
{
  sac_media_init ();
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/box-editor/grip", test_grip);
#define ADD(name, func) g_test_add ("/box-editor/" name, Fixture, NULL, setup, func, teardown)
  ADD ("acts", test_acts);
  ADD ("foreign", test_foreign);
  ADD ("hidden", test_hidden);
  ADD ("merge", test_merge);
  ADD ("drag", test_drag);
  ADD ("follow", test_follow);
  return g_test_run ();
}
