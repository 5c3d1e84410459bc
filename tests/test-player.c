/* The player and the frame view in the test's own process, on a display of their own (headless.sh). */
#include "app/sac-frame-feed.h"
#include "app/sac-player.h"
#include "widget-fixture.h"

typedef struct {
  char *dir, *path;
  GtkWidget *window;
  SacPlayer *player;
} Fixture;

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

/* What the view really holds: the grey of the frame's middle. */
static int
get_grey (SacPlayer *player)
{
  GdkTexture *texture = sac_frame_view_get_texture (sac_player_get_view (player));
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

/* Whenever the player tells a frame, the view holds it. */
static gboolean
is_true_until_shown (gpointer data)
{
  Shown *shown = data;
  int told = sac_player_get_shown_frame (shown->player);

  if (told >= 0)
    g_assert_cmpint (ABS (get_grey (shown->player) - CLIP_GREY (told)), <=, 7);
  return told == shown->frame;
}

static gboolean
has_size (gpointer view)
{
  return gtk_widget_get_width (view) > 0;
}

static void
setup (Fixture *f, gconstpointer data)
{
  SacItem item = { 0 };

  f->dir = g_dir_make_tmp ("saccade-player-XXXXXX", NULL);
  f->path = make_clip (f->dir, "one");
  f->window = gtk_window_new ();
  f->player = g_object_new (SAC_TYPE_PLAYER, NULL);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 640, 480);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->player));
  gtk_window_present (GTK_WINDOW (f->window));
  item.path = f->path;
  sac_player_open (f->player, &item);
  g_assert_true (wait_until (has_media, f->player, 20));
  assert_shows (f->player, 0);
  g_assert_true (wait_until (has_size, sac_player_get_view (f->player), 10));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  spin (0.05);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->path);
}

static void
test_acts (Fixture *f, gconstpointer data)
{
  static const struct { const char *act; int frame; } row[] = {
    { "player.step-forward", 1 }, { "player.step-forward", 2 }, { "player.step-back", 1 }, { "player.last", 15 },
    { "player.step-forward", 15 }, { "player.step-n-back", 5 }, { "player.step-n-forward", 15 }, { "player.first", 0 },
    { "player.step-back", 0 }, { "player.second-forward", 15 }, { "player.second-back", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    {
      g_assert_true (sac_player_act (f->player, row[i].act));
      assert_shows (f->player, row[i].frame);
    }
  g_assert_false (sac_player_act (f->player, "player.nothing"));
  g_assert_false (sac_player_act (f->player, "segment.in"));
}

/* The gesture that moves the picture, as if the pointer had been dragged. */
static void
drag_picture (SacPlayer *player, double dx, double dy)
{
  GtkWidget *stage = gtk_widget_get_parent (GTK_WIDGET (sac_player_get_view (player)));
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (stage);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        {
          g_signal_emit_by_name (controller, "drag-update", dx, dy);
          n++;
        }
    }
  g_assert_cmpuint (n, ==, 1);
}

/* The key for playing: held for a drag it leaves everything as it was. */
static void
test_hold (Fixture *f, gconstpointer data)
{
  static const struct { gboolean playing, panned, after_press, after; } row[] = {
    { FALSE, FALSE, FALSE, TRUE }, { TRUE, FALSE, FALSE, FALSE }, { FALSE, TRUE, FALSE, FALSE }, { TRUE, TRUE, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    {
      sac_player_set_playing (f->player, row[i].playing);
      for (int repeat = 0; repeat < 3; repeat++)
        g_assert_true (sac_player_press (f->player, "player.play", 65));
      g_assert_cmpint (sac_player_get_playing (f->player), ==, row[i].after_press);
      drag_picture (f->player, row[i].panned ? 20 : 1, 0);
      sac_player_release (f->player, 38);       /* another key */
      g_assert_cmpint (sac_player_get_playing (f->player), ==, row[i].after_press);
      sac_player_release (f->player, 65);
      g_assert_cmpint (sac_player_get_playing (f->player), ==, row[i].after);
    }
  sac_player_set_playing (f->player, FALSE);
  sac_player_set_frame (f->player, 0);
  sac_player_press (f->player, "player.play", 65);
  sac_player_release_all (f->player);
  sac_player_release (f->player, 65);
  g_assert_false (sac_player_get_playing (f->player));
  g_assert_true (sac_player_press (f->player, "player.step-forward", 114));
  assert_shows (f->player, 1);
  g_assert_false (sac_player_press (f->player, NULL, 114));
}

static void
test_speed (Fixture *f, gconstpointer data)
{
  g_assert_true (sac_player_act (f->player, "player.double"));
  g_assert_cmpfloat (sac_player_get_speed (f->player), ==, 2);
  sac_player_act (f->player, "player.half");
  sac_player_act (f->player, "player.half");
  g_assert_cmpfloat (sac_player_get_speed (f->player), ==, 0.5);
  sac_player_act (f->player, "player.faster");
  g_assert_cmpfloat_with_epsilon (sac_player_get_speed (f->player), 0.55, 1e-6);
  sac_player_act (f->player, "player.speed-normal");
  g_assert_cmpfloat (sac_player_get_speed (f->player), ==, 1);
  sac_player_act (f->player, "player.shuttle-back");
  g_assert_true (sac_player_get_playing (f->player));
  g_assert_cmpfloat (sac_player_get_speed (f->player), ==, -1);
  sac_player_act (f->player, "player.shuttle-back");
  g_assert_cmpfloat (sac_player_get_speed (f->player), ==, -2);
  sac_player_act (f->player, "player.pause");
  g_assert_false (sac_player_get_playing (f->player));
}

/* A frame the player has shown is the frame that was meant: what stands in for it is not announced. */
static void
on_shown (SacPlayer *player, guint frame, GArray *frames)
{
  g_array_append_val (frames, frame);
}

static void
test_places (Fixture *f, gconstpointer data)
{
  static const struct { const char *text; int frame; } row[] = {      /* from frame 4 of 16, 24 a second */
    { "7", 7 }, { " 7 ", 7 }, { "99", 15 }, { "+3", 7 }, { "-3", 1 }, { "−3", 1 }, { "- 30", 0 }, { "0.5", 12 }, { "0:0.25", 6 },
    { "0:00:00.25", 6 }, { "0.25s", 6 }, { "0.25 s", 6 }, { "+0.125s", 7 }, { "-0.125s", 1 }, { "１２", 12 }, { "1:00", 15 },
    { "99999999999999999999", 15 }, { "", -1 }, { "x", -1 }, { "1:", -1 }, { "1:2:3:4", -1 }, { "5x", -1 }, { "--5", -1 },
    { "+", -1 }, { "1e999s", -1 }, { ":5", -1 }, { "nan", -1 }, { "0x10", -1 },
  };

  sac_player_set_frame (f->player, 4);
  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    {
      guint frame = 1000;
      gboolean good = sac_player_parse_place (f->player, row[i].text, &frame);

      if (good != (row[i].frame >= 0) || (good && (int) frame != row[i].frame))
        g_error ("“%s” gives %u, not %d", row[i].text, good ? frame : 0, row[i].frame);
    }
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

static void
test_go_to (Fixture *f, gconstpointer data)
{
  GtkWidget *entry;

  g_assert_true (sac_player_act (f->player, "player.go-to"));
  spin (0.1);
  entry = find (GTK_WIDGET (f->player), GTK_TYPE_ENTRY);
  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "rubbish");
  g_signal_emit_by_name (entry, "activate");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), "14");
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  g_signal_emit_by_name (entry, "activate");
  assert_shows (f->player, 14);
  spin (0.3);
  g_assert_null (find (GTK_WIDGET (f->player), GTK_TYPE_ENTRY));
  /* There and back again; steps are no jumps. */
  g_assert_true (sac_player_act (f->player, "player.go-back"));
  assert_shows (f->player, 0);
  sac_player_act (f->player, "player.go-back");
  assert_shows (f->player, 14);
  sac_player_act (f->player, "player.step-back");
  sac_player_act (f->player, "player.go-back");
  assert_shows (f->player, 0);
}

static void
test_zone (Fixture *f, gconstpointer data)
{
  guint first, last;
  gint64 end;

  g_assert_false (sac_player_get_zone (f->player, NULL, NULL));
  sac_player_set_zone (f->player, 5, 8);
  g_assert_true (sac_player_get_zone (f->player, &first, &last));
  g_assert_cmpuint (first, ==, 5);
  g_assert_cmpuint (last, ==, 8);
  sac_player_set_frame (f->player, 6);
  sac_player_set_playing (f->player, TRUE);
  end = g_get_monotonic_time () + 700000;       /* four rounds and a bit */
  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (sac_player_get_frame (f->player), >=, 5);
      g_assert_cmpuint (sac_player_get_frame (f->player), <=, 8);
    }
  g_assert_true (sac_player_get_playing (f->player));
  /* Without looping it ends with the clip, beyond the zone. */
  sac_player_act (f->player, "player.loop");
  end = g_get_monotonic_time () + 5000000;
  while (sac_player_get_playing (f->player) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (sac_player_get_frame (f->player), ==, CLIP_FRAMES - 1);
  sac_player_act (f->player, "player.loop");
  sac_player_clear_zone (f->player);
  g_assert_false (sac_player_get_zone (f->player, NULL, NULL));
}

static void
test_speed_range (Fixture *f, gconstpointer data)
{
  sac_player_act (f->player, "player.speed-normal");
  for (int i = 0; i < 40; i++)
    sac_player_act (f->player, "player.slower");
  g_assert_cmpfloat_with_epsilon (sac_player_get_speed (f->player), 0.1, 1e-9);
  for (int i = 0; i < 80; i++)
    sac_player_act (f->player, "player.faster");
  g_assert_cmpfloat_with_epsilon (sac_player_get_speed (f->player), 16, 1e-9);
  sac_player_act (f->player, "player.speed-normal");
  for (int i = 0; i < 6; i++)
    sac_player_act (f->player, "player.shuttle-back");
  g_assert_cmpfloat_with_epsilon (sac_player_get_speed (f->player), -16, 1e-9);
  sac_player_act (f->player, "player.pause");
  sac_player_act (f->player, "player.speed-normal");
  for (int i = 0; i < 3; i++)
    sac_player_act (f->player, "player.faster");
  for (int i = 0; i < 3; i++)
    sac_player_act (f->player, "player.slower");
  g_assert_cmpfloat (sac_player_get_speed (f->player), ==, 1);
}

/* ---- zoom: the map between the widget and the picture. */

static void
assert_map (SacFrameView *view, double x, double y, double media_x, double media_y)
{
  double mx, my, wx, wy;

  g_assert_true (sac_frame_view_to_media (view, x, y, &mx, &my));
  g_assert_cmpfloat_with_epsilon (mx, media_x, 0.6);
  g_assert_cmpfloat_with_epsilon (my, media_y, 0.6);
  g_assert_true (sac_frame_view_from_media (view, mx, my, &wx, &wy));
  g_assert_cmpfloat_with_epsilon (wx, x, 0.01);
  g_assert_cmpfloat_with_epsilon (wy, y, 0.01);
}

static void
test_zoom (Fixture *f, gconstpointer data)
{
  SacFrameView *view = sac_player_get_view (f->player);
  double width = gtk_widget_get_width (GTK_WIDGET (view)), height = gtk_widget_get_height (GTK_WIDGET (view));
  double mx, my, again_x, again_y;
  graphene_rect_t fitted, rect;

  g_assert_true (sac_frame_view_get_picture_rect (view, &fitted));
  g_assert_cmpfloat_with_epsilon (fitted.size.width / fitted.size.height, 1.5, 0.01);
  g_assert_true (fitted.size.width >= width - 1 || fitted.size.height >= height - 1);
  assert_map (view, width / 2, height / 2, CLIP_WIDTH / 2.0, CLIP_HEIGHT / 2.0);

  sac_player_act (f->player, "player.zoom-one");
  g_assert_true (sac_frame_view_get_picture_rect (view, &rect));
  g_assert_cmpfloat (rect.size.width, ==, CLIP_WIDTH);
  assert_map (view, width / 2, height / 2, CLIP_WIDTH / 2.0, CLIP_HEIGHT / 2.0);
  sac_player_act (f->player, "player.zoom-fit");
  g_assert_true (sac_frame_view_get_picture_rect (view, &rect));
  g_assert_true (graphene_rect_equal (&rect, &fitted));

  /* What is under the pointer stays under it. */
  sac_frame_view_to_media (view, width * 0.6, height * 0.4, &mx, &my);
  sac_frame_view_zoom_by (view, 4, width * 0.6, height * 0.4);
  sac_frame_view_get_picture_rect (view, &rect);
  g_assert_cmpfloat_with_epsilon (rect.size.width, 4 * fitted.size.width, 4);
  assert_map (view, width * 0.6, height * 0.4, mx, my);
  /* Moved by ten widget pixels; never beyond the picture's edge. */
  sac_frame_view_to_media (view, width / 2, height / 2, &mx, &my);
  sac_frame_view_pan (view, 10, 0);
  sac_frame_view_to_media (view, width / 2 + 10, height / 2, &again_x, &again_y);
  g_assert_cmpfloat_with_epsilon (again_x, mx, 0.3);
  sac_frame_view_pan (view, 1e6, 1e6);
  sac_frame_view_get_picture_rect (view, &rect);
  g_assert_cmpfloat (ABS (rect.origin.x), <=, 1);
  g_assert_cmpfloat (ABS (rect.origin.y), <=, 1);
  /* Another frame of the same size leaves the zoom; zooming out ends at the fitted size. */
  sac_player_act (f->player, "player.step-forward");
  assert_shows (f->player, 1);
  g_assert_cmpfloat (sac_frame_view_get_zoom (view), >, 0);
  sac_frame_view_zoom_by (view, 0.01, 0, 0);
  g_assert_cmpfloat (sac_frame_view_get_zoom (view), ==, 0);
}

/* ---- far jumps and backwards, in a clip that takes its time: 640×480, one key frame in many. */

/* With ffmpeg, one key frame in the whole clip; our own encoder sets one every half second or so. */
static char *
make_long_with_ffmpeg (const char *dir, int n)
{
  g_autofree char *path = g_build_filename (dir, "long.mp4", NULL), *frames = g_strdup_printf ("%d", n);
  const char *const arguments[] = { "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=s=640x480:r=24:d=10",
                                    "-frames:v", frames, "-c:v", "libx264", "-preset", "ultrafast", "-g", "250", "-pix_fmt",
                                    "yuv420p", path, NULL };
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                     NULL) || !g_spawn_check_wait_status (status, NULL))
    return NULL;
  return g_steal_pointer (&path);
}

static char *
make_long (const char *dir, int n)
{
  char *made = make_long_with_ffmpeg (dir, n);
  g_autofree char *file = g_strdup_printf ("long.%s", sac_encoder_get_suffix ());
  char *path = g_build_filename (dir, file, NULL);
  const int width = 640, height = 480;
  g_autofree guint8 *rgb = g_malloc ((gsize) (width * height * 3));
  g_autoptr (GRand) dice = g_rand_new_with_seed (5);
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder;

  if (made)
    {
      g_free (path);
      return made;
    }
  encoder = sac_encoder_new (path, width, height, 24, 1, &error);
  g_assert_no_error (error);
  for (int i = 0; i < n; i++)
    {
      for (int k = 0; k < width * height * 3; k++)
        rgb[k] = (guint8) (k * 7 + i * 5);
      g_assert_true (sac_encoder_push (encoder, rgb, (gsize) width * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  return path;
}

static void
open_long (Fixture *f, int n)
{
  SacItem item = { 0 };

  f->dir = g_dir_make_tmp ("saccade-player-XXXXXX", NULL);
  f->path = make_long (f->dir, n);
  f->window = gtk_window_new ();
  f->player = g_object_new (SAC_TYPE_PLAYER, NULL);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->player));
  gtk_window_present (GTK_WINDOW (f->window));
  item.path = f->path;
  sac_player_open (f->player, &item);
  g_assert_true (wait_until (has_media, f->player, 20));
}

/* ---- a file whose frames must be counted: a stream for broadcasting has no table of them. */

typedef struct {
  SacFrameFeed *feed;
  guint n_failed;
} Count;

static gboolean
is_counting (gpointer data)
{
  double fraction, left;

  return sac_frame_feed_get_counting (((Count *) data)->feed, &fraction, &left) && fraction >= 0 && fraction <= 1;
}

static gboolean
has_failed (gpointer data)
{
  return ((Count *) data)->n_failed > 0;
}

static gboolean
has_opened (gpointer data)
{
  return sac_frame_feed_get_media (((Count *) data)->feed) != NULL;
}

static void
on_failed (SacFrameFeed *feed, const char *why, Count *count)
{
  count->n_failed++;
}

static void
test_counting (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-player-XXXXXX", NULL), *path = g_build_filename (dir, "count.ts", NULL);
  g_autofree char *name = g_strdup_printf ("service_name=%" G_GINT64_FORMAT, g_get_real_time ());     /* no index of it is kept */
  const char *const arguments[] = { "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "color=gray:s=64x64:r=25:d=160", "-c:v",
                                    "mpeg2video", "-metadata", name, path, NULL };
  Count count = { sac_frame_feed_new (), 0 };
  double fraction, left;
  int status = 0;

  g_signal_connect (count.feed, "failed", G_CALLBACK (on_failed), &count);
  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                     NULL) || !g_spawn_check_wait_status (status, NULL))
    g_test_skip ("no ffmpeg");
  else
    {
      sac_frame_feed_open (count.feed, path);
      g_assert_true (wait_until (is_counting, &count, 20));
      sac_frame_feed_stop (count.feed);
      g_assert_true (wait_until (has_failed, &count, 20));
      g_assert_false (has_opened (&count));
      g_assert_false (sac_frame_feed_get_counting (count.feed, &fraction, &left));
      sac_frame_feed_open (count.feed, path);
      g_assert_true (wait_until (has_opened, &count, 60));
      g_assert_cmpuint (sac_media_get_n_frames (sac_frame_feed_get_media (count.feed)), ==, 4000);
      g_assert_false (sac_frame_feed_get_counting (count.feed, &fraction, &left));
      sac_frame_feed_stop (count.feed);         /* nothing to stop */
      g_assert_cmpuint (count.n_failed, ==, 1);
    }
  g_object_unref (count.feed);
  remove_tree (dir);
}

static void
test_near (void)
{
  Fixture f = { 0 };
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (guint));
  Shown last = { 0 };
  SacMedia *media;
  guint target, key, n_near = 0, previous = 0;

  open_long (&f, 120);
  media = sac_player_get_media (f.player);
  last = (Shown) { f.player, 0 };
  g_assert_true (wait_until (is_shown, &last, 10));
  g_signal_connect (f.player, "frame-shown", G_CALLBACK (on_shown), shown);
  for (target = 119; target > 100 && sac_media_is_keyframe (media, target); target--)
    ;
  for (key = target; !sac_media_is_keyframe (media, key); key--)
    ;
  sac_media_set_cache_budget (0);
  sac_media_set_cache_budget ((gsize) 256 << 20);
  sac_player_set_frame (f.player, target);
  last.frame = (int) target;
  while (!is_shown (&last))
    {
      guint now = (guint) sac_player_get_shown_frame (f.player);

      if (now != previous && now)
        {
          n_near++;
          g_assert_cmpuint (now, >=, key);
          g_assert_cmpuint (now, >, previous);          /* always nearer */
          previous = now;
        }
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
  g_test_message ("%u frames from the key frame on, %u pictures on the way", target - key, n_near);
  if (target - key >= 8)
    g_assert_cmpuint (n_near, >=, 1);
  /* Only the frame that was meant is announced. */
  spin (0.05);
  g_assert_cmpuint (shown->len, ==, 1);
  g_assert_cmpuint (g_array_index (shown, guint, 0), ==, target);
  /* Wishes in quick succession: the last one wins. */
  for (guint i = 0; i < 30; i++)
    {
      sac_player_set_frame (f.player, (i * 37) % 120);
      spin (0.004);
    }
  sac_player_set_frame (f.player, 61);
  last.frame = 61;
  g_assert_true (wait_until (is_shown, &last, 10));
  teardown (&f, NULL);
}

/* Backwards, the frames before those in the cache are there before they are due. */
static void
test_reverse (void)
{
  Fixture f = { 0 };
  Shown last = { 0 };
  guint at, n_cached = 0;

  sac_media_set_cache_budget (0);
  sac_media_set_cache_budget ((gsize) 640 * 480 * 3 / 2 * 80);          /* two windows of thirty, and some */
  open_long (&f, 120);
  sac_player_set_frame (f.player, 119);
  last = (Shown) { f.player, 119 };
  g_assert_true (wait_until (is_shown, &last, 10));
  at = 119 - sac_media_get_n_back (sac_player_get_media (f.player)) - 4;
  g_assert_false (sac_media_is_cached (sac_player_get_media (f.player), at));
  sac_player_act (f.player, "player.shuttle-back");
  spin (0.8);
  g_assert_cmpuint (sac_player_get_frame (f.player), <, 119);
  for (guint i = 1; i < 20; i++)
    n_cached += sac_media_is_cached (sac_player_get_media (f.player), sac_player_get_frame (f.player) - i);
  g_assert_cmpuint (n_cached, >=, 16);
  sac_player_act (f.player, "player.pause");
  teardown (&f, NULL);
  sac_media_set_cache_budget ((gsize) 256 << 20);
}

static void
on_pointer (GtkEventControllerMotion *motion, double x, double y, graphene_point_t *at)
{
  *at = GRAPHENE_POINT_INIT ((float) x, (float) y);
}

static gboolean
is_zoomed (gpointer view)
{
  return sac_frame_view_get_zoom (view) > 0;
}

/* The wheel with Ctrl, turned as a person turns it: what is under the pointer stays there. */
static void
test_wheel (Fixture *f, gconstpointer data)
{
  const char *const arguments[] = { "xdotool", "mousemove", "330", "180", "mousemove", "331", "181", "sleep", "0.2", "keydown", "Control_L",
                                    "sleep", "0.1", "click", "4", "sleep", "0.1", "click", "4", "sleep", "0.1", "keyup", "Control_L",
                                    NULL };
  SacFrameView *view = sac_player_get_view (f->player);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  graphene_point_t at = { 0 };
  graphene_rect_t before, after;
  double x, y;

  if (!g_getenv ("DISPLAY")
      || !g_spawn_async (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL))
    {
      g_test_skip ("no xdotool");
      return;
    }
  g_signal_connect (motion, "motion", G_CALLBACK (on_pointer), &at);
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (f->window, motion);
  sac_frame_view_get_picture_rect (view, &before);
  g_assert_true (wait_until (is_zoomed, view, 20));
  gtk_widget_translate_coordinates (f->window, GTK_WIDGET (view), at.x, at.y, &x, &y);
  g_assert_true (graphene_rect_contains_point (&before, &GRAPHENE_POINT_INIT ((float) x, (float) y)));
  sac_frame_view_get_picture_rect (view, &after);
  if (after.size.width > gtk_widget_get_width (GTK_WIDGET (view)))
    g_assert_cmpfloat_with_epsilon ((x - before.origin.x) / before.size.width, (x - after.origin.x) / after.size.width, 0.01);
  spin (0.5);
}

/* A clip that is asked for at a frame opens there; what is shown of the clip before, or on the way, is never taken for it. */
static void
test_opened_at (Fixture *f, gconstpointer data)
{
  for (int round = 0; round < 6; round++)
    {
      g_autofree char *name = g_strdup_printf ("%c", 'a' + round);
      g_autofree char *path = make_clip (f->dir, name);
      const SacItem item = { .path = path };
      Shown shown = { f->player, 15 - round * 3 };

      sac_player_open (f->player, &item);
      g_assert_cmpint (sac_player_get_shown_frame (f->player), ==, -1);
      sac_player_set_frame (f->player, 5);
      sac_player_set_frame (f->player, (guint) shown.frame);
      g_assert_cmpuint (sac_player_get_frame (f->player), ==, (guint) shown.frame);
      g_assert_true (wait_until (is_true_until_shown, &shown, 20));
      sac_player_act (f->player, "player.go-back");     /* it came from nowhere */
      g_assert_cmpuint (sac_player_get_frame (f->player), ==, (guint) shown.frame);
    }
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  sac_media_init ();
#define TEST(name, function) g_test_add ("/player/" name, Fixture, NULL, setup, function, teardown)
  TEST ("acts", test_acts);
  TEST ("hold", test_hold);
  TEST ("speed", test_speed);
  TEST ("places", test_places);
  TEST ("go-to", test_go_to);
  TEST ("zone", test_zone);
  TEST ("speed-range", test_speed_range);
  TEST ("zoom", test_zoom);
  TEST ("wheel", test_wheel);
  TEST ("opened-at", test_opened_at);
  g_test_add_func ("/player/counting", test_counting);
  g_test_add_func ("/player/near", test_near);
  g_test_add_func ("/player/reverse", test_reverse);
  return g_test_run ();
}
