#include "sac-rate-finder.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-json-private.h"
#include "sac-run.h"

#define KEEP 0.9                /* of the running mean, a step */
#define MOST 100000

/* The slope of the smoothed loss over ln rate, by least squares over @reach points to either side. */
static double
slope_at (const SacRateFinder *f, guint i, guint reach)
{
  guint from = i > reach ? i - reach : 0, to = MIN (i + reach, f->n - 1);
  double x = 0, y = 0, xx = 0, xy = 0, n = to - from + 1;

  for (guint k = from; k <= to; k++)
    {
      double u = log (f->rates[k]);

      x += u;
      y += f->smooth[k];
      xx += u * u;
      xy += u * f->smooth[k];
    }
  return n * xx - x * x > 0 ? (n * xy - x * y) / (n * xx - x * x) : 0;
}

/* Where it falls fastest on the way to its lowest point. */
static double
suggest (const SacRateFinder *f)
{
  guint lowest = 0, best = 0, reach = MAX (f->n / 20, 2);
  double steepest = 0;

  for (guint i = 1; i < f->n; i++)
    if (f->smooth[i] < f->smooth[lowest])
      lowest = i;
  for (guint i = 0; i < lowest; i++)
    {
      double slope = slope_at (f, i, reach);

      if (slope < steepest)
        {
          steepest = slope;
          best = i;
        }
    }
  return steepest < 0 ? f->rates[best] : NAN;
}

SacRateFinder *
sac_rate_finder_new (const double *rates, const double *losses, guint n)
{
  SacRateFinder *f = g_new0 (SacRateFinder, 1);
  double mean = 0, weight = 0;

  f->n = n;
  f->rates = g_memdup2 (rates, n * sizeof *rates);
  f->losses = g_memdup2 (losses, n * sizeof *losses);
  f->smooth = g_new0 (double, n + 1);
  for (guint i = 0; i < n; i++)
    {
      mean = KEEP * mean + (1 - KEEP) * losses[i];
      weight = KEEP * weight + (1 - KEEP);
      f->smooth[i] = mean / weight;
    }
  f->suggested = suggest (f);
  return f;
}

static void
add_numbers (JsonBuilder *builder, const char *name, const double *values, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    _sac_json_add_number (builder, values[i]);
  json_builder_end_array (builder);
}

gboolean
sac_rate_finder_write (const char *run_folder, const SacRateFinder *finder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "rate-finder.json", NULL), *text = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize length;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, SAC_RUN_VERSION);
  json_builder_set_member_name (builder, "suggested");
  _sac_json_add_number (builder, finder->suggested);
  add_numbers (builder, "rates", finder->rates, finder->n);
  add_numbers (builder, "losses", finder->losses, finder->n);
  add_numbers (builder, "smooth", finder->smooth, finder->n);
  json_builder_end_object (builder);
  text = _sac_json_text (builder, FALSE, &length);
  return sac_file_replace (path, text, length, error);
}

SacRateFinder *
sac_rate_finder_read (const char *run_folder, GError **error)
{
  g_autofree char *path = g_build_filename (run_folder, "rate-finder.json", NULL);
  g_autoptr (JsonObject) object = _sac_json_read (path, error);
  JsonArray *rates = object ? _sac_json_array (object, "rates") : NULL, *losses = object ? _sac_json_array (object, "losses") : NULL;
  guint n = rates ? json_array_get_length (rates) : 0;
  g_autofree double *x = g_new0 (double, n + 1), *y = g_new0 (double, n + 1);
  gboolean fine = object && rates && losses && n > 0 && n <= MOST && json_array_get_length (losses) == n;

  for (guint i = 0; i < n && fine; i++)
    {
      x[i] = _sac_json_number_at (rates, i, NAN);
      y[i] = _sac_json_number_at (losses, i, NAN);
      fine = x[i] > 0 && isfinite (x[i]) && isfinite (y[i]) && (i == 0 || x[i] > x[i - 1]);
    }
  if (fine)
    return sac_rate_finder_new (x, y, n);
  if (object)
    g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("%s is damaged: %s"), path, _("rates or losses are missing"));
  return NULL;
}

void
sac_rate_finder_free (SacRateFinder *finder)
{
  if (!finder)
    return;
  g_free (finder->rates);
  g_free (finder->losses);
  g_free (finder->smooth);
  g_free (finder);
}
