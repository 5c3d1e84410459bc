/* How much larger or smaller an object became: a correlation filter over a pyramid of sizes (Danelljan 2014, §3). */
#include "follow-private.h"

#include <math.h>

#define SIZES 33
#define STEP 1.02
#define AREA 512.0              /* px of the model */
#define LAMBDA 0.01f

struct _SacSizeFilter {
  guint rows, columns, n;       /* cells; numbers of one size */
  gboolean learned;
  float cos[SIZES][SIZES], sin[SIZES][SIZES];
  float goal_re[SIZES], goal_im[SIZES], window[SIZES], factor[SIZES];
  float *re, *im;               /* [SIZES][n], of the picture at hand */
  float *a_re, *a_im;           /* numerator */
  float b[SIZES];
  float *patch, *raw;
};

SacSizeFilter *
_sac_size_filter_new (double width, double height)
{
  SacSizeFilter *self = g_new0 (SacSizeFilter, 1);
  double scale = sqrt (AREA / (width * height)), sigma = SIZES / sqrt (SIZES) / 4;
  gsize all;

  self->columns = (guint) CLAMP (lround (width * scale / SAC_HOG_CELL), 2, 16);
  self->rows = (guint) CLAMP (lround (height * scale / SAC_HOG_CELL), 2, 16);
  self->n = self->rows * self->columns * SAC_HOG_CHANNELS;
  all = (gsize) SIZES * self->n;
  self->re = g_new (float, all);
  self->im = g_new (float, all);
  self->raw = g_new (float, all);
  self->a_re = g_new0 (float, all);
  self->a_im = g_new0 (float, all);
  self->patch = g_new (float, self->rows * self->columns * SAC_HOG_CELL * SAC_HOG_CELL * 3);
  for (int s = 0; s < SIZES; s++)
    {
      int from_middle = s - SIZES / 2;

      self->factor[s] = (float) pow (STEP, from_middle);
      self->window[s] = (float) (0.5 - 0.5 * cos (2 * G_PI * (s + 1) / (SIZES + 1)));
      for (int k = 0; k < SIZES; k++)
        {
          double angle = -2 * G_PI * s * k / SIZES, goal = exp (-0.5 * (k - SIZES / 2) * (k - SIZES / 2) / (sigma * sigma));

          self->cos[s][k] = (float) cos (angle);
          self->sin[s][k] = (float) sin (angle);
          self->goal_re[s] += (float) (goal * cos (angle));
          self->goal_im[s] += (float) (goal * sin (angle));
        }
    }
  return self;
}

/* The pyramid at (@x, @y), transformed along the sizes. */
static void
read_pyramid (SacSizeFilter *self, const SacPixmap *map, double x, double y, double width, double height)
{
  for (guint s = 0; s < SIZES; s++)
    {
      float *row = self->raw + (gsize) s * self->n;

      _sac_sample_patch (map, x, y, width * self->factor[s], height * self->factor[s], self->columns * SAC_HOG_CELL,
                         self->rows * SAC_HOG_CELL, self->patch);
      _sac_hog (self->patch, self->rows, self->columns, row, SAC_HOG_CHANNELS);
      for (guint i = 0; i < self->n; i++)
        row[i] *= self->window[s];
    }
  for (guint f = 0; f < SIZES; f++)
    {
      float *re = self->re + (gsize) f * self->n, *im = self->im + (gsize) f * self->n;

      if (f > SIZES / 2)        /* of real numbers: the mirror of what is there */
        {
          const float *other_re = self->re + (gsize) (SIZES - f) * self->n, *other_im = self->im + (gsize) (SIZES - f) * self->n;

          for (guint i = 0; i < self->n; i++)
            re[i] = other_re[i], im[i] = -other_im[i];
          continue;
        }
      for (guint i = 0; i < self->n; i++)
        re[i] = im[i] = 0;
      for (guint s = 0; s < SIZES; s++)
        {
          const float *row = self->raw + (gsize) s * self->n;
          float c = self->cos[f][s], d = self->sin[f][s];

          for (guint i = 0; i < self->n; i++)
            re[i] += row[i] * c, im[i] += row[i] * d;
        }
    }
}

double
_sac_size_filter_find (SacSizeFilter *self, const SacPixmap *map, double x, double y, double width, double height)
{
  float answer_re[SIZES], answer_im[SIZES], value[SIZES];
  int best = SIZES / 2;
  double shift = 0;

  read_pyramid (self, map, x, y, width, height);
  for (guint f = 0; f < SIZES; f++)
    {
      const float *re = self->re + (gsize) f * self->n, *im = self->im + (gsize) f * self->n;
      const float *a_re = self->a_re + (gsize) f * self->n, *a_im = self->a_im + (gsize) f * self->n;
      float sum_re = 0, sum_im = 0;

      for (guint i = 0; i < self->n; i++)
        {
          sum_re += a_re[i] * re[i] + a_im[i] * im[i];
          sum_im += a_re[i] * im[i] - a_im[i] * re[i];
        }
      answer_re[f] = sum_re / (self->b[f] + LAMBDA);
      answer_im[f] = sum_im / (self->b[f] + LAMBDA);
    }
  for (int s = 0; s < SIZES; s++)
    {
      value[s] = 0;
      for (guint f = 0; f < SIZES; f++)
        value[s] += answer_re[f] * self->cos[f][s] + answer_im[f] * self->sin[f][s];
      if (value[s] > value[best])
        best = s;
    }
  if (best > 0 && best + 1 < SIZES)     /* the top of the parabola through three values */
    {
      double bend = value[best - 1] - 2 * value[best] + value[best + 1];

      if (bend < 0)
        shift = CLAMP (0.5 * (value[best - 1] - value[best + 1]) / bend, -0.5, 0.5);
    }
  return pow (STEP, best - SIZES / 2 + shift);
}

void
_sac_size_filter_learn (SacSizeFilter *self, const SacPixmap *map, double x, double y, double width, double height, double rate)
{
  float keep = self->learned ? (float) (1 - rate) : 0, take = 1 - keep;

  read_pyramid (self, map, x, y, width, height);
  for (guint f = 0; f < SIZES; f++)
    {
      const float *re = self->re + (gsize) f * self->n, *im = self->im + (gsize) f * self->n;
      float *a_re = self->a_re + (gsize) f * self->n, *a_im = self->a_im + (gsize) f * self->n, energy = 0;
      float goal_re = self->goal_re[f], goal_im = self->goal_im[f];

      for (guint i = 0; i < self->n; i++)
        {
          a_re[i] = keep * a_re[i] + take * (goal_re * re[i] + goal_im * im[i]);
          a_im[i] = keep * a_im[i] + take * (goal_re * im[i] - goal_im * re[i]);
          energy += re[i] * re[i] + im[i] * im[i];
        }
      self->b[f] = keep * self->b[f] + take * energy;
    }
  self->learned = TRUE;
}

void
_sac_size_filter_free (SacSizeFilter *self)
{
  if (!self)
    return;
  g_free (self->re);
  g_free (self->im);
  g_free (self->raw);
  g_free (self->a_re);
  g_free (self->a_im);
  g_free (self->patch);
  g_free (self);
}
