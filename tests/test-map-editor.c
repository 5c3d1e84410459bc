/* Drawing on maps: what the editor's brush, area, bars and copying make of them, and what it tells when. */
#include <adwaita.h>
#include <math.h>

#include "app/sac-map-editor.h"

#define T 4
#define SIDE 3
#define PLACES (SIDE * SIDE)

typedef struct {
  SacMapEditor *editor;
  GtkWidget *view;
  int changed, committed;
} Fixture;

static void
count (int *n)
{
  (*n)++;
}

static void
setup (Fixture *f, gconstpointer data)
{
  float spatial[T * PLACES], temporal[T];

  for (int i = 0; i < T * PLACES; i++)
    spatial[i] = 0.5f;
  for (int i = 0; i < T; i++)
    temporal[i] = 0.25f * (float) i;
  f->view = g_object_ref_sink (GTK_WIDGET (g_object_new (SAC_TYPE_FRAME_VIEW, NULL)));
  f->editor = g_object_ref_sink (sac_map_editor_new (SAC_FRAME_VIEW (f->view)));
  g_signal_connect_swapped (f->editor, "changed", G_CALLBACK (count), &f->changed);
  g_signal_connect_swapped (f->editor, "committed", G_CALLBACK (count), &f->committed);
  sac_map_editor_set_maps (f->editor, T, SIDE, SIDE, spatial, temporal, (double[4]) { 0 });
  g_assert_cmpint (f->changed + f->committed, ==, 0);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_object_unref (f->editor);
  g_object_unref (f->view);
}

static float
at (Fixture *f, int frame, int row, int column)
{
  return sac_map_editor_get_spatial (f->editor)[frame * PLACES + row * SIDE + column];
}

/* A stroke through the upper row of frame 2. */
static void
stroke (Fixture *f, SacBrushMode mode, double value)
{
  const SacBrush brush = { mode, value, 0.4, 0 };

  sac_map_editor_set_frame (f->editor, 2);
  sac_map_editor_set_brush (f->editor, &brush);
  sac_map_editor_stroke (f->editor, 0.5, 0.5, 2.5, 0.5);
}

static void
test_brushes (Fixture *f, gconstpointer data)
{
  stroke (f, SAC_BRUSH_ERASE, 1);
  for (int c = 0; c < SIDE; c++)
    {
      g_assert_cmpfloat (at (f, 2, 0, c), ==, 0);
      g_assert_cmpfloat (at (f, 2, 1, c), ==, 0.5f);
      g_assert_cmpfloat (at (f, 1, 0, c), ==, 0.5f);
    }
  g_assert_cmpint (f->changed, ==, 1);
  g_assert_cmpint (f->committed, ==, 1);
  stroke (f, SAC_BRUSH_ADD, 0.75);
  g_assert_cmpfloat_with_epsilon (at (f, 2, 0, 1), 0.75f, 1e-6);
  stroke (f, SAC_BRUSH_ADD, 0.75);
  g_assert_cmpfloat (at (f, 2, 0, 1), ==, 1);
  stroke (f, SAC_BRUSH_VALUE, 0.25);
  g_assert_cmpfloat_with_epsilon (at (f, 2, 0, 1), 0.25f, 1e-6);
  sac_map_editor_set_all_frames (f->editor, TRUE);
  stroke (f, SAC_BRUSH_ERASE, 1);
  for (int t = 0; t < T; t++)
    {
      g_assert_cmpfloat (at (f, t, 0, 2), ==, 0);
      g_assert_cmpfloat (at (f, t, 2, 2), ==, 0.5f);
    }
}

static void
test_copy (Fixture *f, gconstpointer data)
{
  stroke (f, SAC_BRUSH_ERASE, 1);
  sac_map_editor_set_frame (f->editor, 0);
  sac_map_editor_copy_frame (f->editor, 2);
  g_assert_cmpfloat (at (f, 0, 0, 1), ==, 0);
  g_assert_cmpfloat (at (f, 0, 1, 1), ==, 0.5f);
  g_assert_cmpfloat (at (f, 1, 0, 1), ==, 0.5f);
  g_assert_cmpint (f->committed, ==, 2);
  sac_map_editor_copy_frame (f->editor, 0);     /* itself */
  sac_map_editor_copy_frame (f->editor, -1);
  sac_map_editor_copy_frame (f->editor, T);
  g_assert_cmpint (f->committed, ==, 2);
}

static void
test_bars (Fixture *f, gconstpointer data)
{
  const float *bars = sac_map_editor_get_temporal (f->editor);

  g_assert_true (gtk_widget_get_visible (sac_map_editor_get_bars (f->editor)));
  sac_map_editor_drag_bar (f->editor, 0, 1, 2, 0);
  g_assert_cmpfloat_with_epsilon (bars[0], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (bars[1], 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (bars[2], 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (bars[3], 0.75, 1e-6);
  g_assert_cmpint (f->committed, ==, 1);
  for (int i = 0; i < T * PLACES; i++)
    g_assert_cmpfloat (sac_map_editor_get_spatial (f->editor)[i], ==, 0.5f);
}

/* A network that weighs no frames, and none at all. */
static void
test_nothing (Fixture *f, gconstpointer data)
{
  float one[PLACES] = { 0 };

  sac_map_editor_set_maps (f->editor, 1, SIDE, SIDE, one, NULL, (double[4]) { 0 });
  g_assert_false (gtk_widget_get_visible (sac_map_editor_get_bars (f->editor)));
  g_assert_null (sac_map_editor_get_temporal (f->editor));
  g_assert_cmpint (sac_map_editor_get_frame (f->editor), ==, 0);
  sac_map_editor_drag_bar (f->editor, 0, 1, 0, 1);
  sac_map_editor_set_maps (f->editor, 0, 0, 0, NULL, NULL, NULL);
  sac_map_editor_stroke (f->editor, 0, 0, 1, 1);
  sac_map_editor_copy_frame (f->editor, 0);
  g_assert_null (sac_map_editor_get_spatial (f->editor));
  g_assert_cmpint (f->changed + f->committed, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/app/map-editor/brushes", Fixture, NULL, setup, test_brushes, teardown);
  g_test_add ("/app/map-editor/copy", Fixture, NULL, setup, test_copy, teardown);
  g_test_add ("/app/map-editor/bars", Fixture, NULL, setup, test_bars, teardown);
  g_test_add ("/app/map-editor/nothing", Fixture, NULL, setup, test_nothing, teardown);
  return g_test_run ();
}
