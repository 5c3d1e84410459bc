/* The player and the frame view in the test's own process, on a display of their own (headless.sh). */
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

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  sac_media_init ();
#define TEST(name, function) g_test_add ("/player/" name, Fixture, NULL, setup, function, teardown)
  TEST ("acts", test_acts);
  TEST ("speed", test_speed);
  TEST ("zoom", test_zoom);
  return g_test_run ();
}
