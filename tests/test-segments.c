/* Segments on a display of their own: the timeline's acts, the panel, attributes, many marks, and what the next clip is. */
#include "app/sac-attribute-box.h"
#include "app/sac-next-match.h"
#include "app/sac-segment-panel.h"
#include "app/sac-timeline-view-private.h"
#include "run/sac-run.h"
#include "widget-fixture.h"

typedef struct {
  char *dir, *project;
  SacSession *session;
  SacPlayer *player;
  SacTimelineView *timeline;
  SacSegmentPanel *panel;
  GtkWidget *window;
  SacClip *clip;
  SacId cat, dog;
} Fixture;

static gboolean
is_shown (gpointer data)
{
  Fixture *f = data;

  return sac_player_get_shown_frame (f->player) == (int) sac_player_get_frame (f->player);
}

/* As the page does. */
static void
read_again (Fixture *f)
{
  sac_timeline_view_set_clip (f->timeline, f->clip);
}

static void
setup (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *videos = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const SacImportSpec spec = { 0 };

  f->dir = g_dir_make_tmp ("saccade-segments-XXXXXX", NULL);
  videos = g_build_filename (f->dir, "videos", NULL);
  f->project = g_build_filename (f->dir, "p.saccade", NULL);
  g_mkdir (videos, 0755);
  g_free (make_clip (videos, "apple"));
  g_free (make_clip (videos, "banana"));
  g_free (make_clip (videos, "cherry"));
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
  f->timeline = g_object_new (SAC_TYPE_TIMELINE_VIEW, NULL);
  f->panel = g_object_new (SAC_TYPE_SEGMENT_PANEL, NULL);
  sac_timeline_view_attach (f->timeline, f->session, f->player);
  sac_segment_panel_attach (f->panel, f->session, f->player, f->timeline);
  g_signal_connect_swapped (f->session, "clips-changed", G_CALLBACK (read_again), f);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 800, 700);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->player));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->timeline));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (f->panel));
  gtk_window_set_child (GTK_WINDOW (f->window), box);
  gtk_window_present (GTK_WINDOW (f->window));
  f->clip = g_list_model_get_item (sac_session_get_clips (f->session), 0);
  sac_player_open (f->player, sac_clip_get_item (f->clip));
  sac_timeline_view_set_clip (f->timeline, f->clip);
  g_assert_true (wait_until (is_shown, f, 10));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (f->session, f);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_object_unref (f->clip);
  g_object_unref (f->session);
  spin (0.05);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->project);
}

static void
act (Fixture *f, const char *name)
{
  g_assert_true (sac_timeline_view_act (f->timeline, name));
}

/* "cat 2-8 · dog 3-4*": by in point, frames of 24 a second, the selected one with a star. */
static char *
dup_text (Fixture *f)
{
  g_autoptr (GPtrArray) segments = sac_project_list_segments (sac_session_get_project (f->session), sac_clip_get_id (f->clip), NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < segments->len; i++)
    {
      const SacSegment *s = segments->pdata[i];

      g_string_append_printf (text, "%s%s %.0f-%.0f%s", i ? " · " : "", s->label == f->cat ? "cat" : "dog", (double) s->in_ns * 24e-9,
                              (double) s->out_ns * 24e-9 - 1, s->id == sac_timeline_view_get_selected (f->timeline) ? "*" : "");
    }
  return g_string_free (text, FALSE);
}

#define ASSERT_SAYS(wanted) \
  G_STMT_START { \
    g_autofree char *said = dup_text (f); \
    g_assert_cmpstr (said, ==, wanted); \
  } G_STMT_END

static GtkWidget *
find_type (GtkWidget *widget, GType type, guint *skip)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) && (*skip)-- == 0 ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found; child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type, skip);
  return found;
}

static GtkWidget *
nth (gpointer widget, GType type, guint n)
{
  return find_type (GTK_WIDGET (widget), type, &n);
}

static void
go (Fixture *f, guint frame)
{
  sac_player_set_frame (f->player, frame);
  g_assert_true (wait_until (is_shown, f, 10));
}

static void
test_acts (Fixture *f, gconstpointer data)
{
  g_assert_false (sac_timeline_view_set_label (f->timeline, f->dog));   /* nothing to be of it */
  go (f, 2);
  act (f, "segment.in");
  go (f, 8);
  act (f, "segment.out");
  ASSERT_SAYS ("cat 2-8*");
  g_assert_true (sac_timeline_view_set_label (f->timeline, f->dog));
  ASSERT_SAYS ("dog 2-8*");
  go (f, 3);
  act (f, "segment.in");                        /* the last one is let go: the digit is of the new one */
  g_assert_cmpint (sac_timeline_view_get_selected (f->timeline), ==, 0);
  g_assert_true (sac_timeline_view_set_label (f->timeline, f->cat));
  go (f, 4);
  act (f, "segment.out");
  ASSERT_SAYS ("dog 2-8 · cat 3-4*");
  act (f, "segment.previous-segment");
  ASSERT_SAYS ("dog 2-8* · cat 3-4");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 2);
  act (f, "segment.go-out");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 8);
  go (f, 6);
  act (f, "segment.split");
  ASSERT_SAYS ("dog 2-5* · cat 3-4 · dog 6-8");
  go (f, 0);
  act (f, "segment.next-edge");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 2);
  act (f, "segment.delete");
  ASSERT_SAYS ("cat 3-4 · dog 6-8");
  for (guint i = 0; i < 5; i++)
    sac_session_undo (f->session);
  ASSERT_SAYS ("");
  for (guint i = 0; i < 5; i++)
    sac_session_redo (f->session);
  ASSERT_SAYS ("cat 3-4 · dog 6-8");
}

static void
on_message (char **said, const char *words, gboolean undo)
{
  g_free (*said);
  *said = g_strdup (words);
}

/* What another person says is looked at, not changed. */
static void
test_foreign (Fixture *f, gconstpointer data)
{
  SacProject *project = sac_session_get_project (f->session);
  SacId item = sac_clip_get_id (f->clip);
  SacId theirs = sac_project_add_segment (project, sac_project_get_layer (project, "person", "Anna", NULL), item, f->cat,
                                          (gint64) (2e9 / 24), (gint64) (9e9 / 24), NULL);
  const SacMark *mark;
  char *said = NULL;
  gulong id = g_signal_connect_swapped (f->session, "message", G_CALLBACK (on_message), &said);

  read_again (f);
  mark = sac_marks_get (f->timeline->marks->pdata[0], 0);
  g_assert_true (mark->foreign && !mark->faint);
  go (f, 0);
  act (f, "segment.next-segment");              /* it is come to … */
  ASSERT_SAYS ("cat 2-8*");
  go (f, 5);
  act (f, "segment.delete");
  g_assert_nonnull (strstr (said, "Anna"));
  g_clear_pointer (&said, g_free);
  act (f, "segment.split");
  g_assert_nonnull (strstr (said, "Anna"));
  g_clear_pointer (&said, g_free);
  sac_timeline_view_set_label (f->timeline, f->dog);
  g_assert_nonnull (strstr (said, "Anna"));
  g_assert_false (sac_session_set_segment (f->session, theirs, f->cat, 0, 1000000));
  ASSERT_SAYS ("cat 2-8*");                     /* … and stays as it is */
  g_signal_handler_disconnect (f->session, id);
  g_free (said);
}

static void
test_panel (Fixture *f, gconstpointer data)
{
  SacId id = sac_session_add_segment (f->session, sac_clip_get_id (f->clip), f->cat, 0,
                                      sac_media_get_time_ns (sac_player_get_media (f->player), 8));
  GtkWidget *first = nth (f->panel, GTK_TYPE_SPIN_BUTTON, 0), *last = nth (f->panel, GTK_TYPE_SPIN_BUTTON, 1);
  GtkWidget *attributes = nth (f->panel, SAC_TYPE_ATTRIBUTE_BOX, 0), *name = nth (attributes, GTK_TYPE_ENTRY, 0);
  GtkWidget *value = nth (attributes, GTK_TYPE_ENTRY, 1), *choice = nth (f->panel, GTK_TYPE_DROP_DOWN, 0), *remove;
  g_autoptr (GPtrArray) said = NULL, rest = NULL;

  sac_timeline_view_select (f->timeline, id);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (first)), ==, 0);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (last)), ==, 7);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (first), 3);
  ASSERT_SAYS ("cat 3-7*");
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (last), 1);        /* the other edge gives way */
  ASSERT_SAYS ("cat 1-1*");
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (last), 15);
  ASSERT_SAYS ("cat 1-15*");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), 1);
  ASSERT_SAYS ("dog 1-15*");
  sac_session_undo (f->session);
  ASSERT_SAYS ("cat 1-15*");
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (choice)), ==, 0);

  gtk_editable_set_text (GTK_EDITABLE (name), " hand ");
  g_signal_emit_by_name (name, "activate");                     /* goes on to the value */
  gtk_editable_set_text (GTK_EDITABLE (value), "left");
  g_signal_emit_by_name (value, "activate");
  said = sac_project_list_attributes (sac_session_get_project (f->session), SAC_ATTRIBUTE_SEGMENT, id, NULL);
  g_assert_cmpuint (said->len, ==, 1);
  g_assert_cmpstr (((SacAttribute *) said->pdata[0])->name, ==, "hand");
  g_assert_cmpstr (((SacAttribute *) said->pdata[0])->value, ==, "left");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (name)), ==, "");
  remove = nth (attributes, GTK_TYPE_BUTTON, 1);                /* after the row's own, which brings it back into the fields */
  g_signal_emit_by_name (nth (attributes, GTK_TYPE_BUTTON, 0), "clicked");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (value)), ==, "left");
  g_signal_emit_by_name (remove, "clicked");
  rest = sac_project_list_attributes (sac_session_get_project (f->session), SAC_ATTRIBUTE_SEGMENT, id, NULL);
  g_assert_cmpuint (rest->len, ==, 0);
}

/* ---- more marks than are read at once. */

static gboolean
jumps (gpointer data)
{
  Fixture *f = data;

  go (f, 0);
  sac_timeline_view_act (f->timeline, "segment.next-edge");
  return sac_player_get_frame (f->player) == 6;
}

static gboolean
stays (gpointer data)
{
  return !jumps (data);
}

static void
test_many (Fixture *f, gconstpointer data)
{
  g_autofree SacSpan *spans = g_new (SacSpan, 4000);

  for (gint64 i = 0; i < 4000; i++)
    spans[i] = (SacSpan) { G_GINT64_CONSTANT (250000000) + i * 10, G_GINT64_CONSTANT (250000000) + i * 10 + 5 };
  g_assert_cmpint (sac_session_add_segments (f->session, sac_clip_get_id (f->clip), f->cat, spans, 4000), !=, 0);
  g_assert_true (wait_until (jumps, f, 10));
  sac_session_undo (f->session);
  g_assert_true (wait_until (stays, f, 10));
}

/* ---- rows of tracks and of a run. */

/* "cat dog dog.1* dog.2": rows by label and number, a star at the one with keyframes. */
static char *
tell_rows (Fixture *f)
{
  GString *text = g_string_new (NULL);

  for (guint r = 0; r < f->timeline->rows->len; r++)
    {
      const SacTimelineKey *key = &g_array_index (f->timeline->rows, SacTimelineKey, r);

      g_string_append_printf (text, "%s%s", r ? " " : "", key->label == f->cat ? "cat" : "dog");
      if (key->track)
        g_string_append_printf (text, ".%u", key->number);
      if (f->timeline->points->len && r == f->timeline->points_row)
        g_string_append_c (text, '*');
    }
  return g_string_free (text, FALSE);
}

#define ASSERT_ROWS(wanted) G_STMT_START { g_autofree char *rows = tell_rows (f); g_assert_cmpstr (rows, ==, wanted); } G_STMT_END

static void
test_tracks (Fixture *f, gconstpointer data)
{
  const SacBox boxes[] = { { 2, 1, 1, 9, 9, TRUE, FALSE, FALSE }, { 6, 3, 1, 9, 9, TRUE, FALSE, FALSE },
                           { 9, 3, 1, 9, 9, TRUE, FALSE, TRUE } };
  SacId item = sac_clip_get_id (f->clip), first, second;
  const SacMarks *marks;

  ASSERT_ROWS ("cat dog");
  first = sac_session_add_track (f->session, item, f->dog, boxes, 3);
  second = sac_session_add_track (f->session, item, f->dog, boxes, 2);
  read_again (f);
  ASSERT_ROWS ("cat dog dog.1 dog.2");
  sac_timeline_view_set_track (f->timeline, second);
  ASSERT_ROWS ("cat dog dog.1 dog.2*");
  g_assert_cmpuint (f->timeline->points->len, ==, 2);
  /* There from its first keyframe to where it goes outside; the segments' row stays empty. */
  marks = f->timeline->marks->pdata[2];
  g_assert_cmpuint (sac_marks_get_n (marks), ==, 1);
  g_assert_cmpint (sac_marks_get (marks, 0)->id, ==, -first);
  g_assert_cmpint (sac_marks_get (marks, 0)->in_ns, ==, sac_media_get_time_ns (sac_player_get_media (f->player), 2));
  g_assert_cmpint (sac_marks_get (marks, 0)->out_ns, ==, sac_media_get_time_ns (sac_player_get_media (f->player), 9));
  g_assert_cmpuint (sac_marks_get_n (f->timeline->marks->pdata[1]), ==, 0);
  g_assert_cmpint (_sac_timeline_row_label (f->timeline, 3), ==, f->dog);
  g_assert_cmpint (_sac_timeline_row_track (f->timeline, 3), ==, second);
  sac_session_undo (f->session);
  read_again (f);
  ASSERT_ROWS ("cat dog dog.1");
  /* Very many share their label's row. */
  sac_timeline_view_set_track (f->timeline, 0);
  for (guint i = 0; i < 30; i++)
    sac_session_add_track (f->session, item, f->cat, boxes, 3);
  read_again (f);
  ASSERT_ROWS ("cat dog");
  g_assert_cmpuint (sac_marks_get_n (f->timeline->marks->pdata[0]), ==, 30);
}

static void
test_run_rows (Fixture *f, gconstpointer data)
{
  const gint64 at[] = { 200, 400, 600 };
  const float values[] = { 0, 1, 0.5f };
  float out[10];
  g_autoptr (SacRunRows) run = sac_run_rows_new (f->session, f->player, NULL);
  SacTimelineRow row;

  sac_run_rows_sample (at, values, 3, 1000, out, 10);           /* at 50, 150, … 950 */
  g_assert_cmpfloat (out[1], ==, 0);
  g_assert_cmpfloat_with_epsilon (out[2], 0.25, 1e-6);
  g_assert_cmpfloat_with_epsilon (out[3], 0.75, 1e-6);
  g_assert_cmpfloat_with_epsilon (out[4], 0.875, 1e-6);
  g_assert_cmpfloat_with_epsilon (out[6], 0.5, 1e-6);           /* the last frame lasts, too */
  g_assert_cmpfloat_with_epsilon (out[7], 0.5, 1e-6);
  g_assert_cmpfloat (out[8], ==, 0);
  sac_run_rows_sample (at, values, 0, 1000, out, 10);
  g_assert_cmpfloat (out[5], ==, 0);

  sac_timeline_view_set_run_rows (f->timeline, run);
  sac_run_rows_set_clip (run, f->clip);
  g_assert_cmpuint (sac_run_rows_get_n (run), ==, 0);
  sac_run_rows_set_active (run, TRUE);
  g_assert_cmpuint (sac_run_rows_get_n (run), ==, 1);           /* words: no run yet */
  sac_run_rows_get (run, 0, &row);
  g_assert_nonnull (row.name);
  g_assert_null (row.curve);
  spin (0.5);
  g_assert_cmpuint (sac_run_rows_get_n (run), ==, 1);
  sac_run_rows_set_active (run, FALSE);
  g_assert_cmpuint (sac_run_rows_get_n (run), ==, 0);
}

/* ---- what the next clip is. */

static guint
find (SacNextMatch *match, Fixture *f, guint from)
{
  guint position = 99;

  return sac_next_match_find (match, SAC_CLIP_LIST (sac_session_get_clips (f->session)), from, 1, &position) ? position : 99;
}

static gboolean
has_scores (gpointer data)
{
  gpointer *both = data;

  return find (both[0], both[1], 2) == 1;
}

static void
test_next (Fixture *f, gconstpointer data)
{
  g_autoptr (SacNextMatch) match = sac_next_match_new (f->session);
  GListModel *clips = sac_session_get_clips (f->session);
  SacId ids[3];
  char *labels[] = { "dog", "cat", NULL }, *names[] = { "apple", "banana", "cherry", NULL };
  float p[] = { 0.9f, 0.9f, 0.02f, 0.5f, 0.1f, 0.1f };
  gint8 truth[] = { -1, -1, -1, -1, -1, -1 };
  const SacScores scores = { .split = (char *) "test", .labels = labels, .n_labels = 2, .n_clips = 3, .clips = names, .scores = p,
                             .truth = truth };
  g_autofree char *run = g_build_filename (f->dir, "run", NULL), *excuse = NULL;
  gpointer both[] = { match, f };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SacClip) clip = g_list_model_get_item (clips, i);

      ids[i] = sac_clip_get_id (clip);
    }
  g_assert_cmpuint (find (match, f, 0), ==, 1);
  sac_session_set_reviewed (f->session, &ids[1], 1, TRUE);
  g_assert_cmpuint (find (match, f, 0), ==, 2);
  g_assert_cmpuint (find (match, f, 2), ==, 0);
  sac_session_set_label (f->session, &ids[2], 1, f->dog, SAC_LABEL_YES);
  sac_next_match_set (match, SAC_NEXT_UNLABELLED, 0);
  g_assert_cmpuint (find (match, f, 1), ==, 0);
  g_assert_cmpuint (find (match, f, 0), ==, 99);
  sac_next_match_set (match, SAC_NEXT_WITH, f->dog);
  g_assert_cmpuint (find (match, f, 0), ==, 2);
  sac_next_match_set (match, SAC_NEXT_WITHOUT_WORD, f->cat);
  g_assert_cmpuint (find (match, f, 0), ==, 2);
  sac_next_match_set (match, SAC_NEXT_UNSURE, 0);
  g_assert_cmpuint (find (match, f, 0), ==, 99);
  sac_session_set_label (f->session, &ids[1], 1, f->dog, SAC_LABEL_UNKNOWN);
  g_assert_cmpuint (find (match, f, 0), ==, 1);

  /* The run is sure of apple, not of banana's cat; it denies that cherry has the dog. */
  sac_next_match_set (match, SAC_NEXT_UNCERTAIN, 0);
  g_assert_cmpuint (find (match, f, 0), ==, 99);
  g_mkdir (run, 0755);
  g_assert_true (sac_scores_write (run, &scores, NULL));
  g_assert_cmpint (sac_project_add_run (sac_session_get_project (f->session), "r", run, "", NULL), !=, 0);
  sac_session_tell_runs (f->session);
  g_assert_true (wait_until (has_scores, both, 10));
  g_assert_cmpuint (find (match, f, 0), ==, 1);
  g_assert_cmpuint (find (match, f, 1), ==, 99);
  sac_next_match_set (match, SAC_NEXT_DISAGREES, 0);
  g_assert_cmpuint (find (match, f, 0), ==, 2);
  sac_session_set_label (f->session, &ids[2], 1, f->dog, SAC_LABEL_NO);
  g_assert_cmpuint (find (match, f, 0), ==, 99);
  excuse = sac_next_match_dup_excuse (match);
  g_assert_nonnull (excuse);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  adw_init ();
#define ADD(name, func) g_test_add ("/segments/" name, Fixture, NULL, setup, func, teardown)
  ADD ("acts", test_acts);
  ADD ("foreign", test_foreign);
  ADD ("panel", test_panel);
  ADD ("many", test_many);
  ADD ("tracks", test_tracks);
  ADD ("run-rows", test_run_rows);
  ADD ("next", test_next);
#undef ADD
  return g_test_run ();
}
