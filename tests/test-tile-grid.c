/* The grid of clips: where tiles stand, as numbers; few tiles for many clips; what stays when the list is exchanged. */
#include "store-fixture.h"
#include "widget-fixture.h"
#include "app/sac-clip-search.h"
#include "app/sac-tile-grid.h"
#include "app/sac-tile-layout.h"
#include "store/sac-fill.h"

#define N_CLIPS 3500

/* ---- numbers. */

static void
test_layout (void)
{
  SacTileLayout layout = sac_tile_layout_make (11, 340, 100, FALSE);
  SacTilePlace place;
  guint first, end, rows[2], columns[2];

  g_assert_cmpuint (layout.columns, ==, 3);
  g_assert_cmpint (layout.width, ==, 106);              /* 340 − 2·6 − 2·4 among three */
  layout.height = 50;
  g_assert_cmpfloat (sac_tile_layout_get_height (&layout), ==, 2 * 6 + 4 * 50 + 3 * 4);
  place = sac_tile_layout_get_place (&layout, 4);
  g_assert_cmpfloat (place.x, ==, 6 + 110);
  g_assert_cmpfloat (place.y, ==, 6 + 54);
  g_assert_cmpuint (sac_tile_layout_pick (&layout, 117, 61), ==, 4);
  g_assert_cmpuint (sac_tile_layout_pick (&layout, 113, 61), ==, SAC_TILE_NONE);        /* between two */
  g_assert_cmpuint (sac_tile_layout_pick (&layout, 117, 57), ==, SAC_TILE_NONE);
  g_assert_cmpuint (sac_tile_layout_pick (&layout, 230, 170), ==, SAC_TILE_NONE);       /* the place after the last */
  sac_tile_layout_get_range (&layout, 57, 113, &first, &end);
  g_assert_cmpuint (first, ==, 3);
  g_assert_cmpuint (end, ==, 6);
  sac_tile_layout_get_range (&layout, 0, 10000, &first, &end);
  g_assert_cmpuint (end, ==, 11);
  g_assert_true (sac_tile_layout_get_band (&layout, &(SacTilePlace) { 100, 40, 20, 30 }, rows, columns));
  g_assert_true (rows[0] == 0 && rows[1] == 2 && columns[0] == 0 && columns[1] == 2);
  g_assert_false (sac_tile_layout_get_band (&layout, &(SacTilePlace) { 112, 40, 2, 30 }, rows, columns));
  g_assert_cmpuint (sac_tile_layout_move (&layout, 4, SAC_TILE_UP, 120), ==, 1);
  g_assert_cmpuint (sac_tile_layout_move (&layout, 1, SAC_TILE_UP, 120), ==, 1);
  g_assert_cmpuint (sac_tile_layout_move (&layout, 8, SAC_TILE_DOWN, 120), ==, 10);     /* no tile below: the last */
  g_assert_cmpuint (sac_tile_layout_move (&layout, 10, SAC_TILE_DOWN, 120), ==, 10);
  g_assert_cmpuint (sac_tile_layout_move (&layout, 1, SAC_TILE_PAGE_DOWN, 120), ==, 7);
  g_assert_cmpuint (sac_tile_layout_move (&layout, 4, SAC_TILE_PAGE_UP, 120), ==, 1);
  g_assert_cmpuint (sac_tile_layout_move (&layout, 10, SAC_TILE_RIGHT, 120), ==, 10);
  layout.mirrored = TRUE;
  g_assert_cmpfloat (sac_tile_layout_get_place (&layout, 0).x, ==, 340 - 6 - 106);
  g_assert_cmpuint (sac_tile_layout_pick (&layout, 340 - 117, 61), ==, 4);
  g_assert_cmpuint (sac_tile_layout_move (&layout, 4, SAC_TILE_LEFT, 120), ==, 5);
  layout.n = 0;
  g_assert_cmpfloat (sac_tile_layout_get_height (&layout), ==, 0);
  g_assert_cmpuint (sac_tile_layout_pick (&layout, 50, 20), ==, SAC_TILE_NONE);
}

/* Every place is picked by its own middle, and is in the range of its own row, whatever the numbers. */
static void
test_layout_random (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      SacTileLayout layout = sac_tile_layout_make ((guint) g_test_rand_int_range (1, 5000), g_test_rand_int_range (1, 3000),
                                                   g_test_rand_int_range (1, 500), g_test_rand_int_range (0, 2));
      guint position = (guint) g_test_rand_int_range (0, (gint32) layout.n), first, end;
      SacTilePlace place;

      layout.height = g_test_rand_int_range (1, 400);
      place = sac_tile_layout_get_place (&layout, position);
      g_assert_cmpuint (sac_tile_layout_pick (&layout, place.x + place.width / 2, place.y + place.height / 2), ==, position);
      sac_tile_layout_get_range (&layout, place.y + 0.5, place.y + 0.6, &first, &end);
      g_assert_true (first <= position && position < end && end - first <= layout.columns);
    }
}

/* ---- the widget over a project of thousands. */

typedef struct {
  Fixture store;
  SacSession *session;
  GtkWidget *window, *scrolled;
  SacTileGrid *grid;
  SacThumbLoader *loader;
  SacClipSearch *search;
  SacClipSelection *selection;
} Grid;

static void
setup_grid (Grid *f, gconstpointer data)
{
  const SacFill fill = { .n_items = N_CLIPS, .n_labels = 2, .n_tags = 100, .seed = 1 };
  g_autoptr (GError) error = NULL;

  setup (&f->store, NULL);
  g_assert_true (sac_project_fill (f->store.project, &fill, NULL, NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&f->store.project);
  f->session = sac_session_new ();
  g_assert_true (sac_session_open (f->session, f->store.path, FALSE, &error));
  f->search = sac_clip_search_new (f->session);
  sac_clip_search_ask (f->search, "", SAC_SORT_NAME, FALSE, 0, NULL);
  f->selection = sac_clip_selection_new (sac_clip_search_get_list (f->search), FALSE);
  f->loader = sac_thumb_loader_new (sac_clip_tile_rank);
  f->grid = g_object_new (SAC_TYPE_TILE_GRID, NULL);
  f->scrolled = gtk_scrolled_window_new ();
  f->window = gtk_window_new ();
  sac_tile_grid_attach (f->grid, f->session, f->loader, f->selection);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (f->scrolled), GTK_WIDGET (f->grid));
  gtk_window_set_child (GTK_WINDOW (f->window), f->scrolled);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_present (GTK_WINDOW (f->window));
  spin (0.4);
}

static void
teardown_grid (Grid *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  spin (0.05);
  g_clear_object (&f->selection);
  g_clear_object (&f->search);
  g_clear_object (&f->loader);
  g_clear_object (&f->session);
  teardown (&f->store, NULL);
}

static SacId
id_at (Grid *f, guint position)
{
  return sac_clip_list_get_id (sac_clip_search_get_list (f->search), position);
}

static void
assert_seen (Grid *f, guint position)
{
  SacClipTile *tile = sac_tile_grid_get_tile (f->grid, position);
  graphene_rect_t place;

  g_assert_nonnull (tile);
  g_assert_cmpint (sac_clip_get_id (sac_clip_tile_get_clip (tile)), ==, id_at (f, position));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (tile)));
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (tile), GTK_WIDGET (f->grid), &place));
  g_assert_cmpfloat (place.origin.y, >=, 0);
  g_assert_cmpfloat (place.origin.y + place.size.height, <=, gtk_widget_get_height (GTK_WIDGET (f->grid)));
}

static void
test_grid (Grid *f, gconstpointer data)
{
  GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (f->grid));
  SacClipTile *tile;
  SacId kept;
  double value;

  assert_seen (f, 0);
  gtk_test_accessible_assert_property (sac_tile_grid_get_tile (f->grid, 0), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       sac_session_get_table (f->session)->items[0]->name);
  g_assert_null (sac_tile_grid_get_tile (f->grid, N_CLIPS - 1));
  sac_tile_grid_show (f->grid, N_CLIPS - 1);
  spin (0.2);
  assert_seen (f, N_CLIPS - 1);
  g_assert_null (sac_tile_grid_get_tile (f->grid, 0));
  /* A bar below takes room: the keyboard's tile stays in sight, under a pointer nothing moves. */
  for (guint keyboard = 0; keyboard < 2; keyboard++)
    {
      value = gtk_adjustment_get_value (down);
      gtk_window_set_focus_visible (GTK_WINDOW (f->window), keyboard);
      gtk_widget_set_margin_bottom (f->scrolled, 90);
      spin (0.1);
      if (keyboard)
        assert_seen (f, N_CLIPS - 1);
      else
        g_assert_cmpfloat (gtk_adjustment_get_value (down), ==, value);
      gtk_widget_set_margin_bottom (f->scrolled, 0);
      spin (0.1);
    }
  for (guint i = 0; i < 40; i++)
    {
      gtk_adjustment_set_value (down, gtk_adjustment_get_upper (down) * (i * 7919u % 1000u) / 1000);
      spin (0.01);
    }
  g_assert_cmpuint (sac_tile_grid_get_n_tiles (f->grid), <, 60);

  /* Selected and focused, and off the screen: it keeps the focus. */
  sac_tile_grid_show (f->grid, 1000);
  spin (0.2);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (f->selection), 1000, TRUE);
  tile = sac_tile_grid_get_tile (f->grid, 1000);
  g_assert_true (gtk_widget_get_state_flags (GTK_WIDGET (tile)) & GTK_STATE_FLAG_SELECTED);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (f->grid)));
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (tile)));
  value = gtk_adjustment_get_value (down);
  gtk_adjustment_set_value (down, 0);
  spin (0.1);
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (tile)));
  g_assert_true (sac_tile_grid_get_tile (f->grid, 1000) == tile);
  assert_seen (f, 0);
  gtk_adjustment_set_value (down, value);
  spin (0.1);

  /* Another order: the clip keeps its tile, its focus and its place on the screen. */
  kept = id_at (f, 1000);
  sac_clip_search_ask (f->search, "", SAC_SORT_NAME, TRUE, 0, NULL);
  while (sac_clip_search_is_busy (f->search))
    spin (0.01);
  spin (0.1);
  g_assert_cmpint (id_at (f, N_CLIPS - 1 - 1000), ==, kept);
  assert_seen (f, N_CLIPS - 1 - 1000);
  g_assert_true (sac_tile_grid_get_tile (f->grid, N_CLIPS - 1 - 1000) == tile);
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (tile)));
  g_assert_true (gtk_widget_get_state_flags (GTK_WIDGET (tile)) & GTK_STATE_FLAG_SELECTED);
  sac_clip_search_ask (f->search, "nothing-is-called-so", SAC_SORT_NAME, FALSE, 0, NULL);
  while (sac_clip_search_is_busy (f->search))
    spin (0.01);
  spin (0.1);
  g_assert_cmpuint (sac_tile_grid_pick (f->grid, 50, 50), ==, GTK_INVALID_LIST_POSITION);
}

/* ---- acts on thousands go on in a thread. */

static gboolean
is_idle (gpointer session)
{
  return sac_session_get_busy (session) == NULL;
}

static gboolean
all_yes (gpointer session)
{
  return sac_session_get_label (session, 0)->n_yes == N_CLIPS;
}

static gboolean
few_yes (gpointer session)
{
  return sac_session_get_label (session, 0)->n_yes < 200;
}

static void
on_message (SacSession *session, const char *text, gboolean undoable, guint *n_undoable)
{
  *n_undoable += undoable;
}

static void
test_bulk (Grid *f, gconstpointer data)
{
  SacClipTable *table = sac_session_get_table (f->session);
  SacId label = sac_session_get_label (f->session, 0)->id;
  guint n_undoable = 0, n_stopped = 0;
  g_autofree char *undo = NULL;

  g_signal_connect (f->session, "message", G_CALLBACK (on_message), &n_undoable);
  g_assert_true (sac_session_set_label (f->session, table->ids, N_CLIPS, label, SAC_LABEL_YES));
  g_assert_nonnull (sac_session_get_busy (f->session));
  g_assert_false (sac_session_set_label (f->session, table->ids, 1, label, SAC_LABEL_NO));      /* one at a time */
  g_assert_true (wait_until (is_idle, f->session, 30));
  g_assert_cmpuint (n_undoable, ==, 1);
  g_assert_true (wait_until (all_yes, f->session, 30));
  sac_session_undo (f->session);
  g_assert_nonnull (sac_session_get_busy (f->session));
  g_assert_true (wait_until (is_idle, f->session, 30));
  g_assert_true (wait_until (few_yes, f->session, 30));         /* one act, one undo */
  sac_session_redo (f->session);
  g_assert_true (wait_until (is_idle, f->session, 30));
  g_assert_true (wait_until (all_yes, f->session, 30));
  /* Stopped in the middle nothing is changed. */
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (sac_session_set_label (f->session, sac_session_get_table (f->session)->ids, N_CLIPS, label, SAC_LABEL_NO));
      while (i && sac_session_get_progress (f->session) < 0.3 * i && sac_session_get_busy (f->session))
        g_usleep (100);
      sac_session_stop (f->session);
      g_assert_true (wait_until (is_idle, f->session, 30));
      spin (0.2);
      if (sac_session_get_label (f->session, 0)->n_no == N_CLIPS)       /* it was quicker than the stop */
        {
          sac_session_undo (f->session);
          g_assert_true (wait_until (is_idle, f->session, 30));
        }
      else
        n_stopped++;
      g_assert_true (wait_until (all_yes, f->session, 30));
    }
  g_assert_cmpuint (n_stopped, >, 0);
  undo = sac_session_dup_undo (f->session);
  g_assert_nonnull (undo);
  g_assert_true (sac_session_remove_clips (f->session, sac_session_get_table (f->session)->ids, N_CLIPS));
  g_assert_true (wait_until (is_idle, f->session, 30));
  g_assert_true (sac_session_is_writable (f->session));
}

#define ADD_GRID(path, func) g_test_add ("/app/tile-grid/" path, Grid, NULL, setup_grid, func, teardown_grid)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  adw_init ();
  sac_media_init ();
  g_test_add_func ("/app/tile-grid/layout", test_layout);
  g_test_add_func ("/app/tile-grid/layout/random", test_layout_random);
  ADD_GRID ("many", test_grid);
  ADD_GRID ("acts", test_bulk);
  return g_test_run ();
}
