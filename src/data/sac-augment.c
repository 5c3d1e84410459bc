/* What chance does to a training clip, the same to all its frames: which frames, which part of them, which colours.  methods/08 §5 */
#include "sac-augment-private.h"

#include <math.h>
#include <string.h>

/* Counters of the clip's key; 0–3 are the plain crop's (sac-data.h). */
enum { AT_WINDOW = 4, AT_FRAMES = 64, AT_CROPS = 8, AT_BRIGHT = 40, AT_CONTRAST, AT_COLOURS, AT_PCA };
#define CROP_TRIES 10
#define WIDEST (4.0 / 3)

guint
_sac_choices (const SacClipSpec *spec)
{
  return MAX (spec->choices, 1) | 1;
}

static guint64
window_start (const SacClipSpec *spec, guint64 n, guint choice, guint choices)
{
  guint64 step = MAX (spec->step, 1), span = (spec->n_frames - 1) * step + 1, room = n > span ? n - span : 0;

  if (spec->views > 1)
    return room * (2 * MIN (spec->view, spec->views - 1) + 1) / (2 * spec->views);
  return choices > 1 ? room * choice / (choices - 1) : room / 2;
}

/* Place i·choices + j: what stands for frame i at choice j. */
void
_sac_clip_candidates (const SacClipSpec *spec, guint n, guint *out)
{
  guint t = spec->n_frames, choices = _sac_choices (spec);

  if (spec->sampling == SAC_SAMPLE_STEP)
    for (guint i = 0; i < t; i++)
      for (guint j = 0; j < choices; j++)
        out[i * choices + j] = (guint) MIN (window_start (spec, n, j, choices) + (guint64) i * MAX (spec->step, 1), n - 1);
  else if (spec->views > 1)
    {
      g_autofree guint *all = g_new (guint, (gsize) t * spec->views);

      sac_clip_frames (n, t * spec->views, all);
      for (guint i = 0; i < t; i++)
        for (guint j = 0; j < choices; j++)
          out[i * choices + j] = all[i * spec->views + MIN (spec->view, spec->views - 1)];
    }
  else
    sac_clip_frames (n, t * choices, out);
}

void
sac_clip_list_frames (const SacClipSpec *spec, guint n_available, guint *out)
{
  guint choices = _sac_choices (spec);
  g_autofree guint *all = g_new (guint, (gsize) spec->n_frames * choices);

  g_return_if_fail (n_available > 0);
  _sac_clip_candidates (spec, n_available, all);
  for (guint i = 0; i < spec->n_frames; i++)
    out[i] = all[i * choices + choices / 2];
}

guint
_sac_clip_choose (const SacClipSpec *spec, guint frame, const SacRandomKey *key)
{
  guint choices = _sac_choices (spec);

  if (!key || choices == 1)
    return choices / 2;
  return sac_random_below (*key, spec->sampling == SAC_SAMPLE_STEP ? AT_WINDOW : AT_FRAMES + frame, choices);
}

/* ---- the part: a random area and ratio where they fit, else all.  Paper: Szegedy 2015 §6. */
void
sac_clip_random_part (const SacClipSpec *spec, int square, const SacRandomKey *key, double part[4])
{
  for (int i = 0; i < CROP_TRIES; i++)
    {
      guint64 at = AT_CROPS + 3 * (guint64) i;
      double area = (spec->least_area + (1 - spec->least_area) * sac_random_unit (*key, at)) * square * square;
      double ratio = exp (log (WIDEST) * (2 * sac_random_unit (*key, at + 1) - 1));
      double width = sqrt (area * ratio), height = sqrt (area / ratio);
      SacRandomKey where = { key->seed, sac_random_stream (key->stream, at, 0x70617274) };

      if (width > square || height > square)
        continue;
      part[0] = (square - width) * sac_random_unit (where, 0);
      part[1] = (square - height) * sac_random_unit (where, 1);
      part[2] = width;
      part[3] = height;
      return;
    }
  part[0] = part[1] = 0;
  part[2] = part[3] = square;
}

/* ---- colours: one affine map of RGB in 0…1. */

static const double luma[3] = { 0.299, 0.587, 0.114 };

void
sac_clip_random_colours (const SacClipSpec *spec, const double mean[3], const SacRandomKey *key, double colours[3][4])
{
  /* Of ImageNet's colours.  Paper: Krizhevsky 2012 §4.1. */
  static const double value[3] = { 0.2175, 0.0188, 0.0045 };
  static const double vector[3][3] = {
    { -0.5675, 0.7192, 0.4009 }, { -0.5808, -0.0045, -0.8140 }, { -0.5836, -0.6948, 0.4203 },
  };
  double factor[3], grey = 0;

  for (int i = 0; i < 3; i++)
    factor[i] = 1 + spec->jitter * (2 * sac_random_unit (*key, AT_BRIGHT + i) - 1);
  for (int c = 0; c < 3; c++)
    grey += luma[c] * mean[c] * factor[0];
  /* Brightness b·x, contrast k·x + (1−k)·grey, colours s·x + (1−s)·luma(x). */
  for (int c = 0; c < 3; c++)
    {
      for (int d = 0; d < 3; d++)
        colours[c][d] = factor[0] * factor[1] * ((c == d ? factor[2] : 0) + (1 - factor[2]) * luma[d]);
      colours[c][3] = (1 - factor[1]) * grey;
      for (int k = 0; k < 3 && spec->pca > 0; k++)
        colours[c][3] += vector[c][k] * value[k] * spec->pca * sac_random_normal (*key, AT_PCA + k);
    }
}

/* ---- "left" and "right" as words, in English and Japanese. */
gboolean
sac_label_has_side (const char *label)
{
  static const char *const words[] = { "left", "right", "leftward", "rightward", "leftwards", "rightwards", "clockwise", "counterclockwise",
                                       "anticlockwise" };
  g_autofree char *lower = g_utf8_strdown (label, -1);
  g_auto (GStrv) parts = NULL;

  if (strstr (lower, "左") || strstr (lower, "右"))
    return TRUE;
  g_strcanon (lower, "abcdefghijklmnopqrstuvwxyz", ' ');
  parts = g_strsplit (lower, " ", -1);
  for (guint i = 0; parts[i]; i++)
    for (guint w = 0; w < G_N_ELEMENTS (words); w++)
      if (strcmp (parts[i], words[w]) == 0)
        return TRUE;
  return FALSE;
}
