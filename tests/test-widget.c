/* The window's widgets in the test's own process, on a display of their own (headless.sh). */
#include <math.h>

#include "app/sac-clip-tile.h"
#include "app/sac-clips-page.h"
#include "app/sac-label-chip.h"
#include "app/sac-label-page.h"
#include "app/sac-measure-table.h"
#include "app/sac-player.h"
#include "app/sac-track-painter.h"
#include "app/sac-tile-grid.h"
#include "app/sac-window.h"
#include "widget-fixture.h"

typedef struct {
  char *dir, *videos, *project;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "apple", "banana", "cherry" };

  f->dir = g_dir_make_tmp ("saccade-widget-XXXXXX", NULL);
  f->videos = g_build_filename (f->dir, "videos", NULL);
  f->project = g_build_filename (f->dir, "p.saccade", NULL);
  g_mkdir (f->videos, 0755);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (make_clip (f->videos, names[i]));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->videos);
  g_free (f->project);
}

/* ---- labels with three states. */

static void
test_toggle (void)
{
  const SacLabelState all[] = { SAC_LABEL_YES, SAC_LABEL_YES }, some[] = { SAC_LABEL_YES, SAC_LABEL_UNKNOWN },
                      none[] = { SAC_LABEL_NO, SAC_LABEL_NO };

  g_assert_cmpint (sac_label_toggled (all, 2), ==, SAC_LABEL_NO);
  g_assert_cmpint (sac_label_toggled (some, 2), ==, SAC_LABEL_YES);
  g_assert_cmpint (sac_label_toggled (none, 2), ==, SAC_LABEL_YES);
  g_assert_cmpint (sac_label_toggled (none, 0), ==, SAC_LABEL_YES);
}

static void
on_set_state (SacLabelChip *chip, int state, int *got)
{
  *got = state;
}

static void
test_chip (void)
{
  const SacLabel label = { 7, (char *) "cat", 0x3584e4, '3', 0, 0 };
  GtkWidget *chip = g_object_ref_sink (sac_label_chip_new (&label));
  int got = 5;

  g_signal_connect (chip, "set-state", G_CALLBACK (on_set_state), &got);
  gtk_test_accessible_assert_property (chip, GTK_ACCESSIBLE_PROPERTY_LABEL, "cat: unknown");
  g_signal_emit_by_name (chip, "clicked");
  g_assert_cmpint (got, ==, SAC_LABEL_YES);
  sac_label_chip_set_state (SAC_LABEL_CHIP (chip), SAC_CHIP_YES);
  gtk_test_accessible_assert_property (chip, GTK_ACCESSIBLE_PROPERTY_LABEL, "cat: yes");
  g_assert_true (gtk_widget_has_css_class (chip, "yes"));
  g_signal_emit_by_name (chip, "clicked");
  g_assert_cmpint (got, ==, SAC_LABEL_NO);
  sac_label_chip_set_state (SAC_LABEL_CHIP (chip), SAC_CHIP_NO);
  g_assert_false (gtk_widget_has_css_class (chip, "yes"));
  gtk_test_accessible_assert_property (chip, GTK_ACCESSIBLE_PROPERTY_LABEL, "cat: no");
  g_signal_emit_by_name (chip, "clicked");
  g_assert_cmpint (got, ==, SAC_LABEL_YES);
  g_object_unref (chip);
}

/* ---- boxes between keyed ones. */

static void
test_boxes (void)
{
  SacBox boxes[] = { { 2, 10, 20, 30, 40, TRUE, FALSE, FALSE }, { 6, 20, 20, 30, 80, TRUE, FALSE, FALSE },
                     { 8, 0, 0, 1, 1, TRUE, FALSE, TRUE } };
  const SacTrack track = { 1, 1, 1, 1, boxes, G_N_ELEMENTS (boxes) };
  SacBox box;

  g_assert_false (sac_boxes_at (track.boxes, track.n_boxes, 1, &box));
  g_assert_true (sac_boxes_at (track.boxes, track.n_boxes, 2, &box));
  g_assert_cmpfloat (box.x, ==, 10);
  g_assert_true (sac_boxes_at (track.boxes, track.n_boxes, 4, &box));
  g_assert_cmpfloat (box.x, ==, 15);
  g_assert_cmpfloat (box.height, ==, 60);
  g_assert_false (sac_boxes_at (track.boxes, track.n_boxes, 8, &box));          /* outside */
  g_assert_false (sac_boxes_at (track.boxes, track.n_boxes, 9, &box));          /* past the end */
}

/* ---- the player. */

static gboolean
has_media (gpointer player)
{
  return sac_player_get_media (player) != NULL;
}

typedef struct {
  SacPlayer *player;
  int frame;
} Shown;

static gboolean
is_shown (gpointer data)
{
  Shown *shown = data;

  return sac_player_get_shown_frame (shown->player) == shown->frame;
}

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found)
        return found;
    }
  return NULL;
}

/* What the view really holds: the grey of the frame's middle. */
static int
get_grey (SacPlayer *player)
{
  GdkTexture *texture = sac_frame_view_get_texture (SAC_FRAME_VIEW (find (GTK_WIDGET (player), SAC_TYPE_FRAME_VIEW)));
  gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
  g_autofree guint8 *pixels = g_malloc (stride * (gsize) gdk_texture_get_height (texture));

  gdk_texture_download (texture, pixels, stride);
  return pixels[stride * (gsize) (gdk_texture_get_height (texture) / 2) + stride / 8 * 4];
}

static void
assert_shows (SacPlayer *player, int frame)
{
  Shown shown = { player, frame };

  g_assert_true (wait_until (is_shown, &shown, 10));
  g_assert_cmpint (ABS (get_grey (player) - CLIP_GREY (frame)), <=, 7);
}

static void
test_player (Fixture *f, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  SacPlayer *player = g_object_new (SAC_TYPE_PLAYER, NULL);
  g_autofree char *path = make_clip (f->dir, "one");
  const SacItem item = { .path = path };

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (player));
  gtk_window_present (GTK_WINDOW (window));
  sac_player_open (player, &item);
  g_assert_true (wait_until (has_media, player, 20));
  g_assert_cmpuint (sac_player_get_last (player), ==, CLIP_FRAMES - 1);
  assert_shows (player, 0);
  sac_player_set_frame (player, 13);
  assert_shows (player, 13);
  g_assert_true (sac_player_act (player, "player.step-back"));
  assert_shows (player, 12);
  g_assert_true (sac_player_act (player, "player.step-forward"));
  assert_shows (player, 13);
  g_assert_true (sac_player_act (player, "player.first"));
  assert_shows (player, 0);
  g_assert_true (sac_player_act (player, "player.step-back"));     /* stays at the start */
  g_assert_cmpuint (sac_player_get_frame (player), ==, 0);
  g_assert_true (sac_player_act (player, "player.last"));
  assert_shows (player, CLIP_FRAMES - 1);
  sac_player_set_frame (player, 10000);                         /* kept within the clip */
  g_assert_cmpuint (sac_player_get_frame (player), ==, CLIP_FRAMES - 1);
  g_assert_false (sac_player_act (player, "segment.in"));
  g_assert_false (sac_player_act (player, "player.nothing"));

  sac_player_act (player, "player.shuttle-back");                        /* backwards by the clock */
  g_assert_true (sac_player_get_playing (player));
  spin (0.4);
  g_assert_cmpuint (sac_player_get_frame (player), <, CLIP_FRAMES - 1);
  sac_player_act (player, "player.shuttle-back");
  g_assert_cmpfloat (sac_player_get_speed (player), ==, -2);
  sac_player_act (player, "player.shuttle-forward");
  g_assert_cmpfloat (sac_player_get_speed (player), ==, 1);
  sac_player_act (player, "player.pause");
  g_assert_false (sac_player_get_playing (player));
  assert_shows (player, (int) sac_player_get_frame (player));
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);
}

/* A virtual clip stays between its in and its out. */
static void
test_player_range (Fixture *f, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  SacPlayer *player = g_object_new (SAC_TYPE_PLAYER, NULL);
  g_autofree char *path = make_clip (f->dir, "one");
  const SacItem item = { .path = path, .in_ns = 6 * G_GINT64_CONSTANT (1000000000) / 24,
                         .out_ns = 12 * G_GINT64_CONSTANT (1000000000) / 24 };

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (player));
  gtk_window_present (GTK_WINDOW (window));
  sac_player_open (player, &item);
  g_assert_true (wait_until (has_media, player, 20));
  assert_shows (player, 6);
  sac_player_act (player, "player.last");
  assert_shows (player, 11);
  sac_player_act (player, "player.step-forward");
  g_assert_cmpuint (sac_player_get_frame (player), ==, 11);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.05);
}

/* ---- the window over a project: import, tiles, labels, undo. */

static gboolean
import_ended (gpointer import)
{
  return !sac_import_is_running (import);
}

static gboolean
has_pictures (gpointer tile)
{
  return sac_clip_tile_get_n_pictures (tile) > 1;
}

static void
test_window (Fixture *f, gconstpointer data)
{
  SacWindow *window = sac_window_new (NULL);
  SacSession *session = sac_window_get_session (window);
  SacPage *clips = sac_window_get_page (window, "clips"), *label = sac_window_get_page (window, "label");
  const char *paths[] = { f->videos, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *page = NULL;
  SacClip *clip;
  SacId id, cat;
  GtkSelectionModel *chosen;
  GtkWidget *tile;

  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (sac_session_open (session, f->project, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "p");
  sac_import_start (sac_window_get_import (window), paths, NULL);
  g_assert_true (sac_import_is_running (sac_window_get_import (window)));
  g_assert_true (wait_until (import_ended, sac_window_get_import (window), 30));
  g_assert_cmpuint (g_list_model_get_n_items (sac_session_get_clips (session)), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (sac_clips_page_get_shown_clips (SAC_CLIPS_PAGE (clips))), ==, 3);
  spin (0.3);
  tile = find (GTK_WIDGET (clips), SAC_TYPE_CLIP_TILE);
  g_assert_nonnull (tile);
  g_assert_true (wait_until (has_pictures, tile, 20));
  sac_clip_tile_scrub (SAC_CLIP_TILE (tile), 0.99);
  g_assert_cmpuint (sac_clip_tile_get_picture (SAC_CLIP_TILE (tile)), ==, sac_clip_tile_get_n_pictures (SAC_CLIP_TILE (tile)) - 1);
  sac_clip_tile_scrub (SAC_CLIP_TILE (tile), 0);
  g_assert_cmpuint (sac_clip_tile_get_picture (SAC_CLIP_TILE (tile)), ==, 0);

  cat = sac_session_add_label (session, "cat");
  g_assert_cmpint (cat, !=, 0);
  clip = sac_session_find_clip (session, "banana");
  g_assert_nonnull (clip);
  id = sac_clip_get_id (clip);
  g_assert_cmpint (sac_clip_get_state (clip, 0), ==, SAC_LABEL_UNKNOWN);
  g_assert_true (sac_session_set_label (session, &id, 1, cat, SAC_LABEL_YES));
  g_assert_cmpint (sac_clip_get_state (clip, 0), ==, SAC_LABEL_YES);
  sac_session_undo (session);
  g_assert_cmpint (sac_clip_get_state (clip, 0), ==, SAC_LABEL_UNKNOWN);
  sac_session_redo (session);
  g_assert_cmpint (sac_clip_get_state (clip, 0), ==, SAC_LABEL_YES);

  /* A digit is for all that are selected, and one step back takes all of it. */
  chosen = GTK_SELECTION_MODEL (sac_tile_grid_get_selection (SAC_TILE_GRID (find (GTK_WIDGET (clips), SAC_TYPE_TILE_GRID))));
  gtk_selection_model_select_all (chosen);
  g_assert_true (sac_clips_page_act (SAC_CLIPS_PAGE (clips), "label.1"));
  g_assert_cmpuint (sac_session_get_label (session, 0)->n_yes, ==, 3);
  sac_session_undo (session);
  g_assert_cmpuint (sac_session_get_label (session, 0)->n_yes, ==, 1);
  g_assert_true (sac_clips_page_act (SAC_CLIPS_PAGE (clips), "clips.unselect"));

  /* A clip opens on the Label page at the frame it is asked for. */
  sac_selection_go (sac_window_get_selection (window), clip, 9);
  g_object_set (window, "page", "label", NULL);
  assert_shows (sac_label_page_get_player (SAC_LABEL_PAGE (label)), 9);
  gtk_widget_activate_action (GTK_WIDGET (label), "clip.accept", NULL);
  g_assert_true (sac_clip_get_item (clip)->reviewed);
  g_assert_true (sac_selection_get_clip (sac_window_get_selection (window)) != clip);

  /* A set of clips behind a plot's point takes the place of all, and goes again. */
  g_object_set (window, "page", "clips", NULL);
  sac_selection_show_set (sac_window_get_selection (window), "one", &id, 1);
  g_assert_cmpuint (g_list_model_get_n_items (sac_clips_page_get_shown_clips (SAC_CLIPS_PAGE (clips))), ==, 1);
  sac_selection_show_set (sac_window_get_selection (window), NULL, NULL, 0);
  g_assert_cmpuint (g_list_model_get_n_items (sac_clips_page_get_shown_clips (SAC_CLIPS_PAGE (clips))), ==, 3);

  g_object_get (window, "page", &page, NULL);
  g_assert_cmpstr (page, ==, "clips");
  sac_session_close (session);
  g_assert_cmpuint (g_list_model_get_n_items (sac_session_get_clips (session)), ==, 0);
  spin (0.1);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.1);
}

/* ---- the table of measures. */

static void
on_label_chosen (GtkWidget *table, const char *label, GString *text)
{
  g_string_append_printf (text, "%s ", label);
}

/* The labels of all rows from above, by opening each; the row of all labels says nothing. */
static void
assert_order (GtkWidget *table, GString *text, guint column, GtkSortType way, const char *wanted)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (find (table, GTK_TYPE_COLUMN_VIEW));
  g_autoptr (GtkColumnViewColumn) by = g_list_model_get_item (gtk_column_view_get_columns (view), column);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view)));

  gtk_column_view_sort_by_column (view, by, way);
  g_string_truncate (text, 0);
  for (guint i = 0; i < n; i++)
    g_signal_emit_by_name (view, "activate", i);
  g_assert_cmpstr (text->str, ==, wanted);
}

static void
test_measures (void)
{
  static const char *const labels[] = { "dog", "ant", "cat", "bee" };
  static const char *const told[] = { "dog", "cat", "bee", NULL };
  const double auc[] = { 0.75, 0.5, NAN, 1 };
  g_autoptr (SacMeasures) figures = sac_measures_new ("test", 1, 1, 10, told);
  SacMeasureRow *row = sac_measures_add (figures, "pointing.own");
  GtkWidget *table = g_object_ref_sink (g_object_new (SAC_TYPE_MEASURE_TABLE, NULL));
  g_autoptr (GString) text = g_string_new (NULL);

  row->all = (SacMeasure) { 0.5, 0.4, 0.6, 10 };
  row->labels[0] = (SacMeasure) { 0.9, 0.8, 1, 3 };
  row->labels[1] = (SacMeasure) { 0.1, 0, 0.2, 3 };
  row->labels[2] = (SacMeasure) { NAN, NAN, NAN, 0 };
  g_signal_connect (table, "label-chosen", G_CALLBACK (on_label_chosen), text);
  sac_measure_table_add (SAC_MEASURE_TABLE (table), "run", figures, labels, auc, G_N_ELEMENTS (labels), 0.75);
  assert_order (table, text, 1, GTK_SORT_ASCENDING, "ant bee cat dog ");
  assert_order (table, text, 1, GTK_SORT_DESCENDING, "dog cat bee ant ");
  assert_order (table, text, 2, GTK_SORT_ASCENDING, "ant dog bee cat ");        /* by AUC; cat has none */
  assert_order (table, text, 4, GTK_SORT_ASCENDING, "cat dog ant bee ");        /* pointing; of two nothing is known */
  sac_measure_table_clear (SAC_MEASURE_TABLE (table));
  assert_order (table, text, 2, GTK_SORT_ASCENDING, "");
  g_object_unref (table);
}

/* ---- files dropped on the window. */

static gboolean
drop (SacWindow *window, const char *path)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (window));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      GdkDragAction action;

      if (!GTK_IS_DROP_TARGET (controller))
        continue;
      g_signal_emit_by_name (controller, "enter", 10.0, 10.0, &action);
      g_assert_cmpuint (action, ==, GDK_ACTION_COPY);
      g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &taken);
    }
  return taken;
}

static GtkWindow *
find_window (const char *title)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (all, i);

      if (g_strcmp0 (gtk_window_get_title (window), title) == 0)
        return window;
    }
  return NULL;
}

static gboolean
has_window (gpointer title)
{
  return find_window (title) != NULL;
}

static void
test_drops (Fixture *f, gconstpointer data)
{
  SacWindow *window = sac_window_new (NULL);
  SacSession *session = sac_window_get_session (window);
  SacImport *import = sac_window_get_import (window);
  g_autofree char *list = g_build_filename (f->dir, "list.csv", NULL), *made = g_build_filename (f->dir, "videos.saccade", NULL);

  gtk_window_present (GTK_WINDOW (window));
  /* A folder of videos: with nothing open, a project beside it. */
  g_assert_true (drop (window, f->videos));
  for (guint i = 0; i < 100 && !sac_import_is_running (import) && !find_window ("Import videos"); i++)
    spin (0.05);
  if (find_window ("Import videos"))
    adw_message_dialog_response (ADW_MESSAGE_DIALOG (find_window ("Import videos")), "import");
  g_assert_true (wait_until (import_ended, import, 30));
  g_assert_cmpstr (sac_project_get_path (sac_session_get_project (session)), ==, made);
  g_assert_cmpuint (g_list_model_get_n_items (sac_session_get_clips (session)), ==, 3);

  /* Labels: what they hold is shown first. */
  g_assert_true (g_file_set_contents (list, "apple.mp4,cat\nbanana.mp4,dog\n", -1, NULL));
  g_assert_true (drop (window, list));
  g_assert_true (wait_until (has_window, (gpointer) "Import labels", 10));
  gtk_window_destroy (find_window ("Import labels"));

  /* A project: it takes the place of the one that is open. */
  sac_session_close (session);
  g_object_unref (sac_project_open (f->project, SAC_PROJECT_CREATE, NULL));
  g_assert_true (drop (window, f->project));
  g_assert_cmpstr (sac_project_get_path (sac_session_get_project (session)), ==, f->project);
  sac_session_close (session);
  spin (0.1);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.1);
}

/* Cancelled, an import leaves the project as it was, and the write comes back. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (SacSession) session = sac_session_new ();
  g_autoptr (SacImport) import = sac_import_new (session);
  const char *paths[] = { f->videos, NULL };

  g_assert_true (sac_session_open (session, f->project, TRUE, NULL));
  sac_import_start (import, paths, NULL);
  sac_import_cancel (import);
  g_assert_true (wait_until (import_ended, import, 30));
  g_assert_cmpuint (g_list_model_get_n_items (sac_session_get_clips (session)), ==, 0);
  g_assert_true (sac_session_is_writable (session));
  g_assert_cmpint (sac_session_add_label (session, "dog"), !=, 0);
  sac_session_close (session);
}

/* Warnings end the test, but for one: libadwaita 1.2 unparents an indicator twice when a view switcher goes. */
static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && strstr (fields[i].value, "gtk_widget_unparent: assertion"))
      return G_LOG_WRITER_HANDLED;
  g_log_writer_default (level, fields, n_fields, data);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    abort ();
  return G_LOG_WRITER_HANDLED;
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (on_log, NULL, NULL);
  adw_init ();
  sac_media_init ();
  g_test_add_func ("/app/labels/toggle", test_toggle);
  g_test_add_func ("/app/labels/chip", test_chip);
  g_test_add_func ("/app/tracks/boxes", test_boxes);
  g_test_add_func ("/app/measures/order", test_measures);
  g_test_add ("/app/player/frames", Fixture, NULL, setup, test_player, teardown);
  g_test_add ("/app/player/range", Fixture, NULL, setup, test_player_range, teardown);
  g_test_add ("/app/window/day", Fixture, NULL, setup, test_window, teardown);
  g_test_add ("/app/window/drops", Fixture, NULL, setup, test_drops, teardown);
  g_test_add ("/app/import/cancel", Fixture, NULL, setup, test_cancel, teardown);
  return g_test_run ();
}
