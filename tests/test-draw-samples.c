/* Sample grids: which picture stands where, what is under a pixel, pictures as they were made. */
#include "draw-fixture.h"
#include "draw/sac-sample-grid.h"

#define CELL 8
#define GAP 2

/* Each cell one colour: red by the row, green by the column, blue by the panel. */
static cairo_surface_t *
make_picture (guint rows, guint columns, double blue)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) columns * (CELL + GAP) + GAP,
                                                         (int) rows * (CELL + GAP) + GAP);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  for (guint r = 0; r < rows; r++)
    for (guint c = 0; c < columns; c++)
      {
        cairo_set_source_rgb (cr, r / 10.0, c / 10.0, blue);
        cairo_rectangle (cr, c * (CELL + GAP) + GAP, r * (CELL + GAP) + GAP, CELL, CELL);
        cairo_fill (cr);
      }
  cairo_destroy (cr);
  return surface;
}

typedef struct {
  SacSamplePanel panels[2];
  SacSampleGrid grid;
  SacStyle style;
} Scene;

static void
scene_init (Scene *scene)
{
  static const char *const names[] = { "G1", "G2", "G3", NULL };

  memset (scene, 0, sizeof *scene);
  for (guint i = 0; i < 2; i++)
    scene->panels[i] = (SacSamplePanel) { make_picture (4, 2 + i, i), 4, 2 + i, CELL, GAP, i ? "now" : "then", names, NULL };
  scene->grid = (SacSampleGrid) { scene->panels, 2, -1, -1, -1, -1, -1, FALSE };
  sac_style_init (&scene->style, FALSE);
}

static void
scene_clear (Scene *scene)
{
  for (guint i = 0; i < 2; i++)
    cairo_surface_destroy (scene->panels[i].picture);
}

static void
test_cells (void)
{
  Canvas c = canvas_new (500, 400);
  Scene scene;

  scene_init (&scene);
  sac_sample_grid_draw (c.cr, 500, 400, &scene.style, &scene.grid);
  for (guint p = 0; p < 2; p++)
    for (guint r = 0; r < 4; r++)
      for (guint k = 0; k < scene.panels[p].columns; k++)
        {
          double place[4];
          guint panel, row, column;

          sac_sample_grid_place (500, 400, &scene.style, &scene.grid, p, r, k, place);
          g_assert_cmpfloat (place[0], >=, 0);
          g_assert_cmpfloat (place[0] + place[2], <=, 500);
          g_assert_cmpfloat (place[1] + place[3], <=, 400);
          /* One colour up to the very edge: nothing of a neighbour, nothing smoothed. */
          for (guint corner = 0; corner < 4; corner++)
            {
              double x = place[0] + (corner & 1 ? place[2] - 1 : 0), y = place[1] + (corner & 2 ? place[3] - 1 : 0);

              g_assert_cmpfloat (distance (pixel (&c, (int) x, (int) y), (double[]) { r / 10.0, k / 10.0, p }), <, 0.02);
            }
          g_assert_true (sac_sample_grid_pick (500, 400, &scene.style, &scene.grid, place[0] + 1, place[1] + place[3] - 1, &panel, &row,
                                               &column));
          g_assert_cmpuint (panel, ==, p);
          g_assert_cmpuint (row, ==, r);
          g_assert_cmpuint (column, ==, k);
          g_assert_false (sac_sample_grid_pick (500, 400, &scene.style, &scene.grid, place[0] - 1, place[1] + 1, &panel, &row, &column));
        }
  scene_clear (&scene);
  canvas_clear (&c);
}

static void
test_zoom (void)
{
  Canvas c = canvas_new (500, 400);
  double place[4];
  guint panel, row, column;
  Scene scene;

  scene_init (&scene);
  scene.grid.panel = 1;
  scene.grid.row = 3;
  scene.grid.column = 2;        /* which the first panel has not: its nearest stands there */
  scene.grid.zoomed = TRUE;
  sac_sample_grid_draw (c.cr, 500, 400, &scene.style, &scene.grid);
  sac_sample_grid_place (500, 400, &scene.style, &scene.grid, 1, 3, 2, place);
  g_assert_cmpfloat (place[2], >, 150);
  g_assert_cmpfloat (distance (pixel (&c, (int) (place[0] + place[2] / 2), (int) (place[1] + place[3] / 2)), (double[]) { 0.3, 0.2, 1 }),
                     <, 0.02);
  sac_sample_grid_place (500, 400, &scene.style, &scene.grid, 0, 3, 2, place);
  g_assert_cmpfloat (distance (pixel (&c, (int) (place[0] + place[2] / 2), (int) (place[1] + place[3] / 2)), (double[]) { 0.3, 0.1, 0 }),
                     <, 0.02);
  g_assert_true (sac_sample_grid_pick (500, 400, &scene.style, &scene.grid, place[0] + 5, place[1] + 5, &panel, &row, &column));
  g_assert_cmpuint (row, ==, 3);
  g_assert_cmpuint (column, ==, 1);
  scene_clear (&scene);
  canvas_clear (&c);
}

/* No picture, no panel, no room: nothing is drawn that was not there, and nothing fails. */
static void
test_nothing (void)
{
  Canvas c = canvas_new (60, 40);
  guint panel, row, column;
  Scene scene;

  scene_init (&scene);
  sac_sample_grid_draw (c.cr, 3, 2, &scene.style, &scene.grid);
  cairo_surface_destroy (scene.panels[1].picture);
  scene.panels[1].picture = NULL;
  sac_sample_grid_draw (c.cr, 60, 40, &scene.style, &scene.grid);
  scene.grid.n = 0;
  sac_sample_grid_draw (c.cr, 60, 40, &scene.style, &scene.grid);
  g_assert_false (sac_sample_grid_pick (60, 40, &scene.style, &scene.grid, 20, 20, &panel, &row, &column));
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  scene.grid.n = 1;
  scene_clear (&scene);
  canvas_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample-grid/cells", test_cells);
  g_test_add_func ("/sample-grid/zoom", test_zoom);
  g_test_add_func ("/sample-grid/nothing", test_nothing);
  return g_test_run ();
}
