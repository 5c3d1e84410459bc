/* Following an object: the parts against plain sums, motion whose truth is known, and real videos with their published truth. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "data/follow-private.h"
#include "store/sac-store.h"

#define WIDTH 320
#define HEIGHT 240

static double
overlap (const SacBox *a, const SacBox *b)
{
  double w = MIN (a->x + a->width, b->x + b->width) - MAX (a->x, b->x), h = MIN (a->y + a->height, b->y + b->height) - MAX (a->y, b->y);
  double both = MAX (w, 0) * MAX (h, 0);

  return both / (a->width * a->height + b->width * b->height - both);
}

/* ---- parts. */

static void
test_fft (void)
{
  enum { ROWS = 8, COLUMNS = 16, CHANNELS = 3, N = ROWS * COLUMNS * CHANNELS };
  float re[N], im[N] = { 0 }, was[N];
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < N; i++)
    was[i] = re[i] = (float) g_rand_double_range (random, -1, 1);
  _sac_fft2 (re, im, ROWS, COLUMNS, CHANNELS, FALSE);
  for (guint c = 0; c < CHANNELS; c++)
    for (guint u = 0; u < ROWS; u += 3)
      for (guint v = 0; v < COLUMNS; v += 5)
        {
          double sum_re = 0, sum_im = 0;

          for (guint y = 0; y < ROWS; y++)
            for (guint x = 0; x < COLUMNS; x++)
              {
                double angle = -2 * G_PI * ((double) u * y / ROWS + (double) v * x / COLUMNS);
                double value = was[(y * COLUMNS + x) * CHANNELS + c];

                sum_re += value * cos (angle);
                sum_im += value * sin (angle);
              }
          g_assert_cmpfloat_with_epsilon (re[(u * COLUMNS + v) * CHANNELS + c], sum_re, 1e-4);
          g_assert_cmpfloat_with_epsilon (im[(u * COLUMNS + v) * CHANNELS + c], sum_im, 1e-4);
        }
  _sac_fft2 (re, im, ROWS, COLUMNS, CHANNELS, TRUE);
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (re[i] / (ROWS * COLUMNS), was[i], 1e-5);
  g_rand_free (random);
}

/* Vertical stripes: all the energy is in one direction, with either sign; no gradient, no features. */
static void
test_hog (void)
{
  enum { CELLS = 4, SIDE = CELLS * SAC_HOG_CELL };
  float rgb[SIDE * SIDE * 3], out[CELLS * CELLS * SAC_HOG_CHANNELS];

  for (guint i = 0; i < SIDE * SIDE * 3; i++)
    rgb[i] = 90;
  _sac_hog (rgb, CELLS, CELLS, out, SAC_HOG_CHANNELS);
  for (guint i = 0; i < G_N_ELEMENTS (out); i++)
    g_assert_cmpfloat (out[i], ==, 0);
  for (guint i = 0; i < SIDE * SIDE * 3; i++)
    rgb[i] = (i / 3 % SIDE) / 4 % 2 ? 200 : 20;
  _sac_hog (rgb, CELLS, CELLS, out, SAC_HOG_CHANNELS);
  for (guint i = 0; i < CELLS * CELLS; i++)
    {
      const float *cell = out + i * SAC_HOG_CHANNELS;

      for (guint o = 0; o < 27; o++)
        if (o != 0 && o != 9 && o != 18)
          g_assert_cmpfloat (cell[o], <, 1e-4);
      g_assert_cmpfloat (cell[18], >, 0.1);
      g_assert_cmpfloat (cell[0] + cell[9], >, 0.1);
    }
}

static void
test_thin (void)
{
  GRand *random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (SacBox)), thin = NULL;
      double x = 50, dx = 0, width = 40;

      for (guint i = 0; i < 60; i++)
        {
          SacBox box = { i, x, 30 - x / 3, width, width / 2, TRUE, FALSE, FALSE };

          if (g_rand_int_range (random, 0, 9) == 0)
            dx = g_rand_double_range (random, -4, 4);
          x += dx;
          width += g_rand_double_range (random, -0.3, 0.4);
          box.occluded = i > 20 && i < 30;
          box.outside = i == 45;
          g_array_append_val (all, box);
        }
      thin = g_array_copy (all);
      g_assert_true (sac_boxes_thin (thin, 1, 0.02));
      g_assert_cmpuint (thin->len, <, 50);
      g_assert_true (sac_boxes_are_valid ((SacBox *) (gpointer) thin->data, thin->len));
      for (guint i = 0; i < all->len; i++)
        {
          const SacBox *was = &g_array_index (all, SacBox, i);
          SacBox now;
          gboolean there = sac_boxes_at ((SacBox *) (gpointer) thin->data, thin->len, i, &now);

          g_assert_cmpint (there, ==, !was->outside);
          if (!there)
            continue;
          g_assert_cmpint (now.occluded, ==, was->occluded);
          g_assert_cmpfloat (fabs (now.x - was->x), <=, MAX (1, 0.02 * was->width) + 1e-9);
          g_assert_cmpfloat (fabs (now.y + now.height - was->y - was->height), <=, MAX (1, 0.02 * was->height) + 1e-9);
        }
    }
  g_rand_free (random);
}

/* ---- motion with a known truth. */

/* Smooth noise, as of a textured thing: sums of waves drawn from @seed. */
static double
texture (guint seed, double x, double y, guint channel)
{
  double sum = 0;

  for (guint k = 0; k < 6; k++)
    {
      guint h = (seed * 31 + channel) * 2654435761u + k * 40503u;
      double fx = ((h >> 3) % 97) / 97.0 * 0.7 - 0.35, fy = ((h >> 11) % 89) / 89.0 * 0.7 - 0.35;

      sum += sin (fx * x + fy * y + (h >> 20) % 64 / 10.0);
    }
  return 127 + sum * 20;
}

static void
truth_at (guint frame, SacBox *box)
{
  double scale = 1 + 0.4 * sin (frame * G_PI / 2 / 60), x = 90 + 1.7 * frame + 12 * sin (frame / 9.0), y = 110 + 18 * sin (frame / 14.0);

  *box = (SacBox) { .frame = frame, .x = x - 26 * scale, .y = y - 20 * scale, .width = 52 * scale, .height = 40 * scale, .keyframe = TRUE };
}

static void
render (guint frame, gboolean there, guint8 *rgb)
{
  SacBox box;

  truth_at (frame, &box);
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      {
        double u = (x + 0.5 - box.x) / box.width * 52, v = (y + 0.5 - box.y) / box.height * 40;
        gboolean object = there && u >= 0 && u < 52 && v >= 0 && v < 40;

        for (guint c = 0; c < 3; c++)
          rgb[(y * WIDTH + x) * 3 + c] = (guint8) CLAMP (object ? texture (5, u, v, c) : texture (11, x * 0.6, y * 0.6, c), 0, 255);
      }
}

static void
test_motion (void)
{
  g_autofree guint8 *rgb = g_malloc (WIDTH * HEIGHT * 3);
  g_autoptr (SacTracker) tracker = NULL;
  SacBox box, truth;
  double sum = 0, worst = 1, sure = 1;

  truth_at (0, &box);
  render (0, TRUE, rgb);
  tracker = sac_tracker_new (rgb, WIDTH, HEIGHT, WIDTH * 3, &box);
  for (guint frame = 1; frame <= 60; frame++)
    {
      double iou;

      render (frame, TRUE, rgb);
      sure = MIN (sure, sac_tracker_step (tracker, rgb, WIDTH * 3, &box));
      truth_at (frame, &truth);
      iou = overlap (&box, &truth);
      sum += iou;
      worst = MIN (worst, iou);
    }
  g_test_message ("mean IoU %.3f, worst %.3f, least sure %.2f", sum / 60, worst, sure);
  g_assert_cmpfloat (worst, >=, 0.8);
  g_assert_cmpfloat (sure, >=, 0.5);
}

/* ---- a stretch of a video. */

#define GONE 40

static char *
make_video (const char *folder)
{
  g_autofree char *name = g_strdup_printf ("moving.%s", sac_encoder_get_suffix ());
  char *path = g_build_filename (folder, name, NULL);
  g_autofree guint8 *rgb = g_malloc (WIDTH * HEIGHT * 3);
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, WIDTH, HEIGHT, 30, 1, &error);

  g_assert_no_error (error);
  for (guint frame = 0; frame < 60; frame++)
    {
      render (frame, frame < GONE, rgb);
      g_assert_true (sac_encoder_push (encoder, rgb, WIDTH * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  return path;
}

static gboolean
stop_at (const SacBox *box, double sure, gpointer data)
{
  return box->frame < *(guint *) data;
}

static gboolean
cancel_at (const SacBox *box, double sure, gpointer data)
{
  if (box->frame == 5)
    g_cancellable_cancel (data);
  return TRUE;
}

static void
test_video (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-follow-XXXXXX", NULL), *path = make_video (dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GArray) track = g_array_new (FALSE, FALSE, sizeof (SacBox));
  SacFollowSpec spec;
  SacFollowEnd end;
  SacBox start, box, truth, later = { 50, 1, 1, 9, 9, TRUE, FALSE, FALSE };
  guint stop = 12, last;
  GArray *found;

  g_assert_no_error (error);
  truth_at (0, &start);
  sac_follow_spec_init (&spec);

  /* The object is gone from frame GONE on: found up to there, and said so. */
  found = sac_follow (media, &start, G_MAXUINT, &spec, NULL, NULL, &end, NULL, &error);
  g_assert_no_error (error);
  last = g_array_index (found, SacBox, found->len - 1).frame;
  g_assert_cmpint (end, ==, SAC_FOLLOW_LOST);
  g_assert_cmpuint (last, >=, GONE - 2);
  g_assert_cmpuint (last, <=, GONE + 1);
  g_assert_cmpuint (found->len, <, 30);
  for (guint frame = 0; frame < GONE - 2; frame++)
    {
      truth_at (frame, &truth);
      g_assert_true (sac_boxes_at ((SacBox *) (gpointer) found->data, found->len, frame, &box));
      g_assert_cmpfloat (overlap (&box, &truth), >=, 0.8);
    }
  /* It takes the place of the keyframes of its stretch alone. */
  g_array_append_val (track, start);
  box = start;
  box.frame = 7;
  g_array_append_val (track, box);
  g_array_append_val (track, later);
  g_assert_true (sac_follow_put (track, found));
  g_assert_cmpuint (track->len, ==, found->len + 1);
  g_assert_cmpuint (g_array_index (track, SacBox, track->len - 1).frame, ==, 50);
  g_array_unref (found);

  found = sac_follow (media, &start, 30, &spec, stop_at, &stop, &end, NULL, &error);
  g_assert_cmpint (end, ==, SAC_FOLLOW_STOPPED);
  g_assert_cmpuint (g_array_index (found, SacBox, found->len - 1).frame, ==, 12);
  g_array_unref (found);
  found = sac_follow (media, &start, 9, &spec, NULL, NULL, &end, NULL, &error);
  g_assert_cmpint (end, ==, SAC_FOLLOW_AT_END);
  g_assert_cmpuint (g_array_index (found, SacBox, found->len - 1).frame, ==, 9);
  g_array_unref (found);

  g_assert_null (sac_follow (media, &start, 30, &spec, cancel_at, cancellable, &end, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  start.frame = 1000;
  g_assert_null (sac_follow (media, &start, 2000, &spec, NULL, NULL, &end, NULL, &error));
  g_assert_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_RANGE);
  g_remove (path);
  g_rmdir (dir);
}

/* ---- real videos. */

/* Frame of a picture → the box of its mask; no box where nothing is white. */
static gboolean
box_of_mask (const char *path, SacBox *box)
{
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, NULL);
  g_autoptr (SacFrame) frame = media ? sac_media_get_frame (media, 0, NULL, NULL) : NULL;
  int width = frame ? sac_frame_get_width (frame) : 0, height = frame ? sac_frame_get_height (frame) : 0;
  g_autofree guint8 *rgb = g_malloc0 ((gsize) width * (gsize) height * 3 + 1);
  int left = width, right = -1, top = height, bottom = -1;

  if (!frame || !sac_frame_convert (frame, SAC_PIXELS_RGB, rgb, (gsize) width * 3, NULL))
    return FALSE;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      if (rgb[((gsize) y * (gsize) width + (gsize) x) * 3] > 60)
        {
          left = MIN (left, x), right = MAX (right, x);
          top = MIN (top, y), bottom = MAX (bottom, y);
        }
  *box = (SacBox) { .x = left, .y = top, .width = right - left + 1, .height = bottom - top + 1, .keyframe = TRUE };
  return right > left;
}

static GPtrArray *
truth_of_masks (const char *folder, guint n, guint step)
{
  GPtrArray *boxes = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%05u.png", folder, i);
      SacBox box;

      g_ptr_array_add (boxes, i % step == 0 && box_of_mask (path, &box) ? g_memdup2 (&box, sizeof box) : NULL);
    }
  return boxes;
}

static GPtrArray *
truth_of_text (const char *path)
{
  GPtrArray *boxes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines && lines[i]; i++)
    {
      SacBox box = { .keyframe = TRUE };

      if (sscanf (lines[i], "%lf%*[, \t]%lf%*[, \t]%lf%*[, \t]%lf", &box.x, &box.y, &box.width, &box.height) == 4)
        g_ptr_array_add (boxes, g_memdup2 (&box, sizeof box));
    }
  return boxes;
}

/* Follows from the first frame to the end however unsure; mean IoU and the area under the success curve. */
static double
follow_through (const char *name, const char *path, GPtrArray *truth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, &error);
  g_autoptr (GArray) found = NULL;
  SacFollowSpec spec = { -1, 1, 0.02 };
  SacFollowEnd end;
  SacBox start = *(SacBox *) truth->pdata[0], box;
  double sum = 0, area = 0;
  guint n = 0, last = 0;
  gint64 began = g_get_monotonic_time ();

  g_assert_no_error (error);
  found = sac_follow (media, &start, truth->len - 1, &spec, NULL, NULL, &end, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 1; i < truth->len; i++)
    if (truth->pdata[i])
      {
        double iou = sac_boxes_at ((SacBox *) (gpointer) found->data, found->len, i, &box) ? overlap (&box, truth->pdata[i]) : 0;

        sum += iou;
        area += floor (iou * 20 + 1e-9) / 20 + 0.025;
        last = iou > 0.5 ? i : last;
        n++;
      }
  g_test_message ("%s: mean IoU %.3f, success AUC %.3f over %u frames, IoU > 0.5 last at %u of %u; %u keyframes; %.0f frames/s"
                  " with decoding", name, sum / n, area / n, n, last, truth->len, found->len,
                  truth->len / ((double) (g_get_monotonic_time () - began) / 1e6));
  return sum / n;
}

static void
test_real (void)
{
  static const struct { const char *name; guint n; double least; } davis[] = { { "car-shadow", 40, 0.5 }, { "dog", 60, 0.3 },
                                                                               { "parkour", 100, 0.3 } };
  const char *data = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *folder = g_build_filename (data && *data ? data : "/nonexistent", "data", "boxes", NULL);
  g_autofree char *truth_path = g_build_filename (folder, "otb", "MotorRolling", "groundtruth_rect.txt", NULL);
  g_autofree char *video = g_build_filename (folder, "otb", "MotorRolling", "MotorRolling.mp4", NULL);
  g_autoptr (GPtrArray) truth = truth_of_text (truth_path);

  if (truth->len == 0)
    {
      g_test_skip ("no test data");
      return;
    }
  follow_through ("MotorRolling", video, truth);
  for (guint i = 0; i < G_N_ELEMENTS (davis); i++)
    {
      g_autofree char *masks = g_build_filename (folder, "davis-masks", "Annotations", "480p", davis[i].name, NULL);
      g_autofree char *file = g_strdup_printf ("%s.mp4", davis[i].name), *path = g_build_filename (folder, "davis-masks", file, NULL);
      g_autoptr (GPtrArray) boxes = truth_of_masks (masks, davis[i].n, 4);

      g_assert_cmpfloat (follow_through (davis[i].name, path, boxes), >=, davis[i].least);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  g_test_add_func ("/follow/fft", test_fft);
  g_test_add_func ("/follow/hog", test_hog);
  g_test_add_func ("/follow/thin", test_thin);
  g_test_add_func ("/follow/motion", test_motion);
  g_test_add_func ("/follow/real", test_real);
  g_test_add_func ("/follow/video", test_video);
  return g_test_run ();
}
