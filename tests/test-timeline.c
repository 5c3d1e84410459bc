/* Timeline: the index of marks against a plain search, pictures at known pixels, pointing as the inverse of drawing. */
#include <math.h>
#include <string.h>

#include "draw/sac-draw.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

static SacMarks *
random_marks (guint64 seed, guint n, gint64 length, gint64 longest)
{
  SacRandomKey key = { seed, 3 };
  g_autofree SacMark *marks = g_new0 (SacMark, n);

  for (guint i = 0; i < n; i++)
    {
      marks[i].id = i + 1;
      marks[i].colour = 0x3584e4;
      marks[i].in_ns = (gint64) (sac_random_unit (key, 3 * i) * (double) length);
      marks[i].out_ns = marks[i].in_ns + (gint64) (sac_random_unit (key, 3 * i + 1) * sac_random_unit (key, 3 * i + 2) * (double) longest);
    }
  return sac_marks_new (marks, n);
}

static void
test_index (void)
{
  static const guint sizes[] = { 0, 1, 2, 15, 16, 17, 255, 256, 257, 5000 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      SacMarks *marks = random_marks (s, sizes[s], 1000000, s % 2 ? 200000 : 50);

      g_assert_cmpuint (sac_marks_get_n (marks), ==, sizes[s]);
      for (guint i = 1; i < sizes[s]; i++)
        g_assert_cmpint (sac_marks_get (marks, i - 1)->in_ns, <=, sac_marks_get (marks, i)->in_ns);
      for (guint trial = 0; trial < 400; trial++)
        {
          SacRandomKey key = { 77 + s, trial };
          guint from = (guint) sac_random_below (key, 0, sizes[s] + 1), expected = from;
          gint64 ns = (gint64) sac_random_below (key, 1, 1300000);

          while (expected < sizes[s] && sac_marks_get (marks, expected)->out_ns <= ns)
            expected++;
          g_assert_cmpuint (sac_marks_next (marks, from, ns), ==, expected);
        }
      sac_marks_free (marks);
    }
}

static void
test_edges (void)
{
  const SacMark list[] = { { 10, 20, 1, 0, FALSE }, { 15, 40, 2, 0, FALSE }, { 50, 60, 3, 0, FALSE } };
  SacMarks *marks = sac_marks_new (list, 3);
  static const gint64 forward[] = { 10, 15, 20, 40, 50, 60 };
  gint64 at = -1, edge;

  for (guint i = 0; i < G_N_ELEMENTS (forward); i++, at = edge)
    {
      g_assert_true (sac_marks_edge (marks, at, 1, &edge));
      g_assert_cmpint (edge, ==, forward[i]);
    }
  g_assert_false (sac_marks_edge (marks, at, 1, &edge));
  for (guint i = G_N_ELEMENTS (forward) - 1; i-- > 0; at = edge)
    {
      g_assert_true (sac_marks_edge (marks, at, -1, &edge));
      g_assert_cmpint (edge, ==, forward[i]);
    }
  g_assert_false (sac_marks_edge (marks, at, -1, &edge));
  sac_marks_free (marks);
}

typedef struct {
  SacStyle style;
  SacMarks *marks;
  SacTimelineRow rows[2];
  SacTimeline timeline;
  cairo_surface_t *surface;
  double height;
} Picture;

#define WIDTH 800

static void
picture_init (Picture *p, SacMarks *marks, gint64 length)
{
  static const float curve[] = { 0, 1, 0, 0.5f };

  memset (p, 0, sizeof *p);
  sac_style_init (&p->style, FALSE);
  p->marks = marks;
  p->rows[0] = (SacTimelineRow) { .name = "walks", .colour = { 0.2, 0.5, 0.9, 1 }, .marks = marks, .chosen = TRUE };
  p->rows[1] = (SacTimelineRow) { .name = "attention of a rather long name", .colour = { 0.9, 0.4, 0, 1 }, .curve = curve, .n_curve = 4 };
  p->timeline = (SacTimeline) { p->rows, 2, length, 0, length, length / 2, -1, 0 };
  p->height = sac_timeline_height (&p->style, 2);
}

static void
picture_draw (Picture *p)
{
  cairo_t *cr;

  g_clear_pointer (&p->surface, cairo_surface_destroy);
  p->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, (int) p->height);
  cr = cairo_create (p->surface);
  sac_timeline_draw (cr, WIDTH, p->height, &p->style, &p->timeline);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (p->surface);
}

static guint32
pixel (Picture *p, double x, double y)
{
  const guint8 *row = cairo_image_surface_get_data (p->surface) + (int) y * cairo_image_surface_get_stride (p->surface);

  return ((const guint32 *) (gconstpointer) row)[(int) x] & 0xffffff;
}

static void
picture_clear (Picture *p)
{
  g_clear_pointer (&p->surface, cairo_surface_destroy);
  sac_marks_free (p->marks);
}

static void
test_draw_and_pick (void)
{
  const SacMark list[] = { { 2 * SECOND, 4 * SECOND, 7, 0xe01b24, FALSE }, { 6 * SECOND, 6 * SECOND + 1000, 8, 0x2ec27e, FALSE } };
  double left = sac_timeline_left (WIDTH), per_second = (WIDTH - left - 6) / 10, y = 22 + 12;
  SacTimelineHit hit;
  Picture p;

  picture_init (&p, sac_marks_new (list, 2), 10 * SECOND);
  picture_draw (&p);
  g_assert_cmphex (pixel (&p, left + 3 * per_second, y), !=, pixel (&p, left + 4.7 * per_second, y));
  g_assert_cmphex (pixel (&p, left + 2 * per_second + 1, y) >> 16, >, 0xa0);          /* the red edge */
  g_assert_cmphex (pixel (&p, floor (left + 6 * per_second), y), !=, pixel (&p, left + 7 * per_second, y));      /* however short */
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 3 * per_second, y);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_MARK);
  g_assert_cmpint (sac_marks_get (p.marks, hit.mark)->id, ==, 7);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 2 * per_second - 4, y);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_IN);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 4 * per_second + 4, y);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_OUT);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 5 * per_second, y);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_ROW);
  g_assert_cmpfloat_with_epsilon ((double) hit.ns * 1e-9, 5, 0.02);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 5 * per_second, 8);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_RULER);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, 10, y + 24);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_NAME);
  g_assert_cmpuint (hit.row, ==, 1);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 5 * per_second, p.height + 9);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_NOTHING);
  /* Zoomed in, the short one is as wide as any. */
  p.timeline.from_ns = 6 * SECOND - 500;
  p.timeline.to_ns = 6 * SECOND + 1500;
  p.timeline.playhead_ns = 0;
  picture_draw (&p);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 5 * per_second, y);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_MARK);
  g_assert_cmphex (pixel (&p, left + 5 * per_second, y), !=, pixel (&p, left + 9 * per_second, y));
  picture_clear (&p);
}

/* Scrolled down by a row, the ruler stands where it is seen, and what is below it is the next row. */
static void
test_scrolled (void)
{
  const SacMark list[] = { { 2 * SECOND, 4 * SECOND, 7, 0xe01b24, FALSE } };
  double left = sac_timeline_left (WIDTH), per_second = (WIDTH - left - 6) / 10;
  guint32 ruler[22];
  SacTimelineHit hit;
  Picture p;

  picture_init (&p, sac_marks_new (list, 1), 10 * SECOND);
  picture_draw (&p);
  for (guint y = 0; y < 22; y++)
    ruler[y] = pixel (&p, left + 5 * per_second, y);    /* the playhead's head is there */
  p.timeline.scrolled_px = 24;
  picture_draw (&p);
  for (guint y = 0; y < 22; y++)
    g_assert_cmphex (pixel (&p, left + 5 * per_second, 24 + y), ==, ruler[y]);
  g_assert_cmphex (pixel (&p, left + 3 * per_second, 30), ==, pixel (&p, left + 4.7 * per_second, 30));         /* no mark shines through */
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 3 * per_second, 30);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_RULER);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 3 * per_second, 12);
  g_assert_cmpint (hit.part, ==, SAC_TIMELINE_NOTHING);
  hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + 3 * per_second, 24 + 22 + 12);
  g_assert_cmpuint (hit.row, ==, 1);
  picture_clear (&p);
}

/* A segment below a track's bar, whose whole length is of the same row: it is the segment that is meant. */
static void
test_pick_below (void)
{
  const SacMark list[] = { { 0, 10 * SECOND, -3, 0xe01b24, TRUE }, { 2 * SECOND, 4 * SECOND, 7, 0xe01b24, FALSE },
                           { 3 * SECOND, 10 * SECOND, -4, 0xe01b24, TRUE } };
  double left = sac_timeline_left (WIDTH), per_second = (WIDTH - left - 6) / 10, y = 22 + 12;
  static const struct {
    double at;
    SacTimelinePart part;
    gint64 id;
  } cases[] = { { 1, SAC_TIMELINE_MARK, -3 }, { 2, SAC_TIMELINE_IN, 7 }, { 2.5, SAC_TIMELINE_MARK, 7 }, { 3, SAC_TIMELINE_MARK, 7 },
                { 4, SAC_TIMELINE_OUT, 7 }, { 7, SAC_TIMELINE_MARK, -3 } };
  Picture p;

  picture_init (&p, sac_marks_new (list, 3), 10 * SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SacTimelineHit hit = sac_timeline_pick (WIDTH, p.height, &p.style, &p.timeline, left + cases[i].at * per_second, y);

      g_assert_cmpint (hit.part, ==, cases[i].part);
      g_assert_cmpint (sac_marks_get (p.marks, hit.mark)->id, ==, cases[i].id);
    }
  picture_clear (&p);
}

/* A million marks: what is drawn covers just what the marks cover, at every zoom. */
static void
test_many (void)
{
  const gint64 hour = 3600 * SECOND;
  Picture p;

  picture_init (&p, random_marks (5, 1000000, hour, SECOND / 50), hour);
  p.rows[0].chosen = FALSE;     /* no tint behind */
  for (gint64 span = hour; span > SECOND / 10; span /= 7)
    {
      double left = sac_timeline_left (WIDTH), per_ns = (WIDTH - left - 6) / (double) span;

      p.timeline.from_ns = hour / 3;
      p.timeline.to_ns = hour / 3 + span;
      p.timeline.playhead_ns = 0;
      picture_draw (&p);
      for (int x = (int) left + 2; x < WIDTH - 8; x += 13)
        {
          gint64 a = p.timeline.from_ns + (gint64) ((x - left) / per_ns), b = p.timeline.from_ns + (gint64) ((x + 1 - left) / per_ns);
          guint i = sac_marks_next (p.marks, 0, a);
          gboolean covered = i < 1000000 && sac_marks_get (p.marks, i)->in_ns < b;

          if (covered)
            g_assert_cmphex (pixel (&p, x, 22 + 14), !=, 0xffffff);
        }
    }
  picture_clear (&p);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/timeline/index", test_index);
  g_test_add_func ("/timeline/edges", test_edges);
  g_test_add_func ("/timeline/draw-and-pick", test_draw_and_pick);
  g_test_add_func ("/timeline/scrolled", test_scrolled);
  g_test_add_func ("/timeline/pick-below", test_pick_below);
  g_test_add_func ("/timeline/many", test_many);
  return g_test_run ();
}
