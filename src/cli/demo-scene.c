/* Backgrounds of the demo clips: eight families of texture, four for training and four for the test split, in two
 * near colours and with a little grain. */
#include <math.h>

#include "demo-render.h"

typedef struct {
  double a, b, c, d;            /* what the family makes of them */
  guint64 seed;
} Texture;

DemoDice
demo_dice (guint64 seed, guint64 what, guint64 which)
{
  return (DemoDice) { { seed, sac_random_stream (0x64656d6f, what, which) }, 0 };
}

double
demo_between (DemoDice *dice, double low, double high)
{
  return low + (high - low) * sac_random_unit (dice->key, dice->n++);
}

int
demo_pick (DemoDice *dice, int n)
{
  return (int) sac_random_below (dice->key, dice->n++, (guint32) n);
}

void
demo_hsl (double hue, double saturation, double lightness, double rgb[3])
{
  double reach = saturation * MIN (lightness, 1 - lightness);

  for (int i = 0; i < 3; i++)
    {
      double k = fmod ((i == 0 ? 0 : i == 1 ? 8 : 4) + hue * 12, 12);

      rgb[i] = lightness - reach * fmax (-1, fmin (fmin (k - 3, 9 - k), 1));
    }
}

/* A lattice of random numbers 0…1, smoothly filled in. */
static double
lattice (guint64 seed, int x, int y)
{
  guint64 h = seed ^ ((guint64) (guint32) x * 0x9e3779b97f4a7c15) ^ ((guint64) (guint32) y * 0xc2b2ae3d27d4eb4f);

  h ^= h >> 29;
  h *= 0xbf58476d1ce4e5b9;
  h ^= h >> 32;
  h *= 0x94d049bb133111eb;
  return (double) (h >> 40) / 16777216.0;
}

static double
noise (guint64 seed, double x, double y)
{
  double fx = floor (x), fy = floor (y), u = x - fx, v = y - fy;
  int ix = (int) fx, iy = (int) fy;

  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  return (lattice (seed, ix, iy) * (1 - u) + lattice (seed, ix + 1, iy) * u) * (1 - v)
         + (lattice (seed, ix, iy + 1) * (1 - u) + lattice (seed, ix + 1, iy + 1) * u) * v;
}

static double
layers (guint64 seed, double x, double y, int n)
{
  double sum = 0, weight = 0.5, all = 0;

  for (int i = 0; i < n; i++, weight /= 2, x *= 2, y *= 2)
    {
      sum += weight * noise (seed + (guint64) i, x, y);
      all += weight;
    }
  return sum / all;
}

static double
clouds (const Texture *t, double x, double y)
{
  return fmin (fmax (1.6 * layers (t->seed, x / t->a, y / t->a, 4) - 0.3, 0), 1);
}

static double
stripes (const Texture *t, double x, double y)
{
  double along = x * cos (t->b) + y * sin (t->b) + t->c * noise (t->seed, x / 50, y / 50);

  return 0.5 + 0.5 * sin (along * 2 * G_PI / (t->a * 0.6));
}

static double
blobs (const Texture *t, double x, double y)
{
  double near = 9;
  int cx = (int) floor (x / t->a), cy = (int) floor (y / t->a);

  for (int j = cy - 1; j <= cy + 1; j++)
    for (int i = cx - 1; i <= cx + 1; i++)
      {
        double px = (i + lattice (t->seed, i, j)) * t->a, py = (j + lattice (t->seed + 1, i, j)) * t->a;

        near = fmin (near, hypot (x - px, y - py) / (t->a * (0.35 + 0.45 * lattice (t->seed + 2, i, j))));
      }
  return 1 / (1 + pow (near, 6));
}

static double
slope (const Texture *t, double x, double y)
{
  double along = (x * cos (t->b) + y * sin (t->b)) / 320;

  return fmin (fmax (0.5 + 0.5 * sin (along * 3 + t->c) + 0.45 * (layers (t->seed, x / 9, y / 9, 2) - 0.5), 0), 1);
}

static double
bricks (const Texture *t, double x, double y)
{
  double h = t->a * 0.62, row = floor (y / h), u = x / (2 * h) + (fmod (row, 2) != 0 ? 0.5 : 0);
  double inx = fabs (u - floor (u) - 0.5) * 2 * h, iny = fabs (y / h - row - 0.5) * h;
  double joint = fmin (h - inx, h / 2 - iny);

  return joint < 2 ? 0 : 0.55 + 0.45 * lattice (t->seed, (int) floor (u), (int) row);
}

static double
ripples (const Texture *t, double x, double y)
{
  double one = sin (hypot (x - t->c * 8, y + t->d * 4) * 2 * G_PI / (t->a * 0.8));
  double two = sin (hypot (x - 340 - t->d * 8, y - t->c * 6) * 2 * G_PI / (t->a * 0.95));

  return 0.5 + 0.25 * (one + two);
}

static double
patches (const Texture *t, double x, double y)
{
  double best = 1e9, shade = 0;
  int cx = (int) floor (x / t->a), cy = (int) floor (y / t->a);

  for (int j = cy - 1; j <= cy + 1; j++)
    for (int i = cx - 1; i <= cx + 1; i++)
      {
        double far = hypot (x - (i + lattice (t->seed, i, j)) * t->a, y - (j + lattice (t->seed + 1, i, j)) * t->a);

        if (far < best)
          {
            best = far;
            shade = lattice (t->seed + 2, i, j);
          }
      }
  return shade;
}

static double
weave (const Texture *t, double x, double y)
{
  double step = t->a * 0.5, u = x * cos (t->b) + y * sin (t->b), v = y * cos (t->b) - x * sin (t->b);
  int iu = (int) floor (u / step), iv = (int) floor (v / step);
  double across = ((iu + iv) & 1) ? v / step - floor (v / step) : u / step - floor (u / step);

  return 0.15 + 0.85 * sin (G_PI * across);
}

static double (*const families[2][4]) (const Texture *, double, double) = {
  { clouds, stripes, blobs, slope },
  { bricks, ripples, patches, weave },
};

typedef struct {
  double lightness, contrast, hue, other_hue, saturation;
} Palette;

static Palette
palette (guint64 seed, guint scene)
{
  DemoDice dice = demo_dice (seed, 1, scene);
  Palette p;

  p.lightness = demo_between (&dice, 0.34, 0.62);
  p.contrast = demo_between (&dice, 0.07, 0.17);
  p.hue = demo_between (&dice, 0, 1);
  p.other_hue = p.hue + demo_between (&dice, -0.12, 0.12);
  p.saturation = demo_between (&dice, 0.10, 0.55);
  return p;
}

void
demo_scene_paint (guint64 seed, guint scene, gboolean test, guint64 clip, guint8 *pixels, int side, int stride)
{
  Palette p = palette (seed, scene);
  DemoDice dice = demo_dice (seed, 2, scene);
  DemoDice place = demo_dice (seed, 3, clip);
  Texture texture;
  double (*family) (const Texture *, double, double) = families[test][scene % 4];
  double low[3], high[3], left, top;

  texture.a = demo_between (&dice, 18, 46);
  texture.b = demo_between (&dice, 0, G_PI);
  texture.c = demo_between (&dice, 5, 25);
  texture.d = demo_between (&dice, 5, 25);
  texture.seed = (guint64) (demo_between (&dice, 0, 1) * 4294967296.0);
  left = floor (demo_between (&place, 0, 400));
  top = floor (demo_between (&place, 0, 400));
  demo_hsl (p.hue + 2, p.saturation, p.lightness - p.contrast / 2, low);
  demo_hsl (p.other_hue + 2, p.saturation, p.lightness + p.contrast / 2, high);
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      {
        guint8 *out = pixels + (gsize) y * (gsize) stride + 4 * (gsize) x;
        double t = family (&texture, x + left, y + top);
        double grain = 0.035 * (lattice (texture.seed + 99 + clip, x, y) - 0.5);

        for (int c = 0; c < 3; c++)
          out[2 - c] = (guint8) CLAMP ((low[c] + (high[c] - low[c]) * t + grain) * 255 + 0.5, 0, 255);
        out[3] = 255;
      }
}
