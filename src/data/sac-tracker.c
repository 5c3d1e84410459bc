/* The filter of where, the histogram of colours beside it, and the patch they look at. */
#include <math.h>
#include <string.h>

#include "follow-private.h"

#define PADDING 2.0             /* of the looked-at region over the box */
#define CHANNELS 34             /* gradients and the cell's colour */
#define LAMBDA 1e-3f
#define RATE 0.02
#define SIZE_RATE 0.02
#define MOST_GROWTH 1.03
#define SURE_TO_LEARN 0.22
#define BINS 16                 /* a colour channel, of the histograms */
#define N_COLOURS (BINS * BINS * BINS)
#define COLOUR_SHARE 0.4        /* of the answer */
#define COLOUR_RATE 0.04

struct _SacTracker {
  int width, height;            /* of the pictures */
  guint rows, columns;          /* cells of the patch */
  gboolean learned;
  double x, y;                  /* middle of the box */
  double box_width, box_height;
  double least, most;           /* how much the box may shrink and grow, against the first */
  double first_width, first_height;
  float *window, *goal_re, *goal_im;
  float *patch;                 /* RGB floats */
  float *re, *im;               /* [rows][columns][CHANNELS] */
  float *a_re, *a_im, *b;
  float *answer, *answer_im;
  float *inside, *outside;      /* shares of colours */
  double ratio, usual;          /* of peak to surroundings: now, and while it was sure */
  SacSizeFilter *size;
};

/* ---- the patch. */

/* Where it grows between four pixels, where it shrinks the mean of several in a pixel's stead. */
void
_sac_sample_patch (const SacPixmap *map, double x, double y, double width, double height, guint columns, guint rows, float *out)
{
  double step_x = width / columns, step_y = height / rows;
  int n_x = (int) CLAMP (ceil (step_x / 1.25), 1, 4), n_y = (int) CLAMP (ceil (step_y / 1.25), 1, 4);
  gboolean many = n_x > 1 || n_y > 1;
  guint n = columns * (guint) n_x;
  float weight = 1.0f / (float) (n_x * n_y);
  g_autofree int *left = g_new (int, n);
  g_autofree float *share = g_new (float, n);

  for (guint i = 0; i < n; i++)
    {
      double at = CLAMP (x - width / 2 + (i + 0.5) * step_x / n_x - (many ? 0 : 0.5), 0, map->width - 1.001);

      left[i] = (int) at * 3;
      share[i] = (float) (at - (int) at);
    }
  memset (out, 0, (gsize) rows * columns * 3 * sizeof (float));
  for (guint r = 0; r < rows * (guint) n_y; r++)
    {
      double at = CLAMP (y - height / 2 + (r + 0.5) * step_y / n_y - (many ? 0 : 0.5), 0, map->height - 1.001);
      const guint8 *top = map->rgb + (gsize) (int) at * map->stride, *bottom = top + map->stride;
      float down = (float) (at - (int) at), *row = out + (gsize) (r / (guint) n_y) * columns * 3;

      if (many)
        {
          const int *from = left;

          for (guint i = 0; i < columns; i++, row += 3)
            for (int j = 0; j < n_x; j++, from++)
              for (guint c = 0; c < 3; c++)
                row[c] += weight * top[*from + (int) c];
          continue;
        }
      for (guint i = 0; i < columns; i++, row += 3)
        for (guint c = 0; c < 3; c++)
          {
            const guint8 *a = top + left[i] + c, *b = bottom + left[i] + c;
            float above = a[0] + share[i] * (a[3] - a[0]), below = b[0] + share[i] * (b[3] - b[0]);

            row[c] = above + down * (below - above);
          }
    }
}

static void
look (SacTracker *self, const SacPixmap *map)
{
  _sac_sample_patch (map, self->x, self->y, self->box_width * PADDING, self->box_height * PADDING, self->columns * SAC_HOG_CELL,
                     self->rows * SAC_HOG_CELL, self->patch);
}

/* Features of the patch under a window, transformed. */
static void
transform_patch (SacTracker *self)
{
  gsize n = (gsize) self->rows * self->columns;
  guint row = self->columns * SAC_HOG_CELL * 3;

  _sac_hog (self->patch, self->rows, self->columns, self->re, CHANNELS);
  for (guint y = 0; y < self->rows; y++)
    for (guint x = 0; x < self->columns; x++)
      {
        float *to = self->re + ((gsize) y * self->columns + x) * CHANNELS, sum[3] = { 0 };

        for (guint j = 0; j < SAC_HOG_CELL; j++)
          for (guint i = 0; i < SAC_HOG_CELL; i++)
            for (guint c = 0; c < 3; c++)
              sum[c] += self->patch[(gsize) (y * SAC_HOG_CELL + j) * row + (x * SAC_HOG_CELL + i) * 3 + c];
        for (guint c = 0; c < 3; c++)
          to[SAC_HOG_CHANNELS + c] = (sum[c] / (SAC_HOG_CELL * SAC_HOG_CELL) / 255 - 0.5f) * 0.5f;
        for (guint c = 0; c < CHANNELS; c++)
          to[c] *= self->window[(gsize) y * self->columns + x];
      }
  memset (self->im, 0, n * CHANNELS * sizeof (float));
  _sac_fft2 (self->re, self->im, self->rows, self->columns, CHANNELS, FALSE);
}

/* ---- colours: which are the object's, which its surroundings' (Bertinetto 2016, §3.2). */

static guint
colour_of (const float *px)
{
  guint r = (guint) px[0] * BINS / 256, g = (guint) px[1] * BINS / 256, b = (guint) px[2] * BINS / 256;

  return (MIN (r, BINS - 1) * BINS + MIN (g, BINS - 1)) * BINS + MIN (b, BINS - 1);
}

static void
learn_colours (SacTracker *self)
{
  guint width = self->columns * SAC_HOG_CELL, height = self->rows * SAC_HOG_CELL, n_in = 0, n_out = 0;
  g_autofree float *in = g_new0 (float, N_COLOURS), *out = g_new0 (float, N_COLOURS);
  float keep = self->learned ? (float) (1 - COLOUR_RATE) : 0;

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        double dx = fabs ((x + 0.5) / width - 0.5) * PADDING, dy = fabs ((y + 0.5) / height - 0.5) * PADDING;
        guint colour = colour_of (self->patch + ((gsize) y * width + x) * 3);

        if (dx < 0.4 && dy < 0.4)       /* the box's border is neither */
          in[colour]++, n_in++;
        else if (dx > 0.55 || dy > 0.55)
          out[colour]++, n_out++;
      }
  for (guint i = 0; i < N_COLOURS; i++)
    {
      self->inside[i] = keep * self->inside[i] + (1 - keep) * in[i] / (float) MAX (n_in, 1);
      self->outside[i] = keep * self->outside[i] + (1 - keep) * out[i] / (float) MAX (n_out, 1);
    }
}

/* For each shift of the box by a cell, the mean share of the object's colours in it, added to the answer. */
static void
add_colours (SacTracker *self)
{
  guint width = self->columns * SAC_HOG_CELL, height = self->rows * SAC_HOG_CELL;
  g_autofree double *sums = g_new0 (double, (gsize) (width + 1) * (height + 1));
  int half_x = (int) lround (width / PADDING / 2), half_y = (int) lround (height / PADDING / 2);

  for (guint y = 0; y < height; y++)
    {
      double row = 0;

      for (guint x = 0; x < width; x++)
        {
          guint colour = colour_of (self->patch + ((gsize) y * width + x) * 3);
          float in = self->inside[colour], out = self->outside[colour];

          row += (in + 1e-5f) / (in + out + 2e-5f);
          sums[(gsize) (y + 1) * (width + 1) + x + 1] = sums[(gsize) y * (width + 1) + x + 1] + row;
        }
    }
  for (guint r = 0; r < self->rows; r++)
    for (guint c = 0; c < self->columns; c++)
      {
        /* The answer's shift (0, 0) stands at its first cell and wraps round. */
        int dx = (int) (c < self->columns / 2 ? (int) c : (int) c - (int) self->columns) * SAC_HOG_CELL;
        int dy = (int) (r < self->rows / 2 ? (int) r : (int) r - (int) self->rows) * SAC_HOG_CELL;
        int x0 = CLAMP ((int) width / 2 + dx - half_x, 0, (int) width), x1 = CLAMP ((int) width / 2 + dx + half_x, 0, (int) width);
        int y0 = CLAMP ((int) height / 2 + dy - half_y, 0, (int) height), y1 = CLAMP ((int) height / 2 + dy + half_y, 0, (int) height);
        double sum = sums[(gsize) y1 * (width + 1) + (guint) x1] - sums[(gsize) y0 * (width + 1) + (guint) x1]
                     - sums[(gsize) y1 * (width + 1) + (guint) x0] + sums[(gsize) y0 * (width + 1) + (guint) x0];
        float *to = &self->answer[(gsize) r * self->columns + c];

        *to = (float) ((1 - COLOUR_SHARE) * *to + COLOUR_SHARE * sum / (4.0 * half_x * half_y));
      }
}

/* ---- learning and finding. */

static void
learn (SacTracker *self, const SacPixmap *map)
{
  gsize n = (gsize) self->rows * self->columns;
  float keep = self->learned ? (float) (1 - RATE) : 0, take = 1 - keep;

  look (self, map);
  transform_patch (self);
  for (gsize i = 0; i < n; i++)
    {
      float g = self->goal_re[i], h = self->goal_im[i], energy = 0;

      for (guint c = 0; c < CHANNELS; c++)
        {
          gsize k = i * CHANNELS + c;

          self->a_re[k] = keep * self->a_re[k] + take * (g * self->re[k] + h * self->im[k]);
          self->a_im[k] = keep * self->a_im[k] + take * (g * self->im[k] - h * self->re[k]);
          energy += self->re[k] * self->re[k] + self->im[k] * self->im[k];
        }
      self->b[i] = keep * self->b[i] + take * energy;
    }
  learn_colours (self);
  _sac_size_filter_learn (self->size, map, self->x, self->y, self->box_width, self->box_height, SIZE_RATE);
  self->learned = TRUE;
}

static double
bend (double before, double at, double after)
{
  double down = before - 2 * at + after;

  return down < 0 ? CLAMP (0.5 * (before - after) / down, -0.5, 0.5) : 0;
}

/* The peak's height over all that is further than a few cells away from it, in deviations of that. */
static double
sureness (SacTracker *self, guint best_row, guint best_column, double peak)
{
  double sum = 0, square = 0, ratio, likely;
  guint n = 0, reach = MAX (MIN (self->rows, self->columns) / 6, 2);

  for (guint r = 0; r < self->rows; r++)
    for (guint c = 0; c < self->columns; c++)
      {
        guint dr = (r + self->rows - best_row) % self->rows, dc = (c + self->columns - best_column) % self->columns;
        double value = self->answer[(gsize) r * self->columns + c];

        if (MIN (dr, self->rows - dr) <= reach && MIN (dc, self->columns - dc) <= reach)
          continue;
        sum += value;
        square += value * value;
        n++;
      }
  sum /= MAX (n, 1);
  ratio = (peak - sum) / sqrt (MAX (square / MAX (n, 1) - sum * sum, 1e-12));
  self->ratio = ratio;
  /* Against what it used to be, too: something else in its place has a peak of its own, but never the same. */
  likely = self->usual > 0 ? CLAMP (ratio / (self->usual / 2), 0, 1) : 1;
  return CLAMP ((ratio - 3) / 12, 0, 1) * likely;
}

static double
find (SacTracker *self, const SacPixmap *map)
{
  gsize n = (gsize) self->rows * self->columns;
  guint best = 0, row, column;
  double dx, dy, sure;

  look (self, map);
  transform_patch (self);
  for (gsize i = 0; i < n; i++)
    {
      float re = 0, im = 0, scale = 1 / ((self->b[i] + LAMBDA) * (float) n);

      for (guint c = 0; c < CHANNELS; c++)
        {
          gsize k = i * CHANNELS + c;

          re += self->a_re[k] * self->re[k] + self->a_im[k] * self->im[k];
          im += self->a_re[k] * self->im[k] - self->a_im[k] * self->re[k];
        }
      self->answer[i] = re * scale;
      self->answer_im[i] = im * scale;
    }
  _sac_fft2 (self->answer, self->answer_im, self->rows, self->columns, 1, TRUE);
  {
    guint peak = 0;

    for (guint i = 1; i < n; i++)
      if (self->answer[i] > self->answer[peak])
        peak = i;
    sure = sureness (self, peak / self->columns, peak % self->columns, self->answer[peak]);
  }
  add_colours (self);
  for (guint i = 1; i < n; i++)
    if (self->answer[i] > self->answer[best])
      best = i;
  row = best / self->columns;
  column = best % self->columns;
#define AT(r, c) self->answer[(((r) + self->rows) % self->rows) * self->columns + ((c) + self->columns) % self->columns]
  dx = (column < self->columns / 2 ? (double) column : (double) column - self->columns)
       + bend (AT (row, column - 1), AT (row, column), AT (row, column + 1));
  dy = (row < self->rows / 2 ? (double) row : (double) row - self->rows)
       + bend (AT (row - 1, column), AT (row, column), AT (row + 1, column));
#undef AT
  self->x += dx / self->columns * self->box_width * PADDING;
  self->y += dy / self->rows * self->box_height * PADDING;
  self->x = CLAMP (self->x, 0, self->width);
  self->y = CLAMP (self->y, 0, self->height);
  return sure;
}

static void
resize (SacTracker *self, const SacPixmap *map)
{
  /* Things seldom grow by a tenth from frame to frame; an answer far off is rather wrong. */
  double factor = CLAMP (_sac_size_filter_find (self->size, map, self->x, self->y, self->box_width, self->box_height), 1 / MOST_GROWTH,
                         MOST_GROWTH);
  double whole = CLAMP (self->box_width * factor / self->first_width, self->least, self->most);

  self->box_width = self->first_width * whole;
  self->box_height = self->first_height * whole;
}

/* ---- life. */

/* 16, 32 or 64 cells a side: about 1024 cells that are about square. */
static void
choose_cells (double width, double height, guint *columns, guint *rows)
{
  *columns = *rows = 32;
  if (width > height * 1.45)
    *columns = 64, *rows = width > height * 3 ? 16 : 32;
  else if (height > width * 1.45)
    *rows = 64, *columns = height > width * 3 ? 16 : 32;
}

SacTracker *
sac_tracker_new (const guint8 *rgb, int width, int height, gsize stride, const SacBox *box)
{
  SacTracker *self = g_new0 (SacTracker, 1);
  const SacPixmap map = { rgb, width, height, stride };
  double sigma;
  gsize n;

  self->width = width;
  self->height = height;
  self->box_width = self->first_width = MAX (box->width, 4);
  self->box_height = self->first_height = MAX (box->height, 4);
  self->x = box->x + box->width / 2;
  self->y = box->y + box->height / 2;
  self->least = MAX (4 / self->first_width, 4 / self->first_height);
  self->most = MAX (MIN (width / self->first_width, height / self->first_height), 1) * 1.2;
  self->least = MIN (self->least, 1);
  choose_cells (self->box_width, self->box_height, &self->columns, &self->rows);
  n = (gsize) self->rows * self->columns;
  self->window = g_new (float, n);
  self->goal_re = g_new (float, n);
  self->goal_im = g_new0 (float, n);
  self->patch = g_new (float, n * SAC_HOG_CELL * SAC_HOG_CELL * 3);
  self->re = g_new (float, n * CHANNELS);
  self->im = g_new (float, n * CHANNELS);
  self->a_re = g_new0 (float, n * CHANNELS);
  self->a_im = g_new0 (float, n * CHANNELS);
  self->b = g_new0 (float, n);
  self->answer = g_new (float, n);
  self->answer_im = g_new (float, n);
  self->inside = g_new0 (float, N_COLOURS);
  self->outside = g_new0 (float, N_COLOURS);
  sigma = sqrt ((double) n) / PADDING / 12;
  for (guint r = 0; r < self->rows; r++)
    for (guint c = 0; c < self->columns; c++)
      {
        double dx = MIN (c, self->columns - c), dy = MIN (r, self->rows - r);

        self->window[(gsize) r * self->columns + c] = (float) ((0.5 - 0.5 * cos (2 * G_PI * (r + 0.5) / self->rows))
                                                               * (0.5 - 0.5 * cos (2 * G_PI * (c + 0.5) / self->columns)));
        self->goal_re[(gsize) r * self->columns + c] = (float) exp (-0.5 * (dx * dx + dy * dy) / (sigma * sigma));
      }
  _sac_fft2 (self->goal_re, self->goal_im, self->rows, self->columns, 1, FALSE);
  self->size = _sac_size_filter_new (self->box_width, self->box_height);
  learn (self, &map);
  return self;
}

double
sac_tracker_step (SacTracker *self, const guint8 *rgb, gsize stride, SacBox *box)
{
  const SacPixmap map = { rgb, self->width, self->height, stride };
  double sure = find (self, &map);

  if (sure >= SURE_TO_LEARN)    /* what may be something else is not learned */
    {
      self->usual = self->usual > 0 ? self->usual + 0.1 * (self->ratio - self->usual) : self->ratio;
      resize (self, &map);
      learn (self, &map);
    }
  box->x = self->x - self->box_width / 2;
  box->y = self->y - self->box_height / 2;
  box->width = self->box_width;
  box->height = self->box_height;
  return sure;
}

void
sac_tracker_free (SacTracker *self)
{
  float **fields[] = { &self->window, &self->goal_re, &self->goal_im, &self->patch, &self->re, &self->im, &self->a_re, &self->a_im,
                       &self->b, &self->answer, &self->answer_im, &self->inside, &self->outside };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_free (*fields[i]);
  _sac_size_filter_free (self->size);
  g_free (self);
}
