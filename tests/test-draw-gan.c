/* Pictures of a group of generators, looked at pixel by pixel; where edges lie, and what is found under the pointer. */
#include <glib/gstdio.h>

#include "draw-fixture.h"

#include "draw/sac-gan-effects.h"
#include "draw/sac-ring-picture.h"

enum { W = 420, H = 380 };

static void
fill (SacGanPicture *picture, guint k, guint8 gate)
{
  guint8 gates[SAC_GAN_PICTURE_MOST][SAC_GAN_PICTURE_MOST];

  memset (gates, gate, sizeof gates);
  sac_gan_picture_init (picture, k, &gates[0][0]);
}

/* The middle half of each edge has little in common with any other, and none goes through a node. */
static void
test_apart (void)
{
  static double way[SAC_GAN_PICTURE_MOST * SAC_GAN_PICTURE_MOST][101][2];
  SacStyle style;
  SacGanPicture picture;

  sac_style_init (&style, FALSE);
  for (guint k = 1; k <= SAC_GAN_PICTURE_MOST; k++)
    {
      fill (&picture, k, 1);
      for (guint e = 0; e < k * k; e++)
        for (guint i = 0; i <= 100; i++)
          sac_gan_picture_edge_at (W, H, &style, &picture, e, i / 100.0, &way[e][i][0], &way[e][i][1]);
      for (guint a = 0; a < k * k; a++)
        {
          for (guint b = 0; b < k * k; b++)
            {
              guint shared = 0;

              for (guint i = 26; a != b && i <= 76; i += 2)
                {
                  double nearest = 1e9;

                  for (guint j = 0; j <= 100; j++)
                    nearest = MIN (nearest, hypot (way[a][i][0] - way[b][j][0], way[a][i][1] - way[b][j][1]));
                  shared += nearest < 4;
                }
              if (shared > 9)
                g_test_message ("k %u: edges %u and %u share %u of 26 points", k, a, b, shared);
              g_assert_cmpuint (shared, <=, 9);
            }
          for (guint node = 0; node <= k; node++)
            for (guint i = 0; i <= 20; i++)
              {
                double x, y, u, v;

                sac_gan_picture_node_at (W, H, &style, &picture, node, &u, &v);
                x = way[a][15 + 7 * i / 2][0] - u;
                y = way[a][15 + 7 * i / 2][1] - v;
                g_assert_cmpfloat (hypot (x, y), >, 20);
              }
        }
    }
}

/* Each edge and node is found where it is drawn; an edge that is cut off only while editing. */
static void
test_pick (void)
{
  SacStyle style;
  SacGanPicture picture;

  sac_style_init (&style, FALSE);
  for (guint k = 1; k <= SAC_GAN_PICTURE_MOST; k++)
    {
      int node, edge;
      double x, y;

      fill (&picture, k, 2);
      for (guint n = 0; n <= k; n++)
        {
          sac_gan_picture_node_at (W, H, &style, &picture, n, &x, &y);
          g_assert_true (x > 10 && x < W - 10 && y > 10 && y < H - 10);
          g_assert_true (sac_gan_picture_pick (W, H, &style, &picture, x + 3, y - 3, &node, &edge));
          g_assert_cmpint (node, ==, n);
          g_assert_cmpint (edge, ==, -1);
        }
      for (guint e = 0; e < k * k; e++)
        {
          guint found = 0;

          for (guint i = 2; i <= 8; i++)        /* where two cross either is right */
            {
              sac_gan_picture_edge_at (W, H, &style, &picture, e, i / 10.0, &x, &y);
              found += sac_gan_picture_pick (W, H, &style, &picture, x, y, &node, &edge) && edge == (int) e && node == -1;
            }
          g_assert_cmpuint (found, >=, 5);
        }
      picture.gates[0][0] = 0;
      sac_gan_picture_edge_at (W, H, &style, &picture, 0, 0.5, &x, &y);
      sac_gan_picture_pick (W, H, &style, &picture, x, y, &node, &edge);
      g_assert_cmpint (edge, !=, 0);
      picture.editing = TRUE;
      g_assert_true (sac_gan_picture_pick (W, H, &style, &picture, x, y, &node, &edge));
      g_assert_cmpint (edge, ==, 0);
      g_assert_false (sac_gan_picture_pick (W, H, &style, &picture, 2, 2, &node, &edge));
    }
}

static guint
count_near (Canvas *c, double x, double y, const double rgb[3])
{
  guint n = 0;

  for (int dy = -8; dy <= 8; dy++)
    for (int dx = -8; dx <= 8; dx++)
      n += distance (pixel (c, (int) x + dx, (int) y + dy), rgb) < 0.3;
  return n;
}

/* Colours of the gates on light and dark; what is cut off is not there; the width follows τ. */
static void
test_gates (void)
{
  for (int dark = 0; dark < 2; dark++)
    for (guint8 gate = 0; gate < 4; gate++)
      {
        Canvas c = canvas_new (W, H);
        SacStyle style;
        SacGanPicture picture;
        double x, y, colour[4];
        guint early, late;

        sac_style_init (&style, dark);
        fill (&picture, 3, 0);
        picture.gates[1][0] = gate;     /* G1 teaches G2 */
        sac_gan_picture_gate_colour (gate, &style, colour);
        sac_gan_picture_edge_at (W, H, &style, &picture, 3, 0.5, &x, &y);
        picture.tau = 0.1;
        sac_gan_picture_draw (c.cr, W, H, &style, &picture);
        early = count_near (&c, x, y, colour);
        picture.tau = 0.9;
        sac_gan_picture_draw (c.cr, W, H, &style, &picture);
        late = count_near (&c, x, y, colour);
        if (gate == 0)
          g_assert_cmpuint (early + late, ==, 0);
        else if (gate == 1)
          g_assert_true (early > 30 && early == late);
        else if (gate == 2)
          g_assert_true (early > 8 && late > early + 20);
        else
          g_assert_true (late > 8 && early > late + 20);
        close (sac_gan_picture_factor (&picture, 3), ((double[]) { 0, 1, 0.9, 0.1 })[gate], 1e-12);
        canvas_clear (&c);
      }
}

/* The pulse is where its phase says, a measured factor comes before the gate's, and nothing odd is drawn badly. */
static void
test_live (void)
{
  Canvas c = canvas_new (W, H);
  SacStyle style;
  SacGanPicture picture;
  double losses[9], factors[9], x, y, colour[4];
  const char *notes[3] = { "IS 4.57", NULL, "\xff not UTF-8" };
  guint still, pulsed;

  sac_style_init (&style, FALSE);
  fill (&picture, 3, 2);
  for (int i = 0; i < 9; i++)
    {
      losses[i] = i == 4 ? NAN : i == 5 ? INFINITY : 0.1 * i;
      factors[i] = NAN;
    }
  factors[3] = 0.25;
  picture.factors = factors;
  picture.notes = notes;
  picture.tau = 0.75;
  close (sac_gan_picture_factor (&picture, 3), 0.25, 1e-12);
  close (sac_gan_picture_factor (&picture, 2), 0.75, 1e-12);
  sac_gan_picture_gate_colour (2, &style, colour);
  sac_gan_picture_edge_at (W, H, &style, &picture, 3, 0.75, &x, &y);
  sac_gan_picture_draw (c.cr, W, H, &style, &picture);
  still = count_near (&c, x, y, colour);
  picture.losses = losses;
  picture.phase = 0.75;
  sac_gan_picture_draw (c.cr, W, H, &style, &picture);
  pulsed = count_near (&c, x, y, colour);
  g_assert_cmpuint (pulsed, >, still + 20);
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  for (int size = 0; size < 40; size++)
    sac_gan_picture_draw (c.cr, size, 40 - size, &style, &picture);
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  canvas_clear (&c);
}

/* Each generator's points in its colour where they lie, strays at the border, the modes where they are. */
static void
test_ring (void)
{
  Canvas c = canvas_new (300, 300);
  SacStyle style;
  float points[2 * 3 * 40];
  SacRingPicture picture = { .modes = 8, .radius = 2, .deviation = 0.05, .k = 3, .n = 40, .points = points, .at_most = 20 };
  const double scale = 300 / (2 * 1.45 * 2);
  double colour[4];
  guint before, after;

  sac_style_init (&style, FALSE);
  for (int g = 0; g < 3; g++)
    for (int i = 0; i < 40; i++)
      {
        points[2 * (40 * g + i)] = g == 0 ? 2 : g == 1 ? 0 : 1e9f;
        points[2 * (40 * g + i) + 1] = g == 0 ? 0 : g == 1 ? 2 : NAN;
      }
  for (int i = 0; i < 40; i += 4)       /* some of the third are far to the right, the others nowhere */
    points[2 * (80 + i) + 1] = 0;
  sac_palette (0, colour);
  picture.n = 0;
  sac_ring_picture_draw (c.cr, 300, 300, &style, &picture);
  before = count_near (&c, 150 + 2 * scale, 150, colour);
  picture.n = 40;
  sac_ring_picture_draw (c.cr, 300, 300, &style, &picture);
  after = count_near (&c, 150 + 2 * scale, 150, colour);
  g_assert_true (before == 0 && after > 4);
  sac_palette (1, colour);
  g_assert_cmpuint (count_near (&c, 150, 150 - 2 * scale, colour), >, 4);
  g_assert_cmpuint (count_near (&c, 150, 150 + 2 * scale, colour), ==, 0);
  sac_palette (2, colour);
  g_assert_cmpuint (count_near (&c, 290, 150, colour), >, 2);
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  canvas_clear (&c);
}

/* The better a gate, the farther to the right its point; bars of the best as long as their share; all of it as text, too. */
static void
test_effects (void)
{
  const char *edges[] = { "D→G1", "G2→G1" };
  const SacGanEffect numbers[2][4] = {
    { { 5, 1, 0.9, 1.1, 0 }, { 5, 2, 1.9, 2.1, 4 }, { 0, NAN, NAN, NAN, 0 }, { 5, 3, 2.9, 3.1, 0 } },
    { { 1, 1, NAN, NAN, 0 }, { 5, 1, 0.9, 1.1, 0 }, { 5, 3, 2.9, 3.1, 2 }, { 5, 1, 0.9, 1.1, 2 } },
  };
  SacGanEffects effects = { 2, 4, edges, numbers, "IS_c", "best" };
  g_autofree char *text = sac_gan_effects_dup_text (&effects);
  Canvas c = canvas_new (600, 200);
  double grey[4], red_gate[4], blue[4], x_grey = NAN, x_blue = NAN;
  guint bar[3] = { 0 };
  SacStyle style;

  sac_style_init (&style, FALSE);
  sac_gan_effects_draw (c.cr, 600, 200, &style, &effects);
  sac_gan_picture_gate_colour (1, &style, grey);
  sac_gan_picture_gate_colour (2, &style, red_gate);
  sac_gan_picture_gate_colour (3, &style, blue);
  for (int x = 60; x < 420; x++)        /* the last column of each colour in the upper row */
    for (int y = 26; y < 95; y++)
      {
        x_grey = distance (pixel (&c, x, y), grey) < 0.1 ? x : x_grey;
        x_blue = distance (pixel (&c, x, y), blue) < 0.1 ? x : x_blue;
      }
  g_assert_true (x_blue > x_grey + 50);
  for (int x = 446; x < 598; x++)       /* of the bars 85 % are painted over white */
    {
      guint32 upper = pixel (&c, x, 62), lower = pixel (&c, x, 142);

      bar[0] += distance (upper, (double[]) { 0.56, 0.58, 0.6 }) < 0.15;
      bar[1] += distance (lower, (double[]) { 0.86, 0.27, 0.28 }) < 0.15;
      bar[2] += distance (lower, (double[]) { 0.24, 0.5, 0.86 }) < 0.15;
    }
  g_assert_true (bar[0] > 140 && abs ((int) bar[1] - (int) bar[2]) < 4 && bar[1] > 60);
  g_assert_nonnull (strstr (text, "D→G1\tthrough\t5\t2\t1.9\t2.1\t4\n"));
  g_assert_nonnull (strstr (text, "D→G1\tpositive\t0\t\t\t\t0\n"));
  g_assert_cmpint (cairo_status (c.cr), ==, CAIRO_STATUS_SUCCESS);
  canvas_clear (&c);
}

/* What all graphs have is stronger than what one of them has. */
static void
test_overlay (void)
{
  guint8 gates[10][SAC_GAN_PICTURE_MOST][SAC_GAN_PICTURE_MOST] = { 0 };
  const guint8 *graphs[10];
  SacGanPicture picture;
  SacStyle style;
  Canvas c = canvas_new (W, H);
  double x, y;
  guint32 all, one;

  for (int i = 0; i < 10; i++)
    {
      gates[i][0][1] = 1;
      gates[i][1][2] = i == 0;
      graphs[i] = &gates[i][0][0];
    }
  sac_style_init (&style, FALSE);
  sac_gan_overlay_draw (c.cr, W, H, &style, 3, graphs, 10);
  sac_gan_picture_init (&picture, 3, graphs[0]);
  sac_gan_picture_edge_at (W, H, &style, &picture, 1, 0.5, &x, &y);
  all = pixel (&c, (int) x, (int) y);
  sac_gan_picture_edge_at (W, H, &style, &picture, 5, 0.5, &x, &y);
  one = pixel (&c, (int) x, (int) y);
  g_assert_cmpuint (all & 0xff, <, 170);
  g_assert_cmpuint (one & 0xff, >, 200);
  g_assert_cmpuint (one & 0xff, <, 250);
  canvas_clear (&c);
}

/* The verb leaves a picture, and none where it cannot. */
static void
test_verb (void)
{
  for (int fine = 0; fine < 2; fine++)
    {
      g_autofree char *folder = g_dir_make_tmp ("saccade-ring-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (folder, fine ? "ring.png" : "no/ring.png", NULL);
      const char *words[] = { g_getenv ("SACCADE_PROGRAM"), "gan", "ring", "--graph", "TP|NT", "--seeds", "2", "--updates", "3",
                              "--batch", "16", "--hidden", "4", "--picture", path, NULL };
      g_autoptr (GError) error = NULL;
      int status = -1;

      g_assert_true (g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                                   NULL, NULL, &status, &error));
      g_assert_no_error (error);
      g_assert_true (g_spawn_check_wait_status (status, NULL) == fine);
      if (fine)
        {
          cairo_surface_t *surface = cairo_image_surface_create_from_png (path);

          g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 2 * cairo_image_surface_get_height (surface));
          cairo_surface_destroy (surface);
          g_assert_cmpint (g_unlink (path), ==, 0);
        }
      g_assert_cmpint (g_rmdir (folder), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draw/gan/apart", test_apart);
  g_test_add_func ("/draw/gan/pick", test_pick);
  g_test_add_func ("/draw/gan/gates", test_gates);
  g_test_add_func ("/draw/gan/live", test_live);
  g_test_add_func ("/draw/gan/ring", test_ring);
  g_test_add_func ("/draw/gan/effects", test_effects);
  g_test_add_func ("/draw/gan/overlay", test_overlay);
  if (g_getenv ("SACCADE_PROGRAM"))
    g_test_add_func ("/draw/gan/verb", test_verb);
  return g_test_run ();
}
